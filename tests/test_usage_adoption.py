"""Effects by cohort and month: exact on noise-free panels, against regressions done otherwise, refusals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.effects import adoption, comparison, outcomes, robustness
from casestudy.effects.adoption import NEVER, Panel
from casestudy.errors import InputError


def staggered(
    seed: int = 0, noise: float = 0.0, growth: float = 1.0, never: int = 30
) -> tuple[Panel, np.ndarray]:
    """Three cohorts whose effect grows by `growth` a month; levels and months differ freely."""
    rng = np.random.Generator(np.random.PCG64(seed))
    adopted = np.concatenate([np.repeat([3, 6, 9], 30), np.full(never, NEVER)])
    months = np.arange(12)
    effect = np.where(months >= adopted[:, None], growth * (months - adopted[:, None] + 1.0), 0.0)
    y = rng.normal(size=(len(adopted), 1)) * 5 + rng.normal(size=12) * 3 + effect
    y = y + noise * rng.normal(size=y.shape)
    units = tuple(f"u{n:03d}" for n in range(len(adopted)))
    return Panel(units, tuple(f"2017-{m + 1:02d}" for m in months), y, adopted), effect


@pytest.mark.parametrize("control", ["never", "not_yet"])
def test_the_true_mean_effect_where_two_way_fixed_effects_fail(control: str) -> None:
    data, effect = staggered()
    true = effect[data.treated].mean()
    made = adoption.overall(adoption.cells(data, control))
    assert made.estimate == pytest.approx(true, abs=1e-10)
    assert true == pytest.approx(4.0)
    plain = adoption.two_way(data).estimate
    assert plain == pytest.approx(2.0, abs=0.2)
    assert abs(plain - true) > 1.5


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(-5, 5))
def test_levels_and_months_never_matter(seed: int, growth: float) -> None:
    data, effect = staggered(seed, growth=growth)
    made = adoption.cells(data)
    assert adoption.overall(made).estimate == pytest.approx(effect[data.treated].mean(), abs=1e-8)
    table = adoption.by_month(made, 1)
    expected = np.where(table["since"] < 0, 0.0, growth * (table["since"] + 1))
    np.testing.assert_allclose(table["estimate"], expected, atol=1e-8)


def test_two_by_two_equals_the_difference_of_differences() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    y = rng.normal(size=(40, 2))
    data = Panel(tuple(map(str, range(40))), ("a", "b"), y, np.array([1] * 15 + [NEVER] * 25))
    change = y[:, 1] - y[:, 0]
    effect = adoption.overall(adoption.cells(data))
    assert effect.estimate == pytest.approx(change[:15].mean() - change[15:].mean())
    spread = np.sqrt(change[:15].var(ddof=1) / 15 + change[15:].var(ddof=1) / 25)
    assert effect.se == pytest.approx(spread)


def test_two_way_fixed_effects_equal_a_regression_on_dummies() -> None:
    data, _ = staggered(2, noise=1.0)
    n, months = data.y.shape
    unit, month = np.repeat(np.arange(n), months), np.tile(np.arange(months), n)
    columns = [
        data.treated.ravel().astype(float),
        *(unit == one for one in range(n)),
        *(month == one for one in range(1, months)),
    ]
    fitted = np.linalg.lstsq(np.column_stack(columns).astype(float), data.y.ravel(), rcond=None)[0]
    assert adoption.two_way(data).estimate == pytest.approx(fitted[0], abs=1e-8)


def test_standard_errors_equal_a_bootstrap_of_units() -> None:
    data, _ = staggered(3, noise=2.0)
    made = adoption.overall(adoption.cells(data))
    rng = np.random.Generator(np.random.PCG64(4))
    groups = [np.flatnonzero(data.adopted == one) for one in sorted(set(data.adopted.tolist()))]
    drawn = []
    for _ in range(400):
        rows = np.concatenate([rng.choice(group, len(group)) for group in groups])
        drawn.append(
            adoption.overall(
                adoption.cells(Panel(data.units, data.months, data.y[rows], data.adopted[rows]))
            ).estimate
        )
    assert made.se == pytest.approx(np.std(drawn), rel=0.12)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(400):
        data, effect = staggered(seed, noise=2.0)
        made = adoption.overall(adoption.cells(data))
        held += made.low <= effect[data.treated].mean() <= made.high
    assert 0.92 <= held / 400 <= 0.98


def test_the_pre_trend_test_keeps_its_rate_and_sees_a_trend() -> None:
    false = [
        adoption.pre_trend(adoption.cells(staggered(seed, noise=2.0)[0]))["p"] < 0.05 for seed in range(300)
    ]
    assert np.mean(false) < 0.09
    data, _ = staggered(1, noise=1.0)
    drifting = Panel(
        data.units,
        data.months,
        data.y + np.where(data.adopted < NEVER, 1, 0)[:, None] * np.arange(12),
        data.adopted,
    )
    assert adoption.pre_trend(adoption.cells(drifting))["p"] < 0.001
    assert not robustness.placebo(drifting, 2).low <= 0 <= robustness.placebo(drifting, 2).high


def test_placebo_dates_say_nothing_where_nothing_was() -> None:
    data, _ = staggered()
    assert robustness.placebo(data, 2).estimate == pytest.approx(0, abs=1e-10)
    table = robustness.checks(data, strata=np.arange(len(data.units)) % 3).set_index("check")
    assert table.loc["against never-adopters, matched on strata", "estimate"] == pytest.approx(4.0)
    assert table.loc["placebo, 3 months early", "estimate"] == pytest.approx(0, abs=1e-9)


def test_matched_weights_remove_a_difference_between_strata() -> None:
    rng = np.random.Generator(np.random.PCG64(9))
    strata = np.array([0] * 10 + [1] * 30 + [0] * 60 + [1] * 20)
    adopted = np.array([2] * 40 + [NEVER] * 80)
    y = np.arange(4) * strata[:, None] * 1.0 + rng.normal(size=(120, 1))
    data = Panel(tuple(map(str, range(120))), ("a", "b", "c", "d"), y, adopted)
    assert abs(adoption.overall(adoption.cells(data)).estimate) > 0.5
    weights = comparison.match_weights(strata, adopted)
    assert adoption.overall(adoption.cells(data, weights=weights)).estimate == pytest.approx(0, abs=1e-9)


def confounded(seed: int, slope: float, noise: float = 1.0) -> tuple[Panel, np.ndarray, np.ndarray]:
    """Units drift with z, and those with more z adopt; the effect is 1 from the first month on."""
    rng = np.random.Generator(np.random.PCG64(seed))
    z = rng.normal(size=90)
    takes = z + rng.logistic(size=90) > 0
    adopted = np.where(takes, np.where(rng.random(90) < 0.5, 3, 5), NEVER)
    effect = np.where(np.arange(8) >= adopted[:, None], 1.0, 0.0)
    y = slope * z[:, None] * np.arange(8) + effect + noise * rng.normal(size=(90, 8))
    return Panel(tuple(map(str, range(90))), tuple("abcdefgh"), y, adopted), effect, z


def test_adjusting_for_what_selects_removes_the_drift_and_keeps_the_rate() -> None:
    data, _, z = confounded(1, slope=0.7, noise=0.0)
    assert adoption.overall(adoption.cells(data)).estimate > 1.5
    assert adoption.overall(adoption.cells(data, covariates=z)).estimate == pytest.approx(1.0, abs=1e-9)
    held = []
    for seed in range(300):
        data, _, z = confounded(seed, slope=0.3)
        made = adoption.overall(adoption.cells(data, covariates=z))
        held.append(made.low <= 1 <= made.high)
    assert 0.91 <= np.mean(held) <= 0.985


def test_adjusting_in_two_periods_equals_the_regression_it_is() -> None:
    data, _, z = confounded(4, slope=0.3)
    two = Panel(data.units, ("a", "b"), data.y[:, [2, 6]], np.where(data.adopted < NEVER, 1, NEVER))
    change, takers = two.y[:, 1] - two.y[:, 0], two.adopted < NEVER
    line = np.polyfit(z[~takers], change[~takers], 1)
    expected = change[takers].mean() - np.polyval(line, z[takers]).mean()
    assert adoption.overall(adoption.cells(two, covariates=z)).estimate == pytest.approx(expected)


def test_drift_that_would_explain_all_of_it() -> None:
    data, _ = staggered(5, noise=0.5)
    made = adoption.cells(data)
    limit = robustness.breakdown(made)
    shifted = Panel(
        data.units,
        data.months,
        data.y - limit["needed_drift"] * np.maximum(np.arange(12) - data.adopted[:, None] + 1, 0),
        data.adopted,
    )
    assert adoption.overall(adoption.cells(shifted)).estimate == pytest.approx(0, abs=1e-9)
    table = robustness.drift(made, (0.0, limit["m"], 2 * limit["m"]))
    assert table["low"].iloc[1] == pytest.approx(0, abs=1e-6)
    assert table["excludes_zero"].tolist()[::2] == [True, False]


def test_false_discovery_equals_scipy() -> None:
    from scipy.stats import false_discovery_control

    p = np.random.Generator(np.random.PCG64(2)).random(30) ** 2
    np.testing.assert_allclose(robustness.false_discovery(p), false_discovery_control(p))
    assert math.isnan(robustness.false_discovery([np.nan, 0.2])[0])


def test_a_panel_from_a_long_table_and_what_it_leaves_out() -> None:
    rows = [(unit, f"2017-{m:02d}", float(m)) for unit in ("1", "2", "3", "4", "5") for m in (1, 2, 3)]
    frame = pd.DataFrame(rows[:-1], columns=["household_id", "month", "y"])
    data = adoption.panel(frame, {"1": "2017-02", "2": "2016-05", "3": "2018-02"}, "y")
    assert data.left_out == ("5",)
    assert data.adopted.tolist() == [1, 0, NEVER, NEVER]
    made = adoption.cells(data)
    assert made.left_out == (0, 1)
    assert math.isnan(adoption.overall(made).estimate)
    assert math.isnan(adoption.pre_trend(made)["p"])
    assert math.isnan(robustness.breakdown(made)["needed_drift"])
    assert adoption.by_month(made, 1).empty
    assert comparison.cohorts(data, made)["used"].tolist() == ["no", "no", "as comparison"]
    with pytest.raises(ValueError, match="control"):
        adoption.cells(data, "others")


def test_the_word_effect_must_be_earned() -> None:
    data, _ = staggered(6, noise=0.2)
    made = adoption.cells(data)
    good = {
        "pre_trend_p": 0.5, "m": 1.5,
        "placebos": [adoption.Effect(0.0, 1.0, 50)],
    }  # fmt: skip
    assert outcomes.design(data, "y", "never", good)[1] == "effect"
    assert outcomes.design(data, "y", "never", good | {"m": 0.9})[1] == "associated with"
    assert outcomes.design(data, "y", "never", good | {"pre_trend_p": math.nan})[1] == "associated with"
    record, _ = outcomes.design(data, "y", "never", good | {"placebos": [adoption.Effect(9.0, 1.0, 50)]})
    assert record.set_index("part").loc["placebo dates", "met"] == "no"
    assert adoption.overall(made).p < 1e-6


def test_secondary_outcomes_are_adjusted_and_the_primary_must_be_there() -> None:
    panels = {
        name: staggered(seed, noise=2.0, growth=growth)[0]
        for seed, (name, growth) in enumerate([("y", 1.0), ("z", 0.0), ("w", 0.0)])
    }
    table = outcomes.together(panels, "y").set_index("outcome")
    assert math.isnan(table.loc["y", "q"])
    assert (table.loc[["z", "w"], "q"] >= table.loc[["z", "w"], "p"]).all()
    with pytest.raises(InputError, match="primary"):
        outcomes.together(panels, "x")


def test_thirds_of_what_was_before() -> None:
    frame = pd.DataFrame({"household_id": [str(n) for n in range(9)], "month": "2017-01", "v": range(9)})
    units = (*(str(n) for n in range(9)), "unknown")
    assert outcomes.thirds(frame, "v", "2017-02", units).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, -1]
