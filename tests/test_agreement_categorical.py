"""Categorical coefficients: published examples, other libraries, and brute force from the definitions."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from agreement_examples import (
    ABSTRACTORS,
    ARTSTEIN_1,
    ARTSTEIN_2,
    BEN_GERRY,
    COHEN_1968,
    FLEISS_1971,
    RAW_4,
    RAW_5,
    RAW_G,
    RAW_GENDER,
    WARRENS_2010,
)

from casestudy.agreement.alpha import krippendorff
from casestudy.agreement.coder_pairs import bennett, cohen, hubert, kappa_max, light, scott
from casestudy.agreement.coefficient import measure
from casestudy.agreement.intervals import Linearised
from casestudy.agreement.many_coders import brennan_prediger, conger, fleiss, gwet
from casestudy.agreement.percent import DEFINITIONS, per_category, percent_agreement, specific_agreement
from casestudy.agreement.ratings import read
from casestudy.errors import InputError

# irrCAC's printed results: data, maker, weights, coefficient, standard error, limits.
IRRCAC = [
    (RAW_4, gwet, "identity", 0.775, 0.143, 0.461, 1.0),
    (RAW_4, gwet, "bipolar", 0.900, 0.106, 0.667, 1.0),
    (RAW_4, gwet, "circular", 0.830, 0.133, 0.538, 1.0),
    (RAW_4, gwet, "linear", 0.859, 0.117, 0.600, 1.0),
    (RAW_4, gwet, "ordinal", 0.899, 0.107, 0.664, 1.0),
    (RAW_4, gwet, "quadratic", 0.914, 0.104, 0.685, 1.0),
    (RAW_4, gwet, "radical", 0.820, 0.128, 0.537, 1.0),
    (RAW_4, gwet, "ratio", 0.857, 0.122, 0.589, 1.0),
    (RAW_5, gwet, "identity", 0.497, 0.122, 0.235, 0.758),
    (RAW_G, gwet, "identity", 0.685, 0.134, 0.396, 0.973),
    (RAW_GENDER, gwet, "identity", 0.208, 0.091, 0.014, 0.403),
    (BEN_GERRY, gwet, "identity", 0.661, 0.184, 0.257, 1.0),
    (RAW_4, fleiss, "identity", 0.761, 0.153, 0.424, 1.0),
    (RAW_4, fleiss, "linear", 0.818, 0.149, 0.491, 1.0),
    (RAW_4, fleiss, "ordinal", 0.850, 0.147, 0.527, 1.0),
    (RAW_4, fleiss, "ratio", 0.821, 0.152, 0.486, 1.0),
    (RAW_5, fleiss, "identity", 0.458, 0.120, 0.199, 0.716),
    (RAW_G, fleiss, "identity", 0.657, 0.150, 0.333, 0.981),
    (RAW_GENDER, fleiss, "identity", 0.129, 0.141, -0.172, 0.430),
    (BEN_GERRY, fleiss, "identity", 0.649, 0.191, 0.228, 1.0),
    (RAW_4, conger, "identity", 0.763, 0.149, 0.435, 1.0),
    (RAW_4, conger, "bipolar", 0.845, 0.142, 0.532, 1.0),
    (RAW_4, conger, "quadratic", 0.858, 0.144, 0.541, 1.0),
    (RAW_4, conger, "radical", 0.788, 0.146, 0.466, 1.0),
    (RAW_5, conger, "identity", 0.469, 0.117, 0.219, 0.719),
    (RAW_G, conger, "identity", 0.659, 0.146, 0.343, 0.974),
    (RAW_GENDER, conger, "identity", 0.166, 0.121, -0.094, 0.426),
    (BEN_GERRY, conger, "identity", 0.657, 0.179, 0.262, 1.0),
    (RAW_4, brennan_prediger, "identity", 0.773, 0.145, 0.454, 1.0),
    (RAW_4, brennan_prediger, "circular", 0.824, 0.137, 0.522, 1.0),
    (RAW_4, brennan_prediger, "ratio", 0.840, 0.132, 0.549, 1.0),
    (RAW_5, brennan_prediger, "identity", 0.487, 0.121, 0.228, 0.747),
    (RAW_G, brennan_prediger, "identity", 0.679, 0.136, 0.385, 0.974),
    (RAW_GENDER, brennan_prediger, "identity", 0.183, 0.102, -0.035, 0.402),
    (BEN_GERRY, brennan_prediger, "identity", 0.659, 0.185, 0.251, 1.0),
]


@pytest.mark.parametrize(("data", "maker", "weights", "value", "error", "low", "high"), IRRCAC)
def test_gwets_framework_gives_the_printed_figures(data, maker, weights, value, error, low, high):
    result = measure(read(data), maker(weights), Linearised())
    assert result.value == pytest.approx(value, abs=0.00051)
    # The printed limits of Conger's kappa on raw_4raters give its error 0.149.
    assert result.interval.standard_error == pytest.approx(error, abs=0.00051)
    assert result.interval.low == pytest.approx(low, abs=0.0011)
    assert result.interval.high == pytest.approx(high, abs=0.0011)


def test_fleiss_1971():
    ratings = read(FLEISS_1971)
    result = measure(ratings, fleiss())
    assert 1 - result.observed == pytest.approx(0.5556, abs=0.0001)
    # Printed as 0.2201, from shares rounded to three decimals.
    assert 1 - result.expected == pytest.approx(0.2201, abs=0.0002)
    assert result.value == pytest.approx(0.430, abs=0.0005)
    each = [one.value for one in per_category(ratings, fleiss())]
    assert each == pytest.approx([0.248, 0.248, 0.517, 0.470, 0.565], abs=0.005)


def test_artstein_poesio_2008():
    first, second = read(ARTSTEIN_1), read(ARTSTEIN_2)
    for data, expected in ((first, (0.4, 0.341, 0.348)), (second, (0.82, 0.7995, 0.8013))):
        found = [measure(data, one()).value for one in (bennett, scott, cohen)]
        assert found == pytest.approx(expected, abs=0.0006)
    checks = np.array([[1, 0.5, 0.5], [0.5, 1, 0], [0.5, 0, 1]])  # C, I, S
    result = measure(second, cohen(checks))
    assert (result.observed, result.expected) == pytest.approx((0.090, 0.490), abs=0.001)
    assert result.value == pytest.approx(0.8163, abs=0.0001)
    assert measure(first, specific_agreement("S")).value == pytest.approx(0.571, abs=0.0005)
    assert measure(first, specific_agreement("I")).value == pytest.approx(0.769, abs=0.0005)


def test_cohen_1968():
    """Cohen reports .492 without weights and .348 with his, as psych's documentation says."""
    ratings = read(COHEN_1968, categories=list("PNS"))
    assert measure(ratings, cohen()).value == pytest.approx(0.492, abs=0.0005)
    graver = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert measure(ratings, cohen(1 - graver / 6)).value == pytest.approx(0.348, abs=0.0005)


@pytest.mark.parametrize(
    ("coefficient", "value", "error"),
    [
        (cohen(), 0.7964094, 0.05891072),
        (scott(), 0.7962397, 0.05905473),
        (gwet(), 0.8493305, 0.04321747),
        (brennan_prediger(), 0.835, 0.04693346),
        (bennett(), 0.835, 0.04693346),
        (krippendorff(), 0.7972585, 0.05905473),
        (percent_agreement(), 0.89, 0.03128898),
    ],
)
def test_two_abstractors(coefficient, value, error):
    """irrCAC's vignette prints coefficients and standard errors of a three by three table.

    Some of its errors divide by n where others divide by n - 1; here it is always n - 1.
    """
    result = measure(read(ABSTRACTORS), coefficient, Linearised())
    assert result.value == pytest.approx(value, abs=1e-7)
    assert result.interval.standard_error == pytest.approx(error, rel=0.0055)


def test_warrens_2010_orders_the_kappas():
    ratings = read(WARRENS_2010)
    found = [measure(ratings, one()).value for one in (brennan_prediger, fleiss, hubert, light)]
    assert found == pytest.approx([0.8358, 0.8324, 0.8326, 0.8325], abs=0.0001)


def test_gwet_2008_hand_example_and_the_kappa_paradox():
    ratings = read([["y", "y"]] * 8 + [["n", "n"]] + [["y", "n"]])
    ac1 = measure(ratings, gwet())
    assert (1 - ac1.expected, ac1.value) == pytest.approx((0.255, 0.8658), abs=0.0001)
    assert measure(ratings, scott()).value == pytest.approx(0.6078, abs=0.0001)
    # The same observed agreement, 85 of 100: evenly spread, and almost all in one category.
    even = read([[1, 1]] * 40 + [[1, 2]] * 9 + [[2, 1]] * 6 + [[2, 2]] * 45)
    skew = read([[1, 1]] * 80 + [[1, 2]] * 10 + [[2, 1]] * 5 + [[2, 2]] * 5)
    assert [round(measure(one, cohen()).value, 2) for one in (even, skew)] == [0.7, 0.32]
    assert [round(measure(one, gwet()).value, 2) for one in (even, skew)] == [0.7, 0.81]
    assert measure(skew, cohen()).prevalence == pytest.approx(0.75)
    assert measure(skew, cohen()).bias == pytest.approx(0.05)


@pytest.fixture(scope="module")
def random_pairs():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 4, 120)
    return np.stack([np.where(rng.random(120) < 0.7, truth, rng.integers(0, 4, 120)) for _ in range(3)], 1)


def test_cohen_agrees_with_scikit_learn_and_statsmodels(random_pairs):
    from sklearn.metrics import cohen_kappa_score
    from statsmodels.stats.inter_rater import cohens_kappa, to_table

    two = random_pairs[:, :2]
    ratings = read(two)
    for weights, theirs in (("identity", None), ("linear", "linear"), ("quadratic", "quadratic")):
        expected = cohen_kappa_score(two[:, 0], two[:, 1], weights=theirs)
        assert measure(ratings, cohen(weights)).value == pytest.approx(expected, abs=1e-12)
    table = to_table(two)[0]
    theirs = cohens_kappa(table)
    ours = measure(ratings, cohen(), Linearised())
    assert ours.interval.standard_error == pytest.approx(theirs.std_kappa * math.sqrt(120 / 119), rel=1e-9)
    assert measure(ratings, kappa_max()).value == pytest.approx(theirs.kappa_max, abs=1e-12)
    for kind, weights in (("linear", "linear"), ("quadratic", "quadratic")):
        weighted = cohens_kappa(table, wt=kind)
        ours = measure(ratings, cohen(weights), Linearised())
        assert ours.value == pytest.approx(weighted.kappa, abs=1e-12)
        assert ours.interval.standard_error == pytest.approx(
            weighted.std_kappa * math.sqrt(120 / 119), rel=1e-6
        )


def test_fleiss_and_randolph_agree_with_statsmodels(random_pairs):
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    counts = aggregate_raters(random_pairs)[0]
    ratings = read(random_pairs)
    assert measure(ratings, fleiss()).value == pytest.approx(fleiss_kappa(counts), abs=1e-12)
    free = fleiss_kappa(counts, method="randolph")
    assert measure(ratings, brennan_prediger()).value == pytest.approx(free, abs=1e-12)


def test_means_over_pairs_agree_with_nltk(random_pairs):
    from nltk.metrics.agreement import AnnotationTask

    rows = [(f"c{g}", i, int(v)) for i, line in enumerate(random_pairs) for g, v in enumerate(line)]
    task = AnnotationTask(data=rows)
    ratings = read(random_pairs)
    assert measure(ratings, light()).value == pytest.approx(task.kappa(), abs=1e-12)
    assert measure(ratings, hubert()).value == pytest.approx(task.multi_kappa(), abs=1e-12)
    assert measure(ratings, fleiss()).value == pytest.approx(task.pi(), abs=1e-12)
    assert measure(ratings, percent_agreement()).value == pytest.approx(task.avg_Ao(), abs=1e-12)
    assert measure(ratings, brennan_prediger()).value == pytest.approx(task.S(), abs=1e-12)


def test_three_percent_agreements_by_brute_force():
    rows = RAW_5
    per_unit, weight, agree, pairs = [], [], 0, 0
    for row in rows:
        given = [one for one in row if one is not None]
        if len(given) < 2:
            continue
        same = sum(a == b for a, b in combinations(given, 2))
        total = len(given) * (len(given) - 1) // 2
        per_unit.append(same / total)
        weight.append(len(given))
        agree, pairs = agree + same, pairs + total
    expected = {
        "units": np.mean(per_unit),
        "coincidences": np.average(per_unit, weights=weight),
        "pairs": agree / pairs,
    }
    found = {one: measure(read(rows), percent_agreement(one)).value for one in DEFINITIONS}
    assert found == pytest.approx(expected)
    assert len({round(one, 6) for one in found.values()}) == 3


def test_specific_agreement_is_the_mean_pairwise_f1_of_two_coders():
    from sklearn.metrics import f1_score

    rng = np.random.default_rng(5)
    data = rng.integers(0, 2, (60, 2))
    expected = f1_score(data[:, 0], data[:, 1])
    assert measure(read(data), specific_agreement(1)).value == pytest.approx(expected)


def test_conger_is_cohen_and_fleiss_is_scott_for_two_coders_with_complete_data(random_pairs):
    ratings = read(random_pairs[:, :2])
    assert measure(ratings, conger()).value == pytest.approx(measure(ratings, cohen()).value)
    assert measure(ratings, fleiss()).value == pytest.approx(measure(ratings, scott()).value)
    assert measure(ratings, hubert()).value == pytest.approx(measure(ratings, cohen()).value)


def test_a_rating_moved_between_coders_changes_conger_only():
    before = [["a", "b", "a"], ["a", "b", "b"], ["a", "a", "a"], ["b", "a", "a"], ["a", "b", "b"]]
    after = [["b", "a", "a"], *before[1:]]
    for same in (gwet(), fleiss(), brennan_prediger()):
        assert measure(read(before), same).value == measure(read(after), same).value
    assert measure(read(before), conger()).value != measure(read(after), conger()).value


def test_single_rated_units_count_in_gwets_shares():
    rows = [["y", "y"]] * 5 + [["n", "n"]] * 5 + [["y", "n"]]
    singles = rows + [["n", None]] * 20
    assert measure(read(rows), gwet()).observed == measure(read(singles), gwet()).observed
    assert measure(read(rows), gwet()).expected != measure(read(singles), gwet()).expected
    assert measure(read(singles), gwet()).n_pairable == 11


def test_declared_categories_count_though_nobody_used_them():
    rows = [["a", "a"], ["b", "b"], ["a", "b"]]
    two, three = read(rows), read(rows, categories=["a", "b", "c"])
    assert measure(two, bennett()).value == pytest.approx(1 / 3)
    assert measure(three, bennett()).value == pytest.approx(1 / 2)
    assert measure(three, cohen()).value == measure(two, cohen()).value
    assert measure(three, cohen()).n_categories == 3


def test_cohen_refuses_three_coders_and_says_what_else_there_is():
    with pytest.raises(InputError, match="Conger, Hubert, Light"):
        measure(read([[1, 1, 2], [2, 2, 2]]), cohen())
    assert (
        measure(read([[1, 1, 2], [2, 2, 2], [1, 2, 1]]).of_coders("coder 1", "coder 3"), cohen()).n_coders
        == 2
    )


def test_light_and_hubert_with_pairs_that_share_no_unit():
    rows = [["a", "a", None], ["b", "b", None], ["a", None, "a"], ["b", None, "a"], ["b", None, "b"]]
    result = measure(read(rows), light())
    assert result.value == pytest.approx((1 + 0.4) / 2)
    assert "coder 2 and coder 3" in result.notes[0]
    constant = [["a", "a", "a"], ["a", "a", "b"]]
    assert "coder 1 and coder 2: no variation" in measure(read(constant), light()).reason
    assert measure(read(constant), hubert()).defined
