"""Recovery studies: cells that must come out as they must, rates outside, the grid that a notebook reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casestudy.effects import adoption
from casestudy.errors import InputError
from casestudy.simulator import plan, recovery, recovery_grid, settings
from casestudy.study import Study
from casestudy.usage import mixtures, vocabulary

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def given() -> settings.Settings:
    return settings.load(ROOT / settings.FILE)


@pytest.fixture(scope="module")
def words() -> vocabulary.Vocabulary:
    return vocabulary.load(ROOT / vocabulary.FILE)


def test_sessions_are_drawn_with_the_profiles_of_their_ways(
    given: settings.Settings, words: vocabulary.Vocabulary
) -> None:
    counts, way, person = recovery.draw_sessions(given, words, 800, plan.stream(1, 2))
    groups = list(words.look_groups)
    benchmark = counts[:, groups.index("benchmark")] / counts.sum(axis=1)
    ways = [one.id for one in given.ways]
    means = {name: benchmark[way == number].mean() for number, name in enumerate(ways)}
    assert max(means, key=lambda name: means[name]) == "check_pointing"
    assert person.max() < 800
    assert (counts.sum(axis=1) >= 1).all()


def test_types_are_found_where_they_are_and_not_where_they_are_not(
    given: settings.Settings, words: vocabulary.Vocabulary
) -> None:
    none = recovery.types_cell(given, words, 60, 0.0, 15)
    assert none["more_than_one_percent"] <= 20
    assert np.isnan(none["ari"])
    some = recovery.types_cell(given, words, 60, 1.0, 8)
    assert some["more_than_one_percent"] == 100
    assert some["ari"] > 0.7
    again = recovery.types_cell(given, words, 60, 1.0, 8)
    assert again == some


def test_the_effect_is_found_without_bias_and_drift_shows(given: settings.Settings) -> None:
    clean = recovery.effect_cell(given, 120, 2.0, 0.0, 150)
    assert clean["bias_low"] <= 0 <= clean["bias_high"]
    assert clean["coverage_percent"] > 89
    assert abs(clean["two_way_bias"]) > abs(clean["bias"])
    drift = recovery.effect_cell(given, 120, 0.0, 0.4, 60)
    assert drift["bias"] > 0.5
    assert drift["coverage_percent"] < 60


def test_a_panel_is_drawn_as_asked(given: settings.Settings) -> None:
    chosen = given.with_("outcome", effect=3.0, effect_months=1, effect_follows_use=False, noise_sd=0.0)
    data, true, _ = recovery.draw_panel(chosen, 50, 60, plan.stream(1))
    assert data.y.shape == (110, 12)
    assert (true[data.treated] == 3.0).all()
    assert adoption.overall(adoption.cells(data)).estimate == pytest.approx(3.0)


def test_adjusting_for_what_selects_brings_the_rate_back(given: settings.Settings) -> None:
    made = recovery.effect_cell(given, 100, 1.0, 0.4, 150)
    assert made["coverage_percent"] < 70
    assert made["adjusted_percent"] > 89
    assert abs(made["adjusted_bias"]) < 0.2 < made["bias"]
    assert made["bounded_percent"] >= made["coverage_percent"]


def test_a_difference_of_profiles_is_tested_at_its_rate_and_seen_early(
    given: settings.Settings, words: vocabulary.Vocabulary
) -> None:
    none = recovery.difference_cell(given, words, 50, 0.0, 300)
    assert none["differ_low"] <= 5 <= none["differ_high"] + 1.5
    assert recovery.difference_cell(given, words, 50, 0.25, 60)["differ_percent"] > 60


def test_one_profile_is_told_from_several() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    lengths = rng.poisson(6, 400) + 1
    same = rng.multinomial(lengths, [0.4, 0.3, 0.2, 0.1])
    assert abs(mixtures.heterogeneity(same)[0]) < 3
    mixed = np.concatenate([same[:200], same[200:, ::-1]])
    assert mixtures.heterogeneity(mixed)[1] < 1e-6
    assert np.isnan(mixtures.heterogeneity(np.ones((5, 1)))[0])
    assert np.isnan(mixtures.heterogeneity(np.eye(4))[1])
    assert np.isnan(mixtures.heterogeneity(np.zeros((0, 3)))[1])
    assert mixtures.without_first([[0, 2], [3, 1]], 0).tolist() == [[0, 2], [2, 1]]


def test_every_rate_outside_its_nominal_value_is_listed() -> None:
    types = pd.DataFrame(
        {"participants": [9], "separation": [0.0], "more_than_one_percent": [30.0], "more_low": [20.0],
         "more_high": [40.0], "differ_percent": [5.5], "differ_low": [4.5], "differ_high": [6.5]}
    )  # fmt: skip
    effects = pd.DataFrame(
        {"participants": [9, 9], "effect": [0.0, 1.0], "trend": [0.0, 0.1], "replicates": [1000, 1000],
         "coverage_percent": [95.0, 80.0], "coverage_low": [94.0, 78.0], "coverage_high": [96.0, 82.0],
         "adjusted_percent": [95.0, 99.0], "adjusted_low": [94.0, 98.0], "adjusted_high": [96.0, 99.5],
         "found_percent": [5.0, 50.0], "found_low": [4.0, 49.0], "found_high": [6.0, 51.0],
         "pre_trend_percent": [9.0, 50.0]}
    )  # fmt: skip
    off = recovery.outside(types, effects, {"false_types": "because", "coverage_drift": "drift"})
    assert off["rate"].tolist() == ["false types by BIC", "false pre-trend", "coverage", "coverage, adjusted"]
    assert off["why"].tolist() == ["because", "not explained", "drift", "not explained"]
    assert recovery.outside(types.assign(more_low=4.0), effects.head(0), {}).empty
    made = recovery_grid.Grid(types, effects, off, pd.DataFrame()).tally().set_index(["where", "rate"])
    assert made["rates"].sum() == len(recovery.rates(types, effects)) == 8
    assert made.loc[("effect, drift breaks the assumption", "coverage"), "outside"] == 1


def test_the_committed_grid_is_whole_and_explained() -> None:
    made = recovery_grid.read(Study.find(ROOT))
    assert made.types["replicates"].min() >= 1000
    assert made.types["differ_replicates"].min() >= 1000
    assert made.effects["replicates"].min() >= 1000
    assert set(made.types["separation"]) >= {0.0, 1.0}
    assert set(made.effects["effect"]) >= {0.0}
    assert not made.outside["why"].eq("not explained").any()
    listed = recovery.outside(made.types, made.effects, {})
    assert listed["cell"].tolist() == made.outside["cell"].tolist()
    assert len(made.rates) >= len(made.outside)
    tally = made.tally()
    assert tally["outside"].sum() == len(made.outside)
    assert set(made.worlds(2.5)["participants"]) == set(made.effects["participants"])
    ways = ["check_pointing", "goal_orientation", "learning", "playing"]
    assert sorted(made.confusion("signature").index) == ways
    assert made.power(1.0).is_monotonic_increasing


def test_a_missing_grid_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text('title = "t"\n')
    with pytest.raises(InputError) as caught:
        recovery_grid.read(Study.load(tmp_path))
    assert len(caught.value.problems) == 4
