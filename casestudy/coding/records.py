"""The lines of a coder's file: what a record says, how it is read and written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import msgspec

from casestudy.errors import Problem, nearest
from casestudy.files import journal

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


def parse(text: str, where: str) -> tuple[list[Record], list[Problem]]:
    """Records of a coder's file, and every line that is none.

    Lines that a merge doubled are taken once; two different records with one id are a problem, and both
    are kept apart by a mark on the second's id.
    """
    if quick := _all_adds(text):
        return quick, []
    records: dict[str, Record] = {}
    problems: list[Problem] = []
    for row in journal.rows(text, where, "a record", 'Write {"id": …, "action": …}.', problems):
        place = f"{where}, line {row.number}"
        record, wrong = _record(row.data, place)
        problems += wrong
        if record is None or records.get(record.id) == record:
            continue
        if record.id in records:
            found = f"a second record with id {record.id!r} says something else."
            problems.append(Problem(place, found, "Give one of them another id."))
            record = replace(record, id=f"{record.id}~{row.number}")
        records[record.id] = record
    return list(records.values()), problems


def _record(data: Any, where: str) -> tuple[Record | None, list[Problem]]:
    try:
        return _made(msgspec.convert(data, _Add)), []
    except (ValueError, RecursionError):
        pass  # no plain add: each field is looked at below
    if not isinstance(data, dict):
        return None, [Problem(where, "it is not a record.", 'Write {"id": …, "action": …}.')]
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
                Problem(where, f"attributes of {name!r} are not an object.", 'Write {"name": "value"}.')
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


class _Add(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An add that is right in every field, as a line states it: a million of them are common."""

    id: str
    action: Literal["add"]
    code: str
    start: int
    end: int
    quote: str
    parent: None = None
    attributes: dict[str, str] = {}
    memo: str = ""
    when: str = ""
    text: str = ""
    undoes: str = ""
    by: str = ""


_ADDS = msgspec.json.Decoder(_Add)
_new, _set = object.__new__, object.__setattr__


def _all_adds(text: str) -> list[Record]:
    """The records of a file that holds nothing but right adds with ids of their own; else none.

    The lines are decoded together; each must be an object of its own.
    """
    if "\\u" in text:
        return []
    written, ends = text.strip("\n"), text.strip("\n").count("\n")
    if written[:1] == "{" and written[-1:] == "}" and written.count("}\n{") == ends:
        lines = list(dict.fromkeys(written.split("\n")))
    else:
        lines = list(
            dict.fromkeys(line.strip(" \t\r") for line in text.split("\n") if line and not line.isspace())
        )
        if not all(line[0] == "{" and line[-1] == "}" for line in lines):
            return []
    try:
        records = [_made(add) for add in _ADDS.decode_lines("\n".join(lines))]
    except (ValueError, RecursionError):
        return []
    return records if len(lines) == len({record.id for record in records}) == len(records) else []


def _made(add: _Add) -> Record:
    """The record of an add, made the quick way.

    Raises
    ------
    ValueError
        When it has no id, no code or no span.
    """
    if not (add.id and add.code and 0 <= add.start < add.end <= journal.LARGEST):
        raise ValueError("no id, code or span")
    fields = msgspec.structs.asdict(add)
    del fields["parent"]
    fields["parents"] = ()
    record: Record = _new(Record)
    _set(record, "__dict__", fields)
    return record


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


def moment(when: str) -> str:
    """A time as it is compared: with six digits of its second, whoever wrote it.

    Examples
    --------
    >>> moment("2026-03-02T10:00:00Z") < moment("2026-03-02T10:00:00.000001Z")
    True
    """
    return f"{when[:-1]}.000000Z" if len(when) == 20 and when.endswith("Z") else when


def line(record: Record) -> str:
    """A record as its line of JSON, without line end."""
    parent: Any = list(record.parents) if len(record.parents) > 1 else (record.parents or (None,))[0]
    data: dict[str, Any] = {"id": record.id, "action": record.action, "parent": parent}
    if record.action != "delete":
        data |= {"code": record.code, "start": record.start, "end": record.end, "quote": record.quote}
        data["attributes"] = dict(sorted(record.attributes.items()))
    data |= {"memo": record.memo, "when": record.when, "text": record.text}
    data |= {key: value for key in ("undoes", "by") if (value := getattr(record, key))}
    return journal.written(data)
