"""The verbs of the service, the check of its files, and the lane that needs no weights."""

from __future__ import annotations

import argparse
import shutil

import pandas as pd
import pytest
from nutrition_support import ROOT, basis, population, study

from casestudy.cli import nutrition
from casestudy.cli.nutrition import coverage_text
from casestudy.errors import InputError
from casestudy.nutrition import expenditure, hei
from casestudy.nutrition import population as everyone
from casestudy.nutrition.check import check
from casestudy.nutrition.coverage import coverage
from casestudy.nutrition.recommend import read_profile
from casestudy.nutrition.weights import REJECTED
from casestudy.study import Study


def test_coverage_says_what_matters():
    text = coverage_text(coverage(study(), basis()), most=3)
    assert "Mapped by an explicit row of (department, category, type): 98" in text
    for word in ("measured", "tables", "assumed", "shipping case", "Mapped a second time: 100 rows"):
        assert word in text
    assert "The same group in 97 % (95 % interval 92 to 99) of the rows, the same family in 98 %" in text


def test_coverage_counts_every_size_that_was_not_believed():
    found = coverage(study(), basis())
    products = basis().products
    rejected = products["note"].str.startswith("size rejected") | products["note"].str.startswith("one piece")
    aside = found.counts[found.counts["use"].str.startswith("set aside")]
    others = products["status"].isin(REJECTED) & ~rejected
    assert found.rejected["products"].sum() + aside["products"].sum() == (rejected | others).sum()
    assert found.counts["products"].sum() == products["status"].eq("count only").sum()
    assert 0.9 < found.kilograms / 1e6 < 1.4
    assert found.naive_kilograms / 1e6 == pytest.approx(2.0, abs=0.1)
    text = coverage_text(found)
    assert "1.235 thousand t as bought (1.988 if every size were believed)" in text
    assert "measured 70.0 %, tables 8.6 %, assumed 21.3 %" in text


def test_agreement_of_the_maps_is_of_the_map_before_it_was_mended():
    check = coverage(study(), basis()).check
    mended = check[check["mended"]]
    assert len(mended) == 1
    assert not mended["same_group"].any()
    assert (mended["now"] == mended["second"]).all()


def test_the_verbs_parse_and_speak():
    parser = argparse.ArgumentParser()
    nutrition.add(parser.add_subparsers())
    given = parser.parse_args(["household", "7", "--month", "2017-03"])
    assert (given.id, given.month, given.profile) == ("7", "2017-03", "finland-2005")
    assert parser.parse_args(["nutrition", "coverage"]).act is nutrition.show_coverage
    with pytest.raises(SystemExit):
        parser.parse_args(["nutrition"])


def test_a_page_is_one_file_with_its_household(tmp_path, monkeypatch, capsys):
    from casestudy.nutrition import feedback

    monkeypatch.setattr(feedback, "open_basis", lambda _: basis())
    monkeypatch.setattr("casestudy.nutrition.compare.household_nutrients", lambda _: population())
    parser = argparse.ArgumentParser()
    nutrition.add(parser.add_subparsers())
    path = tmp_path / "page.html"
    given = parser.parse_args(["household", "900", "--study", str(ROOT), "--to", str(path)])
    assert given.act(given) == 0
    assert "household 900" in capsys.readouterr().out
    text = path.read_text()
    assert text.lstrip().lower().startswith("<!doctype html")
    assert study().data_status["purchases"][:40] in text


@pytest.fixture
def copied(tmp_path):
    shutil.copytree(ROOT / "profiles", tmp_path / "profiles")
    shutil.copy(ROOT / "study.toml", tmp_path / "study.toml")
    return tmp_path


def test_the_study_s_own_files_have_no_problem():
    assert check(study()) == []


def test_every_broken_file_is_named_at_once(copied):
    profiles = copied / "profiles"
    (profiles / "prices-per-kg.csv").write_text(
        "group,type,price_per_kg,low,high,source\nmilk,*,cheap,1,2,x\n"
    )
    (profiles / "unit-weights.csv").write_bytes("group,type\ncrème,é\n".encode("latin-1"))
    (profiles / "recommendations" / "finland-2005.toml").write_text("title = ")
    lines = (profiles / "food-map.csv").read_text().splitlines()
    (profiles / "food-map.csv").write_text("\n".join([*lines, "A,B,C,no-such-group", lines[1]]) + "\n")
    found = [str(problem) for problem in check(Study.load(copied))]
    for word in ("prices-per-kg.csv, row 2", "unit-weights.csv", "finland-2005", "no-such-group", "same key"):
        assert any(word in one for one in found), word
    with pytest.raises(InputError):
        read_profile(Study.load(copied), "finland-2005")


def test_a_study_without_nutrition_is_left_alone(tmp_path):
    (tmp_path / "study.toml").write_text('title = "t"\n')
    assert check(Study.load(tmp_path)) == []


def test_shares_of_spend_add_up_to_what_is_recognised():
    shares = expenditure.plan_shares(basis())
    by_home = shares.groupby("household_id")["share_percent"].sum()
    assert by_home.max() <= 100 + 1e-6
    assert by_home.median() > 99
    assert set(shares["plan_category"]) == set(expenditure.CATEGORIES)
    assert set(basis().groups.groups["plan_category"]) <= set(expenditure.CATEGORIES)
    assert len(shares) == shares["household_id"].nunique() * len(expenditure.CATEGORIES)


def test_the_healthy_eating_index_of_all_sales_is_in_the_believable_band():
    amounts = hei.household_equivalents(study(), basis())
    whole = hei.hei2020(amounts.sum().to_frame().T)["total"].iloc[0]
    assert 40 < whole < 65  # the Department of Agriculture computed 55 for US retail sales of 2013


def test_all_baskets_together():
    year = everyone.household_year(population())
    assert len(year) == population()["household_id"].nunique()
    spread = everyone.distribution(year, 1)
    assert (spread["p10"] <= spread["p50"]).all()
    assert (spread["p50"] <= spread["p90"]).all()
    beside = everyone.beside(year, read_profile(study(), "finland-2014"), 1)
    parts = beside[["below_percent", "within_percent", "above_percent"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(100)
    whole = year[["energy_kcal", "protein_g", "fat_g"]].sum()
    assert 9 * whole["fat_g"] / whole["energy_kcal"] == pytest.approx(0.38, abs=0.05)


def test_assumed_prices_move_weights_and_little_else():
    moved = everyone.sensitivity(basis()).set_index(["assumption", "measure"])
    dear, cheap = "prices per kg 20 % higher", "prices per kg 20 % lower"
    assert (
        moved.loc[(dear, "protein_energy_percent"), "kilograms"]
        < moved.loc[(cheap, "protein_energy_percent"), "kilograms"]
    )
    for measure in ("sfa_energy_percent", "fat_energy_percent", "added_sugars_energy_percent"):
        assert abs(moved.loc[(dear, measure), "change"]) < 1
        outer = moved.loc[("greatest member of every food group", measure), "change"]
        assert outer > abs(moved.loc[(dear, measure), "change"])


def test_grades_of_groups_cover_the_spend():
    scores = everyone.group_scores(basis())
    shares = everyone.grade_shares(scores)
    assert shares["edition_2023_percent"].sum() == pytest.approx(100)
    graded = scores.set_index("group")["grade_2023"]
    assert graded["water"] == "A"
    assert graded["apples"] == "A"
    assert graded["candy-chocolate"] == "E"
    assert isinstance(scores, pd.DataFrame)
