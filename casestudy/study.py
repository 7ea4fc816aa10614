"""The study: a folder with a study.toml. Reads its settings, gives typed paths; creates nothing."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from casestudy.errors import Problem, StudyError, UndeclaredInput, nearest

FILE = "study.toml"
STANCES = ("reflexive", "codebook", "coding_reliability")

# The runner tells a kernel through these which study it serves, what it may read and where it writes.
ENV_STUDY = "CASESTUDY_STUDY"
ENV_INPUTS = "CASESTUDY_INPUTS"
ENV_OUTPUT = "CASESTUDY_OUTPUT"
ENV_OUTPUTS = "CASESTUDY_OUTPUTS"


@dataclass(frozen=True)
class Question:
    """A research question of the study; notebooks and claims point to its id."""

    id: str
    text: str


@dataclass(frozen=True)
class EngineSettings:
    """Where tables are computed: ``backend`` is 'duckdb', 'spark' or a connection URL that Ibis knows."""

    backend: str = "duckdb"
    memory_limit: str = "4GB"
    threads: int = 0


@dataclass(frozen=True)
class Study:
    """One study: its settings, and the only way to its files.

    Attributes
    ----------
    root : Path
        The folder that holds study.toml.
    title, language : str
    stance : {'reflexive', 'codebook', 'coding_reliability'}
        The analytic stance; a reflexive study prints no agreement coefficient unless asked.
    floor : int
        The fewest people that a published table cell may describe.
    questions : tuple of Question
    data_status : mapping of str to str
        What each kind of material is, in one sentence; every page repeats it.
    sources : mapping of str to str
        Where material outside the study folder lies: ``package:NAME/FOLDER`` or a path from the root.
    parameters : mapping
        Notebook parameters: shared ones, and tables of them under a notebook's name.
    engine : EngineSettings

    Examples
    --------
    >>> study = Study.find()
    >>> study.input("study.toml").name
    'study.toml'
    """

    root: Path
    title: str
    language: str = "en"
    stance: str = "codebook"
    floor: int = 5
    questions: tuple[Question, ...] = ()
    data_status: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    notebook_globs: tuple[str, ...] = ("notebooks/*.ipynb",)
    engine: EngineSettings = EngineSettings()

    @classmethod
    def find(cls, start: Path | str | None = None) -> Study:
        """Find the study: `start`, else the runner's choice, else upward from the working folder.

        Raises
        ------
        StudyError
            When no folder upward holds a study.toml, or when it has problems (all are listed).
        """
        begin = Path(start or os.environ.get(ENV_STUDY) or Path.cwd()).resolve()
        for folder in (begin, *begin.parents):
            if (folder / FILE).is_file():
                return cls.load(folder)
        problem = Problem(
            str(begin),
            f"neither this folder nor one above it holds a {FILE}.",
            "Go into a study's folder, name one with --study, or make one: casestudy new NAME.",
        )
        raise StudyError("No study was found.", [problem])

    @classmethod
    def load(cls, root: Path) -> Study:
        """Read the study.toml in `root`; every problem is listed with its line."""
        path = Path(root).resolve() / FILE
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            raise StudyError(f"{FILE} cannot be read.", [Problem(str(path), f"{error.strerror}.")]) from error
        except UnicodeDecodeError as error:
            problem = Problem(FILE, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
            raise StudyError(f"{FILE} cannot be read.", [problem]) from error
        try:
            settings = tomllib.loads(text.replace("\r\n", "\n"))
        except tomllib.TOMLDecodeError as error:
            problem = Problem(FILE, f"it is not valid TOML: {error}.", "Mend the line it names.")
            raise StudyError(f"{FILE} cannot be read.", [problem]) from error
        return _Reader(path.parent, text, settings).study()

    @property
    def outputs(self) -> Path:
        """The folder of outputs; another one while the runner verifies or sweeps."""
        return Path(os.environ.get(ENV_OUTPUTS) or self.root / "outputs")

    @property
    def notebooks(self) -> list[Path]:
        """The study's notebooks, in reading order."""
        found = {path.resolve() for pattern in self.notebook_globs for path in _glob(self.root, pattern)}
        kept = [path for path in found if path.suffix == ".ipynb" and ".ipynb_checkpoints" not in path.parts]
        return sorted(kept, key=lambda path: (path.name, str(path)))

    def input(self, relative: str | Path) -> Path:
        """Path of one input file, named from the study's root.

        Raises
        ------
        UndeclaredInput
            During a run, when the notebook's metadata does not declare it.
        """
        name = Path(relative).as_posix()
        self._refuse_undeclared([name])
        return self._place(name)

    def inputs(self, pattern: str) -> list[Path]:
        """Paths of all input files that match a glob from the study's root, sorted by name.

        Raises
        ------
        UndeclaredInput
            During a run, when the notebook's metadata declares neither the glob nor each file found.
        """
        if pattern.startswith("outputs/"):
            base, rest = self.outputs, pattern.removeprefix("outputs/")
            names = {path: f"outputs/{path.relative_to(base).as_posix()}" for path in _glob(base, rest)}
        else:
            names = {path: path.relative_to(self.root).as_posix() for path in _glob(self.root, pattern)}
        declared = _declared()
        if declared is not None and pattern not in declared:
            self._refuse_undeclared(sorted(names.values()) or [pattern])
        return sorted(names)

    def source(self, name: str) -> Path:
        """Folder of a source named in study.toml, such as the purchase data.

        Raises
        ------
        StudyError
            When study.toml names no such source, or its package or folder is not there.
        UndeclaredInput
            During a run, when the notebook's metadata does not declare ``source:NAME``.
        """
        self._refuse_undeclared([f"source:{name}"])
        return self.locate(name)

    def locate(self, name: str) -> Path:
        """Folder of a source, for the runner: like `source` without the declaration."""
        if name not in self.sources:
            problem = Problem(
                f"{FILE}, [sources]", f"there is no source {name!r}.", nearest(name, self.sources)
            )
            raise StudyError("A source is not known.", [problem])
        folder = _source_folder(self.root, self.sources[name])
        if folder is None or not folder.exists():
            problem = Problem(
                f"{FILE}, [sources] {name}",
                f"{self.sources[name]} is not there.",
                "Install the package, or point the source to a folder.",
            )
            raise StudyError("A source cannot be found.", [problem])
        return folder

    def output_folder(self, notebook: str) -> Path:
        """Folder that the notebook writes to: the runner's, or a scratch folder when run by hand."""
        given = os.environ.get(ENV_OUTPUT)
        return Path(given) if given else self.root / ".casestudy" / "scratch" / notebook

    def _place(self, name: str) -> Path:
        if name.startswith("outputs/"):
            return self.outputs / name.removeprefix("outputs/")
        return self.root / name

    def _refuse_undeclared(self, names: list[str]) -> None:
        declared = _declared()
        if declared is None:
            return
        refused = [name for name in names if not any(matches(name, pattern) for pattern in declared)]
        if refused:
            summary = "The notebook reads what its metadata does not declare as input."
            remedy = "Add it, or a glob for it, to the notebook's metadata: casestudy.inputs."
            raise UndeclaredInput(summary, [Problem(name, "not declared.", remedy) for name in refused])


def matches(name: str, pattern: str) -> bool:
    """Whether a POSIX path matches a glob; ``**`` crosses folders, ``*`` and ``?`` do not.

    Examples
    --------
    >>> matches("interviews/codings/a/c01.jsonl", "interviews/**")
    True
    >>> matches("interviews/codings/a/c01.jsonl", "interviews/*.jsonl")
    False
    """
    return _regex(pattern).fullmatch(name) is not None


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    special = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    return re.compile("".join(special.get(part, re.escape(part)) for part in parts), re.DOTALL)


def _glob(root: Path, pattern: str) -> list[Path]:
    if pattern.endswith("**"):
        pattern += "/*"
    hidden = (path for path in root.glob(pattern) if path.is_file())
    return [path for path in hidden if not path.name.startswith(".") and "__pycache__" not in path.parts]


def _declared() -> tuple[str, ...] | None:
    given = os.environ.get(ENV_INPUTS)
    return tuple(json.loads(given)) if given is not None else None


def _source_folder(root: Path, place: str) -> Path | None:
    if not place.startswith("package:"):
        return (root / place).resolve()
    import importlib.util

    package, _, folder = place.removeprefix("package:").partition("/")
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / folder


class _Reader:
    """Turns the settings into a Study and collects every problem with its line."""

    def __init__(self, root: Path, text: str, settings: dict[str, Any]) -> None:
        self.root, self.settings = root, settings
        self.lines = _lines(text)
        self.problems: list[Problem] = []

    def study(self) -> Study:
        top = self.settings
        self._known(
            top,
            (
                "title",
                "language",
                "stance",
                "floor",
                "notebooks",
                "question",
                "data_status",
                "sources",
                "parameters",
                "engine",
            ),
            "",
        )
        fields: dict[str, Any] = {
            "root": self.root,
            "title": self._value(top, "title", str, required=True) or "",
            "language": self._value(top, "language", str) or "en",
            "stance": self._value(top, "stance", str, allowed=STANCES) or "codebook",
            "floor": self._value(top, "floor", int, least=1) or 5,
            "questions": self._questions(top.get("question", [])),
            "data_status": self._texts("data_status"),
            "sources": self._texts("sources"),
            "parameters": MappingProxyType(self._table("parameters")),
            "engine": self._engine(self._table("engine")),
        }
        globs = top.get("notebooks")
        if globs is not None:
            if isinstance(globs, list) and all(isinstance(one, str) for one in globs):
                fields["notebook_globs"] = tuple(globs)
            else:
                self._problem(
                    "notebooks", "it must be a list of globs.", 'Write notebooks = ["notebooks/*.ipynb"].'
                )
        if self.problems:
            raise StudyError(f"{self.root / FILE} has problems.", self.problems)
        return Study(**fields)

    def _questions(self, given: Any) -> tuple[Question, ...]:
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            self._problem("question", "it must be tables headed [[question]].", "Give each an id and a text.")
            return ()
        questions: list[Question] = []
        for number, one in enumerate(given):
            name = f"question.{number}"
            self._known(one, ("id", "text"), name)
            values = [self._value(one, key, str, required=True, table=name) or "" for key in ("id", "text")]
            if values[0] in {question.id for question in questions}:
                self._problem(f"{name}.id", f"{values[0]!r} occurs twice.", "Give every question its own id.")
            questions.append(Question(*values))
        return tuple(questions)

    def _engine(self, given: dict[str, Any]) -> EngineSettings:
        self._known(given, ("backend", "memory_limit", "threads"), "engine")
        default = EngineSettings()
        limit = self._value(given, "memory_limit", str, table="engine") or default.memory_limit
        if not re.fullmatch(r"\d+(\.\d+)? ?[KMGT]i?B", limit):
            self._problem("engine.memory_limit", f"{limit!r} is not a size.", 'Write one like "4GB".')
        return EngineSettings(
            backend=self._value(given, "backend", str, table="engine") or default.backend,
            memory_limit=limit,
            threads=self._value(given, "threads", int, least=0, table="engine") or 0,
        )

    def _table(self, name: str) -> dict[str, Any]:
        given = self.settings.get(name, {})
        if isinstance(given, dict):
            return given
        self._problem(name, "it must be a table.", f"Head it with [{name}].")
        return {}

    def _texts(self, name: str) -> Mapping[str, str]:
        given = self._table(name)
        for key, value in given.items():
            if not isinstance(value, str):
                self._problem(f"{name}.{key}", f"{value!r} is not text.", "Put it in quotation marks.")
        return MappingProxyType({key: str(value) for key, value in given.items()})

    def _known(self, given: Mapping[str, Any], names: tuple[str, ...], table: str) -> None:
        for key in given:
            if key not in names:
                self._problem(f"{table}.{key}".strip("."), f"{key!r} is not a setting.", nearest(key, names))

    def _value(
        self,
        given: Mapping[str, Any],
        key: str,
        kind: type[Any],
        *,
        required: bool = False,
        allowed: tuple[str, ...] = (),
        least: int | None = None,
        table: str = "",
    ) -> Any:
        name = f"{table}.{key}".strip(".")
        value: Any = given.get(key)
        if value is None:
            if required:
                self._problem(table or key, f"{key} is missing.", f'Write {key} = "…".')
            return None
        fits = isinstance(value, kind) and not isinstance(value, bool)
        if not fits:
            words: Any = {str: "text in quotation marks", int: "a whole number"}[kind]
            self._problem(name, f"{value!r} is not {words}.", "")
            return None
        if required and kind is str and not value.strip():
            self._problem(name, "it is empty.", "Write it.")
        if allowed and value not in allowed:
            self._problem(name, f"{value!r} is not one of {', '.join(allowed)}.", nearest(value, allowed))
        if least is not None and value < least:
            self._problem(name, f"{value} is less than {least}.", f"Use {least} or more.")
        return value

    def _problem(self, name: str, found: str, remedy: str) -> None:
        line = next((self.lines[part] for part in _upward(name) if part in self.lines), None)
        where = f"{FILE}, line {line}" if line else FILE
        self.problems.append(Problem(f"{where} ({name})", found, remedy))


def _upward(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]


def _lines(text: str) -> dict[str, int]:
    """Line of each table header and key of a TOML text that has parsed, by dotted name."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[\s*([^\]]+?)\s*\]\]", line):
            name = header[1].replace('"', "")
            table = f"{name}.{counts.get(name, 0)}"
            counts[name] = counts.get(name, 0) + 1
        elif header := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$", line):
            table = header[1].replace('"', "")
        elif key := re.match(r"\s*([\w\"'.-]+)\s*=", line):
            lines.setdefault(f"{table}.{key[1].strip(chr(34) + chr(39))}".strip("."), number)
            continue
        else:
            continue
        for part in _upward(table):
            lines.setdefault(part, number)
    return lines
