"""Everything that nutrition rests on, opened once: purchases, and each product's group, weight and route."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from casestudy import engine, tables
from casestudy.nutrition import foodmap, weights
from casestudy.nutrition.foodmap import FoodGroups
from casestudy.purchases.read import Purchases, open_purchases
from casestudy.purchases.sales import product_sales
from casestudy.purchases.schema import LARGE_QUANTITY
from casestudy.study import Study
from casestudy.tables import Column, Schema

if TYPE_CHECKING:
    import ibis
    import pandas as pd

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
    products : pandas.DataFrame
        A row per product of food or drink that was sold: the columns of
        `casestudy.nutrition.weights.resolve`, with ``mapped_by``, ``edible`` (share of the weight that is
        eaten), ``unit_mg`` (edible milligrams of one unit) and ``cent_mg`` (edible milligrams that a
        hundredth of the currency buys); one of the two is 0, both where no weight is known.
    """

    purchases: Purchases
    groups: FoodGroups
    products: pd.DataFrame

    @property
    def connection(self) -> Any:
        """The engine."""
        return self.purchases.connection

    @cached_property
    def months(self) -> tuple[str, ...]:
        """Every month of the data, in order."""
        found = self.connection.execute(self.purchases.lines.select("month").distinct())
        return tuple(sorted(str(month) for month in found["month"].dropna()))

    def lines(self) -> ibis.Table:
        """Receipt lines of food and drink, with ``group``, ``share`` (how the weight was found) and ``mg``.

        ``mg`` is the edible weight in milligrams: an integer, so that sums are exact. A line whose product
        has no weight, or whose quantity is not believed (`LARGE_QUANTITY`), has 0, and one whose product was
        never sold for money has no row here.
        """
        return self.weighed(self.products[["product_id", "group", "share", "route"]])

    def weighed(self, facts: pd.DataFrame) -> ibis.Table:
        """Receipt lines joined with facts of their products, with ``mg``."""
        weights_of = self.products[["product_id", "unit_mg", "cent_mg"]]
        joined = self.purchases.join(facts.merge(weights_of, on="product_id"))
        mg = joined.quantity * joined.unit_mg // 1000 + joined.cents * joined.cent_mg
        believed = joined.quantity <= 1000 * LARGE_QUANTITY
        return joined.mutate(mg=believed.ifelse(mg.cast("int64"), 0)).drop("unit_mg", "cent_mg")


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
    prices = tables.read_csv(study.input(PRICES_FILE), PRICES, PRICES_FILE)
    units = tables.read_csv(study.input(UNITS_FILE), UNITS, UNITS_FILE)
    with engine.step("sales of each product", purchases.connection):
        sold = foodmap.assign(product_sales(purchases), groups)
    facts = groups.groups.set_index("group")
    sold["grams_per_ml"] = sold["group"].map(facts["grams_per_ml"]).fillna(0.0)
    with engine.step(f"weights of {len(sold):,} products"):
        resolved = weights.resolve(sold, units, prices, rules)
    return Basis(purchases, groups, _edible(resolved, facts, price_factor))


def _edible(resolved: pd.DataFrame, facts: pd.DataFrame, price_factor: float) -> pd.DataFrame:
    """Weights as whole edible milligrams, so that every engine adds up the same."""
    frame = resolved.drop(columns=["reading"])
    frame["edible"] = 1 - frame["group"].map(facts["refuse_percent"]).fillna(0.0) / 100
    known = frame["group"].isin(facts.index)
    frame.loc[~known, ["route", "share"]] = "none"
    unit = (frame["unit_grams"] * 1000 * frame["edible"]).where(known)
    cent = (1e6 / (frame["kg_price"] * price_factor) / 100 * frame["edible"]).where(known)
    frame["unit_mg"] = unit.fillna(0).round().astype("int64")
    frame["cent_mg"] = cent.fillna(0).round().astype("int64")
    return frame
