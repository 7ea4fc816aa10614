"""Food groups: mixtures of reference foods, and the map from (department, category, type) to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem, nearest
from casestudy.files import tables
from casestudy.files.tables import Column, Schema
from casestudy.nutrition import composition
from casestudy.nutrition.components import COMPONENTS, IDS
from casestudy.proportions import at_least, at_most
from casestudy.purchases.columns import distinct, numbers, plain, texts
from casestudy.study import Study

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

GROUPS_FILE = "profiles/food-groups.csv"
MIXTURES_FILE = "profiles/food-mixtures.csv"
MAP_FILE = "profiles/food-map.csv"
DEFAULTS_FILE = "profiles/food-map-defaults.csv"
FILES = (GROUPS_FILE, MIXTURES_FILE, MAP_FILE, DEFAULTS_FILE, composition.DERIVED)
NOT_FOOD = "none"
"""The group of what a food department sells but nobody eats: candles, baking cups."""
_LEAST_REPORTED = 90.0
"""A mixture's component is known where members that make up this share of it, in percent, report it."""
MIXTURE_OF = ("kinds", "parts", "assortment")
"""What a group's members are: kinds of one food, of which one was bought; parts of one product; or different
foods under one name. Only kinds stand in for each other."""
SCORE_CLASSES = ("general", "red-meat", "cheese", "fats", "beverage")

GROUPS = Schema(
    "food groups",
    (
        Column("group", "text", "the group's id", unique=True),
        Column("name", "text", "the group's name"),
        Column("family", "text", "the family of groups it belongs to"),
        Column("plan_category", "text", "its category in the food plan of the expenditure lane"),
        Column("score_class", "text", "which table of a nutrient profile applies", allowed=SCORE_CLASSES),
        Column("refuse_percent", "number", "what is thrown away of the weight bought", "%"),
        Column("grams_per_ml", "number", "density; its ounces are fluid ounces", "g/ml", required=False),
        Column("fvl_percent", "number", "fruit, vegetables and legumes in it", "%"),
        Column("added_sugar_share", "number", "assumed share of its sugars that are added"),
        Column("mixture", "text", "what its members are; kinds if empty", allowed=MIXTURE_OF, required=False),
    ),
)
MIXTURES = Schema(
    "mixtures",
    (
        Column("group", "text", "the group"),
        Column("data_type", "text", "the kind of food record", allowed=composition.DATA_TYPES),
        Column("food", "text", "the reference food's name"),
        Column("share_percent", "number", "its share of the group's weight; 0 for a bound only", "%"),
        Column(
            "grams_per_gram_bought", "number", "grams of it that a gram bought makes: 4 for a concentrate"
        ),
    ),
)
_KEY = ("department", "category", "type")
MAP = Schema(
    "the food map",
    (*(Column(name, "text", f"the retailer's {name}; - for none") for name in _KEY),
     Column("group", "text", "the food group")),
)  # fmt: skip
DEFAULTS = Schema("the food map's defaults", (*MAP.columns[:2], MAP.columns[3]))


@dataclass(frozen=True)
class FoodGroups:
    """The groups with their composition, and the map to them.

    Attributes
    ----------
    facts, mixtures, foods, mapped, mapped_by_default : pyarrow.Table
        As they are read: groups, mixtures, composition, map and defaults.
    """

    facts: pa.Table
    mixtures: pa.Table
    foods: pa.Table
    mapped: pa.Table
    mapped_by_default: pa.Table

    @cached_property
    def groups(self) -> pd.DataFrame:
        """A row per group: the columns of `GROUPS`; where none is given ``grams_per_ml`` is 0 and ``mixture``
        ``kinds``."""
        return self.facts.to_pandas().fillna({"grams_per_ml": 0.0, "mixture": "kinds"})

    @cached_property
    def map(self) -> pd.DataFrame:
        """Explicit rows of (department, category, type)."""
        return self.mapped.to_pandas()

    @cached_property
    def defaults(self) -> pd.DataFrame:
        """Defaults of (department, category)."""
        return self.mapped_by_default.to_pandas()

    @cached_property
    def members(self) -> pd.DataFrame:
        """A row per member of a mixture: ``group, food, share_percent`` and the amounts per 100 g bought."""
        import pandas as pd

        frame = self.mixtures.select(["group", "food", "share_percent"]).to_pandas()
        return pd.concat([frame, pd.DataFrame(self._bought, columns=list(IDS))], axis=1)

    @property
    def middle(self) -> pd.DataFrame:
        """Amount per 100 g of edible part of the mixture: index ``group``, a column per component.

        Missing where members that make up more than a tenth of the mixture do not report the component.
        """
        return self._mixed[0]

    @property
    def low(self) -> pd.DataFrame:
        """As `middle`, of the least member."""
        return self._mixed[1]

    @property
    def high(self) -> pd.DataFrame:
        """As `middle`, of the greatest member."""
        return self._mixed[2]

    @cached_property
    def _mixed(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        return _mix(self.groups, self.members)

    @cached_property
    def _bought(self) -> np.ndarray:
        """Amounts per 100 g bought: a row per member, a column per component and added sugars."""
        import numpy as np

        foods = list(zip(*(self.foods[name].to_pylist() for name in _FOOD), strict=True))
        place = {food: row for row, food in enumerate(foods)}
        chosen = [
            place[key] for key in zip(*(self.mixtures[name].to_pylist() for name in _FOOD), strict=True)
        ]
        reported = np.column_stack([plain(self.foods[one.id]) for one in COMPONENTS]).astype(float)
        made = reported[chosen] * plain(self.mixtures["grams_per_gram_bought"])[:, None]
        share = dict(
            zip(self.facts["group"].to_pylist(), plain(self.facts["added_sugar_share"]), strict=True)
        )
        added = [share.get(group, np.nan) for group in self.mixtures["group"].to_pylist()]
        sugars = made[:, IDS.index("sugars_g")] * np.asarray(added)
        return np.column_stack([made, sugars])

    def thousandths(self) -> pa.Table:
        """``group`` and each component of `middle` in whole thousandths per 100 g; 0 where it is missing."""
        import numpy as np

        groups = self.facts["group"].to_pylist()
        means = _means(groups, self.mixtures["group"].to_pylist(), plain(self.mixtures["share_percent"]),
                       self._bought)  # fmt: skip
        whole = np.nan_to_num(np.round(means * 1000)).astype(np.int64)
        table = self.facts.select(["group"])
        for place, name in enumerate(IDS):
            table = table.append_column(name, numbers(whole[:, place]))
        return table

    def fact(self, name: str, missing: float = 0.0) -> dict[str, float]:
        """A number of every group, such as ``refuse_percent``."""
        values = plain(self.facts[name]).tolist()
        named = zip(self.facts["group"].to_pylist(), values, strict=True)
        return {group: value if value == value else missing for group, value in named}


_FOOD = ("data_type", "food")


def read_groups(study: Study) -> FoodGroups:
    """Read groups, mixtures, composition and map, and check them against each other.

    Raises
    ------
    InputError
        With every problem: groups that are not defined, mixtures that do not sum to 100 %, foods without
        composition, doubled map rows.
    """
    files = ((GROUPS_FILE, GROUPS), (MIXTURES_FILE, MIXTURES), (MAP_FILE, MAP), (DEFAULTS_FILE, DEFAULTS))
    read = [tables.read_arrow(study.input(path), schema, path) for path, schema in files]
    groups, mixtures, mapped, defaults = read
    found = FoodGroups(groups, mixtures, composition.read_derived(study), mapped, defaults)
    problems = list(_problems(found))
    if problems:
        raise InputError("The food groups have problems.", problems)
    return found


def assign(products: pa.Table, groups: FoodGroups) -> pa.Table:
    """Give each product its food group.

    Parameters
    ----------
    products : pyarrow.Table
        ``department, category, type``; missing values stand for themselves.

    Returns
    -------
    pyarrow.Table
        The rows in their order, with ``group`` (empty where neither a row nor a default applies) and
        ``mapped_by``: ``explicit``, ``default`` or ``nothing``.
    """
    explicit = _named(groups.mapped, _KEY)
    default = _named(groups.mapped_by_default, _KEY[:2])
    kinds, which = distinct(*(products[name] for name in _KEY))
    found = [
        (explicit[kind], "explicit")
        if kind in explicit
        else (default[kind[:2]], "default")
        if kind[:2] in default
        else ("", "nothing")
        for kind in kinds
    ]
    named = products.append_column("group", texts([group for group, _ in found], which))
    return named.append_column("mapped_by", texts([how for _, how in found], which))


def _named(table: pa.Table, key: tuple[str, ...]) -> dict[tuple[str, ...], str]:
    rows = zip(*(table[name].to_pylist() for name in key), strict=True)
    return dict(zip(rows, table["group"].to_pylist(), strict=True))


def _mix(groups: pd.DataFrame, members: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    import pandas as pd

    amounts, by = members[list(IDS)], members["group"]
    means = _means(
        list(groups["group"]), list(by), members["share_percent"].to_numpy(float), amounts.to_numpy(float)
    )
    middle = pd.DataFrame(means, index=pd.Index(groups["group"]), columns=list(IDS))
    low = amounts.groupby(by).min().reindex(groups["group"]).where(middle.notna())
    high = amounts.groupby(by).max().reindex(groups["group"]).where(middle.notna())
    return middle, low.combine(middle, _smaller), high.combine(middle, _larger)


def _means(groups: list[str], by: list[str], share: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """Weighted means of the members that report a component, in the members' order; else NaN."""
    import numpy as np

    rows = {group: place for place, group in enumerate(groups)}
    total, rest, reported = (np.zeros((len(groups), amounts.shape[1])) for _ in range(3))
    for group, weight, amount in zip(by, share, amounts, strict=True):
        if (row := rows.get(group)) is None:
            continue
        known = ~np.isnan(amount)
        added = np.where(known, amount * weight, 0.0) - rest[row]  # compensated: little is lost on the way
        summed = total[row] + added
        rest[row] = summed - total[row] - added
        total[row] = summed
        reported[row] += np.where(known, weight, 0.0)
    enough = at_least(reported, _LEAST_REPORTED)
    return np.where(enough, total / np.where(enough, reported, 1.0), np.nan)


def _smaller(one: pd.Series, other: pd.Series) -> pd.Series:
    return one.where(one <= other, other)


def _larger(one: pd.Series, other: pd.Series) -> pd.Series:
    return one.where(one >= other, other)


_MOST = {"refuse_percent": 100.0, "fvl_percent": 100.0, "added_sugar_share": 1.0}
"""The greatest that a share of a food group can be."""


def _shares(found: FoodGroups) -> Iterator[Problem]:
    """Shares of groups and mixtures below 0 or above the whole."""
    asked = [(GROUPS_FILE, found.facts, name, most) for name, most in _MOST.items()]
    asked += [(MIXTURES_FILE, found.mixtures, "share_percent", 100.0)]
    for where, table, name, most in asked:
        for row, value in enumerate(table[name].to_pylist(), start=2):
            if value is not None and not (value >= 0 and at_most(value, most)):
                remedy = f"Write a share from 0 to {most:g}."
                yield Problem(f"{where}, row {row}", f"{name} is {value:g}.", remedy)


def _problems(found: FoodGroups) -> Iterator[Problem]:
    yield from _shares(found)
    groups = found.facts["group"].to_pylist()
    known = {*groups, NOT_FOOD}
    mapped, defaults, mixtures = found.mapped, found.mapped_by_default, found.mixtures
    for where, table in ((MIXTURES_FILE, mixtures), (MAP_FILE, mapped), (DEFAULTS_FILE, defaults)):
        for row, group in enumerate(table["group"].to_pylist(), start=2):
            if group not in known:
                yield Problem(
                    f"{where}, row {row}", f"group {group!r} is not defined.", nearest(group, known)
                )
    for where, table, key in ((MAP_FILE, mapped, _KEY), (DEFAULTS_FILE, defaults, _KEY[:2])):
        seen = set()
        for row, kind in enumerate(zip(*(table[name].to_pylist() for name in key), strict=True), start=2):
            if kind in seen:
                yield Problem(f"{where}, row {row}", "the same key occurs before.", "Keep one of the rows.")
            seen.add(kind)
    sums: dict[str, float] = {}
    for group, share in zip(
        mixtures["group"].to_pylist(), mixtures["share_percent"].to_pylist(), strict=True
    ):
        sums[group] = sums.get(group, 0.0) + share
    for group, total in sorted(sums.items()):
        if not at_most(abs(total - 100), 0.01):
            yield Problem(MIXTURES_FILE, f"the shares of {group!r} sum to {total:g}.", "Make them 100.")
    for group in groups:
        if group not in sums:
            yield Problem(GROUPS_FILE, f"{group!r} has no mixture.", f"Add its foods to {MIXTURES_FILE}.")
    have = set(zip(*(found.foods[name].to_pylist() for name in _FOOD), strict=True))
    for row, food in enumerate(zip(*(mixtures[name].to_pylist() for name in _FOOD), strict=True), start=2):
        if food not in have:
            yield Problem(f"{MIXTURES_FILE}, row {row}", f"{food[1]!r} has no row in {composition.DERIVED}.",
                          "Derive the table again: see profiles/README.md.")  # fmt: skip
