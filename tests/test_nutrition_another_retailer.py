"""A retailer in Finnish and euros, made by the script in examples: what is mapped, what is not, by sales."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nutrition_support import ROOT

from casestudy.cli.nutrition import coverage_text
from casestudy.nutrition.basis import Basis, open_basis
from casestudy.nutrition.coverage import coverage
from casestudy.purchases.check import check, purchase_problems
from casestudy.purchases.food import read_rules
from casestudy.purchases.last_resort import last_resort
from casestudy.study import Study


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("shop")
    script = ROOT / "examples" / "another-retailer" / "make.py"
    subprocess.run([sys.executable, str(script), "--to", str(folder)], check=True, capture_output=True)
    return Study.load(folder)


@pytest.fixture(scope="module")
def opened(shop: Study) -> Basis:
    return open_basis(shop)


def test_what_is_mapped_and_what_is_not_by_sales(shop: Study, opened: Basis) -> None:
    found = coverage(shop, opened)
    shares = found.mapping.set_index("mapped_by")["percent"].round(1).to_dict()
    assert shares == {"explicit": 74.9, "nothing": 18.1, "default": 7.0}
    assert found.unmapped[["category", "group"]].to_numpy().tolist() == [
        ["KAHVI", ""],
        ["MAKEISET", "candy-sugar"],
    ]
    departments = found.departments.set_index("department")
    assert departments["class"].to_dict() == {
        "TALOUSTAVARA": "non-food",
        "HEDELMÄT JA VIHANNEKSET": "non-food",
    }
    assert departments["percent"].round(1).tolist() == [12.6, 4.7]
    text = coverage_text(found)
    assert "Departments that only the last rule decided" in text
    assert "HEDELMÄT JA VIHANNEKSET" in text


def test_sizes_and_amounts_are_read_as_they_are_written_there(opened: Basis) -> None:
    grams = opened.products.set_index("product_id")["unit_grams"].round().to_dict()
    assert (grams["m2"], grams["m3"], grams["k1"], grams["k2"], grams["k3"]) == (1545, 500, 500, 1000, 400)
    assert grams["j1"] == pytest.approx(1980, rel=0.05)
    assert grams["m5"] == 567  # ten eggs
    bananas = opened.purchases.lines.filter(opened.purchases.lines.product_id == "v1")
    lines = opened.connection.execute(bananas)
    assert set(lines["quantity"]) <= {350, 700, 1050}
    assert opened.purchases.currency == "€"
    assert purchase_problems(opened.purchases)[1] == []


def without_food(shop: Study, folder: Path) -> Study:
    """The same till with rules that name none of its departments."""
    (folder / "study.toml").write_text((shop.root / "study.toml").read_text())
    shutil.copytree(shop.root / "till", folder / "till")
    shutil.copytree(shop.root / "profiles", folder / "profiles")
    rules = folder / "profiles" / "food-classes.csv"
    rules.write_text("department,category,class,why\nGROCERY,*,food,\n*,*,non-food,\n")
    return Study.load(folder)


def test_a_study_in_which_no_food_is_found_says_so(shop: Study, tmp_path: Path) -> None:
    assert check(shop) == []
    study = without_food(shop, tmp_path)
    problems = check(study)
    assert [problem.found for problem in problems] == ["none of its products is food: they are non-food."]
    assert "casestudy nutrition coverage" in problems[0].remedy
    text = coverage_text(coverage(study, open_basis(study)))
    assert text.startswith("No food or drink was found among the purchases.")
    assert "MAITO JA MUNAT" in text


def test_the_last_rule_has_all_sales_where_no_other_fits(shop: Study, tmp_path: Path) -> None:
    study = without_food(shop, tmp_path)
    table = last_resort(open_basis(study).purchases, read_rules(study))
    assert table["percent"].sum() == pytest.approx(100)
    assert table["sales"].is_monotonic_decreasing
