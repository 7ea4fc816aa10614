"""Lists of segments with times, as speech recognisers write them, with tabs between cells."""

from __future__ import annotations

import math
from collections.abc import Sequence

from casestudy.transcripts.bounds import LONGEST_TIME, refused
from casestudy.transcripts.cues import Cue, set_out
from casestudy.transcripts.text import Extract, decode
from casestudy.transcripts.turn import seconds


def in_seconds(value: object, unit: float = 1.0) -> float:
    """Seconds; NaN for what is not a time: neither a number nor within a million hours."""
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
        raise refused(where, "it is not a list of segments.", remedy)
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
    return in_seconds(int(written), unit) if written.isdigit() and len(written) < 16 else in_seconds(written)
