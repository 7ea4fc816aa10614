"""The ranges shown to a household hold what they promise, where the truth is known because it was drawn."""

from __future__ import annotations

import pandas as pd
import pytest
from nutrition_support import basis, population

from casestudy.nutrition.ranges import EACH, draw_baskets, held
from casestudy.nutrition.receipt import household_lines


def window(home: int) -> pd.DataFrame:
    lines = household_lines(basis(), home)
    food = lines[lines["class"].isin(["food", "beverage"])]
    return food[food["month"].isin(sorted(food["month"].unique())[-3:])].reset_index(drop=True)


@pytest.fixture(scope="module")
def windows() -> list[pd.DataFrame]:
    spent = population().groupby("household_id")["food_spend"].sum()
    return [window(int(home)) for home in spent[spent > 600].sample(12, random_state=5).index]


@pytest.mark.parametrize(("each", "least", "most"), [("group", 93.0, 98.0), ("product", 96.5, 100.0)])
def test_ranges_hold_nineteen_baskets_in_twenty(windows, each, least, most):
    found = pd.concat([held(food, basis().groups, 150, 7, each) for food in windows])
    assert least <= found["within_percent"].mean() <= most
    by_measure = found.groupby("measure")["within_percent"].mean()
    assert by_measure.min() > 90
    assert found.groupby("measure")[["below_percent", "above_percent"]].mean().to_numpy().max() < 8


def test_draws_lie_around_the_mixture_and_repeat(windows):
    one = draw_baskets(windows[0], basis().groups, 400, 1)
    pd.testing.assert_frame_equal(one, draw_baskets(windows[0], basis().groups, 400, 1))
    shown = held(windows[0], basis().groups, 10, 1).set_index("measure")
    middle = (shown["low"] + shown["high"]) / 2
    for name in ("fat_energy_percent", "sugars_energy_percent", "fibre_g_per_mj"):
        assert one[name].mean() == pytest.approx(middle[name], rel=0.05)


def test_a_basket_of_one_sure_food_has_no_range():
    groups = basis().groups
    alone = groups.members[groups.members["share_percent"] == 100]["group"]
    food = window(1)
    sure = food[food["group"].isin(alone)].reset_index(drop=True)
    found = held(sure, groups, 5, 1)
    assert len(sure) > 0
    assert (found["high"] - found["low"]).max() == pytest.approx(0, abs=1e-9)
    drawn = draw_baskets(sure, groups, 5, 1).iloc[0]
    assert list(drawn) == pytest.approx(list(found["low"]), rel=1e-3)


def test_what_keeps_to_one_kind_is_named():
    assert EACH == ("group", "product")
    with pytest.raises(ValueError, match="basket"):
        draw_baskets(window(1), basis().groups, 1, 1, "basket")
