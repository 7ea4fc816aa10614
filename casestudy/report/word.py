"""The whole report as one Word document: the pages' own words, tables and pictures, without code."""

from __future__ import annotations

import base64
import datetime
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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
    ".chips, .short, article.answer figure, details:not([open]), svg"
)
_FRAMES = ("div", "section", "article", "figure", "details", "main", "form")
_MOST_COLUMNS = 8
_MOST_ROWS = 15
_WIDTH = 16.0
_VERDICTS = ("status-", "finding-", "rival")
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Page:
    """A page on its way into the document: its file, its pictures, where links lead, how deep it stands."""

    path: Path
    pictures: Mapping[str, bytes]
    marks: Mapping[Path, str]
    deeper: int = 0

    def mark(self, href: str) -> str:
        """The bookmark of the page that a link leads to; empty for one that is not in the document."""
        name = href.partition("#")[0]
        known = not re.match(r"[a-z]+:", href) and name
        return self.marks.get((self.path.parent / name).resolve(), "") if known else ""


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
    marks = {path.resolve(): f"page{number}" for number, path in enumerate(paths)}
    made: Any = docx.Document()
    _properties(made, study)
    page = made.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.5)
    for number, path in enumerate(paths):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        root = soup.main
        if root is None:
            continue
        part = path.parent.name in ("themes", "claims")
        if number and not part:
            made.add_page_break()
        for unwanted in root.select(_LEFT_OUT):
            unwanted.decompose()
        head = len(made.paragraphs)
        _walk(root, made, Page(path, _pictures(path.parent), marks, number and 1 + part))
        _mark(made.paragraphs[head:], marks[path.resolve()], number)
        if not number:
            _contents(made, paths[1:], marks)
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
    listed[2:2] = sorted((folder / "pages" / "claims").glob("*.html"), key=_counted)
    listed[1:1] = sorted((folder / "pages" / "themes").glob("*.html"))
    listed += sorted((folder / "pages" / "documents").glob("*.html")) if words else []
    yield from (path for path in listed if path.is_file())


def _counted(path: Path) -> list[tuple[int, str]]:
    """Names in the order in which people count: C2 before C10."""
    return [(int(part) if part.isdigit() else -1, part) for part in re.findall(r"\d+|\D+", path.stem)]


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


def _walk(element: Tag, made: Any, page: Page) -> None:
    """Write what stands in an element, in order."""
    for child in element.find_all(True, recursive=False):
        if re.fullmatch(r"h[1-6]", child.name):
            level = int(child.name[1]) - 1 + page.deeper
            made.add_heading(_text(child), min(level, 9))
        elif child.name == "p":
            _paragraph(child, made, page)
        elif child.name in ("ul", "ol"):
            style = "List Number" if child.name == "ol" else "List Bullet"
            for item in child.find_all("li", recursive=False):
                _paragraph(item, made, page, style)
        elif child.name == "blockquote":
            _paragraph(child, made, page, "Quote")
        elif child.name == "table":
            _table(child, made)
        elif child.name == "img":
            _picture(child, made, page)
        elif child.name in ("figcaption", "summary"):
            line = _paragraph(child, made, page, "Caption")
            if line is not None and child.find_next_sibling("div"):
                line.paragraph_format.keep_with_next = True
        elif child.name == "pre":
            made.add_paragraph(child.get_text(), "No Spacing")
        elif child.name == "dl":
            for term in child.find_all("dt"):
                about = term.find_next_sibling("dd")
                line = made.add_paragraph()
                line.add_run(f"{_text(term)}: ").bold = True
                line.add_run(_text(about) if about else "")
        elif child.name == "div" and "said" in child.get_attribute_list("class"):
            _paragraph(child, made, page)
        elif child.name in _FRAMES or (child.name == "a" and child.img):
            _walk(child, made, page)


def _text(element: Any) -> str:
    return " ".join(element.get_text(" ").split())


def _paragraph(element: Tag, made: Any, page: Page, style: str | None = None) -> Any:
    """A paragraph with its bold, slanted and typed words; links lead to their page of the document."""
    if not element.get_text(strip=True):
        return None
    line = made.add_paragraph(style=style)
    for text in element.find_all(string=True):
        inside = [parent for parent in text.parents if parent is not element.parent]
        names = {parent.name for parent in inside}
        classes = {name for parent in inside for name in parent.get_attribute_list("class") if name}
        verdict = any(name.startswith(_VERDICTS) for name in classes)
        words = re.sub(r"\s+", " ", str(text))
        run = line.add_run(f"[{words}]" if verdict else words)
        run.bold = True if verdict or names & {"strong", "b"} else None
        run.italic = True if names & {"em", "i"} else None
        if "code" in names:
            run.font.name = "Courier New"
        mark = next(
            (page.mark(str(one["href"])) for one in inside if one.name == "a" and one.get("href")), ""
        )
        if mark:
            _link(run, mark)
    return line


def _link(run: Any, mark: str) -> None:
    """Make a run lead to a bookmark."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    run.font.color.rgb = RGBColor(0x0B, 0x53, 0x94)
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), mark)
    run._r.addprevious(link)
    link.append(run._r)


def _mark(paragraphs: Iterable[Any], mark: str, number: int) -> None:
    """Put a bookmark on the first heading."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    head = next((one for one in paragraphs if one.style.name.startswith(("Heading", "Title"))), None)
    if head is None:
        return
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for part in (start, end):
        part.set(qn("w:id"), str(number))
    start.set(qn("w:name"), mark)
    head._p.insert(1 if head._p.pPr is not None else 0, start)
    head._p.append(end)


def _contents(made: Any, paths: Iterable[Path], marks: Mapping[Path, str]) -> None:
    """What follows, each line a link."""
    from bs4 import BeautifulSoup
    from docx.shared import Cm, Pt

    made.add_heading("Contents", 1)
    for path in paths:
        title = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").h1
        line = made.add_paragraph()
        line.paragraph_format.space_after = Pt(2)
        if path.parent.name in ("themes", "claims"):
            line.paragraph_format.left_indent = Cm(0.8)
        name = f"{path.stem} " if path.parent.name == "claims" else ""
        _link(line.add_run(name + (_text(title) if title else path.stem)), marks[path.resolve()])


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
        said = (
            f"The first {_MOST_ROWS} of {len(rows) - 1:,} rows; the others are on the page and in its file."
        )
        made.add_paragraph(said, "Caption")
    made.add_paragraph()


def _grid(rows: list[list[str]], made: Any) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    table = made.add_table(rows=len(rows), cols=len(rows[0]), style="Light Shading")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    for name, value in (("w:firstColumn", "0"), ("w:noHBand", "1"), ("w:val", "0620")):
        look.set(qn(name), value)
    widths = [Cm(width) for width in _widths(rows)]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for cells, row in zip(table.rows, rows, strict=True):
        cells._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text, width in zip(cells.cells, row, widths, strict=True):
            cell.text, cell.width = _printable(text), width
            cell.paragraphs[0].paragraph_format.space_after = Pt(1)
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(8)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    made.add_paragraph()


def _widths(rows: list[list[str]]) -> list[float]:
    """Widths of columns in cm: none narrower than its longest word, the rest by how much they hold.

    Examples
    --------
    >>> [round(width, 1) for width in _widths([["id", "what is said"], ["a", "one two three " * 20]])]
    [0.9, 15.1]
    """
    columns = list(zip(*rows, strict=True))
    words = [max((len(word) for cell in column for word in cell.split()), default=1) for column in columns]
    wanted = [min(max(map(len, column)), 120) for column in columns]
    least = [
        max(min(0.5 + 0.18 * longest, 3.6), 3.4 if size > 60 else 0.0)
        for longest, size in zip(words, wanted, strict=True)
    ]
    scale = min(1.0, _WIDTH / sum(least))
    rest = _WIDTH - scale * sum(least)
    more = [max(0.5 + size * 0.15 - low, 0.0) for size, low in zip(wanted, least, strict=True)]
    part = min(1.0, rest / sum(more)) if sum(more) else 0.0
    return [scale * low + part * extra for low, extra in zip(least, more, strict=True)]


def _picture(element: Tag, made: Any, page: Page) -> None:
    """A picture of this page's notebook, or of the one it comes from, with its alternative text."""
    from docx.shared import Cm

    source = str(element.get("src", ""))
    name = source.rpartition("/")[2]
    data = page.pictures.get(name) or _pictures((page.path.parent / source).parent).get(name)
    alt = str(element.get("alt", ""))
    if data is None:
        made.add_paragraph(_printable(f"[Figure: {alt}]"))
        return
    shape = made.add_picture(io.BytesIO(data), width=Cm(15.5))
    shape._inline.docPr.set("descr", _printable(alt))
    made.paragraphs[-1].paragraph_format.keep_with_next = True


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
