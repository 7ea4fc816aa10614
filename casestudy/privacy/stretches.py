"""Stretches of six words: how words of one document are known wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from casestudy.privacy.folding import fold, plain

LENGTH = 6
Stretch = tuple[str, ...]


def of(text: str) -> set[Stretch]:
    """Every stretch of six words of a text, without case, accents, marks and markup.

    Examples
    --------
    >>> of("One, two three — four FIVE six!")
    {('one', 'two', 'three', 'four', 'five', 'six')}
    """
    return set(_stretches(text))


def within(text: str, wanted: set[Stretch]) -> bool:
    """Whether a text holds one of some stretches, as it stands or behind escapes.

    Examples
    --------
    >>> within("<p>one two&nbsp;three four five six</p>", of("One, two, three, four, five, six."))
    True
    """
    if not wanted:
        return False
    return any(not wanted.isdisjoint(_stretches(view)) for view in dict.fromkeys((text, plain(text))))


def only_in(texts: Iterable[str], others: Iterable[str]) -> set[Stretch]:
    """The stretches of some texts that none of the others holds."""
    wanted: set[Stretch] = set()
    for text in texts:
        wanted |= of(text)
    for text in others:
        if not wanted:
            break
        wanted.difference_update(_stretches(text))
    return wanted


def sentences_in(text: str, sentences: Sequence[str]) -> list[str]:
    """Which of some sentences stand in a text as a whole, whatever their case, accents and marks.

    Examples
    --------
    >>> sentences_in("<b>Well,</b> I do&nbsp;it.", ["I do it!", "I did it."])
    ['I do it!']
    """
    views = (
        [f" {' '.join(_words(view))} " for view in dict.fromkeys((text, plain(text)))] if sentences else []
    )
    return [one for one in sentences if any(f" {' '.join(_words(one))} " in view for view in views)]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))


def _stretches(text: str) -> Iterator[Stretch]:
    words = _words(text)
    return zip(*(words[start:] for start in range(LENGTH)), strict=False)
