"""Named lines of the reference study move when what they rest on is taken away."""

from __future__ import annotations

from pathlib import Path

import pytest

from casestudy.coding.material import Material
from casestudy.evidence import lines
from casestudy.evidence.lines import Line
from casestudy.study import Study

STUDY = Study.load(Path(__file__).parent.parent)


def drawn(found: Material) -> dict[str, Line]:
    """Lines by their themes and what counts of the first."""
    return {f"{one.link.id} {' '.join(one.link.codes)}".strip(): one for one in lines.evaluate(found, 50)}


@pytest.fixture(scope="module")
def whole() -> tuple[Material, dict[str, Line]]:
    found = Material(STUDY)
    return found, drawn(found)


def test_a_way_of_using_taken_out_of_the_log_moves_its_line(
    whole: tuple[Material, dict[str, Line]],
) -> None:
    found, before = whole
    less = Material(STUDY)
    table = found.saved("24-ways-of-using", "participants")
    less._others["24-ways-of-using", "participants"] = table.assign(playing=0.0)
    after = drawn(less)
    playing = "ways → returned use_type.playing"
    assert before[playing].status != "unknown"
    assert after[playing].status == "unknown"
    assert "the same for everybody" in after[playing].sentence
    other = "ways → returned use_type.goal_orientation"
    assert after[other].sentence == before[other].sentence


def test_a_code_taken_out_of_the_codebook_makes_its_line_unknown(
    whole: tuple[Material, dict[str, Line]],
) -> None:
    found, before = whole
    less = found.with_words(found.words)
    book = found.book
    kept = {name: code for name, code in book.codes.items() if name != "use_type.playing"}
    vars(less).update(book=type(book)(book.schemes, kept))
    del vars(less)["parents"]
    after = drawn(less)
    playing = "ways → returned use_type.playing"
    assert before[playing].status != "unknown"
    assert after[playing].status == "unknown"
    assert "use_type.playing" in after[playing].sentence


def test_half_of_the_firm_voices_taken_away_moves_what_the_firm_says(
    whole: tuple[Material, dict[str, Line]],
) -> None:
    found, before = whole
    voices = sorted(found.words.loc[found.words["group"].eq("firm"), "who"].unique())
    less = found.with_words(found.words[~found.words["who"].isin(voices[: len(voices) // 2])])
    after = drawn(less)
    moved = [name for name in before if after[name].sentence != before[name].sentence]
    assert {"loyalty → image", "unease → image"} <= set(moved)
    assert after["loyalty → image"].people < before["loyalty → image"].people
    assert after["ways → returned use_type.playing"].sentence == (
        before["ways → returned use_type.playing"].sentence
    )
