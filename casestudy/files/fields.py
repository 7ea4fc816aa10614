"""Reading a study's YAML and TOML field by field: every problem with its line, plain values only."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from casestudy.errors import InputError, Problem, nearest
from casestudy.files import guard, reading, toml_text
from casestudy.files.yaml_text import Lined, Unfit, parsed

LARGEST = 5_000_000


def read_yaml(path: Path, where: str) -> Any:
    """Read one YAML file with the lines of its keys; nothing in it is executed.

    Parameters
    ----------
    path : Path
    where : str
        How to call the file in messages, from the study's root.

    Returns
    -------
    Lined, list or scalar
        Mappings know the lines of their keys; `Fields` uses them. An empty file gives None.

    Raises
    ------
    InputError
        When the file is missing, too large, not UTF-8, or not YAML (doubled keys are refused), with the line.
    """
    try:
        data = reading.data(path)
    except OSError as error:
        problem = Problem(where, f"it cannot be read ({error.strerror}).", "Put the file there.")
        raise InputError(_UNREAD, [problem]) from error
    return parse_yaml(data, where)


def parse_yaml(data: bytes, where: str) -> Any:
    """Like `read_yaml`, of what a file holds."""
    from ruamel.yaml.error import YAMLError

    try:
        if len(data) > LARGEST:
            raise Unfit(f"it has {len(data):,} bytes, and at most {LARGEST:,} are read")
        return parsed(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        problem = Problem(where, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
    except Unfit as error:
        problem = Problem(f"{where}, line {error.line}" if error.line else where, f"{error}.", "Simplify it.")
    except (YAMLError, ValueError, RecursionError, AssertionError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where}, line {mark.line + 1}" if mark else where
        reason = str(getattr(error, "problem", None) or error or type(error).__name__).strip().split("\n")[0]
        remedy = "Correct the line; put quotation marks round a text that holds a colon."
        problem = Problem(place, f"it is not YAML: {reason[:160].rstrip('.')}.", remedy)
    raise InputError(_UNREAD, [problem])


_UNREAD = "A file of the study cannot be read."


def read_toml(path: Path, where: str, what: str = _UNREAD, remedy: str = "Put the file there.") -> Lined:
    """Read one TOML file with the lines of its keys.

    Parameters
    ----------
    path : Path
    where : str
        How to call the file in messages, from the study's root.
    what : str
        What could not be done, in a sentence.
    remedy : str
        What to do where the file is missing.

    Raises
    ------
    InputError
        When the file is missing, too large, not UTF-8, or not TOML, with the line.
    """
    try:
        data = reading.data(path)
    except OSError as error:
        problem = Problem(where, f"it cannot be read ({error.strerror}).", remedy)
        raise InputError(what, [problem]) from error
    return parse_toml(data, where, what)


def parse_toml(data: bytes, where: str, what: str = _UNREAD) -> Lined:
    """Like `read_toml`, of what a file holds.

    Examples
    --------
    >>> parse_toml(b"floor = 5 # people\\nfloor = 6", "a.toml")
    Traceback (most recent call last):
    casestudy.errors.InputError: A file of the study cannot be read. a.toml, line 2: it is not valid TOML: \
Cannot overwrite a value. Correct the line.
    """
    import tomllib

    try:
        if len(data) > LARGEST:
            raise Unfit(f"it has {len(data):,} bytes, and at most {LARGEST:,} are read")
        return toml_text.parsed(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        problem = Problem(where, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
    except Unfit as error:
        problem = Problem(where, f"{error}.", "Simplify it.")
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).partition(" (at ")
        number = re.match(r"line (\d+)", place)
        line = int(number[1]) if number else data.count(b"\n", 0, len(data.rstrip())) + 1
        found = f"it is not valid TOML: {reason}."
        problem = Problem(f"{where}, line {line}", found, "Correct the line.")
    except (ValueError, RecursionError) as error:
        problem = guard.problem(where, error)
    raise InputError(what, [problem])


class Fields:
    """One mapping of a YAML or TOML file, read field by field; problems go to a shared list.

    Parameters
    ----------
    node : object
        What the file holds here; anything but a mapping is a problem.
    where : str
        The file's name.
    path : str
        Where in the file, such as ``claims[C1]``.
    problems : list of Problem
        Collects what is wrong.
    known : sequence of str
        The names that may stand here; others are problems with the nearest right one.

    Examples
    --------
    >>> problems = []
    >>> fields = Fields({"id": "a", "nam": "x"}, "f.yaml", "", problems, ("id", "name"))
    >>> fields.text("id", required=True)
    'a'
    >>> print(problems[0])
    f.yaml: 'nam' is not known here. Did you mean 'name'?
    """

    def __init__(
        self, node: Any, where: str, path: str, problems: list[Problem], known: Sequence[str] = ()
    ) -> None:
        self.where, self.path, self.problems = where, path, problems
        self.node: Mapping[str, Any] = node if isinstance(node, Mapping) else {}
        self._toml = where.endswith(".toml")
        if not isinstance(node, Mapping):
            remedy = "Write NAME = value lines." if self._toml else "Write it as 'name: value' lines."
            self.problem("", f"{_shown(node)} is not a {self._mapping}.", remedy)
        for key in self.node if known else ():
            if key not in known:
                self.problem(str(key), f"{str(key)!r} is not known here.", nearest(str(key), known))

    @property
    def _mapping(self) -> str:
        return "table" if self._toml else "mapping"

    def problem(self, key: str, found: str, remedy: str = "") -> None:
        """Note a problem at a field."""
        line = self._line(key)
        place = f"{self.where}, line {line}" if line else self.where
        self.problems.append(Problem(f"{place} ({self.path})" if self.path else place, found, remedy))

    def text(self, key: str, *, required: bool = False, allowed: Sequence[str] = ()) -> str:
        """A text; numbers are taken as written. Empty where it is missing."""
        value = self.node.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self._missing(key, '"…"')
            return ""
        if isinstance(value, (Mapping, list)) or (self._toml and not isinstance(value, str)):
            remedy = f'Write {key} = "…".' if self._toml else f"Write '{key}: …' on one line."
            self.problem(key, f"{key} is {_shown(value)}, not text.", remedy)
            return ""
        said = " ".join(str(value).split())
        if allowed and said not in allowed:
            self.problem(key, f"{key} is {said!r}.", nearest(said, allowed))
        return said

    def number(
        self, key: str, *, required: bool = False, least: float = -math.inf, most: float = math.inf
    ) -> float | None:
        """A finite number, or None where it is missing or outside its range."""
        value = self._number(key, (int, float), "a number", required)
        if value is None or not self._between(key, value, least, most):
            return None
        return float(value)

    def whole(
        self, key: str, *, required: bool = False, least: float = -math.inf, most: float = math.inf
    ) -> int | None:
        """A whole number, or None where it is missing or outside its range."""
        value = self._number(key, (int,), "a whole number", required)
        return int(value) if value is not None and self._between(key, value, least, most) else None

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.node.get(key, default)
        if isinstance(value, bool):
            return value
        self.problem(key, f"{key} is {_shown(value)}.", "Write true or false.")
        return default

    def within(self, key: str, known: Sequence[str] = ()) -> Fields:
        """The mapping under `key`, with the names in `known`; an empty one where it is missing."""
        value = self.node.get(key)
        if value is None:
            value = Lined()
            value.line, value.lines = self._line(key) or 0, {}
        elif not isinstance(value, Mapping):
            remedy = (
                f"Head it with [{self._inner(key)}]." if self._toml else f"Write '{key}:' and lines below."
            )
            self.problem(key, f"{key} is {_shown(value)}, not a {self._mapping}.", remedy)
            value = {}
        return Fields(value, self.where, self._inner(key), self.problems, known)

    def each(self, key: str, known: Sequence[str] = ()) -> dict[str, Fields]:
        """The mappings under `key` by their names, each with the names in `known`."""
        outer = self.within(key)
        return {
            str(name): outer.within(name, known)
            for name, value in outer.node.items()
            if isinstance(value, Mapping) or outer._unfit(name)
        }

    def _unfit(self, key: str) -> bool:
        self.within(key)  # says so
        return False

    def _inner(self, key: str) -> str:
        return f"{self.path}.{key}".strip(".")

    def _missing(self, key: str, form: str) -> None:
        self.problem(
            key, f"{key} is missing.", f"Write {key} = {form}." if self._toml else f"Write '{key}: …'."
        )

    def _number(self, key: str, kinds: Any, called: str, required: bool) -> int | float | None:
        value: Any = self.node.get(key)
        if value is None:
            if required:
                self._missing(key, "…")
            return None
        if isinstance(value, bool) or not isinstance(value, kinds) or not math.isfinite(value):
            self.problem(key, f"{key} is {_shown(value)}, not {called}.", f"Write {called}.")
            return None
        return float(value) if isinstance(value, float) else int(value)

    def _between(self, key: str, value: float, least: float, most: float) -> bool:
        if least <= value <= most:
            return True
        bounds = [f"from {least:,.12g}"] if math.isfinite(least) else []
        bounds += [f"to {most:,.12g}" if bounds else f"up to {most:,.12g}"] if math.isfinite(most) else []
        self.problem(key, f"{key} is {value:g}.", f"Use a number {' '.join(bounds)}.")
        return False

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text counts as a list of one."""
        value = self.node.get(key)
        return self._texts(key, value)

    def table(self, key: str) -> dict[str, tuple[str, ...]]:
        """A mapping of names to lists of texts."""
        value = self.node.get(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.problem(key, f"{key} is not a mapping.", f"Write '{key}: {{name: [value, …]}}'.")
            return {}
        return {str(name): self._texts(key, one) for name, one in value.items()}

    def items(self, key: str, known: Sequence[str]) -> list[Fields]:
        """A list of mappings under `key`, each with the names in `known`."""
        value = self.node.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            remedy = f"Head each with [[{key}]]." if self._toml else "Begin each entry with '- '."
            self.problem(key, f"{key} is not a list.", remedy)
            return []
        found = []
        for position, one in enumerate(value):
            name = one.get("id", position + 1) if isinstance(one, Mapping) else position + 1
            path = f"{self.path}.{key}[{name}]".strip(".")
            found.append(Fields(one, self.where, path, self.problems, known))
        return found

    def _texts(self, key: str, value: Any) -> tuple[str, ...]:
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        wrong = [one for one in values if isinstance(one, (Mapping, list)) or one is None]
        if wrong:
            self.problem(key, f"{key} holds {_shown(wrong[0])}.", "Write texts in a list.")
        return tuple(
            _scalar(one) for one in values if not isinstance(one, (Mapping, list)) and one is not None
        )

    def _line(self, key: str) -> int | None:
        if not isinstance(self.node, Lined):
            return None
        return self.node.lines.get(key, self.node.line)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(str(value).split())


def _shown(value: Any) -> str:
    text = "a list" if isinstance(value, list) else "a mapping" if isinstance(value, Mapping) else repr(value)
    return text if len(text) < 60 else text[:57] + "…"
