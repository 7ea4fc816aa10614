"""Tables that are talk: words beside names, times or both become turns over the unchanged text."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casestudy.transcripts.turn import TIME, Turn, named, time_of

_CLOCK = re.compile(TIME)
_SENTENCE = re.compile(r"[.!?…。？！؟।][\"'”’»)\]]*$")
_LONGEST_NAME = 60
_MOST_COLUMNS = 6


@dataclass(frozen=True)
class Cell:
    """Where the words of one cell stand in the text; tables, rows and columns are counted from 1."""

    table: int
    row: int
    column: int
    start: int
    end: int


def talk(text: str, cells: Iterable[Cell]) -> tuple[list[Turn], list[str]]:
    """Turns of the tables that hold a talk, and notes of how each was read.

    A table is talk where one column holds words and another times, or names: names where they recur, or stand
    in a column headed so, or short beside whole sentences. Every letter is allowed in a name.

    Examples
    --------
    >>> text = "Oja, K.\\n\\nBut why?\\n\\n1\\n\\nNo time."
    >>> rows = [Cell(1, 1, 1, 0, 7), Cell(1, 1, 2, 9, 17), Cell(1, 2, 1, 19, 20), Cell(1, 2, 2, 22, 30)]
    >>> [(turn.speaker, text[turn.speech : turn.end]) for turn in talk(text, rows)[0]]
    [('Oja, K.', 'But why?'), ('1', 'No time.')]
    """
    tables: dict[int, dict[int, dict[int, tuple[int, int]]]] = defaultdict(lambda: defaultdict(dict))
    for cell in cells:
        row = tables[cell.table][cell.row]
        first, last = row.get(cell.column, (cell.start, cell.end))
        row[cell.column] = (min(first, cell.start), max(last, cell.end))
    turns: list[Turn] = []
    notes: list[str] = []
    for number, rows in sorted(tables.items()):
        found, columns = _turns(text, [rows[row] for row in sorted(rows)])
        turns += found
        if found:
            notes.append(f"table {number} read as talk: {columns}")
    turns.sort(key=lambda turn: turn.start)
    return turns, notes


def _turns(text: str, rows: Sequence[dict[int, tuple[int, int]]]) -> tuple[list[Turn], str]:
    columns = sorted({column for row in rows for column in row})
    if not 2 <= len(columns) <= _MOST_COLUMNS:
        return [], ""

    def content(row: dict[int, tuple[int, int]], column: int) -> str:
        first, last = row.get(column, (0, 0))
        return text[first:last].strip()

    body = list(rows)
    grid = {column: [content(row, column) for row in body] for column in columns}
    words = max(columns, key=lambda column: sum(map(len, grid[column])))
    headed = _headed(grid, columns)
    if headed:
        body = body[1:]
        grid = {column: [content(row, column) for row in body] for column in columns}
    times = [column for column in columns if column != words and _are_times(grid[column])]
    names = [column for column in columns if column != words and column not in times]
    names = [column for column in names if not _are_numbers(grid[column])] or names
    speaker = next(
        (column for column in names if _are_names(grid[column], grid[words], headed, bool(times))), 0
    )
    if not body or not (times or speaker):
        return [], ""
    turns: list[Turn] = []
    if headed:
        first, last = min(span[0] for span in rows[0].values()), max(span[1] for span in rows[0].values())
        turns.append(Turn(0, "", first, last, first, kind="heading"))
    last_name = ""
    for row in body:
        if words not in row or not content(row, words):
            continue
        name = named(content(row, speaker)).rstrip(":：").strip() if speaker else ""
        last_name = name = name or last_name
        start, end = min(span[0] for span in row.values()), max(span[1] for span in row.values())
        stamps = [time_of(content(row, column)) for column in times]
        time = stamps[0][0] if stamps else math.nan
        until = stamps[0][1] if stamps else math.nan
        if len(stamps) > 1 and math.isnan(until):
            until = stamps[1][0]
        turns.append(Turn(0, name, start, end, min(row[words][0], end), time, until))
    said = [
        *(f"column {column} times" for column in times),
        *([f"column {speaker} names"] if speaker else []),
    ]
    return turns, f"{', '.join(said)}, column {words} words"


def _headed(grid: dict[int, list[str]], columns: Sequence[int]) -> bool:
    """Whether the first row names the columns: a time column that begins with words."""
    for column in columns:
        first, rest = grid[column][0], grid[column][1:]
        if first and not _CLOCK.fullmatch(first) and rest and _are_times(rest):
            return True
    heads = [grid[column][0].casefold() for column in columns]
    return any(
        re.fullmatch(r"(?:speaker|name|sprecher(?:in)?|puhuja|talare|locuteur)s?", head) for head in heads
    )


def _are_times(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    clocks = sum(_CLOCK.fullmatch(cell) is not None for cell in filled)
    return bool(filled) and clocks == len(filled) and clocks * 2 >= len(cells)


def _are_numbers(cells: Sequence[str]) -> bool:
    """Row numbers: counted up one by one."""
    filled = [cell.rstrip(".") for cell in cells if cell]
    return bool(filled) and all(cell.isdecimal() for cell in filled) and len(set(filled)) == len(filled) > 2


def _are_names(cells: Sequence[str], words: Sequence[str], headed: bool, timed: bool) -> bool:
    filled = [cell for cell in cells if cell]
    if not filled or any(len(cell) > _LONGEST_NAME or cell.count("\n") > 1 for cell in filled):
        return False
    if not cells[0] or any(_SENTENCE.search(cell) and len(cell.split()) > 3 for cell in filled):
        return False
    counts = Counter(cell.casefold() for cell in filled)
    recurs = any(count > 1 for count in counts.values()) and len(counts) * 2 <= len(filled) + 1
    beside = [text for cell, text in zip(cells, words, strict=True) if cell]
    sentences = sum(bool(_SENTENCE.search(text)) for text in beside)
    whole = all(
        len(text) > len(cell) for cell, text in zip(filled, beside, strict=True)
    ) and sentences == len(beside)
    longer = sum(map(len, words)) > sum(map(len, cells))
    return (recurs and longer and sentences * 2 >= len(beside)) or whole or headed or timed
