"""Reads the settings of a study.toml; every problem is listed with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from casestudy.errors import Problem, StudyError, nearest
from casestudy.files import guard
from casestudy.files.names import stays_inside

STANCES = ("reflexive", "codebook", "coding_reliability")


@dataclass(frozen=True)
class Question:
    """A research question of the study.

    Attributes
    ----------
    id, text : str
        Claims, perspectives and the study's own notebooks point to the id.
    role : str
        What the question is to notebooks that serve every study, such as ``customer`` or ``firm``: those
        name a role, since they cannot know the id. Empty for none.
    answered_by : str
        The notebook whose answer the first page gives in short; empty for the last that serves the question.
    """

    id: str
    text: str
    role: str = ""
    answered_by: str = ""


@dataclass(frozen=True)
class EngineSettings:
    """Where tables are computed: ``backend`` is 'duckdb', 'spark' or a connection URL that Ibis knows."""

    backend: str = "duckdb"
    memory_limit: str = "4GB"
    threads: int = 0


def read(text: str, file: str = "study.toml") -> dict[str, Any]:
    """Read settings.

    Parameters
    ----------
    text : str
        TOML.
    file : str
        How to call the file in messages.

    Returns
    -------
    dict
        The fields of a `Study` but its root.

    Raises
    ------
    StudyError
        With every problem and its line.

    Examples
    --------
    >>> read('title = "A study"')["title"]
    'A study'
    """
    try:
        settings = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        problem = Problem(file, f"it is not valid TOML: {error}.", "Correct the line it names.")
        raise StudyError(f"{file} cannot be read.", [problem]) from error
    except (ValueError, RecursionError) as error:
        raise StudyError(f"{file} cannot be read.", [guard.problem(file, error)]) from error
    return _Reader(file, text, settings).fields()


class _Reader:
    """Turns the settings into typed fields and collects every problem with its line."""

    def __init__(self, file: str, text: str, settings: dict[str, Any]) -> None:
        self.file, self.settings = file, settings
        self.lines = _lines(text)
        self.problems: list[Problem] = []

    def fields(self) -> dict[str, Any]:
        top = self.settings
        self._known(
            top,
            (
                "title",
                "language",
                "stance",
                "floor",
                "notebooks",
                "question",
                "data_status",
                "sources",
                "parameters",
                "engine",
                "single_rows",
            ),
            "",
        )
        fields: dict[str, Any] = {
            "title": self._value(top, "title", str, required=True) or "",
            "language": self._value(top, "language", str) or "en",
            "stance": self._value(top, "stance", str, allowed=STANCES) or "codebook",
            "floor": self._value(top, "floor", int, least=1) or 5,
            "questions": self._questions(top.get("question", [])),
            "data_status": self._texts("data_status"),
            "sources": self._sources(),
            "parameters": MappingProxyType(self._table("parameters")),
            "engine": self._engine(self._table("engine")),
            "single_rows": self._single_rows(),
        }
        globs = top.get("notebooks")
        if globs is not None:
            if isinstance(globs, list) and all(
                isinstance(one, str) and one and not PurePath(one).is_absolute() for one in globs
            ):
                fields["notebook_globs"] = tuple(globs)
            else:
                self._problem(
                    "notebooks",
                    "it must be a list of globs from the study's folder.",
                    'Write notebooks = ["notebooks/*.ipynb"].',
                )
        if self.problems:
            raise StudyError(f"{self.file} has problems.", self.problems)
        return fields

    def _questions(self, given: Any) -> tuple[Question, ...]:
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            self._problem("question", "it must be tables headed [[question]].", "Give each an id and a text.")
            return ()
        questions: list[Question] = []
        for number, one in enumerate(given):
            name = f"question.{number}"
            self._known(one, ("id", "text", "role", "answered_by"), name)
            values = [self._value(one, key, str, required=True, table=name) or "" for key in ("id", "text")]
            if values[0] in {question.id for question in questions}:
                self._problem(f"{name}.id", f"{values[0]!r} occurs twice.", "Give every question its own id.")
            role = self._value(one, "role", str, table=name) or ""
            if role and role in {question.role for question in questions}:
                self._problem(f"{name}.role", f"{role!r} occurs twice.", "Give a role to one question.")
            lead = self._value(one, "answered_by", str, table=name) or ""
            questions.append(Question(values[0], values[1], role, lead))
        return tuple(questions)

    def _single_rows(self) -> Mapping[str, str]:
        """Sources of which single rows may be published, each with the reason."""
        given = self._texts("single_rows")
        known = {"usage_logs", "purchases", *self._table("data_status"), *self._table("sources")}
        for name, reason in given.items():
            if name not in known:
                found = f"{name!r} is neither a source nor a kind of material of this study."
                self._problem(f"single_rows.{name}", found, nearest(name, known))
            if not reason.strip():
                self._problem(
                    f"single_rows.{name}", "it gives no reason.", "Write why single rows may be shown."
                )
        return given

    def _engine(self, given: dict[str, Any]) -> EngineSettings:
        self._known(given, ("backend", "memory_limit", "threads"), "engine")
        default = EngineSettings()
        limit = self._value(given, "memory_limit", str, table="engine") or default.memory_limit
        if not re.fullmatch(r"\d+(\.\d+)? ?[KMGT]i?B", limit):
            self._problem("engine.memory_limit", f"{limit!r} is not a size.", 'Write one like "4GB".')
        return EngineSettings(
            backend=self._value(given, "backend", str, table="engine") or default.backend,
            memory_limit=limit,
            threads=self._value(given, "threads", int, least=0, table="engine") or 0,
        )

    def _table(self, name: str) -> dict[str, Any]:
        given = self.settings.get(name, {})
        if isinstance(given, dict):
            return given
        self._problem(name, "it must be a table.", f"Head it with [{name}].")
        return {}

    def _texts(self, name: str) -> Mapping[str, str]:
        given = self._table(name)
        for key, value in given.items():
            if not isinstance(value, str):
                self._problem(f"{name}.{key}", f"{value!r} is not text.", "Put it in quotation marks.")
        return MappingProxyType({key: str(value) for key, value in given.items()})

    def _sources(self) -> Mapping[str, str]:
        given = self._texts("sources")
        for name, place in given.items():
            if not stays_inside(place.removeprefix("package:")):
                found = f"{place!r} leads out of the study."
                remedy = "Put the folder into the study, or name a package: package:NAME/FOLDER."
                self._problem(f"sources.{name}", found, remedy)
        return given

    def _known(self, given: Mapping[str, Any], names: tuple[str, ...], table: str) -> None:
        for key in given:
            if key not in names:
                self._problem(f"{table}.{key}".strip("."), f"{key!r} is not a setting.", nearest(key, names))

    def _value(
        self,
        given: Mapping[str, Any],
        key: str,
        kind: type[Any],
        *,
        required: bool = False,
        allowed: tuple[str, ...] = (),
        least: int | None = None,
        table: str = "",
    ) -> Any:
        name = f"{table}.{key}".strip(".")
        value: Any = given.get(key)
        if value is None:
            if required:
                self._problem(table or key, f"{key} is missing.", f'Write {key} = "…".')
            return None
        fits = isinstance(value, kind) and not isinstance(value, bool)
        if not fits:
            words: Any = {str: "text in quotation marks", int: "a whole number"}[kind]
            self._problem(name, f"{value!r} is not {words}.", "")
            return None
        if required and kind is str and not value.strip():
            self._problem(name, "it is empty.", "Write it.")
        if allowed and value not in allowed:
            self._problem(name, f"{value!r} is not one of {', '.join(allowed)}.", nearest(value, allowed))
        if least is not None and value < least:
            self._problem(name, f"{value} is less than {least}.", f"Use {least} or more.")
        return value

    def _problem(self, name: str, found: str, remedy: str) -> None:
        line = next((self.lines[part] for part in _upward(name) if part in self.lines), None)
        where = f"{self.file}, line {line}" if line else self.file
        self.problems.append(Problem(f"{where} ({name})", found, remedy))


def _upward(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]


def _lines(text: str) -> dict[str, int]:
    """Line of each table header and key of a TOML text that has parsed, by dotted name."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[\s*([^\]]+?)\s*\]\]", line):
            name = header[1].replace('"', "")
            table = f"{name}.{counts.get(name, 0)}"
            counts[name] = counts.get(name, 0) + 1
        elif header := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$", line):
            table = header[1].replace('"', "")
        elif key := re.match(r"\s*([\w\"'.-]+)\s*=", line):
            lines.setdefault(f"{table}.{key[1].strip(chr(34) + chr(39))}".strip("."), number)
            continue
        else:
            continue
        for part in _upward(table):
            lines.setdefault(part, number)
    return lines
