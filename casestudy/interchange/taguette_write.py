"""Writes a Taguette project: one SQLite file."""

from __future__ import annotations

import html
import sqlite3
from dataclasses import replace

from casestudy.interchange.account import Account
from casestudy.interchange.conventions import Written
from casestudy.interchange.project import Coding, Project, paths
from casestudy.interchange.taguette import BYTES

# The tables that Taguette's import of a project asks for, and the version of them.
VERSION = "db5e31a0233d"
_TABLES = (
    "create table alembic_version (version_num varchar(32) not null primary key)",
    "create table users (login varchar(30) not null primary key, created datetime not null, "
    "hashed_password varchar(192), disabled boolean not null, password_set_date datetime, "
    "language varchar(10), email varchar(256) unique, email_sent datetime)",
    "create table projects (id integer not null primary key, name varchar(200) not null, "
    "description text not null, created datetime not null)",
    "create table project_members (project_id integer not null, user_login varchar(30) not null, "
    "privileges varchar(11) not null, primary key (project_id, user_login))",
    "create table documents (id integer not null primary key, name varchar(200) not null, "
    "description text not null, filename varchar(200) not null, created datetime not null, "
    "project_id integer not null, text_direction varchar(13) not null, contents text not null)",
    "create table commands (id integer not null primary key, date datetime not null, user_login varchar(30) "
    "not null, project_id integer not null, document_id integer, payload text not null)",
    "create table highlights (id integer not null primary key, document_id integer not null, "
    "start_offset integer not null, end_offset integer not null, snippet text not null)",
    "create table tags (id integer not null primary key, project_id integer not null, "
    "path varchar(200) not null, description text not null)",
    "create table highlight_tags (highlight_id integer not null, tag_id integer not null, "
    "primary key (highlight_id, tag_id))",
)


def write_bytes(project: Project, account: Account) -> bytes:
    """A project as a Taguette file; highlights of the same span are one, with a command for each coder.

    Taguette has no coders, memos, cases or variables of its own: the account lists what has no place. Codes
    below others are called by their path, with ``/``.
    """
    to = sqlite3.connect(":memory:")
    try:
        with to:
            for table in _TABLES:
                to.execute(table)
            _fill(to, project, account)
        return to.serialize()
    finally:
        to.close()


def _fill(to: sqlite3.Connection, project: Project, account: Account) -> None:
    now = min((one.when for one in project.codings if one.when), default="2000-01-01T00:00:00Z")
    moment = now[:19].replace("T", " ") + ".000000"
    to.execute("insert into alembic_version values (?)", (VERSION,))
    to.execute("insert into users (login, created, disabled) values ('admin', ?, 0)", (moment,))
    to.execute("insert into projects values (1, ?, ?, ?)", (project.name[:200], project.description, moment))
    to.execute("insert into project_members values (1, 'admin', 'ADMIN')")
    where, numbers = paths(project.codes), {}
    used: set[str] = set()
    for number, code in enumerate(project.codes, start=1):
        path = "/".join(where[code.guid])[:190]
        while path in used:
            path += " (2)"
        used.add(path)
        numbers[code.guid] = number
        to.execute("insert into tags values (?, 1, ?, ?)", (number, path, code.description))
        account.add("code", code.guid, code.name, "kept")
    documents: dict[str, tuple[int, Written]] = {}
    for document in project.documents:
        if document.lacks_text:
            account.add("document", document.guid, document.name, "not kept", "it has no text")
            continue
        number = len(documents) + 1
        documents[document.guid] = number, Written(document.text)
        contents = f"<pre>{html.escape(document.text, quote=False)}</pre>"
        if document.text.startswith("\n"):
            contents = f"<div>{html.escape(document.text, quote=False)}</div>"
        to.execute(
            "insert into documents values (?, ?, ?, ?, ?, 1, 'LEFT_TO_RIGHT', ?)",
            (
                number,
                document.name[:200],
                document.description,
                f"{document.name[:190]}.txt",
                moment,
                contents,
            ),
        )
        account.add("document", document.guid, document.name, "kept")
    spans: dict[tuple[str, int, int], list[Coding]] = {}
    for coding in project.codings:
        if coding.document in documents and coding.code in numbers:
            spans.setdefault((coding.document, coding.start, coding.end), []).append(coding)
        else:
            account.add("coding", coding.guid, coding.quote[:60], "not kept", "its document has no text")
    for highlight, ((guid, start, end), codings) in enumerate(sorted(spans.items()), start=1):
        number, written = documents[guid]
        first, last = written.counted(replace(BYTES, crlf=1), [start, end])
        snippet = html.escape(written.text[start:end], quote=False)
        to.execute("insert into highlights values (?, ?, ?, ?, ?)", (highlight, number, first, last, snippet))
        for coding in codings:
            to.execute(
                "insert or ignore into highlight_tags values (?, ?)", (highlight, numbers[coding.code])
            )
            why = "Taguette does not say who coded" if coding.coder else ""
            account.add("coding", coding.guid, coding.quote[:60], "changed", why)
            if coding.attributes:
                account.add("attributes of a coding", coding.guid, "", "not kept", "there is no place")
            if coding.memo:
                account.add(
                    "memo of a coding", coding.guid, coding.memo[:60], "not kept", "there is no place"
                )
    nowhere = [("case", one.guid, one.name) for one in project.cases]
    nowhere += [("variable", one.guid, one.name) for one in project.variables]
    nowhere += [("set", one.guid, one.name) for one in project.groups]
    nowhere += [("note", one.guid, one.name) for one in project.notes]
    for kind, guid, name in nowhere:
        account.add(kind, guid, name, "not kept", "Taguette has no place for it")
