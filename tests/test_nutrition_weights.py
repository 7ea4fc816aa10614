"""Weights: the counts of the reference data, the price check, and shelves with every trap."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from nutrition_support import basis, study

from casestudy.nutrition import weights
from casestudy.nutrition.coverage import coverage
from casestudy.nutrition.weights import ROUTES, STATUS, WeightRules

# Products, share of rows and of sales (in percent), as counted before this resolver was written.
COUNTED = {
    "no size": (3615, 9.0, 12.5),
    "random weight": (2417, 6.8, 9.4),
    "count only": (1418, 5.2, 3.8),
    "usable": (29606, 73.8, 68.7),
}


def test_the_reference_counts_are_found_again():
    products = basis().products
    by = products.groupby("status").agg(n=("rows", "size"), rows=("rows", "sum"), sales=("amount", "sum"))
    assert len(products) == 38_435
    for status, (n, rows, sales) in COUNTED.items():
        assert by.loc[status, "n"] == pytest.approx(n, rel=0.02), status
        assert 100 * by.loc[status, "rows"] / by["rows"].sum() == pytest.approx(rows, abs=0.3)
        assert 100 * by.loc[status, "sales"] / by["sales"].sum() == pytest.approx(sales, abs=0.2)
    assert set(by.index) <= set(STATUS)


def test_the_total_is_believable_and_a_naive_one_is_not():
    products = basis().products
    tonnes = products["grams_sold"].sum() / 1e6
    assert 900 < tonnes < 1400
    measured = products.loc[products["status"] == "usable", "grams_sold"].sum() / 1e6
    assert measured == pytest.approx(765, rel=0.01)
    cases = products["status"] == "shipping case"
    naive = (products["grams"] * products["units"])[cases].sum() / 1e6
    assert naive == pytest.approx(327, rel=0.01)
    assert products.loc[cases, "grams_sold"].sum() / 1e6 < 30


def test_shares_of_the_routes():
    shares = coverage(study(), basis()).routes.groupby("share")["percent"].sum()
    assert shares["measured"] == pytest.approx(70, abs=2)
    assert shares["tables"] == pytest.approx(9, abs=4)
    assert shares["assumed"] == pytest.approx(21, abs=4)
    assert shares["none"] < 0.5
    assert shares.sum() == pytest.approx(100)


def test_every_weighed_product_has_a_believable_price():
    products = basis().products
    parsed = products[products["route"].isin(["parsed", "two numbers"])]
    price = parsed["amount"] / parsed["grams_sold"] * 1000
    assert price.between(0.149, 121).all()
    assert (parsed["unit_grams"] <= 25_000).all()


def shelf(**columns: object) -> pd.DataFrame:
    many = len(next(iter(columns.values())))  # type: ignore[arg-type]
    plain = {
        "product_id": list(range(many)), "department": "GROCERY", "category": "CRACKERS", "type": "CRACKERS",
        "size": None, "group": "crackers", "grams_per_ml": 0.0, "rows": 100, "units": 100.0, "amount": 250.0,
        "prices": 4, "singles": 90,
    }  # fmt: skip
    return pd.DataFrame(plain | columns)


UNITS = pd.DataFrame(
    [("eggs", "*", "piece", 57.0), ("lettuce", "*", "each", 560.0), ("milk", "*", "package", 1949.0),
     ("milk", "*", "package", 3899.0)],
    columns=["group", "type", "sold", "grams"],
)  # fmt: skip
PRICES = pd.DataFrame(
    [("bananas", "*", 1.15), ("milk", "*", 0.63), ("lettuce", "*", 2.4)],
    columns=["group", "type", "price_per_kg"],
)


def routed(frame: pd.DataFrame) -> pd.DataFrame:
    return weights.resolve(arrow(frame), arrow(UNITS), arrow(PRICES)).to_pandas()


def arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


def test_a_can_s_size_becomes_the_pack():
    frame = shelf(size=["12 OZ"], category="SOFT DRINKS", type="SOFT DRINKS 12/18&15PK CAN CAR",
                  group="soft-drink", grams_per_ml=1.03, amount=[350.0])  # fmt: skip
    found = routed(frame).iloc[0]
    assert (found["status"], found["route"]) == ("multipack", "multipack")
    assert found["unit_grams"] == pytest.approx(12 * 12 * 29.5735 * 1.03, rel=1e-4)


def test_a_shipping_case_is_not_what_one_shopper_carried():
    frame = shelf(
        size=["40 LB", "24 CT"], department="PRODUCE", group=["bananas", "lettuce"], amount=[94.0, 130.0]
    )
    found = routed(frame)
    assert list(found["status"]) == ["shipping case", "count only"]
    assert found["grams_sold"].iloc[0] == pytest.approx(94 / 1.15 * 1000)
    assert found["unit_grams"].iloc[1] == 560
    assert list(found["share"]) == ["assumed", "tables"]


def test_many_prices_mean_that_it_was_weighed():
    frame = shelf(size=[None, "3 LB"], group="bananas", prices=[60, 60], singles=[100, 100])
    found = routed(frame)
    assert list(found["status"]) == ["random weight"] * 2
    assert list(found["route"]) == ["price per kg"] * 2


def test_a_rare_product_follows_its_kind():
    frame = shelf(size=[None, None], group="bananas", prices=[60, 2], singles=[100, 2], rows=[100, 2],
                  units=[100.0, 2.0], amount=[200.0, 4.0])  # fmt: skip
    assert list(routed(frame)["status"]) == ["random weight"] * 2


def test_two_numbers_are_decided_by_price():
    simple = shelf(size=["10 OZ"] * 3, product_id=[10, 11, 12])
    pair = shelf(size=["6 PK/3 OZ", "6 PK/3 OZ"], product_id=[1, 2], amount=[130.0, 700.0])
    found = routed(pd.concat([simple, pair])).set_index("product_id")
    assert found.loc[1, "note"].startswith("the amount is the whole") != found.loc[2, "note"].startswith(
        "the amount"
    )
    assert found.loc[2, "unit_grams"] == pytest.approx(6 * found.loc[1, "unit_grams"])


def test_no_size_takes_the_package_of_the_nearest_price():
    frame = shelf(size=[None, None], group="milk", amount=[120.0, 250.0])
    assert list(routed(frame)["unit_grams"]) == [1949, 3899]


def test_codes_and_yields_are_rejected_and_say_so():
    frame = shelf(size=["15142310 OZ", "8 QT"], group=["bananas", "drink-powder"], amount=[250.0, 250.0])
    found = routed(frame)
    assert found["status"].iloc[0] in ("absurd", "unparsed")
    assert found["status"].iloc[1] == "yield"
    assert found["note"].iloc[0].startswith("size rejected")
    assert found["route"].iloc[1] == "none"
    assert np.isnan(found["grams_sold"].iloc[1])


def test_constants_are_parameters():
    frame = shelf(size=["40 LB"], amount=[94.0])
    assert weights.status(arrow(frame))["status"][0].as_py() == "implausible"
    loose = WeightRules(price_range=(0.01, 500.0))
    assert weights.status(arrow(frame), loose)["status"][0].as_py() == "usable"
    assert set(routed(frame)["route"]) <= set(ROUTES)


def test_order_of_rows_does_not_matter():
    frame = shelf(size=["16 OZ", "6 CT", None, "40 LB"], group=["crackers", "eggs", "milk", "bananas"])
    one = routed(frame)
    other = routed(frame.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(one, other)


def sold(size: str, type_: str, price: float) -> dict[str, object]:
    """A product of soft drinks whose packages cost the price."""
    kind = {"category": "SOFT DRINKS", "type": [type_], "group": "soda", "grams_per_ml": 1.0}
    asked = shelf(size=[size], amount=[100 * price], **kind)
    made = weights.resolve(*(pa.Table.from_pandas(one) for one in (asked, UNITS, PRICES)))
    return made.to_pylist()[0]


@pytest.mark.parametrize(
    ("size", "type_", "price", "grams"),
    [
        ("6/.5 L", "SFT DRNK MLT-PK BTL CARB (EXCP", 3.05, 3000),
        ("12 PK/12 OZ", "SOFT DRINKS 6PK/4PK CAN CARB (", 3.07, 12 * 12 * 29.5735295625),
        ("6 PK/12 OZ", "SOFT DRINKS 12/18&15PK CAN CAR", 2.2, 6 * 12 * 29.5735295625),
        ("6 x 0,33 l", "SOFT DRINKS 20PK&24PK CAN CARB", 2.2, 1980),
    ],
)
def test_the_count_in_a_size_comes_before_guesses(size: str, type_: str, price: float, grams: float) -> None:
    found = sold(size, type_, price)
    assert found["unit_grams"] == pytest.approx(grams)
    assert found["route"] in ("multipack", "two numbers")


def test_a_pack_without_a_count_in_its_size_is_still_guessed_by_price() -> None:
    found = sold("12 OZ", "SOFT DRINKS 6PK/4PK CAN CARB (", 2.0)
    assert found["note"] == "6 of one can's or bottle's size"
