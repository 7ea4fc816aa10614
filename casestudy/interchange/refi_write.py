"""Writes REFI-QDA projects and codebooks: valid, and the same bytes for the same project.

Times of the archive are fixed, GUIDs come from the project, and nothing about the computer is written. Some
tools count positions in other ways than the standard; `RECEIVERS` says how each wants them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

from casestudy import __version__
from casestudy.interchange.account import Account
from casestudy.interchange.conventions import CANONICAL, Convention, Written
from casestudy.interchange.project import (
    VALUE_KINDS,
    Code,
    Coding,
    Document,
    Link,
    Note,
    Project,
    guid_of,
    is_guid,
)

Receiver = Literal["standard", "nvivo", "maxqda"]
ORIGIN = f"casestudy {__version__}"
ATTRIBUTES = "attributes"
_MOMENT = (1980, 1, 1, 0, 0, 0)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
_WHEN = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?")
_SPACE = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;", '"': "&quot;"}
_TAIL = '" xmlns="urn:QDA-XML:{0}:1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
_SCHEMA = 'xsi:schemaLocation="urn:QDA-XML:{0}:1.0 http://schema.qdasoftware.org/versions/{1}/v1.0/{1}.xsd">'


@dataclass(frozen=True)
class Form:
    """How a receiving tool wants texts and positions."""

    convention: Convention
    crlf: bool = False
    bom: bool = False


RECEIVERS: dict[str, Form] = {
    "standard": Form(CANONICAL),
    "nvivo": Form(Convention("utf16", 2), crlf=True, bom=True),
    "maxqda": Form(CANONICAL, crlf=True),
}


def project_bytes(project: Project, account: Account, receiver: Receiver = "standard") -> bytes:
    """A project as a .qdpx file.

    Parameters
    ----------
    project : Project
    account : Account
        Collects every element, and what the format cannot hold.
    receiver : {'standard', 'nvivo', 'maxqda'}

    Returns
    -------
    bytes
        The same for the same project, whenever and wherever.
    """
    form = RECEIVERS[receiver]
    writer = _Writer(project, account, form)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        _member(archive, "project.qde", "".join(writer.project_lines()).encode("utf-8"))
        for document in project.documents:
            if document.text or not document.lacks_text:
                text = document.text.replace("\n", "\r\n") if form.crlf else document.text
                data = (b"\xef\xbb\xbf" if form.bom else b"") + text.encode("utf-8", "replace")
                _member(archive, f"sources/{document.guid}.txt", data)
    return packed.getvalue()


def codebook_bytes(project: Project, account: Account) -> bytes:
    """A project's codes as a .qdc file."""
    writer = _Writer(project, account, RECEIVERS["standard"])
    head = f'<CodeBook origin="{ORIGIN}' + _TAIL.format("codebook") + _SCHEMA.format("codebook", "Codebook")
    lines = ['<?xml version="1.0" encoding="utf-8"?>\n', head, "\n<Codes>\n"]
    lines += writer.codes(of_project=False)
    lines += ["</Codes>\n", *writer.groups(of_project=False), "</CodeBook>\n"]
    return "".join(lines).encode("utf-8")


def _member(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    entry.create_system = 3
    archive.writestr(entry, data)


class _Writer:
    """One writing: the lines of the XML, part by part."""

    def __init__(self, project: Project, account: Account, form: Form) -> None:
        self.of, self.account, self.form = project, account, form
        self._coders = {coder.guid for coder in project.coders}
        self._notes = {note.guid for note in project.notes}
        self._memos: list[Note] = []
        self._passages: list[tuple[str, str]] = []

    def project_lines(self) -> Iterator[str]:
        """The whole XML; sources come before what their memos add to the notes."""
        yield '<?xml version="1.0" encoding="utf-8"?>\n<Project'
        yield self._attributes(name=self.of.name or "study", origin=ORIGIN).removesuffix('"')
        yield _TAIL.format("project") + _SCHEMA.format("project", "Project") + "\n"
        yield from _part("Users", self._users())
        if self.of.codes:
            yield from ("<CodeBook>\n<Codes>\n", *self.codes(), "</Codes>\n</CodeBook>\n")
        yield from _part("Variables", self._variables())
        yield from _part("Cases", self._cases())
        yield from _part(
            "Sources", (line for document in self.of.documents for line in self._source(document))
        )
        yield from _part("Notes", [self._note(note) for note in (*self.of.notes, *self._memos)])
        yield from _part("Links", self._links())
        yield from self.groups()
        if self.of.description:
            yield f"<Description>{self._text(self.of.description)}</Description>\n"
        yield from self._references("NoteRef", self.of.notes_of_project)
        yield "</Project>\n"

    def _text(self, words: str) -> str:
        if _ILLEGAL.search(words):
            self.account.deviates("characters that XML cannot hold were left out", repr(words[:30]))
            words = _ILLEGAL.sub("", words)
        return escape(words, {"\r": "&#13;"})

    def _attributes(self, **values: str) -> str:
        """Attributes that are not empty, in the order given."""
        pairs = []
        for key, value in values.items():
            if value:
                if _ILLEGAL.search(value):
                    self.account.deviates("characters that XML cannot hold were left out", repr(value[:30]))
                    value = _ILLEGAL.sub("", value)
                pairs.append(f' {key}="{escape(value, _SPACE)}"')
        return "".join(pairs)

    def _made(self, coder: str, when: str) -> str:
        """Who made a thing and when, as far as the format can say it."""
        who = coder if coder in self._coders and is_guid(coder) else ""
        if when and not _WHEN.fullmatch(when):
            self.account.deviates("a time is not one that XML knows; it is left out", when[:30])
            when = ""
        return self._attributes(creatingUser=who, creationDateTime=when)

    def _references(self, name: str, guids: Iterable[str]) -> Iterator[str]:
        return (f'<{name} targetGUID="{guid}"/>\n' for guid in guids if is_guid(guid))

    def _users(self) -> Iterator[str]:
        for coder in self.of.coders:
            self.account.add("coder", coder.guid, coder.name, "kept")
            yield f"<User{self._attributes(guid=coder.guid, name=coder.name)}/>\n"

    def codes(self, of_project: bool = True) -> Iterator[str]:
        """The codes, each with those below it."""
        below: dict[str, list[Code]] = defaultdict(list)
        there = {code.guid for code in self.of.codes}
        for code in self.of.codes:
            below[code.parent if code.parent in there else ""].append(code)
        waiting: list[Code | None] = [*reversed(below[""])]
        seen: set[str] = set()
        while waiting:
            one = waiting.pop()
            if one is None:
                yield "</Code>\n"
                continue
            if one.guid in seen:
                continue
            seen.add(one.guid)
            self.account.add("code", one.guid, one.name, "kept")
            colour = one.colour if _COLOUR.fullmatch(one.colour) else ""
            codable = "true" if one.codable else "false"
            yield f"<Code{self._attributes(guid=one.guid, name=one.name, isCodable=codable, color=colour)}>\n"
            if one.description:
                yield f"<Description>{self._text(one.description)}</Description>\n"
            if of_project:
                yield from self._references("NoteRef", (note for note in one.notes if note in self._notes))
            waiting += [None, *reversed(below[one.guid])]

    def _variables(self) -> Iterator[str]:
        for one in self.of.variables:
            kind = one.kind if one.kind in VALUE_KINDS else "Text"
            words = f"<Description>{self._text(one.description)}</Description>" if one.description else ""
            attributes = self._attributes(guid=one.guid, name=one.name, typeOfVariable=kind)
            yield f"<Variable{attributes}>{words}</Variable>\n"
            self.account.add("variable", one.guid, one.name, "kept")

    def _values(self, values: Iterable[tuple[str, str]]) -> Iterator[str]:
        kinds = {one.guid: one.kind for one in self.of.variables}
        for variable, value in values:
            if variable in kinds:
                kind = kinds[variable] if _fits(kinds[variable], value) else "Text"
                yield (
                    f'<VariableValue><VariableRef targetGUID="{variable}"/>'
                    f"<{kind}Value>{self._text(value)}</{kind}Value></VariableValue>\n"
                )

    def _cases(self) -> Iterator[str]:
        there = {document.guid for document in self.of.documents}
        for one in self.of.cases:
            yield f"<Case{self._attributes(guid=one.guid, name=one.name)}>\n"
            if one.description:
                yield f"<Description>{self._text(one.description)}</Description>\n"
            yield from self._values(one.values.items())
            yield from self._references("SourceRef", (name for name in one.documents if name in there))
            yield "</Case>\n"
            self.account.add("case", one.guid, one.name, "kept")
            for _ in one.passages:
                why = "passages of cases are not written"
                self.account.add("passage of a case", one.guid, one.name, "not kept", why)

    def _source(self, document: Document) -> Iterator[str]:
        path = "" if document.lacks_text else f"internal://{document.guid}.txt"
        names = self._attributes(guid=document.guid, name=document.name, plainTextPath=path)
        yield f"<TextSource{names}{self._made(document.coder, document.when)}>\n"
        if document.description:
            yield f"<Description>{self._text(document.description)}</Description>\n"
        changed = document.kind not in ("text", "transcript")
        why = "only its text is written" if changed else ""
        fate: Literal["changed", "kept"] = "changed" if changed else "kept"
        self.account.add("document", document.guid, document.name, fate, why)
        yield from self._selections(document)
        for coding in self.of.whole:
            if coding.document == document.guid:
                yield from self._coding(coding)
                self.account.add("coding of a document", coding.guid, document.name, "kept")
        yield from self._references("NoteRef", (note for note in document.notes if note in self._notes))
        yield from self._values(document.values.items())
        yield "</TextSource>\n"

    def _selections(self, document: Document) -> Iterator[str]:
        spans: dict[tuple[int, int, str], list[Coding]] = defaultdict(list)
        for coding in self._by_document[document.guid]:
            spans[coding.start, coding.end, coding.coder].append(coding)
        noted: dict[tuple[int, int], list[Note]] = defaultdict(list)
        for note in self._noted[document.guid]:
            noted[note.start, note.end].append(note)
            spans.setdefault((note.start, note.end, note.coder), [])
        ordered = sorted(spans)
        raw = document.text.replace("\n", "\r\n") if self.form.crlf else document.text
        written = Written(raw)
        plain = self.form.convention == CANONICAL and not self.form.crlf
        starts, ends = [one[0] for one in ordered], [one[1] for one in ordered]
        if not plain and not document.lacks_text:
            starts = written.counted(self.form.convention, starts)
            ends = written.counted(self.form.convention, ends)
        for (start, end, coder), first, last in zip(ordered, starts, ends, strict=True):
            codings = sorted(spans[start, end, coder], key=lambda one: (one.code, one.guid))
            quote = codings[0].quote if codings else document.text[start:end]
            own = guid_of("selection", document.guid, coder, str(start), str(end))
            when = min((one.when for one in codings if one.when), default="")
            places = self._attributes(guid=own, name=quote, startPosition=str(first), endPosition=str(last))
            yield f"<PlainTextSelection{places}{self._made(coder, when)}>\n"
            for coding in codings:
                yield from self._coding(coding)
                self.account.add("coding", coding.guid, coding.quote[:60], "kept")
            yield "</PlainTextSelection>\n"
            for note in noted.get((start, end), ()):
                if note.coder == coder:
                    self._passages.append((note.guid, own))

    @property
    def _by_document(self) -> dict[str, list[Coding]]:
        return self._grouped()[0]

    @property
    def _noted(self) -> dict[str, list[Note]]:
        return self._grouped()[1]

    def _grouped(self) -> tuple[dict[str, list[Coding]], dict[str, list[Note]]]:
        if not hasattr(self, "_groups"):
            codings: dict[str, list[Coding]] = defaultdict(list)
            notes: dict[str, list[Note]] = defaultdict(list)
            for coding in self.of.codings:
                codings[coding.document].append(coding)
            for note in self.of.notes:
                if note.document:
                    notes[note.document].append(note)
            self._groups = codings, notes
        return self._groups

    def _coding(self, coding: Coding) -> Iterator[str]:
        head = f"<Coding{self._attributes(guid=coding.guid)}{self._made(coding.coder, coding.when)}>"
        lines = [f'{head}<CodeRef targetGUID="{coding.code}"/>']
        stated = "\n".join(f"{key}={value}" for key, value in sorted(coding.attributes.items()))
        for name, words in (("memo", coding.memo), (ATTRIBUTES, stated)):
            if words:
                own = guid_of(name, coding.guid)
                self._memos.append(Note(own, name, words, coding.coder, coding.when))
                lines.append(f'<NoteRef targetGUID="{own}"/>')
                self.account.add(f"{name} of a coding", own, coding.quote[:60], "kept")
        yield "".join([*lines, "</Coding>\n"])

    def _note(self, note: Note) -> str:
        head = f"<Note{self._attributes(guid=note.guid, name=note.name)}{self._made(note.coder, note.when)}>"
        return f"{head}<PlainTextContent>{self._text(note.text)}</PlainTextContent></Note>\n"

    def _links(self) -> Iterator[str]:
        passages = (
            Link(guid_of("link", note, selection), note, selection) for note, selection in self._passages
        )
        for one in (*self.of.links, *passages):
            direction = one.direction if one.direction in ("Associative", "OneWay", "Bidirectional") else ""
            ends = {"originGUID": one.origin, "targetGUID": one.target}
            right = {key: value for key, value in ends.items() if is_guid(value)}
            colour = one.colour if _COLOUR.fullmatch(one.colour) else ""
            about = self._attributes(guid=one.guid, name=one.name, direction=direction, color=colour, **right)
            notes = "".join(self._references("NoteRef", one.notes))
            yield f"<Link{about}>{notes}</Link>\n"

    def groups(self, of_project: bool = True) -> Iterator[str]:
        """The sets; a codebook holds those of codes alone."""
        kept = [one for one in self.of.groups if of_project or one.codes]
        if kept:
            yield "<Sets>\n"
        for one in kept:
            yield f"<Set{self._attributes(guid=one.guid, name=one.name or 'unnamed')}>\n"
            if one.description:
                yield f"<Description>{self._text(one.description)}</Description>\n"
            if of_project:
                yield from self._references("MemberCode", one.codes)
                yield from self._references("MemberSource", one.documents)
                yield from self._references("MemberNote", one.notes)
            else:
                yield from (f'<MemberCode guid="{code}"/>\n' for code in one.codes)
            yield "</Set>\n"
            self.account.add("set", one.guid, one.name, "kept")
        if kept:
            yield "</Sets>\n"


def _part(name: str, lines: Iterable[str]) -> Iterator[str]:
    """A part with its lines; nothing where there are none, since an empty part is not valid."""
    first = True
    for line in lines:
        if first:
            yield f"<{name}>\n"
            first = False
        yield line
    if not first:
        yield f"</{name}>\n"


_FORMS = {
    "Boolean": re.compile(r"true|false|0|1"),
    "Integer": re.compile(r"[+-]?\d+"),
    "Float": re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)"),
    "Date": re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"),
    "DateTime": _WHEN,
}


def _fits(kind: str, value: str) -> bool:
    return kind == "Text" or _FORMS[kind].fullmatch(value) is not None
