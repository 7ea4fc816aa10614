"""Pseudonyms go through every file of a study as one operation; whatever points into a text moves along."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casestudy.coders import decisions, units_read
from casestudy.coding import codings
from casestudy.coding.table import load, material
from casestudy.coding.units import Unit
from casestudy.files import transaction
from casestudy.files.yaml_text import parsed
from casestudy.privacy import key as keys
from casestudy.privacy import leaks, pseudonymise
from casestudy.privacy.key import Entry
from casestudy.study import Study

TALK = Path(__file__).parent / "data" / "talk"
Command = Callable[..., tuple[int, str, str]]
LONG = "Person Number Seventeen"
ENTRIES = [
    Entry("person", "Kerttu", LONG, accept=True),
    Entry("person", "Aku Salmela", "Bo: the [second]", accept=True),
]
TEXT = """INTERVIEWER: Who helps you, Kerttu?

Kerttu: Aku Salmela helps me with the potatoes, every spring, without being asked at all.

INTERVIEWER: And who else?

Kerttu: Hahahahahahahaha, nobody.
"""
SAID = "Aku Salmela helps me with the potatoes"


@pytest.fixture
def talk(tmp_path: Path) -> Study:
    shutil.copytree(TALK, tmp_path / "talk")
    study = Study.load(tmp_path / "talk")
    root = study.root
    (root / "interviews/transcripts/t4.md").write_text(TEXT)
    (root / "interviews/participants.csv").open("a").write("t4,village,Kerttu\n")
    messages = "message_id,received_on,text\nm1,2020-01-02,Thanks to Kerttu for the beans!\n"
    (root / "interviews/feedback/messages.csv").write_text(messages)
    for coder, document, words in (
        *(
            ("a", "t4", SAID),
            ("b", "t4", "hahahaha"),
            ("a", "t4", "Kerttu: Aku"),
            ("a", "m1", "for the beans"),
        ),
    ):
        text = material(study)[document].text
        start = text.index(words)
        record = codings.record(
            "add",
            place=f"{coder}/{document}",
            code="help.neighbour",
            start=start,
            end=start + len(words),
            quote=words,
            memo="Kerttu trusts him",
            text=material(study)[document].sha256[:16],
        )
        codings.append(study, coder, document, [record])
    start = TEXT.index(SAID)
    made = [
        decisions.decision(
            document="t4",
            start=start,
            end=start + len(SAID),
            scheme="help",
            codes=("help.neighbour",),
            coders=("a", "b"),
            who="Ann",
            when=f"2020-01-0{number}",
            why="Kerttu says so\u2028twice",
            quote=SAID if number == 1 else "",
        )
        for number in (1, 2)
    ]
    path = root / decisions.FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{decisions.line(one)}\n" for one in made), encoding="utf-8")
    units_read.append(study, "b", [Unit("t4", 2, start, start + len(SAID), SAID)], material(study))
    (root / "evidence/claims.yaml").write_text(
        "claims:\n- id: C1\n  text: Kerttu is helped  # by whom?\n  evidence:\n"
        f"  - {{kind: document, document: t4, quote: {SAID}}}\n"
        "  - {kind: document, document: t4, quote: 'Salmela helps me'}\n"
    )
    (root / "evidence/inferences.yaml").write_text(
        "inferences:\n- display: cases\n  text: >-\n    Aku\n    Salmela helps.\n- text: Aku Salmela\n"
    )
    (root / "coding_schemes/more.yaml").write_text(
        "scheme: more\ncodes:\n- {id: more.one, name: One, examples: ['Aku Salmela helps me']}\n"
    )
    (root / "sheet.csv").write_text(
        "number,document,start,end,text,codes,memo,drawn,version\n"
        f"1,t4,{start},{start + len(SAID)},{SAID},,Kerttu!,,x\n"
    )
    (root / "suggested.csv").write_text(
        "accept;code;quote;by;score;words;nearest;start;end\n"
        f";help.neighbour;{SAID};rules;1;;;{start};{start + len(SAID)}\n"
    )
    (root / "wishes.json").write_text(json.dumps([{"code": "help.neighbour", "quote": SAID}]))
    (root / "interviews/README.md").write_text("Kerttu said it.\n")
    (root / "literature/notes").mkdir(parents=True)
    (root / "literature/notes/x.md").write_text("Kerttu thanked the author.\n")
    (root / "literature/codings/a").mkdir(parents=True)
    line = codings.line(codings.record("add", place="a/x", code="c", start=7, end=14, quote="thanked"))
    (root / "literature/codings/a/x.jsonl").write_text(f"{line}\n")
    return study


def apply(study: Study) -> pseudonymise.Outcome:
    outcome = pseudonymise.plan(study, ENTRIES)
    pseudonymise.carry_out(study, outcome)
    return outcome


def look(study: Study) -> leaks.Leaks:
    return leaks.find(study, ENTRIES, study.root / pseudonymise.KEY, pseudonymise.texts(study))


def test_codings_decisions_units_and_sheets_move_with_the_text(talk: Study) -> None:
    before = load(talk)
    outcome = apply(talk)
    texts = {name: one.text for name, one in material(talk).items()}
    after = load(talk)
    assert after["placed"].all()
    assert after["coding"].tolist() == before["coding"].tolist()
    for one in decisions.read(talk):
        assert texts["t4"][one.start : one.end] == (one.quote or texts["t4"][one.start : one.end])
        assert texts["t4"][one.start : one.end] == "Bo: the [second] helps me with the potatoes"
        assert one.why == f"{LONG} says so\u2028twice"
    [unit] = units_read.read(talk)["b"]
    assert texts["t4"][unit.start : unit.end] == unit.quote == "Bo: the [second] helps me with the potatoes"
    sheet = (talk.root / "sheet.csv").read_text().splitlines()[1].split(",")
    assert texts["t4"][int(sheet[2]) : int(sheet[3])] == sheet[4]
    listed = (talk.root / "suggested.csv").read_text().splitlines()[1].split(";")
    assert texts["t4"][int(listed[7]) : int(listed[8])] == listed[2]
    assert outcome.by_hand == ()
    assert outcome.codings >= 9


def test_a_message_is_a_document_whose_codings_move(talk: Study) -> None:
    apply(talk)
    [coding] = codings.work(talk, "a", "m1").codings
    assert material(talk)["m1"].text == f"Thanks to {LONG} for the beans!"
    assert material(talk)["m1"].text[coding.start : coding.end] == "for the beans"


def test_notes_and_their_codings_change_together(talk: Study) -> None:
    apply(talk)
    note = (talk.root / "literature/notes/x.md").read_text()
    record = json.loads((talk.root / "literature/codings/a/x.jsonl").read_text())
    assert note == f"{LONG} thanked the author.\n"
    assert note[record["start"] : record["end"]] == record["quote"] == "thanked"


def test_yaml_says_the_same_but_for_the_names(talk: Study) -> None:
    apply(talk)
    claims = (talk.root / "evidence/claims.yaml").read_text()
    [claim] = parsed(claims)["claims"]
    assert claim["text"] == f"{LONG} is helped"
    assert "# by whom?" in claims
    quotes = [one["quote"] for one in claim["evidence"]]
    text = material(talk)["t4"].text
    assert quotes[0] == "Bo: the [second] helps me with the potatoes"
    # A quote that cut a name in two takes the whole replacement.
    assert quotes[1] == "Bo: the [second] helps me"
    assert all(quote in text for quote in quotes)
    inferences = parsed((talk.root / "evidence/inferences.yaml").read_text())["inferences"]
    assert inferences == [
        {"display": "cases", "text": "Bo: the [second] helps."},
        {"text": "Bo: the [second]"},
    ]
    scheme = parsed((talk.root / "coding_schemes/more.yaml").read_text())
    assert scheme["codes"][0]["examples"] == ["Bo: the [second] helps me"]


def test_nothing_is_left_and_applying_again_changes_nothing(talk: Study) -> None:
    apply(talk)
    assert look(talk).names == ()
    assert pseudonymise.plan(talk, ENTRIES).files == {}


def test_lines_and_rows_without_names_stay_byte_for_byte(talk: Study) -> None:
    path = talk.root / "interviews/participants.csv"
    path.write_bytes(b'participant_id;group;pseudonym\r\nt1;"a; b";Maija\r\nt4;village;Kerttu\r\n')
    apply(talk)
    assert (
        path.read_bytes()
        == f'participant_id;group;pseudonym\r\nt1;"a; b";Maija\r\nt4;village;{LONG}\r\n'.encode()
    )


def test_an_interrupted_apply_is_finished_and_not_guessed(
    talk: Study, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    other = talk.root.parent / "undisturbed"
    shutil.copytree(talk.root, other)
    for root in (talk.root, other):
        (root / pseudonymise.KEY).write_text(keys.key_text(ENTRIES))
    apply(Study.load(other))
    replace, count = transaction.os.replace, 0

    def stopped(*given: Any) -> None:
        nonlocal count
        count += 1
        if count > 5:
            raise SystemExit("killed")
        replace(*given)

    monkeypatch.setattr(transaction.os, "replace", stopped)
    with pytest.raises(SystemExit):
        apply(talk)
    monkeypatch.undo()
    [left] = transaction.unfinished(talk.root)
    assert left.what == "names are replaced"
    transaction.finish(talk.root)
    code, out, _ = command("pseudonymise", "apply", "--study", talk.root)
    assert code == 0
    assert "0 names" in out
    for path in sorted(other.rglob("*")):
        if path.is_file() and ".casestudy" not in path.parts:
            assert (talk.root / path.relative_to(other)).read_bytes() == path.read_bytes(), path


def test_a_check_in_between_says_that_it_is_unfinished(talk: Study, command: Command) -> None:
    (talk.root / pseudonymise.KEY).write_text(keys.key_text(ENTRIES))
    folder = talk.root / ".casestudy" / transaction.FOLDER / "abc"
    folder.mkdir(parents=True)
    entry = {"file": "interviews/README.md", "new": "000000", "before": "x", "after": "y"}
    plan = {"what": "names are replaced", "files": [entry]}
    (folder / "plan.json").write_text(json.dumps(plan))
    code, _, error = command("pseudonymise", "check", "--study", talk.root)
    assert code == 2
    assert "unfinished" in error or "cannot be finished" in error


def test_the_verb_warns_of_history_and_outputs(talk: Study, command: Command) -> None:
    (talk.root / pseudonymise.KEY).write_text(keys.key_text(ENTRIES))
    (talk.root / ".git").mkdir()
    (talk.root / "outputs").mkdir()
    code, out, _ = command("pseudonymise", "apply", "--study", talk.root)
    assert code == 0
    assert "version history still holds the names" in out
    assert "Outputs made earlier" in out


def test_proposing_again_keeps_every_decision_and_note_letter_for_letter(
    talk: Study, command: Command
) -> None:
    path = talk.root / pseudonymise.KEY
    decided = "\ufeffkind;original;replacement;accept;note\r\nperson;Kerttu;Aino;NO;keep her name\r\n"
    path.write_text(decided, newline="")
    assert command("pseudonymise", "propose", "--rules-only", "--study", talk.root)[0] == 0
    text = path.read_bytes().decode()
    assert text.startswith(decided)
    assert ";Aku Salmela;" in text
    assert text.count("Kerttu;") == 1
    again = path.read_bytes()
    command("pseudonymise", "propose", "--rules-only", "--study", talk.root)
    assert path.read_bytes() == again


def test_the_key_is_closed_to_others_from_the_first_moment(talk: Study, command: Command) -> None:
    path = talk.root / pseudonymise.KEY
    command("pseudonymise", "propose", "--rules-only", "--study", talk.root)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (talk.root / "interviews/transcripts/t5.md").write_text("Q: Who?\n\nA: I met Liisa Maria Kask there.\n")
    command("pseudonymise", "propose", "--rules-only", "--study", talk.root)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "Liisa Maria Kask" in path.read_text()


def test_other_lines_of_json_lose_the_names_and_keep_their_ids() -> None:
    from casestudy.privacy.rewriting import Rewriter

    rewriter = Rewriter(keys.replacer(ENTRIES), {})
    line = '{"id": "Kerttu", "why": "K\\u0065rttu said", "changes": {"a.b": {"name": ["Kerttu", ""]}}}'
    new, moved = rewriter.rewritten(f"{line}\nno json, Kerttu\n", "records")
    first, second, _ = new.split("\n")
    assert json.loads(first)["why"] == f"{LONG} said"
    assert json.loads(first)["changes"] == {"a.b": {"name": [LONG, ""]}}
    assert json.loads(first)["id"] == "Kerttu"
    assert second == f"no json, {LONG}"
    assert moved == 0
