"""Pairs of records that no rule decides: what a person decided, kept in ``literature/pairs.jsonl``.

The file is append-only, one JSON object a line: ``one`` and ``other`` (title, author, year, DOI as the
exports have them), ``same``, ``who``, ``why``, ``when``. A later line on a pair counts before an earlier one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from casestudy.errors import InputError, Problem, nearest
from casestudy.files import journal, reading
from casestudy.literature.record import Described, Record
from casestudy.study import Study

FILE = "literature/pairs.jsonl"
_KEYS = ("title", "author", "year", "doi")


@dataclass(frozen=True)
class Decision:
    """What was decided of two records: whether they are the same publication.

    Attributes
    ----------
    one, other : tuple
        Title, first author, year and DOI, see `Record.described`.
    same : bool
    where : str
        The line of the file.
    """

    one: Described
    other: Described
    same: bool
    where: str = ""


def survey(study: Study) -> tuple[list[Decision], list[Problem]]:
    """The decisions that stand, and lines that say nothing.

    Returns
    -------
    (list of Decision, list of Problem)
        In order of the file; of several on one pair the last.
    """
    decisions: dict[frozenset[Described], Decision] = {}
    problems = []
    for path in study.inputs(FILE):
        for number, line in enumerate(reading.data(path).decode("utf-8", "replace").split("\n"), start=1):
            if not line.strip():
                continue
            where = f"{FILE}, line {number}"
            try:
                said = json.loads(line)
                one, other = (_described(said[side]) for side in ("one", "other"))
                if not isinstance(said["same"], bool):
                    raise TypeError
            except (ValueError, TypeError, KeyError, RecursionError):
                found = "the line does not say of which two records, and whether they are the same."
                problems.append(Problem(where, found, "Take it back from version control."))
                continue
            pair = frozenset((one, other))
            decisions.pop(pair, None)
            decisions[pair] = Decision(one, other, said["same"], where)
    return list(decisions.values()), problems


def recall(records: Sequence[Record], decisions: Sequence[Decision]) -> list[Record]:
    """Records with what was decided of them.

    Examples
    --------
    >>> one, other = Record("Receipts", year=2019), Record("Kuitit", year=2019)
    >>> decided = recall([one, other], [Decision(one.described, other.described, True)])
    >>> [record.decided for record in decided] == [((other.described, True),), ((one.described, True),)]
    True
    """
    of: dict[Described, list[tuple[Described, bool]]] = {}
    for decision in decisions:
        of.setdefault(decision.one, []).append((decision.other, decision.same))
        if decision.one != decision.other:
            of.setdefault(decision.other, []).append((decision.one, decision.same))
    return [replace(record, decided=tuple(of.get(record.described, ()))) for record in records]


def lost(records: Sequence[Record], decisions: Sequence[Decision]) -> list[Problem]:
    """Decisions on records that no export has any more as they were."""
    there = {record.described for record in records}
    return [
        Problem(
            decision.where,
            f"no export has {title!r} as it was when this was decided.",
            "Decide again: casestudy literature decide.",
        )
        for decision in decisions
        for title in (side[0] for side in (decision.one, decision.other) if side not in there)
    ]


def find(records: Sequence[Record], place: str) -> Record:
    """The record that stands at a place, as `casestudy literature records` names it.

    Raises
    ------
    InputError
        When none does, or several.
    """
    at = [one for one in records if one.where == place or one.where.endswith(f"/{place}")]
    if len(at) == 1:
        return at[0]
    remedy = nearest(place, [one.where for one in records])
    found = "no record stands there." if not at else "several records stand there: name the folder too."
    raise InputError("Nothing is decided.", [Problem(place, found, remedy)])


def decide(
    study: Study, one: Record, other: Record, same: bool, who: str, why: str = "", when: str = ""
) -> None:
    """Append a decision on two records.

    Parameters
    ----------
    study : Study
    one, other : Record
    same : bool
        Whether they are the same publication; else they stay apart, whatever the rules say.
    who, why, when : str
        Who decided, what for, and the time (ISO 8601).
    """
    said = {
        "one": dict(zip(_KEYS, one.described, strict=True)),
        "other": dict(zip(_KEYS, other.described, strict=True)),
        "same": same, "who": who, "why": why, "when": when,
    }  # fmt: skip
    journal.append(study.root, FILE, [journal.written(said)])


def _described(said: dict[str, object]) -> Described:
    title, author, year, doi = (said[key] for key in _KEYS)
    return str(title), str(author), year if isinstance(year, int) else None, str(doi)
