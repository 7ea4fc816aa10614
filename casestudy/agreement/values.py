"""One rating: what it may be and how it is called; and a table of ratings as numbers of categories."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.patterns import MISSING, Integers
from casestudy.errors import Problem

_MOST_LISTED = 20
_LARGEST = 1e100
_MISSING_AS_TEXT = ("nan", "NaN", "<NA>", "NaT", "None")
"""What missing values become where a library writes them as text."""
_LEAVE_OUT = "Write None where it is missing."


def plain(value: Any) -> Any:
    """A value as plain Python knows it; None for missing.

    Examples
    --------
    >>> plain(np.float64(2.0)), plain(np.nan), plain({np.str_("p")})
    (2, None, frozenset({'p'}))
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else float(value)
    if isinstance(value, (set, frozenset)):
        return frozenset(plain(one) for one in value)
    if isinstance(value, (str, int)) and type(value) not in (str, int, bool):
        return str(value) if isinstance(value, str) else int(value)
    return value


def called(category: Any) -> str:
    """A category in words: codes of a set joined by +.

    Examples
    --------
    >>> called(frozenset({"q", "p"})), called(frozenset()), called(3)
    ('p + q', '(no code)', '3')
    """
    if isinstance(category, frozenset):
        return " + ".join(sorted(str(one) for one in category)) or "(no code)"
    return str(category)


def listed(name: str, given: Any) -> tuple[list[Any], list[Problem]]:
    """What was given as a list, or the problem that it is none."""
    if given is None:
        return [], []
    if isinstance(given, (set, frozenset)):
        return [], [Problem(name, "a set was given, which has no order.", "Give a list.")]
    try:
        if not isinstance(given, (str, bytes)):
            return list(given), []
    except TypeError:
        pass
    return [], [Problem(name, f"{given!r} was given.", "Give a list.")]


def whole(value: Any) -> bool:
    """Whether a value is a whole number, and no truth value.

    Examples
    --------
    >>> whole(3.0), whole(np.int64(3)), whole(True), whole("3")
    (True, True, False, False)
    """
    if isinstance(value, (bool, np.bool_)):
        return False
    return isinstance(value, (int, np.integer)) or (
        isinstance(value, (float, np.floating)) and float(value).is_integer()
    )


def holds(test: Callable[[Any], Any], value: Any) -> bool:
    """Whether a value passes a test; one of another kind, which cannot be tested, does not.

    Examples
    --------
    >>> holds(lambda one: one > 0, 2), holds(lambda one: one > 0, "2")
    (True, False)
    """
    try:
        return bool(test(value))
    except (TypeError, ValueError):
        return False


def declared(categories: Any) -> tuple[list[Any] | None, list[Problem]]:
    """The declared categories, checked; None where there are none or they cannot be used."""
    if categories is None:
        return None, []
    values, problems = listed("categories", categories)
    values = [plain(one) for one in values]
    for value in values:
        wrong = "it is empty" if value is None or value == "" else _wrong(value)[0].rstrip(".")
        if wrong:
            problems.append(Problem("categories", f"{value!r:.60}: {wrong}."))
    if problems:
        return None, first(problems)
    kinds = sorted({_kind(one) for one in values})
    if len(kinds) > 1:
        problems.append(Problem("categories", f"they are mixed: {', '.join(kinds)}."))
    elif len(set(values)) != len(values):
        problems.append(Problem("categories", "a category is repeated.", "List each category once."))
    return (None if problems else values), problems


def encode(table: NDArray[Any], order: list[Any] | None) -> tuple[Integers, list[Any], list[Problem]]:
    """Numbers of categories, -1 for missing; the categories in order; every problem.

    Parameters
    ----------
    table : array, units x coders
    order : list, optional
        The declared categories.
    """
    if table.dtype.kind in "iuf":
        return _encode_numbers(table, order)
    problems: list[Problem] = []
    numbers: dict[Any, int] = {}
    codes = np.full(table.shape, MISSING, dtype=np.int64)
    kinds: dict[str, str] = {}
    known = set(order or ())
    for row, line in enumerate(table.tolist()):
        for column, value in enumerate(line):
            rating = plain(value)
            if rating is None:
                continue
            where = f"unit {row + 1}, coder {column + 1}"
            found, remedy = _wrong(rating)
            if found:
                problems.append(Problem(where, found, remedy))
                continue
            if rating in _MISSING_AS_TEXT and rating not in known:
                remedy = f"{_LEAVE_OUT} Declare it in `categories` where it is one."
                problems.append(Problem(where, f"the rating is the text {rating!r}.", remedy))
                continue
            kinds.setdefault(_kind(rating), where)
            codes[row, column] = numbers.setdefault(rating, len(numbers))
    if len(kinds) > 1:
        found = "; ".join(f"{kind} at {where}" for kind, where in sorted(kinds.items()))
        remedy = "Use one kind of value for all ratings."
        problems.append(Problem("ratings", f"kinds of values are mixed: {found}.", remedy))
        return codes, [], first(problems)
    places = sorted(numbers, key=_order) if order is None else order
    problems += _strangers(sorted(numbers, key=_order), places)
    if problems:
        return codes, places, first(problems)
    new = {value: position for position, value in enumerate(places)}
    back = np.array([new[value] for value in numbers] + [MISSING], dtype=np.int64)
    return back[codes], places, []


def first(problems: list[Problem]) -> list[Problem]:
    """The first problems of a long list, and how many more there are."""
    rest = len(problems) - _MOST_LISTED
    if rest <= 0:
        return problems
    return problems[:_MOST_LISTED] + [Problem("ratings", f"{rest:,} more problems of this kind.")]


def _encode_numbers(
    table: NDArray[Any], order: list[Any] | None
) -> tuple[Integers, list[Any], list[Problem]]:
    """Numbers without a Python loop: a million units take a fraction of a second."""
    missing = np.isnan(table) if table.dtype.kind == "f" else np.zeros(table.shape, dtype=bool)
    filled = np.where(missing, table.dtype.type(0), table) if missing.any() else table
    low, high = (filled.min().item(), filled.max().item()) if filled.size else (0, 0)
    if max(abs(low), abs(high)) > _LARGEST:
        rows, columns = np.nonzero(np.abs(filled) > _LARGEST)
        problems = [
            Problem(f"unit {row + 1}, coder {column + 1}", *_wrong(table[row, column].item()))
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        ]
        return table, [], first(problems)
    span = high - low
    steps = (filled - table.dtype.type(low)).astype(np.int32) if span < 65_536 else None
    if steps is not None and (
        table.dtype.kind != "f" or (float(low).is_integer() and (steps + low == filled).all())
    ):
        begin, size = int(low), int(span) + 1
        steps[missing] = size
        seen = np.zeros(size + 1, dtype=bool)
        seen[steps.ravel()] = True
        found: list[Any] = [begin + step for step in np.flatnonzero(seen[:size]).tolist()]
        place = np.cumsum(seen) - 1
        place[size] = MISSING
        codes = place.astype(np.int32)[steps]
    else:
        distinct = np.unique(table[~missing])
        found = distinct.tolist()
        codes = np.searchsorted(distinct, filled).astype(np.int64)
        codes[missing] = MISSING
    if order is None:
        return codes, found, []
    problems = _strangers(found, order)
    if problems:
        return codes, order, first(problems)
    new = {value: position for position, value in enumerate(order)}
    back = np.array([new[value] for value in found] + [MISSING], dtype=np.int64)
    return back[codes], order, []


def _wrong(rating: Any) -> tuple[str, str]:
    """What is wrong with a rating, and what to do; empty where nothing is."""
    if isinstance(rating, str):
        return ("", "") if rating.strip() else ("the rating is empty text.", _LEAVE_OUT)
    if isinstance(rating, frozenset):
        odd = [one for one in rating if one is None or isinstance(one, frozenset) or _wrong(one)[0]]
        return (f"a set of codes holds {odd[0]!r}.", "Write codes as text.") if odd else ("", "")
    if not isinstance(rating, (bool, int, float)):
        return (
            f"{rating!r} is neither text, a number nor a set of codes.",
            "Write several codes as a frozenset.",
        )
    if isinstance(rating, float) and math.isinf(rating):
        return "the rating is infinite.", _LEAVE_OUT
    if abs(rating) > _LARGEST:
        return "the rating is too large a number to compute with.", "Divide all ratings by a constant."
    return "", ""


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, str):
        return "text"
    return "a set" if isinstance(value, frozenset) else "a number"


def _order(value: Any) -> tuple[int, Any]:
    if isinstance(value, frozenset):
        return len(value), sorted(str(one) for one in value)
    return 0, value


def _strangers(found: Sequence[Any], known: Sequence[Any]) -> list[Problem]:
    """Values that were not declared; a number is not a truth value though Python takes 1 for True."""
    names = ", ".join(called(one) for one in known[:_MOST_LISTED])
    kinds = {_kind(one) for one in known}
    places = set(known)
    return [
        Problem("ratings", f"{value!r} is not among the declared categories.", f"Declared: {names}.")
        for value in found
        if value not in places or _kind(value) not in kinds
    ]
