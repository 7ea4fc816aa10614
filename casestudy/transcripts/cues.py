"""Cues: words with a time and, where it is stated, a voice; each once, set out as a text with turns."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from casestudy.transcripts.bounds import LONGEST_TIME
from casestudy.transcripts.text import Extract, Place
from casestudy.transcripts.turn import Kind, Turn, named
from casestudy.wording import counted

_BRACKET = re.compile(r"(?:\[[^\[\]]*\]|\([^()]*\)|♪.*♪)", re.DOTALL)
_WORD_TIME = re.compile(r"<\d[\d:.,]*>")
_HIGHLIGHT = re.compile(r"<(?:u|b|i|c|font)\b|\{[ubi]\}", re.IGNORECASE)
_MOST_CHANCE = 3  # repeats that are more than chance
_NEAR = 0.25  # seconds between captions that roll on


@dataclass(frozen=True)
class Cue:
    """Some words, who says them (None where nothing is said about it), from when to when in seconds.

    `raw` is the payload as it is written, with its tags.
    """

    start: float = math.nan
    end: float = math.nan
    speaker: str | None = None
    text: str = ""
    raw: str = ""


def once(cues: Sequence[Cue]) -> tuple[list[Cue], list[str]]:
    """Cues without what rolling captions and highlighted words repeat, and notes of what was left out.

    Captions roll where word times stand in them, or where most begin with the last line of the one before, or
    grow from it, without a pause. Where voices are stated nothing is taken for a repeat.
    """
    rows: list[Cue] = []
    highlights = 0
    for cue in cues:
        last = rows[-1] if rows else None
        if last and _again(last, cue):
            rows[-1] = replace(last, end=cue.end)
            highlights += 1
        else:
            rows.append(cue)
    notes = [f"{counted(highlights, 'repeat')} of highlighted words left out"] if highlights else []
    pairs = list(pairwise(rows))
    rolling = sum(_rolls(*pair) for pair in pairs)
    voiced = any(cue.speaker for cue in rows)
    timed = rolling and any(_WORD_TIME.search(cue.raw) for cue in rows)
    if not voiced and (timed or (rolling >= _MOST_CHANCE and rolling * 2 >= len(pairs))):
        rows, left = _unrolled(rows)
        notes += [f"{counted(left, 'line')} repeated by rolling captions left out"] if left else []
    return rows, notes


def _again(last: Cue, cue: Cue) -> bool:
    """The same words a second time, with another word highlighted."""
    same = (cue.speaker, cue.text) == (last.speaker, last.text) and cue.raw != last.raw
    return same and _joined(last, cue) and bool(_HIGHLIGHT.search(last.raw) and _HIGHLIGHT.search(cue.raw))


def _joined(last: Cue, cue: Cue) -> bool:
    return not cue.start > last.end + _NEAR


def _rolls(last: Cue, cue: Cue) -> bool:
    lines, before = _lines(cue), _lines(last)
    begins = lines[0] == before[-1] and (len(lines) > 1 or len(before) > 1 or last.raw != cue.raw)
    grows = cue.text.startswith(f"{last.text} ") or cue.text.startswith(f"{last.text}\n")
    return cue.speaker == last.speaker and (begins or grows) and _joined(last, cue)


def _lines(cue: Cue) -> list[str]:
    return [line.strip() for line in cue.text.split("\n")]


def _unrolled(cues: Sequence[Cue]) -> tuple[list[Cue], int]:
    rows: list[Cue] = []
    left = 0
    before: list[str] = []
    last: Cue | None = None
    for cue in cues:
        lines = _lines(cue)
        if last is None or cue.speaker != last.speaker or not _joined(last, cue):
            before = []
        same = max(
            (size for size in range(1, min(len(lines), len(before)) + 1) if before[-size:] == lines[:size]),
            default=0,
        )
        left += same
        fresh = lines[same:]
        if fresh and before and not same and rows and cue.text.startswith(f"{last.text if last else ''} "):
            rows[-1] = replace(
                rows[-1], text=rows[-1].text + cue.text[len(last.text) :] if last else cue.text, end=cue.end
            )
            left += 1
        elif fresh:
            rows.append(replace(cue, text="\n".join(fresh)))
        elif rows:
            rows[-1] = replace(rows[-1], end=cue.end)
        before, last = lines, cue
    return rows, left


def set_out(cues: Sequence[Cue], kind: str, notes: Sequence[str]) -> Extract:
    """Cues as text: a new paragraph with time and name where the speaker changes, else a new line.

    Where any cue states its speaker the turns are those that the cues state; else they are left to a guess
    that knows where the cues begin.
    """
    parts: list[str] = []
    places: list[Place] = []
    turns: list[Turn] = []
    stated = any(cue.speaker for cue in cues)
    reached, last = 0, None
    for cue in cues:
        speaker = named(cue.speaker or "")
        changes = last is None or speaker != last
        before = "" if last is None else ("\n\n" if changes else "\n")
        head = ""
        if speaker and changes:
            time = "" if math.isnan(cue.start) else f"[{clock(cue.start)}] "
            head = f"{time}{speaker}: "
        parts += [before, head, cue.text]
        reached += len(before)
        begin, speech = reached, reached + len(head)
        reached = speech + len(cue.text)
        until = f" to {clock(cue.end, 3)}" if not math.isnan(cue.end) else ""
        source = f"{clock(cue.start, 3)}{until}" if not math.isnan(cue.start) else "no time"
        places.append(Place(speech, reached, source, cue.start, cue.end))
        if changes or not speaker:
            bracket = not speaker and _BRACKET.fullmatch(cue.text)
            form: Kind = "bracket" if bracket else "speech"
            turns.append(Turn(len(turns) + 1, speaker, begin, reached, speech, cue.start, cue.end, form))
        else:
            turns[-1] = replace(turns[-1], end=reached, until=cue.end)
        last = speaker
    opens = tuple(place.start for place in places)
    text = "".join(parts) + "\n"
    return Extract(text, kind, tuple(notes), tuple(places), tuple(turns) if stated else (), opens)


def clock(time: float, decimals: int = 0) -> str:
    """Seconds as a clock time; smaller parts than asked for are left out.

    Examples
    --------
    >>> clock(3725.4), clock(3725.4, 3)
    ('01:02:05', '01:02:05.400')
    """
    scale = 10**decimals
    parts = round(min(time, LONGEST_TIME) * 1000) * scale // 1000
    whole, rest = divmod(parts, scale)
    said = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{said}.{rest:0{decimals}}" if decimals else said
