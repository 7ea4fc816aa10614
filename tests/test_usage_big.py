"""Packed keys give the sessions and measures that frames give; what does not fit is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casestudy.errors import InputError
from casestudy.study import Study
from casestudy.usage import measures, packed_sessions, sessions
from casestudy.usage.log import open_log


@pytest.fixture(scope="module")
def acts() -> pd.DataFrame:
    return open_log(Study.find(Path(__file__).parents[1])).acts


@pytest.mark.parametrize(("gap", "edge"), [(30, "continue"), (15, "break"), (0.5, "continue")])
def test_the_reference_log_both_ways(acts: pd.DataFrame, tmp_path: Path, gap: float, edge: str) -> None:
    shuffled = acts.sample(frac=1, random_state=1)[["participant_id", "timestamp", "action", "target"]]
    shuffled.to_parquet(tmp_path / "log.parquet", row_group_size=5000)
    made = packed_sessions.sessions(tmp_path / "log.parquet", gap, edge)
    again = sessions.with_sessions(acts.assign(actor="participant"), gap, edge)
    frame = sessions.table(again)
    assert [made.participants[place] for place in made.person] == frame["participant_id"].tolist()
    np.testing.assert_array_equal(made.start, sessions.epoch(frame["start"]))
    np.testing.assert_array_equal(made.events, frame["events"])
    np.testing.assert_array_equal(made.dwell_s, frame["dwell_s"])
    own = made.measures.set_index("participant_id")
    grouped = frame.groupby("participant_id")
    np.testing.assert_array_equal(own["sessions"], grouped.size())
    np.testing.assert_allclose(own["dwell_s"], grouped["dwell_s"].median())
    expected = [measures.gap_statistics(sessions.epoch(part["start"]))[0] for _, part in grouped]
    np.testing.assert_allclose(own["gap_cv"], expected, rtol=1e-5)
    entropy = [measures.entropy(part["action"].value_counts()) for _, part in acts.groupby("participant_id")]
    np.testing.assert_allclose(own["action_entropy"], entropy)
    days = acts["timestamp"].dt.floor("D").groupby(acts["participant_id"]).nunique()
    np.testing.assert_array_equal(own["active_days"], days)


def test_only_the_actions_asked_for(acts: pd.DataFrame, tmp_path: Path) -> None:
    acts[["participant_id", "timestamp", "action"]].to_parquet(tmp_path / "log.parquet")
    some = packed_sessions.sessions(tmp_path / "log.parquet", actions=("login",))
    assert some.events.sum() == (acts["action"] == "login").sum()


def test_almost_nothing_and_what_does_not_fit(tmp_path: Path) -> None:
    one = pd.DataFrame(
        {"participant_id": ["p"], "timestamp": pd.to_datetime(["2017-03-01"], utc=True), "action": ["a"]}
    )
    one.head(0).to_parquet(tmp_path / "none.parquet")
    assert packed_sessions.sessions(tmp_path / "none.parquet").measures.empty
    one.to_parquet(tmp_path / "one.parquet")
    single = packed_sessions.sessions(tmp_path / "one.parquet").measures.iloc[0]
    assert (single["sessions"], single["action_entropy"]) == (1, 0)
    pd.concat([one, one.assign(timestamp=one["timestamp"] + pd.Timedelta(days=365 * 60))]).to_parquet(
        tmp_path / "wide.parquet"
    )
    with pytest.raises(InputError, match="span more than"):
        packed_sessions.sessions(tmp_path / "wide.parquet")
    one.drop(columns="action").to_parquet(tmp_path / "less.parquet")
    with pytest.raises(InputError, match="'action' is missing"):
        packed_sessions.sessions(tmp_path / "less.parquet")
    one.assign(timestamp="soon").to_parquet(tmp_path / "text.parquet")
    with pytest.raises(InputError, match="no times"):
        packed_sessions.sessions(tmp_path / "text.parquet")
    (tmp_path / "odd.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError, match="no Parquet"):
        packed_sessions.sessions(tmp_path / "odd.parquet")
    one.assign(action=None).astype({"action": "string"}).to_parquet(tmp_path / "null.parquet")
    with pytest.raises(InputError, match="empty"):
        packed_sessions.sessions(tmp_path / "null.parquet")
