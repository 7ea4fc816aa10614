"""Units of text to code, count or compare: turns, paragraphs, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd


_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n+")


@dataclass(frozen=True)
class Unit:
    """A sentence that a participant says; `who` is the participant's id, empty where it is not known."""

    document: str
    turn: int
    start: int
    end: int
    text: str
    who: str = field(default="", compare=False)

    @property
    def speaker(self) -> str:
        """Whom its words are credited to: the participant, else the document."""
        return self.who or self.document


def units(documents: Mapping[str, Transcript], names: Iterable[str] = ()) -> list[Unit]:
    """The sentences of participants, in order.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> document = from_text("Aino: I do. Every day!", "t", speakers=["Aino"])
    >>> [unit.text for unit in units({"t": document})]
    ['I do.', 'Every day!']
    """
    found = []
    for name in sorted(names) or sorted(documents):
        document = documents[name]
        for turn in document.own_turns:
            for start, end in _sentences(document.text, turn.speech, turn.end):
                words = document.text[start:end]
                found.append(Unit(name, turn.number, start, end, words, turn.participant))
    return found


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    reached = start
    for match in _END.finditer(text, start, end):
        if text[reached : match.start()].strip():
            yield reached, match.start() + len(match[0].rstrip())
        reached = match.end()
    if text[reached:end].strip():
        yield reached, end


def bearing(sentences: Sequence[Unit], frame: pd.DataFrame, codes: Sequence[str]) -> Any:
    """Which sentences have which codes: bool, sentences × codes.

    A sentence has a code when a coding covers half of it, or lies with half of itself in it.
    """
    import numpy as np

    there = np.zeros((len(sentences), len(codes)), dtype=bool)
    places: dict[str, list[int]] = {}
    for number, unit in enumerate(sentences):
        places.setdefault(unit.document, []).append(number)
    column = {code: number for number, code in enumerate(codes)}
    inside = frame[frame["placed"] & frame["code"].isin(column)]
    for name, part in inside.groupby("document"):
        own = np.array(places.get(str(name), []), dtype=int)
        if not len(own):
            continue
        begin = np.array([sentences[number].start for number in own])
        end = np.array([sentences[number].end for number in own])
        for start, stop, code in zip(part["start"], part["end"], part["code"], strict=True):
            shared = np.minimum(end, stop) - np.maximum(begin, start)
            there[own[shared * 2 >= np.minimum(end - begin, stop - start)], column[code]] = True
    return there


def stretches(document: Transcript, part: Sequence[Unit] | None = None) -> list[tuple[int, int]]:
    """Where participants speak, or the part of it that counts, as starts and ends in order."""
    if part is not None:
        return sorted((one.start, one.end) for one in part)
    return [(turn.speech, max(turn.speech, turn.end)) for turn in document.own_turns]


def paragraphs(document: Transcript) -> list[Unit]:
    """What participants say, cut at blank lines; a turn without any is one paragraph.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> document = from_text("Aino: I do.\\nEvery day.", "t", speakers=["Aino"])
    >>> [unit.text for unit in paragraphs(document)]
    ['I do.\\nEvery day.']
    """
    found = []
    for turn in document.own_turns:
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
        for turn in document.own_turns
        for place in range(turn.speech, turn.end)
    ]


_BLANK = re.compile(r"\n\s*\n")
