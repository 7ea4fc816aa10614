"""A study is opened once: files, parts of it, and what a check of many things says of them."""

from __future__ import annotations

import difflib
import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mixed_study import garden

from casestudy.codebook.codes import Code, Codebook
from casestudy.codebook.selection import matching
from casestudy.coding import check
from casestudy.coding.material import Material
from casestudy.coding.records import parse
from casestudy.errors import Problem, listed
from casestudy.files import reading
from casestudy.people import participants
from casestudy.study import Study

__all__ = ["garden"]

TRACER = """
import collections, os, sys
from casestudy.cli.main import main
opened, root = collections.Counter(), sys.argv[1] + os.sep
def watch(event, given):
    if event != "open" or not isinstance(given[0], str) or os.path.isdir(given[0]):
        return  # folders are opened to make renames in them last
    if given[0].startswith(root) and not given[2] & 3:
        opened[given[0]] += 1
sys.addaudithook(watch)
main([*sys.argv[2:], "--study", root])
print(len(opened), sorted(name for name, count in opened.items() if count > 1))
"""


@pytest.mark.parametrize("verb", [["render", "--force"], ["check"]])
def test_a_command_opens_no_file_of_the_study_twice(garden: Study, verb: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRACER, str(garden.root.resolve()), *verb], capture_output=True, text=True
    )
    count, twice = done.stdout.splitlines()[-1].split(" ", 1)
    assert int(count) > 10, done.stderr
    assert twice == "[]"


def test_a_part_is_read_when_it_is_first_asked_for_and_then_kept(garden: Study) -> None:
    found = Material(garden)
    words = found.words
    (garden.root / "coding_schemes" / "framework.yaml").write_text("perspectives: no", encoding="utf-8")
    for path in garden.inputs("interviews/codings/*/*.jsonl"):
        path.unlink()
    assert found.words is words
    assert found.also(participants.read) is found.also(participants.read)
    assert Material(garden).works == []


def test_outside_the_block_a_file_is_read_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    with reading.once():
        assert reading.data(path) == b"1"
        path.write_bytes(b"2")
        with reading.once():
            assert reading.data(path) == b"1"
    assert reading.data(path) == b"2"


WORDS = st.lists(st.sampled_from(["hold", "figures", "norm", "week", "past", "own", "eat"]), min_size=5)


@given(st.lists(st.tuples(WORDS, st.sampled_from(["", "s.many", "s.one"])), max_size=9))
def test_codes_that_resemble_an_earlier_one_are_those_of_a_plain_loop(given_codes: list) -> None:
    codes = [Code("s.one", "s", "one", one=True), Code("s.many", "s", "many")]
    codes += [
        Code(f"s.c{n}", "s", f"c{n}", parent=parent, definition="definition of it: " + " ".join(words))
        for n, (words, parent) in enumerate(given_codes)
    ]
    book = Codebook({}, {code.id: code for code in codes})
    bags = {code.id: sorted(re.findall(r"\w+", code.definition)) for code in codes[2:]}
    expected = set()
    for place, code in enumerate(codes[2:]):
        for other in codes[2 : 2 + place]:
            mine, theirs = set(bags[code.id]), set(bags[other.id])
            like = difflib.SequenceMatcher(None, bags[other.id], bags[code.id], autojunk=False).ratio()
            chosen = code.parent == other.parent == "s.one"
            if 10 * len(mine & theirs) >= 7 * len(mine | theirs) and like >= check.ALIKE and not chosen:
                expected.add(code.id)
    assert {problem.where.split()[-1] for problem in check.alike(book)} == expected


def test_many_problems_of_one_kind_are_counted_with_their_first_places() -> None:
    wrong = [
        Problem(f"a/x{n}.jsonl, coding f{n}", f"code 'c.{n}' is not in the codebook.", "Write b.")
        for n in range(5000)
    ]
    other = [Problem("p.csv, row 3", "the age is missing.")]
    lines = listed([*wrong, *other])
    assert lines[0] == "  - 5,000 of one kind, the first 3 of them:"
    assert lines[1] == f"      {wrong[0]}"
    assert lines[4:] == [f"  - {other[0]}"]
    assert len(listed([*wrong, *other], every=True)) == 5001
    assert len(listed(wrong[:20])) == 20


def test_check_counts_them_and_lists_every_one_when_asked(garden: Study, command) -> None:
    path = next(iter(garden.inputs("interviews/codings/*/*.jsonl")))
    line = '{{"id": "q{0}", "action": "add", "code": "no.code{0}", "start": 0, "end": 1, "quote": "I"}}\n'
    path.write_text("".join(line.format(n) for n in range(1000)), encoding="utf-8")
    code, _, short = command("check", "--study", garden.root)
    assert code == 2
    assert "1,000 of one kind, the first 3 of them:" in short
    assert "casestudy check --all lists every one" in short
    assert len(short.splitlines()) < 60
    code, _, whole = command("check", "--all", "--study", garden.root)
    assert code == 2
    assert whole.count("is not in the codebook") >= 1000


ADD = '{"id": "a", "action": "add", "parent": null, "code": "x", "start": 0, "end": 2, "quote": "hi"}'


@pytest.mark.parametrize(
    "text",
    [
        ADD.replace("null", '"b"'),
        ADD.replace('"start": 0', '"start": 0.0'),
        ADD.replace('"start": 0', '"start": 2'),
        ADD.replace('"x"', '""'),
        ADD.replace('"end": 2', '"end": true'),
        ADD.replace('"quote"', '"attributes": {"a": 1}, "quote"'),
        ADD.replace('"quote"', '"colour": "red", "quote"'),
        ADD.replace("hi", "\\ud800"),
        ADD + ADD.replace('"a"', '"b"'),
        ADD.replace(", ", ",\n"),
        ADD.replace('"quote": "hi"', '"attributes":\n{"a": "b"}, "quote": "hi"}') + ADD,
    ],
)
def test_a_line_that_is_no_plain_add_is_looked_at_field_by_field(text: str) -> None:
    another = ADD.replace('"a"', '"z"')
    lone, both = parse(f"{text}\n", "f"), parse(f"{text}\n{another}\n", "f")
    assert len(both[0]) == len(lone[0]) + 1
    assert both[1] == lone[1]


def test_doubled_lines_and_blank_ones_count_once() -> None:
    records, problems = parse(f"{ADD}\n\n  \n{ADD}\n", "f")
    assert (len(records), problems) == (1, [])


def test_names_and_patterns_are_told_apart() -> None:
    known = {"a": "", "a.b": "a", "[x]": ""}
    assert matching(["a"], known.keys()) == {"a"}
    assert matching(["a*"], known.keys()) == {"a", "a.b"}


@pytest.mark.parametrize("largest", [reading.SMALL, 4])
def test_beginnings_and_hashes_share_the_bytes_of_small_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    monkeypatch.setattr(reading, "SMALL", largest)
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    with reading.once():
        assert reading.start(path, 3) == b"bef"
        path.write_bytes(b"after it")
        shared = largest > 4
        assert reading.digest(path) == hashlib.sha256(b"before" if shared else b"after it").hexdigest()
        assert reading.start(path, 20) == (b"before" if shared else b"after it")
    assert reading.start(path, 5) == b"after"
