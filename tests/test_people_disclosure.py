"""What a saved table discloses: declared, checked, withheld where it must be, and said on the page."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from casestudy.errors import InputError, StudyError
from casestudy.evidence import records
from casestudy.outputs import Drawing, Outputs, contents, read_table
from casestudy.people.disclosure import declared, sentences
from casestudy.report.records import read
from casestudy.study import ENV_OUTPUT, Study

ROOT = Path(__file__).parent.parent
FLOOR = 5
REASON = '[single_rows]\nusage_logs = "the log is simulated."\n'


def study(root: Path, more: str = "") -> Study:
    (root / "study.toml").write_text(f'title = "S"\nfloor = {FLOOR}\n{more}', encoding="utf-8")
    return Study.load(root)


def outputs(root: Path, monkeypatch: pytest.MonkeyPatch, more: str = "") -> Outputs:
    opened = study(root, more)
    monkeypatch.setenv(ENV_OUTPUT, str(root / "outputs" / "20-use"))
    return Outputs(opened, "20-use")


def drawing(frame: pd.DataFrame) -> Drawing:
    return Drawing(plt.figure(figsize=(1, 1)), "Nothing.", frame)


ACCOUNTS = pd.DataFrame({"participant_id": ["p1", "p2"], "sessions": [3, 4]})


def test_single_accounts_are_withheld_unless_the_study_says_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = outputs(tmp_path, monkeypatch)
    shown = out.save(ACCOUNTS, "measures", "Measures.", rows="person", source="usage_logs")
    assert not (out.folder / "measures.csv").exists()
    assert "p1" not in shown.bundle["text/html"] + shown.bundle["text/plain"]
    assert "Withheld: rows describe single accounts" in shown.bundle["text/html"]
    assert contents(out.folder)["measures"]["kind"] == "withheld"
    allowed = outputs(tmp_path, monkeypatch, REASON)
    allowed.save(ACCOUNTS, "measures", "Measures.", rows="person", source="usage_logs")
    entry = contents(out.folder)["measures"]
    said = "Measures. Rows describe single accounts: the log is simulated."
    assert (entry["kind"], entry["rows"], entry["source"]) == ("table", "person", ["usage_logs"])
    assert entry["caption"] == said
    assert (out.folder / "measures.csv").is_file()


def test_every_source_of_single_rows_needs_its_own_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = outputs(tmp_path, monkeypatch, REASON)
    shown = out.save(ACCOUNTS, "both", "Both.", rows="person", source=["usage_logs", "purchases"])
    assert "(purchases)" in shown.bundle["text/plain"]
    assert not (out.folder / "both.csv").exists()


def test_a_figure_of_single_accounts_is_withheld_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = outputs(tmp_path, monkeypatch)
    out.save(drawing(ACCOUNTS), "bookings", "Bookings.", rows="person", source="usage_logs")
    assert [path.name for path in out.folder.iterdir()] == ["contents.json"]


@pytest.mark.parametrize(
    ("people", "kept"), [(0, True), (1, False), (FLOOR - 1, False), (FLOOR, True), (FLOOR + 1, True)]
)
def test_rows_of_groups_under_the_floor_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, people: int, kept: bool
) -> None:
    out = outputs(tmp_path, monkeypatch)
    frame = pd.DataFrame({"month": ["2017-01", "2017-02"], "people": [people, 9], "mean": [1.0, 2.0]})
    out.save(frame, "months", "Months.", rows="group", count="people")
    entry = contents(out.folder)["months"]
    assert ("2017-01" in (out.folder / "months.csv").read_text()) is kept
    assert ("is withheld" in entry["caption"]) is not kept
    assert entry.get("left_out", 0) == (0 if kept else 1)
    out.save(drawing(frame), "figure", "Months.", rows="group", count="people")
    assert (out.folder / "figure.svg").exists() is kept


def test_counts_that_a_function_blanked_already_are_no_breach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = outputs(tmp_path, monkeypatch)
    frame = pd.DataFrame({"group": ["a", "b"], "people": pd.array([None, 9], dtype="Int64")})
    out.save(frame, "groups", "Groups.", rows="group", count="people")
    assert contents(out.folder)["groups"].get("left_out", 0) == 0


@pytest.mark.parametrize(
    ("columns", "rows", "count", "source"),
    [
        (["month", "people"], "group", "", ()),
        (["month"], "group", "people", ()),
        (["participant_id"], "person", "", ()),
        (["household_id", "spend"], "whole", "", ()),
        (["session_id"], "group", "session_id", ()),
        (["month"], "whole", "", "usage_logs"),
        (["month"], "everybody", "", ()),
    ],
)
def test_a_declaration_that_contradicts_the_table_is_refused(columns, rows, count, source) -> None:
    frame = pd.DataFrame([["1"] * len(columns)], columns=columns)
    with pytest.raises(ValueError, match=r"rows|count"):
        declared(frame, rows, count, source)


def test_a_table_that_does_not_say_what_its_rows_are_cannot_be_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = outputs(tmp_path, monkeypatch)
    with pytest.raises(TypeError, match="rows"):
        out.save(ACCOUNTS, "measures", "Measures.")  # type: ignore[call-arg]


def test_a_notebook_that_reads_a_withheld_table_is_told_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = outputs(tmp_path, monkeypatch)
    out.save(ACCOUNTS, "measures", "Measures.", rows="person", source="usage_logs")
    with pytest.raises(InputError) as caught:
        read_table(Study.load(tmp_path), "20-use", "measures")
    assert "withheld" in str(caught.value)
    assert "[single_rows]" in str(caught.value.problems[0])


def test_a_permission_needs_a_reason_and_a_source_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        study(tmp_path, '[single_rows]\nusage_logs = " "\nusage_log = "why not"\n')
    assert [problem.where for problem in caught.value.problems] == [
        "study.toml, line 4 (single_rows)",
        "study.toml, line 5 (single_rows)",
    ]


class TestSentence:
    """What pages say is computed from the declarations, and weaker where they are not all known."""

    def said(self, tmp_path: Path, **entries: dict) -> str:
        saved = {f"20-use/{name}": {"kind": "table"} | entry for name, entry in entries.items()}
        return sentences(saved, study(tmp_path, REASON))

    def test_all_groups_keep_the_floor(self, tmp_path: Path) -> None:
        said = self.said(tmp_path, gaps={"rows": "group", "floor": 5, "left_out": 2})
        assert said.startswith("No saved table or figure describes a group of fewer than 5 people")
        assert "2 rows are left out for that" in said
        assert said.endswith("None has a row for a single account or household.")

    def test_single_rows_are_named_with_the_reason(self, tmp_path: Path) -> None:
        said = self.said(tmp_path, cycles={"rows": "person", "source": ["usage_logs"]})
        assert "1 table or figure has rows of single accounts" in said
        assert "(20-use: cycles): the log is simulated." in said

    @pytest.mark.parametrize("entry", [{}, {"rows": "group", "floor": 3}])
    def test_what_is_not_known_is_not_promised(self, tmp_path: Path, entry: dict) -> None:
        said = self.said(tmp_path, old=entry)
        assert "No saved table" not in said
        assert "20-use: old" in said

    def test_withheld_tables_are_named(self, tmp_path: Path) -> None:
        assert "Withheld as a whole: 20-use: cycles." in self.said(tmp_path, cycles={"kind": "withheld"})

    def test_it_is_read_from_what_was_saved(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        out = outputs(tmp_path, monkeypatch, REASON)
        out.save(ACCOUNTS, "measures", "Measures.", rows="person", source="usage_logs")
        assert "20-use: measures" in records.disclosed(out.study)


def test_the_page_and_the_run_record_say_it(small_study: Study, command) -> None:
    path = small_study.root / "notebooks" / "10-first.ipynb"
    text = path.read_text(encoding="utf-8")
    assert "'Counts of things (n = 2).', rows='whole'" in text
    changed = text.replace("(n = 2).', rows='whole'", "(n = 2).', rows='person', source='usage_logs'", 1)
    path.write_text(changed, encoding="utf-8")
    command("run", "10-first", "--study", small_study.root)
    folder = small_study.root / "outputs"
    run = json.loads((folder / "10-first" / "run.json").read_text(encoding="utf-8"))
    assert run["saved"]["counts"]["kind"] == "withheld"
    assert run["saved"]["bars"] == {"kind": "figure", "rows": "whole"}
    (record,) = (one for one in read(small_study, folder) if one.stem == "10-first")
    assert record.withheld[0][0] == "counts"
    page = (folder / "10-first" / "index.html").read_text(encoding="utf-8")
    assert page.count("Withheld: rows describe single accounts") == 2


@pytest.mark.parametrize(
    "path",
    [
        *sorted(ROOT.glob("notebooks/*.ipynb")),
        *sorted(ROOT.glob("casestudy/**/notebooks/*.ipynb")),
        *sorted(ROOT.glob("examples/*/notebooks/*.ipynb")),
    ],
    ids=lambda path: path.stem,
)
def test_notebooks_declare_every_table_and_compare_nothing_with_the_floor(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "save"
            ):
                assert "rows" in {keyword.arg for keyword in node.keywords}, ast.unparse(node)
            if isinstance(node, ast.Compare):
                assert "study.floor" not in ast.unparse(node)
