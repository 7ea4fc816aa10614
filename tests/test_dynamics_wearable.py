"""The wearable: its log is written anew byte for byte, and a strong effect of comparison is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd

from casestudy.dynamics import calibrate
from casestudy.dynamics.check import check
from casestudy.dynamics.parameters import load
from casestudy.study import Study
from casestudy.usage.log import open_log

ROOT = Path(__file__).parent.parent / "examples" / "wearable"
LOOP = load(ROOT / "profiles" / "loop.toml")


def simulated(folder: Path, *options: str) -> Path:
    (folder / "usage_logs").mkdir(parents=True)
    for name in ("study.toml", "usage_logs/actions.yaml"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, str(ROOT / "simulate.py"), "--to", str(folder / "usage_logs"), *options]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def cohorts(folder: Path) -> pd.DataFrame:
    log = open_log(Study.load(folder))
    whole = log.cycles[log.cycles["whole"]].assign(age=lambda frame: frame["cycle"] // 7)
    weeks = whole.groupby(["participant_id", "age"])["opened"].agg(["any", "size"]).reset_index()
    weeks = weeks[weeks["size"] == 7].merge(log.participants[["participant_id", "comparison"]])
    table = weeks.groupby(["comparison", "age"])["any"].agg(["sum", "size"]).reset_index()
    return table.rename(columns={"comparison": "cohort", "sum": "active"})


def worth(folder: Path) -> pd.Series:
    table = cohorts(folder)
    ranges = {"lam": (0.01, 3.0), "rho": (0.0, 3.0), "theta": (0.0, 2.0)}
    rates = calibrate.fit(table[table["cohort"] == "no"], LOOP.values, ranges)
    found = calibrate.fit(table[table["cohort"] == "yes"], rates.fitted, {"compare": (-0.5, 1.0)})
    return found.estimates.iloc[0]


def test_the_study_is_sound_and_finds_the_notebooks_of_the_main_one() -> None:
    study = Study.load(ROOT)
    assert check(study) == []
    assert [path.name[:2] for path in study.notebooks] == ["20", "22", "90", "92"]


def test_the_shipped_log_is_the_simulators(tmp_path: Path) -> None:
    made = simulated(tmp_path / "again")
    for name in ("events.csv", "participants.csv", "steps.csv"):
        assert (made / "usage_logs" / name).read_bytes() == (ROOT / "usage_logs" / name).read_bytes()


def test_a_strong_effect_is_found_and_none_is_not(tmp_path: Path) -> None:
    strong = worth(simulated(tmp_path / "strong", "--people", "500", "--effect", "0.3", "--days", "49"))
    none = worth(simulated(tmp_path / "none", "--people", "500", "--effect", "1", "--days", "49"))
    assert strong["low"] > 0
    assert abs(none["estimate"]) < strong["estimate"] / 2
