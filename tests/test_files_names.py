"""Ids that become files and pages, globs and links: nothing leads out of the study."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import notebook_text

from casestudy.codebook import contradictions, history, revisions
from casestudy.codebook.codes import Code, Codebook, Scheme
from casestudy.errors import InputError
from casestudy.files.names import unfit
from casestudy.report import site
from casestudy.study import Study

TALK = Path(__file__).parent / "data" / "talk"
Command = Callable[..., tuple[int, str, str]]
BAD = ["../../zz-outside/evil", "/etc/evil", "a/b", "a\\b", "..", ".", ".hidden", "nul", "a:b"]
BAD += ["a" * 300, "ä" * 120]


@pytest.fixture
def talk(tmp_path: Path) -> Study:
    shutil.copytree(TALK, tmp_path / "talk")
    return Study.load(tmp_path / "talk")


@pytest.mark.parametrize("name", [*BAD, "", " ", "a\n", "a\x00", "con.txt", "a.", "COM1"])
def test_what_cannot_be_a_file_is_told(name: str) -> None:
    assert unfit(name)


@pytest.mark.parametrize("name", ["a", "food.bread", "P-01", "Päivi", "c01.notes", "a" * 100, "näkö_1"])
def test_what_can_be_a_file_everywhere_is_taken(name: str) -> None:
    assert unfit(name) == ""


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("what", ["scheme", "code", "theme", "view", "claim"])
def test_an_id_that_leads_elsewhere_is_a_problem_and_writes_nothing_outside(
    talk: Study, command: Command, what: str, name: str
) -> None:
    quoted = json.dumps(name)
    framework = "perspectives:\n- id: customer\n  name: C\n  question: Q\n"
    texts = {
        "scheme": ("coding_schemes/x.yaml", f"scheme: {quoted}\ntitle: X\ncodes:\n- id: x.a\n  name: A\n"),
        "code": ("coding_schemes/x.yaml", f"scheme: x\ntitle: X\ncodes:\n- id: {quoted}\n  name: A\n"),
        "theme": ("coding_schemes/framework.yaml", f"{framework}  themes:\n  - id: {quoted}\n    name: T\n"),
        "view": (
            "coding_schemes/framework.yaml",
            f"{framework}views:\n- id: {quoted}\n  kind: types\n  name: V\n  perspective: customer\n"
            "  parts:\n  - id: p\n    name: P\n",
        ),
        "claim": ("evidence/claims.yaml", f"claims:\n- id: {quoted}\n  text: T\n"),
    }
    path, text = texts[what]
    (talk.root / path).parent.mkdir(exist_ok=True)
    (talk.root / path).write_text(text)
    around = {one.name for one in talk.root.parent.iterdir()}
    code, _, error = command("check", "--study", talk.root)
    assert code == 2
    assert path in error
    assert "file" in error or "letters long" in error
    command("render", "--study", talk.root)
    assert {one.name for one in talk.root.parent.iterdir()} == around


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("what", ["--coder", "--document"])
def test_coders_and_documents_are_looked_at_before_anything_is_written(
    talk: Study, command: Command, tmp_path: Path, what: str, name: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("code,quote\ngarden.water.hose,I never use the hose\n")
    given = {"--coder": "new", "--document": "t1"} | {what: name}
    words = [word for pair in given.items() for word in pair]
    code, _, _ = command("codings", "add", "--study", talk.root, *words, "--file", path)
    assert code == 2
    assert not (talk.root / "interviews/codings/new").exists()
    assert not (tmp_path / "zz-outside").exists()


@pytest.mark.parametrize("name", ["../x.html", "/x.html", "a/../../x.html", "pages/" + "a" * 300 + ".html"])
def test_the_writer_of_pages_refuses_what_lies_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="A page cannot be written"):
        site._below(tmp_path.resolve(), name)


def test_the_writer_of_pages_refuses_a_folder_that_is_a_link_out(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "pages").symlink_to(tmp_path)
    with pytest.raises(InputError):
        site._below((tmp_path / "site").resolve(), "pages/x.html")


BOOK = Codebook({"s": Scheme("s", "S")}, {one: Code(one, "s", one, definition=one) for one in "abcd"})
SAID = {"who": "k", "why": "x"}


@pytest.mark.parametrize("name", ["A", "a"])
def test_a_code_whose_id_differs_in_case_only_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="there is"):
        revisions.create(BOOK, name, "X", "s", **SAID)
    with pytest.raises(InputError, match="there is"):
        revisions.split(BOOK, "b", [(name.upper(), "X"), ("y", "Y")], **SAID)


def test_ids_that_are_composed_otherwise_are_the_same() -> None:
    book = Codebook(BOOK.schemes, {"n\u00e4": Code("n\u00e4", "s", "x")})
    with pytest.raises(InputError, match="differs in case"):
        revisions.create(book, "na\u0308", "X", "s", **SAID)


def test_check_lists_codes_that_differ_in_case_only(talk: Study, command: Command) -> None:
    path = talk.root / "coding_schemes/garden.yaml"
    path.write_text(path.read_text() + "- id: garden.Water\n  name: Other\n  definition: Something else.\n")
    code, _, error = command("check", "--study", talk.root)
    assert code == 2
    assert "differs from 'garden.water' only in case" in error


BRANCHES = {
    "split": lambda book, when: revisions.split(book, "a", [("a1", "A1"), ("a2", "A2")], when=when, **SAID),
    "merge": lambda book, when: revisions.merge(book, ["a"], "b", when=when, **SAID),
    "retire": lambda book, when: revisions.retire(book, "a", when=when, **SAID),
    "redefine": lambda book, when: revisions.redefine(book, "a", "definition", "new", when=when, **SAID),
    "rename": lambda book, when: revisions.rename(book, "a", "New", when=when, **SAID),
}


@pytest.mark.parametrize("first", ["split", "merge", "retire"])
@pytest.mark.parametrize("second", BRANCHES)
def test_acts_of_two_branches_that_cannot_both_hold_are_listed(first: str, second: str) -> None:
    events = [BRANCHES[first](BOOK, "1"), BRANCHES[second](BOOK, "2")]
    forks = contradictions.contradictions(events)
    assert [one.code for one in forks] == ([] if first == second else ["a"])
    if first == second:
        return
    book = history.current(BOOK, events)
    settled = [*events, revisions.restore(book, "a", when="3", **SAID)]
    assert contradictions.contradictions(settled) == []


@pytest.mark.parametrize("first", ["redefine", "rename"])
def test_what_was_changed_before_it_was_taken_out_of_use_is_no_contradiction(first: str) -> None:
    events = [BRANCHES[first](BOOK, "1")]
    book = history.current(BOOK, events)
    assert contradictions.contradictions([*events, BRANCHES["retire"](book, "2")]) == []


@pytest.mark.parametrize("end", ["split", "merge", "retire"])
def test_what_is_out_of_use_is_not_changed_by_a_command(end: str) -> None:
    book = history.current(BOOK, [BRANCHES[end](BOOK, "1")])
    for act in BRANCHES.values():
        with pytest.raises(InputError, match="restore"):
            act(book, "2")


def test_new_studies_merge_the_same_files_by_lines_as_the_reference_study() -> None:
    root = Path(__file__).parent.parent
    template = (root / "casestudy/cli/template/gitattributes").read_text()
    assert template == (root / ".gitattributes").read_text()


@pytest.mark.parametrize(
    "line",
    ['notebooks = ["../../*.ipynb"]', 'notebooks = ["/x/*.ipynb"]', 'notebooks = ["a/../../b/*.ipynb"]'],
)
def test_notebooks_outside_of_the_study_are_refused(small_study: Study, command: Command, line: str) -> None:
    path = small_study.root / "study.toml"
    path.write_text(f"{line}\n{path.read_text()}")
    code, _, error = command("status", "--study", small_study.root)
    assert code == 2
    assert "study.toml" in error


def test_a_study_may_run_the_notebooks_of_another(small_study: Study, command: Command) -> None:
    inner = small_study.root / "examples" / "other"
    inner.mkdir(parents=True)
    (inner / "study.toml").write_text('title = "Other"\nnotebooks = ["../../notebooks/10-*.ipynb"]\n')
    assert [path.name for path in Study.load(inner).notebooks] == ["10-first.ipynb"]


@pytest.mark.parametrize("place", ["../../../etc", "/etc", "a/../../x", "package:../x", "~/x"])
def test_sources_outside_of_the_study_are_refused(small_study: Study, command: Command, place: str) -> None:
    path = small_study.root / "study.toml"
    path.write_text(f'{path.read_text()}\n[sources]\npurchases = "{place}"\n')
    code, _, error = command("check", "--study", small_study.root)
    assert code == 2
    assert "leads out of the study" in error


@pytest.mark.parametrize("glob", ["/etc/*", "../x/*", "a/../../b", "C:/x/*", ""])
def test_check_tells_of_globs_that_status_refuses(small_study: Study, command: Command, glob: str) -> None:
    path = small_study.root / "notebooks/10-first.ipynb"
    path.write_text(notebook_text("# Why?", "1", inputs=[glob]))
    for verb in ("check", "status"):
        code, _, error = command(verb, "--study", small_study.root)
        assert code == 2
        assert "10-first.ipynb, metadata casestudy.inputs" in error


def test_a_transcript_that_is_a_link_out_of_the_study_is_not_read_and_is_told(
    talk: Study, command: Command, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("Aino: a secret.\n")
    (talk.root / "interviews/transcripts/t9.md").symlink_to(secret)
    assert "t9" not in command("documents", "list", "--study", talk.root)[1]
    code, _, error = command("check", "--study", talk.root)
    assert code == 2
    assert "interviews/transcripts/t9.md" in error
    assert "leads out of the study" in error


def test_a_link_within_the_study_is_followed(talk: Study, command: Command) -> None:
    (talk.root / "interviews/transcripts/t9.md").symlink_to(talk.root / "interviews/transcripts/t1.md")
    assert "t9" in command("documents", "list", "--study", talk.root)[1]
