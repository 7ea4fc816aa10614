"""Exports of Open Food Facts: a product's composition by barcode, as the public entered it.

The file is read as it was downloaded; nothing is asked of a server. © Open Food Facts contributors, Open
Database Licence 1.0: who publishes a database made from it shares that alike.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem, nearest
from casestudy.nutrition.composition_sources import finish
from casestudy.nutrition.composition_tables import only_file
from casestudy.proportions import HAIR

if TYPE_CHECKING:
    import pandas as pd

_OFF = {
    "energy-kcal": ("energy_kcal", 1), "energy-kj": ("energy_kj", 1), "proteins": ("protein_g", 1),
    "fat": ("fat_g", 1), "saturated-fat": ("sfa_g", 1), "monounsaturated-fat": ("mufa_g", 1),
    "polyunsaturated-fat": ("pufa_g", 1), "trans-fat": ("trans_fat_g", 1),
    "carbohydrates": ("carbohydrate_available_g", 1), "sugars": ("sugars_g", 1), "starch": ("starch_g", 1),
    "fiber": ("fibre_g", 1), "cholesterol": ("cholesterol_mg", 1e3), "sodium": ("sodium_mg", 1e3),
    "calcium": ("calcium_mg", 1e3), "iron": ("iron_mg", 1e3), "magnesium": ("magnesium_mg", 1e3),
    "potassium": ("potassium_mg", 1e3), "zinc": ("zinc_mg", 1e3), "vitamin-a": ("vitamin_a_ug", 1e6),
    "vitamin-c": ("vitamin_c_mg", 1e3), "vitamin-d": ("vitamin_d_ug", 1e6),
    "vitamin-e": ("vitamin_e_mg", 1e3), "vitamin-b12": ("vitamin_b12_ug", 1e6),
}  # fmt: skip
"""Names of Open Food Facts, whose amounts are in grams, with the factor to ours."""


def read_off(path: Path) -> pd.DataFrame:
    """Read an export of Open Food Facts: a product's amounts by barcode.

    Parameters
    ----------
    path : Path
        The CSV export (tabs; ``.csv``, ``.tsv``, with ``.gz``), or a folder with one. ``code`` stays text,
        with its leading zeros. Amounts are those ``_100g`` (per 100 g, or per 100 ml of what is sold by
        volume); where only an amount per serving is given, it is converted by ``serving_quantity``, and
        ``said`` has it. Nobody checks what the public enters: amounts below 0 and grams above 100 g are left
        out and counted in ``attrs["left_out"]``.

    Notes
    -----
    © Open Food Facts contributors, Open Database Licence 1.0.
    """
    import pandas as pd

    path = only_file(path, (".csv", ".tsv", ".csv.gz", ".tsv.gz"))
    try:
        raw = pd.read_csv(
            path,
            sep="\t",
            dtype=str,
            keep_default_na=False,
            quoting=3,
            encoding="utf-8-sig",
            on_bad_lines="error",
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError, OSError) as error:
        problem = Problem(
            path.name, f"it is not a table with tabs in UTF-8 ({str(error).strip()}).", "Export it again."
        )
        raise InputError("A composition table cannot be read.", [problem]) from error
    if "code" not in raw:
        problem = Problem(path.name, "column 'code' is missing.", nearest("code", list(raw.columns)))
        raise InputError("A composition table lacks columns.", [problem])
    serving = pd.to_numeric(raw.get("serving_quantity", pd.Series("", index=raw.index)), errors="coerce")
    parts = []
    for theirs, (component, factor) in _OFF.items():
        empty = pd.Series("", index=raw.index)
        plain = pd.to_numeric(raw.get(f"{theirs}_100g", empty), errors="coerce")
        per = (
            pd.to_numeric(raw.get(f"{theirs}_serving", empty), errors="coerce")
            * 100
            / serving.where(serving > 0)
        )
        amount = plain.where(plain.notna(), per) * factor
        said = pd.Series("", index=raw.index).where(plain.notna() | per.isna(), "from an amount per serving")
        part = pd.DataFrame(
            {"food_id": raw["code"], "food": raw.get("product_name", ""), "amount": amount, "said": said}
        )
        parts.append(part.assign(component=component).dropna(subset=["amount"]))
    table = pd.concat(parts, ignore_index=True)
    grams = table["component"].str.endswith("_g")
    absurd = (table["amount"] < 0) | (grams & (table["amount"] > 100 + HAIR))
    made = finish(table[~absurd], "Open Food Facts, ODbL 1.0")
    made.attrs["left_out"] = {"amounts below 0 or above 100 g": int(absurd.sum())}
    return made
