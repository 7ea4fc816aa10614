"""Brings a project into a study: everything at once, twice the same, and nothing of anybody's overwritten.

A thing that is known by its GUID, or by its place in a project of the same name, stays the same thing. Where
a newer export changed it and nobody changed it here since the last import, it is updated; where somebody
did, theirs stays and the difference is listed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from casestudy.codebook import history
from casestudy.codebook.codes import FOLDER as SCHEMES
from casestudy.codebook.codes import HISTORY
from casestudy.coding import codings as coded
from casestudy.coding.material import Material
from casestudy.errors import InputError, Problem
from casestudy.files import journal, locks, transaction
from casestudy.interchange import into_codings, into_people, ledger
from casestudy.interchange.from_study import Identities, identities
from casestudy.interchange.into_codebook import Codes
from casestudy.interchange.ledger import Ledger
from casestudy.interchange.project import Document, Project
from casestudy.interchange.refi_read import Reading
from casestudy.study import Study
from casestudy.transcripts.text import sha256
from casestudy.transcripts.transcript import FOLDER as TEXTS
from casestudy.wording import counted


@dataclass
class Brought:
    """What an import does.

    Attributes
    ----------
    changes : dict of Path to bytes
        The files it writes.
    done : list of str
        What is added, changed and removed, in words.
    differing : list of str
        What differs and was left as it is here, in words.
    """

    changes: dict[Path, bytes | None] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)


def bring(study: Study, reading: Reading, *, dry: bool = False, when: str = "") -> Brought:
    """Bring a project into a study.

    Parameters
    ----------
    study : Study
    reading : Reading
    dry : bool
        Find out what would happen, and write nothing.
    when : str
        The time of the import, in UTC; now by default.

    Raises
    ------
    InputError
        When the study's own files cannot be read; nothing is written then.
    RunFailed
        When somebody else works on the study.
    """
    now = when or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with locks.study(study.root):
        found = _Bringing(study, reading.project, now).planned()
        if not dry:
            transaction.carry_out(study.root, found.changes, "a project is imported")
    return found


class _Bringing:
    """One import: what the study holds, and what becomes of it."""

    def __init__(self, study: Study, project: Project, when: str) -> None:
        self.study, self.project, self.when = study, project, when
        self.material = Material(study)
        self.known: Identities = identities(study)
        self.name = ledger.name_of(project)
        self.before = next((one for one in self.known.ledgers if one.name == self.name), None)
        self.kin = [one for one in self.known.ledgers if one.project.name == project.name]
        self.brought = Brought()
        self.taken_away: dict[str, str] = {}

    def planned(self) -> Brought:
        """Everything that the import does."""
        out = self.brought
        codes = Codes(self.material, self.known, self.kin, self.project)
        codes.plan(self.name, self.when)
        self._write_codebook(codes)
        documents = self._documents()
        coders = self._coders()
        cases = into_people.plan(
            self.material, self.known, self.project, documents, self.before, out.differing
        )
        for name, data, said in cases.files:
            self._write(self.study.root / name, data)
            out.done.append(said)
        works = into_codings.plan(
            self.material.works, self.project, self.name, codes.ids, documents, coders, self.when
        )
        for (coder, document), records in works.records.items():
            path = self.study.root / coded.file_of(coder, document)
            self._write(path, _appended(path, [coded.line(one) for one in records]))
        out.done += works.done
        out.differing += works.differing
        self._gone(codes.ids, documents | self.taken_away)
        after = Ledger(
            self.name,
            self.project,
            ledger.texts_of(self.project),
            codes.ids,
            documents | self.taken_away,
            coders,
            cases.ids | cases.taken_away,
        )
        self._write(self.study.root / ledger.FOLDER / f"{self.name}.json", ledger.file_bytes(after))
        return out

    def _write(self, path: Path, data: bytes) -> None:
        if not path.is_file() or path.read_bytes() != data:
            self.brought.changes[path] = data

    def _write_codebook(self, codes: Codes) -> None:
        root = self.study.root
        for scheme, text in codes.schemes.items():
            self._write(root / SCHEMES / f"{scheme}.yaml", text)
        if codes.events:
            path = root / HISTORY
            self._write(path, _appended(path, [history.line(event) for event in codes.events]))
        self.brought.done += codes.done
        self.brought.differing += codes.differing

    def _documents(self) -> dict[str, str]:
        """By GUID the document's id in the study; new texts, and those the tool changed, are written."""
        texts = self.material.texts
        own = {guid: name for name, guid in self.known.table("document", list(texts)).items()}
        by_text = {(ledger.slug(name, "document"), one.sha256): name for name, one in texts.items()}
        files = {path.stem: path for path in self.study.inputs(f"{TEXTS}/*")}
        taken = {name.casefold() for name in (*texts, *files)}
        old = {guid: text for one in self.known.ledgers for guid, text in one.texts.items()}
        locally = {
            work.document
            for work in self.material.works
            for one in work.codings
            if not ledger.imported(one.by)
        }
        ids: dict[str, str] = {}
        added = changed = 0
        for document in self.project.documents:
            if document.lacks_text:
                continue
            if before := self._taken_away(document.guid, texts):
                self.taken_away[document.guid] = before
                continue
            mark = sha256(document.text)
            name = own.get(document.guid) or by_text.get((ledger.slug(document.name, "document"), mark), "")
            name = name or self._same_document(document, mark)
            if not name or name not in texts:
                name = self._new(ledger.slug(document.name, "document"), taken)
                self._write(self.study.root / TEXTS / f"{name}.txt", document.text.encode("utf-8", "replace"))
                added += 1
            elif texts[name].sha256 != mark:
                base = old.get(document.guid, "")
                here = texts[name].sha256
                if base == here and name not in locally and _is_plain(files.get(name)):
                    self._write(files[name], document.text.encode("utf-8", "replace"))
                    changed += 1
                elif base != mark:
                    self.brought.differing.append(
                        f"document {name}: its text differs from the file's; the study's stays, and codings "
                        "that do not fit it are listed as displaced."
                    )
            ids[document.guid] = name
        for count, what in ((added, "added"), (changed, "changed")):
            if count:
                self.brought.done.append(f"{counted(count, 'document')} {what}")
        return ids

    def _taken_away(self, guid: str, texts: Collection[str]) -> str:
        """The id of a document that an import brought and somebody took away here; empty for others."""
        names = [one.documents[guid] for one in self.known.ledgers if guid in one.documents]
        if not names or any(name in texts for name in names):
            return ""
        self.brought.differing.append(f"document {names[0]}: it was taken away here, and stays so.")
        return names[0]

    def _same_document(self, document: Document, mark: str) -> str:
        """The document of a project of the same name that has the same name and text, for tools that give
        new GUIDs at every export."""
        for one in self.kin:
            for other in one.project.documents:
                same = other.name == document.name and one.texts.get(other.guid) == mark
                if same and other.guid in one.documents:
                    return one.documents[other.guid]
        return ""

    def _coders(self) -> dict[str, str]:
        """By GUID the coder's folder."""
        working = sorted({work.coder for work in self.material.works})
        own = {guid: name for name, guid in self.known.table("coder", working).items()}
        own |= {guid: name for one in self.known.ledgers for guid, name in one.coders.items()}
        by_name = {
            coder.name: one.coders[coder.guid]
            for one in self.kin
            for coder in one.project.coders
            if coder.guid in one.coders
        }
        taken = {name.casefold() for name in (*working, *own.values())}
        used = {one.coder for one in (*self.project.codings, *self.project.whole)}
        ids: dict[str, str] = {}
        for coder in self.project.coders:
            if coder.guid not in used and coder.guid not in own:
                continue
            name = own.get(coder.guid) or by_name.get(coder.name, "")
            ids[coder.guid] = name or self._new(ledger.slug(coder.name, "coder"), taken)
        new = [name for guid, name in ids.items() if guid not in own and name not in by_name.values()]
        if new:
            self.brought.done.append(f"{counted(len(new), 'coder')} added ({', '.join(new[:8])})")
        return ids

    @staticmethod
    def _new(name: str, taken: set[str]) -> str:
        """A name that nobody has; it is taken then."""
        chosen, number = name, 2
        while chosen.casefold() in taken:
            chosen, number = f"{name}-{number}", number + 1
        taken.add(chosen.casefold())
        return chosen

    def _gone(self, codes: dict[str, str], documents: dict[str, str]) -> None:
        """Say which codes and documents of the last import the file does not have any more; they stay."""
        if self.before is None:
            return
        for what, old, now in (
            ("code", self.before.codes, codes),
            ("document", self.before.documents, documents),
        ):
            gone = sorted(set(old.values()) - set(now.values()))
            if gone:
                named = ", ".join(gone[:8]) + (", …" if len(gone) > 8 else "")
                self.brought.differing.append(
                    f"{counted(len(gone), what)} of the last import no longer in the file, kept: {named}."
                )


def _is_plain(path: Path | None) -> bool:
    """Whether a document is a file that holds nothing but its text."""
    return path is not None and path.suffix in (".txt", ".md")


def _appended(path: Path, lines: Sequence[str] | Iterable[str]) -> bytes:
    """A journal with further lines."""
    data = path.read_bytes() if path.is_file() else b""
    if data and not data.endswith(b"\n"):
        data += b"\n"
    text = "".join(f"{line}\n" for line in lines)
    journal.refuse_half_characters(text)
    return data + text.encode("utf-8")


def refuse_nothing(project: Project, where: str) -> None:
    """Stop where a file holds nothing that a study could take.

    Raises
    ------
    InputError
    """
    if not (project.codes or project.documents or project.cases):
        problem = Problem(where, "it holds no codes, no documents and no cases.", "Export the project again.")
        raise InputError("There is nothing to import.", [problem])
