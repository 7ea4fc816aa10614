"""De-duplication: which records are the same publication, by which rule, and what was joined from each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casestudy.literature.comparison import (
    ALIKE,
    Seen,
    Verdict,
    apart,
    compared,
    contradict,
    likeness_of,
)
from casestudy.literature.record import Described, Record, named

if TYPE_CHECKING:
    import pandas as pd

_RULES = ("doi", "title", "likeness", "decided")
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
    seen = [Seen.of(record) for record in listed]
    decided = {
        frozenset((record.described, other)): same for record in listed for other, same in record.decided
    }
    doubts: list[tuple[int, int, Verdict]] = []

    def decision(one: int, other: int) -> bool | None:
        return decided.get(frozenset((listed[one].described, listed[other].described))) if decided else None

    same: list[tuple[int, int, Verdict]] = []
    for one, other in _pairs(listed, [entry.title for entry in seen]):
        if apart(seen[one], seen[other], alike) or decision(one, other) is not None:
            continue
        verdict = compared(seen[one], seen[other], alike)
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
            if why := next(filter(None, (contradict(seen[a], seen[b]) for a, b in across)), ""):
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


def _decided(listed: Sequence[Record], seen: Sequence[Seen]) -> list[tuple[int, int, Verdict]]:
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
