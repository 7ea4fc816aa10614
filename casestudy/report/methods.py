"""The methods appendix and the reporting checklists, as far as the study's own records fill them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casestudy.report import layout
from casestudy.report.corpus import PAGES, Corpus
from casestudy.report.layout import Site
from casestudy.report.records import Record

if TYPE_CHECKING:
    import pandas as pd

_SHOWN_ON = {
    "interviews/transcripts": "documents",
    "interviews/codings": "documents",
    "interviews/participants.csv": "participants",
    "coding_schemes": "codebook",
    "coding_schemes/history.jsonl": "codebook",
    "coding_schemes/framework.yaml": "perspectives",
    "evidence/claims.yaml": "claims",
}


def pages(corpus: Corpus, site: Site, records: list[Record]) -> dict[str, str]:
    """The methods appendix and the checklists, by path."""
    from casestudy.evidence import checklists, methods_facts
    from casestudy.evidence.records import facts

    path = f"{PAGES}/methods.html"
    if not site.has(path):
        return {}
    listed = facts(corpus.material, corpus.verdicts, corpus.troubles)
    done = {record.stem for record in records}
    own = checklists.own_answers(corpus.material.study)
    lists = [checklists.load(name) for name in checklists.known()]
    filled = [(one, _rows(checklists.fill(one, listed, own.get(one.id)))) for one in lists]

    def source(where: str) -> str:
        return _place(where, site, corpus, done)

    second = f"{PAGES}/checklists.html"
    return {
        path: layout.page(
            "methods.html.j2",
            site,
            path,
            "Methods",
            facts=listed,
            source=source,
            versions=[
                row | {"page": corpus.page(row["document"]) if row["document"] in corpus.documents else ""}
                for row in _rows(methods_facts.versions(corpus.material))
            ],
        ),
        second: layout.page(
            "checklists.html.j2", site, second, "Reporting checklists", filled=filled, source=source
        ),
    }


def _rows(frame: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(key): str(value) for key, value in row.items()} for row in frame.to_dict("records")]


def _place(where: str, site: Site, corpus: Corpus, done: set[str]) -> str:
    """Where a record is shown: a page of the site, else the file itself; empty where neither is."""
    page = f"{PAGES}/{_SHOWN_ON.get(where, '')}.html"
    if site.has(page):
        return page
    found = re.fullmatch(r"outputs/([^/]+)", where)
    if found and found[1] in done:
        return f"{found[1]}/index.html"
    return f"../{where}" if (corpus.material.study.root / where).is_file() else ""
