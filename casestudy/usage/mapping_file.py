"""The mapping file: what of another system's export is what of ours, in YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files.fields import read_yaml
from casestudy.usage import clocks, events

FIELDS = ("columns", "constants", "explode", "records", "lines", "time", "actions", "drop")
TIME = {
    "format": (),
    "zone": (),
    "clock": ("utc", "wall"),
    "ambiguous": ("refuse", "first", "second"),
    "missing": ("refuse", "forward"),
}
_RULE = ("action", "when")


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
        Our column to theirs; of several the first that is filled counts. A dot goes into a nested record
        (``device.category``); a name in brackets takes one entry of a list of key and value
        (``event_params[page_location]``), a number that entry of a list; a name with dots in it stands in
        quotation marks.
    constants : mapping
        Our columns with one value for all rows.
    explode : str
        Their field that holds a list with one entry per event; the entry's own fields are named by a
        leading dot (``.url``). Empty where each record is an event.
    inside : str
        Where the records lie in a JSON file (``hits.hits``); empty to find them.
    lines : str
        'combined' for the logs of web servers, or a regular expression with named groups; empty for others.
    clock : Clock
        How times are written.
    rules : tuple of Rule
        The first that fits gives the action.
    drop : tuple of Rule
        Rows that are not acts, such as a tool's own session starts.
    """

    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str]
    explode: str
    inside: str
    lines: str
    clock: clocks.Clock
    rules: tuple[Rule, ...]
    drop: tuple[Rule, ...]

    @property
    def asked(self) -> list[str]:
        """Their fields that are needed, each once."""
        wanted = [theirs for paths in self.columns.values() for theirs in paths]
        wanted += [field for rule in (*self.rules, *self.drop) for field, _ in rule.when]
        return list(dict.fromkeys(wanted))


def load(path: Path, where: str | None = None) -> ExportMapping:
    """Read a mapping file (YAML).

    Raises
    ------
    InputError
        With every problem: unknown fields, columns that we do not know or that are missing, patterns that
        are not regular expressions, an unknown zone.
    """
    name = where or path.name
    content = read_yaml(path, name)
    if not isinstance(content, Mapping):
        problem = Problem(name, "it is not a table of settings.", "See casestudy import-log --help.")
        raise InputError("The mapping cannot be read.", [problem])
    problems = _unknown(content, FIELDS, name)
    columns = {
        str(ours): _paths(theirs) for ours, theirs in _table(content, "columns", name, problems).items()
    }
    constants = {str(ours): str(text) for ours, text in _table(content, "constants", name, problems).items()}
    for column in (*columns, *constants):
        if column not in events.EVENTS.names:
            hint = nearest(column, events.EVENTS.names)
            problems.append(Problem(f"{name}, columns", f"{column!r} is not ours.", hint))
    for column in ("participant_id", "timestamp"):
        if not columns.get(column) and column not in constants:
            remedy = "Say which column holds it."
            problems.append(Problem(f"{name}, columns", f"{column} is missing.", remedy))
    if "action" not in columns and "action" not in constants and not content.get("actions"):
        remedy = "Write actions:, with a rule for each kind of row."
        problems.append(Problem(name, "nothing says what a row's action is.", remedy))
    clock = _clock(_table(content, "time", name, problems), f"{name}, time", problems)
    lines = str(content.get("lines") or "")
    if lines and lines != "combined":
        problems += _groups(lines, f"{name}, lines")
    rules = _rules(content.get("actions"), f"{name}, actions", problems)
    drop = _rules(content.get("drop"), f"{name}, drop", problems, action=False)
    raise_if(problems, "The mapping has problems.")
    return ExportMapping(
        columns, constants, str(content.get("explode") or ""), str(content.get("records") or ""), lines,
        clock, rules, drop,
    )  # fmt: skip


def _paths(theirs: Any) -> tuple[str, ...]:
    return tuple(str(path) for path in (theirs if isinstance(theirs, list) else [theirs]) if path is not None)


def _unknown(content: Mapping[Any, Any], fields: Sequence[str], where: str) -> list[Problem]:
    return [
        Problem(where, f"{key!r} is not a field.", nearest(str(key), fields))
        for key in content
        if key not in fields
    ]


def _clock(time: Mapping[str, Any], where: str, problems: list[Problem]) -> clocks.Clock:
    problems += _unknown(time, tuple(TIME), where)
    for key, allowed in TIME.items():
        if allowed and str(time.get(key, allowed[0])) not in allowed:
            problems.append(Problem(where, f"{key} is {time[key]!r}.", nearest(str(time[key]), allowed)))
    zone, pattern = str(time.get("zone") or ""), str(time.get("format") or "iso")
    if zone and not _known_zone(zone):
        problems.append(Problem(where, f"zone {zone!r} is unknown.", "Use one like Europe/Helsinki."))
    if pattern not in ("iso", *clocks.UNITS) and "%" not in pattern:
        hint = nearest(pattern, ("iso", *clocks.UNITS)) + " Or write a pattern such as '%d.%m.%Y %H:%M'."
        problems.append(Problem(where, f"format is {pattern!r}.", hint))
    wall = time.get("clock") == "wall"
    if wall and not zone:
        found = "clock: wall says that counts follow a zone's clock, but no zone is given."
        problems.append(Problem(where, found, "Give the zone of the project."))
    ambiguous: clocks.Ambiguous = "refuse"
    if time.get("ambiguous") in ("first", "second"):
        ambiguous = "first" if time["ambiguous"] == "first" else "second"
    missing = time.get("missing") == "forward"
    return clocks.Clock(pattern, zone, wall, ambiguous, "forward" if missing else "refuse")


def _groups(pattern: str, where: str) -> list[Problem]:
    import pyarrow as pa
    import pyarrow.compute as pc

    remedy = "Write combined, or a regular expression with groups such as (?P<user>[0-9]+)."
    try:
        pc.extract_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        words = str(error).splitlines()[0].rstrip(".")
        return [Problem(where, f"{pattern!r} cannot be used: {words}.", remedy)]
    return []


def _rules(given: Any, where: str, problems: list[Problem], action: bool = True) -> tuple[Rule, ...]:
    rules = []
    for number, row in enumerate(given if isinstance(given, list) else [], start=1):
        place = f"{where}, rule {number}"
        when = row.get("when") if isinstance(row, Mapping) else None
        if isinstance(row, Mapping):
            problems += _unknown(row, _RULE if action else _RULE[1:], place)
        if not isinstance(when, Mapping) or not when or (action and not row.get("action")):
            lacking = "it lacks when: or action:." if action else "it lacks when:."
            problems.append(Problem(place, lacking, "Write both." if action else "Write it."))
            continue
        pairs = []
        for column, pattern in when.items():
            try:
                pairs.append((str(column), re.compile(str(pattern))))
            except re.error as error:
                found = f"{pattern!r} is not a pattern: {error}."
                problems.append(Problem(place, found, "Correct it; a sign is meant as it stands after \\."))
        rules.append(Rule(str(row.get("action", "dropped")), tuple(pairs)))
    if given is not None and not isinstance(given, list):
        problems.append(Problem(where, "it must be a list.", "Begin each rule with a hyphen."))
    return tuple(rules)


def _table(content: Mapping[str, Any], key: str, where: str, problems: list[Problem]) -> Mapping[str, Any]:
    value = content.get(key) or {}
    if isinstance(value, Mapping):
        return value
    remedy = f"Write names and values under {key}:."
    problems.append(Problem(f"{where}, {key}", "it must be a table.", remedy))
    return {}


def _known_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
