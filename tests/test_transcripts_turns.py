"""Turns: who speaks, when; a clock time is not a speaker, and no text is moved."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.study import Study
from casestudy.transcripts.transcript import documents, from_text
from casestudy.transcripts.turns import front, turns

TALK = Path(__file__).parent / "data" / "talk"


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("Q: a\n\nAino: b", ["Q", "Aino"]),
        ("INTERVIEWER: a\nSANNI: b\nINTERVIEWER: c", ["INTERVIEWER", "SANNI", "INTERVIEWER"]),
        ("Aino: I came at\n17:30: no one was there", ["Aino"]),
        ("17:30: no one", [""]),
        ("[00:01] Aino: a\n\n(00:00:09) Eero: b\n\n00:11 Aino: c", ["Aino", "Eero", "Aino"]),
        ("Aino [00:01:02]: a\n\nAnna Berg  0:07\nand then", ["Aino", "Anna Berg"]),
        ("**Aino:** a\n\n__Eero__: b", ["Aino", "Eero"]),
        ("[Aino] a\n\n[Eero] b\n\n[Aino] c [laughs]", ["Aino", "Eero", "Aino"]),
        ("AINO\nI said so.\n\nEERO\nNo.\n\nAINO\nYes.", ["AINO", "EERO", "AINO"]),
        ("Aino: I told him\nSunday: we rest", ["Aino"]),
        ("Speaker 1: a\n\nSpeaker 2: b", ["Speaker 1", "Speaker 2"]),
        ("Äiti: a\n\nשרה: ב\n\n李: c", ["Äiti", "שרה", "李"]),
        ("This is a sentence, and so on: not a speaker", [""]),
        ("See http://example.org: there", [""]),
        ("One paragraph.\n\nAnother\none.", ["", ""]),
        ("", []),
        (" \n\n \t\n", []),
    ],
)
def test_speakers(text: str, speakers: list[str]) -> None:
    assert [turn.speaker for turn in turns(text)] == speakers


def test_times_are_kept_beside_the_text() -> None:
    found = turns("[00:01:10] Aino: one [00:01:30] two\n\nEero: [1:02:03] three")
    assert [turn.time for turn in found] == [70.0, 3723.0]
    text = "[00:01:10] Aino: one [00:01:30] two\n\nEero: [1:02:03] three"
    assert [text[turn.speech : turn.end] for turn in found] == ["one [00:01:30] two", "three"]


def test_given_speakers_are_the_only_ones() -> None:
    found = turns("Aino: a\n\nNote: b\n\naino: c", ["AINO"])
    assert [turn.speaker for turn in found] == ["Aino", "aino"]


def test_front_lines_belong_to_no_turn() -> None:
    text = "# Talk\n> composed\n> twice\n\nAino: Hello.\n> quoted by her"
    assert front(text)[:2] == ("Talk", ("composed", "twice"))
    [turn] = turns(text)
    assert text[turn.start : turn.end] == "Aino: Hello.\n> quoted by her"


@given(st.text(st.sampled_from("ab: \n[]0123AB.é🥔*\t#>"), max_size=80))
@settings(max_examples=400)
def test_turns_stand_in_order_and_cover_all_words(text: str) -> None:
    found = turns(text)
    reached = 0
    for number, turn in enumerate(found, start=1):
        assert turn.number == number
        assert reached <= turn.start <= turn.speech <= turn.end <= len(text)
        reached = turn.end
    _, _, begin = front(text)
    covered = {place for turn in found for place in range(turn.start, turn.end)}
    assert all(place in covered for place in range(begin, len(text)) if not text[place].isspace())


def test_the_turn_at_a_position() -> None:
    document = from_text("Q: a\n\nAino: b", "t")
    assert [getattr(document.turn_at(place), "speaker", None) for place in (0, 3, 4, 6, 12, 99)] == [
        "Q",
        "Q",
        None,
        "Aino",
        "Aino",
        None,
    ]


def test_the_documents_of_a_study() -> None:
    found = documents(Study.load(TALK))
    assert list(found) == ["t1", "t2", "t3"]
    assert found["t1"].title == "Maija, three years on the plot"
    assert found["t2"].speakers == ("INTERVIEWER", "Olli", "Wife")
    assert found["t3"].speakers == ("INTERVIEWER", "SANNI")


def test_a_hundred_thousand_lines_are_quick() -> None:
    text = "A: yes and no\n" * 100_000
    assert len(turns(text)) == 100_000
