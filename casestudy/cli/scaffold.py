"""Makes a new study: a folder of the reference study's shape, with a tutorial of three pages inside."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from casestudy.errors import Problem, StudyError
from casestudy.study import FILE

TEMPLATE = Path(__file__).parent / "template"
# Files that a package cannot carry under their own names.
_DOTTED = {"gitignore": ".gitignore", "gitattributes": ".gitattributes"}
_EMPTY = ("evidence", "literature", "profiles", "outputs")


def create(folder: Path, title: str | None = None) -> list[str]:
    """Make a study in a new folder.

    Parameters
    ----------
    folder : Path
        Must not exist, or be empty.
    title : str, optional
        The study's title; made from the folder's name by default.

    Returns
    -------
    list of str
        What was made and what to do next, line by line.

    Raises
    ------
    StudyError
        When the folder holds something or cannot be made; nothing is written then.
    """
    name = folder.name or folder.resolve().name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        problem = Problem(str(folder), "it is there and not empty.", "Choose another name.")
        raise StudyError("The study was not made.", [problem])
    chosen = (title or name.replace("-", " ").replace("_", " ").capitalize()).strip()
    made = folder.parent / f".{name}.part"
    try:
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(TEMPLATE, made, ignore=shutil.ignore_patterns("__pycache__"))
        for plain, dotted in _DOTTED.items():
            (made / plain).rename(made / dotted)
        for empty in _EMPTY:
            (made / empty).mkdir(exist_ok=True)
        for file in (made / "study.toml", made / "README.md"):
            text = file.read_text(encoding="utf-8")
            # JSON's rules for text in quotation marks are TOML's, too.
            shown = json.dumps(chosen, ensure_ascii=False)[1:-1] if file.suffix == ".toml" else chosen
            file.write_text(text.replace("@TITLE@", shown), encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except OSError as error:
        shutil.rmtree(made, ignore_errors=True)
        problem = Problem(str(folder), f"it cannot be made: {error.strerror}.", "Choose another place.")
        raise StudyError("The study was not made.", [problem]) from error
    return [f"made {folder}: {chosen}", *_next(folder)]


def _next(folder: Path) -> list[str]:
    """Where to go from here, and what stands in the way."""
    lines = [
        f"next: cd {folder} && casestudy run",
        f"from elsewhere: casestudy run --study {folder}",
        f"then open {folder / 'outputs' / 'index.html'}; README.md in the folder says how to make it yours",
    ]
    if shutil.which("casestudy") is None:
        lines.insert(1, f"first, so that casestudy is found there: {_activation()}")
    around = next((one for one in folder.resolve().parents if (one / FILE).is_file()), None)
    if around:
        lines.append(f"it lies inside another study ({around}); a folder outside keeps the two apart in git")
    return lines


def _activation() -> str:
    """The command that makes this installation's commands known to a shell."""
    if os.name == "nt":
        return str(Path(sys.prefix) / "Scripts" / "activate")
    return f"source {Path(sys.prefix) / 'bin' / 'activate'}"
