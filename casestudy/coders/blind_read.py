"""Reading a blind sheet that a coder has filled in, from whatever a spreadsheet made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casestudy.codebook.codes import Codebook
from casestudy.coding import reanchor
from casestudy.coding.codings import Coding
from casestudy.coding.units import Unit
from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files import lists
from casestudy.transcripts.text import sha256
from casestudy.transcripts.transcript import Transcript

_BETWEEN = re.compile(r"[;,|\n]")
_DRAWN = re.compile(r"(\d+) of \d+ ")
_MOST_LISTED = 40
FIELDS = ("unit", "document", "start", "end", "text", "codes", "memo")
AROUND = ("speaker", "before")
MORE = ("drawn", "version")
COLUMNS = (*FIELDS[:4], *AROUND, *FIELDS[4:], *MORE)  # as a sheet is written
_REMEDY = f"Keep the head: {','.join(FIELDS)}."


@dataclass(frozen=True)
class Row:
    """A unit of a filled sheet: its codes, which may be none, and a memo."""

    unit: Unit
    codes: tuple[str, ...]
    memo: str


@dataclass(frozen=True)
class Sheet:
    """What a filled sheet says.

    Attributes
    ----------
    rows : tuple of Row
        In the sheet's order, each unit once.
    drawn : str
        How its units were drawn, in words; empty where the sheet does not say.
    notes : tuple of str
        What a reader should know: rows that are missing, units that moved with a corrected text.
    """

    rows: tuple[Row, ...]
    drawn: str = ""
    notes: tuple[str, ...] = ()

    @property
    def units(self) -> list[Unit]:
        """The units, in the sheet's order."""
        return [one.unit for one in self.rows]


def load(path: Path, documents: Mapping[str, Transcript], book: Codebook | None = None) -> Sheet:
    """Read a sheet from its file; see `read`.

    Raises
    ------
    InputError
        When it is not there, is empty, or is not text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            "The sheet cannot be read.", [Problem(path.name, f"{error.strerror or 'no file'}.")]
        ) from error
    return read(data, path.name, documents, book)


def read(data: bytes, name: str, documents: Mapping[str, Transcript], book: Codebook | None = None) -> Sheet:
    """Read a filled sheet: CSV with commas, semicolons or tabs between the fields, in UTF-8 or as older
    spreadsheets write it (UTF-16, Windows-1252).

    Parameters
    ----------
    data : bytes
    name : str
        Of the file, for messages.
    documents : mapping of id to Transcript
    book : Codebook, optional
        Codes must be in use in it; without one they are not looked at.

    Returns
    -------
    Sheet
        Codes may stand with ``;``, ``,``, ``|`` or line ends between them. Rows may be in any order.

    Raises
    ------
    InputError
        With every row whose words are not in the document, whose codes are not in use, or that has more
        fields than the head.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> text = "unit,document,start,end,text,codes,memo\\n1,t,6,11,I do.,a.b; a.c,\\n"
    >>> read(text.encode(), "s.csv", {"t": from_text("Aino: I do.", "t")}).rows[0].codes
    ('a.b', 'a.c')
    """
    usable = {code.id for code in book.in_use()} if book else set()
    problems: list[Problem] = []
    listed = lists.read(data, name, COLUMNS, FIELDS, windows=True, remedy=_REMEDY, problems=problems)
    strange: dict[str, list[int]] = {}
    found: dict[tuple[str, int, int], tuple[int, Row]] = {}
    moved, drawn = 0, ""
    for row in listed.rows:
        number = row.number
        where, codes = f"{name}, row {number}", _codes(row["codes"])
        if not any(row[field] for field in ("unit", "document", "start", "end")):
            if codes:
                problems.append(
                    Problem(where, "it has codes and names no unit.", "Write them beside a unit.")
                )
            continue
        placed = _place(row, documents, listed.windows)
        if isinstance(placed, tuple):
            problems.append(Problem(where, *placed))
            continue
        moved += placed.start != lists.whole(row["start"])
        drawn = drawn or row["drawn"]
        for code in codes if book else ():
            if code not in usable:
                strange.setdefault(code, []).append(number)
        key = (placed.document, placed.start, placed.end)
        first, other = found.setdefault(key, (number, Row(placed, codes, row["memo"].strip())))
        if set(other.codes) != set(codes):
            remedy = "Keep the one that holds."
            problems.append(Problem(where, f"the unit of row {first} again, with other codes.", remedy))
    problems += _strangers(strange, name, book, usable)
    if len(problems) > _MOST_LISTED:
        more = Problem(name, f"{len(problems) - _MOST_LISTED:,} more rows have problems.")
        problems = [*problems[:_MOST_LISTED], more]
    raise_if(problems, "The sheet cannot be used; nothing was written.")
    rows = tuple(row for _, row in found.values())
    if not rows:
        problem = Problem(name, "it has no unit, only a head.", "Draw one: casestudy blind draw.")
        raise InputError("The sheet cannot be used; nothing was written.", [problem])
    return Sheet(rows, drawn, tuple(_notes(len(rows), drawn, moved)))


def _codes(cell: str) -> tuple[str, ...]:
    parts = (one.strip() for one in _BETWEEN.split(cell))
    return tuple(dict.fromkeys(one for one in parts if one))


def _place(row: lists.Row, documents: Mapping[str, Transcript], windows: bool) -> Unit | tuple[str, str]:
    """The unit of a row in the document as it is now, or what is wrong and what to do."""
    document = documents.get(row["document"].strip())
    start, end = lists.whole(row["start"]), lists.whole(row["end"])
    if document is None:
        return f"document {row['document']!r} is not there.", nearest(row["document"], documents)[:200]
    if start is None or end is None:
        return (
            f"{row['start']!r} to {row['end']!r} is not a place.",
            "Leave document, start and end as drawn.",
        )
    unit = Unit(document.id, 0, start, end, document.text[start:end])
    if unit.text and _alike(unit.text, windows) == _alike(row["text"], windows):
        return unit
    mark = sha256(document.text)[:16]
    if (row["version"] or mark) == mark:
        return "its words are not where it says.", "Do not change them; where the document was, draw again."
    [move] = reanchor.follow([_coding(document.id, start, end, row["text"])], document.text)
    if move.state == "moved":
        return Unit(document.id, 0, move.start, move.end, move.quote)
    found = "its words are not in the document any more, which was changed since the sheet was drawn."
    if move.state == "doubtful":
        found = "the document was changed since the sheet was drawn, and its words stand in several places."
    return found, "Take the row out, and code the stretch by casestudy codings add."


def _coding(document: str, start: int, end: int, quote: str) -> Coding:
    return Coding("", "", document, "", start, end, quote, {}, "", "", "", "")


def _alike(text: str, windows: bool) -> str:
    """Words without regard to line ends and, in Windows-1252, to letters that it does not know."""
    shown = text.encode("cp1252", "replace").decode("cp1252") if windows else text
    return " ".join(shown.split())


def _strangers(
    strange: Mapping[str, Sequence[int]], name: str, book: Codebook | None, usable: set[str]
) -> list[Problem]:
    """A problem for each code that is not in use, with its rows."""
    names = {one.name.casefold(): one.id for one in book.in_use()} if book else {}
    problems = []
    for code, rows in strange.items():
        listed = f"{', '.join(map(str, rows[:8]))}{' …' if len(rows) > 8 else ''}"
        where = f"{name}, row{'s' * (len(rows) > 1)} {listed}"
        meant = names.get(code.casefold())
        remedy = f"That is the name of {meant}: write this." if meant else nearest(code, usable)[:200]
        problems.append(Problem(where, f"code {code!r} is not in use.", remedy))
    return problems


def _notes(count: int, drawn: str, moved: int) -> Iterator[str]:
    asked = _DRAWN.match(drawn)
    lacking = int(asked[1]) - count if asked else 0
    if lacking > 0:
        they = "the other one counts" if lacking == 1 else f"the other {lacking:,} count"
        yield f"{count:,} of the {int(asked[1]) if asked else 0:,} units drawn are in it; {they} as not read."
    if moved:
        yield f"{moved:,} moved with a document that was changed since the sheet was drawn."
