"""Numbers in answers stand in tables, and an answer says of a row what the row holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casestudy.evidence import answers
from casestudy.study import Study

ROOT = Path(__file__).parent.parent


def study(root: Path, text: str, values: dict[str, float] | None = None) -> Study:
    folder = root / "outputs/30-talk"
    folder.mkdir(parents=True)
    (root / "study.toml").write_text(
        'title = "S"\n[data_status]\ninterviews = "All 77 interviews are composed."\n'
    )
    (folder / "codes.csv").write_text("code,people,share\nloyalty,12,0.7547\nimage,9,0.5625\n")
    (folder / "run.json").write_text(json.dumps({"parameters": {"most": 20, "every": True}}))
    table = {"kind": "table", "file": "codes.csv", "caption": "Codes."}
    answer = {"kind": "answer", "text": text, "values": values or {}}
    (folder / "contents.json").write_text(json.dumps({"codes": table, "answer": answer}))
    return Study.load(root)


def said(root: Path, text: str, values: dict[str, float] | None = None) -> list[str]:
    return [weak.what for weak in answers.troubles(study(root, text, values))]


@pytest.mark.parametrize(
    "text",
    [
        "12 people speak of it.",
        "75 % or 0.755 or 75.5%.",
        "2 codes (95 % interval 9 to 12) of the 20 at most.",
        "It rose by +12 to −9. All 77 interviews are composed.",
        "Nothing is counted in c03, C12 or 3-fold.",
    ],
)
def test_what_a_table_a_count_a_parameter_or_the_study_says_is_supported(tmp_path: Path, text: str) -> None:
    assert said(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("13 people", "13"), ("0.754 of them", "0.754"), ("74 %", "74"), ("1,200 lines", "1,200")],
)
def test_another_number_is_listed(tmp_path: Path, text: str, number: str) -> None:
    assert said(tmp_path, text) == [f"{number} stands in none of its tables."]


def test_a_value_beside_the_answer_supports_it(tmp_path: Path) -> None:
    assert said(tmp_path, "1,200 lines", {"lines": 1200}) == []


def test_a_row_named_with_the_number_of_another_is_a_contradiction(tmp_path: Path) -> None:
    assert said(tmp_path, "Most speak of **loyalty** (12 people).") == []
    (found,) = said(tmp_path / "b", "Most speak of **loyalty** (9 people).")
    assert "*loyalty*" in found
    assert "9" in found


def test_the_reference_study_says_what_its_tables_say() -> None:
    assert [f"{weak.where}: {weak.what}" for weak in answers.troubles(Study.load(ROOT))] == []
