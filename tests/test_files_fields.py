"""TOML and YAML that people write: every problem with the line it stands in, by one reader."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy import settings
from casestudy.dynamics import parameters
from casestudy.errors import CaseStudyError, InputError, Problem
from casestudy.files.fields import Fields, parse_toml, parse_yaml
from casestudy.files.toml_text import parsed
from casestudy.files.yaml_text import Lined
from casestudy.literature import protocol
from casestudy.nutrition import recommend
from casestudy.simulator import settings as simulator
from casestudy.study import Study

ROOT = Path(__file__).parent.parent
SETTINGS = '''# a comment = with an equals sign
title = "a # and a = in a text"
long = """
[not.a.header]
key = "not a key"
"""
list = [  # lines = of a list
  {id = "a", tags = ["]", "}"]},

  {id = 'b'},
]
dotted.name = 1
"quoted key" = 2020-01-01 10:00:00

[table]
x = 1
[table.below]
y = {z = 1, "w" = [1, [2]]}

[[many]]
n = 1
[[many]]
n = 2
[many.below]
m = 3
'''


def test_every_key_of_a_toml_text_has_its_line() -> None:
    text = parsed(SETTINGS)
    assert text == tomllib.loads(SETTINGS)
    assert text.lines == {
        "title": 2, "long": 3, "list": 7, "dotted": 12, "quoted key": 13, "table": 15, "many": 20,
    }  # fmt: skip
    assert [entry.line for entry in text["list"]] == [8, 10]
    assert text["table"].lines == {"x": 16, "below": 17}
    assert text["table"]["below"]["y"].lines == {"z": 18, "w": 18}
    assert [entry.lines for entry in text["many"]] == [{"n": 21}, {"n": 23, "below": 24}]
    assert text["many"][1]["below"].lines == {"m": 25}
    assert parsed(SETTINGS.replace("\n", "\r\n")).lines == text.lines


def test_quotation_marks_at_the_end_of_a_long_text_belong_to_it() -> None:
    text = parsed('a = """x"""""\nb = \'\'\'y\'\'\'\'\nc = """\\"""\\\n  """ # no end\nd = 1')
    assert text == {"a": 'x""', "b": "y'", "c": '"""', "d": 1}
    assert text.lines == {"a": 1, "b": 2, "c": 3, "d": 5}


PIECES = st.sampled_from(
    ["a = 1", "b = [", "]", "{c = 2}", ",", "[t]", "[[u]]", "[t.v]", 'd = "#"', "e = '''", "'''", "# f = 1",
     "g.h = 3", '"i.j" = 4', "k = {l = 1, m = {n = 2}}", "", "  o = +inf", "p = 1979-05-27 07:32:00", "'='"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("\n".join))
def test_whatever_is_toml_is_read_as_the_standard_library_reads_it(text: str) -> None:
    try:
        right = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(InputError, match=r"t\.toml, line \d+: it is not valid TOML"):
            parse_toml(text.encode(), "t.toml")
        return
    found = parse_toml(text.encode(), "t.toml")
    assert found == right
    lines = text.split("\n")
    for key, line in found.lines.items():
        assert key in lines[line - 1]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a = 1\nb =", "t.toml, line 2: it is not valid TOML"),
        (b'a = "open\n', "t.toml, line 1: it is not valid TOML"),
        (b"\xff\xfe", "t.toml: it is not UTF-8 (byte 0)"),
        (b"a = " + b"9" * 5000, "t.toml: it is damaged or holds something unexpected"),
        (b"a = " + b"[" * 20_000, "t.toml: it is nested too deeply"),
        (b"#" * 5_000_001, "t.toml: it has 5,000,001 bytes"),
    ],
)
def test_what_is_not_toml_is_said_with_its_place(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_toml(data, "t.toml")
    assert said in str(caught.value)


@pytest.mark.parametrize("form", ["toml", "yaml"])
def test_both_forms_are_read_by_the_same_fields(form: str) -> None:
    toml = "n = 7\nshare = 1.5\nyes = 1\nname = ' '\n[below]\nwrong = 1\n"
    yaml = "n: 7\nshare: 1.5\nyes: 1\nname: ' '\nbelow:\n  wrong: 1\n"
    problems: list[Problem] = []
    node = parse_toml(toml.encode(), "f.toml") if form == "toml" else parse_yaml(yaml.encode(), "f.yaml")
    top = Fields(node, f"f.{form}", "", problems)
    assert (top.whole("n", least=7, most=7), top.number("share", most=1)) == (7, None)
    assert (top.whole("share"), top.flag("yes", True), top.text("name", required=True)) == (None, True, "")
    assert top.within("below", ("right",)).path == "below"
    assert top.within("missing").number("x", required=True) is None
    places = [problem.where for problem in problems]
    assert places == [
        f"f.{form}, line 2", f"f.{form}, line 2", f"f.{form}, line 3", f"f.{form}, line 4",
        f"f.{form}, line 6 (below)", f"f.{form}, line 1 (missing)",
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["nan", "inf", "true", '"1"', "[1]", "{a = 1}"])
def test_what_is_not_a_number_is_not_taken_for_one(value: str) -> None:
    problems: list[Problem] = []
    top = Fields(parse_toml(f"x = {value}".encode(), "t.toml"), "t.toml", "", problems)
    assert (top.number("x"), top.whole("x")) == (None, None)
    assert [problem.where for problem in problems] == ["t.toml, line 1"] * 2


def of_study(file: str, read: Callable[[Study], Any]) -> Callable[[Path], Any]:
    def act(path: Path) -> Any:
        root = path.parent
        for _ in range(file.count("/")):
            root = root.parent
        (root / "study.toml").write_text('title = "T"\n')
        return read(Study.load(root))

    return act


FILES: dict[str, Callable[[Path], Any]] = {
    "study.toml": lambda path: settings.read(path.read_text()),
    "literature/protocol.toml": of_study("literature/protocol.toml", protocol.load),
    "profiles/loop.toml": lambda path: parameters.load(path, "profiles/loop.toml"),
    "usage_logs/simulator.toml": simulator.load,
    "profiles/recommendations/finland-2005.toml": of_study(
        "profiles/recommendations/finland-2005.toml",
        lambda study: recommend.read_profile(study, "finland-2005"),
    ),
}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("slip", ["zz_unknown = 1", "zz_unknown =", "[zz_unknown]"])
def test_each_file_of_settings_names_the_line_of_a_slip(tmp_path: Path, file: str, slip: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / file, path)
    FILES[file](path)
    lines = path.read_text().split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("["))
    path.write_text("\n".join([*lines[:at], slip, *lines[at:]]))
    with pytest.raises(CaseStudyError) as caught:
        FILES[file](path)
    assert any(problem.where == f"{file}, line {at + 1}" for problem in caught.value.problems)


def test_the_lines_of_a_file_are_kept_in_plain_mappings() -> None:
    assert isinstance(parsed("a = {b = 1}")["a"], Lined)
    assert isinstance(parsed("a = {b = 1}")["a"], dict)
