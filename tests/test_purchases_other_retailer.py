"""Another retailer's folder of files, from receipt lines to a page, with all that can be wrong in it."""

from __future__ import annotations

import argparse
import gzip
import shutil
from pathlib import Path

import pandas as pd
import pytest
from nutrition_support import ROOT

from casestudy.cli import nutrition
from casestudy.errors import InputError
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


BAD_FILES = {
    "an empty file": ("lines/b.csv", b"", "it is empty"),
    "zero bytes": ("lines/b.csv", b"\x00" * 500, "not text"),
    "another encoding": ("lines/b.csv", (HEAD + "hé,,,,,,\n").encode("latin-1"), "not UTF-8"),
    "another encoding, packed": (
        "lines/b.csv.gz", gzip.compress((HEAD + "hé,,,,,,\n").encode("latin-1")), "not UTF-8"
    ),
    "not packed at all": ("lines/b.csv.gz", bytes(range(1, 256)), "cannot be read"),
    "missing columns": ("lines/b.csv", b"household_id,timestamp,product_id,qty,amount", "'quantity' is miss"),
    "a column twice": ("lines/b.csv", HEAD.replace("currency", "amount").encode(), "'amount' occurs twice"),
    "no products": ("products/other.csv", b"", "it is empty"),
    "products in another encoding": ("products/other.csv", "product_id\né\n".encode("latin-1"), "not UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_used_is_named_with_a_remedy(retailer, name):
    path, content, found = BAD_FILES[name]
    study = retailer("bad")
    (Path(study.root) / "till" / path).write_bytes(content)
    with pytest.raises(InputError) as error:
        open_purchases(study)
    assert error.value.problems
    assert all(one.where == Path(path).name and one.remedy for one in error.value.problems)
    assert found in str(error.value)


def test_a_file_that_is_not_parquet_is_named(tmp_path):
    study = alone(tmp_path, "")
    for content in (b"", bytes(range(256)) * 40):
        (tmp_path / "till" / "lines.csv").unlink(missing_ok=True)
        (tmp_path / "till" / "lines.parquet").write_bytes(content)
        with pytest.raises(InputError, match=r"lines\.parquet: it is not a Parquet file"):
            open_purchases(study)


def alone(folder: Path, lines: str, products: str = PRODUCTS["dairy.csv"]) -> Study:
    (folder / "till").mkdir(exist_ok=True)
    if not (folder / "profiles").exists():
        shutil.copytree(ROOT / "profiles", folder / "profiles")
    (folder / "study.toml").write_text('title = "Kauppa"\n[sources]\npurchases = "till"\n')
    (folder / "till" / "lines.csv").write_text(lines)
    (folder / "till" / "products.csv").write_text(products)
    return Study.load(folder)


GOOD = HEAD + "h1,2024-02-01 10:00:00,cheese,1,2.50,EUR,b1\nh1,2024-03-01 10:00:00,eggs,2,3.80,EUR,b2\n"


@pytest.mark.parametrize(
    ("lines", "products"),
    [
        ("\ufeff" + GOOD, "\ufeff" + PRODUCTS["dairy.csv"]),
        (GOOD.replace(",", ";").replace(".50", ",50").replace(".80", ",80"),
         PRODUCTS["dairy.csv"].replace(",", ";")),
        (GOOD.replace(",", "\t"), PRODUCTS["dairy.csv"].replace(",", "\t")),
        (GOOD.replace("\n", "\r\n"), PRODUCTS["dairy.csv"].replace("\n", "\r\n")),
        (GOOD.replace("h1", '"h1"').replace("cheese", '"cheese"'), PRODUCTS["dairy.csv"]),
    ],
    ids=["byte order mark", "semicolons and decimal commas", "tabs", "line ends of another system", "quotes"],
)  # fmt: skip
def test_however_a_retailer_writes_its_tables_they_are_read_alike(tmp_path, lines, products):
    found = household_nutrients(open_basis(alone(tmp_path, lines, products)))
    usual = household_nutrients(open_basis(alone(tmp_path, GOOD)))
    assert usual["food_spend"].tolist() == [2.5, 3.8]
    pd.testing.assert_frame_equal(found, usual)


ABSURD = (
    "h1,2024-03-02 10:00:00,cheese,1e300,2,EUR,b3\n"
    "h1,2024-03-02 10:00:00,cheese,1,1e300,EUR,b4\n"
    "h1,2024-03-02 10:00:00,cheese,nan,-inf,EUR,b5\n"
    "h1,0001-01-01 10:00:00,cheese,1,2,EUR,b6\n"
    "h1,9999-12-31 10:00:00,cheese,1,2,EUR,b7\n"
    "h1,2024-02-30 10:00:00,cheese,1,2,EUR,b8\n"
    ",2024-03-02 10:00:00,cheese,1,2,EUR,b9\n"
    "h1,2024-03-02 10:00:00,,1,2,EUR,b10\n"
    "h1,2024-03-02 10:00:00\n"
)


def test_every_line_that_cannot_be_read_is_named_by_file_and_row(tmp_path):
    basis = open_basis(alone(tmp_path, GOOD + ABSURD + "h1,2024-03-01 10:00:00,gone,1,1,EUR,b11,more\n"))
    counts, problems = purchase_problems(basis.purchases)
    lines = counts.set_index("odd")["lines"]
    assert lines[lines > 0].to_dict() == {"unreadable": 9, "unknown product": 1}
    rows = sorted(int(one.where.split("row ")[1].split(",")[0]) for one in problems)
    assert rows == list(range(4, 14))
    assert all(one.where.startswith("lines.csv, row ") for one in problems)
    assert household_nutrients(basis)["food_spend"].tolist() == [2.5, 3.8]


def test_money_beyond_belief_makes_no_food_and_stops_nothing(tmp_path):
    ham = "ham,DELI,DELI MEATS,MEAT: HAM PPK/PRSLC,LB,Private\n"
    lines = (
        GOOD + "h1,2024-03-02 10:00:00,ham,1,99999999,EUR,b3\n" + "h1,2024-03-02 10:00:00,ham,1,5,EUR,b4\n"
    )
    basis = open_basis(alone(tmp_path, lines, PRODUCTS["dairy.csv"] + ham))
    march = household_nutrients(basis).set_index("month").loc["2024-03"]
    assert march["food_spend"] == pytest.approx(99999999 + 5 + 3.8)
    assert march["counted_spend"] == pytest.approx(5 + 3.8)
    assert march["kilograms"] == pytest.approx(
        household_lines(basis, "h1")["grams"].sum() / 1000 - 0.227, abs=0.01
    )


def test_one_bad_line_among_many_is_found_by_its_row(tmp_path):
    many = [f"h{n % 500},2024-{1 + n % 12:02}-01 10:00:00,cheese,1,2.50,EUR,b{n}\n" for n in range(100_000)]
    many[77_776] = "h7,yesterday,cheese,1,2.50,EUR,b\n"
    purchases = open_purchases(alone(tmp_path, HEAD + "".join(many)))
    counts, problems = purchase_problems(purchases)
    assert counts["lines"].sum() == 1
    assert [one.where for one in problems] == [
        "lines.csv, row 77778, household h7, time not read, product cheese"
    ]


def test_tables_without_rows_and_parameters_below_zero_are_told(tmp_path):
    with pytest.raises(InputError, match="hold no rows"):
        open_purchases(alone(tmp_path, HEAD))
    with pytest.raises(InputError, match="hold no rows"):
        open_purchases(alone(tmp_path, GOOD, "product_id,department\n"))
    study = alone(tmp_path, GOOD)
    path = tmp_path / "profiles" / "prices-per-kg.csv"
    path.write_text("group,type,price_per_kg,low,high,source\nbananas,*,-1,0,1,x\nbeef,*,0,0,1,x\n")
    with pytest.raises(InputError) as error:
        open_basis(study)
    assert [one.where for one in error.value.problems] == [
        f"profiles/prices-per-kg.csv, row {n}" for n in (2, 3)
    ]
