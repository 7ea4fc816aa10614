"""The words of the pages, by language: one TOML file each in ``words/``, with the same keys."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parent / "words"
LANGUAGES = ("en", "fi")


@cache
def words(language: str) -> dict[str, Any]:
    """The words of a language: text by key, and tables ``names``, ``months``."""
    with (WORDS / f"{language}.toml").open("rb") as file:
        return tomllib.load(file)


def month_words(language: str, month: str) -> str:
    """A calendar month in words.

    Examples
    --------
    >>> month_words("en", "2017-11"), month_words("fi", "2017-11")
    ('November 2017', 'marraskuu 2017')
    """
    year, _, number = month.partition("-")
    return f"{words(language)['months'][int(number) - 1]} {year}"


def number(value: float | None, language: str = "en", decimals: int | None = None) -> str:
    """A number as the language writes it; a dash where it is missing.

    Examples
    --------
    >>> number(1234.56), number(12.345), number(0.4), number(None), number(12.345, "fi")
    ('1,235', '12.3', '0.4', '–', '12,3')
    """
    if value is None or value != value:
        return "–"
    digits = decimals if decimals is not None else (0 if abs(value) >= 100 else 1 if abs(value) >= 0.1 else 2)
    text = f"{value:,.{digits}f}"
    return text.replace(",", "\u00a0").replace(".", ",") if language == "fi" else text
