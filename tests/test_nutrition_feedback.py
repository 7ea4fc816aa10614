"""What a household is shown: traced to receipt lines, honest about coverage, never below the floor."""

from __future__ import annotations

import argparse
import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from household_trace import Trace
from nutrition_support import basis, population, study

from casestudy.cli.nutrition import add
from casestudy.errors import InputError
from casestudy.nutrition import measures, recommend
from casestudy.nutrition.components import IDS
from casestudy.nutrition.feedback import household_feedback
from casestudy.nutrition.periods import DisplayRules
from casestudy.nutrition.receipt import household_lines
from casestudy.nutrition.swaps import WANTED, WORSE, swaps
from casestudy.report.household import household_page


def page(household_id: int | str, **options: object):
    return household_feedback(study(), household_id, basis=basis(), population=population(), **options)


@pytest.fixture(scope="module")
def one():
    return page(1)


def test_every_number_of_fifty_households_is_a_sum_of_receipt_lines():
    homes = population().groupby("household_id")["food_spend"].sum()
    chosen = homes[homes > 500].sample(50, random_state=11).index
    for home in chosen:
        shown = page(int(home))
        lines = shown.lines
        whole = shown.summary.set_index("period").loc["three months"]
        assert whole["food_spend"] == pytest.approx(lines["spend"].sum())
        assert whole["kilograms"] == pytest.approx(lines["grams"].sum() / 1000)
        assert whole["energy_kcal"] == pytest.approx(lines["energy_kcal"].sum())
        for nutrient in shown.nutrient_ids:
            parts = shown.contributions[shown.contributions["nutrient"] == nutrient]
            assert parts["amount"].sum() == pytest.approx(lines[nutrient].sum())
            assert shown.items[nutrient].sum() == pytest.approx(lines[nutrient].sum())
        energy = lines["energy_kcal"].sum()
        rows = shown.nutrients[shown.nutrients["period"] == "three months"].set_index("measure")
        fat = rows.loc["fat_energy_percent", "value"]
        assert math.isnan(fat) or fat == pytest.approx(900 * lines["fat_g"].sum() / energy)


def traced(home: int, **options: object) -> int:
    shown = page(home, **options)
    lines = household_lines(basis(), home)
    return Trace(household_page(study(), shown), lines, shown.window, basis().groups).all()


@pytest.mark.parametrize(("home", "least"), [(14, 2000), (967, 80), (1813, 3000)])
def test_every_figure_printed_on_a_page_is_reckoned_from_receipt_lines(home, least):
    # Three months just above the floor, the one with least food, and one with food in a single month.
    assert traced(home) > least


def test_a_wrong_figure_anywhere_on_a_page_is_found():
    shown, lines = page(967), household_lines(basis(), 967)
    html = household_page(study(), shown)
    start, end = html.index("<main"), html.index("<footer")
    figures = list(re.finditer(r"(?<=>)[^<]*?(\d)[^<]*(?=</(?:td|dd|span|p|summary|a)>)", html[start:end]))
    names = ("From ", shown.profile, " receipt lines of")  # months, a year in a title, a product
    figures = [figure for figure in figures if not figure[0].startswith(names)]
    assert len(figures) > 40
    for figure in figures[::12]:
        place = start + figure.start(1)
        wrong = html[:place] + str((int(html[place]) + 3) % 10) + html[place + 1 :]
        with pytest.raises((AssertionError, StopIteration, ValueError)):
            Trace(wrong, lines, shown.window, basis().groups).all()


@pytest.mark.extra
def test_every_figure_printed_on_fifty_pages_is_reckoned_from_receipt_lines():
    homes = population().groupby("household_id")["food_spend"].sum()
    for home in [homes.idxmax(), homes.idxmin(), *homes.sample(45, random_state=12).index]:
        assert traced(int(home)) > 40, home
    assert traced(1) > 8000
    assert traced(1, month="2017-02") > 6000  # at the start of the data the window is shorter
    assert traced(2375, profile="us-2020") > 5000


def test_a_household_s_lines_sum_to_the_engine_s_table():
    for home in (1, 900, 2375):
        lines = household_lines(basis(), home)
        mine = population()[population()["household_id"] == home].set_index("month")
        months = lines[lines["class"].isin(["food", "beverage"])].groupby("month")[list(IDS)].sum()
        for component in ("energy_kcal", "fat_g", "sodium_mg"):
            np.testing.assert_allclose(months.loc[mine.index, component], mine[component], rtol=1e-5)


def test_shares_and_coverage_add_up(one):
    assert one.coverage["percent"].sum() == pytest.approx(100)
    rest = one.summary.set_index("period").loc["month"]
    assert rest["measured_percent"] + rest["tables_percent"] + rest["assumed_percent"] == pytest.approx(100)
    for _, part in one.contributions.groupby("nutrient"):
        assert part["share_percent"].sum() == pytest.approx(100)


def test_ranges_hold_the_value_and_across_is_said(one):
    known = one.nutrients.dropna(subset=["value"])
    assert (known["low"] <= known["value"] + 1e-9).all()
    assert (known["high"] >= known["value"] - 1e-9).all()
    for row in known.itertuples(index=False):
        if row.position == "within":
            assert not row.low < row.target_low
            assert not row.high > row.target_high


def test_changes_add_up_and_name_groups(one):
    for row in one.changes.itertuples(index=False):
        assert row.difference == pytest.approx(row.now - row.before)
        assert row.because


def test_swaps_stay_inside_a_group_and_help(one):
    assert (one.swaps["saves"] > 0).all()
    members = basis().groups.members
    names = basis().groups.groups.set_index("group")["name"]
    for row in one.swaps.itertuples(index=False):
        group = names.index[names == row.group_name][0]
        assert row.instead in set(members.loc[members["group"] == group, "food"])


def test_swaps_are_between_kinds_of_one_food_and_buy_no_gain_with_a_loss(one):
    groups, members = basis().groups, basis().groups.members
    mixture = groups.groups.set_index("group")["mixture"]
    assert {"lunch-kit", "spices", "sandwich-deli"} <= set(mixture.index[mixture != "kinds"])
    offered = pd.concat([swaps(basis().groups, page(home).lines) for home in (1, 900, 2375)])
    names = groups.groups.set_index("name")["group"]
    for row in offered.itertuples(index=False):
        group = names[row.group_name]
        assert mixture[group] == "kinds"
        member = members[(members["group"] == group) & (members["food"] == row.instead)].iloc[0]
        for nutrient, direction in WANTED.items():
            usual = groups.middle.loc[group, nutrient]
            assert not direction * (member[nutrient] - usual) < -max(usual / 10, WORSE[nutrient])


def test_a_basket_without_kinds_to_swap_has_no_swaps(one):
    mixture = basis().groups.groups.set_index("group")["mixture"]
    parts = one.lines[one.lines["group"].map(mixture).ne("kinds")]
    for lines in (parts, one.lines.iloc[:0]):
        assert swaps(basis().groups, lines).empty


def test_little_food_shows_no_figures_but_says_why():
    spends = population().groupby(["household_id", "month"])["food_spend"].sum()
    home, month = spends[spends.between(5, 30)].index[0]
    shown = page(int(home), month=str(month))
    rest = shown.summary.set_index("period").loc["month"]
    assert not rest["shown"]
    assert "shown from" in rest["why"]
    hidden = shown.nutrients[shown.nutrients["period"] == "month"]
    assert hidden["value"].isna().all()
    assert (hidden["position"] == "not judged").all()


def test_a_time_without_food_has_a_page_that_says_so():
    shown = page(967, month="2017-03")  # its only basket is of August
    assert shown.lines.empty
    assert not shown.summary["shown"].any()
    assert shown.swaps.empty
    assert shown.changes.empty
    html = household_page(study(), shown)
    assert html.count("No food was bought here in this time.") == 2
    assert "nan" not in html[html.index("<main") : html.index("</main>")]


def test_a_household_under_the_floor_is_shown_no_figures_elsewhere_either():
    shown = page(967)
    assert shown.swaps.empty
    assert shown.changes.empty
    assert shown.comparison[["value", "median"]].isna().all(axis=None)
    assert shown.trend[["value", "rolling"]].isna().all(axis=None)
    assert "In no month was enough food bought here" in household_page(study(), shown)


def test_a_page_goes_to_a_folder_or_a_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("casestudy.nutrition.feedback.household_feedback", lambda *_: page(967))
    parser = argparse.ArgumentParser()
    add(parser.add_subparsers())
    for target, written in ((tmp_path, tmp_path / "household-967.html"), (tmp_path / "a.html",) * 2):
        given = parser.parse_args(["household", "967", "--study", str(study().root), "--to", str(target)])
        assert given.act(given) == 0
        assert written.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        assert str(written) in capsys.readouterr().out


def test_every_target_says_where_it_comes_from_and_how_sure_that_is(one):
    assert set(one.targets["mark"]) <= set(recommend.MARKS)
    for name in recommend.profile_names(study()):
        for target in recommend.read_profile(study(), name).targets.values():
            assert len(target.says) > 20, (name, target.measure)
            if target.mark == "R":
                assert "not read" in target.says or "was not" in target.says, (name, target.measure)


def test_no_comparison_below_the_floor():
    strict = replace(study(), floor=10_000)
    shown = household_feedback(strict, 1, basis=basis(), population=population())
    assert shown.comparison["median"].isna().all()
    assert shown.comparison["basis"].str.contains("fewer than 10000").all()
    assert (page(1).comparison["households"] >= study().floor).all()


def test_own_targets_come_before_the_profile(tmp_path, monkeypatch):
    frame = pd.DataFrame(
        [("1", "salt_g_per_mj", np.nan, 0.9, "my blood pressure")],
        columns=["household_id", "measure", "low", "high", "why"],
    )
    monkeypatch.setattr(recommend, "read_own_targets", lambda _: frame)
    rows = page(1).nutrients.set_index(["period", "measure"])
    assert rows.loc[("month", "salt_g_per_mj"), "target_of"] == "own target"
    assert rows.loc[("month", "salt_g_per_mj"), "target_high"] == 0.9
    assert rows.loc[("month", "fat_energy_percent"), "target_of"] != "own target"


def test_profiles_differ_in_where_the_same_basket_lies():
    old = page(1).nutrients.set_index(["period", "measure"])["position"]
    new = page(1, profile="finland-2014").nutrients.set_index(["period", "measure"])["position"]
    assert (old != new).any()


@pytest.mark.parametrize(
    ("home", "options", "found"),
    [
        ("nobody", {}, "no receipt line"),
        (1, {"month": "2016-05"}, "not a month"),
        (1, {"profile": "finland-1987"}, "no profile"),
    ],
)
def test_unknown_words_are_named(home, options, found):
    with pytest.raises(InputError, match=found):
        page(home, **options)


def test_rules_are_parameters():
    eager = page(1, rules=DisplayRules(month_spend=10_000))
    assert not eager.summary["shown"].iloc[0]


def test_measures_of_nothing_are_undefined():
    empty = pd.DataFrame([dict.fromkeys(IDS, 0.0)])
    assert measures.compute(empty).iloc[0].isna().all()


def test_every_profile_reads_and_bad_ones_list_all_problems(make_profile):
    for name in recommend.profile_names(study()):
        assert recommend.read_profile(study(), name).targets
    bad = 'title = "x"\n[[target]]\nmeasure = "fat"\nmark = "Z"\nlow = 9\nhigh = 3\n'
    with pytest.raises(InputError) as caught:
        recommend.read_profile(make_profile("bad", bad), "bad")
    assert len(caught.value.problems) == 3


@pytest.fixture
def make_profile(tmp_path):
    def make(name: str, text: str):
        (tmp_path / "study.toml").write_text('title = "t"\n')
        folder = tmp_path / "profiles" / "recommendations"
        folder.mkdir(parents=True)
        (folder / f"{name}.toml").write_text(text)
        return type(study()).load(tmp_path)

    return make
