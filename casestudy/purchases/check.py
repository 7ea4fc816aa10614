"""What is odd about purchases: counted and listed, never silently dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casestudy.errors import CaseStudyError, Problem
from casestudy.purchases import food
from casestudy.purchases.read import Purchases, product_records
from casestudy.purchases.schema import FOOD, LARGE_QUANTITY
from casestudy.study import Study

if TYPE_CHECKING:
    import ibis
    import pandas as pd

MOST_LISTED = 20
_ODD = {
    "unreadable": (
        "household, product, time, quantity or amount is missing, absurd or not readable; "
        "the line counts for nothing",
        "Write a time like 2017-03-01T09:30:00 and plain numbers.",
    ),
    "another currency": (
        "most lines are in another currency; the line counts for nothing",
        "Convert the amount, or make a study of each currency.",
    ),
    "unknown product": (
        "the product has no record; the line counts as not recognised",
        "Add the product to the product table.",
    ),
    "coupon": (
        "a manufacturer's coupon is worth more than its line, or stands on a line of its own: "
        "it is taken off what the household paid",
        "Nothing to do: the weight counts, the coupon comes off the spend.",
    ),
    "nothing bought": (
        "quantity and amount are 0",
        "Nothing to do: such lines carry no weight and no spend.",
    ),
    "no quantity": ("quantity is 0 but something was paid", "Give the quantity; the spend is kept."),
    "free": ("something was bought for nothing", "Nothing to do: the weight counts, the spend is 0."),
    "negative": (
        "quantity or amount is negative: a return, or a mistake",
        "Check it: it is subtracted from the household's sums.",
    ),
    "large quantity": (
        f"more than {LARGE_QUANTITY} units in one line; of food the amount counts and the weight does not",
        "Check the unit of the quantity.",
    ),
    "repeated": ("the same basket, product, quantity and amount occur again", "Keep one if it is a mistake."),
}


def purchase_problems(purchases: Purchases) -> tuple[pd.DataFrame, list[Problem]]:
    """Count what is odd about receipt lines, and list the first of each kind.

    Parameters
    ----------
    purchases : Purchases

    Returns
    -------
    (pandas.DataFrame, list of Problem)
        ``odd, what, lines, amount`` for every kind, 0 where there are none (coupons: if there are any); and
        up to `MOST_LISTED` lines of each kind that needs a remedy, by household, time and product.
    """
    import pandas as pd

    marked = _mark(purchases)
    found = purchases.connection.execute(
        marked.filter(marked.odd.notnull())
        .group_by("odd")
        .agg(lines=lambda t: t.count(), cents=lambda t: t.cents.sum())
    ).set_index("odd")
    rows = []
    problems: list[Problem] = []
    for odd, (what, remedy) in _ODD.items():
        many = int(found["lines"].get(odd, 0))
        if odd == "coupon" and not many:
            continue
        cents = found["cents"].get(odd, 0)
        rows.append((odd, what, many, 0.0 if pd.isna(cents) else float(cents) / 100))
        if many and odd not in ("nothing bought", "free", "coupon"):
            problems += _listed(purchases, marked, odd, many, what, remedy)
    return pd.DataFrame(rows, columns=["odd", "what", "lines", "amount"]), problems


def _mark(purchases: Purchases) -> ibis.Table:
    import ibis

    known = ibis.memtable(purchases.records.select(["product_id"])).mutate(known=1)
    lines = purchases.lines
    same = ["basket_id", "product_id", "quantity", "cents"]
    again = lines.group_by(same).agg(times=lines.count())
    again = again.filter(again.times > 1)
    table = lines.left_join(known, "product_id").drop("product_id_right")
    table = table.left_join(again, same).drop([f"{name}_right" for name in same])
    odd = ibis.cases(
        (table.timestamp.isnull() | table.quantity.isnull() | table.cents.isnull(), "unreadable"),
        ((table.quantity < 0) | (table.worth < 0), "negative"),
        (table.cents < 0, "coupon"),
        ((table.quantity == 0) & (table.worth == 0), "nothing bought"),
        (table.known.isnull(), "unknown product"),
        (table.times.notnull(), "repeated"),
        (table.quantity == 0, "no quantity"),
        (table.cents == 0, "free"),
        (table.quantity > 1000 * LARGE_QUANTITY, "large quantity"),
    )
    columns = ["household_id", "basket_id", "product_id", "timestamp", "quantity", "cents", "odd"]
    marked = table.mutate(odd=odd)[columns]
    return marked if purchases.aside is None else marked.union(purchases.aside[columns])


def _listed(purchases: Purchases, marked: Any, odd: str, many: int, what: str, remedy: str) -> list[Problem]:
    order = ["household_id", "timestamp", "basket_id", "product_id"]
    columns = ["household_id", "product_id", "timestamp", "quantity", "cents"]
    first = purchases.connection.execute(
        marked.filter(marked.odd == odd).order_by(order).limit(MOST_LISTED)[columns]
    )
    rows = [
        tuple(None if missing else value for value, missing in zip(row, gone, strict=True))
        for row, gone in zip(
            first.astype(object).itertuples(index=False, name=None),
            first.isna().itertuples(index=False, name=None),
            strict=True,
        )
    ]
    places = purchases.places(rows) if purchases.places else [""] * len(rows)
    listed = [
        Problem(
            f"{place or 'lines'}, household {home or 'not given'}, {time or 'time not read'}, "
            f"product {product or 'not given'}",
            f"{what}.",
            remedy,
        )
        for place, (home, product, time, *_) in zip(places, rows, strict=True)
    ]
    if many > len(listed):
        listed.append(Problem("lines", f"{many - len(listed):,} more lines: {what}.", remedy))
    return listed


def check(study: Study) -> list[Problem]:
    """Every problem of the files that say what is food, and of the product table; whether any of it is food.

    Receipt lines are not read: see `purchase_problems`.
    """
    if not study.inputs(food.RULES):
        return []
    try:
        food.read_rules(study)
        if not _is_there(study):
            return []
        classes = set(product_records(study)["class"].unique().to_pylist())
    except CaseStudyError as error:
        return list(error.problems)
    if classes & set(FOOD):
        return []
    found = f"none of its products is food: they are {', '.join(sorted(classes))}."
    remedy = f"Name its departments in {food.RULES}; casestudy nutrition coverage lists them by sales."
    return [Problem("purchases", found, remedy)]


def _is_there(study: Study) -> bool:
    """Whether the source of purchases can be found on this machine; that it is not is said elsewhere."""
    try:
        return "purchases" in study.sources and study.locate("purchases").exists()
    except CaseStudyError:
        return False
