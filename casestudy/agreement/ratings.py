"""Ratings of units by coders: read and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.patterns import MISSING, Floats, Integers, Patterns, group, patterns_of
from casestudy.agreement.values import called, declared, encode, listed, plain
from casestudy.errors import InputError, Problem, nearest, raise_if


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
            Where the categories are not numbers and no order was declared; where numbers are so large that
            floating point cannot tell them apart.
        """
        if self.numeric:
            values = np.array(self.categories, dtype=float)
            if len(np.unique(values)) < len(values):
                found = "floating point cannot tell some of the numbers apart."
                remedy = "Subtract a constant from all ratings."
                raise InputError("The ratings cannot be compared.", [Problem("ratings", found, remedy)])
            return values
        if not self.declared:
            found = "the categories are not numbers, and no order was declared."
            remedy = "Give `categories` in their order, from low to high."
            raise InputError("The order of the categories is unknown.", [Problem("ratings", found, remedy)])
        return np.arange(1, len(self.categories) + 1, dtype=float)

    def need_order(self) -> None:
        """Make sure that the order of the categories is known.

        Raises
        ------
        InputError
            As for `points`; and where numbers were declared neither from low to high nor from high to low.
        """
        steps = np.diff(self.points)
        if (steps > 0).any() and (steps < 0).any():
            found = "they are numbers, declared in another order than that of numbers."
            remedy = "Declare them from low to high, or write the ratings as text."
            raise InputError(
                "The order of the categories is in doubt.", [Problem("categories", found, remedy)]
            )

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
        """The ratings of two or more of the coders.

        Raises
        ------
        InputError
            For an unknown coder, one named twice, or one alone.
        """
        where = list(choose(coders, self.coders, least=2).values())
        return replace(self, codes=self.codes[:, where], coders=tuple(coders))

    def has(self, code: Any) -> Ratings:
        """Whether each rating contains a code, where a rating is a set of codes.

        Raises
        ------
        InputError
            Where ratings are not sets.

        Examples
        --------
        >>> read([[{"p", "q"}, {"q"}], [{"p"}, set()]]).has("p").codes.tolist()
        [[1, 0], [1, 0]]
        """
        if not all(isinstance(one, frozenset) for one in self.categories):
            problem = Problem("ratings", "they are not sets of codes.", "Use `collapse` for one category.")
            raise InputError("No rating contains a code.", [problem])
        within = [code in one for one in self.categories]
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
        Text, numbers, truth values, or sets of codes (``frozenset``; the empty set says *no code*). None, NaN
        and what an array masks are missing.
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
        empty text, the text ``nan`` where it was not declared, values that are not among the declared
        categories, categories, coders or clusters that do not fit.

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
    given, wrong = listed("coders", coders)
    names = tuple(str(one) for one in given) if given else tuple(f"coder {i + 1}" for i in range(n_coders))
    problems += wrong
    if any(plain(one) in (None, "") for one in given):
        problems.append(Problem("coders", "one has no name.", "Give one name for each column."))
    if len(names) != n_coders or len(set(names)) != len(names):
        found = f"{len(names)} names, {len(set(names))} of them different, for {n_coders} coders."
        problems.append(Problem("coders", found, "Give one name for each column."))
    numbered = None
    if clusters is not None:
        pieces, wrong = listed("clusters", clusters)
        problems += wrong
        empty = [i + 1 for i, one in enumerate(pieces) if plain(one) in (None, "")]
        if empty:
            found = f"{len(empty)} units have none, the first being unit {empty[0]}."
            problems.append(Problem("clusters", found, "Name the document or participant of every unit."))
        if len(pieces) != n_units:
            found = f"{len(pieces)} clusters for {n_units} units."
            problems.append(Problem("clusters", found, "Give one document or participant for each unit."))
        said = np.array([str(one) for one in pieces], dtype=object)
        numbered = np.unique(said, return_inverse=True)[1].astype(np.int64)
    order, wrong = declared(categories)
    codes, found_categories, more = encode(table, order)
    problems += wrong
    raise_if(problems + more, "The ratings cannot be used.")
    return Ratings(codes, tuple(found_categories), names, order is not None, numbered, unit)


def _as_table(values: Any) -> NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray):
        seen = np.ma.getdata(values).astype(object)
        seen[np.ma.getmaskarray(values)] = None
        values = seen
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
            "Give one row for each unit and one column for each coder; write None where a rating is missing, "
            "and several codes of one unit as a frozenset."
        )
        raise InputError("The ratings cannot be used.", [Problem("ratings", found, remedy)])
    return table


def choose(
    wanted: Sequence[str], known: Sequence[str], what: str = "coder", *, least: int = 0
) -> dict[str, int]:
    """The places of some names among those known.

    Raises
    ------
    InputError
        For an unknown name, one given twice, or too few.

    Examples
    --------
    >>> choose(["B", "A"], ["A", "B", "C"])
    {'B': 1, 'A': 0}
    """
    unknown = [one for one in dict.fromkeys(wanted) if one not in known]
    problems = [Problem(f"{what}s", f"{one!r} is unknown.", nearest(str(one), known)) for one in unknown]
    if len(set(wanted)) != len(wanted):
        problems.append(Problem(f"{what}s", "one is named twice."))
    if len(wanted) < least:
        problems.append(Problem(f"{what}s", f"{len(wanted)} named; agreement needs {least} or more."))
    raise_if(problems, f"A {what} cannot be chosen.")
    return {one: known.index(one) for one in wanted}
