"""A first mapping for exports that are recognised: what it writes reads the whole export."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from casestudy.errors import InputError
from casestudy.usage import mapping, proposal, tools, vocabulary

MOMENT = 1_709_287_200  # 2024-03-01T10:00:00Z


def ga4(name: str, page: str, user: str | None = None) -> dict[str, Any]:
    value = {"string_value": page, "int_value": None, "float_value": None, "double_value": None}
    return {
        "event_date": "20240301", "event_timestamp": MOMENT * 1_000_000, "event_name": name, "user_id": user,
        "user_pseudo_id": "123.456", "device": {"category": "mobile"},
        "event_params": [{"key": "page_location", "value": value}],
    }  # fmt: skip


def posthog(name: str, page: Any) -> dict[str, Any]:
    return {"uuid": f"u-{name}", "event": name, "distinct_id": "d1", "person_id": None,
            "timestamp": "2024-03-01 10:00:00.123000", "properties": page}  # fmt: skip


def mixpanel(name: str, time: int) -> dict[str, Any]:
    return {"event": name, "properties": {"time": time, "distinct_id": "m1", "$insert_id": f"i{name}"}}


def xapi(actor: dict[str, Any], verb: str) -> dict[str, Any]:
    return {
        "id": f"s-{verb}", "actor": actor, "verb": {"id": f"http://example.org/verbs/{verb}"},
        "object": {"id": "http://example.org/course/1"}, "timestamp": "2024-03-01T12:00:00+02:00",
    }  # fmt: skip


def caliper(actor: Any, action: str) -> dict[str, Any]:
    return {
        "id": f"urn:uuid:{action}", "type": "NavigationEvent", "actor": actor, "action": action,
        "object": "http://example.org/page/1", "eventTime": "2024-03-01T10:00:00.000Z",
    }  # fmt: skip


MATOMO = [
    {"idVisit": 1, "visitorId": "v1", "userId": None, "deviceType": "Desktop", "actionDetails": [
        {"type": "action", "url": "http://example.org/", "timestamp": MOMENT},
        {"type": "download", "url": "http://example.org/a.pdf", "timestamp": MOMENT + 9}]},
    {"idVisit": 2, "visitorId": "v2", "userId": "u2", "deviceType": "Phone", "actionDetails": [
        {"type": "action", "url": "http://example.org/", "timestamp": MOMENT}]},
]  # fmt: skip
PIWIK = (
    "timestamp,event_id,event_type,visitor_id,session_id,user_id,event_url\n"
    "2024-03-01 10:00:00,1,Page view,v1,s1,,http://example.org/\n"
    "2024-03-01 10:00:00,2,Custom event,v2,s2,u2,http://example.org/b\n"
)
SERVER = "".join(
    f'10.0.0.{number} - {user} [01/Mar/2024:10:00:00 +0000] "GET {path} HTTP/1.1" {status} 5 "-" "E/1"\n'
    for number, user, path, status in (
        (1, "-", "/rooms/7?day=1", 200), (2, "u2", "/rooms", 200), (2, "u2", "/style.css", 200),
        (3, "u3", "/nothing", 404), (3, "u3", "/", 200),
    )
)  # fmt: skip


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


CASES = {
    "matomo.json": (json.dumps(MATOMO), "Matomo", ["v1", "v1", "u2"], ["action", "download", "action"]),
    "ga4.jsonl": (
        lines([ga4("session_start", "/"), ga4("page_view", "/a"), ga4("add_to_cart", "/a", "u9")]),
        "Google Analytics 4", ["123.456", "u9"], ["page_view", "add_to_cart"],
    ),
    "posthog.jsonl": (
        lines([posthog("$pageview", {"$current_url": "/a"}), posthog("$set", {}), posthog("book it", "{}")]),
        "PostHog", ["d1", "d1"], ["pageview", "book_it"],
    ),
    "mixpanel.jsonl": (
        lines([mixpanel("Signed up", MOMENT), mixpanel("$identify", MOMENT), mixpanel("on", MOMENT)]),
        "Mixpanel", ["m1", "m1"], ["signed_up", "a_on"],
    ),
    "mixpanel-ms.json": (
        json.dumps([mixpanel("Signed up", MOMENT * 1000)]), "Mixpanel", ["m1"], ["signed_up"],
    ),
    "piwik.csv": (PIWIK, "Piwik PRO", ["v1", "u2"], ["page_view", "custom_event"]),
    "xapi.json": (
        json.dumps({"more": "", "statements": [
            xapi({"account": {"name": "n1", "homePage": "http://example.org"}}, "viewed"),
            xapi({"mbox": "mailto:a@example.org"}, "answered")]}),
        "xAPI", ["n1", "mailto:a@example.org"], ["viewed", "answered"],
    ),
    "caliper.json": (
        json.dumps({"sensor": "http://example.org/sensor", "sendTime": "2024-03-01T10:00:01.000Z", "data": [
            caliper("http://example.org/users/1", "NavigatedTo"),
            caliper({"id": "http://example.org/users/2", "type": "Person"}, "Submitted")]}),
        "Caliper", ["http://example.org/users/1", "http://example.org/users/2"], ["navigatedto", "submitted"],
    ),
    "access.log": (SERVER, "a server's log", ["10.0.0.1", "u2", "u3"], ["rooms", "rooms", "start"]),
    "access.log.gz": (SERVER, "a server's log", ["10.0.0.1", "u2", "u3"], ["rooms", "rooms", "start"]),
    "access.txt": (SERVER, "a server's log", ["10.0.0.1", "u2", "u3"], ["rooms", "rooms", "start"]),
}  # fmt: skip


def carried_out(path: Path, folder: Path) -> tuple[proposal.Proposal, pd.DataFrame]:
    made = proposal.propose(path)
    (folder / "mapping.yaml").write_text(made.mapping, encoding="utf-8")
    (folder / "actions.yaml").write_text(made.vocabulary, encoding="utf-8")
    words = vocabulary.load(folder / "actions.yaml")
    return made, mapping.read(path, mapping.load(folder / "mapping.yaml"), words)


@pytest.mark.parametrize("name", CASES)
def test_what_is_proposed_reads_the_export(tmp_path: Path, name: str) -> None:
    content, tool, people, actions = CASES[name]
    data = content.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    made, events = carried_out(tmp_path / name, tmp_path)
    assert made.tool.startswith(tool)
    assert sorted(events["participant_id"]) == sorted(people)
    assert sorted(events["action"]) == sorted(actions)
    assert {f"{moment:%Y-%m-%dT%H:%M}" for moment in events["timestamp"]} == {"2024-03-01T10:00"}


def test_tables_of_parquet_are_recognised_with_records_as_text(tmp_path: Path) -> None:
    rows = [posthog("$pageview", json.dumps({"$current_url": "/a"})), posthog("$screen", "{}")]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "p.parquet")
    made, events = carried_out(tmp_path / "p.parquet", tmp_path)
    assert made.tool == "PostHog"
    assert events["target"].fillna("").tolist() == ["/a", ""]
    pq.write_table(
        pa.Table.from_pylist([ga4("page_view", "/a"), ga4("scroll", "/b")]), tmp_path / "g.parquet"
    )
    assert carried_out(tmp_path / "g.parquet", tmp_path)[1]["target"].tolist() == ["/a", "/b"]


def test_what_shows_something_is_a_look_and_what_is_left_is_told(tmp_path: Path) -> None:
    (tmp_path / "g.jsonl").write_text(lines([ga4("page_view", "/"), ga4("purchase", "/")]))
    made, _ = carried_out(tmp_path / "g.jsonl", tmp_path)
    assert vocabulary.load(tmp_path / "actions.yaml").looks == ("page_view",)
    assert "may have several" in made.mapping


def test_the_table_of_formats_names_every_tool_that_is_recognised() -> None:
    table = (Path(__file__).parent / "formats-logs.md").read_text(encoding="utf-8")
    for tool in tools.TOOLS:
        assert f"| {tool.name.split(' (')[0].removesuffix(' statements').removesuffix(' events')} |" in table


def test_another_file_is_not_guessed_at(tmp_path: Path) -> None:
    for name, content in (
        ("a.csv", "when,who\n1,2\n"),
        ("a.json", "[]"),
        ("a.jsonl", '{"a": 1}\n'),
        ("a.log", "x\n"),
    ):
        (tmp_path / name).write_text(content)
        with pytest.raises(InputError, match=r"it is none of|holds no events"):
            proposal.propose(tmp_path / name)


def test_the_verb_writes_what_is_not_there(tmp_path: Path, command: Any) -> None:
    study = tmp_path / "s"
    study.mkdir()
    (study / "study.toml").write_text('title = "S"\n')
    export = tmp_path / "ga4.jsonl"
    export.write_text(lines([ga4("page_view", "/a"), ga4("purchase", "/b")]))
    words = ["import-log", export, "--study", study]
    code, out, _ = command(*words, "--propose")
    assert (code, "looks like Google Analytics 4" in out) == (0, True)
    made = study / "usage_logs" / "mapping.yaml"
    assert "2 events of 1 account" in command(*words, "--mapping", made)[1]
    code, _, err = command(*words, "--propose")
    assert (code, "it is there already" in err) == (2, True)
    (study / "usage_logs" / "actions.yaml").write_text("actions: [{id: purchase, group: g, meaning: m}]\n")
    out = command(*words, "--propose", "--mapping", tmp_path / "other.yaml")[1]
    assert "Not in usage_logs/actions.yaml yet: page_view." in out
    code, _, err = command(*words)
    assert (code, "events.csv: it is there already" in err) == (2, True)


def test_an_export_that_is_recognised_is_imported_in_one_step(tmp_path: Path, command) -> None:
    study = tmp_path / "s"
    assert command("new", study, "--with", "log")[0] == 0
    export = tmp_path / "ga4.jsonl"
    export.write_text(lines([ga4("page_view", "/a"), ga4("purchase", "/b")]))
    code, out, _ = command("import-log", export, "--study", study)
    assert code == 0
    assert "looks like Google Analytics 4" in out
    assert "2 events of 1 account" in out
    checked = command("check", "--study", study)[1]
    assert "2 notebooks can run, 1 cannot" in checked
    mapping = study / "usage_logs/mapping.yaml"
    before = mapping.read_text()
    assert command("import-log", export, "--study", study, "--replace")[0] == 0
    assert mapping.read_text() == before
