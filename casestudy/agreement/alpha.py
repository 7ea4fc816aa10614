"""Krippendorff's alpha: nominal, ordinal, interval, ratio, and any distance of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.coefficient import Bound, Coefficient, Estimate, ratio, share
from casestudy.agreement.patterns import MISSING, Floats, Patterns
from casestudy.agreement.ratings import Ratings
from casestudy.agreement.weights import Distance, Matrix, distances, room_for
from casestudy.errors import InputError, Problem, nearest

METRICS = ("nominal", "ordinal", "interval", "ratio")
_CHUNK = 4_000_000
_DEFINITION = (
    "1 - D_o/D_e from the coincidences o_ck of all pairs within units, each unit divided by m_i - 1; "
)
_DELTAS = {
    "nominal": "delta² = 1 where c and k differ",
    "ordinal": "delta² = (sum of n_g from c to k - (n_c + n_k)/2)²",
    "interval": "delta² = (c - k)²",
    "ratio": "delta² = ((c - k)/(c + k))², 0 for two zeros",
}
_SOURCE = "Krippendorff (2011), Computing Krippendorff's alpha-reliability"
_MISSING = "Units with fewer than two ratings are left out; others weigh by their number of ratings."


def krippendorff(metric: str | Matrix | Distance = "nominal", *, name: str = "") -> Coefficient:
    """Krippendorff's alpha.

    Parameters
    ----------
    metric : {'nominal', 'ordinal', 'interval', 'ratio'}, matrix or callable
        A matrix or a function of two categories gives the distance itself, not squared by alpha:
        ``krippendorff(masi, name="MASI distance")`` for several codes on one unit.
    name : str
        How to call a metric of one's own.

    Returns
    -------
    Coefficient
        For `casestudy.agreement.coefficient.measure`.

    Raises
    ------
    InputError
        For an unknown metric.

    Notes
    -----
    Krippendorff's ordinal metric is not Gwet's ordinal weights: the two give different figures on the same
    data. With no variation in the pairable ratings D_e is zero and alpha is undefined.

    Examples
    --------
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([[1, 1], [2, 3], [3, 3], [2, 2]])
    >>> [round(measure(ratings, krippendorff(metric)).value, 3) for metric in ("nominal", "interval")]
    [0.667, 0.821]
    """
    if isinstance(metric, str):
        if metric not in METRICS:
            problem = Problem("metric", f"{metric!r} is unknown.", nearest(metric, METRICS))
            raise InputError("The metric cannot be used.", [problem])
        called, delta = f"{metric} metric", _DELTAS[metric]
    else:
        called = name or "custom distance"
        delta = f"delta² = {called}, taken as it stands"

    def bind(ratings: Ratings) -> Bound:
        return _bind(ratings, metric)

    return Coefficient(f"Krippendorff's alpha, {called}", _DEFINITION + delta, _SOURCE, _MISSING, bind)


def _bind(ratings: Ratings, metric: str | Matrix | Distance) -> Bound:
    patterns = ratings.patterns
    pairable = patterns.rated >= 2
    per_unit = np.where(pairable, 1 / np.maximum(patterns.rated - 1, 1), 0.0)
    if not isinstance(metric, str):
        delta = distances(ratings, metric)
        return Bound(patterns, _fixed(patterns, per_unit, delta), worst=float(delta.max(initial=0)))
    if metric == "nominal":
        return Bound(patterns, _nominal(patterns, per_unit), worst=1.0)
    if metric != "ordinal" and not ratings.numeric:
        _need_numbers(metric)
    if metric == "ordinal":
        ratings.need_order()
        return Bound(patterns, _ordinal(patterns, per_unit))
    x = ratings.points
    if metric == "interval":
        spread = float(np.ptp(x)) if len(x) else 0.0
        return Bound(patterns, _interval(ratings, patterns, per_unit), worst=spread**2)
    if (x < 0).any():
        problem = Problem("ratings", f"the value {x.min():g} is negative.", "Use the interval metric.")
        raise InputError("The ratio metric needs values from zero up.", [problem])
    room_for(ratings)
    total = x[:, None] + x[None, :]
    delta = np.divide(x[:, None] - x[None, :], total, out=np.zeros_like(total), where=total > 0) ** 2
    return Bound(patterns, _fixed(patterns, per_unit, delta), worst=float(delta.max(initial=0)))


def _need_numbers(metric: str) -> None:
    remedy = "Use the nominal or, with declared categories, the ordinal metric."
    raise InputError(
        f"The {metric} metric needs numbers.", [Problem("ratings", "the categories are not numbers.", remedy)]
    )


def _nominal(patterns: Patterns, per_unit: Floats) -> Any:
    counts = patterns.counts
    kept = counts * (patterns.rated >= 2)[:, None]
    agreeing = (counts * (counts - 1)).sum(axis=1) * per_unit
    pairs = kept.sum(axis=1)

    def estimate(weights: NDArray[Any]) -> Estimate:
        margins = weights @ kept
        n = margins.sum(axis=1)
        observed = share(weights @ (pairs - agreeing), n)
        expected = share(n * n - (margins * margins).sum(axis=1), n * (n - 1))
        return ratio(observed, expected)

    return estimate


def _fixed(patterns: Patterns, per_unit: Floats, delta: Floats) -> Any:
    counts = patterns.counts
    kept = counts * (patterns.rated >= 2)[:, None]
    unlike = ((counts @ delta) * counts).sum(axis=1) * per_unit

    def estimate(weights: NDArray[Any]) -> Estimate:
        margins = weights @ kept
        n = margins.sum(axis=1)
        observed = share(weights @ unlike, n)
        expected = share(((margins @ delta) * margins).sum(axis=1), n * (n - 1))
        return ratio(observed, expected, float(delta.max(initial=0)))

    return estimate


def _interval(ratings: Ratings, patterns: Patterns, per_unit: Floats) -> Any:
    """From moments, so that continuous values need no table of categories."""
    x = ratings.points
    centre = float(np.median(x)) if len(x) else 0.0
    spread = max(float(np.abs(x - centre).max(initial=0)), 1e-300)
    scaled = np.append((x - centre) / spread, 0.0)
    kept = (patterns.rated >= 2).astype(float)
    values = scaled[patterns.rows] * (patterns.rows != MISSING)
    first, second = values.sum(axis=1), (values**2).sum(axis=1)
    within = 2 * (patterns.rated * second - first**2) * per_unit
    sums = np.stack([patterns.rated, first, second], axis=1) * kept[:, None]

    def estimate(weights: NDArray[Any]) -> Estimate:
        n, one, two = (weights @ sums).T
        observed = share(weights @ within, n)
        expected = share(2 * (n * two - one * one), n * (n - 1))
        found = ratio(observed, expected)
        return Estimate(found.value, observed * spread**2, expected * spread**2)

    return estimate


def _ordinal(patterns: Patterns, per_unit: Floats) -> Any:
    """The ordinal metric is the squared difference of the categories' midranks in the resample at hand."""
    counts = patterns.counts
    kept = counts * (patterns.rated >= 2)[:, None]
    size = max(1, _CHUNK // max(1, len(counts)))

    def one(weights: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        margins = weights @ kept
        n = margins.sum(axis=1)
        ranks = share(np.cumsum(margins, axis=1) - margins / 2, n[:, None])
        ranks = np.where(np.isnan(ranks), 0.0, ranks)
        first, second = ranks @ counts.T, (ranks * ranks) @ counts.T
        within = 2 * (patterns.rated * second - first * first) * per_unit
        observed = share((weights * within).sum(axis=1), n)
        moment, square = (margins * ranks).sum(axis=1), (margins * ranks * ranks).sum(axis=1)
        expected = share(2 * (n * square - moment * moment), n * (n - 1))
        return observed * n * n, expected * n * n

    def estimate(weights: NDArray[Any]) -> Estimate:
        parts = [one(weights[start : start + size]) for start in range(0, len(weights), size)]
        observed, expected = (np.concatenate(part) for part in zip(*parts, strict=True))
        return ratio(observed, expected)

    return estimate
