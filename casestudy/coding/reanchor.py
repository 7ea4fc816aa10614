"""Codings follow their document when it is corrected: exact words first, then the nearest by alignment."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.coding.codings import Coding, Record, Work, record
from casestudy.transcripts import edits
from casestudy.transcripts.edits import EditMap
from casestudy.transcripts.text import sha256
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

ALIKE = 0.6
STATES = ("same", "moved", "doubtful", "altered", "lost")


@dataclass(frozen=True)
class Move:
    """What became of one coding.

    Attributes
    ----------
    coding : Coding
        As it was.
    state : {'same', 'moved', 'doubtful', 'altered', 'lost'}
        Where it was; the same words elsewhere; the same words in one of several places; other words in
        its place; nowhere.
    start, end : int
        The new span; the old one where it is lost.
    quote : str
        The words there; the old ones where it is lost.
    why : str
    """

    coding: Coding
    state: str
    start: int
    end: int
    quote: str
    why: str = ""


def follow(codings: Iterable[Coding], new: str, old: str | None = None) -> list[Move]:
    """Find each coding in the corrected text.

    Parameters
    ----------
    codings : iterable of Coding
        Of one document.
    new : str
        The canonical text as it is now.
    old : str, optional
        The text that was coded, where it is still known: then the two are aligned, and of several places
        where the words stand the one that the alignment points to is taken.

    Returns
    -------
    list of Move
        One for each coding, in their order. Every coding whose words still stand in the text keeps them.
    """
    changes = edits.between(old, new) if old is not None else None
    return [_follow(one, new, old, changes) for one in codings]


def _follow(coding: Coding, new: str, old: str | None, changes: EditMap | None) -> Move:
    quote = coding.quote
    known = changes is not None and old is not None and old[coding.start : coding.end] == quote
    if known and changes is not None:
        start, end = changes.span(coding.start, coding.end)
    else:
        start, end = coding.start, coding.end
    if new[start:end] == quote:
        return Move(coding, "same" if start == coding.start else "moved", start, end, quote)
    places = [match.start() for match in re.finditer(f"(?={re.escape(quote)})", new)] if quote else []
    if places:
        nearest = min(places, key=lambda place: (abs(place - start), place))
        if len(places) == 1:
            return Move(coding, "moved", nearest, nearest + len(quote), quote)
        why = f"the words stand in {len(places)} places; the nearest was taken"
        return Move(coding, "doubtful", nearest, nearest + len(quote), quote, why)
    if known and new[start:end].strip():
        likeness = difflib.SequenceMatcher(None, quote, new[start:end], autojunk=False).ratio()
        if likeness >= ALIKE:
            why = f"the words were changed (likeness {likeness:.2f})"
            return Move(coding, "altered", start, end, new[start:end], why)
    found = None if known else _likest(quote, new)
    if found:
        start, end = found
        return Move(
            coding, "altered", start, end, new[start:end], "the words were changed; the likest were taken"
        )
    return Move(coding, "lost", coding.start, coding.end, quote, "the words are no longer in the text")


def _likest(quote: str, text: str) -> tuple[int, int] | None:
    """The place of the words most like a quote, when the text that was coded is not known."""
    from casestudy.coding.quoting import nearest_words

    words = nearest_words(text, quote)
    if not words or text.count(words) != 1:
        return None
    if difflib.SequenceMatcher(None, quote, words, autojunk=False).ratio() < 0.8:
        return None
    start = text.index(words)
    return start, start + len(words)


def records(moves: Sequence[Move], text: str, *, accept: bool = False, when: str = "") -> list[Record]:
    """Change records for the codings that moved; doubtful and altered ones only when they are accepted."""
    wanted = ("moved", "doubtful", "altered") if accept else ("moved",)
    return [
        record(
            "change",
            [move.coding.record],
            place=f"{move.coding.coder}/{move.coding.document}",
            code=move.coding.code,
            start=move.start,
            end=move.end,
            quote=move.quote,
            attributes=dict(move.coding.attributes),
            memo=move.coding.memo,
            when=when,
            text=sha256(text)[:16],
            by="; ".join(part for part in (move.coding.by, f"re-anchored: {move.why or move.state}") if part),
        )
        for move in moves
        if move.state in wanted
    ]


def report(moves: Sequence[Move]) -> pd.DataFrame:
    """Every coding and what became of it, the lost first.

    Returns
    -------
    pandas.DataFrame
        ``document, coder, coding, code, state, old_start, old_end, new_start, new_end, old_quote,
        new_quote, why``.
    """
    import pandas as pd

    rank = {state: place for place, state in enumerate(reversed(STATES))}
    ranked = sorted(
        moves, key=lambda one: (rank[one.state], one.coding.document, one.coding.start, one.coding.id)
    )
    rows = [
        {
            "document": one.coding.document,
            "coder": one.coding.coder,
            "coding": one.coding.id,
            "code": one.coding.code,
            "state": one.state,
            "old_start": one.coding.start,
            "old_end": one.coding.end,
            "new_start": one.start,
            "new_end": one.end,
            "old_quote": one.coding.quote,
            "new_quote": one.quote,
            "why": one.why,
        }
        for one in ranked
    ]
    columns = ["document", "coder", "coding", "code", "state", "old_start", "old_end", "new_start", "new_end"]
    return pd.DataFrame(rows, columns=[*columns, "old_quote", "new_quote", "why"])


def told(moves: Sequence[Move], texts: Mapping[str, str]) -> list[str]:
    """What became of codings, line by line; of a lost one what stands nearest and how to correct it.

    Parameters
    ----------
    moves : sequence of Move
    texts : mapping of document to its text as it is now
    """
    from casestudy.coding.quoting import nearest_words

    lines = []
    for row in report(moves).to_dict("records"):
        why = f": {row['why']}" if row["why"] else ""
        lines.append(f"{row['state']}: {row['coder']} {row['document']} {row['coding']} {row['code']}{why}")
        lines.append(f"  {row['old_start']}-{row['old_end']} {row['old_quote']!r}")
        if row["state"] != "lost":
            lines.append(f"  {row['new_start']}-{row['new_end']} {row['new_quote']!r}")
            continue
        near = nearest_words(texts[row["document"]], row["old_quote"])
        which = f"--coder {row['coder']} --document {row['document']} {row['coding']}"
        lines += [f"  nearest words now: {near!r}"] if near else []
        words = shlex.quote(near) if near else '"WORDS OF THE TEXT"'
        lines.append(f"  correct it: casestudy codings change {which} --quote {words}")
        lines.append(f"  or drop it: casestudy codings remove {which}")
    return lines


def displaced(work: Work, document: Transcript | None) -> list[Coding]:
    """Codings whose words are not where they say."""
    if document is None:
        return list(work.codings)
    return [one for one in work.codings if document.text[one.start : one.end] != one.quote]


def earlier_text(path: Path, mark: str, most: int = 200) -> str | None:
    """The text that was coded, out of the version history of its file; None where git does not know it.

    Parameters
    ----------
    path : Path
    mark : str
        The first digits of the text's SHA-256, as records carry them.
    most : int
        How many versions to look through, latest first.
    """
    import subprocess

    from casestudy.errors import InputError
    from casestudy.transcripts.readers import READERS, extract

    def git(*words: str) -> bytes:
        command = ["git", "-C", str(path.parent), *words]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
        return done.stdout if done.returncode == 0 else b""

    ending = path.suffix.lower()
    if not mark or ending not in READERS:
        return None
    try:
        versions = git("log", f"-{most}", "--format=%H", "--", path.name).decode().split()
        for version in versions:
            try:
                text = extract(git("show", f"{version}:./{path.name}"), ending, path.name).text
            except InputError:
                continue
            if sha256(text).startswith(mark):
                return text
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None
