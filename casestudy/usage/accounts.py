"""Accounts found in a log that is read in pieces, and the day of each one's first event."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa


class Accounts:
    """Accounts, and when each was first seen.

    Examples
    --------
    >>> import pyarrow as pa
    >>> accounts = Accounts()
    >>> accounts.meet(pa.array(["b", "a", "b"]), np.array([9, 5, 3]) * 86_400_000_000)
    >>> print(accounts.csv().decode())
    participant_id,adopted_on,account
    a,1970-01-06,customer
    b,1970-01-04,customer
    <BLANKLINE>
    """

    def __init__(self) -> None:
        self._names: pa.Array | None = None
        self._first = np.empty(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._first)

    def meet(self, who: pa.Array, local: np.ndarray) -> None:
        """Take account of events: whose they are, and when where they were done (microseconds)."""
        import pyarrow as pa
        import pyarrow.compute as pc

        coded = who if pa.types.is_dictionary(who.type) else who.dictionary_encode()
        firsts = np.full(len(coded.dictionary), np.iinfo(np.int64).max)
        np.minimum.at(firsts, coded.indices.to_numpy(zero_copy_only=False), local)
        seen = firsts < np.iinfo(np.int64).max
        names, firsts = coded.dictionary.filter(pa.array(seen)), firsts[seen]
        if self._names is None:
            self._names, self._first = names, firsts
            return
        places = pc.index_in(names, self._names)
        fresh = np.array(places.is_null().to_numpy(zero_copy_only=False))
        known = places.drop_null().to_numpy()
        self._first[known] = np.minimum(self._first[known], firsts[~fresh])
        if fresh.any():
            self._names = pa.concat_arrays([self._names, names.filter(pa.array(fresh))])
            self._first = np.concatenate([self._first, firsts[fresh]])

    def csv(self) -> bytes:
        """A first list of accounts: each is a customer's, adopted on the day of its first event."""
        days = np.datetime_as_string(self._first.astype("datetime64[us]"), unit="D").tolist()
        names = self._names.to_pylist() if self._names is not None else []
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["participant_id", "adopted_on", "account"])
        writer.writerows([who, day, "customer"] for who, day in sorted(zip(names, days, strict=True)))
        return text.getvalue().encode()
