"""The turns of a text: those that its format states, and guessed ones where it says nothing."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from casestudy.transcripts.headings import Heading, guess
from casestudy.transcripts.text import Place
from casestudy.transcripts.turn import LEADING_TIME, MARK, Head, Kind, Speakers, lines, seconds, time_of
from casestudy.transcripts.turn import Turn as Turn

_FRONT = re.compile(r"(#{1,6} |> )")
_SPACE = re.compile(r"\s*")
_MARKS = re.compile(MARK)
_BLOCK = re.compile(r"\S(?:[^\n]|\n(?![ \t]*\n))*")
_BRACKET = re.compile(r"(?:\[[^\[\]]*\]|\([^()]*\)|[♪♫].*[♪♫])")


def turns(text: str, speakers: Speakers | None = None, opens: Iterable[int] = ()) -> tuple[Turn, ...]:
    """Find the turns of a canonical text whose format states none.

    What may stand for a speaker is guessed by `casestudy.transcripts.headings`. Lines that open no turn
    belong to the turn before them. A text in which no one speaks gives one turn a paragraph. Front lines
    (``#``, ``>``) at the top belong to no turn.

    Parameters
    ----------
    text : str
    speakers : collection of str, or mapping of str to bool, optional
        A collection holds the only names that speak (whatever their case). A mapping overrules the guess for
        the headings it names and leaves the others to it.
    opens : iterable of int
        Where paragraphs of the source begin.

    Examples
    --------
    >>> [(turn.speaker, turn.time) for turn in turns("Q: When?\\n\\n[00:01:10] Aino: Well.\\n17:30: no one")]
    [('Q', nan), ('Aino', 70.0)]
    >>> [turn.speaker for turn in turns("Q: When?\\n\\nLater: no.\\n\\nQ: So?", {"Later": True})]
    ['Q', 'Later', 'Q']
    """
    return completed(text, (), speakers, opens)[0]


def arranged(text: str, heads: Sequence[Head], begin: int = 0, opens: Iterable[int] = ()) -> tuple[Turn, ...]:
    """Turns of a text from their heads, in order; paragraphs where there is no head.

    A turn reaches to the next head, without blank space at its end. Words before the first head are a note.
    Time marks such as ``#00:00:12-5#`` at the end of turns give their times and are not words.
    """
    if not heads:
        return _marked(text, list(_paragraphs(text, begin, opens)))
    rows: list[Head] = []
    lead = _after_space(text, begin)
    if lead < heads[0].start:
        rows.append(Head(lead, lead, "", kind="note"))
    rows += heads
    return _marked(text, list(_closed(text, rows)))


def _closed(text: str, heads: Sequence[Head]) -> Iterator[Turn]:
    for number, head in enumerate(heads, start=1):
        limit = heads[number].start if number < len(heads) else len(text)
        end = max(head.start + len(text[head.start : limit].rstrip()), head.start)
        yield Turn(
            number, head.speaker, head.start, end, min(head.speech, end), head.time, head.until, head.kind
        )


def _paragraphs(text: str, begin: int, opens: Iterable[int]) -> Iterator[Turn]:
    """Stretches between blank lines, and between paragraphs of the source."""
    number = 0
    cuts = sorted({place for place in opens if place >= begin} | {len(text)})
    for first, last in pairwise([begin, *cuts]):
        for block in _BLOCK.finditer(text, first, last):
            number += 1
            start, end = block.start(), block.start() + len(block[0].rstrip())
            kind: Kind = "bracket" if _BRACKET.fullmatch(block[0].strip()) else "speech"
            stamp = LEADING_TIME.match(text, start, end)
            time, until = time_of(stamp[0]) if stamp else (math.nan, math.nan)
            speech = _after_space(text, stamp.end(), end) if stamp else start
            yield Turn(number, "", start, end, speech, time, until, kind)


def _timed(found: tuple[Turn, ...], places: Sequence[Place]) -> tuple[Turn, ...]:
    """Turns with the times of the cues in which they begin and end."""
    if all(math.isnan(place.time) for place in places):
        return found
    starts = [place.start for place in places]
    rows = []
    for turn in found:
        first = places[max(0, bisect_right(starts, turn.start) - 1)]
        last = places[max(0, bisect_right(starts, max(turn.start, turn.end - 1)) - 1)]
        if math.isnan(turn.time):
            turn = replace(turn, time=first.time, until=last.until)
        rows.append(turn)
    return tuple(rows)


def _marked(text: str, found: list[Turn]) -> tuple[Turn, ...]:
    """Times of marks at the end of paragraphs: each closes a turn, and the next begins there."""
    marks = list(_MARKS.finditer(text)) if "#" in text else []
    at_end = sum(mark.end() == len(text) or text[mark.end()] == "\n" for mark in marks)
    if not marks or at_end * 2 < len(marks):
        return tuple(found)
    rows, place, last = [], 0, 0.0
    for turn in found:
        own = []
        while place < len(marks) and marks[place].start() < turn.end:
            own += [marks[place]] if marks[place].start() >= turn.speech else []
            place += 1
        if own:
            until, end = seconds(own[-1][0]), turn.end
            if own[-1].end() == turn.end:
                end = max(turn.speech, turn.start + len(text[turn.start : own[-1].start()].rstrip()))
            time = last if math.isnan(turn.time) else turn.time
            turn = replace(turn, end=end, time=time, until=until)
            last = until
        rows.append(turn)
    return tuple(rows)


def completed(
    text: str,
    stated: Sequence[Turn],
    speakers: Speakers | None = None,
    opens: Iterable[int] = (),
    places: Sequence[Place] = (),
) -> tuple[tuple[Turn, ...], tuple[Heading, ...]]:
    """Turns that a format states, guessed ones for what it says nothing about, and what was considered."""
    begin = front(text)[2]
    if not stated:
        opens = tuple(opens)
        guessed = guess(text, speakers, opens, begin)
        return _timed(arranged(text, guessed.heads, begin, opens), places), guessed.headings
    rows: list[Turn] = []
    headings: list[Heading] = []
    begin = min(begin, stated[0].start)
    firsts, lasts = [begin, *(turn.end for turn in stated)], [*(turn.start for turn in stated), len(text)]
    starts = sorted(opens)
    for first, last, turn in zip(firsts, lasts, [*stated, None], strict=True):
        if first < last and not text[first:last].isspace():
            within = [
                place - first for place in starts[bisect_left(starts, first) : bisect_left(starts, last)]
            ]
            guessed = guess(text[first:last], speakers, within)
            headings += [replace(one, start=one.start + first) for one in guessed.headings]
            rows += [_moved(one, first) for one in arranged(text[first:last], guessed.heads)]
        rows += [turn] if turn else []
    return tuple(replace(turn, number=number) for number, turn in enumerate(rows, start=1)), tuple(headings)


def _moved(turn: Turn, by: int) -> Turn:
    """A turn of a stretch, in the whole text; beside stated talk, words that nobody says are a note."""
    kind: Kind = "note" if turn.kind == "speech" and not turn.speaker else turn.kind
    return replace(turn, start=turn.start + by, end=turn.end + by, speech=turn.speech + by, kind=kind)


def front(text: str) -> tuple[str, tuple[str, ...], int]:
    """Title, notes and length of the front lines (``# title``, ``> note``) of a text.

    Examples
    --------
    >>> front("# Talk\\n> composed\\n\\nA: Hello.")
    ('Talk', ('composed',), 18)
    """
    begin, rows = 0, []
    for start, end in lines(text):
        line = text[start:end]
        if not (_FRONT.match(line) or line in ("#", ">") or not line.strip()):
            break
        if line.strip():
            begin = min(end + 1, len(text))
            rows.append(line)
    titles = [row.lstrip("#").strip() for row in rows if row.startswith("#")]
    notes = tuple(row[1:].strip() for row in rows if row.startswith(">"))
    return (titles[0] if titles else ""), notes, begin


def _after_space(text: str, position: int, limit: int | None = None) -> int:
    """The first position that is not a white space."""
    match = _SPACE.match(text, position, len(text) if limit is None else limit)
    return match.end() if match else position
