"""Journals: files to which lines of JSON are only appended, so that branches merge by taking all lines.

Codings, changes of the codebook, decisions and units read are kept in such files. Only a line feed ends a
line; whatever else a word processor takes for a line's end is text. A line that cannot be read is a problem
with its number, and hides nothing of the others.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from casestudy.errors import InputError, Problem
from casestudy.files import locks, reading
from casestudy.files.writing import within, write_atomically

T = TypeVar("T")

DEEPEST = 40
LARGEST = 2**53
_LONG_NUMBER = re.compile(r"(?<![\d.])\d{16,}")
_BRACKETS = re.compile(r"[\[{]")
_decode = json.JSONDecoder().decode


class NotALine(ValueError):
    """Raised by a journal's `parse`: what is wrong with a line, and what to do."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(found)
        self.found, self.remedy = found, remedy


@dataclass(frozen=True)
class Row:
    """A line of a journal: its number, what it says, and the text it was read from."""

    number: int
    data: Any
    text: str


@dataclass(frozen=True)
class Journal(Generic[T]):
    """One kind of journal.

    Attributes
    ----------
    what : str
        What a line is, with its article: ``an event``.
    shape : str
        What a line must look like, as advice.
    parse : callable
        Makes an entry of a line's data and its number. Raises `NotALine`, or any of the errors that wrong
        types and missing keys raise.
    line : callable
        An entry as data to be written as JSON.
    key : callable
        What two lines share that say the same: an id. Two lines with one key that differ are a problem.
    """

    what: str
    shape: str
    parse: Callable[[Any, int], T]
    line: Callable[[T], Any]
    key: Callable[[T], Hashable]

    def survey(self, path: Path, where: str) -> tuple[list[T], list[Problem]]:
        """The entries of a file in the order of its lines, doubled lines once, and every problem."""
        text, problems = text_of(path, where)
        entries, more = self.entries(text, where)
        return entries, [*problems, *more]

    def entries(self, text: str, where: str) -> tuple[list[T], list[Problem]]:
        """Like `survey`, of a text that was read already."""
        problems: list[Problem] = []
        entries: dict[Hashable, T] = {}
        for row in rows(text, where, self.what, self.shape, problems):
            place = f"{where}, line {row.number}"
            try:
                entry = self.parse(row.data, row.number)
                key = self.key(entry)
            except NotALine as error:
                problems.append(Problem(place, error.found, error.remedy))
            except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
                problems.append(Problem(place, f"{row.text[:40]!r} is not {self.what}.", self.shape))
            else:
                if entries.setdefault(key, entry) != entry:
                    found = f"another line with the id {key!r} says something else."
                    problems.append(Problem(place, found, "Keep one of the two, or give one another id."))
        return list(entries.values()), problems

    def append(self, root: Path, name: str, entries: Iterable[T]) -> None:
        """Append entries to a file of the study; see `append`."""
        append(root, name, [written(self.line(one)) for one in entries])


def written(data: Any) -> str:
    """Data as a line of JSON, without line end.

    Raises
    ------
    InputError
        When a text in it cannot be written: half of a surrogate pair, as broken emojis leave.
    """
    line = json.dumps(data, ensure_ascii=False, default=list)
    refuse_half_characters(line)
    return line


def refuse_half_characters(text: str) -> None:
    """Stop where a text holds half a character, which no file can keep.

    Raises
    ------
    InputError
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        around = text[max(0, error.start - 30) : error.start].encode("utf-8", "replace").decode("utf-8")
        found = f"after {around!r} stands half of a character ({text[error.start]!a})."
        problem = Problem("text", found, "Replace it: it comes from a broken emoji.")
        raise InputError("A text cannot be written.", [problem]) from error


def text_of(path: Path, where: str) -> tuple[str, list[Problem]]:
    """What a journal holds, and its lines that are not UTF-8, which are left empty.

    Where the last line has no end, somebody may be writing it just now: it is read again under the lock.
    """
    try:
        data = reading.data(path)
        if data and not data.endswith(b"\n"):
            data = _read_again(path, data)
    except OSError as error:
        return "", [Problem(where, f"it cannot be read: {error.strerror}.", "Make it readable.")]
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    problems, lines = [], []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            found = f"it is not UTF-8 (byte {error.start} of the line)."
            problems.append(Problem(f"{where}, line {number}", found, "Save it as UTF-8."))
            lines.append("")
    return "\n".join(lines), problems


def _read_again(path: Path, data: bytes) -> bytes:
    from casestudy.files.cache import root_of

    root = root_of(path)
    if root is None:
        return data
    name = path.absolute().relative_to(root).as_posix()
    with suppress(Exception), locks.writing(root, name, patience=2):
        return path.read_bytes()
    return data


def rows(text: str, where: str, what: str, shape: str, problems: list[Problem]) -> Iterator[Row]:
    """The lines of a journal that are JSON; the others are added to `problems`.

    Lines that a merge doubled are given once.

    Parameters
    ----------
    text : str
    where : str
        How to call the file.
    what, shape : str
        As in `Journal`.
    problems : list of Problem
        Where problems are added.
    """
    seen: set[str] = set()
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line in seen:
            continue
        seen.add(line)
        place = f"{where}, line {number}"
        try:
            data = _decode(line.strip("\r\ufeff"))
        except (ValueError, RecursionError):
            torn = number == len(lines)
            found = f"{line[:40]!r} is {'the beginning of' if torn else 'not'} {what}."
            remedy = "Its end was not written: complete it, or delete it." if torn else shape
            problems.append(Problem(place, found, remedy))
            continue
        if reason := unfit(line, data):
            problems.append(Problem(place, reason, shape))
            continue
        yield Row(number, data, line)


def unfit(line: str, data: Any) -> str:
    """Why the data of a line cannot be used though they are JSON; empty where they can.

    Examples
    --------
    >>> unfit('"\\\\ud800"', "\\ud800")
    'it holds half of a character.'
    >>> unfit("[12345678901234567890]", [12345678901234567890])
    'it holds an absurd number.'
    """
    if "\\u" in line and not is_encodable(data):
        return "it holds half of a character."
    if len(_BRACKETS.findall(line)) > DEEPEST and _depth(data) > DEEPEST:
        return f"it is nested more than {DEEPEST} deep."
    if _LONG_NUMBER.search(line) and not _is_moderate(data):
        return "it holds an absurd number."
    return ""


def _leaves(data: Any) -> Iterator[Any]:
    """Every key and value within, however deep, without recursion."""
    waiting = [data]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, dict):
            waiting += [*thing.keys(), *thing.values()]
        elif isinstance(thing, list):
            waiting += thing
        else:
            yield thing


def is_encodable(data: Any) -> bool:
    """Whether all texts within, keys included, can be written to a file.

    Examples
    --------
    >>> is_encodable({"a": ["b"]}), is_encodable(["\\ud800"])
    (True, False)
    """
    texts = (thing for thing in _leaves(data) if isinstance(thing, str))
    return not any("\ud800" <= letter <= "\udfff" for text in texts for letter in text)


def _is_moderate(data: Any) -> bool:
    return not any(isinstance(thing, int) and abs(thing) > LARGEST for thing in _leaves(data))


def _depth(data: Any) -> int:
    depth, level = 0, [data]
    while level:
        inner = [thing for thing in level if isinstance(thing, dict | list)]
        level = [part for thing in inner for part in (thing.values() if isinstance(thing, dict) else thing)]
        depth += bool(inner)
    return depth


def append(root: Path, name: str, lines: Sequence[str]) -> None:
    """Append whole lines to a journal of the study, under its lock; nothing it holds is touched.

    Parameters
    ----------
    root : Path
        The study's folder.
    name : str
        The file from there, as a POSIX path; made where it is not there.
    lines : sequence of str
        Without line ends. Who decides on them by what the file holds takes `locks.writing` around both.

    Raises
    ------
    InputError
        When a line has an end within, or half a character; when the file lies outside of the study.
    RunFailed
        When the file is being written by somebody else all the time.
    OSError
        When the disk is full. The file is as it was then.
    """
    if not lines:
        return
    for line in lines:
        refuse_half_characters(line)
        if "\n" in line:
            raise InputError("Nothing was written.", [Problem(name, "a record holds a line end.", "")])
    data = "".join(f"{line}\n" for line in lines).encode("utf-8")
    with locks.writing(root, name) as locked:
        path = within(root / name, root)
        if locked and not path.exists():
            write_atomically(path, data)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
        try:
            size = os.fstat(handle).st_size
            if size and _last_byte(handle, size) != b"\n":
                data = b"\n" + data
            _write_whole(handle, data, size if locked else None)
        finally:
            os.close(handle)


def _last_byte(handle: int, size: int) -> bytes:
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1)


def _write_whole(handle: int, data: bytes, size: int | None) -> None:
    """Write in one act, so that lines of two writers never mix; cut off again what a full disk took."""
    try:
        count = os.write(handle, data)
        while count < len(data):
            count += os.write(handle, data[count:])
        os.fsync(handle)
    except BaseException:
        if size is not None:
            os.ftruncate(handle, size)
        raise
