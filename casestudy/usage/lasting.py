"""How much longer use lasts in one of two groups: a difference of restricted means, with its interval.

A hazard ratio states one number for the whole time and is true only where hazards stay proportional. The
restricted mean, the time in use up to a horizon that both groups were followed to, needs no such assumption.
So it is what an answer states, with the ratio beside it only where nothing speaks against proportional
hazards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.people.floor import enough
from casestudy.usage.attrition import cox, kaplan_meier

if TYPE_CHECKING:
    import pandas as pd

_NAN = float("nan")
PROPORTIONAL = 0.05
"""A test of proportional hazards with a smaller p speaks against the ratio."""


@dataclass(frozen=True)
class Lasting:
    """Use of two groups, up to a horizon.

    Attributes
    ----------
    first, second : str
        The groups; differences are first minus second.
    horizon : float
        The time up to which both were followed, in the unit of the times.
    first_mean, second_mean : float
        Restricted means: time in use up to the horizon.
    difference, low, high, p : float
        First minus second with its 95 % interval, and the two-sided p of no difference (normal, variances
        by Greenwood's formula; Royston and Parmar 2013). NaN where there is no estimate.
    hazard_ratio, ratio_low, ratio_high, p_proportional : float
        Of Cox' model with the group alone, and the test of its assumption; NaN where it cannot be fitted.
    why_not : str
        Why there is no estimate; empty where there is one.
    """

    first: str
    second: str
    horizon: float = _NAN
    first_mean: float = _NAN
    second_mean: float = _NAN
    difference: float = _NAN
    low: float = _NAN
    high: float = _NAN
    p: float = _NAN
    hazard_ratio: float = _NAN
    ratio_low: float = _NAN
    ratio_high: float = _NAN
    p_proportional: float = _NAN
    why_not: str = ""

    @property
    def proportional(self) -> bool:
        """Whether there is a hazard ratio that nothing speaks against."""
        return self.hazard_ratio == self.hazard_ratio and self.p_proportional >= PROPORTIONAL

    def sentence(self, where: str, unit: str) -> str:
        """What is found, in words: direction, size and interval.

        Examples
        --------
        >>> made = Lasting("yes", "no", 7, 4.2, 4.0, 0.2, -0.3, 0.7, 0.43)
        >>> made.sentence("where people see others", "cycles")
        'Within 7 cycles use cannot be said to last longer or shorter where people see others: it differs by \
+0.2 cycles (95 % interval -0.3 to 0.7).'
        """
        if self.why_not:
            return f"Whether use lasts longer {where} cannot be said: {self.why_not}."
        span = f"(95 % interval {self.low:.1f} to {self.high:.1f})"
        if self.low <= 0 <= self.high:
            return (
                f"Within {self.horizon:g} {unit} use cannot be said to last longer or shorter {where}: it "
                f"differs by {self.difference:+.1f} {unit} {span}."
            )
        way = "longer" if self.difference > 0 else "shorter"
        size = f"{abs(self.difference):.1f} {unit}"
        return f"Within {self.horizon:g} {unit} use lasts {size} {way} {where} {span}."

    def table(self) -> pd.DataFrame:
        """The numbers, one a row: ``number``, ``value``, ``low``, ``high``."""
        import pandas as pd

        rows = [
            ("horizon", self.horizon, _NAN, _NAN),
            (f"restricted mean, {self.first}", self.first_mean, _NAN, _NAN),
            (f"restricted mean, {self.second}", self.second_mean, _NAN, _NAN),
            ("difference", self.difference, self.low, self.high),
            ("p of no difference", self.p, _NAN, _NAN),
            ("hazard ratio", self.hazard_ratio, self.ratio_low, self.ratio_high),
            ("p of proportional hazards", self.p_proportional, _NAN, _NAN),
        ]
        return pd.DataFrame(rows, columns=["number", "value", "low", "high"])


def restricted_mean(times: Any, events: Any, horizon: float) -> tuple[float, float]:
    """Mean time up to a horizon under right-censoring, and its standard error.

    Parameters
    ----------
    times : array
        0 or more; missing ones are left out.
    events : array of bool
    horizon : float
        Where the largest time is censored, at most that time: beyond it the curve is not known.

    Returns
    -------
    (float, float)
        NaN without anybody. The error is Greenwood's: at every event the area that is still to come, squared,
        times d / (n (n − d)).

    Examples
    --------
    >>> mean, error = restricted_mean([1, 2, 3, 4], [True] * 4, 4)
    >>> mean, round(error, 3)
    (2.5, 0.559)
    """
    curve = kaplan_meier(times, events).curve
    if curve.empty:
        return _NAN, _NAN
    at = curve["time"].to_numpy(float)
    share = curve["percent"].to_numpy(float) / 100
    inside = at < horizon
    edges = np.concatenate([at[inside], [horizon]])
    areas = share[inside] * np.diff(edges)
    before = edges[0]  # everybody is there until the first time of the curve
    still = np.cumsum(areas[::-1])[::-1]
    gone = curve["events"].to_numpy(float)[inside]
    risk = curve["at_risk"].to_numpy(float)[inside]
    kept = risk - gone
    terms = np.divide(still**2 * gone, risk * kept, out=np.zeros_like(still), where=kept > 0)
    return float(before + areas.sum()), math.sqrt(float(terms.sum()))


def compared(
    frame: pd.DataFrame, time: str, event: str, group: str, first: str, second: str, floor: int
) -> Lasting:
    """Compare how long something lasts in two groups.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person; rows without a time are left out.
    time, event, group : str
        Columns; the event is a truth value, False is censored.
    first, second : str
        Values of the group's column.
    floor : int
        A group of fewer people is not described.
    """
    from scipy.stats import norm

    known = frame[frame[time].notna()]
    parts = {name: known[known[group].astype(str) == name] for name in (first, second)}
    small = [name for name, part in parts.items() if not enough(len(part), floor)]
    if small:
        return Lasting(first, second, why_not=f"{' and '.join(small)}: fewer than {floor} people")
    horizon = min(float(part[time].max()) for part in parts.values())
    if horizon <= 0 or not known[event].astype(bool).any():
        return Lasting(first, second, why_not="nobody was seen to stop")
    (one, one_error), (other, other_error) = (
        restricted_mean(part[time], part[event], horizon) for part in parts.values()
    )
    error = math.hypot(one_error, other_error)
    gap = one - other
    reach = float(norm.ppf(0.975)) * error
    p = float(2 * norm.sf(abs(gap) / error)) if error else _NAN
    both = known[known[group].astype(str).isin([first, second])].copy()
    both["in_first"] = both[group].astype(str).eq(first).astype(float)
    model = cox(both, time, event, ["in_first"], least_events=10)
    ratio: tuple[float, ...] = (_NAN,) * 4
    if not model.why_not:
        ratio = tuple(
            float(model.table.iloc[0][name]) for name in ("hazard_ratio", "low", "high", "p_proportional")
        )
    hazard_ratio, ratio_low, ratio_high, p_proportional = ratio
    return Lasting(
        first,
        second,
        horizon,
        one,
        other,
        gap,
        gap - reach,
        gap + reach,
        p,
        hazard_ratio,
        ratio_low,
        ratio_high,
        p_proportional,
    )
