"""Parameters of the simulator, read from one file; every problem of it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from dataclasses import fields as fields_of
from pathlib import Path
from typing import Any

from casestudy.errors import Problem, nearest, raise_if
from casestudy.files.fields import Fields, read_toml

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
_OF_A_WAY = ("sessions", "length", "dwell", "dwell_sigma", "focus", "lapse", "drift")
_WORDS = ("code", "timing", "weights")
LARGEST = 1e9
"""Beyond this a number in the file is a slip."""
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
    problems: list[Problem] = []
    unread = f"{where} cannot be read."
    top = Fields(read_toml(path, where, unread), where, "", problems, ("seed", *_SECTIONS, *_TABLES))
    settings = _settings(top)
    raise_if(problems, "The simulator's parameters have problems.")
    return settings


def _settings(top: Fields) -> Settings:
    seed = top.whole("seed", required=True, least=0) or 0
    sections = {name: _section(top.within(name), name, kind) for name, kind in _SECTIONS.items()}
    months = _months(top.within("calendar"), sections["calendar"])
    adoption = _weights(top.within("adoption"))
    for month in adoption:
        if month not in months:
            found = f"the month {month} is not in the calendar."
            top.within("adoption").problem(month, found, "Write it as YYYY-MM.")
    topics = _weights(top.within("topics"))
    ways = tuple(_way(name, fields) for name, fields in top.each("ways", (*_OF_A_WAY, *_WORDS)).items())
    if not ways:
        top.problem("ways", "there is no way of using.", "Describe at least one under [ways.NAME].")
    first_time = {str(name): str(given) for name, given in top.within("first_time").node.items()}
    return Settings(seed=seed, adoption=adoption, topics=topics, first_time=first_time, ways=ways, **sections)


def _months(fields: Fields, calendar: Calendar) -> list[str]:
    for name in ("first_month", "last_month"):
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(getattr(calendar, name))):
            fields.problem(name, f"{name} is not a month.", "Write it as YYYY-MM.")
            return []
    months = months_between(calendar.first_month, calendar.last_month)
    if not months:
        fields.problem("last_month", "the last month lies before the first.", "Turn them round.")
    if not 1 <= calendar.feedback_day <= 28:
        fields.problem("feedback_day", f"feedback_day is {calendar.feedback_day}.", "Use 1 to 28.")
    if not 0 <= calendar.feedback_hour <= 23:
        fields.problem("feedback_hour", f"feedback_hour is {calendar.feedback_hour}.", "Use 0 to 23.")
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(calendar.timezone)
    except (KeyError, ValueError, OSError):
        found = f"timezone {calendar.timezone!r} is unknown."
        fields.problem("timezone", found, "Use a name like Europe/Helsinki.")
    return months


def _section(given: Fields, section: str, kind: type[Any]) -> Any:
    """A section with the defaults of whatever is missing or does not fit."""
    defaults = {one.name: getattr(kind(), one.name) for one in fields_of(kind)}
    for key in given.node:
        if key not in defaults:
            given.problem(key, f"{key!r} is not a setting.", nearest(key, defaults))
    chosen = {key: _value(given, section, key, defaults[key]) for key in defaults if key in given.node}
    return kind(**{key: value for key, value in chosen.items() if value is not None})


def _value(given: Fields, section: str, key: str, like: Any) -> Any:
    """A value of the type of `like`; None where it does not fit."""
    least = -LARGEST if (section, key) in _SIGNED else 0
    most = 1 if (section, key) in _SHARES else LARGEST
    match like:
        case bool():
            return given.flag(key, like)
        case int():
            return given.whole(key, least=least, most=most)
        case float():
            return given.number(key, least=least, most=most)
        case tuple():
            return given.texts(key)
        case _:
            return given.text(key) or None


def _weights(fields: Fields) -> dict[str, float]:
    weights = {key: fields.number(key, least=0, most=LARGEST) or 0.0 for key in fields.node}
    if not sum(weights.values()) > 0:
        fields.problem("", "its numbers add up to nothing.", "Give at least one above 0.")
    return weights


def _way(name: str, given: Fields) -> Way:
    numbers = {
        key: given.number(
            key,
            required=True,
            least=-LARGEST if ("way", key) in _SIGNED else 0,
            most=1 if key in ("focus", "lapse") else LARGEST,
        )
        for key in _OF_A_WAY
    }
    timing = given.text("timing", allowed=TIMINGS) or "any"
    weights = _weights(given.within("weights"))
    read = {key: value or 0.0 for key, value in numbers.items()}
    return Way(id=name, code=given.text("code") or name, timing=timing, weights=weights, **read)
