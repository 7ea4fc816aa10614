"""A study as a project that other tools can read, with what imports brought and the study cannot hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from casestudy.codebook.codes import Code as StudyCode
from casestudy.coding.material import Material
from casestudy.interchange import ledger
from casestudy.interchange.account import Account
from casestudy.interchange.ledger import Ledger
from casestudy.interchange.project import (
    Case,
    Code,
    Coder,
    Coding,
    Document,
    Group,
    Note,
    Project,
    Variable,
    guid_of,
    is_guid,
)
from casestudy.people import consent, participants
from casestudy.people import documents as sheets
from casestudy.study import Study
from casestudy.transcripts.text import sha256
from casestudy.transcripts.transcript import Transcript

# Consent is a study's own record, and keys to log and purchases lead to a person: neither leaves with words.
_STAYS = ("participant_id", consent.QUOTE, consent.LINK, "household_id", "log_id")
_SHEET = frozenset(sheets.SCHEMA.names)


@dataclass(frozen=True)
class Identities:
    """The GUIDs of a study's things, and what imports know of them.

    Attributes
    ----------
    title : str
        The study's, of which GUIDs of its own things are made.
    ledgers : tuple of Ledger
    """

    title: str
    ledgers: tuple[Ledger, ...]

    def of(self, kind: str, name: str) -> str:
        """The GUID of a code, document, coder or case by its id in the study."""
        for one in self.ledgers:
            table: Mapping[str, str] = getattr(one, f"{kind}s")
            for guid, known in table.items():
                if known == name:
                    return guid
        return guid_of(kind, self.title, name)

    def table(self, kind: str, names: list[str]) -> dict[str, str]:
        """GUIDs by id of the study, for many things of one kind."""
        known: dict[str, str] = {}
        for one in self.ledgers:
            for guid, name in getattr(one, f"{kind}s").items():
                known.setdefault(name, guid)
        return {name: known.get(name) or guid_of(kind, self.title, name) for name in names}


def identities(study: Study) -> Identities:
    """The GUIDs of a study's things."""
    return Identities(study.title, tuple(ledger.read_all(study)))


def collect(study: Study, account: Account) -> Project:
    """A study as a project.

    Parameters
    ----------
    study : Study
    account : Account
        Collects what the project cannot hold.

    Raises
    ------
    InputError
        When the study's files cannot be read.
    """
    found, known = Material(study), identities(study)
    collecting = _Collecting(found, known, account)
    codes = collecting.codes()
    documents = collecting.documents()
    cases, variables = collecting.cases()
    codings = collecting.codings()
    first = known.ledgers[0].project if known.ledgers else None
    groups = collecting.groups()
    used = {coding.coder for coding in codings}
    coders = collecting.coders(used)
    own = any(not ledger.imported(work.codings[0].by) for work in found.works if work.codings)
    project = Project(
        name=first.name if first and len(known.ledgers) == 1 and not own else study.title,
        description=first.description if first else "",
        coders=coders,
        codes=codes,
        variables=variables,
        documents=documents,
        codings=codings,
        whole=_joined(known, "whole"),
        cases=cases,
        notes=(*collecting.old_notes(), *collecting.notes),
        groups=groups,
        links=_joined(known, "links"),
        notes_of_project=first.notes_of_project if first else (),
    )
    collecting.told()
    return project


def _joined(known: Identities, part: str) -> tuple:  # type: ignore[type-arg]
    """A part of all imports, each thing once."""
    things = {thing.guid: thing for one in known.ledgers for thing in getattr(one.project, part)}
    return tuple(things.values())


class _Collecting:
    """One collecting: the study's material, GUIDs, and what imports know."""

    def __init__(self, found: Material, known: Identities, account: Account) -> None:
        self.found, self.known, self.account = found, known, account
        self.notes: list[Note] = []
        self._old_codes = {code.guid: code for code in _joined(known, "codes")}
        self._old_documents = {one.guid: one for one in _joined(known, "documents")}
        self._old_notes = {note.guid for note in _joined(known, "notes")}
        self._old_texts = {guid: text for one in known.ledgers for guid, text in one.texts.items()}
        self._codes = known.table("code", list(found.book.codes))
        self._documents = known.table("document", list(found.texts))
        self._coded = {coding.code for work in found.works for coding in work.codings}

    def codes(self) -> tuple[Code, ...]:
        """The codes, above before below."""
        book = self.found.book
        order = [code.id for code in book.codes.values() if not code.parent or code.parent not in book.codes]
        for code in order:
            order += [child for child in book.children(code) if child not in order]
        return tuple(self._code(book.codes[code]) for code in order)

    def _code(self, code: StudyCode) -> Code:
        guid = self._codes[code.id]
        old = self._old_codes.get(guid)
        parent = self._codes.get(code.parent, "")
        holds = code.id in self._coded or not self.found.book.children(code.id)
        notes = old.notes if old else ()
        rules = "\n".join(
            f"{name}: {line}"
            for name in ("include", "exclude", "examples", "counterexamples", "near", "log_indicator")
            for line in _lines(getattr(code, name))
        )
        note = guid_of("how to use", guid)
        if rules and note not in self._old_notes:
            self.notes.append(Note(note, f"how to use {code.name}", rules))
            notes = (*notes, note)
        if code.merged_into or code.retired:
            why = "that it is out of use is not said; its codings stay"
            self.account.add("state of a code", guid, code.name, "not kept", why)
        codable = holds if old is None else old.codable or code.id in self._coded
        colour = old.colour if old else ""
        return Code(guid, code.name, parent, colour, code.definition, codable, notes)

    def documents(self) -> tuple[Document, ...]:
        """The documents, with what documents.csv says of them in columns of its own."""
        extra = self._extra_columns()
        rows = []
        for name, text in sorted(self.found.texts.items()):
            guid = self._documents[name]
            old = self._old_documents.get(guid)
            values = {
                guid_of_variable(self.known, column): value for column, value in extra.get(name, {}).items()
            }
            base = old or Document(guid, name)
            notes = base.notes
            same = self._old_texts.get(guid) == sha256(text.text)
            turns = "" if same else _turns(text)
            note = guid_of("turns", guid)
            if turns and note not in self._old_notes:
                self.notes.append(Note(note, f"turns of {base.name}", turns))
                notes = (*notes, note)
            points = "\n".join(f"{one.position}\t{one.time}" for one in base.points) if same else ""
            times = guid_of("times", guid)
            if points and times not in self._old_notes:
                self.notes.append(
                    Note(times, f"times of {base.name}: position, thousandths of a second", points)
                )
                notes = (*notes, times)
            rows.append(
                replace(base, text=text.text, values=values, notes=notes, points=(), lacks_text=False)
            )
        there = {row.guid for row in rows}
        rows += [one for guid, one in self._old_documents.items() if guid not in there and one.lacks_text]
        return tuple(sorted(rows, key=lambda one: (one.name, one.guid)))

    def old_notes(self) -> tuple[Note, ...]:
        """The notes that imports brought; one whose document has other words now loses its passage."""
        rows = []
        now = {guid: sha256(self.found.texts[name].text) for name, guid in self._documents.items()}
        for note in _joined(self.known, "notes"):
            if note.document in now and now[note.document] != self._old_texts.get(note.document):
                why = "its document has other words now, so its passage is not known"
                self.account.add("note", note.guid, note.name, "changed", why)
                note = replace(note, document="", start=0, end=0)
            rows.append(note)
        return tuple(rows)

    def _extra_columns(self) -> dict[str, dict[str, str]]:
        table = sheets.read(self.found.study)
        columns = [str(name) for name in table.columns if name not in _SHEET]
        return {
            str(row["document"]): {name: str(row[name]) for name in columns if _given(row[name])}
            for row in table.to_dict("records")
        }

    def cases(self) -> tuple[tuple[Case, ...], tuple[Variable, ...]]:
        """The participants as cases, and what is known of them and of documents as variables."""
        study = self.found.study
        people = participants.read(study)
        columns = [str(name) for name in people.columns if name not in _STAYS]
        table = sheets.read(study)
        whose: dict[str, list[str]] = {}
        for row in table.to_dict("records"):
            stated = str(row["participants"]) if _given(row["participants"]) else ""
            for who in stated.replace(",", " ").replace(";", " ").split():
                whose.setdefault(who, []).append(str(row["document"]))
        guids = self.known.table("case", [str(who) for who in people["participant_id"]])
        olds = {case.guid: case for case in _joined(self.known, "cases")}
        cases, used = [], set()
        for row in people.to_dict("records"):
            who = str(row["participant_id"])
            named = whose.get(who, []) or ([who] if who in self._documents else [])
            values = {name: _cell(row[name]) for name in columns if _given(row[name])}
            if values.get("group") == NOT_STATED:
                del values["group"]
            used |= set(values)
            old = olds.get(guids[who])
            cases.append(
                Case(
                    guids[who],
                    old.name if old else who,
                    old.description if old else "",
                    tuple(sorted(self._documents[one] for one in named if one in self._documents)),
                    {guid_of_variable(self.known, name): values[name] for name in sorted(values)},
                )
            )
            if _given(row.get(consent.QUOTE)):
                why = "consent is recorded in the study and is not handed on"
                self.account.add("consent", guids[who], who, "not kept", why)
        used |= {name for values in self._extra_columns().values() for name in values}
        old_variables = {one.name: one for one in _joined(self.known, "variables")}
        variables = [
            old_variables.get(name) or Variable(guid_of_variable(self.known, name), name, _kind(name))
            for name in sorted(used | set(old_variables))
        ]
        return tuple(sorted(cases, key=lambda one: (one.name, one.guid))), tuple(variables)

    def codings(self) -> tuple[Coding, ...]:
        """The codings that hold, and those of imported documents without text."""
        coders = self.known.table("coder", sorted({work.coder for work in self.found.works}))
        rows: list[Coding] = list(_joined(self.known, "codings"))
        for work in self.found.works:
            text = self.found.texts.get(work.document)
            for one in work.codings:
                guid = (
                    one.id
                    if is_guid(one.id)
                    else guid_of("coding", self.known.title, work.coder, work.document, one.id)
                )
                if text is None or one.code not in self._codes:
                    why = "its document or its code is not in the study"
                    self.account.add("coding", guid, one.quote[:60], "not kept", why)
                    continue
                placed = text.text[one.start : one.end] == one.quote
                if one.end > len(text.text):
                    self.account.add(
                        "coding", guid, one.quote[:60], "not kept", "it points outside of the text"
                    )
                    continue
                if one.by and not ledger.imported(one.by):
                    self.account.add(
                        "provenance of a coding", guid, one.by[:60], "not kept", "there is no place"
                    )
                rows.append(
                    Coding(
                        guid,
                        self._documents[work.document],
                        self._codes[one.code],
                        one.start,
                        one.end,
                        one.quote,
                        coders[work.coder],
                        one.when,
                        one.memo,
                        dict(one.attributes),
                        "exact" if placed else "displaced",
                    )
                )
        return tuple(rows)

    def coders(self, used: set[str]) -> tuple[Coder, ...]:
        """Those who coded here, and those whom imports list; by the study's ids, never by account names."""
        own = self.known.table("coder", sorted({work.coder for work in self.found.works}))
        rows = {guid: Coder(guid, name) for name, guid in own.items() if guid in used}
        for one in self.known.ledgers:
            for guid, name in one.coders.items():
                rows.setdefault(guid, Coder(guid, name))
        return tuple(sorted(rows.values(), key=lambda one: (one.name, one.guid)))

    def groups(self) -> tuple[Group, ...]:
        """Sets that imports brought, and one for each scheme of the study's own."""
        kept = list(_joined(self.known, "groups"))
        for scheme in self.found.book.schemes.values():
            codes = [code.id for code in self.found.book.codes.values() if code.scheme == scheme.id]
            guids = [self._codes[code] for code in codes]
            if guids and not all(guid in self._old_codes for guid in guids):
                kept.append(
                    Group(guid_of("scheme", self.known.title, scheme.id), scheme.title, codes=tuple(guids))
                )
        return tuple(kept)

    def told(self) -> None:
        """Say what of the study has no place in a project."""
        count = sum(len(work.records) - len(work.codings) for work in self.found.works)
        if count:
            why = "earlier states of codings have no place"
            self.account.add("history of codings", f"{count:,} records", "", "not kept", why)
        if self.found.events:
            why = "earlier states of codes have no place"
            self.account.add("history of codes", f"{len(self.found.events):,} events", "", "not kept", why)


NOT_STATED = "not stated"


def guid_of_variable(known: Identities, column: str) -> str:
    """The GUID of what a column of the study says."""
    for one in known.ledgers:
        for variable in one.project.variables:
            if variable.name == column:
                return variable.guid
    return guid_of("variable", known.title, column)


def _kind(column: str) -> str:
    kinds = {one.name: one.kind for one in participants.SCHEMA.columns}
    return {"date": "Date", "integer": "Integer"}.get(kinds.get(column, ""), "Text")


def _given(value: object) -> bool:
    import pandas as pd

    return not pd.isna(value) and str(value).strip() != ""


def _cell(value: object) -> str:
    """A cell as text; a day without the time of day."""
    text = str(value).strip()
    return text.removesuffix(" 00:00:00")


def _lines(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple) else ((str(value),) if value else ())


def _turns(text: Transcript) -> str:
    """Who speaks where and when, one line a turn; empty where the document states neither."""
    rows = []
    for turn in text.turns:
        times = ["" if math.isnan(one) else f"{one:g}" for one in (turn.time, turn.until)]
        if turn.speaker or times[0]:
            rows.append("\t".join([str(turn.start), str(turn.end), turn.speaker, turn.role, *times]))
    return "\n".join(["start\tend\tspeaker\trole\tfrom (s)\tto (s)", *rows]) if rows else ""
