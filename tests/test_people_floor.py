"""The disclosure floor at its edge: one under it, on it, one over it, and nobody at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casestudy.nutrition import compare
from casestudy.people.floor import enough, withheld, withhold
from casestudy.study import Study
from casestudy.usage import retention, signatures

FLOOR = 5
EDGE = [
    (0, False, False),
    (1, False, True),
    (FLOOR - 1, False, True),
    (FLOOR, True, False),
    (FLOOR + 1, True, False),
]


@pytest.mark.parametrize(("count", "reached", "kept_back"), EDGE)
def test_a_count_at_the_floor(count: int, reached: bool, kept_back: bool) -> None:
    assert bool(enough(count, FLOOR)) is reached
    assert bool(withheld(count, FLOOR)) is kept_back
    counts = pd.Series([count, FLOOR])
    assert enough(counts, FLOOR).tolist() == [reached, True]
    assert withheld(counts, FLOOR).tolist() == [kept_back, False]
    assert withheld(np.array([count]), FLOOR).tolist() == [kept_back]


@pytest.mark.parametrize(("count", "reached", "kept_back"), EDGE)
def test_a_cell_at_the_floor(count: int, reached: bool, kept_back: bool) -> None:
    table = withhold(pd.DataFrame({"n": [count], "mean": [1.5]}), "n", ["mean"], FLOOR)
    assert table["withheld"].tolist() == [kept_back]
    assert table["mean"].isna().tolist() == [kept_back]
    assert table["n"].isna().tolist() == [kept_back]


@pytest.mark.parametrize(("known", "shown"), [(FLOOR - 1, False), (FLOOR, True), (FLOOR + 1, True)])
def test_the_floor_is_kept_for_each_measure_after_missing_values(known: int, shown: bool) -> None:
    measure = compare.measures.MEASURES[0].id
    others = pd.DataFrame({one.id: [1.0] * 9 for one in compare.measures.MEASURES})
    others.loc[known:, measure] = np.nan
    table = compare._table(others, pd.Series(dtype=float), "all", FLOOR).set_index("measure")
    assert table.loc[measure, "households"] == known
    assert bool(pd.notna(table.loc[measure, "median"])) is shown
    assert pd.notna(table.loc[compare.measures.MEASURES[1].id, "median"])


@pytest.mark.parametrize(("others", "told"), [(FLOOR - 1, True), (FLOOR, False), (FLOOR + 1, False)])
def test_a_household_is_compared_with_as_many_as_the_floor(
    others: int, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "study.toml").write_text(f'title = "T"\nfloor = {FLOOR}\n')
    nobody = pd.DataFrame({"size": pd.Series(dtype=float)})
    monkeypatch.setattr(compare, "read_households", lambda study: nobody)
    homes = [f"h{number}" for number in range(others + 1)]
    spent = pd.DataFrame({"household_id": homes, "month": "2024-01", "food_spend": 100.0})
    population = spent.assign(**dict.fromkeys(compare.IDS, 1.0))
    study = Study.load(tmp_path)
    table = compare.comparison(study, None, "h0", ("2024-01",), population=population)
    assert table["basis"].str.startswith(f"fewer than {FLOOR} households are similar").all() == told
    assert table["median"].isna().all() == told


def cycles(people: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "participant_id": [f"p{n}" for n in range(people)],
            "begins": pd.Timestamp("2018-01-01", tz="UTC"),
            "cycle": 1,
            "whole": True,
            "opened": True,
        }
    )


@pytest.mark.parametrize(("people", "rows"), [(FLOOR - 1, 0), (FLOOR, 1), (FLOOR + 1, 1)])
def test_cohorts_at_the_floor(people: int, rows: int) -> None:
    assert len(retention.counts(cycles(people), FLOOR)) == rows
    assert len(retention.by_cohort(cycles(people), FLOOR)) == rows


@pytest.mark.parametrize(("people", "rows"), [(FLOOR - 1, 0), (FLOOR, 1), (FLOOR + 1, 1)])
def test_ways_over_time_at_the_floor(people: int, rows: int) -> None:
    names = [f"p{n}" for n in range(people)]
    begins = pd.Timestamp("2018-01-03", tz="UTC")
    frame = cycles(people)
    sessions = pd.DataFrame({"session_id": names, "start": begins})
    assigned = pd.DataFrame({"participant_id": names, "session_id": names, "primary": "check"})
    assert len(signatures.over_time(assigned, sessions, frame, FLOOR)) == rows
