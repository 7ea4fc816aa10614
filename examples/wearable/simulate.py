"""Write the simulated log of a wearable: daily steps, daily summaries, comparison switched by lot.

    python simulate.py [--seed 7] [--people 200] [--days 56] [--effect 0.6] [--to usage_logs]

Every number is chosen; nobody wore anything. ``--effect`` is the factor by which comparison with similar
people lowers the chance of falling silent: 1 switches its effect off.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2018, 1, 1, tzinfo=UTC)


def people(n: int, draw: random.Random) -> list[dict]:
    """Wearers: when they begin, how much they walk, how curious they are, whether they see others."""
    return [
        {
            "id": f"w{number:03d}",
            "day": draw.randrange(0, 14),
            "steps": draw.gauss(7000, 1800),
            "curious": draw.gauss(0, 0.5),
            "comparison": draw.random() < 0.5,
        }
        for number in range(1, n + 1)
    ]


def simulate(n: int, days: int, effect: float, seed: int) -> tuple[list, list, list]:
    """Events, participants and daily steps."""
    draw = random.Random(seed)
    wearers = people(n, draw)
    level = sorted(one["steps"] for one in wearers)[n // 2]
    events, steps = [], []
    for one in wearers:
        awake = True
        lift = 0.0
        begin = START + timedelta(days=one["day"], hours=18 + draw.random() * 3)
        add(events, one, begin, "register")
        for day in range(days):
            morning = START + timedelta(days=one["day"] + day + 1, hours=6)
            walked = max(one["steps"] * math.exp(0.25 * draw.gauss(0, 1) - 0.03) + lift, 300)
            steps.append((one["id"], morning.date() - timedelta(days=1), round(walked)))
            lift *= 0.7
            if awake:
                burden = 0.08 * math.exp(-0.4 * one["curious"]) * (effect if one["comparison"] else 1.0)
                awake = draw.random() > burden
            else:
                awake = draw.random() < 0.04
            add(events, one, morning, "return_delivered", client="service", period=morning.date().isoformat())
            keen = 1 / (1 + math.exp(-(0.9 + one["curious"] + 0.8 * math.exp(-day / 3))))
            if not (awake and draw.random() < keen):
                continue
            look(events, one, morning, draw)
            below = one["comparison"] and walked < level
            lift += 350 + (450 if below else 0) if draw.random() < 0.5 else 0
    yes_no = {True: "yes", False: "no"}
    wearers_rows = [
        (one["id"], (START + timedelta(days=one["day"])).date(), "customer", "yes", yes_no[one["comparison"]])
        for one in wearers
    ]
    events.sort(key=lambda row: (row[1], row[0], row[2]))
    return events, wearers_rows, steps


def add(events: list, one: dict, moment: datetime, action: str, target="", period="", client="phone") -> None:
    """One row of the log."""
    events.append((one["id"], moment.isoformat(timespec="seconds"), action, target, period, client))


def look(events: list, one: dict, morning: datetime, draw: random.Random) -> None:
    """One visit: the summary, and then what else is looked at."""
    moment = morning + timedelta(minutes=draw.randrange(5, 840))
    add(events, one, moment, "open_app")
    for action, target, chance in (
        ("view_day", "page:day", 1.0),
        ("compare_others", "topic:steps", 0.6 if one["comparison"] else 0.0),
        ("view_weeks", "topic:steps", 0.25),
        ("view_goal", "topic:steps", 0.15),
    ):
        if draw.random() < chance:
            moment += timedelta(seconds=draw.randrange(4, 60))
            add(events, one, moment, action, target, period=morning.date().isoformat())


def write(folder: Path, name: str, header: str, rows: list) -> None:
    """A CSV file with LF line ends."""
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header.split(","))
        out.writerows(rows)


def main() -> None:
    """Read the options and write the three files."""
    options = argparse.ArgumentParser(description="Write the simulated log of a wearable.")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--people", type=int, default=200)
    options.add_argument("--days", type=int, default=56)
    options.add_argument("--effect", type=float, default=0.6)
    options.add_argument("--to", type=Path, default=Path(__file__).parent / "usage_logs")
    given = options.parse_args()
    events, wearers, steps = simulate(given.people, given.days, given.effect, given.seed)
    given.to.mkdir(parents=True, exist_ok=True)
    numbered = [(f"e{number:06d}", *row) for number, row in enumerate(events, start=1)]
    write(given.to, "events.csv", "event_id,participant_id,timestamp,action,target,period,client", numbered)
    write(given.to, "participants.csv", "participant_id,adopted_on,account,notified,comparison", wearers)
    write(given.to, "steps.csv", "participant_id,day,steps", steps)
    print(f"{len(events):,} events and {len(steps):,} days of {given.people} simulated wearers")


if __name__ == "__main__":
    main()
