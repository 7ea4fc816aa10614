"""Pages of claims: what is said, what would be seen if true, what was seen, and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.report import layout
from casestudy.report.corpus import PAGES, Corpus, Quote
from casestudy.report.index import Stated
from casestudy.report.layout import Site
from casestudy.report.measures import Number, numbers
from casestudy.report.records import Record
from casestudy.report.themes import statuses

if TYPE_CHECKING:
    from casestudy.evidence.claims import Item
    from casestudy.evidence.status import Finding, Verdict


@dataclass(frozen=True)
class Exhibit:
    """One piece of evidence with the way to what it rests on."""

    item: Item
    finding: Finding
    quotes: tuple[Quote, ...] = ()
    withheld: int = 0
    number: Number | None = None
    document: str = ""
    cited: tuple[Quote, ...] = ()


def page_of(claim: str) -> str:
    """The page of a claim, from the outputs folder."""
    return f"{PAGES}/claims/{claim}.html"


def pages(corpus: Corpus, site: Site, records: list[Record]) -> dict[str, str]:
    """The register of claims, and one page for each, by path."""
    path = f"{PAGES}/claims.html"
    if not site.has(path):
        return {}
    questions = {question.id: question.text for question in corpus.material.study.questions}
    names = {theme.id: theme.name for theme in corpus.framework.themes}
    made = {
        path: layout.page(
            "claims.html.j2",
            site,
            path,
            "Claims",
            corpus=corpus,
            counts=statuses(corpus.verdicts),
            questions=questions,
        )
    }
    for verdict in corpus.verdicts:
        path = page_of(verdict.claim.id)
        shown = exhibits(corpus, verdict, records)
        made[path] = layout.page(
            "claim.html.j2",
            site,
            path,
            verdict.claim.text,
            corpus=corpus,
            verdict=verdict,
            claim=verdict.claim,
            question=questions.get(verdict.claim.question, ""),
            names=names,
            joins=[one for one in corpus.lines if one.link.claim == verdict.claim.id],
            parts=[
                ("Evidence", "evidence", [one for one in shown if not one.finding.contrary]),
                ("Search for the contrary", "contrary", [one for one in shown if one.finding.contrary]),
            ],
            troubles=[one for one in corpus.troubles if one.where.partition(",")[0] == verdict.claim.id],
        )
    return made


def stated(corpus: Corpus) -> list[Stated]:
    """The claims as the first page names them."""
    return [
        Stated(one.claim.id, one.claim.text, one.status, one.claim.question, page_of(one.claim.id))
        for one in corpus.verdicts
    ]


def exhibits(corpus: Corpus, verdict: Verdict, records: list[Record]) -> list[Exhibit]:
    """A claim's evidence, each piece with its quotes, its number or its document."""
    by_id: dict[str, list[Quote]] = {}
    for quote in corpus.quotes:
        by_id.setdefault(quote.id, []).append(quote)
    allowed = {quote.anchor for quote in corpus.shown()}
    claim = verdict.claim
    items = {(False, item.id): item for item in claim.evidence}
    items |= {(True, item.id): item for item in claim.contrary}
    made = []
    for finding in verdict.findings:
        item = items[(finding.contrary, finding.item)]
        quotes = [quote for one in finding.rests_on for quote in by_id.get(one, ())]
        cited = [quote for one in item.quotes for quote in by_id.get(one, ())]
        listed = numbers(corpus, [item.measure], records) if item.kind == "measure" else []
        there = item.document if item.document in corpus.documents else ""
        made.append(
            Exhibit(
                item,
                finding,
                tuple(quote for quote in quotes if quote.anchor in allowed),
                sum(quote.anchor not in allowed for quote in quotes),
                listed[0] if listed else None,
                corpus.page(there) if there and corpus.quotable(there) else "",
                tuple(quote for quote in cited if quote.anchor in allowed),
            )
        )
    return made
