"""Reconciliation: decisions are kept beside the codings, and agreement is there before and after."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from casestudy.coding import codebook, disagreement, reconcile, settling, table
from casestudy.errors import InputError
from casestudy.study import Study

TALK = Path(__file__).parent / "data" / "talk"
Command = Callable[..., tuple[int, str, str]]


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


# Open disagreements, and the verb.


def test_what_is_open_by_hand_and_its_id_knows_no_first_coder(talk: Study) -> None:
    book, frame = codebook.load(talk), table.load(talk)
    lines = disagreement.aligned(frame, "a", "b")
    found = settling.unsettled(frame, [], book, "a", "b")
    wanted = lines[lines["state"].isin(["other code", "only one"])]
    assert found.drop(columns=["id", "codings"]).equals(wanted.reset_index(drop=True))
    assert sorted(found["id"]) == sorted(settling.unsettled(frame, [], book, "b", "a")["id"])
    assert found["id"].is_unique
    wide = settling.unsettled(frame, [], book, "a", "b", shifted=True)
    assert len(wide) == len(lines) - int(lines["state"].eq("same").sum())


@pytest.mark.parametrize("how", ["code", "none", "keep"])
def test_a_decision_settles_its_disagreement_and_no_other(talk: Study, how: str) -> None:
    book, frame = codebook.load(talk), table.load(talk)
    lines = settling.unsettled(frame, [], book, "a", "b")
    for row in lines.to_dict("records"):
        codes = [row["first_code"] or row["second_code"]] if how == "code" else []
        one = settling.settled(
            lines, row["id"], ["a", "b"], codes=codes, keep=how == "keep", who="k", why="so"
        )
        left = settling.unsettled(frame, [one], book, "a", "b")
        assert sorted(left["id"]) == sorted(set(lines["id"]) - {row["id"]})
        after = reconcile.applied(frame, [one], book)
        assert after.equals(frame) == (how == "keep")
        assert one.about == row["codings"]


def test_other_codes_of_the_stretch_stay(talk: Study) -> None:
    book, frame = codebook.load(talk), table.load(talk)
    hose = frame[frame["document"].eq("t1") & frame["code"].eq("garden.water.hose")].iloc[0]
    more = frame[frame["coding"].eq(hose["coding"])].assign(code="garden.grow", coding="other")
    frame = pd.concat([frame, more], ignore_index=True)
    start, end = int(hose["start"]), int(hose["end"])
    one = decided(start=start, end=end, about=(str(hose["coding"]),))
    after = reconcile.applied(frame, [one], book)
    assert len(after) == len(frame) - 1
    assert "other" in set(after["coding"])


def test_a_kept_reading_without_ids_speaks_of_its_stretch_and_scheme(talk: Study) -> None:
    book, frame = codebook.load(talk), table.load(talk)
    every = set(settling.unsettled(frame, [], book, "a", "b")["first_code"])
    left = settling.unsettled(frame, [decided(codings="kept")], book, "a", "b")
    assert every - set(left["first_code"]) == {"garden.water.hose"}
    other = decided(codings="kept", scheme="help")
    assert set(settling.unsettled(frame, [other], book, "a", "b")["first_code"]) == every


def test_the_verb_lists_decides_and_agreement_shows_before_and_after(talk: Study, command: Command) -> None:
    where = ["--study", talk.root]
    code, out, error = command("reconcile", "list", *where, "--document", "t1", "--code", "garden.water.hose")
    assert code == 0, error
    mark = out.split()[0]
    assert "1 disagreement is open" in out
    assert "b: nothing" in out
    files = {path: path.read_bytes() for path in (talk.root / "interviews").rglob("*") if path.is_file()}
    said = ["--who", "k and m", "--why", "a denial", "--when", "2026-05-01"]
    hose = ["--code", "garden.water.hose"]
    code, out, error = command("reconcile", "decide", mark, *hose, *said, *where)
    assert code == 0, error
    assert "evidence/reconciliation.jsonl" in out
    assert all(path.read_bytes() == content for path, content in files.items())
    words = ["--document", "t1", *hose, *where]
    assert "0 disagreements are open" in command("reconcile", "list", *words)[1]
    log = command("reconcile", "log", *where)[1]
    assert "k and m, 2026-05-01: a denial" in log
    assert "1 decision; 0 kept the codings" in log
    code, out, error = command("agreement", *where, "--unit", "turn", "--least", "2")
    assert code == 0, error
    [line] = [
        one for one in out.splitlines() if one.startswith("garden.water.hose: Kripp") and "all units" in one
    ]
    before, after = line.split(" | ")
    assert "both 1, one 1" in before
    assert "after reconciliation n = 5: 1.00" in after
    assert "both 2, one 0" in after
    (talk.root / "study.toml").write_text('title = "x"\nstance = "reflexive"\n')
    out = command("agreement", *where, "--unit", "turn")[1]
    assert "Krippendorff" not in out
    assert "1 decision of reconciliation" in out


def test_the_verb_names_every_problem_and_writes_nothing(talk: Study, command: Command) -> None:
    words = ["--who", "k", "--why", "w", "--study", talk.root]
    code, _, error = command("reconcile", "decide", "ffff", "--none", "--change", "123456", *words)
    assert code == 2
    assert "no open disagreement has this id" in error
    assert "0 events of the codebook's history begin so" in error
    assert "it is unknown" in command("reconcile", "list", "--code", "zz", "--study", talk.root)[2]
    mark = command("reconcile", "list", "--code", "garden.water.hose", "--study", talk.root)[1].split()[0]
    code, _, error = command("reconcile", "decide", mark, "--code", "help.neighbour", *words)
    assert code == 2
    assert "no code of the scheme" in error
    assert not (talk.root / reconcile.FILE).exists()
