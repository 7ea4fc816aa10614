"""TOML as the standard library parses it, with the line of every key."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import Any

from casestudy.files.yaml_text import Lined

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[A-Za-z0-9_-]+")
_SCALAR = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:\'{0,2})'
    r"|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[^,\]}#\n]+",
    re.DOTALL,
)


def parsed(text: str) -> Lined:
    """What a TOML text holds.

    Parameters
    ----------
    text : str
        Its line ends are LF or CRLF.

    Returns
    -------
    Lined
        As every mapping in it: each knows in which line it begins, and where its keys stand.

    Raises
    ------
    ValueError
        When it is not TOML (`tomllib.TOMLDecodeError` is one), or a number in it is absurd.
    RecursionError
        When it is nested too deeply.

    Examples
    --------
    >>> made = parsed('a = 1\\n[[b]]\\nid = "x"\\n[[b]]\\nid = "y"')
    >>> made["b"][1].lines, made["b"][1].line
    ({'id': 5}, 4)
    """
    text = text.replace("\r\n", "\n")
    content = tomllib.loads(text)
    made: Lined = _lined(content, _Lines(text).read())
    return made


class _Place:
    """Where something begins, and what lies in it: by key in a table, by number in a list."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.keys: dict[str, _Place] = {}
        self.entries: list[_Place] = []


def _lined(value: Any, place: _Place) -> Any:
    if isinstance(value, dict):
        made = Lined()
        made.line = place.line
        made.lines = {key: place.keys[key].line for key in value}
        made.update({key: _lined(inner, place.keys[key]) for key, inner in value.items()})
        return made
    if isinstance(value, list):
        return [_lined(inner, at) for inner, at in zip(value, place.entries, strict=True)]
    return value


class _Lines:
    """Reads the places of a text that is TOML: nothing is checked here."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.ends = [match.start() for match in re.finditer("\n", text)]

    def read(self) -> _Place:
        top = table = _Place(1)
        while self._skip() < len(self.text):
            line = self._line()
            if self.text[self.at] == "[":
                several = self.text.startswith("[[", self.at)
                self.at += 1 + several
                keys = self._keys()
                self.at += 1 + several
                table = self._below(top, keys[:-1], line)
                table = self._headed(table, keys[-1], line, several)
            else:
                self._pair(table, line)
        return top

    def _headed(self, table: _Place, key: str, line: int, several: bool) -> _Place:
        if not several:
            return self._below(table, [key], line)
        entries = table.keys.setdefault(key, _Place(line)).entries
        entries.append(_Place(line))
        return entries[-1]

    def _below(self, table: _Place, keys: list[str], line: int) -> _Place:
        """The table at a path; of a list of tables the last one, as TOML has it."""
        for key in keys:
            table = table.keys.setdefault(key, _Place(line))
            table = table.entries[-1] if table.entries else table
        return table

    def _pair(self, table: _Place, line: int) -> None:
        keys = self._keys()
        self.at += 1  # =
        self._skip()
        self._below(table, keys[:-1], line).keys[keys[-1]] = self._value(line)

    def _value(self, line: int) -> _Place:
        place = _Place(line)
        opening = self.text[self.at]
        if opening not in "[{":
            match = _SCALAR.match(self.text, self.at)
            assert match
            self.at = match.end()
            return place
        self.at += 1
        while self.text[self._skip()] not in "]}":
            begins = self._line()
            if self.text[self.at] == ",":
                self.at += 1
            elif opening == "[":
                place.entries.append(self._value(begins))
            else:
                self._pair(place, begins)
        self.at += 1
        return place

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip()
            match = _KEY.match(self.text, self.at)
            assert match
            keys.append(_unquoted(match[0]))
            self.at = match.end()
            self._skip()
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def _skip(self) -> int:
        match = _SPACE.match(self.text, self.at)
        assert match
        self.at = match.end()
        return self.at

    def _line(self) -> int:
        return bisect_right(self.ends, self.at - 1) + 1


def _unquoted(key: str) -> str:
    return str(tomllib.loads(f"key = {key}")["key"]) if key[0] in "\"'" else key
