"""What is wrong with a study's loop parameters."""

from __future__ import annotations

from typing import Any

from casestudy.dynamics.parameters import load
from casestudy.errors import InputError, Problem

FILE = "profiles/loop.toml"


def check(study: Any) -> list[Problem]:
    """List every problem of the study's ``profiles/loop.toml``; none when the study has no such file."""
    path = study.root / FILE
    if not path.is_file():
        return []
    try:
        load(path, FILE)
    except InputError as error:
        return list(error.problems)
    return []
