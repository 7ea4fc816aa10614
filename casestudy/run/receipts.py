"""Receipts: everything an output was made of, as hashes; and why an output is stale."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casestudy.errors import InputError, Problem
from casestudy.files import reading
from casestudy.files.cache import CACHE
from casestudy.files.writing import write_atomically
from casestudy.run.imports import PACKAGE, reached
from casestudy.run.notebook import Notebook
from casestudy.study import Study

# Of another notebook's outputs only what can be read as input counts, not its page, figures or record.
_READABLE = ("*.csv", "contents.json")


@dataclass(frozen=True)
class Receipt:
    """What a notebook's outputs are made of.

    Attributes
    ----------
    code : str
        Hash of the notebook's cells.
    parameters : mapping of str to value
    inputs : mapping of str to str
        Hash of every declared input file that exists, by its name from the study's root.
    modules : mapping of str to str
        Hash of every file of the package that the notebook reaches.
    lock : str
        Hash of the lock file, or of the list of installed packages where there is none.
    python : str
        Version of Python, major and minor.
    """

    code: str
    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
    modules: Mapping[str, str]
    lock: str
    python: str

    @property
    def digest(self) -> str:
        """One hash of the whole receipt."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


class Hashes:
    """Content hashes of files, remembered by size and time of change in the local cache."""

    def __init__(self, cache: Path) -> None:
        self.file = cache / "hashes.json"
        self.known: dict[str, list[Any]] = read_json(self.file)
        self.changed = False

    def of(self, path: Path) -> str:
        """SHA-256 of a file's content."""
        stat = path.stat()
        key, mark = self._key(path), [stat.st_size, stat.st_mtime_ns]
        remembered = self.known.get(key)
        if remembered and remembered[:2] == mark:
            return str(remembered[2])
        digest = reading.digest(path)
        self.known[key] = [*mark, digest]
        self.changed = True
        return digest

    def _key(self, path: Path) -> str:
        """A file's path from the study's folder, so that the cache names no place of this machine."""
        try:
            return os.path.relpath(path, self.file.parent.parent)
        except ValueError:
            return path.name

    def save(self) -> None:
        """Write the memory to the cache, where it can be written; files that are gone are forgotten."""
        if self.changed:
            root = self.file.parent.parent
            kept = {key: value for key, value in sorted(self.known.items()) if (root / key).exists()}
            with suppress(OSError):
                write_atomically(self.file, json.dumps(kept).encode())
            self.changed = False


def receipt(study: Study, notebook: Notebook, parameters: Mapping[str, Any], hashes: Hashes) -> Receipt:
    """What the notebook's outputs would be made of if it ran now.

    Raises
    ------
    InputError
        When its code is not Python.
    """
    try:
        modules = reached(notebook.code)
    except SyntaxError as error:
        problem = Problem(notebook.path.name, f"a code cell is not Python: {error.msg}.", "Correct it.")
        raise InputError("A notebook cannot be run.", [problem]) from error
    return Receipt(
        code=notebook.code_hash,
        parameters=dict(parameters),
        inputs={
            name: hashes.of(path) for name, path in input_files(study, notebook.inputs, notebook.optional)
        },
        modules={f"casestudy/{path.relative_to(PACKAGE).as_posix()}": hashes.of(path) for path in modules},
        lock=_lock(study, hashes),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def input_files(
    study: Study, inputs: Iterable[str], optional: Collection[str] = ()
) -> list[tuple[str, Path]]:
    """Names and paths of all files that declared inputs stand for, sorted by name.

    Optional sources that the study does not name are left out.
    """
    found: dict[str, Path] = {}
    for pattern in inputs:
        if pattern in optional and pattern.startswith("source:") and pattern[7:] not in study.sources:
            continue
        if pattern.startswith("source:"):
            folder = study.locate(pattern.removeprefix("source:"))
            files = [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.is_file())
            shown = {
                path: "" if path == folder else "/" + path.relative_to(folder).as_posix() for path in files
            }
            found |= {f"{pattern}{rest}": path for path, rest in shown.items() if "__pycache__" not in rest}
        elif pattern.startswith("outputs/"):
            files = study.inputs(pattern)
            kept = [path for path in files if any(path.match(readable) for readable in _READABLE)]
            found |= {f"outputs/{path.relative_to(study.outputs).as_posix()}": path for path in kept}
        else:
            found |= {path.relative_to(study.root).as_posix(): path for path in study.inputs(pattern)}
    return sorted(found.items())


def why_stale(now: Receipt, before: Mapping[str, Any] | None) -> str:
    """Why an output made by the receipt `before` is not what `now` would give; empty when it is fresh.

    Examples
    --------
    >>> now = Receipt("c", {"gap": 60}, {}, {}, "l", "3.11")
    >>> why_stale(now, asdict(Receipt("c", {"gap": 30}, {}, {}, "l", "3.11")))
    'parameter gap changed from 30 to 60'
    """
    if before is None:
        return "it has not run here yet"
    if now.code != before["code"]:
        return "the notebook changed"
    for name, value in now.parameters.items():
        if name not in before["parameters"]:
            return f"parameter {name} is new"
        if value != before["parameters"][name]:
            return f"parameter {name} changed from {before['parameters'][name]!r} to {value!r}"
    if set(before["parameters"]) - set(now.parameters):
        return f"parameter {min(set(before['parameters']) - set(now.parameters))} is gone"
    for files, then in ((now.inputs, before["inputs"]), (now.modules, before["modules"])):
        if changed := _changed(files, then):
            return changed
    if now.lock != before["lock"]:
        return "the lock file changed"
    if now.python != before["python"]:
        return f"Python changed from {before['python']} to {now.python}"
    return ""


def changed_since(now: Receipt, before: Mapping[str, Any]) -> str:
    """What a reader sees as changed since an output was made: the notebook, a parameter, a file that it read.

    Another version of the package, the lock file or Python makes an output stale too (`why_stale`), but says
    nothing of whether the page tells the truth about the files beside it.
    """
    return why_stale(now, {**before, "modules": now.modules, "lock": now.lock, "python": now.python})


def _changed(now: Mapping[str, str], before: Mapping[str, str]) -> str:
    changes = [f"{name} changed" for name in now if name in before and now[name] != before[name]]
    changes += [f"{name} was added" for name in now if name not in before]
    changes += [f"{name} was deleted" for name in before if name not in now]
    if len(changes) > 1:
        return f"{changes[0]} (and {len(changes) - 1} more)"
    return changes[0] if changes else ""


@dataclass(frozen=True)
class Memory:
    """The local freshness cache of a study: which receipt each output folder was made by."""

    study: Study

    def _file(self, stem: str) -> Path:
        # Another folder of outputs (--outputs, verify) has a memory of its own.
        folder = self.study.outputs
        own = folder == self.study.root / "outputs"
        name = "outputs" if own else hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        return self.study.root / CACHE / "receipts" / name / f"{stem}.json"

    def why_stale(self, stem: str, now: Receipt, hashes: Hashes) -> str:
        """Why the notebook must run, in a clause; empty when its outputs are fresh."""
        remembered = read_json(self._file(stem))
        if reason := why_stale(now, remembered.get("receipt")):
            return reason
        folder = self.study.outputs / stem
        for name, digest in remembered["outputs"].items():
            if not (folder / name).is_file():
                return f"outputs/{stem}/{name} is missing"
            if hashes.of(folder / name) != digest:
                return f"outputs/{stem}/{name} was changed by hand"
        return ""

    def remember(self, stem: str, made: Receipt, hashes: Hashes) -> None:
        """Record that the notebook's outputs, as they lie there now, were made by this receipt."""
        folder = self.study.outputs / stem
        files = sorted(path for path in folder.iterdir() if path.name != "index.html")
        record = {"receipt": asdict(made), "outputs": {path.name: hashes.of(path) for path in files}}
        write_atomically(self._file(stem), json.dumps(record, sort_keys=True).encode())

    def forget(self, stem: str) -> None:
        """Forget the notebook's outputs, before they are replaced."""
        self._file(stem).unlink(missing_ok=True)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file of the cache; empty where it is missing or spoiled, so that the work is done again."""
    try:
        value = json.loads(reading.data(path).decode("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _lock(study: Study, hashes: Hashes) -> str:
    for folder in (study.root, PACKAGE.parent):
        if (folder / "requirements.lock").is_file():
            return hashes.of(folder / "requirements.lock")
    from importlib.metadata import distributions

    installed = sorted({f"{one.name}=={one.version}" for one in distributions()})
    return "installed:" + hashlib.sha256("\n".join(installed).encode()).hexdigest()
