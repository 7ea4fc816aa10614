"""What is resampled, and the coefficient on every resample.

A bootstrap resample is one multinomial draw of how often each pattern of ratings occurs, so its price does
not grow with the number of units. Leaving one unit out has as many outcomes as there are patterns.
"""

from __future__ import annotations

import math

import numpy as np

from casestudy.agreement.coefficient import CHUNK, Bound, Material
from casestudy.agreement.patterns import Floats
from casestudy.agreement.ratings import Ratings
from casestudy.errors import InputError, Problem

_STEP = 1e-30
_MOST_CELLS = 100_000_000


def material(bound: Bound, ratings: Ratings | None, by: str = "") -> Material:
    """The independent pieces of the data that take part in a coefficient.

    Parameters
    ----------
    bound : Bound
    ratings : Ratings or None
        None where the coefficient brings its own pieces, as those of unitised text do.
    by : {'', 'unit', 'cluster'}
        By default clusters where the ratings have them, else units.

    Returns
    -------
    Material

    Raises
    ------
    InputError
        Where clusters are asked for and the ratings have none.
    """
    if bound.made is not None or ratings is None:
        assert bound.made is not None
        return bound.made
    patterns = bound.patterns
    takes_part = patterns.rated >= (1 if bound.singles else 2)
    number = patterns.number * takes_part
    if by not in ("", "unit", "cluster"):
        raise InputError(
            "The interval cannot be made.", [Problem("by", f"{by!r} is unknown.", "Use unit or cluster.")]
        )
    if by == "cluster" and ratings.clusters is None:
        remedy = "Give `clusters` when reading the ratings: the document or participant of each unit."
        raise InputError(
            "The interval cannot be made.", [Problem("ratings", "they have no clusters.", remedy)]
        )
    if by == "unit" or ratings.clusters is None:
        return Material(number, None, int(number.sum()))
    size = int(ratings.clusters.max()) + 1
    if size * len(number) > _MOST_CELLS:
        found = f"{size:,} clusters with {len(number):,} different units."
        problem = Problem("clusters", found, "Use by='unit', or fewer and larger clusters.")
        raise InputError("There are too many clusters.", [problem])
    keys = ratings.clusters * len(number) + patterns.of_unit
    pieces = np.bincount(keys, minlength=size * len(number)).reshape(size, -1) * takes_part
    pieces = pieces[pieces.sum(axis=1) > 0].astype(float)
    return Material(number, pieces, len(pieces), "cluster")


def derivatives(bound: Bound, made: Material) -> Floats:
    """How the coefficient changes with more of each piece, by a complex step.

    Returns
    -------
    array
        One entry for each cluster; where units are the pieces, one for each pattern.
    """
    size = len(made.number)
    count = size if made.pieces is None else len(made.pieces)
    slopes = np.zeros(count)
    step = max(1, CHUNK // (2 * max(1, size)))
    for start in range(0, count, step):
        stop = min(count, start + step)
        towards = np.eye(stop - start, size, k=start) if made.pieces is None else made.pieces[start:stop]
        slopes[start:stop] = bound.estimate(made.number + 1j * _STEP * towards).value.imag / _STEP
    return slopes


def deleted(bound: Bound, made: Material) -> tuple[Floats, Floats]:
    """The coefficient without one piece at a time, and how many pieces each value stands for."""
    parts = [(bound.estimate(weights).value, times) for weights, times in made.deletions()]
    return np.concatenate([one for one, _ in parts]), np.concatenate([two for _, two in parts])


def grouped(made: Material) -> Material:
    """Units dealt out to groups in turn, pattern by pattern: for data with very many different units."""
    size = 1_000
    of_units = np.repeat(np.arange(len(made.number)), made.number.astype(int))
    groups = np.random.default_rng(0).permutation(len(of_units)) % size
    pieces = np.bincount(groups * len(made.number) + of_units, minlength=size * len(made.number))
    return Material(made.number, pieces.reshape(size, -1).astype(float), size)


def wrong_level(level: float) -> list[Problem]:
    """What is wrong with a level of confidence."""
    fine = isinstance(level, (int, float)) and 0 < level < 1
    return [] if fine else [Problem("level", f"{level!r} is not between 0 and 1.", "Write 0.95 for 95 %.")]


def wrong_settings(
    what: str, number: int, seed: int, level: float, minimum: tuple[float, ...]
) -> list[Problem]:
    """What is wrong with the settings of a method that draws."""
    problems = wrong_level(level)
    if not isinstance(number, (int, np.integer)) or number < 1:
        problems.append(Problem(what, f"{number!r} is not a number of {what}."))
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        problems.append(Problem("seed", f"{seed!r} is not a seed.", "Write a whole number from 0 up."))
    listed = minimum if isinstance(minimum, (tuple, list)) else (None,)
    if not all(isinstance(one, (int, float)) and math.isfinite(one) for one in listed):
        problems.append(Problem("minimum", f"{minimum!r} are not numbers.", "Write (0.8,) or (0.667, 0.8)."))
    return problems
