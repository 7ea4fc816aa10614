"""Cases and values of a project in participants.csv and documents.csv: rows added, empty cells filled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.coding.material import Material
from casestudy.files import lists
from casestudy.interchange import ledger
from casestudy.interchange.from_study import NOT_STATED, Identities
from casestudy.interchange.ledger import Ledger
from casestudy.interchange.project import Case, Project
from casestudy.people import consent, participants
from casestudy.people import documents as sheets
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

# What a table has even where nothing is in it yet: consent is to be written by hand.
_ALWAYS = ("participant_id", "group", "document", consent.QUOTE)
_KEPT_OUT = frozenset((consent.QUOTE, consent.LINK, "participant_id", "household_id", "log_id"))


@dataclass
class People:
    """Files to be written (name, content, what that comes to in words), and ids of cases by GUID.

    Those that an earlier import brought and somebody took away here are apart: they do not come back.
    """

    files: list[tuple[str, bytes, str]] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    taken_away: dict[str, str] = field(default_factory=dict)


def plan(
    material: Material,
    known: Identities,
    project: Project,
    documents: Mapping[str, str],
    before: Ledger | None,
    differing: list[str],
) -> People:
    """What becomes of the two tables.

    Parameters
    ----------
    material : Material
    known : Identities
    project : Project
    documents : mapping of GUID to id in the study
    before : Ledger or None
        The last import of this copy: cells that are as it had them are updated.
    differing : list of str
        Where cells that differ are listed.
    """
    study, out = material.study, People()
    names = {variable.guid: _column(variable.name) for variable in project.variables}
    old_names = {one.guid: _column(one.name) for one in before.project.variables} if before else {}
    people = _rows(participants.read(study), "participant_id")
    count = len(people)
    brought = {guid: who for one in known.ledgers for guid, who in one.cases.items()}
    out.taken_away = {
        case.guid: brought[case.guid]
        for case in project.cases
        if case.guid in brought and brought[case.guid] not in people
    }
    differing += [
        f"participant {who}: taken away here, and stays so." for who in sorted(set(out.taken_away.values()))
    ]
    cases = [case for case in project.cases if case.guid not in out.taken_away]
    out.ids = _ids(cases, known, people)
    olds = {case.guid: case for case in before.project.cases} if before else {}
    for case in cases:
        who = out.ids[case.guid]
        row = people.setdefault(who, {"participant_id": who})
        values = {names[guid]: value for guid, value in case.values.items() if guid in names}
        old = olds[case.guid].values if case.guid in olds else {}
        was = {old_names[guid]: value for guid, value in old.items() if guid in old_names}
        _fill(row, values, was, f"participant {who}", differing)
        row.setdefault("group", "")
        row["group"] = row["group"] or NOT_STATED
    if cases:
        data = _table(people.values(), participants.SCHEMA.names)
        came = len(people) - count
        out.files += _if_new(
            study.root / participants.FILE, participants.FILE, data, came, ("participant", "participants")
        )
    _sheets(material, project, documents, names, old_names, before, out, differing)
    return out


def _sheets(
    material: Material,
    project: Project,
    documents: Mapping[str, str],
    names: Mapping[str, str],
    old_names: Mapping[str, str],
    before: Ledger | None,
    out: People,
    differing: list[str],
) -> None:
    rows = _rows(sheets.read(material.study), "document")
    whose: dict[str, list[str]] = {}
    for case in project.cases:
        for guid in case.documents if case.guid in out.ids else ():
            if guid in documents:
                whose.setdefault(documents[guid], []).append(out.ids[case.guid])
    count, touched = len(rows), False
    olds = {one.guid: one for one in before.project.documents} if before else {}
    for document in project.documents:
        name = documents.get(document.guid, "")
        values = {names[guid]: value for guid, value in document.values.items() if guid in names}
        people = sorted(whose.get(name, []))
        if not name or not (values or (people and people != [name]) or name in rows):
            continue
        row = rows.setdefault(name, {"document": name})
        if people and people != [name] and not row.get("participants"):
            row["participants"] = " ".join(people)
        old = olds[document.guid].values if document.guid in olds else {}
        was = {old_names[guid]: value for guid, value in old.items() if guid in old_names}
        _fill(row, values, was, f"document {name}", differing)
        touched = True
    if touched:
        data = _table(rows.values(), sheets.SCHEMA.names)
        came = len(rows) - count
        out.files += _if_new(
            material.study.root / sheets.FILE,
            sheets.FILE,
            data,
            came,
            ("row of documents.csv", "rows of documents.csv"),
        )


def _column(name: str) -> str:
    """A variable as a column's heading; one that would state consent or a link stays a note of its own."""
    plain = " ".join(name.split()) or "variable"
    return f"{plain} (imported)" if plain.casefold() in _KEPT_OUT | {"document", "participants"} else plain


def _rows(table: pd.DataFrame, key: str) -> dict[str, dict[str, str]]:
    return {
        str(row[key]): {str(name): _cell(value) for name, value in row.items()}
        for row in table.to_dict("records")
    }


def _cell(value: object) -> str:
    import pandas as pd

    if pd.isna(value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).removesuffix(" 00:00:00")


def _ids(cases: Sequence[Case], known: Identities, people: Mapping[str, object]) -> dict[str, str]:
    """By GUID the participant's id: of an earlier import, of a row with the case's name, or a new one."""
    own = {guid: who for who, guid in known.table("case", list(people)).items()}
    own |= {guid: who for one in known.ledgers for guid, who in one.cases.items()}
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for case in cases:
        wish = name = own.get(case.guid) or (case.name if case.name in people else "")
        wish = wish or ledger.slug(case.name, "case")
        name, number = wish, 2
        while name.casefold() in taken:
            name, number = f"{wish}-{number}", number + 1
        taken.add(name.casefold())
        ids[case.guid] = name
    return ids


def _fill(
    row: dict[str, str], values: Mapping[str, str], was: Mapping[str, str], whose: str, differing: list[str]
) -> None:
    """Fill empty cells, and those that are as the last import left them; tell of those that differ."""
    for name, value in values.items():
        here = row.get(name, "")
        if not here or here == was.get(name) or (name == "group" and here == NOT_STATED):
            row[name] = value
        elif here != value and was.get(name) != value:
            differing.append(f"{whose}: {name} here {here!r}, in the file {value!r}.")


def _table(rows: Iterable[dict[str, str]], first: Sequence[str]) -> bytes:
    listed = list(rows)
    given = {name for row in listed for name, value in row.items() if value}
    columns = [name for name in first if name in given or name in _ALWAYS]
    columns += sorted(given - set(columns))
    return lists.text(columns, [[row.get(name, "") for name in columns] for row in listed]).encode("utf-8")


def _if_new(
    path: Path, name: str, data: bytes, count: int, what: tuple[str, str]
) -> list[tuple[str, bytes, str]]:
    if path.is_file() and path.read_bytes() == data:
        return []
    said = f"{counted(count, *what)} added" if count else f"{name} updated"
    return [(name, data, said)]
