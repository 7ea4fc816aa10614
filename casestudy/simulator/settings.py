"""Parameters of the simulator, read from one file; every problem of it at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from casestudy.errors import InputError, Problem, nearest, raise_if

FILE = "usage_logs/simulator.toml"
TIMINGS = ("any", "after_feedback", "weekly")


@dataclass(frozen=True)
class Calendar:
    """Months covered, time zone, and when the feedback of the month before is ready."""

    first_month: str = "2017-01"
    last_month: str = "2017-12"
    timezone: str = "UTC"
    feedback_day: int = 4
    feedback_hour: int = 6
    rolling_acts: tuple[str, ...] = ()


@dataclass(frozen=True)
class People:
    """Who is drawn from the households."""

    participants: int = 250
    comparison_households: int = 300
    least_months: int = 10
    selection: float = 0.0
    consent_share: float = 1.0


@dataclass(frozen=True)
class Mixture:
    """How the ways of using mix in a participant. See the parameter file for each number's meaning."""

    concentration: float = 1.0
    separation: float = 1.0
    wander: float = 0.0


@dataclass(frozen=True)
class Activity:
    """How much participants do."""

    spread: float = 3.0
    novelty: float = 0.0
    novelty_half_life: float = 1.0
    interrupted_share: float = 0.0
    notified_share: float = 0.5
    notified_factor: float = 1.0


@dataclass(frozen=True)
class Lapse:
    """Chances per feedback cycle to stop, to return, to close the account."""

    first_cycle: float = 0.0
    back: float = 0.1
    close_active: float = 0.0
    close_lapsed: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """The feature 'comparison with similar households', switched on by lot."""

    share: float = 0.0
    lapse_factor: float = 1.0
    instead: str = ""


@dataclass(frozen=True)
class Faults:
    """How many faults of each kind the log gets."""

    repeated_rows: int = 0
    retries: int = 0
    wrong_clocks: int = 0
    robots: int = 0
    shared_accounts: int = 0
    test_accounts: int = 0
    tester_acts: tuple[str, ...] = ()
    retried_prefix: str = ""


@dataclass(frozen=True)
class Outcome:
    """The outcome that the simulator makes itself, and the effect of use on it."""

    name: str = "score"
    mean: float = 50.0
    household_sd: float = 6.0
    noise_sd: float = 4.0
    month_sd: float = 0.0
    trend_by_selection: float = 0.0
    effect: float = 0.0
    effect_months: int = 1
    effect_follows_use: bool = False


@dataclass(frozen=True)
class Way:
    """One way of using the information: how its sessions look.

    Attributes
    ----------
    id, code : str
        Name in the log's truth, and the id of the code that it is in the codebook.
    sessions : float
        Sessions per feedback cycle of one who uses only this way.
    length, dwell, dwell_sigma : float
        Mean number of actions after the start page; median seconds on a page and their log's deviation.
    focus : float
        Chance to stay with the topic from one action to the next.
    timing : {'any', 'after_feedback', 'weekly'}
    lapse, drift : float
        Chance to stop per cycle; monthly change of the way's logit.
    weights : mapping of action to relative frequency
    """

    id: str
    code: str
    sessions: float
    length: float
    dwell: float
    dwell_sigma: float
    focus: float
    timing: str
    lapse: float
    drift: float
    weights: Mapping[str, float]


@dataclass(frozen=True)
class Settings:
    """All parameters of the simulator."""

    seed: int
    calendar: Calendar
    people: People
    adoption: Mapping[str, float]
    mixture: Mixture
    activity: Activity
    lapse: Lapse
    comparison: Comparison
    topics: Mapping[str, float]
    faults: Faults
    outcome: Outcome
    ways: tuple[Way, ...]
    first_time: Mapping[str, str] = field(default_factory=dict)

    @property
    def months(self) -> list[str]:
        """The months of the calendar, as ``YYYY-MM``."""
        return months_between(self.calendar.first_month, self.calendar.last_month)

    def with_(self, section: str, **values: Any) -> Settings:
        """The same settings with some values of one section changed.

        Examples
        --------
        >>> from casestudy.study import Study
        >>> settings = load(Study.find().input("usage_logs/simulator.toml"))
        >>> settings.with_("outcome", effect=0.0).outcome.effect
        0.0
        """
        return replace(self, **{section: replace(getattr(self, section), **values)})


def months_between(first: str, last: str) -> list[str]:
    """Months from `first` to `last`, both included.

    Examples
    --------
    >>> months_between("2016-12", "2017-02")
    ['2016-12', '2017-01', '2017-02']
    """
    start, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(start, end + 1)]


_SECTIONS: dict[str, type[Any]] = {
    "calendar": Calendar,
    "people": People,
    "mixture": Mixture,
    "activity": Activity,
    "lapse": Lapse,
    "comparison": Comparison,
    "faults": Faults,
    "outcome": Outcome,
}
_TABLES = ("adoption", "topics", "first_time", "ways")
_SHARES = {
    ("people", "consent_share"), ("activity", "notified_share"), ("activity", "interrupted_share"),
    ("comparison", "share"),
    ("mixture", "separation"), ("lapse", "first_cycle"), ("lapse", "back"),
    ("lapse", "close_active"), ("lapse", "close_lapsed"),
}  # fmt: skip
_SIGNED = {
    ("people", "selection"),
    ("outcome", "effect"),
    ("outcome", "trend_by_selection"),
    ("way", "drift"),
}


def load(path: Path, where: str = FILE) -> Settings:
    """Read the parameter file.

    Raises
    ------
    InputError
        With every problem: not TOML, unknown or missing settings, numbers out of range, months that do not
        lie in the calendar.
    """
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{where} cannot be read.", [Problem(where, f"{error.strerror}.")]) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = Problem(where, f"it is not valid TOML: {error}.", "Mend it.")
        raise InputError(f"{where} cannot be read.", [problem]) from error
    reader = _Reader(content, where)
    settings = reader.settings()
    raise_if(reader.problems, "The simulator's parameters have problems.")
    assert settings is not None
    return settings


class _Reader:
    def __init__(self, content: Mapping[str, Any], where: str) -> None:
        self.content, self.where = content, where
        self.problems: list[Problem] = []

    def settings(self) -> Settings | None:
        known = ("seed", *_SECTIONS, *_TABLES)
        for key in self.content:
            if key not in known:
                self._problem(key, f"{key!r} is not a setting.", nearest(key, known))
        seed = self.content.get("seed")
        if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
            self._problem("seed", f"it is {seed!r}.", "Write a whole number from 0.")
        sections = {name: self._section(name, kind) for name, kind in _SECTIONS.items()}
        calendar = sections["calendar"]
        months = self._months(calendar)
        adoption = self._weights("adoption")
        for month in adoption:
            if month not in months:
                self._problem(
                    f"adoption.{month}", "the month is not in the calendar.", "Write it as YYYY-MM."
                )
        topics = self._weights("topics")
        ways = tuple(self._way(name, given) for name, given in self._table("ways").items())
        if not ways:
            self._problem("ways", "there is none.", "Describe at least one way under [ways.NAME].")
        first_time = {str(a): str(b) for a, b in self._table("first_time").items()}
        if self.problems:
            return None
        return Settings(
            seed=int(seed or 0), adoption=adoption, topics=topics, first_time=first_time,
            ways=tuple(way for way in ways if way is not None), **sections,
        )  # fmt: skip

    def _months(self, calendar: Calendar) -> list[str]:
        for name in ("first_month", "last_month"):
            if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(getattr(calendar, name))):
                self._problem(f"calendar.{name}", "it is not a month.", "Write it as YYYY-MM.")
                return []
        months = months_between(calendar.first_month, calendar.last_month)
        if not months:
            self._problem("calendar", "the last month lies before the first.", "Turn them round.")
        if not 1 <= calendar.feedback_day <= 28:
            self._problem("calendar.feedback_day", f"it is {calendar.feedback_day}.", "Use 1 to 28.")
        if not 0 <= calendar.feedback_hour <= 23:
            self._problem("calendar.feedback_hour", f"it is {calendar.feedback_hour}.", "Use 0 to 23.")
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(calendar.timezone)
        except (KeyError, ValueError, OSError):
            self._problem(
                "calendar.timezone", f"{calendar.timezone!r} is unknown.", "Use a name like Europe/Helsinki."
            )
        return months

    def _section(self, name: str, kind: type[Any], given: Mapping[str, Any] | None = None) -> Any:
        values = self._table(name) if given is None else given
        default = kind()
        known = {one.name: getattr(default, one.name) for one in fields(kind)}
        kept = {}
        for key, value in values.items():
            if key not in known:
                self._problem(f"{name}.{key}", f"{key!r} is not a setting.", nearest(key, known))
            elif self._fits(name, key, value, known[key]):
                kept[key] = type(known[key])(value)
        return kind(**kept)

    def _fits(self, section: str, key: str, value: Any, like: Any) -> bool:
        place = f"{section}.{key}"
        if isinstance(like, bool) or isinstance(value, bool):
            fine = isinstance(value, bool) and isinstance(like, bool)
        elif isinstance(like, tuple):
            fine = isinstance(value, list) and all(isinstance(one, str) for one in value)
        elif isinstance(like, float):
            fine = isinstance(value, int | float)
        else:
            fine = isinstance(value, type(like))
        if not fine:
            words = {
                bool: "true or false",
                tuple: "a list of texts",
                int: "a whole number",
                float: "a number",
                str: "text",
            }
            self._problem(place, f"it is {value!r}.", f"Write {words[type(like)]}.")
            return False
        if isinstance(value, int | float) and not isinstance(value, bool):
            if not abs(value) < 1e9 or (value < 0 and (section, key) not in _SIGNED):
                self._problem(place, f"it is {value!r}.", "Use a number from 0 (and below 1e9).")
                return False
            if (section, key) in _SHARES and value > 1:
                self._problem(place, f"it is {value!r}.", "Use a share from 0 to 1.")
                return False
        return True

    def _weights(self, name: str, given: Mapping[str, Any] | None = None) -> dict[str, float]:
        values = self._table(name) if given is None else given
        good: dict[str, float] = {}
        for key, value in values.items():
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not 0 <= value < 1e9:
                self._problem(f"{name}.{key}", f"it is {value!r}.", "Use a number from 0.")
            else:
                good[str(key)] = float(value)
        if not sum(good.values()) > 0:
            self._problem(name, "its numbers add up to nothing.", "Give at least one above 0.")
        return good

    def _way(self, name: str, given: Any) -> Way | None:
        before = len(self.problems)
        if not isinstance(given, Mapping):
            self._problem(f"ways.{name}", "it is not a table.", f"Head it with [ways.{name}].")
            return None
        numbers = ("sessions", "length", "dwell", "dwell_sigma", "focus", "lapse", "drift")
        for key in given:
            if key not in (*numbers, "code", "timing", "weights"):
                hint = nearest(key, (*numbers, "code", "timing", "weights"))
                self._problem(f"ways.{name}.{key}", f"{key!r} is not a setting.", hint)
        read = {}
        for key in numbers:
            if key not in given:
                self._problem(f"ways.{name}", f"{key} is missing.", f"Write {key} = …")
            elif self._fits("way", key, given[key], 0.0):
                read[key] = float(given[key])
                if key in ("focus", "lapse") and read[key] > 1:
                    self._problem(f"ways.{name}.{key}", f"it is {given[key]!r}.", "Use a share from 0 to 1.")
        timing = given.get("timing", "any")
        if timing not in TIMINGS:
            self._problem(f"ways.{name}.timing", f"it is {timing!r}.", nearest(str(timing), TIMINGS))
        weights = given.get("weights")
        if not isinstance(weights, Mapping):
            self._problem(f"ways.{name}", "weights is missing.", "Write weights = {action = number, …}.")
            return None
        clean = self._weights(f"ways.{name}.weights", weights)
        if len(self.problems) > before:
            return None
        return Way(id=name, code=str(given.get("code", name)), timing=timing, weights=clean, **read)

    def _table(self, name: str) -> Mapping[str, Any]:
        given = self.content.get(name, {})
        if isinstance(given, Mapping):
            return given
        self._problem(name, "it must be a table.", f"Head it with [{name}].")
        return {}

    def _problem(self, name: str, found: str, remedy: str) -> None:
        self.problems.append(Problem(f"{self.where} ({name})", found, remedy))
