"""Reads the settings of a study.toml; every problem is listed with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from casestudy.errors import InputError, Problem, StudyError, nearest
from casestudy.files.fields import Fields, parse_toml
from casestudy.files.names import stays_inside

_KNOWN = (
    "title", "language", "stance", "floor", "notebooks", "question", "data_status", "sources", "parameters",
    "engine", "single_rows",
)  # fmt: skip
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
        node = parse_toml(text.encode("utf-8", "surrogatepass"), file)
    except InputError as error:
        raise StudyError(f"{file} cannot be read.", error.problems) from error
    problems: list[Problem] = []
    settings = _settings(Fields(node, file, "", problems, _KNOWN))
    if problems:
        raise StudyError(f"{file} has problems.", problems)
    return settings


def _settings(top: Fields) -> dict[str, Any]:
    data_status, sources = _texts(top, "data_status"), _sources(top)
    settings: dict[str, Any] = {
        "title": top.text("title", required=True),
        "language": top.text("language") or "en",
        "stance": top.text("stance", allowed=STANCES) or "codebook",
        "floor": top.whole("floor", least=1) or 5,
        "questions": _questions(top),
        "data_status": data_status,
        "sources": sources,
        "parameters": top.within("parameters").node,
        "engine": _engine(top.within("engine", ("backend", "memory_limit", "threads"))),
        "single_rows": _single_rows(top, {"usage_logs", "purchases", *data_status, *sources}),
    }
    globs = top.node.get("notebooks")
    if isinstance(globs, list) and all(
        isinstance(glob, str) and glob and not PurePath(glob).is_absolute() for glob in globs
    ):
        settings["notebook_globs"] = tuple(globs)
    elif globs is not None:
        remedy = 'Write notebooks = ["notebooks/*.ipynb"].'
        top.problem("notebooks", "notebooks must be a list of globs from the study's folder.", remedy)
    return settings


def _questions(top: Fields) -> tuple[Question, ...]:
    questions: dict[str, Question] = {}
    for fields in top.items("question", ("id", "text", "role", "answered_by")):
        question = Question(
            fields.text("id", required=True),
            fields.text("text", required=True),
            fields.text("role"),
            fields.text("answered_by"),
        )
        if question.role and question.role in {other.role for other in questions.values()}:
            fields.problem("role", f"{question.role!r} occurs twice.", "Give a role to one question.")
        if question.id in questions:
            fields.problem("id", f"{question.id!r} occurs twice.", "Give every question its own id.")
        questions[question.id] = question
    return tuple(questions.values())


def _single_rows(top: Fields, known: Collection[str]) -> Mapping[str, str]:
    """Sources of which single rows may be published, each with the reason."""
    fields, reasons = top.within("single_rows"), _texts(top, "single_rows")
    for name, reason in reasons.items():
        if name not in known:
            found = f"{name!r} is neither a source nor a kind of material of this study."
            fields.problem(name, found, nearest(name, known))
        if not reason.strip():
            fields.problem(name, f"{name!r} gives no reason.", "Write why single rows may be shown.")
    return reasons


def _engine(fields: Fields) -> EngineSettings:
    default = EngineSettings()
    limit = fields.text("memory_limit") or default.memory_limit
    if not re.fullmatch(r"\d+(\.\d+)? ?[KMGT]i?B", limit):
        fields.problem("memory_limit", f"memory_limit is {limit!r}, not a size.", 'Write one like "4GB".')
    threads = fields.whole("threads", least=0) or 0
    return EngineSettings(fields.text("backend") or default.backend, limit, threads)


def _texts(top: Fields, name: str) -> Mapping[str, str]:
    """Texts by name, with their line ends as they were written."""
    fields = top.within(name)
    for key, value in fields.node.items():
        if not isinstance(value, str):
            fields.problem(key, f"{key} is {value!r}, not text.", "Put it in quotation marks.")
    return MappingProxyType({key: str(value) for key, value in fields.node.items()})


def _sources(top: Fields) -> Mapping[str, str]:
    sources = _texts(top, "sources")
    for name, place in sources.items():
        if not stays_inside(place.removeprefix("package:")):
            found = f"{name} is {place!r}, which leads out of the study."
            remedy = "Put the folder into the study, or name a package: package:NAME/FOLDER."
            top.within("sources").problem(name, found, remedy)
    return sources
