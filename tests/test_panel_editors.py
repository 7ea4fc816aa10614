"""The codebook editor, the framework matrix, progress and the scratch copy, as they answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casestudy.codebook import history
from casestudy.coding import codings, summaries
from casestudy.errors import InputError
from casestudy.panel import codebook_editor, framework_matrix, panel, progress, scratch
from casestudy.study import Study

FRAMEWORK = """version: 1
perspectives:
- id: plot
  name: On the plot
  question: RQ1
  themes:
  - {id: food, name: To eat, idea: what feeds, codes: [garden.grow.food]}
  - {id: water, name: Water, idea: what it takes, codes: [garden.water]}
"""


@pytest.fixture
def study(talk_copy: Path) -> Study:
    return Study.load(talk_copy)


def revise(study: Study, **given: Any) -> dict[str, Any]:
    return codebook_editor("k", study).answer({"act": "revise", "why": "clearer", **given})


def test_a_change_of_the_codebook_needs_a_reason(study: Study) -> None:
    answer = codebook_editor("k", study).answer({"act": "revise", "what": "retire", "code": "help.neighbour"})
    assert "reason" in answer["said"]
    assert history.read(study) == []


def test_only_fields_that_changed_become_events(study: Study) -> None:
    old = history.load(study).codes["garden.grow.food"]
    fields = {"name": old.name, "definition": "What is eaten.", "include": [*old.include, "herbs", " "]}
    revise(study, what="fields", code=old.id, fields=fields)
    assert {(one.action, one.changes[0].field) for one in history.read(study)} == {
        ("redefine", "definition"),
        ("redefine", "include"),
    }
    assert history.load(study).codes[old.id].include == (*old.include, "herbs")
    assert "there is none" in revise(study, what="fields", code=old.id, fields={"name": old.name})["said"]


def test_codes_are_made_moved_merged_split_retired_and_brought_back(study: Study) -> None:
    editor = codebook_editor("k", study)

    def do(**given: Any) -> dict[str, Any]:
        answer = editor.answer({"act": "revise", "why": "w", **given})
        assert "said" not in answer, answer
        return answer

    do(what="create", name="Rain butt", scheme="garden", parent="garden.water")
    do(what="move", code="garden.water.rain_butt", parent="garden.grow")
    assert history.load(study).codes["garden.water.rain_butt"].parent == "garden.grow"
    do(what="undo")
    assert history.load(study).codes["garden.water.rain_butt"].parent == "garden.water"
    do(what="merge", code="garden.water.rain_butt", into="garden.water.carry")
    assert history.load(study).resolve("garden.water.rain_butt") == "garden.water.carry"
    do(what="split", code="garden.grow.food", into=["Roots", "Beans"], keep=True)
    assert history.load(study).codes["garden.grow.food"].split_into == (
        "garden.grow.food.roots",
        "garden.grow.food.beans",
    )
    do(what="retire", code="help.neighbour")
    answer = do(what="restore", code="help.neighbour")
    assert {row["id"]: row["live"] for row in answer["codes"]}["help.neighbour"]
    assert answer["events"][0]["action"] == "restore"


def test_what_would_break_the_codebook_is_refused(study: Study) -> None:
    assert "under itself" in revise(study, what="move", code="garden.grow", parent="garden.grow.food")["said"]
    assert "not in the codebook" in revise(study, what="retire", code="garden.x")["said"]
    assert "not understood" in revise(study, what="paint", code="garden.grow")["said"]
    assert history.read(study) == []


def test_an_open_panel_hears_of_a_changed_codebook(study: Study) -> None:
    found = panel("t1", "a", study=study)
    assert "codes" not in found.answer({"act": "look"})
    revise(study, what="fields", code="help.neighbour", fields={"name": "Next plot"})
    names = {row["id"]: row["name"] for row in found.answer({"act": "look"})["codes"]}
    assert names["help.neighbour"] == "Next plot"


def test_a_matrix_without_themes_is_refused(study: Study) -> None:
    with pytest.raises(InputError, match="no themes"):
        framework_matrix("k", study)


@pytest.fixture
def themed(study: Study) -> Study:
    (study.root / "coding_schemes/framework.yaml").write_text(FRAMEWORK, encoding="utf-8")
    return study


def test_a_cell_shows_what_was_coded_and_keeps_every_version(themed: Study) -> None:
    matrix = framework_matrix("k", themed)
    opened = matrix.answer({"act": "open"})
    assert [theme["name"] for theme in opened["themes"]] == ["To eat", "Water"]
    assert {row["id"] for row in opened["rows"]} == {"t1", "t2", "t3"}
    quotes = matrix.answer({"act": "quotes", "row": "t1", "theme": "food"})
    assert opened["counts"]["food"]["t1"] >= quotes["of"] > 0
    assert any("Potatoes" in quote["quote"] for quote in quotes["quotes"])
    first = matrix.answer(
        {"act": "write", "row": "t1", "theme": "food", "text": "Potatoes feed her.", "was": ""}
    )
    [cell] = first["cells"]
    matrix.answer(
        {"act": "write", "row": "t1", "theme": "food", "text": "Potatoes, beans.", "was": cell["id"]}
    )
    versions = summaries.read(themed)
    assert [one.text for one in versions] == ["Potatoes feed her.", "Potatoes, beans."]
    assert summaries.holding(versions)["t1", "food"].text == "Potatoes, beans."


def test_a_cell_that_somebody_wrote_meanwhile_is_not_overwritten(themed: Study) -> None:
    mine, theirs = framework_matrix("k", themed), framework_matrix("z", themed)
    theirs.answer({"act": "write", "row": "t2", "theme": "water", "text": "He has a hose.", "was": ""})
    answer = mine.answer({"act": "write", "row": "t2", "theme": "water", "text": "A hose.", "was": ""})
    assert "z wrote it meanwhile" in answer["said"]
    assert [cell["text"] for cell in answer["cells"]] == ["He has a hose."]


def test_a_participant_who_withdraws_takes_the_summaries_along(themed: Study, command: Any) -> None:
    matrix = framework_matrix("k", themed)
    for who in ("t1", "t2"):
        matrix.answer({"act": "write", "row": who, "theme": "food", "text": f"About {who}.", "was": ""})
    code, _, said = command("withdraw", "t1", "--study", themed.root, "--yes")
    assert code == 0, said
    assert [one.participant for one in summaries.read(themed)] == ["t2"]


def test_progress_counts_what_is_coded_displaced_and_left_behind(study: Study) -> None:
    table = progress(study).set_index(["document", "coder"])
    assert set(table.index.get_level_values("coder")) == {"a", "b"}
    row = table.loc[("t1", "a")]
    assert row["codings"] == 5
    assert 0 < row["coded"] < 1
    assert (row["displaced"], row["outdated"], row["redefined"]) == (0, 0, 0)
    revise(study, what="retire", code="garden.water.hose")
    revise(study, what="fields", code="help.neighbour", fields={"definition": "Hands from next door."})
    path = study.root / "interviews/transcripts/t1.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Potatoes, mostly.", "Roots."), encoding="utf-8")
    row = progress(study, coders=["a"]).set_index("document").loc["t1"]
    assert (row["outdated"], row["redefined"]) == (1, 1)
    assert row["displaced"] == 5  # nothing stands where it did
    none = progress(study, coders=["zoe"]).set_index("document").loc["t1"]
    assert (none["codings"], none["coded"], none["last"]) == (0, 0.0, "")


def test_a_share_counts_words_coded_twice_once(study: Study) -> None:
    found = panel("t1", "zoe", study=study)
    for turn in found.session.words.document.own_turns:
        for code in ("garden.grow.food", "help.neighbour"):
            found.session.add([code], turn.speech, turn.end)
    row = progress(study, coders=["zoe"]).set_index("document").loc["t1"]
    assert row["coded"] == pytest.approx(1, abs=0.02)


VIEW = """views:
- id: episode
  kind: episodes
  name: What and how
  perspective: plot
  parts:
  - {id: what, name: What grows, codes: [garden.grow]}
  - {id: how, name: How it gets water, codes: [garden.water]}
"""


def test_a_slot_of_an_episode_holds_one_code_at_most_and_undo_brings_the_one_before(study: Study) -> None:
    (study.root / "coding_schemes/framework.yaml").write_text(FRAMEWORK + VIEW, encoding="utf-8")
    found = panel("t1", "zoe", study=study)
    what, how = found.answer({"act": "open"})["slots"]
    assert (what["name"], how["name"]) == ("What grows", "How it gets water")
    assert "garden.water.hose" in how["codes"]
    change = found.session.add(["garden.grow.food"], 110, 118)
    own = {"act": "fill", "coding": change.codings[0].id, "codes": how["codes"]}

    def codes() -> list[str]:
        return sorted(one.code for one in codings.work(study, "zoe", "t1").codings)

    found.answer({**own, "code": "garden.water.hose"})
    assert codes() == ["garden.grow.food", "garden.water.hose"]
    found.answer({**own, "code": "garden.water.carry"})
    assert codes() == ["garden.grow.food", "garden.water.carry"]
    found.answer({"act": "undo"})
    assert codes() == ["garden.grow.food", "garden.water.hose"]
    found.answer({**own, "code": ""})
    assert codes() == ["garden.grow.food"]
    assert "does not fill" in found.answer({**own, "code": "help.neighbour"})["said"]
    mine = {**own, "codes": what["codes"], "code": "garden.grow.show"}
    assert "fills this slot itself" in found.answer(mine)["said"]


def test_nothing_done_in_a_scratch_copy_is_in_the_study(study: Study) -> None:
    copy = scratch(study, fresh=True)
    panel("t1", "zoe", study=copy).session.add(["garden.grow.food"], 110, 118)
    assert len(codings.read(copy, "zoe")) == 1
    assert codings.read(study, "zoe") == []
