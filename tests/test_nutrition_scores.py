"""Scores: published worked examples, class borders, and properties that hold for every food."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.nutrition import hei
from casestudy.nutrition.scores import (
    STAR_CATEGORIES,
    Food,
    Score,
    health_star_rating,
    nrf93,
    nutri_score,
    points,
    table,
    uk_npm,
)

# Inputs and results of other people's tests, each row with where it was read; quoted, not computed here.
PUBLISHED = list(
    csv.DictReader((Path(__file__).parent / "data" / "scores-published.csv").open(encoding="utf-8"))
)
NUTRIENTS = ("energy_kj", "sugars_g", "sfa_g", "sodium_mg", "fibre_g", "protein_g")


def scored(score: str, kind: str, food: Food) -> Score:
    if score == "health-star-rating-2020":
        return health_star_rating(food, kind)
    return uk_npm(food) if score == "uk-npm-2004" else nutri_score(food, int(score[-4:]))


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row['score']} {row['food']}")
def test_published_foods_have_their_published_score_and_class(row):
    stars = row["score"] == "health-star-rating-2020"
    food = Food(
        **{name: float(row[name]) for name in NUTRIENTS},
        fat_g=float(row["fat_g"] or "nan"), fvl_percent=float(row["fvl_percent"]),
        kind="general" if stars else row["kind"], sweetener=row["sweetener"] == "yes",
    )  # fmt: skip
    found = scored(row["score"], row["kind"], food)
    assert (found.grade, found.value) == (row["grade"], int(row["value"]) if row["value"] else found.value)


def test_every_product_class_has_published_foods_in_several_grades():
    grades: dict[tuple[str, str], set[str]] = {}
    for row in PUBLISHED:
        grades.setdefault((row["score"], row["kind"]), set()).add(row["grade"])
    for kind in ("general", "red-meat", "cheese", "fats", "beverage"):
        assert len(grades["nutri-score-2023", kind]) >= 2, kind
    for category in ("food", "dairy", "dairy-drink", "fats", "cheese", "drink"):
        assert len(grades["health-star-rating-2020", category]) >= 3, category


@pytest.mark.parametrize(("category", "stars"), [("produce", "5"), ("flavoured-water", "4.5")])
def test_stars_by_rule_need_no_score(category, stars):
    found = health_star_rating(Food(math.nan, 1, 1, 1, 1, 1), category)
    assert found.grade == stars
    assert math.isnan(found.value)
    assert "rule" in found.reason


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


def test_fruit_fromage_frais_of_the_technical_guidance():
    # The same guidance, page 14, as q-m/nutriscore-ruby quotes it: 0 points, and Nutri-Score B of 2017.
    frais = Food(459, 13.4, 1.8, 0.1, 0.6, 6.5, fvl_percent=8)
    assert (uk_npm(frais).value, uk_npm(frais).grade) == (0, "healthier")
    assert (nutri_score(frais, 2021).value, nutri_score(frais, 2021).grade) == (0, "B")


def test_muesli_of_the_belgian_leaflet():
    # Nutri-Score leaflet of Belgium (2018), page 4, as q-m/nutriscore-ruby quotes it.
    muesli = nutri_score(Food(1580, 4.3, 4.2, 60, 24.9, 11.4, fvl_percent=4), 2021)
    assert (muesli.value, muesli.grade) == (-2, "A")


@pytest.mark.parametrize(
    ("food", "edition", "value", "grade"),
    [
        (Food(82, 0, 10, 0, 0, 50, fat_g=20, kind="red-meat"), 2023, 7, "C"),
        (Food(82, 0, 10, 0, 0, 50, fat_g=20), 2021, 4, "C"),
        (Food(82, 4.5, 0, 10, 0, 0, fvl_percent=0.1, kind="beverage", sweetener=True), 2023, 8, "D"),
        (Food(82, 4.5, 0, 10, 0, 0, fvl_percent=0.1, kind="beverage"), 2021, 6, "D"),
        (Food(3378, 10, 5, 0, 2, 5, kind="beverage"), 2023, 15, "E"),  # their milk
        (Food(3378, 10, 5, 0, 2, 5), 2021, 14, "D"),
    ],
)
def test_meat_iced_tea_and_milk_as_published(food, edition, value, grade):
    # The same folder of the Open Food Facts server: beef steak, iced tea with sweetener, milk.
    score = nutri_score(food, edition)
    assert (score.value, score.grade) == (value, grade)


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


# The last scores of 5, 4.5, ... 1 star as three public implementations of the rating give them; two of them
# name table 7 of its Implementation Guide, version 9.
STARS = {
    "food": [-11, -7, -2, 2, 6, 11, 15, 20, 24],
    "dairy": [-2, 0, 2, 3, 5, 7, 8, 10, 12],
    "dairy-drink": [-2, -1, 0, 1, 2, 3, 4, 5, 6],
    "fats": [13, 16, 20, 23, 27, 30, 34, 37, 41],
    "cheese": [24, 26, 28, 30, 31, 33, 35, 37, 39],
}


@pytest.mark.parametrize("category", STARS)
def test_health_stars_change_after_their_borders(category):
    # Sodium alone steps through the points, with saturates at their most where the classes lie high.
    limits, official = STARS[category], table("health-star-rating-2020")["points"]
    top = {"energy_kj": 4000, "sugars_g": 100} if category in ("fats", "cheese") else {}
    seen = {}
    for sfa in range(32):
        for sodium in range(31):
            for fibre in (0.0, 21.0):
                food = Food(**({"energy_kj": 0, "sugars_g": 0} | top), sfa_g=sfa, sodium_mg=90 * sodium + 1,
                            fibre_g=fibre, protein_g=0)  # fmt: skip
                score = health_star_rating(food, category)
                seen.setdefault(score.value, set()).add(score.grade)
    assert len(official["sodium_mg"]) == 30
    for value, grades in seen.items():
        assert grades == {f"{max(0.5, 5 - 0.5 * sum(value > limit for limit in limits)):g}"}, value
    assert {"5", "0.5"} <= set().union(*seen.values()) or category == "dairy-drink"


@pytest.mark.parametrize(
    ("energy", "sugars", "fvl", "stars"),
    [(31, 0.1, 0, "3.5"), (31, 0.1, 25, "4"), (32, 0.1, 0, "3"), (31, 1.6, 0, "3"), (301, 13.7, 0, "0.5"),
     (121, 9.1, 96, "4"), (121, 9.1, 95, "3.5")],
)  # fmt: skip
def test_health_stars_of_drinks(energy, sugars, fvl, stars):
    # A drink has a point for any energy, so that an unsweetened one without fruit has 3.5 stars at most.
    drink = Food(energy, sugars, 0, 0, 0, 0, fvl_percent=fvl, kind="beverage")
    assert health_star_rating(drink, "drink").grade == stars


def test_protein_of_3_2_g_is_reached_in_the_star_rating_and_exceeded_elsewhere():
    assert points(3.2, table("health-star-rating-2020")["points"]["protein_g"]) == 2
    assert points(3.2, table("uk-npm-2004")["points"]["protein_g"]) == 1


# The example of the R package heir (README, HEI-2015 of five ASA24 records, simple scoring) and its scores.
RECORDS = """energy_kcal 2063.981 1854.402 2500.603 1262.083 2223.039
sodium_mg 1831.419 2085.237 4755.138 3487.644 5126.402
sfa_g 20.26609 26.33512 38.39328 18.50102 39.74848
mufa 13.97870 16.23567 36.40398 20.99047 41.92797
pufa 13.052255 8.099306 22.620997 8.947344 21.389261
f_total 4.916160 5.854325 2.508800 0.519996 0.676700
f_cit 1.414800 4.084575 0 0.501797 0
f_other 2.446800 1.025750 2.446800 0.018198 0.676700
v_total 0.362850 1.399325 2.021475 1.101900 4.971475
v_dark 0 0 0 0.2145 0.999375
legumes 0 0 0.5334 0.3556 0
g_whole 4.647 3.418 0 2.828111 2.80595
g_ref 6.687 2.8526 10.2771 1.796824 3.99385
meat 2.61750 0 3.80670 3.66740 7.41575
eggs 0 0.015 0.4568 0.006899 0.899101
soy 0 0 0 0 0
nuts 0 0 0 1.5 0
sea_hi 0 0 0 0 0
sea_lo 0 0 0 0 0
pf_legumes 0 0 2.1336 1.4224 0
dairy 3.036400 4.401234 2.513563 1.432985 1.338342
sugar_tsp 3.545800 12.648800 13.363900 3.538002 5.090900"""
SCORED = """total_vegetables 0.7990955 3.4299832 4.6441069 5 5
greens_and_beans 0 0 5 5 5
total_fruit 5 5 5 2.575089 1.902520
whole_fruit 5 5 5 5 3.80504
whole_grains 10 10 0 10 8.414759
dairy 10 10 7.732175 8.733946 4.631021
total_protein 2.53636008 0.01617772 5 5 5
seafood_and_plant_protein 0 0 5 5 0
fatty_acids 1.029250 0 2.595213 3.216700 3.022670
sodium 10 9.728007 1.093372 0 0
refined_grains 4.2405808 10 0.7606059 10 10
saturated_fat 8.953704 4.023419 2.727190 3.508490 0
added_sugars 10 7.736649 8.948291 10 10
total 67.55899 64.93424 53.50095 73.03422 56.77601"""


def test_healthy_eating_index_of_five_records_as_published():
    rows = {name: values for name, *values in (line.split() for line in RECORDS.splitlines())}
    raw = pd.DataFrame(rows).astype(float)
    plant = raw["soy"] + raw["nuts"] + raw["pf_legumes"]
    fish = raw["sea_hi"] + raw["sea_lo"]
    amounts = raw[["energy_kcal", "sodium_mg", "sfa_g", "dairy"]].assign(
        unsaturated_g=raw["mufa"] + raw["pufa"], added_sugars_g=4 * raw["sugar_tsp"],
        total_fruit=raw["f_total"], whole_fruit=raw["f_cit"] + raw["f_other"],
        total_vegetables=raw["v_total"] + raw["legumes"], greens_and_beans=raw["v_dark"] + raw["legumes"],
        whole_grains=raw["g_whole"], refined_grains=raw["g_ref"],
        total_protein=raw["meat"] + raw["eggs"] + plant, seafood_and_plant_protein=fish + plant,
    )  # fmt: skip
    found = hei.hei2020(amounts)
    for name, *values in (line.split() for line in SCORED.splitlines()):
        assert list(found[name]) == pytest.approx([float(value) for value in values], abs=1e-4), name


def test_health_stars_of_plain_foods():
    apple = Food(218, 10.4, 0, 1, 2.4, 0.3, fvl_percent=100)
    assert health_star_rating(apple, "food").grade == "4.5"  # as a food by its score; as produce by rule:
    assert health_star_rating(apple, "produce").grade == "5"
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


kinds = st.sampled_from(
    [(f"nutri-score-{edition}", kind) for edition in (2021, 2023)
     for kind in ("general", "red-meat", "cheese", "fats", "beverage")]
    + [("uk-npm-2004", kind) for kind in ("general", "beverage")]
    + [("health-star-rating-2020", category) for category in STAR_CATEGORIES[:6]]
)  # fmt: skip


def badness(grade: str) -> float | str:
    """Stars fall as a food gets worse; letters, and `healthier` before `less healthy`, rise."""
    return -float(grade) if grade[0].isdigit() else grade


GOOD = ("fibre_g", "fvl_percent", "protein_g")
BAD = ("energy_kj", "sugars_g", "sodium_mg", "sfa_g")


@given(
    st.tuples(st.floats(0, 3700), amounts, amounts, st.floats(0, 3000), amounts, amounts),
    st.floats(0, 100), kinds, st.sampled_from([*GOOD, *BAD]), st.floats(0.01, 30),
)  # fmt: skip
def test_each_nutrient_moves_a_score_in_one_direction(values, fvl, which, nutrient, more):
    # With a protein rule met or not met alike; where more of the bad makes protein count no longer, the score
    # rises too, and where more fruit makes it count again, it falls: the rule is monotone as well.
    score, kind = which
    stars = score == "health-star-rating-2020"
    food = Food(*values, fat_g=200.0, fvl_percent=fvl, kind="general" if stars else kind)
    step = more * (100 if nutrient in ("energy_kj", "sodium_mg") else 1)
    other = replace(
        food, **{nutrient: min(getattr(food, nutrient) + step, 100 if nutrient == "fvl_percent" else 1e9)}
    )
    before, after = scored(score, kind, food), scored(score, kind, other)
    assert (after.value - before.value) * (-1 if nutrient in GOOD else 1) >= 0
    worse, better = (before, after) if nutrient in GOOD else (after, before)
    assert badness(worse.grade) >= badness(better.grade)


@given(kinds, st.sampled_from([*NUTRIENTS, "fvl_percent"]))
def test_a_missing_input_gives_no_number_and_is_named(which, absent):
    score, kind = which
    stars = score == "health-star-rating-2020"
    food = Food(1, 1, 1, 1, 1, 1, fat_g=1, kind="general" if stars else kind)
    found = scored(score, kind, replace(food, **{absent: math.nan}))
    assert math.isnan(found.value)
    assert absent in found.reason
    assert found.grade == ""
    assert not found.points


@given(
    st.sampled_from([*table("nrf-9-3")["encourage"], *table("nrf-9-3")["limit"]]),
    st.floats(0, 500),
    st.floats(0.1, 500),
)
def test_nutrient_rich_index_rises_with_the_good_and_falls_with_the_bad(nutrient, start, more):
    official = table("nrf-9-3")
    food = dict.fromkeys((*official["encourage"], *official["limit"]), 1.0) | {"energy_kcal": 120.0}
    before = nrf93(food | {nutrient: start}).value
    after = nrf93(food | {nutrient: start + more}).value
    assert (after - before) * (1 if nutrient in official["encourage"] else -1) >= -1e-9
    assert math.isnan(nrf93({key: value for key, value in food.items() if key != nutrient}).value)


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
