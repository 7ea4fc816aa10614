"""The service's events become the study's log, under the study's lock; who left is taken out of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from casestudy.errors import InputError, Problem, raise_if
from casestudy.files import locks, transaction
from casestudy.service import accounts
from casestudy.service.records import ACTIONS
from casestudy.service.store import Store
from casestudy.study import Study
from casestudy.usage import events, vocabulary

Row = dict[str, str]


@dataclass(frozen=True)
class Pulled:
    """What a pull wrote, and who it erased."""

    events: int
    participants: int
    left: tuple[str, ...]


def check_vocabulary(study: Study) -> None:
    """Refuse a study whose vocabulary lacks an action that the service writes.

    Raises
    ------
    InputError
        With every missing action.
    """
    there = vocabulary.load(study.input(vocabulary.FILE)).ids
    missing = [action for action in ACTIONS if action not in there]
    remedy = "Add it, as the template of a new study has it."
    raise_if(
        [Problem(vocabulary.FILE, f"the action {action!r} is not there.", remedy) for action in missing],
        "The service's events would not be in the study's vocabulary.",
    )


def pull(study: Study, store: Store) -> Pulled:
    """Bring the study's log up to date with the service.

    Rows of the service's participants are replaced, so a second pull changes nothing; rows of others stay as
    they are. Only who agreed to it is in the log. Rows of whoever left are taken out.

    Parameters
    ----------
    study : Study
    store : Store

    Returns
    -------
    Pulled

    Raises
    ------
    InputError
        When the study's vocabulary or its files do not fit.
    RunFailed
        When the study is in use.
    """
    check_vocabulary(study)
    with locks.study(study.root, wait=True), store.changing() as connection:
        left = [row["participant"] for row in store.rows("select participant from departed")]
        people = store.rows("select participant, household, arm from account order by participant")
        agreed = {}
        for row in people:
            consent = accounts.consent_of(store, row["participant"])
            if consent and consent.log:
                agreed[row["participant"]] = (row, consent)
        ours = {row["participant"] for row in people} | set(left)
        made = [_event(row) for row in store.rows("select * from event order by id")
                if row["participant"] in agreed]  # fmt: skip
        first = {}
        query = "select participant, min(id), at from consent group by participant"
        for row in store.rows(query):
            first[row["participant"]] = str(row["at"])[:10]
        who = [
            {
                "participant_id": person,
                "household_id": row["household"],
                "adopted_on": first[person],
                "account": "customer",
                "notified": "yes" if consent.notified else "no",
                "comparison": "yes" if row["arm"] == "comparison" else "no",
                "consent": "yes" if consent.joined else "no",
            }
            for person, (row, consent) in agreed.items()
        ]
        _write(study, ours, made, who)
        connection.execute("delete from departed")
    if left:
        store.scrub()
    return Pulled(len(made), len(who), tuple(left))


def erase(study: Study, store: Store) -> None:
    """Take whoever left out of the study's log, now.

    Raises
    ------
    RunFailed
        When the study is in use; they wait for the next time then.
    """
    left = {row["participant"] for row in store.rows("select participant from departed")}
    if not left:
        return
    with locks.study(study.root):
        _write(study, left, [], [])
    with store.changing() as connection:
        connection.executemany(
            "delete from departed where participant = ?", [(each,) for each in sorted(left)]
        )
    store.scrub()


def _event(row: dict[str, object]) -> Row:
    named = {name: str(row[name]) for name in ("action", "target", "period", "client")}
    person = str(row["participant"])
    return {
        "event_id": f"{person}-{row['id']}",
        "participant_id": person,
        "timestamp": str(row["at"]),
    } | named


def _write(study: Study, ours: set[str], made: list[Row], who: list[Row]) -> None:
    changes: dict[Path, bytes | Path | None] = {}
    for file, schema, rows in (
        (events.FILE, events.EVENTS, made),
        (events.PARTICIPANTS_FILE, events.PARTICIPANTS, who),
    ):
        path = study.root / file
        if not path.exists() and not rows:
            continue
        raise_if(events.not_ours(path) if file == events.FILE else [], "The log cannot be added to.")
        before = path.read_bytes() if path.exists() else b""
        text = _joined(before, schema.names, ours, rows, file)
        if text != before:
            changes[path] = text
    if changes:
        transaction.carry_out(study.root, changes, "the service's events are pulled")


def _joined(before: bytes, names: Iterable[str], ours: set[str], rows: list[Row], file: str) -> bytes:
    """A table without the rows of `ours`, and with new rows at its end; the other columns of it stay."""
    try:
        read = list(csv.reader(io.StringIO(before.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        problem = Problem(file, f"it cannot be read ({error}).", "Save it as CSV in UTF-8.")
        raise InputError("The log cannot be added to.", [problem]) from error
    header = read[0] if read else list(names)
    if "participant_id" not in header:
        raise InputError("The log cannot be added to.", [Problem(file, "it has no column participant_id.")])
    place = header.index("participant_id")
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(row for row in read[1:] if row and not (len(row) > place and row[place] in ours))
    writer.writerows([row.get(name, "") for name in header] for row in rows)
    return held.getvalue().encode()
