"""Survival at its edges: a curve of exactly one half, time 0, and models that have no estimates."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.errors import InputError
from casestudy.usage import attrition


def median_on_paper(times: list[int], events: list[bool]) -> float:
    alive = Fraction(1)
    for time in sorted(set(times)):
        at_risk = sum(one >= time for one in times)
        gone = sum(one == time and seen for one, seen in zip(times, events, strict=True))
        alive *= Fraction(at_risk - gone, at_risk)
        if gone and alive <= Fraction(1, 2):
            return float(time)
    return math.nan


@pytest.mark.parametrize("n", range(1, 61))
def test_the_half_life_is_when_half_are_gone(n: int) -> None:
    assert attrition.kaplan_meier(list(range(1, n + 1)), [True] * n).median == math.ceil(n / 2)


@pytest.mark.parametrize(
    ("times", "events", "median"),
    [
        ([1, 2, 2, 3, 4, 4, 7, 10], [1] * 8, 3),
        ([1, 4, 4, 5, 5, 8, 9, 10], [1, 1, 1, 0, 1, 1, 0, 1], 5),
        ([1, 2, 3, 4], [1, 0, 0, 0], math.nan),
        ([0, 0, 5, 6], [1, 1, 0, 0], 0),
        ([2, 2], [1, 0], 2),
    ],
)
def test_the_half_life_with_censoring(times: list[int], events: list[int], median: float) -> None:
    found = attrition.kaplan_meier(times, [bool(one) for one in events]).median
    assert found == median or (math.isnan(found) and math.isnan(median))


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40))
def test_the_half_life_is_that_of_exact_fractions(rows: list[tuple[int, bool]]) -> None:
    times, events = [time for time, _ in rows], [seen for _, seen in rows]
    found, expected = attrition.kaplan_meier(times, events).median, median_on_paper(times, events)
    assert found == expected or (math.isnan(found) and math.isnan(expected))


def people(n: int = 120, seed: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"t": rng.integers(0, 9, n), "e": rng.random(n) < 0.7})
    frame["a"] = np.where(rng.random(n) < 0.5, "yes", "no")
    frame["b"] = frame["a"]
    frame["c"] = rng.integers(0, 5, n).astype(float)
    frame["d"] = 10 - 2 * frame["c"]
    frame["kept"] = np.where(frame["e"], "no", np.where(rng.random(n) < 0.8, "yes", "no"))
    return frame


def test_who_leaves_at_time_0_counts() -> None:
    frame = people()
    assert (frame["t"] == 0).any()
    model = attrition.cox(frame, "t", "e", ["a"])
    assert (model.n, model.why_not) == (120, "")


@pytest.mark.parametrize(
    ("covariates", "why"),
    [
        (["a", "b"], "a and b say the same: one follows from the other"),
        (["c", "d"], "c and d say the same: one follows from the other"),
        (["kept"], "kept separates"),
        (["a", "kept"], "kept separates"),
        (["rank"], "rank separates"),
    ],
)
def test_a_model_without_estimates_says_why(covariates: list[str], why: str) -> None:
    frame = people()
    frame["rank"] = -frame["t"]  # who leaves first always has the highest rank
    model = attrition.cox(frame, "t", "e", covariates, least_events=5)
    assert model.why_not.startswith(why)
    assert model.table.empty
    assert math.isnan(model.concordance)


def test_three_covariates_may_say_the_same_together() -> None:
    frame = people()
    frame["sum"] = frame["c"] + (frame["a"] == "yes")
    model = attrition.cox(frame, "t", "e", ["a", "c", "sum"], least_events=5)
    assert model.why_not == "a, c and sum say the same together: each follows from the others"


def test_two_covariates_may_separate_only_together() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.integers(-4, 5, 60), rng.integers(-4, 5, 60)
    frame = pd.DataFrame({"t": 20 - (x + y), "e": True, "x": x.astype(float), "y": y.astype(float)})
    assert attrition.cox(frame, "t", "e", ["x"], least_events=5).why_not == ""
    assert attrition.cox(frame, "t", "e", ["y"], least_events=5).why_not == ""
    found = attrition.cox(frame, "t", "e", ["x", "y"], least_events=5)
    assert found.why_not.startswith("x, y separate together")


def test_covariates_that_are_neither_numbers_nor_yes_or_no_are_named() -> None:
    frame = people().assign(mood=["good", "bad"] * 60)
    assert attrition.cox(frame, "t", "e", ["mood"]).why_not.startswith("mood: values that are neither")


def test_a_model_that_can_be_fitted_is_left_alone() -> None:
    for seed in range(8):
        frame = people(200, seed)
        model = attrition.cox(frame, "t", "e", ["a", "c"])
        assert model.why_not == ""
        assert (model.table["low"] > 0).all()
        assert np.isfinite(model.table["high"]).all()


@pytest.mark.parametrize("wrong", [-1.0, math.inf])
def test_a_duration_below_zero_is_refused(wrong: float) -> None:
    with pytest.raises(InputError, match="below 0 or without end"):
        attrition.kaplan_meier([1.0, wrong], [True, True])
    frame = people()
    frame["t"] = frame["t"].astype(float)
    frame.loc[3, "t"] = wrong
    with pytest.raises(InputError, match="below 0 or without end"):
        attrition.cox(frame, "t", "e", ["a"])
