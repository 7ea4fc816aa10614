"""De-duplication: which records are the same publication, by which rule, and what was joined from each."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casestudy.literature import names, standing
from casestudy.literature.record import Described, Record, named, plain

if TYPE_CHECKING:
    import pandas as pd

ALIKE = 0.92
_RULES = ("doi", "title", "likeness", "decided")
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
_FILLED = (
    *(
        "outlet",
        "volume",
        "issue",
        "pages",
        "doi",
        "type",
        "kinds",
        "abstract",
        "keywords",
        "url",
        "verified",
    ),
    "authors",
)


@dataclass(frozen=True)
class Joined:
    """What de-duplication made of records.

    Attributes
    ----------
    records : tuple of Record
        One a publication: the fullest of its records, gaps filled from the others.
    report : pandas.DataFrame
        One row a record that was taken as a duplicate: ``kept``, ``duplicate`` (places), ``rule``,
        ``likeness`` of titles (0 to 1), ``title``.
    doubtful : pandas.DataFrame
        Pairs that were *not* joined: ``one``, ``other`` (places), ``why``, ``likeness``, ``link``. With a
        ``link`` (correction, retraction, reply, preprint) the two belong together and stay apart; without one
        they need a look: one DOI on two titles, one title with two DOIs, years, places or first authors.
    sources : dict of str to tuple of str
        For each kept id the sources that list it.
    """

    records: tuple[Record, ...]
    report: pd.DataFrame
    doubtful: pd.DataFrame
    sources: dict[str, tuple[str, ...]]


def join(records: Sequence[Record], alike: float = ALIKE) -> Joined:
    """Join the records that are the same publication.

    Parameters
    ----------
    records : sequence of Record
    alike : float
        Likeness of plain titles from which two records without a common DOI are taken as the same, when
        years differ by at most one and first authors, where both are known, agree.

    Returns
    -------
    Joined

    Notes
    -----
    Three rules, in order: *doi* (same DOI and titles not plainly different); *title* (same plain title);
    *likeness*. Two records with different DOIs are never joined, neither are an article and its correction,
    retraction, reply or preprint; nor are two that contradict each other joined through a third. Only pairs
    that share a rare word of the title, or the DOI, are compared, so that large exports stay quick. What a
    person decided of a pair (see `casestudy.literature.pairs`) goes before the rules.

    Examples
    --------
    >>> one = Record("Managing data", ("Virtanen, A.",), 2005, doi="10.1/x")
    >>> len(join([one, Record("Managing Data.", ("Virtanen, Aino",), 2005)]).records)
    1
    """
    import pandas as pd

    listed = list(records)
    seen = [_Seen.of(record) for record in listed]
    decided = {
        frozenset((record.described, other)): same for record in listed for other, same in record.decided
    }
    doubts: list[tuple[int, int, Verdict]] = []

    def decision(one: int, other: int) -> bool | None:
        return decided.get(frozenset((listed[one].described, listed[other].described))) if decided else None

    same: list[tuple[int, int, Verdict]] = []
    for one, other in _pairs(listed, [entry.title for entry in seen]):
        if _apart(seen[one], seen[other], alike) or decision(one, other) is not None:
            continue
        verdict = _compare(seen[one], seen[other], alike)
        if verdict.rule:
            same.append((one, other, verdict))
        elif verdict.doubt:
            doubts.append((one, other, verdict))
    same += _decided(listed, seen)
    group_of = list(range(len(listed)))
    members: dict[int, list[int]] = {place: [place] for place in range(len(listed))}
    how: dict[int, Verdict] = {}
    for one, other, verdict in sorted(same, key=lambda pair: (_RULES.index(pair[2].rule), pair[0], pair[1])):
        first, second = sorted((group_of[one], group_of[other]))
        if first == second:
            continue
        across = [(a, b) for a in members[first] for b in members[second]]
        if verdict.rule != "decided":
            if any(decision(a, b) is False for a, b in across):
                continue
            if why := next(filter(None, (_contradict(seen[a], seen[b]) for a, b in across)), ""):
                words = f"joined, they would join others with {why}"
                doubts.append((one, other, Verdict("", verdict.likeness, words)))
                continue
        for place in members[second]:
            group_of[place] = first
        members[first] += members.pop(second)
        how.setdefault(other, verdict)
    kept, rows, sources = [], [], []
    for group in members.values():
        group.sort()
        best = max(group, key=lambda place: (_fullness(listed[place]), -place))
        kept.append(_filled(listed[best], [listed[place] for place in group]))
        sources.append(tuple(dict.fromkeys(listed[place].source for place in group)))
        for place in group:
            if place != best:
                verdict = how.get(place) or how.get(best) or Verdict("title", 1.0)
                rows.append(
                    {
                        "kept": listed[best].where,
                        "duplicate": listed[place].where,
                        "rule": verdict.rule,
                        "likeness": verdict.likeness,
                        "title": listed[place].title,
                    }
                )
    final = named(kept, apart=True)
    report = pd.DataFrame(rows, columns=["kept", "duplicate", "rule", "likeness", "title"])
    left = [
        (listed[one].where, listed[other].where, verdict.doubt, verdict.likeness, verdict.link)
        for one, other, verdict in doubts
        if group_of[one] != group_of[other]
        and not any(decision(a, b) is False for a in members[group_of[one]] for b in members[group_of[other]])
    ]
    doubtful = pd.DataFrame(left, columns=["one", "other", "why", "likeness", "link"])
    return Joined(
        tuple(final),
        report,
        doubtful,
        {record.id: names_ for record, names_ in zip(final, sources, strict=True)},
    )


def _decided(listed: Sequence[Record], seen: Sequence[_Seen]) -> list[tuple[int, int, Verdict]]:
    """Pairs that a person decided to be the same publication."""
    places: dict[Described, list[int]] = {}
    for place, record in enumerate(listed):
        places.setdefault(record.described, []).append(place)
    return [
        (place, there, Verdict("decided", likeness_of(seen[place].title, seen[there].title)))
        for place, record in enumerate(listed)
        for other, same in record.decided
        for there in places.get(other, ())
        if same and there != place
    ]


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
class _Seen:
    """A record with the forms in which it is compared."""

    record: Record
    title: str
    standing: str
    words: frozenset[str]
    numbers: list[str]
    place: tuple[str, str]

    @classmethod
    def of(cls, record: Record) -> _Seen:
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
    return _compare(_Seen.of(one), _Seen.of(other), alike)


def _compare(one: _Seen, other: _Seen, alike: float) -> Verdict:
    common = bool(one.record.doi) and one.record.doi == other.record.doi
    if not common and (one.numbers != other.numbers or not one.title or not other.title):
        return Verdict("", 0.0)
    if _apart(one, other, alike):
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
    if why := _contradict(one, other):
        return Verdict("", likeness, "" if short and "DOI" in why else f"one title with {why}")
    if one.standing and plain(one.record.title) != plain(other.record.title):
        return Verdict("", likeness, f"two records of one {one.standing}, or two of them")
    return Verdict("title" if likeness == 1.0 else "likeness", likeness)


def _apart(one: _Seen, other: _Seen, alike: float) -> bool:
    """Whether two titles share too few words to be alike; neither begins the other, and no DOI is common."""
    shared = len(one.words & other.words)
    fewer = min(len(one.words), len(other.words))
    if fewer <= 4 or shared == fewer:
        return False
    few = shared < min(0.65, alike) * (len(one.words) + len(other.words) - shared)
    return few and not (one.record.doi and one.record.doi == other.record.doi)


def _linked(one: _Seen, other: _Seen, likeness: float, alike: float, common: bool) -> Verdict:
    """An article and its correction, retraction, reply or preprint; or two that stand beside one article."""
    beside = one.standing or other.standing
    if one.standing and other.standing:
        beside = f"{one.standing} and {other.standing}"
    people = beside == "reply" or names.agree(one.record.authors, other.record.authors)
    if not common and (likeness < alike or not people or len(one.title.split()) < _TELLING):
        return Verdict("", likeness)
    words = f"a {beside} beside" if " and " in beside else f"a {beside} of"
    return Verdict("", likeness, f"{words} one article; linked, not joined", beside)


def _contradict(one: _Seen, other: _Seen) -> str:
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


def _pairs(records: Sequence[Record], keys: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs worth comparing: they share a DOI, a whole title, or one of the three rarest words of a title."""
    common = Counter(word for key in keys for word in set(key.split()))
    blocks: dict[str, list[int]] = {}
    for position, (one, key) in enumerate(zip(records, keys, strict=True)):
        rare = sorted(set(key.split()), key=lambda word: (common[word], word))[:3]
        marks = {f"w:{word}" for word in rare} | {f"t:{key}"}
        if one.doi:
            marks.add(f"d:{one.doi}")
        for mark in marks:
            blocks.setdefault(mark, []).append(position)
    found = set()
    for mark, block in blocks.items():
        if len(block) > 200 and mark.startswith("w:"):
            continue
        found |= {(one, other) for i, one in enumerate(block) for other in block[i + 1 :]}
    return sorted(found)


def _fullness(record: Record) -> int:
    return sum(bool(getattr(record, field)) for field in (*_FILLED, "year")) + 3 * bool(record.doi)


def _filled(best: Record, others: Sequence[Record]) -> Record:
    gaps: dict[str, Any] = {
        field: value
        for field in _FILLED
        if not getattr(best, field)
        and (value := next((text for other in others if (text := getattr(other, field))), ""))
    }
    if best.year is None:
        gaps["year"] = next((other.year for other in others if other.year), None)
    given = sorted({kept for other in (best, *others) for kept in other.given})
    avoid = frozenset(best.avoid.union(*(other.avoid for other in others)) - {kept for _, kept in given})
    return replace(best, given=tuple(given), avoid=avoid, **gaps)
