"""What a panel answers in each of its modes, and what it leaves in a notebook."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import notebook_text

from casestudy.coders import decisions
from casestudy.coding import codings
from casestudy.errors import InputError
from casestudy.panel import panel
from casestudy.panel.script import FOLDER, joined
from casestudy.panel.shown import LONGEST, blocks, phrases
from casestudy.study import Study
from casestudy.transcripts.transcript import from_text

WORDS = ("Potatoes", "neighbour gave", "Maija", "INTERVIEWER", "I carry it")


def opened(talk: Path, coder: str = "anna", **given: Any) -> Any:
    return panel("t1", coder, study=Study.load(talk), **given)


def words_of(found: Any, row: dict[str, Any]) -> str:
    return str(found.session.words.document.text[row["start"] : row["end"]])


def test_a_panel_of_what_is_not_there_is_refused(talk_copy: Path) -> None:
    study = Study.load(talk_copy)
    with pytest.raises(InputError, match="t9"):
        panel("t9", "anna", study=study)
    with pytest.raises(InputError, match="file name"):
        panel("t1", "../b", study=study)
    with pytest.raises(InputError, match="no second coder"):
        panel("t1", "a", mode="compare", study=study)
    with pytest.raises(InputError, match="coded nothing"):
        panel("t1", "a", mode="train", key="zoe", study=study)
    with pytest.raises(InputError, match="not known"):
        panel("t1", "a", mode="cod", study=study)  # type: ignore[arg-type]


def test_a_message_that_is_not_understood_is_answered_in_words(talk_copy: Path) -> None:
    found = opened(talk_copy)
    assert "not done here" in found.answer({"act": "fly"})["said"]
    assert "not understood" in found.answer({"act": "add", "codes": ["garden.grow.food"]})["said"]
    assert "not understood" in found.answer({"act": "split", "coding": "x", "at": "here"})["said"]
    assert "not there any more" in found.answer({"act": "split", "coding": "x", "at": 3})["said"]
    assert not (talk_copy / "interviews/codings/anna").exists()


def test_suggestions_are_written_only_when_a_person_accepts_them(talk_copy: Path) -> None:
    found = opened(talk_copy)
    rows = found.answer({"act": "suggest"})["suggestions"]
    assert [words_of(found, row) for row in rows][:1] == ["Potatoes, mostly."]
    assert not (talk_copy / "interviews/codings/anna").exists()
    food = [row["id"] for row in rows if row["code"] == "garden.grow.food"]
    answer = found.answer({"act": "accept", "suggestions": food})
    assert [one["code"] for one in answer["codings"]] == ["garden.grow.food"] * len(food)
    assert all(
        "suggested by rule" in one["by"] and "accepted by anna" in one["by"] for one in answer["codings"]
    )
    other = next(row["id"] for row in rows if row["id"] not in food)
    found.answer({"act": "reject", "suggestions": [other]})
    left = {row["id"] for row in found.answer({"act": "suggest"})["suggestions"]}
    assert left == {row["id"] for row in rows} - {*food, other}
    assert len(found.answer({"act": "undo"})["gone"]) == 0  # the rejection
    assert len(found.answer({"act": "undo"})["gone"]) == len(food)  # all that was accepted at once


def test_a_suggestion_that_is_out_of_date_is_refused(talk_copy: Path) -> None:
    found = opened(talk_copy)
    assert "up to date" in found.answer({"act": "accept", "suggestions": ["s123"]})["said"]


def test_more_like_this_leaves_out_what_is_coded(talk_copy: Path) -> None:
    found = opened(talk_copy)
    text = found.session.words.document.text
    start = text.index("I carry it.")
    asked = {"act": "alike", "start": start, "end": start + len("I carry it.")}
    first = found.answer(asked)["alike"][0]
    assert first["words"] == "I would carry it if I were younger."
    codings.append(
        found.session.study,
        "anna",
        first["document"],
        [
            codings.record(
                "add",
                code="garden.water.carry",
                start=first["start"],
                end=first["end"],
                quote=first["words"],
                when="2026-01-01T00:00:00Z",
            )
        ],
    )
    assert first["words"] not in [row["words"] for row in found.answer(asked)["alike"]]


def test_a_blind_panel_shows_nobody_else_and_suggests_nothing(talk_copy: Path) -> None:
    found = opened(talk_copy, "zoe", mode="blind")
    answer = found.answer({"act": "open"})
    assert answer["codings"] == []
    assert not {"others", "suggesting"} & set(answer)
    assert "a/t1" not in json.dumps(answer)
    assert "not done" in found.answer({"act": "suggest"})["said"]
    text = found.session.words.document.text
    start = text.index("What do you grow?")
    asked = {"act": "add", "codes": ["garden.grow.food"], "start": start, "end": start + 4}
    assert "interviewer" in found.answer(asked)["said"]


def test_training_counts_what_the_key_has_and_shows_it_only_then(talk_copy: Path) -> None:
    found = opened(talk_copy, mode="train", key="a")
    assert "others" not in found.answer({"act": "open"})
    text = found.session.words.document.text
    for code, words in (("garden.grow.food", "Potatoes"), ("help.neighbour", "I like the walk")):
        start = text.index(words)
        found.answer({"act": "add", "codes": [code], "start": start, "end": start + len(words)})
    answer = found.answer({"act": "score"})
    rows = {row["code"]: (row["met"], row["missed"], row["extra"]) for row in answer["score"]}
    assert rows["garden.grow.food"] == (1, 1, 0)
    assert rows["help.neighbour"] == (0, 1, 1)
    assert {one["coder"] for one in answer["key"]} == {"a"}


def test_a_decision_in_compare_mode_stands_in_the_log_with_its_reason(talk_copy: Path) -> None:
    found = opened(talk_copy, "a", mode="compare", other="b")
    before = found.answer({"act": "compare"})
    assert {row["code"] for row in before["agreement"]} >= {"garden.grow.food", "garden.water.hose"}
    line = next(row for row in before["disagreements"] if words_of(found, row) == "I never use the hose.")
    no_reason = {"act": "decide", "disagreement": line["id"], "codes": [], "why": ""}
    assert "reason" in found.answer(no_reason)["said"]
    given = {"codes": ["garden.water.hose"], "why": "a denial is coded too", "who": "k"}
    after = found.answer({"act": "decide", "disagreement": line["id"], **given})
    assert len(after["disagreements"]) == len(before["disagreements"]) - 1
    [made] = decisions.read(Study.load(talk_copy))
    assert (made.codes, made.why, made.who) == (("garden.water.hose",), "a denial is coded too", "k")
    assert made.quote == "I never use the hose."


def test_reading_shows_everybody_and_changes_nothing(talk_copy: Path) -> None:
    found = opened(talk_copy, "a", mode="read")
    answer = found.answer({"act": "open"})
    assert {one["coder"] for one in answer["others"]} == {"b"}
    assert "not done" in found.answer({"act": "delete", "codings": [answer["codings"][0]["id"]]})["said"]


def test_a_panel_opens_at_a_coding(talk_copy: Path) -> None:
    coding = codings.work(Study.load(talk_copy), "b", "t1").codings[-1]
    assert opened(talk_copy, "a", mode="read", at=coding.id).answer({"act": "open"})["at"] == coding.start


def test_what_a_widget_keeps_holds_no_word_of_the_transcript(talk_copy: Path) -> None:
    found = opened(talk_copy, "a")
    found.answer({"act": "open"})
    kept = json.dumps({name: str(value) for name, value in found.get_state().items()})
    assert [word for word in WORDS if word in kept] == []
    shown = found._repr_mimebundle_()[0]
    assert "5 codings" in shown["text/plain"]
    assert [word for word in WORDS if word in json.dumps(shown)] == []


def test_a_run_shows_the_words_as_a_table_and_keeps_no_widget(talk_copy: Path, command: Any) -> None:
    study = talk_copy / "study.toml"
    if "[[question]]" not in study.read_text(encoding="utf-8"):
        study.write_text(
            study.read_text(encoding="utf-8") + '\n[[question]]\nid = "RQ1"\ntext = "What grows?"\n',
            encoding="utf-8",
        )
    cells = (
        "# What does it look like?\n\nA question for a test.",
        "## parameters\ndocument: str = 't1'  # the document",
        "from casestudy.outputs import Outputs\nfrom casestudy.panel import panel\n"
        "from casestudy.study import Study\nfrom casestudy.figures import bars\nimport pandas as pd",
        "study = Study.find()\nout = Outputs(study, '05-look')\npanel(document, 'a')",
        "frame = pd.DataFrame({'name': ['x'], 'n': [1]})\n"
        "out.save(bars(frame, 'name', 'n', xlabel='n'), 'b', 'B.', rows='whole')",
        "## Answer",
        "out.answer('One.', figure='b', values={'n': 1})",
    )
    (talk_copy / "notebooks").mkdir(exist_ok=True)
    text = notebook_text(*cells, inputs=["interviews/**", "coding_schemes/**"])
    (talk_copy / "notebooks/05-look.ipynb").write_text(text)
    code, _, said = command("run", "--study", talk_copy)
    assert code == 0, said
    [path] = (talk_copy / "outputs/05-look").glob("*.ipynb")
    executed = nbformat.read(path, as_version=4)
    assert "widgets" not in executed.metadata
    stored = path.read_text(encoding="utf-8")
    assert "widget-view" not in stored
    assert "I carry it" in stored
    page = (talk_copy / "outputs/05-look/index.html").read_text(encoding="utf-8")
    assert "I carry it" in page
    assert "CodingPanel(" not in page


def test_words_that_may_not_be_quoted_are_not_in_the_static_view(
    talk_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = talk_copy / "interviews/participants.csv"
    people.write_text(
        people.read_text(encoding="utf-8").replace("Maija,true", "Maija,false"), encoding="utf-8"
    )
    monkeypatch.setenv("CASESTUDY_OUTPUT", "somewhere")
    shown = opened(talk_copy, "a")._repr_mimebundle_()[0]
    assert "may not be quoted" in shown["text/html"]
    assert "I carry it" not in shown["text/html"]


def test_the_static_view_escapes_what_people_say(talk_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = talk_copy / "interviews/transcripts/t1.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("two cans", "<script>1</script>"), encoding="utf-8"
    )
    monkeypatch.setenv("CASESTUDY_OUTPUT", "somewhere")
    html = opened(talk_copy, "a")._repr_mimebundle_()[0]["text/html"]
    assert "&lt;script&gt;1&lt;/script&gt;" in html
    assert "<script" not in html
    assert "do not find their words: 2" in html


def test_a_long_turn_is_drawn_in_parts_that_hold_all_its_words() -> None:
    text = "Q: Well?\n\nAino: " + "It went on and on. " * 1000
    document = from_text(text, "t")
    parts = list(blocks(document))
    assert max(part["end"] - part["start"] for part in parts) <= LONGEST
    shown = "".join(text[part["start"] : part["end"]] for part in parts if part["number"] == 2)
    assert shown == text[document.turns[1].speech :].rstrip()
    assert [part["speaker"] for part in parts][:3] == ["Q", "Aino", ""]


@pytest.mark.parametrize("letters", ["a" * 10_000, "\u0301" * 7000, "👩" * 4000])
def test_words_without_any_space_are_cut_too(letters: str) -> None:
    parts = list(blocks(from_text(f"Aino: {letters}", "t", speakers=["Aino"])))
    assert sum(part["end"] - part["start"] for part in parts) == len(letters)


@pytest.mark.parametrize("view", ["view", "view_book", "view_matrix"])
def test_the_script_is_one_module_in_which_no_name_is_given_twice(view: str) -> None:
    text = joined(view)
    assert not re.findall(r"^import ", text, re.M)
    assert len(re.findall(r"^export ", text, re.M)) == 1
    names = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", text, re.M)
    assert sorted(names) == sorted(set(names))
    files = {path.stem for path in FOLDER.glob("*.js")}
    assert "class Wire" in text
    assert {
        line for path in FOLDER.glob("*.js") for line in re.findall(r'"\./(\w+)\.js"', path.read_text())
    } < files


def test_every_phrase_that_the_script_asks_for_is_there_and_used() -> None:
    table = phrases("en")
    text = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.js"))
    asked = set(re.findall(r'say\("(\w+)"', text))
    assert asked - set(table) == set()
    spoken = {key for key in table if re.search(rf'"{key}"', text)}
    spoken |= {key for key in table if key.endswith(("_label", "_key"))}
    assert set(table) - spoken == set()


def test_no_markup_is_made_of_words() -> None:
    for path in FOLDER.glob("*.js"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", source), (
            path.name
        )
        assert len(source.splitlines()) <= 400, path.name
