"""The whole log: what the service would hold, and apart from it the truth; written as one set of files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from casestudy.files.writing import write_atomically
from casestudy.outputs import csv_text
from casestudy.simulator import faults as faulty
from casestudy.simulator.emit import Row, everybody
from casestudy.simulator.outcome import outcomes
from casestudy.simulator.plan import CLOSED, Cycle, Person, calendar_end, draw_people, stream, utc
from casestudy.simulator.settings import Settings
from casestudy.usage.vocabulary import Vocabulary

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_COLUMNS = ["event_id", "participant_id", "timestamp", "action", "target", "period", "client"]


@dataclass(frozen=True)
class SimulatedLog:
    """What the simulator wrote.

    Attributes
    ----------
    events, participants, outcomes : pandas.DataFrame
        What the service itself knows.
    mixture, sessions, faults, effects : pandas.DataFrame
        The truth, which only validation reads.
    """

    events: pd.DataFrame
    participants: pd.DataFrame
    outcomes: pd.DataFrame
    mixture: pd.DataFrame
    sessions: pd.DataFrame
    faults: pd.DataFrame
    effects: pd.DataFrame

    def write(self, folder: Path) -> None:
        """Write the files into `folder`, the truth into ``truth/`` in it."""
        shown = {"events": self.events, "participants": self.participants, "outcomes": self.outcomes}
        truth = {
            "mixture": self.mixture, "sessions": self.sessions, "faults": self.faults,
            "effects": self.effects,
        }  # fmt: skip
        for name, frame in shown.items():
            write_atomically(folder / f"{name}.csv", csv_text(frame, 1).encode())
        for name, frame in truth.items():
            write_atomically(folder / "truth" / f"{name}.csv", csv_text(frame, 4).encode())


def simulate(invited: pd.DataFrame, settings: Settings, vocabulary: Vocabulary) -> SimulatedLog:
    """Simulate the service's log.

    Parameters
    ----------
    invited : pandas.DataFrame
        Households that can be invited: made of a household-month frame by
        `casestudy.simulator.plan.pool`.
    settings : Settings
    vocabulary : Vocabulary

    Returns
    -------
    SimulatedLog
        The same for the same three arguments.

    Raises
    ------
    InputError
        When the households do not suffice.
    """
    import pandas as pd

    people, others = draw_people(invited, settings)
    rows, sessions, cycles = everybody(people, settings, vocabulary)
    more, shared = faulty.shared_accounts(people, cycles, rows, settings, vocabulary)
    busy = sorted(people, key=lambda person: (person.adopted, person.participant_id))
    robots, odd, testers = faulty.robots_and_tests(busy, settings, vocabulary, len(people) + 1)
    rows, clocks = faulty.wrong_clocks([*rows, *more, *robots], sessions, settings)
    again, tries = faulty.retries(rows, settings, vocabulary)
    end = utc(calendar_end(settings), settings)
    events = _events([row for row in [*rows, *again] if row[0] < end or row[0] - end > 30 * 86400], settings)
    z = dict(zip(invited["household_id"].astype(str), invited["z"], strict=True))
    used = _months_used(sessions, settings)
    homes = {
        person.household_id: (f"{person.adopted:%Y-%m}", used.get(person.participant_id, []))
        for person in people
    }
    shown, effects = outcomes(homes | {home: ("", []) for home in others}, z, settings)
    listed = [*shared, *odd, *clocks, *tries, *_repeats(events, settings)]
    return SimulatedLog(
        events=_with_repeats(events, settings),
        participants=_participants(people, cycles, testers, settings),
        outcomes=shown,
        mixture=_mixture(people, cycles, settings),
        sessions=pd.DataFrame(
            [(who, _iso(start, settings), way, size) for who, start, way, size in sorted(sessions)],
            columns=["participant_id", "start", "way", "events"],
        ),
        faults=pd.DataFrame(
            sorted((kind, who, _iso(moment, settings) if moment else "") for kind, who, moment in listed),
            columns=["kind", "participant_id", "timestamp"],
        ),
        effects=effects,
    )


def _iso(moment: int, settings: Settings) -> str:
    return datetime.fromtimestamp(moment, ZoneInfo(settings.calendar.timezone)).isoformat()


def _events(rows: list[Row], settings: Settings) -> pd.DataFrame:
    import pandas as pd

    ordered = sorted(rows)
    written = [
        (f"e{number:06d}", who, _iso(moment, settings), action, target, period, client)
        for number, (moment, who, action, target, period, client) in enumerate(ordered, start=1)
    ]
    return pd.DataFrame(written, columns=_COLUMNS)


def _chosen_repeats(events: pd.DataFrame, settings: Settings) -> list[int]:
    rng = stream(settings.seed, 9)
    return sorted(rng.permutation(len(events))[: settings.faults.repeated_rows].tolist())


def _repeats(events: pd.DataFrame, settings: Settings) -> list[faulty.Fault]:
    kept = events.iloc[_chosen_repeats(events, settings)]
    moments = [int(datetime.fromisoformat(text).timestamp()) for text in kept["timestamp"]]
    return [
        ("repeated_row", who, moment) for who, moment in zip(kept["participant_id"], moments, strict=True)
    ]


def _with_repeats(events: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    import pandas as pd

    both = pd.concat([events, events.iloc[_chosen_repeats(events, settings)]])
    return both.sort_index(kind="stable").reset_index(drop=True)


def _months_used(sessions: list[tuple[str, int, str, int]], settings: Settings) -> dict[str, list[str]]:
    used: dict[str, list[str]] = {}
    for who, start, _, _ in sorted(sessions):
        used.setdefault(who, []).append(_iso(start, settings)[:7])
    return used


def _participants(
    people: list[Person], cycles: Mapping[str, list[Cycle]], testers: list[str], settings: Settings
) -> pd.DataFrame:
    import pandas as pd

    words = ("no", "yes")
    written = [
        (
            person.participant_id, person.household_id, f"{person.adopted:%Y-%m-%d}", "customer",
            words[person.notified], words[person.comparison], words[person.consent],
        )
        for person in people
    ]  # fmt: skip
    written += [(who, "", f"{settings.months[0]}-01", "test", "no", "no", "no") for who in testers]
    names = ["participant_id", "household_id", "adopted_on", "account", "notified", "comparison", "consent"]
    return pd.DataFrame(written, columns=names)


def _mixture(people: list[Person], cycles: Mapping[str, list[Cycle]], settings: Settings) -> pd.DataFrame:
    import pandas as pd

    names = [way.id for way in settings.ways]
    rows = [
        (person.participant_id, f"{cycle.begins:%Y-%m}", cycle.number, cycle.state, *cycle.mixture)
        for person in people
        for cycle in cycles[person.participant_id]
        if cycle.state != CLOSED or cycle.number
    ]
    return pd.DataFrame(rows, columns=["participant_id", "month", "cycle", "state", *names])
