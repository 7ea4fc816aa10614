"""Plain English: no odd phrase in what a person reads, in the package, its pages and its notebooks."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LIST = ROOT / "tests" / "data" / "odd-phrases.toml"


@dataclass(frozen=True)
class Phrase:
    """An odd phrase: its pattern, a sentence that it finds, what to write instead, and what may stand."""

    pattern: str
    odd: str
    write: str
    exceptions: tuple[str, ...] = ()

    def places(self, text: str) -> Iterator[str]:
        """Where a text holds it, with some words around."""
        for match in re.finditer(self.pattern, text, re.IGNORECASE):
            around = text[max(0, match.start() - 30) : match.end() + 30]
            if not any(re.search(one, around, re.IGNORECASE) for one in self.exceptions):
                yield " ".join(around.split())


PHRASES = [
    Phrase(entry["pattern"], entry["odd"], entry["write"], tuple(entry.get("except", ())))
    for entry in tomllib.loads(LIST.read_text(encoding="utf-8"))["phrase"]
]


def strings(source: str) -> Iterator[tuple[int, str]]:
    """The strings of Python code that are words for a reader: those of one word may be names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield node.lineno, node.value


def readable() -> Iterator[tuple[str, str]]:
    """Every place where a person reads, and its text; the study's own material apart."""
    package = ROOT / "casestudy"
    for path in sorted(package.rglob("*.py")):
        for line, text in strings(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(ROOT)}:{line}", text
    for ending in ("*.j2", "*.toml", "*.md"):
        for path in sorted(package.rglob(ending)):
            if "_shipped" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        yield name, (ROOT / name).read_text(encoding="utf-8")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
            where, source = f"{path.name}, cell {number}", "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                yield where, source
            else:
                yield from ((where, text) for _, text in strings(source))


def test_no_odd_phrase_stands_where_a_person_reads() -> None:
    odd = [
        f"{where}: {place!r}: write {phrase.write}"
        for where, text in readable()
        for phrase in PHRASES
        for place in phrase.places(text)
    ]
    assert odd == []


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("'soon' is no day.", True),
        ("There is no day.", False),
        ("It is no longer there.", False),
        ("Two are no numbers.", True),
        ("The table is derived anew.", True),
        ("No unit bears the code.", True),
        ("measures that bear on it", False),
        ("41 reports sought, 3 not found", False),
        ("Each sign is sought in each voice.", True),
        ("Findings were held against sources.", True),
        ("It cannot be told.", True),
        ("The two are told apart by their ids.", False),
    ],
)
def test_the_list_knows_odd_phrases_from_good_ones(text: str, odd: bool) -> None:
    assert any([*phrase.places(text)] for phrase in PHRASES) == odd


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.write)
def test_every_pattern_finds_its_own_odd_sentence(phrase: Phrase) -> None:
    assert [*phrase.places(phrase.odd)]
    assert phrase.write
    assert sum(other.pattern == phrase.pattern for other in PHRASES) == 1
