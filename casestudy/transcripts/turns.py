"""Turns: who speaks from where to where, and when. Positions only; no text is moved or merged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

_CLOCK = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_TIME = rf"(?:\[{_CLOCK}\]|\({_CLOCK}\)|{_CLOCK}(?=\s|$))"
# A name: letters first, at most four words, no sentence punctuation, not a clock time.
_WORD = r"[^\W\d_][\w'’.\-]*"
_NAME = rf"{_WORD}(?:[ \u00a0](?:{_WORD}|\d{{1,3}}|&|\([^()\n]{{1,20}}\))){{0,3}}"
_OPENING = re.compile(
    rf"""[ \t\u200e\u200f\u202a-\u202e]*
    (?:(?P<time1>{_TIME})[ \t]*(?:[-–][ \t]*)?)?
    (?:
      (?P<bold>\*\*|__)(?P<name1>{_NAME})[ \t]*:?(?P=bold):?
     |\[(?P<name2>{_NAME})\]:?
     |(?P<name3>{_NAME})[ \t]*(?P<time2>[\[(]{_CLOCK}[\])])?[ \t]*:(?=\s|$)
     |(?P<name4>{_NAME})[ \t]+(?P<time3>{_TIME})[ \t]*$
     |(?P<name5>[^\W\d_a-z][A-ZÀ-ÖØ-Þ]+(?:[ ][A-ZÀ-ÖØ-Þ0-9]+){{0,2}})[ \t]*$
    )
    [ \t\u200e\u200f\u202a-\u202e]*""",
    re.VERBOSE,
)
_STARTS_WITH_TIME = re.compile(rf"[ \t]*(?P<time>[\[(]{_CLOCK}[\])])[ \t]*")
_FRONT = re.compile(r"(#{1,6} |> )")


@dataclass(frozen=True)
class Turn:
    """One turn of a transcript, or one paragraph of a document without speakers.

    Attributes
    ----------
    number : int
        Counted from 1.
    speaker : str
        As written; empty for none.
    start, end : int
        The whole turn with the speaker's name; half-open, in code points.
    speech : int
        Where the words begin, after name and time.
    time : float
        Seconds from the start of the recording; NaN where not stated.
    """

    number: int
    speaker: str
    start: int
    end: int
    speech: int
    time: float = float("nan")


def seconds(clock: str) -> float:
    """Seconds of a clock time such as ``00:03:12`` or ``[3:12]``.

    Examples
    --------
    >>> seconds("[00:03:12]"), seconds("01:00:00.500")
    (192.0, 3600.5)
    """
    parts = clock.strip("[]() \t").replace(",", ".").split(":")
    return float(sum(float(part) * 60**power for power, part in enumerate(reversed(parts))))


def turns(text: str, speakers: Collection[str] | None = None) -> tuple[Turn, ...]:
    """Find the turns of a canonical text.

    Forms known at the start of a line: ``Name:``, ``NAME`` or ``Name 00:03:12`` alone, ``[Name]``,
    ``**Name:**``, each with an optional time. A clock time is never a speaker. A name
    inside a paragraph counts only in capitals or where it opens lines at least twice. Other lines belong
    to the turn before them. A text in which no one speaks gives one turn a paragraph. Front lines (``#``,
    ``>``) at the top belong to no turn.

    Parameters
    ----------
    text : str
    speakers : collection of str, optional
        When given, only these names are speakers (whatever their case).

    Examples
    --------
    >>> [(turn.speaker, turn.time) for turn in turns("Q: When?\\n\\n[00:01:10] Aino: Well.\\n17:30: no one")]
    [('Q', nan), ('Aino', 70.0)]
    """
    known = {name.casefold() for name in speakers} if speakers is not None else None
    lines = list(_lines(text))
    begin = _after_front(lines, text)
    candidates = []
    blank = True
    for start, end in lines:
        line = text[start:end]
        if start >= begin and (match := _OPENING.match(line)) and (name := _name(match)):
            candidates.append((start, blank, name, match))
        blank = not line.strip()
    counts = Counter(name.casefold() for _, _, name, _ in candidates)
    kept = [
        (start, name, match)
        for start, opens, name, match in candidates
        if (
            name.casefold() in known
            if known is not None
            else opens or counts[name.casefold()] > 1 or _shouted(name)
        )
    ]
    if not kept:
        return _paragraphs(text, begin)
    found = []
    if text[begin : kept[0][0]].strip():
        lead = begin + _leading(text[begin : kept[0][0]])
        found.append(("", lead, lead, float("nan")))
    for start, name, match in kept:
        clock = match["time1"] or match["time2"] or match["time3"]
        speech = start + match.end()
        if not clock and (after := _STARTS_WITH_TIME.match(text, speech)):
            clock, speech = after["time"], after.end()
        speech += _leading(text[speech:]) if not text[speech : speech + 1].strip() else 0
        found.append((name, start, speech, seconds(clock) if clock else float("nan")))
    return tuple(_closed(text, found))


def _closed(text: str, found: Sequence[tuple[str, int, int, float]]) -> Iterator[Turn]:
    """Turns with their ends: up to the next one, without trailing blank space."""
    for number, (name, start, speech, time) in enumerate(found, start=1):
        limit = found[number][1] if number < len(found) else len(text)
        end = start + len(text[start:limit].rstrip())
        yield Turn(number, name, start, max(end, start), min(speech, max(end, start)), time)


def front(text: str) -> tuple[str, tuple[str, ...], int]:
    """Title, notes and length of the front lines (``# title``, ``> note``) of a text.

    Examples
    --------
    >>> front("# Talk\\n> composed\\n\\nA: Hello.")
    ('Talk', ('composed',), 18)
    """
    begin = _after_front(_lines(text), text)
    lines = takewhile(lambda line: line[1] < begin or line[1] == begin == len(text), _lines(text))
    rows = [text[start:end] for start, end in lines]
    titles = [row.lstrip("#").strip() for row in rows if row.startswith("#")]
    notes = tuple(row[1:].strip() for row in rows if row.startswith(">"))
    return (titles[0] if titles else ""), notes, begin


def _after_front(lines: Iterable[tuple[int, int]], text: str) -> int:
    begin = 0
    for start, end in lines:
        line = text[start:end]
        if not (_FRONT.match(line) or line in ("#", ">") or not line.strip()):
            break
        if line.strip():
            begin = min(end + 1, len(text))
    return begin


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        if end < 0:
            end = len(text)
        yield start, end
        start = end + 1


def _name(match: re.Match[str]) -> str:
    name = next((match[f"name{form}"] for form in "12345" if match[f"name{form}"]), "")
    remark = match["name2"] and match["name2"][0].islower()  # [laughs] is no speaker
    return name.strip() if len(name) <= 40 and not remark else ""


def _shouted(name: str) -> bool:
    return len(name) > 1 and name.isupper()


def _leading(text: str) -> int:
    return len(text) - len(text.lstrip())


def _paragraphs(text: str, begin: int) -> tuple[Turn, ...]:
    blocks = re.finditer(r"\S(?:[^\n]|\n(?![ \t]*\n))*", text[begin:])
    return tuple(
        Turn(
            number,
            "",
            begin + block.start(),
            begin + len(block[0].rstrip()) + block.start(),
            begin + block.start(),
        )
        for number, block in enumerate(blocks, start=1)
    )
