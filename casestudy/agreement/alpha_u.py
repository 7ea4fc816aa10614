"""Krippendorff's alpha_U of 1995 and 2004: squared distances between the boundaries of units, per code."""

from __future__ import annotations

import numpy as np

from casestudy.agreement.patterns import Floats
from casestudy.agreement.results import NAN, Result
from casestudy.agreement.spans import Spans
from casestudy.errors import InputError, Problem, nearest

_SOURCE = (
    "Krippendorff (1995, 2004), as dkpro-statistics states it; the expected disagreement printed in 1995 "
    "contains a slip, and some of its printed figures do not follow from it"
)
_DEFINITION = (
    "1 - D_o/D_e; D_o = sum over ordered pairs of coders of (b_i - b_j)² + (e_i - e_j)² for units that "
    "overlap and l² for a unit in the other's gap, over m (m - 1) L²; D_e from both placed at random"
)


def alpha_u(spans: Spans, code: str | None = None) -> Result:
    """alpha_U of one code, or over all codes.

    Parameters
    ----------
    spans : Spans
        Each code is taken by itself, so codes may overlap one another. Several documents are laid end to
        end, and no gap runs across their ends; the published definition knows one text only.
    code : str, optional
        By default all: 1 - sum D_o / sum D_e over the codes that were used.

    Returns
    -------
    Result
        Undefined for a code that nobody used.

    Raises
    ------
    InputError
        For an unknown code.

    Examples
    --------
    >>> from casestudy.agreement.spans import read_spans
    >>> start, end = [75, 220, 70, 205, 250], [145, 250, 150, 225, 270]
    >>> spans = read_spans(["i", "i", "j", "j", "j"], start, end, ["c"] * 5, length=300)
    >>> round(alpha_u(spans, "c").value, 4)
    0.7286
    """
    if code is not None and code not in spans.codes:
        problem = Problem("code", f"{code!r} is unknown.", nearest(str(code), spans.codes))
        raise InputError("The code is unknown.", [problem])
    parts = [(observed(spans, one), expected(spans, one)) for one in ([code] if code else spans.codes)]
    seen, chance = sum(o for o, _ in parts), sum(e for _, e in parts)
    reason = "" if chance > 0 else f"Nobody coded {code!r}." if code else "Nobody coded anything."
    length, offsets = int(spans.lengths.sum()), spans.offsets[spans.document]
    begin, end = np.sort(spans.start + offsets), np.sort(spans.end + offsets)
    # Sorted starts and ends part where as many spans have ended as have begun.
    new = np.append(True, begin[1:] >= end[:-1]) if len(begin) else np.zeros(0, dtype=bool)
    coded = int((np.append(end[:-1][new[1:]], end[-1:]) - begin[new]).sum())
    notes = spans.notes
    if len(spans.documents) > 1:
        text = "documents laid end to end, gaps cut at their ends (workbench definition)."
        notes = (*notes, f"{len(spans.documents)} {text}")
    return Result(
        name=f"alpha_U (1995/2004), {repr(code) if code else 'all codes'}",
        definition=_DEFINITION,
        source=_SOURCE,
        value=NAN if reason else 1 - seen / chance,
        reason=reason,
        unit="code point",
        n_units=length,
        n_pairable=coded,
        n_coders=len(spans.coders),
        n_categories=len(spans.codes),
        missing_rule="Uncoded text is a gap.",
        observed=NAN if reason else seen,
        expected=NAN if reason else chance,
        notes=notes,
    )


def observed(spans: Spans, code: str) -> float:
    """Observed disagreement on one code."""
    m, length = len(spans.coders), float(spans.lengths.sum())
    units = [_units(spans, code, g) for g in range(m)]
    total = 0.0
    for g in range(m):
        for h in range(m):
            if g != h:
                total += _against(units[g], units[h])
    return total / (m * (m - 1) * length**2) if length else 0.0


def expected(spans: Spans, code: str) -> float:
    """Expected disagreement on one code, units and gaps of all coders placed at random."""
    m, length = len(spans.coders), float(spans.lengths.sum())
    sizes, gaps = [], []
    seams = np.append(spans.offsets, length).astype(float)
    for g in range(m):
        begin, end = _units(spans, code, g)
        sizes.append(end - begin)
        # Between what ends and what begins next, a unit or a document, there is a gap.
        gap = np.sort(np.append(begin, seams[1:])) - np.sort(np.append(end, seams[:-1]))
        gaps.append(gap[gap > 0])
    size, gap = np.concatenate(sizes), np.sort(np.concatenate(gaps))
    if not len(size):
        return 0.0
    # For each unit the gaps that could hold it, summed with running totals from the longest gap down.
    first = np.searchsorted(gap, size)
    number = len(gap) - first
    sums = np.append(np.cumsum(gap[::-1])[::-1], 0)[first]
    room = sums - number * (size - 1)
    within = (len(size) - 1) / 3 * (2 * size**3 - 3 * size**2 + size)
    drawn = m * length * (m * length - 1) - (size * (size - 1)).sum()
    return float(2 / length * (within + size**2 * room).sum() / drawn) if drawn > 0 else 0.0


def _units(spans: Spans, code: str, coder: int) -> tuple[Floats, Floats]:
    mine = (spans.coder == coder) & (spans.code == spans.codes.index(code))
    offset = spans.offsets[spans.document[mine]]
    begin, end = (spans.start[mine] + offset).astype(float), (spans.end[mine] + offset).astype(float)
    order = np.argsort(begin, kind="stable")
    return begin[order], end[order]


def _against(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> float:
    """The distances of one coder's units, and gaps, to the other coder's."""
    return _distance(one, other) + _in_gaps(one, other) + _in_gaps(other, one)


def _distance(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> float:
    (b, e), (other_b, other_e) = one, other
    low, high = np.searchsorted(other_e, b, side="right"), np.searchsorted(other_b, e, side="left")
    number = np.maximum(high - low, 0)

    def between(values: Floats) -> Floats:
        running = np.append(0.0, np.cumsum(values))
        return np.where(number > 0, running[np.maximum(high, low)] - running[low], 0.0)

    begins = number * b**2 - 2 * b * between(other_b) + between(other_b**2)
    ends = number * e**2 - 2 * e * between(other_e) + between(other_e**2)
    return float((begins + ends).sum())


def _in_gaps(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> float:
    (b, e), (other_b, other_e) = one, other
    low, high = np.searchsorted(other_e, b, side="right"), np.searchsorted(other_b, e, side="left")
    return float((((e - b) ** 2)[high <= low]).sum())
