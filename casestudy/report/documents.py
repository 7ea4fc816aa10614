"""Pages of documents: the words in order, codings highlighted where they stand, overlaps and all."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup

from casestudy.report import layout
from casestudy.report.corpus import PAGES, Corpus, Quote, code_place
from casestudy.report.layout import Site

if TYPE_CHECKING:
    from casestudy.transcripts.transcript import Transcript


@dataclass(frozen=True)
class Chip:
    """A code as it stands beside a turn: its coders' codings that begin there."""

    name: str
    path: str
    code: str
    line: str
    address: str
    quotes: tuple[tuple[int, Quote], ...]


@dataclass(frozen=True)
class Block:
    """A stretch of a document: a turn, or words outside any turn."""

    id: str
    speaker: str
    time: str
    html: Markup
    chips: tuple[Chip, ...]


def pages(corpus: Corpus, site: Site) -> dict[str, str]:
    """All pages of documents, by path: an overview, one for each document, one for all messages."""
    if not site.has(f"{PAGES}/documents.html"):
        return {}
    by_document: dict[str, list[Quote]] = {name: [] for name in corpus.documents}
    for quote in corpus.quotes:
        by_document.setdefault(quote.document, []).append(quote)
    made = {f"{PAGES}/documents.html": _overview(corpus, site, by_document)}
    messages = [name for name in sorted(corpus.documents) if corpus.kinds[name] == "message"]
    for name in sorted(corpus.documents):
        if name not in messages:
            title = corpus.documents[name].title or name
            made[corpus.page(name)] = _page(corpus, site, title, [name], by_document)
    if messages:
        made[corpus.page(messages[0])] = _page(corpus, site, "Feedback messages", messages, by_document)
    return made


def _overview(corpus: Corpus, site: Site, quotes: Mapping[str, list[Quote]]) -> str:
    from casestudy.transcripts.transcript import word_count

    rows = []
    for name in sorted(corpus.documents):
        if corpus.kinds[name] == "message":
            continue
        document = corpus.documents[name]
        counts = [sum(1 for quote in quotes[name] if quote.coder == coder) for coder in corpus.coders()]
        rows.append(
            (
                name,
                corpus.page(name),
                document.title or name,
                corpus.kinds[name],
                word_count(document.text),
                counts,
            )
        )
    messages = [name for name in sorted(corpus.documents) if corpus.kinds[name] == "message"]
    return layout.page(
        "documents.html.j2",
        site,
        f"{PAGES}/documents.html",
        "Documents",
        rows=rows,
        coders=corpus.coders(),
        messages=len(messages),
        message_page=corpus.page(messages[0]) if messages else "",
    )


def _page(
    corpus: Corpus, site: Site, title: str, names: Sequence[str], quotes: Mapping[str, list[Quote]]
) -> str:
    path = corpus.page(names[0])
    single = corpus.kinds[names[0]] != "message"
    parts: list[tuple[str, Transcript, tuple[Block, ...], bool]] = []
    displaced: list[Quote] = []
    here: list[Quote] = []
    number = 0
    for name in names:
        document = corpus.documents[name]
        if not corpus.quotable(name):
            parts.append((name, document, (), True))
            continue
        placed = [quote for quote in quotes[name] if quote.placed]
        displaced += [quote for quote in quotes[name] if not quote.placed]
        numbered = list(enumerate(placed, start=number))
        number += len(placed)
        here += placed
        parts.append((name, document, blocks(document, numbered, path, prefix=f"{name}-"), False))
    codes = sorted(
        {(code, corpus.book.path(code)) for quote in here for code in quote.line}, key=lambda c: c[1]
    )
    first = corpus.documents[names[0]]
    return layout.page(
        "document.html.j2",
        site,
        path,
        title,
        parts=parts,
        single=single,
        notes=first.notes if single else (),
        reading=first.reading if single else (),
        codes=codes,
        coders=sorted({quote.coder for quote in here}),
        total=len(here),
        displaced=displaced,
        persons=[who for who in corpus.participants.get(names[0], ()) if who in corpus.people]
        if single
        else [],
    )


def blocks(
    document: Transcript, quotes: Sequence[tuple[int, Quote]], page: str, prefix: str = ""
) -> tuple[Block, ...]:
    """A document's text as blocks: its turns in order, and any words between them.

    Parameters
    ----------
    document : Transcript
    quotes : sequence of (int, Quote)
        Placed codings of the document, each with its number on the page.
    page : str
        The page's path; links to codes are written from there.
    prefix : str
        For the ids of the turns.
    """
    made = []
    position = len(document.text) - len(document.text.lstrip())
    if document.turns and (document.title or document.notes):
        from casestudy.transcripts.turns import front

        position = front(document.text)[2]
    for turn in document.turns:
        if document.text[position : turn.start].strip():
            made.append(_block(document, position, turn.start, "", "", quotes, f"{prefix}p{position}"))
        clock = f"{int(turn.time // 60):02d}:{int(turn.time % 60):02d}" if turn.time == turn.time else ""
        made.append(
            _block(
                document,
                turn.speech,
                turn.end,
                turn.speaker,
                clock,
                quotes,
                f"{prefix}t{turn.number}",
                turn.start,
            )
        )
        position = turn.end
    if document.text[position:].strip():
        made.append(_block(document, position, len(document.text), "", "", quotes, f"{prefix}p{position}"))
    return tuple(made)


def _block(
    document: Transcript,
    start: int,
    end: int,
    speaker: str,
    time: str,
    quotes: Sequence[tuple[int, Quote]],
    name: str,
    begin: int | None = None,
) -> Block:
    inside = [(number, quote) for number, quote in quotes if quote.start < end and quote.end > start]
    first = start if begin is None else begin
    opening = [(number, quote) for number, quote in inside if quote.start >= first]
    html = highlighted(document.text, start, end, inside, {quote.anchor for _, quote in opening})
    return Block(name, speaker, time, html, _chips(opening))


def _chips(quotes: Sequence[tuple[int, Quote]]) -> tuple[Chip, ...]:
    found: dict[str, list[tuple[int, Quote]]] = {}
    for number, quote in quotes:
        found.setdefault(quote.code, []).append((number, quote))
    return tuple(
        Chip(
            one.name,
            one.path,
            code,
            " ".join(one.line),
            code_place(one.scheme, code),
            tuple(sorted(group, key=lambda pair: (pair[1].coder, pair[0]))),
        )
        for code, group in sorted(found.items())
        for one in (group[0][1],)
    )


def highlighted(
    text: str, start: int, end: int, quotes: Sequence[tuple[int, Quote]], opening: Container[str]
) -> Markup:
    """A stretch of text with its codings: cut at every border, each piece naming the codings over it.

    Every coding's anchor stands before its first piece, so that it is found even where codings overlap.

    Parameters
    ----------
    text : str
    start, end : int
        The stretch; codings that reach beyond it are cut at its borders.
    quotes : sequence of (int, Quote)
    opening : container of str
        Anchors of the codings that begin here; the others began before.

    Returns
    -------
    markupsafe.Markup
        Its text without the marks is exactly ``text[start:end]``.

    Examples
    --------
    >>> one = Quote("1", "a", "d", "x", "bc", "d", "s", "X", "X", ("x",), 1, 3)
    >>> str(highlighted("abcd", 0, 4, [(0, one)], [one.anchor]))
    'a<mark data-n="0" class="deep-1"><span class="at" id="q-a-d-1"></span>bc</mark>d'
    """
    borders = sorted(
        {start, end, *(place for _, q in quotes for place in (q.start, q.end) if start < place < end)}
    )
    made = []
    for left, right in pairwise(borders):
        over = [(number, quote) for number, quote in quotes if quote.start < right and quote.end > left]
        if not over:
            made.append(Markup.escape(text[left:right]))
            continue
        anchors = Markup("").join(
            Markup('<span class="at" id="{}"></span>').format(quote.anchor)
            for _, quote in over
            if max(quote.start, start) == left and quote.anchor in opening
        )
        numbers = " ".join(str(number) for number, _ in over)
        depth = min(len({quote.code for _, quote in over}), 3)
        made.append(
            Markup('<mark data-n="{}" class="deep-{}">{}{}</mark>').format(
                numbers, depth, anchors, text[left:right]
            )
        )
    return Markup("").join(made)
