"""Edits map old positions to new ones, whatever the edit script."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.transcripts.edits import Edit, EditMap, between

TEXTS = st.text(st.sampled_from("ab \n.é🥔"), max_size=60)


@st.composite
def scripts(draw: st.DrawFn) -> tuple[str, EditMap]:
    """A text and an edit script on it."""
    text = draw(TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    edits, reached = [], -1
    for start, end in pairs:
        if start > reached:
            edits.append(Edit(start, end, draw(st.text(st.sampled_from("xyz\n"), max_size=4))))
            reached = end
    return text, EditMap(tuple(edits))


@given(TEXTS, TEXTS)
@settings(max_examples=300)
def test_the_edits_between_two_texts_lead_from_one_to_the_other(old: str, new: str) -> None:
    assert between(old, new).apply(old) == new


@given(scripts(), st.data())
@settings(max_examples=300)
def test_a_span_that_no_edit_touches_keeps_its_words(
    script: tuple[str, EditMap], data: st.DataObject
) -> None:
    text, edits = script
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    touched = any(edit.start < end and edit.end > start for edit in edits.edits)
    if touched or end == start:
        return
    new_start, new_end = edits.span(start, end)
    inserted = any(start < edit.start == edit.end < end for edit in edits.edits)
    if not inserted:
        assert edits.apply(text)[new_start:new_end] == text[start:end]


@given(scripts())
@settings(max_examples=200)
def test_every_kept_character_is_found_where_the_map_says(script: tuple[str, EditMap]) -> None:
    text, edits = script
    new = edits.apply(text)
    for place, character in enumerate(text):
        if not any(edit.start <= place < edit.end for edit in edits.edits):
            assert new[edits.position(place)] == character


def test_a_span_whose_end_is_replaced_takes_the_whole_replacement() -> None:
    edits = EditMap((Edit(6, 11, "Bo"),))
    assert edits.apply("I saw Maria today") == "I saw Bo today"
    assert edits.span(2, 8) == (2, 8)
    assert edits.span(8, 17) == (6, 14)


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        EditMap((Edit(0, 5, ""), Edit(3, 6, "")))


def test_a_long_single_line_is_compared_in_reasonable_time() -> None:
    old = "word " * 300_000
    new = old[:700_000] + "new " + old[700_000:]
    assert between(old, new).apply(old) == new
