"""Lists of segments with times or speakers: with tabs, as recognisers write them, or as spreadsheets do."""

from __future__ import annotations

import csv
import io
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
    """Segments a row, with a head line such as ``start end text`` or ``Speaker;Text``.

    Cells stand between tabs, as recognisers write them, or between commas or semicolons, as spreadsheets do;
    there a quoted cell may run over several lines. Whole numbers are milliseconds between tabs, and seconds
    otherwise where the last is below a day.

    Raises
    ------
    InputError
        When it has no such head line, or no words.
    """
    found = decode(data, where)
    mark, head, rows = _rows(found.text, where)
    places = {
        kind: next((head.index(name) for name in names if name in head), -1) for kind, names in _HEADS.items()
    }
    stamps = [row[places["start"]].strip() for _, row in rows if 0 <= places["start"] < len(row)]
    unit = _unit(stamps, mark)

    def cell(row: Sequence[str], kind: str) -> str:
        return row[places[kind]].strip() if 0 <= places[kind] < len(row) else ""

    short = [number for number, row in rows if len(row) <= places["text"]]
    if short:
        raise refused(
            f"{where}, line {short[0]}", "it has too few cells.", "Put a tab or comma between cells."
        )
    cues = [
        Cue(
            _number(cell(row, "start"), unit),
            _number(cell(row, "end"), unit),
            cell(row, "speaker") or None,
            cell(row, "text"),
        )
        for _, row in rows
    ]
    cues = [cue for cue in cues if cue.text]
    if not cues:
        raise refused(where, "it holds no words.", "Look into the file.")
    return set_out(cues, f"{'tsv' if mark == _TAB else 'csv'}, {found.encoding}", found.notes)


def is_head(cells: Sequence[str]) -> bool:
    """Whether a row names the columns of a talk: words, and their time or who says them.

    Examples
    --------
    >>> is_head(["Speaker", "Start Time", "Text"]), is_head(["id", "age"]), is_head(["start", "end"])
    (True, False, False)
    """
    names = {_folded(cell) for cell in cells}
    return bool(names & set(_HEADS["text"])) and bool(names & {*_HEADS["start"], *_HEADS["speaker"]})


def _rows(text: str, where: str) -> tuple[str, list[str], list[tuple[int, list[str]]]]:
    """What stands between cells, the head in small letters, and the rows below it with their numbers."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    first = lines[0][1] if lines else ""
    mark = next((mark for mark in (_TAB, ";", ",") if is_head(_cells(first, mark))), "")
    if not mark:
        remedy = "Expected a head line with text, and start, end or speaker, with tabs or commas between."
        raise refused(where, "it is not a list of segments.", remedy)
    head = [_folded(cell) for cell in _cells(first, mark)]
    if mark == _TAB:  # recognisers quote nothing, and words may hold a tab
        return mark, head, [(number, line.split(_TAB, len(head) - 1)) for number, line in lines[1:]]
    reader = csv.reader(io.StringIO(text.lstrip("\n")), delimiter=mark)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise refused(where, f"it is not a list of segments: {error}.", "Save it again as CSV.") from error
    for number, row in rows[1:]:
        if len(row) > len(head) and any(cell.strip() for cell in row[len(head) :]):
            found = f"it has {len(row)} cells under {len(head)} headings."
            raise refused(f"{where}, line {number}", found, f"Put words with {mark!r} in quotes.")
    return mark, head, rows[1:]


def _cells(line: str, mark: str) -> list[str]:
    return next(csv.reader([line], delimiter=mark), []) if mark != _TAB else line.split(_TAB)


def _folded(cell: str) -> str:
    return " ".join(cell.replace("_", " ").split()).casefold()


def _unit(stamps: Sequence[str], mark: str) -> float:
    """Seconds in one unit of times that are whole numbers."""
    if not stamps or not all(stamp.isdigit() and len(stamp) < 16 for stamp in stamps):
        return 1.0
    return 0.001 if mark == _TAB or max(map(int, stamps)) >= _DAY else 1.0


_TAB = "\t"
_DAY = 86_400  # seconds
_HEADS = {
    "start": ("start", "begin", "from", "start time", "time", "timestamp", "start (s)", "start seconds"),
    "end": ("end", "stop", "to", "end time", "end (s)", "end seconds"),
    "text": ("text", "transcript", "words", "content", "utterance", "speech", "sentence"),
    "speaker": ("speaker", "name", "speaker name", "who"),
}


def _number(written: str, unit: float) -> float:
    return in_seconds(int(written), unit) if written.isdigit() and len(written) < 16 else in_seconds(written)
