"""Rows that numbers come from: those that measures name, and those that the numbers of an answer stand in.

A measure says itself which row it reads. A number in an answer is looked for, in this order: in the table
``numbers``, by the name that the answer gives it; in a row whose label stands before it in the sentence; in
the only row of the notebook's tables that shows it, if it has three digits or more; among the values that the
answer was computed from. Rather no row than a wrong one: what is found nowhere leads to the code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from casestudy.report.records import Item, Record

NUMBERS, VALUES = "numbers", "values"
_MOST_ROWS = 3000
_NUMBER = re.compile(r"(?<![\w.,/#-])[-+−]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:\s?%)?(?![\w/-]|\.\d)")
_CLOSED = re.compile(r"\]\([^)]*\)|`[^`]*`|\b9\d\s?% (?:\w+ )?intervals?|\d{4}-\d\d")
_WORD = re.compile(r"[^\W\d_]{4,}")
_BETWEEN = re.compile(r"[\s(*,:;]*(?:(?:[-+−\d.,%]+|of|to|is|at|and)[\s(*,:;]*)*")
_ENDS, _PARTS = (". ", "; "), (". ", "; ", ": ", ", ", ") ")


@dataclass(frozen=True)
class Source:
    """A number in a text, and the row that it stands in.

    Attributes
    ----------
    start, end : int
        Where it stands in the text.
    item : str
        Name of the table or figure; ``values`` for the answer's own values.
    row : int
        Counted from 1.
    """

    start: int
    end: int
    item: str
    row: int


@dataclass(frozen=True)
class _Row:
    item: str
    row: int
    first: str
    labels: tuple[str, ...]
    numbers: tuple[tuple[float, bool], ...]


class _Wanted(NamedTuple):
    """A number in a text: its value, how near a value must be, whether it is in percent."""

    value: float
    near: float
    share: bool


def place(item: str, row: int) -> str:
    """The id of a row on its notebook's page."""
    return f"row-{item}-{row}"


def row_where(
    heads: Sequence[str], rows: Iterable[Sequence[str]], wanted: Mapping[str, Iterable[str]]
) -> int:
    """The only row in which columns have wanted values, counted from 1; 0 for none or several."""
    if not wanted or any(name not in heads for name in wanted):
        return 0
    columns = {heads.index(name): set(values) for name, values in wanted.items()}
    found = [
        place
        for place, row in enumerate(rows, start=1)
        if all(row[column] in values for column, values in columns.items())
    ]
    return found[0] if len(found) == 1 else 0


def tokens(text: str) -> list[tuple[int, int]]:
    """Where the numbers of a text stand; limits of confidence, dates, addresses and code are none.

    Examples
    --------
    >>> text = "In 2017-12 c09 gave 12 of 1,679 (95 % interval 0.4 to 9 %)."
    >>> [text[start:end] for start, end in tokens(text)]
    ['12', '1,679', '0.4', '9 %']
    """
    closed = [found.span() for found in _CLOSED.finditer(text)]
    return [
        found.span()
        for found in _NUMBER.finditer(text)
        if not any(start <= found.start() < end for start, end in closed)
    ]


def number(text: str) -> float | None:
    """A written number; None for anything else.

    Examples
    --------
    >>> number("1,679"), number("−0.5"), number("12 %"), number("c09")
    (1679.0, -0.5, 12.0, None)
    """
    try:
        value = float(text.rstrip("% ").replace(",", "").replace("−", "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def shows(value: float, token: str, percent: bool = False) -> bool:
    """Whether a value is the number that a text shows, rounded as the text rounds.

    Parameters
    ----------
    percent : bool
        Whether the value is one in percent; else a share is taken times a hundred for a number in percent.

    Examples
    --------
    >>> shows(0.8339, "0.83"), shows(0.8339, "1"), shows(0.254, "25 %"), shows(21.28, "21 %", True)
    (True, False, True, True)
    >>> shows(21.28, "21 %"), shows(16.0, "16")
    (False, True)
    """
    wanted = _wanted(token)
    return wanted is not None and _fits(value, percent, wanted)


def _wanted(token: str) -> _Wanted | None:
    value = number(token)
    if value is None:
        return None
    decimals = len(token.rstrip("% ").partition(".")[2])
    share = token.endswith("%")
    near = 0.5 * 10.0**-decimals + 1e-9 if decimals or share else 0.0
    return _Wanted(value, near, share)


def _fits(value: float, percent: bool, wanted: _Wanted) -> bool:
    if wanted.share and not percent:
        if abs(value) > 1:
            return False
        value *= 100
    return abs(value - wanted.value) <= wanted.near


def sources(record: Record) -> list[Source]:
    """Where the numbers of an answer stand, in the order of the text; those found nowhere are left out."""
    if record.answer is None:
        return []
    text = record.answer.text
    rows = [row for item in record.items for row in _rows(record, item)]
    named = {row.first: row for row in rows if row.item == NUMBERS}
    names = list(record.answer.values)
    found: list[Source] = []
    last = ""
    for start, end in tokens(text):
        token = text[start:end]
        name = _value(token, text, start, record.answer.values, last)
        last = name or last
        row = named.get(name)
        if row is None or not _in(row, token):
            row = _labelled(token, text[_begin(text, start, _ENDS) : start], rows)
        if row is None and _digits(token) >= 3:
            row = _only(token, rows)
        if row is None and not name and found and _BETWEEN.fullmatch(text[found[-1].end : start]):
            near = (one for one in rows if (one.item, one.row) == (found[-1].item, found[-1].row))
            row = next((one for one in near if _in(one, token)), None)
        if row:
            found.append(Source(start, end, row.item, row.row))
        elif name:
            found.append(Source(start, end, VALUES, names.index(name) + 1))
    return found


def measured(record: Record, item: Item, wanted: Mapping[str, Iterable[str]]) -> tuple[str, int]:
    """Address of the row that a measure reads, from the outputs folder, and its number; else of its table."""
    row = row_where(*record.rows(item), wanted)
    page = f"{record.stem}/index.html"
    return (f"{page}#{place(item.name, row)}" if row else f"{page}#{item.kind}-{item.name}"), row


def linked(record: Record, step: int, found: Iterable[Source]) -> str:
    """An answer as markdown in which each number leads to its row, or to the code that made it."""
    text = record.answer.text if record.answer else ""
    rows = {(one.start, one.end): one for one in found}
    made, done = "", 0
    for start, end in tokens(text):
        source = rows.get((start, end))
        where = f"#{place(source.item, source.row)}" if source else f"#step-{step}"
        made += f"{text[done:start]}[{text[start:end]}]({where})"
        done = end
    return made + text[done:]


def _rows(record: Record, item: Item) -> Iterator[_Row]:
    heads, rows = record.rows(item)
    for position, row in enumerate(rows[:_MOST_ROWS], start=1):
        pairs = [(head, cell, number(cell)) for head, cell in zip(heads, row, strict=False)]
        labels = tuple(
            cell for _, cell, value in pairs if value is None and len(cell) >= 6 and _WORD.search(cell)
        )
        values = tuple(
            (value, "percent" in head or "%" in head or cell.endswith("%"))
            for head, cell, value in pairs
            if value is not None
        )
        yield _Row(item.name, position, row[0] if row else "", labels, values)


def _digits(token: str) -> int:
    return len(re.sub(r"\D", "", token).lstrip("0"))


def _in(row: _Row, token: str) -> bool:
    return bool(_holding([row], token))


def _holding(rows: Iterable[_Row], token: str) -> list[_Row]:
    """The rows that show a number."""
    wanted = _wanted(token)
    if wanted is None:
        return []
    return [row for row in rows if any(_fits(value, percent, wanted) for value, percent in row.numbers)]


def _begin(text: str, start: int, marks: Iterable[str]) -> int:
    """Where the part of a text that holds a place begins."""
    return max((at + len(mark) for mark in marks if (at := text.rfind(mark, 0, start)) >= 0), default=0)


def _end(text: str, start: int, marks: Iterable[str]) -> int:
    return min((at for mark in marks if (at := text.find(mark, start)) >= 0), default=len(text))


def _value(token: str, text: str, start: int, values: Mapping[str, object], last: str = "") -> str:
    """The name of the value that a number is; for small numbers words of the name must stand beside it.

    Where several fit as well, the one that goes on from the name `last` found stands, as ``low`` of ``gap``
    does in *a gap of 3 (2 to 4)*.
    """
    fitting = [
        name
        for name, value in values.items()
        if isinstance(value, int | float)
        and any(shows(float(value), token, percent) for percent in (False, True))
    ]
    small = _digits(token) < 3 and "." not in token and not token.endswith("%")
    begin = _begin(text, start, _PARTS if small else _ENDS)
    said = _stems(text[begin : _end(text, start, (*_PARTS, ")", " (") if small else _ENDS)])
    ranked = sorted((-len(_stems(name) & said), place_, name) for place_, name in enumerate(fitting))
    on = [name for name in fitting if last and name.startswith(f"{last} ")]
    if len(on) == 1 and not small:
        return on[0]
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return ""
    return ranked[0][2] if ranked[0][0] < 0 or (len(ranked) == 1 and not small) else ""


def _stems(text: str) -> set[str]:
    return {word[:5] for word in _WORD.findall(text.lower().replace("_", " "))}


def _labelled(token: str, before: str, rows: Iterable[_Row]) -> _Row | None:
    """The row with that number whose label stands right before it; None where several do."""
    ranked: list[tuple[int, _Row]] = []
    for row in rows:
        if row.labels and any(label in before for label in row.labels) and _in(row, token):
            fitting = [
                len(label)
                for label in row.labels
                if (at := before.rfind(label)) >= 0 and _BETWEEN.fullmatch(before, at + len(label))
            ]
            if fitting:
                ranked.append((max(fitting), row))
    longest = max((length for length, _ in ranked), default=0)
    best = [row for length, row in ranked if length == longest]
    tables = [row for row in best if row.item == best[0].item]
    return best[0] if len(tables) == 1 else None


def _only(token: str, rows: Iterable[_Row]) -> _Row | None:
    found = _holding(rows, token)
    return found[0] if len(found) == 1 else None
