"""Logs too large for frames, read piece by piece: what they hold, and the problems a frame would list."""

from __future__ import annotations

import codecs
import csv
import io
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.errors import InputError, Problem
from casestudy.files import guard
from casestudy.files.tables import Flaw, inspect, merged
from casestudy.usage import events
from casestudy.usage.vocabulary import Vocabulary
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_BLOCK_BYTES, _BLOCK_ROWS = 1 << 23, 1 << 22
_CODED = ("participant_id", "action")
_OFFSET = r"(Z|[+-]\d\d:?\d\d)$"
_MOST_LISTED = 20
ENDINGS = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True)
class Scan:
    """What a log holds.

    Attributes
    ----------
    rows : int
    participants : tuple of str
        In order of their names.
    actions : dict of str to int
        Rows of each action.
    problems : tuple of Problem
        Everything that is wrong, as `casestudy.usage.events.read` would list it.
    """

    rows: int
    participants: tuple[str, ...]
    actions: dict[str, int]
    problems: tuple[Problem, ...]


def scan(path: Path, vocabulary: Vocabulary | None = None, where: str | None = None) -> Scan:
    """Look through a log in bounded memory: one piece of it, and the names of participants and actions.

    Parameters
    ----------
    path : Path
        ``.csv``, ``.csv.gz`` or ``.parquet``.
    vocabulary : Vocabulary, optional
        What actions there are; without it actions are not checked.
    where : str, optional
        How to call the file in messages; its name by default.

    Raises
    ------
    InputError
        When the file cannot be read at all.

    Examples
    --------
    >>> from casestudy.study import Study
    >>> scan(Study.find().input(events.FILE)).problems
    ()
    """
    name = where or path.name
    with guard.reading(name, "Events cannot be read."):
        return _scanned(path, vocabulary, name)


def _scanned(path: Path, vocabulary: Vocabulary | None, name: str) -> Scan:
    import pandas as pd

    columns = header(path, name)
    problems = inspect(pd.DataFrame(columns=columns, dtype=str), events.EVENTS, name)[1]
    skipped: list[tuple[int, int, int]] = []
    flaws: list[Flaw] = []
    counts: dict[str, int] = {}
    first: dict[str, int] = {}
    people: set[str] = set()
    row = 2
    for piece in pieces(path, name, [one for one in events.EVENTS.names if one in columns], skipped):
        seen = set(piece.schema.names)
        if "participant_id" in seen:
            people.update(who for who in _names(piece, "participant_id") if who is not None)
        if "action" in seen:
            _count(piece, counts, first, row)
        if not _clean(piece):
            flaws += _flaws(piece, name, row)
        row += len(piece)
    gaps = sorted(number for number, _, _ in skipped)
    flaws = [replace(one, rows=tuple((_moved(at, gaps), value) for at, value in one.rows)) for one in flaws]
    problems += _broken(skipped, name)
    problems += [problem for flaw in merged(flaws) for problem in flaw.problems(name)]
    if vocabulary is not None:
        rows = {action: _moved(at, gaps) for action, at in first.items()}
        problems += events.unknown_actions(counts, rows, vocabulary, name)
    return Scan(row - 2, tuple(sorted(people)), dict(sorted(counts.items())), tuple(problems))


def header(path: Path, where: str) -> list[str]:
    """Names of a log's columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if path.suffix == ".parquet":
            return list(pq.read_schema(path).names)
        # A letter that is cut off at the end of the piece is not an error of the file.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(events.head(path))
        lines = io.StringIO(text, newline="")
        names = next(csv.reader(lines, delimiter=events.separator(path)), [])
    except (UnicodeDecodeError, csv.Error) as error:
        problem = Problem(where, "it is not a CSV table in UTF-8.", "Save it as UTF-8.")
        raise InputError("Events cannot be read.", [problem]) from error
    except FileNotFoundError as error:
        raise InputError("Events cannot be read.", [Problem(where, "it is not there.")]) from error
    except (OSError, EOFError, pa.ArrowInvalid) as error:
        kind = "Parquet" if path.suffix == ".parquet" else "CSV"
        problem = Problem(where, f"it is no {kind} file: {str(error).splitlines()[0]}.", "Export it again.")
        raise InputError("Events cannot be read.", [problem]) from error
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        found = f"the column {twice[0]!r} stands there {names.count(twice[0])} times."
        problem = Problem(f"{where}, row 1", found, "Keep one, or rename the other.")
        raise InputError("Events cannot be read.", [problem])
    return names


def rows(path: Path) -> int:
    """Rows of a Parquet file; 0 for other files, which would have to be read to know."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows) if path.suffix == ".parquet" else 0


def pieces(
    path: Path, where: str, columns: Sequence[str], skipped: list[tuple[int, int, int]] | None = None
) -> Iterator[pa.RecordBatch]:
    """A log in pieces, its participants and actions as dictionaries.

    Parameters
    ----------
    path : Path
    where : str
        How to call the file in messages.
    columns : sequence of str
        Those wanted.
    skipped : list, optional
        Gets row, cells and cells expected of each line with another number of cells; without it such a line
        is an error.

    Raises
    ------
    InputError
        When the file is none of `ENDINGS`, or breaks off being one.
    """
    import pyarrow as pa
    import pyarrow.csv as text
    import pyarrow.parquet as pq

    ending = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
    if ending not in ENDINGS:
        problem = Problem(where, f"its ending {ending!r} is unknown.", f"Use {', '.join(ENDINGS)}.")
        raise InputError("Events cannot be read.", [problem])

    def broken(line: Any) -> str:
        if skipped is None:
            return "error"
        skipped.append((int(line.number), int(line.actual_columns), int(line.expected_columns)))
        return "skip"

    coded = pa.dictionary(pa.int32(), pa.string())
    kinds = {name: coded if name in _CODED else pa.string() for name in columns}
    try:
        if ending == ".parquet":
            file = pq.ParquetFile(path, read_dictionary=list(_CODED), memory_map=True)
            yield from file.iter_batches(_BLOCK_ROWS, columns=list(columns), use_threads=False)
            return
        yield from text.open_csv(
            path,
            read_options=text.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False),
            parse_options=text.ParseOptions(
                delimiter=events.separator(path), newlines_in_values=True, invalid_row_handler=broken
            ),
            convert_options=text.ConvertOptions(
                column_types=kinds, include_columns=list(columns), strings_can_be_null=True, null_values=[""]
            ),
        )
    except (pa.ArrowInvalid, OSError) as error:
        words = str(error).splitlines()[0].rstrip(".")
        found = "it is not UTF-8." if "UTF8" in words else f"it is not a {ending[1:]} file: {words}."
        raise InputError("Events cannot be read.", [Problem(where, found, "Export it again.")]) from error


def seconds(piece: pa.RecordBatch) -> np.ndarray:
    """Whole seconds since 1970 of a piece's times; ArrowInvalid where one is not a time with an offset."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = piece.column("timestamp")
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        if not pc.all(pc.match_substring_regex(column, _OFFSET)).as_py() and len(column):
            raise pa.ArrowInvalid("a timestamp states no offset")
        column = pc.cast(column, pa.timestamp("us", tz="UTC"))
    whole = column.cast(pa.timestamp("s"), safe=False).cast(pa.int64())
    return np.asarray(whole.to_numpy(zero_copy_only=False))


def _clean(piece: pa.RecordBatch) -> bool:
    """Whether every required cell is filled and every time can be read."""
    import pyarrow as pa

    for column in events.EVENTS.columns:
        if column.required and (
            column.name not in piece.schema.names or piece.column(column.name).null_count
        ):
            return False
    kind = piece.column("timestamp").type
    if pa.types.is_timestamp(kind):
        return kind.tz is not None
    try:
        seconds(piece)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _flaws(piece: pa.RecordBatch, where: str, row: int) -> list[Flaw]:
    import pandas as pd

    frame: pd.DataFrame = piece.to_pandas()
    texts = [name for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    frame[texts] = frame[texts].astype(object)
    given = frame.get("timestamp")
    aware = given is not None and isinstance(given.dtype, pd.DatetimeTZDtype)
    if given is not None and not aware and not pd.api.types.is_string_dtype(given):
        frame["timestamp"] = given.map(str, na_action="ignore")
    table, _, flaws = inspect(frame, events.EVENTS, where, row)
    if given is not None and not aware:
        flaws += events.stated(frame["timestamp"], table["timestamp"], row)[1]
    return flaws


def _names(piece: pa.RecordBatch, column: str) -> list[str | None]:
    """The different values of a column."""
    values = piece.column(column).unique()
    return [None if name is None else str(name) for name in values.to_pylist()]


def _count(piece: pa.RecordBatch, counts: dict[str, int], first: dict[str, int], row: int) -> None:
    import pyarrow as pa

    column = piece.column("action")
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    for place, many in enumerate(np.bincount(codes[codes >= 0]).tolist()):
        name = str(coded.dictionary[place].as_py())
        if many and name not in first:
            first[name] = row + int((codes == place).argmax())
        if many:
            counts[name] = counts.get(name, 0) + many


def _moved(row: int, gaps: list[int]) -> int:
    """The row in the file of a row that was counted without the broken lines before it."""
    place = row
    while (moved := row + bisect_right(gaps, place)) != place:
        place = moved
    return place


def _broken(skipped: list[tuple[int, int, int]], where: str) -> list[Problem]:
    problems = [
        Problem(f"{where}, row {row}", f"it has {cells} cells, not {expected}.", "Correct the line.")
        for row, cells, expected in sorted(skipped)[:_MOST_LISTED]
    ]
    if len(skipped) > _MOST_LISTED:
        problems.append(Problem(where, f"{counted(len(skipped) - _MOST_LISTED, 'more line')} like these."))
    return problems
