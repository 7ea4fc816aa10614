"""Where perspectives, themes and claims stand when the framework is drawn: places and ways, no drawing.

Perspectives are columns, themes boxes in them, the higher the more voice them, each with the claims about
it. A tested relation of two themes is a line. No line crosses a box.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BOX, GUTTER, TOP, SPACE, EDGE = 236.0, 128.0, 40.0, 28.0, 8.0
ROW, CHIP, CHIP_ROW = 17.0, 46.0, 23.0
GROWTH = 46.0
IN_A_ROW = 4
SIGNS = {
    "supported": "✓",
    "single-source": "•",
    "partly": "~",
    "contested": "≠",
    "undecidable": "?",
    "contradicted": "✗",
}

Point = tuple[float, float]
Piece = tuple[Point, Point, Point, Point]
Frame = tuple[float, float, float, float]


@dataclass(frozen=True)
class Box:
    """A theme: who voices it out of whom, its place (left, top), its height, and the claims that it names."""

    id: str
    name: str
    column: int
    people: int
    of: int
    x: float
    y: float
    height: float
    claims: tuple[tuple[str, str], ...] = ()

    @property
    def share(self) -> float:
        """Share of those asked who voice it; 0 where nobody was asked."""
        return self.people / self.of if self.of else 0.0

    @property
    def frame(self) -> Frame:
        """Left, right, top, bottom."""
        return self.x, self.x + BOX, self.y, self.y + self.height

    @property
    def lines(self) -> list[str]:
        """Its name in lines that fit."""
        return textwrap.wrap(self.name, 29)[:3]

    @property
    def chips(self) -> list[tuple[str, str, float, float]]:
        """Its claims with their status and the left top corner of each in the box."""
        first = self.y + 14 + ROW * len(self.lines) + 20
        return [
            (claim, status, self.x + 12 + (CHIP + 6) * (n % IN_A_ROW), first + CHIP_ROW * (n // IN_A_ROW))
            for n, (claim, status) in enumerate(self.claims)
        ]


@dataclass(frozen=True)
class Line:
    """A relation of two themes: curves from one box to the other, and where which name stands."""

    line: str
    label: str
    status: str
    says: str
    start: Box
    end: Box
    pieces: tuple[Piece, ...]
    mark: Point


@dataclass(frozen=True)
class Chart:
    """The whole: columns with their heads, boxes, lines, and what is not drawn, with the reason."""

    heads: tuple[tuple[str, float], ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    missing: tuple[tuple[str, str], ...]
    width: float
    height: float

    def said(self) -> str:
        """What is not drawn, and why; empty when everything is.

        Examples
        --------
        >>> lay([{"id": "a", "name": "A", "perspective": "p", "people": 1, "of": 2}], [],
        ...     [{"claim": "C1", "theme": "", "status": "partly"}]).said()
        'C1 is not drawn: it names no theme.'
        """
        return " ".join(f"{name} is not drawn: {why}." for name, why in self.missing)


def lay(
    themes: Iterable[Mapping[str, Any]],
    links: Iterable[Mapping[str, Any]],
    claims: Iterable[Mapping[str, Any]],
) -> Chart:
    """Find a place for everything.

    Parameters
    ----------
    themes : iterable of mapping
        ``id, name, perspective, people, of`` and, where it has one, ``perspective_name``; in order.
    links : iterable of mapping
        ``line, start, end, says, status``: themes by id; ``label`` where more than the line's id is shown.
    claims : iterable of mapping
        ``claim, theme, status``.

    Returns
    -------
    Chart
        In units of about a pixel, from the left top corner.

    Examples
    --------
    >>> themes = [{"id": i, "name": i, "perspective": i, "people": 1, "of": 2} for i in "abc"]
    >>> chart = lay(themes, [{"line": "L1", "start": "a", "end": "c", "says": "", "status": "open"}], [])
    >>> [(line.start.id, line.end.id, len(line.pieces)) for line in chart.lines]
    [('a', 'c', 3)]
    """
    listed, joins, stated = list(themes), list(links), list(claims)
    sides = list(dict.fromkeys(str(one["perspective"]) for one in listed))
    named = {
        str(one["perspective"]): str(one.get("perspective_name") or one["perspective"]) for one in listed
    }
    boxes = _boxes(listed, sides, _named(listed, stated))
    bottom = max((box.y + box.height for box in boxes.values()), default=TOP)
    lines, missing = _lines(boxes, joins)
    missing += [
        (
            str(one["claim"]),
            f"the framework has no theme {one['theme']!r}" if one["theme"] else "it names no theme",
        )
        for one in stated
        if one["theme"] not in boxes
    ]
    width = len(sides) * BOX + max(len(sides) - 1, 0) * GUTTER + 2 * EDGE
    beyond = len(sides) == 1 and bool(lines)
    return Chart(
        tuple((named[side], _left(column)) for column, side in enumerate(sides)),
        tuple(boxes.values()),
        tuple(lines),
        tuple(missing),
        width + (GUTTER if beyond else 0.0),
        bottom + SPACE + EDGE,
    )


def along(pieces: Sequence[Piece], steps: int = 24) -> Iterator[Point]:
    """Points on the way, from start to end."""
    for piece in pieces:
        for step in range(steps + 1):
            t = step / steps
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            yield (
                sum(w * p[0] for w, p in zip(weights, piece, strict=True)),
                sum(w * p[1] for w, p in zip(weights, piece, strict=True)),
            )


def _left(column: int) -> float:
    return EDGE + column * (BOX + GUTTER)


def _named(
    themes: Sequence[Mapping[str, Any]], claims: Sequence[Mapping[str, Any]]
) -> dict[str, list[tuple[str, str]]]:
    """For each theme the claims about it, in order."""
    found: dict[str, list[tuple[str, str]]] = {str(one["id"]): [] for one in themes}
    for one in claims:
        found.get(str(one["theme"]), []).append((str(one["claim"]), str(one["status"])))
    return found


def _boxes(
    themes: Sequence[Mapping[str, Any]], sides: Sequence[str], named: Mapping[str, list[tuple[str, str]]]
) -> dict[str, Box]:
    rows = max((-(-len(mine) // IN_A_ROW) for mine in named.values()), default=0)
    words = max((len(textwrap.wrap(str(one["name"]), 29)[:3]) for one in themes), default=1)
    least = 14 + ROW * words + 20 + CHIP_ROW * rows + 12
    boxes: dict[str, Box] = {}
    for column, side in enumerate(sides):
        y = TOP
        for one in themes:
            if str(one["perspective"]) != side:
                continue
            people, of = int(one["people"]), int(one["of"])
            height = least + GROWTH * (people / of if of else 0.0)
            claims = tuple(named[str(one["id"])])
            box = Box(str(one["id"]), str(one["name"]), column, people, of, _left(column), y, height, claims)
            boxes[box.id] = box
            y += height + SPACE
    return boxes


def _lines(
    boxes: Mapping[str, Box], links: Sequence[Mapping[str, Any]]
) -> tuple[list[Line], list[tuple[str, str]]]:
    drawn = [link for link in links if link["start"] in boxes and link["end"] in boxes]
    missing = [
        (str(link["line"]), "it names a theme that the framework does not have")
        for link in links
        if link not in drawn
    ]
    last = max((box.column for box in boxes.values()), default=0)
    ports = _ports(boxes, drawn, last)
    taken: dict[tuple[int, float], int] = {}
    ways = []
    for number, link in enumerate(drawn):
        start, end = boxes[str(link["start"])], boxes[str(link["end"])]
        ways.append(_way(start, end, ports[number], list(boxes.values()), last, taken))
    crowd = [[*along(pieces, 40)] for pieces in ways]
    placed: list[Frame] = []
    lines = []
    for number, link in enumerate(drawn):
        others = [point for place, way in enumerate(crowd) if place != number for point in way]
        label = str(link.get("label") or link["line"])
        half = 3.2 * len(label) + 9
        mark = _free(ways[number], half, placed, others)
        placed.append((mark[0] - half, mark[0] + half, mark[1] - 10, mark[1] + 10))
        said = (str(link["line"]), label, str(link["status"]), str(link["says"]))
        ends = (boxes[str(link["start"])], boxes[str(link["end"])])
        lines.append(Line(*said, *ends, tuple(ways[number]), mark))
    return lines, missing


def _ports(
    boxes: Mapping[str, Box], links: Sequence[Mapping[str, Any]], last: int
) -> dict[int, tuple[Point, Point]]:
    """Where each line leaves and arrives: spread along a box's side, in the order of the other ends."""
    sides: dict[tuple[str, bool], list[tuple[float, int, bool]]] = {}
    for number, link in enumerate(links):
        start, end = boxes[str(link["start"])], boxes[str(link["end"])]
        right = start.column < end.column or (start.column == end.column and _bulges_right(start, last))
        back = end.column < start.column or (start.column == end.column and _bulges_right(start, last))
        sides.setdefault((start.id, right), []).append((end.y + end.height / 2, number, True))
        sides.setdefault((end.id, back), []).append((start.y + start.height / 2, number, False))
    found: dict[tuple[int, bool], Point] = {}
    for (theme, right), ends in sides.items():
        box = boxes[theme]
        step = min(18.0, (box.height - 30) / max(len(ends), 1))
        first = box.y + box.height / 2 - step * (len(ends) - 1) / 2
        for place, (_, number, leaves) in enumerate(sorted(ends)):
            found[number, leaves] = (box.x + BOX if right else box.x, first + step * place)
    return {number: (found[number, True], found[number, False]) for number in range(len(links))}


def _bulges_right(box: Box, last: int) -> bool:
    return box.column < last or last == 0


def _way(
    start: Box,
    end: Box,
    ports: tuple[Point, Point],
    boxes: Sequence[Box],
    last: int,
    taken: dict[tuple[int, float], int],
) -> list[Piece]:
    """Curves in the gutters between columns; columns in between are crossed where they have no box."""
    (x0, y0), (x1, y1) = ports
    if start.column == end.column:
        bend = (GUTTER if _bulges_right(start, last) else -GUTTER) * 0.5
        return [((x0, y0), (x0 + bend, y0), (x1 + bend, y1), (x1, y1))]
    ahead = 1 if start.column < end.column else -1
    pieces: list[Piece] = []
    x, y = x0, y0
    for column in range(start.column + ahead, end.column, ahead):
        between = [box for box in boxes if box.column == column]
        lanes = [TOP - SPACE / 2 + 4, *(box.y + box.height + SPACE / 2 for box in between)]
        wanted = y + (y1 - y) / 2
        lane = min(lanes, key=lambda one: (round(abs(one - wanted), 6), one))
        used = taken.get((column, lane), 0)
        taken[column, lane] = used + 1
        level = lane + (0, 5, -5, 9, -9)[used % 5]
        near, far = (_left(column), _left(column) + BOX)[::ahead]
        pieces.append(_bent((x, y), (near, level)))
        pieces.append(((near, level), (near, level), (far, level), (far, level)))
        x, y = far, level
    pieces.append(_bent((x, y), (x1, y1)))
    return pieces


def _bent(one: Point, other: Point) -> Piece:
    middle = (one[0] + other[0]) / 2
    return one, (middle, one[1]), (middle, other[1]), other


def _free(pieces: Sequence[Piece], half: float, placed: Sequence[Frame], others: Sequence[Point]) -> Point:
    """Where on a way a name covers least of other names and lines, in the gutter that it starts in."""

    def covered(point: Point) -> tuple[float, int]:
        left, right, low, high = point[0] - half, point[0] + half, point[1] - 11, point[1] + 11
        names = sum(
            max(0.0, min(right, b) - max(left, a)) * max(0.0, min(high, d) - max(low, c))
            for a, b, c, d in placed
        )
        return round(names, 3), sum(left <= x <= right and low <= y <= high for x, y in others)

    points = list(along(pieces[:1], 40))[9:33]
    best = min(range(len(points)), key=lambda place: (*covered(points[place]), abs(place - 11), place))
    return round(points[best][0], 2), round(points[best][1], 2)
