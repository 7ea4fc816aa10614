"""Attrition: the published 6-MP trial, censoring of silences that could not be seen, returns, refusals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from casestudy.usage import attrition, retention

# Freireich et al. 1963: weeks of remission under 6-MP and placebo, as in the textbooks; False is censored.
MP = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
MP_SEEN = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def trial() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "participant_id": [f"p{n:02d}" for n in range(42)],
            "weeks": MP + PLACEBO,
            "relapse": [bool(one) for one in MP_SEEN] + [True] * 21,
            "placebo": ["no"] * 21 + ["yes"] * 21,
        }
    )


def test_the_six_mp_curve_and_its_median() -> None:
    made = attrition.kaplan_meier(MP, MP_SEEN)
    curve = made.curve.set_index("time")["percent"]
    expected = {6: 85.7, 7: 80.7, 10: 75.3, 13: 69.0, 16: 62.7, 22: 53.8, 23: 44.8}
    assert {time: round(curve[time], 1) for time in expected} == expected
    assert (made.n, made.events, made.median) == (21, 9, 23)
    assert attrition.kaplan_meier(PLACEBO, [True] * 21).median == 8


def test_the_trial_by_group() -> None:
    curves, table = attrition.by_group(trial(), "weeks", "relapse", "placebo", 1)
    assert table["half_life"].tolist() == [23, 8]
    assert table["chi2"].iloc[0] == pytest.approx(16.79, abs=0.01)
    assert set(curves["placebo"]) == {"no", "yes"}
    model = attrition.cox(trial(), "weeks", "relapse", ["placebo"])
    assert model.table["hazard_ratio"].iloc[0] == pytest.approx(4.82, abs=0.02)
    assert model.table["p_proportional"].iloc[0] > 0.5
    assert attrition.by_group(trial(), "weeks", "relapse", "placebo", floor=22)[1].empty


def plain_curve(times: list[float], seen: list[bool]) -> dict[float, float]:
    """Product-limit estimate written out."""
    alive, made = 1.0, {}
    for time in sorted(set(times)):
        at_risk = sum(one >= time for one in times)
        gone = sum(one == time and event for one, event in zip(times, seen, strict=True))
        alive *= 1 - gone / at_risk
        made[time] = 100 * alive
    return made


def test_the_curve_equals_the_product_limit_written_out() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    times = rng.integers(1, 9, 80).astype(float).tolist()
    seen = (rng.random(80) < 0.6).tolist()
    curve = attrition.kaplan_meier(times, seen).curve.set_index("time")["percent"]
    for time, percent in plain_curve(times, seen).items():
        assert curve[time] == pytest.approx(percent)


def spans(opened: str, closed: bool = False, silent: int = 3) -> pd.Series:
    """`opened`: one letter a whole cycle, x opened, . not; the last cycle of a log is never whole."""
    n = len(opened) + 1
    cycles = pd.DataFrame(
        {"participant_id": "p", "cycle": range(n), "opened": [*(one == "x" for one in opened), False],
         "whole": [*([True] * len(opened)), False]}
    )  # fmt: skip
    exposed = pd.DataFrame({"participant_id": ["p"], "closed": [closed]})
    return attrition.durations(cycles, exposed, silent).iloc[0]


@pytest.mark.parametrize(
    ("opened", "use", "ceased", "returned", "waited"),
    [
        ("xxxxx", 2, False, False, None),  # the last three cycles could not have shown a silence of three
        ("xx...", 2, True, False, 0),
        ("xx..x", 2, False, False, None),
        ("x...x", 1, True, True, 1),
        ("x....x", 1, True, True, 2),
        ("x....", 1, True, False, 1),
        ("xx", 0, False, False, None),
        ("...", 0, True, False, 0),
    ],
)
def test_silence_is_censored_where_it_could_not_be_seen(
    opened: str, use: int, ceased: bool, returned: bool, waited: int | None
) -> None:
    row = spans(opened)
    assert (row["use_cycles"], row["ceased"], row["returned"]) == (use, ceased, returned)
    assert row["return_cycles"] == waited if waited is not None else math.isnan(row["return_cycles"])


def test_dropout_is_not_non_usage() -> None:
    row = spans("xxxx", closed=True)
    assert row["closed"]
    assert not row["ceased"]
    assert row["stay_cycles"] == 5


def test_censoring_at_the_end_is_not_biased() -> None:
    """Everybody falls silent for good after a geometric time; the curve must find its rate."""
    rng = np.random.Generator(np.random.PCG64(5))
    rows, chance = [], 0.15
    for person in range(3000):
        stop = int(rng.geometric(chance))
        many = int(rng.integers(2, 11))
        rows += [(f"p{person:04d}", cycle, cycle < stop, cycle < many) for cycle in range(many + 1)]
    cycles = pd.DataFrame(rows, columns=["participant_id", "cycle", "opened", "whole"])
    people = pd.DataFrame({"participant_id": cycles["participant_id"].unique(), "closed": False})
    made = attrition.durations(cycles, people, 3)
    curve = attrition.kaplan_meier(made["use_cycles"], made["ceased"]).curve.set_index("time")["percent"]
    for time in (1, 3, 5):
        assert curve[time] == pytest.approx(100 * (1 - chance) ** time, abs=3)


def test_models_say_why_they_do_not_fit() -> None:
    few = attrition.cox(trial().head(8), "weeks", "relapse", ["placebo"])
    assert "too few" in few.why_not
    flat = attrition.cox(trial().head(21), "weeks", "relapse", ["placebo"], least_events=1)
    assert flat.why_not == "placebo does not vary"
    nothing = attrition.kaplan_meier([], [])
    assert nothing.n == 0
    assert math.isnan(nothing.median)
    assert math.isnan(attrition.kaplan_meier([3.0], [False]).median)
    assert all(math.isnan(one) for one in attrition.log_rank([1, 2], [True, True], ["a", "a"]))


def test_retention_hides_small_cohorts() -> None:
    days = ["2017-03-01", "2017-04-01", "2017-03-05", "2017-04-01", "2017-05-01"]
    cycles = pd.DataFrame(
        {
            "participant_id": ["a", "a", "b", "b", "c"], "cycle": [0, 1, 0, 1, 0], "whole": True,
            "opened": [True, False, True, True, True],
            "begins": pd.to_datetime(days, utc=True),
        }
    )  # fmt: skip
    table = retention.by_cohort(cycles, floor=2)
    assert table.index.tolist() == ["2017-03 (n 2)"]
    assert table.loc["2017-03 (n 2)"].tolist() == [100, 50]


def test_exact_counts_of_cohorts_are_those_behind_the_percentages() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    rows = [
        (f"p{who}", cycle, bool(rng.random() < 0.6), cycle < 5, f"2017-0{1 + who % 3 + cycle}-04")
        for who in range(30)
        for cycle in range(6)
    ]
    names = ["participant_id", "cycle", "opened", "whole", "begins"]
    cycles = pd.DataFrame(rows, columns=names).astype({"begins": "datetime64[ns, UTC]"})
    counts = retention.counts(cycles, floor=5)
    assert counts["size"].eq(10).all()
    assert counts["age"].max() == 4
    percent = retention.by_cohort(cycles, floor=5)
    wide = (100 * counts["active"] / counts["size"]).to_numpy().reshape(3, 5)
    np.testing.assert_allclose(percent.to_numpy(), wide)
    assert retention.counts(cycles, floor=11).empty


def test_rolling_retention_forgives_pauses_and_classic_does_not() -> None:
    opened = {"a": [1, 0, 0, 1], "b": [1, 1, 0, 0], "c": [1, 0, 0, 0], "d": [1, 1, 1]}
    rows = [(who, n, bool(x), True) for who, row in opened.items() for n, x in enumerate(row)]
    rows.append(("c", 4, True, False))  # cut by the end of the log, but opened
    cycles = pd.DataFrame(rows, columns=["participant_id", "cycle", "opened", "whole"])
    table = retention.classic_and_rolling(cycles, 1).pivot(index="cycle", columns="kind", values="active")
    assert table["in that cycle"].tolist() == [4, 2, 1, 1]
    assert table["in it or later"].tolist() == [4, 4, 3, 2]
    sizes = retention.classic_and_rolling(cycles, floor=4)
    assert sizes["cycle"].max() == 2
    assert retention.classic_and_rolling(cycles.head(0), 1).empty


def test_lapses_go_by_the_own_rhythm() -> None:
    days = {"weekly": [0, 7, 14, 21, 55, 62], "rare": [0, 30, 60, 90, 120], "once": [0]}
    rows = [
        (who, pd.Timestamp("2017-01-01", tz="UTC") + pd.Timedelta(days=day))
        for who in days
        for day in days[who]
    ]
    table = pd.DataFrame(rows, columns=["participant_id", "start"]).assign(end=lambda frame: frame["start"])
    made = attrition.lapses(table, pd.Timestamp("2017-05-15", tz="UTC")).set_index("participant_id")
    assert made.loc["weekly", ["limit_days", "lapses", "resumed", "lapsed_at_end"]].tolist() == [
        28,
        2,
        1,
        True,
    ]
    assert made.loc["rare", ["limit_days", "lapses", "lapsed_at_end"]].tolist() == [90, 0, False]
    assert made.loc["once", ["lapses", "resumed"]].tolist() == [1, 0]
