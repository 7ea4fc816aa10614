"""Small words that many messages need: numbers with their nouns, and texts cut to what matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


def counted(number: int, one: str, more: str = "") -> str:
    """A number with its noun.

    Parameters
    ----------
    number : int
        Thousands are set apart.
    one : str
        The noun, or a noun with what precedes it, for one.
    more : str, optional
        For none and for several; `one` with an ``s`` by default.

    Examples
    --------
    >>> counted(1, "coding"), counted(0, "coding"), counted(1234, "row")
    ('1 coding', '0 codings', '1,234 rows')
    >>> counted(2, "person", "people")
    '2 people'
    """
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def shortened(text: str, most: int = 70) -> str:
    """A text on one line, cut at `most` characters.

    Examples
    --------
    >>> shortened("one\\n two three", 10)
    'one two t…'
    """
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def parting(one: str, other: str, most: int = 70) -> tuple[str, str]:
    """Two texts from shortly before the word where they part, each cut at `most` characters.

    Examples
    --------
    >>> parting("we all know she sits there like a king", "we all know she sits there like a queen", 24)
    ('…like a king', '…like a queen')
    """
    words, others = one.split(), other.split()
    same = 0
    while same < min(len(words), len(others)) and words[same] == others[same]:
        same += 1
    first = same
    while first and len(" ".join(words[first - 1 : same])) <= most // 2 - 2:
        first -= 1
    if max(len(" ".join(words)), len(" ".join(others))) <= most:
        first = 0
    opening = "…" if first else ""
    rests = (opening + " ".join(side[first:]) for side in (words, others))
    left, right = (shortened(rest, most) for rest in rests)
    return left, right


@dataclass(frozen=True)
class Said:
    """A paragraph and the numbers in it."""

    text: str
    values: dict[str, Any]


def honest(status: Mapping[str, str] | None, kinds: Sequence[str] = ("interviews", "codings")) -> str:
    """The study's own sentences on what its material is, to end a paragraph; empty where it states none.

    Examples
    --------
    >>> honest({"interviews": "They are composed."})
    ' They are composed.'
    """
    return "".join(f" {(status or {})[kind]}" for kind in kinds if kind in (status or {}))
