"""Loaders of three more composition tables: Ciqual 2025, CoFID 2021 and BLS 4.0.

The layouts are those that public programs read from the published files, as `tests/formats-purchases.md`
lists them. The tables are not shipped: their owners publish them under their own licences (Ciqual: Etalab
open licence; CoFID: Open Government Licence 3; BLS: CC BY 4.0).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.nutrition.composition_sources import finish

if TYPE_CHECKING:
    import pandas as pd

_CIQUAL = {
    "energy, regulation eu no 1169/2011 (kcal": "energy_kcal",
    "energy, regulation eu no 1169/2011 (kj": "energy_kj",
    "protein (g": "protein_g",
    "carbohydrate (g": "carbohydrate_available_g",
    "fat (g": "fat_g",
    "sugars (g": "sugars_g",
    "sucrose (g": "sucrose_g",
    "starch (g": "starch_g",
    "fibres (g": "fibre_g",
    "alcohol (g": "alcohol_g",
    "fa saturated (g": "sfa_g",
    "fa mono (g": "mufa_g",
    "fa poly (g": "pufa_g",
    "cholesterol (mg": "cholesterol_mg",
    "sodium (mg": "sodium_mg",
    "calcium (mg": "calcium_mg",
    "iron (mg": "iron_mg",
    "magnesium (mg": "magnesium_mg",
    "potassium (mg": "potassium_mg",
    "zinc (mg": "zinc_mg",
    "vitamin c (mg": "vitamin_c_mg",
    "vitamin d (µg": "vitamin_d_ug",
    "vitamin e (mg": "vitamin_e_mg",
    "vitamin b9 or folate (µg": "folate_ug",
    "vitamin b12 (µg": "vitamin_b12_ug",
}
"""English names of constituents with the beginning of their unit, in small letters."""
_COFID = {
    "PROT": "protein_g",
    "FAT": "fat_g",
    "CHO": "carbohydrate_available_g",
    "KCALS": "energy_kcal",
    "KJ": "energy_kj",
    "TOTSUG": "sugars_g",
    "AOACFIB": "fibre_g",
    "SATFOD": "sfa_g",
    "MONOFOD": "mufa_g",
    "POLYFOD": "pufa_g",
    "FODTRANS": "trans_fat_g",
    "CHOL": "cholesterol_mg",
    "NA": "sodium_mg",
    "K": "potassium_mg",
    "CA": "calcium_mg",
    "MG": "magnesium_mg",
    "FE": "iron_mg",
    "ZN": "zinc_mg",
    "VITC": "vitamin_c_mg",
    "VITD": "vitamin_d_ug",
    "VITE": "vitamin_e_mg",
    "FOLT": "folate_ug",
    "VITB12": "vitamin_b12_ug",
}
_COFID_SHEETS = ("1.3 Proximates", "1.4 Inorganics", "1.5 Vitamins")
_BLS = {
    "ENERCC": "energy_kcal",
    "ENERCJ": "energy_kj",
    "PROT625": "protein_g",
    "FAT": "fat_g",
    "CHO": "carbohydrate_available_g",
    "SUGAR": "sugars_g",
    "FIBT": "fibre_g",
    "FASAT": "sfa_g",
    "FAMS": "mufa_g",
    "FAPU": "pufa_g",
    "CHORL": "cholesterol_mg",
    "ALC": "alcohol_g",
    "NA": "sodium_mg",
    "K": "potassium_mg",
    "CA": "calcium_mg",
    "MG": "magnesium_mg",
    "FE": "iron_mg",
    "ZN": "zinc_mg",
    "VITAA": "vitamin_a_ug",
    "VITC": "vitamin_c_mg",
    "VITD": "vitamin_d_ug",
    "VITE": "vitamin_e_mg",
    "FOL": "folate_ug",
    "VITB12": "vitamin_b12_ug",
}
_TRACES = ("traces", "tr", "tr.", "<lod", "<loq", "<lod or <loq")
_NOT_DETERMINED = ("-", "n")


def bounds(said: Any) -> tuple[float | None, float | None, float | None, str]:
    """Amount, least, most, and the source's words, of one cell.

    Parameters
    ----------
    said : str or number or None
        ``< 0,5`` is between 0 and 0.5. Traces (``traces``, ``Tr``, below the limit of detection) are 0 or
        more,
        and so is what is there or may be there but was not determined (``-``, CoFID's ``N``): no number is
        made
        of either.

    Returns
    -------
    (float or None, float or None, float or None, str)
        The amount is missing for bounds; all are, and the words are empty, for an empty cell. Brackets, which
        mark estimates, are left out.

    Raises
    ------
    ValueError
        For anything else.

    Examples
    --------
    >>> bounds("9,3"), bounds("< 0,5"), bounds("traces"), bounds("")
    ((9.3, 9.3, 9.3, ''), (None, 0.0, 0.5, '< 0,5'), (None, 0.0, None, 'traces'), (None, None, None, ''))
    """
    text = "" if said is None else str(said).strip().strip("()[]").strip()
    if not text:
        return None, None, None, ""
    if text.casefold() in (*_TRACES, *_NOT_DETERMINED):
        return None, 0.0, None, text
    less = text.startswith("<")
    number = float(text.removeprefix("<").strip().replace(",", "."))
    if not number >= 0 or number == float("inf"):
        raise ValueError(text)
    return (None, 0.0, number, text) if less else (number, number, number, "")


def settled(table: pd.DataFrame) -> pd.DataFrame:
    """One amount for each row of a composition table, where a figure must be computed with.

    The workbench's own rule: traces count 0, ``< x`` counts half of x, and what was not determined stays
    missing.

    Returns
    -------
    pandas.DataFrame
        The table with ``amount`` filled in so; rows that stay missing are left out.
    """
    words = table["said"].str.casefold()
    half = table["high"] / 2
    amount = table["amount"].where(table["amount"].notna(), half.where(words.str.startswith("<")))
    amount = amount.where(~words.isin(_TRACES), 0.0)
    return table.assign(amount=amount).dropna(subset=["amount"]).reset_index(drop=True)


def read_ciqual(folder: Path) -> pd.DataFrame:
    """Read Ciqual 2025 (Anses) as its XML files: ``alim_*.xml``, ``const_*.xml`` and ``compo_*.xml``.

    Parameters
    ----------
    folder : Path
        The files as published, in UTF-8 or Windows-1252; a bare ``<`` in a value, as in the edition of
        2020, is
        read.

    Returns
    -------
    pandas.DataFrame
        The columns of `casestudy.nutrition.composition_sources.COLUMNS`; foods under their English names, or
        their French ones. Constituents are found by their English names; protein is by Jones' factors, energy
        by Regulation 1169/2011, and carbohydrate is available.
    """
    import pandas as pd

    foods, constituents, values = (_records(folder, name) for name in ("alim", "const", "compo"))
    components = {}
    for one in constituents:
        name = re.sub(r"\s+", " ", one.get("const_nom_eng", "").casefold()).replace("μ", "µ")
        matching = [ours for theirs, ours in _CIQUAL.items() if name.startswith(theirs)]
        if matching:
            components[one.get("const_code", "")] = matching[0]
    if not components:
        problem = Problem(
            "const_*.xml", "none of its constituents is known by its English name.", "Check the edition."
        )
        raise InputError("A composition table cannot be read.", [problem])
    names = {one.get("alim_code", ""): one.get("alim_nom_eng") or one.get("alim_nom_fr", "") for one in foods}
    rows = [
        {"food_id": one.get("alim_code", ""), "component": components[code], "said": one.get("teneur", "")}
        for one in values
        if (code := one.get("const_code", "")) in components
    ]
    frame = pd.DataFrame(rows, columns=["food_id", "component", "said"])
    return _bounded(frame.assign(food=frame["food_id"].map(names)), "Ciqual, Anses")


def read_cofid(path: Path) -> pd.DataFrame:
    """Read CoFID 2021 (McCance and Widdowson's integrated dataset) as its workbook.

    Parameters
    ----------
    path : Path
        The ``.xlsx``, or a folder with one. Sheets 1.3, 1.4 and 1.5 have three rows of headers, the second of
        which has the codes that are read. A food code that occurs twice (13-669 does) keeps its foods
        apart by
        name. Fibre is AOAC fibre; carbohydrate is available, in monosaccharide equivalents.
    """
    import pandas as pd

    book = _workbook(path)
    lacking = [name for name in _COFID_SHEETS if name not in book.sheet_names]
    raise_if(
        [
            Problem(path.name, f"there is no sheet {name!r}.", nearest(name, book.sheet_names))
            for name in lacking
        ],
        "A composition table cannot be read.",
    )
    parts = []
    for name in _COFID_SHEETS:
        rows = book.get_sheet_by_name(name).to_python()
        codes = [str(cell).strip() for cell in rows[1]] if len(rows) > 2 else []
        for place, code in enumerate(codes):
            if code in _COFID:
                kept = [row for row in rows[3:] if str(row[0]).strip()]
                parts.append(
                    pd.DataFrame(
                        {
                            "food_id": [str(row[0]).strip() for row in kept],
                            "food": [str(row[1]).strip() for row in kept],
                            "component": _COFID[code],
                            "said": [row[place] for row in kept],
                        }
                    )
                )
    return _bounded(_together(parts, path), "CoFID, Public Health England")


def read_bls(path: Path) -> pd.DataFrame:
    """Read the Bundeslebensmittelschlüssel 4.0 (Max Rubner-Institut) as its workbook.

    Parameters
    ----------
    path : Path
        ``BLS_4_0_Daten_2025_DE.xlsx``, or a folder with it. A column of values is headed by its code, name
        and
        unit (``NA Natrium [mg/100g]``); columns of origin and reference are left out. Foods under their
        English names, or their German ones.
    """
    import pandas as pd

    book = _workbook(path)
    rows = book.get_sheet_by_index(0).to_python()
    head = [str(cell).strip() for cell in rows[0]] if rows else []
    needed = ("BLS Code", "Lebensmittelbezeichnung")
    raise_if(
        [
            Problem(path.name, f"column {name!r} is missing.", nearest(name, head))
            for name in needed
            if name not in head
        ],
        "A composition table lacks columns.",
    )
    code, german = (head.index(name) for name in needed)
    english = head.index("Food name") if "Food name" in head else german
    kept = [row for row in rows[1:] if str(row[code]).strip()]
    parts = []
    for place, title in enumerate(head):
        component = _BLS.get(title.partition(" ")[0])
        if component and "[" in title:
            parts.append(
                pd.DataFrame(
                    {
                        "food_id": [str(row[code]).strip() for row in kept],
                        "food": [str(row[english] or row[german]).strip() for row in kept],
                        "component": component,
                        "said": [row[place] for row in kept],
                    }
                )
            )
    return _bounded(_together(parts, path), "BLS 4.0, Max Rubner-Institut")


def _bounded(frame: pd.DataFrame, source: str) -> pd.DataFrame:
    """Cells of a source as amounts and bounds; every cell that is neither is listed."""
    import pandas as pd

    cells, problems = [], []
    for row in frame.itertuples(index=False):
        try:
            cells.append(bounds(row.said))
        except ValueError:
            cells.append((None, None, None, ""))
            found = f"{row.component} of food {row.food_id} is {row.said!r}."
            problems.append(Problem(source, found, "Write a number, < and a number, traces, or -."))
    many = len(problems)
    if many > 20:
        problems = [*problems[:20], Problem(source, f"{many - 20:,} more cells of this kind.", "")]
    raise_if(problems, "A composition table has amounts that are not numbers.")
    named = ("amount", "low", "high", "said")
    made = pd.DataFrame(cells, columns=list(named), index=frame.index)
    numbers = made[["amount", "low", "high"]].astype(float)
    return finish(frame.assign(**{name: numbers[name] for name in numbers}, said=made["said"]), source)


def _records(folder: Path, name: str) -> list[dict[str, str]]:
    """Records of one of Ciqual's XML files: the text of each field by its tag."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import ElementTree

    path = only_file(folder, (".xml",), re.compile(rf"{name}_\d.*"))
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("windows-1252", "replace")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    text = re.sub(r"&(?!#?\w+;)", "&amp;", re.sub(r"<(?![A-Za-z/!?])", "&lt;", text))
    try:
        root = ElementTree.fromstring(text)
    except (ParseError, ValueError) as error:
        problem = Problem(path.name, f"it is not XML ({error}).", "Unpack the published files again.")
        raise InputError("A composition table cannot be read.", [problem]) from error
    return [{field.tag: (field.text or "").strip() for field in record} for record in root]


def _workbook(path: Path) -> Any:
    import zipfile

    from python_calamine import CalamineError, CalamineWorkbook

    path = only_file(path, (".xlsx",))
    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError, zipfile.BadZipFile) as error:
        problem = Problem(path.name, f"it is not a workbook ({error}).", "Download it again.")
        raise InputError("A composition table cannot be read.", [problem]) from error


def only_file(place: Path, endings: tuple[str, ...], stem: re.Pattern[str] | None = None) -> Path:
    """The file that was meant: itself, or the only one of its kind in a folder.

    Raises
    ------
    InputError
        When there is none, or several.
    """
    if place.is_file():
        return place
    wanted = [
        path
        for path in sorted(place.iterdir() if place.is_dir() else [])
        if path.name.casefold().endswith(endings) and (stem is None or stem.match(path.name))
    ]
    if len(wanted) != 1:
        what = f"{stem.pattern if stem else '*'}{'|'.join(endings)}"
        found = f"it holds {len(wanted)} files like {what}."
        raise InputError(
            "A composition table cannot be read.", [Problem(place.name, found, "Leave one there.")]
        )
    return wanted[0]


def _together(parts: list[pd.DataFrame], path: Path) -> pd.DataFrame:
    import pandas as pd

    if not parts:
        problem = Problem(path.name, "none of its columns has a code that is known.", "Check the edition.")
        raise InputError("A composition table cannot be read.", [problem])
    return pd.concat(parts, ignore_index=True)
