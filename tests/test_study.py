"""study.toml: found upward, typed, every problem with its line; paths only through the study."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.errors import StudyError, UndeclaredInput
from casestudy.outputs import Outputs
from casestudy.study import ENV_INPUTS, Study, matches


def test_it_is_found_from_a_folder_below(small_study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_study.root / "notebooks")
    assert Study.find() == small_study


def test_no_study_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="casestudy new NAME"):
        Study.find(tmp_path)


def test_a_named_study_is_that_folder_and_none_above_it(
    small_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small_study.root)
    assert Study.find(small_study.root) == small_study
    for wrong in ("notebooks", "nowhere", "study.toml"):
        with pytest.raises(StudyError, match=wrong):
            Study.find(wrong)


BROKEN = """titel = "x"
language = 3
stance = "positivist"
floor = 0
notebooks = "notebooks"

[[question]]
id = "RQ1"

[[question]]
id = "RQ1"
text = " "

[engine]
memory_limit = "lots"
thread = 2

[data_status]
interviews = 7
"""


def test_every_problem_is_listed_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(BROKEN)
    with pytest.raises(StudyError) as caught:
        Study.load(tmp_path)
    places = sorted(problem.where for problem in caught.value.problems)
    assert places == sorted(
        [
            "study.toml, line 1",  # titel
            "study.toml, line 1",  # no title
            "study.toml, line 2",
            "study.toml, line 3",
            "study.toml, line 4",
            "study.toml, line 5",
            "study.toml, line 7 (question[RQ1])",
            "study.toml, line 11 (question[RQ1])",
            "study.toml, line 12 (question[RQ1])",
            "study.toml, line 15 (engine)",
            "study.toml, line 16 (engine)",
            "study.toml, line 19 (data_status)",
        ]
    )
    assert "Did you mean 'title'?" in str(caught.value)


@pytest.mark.parametrize("globs", ['["/abs/*.ipynb"]', '[""]', '"notebooks/*"', "[3]"])
def test_notebooks_are_globs_from_the_study(tmp_path: Path, globs: str) -> None:
    (tmp_path / "study.toml").write_text(f'title = "T"\nnotebooks = {globs}\n')
    with pytest.raises(StudyError, match="list of globs from the study"):
        Study.load(tmp_path)


@pytest.mark.parametrize(
    "text", [b"", b"\xff\xfe\x00", b"title = ", b"\x00" * 1000, b"title = 'a'\ntitle = 'b'"]
)
def test_what_is_not_toml_is_refused_in_words(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "study.toml").write_bytes(text)
    with pytest.raises(StudyError, match=r"study\.toml"):
        Study.load(tmp_path)


def test_undeclared_paths_are_refused_during_a_run(
    small_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENV_INPUTS, json.dumps(["numbers/a.csv", "outputs/10-first/*"]))
    assert small_study.input("numbers/a.csv").is_file()
    assert small_study.input("outputs/10-first/counts.csv").name == "counts.csv"
    for refused in ("numbers/unread.csv", "numbers/../study.toml", "study.toml", "/etc/passwd"):
        with pytest.raises(UndeclaredInput, match=r"casestudy\.inputs"):
            small_study.input(refused)
    with pytest.raises(UndeclaredInput, match=r"unread\.csv"):
        small_study.inputs("numbers/*.csv")
    with pytest.raises(UndeclaredInput, match="source:purchases"):
        small_study.source("purchases")


def test_by_hand_a_notebook_may_read_what_a_run_would_let_it_read(small_study: Study) -> None:
    assert small_study.input("numbers/unread.csv").is_file()
    Outputs(small_study, "10-first")
    assert small_study.input("numbers/a.csv").is_file()
    with pytest.raises(UndeclaredInput, match=r"unread\.csv"):
        small_study.input("numbers/unread.csv")


def test_a_missing_source_says_where_it_is_named(small_study: Study) -> None:
    with pytest.raises(StudyError, match="there is no source 'x'"):
        small_study.source("x")


def test_patterns() -> None:
    assert matches("a/b/c.csv", "a/**")
    assert matches("a/c.csv", "a/**/c.csv")
    assert not matches("a/b/c.csv", "a/*.csv")
    assert not matches("ab.csv", "a.csv")
    assert matches("a[1].csv", "a[1].csv")


@given(st.lists(st.text("ab./", min_size=1), min_size=1, max_size=4))
def test_a_name_matches_itself_and_the_glob_of_everything(parts: list[str]) -> None:
    name = "/".join(parts)
    assert matches(name, name)
    assert matches(name, "**")
