"""Summaries of what a participant says on a theme: the cells of a framework matrix, in people's own words.

``evidence/summaries.jsonl`` has one version of a cell a line; the last one holds, and the earlier ones stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from casestudy.coding.records import moment
from casestudy.errors import Problem, raise_if
from casestudy.files import locks
from casestudy.files.journal import Journal, written
from casestudy.study import Study

FILE = "evidence/summaries.jsonl"


@dataclass(frozen=True)
class Summary:
    """One version of a cell.

    Attributes
    ----------
    id : str
        Twelve hexadecimal digits made of the content.
    participant, theme : str
        Row and column; a document without a participant stands for itself.
    text : str
        The summary; empty where it was taken back.
    who, when : str
    replaces : str
        The version before it; empty for the first.
    """

    id: str
    participant: str
    theme: str
    text: str
    who: str = ""
    when: str = ""
    replaces: str = ""


def summary(**fields: str) -> Summary:
    """Make a version; its id is made of its content.

    Examples
    --------
    >>> summary(participant="p1", theme="t", text="She waits.", who="k").id
    '590a5fffc55b'
    """
    blank = Summary("", **fields)
    mark = hashlib.sha256(written(dict(vars(blank))).encode("utf-8", "surrogatepass")).hexdigest()
    return replace(blank, id=mark[:12])


def _summary(data: Any, number: int) -> Summary:
    values = {key: str(data[key]) for key in ("id", "participant", "theme", "text")}
    values |= {key: str(data.get(key) or "") for key in ("who", "when", "replaces")}
    return Summary(**values)


_JOURNAL: Journal[Summary] = Journal(
    "a summary",
    "Write id, participant, theme and text.",
    _summary,
    lambda one: dict(vars(one)),
    attrgetter("id"),
)


def survey(study: Study) -> tuple[list[Summary], list[Problem]]:
    """All versions by time, and every line that is no summary."""
    versions: list[Summary] = []
    problems: list[Problem] = []
    for path in study.inputs(FILE):
        versions, problems = _JOURNAL.survey(path, FILE)
    return sorted(versions, key=lambda one: (moment(one.when), one.id)), problems


def read(study: Study) -> list[Summary]:
    """All versions by time.

    Raises
    ------
    InputError
        With every line that is no summary.
    """
    versions, problems = survey(study)
    raise_if(problems, "The summaries have problems.")
    return versions


def holding(versions: Iterable[Summary]) -> dict[tuple[str, str], Summary]:
    """The version of each cell that holds, by participant and theme: the last one that none replaces.

    Examples
    --------
    >>> first = summary(participant="p", theme="t", text="a", when="2026-01-01T00:00:00Z")
    >>> second = summary(participant="p", theme="t", text="b", when="2025-01-01T00:00:00Z", replaces=first.id)
    >>> holding([first, second])["p", "t"].text
    'b'
    """
    all_versions = list(versions)
    replaced = {one.replaces for one in all_versions}
    heads = [one for one in all_versions if one.id not in replaced]
    heads.sort(key=lambda one: (moment(one.when), one.id))
    return {(one.participant, one.theme): one for one in heads}


def append(study: Study, versions: Iterable[Summary]) -> None:
    """Append versions; who decides on them holds the file by `writing`."""
    _JOURNAL.append(study.root, FILE, versions)


@contextmanager
def writing(study: Study) -> Iterator[list[Summary]]:
    """All versions, while nobody else can add one.

    Raises
    ------
    RunFailed
        When somebody else was writing them all the time.
    """
    with locks.writing(study.root, FILE):
        yield read(study)
