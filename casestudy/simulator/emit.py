"""From a cycle to its sessions, and from a session to its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np

from casestudy.simulator.plan import ACTIVE, CLOSED, Cycle, Person, draw_cycles, pick, stream, utc
from casestudy.simulator.settings import Settings, Way
from casestudy.usage.vocabulary import ROLES, Vocabulary

LONGEST_STAY = 60 * 60
APART = 90 * 60

Row = tuple[int, str, str, str, str, str]
"""Seconds since 1970 (UTC), participant, action, target, period, client."""


@dataclass(frozen=True)
class Drawn:
    """What one participant did, and in which way each session was meant."""

    rows: list[Row]
    sessions: list[tuple[str, int, str, int]]


@dataclass(frozen=True)
class _Emission:
    """A way as numbers: what a session draws from."""

    actions: tuple[str, ...]
    chances: np.ndarray
    length: float
    dwell: float
    sigma: float
    focus: float


def emissions(settings: Settings, vocabulary: Vocabulary) -> list[_Emission]:
    """The ways' emissions, pulled toward their average where the separation is below 1."""
    actions = vocabulary.ids
    table = np.array([[way.weights.get(action, 0.0) for action in actions] for way in settings.ways])
    table = table / table.sum(axis=1, keepdims=True)
    rest = np.array([[w.length, w.dwell, w.dwell_sigma, w.focus] for w in settings.ways])
    keep = settings.mixture.separation
    table = keep * table + (1 - keep) * table.mean(axis=0)
    rest = keep * rest + (1 - keep) * rest.mean(axis=0)
    return [_Emission(actions, chances, *numbers) for chances, numbers in zip(table, rest, strict=True)]


class Emitter:
    """Draws the sessions and events of participants."""

    def __init__(self, settings: Settings, vocabulary: Vocabulary) -> None:
        self.settings = settings
        self.emissions = emissions(settings, vocabulary)
        self.role = {name: vocabulary.role(name) for name in ROLES}
        self.kinds = {action.id: action.target for action in vocabulary.actions}
        self.topics = tuple(settings.topics)
        self.topic_weights = list(settings.topics.values())

    def person(self, person: Person, cycles: list[Cycle], rng: np.random.Generator) -> Drawn:
        """All events of one participant; `cycles` as drawn by the plan."""
        rows: list[Row] = []
        sessions: list[tuple[str, int, str, int]] = []
        memory: dict[str, object] = {"done": set(), "topic": self._topic(rng)}
        free_from = 0
        for cycle in cycles:
            begin = utc(cycle.begins, self.settings)
            if cycle.state == CLOSED:
                moment = begin + int(rng.integers(3600, 20 * 86400))
                rows.append((moment, person.participant_id, self.role["close"], "", "", person.client))
                break
            ready = begin + (1 if cycle.number == 0 else 0)
            rows.append((ready, person.participant_id, self.role["return"], "", cycle.period, "service"))
            for start, way in self._starts(person, cycle, rng):
                if start < free_from:
                    continue
                first = cycle.number == 0 and not sessions
                entry = self.role["register" if first else "enter"]
                if not first and person.notified and start - begin < 2 * 86400:
                    entry = self.role["notified"]
                drawn = self.session(person, cycle.period, start, way, entry, memory, rng)
                rows += drawn
                sessions.append((person.participant_id, start, self.settings.ways[way].id, len(drawn)))
                free_from = drawn[-1][0] + APART
        return Drawn(rows, sessions)

    def session(
        self,
        person: Person,
        period: str,
        start: int,
        way: int,
        entry: str,
        memory: dict[str, object],
        rng: np.random.Generator,
    ) -> list[Row]:
        """Events of one session: the way in, the start page, then what the way draws."""
        source = self.emissions[way]
        count = 1 + int(rng.poisson(max(source.length - 1.0, 0.0)) if rng.random() > 0.12 else 0)
        total = np.cumsum(source.chances)
        drawn = np.searchsorted(total, rng.random(count) * total[-1], side="right")
        stays = np.exp(np.log(max(source.dwell, 1.0)) + source.sigma * rng.normal(size=count + 1))
        if rng.random() < self.settings.activity.interrupted_share:
            stays[int(rng.integers(count))] = 60 * rng.uniform(10, 55)
        done: set[str] = memory["done"]  # type: ignore[assignment]
        topic = str(memory["topic"])
        shown = period if rng.random() < 0.85 else _earlier(period, int(rng.integers(1, 4)))
        client = person.client if rng.random() < 0.85 else ("web" if person.client == "phone" else "phone")
        moment = start
        rows: list[Row] = [(moment, person.participant_id, entry, "", "", client)]
        moment += 2
        rows.append((moment, person.participant_id, self.role["start"], "page:start", shown, client))
        for index, stay in zip(drawn, stays, strict=False):
            action = source.actions[int(index)]
            instead = self.settings.first_time.get(action)
            if instead and instead not in done:
                action = instead
            if action == self.role["compare"] and not person.comparison:
                action = self.settings.comparison.instead
            done.add(action)
            if rng.random() > source.focus:
                topic = self._topic(rng)
            moment += int(np.clip(round(float(stay)), 2, LONGEST_STAY))
            target, span = self._target(action, topic, shown, rng)
            rows.append((moment, person.participant_id, action, target, span, client))
        if source.focus > 0.5:
            memory["topic"] = topic
        return rows

    def _starts(self, person: Person, cycle: Cycle, rng: np.random.Generator) -> list[tuple[int, int]]:
        settings, ways = self.settings, self.settings.ways
        length = (cycle.ends - cycle.begins).total_seconds() / 86400
        factor = person.activity * (settings.activity.notified_factor if person.notified else 1.0)
        factor *= 1 + settings.activity.novelty * 0.5 ** (
            cycle.number / max(settings.activity.novelty_half_life, 1e-6)
        )
        rates = np.array([way.sessions for way in ways])
        keep = settings.mixture.separation
        rates = keep * rates + (1 - keep) * rates.mean()
        counts = rng.poisson(np.array(cycle.mixture) * rates * factor * length / 30.0)
        starts: list[tuple[int, int]] = []
        if cycle.number == 0:
            starts.append((utc(person.adopted, settings), pick(rng, cycle.mixture)))
        if cycle.state != ACTIVE:
            return starts
        for number, count in enumerate(counts):
            way = ways[number] if rng.random() < keep else ways[int(rng.integers(len(ways)))]
            for day in _days(way, int(count), length, cycle.begins, person.weekday, rng):
                date = cycle.begins + timedelta(days=float(day))
                midnight = datetime(date.year, date.month, date.day)
                hour = min(6.2 + abs(float(rng.normal(person.hour, 1.6)) - 6.2), 23.4)
                local = midnight + timedelta(seconds=int(hour * 3600))
                if cycle.begins <= local < cycle.ends:
                    starts.append((utc(local, settings), number))
        return sorted(starts)

    def _topic(self, rng: np.random.Generator) -> str:
        return self.topics[pick(rng, self.topic_weights)]

    def _target(self, action: str, topic: str, period: str, rng: np.random.Generator) -> tuple[str, str]:
        kind = self.kinds.get(action, "none")
        if kind == "none":
            return "", ""
        if kind == "page":
            return f"page:{action.rpartition('_')[2]}", period
        if kind == "item":
            return f"item:{min(int(rng.geometric(0.18)), 30)}", period
        if kind == "article":
            return f"article:{topic}", ""
        span = f"{_earlier(period, 2)}/{period}" if action in self.settings.calendar.rolling_acts else period
        return f"nutrient:{topic}", span


def _days(
    way: Way, count: int, length: float, begins: datetime, weekday: int, rng: np.random.Generator
) -> np.ndarray:
    """Days after the cycle's begin on which `count` sessions start."""
    if count == 0:
        return np.empty(0)
    if way.timing == "after_feedback":
        return np.minimum(rng.exponential(2.5, count), max(length - 0.1, 0.0))
    if way.timing == "weekly":
        first = (weekday - begins.weekday()) % 7
        weeks = np.arange(first, max(length, first + 0.5), 7.0)
        taken = rng.permutation(weeks)[:count] + rng.normal(0.0, 0.35, min(count, len(weeks)))
        more = rng.uniform(0.0, length, max(count - len(weeks), 0))
        return np.concatenate([taken, more])
    return rng.uniform(0.0, length, count)


@lru_cache(maxsize=4096)
def _earlier(month: str, months: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:7]) - 1 - months
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def second_person(
    person: Person, cycles: list[Cycle], settings: Settings, rng: np.random.Generator
) -> tuple[Person, list[Cycle]]:
    """Somebody else of the household who uses the same account, with habits and a client of their own."""
    from dataclasses import replace

    other = replace(
        person,
        client="web" if person.client == "phone" else "phone",
        hour=8.0 if person.hour > 12 else 20.0,
        activity=max(person.activity, 1.0),
    )
    size = len(settings.ways)
    shares = rng.dirichlet(np.full(size, max(settings.mixture.concentration, 1e-3) / size))
    return other, [
        replace(cycle, mixture=tuple(float(s) for s in shares)) for cycle in cycles if cycle.number
    ]


def everybody(
    people: list[Person], settings: Settings, vocabulary: Vocabulary
) -> tuple[list[Row], list[tuple[str, int, str, int]], Mapping[str, list[Cycle]]]:
    """Events, truly meant sessions and cycles of all participants."""
    emitter = Emitter(settings, vocabulary)
    rows: list[Row] = []
    sessions: list[tuple[str, int, str, int]] = []
    cycles: dict[str, list[Cycle]] = {}
    for number, person in enumerate(people, start=1):
        rng = stream(settings.seed, 3, number)
        cycles[person.participant_id] = draw_cycles(person, settings, rng)
        drawn = emitter.person(person, cycles[person.participant_id], rng)
        rows += drawn.rows
        sessions += drawn.sessions
    return rows, sessions, cycles
