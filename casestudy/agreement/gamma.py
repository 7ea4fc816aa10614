"""Gamma: agreement on where units lie and what they are called, from the coders' best alignment.

Units may overlap, within a coder too, which the u-alpha family does not take. Chance is drawn: coders' units
are shifted round each document at random, so a figure has a seed and an error of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.alignment import NOBODY, Cost, Units, apart, best
from casestudy.agreement.coefficient import Bound, Estimate, Material, not_seen, ratio, share, why_no_ratio
from casestudy.agreement.patterns import Floats, Integers, Patterns
from casestudy.agreement.ratings import Ratings
from casestudy.agreement.results import NAN, Interval, Result
from casestudy.agreement.spans import Spans
from casestudy.agreement.values import holds, whole
from casestudy.agreement.weights import Matrix, matrix_of
from casestudy.errors import Problem, raise_if

_SOURCE = (
    "Mathet, Widlöcher and Métivier (2015) and, for codes, Mathet (2017), as the pygamma-agreement package "
    "states them, without its experimental case; several documents taken together is a workbench definition"
)
_MOST_SAMPLES = 1_000
_Interval = Callable[[Bound, Ratings | None, Estimate], Interval]


@dataclass(frozen=True)
class _Sums:
    """Numerators and denominators of disorder: observed by document, expected by sample and document."""

    observed: tuple[Floats, Floats]
    expected: tuple[Floats, Floats]


def gamma(
    spans: Spans,
    *,
    samples: int = 30,
    precision: float = 0.02,
    seed: int = 0,
    place: float = 1.0,
    name: float = 1.0,
    between: Matrix | None = None,
    by_code: bool = False,
    interval: _Interval | None = None,
) -> tuple[Result, ...]:
    """Gamma and gamma-cat of coded spans.

    Parameters
    ----------
    spans : Spans
        Of documents that all the coders read. Codes may overlap; spans of one coder and code that overlap
        were merged on reading.
    samples : int
        Random texts drawn first. More are drawn until expected disorder is known to within `precision`
        (relative, at 95 %), up to a thousand.
    precision : float
    seed : int
    place, name : float
        What a difference of places, and of codes, weighs against a unit that nobody answers, which costs 1.
    between : matrix, optional
        How much codes differ, 0 to 1; by default 1 for any two.
    by_code : bool
        Whether gamma-k of each code is added.
    interval : callable, optional
        ``Posterior(...)``, ``Bootstrap(...)`` or ``Jackknife(...)``; they resample documents. The error of
        the draws comes on top, and is in the notes.

    Returns
    -------
    tuple of Result
        Gamma (where and what), gamma-cat (what, over aligned units weighed by how well they match), and where
        asked for gamma-k (as gamma-cat over pairs of units of which one at least has the code). Undefined
        where nobody coded anything; gamma-cat where no units are aligned or chance leaves no disagreement.

    Raises
    ------
    InputError
        For settings that cannot be used, and where there are too many ways to align.

    Notes
    -----
    Units are aligned within their document. Disorder is the summed cost of the tuples over the mean number
    of units of a coder; one minus observed over expected disorder is gamma. For each random document, every
    coder is given the units of a coder drawn at random, shifted round the text by an amount that keeps half
    a mean unit's distance from the shifts of the others. The pygamma-agreement package also counts, in
    gamma-cat and gamma-k, each unit that a coder lacks as a full difference of codes, and calls that
    experimental: its figures are lower where units are missed.

    Examples
    --------
    >>> from casestudy.agreement.spans import read_spans
    >>> rows = [("A", 0, 9, "x"), ("A", 20, 30, "y"), ("B", 1, 9, "x"), ("B", 20, 30, "z")]
    >>> spans = read_spans(*zip(*rows), length=200)
    >>> where_and_what, what = gamma(spans, seed=1)
    >>> round(where_and_what.value, 1), what.name
    (0.7, 'Gamma-cat (codes of aligned units)')
    """
    names = spans.codes
    problems = [
        Problem(label, f"{value} is {said}.")
        for label, value, wrong, said in (
            ("samples", samples, not whole(samples) or samples < 1, "not a number of samples"),
            ("precision", precision, not holds(lambda one: 0 < one < 1, precision), "not between 0 and 1"),
            ("place", place, not holds(lambda one: 0 <= one < np.inf, place), "not a weight"),
            ("name", name, not holds(lambda one: 0 <= one < np.inf, name), "not a weight"),
            ("seed", seed, not whole(seed) or seed < 0, "not a seed"),
        )
        if wrong
    ]
    codes = 1 - np.eye(len(names)) if between is None else matrix_of(between, "between")
    fits = codes.shape == (len(names), len(names)) and bool(np.isfinite(codes).all())
    if not fits or (codes != codes.T).any() or (np.diag(codes) != 0).any() or not _within(codes):
        said = "it is not symmetric, 0 for a code and itself and 0 to 1 for others, by the codes in order."
        problems.append(Problem("between", said))
    raise_if(problems, "Gamma cannot be computed.")
    cost = Cost(place, name, codes)
    forms = ["all", "cat", *(range(len(names)) if by_code else [])]
    found = _drawn(spans, cost, forms, samples, precision, np.random.default_rng(seed))
    return tuple(_result(spans, form, found[form], seed, interval) for form in forms)


def _within(codes: Floats) -> bool:
    return not codes.size or bool(codes.min() >= 0 and codes.max() <= 1)


def _drawn(
    spans: Spans, cost: Cost, forms: list[Any], samples: int, precision: float, rng: np.random.Generator
) -> dict[Any, _Sums]:
    """Sums of every form for the coders' texts and for random ones."""
    texts = [
        Units(spans.start[mine], spans.end[mine], spans.code[mine], spans.coder[mine])
        for mine in (np.flatnonzero(spans.document == d) for d in range(len(spans.documents)))
    ]
    m = len(spans.coders)
    seen = np.array([_sums(text, m, cost, forms) for text in texts])
    wanted = samples
    drawn: list[list[list[tuple[float, float]]]] = []
    while len(drawn) < wanted and len(spans.start):
        parts = [_shifted(text, int(n), m, rng) for text, n in zip(texts, spans.lengths, strict=True)]
        drawn.append([_sums(part, m, cost, forms) for part in parts])
        if len(drawn) == samples:
            whole = np.array(drawn)[:, :, 0].sum(axis=1)
            disorder = share(whole[:, 0], whole[:, 1])
            disorder = disorder[~np.isnan(disorder)]
            spread = disorder.std() / disorder.mean() if len(disorder) and disorder.mean() > 0 else 0.0
            wanted = min(_MOST_SAMPLES, max(samples, int(np.ceil((1.96 * spread / precision) ** 2))))
    by_chance = np.array(drawn).reshape(len(drawn), len(texts), len(forms), 2)
    return {
        form: _Sums((seen[:, i, 0], seen[:, i, 1]), (by_chance[:, :, i, 0], by_chance[:, :, i, 1]))
        for i, form in enumerate(forms)
    }


def _shifted(units: Units, length: int, coders: int, rng: np.random.Generator) -> Units:
    """A random text: each coder gets a drawn coder's units, shifted round the text."""
    if not len(units.start):
        return units
    far = float((units.end - units.start).mean()) / 2
    shifts: list[int] = []
    kept = []
    free = np.arange(length)
    for g in range(coders):
        spots = free if len(free) else np.arange(length)
        shift = int(spots[rng.integers(len(spots))])
        gap = np.abs(free - shift)
        free = free[np.minimum(gap, length - gap) >= far]
        shifts.append(shift)
        mine = np.flatnonzero(units.coder == rng.integers(coders))
        kept.append((mine, np.full(len(mine), shift), np.full(len(mine), g)))
    which, moved, coder = (np.concatenate(part) for part in zip(*kept, strict=True))
    start = (units.start[which] + moved) % length
    return Units(start, start + (units.end - units.start)[which], units.code[which], coder)


def _sums(units: Units, coders: int, cost: Cost, forms: list[Any]) -> list[tuple[float, float]]:
    """For each form: disorder summed, and what it is divided by."""
    if not len(units.start):
        return [(0.0, 0.0)] * len(forms)
    tuples, disorder = best(units, coders, cost)
    one, other, weight, differing = _pairs(units, tuples, cost)
    sums = []
    for form in forms:
        if form == "all":
            sums.append((disorder, len(units.start) / coders))
            continue
        kept = np.full(len(weight), True) if form == "cat" else (one == form) | (other == form)
        sums.append((float((weight * differing)[kept].sum()), float(weight[kept].sum())))
    return sums


def _pairs(units: Units, tuples: Integers, cost: Cost) -> tuple[Integers, Integers, Floats, Floats]:
    """Codes of every aligned pair of units, what the pair weighs, and how much its codes differ."""
    number = (tuples != NOBODY).sum(axis=1)
    kept: list[tuple[Integers, Integers, Floats]] = []
    for g in range(tuples.shape[1]):
        for h in range(g + 1, tuples.shape[1]):
            both = np.flatnonzero((tuples[:, g] != NOBODY) & (tuples[:, h] != NOBODY))
            a, b = tuples[both, g], tuples[both, h]
            ends = [side[which].astype(float) for which in (a, b) for side in (units.start, units.end)]
            gaps = apart(*ends)
            weight = np.maximum(0.0, 1 - cost.place * gaps) / (number[both] - 1)
            kept.append((units.code[a], units.code[b], weight))
    one, other, weights = (np.concatenate(part) for part in zip(*kept, strict=True))
    return one, other, weights, cost.between[one, other]


def _estimator(sums: _Sums) -> Callable[[NDArray[Any]], Estimate]:
    def estimate(weights: NDArray[Any]) -> Estimate:
        observed = share(weights @ sums.observed[0], weights @ sums.observed[1])
        each = share(weights @ sums.expected[0].T, weights @ sums.expected[1].T)
        known = ~np.isnan(each)
        total = np.where(known, each, 0.0).sum(axis=1)
        return ratio(observed, share(total, known.sum(axis=1).astype(float)))

    return estimate


def _among(spans: Spans, form: Any) -> str:
    return "." if form == "cat" else f" with {spans.codes[form]!r} among them."


def _result(spans: Spans, form: Any, sums: _Sums, seed: int, interval: _Interval | None) -> Result:
    what = "Gamma (where units lie and which codes they have)"
    definition = "1 - observed / expected disorder of the best alignment; a unit nobody answers costs 1"
    if form != "all":
        what = "Gamma-cat (codes of aligned units)"
        if form != "cat":
            what = f"Gamma-k of {spans.codes[form]!r} (codes of aligned units, one of them this)"
        definition = (
            "1 - observed / expected difference of codes over aligned units, weighed by how they match"
        )
    n_docs = len(spans.documents)
    estimate = _estimator(sums)
    takes_part = (sums.observed[1] > 0).astype(float)
    at = estimate(np.ones((1, n_docs)))
    reason = ""
    if not len(spans.start):
        reason = "Nobody coded anything."
    elif not takes_part.any():
        reason = "No units of different coders are aligned" + _among(spans, form)
    elif np.isnan(at.value[0]):
        reason = why_no_ratio(at, "disorder")
    found = Interval()
    if not reason and interval is not None:
        bound = Bound(
            Patterns(np.zeros((n_docs, 1), dtype=np.int64), takes_part, 1, np.arange(n_docs)),
            estimate,
            made=Material(takes_part, None, int(takes_part.sum()), "document"),
        )
        found = not_seen(interval(bound, None, at), at)
    notes = spans.notes
    if not reason:
        each = share(sums.expected[0].sum(axis=1), sums.expected[1].sum(axis=1))
        each = each[~np.isnan(each)]
        error = 1.96 * each.std() / np.sqrt(len(each)) / each.mean() * (1 - float(at.value[0]))
        notes = (*notes, f"Chance from {len(sums.expected[0])} random texts, seed {seed}: ± {error:.3f}.")
    return Result(
        name=what,
        definition=definition,
        source=_SOURCE,
        value=NAN if reason else float(at.value[0]),
        reason=reason,
        unit="span",
        n_units=len(spans.start),
        n_pairable=len(spans.start),
        n_coders=len(spans.coders),
        n_categories=len(spans.codes),
        missing_rule="Every document counts as read by every coder; a unit nobody answers is a disagreement.",
        observed=NAN if reason else float(at.observed[0]),
        expected=NAN if reason else float(at.expected[0]),
        interval=found,
        notes=notes,
    )
