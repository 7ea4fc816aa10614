"""Exports of any tool as columns of text, piece by piece: CSV, JSON, JSON Lines, Parquet, server logs.

Every value is text from its first byte. An id of twenty digits, one with leading zeros, and a number that
is missing in some rows come out as they were written, whatever the format.
"""

from __future__ import annotations

import csv
import gzip
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import numpy as np

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.usage import records

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["csv", "jsonl", "json", "parquet", "log"]
ENDINGS: dict[str, Kind] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".parquet": "parquet", ".log": "log",
}  # fmt: skip
COMBINED = (
    r'^(?P<host>\S+) (?P<ident>\S+) (?P<user>\S+) \[(?P<time>[^\]]+)\] '
    r'"(?P<request>(?P<method>[A-Z]+) (?P<path>\S+)(?: (?P<protocol>HTTP/[\d.]+))?|(?:[^"\\]|\\.)*)" '
    r'(?P<status>\d{3}) (?P<size>\d+|-)'
    r'(?: "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?.*$'
)  # fmt: skip
_BLOCK_BYTES, _BLOCK_ROWS = 1 << 20, 1 << 17
_UNREAD = "Events cannot be read."


@dataclass
class Export:
    """An export that is being read.

    Attributes
    ----------
    path : Path
    where : str
        How to call the file in messages.
    explode : str
        The field that holds a list with one entry for each event; empty where each record is an event.
    inside : str
        Where the records lie in a JSON file, as ``hits.hits``; empty to find them.
    lines : str
        'combined', or a regular expression with named groups that each line is read with.
    needed : tuple of str
        Fields without which a record is none; they distinguish a record from an envelope of records.
    varied : tuple of str
        Columns in which most values differ: they are not made dictionaries.
    known : list of str
        Names of fields that were read, for messages.
    broken : list of (int, str, str)
        Row, what is wrong and what to do, of what could not be read.
    """

    path: Path
    where: str
    explode: str = ""
    inside: str = ""
    lines: str = ""
    needed: tuple[str, ...] = ()
    varied: tuple[str, ...] = ()
    known: list[str] = field(default_factory=list)
    broken: list[tuple[int, str, str]] = field(default_factory=list)
    _gaps: list[int] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        """What the file is, by its ending; an ending ``.gz`` is looked through."""
        name = self.path.with_suffix("") if self.path.suffix == ".gz" else self.path
        kind = "log" if self.lines else ENDINGS.get(name.suffix.lower())
        if kind is None:
            found = f"its ending {name.suffix!r} is unknown."
            raise InputError(_UNREAD, [Problem(self.where, found, f"Use {', '.join(ENDINGS)}.")])
        return kind

    @property
    def unit(self) -> str:
        """What places are counted in."""
        return {"csv": "row", "parquet": "row", "json": "record"}.get(self.kind, "line")

    def place(self, row: int) -> str:
        """Where a row of a piece stands in the file, in words: ``export.csv, row 7``."""
        self._gaps.sort()
        moved = row
        while self._gaps and (further := row + bisect_right(self._gaps, moved)) != moved:
            moved = further
        return f"{self.where}, {self.unit} {moved}"

    def pieces(self, asked: Sequence[str]) -> Iterator[tuple[np.ndarray, pa.RecordBatch]]:
        """The fields asked for, as text.

        Parameters
        ----------
        asked : sequence of str
            Names of columns, or paths into records: see `casestudy.usage.records.value`.

        Yields
        ------
        (numpy.ndarray of int64, pyarrow.RecordBatch)
            Each event's row in the file, for `place`, and a column of text (or of a dictionary of text) for
            each field. Empty text is a missing value.

        Raises
        ------
        InputError
            When the file cannot be read at all. Rows that cannot be read are listed in `broken`.
        """
        import pyarrow as pa

        reader = {"csv": self._csv, "log": self._lines, "parquet": self._parquet}.get(
            self.kind, self._records
        )
        try:
            yield from reader(asked)
        except FileNotFoundError as error:
            remedy = "Write it, or import one: casestudy import-log --help."
            raise InputError(_UNREAD, [Problem(self.where, "it is not there.", remedy)]) from error
        except UnicodeDecodeError as error:
            problem = Problem(self.where, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
            raise InputError(_UNREAD, [problem]) from error
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowKeyError, csv.Error) as error:
            words = str(error).splitlines()[0].rstrip(".")
            if "UTF8" in words or "UTF-8" in words:
                problem = Problem(self.where, "it is not UTF-8.", "Save it as UTF-8.")
            else:
                problem = Problem(self.where, f"it is not a {self.kind} file: {words}.", "Export it again.")
            raise InputError(_UNREAD, [problem]) from error
        except (OSError, EOFError) as error:
            words = str(getattr(error, "strerror", None) or error).splitlines()[0].rstrip(".")
            raise InputError(_UNREAD, [Problem(self.where, f"{words}.", "Export it again.")]) from error

    def _csv(self, asked: Sequence[str]) -> Iterator[tuple[np.ndarray, pa.RecordBatch]]:
        import pyarrow as pa
        from pyarrow import csv as text

        head = header(self.path)
        self.known = head.names
        again = [name for name, many in Counter(head.names).items() if many > 1 and name in asked]
        problems = [Problem(self.where, f"two columns are named {name!r}.", "Rename one.") for name in again]
        problems += [
            Problem(self.where, f"it has no {name!r}.", nearest(name, head.names))
            for name in asked
            if name not in head.names
        ]
        raise_if(problems, "The export does not have the columns of the mapping.")

        def broken(line: Any) -> str:
            self._gaps.append(int(line.number) - head.skipped)
            cells = f"it has {line.actual_columns} cells, not {line.expected_columns}."
            self.broken.append((int(line.number) - head.skipped, cells, "Correct the line."))
            return "skip"

        coded, plain = pa.dictionary(pa.int32(), pa.string()), pa.string()
        kinds = {name: plain if name in self.varied else coded for name in asked}
        unique = [
            name if name not in head.names[:at] else f"{name} {at}" for at, name in enumerate(head.names)
        ]
        batches = text.open_csv(
            self.path,
            read_options=text.ReadOptions(
                block_size=_BLOCK_BYTES, use_threads=False, column_names=unique,
                skip_rows=head.skipped + 1, encoding=head.encoding,
            ),
            parse_options=text.ParseOptions(
                delimiter=head.mark, newlines_in_values=True, invalid_row_handler=broken
            ),
            convert_options=text.ConvertOptions(
                column_types=kinds, include_columns=list(asked), strings_can_be_null=True, null_values=[""]
            ),
        )  # fmt: skip
        first = 2
        for batch in _ahead(batches):
            yield np.arange(first, first + len(batch)), batch
            first += len(batch)

    def _lines(self, asked: Sequence[str]) -> Iterator[tuple[np.ndarray, pa.RecordBatch]]:
        import pyarrow as pa
        import pyarrow.compute as pc

        pattern = COMBINED if self.lines in ("", "combined") else self.lines
        with opened(self.path) as file:
            number = 1
            while block := file.readlines(_BLOCK_BYTES):
                rows = np.arange(number, number + len(block))
                number += len(block)
                texts = pa.array([line.decode("utf-8", "replace").rstrip("\r\n") for line in block])
                parts = pc.extract_regex(texts, pattern)
                self.known = self.known or [part.name for part in parts.type]
                strange = [name for name in asked if name not in self.known]
                raise_if(
                    [
                        Problem(self.where, f"lines have no {name!r}.", nearest(name, self.known))
                        for name in strange
                    ],
                    "The export does not have the columns of the mapping.",
                )
                fits = parts.is_valid().to_numpy(zero_copy_only=False)
                filled = pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(texts)), 0)
                for place in np.flatnonzero(~fits & filled.to_numpy(zero_copy_only=False)):
                    self.broken.append((int(rows[place]), "the line is not as lines: says.", "Look at it."))
                kept = parts.filter(pa.array(fits))
                columns = []
                for name in asked:
                    values = kept.field(name)
                    empty = pc.is_in(values, pa.array(["", "-"]))
                    columns.append(pc.if_else(empty, pa.scalar(None, pa.string()), values))
                yield rows[fits], pa.RecordBatch.from_arrays(columns, names=list(asked))

    def _parquet(self, asked: Sequence[str]) -> Iterator[tuple[np.ndarray, pa.RecordBatch]]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        file = pq.ParquetFile(self.path, memory_map=True)
        self.known = list(file.schema_arrow.names)
        roots = {name: name if name in self.known else records.root(name) for name in asked}
        outer = records.root(self.explode) if self.explode else ""
        roots = {name: outer if name[:1] == "." else top for name, top in roots.items()}
        raise_if(
            [
                Problem(self.where, f"it has no {top!r}.", nearest(top, self.known))
                for top in dict.fromkeys([*roots.values(), *([outer] if outer else [])])
                if top not in self.known
            ],
            "The export does not have the columns of the mapping.",
        )
        wanted = list(dict.fromkeys([*roots.values(), *([outer] if outer else [])]))
        size = _BLOCK_ROWS if not self.explode else 1 << 13
        first = 1
        for batch in file.iter_batches(size, columns=wanted, use_threads=False):
            rows = np.arange(first, first + len(batch))
            first += len(batch)
            if self.explode or any(roots[name] != name for name in asked):
                yield from records.columns(self, zip(rows.tolist(), batch.to_pylist(), strict=True), asked)
                continue
            texts = [records.as_text(batch.column(name)) for name in asked]
            yield rows, pa.RecordBatch.from_arrays(texts, names=list(asked))

    def _records(self, asked: Sequence[str]) -> Iterator[tuple[np.ndarray, pa.RecordBatch]]:
        yield from records.columns(self, self.each(), asked)

    def each(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Records of a JSON or JSON Lines file, with their place."""
        with opened(self.path) as file:
            yield from records.of_lines(self, file) if self.kind == "jsonl" else records.of_file(self, file)


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same pieces; each is read on a thread of its own while the one before is worked on."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield batch


@dataclass(frozen=True)
class Header:
    """How a CSV file is written: names of its columns, what stands between cells, lines before, encoding."""

    names: list[str]
    mark: str
    skipped: int
    encoding: str


def header(path: Path) -> Header:
    r"""Look at the beginning of a CSV file.

    A line ``sep=;``, as Excel reads it, is heeded. Cells lie between commas, semicolons, tabs or bars,
    whichever the first line has most of outside of quotation marks (a comma where as many).

    Raises
    ------
    OSError, UnicodeDecodeError

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     count = path.write_text("user;when,local;page\n1;2;3\n")
    ...     head = header(path)
    >>> head.names, head.mark
    (['user', 'when,local', 'page'], ';')
    """
    with opened(path) as file:
        start = file.read(4)
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf8"
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-16" if encoding == "utf-16" else "utf-8-sig", newline="") as file:
        line = file.readline(1_000_000)
        skipped, mark = 0, ""
        if line.lower().startswith("sep=") and len(line.strip()) == 5:
            mark, skipped = line.strip()[4], 1
            line = file.readline(1_000_000)
        bare = "".join(line.split('"')[::2])
        mark = mark or max(",;\t|", key=lambda sign: (bare.count(sign), sign == ","))
        while line.count('"') % 2 and (more := file.readline(1_000_000)):
            line, skipped = line + more, skipped + 1
        return Header(next(csv.reader([line], delimiter=mark), []), mark, skipped, encoding)


def opened(path: Path) -> IO[bytes]:
    """A file that may be packed with gzip, as bytes."""
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def frame(path: Path, where: str) -> Any:
    """All columns of a file of events as a pandas frame of text, for `casestudy.usage.events.read`."""
    import pyarrow as pa

    export = Export(path, where)
    if not path.is_file():
        remedy = "Write it, or import one: casestudy import-log --help."
        raise InputError(_UNREAD, [Problem(where, "it is not there.", remedy)])
    names = _names(export)
    batches = [batch for _, batch in export.pieces(names)]
    raise_if(
        [Problem(export.place(row), found, remedy) for row, found, remedy in export.broken[:20]], _UNREAD
    )
    whole = (
        pa.Table.from_batches(batches)
        if batches
        else pa.table({name: pa.array([], pa.string()) for name in names})
    )
    return whole.to_pandas().astype(object)


def _names(export: Export) -> list[str]:
    """Names of a file's columns, or of all fields that its records have."""
    import pyarrow.parquet as pq

    if export.kind == "csv":
        head = header(export.path)
        if head.encoding != "utf8":
            problem = Problem(export.where, "it is UTF-16, not UTF-8.", "Save it as UTF-8.")
            raise InputError(_UNREAD, [problem])
        return head.names
    if export.kind == "parquet":
        return list(pq.read_schema(export.path).names)
    looked = Export(export.path, export.where)
    return list({name: None for _, record in looked.each() for name in record})
