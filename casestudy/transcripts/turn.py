"""One turn: who speaks from where to where, and when; clock times as they are written."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

Kind = Literal["speech", "heading", "bracket", "note"]
Speakers = Collection[str] | Mapping[str, bool]
Role = Literal["participant", "interviewer", "other", "unknown"]

CLOCK = r"(?:\d{1,4}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
RANGE = rf"{CLOCK}(?:\ ?(?:-|–|—|-->)\ ?{CLOCK})?"
MARK = r"\#\d{1,3}:\d{2}:\d{2}(?:[-.,]\d{1,3})?\#"
# A time that stands alone: in brackets, as a mark, or bare before white space.
TIME = rf"(?:\[{RANGE}\]|\({RANGE}\)|{MARK}|¤?<\d{{1,10}}>|{RANGE}(?=\s|$))"
LEADING_TIME = re.compile(rf"[ \t]*{TIME}[ \t]*(?:[-–—][ \t]+)?")
_TIMES = re.compile(rf"{CLOCK}|{MARK}")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Turn:
    """One turn of a transcript, or one paragraph of a document without speakers.

    Attributes
    ----------
    number : int
        Counted from 1.
    speaker : str
        As the source states it, composed and with single spaces; empty for none.
    start, end : int
        The whole turn with the speaker's name; half-open, in code points.
    speech : int
        Where the words begin, after name and time.
    time, until : float
        Seconds from the start of the recording, or of the day where the source gives clock times; NaN where
        not stated.
    kind : {"speech", "heading", "bracket", "note"}
        Talk; a title; a remark in brackets alone; words that nobody says, such as front matter.
    role : {"participant", "interviewer", "other", "unknown"}
        Whose words these are. No format states it: `casestudy.people.speakers` says it from the study's
        files; until then all words are a participant's.
    participant : str
        Id of the participant who speaks; empty where nobody in particular is known.
    """

    number: int
    speaker: str
    start: int
    end: int
    speech: int
    time: float = math.nan
    until: float = math.nan
    kind: Kind = "speech"
    role: Role = "participant"
    participant: str = ""

    def said_by(self, role: Role, participant: str) -> Turn:
        """The same turn with whose words it holds; made the quick way, since a study has many turns."""
        turn = object.__new__(Turn)
        turn.__dict__.update(self.__dict__, role=role, participant=participant)
        return turn


class Head(NamedTuple):
    """Where a turn begins, where its words begin, and what its head says."""

    start: int
    speech: int
    speaker: str
    time: float = math.nan
    until: float = math.nan
    kind: Kind = "speech"


def seconds(clock: str) -> float:
    """Seconds of a clock time such as ``00:03:12``, ``[3:12]`` or ``#00:03:12-5#``.

    Examples
    --------
    >>> seconds("[00:03:12]"), seconds("01:00:00.500"), seconds("#00:00:12-5#")
    (192.0, 3600.5, 12.5)
    """
    parts = clock.strip("[]()#<> \t").replace(",", ".").replace("-", ".").split(":")
    return float(sum(float(part) * 60**power for power, part in enumerate(reversed(parts))))


@lru_cache(4096)
def named(written: str) -> str:
    """A speaker's name as data: composed, with single spaces.

    Examples
    --------
    >>> named("Pa\\u0308ivi  Oja ")
    'Päivi Oja'
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFC", written)).strip()


def time_of(written: str) -> tuple[float, float]:
    """Start and end in seconds of a time as it is written; NaN for an end that is not stated.

    Examples
    --------
    >>> time_of("[00:01 - 00:04]"), time_of("¤<1500>")
    ((1.0, 4.0), (1.5, nan))
    """
    if thousandths := re.search(r"<(\d+)>", written):
        return int(thousandths[1]) / 1000, math.nan
    times = [seconds(match[0]) for match in _TIMES.finditer(written)]
    return (times[0] if times else math.nan), (times[1] if len(times) > 1 else math.nan)


def lines(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Start and end of each line from a position on, without its line end."""
    while start <= len(text):
        end = text.find("\n", start)
        if end < 0:
            end = len(text)
        yield start, end
        start = end + 1
