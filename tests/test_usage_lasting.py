"""How much longer use lasts in one group than in the other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casestudy.usage import lasting


def test_without_censoring_it_is_the_mean_and_its_standard_error() -> None:
    times = np.array([1.0, 2, 2, 5, 9, 9, 12])
    mean, error = lasting.restricted_mean(times, np.ones(7, bool), 12)
    assert mean == pytest.approx(times.mean())
    assert error == pytest.approx(times.std() / np.sqrt(7))


@pytest.mark.parametrize("horizon", [1, 4, 7.5])
def test_the_mean_is_that_of_an_independent_implementation(horizon: float) -> None:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    rng = np.random.default_rng(4)
    times, seen = rng.integers(0, 9, 80).astype(float), rng.random(80) < 0.6
    mean, _ = lasting.restricted_mean(times, seen, horizon)
    there = restricted_mean_survival_time(KaplanMeierFitter().fit(times, seen), t=horizon)
    assert mean == pytest.approx(there)


def test_its_error_is_that_of_resampled_people() -> None:
    rng = np.random.default_rng(5)
    true, ends = rng.exponential(5, 300), rng.uniform(2, 12, 300)
    times, seen = np.minimum(true, ends), true <= ends
    _, error = lasting.restricted_mean(times, seen, 8)
    drawn = []
    for _ in range(600):
        pick = rng.integers(0, 300, 300)
        drawn.append(lasting.restricted_mean(times[pick], seen[pick], 8)[0])
    assert error == pytest.approx(np.std(drawn), rel=0.1)


def people(of_first: int, of_second: int, seed: int, longer: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    size = of_first + of_second
    group = np.array(["yes"] * of_first + ["no"] * of_second)
    true = rng.exponential(4 + longer * (group == "yes"), size)
    end = rng.uniform(3, 9, size)
    return pd.DataFrame({"group": group, "time": np.minimum(true, end), "gone": true <= end})


def test_intervals_of_no_difference_hold_nothing_in_nineteen_of_twenty_draws() -> None:
    held = 0
    for seed in range(200):
        made = lasting.compared(people(60, 50, seed), "time", "gone", "group", "yes", "no", 5)
        held += made.low <= 0 <= made.high
    assert 180 <= held <= 198


def test_a_difference_is_told_with_its_direction() -> None:
    made = lasting.compared(people(400, 400, 1, longer=6), "time", "gone", "group", "yes", "no", 5)
    assert made.low > 0
    assert made.p < 0.001
    assert made.hazard_ratio < 1
    assert "longer where it is warm (95 % interval" in made.sentence("where it is warm", "weeks")
    turned = lasting.compared(people(400, 400, 1, longer=6), "time", "gone", "group", "no", "yes", 5)
    assert turned.difference == pytest.approx(-made.difference)
    assert "shorter" in turned.sentence("where it is cold", "weeks")


def test_hazards_that_cross_leave_the_ratio_unsaid_and_the_difference_said() -> None:
    # The one group leaves early and then stays; the other stays and then leaves.
    early = [1.0] * 40 + [10.0] * 60
    late = [9.0] * 40 + [10.0] * 60
    frame = pd.DataFrame(
        {"group": ["a"] * 100 + ["b"] * 100, "time": early + late, "gone": ([True] * 40 + [False] * 60) * 2}
    )
    made = lasting.compared(frame, "time", "gone", "group", "b", "a", 5)
    assert made.difference == pytest.approx(3.2)
    assert not made.proportional


@pytest.mark.parametrize(("size", "said"), [(4, True), (5, False), (6, False)])
def test_a_group_below_the_floor_is_not_described(size: int, said: bool) -> None:
    made = lasting.compared(people(size, 50, 3), "time", "gone", "group", "yes", "no", 5)
    assert (made.why_not == "yes: fewer than 5 people") is said
    assert (made.difference != made.difference) is said
    assert ("cannot be said: " in made.sentence("there", "weeks")) is said


def test_where_nobody_stops_nothing_is_estimated() -> None:
    frame = people(20, 20, 3).assign(gone=False)
    assert (
        lasting.compared(frame, "time", "gone", "group", "yes", "no", 5).why_not == "nobody was seen to stop"
    )
