"""The notebooks that come with the package: a study may choose them by name instead of copying them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from casestudy.errors import Problem, StudyError, nearest

_PACKAGE = Path(__file__).parent
_PLACES = (_PACKAGE / "_shipped" / "notebooks", _PACKAGE.parent / "notebooks")
"""In an installed wheel, and beside the package in a clone."""


@cache
def notebooks() -> Mapping[str, Path]:
    """The installed notebooks by name, in reading order.

    Examples
    --------
    >>> list(notebooks())[2]
    '20-use'
    """
    folder = next((place for place in _PLACES if place.is_dir()), None)
    return {path.stem: path for path in sorted(folder.glob("*.ipynb"))} if folder else {}


def is_name(text: str) -> bool:
    """Whether an entry of a study's list of notebooks names an installed one, and is no path or glob.

    Examples
    --------
    >>> is_name("20-use"), is_name("notebooks/*.ipynb"), is_name("*")
    (True, False, False)
    """
    return bool(text) and not text.endswith(".ipynb") and not set(text) & set("/\\*?[")


def notebook(name: str, where: str) -> Path:
    """The installed notebook of a name, or of a number that only one has.

    Raises
    ------
    StudyError
        With the nearest name.

    Examples
    --------
    >>> notebook("20", "study.toml").name
    '20-use.ipynb'
    """
    known = notebooks()
    if name in known:
        return known[name]
    numbered = [path for stem, path in known.items() if stem.split("-")[0] == name]
    if len(numbered) == 1:
        return numbered[0]
    problem = Problem(where, f"no installed notebook is called {name!r}.", nearest(name, known))
    raise StudyError("The study's notebooks cannot be found.", [problem])
