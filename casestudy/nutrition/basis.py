"""Everything that nutrition rests on, opened once: purchases, and each product's group, weight and route."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from casestudy import engine
from casestudy.errors import raise_if
from casestudy.files import tables
from casestudy.files.tables import Column, Schema
from casestudy.nutrition import foodmap, weights
from casestudy.nutrition.foodmap import FoodGroups
from casestudy.purchases.columns import distinct, numbers, plain, texts
from casestudy.purchases.read import Purchases, open_purchases
from casestudy.purchases.sales import product_sales
from casestudy.purchases.schema import HEAVIEST_MG, LARGE_QUANTITY
from casestudy.study import Study

if TYPE_CHECKING:
    import ibis
    import numpy as np
    import pandas as pd
    import pyarrow as pa

PRICES_FILE = "profiles/prices-per-kg.csv"
UNITS_FILE = "profiles/unit-weights.csv"
FILES = (*foodmap.FILES, PRICES_FILE, UNITS_FILE, "profiles/food-classes.csv")

PRICES = Schema(
    "prices per kilogram",
    (
        Column("group", "text", "the food group"),
        Column("type", "text", "the retailer's type; * for any"),
        Column("price_per_kg", "number", "the usual price", "currency per kg"),
        Column("low", "number", "a low price", "currency per kg"),
        Column("high", "number", "a high price", "currency per kg"),
        Column("source", "text", "where the price comes from, or that it is assumed"),
    ),
)
UNITS = Schema(
    "unit weights",
    (
        Column("group", "text", "the food group"),
        Column("type", "text", "the retailer's type; * for any"),
        Column("sold", "text", "what weighs this", allowed=("piece", "each", "package")),
        Column("grams", "number", "its weight as bought", "g"),
        Column("low", "number", "a low weight", "g"),
        Column("high", "number", "a high weight", "g"),
        Column("source", "text", "where the weight comes from, or that it is assumed"),
    ),
)


@dataclass(frozen=True)
class Basis:
    """Purchases with a group and a weight for each product.

    Attributes
    ----------
    purchases : Purchases
    groups : FoodGroups
    resolved : pyarrow.Table
        A row per product of food or drink that was sold: the columns of
        `casestudy.nutrition.weights.resolve`, with ``mapped_by``, ``edible`` (share of the weight that is
        eaten), ``unit_mg`` (edible milligrams of one unit) and ``cent_mg`` (edible milligrams that a
        hundredth of the currency buys); one of the two is 0, both where no weight is known.
    """

    purchases: Purchases
    groups: FoodGroups
    resolved: pa.Table

    @property
    def connection(self) -> Any:
        """The engine."""
        return self.purchases.connection

    @cached_property
    def products(self) -> pd.DataFrame:
        """The resolved products as a data frame."""
        return self.resolved.to_pandas()

    @cached_property
    def months(self) -> tuple[str, ...]:
        """Every month of the data, in order."""
        found = self.connection.execute(self.purchases.lines.select("month").distinct())
        return tuple(sorted(str(month) for month in found["month"].dropna()))

    def lines(self) -> ibis.Table:
        """Receipt lines of food and drink, with ``group``, ``share`` (how the weight was found) and ``mg``.

        ``mg`` is the edible weight in milligrams: an integer, so that sums are exact. A line whose product
        has no weight, or whose quantity or weight is not believed (`LARGE_QUANTITY`, `HEAVIEST_MG`), has 0,
        and one whose product was never sold for money has no row here.
        """
        return self.weighed(self.resolved.select(["group", "share", "route"]))

    def weighed(self, facts: pa.Table) -> ibis.Table:
        """Receipt lines joined with facts of their products, a row for each of `resolved`, with ``mg``."""
        for name in ("product_id", "unit_mg", "cent_mg"):
            facts = facts.append_column(name, self.resolved[name])
        joined = self.purchases.join(facts)
        mg = (joined.quantity * joined.unit_mg // 1000 + joined.worth * joined.cent_mg).cast("int64")
        believed = (joined.quantity.abs() <= 1000 * LARGE_QUANTITY) & (mg.abs() <= HEAVIEST_MG)
        return joined.mutate(mg=believed.ifelse(mg, 0)).drop("unit_mg", "cent_mg")


def open_basis(
    study: Study,
    purchases: Purchases | None = None,
    *,
    price_factor: float = 1.0,
    rules: weights.WeightRules | None = None,
) -> Basis:
    """Open purchases and find group and weight of every product.

    A notebook that calls it declares ``source:purchases`` and ``profiles/*.csv`` as inputs.

    Parameters
    ----------
    study : Study
    purchases : Purchases, optional
        Opened from the study by default.
    price_factor : float
        Multiplies every assumed price per kilogram: 0.8 and 1.2 show what rests on them.
    rules : WeightRules, optional

    Returns
    -------
    Basis
    """
    purchases = purchases or open_purchases(study)
    groups = foodmap.read_groups(study)
    with engine.step("sales of each product", purchases.connection):
        sales = product_sales(purchases)
    with engine.step(f"weights of {len(sales):,} products"):
        return Basis(purchases, groups, find_weights(study, sales, groups, price_factor, rules))


def find_weights(
    study: Study,
    sales: pa.Table,
    groups: FoodGroups,
    price_factor: float = 1.0,
    rules: weights.WeightRules | None = None,
) -> pa.Table:
    """Find group and weight of products: see `Basis.resolved`.

    Parameters
    ----------
    study : Study
        For the files of prices per kilogram and unit weights.
    sales : pyarrow.Table
        As `casestudy.purchases.sales.product_sales` gives it.
    groups, price_factor, rules
        As for `open_basis`.
    """
    import numpy as np

    prices = tables.read_arrow(study.input(PRICES_FILE), PRICES, PRICES_FILE)
    units = tables.read_arrow(study.input(UNITS_FILE), UNITS, UNITS_FILE)
    problems = weights.not_positive(prices, "price_per_kg", PRICES_FILE)
    raise_if(problems + weights.not_positive(units, "grams", UNITS_FILE), "Weights cannot be found.")
    sold = foodmap.assign(sales, groups)
    density = _of_groups(sold, groups.fact("grams_per_ml"), 0.0)
    resolved = weights.resolve(sold.append_column("grams_per_ml", numbers(density)), units, prices, rules)
    known = _of_groups(resolved, dict.fromkeys(groups.fact("refuse_percent"), 1.0), 0.0) > 0
    edible = 1 - _of_groups(resolved, groups.fact("refuse_percent"), 0.0) / 100
    unit = plain(resolved["unit_grams"]) * 1000 * edible
    cent = 1e6 / (plain(resolved["kg_price"]) * price_factor) / 100 * edible
    for name in ("route", "share"):
        found = [
            word if there else "none" for word, there in zip(resolved[name].to_pylist(), known, strict=True)
        ]
        resolved = resolved.set_column(resolved.column_names.index(name), name, texts(found))
    resolved = resolved.append_column("edible", numbers(edible))
    for name, exact in (("unit_mg", unit), ("cent_mg", cent)):
        whole = np.nan_to_num(np.where(known, exact, 0.0)).round().astype(np.int64)
        resolved = resolved.append_column(name, numbers(whole))
    return resolved


def _of_groups(products: pa.Table, facts: dict[str, float], missing: float) -> np.ndarray:
    """A fact of the group of each product."""
    import numpy as np

    groups, which = distinct(products["group"])
    return np.asarray([facts.get(group, missing) for (group,) in groups], dtype=float)[which]
