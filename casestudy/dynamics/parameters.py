"""The loop's parameters as data: value, range, unit, meaning and where each number comes from."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.dynamics import dimensions
from casestudy.dynamics.model import start
from casestudy.errors import InputError, Problem, nearest, raise_if

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
    """List the names that are no parameters and the values that the model does not allow.

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


_TABLES = ("parameter", "start", "policy", "kind")


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
    try:
        given = tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except OSError as error:
        problem = Problem(name, f"it cannot be read: {error.strerror}.", "See whether it is there.")
        raise InputError("The loop has no parameters.", [problem]) from error
    except UnicodeDecodeError as error:
        problem = Problem(name, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
        raise InputError("The loop's parameters cannot be read.", [problem]) from error
    except tomllib.TOMLDecodeError as error:
        problem = Problem(name, f"it is not valid TOML: {error}.", "Mend the line it names.")
        raise InputError("The loop's parameters cannot be read.", [problem]) from error
    found: list[Problem] = []
    tables = {key: _tables(given, key, name, found) for key in ("parameter", "start")}
    for key in sorted(set(given) - set(_TABLES)):
        found.append(Problem(name, f"{key!r} is not known.", nearest(key, _TABLES)))
    parameters = _parameters(tables["parameter"], name, found)
    starts = _starts(tables["start"], name, found)
    policies = _policies(given.get("policy", []), name, found)
    kinds = _kinds(given.get("kind", []), name, found)
    raise_if(found, f"The loop's parameters in {name} have problems.")
    return Loop(parameters, starts, policies, kinds)


def _tables(given: dict[str, Any], key: str, name: str, found: list[Problem]) -> dict[str, dict[str, Any]]:
    tables = given.get(key, {})
    if isinstance(tables, dict) and all(isinstance(one, dict) for one in tables.values()):
        return tables
    found.append(Problem(name, f"{key!r} must hold tables.", f"Head each with [{key}.NAME]."))
    return {}


def _parameters(tables: dict[str, dict[str, Any]], name: str, found: list[Problem]) -> tuple[Parameter, ...]:
    before, made = len(found), []
    for missing in [one for one in NAMES if one not in tables]:
        found.append(Problem(name, f"parameter {missing!r} is missing.", f"Add [parameter.{missing}]."))
    for key, table in tables.items():
        place = f"{name}, parameter {key}"
        _strangers(table, ("value", "low", "high", "unit", "meaning", "provenance", "source"), place, found)
        value = table.get("value")
        low, high = table.get("low", value), table.get("high", value)
        for number, what in ((value, "value"), (low, "low"), (high, "high")):
            found += [
                Problem(f"{place}, {what}", one.found, one.remedy)
                for one in value_problems({key: number}, name)
            ]
        if all(map(_number, (value, low, high))) and not low <= value <= high:  # type: ignore[operator]
            remedy = "Let low ≤ value ≤ high."
            found.append(Problem(place, f"the value {value} is outside its range {low} to {high}.", remedy))
        if table.get("provenance") not in PROVENANCE:
            remedy = f"Use one of: {', '.join(PROVENANCE)}."
            found.append(Problem(place, f"provenance is {table.get('provenance')!r}.", remedy))
        for text in ("unit", "meaning", "source"):
            if not isinstance(table.get(text), str) or not table[text].strip():
                found.append(Problem(place, f"{text} is missing.", f"Say the {text} in words."))
        if len(found) == before:
            words = [str(table[text]) for text in ("unit", "meaning", "provenance", "source")]
            made.append(Parameter(key, float(value), float(low), float(high), *words))  # type: ignore[arg-type]
    if len(found) == before:
        found += dimensions.problems({one.name: one.unit for one in made}, name)
    return tuple(sorted(made, key=lambda one: NAMES.index(one.name)))


def _starts(
    tables: dict[str, dict[str, Any]], name: str, found: list[Problem]
) -> dict[str, tuple[float, float | None]]:
    made: dict[str, tuple[float, float | None]] = {}
    for key, table in tables.items():
        place = f"{name}, start {key}"
        _strangers(table, ("active", "data", "meaning"), place, found)
        active, data = table.get("active"), table.get("data")
        if not _number(active) or not 0 <= active <= 1:  # type: ignore[operator]
            found.append(Problem(place, f"active is {active!r}.", "Give a share from 0 to 1."))
        elif data is not None and (not _number(data) or data < 0):
            found.append(Problem(place, f"data is {data!r}.", "Give a number that is not negative."))
        else:
            made[key] = (float(active), None if data is None else float(data))  # type: ignore[arg-type]
    return made


def _policies(given: Any, name: str, found: list[Problem]) -> tuple[Policy, ...]:
    made: list[Policy] = []
    if not isinstance(given, list):
        found.append(Problem(name, "policy must be a list of tables.", "Head each with [[policy]]."))
        return ()
    for number, table in enumerate(given, start=1):
        place = f"{name}, policy {number}"
        if not isinstance(table, dict) or not isinstance(table.get("name"), str) or not table["name"].strip():
            found.append(Problem(place, "it has no name.", "Give it a name and what it sets."))
            continue
        _strangers(table, ("name", "meaning", "set"), place, found)
        changes = table.get("set", {})
        if not isinstance(changes, dict) or not changes:
            found.append(Problem(place, "it sets nothing.", "Write set = { back = 0.5 }."))
            continue
        if table["name"] in {one.name for one in made}:
            found.append(Problem(place, f"{table['name']!r} occurs before.", "Give it a name of its own."))
        found += value_problems(changes, place)
        made.append(Policy(table["name"], str(table.get("meaning", "")), changes))
    return tuple(made)


def _kinds(given: Any, name: str, found: list[Problem]) -> tuple[Kind, ...]:
    made: list[Kind] = []
    for number, table in enumerate(given if isinstance(given, list) else [], start=1):
        place = f"{name}, kind {number}"
        share, changes = (table.get("share"), table.get("set", {})) if isinstance(table, dict) else (None, {})
        if not _number(share) or not 0 < float(share) <= 1 or not table.get("name"):  # type: ignore[arg-type]
            found.append(
                Problem(place, f"its share is {share!r}.", "Give a name and a share above 0, up to 1.")
            )
            continue
        _strangers(table, ("name", "share", "meaning", "set"), place, found)
        found += value_problems(changes, place)
        made.append(Kind(str(table["name"]), float(share), dict(changes)))  # type: ignore[arg-type]
    if made and abs(sum(one.share for one in made) - 1) > 1e-9:
        found.append(Problem(name, "the shares of the kinds do not add up to 1.", "Let them add up to 1."))
    return tuple(made)


def _strangers(table: Mapping[str, Any], known: Iterable[str], place: str, found: list[Problem]) -> None:
    known = tuple(known)
    found += [
        Problem(place, f"{key!r} is not known.", nearest(key, known)) for key in table if key not in known
    ]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
