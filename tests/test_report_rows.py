"""From a number in an answer to the row that it stands in: a right row, or the code, never a wrong row."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from casestudy.report.records import Answer, Item, Record
from casestudy.report.rows import VALUES, linked, row_where, shows, sources, tokens

TABLES = {
    "numbers": "number,value\nshare who mix,0.7500\npeople heard,16.0000\nclear cases,3.0000\n",
    "themes": "id,name,people,of,share\nloyal,Customer loyalty,7,10,0.70\nseen,Firm image,7,10,0.70\n",
    "spread": "measure,median\nlow,1234\nhigh,98.76\nagain,98.76\n",
}


def record(folder: Path, text: str, values: dict[str, object]) -> Record:
    items = []
    for name, content in TABLES.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
        items.append(Item(name, "table", f"{name}.csv"))
    return Record("10-food", folder, "?", items=tuple(items), answer=Answer(text, None, values))


def found(folder: Path, text: str, **values: object) -> dict[str, tuple[str, int]]:
    made = sources(record(folder, text, {name.replace("_", " "): one for name, one in values.items()}))
    return {text[one.start : one.end]: (one.item, one.row) for one in made}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12 of 16 (95 % interval 0.4 to 9 %)", ["12", "16", "0.4", "9 %"]),
        ("from 2017-01 to 2017-12, c09 and p0001", []),
        ("**178** of 1,679; -0.05 and +22%", ["178", "1,679", "-0.05", "+22%"]),
        ("see [12](a.html#b3) and `x = 5`", ["12"]),
        ("Chao2 says 148.", ["148"]),
        ("in notebook 45, casestudy/3/4", ["45"]),
    ],
)
def test_which_numbers_a_text_has(text: str, numbers: list[str]) -> None:
    assert [text[start:end] for start, end in tokens(text)] == numbers


@pytest.mark.parametrize(
    ("value", "token", "percent", "same"),
    [
        (0.8339, "0.83", False, True),
        (0.8339, "1", False, False),
        (0.8339, "83 %", False, True),
        (83.39, "83 %", False, False),
        (83.39, "83 %", True, True),
        (-0.134, "-13%", False, True),
        (1679.0, "1,679", False, True),
        (2.105, "2.10", False, True),
    ],
)
def test_when_a_value_is_the_number_that_is_shown(
    value: float, token: str, percent: bool, same: bool
) -> None:
    assert shows(value, token, percent) is same


def test_by_its_name_a_number_is_found_in_the_table_of_numbers(tmp_path: Path) -> None:
    text = "Of 16 people heard 75 % mix."
    assert found(tmp_path, text, share_who_mix=0.75, people_heard=16) == {
        "16": ("numbers", 2),
        "75 %": ("numbers", 1),
    }


def test_by_the_label_before_it_a_number_is_found_in_its_row(tmp_path: Path) -> None:
    text = "Most voiced: Firm image (7 of 10)."
    assert found(tmp_path, text) == {"7": ("themes", 2), "10": ("themes", 2)}
    assert found(tmp_path, "Most voiced: Customer loyalty (7 of 10).")["7"] == ("themes", 1)
    assert found(tmp_path, "Firm image is voiced, and 7 more speak of it.") == {}


def test_a_long_number_is_found_where_it_stands_once(tmp_path: Path) -> None:
    assert found(tmp_path, "The median is 1,234; another is 98.76.") == {"1,234": ("spread", 1)}


def test_values_without_a_table_lead_to_the_values_themselves(tmp_path: Path) -> None:
    assert found(tmp_path, "The index is 0.42.", index=0.4166) == {"0.42": (VALUES, 1)}


def test_a_small_number_needs_words_beside_it(tmp_path: Path) -> None:
    assert found(tmp_path, "Household 3 is looked at.", clear_cases=3) == {}
    assert found(tmp_path, "There are 3 clear ones.", clear_cases=3) == {"3": ("numbers", 3)}


def test_limits_stand_in_the_row_of_their_number_or_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "limits.csv").write_text("what,estimate,low,high\nThe slope,2.5,1.5,3.5\n", encoding="utf-8")
    one = record(tmp_path, "The slope 2.5 (1.5 to 3.5), and 9.9 to 3.5.", {})
    with_limits = Record(
        "10-food", tmp_path, "?", items=(Item("limits", "table", "limits.csv"),), answer=one.answer
    )
    assert [(found.item, found.row) for found in sources(with_limits)] == [("limits", 1)] * 3
    values = {"gap": 0.51, "gap low": 0.161, "other": 0.164}
    made = found(tmp_path, "A gap of 0.51 (0.16 to 1).", **values)
    assert made["0.16"] == (VALUES, 2)


def test_what_is_found_nowhere_leads_to_the_code(tmp_path: Path) -> None:
    one = record(tmp_path, "Of 16 people heard 5 [left](x.md).", {"people heard": 16})
    assert linked(one, 9, sources(one)) == "Of [16](#row-numbers-2) people heard [5](#step-9) [left](x.md)."


def test_a_measure_reads_one_row_or_none() -> None:
    heads, *rows = csv.reader(TABLES["themes"].splitlines())
    assert row_where(heads, rows, {"name": ["Firm image"]}) == 2
    assert row_where(heads, rows, {"people": ["7"]}) == 0
    assert row_where(heads, rows, {"colour": ["red"]}) == 0
    assert row_where([], [], {"name": ["x"]}) == 0
