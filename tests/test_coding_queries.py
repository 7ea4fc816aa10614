"""Queries over codings, compared with plain loops over the same codings."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spoken import spoken

from casestudy.codebook import history
from casestudy.coding import counts, query, table, words
from casestudy.errors import InputError
from casestudy.study import Study
from casestudy.transcripts.transcript import from_text

if TYPE_CHECKING:
    import pandas as pd

STUDY = Study.load(Path(__file__).parent / "data" / "talk")
BOOK = history.load(STUDY)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return table.load(STUDY)


def test_retrieve_by_code_coder_speaker_group_and_attribute(frame: pd.DataFrame) -> None:
    assert len(query.retrieve(frame, BOOK, ["garden.water"])) == 7
    assert len(query.retrieve(frame, BOOK, ["garden.water"], below=False)) == 0
    assert len(query.retrieve(frame, BOOK, ["Hose"], where={"coder": "a", "modality": "denied"})) == 1
    assert len(query.retrieve(frame, BOOK, ["help.*"], where={"said_by": ["Olli", "SANNI"]})) == 2
    assert len(query.retrieve(frame, BOOK, unless={"group": "town"})) == 4
    with pytest.raises(InputError, match=r"Did you mean 'garden\.water'"):
        query.retrieve(frame, BOOK, ["garden.watr"])
    with pytest.raises(InputError, match="have no 'mood'"):
        query.retrieve(frame, BOOK, where={"mood": "x"})


@pytest.mark.parametrize(
    ("question", "unit", "found"),
    [
        ("garden.water.carry and garden.water.hose", "turn", [("t1", 4), ("t2", 4)]),
        ("help.neighbour and not garden.grow", "turn", [("t3", 4)]),
        ("not (garden.water or help.neighbour)", "turn", [("t3", 2)]),
        ("Show or Hose", "who", ["t1", "t2", "t3"]),
        ("Show and Hose", "who", []),
        ("garden.grow and not Show", "document", ["t1", "t2"]),
        ('"garden.grow.show"', "who", ["t3"]),
    ],
)
def test_and_or_not(frame: pd.DataFrame, question: str, unit: str, found: list[Any]) -> None:
    rows = query.satisfying(frame, BOOK, question, unit)
    values = [tuple(row) if len(row) > 1 else row[0] for row in rows.to_numpy().tolist()]
    assert values == found


@pytest.mark.parametrize(
    "question", ["", "and", "garden.grow and", "(garden.grow", "garden.grow)", "not", "x or y", "a b"]
)
def test_a_question_that_is_none_is_told(frame: pd.DataFrame, question: str) -> None:
    with pytest.raises(InputError, match="cannot be asked"):
        query.satisfying(frame, BOOK, question)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Small random tables of codings."""
    import pandas as pd

    rows = []
    for number in range(draw(st.integers(0, 14))):
        start = draw(st.integers(0, 30))
        rows.append(
            {
                "coding": f"{number:02}",
                "coder": draw(st.sampled_from("kl")),
                "document": draw(st.sampled_from("de")),
                "who": draw(st.sampled_from("xy")),
                "turn": draw(st.integers(0, 2)),
                "code": draw(st.sampled_from("abc")),
                "start": start,
                "end": start + draw(st.integers(1, 12)),
            }
        )
    columns = ["coding", "coder", "document", "who", "turn", "code", "start", "end"]
    return pd.DataFrame(rows, columns=columns).astype({"start": "int64", "end": "int64", "turn": "int64"})


def stands(one: dict[str, Any], two: dict[str, Any], relation: str, distance: int) -> bool:
    """The relation of two codings in words of one line each."""
    gap = max(two["start"] - one["end"], one["start"] - two["end"], 0)
    return {
        "overlap": one["start"] < two["end"] and two["start"] < one["end"],
        "inside": one["start"] >= two["start"] and one["end"] <= two["end"],
        "turn": one["turn"] == two["turn"] > 0,
        "near": gap <= distance,
        "before": one["end"] <= two["start"] <= one["end"] + distance,
    }[relation]


@given(tables(), st.sampled_from(query.RELATIONS), st.integers(0, 10), st.booleans())
@settings(max_examples=80)
def test_relations_are_those_of_a_plain_loop(
    frame: pd.DataFrame, relation: str, distance: int, same: bool
) -> None:
    first, second = frame[frame["code"].eq("a")], frame[frame["code"].isin(["a", "b"])]
    found = query.related(frame, first, second, relation, distance=distance, same_coder=same)
    expected = {
        (one["coding"], two["coding"])
        for one, two in itertools.product(first.to_dict("records"), second.to_dict("records"))
        if one["coding"] != two["coding"]
        and one["document"] == two["document"]
        and (not same or one["coder"] == two["coder"])
        and stands(one, two, relation, distance)
    }
    assert set(zip(found["first"], found["second"], strict=True)) == expected
    assert len(found) == len(expected)


@given(tables())
@settings(max_examples=60)
def test_co_occurrence_is_that_of_a_plain_loop(frame: pd.DataFrame) -> None:
    rows = frame.to_dict("records")
    overlap: dict[tuple[str, str], int] = {}
    for one, two in itertools.combinations(rows, 2):
        same = (one["document"], one["coder"]) == (two["document"], two["coder"])
        if same and one["code"] != two["code"] and stands(one, two, "overlap", 0):
            pair = tuple(sorted([one["code"], two["code"]]))
            overlap[pair] = overlap.get(pair, 0) + 1
    found = query.co_occurrence(frame, "overlap")
    assert {(a, b): n for a, b, n in found[["a", "b", "together"]].itertuples(index=False)} == overlap
    people: dict[str, set[str]] = {}
    for row in rows:
        people.setdefault(row["code"], set()).add(row["who"])
    found = query.co_occurrence(frame, "who")
    for row in found.to_dict("records"):
        one, two = people[row["a"]], people[row["b"]]
        assert (row["together"], row["with_a"], row["with_b"]) == (len(one & two), len(one), len(two))
        assert row["jaccard"] == len(one & two) / len(one | two)
    assert len(found) == sum(
        bool(people[a] & people[b]) for a, b in itertools.combinations(sorted(people), 2)
    )


def test_parents_are_not_counted_twice(frame: pd.DataFrame) -> None:
    rolled = counts.rolled_up(frame, BOOK)
    tallied = counts.matrix(rolled, counts=True)
    own = frame[frame["code"].str.startswith("garden.grow")]
    for who, part in own.groupby("who"):
        distinct = part.drop_duplicates(["coder", "document", "start", "end"])
        assert tallied.loc[who, "garden.grow"] == len(distinct)
    import pandas as pd

    twice = pd.concat([frame, frame.iloc[[0]].assign(code="garden.grow.show", coding="x")])
    again = counts.matrix(counts.rolled_up(twice, BOOK), counts=True)
    assert again.loc["t1", "garden.grow"] == tallied.loc["t1", "garden.grow"]


def test_the_tidy_table_gives_names_and_people(frame: pd.DataFrame) -> None:
    first = frame.iloc[0]
    values = first[["name", "path", "who", "group", "said_by", "turn", "scheme"]].tolist()
    assert values == ["Food", "Growing > Food", "t1", "town", "Maija", 2, "garden"]
    people = counts.prevalence(frame, ["t1", "t2", "t3"], BOOK).set_index("code")
    assert people.loc["garden.water.hose", "people"] == 2
    every = counts.prevalence(frame, ["t1", "t2", "t3"], BOOK, rule="all").set_index("code")
    assert every.loc["garden.water.carry", "people"] == 2
    assert every.loc["help.neighbour", "people"] == 2


def test_a_span_over_a_question_and_its_answer_belongs_to_who_says_most() -> None:
    from casestudy.coding.codings import Coding, Work

    document = spoken(from_text("INTERVIEWER: Ja?\n\nAino: A long answer to it.\n\nEero: No.", "t1"))
    spans = [(0, 40), (13, 24), (46, 55)]
    rows = [
        Coding(str(n), "k", "t1", "c", start, end, document.text[start:end], {}, "", "", "", str(n))
        for n, (start, end) in enumerate(spans)
    ]
    frame = table.table([Work("k", "t1", (), tuple(rows), ())], {"t1": document}, BOOK)
    assert dict(zip(frame["coding"], frame["said_by"], strict=True)) == {
        "0": "Aino",
        "1": "Aino",
        "2": "Eero",
    }


# Words.

DOCUMENTS = table.material(STUDY)


def test_keyword_in_context() -> None:
    found = words.concordance(DOCUMENTS, "potato*", width=10)
    assert found["document"].tolist() == ["t1", "t2", "t3", "t3"]
    assert found["said_by"].tolist() == ["Maija", "Olli", "SANNI", "SANNI"]
    row = found.iloc[1]
    text = DOCUMENTS["t2"].text
    assert text[row["start"] : row["end"]] == row["word"] == "potatoes"
    assert row["before"] == "e gave me "
    assert row["after"] == "." + text[row["end"] + 1 : row["end"] + 10].replace("\n", " ")
    assert len(words.concordance(DOCUMENTS, "the neighbour")) == 2
    assert words.concordance(DOCUMENTS, "hose", case=True)["document"].tolist() == ["t1", "t2"]
    for bad in ("", "*", "  "):
        with pytest.raises(InputError):
            words.concordance(DOCUMENTS, bad, regex=bad == "*")


def test_collocations_find_what_stands_together_and_not_across_turns() -> None:
    texts = ["red rose today", "a red rose", "the red rose blooms", "rose", "red", "grey stone here"]
    found = words.collocations(texts, window=2, least=2)
    assert found[["first", "second", "count"]].to_numpy().tolist() == [["red", "rose", 3]]
    assert words.collocations(["a b", "c d"] * 3, window=2, least=1, of="b")["first"].tolist() == ["a"]
    wide = words.collocations(["red old rose"] * 3, window=3, least=3, without=["old"])
    assert wide[["first", "second", "count"]].to_numpy().tolist() == [["red", "rose", 3]]


def test_phrase_patterns_without_a_model() -> None:
    found = words.patterns(DOCUMENTS, ["never|would *", '"i" carry it'])
    texts = {(row["document"], row["words"].lower()) for row in found.to_dict("records")}
    assert texts == {
        ("t1", "i carry it"),
        ("t1", "never use"),
        ("t2", "would carry"),
        ("t2", "would not"),
        ("t3", "never potatoes"),
    }
    with pytest.raises(InputError, match="needs a language model"):
        words.patterns(DOCUMENTS, ["ADJ"])
    with pytest.raises(InputError, match="may be left out"):
        words.patterns(DOCUMENTS, ["a?"])


def test_lemma_patterns_with_a_model() -> None:
    from casestudy.transcripts.names import MODELS

    spacy = pytest.importorskip("spacy")
    name = next((one for one in MODELS if spacy.util.is_package(one)), None)
    if name is None:
        pytest.skip("no language model is installed")
    document = {
        "d": from_text("Aino: I compared them. We are comparing prices. She gave me good beans.", "d")
    }
    found = words.patterns(document, ["compare", "ADJ NOUN"], spacy.load(name))
    assert found["words"].tolist() == ["compared", "comparing", "good beans"]


def test_words_that_no_coding_covers(frame: pd.DataFrame) -> None:
    found = words.uncoded(DOCUMENTS, frame, least=1, without=words.function_words()).set_index("word")
    assert found.loc["rain", "uncovered"] == 1.0
    assert found.loc["potatoes", "uncovered"] == 0.0
    assert "grow" not in found.index


LETTERS = st.text(st.sampled_from("aAsSkKiI äÄåÅſıİK_-'\n*ßé:"), max_size=60)


@given(LETTERS, st.text(st.sampled_from("aAsSkKiI äÄ*'ß"), min_size=1, max_size=4))
@settings(max_examples=200)
def test_the_quick_search_finds_what_the_plain_expression_finds(text: str, word: str) -> None:
    document = from_text(text, "d")
    try:
        found = words.concordance({"d": document}, word, width=4)
    except InputError:
        return
    inner = re.escape(word.strip()).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
    places = list(re.finditer(rf"(?<!\w){inner}(?!\w)", text, re.IGNORECASE))
    assert list(zip(found["start"], found["end"], strict=True)) == [one.span() for one in places]
    for row in found.to_dict("records"):
        turn = document.turn_at(row["start"])
        assert (row["turn"], row["said_by"]) == ((turn.number, turn.speaker) if turn else (0, ""))
