"""Calibration: known parameters come back within their intervals; what cannot be known is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casestudy.dynamics import calibrate, cohorts
from casestudy.dynamics.parameters import load
from casestudy.errors import InputError

LOOP = load(Path(__file__).parent.parent / "profiles" / "loop.toml")
TRUTH = LOOP.changed(back=0.4, lam=0.3, rho=0.12)
BASE = LOOP.changed(back=0.4, lam=0.35, rho=0.05)
RANGES = {"lam": (0.02, 1.0), "rho": (0.0, 0.6)}


def test_known_rates_come_back_and_intervals_cover_as_stated() -> None:
    hits = []
    for seed in range(16):
        found = calibrate.fit(calibrate.simulate(TRUTH, 6, 100, 15, seed), BASE, RANGES)
        table = found.estimates.set_index("parameter")
        assert table["identified"].all()
        hits += [table.loc[name, "low"] <= TRUTH[name] <= table.loc[name, "high"] for name in RANGES]
        if seed == 0:
            assert table.loc["lam", "estimate"] == pytest.approx(0.3, abs=0.05)
            assert table.loc["rho", "estimate"] == pytest.approx(0.12, abs=0.05)
    # 95 % intervals: of 32, fewer than 26 hits would have a chance of about 1 in 1,000.
    assert sum(hits) >= 26


def test_many_people_bring_the_estimate_to_the_truth() -> None:
    found = calibrate.fit(calibrate.simulate(TRUTH, 6, 50_000, 15, 1), BASE, RANGES)
    assert found.fitted["lam"] == pytest.approx(0.3, abs=0.01)
    assert found.fitted["rho"] == pytest.approx(0.12, abs=0.01)


def test_parameters_that_only_act_as_a_sum_are_not_identified() -> None:
    table = calibrate.simulate(TRUTH, 6, 100, 15, 1)
    found = calibrate.fit(table, BASE, {"theta": (0.0, 0.1), "effort": (0.04, 0.25)})
    flat = found.estimates.set_index("parameter")
    assert not flat.loc["theta", "identified"]
    assert "flat" in flat.loc["theta", "reason"]
    assert np.isnan(flat.loc["theta", "low"]) or np.isnan(flat.loc["theta", "high"])


def test_held_out_cohorts_are_met_better_than_by_constant_lapse() -> None:
    table = calibrate.simulate(TRUTH, 8, 400, 18, 1)
    _, errors = calibrate.hold_out(table, BASE, RANGES)
    error = errors.set_index("rule")["error"]
    assert error["the loop"] < error["constant lapse"]
    assert error["the loop"] < 0.04
    assert set(errors["cohorts"]) == {2}


def test_scatter_beyond_chance_widens_the_intervals() -> None:
    calm = calibrate.simulate(TRUTH, 6, 100, 15, 1)
    noise = np.random.default_rng(1).integers(-25, 26, len(calm))
    wild = calm.assign(active=(calm["active"] + noise).clip(0, 100))
    first, second = (calibrate.fit(one, BASE, {"lam": RANGES["lam"]}) for one in (calm, wild))
    width = [float((one.estimates["high"] - one.estimates["low"]).iloc[0]) for one in (first, second)]
    assert second.dispersion > 3 > first.dispersion
    assert width[1] > 1.5 * width[0]


def test_bad_cohorts_are_listed_together() -> None:
    frame = pd.DataFrame(
        {
            "cohort": ["a", "a", "a", "b"],
            "age": [0, 1, 1, 1],
            "size": [10, 10, 10, 0],
            "active": [10, 12, 3, -1],
        }
    )
    with pytest.raises(InputError) as caught:
        cohorts.conform(frame)
    said = str(caught.value)
    assert all(word in said for word in ("12 of 10", "occurs twice", "negative"))
    with pytest.raises(InputError, match="'size' is missing"):
        cohorts.conform(frame.drop(columns="size"))
    with pytest.raises(InputError, match="no row"):
        cohorts.conform(frame.iloc[:0])


def test_ranges_that_cannot_be_searched_are_refused() -> None:
    table = calibrate.simulate(TRUTH, 4, 50, 6, 1)
    with pytest.raises(InputError, match="range of lam"):
        calibrate.fit(table, BASE, {"lam": (0.5, 0.1)})
    with pytest.raises(InputError, match="one to three"):
        calibrate.fit(table, BASE, {})
    with pytest.raises(InputError, match="hold one out"):
        calibrate.hold_out(table[table["cohort"] == "c00"], BASE, RANGES)
