"""The sources of a REFI-QDA project as they are read: texts, selections, codings, notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from casestudy.errors import CaseStudyError
from casestudy.interchange import refi_parts as parts
from casestudy.interchange.account import Account
from casestudy.interchange.conventions import Written
from casestudy.interchange.evidence import Span
from casestudy.interchange.packed import Loose, Packed, decoded
from casestudy.interchange.project import Document, Kind, Link, Note, Point, guid_of, plain_guid
from casestudy.interchange.refi_parts import children, guid, references, text_of

_KINDS: dict[str, Kind] = {
    "TextSource": "text",
    "PDFSource": "pdf",
    "PictureSource": "picture",
    "AudioSource": "audio",
    "VideoSource": "video",
}
_REGIONS = {
    "PictureSelection": "a region of a picture",
    "PDFSelection": "a region of a page",
    "AudioSelection": "a stretch of a recording",
    "VideoSelection": "a stretch of a recording",
}


class Stated(NamedTuple):
    """A coding as the file states it."""

    guid: str
    code: str
    coder: str
    when: str
    notes: list[str]


class Selection(NamedTuple):
    """A selection as the file states it; its span has the same number."""

    guid: str
    coder: str
    when: str
    description: str
    notes: list[str]
    codings: list[Stated]


class Sources:
    """What was read of a project's sources."""

    def __init__(self, packed: Packed | Loose, account: Account) -> None:
        self.packed, self.account = packed, account
        self.documents: dict[str, Document] = {}
        self.texts: dict[str, Written] = {}
        self.spans: list[Span] = []
        self.selections: list[Selection] = []
        self.whole: list[tuple[str, Stated]] = []
        self.notes: dict[str, Note] = {}
        self.points: dict[str, list[Point]] = {}
        self.annotated: dict[str, str] = {}
        self.place: dict[str, int] = {}
        self.lacking: list[tuple[Span, Selection]] = []
        self._seen: set[str] = set()

    def take(self, element: Any, name: str) -> None:
        """Read one source with all that lies in it."""
        kind = _KINDS[name]
        own = self._fresh(guid(element, self.account), "source")
        called = (element.get("name") or "").strip()
        if not called:
            self.account.deviates("a source has no name", own)
        inner = [element] if kind == "text" else list(children(element, "Representation", "TextDescription"))
        transcripts = list(children(element, "Transcript"))
        about = Document(
            own,
            called,
            kind=kind,
            description=text_of(element, "Description").strip(),
            coder=plain_guid(element.get("creatingUser") or ""),
            when=element.get("creationDateTime") or "",
            values=parts.values(element),
            notes=tuple(references(element, "NoteRef")),
        )
        if kind != "text":
            why = "the file itself is not taken over; only its text is"
            self.account.add(f"{kind} file", own, called, "not kept", why)
            if transcripts and not inner:
                inner = [transcripts.pop(0)]
        if inner:
            self._text(inner[0], about, "transcript" if parts.local(inner[0]) == "Transcript" else kind)
        else:
            self.documents[own] = replace(about, lacks_text=True)
            why = "it holds no text: pictures and recordings are coded by region and time"
            self.account.add("document", own, called, "kept beside", why)
        for number, further in enumerate([*inner[1:], *transcripts], start=2):
            other = self._fresh(guid(further, self.account), "transcript")
            title = further.get("name") or f"{called} {number}"
            self._text(further, replace(about, guid=other, name=title, notes=(), values={}), "transcript")
        self._codings_of_whole(element, own)
        for region in children(element, *_REGIONS):
            why = f"{_REGIONS[parts.local(region)]} is not text"
            self.account.add(
                "selection", guid(region, self.account), region.get("name") or "", "not kept", why
            )
            for coding in children(region, "Coding"):
                self.account.add("coding", guid(coding, self.account), "", "not kept", why)

    def _fresh(self, own: str, what: str) -> str:
        if own in self._seen:
            self.account.deviates(f"two things have one GUID; the second {what} is given another", own)
            own = guid_of("second", own, str(len(self._seen)))
        self._seen.add(own)
        return own

    def _text(self, element: Any, about: Document, kind: Kind) -> None:
        """Read the text of a source, a representation or a transcript, and its selections."""
        written = self._written(element, about.name or about.guid)
        if written is None:
            why = "the file names a text that is not in it; positions cannot be proved"
            self.account.add("document", about.guid, about.name, "kept beside", why)
            self.documents[about.guid] = replace(about, kind=kind, lacks_text=True)
        else:
            self.account.add("document", about.guid, about.name, "kept")
            self.texts[about.guid] = written
            self.documents[about.guid] = replace(about, kind=kind)
        moments = {}
        for one in children(element, "SyncPoint"):
            number = _whole(one.get("position"))
            if number is not None:
                moments[guid(one, self.account)] = Point(
                    guid(one, self.account), _whole(one.get("timeStamp")) or 0, number
                )
        if moments:
            self.points[about.guid] = list(moments.values())
        for one in element:
            name = parts.local(one)
            if name == "PlainTextSelection":
                start, end = _whole(one.get("startPosition")), _whole(one.get("endPosition"))
            elif name == "TranscriptSelection":
                first = moments.get(plain_guid(one.get("fromSyncPoint") or ""))
                last = moments.get(plain_guid(one.get("toSyncPoint") or ""))
                start = first.position if first else None
                end = last.position if last else None
            else:
                continue
            self._selection(one, about.guid, start, end)
        if element.getparent() is not None and parts.local(element) != "TextSource":
            self._codings_of_whole(element, about.guid)

    def _written(self, element: Any, name: str) -> Written | None:
        inline = next(children(element, "PlainTextContent"), None)
        path = element.get("plainTextPath") or ""
        if inline is not None and path:
            self.account.deviates("a text stands in the project and in a file; the file is read", name)
        if path:
            if not path.casefold().startswith(("internal://", "relative:", "absolute:")):
                self.account.deviates("a path lacks internal://", path[:80])
            data = self.packed.text_bytes(path)
            if data is not None:
                return Written(*decoded(data, self.account, name), name)
        if inline is not None:
            return Written(inline.text or "", False, name)
        rich = element.get("richTextPath") or ""
        if rich and not path and (data := self.packed.text_bytes(rich)) is not None:
            from casestudy.transcripts.readers import extract

            try:
                found = extract(data, f".{rich.rpartition('.')[2].casefold()}", rich)
            except CaseStudyError:
                return None
            self.account.deviates("a document has rich text only; its text is taken from that", name)
            return Written(found.text, False, name)
        return None

    def _selection(self, element: Any, document: str, start: int | None, end: int | None) -> None:
        own = guid(element, self.account)
        about = element.attrib
        description, notes, codings = "", [], []
        for one in element:
            name = parts.local(one)
            if name == "Coding":
                codings += self._coding(one)
            elif name == "NoteRef":
                notes.append(plain_guid(one.get("targetGUID") or ""))
            elif name == "Description" and not description:
                description = (one.text or "").strip()
        name = about.get("name") or ""
        if start is None or end is None:
            self.lost(own, name, codings, "its positions are not numbers")
            return
        coder, when = plain_guid(about.get("creatingUser") or ""), about.get("creationDateTime") or ""
        selection = Selection(own, coder, when, description, notes, codings)
        span = Span(document, start, end, name)
        if document in self.texts:
            self.place.setdefault(own, len(self.spans))
            self.spans.append(span)
            self.selections.append(selection)
        else:
            self.lacking.append((span, selection))

    def _coding(self, element: Any) -> list[Stated]:
        codes: list[str] = []
        notes: list[str] = []
        for one in element:
            name = parts.local(one)
            if name in ("CodeRef", "NoteRef"):
                target = plain_guid(one.get("targetGUID") or one.get("guid") or "")
                (codes if name == "CodeRef" else notes).append(target)
        own = self._fresh(guid(element, self.account), "coding")
        about = element.attrib
        coder, when = plain_guid(about.get("creatingUser") or ""), about.get("creationDateTime") or ""
        if len(codes) != 1:
            self.account.deviates("a coding names no code, or several", own)
        return [
            Stated(own if not number else guid_of("second", own, code), code, coder, when, notes)
            for number, code in enumerate(codes)
        ]

    def _stated(self, element: Any) -> list[Stated]:
        """The codings directly below an element."""
        return [stated for one in children(element, "Coding") for stated in self._coding(one)]

    def _codings_of_whole(self, element: Any, document: str) -> None:
        self.whole += [(document, one) for one in self._stated(element)]

    def lost(self, own: str, name: str, codings: list[Stated], why: str) -> None:
        """Say that a selection and its codings are not kept, and why."""
        self.account.add("selection", own, name[:60], "not kept", why)
        for one in codings:
            self.account.add("coding", one.guid, name[:60], "not kept", why)

    def take_note(self, element: Any) -> None:
        """Read a memo."""
        own = self._fresh(guid(element, self.account), "note")
        written = self._written(element, element.get("name") or own)
        text = written.text if written else text_of(element, "Description")
        coder, when = plain_guid(element.get("creatingUser") or ""), element.get("creationDateTime") or ""
        self.notes[own] = Note(own, element.get("name") or "", text, coder, when)
        for _ in children(element, "PlainTextSelection", "Coding"):
            self.account.add(
                "coding", own, element.get("name") or "", "not kept", "codings of notes are not read"
            )

    def give(self, document: str, values: Mapping[str, str]) -> None:
        """Give a document values that the file states elsewhere."""
        if document in self.documents:
            known = self.documents[document]
            self.documents[document] = replace(known, values={**values, **known.values})

    def annotates(self, link: Link) -> bool:
        """Whether a link ties a note to a selection; the note is then about its passage."""
        for note, selection in ((link.origin, link.target), (link.target, link.origin)):
            if note in self.notes and selection in self.place:
                self.annotated[note] = selection
                return True
        return False


def _whole(written: str | None) -> int | None:
    """A whole number as XML states it; None for none, and for one beyond all measure."""
    try:
        number = int((written or "").strip())
    except ValueError:
        return None
    return number if abs(number) < 2**40 else None
