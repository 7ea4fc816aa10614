"""The expenditure lane: shares of food spend in food-plan categories, which need no weights at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.nutrition.basis import Basis

if TYPE_CHECKING:
    import pandas as pd

CATEGORIES = {
    "wg-bread": "whole-grain bread, rice and pasta",
    "wg-cereal": "whole-grain cereals",
    "wg-snack": "popcorn and whole-grain snacks",
    "grains": "non-whole grains",
    "potatoes": "potatoes",
    "dark-green": "dark-green vegetables",
    "orange-veg": "orange vegetables",
    "legumes": "beans, lentils and peas",
    "other-veg": "other vegetables",
    "fruit": "whole fruit",
    "juice": "fruit juice",
    "milk-whole": "whole milk, cream",
    "milk-low": "milk and yogurt, mostly lower fat",
    "cheese": "cheese",
    "milk-dessert": "milk drinks and milk desserts",
    "red-meat": "red meat",
    "poultry": "poultry",
    "fish": "fish and shellfish",
    "processed-meat": "bacon, sausage and luncheon meat",
    "nuts": "nuts and seeds",
    "eggs": "eggs",
    "fats": "fats, oils and dressings",
    "condiments": "gravies, sauces, condiments, spices",
    "coffee-tea": "coffee and tea",
    "soda": "soft drinks and fruit drinks",
    "sweets": "sugars, sweets and cakes",
    "soup-ready": "soups, ready to serve",
    "soup-condensed": "soups, condensed",
    "soup-dry": "soups, dry",
    "entrees": "frozen, chilled and canned dishes",
    "water": "water",
}
"""Categories after the 29 of the US Department of Agriculture's food plans; condensed soup and water are
listed apart, and milk whose fat is not known stands with the lower-fat milk. Standard shares and points of an
index are not here: the literature's code may not be reused, and its standards are still to be read."""


def plan_shares(basis: Basis, months: tuple[str, ...] = ()) -> pd.DataFrame:
    """Share of each household's food spend in each food-plan category.

    Parameters
    ----------
    basis : Basis
    months : tuple of str
        Only these months; all by default.

    Returns
    -------
    pandas.DataFrame
        A row per household and category, every category listed: ``household_id, plan_category, name, spend,
        share_percent`` of the household's food spend. Spend on food that is not recognised is in the
        denominator and in no category.
    """
    import ibis
    import pandas as pd

    lines = basis.lines()
    if months:
        lines = lines.filter(lines.month.isin(months))
    plan = basis.groups.groups[["group", "plan_category"]]
    joined = lines.left_join(ibis.memtable(plan), "group")
    sums = basis.connection.execute(
        joined.group_by("household_id", "plan_category").agg(cents=joined.cents.sum().cast("int64"))
    )
    wide = sums.assign(plan_category=sums["plan_category"].fillna("")).pivot_table(
        index="household_id", columns="plan_category", values="cents", aggfunc="sum", fill_value=0
    )
    whole = wide.sum(axis=1)
    wide = wide.reindex(columns=list(CATEGORIES), fill_value=0)
    frame = wide.stack().rename("spend").reset_index()
    frame["share_percent"] = 100 * frame["spend"] / frame["household_id"].map(whole.where(whole > 0))
    frame["spend"] = frame["spend"] / 100
    frame.insert(2, "name", frame["plan_category"].map(CATEGORIES))
    order = pd.Categorical(frame["plan_category"], categories=list(CATEGORIES))
    return (
        frame.assign(order=order.codes)
        .sort_values(["household_id", "order"], ignore_index=True)
        .drop(columns="order")
    )
