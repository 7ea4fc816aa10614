"""The verbs that say who speaks: `documents show` and `documents speakers --propose`."""

from __future__ import annotations

import json
from pathlib import Path

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
