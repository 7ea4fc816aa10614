"""Rules of writing that a reader of the source relies on: whole docstrings, one profile of properties."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "casestudy").rglob("*.py"))
EVERYWHERE = [*SOURCES, *sorted((ROOT / "tests").glob("*.py")), *sorted((ROOT / "benchmarks").glob("*.py"))]
STRAY = re.compile(r'(?<=\w) "$|^\s*"$|(?<=\w) " (?=[a-z])|(?<=\w)" "(?=\w)', re.M)
"""A quotation mark that a re-wrapped string left in the middle of a sentence."""


def docstrings(source: str) -> Iterator[tuple[str, str]]:
    """Name and docstring of the module and of everything in it that has one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text is not None:
                yield getattr(node, "name", "the module"), text


def broken(text: str) -> str:
    """What is wrong with a docstring; empty where it is whole."""
    summary = text.split("\n", 1)[0]
    if not summary.strip():
        return "it does not begin with a sentence"
    prose = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith((">>>", "...")))
    return "a stray quotation mark" if STRAY.search(prose.split("Examples\n")[0]) else ""


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", True),
        ("  \n\nThe sentence comes too late.", True),
        ('words that codings "\nleave out.', True),
        ('one sentence, " broken in the middle.', False),
        ('one sentence " broken in the middle.', True),
        ('two parts" "of one text.', True),
        ('What is "quoted" stays.', False),
        ('It ends with a "quotation".', False),
    ],
)
def test_what_counts_as_a_broken_docstring(text: str, wrong: bool) -> None:
    assert bool(broken(text)) is wrong


def test_every_docstring_begins_with_a_sentence_and_is_whole() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}: {fault}"
        for path in EVERYWHERE
        for name, text in docstrings(path.read_text(encoding="utf-8"))
        if (fault := broken(text))
    ]
    assert found == []


def test_no_property_is_under_a_deadline_and_one_profile_says_so() -> None:
    assert hypothesis.settings().deadline is None
    word = "dead" + "line="
    named = [path.name for path in EVERYWHERE if re.search(rf"\b{word}", path.read_text(encoding="utf-8"))]
    assert named == ["conftest.py"]
