"""Cycles by the calendar, for services that give no feedback."""

from __future__ import annotations

import pandas as pd
import pytest

from casestudy.errors import InputError
from casestudy.usage import calendar, log
from casestudy.usage import events as log_events
from casestudy.usage.vocabulary import Action, Vocabulary

WORDS = Vocabulary(
    (
        Action("view", "page", "looks at a page", look=True, role="start"),
        Action("close", "account", "closes the account", role="close"),
    )
)
FEEDBACK = Vocabulary(
    (*WORDS.actions, Action("give", "feedback", "feedback is ready", actor="firm", role="return"))
)


def events(*rows: tuple[str, str, str], words: Vocabulary = FEEDBACK) -> pd.DataFrame:
    acts = [
        (f"e{n}", who, f"{moment.replace(' ', 'T')}:00Z", action)
        for n, (who, moment, action) in enumerate(rows)
    ]
    frame = pd.DataFrame(acts, columns=["event_id", "participant_id", "timestamp", "action"], dtype=str)
    return log_events.tidy(frame, words, "events")


def opened(frame: pd.DataFrame, words: Vocabulary = WORDS, cycles: str = "auto") -> log.Log:
    names = sorted(frame["participant_id"].unique())
    people = pd.DataFrame(
        {
            "participant_id": names,
            "account": "customer",
            "household_id": pd.NA,
            "adopted_on": frame.groupby("participant_id")["timestamp"].min().dt.date.to_numpy(),
        }
    )
    return log.prepare(frame, people, words, cycles=cycles)


YEAR = events(
    ("a", "2024-01-31 23:30", "view"),
    ("a", "2024-02-01 09:00", "view"),
    ("a", "2024-05-02 09:00", "view"),
    ("b", "2024-03-10 09:00", "view"),
    ("b", "2024-04-20 09:00", "close"),
    ("c", "2024-06-30 09:00", "view"),
)


def test_without_feedback_a_long_log_is_cut_into_calendar_months() -> None:
    made = opened(YEAR)
    assert (made.clock, made.cycle, made.many_cycles) == ("month", "month", "months")
    first = made.cycles[made.cycles["participant_id"] == "a"]
    assert first["period"].tolist() == [f"2024-0{month}" for month in range(1, 7)]
    assert first["opened"].tolist() == [True, True, False, False, True, False]
    assert first["whole"].tolist() == [True] * 5 + [False]
    assert first["begins"].iloc[1] == pd.Timestamp("2024-02-01", tz="UTC")


def test_cycles_end_where_the_account_is_closed() -> None:
    rows = opened(YEAR).cycles
    assert rows[rows["participant_id"] == "b"]["period"].tolist() == ["2024-03", "2024-04"]


def test_cycle_zero_begins_with_the_first_act() -> None:
    rows = opened(YEAR).cycles
    start = rows[(rows["participant_id"] == "a") & (rows["cycle"] == 0)]["begins"].iloc[0]
    assert start == pd.Timestamp("2024-01-31 23:30", tz="UTC")


def test_with_feedback_cycles_are_those_of_feedback() -> None:
    given = [("a", "2024-02-01 00:00", "give"), ("a", "2024-03-01 00:00", "give")]
    frame = events(*given, ("a", "2024-03-04 10:00", "view"), ("a", "2024-08-04 10:00", "view"))
    assert opened(frame, FEEDBACK).clock == "feedback"
    assert opened(frame, FEEDBACK, "month").clock == "month"


@pytest.mark.parametrize(
    ("days", "unit"), [(120, "month"), (119, "week"), (28, "week"), (27, "day"), (0, "day")]
)
def test_the_unit_is_the_longest_of_which_there_are_about_four(days: int, unit: str) -> None:
    assert calendar.unit_for(days) == unit


def test_weeks_begin_on_monday_and_are_called_by_it() -> None:
    frame = events(("a", "2024-01-03 10:00", "view"), ("a", "2024-02-14 10:00", "view"))
    rows = opened(frame).cycles
    assert rows["period"].head(2).tolist() == ["2024-01-01", "2024-01-08"]
    assert rows["begins"].iloc[1].day_name() == "Monday"


def test_an_unknown_clock_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        opened(YEAR, cycles="moth")
    assert "auto, feedback, day, week, month" in caught.value.problems[0].found
    assert "'month'" in caught.value.problems[0].remedy
