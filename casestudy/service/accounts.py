"""Who comes in: invitations, sessions and consent in versions."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from casestudy.service.store import Store, hashed, secret

VALID = timedelta(days=14)
"""How long an invitation link can be used."""
IDLE = timedelta(days=180)
"""A session that was not used for so long has ended."""
VERSION = "1"
"""Version of the consent text in ``words/``; a new one is asked for again."""
Refusal = Literal["unknown", "used", "expired"]


@dataclass(frozen=True)
class Session:
    """A participant who is here: the account, and the secret that its forms carry."""

    participant: str
    household: str
    arm: str
    language: str
    forms: str
    token: str
    seen: str


@dataclass(frozen=True)
class Consent:
    """What a participant agreed to, last."""

    version: str
    log: bool
    joined: bool
    notified: bool


def add_account(store: Store, household: str, arm: str = "") -> str:
    """Give a household an account.

    Returns
    -------
    str
        Its pseudonym, drawn at random; an account that is there already keeps its own.
    """
    with store.changing() as connection:
        there = connection.execute("select participant from account where household = ?", (household,))
        found = there.fetchone()
        if found:
            return str(found["participant"])
        taken = (
            "select 1 from account where participant = ? union select 1 from departed where participant = ?"
        )
        while True:
            participant = f"s{secrets.token_hex(4)}"
            if not connection.execute(taken, (participant, participant)).fetchone():
                break
        connection.execute(
            "insert into account (participant, household, arm, invited) values (?, ?, ?, ?)",
            (participant, household, arm, store.now()),
        )
    return participant


def invite(store: Store, participant: str, valid: timedelta = VALID) -> str:
    """A new link's token; only its hash is kept."""
    token = secret()
    with store.changing() as connection:
        connection.execute(
            "insert into invitation values (?, ?, ?, null)", (hashed(token), participant, store.utc(valid))
        )
    return token


def refusal(store: Store, token: str) -> Refusal | None:
    """Why a link does not lead in, or None where it does. Looking uses nothing up."""
    found = store.row("select expires, used from invitation where token = ?", hashed(token))
    if found is None:
        return "unknown"
    if found["used"]:
        return "used"
    return "expired" if found["expires"] <= store.utc() else None


def enter(store: Store, token: str) -> Session | Refusal:
    """Use an invitation: once, and not after it has expired. Of two windows, one comes in."""
    with store.changing() as connection:
        why = refusal(store, token)
        if why:
            return why
        row = connection.execute("select participant from invitation where token = ?", (hashed(token),))
        participant = row.fetchone()["participant"]
        connection.execute("update invitation set used = ? where token = ?", (store.utc(), hashed(token)))
        connection.execute(
            "update account set came = coalesce(came, ?) where participant = ?", (store.now(), participant)
        )
        cookie = secret()
        connection.execute(
            "insert into session values (?, ?, ?, ?, ?)",
            (hashed(cookie), participant, secret(), store.utc(), store.utc()),
        )
    session = session_of(store, cookie)
    assert session is not None
    return session


def session_of(store: Store, cookie: str) -> Session | None:
    """The session of a cookie, or None where there is none or it has ended."""
    found = store.row(
        "select a.participant, a.household, a.arm, a.language, s.forms, s.seen "
        "from session s join account a using (participant) where s.token = ?",
        hashed(cookie),
    )
    if found is None or found["seen"] < store.utc(-IDLE):
        return None
    return Session(**found, token=cookie)


def touch(store: Store, session: Session) -> None:
    """Note that a session was used now; a clock that went back leaves what was noted."""
    with store.changing() as connection:
        connection.execute(
            "update session set seen = max(seen, ?) where token = ?", (store.utc(), hashed(session.token))
        )


def end(store: Store, session: Session) -> None:
    """End a session: its cookie leads in no more."""
    with store.changing() as connection:
        connection.execute("delete from session where token = ?", (hashed(session.token),))


def set_language(store: Store, participant: str, language: str) -> None:
    """Keep the language that a participant reads."""
    with store.changing() as connection:
        connection.execute("update account set language = ? where participant = ?", (language, participant))


def consent_of(store: Store, participant: str) -> Consent | None:
    """What was agreed to last, if it was this version of the text."""
    found = store.row(
        "select version, log, joined, notified from consent where participant = ? order by id desc",
        participant,
    )
    if found is None or found["version"] != VERSION:
        return None
    return Consent(found["version"], bool(found["log"]), bool(found["joined"]), bool(found["notified"]))


def agree(store: Store, participant: str, *, log: bool, joined: bool, notified: bool) -> bool:
    """Record a consent; earlier ones stay beside it.

    Returns
    -------
    bool
        True for the first consent of the account.
    """
    with store.changing() as connection:
        before = connection.execute("select 1 from consent where participant = ?", (participant,)).fetchone()
        connection.execute(
            "insert into consent (participant, version, log, joined, notified, at) values (?, ?, ?, ?, ?, ?)",
            (participant, VERSION, log, joined, notified, store.now()),
        )
    return before is None
