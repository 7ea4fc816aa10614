"""Putting pseudonyms into a study: transcripts, messages, participants, and the codings that point into them.

This is the one act that rewrites what coders have written: a quote that keeps a name would keep the
person. Ids, order and everything else of the records stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from casestudy.coders import units_read
from casestudy.coding import codings as work
from casestudy.coding.codings import Record
from casestudy.coding.table import MESSAGES
from casestudy.errors import InputError, Problem, raise_if
from casestudy.files.writing import write_atomically
from casestudy.people.participants import FILE as PARTICIPANTS
from casestudy.study import Study
from casestudy.transcripts import pseudonyms, transcript
from casestudy.transcripts.edits import EditMap
from casestudy.transcripts.pseudonyms import Entry
from casestudy.transcripts.text import sha256

KEY = "interviews/names.key.csv"
_RENDERED = (".html", ".csv", ".json", ".svg", ".ipynb", ".md", ".txt", ".jsonl", ".yaml", ".toml")


@dataclass(frozen=True)
class Outcome:
    """What was, or would be, written: text by file, and how many replacements and codings that takes."""

    files: Mapping[Path, str]
    replaced: int
    codings: int


def plan(study: Study, entries: Sequence[Entry]) -> Outcome:
    """Work out every file that changes.

    Raises
    ------
    InputError
        When a document that holds a name is not plain text, or codings cannot be read.
    """
    works, problems = work.survey(study)
    files: dict[Path, str] = {}
    replaced, moved = 0, 0
    maps: dict[str, tuple[str, str, EditMap]] = {}
    for path in transcript.document_files(study):
        where = f"{transcript.FOLDER}/{path.name}"
        document = transcript.read(path, where=where)
        changes = pseudonyms.edits(document.text, entries)
        if not changes.edits:
            continue
        if path.suffix.lower() not in (".txt", ".md"):
            remedy = f"Save its text as {path.stem}.md first, and put this file away."
            problems.append(Problem(where, "names can only be replaced in plain text.", remedy))
            continue
        new = changes.apply(document.text)
        files[path] = new
        replaced += len(changes.edits)
        maps[path.stem] = (document.text, new, changes)
    raise_if(problems, "Nothing was written.")
    for relative in (MESSAGES, PARTICIPANTS):
        for path in study.inputs(relative):
            text = path.read_bytes().decode("utf-8-sig")
            changes = pseudonyms.edits(text, entries)
            if changes.edits:
                files[path] = changes.apply(text)
                replaced += len(changes.edits)
    for one in works:
        if not one.records:
            continue
        rewritten = [_moved(record, maps.get(one.document), entries) for record in one.records]
        if rewritten != list(one.records):
            path = study.root / work.FOLDER / one.coder / f"{one.document}.jsonl"
            files[path] = "".join(f"{work.line(record)}\n" for record in rewritten)
            moved += sum(new != old for new, old in zip(rewritten, one.records, strict=True))
    files |= units_read.rewritten(study, maps, lambda text: pseudonyms.edits(text, entries).apply(text))
    return Outcome(files, replaced, moved)


def _moved(record: Record, change: tuple[str, str, EditMap] | None, entries: Sequence[Entry]) -> Record:
    """A record after the names are gone; one that points into an older text keeps its place and loses "
    "the names."""
    memo, by = (pseudonyms.edits(text, entries).apply(text) for text in (record.memo, record.by))
    same = replace(record, memo=memo, by=by)
    if record.action == "delete":
        return same
    if change is not None:
        old, new, edits = change
        if old[record.start : record.end] == record.quote:
            start, end = edits.span(record.start, record.end)
            mark = sha256(new)[:16] if record.text else ""
            return replace(same, start=start, end=end, quote=new[start:end], text=mark)
    quote = pseudonyms.edits(record.quote, entries).apply(record.quote)
    return replace(same, quote=quote)


def write(outcome: Outcome) -> None:
    """Write all files; each is replaced as a whole."""
    for path in sorted(outcome.files):
        write_atomically(path, outcome.files[path].encode("utf-8"))


def read_key(study: Study, path: Path) -> list[Entry]:
    """The key that a person has decided on.

    Raises
    ------
    InputError
        When it is missing or cannot be used; see `casestudy.transcripts.pseudonyms.read_key`.
    """
    name = path.relative_to(study.root).as_posix() if path.is_relative_to(study.root) else path.name
    if not path.is_file():
        problem = Problem(name, "there is no key.", "Make one: casestudy pseudonymise propose.")
        raise InputError("The names cannot be replaced.", [problem])
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(name, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
        raise InputError("The names cannot be replaced.", [problem]) from error
    return pseudonyms.read_key(text, name)


def leaks(study: Study, entries: Sequence[Entry], key: Path) -> list[Problem]:
    """Names of the key that still stand anywhere in the study's files, rendered ones included.

    The key itself, hidden folders and notebooks' checkpoints are left out. Ages and dates are no names
    and are not sought.
    """
    names = [one for one in entries if one.kind not in ("age", "date")]
    texts: dict[str, str] = {}
    for folder in (study.root, study.outputs):
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            hidden = any(part.startswith(".") for part in relative.parts)
            if hidden or path == key or not path.is_file() or path.suffix.lower() not in _RENDERED:
                continue
            if path.name.endswith(".key.csv"):
                continue
            shown = (
                path.relative_to(study.root)
                if path.is_relative_to(study.root)
                else Path("outputs") / relative
            )
            texts[shown.as_posix()] = path.read_bytes().decode("utf-8", errors="replace")
    for path in transcript.document_files(study):
        if path.suffix.lower() not in _RENDERED:
            texts[f"{transcript.FOLDER}/{path.name}"] = transcript.read(path).text
    return pseudonyms.leaks(texts, names)
