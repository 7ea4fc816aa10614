"""Reconciliation: decisions are kept beside the codings, and agreement is there before and after."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from casestudy.codebook import history
from casestudy.coders import (
    agreement_by_unit,
    answer,
    check,
    decisions,
    disagreements,
    open_disagreements,
    unit_ratings,
)
from casestudy.coding import table
from casestudy.coding.material import Material
from casestudy.errors import InputError
from casestudy.study import Study

TALK = Path(__file__).parent / "data" / "talk"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def talk(tmp_path: Path) -> Study:
    shutil.copytree(TALK, tmp_path / "talk")
    return Study.load(tmp_path / "talk")


def decided(**fields: object) -> decisions.Decision:
    base = {"document": "t1", "start": 340, "end": 361, "scheme": "garden", "codes": (), "coders": ("a", "b")}
    return decisions.decision(**{**base, "who": "k and m", "why": "a denial", "when": "1", **fields})


def test_figures_before_and_after_are_both_there(talk: Study) -> None:
    book, frame = history.load(talk), table.load(talk)
    before = disagreements.aligned(frame, "a", "b")
    hose = decided(codes=("garden.water.hose",))
    grown = decided(document="t1", start=110, end=146, codes=("garden.grow.food",), when="2")
    decisions.append(talk, [hose, grown], book)
    log = decisions.read(talk)
    assert log == [hose, grown]
    after_frame = decisions.applied(frame, log, book)
    after = disagreements.aligned(after_frame, "a", "b")

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
    book, frame = history.load(talk), table.load(talk)
    after = decisions.applied(frame, [decided()], book)
    assert len(after) == len(frame) - 1
    assert "garden.water.hose" not in set(after.loc[after["document"].eq("t1"), "code"])


def test_a_decision_without_reason_or_with_a_strange_code_is_refused(talk: Study) -> None:
    book = history.load(talk)
    with pytest.raises(InputError) as error:
        decisions.append(talk, [decided(codes=("help.neighbour",)), decided(why=" ")], book)
    assert "not a code of the scheme 'garden'" in str(error.value)
    assert "no reason" in str(error.value)
    assert not (talk.root / decisions.FILE).exists()


SPAN = '{"id": "a", "document": "t", "start": 5, "end": 2, "scheme": "s", "codes": [], "coders": []}'


@pytest.mark.parametrize("row", ["{", "[]", '{"id": "a"}', SPAN])
def test_a_line_that_is_no_decision_is_listed(talk: Study, row: str) -> None:
    path = talk.root / decisions.FILE
    path.parent.mkdir()
    path.write_text(f"{row}\n")
    with pytest.raises(InputError, match=r"reconciliation\.jsonl, line 1"):
        decisions.read(talk)


# Open disagreements, and the verb.


def test_what_is_open_by_hand_and_its_id_knows_no_first_coder(talk: Study) -> None:
    book, frame = history.load(talk), table.load(talk)
    lines = disagreements.aligned(frame, "a", "b")
    found = open_disagreements.unsettled(frame, [], book, "a", "b")
    wanted = lines[lines["state"].isin(["other code", "only one"])]
    assert found.drop(columns=["id", "codings"]).equals(wanted.reset_index(drop=True))
    assert sorted(found["id"]) == sorted(open_disagreements.unsettled(frame, [], book, "b", "a")["id"])
    assert found["id"].is_unique
    wide = open_disagreements.unsettled(frame, [], book, "a", "b", shifted=True)
    assert len(wide) == len(lines) - int(lines["state"].eq("same").sum())


@pytest.mark.parametrize("how", ["code", "none", "keep"])
def test_a_decision_settles_its_disagreement_and_no_other(talk: Study, how: str) -> None:
    book, frame = history.load(talk), table.load(talk)
    lines = open_disagreements.unsettled(frame, [], book, "a", "b")
    for row in lines.to_dict("records"):
        codes = [row["first_code"] or row["second_code"]] if how == "code" else []
        one = open_disagreements.settled(
            lines, row["id"], ["a", "b"], codes=codes, keep=how == "keep", who="k", why="so"
        )
        left = open_disagreements.unsettled(frame, [one], book, "a", "b")
        assert sorted(left["id"]) == sorted(set(lines["id"]) - {row["id"]})
        after = decisions.applied(frame, [one], book)
        assert after.equals(frame) == (how == "keep")
        assert one.about == row["codings"]


def test_other_codes_of_the_stretch_stay(talk: Study) -> None:
    book, frame = history.load(talk), table.load(talk)
    hose = frame[frame["document"].eq("t1") & frame["code"].eq("garden.water.hose")].iloc[0]
    more = frame[frame["coding"].eq(hose["coding"])].assign(code="garden.grow", coding="other")
    frame = pd.concat([frame, more], ignore_index=True)
    start, end = int(hose["start"]), int(hose["end"])
    one = decided(start=start, end=end, about=(str(hose["coding"]),))
    after = decisions.applied(frame, [one], book)
    assert len(after) == len(frame) - 1
    assert "other" in set(after["coding"])


def test_a_kept_reading_without_ids_speaks_of_its_stretch_and_scheme(talk: Study) -> None:
    book, frame = history.load(talk), table.load(talk)
    every = set(open_disagreements.unsettled(frame, [], book, "a", "b")["first_code"])
    left = open_disagreements.unsettled(frame, [decided(codings="kept")], book, "a", "b")
    assert every - set(left["first_code"]) == {"garden.water.hose"}
    other = decided(codings="kept", scheme="help")
    assert set(open_disagreements.unsettled(frame, [other], book, "a", "b")["first_code"]) == every


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
    assert "not a code of the scheme" in error
    assert not (talk.root / decisions.FILE).exists()


# No code twice, words and proposals, the sample, the check.


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        (110, 146, [(110, 146)]),  # the very stretch of b's coding
        (112, 120, [(110, 146)]),  # within it: nothing is added
        (100, 150, [(100, 150)]),  # around it: the smaller gives way
        (141, 182, [(110, 146), (141, 182)]),  # beside it, with a little in common: another segment
    ],
)
def test_who_has_the_code_already_gets_no_second_one(
    talk: Study, start: int, end: int, wanted: list[tuple[int, int]]
) -> None:
    book, frame = history.load(talk), table.load(talk)
    one = decided(start=start, end=end, codes=("garden.grow.food",), about=("nothing",))
    after = decisions.applied(frame, [one], book)
    mine = after[after["document"].eq("t1") & after["coder"].eq("b") & after["code"].eq("garden.grow.food")]
    assert sorted(zip(mine["start"], mine["end"], strict=True)) == wanted
    again = decisions.applied(frame, [one, replace(one, id="again", when="2")], book)
    assert len(again) == len(after)
    assert not after.duplicated(["document", "coder", "code", "start", "end"]).any()


def test_a_decision_on_text_nobody_coded_has_its_types_and_words(talk: Study) -> None:
    book, frame = history.load(talk), table.load(talk)
    one = decided(start=0, end=5, codes=("garden.grow.food",))
    after = decisions.applied(frame, [one], book)
    assert len(after) == len(frame) + 2
    assert after.dtypes.equals(frame.dtypes)
    part = decided(start=114, end=120, codes=("garden.water.hose",), about=("nothing",))
    made = decisions.applied(frame, [part], book)
    words = made.loc[made["by"].eq(f"reconciled: {part.id}"), "quote"].unique().tolist()
    assert words == [table.material(talk)["t1"].text[114:120]]
    assert decisions.touched(frame, made) == ["garden.water.hose"]


def test_attributes_come_from_the_coding_in_question(talk: Study) -> None:
    book, frame = history.load(talk), table.load(talk)
    lines = open_disagreements.unsettled(frame, [], book, "a", "b")
    row = lines[lines["first_code"].eq("garden.water.hose")].iloc[0]
    code = ["garden.water.hose"]
    texts = table.material(talk)
    one = open_disagreements.settled(
        lines, row["id"], ["a", "b"], codes=code, who="k", why="so", proposes="say more", texts=texts
    )
    assert one.quote == texts["t1"].text[one.start : one.end] == row["quote"]
    asked = frame[frame["coding"].isin(one.about)].iloc[0]
    made = decisions.applied(frame, [one], book)
    made = made[made["by"].str.startswith(decisions.RECONCILED)]
    others = [name for name in frame.columns if name not in ("coding", "coder", "memo", "by", "as_coded")]
    assert len(made) == 2
    for name in others:
        assert made[name].astype(str).eq(str(asked[name])).all(), name


def test_the_sample_is_seeded_and_takes_both_kinds(talk: Study) -> None:
    book, frame = history.load(talk), table.load(talk)
    lines = open_disagreements.unsettled(frame, [], book, "a", "b")
    many = pd.concat([lines] * 9, ignore_index=True)
    many["state"] = ["other code"] * 5 + ["only one"] * (len(many) - 5)
    drawn = open_disagreements.sample(many, 8, 3)
    assert drawn["state"].value_counts().to_dict() == {"other code": 4, "only one": 4}
    assert open_disagreements.sample(many, 8, 3).equals(drawn)
    assert open_disagreements.sample(many, 14, 3)["state"].value_counts().to_dict() == {
        "other code": 5,
        "only one": 9,
    }
    assert len(open_disagreements.sample(many, 1000, 3)) == len(many)
    with pytest.raises(InputError, match="not a number of disagreements"):
        open_disagreements.sample(many, 0)


def test_check_names_every_problem_of_the_log(talk: Study) -> None:
    book = history.load(talk)
    texts = table.material(talk)
    right = decided(quote=texts["t1"].text[340:361])
    assert decisions.problems_of([right], book, texts, {"a": {"x"}, "b": set()}, set()) == []
    wrong = [
        decided(document="t9", when="2"),
        decided(end=10_000, when="3"),
        decided(quote="other words", when="4"),
        decided(scheme="gardn", when="5"),
        decided(codes=("help.neighbour",), when="6"),
        decided(coders=("a", "z"), when="7"),
        decided(about=("gone",), when="8"),
        decided(change="123", when="9"),
        decided(why=" ", when="91"),
        decided(about=("x",), when="92"),
        decided(about=("x",), codings="kept", when="93"),
    ]
    found = decisions.problems_of(wrong, book, texts, {"a": {"x"}, "b": set()}, set())
    said = [
        "document 't9' is not there",
        "behind the text",
        "displaced",
        "scheme 'gardn' is not there",
        "'help.neighbour' is not a code of the scheme",
        "coder 'z' has no codings",
        "coding gone is not there",
        "event '123' is not in",
        "no reason",
        "is on the same codings",
    ]
    assert [any(part in one.found for one in found) for part in said] == [True] * len(said)
    decisions.append(talk, [decided(about=("gone",))], book)
    assert any("coding gone is not there" in one.found for one in check.check(Material(talk)))
    (talk.root / decisions.FILE).write_text("{\n")
    assert any("is not a decision" in one.found for one in check.check(Material(talk)))


def test_two_lines_of_one_id_that_differ_are_listed(talk: Study) -> None:
    one = decided()
    path = talk.root / decisions.FILE
    path.parent.mkdir()
    path.write_text(f"{decisions.line(one)}\n{decisions.line(one)}\n")
    assert decisions.read(talk) == [one]
    path.write_text(f"{decisions.line(one)}\n{decisions.line(replace(one, end=370))}\n")
    with pytest.raises(InputError, match="says something else"):
        decisions.read(talk)


def test_the_verb_draws_a_sample_and_writes_a_proposal(talk: Study, command: Command) -> None:
    where = ["--study", talk.root]
    out = command("reconcile", "list", *where, "--sample", "1", "--seed", "4")[1]
    assert "1 drawn, seed 4" in out
    assert len(out.splitlines()) == 2
    mark = out.split()[0]
    words = ["--who", "k", "--why", "so", "--propose", "define it"]
    assert command("reconcile", "decide", mark, "--keep", *words, *where)[0] == 0
    log = command("reconcile", "log", *where)[1]
    assert "Proposed for the codebook: define it" in log
    assert "1 change of it is proposed" in log
    assert command("reconcile", "list", *where, "--sample", "-1")[0] == 2


def test_before_and_after_stand_side_by_side(talk: Study) -> None:
    """Only codes whose counts changed, and the figures are those of each table by itself."""
    book, frame, texts = history.load(talk), table.load(talk), table.material(talk)
    after = decisions.applied(frame, [decided(codes=("garden.water.hose",))], book)
    touched = decisions.touched(frame, after)
    assert touched == ["garden.water.hose"]

    def rows(one: pd.DataFrame, only: list[str] | None = None) -> pd.DataFrame:
        cut = unit_ratings.doubles(one, texts, book, ["a", "b"], unit="turn")
        return answer.chosen(
            agreement_by_unit.by_code(cut, book, least=1, only=only), "Krippendorff", "all units"
        )

    before, later = rows(frame), rows(after)
    found = answer.beside(before, later)
    assert found["code"].tolist() == ["garden.water.hose"]
    alone = answer.beside(before[before["code"].isin(touched)], rows(after, touched))
    assert alone.equals(found)
    [row] = found.to_dict("records")
    assert (row["both_before"], row["one_before"], row["both_after"], row["one_after"]) == (1, 1, 2, 0)
    assert row["before"] < row["after"] == 1
    lines = [disagreements.aligned(one, "a", "b") for one in (frame, after)]
    said = answer.after_decisions(*lines, 1, 1)
    assert (
        said.values["codings that match after decisions"] > lines[0]["state"].isin(["same", "shifted"]).mean()
    )
    assert "not how far coders agree" in said.text
    assert answer.after_decisions(*lines, 0, 0).values == {}
    assert decisions.listed([]).empty
    table_of = decisions.listed([decided(), decided(codings="kept", when="2")])
    assert table_of["decided"].tolist() == ["no code", "both readings kept"]
