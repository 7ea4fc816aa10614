"""HTML pages: the text that a browser shows, block by block; a parser that repairs, in linear time."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from casestudy.transcripts.blocks import Block, assembled, counted_notes
from casestudy.transcripts.bounds import Budget
from casestudy.transcripts.tables import Cell
from casestudy.transcripts.text import Extract, decode

_DECLARED = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """
        p div h1 h2 h3 h4 h5 h6 li ul ol tr table section article blockquote dt dd dl pre figure header footer
        main nav aside address form fieldset hr caption thead tbody tfoot details summary
        """,
    )
)
_LEFT = {
    "script": "scripts",
    "style": "styles",
    "template": "templates",
    "noscript": "noscript parts",
    "iframe": "frames",
    "object": "objects",
}
_ASIDE = {"del": "del", "rt": "ruby", "rp": "", "title": "", "textarea": "", "select": ""}
_VOID = frozenset(re.findall(r"\w+", "area base br col embed hr img input link meta source track wbr"))
_UNSEEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_STAMP = re.compile(r"ts_(\d{1,10})_(\d{1,10})(?:_.*)?$")
_SPACE = re.compile(r"[ \t\r\n\f]+")


def page(data: bytes, where: str) -> Extract:
    """The text of an HTML page: blocks become paragraphs; scripts, styles and hidden parts are left out.

    Raises
    ------
    InputError
        When it is not text, or gives more than a document may.
    """
    from lxml import etree

    text, encoding, notes = _decoded(data, where)
    budget = Budget(where)
    target = _Page(budget)
    parser = etree.HTMLParser(target=target, huge_tree=True, no_network=True)
    for start in range(0, len(text), 1 << 16):
        parser.feed(text[start : start + (1 << 16)])
        budget.watch()
    if text:
        parser.close()
    target.end_block()
    left = [f"{count} {said} not kept" for said, count in sorted(target.left.items())]
    left += counted_notes(target.count)
    return assembled(target.blocks, (*notes, *left), f"html, {encoding}", budget)


def _decoded(data: bytes, where: str) -> tuple[str, str, tuple[str, ...]]:
    """The text in the encoding that the page declares, where it is in that encoding."""
    declared = _DECLARED.search(data[:4000])
    notes: tuple[str, ...] = ()
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        encoding = declared[1].decode("ascii", "replace")
        try:
            return data.decode(encoding).replace("\0", ""), encoding, ()
        except (LookupError, UnicodeError, ValueError, TypeError, AttributeError):
            notes = (f"it says {encoding} and is not",)
    found = decode(data, where)
    return found.text, found.encoding, (*notes, *found.notes)


class _Page:
    """Collects visible text; white space as a browser shows it."""

    def __init__(self, budget: Budget) -> None:
        self.blocks: list[Block] = []
        self.left: Counter[str] = Counter()
        self.count: Counter[str] = Counter()
        self._budget = budget
        self._parts: list[str] = []
        self._length = 0
        self._cells: list[Cell] = []
        self._open: list[str] = []
        self._unseen = 0  # depth of the element that hides, 0 for none
        self._pre = 0
        self._tables: list[list[int]] = []
        self._cell_start = -1
        self._times: tuple[float, float] = (math.nan, math.nan)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag not in _VOID:
            self._open.append(tag)
        if self._unseen:
            return
        hidden = "hidden" in attributes or _UNSEEN.search(attributes.get("style") or "")
        if tag in _LEFT or tag in _ASIDE or (hidden and tag not in _VOID):
            self._unseen = len(self._open)
            if tag in _LEFT:
                self.left[_LEFT[tag]] += 1
            elif key := _ASIDE.get(tag, "hidden"):
                self.count[key] += 1
        elif tag == "img":
            self.left["pictures"] += 1
        elif tag == "br":
            self._put("\n")
        elif tag in ("td", "th"):
            self._start_cell()
        elif tag in _BLOCKS:
            self.end_block()
            if tag == "table":
                self.count["table"] += 1
                self._tables.append([self.count["table"], 0, 0])
            elif tag == "tr" and self._tables:
                self._tables[-1][1:] = [self._tables[-1][1] + 1, 0]
        self.count["ins"] += tag == "ins"
        self._pre += tag == "pre"
        if tag == "a" and (stamp := _STAMP.match(attributes.get("name") or attributes.get("id") or "")):
            time, until = int(stamp[1]) / 1000, int(stamp[2]) / 1000
            self._times = (time if math.isnan(self._times[0]) else self._times[0], until)

    def end(self, tag: str) -> None:
        if tag in _VOID:
            return
        while self._open and self._open.pop() != tag:
            pass
        if self._unseen:
            if len(self._open) < self._unseen:
                self._unseen = 0
            return
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in _BLOCKS:
            self.end_block()
            if tag == "table" and self._tables:
                self._tables.pop()
        self._pre -= tag == "pre" and self._pre > 0

    def data(self, data: str) -> None:
        if self._unseen:
            return
        text = data if self._pre else _SPACE.sub(" ", data)
        if not self._pre and (not self._length or self._parts[-1].endswith(("\n", " "))):
            text = text.lstrip(" ")
        self._put(text)

    def comment(self, text: str) -> None:
        """Comments of the source are not a part of the page."""

    def pi(self, target: str, data: Any = None) -> None:
        """Nor are instructions."""

    def close(self) -> None:
        """Nothing more comes."""

    def _put(self, text: str) -> None:
        if text:
            self._budget.spend(len(text))
            self._parts.append(text.replace("\r\n", "\n").replace("\r", "\n"))
            self._length += len(self._parts[-1])

    def _start_cell(self) -> None:
        if self._length and not self._parts[-1].endswith((" ", "\n")):
            self._put(" ")
        if self._tables:
            self._tables[-1][2] += 1
            self._cell_start = self._length

    def _end_cell(self) -> None:
        if self._tables and self._cell_start >= 0:
            table, row, column = self._tables[0]
            self._cells.append(Cell(table, row, column, self._cell_start, self._length))
        self._cell_start = -1

    def end_block(self) -> None:
        """Close the paragraph, without white space at its ends and those of its lines."""
        within = self._cell_start >= 0
        if within:
            self._end_cell()
        text = "".join(self._parts)
        lines = [line.strip(" \t") for line in text.split("\n")]
        kept = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
        if kept:
            cells = tuple(
                Cell(cell.table, cell.row, cell.column, *_within(text, kept, cell)) for cell in self._cells
            )
            source = f"paragraph {len(self.blocks) + 1}"
            self.blocks.append(Block(kept, source, cells, *self._times))
            self._times = (math.nan, math.nan)
        self._parts, self._length, self._cells = [], 0, []
        if within:
            self._cell_start = 0


def _within(text: str, kept: str, cell: Cell) -> tuple[int, int]:
    """Where a cell stands in its block once white space is taken off."""
    if "\n" in text:
        words = "\n".join(line.strip(" \t") for line in text[cell.start : cell.end].split("\n")).strip()
        start = kept.find(words)
        return (start, start + len(words)) if start >= 0 else (0, 0)
    shift = len(text) - len(text.lstrip(" \t"))
    start = min(max(0, cell.start - shift), len(kept))
    return start, min(max(start, cell.end - shift), len(kept))
