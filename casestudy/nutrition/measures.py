"""Measures of a basket: energy shares and densities, which need no number of eaters and no days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.nutrition.components import KJ_PER_KCAL, SALT_PER_SODIUM

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Measure:
    """A ratio to energy.

    Attributes
    ----------
    id, name, unit : str
    parts : tuple of (str, float)
        Components with factors: their weighted sum is the numerator.
    per_mj : bool
        Whether the denominator is megajoules; else kilocalories, and the ratio is a percentage.
    decimals : int
    """

    id: str
    name: str
    unit: str
    parts: tuple[tuple[str, float], ...]
    per_mj: bool = False
    decimals: int = 1


MEASURES = (
    Measure("fat_energy_percent", "fat", "% of energy", (("fat_g", 9),)),
    Measure("sfa_energy_percent", "saturated fat", "% of energy", (("sfa_g", 9),)),
    Measure(
        "carbohydrate_energy_percent",
        "carbohydrate without fibre",
        "% of energy",
        (("carbohydrate_g", 4), ("fibre_g", -4)),
    ),
    Measure("sugars_energy_percent", "sugars", "% of energy", (("sugars_g", 4),)),
    Measure("added_sugars_energy_percent", "added sugars (assumed)", "% of energy", (("added_sugars_g", 4),)),
    Measure("protein_energy_percent", "protein", "% of energy", (("protein_g", 4),)),
    Measure("fibre_g_per_mj", "fibre", "g/MJ", (("fibre_g", 1),), True, 2),
    Measure("salt_g_per_mj", "salt", "g/MJ", (("sodium_mg", SALT_PER_SODIUM / 1000),), True, 2),
    Measure("calcium_mg_per_mj", "calcium", "mg/MJ", (("calcium_mg", 1),), True, 0),
    Measure("iron_mg_per_mj", "iron", "mg/MJ", (("iron_mg", 1),), True, 2),
    Measure("potassium_mg_per_mj", "potassium", "mg/MJ", (("potassium_mg", 1),), True, 0),
    Measure("vitamin_c_mg_per_mj", "vitamin C", "mg/MJ", (("vitamin_c_mg", 1),), True, 1),
    Measure("folate_ug_per_mj", "folate", "µg/MJ", (("folate_ug", 1),), True, 1),
)
BY_ID = {measure.id: measure for measure in MEASURES}


def numerator(totals: pd.DataFrame, measure: Measure) -> pd.Series:
    """The measure's amount before it is divided by energy."""
    value = totals[measure.parts[0][0]] * measure.parts[0][1]
    for component, factor in measure.parts[1:]:
        value = value + totals[component] * factor
    return value


def denominator(totals: pd.DataFrame, measure: Measure) -> pd.Series:
    """Energy in the measure's unit; missing where there is none, so that a ratio is undefined, not 0."""
    energy = totals["energy_kcal"].where(totals["energy_kcal"] > 0)
    return energy * KJ_PER_KCAL / 1000 if measure.per_mj else energy / 100


def compute(totals: pd.DataFrame) -> pd.DataFrame:
    """Compute every measure.

    Parameters
    ----------
    totals : pandas.DataFrame
        A column per component with amounts; a row per household, month, or whatever is described.

    Returns
    -------
    pandas.DataFrame
        A column per measure, in the order of `MEASURES`; missing where there is no energy.

    Examples
    --------
    >>> import pandas as pd
    >>> from casestudy.nutrition.components import IDS
    >>> some = {"energy_kcal": 2000.0, "fat_g": 70.0, "sodium_mg": 2400.0}
    >>> day = pd.DataFrame([dict.fromkeys(IDS, 0.0) | some])
    >>> values = compute(day).iloc[0]
    >>> float(values["fat_energy_percent"]), round(float(values["salt_g_per_mj"]), 3)
    (31.5, 0.717)
    """
    import pandas as pd

    return pd.DataFrame(
        {one.id: numerator(totals, one) / denominator(totals, one) for one in MEASURES}, index=totals.index
    )
