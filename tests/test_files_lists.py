"""Lists as spreadsheets save them: one answer, whichever list it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.errors import InputError
from casestudy.files import lists
from casestudy.files.tables import Column, Schema, read_csv
from casestudy.study import Study

TALK = Path(__file__).parent / "data" / "talk"
Command = Callable[..., tuple[int, str, str]]
ROWS = [("garden.water.hose", "I never use the hose"), ("garden.grow.food", "Potatoes, mostly")]


@pytest.fixture
def talk(tmp_path: Path) -> Study:
    shutil.copytree(TALK, tmp_path / "talk")
    return Study.load(tmp_path / "talk")


def saved(mark: str, head: str = "code{}quote", end: str = "\r\n") -> str:
    quoted = [f'{code}{mark}"{quote}"' for code, quote in ROWS]
    return end.join([head.format(mark), *quoted, ""])


FORMS = {
    "commas": saved(",").encode(),
    "semicolons": saved(";").encode(),
    "tabs": saved("\t").encode(),
    "bars": saved("|").encode(),
    "capitals": saved(";", "Code{}QUOTE").encode(),
    "spaces in the head": saved(";", " code {} Quote ").encode(),
    "a line that names the separator": ("sep=;\r\n" + saved(";")).encode(),
    "the same in quotation marks": ('"sep=;"\r\n' + saved(";")).encode(),
    "a byte order mark": saved(",").encode("utf-8-sig"),
    "UTF-16": saved("\t").encode("utf-16"),
    "UTF-16 of the other order": b"\xfe\xff" + saved("\t").encode("utf-16-be"),
    "UTF-16 without a mark": saved("\t").encode("utf-16-le"),
    "old line ends": saved(",", end="\r").encode(),
    "an empty last row": (saved(";") + ";\r\n;\r\n").encode(),
    "an empty last column": (saved(";", "code{}quote;;").replace('"\r\n', '";;\r\n')).encode(),
    "an empty row between": saved(",").replace("\r\n", "\r\n,\r\n", 1).encode(),
    "empty lines above": ("\r\n\r\n" + saved(",")).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_list_is_read_whatever_saved_it(form: str) -> None:
    listed = lists.read(FORMS[form], "l.csv", ("code", "quote"), ("code", "quote"))
    assert [(row["code"], row["quote"]) for row in listed.rows] == ROWS


@pytest.mark.parametrize("form", FORMS)
def test_codings_are_added_from_any_of_them(talk: Study, command: Command, tmp_path: Path, form: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(FORMS[form])
    words = ["--study", talk.root, "--coder", "new", "--document", "t1", "--file", path]
    code, out, error = command("codings", "add", *words)
    assert code == 0, error
    assert "2 codings written" in out


def test_occurrences_may_be_written_as_a_spreadsheet_writes_them(
    talk: Study, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Code;Quote;Occurrence\ngarden.water.hose;the;2.0\n")
    words = ["--study", talk.root, "--coder", "new", "--document", "t1", "--file", path]
    assert command("codings", "add", *words)[0] == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"PK\x03\x04....", "spreadsheet's file"),
        (b"name,words\na,b\n", "no column code, quote; its columns are: name, words"),
        (b"code,quotes\na,b\n", "Perhaps 'quotes' is meant"),
        (b"code,quote\na,b,c\n", "row 2: it has 3 cells"),
        (b"code,quote,\na,b,c\n", "row 2: 'c' stands in a column without heading"),
        (b"code,Code,quote\na,b,c\n", "'code' stands there 2 times"),
        (b"code,quote\na,P\xe4ivi\n", "not UTF-8 (byte"),
        (b"code,quote\na,\x00\n", "NUL"),
        (b"\xff\xfea", "UTF-16"),
    ],
)
def test_another_list_is_named_with_what_was_found_and_expected(data: bytes, words: str) -> None:
    with pytest.raises(InputError) as raised:
        lists.read(data, "l.csv", ("code", "quote"), ("code", "quote"))
    assert "l.csv" in str(raised.value)
    assert words in str(raised.value)


def test_windows_letters_are_read_only_where_asked() -> None:
    listed = lists.read("code,quote\na,Päivi\n".encode("cp1252"), "l", ("code", "quote"), windows=True)
    assert listed.windows
    assert listed.rows[0]["quote"] == "Päivi"


CELLS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00\r\n"), max_size=8)


@given(
    st.lists(st.tuples(CELLS, CELLS), max_size=6), st.sampled_from(["=", "+", "-", "@", "\t", "'=", "''-"])
)
def test_what_is_written_is_harmless_and_is_read_back(rows: list[tuple[str, str]], begin: str) -> None:
    given_rows = [("x", begin + "1+1"), *[("x" + a, b) for a, b in rows]]
    written = lists.text(("a", "b"), given_rows)
    listed = lists.read(written.encode(), "l.csv", ("a", "b"))
    assert [(row["a"], row["b"]) for row in listed.rows] == given_rows
    import csv
    import io

    for row in csv.reader(io.StringIO(written)):
        assert not any(cell[:1] in ("=", "@", "\t") for cell in row)


PEOPLE = Schema(
    "people",
    (
        Column("id", "text", "id", unique=True),
        Column("age", "integer", "age"),
        Column("weight", "number", "weight", required=False),
        Column("member", "boolean", "member", required=False),
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        "id,age,weight,member\na,31,1.5,yes\nb,40,,no\n",
        "id;age;weight;member\na;31;1,5;yes\nb;40;;no\n",
        "sep=;\nID;Age;Weight;Member\na;31.0;1,5;TRUE\nb;40;;FALSE\n;;;\n",
        "id\tage\tweight\tmember\na\t31\t1,5\t1\nb\t40\t\t0\n\t\t\t\n",
        "id,age,weight,member,\na,31,1.5,yes,\n,,,,\nb,40,,no,\n",
        "member,weight,age,id\nyes,1.5,31,a\nno,,40,b\n",
    ],
)
def test_tables_are_read_alike(tmp_path: Path, text: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text)
    table = read_csv(path, PEOPLE, "people.csv")[PEOPLE.names]
    assert table["id"].tolist() == ["a", "b"]
    assert table["age"].tolist() == [31, 40]
    assert table["weight"].iloc[0] == 1.5
    assert table["weight"].isna().tolist() == [False, True]
    assert table["member"].tolist() == [True, False]


def test_rows_keep_their_numbers_when_empty_ones_stand_between(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id;age\n;\na;x\n;\n")
    with pytest.raises(InputError, match="row 3: age is 'x'"):
        read_csv(path, PEOPLE, "people.csv")


@pytest.mark.parametrize(
    "name",
    ["interviews/participants.csv", "evidence/triangulation.csv", "interviews/feedback/messages.csv"],
)
@pytest.mark.parametrize("data", [b"\xff", b"a;b\n1;2\n", b"a,b\n1,2\n", b"", b"PK\x03\x04", b"\x00"])
def test_a_wrong_table_of_the_study_is_a_problem_with_its_name(
    talk: Study, command: Command, name: str, data: bytes
) -> None:
    path = talk.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    code, _, error = command("check", "--study", talk.root)
    assert code == 2
    assert name in error


def test_decided_suggestions_are_read_from_semicolons_and_a_wrong_list_is_not_zero(
    talk: Study, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    words = ["--study", talk.root, "--coder", "new", "--document", "t1"]
    assert command("codings", "suggest", *words, "--rules-only", "--out", path)[0] == 0
    written = lists.read(path.read_bytes(), "l", ())
    rows = [["yes" if name == "accept" else row[name] for name in written.headings] for row in written.rows]
    assert rows
    heads = [name.title() for name in written.headings]
    lines = [";".join(f'"{cell}"' for cell in row) for row in [heads, *rows]]
    path.write_text("\r\n".join([*lines, ";" * 8, ""]), encoding="utf-16")
    code, out, error = command("codings", "accept", *words, "--file", path, "--who", "k")
    assert code == 0, error
    assert f"{len(rows)} suggestion" in out
    path.write_text("some,thing\n1,2\n")
    code, out, error = command("codings", "accept", *words, "--file", path, "--who", "k")
    assert code == 2
    assert "no column accept, code" in error
    path.write_text("accept,code,quote,start,end\n")
    assert command("codings", "accept", *words, "--file", path, "--who", "k")[0] == 2


def test_half_a_character_in_a_list_is_refused_at_the_door(
    talk: Study, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "list.json"
    for entry in (
        '{"code": "garden.water.hose", "quote": "hose \\ud800"}',
        '{"code": "garden.water.hose", "quote": "I never use the hose", "memo": "\\udc00"}',
        '{"code": "garden.water.hose", "quote": "the hose", "attributes": {"\\udc00": "x"}}',
    ):
        path.write_text(f"[{entry}]")
        words = ["--study", talk.root, "--coder", "new", "--document", "t1", "--file", path]
        code, _, error = command("codings", "add", *words)
        assert code == 2
        assert "half of a character" in error
