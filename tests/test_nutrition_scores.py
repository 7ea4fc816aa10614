"""Scores: published worked examples, class borders, and properties that hold for every food."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.nutrition import hei
from casestudy.nutrition.scores import (
    Food,
    health_star_rating,
    nrf93,
    nutri_score,
    points,
    table,
    uk_npm,
)

# Expected values published with the Open Food Facts server: tests/unit/expected_test_results/nutriscore_2023.
MUSHROOM_MEAL = {
    "energy_kj": 667,
    "sugars_g": 1.1,
    "sfa_g": 1.2,
    "fibre_g": 10.9,
    "protein_g": 2.4,
    "fat_g": 8.4,
}


def test_olive_oil_as_published():
    oil = Food(3460, 0, 14, 0, 0, 0, fat_g=92, fvl_percent=100, kind="fats")
    new, old = nutri_score(oil), nutri_score(oil, 2021)
    assert (new.value, new.grade) == (0, "B")
    assert new.points["energy from saturates"] == 4
    assert new.points["saturates of fat"] == 1
    assert new.points["fruit"] == 5
    assert (old.value, old.grade) == (6, "C")
    assert (old.points["energy"], old.points["saturates of fat"], old.points["fruit"]) == (10, 1, 5)


def test_mushroom_meal_as_published():
    meal = Food(**MUSHROOM_MEAL, sodium_mg=160, fvl_percent=69)
    new, old = nutri_score(meal), nutri_score(meal, 2021)
    assert new.value == -4
    assert new.points == {
        "sugars": 0, "salt": 1, "energy": 1, "saturates": 1, "fibre": 5, "fruit": 2, "protein": 0
    }  # fmt: skip
    assert (old.value, old.grade) == (-5, "A")
    assert old.points["protein"] == 1


def test_orange_juice_as_published_for_2021():
    juice = Food(182, 8.9, 0, 200, 0.5, 0.2, fvl_percent=100, kind="beverage")
    old = nutri_score(juice, 2021)
    assert (old.value, old.grade) == (5, "C")
    assert (old.points["energy"], old.points["sugars"], old.points["fruit"]) == (7, 6, 10)


def test_cookies_as_published_for_2021():
    cookies = Food(3460, 0, 15, 0, 0, 0, fat_g=90)
    assert (nutri_score(cookies, 2021).value, nutri_score(cookies, 2021).grade) == (20, "E")


def test_cup_soup_of_the_technical_guidance():
    # UK Nutrient Profiling Technical Guidance, January 2011, worked example 4: 5 points, less healthy.
    soup = uk_npm(Food(energy_kj=155, sfa_g=0.4, sugars_g=3.6, sodium_mg=471, fibre_g=0.2, protein_g=0.3))
    assert (soup.value, soup.grade, soup.points["sodium"]) == (5, "less healthy", 5)


def test_limits_are_exceeded_strictly_and_in_decimals():
    for step in range(1, 21):
        assert points(step * 0.2, table("nutri-score-2023")["points"]["salt_g"]) == step - 1
    assert points(0.1 + 0.2, [0.3]) == 0
    assert points(10, [10], reached=True) == 1


@pytest.mark.parametrize(
    ("edition", "kind", "border"),
    [(2023, "general", [0, 2, 10, 18]), (2023, "fats", [-6, 2, 10, 18]), (2021, "general", [-1, 2, 10, 18])],
)
def test_classes_change_after_their_border(edition, kind, border):
    # Salt (or sodium) alone steps through the scores; fibre and fruit lower the start.
    seen = {}
    for salt_points in range(21):
        for fibre, fvl in ((0.0, 0.0), (8.0, 0.0), (8.0, 90.0)):
            for energy in (0.0, 1500.0, 3400.0):
                sodium = salt_points * 80 + 1 if edition == 2023 else salt_points * 90 + 1
                food = Food(energy, 0, 0, sodium, fibre, 0, fat_g=1, fvl_percent=fvl, kind=kind)
                score = nutri_score(food, edition)
                seen.setdefault(score.value, set()).add(score.grade)
    for value, grades in seen.items():
        assert grades == {"ABCDE"[sum(value > limit for limit in border)]}, value
    assert set().union(*seen.values()) >= {"B", "C", "D"}


def test_drinks_have_classes_of_their_own():
    assert nutri_score(Food(0, 0, 0, 0, 0, 0, kind="water")).grade == "A"
    plain = Food(0, 0, 0, 0, 0, 0, kind="beverage")
    assert nutri_score(plain).grade == "B"
    sweetened = Food(0, 0, 0, 0, 0, 0, kind="beverage", sweetener=True)
    assert nutri_score(sweetened).value - nutri_score(plain).value == 4
    assert nutri_score(sweetened).grade == "C"


def test_red_meat_earns_two_protein_points_at_most():
    meat = {"energy_kj": 700, "sugars_g": 0, "sfa_g": 3, "sodium_mg": 60, "fibre_g": 0, "protein_g": 21}
    assert nutri_score(Food(**meat)).points["protein"] == 7
    assert nutri_score(Food(**meat, kind="red-meat")).points["protein"] == 2


def test_protein_does_not_save_a_bad_score_but_cheese_keeps_it():
    rich = {"energy_kj": 1700, "sugars_g": 0, "sfa_g": 20, "sodium_mg": 650, "fibre_g": 0, "protein_g": 24}
    assert nutri_score(Food(**rich)).points["protein"] == 0
    assert nutri_score(Food(**rich, kind="cheese")).points["protein"] == 7


@pytest.mark.parametrize(("value", "stars"), [(-12, "5"), (-11, "5"), (-10, "4.5"), (24, "1"), (25, "0.5")])
def test_health_stars_at_their_borders(value, stars):
    from casestudy.nutrition.scores import _stars

    assert _stars(value, table("health-star-rating-2020")["stars"]["food"], 5.0) == stars


def test_health_stars_of_plain_foods():
    apple = Food(218, 10.4, 0, 1, 2.4, 0.3, fvl_percent=100)
    assert health_star_rating(apple, "food").grade == "4.5"  # the rule for unprocessed fruit is not applied
    assert health_star_rating(Food(0, 0, 0, 0, 0, 0, kind="water"), "drink").grade == "5"
    cola = Food(180, 10.6, 0, 5, 0, 0, kind="beverage")
    assert float(health_star_rating(cola, "drink").grade) <= 1.5
    butter = Food(2990, 0.7, 52, 600, 0, 0.7, fat_g=82)
    assert health_star_rating(butter, "fats").grade == "0.5"


def test_missing_inputs_give_a_reason_not_a_number():
    score = nutri_score(Food(math.nan, 1, 1, 1, 1, 1))
    assert math.isnan(score.value)
    assert "energy_kj" in score.reason
    assert math.isnan(nutri_score(Food(1, 1, 1, 1, 1, 1, kind="fats")).value)
    assert math.isnan(nrf93({"energy_kcal": 1.0}).value)
    assert "protein_g" in nrf93({"energy_kcal": 100.0}).reason


amounts = st.floats(0, 120, allow_nan=False)


@given(amounts, amounts, amounts, amounts, amounts, st.floats(0.1, 5), st.sampled_from([2021, 2023]))
def test_more_of_the_bad_never_lowers_a_score_of_the_same_protein_rule(
    sugar, sfa, fibre, salt, fvl, more, edition
):
    base = {
        "sfa_g": sfa,
        "sodium_mg": salt * 10,
        "fibre_g": fibre,
        "protein_g": 0,
        "fvl_percent": min(fvl, 100),
    }
    less = nutri_score(Food(500, sugar, **base), edition).value
    greater = nutri_score(Food(500 + 100 * more, sugar + more, **base), edition).value
    assert greater >= less


@given(amounts, amounts, st.floats(1, 900))
def test_nutrient_rich_index_is_capped_above(protein, vitamin, energy):
    names = [*table("nrf-9-3")["encourage"], *table("nrf-9-3")["limit"]]
    food = dict.fromkeys(names, 0.0) | {
        "energy_kcal": energy + 5,
        "protein_g": protein,
        "vitamin_c_mg": vitamin * 100,
    }
    assert nrf93(food).value <= 200 + 1e-9


def test_healthy_eating_index_gives_all_points_to_the_standard():
    best = {
        "energy_kcal": 1000.0, "sodium_mg": 1100.0, "sfa_g": 80 / 9, "added_sugars_g": 65 / 4,
        "fat_g": 3.5 * 80 / 9 / hei.FATTY_ACIDS_OF_FAT, "total_fruit": 0.8, "whole_fruit": 0.4,
        "total_vegetables": 1.1, "greens_and_beans": 0.2, "whole_grains": 1.5, "dairy": 1.3,
        "total_protein": 2.5, "seafood_and_plant_protein": 0.8, "refined_grains": 1.8,
    }  # fmt: skip
    frame = pd.DataFrame([best, {key: 2 * value for key, value in best.items()}, dict.fromkeys(best, 0.0)])
    scores = hei.hei2020(frame)
    assert scores["total"].iloc[0] == pytest.approx(100)
    assert scores["total"].iloc[1] == pytest.approx(100)  # an index of densities, not of amounts
    assert math.isnan(scores["total"].iloc[2])
    assert sum(one["points"] for one in table("hei-2020")["component"]) == 100
