"""Events and participants of the log: their columns, and the readers for CSV, JSON Lines and Parquet."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files import guard, reading
from casestudy.files.tables import Column, Flaw, Schema, conform, flaw, read_csv
from casestudy.usage import exports
from casestudy.usage.vocabulary import Vocabulary
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.study import Study

FILE = "usage_logs/events.csv"
_HEAD = 100_000  # bytes of a file in which its column names lie
PARTICIPANTS_FILE = "usage_logs/participants.csv"
EVENTS = Schema(
    "usage events",
    (
        Column("event_id", "text", "the event's own id, among the account's events at least"),
        Column("participant_id", "text", "pseudonym of the account"),
        Column("timestamp", "timestamp", "when, with its offset from UTC"),
        Column("action", "text", "what was done: an id of the vocabulary"),
        Column("target", "text", "what it was done to, as kind:name", required=False),
        Column("period", "text", "the period shown: 2017-03, or 2017-01/2017-03", required=False),
        Column("client", "text", "what it was done with", required=False),
    ),
)
PARTICIPANTS = Schema(
    "participants of the service",
    (
        Column("participant_id", "text", "pseudonym of the account", unique=True),
        Column("household_id", "text", "the household in the purchases", required=False),
        Column("adopted_on", "date", "day of registration, local"),
        Column("account", "text", "whose account it is", allowed=("customer", "test")),
        Column("notified", "text", "wants messages", allowed=("yes", "no"), required=False),
        Column("comparison", "text", "sees similar households", allowed=("yes", "no"), required=False),
        Column("consent", "text", "interview and log may be joined", allowed=("yes", "no"), required=False),
    ),
)
_OFFSET = r"(Z|[+-]\d{2}:?\d{2})$"
_MOST_LISTED = 20


def read(path: Path, vocabulary: Vocabulary, where: str | None = None) -> pd.DataFrame:
    """Read events from a CSV, JSON Lines or Parquet file.

    Parameters
    ----------
    path : Path
        CSV, JSON Lines, JSON (these plain or gzip) or Parquet.
    vocabulary : Vocabulary
        What actions there are.
    where : str, optional
        How to call the file in messages; its name by default.

    Returns
    -------
    pandas.DataFrame
        The columns of `EVENTS`, sorted by participant and time (within one moment in the order of the file):
        ``timestamp`` in UTC, ``offset`` (minutes from UTC that the log states), ``group`` and ``actor`` of
        the action. Absent optional columns are missing values.

    Raises
    ------
    InputError
        With every problem: missing columns, empty cells, times that are none or state no offset, unknown
        actions. An empty log is not an error: it is a table without rows.
    """
    name = where or path.name
    with guard.reading(name, "Events cannot be read."):
        frame = exports.frame(path, name)
    return tidy(frame, vocabulary, name)


def head(path: Path) -> bytes:
    """The beginning of a CSV file, packed or not: as much as its column names can take up.

    Raises
    ------
    OSError
        When the file is not there or cannot be opened.
    InputError
        When it is packed and damaged.
    """
    there = path.stat()
    return _head(path, there.st_mtime_ns, there.st_size)


@lru_cache(maxsize=8)
def _head(path: Path, changed: int, size: int) -> bytes:
    import gzip

    if path.suffix != ".gz":
        return reading.start(path, _HEAD)
    try:
        with gzip.open(path, "rb") as file:
            return file.read(_HEAD)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError("Events cannot be read.", [guard.problem(path.name, error)]) from error


def separator(path: Path) -> str:
    """What stands between the cells of a CSV file, by its first line: a comma, or else a semicolon or a tab.

    Raises
    ------
    OSError
        When the file is not there or cannot be opened.
    """
    heads = head(path).split(b"\n", 1)[0]
    return next((mark.decode() for mark in (b",", b";", b"\t") if mark in heads), ",")


def not_ours(path: Path) -> list[Problem]:
    """The problem of a study's own log with other separators than commas, which not everything reads."""
    if not path.is_file() or separator(path) == ",":
        return []
    remedy = "Save it as CSV with commas, or import it: casestudy import-log --help."
    return [Problem(FILE, "its cells are not separated by commas.", remedy)]


def tidy(frame: pd.DataFrame, vocabulary: Vocabulary, where: str) -> pd.DataFrame:
    """Check events against their schema and the vocabulary; see `read` for what comes back.

    Examples
    --------
    >>> import pandas as pd
    >>> from casestudy.usage.vocabulary import Action, Vocabulary
    >>> words = Vocabulary((Action("login", "entry", "comes in"),))
    >>> rows = [("e1", "p1", "2017-03-01T09:30:00+02:00", "login")]
    >>> events = tidy(pd.DataFrame(rows, columns=EVENTS.names[:4]), words, "events.csv")
    >>> str(events["timestamp"].iloc[0]), int(events["offset"].iloc[0])
    ('2017-03-01 07:30:00+00:00', 120)
    """
    import pandas as pd

    given = frame.get("timestamp")
    aware = isinstance(given, pd.Series) and isinstance(given.dtype, pd.DatetimeTZDtype)
    if not aware and isinstance(given, pd.Series) and not pd.api.types.is_string_dtype(given):
        frame = frame.assign(timestamp=given.map(str, na_action="ignore"))
    if frame.empty and not len(frame.columns):
        frame = pd.DataFrame(columns=EVENTS.names, dtype=str)
    table, problems = conform(frame, EVENTS, where)
    if aware and given is not None:
        local, utc = (moments.dt.tz_localize(None) for moments in (given, given.dt.tz_convert("UTC")))
        offsets = ((local - utc).dt.total_seconds() / 60).fillna(0).astype("int64")
    elif "timestamp" in table.columns and len(table):
        offsets, more = stated(frame["timestamp"], table["timestamp"])
        problems += [problem for flaw in more for problem in flaw.problems(where)]
    else:
        offsets = pd.Series([0] * len(table), dtype="int64")
    if "action" in table.columns:
        counts = {str(name): int(count) for name, count in table["action"].value_counts().items()}
        places = pd.Series(table["action"].to_numpy(), name="action")
        strangers = places[~places.isin(vocabulary.ids)].drop_duplicates()
        rows = {str(action): row for row, action in zip(strangers.index + 2, strangers, strict=True)}
        problems += unknown_actions(counts, rows, vocabulary, where)
    raise_if(problems, "The events have problems.")
    for column in EVENTS.names:
        if column not in table.columns:
            table[column] = pd.Series([None] * len(table), dtype=object)
    actors = {action.id: action.actor for action in vocabulary.actions}
    table = table[EVENTS.names].assign(
        offset=offsets.to_numpy(),
        group=table["action"].map(vocabulary.groups).astype(object),
        actor=table["action"].map(actors).astype(object),
    )
    return table.iloc[_order(table)].reset_index(drop=True)


def _order(table: pd.DataFrame) -> np.ndarray:
    """Places by participant and time; what happened in one moment stays in the order of the file."""
    import pandas as pd

    people, names = pd.factorize(table["participant_id"])
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(np.asarray(names, dtype=object), kind="stable")] = np.arange(len(names))
    who = rank[people] if len(names) else people
    return np.lexsort((table["timestamp"].to_numpy(dtype="datetime64[ns]").view(np.int64), who))


def stated(texts: pd.Series, moments: pd.Series, first: int = 2) -> tuple[pd.Series, list[Flaw]]:
    """Minutes from UTC that each timestamp states, and the flaw of those that state none."""
    import pandas as pd

    ends, names = pd.factorize(texts.astype(str).str[-6:])
    found = pd.Series([str(name) for name in names], dtype=object).str.extract(_OFFSET)[0]
    minutes = np.array([_minutes(one) if isinstance(one, str) else 0 for one in found], dtype=np.int64)
    bad = found.isna().to_numpy(dtype=bool)[ends] & moments.notna().to_numpy()
    remedy = "Write the offset, like 2017-03-01T09:30:00+02:00, or give the zone in a mapping file."
    words = "{name} {value!r} states no offset from UTC."
    return pd.Series(minutes[ends], dtype="int64"), flaw(texts, bad, "timestamp", words, remedy, first)


def _minutes(offset: str) -> int:
    if offset == "Z":
        return 0
    digits = offset[1:].replace(":", "")
    return (1 if offset[0] == "+" else -1) * (int(digits[:2]) * 60 + int(digits[2:]))


def written(moments: pd.Series, offsets: pd.Series) -> pd.Series:
    """Times as participants' clocks showed them, with their offset: text such as 2017-03-01T09:30:00+02:00.

    Parameters
    ----------
    moments : pandas.Series of datetime
        In UTC.
    offsets : pandas.Series of int
        Minutes from UTC.
    """
    import pandas as pd

    size = offsets.abs()
    hours, minutes = ((part).astype(str).str.zfill(2) for part in (size // 60, size % 60))
    ending = offsets.map(lambda one: "-" if one < 0 else "+").astype(str) + hours + ":" + minutes
    local = moments.dt.tz_convert("UTC").dt.tz_localize(None) + pd.to_timedelta(offsets, unit="m")
    finer = "%Y-%m-%dT%H:%M:%S" + (".%f" if (local.dt.microsecond > 0).any() else "")
    return local.dt.strftime(finer) + ending


def unknown_actions(
    counts: Mapping[str, int], rows: Mapping[str, int], vocabulary: Vocabulary, where: str
) -> list[Problem]:
    """Problems of actions that the vocabulary does not have: how many rows, and the first row, of each."""
    strangers = sorted(set(counts) - set(vocabulary.ids), key=lambda action: (-counts[action], action))
    listed = sorted(strangers[:_MOST_LISTED], key=lambda action: rows[action])
    problems = [
        Problem(
            f"{where}, row {rows[action]}",
            f"action {action!r} is not in the vocabulary ({counted(counts[action], 'row')}).",
            f"{nearest(action, vocabulary.ids)} Or add it to the vocabulary, or map it.",
        )
        for action in listed
    ]
    rest = len(strangers) - len(listed)
    if rest:
        problems.append(Problem(where, f"{counted(rest, 'more unknown action')}.", "Map them."))
    return problems


def read_participants(path: Path, where: str = PARTICIPANTS_FILE) -> pd.DataFrame:
    """Read the accounts that the service knows; see `PARTICIPANTS` for the columns."""
    return read_csv(path, PARTICIPANTS, where)


def of_study(study: Study) -> tuple[pd.DataFrame, pd.DataFrame, Vocabulary]:
    """Events, participants and vocabulary of a study; its notebook declares ``usage_logs/*``.

    Examples
    --------
    >>> from casestudy.study import Study
    >>> events, participants, vocabulary = of_study(Study.find())
    >>> "login" in vocabulary.ids
    True
    """
    from casestudy.usage import vocabulary as words

    vocabulary = words.load(study.input(words.FILE))
    raise_if(not_ours(study.input(FILE)), "Events cannot be read.")
    events = read(study.input(FILE), vocabulary, FILE)
    return events, read_participants(study.input(PARTICIPANTS_FILE)), vocabulary
