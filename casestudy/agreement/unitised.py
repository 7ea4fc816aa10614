"""The u-alpha family of 2016: agreement on where the units of a text lie and which codes they have.

Sources: Krippendorff, Mathet, Bouvry and Widlöcher (2016), as summarised in this project's method notes; the
printed erratum was not read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.coefficient import Bound, Estimate, Material, not_seen, ratio, share, why_no_ratio
from casestudy.agreement.patterns import Floats, Patterns
from casestudy.agreement.ratings import Ratings
from casestudy.agreement.results import NAN, Interval, Result
from casestudy.agreement.spans import GAP, Spans
from casestudy.agreement.values import holds
from casestudy.errors import InputError, Problem, nearest, raise_if

FORMS = ("u", "|u", "cu")
_SOURCE = "Krippendorff, Mathet, Bouvry and Widlöcher (2016), Quality & Quantity 50:2347, as summarised"
_E = "e_ck = l(l_c l_k - [c = k] S_c)/(l² - sum S)"
_NAMES = {
    "u": ("u-alpha (units, gaps and codes)", f"1 - (l - sum l_cc)/(l - sum e_cc), gaps included; {_E}"),
    "|u": (
        "|u-alpha (coded against uncoded text)",
        f"1 - (l_0. - l_00)/(sum_k e_0k - e_00), 0 for gaps; {_E}",
    ),
    "cu": ("cu-alpha (codes where coded text overlaps)", f"as u-alpha over coded by coded text only; {_E}"),
}
_Interval = Callable[[Bound, Ratings | None, Estimate], Interval]


@dataclass(frozen=True)
class Sums:
    """What the family is computed from: sums over documents.

    Attributes
    ----------
    observed : float array, documents x values x values
        Lengths of intersections over ordered pairs of coders, divided by coders - 1; gaps come last.
    squares : float array, documents x values
        Sum of squared lengths of the units of each value; of lengths for gaps.
    met : float array, documents x codes
        Sum over units and other coders of the squared length coded by both, divided by coders - 1.
    """

    observed: Floats
    squares: Floats
    met: Floats


def unitised_alpha(
    spans: Spans,
    form: str = "u",
    *,
    coded_by: Mapping[str, Sequence[str]] | None = None,
    interval: _Interval | None = None,
) -> Result:
    """u-alpha, |u-alpha or cu-alpha of spans.

    Parameters
    ----------
    spans : Spans
        Codes of one coder must not overlap: where they do, take each code or semantic domain by itself.
    form : {'u', '|u', 'cu'}
        ``u``: units, gaps and codes together; ``|u``: what is worth coding at all; ``cu``: codes where the
        coders' coded text meets.
    coded_by : mapping of document to coders, optional
        Who coded which document, where not everyone coded all. Documents with one coder are left out.
    interval : callable, optional
        ``Posterior(...)``, ``Bootstrap(...)``, ``Jackknife(...)`` or ``Linearised(...)``; they resample
        documents.

    Returns
    -------
    Result
        `n_units` is the length of the text, `n_pairable` the length that at least one coder coded, both in
        code points.

    Raises
    ------
    InputError
        Where codes of one coder overlap, or names are unknown.

    Examples
    --------
    >>> from casestudy.agreement.spans import read_spans
    >>> spans = read_spans(["A", "B", "B"], [2, 2, 12], [8, 9, 15], ["x", "x", "y"], length=20)
    >>> [round(unitised_alpha(spans, form).value, 3) for form in ("u", "|u")]
    [0.65, 0.614]
    """
    if form not in FORMS:
        raise InputError("The form is unknown.", [Problem("form", f"{form!r}.", nearest(str(form), FORMS))])
    sums, notes = collect(spans, coded_by)
    name, definition = _NAMES[form]
    return _result(
        spans, sums, notes, name, definition, _estimator(sums, form), _why(spans, sums, form), interval
    )


def unitised_alpha_of_code(
    spans: Spans,
    code: str,
    *,
    coded_by: Mapping[str, Sequence[str]] | None = None,
    interval: _Interval | None = None,
) -> Result:
    """(k)u-alpha: agreement on one code where coded text overlaps, with its coverage.

    Parameters
    ----------
    spans : Spans
    code : str
    coded_by : mapping of document to coders, optional
    interval : callable, optional

    Returns
    -------
    Result
        The note gives the coverage: the share of the code's text that overlaps coded text of other coders.
        Undefined where the code never overlaps any.

    Examples
    --------
    >>> from casestudy.agreement.spans import read_spans
    >>> spans = read_spans(
    ...     ["A", "A", "B", "B"], [0, 10, 1, 10], [6, 16, 7, 15], ["x", "y", "x", "x"], length=20
    ... )
    >>> unitised_alpha_of_code(spans, "x").notes
    ('Coverage: 88.2 % of the text coded x overlaps coded text of another coder.',)
    """
    if code not in spans.codes:
        problem = Problem("code", f"{code!r} is unknown.", nearest(str(code), spans.codes))
        raise InputError("The code is unknown.", [problem])
    sums, notes = collect(spans, coded_by)
    k = spans.codes.index(code)
    valued = sums.observed[:, :-1, :-1].sum(axis=0)
    whole = sums.observed.sum(axis=0)
    meets, coded = float(valued[k].sum()), float(whole[k].sum())
    reason = ""
    if coded == 0:
        reason = f"Nobody coded {code!r}."
    elif meets == 0:
        reason = f"Text coded {code!r} never overlaps coded text of another coder."
    else:
        text = f"Coverage: {meets / coded:.1%} of the text coded {code} overlaps coded text of another coder."
        notes = (*notes, text.replace("%", " %"))
    name = f"({code})u-alpha (one code where coded text overlaps)"
    definition = f"1 - (sum_c e_ck/l_k.)(l_k. - l_kk)/(sum_c e_ck - e_kk), coded text only; {_E}"
    return _result(
        spans, sums, notes, name, definition, _estimator(sums, k), reason or _why(spans, sums, "cu"), interval
    )


def collect(
    spans: Spans, coded_by: Mapping[str, Sequence[str]] | None = None
) -> tuple[Sums, tuple[str, ...]]:
    """The sums over documents, and notes on documents left out.

    Parameters
    ----------
    spans : Spans
    coded_by : mapping of document to coders, optional

    Returns
    -------
    (Sums, tuple of str)
    """
    return _all_took_part(spans) if coded_by is None else _collected(spans, coded_by)


@lru_cache(maxsize=2)
def _all_took_part(spans: Spans) -> tuple[Sums, tuple[str, ...]]:
    """Kept, since every form and code of the family asks for the sums of the same spans."""
    return _collected(spans, None)


def _collected(spans: Spans, coded_by: Mapping[str, Sequence[str]] | None) -> tuple[Sums, tuple[str, ...]]:
    taking = _taking_part(spans, coded_by)
    pieces, n_docs, q = spans.pieces, len(spans.documents), len(spans.codes)
    m = taking.sum(axis=1)
    weight = np.where(m >= 2, 1.0 / np.maximum(m - 1, 1), 0.0)
    values = np.where(pieces.values == GAP, q, pieces.values)
    observed = np.zeros(n_docs * (q + 1) ** 2)
    squares = np.zeros((n_docs, q + 1))
    met = np.zeros((n_docs, q))
    offsets = spans.offsets
    start, end = spans.start + offsets[spans.document], spans.end + offsets[spans.document]
    edges = np.concatenate([[0], np.cumsum(pieces.length)])
    for g in range(len(spans.coders)):
        here = taking[:, g] & (m >= 2)
        mine = np.flatnonzero((spans.coder == g) & here[spans.document])
        size = (end - start)[mine].astype(float)
        np.add.at(squares, (spans.document[mine], spans.code[mine]), size**2)
        gap = pieces.length * (values[:, g] == q) * here[pieces.document]
        squares[:, q] += np.bincount(pieces.document, weights=gap, minlength=n_docs)
        for h in range(len(spans.coders)):
            if h == g:
                continue
            both = (here & taking[:, h])[pieces.document]
            keys = (pieces.document * (q + 1) + values[:, g]) * (q + 1) + values[:, h]
            lengths = pieces.length * both * weight[pieces.document]
            observed += np.bincount(keys, weights=lengths, minlength=len(observed))
            covered = np.concatenate([[0], np.cumsum(pieces.length * (values[:, h] != q) * both)])
            shared = covered[np.searchsorted(edges, end[mine])] - covered[np.searchsorted(edges, start[mine])]
            terms = shared.astype(float) ** 2 * weight[spans.document[mine]]
            np.add.at(met, (spans.document[mine], spans.code[mine]), terms)
    alone = [spans.documents[d] for d in np.flatnonzero(m < 2)]
    notes = spans.notes
    if alone:
        notes = (*notes, f"Coded by fewer than two coders, left out: {', '.join(alone)}.")
    return Sums(observed.reshape(n_docs, q + 1, q + 1), squares, met), notes


def _taking_part(spans: Spans, coded_by: Mapping[str, Sequence[str]] | None) -> NDArray[np.bool_]:
    taking = np.ones((len(spans.documents), len(spans.coders)), dtype=bool)
    if coded_by is None:
        return taking
    if not isinstance(coded_by, Mapping) or not all(holds(iter, who) for who in coded_by.values()):
        problem = Problem("coded_by", "it is not a list of coders for each document.")
        raise InputError("Who coded what cannot be read.", [problem])
    problems = [
        Problem("coded_by", f"{one!r} is unknown.", nearest(one, spans.documents))
        for one in coded_by
        if one not in spans.documents
    ]
    for d, document in enumerate(spans.documents):
        given = coded_by.get(document, ())
        problems += [
            Problem(f"coded_by, {document}", f"{one!r} is unknown.", nearest(one, spans.coders))
            for one in given
            if one not in spans.coders
        ]
        taking[d] = [coder in given for coder in spans.coders]
    wrong = sorted(
        {(int(d), int(g)) for d, g in zip(spans.document, spans.coder, strict=True) if not taking[d, g]}
    )
    problems += [
        Problem(f"coded_by, {spans.documents[d]}", f"{spans.coders[g]!r} coded it but is not named.")
        for d, g in wrong
    ]
    raise_if(problems, "Who coded what does not fit the spans.")
    return taking


def _estimator(sums: Sums, form: str | int) -> Callable[[NDArray[Any]], Estimate]:
    if form in ("u", "|u"):
        table, squares = sums.observed, sums.squares
    else:
        table, squares = sums.observed[:, :-1, :-1], sums.met
    n_docs, q = table.shape[0], table.shape[1]

    def estimate(weights: NDArray[Any]) -> Estimate:
        length = (weights @ table.reshape(n_docs, -1)).reshape(-1, q, q)
        taken = weights @ squares
        margin = length.sum(axis=2)
        total = margin.sum(axis=1)
        # Below zero where each coder's coded text meets little of the others': ratio() then gives no value.
        pairs = total * total - taken.sum(axis=1)
        side = np.sign(np.real(pairs))
        scale = share(total, pairs * side) * side
        same = scale[:, None] * (margin * margin - taken)
        diagonal = np.einsum("rkk->rk", length)
        if form in ("u", "cu"):
            return _proportion(total - diagonal.sum(axis=1), total - same.sum(axis=1), total)
        if form == "|u":
            gap = margin[:, -1]
            return _proportion(gap - diagonal[:, -1], scale * gap * (total - gap), total)
        k = int(form)
        column = scale * (margin[:, k] * total - taken[:, k])
        return _proportion(
            margin[:, k] - diagonal[:, k], share(margin[:, k], column) * (column - same[:, k]), total
        )

    return estimate


def _proportion(observed: NDArray[Any], expected: NDArray[Any], total: NDArray[Any]) -> Estimate:
    return ratio(share(observed, total), share(expected, total))


def _why(spans: Spans, sums: Sums, form: str) -> str:
    """Why a form is undefined, in words."""
    if not sums.observed.sum():
        return "No text was coded by two coders."
    margins = sums.observed.sum(axis=(0, 2))
    used = np.flatnonzero(margins)
    if form in ("u", "|u"):
        if margins[-1] == 0 and (form == "|u" or len(used) == 1):
            return "All text was coded by everyone: coded and uncoded text cannot be distinguished."
        return "" if margins[:-1].sum() else "Nobody coded anything."
    valued = sums.observed[:, :-1, :-1].sum(axis=(0, 2))
    if not valued.sum():
        return "Coded text of different coders never overlaps."
    met = np.flatnonzero(valued)
    return "" if len(met) > 1 else f"Where coded text overlaps, only {spans.codes[met[0]]!r} was used."


def _result(
    spans: Spans,
    sums: Sums,
    notes: tuple[str, ...],
    name: str,
    definition: str,
    estimate: Callable[[NDArray[Any]], Estimate],
    reason: str,
    interval: _Interval | None,
) -> Result:
    takes_part = (sums.observed.sum(axis=(1, 2)) > 0).astype(float)
    n_docs = len(takes_part)
    found, at = Interval(), Estimate(*(np.array([NAN]) for _ in range(3)))
    if not reason:
        at = estimate(np.ones((1, n_docs)))
        reason = why_no_ratio(at) if math.isnan(at.value[0]) else ""
    if not reason and interval is not None:
        empty = np.zeros((n_docs, 1), dtype=np.int64)
        bound = Bound(
            Patterns(empty, takes_part, 1, np.arange(n_docs)),
            estimate,
            made=Material(takes_part, None, int(takes_part.sum()), "document"),
        )
        found = not_seen(interval(bound, None, at), at)
    whole = sums.observed.sum(axis=(0, 2))
    coded = (spans.pieces.values != GAP).any(axis=1)
    return Result(
        name=name,
        definition=definition,
        source=_SOURCE,
        value=NAN if reason else float(at.value[0]),
        reason=reason,
        unit="code point",
        n_units=int(spans.lengths.sum()),
        n_pairable=int(spans.pieces.length[coded].sum()),
        n_coders=len(spans.coders),
        n_categories=len(spans.codes),
        missing_rule="Documents with one coder are left out; uncoded text is a gap.",
        observed=NAN if reason else float(at.observed[0]),
        expected=NAN if reason else float(at.expected[0]),
        shares=tuple(
            (code, float(length / whole.sum()) if whole.sum() else NAN)
            for code, length in zip((*spans.codes, "(uncoded)"), whole, strict=True)
        ),
        interval=found,
        notes=notes,
    )
