"""The components of food that the study counts: names, units, and how a few are computed from others."""

from __future__ import annotations

from dataclasses import dataclass

KJ_PER_KCAL = 4.184
SALT_PER_SODIUM = 2.5
"""Grams of salt in a gram of sodium, as food labels count it."""


@dataclass(frozen=True)
class Component:
    """A nutrient or other component.

    Attributes
    ----------
    id : str
        Name of the column that holds it.
    name : str
        For readers.
    unit : str
        Unit of an amount; amounts of composition are per 100 g.
    kcal_per_gram : float
        Energy factor behind energy shares; 0 where none applies.
    """

    id: str
    name: str
    unit: str
    kcal_per_gram: float = 0.0


COMPONENTS = (
    Component("energy_kcal", "energy", "kcal"),
    Component("protein_g", "protein", "g", 4),
    Component("fat_g", "fat", "g", 9),
    Component("sfa_g", "saturated fatty acids", "g", 9),
    Component("carbohydrate_g", "carbohydrate by difference, with fibre", "g", 4),
    Component("sugars_g", "sugars", "g", 4),
    Component("fibre_g", "fibre", "g"),
    Component("sodium_mg", "sodium", "mg"),
    Component("cholesterol_mg", "cholesterol", "mg"),
    Component("calcium_mg", "calcium", "mg"),
    Component("iron_mg", "iron", "mg"),
    Component("magnesium_mg", "magnesium", "mg"),
    Component("potassium_mg", "potassium", "mg"),
    Component("zinc_mg", "zinc", "mg"),
    Component("vitamin_a_ug", "vitamin A, retinol activity equivalents", "µg"),
    Component("vitamin_c_mg", "vitamin C", "mg"),
    Component("vitamin_d_ug", "vitamin D", "µg"),
    Component("vitamin_e_mg", "vitamin E", "mg"),
    Component("folate_ug", "folate", "µg"),
    Component("vitamin_b12_ug", "vitamin B12", "µg"),
)

ADDED_SUGARS = Component("added_sugars_g", "added sugars (assumed)", "g", 4)
"""Not in the composition data: computed with each food group's assumed share of its sugars."""

ALL = (*COMPONENTS, ADDED_SUGARS)
IDS = tuple(component.id for component in ALL)
BY_ID = {component.id: component for component in ALL}


def kilojoules(kcal: float) -> float:
    """Kilocalories as kilojoules.

    Examples
    --------
    >>> round(kilojoules(100), 1)
    418.4
    """
    return kcal * KJ_PER_KCAL
