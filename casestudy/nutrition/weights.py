"""How much a product weighs: named routes, each checked by price, none hidden.

A regular expression over package sizes finds a weight for most products and is wrong by tonnes: sizes of
shipping cases, item codes, yields after mixing, one can's size for a dozen. Every product here says by which
route its weight was found, and what was rejected on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.nutrition.sizes import Size, parse

if TYPE_CHECKING:
    import pandas as pd

ROUTES = {
    "parsed": "measured",
    "two numbers": "measured",
    "multipack": "tables",
    "count": "tables",
    "each": "tables",
    "package": "tables",
    "price per kg": "assumed",
    "none": "none",
}
"""Named routes and the share they count towards: measured, found in tables, or assumed from a price."""

STATUS = (
    "random weight",
    "no size",
    "unparsed",
    "count only",
    "multipack",
    "absurd",
    "shipping case",
    "yield",
    "two numbers",
    "implausible",
    "usable",
)
"""What is known of a product before its weight is found, in the order in which it is asked."""

REJECTED = ("unparsed", "absurd", "shipping case", "yield", "implausible")


@dataclass(frozen=True)
class WeightRules:
    """The constants of the resolver; every one is a choice of the workbench.

    Attributes
    ----------
    least_sales : int
        Sales of a product from which its own prices say whether it is sold by weight; else its kind does.
    distinct_share, distinct_count, distinct_share_many : float, int, float
        Sold by weight: more distinct unit prices than this share of sales, or than this count and this share.
    single_share : float
        … and bought one at a time in more than this share of sales.
    most_grams : float
        A package heavier than this is an item code or a case.
    case_price : float
        Fresh produce cheaper per kilogram than this has the size of a shipping case.
    price_range : (float, float)
        Believable price per kilogram.
    multipack_price : float
        Bottles dearer per kilogram than this are a pack with one bottle's size.
    reference_rows : int
        Sales behind a median price per kilogram before it serves as reference.
    """

    least_sales: int = 8
    distinct_share: float = 0.35
    distinct_count: int = 20
    distinct_share_many: float = 0.12
    single_share: float = 0.85
    most_grams: float = 25_000
    case_price: float = 0.45
    price_range: tuple[float, float] = (0.15, 120.0)
    multipack_price: float = 3.0
    reference_rows: int = 20


LOOSE_DEPARTMENTS = ("MEAT", "DELI", "SEAFOOD", "SALAD BAR")
"""Departments where a product without a size is sold by weight: there quantity counts packages."""

_PACKS = {"CAN": (4, 6, 8, 12, 15, 18, 20, 24), "BOTTLE": (4, 6, 8, 10, 12, 24)}
_TYPE_PACKS = (("12/18&15PK", (12, 15, 18)), ("20PK&24PK", (20, 24)), ("6PK/4PK", (4, 6)))
_POWDERS = ("drink-powder", "tea-mix", "gelatin-mix", "cocoa-mix", "soup-dry", "sauce-mix", "diet-drink")


def read_sizes(products: pd.DataFrame) -> list[Size]:
    """Parse the column ``size``; missing values are allowed."""
    return [parse(text if isinstance(text, str) else None) for text in products["size"]]


def status(products: pd.DataFrame, rules: WeightRules | None = None) -> pd.DataFrame:
    """Say what is known of each product's weight.

    Parameters
    ----------
    products : pandas.DataFrame
        A row per product sold: ``product_id, department, category, type, size, group, grams_per_ml`` (0 for
        foods sold by weight), and of its sales with quantity and amount above 0 ``rows, units, amount``
        (currency), ``prices`` (distinct unit prices), ``singles`` (rows with quantity 1).
    rules : WeightRules, optional

    Returns
    -------
    pandas.DataFrame
        The same rows with ``status`` (see `STATUS`), ``grams`` (of the package as it was read; missing where
        it was not), ``unit_price`` and ``price_per_kg`` of the reading, and ``reading`` (the parsed size).
    """
    import numpy as np

    rules = rules or WeightRules()
    frame = products.sort_values("product_id", ignore_index=True).copy()
    for column in ("department", "category", "type"):
        frame[column] = frame[column].astype(object).where(frame[column].notna(), "-")
    frame["reading"] = read_sizes(frame)
    kind = frame["reading"].map(lambda size: size.kind)
    grams = [
        size.grams(density) for size, density in zip(frame["reading"], frame["grams_per_ml"], strict=True)
    ]
    frame["grams"] = np.where(np.asarray(grams) > 0, grams, np.nan)
    frame["unit_price"] = frame["amount"] / frame["units"]
    frame["price_per_kg"] = frame["unit_price"] / frame["grams"] * 1000
    soft = frame["category"].eq("SOFT DRINKS")
    can = soft & frame["type"].str.contains("CAN") & (frame["grams"] < 1030)
    bottle = soft & frame["type"].str.contains("MLT-PK") & (frame["price_per_kg"] > rules.multipack_price)
    volume = frame["reading"].map(lambda size: size.unit in ("QT", "GAL"))
    lowest, highest = rules.price_range
    asked = {
        "random weight": _by_weight(frame, rules),
        "no size": kind.eq("missing"),
        "unparsed": kind.isin(["unparsed", "sold by weight"]),
        "count only": kind.eq("count"),
        "multipack": can | bottle,
        "absurd": frame["grams"] > rules.most_grams,
        "shipping case": frame["department"].eq("PRODUCE") & (frame["price_per_kg"] < rules.case_price),
        "yield": volume & frame["group"].isin(_POWDERS),
        "two numbers": kind.eq("two numbers"),
        "implausible": ~frame["price_per_kg"].between(lowest, highest),
    }
    frame["status"] = np.select([np.asarray(hit, bool) for hit in asked.values()], list(asked), "usable")
    return frame


def _by_weight(frame: pd.DataFrame, rules: WeightRules) -> pd.Series:
    """Whether a product is sold by weight: many prices, one at a time; rare products follow their kind."""
    distinct = frame["prices"] / frame["rows"]
    many = (frame["prices"] >= rules.distinct_count) & (distinct > rules.distinct_share_many)
    own = ((distinct > rules.distinct_share) | many) & (frame["singles"] / frame["rows"] > rules.single_share)
    sold = frame["rows"] >= rules.least_sales
    own = own & sold
    keys = ["department", "category", "type", "size_text"]
    base = frame.assign(size_text=frame["size"].astype(object).where(frame["size"].notna(), ""), own=own)
    judged = base[sold].assign(loose=base["amount"].where(own, 0.0))
    sums = judged.groupby(keys, as_index=False)[["amount", "loose"]].sum()
    sums["kind_loose"] = sums["loose"] / sums["amount"] > 0.5
    followed = base.merge(sums[[*keys, "kind_loose"]], on=keys, how="left")["kind_loose"]
    result: pd.Series = own | (~sold & followed.fillna(False).astype(bool))
    return result


def resolve(
    products: pd.DataFrame,
    unit_weights: pd.DataFrame,
    prices: pd.DataFrame,
    rules: WeightRules | None = None,
) -> pd.DataFrame:
    """Find a weight for each product, by the first route that is open to it.

    Parameters
    ----------
    products : pandas.DataFrame
        As for `status`.
    unit_weights : pandas.DataFrame
        ``group, type`` (``*`` for any), ``sold`` (``piece``: the size counts pieces; ``each``: the size
        counts a shipping case and one piece is sold; ``package``: no size is given), ``grams``.
    prices : pandas.DataFrame
        ``group, type, price_per_kg``: where the table names none, the median of the group's parsed products.
    rules : WeightRules, optional

    Returns
    -------
    pandas.DataFrame
        The rows of `status` with ``route`` (see `ROUTES`), ``unit_grams`` (grams of one unit sold; missing
        for the route *price per kg*), ``kg_price`` (for that route), and ``note``.
    """
    import numpy as np

    rules = rules or WeightRules()
    frame = status(products, rules)
    reference = _reference(frame, rules)
    table = {
        (g, t): float(p) for g, t, p in prices[["group", "type", "price_per_kg"]].itertuples(index=False)
    }
    pieces: dict[tuple[str, str, str], list[float]] = {}
    for g, t, sold, grams in unit_weights[["group", "type", "sold", "grams"]].itertuples(index=False):
        pieces.setdefault((g, t, sold), []).append(float(grams))
    asked = frame[list(_ASKED)].astype(object)  # objects: a loop over them is quick
    found = [_route(row, reference, table, pieces) for row in asked.itertuples(index=False)]
    frame["route"] = [one[0] for one in found]
    frame["unit_grams"] = [one[1] for one in found]
    frame["kg_price"] = [one[2] for one in found]
    frame["note"] = [one[3] for one in found]
    frame["share"] = frame["route"].map(ROUTES)
    frame["grams_sold"] = np.where(
        frame["unit_grams"].notna(),
        frame["unit_grams"] * frame["units"],
        frame["amount"] / frame["kg_price"] * 1000,
    )
    return frame


def _reference(frame: pd.DataFrame, rules: WeightRules) -> dict[tuple[str, ...], float]:
    """Median price per kilogram of simply parsed rows, by category and type, and by food group."""
    simple = frame[frame["status"].eq("usable")]
    medians: dict[tuple[str, ...], float] = {}
    for keys in (["category", "type"], ["group"]):
        rows = simple.sort_values("price_per_kg", kind="stable")
        grouped = rows.groupby(keys, sort=True)["rows"]
        whole = grouped.transform("sum")
        reached = rows[(grouped.cumsum() >= whole / 2) & (whole >= rules.reference_rows)]
        first = reached.drop_duplicates(keys).sort_values(keys)
        names = first[keys].astype(object).itertuples(index=False, name=None)
        medians |= dict(zip(names, first["price_per_kg"].astype(float), strict=True))
    return medians


_NAN = float("nan")
_ASKED = ("status", "department", "category", "type", "group", "reading", "grams", "unit_price")


def _route(
    row: Any,
    reference: dict[tuple[str, ...], float],
    table: dict[tuple[str, str], float],
    pieces: dict[tuple[str, str, str], list[float]],
) -> tuple[str, float, float, str]:
    """Route, grams of one unit, price per kilogram, note."""
    group, size = row.group, row.reading
    price = table.get((group, row.type), table.get((group, "*"), reference.get((group,), _NAN)))

    def known(sold: str) -> list[float]:
        return pieces.get((group, row.type, sold)) or pieces.get((group, "*", sold)) or []

    if row.status == "usable":
        return "parsed", row.grams, _NAN, ""
    if row.status == "two numbers":
        return _two_numbers(row, reference.get((row.category, row.type), price))
    if row.status == "multipack":
        packs = next((packs for mark, packs in _TYPE_PACKS if mark in row.type), _PACKS["CAN"])
        packs = packs if "CAN" in row.type else _PACKS["BOTTLE"]
        many = _nearest([n * row.grams for n in (*packs, 1)], row.unit_price, 0.8)
        return "multipack", many, _NAN, f"{many / row.grams:.0f} of one can's or bottle's size"
    if row.status == "count only":
        if piece := known("piece"):
            return "count", size.count * piece[0], _NAN, f"{size.count:g} pieces of {piece[0]:g} g"
        if each := known("each"):
            return "each", each[0], _NAN, "one piece; the size counts a case"
    loose = row.status == "random weight" or row.department in LOOSE_DEPARTMENTS
    if row.status == "shipping case" and (each := known("each")) and size.kind == "count":
        return "each", each[0], _NAN, "one piece; the size is a case's"
    if row.status == "no size" and not loose and (packages := known("package")):
        return "package", _nearest(packages, row.unit_price, price), _NAN, "the usual package"
    if price == price:
        why = "" if row.status in ("random weight", "no size") else f"size rejected: {row.status}"
        return "price per kg", _NAN, price, why
    return "none", _NAN, _NAN, f"no price per kilogram is known for {group or 'it'}"


def _two_numbers(row: Any, price: float) -> tuple[str, float, float, str]:
    whole, each = row.grams, row.grams * row.reading.count
    grams = _nearest([whole, each], row.unit_price, price)
    reading = "the amount is the whole" if grams == whole else f"{row.reading.count:g} of the amount"
    if not 0.15 <= row.unit_price / grams * 1000 <= 120:
        return ("price per kg", _NAN, price, "size rejected: implausible") if price == price else (
            "none", _NAN, _NAN, "size rejected: implausible"
        )  # fmt: skip
    return "two numbers", grams, _NAN, f"{reading} ({row.reading.form})"


def _nearest(grams: list[float], unit_price: float, price: float) -> float:
    """The reading whose price per kilogram is nearest to the usual one, as a ratio; the first on a tie."""
    import math

    if price != price or unit_price <= 0:
        return grams[0]
    return min(grams, key=lambda weight: abs(math.log(unit_price / weight * 1000 / price)))
