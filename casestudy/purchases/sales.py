"""What the sales of a product look like: the facts by which its weight is found and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.purchases.read import Purchases
from casestudy.purchases.schema import FOOD, LARGE_QUANTITY

if TYPE_CHECKING:
    import pandas as pd


def product_sales(purchases: Purchases, classes: tuple[str, ...] = FOOD) -> pd.DataFrame:
    """Sum up the sales of each product, over lines with a believable quantity and an amount above 0.

    Parameters
    ----------
    purchases : Purchases
    classes : tuple of str
        Which classes of products (`casestudy.purchases.schema.CLASSES`).

    Returns
    -------
    pandas.DataFrame
        A row per product sold, sorted by ``product_id``: the columns of its product record, and ``rows``,
        ``units``, ``amount`` (currency), ``prices`` (distinct unit prices, in hundredths), ``singles`` (lines
        with quantity 1). Products that were only given away are not listed.

    Examples
    --------
    >>> from casestudy.purchases.read import open_purchases
    >>> from casestudy.study import Study
    >>> len(product_sales(open_purchases(Study.find())))
    38435
    """
    lines = purchases.classed(*classes)
    counted = (lines.quantity > 0) & (lines.quantity <= 1000 * LARGE_QUANTITY)
    lines = lines.filter(counted & (lines.cents > 0))
    # A product has few (quantity, amount) pairs: counting those first spares a distinct count over all lines.
    pairs = lines.group_by("product_id", "quantity", "cents").agg(rows=lines.count())
    pairs = pairs.mutate(price=(pairs.cents * 1000 / pairs.quantity).round(2))
    grouped = pairs.group_by("product_id").agg(
        rows=pairs.rows.sum(),
        quantity=(pairs.quantity * pairs.rows).sum(),
        cents=(pairs.cents * pairs.rows).sum(),
        prices=pairs.price.nunique(),
        singles=pairs.rows.sum(where=pairs.quantity == 1000),
    )
    sums = purchases.connection.execute(grouped)
    for column in ("rows", "quantity", "cents", "prices", "singles"):
        sums[column] = sums[column].fillna(0).astype("int64")
    sums["units"] = sums.pop("quantity") / 1000
    sums["amount"] = sums.pop("cents") / 100
    frame = purchases.products.merge(sums, on="product_id", how="inner")
    return frame.sort_values("product_id", ignore_index=True)
