"""Documents written in other formats, so that reading them gives the same text again.

Plain text, Word, OpenDocument and rich text hold every text but for what `write` names. HTML holds no runs of
spaces and no wide gaps. WebVTT, SRT and JSON segments hold words with times and nothing else.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape

from casestudy.errors import InputError, Problem
from casestudy.transcripts.cues import Cue, clock
from casestudy.transcripts.document_writers import docx, odt, page, rtf
from casestudy.transcripts.readers import READERS
from casestudy.transcripts.transcript import Transcript

CUED = ("vtt", "srt", "json", "tsv", "eaf", "exb", "textgrid", "cha")  # formats of words with times
LAST_CUE = 5.0  # seconds that the last cue is shown when its end is not known


def write(document: Transcript, ending: str, *, anyway: bool = False) -> tuple[bytes, str]:
    """A document in another format, read back to see whether the format holds it.

    Parameters
    ----------
    document : Transcript
    ending : str
        Such as ``.docx``; one of `WRITERS`.
    anyway : bool
        Whether to write a file that does not give the same text back.

    Returns
    -------
    (bytes, str)
        The file, and in words where it first differs when it is read; empty for the same text.

    Raises
    ------
    InputError
        When the ending is not known, or the format cannot hold the text.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> write(from_text("Q: Well?\\n\\nA: So.\\n", "t"), ".rtf")[1]
    ''
    """
    if ending not in WRITERS:
        known = ", ".join(WRITERS)
        problem = Problem(document.id, f"{ending!r} cannot be written.", f"Use one of {known}.")
        raise InputError("The document was not written.", [problem])
    data = WRITERS[ending](document)
    try:
        again = READERS[ending](data, document.id).text
    except InputError as error:
        remedy = "Choose .txt or .md, which hold every text."
        found = f"{ending} cannot hold it: {error.problems[0].found}"
        raise InputError("The document was not written.", [Problem(document.id, found, remedy)]) from error
    lost = difference(document.text, again)
    if lost and not anyway:
        remedy = "Choose .txt or .md, which hold every text, or write it with --anyway."
        problem = Problem(document.id, f"{ending} does not hold it: {lost}", remedy)
        raise InputError("The document was not written.", [problem])
    return data, lost


def difference(text: str, again: str) -> str:
    """Where a text first differs from another, in words; empty where it does not.

    Examples
    --------
    >>> difference("a\\nb  c", "a\\nb c")
    "in line 2, 'b  c' becomes 'b c'."
    """
    if text == again:
        return ""
    pairs = enumerate(zip(text, again, strict=False))
    place = next((number for number, (one, other) in pairs if one != other), min(len(text), len(again)))
    line, start = text.count("\n", 0, place) + 1, text.rfind("\n", 0, place) + 1
    begin = max(start, place - 15)
    said, heard = text[begin : place + 15], again[begin : place + 15]
    return f"in line {line}, {said!r} becomes {heard!r}."


def _plain(document: Transcript) -> bytes:
    return document.text.encode("utf-8", "surrogatepass")


def cues(document: Transcript) -> list[Cue]:
    """A document's words with their times: the cues it was read from, else its turns.

    The end of a turn whose end is not stated is the beginning of the next; the last one is shown for
    `LAST_CUE` seconds. Times that are not known are NaN. Where names stand within the cues, they stay there.
    """
    if document.format in CUED and document.places:
        heads = [(turn.start, turn.speech) for turn in document.turns if turn.speaker]
        starts = [place.start for place in document.places]
        within = any(
            first < last and bisect_left(starts, first) < bisect_left(starts, last) for first, last in heads
        )
        rows = []
        for place in document.places:
            turn = document.turn_at(place.start)
            speaker = turn.speaker if turn and not within else ""
            rows.append(Cue(place.time, place.until, speaker, document.text[place.start : place.end]))
        return rows
    rows = []
    for turn, after in zip(document.turns, [*document.turns[1:], None], strict=True):
        end = turn.until
        if math.isnan(end):
            end = after.time if after else turn.time + LAST_CUE
        rows.append(Cue(turn.time, end, turn.speaker, document.text[turn.speech : turn.end]))
    return rows


def _timed(document: Transcript, kind: str) -> Iterator[tuple[str, Cue]]:
    """Cues with their line of times; a format of cues holds none without."""
    whole = cues(document)
    missing = sum(math.isnan(one.start) for one in whole)
    if missing or not whole:
        found = f"{missing} of its {len(whole)} turns have no time." if whole else "it has no words."
        problem = Problem(document.id, found, f"{kind} holds only words with times; choose another format.")
        raise InputError("The document was not written.", [problem])
    for one, after in zip(whole, [*whole[1:], None], strict=True):
        end = one.end
        if math.isnan(end):
            end = after.start if after else one.start + LAST_CUE
        times = f"{clock(one.start, 3)} --> {clock(max(end, one.start), 3)}"
        yield times if kind == ".vtt" else times.replace(".", ","), one


def _vtt(document: Transcript) -> bytes:
    def said(one: Cue) -> str:
        words = escape(one.text).replace("{", "&#123;")
        name = escape(one.speaker or "").replace("{", "&#123;")
        return f"<v {name}>{words}" if name else words

    blocks = [f"{times}\n{said(one)}\n" for times, one in _timed(document, ".vtt")]
    return "\n".join(["WEBVTT\n", *blocks]).encode("utf-8", "surrogatepass")


def _srt(document: Transcript) -> bytes:
    last: str | None = None

    def said(one: Cue) -> str:
        nonlocal last
        words = f"{one.speaker}: {one.text}" if one.speaker and one.speaker != last else one.text
        last = one.speaker
        # Most players show an ampersand as it stands: it is written otherwise only where it must.
        odd = re.search(r"&\w|&#|<|\{\\", words)
        return escape(words).replace("{", "&#123;") if odd else words

    blocks = [
        f"{number}\n{times}\n{said(one)}\n"
        for number, (times, one) in enumerate(_timed(document, ".srt"), start=1)
    ]
    return "\n".join(blocks).encode("utf-8", "surrogatepass")


def _segments(document: Transcript) -> bytes:
    rows = []
    for one in cues(document):
        row: dict[str, object] = {"text": one.text, "speaker": one.speaker or ""}
        row |= {} if math.isnan(one.start) else {"start": one.start}
        rows.append(row | ({} if math.isnan(one.end) else {"end": one.end}))
    return (json.dumps({"segments": rows}, ensure_ascii=False, indent=1) + "\n").encode(
        "utf-8", "surrogatepass"
    )


WRITERS: dict[str, Callable[[Transcript], bytes]] = {
    ".txt": _plain,
    ".md": _plain,
    ".docx": docx,
    ".odt": odt,
    ".rtf": rtf,
    ".html": page,
    ".vtt": _vtt,
    ".srt": _srt,
    ".json": _segments,
}
