"""Suggestions: with reasons, calibrated, judged beside guessing, and never accepted silently."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from casestudy.codebook import codes, history
from casestudy.coding import codings, table, units
from casestudy.coding.codings import Coding, Work
from casestudy.errors import InputError
from casestudy.study import Study
from casestudy.suggestions import by_model, by_rules, evaluation, features
from casestudy.transcripts.transcript import Transcript, from_text

TALK = Path(__file__).parent / "data" / "talk"
Command = Callable[..., tuple[int, str, str]]
FILLER = [
    "We drove home.",
    "It was late then.",
    "The bus came at last.",
    "My sister called me.",
    "I slept well.",
]


@pytest.fixture
def talk(tmp_path: Path) -> Study:
    shutil.copytree(TALK, tmp_path / "talk")
    return Study.load(tmp_path / "talk")


def corpus(people: int = 12, seed: int = 1) -> tuple[dict[str, Transcript], list[Work]]:
    """Talks in which sentences about water have one code, and one code is given at random."""
    random = np.random.default_rng(seed)
    documents, works = {}, []
    for number in range(people):
        name = f"p{number:02}"
        text, spans = "Aino: ", []
        for _ in range(30):
            wet = random.random() < 0.2
            place = "garden" if random.random() < 0.5 else "yard"
            words = f"I carry water to the {place}." if wet else str(random.choice(FILLER))
            for code, hit in (("garden.water.carry", wet), ("help.neighbour", random.random() < 0.2)):
                if hit:
                    spans.append((code, len(text), len(text) + len(words), words))
            text += words + " "
        documents[name] = from_text(text, name)
        rows = [
            Coding(f"{n}", "k", name, code, start, end, words, {}, "", "", "", f"{n}")
            for n, (code, start, end, words) in enumerate(spans)
        ]
        works.append(Work("k", name, (), tuple(rows), ()))
    return documents, works


@pytest.fixture(scope="module")
def made() -> tuple[dict[str, Transcript], object, codes.Codebook]:
    documents, works = corpus()
    book = history.load(Study.load(TALK))
    return documents, table.table(works, documents, book), book


CODES = ["garden.water.carry", "help.neighbour", "garden.grow"]


def test_what_can_be_learnt_is_told_from_what_cannot(made) -> None:  # type: ignore[no-untyped-def]
    documents, frame, _ = made
    result = evaluation.evaluate(units.units(documents), frame, CODES, resamples=100).set_index("code")
    assert list(result.index) == CODES[:2]
    water, chance = result.loc["garden.water.carry"], result.loc["help.neighbour"]
    assert water["precision"] > 0.99
    assert water["better"]
    assert not chance["better"]
    assert chance["low"] <= chance["baseline"] + 0.1
    assert water["majority"] < 0.9 < water["accuracy"]


def test_average_precision_is_scikit_learns() -> None:
    random = np.random.default_rng(2)
    for _ in range(50):
        answers = random.random(30) < 0.3
        scores = random.integers(0, 6, 30).astype(float)
        if answers.any():
            assert evaluation.average_precision(answers, scores) == pytest.approx(
                average_precision_score(answers, scores)
            )


def test_probabilities_are_calibrated_and_reasons_are_given(made) -> None:  # type: ignore[no-untyped-def]
    documents, frame, _ = made
    sentences = units.units(documents)
    learnt = by_model.learn(sentences, frame, CODES)
    there = units.bearing(sentences, frame, learnt.codes)
    scores = by_model.out_of_fold(sentences, there, np.array([unit.document for unit in sentences]))
    slope, shift = learnt.calibration[1]
    chances = 1 / (1 + np.exp(-(scores[:, 1] * slope + shift)))
    assert chances.mean() == pytest.approx(there[:, 1].mean(), abs=0.01)
    asked = units.units({"q": from_text("Aino: Every day I carry water. I slept well.", "q")})
    first = by_model.by_model(learnt, asked, least=0.5)[0]
    assert (first.code, first.unit.text) == ("garden.water.carry", "Every day I carry water.")
    assert first.score > 0.5
    assert {"carry", "water"} & set(first.words)
    assert all("water" in quote for quote in first.nearest)
    assert not [one for one in by_model.by_model(learnt, asked, least=0.5) if "slept" in one.unit.text]


def test_too_little_to_learn_from_is_said(made) -> None:  # type: ignore[no-untyped-def]
    documents, frame, _ = made
    with pytest.raises(InputError, match="Code more interviews first"):
        by_model.learn(units.units(documents), frame.iloc[:0], CODES)


def test_rules_of_the_codebook_suggest(talk: Study) -> None:
    book = history.load(talk)
    found = by_rules.by_rules(units.units(table.material(talk), ["t1", "t2"]), book)
    said = {(one.unit.text, one.code, one.words) for one in found}
    assert ("I never use the hose.", "garden.water.hose", ("hose",)) in said
    assert ("Potatoes, mostly.", "garden.grow.food", ("Potatoes",)) in said
    assert {one.unit.document for one in found} == {"t1", "t2"}


def test_a_person_decides_and_the_record_says_so(talk: Study, command: Command, tmp_path: Path) -> None:
    words = ["--study", talk.root, "--coder", "b", "--document", "t3"]
    out = tmp_path / "list.csv"
    code, _, error = command("codings", "suggest", *words, "--out", out)
    assert code == 0, error
    assert not list((talk.root / "interviews/codings/b").glob("t3*"))
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert len(rows) == 2
    assert all(row["accept"] == "" for row in rows)
    assert command("codings", "accept", *words, "--file", out, "--who", "Kim")[1].startswith("0 suggestions")
    rows[0]["accept"], rows[1]["accept"] = "yes", "no"
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    out.write_text(file.getvalue())
    assert (
        "1 suggestion accepted, 1 rejected"
        in command("codings", "accept", *words, "--file", out, "--who", "Kim")[1]
    )
    work = codings.work(talk, "b", "t3")
    [coding] = work.codings
    assert coding.by.startswith("suggested by rule")
    assert coding.by.endswith("accepted by Kim")
    assert len(work.records) == 3
    again = tmp_path / "again.csv"
    command("codings", "suggest", *words, "--out", again)
    assert len(again.read_text().splitlines()) == 1
    code, _, error = command("codings", "accept", *words, "--file", out, "--who", " ")
    assert code == 2
    assert "nobody is named" in error


def test_a_list_that_was_tampered_with_is_refused(talk: Study, command: Command, tmp_path: Path) -> None:
    out = tmp_path / "l.csv"
    out.write_text(
        "accept,code,quote,by,score,words,nearest,start,end\n"
        "perhaps,garden.grow,Roses.,rule,1,x,,45,51\n"
        "yes,garden.nothing,Roses.,rule,1,x,,38,44\n"
        "yes,garden.grow,Tulips.,rule,1,x,,38,45\n"
        "yes,garden.grow,Roses.,rule,1,x,,a,b\n"
    )
    words = ["--study", talk.root, "--coder", "b", "--document", "t3", "--file", out, "--who", "Kim"]
    code, _, error = command("codings", "accept", *words)
    assert code == 2
    assert error.count("row ") >= 4
    assert not list((talk.root / "interviews/codings/b").glob("t3*"))


@pytest.mark.parametrize("kind", features.KINDS)
def test_each_way_to_see_a_sentence_can_be_learnt_from(made, kind: str) -> None:  # type: ignore[no-untyped-def]
    model = features.language_model() if kind != "words" else None
    if kind != "words" and model is None:
        pytest.skip("no spaCy model is installed")
    documents, frame, _ = made
    sentences = units.units(documents)
    learnt = by_model.learn(sentences, frame, CODES, kind=kind, model=model)
    asked = units.units({"q": from_text("Aino: Every day I carry water. I slept well.", "q")})
    first, *rest = by_model.by_model(learnt, asked, least=0.5)
    assert (first.code, first.unit.text) == ("garden.water.carry", "Every day I carry water.")
    assert "water" in first.words
    assert not [one for one in rest if "slept" in one.unit.text]
    if kind == "lemmas":
        assert features.prepared(["She carried them."], kind, model).texts == ("she carry they",)


def test_lemmas_need_a_model_and_kinds_a_right_name(made) -> None:  # type: ignore[no-untyped-def]
    documents, frame, _ = made
    sentences = units.units(documents)
    for kind, found in (("lemmas", "no model is there"), ("stems", "are not known")):
        with pytest.raises(InputError, match=found):
            by_model.learn(sentences, frame, CODES, kind=kind)


def test_ways_are_compared_code_by_code(made) -> None:  # type: ignore[no-untyped-def]
    documents, frame, _ = made
    sentences = units.units(documents)
    both = evaluation.compared(sentences, frame, CODES, ["words"], resamples=20)
    alone = evaluation.evaluate(sentences, frame, CODES, resamples=20).set_index("code")
    assert list(both["code"]) == sorted(CODES[:2])
    assert both["precision words"].tolist() == alone.loc[both["code"], "precision"].tolist()


def test_rules_are_judged_by_hand(talk: Study) -> None:
    text = "Aino: I use the hose. The hose leaks. Potatoes, mostly."
    document = from_text(text, "q")
    start = text.index("The hose")
    said = text[start : start + 15]
    coding = Coding("1", "k", "q", "garden.water.hose", start, start + 15, said, {}, "", "", "", "1")
    book = history.load(talk)
    frame = table.table([Work("k", "q", (), (coding,), ())], {"q": document}, book)
    result = evaluation.by_rules(units.units({"q": document}), frame, book).set_index("code")
    hose = result.loc["garden.water.hose"]
    assert (hose["hits"], hose["right"], hose["precision"], hose["found"]) == (2, 1, 0.5, 1)
    assert hose["baseline"] == pytest.approx(1 / 3)
    assert result.loc["garden.grow.food", "precision"] == 0
    assert np.isnan(result.loc["garden.grow.food", "found"])


def test_the_rules_of_the_study_can_be_sought_and_leave_its_history_whole() -> None:
    from casestudy.codebook import history

    study = Study.load(Path(__file__).parent.parent)
    book = history.load(study)
    ruled = [code for code in book.in_use() if code.rules]
    assert len(ruled) >= 20
    assert by_rules.by_rules(units.units({"q": from_text("Aino: It was for fun.", "q")}), book)
    written = codes.read_schemes(codes.scheme_files(study), study.root)
    events = history.read(study)
    touched = {change.field for event in events for change in event.changes}
    assert "rules" not in touched
    first = history.at(written, events, "")
    created = {change.code for event in events for change in event.changes if change.field == "*"}
    assert set(book.codes) - set(first.codes) <= created
