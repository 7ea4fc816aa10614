"""What the browser is given of a session: the text in blocks, the codes, the codings; all of it as data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from casestudy.codebook.codes import Codebook
from casestudy.coding.codings import Coding
from casestudy.panel.session import Change, Session
from casestudy.transcripts.transcript import Transcript
from casestudy.transcripts.turn import Turn

LONGEST = 3000  # characters of one block: a longer turn is drawn in parts
COLOURS = 10
_CUT = re.compile(r"\n+|(?<=[.!?…])\s+|\s+")


@cache
def phrases(language: str) -> Mapping[str, str]:
    """The panel's words in a language; English where there is no file of it.

    Examples
    --------
    >>> phrases("xx")["undo"]
    'Undo'
    """
    folder = resources.files("casestudy.panel") / "phrases"
    english = tomllib.loads((folder / "en.toml").read_text(encoding="utf-8"))
    own = folder / f"{language}.toml"
    plain = language.isalpha() and own.is_file()
    return english | (tomllib.loads(own.read_text(encoding="utf-8")) if plain else {})


def document(transcript: Transcript) -> dict[str, Any]:
    """A document for the browser: its text, and its turns as blocks of some thousand characters at most."""
    return {
        "id": transcript.id,
        "title": transcript.title or transcript.id,
        "language": transcript.language,
        "text": transcript.text,
        "blocks": list(blocks(transcript)),
    }


def blocks(transcript: Transcript) -> Iterator[dict[str, Any]]:
    """The turns, and the words between them, in order; a long turn in several blocks.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> talk = from_text("Q: Well?\\n\\nAino: I do.", "t")
    >>> [(block["speaker"], block["start"], block["end"]) for block in blocks(talk)]
    [('Q', 3, 8), ('Aino', 16, 21)]
    """
    text, reached = transcript.text, 0
    for turn in transcript.turns:
        yield from _parts(text, reached, turn.start, None)
        yield from _parts(text, turn.speech, turn.end, turn)
        reached = turn.end
    yield from _parts(text, reached, len(text), None)


def _parts(text: str, start: int, end: int, turn: Turn | None) -> Iterator[dict[str, Any]]:
    words = text[start:end]
    if not words.strip():
        return
    end -= len(words) - len(words.rstrip())
    start += len(words) - len(words.lstrip())
    first = True
    while start < end:
        stop = _border(text, start, end)
        yield {
            "start": start,
            "end": stop,
            "number": turn.number if turn else 0,
            "speaker": turn.speaker if turn and first else "",
            "clock": clock(turn.time) if turn and first else "",
            "role": turn.role if turn else "note",
            "time": turn.time if turn and turn.time == turn.time else None,
        }
        start, first = stop, False


def _border(text: str, start: int, end: int) -> int:
    """Where a block that begins at `start` ends: behind white space, at best behind a line or a sentence."""
    if end - start <= LONGEST:
        return end
    cuts = list(_CUT.finditer(text, start + LONGEST // 2, min(end, start + LONGEST)))
    lines = [cut for cut in cuts if "\n" in cut[0]]
    best = (lines or cuts)[-1:]
    return best[0].end() if best else min(end, start + LONGEST)


def clock(seconds: float) -> str:
    """Minutes and seconds of a time, with hours where there are some; empty for none.

    Examples
    --------
    >>> clock(175.4), clock(3600), clock(float("nan"))
    ('02:55', '1:00:00', '')
    """
    if seconds != seconds:
        return ""
    hours, rest = divmod(int(seconds), 3600)
    plain = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{plain}" if hours else plain


def codes(book: Codebook) -> list[dict[str, Any]]:
    """The codes for the browser, those out of use too: codings may still use them."""
    return [
        {
            "id": code.id,
            "scheme": code.scheme,
            "name": code.name,
            "parent": code.parent,
            "definition": code.definition,
            "include": list(code.include),
            "exclude": list(code.exclude),
            "near": list(code.near),
            "live": not code.retired and not code.merged_into,
            "colour": number % COLOURS,
        }
        for number, code in enumerate(book.codes.values())
    ]


def coding(given: Coding, session: Session) -> dict[str, Any]:
    """A coding for the browser; its words only where the document does not hold them."""
    placed = session.placed(given)
    return {
        "id": given.id,
        "code": given.code,
        "start": given.start,
        "end": given.end,
        "memo": given.memo,
        "attributes": dict(given.attributes),
        "by": given.by,
        "placed": placed,
        "quote": "" if placed else given.quote,
    }


def change(given: Change, session: Session) -> dict[str, Any]:
    """What an act changed, and whether there is something to undo and to do again."""
    said: dict[str, Any] = {
        "codings": [coding(one, session) for one in given.codings],
        "gone": list(given.gone),
        "undo": len(session.stacks.done),
        "redo": len(session.stacks.undone),
        "about": list(given.about),
    }
    if given.words:
        said["words"] = True
    if given.codes:
        said["codes"] = codes(session.codes.book)
    return said
