"""All pages of a study beside those of its notebooks."""

from __future__ import annotations

from casestudy.report import claims, codes, documents, matrix, methods, people, search, themes
from casestudy.report.corpus import Corpus
from casestudy.report.layout import Site
from casestudy.report.records import Record


def pages(corpus: Corpus, site: Site, records: list[Record]) -> dict[str, str]:
    """Pages of documents, codes, themes, claims, people and methods, and search, by path."""
    made = documents.pages(corpus, site) | codes.pages(corpus, site)
    for part in (themes, matrix, claims, people, methods, search):
        made |= part.pages(corpus, site, records)
    return made
