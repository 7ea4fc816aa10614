"""What a participant does: events, goals, corrections, answers, messages; and who saw what."""

from __future__ import annotations

from typing import Any, Literal

from casestudy.service.store import Store

CLIENT = "web"
MOST_TEXT = 4000
Kind = Literal["not ours", "eaten out", "weight", "group"]
KINDS: tuple[Kind, ...] = ("not ours", "eaten out", "weight", "group")
ACTIONS = (
    "register",
    "login",
    "open_notification",
    "view_summary",
    "view_trend",
    "view_benchmark",
    "compare_peer",
    "drill_down",
    "view_item",
    "set_goal",
    "edit_goal",
    "view_goal",
    "accept_swap",
    "correct_item",
    "exclude_item",
    "submit_feedback",
    "export",
    "return_delivered",
)
"""The actions of the study's vocabulary that the service writes."""


def event(
    store: Store, participant: str, action: str, target: str = "", period: str = "", once: str | None = None
) -> bool:
    """Add an event to the log.

    Parameters
    ----------
    store : Store
    participant, action, target, period : str
        As in `casestudy.usage.events.EVENTS`.
    once : str, optional
        The id of the form that caused it: a second event with it is not written, as after a double click.

    Returns
    -------
    bool
        Whether it was written.
    """
    with store.changing() as connection:
        done = connection.execute(
            "insert into event (participant, at, action, target, period, client, once) "
            "values (?, ?, ?, ?, ?, ?, ?) on conflict (participant, once) do nothing",
            (participant, store.now(), action, target, period, CLIENT, once),
        )
    return done.rowcount == 1


def saw(store: Store, who: str, what: str, participant: str = "") -> None:
    """Note that somebody saw something of a participant, or of all."""
    with store.changing() as connection:
        connection.execute(
            "insert into seen (who, what, participant, at) values (?, ?, ?, ?)",
            (who, what, participant, store.now()),
        )


def set_goal(store: Store, participant: str, measure: str, low: float | None, high: float | None) -> bool:
    """Set an own goal; two missing bounds take it away.

    Returns
    -------
    bool
        Whether a goal for that measure was there before.
    """
    with store.changing() as connection:
        key = (participant, measure)
        before = connection.execute(
            "select 1 from goal where participant = ? and measure = ?", key
        ).fetchone()
        if low is None and high is None:
            connection.execute("delete from goal where participant = ? and measure = ?", key)
        else:
            connection.execute(
                "insert or replace into goal values (?, ?, ?, ?, ?)", (*key, low, high, store.now())
            )
    return before is not None


def goals(store: Store, participant: str) -> dict[str, tuple[float | None, float | None]]:
    """Own goals: low and high by measure."""
    found = store.rows(
        "select measure, low, high from goal where participant = ? order by measure", participant
    )
    return {row["measure"]: (row["low"], row["high"]) for row in found}


def correct(store: Store, participant: str, line: str, kind: Kind | None, value: str = "") -> None:
    """Keep a correction of one receipt line apart from the data; None takes it back."""
    with store.changing() as connection:
        if kind is None:
            connection.execute(
                "delete from correction where participant = ? and line = ?", (participant, line)
            )
        else:
            connection.execute(
                "insert or replace into correction values (?, ?, ?, ?, ?)",
                (participant, line, kind, value, store.now()),
            )


def corrections(store: Store, participant: str) -> list[dict[str, Any]]:
    """Corrections of a participant: ``line, kind, value, at``."""
    query = "select line, kind, value, at from correction where participant = ? order by line"
    return store.rows(query, participant)


def answer(store: Store, participant: str, question: str, choice: str) -> None:
    """Keep the answer to a question after use."""
    with store.changing() as connection:
        connection.execute(
            "insert into answer (participant, question, choice, at) values (?, ?, ?, ?)",
            (participant, question, choice, store.now()),
        )


def message(store: Store, participant: str, text: str) -> None:
    """Keep a message to the researchers."""
    with store.changing() as connection:
        connection.execute(
            "insert into message (participant, text, at) values (?, ?, ?)",
            (participant, text[:MOST_TEXT], store.now()),
        )


def everything(store: Store, participant: str) -> dict[str, Any]:
    """All that the service keeps of one participant, by table; secrets are left out."""
    kept: dict[str, Any] = {
        "account": store.rows(
            "select participant, household, arm, language, invited, came from account where participant = ?",
            participant,
        )
    }
    columns = {
        "consent": "version, log, joined, notified, at",
        "goal": "measure, low, high, at",
        "correction": "line, kind, value, at",
        "answer": "question, choice, at",
        "message": "text, at",
        "event": "at, action, target, period, client",
        "seen": "who, what, at",
    }
    for table, names in columns.items():
        query = f"select {names} from {table} where participant = ? order by at, rowid"
        kept[table] = store.rows(query, participant)
    return kept


def leave(store: Store, participant: str) -> None:
    """Erase an account and all of it; only its pseudonym waits, to be erased from the study's log."""
    with store.changing() as connection:
        connection.execute("delete from seen where participant = ?", (participant,))
        connection.execute("delete from account where participant = ?", (participant,))
        connection.execute("insert or ignore into departed values (?)", (participant,))
    store.scrub()
