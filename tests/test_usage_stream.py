"""Large logs piece by piece: the problems, sessions and measures that frames give, in bounded memory."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casestudy.errors import InputError
from casestudy.study import Study
from casestudy.usage import events, packed_sessions, stream, vocabulary

ROOT = Path(__file__).parent.parent
HEAD = "event_id,participant_id,timestamp,action,target\n"
WORDS = vocabulary.Vocabulary((vocabulary.Action("view", "page", "sees a page"),))


def problems(path: Path) -> tuple[list[str], list[str]]:
    """What the frame reader and the scan say of one file."""
    with pytest.raises(InputError) as caught:
        events.read(path, WORDS)
    return [str(one) for one in caught.value.problems], [
        str(one) for one in stream.scan(path, WORDS).problems
    ]


def test_the_same_problems_as_a_frame_also_across_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"e{n},p{n % 7},2017-03-01T09:30:{n % 60:02d}+02:00,view,x" for n in range(600)]
    for place, row in {
        30: "e,p1,soon,view,", 40: "e,,2017-03-01T00:00:00Z,view,", 50: "e,p1,2017-03-01T00:00:00,view,x",
        350: "e,p1,2017-02-30T00:00:00Z,vieww,x", 360: ",p1,2017-03-01T00:00:00Z,other,x",
    }.items():  # fmt: skip
        rows[place] = row
    rows[400:430] = ["e,p1,later,vieww,"] * 30
    path = tmp_path / "log.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n")
    monkeypatch.setattr(stream, "_BLOCK_BYTES", 2000)
    frame, pieces = problems(path)
    assert sorted(frame) == sorted(pieces)
    assert any("row 352" in one and "2017-02-30" in one for one in pieces)
    assert any("12 more rows with the same problem in timestamp" in one for one in pieces)


@pytest.mark.parametrize("missing", ["timestamp", "action", "participant_id"])
def test_missing_columns_are_named(tmp_path: Path, missing: str) -> None:
    names = [name for name in HEAD.strip().split(",") if name != missing]
    path = tmp_path / "log.csv"
    path.write_text(",".join(names) + "\n" + ",".join("x" for _ in names) + "\n")
    frame, pieces = problems(path)
    assert any(missing in one and "missing" in one for one in pieces)
    assert set(frame) >= {one for one in pieces if "missing" in one}
    with pytest.raises(InputError, match=missing):
        packed_sessions.sessions(path)


def test_lines_with_too_many_or_too_few_cells_are_listed_and_the_others_counted(tmp_path: Path) -> None:
    good = "e,p1,2017-03-01T00:00:00Z,view,x"
    path = tmp_path / "log.csv"
    path.write_text(HEAD + "\n".join([good, good + ",y", good, "e,p1", good, "e,p1,soon,view,x"]) + "\n")
    found = [str(one) for one in stream.scan(path, WORDS).problems]
    assert any("row 3: it has 6 cells, not 5" in one for one in found)
    assert any("row 5: it has 2 cells, not 5" in one for one in found)
    assert any("row 7: timestamp is 'soon'" in one for one in found)
    with pytest.raises(InputError, match="cells"):
        packed_sessions.sessions(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""), ("b.csv", b"\xff\xfe\x00\x01binary"), ("c.csv", "event,who\n".encode("utf-16")),
        ("d.csv.gz", b"not gzip"), ("e.parquet", b"PAR1"), ("f.xlsx", b"x"),
    ],
)  # fmt: skip
def test_files_that_are_no_log_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    try:
        found = stream.scan(path, WORDS).problems
    except InputError as error:
        found = error.problems
    assert found
    with pytest.raises(InputError):
        packed_sessions.sessions(path)


def test_an_empty_log_has_nothing_wrong(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(HEAD)
    found = stream.scan(path, WORDS)
    assert (found.rows, found.problems, found.participants) == (0, (), ())
    assert packed_sessions.sessions(path).measures.empty


def test_csv_compressed_csv_and_parquet_give_the_same_sessions(tmp_path: Path) -> None:
    study = Study.find(ROOT)
    path = study.input(events.FILE)
    words = vocabulary.load(study.input(vocabulary.FILE))
    frame = events.read(path, words)
    frame[["participant_id", "timestamp", "action"]].to_parquet(tmp_path / "log.parquet")
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    made = [
        packed_sessions.sessions(one) for one in (path, tmp_path / "log.csv.gz", tmp_path / "log.parquet")
    ]
    for other in made[1:]:
        np.testing.assert_array_equal(made[0].start, other.start)
        pd.testing.assert_frame_equal(made[0].measures, other.measures)
    assert made[0].events.sum() == len(frame)
    found = stream.scan(path, words)
    assert found.rows == len(frame)
    assert set(found.participants) == set(frame["participant_id"])
    assert found.actions == {name: int(n) for name, n in frame["action"].value_counts().items()}


def test_times_without_offset_stop_the_sessions_too(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(HEAD + "e,p1,2017-03-01T00:00:00,view,x\n")
    with pytest.raises(InputError, match="no offset"):
        packed_sessions.sessions(path)


def test_the_verb_measures_a_log_and_lists_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from casestudy.cli.main import main

    log = str(ROOT / events.FILE)
    assert main(["measure-log", log, "--study", str(ROOT), "--to", str(tmp_path / "m.csv")]) == 0
    assert "sessions of" in capsys.readouterr().out
    assert len(pd.read_csv(tmp_path / "m.csv")) > 200
    (tmp_path / "bad.csv").write_text(HEAD + "e,p1,soon,vieuw,x\n")
    assert main(["measure-log", str(tmp_path / "bad.csv"), "--study", str(ROOT)]) == 2
    assert "'vieuw' is not in the vocabulary" in capsys.readouterr().err
    assert main(["measure-log", log, "--study", str(ROOT), "--gap", "0"]) == 2
