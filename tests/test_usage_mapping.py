"""Exports of other systems: nested records, rules for actions, hours that the clocks skip or repeat."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casestudy.errors import InputError
from casestudy.usage import mapping
from casestudy.usage.vocabulary import Action, Vocabulary

WORDS = Vocabulary(
    (Action("login", "entry", "in"), Action("summary", "page", "s"), Action("item", "page", "i"))
)

GA4 = """
columns: {participant_id: user_pseudo_id, timestamp: event_timestamp, target: "event_params[page_location]",
          client: device.category}
time: {format: epoch_us, zone: Europe/Helsinki}
drop: [{when: {event_name: "^(session_start|user_engagement)$"}}]
actions:
  - {action: login, when: {event_name: ^login$}}
  - {action: item, when: {event_name: ^page_view$, "event_params[page_location]": /item/}}
  - {action: summary, when: {event_name: ^page_view$}}
"""

MATOMO = """
columns: {participant_id: visitorId, timestamp: .timestamp, target: .url, client: deviceType}
explode: actionDetails
time: {format: epoch_s}
actions:
  - {action: item, when: {.url: /item/}}
  - {action: summary, when: {.type: ^action$}}
"""


def load(folder: Path, text: str) -> mapping.ExportMapping:
    (folder / "m.yaml").write_text(text)
    return mapping.load(folder / "m.yaml")


def test_an_export_like_ga4(tmp_path: Path) -> None:
    def row(name: str, moment: int, page: str) -> dict[str, object]:
        value = {"string_value": page, "int_value": None}
        return {
            "event_name": name, "event_timestamp": moment, "user_pseudo_id": "u1",
            "device": {"category": "mobile"}, "event_params": [{"key": "page_location", "value": value}],
        }  # fmt: skip

    base = 1_490_486_400_000_000
    rows = [
        row("session_start", base, "/"),
        row("login", base, "/"),
        row("page_view", base + 5_000_000, "/item/7"),
        row("page_view", base + 9_000_000, "/start"),
    ]
    path = tmp_path / "ga4.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    read = mapping.read(path, load(tmp_path, GA4), WORDS)
    assert read["action"].tolist() == ["login", "item", "summary"]
    assert read["target"].tolist() == ["/", "/item/7", "/start"]
    assert read["client"].tolist() == ["mobile"] * 3
    assert str(read["timestamp"].iloc[0]) == "2017-03-26 00:00:00+00:00"
    assert read["offset"].iloc[0] == 120


def test_an_export_like_matomo(tmp_path: Path) -> None:
    visits = [
        {"visitorId": "v1", "deviceType": "Desktop", "actionDetails": [
            {"type": "action", "url": "/start", "timestamp": 1490000000},
            {"type": "action", "url": "/item/3", "timestamp": 1490000060}]},
        {"visitorId": "v2", "deviceType": "Phone", "actionDetails": []},
    ]  # fmt: skip
    (tmp_path / "m.json").write_text(json.dumps(visits))
    read = mapping.read(tmp_path / "m.json", load(tmp_path, MATOMO), WORDS)
    assert read["action"].tolist() == ["summary", "item"]
    assert read["participant_id"].tolist() == ["v1", "v1"]


LOCAL = """
columns: {participant_id: who, timestamp: at}
constants: {action: login}
time: {format: "%d.%m.%Y %H:%M", zone: Europe/Helsinki}
"""


def test_hours_that_the_clocks_skip_or_repeat_are_refused_or_chosen(tmp_path: Path) -> None:
    path = tmp_path / "local.csv"
    path.write_text("who,at\np1,26.03.2017 03:30\np1,29.10.2017 03:30\np1,29.10.2017 05:00\n")
    with pytest.raises(InputError) as caught:
        mapping.read(path, load(tmp_path, LOCAL), WORDS)
    assert len(caught.value.problems) == 2
    assert "occurs twice or never" in str(caught.value)
    chosen = LOCAL.replace("zone:", "ambiguous: second, missing: forward, zone:")
    read = mapping.read(path, load(tmp_path, chosen), WORDS)
    assert read["timestamp"].map(str).tolist() == [
        "2017-03-26 01:00:00+00:00", "2017-10-29 01:30:00+00:00", "2017-10-29 03:00:00+00:00",
    ]  # fmt: skip
    assert read["offset"].tolist() == [180, 120, 120]
    first = mapping.read(path, load(tmp_path, chosen.replace("second", "first")), WORDS)
    assert str(first["timestamp"].iloc[1]) == "2017-10-29 00:30:00+00:00"


def test_rows_without_a_rule_and_bad_times_are_all_listed(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("visitorId,kind,at\nv1,login,12\nv1,odd,13\nv1,odd,soon\n")
    text = """
columns: {participant_id: visitorId, timestamp: at}
time: {format: epoch_s}
actions: [{action: login, when: {kind: login}}]
"""
    with pytest.raises(InputError) as caught:
        mapping.read(path, load(tmp_path, text), WORDS)
    assert "no rule fits kind = 'odd' (2 rows)" in str(caught.value)
    assert "'soon' is not a number" in str(caught.value)
    missing = text.replace("visitorId", "visitorid")
    with pytest.raises(InputError, match="Did you mean 'visitorId'"):
        mapping.read(path, load(tmp_path, missing), WORDS)


def test_a_bad_mapping_lists_its_problems(tmp_path: Path) -> None:
    text = """
columns: {participant: who}
time: {zone: Nowhere/Land, ambiguous: perhaps}
acts: []
actions: [{when: {a: "("}, action: login}, {action: x}]
"""
    with pytest.raises(InputError) as caught:
        load(tmp_path, text)
    found = str(caught.value)
    expected = (
        "'participant' is not ours",
        "participant_id is missing",
        "timestamp is missing",
        "Nowhere/Land",
        "ambiguous is 'perhaps'",
        "'acts' is not a field",
        "is not a pattern",
        "rule 2",
    )
    for words in expected:
        assert words in found
    for content in ("[]", "5", "columns: 3"):
        with pytest.raises(InputError):
            load(tmp_path, content)


def test_no_rows_give_no_events(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text("[]")
    assert len(mapping.read(tmp_path / "m.json", load(tmp_path, MATOMO), WORDS)) == 0
    (tmp_path / "m.json").write_text('[{"a": 1}, 7]')
    with pytest.raises(InputError, match="record 2"):
        mapping.read(tmp_path / "m.json", load(tmp_path, MATOMO), WORDS)


def test_an_export_with_semicolons_becomes_the_studys_log(tmp_path: Path, command) -> None:
    study, logs = tmp_path / "s", tmp_path / "s/usage_logs"
    logs.mkdir(parents=True)
    (study / "study.toml").write_text('title = "S"\n')
    (logs / "actions.yaml").write_text("actions: [{id: book, group: booking, meaning: books a room}]\n")
    (tmp_path / "m.yaml").write_text(
        "columns: {participant_id: wer, timestamp: wann}\n"
        'time: {format: "%d.%m.%Y %H:%M", zone: Europe/Berlin}\n'
        "actions: [{action: book, when: {was: ^reserve}}]\ndrop: [{when: {was: ^beat}}]\n"
    )
    export = tmp_path / "export.csv"
    export.write_text(
        "wer;wann;was\nu2;29.07.2025 18:01;reserve\nu1;03.03.2025 18:01;reserve\nu1;04.03.2025 09:00;beat\n"
    )
    words = ["import-log", export, "--mapping", tmp_path / "m.yaml", "--study", study]
    assert "2 events of 2 accounts" in command(*words)[1]
    rows = (logs / "events.csv").read_text().splitlines()
    assert rows[1:] == [
        "x0000001,u2,2025-07-29T18:01:00+02:00,book",
        "x0000002,u1,2025-03-03T18:01:00+01:00,book",
    ]
    assert (logs / "participants.csv").read_text().splitlines()[1:] == [
        "u1,2025-03-03,customer",
        "u2,2025-07-29,customer",
    ]
    assert command("check", "--study", study)[0] == 0
    code, _, err = command(*words)
    assert (code, "it is there already" in err) == (2, True)
    (logs / "events.csv").write_text("\n".join(rows).replace(",", ";"))
    assert "not separated by commas" in command("check", "--study", study)[2]
