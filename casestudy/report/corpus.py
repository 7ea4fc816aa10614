"""The words of a study as the pages need them: documents, codings, codes and people, read once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.people import consent
from casestudy.study import Study

if TYPE_CHECKING:
    from casestudy.codebook.codes import Codebook
    from casestudy.codebook.framework import Framework
    from casestudy.coding.material import Material
    from casestudy.evidence.chain import Trouble
    from casestudy.evidence.lines import Line
    from casestudy.evidence.status import Verdict
    from casestudy.transcripts.transcript import Transcript

PAGES = "pages"


@dataclass(frozen=True)
class Quote:
    """A coding with its names: what a page shows of it, and where it stands.

    Attributes
    ----------
    id, coder, document, code, quote : str
    who : str
        The participant, or the document where nobody in particular speaks.
    name, path : str
        The code's name, and its names from the top down.
    line : tuple of str
        The code and the codes above it.
    start, end : int
    said_by, memo : str
    placed : bool
        Whether the document still holds the quote at the span.
    """

    id: str
    coder: str
    document: str
    code: str
    quote: str
    who: str
    scheme: str
    name: str
    path: str
    line: tuple[str, ...]
    start: int
    end: int
    said_by: str = ""
    memo: str = ""
    placed: bool = True

    @property
    def anchor(self) -> str:
        """Id of its place in the document's page."""
        return "q-" + re.sub(r"[^\w.~-]", "_", f"{self.coder}-{self.document}-{self.id}")


@dataclass(frozen=True)
class Corpus:
    """Everything that people said and what was made of it.

    Attributes
    ----------
    material : Material
        The same as tables.
    documents : mapping of id to Transcript
    kinds : mapping of document to 'interview', 'document' or 'message'
    participants : mapping of document to those who speak in it
    people : mapping of participant to the columns of participants.csv
    quotes : tuple of Quote
        All codings, sorted by document and place.
    withheld : frozenset of str
        Documents whose text may not be shown.
    allowed : frozenset of str
        Participants, and documents that belong to nobody in particular, whose words may be quoted.
    verdicts : tuple of Verdict
    lines : tuple of casestudy.evidence.lines.Line
        The claims, judged.
    troubles : tuple of Trouble
        What does not hold in the chain of evidence.
    """

    material: Material
    documents: Mapping[str, Transcript]
    kinds: Mapping[str, str]
    participants: Mapping[str, tuple[str, ...]]
    people: Mapping[str, Mapping[str, Any]]
    book: Codebook
    quotes: tuple[Quote, ...]
    withheld: frozenset[str]
    allowed: frozenset[str]
    verdicts: tuple[Verdict, ...] = ()
    lines: tuple[Line, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    @property
    def framework(self) -> Framework:
        """Perspectives, themes and measures, as the study declares them."""
        return self.material.framework

    def page(self, document: str) -> str:
        """The page that shows a document, from the outputs folder."""
        if self.kinds.get(document) == "message":
            return f"{PAGES}/documents/messages.html"
        return f"{PAGES}/documents/{document}.html"

    def place(self, quote: Quote) -> str:
        """Page and anchor of a quote, from the outputs folder; a document that is withheld has no anchors."""
        if quote.document in self.withheld:
            return self.page(quote.document)
        return f"{self.page(quote.document)}#{quote.anchor}"

    def quotable(self, document: str) -> bool:
        """Whether the words of a document may be shown."""
        return document not in self.withheld

    def coders(self) -> list[str]:
        """Who coded, sorted."""
        return sorted({quote.coder for quote in self.quotes})

    def shown(self) -> list[Quote]:
        """Quotes that stand where they should and may be shown."""
        return [quote for quote in self.quotes if quote.placed and quote.who in self.allowed]


def together(quotes: Iterable[Quote]) -> list[tuple[Quote, str]]:
    """Quotes with all who coded the same words alike, in the order of the first of them."""
    found: dict[tuple[str, int, int, str], list[Quote]] = {}
    for quote in quotes:
        found.setdefault((quote.document, quote.start, quote.end, quote.code), []).append(quote)
    return [(same[0], " and ".join(sorted({quote.coder for quote in same}))) for same in found.values()]


def code_place(scheme: str, code: str) -> str:
    """Page and anchor of a code, from the outputs folder."""
    return f"{PAGES}/codes/{scheme}.html#{code}"


def load(study: Study) -> Corpus:
    """Read the words of a study, and judge its claims.

    Raises
    ------
    InputError
        When a file of documents, codings, codebooks, framework or claims has problems.
    """
    from casestudy.coding import material
    from casestudy.evidence import chain, claims, lines, status

    found = material.load(study)
    roll = found.documents.set_index("document")
    verdicts = status.evaluate(claims.load(study, found.framework), found)
    troubles = chain.walk(found, verdicts, chain.load_seals(study))
    people = found.people.astype(object).where(found.people.notna(), None)
    return Corpus(
        material=found,
        documents=found.texts,
        kinds=roll["kind"].to_dict(),
        participants=found.heard.groupby("document")["who"].agg(tuple).to_dict(),
        people={str(row["participant_id"]): row for row in people.to_dict("records")},
        book=found.book,
        quotes=tuple(_quote(row, found.book) for row in found.words.to_dict("records")),
        withheld=frozenset(consent.withheld_documents(found.texts, found.people)),
        allowed=frozenset(found.quotable()),
        verdicts=tuple(verdicts),
        lines=tuple(lines.evaluate(found)),
        troubles=tuple(troubles),
    )


def _quote(row: Mapping[Any, Any], book: Codebook) -> Quote:
    texts = {key: str(row[key]) for key in ("coder", "document", "code", "quote", "who", "scheme", "name")}
    return Quote(
        id=str(row["coding"]),
        **texts,
        path=str(row["path"]),
        line=(row["code"], *book.above(row["code"])),
        start=int(row["start"]),
        end=int(row["end"]),
        said_by=str(row["said_by"]),
        memo=str(row["memo"]),
        placed=bool(row["placed"]),
    )
