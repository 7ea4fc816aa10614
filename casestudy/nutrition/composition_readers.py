"""The readers of composition tables by the name that study.toml gives: ``composition = "ciqual:tables"``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.nutrition import composition, composition_sources, composition_tables
from casestudy.nutrition.components import COMPONENTS, KJ_PER_KCAL
from casestudy.nutrition.open_food_facts import read_off

if TYPE_CHECKING:
    import pandas as pd

READERS: Mapping[str, str] = {
    "fdc": "FoodData Central, CSV bundle",
    "sr": "USDA Standard Reference, ASCII",
    "fineli": "Fineli, CSV package",
    "ciqual": "Ciqual 2025, XML",
    "cofid": "CoFID 2021, workbook",
    "bls": "BLS 4.0, workbook",
    "off": "Open Food Facts, CSV export",
}
"""What a source of composition may be, by the name that stands before its folder in study.toml."""


def read(name: str, place: Path) -> pd.DataFrame:
    """Read a composition table by the name of its reader, one of `READERS`.

    Raises
    ------
    InputError
        When the name is not known, or the table cannot be read.
    """
    older, newer = composition_sources, composition_tables
    readers = {
        "fdc": older.read_fdc, "sr": older.read_sr, "fineli": older.read_fineli, "off": read_off,
        "ciqual": newer.read_ciqual, "cofid": newer.read_cofid, "bls": newer.read_bls,
    }  # fmt: skip
    if name not in readers:
        problem = Problem(
            "study.toml, [sources] composition", f"{name!r} is not a reader.", nearest(name, READERS)
        )
        raise InputError("The composition cannot be read.", [problem])
    return readers[name](place)


def derive(
    table: pd.DataFrame, name: str, foods: pd.DataFrame, fills: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Take the named foods out of a composition table and give them the study's columns.

    Bounds become amounts by `casestudy.nutrition.composition_tables.settled`. Where a source has no energy in
    kcal it is converted from kJ; where it has no carbohydrate by difference, available carbohydrate and fibre
    are added. Both are marked in ``filled``.

    Parameters
    ----------
    table : pandas.DataFrame
        From `read`.
    name : str
        The reader's name: the data type of foods whose source has none.
    foods : pandas.DataFrame
        ``data_type`` and ``food`` of the wanted rows.
    fills : pandas.DataFrame, optional
        As in `casestudy.nutrition.composition.derive`.

    Returns
    -------
    pandas.DataFrame
        The columns of `casestudy.nutrition.composition.TABLE`, sorted.

    Raises
    ------
    InputError
        With every wanted food that the table lacks, or has several of under one name.
    """
    import pandas as pd

    plain = composition_tables.settled(table)
    plain = plain.assign(data_type=plain["data_type"].where(plain["data_type"].ne(""), name))
    wanted = foods[["data_type", "food"]].drop_duplicates()
    if fills is not None:
        helpers = fills[["from_data_type", "from_food"]].dropna().set_axis(["data_type", "food"], axis=1)
        wanted = pd.concat([wanted, helpers]).drop_duplicates()
    ids = plain.groupby(["data_type", "food"])["food_id"].nunique()
    problems = []
    for key in wanted.itertuples(index=False, name=None):
        many = int(ids.get(key, 0))
        if many != 1:
            found = f"{many or 'none'} of its foods {'are' if many else 'is'} {key[1]!r} ({key[0]})."
            problems.append(Problem(f"composition, {name}", found, nearest(key[1], plain["food"].unique())))
    raise_if(problems, "Foods of the mixtures are not in the composition source.")
    chosen = plain.merge(wanted, on=["data_type", "food"])
    wide = chosen.pivot_table(
        index=["data_type", "food"], columns="component", values="amount", aggfunc="first"
    )
    source = chosen.groupby(["data_type", "food"])["source"].first()
    ours = wide.reindex(columns=[component.id for component in COMPONENTS])
    made = pd.DataFrame("", index=ours.index, columns=["filled"])
    sums = {
        "energy_kcal": wide.get("energy_kj", pd.Series(dtype=float)) / KJ_PER_KCAL,
        "carbohydrate_g": wide.get("carbohydrate_available_g", pd.Series(dtype=float)).add(ours["fibre_g"]),
    }
    for component, values in sums.items():
        there = ours[component].isna() & values.reindex(ours.index).notna()
        ours[component] = ours[component].where(~there, values.reindex(ours.index))
        made.loc[there, "filled"] = (made.loc[there, "filled"] + " " + component).str.strip()
    ours["carbohydrate_g"] = ours["carbohydrate_g"].clip(lower=0)
    frame = ours.round(4).assign(source=source, filled=made["filled"]).reset_index()
    frame = composition.fill(frame, fills)
    kept = frame.merge(foods[["data_type", "food"]].drop_duplicates(), on=["data_type", "food"])
    return pd.DataFrame(kept.sort_values(["data_type", "food"], ignore_index=True))
