"""A damaged file of a study is a problem in words, never a traceback; so is a read-only study."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import notebook_text

from casestudy.files import locks
from casestudy.run.tidy import with_ids
from casestudy.study import Study

TALK = Path(__file__).parent / "data" / "talk"
TEMPLATE = Path(__file__).parent.parent / "casestudy/cli/template"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def talk(tmp_path: Path) -> Study:
    shutil.copytree(TALK, tmp_path / "talk")
    shutil.copytree(TEMPLATE / "usage_logs", tmp_path / "talk" / "usage_logs")
    return Study.load(tmp_path / "talk")


HEAD = "event_id,participant_id,timestamp,action,target,session_hint\n"
DAMAGED = {
    "blank rows": ("usage_logs/events.csv", HEAD + ",,,,,\n" * 3),
    "a doubled column": ("usage_logs/events.csv", HEAD.replace("target", "action") + "1,a,b,c,d,e\n"),
    "deep nesting in settings": ("study.toml", 'title = "x"\nparameters = ' + "[" * 3000 + "]" * 3000),
    "a number without end in settings": ("study.toml", 'title = "x"\nfloor = ' + "9" * 5000 + "\n"),
    "deep nesting in a scheme": ("coding_schemes/garden.yaml", "scheme: garden\ncodes: " + "[" * 3000),
    "a number without end in a scheme": (
        "coding_schemes/garden.yaml",
        f"scheme: garden\ncodes:\n- id: {'9' * 5000}\n  name: x\n",
    ),
    "deep nesting in the framework": ("coding_schemes/framework.yaml", "perspectives: " + "{a: " * 3000),
    "deep nesting in claims": ("evidence/claims.yaml", "claims: " + "[" * 3000),
    "deep nesting in actions": ("usage_logs/actions.yaml", "actions: " + "[" * 3000),
    "deep nesting in a notebook": ("notebooks/10-x.ipynb", '{"cells": ' + "[" * 3000 + "]" * 3000 + "}"),
    "a notebook that is a list": ("notebooks/10-x.ipynb", "[1]"),
    "half a character in a notebook": (
        "notebooks/10-x.ipynb",
        notebook_text("# Why?", "x = 'HALF'", inputs=[]).replace("HALF", "\\ud800"),
    ),
}


@pytest.mark.parametrize("case", DAMAGED)
@pytest.mark.parametrize("verb", ["check", "status"])
def test_what_is_damaged_is_named(talk: Study, command: Command, case: str, verb: str) -> None:
    name, text = DAMAGED[case]
    path = talk.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    code, out, error = command(verb, "--study", talk.root)
    assert "Traceback" not in out + error
    if verb == "check":
        assert code == (0 if case == "blank rows" and not error else 2), error
        assert case == "blank rows" or name.rpartition("/")[2] in error


@pytest.mark.parametrize(
    "error", [ValueError, RecursionError, KeyError, OverflowError, UnicodeError, OSError]
)
def test_an_error_that_no_reader_expects_is_listed_by_check(
    talk: Study, command: Command, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    from casestudy.coding import check

    def broken(study: Study) -> Any:
        raise error("odd")

    monkeypatch.setattr(check, "check", broken)
    code, _, said = command("check", "--study", talk.root)
    assert code == 2
    assert "files of coding" in said


def test_a_read_only_study_answers_in_a_sentence(
    small_study: Study, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: Any, **more: Any) -> Any:
        raise OSError(errno.EROFS, "Read-only file system")

    for module, name in ((os, "mkdir"), (locks.os, "open")):
        monkeypatch.setattr(module, name, refuse)
    code, out, error = command("status", "--study", small_study.root)
    assert code == 0, error
    assert "2 stale" in out
    code, _, error = command("run", "--study", small_study.root)
    assert code == 1
    assert len(error.strip().splitlines()) == 1
    assert "cannot be written" in error


def test_a_full_disk_answers_in_a_sentence(
    talk: Study, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("code,quote\ngarden.water.hose,I never use the hose\n")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    before = (talk.root / "interviews/codings/a/t1.jsonl").read_bytes()
    words = ["--study", talk.root, "--coder", "a", "--document", "t1", "--file", path]
    code, _, error = command("codings", "add", *words)
    assert code == 1
    assert "no space is left on the disk" in error
    assert (talk.root / "interviews/codings/a/t1.jsonl").read_bytes() == before
    assert list(talk.root.rglob("*.part")) == []


def test_ids_of_cells_are_made_of_what_they_hold() -> None:
    cells = [{"cell_type": "code", "source": text} for text in ("a", "b", "a", "a")]
    stored = {"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": cells}
    ids = [cell["id"] for cell in with_ids(stored)["cells"]]
    assert len(set(ids)) == 4
    assert ids == [cell["id"] for cell in with_ids(json.loads(json.dumps(stored)))["cells"]]
    lines = {**stored, "cells": [{"cell_type": "code", "source": ["a"]}]}
    assert with_ids(lines)["cells"][0]["id"] == ids[0]


def test_a_notebook_without_ids_runs_to_the_same_bytes(small_study: Study, command: Command) -> None:
    path = small_study.root / "notebooks/10-first.ipynb"
    stored = json.loads(path.read_text())
    for cell in stored["cells"]:
        del cell["id"]
    path.write_text(json.dumps(stored))
    made = []
    for _ in range(2):
        assert command("run", "10", "--force", "--no-pages", "--study", small_study.root)[0] == 0
        made.append((small_study.root / "outputs/10-first/10-first.ipynb").read_bytes())
    assert made[0] == made[1]
    hashes = json.loads((small_study.root / ".casestudy/hashes.json").read_text())
    assert hashes
    assert not [name for name in hashes if Path(name).is_absolute()]


def test_a_long_folder_for_temporary_files_does_not_hang(
    small_study: Study, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import tempfile

    from casestudy.run import kernel

    long = tmp_path / ("x" * 120)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert len(str(kernel._short_folder())) < 80
    monkeypatch.setattr(os, "access", lambda *given: False)
    code, _, error = command("run", "10", "--no-pages", "--study", small_study.root)
    assert code == 1
    assert "TMPDIR" in error
