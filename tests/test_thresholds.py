"""Limits: what is exactly on a limit on paper is on it in every room, and one step beside it is not."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.dynamics.explore import sustained_use
from casestudy.errors import InputError
from casestudy.evidence.claims import Expected
from casestudy.nutrition.periods import percent
from casestudy.nutrition.recommend import Target
from casestudy.proportions import at_least, at_most, part_of
from casestudy.usage.attrition import lapses
from casestudy.usage.sessions import session_numbers
from casestudy.usage.signatures import Condition
from casestudy.voices.saturation import stop


@given(st.integers(1, 400), st.integers(0, 400), st.integers(0, 100))
def test_a_share_reaches_a_limit_in_percent_as_on_paper(n: int, hits: int, limit: int) -> None:
    share = Fraction(hits, n)
    for value in (hits / n, 100 * (hits / n) / 100, 1 - (n - hits) / n):
        assert at_least(value, limit / 100) == (share >= Fraction(limit, 100))
        assert at_most(value, limit / 100) == (share <= Fraction(limit, 100))


@given(st.integers(0, 100), st.integers(0, 500))
def test_a_share_of_a_number_is_rounded_half_up(percent_: int, n: int) -> None:
    assert part_of(percent_ / 100, n) == math.floor(Fraction(percent_, 100) * n + Fraction(1, 2))


@pytest.mark.parametrize(
    ("relation", "below", "on", "above"),
    [
        (">=", False, True, True),
        ("<=", True, True, False),
        (">", False, False, True),
        ("<", True, False, False),
        ("=", False, True, False),
    ],
)
def test_an_expectation_of_a_claim(relation: str, below: bool, on: bool, above: bool) -> None:
    expected = Expected("share", relation, 0.2)
    assert (expected.met(0.19), expected.met(0.6 - 0.4), expected.met(0.21)) == (below, on, above)


def test_a_target_is_kept_at_its_ends() -> None:
    target = Target("m", 0.3, 0.7, "V", "")
    found = [target.position(value) for value in (0.29, 0.1 + 0.2, 0.5, 0.1 + 0.6, 0.71)]
    assert found == ["below", "within", "within", "within", "above"]
    assert Target("m", math.nan, 0.7, "V", "").position(0.1 + 0.6) == "within"


def test_the_floor_of_coverage_is_reached_by_cents() -> None:
    spend = sum([0.1] * 3)  # 30 cents
    assert spend != 0.3
    assert at_least(0.3, spend)
    assert at_least(percent(sum([0.1] * 8), 1.0), 80)
    assert not at_least(percent(0.7999, 1.0), 80)


def test_a_pause_of_exactly_the_gap_continues() -> None:
    one = np.zeros(2, dtype=int)
    for gap in (1.15, 4.35, 30.0):  # 1.15 * 60 is 68.99999999999999
        seconds = round(gap * 60)
        assert session_numbers(one, np.array([0, seconds]), gap).tolist() == [0, 0]
        assert session_numbers(one, np.array([0, seconds + 1]), gap).tolist() == [0, 1]
        assert session_numbers(one, np.array([0, seconds]), gap, "break").tolist() == [0, 1]


def test_a_signature_bound_holds_for_a_sum_of_shares() -> None:
    frame = pd.DataFrame({"a": [0.1, 0.1, 0.1, np.nan], "b": [0.2, 0.1999, 0.2001, 0.2]})
    assert Condition(("a", "b"), at_most=0.3).holds(frame).tolist() == [True, True, False, False]
    assert Condition(("a", "b"), at_least=0.3).holds(frame).tolist() == [True, False, True, False]


def test_use_at_the_end_counts_from_the_limit_on() -> None:
    assert sustained_use(np.array([0.09, 0.1, 0.3 - 0.2, 0.11]), 0.1).tolist() == [False, True, True, True]
    with pytest.raises(InputError, match=r"1 of 3 runs end without a number"):
        sustained_use(np.array([0.2, np.nan, 0.1]), 0.1)


def test_saturation_stops_at_exactly_the_threshold() -> None:
    for found in (20, 40, 60, 100):
        on = found // 20
        assert stop([found, 0, on, 0], base=2, run=2, threshold=0.05).reason == ""
        assert stop([found, 0, on + 1, 0], base=2, run=2, threshold=0.05).reason == "not reached"


def test_a_pause_of_exactly_so_many_own_pauses_is_no_lapse() -> None:
    assert 2.3 * 50 < 115
    for last, over in ((115, 0), (115.01, 1)):
        days = pd.to_timedelta(np.cumsum([0, 50, 50, last, 50]), unit="D")
        starts = pd.Timestamp("2024-01-01", tz="UTC") + days
        table = pd.DataFrame({"participant_id": "a", "start": starts, "end": starts})
        assert lapses(table, starts[-1], days=5, times=2.3)["lapses"].tolist() == [over]
