"""How well a way of counting fits a text: stored quotes that it gives, and words that it does not cut."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casestudy.interchange.conventions import Convention, Written

SHORTEST_QUOTE, COMPARED = 8, 40
CUT = re.compile(r"(?:…|\.\.\.)\s*$")
_QUOTED_AT_LEAST = 0.3
_SAMPLE = 4000

Positions = tuple[tuple[int, ...], tuple[int, ...]]
"""Starts and ends of all segments in the canonical texts."""


@dataclass(slots=True)
class Span:
    """A segment as a file states it; `quote` is what the file says its words are, empty for nothing."""

    document: str
    start: int
    end: int
    quote: str = ""


def sampled(numbers: Sequence[int]) -> Sequence[int]:
    """Segments spread over all of them, as many as are looked at one by one."""
    step = max(1, len(numbers) // _SAMPLE)
    return numbers[::step]


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def quotes(stated: str, words: str) -> bool:
    """Whether words are what a stated quote says, but for white space and a cut at its end.

    Examples
    --------
    >>> quotes("a b…", "a  b and c"), quotes("a b", "a b and c")
    (True, False)
    """
    if stated == words:
        return True
    whole = _collapsed(stated)
    cut = CUT.sub("", whole)
    said = _collapsed(words)
    if cut != whole and said != whole:
        return bool(cut) and said.startswith(cut.rstrip()[:-1] if len(cut) > COMPARED else cut.rstrip())
    return said == whole


def _usable(span: Span) -> bool:
    return len(span.quote) >= SHORTEST_QUOTE and len(_collapsed(span.quote)) >= SHORTEST_QUOTE


def are_quotes(
    classes: Mapping[Convention, Positions], texts: Mapping[str, Written], spans: Sequence[Span]
) -> bool:
    """Whether what stands at the segments quotes them, under any way of counting."""
    named = sampled([number for number, span in enumerate(spans) if _usable(span)])
    if not named:
        return False
    proved = sum(
        any(matches(positions, number, texts, spans) for positions in classes.values()) for number in named
    )
    return proved / len(named) >= _QUOTED_AT_LEAST


def matches(positions: Positions, number: int, texts: Mapping[str, Written], spans: Sequence[Span]) -> bool:
    """Whether a segment\'s stored quote is what stands at its positions."""
    start, end = positions[0][number], positions[1][number]
    span = spans[number]
    return 0 <= start < end and quotes(span.quote, texts[span.document].text[start:end])


def bounded(
    positions: Positions, number: int, texts: Mapping[str, Written], spans: Sequence[Span]
) -> tuple[bool, bool]:
    """Whether a segment begins where a word or line does, and whether it ends where one does."""
    start, end = positions[0][number], positions[1][number]
    if not 0 <= start < end:
        return False, False
    text = texts[spans[number].document].text
    whole_line = text[end - 1] == "\n" and (start == 0 or text[start - 1] == "\n")
    first = not text[start].isspace() and (start == 0 or not text[start - 1].isalnum())
    last = whole_line or (
        not text[end - 1].isspace()
        and (end == len(text) or not text[end].isalnum() or not text[end - 1].isalnum())
    )
    return first, last


def score(
    positions: Positions,
    numbers: Sequence[int],
    texts: Mapping[str, Written],
    spans: Sequence[Span],
    quoted: bool,
) -> float:
    """The share of the evidence on some segments that positions fit, from 0 to 1."""
    total = 0.0
    for number in numbers:
        if quoted and spans[number].quote:
            total += matches(positions, number, texts, spans)
        else:
            total += sum(bounded(positions, number, texts, spans)) / 2
    return total / max(1, len(numbers))


def lead_at_ends(
    best: Positions,
    other: Positions,
    numbers: Sequence[int],
    texts: Mapping[str, Written],
    spans: Sequence[Span],
) -> float:
    """By how much more of the ends that differ one way stands at words than another; -1 to 1."""
    gained = count = 0
    for number in numbers:
        ours, theirs = (bounded(one, number, texts, spans) for one in (best, other))
        for side in (0, 1):
            if best[side][number] != other[side][number]:
                count += 1
                gained += ours[side] - theirs[side]
    return gained / max(1, count)
