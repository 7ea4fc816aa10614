"""Errors that speak to a person: where, what was found, what to do; every problem at once."""

from __future__ import annotations

import difflib
import errno
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MOST_LISTED, _FEW, _FIRST = 20, 5, 3
# What is a problem's own and not of its kind: quoted words, remarks in brackets, whatever holds a digit.
_OWN = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|\([^()]*\)|\S*\d\S*")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with an input.

    Attributes
    ----------
    where : str
        File, with row, line or position where it is known (``interviews/participants.csv, row 7``).
    found : str
        What was found there and why it cannot stand.
    remedy : str
        What the reader can do about it.

    Examples
    --------
    >>> print(Problem("study.toml, line 3", "the title is empty.", "Write a title."))
    study.toml, line 3: the title is empty. Write a title.
    """

    where: str
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.found} {self.remedy}".strip()


class CaseStudyError(Exception):
    """An error that a person can act on.

    Parameters
    ----------
    summary : str
        One sentence: what could not be done.
    problems : sequence of Problem, optional
        Every problem behind it, in the order of the input.

    Notes
    -----
    The command line prints the text and leaves with `exit_code`, without a traceback.
    """

    exit_code = 2

    def __init__(self, summary: str, problems: Sequence[Problem] = ()) -> None:
        self.summary = summary
        self.problems = tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        if not self.problems:
            return self.summary
        if len(self.problems) == 1:
            return f"{self.summary} {self.problems[0]}"
        return "\n".join([self.summary, *listed(self.problems)])


class StudyError(CaseStudyError):
    """The study folder or its study.toml cannot be used as it stands."""


class InputError(CaseStudyError):
    """A file of the study has problems; all of them are listed."""


class UndeclaredInput(CaseStudyError):
    """A notebook read a file that its metadata does not declare."""


class ParameterError(CaseStudyError):
    """A notebook parameter is unknown, of the wrong type, or cannot be written into a notebook."""


class RunFailed(CaseStudyError):
    """Something failed while it ran: a notebook, a page, a comparison."""

    exit_code = 1


def listed(problems: Sequence[Problem], every: bool = False) -> list[str]:
    """Lines that name problems; of a long list, each kind with its count and its first places.

    Two problems are of one kind when what was found differs only in names, numbers and quoted words.

    Parameters
    ----------
    problems : sequence of Problem
        In the order of the input, which the kinds keep.
    every : bool
        List every problem, however many they are.

    Examples
    --------
    >>> many = [Problem(f"a.csv, row {n}", f"code 'c{n}' is not known.", "Write b.") for n in range(2, 1002)]
    >>> print("\\n".join(listed(many)))
      - 1,000 of one kind, the first 3 of them:
          a.csv, row 2: code 'c2' is not known. Write b.
          a.csv, row 3: code 'c3' is not known. Write b.
          a.csv, row 4: code 'c4' is not known. Write b.
    """
    if every or len(problems) <= _MOST_LISTED:
        return [f"  - {problem}" for problem in problems]
    kinds: dict[str, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(_OWN.sub("…", problem.found), []).append(problem)
    lines = []
    for same in kinds.values():
        if len(same) <= _FEW:
            lines += [f"  - {problem}" for problem in same]
            continue
        lines.append(f"  - {len(same):,} of one kind, the first {_FIRST} of them:")
        lines += [f"      {problem}" for problem in same[:_FIRST]]
    return lines


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the known word that is most like `word`.

    Returns
    -------
    str
        ``Did you mean 'x'?``; where nothing is near the whole list, or the likest of a long one.

    Examples
    --------
    >>> nearest("houshold", ["household", "month"])
    "Did you mean 'household'?"
    >>> nearest("zzz", ["a", "b"])
    'Known: a, b.'
    >>> nearest("zzz", [])
    'None is known here.'
    """
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.55)
    if close:
        return f"Did you mean {close[0]!r}?"
    if len(names) > _MOST_LISTED:
        likest = difflib.get_close_matches(word, names, n=3, cutoff=0)
        return f"Nearest of {len(names)}: {', '.join(likest)}."
    return f"Known: {', '.join(names)}." if names else "None is known here."


_FULL = {getattr(errno, name) for name in ("ENOSPC", "EDQUOT") if hasattr(errno, name)}
_LOCKED = {errno.EACCES, errno.EPERM, errno.EROFS}


def in_words(error: OSError) -> str:
    """What the system refused, as one sentence with what to do.

    Examples
    --------
    >>> in_words(OSError(errno.ENOSPC, "No space left on device", "a.csv"))
    'a.csv: no space is left on the disk. Make room and run it again; what was there before is whole.'
    >>> in_words(OSError(errno.EROFS, "Read-only file system", "a.csv"))
    'a.csv: read-only file system. Make the folder writable, or work on a copy.'
    """
    place = f"{error.filename}: " if error.filename else ""
    if error.errno in _FULL:
        remedy = "Make room and run it again; what was there before is whole."
        return f"{place}no space is left on the disk. {remedy}"
    said = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    said = f"{said[:1].lower()}{said[1:]}."
    remedy = " Make the folder writable, or work on a copy." if error.errno in _LOCKED else ""
    return f"{place}{said}{remedy}"


def raise_if(problems: Sequence[Problem], summary: str, kind: type[CaseStudyError] = InputError) -> None:
    """Raise `kind` with all `problems`, if there are any."""
    if problems:
        raise kind(summary, problems)
