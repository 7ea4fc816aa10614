"""Change after adoption: average effects by cohort and month, which staggered adoption does not bias.

Effects are estimated for each adoption month (cohort) and month against units that have not adopted, and then
averaged (the approach is Callaway and Sant'Anna's; the code is the workbench's own). A two-way fixed-effects
regression is here only to show what it gets wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.people.floor import enough
from casestudy.proportions import at_least

if TYPE_CHECKING:
    import pandas as pd

NEVER = 10**6
CONTROLS = ("never", "not_yet")


@dataclass(frozen=True)
class Panel:
    """A balanced panel.

    Attributes
    ----------
    units : tuple of str
    months : tuple of str
    y : array, shape (units, months)
        The outcome.
    adopted : array of int
        Index of each unit's month of adoption; `NEVER` for units that never adopt.
    left_out : tuple of str
        Units that were given but have no value in some month.
    """

    units: tuple[str, ...]
    months: tuple[str, ...]
    y: np.ndarray
    adopted: np.ndarray
    left_out: tuple[str, ...] = ()

    @property
    def treated(self) -> np.ndarray:
        """Where a unit has adopted: shape (units, months)."""
        return np.arange(len(self.months))[None, :] >= self.adopted[:, None]


def panel(
    outcomes: pd.DataFrame,
    adopted: Mapping[str, str],
    value: str,
    unit: str = "household_id",
    month: str = "month",
) -> Panel:
    """Make a balanced panel of a long table.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        One row per unit and month.
    adopted : mapping of unit to month
        Month of adoption, ``YYYY-MM``; units that are not in it never adopt.
    value : str
        The outcome's column.

    Returns
    -------
    Panel
        Units in order of their names; those without a value in every month are left out, and named.
    """
    frame = outcomes.assign(**{unit: outcomes[unit].astype(str), month: outcomes[month].astype(str)})
    wide = frame.pivot_table(index=unit, columns=month, values=value, aggfunc="first").sort_index()
    whole = wide.notna().all(axis=1)
    months = [str(name) for name in wide.columns]
    place = {name: number for number, name in enumerate(months)}
    after = len(months)
    starts = [adopted.get(str(name), "") for name in wide.index[whole]]
    when = [NEVER if not start else place.get(start, after if start > months[-1] else 0) for start in starts]
    when = [NEVER if number >= after else number for number in when]
    return Panel(
        tuple(map(str, wide.index[whole])), tuple(months), wide[whole].to_numpy(float),
        np.array(when, dtype=int),
        tuple(map(str, wide.index[~whole])),
    )  # fmt: skip


@dataclass(frozen=True)
class Cells:
    """Estimates by cohort and month.

    Attributes
    ----------
    cohort, month, size : array
        Month of adoption, month of the estimate, units of the cohort.
    estimate : array
    influence : array, shape (units, cells)
        What each unit adds to each estimate; variances and covariances are its cross-products.
    left_out : tuple of int
        Cohorts without a month before adoption, with fewer units than asked for, or without a comparison.
    """

    cohort: np.ndarray
    month: np.ndarray
    size: np.ndarray
    estimate: np.ndarray
    influence: np.ndarray
    left_out: tuple[int, ...]

    @property
    def df(self) -> int:
        """Degrees of freedom: units of the cohorts, less one for each cohort."""
        sizes = dict(zip(self.cohort.tolist(), self.size.tolist(), strict=True))
        return sum(size - 1 for size in sizes.values())

    @property
    def since(self) -> np.ndarray:
        """Months since adoption."""
        return self.month - self.cohort

    def average(self, chosen: np.ndarray) -> tuple[float, float]:
        """Average of the chosen cells, weighted by cohort size, and its standard error; NaN for none."""
        weights = np.where(chosen, self.size, 0.0)
        if not weights.sum() > 0:
            return float("nan"), float("nan")
        weights = weights / weights.sum()
        spread = self.influence @ weights
        return float(self.estimate @ weights), float(np.sqrt((spread**2).sum()))


@dataclass(frozen=True)
class Effect:
    """An average with its standard error and 95 % interval (Student's t with `df` degrees of freedom)."""

    estimate: float
    se: float
    df: int

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self.estimate - _student(self.df) * self.se

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self.estimate + _student(self.df) * self.se

    @property
    def p(self) -> float:
        """Two-sided p-value; NaN without a standard error."""
        from scipy.special import stdtr

        return float(2 * stdtr(self.df, -abs(self.estimate / self.se))) if self.se > 0 else float("nan")


@lru_cache(maxsize=4096)
def _student(df: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.975)) if df > 0 else float("nan")


def cells(
    data: Panel,
    control: str = "never",
    *,
    lag: int = 1,
    least: int = 2,
    weights: Any = None,
    covariates: Any = None,
) -> Cells:
    """Estimate by cohort and month.

    Parameters
    ----------
    data : Panel
    control : {'never', 'not_yet'}
        Compare with units that never adopt, or with all that have not adopted by the month in question.
    lag : int
        The reference is the month so many months before adoption.
    least : int
        Fewest units of a cohort (and of its comparison).
    weights : array, optional
        Weights of the comparison units, such as `casestudy.effects.comparison.match_weights` makes.
    covariates : array, shape (units,) or (units, k), optional
        What was known of units before anybody adopted: the comparison's change is then predicted for each
        adopter from a least-squares line in the comparison (`weights` do not count here). Trends need only
        be parallel among units alike in these.

    Returns
    -------
    Cells
        For each cohort every month but the reference.

    Raises
    ------
    ValueError
        When `control` is neither of the two.
    """
    if control not in CONTROLS:
        raise ValueError(f"control must be one of {CONTROLS}, not {control!r}")
    n, months = data.y.shape
    given = np.ones(n) if weights is None else np.asarray(weights, float)
    design = None if covariates is None else np.column_stack([np.ones(n), np.asarray(covariates, float)])
    cohorts = sorted(set(data.adopted[data.adopted < NEVER].tolist()))
    found: list[tuple[int, int, int, float]] = []
    columns: list[np.ndarray] = []
    left_out: list[int] = []
    for cohort in cohorts:
        base = cohort - lag
        own = data.adopted == cohort
        if base < 0 or own.sum() < max(least, 2):
            left_out.append(cohort)
            continue
        before = len(found)
        for span in _spans(months, base, control):
            free = data.adopted == NEVER
            if control == "not_yet":
                free = (data.adopted > max(span[-1], base)) & ~own
            if free.sum() < max(least, 2) or (design is not None and free.sum() <= design.shape[1]):
                continue
            change = data.y[:, span] - data.y[:, [base]]
            influence = np.zeros((n, len(span)))
            gap = change[own]
            if design is None:
                shares = given[free] / given[free].sum()
                usual = shares @ change[free]
                rest = change[free] - usual
                influence[free] = -shares[:, None] * rest * np.sqrt(len(rest) / (len(rest) - 1))
                gap = gap - usual
            else:
                usual, influence[free] = _predicted(change[free], design[free], design[own])
                gap = gap - usual
            mean, size = gap.mean(axis=0), len(gap)
            influence[own] += (gap - mean) / size * np.sqrt(size / (size - 1))
            found += [(cohort, month, size, mean[place]) for place, month in enumerate(span)]
            columns.append(influence)
        if len(found) == before:
            left_out.append(cohort)
    table = np.array(found, dtype=float).reshape(-1, 4)
    stacked = np.concatenate(columns, axis=1) if columns else np.zeros((n, 0))
    cohort_of, month_of, size_of = (table[:, place].astype(int) for place in range(3))
    return Cells(cohort_of, month_of, size_of, table[:, 3], stacked, tuple(left_out))


def _spans(months: int, base: int, control: str) -> list[list[int]]:
    """Months but the reference, in runs that share one comparison group."""
    if control == "never":
        return [[month for month in range(months) if month != base]]
    early = [list(range(base))] if base else []
    return [*early, *([month] for month in range(base + 1, months))]


def _predicted(change: np.ndarray, inside: np.ndarray, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Changes predicted for the cohort by a line in the comparison, and what each comparison unit adds.

    A comparison unit adds its residual, times its pull on the cohort's mean prediction, with the small-sample
    correction 1 / √(1 − leverage).
    """
    bread = np.linalg.pinv(inside.T @ inside)
    slopes = bread @ inside.T @ change
    leverage = np.einsum("ij,jk,ik->i", inside, bread, inside)
    pull = inside @ bread @ own.mean(axis=0) / np.sqrt(np.maximum(1 - leverage, 1e-9))
    return own @ slopes, -pull[:, None] * (change - inside @ slopes)


def overall(made: Cells, months: int | None = None) -> Effect:
    """Average over all adopters' months since adoption (of the first `months`, where given).

    Notes
    -----
    The estimand: the mean change of adopters, over the months they have been adopters, against what they
    would have had without adopting, for the cohorts that are in. Cohort sizes are taken as given.
    """
    chosen = made.since >= 0
    if months is not None:
        chosen &= made.since < months
    return Effect(*made.average(chosen), made.df)


def by_month(made: Cells, floor: int) -> pd.DataFrame:
    """Event study: estimates by months since adoption.

    Returns
    -------
    pandas.DataFrame
        ``since``, ``cohorts``, ``units``, ``estimate``, ``se``, ``low``, ``high``; months with fewer units
        than `floor` are left out. Late months hold early cohorts only.
    """
    import pandas as pd

    rows = []
    for since in sorted(set(made.since.tolist())):
        chosen = made.since == since
        if enough(made.size[chosen].sum(), floor):
            effect = Effect(*made.average(chosen), made.df)
            units = int(made.size[chosen].sum())
            rows.append(
                (since, int(chosen.sum()), units, effect.estimate, effect.se, effect.low, effect.high)
            )
    return pd.DataFrame(rows, columns=["since", "cohorts", "units", "estimate", "se", "low", "high"])


def well_known(made: Cells, share: float = 0.5) -> list[int]:
    """Months before the reference to which at least `share` of the adopters add; others rest on few."""
    units = {since: int(made.size[made.since == since].sum()) for since in set(made.since.tolist())}
    most = max(units.values(), default=0)
    return sorted(
        since for since, count in units.items() if since < 0 and most and at_least(count / most, share)
    )


def pre_trend(made: Cells, share: float = 0.5) -> dict[str, float]:
    """Joint test that adopters and the comparison moved alike before adoption.

    Parameters
    ----------
    made : Cells
    share : float
        Months before adoption are in to which at least this share of the adopters adds; with months of few
        units the test rejects far too often.

    Returns
    -------
    dict
        ``t2``, ``df``, ``p`` (Hotelling's T² over those months), ``largest`` (largest absolute estimate).
        NaN without such months. A large p is not proof that they would have moved alike afterwards.
    """
    from scipy.special import fdtrc

    columns, means = [], []
    for since in well_known(made, share):
        weights = np.where(made.since == since, made.size, 0.0)
        weights = weights / weights.sum()
        means.append(float(made.estimate @ weights))
        columns.append(made.influence @ weights)
    if not means:
        return {"t2": np.nan, "df": 0.0, "p": np.nan, "largest": np.nan}
    spread = np.stack(columns, axis=1)
    covariance = spread.T @ spread
    rank = int(np.linalg.matrix_rank(covariance))
    vector = np.array(means)
    chi2 = float(vector @ np.linalg.pinv(covariance) @ vector)
    rest = made.df - rank + 1
    p = float(fdtrc(rank, rest, chi2 * rest / (rank * made.df))) if rank and rest > 0 else np.nan
    return {"t2": chi2, "df": float(rank), "p": p, "largest": float(np.abs(vector).max())}


def two_way(data: Panel) -> Effect:
    """Two-way fixed effects: the coefficient of having adopted, clustered by unit.

    Under staggered adoption with effects that grow it compares adopters with earlier adopters and is biased:
    shown for contrast only.
    """
    treated = data.treated.astype(float)
    inside = treated - treated.mean(axis=1, keepdims=True) - treated.mean(axis=0) + treated.mean()
    total = (inside**2).sum()
    if not total > 1e-12:
        return Effect(float("nan"), float("nan"), 0)
    estimate = float((inside * data.y).sum() / total)
    rest = data.y - estimate * treated
    rest = rest - rest.mean(axis=1, keepdims=True) - rest.mean(axis=0) + rest.mean()
    n = len(data.units)
    scores = (inside * rest).sum(axis=1)
    return Effect(estimate, float(np.sqrt((scores**2).sum() * n / max(n - 1, 1)) / total), n - 1)
