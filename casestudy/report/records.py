"""What the runner left for each notebook: its provenance record, its contents and its tables, read once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from casestudy.errors import InputError, Problem, raise_if
from casestudy.files import reading
from casestudy.outputs import CONTENTS
from casestudy.settings import Question
from casestudy.study import Study

RUN = "run.json"


@dataclass(frozen=True)
class Item:
    """A saved table or figure, as ``contents.json`` describes it."""

    name: str
    kind: str
    file: str
    caption: str = ""
    alt: str = ""
    data: str = ""
    dtypes: Mapping[str, str] = field(default_factory=dict)
    latex: str = ""


@dataclass(frozen=True)
class Answer:
    """A notebook's answer: a paragraph, the figure that shows it, and the numbers in it by name."""

    text: str
    figure: Item | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """One executed notebook and what it left behind.

    Attributes
    ----------
    stem : str
        Name of the notebook and of its folder in ``outputs/``.
    folder : Path
    title : str
        The notebook's H1: its question.
    question : str
        Id of the research question that it serves; empty for none.
    run : mapping
        The provenance record: parameters, inputs, modules, code, lock, python, receipt.
    """

    stem: str
    folder: Path
    title: str
    question: str = ""
    run: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    answer: Answer | None = None
    withheld: tuple[tuple[str, str, str], ...] = ()
    """Tables and figures that are not shown: name, caption, and why."""

    @property
    def executed(self) -> Path:
        """The executed notebook."""
        return self.folder / f"{self.stem}.ipynb"

    @property
    def tables(self) -> list[Item]:
        """Saved tables, by name."""
        return [item for item in self.items if item.kind == "table"]

    @property
    def figures(self) -> list[Item]:
        """Saved figures, by name."""
        return [item for item in self.items if item.kind == "figure"]

    def item(self, name: str) -> Item | None:
        """The saved table or figure of that name."""
        return next((item for item in self.items if item.name == name), None)

    def rows(self, item: Item) -> tuple[list[str], list[list[str]]]:
        """Heads and rows of a saved table, or of the numbers of a figure; nothing where it is not there."""
        name = item.data or item.file
        if name not in self._read:
            path = self.folder / name
            lines = (
                csv.reader(io.StringIO(reading.data(path).decode("utf-8"), newline=""))
                if path.is_file()
                else ()
            )
            heads, *rows = list(lines) or [[]]
            self._read[name] = (heads, rows)
        return self._read[name]

    def about(self, item: Item, columns: Iterable[str], who: str) -> list[list[str]]:
        """The rows of a saved table that name somebody in one of some columns."""
        key = (item.name, *columns)
        if key not in self._people:
            heads, rows = self.rows(item)
            places = [heads.index(column) for column in columns if column in heads]
            by_name: dict[str, list[list[str]]] = {}
            for row in rows:
                for name in {row[place] for place in places}:
                    by_name.setdefault(name, []).append(row)
            self._people[key] = by_name
        return self._people[key].get(who, [])

    @cached_property
    def _read(self) -> dict[str, tuple[list[str], list[list[str]]]]:
        return {}

    @cached_property
    def _people(self) -> dict[tuple[str, ...], dict[str, list[list[str]]]]:
        return {}


def read(study: Study, outputs: Path) -> list[Record]:
    """Read the records of all executed notebooks, in reading order.

    Parameters
    ----------
    study : Study
        Folders of notebooks that the study no longer has are left out.
    outputs : Path
        The folder that holds one folder for each notebook.

    Raises
    ------
    InputError
        With every record that cannot be read.
    """
    known = {path.stem for path in study.notebooks}
    records: list[Record] = []
    problems: list[Problem] = []
    for path in sorted(outputs.glob(f"*/{RUN}")):
        stem = path.parent.name
        if (known and stem not in known) or not (path.parent / f"{stem}.ipynb").is_file():
            continue
        try:
            records.append(_record(path.parent))
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            remedy = f"Run the notebook again: casestudy run {stem} --force."
            problems.append(Problem(f"outputs/{stem}", f"its records cannot be read ({error}).", remedy))
    raise_if(problems, "The pages cannot be written.", InputError)
    return records


def by_question(study: Study, records: list[Record]) -> list[tuple[Question | None, list[Record]]]:
    """Records under the study's questions, in the study's order; last, those that serve none of them."""
    known = {question.id for question in study.questions}
    groups: list[tuple[Question | None, list[Record]]] = [
        (question, [record for record in records if record.question == question.id])
        for question in study.questions
    ]
    rest = [record for record in records if record.question not in known]
    return [*groups, (None, rest)] if rest else groups


def _record(folder: Path) -> Record:
    run = json.loads(reading.data(folder / RUN))
    saved = folder / CONTENTS
    contents = json.loads(reading.data(saved)) if saved.is_file() else {}
    items = {
        name: Item(
            name,
            entry["kind"],
            entry["file"],
            entry.get("caption", ""),
            entry.get("alt", ""),
            entry.get("data", ""),
            entry.get("dtypes", {}),
            entry.get("latex", ""),
        )
        for name, entry in sorted(contents.items())
        if entry["kind"] in ("table", "figure")
    }
    given = contents.get("answer")
    figure = items.get(given.get("figure", "")) if given else None
    answer = Answer(str(given["text"]), figure, dict(given.get("values") or {})) if given else None
    title = str(run.get("title") or folder.name)
    question = str(run.get("question") or "")
    withheld = tuple(
        (name, str(entry.get("caption", "")), str(entry.get("says", "")))
        for name, entry in sorted(contents.items())
        if entry["kind"] == "withheld"
    )
    return Record(folder.name, folder, title, question, run, tuple(items.values()), answer, withheld)
