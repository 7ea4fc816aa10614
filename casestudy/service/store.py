"""The service's own file: accounts, consent, goals, corrections and events in SQLite (WAL)."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = "service"
FILE = "service/accounts.sqlite"
Clock = Callable[[], datetime]
_PATIENCE_MS = 20_000
_SCHEMA = """
create table if not exists meta (key text primary key, value text not null);
create table if not exists account (
  participant text primary key, household text not null unique, arm text not null default '',
  language text not null default 'en', invited text not null, came text, left_out integer not null default 0);
create table if not exists invitation (
  token text primary key, participant text not null references account on delete cascade,
  expires text not null, used text);
create table if not exists consent (
  id integer primary key, participant text not null references account on delete cascade,
  version text not null, log integer not null, joined integer not null, notified integer not null,
  at text not null);
create table if not exists session (
  token text primary key, participant text not null references account on delete cascade,
  forms text not null, begun text not null, seen text not null);
create table if not exists goal (
  participant text not null references account on delete cascade, measure text not null,
  low real, high real, at text not null, primary key (participant, measure));
create table if not exists correction (
  participant text not null references account on delete cascade, line text not null,
  kind text not null, value text not null, at text not null, primary key (participant, line));
create table if not exists answer (
  id integer primary key, participant text not null references account on delete cascade,
  question text not null, choice text not null, at text not null);
create table if not exists message (
  id integer primary key, participant text not null references account on delete cascade,
  text text not null, at text not null);
create table if not exists event (
  id integer primary key autoincrement, participant text not null references account on delete cascade,
  at text not null, action text not null, target text not null, period text not null, client text not null,
  once text, unique (participant, once));
create table if not exists seen (
  id integer primary key, who text not null, what text not null, participant text not null default '',
  at text not null);
create table if not exists departed (participant text primary key);
create table if not exists prepared (
  participant text primary key references account on delete cascade,
  lines blob not null, facts text not null, shown text not null, mark text not null);
create table if not exists figures (
  participant text not null references account on delete cascade, month text not null, part text not null,
  basis text not null, body text not null, primary key (participant, month, part));
"""


def system_clock() -> datetime:
    """This moment, with the offset that this computer's zone has from UTC."""
    return datetime.now(UTC).astimezone()


def hashed(token: str) -> str:
    """What is kept of a secret: its SHA-256; the secret itself is only in the link or the cookie.

    Examples
    --------
    >>> len(hashed("a")), hashed("a") == hashed("b")
    (64, False)
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def secret() -> str:
    """A new token with 192 random bits, fit for a link."""
    return secrets.token_urlsafe(24)


class Store:
    """One study's accounts; every thread has its own connection.

    Parameters
    ----------
    path : Path
        The file; it and its folder are made. The folder gets a ``.gitignore`` that keeps it out of Git.
    clock : callable, optional
        Gives this moment with its offset from UTC.

    Notes
    -----
    A change is answered only after it is written to the log of the file, so a killed process loses nothing
    that a page acknowledged; a power cut may lose the last moments (``synchronous=NORMAL``), never the file.
    What is deleted is overwritten (``secure_delete``).
    """

    def __init__(self, path: Path, clock: Clock = system_clock) -> None:
        self.path, self.clock = path, clock
        self._mine = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        if not (path.parent / ".gitignore").exists():
            (path.parent / ".gitignore").write_text("*\n")
        connection = self._connection()
        connection.execute("pragma journal_mode=wal")
        connection.executescript(_SCHEMA)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=_PATIENCE_MS / 1000, isolation_level=None)
            connection.row_factory = sqlite3.Row
            for setting in ("foreign_keys=on", "synchronous=normal", "secure_delete=on"):
                connection.execute(f"pragma {setting}")
            self._mine.connection = connection
        return connection

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """All of a change or none of it: one writer at a time, kept when the block ends."""
        connection = self._connection()
        if connection.in_transaction:
            yield connection
            return
        connection.execute("begin immediate")
        try:
            yield connection
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("commit")

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """The rows of a query, by column."""
        return [dict(row) for row in self._connection().execute(query, values)]

    def row(self, query: str, *values: Any) -> dict[str, Any] | None:
        """The first row of a query, or None."""
        found = self._connection().execute(query, values).fetchone()
        return dict(found) if found else None

    def now(self) -> str:
        """This moment as it is kept: with seconds and the offset from UTC."""
        return self.clock().isoformat(timespec="seconds")

    def utc(self, ahead: timedelta = timedelta()) -> str:
        """This moment, or one later, in UTC: text that sorts by time."""
        return (self.clock() + ahead).astimezone(UTC).isoformat(timespec="seconds")

    def meta(self, key: str) -> str:
        """A fact about the whole service; empty where it was not set."""
        found = self.row("select value from meta where key = ?", key)
        return str(found["value"]) if found else ""

    def set_meta(self, key: str, value: str) -> None:
        """Set a fact about the whole service."""
        with self.changing() as connection:
            connection.execute("insert or replace into meta values (?, ?)", (key, value))

    def scrub(self) -> None:
        """Leave nothing of what was deleted: neither in the file's log nor in the slack of its pages.

        While somebody else writes or reads for longer than this waits, some of it stays; the next night's job
        does it then.
        """
        connection = self._connection()
        with suppress(sqlite3.OperationalError):
            connection.execute("pragma wal_checkpoint(truncate)")
            connection.execute(
                "vacuum"
            )  # overwriting what is deleted leaves copies in pages that were divided
            connection.execute("pragma wal_checkpoint(truncate)")

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if connection is not None:
            connection.close()
            self._mine.connection = None
