"""Episodes of value as records: slots with quotes, the same episode of two coders, kinds of mechanism."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from composed import base

from casestudy.codebook import framework
from casestudy.coding.material import Material
from casestudy.evidence import elements, mechanisms
from casestudy.mixed import episodes
from casestudy.perspectives import general

FRAMEWORK = """unless: {modality: [denied]}
perspectives:
- id: one
  name: One
  question: Q1
  groups: [customer, firm]
  themes: [{id: a, name: Theme A, codes: [thing]}]
views:
- id: triad
  kind: episodes
  name: Episodes
  perspective: one
  settings:
    record: episode
    means: how
    direction: way
    families:
    - {id: back, name: Given back, codes: [other.d], expects: [other.f], mark: S0}
    - {id: made, name: Made together, codes: [other.e], expects: [other.g]}
  parts:
  - {id: what, name: What, codes: [thing]}
  - {id: how, name: How, codes: [other.d, other.e]}
  - {id: way, name: Which way, codes: [other.f, other.g]}
"""
Given = tuple[str, str, str, str, int]  # coder, document, episode, code, sentence


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Material:
    root = tmp_path_factory.mktemp("episodes")
    study = base(root).study
    (root / "coding_schemes/framework.yaml").write_text(FRAMEWORK)
    (root / "evidence/claims.yaml").unlink()
    folder = root / "evidence/cases"
    folder.mkdir()
    listed = (
        "- {id: x, name: X, codes: [thing.a]}\n- {id: y, name: Y, codes: [thing.c]}\n- {id: z, name: Z}\n"
    )
    (folder / "general-elements.yaml").write_text(f"elements:\n{listed}")
    return Material(study)


def told(found: Material, given: list[Given], denied: tuple[str, ...] = ()) -> Material:
    template = found.words.iloc[0].to_dict()
    rows = []
    for number, (coder, who, episode, code, sentence) in enumerate(given):
        quote = f"{who} says sentence number {sentence:02}."
        start = found.texts[who].text.index(quote)
        own = {"coding": f"x{number}", "coder": coder, "document": who, "who": who, "participant": who}
        own |= {"code": code, "start": start, "end": start + len(quote), "quote": quote, "turn": sentence + 1}
        own |= {"group": "firm" if who.startswith("f") else "customer", "placed": True, "episode": episode}
        rows.append(template | own | {"modality": "denied" if code in denied else "experienced"})
    return found.with_words(pd.DataFrame(rows, columns=[*found.words.columns, "episode"]))


ONE: list[Given] = [
    ("k", "c01", "e1", "thing.a", 3),
    ("k", "c01", "e1", "other.d", 4),
    ("k", "c01", "e1", "other.f", 4),
    ("m", "c01", "e7", "thing.a", 3),
    ("m", "c01", "e7", "other.e", 4),
    ("k", "c01", "e2", "thing.b", 9),
]


def view(found: Material) -> framework.View:
    declared = found.framework.view("episodes")
    assert declared is not None
    return declared


def test_codings_that_share_an_id_are_one_record_with_a_quote_in_each_slot(opened: Material) -> None:
    found = told(opened, ONE)
    table = episodes.records(found, view(found)).set_index("episode")
    assert table.loc["c01/k/e1", ["what", "how", "way"]].tolist() == ["thing.a", "other.d", "other.f"]
    assert table.loc["c01/k/e2", ["how", "way"]].tolist() == ["unspecified", "unspecified"]
    long = episodes.slots(found, view(found))
    assert long["quote"].str.contains("sentence number").all()
    assert len(long) == 6


def test_what_two_coders_record_of_the_same_words_counts_once_and_is_compared_slot_by_slot(
    opened: Material,
) -> None:
    found = told(opened, ONE)
    every = episodes.records(found, view(found))
    pairs = episodes.matched(episodes.slots(found, view(found)))
    assert pairs.to_dict("records") == [{"one": "c01/k/e1", "other": "c01/m/e7", "overlap": 2}]
    assert len(episodes.distinct(every, pairs)) == 2
    alike = episodes.agreement(every, pairs, ["what", "how", "way"], draws=200).set_index("slot")
    assert alike["alike"].to_dict() == {"what": 1, "how": 0, "way": 0}
    assert pd.isna(alike.loc["what", "alpha"])  # nothing varies


def test_records_that_share_no_words_are_not_the_same(opened: Material) -> None:
    found = told(opened, [("k", "c01", "e1", "thing.a", 3), ("m", "c01", "e1", "thing.a", 8)])
    assert episodes.matched(episodes.slots(found, view(found))).empty


def test_two_codings_in_a_slot_no_first_slot_and_a_code_of_no_slot_are_listed(opened: Material) -> None:
    found = told(
        opened,
        [
            ("k", "c01", "e1", "thing.a", 3),
            ("k", "c01", "e1", "thing.b", 4),
            ("k", "c02", "e1", "other.d", 4),
            ("k", "c03", "e1", "thing.a", 4),
            ("k", "c03", "e1", "other.h", 4),
        ],
    )
    assert episodes.problems(found, view(found)) == [
        ("c01/k/e1", "two codings fill What."),
        ("c02/k/e1", "it has no What."),
        ("c03/k/e1", "other.h is of no slot."),
    ]


def many(way: dict[str, str]) -> list[Given]:
    given: list[Given] = []
    for number in range(20):
        code = "other.d" if number % 2 else "other.e"
        for slot in ("thing.a", code, way[code]):
            given.append(("k", f"c{number:02}", "e1", slot, 3))
    return given


def test_a_kind_of_mechanism_goes_as_the_source_says_or_another_way(opened: Material) -> None:
    as_said = told(opened, many({"other.d": "other.f", "other.e": "other.g"}))
    other = told(opened, many({"other.d": "other.g", "other.e": "other.g"}))
    tables = [general.tables(found, "one")["mechanisms"].set_index("family") for found in (as_said, other)]
    assert tables[0].loc["back", ["episodes", "directed", "expected", "said"]].tolist() == [
        *(10, 10, 10),
        "goes as the source says",
    ]
    assert tables[1].loc["back", "said"] == "goes another way"
    assert tables[0].loc["back", "chance"] < 0.05
    assert mechanisms.drawing(tables[0].reset_index(), {}).alt


def test_the_first_sentence_names_what_constitutes_the_first_kind(opened: Material) -> None:
    found = told(opened, many({"other.d": "other.f", "other.e": "other.g"}))
    said, values = general.answer(general.tables(found, "one"))
    assert said.startswith("What constitutes given back here, in 10 episodes by 10 speakers and documents: ")
    assert "thing.a (10 of 10)" in said
    assert values["episodes"] == 20


def test_denied_episodes_are_records_but_tell_of_no_mechanism(opened: Material) -> None:
    found = told(opened, many({"other.d": "other.f", "other.e": "other.g"}), denied=("thing.a",))
    result = general.tables(found, "one")
    assert result["episodes"]["denied"].all()
    assert result["mechanisms"]["episodes"].sum() == 0


def test_elements_are_found_or_searched_and_not_there_or_not_searched(opened: Material) -> None:
    found = told(opened, ONE)
    said = elements.table(found).set_index("element")["said"].to_dict()
    assert said["x"].startswith("1 voices")
    assert said["y"] == elements.NOT_THERE
    assert said["z"] == "not searched"


def test_without_records_the_page_says_that_nothing_is_recorded(opened: Material, tmp_path: Path) -> None:
    said, _ = general.answer(general.tables(opened, "one"))
    assert said.startswith("What constitutes given back here is not known: no episode is recorded.")
