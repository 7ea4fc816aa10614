"""No participant's figure holds an interviewer's word, whatever the interviewer is called."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from casestudy.coders import unit_ratings
from casestudy.coding import units
from casestudy.coding.material import Material
from casestudy.people.speakers import words_by_role
from casestudy.study import Study
from casestudy.suggestions import evaluation
from casestudy.voices import topics

ROOT = Path(__file__).parent.parent
OTHER = ROOT / "examples" / "interviews-only"


@pytest.fixture(scope="module")
def reference() -> Material:
    return Material(Study.load(ROOT))


def test_every_word_of_the_reference_study_is_known_by_role(reference: Material) -> None:
    table = words_by_role(text for text in reference.texts.values() if not text.counted_in)
    assert table["unknown"].sum() == 0
    talks = {name for name, text in reference.texts.items() if text.kind in ("interview", "focus group")}
    asked = table.set_index("document")["interviewer"]
    assert all(asked[name] > 0 for name in talks if not reference.texts[name].counted_in)


@pytest.mark.parametrize("unit", ["sentence", "paragraph", "turn"])
def test_no_unit_of_a_participant_touches_an_interviewers_turn(reference: Material, unit: str) -> None:
    asking = {
        (name, place)
        for name, text in reference.texts.items()
        for turn in text.turns
        if turn.role == "interviewer"
        for place in (turn.start, turn.end - 1)
    }
    assert asking
    for one in unit_ratings.units(reference.texts, sorted(reference.texts), unit):
        turn = reference.texts[one.document].turns[one.turn - 1]
        assert turn.role == "participant"
        assert turn.start <= one.start < one.end <= turn.end
        assert not any((one.document, place) in asking for place in range(one.start, one.end))


def test_words_credited_to_a_person_stand_in_that_persons_turns(reference: Material) -> None:
    people = set(reference.people["participant_id"])
    for row in reference.words[reference.words["turn"].gt(0)].to_dict("records"):
        turn = reference.texts[row["document"]].turns[row["turn"] - 1]
        if row["who"] in people:
            assert turn.role == "participant"
            assert turn.participant == row["who"]
        else:
            assert row["who"] == row["document"]
    for name, text in reference.texts.items():
        spoken = sum(text.words_of(who) for who in {name, *text.participants})
        own = 0 if text.counted_in else words_by_role([text])["participant"].sum()
        assert spoken == own


def renamed(folder: Path, name: str) -> Study:
    """A copy of another study in which the interviewer has a name of the same length."""
    assert len(name) == len("INTERVIEWER")
    shutil.copytree(OTHER, folder)
    for path in [*(folder / "interviews/transcripts").glob("*.md"), folder / "interviews/speakers.csv"]:
        path.write_text(path.read_text(encoding="utf-8").replace("INTERVIEWER", name), encoding="utf-8")
    return Study.load(folder)


@pytest.mark.parametrize("name", ["Oja Tiina K", "Speaker 007", "Respondent3", "聞き手聞き手聞き手さん"])
def test_figures_do_not_depend_on_what_the_interviewer_is_called(tmp_path: Path, name: str) -> None:
    before, after = Material(Study.load(OTHER)), Material(renamed(tmp_path / "s", name))
    assert words_by_role(before.texts.values()).equals(words_by_role(after.texts.values()))
    drawn = [units.units(one.texts) for one in (before, after)]
    assert drawn[0] == drawn[1]
    assert [unit.speaker for unit in drawn[0]] == [unit.speaker for unit in drawn[1]]
    columns = ["who", "code", "start", "end", "group"]
    assert before.words[columns].equals(after.words[columns])
    codes = sorted(before.words["code"].unique())
    found = [topics.by_scheme(one.words, one.book, one.texts, one.asked()) for one in (before, after)]
    assert found[0].equals(found[1])
    scores = [
        evaluation.evaluate(drawn[0], one.words, codes, least=2, resamples=5) for one in (before, after)
    ]
    assert scores[0].equals(scores[1])


def test_words_for_who_asks_stand_in_the_proposal_alone_and_decide_nothing() -> None:
    package = ROOT / "casestudy"
    listed = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if len(
            set(
                re.findall(r"moderator|facilitator|haastattelija|intervjuare|kysyjä", path.read_text("utf-8"))
            )
        )
        > 1
    ]
    assert listed == ["people/proposal.py"]
    users = [
        path.relative_to(package).parts[0]
        for path in package.rglob("*.py")
        if re.search(r"import .*\bproposal\b|proposal import", path.read_text("utf-8"))
    ]
    assert set(users) == {"cli"}


def test_a_verb_says_the_words_by_role(command) -> None:
    out = command("documents", "list", "--study", OTHER)[1]
    last = out.splitlines()[-1]
    rows = json.loads(command("documents", "list", "--json", "--study", OTHER)[1])
    for role, said in (("participant", "of participants"), ("interviewer", "of interviewers")):
        assert f"{sum(row[role] for row in rows):,} words {said}" in last
