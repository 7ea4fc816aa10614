"""Nutrient profile scores of single foods: Nutri-Score, the UK model, Health Star Rating, NRF9.3.

The official point tables are data in ``score_tables/``. Inputs are not rounded. Amounts are compared with
limits as decimals, so that a value written as 0.6 is not above a limit of 0.6 by a hair of binary arithmetic.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from casestudy.errors import Problem, raise_if
from casestudy.nutrition.components import KJ_PER_KCAL, SALT_PER_SODIUM
from casestudy.proportions import at_most

KINDS = ("general", "red-meat", "cheese", "fats", "beverage", "water")
STAR_CATEGORIES = ("food", "dairy", "dairy-drink", "fats", "cheese", "drink", "flavoured-water", "produce")


@dataclass(frozen=True)
class Food:
    """A food as a score needs it, per 100 g (or 100 ml of a beverage).

    Attributes
    ----------
    energy_kj, sugars_g, sfa_g, sodium_mg, fibre_g, protein_g : float
    fat_g : float
        Needed for fats only.
    fvl_percent : float
        Fruit, vegetables and legumes (with nuts, where the score's edition counts them).
    kind : str
        One of `KINDS`: which table applies.
    sweetener : bool
        Whether a beverage holds a non-nutritive sweetener.

    Raises
    ------
    InputError
        With every amount below 0, and a share of fruit above 100 %.
    """

    energy_kj: float
    sugars_g: float
    sfa_g: float
    sodium_mg: float
    fibre_g: float
    protein_g: float
    fat_g: float = math.nan
    fvl_percent: float = 0.0
    kind: str = "general"
    sweetener: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind {self.kind!r} is none of {', '.join(KINDS)}")
        raise_if(list(self._problems()), "The food cannot be scored.")

    def _problems(self) -> Iterator[Problem]:
        """Amounts below 0, and a share of more than the whole."""
        for name in (
            "energy_kj",
            "sugars_g",
            "sfa_g",
            "sodium_mg",
            "fibre_g",
            "protein_g",
            "fat_g",
            "fvl_percent",
        ):
            if getattr(self, name) < 0:
                found = f"{name} is {getattr(self, name):g}, below 0."
                yield Problem("food", found, "Give an amount of 0 or more.")
        if self.fvl_percent > 100 and not at_most(self.fvl_percent, 100):
            yield Problem(
                "food", f"fvl_percent is {self.fvl_percent:g}, above 100.", "Give a share of the food."
            )


@dataclass(frozen=True)
class Score:
    """A score with the points it is made of; `grade` is empty where the score has none.

    `value` is NaN, with the reason in `reason`, where an input is missing.
    """

    value: float
    grade: str = ""
    points: dict[str, int] = field(default_factory=dict)
    reason: str = ""


@cache
def table(name: str) -> dict[str, Any]:
    """The official table of a score: a file of ``score_tables/``, with its source."""
    text = (files("casestudy.nutrition") / "score_tables" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def points(value: float, limits: list[float], *, reached: bool = False) -> int:
    """How many limits a value exceeds (or reaches).

    Examples
    --------
    >>> points(0.6, [0.2, 0.4, 0.6, 0.8]), points(0.61, [0.2, 0.4, 0.6, 0.8])
    (2, 3)
    >>> points(10.0, [10, 16], reached=True)
    1
    """
    exact = _decimal(value)
    return sum(exact >= _decimal(limit) if reached else exact > _decimal(limit) for limit in limits)


def nutri_score(food: Food, edition: int = 2023) -> Score:
    """Nutri-Score of a food.

    Parameters
    ----------
    food : Food
        Milk and plant drinks are beverages in 2023 and general foods in 2021; nuts are fats in 2023.
    edition : {2023, 2021}

    Returns
    -------
    Score
        ``value`` from about -17 (best) to 55, ``grade`` A to E.

    Examples
    --------
    >>> oil = Food(3460, 0, 14, 0, 0, 0, fat_g=92, fvl_percent=100, kind="fats")
    >>> nutri_score(oil).value, nutri_score(oil).grade
    (0, 'B')
    """
    if edition not in (2021, 2023):
        raise ValueError(f"edition {edition} of the Nutri-Score is not known; use 2021 or 2023")
    if food.kind == "water":
        return Score(0, "A")
    missing = _missing(food, fat=food.kind == "fats")
    if missing:
        return Score(math.nan, reason=missing)
    return _nutri_2023(food) if edition == 2023 else _nutri_2021(food)


def _nutri_2023(food: Food) -> Score:
    official = table("nutri-score-2023")
    limits, rules = official["points"], official["rules"]
    drink, fats = food.kind == "beverage", food.kind == "fats"
    end = "_beverage" if drink else ""
    bad = {
        "sugars": points(food.sugars_g, limits[f"sugars_g{end}"]),
        "salt": points(_salt(food), limits["salt_g"]),
    }
    if fats:
        energy = rules["kj_per_gram_of_saturates"] * food.sfa_g
        bad["energy from saturates"] = points(energy, limits["energy_from_saturates_kj"])
        bad["saturates of fat"] = points(_ratio(food), limits["sfa_percent_of_fat"], reached=True)
    else:
        bad["energy"] = points(food.energy_kj, limits[f"energy_kj{end}"])
        bad["saturates"] = points(food.sfa_g, limits["sfa_g"])
    if drink and food.sweetener:
        bad["sweetener"] = rules["sweetener_points"]
    good = {"fibre": points(food.fibre_g, limits["fibre_g"]), "fruit": _fruit(food, official["fvl"], drink)}
    protein = points(food.protein_g, limits[f"protein_g{end}"])
    if food.kind == "red-meat":
        protein = min(protein, rules["most_protein_points_red_meat"])
    below = rules["protein_counts_below_fats" if fats else "protein_counts_below"]
    counts = drink or food.kind == "cheese" or sum(bad.values()) < below
    good["protein"] = protein if counts else 0
    grades = official["grades"]["beverage" if drink else "fats" if fats else "general"]
    return _graded(bad, good, grades)


def _nutri_2021(food: Food) -> Score:
    official = table("nutri-score-2021")
    limits, drink = official["points"], food.kind == "beverage"
    end = "_beverage" if drink else ""
    bad = {
        "energy": points(food.energy_kj, limits[f"energy_kj{end}"]),
        "sugars": points(food.sugars_g, limits[f"sugars_g{end}"]),
        "sodium": points(food.sodium_mg, limits["sodium_mg"]),
    }
    if food.kind == "fats":
        bad["saturates of fat"] = points(_ratio(food), limits["sfa_percent_of_fat"], reached=True)
    else:
        bad["saturates"] = points(food.sfa_g, limits["sfa_g"])
    good = {"fibre": points(food.fibre_g, limits["fibre_g"]), "fruit": _fruit(food, official["fvl"], drink)}
    most = official["fvl"]["points_beverage" if drink else "points"][-1]
    below = sum(bad.values()) < official["rules"]["protein_counts_below"]
    counts = below or good["fruit"] == most or food.kind == "cheese"
    good["protein"] = points(food.protein_g, limits["protein_g"]) if counts else 0
    return _graded(bad, good, official["grades"]["beverage" if drink else "general"])


def uk_npm(food: Food, *, nsp: bool = False) -> Score:
    """Score of the UK nutrient profiling model of 2004/05.

    Parameters
    ----------
    food : Food
        Per 100 g, drinks too. ``kind`` matters only for the class.
    nsp : bool
        Whether ``fibre_g`` is non-starch polysaccharides; else AOAC fibre.

    Returns
    -------
    Score
        ``grade`` is ``less healthy`` from 4 points (drinks: 1), else ``healthier``.
    """
    missing = _missing(food)
    if missing:
        return Score(math.nan, reason=missing)
    official = table("uk-npm-2004")
    limits, rules = official["points"], official["rules"]
    bad = {
        "energy": points(food.energy_kj, limits["energy_kj"]),
        "saturates": points(food.sfa_g, limits["sfa_g"]),
        "sugars": points(food.sugars_g, limits["sugars_g"]),
        "sodium": points(food.sodium_mg, limits["sodium_mg"]),
    }
    good = {
        "fruit": _fruit(food, official["fvl"], False),
        "fibre": points(food.fibre_g, limits["nsp_g" if nsp else "fibre_g"]),
    }
    counts = sum(bad.values()) < rules["protein_counts_below"] or good["fruit"] == 5
    good["protein"] = points(food.protein_g, limits["protein_g"]) if counts else 0
    value = sum(bad.values()) - sum(good.values())
    drink = food.kind in ("beverage", "water")
    limit = rules["less_healthy_drink" if drink else "less_healthy_food"]
    return Score(value, "less healthy" if value >= limit else "healthier", bad | good)


def health_star_rating(food: Food, category: str, *, concentrated: bool = False) -> Score:
    """Health Star Rating of 2020.

    Parameters
    ----------
    food : Food
    category : str
        One of `STAR_CATEGORIES`. Water (``kind`` of a drink), ``flavoured-water`` (unsweetened) and
        ``produce`` (unprocessed fruit and vegetables) have their stars by rule, without a score.
    concentrated : bool
        Whether ``fvl_percent`` is of concentrated fruit or vegetables.

    Returns
    -------
    Score
        ``grade`` is the number of stars, as text: ``0.5`` to ``5``; ``value`` is NaN where the stars are by
        rule.

    Examples
    --------
    >>> cereal = Food(1610, 9.6, 1.7, 267, 8.9, 10.7)
    >>> health_star_rating(cereal, "food").value, health_star_rating(cereal, "food").grade
    (-6, '4')
    """
    if category not in STAR_CATEGORIES:
        raise ValueError(f"category {category!r} is none of {', '.join(STAR_CATEGORIES)}")
    official = table("health-star-rating-2020")
    by_rule = official["automatic"].get("water" if (category, food.kind) == ("drink", "water") else category)
    if by_rule:
        return Score(math.nan, by_rule, reason="stars by rule, without a score")
    missing = _missing(food)
    if missing:
        return Score(math.nan, reason=missing)
    limits, fruit = official["points"], official["fvl"]
    if category == "drink":
        bad = {
            "energy": 1 + points(food.energy_kj, limits["energy_kj_beverage"]),
            "sugars": points(food.sugars_g, limits["sugars_g_beverage"]),
        }
        good = {"fruit": points(food.fvl_percent, fruit["limits_beverage"], reached=True)}
        value = sum(bad.values()) - sum(good.values())
        return Score(value, _stars(value, official["stars"]["drink"], 4.0), bad | good)
    end = "_fats" if category in ("fats", "cheese") else ""
    bad = {
        "energy": points(food.energy_kj, limits["energy_kj"]),
        "saturates": points(food.sfa_g, limits[f"sfa_g{end}"]),
        "sugars": points(food.sugars_g, limits[f"sugars_g{end}"]),
        "sodium": points(food.sodium_mg, limits["sodium_mg"]),
    }
    whole = int(food.fvl_percent >= 100)
    if concentrated:
        earned = points(food.fvl_percent, fruit["limits_concentrated"], reached=True) + whole
    else:
        earned = points(food.fvl_percent, fruit["limits"]) + whole
    good = {"fruit": earned}
    rules = official["rules"]
    if sum(bad.values()) < rules["protein_counts_below"] or earned >= rules["protein_counts_from_fvl"]:
        good["protein"] = points(food.protein_g, limits["protein_g"])
    if category != "dairy-drink":
        good["fibre"] = points(food.fibre_g, limits["fibre_g"])
    value = sum(bad.values()) - sum(good.values())
    return Score(value, _stars(value, official["stars"][category], 5.0), bad | good)


def nrf93(amounts: dict[str, float], *, total_sugar: bool = False) -> Score:
    """Nutrient Rich Foods index 9.3 per 100 kcal.

    Parameters
    ----------
    amounts : dict
        Amount per 100 g of each component id of `casestudy.nutrition.components`.
    total_sugar : bool
        The variant that takes total sugar instead of added sugar.

    Returns
    -------
    Score
        Undefined for foods of nearly no energy (under 5 kcal per 100 g): water, tea, salt, diet drinks.

    Examples
    --------
    >>> spinach = {"energy_kcal": 23, "protein_g": 2.9, "fibre_g": 2.2, "vitamin_a_ug": 469}
    >>> spinach |= {"vitamin_c_mg": 28, "vitamin_e_mg": 2, "calcium_mg": 99, "iron_mg": 2.7}
    >>> spinach |= {"magnesium_mg": 79}
    >>> spinach |= {"potassium_mg": 558, "sfa_g": 0.1, "sodium_mg": 79, "added_sugars_g": 0, "sugars_g": 0.4}
    >>> round(nrf93(spinach).value)
    554
    """
    official = table("nrf-9-3")
    limit = official["limit_total_sugar" if total_sugar else "limit"]
    energy = amounts.get("energy_kcal", math.nan)
    if not energy >= 5:
        return Score(math.nan, reason="nearly no energy, or none known")
    absent = [name for name in (*official["encourage"], *limit) if not amounts.get(name, math.nan) >= 0]
    if absent:
        return Score(math.nan, reason=f"not reported: {', '.join(absent)}")
    share = 100 / energy
    good = sum(min(100.0, 100 * amounts[n] * share / daily) for n, daily in official["encourage"].items())
    bad = sum(100 * amounts[n] * share / most for n, most in limit.items())
    return Score(good - bad)


def food_of(amounts: dict[str, float], kind: str, fvl_percent: float) -> Food:
    """A `Food` from amounts per 100 g under the names of `casestudy.nutrition.components`."""
    return Food(
        energy_kj=amounts["energy_kcal"] * KJ_PER_KCAL,
        sugars_g=amounts["sugars_g"],
        sfa_g=amounts["sfa_g"],
        sodium_mg=amounts["sodium_mg"],
        fibre_g=amounts["fibre_g"],
        protein_g=amounts["protein_g"],
        fat_g=amounts["fat_g"],
        fvl_percent=fvl_percent,
        kind=kind,
    )


def _decimal(value: float) -> Decimal:
    return Decimal(repr(round(float(value), 10)))


def _salt(food: Food) -> float:
    return food.sodium_mg * SALT_PER_SODIUM / 1000


def _ratio(food: Food) -> float:
    return 100 * food.sfa_g / food.fat_g if food.fat_g else 0.0


def _fruit(food: Food, official: dict[str, list[int]], drink: bool) -> int:
    earned = official["points_beverage" if drink else "points"]
    above = points(food.fvl_percent, [float(limit) for limit in official["limits"]])
    return earned[above - 1] if above else 0


def _missing(food: Food, fat: bool = False) -> str:
    names = ["energy_kj", "sugars_g", "sfa_g", "sodium_mg", "fibre_g", "protein_g", "fvl_percent"]
    absent = [name for name in [*names, *(["fat_g"] if fat else [])] if math.isnan(getattr(food, name))]
    return f"not reported: {', '.join(absent)}" if absent else ""


def _graded(bad: dict[str, int], good: dict[str, int], grades: list[int]) -> Score:
    value = sum(bad.values()) - sum(good.values())
    return Score(value, "ABCDE"[sum(value > limit for limit in grades)], bad | good)


def _stars(value: int, limits: list[int], most: float) -> str:
    return f"{max(0.5, most - 0.5 * sum(value > limit for limit in limits)):g}"
