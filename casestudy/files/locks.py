"""Locks: one writer at a time, for one file of a study and for the whole study.

Lock files lie in ``.casestudy/locks`` and are never deleted, since whoever waits for one would then wait for
a file that nobody else sees. Every writer of one file shares the lock of all files; an operation over many
files has it alone. A run of notebooks has the study's lock only, so that people may code meanwhile.
"""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from casestudy.errors import Problem, RunFailed
from casestudy.files import cache

FOLDER = "locks"
PATIENCE = 60.0
_SAID_AFTER = 3.0
_PAUSE = 0.01
_STUDY, _FILES = "the study", "the study's files"
_HOLDER_LENGTH = 160
# What file systems without locks answer.
_NO_LOCKS = {
    getattr(errno, name, 0) for name in ("ENOLCK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "ENOTTY", "EBADRPC")
}


class _Mine(threading.local):
    """Locks that this thread holds: how often, and whether alone."""

    def __init__(self) -> None:
        self.held: dict[Path, tuple[int, bool]] = {}


_mine = _Mine()


@contextmanager
def writing(root: Path, name: str, *, patience: float = PATIENCE) -> Iterator[bool]:
    """Hold the lock of one file around reading, checking and writing it.

    Parameters
    ----------
    root : Path
        The study's folder.
    name : str
        The file from there, as a POSIX path. It need not exist.
    patience : float
        Seconds to wait for others.

    Yields
    ------
    bool
        False where the file system knows no locks.

    Raises
    ------
    RunFailed
        When somebody else held it all the time, or the study cannot be written to.

    Notes
    -----
    A thread that holds a lock may take it again.
    """
    with (
        _held(root, _FILES, alone=False, patience=patience),
        _held(root, name, alone=True, patience=patience) as locked,
    ):
        yield locked


@contextmanager
def study(
    root: Path, *, files: bool = True, wait: bool = False, patience: float = PATIENCE
) -> Iterator[bool]:
    """Be the only run, withdrawal, pseudonymisation or import of a study.

    Parameters
    ----------
    root : Path
        The study's folder.
    files : bool
        Whether all who write single files are kept out, too.
    wait : bool
        Whether to wait for another operation on the whole study, too.
    patience : float
        Seconds to wait.

    Raises
    ------
    RunFailed
        When another such operation is going on, a file was being written all the time, or the study cannot
        be written to.
    """
    with _held(root, _STUDY, alone=True, patience=patience if wait else 0) as locked:
        if not files:
            yield locked
            return
        with _held(root, _FILES, alone=True, patience=patience):
            yield locked


@contextmanager
def _held(root: Path, name: str, *, alone: bool, patience: float) -> Iterator[bool]:
    place = root.resolve() / cache.CACHE / FOLDER / _file_name(name)
    count, already_alone = _mine.held.get(place, (0, alone))
    if count:
        if alone and not already_alone:
            raise RuntimeError(f"the lock of {name} is shared by this thread and cannot be had alone")
        _mine.held[place] = (count + 1, already_alone)
        try:
            yield True
        finally:
            _mine.held[place] = (count, already_alone)
        return
    handle, locked = _acquired(root, place, name, alone=alone, patience=patience)
    _mine.held[place] = (1, alone)
    try:
        yield locked
    finally:
        _mine.held.pop(place, None)
        os.close(handle)


def _file_name(name: str) -> str:
    if name in (_STUDY, _FILES):
        return "study.lock" if name == _STUDY else "files.lock"
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:20] + ".lock"


def _acquired(root: Path, place: Path, name: str, *, alone: bool, patience: float) -> tuple[int, bool]:
    """An open handle on the lock file, and whether it is locked."""
    begun, said = time.monotonic(), False
    while True:
        handle = _opened(root, place)
        try:
            state = _try(handle, alone)
            if state != "taken" and _is_still_there(handle, place):
                if state == "locked" and alone:
                    _sign(handle)
                return handle, state == "locked"
        except BaseException:
            os.close(handle)
            raise
        waited = time.monotonic() - begun
        holder = _holder(handle) if state == "taken" else ""
        os.close(handle)
        if state == "taken" and waited >= patience:
            raise _refusal(name, holder, patience)
        if state == "taken" and waited > _SAID_AFTER and not said:
            said = True
            print(f"casestudy: waiting for {name}; {holder} is writing it.", file=sys.stderr, flush=True)
        time.sleep(_PAUSE)


def _opened(root: Path, place: Path) -> int:
    try:
        try:
            return os.open(place, os.O_RDWR | os.O_CREAT, 0o666)
        except FileNotFoundError:
            cache.folder(root, FOLDER)
            return os.open(place, os.O_RDWR | os.O_CREAT, 0o666)
        except PermissionError:
            # Another person's lock file: it can be locked, though not signed.
            return os.open(place, os.O_RDONLY)
    except OSError as error:
        problem = Problem(f"{root.name}/{cache.CACHE}", f"{error.strerror}.", "Make the folder writable.")
        raise RunFailed("The study cannot be written to.", [problem]) from error


def _try(handle: int, alone: bool) -> str:
    """``locked``, ``taken`` by somebody else, or ``unknown`` where there are no locks."""
    try:
        _lock(handle, alone)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return "unknown"
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK, getattr(errno, "EDEADLOCK", 0)):
            return "taken"
        raise
    return "locked"


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, alone: bool) -> None:
        """Lock a byte far behind what is written; this system does not share such locks."""
        os.lseek(handle, 1 << 20, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int, alone: bool) -> None:
        """Lock the file for this handle; the system lets go of it when the handle closes."""
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)


def _is_still_there(handle: int, place: Path) -> bool:
    """Whether the file that is locked is the one that others would open."""
    try:
        return os.path.samestat(os.fstat(handle), os.stat(place))
    except OSError:
        return False


def _sign(handle: int) -> None:
    """Write into the lock file who holds it."""
    verb = " ".join(word for word in sys.argv[1:3] if word.replace("-", "").isalpha() and word[0] != "-")
    moment = datetime.now(UTC).strftime("%H:%M:%S")
    words = f"casestudy {verb}".rstrip() + f" (process {os.getpid()} on {socket.gethostname()}, {moment} UTC)"
    data = words.encode("utf-8", "replace")[:_HOLDER_LENGTH].ljust(_HOLDER_LENGTH)
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, data)
    except OSError:
        pass


def _holder(handle: int) -> str:
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        words = os.read(handle, _HOLDER_LENGTH).decode("utf-8", "replace").strip()
    except OSError:
        words = ""
    return words or "another command"


def _refusal(name: str, holder: str, patience: float) -> RunFailed:
    if name == _STUDY:
        problem = Problem(holder, "it works on the whole study.", "Wait for it to end.")
        return RunFailed("The study is in use: another run or change of it is going on.", [problem])
    found = f"{holder} has been writing it for {patience:g} seconds."
    remedy = "Try again when that has ended; if it hangs, end that process."
    return RunFailed("Nothing was written.", [Problem(name, found, remedy)])
