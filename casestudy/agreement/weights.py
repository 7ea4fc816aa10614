"""Weights between categories (how much two ratings agree) and distances (how much they differ)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb
from typing import Any

import numpy as np

from casestudy.agreement.patterns import Floats
from casestudy.agreement.ratings import Ratings
from casestudy.errors import InputError, Problem, nearest, raise_if

Matrix = Floats | Sequence[Sequence[float]]
Distance = Callable[[Any, Any], float]
_MOST_CATEGORIES = 5_000
WEIGHTS = ("identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar")


def agreement_weights(ratings: Ratings, weights: str | Matrix) -> Floats:
    """How much two ratings agree, 1 for the same category.

    Parameters
    ----------
    ratings : Ratings
        Its categories, and their values where they are numbers; else their declared order 1 … q.
    weights : str or matrix
        ``identity``; ``linear`` 1 − |x−y|/range; ``quadratic`` 1 − (x−y)²/range²; ``ordinal``
        1 − C(|k−l|+1, 2)/C(q, 2) over ranks; ``radical`` 1 − sqrt(|x−y|/range); ``ratio``; ``circular``;
        ``bipolar``; or a symmetric matrix with ones on its diagonal and entries between 0 and 1.

    Returns
    -------
    float array, categories x categories

    Raises
    ------
    InputError
        For an unknown name, a matrix that does not fit, an order that was not declared, ratio weights with
        values that are not positive.

    Notes
    -----
    The named sets are those of Gwet's framework (Handbook of Inter-Rater Reliability), as its public
    implementations state them.

    Examples
    --------
    >>> from casestudy.agreement.ratings import read
    >>> agreement_weights(read([[1, 2], [3, 3]]), "linear")[0]
    array([1. , 0.5, 0. ])
    """
    q = room_for(ratings)
    if not isinstance(weights, str):
        return _checked(matrix_of(weights, "weights"), q, "weights", diagonal=1.0, most=1.0)
    if weights not in WEIGHTS:
        problem = Problem("weights", f"{weights!r} is unknown.", nearest(weights, WEIGHTS))
        raise InputError("The weights cannot be used.", [problem])
    if weights == "identity" or q < 2:
        return np.eye(q)
    rank = np.arange(q)
    if weights == "ordinal":
        ratings.need_order()
        steps = np.abs(rank[:, None] - rank[None, :])
        return np.asarray(1 - steps * (steps + 1) / 2 / comb(q, 2), dtype=float)
    x = ratings.points
    gap, total, low, high = x[:, None] - x[None, :], x[:, None] + x[None, :], x.min(), x.max()
    if weights == "linear":
        loss = np.abs(gap)
    elif weights == "quadratic":
        loss = gap**2
    elif weights == "radical":
        loss = np.sqrt(np.abs(gap))
    elif weights == "circular":
        loss = np.sin(np.pi * gap / (high - low + 1)) ** 2
    elif weights == "ratio":
        if low <= 0:
            problem = Problem("ratings", f"the value {low:g} is not positive.", "Use other weights.")
            raise InputError("Ratio weights need positive values.", [problem])
        loss = (gap / total) ** 2
    else:  # bipolar
        whole = (total - 2 * low) * (2 * high - total)
        loss = np.divide(gap**2, whole, out=np.zeros_like(gap), where=gap != 0)
    return np.asarray(1 - loss / loss.max(), dtype=float)


def distances(ratings: Ratings, distance: Matrix | Distance) -> Floats:
    """Distances between the categories, from a matrix or a function of two categories.

    Parameters
    ----------
    ratings : Ratings
    distance : matrix or callable
        Symmetric, not negative, zero for the same category. Alpha uses it as it stands: square it first
        where a squared distance is meant.

    Returns
    -------
    float array, categories x categories

    Raises
    ------
    InputError
    """
    room_for(ratings)
    kinds = ratings.categories
    if callable(distance):
        matrix = np.array([[_apart(distance, one, other) for other in kinds] for one in kinds])
        matrix = matrix.reshape(len(kinds), len(kinds))
    else:
        matrix = matrix_of(distance, "distance")
    return _checked(matrix, len(kinds), "distance", diagonal=0.0, most=np.inf)


def room_for(ratings: Ratings) -> int:
    """The number of categories, if a table of them against each other can be held.

    Raises
    ------
    InputError
        For more than five thousand categories.
    """
    q = len(ratings.categories)
    if q > _MOST_CATEGORIES:
        problem = Problem(
            "ratings", f"{q:,} different values.", "Round them, or use alpha's interval metric."
        )
        raise InputError("There are too many categories to compare each with each.", [problem])
    return q


def jaccard(one: frozenset[Any], other: frozenset[Any]) -> float:
    """Jaccard distance of two sets of codes: 1 − |both| / |either|; 0 for two empty sets.

    Examples
    --------
    >>> jaccard(frozenset("ab"), frozenset("bc"))
    0.6666666666666667
    """
    either = one | other
    return 1 - len(one & other) / len(either) if either else 0.0


def masi(one: frozenset[Any], other: frozenset[Any]) -> float:
    """MASI distance of two sets of codes (Passonneau 2006, as nltk states it).

    1 − M |both| / |either| with M = 1 for equal sets, 2/3 where one contains the other, 1/3 where they
    overlap otherwise, 0 for disjoint sets. Other programs multiply two distances instead, (1 − |both| /
    |either|) (1 − M), and so find less disagreement: dkpro-statistics does.

    Examples
    --------
    >>> masi(frozenset([1, 2]), frozenset([1, 2, 3, 4]))
    0.6666666666666667
    """
    if one == other:
        return 0.0
    both = len(one & other)
    part = 2 / 3 if both and both == min(len(one), len(other)) else 1 / 3
    return 1 - part * both / len(one | other)


def _apart(distance: Distance, one: Any, other: Any) -> float:
    try:
        return float(distance(one, other))
    except Exception as error:
        found = f"between {one!r} and {other!r} it cannot be taken: {error}."
        remedy = "Jaccard and MASI need ratings that are sets of codes."
        raise InputError("The distance cannot be used.", [Problem("distance", found, remedy)]) from error


def matrix_of(matrix: Any, what: str) -> Floats:
    """A table of numbers, or an error that says what was to be one."""
    try:
        return np.asarray(matrix, dtype=float)
    except (TypeError, ValueError) as error:
        problem = Problem(what, "it is neither a name, a function nor a table of numbers.")
        raise InputError(f"The {what} cannot be used.", [problem]) from error


def _checked(matrix: Floats, q: int, what: str, *, diagonal: float, most: float) -> Floats:
    problems = []
    if matrix.shape != (q, q):
        found = f"its shape is {' x '.join(str(n) for n in matrix.shape)}, for {q} categories."
        raise InputError(
            f"The {what} cannot be used.", [Problem(what, found, "One row and column per category.")]
        )
    if not np.isfinite(matrix).all():
        problems.append(Problem(what, "an entry is not a finite number."))
    elif not np.allclose(matrix, matrix.T):
        problems.append(Problem(what, "it is not symmetric: d(a, b) differs from d(b, a)."))
    elif not np.allclose(np.diag(matrix), diagonal):
        problems.append(Problem(what, f"its diagonal is not {diagonal:g}."))
    elif q and (matrix.min() < 0 or matrix.max() > most):
        problems.append(Problem(what, "an entry is below 0 or too large."))
    raise_if(problems, f"The {what} cannot be used.")
    return matrix
