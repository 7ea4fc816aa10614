"""What a log tells of the rates: known ones come back, products stay open, the shipped values hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casestudy.dynamics import cohorts, informed, lots
from casestudy.dynamics.parameters import load
from casestudy.errors import InputError
from casestudy.study import Study

ROOT = Path(__file__).parent.parent
LOOP = load(ROOT / "profiles" / "loop.toml")


def walk(
    people: int, months: int, lam: float, rho: float, share: float, seed: int, *, spread: float = 0.0
) -> pd.DataFrame:
    """People who move between two states; `spread` makes them differ for good."""
    draw = np.random.default_rng(seed)
    lean = np.exp(spread * draw.standard_normal(people))
    out, back = lam * (1 - share) * lean, rho * share / lean
    moved = -np.expm1(-(out + back))
    leave, come = out / (out + back) * moved, back / (out + back) * moved
    active = np.ones(people, dtype=bool)
    rows = []
    for month in range(months):
        rows.append(
            pd.DataFrame(
                {"participant_id": np.arange(people), "cycle": month, "opened": active, "whole": True}
            )
        )
        active = np.where(active, draw.random(people) >= leave, draw.random(people) < come)
    return pd.concat(rows, ignore_index=True)


def test_known_rates_come_back_with_intervals_that_cover() -> None:
    hits = []
    for seed in range(20):
        counts = informed.moves(walk(150, 8, lam=1.0, rho=0.6, share=0.7, seed=seed))
        found = informed.rates(counts, 400, seed).set_index("rate")
        for name, true in (("out", 0.3), ("back", 0.42)):
            hits.append(found.loc[name, "low"] <= true <= found.loc[name, "high"])
    # Of 40 intervals of 95 %, fewer than 33 hits would have a chance below 1 in 1,000.
    assert sum(hits) >= 33


def test_people_who_differ_for_good_widen_the_intervals_beyond_independent_months() -> None:
    width, scatter = [], []
    for spread in (0.0, 1.2):
        counts = informed.moves(walk(400, 9, 1.0, 0.6, 0.7, 3, spread=spread))
        row = informed.rates(counts, 600, 1).set_index("rate").loc["out"]
        width.append(row["high"] - row["low"])
        scatter.append(informed._inflation(counts[list(informed.COUNTS)].to_numpy(), 600, 1))
    assert scatter[0] < 1.3
    assert scatter[1] > 1.4
    assert width[1] > width[0]


def test_the_log_alone_leaves_the_split_open_and_interviews_close_it() -> None:
    counts = informed.moves(walk(500, 9, lam=1.0, rho=0.6, share=0.7, seed=5))
    found = informed.split(counts, 70, 100, draws=300).estimates.set_index(["basis", "parameter"])
    assert not found.loc["log alone", "identified"].any()
    assert found.loc["log alone", "estimate"].isna().all()
    assert found.loc[("log alone", "lam"), "low"] == pytest.approx(0.3, abs=0.06)
    for name, true in (("lam", 1.0), ("rho", 0.6), ("share", 0.7)):
        row = found.loc[("log and interviews", name)]
        assert row["identified"]
        assert row["low"] < true < row["high"]


def test_imitation_is_found_where_it_was_and_not_where_it_was_not() -> None:
    registered, had = [], 0.0
    for _ in range(12):
        new = (2000 - had) * -np.expm1(-(0.01 + 0.4 * had / 2000))
        registered.append(new)
        had += new
    with_it = informed.adoption(np.round(registered), 2000).set_index("parameter")
    assert with_it.loc["q", "low"] > 0.3
    assert with_it.loc["q", "high"] < 0.5
    steady = [round(2000 * 0.9**month * 0.1) for month in range(12)]
    none = informed.adoption(np.array(steady), 2000).set_index("parameter")
    assert none.loc["q", "estimate"] < 0.03
    assert not none.loc["q", "identified"]
    assert none.loc["p", "estimate"] == pytest.approx(0.105, abs=0.01)


def test_a_switch_by_lot_is_found_where_it_acts() -> None:
    on = walk(600, 8, 1.0, 0.6, 0.8, 1).assign(participant_id=lambda frame: frame["participant_id"] + 10_000)
    both = pd.concat([walk(600, 8, 1.0, 0.6, 0.6, 2), on], ignore_index=True)
    counts = informed.moves(both)
    row = lots.switched(counts, counts["participant_id"] >= 10_000, 600, 1000, 0.08, 400, 1).iloc[0]
    true = 0.08 * (np.log(0.8 / 0.2) - np.log(0.6 / 0.4))
    assert row["low"] > 0
    assert row["low"] < true < row["high"]
    assert (row["with"], row["without"]) == (600, 600)


def test_bad_input_is_explained() -> None:
    seen = walk(5, 3, 1.0, 0.6, 0.7, 1)
    with pytest.raises(InputError, match="'opened' is missing"):
        informed.moves(seen.drop(columns="opened"))
    with pytest.raises(InputError, match="two successive"):
        informed.moves(seen[seen["cycle"] == 0])
    counts = informed.moves(seen)
    with pytest.raises(InputError, match="17 of 16"):
        informed.split(counts, 17, 16)
    with pytest.raises(InputError, match="Give both"):
        lots.switched(counts, counts["participant_id"] >= 0, 1, 2, 0.08, 10, 1)
    for registered, invited in (([1, 2], 10), ([5, 5, 5], 10), ([-1, 2, 3], 10)):
        with pytest.raises(InputError, match="three months"):
            informed.adoption(np.array(registered), invited)
    assert np.isnan(informed.two_rates(np.array([1, 9, 9, 1]))).all()


def test_the_shipped_values_are_those_the_material_gives() -> None:
    """The loop's file says 'estimated, notebook 86': the same numbers come out of the shipped material."""
    from casestudy.coding import table
    from casestudy.usage.log import open_log

    study = Study.load(ROOT)
    log = open_log(study)
    counts = informed.moves(log.cycles)
    words = table.load(study)
    asked = words[words["group"] == "customer"]
    told = asked[(asked["code"] == "v.recognised") & (asked["modality"] == "experienced")]
    told = told[told["valence"].isin(["positive", "mixed"])]["who"].nunique()
    divided = informed.split(counts, told, asked["who"].nunique())
    rows = divided.estimates.set_index(["basis", "parameter"]).loc["log and interviews"]
    parameters = {one.name: one for one in LOOP.parameters}
    for name, off in (("lam", 0.05), ("rho", 0.02)):
        one = parameters[name]
        assert one.provenance == "estimated"
        assert one.value == pytest.approx(rows.loc[name, "estimate"], abs=off)
        assert one.low == pytest.approx(rows.loc[name, "low"], abs=0.03)
        assert one.high == pytest.approx(rows.loc[name, "high"], abs=0.2)
    counted = cohorts.from_cycles(log.cycles)
    assert (counted["active"] <= counted["size"]).all()
    assert counted[counted["age"] == 0]["size"].sum() == log.cycles.query("cycle == 0 and whole").shape[0]
