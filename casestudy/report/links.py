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
from casestudy.report.rows import Source, measured, sources

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
    queries : mapping of a measure in words to address
        The row that it reads.
    heads : mapping of column name to address
        What a column of a joint display is made of.
    marked : mapping of ``notebook/table`` to set of int
        Rows that something leads to.
    answers : mapping of notebook to list of Source
        Where the numbers of its answer stand.
    """

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: frozenset[str] = frozenset()
    queries: Mapping[str, str] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)
    marked: Mapping[str, set[int]] = field(default_factory=dict)
    answers: Mapping[str, list[Source]] = field(default_factory=dict)

    def head(self, column: str, page: str) -> Markup:
        """The head of a column, leading to what the column is made of."""
        words = column.replace("_", " ")
        target = self.heads.get(column, "")
        if not target or target.startswith(f"{page}#"):
            return Markup.escape(words)
        return Markup('<a href="{}">{}</a>').format(address(target, page), words)

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
        if "outputs/" in text and self.queries:
            return self._read(text, to)
        if "outputs/" in text:
            return _linked(text, _FILE, lambda found: self._file(found), to)
        return Markup.escape(text)

    def _read(self, text: str, to: Callable[[str], str]) -> Markup:
        """Queries in a text, each a link to the row that it reads; files that no measure reads stay files."""
        made, position = Markup(), 0
        for found in _FILE.finditer(text):
            if found.start() < position:
                continue
            query = max(
                (one for one in self.queries if text.startswith(one, found.start())), key=len, default=""
            )
            target = self.queries.get(query, "") or self._file(found)
            if target:
                words = query or found[0]
                made += Markup.escape(text[position : found.start()])
                made += Markup('<a href="{}">{}</a>').format(to(target), words)
                position = found.start() + len(words)
        return made + Markup.escape(text[position:])

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
    answers = {record.stem: sources(record) for record in records}
    marked: dict[str, set[int]] = {}
    for stem, listed in answers.items():
        for source in listed:
            marked.setdefault(f"{stem}/{source.item}", set()).add(source.row)
    if corpus is None:
        return Links({}, files, marked=marked, answers=answers)
    queries, heads = _measures(corpus, records, marked)
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
    heads |= {one.name: themes[one.id] for one in corpus.framework.themes}
    known = {name: found for name, found in columns.items() if found}
    return Links(known, files, queries, heads, marked, answers)


def _measures(
    corpus: Corpus, records: list[Record], marked: dict[str, set[int]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Rows that measures of the study read, and tables whose columns stand in joint displays."""
    from casestudy.mixed.measures import described

    known = {record.stem: record for record in records}
    queries, heads = {}, {}
    for measure in corpus.framework.measures:
        record = known.get(measure.notebook)
        item = record.item(measure.table) if record else None
        if record is None or item is None:
            continue
        target, row = measured(record, item, measure.rows)
        queries[described(measure)] = target
        if row:
            marked.setdefault(f"{record.stem}/{item.name}", set()).add(row)
        if measure.per != "study":
            heads[measure.id] = target
    return queries, heads


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
