"""Lines of a printed page as they are drawn, and the columns of a talk that is set as a table."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from casestudy.transcripts.tables import Cell

_NEAR = 3.0  # points by which the beginnings of one column differ
_LEAST_ROWS, _MOST_COLUMNS = 3, 4
_WIDE = re.compile(r"[ \t]{3,}")


@dataclass(frozen=True)
class Piece:
    """Words drawn in one go: from where to where, on which base line, how high."""

    left: float
    right: float
    base: float
    height: float
    text: str


@dataclass(frozen=True)
class Line:
    """One line of a page; `base` grows upwards."""

    text: str
    base: float
    height: float
    pieces: tuple[Piece, ...] = ()


def line_of(row: Sequence[Piece]) -> Line:
    """Pieces of one base line as a line, with a space where they stand apart."""
    parts: list[str] = []
    last: Piece | None = None
    for piece in row:
        text = piece.text
        if last is not None:
            gap = piece.left - last.right > 0.17 * piece.height
            if gap and not parts[-1].endswith(" ") and not text.startswith(" "):
                parts.append(" ")
        parts.append(text)
        last = piece
    text = re.sub(r"[ \t]{2,}", " ", "".join(parts).replace("\n", " ")).strip(" ")
    return Line(text, row[0].base, max(piece.height for piece in row), tuple(row))


class _Segment(NamedTuple):
    """Words of a line that stand apart from the others: where, and their place in the text."""

    left: float
    start: int
    end: int


def cells(lines: Sequence[tuple[int, Line]]) -> list[Cell]:
    """The cells of a table that runs through the lines; none where they are not a table.

    Parameters
    ----------
    lines : sequence of (int, Line)
        Each line with its place in the text, in reading order.

    Notes
    -----
    Words stand in the last column; a row begins where something stands before them. What a row holds must be
    one stretch of the text, so a table whose names go on in a second line is left as text.
    """
    rows = [row for place, line in lines if (row := _segments(place, line))]
    several = [row for row in rows if len(row) > 1]
    if len(several) < _LEAST_ROWS or any(len(row) > _MOST_COLUMNS for row in rows):
        return []
    return _by_position(rows, several) or _by_order(rows, several)


def _by_position(rows: Sequence[Sequence[_Segment]], several: Sequence[Sequence[_Segment]]) -> list[Cell]:
    """Cells by where they begin; a row may lack some."""
    words = Counter(round(row[-1].left / _NEAR) for row in several).most_common(1)[0][0] * _NEAR
    starts = Counter(round(part.left / _NEAR) for row in several for part in row[:-1])
    columns: list[float] = []
    for start, count in sorted(starts.items()):
        if count > 1 and not (columns and start * _NEAR - columns[-1] <= 2 * _NEAR):
            columns.append(start * _NEAR)
    if not columns or words - columns[-1] <= 2 * _NEAR:
        return []
    found: list[Cell] = []
    number = 0
    for row in rows:
        places = [_column(part.left, [*columns, words]) for part in row]
        if len(row) > 1:
            if None in places or places[-1] != len(columns) + 1 or len(set(places)) < len(places):
                return []
            number += 1
            placed = zip(places, row, strict=True)
            found += [Cell(1, number, int(place or 0), part.start, part.end) for place, part in placed]
        elif number and places == [len(columns) + 1]:
            found.append(Cell(1, number, len(columns) + 1, row[0].start, row[0].end))
        elif number and places != [None]:
            return []
    return found


def _by_order(rows: Sequence[Sequence[_Segment]], several: Sequence[Sequence[_Segment]]) -> list[Cell]:
    """Cells by their order, where a line is drawn in one go and spaces alone show the columns."""
    width, left = len(several[0]), several[0][0].left
    if any(len(row) != width or abs(row[0].left - left) > 2 * _NEAR for row in several):
        return []
    found: list[Cell] = []
    number = 0
    for row in rows:
        if len(row) > 1:
            number += 1
            found += [Cell(1, number, at, part.start, part.end) for at, part in enumerate(row, start=1)]
        elif number and row[0].left > left + 2 * _NEAR:
            found.append(Cell(1, number, width, row[0].start, row[0].end))
        elif number:
            return []
    return found


def _column(left: float, starts: Sequence[float]) -> int | None:
    near = [number for number, start in enumerate(starts, start=1) if abs(left - start) <= 2 * _NEAR]
    return near[0] if near else None


def _segments(place: int, line: Line) -> list[_Segment]:
    groups: list[tuple[float, str]] = []
    reached = -math.inf
    for piece in line.pieces:
        at = 0.0
        for number, text in enumerate(_WIDE.split(piece.text)):
            left = piece.left + at * (piece.right - piece.left) / max(len(piece.text), 1)
            if groups and number == 0 and piece.left - reached < piece.height:
                groups[-1] = (groups[-1][0], groups[-1][1] + text)
            elif text.strip():
                groups.append((left, text))
            at = piece.text.find(text, int(at)) + len(text) + 3
        reached = piece.right
    if len(groups) == 1:
        return [_Segment(groups[0][0], place, place + len(line.text))]
    segments, at_text = [], 0
    for left, text in groups:
        bare = re.sub(r"\s", "", text)
        match = re.compile(r"\s*".join(map(re.escape, bare))).search(line.text, at_text) if bare else None
        if match:
            segments.append(_Segment(left, place + match.start(), place + match.end()))
            at_text = match.end()
    return segments
