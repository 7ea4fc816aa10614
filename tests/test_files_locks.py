"""One writer at a time: locks, journals, and two processes that write to one file."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from casestudy.codebook import history
from casestudy.coding import codings
from casestudy.errors import CaseStudyError, InputError, RunFailed
from casestudy.files import journal, locks
from casestudy.study import Study

TALK = Path(__file__).parent / "data" / "talk"
Command = Callable[..., tuple[int, str, str]]

# Adds codings, or codebook changes, through the command line, one command each.
WRITER = """
import io, json, sys
from contextlib import redirect_stdout
from pathlib import Path
from casestudy.cli.main import main

study, kind, who, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
words = ["--study", study]
text = (Path(study) / "interviews/transcripts/t1.md").read_text()
spoken = text[text.index("Potatoes, mostly") :].split()
for number in range(count):
    with redirect_stdout(io.StringIO()):
        if kind == "coding":
            quote = " ".join(spoken[number : number + (5 if who == "k" else 6)])
            wish = [{"code": "garden.water.hose", "quote": quote, "memo": f"{who}-{number}"}]
            path = Path(study) / f"{who}.json"
            path.write_text(json.dumps(wish))
            code = main(["codings", "add", *words, "--coder", "me", "--document", "t1", "--file", str(path)])
        else:
            new = ["code", "create", f"garden.{who}{number}", "x", "--scheme", "garden", "--who", who]
            code = main([*new, "--why", "x", *words])
    assert code == 0, code
"""


@pytest.fixture
def talk(tmp_path: Path) -> Study:
    shutil.copytree(TALK, tmp_path / "talk")
    return Study.load(tmp_path / "talk")


def at_once(study: Study, kind: str, count: int) -> None:
    """Two processes that write `count` times each, at the same time."""
    words = [sys.executable, "-c", WRITER, str(study.root), kind]
    running = [subprocess.Popen([*words, who, str(count)], stderr=subprocess.PIPE) for who in ("k", "m")]
    for process in running:
        _, said = process.communicate(timeout=300)
        assert process.returncode == 0, said.decode()


def test_two_processes_lose_no_coding_of_one_file(talk: Study) -> None:
    at_once(talk, "coding", 20)
    work = codings.work(talk, "me", "t1")
    assert {one.memo for one in work.records} == {f"{who}-{n}" for who in "km" for n in range(20)}


def test_two_processes_lose_no_change_of_the_codebook(talk: Study) -> None:
    at_once(talk, "change", 20)
    made = {event.code for event in history.read(talk) if event.action == "create"}
    assert {f"garden.{who}{n}" for who in "km" for n in range(20)} <= made


def test_who_waits_for_a_file_gets_it_when_the_other_has_ended(tmp_path: Path) -> None:
    order: list[str] = []

    def other() -> None:
        with locks.writing(tmp_path, "f"):
            order.append("second")

    with locks.writing(tmp_path, "f"):
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.1)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def in_a_thread(act: Callable[[], object]) -> BaseException | None:
    """What `act` raises when another thread does it."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    return raised[0] if raised else None


def take(context: object) -> Callable[[], None]:
    def act() -> None:
        with context:  # type: ignore[attr-defined]
            pass

    return act


def test_a_lock_that_is_not_given_back_ends_in_an_error_that_names_file_and_holder(tmp_path: Path) -> None:
    with locks.writing(tmp_path, "interviews/codings/a/c01.jsonl"):
        error = in_a_thread(take(locks.writing(tmp_path, "interviews/codings/a/c01.jsonl", patience=0.1)))
    assert isinstance(error, RunFailed)
    assert "interviews/codings/a/c01.jsonl" in str(error)
    assert f"process {os.getpid()}" in str(error)


def test_two_files_are_written_at_the_same_time(tmp_path: Path) -> None:
    with locks.writing(tmp_path, "a"):
        assert in_a_thread(take(locks.writing(tmp_path, "b", patience=0))) is None


def test_a_change_of_the_whole_study_keeps_writers_out_and_a_run_does_not(tmp_path: Path) -> None:
    with locks.study(tmp_path):
        assert isinstance(in_a_thread(take(locks.writing(tmp_path, "a", patience=0))), RunFailed)
        with locks.writing(tmp_path, "a"):
            pass
    with locks.study(tmp_path, files=False):
        assert in_a_thread(take(locks.writing(tmp_path, "a", patience=0))) is None
        assert isinstance(in_a_thread(take(locks.study(tmp_path))), RunFailed)
    with locks.writing(tmp_path, "a"):
        assert isinstance(in_a_thread(take(locks.study(tmp_path, patience=0))), RunFailed)


def test_a_lock_file_that_was_deleted_meanwhile_is_not_mistaken_for_the_lock(tmp_path: Path) -> None:
    with locks.writing(tmp_path, "a"):
        shutil.rmtree(tmp_path / ".casestudy")
        with locks.writing(tmp_path, "a"):
            pass
    with locks.writing(tmp_path, "a"):
        assert isinstance(in_a_thread(take(locks.writing(tmp_path, "a", patience=0))), RunFailed)


def test_without_locks_whole_lines_are_appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(handle: int, alone: bool) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks, "_lock", none)
    with locks.writing(tmp_path, "a") as locked:
        assert not locked
    journal.append(tmp_path, "deep/a.jsonl", ["1"])
    journal.append(tmp_path, "deep/a.jsonl", ["2", "3"])
    assert (tmp_path / "deep" / "a.jsonl").read_text() == "1\n2\n3\n"


def test_what_a_file_holds_is_not_touched_by_appending(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"torn": ')
    path.chmod(0o640)
    journal.append(tmp_path, "a.jsonl", ["1"])
    assert path.read_bytes() == b'{"torn": \n1\n'
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_full_disk_leaves_a_journal_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("1\n")
    write = os.write

    def half(handle: int, data: bytes) -> int:
        if data.startswith(b"2"):
            return write(handle, data[:2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space left"):
        journal.append(tmp_path, "a.jsonl", ["2222"])
    assert path.read_text() == "1\n"


LOGS = {
    "interviews/codings/me/t1.jsonl": codings.survey,
    "coding_schemes/history.jsonl": history.survey,
}


def logs() -> dict[str, Callable[[Study], tuple[object, list[object]]]]:
    from casestudy.coders import decisions, units_read

    more = {"evidence/reconciliation.jsonl": decisions.survey}
    return {**LOGS, **more, "interviews/codings/me.units.jsonl": units_read.survey}  # type: ignore[dict-item]


@pytest.mark.parametrize("name", logs())
@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"id": "\xff"}', "not UTF-8"),
        (b'{"id": "a", "memo": "\\ud83d"}', "half of a character"),
        (b'{"id": ' + b"[" * 900 + b"]" * 900 + b"}", "nested"),
        (b'{"id": ' + b"[" * 100_000 + b"}", "is not"),
        (b'{"id": ' + b"9" * 30 + b"}", "absurd number"),
        (b'{"id": ' + b"9" * 5_000 + b"}", "is not"),
        (b"[]", "is not"),
        (b"7", "is not"),
        (b"null", "is not"),
    ],
)
def test_every_log_lists_a_damaged_line_with_its_number(
    talk: Study, name: str, line: bytes, words: str
) -> None:
    path = talk.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n" + line + b"\n\n")
    _, problems = logs()[name](talk)
    assert [str(one) for one in problems if words in str(one) and f"{name}, line 2" in str(one)], problems


@pytest.mark.parametrize("name", logs())
def test_every_log_names_a_torn_last_line(talk: Study, name: str) -> None:
    path = talk.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b'\n{"id": "a", "act')
    _, problems = logs()[name](talk)
    assert len(problems) == 1
    assert "line 2" in str(problems[0])
    assert "its end was not written" in str(problems[0]).lower()


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_only_a_line_feed_ends_a_line(talk: Study, end: str) -> None:
    made = codings.record("add", code="garden.water.hose", start=0, end=3, quote=f"a{end}b", memo=f"x{end}y")
    codings.append(talk, "me", "t1", [made])
    event = history.event("retire", "garden.water.hose", [], who="k", why=f"be{end}cause")
    history.append(talk, [event])
    assert codings.work(talk, "me", "t1").records == (made,)
    assert event in history.read(talk)


def test_half_a_character_is_refused_before_it_is_written(talk: Study, command: Command) -> None:
    made = codings.record
    with pytest.raises(InputError, match="half of a character"):
        codings.append(talk, "me", "t1", [made("add", code="a", start=0, end=1, quote="\ud83d")])
    assert not (talk.root / "interviews/codings/me/t1.jsonl").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"a": {"*": [None, 7]}},
        {"a": {"*": [None, ["x"]]}},
        {"a": {"*": [None, {"id": "a", "name": "x"}]}},
        {"a": {"*": [None, {"id": "a", "scheme": "garden"}]}},
        {"a": {"*": [None, {"id": "b", "name": "x", "scheme": "garden"}]}},
        {"a": {"*": [None, {"id": "a", "name": "x", "scheme": "garden", "near": 3}]}},
        {"a": {"near": [[], "x"]}},
        {"a": {"retired": [False, "yes"]}},
        {"a": {"name": ["x", {"y": 1}]}},
        {"a": {"name": ["x"]}},
        {"a": 3},
        [1],
    ],
)
def test_a_history_with_wrong_types_is_listed_and_never_a_traceback(
    talk: Study, command: Command, changes: object
) -> None:
    path = talk.root / "coding_schemes/history.jsonl"
    path.write_text(json.dumps({"id": "e", "action": "create", "code": "a", "changes": changes}) + "\n")
    code, _, error = command("check", "--study", talk.root)
    assert code == 2
    assert "coding_schemes/history.jsonl, line 1" in error
    with pytest.raises(CaseStudyError):
        history.load(talk)
