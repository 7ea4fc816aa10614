"""Exports of other tools: ids and times are text from the first byte, whatever format and tool wrote them."""

from __future__ import annotations

import gzip
import json
import string
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.errors import InputError
from casestudy.usage import mapping
from casestudy.usage.vocabulary import Action, Vocabulary

WORDS = Vocabulary(tuple(Action(name, "g", "m") for name in ("view", "book")))
RULES = 'actions: [{action: view, when: {e: "^v$"}}, {action: book, when: {e: "^b$"}}]\n'
PLAIN = "columns: {participant_id: user, timestamp: when}\n" + RULES


def read(folder: Path, name: str, content: str | bytes, text: str = PLAIN) -> pd.DataFrame:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (folder / "m.yaml").write_text(text)
    return mapping.read(path, mapping.load(folder / "m.yaml"), WORDS)


def moments(events: pd.DataFrame) -> list[str]:
    return [f"{moment:%Y-%m-%dT%H:%M:%S.%f}"[:23] for moment in events["timestamp"]]


GAP = [1234567890123456781, None, 1234567890123456789, 1001]


def rows_with(ids: list[object]) -> list[dict[str, object]]:
    return [{"user": who, "when": "2024-03-01T10:00:00Z", "e": "x" if who is None else "v"} for who in ids]


@pytest.mark.parametrize("form", ["jsonl", "json", "parquet", "csv"])
@pytest.mark.parametrize("ids", [GAP, [7, None, 9007199254740993], ["007", None, "7"]])
def test_an_empty_id_makes_no_two_people_one(tmp_path: Path, form: str, ids: list[object]) -> None:
    rows = rows_with(ids)
    drop = PLAIN + 'drop: [{when: {e: "^x$"}}]\n'
    if form == "parquet":
        whole = pa.int64() if isinstance(ids[0], int) else pa.string()
        columns = {name: pa.array([row[name] for row in rows]) for name in ("when", "e")}
        pq.write_table(pa.table({"user": pa.array(ids, whole), **columns}), tmp_path / "a.parquet")
        (tmp_path / "m.yaml").write_text(drop)
        events = mapping.read(tmp_path / "a.parquet", mapping.load(tmp_path / "m.yaml"), WORDS)
    else:
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        table = "user,when,e\n" + "".join(f"{row['user'] or ''},{row['when']},{row['e']}\n" for row in rows)
        events = read(
            tmp_path, f"a.{form}", {"jsonl": lines, "json": json.dumps(rows), "csv": table}[form], drop
        )
    assert sorted(events["participant_id"]) == sorted(str(who) for who in ids if who is not None)


def test_a_number_that_may_miss_stays_whole(tmp_path: Path) -> None:
    text = PLAIN.replace("timestamp: when", "timestamp: when, target: page")
    line = '{"user": "a", "when": "2024-03-01T10:00:00Z", "e": "v"'
    events = read(tmp_path, "a.jsonl", f'{line}, "page": 17}}\n{line}}}\n{line}, "page": 17.0}}\n', text)
    assert events["target"].fillna("").tolist() == ["17", "", "17"]
    pq.write_table(
        pa.table(
            {"user": ["a", "b"], "when": ["2024-03-01T10:00:00Z"] * 2, "e": ["v"] * 2, "page": [17.0, None]}
        ),
        tmp_path / "b.parquet",
    )
    events = mapping.read(tmp_path / "b.parquet", mapping.load(tmp_path / "m.yaml"), WORDS)
    assert events["target"].fillna("").tolist() == ["17", ""]


@pytest.mark.parametrize(
    ("written", "moment", "offset"),
    [
        ("2024-03-31 22:30:00.123+00", "2024-03-31T22:30:00.123", 0),
        ("2024-03-31 22:30:00+00", "2024-03-31T22:30:00.000", 0),
        ("2024-03-31 22:30:00.123456 UTC", "2024-03-31T22:30:00.123", 0),
        ("2024-03-31 22:30:00 UTC", "2024-03-31T22:30:00.000", 0),
        ("2024-04-01T01:30:00+03", "2024-03-31T22:30:00.000", 180),
        ("2024-04-01T04:00:00+0530", "2024-03-31T22:30:00.000", 330),
        ("2024-03-31T19:00:00-03:30", "2024-03-31T22:30:00.000", -210),
        ("2024-03-31T22:30Z", "2024-03-31T22:30:00.000", 0),
        ("20240331T223000Z", "2024-03-31T22:30:00.000", 0),
        ("2024-03-31 22:30:00 GMT", "2024-03-31T22:30:00.000", 0),
        ("2024-03-31T22:30:00,5z", "2024-03-31T22:30:00.500", 0),
        ("2024-03-31T22:30:00.123456789Z", "2024-03-31T22:30:00.123", 0),
    ],
)
def test_every_way_to_state_an_offset_is_read(tmp_path: Path, written: str, moment: str, offset: int) -> None:
    content = f"user;when;e\nu1;{written};v\nu2;2024-03-01T10:00:00+02:00;v\n"
    for zone in ("", "time: {zone: Europe/Helsinki}\n"):
        events = read(tmp_path, "a.csv", content, PLAIN + zone)
        assert (moments(events)[0], events["offset"].tolist()) == (moment, [offset, 120])


@pytest.mark.parametrize(
    ("pattern", "written", "moment", "offset"),
    [
        ("%d/%b/%Y:%H:%M:%S %z", "01/Mar/2024:10:00:00 +0200", "2024-03-01T08:00:00.000", 120),
        ("%d/%b/%Y:%H:%M:%S %z", "01/Jul/2024:10:00:00 +0300", "2024-07-01T07:00:00.000", 180),
        ("%Y/%m/%d %H:%M:%S%z", "2024/03/01 10:00:00-0330", "2024-03-01T13:30:00.000", -210),
        ("%d.%m.%Y %H:%M:%S %z", "01.03.2024 10:00:00 +02:00", "2024-03-01T08:00:00.000", 120),
        ("%m/%d/%Y %I:%M:%S %p %z", "03/01/2024 10:00:00 PM UTC", "2024-03-01T22:00:00.000", 0),
    ],
)
def test_patterns_with_an_offset(
    tmp_path: Path, pattern: str, written: str, moment: str, offset: int
) -> None:
    events = read(
        tmp_path, "a.csv", f"user,when,e\na,{written},v\n", PLAIN + f"time: {{format: '{pattern}'}}\n"
    )
    assert (moments(events), events["offset"].tolist()) == ([moment], [offset])


@pytest.mark.parametrize(
    ("given", "written", "right"),
    [("epoch_ms", "1711924200", "epoch_s"), ("epoch_s", "1711924200123", "epoch_ms"),
     ("epoch_ms", "1711924200123456", "epoch_us"), ("epoch_us", "1711924200", "epoch_s"),
     ("iso", "1711924200", "epoch_s"), ("iso", "1711924200123", "epoch_ms")],
)  # fmt: skip
def test_a_count_in_another_unit_is_refused_and_named(
    tmp_path: Path, given: str, written: str, right: str
) -> None:
    content = f"user,when,e\nu1,{written},v\n"
    with pytest.raises(InputError, match=f"format: {right}"):
        read(tmp_path, "a.csv", content, PLAIN + f"time: {{format: {given}}}\n")
    events = read(tmp_path, "a.csv", content, PLAIN + f"time: {{format: {right}}}\n")
    assert moments(events)[0][:19] == "2024-03-31T22:30:00"


def test_counts_of_a_projects_clock_are_moved_by_its_zone(tmp_path: Path) -> None:
    content = "user,when,e\nu1,1711931400,v\n"  # 2024-04-01 00:30 on a clock in Helsinki
    events = read(
        tmp_path, "a.csv", content, PLAIN + "time: {format: epoch_s, clock: wall, zone: Europe/Helsinki}\n"
    )
    assert (moments(events), events["offset"].tolist()) == (["2024-03-31T21:30:00.000"], [180])


@pytest.mark.parametrize("ids", [("9", "10"), ("b", "a"), ("e-2", "e-11")])
def test_one_moment_keeps_the_order_of_the_export(tmp_path: Path, ids: tuple[str, str]) -> None:
    first, second = ids
    content = f"id,when,e,user\n{first},2024-03-01T10:00:00Z,v,1\n{second},2024-03-01T10:00:00Z,b,1\n"
    text = PLAIN.replace("{participant_id", "{event_id: id, participant_id")
    assert read(tmp_path, "a.csv", content, text)["event_id"].tolist() == list(ids)


def test_what_a_spreadsheet_made_of_ids_is_told(tmp_path: Path) -> None:
    at = "2024-03-01T10:00:00Z"
    content = f"user;when;e\n1,23457E+18;{at};v\nu2;{at};v\nu3;{at};b\n"
    importing = mapping.Import(tmp_path / "a.csv", loaded(tmp_path, PLAIN), WORDS)
    (tmp_path / "a.csv").write_text(content)
    assert sum(len(piece["event_id"]) for piece in importing.pieces()) == 2
    importing.finish()
    assert "power of ten by a spreadsheet" in str(importing.aside[0])
    assert "row 2" in str(importing.aside[0])
    with pytest.raises(InputError, match="power of ten"):
        read(tmp_path, "b.csv", "user,when,e\nu,1.71E+12,v\n", PLAIN + "time: {format: epoch_ms}\n")
    events = read(
        tmp_path, "c.csv", "user,when,e\n2e5,2024-03-01T10:00:00Z,v\n"
    )  # an id made of hexadecimals
    assert events["participant_id"].tolist() == ["2e5"]


def loaded(folder: Path, text: str) -> mapping.ExportMapping:
    (folder / "m.yaml").write_text(text)
    return mapping.load(folder / "m.yaml")


ROWS = [
    {"user": "a", "when": "2024-03-01T10:00:00Z", "e": "v"},
    {"user": "b", "when": "2024-03-01T10:00:00Z", "e": "b"},
]


@pytest.mark.parametrize(
    ("name", "content", "more"),
    [
        ("a.json", json.dumps({"statements": ROWS, "more": ""}), ""),
        ("a.json", json.dumps({"data": ROWS, "meta": {"page": 1}}), ""),
        ("a.json", json.dumps({"took": 3, "hits": {"hits": ROWS}}), "records: hits.hits\n"),
        ("a.json", "\n".join(json.dumps(row) for row in ROWS), ""),
        ("a.jsonl", json.dumps({"results": ROWS}), ""),
        ("a.jsonl", "\ufeff" + "\r\n\r\n".join(json.dumps(row) for row in ROWS), ""),
        ("a.json.gz", gzip.compress(json.dumps(ROWS).encode(), mtime=0), ""),
    ],
)
def test_records_in_an_envelope_are_opened(
    tmp_path: Path, name: str, content: str | bytes, more: str
) -> None:
    assert read(tmp_path, name, content, PLAIN + more)["participant_id"].tolist() == ["a", "b"]


def test_two_lists_in_an_envelope_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="records:"):
        read(tmp_path, "a.json", json.dumps({"new": ROWS, "old": ROWS}))


@pytest.mark.parametrize(
    "more",
    ["colums: {}\n", "time: {zones: UTC}\n", "drop: [{when: {e: x}, acton: view}]\n", "record: data\n"],
)
def test_a_misspelt_key_of_a_mapping_is_refused(tmp_path: Path, more: str) -> None:
    with pytest.raises(InputError, match="is not a field"):
        loaded(tmp_path, PLAIN + more)


def test_lines_of_a_server(tmp_path: Path) -> None:
    line = '10.0.0.1 - {} [01/Mar/2024:10:00:00 +0200] "GET {} HTTP/1.1" 200 12 "-" "ExampleBrowser/1.0"\n'
    text = (
        "lines: combined\ncolumns: {participant_id: user, timestamp: time, target: path, client: agent}\n"
        "time: {format: '%d/%b/%Y:%H:%M:%S %z'}\n"
        "actions: [{action: book, when: {path: ^/book}}, {action: view, when: {method: GET}}]\n"
        "drop: [{when: {path: '[.]png$'}}]\n"
    )
    content = line.format("u1", "/book/7") + line.format("u2", "/") + line.format("u2", "/a.png") + "\n"
    events = read(tmp_path, "access.log", content, text)
    assert events["action"].tolist() == ["book", "view"]
    assert events["client"].tolist() == ["ExampleBrowser/1.0"] * 2
    own = text.replace(
        "combined", "'^(?P<time>[^|]+)[|](?P<user>[^|]+)[|](?P<method>[A-Z]+) (?P<path>.*)[|](?P<agent>.*)$'"
    )
    other = "01/Mar/2024:10:00:00 +0200|u1|GET /book/7|x\nbroken\n01/Mar/2024:10:00:01 +0200|u1|GET /|x\n"
    importing = mapping.Import(tmp_path / "own.txt", loaded(tmp_path, own), WORDS)
    (tmp_path / "own.txt").write_text(other)
    assert sum(len(piece["action"]) for piece in importing.pieces()) == 2
    importing.finish()
    assert "line 2" in str(importing.aside[0])


IDS = st.one_of(
    st.none(),
    st.integers(0, 10**20),
    st.text(string.digits, min_size=1, max_size=20),
    st.text(string.ascii_letters + string.digits + "-_äß", min_size=1, max_size=8),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(IDS, st.integers(0, 10**6), st.sampled_from("vb")), min_size=1, max_size=12))
def test_four_formats_give_the_same_events(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int | str | None, int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("formats")
    names = [None if who is None else str(who) for who, _, _ in rows]
    records = [
        {"user": who, "when": 1_711_924_200 + moment, "e": "x" if who is None else act}
        for who, moment, act in rows
    ]
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in records))
    (folder / "a.json").write_text(json.dumps(records))
    cells = [f"{name or ''},{row['when']},{row['e']}\n" for name, row in zip(names, records, strict=True)]
    (folder / "a.csv").write_text("user,when,e\n" + "".join(cells))
    large = any(not isinstance(who, int | None) or (who or 0) >= 2**63 for who, _, _ in rows)
    users = pa.array(names, pa.string()) if large else pa.array([row["user"] for row in records], pa.int64())
    columns = {name: [row[name] for row in records] for name in ("when", "e")}
    pq.write_table(pa.table({"user": users, **columns}), folder / "a.parquet")
    using = loaded(folder, PLAIN + "time: {format: epoch_s}\ndrop: [{when: {e: ^x$}}]\n")
    frames = [
        mapping.read(folder / f"a.{form}", using, WORDS) for form in ("csv", "json", "jsonl", "parquet")
    ]
    assert sorted(frames[0]["participant_id"]) == sorted(name for name in names if name is not None)
    for other in frames[1:]:
        pd.testing.assert_frame_equal(frames[0], other)
