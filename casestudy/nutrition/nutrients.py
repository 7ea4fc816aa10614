"""Nutrients of households and months, computed in the engine from receipt lines, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy import engine
from casestudy.nutrition.basis import Basis
from casestudy.nutrition.components import IDS
from casestudy.purchases.columns import distinct, numbers, plain

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import pyarrow as pa

_WAYS = {"measured": 1, "tables": 2, "assumed": 3}
SCALE = 100_000_000
"""Milligrams of food times thousandths of a unit per 100 g, for one unit."""


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
    with engine.step("nutrients of every household and month", basis.connection):
        frame = basis.connection.execute(nutrient_expression(basis).order_by("household_id", "month"))
    for column in ("food_spend", "counted_spend", "measured_spend", "tables_spend", "assumed_spend"):
        frame[column] = frame[column].astype("int64") / 100
    frame["kilograms"] = frame["kilograms"].astype("int64") / 1_000_000
    for component in IDS:
        frame[component] = frame[component].astype("int64") / SCALE
    return frame


def nutrient_expression(basis: Basis) -> ibis.Table:
    """The expression behind `household_nutrients`: integers, unsorted."""
    return _summed(basis, basis.groups.thousandths())


def amounts_expression(
    basis: Basis,
    per_100g: pd.DataFrame,
    by: tuple[str, ...] = ("household_id", "month"),
    months: tuple[str, ...] = (),
) -> ibis.Table:
    """Amounts of anything that is known per 100 g of a food group: an expression, not yet computed.

    Parameters
    ----------
    basis : Basis
    per_100g : pandas.DataFrame
        Index ``group``, a column per thing that is counted; missing counts as nothing.
    by : tuple of str
        What to sum by: ``household_id``, ``month`` or both.
    months : tuple of str
        Only these months; all by default.

    Returns
    -------
    ibis.Table
        The columns of `by`; ``food_spend, counted_spend, measured_spend, tables_spend, assumed_spend`` in
        hundredths of the currency, ``kilograms`` in milligrams, and each amount times `SCALE`: integers.
    """
    import pyarrow as pa

    thousandths = (per_100g * 1000).round().fillna(0).astype("int64").rename_axis("group").reset_index()
    return _summed(basis, pa.Table.from_pandas(thousandths, preserve_index=False), by, months)


def _summed(
    basis: Basis,
    thousandths: pa.Table,
    by: tuple[str, ...] = ("household_id", "month"),
    months: tuple[str, ...] = (),
) -> ibis.Table:
    """`amounts_expression` of whole thousandths per 100 g."""
    import numpy as np
    import pyarrow as pa

    names = [name for name in thousandths.column_names if name != "group"]
    place = {group: row for row, group in enumerate(thousandths["group"].to_pylist())}
    groups, which = distinct(basis.resolved["group"])
    row = np.asarray([place.get(group, len(place)) for (group,) in groups], dtype=np.int64)[which]
    columns = {name: numbers(np.append(plain(thousandths[name]), 0)[row]) for name in names}
    shares, which = distinct(basis.resolved["share"])
    columns["way"] = numbers(np.asarray([_WAYS.get(share, 0) for (share,) in shares], dtype=np.int8)[which])
    lines = basis.weighed(pa.table(list(columns.values()), names=list(columns)))
    if months:
        lines = lines.filter(lines.month_number.isin([int(month.replace("-", "")) for month in months]))
    # A coupon on a line of its own weighs nothing and comes off the spend of what it was given for.
    coupon = (lines.quantity == 0) & (lines.cents < 0) & (lines.way > 0)
    counted = (lines.mg != 0) | coupon

    def spend(share: str) -> ibis.Value:
        return _whole(lines.cents.sum(where=counted & (lines.way == _WAYS[share])))

    amounts = {name: _whole((lines.mg * lines[name]).sum()) for name in names}
    keys = ["month_number" if name == "month" else name for name in by]
    grouped = lines.group_by(*keys).agg(
        food_spend=_whole(lines.cents.sum()),
        counted_spend=_whole(lines.cents.sum(where=counted)),
        measured_spend=spend("measured"),
        tables_spend=spend("tables"),
        assumed_spend=spend("assumed"),
        kilograms=_whole(lines.mg.sum()),
        **amounts,
    )
    if "month" not in by:
        return grouped
    written = grouped.month_number.cast("string")
    month = written.substr(0, 4).concat("-", written.substr(4, 2))
    return grouped.mutate(month=month).select(*by, *(c for c in grouped.columns if c not in keys))


def _whole(value: ibis.Value) -> ibis.Value:
    return value.fill_null(0).cast("int64")
