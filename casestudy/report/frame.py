"""The framework drawn from the data: perspectives side by side, themes sized by voices, claims as links."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from casestudy.report.corpus import Corpus

if TYPE_CHECKING:
    from casestudy.coding.framework import Link

BOX, GAP, TOP, SPACE = 236, 118, 44, 20
MARK = 23
_LEAST, _GROWTH = 58, 46


@dataclass(frozen=True)
class Box:
    """A theme in the drawing: where it stands, and who voices it out of whom."""

    id: str
    name: str
    people: int
    of: int
    column: int
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        """Height of its middle."""
        return self.y + self.height / 2


def drawing(corpus: Corpus, counts: Mapping[str, tuple[int, int]], to: Callable[[str], str]) -> Markup:
    """The framework as SVG whose boxes and claims are links.

    Parameters
    ----------
    corpus : Corpus
    counts : mapping of theme to (people, of)
        Who voices it, out of whom.
    to : callable
        Address of a page of the site, as seen from where the drawing stands.
    """
    boxes = place(corpus, counts)
    if not boxes:
        return Markup()
    sides = corpus.framework.perspectives
    width = len(sides) * BOX + (len(sides) - 1) * GAP + 12
    height = max(box.y + box.height for box in boxes.values()) + 10
    heads = Markup("").join(
        Markup('<text class="side" x="{}" y="22">{}</text>').format(6 + column * (BOX + GAP), side.name)
        for column, side in enumerate(sides)
    )
    status = {verdict.claim.id: verdict.status for verdict in corpus.verdicts}
    lines = Markup()
    claims: list[tuple[float, float, Link]] = []
    for link in corpus.framework.links:
        path, x, y = _curve(boxes[link.start], boxes[link.end])
        kind = status.get(link.claim, "undecidable")
        lines += Markup('<path class="link link-{}" d="{}"/>').format(kind, path)
        claims.append((round(x), y, link))
    marks = Markup("").join(
        _mark(link.claim, link.says, status.get(link.claim, "undecidable"), x, y, status, to)
        for x, y, link in _apart(claims)
    )
    drawn = Markup("").join(_box(box, to) for box in boxes.values())
    return Markup(
        '<svg class="frame" viewBox="0 0 {} {}" role="group" aria-label="The framework: {} themes in {} '
        'perspectives, and the claims that join them">{}{}{}{}</svg>'
    ).format(width, f"{height:.0f}", len(boxes), len(sides), heads, lines, drawn, marks)


def place(corpus: Corpus, counts: Mapping[str, tuple[int, int]]) -> dict[str, Box]:
    """Where the themes stand: one column a perspective, boxes as high as the share who voice them."""
    boxes = {}
    for column, side in enumerate(corpus.framework.perspectives):
        y = float(TOP)
        for theme in corpus.framework.themes_of(side.id):
            people, of = counts.get(theme.id, (0, 0))
            height = _LEAST + _GROWTH * (people / of if of else 0)
            boxes[theme.id] = Box(
                theme.id, theme.name, people, of, column, 6 + column * (BOX + GAP), y, height
            )
            y += height + SPACE
    return boxes


def _apart(claims: list[tuple[float, float, Link]]) -> list[tuple[float, float, Link]]:
    """The same places, moved down where two would cover each other."""
    placed: list[tuple[float, float, Link]] = []
    last: dict[float, float] = {}
    for x, y, link in sorted(claims, key=lambda one: (one[0], one[1], one[2].claim)):
        last[x] = max(y, last.get(x, -MARK) + MARK)
        placed.append((x, last[x], link))
    return placed


def _box(box: Box, to: Callable[[str], str]) -> Markup:
    words = textwrap.wrap(box.name, 28)[:3]
    lines = Markup("").join(
        Markup('<text x="{}" y="{}">{}</text>').format(box.x + 12, f"{box.y + 22 + 17 * row:.1f}", line)
        for row, line in enumerate(words)
    )
    said = f"{box.people} of {box.of}" if box.of else "nobody asked"
    share = (BOX - 24) * (box.people / box.of if box.of else 0)
    base = box.y + box.height
    return Markup(
        '<a href="{}" aria-label="{}: voiced by {}">'
        '<rect class="theme" x="{}" y="{}" width="{}" height="{}" rx="4"/>'
        '{}<text class="count" x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="share" x="{}" y="{}" width="{}" height="4"/></a>'
    ).format(
        to(f"pages/themes/{box.id}.html"),
        box.name,
        said,
        box.x,
        f"{box.y:.1f}",
        BOX,
        f"{box.height:.1f}",
        lines,
        box.x + BOX - 12,
        f"{base - 14:.1f}",
        said,
        box.x + 12,
        f"{base - 8:.1f}",
        f"{share:.1f}",
    )


def _curve(start: Box, end: Box) -> tuple[str, float, float]:
    """A curve from one box to another, and the middle of it."""
    if start.column == end.column:
        x = start.x + BOX
        bend = x + GAP * 0.55
        ends = (f"{start.middle:.1f}", f"{end.middle:.1f}")
        path = f"M{x:.1f} {ends[0]}C{bend:.1f} {ends[0]} {bend:.1f} {ends[1]} {x:.1f} {ends[1]}"
        return path, x + GAP * 0.41, (start.middle + end.middle) / 2
    left, right = (start, end) if start.column < end.column else (end, start)
    x1, x2 = left.x + BOX, right.x
    reach = (x2 - x1) / 2
    path = (
        f"M{x1:.1f} {left.middle:.1f}C{x1 + reach:.1f} {left.middle:.1f} "
        f"{x2 - reach:.1f} {right.middle:.1f} {x2:.1f} {right.middle:.1f}"
    )
    if right.column - left.column == 1:
        return path, (x1 + x2) / 2, (left.middle + right.middle) / 2
    return path, x1 + GAP / 2, left.middle + (right.middle - left.middle) * 0.06


def _mark(
    claim: str, says: str, status: str, x: float, y: float, known: Mapping[str, str], to: Callable[[str], str]
) -> Markup:
    """A claim on its link: a link itself where the claim is made."""
    width = 12 + 8 * len(claim)
    shape = Markup(
        '<rect class="mark mark-{}" x="{}" y="{}" width="{}" height="19" rx="3"/>'
        '<text class="claim" x="{}" y="{}" text-anchor="middle">{}</text>'
    ).format(status, f"{x - width / 2:.1f}", f"{y - 9.5:.1f}", width, f"{x:.1f}", f"{y + 4:.1f}", claim)
    words = f"Claim {claim}, {status}" + (f": {says}" if says else "")
    if claim not in known:
        return Markup("<g>{}</g>").format(shape)
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(
        to(f"pages/claims/{claim}.html"), words, shape
    )
