"""Summaries of what a participant says on a theme: the cells of a framework matrix, in people's own words.

``evidence/summaries.jsonl`` has one version of a cell a line; the last one holds, and the earlier ones stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from casestudy.coding.records import moment
from casestudy.errors import Problem, raise_if
from casestudy.files import locks
from casestudy.files.journal import Journal, written
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.coding.material import Material

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
    """All versions by time, and every line that is not a summary."""
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
        With every line that is not a summary.
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


@dataclass(frozen=True)
class Grid:
    """The framework matrix as a table: one row a participant, one column a theme.

    Attributes
    ----------
    frame : pandas.DataFrame
        ``participant, group``, then a column for each theme by its id: the summary, empty where none is
        written.
    names : mapping of str to str
        The themes' names by id.
    filled, withheld : int
        Summaries in the table; participants left out, who may not be quoted.
    """

    frame: pd.DataFrame
    names: Mapping[str, str]
    filled: int
    withheld: int


def grid(material: Material) -> Grid:
    """The summaries that hold, by participant and theme; of people who may be quoted alone.

    A summary retells what a person said, often in their words, so it is shown as a quote is.

    Parameters
    ----------
    material : Material
    """
    import pandas as pd

    held = holding(material.also(read))
    asked = material.asked()
    asked += sorted({who for who, _ in held} - {*asked})
    allowed = set(material.quotable())
    shown = [who for who in asked if who in allowed]
    groups = dict(zip(material.heard["who"], material.heard["group"], strict=True))
    names = {theme.id: theme.name for theme in material.framework.themes}
    rows = [
        {"participant": who, "group": str(groups.get(who, ""))}
        | {theme: held[who, theme].text if (who, theme) in held else "" for theme in names}
        for who in shown
    ]
    frame = pd.DataFrame(rows, columns=["participant", "group", *names])
    return Grid(frame, names, int((frame[list(names)] != "").sum().sum()), len(asked) - len(shown))
