"""Settles what sources hold: canonical positions, proved quotes, and an account of each coding."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from casestudy.interchange.account import Account
from casestudy.interchange.evidence import Span
from casestudy.interchange.placing import Placed, Placing, held_to
from casestudy.interchange.project import Coding, Document, Note, Point, guid_of
from casestudy.interchange.refi_parts import NOBODY
from casestudy.interchange.refi_sources import Selection, Sources, Stated

ATTRIBUTES = "attributes"


@dataclass
class Settled:
    """Everything that sources hold, with positions in the canonical texts."""

    documents: list[Document] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)
    whole: list[Coding] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    passages: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)
    coders: dict[str, None] = field(default_factory=dict)


class Settling:
    """The settling of one project's sources.

    Parameters
    ----------
    sources : Sources
    account : Account
    codes, cases : set of str
        GUIDs of the project's codes and cases.
    """

    def __init__(self, sources: Sources, account: Account, codes: set[str], cases: set[str]) -> None:
        self.sources, self.account, self.codes, self.cases = sources, account, codes, cases
        self.found = Settled()
        self.used: set[str] = set()

    def settled(self, placing: Placing | None) -> Settled:
        """Everything with canonical positions, and an account of each coding."""
        found = self.found
        placed = placing.placed if placing else []
        quoted = placing is not None and placing.evidence == "stored quotes"
        for number, (span, selection) in enumerate(
            zip(self.sources.spans, self.sources.selections, strict=True)
        ):
            one = placed[number]
            if quoted and one.standing != "exact":
                one = held_to(span.quote, one, self.sources.texts[span.document])
            self._settle(span, selection, one)
        for span, selection in self.sources.lacking:
            one = Placed(span.start, span.end, span.quote, "displaced")
            self._settle(span, selection, one, beside=True)
        for document, stated in self.sources.whole:
            name = self.sources.documents[document].name if document in self.sources.documents else document
            if stated.code not in self.codes:
                self.account.add("coding", stated.guid, name, "not kept", "its code is not in the project")
                continue
            why = "it codes a whole document; the study codes passages"
            self.account.add("coding of a document", stated.guid, name, "kept beside", why)
            self.found.whole.append(self._coding(stated, document, Placed(0, 0, "", "placed"), "", []))
            self.found.coders.setdefault(stated.coder or NOBODY)
        for own, about in self.sources.documents.items():
            text = self.sources.texts[own].text if own in self.sources.texts else ""
            found.documents.append(replace(about, text=text, points=tuple(self._points(own, placing))))
        self._notes(placed)
        return found

    def _settle(
        self,
        span: Span,
        selection: Selection,
        one: Placed,
        beside: bool = False,
    ) -> None:
        why = ""
        if not 0 <= one.start <= one.end and one.standing != "displaced":
            why = f"it points outside of the text ({span.start} to {span.end})"
        elif one.start == one.end and one.standing != "displaced":
            why = f"it selects nothing ({span.start} to {span.end})"
        elif one.standing == "displaced" and not one.quote.strip():
            why = f"it points outside of the text ({span.start} to {span.end}) and quotes nothing"
        if why:
            self.sources.lost(selection.guid, span.quote, selection.codings, why)
            return
        for stated in selection.codings:
            if stated.code in self.cases:
                self.found.passages.setdefault(stated.code, []).append((span.document, one.start, one.end))
                self.account.add("passage of a case", stated.guid, one.quote[:60], "kept beside")
                continue
            if stated.code not in self.codes:
                self.account.add(
                    "coding", stated.guid, one.quote[:60], "not kept", "its code is not in the project"
                )
                continue
            coder = stated.coder or selection.coder
            stated = stated._replace(coder=coder, when=stated.when or selection.when)
            self.found.codings.append(
                self._coding(stated, span.document, one, selection.description, selection.notes)
            )
            self.found.coders.setdefault(coder or NOBODY)
            if beside:
                self.account.add(
                    "coding", stated.guid, one.quote[:60], "kept beside", "its document has no text"
                )
            elif one.standing in ("moved", "displaced"):
                why = (
                    "its words stand elsewhere, once"
                    if one.standing == "moved"
                    else "its words are not there"
                )
                self.account.add("coding", stated.guid, one.quote[:60], "changed", why)
            else:
                self.account.add("coding", stated.guid, one.quote[:60], "kept")
        if not selection.codings:
            self._uncoded(span, selection, one)

    def _uncoded(self, span: Span, selection: Selection, one: Placed) -> None:
        """A selection without codes: a memo on a passage, or nothing."""
        texts = [self.sources.notes[note].text for note in selection.notes if note in self.sources.notes]
        words = "\n\n".join(text for text in (selection.description, *texts) if text)
        annotated = selection.guid in self.sources.annotated.values()
        if words:
            self.used.update(selection.notes)
            self.found.notes.append(
                Note(
                    guid_of("note", selection.guid),
                    "",
                    words,
                    selection.coder,
                    selection.when,
                    span.document,
                    one.start,
                    one.end,
                )
            )
            self.account.add("memo on a passage", selection.guid, one.quote[:60], "kept beside")
        elif not annotated:
            why = "it has neither code nor memo"
            self.account.add("selection", selection.guid, one.quote[:60], "not kept", why)

    def _coding(self, stated: Stated, document: str, one: Placed, memo: str, notes: list[str]) -> Coding:
        words = [memo] if memo else []
        attributes: dict[str, str] = {}
        for name in (*notes, *stated.notes):
            note = self.sources.notes.get(name)
            if note is None:
                self.account.deviates("a note that is referred to is not there", name)
                continue
            self.used.add(name)
            if note.name == ATTRIBUTES and name in stated.notes:
                rows = (line.partition("=") for line in note.text.splitlines())
                attributes |= {key: value for key, mark, value in rows if mark}
            elif note.text:
                words.append(note.text)
        return Coding(
            stated.guid,
            document,
            stated.code,
            one.start,
            one.end,
            one.quote,
            stated.coder or NOBODY,
            stated.when,
            "\n\n".join(words),
            attributes,
            one.standing,
        )

    def _points(self, document: str, placing: Placing | None) -> list[Point]:
        points = self.sources.points.get(document, [])
        if not points or document not in self.sources.texts:
            return points
        convention = placing.convention if placing else None
        if convention is None:
            return points
        plain = replace(convention, inclusive=False)
        numbers = [point.position for point in points]
        places, _ = self.sources.texts[document].positions(plain, numbers, numbers)
        return [replace(point, position=at) for point, at in zip(points, places, strict=True) if at >= 0]

    def _notes(self, placed: list[Placed]) -> None:
        """The notes that are not memos of codings, with the passages that links give them."""
        for own, note in self.sources.notes.items():
            if own in self.used:
                self.account.add("note", own, note.name, "kept", "as the memo of a coding")
                continue
            if own in self.sources.annotated:
                number = self.sources.place[self.sources.annotated[own]]
                span, one = self.sources.spans[number], placed[number]
                if 0 <= one.start < one.end:
                    note = replace(note, document=span.document, start=one.start, end=one.end)
            self.found.notes.append(note)
            self.account.add("note", own, note.name, "kept beside")
