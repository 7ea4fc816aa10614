"""Recommendation profiles and own targets: data that the reader can edit, never one norm for all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files import tables
from casestudy.files.fields import Fields, read_toml
from casestudy.files.tables import Column, Schema
from casestudy.nutrition.measures import BY_ID
from casestudy.proportions import at_least, at_most
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "profiles/recommendations"
OWN_FILE = "profiles/own-targets.csv"
MARKS = {
    "V": "read in the source",
    "S": "as another text reports it",
    "R": "not read anywhere yet",
    "I": "converted by the workbench",
    "own": "own target",
}
"""How sure a target is."""

OWN_TARGETS = Schema(
    "own targets",
    (
        Column("household_id", "text", "whose target it is"),
        Column("measure", "text", "the measure", allowed=tuple(BY_ID)),
        Column("low", "number", "at least", required=False),
        Column("high", "number", "at most", required=False),
        Column("why", "text", "in the household's own words", required=False),
    ),
)


@dataclass(frozen=True)
class Target:
    """Bounds of one measure; a bound that is not stated is NaN.

    Attributes
    ----------
    measure : str
    low, high : float
    mark : str
        One of `MARKS`.
    says : str
        What the source says, in words.
    """

    measure: str
    low: float
    high: float
    mark: str
    says: str

    def position(self, value: float) -> str:
        """Where a value lies: ``below``, ``within``, ``above``, or ``not judged`` where it is undefined.

        Examples
        --------
        >>> Target("fat_energy_percent", 25, 35, "V", "").position(36.2)
        'above'
        """
        if math.isnan(value) or (math.isnan(self.low) and math.isnan(self.high)):
            return "not judged"
        if not math.isnan(self.low) and not at_least(value, self.low):
            return "below"
        return "within" if math.isnan(self.high) or at_most(value, self.high) else "above"


@dataclass(frozen=True)
class Profile:
    """A recommendation: its name, what it is, and its targets by measure."""

    id: str
    title: str
    note: str
    targets: dict[str, Target]


def profile_names(study: Study) -> list[str]:
    """Names of the study's profiles, sorted."""
    return sorted(path.stem for path in study.inputs(f"{FOLDER}/*.toml"))


def read_profile(study: Study, name: str) -> Profile:
    """Read one profile.

    Raises
    ------
    InputError
        When there is none of that name, or it has problems (all are listed).
    """
    known = profile_names(study)
    if name not in known:
        problem = Problem(FOLDER, f"there is no profile {name!r}.", nearest(name, known))
        raise InputError("A recommendation profile is not known.", [problem])
    where = f"{FOLDER}/{name}.toml"
    problems: list[Problem] = []
    node = read_toml(study.input(where), where, "A recommendation profile cannot be read.")
    top = Fields(node, where, "", problems, ("title", "note", "reference_mj_per_day", "target"))
    targets: dict[str, Target] = {}
    for fields in top.items("target", ("measure", "low", "high", "mark", "says")):
        target = _target(fields)
        if target.measure in targets:
            fields.problem("measure", f"{target.measure} occurs twice.", "Keep one.")
        targets[target.measure] = target
    profile = Profile(name, top.text("title", required=True), _as_written(top, "note"), targets)
    raise_if(problems, "A recommendation profile has problems.")
    return profile


def _as_written(fields: Fields, key: str) -> str:
    """A text with its line ends; empty where it is missing."""
    fields.text(key)  # says what is not text
    return str(fields.node.get(key, ""))


def _target(fields: Fields) -> Target:
    measure = fields.text("measure", required=True)
    if measure and measure not in BY_ID:
        fields.problem("measure", f"measure {measure!r} is not known.", nearest(measure, BY_ID))
    mark = fields.text("mark", required=True)
    if mark and mark not in MARKS:
        fields.problem("mark", f"mark is {mark!r}.", f"Use one of: {', '.join(MARKS)}.")
    low, high = fields.number("low", least=0), fields.number("high", least=0)
    if low is not None and high is not None and low > high:
        fields.problem("low", f"low {low:g} is above high {high:g}.", "Exchange them.")
    least, most = (math.nan if bound is None else bound for bound in (low, high))
    return Target(measure, least, most, mark, _as_written(fields, "says"))


def target_table(targets: dict[str, Target], title: str) -> pd.DataFrame:
    """Targets as a table, in the order of the measures.

    Parameters
    ----------
    targets : dict of str to Target
    title : str
        The profile's title.

    Returns
    -------
    pandas.DataFrame
        ``measure, name, unit, target_low, target_high`` (missing for none), ``target_of`` (the profile, or
        ``own target``), ``mark, says``.

    Examples
    --------
    >>> fat = Target("fat_energy_percent", 25, 35, "V", "fat 25 to 35 % of energy")
    >>> target_table({fat.measure: fat}, "A profile")["target_of"].tolist()
    ['A profile']
    """
    import pandas as pd

    rows = [
        {
            "measure": name,
            "name": measure.name,
            "unit": measure.unit,
            "target_low": targets[name].low,
            "target_high": targets[name].high,
            "target_of": "own target" if targets[name].mark == "own" else title,
            "mark": targets[name].mark,
            "says": targets[name].says,
        }
        for name, measure in BY_ID.items()
        if name in targets
    ]
    columns = ["measure", "name", "unit", "target_low", "target_high", "target_of", "mark", "says"]
    return pd.DataFrame(rows, columns=columns)


def read_own_targets(study: Study) -> pd.DataFrame:
    """Read the households' own targets; an empty table where the study has none.

    Returns
    -------
    pandas.DataFrame
        The columns of `OWN_TARGETS`; ``household_id`` as text.
    """
    import pandas as pd

    if not study.inputs(OWN_FILE):
        return pd.DataFrame(columns=OWN_TARGETS.names)
    return tables.read_csv(study.input(OWN_FILE), OWN_TARGETS, OWN_FILE)


def own_targets(frame: pd.DataFrame, household_id: int | str) -> dict[str, Target]:
    """One household's own targets, by measure; the last row of a measure counts."""
    mine = frame[frame["household_id"].astype(str) == str(household_id)]
    return {
        row.measure: Target(row.measure, float(row.low), float(row.high), "own", str(row.why or ""))
        for row in mine.itertuples(index=False)
    }
