"""Reading a study's YAML field by field: every problem with its line, nothing made but plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from casestudy.errors import InputError, Problem, nearest
from casestudy.files import reading
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


class Fields:
    """One mapping of a YAML file, read field by field; problems go to a shared list.

    Parameters
    ----------
    node : object
        What the YAML holds here; anything but a mapping is a problem.
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
        if not isinstance(node, Mapping):
            self.problem("", f"{_shown(node)} is not a mapping.", "Write it as 'name: value' lines.")
        for key in self.node if known else ():
            if key not in known:
                self.problem(str(key), f"{str(key)!r} is not known here.", nearest(str(key), known))

    def problem(self, key: str, found: str, remedy: str = "") -> None:
        """Note a problem at a field."""
        line = self._line(key)
        place = f"{self.where}, line {line}" if line else self.where
        self.problems.append(Problem(f"{place} ({self.path})" if self.path else place, found, remedy))

    def text(self, key: str, *, required: bool = False, allowed: Sequence[str] = ()) -> str:
        """A text; numbers are taken as written. Empty where it is missing."""
        value = self.node.get(key)
        if value is None or value == "":
            if required:
                self.problem(key, f"{key} is missing.", f"Write '{key}: …'.")
            return ""
        if isinstance(value, (Mapping, list)):
            self.problem(key, f"{key} is not text.", f"Write '{key}: …' on one line.")
            return ""
        said = " ".join(str(value).split())
        if allowed and said not in allowed:
            self.problem(key, f"{key} is {said!r}.", nearest(said, allowed))
        return said

    def number(self, key: str) -> float | None:
        """A number, or None where it is missing."""
        value = self.node.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.problem(key, f"{key} is {_shown(value)}, not a number.", "Write a number.")
            return None
        return float(value)

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
            self.problem(key, f"{key} is not a list.", "Begin each entry with '- '.")
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
