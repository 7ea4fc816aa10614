"""Ratings: undefined results, and properties that every coefficient must have."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.agreement.alpha import METRICS, krippendorff
from casestudy.agreement.coder_pairs import bennett, cohen, hubert, kappa_max, light, scott
from casestudy.agreement.coefficient import measure
from casestudy.agreement.intervals import Bootstrap, Jackknife, Linearised
from casestudy.agreement.many_coders import brennan_prediger, conger, fleiss, gwet
from casestudy.agreement.percent import percent_agreement, specific_agreement
from casestudy.agreement.ratings import read
from casestudy.agreement.results import Result

MANY = [*(krippendorff(metric) for metric in METRICS)]
MANY += [
    gwet(),
    gwet("quadratic"),
    fleiss(),
    fleiss("linear"),
    conger(),
    brennan_prediger(),
    hubert(),
    light(),
]
PAIR = [cohen(), cohen("linear"), cohen("quadratic"), scott(), bennett()]
PERCENT = [percent_agreement(one) for one in ("units", "coincidences", "pairs")]
NOMINAL = [krippendorff(), gwet(), fleiss(), conger(), brennan_prediger(), hubert(), light()]


def named(one):
    return one.name


# Undefined is not zero and not one --------


@pytest.mark.parametrize("coefficient", [*NOMINAL, cohen(), scott(), bennett(), kappa_max()], ids=named)
@pytest.mark.parametrize("interval", [None, Bootstrap(20), Jackknife(), Linearised()])
@pytest.mark.parametrize(
    ("rows", "declared", "said"),
    [
        ([["a", "a"]] * 5, None, "without variation"),
        ([["a", "a"]] * 5, ["a", "b"], "without variation"),
        ([["a", "a"], ["b", None]], None, "without variation"),
        ([["a", None], [None, "b"]], None, "No unit was rated by two"),
        ([[None, None]] * 3, ["a", "b"], "No unit was rated by two"),
        ([[None, None]] * 3, None, "No unit was rated by two"),
        ([["a", None]], None, "No unit was rated by two"),
        (np.empty((0, 2)), None, "There is no unit"),
    ],
)
def test_undefined_is_nan_with_a_reason(coefficient, interval, rows, declared, said):
    result = measure(read(rows, categories=declared), coefficient, interval)
    assert math.isnan(result.value)
    assert said in result.reason or "only one category" in result.reason
    assert result.as_row()["reason"]


def test_percent_agreement_is_defined_without_variation():
    assert measure(read([["a", "a"]] * 3), percent_agreement()).value == 1
    assert "two coders" in measure(read([["a", None]]), percent_agreement()).reason
    unused = read([["a", "a"]] * 3, categories=["a", "b"])
    assert "put into it" in measure(unused, specific_agreement("b")).reason


def test_a_result_cannot_be_undefined_without_a_reason():
    with pytest.raises(ValueError, match="gives a reason"):
        Result("x", "y", "z")
    with pytest.raises(ValueError, match="gives a reason"):
        Result("x", "y", "z", 0.5, "because")


def test_one_unit_of_disagreement_is_defined():
    assert measure(read([["a", "b"]]), krippendorff()).value == 0
    assert measure(read([["a", "b"]]), cohen()).value == 0


# Properties --------

tables = st.integers(2, 4).flatmap(
    lambda m: st.lists(
        st.lists(st.sampled_from([1, 2, 3, 4, None]), min_size=m, max_size=m), min_size=2, max_size=12
    )
)


def same(one, other):
    return one == pytest.approx(other, abs=1e-9) or (math.isnan(one) and math.isnan(other))


@settings(max_examples=60)
@given(tables, st.randoms(use_true_random=False))
def test_order_of_units_and_names_of_coders_do_not_matter(rows, random):
    ratings = read(rows, categories=[1, 2, 3, 4])
    units, coders = list(range(len(rows))), list(range(len(rows[0])))
    random.shuffle(units)
    random.shuffle(coders)
    moved = read([[rows[i][g] for g in coders] for i in units], categories=[1, 2, 3, 4])
    for coefficient in MANY + PERCENT:
        assert same(measure(ratings, coefficient).value, measure(moved, coefficient).value), coefficient.name


@settings(max_examples=60)
@given(tables, st.permutations(["p", "q", "r", "s"]))
def test_renaming_categories_does_not_matter_to_nominal_coefficients(rows, names):
    ratings = read(rows, categories=[1, 2, 3, 4])
    renamed = [[None if v is None else names[v - 1] for v in row] for row in rows]
    other = read(renamed, categories=["p", "q", "r", "s"])
    for coefficient in NOMINAL + PERCENT:
        assert same(measure(ratings, coefficient).value, measure(other, coefficient).value), coefficient.name


@settings(max_examples=60)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=20), st.integers(2, 5))
def test_identical_coders_agree_completely(truth, m):
    ratings = read([[v] * m for v in truth], categories=[1, 2, 3, 4])
    for coefficient in MANY + PERCENT + (PAIR if m == 2 else []):
        result = measure(ratings, coefficient)
        if len(set(truth)) > 1 or coefficient in PERCENT:
            assert result.value == pytest.approx(1), coefficient.name
        else:
            assert not result.defined


@settings(max_examples=60)
@given(tables)
def test_no_coefficient_exceeds_one(rows):
    ratings = read(rows, categories=[1, 2, 3, 4])
    for coefficient in MANY + PERCENT:
        value = measure(ratings, coefficient).value
        assert math.isnan(value) or value <= 1 + 1e-9


@settings(max_examples=40)
@given(tables)
def test_linear_change_of_scale_does_not_matter_to_the_interval_metric(rows):
    moved = [[None if v is None else 10 - 2.5 * v for v in row] for row in rows]
    one, other = (measure(read(table), krippendorff("interval")).value for table in (rows, moved))
    assert same(one, other)
    stretched = [[None if v is None else v**3 for v in row] for row in rows]
    one, other = (measure(read(table), krippendorff("ordinal")).value for table in (rows, stretched))
    assert same(one, other)


@pytest.mark.parametrize("coefficient", NOMINAL, ids=named)
def test_errors_put_in_lower_agreement(coefficient):
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 3, 400)
    table = np.repeat(truth[:, None], 3, axis=1)
    where = rng.permutation(400)
    found = []
    for errors in (0, 40, 100, 200, 300):
        spoilt = table.copy()
        spoilt[where[:errors], 0] = (spoilt[where[:errors], 0] + 1) % 3
        found.append(measure(read(spoilt), coefficient).value)
    assert found[0] == pytest.approx(1)
    assert all(one > other for one, other in pairwise(found))


@pytest.mark.parametrize("metric", METRICS)
def test_alpha_is_zero_in_expectation_under_independence(metric):
    rng = np.random.default_rng(8)
    drawn = rng.choice([1, 2, 3, 5], p=[0.5, 0.2, 0.2, 0.1], size=(800, 30, 3))
    values = np.array([measure(read(table), krippendorff(metric)).value for table in drawn])
    assert abs(values.mean()) < 3.5 * values.std() / math.sqrt(len(values))


@pytest.mark.parametrize("strength", [0.3, 0.7])
def test_alpha_finds_the_agreement_it_was_given(strength):
    rng = np.random.default_rng(9)
    truth = rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1], size=60_000)
    noise = rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1], size=(60_000, 3))
    table = np.where(rng.random((60_000, 3)) < math.sqrt(strength), truth[:, None], noise)
    for coefficient in (krippendorff(), fleiss(), conger(), krippendorff("interval")):
        assert measure(read(table), coefficient).value == pytest.approx(strength, abs=0.015)


def test_unusual_shapes_fall_back_and_agree():
    """Many coders and many categories: too many patterns to number, so rows are compared instead."""
    rng = np.random.default_rng(10)
    truth = rng.integers(0, 60, 200)
    table = np.where(rng.random((200, 30)) < 0.7, truth[:, None], rng.integers(0, 60, (200, 30)))
    wide = read(table)
    narrow = read(table[:, :2])
    assert measure(wide, krippendorff()).value == pytest.approx(0.49, abs=0.03)
    assert measure(wide, conger()).value == pytest.approx(measure(wide, fleiss()).value, abs=0.01)
    assert measure(narrow, krippendorff()).value == pytest.approx(measure(narrow, cohen()).value, abs=0.02)


def test_several_codes_on_one_unit_taken_one_by_one():
    rows = [[{"p", "q"}, {"q"}], [{"p"}, {"p"}], [set(), {"q"}], [None, {"p"}], [{"q"}, {"q"}]]
    ratings = read(rows)
    binary = [[None if v is None else int("p" in v) for v in row] for row in rows]
    assert measure(ratings.has("p"), cohen()).value == measure(read(binary), cohen()).value
    assert measure(ratings.has("p"), cohen()).n_categories == 2


def test_the_summary_names_every_figure_once():
    from casestudy.agreement.summary import of_ratings, of_spans

    rng = np.random.default_rng(11)
    truth = rng.integers(1, 4, 60)
    table = np.where(rng.random((60, 3)) < 0.8, truth[:, None], rng.integers(1, 4, (60, 3))).astype(object)
    for rows, ordered, n in (
        (table[:, :2], False, 8),
        (table, True, 8),
        ([[*row[:2], None] for row in table], True, 10),
    ):
        found = of_ratings(read(rows), ordered=ordered, seed=3)
        assert len(found) == len({one.name for one in found}) == n
        for one in found:
            assert one.definition
            assert one.source
            assert one.missing_rule
            assert one.interval.low <= one.value <= one.interval.high or "attainable" in one.name
    constant = of_ratings(read([["a", "a"]] * 4))
    assert [one.defined for one in constant] == [True] + [False] * 7
    assert all(one.reason or one.defined for one in constant)
    nothing = of_ratings(read([[None, None]] * 4))
    assert not any(one.defined for one in nothing)

    from casestudy.agreement.spans import read_spans

    spans = read_spans(["A", "B"], [0, 2], [5, 9], ["x", "x"], length=20)
    assert len({one.name for one in of_spans(spans)}) == 6
