"""One guard around reading what a person wrote: whatever goes wrong becomes a problem with its place."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from casestudy.errors import CaseStudyError, InputError, Problem, in_words

T = TypeVar("T")

# What readers of formats raise on damaged files; errors of our own rules are CaseStudyErrors.
DAMAGE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    NotImplementedError,
    AssertionError,
    EOFError,
    MemoryError,
    struct.error,
    zlib.error,
)


@contextmanager
def reading(where: str, what: str = "A file of the study cannot be read.") -> Iterator[None]:
    """Turn any error inside into one problem of a file.

    Parameters
    ----------
    where : str
        The file, from the study's root.
    what : str
        What could not be done, in a sentence.

    Raises
    ------
    InputError
        For every error that is not one of ours already.

    Examples
    --------
    >>> with reading("a.toml"):
    ...     int("x")
    Traceback (most recent call last):
    casestudy.errors.InputError: A file of the study cannot be read. a.toml: it is damaged or holds something unexpected (invalid literal for int() with base 10: 'x'). Save it again, or restore it from the version history.
    """  # noqa: E501
    try:
        yield
    except CaseStudyError:
        raise
    except OSError as error:
        reason = in_words(OSError(error.errno, error.strerror or str(error)))
        raise InputError(what, [Problem(where, reason)]) from error
    except DAMAGE as error:
        raise InputError(what, [problem(where, error)]) from error


def problem(where: str, error: BaseException) -> Problem:
    """What is wrong with a file in which an unexpected error arose."""
    if isinstance(error, RecursionError):
        return Problem(where, "it is nested too deeply.", "Write it flatter.")
    if isinstance(error, MemoryError):
        return Problem(where, "it does not fit into memory.", "Divide it.")
    said = " ".join(str(error).split())[:120].rstrip(".") or type(error).__name__
    remedy = "Save it again, or restore it from the version history."
    return Problem(where, f"it is damaged or holds something unexpected ({said}).", remedy)


def surveyed(where: str, act: Callable[[], list[Problem]]) -> list[Problem]:
    """The problems that `act` lists; an error that it raises is listed with them.

    Parameters
    ----------
    where : str
        What it reads, as problems name it where the error names no file.
    act : callable
    """
    try:
        with reading(where):
            return act()
    except CaseStudyError as error:
        return list(error.problems) or [Problem(where, str(error))]
