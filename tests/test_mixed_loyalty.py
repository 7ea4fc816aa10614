"""Shopping of registered households over that of others, and rank correlation, by hand and by scipy."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from casestudy.mixed import loyalty

MONTHS = [f"2017-{number:02d}" for number in range(1, 13)]


def shopping(registered: int, others: int, level: float, after: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Households that spend by season; the registered `level` times as much, and `after` times that later."""
    rows = []
    for household in range(registered + others):
        for number, month in enumerate(MONTHS):
            season = 100 + 10 * number
            mine = household < registered
            spend = season * (level if mine else 1.0) * (after if mine and number > 5 else 1.0)
            rows.append([household, month, 4, spend, spend / 2])
    months = pd.DataFrame(rows, columns=["household_id", "month", "baskets", "spend", "food_spend"])
    people = pd.DataFrame({"household_id": range(registered), "adopted_on": pd.Timestamp("2017-06-15")})
    return months, people


def test_a_season_cancels_and_the_change_is_found() -> None:
    months, people = shopping(12, 30, 1.5, 1.2)
    table = loyalty.summary(loyalty.windows(months, people)).set_index("outcome")
    assert table.loc["spend", "before"] == pytest.approx(1.5)
    assert table.loc["spend", "change"] == pytest.approx(1.2)
    assert table.loc["visits", "before"] == pytest.approx(1.0)
    assert table.loc["spend", ["change_low", "change_high"]].tolist() == pytest.approx([1.2, 1.2])


def test_without_whole_windows_a_household_is_left_out() -> None:
    months, people = shopping(3, 3, 1.0, 1.0)
    people.loc[0, "adopted_on"] = pd.Timestamp("2017-02-01")
    people.loc[1, "adopted_on"] = pd.Timestamp("2017-11-01")
    table = loyalty.windows(months, people)
    assert table["household_id"].tolist() == [2]
    assert table["tenure"].tolist() == [5]
    few = loyalty.summary(table)
    assert few["change"].isna().all()
    assert few["households"].tolist() == [1, 1, 1]


def test_no_registered_household_and_no_purchases() -> None:
    months, people = shopping(0, 3, 1.0, 1.0)
    assert loyalty.windows(months, people).empty
    assert loyalty.windows(months.iloc[:0], people).empty


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=5, max_size=20))
def test_rank_correlation_agrees_with_scipy(pairs: list[tuple[int, int]]) -> None:
    first, second = (pd.Series(values, dtype=float) for values in zip(*pairs, strict=True))
    found = loyalty.rank_correlation(first, second, resamples=30)
    if first.nunique() < 2 or second.nunique() < 2:
        assert math.isnan(found["value"])
    else:
        assert found["value"] == pytest.approx(spearmanr(first, second).statistic, abs=1e-9)


def test_missing_pairs_do_not_count() -> None:
    first = pd.Series([1.0, 2.0, np.nan, 4.0, 5.0, 6.0])
    found = loyalty.rank_correlation(first, pd.Series([2.0, 1.0, 9.0, 4.0, np.nan, 6.0]), resamples=30)
    assert found["n"] == 4
    assert math.isnan(found["value"])
