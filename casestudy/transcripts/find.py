"""Where a quote stands in a text, however both are composed, hyphenated or set; positions over the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

# Marks that a text may hold within a word and a quote may not: soft hyphens, joiners, directions.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_DASHES = "-‐‑‒–—−"
_ALIKE = {**dict.fromkeys("’‘ʼ′`´", "'"), **dict.fromkeys("“”„«»‟″", '"'), **dict.fromkeys(_DASHES, "-")}
_BREAK = rf"[{_DASHES}]+(?:[ \t]*\n\s*)?"
_ODD = re.compile(
    rf"(?P<broken>(?<=[^\W\d_\u00ad]){_BREAK}(?=[^\W\d_]))|(?P<space>\s+)"
    r"|(?P<other>[^\x00-\x7f]|[\x00-\x7f](?=[^\x00-\x7f]))|(?P<alike>[-'\"`])"
)


@dataclass(frozen=True)
class _Folded:
    """A text without what a quote may lack, and for each character where it comes from."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def find(text: str, quote: str) -> list[tuple[int, int]]:
    """Where words stand in a text: exactly, or else as a reader sees them.

    A reader does not see white space of another kind, other quotation marks and dashes, composed or
    decomposed accents, ligatures, soft hyphens, joiners, hyphens within words, and a word that a line end
    breaks. Case and accents count.

    Returns
    -------
    list of (int, int)
        Half-open ranges over the unchanged text, in order; empty where the words are not there.

    Examples
    --------
    >>> find("no. No, I don’t  know", "I don't know")
    [(8, 21)]
    >>> text = "a usual inter-\\nview week in the cafe\\u0301"
    >>> [text[start:end] for start, end in find(text, "interview week")]
    ['inter-\\nview week']
    >>> find(text, "caf\\u00e9"), find(text, "cafe")
    ([(32, 37)], [])
    """
    if not quote.strip():
        return []
    exact = [
        (start, start + len(quote))
        for start in _places(text, quote)
        if start + len(quote) >= len(text) or not unicodedata.combining(text[start + len(quote)])
    ]
    if exact:
        return exact
    folded, sought = _fold(text), _fold(quote.strip()).text
    rows: list[tuple[int, int]] = []
    for first in _places(folded.text, sought):
        last = first + len(sought) - 1
        start, end = folded.starts[first], folded.ends[last]
        begins = first == 0 or folded.starts[first - 1] != start
        whole = last + 1 == len(folded.text) or folded.starts[last + 1] != folded.starts[last]
        if begins and whole and not (rows and start < rows[-1][1]):
            rows.append((start, end))
    return rows


def _places(text: str, words: str) -> Iterator[int]:
    """Where words begin, overlapping ones too."""
    place = text.find(words) if words else -1
    while place >= 0:
        yield place
        place = text.find(words, place + 1)


@lru_cache(maxsize=4)
def _fold(text: str) -> _Folded:
    """A text as a reader sees it: one kind of space, quotation mark and dash; letters in their parts.

    A dash between two letters falls away, with the line end behind it: it may be the line's or the word's.
    """
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def keep(written: str, start: int, end: int) -> None:
        parts.append(written)
        starts.extend([start] * len(written))
        ends.extend([end] * len(written))

    reached = 0
    for odd in _ODD.finditer(text):
        start, end = odd.span()
        if start < reached:
            continue
        if reached < start:
            parts.append(text[reached:start])
            starts.extend(range(reached, start))
            ends.extend(range(reached + 1, start + 1))
        if odd["space"]:
            keep(" ", start, end)
        elif odd["other"]:
            while end < len(text) and (unicodedata.combining(text[end]) or "\u1160" <= text[end] <= "\u11ff"):
                end += 1
            letters = unicodedata.normalize("NFKD", _UNSEEN.sub("", text[start:end]))
            keep("".join(_ALIKE.get(letter, letter) for letter in letters), start, end)
        elif odd["alike"]:
            keep(_ALIKE.get(odd[0], odd[0]), start, end)
        reached = end
    if reached < len(text):
        parts.append(text[reached:])
        starts.extend(range(reached, len(text)))
        ends.extend(range(reached + 1, len(text) + 1))
    return _Folded("".join(parts), starts, ends)
