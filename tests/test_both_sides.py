"""What both sides gain: compared with who could have registered, with other data, with people who stay."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from mixed_study import garden

from casestudy.coding import material
from casestudy.dynamics import agents, model
from casestudy.dynamics.parameters import load
from casestudy.dynamics.sensitivity import unresolved
from casestudy.mixed import loyalty
from casestudy.perspectives import customer, figures, firm
from casestudy.study import Study

__all__ = ["garden"]
ROOT = Path(__file__).parent.parent


def months(spend: dict[str, float]) -> pd.DataFrame:
    """Twelve months in which each household spends the same."""
    rows = [
        {"household_id": who, "month": f"2017-{month:02}", "baskets": 1, "spend": value, "food_spend": value}
        for who, value in spend.items()
        for month in range(1, 13)
    ]
    return pd.DataFrame(rows)


def test_who_was_not_invited_is_no_comparison() -> None:
    spend = {"r": 10.0, "i": 10.0, "n": 1.0}
    registered = pd.DataFrame(
        {"participant_id": ["p"], "household_id": ["r"], "adopted_on": pd.to_datetime(["2017-06-15"])}
    )
    all_of_them = loyalty.windows(months(spend), registered)
    invited = loyalty.windows(months(spend), registered, 3, {"r", "i"})
    assert invited["spend_before"].tolist() == [1.0]
    assert all_of_them["spend_before"].iloc[0] == pytest.approx(10 / 5.5)


def test_a_household_that_never_registered_is_in_the_table_of_the_purchases() -> None:
    registered = pd.DataFrame({"household_id": ["r"]})
    table = loyalty.households(loyalty.Shopping(months({"r": 2.0, "n": 3.0}), registered))
    assert table.set_index("household_id")["registered"].to_dict() == {"n": False, "r": True}
    assert table["months"].tolist() == [12, 12]


def test_gains_of_both_sides_stand_in_one_table_and_figure(garden: Study) -> None:
    import matplotlib.pyplot as plt

    found = material.load(garden)
    table = firm.gains(found, "maker")
    assert {"value", "theme"} >= set(table["of_what"])
    keep = table[table["id"].eq("keep")].set_index("group")["people"].to_dict()
    assert keep == {"document": 1, "gardener": 0, "maker": 1}
    nothing = loyalty.summary(
        pd.DataFrame(columns=[f"{n}_{s}" for n in loyalty.OUTCOMES for s in ("before", "after")])
    )
    drawing = figures.both_sides(table, nothing, "other households")
    assert "Keeping 1 of 1" in drawing.alt
    plt.close(drawing.figure)


def test_who_stays_with_a_way_does_not_move() -> None:
    told = pd.DataFrame({"before": ["a", "a"], "after": ["a", "b"], "people": [6, 7]})
    assert customer._moved(told) == 7


def test_data_that_come_in_anyway_do_not_run_dry() -> None:
    loop = load(ROOT / "profiles/loop.toml", "profiles/loop.toml")
    dead = loop.moved(back=0.0)
    alone = model.run(dict(dead.values), dead.begin("warm"), 60)
    other = model.run(dict(dead.values) | {"apart": 1.0}, dead.begin("warm"), 60)
    assert alone["K"].iloc[-1] < 0.1 < other["K"].iloc[-1]
    assert other["K"].iloc[-1] == pytest.approx(dead.values["M"] * dead.values["tau"], rel=0.2)


def test_where_the_variants_part_is_said() -> None:
    loop = load(ROOT / "profiles/loop.toml", "profiles/loop.toml")
    table = agents.by_share_passed_back(loop, "warm", 60, 300, 1, 1.0, 5)
    parts = agents.where_they_part(table, 0.1).set_index("variant")
    field, lasting = "mean field, data from use alone", "people who stay themselves, data from use alone"
    assert parts.loc[field, "at_half"] < 0.1 < parts.loc[lasting, "at_half"]
    assert parts.loc[lasting, "needed"] < parts.loc[field, "needed"]
    assert (table["firm_value"] >= 0).all()


def test_an_order_that_intervals_do_not_tell_is_left_open() -> None:
    table = pd.DataFrame({"parameter": ["a", "b"], "total": [0.5, 0.1], "total_half": [0.1, 0.1]})
    assert unresolved(table, {"a": "back"}) == "back"
    assert "open" in unresolved(table.assign(total=[0.5, 0.45]), {})
