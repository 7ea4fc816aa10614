"""How many units must be coded by all coders for a wanted precision."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from casestudy.agreement.coefficient import Coefficient, Material
from casestudy.agreement.ratings import Ratings
from casestudy.agreement.resampling import derivatives
from casestudy.agreement.results import Result
from casestudy.agreement.values import holds, whole
from casestudy.errors import InputError, Problem, raise_if

_MOST_ROWS = 5_000


@dataclass(frozen=True)
class Plan:
    """A number of units, and what it rests on.

    Attributes
    ----------
    units : int
        Units that all coders must code.
    clusters : int
        Documents or participants they should come from, where clusters were given; else 0.
    half_width : float
        Half the width of the interval aimed at.
    level : float
    assumed : str
        The assumptions in words.
    """

    units: int
    clusters: int
    half_width: float
    level: float
    assumed: str


def units_needed(
    coefficient: Coefficient,
    half_width: float,
    *,
    strength: float,
    shares: Sequence[float],
    coders: int = 2,
    level: float = 0.95,
    cluster_size: float = 1.0,
    likeness: float = 0.0,
) -> Plan:
    """Units needed without a pilot, from the agreement and the use of categories that are expected.

    Parameters
    ----------
    coefficient : Coefficient
        For instance ``krippendorff()``.
    half_width : float
        Half the width of the interval wanted: 0.1 for alpha plus or minus 0.1. To end above a minimum, take
        the expected value less the minimum.
    strength : float
        Expected agreement beyond chance, the expected alpha.
    shares : sequence of float
        Expected share of each category; the rarest decides.
    coders : int
    level : float
    cluster_size : float
        Units coded in each document or participant.
    likeness : float
        Intraclass correlation of agreement within a document: 0 where units are independent.

    Returns
    -------
    Plan

    Raises
    ------
    InputError

    Notes
    -----
    Workbench definition. Each coder is taken to see a unit's true category with chance sqrt(strength) and to
    draw at random from the shares otherwise; the coefficient's large-sample variance under that model gives
    the number, times ``1 + (cluster_size - 1) likeness``. It is an approximation: below some fifty units, or
    with few units of the rarest category, intervals are less certain than it says.

    Examples
    --------
    >>> from casestudy.agreement.alpha import krippendorff
    >>> units_needed(krippendorff(), 0.1, strength=0.8, shares=[0.2, 0.8]).units
    224
    """
    problems = _problems(half_width, level, strength, shares, coders, cluster_size, likeness)
    raise_if(problems, "The plan cannot be made.")
    spread = unit_deviation(coefficient, strength, shares, coders)
    effect = 1 + (cluster_size - 1) * likeness
    units = _solve(spread * math.sqrt(effect), half_width, level)
    text = ", ".join(f"{share:.0%}".replace("%", " %") for share in shares)
    assumed = (
        f"{coefficient.name} of {strength:g}; shares {text}; {coders} coders; design effect {effect:.2f}"
    )
    clusters = math.ceil(units / cluster_size) if cluster_size > 1 else 0
    return Plan(units, clusters, half_width, level, assumed)


def units_after_pilot(pilot: Result, half_width: float, *, level: float = 0.95) -> Plan:
    """Units (or documents) needed, from the standard error of a pilot.

    Parameters
    ----------
    pilot : Result
        With an interval that has a standard error.
    half_width : float
    level : float

    Returns
    -------
    Plan
        Where the pilot resampled clusters, `clusters` is the number needed and `units` that many times the
        pilot's units for each.

    Raises
    ------
    InputError
        Where the pilot has no standard error.

    Examples
    --------
    >>> from casestudy.agreement.alpha import krippendorff
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.intervals import Linearised
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([["a", "a"]] * 20 + [["b", "b"]] * 20 + [["a", "b"]] * 5)
    >>> units_after_pilot(measure(ratings, krippendorff(), Linearised()), 0.1).units
    155
    """
    error, n = pilot.interval.standard_error, pilot.interval.n_sampled
    problems = []
    if math.isnan(error) or not error > 0:
        remedy = "Measure it with an interval, on data with some disagreement."
        problems.append(Problem(pilot.name, "the pilot has no standard error.", remedy))
    if not holds(lambda one: 0 < one < 1, half_width):
        problems.append(Problem("half_width", f"{half_width!r} is not between 0 and 1."))
    raise_if(problems, "The plan cannot be made.")
    needed = _solve(error * math.sqrt(n), half_width, level)
    assumed = f"a pilot of {n} {pilot.interval.sampled}s with standard error {error:.3f}"
    if pilot.interval.sampled == "unit":
        return Plan(needed, 0, half_width, level, assumed)
    return Plan(math.ceil(needed * pilot.n_pairable / n), needed, half_width, level, assumed)


def unit_deviation(coefficient: Coefficient, strength: float, shares: Sequence[float], coders: int) -> float:
    """Large-sample standard error of a coefficient times the root of the number of units.

    Parameters
    ----------
    coefficient : Coefficient
    strength : float
    shares : sequence of float
    coders : int

    Returns
    -------
    float

    Raises
    ------
    InputError
        Where there are too many patterns of ratings to go through.
    """
    q = len(shares)
    if q**coders > _MOST_ROWS:
        problem = Problem(
            "coders", f"{coders} coders and {q} categories.", "Plan with fewer: the rarest ones."
        )
        raise InputError("There are too many patterns of ratings.", [problem])
    rows = np.array(list(product(range(q), repeat=coders)), dtype=np.int64)
    p, seen = np.asarray(shares, dtype=float), math.sqrt(strength)
    chance = np.zeros(len(rows))
    for truth in range(q):
        given = (1 - seen) * p + seen * (np.arange(q) == truth)
        chance += p[truth] * given[rows].prod(axis=1)
    names = tuple(f"coder {g + 1}" for g in range(coders))
    ratings = Ratings(rows, tuple(range(1, q + 1)), names, True)
    bound = coefficient.bind(ratings)
    many = 1e7
    weights = np.bincount(bound.patterns.of_unit, weights=chance * many).astype(float)
    slopes = derivatives(bound, Material(weights, None, int(many)))
    slopes = slopes - float(weights @ slopes) / many
    return math.sqrt(many * float(weights @ slopes**2))


def _solve(spread: float, half_width: float, level: float) -> int:
    """The smallest number of pieces whose t interval is no wider than wanted."""
    from scipy.stats import norm, t

    n = max(3, math.ceil((norm.ppf((1 + level) / 2) * spread / half_width) ** 2))
    while float(t.ppf((1 + level) / 2, n - 1)) * spread / math.sqrt(n) > half_width:
        n += 1
    return n


def _problems(
    half_width: float,
    level: float,
    strength: float,
    shares: Sequence[float],
    coders: int,
    cluster_size: float,
    likeness: float,
) -> list[Problem]:
    wrong = {
        "half_width": (half_width, holds(lambda one: 0 < one < 1, half_width), "between 0 and 1"),
        "level": (level, holds(lambda one: 0 < one < 1, level), "between 0 and 1"),
        "strength": (strength, holds(lambda one: 0 <= one < 1, strength), "from 0 up to but not 1"),
        "coders": (coders, whole(coders) and coders >= 2, "2 or more"),
        "cluster_size": (cluster_size, holds(lambda one: one >= 1, cluster_size), "1 or more"),
        "likeness": (likeness, holds(lambda one: 0 <= one <= 1, likeness), "from 0 to 1"),
    }
    problems = [
        Problem(name, f"{value!r} is not {rule}.") for name, (value, fine, rule) in wrong.items() if not fine
    ]
    if not holds(lambda many: len(many) > 1 and min(many) > 0 and abs(sum(many) - 1) <= 1e-6, shares):
        problems.append(
            Problem("shares", f"{shares!r} are not two or more positive shares that add up to 1.")
        )
    return problems
