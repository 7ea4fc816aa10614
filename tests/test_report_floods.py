"""Outputs too long for a page: beginning and end stay, and what is left out is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_study import make

from casestudy.report import floods
from casestudy.report.site import render


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def display(kind: str, text: str) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {kind: text}}


LINES = "".join(f"line {number}\n" for number in range(1_000_000))
FLOODS = {
    "a million lines": [stream(LINES)],
    "a million warnings": [stream(LINES, "stderr")],
    "one line": [stream("line 0 " + "x" * 5_000_000 + " line 999999")],
    "a value": [display("text/plain", LINES)],
    "many outputs": [
        *(stream(f"line {n}\n", "stderr" if n % 2 else "stdout") for n in range(100_000)),
        stream("line 999999\n"),
    ],
    "a failure": [{"output_type": "error", "ename": "E", "evalue": "v", "traceback": LINES.splitlines()}],
}  # fmt: skip


@pytest.mark.parametrize("name", FLOODS)
def test_a_page_has_the_beginning_and_the_end_of_a_flood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    study = make(tmp_path / "tiny", monkeypatch)
    executed = study.root / "outputs" / "10-food" / "10-food.ipynb"
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    code = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["outputs"])
    code["outputs"] = [*code["outputs"], *FLOODS[name]]
    executed.write_text(json.dumps(notebook), encoding="utf-8")
    render(study)
    page = (study.root / "outputs" / "10-food" / "index.html").read_text(encoding="utf-8")
    assert len(page) < 200_000
    assert "line 0" in page
    assert "line 999999" in page
    assert "are left out here" in page


def test_a_table_of_a_million_cells_is_named_instead_of_shown() -> None:
    [output] = floods.few([display("text/html", "<table>" + "<tr><td>1</td></tr>" * 100_000 + "</table>")])
    assert "text/html" not in output["data"]
    assert "1,900,015 letters of text/html are left out" in output["data"]["text/plain"]


@given(st.lists(st.text("ab\n", max_size=300), max_size=40).map("".join))
def test_what_fits_stays_and_nothing_is_counted_twice(text: str) -> None:
    assert floods.shortened(text) == text or text.count("\n") >= floods.MOST_LINES
