"""Krippendorff's alpha: published examples, other implementations, the definition by brute force."""

from __future__ import annotations

import numpy as np
import pytest
from agreement_examples import (
    ARTSTEIN_2,
    BEN_GERRY,
    HAYES,
    KRIPPENDORFF_2011,
    RAW_4,
    RAW_5,
    RAW_G,
    RAW_GENDER,
    THREE_CODERS,
)

from casestudy.agreement.alpha import METRICS, krippendorff
from casestudy.agreement.coefficient import measure
from casestudy.agreement.many_coders import gwet
from casestudy.agreement.percent import per_category, percent_agreement
from casestudy.agreement.ratings import read
from casestudy.agreement.weights import agreement_weights, jaccard, masi
from casestudy.errors import InputError


def alpha(rows, metric="nominal", **more):
    return measure(read(rows, **more), krippendorff(metric)).value


def brute_force(rows, metric):
    """Alpha from the printed definition, pair by pair, with no shortcut."""
    units = [[v for v in row if v is not None] for row in rows]
    units = [unit for unit in units if len(unit) > 1]
    values = sorted({v for unit in units for v in unit})
    coincidence = {(c, k): 0.0 for c in values for k in values}
    for unit in units:
        for i, c in enumerate(unit):
            for j, k in enumerate(unit):
                if i != j:
                    coincidence[c, k] += 1 / (len(unit) - 1)
    n_c = {c: sum(coincidence[c, k] for k in values) for c in values}
    n = sum(n_c.values())

    def delta(c, k):
        if metric == "nominal":
            return float(c != k)
        if metric == "interval":
            return float(c - k) ** 2
        if metric == "ratio":
            return ((c - k) / (c + k)) ** 2 if c + k else 0.0
        low, high = sorted((values.index(c), values.index(k)))
        return (sum(n_c[g] for g in values[low : high + 1]) - (n_c[c] + n_c[k]) / 2) ** 2

    observed = sum(coincidence[c, k] * delta(c, k) for c in values for k in values) / n
    expected = sum(n_c[c] * n_c[k] * delta(c, k) for c in values for k in values) / (n * (n - 1))
    return 1 - observed / expected


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("nominal", 0.743421052631579),
        ("ordinal", 0.8153875037548814),
        ("interval", 0.8491071428571428),
        ("ratio", 0.7974027747116121),
    ],
)
def test_krippendorff_2011(metric, value):
    result = measure(read(KRIPPENDORFF_2011), krippendorff(metric))
    assert result.value == pytest.approx(value, abs=1e-12)
    assert (result.n_units, result.n_pairable, result.n_coders, result.n_categories) == (12, 11, 4, 5)
    assert result.missing == pytest.approx(7 / 48)


def test_other_published_figures():
    assert alpha(THREE_CODERS) == pytest.approx(0.691358024691358, abs=1e-12)
    assert alpha(THREE_CODERS, "interval") == pytest.approx(0.8108448928121059, abs=1e-12)
    assert alpha(HAYES, "ordinal") == pytest.approx(0.7598, abs=0.0001)
    for rows, value in (
        (RAW_4, 0.743),
        (RAW_5, 0.481),
        (RAW_G, 0.632),
        (RAW_GENDER, 0.143),
        (BEN_GERRY, 0.665),
    ):
        assert alpha(rows) == pytest.approx(value, abs=0.0005)
    assert alpha(RAW_4, "ratio") == pytest.approx(0.797, abs=0.0005)


def test_artstein_poesio_weighted_alpha():
    distance = np.array([[0, 0.5, 0.5], [0.5, 0, 1], [0.5, 1, 0]])  # C, I, S
    result = measure(read(ARTSTEIN_2), krippendorff(distance, name="half for Chck"))
    assert (result.observed, result.expected) == pytest.approx((0.090, 0.4879), abs=0.0001)
    assert result.value == pytest.approx(0.8156, abs=0.0001)
    assert "half for Chck" in result.name


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("seed", range(4))
def test_against_the_definition(metric, seed):
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 6, (40, 4)).astype(object)
    table[rng.random(table.shape) < 0.3] = None
    table[:3] = None
    table[3, 1:] = None
    assert alpha(table, metric) == pytest.approx(brute_force(table.tolist(), metric), abs=1e-12)


def test_against_nltk_with_missing_and_with_sets():
    from nltk.metrics import jaccard_distance, masi_distance
    from nltk.metrics.agreement import AnnotationTask

    rng = np.random.default_rng(1)
    rows = []
    for _ in range(50):
        truth = frozenset(np.flatnonzero(rng.random(4) < 0.4).tolist()) or frozenset([0])
        seen = [truth ^ frozenset([int(rng.integers(4))]) if rng.random() < 0.3 else truth for _ in range(3)]
        rows.append([one or frozenset([3]) if rng.random() > 0.1 else None for one in seen])
    triples = [(g, i, v) for i, row in enumerate(rows) for g, v in enumerate(row) if v is not None]
    pairable = {i for i, row in enumerate(rows) if sum(v is not None for v in row) > 1}
    triples = [triple for triple in triples if triple[1] in pairable]
    for ours, theirs in ((jaccard, jaccard_distance), (masi, masi_distance)):
        expected = AnnotationTask(data=triples, distance=theirs).alpha()
        assert alpha(rows, ours) == pytest.approx(expected, abs=1e-12)
    expected = AnnotationTask(data=triples).alpha()
    assert alpha(rows) == pytest.approx(expected, abs=1e-12)


@pytest.mark.extra
def test_against_the_krippendorff_package():
    import krippendorff as package

    rng = np.random.default_rng(2)
    for _ in range(20):
        table = rng.integers(1, 7, (30, 5)).astype(float)
        table[rng.random(table.shape) < 0.2] = np.nan
        for metric in METRICS:
            expected = package.alpha(reliability_data=table.T, level_of_measurement=metric)
            assert alpha(table, metric) == pytest.approx(expected, abs=1e-10)


def test_interval_metric_on_continuous_values_far_from_zero():
    rng = np.random.default_rng(4)
    truth = rng.normal(1e9, 1.0, 300)
    table = truth[:, None] + rng.normal(0, 0.5, (300, 3))
    expected = brute_force((table[:60] - 1e9).tolist(), "interval")
    assert alpha(table[:60], "interval") == pytest.approx(expected, rel=1e-5)
    tiny = (table - 1e9) * 1e-9
    assert alpha(tiny, "interval") == pytest.approx(alpha(table - 1e9, "interval"), rel=1e-9)


def test_ordinal_metric_is_not_gwets_ordinal_weights():
    ratings = read(KRIPPENDORFF_2011)
    by_weights = 1 - agreement_weights(ratings, "ordinal")
    other = measure(ratings, krippendorff(by_weights, name="Gwet's ordinal weights")).value
    assert other == pytest.approx(0.834, abs=0.0005)  # as irrCAC prints it
    assert measure(ratings, krippendorff("ordinal")).value == pytest.approx(0.815, abs=0.0005)
    assert measure(ratings, gwet("ordinal")).value > other


def test_observed_agreement_is_the_coincidence_weighted_percent_agreement():
    ratings = read(RAW_5)
    observed = measure(ratings, krippendorff()).observed
    assert measure(ratings, percent_agreement("coincidences")).value == pytest.approx(1 - observed)


def test_per_category_alpha_is_the_collapsed_one():
    found = {one.name.split("'")[-2]: one.value for one in per_category(read(RAW_G), krippendorff())}
    for category in "abcde":
        collapsed = [[None if v is None else int(v == category) for v in row] for row in RAW_G]
        assert found[category] == pytest.approx(alpha(collapsed)) or np.isnan(found[category])


def test_single_rated_units_change_nothing():
    rows = [["a", "a"], ["b", "b"], ["a", "b"]]
    assert alpha(rows) == alpha([*rows, ["c", None], [None, "a"], [None, None]])


@pytest.mark.parametrize("metric", ["interval", "ratio"])
def test_text_has_no_interval_or_ratio_metric(metric):
    with pytest.raises(InputError, match="not numbers"):
        alpha([["a", "b"], ["b", "b"]], metric)


def test_text_needs_a_declared_order():
    rows = [["low", "mid"], ["high", "high"], ["mid", "mid"], ["low", "low"]]
    with pytest.raises(InputError, match="no order was declared"):
        alpha(rows, "ordinal")
    numbers = [[1, 2], [3, 3], [2, 2], [1, 1]]
    assert alpha(rows, "ordinal", categories=["low", "mid", "high"]) == alpha(numbers, "ordinal")


def test_ratio_metric_refuses_negative_values_and_takes_zero():
    with pytest.raises(InputError, match="negative"):
        alpha([[1, -1], [2, 2]], "ratio")
    assert alpha([[0, 0], [1, 1], [0, 2]], "ratio") == pytest.approx(
        brute_force([[0, 0], [1, 1], [0, 2]], "ratio")
    )


def test_an_unknown_metric_and_a_crooked_distance_are_refused():
    with pytest.raises(InputError, match="Did you mean 'nominal'"):
        krippendorff("nominel")
    with pytest.raises(InputError, match="not symmetric"):
        alpha([["a", "b"], ["b", "b"]], np.array([[0, 1], [0.5, 0]]))
    with pytest.raises(InputError, match="shape is 3 x 3"):
        alpha([["a", "b"], ["b", "b"]], np.zeros((3, 3)))
    with pytest.raises(InputError, match="diagonal"):
        alpha([["a", "b"], ["b", "b"]], np.ones((2, 2)))
