"""Nutrients of households and months, computed in the engine from receipt lines, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.nutrition.basis import Basis
from casestudy.nutrition.components import IDS

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_SCALE = 100_000_000
"""Milligrams of food times thousandths of a unit per 100 g, for one unit."""


def group_months(basis: Basis) -> ibis.Table:
    """What each household bought of each group in each month: an expression, not yet computed.

    Returns
    -------
    ibis.Table
        ``household_id, month, group, share`` (how weights were found), ``lines, cents, mg`` (edible
        milligrams).
    """
    lines = basis.lines()
    grouped = lines.group_by("household_id", "month", "group", "share").agg(
        lines=lines.count(), cents=lines.cents.sum(), ug=lines.ug.sum()
    )
    return grouped.mutate(cents=grouped.cents.cast("int64"), mg=(grouped.ug // 1000).cast("int64")).drop("ug")


def household_nutrients(basis: Basis) -> pd.DataFrame:
    """Nutrients of every household and month.

    Returns
    -------
    pandas.DataFrame
        A row per household and month with food, sorted: ``household_id, month, food_spend, counted_spend``
        (spend behind the nutrients), ``measured_spend, tables_spend, assumed_spend`` (parts of it by the way
        weights were found), ``kilograms`` (edible), and a column per component with the amount bought.
        Amounts of a component that a food group does not report count as 0 in it; `casestudy nutrition
        coverage` shows how much that is.

    Notes
    -----
    All sums are of integers: every engine gives the same table.
    """
    frame = basis.connection.execute(nutrient_expression(basis).order_by("household_id", "month"))
    for column in ("food_spend", "counted_spend", "measured_spend", "tables_spend", "assumed_spend"):
        frame[column] = frame[column].astype("int64") / 100
    frame["kilograms"] = frame["kilograms"].astype("int64") / 1_000_000
    for component in IDS:
        frame[component] = frame[component].astype("int64") / _SCALE
    return frame


def nutrient_expression(basis: Basis) -> ibis.Table:
    """The expression behind `household_nutrients`: integers, unsorted."""
    import ibis

    grams = group_months(basis)
    middle = (basis.groups.middle[list(IDS)] * 1000).round().fillna(0).astype("int64").reset_index()
    joined = grams.left_join(ibis.memtable(middle), "group")
    counted = joined.mg > 0

    def spend(share: str) -> ibis.Value:
        return joined.cents.sum(where=counted & (joined.share == share)).fill_null(0).cast("int64")

    amounts = {name: (joined.mg * joined[name].fill_null(0)).sum().cast("int64") for name in IDS}
    return joined.group_by("household_id", "month").agg(
        food_spend=joined.cents.sum().cast("int64"),
        counted_spend=joined.cents.sum(where=counted).fill_null(0).cast("int64"),
        measured_spend=spend("measured"),
        tables_spend=spend("tables"),
        assumed_spend=spend("assumed"),
        kilograms=joined.mg.sum().cast("int64"),
        **amounts,
    )
