"""Columns of numbers and text in Arrow, for tables of many products.

`pyarrow.array`, ``to_numpy`` and ``fill_null`` import pandas on the way, which takes longer than everything
that is done here; these functions do without.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


def numbers(values: np.ndarray) -> pa.Array:
    """A numpy array of numbers as an Arrow array; NaN stays NaN.

    Examples
    --------
    >>> import numpy as np
    >>> numbers(np.array([1.5, 2.0])).to_pylist()
    [1.5, 2.0]
    """
    import numpy as np
    import pyarrow as pa

    plain = np.ascontiguousarray(values)
    kind = pa.from_numpy_dtype(plain.dtype)
    return pa.Array.from_buffers(kind, len(plain), [None, pa.py_buffer(plain)])


def texts(words: Sequence[str], which: np.ndarray | None = None) -> pa.Array:
    """Text as an Arrow array; with `which`, the words at these places.

    Examples
    --------
    >>> import numpy as np
    >>> texts(["milk", "crème"], np.array([1, 0, 1])).to_pylist()
    ['crème', 'milk', 'crème']
    """
    import numpy as np
    import pyarrow as pa

    written = [word.encode() for word in words]
    ends = np.zeros(len(written) + 1, dtype=np.int32)
    np.cumsum([len(word) for word in written], out=ends[1:])
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(written))]
    found = pa.Array.from_buffers(pa.string(), len(written), buffers)
    return found if which is None else found.take(numbers(which))


def plain(column: Any) -> np.ndarray:
    """A column of numbers, of an Arrow table or of a data frame, as a numpy array; missing is NaN.

    Examples
    --------
    >>> plain(numbers(plain([1, 2]))).sum().item()
    3
    """
    import numpy as np
    import pyarrow as pa
    from pyarrow import compute

    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if not isinstance(column, pa.Array):
        return np.asarray(column)
    if column.null_count:
        column = compute.coalesce(column.cast("float64"), numbers(np.full(len(column), np.nan)))
    return np.from_dlpack(column)


def distinct(*columns: Any, missing: str = "-") -> tuple[list[tuple[str, ...]], np.ndarray]:
    """The distinct rows of columns of text, and which of them each row is.

    Parameters
    ----------
    *columns : pyarrow.ChunkedArray or pandas.Series or sequence of str
        Of one length.
    missing : str
        What stands for missing values.

    Returns
    -------
    (list of tuple of str, numpy.ndarray)

    Examples
    --------
    >>> rows, which = distinct(["a", "b", "a"], ["x", None, "x"])
    >>> [rows[place] for place in which]
    [('a', 'x'), ('b', '-'), ('a', 'x')]
    """
    import numpy as np

    coded = [_codes(column, missing) for column in columns]
    whole = np.zeros(len(coded[0][0]), dtype=np.int64)
    for codes, words in coded:
        whole = whole * max(1, len(words)) + codes
    _, first, which = np.unique(whole, return_index=True, return_inverse=True)
    parts = [[words[code] for code in codes[first].tolist()] for codes, words in coded]
    return list(zip(*parts, strict=True)), which


def _codes(column: Any, missing: str) -> tuple[np.ndarray, list[str]]:
    import numpy as np
    import pyarrow as pa

    if not isinstance(column, pa.ChunkedArray | pa.Array):
        column = pa.array(column, pa.string(), from_pandas=True)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    coded = column.cast(pa.string()).dictionary_encode(null_encoding="encode")
    words = [missing if word is None else word for word in coded.dictionary.to_pylist()]
    return np.from_dlpack(coded.indices).astype(np.int64), words
