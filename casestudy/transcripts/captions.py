"""What transcription tools write: WebVTT, SRT, and the JSON or TSV of segments with times."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from casestudy.errors import InputError, Problem
from casestudy.transcripts.text import Decoded, Extract, Place, decode
from casestudy.transcripts.turns import seconds

_TIMING = re.compile(
    r"^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})(?:\s.*)?$"
)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z0-9.:]*(?:\s[^<>]*)?>|<\d[\d:.,]*>|\{\\[^}]*\}")


@dataclass(frozen=True)
class Cue:
    """Some words, who says them (empty for unknown), and from when to when in seconds."""

    start: float
    end: float
    speaker: str
    text: str


def vtt(data: bytes, where: str) -> Extract:
    """A WebVTT file: voices become speakers; styles, regions and notes are left out.

    Raises
    ------
    InputError
        When it does not begin with ``WEBVTT``, or holds no cue.
    """
    found = decode(data, where)
    if not found.text.lstrip().startswith("WEBVTT"):
        raise _wrong(where, "it does not begin with WEBVTT.", "Give it the ending .srt or .txt.")
    return _extract(found, where, "vtt")


def srt(data: bytes, where: str) -> Extract:
    """A SubRip file.

    Raises
    ------
    InputError
        When it holds no cue.
    """
    return _extract(decode(data, where), where, "srt")


def _extract(found: Decoded, where: str, kind: str) -> Extract:
    cues: list[Cue] = []
    skipped = 0
    for block in re.split(r"\n[ \t]*\n", found.text):
        lines = block.strip("\n").split("\n")
        timing = next((place for place, line in enumerate(lines[:3]) if _TIMING.match(line)), None)
        if timing is None:
            skipped += bool(block.strip()) and not block.lstrip().startswith("WEBVTT")
            continue
        match = _TIMING.match(lines[timing])
        assert match is not None
        cues += _voices("\n".join(lines[timing + 1 :]), seconds(match[1]), seconds(match[2]))
    if not cues:
        raise _wrong(
            where, "it holds no cue with a time.", "A cue has a line like 00:00:01.000 --> 00:00:04.000."
        )
    notes = (*found.notes, *([f"{skipped} blocks without a time not kept"] if skipped else []))
    return _laid_out(cues, f"{kind}, {found.encoding}", notes)


def _voices(payload: str, start: float, end: float) -> list[Cue]:
    """The cues of one payload: one for each voice."""
    parts = _VOICE.split(payload)
    said = [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    cues = []
    for name, text in said:
        plain = html.unescape(_TAG.sub("", text)).strip()
        if plain:
            cues.append(Cue(start, end, html.unescape(name).strip(), plain))
    return cues


def segments(data: bytes, where: str) -> Extract:
    """JSON segments (``start``, ``end``, ``text``, ``speaker``), a list or under ``segments``; seconds.

    Raises
    ------
    InputError
        When it is no JSON of that form.
    """
    found = decode(data, where)
    try:
        whole = json.loads(found.text)
        given = whole["segments"] if isinstance(whole, dict) else whole
        cues = [
            Cue(
                _number(one.get("start")),
                _number(one.get("end")),
                str(one.get("speaker") or "").strip(),
                str(one["text"]).strip(),
            )
            for one in given
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        remedy = 'Expected {"segments": [{"start": 0.0, "end": 2.5, "text": "…", "speaker": "…"}]}.'
        raise _wrong(where, "it is no JSON of segments.", remedy) from error
    cues = [cue for cue in cues if cue.text]
    if not cues:
        raise _wrong(where, "it holds no words.", "Look into the file.")
    return _laid_out(cues, f"json, {found.encoding}", found.notes)


def _number(value: object) -> float:
    """Seconds; NaN for what is no time: neither a number nor within a million hours."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 3.6e9:
        return math.nan
    return float(value)


def _laid_out(cues: Sequence[Cue], kind: str, notes: Sequence[str]) -> Extract:
    """Cues as text: a new paragraph with time and name where the speaker changes, else a new line."""
    parts: list[str] = []
    places: list[Place] = []
    reached, last = 0, None
    for cue in cues:
        changes = last is None or cue.speaker != last.speaker
        before = "" if last is None else ("\n\n" if changes else "\n")
        head = ""
        if cue.speaker and changes:
            time = "" if math.isnan(cue.start) else f"[{clock(cue.start)}] "
            head = f"{time}{cue.speaker}: "
        parts += [before, head, cue.text]
        reached += len(before) + len(head)
        until = f" to {clock(cue.end, 3)}" if not math.isnan(cue.end) else ""
        source = f"{clock(cue.start, 3)}{until}" if not math.isnan(cue.start) else "no time"
        places.append(Place(reached, reached + len(cue.text), source))
        reached += len(cue.text)
        last = cue
    return Extract("".join(parts) + "\n", kind, tuple(notes), tuple(places))


def clock(time: float, decimals: int = 0) -> str:
    """Seconds as a clock time; smaller parts than asked for are left out.

    Examples
    --------
    >>> clock(3725.4), clock(3725.4, 3)
    ('01:02:05', '01:02:05.400')
    """
    scale = 10**decimals
    parts = round(time * 1000) * scale // 1000
    whole, rest = divmod(parts, scale)
    said = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{said}.{rest:0{decimals}}" if decimals else said


def _wrong(where: str, found: str, remedy: str) -> InputError:
    return InputError("A transcript cannot be read.", [Problem(where, found, remedy)])
