"""What coders read on blind sheets is remembered, and nothing else of those documents is compared."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.codebook import history
from casestudy.coders import (
    agreement_by_span,
    agreement_by_unit,
    blind_draw,
    blind_read,
    common_text,
    decisions,
    open_disagreements,
    unit_ratings,
    units_read,
)
from casestudy.coders import check as coders_check
from casestudy.coding import check, codings, table
from casestudy.coding.material import Material
from casestudy.coding.units import Unit
from casestudy.errors import InputError
from casestudy.study import Study
from casestudy.transcripts.transcript import from_text

TALK = Path(__file__).parent / "data" / "talk"
DOCUMENTS = table.material(Study.load(TALK))
BOOK = history.load(Study.load(TALK))
HOSE, NEIGHBOUR = "garden.water.hose", "help.neighbour"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def talk(tmp_path: Path) -> Study:
    shutil.copytree(TALK, tmp_path / "talk")
    return Study.load(tmp_path / "talk")


def turns(*names: str) -> list[Unit]:
    return unit_ratings.units(DOCUMENTS, names, "turn")


def filled(units: Sequence[Unit], said: Callable[[Unit], str], drawn: str = "") -> str:
    """A sheet on which a coder wrote what `said` gives for each unit."""
    rows = list(csv.DictReader(io.StringIO(blind_draw.sheet(units, DOCUMENTS, drawn))))
    for row, unit in zip(rows[1:], units, strict=True):
        row["codes"] = said(unit)
    return written(rows)


def written(rows: list[dict[str, str]], between: str = ",") -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]), delimiter=between, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def read_in(command: Command, study: Study, coder: str, text: str, path: Path) -> str:
    path.write_text(text, encoding="utf-8", newline="")
    code, out, error = command("blind", "read", "--study", study.root, "--coder", coder, "--file", path)
    assert code == 0, error
    return out


# What is compared.


def test_units_a_coder_never_saw_are_not_counted(talk: Study, tmp_path: Path, command: Command) -> None:
    some = [one for one in turns("t1", "t2") if "hose" in one.text]
    drawn = "2 of 5 turns: share 0.4, seed 1"
    read_in(command, talk, "c", filled(some, lambda one: HOSE, drawn), tmp_path / "s.csv")
    words = ["agreement", "--study", talk.root, "--coders", "a,c", "--least", "1"]
    out = command(*words)[1]
    assert "Coders a, c; 2 units of blind sheets in 2 documents." in out
    assert f"Coder c read 2 units of a blind sheet in 2 documents ({drawn})." in out
    assert "Units: 2 units of the sheet" in out
    both = [DOCUMENTS[name].text for name in ("t1", "t2", "t3")]
    said = sum(turn.end - turn.speech for name in ("t1", "t2", "t3") for turn in _own(name))
    part = sum(one.end - one.start for one in some)
    assert f"Compared: {part:,} of {said:,} characters ({part / said:.1%})" in out
    assert sum(map(len, both)) > said
    # Coder a said the hose in both of its units: nobody disagreed, where before all turns had counted.
    assert "both 2, one 0" in out
    assert "garden.grow" not in out
    whole = command(*words, "--read", "whole", "--unit", "turn")[1]
    assert "Units: 5 turns" in whole
    assert "garden.grow" in whole


def _own(name: str) -> list[object]:
    return list(DOCUMENTS[name].own_turns)


def test_the_figures_are_those_of_the_sheets_units_by_hand(talk: Study) -> None:
    some = [one for one in turns("t1", "t2") if "hose" in one.text]
    units_read.append(talk, "b", some, DOCUMENTS)
    frame = table.load(talk)
    found = common_text.of(talk, frame, DOCUMENTS, ["a", "b"])
    assert found.units(DOCUMENTS) == [Unit(one.document, 0, one.start, one.end, one.text) for one in some]
    given_ = common_text.compared(found.frame(frame), DOCUMENTS, BOOK, found)
    plain = unit_ratings.doubles(frame, DOCUMENTS, BOOK, ["a", "b"], within=some)
    assert (given_.said == plain.said).all()
    assert agreement_by_unit.by_code(given_, BOOK, least=1).equals(
        agreement_by_unit.by_code(plain, BOOK, least=1)
    )
    # Other units cut the same stretches; the longest that fits is the turn.
    pieces = common_text.compared(found.frame(frame), DOCUMENTS, BOOK, found, unit="sentence").units
    assert all(any(a.start <= one.start and one.end <= a.end for a in some) for one in pieces)
    letters = common_text.compared(found.frame(frame), DOCUMENTS, BOOK, found, unit="character").units
    assert len(letters) == sum(one.end - one.start for one in some)
    parts = common_text.compared(found.frame(frame), DOCUMENTS, BOOK, found, unit="segment")
    silent = [one for one, said in zip(parts.units, parts.said.any(axis=(1, 2)), strict=True) if not said]
    assert all(any(a.start <= one.start and one.end <= a.end for a in some) for one in silent)
    with pytest.raises(InputError, match="no document lies within what all of a, b read"):
        common_text.compared(found.frame(frame), DOCUMENTS, BOOK, found, unit="document")
    with pytest.raises(InputError, match="Did you mean 'turn'"):
        common_text.compared(found.frame(frame), DOCUMENTS, BOOK, found, unit="turns")


def test_spans_and_open_disagreements_keep_to_what_was_read(talk: Study) -> None:
    some = [one for one in turns("t1", "t2") if "hose" in one.text]
    frame = table.load(talk)
    before = open_disagreements.unsettled(frame, [], BOOK, "a", "b")
    units_read.append(talk, "b", some, DOCUMENTS)
    found = common_text.of(talk, frame, DOCUMENTS, ["a", "b"])
    lines = open_disagreements.unsettled(frame, [], BOOK, "a", "b", reach=found)
    assert 0 < len(lines) < len(before)
    for row in lines.to_dict("records"):
        start = row["first_start"] if row["first_code"] else row["second_start"]
        assert any(one.document == row["document"] and one.start <= start < one.end for one in some)
    drawn = agreement_by_span.spans(found.frame(frame), DOCUMENTS, ["a", "b"], found.names, found.parts)
    assert int(drawn.lengths.sum()) == sum(one.end - one.start for one in some)
    assert len(drawn.start) == len(found.frame(frame))


def test_a_coder_who_found_nothing_has_read_all_the_same(
    talk: Study, tmp_path: Path, command: Command
) -> None:
    out = read_in(command, talk, "c", filled(turns("t1", "t3"), lambda one: ""), tmp_path / "s.csv")
    assert "0 codings by c in 0 documents; 4 units have none." in out
    words = ["agreement", "--study", talk.root, "--coders", "a,c", "--least", "1"]
    code, out, error = command(*words)
    assert code == 0, error
    assert "4 units of blind sheets in 2 documents" in out
    assert "Left out, since c coded nothing there: t2." in out


def test_deleting_codings_leaves_what_was_read(talk: Study) -> None:
    units_read.append(talk, "b", turns("t1"), DOCUMENTS)
    shutil.rmtree(talk.root / "interviews/codings/b")
    found = common_text.of(talk, table.load(talk), DOCUMENTS, ["a", "b"])
    assert found.names == ("t1",)
    assert len(found.units(DOCUMENTS)) == 2


def test_a_second_sheet_adds_its_units_and_overlaps_are_counted_once(talk: Study) -> None:
    first = turns("t1")[0]
    pieces = [one for one in unit_ratings.units(DOCUMENTS, ["t1"], "sentence") if one.start >= first.start]
    units_read.append(talk, "b", [first], DOCUMENTS, "turns")
    units_read.append(talk, "b", pieces, DOCUMENTS, "sentences")
    assert units_read.append(talk, "b", [first], DOCUMENTS, "turns") == 0
    found = common_text.of(talk, table.load(talk), DOCUMENTS, ["a", "b"])
    units = list(found.parts["t1"])
    assert (first.start, first.end) in {(one.start, one.end) for one in units}
    ends = [(one.start, one.end) for one in units]
    assert all(a[1] <= b[0] for a, b in pairwise(ends))
    inside = sum(first.start <= one.start and one.end <= first.end for one in pieces)
    assert len(units) == 1 + len(pieces) - inside
    assert len(found.sheets) == 2
    assert any("of sheets overlap" in one for one in found.notes) == (inside > 0)


def test_two_coders_of_two_sheets_share_what_both_have(talk: Study) -> None:
    one, two = turns("t1")
    units_read.append(talk, "a", [one, two], DOCUMENTS)
    units_read.append(talk, "b", [two, *turns("t2")], DOCUMENTS)
    found = common_text.of(talk, table.load(talk), DOCUMENTS, ["a", "b"])
    assert [(unit.document, unit.start) for unit in found.parts["t1"]] == [("t1", two.start)]
    assert "1 unit of sheets was not read by all and is left out." in found.notes
    # Coder a read t2 whole, and b three units of it.
    assert len(found.parts["t2"]) == 3
    units_read.append(talk, "a", turns("t2")[:1], DOCUMENTS)
    (talk.root / "interviews/codings/b.units.jsonl").unlink()
    units_read.append(talk, "b", turns("t2")[1:], DOCUMENTS)
    again = common_text.of(talk, table.load(talk), DOCUMENTS, ["a", "b"])
    assert again.names == ("t1",)
    assert "Left out, since the coders read other parts of them: t2." in again.notes


def test_codings_outside_the_sheet_are_told_and_not_compared(talk: Study) -> None:
    hose = [one for one in turns("t2") if "hose" in one.text]
    units_read.append(talk, "b", hose, DOCUMENTS)
    frame = table.load(talk)
    found = common_text.of(talk, frame, DOCUMENTS, ["a", "b"])
    mine = frame[frame["document"].eq("t2") & frame["coder"].eq("b")]
    beyond = len(mine) - len(unit_ratings.touching(mine, hose))
    assert beyond > 0
    assert any(f"{beyond} coding" in one and "are not compared, in t2" in one for one in found.notes) or any(
        "1 coding of b outside" in one for one in found.notes
    )
    assert common_text.of(talk, frame, DOCUMENTS, ["a", "b"], read="whole").parts == {}
    assert common_text.of(talk, frame, DOCUMENTS, ["a", "b"], read="all").names == ("t1", "t2", "t3")
    with pytest.raises(InputError, match="Did you mean 'whole'"):
        common_text.of(talk, frame, DOCUMENTS, ["a", "b"], read="hole")


def test_units_follow_a_corrected_text_or_are_told_to_be_lost(talk: Study) -> None:
    one, two = turns("t1")
    units_read.append(talk, "b", [one, two], DOCUMENTS)
    text = DOCUMENTS["t1"].text
    longer = text.replace(one.text, f"Well now. {one.text}")
    documents = {**DOCUMENTS, "t1": from_text(longer, "t1")}
    found = common_text.common(table.load(talk), documents, ["a", "b"], units_read.read(talk))
    assert [unit.text for unit in found.parts["t1"]] == [one.text, two.text]
    assert any("around 2 units that b read was changed" in note for note in found.notes)
    cut = {**DOCUMENTS, "t1": from_text(text.replace(two.text, "Xyzzy."), "t1")}
    left = common_text.common(table.load(talk), cut, ["a", "b"], units_read.read(talk))
    assert [unit.text for unit in left.parts["t1"]] == [one.text]
    assert any("One unit that b read cannot be found any more" in note for note in left.notes)
    gone = {name: document for name, document in DOCUMENTS.items() if name != "t1"}
    assert "t1" not in common_text.common(table.load(talk), gone, ["a", "b"], units_read.read(talk)).names


@given(st.lists(st.sampled_from(range(5)), max_size=5), st.lists(st.sampled_from(range(5)), max_size=5))
@settings(max_examples=30)
def test_what_two_read_is_what_is_on_both_sheets(first: list[int], second: list[int]) -> None:
    every = turns("t1", "t2")
    lines = {
        coder: [
            units_read.Line(one.document, one.start, one.end, one.text) for one in (every[i] for i in numbers)
        ]
        for coder, numbers in (("a", first), ("b", second))
    }
    frame = table.load(Study.load(TALK)).iloc[:0]
    found = common_text.common(frame, DOCUMENTS, ["a", "b"], lines)
    wanted = sorted({(every[i].document, every[i].start) for i in set(first) & set(second)})
    assert [(one.document, one.start) for one in found.units(DOCUMENTS)] == wanted


def test_branches_merge_by_taking_the_lines_of_both(talk: Study) -> None:
    def git(*words: str) -> str:
        command = ["git", "-C", str(talk.root), "-c", "user.name=n", "-c", "user.email=e", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    (talk.root / ".gitattributes").write_text("interviews/codings/**/*.jsonl merge=union\n")
    units_read.append(talk, "b", turns("t1"), DOCUMENTS, "one")
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "base")
    git("checkout", "-qb", "other")
    units_read.append(talk, "b", turns("t2"), DOCUMENTS, "two")
    git("commit", "-qam", "two")
    git("checkout", "-q", "main")
    units_read.append(talk, "b", turns("t3"), DOCUMENTS, "three")
    git("commit", "-qam", "three")
    git("merge", "-q", "-m", "both", "other")
    assert {one.drawn for one in units_read.read(talk)["b"]} == {"one", "two", "three"}
    assert not check.check(Material(talk))


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"document": "t1"}', '{"document": "t1", "start": 1, "end": 9, "quote": "x"}']
)
def test_a_line_that_is_no_unit_is_named(talk: Study, line: str, command: Command) -> None:
    path = talk.root / "interviews/codings/b.units.jsonl"
    path.write_text(f"{line}\n")
    code, _, error = command("agreement", "--study", talk.root)
    assert code == 2
    assert "b.units.jsonl, line 1" in error
    assert any("b.units.jsonl, line 1" in one.where for one in coders_check.check(Material(talk)))
    path.write_bytes(b"\xff\xfe")
    assert any("not UTF-8" in one.found for one in coders_check.check(Material(talk)))


def test_pseudonyms_take_the_units_along(talk: Study) -> None:
    from casestudy.privacy.key import Entry, replacer
    from casestudy.privacy.rewriting import Change, Rewriter

    one, two = turns("t1")
    units_read.append(talk, "b", [one, two], DOCUMENTS)
    old = DOCUMENTS["t1"].text
    replacing = replacer([Entry("person", one.text.split()[1].strip(".,"), "PERSON ONE", accept=True)])
    edits = replacing.edits(old)
    new = edits.apply(old)
    path = talk.root / "interviews/codings/b.units.jsonl"
    rewriter = Rewriter(replacing, {"t1": Change(old, new, edits)})
    path.write_text(rewriter.rewritten(path.read_text(), "records")[0], encoding="utf-8")
    lines = units_read.read(talk)["b"]
    assert all(new[line.start : line.end] == line.quote for line in lines)
    assert "PERSON ONE" in lines[0].quote


# Sheets as spreadsheets leave them.

TEXT = 'Ä: Päivä on pitkä – niin.\n\nÄ: Toinen; pilkku, "lainaus".\nRivi kaksi.'
FINNISH = {"u1": from_text(TEXT, "u1")}


def variants() -> list[bytes]:
    units = unit_ratings.units(FINNISH, ["u1"], "turn")
    rows = list(csv.DictReader(io.StringIO(blind_draw.sheet(units, FINNISH, "2 of 2 turns: share 1"))))
    for row in rows[1:]:
        row["codes"] = "garden.water.hose, help.neighbour"
    back = [*reversed(rows)]
    loose = [{**row, **{key: f"{row[key]}.0" for key in ("start", "end") if row[key]}} for row in rows]
    capital = [{key.upper(): value for key, value in row.items()} for row in rows]
    return [
        written(rows).encode(),
        b"\xef\xbb\xbf" + written(back, ";").encode(),
        written(rows, ";").encode("cp1252"),
        written(rows, "\t").encode("utf-16"),
        written(loose).encode(),
        written(capital).encode(),
        written([{**row, "codes": row["codes"].replace(", ", "|")} for row in rows]).encode(),
    ]


@pytest.mark.parametrize("number", range(7))
def test_what_a_spreadsheet_makes_of_a_sheet_is_read(number: int) -> None:
    found = blind_read.read(variants()[number], "s.csv", FINNISH, BOOK)
    assert sorted(found.units, key=lambda one: one.start) == [
        Unit("u1", 0, one.start, one.end, one.text) for one in unit_ratings.units(FINNISH, ["u1"], "turn")
    ]
    assert {row.codes for row in found.rows} == {(HOSE, NEIGHBOUR)}
    assert found.drawn == "2 of 2 turns: share 1"
    assert found.notes == ()


def test_letters_that_an_old_spreadsheet_lost_do_not_matter() -> None:
    documents = {"u2": from_text("Ž: Łódź jest daleko.", "u2")}
    text = blind_draw.sheet(unit_ratings.units(documents, ["u2"], "turn"), documents)
    assert len(blind_read.read(text.encode("cp1252", "replace"), "s.csv", documents).rows) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b"\n \n", "it is empty"),
        (b"PK\x03\x04rest", "a spreadsheet's file"),
        (b"\x81\x8d\x00", "not UTF-8"),
        (b"a,b\n1,2\n", "no column unit"),
        (b"unit,document,start,end,text,codes,memo\n", "no unit, only a head"),
    ],
)
def test_a_file_that_is_no_sheet_is_told(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        blind_read.read(data, "s.csv", DOCUMENTS, BOOK)


def test_every_wrong_row_is_told_at_once_and_nothing_is_written(
    talk: Study, tmp_path: Path, command: Command
) -> None:
    units = turns("t1", "t2", "t3")
    rows = list(csv.DictReader(io.StringIO(blind_draw.sheet(units, DOCUMENTS))))
    rows[0]["codes"] = HOSE
    rows[1]["codes"], rows[2]["codes"] = "garden.water.hoose", BOOK.codes[HOSE].name
    rows[3]["document"], rows[4]["start"], rows[5]["text"] = "t9", "²", "other words"
    rows.append({**rows[6], "codes": HOSE})
    text = written(rows) + "8,t1,0,1,,,x,garden.grow,help.neighbour,,,,more\r\n"
    path = tmp_path / "s.csv"
    path.write_text(text, encoding="utf-8", newline="")
    code, out, error = command("blind", "read", "--study", talk.root, "--coder", "c", "--file", path)
    assert (code, out) == (2, "")
    for said in (
        "row 2: it has codes and names no unit",
        "row 3: code 'garden.water.hoose' is not in use. Did you mean 'garden.water.hose'?",
        f"That is the name of {HOSE}",
        "row 5: document 't9' is not there",
        "row 6: '²' to",
        "row 7: its words are not where it says",
        "row 10: the unit of row 8 again, with other codes",
        "row 11: it has 13 cells, and there are 11 headings",
    ):
        assert said in error, said
    assert not (talk.root / "interviews/codings/c").exists()
    assert not (talk.root / "interviews/codings/c.units.jsonl").exists()


def test_many_wrong_rows_are_counted() -> None:
    rows = "".join(f"{n},t1,{n},{n + 5},xxxxx,c{n},\n" for n in range(20_000))
    with pytest.raises(InputError) as error:
        blind_read.read(f"unit,document,start,end,text,codes,memo\n{rows}".encode(), "s.csv", DOCUMENTS, BOOK)
    assert len(error.value.problems) == 41
    assert "19,960 more rows have problems" in str(error.value)


def test_rows_may_be_taken_out_and_a_document_may_change_before_the_sheet_is_read() -> None:
    units = turns("t1")
    text = filled(units, lambda one: HOSE, "2 of 5 turns: share 0.4")
    fewer = "\r\n".join(line for line in text.split("\r\n") if not line.startswith("2,"))
    found = blind_read.read(fewer.encode(), "s.csv", DOCUMENTS, BOOK)
    assert found.notes == ("1 of the 2 units drawn are in it; the other one counts as not read.",)
    longer = {"t1": from_text(f"# Title again\n\n{DOCUMENTS['t1'].text}", "t1")}
    moved = blind_read.read(text.encode(), "s.csv", longer, BOOK)
    assert [one.text for one in moved.units] == [one.text for one in units]
    assert "2 moved with a document that was changed" in moved.notes[0]
    other = {"t1": from_text(DOCUMENTS["t1"].text.replace(units[0].text, "Xyzzy."), "t1")}
    with pytest.raises(InputError, match="row 3: its words are not in the document any more"):
        blind_read.read(text.encode(), "s.csv", other, BOOK)


def test_reading_again_adds_what_is_new_and_names_what_stays(
    talk: Study, tmp_path: Path, command: Command
) -> None:
    units = [one for one in turns("t1", "t2") if "hose" in one.text]
    path = tmp_path / "s.csv"
    read_in(command, talk, "c", filled(units, lambda one: HOSE), path)
    out = read_in(command, talk, "c", filled(units, lambda one: NEIGHBOUR), path)
    assert "2 codings by c in 2 documents" in out
    assert out.count("is not in this sheet and stays") == 2
    assert "casestudy codings remove --coder c --document t1" in out
    out = read_in(command, talk, "c", filled(units, lambda one: HOSE), path)
    assert "2 codes of the sheet were given before." in out
    one = codings.work(talk, "c", "t1").codings[0]
    assert (
        command("codings", "remove", "--study", talk.root, "--coder", "c", "--document", "t1", one.id)[0] == 0
    )
    out = read_in(command, talk, "c", filled(units, lambda _: one.code), path)
    assert "1 code was removed since, and stay" in out or "1 code of the sheet was given before." in out


def test_a_sheet_is_not_drawn_over_another(talk: Study, tmp_path: Path, command: Command) -> None:
    path = tmp_path / "sheet.csv"
    words = ["blind", "draw", "--study", talk.root, "--out"]
    code, out, error = command(*words, path)
    assert code == 0, error
    assert f"casestudy blind read --coder NAME --file {path} --study {talk.root}" in out
    before = path.read_bytes()
    assert "with ; between them" in before.decode()
    assert "there already" in command(*words, path)[2]
    assert path.read_bytes() == before
    assert "its folder is not there" in command(*words, tmp_path / "no" / "s.csv")[2]
    assert "not drawn by it" in command(*words, tmp_path / "t.csv", "--unit", "character")[2]
    assert "that zz coded" in command(*words, tmp_path / "t.csv", "--coded", "zz")[2]
    assert command(*words, tmp_path / "b.csv", "--coded", "b", "--share", "1")[0] == 0
    assert {one.document for one in blind_read.load(tmp_path / "b.csv", DOCUMENTS).units} == {"t1", "t2"}
    assert "unit,document,start" in command("blind", "draw", "--study", talk.root)[1]


# What the table's head says.


def test_displaced_codings_are_named_with_their_words_and_the_command(talk: Study, command: Command) -> None:
    path = talk.root / "interviews/transcripts/t1.md"
    path.write_text(path.read_text().replace("hose", "long hose", 1))
    code, out, error = command("agreement", "--study", talk.root, "--least", "1")
    assert code == 0, error
    assert "displaced" in out
    assert f"correct: casestudy codings reanchor --coder a --document t1 --study {talk.root}" in out
    lost = table.load(talk)
    row = lost[~lost["placed"]].iloc[0]
    assert f"“{row['quote'][:40]}" in out


def test_coefficients_are_defined_and_sourced_below_the_table(command: Command) -> None:
    out = command("agreement", "--study", TALK, "--unit", "turn", "--least", "1")[1]
    assert "Krippendorff's alpha, nominal metric: 1 - D_o/D_e" in out
    assert "Gwet's AC1: (p_a - p_e)" in out
    assert "Source: Krippendorff (2011)" in out
    assert "Intervals: 95% posterior, 2,000 draws over documents, seed 1" in out
    assert "prevalence index" in out


def test_coders_with_no_document_in_common_are_told(talk: Study, command: Command) -> None:
    shutil.rmtree(talk.root / "interviews/codings/b")
    units_read.append(talk, "b", [], DOCUMENTS)
    (talk.root / "interviews/codings/b").mkdir()
    source = talk.root / "interviews/codings/a"
    shutil.move(source / "t3.jsonl", talk.root / "interviews/codings/b/t3.jsonl")
    code, _, error = command("agreement", "--study", talk.root)
    assert code == 2
    assert "none was coded by all of a, b" in error
    assert "Disagreements are between two" not in error
    assert decisions.read(talk) == []
