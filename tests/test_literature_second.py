"""The notebooks on literature, cases, orchestra and loop run on a second input, of other formats."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest

from casestudy import outputs
from casestudy.codebook import history
from casestudy.coding.material import Material
from casestudy.dynamics import cohorts
from casestudy.errors import InputError
from casestudy.evidence import cases
from casestudy.evidence import check as evidence_check
from casestudy.literature import check
from casestudy.study import Study

ROOT = Path(__file__).parent.parent
MAKE = ROOT / "examples" / "second-inputs" / "make.py"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("second")
    subprocess.run([sys.executable, str(MAKE), "--to", str(folder)], check=True, capture_output=True)
    # Alone, without the notebooks that its study.toml points at from its place in the repository.
    text = (folder / "study.toml").read_text(encoding="utf-8")
    lines = [line for line in text[: text.index("[parameters]")].splitlines() if "notebooks =" not in line]
    (folder / "study.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def unseen(drawing: outputs.Drawing, _: str) -> tuple[bytes, bytes]:
    """No pictures of a figure that is closed at once."""
    plt.close(drawing.figure)
    return b"", b""


def numbers(made: Path, stem: str, monkeypatch: pytest.MonkeyPatch, **parameters: Any) -> dict[str, float]:
    """Run a notebook's code cells in this process, by hand, and give back the numbers of its answer."""
    path = next((ROOT / "notebooks").glob(f"{stem}-*.ipynb"))
    monkeypatch.setenv("CASESTUDY_STUDY", str(made))
    monkeypatch.setenv("CASESTUDY_OUTPUT", str(made / "staging" / path.stem))
    monkeypatch.setattr(outputs, "_pictures", unseen)  # nobody looks at them here, and drawing takes long
    space: dict[str, Any] = {}
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in (one for one in notebook["cells"] if one["cell_type"] == "code"):
        exec("".join(cell["source"]), space)
        if "parameters" in cell["metadata"].get("tags", []):
            assert set(parameters) <= set(space)
            space.update(parameters)
    rows = (made / "staging" / path.stem / "numbers.csv").read_text(encoding="utf-8").splitlines()[1:]
    return {name: float(value or "nan") for name, value in (row.rsplit(",", 1) for row in rows)}


def test_the_review_counts_a_web_of_science_export(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = numbers(made, "80", monkeypatch)
    assert (found["records read"], found["records by title only"]) == (26, 4)
    assert found["empower customer"] > 0
    assert check.check(Study.load(made)) == []
    flow = (made / "staging" / "80-whom-does-crm-research-empower" / "flow.csv").read_text(encoding="utf-8")
    assert "48" in flow
    assert "36" in flow


def test_cases_of_a_table_answer_the_four_questions(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = numbers(made, "82", monkeypatch)
    assert found["cases"] == 32
    assert found["markets"] == 4
    assert 0 < found["strict cases"] < 32
    assert 0.6 < found["share of cells known"] < 0.8


def test_captions_of_a_transcriber_find_their_positions(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = numbers(made, "84", monkeypatch, one="customer", other="supplier")
    assert (found["customer placed"], found["supplier placed"]) == (20, 12)
    assert found["position gap"] > 0.15
    assert found["mixed"] > 5


def test_counted_cohorts_take_the_place_of_drawn_ones(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = {"runs": 60, "base_sample": 4, "people": 200, "months": 24}
    found = numbers(made, "90", monkeypatch, cohorts="usage_logs/cohorts.jsonl", **small)
    assert found["parameters"] == 23
    folder = made / "staging" / "90-does-the-loop-sustain-itself"
    rates = (folder / "known-rates.csv").read_text(encoding="utf-8")
    assert "lam" in rates
    assert len(cohorts.read(made / "usage_logs" / "cohorts.jsonl")) == 42


@pytest.mark.parametrize(
    "content",
    ["cohort,age,size,active\n01,0,5,3\n", "sep=;\r\nCohort;Age;Size;Active;\r\n01;0;5.0;3;\r\n;;;;\r\n"],
)
def test_cohorts_are_read_as_spreadsheets_save_them(tmp_path: Path, content: str) -> None:
    (tmp_path / "c.csv").write_text(content)
    assert cohorts.read(tmp_path / "c.csv").to_numpy().tolist() == [["01", 0, 5, 3]]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("c.jsonl", '{"cohort": "a", "age": 1, "size": 5, "active": 9}\nnonsense\n', "line 2"),
        ("c.jsonl", '{"cohort": "a", "age": 1, "size": 5, "active": 9}\n', "9 of 5"),
        ("c.jsonl", "", "no row"),
        ("c.tsv", "cohort\tage\tsize\tactive\na\t1\t5\t-2\n", "negative"),
        ("c.csv", "cohort,age\na,1\n", "'size' is missing"),
        ("c.csv", "", "it is empty"),
        ("c.csv", "cohort;age;size;active\na;1;5;many\n", "missing, negative or not whole"),
        ("c.xlsx", "PK", "not known"),
        ("c.csv", "\udcff", "UTF-8"),
    ],
)
def test_bad_cohorts_are_explained(tmp_path: Path, name: str, content: str, words: str) -> None:
    (tmp_path / name).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError) as caught:
        cohorts.read(tmp_path / name)
    assert words in str(caught.value)
    with pytest.raises(InputError, match="No such file"):
        cohorts.read(tmp_path / "absent.csv")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("case-01,Composed case 1,market", "case-01,Composed case 1,markt"), "'markt' is not a field"),
        (("case-02,Composed case 2,market", ",Composed case 2,market"), "names no case"),
        (("case-02,Composed case 2,stage", "case-02,Composed case 2,market"), "stands before"),
        (("case,title,field", "case,titel,field"), "no column title"),
        ((",I,", ",X,"), "mark is 'X'"),
        (("MADE", "MAED"), "'MAED' is not listed"),
    ],
)
def test_bad_tables_of_cases_are_explained(made: Path, change: tuple[str, str], words: str) -> None:
    path = made / "evidence" / "cases" / "coproduction" / "sheets.csv"
    good = path.read_text(encoding="utf-8")
    assert change[0] in good
    study = Study.load(made)
    try:
        path.write_text(good.replace(*change, 1), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            cases.load(study, "coproduction", history.load(study))
        assert words in str(caught.value)
        assert any(words in str(problem) for problem in evidence_check.check(Material(study)))
    finally:
        path.write_text(good, encoding="utf-8")
