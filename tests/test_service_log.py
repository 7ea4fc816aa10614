"""The service's events become the study's log, and whoever leaves is in no file afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from service_world import World, post

from casestudy.errors import InputError
from casestudy.files import locks
from casestudy.service import accounts, prepared, pull, records
from casestudy.usage import events, sessions


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "study")


def test_pulled_events_are_read_without_a_mapping(world: World) -> None:
    browser = world.enter(world.people[0])
    browser.get("/month")
    world.clock.time += timedelta(days=1)
    browser.get("/goals")
    found = pull.pull(world.study, world.store)
    table, people, vocabulary = events.of_study(world.study)
    assert found.events == len(table)
    assert list(table["action"]) == ["register", "view_summary", "view_summary", "login"]
    assert list(people["participant_id"]) == [world.people[0]]
    assert people.loc[0, "adopted_on"].strftime("%Y-%m-%d") == "2017-07-03"
    acts = sessions.with_sessions(table)
    assert acts["session_id"].nunique() == 2
    assert {"view_summary", "login"} <= set(vocabulary.ids)


def test_a_month_is_announced_once_when_it_is_over(world: World) -> None:
    world.enter(world.people[0])
    assert prepared.announce(world.store) == 1
    assert prepared.announce(world.store) == 0
    world.clock.time += timedelta(days=31)
    assert prepared.announce(world.store) == 1
    said = world.store.rows("select period from event where action = 'return_delivered' order by id")
    assert [row["period"] for row in said] == ["2017-06", "2017-07"]


def test_a_second_pull_changes_nothing_and_rows_of_others_stay(world: World) -> None:
    log = world.root / events.FILE
    log.write_text(
        "event_id,participant_id,timestamp,action,note\n1,p1,2017-01-01T00:00:00+02:00,login,kept\n"
    )
    world.enter(world.people[0]).get("/month")
    pull.pull(world.study, world.store)
    first = log.read_text()
    assert first.splitlines()[:2] == [
        "event_id,participant_id,timestamp,action,note",
        "1,p1,2017-01-01T00:00:00+02:00,login,kept",
    ]
    pull.pull(world.study, world.store)
    assert log.read_text() == first
    world.enter(world.people[1]).get("/month")
    pull.pull(world.study, world.store)
    assert log.read_text().count("view_summary") == first.count("view_summary") + 2


def held(root: Path) -> bytes:
    files = [path for path in root.rglob("*") if path.is_file() and "profiles" not in path.parts]
    return b"".join(path.read_bytes() for path in files)


def test_whoever_leaves_is_in_no_file_afterwards(world: World) -> None:
    gone, kept = world.people[0], world.people[1]
    browsers = [world.enter(person) for person in (gone, kept)]
    for browser in browsers:
        post(browser, "/write", text="words that only I wrote")
    pull.pull(world.study, world.store)
    assert gone.encode() in held(world.root)
    assert "Tick the box" in post(browsers[0], "/leave").text
    left = post(browsers[0], "/leave", sure="yes")
    assert "is erased" in left.text
    assert browsers[0].get("/month").status_code == 401
    assert gone.encode() not in held(world.root)
    assert kept.encode() in held(world.root)
    pull.pull(world.study, world.store)
    assert gone.encode() not in held(world.root)


def test_leaving_while_the_study_is_in_use_is_finished_by_the_next_pull(world: World) -> None:
    import threading

    gone = world.people[0]
    browser = world.enter(gone)
    pull.pull(world.study, world.store)
    begun, end = threading.Event(), threading.Event()

    def use() -> None:
        with locks.study(world.root):
            begun.set()
            end.wait(30)

    other = threading.Thread(target=use)
    other.start()
    begun.wait(30)
    assert "is erased" in post(browser, "/leave", sure="yes").text
    assert gone in (world.root / events.FILE).read_text()
    end.set()
    other.join()
    assert pull.pull(world.study, world.store).left == (gone,)
    world.store.close()
    assert gone.encode() not in held(world.root)


def test_only_who_agreed_to_the_log_is_in_it(world: World) -> None:
    browser = world.enter(world.people[0])
    browser.get("/month")
    post(browser, "/consent", use="yes")
    assert pull.pull(world.study, world.store).participants == 0
    assert not (world.root / events.FILE).exists()


def test_every_action_that_the_vocabulary_lacks_is_listed(world: World) -> None:
    path = world.root / "usage_logs" / "actions.yaml"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if "id: login" not in line and "id: export" not in line))
    with pytest.raises(InputError) as refused:
        pull.pull(world.study, world.store)
    assert [problem.found.split("'")[1] for problem in refused.value.problems] == ["login", "export"]


WRITER = """
import sys
from pathlib import Path
from casestudy.service import records
from casestudy.service.store import Store
store = Store(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    records.event(store, sys.argv[2], "view_summary", f"page:{number}")
    print(number, flush=True)
"""


def test_a_killed_service_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    from casestudy.service.store import Store

    store = Store(tmp_path / "service" / "accounts.sqlite")
    person = accounts.add_account(store, "1")
    for round_ in range(3):
        before = len(store.rows("select 1 from event"))
        words = [sys.executable, "-c", WRITER, str(store.path), person]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout
            acknowledged = 0
            until = time.monotonic() + 20
            while acknowledged < 20 + 13 * round_ and time.monotonic() < until:
                acknowledged = int(writer.stdout.readline())
            os.kill(writer.pid, signal.SIGKILL)
            rest = writer.stdout.read().split()
        acknowledged = int(rest[-1]) if rest else acknowledged
        written = len(store.rows("select 1 from event")) - before
        assert written in (acknowledged, acknowledged + 1)  # one may be written and not yet said
    assert store.row("pragma integrity_check") == {"integrity_check": "ok"}


def test_the_verbs_speak_in_words(world: World, command) -> None:  # type: ignore[no-untyped-def]
    world.enter(world.people[0]).get("/month")
    code, said, _ = command("service", "pull", "--study", world.root)
    assert code == 0
    assert "of 1 participant are in usage_logs/." in said
    (world.root / "elsewhere").mkdir()
    (world.root / "elsewhere" / "study.toml").write_text((world.root / "study.toml").read_text())
    code, _, wrong = command("service", "pull", "--study", world.root / "elsewhere")
    assert code == 2
    assert "There is no service here" in wrong
    code, _, wrong = command("serve", "--port", "0", "--study", world.root)
    assert code == 2
    assert "--port" in wrong
    records.leave(world.store, world.people[0])
    _, said, _ = command("service", "pull", "--study", world.root)
    assert f"casestudy withdraw {world.people[0]}" in said
