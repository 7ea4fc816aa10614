"""Lists with rows, changed row by row: what is not touched stays byte for byte."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One row: its text with its line end, and its cells."""

    text: str
    cells: tuple[str, ...]

    def get(self, head: Sequence[str], name: str) -> str:
        """The cell under a heading; empty where the row or the head has none."""
        place = head.index(name) if name in head else len(self.cells)
        return self.cells[place] if place < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    """A list: what stands before its head, its headings in lower case, its rows, and how it is written."""

    before: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    separator: str
    end: str

    def written(self, cells: Sequence[str]) -> str:
        """A row as the list writes them."""
        file = io.StringIO()
        csv.writer(file, delimiter=self.separator, lineterminator=self.end).writerow(cells)
        return file.getvalue()


def read(text: str) -> Sheet:
    """A list as spreadsheets save them: any separator, with or without ``sep=`` and a byte order mark.

    Only a line feed ends a line, and only outside quotation marks.

    Examples
    --------
    >>> sheet = read('id;Text\\na;"one; two"\\n')
    >>> sheet.head, sheet.rows[0].cells, sheet.written(["b", "x;y"])
    (('id', 'text'), ('a', 'one; two'), 'b;"x;y"\\n')
    """
    lines = _records(text)
    before = ""
    named = re.match(r"\ufeff?\"?sep=(.)\"?\r?\n", lines[0]) if lines else None
    if named:
        before, lines = lines[0], lines[1:]
    elif lines and lines[0].startswith("\ufeff"):
        before, lines = "\ufeff", [lines[0][1:], *lines[1:]]
    if not lines:
        return Sheet(before, (), (), ",", "\n")
    separator = named[1] if named else max(",;\t|", key=lambda one: (_outside(lines[0], one), one == ","))
    cells = [tuple(_cells(line, separator)) for line in lines]
    head = tuple(cell.strip().casefold() for cell in cells[0])
    end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    rows = tuple(Row(line, own) for line, own in zip(lines[1:], cells[1:], strict=True))
    return Sheet(before + lines[0], head, rows, separator, end)


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=separator), [])
    except csv.Error:
        return line.rstrip("\r\n").split(separator)


def _records(text: str) -> list[str]:
    """Rows with their line ends; a quoted cell may go on in the next line, unless quotes are not paired."""
    found, record = [], ""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    for line in lines:
        record += line
        if record.count('"') % 2 == 0:
            found.append(record)
            record = ""
    return lines if record else found


def _outside(line: str, letter: str) -> int:
    return re.sub(r'"[^"]*"', "", line).count(letter)
