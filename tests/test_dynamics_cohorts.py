"""Tables of cohorts as people save them: whatever their cells are, they are used or listed as problems."""

from __future__ import annotations

from pathlib import Path

import pytest

from casestudy.dynamics import cohorts
from casestudy.errors import InputError

HEAD = "cohort,age,size,active\n"


@pytest.mark.parametrize("cell", ["inf", "-1", "1e300", "x", "", "0.5"])
def test_a_cell_that_is_no_count_is_a_problem_of_its_row(tmp_path: Path, cell: str) -> None:
    (tmp_path / "c.csv").write_text(f"{HEAD}a,0,10,10\na,1,10,{cell}\n")
    with pytest.raises(InputError, match="not whole"):
        cohorts.read(tmp_path / "c.csv")


def test_counts_beside_a_wrong_cell_are_still_compared(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(f"{HEAD}a,0,10,11\na,1,x,3\n")
    with pytest.raises(InputError) as raised:
        cohorts.read(tmp_path / "c.csv")
    assert [problem.found for problem in raised.value.problems] == [
        "11 of 10 are active.",
        "a number is missing, negative or not whole.",
    ]


def test_names_and_numbers_of_cohorts_stand_in_one_order(tmp_path: Path) -> None:
    lines = [
        '{"cohort": "b", "age": 0, "size": 2, "active": 1}',
        '{"cohort": 7, "age": 0, "size": 2, "active": 1}',
    ]
    (tmp_path / "c.jsonl").write_text("\n".join(lines))
    assert cohorts.read(tmp_path / "c.jsonl")["cohort"].tolist() == ["7", "b"]
