"""Units: the model's own equations are run on units instead of numbers, so that a mismatch shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from casestudy.dynamics.model import STOCK_UNITS, STOCKS, rates
from casestudy.errors import Problem

BASE = ("person", "month", "data", "value", "money")


class UnitError(ValueError):
    """Two quantities were added whose units differ, or a curve was given a quantity with a unit."""


class Unit:
    """A product of base units with whole exponents; arithmetic as of quantities.

    Examples
    --------
    >>> Unit.parse("data/person/month") * Unit.parse("person")
    data/month
    >>> Unit.parse("month") + Unit.parse("data")
    Traceback (most recent call last):
    ...
    casestudy.dynamics.dimensions.UnitError: month and data cannot be added
    """

    def __init__(self, powers: Mapping[str, int]) -> None:
        self.powers = {name: power for name, power in sorted(powers.items()) if power}

    @classmethod
    def parse(cls, text: str) -> Unit:
        """Read ``1``, ``month``, ``1/month`` or ``data/person/month``; every slash divides."""
        powers: Counter[str] = Counter()
        for position, part in enumerate(text.split("/")):
            for name in part.split():
                if name == "1":
                    continue
                if name not in BASE:
                    raise UnitError(f"{name!r} is not a unit of the model; known: 1, {', '.join(BASE)}")
                powers[name] += -1 if position else 1
        return cls(powers)

    def __repr__(self) -> str:
        above = [name for name, power in self.powers.items() for _ in range(max(power, 0))]
        below = [name for name, power in self.powers.items() for _ in range(max(-power, 0))]
        return "/".join([" ".join(above) or "1", *below])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unit) and self.powers == other.powers

    def __hash__(self) -> int:
        return hash(tuple(self.powers.items()))

    def _joined(self, other: Any, sign: int) -> Unit:
        powers = Counter(self.powers)
        for name, power in _unit(other).powers.items():
            powers[name] += sign * power
        return Unit(powers)

    def __mul__(self, other: Any) -> Unit:
        return self._joined(other, 1)

    def __truediv__(self, other: Any) -> Unit:
        return self._joined(other, -1)

    def __add__(self, other: Any) -> Unit:
        if self != _unit(other):
            raise UnitError(f"{self} and {_unit(other)} cannot be added")
        return self

    def __rsub__(self, other: Any) -> Unit:
        return _unit(other) + self

    def __neg__(self) -> Unit:
        return self

    __rmul__ = __mul__
    __radd__ = __add__
    __sub__ = __add__


def _unit(value: Any) -> Unit:
    return value if isinstance(value, Unit) else Unit({})


def problems(units: Mapping[str, str], where: str = "the loop") -> list[Problem]:
    """Run the model's equations on units and list what does not fit.

    Parameters
    ----------
    units : mapping of str to str
        The unit of every parameter, by name.

    Returns
    -------
    list of Problem
        Empty when every sum adds like to like and every stock changes in its own unit per month.
    """
    found, parsed = [], {}
    for name, text in units.items():
        try:
            parsed[name] = Unit.parse(text)
        except UnitError as error:
            found.append(Problem(f"{where}, {name}", f"{error}.", "Use the units of profiles/loop.toml."))
    if found:
        return found
    stocks = [Unit.parse(STOCK_UNITS[name]) for name in STOCKS]
    try:
        changes = rates(stocks, parsed, _pure)
    except UnitError as error:
        return [Problem(where, f"the units do not fit: {error}.", "Compare them with profiles/loop.toml.")]
    for name, stock, change in zip(STOCKS, stocks, changes, strict=True):
        wanted = stock / Unit.parse("month")
        if change != wanted:
            remedy = "Compare the units with profiles/loop.toml."
            found.append(Problem(where, f"stock {name} changes by {change}, not by {wanted}.", remedy))
    return found


def _pure(x: Any) -> Unit:
    if _unit(x) != Unit({}):
        raise UnitError(f"the share of customers is computed from {x}, which should have no unit")
    return Unit({})
