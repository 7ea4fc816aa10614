"""A study's log made ready: read, cleaned, cut into sessions and feedback cycles. Notebooks begin here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem
from casestudy.people.floor import enough
from casestudy.usage import calendar, quality, sessions
from casestudy.usage import events as reading
from casestudy.usage.calendar import Clock
from casestudy.usage.vocabulary import Vocabulary
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.study import Study


_BYTES_PER_BYTE = 9  # memory of the tables for each byte of CSV, as measured on a million events


@dataclass(frozen=True)
class Log:
    """A log that measures can be taken from.

    Attributes
    ----------
    participants : pandas.DataFrame
        The customers' accounts (no testers').
    inspection : Inspection
        What was wrong with the log; its ``events`` are the cleaned ones.
    acts : pandas.DataFrame
        Participants' events with ``session_id``.
    sessions, cycles : pandas.DataFrame
        See `casestudy.usage.sessions`.
    vocabulary : Vocabulary
    end : pandas.Timestamp
        End of observation, UTC.
    clock : Clock
        What begins a cycle: a feedback, or, where the service gives none, the calendar.
    """

    participants: pd.DataFrame
    inspection: quality.Inspection
    acts: pd.DataFrame
    sessions: pd.DataFrame
    cycles: pd.DataFrame
    vocabulary: Vocabulary
    end: pd.Timestamp
    clock: Clock = "feedback"

    @property
    def cycle(self) -> str:
        """What one cycle is called: feedback cycle, month, week or day."""
        return calendar.CALLED[self.clock][0]

    @property
    def many_cycles(self) -> str:
        """What several are called."""
        return calendar.CALLED[self.clock][1]

    @property
    def events(self) -> pd.DataFrame:
        """The cleaned events, the firm's among them."""
        return self.inspection.events

    def unsaid(self, floor: int, cycles: bool = True, looks: bool = False) -> str:
        """What cannot be said of this log, in a sentence; empty where it holds enough.

        Parameters
        ----------
        floor : int
            The fewest participants that a number may describe.
        cycles : bool
            Whether the question is about feedback cycles.
        looks : bool
            Whether the question is about what is looked at.
        """
        seen = self.acts["participant_id"].nunique()
        if not seen:
            return (
                f"The log holds no act of a participant ({len(self.participants)} accounts, "
                f"{self.inspection.read} events read): nothing can be said of how the service is used."
            )
        if not enough(seen, floor):
            few = "Only one participant" if seen == 1 else f"Only {seen} participants"
            return (
                f"{few} did anything, in {counted(len(self.sessions), 'session')}. A number "
                f"must describe {floor} or more: nothing can be said of how people use the service."
            )
        held = counted(len(self.sessions), "session")
        if cycles and not self.cycles["whole"].any():
            return (
                f"The log holds {held} of {counted(seen, 'participant')}, but no {self.cycle} "
                "was seen as a whole: what share is opened, and who stays, cannot be said."
            )
        if looks and not self.sessions["looks"].any():
            return (
                f"The log holds {held} of {counted(seen, 'participant')}, but in none was "
                "anything looked at: in which ways the information is used cannot be said."
            )
        return ""

    def coverage(self) -> pd.DataFrame:
        """Who and what the log holds: one row for each count, with what it is a count of."""
        import pandas as pd

        begin = self.events["timestamp"].min()
        seen = self.acts["participant_id"].nunique()
        whole = int(self.cycles["whole"].sum())
        homes = self.participants["household_id"].notna()
        rows = [
            ("accounts", len(self.participants), "testers left out"),
            ("with at least one act", seen, "of these accounts"),
            ("events read", self.inspection.read, "all rows of the log"),
            ("events kept", len(self.events), "of the events read"),
            ("acts of participants", len(self.acts), "of the events kept"),
            ("sessions", len(self.sessions), "runs of acts without a longer pause"),
            (self.many_cycles, len(self.cycles), f"{whole} of them whole, the others cut by the end"),
            (
                "days observed",
                int((self.end - begin).days) if len(self.events) else 0,
                "first act to the end",
            ),
        ]
        if homes.any():
            rows.insert(2, ("with a household in the purchases", int(homes.sum()), "of these accounts"))
        return pd.DataFrame(rows, columns=["count_of", "n", "base"])


def open_log(
    study: Study,
    gap_minutes: float = sessions.GAP_MINUTES,
    edge: str = "continue",
    limits: quality.Limits | None = None,
    cycles: str = "auto",
) -> Log:
    """Read a study's log and make it ready; a notebook declares ``usage_logs/*`` as input.

    Parameters
    ----------
    study : Study
    gap_minutes : float
        The longest pause inside a session.
    edge : {'continue', 'break'}
        What a pause of exactly that length does.
    limits : Limits, optional
        Thresholds of the checks.
    cycles : {'auto', 'feedback', 'day', 'week', 'month'}
        What begins a cycle. By default a feedback where an action of the vocabulary gives one (role
        ``return``), else the longest unit of the calendar of which the observation holds about four.

    Raises
    ------
    InputError
        With every problem of the files.

    Examples
    --------
    >>> from casestudy.study import Study
    >>> log = open_log(Study.find())
    >>> len(log.participants)
    250
    """
    fits_memory(study.input(reading.FILE))
    events, participants, vocabulary = reading.of_study(study)
    return prepare(events, participants, vocabulary, gap_minutes, edge, limits, cycles)


def fits_memory(path: Path, bytes_free: float | None = None) -> None:
    """Refuse a log that would not fit into memory as frames, before it is read.

    Parameters
    ----------
    path : Path
    bytes_free : float, optional
        Memory to be used; four fifths of the machine's by default, where it can be known.

    Raises
    ------
    InputError
        With the way to measure such a log all the same.
    """
    if bytes_free is None:
        try:
            bytes_free = 0.8 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        except (AttributeError, OSError, ValueError):
            return
    if not path.is_file():
        return
    need = _BYTES_PER_BYTE * path.stat().st_size
    if need > bytes_free:
        found = (
            f"it is {path.stat().st_size / 1e9:.1f} GB; as tables it needs {need / 1e9:.0f} GB or so, "
            f"and {bytes_free / 1e9:.0f} GB of memory can be used."
        )
        remedy = f"Measure it with casestudy measure-log {path.name}, or cut it by time or participants."
        raise InputError("The log is too large.", [Problem(path.name, found, remedy)])


def prepare(
    events: pd.DataFrame,
    participants: pd.DataFrame,
    vocabulary: Vocabulary,
    gap_minutes: float = sessions.GAP_MINUTES,
    edge: str = "continue",
    limits: quality.Limits | None = None,
    cycles: str = "auto",
) -> Log:
    """Make frames that are read already ready; see `open_log`."""
    found = quality.inspect(events, participants, vocabulary, limits)
    end = quality.window_end(found.events)
    acts = sessions.with_sessions(found.events, gap_minutes, edge)
    made = sessions.table(acts, vocabulary.looks)
    clock = calendar.clock(cycles)
    if clock == "auto":
        days = (end - found.events["timestamp"].min()).days if len(found.events) else 0
        clock = "feedback" if vocabulary.role("return") else calendar.unit_for(days)
    if clock == "feedback":
        rounds = sessions.cycles(found.events, made, vocabulary.role("return"), end)
    else:
        begun = calendar.begins(found.events, acts, vocabulary.role("close"), end, clock)
        rounds = sessions.rounds(begun, made, end)
    customers = participants[participants["account"] == "customer"].reset_index(drop=True)
    return Log(customers, found, acts, made, rounds, vocabulary, end, clock)
