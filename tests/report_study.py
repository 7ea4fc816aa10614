"""A tiny executed study for the tests of the pages: two notebooks, built without a kernel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from casestudy import figures
from casestudy.outputs import Outputs, Shown
from casestudy.study import ENV_OUTPUT, Study

SETTINGS = """
title = "A tiny study & its <title>"
[[question]]
id = "RQ1"
text = "Who eats what?"
[[question]]
id = "RQ2"
text = "Why is <b>that</b> so?"
[data_status]
interviews = "The interviews are composed; no real person is quoted."
purchases = "The purchases are <simulated>."
"""
HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked=2'>"


def make(root: Path, monkeypatch: Any) -> Study:
    """A study with two executed notebooks in its outputs folder."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "study.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "notebooks").mkdir()
    (root / "outputs").mkdir()
    study = Study.load(root)
    for stem in ("10-food", "20-why"):
        (root / "notebooks" / f"{stem}.ipynb").write_text("{}", encoding="utf-8")
    first(study, monkeypatch)
    second(study, monkeypatch)
    return study


def first(study: Study, monkeypatch: Any) -> None:
    """Notebook 10: a table, a figure, an answer."""
    folder = study.root / "outputs" / "10-food"
    monkeypatch.setenv(ENV_OUTPUT, str(folder))
    out = Outputs(study, "10-food")
    frame = pd.DataFrame({"group": ["bread", "fruit"], "share": [12.345, 3.0], "n": [4, 9]})
    table = out.save(
        frame, "groups", "Share of food groups in spending, % (n = 13 lines).", rows="whole", decimals=1
    )
    drawing = figures.bars(frame, "group", "share", xlabel="share of spending (%)")
    figure = out.save(
        drawing, "shares", "Bread takes four times what fruit takes (n = 13 lines).", rows="whole"
    )
    ways = pd.DataFrame(
        {"claim": ["C1"], "document": ["one, nobody"], "where": ["outputs/10-food/groups.csv, n"]}
    )
    leading = out.save(ways, "ways", "What leads where (n = 1).", rows="whole")
    answer = out.answer(
        "Bread takes **12.3 %** of spending (n = 13 lines).", figure="shares", values={"bread": 12.345}
    )
    monkeypatch.delenv(ENV_OUTPUT)
    cells = [
        new_markdown_cell(
            "# What do people buy?\n\nWe ask because [the next one](20-why.ipynb) rests on it.", id="a1"
        ),
        new_code_cell(
            "year: int = 2017  # year of the purchases", id="a2", metadata={"tags": ["parameters"]}
        ),
        new_code_cell("year = 2018", id="a3", metadata={"tags": ["injected-parameters"]}),
        new_code_cell("from casestudy.outputs import Outputs", id="a4"),
        new_markdown_cell("## Steps", id="a5"),
        code("out.save(frame, 'groups')", "a6", table),
        code("out.save(ways, 'ways')", "a61", leading),
        new_markdown_cell("## Answer", id="a7"),
        code("out.save(drawing, 'shares')", "a8", figure),
        code("out.answer(text)", "a9", answer),
        new_markdown_cell(
            "## What would change this answer\n\nOther years.\n\n## Try it\n\n1. One thing.\n2. Another.",
            id="a10",
        ),
    ]
    finish(study, "10-food", "What do people buy?", "RQ1", cells, {"year": 2018})


def second(study: Study, monkeypatch: Any) -> None:
    """Notebook 20: hostile text wherever text can stand."""
    folder = study.root / "outputs" / "20-why"
    monkeypatch.setenv(ENV_OUTPUT, str(folder))
    out = Outputs(study, "20-why")
    frame = pd.DataFrame({f"say {HOSTILE}": [HOSTILE, "plain"], "n": [1, 2]})
    table = out.save(frame, "words", f"Caption {HOSTILE}", rows="whole")
    answer = out.answer(f"They say {HOSTILE} and [this](javascript:alert(1)).", values={"n": 2})
    monkeypatch.delenv(ENV_OUTPUT)
    raw = Shown({"text/html": f"{HOSTILE}<p onclick='x()'>kept words</p>", "text/plain": "x"}, {})
    script = Shown({"application/javascript": "window.hacked = 3", "text/plain": "a script"}, {})
    cells = [
        new_markdown_cell(
            f"# Why {HOSTILE}?\n\n<div onclick='x()'>raw</div>\n\n![away](https://example.org/a.png)", id="b1"
        ),
        code(f"print('{HOSTILE}')", "b2", table),
        code("raw", "b3", raw),
        code("script", "b4", script),
        new_markdown_cell("## Answer", id="b5"),
        code("out.answer(text)", "b6", answer),
    ]
    cells[1].outputs.append(new_output("stream", name="stdout", text=HOSTILE))
    finish(study, "20-why", f"Why {HOSTILE}?", "RQ2", cells, {})


def code(source: str, name: str, shown: Shown) -> Any:
    """A code cell with one rich output."""
    output = new_output("execute_result", data=shown.bundle, metadata=shown.metadata, execution_count=1)
    return new_code_cell(source, id=name, execution_count=1, outputs=[output])


def finish(
    study: Study, stem: str, title: str, question: str, cells: list[Any], parameters: dict[str, Any]
) -> None:
    """Write the executed notebook and its record."""
    folder = study.root / "outputs" / stem
    notebook = new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    nbformat.write(notebook, folder / f"{stem}.ipynb")
    run = {
        "notebook": stem,
        "title": title,
        "question": question,
        "parameters": parameters,
        "inputs": {"interviews/c01.md": "a" * 64, f"odd {HOSTILE}": "b" * 64},
        "modules": {"casestudy/outputs.py": "c" * 64},
        "code": "d" * 64,
        "lock": "e" * 64,
        "python": "3.11.7",
        "receipt": "f" * 64,
    }
    (folder / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
