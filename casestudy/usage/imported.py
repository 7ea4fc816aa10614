"""Events of an export in few bytes each, sorted; and how they are written as a log of events."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cached_property
from typing import IO, TYPE_CHECKING

import numpy as np

from casestudy.errors import Problem
from casestudy.usage.events import EVENTS

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 1 << 18
_FAR = 1081  # minutes beyond any offset from UTC
_QUOTED = r'[",\r\n]'


@dataclass
class Imported:
    """Events of an export, sorted by account and time; within one moment in the export's order.

    Attributes
    ----------
    participants : list of str
        Accounts, sorted.
    who, moments, offsets : numpy.ndarray
        Each event's account (place in `participants`), microseconds since 1970 in UTC, minutes from UTC.
    texts : dict of str to pyarrow.Array
        The other columns of a log of events that are filled; ids as numbers are places in the export.
    dropped, set_aside : int
        Rows that the mapping drops, and rows that could not be read.
    problems : tuple of Problem
        What was set aside, with its place: each kind with the first rows, and how many more.
    """

    participants: list[str]
    who: np.ndarray
    moments: np.ndarray
    offsets: np.ndarray
    texts: dict[str, pa.Array]
    dropped: int = 0
    set_aside: int = 0
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.who)

    def accounts(self) -> bytes:
        """A first list of accounts as CSV: each is a customer's, adopted on the day of its first event."""
        _, first = np.unique(self.who, return_index=True)
        local = self.moments[first] + self.offsets[first].astype(np.int64) * 60_000_000
        days = np.datetime_as_string(local.astype("datetime64[us]"), unit="D")
        rows = zip(self.who[first].tolist(), days.tolist(), strict=True)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["participant_id", "adopted_on", "account"])
        writer.writerows([self.participants[who], day, "customer"] for who, day in rows)
        return text.getvalue().encode()

    def table(self) -> pa.Table:
        """The columns of `casestudy.usage.events.EVENTS` that are filled, as text."""
        import pyarrow as pa

        names = pa.array(self.participants, pa.string())
        columns = self._columns(names, self.texts, 0, len(self))
        return pa.table({name: _plain(values) for name, values in columns.items()})

    def write(self, file: IO[bytes]) -> None:
        """Write the events as CSV in UTF-8, piece by piece."""
        import pyarrow as pa
        import pyarrow.compute as pc

        texts = {name: _quoted(values) for name, values in self.texts.items()}
        names = _quoted(pa.array(self.participants, pa.string()))
        file.write((",".join(self._columns(names, texts, 0, 0)) + "\n").encode())
        for start in range(0, len(self), _ROWS):
            columns = self._columns(names, texts, start, start + _ROWS).values()
            filled = [_plain(values).fill_null("") for values in columns]
            lines = pc.binary_join_element_wise(*filled, ",")
            lines = pc.binary_join_element_wise(lines, "\n", "")
            _, places, data = lines.buffers()
            ends = np.frombuffer(places, dtype=np.int32)[lines.offset : lines.offset + len(lines) + 1]
            file.write(memoryview(data)[int(ends[0]) : int(ends[-1])])

    def _columns(
        self, names: pa.Array, texts: dict[str, pa.Array], start: int, stop: int
    ) -> dict[str, pa.Array]:
        import pyarrow as pa

        part = slice(start, stop)
        filled: dict[str, pa.Array] = {
            "participant_id": names.take(pa.array(self.who[part])),
            "timestamp": _times(self.moments[part], self.offsets[part], self._finer),
        }
        filled |= {name: values[part] for name, values in texts.items()}
        return {name: filled[name] for name in EVENTS.names if name in filled}

    @cached_property
    def _finer(self) -> bool:
        return bool((self.moments % 1_000_000).any())


def _plain(values: pa.Array) -> pa.Array:
    """Text of a column; a number is the place of an event that has no id of its own."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_integer(values.type):
        digits = pc.utf8_lpad(values.cast(pa.string()), 7, "0")
        return pc.binary_join_element_wise("x", digits, "")
    return values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values


def _quoted(values: pa.Array) -> pa.Array:
    """Text as it stands in a CSV file."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(values.type):
        return pa.DictionaryArray.from_arrays(values.indices, _quoted(values.dictionary))
    if pa.types.is_integer(values.type):
        return values
    special = pc.match_substring_regex(values, _QUOTED)
    if not pc.any(special).as_py():
        return values
    inner = pc.replace_substring(values, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise('"', inner, '"', ""), values)


def _times(moments: np.ndarray, offsets: np.ndarray, finer: bool) -> pa.Array:
    """Times as clocks showed them, with their offset: ``2017-03-01T09:30:00+02:00``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    local = moments + offsets.astype(np.int64) * 60_000_000
    days, seconds = np.divmod(local // 1_000_000, 86_400)
    first, last = (int(days.min()), int(days.max())) if len(days) else (0, 0)
    dates = pa.array(np.arange(first, last + 1).astype("datetime64[D]")).cast(pa.string())
    hours = pa.array(np.arange(86_400, dtype=np.int32), pa.time32("s")).cast(pa.string())
    endings = [f"{'-' if size < 0 else '+'}{abs(size) // 60:02d}:{abs(size) % 60:02d}" for size in range(-_FAR, _FAR)]
    parts = [
        pc.binary_join_element_wise(dates, "T", "").take(pa.array(days - first)),
        hours.take(pa.array(seconds)),
        pa.array(endings, pa.string()).take(pa.array(offsets + _FAR)),
    ]
    if finer:
        digits = pa.array(local % 1_000_000).cast(pa.string())
        parts.insert(2, pc.binary_join_element_wise(".", pc.utf8_lpad(digits, 6, "0"), ""))
    return pc.binary_join_element_wise(*parts, "")
