"""Where two branches changed a codebook so that both cannot hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from casestudy.codebook.history import Event, chains, comparable


@dataclass(frozen=True)
class Fork:
    """Two events that changed one field of one code from the same value to different ones."""

    code: str
    field: str
    events: tuple[str, ...]
    what: str


def contradictions(events: Sequence[Event]) -> list[Fork]:
    """Changes that do not follow from one another: two branches changed the same field.

    The later one (by time, then id) holds. A further change of that field by either person settles it.
    """
    found = []
    for (code, field), chain in chains(events).items():
        for (step, change), (later, following) in pairwise(chain):
            agrees = comparable(change.after) == comparable(following.after)
            if comparable(following.before) != comparable(change.after) and not agrees:
                settled = chain[-1][0] > later
                if not settled:
                    pair = (events[step].id, events[later].id)
                    said = f"{_short(change.after)} or {_short(following.after)}"
                    found.append(Fork(code, field, pair, said))
    found += _by_act(events)
    return sorted(found, key=lambda fork: (fork.code, fork.field, fork.events))


_ENDS = {"split": "split_into", "merge": "merged_into", "retire": "retired"}


def _by_act(events: Sequence[Event]) -> list[Fork]:
    """Acts on a code that another branch had taken out of use: changed after it was split, merged or retired.

    They touch different fields, so no chain of values shows them. The commands refuse to change what is out
    of use, so the person who did it did not know. Restoring the code, or an undo, settles it.
    """
    ends: dict[str, Event] = {}
    found: dict[str, Fork] = {}
    for event in events:
        fields: dict[str, set[str]] = {}
        for change in event.changes:
            fields.setdefault(change.code, set()).add(change.field)
        for code, names in fields.items():
            if event.action in ("undo", "restore"):
                ends.pop(code, None)
                found.pop(code, None)
                continue
            ended = _ENDS.get(event.action) in names
            before = ends.get(code)
            if before is not None and (ended or event.action in ("rename", "redefine")):
                if before.action != event.action:
                    what = f"{_PAST[before.action]} and {_PAST[event.action]}"
                    found[code] = Fork(code, "the use", (before.id, event.id), what)
            elif ended:
                ends[code] = event
    return list(found.values())


_PAST = {
    "split": "it was split",
    "merge": "it was merged into another",
    "retire": "it was retired",
    "rename": "it was renamed",
    "redefine": "its words were changed",
}


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=list)
    return repr(text if len(text) <= 60 else text[:57] + "…")
