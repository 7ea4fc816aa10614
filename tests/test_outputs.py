"""Outputs: the same bytes for the same table, declared decimals, undefined as empty."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.errors import InputError
from casestudy.figures import bars, grid, lines
from casestudy.outputs import Outputs, contents, csv_text, read_table
from casestudy.study import ENV_OUTPUT, Study


@given(st.lists(st.floats(-1e9, 1e9) | st.just(float("nan"))), st.integers(0, 6))
def test_numbers_are_written_to_their_decimals(values: list[float], places: int) -> None:
    frame = pd.DataFrame({"n": range(len(values)), "x": np.array(values, dtype=float)})
    back = pd.read_csv(io.StringIO(csv_text(frame, places)))
    assert back["x"].isna().tolist() == frame["x"].isna().tolist()
    filled = frame["x"].notna()
    assert np.allclose(back["x"][filled], frame["x"][filled], atol=0.5000001 * 10.0**-places, rtol=1e-15)
    assert "-0\n" not in csv_text(frame, places).replace(".", "").replace("00", "0")


def test_a_saved_table_is_read_back_with_its_types(
    small_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small_study.root / "outputs" / "10-first"
    monkeypatch.setenv(ENV_OUTPUT, str(folder))
    frame = pd.DataFrame(
        {
            "id": ["001", "NA", None],
            "count": pd.array([1, None, 3], dtype="Int64"),
            "share": [0.125, np.nan, 1.0],
            "seen": pd.array([True, None, False], dtype="boolean"),
            "day": pd.to_datetime(["2017-01-01", None, "2017-03-01"]),
        }
    )
    Outputs(small_study, "10-first").save(frame, "people", "People.", rows="whole", decimals=3)
    later = Study.load(small_study.root)
    back = read_table(later, "10-first", "people")
    assert back["id"].iloc[:2].tolist() == ["001", "NA"]
    assert back["id"].isna().tolist() == [False, False, True]
    pd.testing.assert_frame_equal(back.drop(columns="id"), frame.drop(columns="id"), check_dtype=False)
    with pytest.raises(InputError, match="casestudy run 10-first"):
        read_table(later, "10-first", "persons")


def test_a_figure_is_the_same_bytes_and_keeps_its_words(
    small_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame({"name": ["<b>", "y"], "n": [1.0, np.nan]})
    made = []
    for name in ("a", "b"):
        monkeypatch.setenv(ENV_OUTPUT, str(small_study.root / name))
        out = Outputs(small_study, "10-first")
        shown = out.save(bars(frame, "name", "n", xlabel="things (n)"), "bars", "Bars.", rows="whole")
        assert shown.metadata["image/png"]["alt"].startswith("Bar chart of things (n): <b> 1.0")
        made.append((shown.bundle["image/png"], (small_study.root / name / "bars.svg").read_bytes()))
        assert contents(small_study.root / name)["bars"]["data"] == "bars.csv"
    assert made[0] == made[1]
    assert b"<b>" not in made[0][1]


def test_tables_are_escaped_and_cut_with_a_note(small_study: Study) -> None:
    frame = pd.DataFrame({"<i>": ["<script>alert(1)</script>"] * 100})
    html = Outputs(small_study, "10-first").save(frame, "long", "Long <b>.", rows="whole").bundle["text/html"]
    assert not any(markup in html for markup in ("<script>", "<i>", "<b>"))
    assert "24 of 100 rows" in html


def test_names_of_outputs_are_plain(small_study: Study) -> None:
    with pytest.raises(ValueError, match="not a name"):
        Outputs(small_study, "10-first").save(pd.DataFrame(), "../x", "No.", rows="whole")


def test_figures_stand_empty_and_missing_data() -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0], "y": [np.nan, np.nan], "g": ["a", "b"]})
    assert lines(frame, "x", "y", by="g", xlabel="x", ylabel="y").alt
    assert grid(frame[["x", "y"]], xlabel="x", ylabel="y").alt
    assert bars(frame.iloc[:0], "g", "x", xlabel="x").alt


def test_a_reader_sees_yes_and_no_and_a_program_true_and_false(tmp_path: Path) -> None:
    frame = pd.DataFrame({"held": [True, False], "seen": pd.array([True, None], dtype="boolean")})
    shown = Outputs(Study(tmp_path, "S"), "20-use").save(frame, "flags", "Flags.", rows="whole")
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", shown.bundle["text/html"])
    assert cells == ["yes", "yes", "no", ""]
    saved = tmp_path / ".casestudy/scratch/20-use/flags.csv"
    assert saved.read_text() == "held,seen\nTrue,True\nFalse,\n"
