"""Ways from a table's cells to what they name: codings, documents, people, claims, codes, other tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from markupsafe import Markup

from casestudy.report.corpus import Corpus, code_place
from casestudy.report.layout import Site, address
from casestudy.report.records import Record

_FILE = re.compile(r"outputs/([\w.-]+)/([\w.-]+\.csv)")
_WORD = re.compile(r"[\w.~-]+")


@dataclass(frozen=True)
class Links:
    """Addresses of things that tables name, from the outputs folder.

    Attributes
    ----------
    columns : mapping of column name to mapping of text to address
        A cell of such a column may name several, between spaces or commas.
    files : frozenset of str
        Tables that are there, such as ``20-use/sessions.csv``.
    """

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: frozenset[str] = frozenset()

    def cell(self, column: str, text: str, page: str) -> Markup:
        """A cell's text with its links, as seen from a page.

        Examples
        --------
        >>> links = Links({"claim": {"C1": "pages/claims/C1.html"}})
        >>> str(links.cell("claim", "C1 and <b>", "20-use/index.html"))
        '<a href="../pages/claims/C1.html">C1</a> and &lt;b&gt;'
        >>> str(Links({"theme": {"ways": "t.html"}}).cell("theme", "Many ways", "20-use/index.html"))
        'Many ways'
        """
        known = self.columns.get(column, {})
        to = partial(address, here=page)
        if known and column.startswith("theme") and not all(one in known for one in _WORD.findall(text)):
            return Markup.escape(text)  # names of themes, in which an id may occur as a word
        if known:
            return _linked(text, _WORD, lambda found: known.get(found[0], ""), to)
        if "outputs/" in text:
            return _linked(text, _FILE, lambda found: self._file(found), to)
        return Markup.escape(text)

    def _file(self, found: re.Match[str]) -> str:
        path = f"{found[1]}/{found[2]}"
        return path if path in self.files else ""


def links_of(corpus: Corpus | None, site: Site, records: list[Record]) -> Links:
    """All addresses of a study's things."""
    files = frozenset(
        f"{record.stem}/{name}"
        for record in records
        for item in record.items
        for name in (item.file, item.data)
        if name
    )
    if corpus is None:
        return Links({}, files)
    documents = (
        {name: corpus.page(name) for name in corpus.documents} if site.has("pages/documents.html") else {}
    )
    people = (
        {who: f"pages/participants/{who}.html" for who in corpus.people}
        if site.has("pages/participants.html")
        else {}
    )
    who = documents | people
    codings = {quote.id: corpus.place(quote) for quote in corpus.shown()} if documents else {}
    codes = (
        {code.id: code_place(code.scheme, code.id) for code in corpus.book.codes.values()}
        if site.has("pages/codebook.html")
        else {}
    )
    claims = {one.claim.id: f"pages/claims/{one.claim.id}.html" for one in corpus.verdicts}
    themes = {one.id: f"pages/themes/{one.id}.html" for one in corpus.framework.themes}
    columns = {
        **dict.fromkeys(("coding", "codings", "coding_id"), codings),
        **dict.fromkeys(("document", "documents"), documents),
        **dict.fromkeys(("who", "participant", "participant_id", "participants", "people_who"), who),
        **dict.fromkeys(("code", "codes", "as_coded"), codes),
        **dict.fromkeys(("claim", "claims"), claims),
        **dict.fromkeys(("theme", "theme_id", "themes"), themes),
    }
    return Links({name: known for name, known in columns.items() if known}, files)


def _linked(
    text: str, pattern: re.Pattern[str], place: Callable[[re.Match[str]], str], to: Callable[[str], str]
) -> Markup:
    made, position = Markup(), 0
    for found in pattern.finditer(text):
        target = place(found)
        if target:
            made += Markup.escape(text[position : found.start()])
            made += Markup('<a href="{}">{}</a>').format(to(target), found[0])
            position = found.end()
    return made + Markup.escape(text[position:])
