"""Sessions and measures of logs too large for frames: sorted packed keys in numpy over Arrow columns.

One 64-bit number holds a participant, a second and an action; sorting these numbers sorts the log. Memory is
about two such arrays, whatever else the file holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.errors import InputError, Problem
from casestudy.usage import stream

if TYPE_CHECKING:
    import pandas as pd

_SECONDS_BITS, _ACTION_BITS = 31, 8
_BLOCK = 1 << 22
_COLUMNS = ("participant_id", "timestamp", "action")


@dataclass(frozen=True)
class Sessions:
    """Sessions as arrays, ordered by participant and start.

    Attributes
    ----------
    participants : list of str
        Names; `person` points into it.
    person : array of int32
    start : array of int64
        Seconds since 1970, UTC.
    events, dwell_s : array of int32
        Events, and seconds from the first to the last.
    measures : pandas.DataFrame
        One row for each participant who did anything: ``participant_id``, ``events``, ``sessions``,
        ``active_days`` (UTC), ``first``, ``last`` (seconds since 1970), ``dwell_s`` (median of sessions),
        ``gap_cv`` (of session starts; NaN with fewer than three sessions), ``action_entropy`` (bits).
    """

    participants: list[str]
    person: np.ndarray
    start: np.ndarray
    events: np.ndarray
    dwell_s: np.ndarray
    measures: pd.DataFrame


def sessions(
    path: Path, gap_minutes: float = 30.0, edge: str = "continue", actions: tuple[str, ...] = ()
) -> Sessions:
    """Cut a log into sessions and measure its participants.

    Parameters
    ----------
    path : Path
        Parquet with ``participant_id``, ``timestamp`` (with a zone, or UTC) and ``action``; or CSV (also
        ``.csv.gz``) with the same columns, every time stating its offset.
    gap_minutes : float
        The longest pause inside a session.
    edge : {'continue', 'break'}
        What a pause of exactly that length does.
    actions : tuple of str
        Actions that count, such as those of participants; all by default. At most 255 different ones.

    Returns
    -------
    Sessions

    Raises
    ------
    InputError
        When columns are missing or not of their kind, cells are empty or times cannot be read (with every
        problem), or the log does not fit the packed key (33 million participants, 34 years to either side,
        255 actions).
    """
    if edge not in ("continue", "break") or not gap_minutes > 0:
        raise ValueError("edge must be 'continue' or 'break', and gap_minutes above 0")
    key, names, kinds, begin = _packed(path, set(actions))
    key.sort(kind="stable" if len(key) < 1000 else None)
    pause = round(gap_minutes * 60, 6)
    limit = int(np.ceil(pause)) if edge == "break" else int(np.floor(pause)) + 1
    heads, last = _heads(key, limit)
    person = (key[heads] >> (_SECONDS_BITS + _ACTION_BITS)).astype(np.int32)
    start = _seconds(key[heads])
    events = np.diff(np.append(heads, len(key))).astype(np.int32)
    dwell = (_seconds(key[last]) - start).astype(np.int32)
    measures = _measures(key, names, kinds, begin, person, start, dwell)
    return Sessions(names, person, start + begin, events, dwell, measures)


def _seconds(key: np.ndarray) -> np.ndarray:
    return (key >> _ACTION_BITS) & ((1 << _SECONDS_BITS) - 1)


def _packed(path: Path, wanted: set[str]) -> tuple[np.ndarray, list[str], int, int]:
    """The log as packed keys, names of participants, number of actions, and the first second."""
    import pyarrow as pa

    columns = stream.header(path, path.name)
    missing = [name for name in _COLUMNS if name not in columns]
    if missing:
        problems = [Problem(path.name, f"column {name!r} is missing.") for name in sorted(missing)]
        raise InputError("The log cannot be read.", problems)
    key = np.empty(0, dtype=np.int64)
    people: dict[str, int] = {}
    kinds: dict[str, int] = {}
    filled, begin = 0, None
    skipped: list[tuple[int, int, int]] = []
    for batch in stream.pieces(path, path.name, _COLUMNS, skipped):
        if path.suffix == ".parquet" and not pa.types.is_timestamp(batch.column("timestamp").type):
            raise InputError("The log cannot be read.", [Problem(path.name, "timestamp holds no times.")])
        try:
            moment = stream.seconds(batch)
            who, what = _codes(batch.column("participant_id"), people), _codes(batch.column("action"), kinds)
        except (pa.ArrowInvalid, ValueError) as error:
            raise InputError("The log cannot be read.", stream.scan(path).problems) from error
        if wanted:
            kept = np.isin(what, [number for name, number in kinds.items() if name in wanted])
            who, what, moment = who[kept], what[kept], moment[kept]
        if not len(who):
            continue
        begin = int(moment.min()) - (1 << (_SECONDS_BITS - 1)) if begin is None else begin
        moment = moment - begin
        if (moment < 0).any() or (moment >> _SECONDS_BITS).any() or len(kinds) >= 1 << _ACTION_BITS:
            words = "its times span more than 34 years, or it has more than 255 actions."
            raise InputError("The log cannot be packed.", [Problem(path.name, words, "Split it.")])
        if filled + len(who) > len(key):
            rows = stream.rows(path)
            key.resize(rows if rows else max(2 * len(key), filled + len(who)), refcheck=False)
        part = key[filled : filled + len(who)]
        np.left_shift(who, _SECONDS_BITS, out=part)
        part |= moment
        part <<= _ACTION_BITS
        part |= what
        filled += len(who)
        del part
    if skipped:
        raise InputError("The log cannot be read.", stream.scan(path).problems)
    key.resize(filled, refcheck=False)
    names = sorted(people)
    rank = np.empty(len(people), dtype=np.int64)
    rank[[people[name] for name in names]] = np.arange(len(names))
    shift = _SECONDS_BITS + _ACTION_BITS
    for part in _blocks(key):
        who = part >> shift
        part += (rank[who] - who) << shift
    return key, names, max(len(kinds), 1), begin or 0


def _codes(column: Any, known: dict[str, int]) -> np.ndarray:
    """Numbers of a dictionary column under one numbering for the whole file."""
    if column.null_count:
        raise ValueError("a cell is empty")
    names = column.dictionary.to_pylist()
    numbers = np.array([known.setdefault(str(name), len(known)) for name in names], dtype=np.int64)
    return numbers[column.indices.to_numpy()] if len(names) else np.empty(0, dtype=np.int64)


def _blocks(key: np.ndarray) -> Iterator[np.ndarray]:
    for place in range(0, len(key), _BLOCK):
        yield key[place : place + _BLOCK]


def _heads(key: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """Where sessions begin, and where they end; block by block, so that no second full array is made."""
    shift = _SECONDS_BITS + _ACTION_BITS
    found = [np.zeros(1 if len(key) else 0, dtype=np.int64)]
    for place in range(1, len(key), _BLOCK):
        now, before = key[place : place + _BLOCK], key[place - 1 : place - 1 + _BLOCK][: len(key) - place]
        step = (now >> _ACTION_BITS) - (before >> _ACTION_BITS)
        new = (step >= limit) | ((now >> shift) != (before >> shift))
        found.append(np.flatnonzero(new) + place)
    heads = np.concatenate(found)
    return heads, np.append(heads[1:], len(key)) - 1 if len(key) else heads


def _measures(
    key: np.ndarray,
    names: list[str],
    kinds: int,
    begin: int,
    person: np.ndarray,
    start: np.ndarray,
    dwell: np.ndarray,
) -> pd.DataFrame:
    import pandas as pd

    shift, people = _SECONDS_BITS + _ACTION_BITS, len(names)
    counts = np.zeros(people * kinds, dtype=np.int64)
    days = np.zeros(people, dtype=np.int64)
    before = -1
    for part in _blocks(key):
        who = part >> shift
        counts += np.bincount(who * kinds + (part & ((1 << _ACTION_BITS) - 1)), minlength=people * kinds)
        day = who * 200_000 + (_seconds(part) + begin) // 86400
        new = np.diff(day, prepend=before) != 0
        days += np.bincount(who[new], minlength=people)
        before = int(day[-1])
    table = counts.reshape(people, kinds).astype(float)
    total = table.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = table / total[:, None]
        entropy = -np.where(shares > 0, shares * np.log2(np.where(shares > 0, shares, 1)), 0).sum(axis=1)
    many = np.bincount(person, minlength=people)
    edges = np.append(np.searchsorted(person, np.arange(people)), len(person))
    bounds = _bounds(key, people)
    made = pd.DataFrame(
        {
            "participant_id": names, "events": total.astype(np.int64), "sessions": many, "active_days": days,
            "first": _at(key, bounds[:-1], begin), "last": _at(key, bounds[1:] - 1, begin),
            "dwell_s": _medians(person, dwell, edges), "gap_cv": _cv(person, start, people),
            "action_entropy": entropy + 0.0,
        }
    )  # fmt: skip
    return made[made["events"] > 0].reset_index(drop=True)


def _bounds(key: np.ndarray, people: int) -> np.ndarray:
    """Where each participant's events begin: a binary search on the packed keys themselves."""
    return np.searchsorted(key, np.arange(people + 1, dtype=np.int64) << (_SECONDS_BITS + _ACTION_BITS))


def _at(key: np.ndarray, places: np.ndarray, begin: int) -> np.ndarray:
    return _seconds(key[np.clip(places, 0, max(len(key) - 1, 0))]) + begin if len(key) else places


def _medians(person: np.ndarray, values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Median of each participant's sessions."""
    order = np.lexsort((values, person))
    ranked = values[order]
    many = np.diff(edges)
    filled = many > 0
    low = np.clip(edges[:-1] + (many - 1) // 2, 0, max(len(ranked) - 1, 0))
    high = np.clip(edges[:-1] + many // 2, 0, max(len(ranked) - 1, 0))
    made = np.full(len(many), np.nan)
    if len(ranked):
        made[filled] = (ranked[low[filled]].astype(float) + ranked[high[filled]]) / 2
    return made


def _cv(person: np.ndarray, start: np.ndarray, people: int) -> np.ndarray:
    """Coefficient of variation of the gaps between a participant's session starts (population deviation)."""
    own = np.flatnonzero(np.diff(person) == 0)
    who, gap = person[own], (start[own + 1] - start[own]).astype(float)
    many = np.bincount(who, minlength=people)
    some = np.maximum(many, 1)
    mean = np.bincount(who, weights=gap, minlength=people) / some
    square = np.bincount(who, weights=(gap - mean[who]) ** 2, minlength=people) / some
    return np.where((many >= 2) & (mean > 0), np.sqrt(square) / np.where(mean > 0, mean, 1), np.nan)
