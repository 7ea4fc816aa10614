"""How often the rule for the word *effect* is met, where the truth is known."""

from __future__ import annotations

from pathlib import Path

from casestudy.effects import outcomes
from casestudy.effects.adoption import Effect
from casestudy.simulator import settings as parameters
from casestudy.simulator.recovery_word import word_cell

SETTINGS = parameters.load(Path(__file__).parent.parent / "usage_logs" / "simulator.toml")


def test_a_placebo_date_that_leaves_out_zero_loses_the_word() -> None:
    quiet, loud = Effect(0.1, 0.1, 20), Effect(1.0, 0.1, 20)
    assert outcomes.word(0.5, [quiet, quiet], 2.0) == "effect"
    assert outcomes.word(0.5, [quiet, loud], 2.0) == "associated with"


def test_without_an_effect_the_word_is_hardly_ever_earned() -> None:
    cell = word_cell(SETTINGS, 60, 0.0, 0.0, 60, seed=3)
    assert cell["effect_percent"] <= 5
    assert cell["effect_percent"] + cell["associated_percent"] <= 20
    assert cell["quiet_percent"] >= 70  # three dates of one study, each wrong in one of twenty


def test_a_large_effect_earns_it_more_often_than_a_small_one_and_drift_is_no_help() -> None:
    small, large = (word_cell(SETTINGS, 60, size, 0.0, 40, seed=3) for size in (1.0, 12.0))
    assert large["effect_percent"] > small["effect_percent"]
    assert large["effect_percent"] >= 60
    drifting = word_cell(SETTINGS, 60, 0.0, 1.0, 40, seed=3)
    assert drifting["alike_percent"] < small["alike_percent"]
    assert drifting["effect_low"] <= drifting["effect_percent"] <= drifting["effect_high"]
