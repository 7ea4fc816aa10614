"""A household's figures for its pages: its prepared lines, its corrections, its goals."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError
from casestudy.nutrition import drilldown, recommend
from casestudy.nutrition.components import BY_ID, IDS
from casestudy.nutrition.feedback import from_receipts
from casestudy.nutrition.foodmap import FoodGroups
from casestudy.nutrition.swaps import WANTED, substitutes
from casestudy.service import prepared, records
from casestudy.service.prepared import Prepared, plain_rows
from casestudy.service.store import Store
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

Goals = Mapping[str, tuple[float | None, float | None]]
View = dict[str, Any]
OWN = "own"
_SUFFIXES = ("", "_low", "_high")
_TABLES = ("summary", "nutrients", "trend", "contributions", "items", "lines", "coverage", "targets")


def corrected(
    lines: pd.DataFrame, corrections: Sequence[Mapping[str, Any]], groups: FoodGroups
) -> pd.DataFrame:
    """Receipt lines as the household says they are; the lines given stay as they were.

    Parameters
    ----------
    lines : pandas.DataFrame
        With ``line``.
    corrections : sequence of mapping
        ``line, kind, value``: ``not ours`` and ``eaten out`` take the line out of the food, ``weight`` is in
        grams as eaten, ``group`` is the id of a food group.
    groups : FoodGroups

    Returns
    -------
    pandas.DataFrame
    """
    import pandas as pd

    if not corrections:
        return lines
    frame = lines.copy()
    by_line = {row["line"]: row for row in corrections}
    names = groups.groups.set_index("group")[["family", "name"]]
    touched = frame.index[frame["line"].isin(by_line)]
    for place in touched:
        change = by_line[frame.at[place, "line"]]
        if change["kind"] in ("not ours", "eaten out"):
            frame.loc[place, ["class", "share", "route"]] = ["left out", "none", "none"]
            frame.loc[place, "grams"] = 0.0
        elif change["kind"] == "weight":
            frame.loc[place, ["share", "route"]] = ["measured", "own weight"]
            frame.loc[place, "grams"] = float(change["value"])
        elif change["value"] in names.index:
            frame.loc[place, ["group", "mapped_by"]] = [change["value"], "household"]
            frame.loc[place, ["family", "group_name"]] = names.loc[change["value"]].tolist()
            if frame.at[place, "class"] not in ("food", "beverage"):
                frame.loc[place, "class"] = "food"
    part = frame.loc[touched]
    amounts = {
        component + suffix: (part["grams"] * part["group"].map(table[component].round(3)) / 100).fillna(0.0)
        for suffix, table in zip(_SUFFIXES, (groups.middle, groups.low, groups.high), strict=True)
        for component in IDS
    }
    frame.loc[touched, list(amounts)] = pd.DataFrame(amounts)
    return frame


def own_targets(goals: Goals) -> dict[str, recommend.Target]:
    """Own goals as targets in place of the recommendation's."""
    nan = math.nan
    return {
        measure: recommend.Target(
            measure, nan if low is None else low, nan if high is None else high, OWN, "set by the household"
        )
        for measure, (low, high) in goals.items()
    }


def compute(
    study: Study,
    groups: FoodGroups,
    night: Prepared,
    month: str,
    corrections: Sequence[Mapping[str, Any]],
    goals: Goals,
    profile: str,
) -> View:
    """All that the pages of one household and month show, as plain values."""
    lines = corrected(night.receipts.lines, corrections, groups)
    receipts = type(night.receipts)(
        night.receipts.household_id, lines, night.receipts.months, night.receipts.currency
    )
    feedback = from_receipts(study, receipts, groups, month, profile, own=own_targets(goals))
    view: View = {name: plain_rows(getattr(feedback, name)) for name in _TABLES}
    for name in ("month", "months", "window", "currency", "profile", "profile_note", "status", "notes"):
        view[name] = getattr(feedback, name)
    view["nutrient_ids"] = [(name, BY_ID[name].name, BY_ID[name].unit) for name in drilldown.NUTRIENTS]
    view["swaps"] = _with_cost(groups, feedback.swaps)
    mine = {row["measure"]: row for row in view["nutrients"] if row["period"] == "three months"}
    view["comparison"] = [
        row | {key: mine.get(row["measure"], {}).get(key) for key in ("name", "unit", "value")}
        for row in night.comparison.get(month, [])
        if row["measure"] in mine
    ]
    changed = {row["line"]: row for row in corrections}
    touched = lines[lines["line"].isin(changed)]
    view["corrected"] = [
        row | {"kind": changed[row["line"]]["kind"], "value": changed[row["line"]]["value"]}
        for row in plain_rows(
            touched[["line", "date", "description", "product_id", "spend", "grams", "group_name"]]
        )
    ]
    return view


def _with_cost(groups: FoodGroups, swaps: pd.DataFrame) -> list[dict[str, Any]]:
    """Swaps, each with what else it changes over the window: energy and the other nutrients of the list."""
    if swaps.empty:
        return []
    names = groups.groups.set_index("name")["group"]
    members = substitutes(groups).set_index(["group", "food"])
    rows = plain_rows(swaps)
    for number, row in enumerate(rows, start=1):
        group = names[row["group_name"]]
        other = members.loc[(group, row["instead"])]
        row["number"] = number
        row["costs"] = []
        for nutrient in ("energy_kcal", *WANTED):
            change = (float(other[nutrient]) - float(groups.middle.loc[group, nutrient])) * row["grams"] / 100
            if nutrient != row["nutrient"] and not math.isnan(change) and abs(change) >= 0.05:
                row["costs"].append({"nutrient": nutrient, "unit": BY_ID[nutrient].unit, "change": change})
    return rows


def view(
    store: Store, study: Study, groups: FoodGroups, person: tuple[str, str], month: str, profile: str
) -> View | None:
    """The figures of one participant's month: kept ones where nothing has changed, else computed now.

    Parameters
    ----------
    store, study, groups
    person : (participant, household)
    month : str
        One of the participant's prepared months.
    profile : str

    Returns
    -------
    dict or None
        None where nothing is prepared, or no food with a weight is left.
    """
    participant, household = person
    mark, months = prepared.mark(store, participant)
    if month not in months:
        return None
    corrections, goals = records.corrections(store, participant), records.goals(store, participant)
    said = json.dumps([mark, profile, corrections, goals], sort_keys=True)
    basis = hashlib.sha256(said.encode()).hexdigest()
    parts = Parts(store, participant, month, basis)
    if parts.are_kept():
        return parts
    night = prepared.read(store, household, participant)
    if night is None:
        return None
    try:
        found = compute(study, groups, night, month, corrections, goals, profile)
    except InputError:
        return None
    parts.keep(found)
    return parts


class Parts(dict[str, Any]):
    """A view whose parts are read when a page asks for them: a month's page needs no receipt lines.

    Parameters
    ----------
    store, participant, month
    basis : str
        Mark of what the figures were computed from.
    """

    def __init__(self, store: Store, participant: str, month: str, basis: str) -> None:
        super().__init__()
        self.store, self.key = store, (participant, month, basis)

    def are_kept(self) -> bool:
        """Whether the figures of this basis were computed before."""
        query = "select 1 from figures where participant = ? and month = ? and basis = ?"
        return self.store.row(query, *self.key) is not None

    def keep(self, found: View) -> None:
        """Keep computed figures for as long as their account is there."""
        participant, month, basis = self.key
        texts = {part: json.dumps(value) for part, value in found.items()}
        with self.store.changing() as connection:
            there = connection.execute("select 1 from account where participant = ?", (participant,))
            if there.fetchone():
                rows = [(participant, month, part, basis, text) for part, text in texts.items()]
                connection.executemany("insert or replace into figures values (?, ?, ?, ?, ?)", rows)
        self.update({part: json.loads(text) for part, text in texts.items()})

    def __missing__(self, part: str) -> Any:
        """Read one part."""
        query = "select body from figures where participant = ? and month = ? and basis = ? and part = ?"
        found = self.store.row(query, *self.key, part)
        if found is None:
            raise KeyError(part)
        self[part] = json.loads(found["body"])
        return self[part]
