"""Lists as spreadsheets save them: one reader for any separator, encoding and heading, and one writer.

What a spreadsheet would take for a formula is written with an apostrophe before it, and read without.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casestudy.errors import InputError, Problem, raise_if

SEPARATORS = ",;\t|"
LARGEST = 200_000_000
_MOST_FIELD = 100_000_000
_MOST_NAMED = 12
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NEUTRAL = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_NEUTRAL_BYTES = re.compile(rb"'[=+\-@\t\r\n]|'\xef\xbc[\x9d\x8b\x8d\xa0]|'\xef\xbc\xa0")
# Numbers and telephone numbers: nothing is reckoned with them.
_NUMBER = re.compile(r"[+-]?[\d .,()]+(?:[eE][+-]?\d+)?")
_WHOLE = re.compile(r"(\d{1,15})(?:[.,]0+)?")
_COMMA = re.compile(r"([+-]?)(\d{1,3}(?:\.\d{3})+|\d+),(\d+)")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[ \t;,]*(?:\r\n|\n|\r|$)', re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet counts it (the headings are row 1), and its cells by heading."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.cells.get(heading, "")


@dataclass(frozen=True)
class Listed:
    """A list that was read.

    Attributes
    ----------
    headings : tuple of str
        Known ones as they are called, others as they stand there, without space around them.
    rows : tuple of Row
        Without empty ones.
    separator : str
        What stood between cells.
    windows : bool
        Whether it had to be read as Windows-1252, which lacks most of the world's letters.
    """

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    separator: str
    windows: bool = False


def read(
    data: bytes,
    where: str,
    known: Sequence[str],
    required: Sequence[str] = (),
    *,
    windows: bool = False,
    remedy: str = "",
    problems: list[Problem] | None = None,
) -> Listed:
    """Read a list.

    Parameters
    ----------
    data : bytes
        What the file holds: UTF-8 or UTF-16, cells separated by commas, semicolons, tabs or bars, perhaps
        after a line ``sep=;``.
    where : str
        How to call the file.
    known : sequence of str
        Headings that are looked for, whatever their case and with space, ``-`` or ``_`` between words.
        Others are kept as they stand.
    required : sequence of str
        Headings without which it is another list.
    windows : bool
        Whether Windows-1252 is tried where it is not UTF-8.
    remedy : str
        What to do where headings are missing; by default to write them.
    problems : list of Problem, optional
        Where rows that cannot be read are added, so that they are listed with what else is wrong.

    Raises
    ------
    InputError
        When it is not such a list: with what was found and what was expected. With every row that has more
        cells than there are headings.

    Examples
    --------
    >>> listed = read(b"sep=;\\r\\nCode;Quote ;\\r\\na.b;'=1;\\r\\n;;\\r\\n", "l.csv", ("code", "quote"))
    >>> listed.headings, [(row.number, row["quote"]) for row in listed.rows]
    (('code', 'quote'), [(2, '=1')])
    """
    text, was_windows = decoded(data, where, windows=windows)
    named = _SEPARATOR_LINE.match(text)
    text = text[named.end() :] if named else text.lstrip("\r\n")
    separator = named[1] if named else separator_of(text, known)
    wrong: list[Problem] = [] if problems is None else problems
    with _long_fields():
        try:
            lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        except csv.Error as error:
            problem = Problem(where, f"it is not a table ({error}).", "Save it as CSV in UTF-8.")
            raise InputError("A list cannot be read.", [problem]) from error
    head = lines[0] if lines else []
    headings = _headings(head, known, where, wrong)
    missing = [name for name in required if name not in headings]
    if missing:
        shown = ", ".join(name for name in headings[:_MOST_NAMED] if name) or "none"
        others = [name for name in headings if name and name not in known]
        close = difflib.get_close_matches(missing[0], others, n=1) if len(missing) == 1 else []
        advice = f"Perhaps {close[0]!r} is meant: call it {missing[0]!r}." if close else remedy
        advice = advice or f"Write the headings {', '.join([*required])} in the first row."
        found = f"no column {', '.join(missing)}; its columns are: {shown}."
        raise InputError("A list cannot be read.", [Problem(where, found, advice)])
    rows = tuple(_rows(lines[1:], headings, where, separator, wrong))
    raise_if([] if problems is not None else wrong, "A list cannot be read.")
    return Listed(tuple(name for name in headings if name), rows, separator, was_windows)


def decoded(data: bytes, where: str, *, windows: bool = False) -> tuple[str, bool]:
    """The text of a list, and whether it had to be read as Windows-1252.

    Raises
    ------
    InputError
        When it is empty, too large, a spreadsheet's own file, or not UTF-8.
    """
    remedy = "Save it as CSV in UTF-8."
    reason = ""
    if not data.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        reason, remedy = "it is empty.", "Write headings and rows."
    elif len(data) > LARGEST:
        reason, remedy = f"it has {len(data):,} bytes.", f"At most {LARGEST:,} are read."
    elif data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        reason = "it is a spreadsheet's file, not CSV."
    if reason:
        raise InputError("A list cannot be read.", [Problem(where, reason, remedy)])
    wide = _wide(data)
    tried = (wide,) if wide else ("utf-8-sig", "cp1252") if windows else ("utf-8-sig",)
    reason = "it is not UTF-8 text."
    for encoding in tried:
        try:
            text = data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            reason = (
                f"it is not UTF-8 (byte {error.start})." if not wide else "it is broken UTF-16, not UTF-8."
            )
            continue
        if "\x00" not in text:
            return text, encoding == "cp1252"
        reason = "it holds NUL bytes, so it is not text."
    raise InputError("A list cannot be read.", [Problem(where, reason, remedy)])


def _wide(data: bytes) -> str:
    """UTF-16, by its mark or by the zeros in what every list begins with; else empty."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    begin = data[:40]
    for encoding, zeros in (("utf-16-le", begin[1::2]), ("utf-16-be", begin[::2])):
        if len(begin) >= 4 and set(zeros) == {0}:
            return encoding
    return ""


def separator_of(text: str, known: Sequence[str] = ()) -> str:
    """What separates the cells of the first row: what makes most known headings of it, else most cells.

    Examples
    --------
    >>> separator_of('code;"a, b, c";quote', ("code", "quote"))
    ';'
    """
    first = _first_row(text)
    names = {_plain(name) for name in known}

    def fit(mark: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader(io.StringIO(first, newline=""), delimiter=mark), [])
        except csv.Error:
            return 0, 0
        return sum(_plain(cell) in names for cell in cells), len(cells)

    with _long_fields():
        return max(SEPARATORS, key=fit)


def _first_row(text: str) -> str:
    """The first row, which may go on over line ends within quotation marks."""
    line, rest = "", text
    while rest:
        end = re.search(r"\r\n|\n|\r", rest)
        piece = rest[: end.end()] if end else rest
        line, rest = line + piece, rest[len(piece) :]
        if line.count('"') % 2 == 0 or len(line) > 100_000:
            break
    return line


class _long_fields:
    """While it holds, a cell may be as long as a document."""

    def __enter__(self) -> None:
        self.before = csv.field_size_limit(_MOST_FIELD)

    def __exit__(self, *_: object) -> None:
        csv.field_size_limit(self.before)


def _plain(heading: str) -> str:
    return re.sub(r"[\s_\-]+", "_", heading.strip().strip("\ufeff\u200b").strip()).casefold()


def _headings(head: Sequence[str], known: Sequence[str], where: str, problems: list[Problem]) -> list[str]:
    """The headings as they are called; empty for columns without one."""
    names = {_plain(name): name for name in known}
    headings = [names.get(_plain(cell), " ".join(cell.split())) for cell in map(without_apostrophe, head)]
    for name in dict.fromkeys(headings):
        if name and headings.count(name) > 1:
            found = f"the column {name!r} stands there {headings.count(name)} times."
            problems.append(Problem(f"{where}, row 1", found, "Keep one, or rename the other."))
    return headings


def _rows(
    lines: Iterable[Sequence[str]], headings: Sequence[str], where: str, mark: str, problems: list[Problem]
) -> Iterator[Row]:
    for number, line in enumerate(lines, start=2):
        cells = [without_apostrophe(cell) for cell in line]
        if not any(cell.strip() for cell in cells):
            continue
        cells += [""] * (len(headings) - len(cells))
        nameless = [cell for cell, name in zip(cells, headings, strict=False) if not name]
        beyond = cells[len(headings) :]
        if any(cell.strip() for cell in beyond):
            found = f"it has {len(line)} cells, and there are {len(headings)} headings."
            remedy = f"Put quotation marks round a text that holds {mark!r}."
            problems.append(Problem(f"{where}, row {number}", found, remedy))
        elif any(cell.strip() for cell in nameless):
            cell = next(cell for cell in nameless if cell.strip())
            found = f"{cell[:40]!r} stands in a column without heading."
            problems.append(Problem(f"{where}, row {number}", found, "Write a heading, or empty the column."))
        else:
            yield Row(number, {name: cell for name, cell in zip(headings, cells, strict=False) if name})


def without_apostrophe(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from taking it for a formula.

    Examples
    --------
    >>> without_apostrophe("'=1+1"), without_apostrophe("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell.startswith("'") and _NEUTRAL.match(cell) else cell


def may_hold_apostrophes(data: bytes) -> bool:
    """Whether any cell of a list may have been written with such an apostrophe."""
    return b"'" in data and _NEUTRAL_BYTES.search(data) is not None


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers are left as they are.

    Examples
    --------
    >>> harmless("=HYPERLINK(1)"), harmless("-0.5"), harmless(-1), harmless("- well")
    ("'=HYPERLINK(1)", '-0.5', -1, "'- well")
    """
    if not isinstance(cell, str) or not _FORMULA.match(cell) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"


def text(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A list as CSV for any spreadsheet, with no formula in it; `read` gives back what was written.

    Examples
    --------
    >>> text(("code", "quote"), [("a", "=1+1")])
    "code,quote\\na,'=1+1\\n"
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([harmless(name) for name in headings])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return file.getvalue()


def whole(cell: str) -> int | None:
    """A whole number as spreadsheets write it; None where it is not one.

    Examples
    --------
    >>> whole("12"), whole("12.0"), whole(" 12,00 "), whole("1.5"), whole("")
    (12, 12, 12, None, None)
    """
    found = _WHOLE.fullmatch(cell.strip())
    return int(found[1]) if found else None


def with_point(cell: str) -> str:
    """A number with a decimal comma as one with a point; any other cell as it is.

    Examples
    --------
    >>> with_point("1,5"), with_point("1.234,5"), with_point("a,b")
    ('1.5', '1234.5', 'a,b')
    """
    found = _COMMA.fullmatch(cell.strip())
    return f"{found[1]}{found[2].replace('.', '')}.{found[3]}" if found else cell
