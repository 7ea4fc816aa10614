"""The framework drawn from the data: perspectives side by side, themes sized by voices, claims as lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from markupsafe import Markup

from casestudy.evidence import chart
from casestudy.report.corpus import Corpus

_LEGEND = 34


def charted(corpus: Corpus, counts: Mapping[str, tuple[int, int]]) -> chart.Chart:
    """Where everything stands in the drawing.

    Parameters
    ----------
    corpus : Corpus
    counts : mapping of theme to (people, of)
        Who voices it, out of whom.
    """
    framework = corpus.framework
    names = {side.id: side.name for side in framework.perspectives}
    themes: list[dict[str, Any]] = []
    for side in framework.perspectives:
        for theme in framework.themes_of(side.id):
            people, of = counts.get(theme.id, (0, 0))
            said = {"id": theme.id, "name": theme.name, "perspective": side.id, "people": people, "of": of}
            themes.append(said | {"perspective_name": names[side.id]})
    links = [
        {"line": f"L{number}", "start": one.link.start, "end": one.link.end}
        | {"says": one.sentence, "status": one.status}
        for number, one in enumerate(corpus.lines, start=1)
    ]
    claims = [
        {"claim": one.claim.id, "theme": one.claim.theme, "status": one.status} for one in corpus.verdicts
    ]
    return chart.lay(themes, links, claims)


def drawing(whole: chart.Chart, made: Collection[str], to: Callable[[str], str]) -> Markup:
    """The framework as SVG whose boxes and claims are links.

    Parameters
    ----------
    whole : casestudy.evidence.chart.Chart
    made : collection of str
        Ids of the claims that have a page.
    to : callable
        Address of a page of the site, as seen from where the drawing stands.
    """
    if not whole.boxes:
        return Markup()
    joined = Markup("").join
    heads = joined(
        Markup('<text class="side" x="{:.0f}" y="{:.0f}">{}</text>').format(x, chart.TOP - 16, head)
        for head, x in whole.heads
    )
    lines = joined(
        Markup('<path class="link link-{}" d="{}"/>').format(_word(line.status), _path(line))
        for line in whole.lines
    )
    boxes = joined(_box(box, made, to) for box in whole.boxes)
    marks = joined(_mark(line) for line in whole.lines)
    legend, below = _legend(whole)
    return Markup(
        '<svg class="frame" viewBox="0 0 {:.0f} {:.0f}" role="group" '
        'aria-label="The framework: {} themes in {} '
        'perspectives, and {} tested lines between them">{}{}{}{}{}</svg>'
    ).format(
        whole.width,
        whole.height + below,
        len(whole.boxes),
        len(whole.heads),
        len(whole.lines),
        heads,
        lines,
        boxes,
        marks,
        legend,
    )


def _box(box: chart.Box, made: Collection[str], to: Callable[[str], str]) -> Markup:
    said = f"{box.people} of {box.of}" if box.of else "nobody asked"
    names = ", ".join(claim for claim, _ in box.claims) or "none"
    lines = Markup("").join(
        Markup('<text x="{:.0f}" y="{:.1f}">{}</text>').format(box.x + 12, box.y + 22 + chart.ROW * row, line)
        for row, line in enumerate(box.lines)
    )
    counted = box.y + 22 + chart.ROW * len(box.lines)
    base = box.y + box.height - 8
    room = chart.BOX - 24
    drawn = Markup(
        '<a href="{}" aria-label="{}: voiced by {}; claims: {}">'
        '<rect class="theme" x="{:.0f}" y="{:.1f}" width="{:.0f}" height="{:.1f}" rx="4"/>{}'
        '<text class="count" x="{:.0f}" y="{:.1f}">{}</text>'
        '<rect class="whole" x="{:.0f}" y="{:.1f}" width="{:.0f}" height="4"/>'
        '<rect class="share" x="{:.0f}" y="{:.1f}" width="{:.1f}" height="4"/></a>'
    ).format(
        to(f"pages/themes/{box.id}.html"),
        *(box.name, said, names),
        *(box.x, box.y, chart.BOX, box.height, lines),
        *(box.x + 12, counted, f"{said} voice it" if box.of else said),
        *(box.x + 12, base, room),
        *(box.x + 12, base, room * box.share),
    )
    chips = Markup("").join(_chip(*chip, made, to) for chip in box.chips)
    return drawn + chips


def _chip(
    claim: str, status: str, x: float, y: float, made: Collection[str], to: Callable[[str], str]
) -> Markup:
    """A claim in the box of a theme."""
    shape = Markup(
        '<rect class="mark mark-{}" x="{:.1f}" y="{:.1f}" width="{:.0f}" height="19" rx="3"/>'
        '<text class="claim" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
    ).format(
        *(_word(status), x, y, chart.CHIP, x + chart.CHIP / 2, y + 13.5),
        f"{claim} {chart.SIGNS.get(status, '')}".strip(),
    )
    return _linked(shape, claim, f"Claim {claim}, {status}", made, to)


def _mark(line: chart.Line) -> Markup:
    """The name of a line, with what its test says."""
    width = 12 + 8 * len(line.line)
    x, y = line.mark
    words = f"Line {line.line}, {line.status}, from {line.start.name} to {line.end.name}: {line.says}"
    return Markup(
        '<g role="img" aria-label="{}"><title>{}</title>'
        '<rect class="name" x="{:.1f}" y="{:.1f}" width="{}" height="17" rx="3"/>'
        '<text class="claim" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text></g>'
    ).format(words, line.says, x - width / 2, y - 8.5, width, x, y + 4.5, line.line)


def _linked(shape: Markup, claim: str, words: str, made: Collection[str], to: Callable[[str], str]) -> Markup:
    if claim not in made:
        return Markup('<g role="img" aria-label="{}">{}</g>').format(words, shape)
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(
        to(f"pages/claims/{claim}.html"), words, shape
    )


def _legend(whole: chart.Chart) -> tuple[Markup, int]:
    """What the lines mean, for the statuses that occur; and the height that it takes."""
    listed = list(dict.fromkeys(line.status for line in whole.lines))
    if not listed:
        return Markup(), 0
    y = whole.height + _LEGEND / 2
    drawn = Markup("").join(
        Markup(
            '<path class="link link-{}" d="M{:.0f} {:.0f}h34"/>'
            '<text class="count" x="{:.0f}" y="{:.0f}">{}</text>'
        ).format(
            *(_word(status), chart.EDGE + 150 * place, y - 4, chart.EDGE + 150 * place + 42, y),
            status,
        )
        for place, status in enumerate(listed)
    )
    return Markup('<g aria-hidden="true">{}</g>').format(drawn), _LEGEND


def _path(line: chart.Line) -> str:
    said = "M{:.1f} {:.1f}".format(*line.pieces[0][0])
    return said + "".join("C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in piece[1:]) for piece in line.pieces)


def _word(status: str) -> str:
    return status.replace(" ", "-")
