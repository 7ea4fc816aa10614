"""Edits of a text as a map from old positions to new ones, so that what points into the text can follow."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

_MOST_PIECES = 20_000


@dataclass(frozen=True, order=True)
class Edit:
    """The old text from `start` to `end` becomes `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class EditMap:
    """Edits of one text, in order and without overlaps.

    Raises
    ------
    ValueError
        When edits overlap or are out of order.

    Examples
    --------
    >>> edits = EditMap((Edit(0, 5, "Aino"), Edit(11, 11, "dear ")))
    >>> edits.apply("Maija asks Eero.")
    'Aino asks dear Eero.'
    >>> edits.span(11, 15)
    (15, 19)
    """

    edits: tuple[Edit, ...]

    def __post_init__(self) -> None:
        reached = 0
        for edit in self.edits:
            if edit.start < reached or edit.end < edit.start:
                raise ValueError(f"edits overlap or are out of order at {edit.start}")
            reached = edit.end

    @cached_property
    def _shifts(self) -> tuple[list[int], list[int]]:
        """Starts of the edits, and by how much text before each has grown."""
        starts, shifts, total = [], [], 0
        for edit in self.edits:
            starts.append(edit.start)
            shifts.append(total)
            total += len(edit.text) - (edit.end - edit.start)
        return starts, [*shifts, total]

    def apply(self, text: str) -> str:
        """The new text."""
        parts, reached = [], 0
        for edit in self.edits:
            parts += [text[reached : edit.start], edit.text]
            reached = edit.end
        return "".join([*parts, text[reached:]])

    def position(self, old: int) -> int:
        """Where the character at an old position lies now; the begin of its replacement if replaced."""
        starts, shifts = self._shifts
        index = bisect_right(starts, old) - 1
        if index < 0:
            return old
        edit = self.edits[index]
        return edit.start + shifts[index] if old < edit.end else old + shifts[index + 1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where an old span lies: insertions at its ends stay outside, replaced ends are taken in whole."""
        if end <= start:
            place = self.position(start)
            return place, place
        starts, shifts = self._shifts
        index = bisect_right(starts, end - 1) - 1
        if index < 0:
            last = end
        elif end - 1 < (edit := self.edits[index]).end:
            last = edit.start + shifts[index] + len(edit.text)
        else:
            last = end + shifts[index + 1]
        first = self.position(start)
        return first, max(first, last)


def between(old: str, new: str) -> EditMap:
    """The edits that lead from one text to another: by lines, then words, then characters.

    Examples
    --------
    >>> between("one two\\nthree", "one two!\\nthree").edits
    (Edit(start=7, end=7, text='!'),)
    """
    return EditMap(tuple(_joined(_compare(old, new, 0, (_LINES, _WORDS, _CHARACTERS)))))


_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_CHARACTERS = re.compile(r".", re.DOTALL)


def _compare(old: str, new: str, offset: int, levels: Sequence[re.Pattern[str]]) -> Iterator[Edit]:
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    old, new, offset = old[head : len(old) - tail], new[head : len(new) - tail], offset + head
    if not old or not new:
        if old or new:
            yield Edit(offset, offset + len(old), new)
        return
    pieces = (levels[0].findall(old), levels[0].findall(new)) if levels else ([], [])
    if not levels or max(len(pieces[0]), len(pieces[1])) > _MOST_PIECES:
        yield Edit(offset, offset + len(old), new)
        return
    places = [_places(part) for part in pieces]
    matcher = difflib.SequenceMatcher(None, *pieces, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            continue
        before, after = old[places[0][a] : places[0][b]], new[places[1][c] : places[1][d]]
        yield from _compare(before, after, offset + places[0][a], levels[1:])


def _places(pieces: Sequence[str]) -> list[int]:
    places = [0]
    for piece in pieces:
        places.append(places[-1] + len(piece))
    return places


def _common(one: str, other: str) -> int:
    """Length of the common beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _joined(edits: Iterator[Edit]) -> Iterator[Edit]:
    last: Edit | None = None
    for edit in edits:
        if last and last.end == edit.start:
            last = Edit(last.start, edit.end, last.text + edit.text)
            continue
        if last:
            yield last
        last = edit
    if last:
        yield last
