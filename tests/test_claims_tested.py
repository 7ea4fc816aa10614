"""Claims and lines that can fail: composed studies, shuffled codes, fewer people, fewer coders."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from composed import base, coded

from casestudy.cli.main import main
from casestudy.coding.material import Material
from casestudy.evidence import bounds, claims, confirmed, lines, status, testing
from casestudy.evidence.status import SUPPORT

TRUE = {"thing.a": 1.0, "thing.b": 0.85, "thing.c": 0.9}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return base(tmp_path_factory.mktemp("composed"))


def judged(found: Material, words: pd.DataFrame) -> status.Verdict:
    study = found.with_words(words)
    (verdict,) = status.evaluate(claims.load(found.study, found.framework), study, 100)
    return verdict


def said(verdict: status.Verdict) -> list[str]:
    return [one.finding for one in verdict.findings if not one.contrary]


def test_what_is_true_by_construction_is_found_in_four_of_five_composed_studies(found: Material) -> None:
    reached = [said(judged(found, coded(found, seed, TRUE))) for seed in range(200)]
    share = np.mean([[one == "for" for one in items] for items in reached], axis=0)
    assert (share >= 0.8).all(), share


def test_of_shuffled_codes_at_most_one_item_in_twenty_speaks_for_a_claim(found: Material) -> None:
    for seed in range(5):
        study = found.with_words(coded(found, seed, TRUE))
        verdicts = status.evaluate(claims.load(found.study, found.framework), study, 200)
        table = testing.fates(study, verdicts, 200, seed)
        own = table[~table["contrary"]]
        assert (own["for_in_shuffled"] <= 0.05).all()
        assert (own["status"] == "for").any()


def test_noise_speaks_for_nothing(found: Material) -> None:
    verdicts = [judged(found, coded(found, seed, {}, strays=12)) for seed in range(20)]
    assert not any("for" in said(one) for one in verdicts)
    assert {one.status for one in verdicts} <= {"undecidable", "contradicted"}


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
def test_half_of_the_people_seldom_say_more(found: Material, share: float) -> None:
    there = {"thing.a": share, "thing.b": share, "thing.c": share}
    study = found.with_words(coded(found, 7, there))
    verdicts = status.evaluate(claims.load(found.study, found.framework), study, 100)
    table = testing.fates(study, verdicts, 1000, 3)
    assert table["claim_raised_by_halving"].max() <= 0.05


def test_one_coder_alone_raises_nothing(found: Material) -> None:
    words = coded(found, 1, TRUE)
    both, alone = judged(found, words), judged(found, words[words["coder"].eq("k")])
    assert SUPPORT[alone.status] < SUPPORT[both.status] == 3
    assert "one coder alone read them" in alone.findings[0].said


def test_a_coding_is_confirmed_only_by_another_coder_in_overlapping_words(found: Material) -> None:
    words = coded(found, 1, {}, strays=0)
    assert words.empty
    one = coded(found, 2, {"thing.a": 1.0}, hears=1.0, strays=0)
    laid = confirmed.layout(found.with_words(one))
    pick = claims.load(found.study)[0].evidence[0].pick
    assert confirmed.confirmed(laid, confirmed.sought(laid, pick))[0].sum() == 20
    moved = one.copy()
    other = moved["coder"].eq("m")
    moved.loc[other, ["start", "end"]] = [0, 5]
    laid = confirmed.layout(found.with_words(moved))
    assert confirmed.confirmed(laid, confirmed.sought(laid, pick))[0].sum() == 0
    assert confirmed.by_any(laid, confirmed.sought(laid, pick))[0].sum() == 20


def test_several_different_codes_are_asked_of_one_person(found: Material) -> None:
    words = coded(found, 3, {"thing.a": 1.0, "thing.b": 0.5}, hears=1.0, strays=0)
    laid = confirmed.layout(found.with_words(words))
    pick = replace(claims.load(found.study)[0].evidence[0].pick, codes=("thing",))
    both = confirmed.confirmed(laid, confirmed.sought(laid, pick, 2))[0].sum()
    assert both == words.loc[words["code"].eq("thing.b"), "who"].nunique()


def test_bounds_do_without_an_eighth_of_those_asked() -> None:
    assert bounds.few(16) == 2
    low, high = bounds.surely(16, 16)
    assert 0.5 < low < 14 / 16 < high == 1
    assert bounds.surely(2, 16)[0] == 0
    assert bounds.evidence(True, False, 0.06) == "open"
    assert bounds.contrary(False, True, 1.0) == "absent"


def test_a_code_taken_out_of_the_codebook_makes_its_item_and_its_line_unknown(tmp_path: Path) -> None:
    found = base(tmp_path)
    path = tmp_path / "coding_schemes/s.yaml"
    path.write_text(path.read_text().replace("- {id: thing.a, name: thing.a, parent: thing}\n", ""))
    less = Material(found.study)
    words = coded(found, 1, TRUE)
    first = status.evaluate(claims.load(found.study), less.with_words(words), 20)[0].findings[0]
    assert (first.finding, first.said) == ("unknown", "code thing.a is in no codebook")
    drawn = lines.evaluate(less.with_words(words), 20)
    assert [one.status for one in drawn] == ["unknown", "unknown"]
    assert "thing.a of Theme A is not in the codebook" in drawn[0].sentence
    assert "thing.a" in " ".join(less.with_words(words).gaps)


def test_a_line_without_a_test_is_not_tested_and_one_with_a_test_can_hold_or_not(found: Material) -> None:
    shares = {"thing.a": 1.0, "thing.b": 1.0}
    apart = lines.evaluate(found.with_words(coded(found, 4, shares)), 100)
    same = lines.evaluate(found.with_words(coded(found, 4, shares, joined=True)), 100)
    assert [apart[1].status, same[1].status] == ["not tested", "not tested"]
    assert same[0].status == "holds"
    assert apart[0].status in ("open", "against")
    assert "in the same turns" in same[0].sentence


def test_half_of_the_voices_taken_away_moves_the_line(found: Material) -> None:
    words = coded(found, 4, {"thing.a": 1.0, "thing.b": 1.0}, joined=True)
    few = words[words["who"].isin(["c00", "c01", "c02"])]
    whole, less = (lines.evaluate(found.with_words(one), 50)[0] for one in (words, few))
    assert (whole.status, less.status) == ("holds", "open")
    assert "too few" in less.sentence


def test_shuffled_codes_seldom_hold_a_line(found: Material) -> None:
    held = 0
    for seed in range(40):
        words = coded(found, seed, {"thing.a": 1.0, "thing.b": 1.0}, strays=10)
        shuffled = words.copy()
        dealt = np.random.default_rng(seed)
        for _, rows in words.groupby(["coder", "group"]).groups.items():
            shuffled.loc[rows, "code"] = words.loc[dealt.permutation(np.array(rows)), "code"].to_numpy()
        held += lines.evaluate(found.with_words(shuffled), 50, seed)[0].status == "holds"
    assert held <= 2


def test_the_verb_prints_a_row_for_each_item_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base(tmp_path)
    assert main(["claims", "test", "--study", str(tmp_path), "--draws", "20", "--json"]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert [row["item"] for row in rows] == ["most", "many", "firm", "denied", "a → b", "a → c"]
    needed = {"claim", "item", "status", "observed", "reached_by_shuffled", "raised_by_halving"}
    assert all(needed <= set(row) for row in rows)
    assert rows[-1]["status"] == "not tested"
    assert rows[-1]["observed"] is None
    assert main(["claims", "test", "--study", str(tmp_path), "--draws", "20"]) == 0
    said = capsys.readouterr().out
    assert "rises in" in said
    assert "of halved studies" in said
