"""Pieces of what participants say that are finer or looser than turns: paragraphs, characters, segments.

A segment is a stretch that some coder coded; codings that share enough of their text are one segment.
What lies between segments is uncoded, and is kept as stretches of its own so that it may be counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casestudy.coding.units import Unit, _trimmed, stretches
from casestudy.errors import InputError, Problem
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

_WORD = re.compile(r"\w")


def segments(
    codings: pd.DataFrame,
    documents: Mapping[str, Transcript],
    names: Sequence[str],
    coders: Sequence[str],
    codes: Sequence[str],
    overlap: float = 0.5,
    parts: Mapping[str, Sequence[Unit]] | None = None,
) -> tuple[list[Unit], Any]:
    """The stretches that somebody coded, those that nobody did, and who said what in each.

    Spans are taken by how many coders gave them, then by place. A span goes to the segment with which it
    shares most, where the characters of both over the characters of either reach `overlap`; else it begins a
    segment, whose borders it is. Codings of the interviewer's words only are left out.

    Parameters
    ----------
    codings : pandas.DataFrame
        Placed codings of the coders, of any code: other codes than `codes` make segments too.
    documents, names, coders, codes
    overlap : float
        Above 0, at most 1; 1 joins equal spans only.
    parts : mapping of document to sequence of Unit, optional
        For documents of which only these units count.

    Returns
    -------
    (list of Unit, bool array)
        By document and place; the array is units x coders x codes, and all False where nobody coded. The
        text that nobody coded is cut where turns and segments end.

    Raises
    ------
    InputError
        When the threshold cannot be used.
    """
    import numpy as np

    if not 0 < overlap <= 1:
        problem = Problem("overlap", f"{overlap} is not a share of text.", "Write a number such as 0.5.")
        raise InputError("The text cannot be cut into units.", [problem])
    column = {code: number for number, code in enumerate(codes)}
    row = {coder: number for number, coder in enumerate(coders)}
    found: list[tuple[Unit, list[tuple[int, int]]]] = []
    for name in sorted(names):
        document = documents[name]
        own = stretches(document, (parts or {}).get(name))
        part = codings[codings["document"].eq(name)]
        said: dict[tuple[int, int], list[tuple[str, str]]] = {}
        for start, end, coder, code in zip(
            part["start"], part["end"], part["coder"], part["code"], strict=True
        ):
            if any(min(end, stop) > max(start, begin) for begin, stop in own):
                said.setdefault((int(start), int(end)), []).append((coder, code))
        order = sorted(said, key=lambda span: (-len({coder for coder, _ in said[span]}), span))
        made: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for span in order:
            near = [(_share(one, span), -one[0], -one[1]) for one in made]
            share, start, end = max(near, default=(0.0, 0, 0))
            home = (-start, -end) if share >= overlap else span
            cells = [(row[coder], column[code]) for coder, code in said[span] if code in column]
            made.setdefault(home, []).extend(cells)
        found += [(_unit(document, span), cells) for span, cells in made.items()]
        found += [(_unit(document, span), []) for span in _uncoded(document, own, list(said))]
    found.sort(key=lambda one: (one[0].document, one[0].start, one[0].end))
    there = np.zeros((len(found), len(coders), len(codes)), dtype=bool)
    for number, (_, cells) in enumerate(found):
        for coder_number, code_number in cells:
            there[number, coder_number, code_number] = True
    return [unit for unit, _ in found], there


def _share(one: tuple[int, int], other: tuple[int, int]) -> float:
    common = min(one[1], other[1]) - max(one[0], other[0])
    return common / (max(one[1], other[1]) - min(one[0], other[0])) if common > 0 else 0.0


def _unit(document: Transcript, span: tuple[int, int]) -> Unit:
    turn = next((one.number for one in document.turns if one.end > span[0]), 0)
    return Unit(document.id, turn, span[0], span[1], document.text[span[0] : span[1]])


def _uncoded(
    document: Transcript, own: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Stretches with words that no span touches, within turns."""
    for place, stop in own:
        inside = sorted(span for span in spans if span[1] > place and span[0] < stop)
        for start, end in [*inside, (stop, stop)]:
            trimmed = _trimmed(document.text, place, start) if start > place else None
            if trimmed and _WORD.search(document.text, *trimmed):
                yield trimmed
            place = max(place, end)
