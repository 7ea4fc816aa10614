"""Exports of other systems read through a mapping file: columns, nested values, times, actions.

A mapping file is YAML; `ExportMapping` says what stands in it. Tests read exports shaped like two common
ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files.fields import read_yaml
from casestudy.usage import events
from casestudy.usage.vocabulary import Vocabulary
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("iso", "epoch_s", "epoch_ms", "epoch_us")
_FIELDS = ("columns", "explode", "time", "actions", "drop", "constants")
_MOST_LISTED = 20


@dataclass(frozen=True)
class Rule:
    """An action, and the patterns (regular expressions, found anywhere) of the columns that say so."""

    action: str
    when: tuple[tuple[str, re.Pattern[str]], ...]


@dataclass(frozen=True)
class ExportMapping:
    """How an export is read.

    Attributes
    ----------
    columns : mapping
        Our column to theirs. A dot goes into a nested record (``device.category``); a name in brackets takes
        one entry of a list of key and value (``event_params[page_location]``).
    explode : str
        Their column that holds a list with one entry per event; the entry's own fields are named by a
        leading dot (``.url``). Empty where each row is an event.
    format, zone : str
        How times are written: 'iso', 'epoch_s', 'epoch_ms', 'epoch_us' or a pattern such as ``%d.%m.%Y
        %H:%M``; and the zone of times that state no offset.
    ambiguous : {'refuse', 'first', 'second'}
        What a local time that occurs twice (clocks set back) is.
    missing : {'refuse', 'forward'}
        What a local time that never was (clocks set forward) becomes.
    rules : tuple of Rule
        The first that fits gives the action.
    drop : tuple of Rule
        Rows that are no acts, such as a tool's own session starts.
    constants : mapping
        Our columns with one value for all rows.
    """

    columns: Mapping[str, str]
    explode: str
    format: str
    zone: str
    ambiguous: str
    missing: str
    rules: tuple[Rule, ...]
    drop: tuple[Rule, ...]
    constants: Mapping[str, str]


def load(path: Path, where: str | None = None) -> ExportMapping:
    """Read a mapping file (YAML).

    Raises
    ------
    InputError
        With every problem: unknown fields, columns that we do not know or that are missing, patterns that
        are no regular expressions, an unknown zone.
    """
    name = where or path.name
    content = read_yaml(path, name)
    if not isinstance(content, Mapping):
        raise InputError(
            "The mapping cannot be read.", [Problem(name, "it is no table of settings.", "See columns:.")]
        )
    problems = [
        Problem(name, f"{key!r} is not a field.", nearest(str(key), _FIELDS))
        for key in content
        if key not in _FIELDS
    ]
    columns = {str(a): str(b) for a, b in _table(content, "columns", name, problems).items()}
    constants = {str(a): str(b) for a, b in _table(content, "constants", name, problems).items()}
    for column in (*columns, *constants):
        if column not in events.EVENTS.names:
            problems.append(
                Problem(f"{name}, columns", f"{column!r} is not ours.", nearest(column, events.EVENTS.names))
            )
    for column in ("participant_id", "timestamp"):
        if column not in columns and column not in constants:
            problems.append(
                Problem(f"{name}, columns", f"{column} is missing.", "Say which column holds it.")
            )
    time = _table(content, "time", name, problems)
    zone = str(time.get("zone", ""))
    choices = {"ambiguous": ("refuse", "first", "second"), "missing": ("refuse", "forward")}
    for key, allowed in choices.items():
        if time.get(key, "refuse") not in allowed:
            problems.append(
                Problem(f"{name}, time", f"{key} is {time[key]!r}.", nearest(str(time[key]), allowed))
            )
    if zone and not _known_zone(zone):
        problems.append(
            Problem(f"{name}, time", f"zone {zone!r} is unknown.", "Use one like Europe/Helsinki.")
        )
    rules = _rules(content.get("actions"), f"{name}, actions", problems)
    drop = _rules(content.get("drop"), f"{name}, drop", problems, action=False)
    raise_if(problems, "The mapping has problems.")
    return ExportMapping(
        columns, str(content.get("explode", "")), str(time.get("format", "iso")), zone,
        str(time.get("ambiguous", "refuse")), str(time.get("missing", "refuse")), rules, drop, constants,
    )  # fmt: skip


def read(
    path: Path, mapping: ExportMapping, vocabulary: Vocabulary, where: str | None = None
) -> pd.DataFrame:
    """Read an export as events.

    Parameters
    ----------
    path : Path
        CSV, JSON Lines, Parquet, or JSON (a list of records).
    mapping : ExportMapping
    vocabulary : Vocabulary

    Returns
    -------
    pandas.DataFrame
        As `casestudy.usage.events.read` returns them; rows that the mapping drops are left out. Events
        without an id of their own get one from their place in the export.

    Raises
    ------
    InputError
        With every problem: columns that the export does not have, rows that no rule fits, times that cannot
        be read, occur twice or never were.
    """
    name = where or path.name
    table = _pulled(_records(path, name), mapping, name)
    keep = ~_fits(table, mapping.drop).notna()
    table = table[keep].reset_index(drop=True)
    problems: list[Problem] = []
    if mapping.rules:
        given = _fits(table, mapping.rules)
        problems += _unmapped(table, given, name)
        table["action"] = given
    if "timestamp" in table.columns:
        table["timestamp"], more = _times(table["timestamp"], mapping, name)
        problems += more
    raise_if(problems, "The export cannot be read as events.")
    if "event_id" not in table.columns:
        table["event_id"] = [f"x{number:07d}" for number in range(1, len(table) + 1)]
    ours = [column for column in events.EVENTS.names if column in table.columns]
    return events.tidy(table[ours], vocabulary, name)


def _records(path: Path, where: str) -> list[dict[str, Any]]:
    if path.suffix != ".json":
        frame = events.load_frame(path, where)
        return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        problem = Problem(where, f"it is not JSON in UTF-8: {error}.", "Export it again.")
        raise InputError("Events cannot be read.", [problem]) from error
    rows = content if isinstance(content, list) else [content]
    wrong = [number for number, row in enumerate(rows, start=1) if not isinstance(row, dict)]
    problems = [
        Problem(f"{where}, record {number}", "it is not a record.", "") for number in wrong[:_MOST_LISTED]
    ]
    raise_if(problems, "Events cannot be read.")
    return rows


def _pulled(records: list[dict[str, Any]], mapping: ExportMapping, where: str) -> pd.DataFrame:
    """Our columns, and under their own names those that rules look at; one row an event."""
    import pandas as pd

    asked = dict(mapping.columns)
    for rule in (*mapping.rules, *mapping.drop):
        asked |= {f"= {column}": column for column, _ in rule.when}
    rows = []
    for record in records:
        inner = _value(record, mapping.explode) if mapping.explode else [None]
        for entry in inner if isinstance(inner, list | tuple) or hasattr(inner, "tolist") else []:
            rows.append(
                {
                    ours: _value(entry if theirs[:1] == "." else record, theirs.lstrip("."))
                    for ours, theirs in asked.items()
                }
            )
    table = pd.DataFrame(rows, columns=list(asked), dtype=object)
    if rows:
        absent = sorted(asked[ours] for ours in mapping.columns if table[ours].isna().all())
        known = list(records[0])
        needed = {asked[ours] for ours in ("participant_id", "timestamp") if ours in asked}
        problems = [
            Problem(where, f"it has no {column!r}.", nearest(column, known))
            for column in absent
            if column in needed
        ]
        raise_if(problems, "The export does not have the columns of the mapping.")
    for column, value in mapping.constants.items():
        table[column] = value
    texts = [column for column in table.columns if column != "timestamp"]
    table[texts] = table[texts].map(lambda value: None if value is None or value != value else str(value))
    return table


def _value(record: Any, path: str) -> Any:
    """A value inside a nested record; None where there is none."""
    for part in path.split("."):
        if record is None:
            return None
        name, _, key = part.partition("[")
        record = record.get(name) if isinstance(record, Mapping) else None
        if key:
            record = _of_list(record, key.rstrip("]"))
    return record


def _of_list(entries: Any, key: str) -> Any:
    """The value under `key` in a list of {key, value}; a value may be a record with one filled field."""
    for entry in entries if entries is not None and not isinstance(entries, str | Mapping) else []:
        if isinstance(entry, Mapping) and entry.get("key") == key:
            value = entry.get("value")
            if isinstance(value, Mapping):
                filled = [one for one in value.values() if one is not None and one == one]
                return filled[0] if filled else None
            return value
    return None


def _fits(table: pd.DataFrame, rules: tuple[Rule, ...]) -> pd.Series:
    """The action of the first rule that fits each row; missing where none does."""
    import pandas as pd

    made = pd.Series([None] * len(table), index=table.index, dtype=object)
    for rule in reversed(rules):
        mask = pd.Series(True, index=table.index)
        for column, pattern in rule.when:
            values = table[f"= {column}"].astype(object)
            mask &= values.map(
                lambda value, p=pattern: isinstance(value, str) and p.search(value) is not None
            ).astype(bool)
        made[mask] = rule.action
    return made


def _unmapped(table: pd.DataFrame, given: pd.Series, where: str) -> list[Problem]:
    looked = [column for column in table.columns if str(column).startswith("= ")]
    left = table.loc[given.isna(), looked]
    if left.empty:
        return []
    counts = (
        left.fillna("(empty)")
        .value_counts()
        .sort_index(kind="stable")
        .sort_values(ascending=False, kind="stable")
    )
    problems = []
    for values, count in counts.head(_MOST_LISTED).items():
        pairs = zip(looked, values if isinstance(values, tuple) else (values,), strict=True)
        words = ", ".join(f"{str(column)[2:]} = {value!r}" for column, value in pairs)
        problems.append(
            Problem(where, f"no rule fits {words} ({counted(count, 'row')}).", "Add a rule, or drop it.")
        )
    rest = len(counts) - _MOST_LISTED
    if rest > 0:
        problems.append(
            Problem(
                where,
                f"{counted(rest, 'more kind', 'more kinds')} of rows without a rule.",
                "Add rules, or drop them.",
            )
        )
    return problems


def _times(values: pd.Series, mapping: ExportMapping, where: str) -> tuple[pd.Series, list[Problem]]:
    """Times as ISO text with their offset."""
    import pandas as pd

    units = {"epoch_s": "s", "epoch_ms": "ms", "epoch_us": "us"}
    zone = mapping.zone or "UTC"
    if mapping.format in units:
        numbers = pd.to_numeric(values, errors="coerce")
        bad = numbers.isna() | (
            numbers.abs() > 4e18 / {"s": 1e9, "ms": 1e6, "us": 1e3}[units[mapping.format]]
        )
        moments = pd.to_datetime(numbers.where(~bad), unit=units[mapping.format], utc=True).dt.tz_convert(
            zone
        )
        texts = moments.map(lambda moment: moment.isoformat(), na_action="ignore").astype(object)
        return texts, _bad_rows(values, bad, where, f"is not a number ({mapping.format})")
    texts = values.astype(str)
    stated = texts.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$") & texts.str.contains(":")
    if mapping.format == "iso" and (stated.all() or not mapping.zone):
        return texts.str.replace(" ", "T", n=1).astype(object), []
    pattern = "ISO8601" if mapping.format == "iso" else mapping.format
    naive = pd.to_datetime(texts.where(~stated), format=pattern, errors="coerce")
    problems = _bad_rows(values, naive.isna() & ~stated, where, f"is not a time ({mapping.format})")
    twice: Any = {"refuse": "NaT", "first": True, "second": False}[mapping.ambiguous]
    if twice != "NaT":
        twice = pd.Series(twice, index=naive.index).to_numpy()
    never: Any = "NaT" if mapping.missing == "refuse" else "shift_forward"
    local = naive.dt.tz_localize(zone, ambiguous=twice, nonexistent=never)
    words = f"occurs twice or never in {zone}: the clocks were set; choose with ambiguous: and missing:"
    problems += _bad_rows(values, naive.notna() & local.isna(), where, words)
    made = local.map(lambda moment: moment.isoformat(), na_action="ignore").astype(object)
    return made.where(~stated, texts), problems


def _bad_rows(values: pd.Series, bad: pd.Series, where: str, words: str) -> list[Problem]:
    rows = [number for number, hit in enumerate(bad, start=1) if hit]
    problems = [
        Problem(f"{where}, event {row}", f"timestamp {values.iloc[row - 1]!r} {words}.")
        for row in rows[:_MOST_LISTED]
    ]
    if len(rows) > _MOST_LISTED:
        problems.append(Problem(where, f"{counted(len(rows) - _MOST_LISTED, 'more timestamp')} like these."))
    return problems


def _rules(given: Any, where: str, problems: list[Problem], action: bool = True) -> tuple[Rule, ...]:
    made = []
    for number, row in enumerate(given if isinstance(given, list) else [], start=1):
        when = row.get("when") if isinstance(row, Mapping) else None
        if not isinstance(when, Mapping) or not when or (action and not row.get("action")):
            problems.append(Problem(f"{where}, rule {number}", "it lacks when: or action:.", "Write both."))
            continue
        pairs = []
        for column, pattern in when.items():
            try:
                pairs.append((str(column), re.compile(str(pattern))))
            except re.error as error:
                problems.append(
                    Problem(f"{where}, rule {number}", f"{pattern!r} is no pattern: {error}.", "Mend it.")
                )
        made.append(Rule(str(row.get("action", "dropped")), tuple(pairs)))
    if given is not None and not isinstance(given, list):
        problems.append(Problem(where, "it must be a list.", "Begin each rule with a hyphen."))
    return tuple(made)


def _table(content: Mapping[str, Any], key: str, where: str, problems: list[Problem]) -> Mapping[str, Any]:
    value = content.get(key) or {}
    if isinstance(value, Mapping):
        return value
    problems.append(
        Problem(f"{where}, {key}", "it must be a table.", f"Write names and values under {key}:.")
    )
    return {}


def _known_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
