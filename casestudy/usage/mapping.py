"""Exports of other systems read through a mapping file, in pieces: who did what, and when.

A piece is read, judged and written before the next is read, so that memory does not grow with the export.
Events stay in the export's order, also within one moment; whoever reads them sorts them by account and time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from casestudy.errors import Problem, nearest, raise_if
from casestudy.files import guard
from casestudy.usage import clocks, csv_lines, events
from casestudy.usage.accounts import Accounts
from casestudy.usage.exports import Export
from casestudy.usage.mapping_file import ExportMapping, Rule, load
from casestudy.usage.vocabulary import FILE as VOCABULARY_FILE
from casestudy.usage.vocabulary import Vocabulary
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["Import", "load", "read"]

_MOST_LISTED = 20
_REMEMBERED = 200_000
_EXPONENTS = ("E+", "e+")
_UNREAD = "The export cannot be read as events."


def read(
    path: Path, mapping: ExportMapping, vocabulary: Vocabulary, where: str | None = None
) -> pd.DataFrame:
    """Read an export as a frame of events; see `Import` for the parameters and errors.

    Returns
    -------
    pandas.DataFrame
        As `casestudy.usage.events.read` returns them. Rows that the mapping drops, and those that cannot be
        read, are left out.
    """
    import pyarrow as pa

    importing = Import(path, mapping, vocabulary, where)
    pieces = [
        pa.table({name: csv_lines.plain(part) for name, part in piece.items()})
        for piece in importing.pieces()
    ]
    importing.finish()
    whole = (
        pa.concat_tables(pieces)
        if pieces
        else pa.table({name: pa.array([], pa.string()) for name in events.EVENTS.names})
    )
    return events.tidy(whole.to_pandas().astype(object), vocabulary, importing.where)


class Import:
    """An export on its way to a log of events.

    Parameters
    ----------
    path : Path
        CSV, JSON Lines, JSON, a server's log (these plain or gzip), or Parquet.
    mapping : ExportMapping
    vocabulary : Vocabulary
        What actions there are.
    where : str, optional
        How to call the file in messages; its name by default.

    Attributes
    ----------
    read, dropped, set_aside, kept : int
        Rows read so far, dropped by the mapping, set aside as unreadable, and kept as events.
    aside : tuple of Problem
        What was set aside, with its place, once all is read: each kind with its first rows, and how many
        more.
    accounts : Accounts
        Who the events are of.

    Raises
    ------
    InputError
        When the mapping names actions that the vocabulary does not have.
    """

    def __init__(
        self, path: Path, mapping: ExportMapping, vocabulary: Vocabulary, where: str | None = None
    ) -> None:
        self.where = where or path.name
        given = {rule.action for rule in mapping.rules} | {mapping.constants.get("action", "")} - {""}
        raise_if(
            [
                Problem(
                    self.where,
                    f"action {action!r} of the mapping is not in the vocabulary.",
                    f"{nearest(action, vocabulary.ids)} Or add it to {VOCABULARY_FILE}.",
                )
                for action in sorted(given - set(vocabulary.ids))
            ],
            _UNREAD,
        )
        columns, explode = mapping.columns, mapping.explode
        needed = [explode] if explode else [*columns.get("participant_id", ()), *columns.get("timestamp", ())]
        self.export = Export(
            path, self.where, explode, mapping.inside, mapping.lines, tuple(needed),
            (*columns.get("timestamp", ()), *columns.get("event_id", ())),
        )  # fmt: skip
        self.mapping, self.vocabulary = mapping, vocabulary
        self.accounts = Accounts()
        self.read = self.dropped = self.set_aside = self.kept = 0
        self.aside: tuple[Problem, ...] = ()
        self._filled: Counter[str] = Counter()
        self._flaws: dict[clocks.Fault, list[tuple[int, str]]] = {}
        self._counts: Counter[clocks.Fault] = Counter()
        self._unmapped: Counter[tuple[str | None, ...]] = Counter()
        self._strangers: Counter[str] = Counter()
        self._rules = _Rules(mapping.rules)
        self._drop = _Rules(mapping.drop)

    def pieces(self) -> Iterator[dict[str, pa.Array]]:
        """The events in pieces: columns of `casestudy.usage.events.EVENTS` as text.

        Raises
        ------
        InputError
            When the file cannot be read at all, or does not have the columns of the mapping.
        """
        with guard.reading(self.where, _UNREAD):
            for rows, piece in self.export.pieces(self.mapping.asked):
                yield self._taken(rows, piece)

    def write(self, file: IO[bytes]) -> None:
        """Write the events as CSV.

        Raises
        ------
        InputError
            With every problem; see `finish`. What was written is of no use then.
        """
        head = True
        for piece in self.pieces():
            csv_lines.write(file, piece, head)
            head = False
        self.finish()
        if head:
            file.write((",".join(self._names()) + "\n").encode())

    def finish(self) -> None:
        """Judge what was read, once all pieces are.

        Raises
        ------
        InputError
            With every problem that the mapping must answer: columns that are filled nowhere, rows that no
            rule fits, times that occur twice or never were, or that are in another unit. Also when as many
            rows are set aside as kept.
        """
        listed = [
            (fault, Problem(self.export.place(row), f"{value} {fault.words}.".strip(), fault.remedy))
            for fault, rows in self._flaws.items()
            for row, value in rows
        ]
        for fault, count in self._counts.items():
            if (rest := count - len(self._flaws[fault])) > 0:
                words = f"{counted(rest, 'more row')} of which the same is said: {fault.words}."
                listed.append((fault, Problem(self.where, words, fault.remedy)))
        aside = [
            Problem(self.export.place(row), found, remedy)
            for row, found, remedy in self.export.broken[:_MOST_LISTED]
        ]
        if (rest := len(self.export.broken) - len(aside)) > 0:
            aside.append(Problem(self.where, f"{counted(rest, 'more line')} that cannot be read."))
        aside += [problem for _, problem in listed]
        self.set_aside += len(self.export.broken)
        problems = self._absent() + self._no_rule()
        of_mapping = any(fault.of_mapping for fault in self._flaws)
        if problems or of_mapping or (self.set_aside and self.set_aside >= self.kept):
            raise_if([*problems, *aside], _UNREAD)
        self.aside = tuple(aside)

    def _taken(self, rows: np.ndarray, piece: pa.RecordBatch) -> dict[str, pa.Array]:
        """The events of one piece."""
        import pyarrow as pa

        self.read += len(rows)
        gone = self._drop.fits(piece) >= 0
        if gone.any():
            rows, piece = rows[~gone], piece.filter(pa.array(~gone))
        place = (
            np.arange(self.read - len(gone) - self.dropped, self.read - self.dropped - int(gone.sum())) + 1
        )
        self.dropped += int(gone.sum())
        columns = {ours: self._column(piece, ours) for ours in self._names() if self._is_given(ours)}
        self._filled.update({ours: len(values) - values.null_count for ours, values in columns.items()})
        if self.mapping.rules:
            fits = self._rules.fits(piece)
            self._note_unmapped(piece, fits < 0)
            names = pa.array([rule.action for rule in self.mapping.rules], pa.string())
            columns["action"] = pa.DictionaryArray.from_arrays(pa.array(fits, mask=fits < 0), names)
        elif "action" in columns:
            self._note_strangers(columns["action"])
        good = self._whole(rows, columns)
        times = clocks.read(csv_lines.plain(columns["timestamp"]), self.mapping.clock)
        for fault, mask in times.wrong.items():
            self._note(fault, rows, mask & good, columns["timestamp"])
        good &= ~times.bad
        kept = int(good.sum())
        self.set_aside, self.kept = self.set_aside + len(good) - kept, self.kept + kept
        columns.setdefault("event_id", pa.nulls(len(rows), pa.string()))
        if columns["event_id"].null_count:
            columns["event_id"] = csv_lines.plain(columns["event_id"]).fill_null(csv_lines.numbered(place))
        moments, offsets = times.moments, times.offsets
        if kept < len(good):
            moments, offsets = moments[good], offsets[good]
            columns = {ours: values.filter(pa.array(good)) for ours, values in columns.items()}
        columns["timestamp"] = csv_lines.times(moments, offsets)
        self.accounts.meet(columns["participant_id"], moments + offsets.astype(np.int64) * 60_000_000)
        return {ours: columns[ours] for ours in self._names()}

    def _names(self) -> list[str]:
        always = ("event_id", "action")
        return [ours for ours in events.EVENTS.names if ours in always or self._is_given(ours)]

    def _is_given(self, ours: str) -> bool:
        return ours in self.mapping.columns or ours in self.mapping.constants

    def _column(self, piece: pa.RecordBatch, ours: str) -> pa.Array:
        """One of our columns; of several of theirs the first that is filled."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if ours in self.mapping.constants:
            return pa.repeat(pa.scalar(self.mapping.constants[ours]), len(piece)).dictionary_encode()
        parts = [piece.column(theirs) for theirs in self.mapping.columns[ours]]
        return parts[0] if len(parts) == 1 else pc.coalesce(*(part.cast(pa.string()) for part in parts))

    def _whole(self, rows: np.ndarray, columns: dict[str, pa.Array]) -> np.ndarray:
        """Where an event has all it needs; says what the others lack."""
        import pyarrow.compute as pc

        good = np.ones(len(rows), dtype=bool)
        for name in ("participant_id", "timestamp", "action"):
            if name in columns and columns[name].null_count and not (name == "action" and self.mapping.rules):
                empty = np.array(columns[name].is_null().to_numpy(zero_copy_only=False))
                self._note(clocks.Fault(f"{name} is empty", "Fill it in."), rows, empty & good, None)
                good &= ~empty
        for name in ("participant_id", "event_id"):
            if name in columns and csv_lines.holds(columns[name], *_EXPONENTS):
                texts = csv_lines.plain(columns[name])
                sheet = pc.match_substring_regex(texts, clocks.SHEET, ignore_case=True).fill_null(False)
                mask = np.array(sheet.to_numpy(zero_copy_only=False), dtype=bool) & good
                self._note(clocks.EXPONENT, rows, mask, texts, name)
                good &= ~mask
        return good

    def _note(
        self, fault: clocks.Fault, rows: np.ndarray, mask: np.ndarray, values: Any, name: str = "timestamp"
    ) -> None:
        places = np.flatnonzero(mask)
        if not len(places):
            return
        listed = self._flaws.setdefault(fault, [])
        for place in places[: _MOST_LISTED - len(listed)]:
            value = "" if values is None else f"{name} {values[int(place)].as_py()!r}"
            listed.append((int(rows[place]), value))
        self._counts[fault] += len(places)

    def _note_unmapped(self, piece: pa.RecordBatch, mask: np.ndarray) -> None:
        if not mask.any():
            return
        coded = [_coded(piece.column(column)) for column in self._rules.looked]
        kinds, counts = np.unique(np.stack([codes[mask] for _, codes in coded]), axis=1, return_counts=True)
        for kind, count in zip(kinds.T.tolist(), counts.tolist(), strict=True):
            values = tuple(names[code] for (names, _), code in zip(coded, kind, strict=True))
            self._unmapped[values] += count

    def _note_strangers(self, actions: pa.Array) -> None:
        names, codes = _coded(actions)
        for code, count in enumerate(np.bincount(codes, minlength=len(names)).tolist()):
            if names[code] is not None and count and names[code] not in self.vocabulary.ids:
                self._strangers[str(names[code])] += count

    def _no_rule(self) -> list[Problem]:
        problems = []
        ordered = sorted(self._unmapped.items(), key=lambda pair: (-pair[1], str(pair[0])))
        for values, count in ordered[:_MOST_LISTED]:
            pairs = zip(self._rules.looked, values, strict=True)
            words = ", ".join(f"{column} = {value or '(empty)'!r}" for column, value in pairs)
            found = f"no rule fits {words} ({counted(count, 'row')})."
            problems.append(Problem(self.export.where, found, "Add a rule, or drop it."))
        if (rest := len(ordered) - _MOST_LISTED) > 0:
            found = f"{counted(rest, 'more kind', 'more kinds')} of rows without a rule."
            problems.append(Problem(self.export.where, found, "Add rules, or drop them."))
        for action, count in sorted(self._strangers.items(), key=lambda pair: -pair[1])[:_MOST_LISTED]:
            found = f"action {action!r} is not in the vocabulary ({counted(count, 'row')})."
            hint = f"{nearest(action, self.vocabulary.ids)} Or add it to the vocabulary, or write actions:."
            problems.append(Problem(self.export.where, found, hint))
        return problems

    def _absent(self) -> list[Problem]:
        """Columns that no event can do without, and that are filled nowhere."""
        if self.read == self.dropped and not self.export.broken:
            return []
        return [
            Problem(self.export.where, f"it has no {theirs!r}.", nearest(theirs, self.export.known))
            for ours in ("participant_id", "timestamp")
            if ours in self.mapping.columns and not self._filled[ours]
            for theirs in self.mapping.columns[ours]
            if theirs not in self.export.known
        ]


class _Rules:
    """Rules, and what is known already of the values that they look at."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.looked = list(dict.fromkeys(column for rule in rules for column, _ in rule.when))
        self._firsts: dict[str | None, int] = {}
        self._found: dict[tuple[re.Pattern[str], str | None], bool] = {}

    def fits(self, piece: pa.RecordBatch) -> np.ndarray:
        """Which rule is the first that fits each row; -1 where none does."""
        fits = np.full(len(piece), -1, dtype=np.int32)
        if not self.rules:
            return fits
        coded = {column: _coded(piece.column(column)) for column in self.looked}
        if len(self.looked) == 1:
            names, codes = coded[self.looked[0]]
            if len(self._firsts) > _REMEMBERED:
                self._firsts.clear()
            self._firsts |= {name: self._first(name) for name in names if name not in self._firsts}
            return np.array([self._firsts[name] for name in names], dtype=np.int32)[codes]
        for number, rule in reversed(list(enumerate(self.rules))):
            mask = np.ones(len(piece), dtype=bool)
            for column, pattern in rule.when:
                names, codes = coded[column]
                mask &= np.array([self._finds(pattern, name) for name in names], dtype=bool)[codes]
            fits[mask] = number
        return fits

    def _first(self, name: str | None) -> int:
        fits = (all(self._finds(pattern, name) for _, pattern in rule.when) for rule in self.rules)
        return next((number for number, fit in enumerate(fits) if fit), -1)

    def _finds(self, pattern: re.Pattern[str], text: str | None) -> bool:
        known = self._found.get((pattern, text))
        if known is None:
            if len(self._found) > _REMEMBERED:
                self._found.clear()
            known = self._found[(pattern, text)] = text is not None and pattern.search(text) is not None
        return known


def _coded(values: pa.Array) -> tuple[list[str | None], np.ndarray]:
    """The different values of a column, a missing one last; and which each row has."""
    coded = values if hasattr(values, "dictionary") else values.dictionary_encode()
    names: list[str | None] = [*coded.dictionary.to_pylist(), None]
    return names, np.array(coded.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False))
