"""Agreement without regard to chance: percent agreement in its three definitions, and specific agreement."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.coefficient import Bound, Coefficient, Estimate, measure, share
from casestudy.agreement.ratings import Ratings
from casestudy.agreement.results import Result
from casestudy.agreement.values import called
from casestudy.errors import InputError, Problem, nearest

DEFINITIONS = {
    "units": (
        "mean over units of agreeing pairs / pairs",
        "Each unit with two ratings or more counts the same.",
    ),
    "coincidences": (
        "1 - D_o of alpha: units weigh by their number of ratings",
        "Each unit with two ratings or more counts by its number of ratings.",
    ),
    "pairs": (
        "agreeing pairs of ratings / pairs of ratings, over all units",
        "Each pair of ratings of one unit counts the same.",
    ),
}
_SOURCE = "the definition; the three differ where ratings are missing"


def percent_agreement(definition: str = "units") -> Coefficient:
    """Observed agreement, as a share between 0 and 1.

    Parameters
    ----------
    definition : {'units', 'coincidences', 'pairs'}
        Three figures on incomplete data, one on complete data: mean over units; weighed by the number of
        ratings of a unit, as alpha does; pooled over all pairs.

    Returns
    -------
    Coefficient

    Examples
    --------
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([["a", "a", "a"], ["a", "b", None], ["b", "b", None]])
    >>> [round(measure(ratings, percent_agreement(one)).value, 3) for one in DEFINITIONS]
    [0.667, 0.714, 0.8]
    """
    if definition not in DEFINITIONS:
        problem = Problem("definition", f"{definition!r} is unknown.", nearest(str(definition), DEFINITIONS))
        raise InputError("Percent agreement has three definitions.", [problem])
    formula, missing = DEFINITIONS[definition]

    def bind(ratings: Ratings) -> Bound:
        patterns = ratings.patterns
        pairable = (patterns.rated >= 2).astype(float)
        pairs = patterns.rated * (patterns.rated - 1)
        agreeing = (patterns.counts * (patterns.counts - 1)).sum(axis=1)
        per_unit = agreeing / np.where(pairs > 0, pairs, 1)
        weight = {"units": pairable, "coincidences": pairable * patterns.rated, "pairs": pairs}[definition]

        def estimate(weights: NDArray[Any]) -> Estimate:
            value = share(weights @ (weight * per_unit), weights @ weight)
            return Estimate(value, 1 - value, np.full(value.shape, np.nan))

        return Bound(patterns, estimate, worst=1.0)

    name = f"Percent agreement, {'mean over' if definition == 'units' else 'over'} {definition}"
    return Coefficient(name, formula, _SOURCE, missing, bind, chance=False)


def specific_agreement(category: Any) -> Coefficient:
    """How often a second coder gives the category, given that a first one did.

    Parameters
    ----------
    category : value
        One of the ratings' categories. For the positive category of two this is positive specific agreement,
        2a/(2a + b + c), which equals the mean pairwise F1.

    Returns
    -------
    Coefficient
        Undefined where nobody used the category.

    Examples
    --------
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([["S", "S"]] * 20 + [["I", "S"]] * 20 + [["S", "I"]] * 10 + [["I", "I"]] * 50)
    >>> round(measure(ratings, specific_agreement("S")).value, 3)
    0.571
    """

    def bind(ratings: Ratings) -> Bound:
        patterns = ratings.collapse(category).patterns
        given = patterns.counts[:, 1]
        agreeing, possible = given * (given - 1), given * np.maximum(patterns.rated - 1, 0)

        def estimate(weights: NDArray[Any]) -> Estimate:
            value = share(weights @ agreeing, weights @ possible)
            return Estimate(value, 1 - value, np.full(value.shape, np.nan))

        reason = "" if patterns.number @ possible > 0 else "No unit with two ratings was put into it."
        return Bound(patterns, estimate, reason=reason)

    return Coefficient(
        f"Specific agreement on {called(category)!r}",
        "sum_i r_ik (r_ik - 1) / sum_i r_ik (r_i - 1); with two coders 2a/(2a + b + c)",
        "Hripcsak and Rothschild (2005) for two coders, as reported; over pairs of ratings for more",
        "Each pair of ratings of one unit counts the same.",
        bind,
        chance=False,
    )


def per_category(ratings: Ratings, coefficient: Coefficient, interval: Any = None) -> list[Result]:
    """A coefficient for each category, against all others.

    Parameters
    ----------
    ratings : Ratings
    coefficient : Coefficient
        An unweighted one. With Cohen's kappa it is the 2 x 2 collapse; with Fleiss' kappa or Scott's pi the
        form with pooled margins: two legitimate figures, and the name says which.
    interval : callable, optional

    Returns
    -------
    list of Result
        One for each category, in order; its prevalence is that of the category against all others.

    Examples
    --------
    >>> from casestudy.agreement.many_coders import fleiss
    >>> from casestudy.agreement.ratings import read
    >>> [round(one.value, 3) for one in per_category(read([["a", "a"], ["b", "c"], ["c", "c"]]), fleiss())]
    [1.0, -0.2, 0.333]
    """
    from dataclasses import replace

    found = []
    for category in ratings.categories:
        named = replace(coefficient, name=f"{coefficient.name}, {called(category)!r} against all others")
        found.append(measure(ratings.collapse(category), named, interval))
    return found
