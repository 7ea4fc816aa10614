"""A notebook's cells as HTML: nbconvert with our own cell template, safe outputs, code folded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

from markupsafe import Markup

from casestudy.report.grids import data_of, files, grid, rebuilt, saved_table, values_of
from casestudy.report.links import Links
from casestudy.report.markdown import Place, render
from casestudy.report.records import Item, Record
from casestudy.report.rows import linked

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
_PARAMETER = re.compile(r"^(?P<name>\w+)\s*:\s*[^=#]+=\s*(?P<value>.*?)\s*(?:#\s*(?P<help>.*))?$")


def body(record: Record, place: Place, links: Links) -> tuple[Markup, str]:
    """The cells of an executed notebook as HTML, and its answer as markdown whose numbers are links.

    `place` collects the headings met on the way.

    Parameters
    ----------
    record : Record
        Its saved tables and figures are linked where the cells show them.
    place : Place
        Where the page stands.
    links : Links
        What cells of its tables may name.

    Returns
    -------
    (markupsafe.Markup, str)
        HTML in which every text of the notebook and its outputs is escaped and no script is left; the answer.
    """
    import nbformat
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    notebook = nbformat.read(record.executed, as_version=4)
    answered = next((n for n, cell in enumerate(notebook.cells, 1) if _answers(cell, record)), 0)
    short = linked(record, answered, links.answers.get(record.stem, ()))
    settings = Config()
    settings.NbConvertBase.display_data_priority = SHOWN
    settings.TagRemovePreprocessor.enabled = False
    exporter: Any = cast(Any, HTMLExporter)(
        config=settings,
        template_name="cells",
        extra_template_basedirs=[str(TEMPLATES / "nbconvert")],
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        sanitize_html=True,
    )
    exporter.register_filter("study_markdown", lambda text: render(text, place))
    exporter.register_filter(
        "step_id", lambda n: Markup(' id="step-{}"').format(n) if n == answered else Markup()
    )
    exporter.register_filter("study_answer", lambda text: answer(text, record, place, links, short))
    exporter.register_filter("study_html", lambda html: html_output(html, record, links))
    exporter.register_filter("study_figure", lambda output, kind: figure(output, kind, record, links))
    exporter.register_filter("parameter_table", lambda source: parameter_table(source, record))
    made, _ = exporter.from_notebook_node(notebook)
    return Markup(made), short


def _answers(cell: Any, record: Record) -> bool:
    """Whether a cell gave the notebook's answer."""
    texts = [output.get("data", {}).get("text/markdown", "") for output in cell.get("outputs", ())]
    return record.answer is not None and record.answer.text in map("".join, texts)


def answer(text: str, record: Record, place: Place, links: Links, short: str) -> Markup:
    """Markdown that a cell gave: where it is the answer, its numbers lead to where they stand."""
    if record.answer is None or text != record.answer.text:
        return render(text, place)
    return render(short, place) + values_of(record, links)


def parameter_table(source: str, record: Record) -> Markup:
    """The parameters of the run: name, value and the help comment of the notebook's parameters cell."""
    used = record.run.get("parameters", {})
    rows = []
    for line in source.splitlines():
        found = _PARAMETER.match(line.strip())
        if found:
            value = repr(used[found["name"]]) if found["name"] in used else found["value"]
            rows.append([found["name"], value, found["help"] or ""])
    if not rows:
        return Markup()
    return grid("parameters", "Parameters of this run", [["Name", "Value", "Meaning"]], rows)


def html_output(html: str, record: Record, links: Links) -> Markup:
    """An HTML output rebuilt from its text: tables keep their shape, everything else becomes a paragraph.

    Nothing of the output's own markup reaches the page, so neither script nor style can. A table that the
    notebook saved is shown from its file.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    for unwanted in soup(["script", "style"]):
        unwanted.decompose()
    made = []
    for table in soup.find_all("table"):
        item = record.item(str(table.get("id", "")).removeprefix("T_"))
        there = item is not None and (record.folder / item.file).is_file()
        page = f"{record.stem}/index.html"
        made.append(saved_table(item, record.folder, links, page) if item and there else rebuilt(table))
        table.decompose()
    words = soup.get_text(" ", strip=True)
    return Markup("\n").join([*made, Markup("<p>{}</p>").format(words) if words else Markup()])


def figure(output: Any, kind: str, record: Record, links: Links) -> Markup:
    """A picture output as a figure, with words: the saved SVG where there is one."""
    metadata = output.get("metadata", {}).get(kind, {})
    item = record.item(str(metadata.get("name", "")))
    if item and item.kind == "figure" and (record.folder / item.file).is_file():
        return saved_figure(item) + data_of(item, record.folder, links)
    data = output["data"][kind]
    if kind == "image/svg+xml":
        import base64

        data = base64.b64encode(data.encode()).decode()
    source = f"data:{kind};base64,{''.join(str(data).split())}"
    alt = metadata.get("alt") or "This picture has no description."
    return Markup('<figure><img src="{}" alt="{}">{}</figure>').format(
        source,
        alt,
        Markup("<figcaption>{}</figcaption>").format(metadata["caption"]) if metadata.get("caption") else "",
    )


def saved_figure(item: Item, base: str = "") -> Markup:
    """A saved figure with caption, alternative text and links to its files; `base` leads to its folder."""
    return Markup(
        '<figure id="figure-{}"><div class="picture" role="group" aria-label="Figure" tabindex="0">'
        '<img src="{}" alt="{}"></div>\n<figcaption>{}</figcaption>{}</figure>'
    ).format(item.name, base + item.file, item.alt, item.caption, files(item, base))
