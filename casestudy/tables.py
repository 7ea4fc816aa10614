"""Column schemas: what a table's columns mean, and a check that collects every problem with file and row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem, nearest, raise_if

if TYPE_CHECKING:
    import pandas as pd

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


def read_csv(path: Path, schema: Schema, where: str | None = None) -> pd.DataFrame:
    """Read a CSV file and hold it against its schema.

    Parameters
    ----------
    path : Path
        A UTF-8 CSV file with a header row.
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
    import pandas as pd

    name = where or str(path)
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(name, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
        raise InputError("A table cannot be read.", [problem]) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        problem = Problem(name, f"it is not a CSV table: {str(error).strip()}.", "Give it a header row.")
        raise InputError("A table cannot be read.", [problem]) from error
    table, problems = conform(frame, schema, name)
    raise_if(problems, f"The table of {schema.name} has problems.")
    return table


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
    import pandas as pd

    table = frame.copy()
    problems: list[Problem] = []
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
        bad = values.notna() & converted.isna()
        wrong = {"found": "{name} is {value!r}.", "remedy": f"Write {_IN_WORDS[column.kind]}."}
        problems += _rows(values, bad, column, where, **wrong)
        if column.required:
            problems += _rows(values, values.isna(), column, where, "{name} is empty.", "Fill it in.")
        if column.allowed:
            stranger = converted.notna() & ~converted.astype(str).isin(column.allowed)
            listed = f"Use one of: {', '.join(column.allowed)}."
            problems += _rows(values, stranger, column, where, "{name} is {value!r}.", listed)
        if column.unique:
            again = converted.notna() & converted.duplicated(keep="first")
            problems += _rows(
                values, again, column, where, "{name} {value!r} occurs before.", "Make it unique."
            )
        table[column.name] = converted
    return table, problems


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


def _rows(values: pd.Series, mask: Any, column: Column, where: str, found: str, remedy: str) -> list[Problem]:
    import numpy as np

    positions: Sequence[int] = np.flatnonzero(np.asarray(mask, dtype=bool)).tolist()
    listed = [
        Problem(
            f"{where}, row {position + 2}",
            found.format(name=column.name, value=values.iloc[position]),
            remedy,
        )
        for position in positions[:_MOST_ROWS_LISTED]
    ]
    rest = len(positions) - len(listed)
    if rest:
        listed.append(Problem(where, f"{rest:,} more rows with the same problem in {column.name}.", remedy))
    return listed
