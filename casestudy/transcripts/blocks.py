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
from casestudy.transcripts.turn import Head, named
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


Spot = tuple[int, int]  # block and offset within it


@dataclass(frozen=True)
class Mark:
    """Where a turn, its words and the name in its head stand, and what the source says of the turn."""

    begin: Spot
    words: Spot
    head: Head
    name: tuple[Spot, Spot] | None = None


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
        heads = sorted((_placed(mark, text, starts) for mark in marks), key=lambda head: head.start)
        turns, read = [turn for turn in arranged(text, heads, heads[0].start) if turn.start < turn.end], []
    opens = tuple(place.start for place in places)
    return Extract(text, kind, (*notes, *read), tuple(places), tuple(turns), opens)


def _placed(mark: Mark, text: str, starts: Sequence[int]) -> Head:
    def position(spot: Spot) -> int:
        return min(starts[spot[0]] + spot[1] if spot[0] < len(starts) else len(text), len(text))

    start = position(mark.begin)
    speaker = mark.head.speaker
    if mark.name:
        speaker = named(text[position(mark.name[0]) : position(mark.name[1])])
    return mark.head._replace(start=start, speech=max(start, position(mark.words)), speaker=speaker)


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
