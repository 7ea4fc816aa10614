"""What a coefficient is to this room, and `measure`, which turns ratings and a coefficient into a result.

A coefficient is a function of weighted patterns: given how often each distinct pattern of ratings occurs, it
says observed and expected disagreement. The data are one such weighting, a bootstrap resample is another, the
data without one unit a third. So every coefficient has every kind of interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.patterns import MISSING, Floats, Patterns
from casestudy.agreement.ratings import Ratings
from casestudy.agreement.results import NAN, Interval, Result
from casestudy.agreement.values import called

TINY = 1e-12
CHUNK = 8_000_000


@dataclass(frozen=True)
class Estimate:
    """A coefficient for each of several weightings of the patterns.

    Attributes
    ----------
    value, observed, expected : arrays, one entry for each weighting
        Observed and expected disagreement; NaN where undefined or where the coefficient has none.
    """

    value: NDArray[Any]
    observed: NDArray[Any]
    expected: NDArray[Any]


@dataclass(frozen=True)
class Material:
    """What is resampled: how often each independent piece shows each pattern.

    Attributes
    ----------
    number : float array, patterns
        The data: how often each pattern occurs among the pieces that take part.
    pieces : float array (pieces x patterns) or None
        The clusters; None where every unit is a piece of its own.
    n : int
        How many pieces there are.
    word : str
        What a piece is.
    """

    number: Floats
    pieces: Floats | None
    n: int
    word: str = "unit"

    def resamples(self, rng: np.random.Generator, size: int) -> Floats:
        """Weightings of the patterns in `size` resamples."""
        if self.pieces is None:
            return rng.multinomial(self.n, self.number / self.n, size=size).astype(float)
        drawn = rng.multinomial(self.n, np.full(self.n, 1 / self.n), size=size)
        return np.asarray(drawn.astype(float) @ self.pieces)

    def deletions(self) -> Iterator[tuple[Floats, Floats]]:
        """The data without one piece at a time: weightings, and how many pieces each stands for."""
        if self.pieces is None:
            present = np.flatnonzero(self.number)
            taken, times = np.zeros((len(present), len(self.number))), self.number[present]
            taken[np.arange(len(present)), present] = 1
        else:
            taken, times = self.pieces, np.ones(self.n)
        step = max(1, CHUNK // max(1, len(self.number)))
        for start in range(0, len(taken), step):
            yield self.number - taken[start : start + step], times[start : start + step]


@dataclass(frozen=True)
class Bound:
    """A coefficient made ready for one body of ratings.

    Attributes
    ----------
    patterns : Patterns
    estimate : callable
        Weights (weightings x patterns) to `Estimate`.
    unit_terms : callable or None
        Gwet's linearised terms, one for each pattern: their spread is the variance.
    singles : bool
        Whether units with one rating take part (they do in Gwet's category shares).
    worst : float
        The largest disagreement that one unit can show; NaN where it is not known.
    reason : str
        Why the coefficient cannot be computed on these ratings at all; empty where it can.
    notes : tuple of str
    made : Material or None
        What is resampled, where it is neither units nor clusters of ratings.
    bind : callable or None
        Ratings to `Bound`: the coefficient itself, for methods that add ratings to the data.
    """

    patterns: Patterns
    estimate: Callable[[NDArray[Any]], Estimate]
    unit_terms: Callable[[], Floats] | None = None
    singles: bool = False
    worst: float = NAN
    reason: str = ""
    notes: tuple[str, ...] = ()
    made: Material | None = None
    bind: Callable[[Ratings], Bound] | None = None


@dataclass(frozen=True)
class Coefficient:
    """A coefficient of agreement: what it is called, how it is defined, where that was read.

    Attributes
    ----------
    name, definition, source : str
    missing_rule : str
        What it does with units that not every coder rated.
    bind : callable
        Ratings to `Bound`.
    chance : bool
        Whether it corrects for chance and so needs ratings that vary.
    """

    name: str
    definition: str
    source: str
    missing_rule: str
    bind: Callable[[Ratings], Bound]
    chance: bool = True


def ratio(observed: NDArray[Any], expected: NDArray[Any], scale: float = 1.0) -> Estimate:
    """One minus observed over expected disagreement; NaN where nothing is expected.

    Parameters
    ----------
    observed, expected : arrays
    scale : float
        The largest disagreement there can be between two ratings.

    Examples
    --------
    >>> import numpy as np
    >>> ratio(np.array([0.1, 0.1]), np.array([0.5, 0.0])).value
    array([0.8, nan])
    """
    some = np.real(expected) > TINY * scale
    value = np.full(expected.shape, NAN, dtype=np.result_type(observed, expected))
    np.divide(observed, expected, out=value, where=some)
    return Estimate(1 - value, observed, expected)


def why_no_ratio(estimate: Estimate, what: str = "disagreement") -> str:
    """Why one minus observed over expected disagreement (or `what` it is) is undefined.

    Examples
    --------
    >>> import numpy as np
    >>> none = np.array([np.nan])
    >>> why_no_ratio(Estimate(none, np.array([0.1]), np.array([-0.25])))
    'Expected disagreement is below zero (-0.25): there is too little material to estimate chance from.'
    """
    observed, expected = (float(np.real(one[0])) for one in (estimate.observed, estimate.expected))
    if math.isnan(expected) or math.isnan(observed):
        return f"{what.capitalize()} is undefined: there is nothing to compute it from."
    if expected < -TINY:
        why = "there is too little material to estimate chance from"
        return f"Expected {what} is below zero ({expected:.3g}): {why}."
    return f"Expected {what} is zero: chance leaves no disagreement."


def not_seen(found: Interval, estimate: Estimate) -> Interval:
    """An interval of unitised text, which has no prior: undefined where no disagreement was seen at all."""
    if estimate.observed[0] > TINY or math.isnan(found.low):
        return with_width(found)
    return found.undefined_for(
        "No disagreement was observed: resampling documents cannot say how much there may be."
    )


def with_width(found: Interval) -> Interval:
    """An interval, or none where it has no width: pieces that are all alike do not say how others differ."""
    if math.isnan(found.low) or found.high - found.low > TINY:
        return found
    return found.undefined_for(
        f"Nothing varies between the {found.sampled}s: resampling cannot say how far others may differ."
    )


def share(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[Any]:
    """Part over whole, NaN where the whole is zero."""
    some = np.real(whole) > TINY
    out = np.full(np.broadcast_shapes(part.shape, whole.shape), NAN, dtype=np.result_type(part, whole, float))
    np.divide(part, whole, out=out, where=np.broadcast_to(some, out.shape))
    return out


def measure(
    ratings: Ratings,
    coefficient: Coefficient,
    interval: Callable[[Bound, Ratings | None, Estimate], Interval] | None = None,
) -> Result:
    """Compute one coefficient on ratings.

    Parameters
    ----------
    ratings : Ratings
    coefficient : Coefficient
        For instance ``krippendorff("nominal")``, ``gwet("linear")``, ``cohen()``.
    interval : callable, optional
        ``Posterior(...)`` of `casestudy.agreement.posterior`, which the coverage table favours;
        ``Bootstrap(...)``, ``Jackknife(...)`` or ``Linearised(...)`` of `casestudy.agreement.intervals`.
        None by default.

    Returns
    -------
    Result
        With value NaN and the reason where the coefficient is undefined: no unit with two ratings, ratings
        that do not vary, a pair of coders without a unit in common.

    Examples
    --------
    >>> from casestudy.agreement.alpha import krippendorff
    >>> from casestudy.agreement.ratings import read
    >>> result = measure(read([["a", "a"], ["b", "b"], ["a", "b"]]), krippendorff())
    >>> round(result.value, 3)
    0.444
    >>> print(measure(read([["a", "a"], ["a", "a"]]), krippendorff()).reason)
    Every rating is 'a': without variation nothing can be said about agreement beyond chance.
    """
    facts = describe(ratings)
    reason = _why_undefined(ratings, coefficient)
    found = Interval()
    notes: tuple[str, ...] = ()
    estimate = Estimate(*(np.array([NAN]) for _ in range(3)))
    if not reason:
        bound = replace(coefficient.bind(ratings), bind=coefficient.bind)
        reason, notes = bound.reason, bound.notes
    if not reason:
        estimate = bound.estimate(bound.patterns.number[None, :])
        if math.isnan(estimate.value[0]):
            reason = why_no_ratio(estimate)
        elif interval is not None:
            found = with_width(interval(bound, ratings, estimate))
    return Result(
        name=coefficient.name,
        definition=coefficient.definition,
        source=coefficient.source,
        value=NAN if reason else float(estimate.value[0]),
        reason=reason,
        missing_rule=coefficient.missing_rule,
        observed=NAN if reason else float(estimate.observed[0]),
        expected=NAN if reason else float(estimate.expected[0]),
        interval=found,
        notes=notes,
        **facts,
    )


def describe(ratings: Ratings) -> dict[str, Any]:
    """The facts of the data that every result carries: numbers, missing share, prevalence and bias."""
    codes, q = ratings.codes, len(ratings.categories)
    rated = ratings.patterns.rated
    number = ratings.patterns.number
    per_coder = np.stack(
        [np.bincount(column[column != MISSING], minlength=max(q, 1)) for column in codes.T]
    ).astype(float)
    total = per_coder.sum()
    shares = per_coder.sum(axis=0) / total if total else np.full(max(q, 1), NAN)
    own = share(per_coder, per_coder.sum(axis=1, keepdims=True))
    pairs = [
        float(np.abs(own[g] - own[h]).sum() / 2)
        for g in range(len(own))
        for h in range(g)
        if not np.isnan(own[[g, h]]).any()
    ]
    return {
        "unit": ratings.unit,
        "n_units": int(codes.shape[0]),
        "n_pairable": int(number[rated >= 2].sum()),
        "n_coders": int(codes.shape[1]),
        "n_categories": q,
        "missing": float(1 - total / codes.size) if codes.size else NAN,
        "shares": tuple((called(one), float(s)) for one, s in zip(ratings.categories, shares, strict=False)),
        "prevalence": float((q * shares.max() - 1) / (q - 1)) if q > 1 and total else NAN,
        "bias": float(np.mean(pairs)) if pairs and q > 1 else NAN,
    }


def _why_undefined(ratings: Ratings, coefficient: Coefficient) -> str:
    patterns = ratings.patterns
    pairable = patterns.rows[patterns.rated >= 2]
    if not len(patterns.number):
        return "There is no unit."
    if not len(pairable):
        return "No unit was rated by two coders."
    if not coefficient.chance:
        return ""
    used = np.unique(pairable[pairable != MISSING])
    if len(used) == 1:
        only = called(ratings.categories[int(used[0])])
        alone = len(np.unique(patterns.rows[patterns.rows != MISSING])) > 1
        where = "Where two coders rated a unit, every rating" if alone else "Every rating"
        return f"{where} is {only!r}: without variation nothing can be said about agreement beyond chance."
    return ""
