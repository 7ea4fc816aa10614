"""The whole report as one Word document: the pages' own words, tables and pictures, without code."""

from __future__ import annotations

import base64
import datetime
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem
from casestudy.report.records import read
from casestudy.study import Study

if TYPE_CHECKING:
    from bs4 import Tag
    from docx.document import Document

_PAGES = ("perspectives", "claims", "methods", "checklists")
_LEFT_OUT = (
    "nav, script, style, noscript, .files, details.code, .filter, .eyebrow, .provenance, .toc, .turn, "
    ".chips, details:not([open]), svg"
)
_FRAMES = ("div", "section", "article", "figure", "details", "main", "form")
_MOST_COLUMNS = 8
_MOST_ROWS = 30
_EPOCH = (1980, 1, 1, 0, 0, 0)


def report(study: Study, outputs: Path | None = None, words: bool = False) -> bytes:
    """The report as a Word document.

    Parameters
    ----------
    study : Study
    outputs : Path, optional
        The folder with the rendered pages; the study's own by default.
    words : bool
        Whether to add the documents themselves, with no codings.

    Returns
    -------
    bytes
        A .docx file: the same bytes for the same pages.

    Raises
    ------
    InputError
        When the pages have not been rendered.
    """
    import docx
    from bs4 import BeautifulSoup
    from docx.shared import Cm

    folder = outputs or study.outputs
    paths = list(_parts(study, folder, words))
    made: Any = docx.Document()
    _properties(made, study)
    page = made.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.5)
    for number, path in enumerate(paths):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        if number:
            made.add_page_break()
        pictures = _pictures(path.parent)
        root = soup.main
        if root is None:
            continue
        for unwanted in root.select(_LEFT_OUT):
            unwanted.decompose()
        _walk(root, made, path.parent, pictures, 1 if number else 0)
    buffer = io.BytesIO()
    made.save(buffer)
    return _timeless(buffer.getvalue())


def _parts(study: Study, folder: Path, words: bool) -> Iterator[Path]:
    """The pages in reading order."""
    index = folder / "index.html"
    if not index.is_file():
        problem = Problem(
            "outputs/index.html", "it is not there.", "Render the pages first: casestudy render."
        )
        raise InputError("The report cannot be exported.", [problem])
    yield index
    yield from (record.folder / "index.html" for record in read(study, folder))
    listed = [folder / "pages" / f"{name}.html" for name in _PAGES]
    listed[2:2] = sorted((folder / "pages" / "claims").glob("*.html"))
    listed[1:1] = sorted((folder / "pages" / "themes").glob("*.html"))
    listed += sorted((folder / "pages" / "documents").glob("*.html")) if words else []
    yield from (path for path in listed if path.is_file())


def _properties(made: Document, study: Study) -> None:
    core = made.core_properties
    core.title, core.author, core.comments, core.language = study.title, "", "", study.language
    core.created = core.modified = datetime.datetime(*_EPOCH)
    core.last_modified_by, core.revision = "", 1


def _pictures(folder: Path) -> dict[str, bytes]:
    """The pictures of an executed notebook by the name they were saved under."""
    path = folder / f"{folder.name}.ipynb"
    found: dict[str, bytes] = {}
    if path.is_file():
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", ()):
                data = output.get("data", {}).get("image/png")
                name = output.get("metadata", {}).get("image/png", {}).get("name", "")
                if data and name:
                    found[f"{name}.svg"] = base64.b64decode("".join(data))
    return found


def _walk(element: Tag, made: Any, folder: Path, pictures: dict[str, bytes], deeper: int) -> None:
    """Write what stands in an element, in order."""
    for child in element.find_all(True, recursive=False):
        if re.fullmatch(r"h[1-6]", child.name):
            level = int(child.name[1]) - 1 + deeper
            made.add_heading(_text(child), min(level, 9))
        elif child.name == "p":
            _paragraph(child, made)
        elif child.name in ("ul", "ol"):
            style = "List Number" if child.name == "ol" else "List Bullet"
            for item in child.find_all("li", recursive=False):
                _paragraph(item, made, style)
        elif child.name == "blockquote":
            _paragraph(child, made, "Quote")
        elif child.name == "table":
            _table(child, made)
        elif child.name == "img":
            _picture(child, made, folder, pictures)
        elif child.name in ("figcaption", "summary"):
            _paragraph(child, made, "Caption")
        elif child.name == "pre":
            made.add_paragraph(child.get_text(), "No Spacing")
        elif child.name == "dl":
            for term in child.find_all("dt"):
                about = term.find_next_sibling("dd")
                line = made.add_paragraph()
                line.add_run(f"{_text(term)}: ").bold = True
                line.add_run(_text(about) if about else "")
        elif child.name == "div" and "said" in child.get_attribute_list("class"):
            _paragraph(child, made)
        elif child.name in _FRAMES or (child.name == "a" and child.img):
            _walk(child, made, folder, pictures, deeper)


def _text(element: Any) -> str:
    return " ".join(element.get_text(" ").split())


def _paragraph(element: Tag, made: Any, style: str | None = None) -> None:
    """A paragraph with its bold, slanted and typed words."""
    if not element.get_text(strip=True):
        return
    line = made.add_paragraph(style=style)
    for text in element.find_all(string=True):
        run = line.add_run(re.sub(r"\s+", " ", str(text)))
        names = {parent.name for parent in text.parents if parent is not element.parent}
        run.bold = True if names & {"strong", "b"} else None
        run.italic = True if names & {"em", "i"} else None
        if "code" in names:
            run.font.name = "Courier New"


def _table(element: Tag, made: Any) -> None:
    """A table with heads that repeat on every page; a wide one in parts, each with its first column."""
    rows = [[_text(cell) for cell in row.find_all(["th", "td"])] for row in element.find_all("tr")]
    rows = [row for row in rows if row]
    width = max((len(row) for row in rows), default=0)
    if not width:
        return
    kept = rows[: _MOST_ROWS + 1]
    first = range(0, width, _MOST_COLUMNS)
    for start in first:
        places = [0] * (start > 0) + list(range(start, min(start + first.step, width)))
        _grid([[row[place] if place < len(row) else "" for place in places] for row in kept], made)
    if len(rows) > len(kept):
        made.add_paragraph(f"The first {_MOST_ROWS} of {len(rows) - 1:,} rows.", "Caption")
    made.add_paragraph()


def _grid(rows: list[list[str]], made: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    table = made.add_table(rows=len(rows), cols=len(rows[0]), style="Light List")
    for cells, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = _printable(text)
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(8)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    made.add_paragraph()


def _picture(element: Tag, made: Any, folder: Path, pictures: dict[str, bytes]) -> None:
    """A picture of this page's notebook, or of the one it comes from, with its alternative text."""
    from docx.shared import Cm

    source = str(element.get("src", ""))
    name = source.rpartition("/")[2]
    data = pictures.get(name) or _pictures((folder / source).parent).get(name)
    alt = str(element.get("alt", ""))
    if data is None:
        made.add_paragraph(_printable(f"[Figure: {alt}]"))
        return
    shape = made.add_picture(io.BytesIO(data), width=Cm(15.5))
    shape._inline.docPr.set("descr", _printable(alt))


def _printable(text: str) -> str:
    """Text without the control characters that XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def _timeless(data: bytes) -> bytes:
    """The same archive with one fixed time for every part, so that equal contents are equal bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        names = sorted(source.namelist(), key=lambda one: (one != "[Content_Types].xml", one))
        return archive((name, source.read(name)) for name in names)


def archive(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """A ZIP archive whose bytes depend on names and contents only."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts:
            part = zipfile.ZipInfo(name, _EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o644 << 16
            target.writestr(part, data)
    return made.getvalue()
