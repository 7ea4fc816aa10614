"""Loaders of official composition tables: FoodData Central bundles, USDA SR files, Fineli. One model for all.

Every loader gives a long table, amounts per 100 g edible part. What a source does not report has no row; what
it reports as a bound keeps its bounds (see `COLUMNS`). Available carbohydrate (`carbohydrate_available_g`)
and
carbohydrate by difference with fibre (`carbohydrate_g`) are two components, and so are energy in kJ and in
kcal: nothing is converted on the way in.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem, nearest
from casestudy.nutrition.components import COMPONENTS

if TYPE_CHECKING:
    import pandas as pd

UNITS = {component.id: component.unit for component in COMPONENTS} | {
    "energy_kj": "kJ",
    "carbohydrate_available_g": "g",
    "mufa_g": "g",
    "pufa_g": "g",
    "trans_fat_g": "g",
    "alcohol_g": "g",
    "sucrose_g": "g",
    "starch_g": "g",
}
COLUMNS = ("data_type", "food_id", "food", "component", "amount", "low", "high", "said", "unit", "source")
"""``amount`` is missing where the source gives a bound: ``said`` has its words (``traces``, ``< 0,5``),
``low`` and ``high`` the least and the most it can be, the latter missing where the source does not say. Of a
plain number all three are equal and ``said`` is empty. ``data_type`` is the kind of food record, if any."""
FDC_FOODS = ("foundation_food", "sr_legacy_food", "survey_fndds_food", "branded_food", "experimental_food")
"""Data types of FoodData Central that are foods; its others are samples for the laboratory."""

_FDC = {
    1008: "energy_kcal",
    1062: "energy_kj", 2047: "energy_kcal", 2048: "energy_kcal", 1003: "protein_g",
    1004: "fat_g", 1258: "sfa_g", 1292: "mufa_g", 1293: "pufa_g", 1257: "trans_fat_g",
    1005: "carbohydrate_g", 1050: "carbohydrate_g", 2000: "sugars_g", 1063: "sugars_g",
    1079: "fibre_g", 2033: "fibre_g",
    1018: "alcohol_g", 1253: "cholesterol_mg", 1093: "sodium_mg", 1087: "calcium_mg", 1089: "iron_mg",
    1090: "magnesium_mg", 1092: "potassium_mg", 1095: "zinc_mg", 1106: "vitamin_a_ug", 1162: "vitamin_c_mg",
    1114: "vitamin_d_ug", 1109: "vitamin_e_mg", 1177: "folate_ug", 1178: "vitamin_b12_ug",
}  # fmt: skip
_FDC_FIRST = (1008, 2048, 2047, 1005, 1050, 2000, 1063, 1079, 2033)
"""Where two nutrient ids stand for one component, the earlier one here counts."""
_SR = {
    203: "protein_g", 204: "fat_g", 205: "carbohydrate_g", 208: "energy_kcal", 268: "energy_kj",
    269: "sugars_g", 291: "fibre_g", 301: "calcium_mg", 303: "iron_mg", 304: "magnesium_mg",
    306: "potassium_mg",
    307: "sodium_mg", 309: "zinc_mg", 320: "vitamin_a_ug", 323: "vitamin_e_mg", 328: "vitamin_d_ug",
    401: "vitamin_c_mg", 417: "folate_ug", 418: "vitamin_b12_ug", 601: "cholesterol_mg", 605: "trans_fat_g",
    606: "sfa_g", 645: "mufa_g", 646: "pufa_g", 221: "alcohol_g",
}  # fmt: skip
_FINELI = {
    "ENERC": "energy_kj", "FAT": "fat_g", "CHOAVL": "carbohydrate_available_g", "CHOCDF": "carbohydrate_g",
    "PROT": "protein_g", "SUGAR": "sugars_g", "SUCS": "sucrose_g", "STARCH": "starch_g", "FIBC": "fibre_g",
    "FASAT": "sfa_g", "FAMCIS": "mufa_g", "FAPU": "pufa_g", "FATRN": "trans_fat_g", "ALC": "alcohol_g",
    "NA": "sodium_mg", "CHOLE": "cholesterol_mg", "CA": "calcium_mg", "FE": "iron_mg", "MG": "magnesium_mg",
    "K": "potassium_mg", "ZN": "zinc_mg", "VITA": "vitamin_a_ug", "VITC": "vitamin_c_mg",
    "VITD": "vitamin_d_ug", "VITE": "vitamin_e_mg", "FOL": "folate_ug", "VITB12": "vitamin_b12_ug",
}  # fmt: skip


def read_fdc(folder: Path) -> pd.DataFrame:
    """Read an official CSV bundle of FoodData Central.

    Parameters
    ----------
    folder : Path
        With ``food.csv``, ``food_nutrient.csv`` and ``nutrient.csv``. Nutrients are joined on
        ``nutrient.id``; where a bundle uses the older numbers instead, on ``nutrient_nbr``.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`, of the data types of `FDC_FOODS`; ``attrs["left_out"]`` counts the
        records of
        the others by data type. Where two nutrients stand for one component, the preferred one that has an
        amount counts.

    Raises
    ------
    InputError
        When a file or a column is missing, or a file is not UTF-8.
    """
    import pandas as pd

    foods = _csv(folder / "food.csv", ("fdc_id", "data_type", "description"))
    is_food = foods["data_type"].isin(FDC_FOODS)
    left_out = foods.loc[~is_food, "data_type"].fillna("not stated").value_counts().sort_index().to_dict()
    foods = foods[is_food]
    values = _csv(folder / "food_nutrient.csv", ("fdc_id", "nutrient_id", "amount"))
    nutrients = _csv(folder / "nutrient.csv", ("id", "nutrient_nbr"))
    values["nutrient_id"] = pd.to_numeric(values["nutrient_id"], errors="coerce")
    ids = pd.to_numeric(nutrients["id"], errors="coerce")
    if not values["nutrient_id"].isin(ids).all():
        older = dict(zip(pd.to_numeric(nutrients["nutrient_nbr"], errors="coerce"), ids, strict=True))
        new = values["nutrient_id"].map(older)
        values["nutrient_id"] = values["nutrient_id"].where(values["nutrient_id"].isin(ids), new)
    values["component"] = values["nutrient_id"].map(_FDC)
    order = {number: place for place, number in enumerate(_FDC_FIRST)}
    values["rank"] = values["nutrient_id"].map(order).fillna(0)
    values = values[values["amount"].notna()]
    values = values.sort_values(["fdc_id", "component", "rank"], kind="stable")
    values = values.drop_duplicates(["fdc_id", "component"])
    joined = values.merge(foods[["fdc_id", "data_type", "description"]], on="fdc_id", how="inner")
    joined = joined.rename(columns={"fdc_id": "food_id", "description": "food"})
    table = finish(joined, "FoodData Central bundle")
    table.attrs["left_out"] = left_out
    return table


def read_sr(folder: Path) -> pd.DataFrame:
    """Read USDA Standard Reference ASCII files (SR11 to SR Legacy).

    Parameters
    ----------
    folder : Path
        With ``FOOD_DES.txt`` and ``NUT_DATA.txt``: fields between carets, text between tildes, ISO-8859-1.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`; ``food_id`` is the NDB number, text with its leading zeros.
    """
    foods = _carets(folder / "FOOD_DES.txt", 14).rename(columns={0: "food_id", 2: "food"})
    values = _carets(folder / "NUT_DATA.txt", 3).rename(columns={0: "food_id", 1: "number", 2: "amount"})
    values["component"] = values["number"].astype(int).map(_SR)
    joined = values.merge(foods[["food_id", "food"]], on="food_id", how="left")
    return finish(joined, "USDA Standard Reference")


def read_refuse(folder: Path) -> pd.Series:
    """Refuse of the foods of a USDA Standard Reference, in percent of the weight; index ``food_id``."""
    import pandas as pd

    foods = _carets(folder / "FOOD_DES.txt", 14)
    return (
        pd.to_numeric(foods.set_index(0)[8], errors="coerce").rename_axis("food_id").rename("refuse_percent")
    )


def read_fineli(folder: Path) -> pd.DataFrame:
    """Read a Fineli package (THL): semicolons, decimal commas, ISO-8859-1 or UTF-8.

    Parameters
    ----------
    folder : Path
        With ``component_value.csv`` and ``foodname_EN.csv`` (or ``food.csv``). Its code of sodium is the text
        ``NA``, which is read as text.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`. Energy is in kJ, from available carbohydrate.
    """
    values = _semicolons(folder / "component_value.csv", ("FOODID", "EUFDNAME", "BESTLOC"))
    name = folder / "foodname_EN.csv"
    foods = _semicolons(name if name.is_file() else folder / "food.csv", ("FOODID", "FOODNAME"))
    values["component"] = values["EUFDNAME"].map(_FINELI)
    values["amount"] = values["BESTLOC"].str.replace(",", ".", regex=False)
    joined = values.merge(foods[["FOODID", "FOODNAME"]], on="FOODID", how="left")
    joined = joined.rename(columns={"FOODID": "food_id", "FOODNAME": "food"})
    return finish(joined, "Fineli, THL")


def finish(frame: pd.DataFrame, source: str) -> pd.DataFrame:
    """A table with ``component`` and amounts as text or numbers, as `COLUMNS`.

    Raises
    ------
    InputError
        With the first amounts that are neither a number nor empty, or are below 0 (carbohydrate by difference
        may be).
    """
    import pandas as pd

    kept = frame.dropna(subset=["component"]).copy()
    amounts = pd.to_numeric(kept["amount"], errors="coerce")
    bad = kept[amounts.isna() & kept["amount"].notna() & kept["amount"].astype(str).str.strip().ne("")]
    if len(bad):
        problems = [
            Problem(source, f"{row.component} of food {row.food_id} is {row.amount!r}.", "Write a number.")
            for row in bad.head(20).itertuples(index=False)
        ]
        raise InputError("A composition table has amounts that are not numbers.", problems)
    kept["amount"] = amounts
    for name in ("low", "high", "said", "data_type"):
        if name not in kept:
            kept[name] = "" if name in ("said", "data_type") else kept["amount"]
    kept = kept[kept["amount"].notna() | kept["said"].ne("")]
    below = kept[(kept["amount"] < 0) & kept["component"].ne("carbohydrate_g")]
    if len(below):
        problems = [
            Problem(
                source, f"{row.component} of food {row.food_id} is {row.amount:g}.", "An amount is 0 or more."
            )
            for row in below.head(20).itertuples(index=False)
        ]
        raise InputError("A composition table has amounts below 0.", problems)
    kept["unit"] = kept["component"].map(UNITS)
    kept["source"] = source
    kept["food_id"] = kept["food_id"].astype(str)
    table = kept[list(COLUMNS)].sort_values(["food_id", "component"], ignore_index=True)
    return pd.DataFrame(table)


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        problem = Problem(path.parent.name, f"{path.name} is not there.", "Unpack the whole package.")
        raise InputError("A composition table cannot be read.", [problem])
    return path.read_bytes()


def _expect(frame: pd.DataFrame, needed: tuple[str, ...], where: str) -> pd.DataFrame:
    problems = [
        Problem(where, f"column {name!r} is missing.", nearest(name, [str(c) for c in frame.columns]))
        for name in needed
        if name not in frame.columns
    ]
    if problems:
        raise InputError("A composition table lacks columns.", problems)
    return frame


def _parsed(text: str, path: Path, *, sep: str, quotechar: str, header: int | None) -> pd.DataFrame:
    """A table of text; every way in which its rows cannot be distinguished is a problem of the file."""
    import pandas as pd

    try:
        return pd.read_csv(
            io.StringIO(text),
            sep=sep,
            quotechar=quotechar,
            header=header,
            dtype=str,
            keep_default_na=False,
            na_values=[""],
        )
    except ValueError as error:  # the parser's own errors, and a file without a row, are among them
        problem = Problem(path.name, f"its rows cannot be distinguished: {str(error).strip()}.",
                          "Unpack the file again, or correct the row that is named.")  # fmt: skip
        raise InputError("A composition table cannot be read.", [problem]) from error


def _csv(path: Path, needed: tuple[str, ...]) -> pd.DataFrame:

    raw = _bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(path.name, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
        raise InputError("A composition table cannot be read.", [problem]) from error
    frame = _parsed(text, path, sep=",", quotechar='"', header=0)
    return _expect(frame, needed, path.name)


def _carets(path: Path, least: int) -> pd.DataFrame:

    text = _bytes(path).decode("iso-8859-1")
    frame = _parsed(text, path, sep="^", quotechar="~", header=None)
    if frame.shape[1] < least:
        problem = Problem(path.name, f"it has {frame.shape[1]} fields where {least} or more are due.",
                          "Check that fields stand between carets (^).")  # fmt: skip
        raise InputError("A composition table cannot be read.", [problem])
    return frame


def _semicolons(path: Path, needed: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    raw = _bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("iso-8859-1")
    frame = pd.read_csv(io.StringIO(text), sep=";", dtype=str, keep_default_na=False, na_values=[""])
    return _expect(frame, needed, path.name)
