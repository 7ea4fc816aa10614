"""Every score of single foods beside each other: of a file of foods, or of the study's food groups."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem, raise_if
from casestudy.files import tables
from casestudy.files.tables import Column, Schema
from casestudy.nutrition.components import COMPONENTS, KJ_PER_KCAL, SALT_PER_SODIUM
from casestudy.nutrition.scores import (
    KINDS,
    STAR_CATEGORIES,
    Food,
    health_star_rating,
    nrf93,
    nutri_score,
    uk_npm,
)
from casestudy.proportions import at_most

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.nutrition.basis import Basis

FOODS = Schema(
    "foods",
    (
        Column("food", "text", "the food's name"),
        Column("kind", "text", "which table applies; general if empty", allowed=KINDS, required=False),
        Column("star_category", "text", "of the Health Star Rating", allowed=STAR_CATEGORIES, required=False),
        Column("energy_kj", "number", "energy", "kJ per 100 g", required=False),
        Column("salt_g", "number", "salt, where sodium_mg is not given", "g per 100 g", required=False),
        Column("fvl_percent", "number", "fruit, vegetables and legumes; 0 if empty", "%", required=False),
        Column("sweetener", "boolean", "a drink with a non-nutritive sweetener", required=False),
        *(Column(c.id, "number", c.name, f"{c.unit} per 100 g", required=False) for c in COMPONENTS),
        Column("added_sugars_g", "number", "added sugars", "g per 100 g", required=False),
    ),
)
"""Foods to be scored, per 100 g, or per 100 ml of a drink."""
COLUMNS = (
    *("food", "kind", "nutri_score_2023", "grade_2023", "nutri_score_2021", "grade_2021"),
    *("uk_npm", "uk_class", "star_score", "stars", "nrf93", "why_not"),
)
_MOST = dict.fromkeys(("fat_g", "sfa_g", "sugars_g", "fibre_g", "protein_g", "salt_g"), 100.0) | {
    "energy_kj": 4000.0,
    "energy_kcal": 950.0,
    "sodium_mg": 40_000.0,
}
"""Above what 100 g, pure fat and pure salt have, with a margin: another unit was meant."""
_MILK = "Milk and yogurt"


def of_file(path: Path) -> pd.DataFrame:
    """Score the foods of a CSV file.

    Parameters
    ----------
    path : Path
        The columns of `FOODS`; energy in kJ, or in kcal where that is empty.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`, a row a food; a score whose input is missing is NaN, and ``why_not`` says
        what
        is not reported. Star ratings need ``star_category``.

    Raises
    ------
    InputError
        With every problem: amounts below 0 or above what 100 g can hold, shares above 100 %, unknown kinds.
    """
    frame = tables.read_csv(path, FOODS, path.name)
    rows, problems = [], []
    for number, row in enumerate(frame.to_dict("records"), start=2):
        for name, most in _MOST.items():
            if row[name] > most and not at_most(row[name], most):
                found = f"{name} is {row[name]:g}, above {most:g}."
                problems.append(Problem(f"{path.name}, row {number}", found, "Check its unit: per 100 g."))
        try:
            rows.append(_scored(row))
        except InputError as error:
            problems += [
                Problem(f"{path.name}, row {number}", one.found, one.remedy) for one in error.problems
            ]
    raise_if(problems, "The foods cannot be scored.")
    return _table(rows)


def of_groups(basis: Basis) -> pd.DataFrame:
    """Score the usual mixture of every food group of the study: the columns of `COLUMNS`.

    Star categories follow the group's score class and family (a choice of the workbench).
    """
    rows = []
    for group in basis.groups.groups.itertuples(index=False):
        amounts = {str(name): float(value) for name, value in basis.groups.middle.loc[group.group].items()}
        milk = group.family == _MILK
        star = {"beverage": "dairy-drink" if milk else "drink", "cheese": "cheese", "fats": "fats"}
        kind = "water" if group.group == "water" else group.score_class
        rows.append(
            _scored(
                amounts
                | {"food": group.name, "kind": kind, "fvl_percent": group.fvl_percent}
                | {"star_category": star.get(group.score_class, "dairy" if milk else "food")}
            )
        )
    return _table(rows)


def _scored(row: dict[str, Any]) -> tuple[Any, ...]:
    def amount(name: str) -> float:
        value = row.get(name)
        return math.nan if value is None or value != value else float(value)

    def text(name: str) -> str:
        value = row.get(name)
        return value if isinstance(value, str) else ""

    energy = amount("energy_kj")
    energy = amount("energy_kcal") * KJ_PER_KCAL if math.isnan(energy) else energy
    sodium = amount("sodium_mg")
    sodium = amount("salt_g") * 1000 / SALT_PER_SODIUM if math.isnan(sodium) else sodium
    fruit = amount("fvl_percent")
    food = Food(
        energy_kj=energy,
        sugars_g=amount("sugars_g"),
        sfa_g=amount("sfa_g"),
        sodium_mg=sodium,
        fibre_g=amount("fibre_g"),
        protein_g=amount("protein_g"),
        fat_g=amount("fat_g"),
        fvl_percent=0.0 if math.isnan(fruit) else fruit,
        kind=text("kind") or "general",
        sweetener=row.get("sweetener") is True,
    )
    new, old, british = nutri_score(food), nutri_score(food, 2021), uk_npm(food)
    star = health_star_rating(food, text("star_category")) if text("star_category") else None
    named = {one.id: amount(one.id) for one in COMPONENTS} | {"added_sugars_g": amount("added_sugars_g")}
    named |= {"energy_kcal": energy / KJ_PER_KCAL, "sodium_mg": sodium}
    rich = nrf93(named, total_sugar=math.isnan(named["added_sugars_g"]))
    reasons = [one.reason for one in (new, british, rich) if one.reason]
    return (
        text("food"), food.kind, new.value, new.grade, old.value, old.grade, british.value, british.grade,
        star.value if star else math.nan, star.grade if star else "", rich.value,
        "; ".join(dict.fromkeys(reasons)),
    )  # fmt: skip


def _table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(COLUMNS))
