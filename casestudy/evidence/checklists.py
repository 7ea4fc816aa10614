"""Reporting checklists as data, filled with what the study's records know; the rest is marked *to write*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.evidence.records import Fact
from casestudy.files.fields import Fields, read_yaml
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parent / "data"
OWN = "evidence/checklists.yaml"
TO_WRITE = "to write"


@dataclass(frozen=True)
class Item:
    """One item of a list: id, short name, what it asks in our own words, the fact that may answer it."""

    id: str
    domain: str
    name: str
    asks: str
    fact: str = ""


@dataclass(frozen=True)
class Checklist:
    """A reporting checklist of one version."""

    id: str
    name: str
    version: str
    source: str
    items: tuple[Item, ...]


def known() -> list[str]:
    """Ids of the lists that the package ships.

    Examples
    --------
    >>> known()
    ['coreq', 'gramms', 'srqr']
    """
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(name: str) -> Checklist:
    """Read one list.

    Raises
    ------
    InputError
        When the package ships no such list.

    Examples
    --------
    >>> len(load("coreq").items), len(load("srqr").items), len(load("gramms").items)
    (32, 21, 6)
    """
    path = FOLDER / f"{name}.yaml"
    if name not in known():
        problem = Problem(f"checklist {name!r}", "there is none of this name.", nearest(name, known()))
        raise InputError("A checklist is not known.", [problem])
    problems: list[Problem] = []
    top = Fields(read_yaml(path, path.name), path.name, "", problems)
    items = tuple(
        Item(
            id=one.text("id", required=True),
            domain=one.text("domain", required=True),
            name=one.text("name", required=True),
            asks=one.text("asks", required=True),
            fact=one.text("fact"),
        )
        for one in top.items("items", ("id", "domain", "name", "asks", "fact"))
    )
    raise_if(problems, "A checklist has problems.")
    return Checklist(top.text("id"), top.text("name"), top.text("version"), top.text("source"), items)


def own_answers(study: Study) -> dict[str, dict[str, str]]:
    """What the authors wrote themselves, by list and item, in ``evidence/checklists.yaml``; empty without it.

    Raises
    ------
    InputError
        For lists and items that do not exist.
    """
    path = study.input(OWN)
    if not path.is_file():
        return {}
    problems: list[Problem] = []
    top = Fields(read_yaml(path, OWN) or {}, OWN, "", problems, (*known(), "note"))
    answers: dict[str, dict[str, str]] = {}
    for name in known():
        if name in top.node:
            ids = [item.id for item in load(name).items]
            one = Fields(top.node[name], OWN, name, problems)
            for key in one.node:
                if str(key) not in ids:
                    one.problem(key, f"{key!r} is not an item of {name}.", nearest(str(key), ids))
            answers[name] = {str(key): one.text(key) for key in one.node}
    raise_if(problems, "The answers to checklists have problems.")
    return answers


def fill(
    checklist: Checklist, facts: Sequence[Fact], written: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """A list with its answers.

    Parameters
    ----------
    checklist : Checklist
    facts : sequence of Fact
        From `casestudy.evidence.records.facts`.
    written : mapping of item to text, optional
        What the authors wrote; it stands before what the records say.

    Returns
    -------
    pandas.DataFrame
        ``item, domain, name, asks, answer, where, state``: state is ``written``, ``from records`` or ``to
        write``.
    """
    import pandas as pd

    said: dict[str, list[Fact]] = {}
    for fact in facts:
        said.setdefault(fact.key, []).append(fact)
    rows = []
    for item in checklist.items:
        own = (written or {}).get(item.id, "")
        found = said.get(item.fact, []) if item.fact else []
        answer = " ".join([own, *(fact.said for fact in found)]).strip()
        state = "written" if own else "from records" if found else TO_WRITE
        places = ", ".join(dict.fromkeys([*([OWN] if own else []), *(fact.where for fact in found)]))
        rows.append([item.id, item.domain, item.name, item.asks, answer or TO_WRITE, places, state])
    return pd.DataFrame(rows, columns=["item", "domain", "name", "asks", "answer", "where", "state"])
