"""Readers of the usage log: columns, times with their offset, unknown actions, broken and empty files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from casestudy.errors import InputError
from casestudy.simulator import check as simulator_check
from casestudy.study import Study
from casestudy.usage import check, events, story, vocabulary
from casestudy.usage.vocabulary import Action, Vocabulary

WORDS = Vocabulary(
    (
        Action("login", "entry", "comes in", role="enter"),
        Action("view", "page", "sees a page", look=True),
        Action("ready", "firm", "feedback is ready", actor="firm", role="return"),
    )
)
ROWS = [
    ("e2", "p2", "2017-03-26T03:30:00+03:00", "view", "page:a", "2017-02", "web"),
    ("e1", "p1", "2017-03-01T09:30:00+02:00", "login", "", "", "web"),
    ("e3", "p1", "2017-03-01T07:31:00Z", "view", "page:b", "2017-02", "phone"),
]
FRAME = pd.DataFrame(ROWS, columns=events.EVENTS.names).replace("", None)


def write(folder: Path, text: str | bytes, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_three_kinds_of_file_give_the_same_events(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "e.csv", index=False)
    FRAME.to_json(tmp_path / "e.jsonl", orient="records", lines=True)
    FRAME.to_parquet(tmp_path / "e.parquet")
    read = [events.read(tmp_path / f"e.{kind}", WORDS) for kind in ("csv", "jsonl", "parquet")]
    assert read[0]["event_id"].tolist() == ["e1", "e3", "e2"]
    assert read[0]["offset"].tolist() == [120, 0, 180]
    assert str(read[0]["timestamp"].iloc[2]) == "2017-03-26 00:30:00+00:00"
    for other in read[1:]:
        pd.testing.assert_frame_equal(read[0].fillna("-"), other.fillna("-"), check_dtype=False)


def test_parquet_may_hold_real_timestamps(tmp_path: Path) -> None:
    typed = FRAME.assign(timestamp=pd.to_datetime(FRAME["timestamp"], utc=True, format="ISO8601"))
    typed.to_parquet(tmp_path / "e.parquet")
    assert set(events.read(tmp_path / "e.parquet", WORDS)["offset"]) == {0}


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    text = (
        "event_id,participant_id,timestamp,action\n"
        "e1,p1,2017-03-01T09:30:00,view\n"
        "e2,,2017-03-01T09:30:00Z,view\n"
        "e3,p1,yesterday,vieuw\n"
        "e4,p1,2017-02-30T09:30:00Z,view\n"
    )
    with pytest.raises(InputError) as caught:
        events.read(write(tmp_path, text), WORDS)
    found = [str(problem) for problem in caught.value.problems]
    assert any("row 2" in one and "no offset" in one for one in found)
    assert any("row 3" in one and "participant_id is empty" in one for one in found)
    assert any("row 4" in one and "yesterday" in one for one in found)
    assert any("'vieuw'" in one and "Did you mean 'view'" in one for one in found)
    assert any("row 5" in one and "2017-02-30" in one for one in found)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00binary\x00", "UTF-8"),
        ("event,who\n1,2\n".encode("utf-16"), "UTF-8"),
        (b"", "not a csv"),
        (b"a,b\n1,2\n", "is missing"),
        (b'event_id,participant_id,timestamp,action\n"e1,p1', "csv"),
    ],
)
def test_files_that_are_no_log_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(InputError) as caught:
        events.read(write(tmp_path, content), WORDS)
    assert words in str(caught.value)


def test_an_empty_log_is_a_table_without_rows(tmp_path: Path) -> None:
    empty = events.read(write(tmp_path, ",".join(events.EVENTS.names) + "\n"), WORDS)
    assert len(empty) == 0
    assert {"offset", "group", "actor"} <= set(empty.columns)
    assert len(events.read(write(tmp_path, b"", "e.jsonl"), WORDS)) == 0


def test_many_unknown_actions_are_counted_not_all_printed(tmp_path: Path) -> None:
    rows = "".join(f"e{n},p1,2017-03-01T09:30:00Z,act{n}\n" for n in range(500))
    with pytest.raises(InputError) as caught:
        events.read(write(tmp_path, "event_id,participant_id,timestamp,action\n" + rows), WORDS)
    assert len(caught.value.problems) <= 21
    assert "480 more unknown actions" in str(caught.value)


def test_the_vocabulary_lists_its_problems(tmp_path: Path) -> None:
    text = (
        "actions:\n- {id: a, group: g, meaning: m, rol: enter}\n"
        "- {id: a, group: g, meaning: m, actor: robot}\n- {group: g}\n- 5\n"
        "- {id: b, group: g, meaning: m, role: enter}\n- {id: c, group: g, meaning: m, role: enter}\n"
    )
    with pytest.raises(InputError) as caught:
        vocabulary.load(write(tmp_path, text, "a.yaml"), "a.yaml")
    text = str(caught.value)
    for words in ("'rol' is not a field. Did you mean 'role'", "actor is 'robot'", "id 'a' occurs before",
                  "id is missing", "5 is not an entry", "role 'enter' occurs before"):  # fmt: skip
        assert words in text
    with pytest.raises(InputError, match="line 1"):
        vocabulary.load(write(tmp_path, "actions: [", "b.yaml"), "b.yaml")


def test_the_check_finds_what_does_not_fit_together(tmp_path: Path) -> None:
    root = Study.find(Path(__file__).parents[1]).root
    shutil.copytree(
        root / "usage_logs", tmp_path / "usage_logs", ignore=shutil.ignore_patterns("truth", "recovery")
    )
    (tmp_path / "study.toml").write_text('title = "a copy"\n')
    study = Study.load(tmp_path)
    assert check.check(study) == []
    people = tmp_path / "usage_logs/participants.csv"
    people.write_text(
        "\n".join(line for line in people.read_text().splitlines() if "p0007" not in line) + "\n"
    )
    rules = tmp_path / "usage_logs/signatures.yaml"
    rules.write_text(rules.read_text().replace("share_peer", "share_pear"))
    settings = tmp_path / "usage_logs/simulator.toml"
    settings.write_text(settings.read_text().replace("open_quiz = 3", "open_kwiz = 3"))
    text = "\n".join(map(str, check.check(study) + simulator_check.check(study)))
    assert "'p0007' is not in" in text
    assert "'share_pear'" in text
    assert "'open_kwiz' is not in" in text


def test_the_case_story_tells_sessions_and_silence() -> None:
    ready = [
        (f"f{month}", "p1", f"2017-0{month}-01T00:00:00Z", "ready", "", f"2017-0{month - 1}", "s")
        for month in (3, 4, 5)
    ]
    frame = pd.concat([FRAME, pd.DataFrame(ready, columns=FRAME.columns)])
    people = pd.DataFrame(
        {"participant_id": ["p1"], "household_id": ["9"], "adopted_on": pd.to_datetime(["2017-03-01"])}
    )
    told = story.of_frames(events.tidy(frame, WORDS, "e"), people, "p1")
    assert "household 9" in told
    assert "login > view(b)" in told
    assert "no session for 2 cycles" in told
    with pytest.raises(InputError, match="Did you mean 'p1'"):
        story.of_frames(events.tidy(frame, WORDS, "e"), people, "p11")
