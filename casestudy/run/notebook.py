"""A notebook file as the runner sees it: its question, its parameters cell, its code and its declared inputs.

Reads the JSON itself, so that finding out what is fresh needs no notebook library.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from casestudy.errors import CaseStudyError, InputError, Problem, nearest, raise_if
from casestudy.files import reading
from casestudy.files.journal import is_encodable
from casestudy.files.names import stays_inside
from casestudy.run.needs import Need
from casestudy.run.needs import read as read_needs
from casestudy.study import Study


@dataclass(frozen=True)
class Notebook:
    """One notebook of a study.

    Attributes
    ----------
    path : Path
    cells : tuple of dict
        The cells as stored, sources joined to text.
    question : str
        Id of the research question it serves, or what its metadata name before `of_study` has found the
        question: an id, or a role. Empty for none.
    inputs : tuple of str
        Globs from the study's root, and ``source:NAME``, that it may read.
    optional : tuple of str
        Those of them that a study may lack: outputs of notebooks and sources that it does not have.
    needs, helped_by : tuple of Need
        What a study must have for the notebook to run, and what it does without, in part.
    """

    path: Path
    cells: tuple[dict[str, Any], ...]
    question: str
    inputs: tuple[str, ...]
    optional: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    helped_by: tuple[Need, ...] = ()

    @property
    def stem(self) -> str:
        """File name without its ending: the name of its output folder."""
        return self.path.stem

    @cached_property
    def title(self) -> str:
        """The H1: the question that the notebook answers."""
        for cell in self.cells:
            if cell["cell_type"] == "markdown" and (found := re.search(r"^# +(.+)$", cell["source"], re.M)):
                return found[1].strip()
        return self.stem

    @property
    def code(self) -> str:
        """All code cells, one after the other."""
        return "\n".join(cell["source"] for cell in self.cells if cell["cell_type"] == "code")

    @property
    def parameters_cell(self) -> str:
        """Source of the cell tagged ``parameters``; empty when there is none."""
        for cell in self.cells:
            if cell["cell_type"] == "code" and "parameters" in cell["tags"]:
                return str(cell["source"])
        return ""

    @property
    def code_hash(self) -> str:
        """Hash of what a reader sees in the cells, whatever their outputs, ids or spacing in the file."""
        seen = [[cell["cell_type"], cell["source"], cell["tags"]] for cell in self.cells]
        return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the notebooks whose outputs are among the inputs."""
        names = {glob.split("/")[1] for glob in self.inputs if glob.startswith("outputs/")}
        return tuple(sorted(names))

    @property
    def needs_outputs_of(self) -> tuple[str, ...]:
        """Those of them that it cannot do without."""
        return tuple(name for name in self.reads if f"outputs/{name}/*" not in self.optional)

    def heading_above(self, index: int) -> str:
        """The nearest heading at or above a cell."""
        for cell in reversed(self.cells[: index + 1]):
            if cell["cell_type"] == "markdown" and (found := re.findall(r"^#+ +(.+)$", cell["source"], re.M)):
                return str(found[-1]).strip()
        return self.title


def read(path: Path) -> Notebook:
    """Read a notebook file.

    Raises
    ------
    InputError
        When it is not a notebook, or its metadata are not what the runner needs.
    """
    name = path.name
    try:
        stored = json.loads(reading.data(path).decode("utf-8"))
        cells = tuple(
            {
                "cell_type": cell["cell_type"],
                "source": _joined(cell["source"]),
                "tags": sorted(cell.get("metadata", {}).get("tags", [])),
            }
            for cell in stored["cells"]
        )
        ours = stored.get("metadata", {}).get("casestudy", {})
        inputs, optional = ours.get("inputs", []), ours.get("optional", [])
        needs, helped_by = ours.get("needs", []), ours.get("helped_by", [])
        question = str(ours.get("question", ""))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        problem = Problem(name, f"it is not a notebook ({reason}).", "Save it from JupyterLab again.")
        raise InputError("A notebook cannot be read.", [problem]) from error
    if half := [number for number, cell in enumerate(cells, 1) if not is_encodable(list(cell.values()))]:
        problem = Problem(f"{name}, cell {half[0]}", "it holds half of a character.", "Replace the emoji.")
        raise InputError("A notebook cannot be read.", [problem])
    lists = {"inputs": inputs, "optional": optional, "needs": needs, "helped_by": helped_by}
    strange = [
        key
        for key, texts in lists.items()
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts)
    ]
    unknown = [str(key) for key in ours if key not in (*lists, "question")]
    problems = [
        Problem(f"{name}, metadata casestudy.{key}", "it is not a list of texts.", "Write a list.")
        for key in strange
    ]
    problems += [
        Problem(f"{name}, metadata casestudy", f"{key!r} is not known.", nearest(key, (*lists, "question")))
        for key in unknown
    ]
    raise_if(problems, "A notebook cannot be read.")
    (must, wrong_must), (may, wrong_may) = (
        read_needs(texts, f"{name}, metadata casestudy.{key}")
        for key, texts in (("needs", needs), ("helped_by", helped_by))
    )
    raise_if([*wrong_must, *wrong_may], "A notebook cannot be read.")
    for key, globs in (("inputs", inputs), ("optional", optional)):
        wrong = [one for one in globs if not stays_inside(one) or (one + "/").startswith("outputs//")]
        if wrong:
            found = f"{wrong[0]!r} is not a path within the study."
            problem = Problem(f"{name}, metadata casestudy.{key}", found, "Name it from the study's folder.")
            raise InputError("A notebook cannot be read.", [problem])
    return Notebook(path, cells, question, (*inputs, *optional), tuple(optional), must, may)


def of_study(study: Study) -> list[Notebook]:
    """All notebooks of a study; every problem with their files, questions and names at once."""
    notebooks: list[Notebook] = []
    problems: list[Problem] = []
    for path in study.notebooks:
        try:
            notebook = read(path)
        except CaseStudyError as error:
            problems += error.problems
            continue
        where = f"{path.name}, metadata casestudy"
        question = _question(notebook.question, study)
        own = path.is_relative_to(study.root)
        if notebook.question and not question and own and study.questions:
            known = {one.id for one in study.questions} | {one.role for one in study.questions if one.role}
            found = f"question {notebook.question!r} is neither an id nor a role in study.toml."
            problems.append(Problem(where, found, nearest(notebook.question, known)))
        notebook = replace(notebook, question=question)
        if notebook.stem in {other.stem for other in notebooks}:
            problems.append(Problem(str(path), "another notebook has the same name.", "Rename one of them."))
        notebooks.append(notebook)
    stems = {notebook.stem for notebook in notebooks}
    for asked in study.questions:
        if asked.answered_by and asked.answered_by not in stems:
            found = f"{asked.answered_by!r} is not a notebook of the study."
            where = f"study.toml (question {asked.id}, answered_by)"
            problems.append(Problem(where, found, nearest(asked.answered_by, stems)))
    for notebook in notebooks:
        lacking = {glob.split("/")[1] for glob in notebook.optional if glob.startswith("outputs/")}
        for other in notebook.reads:
            if other not in stems and other not in lacking and not (study.outputs / other).is_dir():
                found = f"it reads outputs/{other}, but there is no such notebook."
                problems.append(
                    Problem(f"{notebook.path.name}, metadata casestudy.inputs", found, nearest(other, stems))
                )
    if problems:
        raise InputError("The study's notebooks have problems.", problems)
    return notebooks


def _question(named: str, study: Study) -> str:
    """The id of the question that a notebook serves: by id, by role, or the only one there is."""
    for question in study.questions:
        if named and named in (question.id, question.role):
            return question.id
    return study.questions[0].id if named and len(study.questions) == 1 else ""


def choose(notebooks: list[Notebook], names: list[str]) -> list[Notebook]:
    """The notebooks that a person named by number (``20``), name or path; all of them for no names."""
    if not names:
        return notebooks
    chosen: list[Notebook] = []
    problems: list[Problem] = []
    for name in names:
        stem = Path(name).name.removesuffix(".ipynb")
        found = [one for one in notebooks if stem == one.stem]
        found = found or [one for one in notebooks if one.stem.split("-")[0] == stem]
        if not found:
            known = [one.stem for one in notebooks]
            problems.append(Problem(name, "there is no such notebook.", nearest(stem, known)))
        chosen += [one for one in found if one not in chosen]
    if problems:
        raise InputError("A notebook was not found.", problems)
    return chosen


def in_order(notebooks: list[Notebook]) -> list[Notebook]:
    """The notebooks so that each comes after those it reads.

    Raises
    ------
    InputError
        When notebooks read each other in a circle.
    """
    by_stem = {notebook.stem: notebook for notebook in notebooks}
    ordered: list[Notebook] = []
    open_now: list[str] = []

    def visit(notebook: Notebook) -> None:
        if notebook in ordered:
            return
        if notebook.stem in open_now:
            circle = " → ".join([*open_now[open_now.index(notebook.stem) :], notebook.stem])
            problem = Problem(circle, "each reads the outputs of the next.", "Break the circle.")
            raise InputError("The notebooks read each other in a circle.", [problem])
        open_now.append(notebook.stem)
        for other in notebook.reads:
            if other in by_stem and other != notebook.stem:
                visit(by_stem[other])
        open_now.pop()
        ordered.append(notebook)

    for notebook in notebooks:
        visit(notebook)
    return ordered


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
