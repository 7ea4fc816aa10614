"""What comes with the package: notebooks that a study chooses by name, and first profiles to be edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from casestudy.errors import Problem, StudyError, nearest

_PACKAGE = Path(__file__).parent
_PLACES = (_PACKAGE / "_shipped", _PACKAGE.parent)
"""In an installed wheel, and beside the package in a clone."""

Kind = Literal["interviews", "log", "purchases", "review"]
BY_KIND: Mapping[Kind, tuple[str, ...]] = {
    "interviews": ("30", "32", "34", "36"),
    "log": ("20", "22", "24"),
    "purchases": ("10", "12"),
    "review": ("80",),
}
"""Numbers of the installed notebooks that serve each kind of material, whatever the study."""


def folder(name: str) -> Path | None:
    """A folder that comes with the package: ``notebooks`` or ``profiles``; None where it is not there."""
    return next((place / name for place in _PLACES if (place / name).is_dir()), None)


def for_kinds(kinds: Iterable[Kind]) -> list[str]:
    """Names of the installed notebooks that serve kinds of material, in reading order.

    Examples
    --------
    >>> for_kinds(["log"])
    ['20-use', '22-attrition', '24-ways-of-using']
    """
    numbers = {number for kind in kinds for number in BY_KIND[kind]}
    return [stem for stem in notebooks() if stem.split("-")[0] in numbers]


@cache
def notebooks() -> Mapping[str, Path]:
    """The installed notebooks by name, in reading order.

    Examples
    --------
    >>> "20-use" in notebooks()
    True
    """
    place = folder("notebooks")
    return {path.stem: path for path in sorted(place.glob("*.ipynb"))} if place else {}


def is_name(text: str) -> bool:
    """Whether an entry of a study's list of notebooks names an installed one, and is not a path or glob.

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
