"""Checklists filled from records, the check of decisions, the verbs, and withdrawing a participant."""

from __future__ import annotations

import argparse
import json
import re
import shutil
from pathlib import Path

import pytest
from mixed_study import CLAIMS, FRAMEWORK, LINES, garden, write

from casestudy.cli import evidence as verbs
from casestudy.codebook import history
from casestudy.coding import codings, material
from casestudy.coding.material import Material
from casestudy.errors import CaseStudyError, InputError
from casestudy.evidence import chain, check, checklists, claims, methods_facts, records, status
from casestudy.privacy import traces, withdraw
from casestudy.study import Study

__all__ = ["garden"]


def run(study: Study, *words: str) -> int:
    top = argparse.ArgumentParser()
    verbs.add(top.add_subparsers())
    given = top.parse_args([words[0], "--study", str(study.root), *words[1:]])
    return int(given.act(given))


def test_the_lists_have_the_items_they_are_known_for() -> None:
    coreq = checklists.load("coreq")
    by_id = {item.id: item.name for item in coreq.items}
    assert [by_id[key] for key in ("22", "24", "25", "26", "27")] == [
        "Saturation",
        "Coders",
        "Coding tree",
        "Derivation of themes",
        "Software",
    ]
    sections = [item.domain for item in coreq.items]
    assert [sections.count(one) for one in dict.fromkeys(sections)] == [8, 15, 9]
    assert [item.id for item in checklists.load("srqr").items] == [f"S{n}" for n in range(1, 22)]
    assert not any("agreement" in item.name.casefold() for item in coreq.items)
    with pytest.raises(InputError, match="Did you mean 'coreq'"):
        checklists.load("corek")


def test_answers_come_from_records_or_are_to_write(garden: Study) -> None:
    found = material.load(garden)
    verdicts = status.evaluate(claims.load(garden, found.framework), found)
    facts = records.facts(found, verdicts, chain.walk(found, verdicts, {}))
    filled = checklists.fill(checklists.load("coreq"), facts).set_index("item")
    assert filled.loc["12", "answer"] == "5: 4 gardener, 1 maker."
    assert filled.loc["24", "answer"].startswith("2 (k ")
    assert filled.loc["2", ["answer", "state"]].tolist() == ["to write", "to write"]
    assert filled.loc["27", "answer"].startswith("casestudy ")
    assert (filled["where"].ne("") | filled["state"].eq("to write")).all()
    keys = {item.fact for name in checklists.known() for item in checklists.load(name).items} - {""}
    assert {fact.key for fact in facts} <= keys | {"participants"}


def test_versions_count_the_changes_before_each_record(garden: Study) -> None:
    work = next(one for one in codings.read(garden) if one.document == "g1")
    code = work.codings[0].code
    changes = [history.Change(code, "name", "a", "b")]
    early = history.event("rename", code, changes, who="t", when="2000-01-01T00:00:00Z", why="before")
    late = history.event("rename", code, changes, who="t", when="2100-01-01T00:00:00Z", why="after")
    history.append(garden, [early, late])
    made = [codings.record("add", code=code, start=0, end=4, quote="Some", when="2020-01-01T00:00:00Z")]
    codings.append(garden, "late", "g1", made)
    table = methods_facts.versions(material.load(garden))
    row = table[table["coder"].eq("late")].iloc[0]
    assert (row["document"], row["first"], row["last"], row["behind"]) == ("g1", 1, 1, code)
    said = methods_facts.versions_in_words(table, 2)
    assert "coder late worked under 1" in said
    assert methods_facts.versions_in_words(table.iloc[:0], 2) == ""
    assert methods_facts.review(garden) == ""


def test_what_authors_wrote_stands_first(garden: Study) -> None:
    path = garden.root / checklists.OWN
    path.write_text('coreq:\n  "2": Two degrees.\n')
    own = checklists.own_answers(garden)
    assert checklists.fill(checklists.load("coreq"), [], own["coreq"])["answer"].iloc[1] == "Two degrees."
    path.write_text('coreq:\n  "99": Nothing.\nother: {}\n')
    with pytest.raises(InputError) as error:
        checklists.own_answers(garden)
    assert len(error.value.problems) == 2


def test_check_lists_every_planted_fault(garden: Study) -> None:
    assert check.check(Material(garden)) == []
    faults = {
        "coding_schemes/framework.yaml": FRAMEWORK.replace("[way.play]", "[way.ply]"),
        "evidence/claims.yaml": CLAIMS.replace("codes: [why.keep]", "codes: [why.old]").replace(
            "id: C1", "id: C9"
        ),
        "evidence/inferences.yaml": "inferences:\n- {display: a, row: b}\n",
        "evidence/triangulation.csv": "finding_id\nC1\n",
        "evidence/seals.json": "nonsense",
        "evidence/checklists.yaml": "coreq: {x: y}\n",
    }
    for name, text in faults.items():
        (garden.root / name).write_text(text)
    said = "\n".join(str(problem) for problem in check.check(Material(garden)))
    for fault in (
        "'way.ply' is in no codebook",
        "'why.old' is retired",
        "claim 'C1' is not made",
        "text is missing",
    ):
        assert fault in said
    for name in ("triangulation.csv", "seals.json", "checklists.yaml"):
        assert name in said


def test_the_verb_says_all_claims_one_claim_and_upward(
    garden: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(garden, "evidence") == 0
    said = capsys.readouterr().out
    assert "C1  undecidable" in said
    assert "not sealed" in said
    assert run(garden, "evidence", "C1") == 0
    said = capsys.readouterr().out
    assert "I check for frost." in said
    assert "outputs/24-ways/types.csv, type = check, column share" in said
    assert run(garden, "evidence", "interviews/transcripts/d1.md") == 0
    assert "C2" in capsys.readouterr().out
    assert run(garden, "evidence", "C11") == 1
    assert "No claim rests on 'C11'" in capsys.readouterr().out
    assert run(garden, "evidence", "--checklist", "srqr") == 0
    assert "items answered" in capsys.readouterr().out


def test_sealing_then_changing_is_seen_by_the_verb(garden: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(garden, "evidence", "--seal") == 0
    path = garden.root / "interviews/transcripts/g3.md"
    path.write_text(path.read_text().replace("I check for frost.", "I look at the sky."))
    capsys.readouterr()
    assert run(garden, "evidence", "--strict") == 1
    said = capsys.readouterr().out
    assert "C1, e1: what it rests on changed since it was sealed." in said
    assert "g3 no longer says “I check for frost.”" in said


EXTRA = {
    "usage_logs/events.csv": 'participant_id,action,note\np1,look,"two\nlines"\np2,look,\np10,look,\n',
    "evidence/inferences.yaml": "inferences:\n- {display: cases, row: g1, text: Anna checks.}\n"
    "- {display: themes, row: ways, text: Anna and others check.}\n",
    "evidence/reconciliation.jsonl": '{"document": "g1", "is": "x"}\n{"document": "g2", "is": "y"}\n',
    "usage_logs/truth.yaml": "people:\n- {id: g2, said: 'a long sentence that stays on one line as it was'}\n"
    "- {id: g1, kind: checks now and then}\n- {household_id: 7, kind: of another}\n",
    "interviews/README.md": "Anna (g1) tells a nicer story than her log. g10 is nobody.\n",
    "interviews/feedback/messages.csv": "message_id,text\nm001,Thanks to Anna in the shop.\n",
    "outputs/24-ways/note.html": "<p>Anna, p1</p>",
}


def furnish(study: Study) -> None:
    words = material.load(study).words
    cited = words.loc[words["who"].eq("g1"), "coding"].iloc[0]
    other = words.loc[words["who"].eq("g2"), "coding"].iloc[0]
    text = CLAIMS.replace("says: they tell of checking", f"quotes: [{cited}, {other}]")
    (study.root / "evidence/claims.yaml").write_text(text)
    for name, content in EXTRA.items():
        path = study.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def test_a_withdrawn_participant_leaves_no_trace(garden: Study, capsys: pytest.CaptureFixture[str]) -> None:
    furnish(garden)
    names = ("g1", "Anna", "p1")
    sentences = [sentence for sentence, _ in LINES["g1"]]
    assert traces.traces_left(garden.root, names, sentences)
    assert run(garden, "withdraw", "g1") == 0
    assert "Nothing was changed" in capsys.readouterr().out
    assert (garden.root / "interviews/transcripts/g1.md").is_file()
    assert run(garden, "withdraw", "g1", "--yes", "--no-run") == 0
    said = capsys.readouterr().out
    assert "look at" in said
    assert "messages.csv, line 2" in said
    left = traces.traces_left(garden.root, names, sentences)
    assert [one.where for one in left] == ["interviews/feedback/messages.csv"]  # another Anna: listed
    kept = (garden.root / "usage_logs/events.csv").read_text()
    assert kept == "participant_id,action,note\np2,look,\np10,look,\n"
    assert (garden.root / "interviews/README.md").read_text().endswith("g10 is nobody.\n")
    lines = EXTRA["usage_logs/truth.yaml"].splitlines(keepends=True)
    assert (garden.root / "usage_logs/truth.yaml").read_text() == "".join(lines[:2] + lines[3:])
    assert "inferred from groups" in said
    found = material.load(garden)
    assert "g1" not in set(found.people["participant_id"])
    assert len(claims.load(garden, found.framework)[0].evidence[0].quotes) == 1
    assert not garden.outputs.exists()


def test_unknown_codes_are_listed_beside_other_problems_of_the_claims(garden: Study) -> None:
    text = CLAIMS.replace("codes: [why.keep]", "codes: [why.kep]").replace("verdict: rejected", "verdict: no")
    (garden.root / claims.FILE).write_text(text.replace("theme: ways", "theme: wasy"))
    said = " ".join(str(one) for one in check.check(Material(garden)))
    for part in ("'why.kep' is in no codebook", "verdict is 'no'", "'wasy' is not declared"):
        assert part in said


@pytest.mark.extra
def test_on_a_copy_of_the_study_no_file_and_no_output_knows_the_withdrawn(tmp_path: Path) -> None:
    """The reference study with two of its notebooks: withdrawn, run again, and every file searched."""
    here = Path(__file__).parent.parent
    root = tmp_path / "copy"
    for folder in ("interviews", "coding_schemes", "evidence", "usage_logs", "literature"):
        shutil.copytree(here / folder, root / folder)
    (root / "notebooks").mkdir()
    for pattern in ("40-*.ipynb", "70-*.ipynb"):
        shutil.copy(next((here / "notebooks").glob(pattern)), root / "notebooks")
    # A question may name only a notebook that the study has, and this copy has two.
    declared = (here / "study.toml").read_text(encoding="utf-8")
    (root / "study.toml").write_text(re.sub(r"(?m)^answered_by.*\n", "", declared), encoding="utf-8")
    loaded = Material(Study.load(root))
    spoken = {name: " ".join(text.text.split()) for name, text in loaded.texts.items()}
    people = loaded.people
    linked = people["consent_quote"] & people["consent_link"] & people["log_id"].ne("")
    coded = people["participant_id"].isin(loaded.words["document"])
    one = people[linked & coded].iloc[-1]
    who = one["participant_id"]
    others = " ".join(text for name, text in spoken.items() if name != who)
    own = [line for line in re.split(r"(?<=[.?!]) ", spoken[who]) if line not in others]
    codings = {
        json.loads(line)["id"]
        for path in (root / "interviews/codings").glob(f"*/{who}.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    assert len(own) > 20
    assert len(codings) > 10
    assert run(Study.load(root), "withdraw", who, "--yes") == 0
    assert (root / "outputs/index.html").is_file()
    assert len(list((root / "outputs").glob("*/run.json"))) == 2
    assert traces.traces_left(root, (who, one["pseudonym"], one["log_id"]), own) == []
    home = re.compile(rf"household_id\W+{one['household_id']}\b")
    for path in root.rglob("*"):
        # Page caches and pictures within executed notebooks are searched as well, as text.
        text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
        flat = " ".join(text.split())
        assert not [identity for identity in codings if identity in flat], path
        assert not [line for line in own if len(line.split()) >= 6 and line in flat], path
        assert not home.search(flat), path


def test_nobody_is_withdrawn_by_a_wrong_id(garden: Study) -> None:
    with pytest.raises(CaseStudyError, match="'gx' is not a participant"):
        withdraw.plan(garden, "gx")
    with pytest.raises(CaseStudyError):
        withdraw.plan(garden, "../g1")


def test_others_rows_stay_byte_for_byte(tmp_path: Path) -> None:
    study = write(tmp_path / "a")
    before = (study.root / "interviews/participants.csv").read_text().splitlines()
    shutil.copytree(study.root, tmp_path / "b")
    copy = Study.load(tmp_path / "b")
    withdraw.carry_out(withdraw.plan(copy, "g2"))
    after = (copy.root / "interviews/participants.csv").read_text().splitlines()
    assert after == [line for line in before if not line.startswith("g2")]
    for name in ("g1", "g3", "m1", "d1"):
        path = Path(f"interviews/transcripts/{name}.md")
        assert (copy.root / path).read_bytes() == (study.root / path).read_bytes()
