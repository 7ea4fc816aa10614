"""Doubtful pairs of records are decided by a person, and the decision stays in a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.literature import check, duplicates, pairs, readers
from casestudy.literature.record import Record
from casestudy.study import Study

Command = Callable[..., tuple[int, str, str]]
ENTRY = "TY  - JOUR\nAU  - Oja, K.\nTI  - Receipts that speak to households\nPY  - {}\nDO  - {}\nER  - \n\n"
OTHER = "TY  - JOUR\nAU  - Oja, K.\nTI  - Kuitit jotka puhuvat kotitalouksille\nPY  - 2019\nER  - \n\n"


@pytest.fixture
def review(tmp_path: Path) -> Path:
    files = {
        "study.toml": 'title = "Made"\n',
        "literature/protocol.toml": 'title = "M"\nstatus = "m"\nfirst_year = 2000\nlast_year = 2025\n',
        "literature/records/a.ris": ENTRY.format(2019, "10.1000/a") + ENTRY.format(2019, ""),
        "literature/records/b.ris": ENTRY.format(2019, "10.1000/b") + OTHER,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def joined(root: Path) -> duplicates.Joined:
    return duplicates.join(readers.survey(Study.load(root))[0])


def doubts(root: Path) -> list[str]:
    return [str(problem) for problem in check.check(Study.load(root)) if "title with" in str(problem)]


def test_a_pair_decided_the_same_is_joined_and_no_doubt_any_more(review: Path, command: Command) -> None:
    assert len(joined(review).records) == 3
    assert doubts(review)
    words = ["a.ris, line 1", "b.ris, line 1", "--person", "anna", "--study", review]
    code, out, _ = command("literature", "decide", *words, "--same", "--why", "one DOI is mistyped")
    assert (code, "are the same publication" in out) == (0, True)
    after = joined(review)
    assert len(after.records) == 2
    assert "decided" in after.report["rule"].tolist()
    assert after.doubtful.empty
    assert not doubts(review)
    [line] = (review / pairs.FILE).read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["why"] == "one DOI is mistyped"
    command("literature", "decide", *words, "--apart")
    assert len(joined(review).records) == 3
    assert not doubts(review)


def test_what_no_rule_would_join_is_joined_by_a_decision(review: Path, command: Command) -> None:
    places = sorted(record.where for record in readers.survey(Study.load(review))[0])
    code, _, _ = command(
        "literature", "decide", places[0], places[-1], "--same", "--person", "k", "--study", review
    )
    assert code == 0
    titles = [record.title for record in joined(review).records]
    assert "Kuitit jotka puhuvat kotitalouksille" not in titles


def test_what_the_rules_would_join_stays_apart_by_a_decision(review: Path, command: Command) -> None:
    listed = [record.where for record in readers.survey(Study.load(review))[0] if "a.ris" in record.where]
    command("literature", "decide", *listed, "--apart", "--person", "k", "--study", review)
    after = joined(review)
    assert not {frozenset(listed)} & {
        frozenset(pair) for pair in zip(after.report["kept"], after.report["duplicate"], strict=True)
    }


def test_a_decision_on_a_record_that_changed_is_a_problem(review: Path, command: Command) -> None:
    words = ["a.ris, line 1", "b.ris, line 1", "--person", "anna", "--study", review]
    command("literature", "decide", *words, "--same")
    path = review / "literature/records/b.ris"
    path.write_text(path.read_text(encoding="utf-8").replace("10.1000/b", "10.1000/c"), encoding="utf-8")
    assert len(joined(review).records) == 3
    assert any("Decide again" in str(problem) for problem in check.check(Study.load(review)))


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("a.ris, line 99", "b.ris, line 1", "no record stands there"),
        ("a.ris, line 1", "a.ris, line 1", "one record"),
    ],
)
def test_a_place_without_a_record_decides_nothing(
    review: Path, command: Command, one: str, other: str, found: str
) -> None:
    code, _, err = command("literature", "decide", one, other, "--same", "--person", "k", "--study", review)
    assert (code, found in err) == (2, True)
    assert not (review / pairs.FILE).exists()


@pytest.mark.parametrize("line", ["{", "[]", '{"one": 1, "other": 2, "same": true}', '{"same": "yes"}'])
def test_a_broken_line_is_listed(review: Path, line: str) -> None:
    (review / pairs.FILE).write_text(line + "\n", encoding="utf-8")
    assert any("pairs.jsonl, line 1" in str(problem) for problem in check.check(Study.load(review)))


@given(st.permutations(range(4)), st.booleans())
def test_the_order_of_records_does_not_matter(order: list[int], same: bool) -> None:
    records = [
        Record("Receipts that speak to households", ("Oja, K.",), 2019, doi=doi, where=f"r{n}")
        for n, doi in enumerate(("10.1000/a", "", "10.1000/b"))
    ] + [Record("Another paper on bins and what is in them", ("Oja, K.",), 2019, where="r3")]
    decision = pairs.Decision(records[0].described, records[2].described, same)
    listed = pairs.recall([records[place] for place in order], [decision])
    assert len(duplicates.join(listed).records) == (2 if same else 3)
