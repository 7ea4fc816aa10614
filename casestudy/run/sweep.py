"""Runs one notebook over a grid of parameter values and tables what changed."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from casestudy.errors import ParameterError, Problem, RunFailed, nearest
from casestudy.files.cache import CACHE
from casestudy.files.writing import write_atomically
from casestudy.outputs import contents, csv_text
from casestudy.run.compare import moves
from casestudy.run.notebook import Notebook
from casestudy.run.parameters import declared, from_text
from casestudy.run.receipts import Hashes, receipt
from casestudy.run.runner import run_into
from casestudy.study import Study

DIFFER = "table cells that differ"
LEGEND = (
    "A row is one run: the parameters that were set, the numbers of the notebook's answer, and how many "
    "cells of its tables differ from the study's own run."
)


def grid(notebook: Notebook, sweeps: Sequence[str]) -> list[dict[str, Any]]:
    """The points of a grid written as ``NAME=1,2,3``, one text for each parameter.

    Raises
    ------
    ParameterError
        With every unknown name, missing value and value of a wrong type.

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": "gap: int = 30", "tags": ["parameters"]}
    >>> grid(Notebook(Path("20-use.ipynb"), (cell,), "", ()), ["gap=15,60"])
    [{'gap': 15}, {'gap': 60}]
    """
    known = {one.name: one for one in declared(notebook)}
    problems: list[Problem] = []
    axes: list[list[tuple[str, Any]]] = []
    for text in sweeps:
        name, _, listed = text.partition("=")
        where = f"--sweep {text}"
        if name not in known:
            problems.append(
                Problem(where, f"{notebook.stem} has no parameter {name!r}.", nearest(name, known))
            )
            continue
        values = [from_text(value.strip(), known[name]) for value in listed.split(",") if value.strip()]
        if not values:
            problems.append(Problem(where, "it names no values.", f"Write --sweep {name}=1,2,3."))
        for value in values:
            if not known[name].accepts(value):
                problems.append(Problem(where, f"{value!r} is not {known[name].annotation}.", ""))
        axes.append([(name, value) for value in dict.fromkeys(values)])
    if problems:
        raise ParameterError("The sweep does not fit.", problems)
    return [dict(point) for point in itertools.product(*axes)]


def run_sweep(
    study: Study,
    notebook: Notebook,
    base: Mapping[str, Any],
    points: Sequence[Mapping[str, Any]],
    *,
    jobs: int,
    progress: Callable[[Sequence[str], int, int], None],
) -> Path:
    """Run a notebook at every point, each into its own folder below ``outputs/sweeps/``.

    Returns
    -------
    Path
        The table ``what-changed.csv``; see `LEGEND`.

    Raises
    ------
    RunFailed
        When a point fails; the others are kept and tabled all the same.
    """
    import pandas as pd

    from casestudy.run import quick_schema

    quick_schema.load()  # before nbformat and papermill, which import jsonschema
    from casestudy.run.kernel import Kernels

    kernels, hashes = Kernels(), Hashes(study.root / CACHE)
    place = study.outputs / "sweeps" / notebook.stem
    names = [_name(point) for point in points]
    done: list[str] = []

    def one(point: Mapping[str, Any], name: str) -> str:
        made = receipt(study, notebook, {**base, **point}, hashes)
        folder = study.root / CACHE / "sweeping" / notebook.stem / name
        shutil.rmtree(folder, ignore_errors=True)
        failure = run_into(study, notebook, made, folder, kernels)
        if not failure:
            shutil.rmtree(place / name, ignore_errors=True)
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder, place / name)
        done.append(name)
        return failure

    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        futures = [pool.submit(one, point, name) for point, name in zip(points, names, strict=True)]
        try:
            while not all(future.done() for future in futures):
                progress([name for name in names if name not in done][:jobs], len(done), len(names))
                _pause(futures)
        except BaseException:
            kernels.end_all()
            raise
    failures = [future.result() for future in futures]
    rows = []
    for point, name, failure in zip(points, names, failures, strict=True):
        values = {} if failure else contents(place / name).get("answer", {}).get("values", {})
        moved = None if failure else _cells_moved(study.outputs / notebook.stem, place / name)
        values = {key.replace("_", " "): value for key, value in values.items()}
        rows.append({**{key: _cell(value) for key, value in point.items()}, **values, DIFFER: moved})
    table = place / "what-changed.csv"
    frame = pd.DataFrame(rows).astype({DIFFER: "Int64"})
    write_atomically(table, csv_text(frame, 6).encode())
    failed = [Problem(name, failure) for name, failure in zip(names, failures, strict=True) if failure]
    if failed:
        raise RunFailed("Not every point of the sweep ran.", failed)
    return table


def _pause(futures: Sequence[Any]) -> None:
    from concurrent.futures import FIRST_COMPLETED, wait

    wait([future for future in futures if not future.done()], timeout=1, return_when=FIRST_COMPLETED)


def _cells_moved(before: Path, after: Path) -> int:
    return sum(move.file.endswith(".csv") for move in moves(before, after))


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _name(point: Mapping[str, Any]) -> str:
    text = ",".join(f"{key}={_cell(value)}" for key, value in point.items())
    safe = "".join(letter if letter.isalnum() or letter in "=,.-_+" else "_" for letter in text)
    return safe[:120]
