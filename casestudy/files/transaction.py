"""Changing many files as one: all new contents are written beside, and only then put in place.

What is to change is written to ``.casestudy/unfinished`` first: a plan, and the new content of each file.
Until the plan is whole nothing has changed, and the next command forgets it. From then on the next command
finishes it, whatever was interrupted. A file that somebody changed by hand in between is not overwritten.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casestudy.errors import InputError, Problem
from casestudy.files import cache, locks
from casestudy.files.writing import mode_of, settle, within, write_atomically

FOLDER = "unfinished"
_PLAN = "plan.json"
_MAKING = ".making"


class Interrupted(KeyboardInterrupt):
    """An interrupt that came when some files had changed and others had not; its text says so."""


@dataclass(frozen=True)
class Unfinished:
    """An operation that was interrupted.

    Attributes
    ----------
    what : str
        What was being done, in words.
    files : tuple of str
        The files that it changes, from the study's root.
    folder : Path
        Where its plan lies.
    """

    what: str
    files: tuple[str, ...]
    folder: Path


def carry_out(root: Path, changes: Mapping[Path, bytes | Path | None], what: str) -> None:
    """Replace and remove files of a study so that all of it happens or none.

    Parameters
    ----------
    root : Path
        The study's folder. Take `casestudy.files.locks.study` around reading and this.
    changes : mapping of Path to bytes, Path or None
        New content by file; None removes it, or a folder with all it holds. What is as asked for already is
        left alone. Content too large for memory is the path of a file (see `files.writing.scratch`),
        which is moved.
    what : str
        What is being done, in words: ``names are replaced``.

    Raises
    ------
    InputError
        When a file lies outside of the study; nothing was changed then.
    OSError
        When it cannot be written. Nothing was changed, or the next command finishes it.
    Interrupted
        On an interrupt after the first file changed; the next command finishes it.
    """
    root = root.resolve()
    wanted = {within(path, root): data for path, data in changes.items()}
    outside = [path for path in wanted if not path.is_relative_to(root)]
    if outside:
        found = "it lies outside of the study."
        raise InputError("Nothing was changed.", [Problem(path.name, found) for path in outside])
    fresh = {path: data for path, data in wanted.items() if path.is_dir() or not _is(path, data)}
    if not fresh:
        return
    with locks.study(root):
        folder = _staged(root, fresh, what)
        try:
            _put_in_place(root, folder)
        except KeyboardInterrupt as interrupt:
            left = sum(_state(root, folder, entry) == "old" for entry in _plan(folder)["files"])
            words = f"interrupted while {what}: {left} of {len(fresh)} files are still as they were. "
            raise Interrupted(words + "The next command on this study finishes it.") from interrupt


def unfinished(root: Path) -> list[Unfinished]:
    """The operations on a study that were interrupted and can be finished."""
    found = []
    for folder in _folders(root):
        if folder.suffix != _MAKING and (folder / _PLAN).is_file():
            plan = _plan(folder)
            found.append(Unfinished(plan["what"], tuple(one["file"] for one in plan["files"]), folder))
    return found


def finish(root: Path) -> list[Unfinished]:
    """Finish what was interrupted, and forget what had changed nothing yet.

    Returns
    -------
    list of Unfinished
        What was finished.

    Raises
    ------
    InputError
        When a file was changed by hand since: it is left as it is, and the rest is not touched either.
    RunFailed
        When somebody else works on the study.
    """
    root = root.resolve()
    if not _folders(root):
        return []
    with locks.study(root, wait=True):
        done = unfinished(root)
        for one in done:
            _put_in_place(root, one.folder)
        for folder in _folders(root):
            shutil.rmtree(folder, ignore_errors=True)
    return done


def _folders(root: Path) -> list[Path]:
    try:
        return sorted((root / cache.CACHE / FOLDER).iterdir())
    except OSError:
        return []


def _plan(folder: Path) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads((folder / _PLAN).read_text(encoding="utf-8"))
    return plan


def _staged(root: Path, changes: Mapping[Path, bytes | Path | None], what: str) -> Path:
    """The folder with the plan and all new contents, safely on the disk."""
    folder = cache.folder(root, FOLDER) / uuid.uuid4().hex[:12]
    making = folder.with_suffix(_MAKING)
    making.mkdir(mode=0o700)
    try:
        entries = []
        for number, (path, data) in enumerate(sorted(changes.items())):
            entry: dict[str, Any] = {
                "file": path.relative_to(root).as_posix(),
                "new": None,
                "before": _mark_of(path),
            }
            if data is None:
                entry |= {"folder": path.is_dir()}
            else:
                entry |= {"new": f"{number:06}", "after": _mark(data)}
                if isinstance(data, Path):
                    _move_safely(data, making / f"{number:06}", mode_of(path))
                else:
                    _write_safely(making / f"{number:06}", data, mode_of(path))
            entries.append(entry)
        text = json.dumps({"what": what, "files": entries}, indent=1)
        _write_safely(making / _PLAN, text.encode("utf-8"), 0o600)
        making.rename(folder)
        settle(folder.parent)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return folder


def _move_safely(source: Path, path: Path, mode: int) -> None:
    shutil.move(source, path)
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    path.chmod(mode)


def _write_safely(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(mode)


def _put_in_place(root: Path, folder: Path) -> None:
    entries = _plan(folder)["files"]
    strange = [entry["file"] for entry in entries if _state(root, folder, entry) == "strange"]
    if strange:
        found = "it was changed since an operation on the whole study was interrupted."
        place = folder.relative_to(root).as_posix()
        remedy = f"Take the change back and try again; or delete {place}, and the rest stays as it is."
        raise InputError("It cannot be finished.", [Problem(name, found, remedy) for name in strange])
    for entry in entries:
        if _state(root, folder, entry) == "old":
            _replace(root / entry["file"], folder, entry)
    for parent in {(root / entry["file"]).parent for entry in entries}:
        settle(parent)
    shutil.rmtree(folder, ignore_errors=True)


def _state(root: Path, folder: Path, entry: Mapping[str, Any]) -> str:
    """Whether a file is ``old`` (as it was), ``new``, or ``strange``."""
    path = root / entry["file"]
    if entry.get("folder"):
        return "old" if path.is_dir() else "new"
    now = _mark_of(path)
    if now == entry.get("after"):
        return "new"
    return "old" if now == entry["before"] else "strange"


def _replace(path: Path, folder: Path, entry: Mapping[str, Any]) -> None:
    if entry.get("folder"):
        shutil.rmtree(path)
    elif entry["new"] is None:
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()  # Where nothing else is in it.
    if entry["new"] is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = folder / entry["new"]
    try:
        os.replace(staged, path)
    except OSError:
        # On another file system than .casestudy.
        write_atomically(path, staged.read_bytes())


def _is(path: Path, data: bytes | Path | None) -> bool:
    """Whether a file holds what it is to hold."""
    if data is None or not path.is_file():
        return data is None and not path.is_file()
    size = data.stat().st_size if isinstance(data, Path) else len(data)
    return path.stat().st_size == size and _mark_of(path) == _mark(data)


def _mark(data: bytes | Path | None) -> str | None:
    if isinstance(data, Path):
        return _mark_of(data)
    return None if data is None else hashlib.sha256(data).hexdigest()


def _mark_of(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
