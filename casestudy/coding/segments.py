"""Pieces of what participants say that are finer or looser than turns: paragraphs, characters, segments.

A segment is a stretch that some coder coded; codings that share enough of their text are one segment.
What lies between segments is uncoded, and is kept as stretches of its own so that it may be counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casestudy.coding.suggest import Unit
from casestudy.coding.table import INTERVIEWERS
from casestudy.errors import InputError, Problem
from casestudy.transcripts.transcript import Transcript
from casestudy.transcripts.turns import Turn

if TYPE_CHECKING:
    import pandas as pd

_BLANK = re.compile(r"\n\s*\n")
_WORD = re.compile(r"\w")


def own_turns(document: Transcript) -> list[Turn]:
    """The turns of a document without those of the interviewer."""
    return [turn for turn in document.turns if turn.speaker.casefold() not in INTERVIEWERS]


def stretches(document: Transcript, part: Sequence[Unit] | None = None) -> list[tuple[int, int]]:
    """Where participants speak, or the part of it that counts, as starts and ends in order."""
    if part is not None:
        return sorted((one.start, one.end) for one in part)
    return [(turn.speech, max(turn.speech, turn.end)) for turn in own_turns(document)]


def paragraphs(document: Transcript) -> list[Unit]:
    """What participants say, cut at blank lines; a turn without any is one paragraph.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> document = from_text("I: Well?\\n\\nAino: I do.\\nEvery day.", "t")
    >>> [unit.text for unit in paragraphs(document)]
    ['I do.\\nEvery day.']
    """
    found = []
    for turn in own_turns(document):
        for start, end in _between(document.text, turn.speech, turn.end):
            found.append(Unit(document.id, turn.number, start, end, document.text[start:end]))
    return found


def _between(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between blank lines, trimmed."""
    edges = [(one.start(), one.end()) for one in _BLANK.finditer(text, start, end)]
    begins, ends = [start, *(b for _, b in edges)], [*(a for a, _ in edges), end]
    for begin, stop in zip(begins, ends, strict=True):
        trimmed = _trimmed(text, begin, stop)
        if trimmed:
            yield trimmed


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    if not piece.strip():
        return None
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def characters(document: Transcript) -> list[Unit]:
    """Every character that participants say, spaces too: what programs that count text compare."""
    return [
        Unit(document.id, turn.number, place, place + 1, document.text[place])
        for turn in own_turns(document)
        for place in range(turn.speech, turn.end)
    ]


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
        problem = Problem("overlap", f"{overlap} is no share of text.", "Write a number such as 0.5.")
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
