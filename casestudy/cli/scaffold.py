"""Makes a new study: a folder of the reference study's shape, with a tutorial or without material."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from casestudy import installed
from casestudy.errors import Problem, StudyError
from casestudy.installed import Kind
from casestudy.study import FILE

TEMPLATE = Path(__file__).parent / "template"
WITHOUT_MATERIAL = Path(__file__).parent / "empty"
# Files that a package cannot carry under their own names.
_DOTTED = {"gitignore": ".gitignore", "gitattributes": ".gitattributes"}
_FOLDERS = ("evidence", "literature", "profiles", "outputs")
_FOLDERS_OF_MATERIAL = ("coding_schemes", "interviews/codings", "interviews/transcripts", "notebooks")


def create(
    folder: Path, title: str | None = None, *, empty: bool = False, kinds: Sequence[Kind] = ()
) -> list[str]:
    """Make a study in a new folder.

    Parameters
    ----------
    folder : Path
        Must not exist, or be empty.
    title : str, optional
        The study's title; made from the folder's name by default.
    empty : bool
        Whether to leave the tutorial and its material out.
    kinds : sequence of Kind
        Kinds of material that the study will hold; it then names the installed notebooks that serve them, and
        begins empty. An empty study without any names those of every kind.

    Returns
    -------
    list of str
        What was made and what to do next, line by line.

    Raises
    ------
    StudyError
        When the folder holds something or cannot be made; nothing is written then.
    """
    empty = empty or bool(kinds)
    name = folder.name or folder.resolve().name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        problem = Problem(str(folder), "it is there and not empty.", "Choose another name.")
        raise StudyError("The study was not made.", [problem])
    chosen = (title or name.replace("-", " ").replace("_", " ").capitalize()).strip()
    made = folder.parent / f".{name}.part"
    try:
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(
            WITHOUT_MATERIAL if empty else TEMPLATE,
            made,
            ignore=shutil.ignore_patterns("__pycache__", *_DOTTED),
        )
        for plain, dotted in _DOTTED.items():
            shutil.copyfile(TEMPLATE / plain, made / dotted)
        for below in (*_FOLDERS, *(_FOLDERS_OF_MATERIAL if empty else ())):
            (made / below).mkdir(parents=True, exist_ok=True)
        for file in (made / "study.toml", made / "README.md"):
            text = file.read_text(encoding="utf-8")
            # JSON's rules for text in quotation marks are TOML's, too.
            shown = json.dumps(chosen, ensure_ascii=False)[1:-1] if file.suffix == ".toml" else chosen
            text = text.replace("@TITLE@", shown).replace("@NOTEBOOKS@", _listed(kinds))
            file.write_text(text, encoding="utf-8")
        if "purchases" in kinds and (profiles := installed.folder("profiles")):
            shutil.copytree(profiles, made / "profiles", dirs_exist_ok=True)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except OSError as error:
        shutil.rmtree(made, ignore_errors=True)
        problem = Problem(str(folder), f"it cannot be made: {error.strerror}.", "Choose another place.")
        raise StudyError("The study was not made.", [problem]) from error
    return [f"made {folder}: {chosen}", *(_first_steps(folder, kinds) if kinds else _next(folder, empty))]


def _listed(kinds: Sequence[Kind]) -> str:
    """The entries of study.toml's list of notebooks, one a line."""
    names = installed.for_kinds(kinds or get_args(Kind))
    return "".join(f'  "{name}",\n' for name in names)


_FIRST = {
    "interviews": "casestudy bring FILE... (transcripts, a facesheet, a codebook)",
    "log": "casestudy import-log FILE (an export of the service)",
    "purchases": 'name the folder of purchases in study.toml: [sources] purchases = "…"; composition = "…"',
    "review": "write literature/protocol.toml, and put records into literature/records/",
}


def _first_steps(folder: Path, kinds: Sequence[Kind]) -> list[str]:
    """What to bring for each kind, and then."""
    steps = [f"cd {folder}", *(_FIRST[kind] for kind in kinds), "casestudy check", "casestudy run"]
    return [f"{'next' if number == 1 else 'then'}: {step}" for number, step in enumerate(steps, start=1)]


def _next(folder: Path, empty: bool) -> list[str]:
    """Where to go from here, and what stands in the way."""
    lines = [
        f"next: cd {folder} && casestudy run",
        f"from elsewhere: casestudy run --study {folder}",
        f"then open {folder / 'outputs' / 'index.html'}; README.md in the folder says how to make it yours",
    ]
    if empty:
        lines = [
            f"next: cd {folder} && casestudy bring FILE... (transcripts, a facesheet, a codebook)",
            f"from elsewhere: casestudy bring FILE... --study {folder}",
            "then casestudy documents speakers --propose, and casestudy check; README.md says more",
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
