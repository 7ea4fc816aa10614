"""The history of a codebook: what was created, renamed, split, merged, moved and retired, by whom and why.

The YAML files say how a scheme was first written, or how it stands; ``coding_schemes/history.jsonl`` says
what was changed. Each event names the fields it changed with the value before and after, so that the
codebook of any moment can be rebuilt whichever of the two the YAML holds, and so that branches merge by
taking the lines of both.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import groupby
from operator import attrgetter
from typing import Any

from casestudy.codebook.codes import (
    CODE_KEYS,
    HISTORY,
    Code,
    Codebook,
    parse_code,
    read_schemes,
    scheme_files,
    structure,
)
from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files import locks
from casestudy.files.journal import Journal, NotALine, written
from casestudy.study import Study

ACTIONS = ("create", "rename", "redefine", "split", "merge", "move", "retire", "restore", "undo")
WHOLE = "*"


@dataclass(frozen=True)
class Change:
    """One field of one code before and after; field ``*`` is the whole code, None where it is not there."""

    code: str
    field: str
    before: Any
    after: Any


UNREADABLE = "The history of the codebook has problems."


@dataclass(frozen=True)
class Event:
    """One line of the history.

    Attributes
    ----------
    id : str
        Twelve hexadecimal digits made of the content.
    action : str
        What was done, in the words of `ACTIONS`.
    code : str
        The code it was done to.
    changes : tuple of Change
    who, when, why : str
    undoes : str
        The event that this one takes back.
    line : int
        Where it stands in the file; 0 for nowhere. Two events are the same wherever they stand.
    """

    id: str
    action: str
    code: str
    changes: tuple[Change, ...]
    who: str = ""
    when: str = ""
    why: str = ""
    undoes: str = ""
    line: int = dataclasses.field(default=0, compare=False)


def read(study: Study) -> list[Event]:
    """The events of a study's history, by time.

    Raises
    ------
    InputError
        With every line that is not an event.
    """
    events, problems = survey(study)
    raise_if(problems, UNREADABLE)
    return events


def survey(study: Study) -> tuple[list[Event], list[Problem]]:
    """Like `read`, with the problems listed instead of raised."""
    events: list[Event] = []
    problems: list[Problem] = []
    for path in study.inputs(HISTORY):
        events, problems = _JOURNAL.survey(path, HISTORY)
    return _in_order(events), problems


def parse(text: str) -> tuple[list[Event], list[Problem]]:
    """Events of a history file by time, each after what it rests on; doubled lines count once."""
    events, problems = _JOURNAL.entries(text, HISTORY)
    return _in_order(events), problems


def _event(data: Any, number: int) -> Event:
    changes = tuple(
        Change(_text(code), _text(field), _plain(before), _plain(after))
        for code, given in data["changes"].items()
        for field, (before, after) in given.items()
    )
    texts = {key: _text(data.get(key) or "") for key in ("code", "who", "when", "why", "undoes")}
    action = _text(data["action"])
    if action not in ACTIONS:
        raise NotALine(f"action is {action!r}.", nearest(action, ACTIONS))
    for change in changes:
        if change.field not in (*CODE_KEYS, WHOLE):
            raise NotALine(f"{change.field!r} is not a field of a code.", nearest(change.field, CODE_KEYS))
        for value in (change.before, change.after):
            if (value is not None or change.field != WHOLE) and (wrong := _unfit(change, value)):
                raise NotALine(f"{change.field} of {change.code!r}: {wrong.found}", wrong.remedy)
    return Event(_text(data["id"]), action, changes=changes, **texts, line=number)


def _text(value: Any) -> str:
    """A text of a line; numbers count, as people write them without quotation marks."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(f"{value!r} is not text")
    return str(value)


def _unfit(change: Change, value: Any) -> Problem | None:
    """What is wrong with a value of a field, or with a whole code."""
    whole = change.field == WHOLE
    data = value if whole else {"id": change.code, "name": "x", change.field: value}
    if whole and not (isinstance(value, dict) and value.get("scheme") and _text(value["scheme"])):
        return Problem(HISTORY, "it is not a code of a scheme.", 'Write {"id", "scheme", "name", …}.')
    if not whole and value is None:
        return None
    for key, given in data.items():
        parts = given if isinstance(given, list | tuple) else [given]
        if key != "evidence" and any(isinstance(part, dict | list | tuple) for part in parts):
            return Problem(HISTORY, f"{key} holds {str(given)[:40]!r}.", "Write text, or a list of texts.")
    code, problems = parse_code({key: one for key, one in data.items() if key != "scheme"}, "", HISTORY)
    if code is not None and whole and code.id != change.code:
        return Problem(HISTORY, f"its id is {code.id!r}.", "Write the id under which it stands.")
    return problems[0] if problems else None


def _in_order(events: Iterable[Event]) -> list[Event]:
    """Events by time; those of one moment with what they rest on first, then by id."""
    ordered: list[Event] = []
    ranked = sorted(events, key=lambda one: (one.when, one.id))
    for _, group in groupby(ranked, key=lambda one: one.when):
        left = list(group)
        while left:
            free = (
                one for one in left if not any(_follows(one, other) for other in left if other is not one)
            )
            first = next(free, left[0])
            left.remove(first)
            ordered.append(first)
    return ordered


def _follows(later: Event, event: Event) -> bool:
    """Whether an event takes up what another left: its undoing, its new code or its new value of a field."""
    if later.undoes == event.id or event.undoes == later.id:
        return later.undoes == event.id
    made = {(one.code, one.field): one for one in event.changes}
    for one in later.changes:
        whole = made.get((one.code, WHOLE))
        if whole and one.field != WHOLE and whole.before is None:
            return True
        same = made.get((one.code, one.field))
        if same and comparable(one.before) == comparable(same.after) != comparable(same.before):
            return True
    return False


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def current(written: Codebook, events: Sequence[Event]) -> Codebook:
    """The codebook as it stands: what is written, with the events it does not hold yet.

    For each field of each code, the events form a chain of values. The written value is looked for in it
    from the end; what follows is applied. A written value that the chain does not know was changed by
    hand and stands.
    """
    return replay(written, events, len(events))


def at(written: Codebook, events: Sequence[Event], when: str) -> Codebook:
    """The codebook as it stood at a moment (events whose time is not later)."""
    return replay(written, events, sum(event.when <= when for event in events))


def replay(written: Codebook, events: Sequence[Event], count: int) -> Codebook:
    """The codebook after the first `count` events."""
    fields_of = chains(events)
    states: dict[str, dict[str, Any]] = {code.id: _state(code) for code in written.codes.values()}
    order = list(states)
    for code in dict.fromkeys(code for code, _ in fields_of):
        whole = [(step, change) for step, change in fields_of.get((code, WHOLE), [])]
        there = code in states
        if whole:
            past = [change for step, change in whole if step < count]
            exists = past[-1].after is not None if past else whole[0][1].before is not None
            if exists and not there:
                source = past[-1].after if past else whole[0][1].before
                states[code] = _state_of(source)
                order.append(code)
            elif not exists and there:
                states.pop(code)
        if code not in states:
            continue
        for field in dict.fromkeys(field for one, field in fields_of if one == code and field != WHOLE):
            chain = fields_of[code, field]
            known = {comparable(change.before) for _, change in chain} | {
                comparable(change.after) for _, change in chain
            }
            if comparable(states[code].get(field)) not in known:
                continue
            past = [change for step, change in chain if step < count]
            states[code][field] = past[-1].after if past else chain[0][1].before
    codes = {code: _code(code, states[code]) for code in order if code in states}
    return Codebook(written.schemes, codes)


def chains(events: Sequence[Event]) -> dict[tuple[str, str], list[tuple[int, Change]]]:
    """By code and field, its changes in order, each with the place of its event."""
    found: dict[tuple[str, str], list[tuple[int, Change]]] = {}
    for step, event in enumerate(events):
        for change in event.changes:
            found.setdefault((change.code, change.field), []).append((step, change))
    return found


def _state(code: Code) -> dict[str, Any]:
    return {one.name: getattr(code, one.name) for one in fields(Code) if one.name != "id"}


def _state_of(given: Any) -> dict[str, Any]:
    data = dict(given)
    scheme = str(data.pop("scheme", ""))
    code, _ = parse_code(data, scheme, HISTORY)
    return _state(code) if code else {}


def _code(name: str, state: Mapping[str, Any]) -> Code:
    values = {key: value for key, value in state.items() if value is not None}
    return Code(id=name, **values)


def comparable(value: Any) -> str:
    """A value of a field in one form, whatever it was read from; all that is empty is alike."""
    empty = value is None or value == () or value == [] or value is False or value == ""
    return "" if empty else json.dumps(value, ensure_ascii=False, sort_keys=True, default=list)


def event(action: str, code: str, changes: Iterable[Change], **said: Any) -> Event:
    """Make an event; its id is made of its content."""
    blank = Event("", action, code, tuple(changes), **said)
    digest = hashlib.sha256(line(blank).encode("utf-8", "surrogatepass")).hexdigest()
    return Event(digest[:12], action, code, blank.changes, **said)


def line(event: Event) -> str:
    """An event as its line of JSON, without line end."""
    return written(_data(event))


def _data(event: Event) -> dict[str, Any]:
    changes: dict[str, dict[str, list[Any]]] = {}
    for change in event.changes:
        changes.setdefault(change.code, {})[change.field] = [change.before, change.after]
    data: dict[str, Any] = {"id": event.id, "action": event.action, "code": event.code, "changes": changes}
    data |= {"who": event.who, "when": event.when, "why": event.why}
    return data | ({"undoes": event.undoes} if event.undoes else {})


_JOURNAL: Journal[Event] = Journal(
    "an event",
    'Write {"id", "action", "code", "changes": {code: {field: [before, after]}}, …}.',
    _event,
    _data,
    attrgetter("id"),
)


def append(study: Study, events: Sequence[Event]) -> None:
    """Append events to the study's history; who decides on them holds it by `writing`."""
    _JOURNAL.append(study.root, HISTORY, events)


@contextmanager
def writing(study: Study) -> Iterator[tuple[Codebook, list[Event]]]:
    """The codebook and its history as they stand, while nobody else can change them.

    Raises
    ------
    RunFailed
        When somebody else was changing them all the time.
    """
    with locks.writing(study.root, HISTORY):
        events = read(study)
        yield current(read_schemes(scheme_files(study), study.root), events), events


def verified(book: Codebook, events: Sequence[Event]) -> Codebook:
    """The codebook after further events.

    Raises
    ------
    InputError
        When they would leave a parent missing or a circle.
    """
    after = replay(book, events, len(events))
    problems = structure(after)
    if problems:
        raise InputError("The codebook would be broken; nothing was written.", problems)
    return after


def load(study: Study) -> Codebook:
    """The codebook as it stands now: the YAML files with the recorded history applied.

    Raises
    ------
    InputError
        With every problem that makes the codebook unusable. `casestudy check` lists more.
    """
    return current(read_schemes(scheme_files(study), study.root), read(study))
