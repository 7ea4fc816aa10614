"""The verbs that say who speaks: `documents show` and `documents speakers --propose`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from casestudy.coding.table import material
from casestudy.people import speakers
from casestudy.study import Study

TALK = """Kaisa: How did you hear of it?

{name}: From a friend. She said that I should look.

Kaisa: And what did you do then?

{name}: I looked, and I went on looking.

Kaisa: Why was that?

{name}: Because it was about me.
"""
UNCLEAR = "Ann: Do you?\n\nBea: Do you?\n\nAnn: Yes.\n\nBea: Yes.\n"


def written(root: Path) -> Study:
    texts = root / "interviews" / "transcripts"
    texts.mkdir(parents=True)
    (root / "study.toml").write_text('title = "Three talks"\n')
    people = "participant_id,group,consent_quote\np1,a,true\np2,a,true\np3,b,true\n"
    (root / "interviews" / "participants.csv").write_text(people)
    for number, name in ((1, "Bea Oja"), (2, "S02")):
        (texts / f"p{number}.md").write_text(TALK.format(name=name))
    (texts / "p3.md").write_text(UNCLEAR)
    return Study.load(root)


def test_a_proposal_is_written_with_reasons_and_says_what_is_left(tmp_path: Path, command) -> None:
    study = written(tmp_path / "s")
    code, out, err = command("check", "--study", study.root)
    assert (code, "--propose" in out + err) == (2, True)
    code, out, _ = command("documents", "speakers", "--propose", "--study", study.root)
    assert code == 0
    assert "p1 Kaisa: interviewer (asks 3 of 3 questions in 3 turns)" in out
    assert "p2 S02: participant p2 (the only other speaker)" in out
    assert "2 of which a person must complete" in out
    heard = material(study)
    assert {turn.participant for turn in heard["p2"].own_turns} == {"p2"}
    assert [turn.speaker for turn in heard["p1"].own_turns] == ["Bea Oja"] * 3
    assert heard["p3"].own_turns == ()
    code, out, err = command("check", "--study", study.root)
    assert "p3.md" in out + err
    assert "p1.md" not in out + err
    before = (study.root / speakers.FILE).read_bytes()
    command("documents", "speakers", "--propose", "--study", study.root)
    assert (study.root / speakers.FILE).read_bytes() == before


def test_speakers_are_listed_with_role_and_words(talk_copy, command) -> None:
    code, out, _ = command("documents", "speakers", "--json", "--study", talk_copy)
    assert code == 0
    rows = {(row["document"], row["speaker"]): row for row in json.loads(out)}
    assert rows["t1", "INTERVIEWER"]["role"] == "interviewer"
    assert (rows["t1", "Maija"]["participant"], rows["t1", "Maija"]["turns"]) == ("t1", 2)


def test_a_document_is_shown_turn_by_turn(talk_copy, command) -> None:
    code, out, _ = command("documents", "show", "t1", "--json", "--study", talk_copy)
    assert code == 0
    turns = json.loads(out)["turns"]
    assert [turn["speaker"] for turn in turns] == ["INTERVIEWER", "Maija", "INTERVIEWER", "Maija"]
    assert (turns[1]["time_s"], turns[1]["role"]) == (12.0, "participant")
    text = (talk_copy / "interviews/transcripts/t1.md").read_text(encoding="utf-8")
    assert text[turns[1]["start"] : turns[1]["end"]].endswith("I was there.")
    assert {"number", "speaker", "role", "start", "end", "time_s", "words"} <= set(turns[0])
    code, out, _ = command("documents", "show", "t1", "--study", talk_copy)
    assert out.splitlines()[1].startswith("2 [0:00:12] Maija (participant, t1): Potatoes")
    code, _, err = command("documents", "show", "t99", "--study", talk_copy)
    assert (code, "t99" in err) == (2, True)


def test_one_file_that_cannot_be_read_does_not_hide_the_others(talk_copy, command) -> None:
    texts = talk_copy / "interviews/transcripts"
    (texts / "x1.docx").write_bytes(b"no document")
    (texts / "x2.wav").write_bytes(b"RIFF")
    code, out, _ = command("documents", "list", "--study", talk_copy)
    assert code == 0
    assert "Maija (participant, t1, " in out
    assert "INTERVIEWER (interviewer, " in out
    assert "x1: not read. interviews/transcripts/x1.docx: " in out
    assert "'.wav' is not known" in out
    rows = {
        row["document"]: row
        for row in json.loads(command("documents", "list", "--json", "--study", talk_copy)[1])
    }
    assert rows["t1"]["interviewer"] > 0
    assert (rows["t1"]["participants"], rows["t1"]["speakers"]) == (["t1"], ["INTERVIEWER", "Maija"])
    assert "not known" in rows["x2"]["problem"]
    assert command("documents", "show", "t1", "--study", talk_copy)[0] == 0
    assert command("documents", "speakers", "--study", talk_copy)[0] == 0
    code, _, err = command("documents", "show", "x2", "--study", talk_copy)
    assert (code, "'.wav' is not known" in err) == (2, True)


def test_a_doubtful_heading_is_listed_until_a_row_decides(tmp_path: Path, command) -> None:
    study = written(tmp_path / "s")
    text = study.root / "interviews/transcripts/p1.md"
    text.write_text(text.read_text() + "\nSummer: that was the best of it.\n\nKaisa: So?\n")
    assert (
        "'Summer' was taken for a speaker (opens one line)"
        in command("documents", "list", "--study", study.root)[1]
    )
    rows = "document,speaker,role,seen_by\np1,Summer,words,ann\n"
    (study.root / speakers.FILE).write_text(rows)
    out = command("documents", "list", "--study", study.root)[1]
    assert "Summer" not in out
    command("documents", "speakers", "--propose", "--study", study.root)
    kept = (study.root / speakers.FILE).read_text()
    assert kept.splitlines()[0] == "document,speaker,participant,role,why,seen_by"
    assert kept.splitlines()[1] == "p1,Summer,,words,,ann"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["codings", "list"], "quote"),
        (["codings", "check"], "found"),
        (["code", "list"], "definition"),
        (["code", "history"], "action"),
        (["reconcile", "list", "--coders", "a,b"], "state"),
        (["reconcile", "log"], "why"),
        (["documents", "list"], "speakers"),
        (["documents", "speakers"], "why"),
        (["documents", "speakers", "--propose"], "why"),
        (["status"], "fresh"),
        (["check"], "found"),
    ],
)
def test_what_a_verb_lists_is_given_to_scripts_as_json(
    talk_copy, command, words: list[str], key: str
) -> None:
    code, out, _ = command(*words, "--json", "--study", talk_copy)
    rows = json.loads(out)
    assert isinstance(rows, list)
    assert all(key in row for row in rows)
    assert code == (2 if words[-1] == "check" and rows else 0)
    if words[0] in ("codings", "documents") and words[1] == "list":
        assert rows


def test_problems_are_given_to_scripts_as_json(talk_copy, command) -> None:
    (talk_copy / "interviews/transcripts/x1.md").write_text("")
    code, out, err = command("check", "--json", "--study", talk_copy)
    assert (code, err) == (2, "")
    assert [row["where"] for row in json.loads(out) if "x1" in row["where"]] == [
        "interviews/transcripts/x1.md"
    ]


def test_a_blind_sheet_says_who_speaks_and_what_was_said_before(talk_copy, command) -> None:
    out = command("blind", "draw", "--unit", "sentence", "--share", "1", "--study", talk_copy)[1]
    rows = {row["text"]: row for row in csv.DictReader(io.StringIO(out))}
    first = next(row for text, row in rows.items() if text.startswith("Potatoes"))
    assert first["speaker"] == "Maija"
    assert first["before"].startswith("INTERVIEWER: ")
    assert {row["speaker"] for row in rows.values() if row["unit"]}.isdisjoint({"INTERVIEWER"})
    later = next(
        row for row in rows.values() if row["document"] == "t1" and row["before"].startswith("Potatoes")
    )
    assert later["speaker"] == "Maija"


def test_no_asking_turn_is_drawn_whatever_the_one_who_asks_is_called(tmp_path: Path, command) -> None:
    study = written(tmp_path / "s")
    command("documents", "speakers", "--propose", "--study", study.root)
    for unit in ("turn", "sentence", "paragraph"):
        out = command("blind", "draw", "--unit", unit, "--share", "1", "--study", study.root)[1]
        drawn = [row for row in csv.DictReader(io.StringIO(out)) if row["unit"]]
        assert {row["speaker"] for row in drawn} == {"Bea Oja", "S02"}
