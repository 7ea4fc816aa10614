"""What the log says of the people who were interviewed, where linking is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from casestudy.codebook.framework import Measure, View
from casestudy.coding.material import Material
from casestudy.mixed.measures import column

if TYPE_CHECKING:
    import pandas as pd


def types(found: Material, view: View, joined: pd.DataFrame) -> tuple[pd.Series, str]:
    """The type that the log gives to each linked participant.

    Parameters
    ----------
    found : Material
    view : View
        A typology whose ``settings.log`` names notebook, table, key and column, and whose parts say under
        ``log`` how the log calls them.
    joined : pandas.DataFrame
        From `casestudy.mixed.joined.join`.

    Returns
    -------
    (pandas.Series, str)
        Type ids by participant (a type that the log alone knows keeps the log's name), and why there are
        none.
    """
    import pandas as pd

    place: dict[str, Any] = dict(view.settings.get("log") or {})
    empty = pd.Series(dtype=object)
    if not place:
        return empty, "the typology names no table of the log"
    lacking = [name for name in ("notebook", "table", "key", "column") if not place.get(name)]
    if lacking:
        return empty, f"the typology's log does not name its {', '.join(lacking)}"
    texts = {name: str(place[name]) for name in ("notebook", "table", "key", "column")}
    notebook, table, key, values_in = texts.values()
    measure = Measure("types", view.name, "usage log", notebook, table, values_in, per="participant", key=key)
    values, reason = column(found, measure)
    called = {part.log: part.id for part in view.parts if part.log}
    linked = joined[joined["log_id"].isin(values.index)]
    said = [str(values[log_id]) for log_id in linked["log_id"]]
    known = [called.get(one, one) if one not in ("", "nan", "None") else "" for one in said]
    series = pd.Series(known, index=list(linked["participant_id"]), dtype=object)
    return series[series.ne("")], reason if values.empty else ""


def numbers(found: Material, joined: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Every measure per participant or household that the framework declares, for the linked participants.

    Returns
    -------
    (pandas.DataFrame, dict)
        One row a participant (``who``), one column a measure that could be read; and for each that could
        not, why.
    """
    import pandas as pd

    table = pd.DataFrame({"who": list(joined["participant_id"])})
    missing: dict[str, str] = {}
    for measure in found.framework.measures:
        if measure.per == "study":
            continue
        values, reason = column(found, measure)
        if reason:
            missing[measure.id] = reason
            continue
        keys = joined["log_id" if measure.per == "participant" else "household_id"]
        table[measure.id] = [values[key] if key and key in values.index else None for key in keys]
        if pd.api.types.is_numeric_dtype(values.dtype):
            table[measure.id] = table[measure.id].astype(float)
    return table, missing


def measured(found: Material, identity: str) -> pd.Series:
    """A measure by participant or household, empty where the framework or the outputs do not have it."""
    import pandas as pd

    measure = found.framework.measure(identity)
    return column(found, measure)[0] if measure and measure.key else pd.Series(dtype=float)


def ids(found: Material, per: str) -> list[str] | None:
    """All participants of the log, or households, in the tables that the framework names; None without."""
    known: set[str] = set()
    for measure in found.framework.measures:
        if measure.per == per:
            known |= set(column(found, measure)[0].index)
    return sorted(known) or None


def signatures(table: pd.DataFrame, kinds: Sequence[str], least: float) -> pd.DataFrame:
    """Whether the log shows each kind for each person: from a table of shares.

    Parameters
    ----------
    table : pandas.DataFrame
        Index: participants; columns: kinds; values: shares of sessions. Missing: not observable.
    kinds : sequence of str
    least : float
        The smallest share that counts as a signature: a parameter, since no source gives one.

    Returns
    -------
    pandas.DataFrame
        ``signature``, ``none`` or ``not observable``.
    """
    import pandas as pd

    result = pd.DataFrame("not observable", index=table.index, columns=list(kinds), dtype=object)
    for kind in kinds:
        if kind in table.columns:
            filled = table[kind].notna()
            seen = table[kind].fillna(0).astype(float).ge(least)
            result.loc[filled & seen, kind] = "signature"
            result.loc[filled & ~seen, kind] = "none"
    return result
