"""The study: a folder with a study.toml. Reads its settings, gives typed paths; creates nothing."""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from casestudy import installed, settings
from casestudy.errors import Problem, StudyError, UndeclaredInput, nearest
from casestudy.files import reading
from casestudy.files.cache import root_of
from casestudy.files.names import stays_inside
from casestudy.settings import EngineSettings, Question

FILE = "study.toml"

# The runner tells a kernel through these which study it serves, what it may read and where it writes.
ENV_STUDY = "CASESTUDY_STUDY"
ENV_INPUTS = "CASESTUDY_INPUTS"
ENV_OUTPUT = "CASESTUDY_OUTPUT"
ENV_OUTPUTS = "CASESTUDY_OUTPUTS"


_READER = re.compile(r"^(?!package:)[a-z][a-z0-9-]+:(?=.)")
"""What may stand before a source's folder: the name of its reader. One letter is a drive."""


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
    single_rows : mapping of str to str
        Sources of which tables with a row for each account or household may be published, with the reason.
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
    engine: EngineSettings = field(default_factory=EngineSettings)
    single_rows: Mapping[str, str] = field(default_factory=dict)
    _held: tuple[str, ...] | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def find(cls, start: Path | str | None = None) -> Study:
        """Find the study: in the folder `start`, else in the runner's, else upward from the working folder.

        Raises
        ------
        StudyError
            When there is no study.toml, or when it has problems (all are listed).
        """
        named = start or os.environ.get(ENV_STUDY)
        begin = Path(named or Path.cwd()).resolve()
        for folder in (begin,) if named else (begin, *begin.parents):
            if (folder / FILE).is_file():
                return cls.load(folder)
        problem = Problem(
            str(named or begin),
            f"this folder holds no {FILE}."
            if named
            else f"neither this folder nor one above it holds a {FILE}.",
            "Go into a study's folder, name one with --study, or make one: casestudy new NAME.",
        )
        raise StudyError("No study was found.", [problem])

    @classmethod
    def load(cls, root: Path) -> Study:
        """Read the study.toml in `root`; every problem is listed with its line."""
        path = Path(root).resolve() / FILE
        try:
            text = reading.data(path).decode("utf-8-sig")
        except OSError as error:
            raise StudyError(f"{FILE} cannot be read.", [Problem(str(path), f"{error.strerror}.")]) from error
        except UnicodeDecodeError as error:
            problem = Problem(FILE, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
            raise StudyError(f"{FILE} cannot be read.", [problem]) from error
        return cls(root=path.parent, **settings.read(text, FILE))

    @property
    def outputs(self) -> Path:
        """The folder of outputs; another one while the runner verifies or sweeps."""
        return Path(os.environ.get(ENV_OUTPUTS) or self.root / "outputs")

    @property
    def notebooks(self) -> list[Path]:
        """The study's notebooks, in reading order; they may be installed ones, or those of another study.

        Raises
        ------
        StudyError
            When a glob leads out of the study, and not into another one; when no installed notebook has a
            name that is listed.
        """
        found = set()
        for pattern in self.notebook_globs:
            if installed.is_name(pattern):
                found.add(installed.notebook(pattern, f"{FILE} (notebooks)").resolve())
            elif stays_inside(pattern):
                found |= {path.resolve() for path in _glob(self.root, pattern)}
            else:
                _refuse_stray(self.root, pattern)
                found |= {path.resolve() for path in self.root.glob(pattern) if path.is_file()}
        kept = [path for path in found if path.suffix == ".ipynb" and ".ipynb_checkpoints" not in path.parts]
        return sorted(kept, key=lambda path: (path.name, str(path)))

    def input(self, relative: str | Path) -> Path:
        """Path of one input file, named from the study's root.

        Raises
        ------
        UndeclaredInput
            During a run, when the notebook's metadata does not declare it.
        """
        name = posixpath.normpath(Path(relative).as_posix())
        self._refuse_undeclared([name])
        path = self._place(name)
        if path.is_relative_to(self.root) and _leads_out(path, self.root, self.root):
            raise StudyError("A file of the study cannot be read.", [_led_out(name)])
        return path

    def inputs(self, pattern: str) -> list[Path]:
        """Paths of all input files that match a glob from the study's root, sorted by name.

        Raises
        ------
        UndeclaredInput
            During a run, when the notebook's metadata declares neither the glob nor each file found.
        """
        if pattern.startswith("outputs/"):
            base, rest = self.outputs, pattern.removeprefix("outputs/")
            prefix = "outputs/"
        else:
            base, rest, prefix = self.root, pattern, ""
        paths = reading.made(("files", str(base), rest), lambda: sorted(_glob(base, rest)))
        declared = self._declared()
        if declared is not None and pattern not in declared:
            names = sorted(prefix + path.relative_to(base).as_posix() for path in paths)
            self._refuse_undeclared(names or [pattern])
        return list(paths)

    def led_out(self) -> list[Problem]:
        """A problem for each symbolic link that leads out of the study: none is followed."""
        found = []
        for folder, below, files in os.walk(self.root):
            below[:] = [name for name in below if not name.startswith(".")]
            for name in [*below, *files]:
                if not os.path.islink(place := os.path.join(folder, name)):
                    continue
                path = Path(place)
                if not path.resolve().is_relative_to(self.root):
                    found.append(_led_out(path.relative_to(self.root).as_posix()))
        return sorted(found)

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

    def reader(self, name: str) -> str:
        """The reader that a source names before a colon (``ciqual:tables``); empty where it has none."""
        found = _READER.match(self.sources.get(name, ""))
        return found[0].rstrip(":") if found else ""

    def output_folder(self, notebook: str) -> Path:
        """Folder that the notebook writes to: the runner's, or a scratch folder when run by hand."""
        given = os.environ.get(ENV_OUTPUT)
        return Path(given) if given else self.root / ".casestudy" / "scratch" / notebook

    def hold_to(self, notebook: str) -> None:
        """Run by hand, let a notebook read only what its metadata declare, as in a run."""
        if ENV_INPUTS in os.environ:
            return
        for path in self.notebooks:
            if path.stem == notebook:
                ours = json.loads(path.read_text(encoding="utf-8")).get("metadata", {}).get("casestudy")
                if ours is not None:
                    may_read = (*ours.get("inputs", []), *ours.get("optional", []))
                    object.__setattr__(self, "_held", may_read)

    def _declared(self) -> tuple[str, ...] | None:
        given = os.environ.get(ENV_INPUTS)
        return tuple(json.loads(given)) if given is not None else self._held

    def _place(self, name: str) -> Path:
        if name.startswith("outputs/"):
            return self.outputs / name.removeprefix("outputs/")
        return self.root / name

    def _refuse_undeclared(self, names: list[str]) -> None:
        declared = self._declared()
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
    """Files that match, without hidden ones and without links that lead out of the folder."""
    if pattern.endswith("**"):
        pattern += "/*"
    if not stays_inside(pattern):
        return []
    real = root.resolve()
    outside: dict[Path, bool] = {root: False}
    found = []
    for path in root.glob(pattern):
        if path.name.startswith(".") or "__pycache__" in path.parts:
            continue
        if path.is_symlink():
            if path.is_file() and not _leads_out(path, root, real):
                found.append(path)
            continue
        folder = path.parent
        if folder not in outside:
            outside[folder] = _leads_out(folder, root, real)
        if not outside[folder] and path.is_file():
            found.append(path)
    return found


def _refuse_stray(root: Path, pattern: str) -> None:
    """Stop where a glob of notebooks leads into a folder that is not a study's."""
    fixed = re.split(r"[*?\[]", pattern, maxsplit=1)[0]
    folder = Path(os.path.normpath(root / fixed))
    if root_of(folder / "x") is None:
        problem = Problem(
            f"{FILE} (notebooks)",
            f"{pattern!r} leads out of the study, and into no other one.",
            "Put the notebooks into the study, or into a folder that holds a study.toml.",
        )
        raise StudyError(f"{FILE} has problems.", [problem])


def _led_out(name: str) -> Problem:
    found = "it is a symbolic link that leads out of the study, and is not followed."
    return Problem(name, found, "Put a copy in its place.")


def _leads_out(path: Path, root: Path, real: Path) -> bool:
    """Whether a file is reached by a symbolic link out of the folder."""
    parts = path.relative_to(root).parts
    steps = [root.joinpath(*parts[:count]) for count in range(1, len(parts) + 1)]
    links = any(step.is_symlink() for step in steps)
    return links and not path.resolve().is_relative_to(real)


def _source_folder(root: Path, place: str) -> Path | None:
    place = _READER.sub("", place)
    if not place.startswith("package:"):
        return (root / place).resolve()
    import importlib.util

    package, _, folder = place.removeprefix("package:").partition("/")
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / folder
