"""What the sales of a product look like: the facts by which its weight is found and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy import engine
from casestudy.purchases.columns import numbers, plain
from casestudy.purchases.read import Purchases
from casestudy.purchases.schema import FOOD, LARGE_QUANTITY

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


def product_sales(purchases: Purchases, classes: tuple[str, ...] = FOOD) -> pa.Table:
    """Sum up the sales of each product, over lines with a believable quantity and an amount above 0
    before manufacturers' coupons.

    Parameters
    ----------
    purchases : Purchases
    classes : tuple of str
        Which classes of products (`casestudy.purchases.schema.CLASSES`).

    Returns
    -------
    pyarrow.Table
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
    import numpy as np
    from pyarrow import compute

    lines = purchases.classed(*classes)
    counted = (lines.quantity > 0) & (lines.quantity <= 1000 * LARGE_QUANTITY)
    lines = lines.filter(counted & (lines.worth > 0))
    # A product has few (quantity, amount) pairs: counting those first spares a distinct count over all lines.
    pairs = lines.group_by("product_id", "quantity", "worth").agg(rows=lines.count())
    pairs = pairs.mutate(price=(pairs.worth * 1000 / pairs.quantity).round(2))
    grouped = pairs.group_by("product_id").agg(
        rows=pairs.rows.sum(),
        quantity=(pairs.quantity * pairs.rows).sum(),
        worth=(pairs.worth * pairs.rows).sum(),
        prices=pairs.price.nunique(),
        singles=pairs.rows.sum(where=pairs.quantity == 1000),
    )
    sums = engine.fetch(purchases.connection, grouped).sort_by("product_id")
    records = purchases.of_class(*classes)
    found = records.take(
        compute.index_in(sums["product_id"], value_set=records["product_id"].combine_chunks())
    )

    def whole(name: str) -> np.ndarray:
        return plain(compute.coalesce(sums[name], zeros).cast("int64"))

    zeros = numbers(np.zeros(len(sums), dtype=np.int64))
    columns = {
        "rows": whole("rows"),
        "prices": whole("prices"),
        "singles": whole("singles"),
        "units": whole("quantity") / 1000,
        "amount": whole("worth") / 100,
    }
    for name, values in columns.items():
        found = found.append_column(name, numbers(values))
    return found
