"""Makes a new study: a folder of the reference study's shape, with a tutorial or without material."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from casestudy.errors import Problem, StudyError
from casestudy.study import FILE

TEMPLATE = Path(__file__).parent / "template"
WITHOUT_MATERIAL = Path(__file__).parent / "empty"
# Files that a package cannot carry under their own names.
_DOTTED = {"gitignore": ".gitignore", "gitattributes": ".gitattributes"}
_FOLDERS = ("evidence", "literature", "profiles", "outputs")
_FOLDERS_OF_MATERIAL = ("coding_schemes", "interviews/codings", "interviews/transcripts", "notebooks")


def create(folder: Path, title: str | None = None, *, empty: bool = False) -> list[str]:
    """Make a study in a new folder.

    Parameters
    ----------
    folder : Path
        Must not exist, or be empty.
    title : str, optional
        The study's title; made from the folder's name by default.
    empty : bool
        Whether to leave the tutorial and its material out.

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
            file.write_text(text.replace("@TITLE@", shown), encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except OSError as error:
        shutil.rmtree(made, ignore_errors=True)
        problem = Problem(str(folder), f"it cannot be made: {error.strerror}.", "Choose another place.")
        raise StudyError("The study was not made.", [problem]) from error
    return [f"made {folder}: {chosen}", *_next(folder, empty)]


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
