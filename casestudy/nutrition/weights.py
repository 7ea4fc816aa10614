"""How much a product weighs: named routes, each checked by price, none hidden.

A regular expression over package sizes finds a weight for most products and is wrong by tonnes: sizes of
shipping cases, item codes, yields after mixing, one can's size for a dozen. Every product here says by which
route its weight was found, and what was rejected on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.errors import Problem
from casestudy.nutrition.sizes import Size, parse
from casestudy.proportions import at_least, at_most
from casestudy.purchases.columns import distinct, numbers, plain, texts

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

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


def not_positive(table: pa.Table, column: str, where: str) -> list[Problem]:
    """Rows of a table of parameters whose number is not above 0."""
    return [
        Problem(f"{where}, row {row}", f"{column} is {number:g}.", "Write a number above 0.")
        for row, number in enumerate(table[column].to_pylist(), start=2)
        if not number > 0
    ]


@dataclass(frozen=True)
class _Shelf:
    """Products sorted by id, with their status; what is asked of kinds and sizes is asked once of each.

    A kind is a distinct (department, category, type, group).
    """

    table: pa.Table
    kinds: list[tuple[str, ...]]
    kind: np.ndarray
    sizes: list[Size]
    size: np.ndarray


def status(products: pa.Table, rules: WeightRules | None = None) -> pa.Table:
    """Say what is known of each product's weight.

    Parameters
    ----------
    products : pyarrow.Table
        A row per product sold: ``product_id, department, category, type, size, group, grams_per_ml`` (0 for
        foods sold by weight), and of its sales with quantity and amount above 0 ``rows, units, amount``
        (currency), ``prices`` (distinct unit prices), ``singles`` (rows with quantity 1).
    rules : WeightRules, optional

    Returns
    -------
    pyarrow.Table
        The same rows with ``status`` (see `STATUS`), ``grams`` (of the package as it was read; missing where
        it was not), ``unit_price`` and ``price_per_kg`` of the reading.
    """
    return _shelf(products, rules or WeightRules()).table


def _shelf(products: pa.Table, rules: WeightRules) -> _Shelf:
    import numpy as np

    table = products.sort_by("product_id")
    kinds, kind = distinct(*(table[name] for name in _KIND))
    for place, name in enumerate(_KIND[:3]):
        named = texts([one[place] for one in kinds], kind)
        table = table.set_column(table.column_names.index(name), name, named)
    written, size = distinct(table["size"], missing="")
    sizes = [parse(text or None) for (text,) in written]
    density, dense = np.unique(plain(table["grams_per_ml"]), return_inverse=True)
    pairs, pair = np.unique(size * len(density) + dense, return_inverse=True)
    read = [sizes[one // len(density)].grams(float(density[one % len(density)])) for one in pairs.tolist()]
    grams = np.asarray(read, dtype=float)[pair]
    grams = np.where(grams > 0, grams, np.nan)
    unit_price = plain(table["amount"]) / plain(table["units"])
    per_kg = unit_price / grams * 1000

    def of_kind(test: Callable[[str, str, str, str], bool]) -> np.ndarray:
        return np.asarray([test(*one) for one in kinds], dtype=bool)[kind]

    def of_size(*words: str) -> np.ndarray:
        return np.asarray([one.kind in words for one in sizes], dtype=bool)[size]

    can = of_kind(lambda _, category, type, __: category == "SOFT DRINKS" and "CAN" in type) & (grams < 1030)
    bottle = of_kind(lambda _, category, type, __: category == "SOFT DRINKS" and "MLT-PK" in type)
    volume = np.asarray([one.unit in ("QT", "GAL") for one in sizes], dtype=bool)[size]
    lowest, highest = rules.price_range
    asked = {
        "random weight": _by_weight(table, kind, size, rules),
        "no size": of_size("missing"),
        "unparsed": of_size("unparsed", "sold by weight"),
        "count only": of_size("count"),
        "multipack": can | (bottle & (per_kg > rules.multipack_price)),
        "absurd": grams > rules.most_grams,
        "shipping case": of_kind(lambda department, *_: department == "PRODUCE")
        & (per_kg < rules.case_price),
        "yield": volume & of_kind(lambda *one: one[3] in _POWDERS),
        "two numbers": of_size("two numbers"),
        "implausible": ~((per_kg >= lowest) & (per_kg <= highest)),
    }
    which = np.select(list(asked.values()), list(range(len(asked))), len(asked))
    table = table.append_column("grams", numbers(grams)).append_column("unit_price", numbers(unit_price))
    table = table.append_column("price_per_kg", numbers(per_kg))
    return _Shelf(table.append_column("status", texts(STATUS, which)), kinds, kind, sizes, size)


def _by_weight(table: pa.Table, kind: np.ndarray, size: np.ndarray, rules: WeightRules) -> np.ndarray:
    """Whether a product is sold by weight: many prices, one at a time; rare products follow their kind."""
    import numpy as np

    rows, prices, amount = plain(table["rows"]), plain(table["prices"]), plain(table["amount"])
    share = prices / rows
    many = (prices >= rules.distinct_count) & (share > rules.distinct_share_many)
    own = ((share > rules.distinct_share) | many) & (plain(table["singles"]) / rows > rules.single_share)
    sold = rows >= rules.least_sales
    own &= sold
    _, like = np.unique(kind * (size.max(initial=0) + 1) + size, return_inverse=True)
    cents = np.round(amount * 100)
    whole = np.bincount(like, np.where(sold, cents, 0))
    loose = np.bincount(like, np.where(own, cents, 0))
    return own | (~sold & (loose > whole / 2)[like])


def resolve(
    products: pa.Table,
    unit_weights: pa.Table,
    prices: pa.Table,
    rules: WeightRules | None = None,
) -> pa.Table:
    """Find a weight for each product, by the first route that is open to it.

    Parameters
    ----------
    products : pyarrow.Table
        As for `status`.
    unit_weights : pyarrow.Table
        ``group, type`` (``*`` for any), ``sold`` (``piece``: the size counts pieces; ``each``: the size
        counts a shipping case and one piece is sold; ``package``: no size is given), ``grams``.
    prices : pyarrow.Table
        ``group, type, price_per_kg``: where the table names none, the median of the group's parsed products.
    rules : WeightRules, optional

    Returns
    -------
    pyarrow.Table
        The rows of `status` with ``route`` (see `ROUTES`), ``unit_grams`` (grams of one unit sold; missing
        for the route *price per kg*), ``kg_price`` (for that route), and ``note``.
    """
    import numpy as np

    rules = rules or WeightRules()
    shelf = _shelf(products, rules)
    table = shelf.table
    known = _KnownOfKinds(shelf, unit_weights, prices, rules)
    states = np.asarray(table["status"].to_pylist(), dtype=object)
    grams, unit_price = plain(table["grams"]), plain(table["unit_price"])
    usable = states == "usable"
    unit_grams, kg_price = np.where(usable, grams, _NAN), np.full(len(grams), _NAN)
    routes, notes = ["parsed"] * len(grams), [""] * len(grams)
    others = np.flatnonzero(~usable)
    asked = (
        others,
        states[others],
        shelf.kind[others],
        shelf.size[others],
        grams[others],
        unit_price[others],
    )
    for row, state, kind, size, weight, price in zip(*(one.tolist() for one in asked), strict=True):
        found = _route(state, known.of(kind), shelf.sizes[size], weight, price)
        routes[row], unit_grams[row], kg_price[row], notes[row] = found
    units, amount = plain(table["units"]), plain(table["amount"])
    sold = np.where(np.isnan(unit_grams), amount / kg_price * 1000, unit_grams * units)
    return (
        table.append_column("route", texts(routes))
        .append_column("unit_grams", numbers(unit_grams))
        .append_column("kg_price", numbers(kg_price))
        .append_column("note", texts(notes))
        .append_column("share", texts([ROUTES[route] for route in routes]))
        .append_column("grams_sold", numbers(sold))
    )


@dataclass(frozen=True)
class _Known:
    """What is known of a kind: its usual prices per kilogram, and what one piece or package weighs."""

    department: str
    type: str
    group: str
    price: float
    own_price: float
    weights: dict[str, list[float]]


class _KnownOfKinds:
    """Looks up what is known of each kind, once."""

    def __init__(self, shelf: _Shelf, unit_weights: pa.Table, prices: pa.Table, rules: WeightRules) -> None:
        self.kinds = shelf.kinds
        self.by_type, self.by_group = _medians(shelf, rules)
        named = (prices[name].to_pylist() for name in ("group", "type", "price_per_kg"))
        self.table = {(group, type): float(price) for group, type, price in zip(*named, strict=True)}
        self.weights: dict[tuple[str, str], dict[str, list[float]]] = {}
        named = (unit_weights[name].to_pylist() for name in ("group", "type", "sold", "grams"))
        for group, type, sold, grams in zip(*named, strict=True):
            self.weights.setdefault((group, type), {}).setdefault(sold, []).append(float(grams))
        self.found: dict[int, _Known] = {}

    def of(self, kind: int) -> _Known:
        if kind not in self.found:
            department, category, type, group = self.kinds[kind]
            usual = self.table.get((group, "*"), self.by_group.get((group,), _NAN))
            price = self.table.get((group, type), usual)
            weights = self.weights.get((group, "*"), {}) | self.weights.get((group, type), {})
            own = self.by_type.get((category, type), price)
            self.found[kind] = _Known(department, type, group, price, own, weights)
        return self.found[kind]


def _medians(shelf: _Shelf, rules: WeightRules) -> tuple[dict[tuple[str, ...], float], ...]:
    """Median price per kilogram of simply parsed rows, by category and type, and by food group."""
    import numpy as np

    usable = np.asarray([state == "usable" for state in shelf.table["status"].to_pylist()], dtype=bool)
    price, rows = (plain(shelf.table[name])[usable] for name in ("price_per_kg", "rows"))
    medians = []
    for name in (slice(1, 3), slice(3, 4)):
        names = sorted({kind[name] for kind in shelf.kinds})
        place = {one: number for number, one in enumerate(names)}
        code = np.asarray([place[kind[name]] for kind in shelf.kinds], dtype=np.int64)[shelf.kind][usable]
        order = np.lexsort((price, code))
        code, ordered = code[order], rows[order]
        whole = np.bincount(code, ordered, len(names))
        before = np.concatenate([[0.0], np.cumsum(whole)[:-1]])
        reached = (np.cumsum(ordered) - before[code] >= whole[code] / 2) & (
            whole[code] >= rules.reference_rows
        )
        first, at = np.unique(code[reached], return_index=True)
        found = price[order][reached][at]
        medians.append({names[one]: value for one, value in zip(first.tolist(), found.tolist(), strict=True)})
    return tuple(medians)


_NAN = float("nan")
_KIND = ("department", "category", "type", "group")


def _route(
    state: str, known: _Known, size: Size, grams: float, unit_price: float
) -> tuple[str, float, float, str]:
    """Route, grams of one unit, price per kilogram, note; of a product whose size is not simply usable."""
    price = known.price
    if state == "two numbers":
        return _two_numbers(size, grams, unit_price, known.own_price)
    if state == "multipack":
        packs = next((packs for mark, packs in _TYPE_PACKS if mark in known.type), _PACKS["CAN"])
        packs = packs if "CAN" in known.type else _PACKS["BOTTLE"]
        if size.kind == "two numbers":  # the size itself says how many
            many = _nearest(_readings(size, grams)[::-1], unit_price, 0.8)
            return "multipack", many, _NAN, f"{size.count:g} in the pack, as its size says"
        many = _nearest([n * grams for n in (*packs, 1)], unit_price, 0.8)
        return "multipack", many, _NAN, f"{many / grams:.0f} of one can's or bottle's size"
    if state == "count only":
        if piece := known.weights.get("piece"):
            return "count", size.count * piece[0], _NAN, f"{size.count:g} pieces of {piece[0]:g} g"
        if each := known.weights.get("each"):
            return "each", each[0], _NAN, "one piece; the size counts a case"
    loose = state == "random weight" or known.department in LOOSE_DEPARTMENTS
    if state == "shipping case" and (each := known.weights.get("each")) and size.kind == "count":
        return "each", each[0], _NAN, "one piece; the size is a case's"
    if state == "no size" and not loose and (packages := known.weights.get("package")):
        return "package", _nearest(packages, unit_price, price), _NAN, "the usual package"
    if price == price:
        why = "" if state in ("random weight", "no size") else f"size rejected: {state}"
        return "price per kg", _NAN, price, why
    return "none", _NAN, _NAN, f"no price per kilogram is known for {known.group or 'it'}"


def _two_numbers(size: Size, whole: float, unit_price: float, price: float) -> tuple[str, float, float, str]:
    readings = _readings(size, whole)
    grams = _nearest(readings, unit_price, price)
    reading = f"{size.count:g} of the amount" if grams == readings[-1] else "the amount is the whole"
    per_kilogram = unit_price / grams * 1000
    if not (at_least(per_kilogram, 0.15) and at_most(per_kilogram, 120)):
        return ("price per kg", _NAN, price, "size rejected: implausible") if price == price else (
            "none", _NAN, _NAN, "size rejected: implausible"
        )  # fmt: skip
    return "two numbers", grams, _NAN, f"{reading} ({size.form})"


def _readings(size: Size, grams: float) -> list[float]:
    """What two numbers may weigh: the amount as the whole, or as one of them; n x each leaves no doubt."""
    return [grams] if size.form == "n x each" else [grams, grams * size.count]


def _nearest(grams: list[float], unit_price: float, price: float) -> float:
    """The reading whose price per kilogram is nearest to the usual one, as a ratio; the first on a tie."""
    import math

    if price != price or unit_price <= 0:
        return grams[0]
    return min(grams, key=lambda weight: abs(math.log(unit_price / weight * 1000 / price)))
