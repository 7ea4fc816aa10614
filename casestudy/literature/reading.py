"""What reading an export gives: records, what was repaired or is odd in them, and what had to be refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from casestudy.errors import Problem
from casestudy.literature import names
from casestudy.literature.markup import from_html
from casestudy.literature.record import NO_TITLE, Record, doi, plain, year

Fields = Mapping[str, str | Iterable[str]]
_TEXTS = ("outlet", "volume", "issue", "pages", "type", "kinds", "url", "verified")


@dataclass
class Reading:
    """One export as it was read. Every entry of the file is in `records` or in `refused`.

    Attributes
    ----------
    name : str
        The file, for messages.
    source : str
        The file's name without ending, kept with each record.
    records : list of Record
    notes : list of Problem
        What was repaired, guessed or is missing in entries that were read all the same.
    refused : list of Problem
        Entries that could not be read, one each.
    problems : list of Problem
        What is wrong with the file as a whole.
    """

    name: str
    source: str
    records: list[Record] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def entries(self) -> int:
        """How many entries the file has."""
        return len(self.records) + len(self.refused)

    def note(self, place: str, found: str, remedy: str = "") -> None:
        """Say of a place in the file what was repaired or is odd there."""
        self.notes.append(Problem(f"{self.name}, {place}" if place else self.name, found, remedy))

    def refuse(self, place: str, found: str, remedy: str) -> None:
        """Say of a place in the file why its entry is not read."""
        self.refused.append(Problem(f"{self.name}, {place}", found, remedy))

    def fail(self, found: str, remedy: str) -> None:
        """Say why the file cannot be read."""
        self.problems.append(Problem(self.name, found, remedy))

    def keep(self, fields: Fields, place: str) -> None:
        """Make a record of the fields of one entry.

        Parameters
        ----------
        fields : mapping of str to str or list of str
            ``title``, ``authors``, ``year``, ``doi``, ``abstract``, ``keywords`` and the other fields of
            `Record`; of several values every one is kept.
        place : str
            Where the entry begins: ``line 12``, ``row 3``.

        Notes
        -----
        An entry without a title is kept when its DOI, authors, outlet or address say what it is; one that
        says nothing of itself is refused. Without a year, or with a DOI that is none, it is kept and noted.
        """
        values = {name: _values(value) for name, value in fields.items()}
        title = ": ".join(values.get("title", []))
        authors = names.listed(values.get("authors", []))
        given = values.get("doi", [])
        bare = next((found for text in given if (found := doi(text))), "")
        texts: dict[str, Any] = {name: "; ".join(values.get(name, [])) for name in _TEXTS}
        if not plain(title):
            if not (bare or authors or texts["outlet"] or texts["url"]):
                remedy = "Add the title, or take the record out."
                self.refuse(place, "the record has no title and nothing else that says what it is.", remedy)
                return
            self.note(place, "the record has no title; it is kept under its other fields.", "Add the title.")
            title = title or NO_TITLE
        if given and not bare:
            self.note(place, f"{given[0][:40]!r} is not a DOI.", "A DOI looks like 10.1000/abc.")
        elif len({doi(text) for text in given} - {""}) > 1:
            self.note(
                place, f"it has several DOIs; {bare} is taken.", "See whether it is the publication's own."
            )
        dates = values.get("year", [])
        when = next((said for text in dates if (said := year(text))), None)
        if when is None:
            self.note(
                place, f"{title[:60]!r} has no year.", "It leaves the review before screening: add the year."
            )
        self.records.append(
            Record(
                title,
                authors,
                when,
                doi=bare,
                abstract=" ".join(values.get("abstract", [])),
                keywords="; ".join(dict.fromkeys(values.get("keywords", []))),
                source=self.source,
                where=f"{self.name}, {place}",
                **texts,
            )
        )


def pages(first: str, last: str) -> str:
    """First and last page as one range; without "pp." and without a last page that is already there.

    Examples
    --------
    >>> pages("pp 37-64", ""), pages("10", "20"), pages("271", "271"), pages("e12", "")
    ('37-64', '10-20', '271', 'e12')
    """
    first, last = (re.sub(r"^\s*pp?\.?\s*(?=\d)", "", text).strip() for text in (first, last))
    first = re.sub(r"\s*(?:--+|[–—])\s*", "-", first)
    return first if not last or last == first or "-" in first else f"{first}-{last}".strip("-")


_PLACE = re.compile(r";\s*([\w\-. ]*?)(?:\(([^)]*)\))?:\s*([\w\-]+)")


def cited(text: str) -> tuple[str, str, str]:
    """Volume, issue and pages of a citation as PubMed writes it; empty where there are none.

    Examples
    --------
    >>> cited("J Things. 2019 Mar;3(2):10-20.")
    ('3', '2', '10-20')
    """
    found = _PLACE.search(text)
    return (found[1], found[2] or "", found[3]) if found else ("", "", "")


def _values(value: str | Iterable[str]) -> list[str]:
    """The values of a field in one line each, without markup, empty ones and repetitions."""
    given = [value] if isinstance(value, str) else list(value)
    cleaned = (" ".join(from_html(str(text)).split()) for text in given)
    return list(dict.fromkeys(text for text in cleaned if text))
