"""All pages of a study beside those of its notebooks."""

from __future__ import annotations

from casestudy.report import claims, codes, documents, people, search, themes
from casestudy.report.corpus import load
from casestudy.report.layout import Site
from casestudy.report.records import Record
from casestudy.study import Study


def pages(study: Study, site: Site, records: list[Record]) -> dict[str, str]:
    """Pages of documents, codes, themes, claims and people, by path.

    Raises
    ------
    InputError
        When a file of the study has problems.
    """
    corpus = load(study)
    made: dict[str, str] = {}
    for room in (documents, codes):
        made |= room.pages(corpus, site)
    for part in (themes, claims, people, search):
        made |= part.pages(corpus, site, records)
    return made
