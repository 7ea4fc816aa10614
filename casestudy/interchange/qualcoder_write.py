"""Writes a QualCoder project: the folder ``NAME.qda`` with its database."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from casestudy.errors import InputError, Problem
from casestudy.interchange.account import Account
from casestudy.interchange.project import Project, paths
from casestudy.interchange.qualcoder_schema import TABLES, VERSION

_OWNED = ("source", "code_name", "cases", "case_text", "attribute", "attribute_type", "annotation", "journal")
_COLOURS = ("#F4A582", "#92C5DE", "#B8E186", "#DECBE4", "#FED9A6", "#CCEBC5", "#B3CDE3", "#E5D8BD")


def write(project: Project, folder: Path, account: Account) -> None:
    """Write a project as a QualCoder folder.

    QualCoder knows one code of a name: codes of one name are distinguished by the names above them.

    Parameters
    ----------
    project : Project
    folder : Path
        Must not exist; its name ends with ``.qda``.
    account : Account

    Raises
    ------
    InputError
        When the folder exists; nothing is written then.
    """
    if folder.exists():
        raise InputError(
            "The project was not written.",
            [Problem(folder.name, "it is there already.", "Name another folder, or take this one away.")],
        )
    making = folder.with_name(f".{folder.name}.part")
    for below in ("audio", "documents", "images", "video"):
        (making / below).mkdir(parents=True, exist_ok=True)
    (making / "data.qda").unlink(missing_ok=True)
    connection = sqlite3.connect(making / "data.qda")
    try:
        with connection:
            for table in TABLES:
                connection.execute(table)
            _fill(connection, project, account)
            for table in _OWNED:  # QualCoder takes an empty owner for one more coder
                question = f"update {table} set owner = (select codername from project) where owner = ''"
                connection.execute(question)
    finally:
        connection.close()
    making.rename(folder)


def _fill(to: sqlite3.Connection, project: Project, account: Account) -> None:
    names = {coder.guid: coder.name or "nobody" for coder in project.coders}
    first = min((one.when for one in project.codings if one.when), default="2000-01-01T00:00:00Z")

    def moment(when: str) -> str:
        return (when or first)[:19].replace("T", " ")

    to.execute(
        "insert into project values (?,?,?,?,?,?,?,?,null,null,null)",
        (
            VERSION,
            moment(""),
            project.description,
            "casestudy",
            0,
            0,
            next(iter(names.values()), "default"),
            "",
        ),
    )
    for name in dict.fromkeys(names.values()):
        to.execute("insert or ignore into coder_names (name, visibility) values (?, 1)", (name,))
    where = paths(project.codes)
    counts: dict[str, int] = {}
    for code in project.codes:
        counts[code.name] = counts.get(code.name, 0) + 1
    numbers = {code.guid: number for number, code in enumerate(project.codes, start=1)}
    used: set[str] = set()
    for code in project.codes:
        name = code.name if counts[code.name] == 1 else " > ".join(where[code.guid])
        while name in used:
            name += " (2)"
        used.add(name)
        if name == code.name:
            account.add("code", code.guid, code.name, "kept")
        else:
            account.add("code", code.guid, code.name, "changed", "renamed, since another has its name")
        colour = code.colour or _COLOURS[numbers[code.guid] % len(_COLOURS)]
        to.execute(
            "insert into code_name (cid, name, memo, catid, owner, date, color, supercid) "
            "values (?,?,?,?,?,?,?,?)",
            (
                numbers[code.guid],
                name,
                code.description,
                None,
                "",
                moment(""),
                colour,
                numbers.get(code.parent),
            ),
        )
    documents: dict[str, int] = {}
    for document in project.documents:
        if document.lacks_text:
            account.add("document", document.guid, document.name, "not kept", "it has no text")
            continue
        name = document.name if document.name not in used else f"{document.name} ({len(documents) + 1})"
        documents[document.guid] = len(documents) + 1
        used.add(name)
        to.execute(
            "insert into source (id, name, fulltext, mediapath, memo, owner, date) values (?,?,?,?,?,?,?)",
            (
                documents[document.guid],
                name,
                document.text,
                None,
                document.description,
                "",
                moment(document.when),
            ),
        )
        account.add("document", document.guid, document.name, "kept")
    for coding in project.codings:
        if coding.document not in documents or coding.code not in numbers:
            account.add("coding", coding.guid, coding.quote[:60], "not kept", "its document has no text")
            continue
        cursor = to.execute(
            "insert or ignore into code_text (cid, fid, seltext, pos0, pos1, owner, date, memo) "
            "values (?,?,?,?,?,?,?,?)",
            (
                numbers[coding.code],
                documents[coding.document],
                coding.quote,
                coding.start,
                coding.end,
                names.get(coding.coder, "nobody"),
                moment(coding.when),
                coding.memo,
            ),
        )
        if coding.attributes:
            account.add("attributes of a coding", coding.guid, "", "not kept", "there is no place")
        if cursor.rowcount:
            account.add("coding", coding.guid, coding.quote[:60], "kept")
        else:
            account.add("coding", coding.guid, coding.quote[:60], "not kept", "it is there twice")
    _fill_people(to, project, documents, account, moment(""))
    for note in project.notes:
        if note.document in documents:
            to.execute(
                "insert or ignore into annotation (fid, pos0, pos1, memo, owner, date) values (?,?,?,?,?,?)",
                (
                    documents[note.document],
                    note.start,
                    note.end,
                    note.text,
                    names.get(note.coder, ""),
                    moment(note.when),
                ),
            )
        else:
            to.execute(
                "insert or ignore into journal (name, jentry, date, owner) values (?,?,?,?)",
                (note.name or note.guid, note.text, moment(note.when), names.get(note.coder, "")),
            )
        account.add("note", note.guid, note.name, "kept")
    nowhere = [*(("set", one.guid) for one in project.groups), *(("link", one.guid) for one in project.links)]
    for kind, guid in [*nowhere, *(("coding of a document", one.guid) for one in project.whole)]:
        account.add(kind, guid, "", "not kept", "QualCoder has no place for it")


def _fill_people(
    to: sqlite3.Connection, project: Project, documents: dict[str, int], account: Account, now: str
) -> None:
    kinds = {variable.guid: variable for variable in project.variables}
    of_cases = {name for case in project.cases for name in case.values}
    for variable in project.variables:
        kind = "character" if variable.kind not in ("Integer", "Float") else "numeric"
        to.execute(
            "insert or ignore into attribute_type values (?,?,?,?,?,?)",
            (
                variable.name,
                now,
                "",
                variable.description,
                "case" if variable.guid in of_cases else "file",
                kind,
            ),
        )
        account.add("variable", variable.guid, variable.name, "kept")

    def give(kind: str, number: int, values: Mapping[str, str]) -> None:
        for guid, value in values.items():
            if guid in kinds:
                to.execute(
                    "insert or ignore into attribute (name, attr_type, value, id, date, owner) "
                    "values (?,?,?,?,?,?)",
                    (kinds[guid].name, kind, value, number, now, ""),
                )

    for number, case in enumerate(project.cases, start=1):
        to.execute(
            "insert or ignore into cases (caseid, name, memo, owner, date) values (?,?,?,?,?)",
            (number, case.name, case.description, "", now),
        )
        give("case", number, case.values)
        lengths = {one.guid: len(one.text) for one in project.documents}
        for guid in case.documents:
            if guid in documents:
                to.execute(
                    "insert into case_text (caseid, fid, pos0, pos1, owner, date, memo) "
                    "values (?,?,?,?,?,?,?)",
                    (number, documents[guid], 0, lengths[guid], "", now, ""),
                )
        account.add("case", case.guid, case.name, "kept")
    for document in project.documents:
        if document.guid in documents:
            give("file", documents[document.guid], document.values)
