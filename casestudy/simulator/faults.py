"""Faults that every log has: repeats, wrong clocks, robots, shared and test accounts; all in the truth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from casestudy.simulator.emit import Emitter, Row, second_person
from casestudy.simulator.plan import Cycle, Person, stream, utc
from casestudy.simulator.settings import Settings
from casestudy.usage.vocabulary import Vocabulary

Fault = tuple[str, str, int]
"""Kind, participant, seconds since 1970 (0: the whole account)."""


def shared_accounts(
    people: list[Person], cycles: Mapping[str, list[Cycle]], rows: list[Row], settings: Settings,
    vocabulary: Vocabulary,
) -> tuple[list[Row], list[Fault]]:  # fmt: skip
    """A second person on some accounts; now and then both are in at the same time."""
    rng = stream(settings.seed, 4)
    emitter = Emitter(settings, vocabulary)
    logins: dict[str, list[int]] = {}
    for moment, who, action, *_ in rows:
        if action in (vocabulary.role("enter"), vocabulary.role("notified")):
            logins.setdefault(who, []).append(moment)
    able = [person for person in people if len(logins.get(person.participant_id, ())) >= 4]
    chosen = rng.permutation(len(able))[: settings.faults.shared_accounts]
    added: list[Row] = []
    faults: list[Fault] = []
    for place in sorted(chosen.tolist()):
        person = able[place]
        other, plans = second_person(person, cycles[person.participant_id], settings, rng)
        drawn = [row for row in emitter.person(other, plans, rng).rows if row[5] != "service"]
        added += [
            row for row in drawn if row[2] not in (vocabulary.role("register"), vocabulary.role("close"))
        ]
        for moment in logins[person.participant_id][1::3]:
            way = int(rng.integers(len(settings.ways)))
            memory: dict[str, object] = {
                "done": set(settings.first_time.values()),
                "topic": next(iter(settings.topics)),
            }
            at_once = emitter.session(
                other,
                plans[0].period if plans else "",
                moment + 20,
                way,
                vocabulary.role("enter"),
                memory,
                rng,
            )
            added += [(*row[:5], other.client) for row in at_once]
        faults.append(("shared_account", person.participant_id, 0))
    return added, faults


def robots_and_tests(
    people: list[Person], settings: Settings, vocabulary: Vocabulary, first_number: int
) -> tuple[list[Row], list[Fault], list[str]]:
    """Accounts that a program polls at even intervals, and accounts of the service's own testers."""
    rng = stream(settings.seed, 5)
    rows: list[Row] = []
    faults: list[Fault] = []
    begin = int(np.median([utc(person.adopted, settings) for person in people])) if people else 0
    for person in people[: settings.faults.robots]:
        start = utc(person.adopted, settings) + 20 * 86400
        who = person.participant_id
        rows += [
            (start + 600 * step, who, vocabulary.role("start"), "page:start", "", "web")
            for step in range(360)
        ]
        faults.append(("robot", who, start))
    testers = [f"p{first_number + number:04d}" for number in range(settings.faults.test_accounts)]
    for who in testers:
        for _ in range(6):
            moment = begin + int(rng.integers(0, 200 * 86400)) // 3600 * 3600
            for step, action in enumerate(settings.faults.tester_acts):
                rows.append((moment + 3 * step, who, action, "page:start" if step == 1 else "", "", "web"))
        faults.append(("test_account", who, 0))
    return rows, faults, testers


def wrong_clocks(
    rows: list[Row], sessions: list[tuple[str, int, str, int]], settings: Settings
) -> tuple[list[Row], list[Fault]]:
    """Some sessions get the date of a client whose clock was wrong by a year."""
    rng = stream(settings.seed, 6)
    by_person = {who: start for who, start, _, length in sessions if length >= 4}
    names = sorted(by_person)
    chosen = [names[place] for place in rng.permutation(len(names))[: settings.faults.wrong_clocks].tolist()]
    year = 365 * 86400
    shifted = []
    for row in rows:
        moment, who = row[0], row[1]
        if who in chosen and by_person[who] <= moment <= by_person[who] + 3600 and row[5] != "service":
            sign = -1 if chosen.index(who) % 2 == 0 else 1
            row = (moment + sign * year, *row[1:])
        shifted.append(row)
    return shifted, [("wrong_clock", who, by_person[who]) for who in sorted(chosen)]


def retries(rows: list[Row], settings: Settings, vocabulary: Vocabulary) -> tuple[list[Row], list[Fault]]:
    """The same act sent again within two seconds, under a new event id."""
    rng = stream(settings.seed, 7)
    shown = tuple(action for action in vocabulary.looks if action.startswith(settings.faults.retried_prefix))
    able = [row for row in rows if row[5] != "service" and row[2] in shown]
    chosen = rng.permutation(len(able))[: settings.faults.retries].tolist()
    again = [(able[place][0] + int(rng.integers(0, 2)), *able[place][1:]) for place in sorted(chosen)]
    return again, [("retry", row[1], row[0]) for row in again]
