"""Purchases: the reference data's counts, any retailer's files, and all that can be wrong with them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from nutrition_support import basis, study

from casestudy.errors import InputError
from casestudy.nutrition.feedback import household_feedback
from casestudy.purchases.check import MOST_LISTED, purchase_problems
from casestudy.purchases.food import classify, read_rules
from casestudy.purchases.households import read_households
from casestudy.purchases.months import household_months
from casestudy.purchases.read import JOURNEY_HOURS, Purchases, open_purchases
from casestudy.study import Study

LINES = """household_id,timestamp,product_id,quantity,amount
h1,2024-01-31T23:30:00+02:00,p1,1,2.50
h1,2024-02-01T09:00:00+02:00,p2,2,3.00
h2,2024-12-31 23:59:59,p1,1,2.50
h2,2025-01-01 00:00:01,p3,0.534,4.20
"""
PRODUCTS = """product_id,department,category,type,size
p1,GROCERY,CHEESE,SHREDDED CHEESE,8 OZ
p2,GROCERY,EGGS,EGGS - LARGE,12 CT
p3,FUEL,GASOLINE,REGULAR,
"""


@pytest.fixture
def shop(tmp_path):
    """A study whose purchases are the files that a test writes."""

    def make(lines: str | bytes = LINES, products: str = PRODUCTS, name: str = "lines.csv") -> Study:
        (tmp_path / "study.toml").write_text('title = "Shop"\n[sources]\npurchases = "purchases"\n')
        root = Path(study().root)
        if not (tmp_path / "profiles").exists():
            shutil.copytree(root / "profiles", tmp_path / "profiles")
        path = tmp_path / "purchases" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(lines if isinstance(lines, bytes) else lines.encode())
        (tmp_path / "purchases" / "products.csv").write_text(products)
        return Study.load(tmp_path)

    return make


def frame(purchases: Purchases) -> pd.DataFrame:
    return purchases.connection.execute(purchases.lines.order_by("household_id", "timestamp"))


def test_reference_classes_are_counted_again():
    purchases = basis().purchases
    lines = purchases.join(purchases.products[["product_id", "class"]])
    found = purchases.connection.execute(
        lines.group_by("class").agg(
            rows=lines.count(),
            products=lines.product_id.nunique(),
            worth=lines.worth.sum(),
            cents=lines.cents.sum(),
        )
    ).set_index("class")
    counted = {
        "food": (1_084_338, 34_402, 2_799_870), "beverage": (142_296, 4_115, 383_985),
        "alcohol": (16_666, 2_280, 147_902),
        "infant": (13_046, 720, 40_895), "supplement": (2_780, 759, 21_641), "pet": (20_452, 1_591, 68_335),
        "tobacco": (7_453, 395, 56_754), "non-food": (172_569, 23_845, 997_627),
    }  # fmt: skip
    for name, (rows, products, sales) in counted.items():
        assert found.loc[name, "rows"] == rows, name
        assert found.loc[name, "products"] == products, name
        assert round(found.loc[name, "worth"] / 100) == sales, name
    assert round(found.loc["food", "cents"] / 100) == 2_790_342


def test_what_is_paid_has_the_manufacturer_s_coupons_taken_off():
    purchases = basis().purchases
    sums = purchases.connection.execute(
        purchases.lines.agg(worth=purchases.lines.worth.sum(), cents=purchases.lines.cents.sum())
    ).iloc[0]
    raw = pd.read_parquet(
        study().source("purchases") / "transactions.parquet",
        columns=["sales_value", "coupon_disc", "quantity"],
    )
    assert sums["worth"] == round(raw["sales_value"] * 100).sum()
    assert (sums["worth"] - sums["cents"]) / 100 == pytest.approx(26_359.90)
    counts, listed = purchase_problems(purchases)
    by = counts.set_index("odd")["lines"]
    zero = raw["quantity"].eq(0) & raw["sales_value"].round(2).eq(0)  # some hold 4e-16
    assert by["coupon"] == (raw["coupon_disc"] > raw["sales_value"] + 0.001).sum()
    assert by["nothing bought"] == (zero & raw["coupon_disc"].eq(0)).sum() == 5_862
    assert by["negative"] == 0
    assert not any("coupon" in problem.found for problem in listed)


def test_a_coupon_makes_no_food_lighter():
    """Weights come from what the retailer received; only the spend is what the household paid."""
    lines = basis().lines()
    used = lines.filter((lines.worth > lines.cents) & (lines.quantity > 0) & (lines.route == "price per kg"))
    one = basis().connection.execute(used.limit(50))
    assert len(one) == 50
    facts = basis().products.set_index("product_id")["cent_mg"]
    assert (one["mg"] == one["worth"] * one["product_id"].map(facts)).all()


def test_the_clock_puts_the_year_s_end_in_its_year():
    months = household_months(basis().purchases)
    assert set(months["month"]) == {f"2017-{m:02}" for m in range(1, 13)}
    assert months["baskets"].sum() == 155_848
    assert months["spend"].sum() == pytest.approx(4_596_040 - 26_360, abs=1)
    every = household_months(basis().purchases, every_month=True)
    assert len(every) == 2_469 * 12
    assert every["food_spend"].sum() == pytest.approx(months["food_spend"].sum())


def test_the_clock_is_the_one_that_the_data_s_own_weeks_keep():
    # Weeks turn at midnight of Monday in US Eastern time, summer time included; the fixed shift misses few.
    import duckdb

    path = study().source("purchases") / "transactions.parquet"
    lines = duckdb.sql(f"select basket_id, week, transaction_timestamp as utc from '{path}'").df()
    baskets = lines.drop_duplicates("basket_id")
    eastern = baskets["utc"].dt.tz_localize("UTC").dt.tz_convert("America/New_York").dt.tz_localize(None)
    fixed = baskets["utc"] + pd.Timedelta(hours=JOURNEY_HOURS)

    def week(time: pd.Series) -> pd.Series:
        return (time.dt.normalize() - pd.Timestamp("2016-12-26")).dt.days // 7 + 1

    assert (week(eastern) == baskets["week"]).all()
    assert (week(baskets["utc"]) != baskets["week"]).sum() == 3_751
    assert (week(fixed) != baskets["week"]).sum() == 103
    assert (eastern.dt.month != fixed.dt.month).sum() == 27
    assert not eastern.dt.strftime("%m-%d").eq("12-25").any()


def test_a_category_alone_decides_nothing():
    rules = read_rules(study())
    products = pd.DataFrame(
        {
            "department": ["GROCERY", "DRUG GM", "TRAVEL & LEISURE", None, "FUEL"],
            "category": ["CANDY", "CANDY - PACKAGED", "APPLES", None, None],
        }
    )
    assert classify(products, rules).to_pylist() == ["food", "food", "food", "unknown", "non-food"]


def test_months_are_those_of_the_place_and_quantities_may_be_weights(shop):
    purchases = open_purchases(shop())
    lines = frame(purchases)
    assert list(lines["month"]) == ["2024-01", "2024-02", "2024-12", "2025-01"]
    assert list(lines["month_number"]) == [202401, 202402, 202412, 202501]
    assert lines["quantity"].tolist()[-1] == 534
    assert lines["cents"].sum() == 1220
    assert lines["basket_id"].nunique() == 4


def test_folders_of_files_and_parquet_give_the_same(shop, tmp_path):
    one = frame(open_purchases(shop()))
    rows = pd.read_csv(tmp_path / "purchases" / "lines.csv", dtype=str)
    (tmp_path / "purchases" / "lines.csv").unlink()
    for year, part in rows.groupby(rows["timestamp"].str[:4]):
        path = tmp_path / "purchases" / "lines" / year / "part.parquet"
        path.parent.mkdir(parents=True)
        part.to_parquet(path)
    pd.testing.assert_frame_equal(frame(open_purchases(Study.load(tmp_path))), one)


def test_a_household_s_page_from_another_retailer(shop):
    page = household_feedback(shop(), "h1")
    assert page.month == "2024-02"
    assert page.lines["grams"].sum() == pytest.approx(8 * 28.3495 + 24 * 56.7 * 0.88, abs=0.1)
    assert set(page.lines["route"]) == {"parsed", "count"}


def test_a_household_without_food_is_told_so(shop):
    lines = LINES + "h3,2024-05-05 10:00:00,p3,10,30\n"
    with pytest.raises(InputError, match="nothing to give back"):
        household_feedback(shop(lines), "h3")


def test_every_oddity_is_counted_and_listed(shop):
    odd = LINES + (
        "h1,2024-03-01 10:00:00,p9,1,1.00\n"  # unknown product
        "h1,2024-03-01 10:00:00,p1,-1,-2.50\n"  # a return
        "h1,not a time,p1,1,2.50\n"
        "h1,2024-03-02 10:00:00,p1,three,2.50\n"
        "h1,2024-03-03 10:00:00,p1,0,0\n"
        "h1,2024-03-04 10:00:00,p1,0,2.00\n"
        "h1,2024-03-05 10:00:00,p1,1,0\n"
        "h1,2024-03-06 10:00:00,p2,1,1.5\n"
        "h1,2024-03-06 10:00:00,p2,1,1.5\n"
        "h1,2024-03-07 10:00:00,p1,99999,1.5\n"
    )
    counts, problems = purchase_problems(open_purchases(shop(odd)))
    found = counts.set_index("odd")["lines"]
    assert found.to_dict() == {
        "unreadable": 2, "another currency": 0, "unknown product": 1, "nothing bought": 1, "no quantity": 1,
        "free": 1, "negative": 1, "large quantity": 1, "repeated": 2,
    }  # fmt: skip
    assert all(problem.remedy for problem in problems)
    assert any("p9" in problem.where for problem in problems)


def test_many_oddities_are_cut_short_with_a_count(shop):
    many = LINES + "".join(f"h1,2024-03-01 10:00:{n:02},p9,1,1.00\n" for n in range(50))
    _, problems = purchase_problems(open_purchases(shop(many)))
    unknown = [problem for problem in problems if "no record" in problem.found]
    assert len(unknown) == MOST_LISTED + 1
    assert "30 more" in unknown[-1].found


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("household_id,time,product_id,amount\nh1,x,p1,1\n", "timestamp"),
        (LINES.replace("h1", "hé").encode("latin-1"), "not UTF-8"),
    ],
)
def test_files_that_cannot_be_used_say_why(shop, lines, found):
    with pytest.raises(InputError, match=found):
        open_purchases(shop(lines))


def test_one_currency_is_shown_by_its_sign(shop):
    lines = "household_id,timestamp,product_id,quantity,amount,currency\n"
    lines += "h1,2024-01-01 10:00:00,p1,1,1,EUR\n"
    assert open_purchases(shop(lines)).currency == "€"


def test_missing_files_and_doubled_products(shop, tmp_path):
    made = shop(products=PRODUCTS + "p1,GROCERY,CHEESE,OTHER,1 LB\n")
    with pytest.raises(InputError, match="occurs before"):
        open_purchases(made)
    (tmp_path / "purchases" / "lines.csv").unlink()
    (tmp_path / "purchases" / "products.csv").write_text(PRODUCTS)
    with pytest.raises(InputError, match="no table of lines"):
        open_purchases(made)


def test_households_with_known_size():
    homes = read_households(study())
    assert len(homes) == 801
    assert homes["size"].between(1, 5).all()
    assert (homes["adults"] >= 1).all()


@pytest.mark.extra
def test_embedded_and_distributed_engine_give_equal_tables():
    from casestudy import engine
    from casestudy.nutrition.basis import open_basis
    from casestudy.nutrition.nutrients import household_nutrients
    from casestudy.study import EngineSettings

    one = household_nutrients(basis())
    spark = engine.connect(EngineSettings(backend="spark"))
    other = household_nutrients(open_basis(study(), open_purchases(study(), spark)))
    pd.testing.assert_frame_equal(one, other, check_exact=False, rtol=1e-9, check_dtype=False)
