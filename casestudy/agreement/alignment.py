"""The best alignment of coders' units: which unit of one coder answers to which of another, at least cost.

An alignment puts every unit into exactly one tuple, with at most one unit of each coder. A tuple costs the
mean, over all pairs of coders, of the dissimilarity of their units, and 1 for a pair in which one is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casestudy.agreement.patterns import Floats, Integers
from casestudy.errors import InputError, Problem

NOBODY = -1
_MOST_TUPLES = 2_000_000


@dataclass(frozen=True, eq=False)
class Units:
    """The units of one document, however they overlap.

    Attributes
    ----------
    start, end, code, coder : int arrays, one entry for each unit
    """

    start: Integers
    end: Integers
    code: Integers
    coder: Integers


@dataclass(frozen=True, eq=False)
class Cost:
    """How much two units differ: ``place`` times their places and ``name`` times their codes.

    Attributes
    ----------
    place, name : float
    between : float array, codes x codes
        0 for a code and itself, up to 1.
    """

    place: float
    name: float
    between: Floats


def apart(b: Floats, e: Floats, other_b: Floats, other_e: Floats) -> Floats:
    """How far units lie apart: ((|difference of starts| + |of ends|) / sum of lengths)², broadcast.

    Examples
    --------
    >>> import numpy as np
    >>> apart(np.array(0.0), np.array(10.0), np.array([0.0, 5, 10]), np.array([10.0, 15, 20])).tolist()
    [0.0, 0.25, 1.0]
    """
    return np.asarray(((np.abs(b - other_b) + np.abs(e - other_e)) / (e - b + other_e - other_b)) ** 2)


def best(units: Units, coders: int, cost: Cost) -> tuple[Integers, float]:
    """The alignment of least disorder.

    Parameters
    ----------
    units : Units
    coders : int
        Two or more, those without a unit too.
    cost : Cost

    Returns
    -------
    (int array of tuples x coders, float)
        The tuples of two units or more, as places in `units`, -1 where a coder has none (every other unit is
        alone); and the sum of the costs of all tuples, those of one unit too.

    Raises
    ------
    InputError
        When three coders or more drew so many overlapping units that the alignments cannot be listed.

    Notes
    -----
    Exact: an assignment for two coders, an integer program over all tuples that can pay for more.

    Examples
    --------
    >>> import numpy as np
    >>> units = Units(*(np.array(row) for row in ([0, 20, 1], [9, 30, 9], [0, 1, 0], [0, 0, 1])))
    >>> tuples, disorder = best(units, 2, Cost(1.0, 1.0, 1.0 - np.eye(2)))
    >>> tuples.tolist(), round(disorder, 4)
    ([[0, 2]], 1.0035)
    """
    own = [np.flatnonzero(units.coder == g) for g in range(coders)]
    tables = {
        (g, h): differ(units, own[g], units, own[h], cost)
        for g in range(coders)
        for h in range(g + 1, coders)
    }
    alone = float(len(units.start))
    if coders == 2:
        from scipy.optimize import linear_sum_assignment

        gain = np.minimum(tables[0, 1] - 2, 0.0)
        rows, columns = linear_sum_assignment(gain)
        kept = gain[rows, columns] < 0
        rows, columns = rows[kept], columns[kept]
        pairs = np.stack([own[0][rows], own[1][columns]], axis=1)
        return pairs.astype(np.int64), alone + float(gain[rows, columns].sum())
    places, gains = _paying(tables, [len(one) for one in own])
    chosen = _packed(places, gains, [len(one) for one in own])
    tuples = np.full((len(chosen), coders), NOBODY, dtype=np.int64)
    for g in range(coders):
        has = places[chosen, g] != NOBODY
        tuples[has, g] = own[g][places[chosen, g][has]]
    return tuples, alone + float(gains[chosen].sum())


def differ(one: Units, these: Integers, other: Units, those: Integers, cost: Cost) -> Floats:
    """The dissimilarity of some units with others, each with each."""
    ends = [one.start[these][:, None], one.end[these][:, None]]
    ends += [other.start[those][None, :], other.end[those][None, :]]
    named = cost.between[one.code[these][:, None], other.code[those][None, :]]
    return np.asarray(cost.place * apart(*(part.astype(float) for part in ends)) + cost.name * named)


def _paying(tables: dict[tuple[int, int], Floats], sizes: list[int]) -> tuple[Integers, Floats]:
    """Tuples of two units or more that cost less than their units alone, and how much less (negative)."""
    coders = len(sizes)
    pairs = coders * (coders - 1) / 2
    places, sums = np.full((1, coders), NOBODY, dtype=np.int64), np.zeros(1)
    for g, size in enumerate(sizes):
        added = np.zeros((len(places), size))
        for h in range(g):
            has = places[:, h] != NOBODY
            added[has] += tables[h, g][places[has, h]]
        number = (places != NOBODY).sum(axis=1)
        # A tuple pays only if parting any unit from the rest would not: its distances to the others are less
        # than the pairs of coders plus the number of others. And it costs less than its units alone.
        largest = number + coders - g
        whole = sums[:, None] + added
        least = (pairs * (largest - 1) + largest * (largest - 1) / 2)[:, None]
        rows, columns = np.nonzero((added < pairs + largest[:, None] - 1) & (whole < least))
        if len(rows) + len(places) > _MOST_TUPLES:
            found = f"{max(sizes):,} units of a coder in one document give more than {_MOST_TUPLES:,} tuples."
            remedy = "Compare two coders at a time, or one code or semantic domain at a time."
            raise InputError("There are too many ways to align.", [Problem("spans", found, remedy)])
        longer = places[rows]
        longer[:, g] = columns
        places, sums = np.concatenate([places, longer]), np.concatenate([sums, whole[rows, columns]])
    number = (places != NOBODY).sum(axis=1)
    gains = (sums + pairs - number * (number - 1) / 2) / pairs - number
    kept = (number > 1) & (gains < -1e-12)
    return places[kept], gains[kept]


def _packed(places: Integers, gains: Floats, sizes: list[int]) -> Integers:
    """Which tuples to take, each unit at most once, so that the gain is greatest."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    if not len(gains):
        return np.zeros(0, dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(sizes)])[:-1]
    which, coder = np.nonzero(places != NOBODY)
    rows = first[coder] + places[which, coder]
    matrix = csr_array((np.ones(len(rows)), (rows, which)), shape=(sum(sizes), len(gains)))
    found = milp(
        gains,
        constraints=LinearConstraint(matrix, ub=1),
        integrality=np.ones(len(gains)),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0},
    )
    if found.x is None:
        raise InputError("No alignment was found.", [Problem("spans", f"{found.message}")])
    return np.flatnonzero(found.x > 0.5)
