"""Comparison of two records: the same publication, by which rule, or why that is doubtful."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from casestudy.literature import names, standing
from casestudy.literature.record import Record, plain

ALIKE = 0.92
_TELLING = 3  # words from which a title tells one publication from another
_GENERIC = frozenset(
    {
        *("editorial", "introduction", "preface", "foreword", "abstracts", "abstract", "index", "obituary"),
        *("letter", "letters", "news", "contents", "conclusion", "conclusions", "commentary", "book review"),
        *("book reviews", "guest editorial", "editors note", "in this issue", "editorial board"),
        *("letter to the editor", "letters to the editor", "call for papers", "table of contents"),
        *("introduction to the special issue", "issue information", "about the authors", "johdanto"),
        *("notes on contributors", "list of reviewers", "from the editor", "vorwort", "einleitung"),
    }
)


@dataclass(frozen=True)
class Verdict:
    """What a comparison of two records says.

    Attributes
    ----------
    rule : str
        ``doi``, ``title`` or ``likeness`` where they are the same publication, ``decided`` where a person
        says so; empty where they are not.
    likeness : float
        Of the titles, 0 to 1.
    doubt : str
        Why they need a look though they are not joined; empty for none.
    link : str
        ``correction``, ``retraction``, ``reply`` or ``preprint`` where one is that of the other.
    """

    rule: str
    likeness: float
    doubt: str = ""
    link: str = ""


@dataclass(frozen=True)
class Seen:
    """A record with the forms in which it is compared: plain title, its words and numbers, place in print."""

    record: Record
    title: str
    standing: str
    words: frozenset[str]
    numbers: list[str]
    place: tuple[str, str]

    @classmethod
    def of(cls, record: Record) -> Seen:
        kind, title = standing.of(record)
        title = record.plain_title and (title or record.plain_title)
        return cls(record, title, kind, frozenset(title.split()), _numbers(title), _place(record))


def compare(one: Record, other: Record, alike: float = ALIKE) -> Verdict:
    """Whether two records are the same publication, by which rule, or why that is doubtful.

    Examples
    --------
    >>> article = Record("Receipts that speak to households", ("Oja, Kerttu",), 2019)
    >>> compare(article, Record("Receipts that speak to households.", ("Oja K.",), 2019)).rule
    'title'
    >>> compare(article, Record("Correction to: Receipts that speak to households", (), 2020)).link
    'correction'
    """
    return compared(Seen.of(one), Seen.of(other), alike)


def compared(one: Seen, other: Seen, alike: float) -> Verdict:
    """The same as `compare`, of records whose forms are there already."""
    common = bool(one.record.doi) and one.record.doi == other.record.doi
    if not common and (one.numbers != other.numbers or not one.title or not other.title):
        return Verdict("", 0.0)
    if apart(one, other, alike):
        return Verdict("", 0.0)
    untitled = not one.title or not other.title
    likeness = 1.0 if untitled or one.title == other.title else likeness_of(one.title, other.title)
    if one.standing != other.standing:
        return _linked(one, other, likeness, alike, common)
    if common:
        contained = one.title in other.title or other.title in one.title
        if likeness >= 0.5 or contained:
            return Verdict("doi", likeness)
        return Verdict("", likeness, "one DOI on two different titles")
    generic = one.title in _GENERIC
    short = generic or len(one.title.split()) < _TELLING
    if likeness < alike or (short and not _same_outlet(one.record, other.record, unknown=not generic)):
        return Verdict("", likeness)
    if not names.agree(one.record.authors, other.record.authors):
        twins = likeness == 1.0 and not short and _years_near(one.record, other.record)
        return Verdict("", likeness, "one title under different authors" if twins else "")
    if why := contradict(one, other):
        return Verdict("", likeness, "" if short and "DOI" in why else f"one title with {why}")
    if one.standing and plain(one.record.title) != plain(other.record.title):
        return Verdict("", likeness, f"two records of one {one.standing}, or two of them")
    return Verdict("title" if likeness == 1.0 else "likeness", likeness)


def apart(one: Seen, other: Seen, alike: float) -> bool:
    """Whether two titles share too few words to be alike; neither begins the other, and no DOI is common."""
    shared = len(one.words & other.words)
    fewer = min(len(one.words), len(other.words))
    if fewer <= 4 or shared == fewer:
        return False
    few = shared < min(0.65, alike) * (len(one.words) + len(other.words) - shared)
    return few and not (one.record.doi and one.record.doi == other.record.doi)


def _linked(one: Seen, other: Seen, likeness: float, alike: float, common: bool) -> Verdict:
    """An article and its correction, retraction, reply or preprint; or two that stand beside one article."""
    beside = one.standing or other.standing
    if one.standing and other.standing:
        beside = f"{one.standing} and {other.standing}"
    people = beside == "reply" or names.agree(one.record.authors, other.record.authors)
    if not common and (likeness < alike or not people or len(one.title.split()) < _TELLING):
        return Verdict("", likeness)
    words = f"a {beside} beside" if " and " in beside else f"a {beside} of"
    return Verdict("", likeness, f"{words} one article; linked, not joined", beside)


def contradict(one: Seen, other: Seen) -> str:
    """What two records of one title say that two of one publication would not; empty for nothing."""
    first, second = one.record, other.record
    if first.doi and second.doi and first.doi != second.doi:
        return "two DOIs"
    if first.doi and first.doi == second.doi:
        return ""
    if not _years_near(first, second):
        return "years that differ by more than one"
    if (
        all(one.place)
        and all(other.place)
        and one.place[0] != other.place[0]
        and one.place[1] != other.place[1]
    ):
        return "different volumes and pages"
    if not names.agree(first.authors, second.authors):
        return "different authors"
    return ""


def _years_near(one: Record, other: Record) -> bool:
    return one.year is None or other.year is None or abs(one.year - other.year) <= 1


def _place(record: Record) -> tuple[str, str]:
    """Volume and first page, as far as digits say them."""
    return tuple(  # type: ignore[return-value]
        found[0].lstrip("0") if (found := re.search(r"\d+", text)) else ""
        for text in (record.volume, record.pages)
    )


def _same_outlet(one: Record, other: Record, unknown: bool) -> bool:
    """Whether two outlets are one, or one is short for the other; `unknown` where one is not said."""
    first, second = plain(one.outlet), plain(other.outlet)
    if not first or not second:
        return unknown
    return first == second or names.shortened(first, second) or names.shortened(second, first)


def _numbers(key: str) -> list[str]:
    """Digits and Roman numerals of a title: part one is not part two."""
    roman = {"i", "ii", "iii", "iv", "v", "vi", "one", "two", "three", "four", "first", "second", "third"}
    return [word for word in key.split() if word[-1:].isdigit() or word in roman]


def likeness_of(one: str, other: str) -> float:
    """Likeness of two plain titles, 0 to 1; a title is like itself with its subtitle.

    Characters are compared (Ratcliff and Obershelp) only where words and lengths leave a chance; elsewhere
    the share of common words stands for it.

    Examples
    --------
    >>> likeness_of("customer data", "customer data") == 1.0
    True
    >>> likeness_of("crm people process and technology", "crm") < 0.92
    True
    """
    shorter, longer = sorted((one, other), key=len)
    if len(shorter.split()) >= 5 and longer.startswith(shorter + " "):
        return 0.97
    words, others = set(one.split()), set(other.split())
    shared = len(words & others) / max(len(words | others), 1)
    bound = 2 * len(shorter) / max(len(shorter) + len(longer), 1)
    if bound < 0.75 or (min(len(words), len(others)) > 4 and shared < 0.65):
        return round(min(shared, bound), 4)
    return round(difflib.SequenceMatcher(None, one, other, autojunk=False).ratio(), 4)
