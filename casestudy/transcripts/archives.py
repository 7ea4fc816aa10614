"""Word and OpenDocument files: their text, and a list of what else they hold and what became of it.

The XML is read as it lies in the archive, by a parser that refuses entities; sizes are checked before
anything is unpacked. Nothing in a document is executed or fetched.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from casestudy.errors import InputError, Problem
from casestudy.transcripts.text import Extract, Place

LARGEST = 200_000_000
GROWTH = 200
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"


def _wrong(where: str, found: str, remedy: str) -> InputError:
    return InputError("A document cannot be read.", [Problem(where, found, remedy)])


def _open(data: bytes, where: str) -> zipfile.ZipFile:
    """The archive, once its sizes are known to be sane."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        sizes = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise _wrong(where, f"it is no archive ({error}).", "Save it again, or as plain text.") from error
    total = sum(entry.file_size for entry in sizes)
    if total > LARGEST or any(
        entry.file_size > 1_000_000 and entry.file_size > GROWTH * max(entry.compress_size, 1)
        for entry in sizes
    ):
        found = f"it would unpack to {total:,} bytes from {len(data):,}."
        raise _wrong(where, found, "This is not a transcript; save the text alone.")
    return archive


def _part(archive: zipfile.ZipFile, name: str, where: str, *, needed: bool = True) -> Element | None:
    """One XML part, parsed without entities."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if name not in archive.namelist():
        if needed:
            raise _wrong(where, f"it holds no {name}.", "Save it again from the word processor.")
        return None
    try:
        with archive.open(name) as part:
            raw = part.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise _wrong(where, f"{name} is larger than it says.", "Save the text alone.")
        root: Element = fromstring(raw, forbid_dtd=True)
        return root
    except DefusedXmlException as error:
        found = f"{name} declares entities or a document type."
        raise _wrong(where, found, "A word processor writes none; do not trust this file.") from error
    except (ParseError, zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise _wrong(where, f"{name} cannot be parsed ({error}).", "Save it again, or as text.") from error
    except Exception as error:  # zlib's own error has no public name in zipfile
        raise _wrong(where, f"{name} is damaged ({error}).", "Save it again, or as text.") from error


def _assemble(paragraphs: list[tuple[str, str]], notes: list[str], kind: str) -> Extract:
    """Paragraphs with a blank line between them, each with its place in the source."""
    parts, places, reached = [], [], 0
    for text, source in paragraphs:
        plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        if not plain.strip():
            continue
        parts.append(plain)
        places.append(Place(reached, reached + len(plain), source))
        reached += len(plain) + 2
    return Extract("\n\n".join(parts) + ("\n" if parts else ""), kind, tuple(notes), tuple(places))


def _counted(count: Counter[str], words: dict[str, str]) -> list[str]:
    return [f"{count[key]} {said}" for key, said in words.items() if count[key]]


_WORD_NOTES = {
    "ins": "tracked insertions kept as text",
    "del": "tracked deletions not kept",
    "move": "tracked moves: text kept where it was moved to",
    "table": "tables: cells kept as paragraphs, row by row",
    "footnote": "footnotes not kept",
    "endnote": "endnotes not kept",
    "comment": "comments not kept",
    "box": "text boxes not kept",
    "drawing": "pictures not kept",
    "header": "page headers and footers with text not kept",
}


def docx(data: bytes, where: str) -> Extract:
    """A Word document: paragraphs and table cells in order, tracked insertions accepted, deletions left out.

    Raises
    ------
    InputError
        When it is no Word document, unpacks beyond measure, or declares entities.
    """
    archive = _open(data, where)
    root = _part(archive, "word/document.xml", where)
    assert root is not None
    count: Counter[str] = Counter()
    paragraphs: list[tuple[str, str]] = []
    tables = 0

    def blocks(parent: Element, source: str) -> None:
        nonlocal tables
        for child in parent:
            if child.tag == f"{_W}p":
                name = source or f"paragraph {len(paragraphs) + 1}"
                paragraphs.append(("".join(_word_text(child, count)), name))
            elif child.tag == f"{_W}tbl":
                tables += 1
                number = tables
                count["table"] += 1
                for row, line in enumerate(child.iter(f"{_W}tr"), start=1):
                    for cell, part in enumerate(line.findall(f"{_W}tc"), start=1):
                        blocks(part, f"table {number}, row {row}, cell {cell}")
            elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml"):
                blocks(child, source)

    body = root.find(f"{_W}body")
    if body is None:
        raise _wrong(where, "its body is missing.", "Save it again from the word processor.")
    _guarded(lambda: blocks(body, ""), where)
    for name, tag in (("footnotes", "footnote"), ("endnotes", "endnote"), ("comments", "comment")):
        part = _part(archive, f"word/{name}.xml", where, needed=False)
        if part is not None:
            own = [one for one in part if one.get(f"{_W}type") not in ("separator", "continuationSeparator")]
            count[tag] = sum(any((text.text or "").strip() for text in one.iter(f"{_W}t")) for one in own)
    for name in archive.namelist():
        if name.startswith(("word/header", "word/footer")) and name.endswith(".xml"):
            part = _part(archive, name, where)
            assert part is not None
            count["header"] += any((text.text or "").strip() for text in part.iter(f"{_W}t"))
    return _assemble(paragraphs, _counted(count, _WORD_NOTES), "docx")


_SKIPPED = {
    f"{_W}del": "del",
    f"{_W}moveFrom": "move",
    f"{_W}drawing": "drawing",
    f"{_W}pict": "drawing",
    f"{_W}object": "drawing",
    f"{_W}txbxContent": "box",
}


def _word_text(node: Element, count: Counter[str]) -> Iterator[str]:
    for child in node:
        tag = child.tag
        if tag == f"{_W}t":
            yield child.text or ""
        elif tag == f"{_W}tab":
            yield "\t"
        elif tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif tag == f"{_W}noBreakHyphen":
            yield "\u2011"
        elif tag in _SKIPPED:
            boxes = sum(1 for _ in child.iter(f"{_W}txbxContent")) if tag != f"{_W}txbxContent" else 0
            count["box" if boxes else _SKIPPED[tag]] += boxes or 1
        elif isinstance(tag, str) and tag.endswith("}AlternateContent"):
            boxes = sum(1 for _ in child.iter(f"{_W}txbxContent"))
            count["box" if boxes else "drawing"] += 1
        elif tag not in (f"{_W}pPr", f"{_W}rPr", f"{_W}instrText", f"{_W}sdtPr"):
            if tag == f"{_W}ins":
                count["ins"] += 1
            yield from _word_text(child, count)


_ODT_NOTES = {
    "change": "tracked changes: insertions kept as text, deletions not kept",
    "table": "tables: cells kept as paragraphs, row by row",
    "note": "footnotes and endnotes not kept",
    "annotation": "comments not kept",
    "drawing": "pictures and text boxes not kept",
}


def odt(data: bytes, where: str) -> Extract:
    """An OpenDocument text: paragraphs, headings and table cells in order.

    Raises
    ------
    InputError
        When it is no OpenDocument, unpacks beyond measure, or declares entities.
    """
    archive = _open(data, where)
    root = _part(archive, "content.xml", where)
    assert root is not None
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise _wrong(where, "it is no OpenDocument text.", "Save it as .odt, .docx or plain text.")
    count: Counter[str] = Counter()
    paragraphs: list[tuple[str, str]] = []

    def blocks(parent: Element, source: str) -> None:
        for child in parent:
            if child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                name = source or f"paragraph {len(paragraphs) + 1}"
                paragraphs.append(("".join(_odt_text(child, count)), name))
            elif child.tag == f"{_TEXT}tracked-changes":
                count["change"] += len(child)
            elif child.tag == f"{_TABLE}table":
                count["table"] += 1
                number = count["table"]
                for row, line in enumerate(child.iter(f"{_TABLE}table-row"), start=1):
                    for cell, part in enumerate(line.findall(f"{_TABLE}table-cell"), start=1):
                        blocks(part, f"table {number}, row {row}, cell {cell}")
            elif child.tag in (f"{_TEXT}list", f"{_TEXT}list-item", f"{_TEXT}section", f"{_TEXT}list-header"):
                blocks(child, source)
            elif str(child.tag).startswith(_DRAW):
                count["drawing"] += 1

    _guarded(lambda: blocks(body, ""), where)
    return _assemble(paragraphs, _counted(count, _ODT_NOTES), "odt")


def _odt_text(node: Element, count: Counter[str]) -> Iterator[str]:
    yield _collapsed(node.text)
    for child in node:
        tag = child.tag
        if tag == f"{_TEXT}s":
            yield " " * min(int(child.get(f"{_TEXT}c") or 1), 10_000)
        elif tag == f"{_TEXT}tab":
            yield "\t"
        elif tag == f"{_TEXT}line-break":
            yield "\n"
        elif tag == f"{_TEXT}note":
            count["note"] += 1
        elif tag in (f"{_OFFICE}annotation", f"{_OFFICE}annotation-end"):
            count["annotation"] += tag == f"{_OFFICE}annotation"
        elif str(tag).startswith(_DRAW):
            count["drawing"] += 1
        else:
            yield from _odt_text(child, count)
        yield _collapsed(child.tail)


def _collapsed(text: str | None) -> str:
    """White space as OpenDocument means it: line ends and tabs of the XML are single spaces."""
    import re

    return re.sub(r"[ \t\r\n]+", " ", text or "")


def _guarded(act: Any, where: str) -> None:
    """Run, and turn a document nested without end into a problem."""
    try:
        act()
    except (RecursionError, ValueError) as error:
        raise _wrong(
            where, f"it is built in a way that cannot be read ({type(error).__name__}).", ""
        ) from error
