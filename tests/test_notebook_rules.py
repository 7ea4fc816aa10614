"""Every notebook keeps the rules: one question, the cells in order, small cells, inputs declared."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = [
    ROOT / "notebooks",
    *sorted(ROOT.glob("examples/*/notebooks")),
    *sorted(ROOT.glob("casestudy/**/notebooks")),
]
NOTEBOOKS = sorted(path for folder in FOLDERS for path in folder.glob("*.ipynb"))
HEADINGS = ["Answer", "What would change this answer", "Try it", "Outputs"]


def stored(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def source(cell: dict[str, Any]) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def code_cells(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in stored(path)["cells"] if cell["cell_type"] == "code"]


def everything(path: Path) -> str:
    return "\n".join(source(cell) for cell in code_cells(path))


def test_the_folder_holds_notebooks_and_nothing_else() -> None:
    others = [
        p.name for p in (ROOT / "notebooks").iterdir() if p.suffix != ".ipynb" and not p.name.startswith(".")
    ]
    assert others == []
    assert len(NOTEBOOKS) >= 7


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_name_and_metadata(self, path: Path) -> None:
        assert re.fullmatch(r"\d\d-[a-z0-9-]+\.ipynb", path.name)
        notebook = stored(path)
        ours = notebook["metadata"]["casestudy"]
        assert {"question", "inputs"} <= set(ours)
        assert set(ours) <= {"question", "inputs", "optional", "needs", "helped_by"}
        assert all(one.startswith(("outputs/", "source:")) for one in ours.get("optional", []))
        assert notebook["metadata"]["kernelspec"]["name"] == "python3"
        assert notebook["nbformat"] == 4
        assert all(re.fullmatch(r"[\w-]{1,64}", cell["id"]) for cell in notebook["cells"])
        assert not any("usage_logs/truth" in pattern for pattern in ours["inputs"])

    def test_no_outputs_are_committed(self, path: Path) -> None:
        assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code_cells(path))

    def test_one_question_comes_first(self, path: Path) -> None:
        cells = stored(path)["cells"]
        first = source(cells[0])
        assert re.match(r"# .+\?$", first.splitlines()[0])
        assert len(first.splitlines()) > 1, "say why it is asked"
        markdown = "\n".join(source(cell) for cell in cells if cell["cell_type"] == "markdown")
        assert len(re.findall(r"^# ", markdown, re.M)) == 1

    def test_cells_come_in_order(self, path: Path) -> None:
        cells = stored(path)["cells"]
        code = [index for index, cell in enumerate(cells) if cell["cell_type"] == "code"]
        tagged = [i for i, cell in enumerate(cells) if "parameters" in cell["metadata"].get("tags", [])]
        assert tagged == code[:1], "the first code cell, and only it, holds the parameters"
        markdown = "\n".join(source(cell) for cell in cells if cell["cell_type"] == "markdown")
        found = [name for name in re.findall(r"^## (.+)$", markdown, re.M) if name in HEADINGS]
        assert found == HEADINGS

    def test_parameters_are_annotated_literals_with_help(self, path: Path) -> None:
        lines = source(code_cells(path)[0]).strip().splitlines()
        assert lines
        for line in lines:
            assert re.fullmatch(r"\w+: .+ = .+  # .+", line), line
            node = ast.parse(line).body[0]
            assert isinstance(node, ast.AnnAssign)
            ast.literal_eval(node.value)

    def test_imports_are_few_and_together(self, path: Path) -> None:
        cells = code_cells(path)
        lines = source(cells[1]).strip().splitlines()
        assert len(lines) <= 7
        assert all(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(source(cells[1])).body)
        later = [node for cell in cells[2:] for node in ast.walk(ast.parse(source(cell)))]
        assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in later)

    def test_cells_are_small_and_plain(self, path: Path) -> None:
        for cell in code_cells(path):
            assert len(source(cell).splitlines()) <= 12, source(cell)
            for node in ast.walk(ast.parse(source(cell))):
                forbidden = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.While
                assert not isinstance(node, forbidden), source(cell)
                if isinstance(node, ast.For):
                    assert "participant" not in ast.unparse(node.iter), source(cell)
            assert not re.search(r"^\s*[!%]|subprocess|os\.system|pip install|open\(", source(cell), re.M)

    def test_it_writes_under_its_own_name_and_answers(self, path: Path) -> None:
        code = everything(path)
        assert re.search(rf"Outputs\(study, [\"']{path.stem}[\"']\)", code)
        assert "out.answer(" in code
        assert "figure=" in code
