"""Codings: one coder's statements that a span of a document has a code, as append-only records.

Each coder has one file a document, ``interviews/codings/CODER/DOCUMENT.jsonl``. A record adds a coding,
changes one or deletes one; change and delete name the record they replace as parent. What holds is what
no other record replaces. The order of the lines says nothing, so two branches merge by taking the lines
of both.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from casestudy.coding.records import ACTIONS as ACTIONS
from casestudy.coding.records import Record as Record
from casestudy.coding.records import line as line
from casestudy.coding.records import moment as moment
from casestudy.coding.records import parse as parse
from casestudy.coding.records import record as record
from casestudy.errors import Problem, raise_if
from casestudy.files import journal, locks, names
from casestudy.study import Study

FOLDER = "interviews/codings"
UNREADABLE = "Codings cannot be read."


@dataclass(frozen=True)
class Coding:
    """A coding that holds: its identity is the record that added it, its content the last that changed it."""

    id: str
    coder: str
    document: str
    code: str
    start: int
    end: int
    quote: str
    attributes: Mapping[str, str]
    memo: str
    when: str
    text: str
    record: str
    by: str = ""


@dataclass(frozen=True)
class Contradiction:
    """Two or more records that replace the same one in different ways; `kept` is the one that holds."""

    coder: str
    document: str
    coding: str
    kept: str
    others: tuple[str, ...]
    what: str


@dataclass(frozen=True)
class Work:
    """What one coder's file comes to."""

    coder: str
    document: str
    records: tuple[Record, ...]
    codings: tuple[Coding, ...]
    contradictions: tuple[Contradiction, ...]


def settle(coder: str, document: str, records: Sequence[Record], where: str) -> tuple[Work, list[Problem]]:
    """What holds of a file's records.

    A record that no other replaces is a head. Where a coding has several heads that say different things, the
    branches contradict each other: of them a coding prevails over a delete, then the later, then the
    greater id, and the contradiction is listed. A change whose parent is missing counts as a coding of
    its own.

    Returns
    -------
    (Work, list of Problem)
        Problems: records whose parent is not there.
    """
    if all(each.action == "add" for each in records):
        simple = [_coding(coder, document, each.id, each) for each in records]
        simple.sort(key=_order)
        return Work(coder, document, tuple(records), tuple(simple), ()), []
    known = {each.id: each for each in records}
    problems = []
    for each in records:
        lost = [parent for parent in each.parents if parent not in known]
        if lost:
            found = f"record {each.id!r} replaces {lost[0]!r}, which is not there."
            problems.append(Problem(where, found, "Restore the line from the version history."))
    replaced = {parent for each in records for parent in each.parents}
    roots: dict[str, str] = {}
    heads: dict[str, list[Record]] = {}
    for each in records:
        if each.id not in replaced:
            heads.setdefault(root_of(each, known, roots), []).append(each)
    codings: list[Coding] = []
    contradictions: list[Contradiction] = []
    for root, found_heads in heads.items():
        ranked = sorted(found_heads, key=_rank, reverse=True)
        best = ranked[0]
        others = tuple(sorted(one.id for one in ranked[1:] if one.content != best.content))
        if others:
            said = "; ".join(sorted({_in_words(one) for one in ranked}))
            contradictions.append(Contradiction(coder, document, root, best.id, others, said))
        if best.action != "delete":
            codings.append(_coding(coder, document, root, best))
    codings.sort(key=_order)
    contradictions.sort(key=lambda one: one.coding)
    return Work(coder, document, tuple(records), tuple(codings), tuple(contradictions)), problems


def root_of(record: Record, known: Mapping[str, Record], roots: dict[str, str]) -> str:
    """The id of the coding that a record is about: the record that added it.

    Parameters
    ----------
    record : Record
    known : mapping of str to Record
        The records of the file, by id.
    roots : dict of str to str
        What was found before, by record; what is found now is added.
    """
    chain: list[str] = []
    one = record
    while one.id not in roots and one.id not in chain:
        chain.append(one.id)
        before = sorted(parent for parent in one.parents if parent in known)
        if not before:
            break
        one = known[before[0]]
    found = roots.get(one.id, one.id)
    roots.update(dict.fromkeys(chain, found))
    return found


def _in_words(record: Record) -> str:
    if record.action == "delete":
        return f"{record.id} deletes it"
    return f"{record.id} says {record.code} at {record.start}-{record.end}"


def _rank(head: Record) -> tuple[bool, str, str]:
    """Of heads of one coding, the one that holds comes last."""
    return head.action != "delete", moment(head.when), head.id


_order = attrgetter("start", "end", "code", "id")


def _coding(coder: str, document: str, root: str, record: Record) -> Coding:
    """A coding made the quick way: the fields of a frozen record, a million of them."""
    coding: Coding = _new(Coding)
    fields = record.__dict__.copy()
    del fields["action"], fields["parents"], fields["undoes"]
    fields["id"], fields["record"] = root, record.id
    fields["coder"], fields["document"] = coder, document
    _set(coding, "__dict__", fields)
    return coding


_new, _set = object.__new__, object.__setattr__


def files(study: Study, coder: str = "*", document: str = "*") -> list[Path]:
    """Coders' files of a study, sorted."""
    return study.inputs(f"{FOLDER}/{coder}/{document}.jsonl")


def read(study: Study, coder: str = "*", document: str = "*") -> list[Work]:
    """The work of coders, one entry a file.

    Raises
    ------
    InputError
        With every line that is not a record and every record whose parent is missing.
    """
    works, problems = survey(study, coder, document)
    raise_if(problems, UNREADABLE)
    return works


def survey(study: Study, coder: str = "*", document: str = "*") -> tuple[list[Work], list[Problem]]:
    """Like `read`, with the problems listed instead of raised."""
    return survey_files(files(study, coder, document), FOLDER)


def survey_files(paths: Iterable[Path], folder: str) -> tuple[list[Work], list[Problem]]:
    """The work in coders' files and what is wrong in them.

    Parameters
    ----------
    paths : iterable of Path
        Files ``CODER/DOCUMENT.jsonl``.
    folder : str
        The folder above the coders, as problems name it.
    """
    works, problems = [], []
    with uncollected():
        for path in paths:
            where = f"{folder}/{path.parent.name}/{path.name}"
            text, unreadable = journal.text_of(path, where)
            records, wrong = parse(text, where)
            work, lost = settle(path.parent.name, path.stem, records, where)
            works.append(work)
            problems += [*unreadable, *wrong, *lost]
    return works, problems


@contextmanager
def uncollected() -> Iterator[None]:
    """Put off the search for circles of objects, which would go through a million small records again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def work(study: Study, coder: str, document: str) -> Work:
    """One coder's work on one document; empty where none is written yet."""
    found = read(study, coder, document)
    return found[0] if found else Work(coder, document, (), (), ())


def refuse_strange(coder: str, documents: Iterable[str] = ()) -> None:
    """Stop where a coder or a document cannot be a file name.

    Raises
    ------
    InputError
        With every such name.
    """
    named = [("coder", coder), *(("document", one) for one in documents)]
    problems = [
        Problem(f"{kind} {name[:60]!r}", f"it cannot be a file name: {reason}", names.REMEDY)
        for kind, name in named
        if (reason := names.unfit(name))
    ]
    raise_if(problems, "Codings cannot be written.")


def append(study: Study, coder: str, document: str, records: Sequence[Record]) -> Path:
    """Append records to a coder's file; what it holds stays as it is.

    Raises
    ------
    InputError
        When coder or document cannot be a file name.
    """
    refuse_strange(coder, [document])
    name = file_of(coder, document)
    journal.append(study.root, name, list(dict.fromkeys(line(one) for one in records)))
    return study.root / name


def file_of(coder: str, document: str) -> str:
    """A coder's file on a document, from the study's root."""
    return f"{FOLDER}/{coder}/{document}.jsonl"


@contextmanager
def writing(study: Study, coder: str, document: str) -> Iterator[Work]:
    """One coder's work on one document, while nobody else can add to it: for deciding what to append.

    Raises
    ------
    InputError
        When coder or document cannot be a file name, or the work cannot be read.
    RunFailed
        When somebody else was writing it all the time.
    """
    refuse_strange(coder, [document])
    with locks.writing(study.root, file_of(coder, document)):
        yield work(study, coder, document)
