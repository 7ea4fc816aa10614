"""Pages of participants: who they are as far as the study tells, their words, their rows in tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from casestudy.people import consent
from casestudy.people.participants import SCHEMA
from casestudy.report import layout
from casestudy.report.corpus import PAGES, Corpus, Quote
from casestudy.report.layout import Site
from casestudy.report.records import Item, Record

_KEYS = ("participant_id", "participant", "who")
_MOST = 8


def page_of(participant: str) -> str:
    """The page of a participant, from the outputs folder."""
    return f"{PAGES}/participants/{participant}.html"


def pages(corpus: Corpus, site: Site, records: list[Record]) -> dict[str, str]:
    """The list of participants, and one page for each, by path."""
    documents = {who: _heard_in(corpus, who) for who in corpus.people}
    counts = {who: sum(1 for quote in corpus.quotes if quote.who == who) for who in corpus.people}
    path = f"{PAGES}/participants.html"
    if not site.has(path):
        return {}
    made = {
        path: layout.page(
            "participants.html.j2",
            site,
            path,
            "Participants",
            corpus=corpus,
            documents=documents,
            counts=counts,
        )
    }
    for who, person in corpus.people.items():
        quotes = [quote for quote in corpus.shown() if quote.who == who]
        path = page_of(who)
        made[path] = layout.page(
            "participant.html.j2",
            site,
            path,
            str(person.get("pseudonym") or who),
            corpus=corpus,
            who=who,
            facts=_facts(person),
            documents=documents[who],
            codes=_by_code(quotes),
            tables=list(_mentions(who, records)) if consent.linkable(person) else [],
            claims=[
                verdict.claim
                for verdict in corpus.verdicts
                if {quote.id for quote in quotes} & {one for f in verdict.findings for one in f.rests_on}
            ],
        )
    return made


def _heard_in(corpus: Corpus, who: str) -> list[str]:
    """Documents in which a person speaks: by sitting, then id."""
    mine = [name for name, people in corpus.participants.items() if who in people]
    return sorted(mine, key=lambda name: (corpus.documents[name].sitting, name))


def _facts(person: Any) -> list[tuple[str, str]]:
    """What participants.csv says of a person, in every column that the study has added as well.

    Left out are ids that lead elsewhere, what the page says in its own words, and the researchers' notes.
    """
    words = {"participant_id": "Id", "group": "Group", "role": "Role", "age": "Age", "household": "Household"}
    facts = [(name, str(person[key])) for key, name in words.items() if person.get(key)]
    known = {*words, *SCHEMA.names}
    added = {str(key): str(value) for key, value in person.items() if key not in known and value is not None}
    facts += [(name.replace("_", " ").capitalize(), value) for name, value in added.items() if value.strip()]
    quoted = "may be quoted" if consent.quotable(person) else "may not be quoted"
    linked = "may be linked" if consent.linkable(person) else "may not be linked"
    return [*facts, ("Consent", f"Words {quoted}; words {linked} to log and purchases.")]


def _by_code(quotes: list[Quote]) -> list[tuple[str, list[Quote]]]:
    found: dict[str, list[Quote]] = {}
    for quote in quotes:
        found.setdefault(quote.path, []).append(quote)
    return sorted(found.items())


def _mentions(who: str, records: list[Record]) -> Iterator[tuple[Record, Item, list[str], list[list[str]]]]:
    """Rows of the notebooks' tables that are about a participant."""
    for record in records:
        for item in record.tables:
            path = record.folder / item.file
            if not set(_KEYS) & set(item.dtypes) or not path.is_file():
                continue
            mine = record.about(item, _KEYS, who)
            if mine:
                yield record, item, record.rows(item)[0], mine[:_MOST]
