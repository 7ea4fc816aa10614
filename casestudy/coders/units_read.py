"""What coders saw of documents on blind sheets.

Who codes a blind sheet reads its units and no other part of their documents. So the units are kept beside the
coder's folder, in ``interviews/codings/CODER.units.jsonl``: one line a unit, appended, in any order, so that
branches merge by taking the lines of both. Deleting codings does not touch them: a unit that has nothing
was read all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casestudy.coding.codings import FOLDER, refuse_strange
from casestudy.coding.units import Unit
from casestudy.errors import Problem, raise_if
from casestudy.files import locks
from casestudy.files.journal import Journal, NotALine, written
from casestudy.study import Study
from casestudy.transcripts.text import sha256
from casestudy.transcripts.transcript import Transcript

END = ".units.jsonl"


@dataclass(frozen=True)
class Line:
    """A unit that a coder read on a blind sheet.

    Attributes
    ----------
    document : str
    start, end : int
    quote : str
        The words of the unit.
    text : str
        First sixteen hexadecimal digits of the SHA-256 of the document's text.
    drawn : str
        How the units of the sheet were drawn, in words.
    """

    document: str
    start: int
    end: int
    quote: str
    text: str = ""
    drawn: str = ""


def read(study: Study) -> dict[str, list[Line]]:
    """The units that coders read on blind sheets, by coder; doubled lines count once.

    Raises
    ------
    InputError
        With every line that names no unit.
    """
    found, problems = survey(study)
    raise_if(problems, "What coders read on blind sheets is not clear.")
    return found


def survey(study: Study) -> tuple[dict[str, list[Line]], list[Problem]]:
    """Like `read`, with the problems listed instead of raised."""
    found: dict[str, list[Line]] = {}
    problems: list[Problem] = []
    for path in study.inputs(f"{FOLDER}/*{END}"):
        lines, wrong = _JOURNAL.survey(path, f"{FOLDER}/{path.name}")
        problems += wrong
        order = sorted(lines, key=lambda one: (one.document, one.start, one.end, one.drawn, one.text))
        found[path.name.removesuffix(END)] = order
    return found, problems


def _line(data: Any, number: int) -> Line:
    start, end, quote = data["start"], data["end"], data["quote"]
    if type(start) is not int or type(end) is not int or not 0 <= start < end:
        raise NotALine(f"it spans {start!r} to {end!r}.", "Whole numbers, 0 <= start < end.")
    if not isinstance(quote, str) or len(quote) != end - start:
        raise NotALine("its quote is not as long as its span.", "Write the words of the unit, or remove it.")
    return Line(
        str(data["document"]), start, end, quote, str(data.get("text") or ""), str(data.get("drawn") or "")
    )


_JOURNAL: Journal[Line] = Journal(
    "a unit",
    "Write document, start, end and quote, or remove the line.",
    _line,
    lambda one: dict(vars(one)),
    lambda one: one,
)


def append(
    study: Study, coder: str, found: Sequence[Unit], documents: Mapping[str, Transcript], drawn: str = ""
) -> int:
    """Remember the units that a coder read on a blind sheet; those there already are not repeated.

    Returns
    -------
    int
        How many were added.
    """
    made = [
        Line(one.document, one.start, one.end, one.text, sha256(documents[one.document].text)[:16], drawn)
        for one in found
    ]
    refuse_strange(coder)
    name = f"{FOLDER}/{coder}{END}"
    with locks.writing(study.root, name):
        known = set(read(study).get(coder, ()))
        fresh = [one for one in dict.fromkeys(made) if one not in known]
        _JOURNAL.append(study.root, name, fresh)
    return len(fresh)


def _written(lines: Sequence[Line]) -> str:
    return "".join(f"{written(dict(vars(one)))}\n" for one in lines)
