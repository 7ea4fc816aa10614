"""Ways of using the information as rules over the log: which sessions and people have which signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files.fields import read_yaml
from casestudy.people.floor import enough, withheld
from casestudy.proportions import at_least, at_most
from casestudy.usage.sessions import epoch
from casestudy.usage.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd

FILE = "usage_logs/signatures.yaml"
NONE = "none"


@dataclass(frozen=True)
class Condition:
    """One bound on a measure, or on the sum of several."""

    measures: tuple[str, ...]
    at_least: float = -np.inf
    at_most: float = np.inf

    def holds(self, features: pd.DataFrame, scale: float = 1.0) -> Any:
        """Where it holds; never where the measure is undefined. `scale` multiplies the bounds."""
        total = features[list(self.measures)].sum(axis=1, skipna=False)
        return at_least(total, self.at_least * scale) & at_most(total, self.at_most * scale)

    def __str__(self) -> str:
        words = " + ".join(self.measures)
        bounds = [f"≥ {self.at_least:g}"] if self.at_least > -np.inf else []
        bounds += [f"≤ {self.at_most:g}"] if self.at_most < np.inf else []
        return f"{words} {' and '.join(bounds)}"


@dataclass(frozen=True)
class Signature:
    """A way of using the information, as rules over episodes and over people."""

    id: str
    code: str
    name: str
    status: str
    episode: tuple[Condition, ...]
    person: tuple[Condition, ...]


@dataclass(frozen=True)
class Signatures:
    """All signatures, in the order by which a primary way is chosen."""

    ways: tuple[Signature, ...]
    least_looks: int = 1

    @property
    def ids(self) -> list[str]:
        """The ways' ids, in order."""
        return [way.id for way in self.ways]

    @property
    def names(self) -> dict[str, str]:
        """The ways' names by id, and what is said where a session has none."""
        return {way.id: way.name for way in self.ways} | {NONE: NONE}

    def table(self) -> pd.DataFrame:
        """The rules in words: ``way``, ``name``, ``status``, ``episode``, ``person``."""
        import pandas as pd

        rows = [
            (way.id, way.name, way.status, "; ".join(map(str, way.episode)), "; ".join(map(str, way.person)))
            for way in self.ways
        ]
        return pd.DataFrame(rows, columns=["way", "name", "status", "episode", "person"])

    def assign(self, features: pd.DataFrame, unit: str, scale: float = 1.0) -> pd.DataFrame:
        """Which ways each row has.

        Parameters
        ----------
        features : pandas.DataFrame
            From `episode_features` or `person_features`.
        unit : {'episode', 'person'}
            Which of the rules.
        scale : float
            Multiplies every bound: what a sensitivity check varies.

        Returns
        -------
        pandas.DataFrame
            The id columns (``session_id`` where there is one, ``participant_id``), one boolean column per
            way, ``ways`` (how many hold) and ``primary`` (the first that holds, else 'none').

        Raises
        ------
        InputError
            When a rule names a measure that is not among the features.
        """
        known = [str(name) for name in features.columns]
        problems = [
            Problem(f"{FILE}, way {way.id}", f"measure {name!r} is not known.", nearest(name, known))
            for way in self.ways
            for condition in getattr(way, unit)
            for name in condition.measures
            if name not in known
        ]
        raise_if(problems, "The signatures cannot be read off this log.")
        made = features[[name for name in ("session_id", "participant_id") if name in features]].copy()
        enough = features["looks"] >= self.least_looks if "looks" in features else True
        for way in self.ways:
            holds = np.asarray(enough) & np.ones(len(features), dtype=bool)
            for condition in getattr(way, unit):
                holds &= np.asarray(condition.holds(features, scale), dtype=bool)
            made[way.id] = holds
        flags = made[self.ids].to_numpy(dtype=bool)
        first = np.where(flags.any(axis=1), flags.argmax(axis=1), len(self.ways))
        made["ways"] = flags.sum(axis=1)
        made["primary"] = np.array([*self.ids, NONE], dtype=object)[first]
        return made


def load(path: Path, where: str = FILE) -> Signatures:
    """Read the signatures.

    Raises
    ------
    InputError
        With every problem: missing fields, conditions without a bound or with one that is not a number.

    Examples
    --------
    >>> from casestudy.study import Study
    >>> load(Study.find().input("usage_logs/signatures.yaml")).ways[1].name
    'Check-pointing'
    """
    content = read_yaml(path, where)
    rows = content.get("ways") if isinstance(content, Mapping) else None
    if not isinstance(rows, list) or not rows:
        problem = Problem(where, "it has no list 'ways'.", "Write one entry for each way of using.")
        raise InputError("The signatures cannot be read.", [problem])
    problems: list[Problem] = []
    ways: list[Signature] = []
    for number, row in enumerate(rows, start=1):
        place = f"{where}, way {number}"
        if not isinstance(row, Mapping) or not row.get("id"):
            problems.append(Problem(place, "it has no id.", "Write id, code, name, episode, person."))
            continue
        if row["id"] in {way.id for way in ways}:
            problems.append(Problem(place, f"id {row['id']!r} occurs before.", "Give every way its own."))
        parts = {
            unit: _conditions(row.get(unit), f"{place} ({unit})", problems) for unit in ("episode", "person")
        }
        name, code = str(row.get("name", row["id"])), str(row.get("code", row["id"]))
        ways.append(Signature(str(row["id"]), code, name, str(row.get("status", "")), **parts))
    least = content.get("least_looks", 1)
    if not isinstance(least, int) or isinstance(least, bool) or least < 0:
        problems.append(Problem(f"{where}, least_looks", f"it is {least!r}.", "Write a whole number."))
    raise_if(problems, "The signatures have problems.")
    return Signatures(tuple(ways), least)


def _conditions(given: Any, where: str, problems: list[Problem]) -> tuple[Condition, ...]:
    if not isinstance(given, list) or not given:
        problems.append(Problem(where, "it has no conditions.", "Write at least one."))
        return ()
    made = []
    for row in given:
        if not isinstance(row, Mapping) or not row.get("measure"):
            problems.append(Problem(where, f"{row!r} names no measure.", "Write measure: and a bound."))
            continue
        bounds = {key: row[key] for key in ("at_least", "at_most") if key in row}
        others = sorted(set(map(str, row)) - {"measure", "at_least", "at_most"})
        problems += [
            Problem(where, f"{key!r} is not a field.", nearest(key, ("at_least", "at_most")))
            for key in others
        ]
        wrong = [v for v in bounds.values() if not isinstance(v, int | float) or isinstance(v, bool)]
        if wrong or not bounds:
            problems.append(
                Problem(where, f"{row['measure']!r} has no number as bound.", "Give at_least or at_most.")
            )
            continue
        names = row["measure"] if isinstance(row["measure"], list) else [row["measure"]]
        made.append(Condition(tuple(map(str, names)), **{key: float(value) for key, value in bounds.items()}))
    return tuple(made)


def episode_features(
    acts: pd.DataFrame, sessions: pd.DataFrame, cycles: pd.DataFrame, vocabulary: Vocabulary
) -> pd.DataFrame:
    """What rules and models look at in one session.

    Returns
    -------
    pandas.DataFrame
        ``session_id``, ``participant_id``, ``start``, ``looks``, ``acts`` (without ways in), ``n_GROUP``
        (acts of each group), ``share_GROUP`` (of looks), ``entropy`` (bits, of looks over groups),
        ``seconds_per_act`` (from the first to the last act over the steps between; NaN for one act),
        ``topics`` (different targets), ``days_after_feedback`` (NaN before the first feedback).
    """
    import pandas as pd

    from casestudy.usage.measures import shares

    entries = {vocabulary.role(name) for name in ("register", "enter", "notified")}
    real = acts[~acts["action"].isin(entries)]
    counts = real.groupby(["session_id", "group"]).size().unstack(fill_value=0)
    groups = sorted({action.group for action in vocabulary.actions if action.actor == "participant"})
    counts = counts.reindex(columns=groups, fill_value=0).add_prefix("n_").reset_index()
    made = sessions[["session_id", "participant_id", "start", "looks", "events", "dwell_s", "targets"]]
    made = made.merge(counts, on="session_id", how="left").merge(
        shares(acts, "session_id", vocabulary), on="session_id", how="left"
    )
    numbers = [name for name in made.columns if name.startswith("n_")]
    made[numbers] = made[numbers].fillna(0).astype("int64")
    made["acts"] = made[numbers].sum(axis=1)
    made["seconds_per_act"] = made["dwell_s"] / (made["events"] - 1).where(made["events"] > 1)
    begins = cycles[["participant_id", "begins"]].sort_values("begins", kind="stable")
    placed = pd.merge_asof(
        made[["session_id", "participant_id", "start"]].sort_values("start", kind="stable"),
        begins, left_on="start", right_on="begins", by="participant_id",
    )  # fmt: skip
    delay = (placed["start"] - placed["begins"]).dt.total_seconds() / 86400
    made["days_after_feedback"] = made["session_id"].map(dict(zip(placed["session_id"], delay, strict=True)))
    return made.rename(columns={"feature_entropy": "entropy", "targets": "topics"}).drop(
        columns=["events", "dwell_s"]
    )


def person_features(measures: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    """What rules look at in a participant: the measures, acts by group, and looks, over all sessions."""
    numbers = [name for name in episodes.columns if name.startswith("n_")]
    summed = episodes.groupby("participant_id").agg(
        looks=("looks", "sum"),
        seconds_per_act=("seconds_per_act", "median"),
        **{n: (n, "sum") for n in numbers},
    )
    return measures.merge(summed.reset_index(), on="participant_id", how="left")


def by_participant(assigned: pd.DataFrame, ways: Sequence[str]) -> pd.DataFrame:
    """How a participant's sessions divide over the primary ways.

    Returns
    -------
    pandas.DataFrame
        ``participant_id``, ``sessions``, and for each way and for 'none' the share of the participant's
        sessions; ``primary`` (the way of most sessions; ties go to the order of the ways) and ``different``
        (how many ways the participant used at least once).
    """
    names = [*ways, NONE]
    counts = assigned.groupby(["participant_id", "primary"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=names, fill_value=0)
    made = counts.div(counts.sum(axis=1), axis=0)
    made.insert(0, "sessions", counts.sum(axis=1))
    most = counts[list(ways)].to_numpy()
    made["primary"] = np.where(most.sum(axis=1) > 0, np.array(ways, dtype=object)[most.argmax(axis=1)], NONE)
    made["different"] = (most > 0).sum(axis=1)
    made.columns.name = None
    return made.reset_index()


def shares(assigned: pd.DataFrame, order: Sequence[str], floor: int) -> pd.DataFrame:
    """How many percent of all sessions have each primary way.

    Parameters
    ----------
    assigned : pandas.DataFrame
        From `Signatures.assign`.
    order : sequence of str
        The ways to show, 'none' among them.
    floor : int
        A way that fewer participants used is missing; one that nobody used is 0.

    Returns
    -------
    pandas.DataFrame
        ``way, percent``.
    """
    grouped = assigned.groupby("primary")["participant_id"]
    counts, people = (made.reindex(list(order), fill_value=0) for made in (grouped.size(), grouped.nunique()))
    percent = (100 * counts / max(len(assigned), 1)).mask(withheld(people, floor))
    return percent.rename_axis("way").rename("percent").reset_index()


def mixing(people: pd.DataFrame, ways: Sequence[str], floor: int) -> pd.DataFrame:
    """How sessions divide over the ways, by the participant's most frequent way.

    Parameters
    ----------
    people : pandas.DataFrame
        From `by_participant`.
    ways : sequence of str
    floor : int
        A row of fewer participants is missing.

    Returns
    -------
    pandas.DataFrame
        Rows: the most frequent way; columns: the ways and 'none'; mean percent of a participant's sessions.
    """
    grouped = people.groupby("primary")
    means = 100 * grouped[[*ways, NONE]].mean()
    return means[enough(grouped.size(), floor)].reindex(list(ways))


def over_time(
    assigned: pd.DataFrame, sessions: pd.DataFrame, cycles: pd.DataFrame, floor: int
) -> pd.DataFrame:
    """How the primary ways of sessions change with the months since registration.

    Returns
    -------
    pandas.DataFrame
        ``month`` (30 days since the first feedback), ``way``, ``sessions``, ``participants``, ``percent`` (of
        the month's sessions); months with fewer participants than `floor` are left out.
    """
    first = cycles.groupby("participant_id")["begins"].min()
    frame = assigned.merge(sessions[["session_id", "start"]], on="session_id")
    begins = first.reindex(frame["participant_id"]).reset_index(drop=True)
    frame = frame[begins.notna().to_numpy()].reset_index(drop=True)
    since = epoch(frame["start"]) - epoch(begins.dropna())
    frame["month"] = np.maximum(since // (30 * 86400), 0)
    whole = frame.groupby("month").agg(all=("session_id", "size"), participants=("participant_id", "nunique"))
    made = frame.groupby(["month", "primary"]).size().rename("sessions").reset_index()
    made = made.merge(whole.reset_index(), on="month").rename(columns={"primary": "way"})
    made["percent"] = 100 * made["sessions"] / made.pop("all")
    return made[enough(made["participants"], floor)].sort_values(
        ["way", "month"], kind="stable", ignore_index=True
    )
