"""Tables as people have them: sheets of a workbook, CSV, and tables in a document of a word processor."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casestudy.errors import InputError, Problem
from casestudy.files import lists
from casestudy.transcripts.transcript import LARGEST, Transcript

SHEETS = (".xlsx", ".xlsm", ".xls", ".ods")
LISTS = (".csv", ".tsv")
_MOST_CELLS = 5_000_000
_FIRST_ROWS = 15  # in which the headings are looked for
_CELL = re.compile(r"table (\d+), row (\d+), cell (\d+)")


@dataclass(frozen=True)
class Grid:
    """One table: how to call it, and its rows of cells as text, empty rows left out.

    Attributes
    ----------
    name : str
        The file, and the sheet or table where there are several.
    rows : tuple of (int, tuple of str)
        Number of the row as the program shows it, and its cells.
    """

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def headed(self, at: int) -> list[dict[str, str]]:
        """The rows below the headings in row `at` (an index of `rows`), by heading."""
        heads = self.headings(at)
        return [dict(zip(heads, cells, strict=False)) for _, cells in self.rows[at + 1 :]]

    def headings(self, at: int) -> list[str]:
        """The headings in row `at`; a second one of a name gets a number, an empty one its column."""
        heads: list[str] = []
        for number, cell in enumerate(self.rows[at][1], start=1):
            name = " ".join(cell.split()) or f"column {number}"
            heads.append(name if name not in heads else f"{name} {number}")
        return heads


def of_file(data: bytes, ending: str, where: str) -> list[Grid]:
    """The tables of a workbook or a CSV file.

    Parameters
    ----------
    data : bytes
    ending : str
        One of `SHEETS` or `LISTS`.
    where : str
        How to call the file.

    Raises
    ------
    InputError
        When it cannot be read as what its ending says, or holds nothing.

    Examples
    --------
    >>> of_file(b"ID;Age\\nP01;34\\n", ".csv", "people.csv")[0].rows
    ((1, ('ID', 'Age')), (2, ('P01', '34')))
    """
    found = _sheets(data, where) if ending in SHEETS else [_list(data, where)]
    filled = [grid for grid in found if grid.rows]
    if not filled:
        raise InputError("A table cannot be read.", [Problem(where, "it is empty.", "Look into the file.")])
    return filled


def of_document(document: Transcript, name: str) -> list[Grid]:
    """The tables of a document that was read, cell by cell."""
    tables: dict[int, dict[int, dict[int, str]]] = defaultdict(lambda: defaultdict(dict))
    for place in document.places:
        if match := _CELL.fullmatch(place.source):
            table, row, column = (int(part) for part in match.groups())
            words = document.text[place.start : place.end].strip()
            before = tables[table][row].get(column, "")
            tables[table][row][column] = f"{before}\n{words}" if before else words
    grids = []
    for number, rows in sorted(tables.items()):
        width = max(column for row in rows.values() for column in row)
        cells = [
            (row, tuple(filled.get(column, "") for column in range(1, width + 1)))
            for row, filled in sorted(rows.items())
        ]
        grids.append(Grid(f"{name}, table {number}" if len(tables) > 1 else name, tuple(cells)))
    return grids


def _sheets(data: bytes, where: str) -> list[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook

    if not data:
        raise InputError("A table cannot be read.", [Problem(where, "it is empty.", "Look into the file.")])
    if len(data) > LARGEST:
        problem = Problem(where, f"it has {len(data):,} bytes.", f"At most {LARGEST:,} are read.")
        raise InputError("A table cannot be read.", [problem])
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        grids = []
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > _MOST_CELLS:
                problem = Problem(f"{where}, sheet {name!r}", f"it has more than {_MOST_CELLS:,} cells.")
                raise InputError("A table cannot be read.", [problem])
            rows = [tuple(map(as_text, row)) for row in sheet.to_python(skip_empty_area=False)]
            called = f"{where}, sheet {name!r}" if len(book.sheet_names) > 1 else where
            grids.append(Grid(called, _filled(rows)))
        return grids
    except InputError:
        raise
    except (CalamineError, OSError, ValueError, OverflowError, MemoryError) as error:
        reason = str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
        problem = Problem(where, f"it is not a workbook ({reason}).", "Save it again, or as CSV in UTF-8.")
        raise InputError("A table cannot be read.", [problem]) from error


def _list(data: bytes, where: str) -> Grid:
    text, _ = lists.decoded(data, where, windows=True)
    named = re.match(r'"?sep=(.)"?\s*\n', text, re.IGNORECASE)
    text = text[named.end() :] if named else text
    try:
        # A title may stand above the headings: what separates cells is what makes most rows equally wide.
        tables = [
            list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
            for mark in (named[1] if named else lists.SEPARATORS)
        ]
    except csv.Error as error:
        problem = Problem(where, f"it is not a table ({error}).", "Save it as CSV in UTF-8.")
        raise InputError("A table cannot be read.", [problem]) from error
    lines = max(tables, key=_evenly)
    return Grid(where, _filled([tuple(map(lists.without_apostrophe, line)) for line in lines]))


def _evenly(lines: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many of the first rows have the width that most have, and that width."""
    widths = Counter(len(line) for line in lines[:_FIRST_ROWS] if len(line) > 1)
    width, count = max(widths.items(), key=lambda item: item[::-1], default=(0, 0))
    return count, width


def _filled(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    cells = [tuple(cell.strip() for cell in row) for row in rows]
    return tuple((number, row) for number, row in enumerate(cells, start=1) if any(row))


def as_text(value: Any) -> str:
    """A cell as a person would write it: whole numbers without a point, days and times in ISO form.

    Examples
    --------
    >>> import datetime
    >>> as_text(34.0), as_text(True), as_text(datetime.datetime(2024, 5, 1)), as_text(None)
    ('34', 'true', '2024-05-01', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat()
    return str(value).strip()


def likely_head(grid: Grid, known: Sequence[set[str]] = ()) -> int:
    """Index of the row that holds the headings: below titles, which fill one cell only.

    Parameters
    ----------
    grid : Grid
    known : sequence of set of str
        For each of the first rows, which fields its cells name.

    Examples
    --------
    >>> likely_head(Grid("g", ((1, ("Our people", "")), (3, ("ID", "Age")), (4, ("P1", "3")))))
    1
    """
    first = range(min(len(grid.rows), _FIRST_ROWS))
    best = max(first, key=lambda at: (len(known[at]) if at < len(known) else 0, -at))
    if known and known[best]:
        return best
    wide = max(sum(bool(cell) for cell in grid.rows[at][1]) for at in first)
    return next(at for at in first if sum(bool(cell) for cell in grid.rows[at][1]) * 2 > wide)
