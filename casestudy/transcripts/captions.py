"""What captions are written in: WebVTT and SRT. Cues with their voices and times, each line once."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from casestudy.transcripts.bounds import LONGEST_TIME, refused
from casestudy.transcripts.cues import Cue, once, set_out
from casestudy.transcripts.text import Decoded, Extract, decode
from casestudy.transcripts.turn import seconds

_TIME = r"(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMING = re.compile(rf"^[ \t]*({_TIME})[ \t]*-->[ \t]*({_TIME})(?:[ \t].*)?$")
_VTT_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>c|i|b|u|v|ruby|rt|lang)(?P<class>\.[^\s<>]*)?(?:[ \t\n](?P<said>[^<>]*))?>"
    r"|<(?P<time>\d[\d:.,]*)>",
    re.IGNORECASE,
)
_SRT_TAG = re.compile(r"</?(?:b|i|u|s|font)(?:[ \t][^<>]*)?>|\{/?[biu]\}", re.IGNORECASE)
_STYLE_CODE = re.compile(r"\{\\[^{}]*\}")
_IN_IDENTIFIER = re.compile(r'^(?:\d+[ \t]+)?"([^"\n]+)"(?:[ \t]+\(\d+\))?$')
_NO_CUE = ("NOTE", "STYLE", "REGION", "X-TIMESTAMP-MAP")


def vtt(data: bytes, where: str) -> Extract:
    """A WebVTT file: voices, and names in cue identifiers, become speakers; notes and styles are left out.

    Raises
    ------
    InputError
        When it does not begin with ``WEBVTT``, or holds no cue.
    """
    found = decode(data, where)
    if not found.text.lstrip().startswith("WEBVTT"):
        raise refused(where, "it does not begin with WEBVTT.", "Give it the ending .srt or .txt.")
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
    count: Counter[str] = Counter()
    rows: list[Cue] = []
    for identifier, start, end, payload in _blocks(found.text.split("\n"), kind, count):
        read = _voices(payload, count) if kind == "vtt" else _plain(payload)
        name = _IN_IDENTIFIER.match(identifier)
        for cue in read:
            speaker = name[1].strip() if name and cue.speaker is None else cue.speaker
            rows.append(replace(cue, start=start, end=end, speaker=speaker, raw=payload))
    if not rows:
        remedy = "A cue has a line like 00:00:01.000 --> 00:00:04.000."
        raise refused(where, "it holds no cue with a time.", remedy)
    rows, repeats = once(rows)
    said = {
        "block": "blocks without a time not kept",
        "loose": "paragraphs without a time kept with the cue before",
        "lead": "lines before the first cue not kept",
        "ruby": "readings of characters (ruby) not kept",
        "absurd": "times beyond a million hours not kept",
    }
    notes = [f"{count[key]} {words}" for key, words in said.items() if count[key]]
    return set_out(rows, f"{kind}, {found.encoding}", (*found.notes, *notes, *repeats))


def _blocks(lines: list[str], kind: str, count: Counter[str]) -> Iterator[tuple[str, float, float, str]]:
    """Identifier, times and payload of each cue; a line of times ends the cue before."""
    times = [
        (number, match)
        for number, line in enumerate(lines)
        if "-->" in line and (match := _TIMING.match(line))
    ]
    heads = [_head(lines, number, kind) for number, _ in times]
    if times:
        count["lead"] += _left_out(lines[: heads[0]], kind, count)
    for place, (number, match) in enumerate(times):
        last = heads[place + 1] if place + 1 < len(times) else len(lines)
        payload = lines[number + 1 : max(last, number + 1)]
        if kind == "vtt":
            payload = list(_without_notes(payload, count))
        identifier = lines[number - 1].strip() if heads[place] < number else ""
        start, end = (_bounded(match[part], count) for part in (1, 2))
        text = "\n".join(payload).strip("\n")
        yield identifier, start, end, "\n".join(line for line in text.split("\n")) if text.strip() else ""


def _head(lines: list[str], number: int, kind: str) -> int:
    """The line where a cue begins: its identifier, where it has one, else its line of times."""
    before = lines[number - 1].strip() if number else ""
    if not before or (number and _TIMING.match(lines[number - 1])):
        return number
    stands_alone = number < 2 or not lines[number - 2].strip()
    if kind == "srt":
        return number - 1 if before.isdigit() else number
    if before.startswith(("WEBVTT", *_NO_CUE)):
        return number
    return number - 1 if stands_alone else number


def _left_out(lines: list[str], kind: str, count: Counter[str]) -> int:
    """Lines of words before the first cue, which have no time; notes and styles are counted apart."""
    if kind == "srt":
        return sum(bool(line.strip()) for line in lines)
    rest = list(_without_notes(["", *lines], count, head=True))
    return sum(bool(line.strip()) for line in rest)


def _without_notes(lines: list[str], count: Counter[str], head: bool = False) -> Iterator[str]:
    """Lines of a cue, and of paragraphs behind it that are neither a note nor a style."""
    blank, skipping, behind = False, False, False
    for number, line in enumerate(lines):
        if not line:
            blank, skipping = True, False
            yield line
            continue
        if blank or (head and number == 0):
            skipping = line.startswith(_NO_CUE) or line.startswith("WEBVTT")
            count["block"] += line.startswith(_NO_CUE)
            count["loose"] += not skipping and not head and bool(line.strip())
            behind = not skipping
        blank = False
        if not skipping or (behind and not head):
            yield line


def _bounded(clock: str, count: Counter[str]) -> float:
    time = seconds(clock)
    if time < LONGEST_TIME:
        return time
    count["absurd"] += 1
    return float("nan")


def _voices(payload: str, count: Counter[str]) -> list[Cue]:
    """The cues of one payload: one for each voice; None for a voice that is not stated."""
    parts: list[tuple[str | None, list[str]]] = [(None, [])]
    payload = _STYLE_CODE.sub("", payload)
    reached, ruby = 0, False
    for tag in _VTT_TAG.finditer(payload):
        if not ruby:
            parts[-1][1].append(payload[reached : tag.start()])
        reached = tag.end()
        name = (tag["name"] or "").lower()
        if name == "rt":
            ruby = not tag["end"]
            count["ruby"] += ruby
        elif name == "v":
            voice = None if tag["end"] else html.unescape(tag["said"] or "").strip()
            parts.append((voice or None, []))
    parts[-1][1].append(payload[reached:])
    rows = [(voice, html.unescape("".join(pieces)).strip()) for voice, pieces in parts]
    return [Cue(speaker=voice, text=text) for voice, text in rows if text]


def _plain(payload: str) -> list[Cue]:
    """SRT knows bold, italic, underline and font; whatever else stands in angle brackets is words."""
    text = html.unescape(_SRT_TAG.sub("", _STYLE_CODE.sub("", payload))).strip()
    return [Cue(speaker=None, text=text)] if text else []
