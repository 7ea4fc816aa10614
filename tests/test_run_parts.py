"""The runner's parts, without kernels: parameters, imports, receipts, comparison, progress."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.errors import InputError, ParameterError
from casestudy.run import compare, notebook, parameters, receipts
from casestudy.run.imports import reached
from casestudy.run.progress import Progress
from casestudy.study import Study


def book(cell: str, stem: str = "20-use", inputs: tuple[str, ...] = ()) -> notebook.Notebook:
    cells = ({"cell_type": "code", "source": cell, "tags": ["parameters"]},)
    return notebook.Notebook(Path(f"{stem}.ipynb"), cells, "", inputs)


USE = book(
    "gap: int = 30  # minutes\nshare: float = 0.5  # share\n"
    "names: list[str] = []  # names\nseed: int = 1  # seed"
)
CELL = book("seed: int = 1  # seed\nfloor: int | None = None  # floor", "30-talk")


def test_later_layers_win() -> None:
    settings = {"seed": 7, "20-use": {"gap": 15, "seed": 8}}
    values = parameters.merged([USE, CELL], settings, from_file={"share": 1}, from_line={"gap": "60"})
    assert values["20-use"] == {"gap": 60, "share": 1, "names": [], "seed": 8}
    assert values["30-talk"] == {"seed": 7, "floor": None}


@pytest.mark.parametrize(
    "value", [np.int64(3), (1, 2), {1}, Path("x"), PurePosixPath("x"), b"x", [np.float64(1)], {"a": (1,)}]
)
def test_values_that_papermill_would_turn_into_text_are_refused(value: Any) -> None:
    with pytest.raises(ParameterError, match="would receive as text"):
        parameters.merged([USE], {"20-use": {"names": value}})


def test_every_problem_of_the_parameters_is_listed() -> None:
    with pytest.raises(ParameterError) as caught:
        parameters.merged(
            [USE],
            {"sed": 1, "20-use": {"gup": 1, "gap": "x", "share": True}, "20-uses": {}},
            from_line={"nams": "[]"},
        )
    text = str(caught.value)
    assert len(caught.value.problems) == 6
    for said in (
        "'seed'",
        "'gap'",
        "gap must be int, not 'x'",
        "share must be float, not True",
        "'20-use'",
        "'names'",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("x = 1", "name: type = literal"),
        ("x: int = f()", "not a literal"),
        ("x: set = {1}", "not one of int, float"),
        ("x: int = 'a'", "is not int"),
        ("x: int = (", "not Python"),
        ("import os", "name: type = literal"),
    ],
)
def test_a_parameters_cell_holds_literals_only(cell: str, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        parameters.declared(book(cell))


@given(
    st.recursive(
        st.integers() | st.text() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
        st.lists,
        max_leaves=5,
    )
)
def test_text_of_the_command_line_becomes_the_literal_it_shows(value: Any) -> None:
    kind = "list" if isinstance(value, list) else type(value).__name__
    text = value if isinstance(value, str) else repr(value)
    assert parameters.from_text(text, parameters.Parameter("x", kind, None, "")) == value


def test_parameter_files_are_toml_or_json(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("gap = 15\n")
    (tmp_path / "p.json").write_text('{"gap": 15}')
    (tmp_path / "bad.toml").write_text("gap =")
    assert (
        parameters.read_file(tmp_path / "p.toml") == parameters.read_file(tmp_path / "p.json") == {"gap": 15}
    )
    (tmp_path / "deep.json").write_text("[" * 100_000)
    for name in ("bad.toml", "missing.toml", "missing.json", "deep.json"):
        with pytest.raises(ParameterError, match=name):
            parameters.read_file(tmp_path / name)


def test_a_wrong_parameter_is_named_with_its_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("gap = 15\nshaer = 1\n\n[20-use]\ngap = 'x'\n")
    settings = Study.load(_study(tmp_path, "[parameters]\ngap = 'y'\n")).parameters
    given = parameters.read_file(tmp_path / "p.toml")
    with pytest.raises(ParameterError) as caught:
        parameters.merged([USE], settings, from_file=given, file_name="p.toml")
    places = [problem.where for problem in caught.value.problems]
    assert places == ["study.toml, line 3 (gap)", "p.toml, line 2 (shaer)", "p.toml, line 5 (20-use.gap)"]


def test_a_table_of_a_parameter_file_reaches_the_notebook_as_a_plain_one(tmp_path: Path) -> None:
    table = book("limits: dict[str, dict[str, int]] = {}  # by kind")
    settings = Study.load(_study(tmp_path, "[parameters.limits]\na = {low = 1}\n")).parameters
    values = parameters.merged([table], settings)
    limits = values[table.stem]["limits"]
    assert limits == {"a": {"low": 1}}
    assert (type(limits), type(limits["a"])) == (dict, dict)


def _study(root: Path, more: str) -> Path:
    (root / "study.toml").write_text(f'title = "T"\n{more}')
    return root


def package(folder: Path, **modules: str) -> Path:
    root = folder / "pack"
    for name, text in modules.items():
        path = root / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        for parent in path.relative_to(root).parents:
            (root / parent / "__init__.py").touch()
    return root


def test_only_what_is_reached_by_imports_counts(tmp_path: Path) -> None:
    root = package(
        tmp_path,
        a__one="from pack.b import two",
        b__two="from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from pack.b import four\ndef f():\n    import pack.c",
        b__three="",
        b__four="",
        c="",
    )
    (root / "b" / "data").mkdir()
    (root / "b" / "data" / "points.csv").touch()
    found = {p.relative_to(root).as_posix() for p in reached("import pack.a.one as one", root)}
    expected = {
        "__init__.py",
        "a/__init__.py",
        "a/one.py",
        "b/__init__.py",
        "b/two.py",
        "b/data/points.csv",
        "c.py",
    }
    assert found == expected


def test_receipts_say_the_first_thing_that_changed() -> None:
    base = receipts.Receipt("c", {"gap": 30}, {"a.csv": "1"}, {"m.py": "1"}, "l", "3.11")
    before = asdict(base)
    assert receipts.why_stale(base, before) == ""
    assert receipts.why_stale(base, None) == "it has not run here yet"

    def changed(**fields: Any) -> str:
        return receipts.why_stale(receipts.Receipt(**{**before, **fields}), before)

    assert changed(code="d") == "the notebook changed"
    assert changed(parameters={}) == "parameter gap is gone"
    assert changed(parameters={"gap": 30, "x": 1}) == "parameter x is new"
    assert changed(inputs={"a.csv": "2"}) == "a.csv changed"
    assert changed(inputs={}) == "a.csv was deleted"
    assert changed(inputs={"a.csv": "1", "b.csv": "1"}) == "b.csv was added"
    assert changed(inputs={"a.csv": "2", "b.csv": "1"}) == "a.csv changed (and 1 more)"
    assert changed(modules={"m.py": "2"}) == "m.py changed"
    assert changed(lock="m") == "the lock file changed"
    assert changed(python="3.12") == "Python changed from 3.11 to 3.12"


def test_pages_and_records_of_another_notebook_are_not_inputs(small_study: Study) -> None:
    folder = small_study.root / "outputs" / "10-first"
    folder.mkdir(parents=True)
    for name in ("counts.csv", "contents.json", "run.json", "index.html", "bars.svg", "10-first.ipynb"):
        (folder / name).touch()
    names = [name for name, _ in receipts.input_files(small_study, ["outputs/10-first/*"])]
    assert names == ["outputs/10-first/contents.json", "outputs/10-first/counts.csv"]


def test_notebooks_come_in_the_order_in_which_they_read_each_other() -> None:
    a, b = book("x: int = 1", "10-a", ("outputs/20-b/*",)), book("x: int = 1", "20-b")
    assert notebook.in_order([a, b]) == [b, a]
    circle = book("x: int = 1", "20-b", ("outputs/10-a/*",))
    with pytest.raises(InputError, match="10-a → 20-b → 10-a"):
        notebook.in_order([a, circle])


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "\x00", '{"cells": [{}]}', '{"cells": 3}', '{"cells": [], "metadata": []}']
)
def test_what_is_not_a_notebook_is_refused_in_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.ipynb").write_text(text)
    with pytest.raises(InputError, match=r"x\.ipynb"):
        notebook.read(tmp_path / "x.ipynb")


def write(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def test_what_moved_is_named_exactly(tmp_path: Path) -> None:
    page = '<p>n = {n}</p><img src="data:image/png;base64,{data}">'
    one = write(
        tmp_path / "one",
        t__csv="name,n\nx,1.00\ny,2.00\n",
        contents__json=json.dumps({"answer": {"values": {"n": 3}, "text": "3"}}),
        p__html=page.format(n=3, data="AAAA"),
        f__svg="<svg>1</svg>",
        gone__csv="a\n",
        run__json=json.dumps({"modules": {"a": "1"}, "inputs": {"b": "1"}}),
    )
    two = write(
        tmp_path / "two",
        t__csv="name,n\nx,1.00\ny,2.50\n",
        contents__json=json.dumps({"answer": {"values": {"n": 4}, "text": "3"}}),
        p__html=page.format(n=4, data="BBBB"),
        f__svg="<svg>2</svg>",
        run__json=json.dumps({"modules": {"a": "2"}, "inputs": {"b": "2"}}),
    )
    assert [str(move) for move in compare.moves(one, two)] == [
        "contents.json, answer.values.n: 3 → 4",
        "gone.csv: there → not there",
        'p.html, line 1: <p>n = 3</p><img src="(image)"> → <p>n = 4</p><img src="(image)">',
        "run.json, inputs.b: 1 → 2",
        "t.csv, row 2, n: 2.00 → 2.50",
    ]
    assert compare.moves(one, one) == []


def test_progress_is_one_line_a_change_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    for running, done in ((["a"], 0), (["a"], 0), (["b"], 1), ([], 2)):
        progress(running, done, 2)
    progress.close()
    assert stream.getvalue() == "0 of 2 done, running a\n1 of 2 done, running b\n"


def test_what_moved_is_told_by_file_and_written_whole(tmp_path: Path, capsys) -> None:
    from casestudy.cli.running import _say_moved

    many = [compare.Move("20-use/measures.csv", f"row {row}, value", "1", "2") for row in range(1, 9)]
    others = [compare.Move("70-framework/claims.csv", "row 2, status", "partly", "supported")]
    pages = [compare.Move("20-use/index.html", "line 3", "1", "2")]
    _say_moved([*many, *others, *pages], tmp_path / "moved.txt")
    said = capsys.readouterr().out
    assert said.count("moved: 20-use/measures.csv") == 5
    assert "and 3 more places in 20-use/measures.csv" in said
    assert "moved: 70-framework/claims.csv, row 2, status: partly → supported" in said
    assert "moved with these: 1 page or executed notebook" in said
    assert len((tmp_path / "moved.txt").read_text().splitlines()) == 10
    _say_moved(pages, tmp_path / "moved.txt")
    assert "moved: 20-use/index.html, line 3" in capsys.readouterr().out


def test_papermill_is_imported_without_building_a_grammar_of_web_addresses() -> None:
    script = (
        "import sys\nfrom casestudy.run import quick_schema\nquick_schema.load()\n"
        "import papermill.execute\nsys.exit('rfc3987_syntax' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
