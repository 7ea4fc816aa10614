"""Putting a finished folder in place of an old one, so that a kill in between loses neither."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import quote, unquote

from casestudy.files import cache

FOLDER = "replaced"


def replace(root: Path, target: Path, made: Path) -> None:
    """Put a finished folder in the place of `target`.

    Parameters
    ----------
    root : Path
        The study's folder.
    target : Path
        A folder, or where one is to be.
    made : Path
        The finished folder; it is gone afterwards.

    Notes
    -----
    Between two names the old folder lies in ``.casestudy``, from where `restore` brings it back.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    old = None
    if target.exists():
        inside = target.is_relative_to(root)
        kept = cache.folder(root, FOLDER) if inside else made.parent
        old = kept / quote(target.relative_to(root).as_posix() if inside else f"{target.name}.old", safe="")
        shutil.rmtree(old, ignore_errors=True)
        _moved(target, old)
    _moved(made, target)
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)


def _moved(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError:
        # On another file system.
        shutil.copytree(source, target)
        shutil.rmtree(source, ignore_errors=True)


def left(root: Path) -> list[Path]:
    """Old folders that were not forgotten yet: a command was killed, or is just replacing them."""
    try:
        return sorted((root / cache.CACHE / FOLDER).iterdir())
    except OSError:
        return []


def restore(root: Path) -> list[str]:
    """Bring back folders whose new one was not put in place; forget the others.

    Returns
    -------
    list of str
        The folders that were brought back, from the study's root.
    """
    brought = []
    for old in left(root):
        target = root / unquote(old.name)
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            old.rename(target)
            brought.append(target.relative_to(root).as_posix())
    return brought
