"""Who takes part, when, in which ways, and in which cycles: everything but the single events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from casestudy.errors import InputError, Problem
from casestudy.files.tables import Column, Schema, read_csv
from casestudy.simulator.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

FILE = "usage_logs/invited.csv"
INVITED = Schema(
    "invited households",
    (
        Column("household_id", "text", "the household in the purchases", unique=True),
        Column("months", "integer", "months with purchases"),
        Column("visits", "integer", "baskets in all months"),
        Column("preferred", "boolean", "demographics are known"),
        Column("z", "number", "standardised log visits"),
    ),
)
ACTIVE, LAPSED, CLOSED = "active", "lapsed", "closed"
_HOURS = ((8.0, 0.2), (12.5, 0.2), (20.0, 0.6))


@dataclass(frozen=True)
class Person:
    """One participant's lasting traits."""

    participant_id: str
    household_id: str
    adopted: datetime
    share_of_ways: tuple[float, ...]
    activity: float
    notified: bool
    comparison: bool
    consent: bool
    hour: float
    weekday: int
    client: str


@dataclass(frozen=True)
class Cycle:
    """One feedback cycle of one participant.

    `begins` and `ends` are local times without offset; `period` is the month whose feedback is shown.
    """

    number: int
    begins: datetime
    ends: datetime
    period: str
    state: str
    mixture: tuple[float, ...]


def stream(seed: int, *path: int) -> np.random.Generator:
    """A random stream of its own for each part, so that a change to one part leaves the others alone."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *path])))


def pick(rng: np.random.Generator, weights: Any) -> int:
    """An index drawn with the given relative weights."""
    total = np.cumsum(np.asarray(weights, dtype=float))
    return int(np.searchsorted(total, rng.random() * total[-1], side="right"))


def utc(local: datetime, settings: Settings) -> int:
    """Seconds since 1970 of a local time of the calendar's zone."""
    return int(local.replace(tzinfo=ZoneInfo(settings.calendar.timezone)).timestamp())


def calendar_end(settings: Settings) -> datetime:
    """The first moment after the calendar, local time."""
    year, month = int(settings.calendar.last_month[:4]), int(settings.calendar.last_month[5:7])
    return datetime(year + month // 12, month % 12 + 1, 1)


def pool(households: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Households that can be invited.

    Parameters
    ----------
    households : pandas.DataFrame
        One row per household and month with purchases: ``household_id``, ``month`` (text that begins with
        ``YYYY-MM``), ``visits`` (whole number); optionally ``preferred`` (True: drawn before the others).

    Returns
    -------
    pandas.DataFrame
        ``household_id`` (text), ``months``, ``visits``, ``preferred``, ``z`` (standardised log visits),
        sorted by household.

    Raises
    ------
    InputError
        When there are fewer than the parameters ask for.
    """
    missing = [name for name in ("household_id", "month", "visits") if name not in households.columns]
    if missing:
        problem = Problem(
            "household months", f"no column {', '.join(missing)}.", "Give household_id, month, visits."
        )
        raise InputError("The simulator cannot draw participants.", [problem])
    frame = households.assign(
        household_id=households["household_id"].astype(str), month=households["month"].astype(str).str[:7]
    )
    frame = frame[frame["month"].isin(settings.months) & (frame["visits"] > 0)]
    if "preferred" not in frame.columns:
        frame = frame.assign(preferred=False)
    grouped = frame.groupby("household_id").agg(
        months=("month", "nunique"), visits=("visits", "sum"), preferred=("preferred", "max")
    )
    kept = grouped[grouped["months"] >= settings.people.least_months].reset_index()
    needed = settings.people.participants + settings.people.comparison_households
    if len(kept) < needed:
        least = settings.people.least_months
        found = f"{len(kept)} households bought in {least} months or more; {needed} are asked for."
        problem = Problem("household months", found, "Lower people.participants or people.least_months.")
        raise InputError("The simulator cannot draw participants.", [problem])
    kept = kept.sort_values("household_id", kind="stable", ignore_index=True)
    if kept["preferred"].sum() >= needed:
        kept = kept[kept["preferred"].astype(bool)].reset_index(drop=True)
    logs = np.log(kept["visits"].to_numpy(float))
    spread = logs.std()
    return kept.assign(z=np.round((logs - logs.mean()) / spread if spread > 0 else logs * 0.0, 6))


def read_pool(path: Path) -> pd.DataFrame:
    """Read the list of invited households, so that the log does not move when purchases are read again."""
    frame = read_csv(path, INVITED, FILE)
    return frame.astype({"household_id": str, "z": float})


def draw_people(households: pd.DataFrame, settings: Settings) -> tuple[list[Person], list[str]]:
    """Draw participants and comparison households from the pool.

    Returns
    -------
    (list of Person, list of str)
        Participants in the order of their pseudonyms, and the comparison households' ids, sorted.
    """
    rng = stream(settings.seed, 1)
    people = settings.people
    keys = np.round(people.selection * households["z"].to_numpy() + rng.gumbel(size=len(households)), 9)
    order = np.argsort(-keys, kind="stable")
    chosen = households["household_id"].to_numpy()[order[: people.participants]]
    left = np.sort(order[people.participants :])
    others = rng.choice(left, size=people.comparison_households, replace=False)
    comparison = sorted(households["household_id"].to_numpy()[others].tolist())
    chosen = chosen[rng.permutation(len(chosen))]
    return [_person(number, str(home), settings) for number, home in enumerate(chosen, start=1)], comparison


def _person(number: int, household_id: str, settings: Settings) -> Person:
    rng = stream(settings.seed, 2, number)
    months = sorted(settings.adoption)
    month = months[pick(rng, [settings.adoption[name] for name in months])]
    day = int(rng.integers(min(settings.calendar.feedback_day + 1, 28), 29))
    hour = _HOURS[pick(rng, [weight for _, weight in _HOURS])][0]
    size = len(settings.ways)
    shares = rng.dirichlet(np.full(size, max(settings.mixture.concentration, 1e-3) / size))
    spread = settings.activity.spread
    return Person(
        participant_id=f"p{number:04d}",
        household_id=household_id,
        adopted=datetime(int(month[:4]), int(month[5:7]), day) + timedelta(seconds=_clock(rng, hour)),
        share_of_ways=tuple(float(share) for share in shares),
        activity=float(rng.gamma(spread, 1.0 / spread)) if spread > 0 else 1.0,
        notified=bool(rng.random() < settings.activity.notified_share),
        comparison=bool(rng.random() < settings.comparison.share),
        consent=bool(rng.random() < settings.people.consent_share),
        hour=hour,
        weekday=int(rng.integers(7)),
        client=("phone", "web")[int(rng.random() < 0.45)],
    )


def _clock(rng: np.random.Generator, hour: float) -> int:
    return int(min(6.2 + abs(float(rng.normal(hour, 1.3)) - 6.2), 23.3) * 3600)


def draw_cycles(person: Person, settings: Settings, rng: np.random.Generator) -> list[Cycle]:
    """The feedback cycles of one participant, from registration to closing or the calendar's end."""
    logits = np.log(np.maximum(person.share_of_ways, 1e-6))
    drift = np.array([way.drift for way in settings.ways])
    cycles: list[Cycle] = []
    state = ACTIVE
    for number, (begins, ends) in enumerate(_spans(person.adopted, settings)):
        if number:
            logits = logits + drift + rng.normal(0.0, settings.mixture.wander, len(drift))
            state = _next_state(state, cycles[-1], person, settings, rng)
        weights = np.exp(logits - logits.max())
        mixture = tuple(float(share) for share in weights / weights.sum())
        period = f"{begins:%Y-%m}"
        cycles.append(Cycle(number, begins, ends, _month_before(period), state, mixture))
        if state == CLOSED:
            break
    return cycles


def _spans(adopted: datetime, settings: Settings) -> list[tuple[datetime, datetime]]:
    calendar = settings.calendar
    ready = [
        datetime(int(name[:4]), int(name[5:7]), calendar.feedback_day, calendar.feedback_hour)
        for name in settings.months
    ]
    starts = [adopted, *[moment for moment in ready if moment > adopted]]
    return list(zip(starts, [*starts[1:], calendar_end(settings)], strict=True))


def _next_state(state: str, last: Cycle, person: Person, settings: Settings, rng: np.random.Generator) -> str:
    lapse = settings.lapse
    draw, second = rng.random(), rng.random()
    if draw < (lapse.close_active if state == ACTIVE else lapse.close_lapsed):
        return CLOSED
    if state == LAPSED:
        return ACTIVE if second < lapse.back else LAPSED
    chance = sum(share * way.lapse for share, way in zip(last.mixture, settings.ways, strict=True))
    if person.comparison:
        chance *= settings.comparison.lapse_factor
    if last.number == 0:
        chance = 1 - (1 - chance) * (1 - lapse.first_cycle)
    return LAPSED if second < chance else ACTIVE


def _month_before(month: str) -> str:
    number = int(month[:4]) * 12 + int(month[5:7]) - 2
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
