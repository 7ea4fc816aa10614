"""Contrary evidence is searched everywhere; numbers in judgements are references."""

from __future__ import annotations

from pathlib import Path

import pytest
from composed import base, coded
from mixed_study import CLAIMS, garden, write

from casestudy.coding.material import Material
from casestudy.errors import InputError
from casestudy.evidence import check, claims, contrary, prose, status
from casestudy.mixed import values
from casestudy.study import Study

__all__ = ["garden"]


def test_a_denial_in_a_group_that_the_claim_does_not_ask_is_found(tmp_path: Path) -> None:
    found = base(tmp_path)
    words = coded(found, 1, {"thing.a": 1.0})
    mine = words["who"].eq("f00")
    words.loc[mine, ["code", "modality"]] = ["thing.a", "denied"]
    study = found.with_words(words)
    table = contrary.searched(study, claims.load(found.study, found.framework))
    rows = table.set_index("where")
    assert rows.loc["words: firm", "found"] == 1
    assert not rows.loc["words: firm", "in_claim"]
    assert rows.loc["words: customer", "found"] == 0
    assert rows.loc["words: customer", "searched"] == 20
    assert contrary.beyond(table, "T") == "words: firm (1 of 12)"


def test_a_search_that_finds_nothing_is_said(tmp_path: Path) -> None:
    found = base(tmp_path)
    study = found.with_words(coded(found, 1, {"thing.a": 1.0}))
    table = contrary.searched(study, claims.load(found.study, found.framework))
    assert contrary.beyond(table, "T") == contrary.NOT_THERE
    assert {"words: customer", "words: firm"} <= set(table["where"])


def test_acts_of_the_log_that_point_to_the_contrary_are_counted() -> None:
    found = Material(Study.load(Path(__file__).parent.parent))
    (claim,) = (one for one in claims.load(found.study, found.framework) if one.id == "C14")
    rows = contrary.searched(found, [claim]).set_index("where")
    assert (rows.loc["log", "found"], rows.loc["log", "searched"]) == (77, 250)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Told by ten of sixteen, in 12 % of C3.", ["ten of sixteen", "12 %"]),
        ("Read on 2026-11-22: {value:share_check} and S1.", []),
        ("One of them left.", []),
        ("Twenty-six of twenty-six", ["Twenty-six of twenty-six"]),
    ],
)
def test_numbers_by_hand_are_seen_and_names_are_not(text: str, numbers: list[str]) -> None:
    assert values.by_hand(text) == numbers


def test_a_reference_is_filled_from_its_table_and_one_to_nothing_is_listed(tmp_path: Path) -> None:
    text = CLAIMS.replace(
        "verdict: rejected}", "verdict: rejected, because: 'It is {value:share_check}, by {value:C1.e1}.'}"
    )
    study = write(tmp_path, claims=text)
    from mixed_study import add_log

    add_log(study)
    found = Material(study)
    made = claims.load(study, found.framework)
    verdict = status.evaluate(made, found, 20)[0]
    assert verdict.claim.rivals[0].because == "It is 50 %, by 2 of 4."
    assert prose.problems(found, made) == []
    assert prose.by_hand(found, made) == []
    wrong = text.replace("{value:share_check}", "{value:share_chek} of 17")
    (tmp_path / "evidence/claims.yaml").write_text(wrong)
    found = Material(study)
    made = claims.load(study, found.framework)
    (problem,) = check.check(found)
    assert "{value:share_chek} names nothing" in problem.found
    assert prose.by_hand(found, made) == [("evidence/claims.yaml, C1, rival 1", "17")]


def test_people_and_themes_can_be_referred_to(garden: Study) -> None:
    found = Material(garden)
    assert values.of_material(found, "theme.ways") == "3 of 4"
    assert values.of_material(found, "people.way.check.gardener") == "2 of 4"
    assert values.of_material(found, "people.way.chek.gardener") == ""


def test_contrary_evidence_is_not_counted_in_people(tmp_path: Path) -> None:
    text = CLAIMS.replace("unless: {}, expect: share >= 90 %", "unless: {}, expect: people >= 2")
    study = write(tmp_path, claims=text)
    with pytest.raises(InputError, match="contrary evidence is not counted in people"):
        claims.load(study)
