"""Word documents: their text, and a list of what else they hold and what became of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from casestudy.transcripts.archives import Archive, forget
from casestudy.transcripts.blocks import Block, Count, Mark, Spot, assembled, counted_notes
from casestudy.transcripts.bounds import Budget, refused
from casestudy.transcripts.tables import Cell
from casestudy.transcripts.text import Extract
from casestudy.transcripts.turn import Head, Kind

TURNS = "urn:casestudy:turns"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_P, _TBL, _TR, _TC, _BOX, _BODY = (f"{_W}{name}" for name in ("p", "tbl", "tr", "tc", "txbxContent", "body"))
_T, _R, _RPR, _PPR, _VANISH = (f"{_W}{name}" for name in ("t", "r", "rPr", "pPr", "vanish"))
_VAL, _ID, _NAME = (f"{_W}{name}" for name in ("val", "id", "name"))
_SIGNS = {
    f"{_W}tab": "\t",
    f"{_W}ptab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "\u2011",
    f"{_W}softHyphen": "\u00ad",
}
_SKIPPED = {
    f"{_W}del": "del",
    f"{_W}moveFrom": "move",
    f"{_W}drawing": "drawing",
    f"{_W}pict": "drawing",
    f"{_W}object": "drawing",
    f"{_W}sym": "symbol",
    f"{_W}rt": "ruby",
    f"{_W}instrText": "",
    f"{_W}delInstrText": "",
    f"{_W}delText": "",
    f"{_W}sdtPr": "",
    f"{_W}rubyPr": "",
    _PPR: "",
    _RPR: "",
}
_BOOKMARK, _BOOKMARK_END = f"{_W}bookmarkStart", f"{_W}bookmarkEnd"
_OFF = ("0", "false", "off")


def docx(data: bytes, where: str) -> Extract:
    """A Word document: paragraphs and table cells in order, each once and in its place.

    Tracked insertions are accepted, deletions and hidden text left out; what is left out is counted.

    Raises
    ------
    InputError
        When it is not a Word document, unpacks beyond measure, or declares entities.
    """
    archive = Archive(data, where)
    reader = _Reader(archive, Budget(where))
    for event, element in archive.elements("word/document.xml", (_P, _TBL, _TR, _TC, _BOX, _BODY)):
        reader.take(event, element)
    if not reader.body:
        found = "its body is missing, or it is saved as strict Open XML."
        raise refused(where, found, "Save it again from the word processor as .docx.")
    reader.close()
    count = reader.count
    for name, key in (("footnotes", "footnote"), ("endnotes", "endnote"), ("comments", "comment")):
        count[key] += sum(_notes(archive, f"word/{name}.xml", key))
    for name in archive.names:
        if name.startswith(("word/header", "word/footer")) and name.endswith(".xml"):
            reader.budget.watch()
            texts = archive.elements(name, (_T,), ("end",))
            count["header"] += any((text.text or "").strip() for _, text in texts)
    return assembled(reader.blocks, counted_notes(count), "docx", reader.budget, reader.stated())


def _notes(archive: Archive, part: str, tag: str) -> list[bool]:
    """For each note of a part whether it holds words."""
    if part not in archive:
        return []
    rows: list[bool] = []
    separators = ("separator", "continuationSeparator")
    for _, note in archive.elements(part, (f"{_W}{tag}",), ("end",)):
        if note.get(f"{_W}type") not in separators:
            rows.append(any((text.text or "").strip() for text in note.iter(_T)))
    return rows


def _hidden_styles(archive: Archive) -> frozenset[str]:
    """Styles whose text is hidden, by themselves or by the style they are based on."""
    if "word/styles.xml" not in archive:
        return frozenset()
    hidden: dict[str, bool | None] = {}
    based: dict[str, str] = {}
    for _, style in archive.elements("word/styles.xml", (f"{_W}style",), ("end",)):
        name = style.get(f"{_W}styleId") or ""
        properties = style.find(_RPR)
        hidden[name] = _vanishes(properties) if properties is not None else None
        base = style.find(f"{_W}basedOn")
        based[name] = (base.get(_VAL) or "") if base is not None else ""

    def effective(name: str) -> bool:
        for _ in range(20):
            if hidden.get(name) is not None:
                return bool(hidden[name])
            name = based.get(name, "")
        return False

    return frozenset(name for name in hidden if effective(name))


def _vanishes(properties: Any) -> bool | None:
    """Whether run properties hide the text; None where they do not say."""
    mark = properties.find(_VANISH)
    return None if mark is None else mark.get(_VAL) not in _OFF


class _Reader:
    """Paragraphs as they end, with the tables they lie in."""

    def __init__(self, archive: Archive, budget: Budget) -> None:
        self.budget = budget
        self.count: Count = Counter()
        self.blocks: list[Block] = []
        self.body = False
        self._tables: list[list[int]] = []  # number, row, column
        self._rows: list[Any] = []
        self._boxes = 0
        self._dropped = 0
        self._pending = ""
        self._hidden = _hidden_styles(archive)
        self._data = _data(archive)
        self._named: dict[str, str] = {}
        self._spots: dict[str, list[Spot]] = {}

    def take(self, event: str, element: Any) -> None:
        tag = element.tag
        if tag == _P:
            if event == "end" and not self._boxes:
                self._paragraph(element)
                forget(element)
        elif tag == _BOX:
            self._boxes += 1 if event == "start" else -1
        elif self._boxes:
            return
        elif tag == _TBL:
            if event == "start":
                self.count["table"] += 1
                self._tables.append([self.count["table"], 0, 0])
            else:
                self._flush()
                self._tables.pop()
                forget(element)
        elif tag == _TR and self._tables:
            if event == "start":
                self._rows.append(element)
                self._tables[-1][1:] = [self._tables[-1][1] + 1, 0]
            else:
                gone = self._gone(self._rows.pop())
                self.count["row"] += gone
                element.clear(keep_tail=False)
        elif tag == _TC and self._tables:
            if event == "start":
                self._tables[-1][2] += 1
                self._dropped += self._gone(self._rows[-1])
            else:
                self._flush()
                self._dropped -= self._gone(self._rows[-1])
                element.clear(keep_tail=False)
        elif tag == _BODY:
            self.body = True

    def _gone(self, row: Any) -> bool:
        properties = row.find(f"{_W}trPr")
        return properties is not None and properties.find(f"{_W}del") is not None

    def close(self) -> None:
        self._flush()

    def _flush(self) -> None:
        if self._pending:
            self._add(self._pending)
            self._pending = ""

    def _add(self, text: str) -> None:
        source = f"paragraph {len(self.blocks) + 1}"
        cells: tuple[Cell, ...] = ()
        if self._tables:
            table, row, column = self._tables[0]
            source = f"table {self._tables[-1][0]}, row {self._tables[-1][1]}, cell {self._tables[-1][2]}"
            cells = (Cell(table, row, column, 0, len(text)),)
        self.budget.watch()
        self.blocks.append(Block(text, source, cells))

    def _paragraph(self, element: Any) -> None:
        if self._dropped:
            return
        parts: list[str] = [self._pending] if self._pending else []
        properties = element.find(_PPR)
        hidden, deleted = False, False
        if properties is not None:
            style = properties.find(f"{_W}pStyle")
            hidden = style is not None and style.get(_VAL) in self._hidden
            mark = properties.find(_RPR)
            if mark is not None:
                deleted = any(mark.find(f"{_W}{name}") is not None for name in ("del", "moveFrom"))
        self._inline(element, parts, hidden)
        text = "".join(parts)
        self._pending = ""
        if deleted:
            self.count["mark"] += 1
            self._pending = text
        else:
            self._add(text)

    def _inline(self, node: Any, parts: list[str], hidden: bool) -> None:
        for child in node:
            tag = child.tag
            if tag == _R:
                self._run(child, parts, hidden)
            elif tag == _BOOKMARK:
                self._spots.setdefault(child.get(_NAME) or "", []).append(self._spot(parts))
                self._named[child.get(_ID) or ""] = child.get(_NAME) or ""
            elif tag == _BOOKMARK_END:
                if child.get(_ID) in self._named:
                    self._spots[self._named[child.get(_ID)]].append(self._spot(parts))
            elif not isinstance(tag, str):
                continue
            elif tag in _SKIPPED:
                self._skip(child, tag)
            elif tag in (_MATH, _T):
                parts.append(child.text or "")
            elif tag.endswith("}AlternateContent"):
                self._skip(child, f"{_W}drawing")
            else:
                self.count["ins"] += tag == f"{_W}ins"
                self._inline(child, parts, hidden)

    def _run(self, run: Any, parts: list[str], hidden: bool) -> None:
        size = len(parts)
        for child in run:
            tag = child.tag
            if tag == _T:
                parts.append(child.text or "")
            elif tag == _RPR:
                style = child.find(f"{_W}rStyle")
                hidden = hidden or (style is not None and style.get(_VAL) in self._hidden)
                own = _vanishes(child)
                hidden = hidden if own is None else own
            elif tag in _SIGNS:
                parts.append(_SIGNS[tag])
            elif tag in _SKIPPED:
                self._skip(child, tag)
            elif isinstance(tag, str):
                if tag.endswith("}AlternateContent"):
                    self._skip(child, f"{_W}drawing")
                else:
                    self._inline(child, parts, hidden)
        if hidden and len(parts) > size:
            self.count["hidden"] += any(parts[size:])
            del parts[size:]

    def _skip(self, child: Any, tag: str) -> None:
        key = _SKIPPED[tag]
        if key == "drawing":
            boxes = sum(1 for _ in child.iter(_BOX))
            alternatives = child.tag.endswith("}AlternateContent") and boxes
            self.count["box" if boxes else "drawing"] += 1 if alternatives else boxes or 1
        elif key:
            self.count[key] += 1

    def stated(self) -> list[Mark]:
        """Turns that the document carries as data: bookmarks, and what is said of each."""
        rows = []
        for name, head in self._data.items():
            spots = self._spots.get(name, [])
            within = self._spots.get(f"{name}_name", [])
            if len(spots) == 2:
                rows.append(
                    Mark(spots[0], spots[1], head, (within[0], within[1]) if len(within) == 2 else None)
                )
        return rows

    def _spot(self, parts: Sequence[str]) -> Spot:
        return len(self.blocks), sum(map(len, parts))


def _data(archive: Archive) -> dict[str, Head]:
    """What a custom part says of turns, by the name of their bookmark."""
    rows: dict[str, Head] = {}
    for name in archive.names:
        if not (name.startswith("customXml/item") and name.endswith(".xml") and "Props" not in name):
            continue
        for _, turn in archive.elements(name, (f"{{{TURNS}}}turn",), ("end",)):
            given = turn.get("kind") or "speech"
            kinds: dict[str, Kind] = {"heading": "heading", "bracket": "bracket", "note": "note"}
            times = [_number(turn.get(key)) for key in ("time", "until")]
            rows[turn.get("id") or ""] = Head(
                0, 0, turn.get("speaker") or "", times[0], times[1], kinds.get(given, "speech")
            )
    return rows


def _number(written: str | None) -> float:
    try:
        return float(written) if written else math.nan
    except ValueError:
        return math.nan
