"""Healthy Eating Index 2020 of baskets: experimental, for it needs factors that the composition data lack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casestudy.files import tables
from casestudy.files.tables import Column, Schema
from casestudy.nutrition.basis import Basis
from casestudy.nutrition.nutrients import SCALE, amounts_expression
from casestudy.nutrition.scores import table
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

FACTORS_FILE = "profiles/food-equivalents.csv"
FATTY_ACIDS_OF_FAT = 0.95
"""Share of fat that is fatty acids: an assumption, since unsaturated fatty acids are not in the data."""

EQUIVALENTS = (
    "total_fruit",
    "whole_fruit",
    "total_vegetables",
    "greens_and_beans",
    "whole_grains",
    "dairy",
    "total_protein",
    "seafood_and_plant_protein",
    "refined_grains",
)
FACTORS = Schema(
    "food pattern equivalents",
    (
        Column("group", "text", "the food group"),
        Column("component", "text", "the component", allowed=EQUIVALENTS),
        Column("per_100g", "number", "cup or ounce equivalents in 100 g of edible part"),
        Column("source", "text", "where the factor comes from"),
    ),
)


def hei2020(amounts: pd.DataFrame) -> pd.DataFrame:
    """Score diets or baskets.

    Parameters
    ----------
    amounts : pandas.DataFrame
        A row per basket: ``energy_kcal, sodium_mg, sfa_g, fat_g, added_sugars_g`` and the columns of
        `EQUIVALENTS` (cup and ounce equivalents), all for the same food; ``unsaturated_g`` (mono- and
        polyunsaturated fatty acids) where the composition has it, and then ``fat_g`` is not needed.

    Returns
    -------
    pandas.DataFrame
        A column per component with its points, and ``total`` (0 to 100); missing where there is no energy.

    Notes
    -----
    Where unsaturated fatty acids are not given, fat x 0.95 less saturated stands in. Without saturated fat
    the ratio of unsaturated to saturated earns all points.

    Examples
    --------
    >>> import pandas as pd
    >>> basket = dict.fromkeys(EQUIVALENTS, 0.0) | {"energy_kcal": 1000.0, "sodium_mg": 2000.0}
    >>> basket |= {"sfa_g": 160 / 9, "fat_g": 20.0, "added_sugars_g": 65.0, "refined_grains": 4.3}
    >>> float(hei2020(pd.DataFrame([basket]))["total"].iloc[0])
    0.0
    """
    import numpy as np
    import pandas as pd

    energy = amounts["energy_kcal"].where(amounts["energy_kcal"] > 0)
    densities: dict[str, Any] = {name: 1000 * amounts[name] / energy for name in EQUIVALENTS}
    saturated = amounts["sfa_g"].where(amounts["sfa_g"] > 0)
    unsaturated = (
        amounts["unsaturated_g"]
        if "unsaturated_g" in amounts
        else amounts["fat_g"] * FATTY_ACIDS_OF_FAT - amounts["sfa_g"]
    )
    densities["fatty_acids"] = (unsaturated / saturated).fillna(np.inf)
    densities["sodium"] = amounts["sodium_mg"] / energy
    densities["added_sugars"] = 400 * amounts["added_sugars_g"] / energy
    densities["saturated_fat"] = 900 * amounts["sfa_g"] / energy
    scores = {}
    for component in table("hei-2020")["component"]:
        start, end = component["none"], component["all"]
        part = ((densities[component["id"]] - start) / (end - start)).clip(0, 1)
        scores[component["id"]] = (component["points"] * part).where(energy.notna())
    frame = pd.DataFrame(scores, index=amounts.index)
    frame["total"] = frame.sum(axis=1, min_count=len(scores))
    return frame


def household_equivalents(study: Study, basis: Basis, months: tuple[str, ...] = ()) -> pd.DataFrame:
    """Cup and ounce equivalents that every household bought, with the energy and nutrients the index needs.

    Parameters
    ----------
    study : Study
    basis : Basis
    months : tuple of str
        Only these months; all by default.

    Returns
    -------
    pandas.DataFrame
        Index ``household_id``; the columns that `hei2020` takes, and ``food_spend, counted_spend``.
    """
    import pandas as pd

    factors = tables.read_csv(study.input(FACTORS_FILE), FACTORS, FACTORS_FILE)
    wide = factors.pivot_table(index="group", columns="component", values="per_100g", aggfunc="first")
    per_100g = basis.groups.middle[["energy_kcal", "sodium_mg", "sfa_g", "fat_g", "added_sugars_g"]].join(
        wide
    )
    per_100g = per_100g.reindex(columns=[*per_100g.columns[:5], *EQUIVALENTS])
    grams = amounts_expression(basis, per_100g, by=("household_id",), months=months)
    frame = basis.connection.execute(grams.order_by("household_id"))
    result = pd.DataFrame({"household_id": frame["household_id"]})
    for column in ("food_spend", "counted_spend"):
        result[column] = frame[column].astype("int64") / 100
    for column in per_100g.columns:
        result[column] = frame[column].astype("int64") / SCALE
    return result.set_index("household_id")
