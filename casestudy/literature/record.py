"""A bibliographic record, and the plain forms by which two records are compared."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from casestudy.literature import names

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    *("id", "authors", "year", "title", "outlet", "volume", "issue", "pages", "doi", "type"),
    *("abstract", "keywords", "url", "verified", "source", "where"),
)


NO_TITLE = "[no title]"


Described = tuple[str, str, int | None, str]


@dataclass(frozen=True)
class Record:
    """One publication as one source lists it.

    Attributes
    ----------
    title : str
    authors : tuple of str
        ``Surname, Given`` where the source says so.
    year : int or None
        None where the source gives none.
    outlet, volume, issue, pages, type : str
        `type` as the source writes it: ``JOUR``, ``article``, ``Review``.
    doi : str
        Lower case, without address; empty for none.
    abstract, keywords, url : str
    verified : str
        Address of the page on which authors, title, year, outlet and DOI were read; empty for unverified.
    source : str
        The file it came from, without ending: one database or search.
    where : str
        File and line or entry, for messages.
    id : str
        Made of first author, year and title, see `name`; or the one it was given before.
    kinds : str
        Further types that the source gives, such as ``Published Erratum``.
    given : tuple of (int, str)
        Ids that the study keeps for this publication, the oldest first, with their places among all.
    avoid : frozenset of str
        Ids that the study keeps for other publications and that begin like this record's own.
    decided : tuple of ((str, str, int or None, str), bool)
        What a person decided of this record and others, each as it is `described`: whether they are the same.
    """

    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    outlet: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    type: str = ""
    abstract: str = ""
    keywords: str = ""
    url: str = ""
    verified: str = ""
    source: str = ""
    where: str = ""
    id: str = ""
    kinds: str = ""
    given: tuple[tuple[int, str], ...] = ()
    avoid: frozenset[str] = frozenset()
    decided: tuple[tuple[Described, bool], ...] = ()

    @property
    def described(self) -> Described:
        """Title, first author, year and DOI, as they stand: by them a decision finds its records."""
        return self.title, self.authors[0] if self.authors else "", self.year, self.doi

    @property
    def plain_title(self) -> str:
        """The title as `plain` letters; empty for none."""
        return "" if self.title == NO_TITLE else plain(self.title)

    @property
    def former(self) -> tuple[str, ...]:
        """Other ids under which decisions on this publication may stand."""
        return tuple(given for _, given in self.given if given != self.id)

    @property
    def surname(self) -> str:
        """Surname of the first author in plain letters; empty for none."""
        return plain(names.surname(self.authors[0])) if self.authors else ""


def plain(text: str) -> str:
    """Lower-case letters and digits with single spaces; accents and marks removed.

    Examples
    --------
    >>> plain("Customer‐Relationship   Management: Über CRM!")
    'customer relationship management uber crm'
    """
    return " ".join(re.findall(r"[^\W_]+", names.fold(text)))


def doi(text: str) -> str:
    """The bare DOI in a text: lower case, without address, prefix or escapes; empty where there is none.

    Of several DOIs the first counts.

    Examples
    --------
    >>> doi("https://doi.org/10.1108/14637150310496758."), doi("DOI: 10.1000/ABC(1)x"), doi("none")
    ('10.1108/14637150310496758', '10.1000/abc(1)x', '')
    >>> doi("(doi:10.1000/abc)"), doi("http://dx.doi.org/10.1000%2Fabc"), doi("10.1000/abc [doi]")
    ('10.1000/abc', '10.1000/abc', '10.1000/abc')
    """
    if "10." not in text:
        return ""
    plain_text = text.replace("\u200b", "").replace("\ufeff", "")
    if "%" in plain_text:
        plain_text = unquote(plain_text)
    found = re.search(r"(?<![\d.])10\.\d{4,9}(?:\.\d+)*/[^\s\"“”]+", plain_text)
    if not found:
        return ""
    bare = found[0]
    while bare and (bare[-1] in ".,;:]}>'\"|" or (bare[-1] == ")" and bare.count("(") < bare.count(")"))):
        bare = bare[:-1]
    return "" if bare.endswith("/") else bare.casefold()


def year(text: str) -> int | None:
    """The first year from 1500 to 2099 in a text; None where there is none.

    Examples
    --------
    >>> year("2005/10//"), year("n.d."), year("13 (2009)"), year("Start date: 20170812")
    (2005, None, 2009, 2017)
    """
    found = re.search(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?=[01]\d[0-3]\d(?!\d)|(?!\d))", text)
    return int(found[0]) if found else None


def name(record: Record) -> str:
    """A readable id: first author's surname, year and the first telling word of the title.

    Examples
    --------
    >>> name(Record("On the uses of data", ("Åkerlund, H.",), 2005))
    'akerlund-2005-uses'
    """
    small = {"a", "an", "the", "on", "of", "in", "and", "how", "what", "why", "does", "do", "to", "for", "is"}
    words = [word for word in record.plain_title.split() if word not in small] or ["untitled"]
    when = str(record.year) if record.year else "undated"
    return "-".join([record.surname.replace(" ", "")[:24] or "anonymous", when, words[0][:24]])


def named(records: Iterable[Record], apart: bool = False) -> list[Record]:
    """Give every record its id; one that the study keeps for it stays.

    Parameters
    ----------
    records : iterable of Record
    apart : bool
        Whether every record is a publication of its own, as after joining. Otherwise records of one title
        share their id.

    Notes
    -----
    Where two titles would share an id, the first in order has it and the next gets a mark of its title, so
    that a record that is added changes no id before it.
    """
    listed = list(records)
    owner: dict[str, str] = {}
    chosen: dict[int, str] = {}
    holders = [(not apart and record.plain_title) or str(place) for place, record in enumerate(listed)]
    for place, record in enumerate(listed):
        free = (name_ for _, name_ in record.given if owner.get(name_, holders[place]) == holders[place])
        if kept := next(free, ""):
            owner[kept] = holders[place]
            chosen[place] = kept
    for place, record in enumerate(listed):
        if place not in chosen:
            for candidate in _candidates(record):
                if candidate not in record.avoid and owner.get(candidate, holders[place]) == holders[place]:
                    owner[candidate] = holders[place]
                    chosen[place] = candidate
                    break
    return [replace(record, id=chosen[place]) for place, record in enumerate(listed)]


def mark(record: Record, digits: int = 4) -> str:
    """The id of a record with a mark of its title, for where another title has the shorter id."""
    return f"{name(record)}-{hashlib.sha256(plain(record.title).encode()).hexdigest()[:digits]}"


def _candidates(record: Record) -> Iterator[str]:
    yield name(record)
    yield mark(record)
    yield mark(record, 8)
    longer = hashlib.sha256(f"{record.title}|{record.doi}|{record.outlet}|{record.year}".encode()).hexdigest()
    yield f"{name(record)}-{longer[:12]}"
    for number in itertools.count(2):
        yield f"{name(record)}-{longer[:12]}-{number}"


def table(records: Sequence[Record]) -> pd.DataFrame:
    """Records as a table, one row each; authors joined by ``; ``.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`; ``year`` is missing where a record has none.
    """
    import pandas as pd

    rows = [{column: getattr(one, column) for column in COLUMNS} for one in records]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame["authors"] = ["; ".join(one.authors) for one in records]
    return frame.astype({"year": "Int64"})


def citation(record: Record) -> str:
    """Authors, year, title and outlet in one line."""
    who = names.surname(record.authors[0]) if record.authors else "Anonymous"
    last = names.surname(record.authors[-1]) if record.authors else ""
    more = {0: "", 1: "", 2: f" and {last}"}.get(len(record.authors), " et al.")
    return f"{who}{more} ({record.year or 'undated'}). {record.title}. {record.outlet}".strip(" .") + "."
