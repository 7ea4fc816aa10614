"""Reading bytes: within `once`, each file is opened at most once, however many ask for it.

Drawing pages and checking a study ask for one file in several rooms: for its hash, its rows, its words.
What is read stays in memory until the block ends, so nothing may write the same files within it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar, cast

SMALL = 32 * 2**20  # bytes up to which a file is kept for the next who asks

T = TypeVar("T")
_KEPT: ContextVar[dict[str, bytes] | None] = ContextVar("kept", default=None)
_MADE: ContextVar[dict[tuple[str, ...], Any] | None] = ContextVar("made", default=None)


@contextmanager
def once() -> Iterator[None]:
    """Open each file at most once within the block; a block inside another shares its bytes.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.txt"
    ...     count = path.write_text("old")
    ...     with once():
    ...         first = data(path)
    ...         count = path.write_text("new")
    ...         same = data(path)
    ...     after = data(path)
    >>> first, same, after
    (b'old', b'old', b'new')
    """
    if _KEPT.get() is not None:
        yield
        return
    token, other = _KEPT.set({}), _MADE.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)
        _MADE.reset(other)


def data(path: Path) -> bytes:
    """The bytes of a file.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    kept = _KEPT.get()
    if kept is None:
        return path.read_bytes()
    name = str(path)
    if name not in kept:
        kept[name] = path.read_bytes()
    return kept[name]


def start(path: Path, count: int) -> bytes:
    """The first bytes of a file, as many as asked for: a file larger than `SMALL` is not read whole.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    if _shared(path):
        return data(path)[:count]
    with path.open("rb") as file:
        return file.read(count)


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal digits: a file larger than `SMALL` is not kept.

    Raises
    ------
    OSError
        When it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.txt"
    ...     count = path.write_bytes(b"abc")
    ...     digest(path)[:16]
    'ba7816bf8f01cfea'
    """
    if _shared(path):
        return hashlib.sha256(data(path)).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _shared(path: Path) -> bool:
    """Whether a file's bytes are kept, or may be: within `once`, and not large."""
    kept = _KEPT.get()
    return kept is not None and (str(path) in kept or path.stat().st_size <= SMALL)


def made(key: tuple[str, ...], make: Callable[[], T]) -> T:
    """What was made of a file: within `once` it is made once, and all who ask share it.

    Parameters
    ----------
    key : tuple of str
        What is made, and of which file.
    make : callable
        What it raises is raised again for the next who asks.
    """
    kept = _MADE.get()
    if kept is None:
        return make()
    if key not in kept:
        kept[key] = make()
    return cast(T, kept[key])
