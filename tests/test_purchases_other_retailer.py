"""Another retailer's folder of files, from receipt lines to a page, with all that can be wrong in it."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import pandas as pd
import pytest
from nutrition_support import ROOT

from casestudy.cli import nutrition
from casestudy.nutrition.basis import open_basis
from casestudy.nutrition.coverage import coverage
from casestudy.nutrition.expenditure import plan_shares
from casestudy.nutrition.feedback import household_feedback
from casestudy.nutrition.nutrients import household_nutrients
from casestudy.nutrition.receipt import household_lines
from casestudy.purchases.check import purchase_problems
from casestudy.purchases.months import household_months
from casestudy.purchases.read import open_purchases
from casestudy.study import Study

HEAD = "household_id,timestamp,product_id,quantity,amount,currency,basket_id\n"
PRODUCTS = {
    "dairy.csv": "product_id,department,category,type,size,brand\n"
    "cheese,GROCERY,CHEESE,SHREDDED CHEESE,8 OZ,Private\n"
    "milk,GROCERY,FLUID MILK PRODUCTS,FLUID MILK WHITE ONLY,1 GA,National\n"
    "eggs,GROCERY,EGGS,EGGS - LARGE,12 CT,National\n",
    "other.csv": "product_id,department,category,type,size\n"
    "bread,GROCERY,BAKED BREAD/BUNS/ROLLS,MAINSTREAM WHITE BREAD,20 OZ\n"
    "crisps,GROCERY,BAG SNACKS,POTATO CHIPS,15142310 OZ\n"
    "ham,DELI,DELI MEATS,MEAT: HAM PPK/PRSLC,LB\n"
    "petrol,FUEL,GASOLINE,REGULAR,\n",
}
PRICES = {"cheese": 2.5, "milk": 2.9, "eggs": 1.9, "bread": 1.6, "crisps": 2.4, "ham": 4.75, "petrol": 30.0}
ODD = (
    "tampere,2024-03-01 10:00:00,unheard-of,1,1.00,EUR,x1\n"
    "tampere,2024-03-01 10:00:00,cheese,-1,-2.50,EUR,x2\n"
    "tampere,once upon a time,cheese,1,2.50,EUR,x3\n"
    "tampere,2024-03-02 10:00:00,cheese,three,2.50,EUR,x4\n"
    "tampere,2024-03-02 10:00:00,cheese,1,cheap,EUR,x5\n"
    "tampere,2024-03-03 10:00:00,cheese,0,0,EUR,x6\n"
    "tampere,2024-03-04 10:00:00,cheese,0,2.00,EUR,x7\n"
    "tampere,2024-03-05 10:00:00,cheese,1,0,EUR,x8\n"
    "tampere,2024-03-06 10:00:00,eggs,1,1.90,EUR,x9\n"
    "tampere,2024-03-06 10:00:00,eggs,1,1.90,EUR,x9\n"
    "tampere,2024-03-07 10:00:00,cheese,99999,1.50,EUR,x10\n"
    "tampere,2024-03-08 10:00:00,cheese,1,25.00,SEK,x11\n"
    "nofood,2024-03-09 10:00:00,petrol,1,30.00,EUR,x12\n"
    "tampere,2024-12-31T23:30:00+02:00,milk,1,2.90,EUR,x13\n"
    "tampere,2025-01-01T00:30:00+02:00,milk,1,2.90,EUR,x14\n"
)


def bought(homes: int = 18) -> dict[str, str]:
    """Three shopping trips a month of every household, a file a month; no random draws."""
    files = {}
    for month in range(1, 7):
        lines = [
            f"{home},2024-{month:02}-{day:02}T1{place % 10}:00:00+02:00,{product},{1 + place % 3},"
            f"{price * (1 + place % 3):.2f},EUR,{home}-{month}-{day}\n"
            for place, home in enumerate(["tampere", "turku", *(f"h{n}" for n in range(homes - 2))])
            for day in (3, 12, 25)
            for product, price in PRICES.items()
            if product != "petrol"
        ]
        files[f"2024/{month:02}.csv"] = HEAD + "".join(lines)
    return files


@pytest.fixture
def retailer(tmp_path):
    """A study beside its retailer's folders, with or without what is odd."""

    def make(name: str, odd: str = "") -> Study:
        folder = tmp_path / name
        shutil.copytree(ROOT / "profiles", folder / "profiles")
        (folder / "study.toml").write_text('title = "Kauppa"\n[sources]\npurchases = "till"\n')
        for path, text in bought().items():
            write(folder / "till" / "lines" / path, text)
        if odd:
            write(folder / "till" / "lines" / "odd.csv", HEAD + odd)
        for path, text in PRODUCTS.items():
            write(folder / "till" / "products" / path, text)
        return Study.load(folder)

    def write(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return make


def test_from_receipt_lines_to_a_page(retailer, tmp_path, capsys):
    study = retailer("clean")
    basis = open_basis(study)
    assert basis.purchases.currency == "€"
    found = coverage(study, basis)
    assert found.mapping.set_index("mapped_by")["percent"].get("explicit") == pytest.approx(100)
    assert found.rejected.set_index("status").loc["absurd", "products"] == 1  # crisps of 429 tonnes
    assert len(household_months(basis.purchases)) == 18 * 6
    shares = plan_shares(basis).groupby("household_id")["share_percent"].sum()
    assert shares.to_numpy() == pytest.approx(100)
    shown = household_feedback(study, "turku", basis=basis)
    assert shown.summary["shown"].all()
    assert shown.lines["spend"].sum() == pytest.approx(shown.summary["food_spend"].iloc[1])
    assert (shown.comparison["households"] >= study.floor).all()
    parser = argparse.ArgumentParser()
    nutrition.add(parser.add_subparsers())
    page = tmp_path / "page.html"
    given = parser.parse_args(["household", "turku", "--study", str(study.root), "--to", str(page)])
    assert given.act(given) == 0
    assert "€" in page.read_text()


def test_what_is_odd_is_listed_with_a_remedy_and_the_rest_goes_on(retailer, capsys):
    study = retailer("odd", ODD)
    clean, odd = open_basis(retailer("clean")), open_basis(study)
    parser = argparse.ArgumentParser()
    nutrition.add(parser.add_subparsers())
    given = parser.parse_args(["nutrition", "coverage", "--lines", "--study", str(study.root)])
    assert given.act(given) == 0
    assert "most lines are in another currency" in capsys.readouterr().out
    counts, problems = purchase_problems(odd.purchases)
    assert counts.set_index("odd")["lines"].to_dict() == {
        "unreadable": 3, "another currency": 1, "unknown product": 1, "nothing bought": 1, "no quantity": 1,
        "free": 1, "negative": 1, "large quantity": 1, "repeated": 2,
    }  # fmt: skip
    assert all("household tampere" in one.where and one.found and one.remedy for one in problems)
    one, other = household_nutrients(clean), household_nutrients(odd)
    rest = ~other["household_id"].isin(["tampere", "nofood"])
    pd.testing.assert_frame_equal(
        one[one["household_id"] != "tampere"].reset_index(drop=True), other[rest].reset_index(drop=True)
    )
    mine = other[other["household_id"] == "tampere"].set_index("month")
    assert list(mine.index) == [*(f"2024-{month:02}" for month in range(1, 7)), "2024-12", "2025-01"]
    usual = one[one["household_id"] == "tampere"].set_index("month")
    # March: a returned and a free package of cheese cancel out, two dozen eggs come on top; 99,999 packages
    # of cheese, and what is unreadable or in kronor, weigh nothing.
    eggs = 2 * 12 * 56.7 * (1 - 0.12) / 1000
    assert mine.loc["2024-03", "kilograms"] - usual.loc["2024-03", "kilograms"] == pytest.approx(
        eggs, abs=0.01
    )
    lines = household_lines(odd, "tampere")
    assert lines["grams"].sum() / 1000 == pytest.approx(mine["kilograms"].sum(), rel=1e-6)


def test_lines_of_one_currency_only_may_name_none(retailer):
    study = retailer("plain")
    for path in (Path(study.root) / "till" / "lines").rglob("*.csv"):
        frame = pd.read_csv(path, dtype=str).drop(columns="currency")
        frame.to_csv(path, index=False)
    purchases = open_purchases(study)
    assert purchases.currency == "$"
    assert purchase_problems(purchases)[1] == []
