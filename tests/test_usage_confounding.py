"""Sensitivity to unobserved causes: published examples, exact distributions, pairs that must come out."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, rankdata, wilcoxon

from casestudy.effects import comparison, confounding
from casestudy.effects.adoption import NEVER, Panel

# Lead in the blood of 33 children of exposed workers and of their partners (Morton and others 1982), as the R
# package rbounds prints them in the help page of `psens`.
EXPOSED = [38, 23, 41, 18, 37, 36, 23, 62, 31, 34, 24, 14, 21, 17, 16, 20, 15, 10, 45, 39, 22, 35, 49, 48, 44,
           35, 43, 39, 34, 13, 73, 25, 27]  # fmt: skip
CONTROL = [16, 18, 18, 24, 19, 11, 10, 15, 16, 18, 18, 13, 19, 10, 16, 16, 24, 13, 9, 14, 21, 19, 7, 18, 19,
           12, 11, 22, 25, 16, 13, 11, 13]  # fmt: skip
LEAD = np.array(EXPOSED) - np.array(CONTROL)


@pytest.mark.parametrize(
    ("given_", "point", "limit"),
    [  # examples of VanderWeele and Ding's paper, as the R package EValue carries them in its tests
        ((3.9, 1.8, 8.7), 3.9 + math.sqrt(3.9 * 2.9), 1.8 + math.sqrt(1.8 * 0.8)),
        ((0.80, 0.71, 0.91), 1.25 + math.sqrt(1.25 * 0.25), 1 / 0.91 + math.sqrt(1 / 0.91 * (1 / 0.91 - 1))),
    ],
)
def test_published_e_values(given_: tuple[float, float, float], point: float, limit: float) -> None:
    made = confounding.e_value(*given_)
    assert made.point == pytest.approx(point)
    assert made.limit == pytest.approx(limit)


def test_printed_e_values() -> None:
    assert confounding.e_value(3.9, 2.4).point == pytest.approx(7.263034, abs=1e-6)
    assert confounding.e_value(3.9, 2.4).limit == pytest.approx(4.23303, abs=1e-5)
    assert round(confounding.e_value(3.8).point, 1) == 7.1


def test_differences_go_by_way_of_a_ratio() -> None:
    made = confounding.of_difference(1.0, 0.4, 2.0)
    ratio, low = math.exp(0.91 * 0.5), math.exp(0.91 * 0.5 - 1.78 * 0.2)
    assert made.point == pytest.approx(ratio + math.sqrt(ratio * (ratio - 1)))
    assert made.limit == pytest.approx(low + math.sqrt(low * (low - 1)))
    less = confounding.of_difference(-1.0, 0.4, 2.0)
    assert (less.point, less.limit) == pytest.approx((made.point, made.limit))
    assert confounding.of_difference(0.1, 0.4, 2.0).limit == 1
    assert math.isnan(confounding.of_difference(1.0, 0.4, 0.0).point)
    assert math.isnan(confounding.of_difference(math.nan, 0.4, 1.0).limit)


@settings(max_examples=60)
@given(st.floats(0.05, 20), st.floats(1.01, 3))
def test_no_cause_weaker_than_the_e_value_can_make_the_ratio(ratio: float, share: float) -> None:
    e = confounding.e_value(ratio).point
    bias = e * e / (2 * e - 1)  # the largest ratio that a cause of strength e on both sides can make
    assert bias == pytest.approx(max(ratio, 1 / ratio), rel=1e-6)
    assert confounding.e_value(1 / ratio).point == pytest.approx(e)


def test_an_estimate_outside_its_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        confounding.e_value(1.2, 1.3, 1.4)
    with pytest.raises(ValueError, match="above 0"):
        confounding.e_value(-1.0)


def test_the_normal_bounds_on_the_lead_pairs_are_those_of_the_formula() -> None:
    ranks = rankdata(np.abs(LEAD[LEAD != 0]))
    total = ranks[LEAD[LEAD != 0] > 0].sum()
    for gamma in (1.0, 2.0, 4.0):
        chance = gamma / (1 + gamma)
        z = (total - chance * ranks.sum()) / math.sqrt(chance * (1 - chance) * (ranks**2).sum())
        found = confounding.signed_rank_bounds(LEAD, (gamma,), exact=False)["p_high"].iloc[0]
        assert found == pytest.approx(norm.sf(z))
    assert 4 < confounding.critical_gamma(LEAD, exact=False) < confounding.critical_gamma(LEAD)


@pytest.mark.parametrize("gamma", [1.0, 1.7, 3.0])
def test_the_exact_bounds_equal_counting_every_outcome(gamma: float) -> None:
    values = np.array([3.0, -1.0, 4.0, 4.0, -5.0, 9.0, 2.0, 6.0, 0.0, 7.5])
    ranks = rankdata(np.abs(values[values != 0]))
    total = ranks[values[values != 0] > 0].sum()
    for chance, column in ((gamma / (1 + gamma), "p_high"), (1 / (1 + gamma), "p_low")):
        p = 0.0
        for signs in product((0, 1), repeat=len(ranks)):
            if np.dot(signs, ranks) >= total:
                p += chance ** sum(signs) * (1 - chance) ** (len(ranks) - sum(signs))
        assert confounding.signed_rank_bounds(values, (gamma,))[column].iloc[0] == pytest.approx(p)


def test_without_bias_it_is_wilcoxons_test() -> None:
    found = confounding.signed_rank_bounds(LEAD, (1.0,), exact=False).iloc[0]
    expected = wilcoxon(LEAD, alternative="greater", correction=False, method="asymptotic").pvalue
    assert found["p_high"] == pytest.approx(expected, rel=1e-3)
    distinct = np.array([3.0, -1.0, 4.0, 5.5, -2.0, 9.0, 6.0, 7.5])
    exact = confounding.signed_rank_bounds(distinct, (1.0,)).iloc[0]
    assert exact["p_high"] == pytest.approx(wilcoxon(distinct, alternative="greater", method="exact").pvalue)
    mirrored = confounding.signed_rank_bounds(-LEAD, (2.0,)).iloc[0]
    assert mirrored["p_high"] == pytest.approx(confounding.signed_rank_bounds(LEAD, (2.0,)).iloc[0]["p_high"])


def test_nothing_to_bound() -> None:
    assert math.isnan(confounding.critical_gamma([]))
    assert math.isnan(confounding.critical_gamma([0.0, 0.0]))
    assert confounding.critical_gamma([1, -1, 2, -2]) == 1
    assert confounding.critical_gamma(range(1, 400)) == 20
    with pytest.raises(ValueError, match="gamma"):
        confounding.signed_rank_bounds([1.0], (0.5,))


def test_pairs_are_like_each_other_and_carry_the_effect() -> None:
    size = 40
    shops = np.concatenate([np.arange(size), np.arange(size), np.arange(size) + 500.0])
    adopted = np.array([2] * 20 + [4] * 20 + [NEVER] * 80)
    y = np.where(np.arange(6) >= adopted[:, None], 3.0, 0.0)
    data = Panel(tuple(f"u{n}" for n in range(120)), tuple("abcdef"), y, adopted)
    made = comparison.pairs(data, shops)
    assert len(made) == size
    assert made["partner"].is_unique
    assert made["difference"].to_numpy() == pytest.approx(3.0, abs=1e-9)
    partners = made["partner"].str[1:].astype(int)
    assert (partners < 80).all()  # none of those who shop otherwise
    assert set(made["adopted"]) == {"c", "e"}
    assert confounding.critical_gamma(made["difference"]) > 5


def test_pairs_with_nobody_to_compare() -> None:
    data = Panel(("a", "b"), ("x", "y"), np.zeros((2, 2)), np.array([1, 1]))
    assert comparison.pairs(data, np.zeros(2)).empty
    alone = Panel(("a", "b", "c"), ("x", "y"), np.zeros((3, 2)), np.array([1, 1, NEVER]))
    assert len(comparison.pairs(alone, np.array([0.0, 1.0, 0.2]))) == 1
    assert comparison.pairs(alone, np.full(3, np.nan)).empty
