"""Writing a file so that nobody ever sees a part of it.

New content is first written to ``.casestudy/parts`` of the study and then takes the old one's place in one
step. What a killed command leaves there is swept by the next one.
"""

from __future__ import annotations

import os
import re
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from casestudy.errors import InputError, Problem
from casestudy.files import cache

PARTS = "parts"
_OLD = 86_400.0
_PART = re.compile(r"\.\d+-\w+-\w+\.part")


def write_atomically(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write a file so that a reader, or a crash, meets the old one or the new one, never a part.

    An existing file keeps its mode; a new one gets what the process's umask leaves. Where the path is a
    symbolic link, the file that it leads to is written.

    Parameters
    ----------
    path : Path
        Folders above it are made.
    data : bytes
    mode : int, optional
        Of a new file, in place of what the umask leaves; it has this mode from the first moment.

    Raises
    ------
    InputError
        When a symbolic link leads out of the study that the path lies in.
    OSError
        When it cannot be written; the old file is whole then.
    """
    root = cache.root_of(path)
    path = within(path, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _written(path, root, data)
    try:
        os.chmod(temporary, mode_of(path) if mode is None or path.exists() else mode)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    settle(path.parent)


@contextmanager
def scratch(root: Path) -> Iterator[Path]:
    """An empty file for content too large for memory; removed at the end unless it was moved away.

    Parameters
    ----------
    root : Path
        The study's folder. What a killed command leaves there is swept by the next one.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder, scratch(Path(folder)) as path:
    ...     count = path.write_bytes(b"much")
    ...     path.is_file()
    True
    """
    handle, name = tempfile.mkstemp(dir=cache.folder(root, PARTS), prefix=f".{_owner()}-", suffix=".part")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def within(path: Path, root: Path | None) -> Path:
    """The file that a path leads to.

    Raises
    ------
    InputError
        When the path lies in the study, and what it leads to does not.
    """
    try:
        real = path.resolve()
    except (OSError, RuntimeError) as error:
        raise InputError("Nothing was written.", [Problem(path.name, "it is a circle of links.")]) from error
    if root is not None and not real.is_relative_to(root.resolve()):
        name = os.path.relpath(path.absolute(), root)
        problem = Problem(name, "it leads out of the study.", "Name a file of the study; replace the link.")
        raise InputError("Nothing was written.", [problem])
    return real


def _written(path: Path, root: Path | None, data: bytes) -> Path:
    """A file of its own that holds the data, on the file system of `path`."""
    beside = path.parent
    with suppress(OSError):
        if root is not None:
            parts = cache.folder(root, PARTS)
            if parts.stat().st_dev == beside.stat().st_dev:
                beside = parts
    if beside == path.parent:
        _sweep(beside)
    handle, name = tempfile.mkstemp(dir=beside, prefix=f".{_owner()}-", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def mode_of(path: Path) -> int:
    """The mode of the file that is there, else that of a new file."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0o666 & ~_umask()


def _umask() -> int:
    """The process's umask, read without a moment in which it is another one where the system says it."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    except (OSError, ValueError):
        pass
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def settle(folder: Path) -> None:
    """Let the new name of a file outlast a loss of power, where the system can."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _owner() -> str:
    host = "".join(letter if letter.isalnum() else "_" for letter in socket.gethostname())[:40]
    return f"{os.getpid()}-{host}"


def sweep(root: Path) -> int:
    """Delete half-written files of commands that have ended; returns how many.

    Beside a file outside a study they are deleted when the next file is written there.
    """
    return _sweep(root / cache.CACHE / PARTS)


def _sweep(folder: Path) -> int:
    try:
        left = [path for path in folder.iterdir() if _PART.fullmatch(path.name)]
    except OSError:
        return 0
    count = 0
    for path in left:
        with suppress(OSError):
            if _is_abandoned(path):
                path.unlink()
                count += 1
    return count


def _is_abandoned(path: Path) -> bool:
    """Whether the process that made it has ended; of another computer, whether it is a day old."""
    process, _, rest = path.name.removeprefix(".").partition("-")
    here = rest.startswith(_owner().partition("-")[2] + "-")
    if time.time() - path.stat().st_mtime > _OLD:
        return True
    if sys.platform == "win32" or not here or not process.isdigit() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
