"""Sessions at exactly the gap, measures against plain definitions, cycles, and logs too small to measure."""

from __future__ import annotations

import math
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.errors import InputError
from casestudy.usage import events, measures, quality, sessions
from casestudy.usage.log import Log, fits_memory, prepare
from casestudy.usage.sequences import END, follows, paths, patterns, steps, transitions
from casestudy.usage.vocabulary import Action, Vocabulary

WORDS = Vocabulary(
    (
        Action("login", "entry", "in", role="enter"),
        Action("a", "one", "a page", look=True),
        Action("b", "two", "a page", look=True),
        Action("close", "rights", "out", role="close"),
        Action("ready", "firm", "ready", actor="firm", role="return"),
    )
)


def log(rows: list[tuple[str, str, str]], people: tuple[str, ...] = ("p1", "p2"), gap: float = 30.0) -> Log:
    frame = pd.DataFrame(
        [(f"e{n:03d}", who, at, act, "x:1", "", "web") for n, (who, at, act) in enumerate(rows)],
        columns=events.EVENTS.names,
    )
    known = pd.DataFrame(
        {
            "participant_id": list(people), "household_id": list(people), "account": "customer",
            "adopted_on": pd.Timestamp("2017-03-01"),
        }
    )  # fmt: skip
    return prepare(events.tidy(frame, WORDS, "e"), known, WORDS, gap)


@pytest.mark.parametrize(
    ("gap", "edge", "seconds", "expected"),
    [
        (30, "continue", [0, 1800], [0, 0]),
        (30, "break", [0, 1800], [0, 1]),
        (30, "continue", [0, 1801], [0, 1]),
        (30, "break", [0, 1799], [0, 0]),
        (15, "continue", [0, 900, 1801], [0, 0, 1]),
        (60, "break", [0, 3599, 7199], [0, 0, 1]),
        (30, "continue", [5], [0]),
        (30, "continue", [], []),
        (30, "continue", [7, 7, 7], [0, 0, 0]),
    ],
)
def test_a_pause_of_exactly_the_gap(gap: float, edge: str, seconds: list[int], expected: list[int]) -> None:
    one = np.zeros(len(seconds), dtype=int)
    assert sessions.session_numbers(one, np.array(seconds), gap, edge).tolist() == expected


def test_sessions_refuse_what_they_cannot_number() -> None:
    with pytest.raises(ValueError, match="edge"):
        sessions.session_numbers(np.zeros(1), np.zeros(1), 30, "maybe")
    with pytest.raises(ValueError, match="above 0"):
        sessions.session_numbers(np.zeros(1), np.zeros(1), 0)
    with pytest.raises(ValueError, match="sorted"):
        sessions.session_numbers(np.zeros(2), np.array([5, 4]))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20_000)), max_size=60),
    st.sampled_from([15.0, 30.0, 60.0]),
    st.sampled_from(["continue", "break"]),
)
def test_sessions_equal_a_plain_loop(given_rows: list[tuple[int, int]], gap: float, edge: str) -> None:
    rows = sorted(given_rows)
    expected, number, before = [], -1, None
    for who, moment in rows:
        pause = moment - before[1] if before and before[0] == who else None
        longer = pause is None or (pause > gap * 60 if edge == "continue" else pause >= gap * 60)
        number += longer
        expected.append(number)
        before = (who, moment)
    people, moments = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    assert sessions.session_numbers(people, moments, gap, edge).tolist() == expected


def test_one_log_at_three_gaps_and_its_edge() -> None:
    rows = [("p1", f"2017-03-02T10:{minute:02d}:00Z", "a") for minute in (0, 15, 45)]
    table = sessions.at_gaps(log(rows).events)
    assert table["sessions"].tolist() == [2, 1, 1]
    assert table["at_the_edge"].tolist() == [1, 1, 0]


def test_entropy_and_regularity_by_hand() -> None:
    assert measures.entropy([2, 1, 1]) == pytest.approx(1.5)
    assert math.isnan(measures.entropy([0, 0]))
    cv, burst = measures.gap_statistics([0, 1, 4])
    assert cv == pytest.approx(0.5)
    assert burst == pytest.approx((1 - 2) / (1 + 2))
    assert all(math.isnan(one) for one in measures.gap_statistics([3, 3, 3]))


def test_wilson_equals_scipy() -> None:
    from scipy.stats import binomtest

    low, high = measures.wilson([0, 3, 10], [10, 10, 10])
    for place, hits in enumerate((0, 3, 10)):
        theirs = binomtest(hits, 10).proportion_ci(method="wilson")
        assert (low[place], high[place]) == pytest.approx((theirs.low, theirs.high), abs=1e-6)
    assert np.isnan(measures.wilson(0, 0)[0])


def measured(made: Log) -> pd.DataFrame:
    exposed = measures.exposure(made.participants, made.events, WORDS, made.end)
    return measures.per_participant(made.acts, made.sessions, made.cycles, exposed, WORDS).set_index(
        "participant_id"
    )


def test_measures_of_a_small_log_by_hand() -> None:
    made = log(
        [
            ("p1", "2017-03-01T08:00:00Z", "ready"),
            ("p1", "2017-03-01T10:00:00Z", "login"),
            ("p1", "2017-03-01T10:01:00Z", "a"),
            ("p1", "2017-03-01T10:03:00Z", "b"),
            ("p1", "2017-03-09T10:00:00Z", "a"),
            ("p1", "2017-03-10T08:00:00Z", "ready"),
            ("p2", "2017-03-01T08:00:00Z", "ready"),
            ("p2", "2017-03-10T08:00:00Z", "ready"),
        ]
    )
    table = measured(made)
    one = table.loc["p1"]
    assert one["sessions"] == 2
    assert one["exposure_days"] == 10
    assert one["sessions_per_30_days"] == pytest.approx(6)
    assert (one["active_days"], one["active_weeks"]) == (2, 2)
    assert one["share_one"] == pytest.approx(2 / 3)
    assert one["depth"] == pytest.approx(1.5)
    assert (one["cycles"], one["cycles_opened"]) == (2, 1)
    assert math.isnan(one["gap_cv"])
    assert table.loc["p2", "sessions"] == 0
    assert math.isnan(table.loc["p2", "feature_entropy"])
    assert table.loc["p2", "cycle_open_share"] == 0
    assert made.cycles["whole"].tolist() == [True, False, True, False]


def test_a_closed_account_shortens_exposure() -> None:
    made = log([("p1", "2017-03-03T00:00:00Z", "close"), ("p2", "2017-03-11T10:00:00Z", "a")])
    assert measured(made)["exposure_days"].tolist() == [2, 11]


@pytest.mark.parametrize(
    "rows", [[], [("p1", "2017-03-02T10:00:00Z", "a")], [("p1", "2017-03-02T10:00:00Z", "ready")]]
)
def test_logs_with_almost_nothing_do_not_crash(rows: list[tuple[str, str, str]]) -> None:
    made = log(rows, ("p1",))
    if rows:
        table = measured(made)
        assert table["sessions"].tolist() == [sum(act == "a" for _, _, act in rows)]
        measures.per_period(made.acts, made.cycles, WORDS)
        measures.opened_by_cycle(made.cycles, 1)
    sessions.at_gaps(made.events)
    assert made.coverage()["n"].iloc[3] == len(rows)
    moves = steps(made.acts)
    assert transitions(moves, ["one"], 1).isna().all().all() or rows
    assert isinstance(paths(moves, floor=1), pd.DataFrame)


def test_what_cannot_be_said_is_said(tmp_path: Path) -> None:
    def log(rows: list[tuple[str, str, str]]) -> Log:
        people = pd.DataFrame(
            {"participant_id": ["p1", "p2"], "household_id": ["1", "2"], "account": "customer",
             "adopted_on": pd.to_datetime(["2017-03-01"] * 2)}
        )  # fmt: skip
        acts = [(f"e{n}", *row) for n, row in enumerate(rows)]
        frame = pd.DataFrame(acts, columns=["event_id", "participant_id", "timestamp", "action"], dtype=str)
        return prepare(events.tidy(frame, WORDS, "e"), people, WORDS)

    assert "no act of a participant (2 accounts, 0 events read)" in log([]).unsaid(1)
    one = log([("p1", "2017-03-02T10:00:00Z", WORDS.by("participant")[0])])
    assert "Only one participant" in one.unsaid(5)
    assert "no feedback cycle" in one.unsaid(1)
    assert one.unsaid(1, cycles=False) == ""
    (tmp_path / "log.csv").write_text("x" * 1000)
    fits_memory(tmp_path / "log.csv", 1e6)
    with pytest.raises(InputError, match="measure-log"):
        fits_memory(tmp_path / "log.csv", 100)


def test_the_end_of_observation_is_not_a_wrong_clock() -> None:
    made = log([("p1", "2017-03-02T10:00:00Z", "ready"), ("p1", "2017-03-05T10:00:00+02:00", "a"),
                ("p1", "2019-01-01T10:00:00Z", "a")])  # fmt: skip
    assert str(made.end) == "2017-03-05 22:00:00+00:00"
    assert made.inspection.findings["kind"].tolist() == ["wrong clock"]


def test_steps_paths_and_the_graph_by_hand() -> None:
    acts = pd.DataFrame(
        {
            "session_id": ["s1"] * 4 + ["s2"] * 2, "participant_id": ["p1"] * 4 + ["p2"] * 2,
            "group": ["one", "one", "two", "one", "one", "two"],
        }
    )  # fmt: skip
    moves = steps(acts)
    assert list(zip(moves["source"], moves["target"], strict=True)) == [
        ("begin", "one"), ("one", "two"), ("two", "one"), ("one", END),
        ("begin", "one"), ("one", "two"), ("two", END),
    ]  # fmt: skip
    matrix = transitions(moves, ["one", "two"], 1)
    assert matrix.loc["begin"].tolist() == [100, 0, 0]
    assert matrix.loc["two"].tolist() == [50, 0, 50]
    edges = follows(moves, 1)
    assert edges.loc[0, ["source", "target", "times", "percent"]].tolist() == ["begin", "one", 2, 100.0]
    assert paths(moves, floor=1)["path"].tolist() == ["one > two", "one > two > one"]
    assert len(follows(moves, floor=2)) == 2
    assert len(steps(acts, collapse=False)) == 8


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=6), min_size=1, max_size=8))
def test_common_sequences_equal_trying_every_one(sessions_: list[list[str]]) -> None:
    rows = [(f"s{n}", f"p{n % 2}", act) for n, acts_ in enumerate(sessions_) for act in acts_]
    acts = pd.DataFrame(rows, columns=["session_id", "participant_id", "group"])
    moves = steps(acts, collapse=False)
    found = patterns(moves, least_percent=40, longest=3, most=1000, floor=1)

    def count(nodes: tuple[str, ...]) -> int:
        return sum(any(part == nodes for part in combinations(one, len(nodes))) for one in sessions_)

    every = {nodes: count(nodes) for size in (2, 3) for nodes in product("abc", repeat=size)}
    common = {nodes: n for nodes, n in every.items() if n and n >= 0.4 * len(sessions_)}
    assert {tuple(one.split(" … ")) for one in found["pattern"]} <= set(common)
    for row in found.itertuples():
        nodes = tuple(row.pattern.split(" … "))
        assert row.sessions == common[nodes]
        assert row.reversed_percent == pytest.approx(100 * every[nodes[::-1]] / len(sessions_))
    left_out = set(common) - {tuple(one.split(" … ")) for one in found["pattern"]}
    for nodes in left_out:  # a longer one of the same sessions holds it
        assert any(
            len(other) > len(nodes) and n == common[nodes] and nodes in combinations(other, len(nodes))
            for other, n in common.items()
        )


def test_faults_made_by_hand_are_found() -> None:
    rows = [("p1", "2017-03-01T00:00:00Z", "ready")]
    rows += [
        ("p1", f"2017-03-02T{hour:02d}:{minute:02d}:00Z", "a")
        for hour in range(10)
        for minute in (0, 10, 20, 30, 40, 50)
    ]
    rows += [
        ("p2", "2017-03-02T10:00:00Z", "a"),
        ("p2", "2017-03-02T10:00:01Z", "a"),
        ("p2", "2017-02-01T10:00:00Z", "b"),
        ("p3", "2017-03-02T10:00:00Z", "a"),
        ("p2", "2017-03-03T10:00:00Z", "close"),
        ("p2", "2017-03-04T10:00:00Z", "a"),
    ]
    made = log(rows)
    found = made.inspection.findings.set_index("kind")["events"].to_dict()
    assert found == {"program": 60, "retry": 1, "wrong clock": 1, "unknown account": 1, "after closing": 1}
    assert len(made.acts) == 3
    assert made.inspection.summary()["percent_of_events"].sum() == pytest.approx(100 * 64 / 67)
    assert quality.inspect(made.events, made.participants, WORDS, quality.Limits(even_run=5)).read == 4
