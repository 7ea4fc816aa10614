"""A document with its codings as still words: what stands for a panel where nothing can be asked or changed.

It is the document view of the pages as a table, without links: each turn, its codings marked where they
stand, and their codes beside.
"""

from __future__ import annotations

from markupsafe import Markup

from casestudy.codebook.codes import Codebook
from casestudy.coding.codings import Coding
from casestudy.panel.session import Session
from casestudy.people import consent, participants
from casestudy.report.corpus import Quote
from casestudy.report.documents import blocks

WITHHELD = "These words may not be quoted; they are not shown."


def document(session: Session) -> str:
    """A session's document with the coder's codings as HTML without script or link.

    Returns
    -------
    str
        All words escaped; only a sentence where they may not be quoted. Codings that do not find their words
        are counted, not shown.
    """
    transcript, book = session.words.document, session.codes.book
    people = participants.read(session.study)
    head = Markup("<p><strong>{}</strong>, coder {}</p>").format(
        transcript.title or transcript.id, session.coder
    )
    if consent.withheld_documents({transcript.id: transcript}, people):
        return str(head + Markup("<p>{}</p>").format(WITHHELD))
    order = sorted(session.holding.values(), key=lambda one: (one.start, one.end, one.code, one.id))
    placed = [coding for coding in order if session.placed(coding)]
    quotes = [(number, _quote(coding, book)) for number, coding in enumerate(placed)]
    rows = []
    for block in blocks(transcript, quotes, "", prefix=f"{transcript.id}-"):
        who = f"{block.speaker} {block.time}".strip()
        names = "; ".join(chip.path for chip in block.chips)
        rows.append(Markup("<tr><th>{}</th><td>{}</td><td>{}</td></tr>").format(who, block.html, names))
    titles = Markup("<thead><tr><th>Who</th><th>Words</th><th>Codes</th></tr></thead>")
    parts = [head, Markup("<table>"), titles, Markup("<tbody>"), *rows, Markup("</tbody></table>")]
    lost = len(order) - len(placed)
    if lost:
        parts.append(Markup("<p>Codings that do not find their words: {}.</p>").format(lost))
    return str(Markup("\n").join(parts))


def _quote(coding: Coding, book: Codebook) -> Quote:
    code = book.codes.get(coding.code)
    return Quote(
        id=coding.id,
        coder=coding.coder,
        document=coding.document,
        code=coding.code,
        quote=coding.quote,
        who=coding.document,
        scheme=code.scheme if code else "",
        name=code.name if code else coding.code,
        path=book.path(coding.code),
        line=(coding.code, *book.above(coding.code)),
        start=coding.start,
        end=coding.end,
        memo=coding.memo,
    )
