"""The ways to write a name, and what finds each: whole, inflected, joined, split, in part, as initials."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from casestudy.privacy.folding import TWO_LETTERS, UNSEEN, fold

Count = Callable[[str, bool], int]
Way = Literal["exact", "ordinary", "inflected", "joined", "split", "part", "initials"]
WAYS: dict[Way, str] = {
    "exact": "a name of the key",
    "ordinary": "a word that is written like a name of the key but for capitals or accents",
    "inflected": "a name of the key with an ending, or a longer word",
    "joined": "a name of the key run together with something else",
    "split": "a name of the key with gaps or breaks in it",
    "part": "a part of a name of the key",
    "initials": "initials as of a name of the key",
}

_TITLES = frozenset(
    (
        *("mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "fru", "madame", "monsieur"),
        *("rouva", "herra", "neiti", "tohtori"),
    )
)
_EDGE, _END = r"(?<![^\W_])", r"(?![^\W_])"
_LETTER = r"[^\W\d_]"
_GAP = r"(?:-?[ \t]*\n[ \t]*|=\n|-)?"
_ENDINGS = (
    *("n", "a", "ta", "tta", "ssa", "sta", "an", "en", "in", "on", "un", "lla", "lta", "lle", "na", "ksi"),
    *("s", "es", "t", "de", "ns", "nsa", "mme", "nne", "kin", "ko", "han", "kaan", "le", "l", "i", "d", "k"),
    *("u", "ut", "ul", "om", "oi", "e", "ei", "ie", "y", "ya", "ch", "ov", "ova"),
)
_WEAK = (
    *(("kk", "k"), ("pp", "p"), ("tt", "t"), ("nk", "ng"), ("nt", "nn"), ("lt", "ll"), ("rt", "rr")),
    *(("mp", "mm"), ("lp", "lv"), ("rp", "rv"), ("t", "d"), ("p", "v"), ("k", "")),
)


def stems(word: str) -> list[str]:
    """What a folded name may be before an ending: itself, and as Finnish changes it.

    Examples
    --------
    >>> stems("virtanen"), stems("pekka"), stems("markus")
    (['virtanen', 'virtase'], ['pekka', 'peka'], ['markus', 'markuks', 'markua'])
    """
    made = [word]
    if word.endswith("nen"):
        return [word, word[:-3] + "se"]
    if word.endswith("s") and len(word) > 3:
        return [word, word[:-1] + "ks", word[:-1] + "a"]
    vowel = re.fullmatch(r"(.+[aeiouy])([^aeiouy]+)([aeiouy])", word)
    if vowel:
        strong = next(((a, b) for a, b in _WEAK if vowel[2].endswith(a)), None)
        if strong:
            made.append(vowel[1] + vowel[2][: -len(strong[0])] + strong[1] + vowel[3])
    return made


@dataclass(frozen=True)
class Name:
    """One name of a key, folded in one way, with what finds it.

    Attributes
    ----------
    entry : int
        Its place in the key.
    tokens : tuple of str
        Its runs of letters and digits, folded.
    exact : re.Pattern
        Finds it as whole words in folded text.
    near : mapping of way to re.Pattern
        Find it with endings, joined, split, or in part.
    needle, letters : str
        What stands in any folded text that holds it; all its letters in one.
    """

    entry: int
    tokens: tuple[str, ...]
    exact: re.Pattern[str]
    near: dict[Way, re.Pattern[str]]
    needle: str
    letters: str


def name(entry: int, original: str, *, person: bool, known: Sequence[str] = ()) -> list[Name]:
    """What finds a name, one for each way to fold it (``Müller`` is also ``Mueller``).

    Parameters
    ----------
    entry : int
    original : str
    person : bool
        Whether parts and initials of it tell who it is.
    known : sequence of str
        Folded names that stand in the key themselves: they are not parts of another.
    """
    return [_name(entry, spelling, person, known) for spelling in spellings(original)]


def spellings(original: str) -> list[str]:
    """The ways to fold a name, with single spaces.

    Examples
    --------
    >>> spellings("Jörg  Müller"), spellings("Eva")
    (['jorg muller', 'joerg mueller'], ['eva'])
    """
    letters = unicodedata.normalize("NFC", original).casefold().translate(TWO_LETTERS)
    found = (" ".join(fold(one).split()) for one in (original, letters))
    return [one for one in dict.fromkeys(found) if one]


def exact_pattern(spelling: str) -> str:
    """A pattern for a folded name, whose gaps may be any white space, hyphen or underscore."""
    parts = re.split(r"([\s_-]+)", " ".join(spelling.split()))
    return "".join(r"[\s_-]+" if number % 2 else re.escape(part) for number, part in enumerate(parts))


def _name(entry: int, spelling: str, person: bool, known: Sequence[str]) -> Name:
    tokens = tuple(re.findall(r"[^\W_]+", spelling))
    letters = "".join(tokens)
    near: dict[Way, re.Pattern[str]] = {}
    if person and tokens:
        near["inflected"] = re.compile(_EDGE + r"[\W_]{1,3}".join(map(_inflected, tokens)) + r"(?![^\W\d_])")
    several = [one for one in tokens if one not in _TITLES]
    orders = ["".join(rf"{one}[\W_]{{0,2}}" for one in order) for order in (tokens, tokens[::-1])]
    if len(letters) >= 7 and len(tokens) > 1:
        near["joined"] = re.compile(
            "|".join(dict.fromkeys(one.removesuffix(r"[\W_]{0,2}") for one in orders))
        )
    elif tokens:
        near["joined"] = re.compile(rf"(?<![^\W\d_]){letters}(?![^\W\d_])")
    if len(letters) >= 3:
        spaced = r"[ \t._*·-]{1,2}"
        gaps = [spaced.join(token) for token in tokens]
        broken = [_GAP.join(token) for token in tokens]
        split = [r"[\W_]{1,5}".join(gaps), r"[\W_]{1,3}".join(broken)]
        near["split"] = re.compile("|".join(rf"(?<![^\W\d_]){one}(?![^\W\d_])" for one in split))
    parts = [one for one in several if len(one) >= 3 and one not in known and not one.isdigit()]
    if person and len(several) > 1 and parts:
        near["part"] = re.compile("|".join(rf"{_EDGE}{_inflected(one)}(?![^\W\d_])" for one in parts))
    common = min((_common(stems(one)) for one in parts or tokens or (spelling,)), key=len)
    exact = re.compile(_EDGE + exact_pattern(spelling) + _END)
    return Name(entry, tokens, exact, near, common, letters)


def _inflected(token: str) -> str:
    if len(token) <= 4:
        return rf"(?:{'|'.join(stems(token))})(?:(?:{'|'.join(_ENDINGS)}){{1,2}})?"
    return rf"(?:{'|'.join(stems(token))}){_LETTER}{{0,4}}"


def _common(words: Sequence[str]) -> str:
    first = min(words, key=len)
    while first and not all(word.startswith(first) for word in words):
        first = first[:-1]
    return first


def humps(text: str) -> str:
    """A text with a space wherever a capital follows a small letter: ``annaBerg`` is ``anna Berg``.

    Examples
    --------
    >>> humps("@PäiviSaid PäiviVIRTANEN McAdam")
    '@Päivi Said Päivi VIRTANEN Mc Adam'
    """
    return re.sub(r"[^\W\d_]{2,}", _parted, text)


def _parted(match: re.Match[str]) -> str:
    word = match[0]
    if word[1:].islower() or word.isupper() or word.islower():
        return word
    return "".join(
        f" {letter}" if place and letter.isupper() and word[place - 1].islower() else letter
        for place, letter in enumerate(word)
    )


def initials(original: str) -> re.Pattern[str] | None:
    """What finds the initials of a name of several words in unfolded text; None for one word."""
    words = [one for one in re.findall(r"[^\W\d_]+", original) if fold(one) not in _TITLES]
    if len(words) < 2:
        return None
    return re.compile(
        r"(?<![\w.])" + r"\.?[ -]?".join(re.escape(one[0].upper()) for one in words) + r"\.?(?!\w)"
    )


def stands_for(original: str, written: str, ordinary: Collection[str] = ()) -> bool:
    """Whether words that fold to a name are that name, and not an ordinary word that folds alike.

    Capitals and accents may be missing, but a word without capitals that the study uses as an ordinary word
    is none, nor is one with accents that the name does not have (``Mikä`` is not ``Mika``), nor, for a name
    of capitals such as ``US``, one without them.

    Examples
    --------
    >>> stands_for("Päivi", "PAIVI"), stands_for("Will", "will", {"will"}), stands_for("Mika", "Mikä")
    (True, False, False)
    """
    name, word = (unicodedata.normalize("NFKC", one.translate(UNSEEN)) for one in (original, written))
    if name.casefold() == word.casefold():
        accents = True
    else:
        pairs = zip(name.casefold(), word.casefold(), strict=False)
        accents = len(name) != len(word) or all(a == b or b == fold(b) for a, b in pairs)
    several = len(re.findall(r"[^\W_]+", name)) > 1
    if not accents or several or name == word:
        return accents
    if name.isupper() and len(name) <= 4:
        return False
    return any(letter.isupper() for letter in word) or not word.islower() or fold(word) not in ordinary


def ordinary(words: Sequence[str], count: Count) -> frozenset[str]:
    """Folded names that are also ordinary words, such as ``will``.

    Parameters
    ----------
    words : sequence of str
        Folded names of one word.
    count : callable
        How often a word stands in the study's documents, with a capital or without one.
    """
    listed = _listed()
    return frozenset(one for one in words if one in listed or count(one, False) > count(one, True))


def counts(texts: Iterable[str], words: Collection[str]) -> Count:
    """How often folded words stand in some texts, with a capital or without one."""
    found: dict[tuple[str, bool], int] = {}
    for text in texts:
        folded_text = fold(text)
        if any(word in folded_text for word in words):
            for one in re.findall(r"[^\W\d_]+", text):
                key = fold(one), one[:1].isupper()
                found[key] = found.get(key, 0) + 1
    return lambda word, capital: found.get((word, capital), 0)


@cache
def _listed() -> frozenset[str]:
    """Folded names that are ordinary words of English, Finnish, Swedish or German."""
    text = (files("casestudy.privacy") / "data" / "ordinary-words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
