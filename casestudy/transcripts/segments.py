"""Segments with times, as speech recognisers write them: JSON of many shapes, and tab-separated lists."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from casestudy.transcripts.bounds import LONGEST_TIME, refused
from casestudy.transcripts.cues import Cue, set_out
from casestudy.transcripts.text import Extract, decode
from casestudy.transcripts.turn import seconds

_SPEAKER = ("speaker", "speaker_name", "speakerName", "speaker_label", "speaker_id", "speakerId", "name")
_TEXT = ("text", "transcript", "words", "content", "utterance", "sentence")
_START = ("start", "start_time", "startTime", "begin", "from", "ts", "offset")
_END = ("end", "end_time", "endTime", "stop", "to", "end_ts")
_LISTS = ("segments", "utterances", "monologues", "results", "transcript", "sentences", "captions", "entries")
_EXPECTED = 'Expected {"segments": [{"start": 0.0, "end": 2.5, "text": "…", "speaker": "…"}]}.'


def segments(data: bytes, where: str) -> Extract:
    """JSON segments: words with start, end and speaker, as a list or under a name such as ``segments``.

    Times are seconds, clock times, or milliseconds where the tool writes whole ones (``utterances``).

    Raises
    ------
    InputError
        When it is no JSON of that form.
    """
    found = decode(data, where)
    try:
        content = json.loads(found.text)
        rows, unit = _listed(content)
        names = _names(content)
        cues = [_cue(row, unit, names) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refused(where, "it is no JSON of segments.", _EXPECTED) from error
    cues = [cue for cue in cues if cue.text]
    if not cues:
        raise refused(where, "it holds no words.", "Look into the file.")
    return set_out(cues, f"json, {found.encoding}", found.notes)


def _listed(content: Any) -> tuple[Sequence[Mapping[str, Any]], float]:
    """The segments, and how many seconds one unit of their times is."""
    if not isinstance(content, Mapping):
        return list(content), 1.0
    for key in _LISTS:
        inner = content.get(key)
        if isinstance(inner, Mapping):
            return _listed(inner)
        if isinstance(inner, list) and (not inner or isinstance(inner[0], Mapping)):
            starts = [row.get("start") for row in inner if isinstance(row, Mapping)]
            thousandths = key == "utterances" and all(isinstance(start, int) for start in starts)
            return inner, 0.001 if thousandths else 1.0
    raise KeyError("segments")


def _names(content: Any) -> dict[str, str]:
    """Names of numbered speakers, where the file lists them."""
    rows = content.get("speakers") if isinstance(content, Mapping) else None
    if not isinstance(rows, list):
        return {}
    return {
        str(row["id"]): str(row["name"])
        for row in rows
        if isinstance(row, Mapping) and "id" in row and row.get("name")
    }


def _cue(row: Mapping[str, Any], unit: float, names: Mapping[str, str]) -> Cue:
    speaker = _first(row, _SPEAKER)
    if isinstance(speaker, Mapping):
        speaker = speaker.get("name") or speaker.get("id")
    said = "" if speaker is None else names.get(str(speaker), str(speaker)).strip()
    if isinstance(row.get("elements"), list):
        parts = row["elements"]
        times = [part for part in parts if "ts" in part]
        text = "".join(str(part.get("value", "")) for part in parts).strip()
        start = _time(times[0].get("ts"), unit) if times else math.nan
        return Cue(start, _time(times[-1].get("end_ts"), unit) if times else math.nan, said or None, text)
    text = _first(row, _TEXT)
    if not isinstance(text, str):
        raise TypeError("a segment has no words")
    return Cue(_time(_first(row, _START), unit), _time(_first(row, _END), unit), said or None, text.strip())


def _first(row: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _time(value: object, unit: float = 1.0) -> float:
    """Seconds; NaN for what is no time: neither a number nor within a million hours."""
    if isinstance(value, str):
        try:
            value = seconds(value.removesuffix("s")) if ":" in value else float(value.removesuffix("s"))
        except ValueError:
            return math.nan
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return math.nan
    return float(value) * unit if 0 <= value < LONGEST_TIME / unit else math.nan


def listed(data: bytes, where: str) -> Extract:
    """Tab-separated segments with a head line such as ``start end text``; whole numbers are milliseconds.

    Raises
    ------
    InputError
        When it has no such head line, or no words.
    """
    found = decode(data, where)
    lines = [line for line in found.text.split("\n") if line.strip()]
    head = [cell.strip().casefold() for cell in lines[0].split("\t")] if lines else []
    places = {
        kind: next((head.index(name) for name in names if name in head), -1) for kind, names in _HEADS.items()
    }
    if places["text"] < 0 or places["start"] < 0:
        remedy = "Expected a head line with start, end and text, with tabs between."
        raise refused(where, "it is no list of segments.", remedy)
    rows = [line.split("\t", len(head) - 1) for line in lines[1:]]
    short = [number for number, row in enumerate(rows, start=2) if len(row) <= places["text"]]
    if short:
        raise refused(f"{where}, line {short[0]}", "it has too few cells.", "Put a tab between cells.")
    stamps = [row[places["start"]].strip() for row in rows]
    unit = 0.001 if all(stamp.isdigit() for stamp in stamps) else 1.0

    def cell(row: Sequence[str], kind: str) -> str:
        return row[places[kind]].strip() if 0 <= places[kind] < len(row) else ""

    cues = [
        Cue(
            _number(cell(row, "start"), unit),
            _number(cell(row, "end"), unit),
            cell(row, "speaker") or None,
            cell(row, "text"),
        )
        for row in rows
    ]
    cues = [cue for cue in cues if cue.text]
    if not cues:
        raise refused(where, "it holds no words.", "Look into the file.")
    return set_out(cues, f"tsv, {found.encoding}", found.notes)


_HEADS = {
    "start": ("start", "begin", "from", "start time", "time"),
    "end": ("end", "stop", "to", "end time"),
    "text": ("text", "transcript", "words", "content"),
    "speaker": ("speaker", "name", "speaker name"),
}


def _number(written: str, unit: float) -> float:
    return _time(int(written), unit) if written.isdigit() and len(written) < 16 else _time(written)
