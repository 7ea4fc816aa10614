"""OpenDocument texts: their text, and a list of what else they hold and what became of it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from casestudy.transcripts.archives import Archive, forget
from casestudy.transcripts.blocks import Block, Count, assembled, counted_notes
from casestudy.transcripts.bounds import Budget, refused
from casestudy.transcripts.tables import Cell
from casestudy.transcripts.text import Extract

_ODF = "{urn:oasis:names:tc:opendocument:xmlns"
_TEXT, _TABLE, _OFFICE, _DRAW, _STYLE = (
    f"{_ODF}:{name}:1.0}}" for name in ("text", "table", "office", "drawing", "style")
)
_P, _H, _BODY = f"{_TEXT}p", f"{_TEXT}h", f"{_OFFICE}text"
_TBL, _ROW, _CELL, _COVERED = (
    f"{_TABLE}{name}" for name in ("table", "table-row", "table-cell", "covered-table-cell")
)
_CHANGES, _INSERTION, _DELETION = (f"{_TEXT}{name}" for name in ("tracked-changes", "insertion", "deletion"))
_SECTION, _STYLES, _PROPERTIES = f"{_TEXT}section", f"{_STYLE}style", f"{_STYLE}text-properties"
# Paragraphs within these are not a part of the talk.
_ASIDE = (f"{_TEXT}note", f"{_OFFICE}annotation", f"{_DRAW}text-box", _CHANGES, f"{_OFFICE}forms")
_SPACE = re.compile(r"[ \t\r\n]+")


def odt(data: bytes, where: str) -> Extract:
    """An OpenDocument text: paragraphs, headings and table cells in order, each once and in its place.

    Tracked insertions are accepted, deletions and hidden text left out; what is left out is counted.

    Raises
    ------
    InputError
        When it is not an OpenDocument, unpacks beyond measure, or declares entities.
    """
    archive = Archive(data, where)
    reader = _Reader(Budget(where))
    count = reader.count
    if "styles.xml" in archive:
        heads = tuple(f"{_STYLE}{name}" for name in ("header", "footer", "header-left", "footer-left"))
        for _, element in archive.elements("styles.xml", (_STYLES, *heads), ("end",)):
            if element.tag == _STYLES:
                reader.style(element)
            else:
                count["header"] += any(text.strip() for text in element.itertext())
    tags = (_P, _H, _BODY, _TBL, _ROW, _CELL, _COVERED, _INSERTION, _DELETION, _SECTION, _STYLES, *_ASIDE)
    for event, element in archive.elements("content.xml", tags):
        reader.take(event, element)
    if not reader.body:
        raise refused(where, "it is not an OpenDocument text.", "Save it as .odt, .docx or plain text.")
    return assembled(reader.blocks, counted_notes(count), "odt", reader.budget)


class _Reader:
    """Paragraphs as they end, with the tables they lie in."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.count: Count = Counter()
        self.blocks: list[Block] = []
        self.body = False
        self._tables: list[list[int]] = []
        self._aside = 0
        self._sections: list[bool] = []
        self._hidden: dict[str, bool] = {}

    def style(self, element: Any) -> None:
        """Whether a style hides its text."""
        properties = element.find(_PROPERTIES)
        own = properties.get(f"{_TEXT}display") if properties is not None else None
        base = self._hidden.get(element.get(f"{_STYLE}parent-style-name") or "", False)
        self._hidden[element.get(f"{_STYLE}name") or ""] = own == "none" if own else base

    def take(self, event: str, element: Any) -> None:
        tag, start = element.tag, event == "start"
        if tag in _ASIDE:
            self._aside += 1 if start else -1
            if start and tag == f"{_DRAW}text-box" and not any(True for _ in element.iterancestors(_P, _H)):
                self.count["box"] += 1
        elif tag in (_INSERTION, _DELETION):
            self.count["ins" if tag == _INSERTION else "del"] += start
        elif tag == _STYLES:
            if not start:
                self.style(element)
        elif tag == _BODY:
            self.body = True
        elif self._aside:
            return
        elif tag == _SECTION:
            if start:
                self._sections.append(element.get(f"{_TEXT}display") == "none")
                self.count["hidden"] += self._sections[-1]
            else:
                self._sections.pop()
        elif tag in (_P, _H):
            if not start and self.body:
                self._paragraph(element)
                forget(element)
        elif tag == _TBL:
            if start:
                self.count["table"] += 1
                self._tables.append([self.count["table"], 0, 0])
            else:
                self._tables.pop()
                forget(element)
        elif self._tables and start:
            if tag == _ROW:
                self._tables[-1][1:] = [self._tables[-1][1] + 1, 0]
            else:
                self._tables[-1][2] += 1
        elif self._tables and tag != _ROW:
            repeated = element.get(f"{_TABLE}number-columns-repeated") or "1"
            self._tables[-1][2] += min(int(repeated), 1000) - 1 if repeated.isdecimal() else 0
            element.clear(keep_tail=False)

    def _paragraph(self, element: Any) -> None:
        if any(self._sections):
            return
        parts: list[str] = []
        if self._hides(element):
            self.count["hidden"] += any(text.strip() for text in element.itertext())
        else:
            self._inline(element, parts)
        text = "".join(parts)
        source = f"paragraph {len(self.blocks) + 1}"
        cells: tuple[Cell, ...] = ()
        if self._tables:
            table, row, column = self._tables[0]
            source = f"table {self._tables[-1][0]}, row {self._tables[-1][1]}, cell {self._tables[-1][2]}"
            cells = (Cell(table, row, column, 0, len(text)),)
        self.blocks.append(Block(text, source, cells))

    def _hides(self, element: Any) -> bool:
        return self._hidden.get(element.get(f"{_TEXT}style-name") or "", False)

    def _inline(self, node: Any, parts: list[str]) -> None:
        """Text of a node; white space as OpenDocument means it: several, and line ends, are one space."""
        parts.append(_SPACE.sub(" ", node.text or ""))
        for child in node:
            self._child(child, parts)
            parts.append(_SPACE.sub(" ", child.tail or ""))

    def _child(self, child: Any, parts: list[str]) -> None:
        tag = child.tag
        if tag == f"{_TEXT}s":
            given = child.get(f"{_TEXT}c") or "1"
            spaces = min(int(given), 10_000) if given.isdecimal() and len(given) < 10 else 1
            self.budget.spend(spaces)
            parts.append(" " * spaces)
        elif tag == f"{_TEXT}tab":
            parts.append("\t")
        elif tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif tag == f"{_TEXT}note":
            kind = child.get(f"{_TEXT}note-class")
            self.count["endnote" if kind == "endnote" else "footnote"] += 1
        elif tag in (f"{_OFFICE}annotation", f"{_OFFICE}annotation-end"):
            self.count["comment"] += tag == f"{_OFFICE}annotation"
        elif tag in (f"{_TEXT}hidden-text", f"{_TEXT}hidden-paragraph"):
            self.count["hidden"] += 1
        elif tag == f"{_TEXT}ruby-text":
            self.count["ruby"] += 1
        elif isinstance(tag, str) and tag.startswith(_DRAW):
            boxes = sum(1 for _ in child.iter(f"{_DRAW}text-box"))
            self.count["box" if boxes else "drawing"] += boxes or 1
        elif isinstance(tag, str) and self._hides(child) and tag == f"{_TEXT}span":
            self.count["hidden"] += 1
        elif isinstance(tag, str):
            self._inline(child, parts)
