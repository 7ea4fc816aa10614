"""One household's receipt lines with weights and nutrients: what every number shown to it is a sum of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casestudy import engine
from casestudy.errors import InputError, Problem
from casestudy.nutrition.basis import Basis
from casestudy.nutrition.components import IDS
from casestudy.nutrition.foodmap import NOT_FOOD
from casestudy.purchases.schema import HEAVIEST_MG, LARGE_QUANTITY

if TYPE_CHECKING:
    import ibis
    import pandas as pd


def household_lines(basis: Basis, household_id: int | str) -> pd.DataFrame:
    """All receipt lines of one household.

    Parameters
    ----------
    basis : Basis
    household_id : int or str

    Returns
    -------
    pandas.DataFrame
        Sorted by time, basket and product: ``month, date, basket_id, product_id, description, class, family,
        group, group_name, quantity, spend, grams`` (edible; 0 where no weight is known), ``route, share,
        mapped_by``, a column per component with the amount in the line, and ``COMPONENT_low`` and ``_high``.
        Lines that are not food or drink have their class and no weight.

    Raises
    ------
    InputError
        When no line is of that household.
    """
    import pandas as pd

    table = basis.purchases.lines
    with engine.step(f"receipt lines of household {household_id}", basis.connection):
        lines = basis.connection.execute(table.filter(_is(table, household_id)))
    if lines.empty:
        problem = Problem("purchases", f"no receipt line is of household {household_id!r}.", "Check the id.")
        raise InputError("The household is not known.", [problem])
    facts = basis.products[["product_id", "group", "mapped_by", "route", "share", "unit_mg", "cent_mg"]]
    records = basis.purchases.products[
        ["product_id", "department", "category", "type", "size", "brand", "class"]
    ]
    bought = set(lines["product_id"])
    records = records[records["product_id"].isin(bought)]
    facts = facts[facts["product_id"].isin(bought)]
    lines = lines.merge(records, on="product_id", how="left").merge(facts, on="product_id", how="left")
    lines["class"] = lines["class"].fillna("unknown")
    for column, empty in (("group", ""), ("mapped_by", "nothing"), ("route", "none"), ("share", "none")):
        lines[column] = lines[column].fillna(empty)
    units = lines["quantity"] * lines["unit_mg"].fillna(0) // 1000
    mg = units + lines["worth"] * lines["cent_mg"].fillna(0)
    believed = (lines["quantity"].abs() <= 1000 * LARGE_QUANTITY) & (mg.abs() <= HEAVIEST_MG)
    mg = mg.where(believed, 0)
    groups = basis.groups.groups.set_index("group")
    unnamed = lines["group"].map({NOT_FOOD: "sold with food, not eaten"}).fillna("not recognised")
    frame = pd.DataFrame(
        {
            "month": lines["month"],
            "date": lines["timestamp"].dt.strftime("%Y-%m-%d"),
            "basket_id": lines["basket_id"],
            "product_id": lines["product_id"],
            "description": describe(lines),
            "class": lines["class"],
            "family": lines["group"].map(groups["family"]).fillna(unnamed),
            "group": lines["group"],
            "group_name": lines["group"].map(groups["name"]).fillna(unnamed),
            "quantity": lines["quantity"] / 1000,
            "spend": lines["cents"] / 100,
            "grams": mg / 1000,
            "route": lines["route"],
            "share": lines["share"],
            "mapped_by": lines["mapped_by"],
        }
    )
    amounts = {}
    for suffix, table_ in (
        ("", basis.groups.middle), ("_low", basis.groups.low), ("_high", basis.groups.high)
    ):  # fmt: skip
        for component in IDS:
            per_gram = frame["group"].map(table_[component].round(3)) / 100
            amounts[component + suffix] = (frame["grams"] * per_gram).fillna(0.0)
    frame = pd.concat([frame, pd.DataFrame(amounts)], axis=1)
    order = lines["timestamp"].rename("timestamp")
    frame = frame.assign(timestamp=order).sort_values(
        ["timestamp", "basket_id", "product_id"], ignore_index=True
    )
    return frame.drop(columns="timestamp")


def has_weight(lines: pd.DataFrame) -> pd.Series:
    """Which of a household's lines have a known weight behind their spend, returns among them.

    A coupon on a line of its own weighs nothing; it comes off the spend of what it was given for, and counts
    where the weight of that is known.
    """
    coupon = lines["quantity"].eq(0) & (lines["spend"] < 0) & lines["share"].ne("none")
    return lines["grams"].ne(0) | coupon


def _is(table: ibis.Table, household_id: int | str) -> Any:
    """The household's lines; whole numbers are compared as such, so that the engine skips what it can."""
    import ibis

    text = str(household_id).strip()
    if not table.household_id.type().is_integer():
        return table.household_id == text
    number = text.isascii() and text.isdigit() and len(text) < 19
    return table.household_id == int(text) if number else ibis.literal(False)


def describe(products: pd.DataFrame) -> pd.Series:
    """A product in words, as far as the retailer's record says: its type, size and kind of brand."""
    kind = products["type"].fillna(products["category"]).fillna("product without a record")
    words = kind.astype(str).str.capitalize()
    size = products["size"].fillna("").astype(str).str.strip()
    words = words.where(size.eq(""), words + ", " + size)
    own = products["brand"].fillna("").eq("Private")
    return words.where(~own, words + ", store brand")
