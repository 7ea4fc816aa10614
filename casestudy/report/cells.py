"""A notebook's cells as HTML: our own cell template, safe outputs, code folded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, partial
from html import unescape
from typing import Any

from markupsafe import Markup

from casestudy.errors import InputError, Problem
from casestudy.files import reading
from casestudy.report import floods
from casestudy.report.grids import data_of, files, grid, rebuilt, saved_table, values_of
from casestudy.report.layout import environment
from casestudy.report.links import Links
from casestudy.report.markdown import Place, render
from casestudy.report.records import Item, Record
from casestudy.report.rows import linked

SHOWN = ("text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain")
_TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]")
_TAG = re.compile(r"<(/?)([\w-]+)([^>]*?)\s*/?>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_VOID = frozenset(("br", "hr", "img", "input", "wbr"))
_ONE_TABLE = re.compile(
    r'\s*<table id="T_([\w-]+)">(?:(?!</?table|<script|<style|<!--).)*</table>\s*', re.I | re.S
)
_PARAMETER = re.compile(r"^(?P<name>\w+)\s*:\s*[^=#]+=\s*(?P<value>.*?)\s*(?:#\s*(?P<help>.*))?$")


def body(record: Record, place: Place, links: Links) -> tuple[Markup, str]:
    """The cells of an executed notebook as HTML, and its answer as markdown whose numbers are links.

    `place` collects the headings read on the way.

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
    notebook = _read(record)
    cells = notebook["cells"]
    answered = next((n for n, cell in enumerate(cells, 1) if _answers(cell, record)), 0)
    short = linked(record, answered, links.answers.get(record.stem, ()))
    info = notebook.get("metadata", {}).get("language_info", {})
    made = (
        environment()
        .get_template("cells.html.j2")
        .render(
            cells=cells,
            answered=answered,
            language=info.get("pygments_lexer") or info.get("name") or "ipython3",
            markdown=partial(render, place=place),
            answer=lambda text: answer(text, record, place, links, short),
            html=lambda html: html_output(html, record, links),
            picture=lambda output, kind: figure(output, kind, record, links),
            parameters=lambda source: parameter_table(source, record),
            code=highlighted,
            plain=printed,
            shown=lambda data: next((kind for kind in SHOWN if kind in data), ""),
        )
    )
    return Markup(_spelled(made)), short


def _read(record: Record) -> dict[str, Any]:
    """The executed notebook, texts that are written line by line joined, floods of them shortened.

    Raises
    ------
    InputError
        When it is not a notebook.
    """
    try:
        notebook: dict[str, Any] = json.loads(reading.data(record.executed))
        for cell in notebook["cells"]:
            cell["source"] = _joined(cell["source"])
            for output in cell.get("outputs", ()):
                if output["output_type"] == "stream":
                    output["text"] = _joined(output["text"])
                data = output.get("data", {})
                data |= {kind: _joined(data[kind]) for kind in SHOWN if kind in data}
            if "outputs" in cell:
                cell["outputs"] = floods.few(cell["outputs"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        remedy = f"Run the notebook again: casestudy run {record.stem} --force."
        problem = Problem(f"outputs/{record.stem}", f"its notebook cannot be read ({error}).", remedy)
        raise InputError("The pages cannot be written.", [problem]) from error
    return notebook


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _answers(cell: Mapping[str, Any], record: Record) -> bool:
    """Whether a cell gave the notebook's answer."""
    texts = [output.get("data", {}).get("text/markdown", "") for output in cell.get("outputs", ())]
    return record.answer is not None and record.answer.text in texts


def highlighted(source: str, language: str) -> Markup:
    """Code with its words marked, as pygments marks them."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter

    formatter = HtmlFormatter(cssclass=f"highlight hl-{language}")
    return Markup(highlight(source, _lexer(language), formatter))


@cache
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name
    from pygments.lexers.special import TextLexer
    from pygments.util import ClassNotFound

    if language == "ipython3":
        from ipython_pygments_lexers import IPython3Lexer

        return IPython3Lexer()
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return TextLexer()


def printed(text: str | list[str]) -> str:
    """What a cell printed, without the codes that colour a terminal.

    Examples
    --------
    >>> printed("\\x1b[31mred\\x1b[0m")
    'red'
    """
    return _TERMINAL.sub("", "\n".join(text) if isinstance(text, list) else text)


def _spelled(html: str) -> str:
    """The same markup in one spelling: attributes in order, characters for entities."""
    made, position = [], 0
    for tag in _TAG.finditer(html):
        made += [_text(html[position : tag.start()]), _tag(tag)]
        position = tag.end()
    return "".join([*made, _text(html[position:])])


def _tag(tag: re.Match[str]) -> str:
    closing, name, attributes = tag.groups()
    if attributes:
        listed = sorted(_ATTRIBUTE.findall(attributes))
        attributes = "".join(f" {key}={_quoted(_text(value))}" for key, value in listed)
    return f"<{closing}{name}{attributes}{'/' if name in _VOID else ''}>"


def _quoted(value: str) -> str:
    if '"' not in value:
        return f'"{value}"'
    return f"'{value}'" if "'" not in value else '"' + value.replace('"', "&quot;") + '"'


def _text(text: str) -> str:
    if "&" in text:
        text = unescape(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


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
    plain = _ONE_TABLE.fullmatch(html)
    item = record.item(plain[1]) if plain else None
    if item and (record.folder / item.file).is_file():
        return saved_table(item, record, links, f"{record.stem}/index.html")
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    for unwanted in soup(["script", "style"]):
        unwanted.decompose()
    made = []
    for table in soup.find_all("table"):
        item = record.item(str(table.get("id", "")).removeprefix("T_"))
        there = item is not None and (record.folder / item.file).is_file()
        page = f"{record.stem}/index.html"
        made.append(saved_table(item, record, links, page) if item and there else rebuilt(table))
        table.decompose()
    words = soup.get_text(" ", strip=True)
    return Markup("\n").join([*made, Markup("<p>{}</p>").format(words) if words else Markup()])


def figure(output: Any, kind: str, record: Record, links: Links) -> Markup:
    """A picture output as a figure, with words: the saved SVG where there is one."""
    metadata = output.get("metadata", {}).get(kind, {})
    item = record.item(str(metadata.get("name", "")))
    if item and item.kind == "figure" and (record.folder / item.file).is_file():
        return saved_figure(item) + data_of(item, record, links)
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
