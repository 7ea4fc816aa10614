"""Ratings of units by coders: read and checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.patterns import MISSING, Floats, Integers, Patterns, group, patterns_of
from casestudy.errors import InputError, Problem, raise_if

_MOST_LISTED = 20


@dataclass(frozen=True, eq=False)
class Ratings:
    """Units rated by coders; made by `read`.

    Attributes
    ----------
    codes : int array, units x coders
        The category's number, -1 where the coder did not rate the unit.
    categories : tuple
        The categories, in order.
    coders : tuple of str
    declared : bool
        Whether the researcher declared the categories and so their order.
    clusters : int array or None
        The document or participant that each unit belongs to, numbered.
    unit : str
        What a unit is, in the researcher's word.
    """

    codes: Integers
    categories: tuple[Any, ...]
    coders: tuple[str, ...]
    declared: bool
    clusters: Integers | None = None
    unit: str = "unit"

    @property
    def numeric(self) -> bool:
        """Whether every category is a number."""
        return all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in self.categories)

    @cached_property
    def points(self) -> Floats:
        """The categories as numbers: their values, or 1 … q in their declared order.

        Raises
        ------
        InputError
            Where the categories are not numbers and no order was declared.
        """
        if self.numeric:
            return np.array(self.categories, dtype=float)
        if not self.declared:
            found = "the categories are not numbers, and no order was declared."
            remedy = "Give `categories` in their order, from low to high."
            raise InputError("The order of the categories is unknown.", [Problem("ratings", found, remedy)])
        return np.arange(1, len(self.categories) + 1, dtype=float)

    @cached_property
    def patterns(self) -> Patterns:
        """Distinct patterns without regard to which coder gave which rating."""
        m, q = self.codes.shape[1], len(self.categories)
        if (m + 1) ** q < 2**62:
            powers = np.append([(m + 1) ** k for k in range(q)], 0).astype(np.int64)
            keys = np.zeros(len(self.codes), dtype=np.int64)
            for coder in range(m):
                keys += powers[self.codes[:, coder]]
            found, of_unit = group(keys, (m + 1) ** q)
            rows = np.full((len(found), m), MISSING, dtype=np.int64)
            filled = np.zeros(len(found), dtype=np.int64)
            for k in range(q):
                count = found // (m + 1) ** k % (m + 1)
                for extra in range(int(count.max(initial=0))):
                    here = np.flatnonzero(count > extra)
                    rows[here, filled[here]] = k
                    filled[here] += 1
        else:
            rows, of_unit = np.unique(np.sort(self.codes, axis=1), axis=0, return_inverse=True)
        return patterns_of(rows, of_unit, q)

    @cached_property
    def coder_patterns(self) -> Patterns:
        """Distinct patterns that keep which coder gave which rating."""
        m, q = self.codes.shape[1], len(self.categories)
        if (q + 1) ** m < 2**62:
            keys = np.zeros(len(self.codes), dtype=np.int64)
            for coder in range(m):
                keys = keys * (q + 1) + self.codes[:, coder] + 1
            found, of_unit = group(keys, (q + 1) ** m)
            rows = np.empty((len(found), m), dtype=np.int64)
            for coder in reversed(range(m)):
                rows[:, coder] = found % (q + 1) - 1
                found = found // (q + 1)
        else:
            rows, of_unit = np.unique(self.codes, axis=0, return_inverse=True)
        return patterns_of(rows, of_unit, q)

    def of_coders(self, *coders: str) -> Ratings:
        """The ratings of some of the coders."""
        where = [self.coders.index(coder) for coder in coders]
        return replace(self, codes=self.codes[:, where], coders=tuple(coders))

    def has(self, code: Any) -> Ratings:
        """Whether each rating contains a code, where a rating is a set of codes.

        Examples
        --------
        >>> read([[{"p", "q"}, {"q"}], [{"p"}, set()]]).has("p").codes.tolist()
        [[1, 0], [1, 0]]
        """
        within = [isinstance(one, frozenset) and code in one for one in self.categories]
        place = np.array([*within, MISSING], dtype=np.int64)
        return replace(self, codes=place[self.codes], categories=("absent", str(code)), declared=True)

    def collapse(self, category: Any) -> Ratings:
        """One category against all others; missing stays missing.

        Examples
        --------
        >>> read([["a", "b"], ["c", None]]).collapse("a").codes.tolist()
        [[1, 0], [0, -1]]
        """
        if category not in self.categories:
            known = ", ".join(str(one) for one in self.categories)
            problem = Problem("category", f"{category!r} is not a category.", f"Known: {known}.")
            raise InputError("A category is unknown.", [problem])
        number = self.categories.index(category)
        codes = np.where(self.codes == MISSING, MISSING, (self.codes == number).astype(np.int64))
        return replace(self, codes=codes, categories=("all others", called(category)), declared=True)


def read(
    values: Any,
    *,
    categories: Sequence[Any] | None = None,
    coders: Sequence[str] | None = None,
    clusters: Sequence[Any] | None = None,
    unit: str = "unit",
) -> Ratings:
    """Read and check ratings.

    Parameters
    ----------
    values : array-like, units x coders
        Text, numbers, truth values, or sets of codes (``frozenset``; the empty set says *no code*). None and
        NaN are missing.
    categories : sequence, optional
        All categories that could have been used, in order. Declare them: those that nobody used still count
        in the coefficients that need their number. By default the categories found, sorted.
    coders : sequence of str, optional
        Their names; ``coder 1``, ``coder 2`` … by default.
    clusters : sequence, optional
        For each unit the document or participant it belongs to. Units of one document are not independent:
        with clusters, intervals resample clusters.
    unit : str
        What a unit is: ``turn``, ``sentence``, ``paragraph``.

    Returns
    -------
    Ratings

    Raises
    ------
    InputError
        With every problem: not a table, fewer than two coders, infinite values, text mixed with numbers,
        empty text, values that are not among the declared categories, clusters that do not fit.

    Examples
    --------
    >>> ratings = read([["yes", "yes"], ["no", "yes"], [None, "no"]])
    >>> ratings.categories, ratings.codes.tolist()
    (('no', 'yes'), [[1, 1], [0, 1], [-1, 0]])
    """
    table = _as_table(values)
    problems: list[Problem] = []
    n_units, n_coders = table.shape
    if n_coders < 2:
        found = f"{n_coders} coder{'' if n_coders == 1 else 's'}."
        problems.append(Problem("ratings", found, "Agreement needs two coders or more: one column each."))
    names = tuple(coders) if coders is not None else tuple(f"coder {i + 1}" for i in range(n_coders))
    if len(names) != n_coders or len(set(names)) != len(names):
        found = f"{len(names)} names, {len(set(names))} of them different, for {n_coders} coders."
        problems.append(Problem("coders", found, "Give one name for each column."))
    numbered = None
    if clusters is not None:
        listed = [str(one) for one in clusters]
        empty = [i + 1 for i, one in enumerate(clusters) if plain(one) in (None, "")]
        if empty:
            found = f"{len(empty)} units have none, the first being unit {empty[0]}."
            problems.append(Problem("clusters", found, "Name the document or participant of every unit."))
        if len(listed) != n_units:
            found = f"{len(listed)} clusters for {n_units} units."
            problems.append(Problem("clusters", found, "Give one document or participant for each unit."))
        numbered = np.unique(np.array(listed, dtype=object), return_inverse=True)[1].astype(np.int64)
    declared = None if categories is None else [plain(one) for one in categories]
    if declared is not None and (len(set(declared)) != len(declared) or None in declared):
        found = "a category is repeated or empty."
        problems.append(Problem("categories", found, "List each category once."))
    codes, found_categories, more = _encode(table, declared)
    raise_if(problems + more, "The ratings cannot be used.")
    return Ratings(codes, tuple(found_categories), names, declared is not None, numbered, unit)


def _as_table(values: Any) -> NDArray[Any]:
    try:
        table = values if isinstance(values, np.ndarray) else np.asarray(values, dtype=object)
        if table.dtype == object and {type(one) for one in table.flat} <= {int, float, type(None)}:
            numbers = table.astype(float)  # None becomes NaN
            table = table if (np.abs(numbers) >= 2**53).any() else numbers
    except (ValueError, OverflowError):
        table = np.asarray(values, dtype=object)
    if table.ndim != 2:
        found = "they are not a table of units by coders."
        remedy = (
            "Give one row for each unit and one column for each coder; write None where a rating is missing."
        )
        raise InputError("The ratings cannot be used.", [Problem("ratings", found, remedy)])
    return table


def _encode(table: NDArray[Any], declared: list[Any] | None) -> tuple[Integers, list[Any], list[Problem]]:
    if table.dtype.kind in "iuf":
        return _encode_numbers(table, declared)
    problems: list[Problem] = []
    numbers: dict[Any, int] = {}
    codes = np.full(table.shape, MISSING, dtype=np.int64)
    kinds: dict[str, str] = {}
    for row, line in enumerate(table.tolist()):
        for column, value in enumerate(line):
            rating = plain(value)
            if rating is None:
                continue
            where = f"unit {row + 1}, coder {column + 1}"
            if isinstance(rating, float) and math.isinf(rating):
                problems.append(Problem(where, "the rating is infinite.", "Write None where it is missing."))
            elif rating == "":
                problems.append(
                    Problem(where, "the rating is empty text.", "Write None where it is missing.")
                )
            elif not isinstance(rating, (str, bool, int, float, frozenset)):
                found = f"{rating!r} is neither text, a number nor a set of codes."
                problems.append(Problem(where, found, "Write several codes as a frozenset."))
            else:
                kinds.setdefault(_kind(rating), where)
                codes[row, column] = numbers.setdefault(rating, len(numbers))
    if len(kinds) > 1:
        found = "; ".join(f"{kind} at {where}" for kind, where in sorted(kinds.items()))
        remedy = "Use one kind of value for all ratings."
        problems.append(Problem("ratings", f"kinds of values are mixed: {found}.", remedy))
        return codes, [], _first(problems)
    order = sorted(numbers, key=_order) if declared is None else declared
    new = {value: position for position, value in enumerate(order)}
    strangers = [value for value in sorted(numbers, key=_order) if value not in new]
    problems += [_stranger(value, order) for value in strangers]
    if strangers or problems:
        return codes, order, _first(problems)
    back = np.array([new[value] for value in numbers] + [MISSING], dtype=np.int64)
    return back[codes], order, []


def _encode_numbers(
    table: NDArray[Any], declared: list[Any] | None
) -> tuple[Integers, list[Any], list[Problem]]:
    """Numbers without a Python loop: a million units take a fraction of a second."""
    missing = np.isnan(table) if table.dtype.kind == "f" else np.zeros(table.shape, dtype=bool)
    filled = np.where(missing, table.dtype.type(0), table) if missing.any() else table
    low, high = (filled.min(), filled.max()) if filled.size else (0, 0)
    if math.isinf(low) or math.isinf(high):
        rows, columns = np.nonzero(np.isinf(table))
        wheres = [f"unit {row + 1}, coder {column + 1}" for row, column in zip(rows, columns, strict=True)]
        remedy = "Write None or NaN where it is missing."
        return table, [], _first([Problem(where, "the rating is infinite.", remedy) for where in wheres])
    span = float(high) - float(low)
    steps = (filled - low).astype(np.int32) if span < 65_536 else None
    if steps is not None and (
        table.dtype.kind != "f" or (float(low).is_integer() and (steps + low == filled).all())
    ):
        first, size = int(low), int(span) + 1
        steps[missing] = size
        seen = np.zeros(size + 1, dtype=bool)
        seen[steps.ravel()] = True
        found: list[Any] = (np.flatnonzero(seen[:size]) + first).tolist()
        place = np.cumsum(seen) - 1
        place[size] = MISSING
        codes = place.astype(np.int32)[steps]
    else:
        distinct = np.unique(table[~missing])
        found = distinct.tolist()
        codes = np.searchsorted(distinct, filled).astype(np.int64)
        codes[missing] = MISSING
    if declared is None:
        return codes, found, []
    new = {value: position for position, value in enumerate(declared)}
    problems = [_stranger(value, declared) for value in found if value not in new]
    if problems:
        return codes, declared, _first(problems)
    back = np.array([new[value] for value in found] + [MISSING], dtype=np.int64)
    return back[codes], declared, []


def plain(value: Any) -> Any:
    """A value as plain Python knows it; None for missing."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, (set, frozenset)):
        return frozenset(plain(one) for one in value)
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


def _stranger(value: Any, known: Sequence[Any]) -> Problem:
    listed = ", ".join(str(one) for one in known[:_MOST_LISTED])
    return Problem("ratings", f"{value!r} is not among the declared categories.", f"Declared: {listed}.")


def _first(problems: list[Problem]) -> list[Problem]:
    rest = len(problems) - _MOST_LISTED
    if rest <= 0:
        return problems
    return problems[:_MOST_LISTED] + [Problem("ratings", f"{rest:,} more problems of this kind.")]
