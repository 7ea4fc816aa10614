"""Departments that nothing but the rule for all of them decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.purchases.food import decider

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from casestudy.purchases.read import Purchases


def last_resort(purchases: Purchases, rules: pa.Table) -> pd.DataFrame:
    """Departments that nothing but the rule for every department and category decided, by sales.

    A retailer whose departments the rules do not name is classed whole by that rule, silently; here it shows.

    Returns
    -------
    pandas.DataFrame
        ``department`` (``-`` for none), ``class, products, lines, sales`` (currency, before manufacturers'
        coupons) and ``percent`` of all sales; most sales first. Products without a sale are not counted.
    """
    import pandas as pd

    lines = purchases.lines
    sums = lines.group_by("product_id").agg(lines=lines.count(), worth=lines.worth.sum())
    sold = purchases.connection.execute(sums)
    decide = decider(rules)
    records = purchases.products[["product_id", "department", "category"]].copy()
    kinds = records[["department", "category"]].fillna("-").drop_duplicates()
    decided = [decide(*pair) for pair in kinds.itertuples(index=False)]
    kinds["last"], kinds["class"] = [one[0] for one in decided], [one[1] for one in decided]
    records[["department", "category"]] = records[["department", "category"]].fillna("-")
    joined = sold.merge(records.merge(kinds, on=["department", "category"]), on="product_id", how="inner")
    found = joined[joined["last"]].groupby(["department", "class"], as_index=False)
    table = found.agg(products=("product_id", "size"), lines=("lines", "sum"), sales=("worth", "sum"))
    whole = float(sold["worth"].sum())
    table["percent"] = 100 * table["sales"].astype(float) / whole if whole else float("nan")
    table["sales"] = table["sales"].astype(float) / 100
    order = ["sales", "department"]
    return pd.DataFrame(table.sort_values(order, ascending=[False, True], ignore_index=True))
