"""Small drawings inside a page, as SVG with words for those who do not see them: strips, lines, boxes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 300, 30
LINE_WIDTH, LINE_HEIGHT, BASE = 320, 118, 96


def ceiling(*numbers: float) -> float:
    """The end of a scale that begins at 0 and holds all numbers with room to spare; 1 where there are none.

    Examples
    --------
    >>> ceiling(8.0, float("nan")), ceiling()
    (10.0, 1.0)
    """
    known = [number for number in numbers if number == number and math.isfinite(number)]
    return 1.25 * max(known) if known and max(known) > 0 else 1.0


def number(value: float) -> str:
    """A number for reading: three significant digits or so, thousands apart; a dash where undefined.

    Examples
    --------
    >>> number(1234.5), number(40.87), number(1.6446), number(float("nan"))
    ('1,234', '40.9', '1.64', '–')
    """
    if value != value:
        return "–"
    size = abs(value)
    places = 0 if size >= 100 else 1 if size >= 10 else 2
    return f"{value:,.{places}f}"


def _at(value: float, top: float, width: float = WIDTH) -> str:
    return f"{max(0.0, min(value / top, 1.0)) * width:.1f}"


def _band(low: float, high: float, top: float) -> tuple[str, str]:
    start = 0.0 if low != low else low
    end = top if high != high else high
    if low != low and high != high:
        return "0", "0"
    return _at(start, top), f"{max(0.0, float(_at(end, top)) - float(_at(start, top))):.1f}"


def strip(
    value: float, low: float, high: float, target: tuple[float, float], top: float, words: str
) -> Markup:
    """A value with its range, beside a target band, on a scale from 0 to `top`."""
    x, width = _band(*target, top)
    marks = Markup()
    if value == value:
        if low == low and high == high:
            marks += Markup('<line class="range" x1="{}" x2="{}" y1="15" y2="15"/>').format(
                _at(low, top), _at(high, top)
            )
        marks += Markup('<circle class="value" cx="{}" cy="15" r="5"/>').format(_at(value, top))
    return Markup(
        '<svg class="strip" viewBox="-6 0 312 30" role="img" aria-label="{}" data-top="{}">'
        '<line class="scale" x1="0" x2="300" y1="26" y2="26"/>'
        '<rect class="band" x="{}" width="{}" y="4" height="22"/>{}</svg>'
    ).format(words, f"{top:.6g}", x, width, marks)


def box(value: float, lower: float, median: float, upper: float, top: float, words: str) -> Markup:
    """A value beside the middle half of others, on a scale from 0 to `top`."""
    marks = Markup()
    if lower == lower and upper == upper:
        marks += Markup('<rect class="others" x="{}" width="{}" y="7" height="16"/>').format(
            _at(lower, top), f"{float(_at(upper, top)) - float(_at(lower, top)):.1f}"
        )
        marks += Markup('<line class="median" x1="{0}" x2="{0}" y1="5" y2="25"/>').format(_at(median, top))
    if value == value:
        marks += Markup('<circle class="value" cx="{}" cy="15" r="5"/>').format(_at(value, top))
    return Markup(
        '<svg class="strip" viewBox="-6 0 312 30" role="img" aria-label="{}">'
        '<line class="scale" x1="0" x2="300" y1="26" y2="26"/>{}</svg>'
    ).format(words, marks)


def line(
    labels: Sequence[str],
    values: Sequence[float],
    rolling: Sequence[float],
    target: tuple[float, float],
    words: str,
) -> Markup:
    """Values over time as points and a thin line, their rolling mean as a thick one; gaps stay gaps."""
    top = ceiling(*values, *rolling, *target)
    step = LINE_WIDTH / max(len(labels), 1)
    places = [step * (position + 0.5) for position in range(len(labels))]

    def height(value: float) -> float:
        return BASE - max(0.0, min(value / top, 1.0)) * (BASE - 8)

    def path(series: Sequence[float]) -> str:
        drawn, pen = [], "M"
        for place, value in zip(places, series, strict=True):
            if value != value:
                pen = "M"
                continue
            drawn.append(f"{pen}{place:.1f} {height(value):.1f}")
            pen = "L"
        return "".join(drawn)

    low, high = target
    upper = 8.0 if high != high else height(high)
    lower = float(BASE) if low != low else height(low)
    size = 0.0 if low != low and high != high else max(0.0, lower - upper)
    dots = Markup("").join(
        Markup('<circle class="month" cx="{}" cy="{}" r="2.4"/>').format(
            f"{place:.1f}", f"{height(value):.1f}"
        )
        for place, value in zip(places, values, strict=True)
        if value == value
    )
    ticks = Markup("").join(
        Markup('<text x="{}" y="112" text-anchor="middle">{}</text>').format(f"{place:.1f}", label)
        for place, label in zip(places, labels, strict=True)
    )
    return Markup(
        '<svg class="line" viewBox="0 0 320 118" role="img" aria-label="{}" data-top="{}">'
        '<rect class="band" x="0" width="320" y="{}" height="{}"/>'
        '<line class="scale" x1="0" x2="320" y1="96" y2="96"/>'
        '<text x="0" y="7">{}</text>'
        '<path class="thin" d="{}"/>{}<path class="thick" d="{}"/>{}</svg>'
    ).format(
        words,
        f"{top:.6g}",
        f"{upper:.1f}",
        f"{size:.1f}",
        number(top),
        path(values),
        dots,
        path(rolling),
        ticks,
    )
