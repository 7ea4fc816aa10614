"""The wearable: its log is written again byte for byte, and a strong effect of comparison is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from casestudy.dynamics import calibrate, lots
from casestudy.dynamics.check import check
from casestudy.dynamics.parameters import load
from casestudy.errors import InputError
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


def weeks(folder: Path) -> pd.DataFrame:
    log = open_log(Study.load(folder))
    whole = log.cycles[log.cycles["whole"]].assign(age=lambda frame: frame["cycle"] // 7)
    seen = whole.groupby(["participant_id", "age"])["opened"].agg(["any", "size"]).reset_index()
    return seen[seen["size"] == 7].merge(log.participants[["participant_id", "comparison"]])


def cohorts(folder: Path) -> pd.DataFrame:
    table = weeks(folder).groupby(["comparison", "age"])["any"].agg(["sum", "size"]).reset_index()
    return table.rename(columns={"comparison": "cohort", "sum": "active"})


def by_wearers(folder: Path) -> pd.Series:
    seen = weeks(folder).rename(columns={"participant_id": "person", "any": "active"})
    seen = seen.assign(switch=seen["comparison"] == "yes")
    ranges = {"lam": (0.01, 3.0), "rho": (0.0, 3.0), "theta": (0.0, 2.0)}
    return lots.worth(seen, LOOP.values, ranges, (-0.5, 1.0), 200, 1).iloc[0]


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
    over_people = by_wearers(tmp_path / "strong")
    assert 0 < over_people["low"] < over_people["estimate"] < over_people["high"]
    nothing = by_wearers(tmp_path / "none")
    assert nothing["low"] < 0 < nothing["high"]


def test_weeks_as_units_make_the_interval_too_narrow() -> None:
    over_weeks, over_people = worth(ROOT), by_wearers(ROOT)
    assert over_people["high"] - over_people["low"] > 1.2 * (over_weeks["high"] - over_weeks["low"])
    assert over_people["with"] + over_people["without"] == 200
    assert over_people["at_edge"] == 0


def test_a_switch_without_two_groups_is_refused() -> None:
    seen = pd.DataFrame({"person": ["a", "a"], "switch": True, "age": [1, 2], "active": [True, False]})
    with pytest.raises(InputError, match="with and without"):
        lots.worth(seen, LOOP.values, {"lam": (0.01, 3.0)}, (-0.5, 1.0), 10, 1)
