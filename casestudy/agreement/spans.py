"""Spans of coded text: read, checked, merged, and cut into the pieces between all boundaries.

Spans are half-open ranges ``[start, end)`` of code points of one or more documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.patterns import Integers
from casestudy.agreement.ratings import choose
from casestudy.agreement.values import listed, plain, whole
from casestudy.errors import InputError, Problem, nearest, raise_if

GAP = -1
_MOST_LISTED = 20
_LONGEST = 500_000_000


@dataclass(frozen=True, eq=False)
class Pieces:
    """The text between neighbouring boundaries of any coder: within a piece nothing changes.

    Attributes
    ----------
    length : int array, pieces
    document : int array, pieces
    values : int array, pieces x coders
        The code's number, -1 where the coder coded nothing.
    """

    length: Integers
    document: Integers
    values: Integers


@dataclass(frozen=True, eq=False)
class Spans:
    """Coded spans of several coders; made by `read_spans`.

    Attributes
    ----------
    coder, document, start, end, code : int arrays, one entry for each span
        Numbers of coder, document and code; positions in code points. In order of coder, document, start.
    coders, documents, codes : tuples of str
    lengths : int array
        Length of each document.
    notes : tuple of str
        What was merged or left out on reading.
    """

    coder: Integers
    document: Integers
    start: Integers
    end: Integers
    code: Integers
    coders: tuple[str, ...]
    documents: tuple[str, ...]
    codes: tuple[str, ...]
    lengths: Integers
    notes: tuple[str, ...] = ()

    @property
    def offsets(self) -> Integers:
        """Where each document begins when all are laid end to end."""
        return np.concatenate([[0], np.cumsum(self.lengths)[:-1]]).astype(np.int64)

    @cached_property
    def overlaps(self) -> list[Problem]:
        """Where one coder gave two codes to the same text: the first few, in words."""
        order = np.lexsort((self.start, self.document, self.coder))
        first, second = order[:-1], order[1:]
        # The furthest end so far within coder and document, so that nested spans are seen too.
        reach = self.end + (self.coder * len(self.documents) + self.document) * (int(self.lengths.max()) + 1)
        begin = self.start + (reach - self.end)
        furthest = np.maximum.accumulate(reach[order])[:-1] if len(order) else reach
        hits = np.flatnonzero(begin[second] < furthest).tolist() if len(order) > 1 else []
        listed = [
            Problem(
                f"{self.coders[self.coder[second[i]]]}, {self.documents[self.document[second[i]]]}",
                f"{self.codes[self.code[second[i]]]!r} at {self.start[second[i]]} overlaps another code, "
                f"such as {self.codes[self.code[first[i]]]!r} at {self.start[first[i]]}.",
            )
            for i in hits[:_MOST_LISTED]
        ]
        return listed

    @cached_property
    def pieces(self) -> Pieces:
        """The text cut at every boundary of every coder.

        Raises
        ------
        InputError
            Where codes of one coder overlap: take them one by one, or by semantic domain.
        """
        if self.overlaps:
            remedy = Problem(
                "spans", "one text has one value here.", "Use `only(code)` for each code, or `domain(codes)`."
            )
            raise InputError("Codes of one coder overlap.", [*self.overlaps, remedy])
        offsets, total = self.offsets, int(self.lengths.sum())
        start, end = self.start + offsets[self.document], self.end + offsets[self.document]
        edges = np.unique(np.concatenate([start, end, offsets, [total]])).astype(np.int64)
        left = edges[:-1]
        values = np.full((len(left), len(self.coders)), GAP, dtype=np.int64)
        for g in range(len(self.coders)):
            mine = np.flatnonzero(self.coder == g)
            mine = mine[np.argsort(start[mine], kind="stable")]
            if not len(mine):
                continue
            last = np.searchsorted(start[mine], left, side="right") - 1
            inside = (last >= 0) & (end[mine][np.maximum(last, 0)] > left)
            values[inside, g] = self.code[mine][last[inside]]
        document = np.searchsorted(offsets, left, side="right") - 1
        return Pieces(np.diff(edges), document.astype(np.int64), values)

    def only(self, *codes: str) -> Spans:
        """The spans of some codes, as if nothing else had been coded."""
        numbers = list(choose(codes, self.codes, "code").values())
        kept = np.isin(self.code, numbers)
        place = {number: position for position, number in enumerate(numbers)}
        renumbered = np.array([place[number] for number in self.code[kept].tolist()], dtype=np.int64)
        return self._part(kept, renumbered, tuple(codes))

    def domain(self, codes: Sequence[str], name: str) -> Spans:
        """Several codes taken as one: whether anything of a semantic domain was seen."""
        return self.domains({name: codes})

    def domains(self, named: Mapping[str, Sequence[str]]) -> Spans:
        """Codes taken together by domain; spans of one domain that overlap are merged.

        Raises
        ------
        InputError
            For an unknown code, or one that belongs to two domains.
        """
        parts = {name: listed(f"domain {name}", codes) for name, codes in named.items()}
        raise_if([problem for _, problems in parts.values() for problem in problems], "No domain was made.")
        choose([code for codes, _ in parts.values() for code in codes], self.codes, "code")
        place = {self.codes.index(code): i for i, (codes, _) in enumerate(parts.values()) for code in codes}
        kept = np.isin(self.code, list(place))
        renumbered = np.array([place[number] for number in self.code[kept].tolist()], dtype=np.int64)
        return _merge(self._part(kept, renumbered, tuple(named)))

    def of_document(self, document: str) -> Spans:
        """The spans of one document."""
        number = choose([document], self.documents, "document")[document]
        kept = self.document == number
        part = self._part(kept, self.code[kept], self.codes)
        only = np.zeros(int(kept.sum()), dtype=np.int64)
        return replace(part, document=only, documents=(document,), lengths=self.lengths[[number]])

    def of_coders(self, *coders: str) -> Spans:
        """The spans of two or more of the coders."""
        places = choose(coders, self.coders, least=2)
        place = {number: position for position, number in enumerate(places.values())}
        kept = np.isin(self.coder, list(place))
        part = self._part(kept, self.code[kept], self.codes)
        moved = np.array([place[number] for number in part.coder.tolist()], dtype=np.int64)
        return replace(part, coder=moved, coders=tuple(coders))

    def _part(self, kept: NDArray[Any], code: Integers, codes: tuple[str, ...]) -> Spans:
        found = {name: getattr(self, name)[kept] for name in ("coder", "document", "start", "end")}
        return replace(self, **found, code=code, codes=codes)


def read_spans(
    coder: Sequence[Any],
    start: Sequence[Any],
    end: Sequence[Any],
    code: Sequence[Any],
    *,
    length: int | Mapping[str, int],
    document: Sequence[Any] | None = None,
    coders: Sequence[str] | None = None,
    codes: Sequence[str] | None = None,
) -> Spans:
    """Read and check coded spans.

    Parameters
    ----------
    coder, start, end, code : sequences of one length
        One entry for each span; ``[start, end)`` in code points of its document.
    length : int or mapping of document to int
        Length of the text. Documents in the mapping count though nobody coded anything in them.
    document : sequence, optional
        Where there are several documents: that of each span.
    coders : sequence of str, optional
        All coders who read all the documents, those who coded nothing too. By default those found.
    codes : sequence of str, optional
        All codes that could have been used. By default those found.

    Returns
    -------
    Spans
        Spans of one coder and code that overlap are merged, empty ones left out; `Spans.notes` counts them.
        Spans that only touch stay apart: there is a boundary between them.

    Raises
    ------
    InputError
        With every problem: columns of different lengths, positions that are not whole numbers, spans that end
        before they start or reach beyond the text, unknown documents, coders or codes, fewer than two coders.

    Examples
    --------
    >>> spans = read_spans(["A", "A", "B"], [0, 3, 2], [4, 6, 6], ["x", "x", "x"], length=10)
    >>> spans.start.tolist(), spans.end.tolist(), spans.notes
    ([0, 2], [6, 6], ('1 span merged with another of the same coder and code that it overlaps.',))
    """
    given = {"coder": coder, "start": start, "end": end, "code": code, "document": document}
    both = {name: listed(name, values) for name, values in given.items() if values is not None}
    problems = [problem for _, wrong in both.values() for problem in wrong]
    raise_if(problems, "The spans cannot be used.")
    columns = {name: values for name, (values, _) in both.items()}
    columns.setdefault("document", ["text"] * len(columns["coder"]))
    sizes = {name: len(values) for name, values in columns.items()}
    if len(set(sizes.values())) > 1:
        found = ", ".join(f"{n} {name}s" for name, n in sizes.items())
        raise InputError(
            "The spans cannot be used.", [Problem("spans", f"{found}.", "Give one of each per span.")]
        )
    if document is not None and not isinstance(length, Mapping):
        problem = Problem(
            "length", "there are documents, but one length.", "Give a length for each document."
        )
        raise InputError("The spans cannot be used.", [problem])
    lengths = {str(k): v for k, v in length.items()} if isinstance(length, Mapping) else {"text": length}
    if isinstance(length, Mapping) and len(lengths) < len(length):
        problems.append(Problem("length", "two documents have one name when written as text."))
    for name, size in lengths.items():
        if not whole(size) or size < 0:
            problems.append(Problem(f"length of {name}", f"{size!r} is not a length in code points."))
    if not problems and sum(lengths.values()) > _LONGEST:
        found = f"there are {sum(lengths.values()):,} code points, more than {_LONGEST:,}."
        problems.append(Problem("length", found, "Give lengths in code points; compare fewer documents."))
    if not lengths:
        problems.append(Problem("length", "there is no document.", "Give the length of each document."))
    raise_if(problems, "The spans cannot be used.")
    said = {name: [_text(value) for value in columns[name]] for name in ("document", "coder", "code")}
    known = {"document": list(lengths)}
    for name, declared in (("coder", coders), ("code", codes)):
        known[name], found_wrong = _names(name, declared, said[name])
        problems += found_wrong
    for name, names in known.items():
        strangers = sorted(set(said[name]) - set(names) - {""})
        problems += [Problem(name, f"{one!r} is unknown.", nearest(one, names)) for one in strangers]
    if len(known["coder"]) < 2:
        remedy = "Name all who coded in `coders`."
        problems.append(Problem("coders", f"there is {len(known['coder'])} coder; two are needed.", remedy))
    texts = list(zip(*said.values(), strict=True))
    for i, (a, b, each) in enumerate(zip(columns["start"], columns["end"], texts, strict=True)):
        length_here = lengths.get(each[0])
        if type(a) is type(b) is int and 0 <= a <= b <= (length_here or 0) and all(each):
            continue
        nameless = [name for name, text in zip(said, each, strict=True) if not text]
        wrong = f"it has no {nameless[0]}." if nameless else _position(a, b, length_here)
        if wrong and len(problems) < 10 * _MOST_LISTED:
            problems.append(Problem(f"span {i + 1}", wrong))
    raise_if(problems, "The spans cannot be used.")
    numbers = {name: {value: i for i, value in enumerate(names)} for name, names in known.items()}
    arrays = {
        name: np.array([numbers[name][text] for text in said[name]], dtype=np.int64) for name in numbers
    }
    spans = Spans(
        arrays["coder"],
        arrays["document"],
        np.array([int(value) for value in columns["start"]], dtype=np.int64),
        np.array([int(value) for value in columns["end"]], dtype=np.int64),
        arrays["code"],
        tuple(known["coder"]),
        tuple(known["document"]),
        tuple(known["code"]),
        np.array([int(value) for value in lengths.values()], dtype=np.int64),
    )
    return _merge(_without_empty(spans))


def _names(
    name: str, declared: Sequence[str] | None, found: Sequence[str]
) -> tuple[list[str], list[Problem]]:
    """The declared names, or those found; and what is wrong with what was declared."""
    if declared is None:
        return sorted(set(found) - {""}), []
    values, problems = listed(f"{name}s", declared)
    names = [_text(one) for one in values]
    if "" in names:
        problems.append(Problem(f"{name}s", "one has no name."))
    if len(set(names)) < len(names):
        problems.append(Problem(f"{name}s", "one is named twice."))
    return names, problems


def _text(value: Any) -> str:
    """A name as text; empty for none."""
    if type(value) is str:
        return value if value.strip() else ""
    return "" if plain(value) in (None, "") else str(value)


def _position(start: Any, end: Any, length: int | None) -> str:
    if not (whole(start) and whole(end)):
        return f"its positions {start!r} and {end!r} are not whole numbers."
    if start < 0 or (length is not None and end > length):
        return f"[{start}, {end}) lies outside the text of {length} code points."
    return f"it ends at {end}, before it starts at {start}." if end < start else ""


def _without_empty(spans: Spans) -> Spans:
    kept = spans.end > spans.start
    left_out = int((~kept).sum())
    if not left_out:
        return spans
    note = f"{left_out} empty span{'s' if left_out > 1 else ''} left out."
    return replace(spans._part(kept, spans.code[kept], spans.codes), notes=(*spans.notes, note))


def _merge(spans: Spans) -> Spans:
    """Merge overlapping spans of one coder, document and code; sort."""
    group = (spans.coder * len(spans.documents) + spans.document) * max(1, len(spans.codes)) + spans.code
    order = np.lexsort((spans.end, spans.start, group))
    if len(order):
        far = int(spans.lengths.max()) + 1
        begin, reach = (spans.start + group * far)[order], (spans.end + group * far)[order]
        new = np.append(True, begin[1:] >= np.maximum.accumulate(reach)[:-1])
        heads = np.flatnonzero(new)
        end = np.maximum.reduceat(spans.end[order], heads)
        merged = len(order) - len(heads)
        order = order[heads]
    else:
        end, merged = spans.end, 0
    notes = spans.notes
    if merged:
        word = "span" if merged == 1 else "spans"
        notes = (*notes, f"{merged} {word} merged with another of the same coder and code that it overlaps.")
    found = replace(spans._part(order, spans.code[order], spans.codes), end=end, notes=notes)
    final = np.lexsort((found.code, found.end, found.start, found.document, found.coder))
    return found._part(final, found.code[final], found.codes)
