"""What coders saw of documents on blind sheets.

Who codes a blind sheet reads its units and nothing else of their documents. So the units are kept beside the
coder's folder, in ``interviews/codings/CODER.units.jsonl``: one line a unit, appended, in any order, so that
branches merge by taking the lines of both. Deleting codings does not touch them: a unit that bears nothing
was read all the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casestudy.coding.codings import FOLDER
from casestudy.coding.units import Unit
from casestudy.errors import Problem, raise_if
from casestudy.files import reading
from casestudy.outputs import write_atomically
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
        where = f"{FOLDER}/{path.name}"
        try:
            text = reading.data(path).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            problems.append(Problem(where, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8."))
            continue
        lines = set()
        for number, row in enumerate(text.split("\n"), start=1):
            if not row.strip():
                continue
            one = _line(row)
            if one is None:
                remedy = "Write document, start, end and quote, or remove the line."
                problems.append(Problem(f"{where}, line {number}", f"{row[:40]!r} is no unit.", remedy))
            else:
                lines.add(one)
        order = sorted(lines, key=lambda one: (one.document, one.start, one.end, one.drawn, one.text))
        found[path.name.removesuffix(END)] = order
    return found, problems


def _line(row: str) -> Line | None:
    try:
        data = json.loads(row)
        start, end, quote = data["start"], data["end"], data["quote"]
        right = type(start) is int and type(end) is int and 0 <= start < end and len(quote) == end - start
        more = (str(data.get("text") or ""), str(data.get("drawn") or ""))
        return Line(str(data["document"]), start, end, str(quote), *more) if right else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


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
    known = set(read(study).get(coder, ()))
    fresh = [one for one in made if one not in known]
    path = study.root / FOLDER / f"{coder}{END}"
    before = path.read_bytes() if path.is_file() else b""
    if before and not before.endswith(b"\n"):
        before += b"\n"
    if fresh:
        write_atomically(path, before + _written(fresh).encode("utf-8"))
    return len(fresh)


def _written(lines: Sequence[Line]) -> str:
    return "".join(f"{json.dumps(dict(vars(one)), ensure_ascii=False)}\n" for one in lines)
