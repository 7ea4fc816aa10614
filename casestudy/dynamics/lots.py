"""What a switch drawn by lot is worth on the loop's scale of value, with people, not months, as units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from casestudy.dynamics.calibrate import curve
from casestudy.dynamics.informed import COUNTS, ends, likelihood_of, resampled, two_rates
from casestudy.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd


def switched(
    counts: pd.DataFrame, group: pd.Series, told: int, asked: int, slope: float, draws: int, seed: int
) -> pd.DataFrame:
    """What a switch drawn by lot is worth on the loop's scale of value.

    Parameters
    ----------
    counts : pandas.DataFrame
        From `moves`.
    group : pandas.Series
        For each row of `counts` whether the switch was on.
    told, asked : int
        As for `split`; the share s holds for those without.
    slope : float
        The loop's ``slope``: how far people differ in what they ask.
    draws, seed : int

    Returns
    -------
    pandas.DataFrame
        ``parameter`` (compare), ``estimate``, ``low``, ``high`` (95 %); people ``with`` and ``without``.
        People are resampled in each group and s is drawn again, so what is not known of the rates is in it.

    Notes
    -----
    Lapse and return are those of the group without; the share s of the other group is the one under which its
    moves are likeliest; the worth is the slope times the difference of the two log-odds.
    """
    import pandas as pd

    each, on = counts[list(COUNTS)].to_numpy(), group.to_numpy(dtype=bool)
    if not on.any() or on.all():
        problem = Problem("the groups", f"{int(on.sum())} with, {int((~on).sum())} without.", "Give both.")
        raise InputError("The switch cannot be judged.", [problem])
    generator = np.random.default_rng(seed)
    shares = np.concatenate([[told / asked], generator.beta(told + 0.5, asked - told + 0.5, draws)])
    without = np.vstack([each[~on].sum(axis=0), resampled(each[~on], draws, seed + 1)])
    with_it = np.vstack([each[on].sum(axis=0), resampled(each[on], draws, seed + 2)])
    out, back = two_rates(without)
    tried = np.linspace(0.002, 0.998, 499)
    lam, rho = (out / (1 - shares))[:, None], (back / shares)[:, None]
    height = likelihood_of(with_it.T[:, :, None], lam * (1 - tried), rho * tried)
    best = tried[np.nan_to_num(height, nan=-np.inf).argmax(axis=1)]
    worth = slope * (_log_odds(best) - _log_odds(shares))
    low, high = ends(worth[1:])
    row = {"parameter": "compare", "estimate": float(worth[0]), "low": low, "high": high}
    return pd.DataFrame([row | {"with": int(on.sum()), "without": int((~on).sum())}])


def worth(
    seen: pd.DataFrame,
    base: Mapping[str, float],
    ranges: Mapping[str, tuple[float, float]],
    span: tuple[float, float],
    draws: int,
    seed: int,
    points: int = 25,
) -> pd.DataFrame:
    """The worth of a switch in the fitted loop, with an interval over people instead of over their months.

    Parameters
    ----------
    seen : pandas.DataFrame
        One row a person and age: ``person``, ``switch`` (whether it was on), ``age``, ``active``. Age 0, when
        everybody is active, is left out.
    base : mapping of str to float
        All parameters of the loop.
    ranges : mapping of str to (float, float)
        Parameters fitted to those without the switch, with the range to search.
    span : (float, float)
        Range in which the worth, the loop's ``compare``, is searched for those with the switch.
    draws, seed : int
        Resamples of people, in each group; in each, the rates and the worth are fitted again.
    points : int
        Points of the grid on each axis.

    Returns
    -------
    pandas.DataFrame
        One row: ``parameter``, ``estimate``, ``low``, ``high`` (95 % percentile interval), ``draws``,
        ``at_edge``: share of the draws whose worth lies at the edge of `span`; ``with``, ``without`` people.

    Raises
    ------
    InputError
        When one of the two groups is empty.

    Notes
    -----
    Everything is fitted on a grid, so that all resamples share the model's curves. Where the data leave the
    rates open, each resample stands at another of the equally good answers, and the interval holds that too.
    """
    import pandas as pd

    sums = {}
    for on, part in seen[seen["age"] > 0].groupby("switch"):
        wide = part.pivot_table(index="person", columns="age", values="active", aggfunc="max").sort_index()
        wide = wide.reindex(columns=range(1, int(seen["age"].max()) + 1))
        here = wide.notna().to_numpy()
        active = wide.fillna(0).to_numpy(dtype=float)
        each = np.concatenate([active, here - active], axis=1)
        drawn = resampled(each, draws, seed + int(bool(on)))
        sums[bool(on)] = (np.vstack([each.sum(axis=0), drawn]), len(wide))
    if set(sums) != {True, False}:
        problem = Problem("the groups", f"{len(sums)} of two were seen.", "Give people with and without.")
        raise InputError("The switch cannot be judged.", [problem])
    ages = int(seen["age"].max())
    names = list(ranges)
    axes = [np.linspace(low, high, points) for low, high in ranges.values()]
    mesh = np.stack([one.ravel() for one in np.meshgrid(*axes, indexing="ij")], axis=1)
    rates = curve(dict(base) | {name: mesh[:, i] for i, name in enumerate(names)}, ages)[1:]
    best = (sums[False][0] @ np.concatenate([np.log(rates), np.log1p(-rates)])).argmax(axis=1)
    tried = np.linspace(*span, 8 * points + 1)
    chosen, which = np.unique(best, return_inverse=True)
    found = np.empty(len(best))
    for number, point in enumerate(chosen):
        values = dict(base) | dict(zip(names, mesh[point], strict=True)) | {"compare": tried}
        shares = curve(values, ages)[1:]
        mine = which == number
        height = sums[True][0][mine] @ np.concatenate([np.log(shares), np.log1p(-shares)])
        found[mine] = tried[height.argmax(axis=1)]
    low, high = ends(found[1:])
    row = {"parameter": "compare", "estimate": float(found[0]), "low": low, "high": high, "draws": draws}
    row["at_edge"] = float(np.isin(found[1:], [tried[0], tried[-1]]).mean())
    return pd.DataFrame([row | {"with": sums[True][1], "without": sums[False][1]}])


def _log_odds(share: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(share / (1 - share)))
