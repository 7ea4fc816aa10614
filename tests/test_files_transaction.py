"""Changing many files as one: whatever interrupts it, all of it happens or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from casestudy.errors import InputError
from casestudy.files import folders, locks, transaction, writing
from casestudy.study import Study

Command = Callable[..., tuple[int, str, str]]


class Killed(BaseException):
    """Stands for a process that ends without another word."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "study.toml").write_text('title = "x"\n')
    (tmp_path / "a.txt").write_text("a, old")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.txt").write_text("b, old")
    (tmp_path / "deep" / "gone.txt").write_text("goes")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "p.html").write_text("page")
    return tmp_path


def changes(root: Path) -> dict[Path, bytes | None]:
    return {
        root / "a.txt": b"a, new",
        root / "deep" / "b.txt": b"b, new",
        root / "deep" / "gone.txt": None,
        root / "new" / "c.txt": b"c",
        root / "pages": None,
    }


OLD = {"a.txt": "a, old", "deep/b.txt": "b, old", "deep/gone.txt": "goes", "pages/p.html": "page"}
NEW = {"a.txt": "a, new", "deep/b.txt": "b, new", "new/c.txt": "c"}


def held(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file() and ".casestudy" not in path.parts)
    return {p.relative_to(root).as_posix(): p.read_text() for p in files if p.name != "study.toml"}


def test_all_files_change(root: Path) -> None:
    transaction.carry_out(root, changes(root), "words are replaced")
    assert held(root) == NEW
    assert transaction.unfinished(root) == []
    assert list((root / ".casestudy" / "unfinished").iterdir()) == []


def kill(monkeypatch: pytest.MonkeyPatch, at: int, error: type[BaseException]) -> None:
    """Let the `at`-th act that changes a file, and all that follow, raise."""
    count = 0
    for name in ("replace", "unlink", "rmdir", "mkdir", "rename", "fsync", "chmod"):
        act = getattr(os, name)

        def instead(*given: Any, act: Any = act, **more: Any) -> Any:
            nonlocal count
            count += 1
            if count >= at:
                raise error
            return act(*given, **more)

        monkeypatch.setattr(os, name, instead)


@pytest.mark.parametrize("at", range(1, 60))
def test_killed_at_any_act_the_next_command_finds_all_or_none(
    root: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    with monkeypatch.context() as patched:
        kill(patched, at, Killed)
        with suppress(Killed):
            transaction.carry_out(root, changes(root), "words are replaced")
    transaction.finish(root)
    assert held(root) in (OLD, NEW)
    transaction.carry_out(root, changes(root), "words are replaced")
    assert held(root) == NEW
    assert list((root / ".casestudy" / "unfinished").iterdir()) == []


def test_an_interrupt_after_the_first_file_says_what_is_true(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, count = transaction._replace, 0

    def second(*given: Any) -> None:
        nonlocal count
        count += 1
        if count == 2:
            raise KeyboardInterrupt
        replace(*given)

    with monkeypatch.context() as patched:
        patched.setattr(transaction, "_replace", second)
        with pytest.raises(transaction.Interrupted, match="4 of 5 files are still as they were"):
            transaction.carry_out(root, changes(root), "words are replaced")
    assert [one.what for one in transaction.unfinished(root)] == ["words are replaced"]


def test_the_next_command_finishes_it_and_says_so(
    root: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(transaction, "_put_in_place", lambda *given: None)
        transaction.carry_out(root, changes(root), "words are replaced")
    assert held(root) == OLD
    _, _, error = command("status", "--study", root)
    assert "finished what was interrupted: words are replaced (5 files)" in error
    assert held(root) == NEW


def test_a_file_that_was_changed_by_hand_since_is_not_overwritten(
    root: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(transaction, "_put_in_place", lambda *given: None)
        transaction.carry_out(root, changes(root), "words are replaced")
    (root / "deep" / "b.txt").write_text("by hand")
    code, _, error = command("status", "--study", root)
    assert code == 2
    assert "deep/b.txt" in error
    assert held(root) == {**OLD, "deep/b.txt": "by hand"}
    (root / "deep" / "b.txt").write_text("b, old")
    assert command("status", "--study", root)[0] == 0
    assert held(root) == NEW


def test_files_outside_of_the_study_are_refused_and_nothing_changes(root: Path, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside.txt"
    outside.write_text("outside")
    (root / "link.txt").symlink_to(outside)
    for path in (outside, root / "link.txt", root / ".." / "outside.txt"):
        with pytest.raises(InputError):
            transaction.carry_out(root, {**changes(root), path: b"x"}, "words are replaced")
    assert outside.read_text() == "outside"
    (root / "link.txt").unlink()
    assert held(root) == OLD


def test_modes_are_kept(root: Path) -> None:
    (root / "a.txt").chmod(0o600)
    transaction.carry_out(root, changes(root), "words are replaced")
    assert (root / "a.txt").stat().st_mode & 0o777 == 0o600


def test_writers_of_single_files_wait(root: Path) -> None:
    with locks.study(root):
        transaction.carry_out(root, changes(root), "words are replaced")
    assert held(root) == NEW


@pytest.mark.parametrize("at", range(1, 8))
def test_a_folder_is_replaced_or_comes_back(root: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    made = root / ".casestudy" / "made"
    made.mkdir(parents=True)
    (made / "p.html").write_text("new page")
    rename, count = Path.rename, 0

    def instead(path: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count >= at:
            raise Killed
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", instead)
        with suppress(Killed):
            folders.replace(root, root / "pages", made)
    folders.restore(root)
    assert (root / "pages" / "p.html").read_text() in ("page", "new page")
    assert list((root / ".casestudy" / "replaced").iterdir()) == []


SLOW = """
import signal, sys, time
from pathlib import Path
from casestudy.cli import main as line
from casestudy.files import writing

signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background of a shell it would be ignored

def slow(*given):
    print("writing", flush=True)
    time.sleep(30)
writing.settle = slow
writing.os.replace = slow
line.parser = lambda: __import__("argparse").ArgumentParser()
import argparse
class Fake:
    def parse_args(self, words):
        act = lambda given: writing.write_atomically(Path(words[0]) / "a.txt", b"new")
        return argparse.Namespace(act=act, debug=False, study=words[0])
line.parser = Fake
sys.exit(line.main([sys.argv[1]]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_leaves_no_half_written_file(root: Path, number: int, code: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == code, said
    assert b"interrupted" in said
    assert list(root.rglob("*.part")) == []
    assert (root / "a.txt").read_text() == "a, old"


def test_what_a_killed_command_left_is_swept_by_the_next(root: Path, command: Command) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate(timeout=20)
    assert len(list(root.rglob("*.part"))) == 1
    assert command("status", "--study", root)[0] == 0
    assert list(root.rglob("*.part")) == []


def test_what_a_living_command_writes_is_not_swept(root: Path) -> None:
    parts = root / ".casestudy" / "parts"
    parts.mkdir(parents=True)
    ours, old = parts / f".{writing._owner()}-x.part", parts / ".1-elsewhere-x.part"
    for path in (ours, old):
        path.write_text("x")
    assert writing.sweep(root) == 0
    os.utime(old, (time.time() - 90_000,) * 2)
    assert writing.sweep(root) == 1


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_gets_what_the_umask_leaves_and_an_old_one_keeps_its_mode(root: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        writing.write_atomically(root / "fresh.txt", b"x")
        (root / "a.txt").chmod(0o664)
        writing.write_atomically(root / "a.txt", b"x")
    finally:
        os.umask(before)
    assert (root / "fresh.txt").stat().st_mode & 0o777 == 0o666 & ~mask
    assert (root / "a.txt").stat().st_mode & 0o777 == 0o664


def test_a_symbolic_link_is_written_through_only_inside_of_the_study(root: Path, tmp_path: Path) -> None:
    (root / "link.txt").symlink_to(root / "a.txt")
    writing.write_atomically(root / "link.txt", b"through")
    assert (root / "link.txt").is_symlink()
    assert (root / "a.txt").read_text() == "through"
    outside = tmp_path.parent / "out.txt"
    outside.write_text("outside")
    (root / "out.txt").symlink_to(outside)
    with pytest.raises(InputError, match="it leads out of the study"):
        writing.write_atomically(root / "out.txt", b"x")
    assert outside.read_text() == "outside"


def test_the_study_keeps_its_own_folder_out_of_git(root: Path) -> None:
    writing.write_atomically(root / "a.txt", b"x")
    assert "*" in (root / ".casestudy" / ".gitignore").read_text().splitlines()


def test_a_study_that_cannot_be_written_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = Study.load(root)
    (root / ".casestudy").write_text("a file in its place")
    from casestudy.errors import RunFailed

    with pytest.raises(RunFailed, match="cannot be written"), locks.writing(study.root, "a.txt"):
        pass
