"""Exports of other systems read through a mapping file, in pieces: who did what, and when.

What a row needs is kept in few bytes: numbers for accounts and actions, microseconds, and only the text
that differs. So millions of events go through in bounded memory.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.errors import Problem, nearest, raise_if
from casestudy.usage import clocks, events
from casestudy.usage.exports import Export
from casestudy.usage.imported import Imported
from casestudy.usage.mapping_file import ExportMapping, Rule, load
from casestudy.usage.vocabulary import FILE as VOCABULARY_FILE
from casestudy.usage.vocabulary import Vocabulary
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["imported", "load", "read"]

_MOST_LISTED = 20
_REMEMBERED = 200_000
_MERGED = 24
_EXPONENTS = ("E+", "e+")
_UNREAD = "The export cannot be read as events."


def read(
    path: Path, mapping: ExportMapping, vocabulary: Vocabulary, where: str | None = None
) -> pd.DataFrame:
    """Read an export as a frame of events; see `imported` for the parameters and errors.

    Returns
    -------
    pandas.DataFrame
        As `casestudy.usage.events.read` returns them. Rows that the mapping drops, and those that cannot be
        read, are left out.
    """
    table = imported(path, mapping, vocabulary, where).table()
    return events.tidy(table.to_pandas().astype(object), vocabulary, where or path.name)


def imported(
    path: Path, mapping: ExportMapping, vocabulary: Vocabulary, where: str | None = None
) -> Imported:
    """Read an export through a mapping.

    Parameters
    ----------
    path : Path
        CSV, JSON Lines, JSON, a server's log (these plain or gzip), or Parquet.
    mapping : ExportMapping
    vocabulary : Vocabulary
        What actions there are.
    where : str, optional
        How to call the file in messages; its name by default.

    Returns
    -------
    Imported
        Rows that cannot be read, such as a line with too few cells or a time like 'soon', are set aside and
        listed. Events without an id of their own get one from their place in the export.

    Raises
    ------
    InputError
        With every problem that the mapping must answer: columns that the export does not have, rows that no
        rule fits, times that occur twice or never were, or that are in another unit; and when as many rows
        would be set aside as read.
    """
    name = where or path.name
    given = {rule.action for rule in mapping.rules} | {mapping.constants.get("action", "")} - {""}
    raise_if(
        [
            Problem(
                name,
                f"action {action!r} of the mapping is not in the vocabulary.",
                f"{nearest(action, vocabulary.ids)} Or add it to {VOCABULARY_FILE}.",
            )
            for action in sorted(given - set(vocabulary.ids))
        ],
        _UNREAD,
    )
    columns, explode = mapping.columns, mapping.explode
    needed = [explode] if explode else [*columns.get("participant_id", ()), *columns.get("timestamp", ())]
    export = Export(
        path, name, explode, mapping.inside, mapping.lines, tuple(needed),
        (*columns.get("timestamp", ()), *columns.get("event_id", ())),
    )  # fmt: skip
    reading = _Reading(mapping, vocabulary, export)
    for rows, piece in export.pieces(mapping.asked):
        reading.take(rows, piece)
    return reading.finished()


@dataclass
class _Reading:
    """An import under way: what was kept of the pieces so far, and what was wrong."""

    mapping: ExportMapping
    vocabulary: Vocabulary
    export: Export
    read: int = 0
    numbered: int = 0
    set_aside: int = 0
    kept: dict[str, list[Any]] = field(default_factory=dict)
    merged: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    flaws: dict[clocks.Fault, list[tuple[int, str]]] = field(default_factory=dict)
    counts: Counter[clocks.Fault] = field(default_factory=Counter)
    unmapped: Counter[tuple[str | None, ...]] = field(default_factory=Counter)
    strangers: Counter[str] = field(default_factory=Counter)
    firsts: tuple[dict[str | None, int], dict[str | None, int]] = field(default_factory=lambda: ({}, {}))
    fitted: dict[tuple[re.Pattern[str], str | None], bool] = field(default_factory=dict)

    def take(self, rows: np.ndarray, piece: pa.RecordBatch) -> None:
        """Keep what is needed of one piece."""
        import pyarrow as pa

        self.read += len(rows)
        gone = self._fits(piece, self.mapping.drop) >= 0
        if gone.any():
            rows, piece = rows[~gone], piece.filter(pa.array(~gone))
        place = np.arange(self.numbered + 1, self.numbered + 1 + len(rows))
        self.numbered += len(rows)
        columns = {ours: self._column(piece, ours) for ours in events.EVENTS.names if self._is_given(ours)}
        self.filled.update({ours: len(values) - values.null_count for ours, values in columns.items()})
        if self.mapping.rules:
            fits = self._fits(piece, self.mapping.rules)
            self._note_unmapped(piece, fits < 0)
            names = pa.array([rule.action for rule in self.mapping.rules], pa.string())
            columns["action"] = pa.DictionaryArray.from_arrays(pa.array(fits, mask=fits < 0), names)
        elif "action" in columns:
            self._note_strangers(columns["action"])
        good = self._whole(rows, columns)
        times = clocks.read(columns.pop("timestamp"), self.mapping.clock)
        for fault, mask in times.wrong.items():
            self._note(fault, rows, mask & good, self._column(piece, "timestamp"))
        good &= ~times.bad
        self.set_aside += int(len(good) - good.sum())
        columns.setdefault("event_id", pa.array(place, pa.int64()))
        parts = {**columns, "moments": times.moments, "offsets": times.offsets}
        mask = None if good.all() else pa.array(good)
        for name, values in parts.items():
            if isinstance(values, np.ndarray):
                kept = values if mask is None else values[good]
            else:
                kept = _packed(values if mask is None else values.filter(mask), name)
            chunks = self.kept.setdefault(name, [])
            chunks.append(kept)
            # Many small arrays would hold on to much more memory than they fill.
            if len(chunks) > self.merged[name] + _MERGED:
                chunks[self.merged[name] :] = [_joined(chunks[self.merged[name] :])]
                self.merged[name] += 1

    def finished(self) -> Imported:
        """All that was kept, sorted; or every problem."""
        problems = self._absent() + self._no_rule()
        listed = [
            (fault, Problem(self.export.place(row), f"{value} {fault.words}.", fault.remedy))
            for fault, rows in self.flaws.items()
            for row, value in rows
        ]
        for fault, count in self.counts.items():
            if (rest := count - len(self.flaws[fault])) > 0:
                words = f"{counted(rest, 'more row')} of which the same is said: {fault.words}."
                listed.append((fault, Problem(self.export.where, words, fault.remedy)))
        broken = [
            Problem(self.export.place(row), found, remedy)
            for row, found, remedy in self.export.broken[:_MOST_LISTED]
        ]
        if (rest := len(self.export.broken) - len(broken)) > 0:
            broken.append(Problem(self.export.where, f"{counted(rest, 'more line')} that cannot be read."))
        aside = tuple(broken) + tuple(problem for _, problem in listed)
        count = self.set_aside + len(self.export.broken)
        left = self.numbered - self.set_aside
        if problems or any(fault.of_mapping for fault, _ in listed) or (count and count >= left):
            raise_if([*problems, *aside], _UNREAD)
        return self._sorted(count, aside)

    def _sorted(self, count: int, aside: tuple[Problem, ...]) -> Imported:
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self.kept:
            none = np.empty(0, dtype=np.int64)
            texts: dict[str, Any] = {name: pa.array([], pa.string()) for name in ("event_id", "action")}
            return Imported([], none, none, none.astype(np.int16), texts, self.read - self.numbered, count, aside)
        pa.default_memory_pool().release_unused()
        accounts = _joined(self.kept.pop("participant_id")).dictionary_encode()
        names = accounts.dictionary
        rank = np.empty(len(names), dtype=np.int32)
        rank[np.array(pc.sort_indices(names))] = np.arange(len(names), dtype=np.int32)
        who = rank[accounts.indices.to_numpy()] if len(accounts) else np.empty(0, dtype=np.int32)
        del accounts
        moments, offsets = _joined(self.kept.pop("moments")), _joined(self.kept.pop("offsets"))
        order = _order(who, moments)
        who, moments, offsets = who[order], moments[order], offsets[order]
        texts = {}
        for name in list(self.kept):
            chunks = self.kept.pop(name)
            if name in ("action", "event_id") or self.filled[name]:
                texts[name] = _joined(chunks).take(pa.array(order))
        return Imported(
            names.take(pc.sort_indices(names)).to_pylist(), who, moments, offsets, texts,
            self.read - self.numbered, count, aside,
        )  # fmt: skip

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
            if name in columns:
                values = getattr(columns[name], "dictionary", columns[name])
                if any(pc.any(pc.match_substring(values, sign)).as_py() for sign in _EXPONENTS):
                    texts = _text(columns[name])
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
        listed = self.flaws.setdefault(fault, [])
        for place in places[: _MOST_LISTED - len(listed)]:
            value = "" if values is None else f"{name} {values[int(place)].as_py()!r}"
            listed.append((int(rows[place]), value))
        self.counts[fault] += len(places)

    def _fits(self, piece: pa.RecordBatch, rules: tuple[Rule, ...]) -> np.ndarray:
        """Which rule is the first that fits each row; -1 where none does."""
        looked = list(dict.fromkeys(column for rule in rules for column, _ in rule.when))
        if not looked:
            return np.full(len(piece), -1, dtype=np.int32)
        coded = {column: _coded(piece.column(column)) for column in looked}
        if len(looked) == 1:
            names, codes = coded[looked[0]]
            firsts = self.firsts[rules is self.mapping.drop]
            firsts |= {name: self._first(rules, name) for name in names if name not in firsts}
            return np.array([firsts[name] for name in names], dtype=np.int32)[codes]
        fits = np.full(len(piece), -1, dtype=np.int32)
        for number, rule in reversed(list(enumerate(rules))):
            mask = np.ones(len(piece), dtype=bool)
            for column, pattern in rule.when:
                names, codes = coded[column]
                mask &= np.array([self._found(pattern, name) for name in names], dtype=bool)[codes]
            fits[mask] = number
        return fits

    def _first(self, rules: tuple[Rule, ...], name: str | None) -> int:
        fits = (all(self._found(pattern, name) for _, pattern in rule.when) for rule in rules)
        return next((number for number, fit in enumerate(fits) if fit), -1)

    def _found(self, pattern: re.Pattern[str], text: str | None) -> bool:
        known = self.fitted.get((pattern, text))
        if known is None:
            if len(self.fitted) > _REMEMBERED:
                self.fitted.clear()
            known = self.fitted[(pattern, text)] = text is not None and pattern.search(text) is not None
        return known

    def _note_unmapped(self, piece: pa.RecordBatch, mask: np.ndarray) -> None:
        if not mask.any():
            return
        coded = [_coded(piece.column(column)) for column in self._looked()]
        kinds, counts = np.unique(np.stack([codes[mask] for _, codes in coded]), axis=1, return_counts=True)
        for kind, count in zip(kinds.T.tolist(), counts.tolist(), strict=True):
            values = tuple(names[code] for (names, _), code in zip(coded, kind, strict=True))
            self.unmapped[values] += count

    def _looked(self) -> list[str]:
        return list(dict.fromkeys(column for rule in self.mapping.rules for column, _ in rule.when))

    def _note_strangers(self, actions: pa.Array) -> None:
        names, codes = _coded(actions)
        for code, count in enumerate(np.bincount(codes, minlength=len(names)).tolist()):
            if names[code] is not None and count and names[code] not in self.vocabulary.ids:
                self.strangers[str(names[code])] += count

    def _no_rule(self) -> list[Problem]:
        problems = []
        ordered = sorted(self.unmapped.items(), key=lambda pair: (-pair[1], str(pair[0])))
        for values, count in ordered[:_MOST_LISTED]:
            pairs = zip(self._looked(), values, strict=True)
            words = ", ".join(f"{column} = {value or '(empty)'!r}" for column, value in pairs)
            found = f"no rule fits {words} ({counted(count, 'row')})."
            problems.append(Problem(self.export.where, found, "Add a rule, or drop it."))
        if (rest := len(ordered) - _MOST_LISTED) > 0:
            found = f"{counted(rest, 'more kind', 'more kinds')} of rows without a rule."
            problems.append(Problem(self.export.where, found, "Add rules, or drop them."))
        for action, count in sorted(self.strangers.items(), key=lambda pair: -pair[1])[:_MOST_LISTED]:
            found = f"action {action!r} is not in the vocabulary ({counted(count, 'row')})."
            hint = f"{nearest(action, self.vocabulary.ids)} Or add it to the vocabulary, or write actions:."
            problems.append(Problem(self.export.where, found, hint))
        return problems

    def _absent(self) -> list[Problem]:
        """Columns that no event can do without, and that are filled nowhere."""
        if not self.numbered and not self.export.broken:
            return []
        return [
            Problem(self.export.where, f"it has no {theirs!r}.", nearest(theirs, self.export.known))
            for ours in ("participant_id", "timestamp")
            if ours in self.mapping.columns and not self.filled[ours]
            for theirs in self.mapping.columns[ours]
            if theirs not in self.export.known
        ]


def _order(who: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """Places by account and moment, and within one moment as they stand."""
    if not len(who):
        return np.empty(0, dtype=np.int64)
    size = 1 if (moments % 1_000_000).any() else 1_000_000
    times = (moments - moments.min()) // size
    bits = [int(values.max()).bit_length() for values in (who, times)] + [len(who).bit_length()]
    if sum(bits) > 63:
        return np.lexsort((moments, who)).astype(np.int32 if bits[2] < 31 else np.int64)
    keys = who.astype(np.int64) << (bits[1] + bits[2])
    keys |= times << bits[2]
    keys |= np.arange(len(who))
    keys.sort()
    keys &= (1 << bits[2]) - 1
    return keys.astype(np.int32 if bits[2] < 31 else np.int64)


def _text(values: pa.Array) -> pa.Array:
    import pyarrow as pa

    return values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values


def _coded(values: pa.Array) -> tuple[list[str | None], np.ndarray]:
    """The different values of a column, a missing one last; and which each row has."""
    coded = values if hasattr(values, "dictionary") else values.dictionary_encode()
    names: list[str | None] = [*coded.dictionary.to_pylist(), None]
    return names, np.array(coded.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False))


def _packed(values: pa.Array, name: str) -> pa.Array:
    """A column in few bytes: a dictionary where values repeat."""
    if name == "event_id":
        return values
    coded = values if hasattr(values, "dictionary") else values.dictionary_encode()
    return _text(values) if len(coded.dictionary) * 2 > len(coded) + 2000 else coded


def _joined(chunks: list[Any]) -> Any:
    """One column of its pieces."""
    import pyarrow as pa

    if isinstance(chunks[0], np.ndarray):
        return np.concatenate(chunks)
    if all(hasattr(chunk, "dictionary") for chunk in chunks):
        return pa.chunked_array(chunks).unify_dictionaries().combine_chunks()
    return pa.chunked_array([_text(chunk) for chunk in chunks]).combine_chunks()
