"""All scores of a file of foods, by the command line; amounts that no food has are refused."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
import pytest
from nutrition_support import basis

from casestudy.cli import nutrition
from casestudy.errors import InputError
from casestudy.nutrition import food_scores
from casestudy.nutrition.scores import Food

HEAD = (
    "food,kind,star_category,energy_kj,energy_kcal,sugars_g,sfa_g,fat_g,salt_g,sodium_mg,fibre_g,protein_g,"
    "fvl_percent\n"
)
FOODS = HEAD + (
    "Cereal,general,food,1610,,9.6,1.7,,,267,8.9,10.7,\n"
    "Oil,fats,fats,3460,,0,14,92,0,,0,0,100\n"
    "Spring water,water,drink,0,,0,0,,0,,0,0,\n"
    "Riddle,,,,100,,0,,0,,0,0,\n"
)


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    nutrition.add(parser.add_subparsers())
    arguments = parser.parse_args(["nutrition", "scores", *words])
    return int(arguments.act(arguments))


def test_foods_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "foods.csv").write_text(FOODS)
    assert run(str(tmp_path / "foods.csv"), "--to", str(tmp_path / "scores.csv")) == 0
    assert "4 foods" in capsys.readouterr().out
    made = pd.read_csv(tmp_path / "scores.csv", keep_default_na=False).set_index("food")
    assert (made.loc["Cereal", "star_score"], str(made.loc["Cereal", "stars"])) == ("-6.0", "4")
    assert made.loc["Oil", "grade_2023"] == "B"
    assert made.loc["Oil", "uk_class"] == "less healthy"
    assert made.loc["Spring water", "grade_2023"] == "A"
    assert made.loc["Riddle", "nutri_score_2023"] == ""
    assert "not reported: sugars_g" in made.loc["Riddle", "why_not"]
    assert run(str(tmp_path / "foods.csv")) == 0
    assert "nutri_score_2023" in capsys.readouterr().out


def test_the_study_s_groups() -> None:
    made = food_scores.of_groups(basis())
    assert len(made) == len(basis().groups.groups)
    assert set(made["grade_2023"]) <= {*"ABCDE", ""}
    assert set(made["uk_class"]) <= {"healthier", "less healthy", ""}
    assert made["stars"].ne("").mean() > 0.9


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("energy_kj", "-1", "energy_kj is -1, below 0"),
        ("energy_kj", "9000", "energy_kj is 9000, above 4000"),
        ("sugars_g", "100.5", "sugars_g is 100.5, above 100"),
        ("fvl_percent", "101", "fvl_percent is 101, above 100"),
        ("salt_g", "-0.1", "sodium_mg is -40, below 0"),
    ],
)
def test_amounts_that_no_food_has_are_refused(tmp_path: Path, column: str, value: str, found: str) -> None:
    foods = pd.DataFrame(
        {"food": ["Good", "Odd"], "energy_kj": "100", "sugars_g": "1", "sfa_g": "1", "salt_g": "0",
        "fibre_g": "0",
         "protein_g": "0", "fvl_percent": "0"}
    )  # fmt: skip
    foods.loc[1, column] = value
    foods.to_csv(tmp_path / "foods.csv", index=False)
    with pytest.raises(InputError, match=found) as caught:
        food_scores.of_file(tmp_path / "foods.csv")
    assert caught.value.problems[0].where == "foods.csv, row 3"


@pytest.mark.parametrize("edge", [0.0, 100.0])
def test_the_edges_are_foods(edge: float) -> None:
    assert Food(0, edge, 0, 0, 0, 0).sugars_g == edge
    assert Food(4000, 0, 0, 39_000, 0, 0, fvl_percent=edge).fvl_percent == edge
