"""The service's file: invitations, sessions, consent, choices, arms, leaving."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casestudy.errors import InputError
from casestudy.service import accounts, arms, records
from casestudy.service.store import Store


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = datetime(2017, 6, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    return Store(tmp_path / "service" / "accounts.sqlite", clock)


def test_no_token_stands_in_the_file(store: Store) -> None:
    token = accounts.invite(store, accounts.add_account(store, "1"))
    session = accounts.enter(store, token)
    assert isinstance(session, accounts.Session)
    store.scrub()
    held = store.path.read_bytes()
    assert token.encode() not in held
    assert session.token.encode() not in held


def test_a_link_leads_in_once_and_until_it_expires(store: Store, clock: Clock) -> None:
    person = accounts.add_account(store, "1")
    first, second = accounts.invite(store, person), accounts.invite(store, person)
    assert isinstance(accounts.enter(store, first), accounts.Session)
    assert accounts.enter(store, first) == "used"
    assert accounts.enter(store, first + "x") == "unknown"
    clock.time += accounts.VALID
    assert accounts.enter(store, second) == "expired"


def test_of_many_windows_with_one_link_one_comes_in(store: Store) -> None:
    token = accounts.invite(store, accounts.add_account(store, "1"))
    came: list[object] = []
    windows = [threading.Thread(target=lambda: came.append(accounts.enter(store, token))) for _ in range(8)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert sum(isinstance(entered, accounts.Session) for entered in came) == 1
    assert came.count("used") == 7


def test_a_session_ends_after_long_disuse_and_survives_a_clock_that_goes_back(
    store: Store, clock: Clock
) -> None:
    session = accounts.enter(store, accounts.invite(store, accounts.add_account(store, "1")))
    assert isinstance(session, accounts.Session)
    clock.time -= timedelta(days=3)
    accounts.touch(store, session)
    assert accounts.session_of(store, session.token)
    clock.time += timedelta(days=3) + accounts.IDLE + timedelta(seconds=1)
    assert accounts.session_of(store, session.token) is None


def test_consent_to_an_older_version_is_asked_for_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = accounts.add_account(store, "1")
    assert accounts.agree(store, person, log=True, joined=False, notified=True)
    assert accounts.consent_of(store, person) == accounts.Consent("1", True, False, True)
    monkeypatch.setattr(accounts, "VERSION", "2")
    assert accounts.consent_of(store, person) is None
    assert not accounts.agree(store, person, log=True, joined=False, notified=True)
    assert len(store.rows("select * from consent")) == 2


def test_a_double_click_writes_one_event(store: Store) -> None:
    person = accounts.add_account(store, "1")
    assert records.event(store, person, "set_goal", once="form 1")
    assert not records.event(store, person, "set_goal", once="form 1")
    assert records.event(store, person, "login")
    assert records.event(store, person, "login")


def test_leaving_leaves_nothing_but_a_pseudonym(store: Store) -> None:
    person, other = accounts.add_account(store, "household-one"), accounts.add_account(store, "household-two")
    for each in (person, other):
        accounts.enter(store, accounts.invite(store, each))
        accounts.agree(store, each, log=True, joined=True, notified=True)
        records.message(store, each, f"words of {each}")
        records.correct(store, each, "line", "weight", "123")
        records.event(store, each, "login")
        records.saw(store, "researcher", "messages", each)
    records.leave(store, person)
    held = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert b"household-one" not in held
    assert f"words of {person}".encode() not in held
    assert b"household-two" in held
    assert store.rows("select participant from departed") == [{"participant": person}]
    kept = records.everything(store, other)
    assert {table for table, rows in kept.items() if not rows} == {"goal", "answer"}


def test_leaving_a_full_service_leaves_no_copy_in_its_pages(store: Store) -> None:
    people = [accounts.add_account(store, f"home-{number}") for number in range(40)]
    for number, person in enumerate(people * 3):
        with store.changing() as connection:
            row = (person, "2017-01", "lines", "", f"{person} " * (50 + 17 * (number % 60)))
            connection.execute("insert or replace into figures values (?, ?, ?, ?, ?)", row)
        accounts.enter(store, accounts.invite(store, person))
        records.event(store, person, "login")
    for person in people[::2]:
        records.leave(store, person)
    with store.changing() as connection:
        connection.execute("delete from departed")
    store.scrub()
    held = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert [person for person in people[::2] if person.encode() in held] == []
    assert all(person.encode() in held for person in people[1::2])


def test_arms_are_even_and_drawn_once(store: Store) -> None:
    households = [str(number) for number in range(20)]
    plan = arms.freeze(store, households, 7)
    assert sorted(plan.values()).count("comparison") == 10
    assert arms.freeze(store, households[::-1], 7) == plan
    mark = arms.fingerprint(store)
    with pytest.raises(InputError, match="drawn once"):
        arms.freeze(store, households, 8)
    assert arms.fingerprint(store) == mark
    assert arms.draw(households, 8) != plan
