"""What a notebook needs of a study, as its metadata say it: a name, and how many where it is counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from casestudy.errors import Problem, nearest

Kind = Literal[
    "events",
    "looks",
    "feedback",
    "accounts",
    "signatures",
    "outcomes",
    "simulator",
    "recovery",
    "purchases",
    "composition",
    "interviews",
    "codings",
    "coders",
    "groups",
    "links",
    "perspectives",
    "claims",
    "cases",
    "review",
    "agency",
    "loop",
    "cohorts",
]
"""What a study may have. Coders, groups, perspectives, and interviews are counted."""

KINDS: tuple[str, ...] = get_args(Kind)
_WRITTEN = re.compile(r"([a-z]+)(?:\s*>=\s*(\d+))?")


@dataclass(frozen=True)
class Need:
    """One thing that a notebook needs.

    Attributes
    ----------
    kind : Kind
    least : int
        How many of it; 1 where the metadata name no number.
    """

    kind: Kind
    least: int = 1

    def __str__(self) -> str:
        return self.kind if self.least == 1 else f"{self.kind} >= {self.least}"


def read(written: Sequence[str], where: str) -> tuple[tuple[Need, ...], list[Problem]]:
    """Needs from a list of texts, and what is wrong with them.

    Examples
    --------
    >>> needs, problems = read(["events", "coders >= 2", "event"], "20-use.ipynb")
    >>> [str(need) for need in needs], problems[0].remedy
    (['events', 'coders >= 2'], "Did you mean 'events'?")
    """
    needs: list[Need] = []
    problems: list[Problem] = []
    for text in written:
        parts = _WRITTEN.fullmatch(text.strip())
        if parts is None or parts[1] not in KINDS:
            found = f"{text!r} is not something that a study has."
            problems.append(Problem(where, found, nearest(parts[1] if parts else text, KINDS)))
        else:
            needs.append(Need(parts[1], int(parts[2] or 1)))  # type: ignore[arg-type]
    return tuple(needs), problems
