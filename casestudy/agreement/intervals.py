"""Intervals: bootstrap, jackknife and linearised variance, by unit or by document or participant."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.coefficient import CHUNK, Bound, Estimate, Material
from casestudy.agreement.patterns import Floats
from casestudy.agreement.ratings import Ratings
from casestudy.agreement.resampling import (
    deleted,
    derivatives,
    grouped,
    material,
    wrong_level,
    wrong_settings,
)
from casestudy.agreement.results import NAN, Interval
from casestudy.errors import Problem, raise_if
from casestudy.proportions import HAIR

_MOST_DELETED = 2_000


@dataclass(frozen=True)
class Bootstrap:
    """Bootstrap interval from resampled units or clusters.

    Parameters
    ----------
    resamples : int
    seed : int
    level : float
    by : {'', 'unit', 'cluster'}
        What is resampled: clusters (documents, participants) where the ratings have them, else units.
    kind : {'percentile', 'bca'}
        BCa corrects for bias and skewness, by a jackknife.
    minimum : tuple of float
        For each, the share of resamples in which the coefficient lies below it.

    Notes
    -----
    Resamples in which the coefficient is undefined are left out and counted. Where no disagreement was
    observed at all, resampling cannot say how much there may be: the lower limit is then an exact binomial
    bound.

    Examples
    --------
    >>> from casestudy.agreement.alpha import krippendorff
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([["a", "a"]] * 20 + [["b", "b"]] * 20 + [["a", "b"]] * 5)
    >>> result = measure(ratings, krippendorff(), Bootstrap(500, seed=1, minimum=(0.8,)))
    >>> result.interval.low < result.value < result.interval.high
    True
    """

    resamples: int = 2_000
    seed: int = 0
    level: float = 0.95
    by: str = ""
    kind: str = "percentile"
    minimum: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        problems = wrong_settings("resamples", self.resamples, self.seed, self.level, self.minimum)
        if self.kind not in ("percentile", "bca"):
            problems.append(Problem("kind", f"{self.kind!r} is unknown.", "Use percentile or bca."))
        raise_if(problems, "The bootstrap cannot be run.")

    def __call__(self, bound: Bound, ratings: Ratings | None, estimate: Estimate) -> Interval:
        """The interval of an estimate."""
        made = material(bound, ratings, self.by)
        words = f"{self.kind} bootstrap, {self.resamples:,} resamples of {made.word}s, seed {self.seed}"
        if made.n < 2:
            return _none(self.level, words, made)
        found = self.replicates(bound, made)
        kept = np.sort(found[~np.isnan(found)])
        undefined = self.resamples - len(kept)
        if not len(kept):
            return _none(self.level, words, made, "The coefficient is undefined in every resample.")
        value = float(estimate.value[0])
        below = tuple(
            (floor, float(np.searchsorted(kept, floor - HAIR) / len(kept))) for floor in self.minimum
        )
        error = float(kept.std(ddof=1)) if len(kept) > 1 else NAN
        base = Interval(NAN, NAN, self.level, words, error, made.word, made.n, undefined, below)
        if _no_disagreement(estimate):
            return _exact(base.undefined_for(""), bound, estimate)
        tails = np.array([(1 - self.level) / 2, (1 + self.level) / 2])
        if self.kind == "bca":
            tails = _bca(kept, value, deleted(bound, made), tails)
        low, high = np.quantile(kept, tails) if not np.isnan(tails).any() else (NAN, NAN)
        reason = "" if not np.isnan(tails).any() else "The bias correction is undefined."
        return _with(base, float(low), float(high), reason)

    def replicates(self, bound: Bound, made: Material) -> NDArray[np.float64]:
        """The coefficient in every resample, NaN where it is undefined."""
        rng = np.random.default_rng(self.seed)
        step = max(1, CHUNK // max(1, len(made.number)))
        sizes = [min(step, self.resamples - start) for start in range(0, self.resamples, step)]
        return np.concatenate([bound.estimate(made.resamples(rng, size)).value for size in sizes])


@dataclass(frozen=True)
class Jackknife:
    """Jackknife interval: the data without one unit, or one cluster, at a time; Student's t.

    Parameters
    ----------
    level : float
    by : {'', 'unit', 'cluster'}
    log : bool
        Whether to be symmetric on the scale log(1 - coefficient) instead, which keeps the upper limit below 1
        and follows the skewness of coefficients near 1. The lower limit then ends at -1, unless
        the value itself is less.

    Examples
    --------
    >>> from casestudy.agreement.alpha import krippendorff
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([["a", "a"]] * 20 + [["b", "b"]] * 20 + [["a", "b"]] * 5)
    >>> found = measure(ratings, krippendorff(), Jackknife(log=True)).interval
    >>> round(found.low, 2), round(found.high, 2)
    (0.48, 0.91)
    """

    level: float = 0.95
    by: str = ""
    log: bool = False

    def __post_init__(self) -> None:
        raise_if(wrong_level(self.level), "The jackknife cannot be run.")

    def __call__(self, bound: Bound, ratings: Ratings | None, estimate: Estimate) -> Interval:
        """The interval of an estimate."""
        made = material(bound, ratings, self.by)
        words = f"jackknife of {made.word}s, t on {max(made.n - 1, 0)} degrees of freedom" + _scale(self.log)
        if made.n < 2:
            return _none(self.level, words, made)
        if _no_disagreement(estimate):
            return _exact(_base(self.level, words, made), bound, estimate)
        if made.pieces is None and np.count_nonzero(made.number) > _MOST_DELETED:
            groups = grouped(made)
            words = f"jackknife of {groups.n:,} groups of units" + _scale(self.log)
            made = Material(groups.number, groups.pieces, groups.n)
        values, times = deleted(bound, made)
        if np.isnan(values).any():
            return _none(self.level, words, made, "The coefficient is undefined without one of the pieces.")
        variance = (made.n - 1) / made.n * float(times @ (values - np.average(values, weights=times)) ** 2)
        base = _base(self.level, words, made)
        return _student(base, float(estimate.value[0]), math.sqrt(variance), self.log)


@dataclass(frozen=True)
class Linearised:
    """Analytic interval: linearised variance and Student's t, the upper limit capped at 1.

    Parameters
    ----------
    level : float
    by : {'', 'unit', 'cluster'}
    log : bool
        Whether to work on log(1 - coefficient).

    Notes
    -----
    For AC1, AC2, Brennan-Prediger, Fleiss and Conger by unit it is Gwet's variance. For every other
    coefficient, and by cluster, it is the delta method: the derivative of the coefficient with respect to
    each unit's weight, taken exactly by a complex step. For Cohen's kappa that is the variance of Fleiss,
    Cohen and Everitt up to n/(n - 1).

    Examples
    --------
    >>> from casestudy.agreement.many_coders import gwet
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([["a", "a"]] * 20 + [["b", "b"]] * 20 + [["a", "b"]] * 5)
    >>> round(measure(ratings, gwet(), Linearised()).interval.standard_error, 3)
    0.095
    """

    level: float = 0.95
    by: str = ""
    log: bool = False

    def __post_init__(self) -> None:
        raise_if(wrong_level(self.level), "The interval cannot be made.")

    def __call__(self, bound: Bound, ratings: Ratings | None, estimate: Estimate) -> Interval:
        """The interval of an estimate."""
        made = material(bound, ratings, self.by)
        gwets = bound.unit_terms is not None and made.pieces is None
        kind = "Gwet's variance" if gwets else "delta method"
        words = f"{kind} over {made.word}s, t on {max(made.n - 1, 0)} degrees of freedom" + _scale(self.log)
        if made.n < 2:
            return _none(self.level, words, made)
        if _no_disagreement(estimate):
            return _exact(_base(self.level, words, made), bound, estimate)
        n, value = made.n, float(estimate.value[0])
        if gwets and bound.unit_terms is not None:
            terms = bound.unit_terms()
            variance = float(made.number @ (terms - value) ** 2) / (n * (n - 1))
        else:
            many = made.pieces is None and len(made.number) > _MOST_DELETED
            used = grouped(made) if many else made
            words += f", units in {used.n:,} groups" if many else ""
            slopes = derivatives(bound, used)
            times = used.number if used.pieces is None else np.ones(used.n)
            centred = slopes - float(times @ slopes) / times.sum()
            variance = used.n / (used.n - 1) * float(times @ centred**2)
        error = math.sqrt(max(variance, 0.0))
        return _student(_base(self.level, words, made), value, error, self.log)


def _bca(kept: Floats, value: float, without: tuple[Floats, Floats], tails: Floats) -> Floats:
    from scipy.special import ndtr, ndtri

    position = (np.searchsorted(kept, value, "left") + np.searchsorted(kept, value, "right")) / 2 / len(kept)
    values, times = without
    gaps = np.average(values, weights=times) - values
    spread = float(times @ gaps**2)
    push = float(times @ gaps**3) / (6 * spread**1.5) if spread > 0 else NAN
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = ndtri(position)
        moved = shift + ndtri(tails)
        return np.asarray(ndtr(shift + moved / (1 - push * moved)))


def _student(base: Interval, value: float, error: float, log: bool) -> Interval:
    """Student's t on the coefficient's scale, or on log(1 - coefficient) by the delta method."""
    from scipy.special import stdtrit

    width = float(stdtrit(base.n_sampled - 1, (1 + base.level) / 2)) * error
    if not log:
        return _with(base, value - width, min(1.0, value + width), "", error)
    factor = math.exp(min(width / (1 - value), 700.0))
    low = 1 - (1 - value) * factor
    low = max(-1.0, low) if value > -1 else low
    return _with(base, low, 1 - (1 - value) / factor, "", error)


def _exact(base: Interval, bound: Bound, estimate: Estimate) -> Interval:
    """No disagreement was seen: how much may there be? An exact binomial bound on pieces that disagree."""
    worst = bound.worst / float(estimate.expected[0]) if not math.isnan(estimate.expected[0]) else bound.worst
    if math.isnan(worst):
        return _with(
            base, NAN, NAN, "No disagreement was observed: resampling cannot say how much there may be."
        )
    share = 1 - ((1 - base.level) / 2) ** (1 / base.n_sampled)
    reason = (
        f"No disagreement was observed; the lower limit is an exact binomial bound on the share of "
        f"{base.sampled}s with any disagreement ({share:.3f}), each taken at its worst."
    )
    return _with(base, 1 - share * worst, 1.0, reason, NAN)


def _no_disagreement(estimate: Estimate) -> bool:
    return bool(1 - estimate.value[0] < 1e-12)


def _base(level: float, words: str, made: Material) -> Interval:
    return Interval(NAN, NAN, level, words, NAN, made.word, made.n)


def _with(base: Interval, low: float, high: float, reason: str, error: float | None = None) -> Interval:
    from dataclasses import replace

    kept = base.standard_error if error is None else error
    return replace(base, low=low, high=high, reason=reason, standard_error=kept)


def _none(level: float, words: str, made: Material, reason: str = "") -> Interval:
    reason = reason or f"There is one {made.word} only: nothing to resample."
    return Interval(NAN, NAN, level, words, NAN, made.word, made.n, reason=reason)


def _scale(log: bool) -> str:
    return ", on the scale log(1 - coefficient)" if log else ""
