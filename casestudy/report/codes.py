"""Pages of the codebook: schemes, codes with their definitions, and every quote coded with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casestudy.codebook.codes import Code
from casestudy.report import layout
from casestudy.report.corpus import PAGES, Corpus, Quote
from casestudy.report.layout import Site


@dataclass(frozen=True)
class Entry:
    """A code on its scheme's page: how deep it lies, what is coded with it, what it counts."""

    code: Code
    depth: int
    quotes: tuple[Quote, ...]
    people: int


def pages(corpus: Corpus, site: Site) -> dict[str, str]:
    """The codebook's pages, by path: an overview, and one for each scheme."""
    path = f"{PAGES}/codebook.html"
    if not site.has(path):
        return {}
    by_code: dict[str, list[Quote]] = {}
    for quote in corpus.shown():
        by_code.setdefault(quote.code, []).append(quote)
    schemes = {name: entries(corpus, name, by_code) for name in corpus.book.schemes}
    made = {path: layout.page("codebook.html.j2", site, path, "Codebook", schemes=schemes, corpus=corpus)}
    for name, found in schemes.items():
        path = f"{PAGES}/codes/{name}.html"
        scheme = corpus.book.schemes[name]
        made[path] = layout.page(
            "scheme.html.j2", site, path, scheme.title, scheme=scheme, entries=found, corpus=corpus
        )
    return made


def entries(corpus: Corpus, scheme: str, by_code: dict[str, list[Quote]]) -> list[Entry]:
    """The codes of a scheme from the top down, each under its parent."""
    book = corpus.book
    found: list[Entry] = []

    def add(names: Sequence[str], depth: int) -> None:
        for name in names:
            code = book.codes[name]
            quotes = tuple(by_code.get(name, ()))
            found.append(Entry(code, depth, quotes, len({quote.who for quote in quotes})))
            add(book.children(name), depth + 1)

    tops = [code.id for code in book.codes.values() if code.scheme == scheme and not code.parent]
    add(tops, 0)
    missing = [
        c.id for c in book.codes.values() if c.scheme == scheme and c.id not in {e.code.id for e in found}
    ]
    found += [Entry(book.codes[name], 0, tuple(by_code.get(name, ())), 0) for name in missing]
    return found
