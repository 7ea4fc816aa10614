"""Who speaks: no word counts for a person unless the study says that it is theirs."""

from __future__ import annotations

import pandas as pd
import pytest

from casestudy.people.documents import SCHEMA as DOCUMENTS
from casestudy.people.documents import Sheet, is_talk, sheets
from casestudy.people.documents import problems as document_problems
from casestudy.people.proposal import propose
from casestudy.people.speakers import EVERY, SCHEMA, assigned, ruled, voices, words_by_role
from casestudy.people.unheard import problems, unheard
from casestudy.transcripts.readers import extract
from casestudy.transcripts.transcript import Transcript, from_text

COLUMNS = SCHEMA.names
EMPTY = pd.DataFrame(columns=COLUMNS)
NAMES = {"p1": ["Aino"], "p2": ["Eero"]}


def talk(name: str, *lines: tuple[str, str]) -> Transcript:
    speakers = dict.fromkeys(speaker for speaker, _ in lines)
    return from_text(
        "\n\n".join(f"{speaker}: {words}" for speaker, words in lines), name, speakers=list(speakers)
    )


def rows(*given: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame([(*row, "") for row in given], columns=COLUMNS)


def heard(document: Transcript, sheet: Sheet, table: pd.DataFrame = EMPTY) -> dict[str, tuple[str, str]]:
    known = voices(document, sheet, NAMES, table)
    return {turn.speaker: (turn.role, turn.participant) for turn in assigned(document, known).turns}


INTERVIEW = talk(
    "p1", ("Kaisa", "Well?"), ("Aino", "I do. Every day."), ("Kaisa", "Why?"), ("Aino", "Because.")
)


def test_a_name_in_participants_is_that_person_and_the_other_is_unknown() -> None:
    assert heard(INTERVIEW, Sheet("p1", ("p1",), "interview")) == {
        "Kaisa": ("unknown", ""),
        "Aino": ("participant", "p1"),
    }


def test_words_of_the_unknown_count_for_nobody_and_are_a_problem() -> None:
    sheet = Sheet("p1", ("p1",), "interview")
    document = assigned(INTERVIEW, voices(INTERVIEW, sheet, NAMES, EMPTY))
    assert [turn.speaker for turn in document.own_turns] == ["Aino", "Aino"]
    (problem,) = unheard([document], {"p1": sheet}, {"p1": "interviews/transcripts/p1.md"})
    assert "'Kaisa'" in problem.found
    assert "2 words" in problem.found
    assert "--propose" in problem.remedy
    count = words_by_role([document]).set_index("document").loc["p1"]
    assert count.to_dict() == {"participant": 5, "interviewer": 0, "other": 0, "unknown": 2}


@pytest.mark.parametrize("document", ["p1", EVERY])
def test_a_row_decides_in_one_document_or_in_every_one(document: str) -> None:
    table = rows((document, "KAISA", "", "interviewer"))
    assert heard(INTERVIEW, Sheet("p1", ("p1",), "interview"), table)["Kaisa"] == ("interviewer", "")


def test_a_row_of_the_document_stands_before_one_of_every_document() -> None:
    table = rows((EVERY, "Kaisa", "", "interviewer"), ("p1", "Kaisa", "", "other"))
    assert heard(INTERVIEW, Sheet("p1", ("p1",), "interview"), table)["Kaisa"] == ("other", "")


def test_the_one_other_voice_beside_a_stated_interviewer_is_the_participant() -> None:
    document = talk("p1", ("Kaisa", "Well?"), ("S02", "Yes."))
    table = rows((EVERY, "Kaisa", "", "interviewer"))
    assert heard(document, Sheet("p1", ("p1",), "interview"), table)["S02"] == ("participant", "p1")
    third = talk("p1", ("Kaisa", "Well?"), ("S02", "Yes."), ("S03", "No."))
    known = heard(third, Sheet("p1", ("p1",), "interview"), table)
    assert known["S02"] == known["S03"] == ("unknown", "")


def test_one_voice_is_the_participants_whatever_it_is_called() -> None:
    alone = talk("p1", ("SPEAKER_00", "I will say it."), ("SPEAKER_00", "And again."))
    assert heard(alone, Sheet("p1", ("p1",), "interview")) == {"SPEAKER_00": ("participant", "p1")}


def test_a_paper_speaks_for_itself_whoever_is_named_in_it() -> None:
    minutes = talk("d1", ("Chair", "We begin."), ("Clerk", "Noted."))
    assert set(heard(minutes, Sheet("d1", (), "document")).values()) == {("participant", "")}
    assert set(heard(minutes, Sheet("d1", (), "interview", talk=True)).values()) == {("unknown", "")}


def test_a_focus_group_credits_each_person_with_their_own_words() -> None:
    group = talk("g1", ("Mod", "Well?"), ("Aino", "Yes."), ("Eero", "No."), ("Liisa", "Hm."))
    table = rows(("g1", "Mod", "", "interviewer"), ("g1", "Liisa", "p3", "participant"))
    assert heard(group, Sheet("g1", ("p1", "p2", "p3"), "focus group"), table) == {
        "Mod": ("interviewer", ""),
        "Aino": ("participant", "p1"),
        "Eero": ("participant", "p2"),
        "Liisa": ("participant", "p3"),
    }


def test_a_name_is_found_in_composed_and_decomposed_form() -> None:
    document = talk("p1", ("Q", "Well?"), ("Pa\u0308ivi", "Yes."))
    known = voices(document, Sheet("p1", ("p1",), "interview"), {"p1": ["PÄIVI"]}, EMPTY)
    assert known[document.speakers[1]].participant == "p1"


def test_a_document_without_a_row_is_its_participants_interview_or_nobodys() -> None:
    texts = {
        "p1": INTERVIEW,
        "memo": from_text("A memo.", "memo"),
        "x9": talk("x9", ("A", "Yes."), ("B", "No.")),
    }
    whose = sheets(texts, ["p1"])
    assert {name: (one.kind, one.participants) for name, one in whose.items()} == {
        "memo": ("document", ()),
        "p1": ("interview", ("p1",)),
        "x9": ("document", ()),
    }
    assert whose["x9"].talk
    assert not whose["memo"].talk
    assert not is_talk(from_text("> Not an interview\n\nA: Yes.\n\nB: No.", "m"))


def test_several_documents_a_person_and_several_people_a_document() -> None:
    texts = dict.fromkeys(("first", "second", "group"), INTERVIEW)
    table = pd.DataFrame(
        [("first", "p1", 1, "interview"), ("second", "p1", 2, "interview"), ("group", "p1; p2", None, None)],
        columns=["document", "participants", "sitting", "kind"],
    ).reindex(columns=DOCUMENTS.names)
    whose = sheets(texts, ["p1", "p2"], table)
    assert [(one.participants, one.sitting, one.kind) for one in whose.values()] == [
        (("p1",), 1, "interview"),
        (("p1", "p2"), 1, "focus group"),
        (("p1",), 2, "interview"),
    ]
    wrong = document_problems(table, {"first": INTERVIEW}, ["p1"])
    assert [("group" in str(one), "p2" in str(one)) for one in wrong] == [
        (False, False),
        (True, False),
        (True, True),
    ]


def test_every_problem_of_the_table_at_once() -> None:
    table = rows(
        ("p1", "Kaisa", "", "interviewer"),
        ("p1", "kaisa", "", "other"),
        ("p1", "Nobody", "", "other"),
        ("p9", "Kaisa", "", "other"),
        ("p1", "Aino", "p7", "participant"),
        (EVERY, "Ghost", "", "interviewer"),
        ("p1", "Aino", "p1", "interviewer"),
    )
    text = "\n".join(map(str, problems(table, {"p1": INTERVIEW}, ["p1"])))
    for part in ("row 3: a second row", "'Nobody' does not speak", "'p9' is not there", "'p7' is not in"):
        assert part in text
    assert "'Ghost' speaks in no document" in text
    assert "interviewer and participant 'p1' at once" in text


# A row overrules how a plain text was read, never what a format states.

SEASONS = "Q: When?\n\nAino: I went.\n\nSummer: that was it.\n\nQ: And then?\n\nAino: It ended.\n"


@pytest.mark.parametrize("document", ["p1", EVERY])
def test_a_row_says_that_a_heading_is_not_a_speaker(document: str) -> None:
    text = from_text(SEASONS, "p1")
    assert text.speakers == ("Q", "Aino", "Summer")
    table = rows((document, "summer", "", "words"))
    talk = ruled({"p1": text}, table)["p1"]
    assert (talk.speakers, talk.text) == (("Q", "Aino"), SEASONS)
    assert talk.spoken(talk.turns[1]) == "I went.\n\nSummer: that was it."
    assert not any(one.doubtful for one in talk.headings)
    assert problems(table, {"p1": talk}, ["p1"]) == []


def test_a_row_makes_a_speaker_of_a_heading_that_the_guess_passed_over() -> None:
    plain = from_text("Q: When?\n\nAino: I went.\n\nLater: no.\n\nQ: So?\n\nAino: Yes.\n", "p1")
    assert "Later" not in plain.speakers
    assert ruled({"p1": plain}, rows(("p1", "Later", "", "other")))["p1"].speakers == ("Q", "Aino", "Later")
    assert ruled({"p1": plain}, rows(("p9", "Later", "", "other")))["p1"] is plain


def test_what_a_format_states_is_not_overruled_and_that_is_told() -> None:
    cue = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Summer>It was.\n\n00:03.000 --> 00:04.000\n<v Q>So?\n"
    found = extract(cue.encode(), ".vtt", "p1.vtt")
    talk = from_text(found.text, "p1", stated=found.turns, opens=found.opens, places=found.places)
    table = rows(("p1", "Summer", "", "words"))
    overruled = ruled({"p1": talk}, table)["p1"]
    assert overruled.speakers == ("Summer", "Q")
    (problem,) = problems(table, {"p1": overruled}, ["p1"])
    assert "as its file states" in problem.found
    (problem,) = problems(rows(("p1", "Winter", "", "words")), {"p1": talk}, ["p1"])
    assert "no line opens with 'Winter'" in problem.found


def test_a_talk_without_speakers_in_which_questions_stand_is_a_problem() -> None:
    sheet = Sheet("p1", ("p1",), "interview")
    for text in ("So?\n\nYes.\n\nAnd?\n\nWell.\n\nWhy?", "S1: So?\n\nS1: Yes. And?\n\nS1: Why?"):
        talk = from_text(text, "p1")
        document = assigned(talk, voices(talk, sheet, NAMES, EMPTY), sheet)
        (problem,) = unheard([document], {"p1": sheet}, {})
        assert "nobody is known to ask: 3 questions" in problem.found
        diary = Sheet("p1", ("p1",), "diary")
        assert unheard([assigned(talk, voices(talk, diary, NAMES, EMPTY), diary)], {"p1": diary}, {}) == []


def test_a_talk_whose_speakers_are_known_and_in_which_nobody_asks_is_a_problem() -> None:
    sheet = Sheet("g", ("p1", "p2"), "focus group")
    group = talk("g", ("Aino", "Yes."), ("Eero", "No."))
    (problem,) = unheard([assigned(group, voices(group, sheet, NAMES, EMPTY), sheet)], {"g": sheet}, {})
    assert "nobody is known to ask" in problem.found


# The proposal: what it says, why, and when it says nothing.


def proposed(
    documents: dict[str, Transcript], whose: dict[str, Sheet], names: dict[str, list[str]] | None = None
) -> dict[tuple[str, str], tuple[str, str, str]]:
    table = propose(documents, whose, names or {}, EMPTY)
    return {
        (row["document"], row["speaker"]): (row["role"], row["participant"], row["why"])
        for row in table.to_dict("records")
    }


def test_who_asks_most_is_proposed_as_the_interviewer_with_the_count() -> None:
    document = talk(
        "p1",
        *[("S01", "How was it?"), ("S02", "It was long, and I said so.")] * 4,
        ("S02", "Is that it?"),
    )
    given = proposed({"p1": document}, {"p1": Sheet("p1", ("p1",), "interview")})
    assert given["p1", "S01"] == ("interviewer", "", "asks 4 of 5 questions in 4 turns")
    assert given["p1", "S02"][:2] == ("participant", "p1")


@pytest.mark.parametrize("label", ["Researcher 1", "INTERVIEWER", "Moderatorin", "Haastattelija", "I", "Q1"])
def test_a_label_that_says_so_is_a_reason(label: str) -> None:
    document = talk("p1", (label, "Well?"), ("Bea", "Yes."))
    given = proposed({"p1": document}, {"p1": Sheet("p1", ("p1",), "interview")})
    assert given["p1", label] == ("interviewer", "", f"the label {label!r} says so")
    assert given["p1", "Bea"] == ("participant", "p1", "the only other speaker")


def test_a_name_in_many_documents_of_different_people_asks() -> None:
    documents = {f"p{n}": talk(f"p{n}", ("Kaisa", "Tell me."), (f"Bea {n}", "Yes.")) for n in range(1, 5)}
    whose = {name: Sheet(name, (name,), "interview") for name in documents}
    given = proposed(documents, whose)
    assert given["p2", "Kaisa"] == ("interviewer", "", "speaks in 4 documents of different people")


def test_a_machines_label_says_nothing_across_documents() -> None:
    documents = {
        f"p{n}": talk(f"p{n}", ("SPEAKER_00", "Tell me."), ("SPEAKER_01", "Yes.")) for n in range(1, 5)
    }
    whose = {name: Sheet(name, (name,), "interview") for name in documents}
    assert all(role == "" for role, _, _ in proposed(documents, whose).values())


def test_where_it_cannot_be_told_the_role_is_left_to_a_person() -> None:
    document = talk("p1", ("Ann", "Do you?"), ("Bea", "Do you?"), ("Ann", "Yes."), ("Bea", "Yes."))
    given = proposed({"p1": document}, {"p1": Sheet("p1", ("p1",), "interview")})
    assert {role for role, _, _ in given.values()} == {""}
    assert given["p1", "Ann"][2] == "it is not clear: Ann asks 1; Bea asks 1"


def test_a_line_that_may_be_no_speaker_is_asked_about_and_does_not_stand_in_the_way() -> None:
    given = proposed({"p1": from_text(SEASONS, "p1")}, {"p1": Sheet("p1", ("p1",), "interview")})
    assert given["p1", "Summer"][0] == ""
    assert "write words where it is not" in given["p1", "Summer"][2]
    assert given["p1", "Aino"] == ("participant", "p1", "the only other speaker")


def test_a_semicolon_asks_in_greek_alone() -> None:
    greek = talk("p1", *[("Α", "Τι έγινε;"), ("Β", "Ήρθα.")] * 3)
    given = proposed({"p1": greek}, {"p1": Sheet("p1", ("p1",), "interview")})
    assert given["p1", "Α"] == ("interviewer", "", "asks 3 of 3 questions in 3 turns")
    latin = talk("p1", *[("S01", "Well; so it went."), ("S02", "I came.")] * 3)
    given = proposed({"p1": latin}, {"p1": Sheet("p1", ("p1",), "interview")})
    assert {role for role, _, _ in given.values()} == {""}


def test_rows_that_are_there_stay_and_are_not_proposed_again() -> None:
    document = talk("p1", ("Kaisa", "Well?"), ("Bea", "Yes."))
    table = rows(("p1", "Kaisa", "", "other"))
    again = propose({"p1": document}, {"p1": Sheet("p1", ("p1",), "interview")}, {}, table)
    assert again["speaker"].tolist() == ["Kaisa", "Bea"]
    assert again["role"].tolist() == ["other", ""]


def test_the_proposal_once_accepted_leaves_nobody_unknown() -> None:
    documents = {
        f"p{n}": talk(f"p{n}", *[("Kaisa", "How?"), (f"Bea {n}", "So it was.")] * 3) for n in range(1, 4)
    }
    whose = {name: Sheet(name, (name,), "interview") for name in documents}
    table = propose(documents, whose, {}, EMPTY)
    for name, document in documents.items():
        roles = {turn.role for turn in assigned(document, voices(document, whose[name], {}, table)).turns}
        assert roles == {"interviewer", "participant"}
