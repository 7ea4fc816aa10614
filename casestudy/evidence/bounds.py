"""How surely something is seen: cautious bounds, and what they say about a piece of evidence.

The rule has three parts. *Few people do not carry a finding*: an eighth of those asked, two at least, are
taken away from those who show it before anything is concluded, and for a search to the contrary they are
added. *Little is not enough*: what remains is bounded at 95 % on one side, and the bound, not the share, must
reach what was expected. *Chance is not enough*: shuffled codings may reach as much in at most one of twenty
draws. Taking people or coders away widens the bound and so does not tend to raise what is concluded.
"""

from __future__ import annotations

import math
from typing import Any, Literal

from casestudy.evidence.claims import Expected
from casestudy.proportions import HAIR, wilson

ONE_SIDED = 1.6448536269514722
RARE = 0.05
Finding = Literal["for", "against", "open", "absent", "not tested", "unknown"]
FOR, AGAINST, OPEN, ABSENT = "for", "against", "open", "absent"
UNTESTED, UNKNOWN = "not tested", "unknown"


def few(asked: Any) -> Any:
    """How many people a finding must do without: an eighth of those asked, at least two.

    Examples
    --------
    >>> [int(few(asked)) for asked in (6, 16, 26, 226)]
    [2, 2, 4, 29]
    """
    import numpy as np

    return np.maximum(2, np.ceil(np.asarray(asked) / 8)).astype(np.int64)


def surely(people: Any, asked: Any) -> tuple[Any, Any]:
    """Cautious bounds of a share of people: the lower without `few` of them, the upper with as many more.

    Parameters
    ----------
    people, asked : int or array

    Returns
    -------
    (array, array)
        One-sided 95 % Wilson bounds, from 0 to 1; NaN where nobody was asked.

    Examples
    --------
    >>> [round(float(end), 3) for end in surely(14, 16)]
    [0.545, 1.0]
    """
    import numpy as np

    people, asked = np.asarray(people), np.asarray(asked)
    away = few(asked)
    low = wilson(np.maximum(people - away, 0), asked, ONE_SIDED)[0]
    high = wilson(np.minimum(people + away, asked), asked, ONE_SIDED)[1]
    return np.asarray(low), np.asarray(high)


def least(expected: Expected | None, asked: Any) -> tuple[str, Any]:
    """What is expected as relation and share of those asked; without an expectation, more than nobody."""
    import numpy as np

    if expected is None:
        return ">", np.zeros_like(np.asarray(asked, dtype=float))
    if expected.of == "people":
        with np.errstate(divide="ignore", invalid="ignore"):
            return expected.relation, expected.number / np.asarray(asked, dtype=float)
    return expected.relation, np.full_like(np.asarray(asked, dtype=float), expected.number)


def meets(relation: str, low: Any, high: Any, number: Any) -> tuple[Any, Any]:
    """Whether everything between two bounds is as expected, and whether nothing is.

    Examples
    --------
    >>> [bool(one) for one in meets(">=", 0.4, 0.7, 0.3)], [bool(one) for one in meets("<", 0.4, 0.7, 0.3)]
    ([True, False], [False, True])
    """
    import numpy as np

    hair = HAIR * np.maximum(1.0, np.abs(number))
    with np.errstate(invalid="ignore"):
        yes = {
            ">=": low >= number - hair,
            ">": low > number + hair,
            "<=": high <= number + hair,
            "<": high < number - hair,
            "=": (low >= number - hair) & (high <= number + hair),
        }[relation]
        no = {
            ">=": high < number - hair,
            ">": high <= number + hair,
            "<=": low > number + hair,
            "<": low >= number - hair,
            "=": (high < number - hair) | (low > number + hair),
        }[relation]
    return yes, no


def of_people(confirmed: Any, seen: Any, asked: Any, expected: Expected | None) -> tuple[Any, Any]:
    """What counts of people say of an expectation, before chance is asked.

    Parameters
    ----------
    confirmed, seen, asked : int or array
        People in whom two coders found it, in whom any did, who were asked.
    expected : Expected, optional

    Returns
    -------
    (array of bool, array of bool)
        Surely as expected, from those confirmed; surely not, from those whom anybody saw it in.
    """
    relation, number = least(expected, asked)
    low, _ = surely(confirmed, asked)
    _, high = surely(seen, asked)
    return meets(relation, low, high, number)


def evidence(sure: bool, refuted: bool, chance: float) -> str:
    """What a piece of evidence says: ``for``, ``against`` or ``open``.

    Parameters
    ----------
    chance : float
        Share of shuffled studies that reach as much; NaN where shuffling cannot reach it.

    Examples
    --------
    >>> evidence(True, False, 0.01), evidence(True, False, 0.2), evidence(False, True, 0.9)
    ('for', 'open', 'against')
    """
    if refuted:
        return AGAINST
    return FOR if sure and not (math.isfinite(chance) and chance > RARE) else OPEN


def contrary(sure: bool, refuted: bool, chance: float) -> str:
    """What a search for the contrary says: it was found (``against``), surely is not there, or is open."""
    if refuted:
        return ABSENT
    return AGAINST if sure and not (math.isfinite(chance) and chance > RARE) else OPEN
