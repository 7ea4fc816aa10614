"""Numbers of the study counted again from the units that they are made of: bounds, chance, halves.

A measure that declares its units (``over:`` in framework.yaml) names a saved table with one row a
participant, household or cell, and how the number is made of it. It can then be asked what it is when units
are left out, and what it is when the rows of one side are dealt out to other people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.codebook.framework import Measure, Over
from casestudy.coding.material import Material
from casestudy.errors import InputError, UndeclaredInput

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Counted:
    """A number made of units, and how surely it is known.

    Attributes
    ----------
    value : float
    low, high : float
        One-sided 95 % bounds over units by the jackknife (Student's t); a share of people has the bounds of
        `casestudy.evidence.bounds.surely` instead. NaN with fewer than five units.
    people : int
        Units; of a share, those that have it are `hits`.
    chance : float
        Share of draws with rows dealt out again that reach the value; NaN where nothing can be dealt out.
    """

    value: float
    low: float
    high: float
    people: int
    hits: int = 0
    chance: float = math.nan


def table(found: Material, measure: Measure) -> pd.DataFrame | None:
    """The units of a measure, without rows that lack a value; None where none are declared or saved."""
    over = measure.over
    if over is None:
        return None
    try:
        saved = found.saved(over.notebook or measure.notebook, over.table)
    except (InputError, UndeclaredInput):
        return None
    columns = list(dict.fromkeys(name for name in (over.unit, over.first, over.second) if name))
    if not {*columns, *over.where} <= set(saved.columns):
        return None
    for name, allowed in over.where.items():
        saved = saved[saved[name].astype(str).isin(allowed)]
    return saved[columns].dropna().reset_index(drop=True)


def number(over: Over, rows: pd.DataFrame) -> float:
    """The number that some units make; NaN where they make none.

    Examples
    --------
    >>> import pandas as pd
    >>> number(Over("share", "", "t", "ways", at_least=2), pd.DataFrame({"ways": [1, 2, 3, 1]}))
    0.5
    """
    import numpy as np

    first = rows[over.first].to_numpy() if len(rows) else np.array([])
    second = rows[over.second].to_numpy() if over.second and len(rows) else first
    return over.times * _number(over, first, second) if len(first) else math.nan


def _number(over: Over, first: Any, second: Any) -> float:
    import numpy as np

    match over.statistic:
        case "share":
            return float(_has(over, first).mean())
        case "mean":
            weight = second.astype(float) if over.second else np.ones(len(first))
            return float((first.astype(float) * weight).sum() / weight.sum()) if weight.sum() else math.nan
        case "difference":
            sides = [np.array([over.alike.get(str(name), "") == side for name in second]) for side in _SIDES]
            means = [first[side].astype(float).mean() if side.any() else math.nan for side in sides]
            return float(means[0] - means[1])
        case "correlation":
            return _spearman(first.astype(float), second.astype(float))
        case "agreement":
            return _rand(first, second)
        case _:
            return _alike(first, second, over)


_SIDES = ("one", "other")


def _has(over: Over, first: Any) -> Any:
    import numpy as np

    if over.alike:
        return np.array([bool(over.alike.get(str(cell), "")) for cell in first], dtype=bool)
    return first.astype(float) >= over.at_least


def hits(over: Over, rows: pd.DataFrame) -> int:
    """How many units have what a share counts."""
    return int(_has(over, rows[over.first].to_numpy()).sum())


def counted(over: Over, rows: pd.DataFrame, draws: int = 0, seed: int = 0) -> Counted:
    """The number with its bounds and, for `draws` above 0, what chance gives."""
    import numpy as np
    from scipy.stats import t

    value = number(over, rows)
    units = _units(over, rows)
    count = len(units)
    held = hits(over, rows) if over.statistic == "share" else 0
    low = high = math.nan
    if count >= 5 and value == value and over.statistic == "mean" and not over.unit:
        error = _error_of_mean(over, rows, value)
        reach = float(t.ppf(0.95, count - 1)) * error
        low, high = value - reach, value + reach
    elif count >= 5 and value == value and over.statistic != "share":
        left = np.array([number(over, rows.drop(index=mine)) for mine in units])
        left = left[np.isfinite(left)]
        if len(left) > 2:
            error = math.sqrt((len(left) - 1) / len(left) * float(((left - left.mean()) ** 2).sum()))
            reach = float(t.ppf(0.95, len(left) - 1)) * error
            low, high = value - reach, value + reach
    chance = by_chance(over, rows, value, draws, seed) if draws else math.nan
    return Counted(value, low, high, count, held, chance)


def _error_of_mean(over: Over, rows: pd.DataFrame, value: float) -> float:
    """Standard error of a weighted mean over units, as a ratio of sums."""
    import numpy as np

    first = over.times * rows[over.first].to_numpy(dtype=float)
    weight = rows[over.second].to_numpy(dtype=float) if over.second else np.ones(len(first))
    apart = weight * (first - value)
    return float(math.sqrt((apart**2).sum() * len(first) / (len(first) - 1)) / weight.sum())


def by_chance(over: Over, rows: pd.DataFrame, value: float, draws: int, seed: int) -> float:
    """Share of draws that reach `value` when the rows of one side are dealt out to other units.

    NaN for shares and means: there is nothing on the other side.
    """
    if over.statistic in ("share", "mean") or not len(rows) or value != value:
        return math.nan
    drawn = [number(over, one) for one in dealt_out(over, rows, draws, seed)]
    return (1 + sum(one >= value - 1e-12 for one in drawn)) / (draws + 1)


def dealt_out(over: Over, rows: pd.DataFrame, draws: int, seed: int) -> list[pd.DataFrame]:
    """Units whose second side was dealt out to others, once a draw; none for shares and means."""
    import numpy as np

    if over.statistic in ("share", "mean") or not len(rows):
        return []
    dealt = np.random.default_rng(seed)
    second = rows[over.second].to_numpy()
    drawn = []
    for _ in range(draws):
        other = _to_others(rows, over, dealt) if over.unit else second[dealt.permutation(len(rows))]
        drawn.append(rows.assign(**{over.second: other}))
    return drawn


def halves(over: Over, rows: pd.DataFrame, draws: int, seed: int) -> list[pd.DataFrame]:
    """Random halves of the units, each as a table."""
    import numpy as np

    dealt = np.random.default_rng(seed)
    units = _units(over, rows)
    picks = (dealt.permutation(len(units))[: len(units) // 2] for _ in range(draws))
    return [
        rows.loc[np.sort(np.concatenate([units[one] for one in pick]))] if len(pick) else rows.iloc[:0]
        for pick in picks
    ]


def _units(over: Over, rows: pd.DataFrame) -> list[Any]:
    import numpy as np

    if not over.unit:
        return [np.array([one]) for one in rows.index]
    return [np.asarray(index) for index in rows.groupby(over.unit, sort=True).groups.values()]


def _to_others(rows: pd.DataFrame, over: Over, dealt: Any) -> Any:
    """One side's rows of each unit given to another unit that has as many."""
    source = rows[over.second].to_numpy()
    given = source.copy()
    sizes: dict[int, list[Any]] = {}
    for place in rows.reset_index(drop=True).groupby(over.unit, sort=True).indices.values():
        sizes.setdefault(len(place), []).append(place)
    for places in sizes.values():
        for place, other in zip(places, dealt.permutation(len(places)), strict=True):
            given[place] = source[places[other]]
    return given


def _spearman(first: Any, second: Any) -> float:
    import numpy as np
    from scipy.stats import rankdata

    one, other = rankdata(first), rankdata(second)
    if len(one) < 3 or one.std() == 0 or other.std() == 0:
        return math.nan
    return float(np.corrcoef(one, other)[0, 1])


def _rand(first: Any, second: Any) -> float:
    """Adjusted Rand index; NaN where both sides are one group."""
    import numpy as np
    import pandas as pd

    one, other = pd.factorize(first)[0], pd.factorize(second)[0]
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)

    def pairs(counts: Any) -> float:
        return float((counts * (counts - 1) / 2).sum())

    n = len(one)
    if n < 2:
        return math.nan
    rows, columns, both = pairs(table.sum(1)), pairs(table.sum(0)), pairs(table)
    expected = rows * columns / (n * (n - 1) / 2)
    most = (rows + columns) / 2
    return (both - expected) / (most - expected) if most > expected else math.nan


def _alike(first: Any, second: Any, over: Over) -> float:
    """Share of cells that say the same on both sides, of those that say something on both."""
    import numpy as np

    said = np.array([over.alike.get(str(one), "") for one in first])
    seen = np.array([over.alike.get(str(one), "") for one in second])
    there = (said != "") & (seen != "")
    return float((said[there] == seen[there]).mean()) if there.any() else math.nan
