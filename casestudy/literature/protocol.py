"""The review's protocol: period, searches, reasons for exclusion, and what was read of each record."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files import reading
from casestudy.study import Study

FILE = "literature/protocol.toml"
NOTES = "literature/notes"
_KEYS = ("title", "status", "first_year", "last_year", "subject", "search", "exclude", "dimension")


@dataclass(frozen=True)
class Dimension:
    """One thing that is extracted from every record.

    Attributes
    ----------
    id, title : str
    codes : tuple of str
        Codes that answer it; a code stands for itself and all below it.
    one : bool
        Whether a record has one answer, or any number.
    """

    id: str
    title: str
    codes: tuple[str, ...]
    one: bool = True


@dataclass(frozen=True)
class Protocol:
    """What a review set out to do.

    Attributes
    ----------
    title, status, subject : str
        `status` says what kind of sample it is; pages repeat it.
    first_year, last_year : int
        Records outside are taken out before screening.
    searches : mapping of str to mapping
        For each source (file stem): where, what was searched for, when.
    reasons : mapping of str to str
        Reasons for exclusion: id and meaning.
    dimensions : mapping of str to Dimension
        The extraction form.
    """

    title: str
    status: str
    first_year: int
    last_year: int
    subject: str = ""
    searches: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)


def load(study: Study) -> Protocol:
    """Read ``literature/protocol.toml``.

    Raises
    ------
    InputError
        With every problem: missing or unknown keys, years that do not fit.
    """
    path = study.input(FILE)
    try:
        given: dict[str, Any] = tomllib.loads(reading.data(path).decode("utf-8-sig").replace("\r\n", "\n"))
    except OSError as error:
        problem = Problem(FILE, f"{error.strerror}.", "Write the protocol before the review.")
        raise InputError("The review has no protocol.", [problem]) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = Problem(FILE, f"it is not UTF-8 TOML: {error}.", "Mend the place it names.")
        raise InputError("The review's protocol cannot be read.", [problem]) from error
    problems = [
        Problem(FILE, f"{key!r} is not known.", nearest(key, _KEYS)) for key in given if key not in _KEYS
    ]
    for key in ("title", "status"):
        if not isinstance(given.get(key), str) or not given[key].strip():
            problems.append(Problem(FILE, f"{key} is missing.", f'Write {key} = "…".'))
    first, last = (given.get(key) for key in ("first_year", "last_year"))
    if not (isinstance(first, int) and isinstance(last, int) and 1500 <= first <= last <= 2100):
        problems.append(Problem(FILE, f"the period is {first} to {last}.", "Give first and last year."))
    reasons, searches = given.get("exclude", {}), given.get("search", {})
    if not isinstance(reasons, dict) or not all(isinstance(one, str) for one in reasons.values()):
        problems.append(Problem(FILE, "exclude must map ids to texts.", 'Write [exclude] id = "meaning".'))
    if not isinstance(searches, dict) or not all(isinstance(one, dict) for one in searches.values()):
        problems.append(Problem(FILE, "search must hold tables.", "Head each with [search.SOURCE]."))
    dimensions = _dimensions(given.get("dimension", {}), problems)
    raise_if(problems, "The review's protocol has problems.")
    return Protocol(
        title=given["title"],
        status=given["status"],
        first_year=int(given["first_year"]),
        last_year=int(given["last_year"]),
        subject=str(given.get("subject", "")),
        searches={name: {key: str(value) for key, value in one.items()} for name, one in searches.items()},
        reasons=dict(reasons),
        dimensions=dimensions,
    )


def _dimensions(given: Any, problems: list[Problem]) -> dict[str, Dimension]:
    made = {}
    for name, one in given.items() if isinstance(given, dict) else ():
        codes = one.get("codes") if isinstance(one, dict) else None
        if not isinstance(codes, list) or not codes or not all(isinstance(code, str) for code in codes):
            found = f"dimension {name!r} names no codes."
            problems.append(Problem(FILE, found, 'Write codes = ["code.id"].'))
            continue
        made[name] = Dimension(name, str(one.get("title", name)), tuple(codes), bool(one.get("one", True)))
    return made


def notes(study: Study) -> dict[str, str]:
    """Own-words notes on what was read, by record id; line ends are LF.

    A record without a note could not be read beyond its title.
    """
    found = {}
    for path in study.inputs(f"{NOTES}/*.md"):
        if path.stem != "README":
            found[path.stem] = reading.data(path).decode("utf-8-sig").replace("\r\n", "\n")
    return found
