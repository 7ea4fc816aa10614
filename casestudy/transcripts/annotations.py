"""Files of annotation tools: ELAN, EXMARaLDA, Praat and CHAT. Tiers speak; their words come in time order.

Small readers of our own: the libraries for these formats parse XML without a guard against entities, or read
by path alone, and give annotations where we need words with positions.
"""

from __future__ import annotations

import io
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from casestudy.transcripts.archives import elements
from casestudy.transcripts.bounds import LONGEST_TIME, refused
from casestudy.transcripts.cues import Cue, set_out
from casestudy.transcripts.text import Extract, decode
from casestudy.wording import counted

_WORDS_APART = 0.7  # seconds of silence that end an utterance in a tier of single words


def eaf(data: bytes, where: str) -> Extract:
    """An ELAN file: tiers of their own are talk, their participant (else their name) speaks.

    Tiers that depend on another hold translations or glosses and are left out, but where the tier above them
    holds no words.

    Raises
    ------
    InputError
        When it is not an ELAN file, or holds no words.
    """
    slots: dict[str, float] = {}
    tiers: dict[str, tuple[str, str]] = {}
    rows: dict[str, list[Cue]] = {}
    times: dict[str, tuple[float, float]] = {}
    document = False
    tags = ("ANNOTATION_DOCUMENT", "TIME_SLOT", "TIER")
    for _, element in elements(io.BytesIO(data), tags, where, ("end",)):
        if element.tag == "TIME_SLOT":
            slots[element.get("TIME_SLOT_ID") or ""] = _thousandths(element.get("TIME_VALUE"))
        elif element.tag == "TIER":
            name = element.get("TIER_ID") or ""
            tiers[name] = (element.get("PARTICIPANT") or name, element.get("PARENT_REF") or "")
            rows[name] = []
            for annotation in element.iter("ALIGNABLE_ANNOTATION", "REF_ANNOTATION"):
                key = annotation.get("ANNOTATION_ID") or ""
                start, end = (
                    slots.get(annotation.get(f"TIME_SLOT_REF{part}") or "", math.nan) for part in (1, 2)
                )
                if annotation.tag == "REF_ANNOTATION":
                    start, end = times.get(annotation.get("ANNOTATION_REF") or "", (math.nan, math.nan))
                times[key] = (start, end)
                text = (annotation.findtext("ANNOTATION_VALUE") or "").strip()
                rows[name].append(Cue(start, end, tiers[name][0], text))
        else:
            document = True
    if not document:
        raise refused(where, "it is not an ELAN file.", "Save it in ELAN as .eaf.")
    children = defaultdict(list)
    for name, (_, parent) in tiers.items():
        children[parent].append(name)
    cues: list[Cue] = []
    used: set[str] = set()
    for name in children[""]:
        talk = name
        while not any(cue.text for cue in rows[talk]) and children[talk]:
            talk = children[talk][0]
        used |= {name, talk}
        cues += [replace(cue, speaker=tiers[name][0]) for cue in rows[talk] if cue.text]
    left = [name for name in tiers if name not in used and any(cue.text for cue in rows[name])]
    return _in_order(cues, where, "eaf, utf-8", _left(left))


def exb(data: bytes, where: str) -> Extract:
    """An EXMARaLDA basic transcription: tiers of type ``t`` are talk, by the abbreviation of their speaker.

    Raises
    ------
    InputError
        When it is not such a file, or holds no words.
    """
    line: dict[str, float] = {}
    names: dict[str, str] = {}
    cues: list[Cue] = []
    left: list[str] = []
    document = False
    tags = ("basic-transcription", "speaker", "tli", "tier")
    for _, element in elements(io.BytesIO(data), tags, where, ("end",)):
        if element.tag == "tli":
            line[element.get("id") or ""] = _number(element.get("time"))
        elif element.tag == "speaker":
            key = element.get("id") or ""
            names[key] = (element.findtext("abbreviation") or "").strip() or key
        elif element.tag == "tier" and element.get("type") == "t":
            speaker = names.get(element.get("speaker") or "", element.get("speaker") or "")
            cues += _joined_events(element.iter("event"), speaker, line)
        elif element.tag == "tier":
            left.append(element.get("display-name") or element.get("category") or "")
        elif element.tag == "basic-transcription":
            document = True
    if not document:
        raise refused(
            where, "it is not an EXMARaLDA transcription.", "Save it in the Partitur-Editor as .exb."
        )
    return _in_order(cues, where, "exb, utf-8", _left(left))


def _joined_events(events: Iterable[object], speaker: str, line: dict[str, float]) -> list[Cue]:
    """Events that follow each other without a gap are one stretch of talk."""
    rows: list[tuple[Cue, str]] = []
    for event in events:
        first, last = event.get("start") or "", event.get("end") or ""  # type: ignore[attr-defined]
        text = event.text or ""  # type: ignore[attr-defined]
        end = line.get(last, math.nan)
        if rows and rows[-1][1] == first:
            cue = rows[-1][0]
            rows[-1] = (replace(cue, end=end, text=cue.text + text), last)
        else:
            rows.append((Cue(line.get(first, math.nan), end, speaker, text), last))
    return [replace(cue, text=cue.text.strip()) for cue, _ in rows]


_GRID_TOKEN = re.compile(r'"((?:[^"]|"")*)"|(?<![\w\[.])(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w\]])')


def textgrid(data: bytes, where: str) -> Extract:
    """A Praat TextGrid, long or short: interval tiers are speakers; points and sounds are left out.

    Raises
    ------
    InputError
        When it is not a TextGrid, or holds no words.
    """
    found = decode(data, where)
    if "TextGrid" not in found.text[:300]:
        raise refused(where, "it is not a TextGrid.", "Save it in Praat as a text file.")
    tokens = [
        match[1].replace('""', '"') if match[1] is not None else float(match[2])
        for match in _GRID_TOKEN.finditer(found.text)
    ]
    place = next(
        (number for number, token in enumerate(tokens) if token in ("IntervalTier", "TextTier")), len(tokens)
    )
    cues: list[Cue] = []
    left: list[str] = []
    while place + 5 <= len(tokens):
        kind, name, _, _, size = tokens[place : place + 5]
        if kind not in ("IntervalTier", "TextTier") or not isinstance(size, float):
            raise refused(where, f"its tiers cannot be parsed at {str(kind)[:30]!r}.", "Save it again.")
        width, place = (3 if kind == "IntervalTier" else 2), place + 5
        last = min(place + width * int(size), len(tokens))
        rows = [tokens[at : at + width] for at in range(place, last, width)]
        place = last
        speaker, level = _level(str(name))
        if kind == "TextTier" or level == "phones":
            left.append(str(name))
            continue
        own = [
            Cue(_within(row[0]), _within(row[1]), speaker, str(row[2]).strip())
            for row in rows
            if len(row) == 3
        ]
        cues += _utterances(own) if level == "words" else own
    return _in_order(cues, where, f"textgrid, {found.encoding}", [*found.notes, *_left(left)])


def _level(name: str) -> tuple[str, str]:
    """Speaker and level of a tier named like ``Anna - words``."""
    match = re.fullmatch(r"(?:(.+?)\s*[-–/_:]\s*)?(words?|phones?|phonemes?|segments?)", name, re.IGNORECASE)
    if match is None:
        return name, ""
    return match[1] or name, "words" if match[2].casefold().startswith("word") else "phones"


def _utterances(cues: Sequence[Cue]) -> list[Cue]:
    rows: list[Cue] = []
    for cue in cues:
        if not cue.text:
            continue
        if rows and cue.start - rows[-1].end < _WORDS_APART:
            rows[-1] = replace(rows[-1], end=cue.end, text=f"{rows[-1].text} {cue.text}")
        else:
            rows.append(cue)
    return rows


_BULLET = re.compile(r"\x15(?:[^\x15]*?_)?(\d{1,10})_(\d{1,10})\x15|\x15[^\x15]*\x15")
_MAIN = re.compile(r"\*([^:\s]{1,20}):[ \t]*(.*)", re.DOTALL)


def cha(data: bytes, where: str) -> Extract:
    """A CHAT transcript: main lines are talk, by the code of the speaker; times from bullets.

    Words stay as they are written, with the signs of CHAT; dependent lines are left out.

    Raises
    ------
    InputError
        When it has no main line.
    """
    found = decode(data, where)
    rows: list[str] = []
    for line in found.text.split("\n"):
        if line[:1] in "\t " and rows and line.strip():
            rows[-1] += f" {line.strip()}"
        elif line.strip():
            rows.append(line)
    cues, notes = [], []
    dependent = sum(row.startswith("%") for row in rows)
    for row in rows:
        if match := _MAIN.match(row):
            times = [bullet for bullet in _BULLET.finditer(match[2]) if bullet[1]]
            start = int(times[0][1]) / 1000 if times else math.nan
            end = int(times[-1][2]) / 1000 if times else math.nan
            cues.append(Cue(start, end, match[1], re.sub(r"[ \t]+", " ", _BULLET.sub("", match[2])).strip()))
        elif row.startswith("@Participants:"):
            notes.append(f"participants: {' '.join(row.partition(':')[2].split())}")
    notes += [f"{counted(dependent, 'dependent line')} not kept"] if dependent else []
    cues = [cue for cue in cues if cue.text]
    if not cues:
        raise refused(where, "it has no line of talk.", "A line of CHAT begins with *CODE: and a tab.")
    return set_out(cues, f"cha, {found.encoding}", (*found.notes, *notes))


def _in_order(cues: Sequence[Cue], where: str, kind: str, notes: Sequence[str]) -> Extract:
    """Cues of all tiers by their beginning; those without a time stay behind the one before."""
    keyed: list[tuple[float, int, Cue]] = []
    reached = 0.0
    for number, cue in enumerate(cue for cue in cues if cue.text):
        reached = cue.start if not math.isnan(cue.start) else reached
        keyed.append((reached, number, cue))
    if not keyed:
        raise refused(where, "it holds no words.", "Look into the file.")
    ordered = [cue for _, _, cue in sorted(keyed, key=lambda row: row[:2])]
    return set_out(ordered, kind, notes)


def _left(names: Sequence[str]) -> list[str]:
    return [f"{counted(len(names), 'tier')} not kept: {', '.join(names[:8])}"] if names else []


def _thousandths(written: str | None) -> float:
    return _number(written) / 1000


def _number(written: str | None) -> float:
    try:
        return _within(float(written)) if written else math.nan
    except ValueError:
        return math.nan


def _within(value: object) -> float:
    number = value if isinstance(value, float) else math.nan
    return number if 0 <= number < LONGEST_TIME * 1000 else math.nan
