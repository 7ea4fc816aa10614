"""Calibration to cohorts of a log: fit, profile likelihood, and how well held-out cohorts are predicted.

A cohort is everybody who registered in the same month, followed by age in months. All of them begin active.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.dynamics.cohorts import conform
from casestudy.dynamics.model import many, start
from casestudy.errors import InputError, Problem, raise_if

if TYPE_CHECKING:
    import pandas as pd

CHI2_95 = 3.841459
_POINTS = 25


@dataclass(frozen=True)
class Fit:
    """What a calibration found.

    Attributes
    ----------
    estimates : pandas.DataFrame
        ``parameter``, ``estimate``, ``low``, ``high`` (95 % profile interval, widened by `dispersion`),
        ``identified``: whether both ends lie inside the range that was tried; ``reason`` where not.
    profiles : pandas.DataFrame
        ``parameter``, ``value``, ``excess``: twice the loss of log-likelihood, divided by `dispersion`.
    fitted : dict of str to float
        Every parameter of the model, the estimated ones at their estimates.
    dispersion : float
        Pearson's statistic per degree of freedom, at least 1: how much more the cohorts scatter than
        binomial draws around the curve would.
    cells : int
        Cohort-months that were used.
    """

    estimates: pd.DataFrame
    profiles: pd.DataFrame
    fitted: dict[str, float]
    dispersion: float
    cells: int


def curve(p: Mapping[str, Any], ages: int) -> np.ndarray:
    """Share of a cohort that is active at ages 0 to `ages`: one column a parameter set."""
    scalars = {name: float(np.ravel(value)[0]) for name, value in p.items()}
    kept = many(p, start(scalars, 1.0, all_adopted=True), max(ages, 1), keep=1.0)
    return np.asarray(np.clip(kept[: ages + 1, 1] / p["M"], 1e-9, 1 - 1e-9))


def simulate(p: Mapping[str, float], cohorts: int, size: int, ages: int, seed: int) -> pd.DataFrame:
    """Cohorts drawn from the model itself, for a known answer; each household keeps its own luck.

    Returns
    -------
    pandas.DataFrame
        ``cohort``, ``age``, ``size``, ``active``; binomial draws around the curve, independent by age.
    """
    import pandas as pd

    share = curve(p, ages)[:, 0]
    generator = np.random.default_rng(seed)
    rows = [
        {
            "cohort": f"c{number:02d}",
            "age": age,
            "size": size,
            "active": int(generator.binomial(size, share[age])),
        }
        for number in range(cohorts)
        for age in range(1, ages + 1)
    ]
    return pd.DataFrame(rows)


def fit(table: pd.DataFrame, base: Mapping[str, float], ranges: Mapping[str, tuple[float, float]]) -> Fit:
    """Fit up to three parameters to cohorts, with profile likelihoods.

    Parameters
    ----------
    table : pandas.DataFrame
        Cohorts, see `conform`. Age 0 is left out: everybody is active there by definition.
    base : mapping of str to float
        All parameters of the model; those in `ranges` are replaced.
    ranges : mapping of str to (float, float)
        One to three parameters with the range to search.

    Returns
    -------
    Fit

    Raises
    ------
    InputError
        When the table has problems or the ranges cannot be searched.

    Notes
    -----
    The binomial likelihood is computed on a full grid and climbed from its best points; a profile takes, for
    each value of one parameter, the best over the others (Venzon and Moolgavkar 1988, to be verified). A
    parameter whose profile stays below the threshold up to the edge of its range is not identified by these
    data, whatever its best value is.
    """
    import pandas as pd

    found = [
        Problem(f"range of {name}", f"{low} to {high}.", "Let the first be smaller, and the name be known.")
        for name, (low, high) in ranges.items()
        if not (low < high and name in base)
    ]
    if not 1 <= len(ranges) <= 3:
        found.append(Problem("the calibration", f"{len(ranges)} parameters.", "Choose one to three."))
    raise_if(found, "The calibration cannot be run.")
    cells = conform(table)
    cells = cells[cells["age"] > 0]
    if len(cells) <= len(ranges):
        problem = Problem(
            "the cohorts", f"{len(cells)} cells after age 0.", "Follow more cohorts, or longer."
        )
        raise InputError("There is too little to fit.", [problem])
    names = list(ranges)
    bounds = np.array([ranges[name] for name in names], dtype=float)

    def likelihood(points: np.ndarray) -> np.ndarray:
        return _likelihood(cells, dict(base) | {name: points[:, i] for i, name in enumerate(names)})

    axes = [np.linspace(low, high, _POINTS) for low, high in bounds]
    mesh = np.stack([one.ravel() for one in np.meshgrid(*axes, indexing="ij")], axis=1)
    rough = likelihood(mesh)
    step = (bounds[:, 1] - bounds[:, 0]) / (_POINTS - 1)
    best, top = _climb(likelihood, mesh[[int(np.argmax(rough))]], bounds, step)
    paths = []
    for position in range(len(names)):
        values, begin = _starts(mesh, rough, bounds, best[0], position)
        climbed, height = _climb(
            likelihood, begin, bounds, np.where(np.arange(len(names)) == position, 0, step)
        )
        paths.append((values, climbed, height))
    heights = np.concatenate([top, *(height for _, _, height in paths)])
    points = np.concatenate([best, *(climbed for _, climbed, _ in paths)])
    summit = points[int(np.argmax(heights))]
    fitted = dict(base) | {name: float(value) for name, value in zip(names, summit, strict=True)}
    dispersion = _dispersion(cells, fitted, len(names))
    rows, profiles = [], []
    for position, name in enumerate(names):
        values, _, height = paths[position]
        excess = np.maximum(2 * (float(heights.max()) - height) / dispersion, 0.0)
        low, high = _interval(values, excess, summit[position])
        edges = [word for word, end in (("lower", low), ("upper", high)) if np.isnan(end)]
        reason = f"the profile is flat up to the {' and '.join(edges)} end of the range" if edges else ""
        rows.append(
            {
                "parameter": name,
                "estimate": fitted[name],
                "low": low,
                "high": high,
                "identified": not edges,
                "reason": reason,
            }
        )
        profiles.append(pd.DataFrame({"parameter": name, "value": values, "excess": excess}))
    return Fit(pd.DataFrame(rows), pd.concat(profiles, ignore_index=True), fitted, dispersion, len(cells))


def hold_out(
    table: pd.DataFrame, base: Mapping[str, float], ranges: Mapping[str, tuple[float, float]], every: int = 4
) -> tuple[Fit, pd.DataFrame]:
    """Fit without every `every`-th cohort and see how well those are predicted.

    Returns
    -------
    (Fit, pandas.DataFrame)
        The fit; and a table with one row a rule: ``rule``, ``error`` (root mean squared error of the share
        active in the held-out cohorts, weighted by size), ``cohorts`` held out, ``cells``. Rules: the loop;
        a constant monthly rate of lapse; constant rates of lapse and return, without any loop; the fitted
        cohorts' own mean at each age.
    """
    import pandas as pd

    cells = conform(table)
    cells = cells[cells["age"] > 0]
    names = sorted(cells["cohort"].unique())
    out = names[every - 1 :: every]
    if not out or len(out) == len(names):
        problem = Problem("the cohorts", f"{len(names)} cohorts.", f"Give at least {every} to hold one out.")
        raise InputError("No cohort can be held out.", [problem])
    inside, outside = cells[~cells["cohort"].isin(out)], cells[cells["cohort"].isin(out)]
    found = fit(inside, base, ranges)
    loop = curve(found.fitted, int(cells["age"].max()))[:, 0]
    pooled = inside.groupby("age")[["active", "size"]].sum()
    means = (pooled["active"] / pooled["size"]).reindex(range(int(cells["age"].max()) + 1))
    hazard, (leave, come) = _constant_hazard(inside), _two_rates(inside)
    age = outside["age"].to_numpy()
    stay = come / (leave + come)
    predicted = {
        "the loop": loop[outside["age"]],
        "constant lapse": np.exp(-hazard * age),
        "lapse and return, no loop": stay + (1 - stay) * np.exp(-(leave + come) * age),
        "mean of the fitted cohorts": means.ffill().to_numpy()[outside["age"]],
    }
    share, weight = (outside["active"] / outside["size"]).to_numpy(), outside["size"].to_numpy()
    rows = [
        {
            "rule": rule,
            "error": float(np.sqrt(np.average((share - guess) ** 2, weights=weight))),
            "cohorts": len(out),
            "cells": len(outside),
        }
        for rule, guess in predicted.items()
    ]
    return found, pd.DataFrame(rows)


def _likelihood(cells: pd.DataFrame, p: Mapping[str, Any]) -> np.ndarray:
    """Binomial log-likelihood of the cells, one number a parameter set."""
    share = curve(p, int(cells["age"].max()))
    pooled = cells.groupby("age")[["active", "size"]].sum()
    active = pooled["active"].to_numpy(dtype=float)[:, None]
    lapsed = (pooled["size"] - pooled["active"]).to_numpy(dtype=float)[:, None]
    at = share[pooled.index.to_numpy()]
    return np.asarray((active * np.log(at) + lapsed * np.log1p(-at)).sum(axis=0))


def _starts(
    mesh: np.ndarray, rough: np.ndarray, bounds: np.ndarray, best: np.ndarray, position: int
) -> tuple[np.ndarray, np.ndarray]:
    """Values of one parameter to profile at, dense where the profile is near its best, and where to begin."""
    coarse = np.unique(mesh[:, position])
    rows = [np.flatnonzero(mesh[:, position] == value) for value in coarse]
    peaks = np.array([row[int(np.argmax(rough[row]))] for row in rows])
    near = coarse[rough[peaks] >= rough.max() - 10.0]
    step = coarse[1] - coarse[0]
    low, high = max(near.min() - step, bounds[position, 0]), min(near.max() + step, bounds[position, 1])
    values = np.unique(np.concatenate([bounds[position], np.linspace(low, high, 41), [best[position]]]))
    nearest = np.abs(values[:, None] - coarse[None, :]).argmin(axis=1)
    begin = mesh[peaks[nearest]].copy()
    begin[:, position] = values
    return values, begin


def _climb(
    likelihood: Any, begin: np.ndarray, bounds: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Climb from many points at once by trying points around each, ever closer; a step of 0 holds still."""
    moves = np.stack(np.meshgrid(*([-1.0, -0.5, 0.0, 0.5, 1.0] if one else [0.0] for one in step)), axis=-1)
    moves = moves.reshape(-1, len(step))
    points, step = begin.copy(), np.asarray(step, dtype=float)
    for _ in range(16):
        tried = np.clip(points[:, None, :] + moves * step, bounds[:, 0], bounds[:, 1])
        height = likelihood(tried.reshape(-1, len(step))).reshape(len(points), -1)
        points = tried[np.arange(len(points)), height.argmax(axis=1)]
        step = step * 0.6
    return points, height.max(axis=1)


def _interval(values: np.ndarray, excess: np.ndarray, best: float) -> tuple[float, float]:
    """Where the profile crosses the threshold on each side of the best value; NaN where it never does."""
    ends = []
    for side in (values <= best, values >= best):
        value, rise = values[side], excess[side]
        order = np.argsort(np.abs(value - best), kind="stable")
        value, rise = value[order], rise[order]
        over = np.flatnonzero(rise > CHI2_95)
        if not len(over) or over[0] == 0:
            ends.append(float("nan"))
            continue
        one, two = over[0] - 1, over[0]
        part = (CHI2_95 - rise[one]) / (rise[two] - rise[one])
        ends.append(float(value[one] + part * (value[two] - value[one])))
    return ends[0], ends[1]


def _dispersion(cells: pd.DataFrame, p: Mapping[str, float], parameters: int) -> float:
    share = curve(p, int(cells["age"].max()))[cells["age"].to_numpy(), 0]
    size = cells["size"].to_numpy()
    pearson = ((cells["active"].to_numpy() - size * share) ** 2 / (size * share * (1 - share))).sum()
    return max(float(pearson / (len(cells) - parameters)), 1.0)


def _constant_hazard(cells: pd.DataFrame) -> float:
    grid = np.linspace(0.001, 2.0, 2000)
    pooled = cells.groupby("age")[["active", "size"]].sum()
    at = np.clip(np.exp(-np.outer(pooled.index.to_numpy(), grid)), 1e-12, 1 - 1e-12)
    active = pooled["active"].to_numpy()[:, None]
    lapsed = (pooled["size"] - pooled["active"]).to_numpy()[:, None]
    return float(grid[int(np.argmax((active * np.log(at) + lapsed * np.log1p(-at)).sum(axis=0)))])


def _two_rates(cells: pd.DataFrame) -> tuple[float, float]:
    """Constant rates out and back under which the cells are likeliest; everybody is active at age 0."""
    grid = np.linspace(0.01, 2.0, 200)
    leave, come = (one.ravel() for one in np.meshgrid(grid, grid, indexing="ij"))
    pooled = cells.groupby("age")[["active", "size"]].sum()
    stay = come / (leave + come)
    at = stay + (1 - stay) * np.exp(-np.outer(pooled.index.to_numpy(), leave + come))
    active = pooled["active"].to_numpy()[:, None]
    lapsed = (pooled["size"] - pooled["active"]).to_numpy()[:, None]
    best = int(np.argmax((active * np.log(at) + lapsed * np.log1p(-at)).sum(axis=0)))
    return float(leave[best]), float(come[best])
