"""Twenty-four faults are planted in a small study, and the check lists twenty-four."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from casestudy.coding import check as coding_check
from casestudy.coding.material import Material
from casestudy.study import Study
from casestudy.transcripts import check as transcripts_check

TALK = Path(__file__).parent / "data" / "talk"
Command = Callable[..., tuple[int, str, str]]


def append(path: Path, *rows: dict[str, object]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def faulty(tmp_path: Path) -> tuple[Study, list[str]]:
    """A study with twenty-four faults, and words by which each must be known."""
    shutil.copytree(TALK, tmp_path / "talk")
    root = tmp_path / "talk"
    texts, works = root / "interviews/transcripts", root / "interviews/codings"
    schemes = root / "coding_schemes"
    add = {"action": "add", "parent": None, "attributes": {}, "memo": "", "when": "5", "text": ""}
    first = json.loads((works / "a/t1.jsonl").read_text(encoding="utf-8").splitlines()[0])
    good = {"code": first["code"], "start": first["start"], "end": first["end"], "quote": first["quote"]}

    # Documents.
    (texts / "t4.md").write_text("")
    (texts / "t5.md").write_bytes(b"Aino: yes\0no")
    (texts / "t6.docx").write_bytes(b"no archive")
    (texts / "t3.md").write_text("Aino: the same id")
    (texts / "t7.md").write_text("Liisa: a\n\nLisa: b\n\nLisa: c\n\nLisa: d\n")
    (texts / "t8.md").write_text("[00:09] Aino: a\n\n[00:05] Eero: b\n")
    (texts / "t10.md").write_text("Interviewer: And you?\n\nKaisa: People say a lot.\n")
    (texts / "T12.md").write_text("Aino: a\n\nEero: b\n")
    (texts / "minutes.md").write_text("> Not an interview\n\nAino: a\n\nEero: b\n")
    # Participants and codebooks.
    with (root / "interviews/participants.csv").open("a") as file:
        file.write("t4,town,\nt5,town,\nt6,town,\nt7,town,\nt8,town,\nt11,town,\n")
    rewrite(root / "interviews/participants.csv", "t2,town,Olli", "t2,town,Ollie")
    with (schemes / "help.yaml").open("a") as file:
        file.write(
            "- id: help.shop\n  name: Shop\n- id: help.other\n  name: Other\n  definition: Any other help.\n"
        )
        file.write("  near: [help.gone]\n")
    change = {"who": "k", "why": "x", "action": "rename", "code": "help.neighbour"}
    append(
        schemes / "history.jsonl",
        {"id": "e1", **change, "when": "1", "changes": {"help.neighbour": {"name": ["Neighbour", "Friend"]}}},
        {"id": "e2", **change, "when": "2", "changes": {"help.neighbour": {"name": ["Neighbour", "Family"]}}},
        {"id": "e3", "action": "burn", "changes": {}},
    )
    # Codings.
    with (works / "a/t1.jsonl").open("a") as file:
        file.write("not json\n")
    append(
        works / "a/t1.jsonl",
        {**add, **good, "id": "d1", "code": "garden.nothing"},
        {
            **add,
            **good,
            "id": "d2",
            "start": 90_000,
            "end": 90_000 + len(good["quote"]),
            "code": "garden.grow",
        },
        {**add, **good, "id": "d3", "quote": "x" * len(good["quote"]), "code": "help.neighbour"},
        {**add, **good, "id": "d4", "code": "garden.grow.show", "attributes": {"modality": "maybe"}},
        {**add, **good, "id": "d5"},
        {"id": "d6", "action": "delete", "parent": "gone", "memo": "", "when": "6", "text": ""},
        {**add, **good, "id": "d5", "code": "garden.water"},
        {**add, **good, "id": "d8", "code": "garden.water.carry"},
        {**add, **good, "id": "d9", "code": "garden.water.hose"},
    )
    append(works / "b/t9.jsonl", {**add, **good, "id": "d7"})
    known = [
        "t4.md: it is empty",
        "t5.md, character 9: a NUL byte",
        "t6.docx: it is not an archive",
        "a second file named 't3'",
        "speaker 'Liisa' is almost 'Lisa'",
        "the time of turn 2 lies before",
        "t10.md: interviews/participants.csv has no row 't10'",
        "T12.md: interviews/participants.csv has no row 'T12'",
        "participant 't11': there is no transcript",
        "pseudonym 'Ollie' does not speak",
        "code help.shop: it has no definition",
        "near code 'help.gone'",
        "two branches changed name of 'help.neighbour'",
        "action is 'burn'",
        "'not json' is not a record",
        "code 'garden.nothing' is not in the codebook",
        "coding d2: displaced: it ends behind the text",
        "coding d3: displaced: its words are not at",
        "modality is 'maybe'",
        "coding d5: it says what coding",
        "replaces 'gone', which is not there",
        "a second record with id 'd5'",
        "has both 'garden.water.carry' and 'garden.water.hose'",
        "document 't9' is not there",
    ]
    return Study.load(root), known


def test_the_check_lists_every_planted_fault_and_nothing_else(faulty: tuple[Study, list[str]]) -> None:
    study, known = faulty
    problems = transcripts_check.check(study) + coding_check.check(Material(study))
    said = [
        str(problem)
        for problem in problems
        if "count for nobody" not in problem.found and "not recorded" not in problem.found
    ]
    for words in known:
        assert sum(words in one for one in said) == 1, (words, said)
    assert len(said) == len(known), [one for one in said if not any(words in one for words in known)]


def test_the_verb_lists_every_planted_fault(faulty: tuple[Study, list[str]], command: Command) -> None:
    study, known = faulty
    code, out, error = command("check", "--study", study.root)
    assert code == 2
    assert all((out + error).count(words) == 1 for words in known)


def test_unreadable_documents_do_not_hide_the_other_faults(faulty: tuple[Study, list[str]]) -> None:
    study, _ = faulty
    said = [str(problem) for problem in coding_check.check(Material(study))]
    for words in ("'garden.nothing'", "help.shop", "second record", "'burn'", "is not a record"):
        assert any(words in one for one in said), words


def test_a_sound_study_has_no_problem() -> None:
    study = Study.load(TALK)
    assert coding_check.check(Material(study)) == []
    assert transcripts_check.check(study) == []


def test_interviews_without_any_participants_are_one_problem_with_its_remedy(tmp_path: Path) -> None:
    shutil.copytree(TALK, tmp_path / "talk")
    (tmp_path / "talk/interviews/participants.csv").unlink()
    [problem] = coding_check.check(Material(Study.load(tmp_path / "talk")))
    assert problem.where == "interviews/participants.csv"
    assert "3 interviews (t1, t2, t3)" in problem.found
    assert "t1,GROUP" in problem.remedy


def test_a_row_that_ties_an_account_to_a_household_needs_no_transcript(tmp_path: Path) -> None:
    shutil.copytree(TALK, tmp_path / "talk")
    people = tmp_path / "talk/interviews/participants.csv"
    rows = ["t1,town,,,,Maija,true,true", "t2,town,,,,Olli,true,true", "t3,village,,,,Sanni,true,true"]
    rows += ["u1,town,p1,7,,,true,true", "u2,town,p2,8,2024-01-31,,true,true"]
    head = "participant_id,group,log_id,household_id,interviewed_on,pseudonym"
    people.write_text("\n".join([f"{head},consent_quote,consent_link", *rows]) + "\n")
    [problem] = coding_check.check(Material(Study.load(tmp_path / "talk")))
    assert "'u2'" in problem.where


def test_a_displaced_coding_shows_its_words_and_the_command_that_mends_it(tmp_path: Path) -> None:
    shutil.copytree(TALK, tmp_path / "talk")
    root = tmp_path / "talk"
    first = json.loads((root / "interviews/codings/a/t1.jsonl").read_text(encoding="utf-8").splitlines()[0])
    text = root / "interviews/transcripts/t1.md"
    text.write_text(text.read_text(encoding="utf-8").replace(first["quote"], "and then nothing"), "utf-8")
    said = [
        str(problem)
        for problem in coding_check.check(Material(Study.load(root)))
        if first["id"] in problem.where
    ]
    assert len(said) == 1
    assert f"they were {first['quote'][:30]}".replace("'", "") in said[0].replace("'", "")
    assert said[0].endswith("Run casestudy codings reanchor --coder a --document t1")
