"""JSON of speech recognisers and meeting tools: segments with times and voices, or single words with them.

The tools name and nest things differently, so the shape is found and not expected: lists of rows that hold
words. Lists that state voices stand before others, and whole segments before single words.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from casestudy.transcripts.bounds import refused
from casestudy.transcripts.cues import Cue, set_out
from casestudy.transcripts.segments import in_seconds
from casestudy.transcripts.text import Extract, decode

_SPEAKER = (
    *(
        "speaker",
        "speaker_name",
        "speakerName",
        "speakerDisplayName",
        "speaker_label",
        "speaker_id",
        "speakerId",
    ),
    *("speakerTag", "speaker_tag", "name"),
)
_TEXT = (
    "text",
    "transcript",
    "words",
    "content",
    "utterance",
    "sentence",
    "body",
    "display",
    "displayText",
    "word",
)
_START = (
    "start",
    "start_time",
    "startTime",
    "startOffset",
    "begin",
    "from",
    "ts",
    "offsets",
    "timestamps",
    "offset",
)
_END = ("end", "end_time", "endTime", "endOffset", "stop", "to", "end_ts", "offsets", "timestamps")
_TICKS = {"offsetInTicks": 1e-7}
_SEGMENTS = (
    *(
        "segments",
        "utterances",
        "monologues",
        "audio_segments",
        "recognizedPhrases",
        "transcription",
        "results",
    ),
    *("transcript", "sentences", "captions", "entries", ""),
)
_WORDS = frozenset(("words", "items", "result", "word_segments", "tokens"))
_ALTERNATIVES = ("alternatives", "nBest")
_DEEPEST = 8
_PAUSE = 0.7  # seconds between words that end an utterance where no voice is stated
_SLOWEST = 0.05  # words in a second, below which whole numbers are thousandths of seconds
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
_CLINGS = re.compile(r"[.,;:!?…%)\]’'”。、，？！؟،]+")
_EXPECTED = 'Expected {"segments": [{"start": 0.0, "end": 2.5, "text": "…", "speaker": "…"}]}.'

Row = Mapping[str, Any]


def segments(data: bytes, where: str) -> Extract:
    """Words with start, end and speaker, in the JSON of any recogniser; several texts may follow each other.

    Times are seconds, clock times, or milliseconds where the tool writes whole ones.

    Raises
    ------
    InputError
        When it is not JSON, or holds no list of such rows.
    """
    found = decode(data, where)
    try:
        contents = list(_texts(found.text))
        names = _names(contents[0]) if contents else {}
        cues = [cue for content in contents for cue in _cues(content, names)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refused(where, "it is not JSON of segments.", _EXPECTED) from error
    if not cues:
        raise refused(where, "it is not JSON of segments with words.", _EXPECTED)
    return set_out(cues, f"json, {found.encoding}", found.notes)


def _texts(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    at = 0
    while at < len(text):
        rest = re.compile(r"\s*").match(text, at)
        at = rest.end() if rest else at
        if at < len(text):
            content, at = decoder.raw_decode(text, at)
            yield content


def _cues(content: Any, names: Mapping[str, str]) -> list[Cue]:
    """The cues of the best list: what states voices first, then whole segments, then the order of names."""
    lists = _lists(content)
    best: tuple[tuple[bool, bool, int], list[Cue]] = ((False, False, -99), [])
    for path, rows in lists.items():
        key = path[-1] if path else ""
        words = key in _WORDS or _holds_words(rows)
        cues = _of_words(rows, names, _labels(content)) if words else _of_segments(rows, key, names)
        cues = [cue for cue in cues if cue.text]
        place = -_SEGMENTS.index(key) if key in _SEGMENTS else -50
        fitness = (any(cue.speaker for cue in cues), not words, place)
        if cues and (not best[1] or fitness > best[0]):
            best = fitness, cues
    return best[1]


def _lists(content: Any) -> dict[tuple[str, ...], list[Row]]:
    """Lists of rows by the names that lead to them; those of several channels are one list, in time."""
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)

    def walk(value: Any, path: tuple[str, ...]) -> None:
        if len(path) > _DEEPEST:
            return
        if isinstance(value, Mapping):
            for key, inner in value.items():
                if isinstance(inner, (Mapping, list)):
                    walk(inner, (*path, str(key)))
        elif isinstance(value, list):
            rows = [row for row in value if isinstance(row, Mapping)]
            if path and path[-1] in _ALTERNATIVES:
                walk(next(iter(rows), None), path)
            elif any(_said(row) for row in rows) or any("elements" in row for row in rows):
                found[path].extend(rows)
                if any(_inner_words(row) for row in rows):
                    found[(*path, "words")].extend(_tagged(rows))
            else:
                for row in rows:
                    walk(row, path)

    walk(content, ())
    return found


def _tagged(rows: Sequence[Row]) -> list[Row]:
    """Words within rows; where the last row repeats all of them with voices, those alone."""
    inner = [_inner_words(row) for row in rows]
    if (
        len(inner) > 1
        and any(_voice(word, {}) for word in inner[-1])
        and len(inner[-1]) >= sum(map(len, inner[:-1]))
    ):
        return inner[-1]
    return [word for words in inner for word in words]


def _inner_words(row: Row) -> list[Row]:
    words = _chosen(row).get("words")
    return [word for word in words if isinstance(word, Mapping)] if isinstance(words, list) else []


def _chosen(row: Row) -> Row:
    """The row with what its likeliest alternative says."""
    for key in _ALTERNATIVES:
        inner = row.get(key)
        if isinstance(inner, list) and inner and isinstance(inner[0], Mapping):
            return {**row, **inner[0]}
    return row


def _said(row: Row) -> str:
    """The words of a row; empty where none of its fields is words."""
    text = next((row_text for key in _TEXT if isinstance(row_text := _chosen(row).get(key), str)), "")
    return text.strip()


def _holds_words(rows: Sequence[Row]) -> bool:
    """Whether each row is a single word with a voice or time of its own."""
    return all("word" in row for row in rows)


def _of_segments(rows: Sequence[Row], key: str, names: Mapping[str, str]) -> list[Cue]:
    starts = [value for row in rows if (value := _first(row, _START)) is not None]
    unit = 0.001 if _thousandths(rows, starts, key) else 1.0
    cues = []
    for row in rows:
        speaker = _voice(row, names)
        if isinstance(row.get("elements"), list):
            parts = [part for part in row["elements"] if isinstance(part, Mapping)]
            times = [part for part in parts if "ts" in part]
            text = "".join(str(part.get("value", "")) for part in parts).strip()
            start = in_seconds(times[0].get("ts")) if times else math.nan
            end = in_seconds(times[-1].get("end_ts")) if times else math.nan
            cues.append(Cue(start, end, speaker, text))
        else:
            cues.append(Cue(_time(row, _START, unit), _end(row, unit), speaker, _said(row)))
    return cues


def _thousandths(rows: Sequence[Row], starts: Sequence[Any], key: str) -> bool:
    """Whether whole numbers are thousandths: as seconds they would make it too slow a talk."""
    if not starts or not all(isinstance(start, int) and not isinstance(start, bool) for start in starts):
        return False
    if key == "utterances":
        return True
    words = sum(len(_said(row).split()) for row in rows)
    end = max((_end(row, 1.0) for row in rows), default=math.nan)
    return bool(end - float(starts[0]) > 0 and words / (end - float(starts[0])) < _SLOWEST)


def _of_words(rows: Sequence[Row], names: Mapping[str, str], labels: Mapping[str, str]) -> list[Cue]:
    """Single words as utterances: until the voice changes, or, where none is stated, until a pause."""
    starts = [value for row in rows if (value := _first(row, _START)) is not None]
    unit = 0.001 if _thousandths(rows, starts, "") else 1.0
    cues: list[Cue] = []
    spaced = False
    for row in rows:
        text = _said(row)
        if not text:
            spaced = True
            continue
        speaker = _voice(row, names) or labels.get(str(_first(row, _START)))
        start, end = _time(row, _START, unit), _end(row, unit)
        last = cues[-1] if cues else None
        clings = bool(_CLINGS.fullmatch(text)) and not spaced
        if last and clings and math.isnan(start):
            speaker = last.speaker
        paused = last is not None and not speaker and start - last.end > _PAUSE
        if last is None or speaker != last.speaker or paused:
            cues.append(Cue(start, end, speaker, text))
        else:
            joined = f"{last.text}{'' if clings else ' '}{text}"
            cues[-1] = replace(last, end=last.end if math.isnan(end) else end, text=joined)
        spaced = False
    return cues


def _labels(content: Any) -> dict[str, str]:
    """Voices by the beginning of their words, where a list beside the words states them."""
    results = content.get("results") if isinstance(content, Mapping) else None
    beside = results.get("speaker_labels") if isinstance(results, Mapping) else None
    rows = beside.get("segments") if isinstance(beside, Mapping) else None
    items = [item for row in rows or () for item in row.get("items") or ()]
    return {str(item["start_time"]): str(item["speaker_label"]) for item in items if "speaker_label" in item}


def _voice(row: Row, names: Mapping[str, str]) -> str | None:
    """Who speaks, by the field that says it, whatever it is called; None where none does."""
    chosen = _chosen(row)
    speaker = _first(chosen, _SPEAKER)
    if speaker is None:
        speaker = next((value for key, value in chosen.items() if "speaker" in key.casefold()), None)
    if isinstance(speaker, Mapping):
        speaker = speaker.get("name") or speaker.get("displayName") or speaker.get("id")
    if speaker is None or isinstance(speaker, (list, Mapping)):
        return None
    return names.get(str(speaker), str(speaker)).strip() or None


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


def _first(row: Row, names: Iterable[str]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _time(row: Row, names: Sequence[str], unit: float) -> float:
    """The time in a row's first field of these names, whatever its form."""
    for key, tick in _TICKS.items():
        if isinstance(row.get(key), (int, float)) and names is _START:
            return in_seconds(row[key] * tick)
    value = _first(_chosen(row), names)
    if isinstance(value, Mapping):
        inner = value.get("from" if names is _START else "to")
        return in_seconds(inner, 0.001 if isinstance(inner, int) else 1.0)
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        return in_seconds(
            sum(float(part or 0) * 60**power for part, power in zip(match.groups(), (2, 1, 0), strict=True))
        )
    return in_seconds(value, unit)


def _end(row: Row, unit: float) -> float:
    end = _time(row, _END, unit)
    if math.isnan(end) and "durationInTicks" in row:
        return _time(row, _START, unit) + in_seconds(row["durationInTicks"] * 1e-7)
    if math.isnan(end) and row.get("duration") is not None:
        length = _time({"start": row["duration"]}, _START, unit)
        return _time(row, _START, unit) + length
    return end
