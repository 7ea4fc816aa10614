"""A bibliographic record, and the plain forms by which two records are compared."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    *("id", "authors", "year", "title", "outlet", "volume", "issue", "pages", "doi", "type"),
    *("abstract", "keywords", "url", "verified", "source", "where"),
)


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
        Made of first author, year and title; see `name`.
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

    @property
    def surname(self) -> str:
        """Surname of the first author in plain letters; empty for none."""
        first = self.authors[0] if self.authors else ""
        return plain(first.split(",")[0] if "," in first else first.split(" ")[-1])


def plain(text: str) -> str:
    """Lower-case letters and digits with single spaces; accents and marks removed.

    Examples
    --------
    >>> plain("Customer‐Relationship   Management: Über CRM!")
    'customer relationship management uber crm'
    """
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("æ", "ae"))
    letters = "".join(one for one in folded if not unicodedata.combining(one)).casefold()
    return " ".join(re.findall(r"[^\W_]+", letters))


def doi(text: str) -> str:
    """The bare DOI in a text: lower case, without address or prefix; empty where there is none.

    Examples
    --------
    >>> doi("https://doi.org/10.1108/14637150310496758."), doi("DOI: 10.1000/ABC(1)x"), doi("none")
    ('10.1108/14637150310496758', '10.1000/abc(1)x', '')
    """
    found = re.search(r"10\.\d{4,9}/\S+", text)
    return found[0].rstrip(".,;]}>'\"").casefold() if found else ""


def year(text: str) -> int | None:
    """The first year from 1500 to 2099 in a text; None where there is none.

    Examples
    --------
    >>> year("2005/10//"), year("n.d."), year("13 (2009)")
    (2005, None, 2009)
    """
    found = re.search(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)", text)
    return int(found[0]) if found else None


def name(record: Record) -> str:
    """A readable id: first author's surname, year and the first telling word of the title.

    Examples
    --------
    >>> name(Record("On the uses of data", ("Åkerlund, H.",), 2005))
    'akerlund-2005-uses'
    """
    small = {"a", "an", "the", "on", "of", "in", "and", "how", "what", "why", "does", "do", "to", "for", "is"}
    words = [word for word in plain(record.title).split() if word not in small] or ["untitled"]
    when = str(record.year) if record.year else "undated"
    return "-".join([record.surname.replace(" ", "") or "anonymous", when, words[0][:24]])


def named(records: Iterable[Record]) -> list[Record]:
    """Give every record its id; where two titles would share one, both get a mark of their title."""
    listed = list(records)
    titles: dict[str, set[str]] = {}
    for one in listed:
        titles.setdefault(name(one), set()).add(plain(one.title))
    made = []
    for one in listed:
        base = name(one)
        mark = hashlib.sha256(plain(one.title).encode()).hexdigest()[:4]
        made.append(replace(one, id=f"{base}-{mark}" if len(titles[base]) > 1 else base))
    return made


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
    who = record.authors[0].split(",")[0] if record.authors else "Anonymous"
    more = {0: "", 1: "", 2: f" and {record.authors[-1].split(',')[0]}"}.get(len(record.authors), " et al.")
    return f"{who}{more} ({record.year or 'undated'}). {record.title}. {record.outlet}".strip(" .") + "."
