"""Every coefficient and interval of the room can be asked for by name."""

from __future__ import annotations

import ast
import inspect
import math
from pathlib import Path

import pytest

from casestudy.agreement import (
    alpha,
    as_other_programs,
    boundaries,
    catalogue,
    coder_pairs,
    intervals,
    many_coders,
    percent,
)
from casestudy.agreement.coefficient import Coefficient, measure
from casestudy.agreement.ratings import read
from casestudy.agreement.results import Result
from casestudy.agreement.spans import read_spans
from casestudy.errors import InputError

RATINGS = read(
    [["yes", "yes"]] * 20 + [["no", "no"]] * 25 + [["yes", "no"]] * 4 + [["no", "yes"]] * 3,
    categories=["no", "yes"],
)
SPANS = read_spans(
    ["A", "A", "B", "B"],
    [0, 50, 2, 60],
    [20, 70, 20, 75],
    ["x"] * 4,
    length=100,
)


def names_used() -> set[str]:
    tree = ast.parse(Path(inspect.getfile(catalogue)).read_text(encoding="utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_every_coefficient_of_the_room_has_a_name() -> None:
    makers = set()
    for module in (alpha, coder_pairs, many_coders, percent, boundaries, as_other_programs):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            given = str(inspect.signature(function).return_annotation)
            public = function.__module__ == module.__name__ and not name.startswith("_")
            if public and ("Coefficient" in given or "Result" in given) and name != "per_category":
                makers.add(name)
    assert {"krippendorff", "cohen", "gwet", "pk", "holsti"} <= makers
    assert makers - names_used() == set()


def test_every_interval_of_the_room_has_a_name() -> None:
    made = {type(catalogue.interval(name)).__name__ for name in catalogue.INTERVALS}
    classes = {
        name
        for name, kind in inspect.getmembers(intervals, inspect.isclass)
        if kind.__module__ == intervals.__name__ and not name.startswith("_")
    }
    assert classes | {"Posterior", "NoneType"} == made


@pytest.mark.parametrize("name", sorted(catalogue.OF_UNITS))
def test_a_coefficient_of_units_gives_a_result(name: str) -> None:
    given = catalogue.coefficient(name)
    assert isinstance(given, Coefficient)
    result = measure(RATINGS, given)
    assert math.isfinite(result.value)
    assert result.source


@pytest.mark.parametrize("name", sorted(catalogue.OF_SPANS))
def test_a_coefficient_of_spans_gives_results(name: str) -> None:
    results = catalogue.OF_SPANS[name](SPANS, "x", 1, None)
    assert results
    assert all(isinstance(result, Result) and (result.defined or result.reason) for result in results)
    assert name in catalogue.OF_SPANS_IN_WORDS


def test_values_are_those_of_the_definitions() -> None:
    # 20 yes/yes, 25 no/no, 7 apart: observed 45/52; Cohen's chance from the margins 24, 23 of 52 and 28, 29.
    observed, chance = 45 / 52, (24 * 23 + 28 * 29) / 52**2
    assert measure(RATINGS, catalogue.coefficient("percent")).value == pytest.approx(observed)
    cohen = measure(RATINGS, catalogue.coefficient("cohen")).value
    assert cohen == pytest.approx((observed - chance) / (1 - chance))
    assert measure(RATINGS, catalogue.coefficient("bennett")).value == pytest.approx(2 * observed - 1)
    assert measure(RATINGS, catalogue.coefficient("specific")).value == pytest.approx(40 / 47)
    assert measure(RATINGS, catalogue.coefficient("specific-absence")).value == pytest.approx(50 / 57)


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match="alpha"):
        catalogue.named(["alhpa"])
    with pytest.raises(InputError, match="bootstrap"):
        catalogue.interval("bootstrp")
    with pytest.raises(InputError, match="takes no weights"):
        catalogue.coefficient("percent", "linear")
    with pytest.raises(InputError, match="coded text"):
        catalogue.coefficient("pk")


def test_the_verb_measures_other_coefficients(command, talk_copy) -> None:
    code, out, _ = command(
        *("agreement", "--coefficient", "cohen,holsti", "--interval", "jackknife", "--least", "1"),
        *("--study", talk_copy),
    )
    assert code == 0
    assert "Cohen's kappa" in out
    assert "Holsti index" in out
    assert "alpha" not in out.replace("Krippendorff", "")
    code, _, err = command("agreement", "--coefficient", "cohn", "--study", talk_copy)
    assert (code, "cohen" in err) == (2, True)


def test_the_list_names_every_coefficient_with_its_source(command) -> None:
    code, out, _ = command("agreement", "--coefficient", "list")
    assert code == 0
    assert all(f"  {name}: " in out for name in catalogue.NAMES)


def test_ratings_from_a_file(command, tmp_path: Path) -> None:
    table = tmp_path / "ratings.csv"
    table.write_text("unit,anna,ben\n1,1,1\n2,2,3\n3,3,3\n4,2,2\n")
    code, out, _ = command("agreement", "rate", table, "--coefficient", "alpha", "--weights", "interval")
    assert code == 0
    assert "interval metric = 0.821" in out
    code, out, _ = command("agreement", "rate", table)
    assert (code, "Cohen's kappa" in out, "Scott's pi" in out) == (0, True, True)
    code, out, _ = command("agreement", "rate", table, "--coefficient", "fleiss", "--by-category")
    assert (code, out.count("against all others")) == (0, 3)
    table.write_text("unit,anna\n1,1\n")
    code, _, err = command("agreement", "rate", table)
    assert (code, "Give each coder a column" in err) == (2, True)


def test_a_plan_from_what_is_expected_and_from_a_pilot(command, tmp_path: Path) -> None:
    code, out, _ = command(
        *("agreement", "plan", "--half-width", "0.1", "--expected", "0.8", "--shares", "0.2,0.8")
    )
    assert (code, out.startswith("224 units")) == (0, True)
    pilot = tmp_path / "pilot.csv"
    rows = ["a,a"] * 20 + ["b,b"] * 20 + ["a,b"] * 5
    pilot.write_text("anna,ben\n" + "\n".join(rows) + "\n")
    code, out, _ = command("agreement", "plan", "--half-width", "0.1", "--pilot", pilot)
    assert (code, out.startswith("155 units")) == (0, True)
    code, _, err = command("agreement", "plan", "--half-width", "0.1", "--expected", "0.8", "--shares", "x")
    assert (code, "not numbers" in err) == (2, True)
