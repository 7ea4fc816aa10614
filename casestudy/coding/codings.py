"""Codings: one coder's statements that a span of a document bears a code, as append-only records.

Each coder has one file a document, ``interviews/codings/CODER/DOCUMENT.jsonl``. A record adds a coding,
changes one or deletes one; change and delete name the record they replace as parent. What holds is what
no other record replaces. The order of the lines says nothing, so two branches merge by taking the lines
of both.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.outputs import write_atomically
from casestudy.study import Study

FOLDER = "interviews/codings"
ACTIONS = ("add", "change", "delete")
_KEYS = (
    "id",
    "action",
    "parent",
    "code",
    "start",
    "end",
    "quote",
    "attributes",
    "memo",
    "when",
    "text",
    "undoes",
    "by",
)


@dataclass(frozen=True)
class Record:
    """One line of a coder's file.

    Attributes
    ----------
    id : str
        Unique in the file; twelve hexadecimal digits of the content's SHA-256 where the workbench wrote it.
    action : {'add', 'change', 'delete'}
    parents : tuple of str
        The records it replaces; several where it settles a contradiction.
    code : str
    start, end : int
        Half-open, in code points of the canonical text.
    quote : str
        The text between them.
    attributes : mapping of str to str
    memo, when : str
    text : str
        First sixteen hexadecimal digits of the SHA-256 of the document that was coded; may be empty.
    undoes : str
        The record that an undo takes back.
    by : str
        Provenance beyond the coder: ``suggested by …, accepted by …``.
    """

    id: str
    action: str
    parents: tuple[str, ...] = ()
    code: str = ""
    start: int = 0
    end: int = 0
    quote: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    memo: str = ""
    when: str = ""
    text: str = ""
    undoes: str = ""
    by: str = ""

    @property
    def content(self) -> tuple[Any, ...]:
        """What the record says, without id, time and line of descent."""
        said = (
            self.code,
            self.start,
            self.end,
            self.quote,
            tuple(sorted(self.attributes.items())),
            self.memo,
        )
        return ("delete",) if self.action == "delete" else said


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


def parse(text: str, where: str) -> tuple[list[Record], list[Problem]]:
    """Records of a coder's file, and every line that is none.

    Lines that a merge doubled are taken once; two different records with one id are a problem, and both
    are kept apart by a mark on the second's id.
    """
    records: dict[str, Record] = {}
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line in seen:
            continue
        seen.add(line)
        record, wrong = _record(line, f"{where}, line {number}")
        problems += wrong
        if record is None:
            continue
        if record.id in records:
            if records[record.id] == record:
                continue
            found = f"a second record with id {record.id!r} says something else."
            problems.append(Problem(f"{where}, line {number}", found, "Give one of them another id."))
            record = replace(record, id=f"{record.id}~{number}")
        records[record.id] = record
    return list(records.values()), problems


def _record(line: str, where: str) -> tuple[Record | None, list[Problem]]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None, [Problem(where, f"{line[:40]!r} is no JSON record.", "Mend or remove the line.")]
    if not isinstance(data, dict):
        return None, [Problem(where, "it is no JSON object.", 'Write {"id": …, "action": …}.')]
    problems = [
        Problem(where, f"{key!r} is not a key of a record.", nearest(key, _KEYS))
        for key in data
        if key not in _KEYS
    ]
    parent = data.get("parent") or []
    parents = tuple(str(one) for one in (parent if isinstance(parent, list) else [parent]))
    action = data.get("action")
    name = str(data.get("id") or "")
    if not name or action not in ACTIONS:
        found = "it has no id." if not name else f"action is {action!r}."
        return None, [*problems, Problem(where, found, f"Actions: {', '.join(ACTIONS)}.")]
    if (action == "add") == bool(parents):
        wish = "An add has no parent." if parents else "Name the record that it replaces as parent."
        problems.append(Problem(where, f"record {name!r}: {action} with parent {parent!r}.", wish))
        if action != "add":
            return None, problems
        parents = ()
    values: dict[str, Any] = {}
    if action != "delete":
        start, end = data.get("start"), data.get("end")
        whole = all(isinstance(one, int) and not isinstance(one, bool) for one in (start, end))
        if not whole or not 0 <= start < end:  # type: ignore[operator]
            found = f"record {name!r} spans {start!r} to {end!r}."
            return None, [*problems, Problem(where, found, "Whole numbers, 0 <= start < end.")]
        if (
            not isinstance(data.get("code"), str)
            or not isinstance(data.get("quote"), str)
            or not data["code"]
        ):
            return None, [
                *problems,
                Problem(where, f"record {name!r} has no code or no quote.", "Write both."),
            ]
        given = data.get("attributes") or {}
        if not isinstance(given, dict):
            problems.append(
                Problem(where, f"attributes of {name!r} are no object.", 'Write {"name": "value"}.')
            )
            given = {}
        values = {
            "code": data["code"],
            "start": start,
            "end": end,
            "quote": data["quote"],
            "attributes": {str(key): str(value) for key, value in given.items()},
        }
    values |= {key: str(data.get(key) or "") for key in ("memo", "when", "text", "undoes", "by")}
    return Record(id=name, action=str(action), parents=parents, **values), problems


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
    known = {record.id: record for record in records}
    problems = []
    for record in records:
        lost = [parent for parent in record.parents if parent not in known]
        if lost:
            found = f"record {record.id!r} replaces {lost[0]!r}, which is not there."
            problems.append(Problem(where, found, "Restore the line from the version history."))
    replaced = {parent for record in records for parent in record.parents}
    roots: dict[str, str] = {}
    heads: dict[str, list[Record]] = {}
    for record in records:
        if record.id not in replaced:
            heads.setdefault(_root(record, known, roots), []).append(record)
    codings: list[Coding] = []
    contradictions: list[Contradiction] = []
    for root, found_heads in heads.items():
        ranked = sorted(found_heads, key=lambda one: (one.action != "delete", one.when, one.id), reverse=True)
        best = ranked[0]
        others = tuple(sorted(one.id for one in ranked[1:] if one.content != best.content))
        if others:
            said = "; ".join(sorted({_in_words(one) for one in ranked}))
            contradictions.append(Contradiction(coder, document, root, best.id, others, said))
        if best.action != "delete":
            codings.append(_coding(coder, document, root, best))
    codings.sort(key=lambda one: (one.start, one.end, one.code, one.id))
    contradictions.sort(key=lambda one: one.coding)
    return Work(coder, document, tuple(records), tuple(codings), tuple(contradictions)), problems


def _root(record: Record, known: Mapping[str, Record], roots: dict[str, str]) -> str:
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


def _coding(coder: str, document: str, root: str, record: Record) -> Coding:
    return Coding(
        id=root,
        coder=coder,
        document=document,
        code=record.code,
        start=record.start,
        end=record.end,
        quote=record.quote,
        attributes=record.attributes,
        memo=record.memo,
        when=record.when,
        text=record.text,
        record=record.id,
        by=record.by,
    )


def files(study: Study, coder: str = "*", document: str = "*") -> list[Path]:
    """Coders' files of a study, sorted."""
    return study.inputs(f"{FOLDER}/{coder}/{document}.jsonl")


def read(study: Study, coder: str = "*", document: str = "*") -> list[Work]:
    """The work of coders, one entry a file.

    Raises
    ------
    InputError
        With every line that is no record and every record whose parent is missing.
    """
    works, problems = survey(study, coder, document)
    raise_if(problems, "Codings cannot be read.")
    return works


def survey(study: Study, coder: str = "*", document: str = "*") -> tuple[list[Work], list[Problem]]:
    """Like `read`, with the problems listed instead of raised."""
    works, problems = [], []
    for path in files(study, coder, document):
        where = f"{FOLDER}/{path.parent.name}/{path.name}"
        try:
            text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            problems.append(Problem(where, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8."))
            continue
        records, wrong = parse(text, where)
        work, lost = settle(path.parent.name, path.stem, records, where)
        works.append(work)
        problems += [*wrong, *lost]
    return works, problems


def work(study: Study, coder: str, document: str) -> Work:
    """One coder's work on one document; empty where none is written yet."""
    found = read(study, coder, document)
    return found[0] if found else Work(coder, document, (), (), ())


def record(action: str, parents: Iterable[str] = (), *, place: str = "", **values: Any) -> Record:
    """Make a record; its id is made of its content, so the same statement has the same id everywhere.

    Parameters
    ----------
    action : {'add', 'change', 'delete'}
    parents : iterable of str
        The records it replaces.
    place : str
        ``CODER/DOCUMENT``, so that two coders' same statements have two ids.
    **values
        The other fields of `Record`.

    Examples
    --------
    >>> record("add", place="k/d", code="a.b", start=0, end=2, quote="hi").id
    '83c5a09989da'
    """
    blank = Record("", action, tuple(sorted(parents)), **values)
    digest = hashlib.sha256(f"{place}\n{line(blank)}".encode("utf-8", "surrogatepass")).hexdigest()
    return replace(blank, id=digest[:12])


def line(record: Record) -> str:
    """A record as its line of JSON, without line end."""
    parent: Any = list(record.parents) if len(record.parents) > 1 else (record.parents or (None,))[0]
    data: dict[str, Any] = {"id": record.id, "action": record.action, "parent": parent}
    if record.action != "delete":
        data |= {"code": record.code, "start": record.start, "end": record.end, "quote": record.quote}
        data["attributes"] = dict(sorted(record.attributes.items()))
    data |= {"memo": record.memo, "when": record.when, "text": record.text}
    data |= {key: value for key in ("undoes", "by") if (value := getattr(record, key))}
    return json.dumps(data, ensure_ascii=False)


def append(study: Study, coder: str, document: str, records: Sequence[Record]) -> Path:
    """Append records to a coder's file; what it holds stays as it is.

    Raises
    ------
    InputError
        When coder or document cannot be a file name.
    """
    for kind, name in (("coder", coder), ("document", document)):
        if not re.fullmatch(r"[\w][\w.\-]*", name):
            problem = Problem(
                f"{kind} {name!r}", "it cannot be a file name.", "Use letters, digits, '-', '_'."
            )
            raise InputError("Codings cannot be written.", [problem])
    path = study.root / FOLDER / coder / f"{document}.jsonl"
    before = path.read_bytes() if path.is_file() else b""
    if before and not before.endswith(b"\n"):
        before += b"\n"
    fresh = list(dict.fromkeys(line(one) for one in records))
    write_atomically(path, before + "".join(f"{one}\n" for one in fresh).encode("utf-8"))
    return path
