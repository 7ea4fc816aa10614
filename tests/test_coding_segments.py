"""Units of agreement that are not sentences: paragraphs, characters, and segments by overlap threshold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spoken import spoken

from casestudy.agreement.as_other_programs import nvivo
from casestudy.agreement.coder_pairs import cohen
from casestudy.agreement.coefficient import measure
from casestudy.agreement.spans import read_spans
from casestudy.codebook import history
from casestudy.coders import segments, unit_ratings
from casestudy.coding import table
from casestudy.coding.codings import Coding, Work
from casestudy.coding.units import Unit, bearing
from casestudy.errors import InputError
from casestudy.study import Study
from casestudy.transcripts.transcript import from_text

TALK = Path(__file__).parent / "data" / "talk"
BOOK = history.load(Study.load(TALK))
CARRY, HOSE, NEIGHBOUR = "garden.water.carry", "garden.water.hose", "help.neighbour"
Command = Callable[..., tuple[int, str, str]]

TEXT = "Aino: " + "x" * 100
DOCUMENT = from_text(TEXT, "t1")


def made(spans: list[tuple[str, str, int, int]]) -> pd.DataFrame:
    """A table of codings (coder, code, start, end) on one document of 100 letters said."""
    rows = [
        Coding(str(n), coder, "t1", code, start, end, TEXT[start:end], {}, "", "", "", str(n))
        for n, (coder, code, start, end) in enumerate(spans)
    ]
    works = [Work(one, "t1", (), tuple(row for row in rows if row.coder == one), ()) for one in "ab"]
    return table.table(works, {"t1": DOCUMENT}, BOOK)


def cut(
    spans: list[tuple[str, str, int, int]], unit: str, overlap: float = 0.5, coders: str = "ab"
) -> unit_ratings.Doubles:
    return unit_ratings.doubles(made(spans), {"t1": DOCUMENT}, BOOK, list(coders), unit=unit, overlap=overlap)


def test_paragraphs_end_at_blank_lines_and_leave_out_the_interviewer() -> None:
    text = "INTERVIEWER: Why?\n\nAino: One.\nStill one.\n\n  Two.  \n\nINTERVIEWER: And?\n\nAino: Three."
    document = spoken(from_text(text, "t"))
    found = unit_ratings.units({"t": document}, ["t"], "paragraph")
    assert [one.text for one in found] == ["One.\nStill one.", "Two.", "Three."]
    assert all(text[one.start : one.end] == one.text for one in found)


def test_characters_give_what_the_agreement_room_counts_on_spans() -> None:
    spans = [("a", CARRY, 10, 20), ("b", CARRY, 14, 26), ("a", HOSE, 60, 61), ("b", CARRY, 80, 90)]
    given_ = cut(spans, "character")
    assert len(given_.units) == 100
    kappa = measure(given_.ratings(CARRY), cohen()).value
    columns = [[span[k] for span in spans] for k in range(4)]
    length_before_speech = 6
    starts, ends = ([place - length_before_speech for place in columns[k]] for k in (2, 3))
    again = read_spans(columns[0], starts, ends, columns[1], length=100)
    assert kappa == pytest.approx(nvivo(again, CARRY)[1].value, abs=1e-12)
    # Coded by anyone: 10-26, 60, 80-90.
    assert given_.uncoded_share == pytest.approx(1 - 27 / 100)
    assert len(given_.ratings(CARRY, uncoded=False).codes) == 27


def coded(given_: unit_ratings.Doubles) -> list[tuple[int, int]]:
    anyone = given_.said.any(axis=(1, 2))
    return [(one.start, one.end) for one, some in zip(given_.units, anyone, strict=True) if some]


def test_segments_by_hand() -> None:
    spans = [("a", CARRY, 10, 20), ("b", CARRY, 14, 22), ("a", HOSE, 50, 60), ("b", NEIGHBOUR, 50, 60)]
    loose, strict = cut(spans, "segment", 0.5), cut(spans, "segment", 0.6)
    # 6 characters of 12: one segment at a threshold of a half, two above it.
    assert coded(loose) == [(10, 20), (50, 60)]
    carry = loose.codes.index(CARRY)
    assert loose.said[:, :, carry].sum(axis=1).tolist() == [0, 2, 0, 0, 0]
    assert [(one.start, one.end) for one in loose.units] == [(6, 10), (10, 20), (22, 50), (50, 60), (60, 106)]
    assert coded(strict) == [(10, 20), (14, 22), (50, 60)]
    assert loose.uncoded_share == pytest.approx(3 / 5)
    assert len(loose.ratings(CARRY).codes) == 5
    assert len(loose.ratings(CARRY, uncoded=False).codes) == 2


SPANS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from([CARRY, HOSE]), st.integers(6, 90), st.integers(1, 15)),
    min_size=1,
    max_size=10,
    unique_by=lambda one: one[:3],
)


@given(SPANS, st.sampled_from([0.2, 0.5, 1.0]))
@settings(max_examples=40)
def test_no_coding_is_lost_and_the_order_of_coders_does_not_matter(
    spans: list[tuple[str, str, int, int]], overlap: float
) -> None:
    wide = [(coder, code, start, start + size) for coder, code, start, size in spans]
    frame = made([*wide, ("a", CARRY, 100, 104), ("b", CARRY, 100, 104)])
    codes = [CARRY, HOSE]
    units, said = segments.segments(frame, {"t1": DOCUMENT}, ["t1"], ["a", "b"], codes, overlap)
    turned, other = segments.segments(frame, {"t1": DOCUMENT}, ["t1"], ["b", "a"], codes, overlap)
    assert units == turned
    assert (said[:, ::-1] == other).all()
    for row in frame.to_dict("records"):
        number = codes.index(row["code"])
        column = said[:, "ab".index(row["coder"]), number]
        assert any(
            there and min(unit.end, row["end"]) > max(unit.start, row["start"])
            for unit, there in zip(units, column, strict=True)
        )
    taken = {place for row in frame.to_dict("records") for place in range(row["start"], row["end"])}
    for unit, there in zip(units, said.any(axis=(1, 2)), strict=True):
        assert there or not taken & set(range(unit.start, unit.end))


def test_a_coder_who_only_touches_the_interviewer_says_nothing_here() -> None:
    text = "INTERVIEWER: Why so?\n\nAino: Because."
    document = spoken(from_text(text, "t1"))
    rows = [Coding("1", one, "t1", CARRY, 13, 16, "Why", {}, "", "", "", "1") for one in "ab"]
    works = [Work(one.coder, "t1", (), (one,), ()) for one in rows]
    frame = table.table(works, {"t1": document}, BOOK)
    found = unit_ratings.doubles(frame, {"t1": document}, BOOK, ["a", "b"], unit="segment")
    assert [one.text for one in found.units] == ["Because."]
    assert found.uncoded_share == 1


@pytest.mark.parametrize("overlap", [0, -1, 1.5, float("nan")])
def test_a_threshold_that_is_no_share_is_refused(overlap: float) -> None:
    with pytest.raises(InputError, match="not a share of text"):
        cut([("a", CARRY, 10, 20), ("b", CARRY, 10, 20)], "segment", overlap)


def test_segments_cannot_be_cut_without_codings() -> None:
    with pytest.raises(InputError, match="Segments are made of codings"):
        unit_ratings.units({"t1": DOCUMENT}, ["t1"], "segment")


@pytest.mark.parametrize("unit", ["paragraph", "character", "segment"])
def test_the_command_shows_both_ways_of_counting_or_the_one_chosen(unit: str, command: Command) -> None:
    words = ["agreement", "--study", TALK, "--unit", unit, "--least", "1"]
    code, out, error = command(*words)
    assert code == 0, error
    assert "all units, n =" in out
    assert "units coded with the scheme, n =" in out
    assert "units coded with the scheme" not in command(*words, "--uncoded", "counted")[1]
    assert "all units" not in command(*words, "--uncoded", "left-out")[1]


@pytest.mark.parametrize(
    ("start", "end", "borne"),
    [
        (15, 40, True),  # five of the unit's ten: half of it is covered
        (16, 40, False),
        (17, 23, True),  # three of its own six lie in the unit
        (18, 24, False),
        (18, 22, True),
        (0, 15, True),
        (0, 14, False),
        (20, 30, False),
    ],
)
def test_a_unit_bears_what_covers_half_of_it_or_lies_half_in_it(start: int, end: int, borne: bool) -> None:
    unit = Unit("d", 1, 10, 20, "x" * 10)
    frame = pd.DataFrame({"document": ["d"], "start": [start], "end": [end], "code": ["c"], "placed": [True]})
    assert len(unit_ratings.touching(frame, [unit])) == borne
    assert bearing([unit], frame, ["c"]).tolist() == [[borne]]
