"""Documents as Word, OpenDocument, rich text and HTML; Word with its turns as data beside the text."""

from __future__ import annotations

import html
import io
import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from casestudy.transcripts.transcript import Transcript
from casestudy.transcripts.turn import named
from casestudy.transcripts.word import TURNS


def paragraphs(text: str) -> list[tuple[int, str]]:
    """Stretches between blank lines with their starts, none of them empty; further blank lines stay within.

    Examples
    --------
    >>> paragraphs("a\\n\\nb\\nc\\n\\n\\n\\nd\\n")
    [(0, 'a'), (3, 'b\\nc\\n\\n'), (10, 'd')]
    """
    found: list[tuple[int, str]] = []
    reached = 0
    for part in text.removesuffix("\n").split("\n\n"):
        if found and (not part.strip() or not found[-1][1].strip()):
            found[-1] = (found[-1][0], f"{found[-1][1]}\n\n{part}")
        else:
            found.append((reached, part))
        reached += len(part) + 2
    return found


def _runs(document: Transcript) -> Iterator[list[tuple[bool, str]]]:
    """Each paragraph as (bold, text) runs: who speaks is bold."""
    for _, runs in _placed_runs(document, ()):
        yield [(bold, text) for bold, text in runs if text]


def _placed_runs(document: Transcript, cuts: Sequence[int]) -> Iterator[tuple[int, list[tuple[bool, str]]]]:
    """Start of each paragraph, and its runs: cut where the head of a turn begins or ends, and at `cuts`."""
    heads = [(turn.start, turn.speech) for turn in document.turns if turn.speaker]
    places = sorted({*cuts, *(place for head in heads for place in head)})
    first = head = 0
    for start, text in paragraphs(document.text):
        end = start + len(text)
        while first < len(places) and places[first] <= start:
            first += 1
        last = first
        while last < len(places) and places[last] < end:
            last += 1
        runs = []
        for begin, until in pairwise([start, *places[first:last], end]):
            while head < len(heads) and heads[head][1] <= begin:
                head += 1
            bold = head < len(heads) and heads[head][0] <= begin < heads[head][1]
            runs.append((bold, document.text[begin:until]))
        first = last
        yield start, runs


def _archive(parts: dict[str, str], stored: str = "") -> bytes:
    """A zip whose bytes depend on its parts alone."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            how = zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, text.encode("utf-8", "surrogatepass"), compress_type=how)
    return file.getvalue()


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OOXML = "http://schemas.openxmlformats.org"


def docx(document: Transcript) -> bytes:
    """A Word document; its turns lie in bookmarks, and what the text does not show in a part of its own."""

    def run(bold: bool, text: str) -> str:
        pieces = {"\n": "<w:br/>", "\t": "<w:tab/>"}
        inner = "".join(
            pieces.get(part) or f'<w:t xml:space="preserve">{escape(part)}</w:t>'
            for part in re.split(r"([\n\t])", text)
            if part
        )
        return f"<w:r>{'<w:rPr><w:b/></w:rPr>' * bold}{inner}</w:r>"

    marks, data = _marks(document)
    cuts = [place for place, _ in marks]
    body, reached = [], 0
    for start, runs in _placed_runs(document, cuts):
        inner, place = [], start
        for bold, text in runs:
            while reached < len(marks) and marks[reached][0] <= place:
                inner.append(marks[reached][1])
                reached += 1
            inner.append(run(bold, text) if text else "")
            place += len(text)
        while reached < len(marks) and marks[reached][0] <= place:
            inner.append(marks[reached][1])
            reached += 1
        body.append(f"<w:p>{''.join(inner)}</w:p>")
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    relations = f"{_OOXML}/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_OOXML}/package/2006/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_OOXML}/package/2006/relationships"><Relationship '
        f'Id="rId1" Type="{relations}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'{_XML}<w:document xmlns:w="{_OOXML}/wordprocessingml/2006/main">'
        f"<w:body>{''.join(body)}</w:body></w:document>",
    }
    if data:
        parts["word/_rels/document.xml.rels"] = (
            f'{_XML}<Relationships xmlns="{_OOXML}/package/2006/relationships"><Relationship '
            f'Id="rId1" Type="{relations}/customXml" Target="../customXml/item1.xml"/></Relationships>'
        )
        parts["customXml/item1.xml"] = f'{_XML}<turns xmlns="{TURNS}">{data}</turns>'
    return _archive(parts)


def _marks(document: Transcript) -> tuple[list[tuple[int, str]], str]:
    """Bookmarks round the head of each turn and round the name in it, and what else is known of the turn.

    The name itself is written beside the text only where the head does not show it, so that a name that is
    changed in the document is changed everywhere.
    """
    if not any(turn.speaker or not math.isnan(turn.time) for turn in document.turns):
        return [], ""
    marks: list[tuple[int, int, str]] = []
    rows: list[str] = []

    def mark(name: str, start: int, end: int) -> None:
        number = len(marks) // 2
        marks.append((start, len(marks), f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>'))
        marks.append((end, len(marks), f'<w:bookmarkEnd w:id="{number}"/>'))

    for turn in document.turns:
        key = f"turn_{turn.number}"
        mark(key, turn.start, turn.speech)
        given = {"id": key, "kind": turn.kind}
        given |= {} if math.isnan(turn.time) else {"time": repr(float(turn.time))}
        given |= {} if math.isnan(turn.until) else {"until": repr(float(turn.until))}
        head = document.text[turn.start : turn.speech]
        place = head.rfind(turn.speaker) if turn.speaker else -1
        if place >= 0 and named(turn.speaker) == turn.speaker:
            mark(f"{key}_name", turn.start + place, turn.start + place + len(turn.speaker))
        elif turn.speaker:
            given["speaker"] = turn.speaker
        rows.append(f"<turn {' '.join(f'{name}={quoteattr(value)}' for name, value in given.items())}/>")
    ordered = sorted(marks, key=lambda row: row[:2])
    return [(place, markup) for place, _, markup in ordered], "".join(rows)


_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_ODT = "application/vnd.oasis.opendocument.text"


def odt(document: Transcript) -> bytes:
    """An OpenDocument text."""

    def run(bold: bool, text: str, before: str) -> str:
        inner = ""
        for part in re.split(r"([\n\t]| +)", text):
            if part in ("\n", "\t"):
                inner += "<text:line-break/>" if part == "\n" else "<text:tab/>"
            elif part.startswith(" "):
                # Spaces at the beginning and behind others would be taken for one.
                more = len(part) if before in ("", "\n", "\t", " ") else len(part) - 1
                inner += " " * (len(part) - more) + "".join(
                    f'<text:s text:c="{min(9999, more - place)}"/>' for place in range(0, more, 9999)
                )
            else:
                inner += escape(part)
            before = part[-1:] or before
        return f'<text:span text:style-name="B">{inner}</text:span>' if bold else inner

    body = ""
    for runs in _runs(document):
        before, inner = "", ""
        for strong, text in runs:
            inner += run(strong, text, before)
            before = text[-1]
        body += f"<text:p>{inner}</text:p>"
    spaces = " ".join(
        f'xmlns:{name}="{_ODF}:{whole}:1.0"'
        for name, whole in (("office", "office"), ("text", "text"), ("style", "style"))
    )
    bold = (
        f'<style:style style:name="B" style:family="text"><style:text-properties xmlns:fo="{_ODF}:'
        'xsl-fo-compatible:1.0" fo:font-weight="bold"/></style:style>'
    )
    listed = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", _ODT), ("content.xml", "text/xml"))
    )
    return _archive(
        {
            "mimetype": _ODT,
            "content.xml": f'{_XML}<office:document-content {spaces} office:version="1.3">'
            f"<office:automatic-styles>{bold}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
            "META-INF/manifest.xml": f'{_XML}<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0" '
            f'manifest:version="1.3">{listed}</manifest:manifest>',
        },
        stored="mimetype",
    )


def rtf(document: Transcript) -> bytes:
    """Rich text."""

    def escaped(text: str) -> Iterator[str]:
        units = text.encode("utf-16-le", "surrogatepass")
        for place in range(0, len(units), 2):
            number = int.from_bytes(units[place : place + 2], "little", signed=True)
            one = chr(number) if 0 <= number < 128 else ""
            if one == "\n":
                yield "\\par\n"
            elif one == "\t":
                yield "\\tab "
            elif one and one in "\\{}":
                yield f"\\{one}"
            else:
                yield one if one >= " " and one != "\x7f" else f"\\u{number}?"

    return f"{{\\rtf1\\ansi\\ansicpg1252\\uc1 {''.join(escaped(document.text))}}}".encode("ascii")


def page(document: Transcript) -> bytes:
    """A page of HTML."""

    def run(bold: bool, text: str) -> str:
        inner = html.escape(text, quote=False).replace("\n", "<br>")
        return f"<b>{inner}</b>" if bold else inner

    body = "\n".join(f"<p>{''.join(run(*one) for one in runs)}</p>" for runs in _runs(document))
    title = html.escape(document.title or document.id)
    page = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title></head><body>\n'
    return f"{page}{body}\n</body></html>\n".encode("utf-8", "surrogatepass")
