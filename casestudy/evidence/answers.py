"""Answers compared with what was saved: each number stands in a table, each named row has its own number.

A number in an answer is supported where the notebook saved it: in a table or the data of a figure, as the
number of rows of one, as one of the answer's values, or as a parameter. It counts as the same where it is the
saved one rounded to the digits that are printed, or that in percent. A row that an answer names in emphasis
must hold one of the numbers of the clause that names it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casestudy.evidence.chain import Trouble
from casestudy.files import reading
from casestudy.outputs import CONTENTS, contents
from casestudy.study import Study

_NUMBER = re.compile(r"(?<![\w.])[-+−]?\d(?:[\d,]*\d)?(?:\.\d+)?(?!-?\w)")
_LEVEL = re.compile(r"\s*% (?:interval|band)")
_EMPHASIS = re.compile(r"\*{1,2}([^*]+)\*{1,2}")
_CLAUSE = re.compile(r"[;.](?=\s|$)")


@dataclass(frozen=True)
class Saved:
    """What a notebook saved, to compare its answer with.

    Attributes
    ----------
    numbers : frozenset of float
        Every number of every table, of the answer's values and of the parameters, and how many rows each has.
    rows : mapping of str to frozenset of float
        For every text in a table: the numbers of the rows that hold it.
    """

    numbers: frozenset[float]
    rows: Mapping[str, frozenset[float]]


def troubles(study: Study) -> list[Trouble]:
    """Numbers in answers that stand in no table, and rows that an answer names with another's number.

    Parameters
    ----------
    study : Study
        Every notebook in its outputs is looked at.

    Returns
    -------
    list of Trouble
    """
    weak = []
    for place in sorted(study.outputs.glob(f"*/{CONTENTS}")):
        entries = contents(place.parent)
        answer = entries.get("answer")
        if answer is None:
            continue
        saved = of_folder(place.parent, entries)
        text = _without_statements(str(answer.get("text", "")), study)
        where = f"outputs/{place.parent.name} (answer)"
        weak += [
            Trouble(
                "number in no table",
                where,
                f"{number} stands in none of its tables.",
                "Save it, or take it out of the text.",
            )
            for number in unsupported(text, saved.numbers)
        ]
        weak += [
            Trouble(
                "answer against its table",
                where,
                f"it says {', '.join(said)} of *{name}*; the row of that name holds none of these.",
                "Compute the sentence from the row.",
            )
            for name, said in contradicted(text, saved)
        ]
    return weak


def unsupported(text: str, numbers: Iterable[float]) -> list[str]:
    """Numbers of a text that are none of the given ones, as they are written.

    Examples
    --------
    >>> unsupported("12 of 16 people (75 %), 95 % interval 51 to 90, and 3.14", [12, 16, 0.754, 0.51, 0.9])
    ['3.14']
    >>> unsupported("12 of 16 people (75 %)", [12, 16, 0.754])
    []
    """
    known = tuple(numbers)
    return [written for written in _written(text) if not _among(written, known)]


def contradicted(text: str, saved: Saved) -> Iterator[tuple[str, list[str]]]:
    """Names of rows that an answer puts beside numbers, none of which the row holds.

    Examples
    --------
    >>> saved = Saved(frozenset({3.0, 9.0}), {"loyalty": frozenset({3.0}), "image": frozenset({9.0})})
    >>> list(contradicted("Most speak of *loyalty* (9); *image* follows (9).", saved))
    [('loyalty', ['9'])]
    """
    for clause in _CLAUSE.split(text):
        names = [name for name in _EMPHASIS.findall(clause) if name in saved.rows]
        bare = clause
        for name in names:
            bare = bare.replace(name, " ")
        written = _written(bare)
        if len(names) == 1 and written:
            held = tuple(saved.rows[names[0]])
            if not any(_among(number, held) for number in written):
                yield names[0], written


def of_folder(folder: Path, entries: Mapping[str, Mapping[str, Any]]) -> Saved:
    """Everything that a notebook saved into its folder of outputs."""
    numbers: set[float] = set()
    rows: dict[str, set[float]] = {}
    for entry in entries.values():
        name = entry.get("data") or (entry.get("file") if entry.get("kind") == "table" else "")
        if not name or not (folder / str(name)).is_file():
            continue
        _, *lines = csv.reader(reading.data(folder / str(name)).decode().splitlines())
        numbers.add(len(lines))
        for line in lines:
            here = {value for cell in line if (value := _value(cell)) is not None}
            numbers |= here
            for cell in line:
                if _value(cell) is None and cell:
                    rows.setdefault(cell, set()).update(here)
    values = entries.get("answer", {}).get("values") or {}
    record = folder / "run.json"
    parameters = json.loads(reading.data(record)).get("parameters", {}) if record.is_file() else {}
    for value in (*values.values(), *parameters.values()):
        if isinstance(value, int | float) and not isinstance(value, bool):
            numbers.add(float(value))
    return Saved(frozenset(numbers), {name: frozenset(held) for name, held in rows.items()})


def _without_statements(text: str, study: Study) -> str:
    """The answer without the study's sentences on its material: they are not computed."""
    for sentence in study.data_status.values():
        text = text.replace(sentence, "")
    return text


def _written(text: str) -> list[str]:
    """Numbers as they are written, without levels of intervals and bounds of small p-values."""
    return [
        found.group()
        for found in _NUMBER.finditer(text)
        if not _LEVEL.match(text, found.end()) and not text[: found.start()].endswith(("below ", "< "))
    ]


def _among(written: str, numbers: Iterable[float]) -> bool:
    plain = written.replace(",", "").replace("−", "-").lstrip("+-")
    value, places = float(plain), len(plain.partition(".")[2])
    reach = 0.5 * 10.0**-places + 1e-9
    return any(
        abs(abs(number) * scale - value) <= reach
        for number in numbers
        if number == number
        for scale in ((1, 100) if value <= 100 else (1,))
    )


def _value(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
