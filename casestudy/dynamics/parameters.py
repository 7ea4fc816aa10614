"""The loop's parameters as data: value, range, unit, meaning and where each number comes from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from casestudy.dynamics import dimensions
from casestudy.dynamics.model import start
from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files.fields import Fields, read_toml

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

PROVENANCE = ("estimated", "coded", "literature", "assumed")
SHARES = ("back", "effort_share")
POSITIVE = ("slope", "tau", "Kh", "interval", "cycle", "M", "delta")
SIGNED = ("theta",)
NAMES = (
    *("back", "fit", "effort", "effort_share", "privacy", "compare", "theta", "slope", "p", "q", "lam"),
    *("rho", "use", "tau", "Kh", "invest", "fv", "delta", "I0", "interval", "cycle", "stale", "M"),
)

IN_WORDS = {
    "back": "share passed back",
    "fit": "fit of the information",
    "effort": "effort of using",
    "effort_share": "effort with each feedback",
    "privacy": "burden of being known",
    "compare": "worth of comparison",
    "theta": "worth asked for",
    "slope": "difference between people",
    "p": "registering unasked",
    "q": "registering by imitation",
    "lam": "lapse",
    "rho": "return",
    "use": "data from use",
    "tau": "life of data",
    "Kh": "data for half the insight",
    "invest": "reinvestment",
    "fv": "a customer's worth to the firm",
    "delta": "decay of capability",
    "I0": "base capability",
    "interval": "time between feedbacks",
    "cycle": "reference interval",
    "stale": "loss by waiting",
    "M": "people",
    "share": "share for whom use is worth while",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter: base value, the range that is tried, unit, meaning, provenance and its source."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    meaning: str
    provenance: str
    source: str


@dataclass(frozen=True)
class Policy:
    """A change to some parameters that is compared with the base case."""

    name: str
    meaning: str
    set: Mapping[str, float]


@dataclass(frozen=True)
class Kind:
    """A way of using: its share of people, and the parameters in which it differs from the base."""

    name: str
    share: float
    set: Mapping[str, float]


@dataclass(frozen=True)
class Loop:
    """A parameterised loop: parameters, starting states by name, policies, and ways of using."""

    parameters: tuple[Parameter, ...]
    starts: Mapping[str, tuple[float, float | None]]
    policies: tuple[Policy, ...]
    kinds: tuple[Kind, ...] = ()

    @property
    def values(self) -> dict[str, float]:
        """The base value of every parameter."""
        return {one.name: one.value for one in self.parameters}

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Lowest and highest value of every parameter that is varied."""
        return {one.name: (one.low, one.high) for one in self.parameters if one.low < one.high}

    def begin(self, name: str) -> np.ndarray:
        """The starting state of that name, as the model wants it."""
        if name not in self.starts:
            problem = Problem("[start]", f"there is no start {name!r}.", nearest(name, self.starts))
            raise InputError("The starting state is not known.", [problem])
        active, data = self.starts[name]
        return start(self.values, active, data)

    def changed(self, **values: float) -> dict[str, float]:
        """The base values with some changed; refused when a name or a value cannot stand.

        Raises
        ------
        InputError
            With every name that is not a parameter and every value outside what the model allows.
        """
        raise_if(value_problems(values, "the change"), "The parameters cannot be used.")
        return self.values | {name: float(value) for name, value in values.items()}

    def moved(self, **values: float) -> Loop:
        """The loop with another base case; refused like `changed`."""
        base = self.changed(**values)
        moved = tuple(replace(one, value=base[one.name]) for one in self.parameters)
        return replace(self, parameters=moved)

    def table(self) -> pd.DataFrame:
        """The parameters as a table, one row each."""
        import pandas as pd

        return pd.DataFrame([vars(one) for one in self.parameters])


def in_words(names: Iterable[str]) -> list[str]:
    """Parameters by a name that a reader understands, with the one in the file and the equations behind it.

    Examples
    --------
    >>> in_words(["lam", "privacy", "share"])
    ['lapse (lam)', 'burden of being known (privacy)', 'share for whom use is worth while']
    """
    return [IN_WORDS.get(one, one) + (f" ({one})" if one in NAMES else "") for one in map(str, names)]


def value_problems(values: Mapping[str, Any], where: str) -> list[Problem]:
    """List the names that are not parameters and the values that the model does not allow.

    Examples
    --------
    >>> print(*value_problems({"lam": -0.1, "bakc": 1}, "loop.toml"), sep="\\n")
    loop.toml, lam: the value is -0.1. A rate or burden cannot be negative.
    loop.toml, bakc: 'bakc' is not a parameter. Did you mean 'back'?
    """
    found = []
    for name, value in values.items():
        place = f"{where}, {name}"
        if name not in NAMES:
            found.append(Problem(place, f"{name!r} is not a parameter.", nearest(name, NAMES)))
        elif not _number(value):
            found.append(Problem(place, f"the value is {value!r}.", "Give a finite number."))
        elif name in SHARES and not 0 <= value <= 1:
            found.append(Problem(place, f"the value is {value}.", "Give a share from 0 to 1."))
        elif name in POSITIVE and value <= 0:
            found.append(Problem(place, f"the value is {value}.", "Give a number above 0."))
        elif name not in SIGNED and value < 0:
            found.append(Problem(place, f"the value is {value}.", "A rate or burden cannot be negative."))
    return found


def load(path: Path, where: str | None = None) -> Loop:
    """Read a loop's parameters from a TOML file.

    Parameters
    ----------
    path : Path
        A file like ``profiles/loop.toml``: tables ``[parameter.NAME]``, ``[start.NAME]`` and ``[[policy]]``.
    where : str, optional
        How to call the file in messages; its name by default.

    Raises
    ------
    InputError
        With every problem: a parameter that is missing or unknown, values outside their range, an unknown
        provenance, units that do not fit the equations.
    """
    name = where or path.name
    problems: list[Problem] = []
    node = read_toml(path, name, "The loop's parameters cannot be read.", "See whether it is there.")
    top = Fields(node, name, "", problems, ("parameter", "start", "policy", "kind"))
    loop = Loop(_parameters(top), _starts(top), _policies(top), _kinds(top))
    raise_if(problems, f"The loop's parameters in {name} have problems.")
    return loop


def _parameters(top: Fields) -> tuple[Parameter, ...]:
    before, parameters = len(top.problems), []
    tables = top.each("parameter", ("value", "low", "high", "unit", "meaning", "provenance", "source"))
    for missing in [name for name in NAMES if name not in tables]:
        top.problem("parameter", f"parameter {missing!r} is missing.", f"Add [parameter.{missing}].")
    for name, fields in tables.items():
        value: Any = fields.node.get("value")
        low, high = fields.node.get("low", value), fields.node.get("high", value)
        for key, number in (("value", value), ("low", low), ("high", high)):
            _allowed(fields, {name: number}, key, key)
        if all(map(_number, (value, low, high))) and not low <= value <= high:
            found = f"the value {value} is outside its range {low} to {high}."
            fields.problem("value", found, "Let low ≤ value ≤ high.")
        words = [
            fields.text("unit", required=True),
            fields.text("meaning", required=True),
            fields.text("provenance", required=True, allowed=tuple(PROVENANCE)),
            fields.text("source", required=True),
        ]
        if len(top.problems) == before:
            parameters.append(Parameter(name, float(value), float(low), float(high), *words))
    if len(top.problems) == before:
        top.problems += dimensions.problems({one.name: one.unit for one in parameters}, top.where)
    return tuple(sorted(parameters, key=lambda one: NAMES.index(one.name) if one.name in NAMES else 0))


def _starts(top: Fields) -> dict[str, tuple[float, float | None]]:
    return {
        name: (_share(fields, "active"), fields.number("data", least=0))
        for name, fields in top.each("start", ("active", "data", "meaning")).items()
    }


def _policies(top: Fields) -> tuple[Policy, ...]:
    policies: dict[str, Policy] = {}
    for fields in top.items("policy", ("name", "meaning", "set")):
        name, changes = fields.text("name", required=True), dict(fields.within("set").node)
        if not changes:
            fields.problem("set", "it sets nothing.", "Write set = { back = 0.5 }.")
        if name in policies:
            fields.problem("name", f"{name!r} occurs before.", "Give it a name of its own.")
        _allowed(fields, changes, "set")
        policies[name] = Policy(name, fields.text("meaning"), changes)
    return tuple(policies.values())


def _kinds(top: Fields) -> tuple[Kind, ...]:
    kinds = []
    for fields in top.items("kind", ("name", "share", "meaning", "set")):
        changes, share = dict(fields.within("set").node), _share(fields, "share")
        if share == 0:
            fields.problem("share", "its share is 0.", "Give a share above 0, up to 1.")
        _allowed(fields, changes, "set")
        kinds.append(Kind(fields.text("name", required=True), share, changes))
    if kinds and abs(sum(kind.share for kind in kinds) - 1) > 1e-9:
        top.problem("kind", "the shares of the kinds do not add up to 1.", "Let them add up to 1.")
    return tuple(kinds)


def _share(fields: Fields, key: str) -> float:
    value = fields.node.get(key)
    if _number(value) and 0 <= value <= 1:
        return float(value)
    fields.problem(key, f"{key} is {value!r}.", "Give a share from 0 to 1.")
    return math.nan


def _allowed(fields: Fields, values: Mapping[str, Any], key: str, called: str = "") -> None:
    """Say which names are not parameters and which values the model does not allow, in the line of `key`."""
    for name, value in values.items():
        for problem in value_problems({name: value}, ""):
            found = problem.found.replace("the value is", f"{called or name} is", 1)
            fields.problem(key, found, problem.remedy)


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
