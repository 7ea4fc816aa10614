"""The study's own folder for what may be lost: locks, half-written files, freshness. Never committed."""

from __future__ import annotations

from pathlib import Path

CACHE = ".casestudy"
STUDY_FILE = "study.toml"
_IGNORE = "# What the workbench keeps for itself; it can be deleted when nothing runs.\n*\n"


def folder(root: Path, *parts: str) -> Path:
    """A folder below the study's ``.casestudy``, made where it is not there, and hidden from git.

    Raises
    ------
    OSError
        When the study cannot be written to.
    """
    made = root.joinpath(CACHE, *parts)
    made.mkdir(parents=True, exist_ok=True)
    ignore = root / CACHE / ".gitignore"
    if not ignore.exists():
        ignore.write_text(_IGNORE, encoding="utf-8")
    return made


def root_of(path: Path) -> Path | None:
    """The innermost study that a path lies in; None outside of any."""
    for above in path.absolute().parents:
        if (above / STUDY_FILE).is_file():
            return above
    return None
