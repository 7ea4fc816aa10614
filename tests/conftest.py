"""Small studies for tests, built in temporary folders."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from casestudy.study import ENV_INPUTS, ENV_OUTPUT, ENV_OUTPUTS, ENV_STUDY, Study

hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")  # a busy machine is no reason for a test to fail

STUDY = """title = "A small study"
floor = 3

[[question]]
id = "RQ1"
text = "What is counted?"

[data_status]
numbers = "The numbers are made up for a test."

[parameters]
factor = 2
"""


@pytest.fixture(autouse=True)
def _no_study_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (ENV_STUDY, ENV_INPUTS, ENV_OUTPUT, ENV_OUTPUTS):
        monkeypatch.delenv(name, raising=False)


def notebook_text(*cells: str, inputs: list[str], question: str = "RQ1") -> str:
    """A notebook file: markdown cells begin with ``#``, a parameters cell with ``## parameters``."""
    made: list[dict[str, Any]] = []
    for number, source in enumerate(cells):
        if source.startswith("## parameters\n"):
            source = source.removeprefix("## parameters\n")
            kind, tags = "code", ["parameters"]
        else:
            kind, tags = ("markdown" if source.startswith("#") else "code"), []
        cell: dict[str, Any] = {"cell_type": kind, "id": f"a{number}", "metadata": {}, "source": source}
        if tags:
            cell["metadata"]["tags"] = tags
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        made.append(cell)
    metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "casestudy": {"question": question, "inputs": inputs},
    }
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def counting(stem: str, read: str) -> tuple[str, ...]:
    """Cells of a notebook that doubles the numbers it reads and saves them with a figure and an answer."""
    return (
        "# How many are there?\n\nA question for a test.",
        "## parameters\nfactor: int = 1  # what each number is multiplied by",
        "import pandas as pd\nfrom casestudy.study import Study\nfrom casestudy.outputs import Outputs\n"
        "from casestudy.figures import bars",
        f"study = Study.find()\nout = Outputs(study, '{stem}')\nframe = pd.read_csv(study.input('{read}'))",
        "frame['n'] = frame['n'] * factor\n"
        "out.save(frame, 'counts', 'Counts of things (n = 2).', rows='whole')",
        "out.save(bars(frame, 'name', 'n', xlabel='things (n)'), 'bars', 'The same as bars.', rows='whole')",
        "## Answer",
        "total = int(frame['n'].sum())\n"
        "out.answer(f'There are **{total}** things.', figure='bars', values={'total': total})",
    )


@pytest.fixture
def small_study(tmp_path: Path) -> Study:
    """A study of two notebooks, the second reading the first one's table."""
    root = tmp_path / "small"
    (root / "notebooks").mkdir(parents=True)
    (root / "numbers").mkdir()
    (root / "study.toml").write_text(STUDY)
    (root / "numbers" / "a.csv").write_text("name,n\nx,3\ny,4\n")
    (root / "numbers" / "unread.csv").write_text("name,n\n")
    first = notebook_text(*counting("10-first", "numbers/a.csv"), inputs=["numbers/a.csv"])
    second = notebook_text(
        *counting("20-second", "outputs/10-first/counts.csv"), inputs=["outputs/10-first/*"]
    )
    (root / "notebooks" / "10-first.ipynb").write_text(first)
    (root / "notebooks" / "20-second.ipynb").write_text(second)
    return Study.load(root)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command line in this process; gives exit code, output and error output."""

    def run(*words: str | Path) -> tuple[int, str, str]:
        from casestudy.cli.main import main

        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def talk_copy(tmp_path: Path) -> Path:
    """A copy of the small coded study of interviews about gardens."""
    return Path(shutil.copytree(Path(__file__).parent / "data" / "talk", tmp_path / "talk"))
