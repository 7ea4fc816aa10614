"""Putting pseudonyms into a study: documents, messages, people, and whatever points into them or cites them.

This is the one act that rewrites what coders have written: a quote that keeps a name would keep the
person. Ids, order and everything else of the records stay. All files change together or none does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casestudy.coding.table import MESSAGES
from casestudy.errors import InputError, Problem, raise_if
from casestudy.files import holdings, transaction
from casestudy.files.writing import write_atomically
from casestudy.privacy import key as keys
from casestudy.privacy import rows
from casestudy.privacy.key import Entry, Replacer
from casestudy.privacy.rewriting import Change, NotPlain, Rewriter
from casestudy.study import Study
from casestudy.transcripts import transcript
from casestudy.transcripts.text import decode
from casestudy.transcripts.transcript import Transcript

KEY = "interviews/names.key.csv"
NOTES = "literature/notes"
_CODED_NOTES = "literature/codings/"
_PLAIN = (".txt", ".md")


@dataclass(frozen=True)
class Outcome:
    """What was, or would be, written.

    Attributes
    ----------
    files : mapping of Path to str
        The new text of every file that changes.
    replaced : int
        Names replaced in documents and messages.
    codings : int
        Places in documents (codings, decisions, units) that moved or lost a name.
    by_hand : tuple of Problem
        Files that hold a name and are left to a person.
    """

    files: Mapping[Path, str]
    replaced: int
    codings: int
    by_hand: tuple[Problem, ...] = ()


def plan(study: Study, entries: Sequence[Entry]) -> Outcome:
    """Work out every file that changes; nothing is written.

    Raises
    ------
    InputError
        When a document that holds a name is not plain text, or a file cannot be read.
    """
    files: dict[Path, str] = {}
    problems: list[Problem] = []
    documents = _documents(study, problems)
    said = [one.text for one in documents.values()] + _messages(study)
    replacer = keys.replacer(entries, said)
    changes: dict[str, Change] = {}
    for path, document in documents.items():
        changed = _changed(document.text, replacer)
        if changed is None:
            continue
        if path.suffix.lower() not in _PLAIN or not _is_plain(path, document.text):
            where = f"{transcript.FOLDER}/{path.name}"
            remedy = f"Save its text as {path.stem}.md first, and put this file away."
            problems.append(Problem(where, "names can only be replaced in plain text.", remedy))
            continue
        changes[path.stem] = changed
        files[path] = changed.new
    raise_if(problems, "Nothing was written.")
    changes |= _changed_messages(study, replacer)
    notes = _changed_notes(study, replacer, files)
    spoken, noted = Rewriter(replacer, changes), Rewriter(replacer, notes)
    by_hand: list[Problem] = []
    moved = 0
    for name, path in holdings.files(study.root):
        if path in files or path in documents or path.is_symlink() or not path.is_file():
            continue
        held = holdings.holding(name)
        if held.listed_only or held.form in ("key", "output", "left", "other", "document"):
            continue
        text = _text(path)
        if text is None:
            continue
        about = path.stem if held.document == "file" else ""
        rewriter = noted if name.startswith(_CODED_NOTES) else spoken
        try:
            new, places = rewriter.rewritten(text, held.form, about)
        except NotPlain as error:
            by_hand.append(Problem(name, f"it holds a name, and {error}.", "Replace the name by hand."))
            continue
        if new != text:
            files[path] = new
            moved += places
    replaced = sum(len(one.edits.edits) for one in (*changes.values(), *notes.values()))
    return Outcome(files, replaced, moved, tuple(by_hand))


def _documents(study: Study, problems: list[Problem]) -> dict[Path, Transcript]:
    found = {}
    for path in transcript.document_files(study):
        try:
            found[path] = transcript.read(path, where=f"{transcript.FOLDER}/{path.name}")
        except InputError as error:
            problems += error.problems
    return found


def _is_plain(path: Path, text: str) -> bool:
    """Whether a document's text is all that its file holds: exports of other programs hold more."""
    try:
        return decode(path.read_bytes(), path.name).text == text
    except InputError:
        return False


def _messages(study: Study) -> list[str]:
    return [
        row["text"] for path in study.inputs(MESSAGES) for row in transcript.messages(path).to_dict("records")
    ]


def _changed(text: str, replacer: Replacer) -> Change | None:
    edits = replacer.edits(text)
    return Change(text, edits.apply(text), edits) if edits.edits else None


def _changed_messages(study: Study, replacer: Replacer) -> dict[str, Change]:
    """Messages are documents of one row each; codings point into them."""
    changes = {}
    for path in study.inputs(MESSAGES):
        sheet = rows.read(_text(path) or "")
        for row in sheet.rows:
            changed = _changed(row.get(sheet.head, "text"), replacer)
            if changed is not None:
                changes[row.get(sheet.head, "message_id")] = changed
    return changes


def _changed_notes(study: Study, replacer: Replacer, files: dict[Path, str]) -> dict[str, Change]:
    changes = {}
    for path in study.inputs(f"{NOTES}/*.md"):
        text = _text(path)
        changed = _changed(text, replacer) if text else None
        if changed is not None:
            changes[path.stem] = changed
            files[path] = changed.new
    return changes


def _text(path: Path) -> str | None:
    """A file's text with its own line ends; None where it is none."""
    try:
        data = path.read_bytes()
        return data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return decode(data, path.name).text
        except InputError:
            return None
    except OSError:
        return None


def read_key(study: Study, path: Path) -> list[Entry]:
    """The key that a person has decided on.

    Raises
    ------
    InputError
        When it is missing or cannot be used; see `casestudy.privacy.key.read_key`.
    """
    name = path.relative_to(study.root).as_posix() if path.is_relative_to(study.root) else path.name
    if not path.is_file():
        problem = Problem(name, "there is no key.", "Make one: casestudy pseudonymise propose.")
        raise InputError("The names cannot be replaced.", [problem])
    text = _text(path)
    if text is None:
        raise InputError(
            "The names cannot be replaced.", [Problem(name, "it is not text.", "Save it as UTF-8.")]
        )
    return keys.read_key(text, name)


def texts(study: Study) -> list[str]:
    """The texts of documents and messages that can be read."""
    return [one.text for one in _documents(study, []).values()] + _messages(study)


def carry_out(study: Study, outcome: Outcome) -> None:
    """Write all files, as one: what is interrupted is finished by the next command on the study."""
    changes = {path: text.encode("utf-8") for path, text in outcome.files.items()}
    transaction.carry_out(study.root, changes, "names are replaced")


def write_key(path: Path, entries: Sequence[Entry]) -> int:
    """Write a key that only its owner may read; what a person wrote in it stays letter for letter.

    Returns
    -------
    int
        How many entries are new in it.
    """
    text = _text(path) if path.is_file() else None
    new = keys.key_text(entries) if text is None else keys.extended(text, entries)
    before = 0 if text is None else len(rows.read(text).rows)
    if new != text:
        write_atomically(path, new.encode("utf-8"), mode=0o600)
    return len(rows.read(new).rows) - before
