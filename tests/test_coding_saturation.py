"""Saturation: the stopping rule by hand, its dependence on order, accumulation and unseen codes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.errors import InputError
from casestudy.voices import saturation


def table(rows: list[str]) -> pd.DataFrame:
    """Interviews as strings of codes."""
    codes = sorted(set("".join(rows)))
    values = [[int(code in row) for code in codes] for row in rows]
    return pd.DataFrame(values, index=[f"p{n}" for n in range(len(rows))], columns=codes)


@pytest.mark.parametrize(
    ("new", "base", "run", "threshold", "notation"),
    [
        # Base of 20 codes; runs 5-6: 4/20, 6-7: 2/20, 7-8: 1/20, so it is reached at 6, confirmed by 2.
        ([10, 6, 3, 1, 3, 1, 1, 0, 0], 4, 2, 0.05, "6+2"),
        ([10, 6, 3, 1, 3, 1, 1, 0, 0], 4, 2, 0.0, "7+2"),
        ([10, 6, 3, 1, 3, 1, 1, 0, 0], 4, 3, 0.0, "not reached"),
        ([10, 6, 3, 1, 0, 0], 4, 2, 0.0, "4+2"),
        ([5, 5, 5, 5, 5, 5], 4, 2, 0.05, "not reached"),
        ([1, 1, 1, 1, 1], 4, 2, 0.05, "fewer than 6 interviews"),
        ([0, 0, 0, 0, 0, 0], 4, 2, 0.05, "undefined: no code in the base"),
    ],
)
def test_the_rule_by_hand(new: list[int], base: int, run: int, threshold: float, notation: str) -> None:
    assert saturation.stop(new, base, run, threshold).notation == notation


ROWS = st.lists(st.text("abcdef", max_size=5), min_size=1, max_size=6)


@given(ROWS)
@settings(max_examples=100)
def test_the_expected_curve_is_the_mean_over_all_orders(rows: list[str]) -> None:
    presence = table(rows)
    curve = saturation.accumulation(presence, permutations=5)
    sums = np.zeros(len(rows))
    orders = list(itertools.permutations(rows))
    for order in orders:
        heard: set[str] = set()
        for place, row in enumerate(order):
            heard |= set(row)
            sums[place] += len(heard)
    assert np.allclose(curve["expected"], sums / len(orders))
    assert curve["found"].tolist() == [len(set("".join(rows[: n + 1]))) for n in range(len(rows))]
    assert (curve["low"] <= curve["high"]).all()


def test_random_orders_depend_on_the_seed_alone() -> None:
    presence = table(["abc", "ad", "b", "ef", "a", "b", "c", "a"])
    one = saturation.stopping(presence, permutations=50, seed=3)
    assert one.equals(saturation.stopping(presence, permutations=50, seed=3))
    chosen = one[(one["base"] == 4) & (one["run"] == 2) & (one["threshold"] == 0.0)].iloc[0]
    assert chosen["notation"] == "4+2"
    assert 0 < chosen["never"] < 1
    assert chosen["earliest"] == 4


def test_unseen_codes_by_hand() -> None:
    # Three codes once, one twice, two oftener: 6 + 3*2 / (2*2) = 7.5; with 5 interviews four fifths of that.
    assert saturation.unseen([1, 1, 1, 2, 3, 4]).total == 7.5
    assert saturation.unseen([1, 1, 1, 2, 3, 4], samples=5).total == pytest.approx(7.2)
    assert saturation.unseen([1, 1, 1, 2, 3, 4]).coverage == 1 - 3 / 12
    assert math.isnan(saturation.unseen([]).coverage)
    assert math.isnan(saturation.unseen([1, 1], samples=1).total)


@pytest.mark.parametrize(
    ("counts", "total", "low", "high"),
    [
        ([0, 1, 1, 4, 2, 5, 2, 4, 1, 2], 9.75, 9.07, 17.45),
        ([0, 2, 2, 4, 5], 4, 4, 4.95),
        ([0, 1, 1, 4, 5], 5, 4.08, 17.27),
    ],
)
def test_chao1_is_that_of_estimates(counts: list[int], total: float, low: float, high: float) -> None:
    # What EstimateS gives for these counts, as the tests of scikit-bio state it (within 1 %).
    found = saturation.unseen(counts)
    assert found.total == total
    assert (found.low, found.high) == pytest.approx((low, high), rel=0.01)


def test_chao2_and_its_interval_hold_in_a_simulation() -> None:
    # No worked example of the corrected Chao2 could be read: 30 codes, each spoken of by a person with one
    # chance, are the case for which the bound is the number itself.
    random = np.random.default_rng(5)
    totals, held, tries = [], 0, 1000
    for _ in range(tries):
        counts = random.binomial(12, 0.15, size=30).tolist()
        found = saturation.unseen(counts, samples=12)
        totals.append(found.total)
        held += not found.low > 30 and not found.high < 30
    assert np.mean(totals) == pytest.approx(30, abs=0.5)
    assert 0.88 < held / tries < 0.99
    assert saturation.unseen([1, 1, 3], samples=10**9).total == pytest.approx(
        saturation.unseen([1, 1, 3]).total
    )


def test_the_interval_of_a_difference_is_newcombes() -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    from casestudy.proportions import wilson
    from casestudy.voices import groups

    for one, of, two, of_two in [(56, 70, 48, 80), (9, 10, 3, 10), (0, 6, 5, 16), (6, 6, 0, 16)]:
        rows = [("x", one, of), ("y", two, of_two)]
        shares = pd.DataFrame(
            [
                {"code": "a", "path": "A", "group": name, "people": hits, "of": n, "share": hits / n}
                | dict(zip(("low", "high"), wilson(hits, n), strict=True))
                | {"withheld": False}
                for name, hits, n in rows
            ]
        )
        found = groups.contrast(shares, "x", "y").iloc[0]
        low, high = confint_proportions_2indep(one, of, two, of_two, method="newcomb", compare="diff")
        assert (found["low"], found["high"]) == pytest.approx((low, high), abs=1e-9)


def test_interviews_are_ordered_by_day() -> None:
    presence = table(["a", "b", "c"]).rename_axis("who")
    people = pd.DataFrame(
        {
            "participant_id": ["p0", "p1", "p2"],
            "interviewed_on": pd.to_datetime(["2017-03-02", "2017-03-01", None]),
        }
    )
    assert saturation.ordered(presence, people).index.tolist() == ["p1", "p0", "p2"]
    assert saturation.ordered(presence, people.assign(interviewed_on=pd.NaT)).index.tolist() == [
        "p0",
        "p1",
        "p2",
    ]


def test_a_reflexive_study_refuses() -> None:
    with pytest.raises(InputError, match="reflexive"):
        saturation.refuse_if_reflexive("reflexive")
    saturation.refuse_if_reflexive("reflexive", insist=True)
    saturation.refuse_if_reflexive("codebook")
