"""Column schemas: what a table's columns mean, and a check that collects every problem with file and row."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem, in_words, nearest, raise_if
from casestudy.files import lists, reading

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

KINDS = ("text", "integer", "number", "boolean", "timestamp", "date")
_MOST_ROWS_LISTED = 20


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    kind : {'text', 'integer', 'number', 'boolean', 'timestamp', 'date'}
    meaning : str
        What the column says, for readers of the documentation and of error messages.
    unit : str
        Unit of a number; empty for none.
    allowed : tuple of str
        The only values allowed; empty for any.
    required : bool
        Whether the column must be there and filled in every row.
    unique : bool
        Whether a value may occur only once.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    allowed: tuple[str, ...] = ()
    required: bool = True
    unique: bool = False


@dataclass(frozen=True)
class Schema:
    """The columns of a table, in order, under the table's name."""

    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]


@dataclass(frozen=True)
class Flaw:
    """One kind of mistake in one column, in however many rows.

    Attributes
    ----------
    column, remedy : str
    found : str
        What is said of a row, with ``{name}`` and ``{value!r}`` for the column and the cell.
    rows : tuple of (int, value)
        The first rows (the header is row 1), with what stands there.
    count : int
        Rows that have it.
    """

    column: str
    found: str
    remedy: str
    rows: tuple[tuple[int, Any], ...]
    count: int

    def problems(self, where: str) -> list[Problem]:
        """The rows listed, and how many more there are."""
        listed = [
            Problem(f"{where}, row {row}", self.found.format(name=self.column, value=value), self.remedy)
            for row, value in self.rows[:_MOST_ROWS_LISTED]
        ]
        rest = self.count - len(listed)
        if rest:
            words = f"{rest:,} more rows with the same problem in {self.column}."
            listed.append(Problem(where, words, self.remedy))
        return listed


def merged(flaws: Iterable[Flaw]) -> list[Flaw]:
    """Flaws of several pieces of one table as if it had been read at once, in the order of their first row.

    Examples
    --------
    >>> one, other = Flaw("a", "x", "", ((2, 1),), 1), Flaw("a", "x", "", ((9, 1),), 3)
    >>> merged([one, other])[0].count
    4
    """
    made: dict[tuple[str, str, str], Flaw] = {}
    for flaw in flaws:
        key = (flaw.column, flaw.found, flaw.remedy)
        before = made.get(key)
        rows = (before.rows if before else ()) + flaw.rows
        count = (before.count if before else 0) + flaw.count
        made[key] = Flaw(*key, rows[:_MOST_ROWS_LISTED], count)
    return list(made.values())


def read_csv(path: Path, schema: Schema, where: str | None = None) -> pd.DataFrame:
    """Read a CSV file and check it against its schema.

    Parameters
    ----------
    path : Path
        A table with headings, as any spreadsheet saves it; see `casestudy.files.lists`.
    schema : Schema
        What its columns must be. Columns that the schema does not name are kept as text.
    where : str, optional
        How to call the file in messages; its path by default.

    Returns
    -------
    pandas.DataFrame
        Columns converted to their kinds; empty cells are missing values. The text ``NA`` stays text.

    Raises
    ------
    InputError
        With every problem: missing columns, empty required cells, values that do not convert, are not
        allowed or repeat.
    """
    table, problems = survey_csv(path, schema, where or str(path))
    raise_if(problems, f"The table of {schema.name} has problems.")
    return table.reset_index(drop=True)


def survey_csv(path: Path, schema: Schema, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Like `read_csv`, with what is wrong in rows listed instead of raised.

    Returns
    -------
    (pandas.DataFrame, list of Problem)
        The index of the table is the number of the row less two.

    Raises
    ------
    InputError
        When it cannot be read at all, or columns are missing.
    """
    try:
        data = reading.data(path)
        if data.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(data)) as packed:
                data = packed.read(lists.LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = in_words(error) if isinstance(error, OSError) else "its end is missing."
        raise InputError("A table cannot be read.", [Problem(where, reason)]) from error
    frame = _plain(data, schema)
    return conform(_as_saved(data, schema, where) if frame is None else frame, schema, where)


def _plain(data: bytes, schema: Schema) -> pd.DataFrame | None:
    """The table where it is CSV as we write it; else None. Most tables are, and some are long."""
    import pandas as pd

    if lists.may_hold_apostrophes(data):
        return None
    try:
        frame = pd.read_csv(
            io.BytesIO(data), dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8-sig"
        )
    except (UnicodeError, pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError):
        return None
    required = {column.name for column in schema.columns if column.required}
    names = [str(name) for name in frame.columns]
    odd = len(names) == 1 or any(name.startswith("Unnamed: ") or name.endswith(".1") for name in names)
    known = {name.casefold(): name for name in schema.names}
    odd |= any(known.get(name.strip().casefold(), name) != name for name in names)
    blank = len(frame) > 0 and bool(frame.iloc[-1].isna().all())
    right = required <= set(names) and isinstance(frame.index, pd.RangeIndex)
    return frame if right and not odd and not blank else None


def _as_saved(data: bytes, schema: Schema, name: str) -> pd.DataFrame:
    """The table from whatever a spreadsheet made of it; rows keep their numbers by the frame's index."""
    import pandas as pd

    required = [column.name for column in schema.columns if column.required]
    listed = lists.read(data, name, schema.names, required)
    numbers = {column.name for column in schema.columns if column.kind in ("number", "integer")}
    comma = listed.separator != ","
    rows = [
        [
            (lists.with_point(row[head]) if comma and head in numbers else row[head]) or None
            for head in listed.headings
        ]
        for row in listed.rows
    ]
    index = [row.number - 2 for row in listed.rows]
    return pd.DataFrame(rows, index=index, columns=list(listed.headings), dtype=object).astype("str")


def read_arrow(path: Path, schema: Schema, where: str | None = None) -> pa.Table:
    """As `read_csv`, as an Arrow table: for paths on which importing pandas costs more than the work.

    Parameters
    ----------
    path, schema, where
        As in `read_csv`. Columns must be of the kinds 'text' and 'number'.

    Returns
    -------
    pyarrow.Table
        The schema's columns in its order; those that are not there are empty.

    Raises
    ------
    InputError
        As `read_csv`, which reads a file in which anything is wrong again and lists every problem.
    """
    import pyarrow as pa
    from pyarrow import csv

    texts = csv.ConvertOptions(
        column_types={column.name: pa.string() for column in schema.columns},
        null_values=[""],
        strings_can_be_null=True,
        include_columns=schema.names,
        include_missing_columns=True,
    )
    try:
        lines = csv.ParseOptions(newlines_in_values=True)
        raw = csv.read_csv(path, convert_options=texts, parse_options=lines)
        values = [_clean(raw[column.name], column) for column in schema.columns]
        if not len(raw):
            raise pa.ArrowInvalid("no rows: a missing column could not be seen")
        return pa.table(values, names=schema.names)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError):
        frame = read_csv(path, schema, where)
        return pa.Table.from_pandas(frame[schema.names], preserve_index=False)


def _clean(values: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    """The converted column; ArrowInvalid where anything is wrong with it."""
    import pyarrow as pa
    from pyarrow import compute

    number = column.kind == "number"
    there = values.drop_null()
    wrong = (column.required and values.null_count > 0) or (column.kind not in ("text", "number"))
    wrong |= bool(column.allowed) and not (
        not number and set(there.unique().to_pylist()) <= set(column.allowed)
    )
    wrong |= column.unique and len(there.unique()) < len(there)
    converted = compute.cast(values, pa.float64()) if number and not wrong else values
    if wrong or (number and compute.any(compute.is_nan(converted)).as_py()):
        raise pa.ArrowInvalid(f"{column.name} has problems")
    return converted


def conform(frame: pd.DataFrame, schema: Schema, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Convert a frame to its schema and list what does not fit.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table as read.
    schema : Schema
        What its columns must be.
    where : str
        How to call the table in messages.

    Returns
    -------
    (pandas.DataFrame, list of Problem)
        The table with its columns converted (values that do not convert are missing; absent optional columns
        are added, empty), and every problem.
        Row numbers count the header as row 1, as a spreadsheet does.

    Examples
    --------
    >>> import pandas as pd
    >>> schema = Schema("people", (Column("age", "integer", "age", "years"),))
    >>> table, problems = conform(pd.DataFrame({"age": ["31", "x"]}), schema, "people.csv")
    >>> print(problems[0])
    people.csv, row 3: age is 'x'. Write a whole number.
    """
    table, problems, flaws = inspect(frame, schema, where)
    return table, problems + [problem for flaw in flaws for problem in flaw.problems(where)]


def inspect(
    frame: pd.DataFrame, schema: Schema, where: str, first: int = 2
) -> tuple[pd.DataFrame, list[Problem], list[Flaw]]:
    """As `conform`, for a piece of a table: missing columns as problems, mistakes in rows as flaws.

    Parameters
    ----------
    frame, schema, where
        As in `conform`.
    first : int
        Number of the piece's first row.
    """
    import pandas as pd

    table = frame.copy()
    problems: list[Problem] = []
    flaws: list[Flaw] = []
    for column in schema.columns:
        if column.name not in table.columns:
            if column.required:
                hint = nearest(column.name, [str(name) for name in frame.columns])
                problems.append(
                    Problem(where, f"column {column.name!r} is missing ({column.meaning}).", hint)
                )
            else:
                table[column.name] = _convert(pd.Series(pd.NA, index=table.index, dtype=object), column.kind)
            continue
        values = table[column.name]
        converted = _convert(values, column.kind)
        name, empty = column.name, values.isna()
        wrong = f"Write {_IN_WORDS[column.kind]}."
        flaws += flaw(values, ~empty & converted.isna(), name, "{name} is {value!r}.", wrong, first)
        if column.required:
            flaws += flaw(values, empty, name, "{name} is empty.", "Fill it in.", first)
        if column.allowed:
            stranger = converted.notna() & ~converted.astype(str).isin(column.allowed)
            known = f"Use one of: {', '.join(column.allowed)}."
            flaws += flaw(values, stranger, name, "{name} is {value!r}.", known, first)
        if column.unique:
            again = converted.notna() & converted.duplicated(keep="first")
            flaws += flaw(values, again, name, "{name} {value!r} occurs before.", "Make it unique.", first)
        table[name] = converted
    return table, problems, flaws


def flaw(values: pd.Series, mask: Any, name: str, found: str, remedy: str, first: int = 2) -> list[Flaw]:
    """The flaw of the rows where `mask` holds; an empty list where it holds nowhere."""
    import numpy as np
    import pandas as pd

    places = np.flatnonzero(np.asarray(mask, dtype=bool))
    if not len(places):
        return []
    # A list without its empty rows keeps their numbers in its index.
    numbers = values.index if pd.api.types.is_integer_dtype(values.index) else range(len(values))
    rows = tuple((first + int(numbers[place]), values.iloc[place]) for place in places[:_MOST_ROWS_LISTED])
    return [Flaw(name, found, remedy, rows, len(places))]


_IN_WORDS = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "timestamp": "a time like 2017-03-01T09:30:00+00:00",
    "date": "a date like 2017-03-01",
}
_TRUTH = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def _convert(values: pd.Series, kind: str) -> pd.Series:
    import pandas as pd

    if kind == "text":
        return values.astype("str") if values.notna().all() else values.astype("string").astype(object)
    if kind == "integer":
        numbers = pd.to_numeric(values, errors="coerce")
        return numbers.where(numbers % 1 == 0).astype("Int64")
    if kind == "number":
        return pd.to_numeric(values, errors="coerce")
    if kind == "boolean":
        return values.map(lambda value: _TRUTH.get(str(value).strip().lower()), na_action="ignore").astype(
            "boolean"
        )
    if kind == "date":
        return pd.to_datetime(values, errors="coerce", format="%Y-%m-%d")
    if kind == "timestamp":
        return pd.to_datetime(values, errors="coerce", format="ISO8601", utc=True)
    raise ValueError(f"unknown kind of column: {kind!r}; {nearest(kind, KINDS)}")
