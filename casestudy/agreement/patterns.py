"""Units grouped into the distinct patterns of ratings that occur.

Every coefficient of this room is a function of how often each pattern of ratings occurs. Grouping the units
first makes a million units as cheap as their few hundred patterns, for the estimate and for every resample.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from casestudy.errors import InputError, Problem

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
MISSING = -1
_MOST_CELLS = 200_000_000
_DENSE_KEYS = 4_000_000


@dataclass(frozen=True, eq=False)
class Patterns:
    """The distinct rows of ratings and how often each occurs.

    Attributes
    ----------
    rows : int array, patterns x coders
        Category numbers, -1 for missing. Without regard to coders, each row is sorted.
    number : float array, patterns
        How many units show the pattern.
    n_categories : int
    of_unit : int array, units
        The pattern of each unit.
    """

    rows: Integers
    number: Floats
    n_categories: int
    of_unit: Integers

    @cached_property
    def counts(self) -> Floats:
        """How many coders put the pattern into each category: patterns x categories."""
        size = self.rows.shape[0] * self.n_categories
        if size > _MOST_CELLS:
            found = f"{self.n_categories:,} different values in {self.rows.shape[0]:,} different units."
            remedy = "Use the interval metric, or round the values to fewer categories."
            raise InputError("There are too many values.", [Problem("ratings", found, remedy)])
        present = self.rows != MISSING
        where = np.nonzero(present)[0] * self.n_categories + self.rows[present]
        counted = np.bincount(where, minlength=size).astype(float)
        return counted.reshape(self.rows.shape[0], self.n_categories)

    @cached_property
    def rated(self) -> Floats:
        """How many coders rated the pattern."""
        return np.asarray((self.rows != MISSING).sum(axis=1), dtype=float)


def group(keys: Integers, size: int) -> tuple[Integers, Integers]:
    """The distinct keys in order, and the place of each unit's key among them."""
    if size <= _DENSE_KEYS:
        present = np.zeros(size, dtype=bool)
        present[keys] = True
        place = np.cumsum(present) - 1
        return np.flatnonzero(present).astype(np.int64), place[keys]
    found, inverse = np.unique(keys, return_inverse=True)
    return found, inverse.astype(np.int64)


def patterns_of(rows: Integers, of_unit: Integers, n_categories: int) -> Patterns:
    """Count how many units show each row."""
    inverse = np.asarray(of_unit).reshape(-1)
    number = np.bincount(inverse, minlength=len(rows)).astype(float)
    return Patterns(rows, number, n_categories, inverse)
