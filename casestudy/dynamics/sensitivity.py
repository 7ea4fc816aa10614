"""Which parameters decide: Sobol's indices, PAWN's distances, and the split between sustained and not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.dynamics.explore import alive_at_end, draws, use_at_end
from casestudy.dynamics.parameters import Loop
from casestudy.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

Model = Callable[[np.ndarray], np.ndarray]


def sobol(model: Model, ranges: Mapping[str, tuple[float, float]], base: int, seed: int) -> pd.DataFrame:
    """Sobol's first-order and total-order indices of a model.

    Parameters
    ----------
    model : callable
        Takes an array (runs, parameters) and returns an array (runs,).
    ranges : mapping of str to (float, float)
        Lowest and highest value of each parameter, tried evenly.
    base : int
        Base sample, a power of two; the model is run ``base * (parameters + 2)`` times.
    seed : int

    Returns
    -------
    pandas.DataFrame
        ``parameter``; ``first`` and ``total`` with ``first_half`` and ``total_half``, half the width of their
        95 % bootstrap intervals; sorted by ``total``. Where the indices are undefined (the output does not
        vary, or a run gave no number) they are NaN and a column ``why_not`` says why.

    Notes
    -----
    In a system that tips, first-order indices can all be near zero while total-order ones are large: the
    parameters act together. So `total` is what is to be read. Method: SALib's Saltelli sample and analysis.

    Examples
    --------
    >>> table = sobol(lambda x: x[:, 0] + 0 * x[:, 1], {"a": (0, 1), "b": (0, 1)}, 256, 1)
    >>> table.round(1)[["parameter", "total"]].to_numpy().tolist()
    [['a', 1.0], ['b', 0.0]]
    """
    import pandas as pd
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    if base < 2 or base & (base - 1):
        problem = Problem("the sensitivity analysis", f"the base sample is {base}.", "Take a power of two.")
        raise InputError("The sample cannot be drawn.", [problem])
    problem_ = _problem(ranges)
    sample = sampling.sample(problem_, base, calc_second_order=False, seed=seed)
    values = np.asarray(model(sample), dtype=float)
    names = ("first", "first_half", "total", "total_half")
    columns: dict[str, Any]
    if why_not := _undefined(values):
        columns = {**dict.fromkeys(names, np.full(len(ranges), np.nan)), "why_not": why_not}
    else:
        found = analysis.analyze(problem_, values, calc_second_order=False, seed=seed)
        columns = dict(zip(names, (found[key] for key in ("S1", "S1_conf", "ST", "ST_conf")), strict=True))
    frame = pd.DataFrame({"parameter": list(ranges), **columns})
    return _ranked(frame, "total")


def unresolved(table: pd.DataFrame, names: Mapping[str, str], most: int = 4) -> str:
    """The parameters with the largest total-order index, and whether their order is clear.

    Parameters
    ----------
    table : pandas.DataFrame
        From `sobol`.
    names : mapping of parameter to words
    most : int
        How many are named at most.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"parameter": ["a", "b", "c"], "total": [0.5, 0.4, 0.1]})
    >>> table["total_half"] = 0.1
    >>> unresolved(table, {})
    'a, b (their intervals overlap, so which is first is open)'
    """
    ranked = table.dropna(subset=["total"])
    if ranked.empty:
        return "not known"
    first = ranked.iloc[0]
    near = ranked[ranked["total"] + ranked["total_half"] >= first["total"] - first["total_half"]].head(most)
    said = ", ".join(str(names.get(name, name)) for name in near["parameter"])
    return f"{said} (their intervals overlap, so which is first is open)" if len(near) > 1 else said


def pawn(
    model: Model, ranges: Mapping[str, tuple[float, float]], runs: int, seed: int, slices: int = 10
) -> pd.DataFrame:
    """PAWN: how far fixing a parameter moves the whole distribution of the output.

    Returns
    -------
    pandas.DataFrame
        ``parameter``; ``median`` and ``most`` Kolmogorov–Smirnov distance over the slices; sorted by
        ``median``. `dummy` is a parameter that the model does not know: what lies at its height is noise.
        NaN where the output does not vary or a run gave no number; a column ``pawn_why_not`` says which.
    """
    import pandas as pd
    from SALib.analyze import pawn as analysis
    from scipy.stats import qmc

    known = len(ranges)
    problem = _problem({**ranges, "dummy": (0.0, 1.0)})
    unit = qmc.LatinHypercube(known + 1, rng=np.random.default_rng(seed)).random(runs)
    bounds = np.array(problem["bounds"])
    sample = bounds[:, 0] + (bounds[:, 1] - bounds[:, 0]) * unit
    values = np.asarray(model(sample[:, :known]), dtype=float)
    if why_not := _undefined(values):
        empty = pd.DataFrame({"parameter": [*ranges, "dummy"], "median": np.nan, "most": np.nan})
        return empty.assign(pawn_why_not=why_not)
    found = analysis.analyze(problem, sample, values, S=slices, seed=seed)
    frame = pd.DataFrame(
        {"parameter": [*ranges, "dummy"], "median": found["median"], "most": found["maximum"]}
    )
    return _ranked(frame, "median")


def regional(loop: Loop, begin: str, months: float, alive: float, runs: int, seed: int) -> pd.DataFrame:
    """How differently each parameter lies where the loop is sustained and where it is not.

    Returns
    -------
    pandas.DataFrame
        ``parameter``; ``distance`` Kolmogorov–Smirnov distance between the two groups (0 to 1);
        ``when_sustained`` and ``when_not`` mean values; sorted by ``distance``. NaN when one group is empty.
    """
    import pandas as pd

    drawn = draws(loop, runs, seed)
    lives = alive_at_end(drawn, loop.begin(begin), months, alive)
    rows = []
    for name in loop.ranges:
        yes, no = np.sort(drawn[name][lives]), np.sort(drawn[name][~lives])
        row = {"parameter": name, "distance": np.nan, "when_sustained": np.nan, "when_not": np.nan}
        if len(yes) and len(no):
            at = np.concatenate([yes, no])
            gap = np.searchsorted(yes, at, "right") / len(yes) - np.searchsorted(no, at, "right") / len(no)
            row |= {"distance": np.abs(gap).max(), "when_sustained": yes.mean(), "when_not": no.mean()}
        rows.append(row)
    return _ranked(pd.DataFrame(rows), "distance")


def loop_model(loop: Loop, begin: str, months: float) -> Model:
    """The loop as a function of its varied parameters: share of people in use at the end."""
    names, state = list(loop.ranges), loop.begin(begin)

    def model(sample: np.ndarray) -> np.ndarray:
        p: dict[str, Any] = dict(loop.values) | {name: sample[:, i] for i, name in enumerate(names)}
        return use_at_end(p, state, months)

    return model


def _undefined(values: np.ndarray) -> str:
    """Why the output of a model has no sensitivity indices; empty where it has."""
    failed = int((~np.isfinite(values)).sum())
    if failed:
        return f"{failed} of {len(values)} runs gave no number, and the others are another sample"
    return "" if np.ptp(values) > 0 else "the output is the same in every run"


def _problem(ranges: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    return {"num_vars": len(ranges), "names": list(ranges), "bounds": [list(one) for one in ranges.values()]}


def _ranked(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    order = frame.assign(_by=-frame[column].round(6)).sort_values(["_by", "parameter"], na_position="last")
    return order.drop(columns="_by").reset_index(drop=True)
