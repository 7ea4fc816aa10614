"""Columns of Arrow as lines of CSV, a piece at a time: joined by column, not by row."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import IO, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

_SPECIAL = ('"', ",", "\r", "\n")
_FAR = 1081  # minutes beyond any offset from UTC


def write(file: IO[bytes], columns: Mapping[str, pa.Array], head: bool) -> None:
    r"""Write rows as CSV in UTF-8; missing values are empty.

    Parameters
    ----------
    file : binary file
    columns : mapping of str to pyarrow.Array
        Text, or dictionaries of text, of one length.
    head : bool
        Whether to write the names of the columns first.

    Examples
    --------
    >>> import io
    >>> import pyarrow as pa
    >>> file = io.BytesIO()
    >>> write(file, {"a": pa.array(["x", None]), "b": pa.array(['5" wide', "1,5"])}, head=True)
    >>> file.getvalue()
    b'a,b\nx,"5"" wide"\n,"1,5"\n'
    """
    import pyarrow.compute as pc

    if head:
        file.write((",".join(columns) + "\n").encode())
    filled = [plain(quoted(values)).fill_null("") for values in columns.values()]
    filled[-1] = pc.binary_join_element_wise(filled[-1], "\n", "")
    lines = pc.binary_join_element_wise(*filled, ",")
    _, places, data = lines.buffers()
    ends = np.frombuffer(places, dtype=np.int32)[lines.offset : lines.offset + len(lines) + 1]
    if data is not None:
        file.write(memoryview(data)[int(ends[0]) : int(ends[-1])])


def plain(values: pa.Array) -> pa.Array:
    """Text of a column that may be a dictionary."""
    import pyarrow as pa

    return values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values


def quoted(values: pa.Array) -> pa.Array:
    """Text as it stands in a cell of CSV: in quotation marks where it has to be."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(values.type):
        return pa.DictionaryArray.from_arrays(values.indices, quoted(values.dictionary))
    if not holds(values, *_SPECIAL):
        return values
    special = pc.match_substring_regex(values, "[" + "".join(_SPECIAL) + "]")
    inner = pc.replace_substring(values, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise('"', inner, '"', ""), values)


def holds(values: pa.Array, *signs: str) -> bool:
    """Whether any of the signs may stand in a column of text: a quick look, that never misses one.

    Examples
    --------
    >>> import pyarrow as pa
    >>> holds(pa.array(["1.2E+19", None]), "E+"), holds(pa.array(["12"]), "E+")
    (True, False)
    """
    values = getattr(values, "dictionary", values)
    data = values.buffers()[2] if len(values) else None
    letters = data.to_pybytes() if data is not None else b""
    return any(sign.encode() in letters for sign in signs)


def times(moments: np.ndarray, offsets: np.ndarray) -> pa.Array:
    """Times as clocks showed them, with their offset; decimals where there are any.

    Parameters
    ----------
    moments : numpy.ndarray of int64
        Microseconds since 1970, UTC.
    offsets : numpy.ndarray of int
        Minutes from UTC.

    Examples
    --------
    >>> times(np.array([1488353400000000, 1488353400250000]), np.array([120, -210])).to_pylist()
    ['2017-03-01T09:30:00+02:00', '2017-03-01T04:00:00.250000-03:30']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    local = moments + offsets.astype(np.int64) * 60_000_000
    days, seconds = np.divmod(local // 1_000_000, 86_400)
    first, last = (int(days.min()), int(days.max())) if len(days) else (0, 0)
    dates = np.arange(first, last + 1).astype("datetime64[D]").astype(str)
    parts = [_letters([f"{date}T" for date in dates])[days - first], _hours()[seconds]]
    endings = _endings()[offsets + _FAR]
    rest = local % 1_000_000
    if not rest.any():
        return _texts(np.concatenate([*parts, endings], axis=1))
    digits = pc.utf8_lpad(pa.array(rest).cast(pa.string()), 6, "0")
    decimals = pc.if_else(pa.array(rest == 0), "", pc.binary_join_element_wise(".", digits, ""))
    return pc.binary_join_element_wise(_texts(np.concatenate(parts, axis=1)), decimals, _texts(endings), "")


@cache
def _hours() -> np.ndarray:
    return _letters([f"{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}" for at in range(86_400)])


@cache
def _endings() -> np.ndarray:
    sizes = range(-_FAR, _FAR)
    return _letters(
        [f"{'-' if size < 0 else '+'}{abs(size) // 60:02d}:{abs(size) % 60:02d}" for size in sizes]
    )


def _letters(texts: list[str]) -> np.ndarray:
    """Texts of one length, in ASCII, as a table with a letter in each cell."""
    return np.array(texts, dtype="S").view(np.uint8).reshape(len(texts), -1)


def _texts(letters: np.ndarray) -> pa.Array:
    import pyarrow as pa

    many, length = letters.shape
    ends = np.arange(many + 1, dtype=np.int32) * length
    data = np.ascontiguousarray(letters)
    return pa.StringArray.from_buffers(many, pa.py_buffer(ends), pa.py_buffer(data))


def numbered(places: np.ndarray) -> pa.Array:
    """Ids of events that have none of their own, by their place: ``x0000012``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.binary_join_element_wise("x", pc.utf8_lpad(pa.array(places).cast(pa.string()), 7, "0"), "")
