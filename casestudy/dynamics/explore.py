"""What the loop does over starts, policies and uncertain parameters: basins, tipping, fans, experiments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.dynamics.calibrate import curve
from casestudy.dynamics.model import auxiliaries, many, start
from casestudy.dynamics.parameters import Loop
from casestudy.errors import InputError, Problem, nearest
from casestudy.proportions import at_least, wilson

if TYPE_CHECKING:
    import pandas as pd


def use_at_end(p: Mapping[str, Any], state: np.ndarray, months: float) -> np.ndarray:
    """Share of people who use the service with gain at the end of each run: active times worth while.

    Examples
    --------
    >>> from pathlib import Path
    >>> from casestudy.dynamics.parameters import load
    >>> loop = load(Path("profiles/loop.toml"))
    >>> use_at_end(loop.changed(back=0.5), loop.begin("warm"), 60).round(1).tolist()
    [0.0]
    >>> use_at_end(loop.changed(back=0.6), loop.begin("warm"), 60).round(1).tolist()
    [1.0]
    """
    end = many(p, state, months)
    return np.asarray(auxiliaries(end, p)["use"] / p["M"])


def alive_at_end(p: Mapping[str, Any], state: np.ndarray, months: float, alive: float) -> np.ndarray:
    """Whether each run ends sustained: with at least the share `alive` in use.

    Raises
    ------
    InputError
        When runs end without a number: they are neither sustained nor not.
    """
    return sustained_use(use_at_end(p, state, months), alive)


def sustained_use(use: np.ndarray, alive: float) -> np.ndarray:
    """Whether shares in use count as sustained.

    Raises
    ------
    InputError
        When one is not a number.

    Examples
    --------
    >>> sustained_use(np.array([0.05, 0.1, 0.3]), 0.1).tolist()
    [False, True, True]
    """
    failed = int((~np.isfinite(use)).sum())
    if failed:
        found = f"{failed} of {np.size(use)} runs end without a number."
        remedy = "Narrow the ranges of the parameters, or take shorter runs."
        raise InputError("The loop cannot be judged.", [Problem("the loop", found, remedy)])
    return np.asarray(at_least(use, alive))


def basins(loop: Loop, months: float, alive: float, points: int = 31, **fixed: float) -> pd.DataFrame:
    """Where the loop ends, from every pair of starting use and share of value passed back.

    Parameters
    ----------
    loop : Loop
    months : float
        Length of each run.
    alive : float
        Share of people in use from which on the loop counts as sustained.
    points : int
        Points on each axis.
    **fixed : float
        Parameters that differ from the base case.

    Returns
    -------
    pandas.DataFrame
        ``active`` starting share, ``back`` share passed back, ``use`` share at the end, ``sustained``. Each
        start holds the data that so many active people would hold in the long run.
    """
    import pandas as pd

    base = loop.changed(**fixed)
    low, high = loop.ranges.get("back", (0.0, 1.0))
    actives, backs = np.linspace(0.0, 1.0, points), np.linspace(min(low, 0.0), max(high, 1.0), points)
    grid = np.array([(active, back) for active in actives for back in backs])
    states = np.stack([start(base, active) for active in grid[:, 0]], axis=1)
    use = use_at_end(base | {"back": grid[:, 1]}, states, months)
    frame = pd.DataFrame({"active": grid[:, 0], "back": grid[:, 1], "use": use})
    return frame.assign(sustained=sustained_use(use, alive))


def tipping(loop: Loop, begin: str, months: float, alive: float, **fixed: float) -> float:
    """Smallest share of value passed back at which the loop is sustained from a start.

    Returns
    -------
    float
        To within 0.0005; NaN when no share from 0 to 1 sustains it, 0 when none is needed.
    """
    base, state = loop.changed(**fixed), loop.begin(begin)
    low, high = 0.0, 1.0
    for _ in range(2):
        back = np.linspace(low, high, 46)
        lives = alive_at_end(base | {"back": back}, state, months, alive)
        if lives[0]:
            return float(back[0])
        if not lives.any():
            return float("nan")
        first = int(np.argmax(lives))
        low, high = back[first - 1], back[first]
    return float(high)


def from_each_start(loop: Loop, months: float, alive: float, runs: int, seed: int) -> pd.DataFrame:
    """Every starting state: what must be passed back, and how many parameter sets end sustained.

    Returns
    -------
    pandas.DataFrame
        ``start``; ``back_needed`` (see `tipping`); ``share``, ``low``, ``high``, ``runs`` (see `sustained`).
    """
    import pandas as pd

    rows = [
        {"start": name, "back_needed": tipping(loop, name, months, alive)}
        | sustained(loop, name, months, alive, runs, seed)
        for name in loop.starts
    ]
    return pd.DataFrame(rows)


def draws(loop: Loop, runs: int, seed: int) -> dict[str, np.ndarray]:
    """Parameter sets drawn evenly from the stated ranges by a Latin hypercube; the rest at the base.

    Returns
    -------
    dict of str to numpy.ndarray
        Every parameter by name, one entry a run.
    """
    from scipy.stats import qmc

    ranges = loop.ranges
    unit = qmc.LatinHypercube(len(ranges), rng=np.random.default_rng(seed)).random(runs)
    drawn = {name: np.full(runs, value) for name, value in loop.values.items()}
    for column, (name, (low, high)) in enumerate(ranges.items()):
        drawn[name] = low + (high - low) * unit[:, column]
    return drawn


def fan(loop: Loop, begin: str, months: float, runs: int, seed: int) -> pd.DataFrame:
    """How use develops over many parameter sets from the stated ranges.

    Returns
    -------
    pandas.DataFrame
        ``month``; ``low``, ``quarter``, ``middle``, ``three_quarters``, ``high``: the 5th, 25th, 50th, 75th
        and 95th percentile of the share in use. The spread is that of the ranges tried, not a probability
        of what will happen.
    """
    import pandas as pd

    p = draws(loop, runs, seed)
    kept = many(p, loop.begin(begin), months, keep=1.0)
    use = np.stack([auxiliaries(state, p)["use"] / p["M"] for state in kept])
    cuts = np.percentile(use, [5, 25, 50, 75, 95], axis=1)
    names = ("low", "quarter", "middle", "three_quarters", "high")
    return pd.DataFrame({"month": np.arange(len(use), dtype=float)} | dict(zip(names, cuts, strict=True)))


def sustained(loop: Loop, begin: str, months: float, alive: float, runs: int, seed: int) -> dict[str, float]:
    """Share of parameter sets from the stated ranges that end sustained, with Wilson's 95 % interval.

    Returns
    -------
    dict
        ``share``, ``low``, ``high``, ``runs``.
    """
    lives = alive_at_end(draws(loop, runs, seed), loop.begin(begin), months, alive)
    low, high = wilson(int(lives.sum()), runs)
    return {"share": float(lives.mean()), "low": low, "high": high, "runs": runs}


def policies(loop: Loop, begin: str, months: float, alive: float, runs: int, seed: int) -> pd.DataFrame:
    """Compare every policy with the base case on the same drawn parameter sets.

    Returns
    -------
    pandas.DataFrame
        ``policy``, ``meaning``; ``share`` of parameter sets sustained with ``low`` and ``high`` (Wilson,
        95 %); ``gained`` and ``lost`` sets against the base case; ``difference`` in share with
        ``difference_low`` and ``difference_high`` (paired, normal approximation); ``tipping`` the share
        passed back that the base parameters need under this policy.
    """
    import pandas as pd

    state, base = loop.begin(begin), draws(loop, runs, seed)
    reference = alive_at_end(base, state, months, alive)
    rows = []
    everyone: list[tuple[str, str, Mapping[str, float]]] = [("base case", "parameters as stated", {})]
    everyone += [(one.name, one.meaning, one.set) for one in loop.policies]
    for name, meaning, changes in everyone:
        lives = alive_at_end(base | dict(changes), state, months, alive)
        gained, lost = int((lives & ~reference).sum()), int((~lives & reference).sum())
        low, high = wilson(int(lives.sum()), runs)
        difference = (gained - lost) / runs
        spread = 1.959964 * np.sqrt(max((gained + lost) / runs - difference**2, 0.0) / runs)
        others = {key: value for key, value in changes.items() if key != "back"}
        rows.append(
            {
                "policy": name,
                "meaning": meaning,
                "share": float(lives.mean()),
                "low": low,
                "high": high,
                "gained": gained,
                "lost": lost,
                "difference": difference,
                "difference_low": difference - spread,
                "difference_high": difference + spread,
                "tipping": tipping(loop, begin, months, alive, **others),
            }
        )
    return pd.DataFrame(rows)


def switch(
    loop: Loop, name: str, low: float, high: float, begin: str, months: float, runs: int, seed: int
) -> pd.DataFrame:
    """The fan of use with one parameter switched to two values, on the same drawn sets.

    Returns
    -------
    pandas.DataFrame
        ``month``; ``without``, ``with`` mean share in use; ``difference`` of the means with the 5th and 95th
        percentile of the paired differences as ``low`` and ``high``.
    """
    import pandas as pd

    if name not in loop.values:
        remedy = nearest(name, loop.values)
        problem = Problem("the loop", f"there is no parameter {name!r}.", remedy)
        raise InputError("The switch is not known.", [problem])
    drawn = draws(loop, runs, seed)
    paths = []
    for value in (low, high):
        loop.changed(**{name: value})
        p = drawn | {name: np.full(runs, float(value))}
        kept = many(p, loop.begin(begin), months, keep=1.0)
        paths.append(np.stack([auxiliaries(state, p)["use"] / p["M"] for state in kept]))
    gap = paths[1] - paths[0]
    cuts = np.percentile(gap, [5, 95], axis=1)
    return pd.DataFrame(
        {
            "month": np.arange(len(gap), dtype=float),
            "without": paths[0].mean(axis=1),
            "with": paths[1].mean(axis=1),
            "difference": gap.mean(axis=1),
            "low": cuts[0],
            "high": cuts[1],
        }
    )


def response(p: Mapping[str, float], name: str, values: Mapping[str, float], ages: int) -> pd.DataFrame:
    """How a cohort fares when one parameter is set to each of some values.

    Parameters
    ----------
    p : mapping
        The other parameters.
    name : str
        The parameter.
    values : mapping of str to float
        Its values, by what they are called.
    ages : int
        Months that the cohort is followed.

    Returns
    -------
    pandas.DataFrame
        ``setting``, ``age``, ``active`` (share of the cohort).
    """
    import pandas as pd

    parts = [
        pd.DataFrame(
            {"setting": words, "age": range(ages + 1), "active": curve({**p, name: value}, ages)[:, 0]}
        )
        for words, value in values.items()
    ]
    return pd.concat(parts, ignore_index=True)
