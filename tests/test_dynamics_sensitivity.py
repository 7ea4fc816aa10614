"""Sensitivity: the Ishigami function's known indices, PAWN's dummy, and the loop's own ranking."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from casestudy.dynamics import sensitivity
from casestudy.dynamics.parameters import load
from casestudy.errors import InputError

LOOP = load(Path(__file__).parent.parent / "profiles" / "loop.toml")
RANGES = dict.fromkeys(("x1", "x2", "x3"), (-np.pi, np.pi))


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def exact() -> dict[str, tuple[float, float]]:
    """First and total order, from the function's variance decomposition in closed form (a = 7, b = 0.1)."""
    a, b, pi = 7.0, 0.1, np.pi
    one = 0.5 * (1 + b * pi**4 / 5) ** 2
    two = a * a / 8
    both = b * b * pi**8 * (1 / 18 - 1 / 50)
    total = one + two + both
    return {
        "x1": (one / total, (one + both) / total),
        "x2": (two / total, two / total),
        "x3": (0, both / total),
    }


def test_sobol_finds_ishigamis_indices() -> None:
    table = sensitivity.sobol(ishigami, RANGES, 4096, seed=1).set_index("parameter")
    for name, (first, total) in exact().items():
        assert table.loc[name, "first"] == pytest.approx(first, abs=0.02)
        assert table.loc[name, "total"] == pytest.approx(total, abs=0.02)


def test_pawn_puts_the_inert_parameter_at_the_dummys_height() -> None:
    def model(x: np.ndarray) -> np.ndarray:
        return x[:, 0] + 0 * x[:, 1]

    table = sensitivity.pawn(model, {"acts": (0, 1), "inert": (0, 1)}, 2000, seed=1).set_index("parameter")
    assert table.index[0] == "acts"
    assert abs(table.loc["inert", "median"] - table.loc["dummy", "median"]) < 0.05


def test_an_output_that_does_not_vary_has_no_indices() -> None:
    def flat(x: np.ndarray) -> np.ndarray:
        return np.ones(len(x))

    assert sensitivity.sobol(flat, RANGES, 64, seed=1)["total"].isna().all()
    assert sensitivity.pawn(flat, RANGES, 500, seed=1)["median"].isna().all()


def test_total_order_exceeds_first_order_where_the_loop_tips() -> None:
    table = sensitivity.sobol(sensitivity.loop_model(LOOP, "warm", 60), LOOP.ranges, 256, seed=1)
    assert table["parameter"].iloc[0] == "back"
    assert table["total"].sum() > 1.5 * table["first"].sum()


def test_regional_distance_is_undefined_without_two_groups() -> None:
    table = sensitivity.regional(LOOP, "warm", 60, alive=2.0, runs=100, seed=1)
    assert table["distance"].isna().all()


def test_a_base_sample_that_is_no_power_of_two_is_refused() -> None:
    with pytest.raises(InputError, match="power of two"):
        sensitivity.sobol(ishigami, RANGES, 100, seed=1)


@pytest.mark.parametrize("failing", [1, 5])
def test_a_run_without_a_number_leaves_the_indices_undefined(failing: int) -> None:
    def model(x: np.ndarray) -> np.ndarray:
        values = x[:, 0] + 2 * x[:, 1]
        values[:failing] = np.nan
        return values

    ranges = {"a": (0.0, 1.0), "b": (0.0, 1.0)}
    table = sensitivity.sobol(model, ranges, 64, seed=1)
    assert table[["first", "first_half", "total", "total_half"]].isna().all(axis=None)
    assert table["why_not"].str.startswith(f"{failing} of 256 runs gave no number").all()
    other = sensitivity.pawn(model, ranges, 500, seed=1)
    assert other[["median", "most"]].isna().all(axis=None)
    assert other["pawn_why_not"].str.startswith(f"{failing} of 500 runs").all()


def test_defined_indices_need_no_reason() -> None:
    table = sensitivity.sobol(lambda x: x[:, 0] + 2 * x[:, 1], {"a": (0, 1), "b": (0, 1)}, 64, seed=1)
    assert "why_not" not in table
    assert table.set_index("parameter")["total"].to_dict() == pytest.approx({"b": 0.8, "a": 0.2}, abs=0.05)
