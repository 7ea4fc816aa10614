"""Posterior interval: a Bayesian bootstrap that one unit of prior weight keeps from overconfidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np

from casestudy.agreement.coefficient import CHUNK, Bound, Estimate, Material
from casestudy.agreement.patterns import Floats, Integers
from casestudy.agreement.ratings import Ratings
from casestudy.agreement.resampling import material, wrong_settings
from casestudy.agreement.results import NAN, Interval
from casestudy.errors import raise_if
from casestudy.proportions import HAIR

_MOST_PRIOR_ROWS = 4_000


@dataclass(frozen=True)
class Posterior:
    """Posterior interval of a coefficient: the default.

    Parameters
    ----------
    draws : int
    seed : int
    level : float
    by : {'', 'unit', 'cluster'}
        Independent pieces: clusters (documents, participants) where the ratings have them, else units.
    minimum : tuple of float
        For each, the posterior probability that the coefficient lies below it.

    Notes
    -----
    Workbench definition. The pieces of the data get random weights (a Bayesian bootstrap: Gamma(1) each, so a
    pattern that occurs k times gets Gamma(k)); one more unit is spread over what was not seen, half of it
    over units on which all coders agree and half over units on which one coder differs, evenly over
    categories and coders. With two coders and two categories that is the prior of 1/4 in each cell of the
    table. So a rare category, few units, or no disagreement at all do not make the interval collapse, which
    is where the customary bootstrap fails. Few pieces get Gamma weights of a shape below 1, so that the
    spread answers to Student's t.

    ``benchmarks/agreement_coverage.csv`` compares the methods over 192 cells of prevalence, alpha, coders and
    units. This one covers 93 to 97 % of the time in 172 of them, less in 5 (0.89 at the least), more in 15,
    nearly all of 20 units; the bootstraps and the jackknife stay within in fewer.

    Examples
    --------
    >>> from casestudy.agreement.alpha import krippendorff
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([["a", "a"]] * 20 + [["b", "b"]] * 20 + [["a", "b"]] * 5)
    >>> interval = measure(ratings, krippendorff(), Posterior(seed=1)).interval
    >>> round(interval.low, 1), round(interval.high, 1)
    (0.5, 0.9)
    """

    draws: int = 2_000
    seed: int = 0
    level: float = 0.95
    by: str = ""
    minimum: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        problems = wrong_settings("draws", self.draws, self.seed, self.level, self.minimum)
        raise_if(problems, "The posterior cannot be drawn.")

    def __call__(self, bound: Bound, ratings: Ratings | None, estimate: Estimate) -> Interval:
        """The interval of an estimate."""
        prior, reason = np.zeros(len(bound.patterns.number)), ""
        if ratings is not None and bound.bind is not None:
            rows, weights = prior_rows(ratings.codes.shape[1], len(ratings.categories))
            if len(rows):
                bound, prior = _widened(bound.bind(_with_rows(ratings, rows)), len(ratings.codes), weights)
            else:
                many = "Too many categories" if len(ratings.categories) > 1 else "Too few categories"
                reason = f"{many} for a prior: a plain Bayesian bootstrap."
        made = material(bound, ratings, self.by)
        words = f"posterior, {self.draws:,} draws over {made.word}s, seed {self.seed}"
        base = Interval(NAN, NAN, self.level, words, NAN, made.word, made.n)
        if made.n < 2:
            return replace(base, reason=f"There is one {made.word} only: nothing to resample.")
        found = self.values(bound, made, prior)
        kept = np.sort(found[~np.isnan(found)])
        if not len(kept):
            return replace(base, reason="The coefficient is undefined in every draw.")
        low, high = np.quantile(kept, [(1 - self.level) / 2, (1 + self.level) / 2])
        return replace(
            base,
            low=float(low),
            high=float(high),
            standard_error=float(kept.std(ddof=1)) if len(kept) > 1 else NAN,
            undefined=len(found) - len(kept),
            below=tuple(
                (floor, float(np.searchsorted(kept, floor - HAIR) / len(kept))) for floor in self.minimum
            ),
            reason=reason,
        )

    def values(self, bound: Bound, made: Material, prior: Floats) -> Floats:
        """The coefficient in every draw, NaN where it is undefined."""
        from scipy.special import ndtri, stdtrit

        rng = np.random.default_rng(self.seed)
        total, upper = made.number.sum(), (1 + self.level) / 2
        shape = float((ndtri(upper) / stdtrit(made.n - 1, upper)) ** 2 * (made.n - 1) / made.n)
        step = max(1, CHUNK // max(1, made.n if made.pieces is not None else 1, len(made.number)))
        found = []
        for start in range(0, self.draws, step):
            count = min(step, self.draws - start)
            if made.pieces is None:
                weights = rng.standard_gamma(shape * (made.number + prior), size=(count, len(prior)))
            else:
                if start == 0:
                    drawn, rng.bit_generator.state = _drawn(self.seed, shape, count, made.n)
                else:
                    drawn = rng.standard_gamma(shape, size=(count, made.n))
                weights = drawn @ made.pieces
                weights += rng.standard_gamma(shape * prior, size=(count, len(prior)))
            weights *= total / weights.sum(axis=1, keepdims=True)
            found.append(bound.estimate(weights).value)
        return np.concatenate(found)


@lru_cache(maxsize=4)
def _drawn(seed: int, shape: float, count: int, n: int) -> tuple[Floats, Any]:
    """The first weights of clusters that a seed gives, and where its generator stands then.

    Kept, since the codes of a study are measured over the same documents one after another.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.standard_gamma(shape, size=(count, n))
    drawn.setflags(write=False)
    return drawn, rng.bit_generator.state


@cache
def prior_rows(coders: int, categories: int) -> tuple[Integers, Floats]:
    """The units of the prior and their weights, one in all.

    Returns
    -------
    (array of rows x coders, array of weights)
        Empty where there are too many categories, or only one.

    Examples
    --------
    >>> rows, weights = prior_rows(2, 2)
    >>> rows.tolist(), weights.tolist()
    ([[0, 0], [1, 1], [1, 0], [0, 1], [0, 1], [1, 0]], [0.25, 0.25, 0.125, 0.125, 0.125, 0.125])
    """
    apart = categories * (categories - 1) * coders
    if categories < 2 or apart > _MOST_PRIOR_ROWS:
        return np.zeros((0, coders), dtype=np.int64), np.zeros(0)
    rows = [np.repeat(np.arange(categories)[:, None], coders, axis=1)]
    for k in range(categories):
        for other in range(categories):
            if other != k:
                dissent = np.full((coders, coders), k)
                np.fill_diagonal(dissent, other)
                rows.append(dissent)
    weights = np.repeat([0.5 / categories, 0.5 / apart], [categories, apart])
    return np.concatenate(rows), weights


def _with_rows(ratings: Ratings, rows: Integers) -> Ratings:
    codes = np.concatenate([ratings.codes, rows.astype(ratings.codes.dtype)])
    return replace(ratings, codes=codes, clusters=None)


def _widened(bound: Bound, n_units: int, weights: Floats) -> tuple[Bound, Floats]:
    """The coefficient over the patterns of data and prior, and the prior's weight for each of them."""
    of_unit, size = bound.patterns.of_unit, len(bound.patterns.number)
    prior = np.bincount(of_unit[n_units:], weights=weights, minlength=size).astype(float)
    number = np.bincount(of_unit[:n_units], minlength=size).astype(float)
    patterns = replace(bound.patterns, number=number, of_unit=of_unit[:n_units])
    return replace(bound, patterns=patterns), prior
