"""Retention by cohort and cycle: exact counts, and the two ways of counting who is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.people.floor import enough
from casestudy.proportions import wilson

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("in that cycle", "in it or later")


def by_cohort(cycles: pd.DataFrame, floor: int) -> pd.DataFrame:
    """Cohort retention: share of each month's adopters who open the feedback, by cycles since registration.

    Returns
    -------
    pandas.DataFrame
        Rows: month of registration and its n; columns: cycle; percent of the cohort's participants who had
        the cycle whole. NaN where fewer than `floor` had.
    """
    whole = cycles[cycles["whole"]].copy()
    first = cycles.groupby("participant_id")["begins"].min().dt.strftime("%Y-%m")
    whole["cohort"] = whole["participant_id"].map(first)
    grouped = whole.groupby(["cohort", "cycle"])
    n = grouped["participant_id"].nunique().unstack()
    percent = 100 * grouped["opened"].mean().unstack()
    percent = percent.where(enough(n, floor))
    size = whole.groupby("cohort")["participant_id"].nunique()
    percent.index = [
        f"{name} (n {size[name]})" if enough(size[name], floor) else name for name in percent.index
    ]
    percent.columns.name = None
    return percent.dropna(how="all").dropna(how="all", axis=1)


def counts(cycles: pd.DataFrame, floor: int) -> pd.DataFrame:
    """Exact numbers of each cohort: what a model of use is fitted to.

    Parameters
    ----------
    cycles : pandas.DataFrame
        From `casestudy.usage.sessions.cycles`.
    floor : int
        Rows of fewer participants are left out.

    Returns
    -------
    pandas.DataFrame
        ``cohort`` (month of registration), ``age`` (cycles since), ``size`` (participants who had that cycle
        whole), ``active`` (who opened it).
    """
    first = cycles.groupby("participant_id")["begins"].min().dt.strftime("%Y-%m")
    whole = cycles[cycles["whole"]]
    grouped = whole.assign(cohort=whole["participant_id"].map(first)).groupby(["cohort", "cycle"])
    made = grouped.agg(size=("participant_id", "nunique"), active=("opened", "sum")).reset_index()
    made = made.rename(columns={"cycle": "age"}).astype({"size": "int64", "active": "int64"})
    return made[enough(made["size"], floor)].reset_index(drop=True)


def classic_and_rolling(cycles: pd.DataFrame, floor: int) -> pd.DataFrame:
    """Who is still there after n cycles, counted in two ways.

    Parameters
    ----------
    cycles : pandas.DataFrame
        From `casestudy.usage.sessions.cycles`.
    floor : int
        Cycles that fewer participants had whole are left out.

    Returns
    -------
    pandas.DataFrame
        Two rows a cycle: ``cycle``, ``kind`` ('in that cycle': classic, opened in cycle n itself; 'in it or
        later': rolling, also called unbounded, opened in cycle n or in any later one that was seen), ``n``
        (participants who had the cycle whole), ``active``, ``percent`` with Wilson's ``low`` and ``high``.

    Notes
    -----
    Rolling is never below classic: the gap is made of people who skip a cycle and return. It forgives pauses,
    but the later the cycle the less time is left to see a return, so that toward the end of the log it falls
    to classic whatever people do: it is to be read against the early cycles only.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("a", 0, True), ("a", 1, False), ("a", 2, True), ("b", 0, True), ("b", 1, False)]
    >>> seen = pd.DataFrame(rows, columns=["participant_id", "cycle", "opened"]).assign(whole=True)
    >>> classic_and_rolling(seen, 1).query("cycle == 1")[["kind", "percent"]].to_numpy().tolist()
    [['in it or later', 50.0], ['in that cycle', 0.0]]
    """
    import pandas as pd

    ordered = cycles.sort_values(["participant_id", "cycle"], ascending=[True, False])
    later = ordered["opened"].astype(bool).groupby(ordered["participant_id"]).cummax()
    whole = ordered[ordered["whole"]]
    made = []
    for kind, opened in zip(KINDS, (whole["opened"].astype(bool), later.reindex(whole.index)), strict=True):
        part = whole.assign(still=opened).groupby("cycle")
        made.append(part.agg(n=("participant_id", "nunique"), active=("still", "sum")).assign(kind=kind))
    table = pd.concat(made).reset_index().sort_values(["cycle", "kind"], kind="stable", ignore_index=True)
    table = table[enough(table["n"], floor)].reset_index(drop=True).astype({"active": "int64"})
    low, high = wilson(table["active"], table["n"])
    table = table.assign(percent=100 * table["active"] / table["n"], low=100 * low, high=100 * high)
    return table[["cycle", "kind", "n", "active", "percent", "low", "high"]]
