"""Paragraphs and cells of a document, set out as one text with its turns and the way back."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from casestudy.transcripts.bounds import Budget
from casestudy.transcripts.tables import Cell, talk
from casestudy.transcripts.text import Extract, Place
from casestudy.transcripts.turn import Head
from casestudy.transcripts.turns import arranged

_ENDS = re.compile(r"\r\n?")


@dataclass(frozen=True)
class Block:
    """One paragraph: its text, where it comes from, its cell or cells, and times that the source states.

    `cells` hold offsets within the text.
    """

    text: str
    source: str
    cells: tuple[Cell, ...] = ()
    time: float = math.nan
    until: float = math.nan


@dataclass(frozen=True)
class Mark:
    """A place where a turn begins or its words do, as block and offset, and what the source says of it."""

    block: int
    offset: int
    head: Head
    words: tuple[int, int] = (0, 0)


def assembled(
    blocks: Sequence[Block], notes: Iterable[str], kind: str, budget: Budget, marks: Sequence[Mark] = ()
) -> Extract:
    """Blocks with a blank line between them as a text; empty ones are left out.

    Turns are those that marks state, else those of tables that hold a talk; the rest is left to a guess.
    """
    parts: list[str] = []
    places: list[Place] = []
    cells: list[Cell] = []
    starts: list[int] = []
    reached = 0
    for block in blocks:
        plain = _ENDS.sub("\n", block.text).replace("\0", "")
        starts.append(reached)
        if not plain.strip():
            continue
        budget.spend(len(plain) + 2)
        parts.append(plain)
        places.append(Place(reached, reached + len(plain), block.source, block.time, block.until))
        cells += [replace(cell, start=cell.start + reached, end=cell.end + reached) for cell in block.cells]
        reached += len(plain) + 2
    text = "\n\n".join(parts) + ("\n" if parts else "")
    turns, read = talk(text, cells)
    if marks:
        heads = []
        for mark in marks:
            start = min(starts[mark.block] + mark.offset, len(text))
            speech = min(starts[mark.words[0]] + mark.words[1], len(text))
            heads.append(replace(mark.head, start=start, speech=max(start, speech)))
        heads.sort(key=lambda head: head.start)
        found = arranged(text, heads, heads[0].start)
        turns, read = [turn for turn in found if turn.start < turn.end], []
    opens = tuple(place.start for place in places)
    return Extract(text, kind, (*notes, *read), tuple(places), tuple(turns), opens)


def counted_notes(count: Mapping[str, int]) -> list[str]:
    """What a document holds beside its text, in the same words for every format."""
    return [f"{count[key]} {said}" for key, said in _NOTES.items() if count.get(key)]


_NOTES = {
    "ins": "tracked insertions kept as text",
    "del": "tracked deletions not kept",
    "mark": "tracked deletions of a paragraph's end: joined with the next",
    "row": "tracked deletions of table rows not kept",
    "move": "tracked moves: text kept where it was moved to",
    "hidden": "stretches of hidden text not kept",
    "table": "tables: cells kept as paragraphs, row by row",
    "footnote": "footnotes not kept",
    "endnote": "endnotes not kept",
    "comment": "comments not kept",
    "box": "text boxes not kept",
    "drawing": "pictures not kept",
    "symbol": "signs of symbol fonts not kept",
    "ruby": "readings of characters (ruby) not kept",
    "header": "page headers and footers with text not kept",
}

Count = Counter[str]
