"""Where coders draw boundaries: boundary similarity B, WindowDiff and Pk. None corrects for chance."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.patterns import Integers
from casestudy.agreement.results import NAN, Result
from casestudy.agreement.spans import Spans
from casestudy.agreement.values import whole
from casestudy.errors import InputError, Problem

_PAIRS = "All pairs of coders; documents laid end to end, their ends not counted as boundaries."


def boundary_similarity(spans: Spans, *, near: int = 2) -> Result:
    """Fournier's boundary similarity B, pooled over pairs of coders and documents.

    Parameters
    ----------
    spans : Spans
        Every start and end is a boundary, whatever the code; the ends of a document are none.
    near : int
        Boundaries less than this many code points apart are near misses and lose their distance over `near`;
        2, the customary default, is meant for texts counted in sentences. For code points choose more.

    Returns
    -------
    Result
        1 - (added + near misses weighed) / (matched + added + near misses). Undefined without a boundary.

    Examples
    --------
    >>> from casestudy.agreement.spans import read_spans
    >>> spans = read_spans(["A"] * 2 + ["B"] * 2, [0, 2, 0, 2], [2, 5, 2, 4], ["x"] * 4, length=11)
    >>> boundary_similarity(spans).value
    0.75
    """
    _checked("near", near, "Boundary similarity")
    kept = whole = 0.0
    for one, other in _pairs(spans):
        a, b = edited(one, other, near)
        kept, whole = kept + a, whole + b
    reason = "" if whole else "Nobody drew a boundary."
    return _result(
        spans,
        f"Boundary similarity B, near misses within {near - 1} code point{'' if near == 2 else 's'}",
        "(matched + sum of 1 - distance/near over near misses) / (matched + near misses + added)",
        "Fournier (2013), as the segeval package states it",
        kept / whole if whole else NAN,
        reason,
    )


def window_diff(spans: Spans, *, window: int | None = None) -> Result:
    """WindowDiff: the share of windows in which two coders count different numbers of boundaries.

    Parameters
    ----------
    spans : Spans
    window : int, optional
        Width in code points; by default half the mean length between the reference's boundaries, at least 2.

    Returns
    -------
    Result
        A penalty: 0 is agreement. The mean over ordered pairs of coders, each being the reference once.

    Examples
    --------
    >>> from casestudy.agreement.spans import read_spans
    >>> spans = read_spans(["A"] * 2 + ["B"] * 2, [0, 2, 0, 2], [2, 5, 2, 4], ["x"] * 4, length=11)
    >>> round(window_diff(spans).value, 3)
    0.222
    """
    definition = "share of windows of k + 1 code points whose numbers of boundaries differ; a penalty"
    return _windowed(spans, "WindowDiff", definition, window, lambda a, b: a != b)


def pk(spans: Spans, *, window: int | None = None) -> Result:
    """Pk: the share of windows whose two ends one coder puts into one segment and the other into two.

    Parameters
    ----------
    spans : Spans
    window : int, optional
        As for `window_diff`.

    Returns
    -------
    Result
        A penalty: 0 is agreement. The mean over ordered pairs of coders.

    Examples
    --------
    >>> from casestudy.agreement.spans import read_spans
    >>> spans = read_spans(["A"] * 2 + ["B"] * 2, [0, 2, 0, 2], [2, 5, 2, 4], ["x"] * 4, length=11)
    >>> round(pk(spans).value, 3)
    0.222
    """
    definition = (
        "share of windows whose ends lie in one segment for one coder and not for the other; a penalty"
    )
    return _windowed(spans, "Pk", definition, window, lambda a, b: (a == 0) != (b == 0))


def edited(one: Integers, other: Integers, near: int) -> tuple[float, float]:
    """What two sets of boundaries share: agreement kept, and boundaries in all.

    Exact matches are taken first. The rest are paired within `near` - 1 so that as many as possible are near
    misses, and among such pairings their distances are least; what is left over was added by one coder.

    Examples
    --------
    >>> edited(np.array([2, 5]), np.array([2, 4]), 2)
    (1.5, 2.0)
    """
    matched = np.intersect1d(one, other)
    left, right = np.setdiff1d(one, matched).tolist(), np.setdiff1d(other, matched).tolist()
    pairs, apart = _near_misses(left, right, near - 1)
    added = len(left) + len(right) - 2 * pairs
    return len(matched) + pairs - apart / near, float(len(matched) + pairs + added)


def _near_misses(one: list[int], other: list[int], reach: int) -> tuple[int, int]:
    """The most pairs within reach, and the least summed distance of so many pairs."""
    if reach < 1 or not one or not other:
        return 0, 0
    marked = sorted([(at, 0) for at in one] + [(at, 1) for at in other])
    pairs = apart = start = 0
    for i in range(1, len(marked) + 1):
        # Boundaries further apart than the reach cannot interact: solve cluster by cluster.
        if i == len(marked) or marked[i][0] - marked[i - 1][0] > reach:
            cluster = marked[start:i]
            found = _align([at for at, who in cluster if not who], [at for at, who in cluster if who], reach)
            pairs, apart, start = pairs + found[0], apart - found[1], i
    return pairs, apart


def _align(one: list[int], other: list[int], reach: int) -> tuple[int, int]:
    """Best pairing of two sorted lists: most pairs first, then least distance (as a negative number)."""
    row = [(0, 0)] * (len(other) + 1)
    for a in one:
        above, row = row, [(0, 0)]
        for j, b in enumerate(other):
            best = max(above[j + 1], row[j])
            if abs(a - b) <= reach:
                best = max(best, (above[j][0] + 1, above[j][1] - abs(a - b)))
            row.append(best)
    return row[-1]


def _windowed(
    spans: Spans,
    name: str,
    definition: str,
    window: int | None,
    differ: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]],
) -> Result:
    if window is not None:
        _checked("window", window, name)
    wrong = windows = 0
    drawn = 0
    found: list[float] = []
    for g in range(len(spans.coders)):
        for h in range(len(spans.coders)):
            if g == h:
                continue
            wrong = windows = 0
            for d, length in enumerate(spans.lengths.tolist()):
                reference, other = _edges(spans, g, d), _edges(spans, h, d)
                drawn += len(reference)
                k = window or max(2, round(length / (len(reference) + 1) / 2))
                if length <= k:
                    continue
                counts = []
                for edges in (reference, other):
                    marks = np.zeros(length + 1, dtype=np.int64)
                    marks[edges] = 1
                    running = np.cumsum(marks)
                    counts.append(running[k:length] - running[: length - k])
                wrong += int(differ(counts[0], counts[1]).sum())
                windows += length - k
            if windows:
                found.append(wrong / windows)
    reason = "Nobody drew a boundary." if not drawn else "" if found else "No text is longer than the window."
    width = f"window of {window} code points" if window else "window of half the reference's mean segment"
    value = NAN if reason else float(np.mean(found))
    source = "the definition, checked against nltk and segeval; both orders of each pair are averaged"
    return _result(spans, f"{name}, {width}", definition, source, value, reason)


def _checked(what: str, value: int, name: str) -> None:
    if not whole(value) or value < 1:
        problem = Problem(what, f"{value!r} is less than 1 or no whole number.")
        raise InputError(f"{name} cannot be computed.", [problem])


def _pairs(spans: Spans) -> list[tuple[Integers, Integers]]:
    return [
        (_edges(spans, g, d), _edges(spans, h, d))
        for g, h in combinations(range(len(spans.coders)), 2)
        for d in range(len(spans.documents))
    ]


def _edges(spans: Spans, coder: int, document: int) -> Integers:
    mine = (spans.coder == coder) & (spans.document == document)
    edges = np.unique(np.concatenate([spans.start[mine], spans.end[mine]]))
    return edges[(edges > 0) & (edges < spans.lengths[document])]


def _result(spans: Spans, name: str, definition: str, source: str, value: float, reason: str) -> Result:
    drawn = [len(_edges(spans, g, d)) for g in range(len(spans.coders)) for d in range(len(spans.documents))]
    return Result(
        name=name,
        definition=definition,
        source=source,
        value=value,
        reason=reason,
        unit="code point",
        n_units=int(spans.lengths.sum()),
        n_coders=len(spans.coders),
        n_categories=len(spans.codes),
        missing_rule=_PAIRS,
        notes=(*spans.notes, f"{sum(drawn):,} boundaries. Not corrected for chance."),
    )
