"""SQLite files of other tools: opened for reading only, bounded in time, and asked with care."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from casestudy.interchange.account import Account
from casestudy.interchange.conventions import ALL, Convention, Written
from casestudy.interchange.evidence import Span
from casestudy.interchange.packed import refused
from casestudy.interchange.placing import Placing, held_to, place
from casestudy.interchange.project import Coding

MOST_SECONDS = 120.0
_STEPS = 10_000


class Database:
    """A database that is only read.

    Parameters
    ----------
    connection : sqlite3.Connection
    where : str
    """

    def __init__(self, connection: sqlite3.Connection, where: str) -> None:
        self.connection, self.where = connection, where
        connection.row_factory = sqlite3.Row
        names = self.rows("select name from sqlite_master where type = 'table'")
        self.tables = {str(row["name"]) for row in names}

    def rows(self, question: str) -> list[dict[str, object]]:
        """The rows that answer a question.

        Raises
        ------
        InputError
            When the file is damaged or holds other columns.
        """
        try:
            return [dict(row) for row in self.connection.execute(question)]
        except (sqlite3.Error, OverflowError, ValueError) as error:
            raise refused(
                self.where, f"it is damaged or of another kind ({error}).", "Export it again."
            ) from error

    def all(self, table: str) -> list[dict[str, object]]:
        """All rows of a table; none where it is not there."""
        return self.rows(f'select * from "{table}"') if table in self.tables else []


@contextmanager
def opened(path: Path, *needed: str) -> Iterator[Database]:
    """Open a database that has some tables; the file is left as it is.

    Raises
    ------
    InputError
        When it is not such a database.
    """
    until = time.monotonic() + MOST_SECONDS
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error as error:
        raise refused(path.name, f"it cannot be opened ({error}).") from error
    try:
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        connection.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
        database = Database(connection, path.name)
        missing = [name for name in needed if name not in database.tables]
        if missing:
            found = f"it has no table {missing[0]!r}."
            raise refused(path.name, found, "Name the project file of the tool that wrote it.")
        yield database
    finally:
        connection.close()


def text(value: object) -> str:
    """A value as text; nothing gives the empty text."""
    return "" if value is None else str(value)


def whole(value: object) -> int:
    """A value as a whole number; -1 for what is none."""
    try:
        return int(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return -1


@dataclass(slots=True)
class Stated:
    """A coding as a database states it, with the words it stores."""

    guid: str
    span: Span
    code: str
    coder: str
    when: str = ""
    memo: str = ""


def placed(
    texts: dict[str, Written],
    stated: list[Stated],
    where: str,
    account: Account,
    *,
    known: Convention,
    chosen: Convention | None = None,
    among: tuple[Convention, ...] = ALL,
) -> tuple[list[Coding], Placing | None]:
    """Codings with positions in the canonical texts, each held to the words that the database stores."""
    there = [one for one in stated if one.span.document in texts]
    for one in stated:
        if one.span.document not in texts:
            account.add("coding", one.guid, one.span.quote[:60], "not kept", "its document is not there")
    if not there:
        return [], None
    placing = place(texts, [one.span for one in there], where, known=known, chosen=chosen, among=among)
    rows = []
    for one, at in zip(there, placing.placed, strict=True):
        at = held_to(one.span.quote, at, texts[one.span.document])
        why = ""
        if at.standing == "displaced" and not one.span.quote.strip():
            why = "it points outside of the text and stores no words"
        elif at.start == at.end and at.standing != "displaced":
            why = "it selects nothing"
        elif at.start < 0 and at.standing != "displaced":
            why = "it points outside of the text"
        if why:
            account.add("coding", one.guid, one.span.quote[:60], "not kept", why)
            continue
        start, end = at.start, at.end
        if at.standing == "displaced":
            start = max(0, one.span.start)
            end = start + max(1, len(one.span.quote))
        rows.append(
            Coding(
                one.guid,
                one.span.document,
                one.code,
                start,
                end,
                at.quote,
                one.coder,
                one.when,
                one.memo,
                {},
                at.standing,
            )
        )
        if at.standing in ("moved", "displaced"):
            why = "its words stand elsewhere, once" if at.standing == "moved" else "its words are not there"
            account.add("coding", one.guid, at.quote[:60], "changed", why)
        else:
            account.add("coding", one.guid, at.quote[:60], "kept")
    return rows, placing
