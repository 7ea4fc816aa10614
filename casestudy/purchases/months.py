"""Household-months: what each household bought in each calendar month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.purchases.read import Purchases, open_purchases
from casestudy.purchases.schema import FOOD
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd


def household_months(source: Study | Purchases, *, every_month: bool = False) -> pd.DataFrame:
    """The household-month frame.

    A notebook that calls it declares ``source:purchases`` and ``profiles/food-classes.csv`` as inputs.

    Parameters
    ----------
    source : Study or Purchases
    every_month : bool
        Whether months without a purchase are listed too, with zeros: nothing was bought *here*.

    Returns
    -------
    pandas.DataFrame
        One row per household and calendar month with a purchase, sorted by both: ``household_id``,
        ``month`` (text, ``2017-03``), ``baskets``, ``lines``, ``food_baskets``, ``food_lines`` (food, drinks
        without alcohol), ``spend``, ``food_spend`` (currency units, after discounts). No missing values.

    Examples
    --------
    >>> frame = household_months(Study.find())
    >>> sorted(frame["month"].unique())[0], frame["household_id"].nunique()
    ('2017-01', 2469)
    """
    import ibis

    purchases = open_purchases(source) if isinstance(source, Study) else source
    edible = ibis.memtable(purchases.of_class(*FOOD).select(["product_id"])).mutate(food=1)
    joined = purchases.lines.left_join(edible, "product_id")
    is_food = joined.food.notnull()
    grouped = joined.group_by("household_id", "month").agg(
        baskets=joined.basket_id.nunique(),
        lines=joined.count(),
        food_baskets=joined.basket_id.nunique(where=is_food),
        food_lines=joined.count(where=is_food),
        cents=joined.cents.sum(),
        food_cents=joined.cents.sum(where=is_food),
    )
    frame = purchases.connection.execute(grouped.order_by("household_id", "month"))
    counts = ["baskets", "lines", "food_baskets", "food_lines"]
    if every_month:
        import pandas as pd

        index = pd.MultiIndex.from_product(
            [sorted(frame["household_id"].unique()), sorted(frame["month"].unique())],
            names=["household_id", "month"],
        )
        frame = frame.set_index(["household_id", "month"]).reindex(index, fill_value=0).reset_index()
    frame[counts] = frame[counts].astype("int64")
    frame["spend"] = frame.pop("cents").fillna(0).astype("int64") / 100
    frame["food_spend"] = frame.pop("food_cents").fillna(0).astype("int64") / 100
    return frame
