"""Reconciliation: decisions are kept beside the codings, and agreement is there before and after."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from casestudy.coding import codebook, disagreement, reconcile, table
from casestudy.errors import InputError
from casestudy.study import Study

TALK = Path(__file__).parent / "data" / "talk"


@pytest.fixture
def talk(tmp_path: Path) -> Study:
    shutil.copytree(TALK, tmp_path / "talk")
    return Study.load(tmp_path / "talk")


def decided(**fields: object) -> reconcile.Decision:
    base = {"document": "t1", "start": 340, "end": 361, "scheme": "garden", "codes": (), "coders": ("a", "b")}
    return reconcile.decision(**{**base, "who": "k and m", "why": "a denial", "when": "1", **fields})


def test_figures_before_and_after_are_both_there(talk: Study) -> None:
    book, frame = codebook.load(talk), table.load(talk)
    before = disagreement.aligned(frame, "a", "b")
    hose = decided(codes=("garden.water.hose",))
    grown = decided(document="t1", start=110, end=146, codes=("garden.grow.food",), when="2")
    reconcile.append(talk, [hose, grown], book)
    decisions = reconcile.read(talk)
    assert decisions == [hose, grown]
    after_frame = reconcile.applied(frame, decisions, book)
    after = disagreement.aligned(after_frame, "a", "b")

    def met(lines: object) -> int:
        return int(lines["state"].isin(["same", "shifted"]).sum())  # type: ignore[index]

    assert met(after) > met(before)
    made = after_frame[after_frame["by"].str.startswith("reconciled")]
    assert sorted(zip(made["coder"], made["code"], made["said_by"], strict=True)) == [
        ("a", "garden.grow.food", "Maija"),
        ("a", "garden.water.hose", "Maija"),
        ("b", "garden.grow.food", "Maija"),
        ("b", "garden.water.hose", "Maija"),
    ]
    assert after_frame.dtypes.equals(frame.dtypes)
    assert table.load(talk).equals(frame)
    untouched = after_frame[after_frame["scheme"].eq("help")]["coding"].tolist()
    assert untouched == frame[frame["scheme"].eq("help")]["coding"].tolist()


def test_a_decision_for_no_code_takes_codings_away_for_both(talk: Study) -> None:
    book, frame = codebook.load(talk), table.load(talk)
    after = reconcile.applied(frame, [decided()], book)
    assert len(after) == len(frame) - 1
    assert "garden.water.hose" not in set(after.loc[after["document"].eq("t1"), "code"])


def test_a_decision_without_reason_or_with_a_strange_code_is_refused(talk: Study) -> None:
    book = codebook.load(talk)
    with pytest.raises(InputError) as error:
        reconcile.append(talk, [decided(codes=("help.neighbour",)), decided(why=" ")], book)
    assert "no code of the scheme 'garden'" in str(error.value)
    assert "no reason" in str(error.value)
    assert not (talk.root / reconcile.FILE).exists()


SPAN = '{"id": "a", "document": "t", "start": 5, "end": 2, "scheme": "s", "codes": [], "coders": []}'


@pytest.mark.parametrize("row", ["{", "[]", '{"id": "a"}', SPAN])
def test_a_line_that_is_no_decision_is_listed(talk: Study, row: str) -> None:
    path = talk.root / reconcile.FILE
    path.parent.mkdir()
    path.write_text(f"{row}\n")
    with pytest.raises(InputError, match=r"reconciliation\.jsonl, line 1"):
        reconcile.read(talk)
