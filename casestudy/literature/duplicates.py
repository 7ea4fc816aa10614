"""De-duplication: which records are the same publication, by which rule, and what was joined from each."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casestudy.literature.record import Record, named, plain

if TYPE_CHECKING:
    import pandas as pd

ALIKE = 0.92
_FILLED = (
    *("outlet", "volume", "issue", "pages", "doi", "type", "abstract", "keywords", "url", "verified"),
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
        Pairs that were *not* joined and need a look: one DOI on two titles, one title with two DOIs or years.
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
    *likeness*. Two records with different DOIs are never joined. Only pairs that share a rare word of the
    title, or the DOI, are compared, so that large exports stay quick.

    Examples
    --------
    >>> one = Record("Managing data", ("Virtanen, A.",), 2005, doi="10.1/x")
    >>> len(join([one, Record("Managing Data.", ("Virtanen, Aino",), 2005)]).records)
    1
    """
    import pandas as pd

    listed = list(records)
    keys = [plain(one.title) for one in listed]
    parent = list(range(len(listed)))
    how: dict[int, tuple[str, float]] = {}
    doubts: list[dict[str, object]] = []

    def top(position: int) -> int:
        while parent[position] != position:
            parent[position] = parent[parent[position]]
            position = parent[position]
        return position

    groups_dois = {i: {one.doi} - {""} for i, one in enumerate(listed)}
    for one, other in _pairs(listed, keys):
        rule, likeness, doubt = _same(listed[one], listed[other], keys[one], keys[other], alike)
        if doubt:
            doubts.append(
                {"one": listed[one].where, "other": listed[other].where, "why": doubt, "likeness": likeness}
            )
        if not rule or top(one) == top(other):
            continue
        first, second = sorted((top(one), top(other)))
        if len(groups_dois[first] | groups_dois[second]) > 1:
            continue
        parent[second] = first
        groups_dois[first] |= groups_dois[second]
        how[other] = (rule, likeness)
    members: dict[int, list[int]] = {}
    for position in range(len(listed)):
        members.setdefault(top(position), []).append(position)
    kept, rows, sources = [], [], []
    for group in members.values():
        best = max(group, key=lambda i: (_fullness(listed[i]), -i))
        kept.append(_filled(listed[best], [listed[i] for i in group if i != best]))
        sources.append(tuple(dict.fromkeys(listed[i].source for i in group)))
        for i in group:
            if i != best:
                rule, likeness = how.get(i) or how.get(best) or ("title", 1.0)
                rows.append(
                    {
                        "kept": listed[best].where,
                        "duplicate": listed[i].where,
                        "rule": rule,
                        "likeness": likeness,
                        "title": listed[i].title,
                    }
                )
    final = named(kept)
    report = pd.DataFrame(rows, columns=["kept", "duplicate", "rule", "likeness", "title"])
    doubtful = pd.DataFrame(doubts, columns=["one", "other", "why", "likeness"])
    return Joined(
        tuple(final), report, doubtful, {one.id: found for one, found in zip(final, sources, strict=True)}
    )


def _same(one: Record, other: Record, key: str, other_key: str, alike: float) -> tuple[str, float, str]:
    """The rule by which two records are the same (empty: none), likeness of titles, a doubt in words."""
    years = one.year is None or other.year is None or abs(one.year - other.year) <= 1
    authors = not one.surname or not other.surname or one.surname == other.surname
    common = bool(one.doi) and one.doi == other.doi
    if not common and not (authors and _numbers(key) == _numbers(other_key)):
        return "", 0.0, ""
    likeness = 1.0 if key == other_key else likeness_of(key, other_key)
    if common:
        if likeness >= 0.5 or key in other_key or other_key in key:
            return "doi", likeness, ""
        return "", likeness, "one DOI on two different titles"
    if likeness < alike:
        return "", likeness, ""
    if one.doi and other.doi:
        return "", likeness, "one title with two DOIs" if years else ""
    if not years:
        return "", likeness, "one title in years that differ by more than one"
    return ("title" if likeness == 1.0 else "likeness"), likeness, ""


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
        and (value := next((v for one in others if (v := getattr(one, field))), ""))
    }
    if best.year is None:
        gaps["year"] = next((one.year for one in others if one.year), None)
    return replace(best, **gaps)
