"""Intervals: bootstrap, jackknife, linearised variance; by unit and by cluster."""

from __future__ import annotations

import math

import numpy as np
import pytest
from agreement_examples import KRIPPENDORFF_2011, RAW_4, RAW_5

from casestudy.agreement.alpha import krippendorff
from casestudy.agreement.coder_pairs import bennett, cohen, hubert, light, scott
from casestudy.agreement.coefficient import measure
from casestudy.agreement.intervals import Bootstrap, Jackknife, Linearised
from casestudy.agreement.many_coders import brennan_prediger, conger, fleiss, gwet
from casestudy.agreement.percent import percent_agreement, specific_agreement
from casestudy.agreement.posterior import Posterior
from casestudy.agreement.ratings import read
from casestudy.agreement.resampling import deleted, derivatives, material
from casestudy.errors import InputError

ALL = [
    krippendorff("nominal"),
    krippendorff("ordinal"),
    krippendorff("interval"),
    krippendorff("ratio"),
    gwet("linear"),
    fleiss(),
    conger(),
    hubert(),
    light(),
    brennan_prediger(),
    percent_agreement(),
    specific_agreement(2),
]


def simulated(n, m, strength, seed, q=3):
    """Units with a true category that each coder sees with chance sqrt(strength): alpha is `strength`."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, q + 1, n)
    seen = rng.random((n, m)) < math.sqrt(strength)
    return np.where(seen, truth[:, None], rng.integers(1, q + 1, (n, m)))


def with_gaps(rows, seed):
    table = rows.astype(object)
    table[np.random.default_rng(seed).random(table.shape) < 0.2] = None
    return table


@pytest.mark.parametrize("coefficient", ALL, ids=lambda one: one.name)
def test_bootstrap_is_the_coefficient_of_resampled_rows(coefficient):
    """One resample in patterns equals the coefficient computed afresh on the drawn rows."""
    table = with_gaps(simulated(40, 3, 0.5, 1), 2)
    ratings = read(table, categories=[1, 2, 3])
    bound = coefficient.bind(ratings)
    drawn = np.random.default_rng(3).integers(0, 40, (5, 40))
    weights = np.stack(
        [np.bincount(bound.patterns.of_unit[d], minlength=len(bound.patterns.number)) for d in drawn]
    )
    found = bound.estimate(weights.astype(float)).value
    expected = [measure(read(table[d], categories=[1, 2, 3]), coefficient).value for d in drawn]
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("coefficient", ALL, ids=lambda one: one.name)
def test_jackknife_leaves_one_unit_out(coefficient):
    table = with_gaps(simulated(30, 3, 0.5, 4), 5)
    ratings = read(table, categories=[1, 2, 3])
    bound = coefficient.bind(ratings)
    made = material(bound, ratings)
    values, times = deleted(bound, made)
    rated = np.array([sum(v is not None for v in row) for row in table])
    kept = np.flatnonzero(rated >= (1 if bound.singles else 2))
    afresh = [
        measure(read(np.delete(table, i, axis=0), categories=[1, 2, 3]), coefficient).value for i in kept
    ]
    assert times.sum() == len(kept) == made.n
    assert np.sort(np.repeat(values, times.astype(int))) == pytest.approx(np.sort(afresh), abs=1e-12)


@pytest.mark.parametrize("coefficient", ALL, ids=lambda one: one.name)
def test_complex_step_derivatives_equal_differences(coefficient):
    ratings = read(with_gaps(simulated(40, 3, 0.5, 6), 7), categories=[1, 2, 3])
    bound = coefficient.bind(ratings)
    made = material(bound, ratings)
    slopes = derivatives(bound, made)
    step = 1e-5
    moved = np.eye(len(made.number)) * step
    up, down = (bound.estimate(made.number + sign * moved).value for sign in (1, -1))
    assert slopes == pytest.approx((up - down) / (2 * step), abs=1e-6)


@pytest.mark.parametrize("coefficient", [gwet(), gwet("quadratic"), fleiss(), conger(), brennan_prediger()])
def test_gwets_variance_is_the_delta_method_on_complete_data(coefficient):
    ratings = read(simulated(60, 3, 0.6, 8))
    gwets = measure(ratings, coefficient, Linearised()).interval
    bound = coefficient.bind(ratings)
    slopes = derivatives(bound, material(bound, ratings))
    assert "Gwet" in gwets.method
    expected = math.sqrt(60 / 59 * (bound.patterns.number @ slopes**2))
    assert gwets.standard_error == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("coefficient", [krippendorff(), cohen(), scott(), bennett(), gwet()])
def test_all_methods_tell_the_same_error_on_many_units(coefficient):
    ratings = read(simulated(1500, 2, 0.6, 9))
    errors = [
        measure(ratings, coefficient, method).interval.standard_error
        for method in (Bootstrap(2000, seed=1), Jackknife(), Linearised(), Jackknife(log=True))
    ]
    assert max(errors) / min(errors) < 1.06


def test_limits_order_and_seed():
    ratings = read(simulated(80, 3, 0.6, 10))
    one = measure(ratings, krippendorff(), Bootstrap(800, seed=5))
    assert one.interval.low < one.value < one.interval.high
    assert one.interval == measure(ratings, krippendorff(), Bootstrap(800, seed=5)).interval
    assert one.interval != measure(ratings, krippendorff(), Bootstrap(800, seed=6)).interval
    narrow = measure(ratings, krippendorff(), Bootstrap(800, seed=5, level=0.5)).interval
    assert one.interval.low < narrow.low < narrow.high < one.interval.high
    bca = measure(ratings, krippendorff(), Bootstrap(800, seed=5, kind="bca")).interval
    assert bca.low < one.value < bca.high
    assert (bca.low, bca.high) != (one.interval.low, one.interval.high)


def test_share_below_a_minimum():
    ratings = read(simulated(100, 3, 0.7, 11))
    asked = Bootstrap(1000, seed=1, minimum=(0.1, 0.667, 0.8, 0.99))
    result = measure(ratings, krippendorff(), asked)
    shares = [share for _, share in result.interval.below]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert 0 < shares[1] < 1
    assert result.as_row()["below_0.667"] == shares[1]


def test_clusters_widen_the_interval_when_documents_are_coded_alike():
    """Twenty documents of fifty units that stand or fall together are twenty observations, not a thousand."""
    documents = simulated(20, 2, 0.6, 12)
    table, clusters = np.repeat(documents, 50, axis=0), np.repeat(np.arange(20), 50)
    few = measure(read(documents), krippendorff(), Linearised()).interval
    alone = read(table)
    grouped = read(table, clusters=clusters)
    for method in (Bootstrap(1000, seed=1), Jackknife(), Linearised()):
        by_unit = measure(alone, krippendorff(), method).interval
        by_document = measure(grouped, krippendorff(), method).interval
        assert (by_unit.sampled, by_unit.n_sampled) == ("unit", 1000)
        assert (by_document.sampled, by_document.n_sampled) == ("cluster", 20)
        assert by_document.standard_error / by_unit.standard_error == pytest.approx(math.sqrt(50), rel=0.12)
        assert by_document.standard_error == pytest.approx(few.standard_error, rel=0.15)
    assert measure(grouped, krippendorff(), Bootstrap(100, by="unit")).interval.sampled == "unit"


def test_clusters_of_one_unit_each_are_units():
    table = simulated(50, 3, 0.5, 13)
    plain, single = read(table), read(table, clusters=range(50))
    for method in (Jackknife(), Linearised(), Jackknife(log=True)):
        one, two = (measure(r, krippendorff(), method).interval for r in (plain, single))
        assert (one.low, one.high) == pytest.approx((two.low, two.high))


def test_no_disagreement_gives_an_exact_bound_and_says_so():
    ratings = read([["a", "a"]] * 15 + [["b", "b"]] * 15)
    share = 1 - 0.025 ** (1 / 30)
    for method in (Bootstrap(200), Jackknife(), Linearised(), Jackknife(log=True)):
        result = measure(ratings, krippendorff(), method)
        assert result.value == 1
        assert result.interval.high == 1
        assert result.interval.low == pytest.approx(1 - share / result.expected)
        assert "No disagreement was observed" in result.interval.reason


def test_one_unit_and_one_document_have_no_interval():
    one = read([["a", "b"], [None, "a"]])
    for method in (Bootstrap(50), Jackknife(), Linearised()):
        interval = measure(one, krippendorff(), method).interval
        assert math.isnan(interval.low)
        assert "one unit only" in interval.reason
    document = read(simulated(20, 2, 0.5, 14), clusters=["d"] * 20)
    assert "one cluster only" in measure(document, krippendorff(), Bootstrap(50)).interval.reason


@pytest.mark.parametrize("method", [Bootstrap(200), Jackknife(), Linearised(), Jackknife(log=True)])
def test_units_that_are_all_alike_give_no_interval_without_width(method):
    """Everyone disagrees, on every unit in the same way: no resample differs, and yet nothing is certain."""
    alike = read([["a", "b"]] * 12)
    for coefficient in (krippendorff(), gwet(), cohen(), scott(), percent_agreement()):
        interval = measure(alike, coefficient, method).interval
        assert math.isnan(interval.low)
        assert math.isnan(interval.high)
        assert "Nothing varies between the units" in interval.reason


def test_no_share_below_a_minimum_where_there_is_no_interval():
    asked = Bootstrap(200, minimum=(0.8,))
    for rows in ([["a", "a"], ["b", "b"]] * 3, [["a", "b"]] * 6):
        interval = measure(read(rows), krippendorff(), asked).interval
        assert [floor for floor, _ in interval.below] == [0.8]
        assert math.isnan(interval.below[0][1])


def test_a_coder_who_rated_nothing_changes_no_variance():
    rows = [["a", "a"], ["b", "b"], ["a", "b"], ["b", "b"], ["a", "a"]]
    for coefficient in (conger(), gwet(), fleiss()):
        two, three = (
            measure(read([[*row, *more] for row in rows]), coefficient, Linearised()).interval
            for more in ((), (None,))
        )
        assert (three.low, three.standard_error) == pytest.approx((two.low, two.standard_error))


def test_an_interval_on_the_log_scale_holds_a_value_below_minus_one():
    """Generalised Fleiss can, where units with one rating differ from the others."""
    ratings = read([[None, "b"]] * 9 + [["a", "b"]] * 8 + [["a", "a"]])
    for method in (Jackknife(log=True), Linearised(log=True)):
        result = measure(ratings, fleiss(), method)
        assert result.value < -1
        assert result.interval.low < result.value < result.interval.high


def test_undefined_resamples_are_counted_not_hidden():
    ratings = read([["a", "a"]] * 20 + [["b", "a"]])
    interval = measure(ratings, krippendorff(), Bootstrap(1000, seed=2)).interval
    expected = 1000 * (20 / 21) ** 21
    assert interval.undefined == pytest.approx(expected, abs=80)
    assert math.isnan(measure(ratings, krippendorff(), Jackknife()).interval.low)
    defined = measure(ratings, gwet(), Bootstrap(1000, seed=2)).interval
    assert defined.undefined == 0


def test_many_different_units_are_left_out_in_groups():
    rng = np.random.default_rng(15)
    truth = rng.normal(size=5000)
    ratings = read(truth[:, None] + rng.normal(0, 0.5, (5000, 3)))
    grouped = measure(ratings, krippendorff("interval"), Jackknife()).interval
    assert "1,000 groups" in grouped.method
    linearised = measure(ratings, krippendorff("interval"), Linearised()).interval
    assert grouped.standard_error == pytest.approx(linearised.standard_error, rel=0.08)


def test_more_clusters_than_can_be_held_are_refused():
    rng = np.random.default_rng(16)
    table = rng.normal(size=(15_000, 2))
    with pytest.raises(InputError, match="too many clusters"):
        measure(read(table, clusters=range(15_000)), krippendorff("interval"), Linearised())


def test_bad_settings_are_refused():
    for wrong in (
        lambda: Bootstrap(level=95),
        lambda: Bootstrap(resamples=0),
        lambda: Bootstrap(kind="normal"),
        lambda: Jackknife(level=0),
        lambda: Linearised(level=1.5),
        lambda: measure(read(RAW_4), krippendorff(), Bootstrap(10, by="cluster")),
        lambda: measure(read(RAW_4), krippendorff(), Bootstrap(10, by="page")),
    ):
        with pytest.raises(InputError):
            wrong()


@pytest.mark.parametrize("kind", [Bootstrap, Posterior])
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"minimum": 0.8}, "0.8 are not numbers"),
        ({"minimum": ("high",)}, "are not numbers"),
        ({"minimum": (math.nan,)}, "are not numbers"),
        ({"seed": -1}, "not a seed"),
        ({"seed": None}, "not a seed"),
        ({"level": "95"}, "not between 0 and 1"),
        ({"level": math.nan}, "not between 0 and 1"),
    ],
)
def test_bad_settings_of_what_draws_are_refused(kind, settings, said):
    with pytest.raises(InputError, match=said):
        kind(100, **settings)


def test_results_say_what_they_are():
    result = measure(read(RAW_5, unit="turn"), krippendorff("ordinal"), Bootstrap(100, seed=1))
    row = result.as_row()
    assert row["coefficient"] == "Krippendorff's alpha, ordinal metric"
    assert row["interval"] == "percentile bootstrap, 100 resamples of units, seed 1"
    assert (row["unit"], row["n_units"], row["n_coders"], row["n_categories"]) == ("turn", 15, 5, 4)
    assert row["missing"] == pytest.approx(sum(v is None for r in RAW_5 for v in r) / 75)
    assert sum(share for _, share in result.shares) == pytest.approx(1)
    assert "2011" in row["source"]
    assert "m_i - 1" in row["definition"]
    assert "95% interval" in str(result)
    assert str(measure(read(KRIPPENDORFF_2011), krippendorff())).startswith("Krippendorff's alpha, nominal")
