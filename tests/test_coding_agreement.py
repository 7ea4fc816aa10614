"""From codings to units and back: what coders share, what they disagree on, blind sheets."""

from __future__ import annotations

import csv
import io
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.agreement.alpha import krippendorff
from casestudy.agreement.coefficient import measure
from casestudy.codebook import history
from casestudy.coders import agreement_by_unit, blind_draw, blind_read, disagreements, unit_ratings
from casestudy.coding import codings, table
from casestudy.coding.codings import Coding, Work
from casestudy.errors import InputError
from casestudy.study import Study
from casestudy.transcripts.transcript import from_text

TALK = Path(__file__).parent / "data" / "talk"
STUDY = Study.load(TALK)
BOOK = history.load(STUDY)
DOCUMENTS = table.material(STUDY)
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return table.load(STUDY)


def test_only_documents_that_all_coded_are_compared(frame: pd.DataFrame) -> None:
    assert unit_ratings.coders_of(frame) == ["a", "b"]
    assert unit_ratings.shared(frame, ["a", "b"]) == ["t1", "t2"]
    with pytest.raises(InputError, match="there is one coder"):
        unit_ratings.coders_of(frame[frame["coder"].eq("a")])
    with pytest.raises(InputError, match="has no codings"):
        unit_ratings.coders_of(frame, ["a", "z"])


def test_units_are_what_participants_say() -> None:
    turns = unit_ratings.units(DOCUMENTS, ["t1", "t2"], "turn")
    assert [(unit.document, unit.turn) for unit in turns] == [
        ("t1", 2),
        ("t1", 4),
        ("t2", 2),
        ("t2", 4),
        ("t2", 5),
    ]
    sentences = unit_ratings.units(DOCUMENTS, ["t2"], "sentence")
    assert sentences[0].text == "Nothing came up."
    assert sentences[-1].text == "He would not."
    assert len(unit_ratings.units(DOCUMENTS, ["t1"], "document")) == 1
    with pytest.raises(InputError, match="Did you mean 'turn'"):
        unit_ratings.units(DOCUMENTS, ["t1"], "turns")


def test_who_said_what_where_by_hand(frame: pd.DataFrame) -> None:
    given = unit_ratings.doubles(frame, DOCUMENTS, BOOK, ["a", "b"], unit="turn")
    hose = given.codes.index("garden.water.hose")
    # Turns: t1/2, t1/4, t2/2, t2/4, t2/5. Coder a: hose in t1/4 and t2/4; coder b: in t2/4.
    assert given.said[:, :, hose].tolist() == [
        [False, False],
        [True, False],
        [False, False],
        [True, True],
        [False, False],
    ]
    assert given.uncoded_share == pytest.approx(1 / 5)
    ratings = given.ratings("garden.water.hose")
    assert ratings.codes.tolist() == [[0, 0], [1, 0], [0, 0], [1, 1], [0, 0]]
    assert ratings.clusters is not None
    assert ratings.clusters.tolist() == [0, 0, 1, 1, 1]
    assert len(given.ratings("garden.water.hose", uncoded=False).codes) == 4
    only = given.ratings("help.neighbour", uncoded=False, scheme=["help.neighbour"])
    assert only.codes.tolist() == [[1, 1], [1, 0]]


def test_the_table_by_code_is_that_of_the_agreement_room(frame: pd.DataFrame) -> None:
    given = unit_ratings.doubles(frame, DOCUMENTS, BOOK, ["a", "b"], unit="turn")
    result = agreement_by_unit.by_code(given, BOOK, least=2)
    row = result[
        result["code"].eq("garden.water.hose")
        & result["counting"].eq("all units")
        & result["coefficient"].str.contains("Krippendorff")
    ].iloc[0]
    assert row["value"] == measure(given.ratings("garden.water.hose"), krippendorff()).value
    assert (row["both"], row["one"], row["n_units"], row["documents"]) == (1, 1, 5, 2)
    assert row["positive"] == pytest.approx(2 / 3)
    rare = result[result["coefficient"].eq("")]
    assert rare["value"].isna().all()
    assert rare["reason"].str.contains("fewer than 2").all()


def made(spans: list[tuple[str, str, int, int]]) -> pd.DataFrame:
    """A table of codings (coder, code, start, end) on one document."""
    text = "Aino: " + "x" * 100
    document = from_text(text, "t1")
    rows = [
        Coding(str(n), coder, "t1", code, start, end, text[start:end], {}, "", "", "", str(n))
        for n, (coder, code, start, end) in enumerate(spans)
    ]
    works = [Work(coder, "t1", (), tuple(row for row in rows if row.coder == coder), ()) for coder in "ab"]
    return table.table(works, {"t1": document}, BOOK)


def test_alignment_by_hand() -> None:
    carry, hose, food = "garden.water.carry", "garden.water.hose", "garden.grow.food"
    frame = made(
        [
            ("a", carry, 10, 20),
            ("b", carry, 10, 20),
            ("a", hose, 30, 40),
            ("b", hose, 32, 44),
            ("a", food, 50, 60),
            ("b", carry, 52, 58),
            ("a", carry, 70, 80),
            ("b", "help.neighbour", 70, 80),
        ]
    )
    lines = disagreements.aligned(frame, "a", "b")
    found = [tuple(row) for row in lines[["state", "first_code", "second_code"]].itertuples(index=False)]
    assert found == [
        ("same", carry, carry),
        ("shifted", hose, hose),
        ("other code", food, carry),
        ("only one", carry, ""),
        ("only one", "", "help.neighbour"),
    ]
    assert lines["shared"].tolist()[:3] == pytest.approx([1.0, 8 / 14, 6 / 10])
    [pair] = disagreements.confusions(lines, BOOK).to_dict("records")
    assert (pair["a"], pair["b"], pair["times"], pair["near"]) == (food, carry, 1, False)
    where = disagreements.trouble(lines).set_index("scheme")
    assert where.loc["garden", ["same", "shifted", "other code", "only one"]].tolist() == [1, 1, 1, 1]
    assert where.loc["garden", "met"] == 0.5


SPANS = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.sampled_from(sorted(BOOK.codes)), st.integers(6, 90), st.integers(1, 15)
    ),
    max_size=12,
    unique_by=lambda one: one[:3],
)


@given(SPANS)
@settings(max_examples=40)
def test_every_coding_stands_in_the_alignment_once_and_the_sides_may_be_swapped(
    spans: list[tuple[str, str, int, int]],
) -> None:
    given_ = [(coder, code, start, start + size) for coder, code, start, size in spans]
    frame = made([("a", "garden.grow", 0, 5), ("b", "garden.grow", 0, 5), *given_])
    lines = disagreements.aligned(frame, "a", "b")
    for side, coder in (("first", "a"), ("second", "b")):
        own = frame[frame["coder"].eq(coder)]
        there = lines[lines[f"{side}_start"].notna()]
        assert sorted(zip(there[f"{side}_code"], there[f"{side}_start"], strict=True)) == sorted(
            zip(own["code"], own["start"], strict=True)
        )
    swapped = disagreements.aligned(frame, "b", "a")
    assert lines["state"].value_counts().to_dict() == swapped["state"].value_counts().to_dict()


def test_a_coder_agrees_with_himself() -> None:
    frame = made([("a", "garden.grow", 10, 20), ("b", "garden.grow", 10, 20)])
    lines = disagreements.aligned(frame, "a", "b")
    assert lines["state"].tolist() == ["same"]
    assert math.isnan(disagreements.trouble(lines.iloc[:0])["met"].mean())


# Blind sheets.


def people() -> pd.DataFrame:
    return pd.DataFrame({"participant_id": ["t1", "t2", "t3"], "group": ["town", "town", "village"]})


def test_a_sample_is_seeded_and_takes_from_every_document() -> None:
    units = unit_ratings.units(DOCUMENTS, ["t1", "t2", "t3"], "sentence")
    one = blind_draw.draw(units, people(), 0.3, seed=5)
    assert one == blind_draw.draw(units, people(), 0.3, seed=5)
    assert one != blind_draw.draw(units, people(), 0.3, seed=6)
    counts = pd.Series([unit.document for unit in one]).value_counts()
    every = pd.Series([unit.document for unit in units]).value_counts()
    for name, count in every.items():
        assert counts[name] == max(1, math.floor(0.3 * count + 0.5))
    assert len(set(one)) == len(one)
    with pytest.raises(InputError, match="not a share"):
        blind_draw.draw(units, people(), 0.0)
    with pytest.raises(InputError, match="participants have none"):
        blind_draw.draw(units, people(), 0.5, by="age")


def test_every_unit_has_the_same_chance() -> None:
    units = unit_ratings.units(DOCUMENTS, ["t1"], "sentence")
    times = np.zeros(len(units))
    for seed in range(600):
        for unit in blind_draw.draw(units, people(), 0.5, seed=seed):
            times[units.index(unit)] += 1
    share = max(1, math.floor(0.5 * len(units) + 0.5)) / len(units)
    assert np.abs(times / 600 - share).max() < 0.1


def test_a_sheet_is_drawn_filled_and_read_back(tmp_path: Path, command: Command) -> None:
    shutil.copytree(TALK, tmp_path / "talk")
    study = Study.load(tmp_path / "talk")
    sheet = tmp_path / "sheet.csv"
    where = ["--study", study.root]
    code, out, error = command("blind", "draw", *where, "--share", "1", "--unit", "turn", "--out", sheet)
    assert code == 0, error
    assert "7 of 7 turns" in out
    rows = list(csv.DictReader(io.StringIO(sheet.read_text())))
    assert not any(code in sheet.read_text() for code in BOOK.codes)
    for row in rows:
        row["codes"] = "garden.water.hose; help.neighbour" if "hose" in row["text"] else ""
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    sheet.write_text(file.getvalue())
    words = ["blind", "read", *where, "--coder", "c", "--file", sheet, "--when", "2026-05-01"]
    assert "4 codings by c in 2 documents; 5 units have none" in command(*words)[1]
    assert command(*words)[0] == 0
    assert [len(work.codings) for work in codings.read(study, "c")] == [2, 2]
    assert table.load(study, ["c"])["placed"].all()
    sheet.write_text(file.getvalue().replace("hose;", "hoose;").replace("Every evening", "Each evening"))
    code, _, error = command(*words)
    assert code == 2
    assert "'garden.water.hoose' is not in use" in error
    assert "its words are not where it says" in error


def test_the_command_prints_agreement_and_a_reflexive_study_none(tmp_path: Path, command: Command) -> None:
    shutil.copytree(TALK, tmp_path / "talk")
    root = tmp_path / "talk"
    code, out, error = command("agreement", "--study", root, "--unit", "turn", "--least", "2")
    assert code == 0, error
    assert "2 documents coded by all: t1, t2" in out
    assert "Krippendorff's alpha, nominal metric, all units, n = 5" in out
    (root / "study.toml").write_text('title = "x"\nstance = "reflexive"\n')
    out = command("agreement", "--study", root, "--unit", "turn", "--least", "2")[1]
    assert "Krippendorff" not in out
    assert "No coefficient is printed" in out
    out = command("agreement", "--study", root, "--unit", "turn", "--least", "2", "--insist")[1]
    assert "Caution" in out
    assert "Krippendorff" in out


# Agreement on the units of a blind sheet.


def drawn(study: Study, tmp_path: Path, keep: Callable[[str], bool]) -> Path:
    """A sheet of the turns whose text is wanted, drawn blindly."""
    names = ["t1", "t2", "t3"]
    units = [one for one in unit_ratings.units(table.material(study), names, "turn") if keep(one.text)]
    path = tmp_path / "sheet.csv"
    path.write_text(blind_draw.sheet(units), encoding="utf-8")
    return path


def test_agreement_is_limited_to_the_units_of_a_sheet(tmp_path: Path, command: Command) -> None:
    sheet = drawn(STUDY, tmp_path, lambda text: "hose" in text)
    words = ["agreement", "--study", TALK, "--least", "1"]
    code, out, error = command(*words, "--blind", sheet)
    assert code == 0, error
    # Of five turns two speak of the hose: both coders coded it in one of them, coder a in the other.
    assert "Coders a, b; 2 units of sheet.csv in 2 documents" in out
    assert "Units: 2 units of the sheet" in out
    [line] = [one for one in out.splitlines() if one.startswith("garden.water.hose: Kripp") and "all" in one]
    assert "n = 2" in line
    assert "both 1, one 1" in line
    assert "garden.grow" not in out
    whole = command(*words, "--unit", "turn")[1]
    assert "garden.grow" in whole
    assert "help: 1 same" in whole
    assert "help:" not in out


def test_a_unit_of_the_sheet_in_which_a_coder_said_nothing_counts(
    tmp_path: Path, frame: pd.DataFrame, command: Command
) -> None:
    sheet = drawn(STUDY, tmp_path, lambda text: True)
    rows = blind_read.read(sheet.read_bytes(), "sheet.csv", DOCUMENTS)
    within = rows.units
    given_ = unit_ratings.doubles(frame, DOCUMENTS, BOOK, ["a", "b"], within=within)
    assert len(given_.units) == 7
    assert len({one.document for one in given_.units}) == 3
    only = frame[frame["coder"].eq("a") | frame["document"].eq("t1")]
    less = unit_ratings.doubles(only, DOCUMENTS, BOOK, ["a", "b"], within=within)
    assert len(less.units) == 7
    assert not less.said[[one.document == "t2" for one in less.units], 1].any()
    out = command("agreement", "--study", TALK, "--blind", sheet)[1]
    assert "Coder b coded nothing in t3; taken as read by b." in out


def test_a_sheet_that_cannot_be_used_is_named(tmp_path: Path, command: Command) -> None:
    words = ["agreement", "--study", TALK, "--blind"]
    sheet = drawn(STUDY, tmp_path, lambda text: True)
    assert "has its own units" in command(*words, sheet, "--unit", "turn")[2]
    assert command(*words, tmp_path / "none.csv")[0] == 2
    sheet.write_bytes(b"\xff\xfe\x00binary")
    assert "not UTF-8" in command(*words, sheet)[2]
    sheet.write_text("a,b\n1,2\n")
    assert "no column" in command(*words, sheet)[2]
