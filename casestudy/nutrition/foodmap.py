"""Food groups: mixtures of reference foods, and the map from (department, category, type) to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy import tables
from casestudy.errors import InputError, Problem, nearest
from casestudy.nutrition import composition
from casestudy.nutrition.components import ADDED_SUGARS, COMPONENTS, IDS
from casestudy.study import Study
from casestudy.tables import Column, Schema

if TYPE_CHECKING:
    import pandas as pd

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
        Column("data_type", "text", "the kind of food record", allowed=composition.REFERENCE_TYPES),
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
    groups : pandas.DataFrame
        A row per group: the columns of `GROUPS`; ``grams_per_ml`` is 0 and ``mixture`` ``kinds`` where none
        is given.
    middle, low, high : pandas.DataFrame
        Amount per 100 g of edible part: index ``group``, a column per component. ``middle`` is the mixture;
        ``low`` and ``high`` are its least and greatest members. Missing where members that make up more
        than a tenth of the mixture do not report the component.
    members : pandas.DataFrame
        A row per member of a mixture: ``group, food, share_percent`` and the amounts per 100 g bought.
    map, defaults : pandas.DataFrame
        Explicit rows of (department, category, type) and defaults of (department, category).
    """

    groups: pd.DataFrame
    middle: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    members: pd.DataFrame
    map: pd.DataFrame
    defaults: pd.DataFrame


def read_groups(study: Study) -> FoodGroups:
    """Read groups, mixtures, composition and map, and check them against each other.

    Raises
    ------
    InputError
        With every problem: groups that are not defined, mixtures that do not sum to 100 %, foods without
        composition, doubled map rows.
    """
    groups = tables.read_csv(study.input(GROUPS_FILE), GROUPS, GROUPS_FILE)
    mixtures = tables.read_csv(study.input(MIXTURES_FILE), MIXTURES, MIXTURES_FILE)
    mapped = tables.read_csv(study.input(MAP_FILE), MAP, MAP_FILE)
    defaults = tables.read_csv(study.input(DEFAULTS_FILE), DEFAULTS, DEFAULTS_FILE)
    foods = composition.read_derived(study)
    problems = _problems(groups, mixtures, mapped, defaults, foods)
    if problems:
        raise InputError("The food groups have problems.", problems)
    groups = groups.reindex(columns=GROUPS.names)
    groups["grams_per_ml"] = groups["grams_per_ml"].fillna(0.0)
    groups["mixture"] = groups["mixture"].fillna("kinds")
    members = _members(groups, mixtures, foods)
    middle, low, high = _mix(groups, members)
    return FoodGroups(groups, middle, low, high, members, mapped, defaults)


def assign(products: pd.DataFrame, groups: FoodGroups) -> pd.DataFrame:
    """Give each product its food group.

    Parameters
    ----------
    products : pandas.DataFrame
        ``department, category, type``; missing values stand for themselves.

    Returns
    -------
    pandas.DataFrame
        The rows in their order, with ``group`` (empty where neither a row nor a default applies) and
        ``mapped_by``: ``explicit``, ``default`` or ``nothing``.
    """
    keys = products[list(_KEY)].astype(object).fillna("-")
    explicit = dict(
        zip(groups.map[list(_KEY)].itertuples(index=False, name=None), groups.map["group"], strict=True)
    )
    default = dict(
        zip(
            groups.defaults[["department", "category"]].itertuples(index=False, name=None),
            groups.defaults["group"],
            strict=True,
        )
    )
    found = []
    for department, category, kind in keys.itertuples(index=False, name=None):
        if (department, category, kind) in explicit:
            found.append((explicit[department, category, kind], "explicit"))
        elif (department, category) in default:
            found.append((default[department, category], "default"))
        else:
            found.append(("", "nothing"))
    frame = products.copy()
    frame["group"] = [group for group, _ in found]
    frame["mapped_by"] = [how for _, how in found]
    return frame


def _members(groups: pd.DataFrame, mixtures: pd.DataFrame, foods: pd.DataFrame) -> pd.DataFrame:
    ids = [component.id for component in COMPONENTS]
    joined = mixtures.merge(foods, on=["data_type", "food"], how="left")
    joined[ids] = joined[ids].mul(joined["grams_per_gram_bought"], axis=0)
    added = joined["group"].map(groups.set_index("group")["added_sugar_share"])
    joined[ADDED_SUGARS.id] = joined["sugars_g"] * added
    return joined[["group", "food", "share_percent", *ids, ADDED_SUGARS.id]]


def _mix(groups: pd.DataFrame, members: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    amounts = members[list(IDS)]
    by, share = members["group"], members["share_percent"]
    weighted = amounts.mul(share, axis=0).groupby(by).sum(min_count=1)
    reported = amounts.notna().mul(share, axis=0).groupby(by).sum()
    middle = (weighted / reported.where(reported >= _LEAST_REPORTED)).reindex(groups["group"])
    low = amounts.groupby(by).min().reindex(groups["group"]).where(middle.notna())
    high = amounts.groupby(by).max().reindex(groups["group"]).where(middle.notna())
    return middle, low.combine(middle, _smaller), high.combine(middle, _larger)


def _smaller(one: pd.Series, other: pd.Series) -> pd.Series:
    return one.where(one <= other, other)


def _larger(one: pd.Series, other: pd.Series) -> pd.Series:
    return one.where(one >= other, other)


def _problems(
    groups: pd.DataFrame,
    mixtures: pd.DataFrame,
    mapped: pd.DataFrame,
    defaults: pd.DataFrame,
    foods: pd.DataFrame,
) -> list[Problem]:
    known = set(groups["group"]) | {NOT_FOOD}
    problems = []
    for where, frame in ((MIXTURES_FILE, mixtures), (MAP_FILE, mapped), (DEFAULTS_FILE, defaults)):
        problems += [
            Problem(f"{where}, row {row + 2}", f"group {group!r} is not defined.", nearest(group, known))
            for row, group in enumerate(frame["group"])
            if group not in known
        ]
    for where, frame, key in ((MAP_FILE, mapped, list(_KEY)), (DEFAULTS_FILE, defaults, list(_KEY[:2]))):
        again = frame.duplicated(key)
        problems += [
            Problem(f"{where}, row {row + 2}", "the same key occurs before.", "Keep one of the rows.")
            for row in frame.index[again]
        ]
    sums = mixtures.groupby("group")["share_percent"].sum()
    problems += [
        Problem(MIXTURES_FILE, f"the shares of {group!r} sum to {total:g}.", "Make them 100.")
        for group, total in sums.items()
        if abs(total - 100) > 0.01
    ]
    mixed = set(sums.index)
    problems += [
        Problem(GROUPS_FILE, f"{group!r} has no mixture.", f"Add its foods to {MIXTURES_FILE}.")
        for group in groups["group"]
        if group not in mixed
    ]
    have = set(foods[["data_type", "food"]].itertuples(index=False, name=None))
    problems += [
        Problem(f"{MIXTURES_FILE}, row {row + 2}", f"{food!r} has no row in {composition.DERIVED}.",
                "Derive the table anew: see profiles/README.md.")
        for row, (kind, food) in enumerate(mixtures[["data_type", "food"]].itertuples(index=False))
        if (kind, food) not in have
    ]  # fmt: skip
    return problems
