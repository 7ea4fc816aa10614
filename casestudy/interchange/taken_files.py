"""Tables to take away as files: Excel, CSV, Word and Markdown, with text as text."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".xlsx", ".csv", ".docx", ".md")
_CELL, _ROWS, _COLUMNS = 32_767, 1_048_576, 16_384  # what a sheet of Excel can hold


def written(path: Path, title: str, sheets: Mapping[str, pd.DataFrame], note: str = "") -> bytes:
    """Tables as the bytes of a file.

    Parameters
    ----------
    path : Path
        Its ending is the form. CSV holds the first table alone, with the header as its first row.
    title : str
        The heading of a Word or Markdown document.
    sheets : mapping of str to pandas.DataFrame
        By the name of the sheet.
    note : str
        A sentence below the heading in Word and Markdown: what was left out.

    Raises
    ------
    InputError
        For another ending, and for what a sheet of Excel cannot hold.
    """
    form = path.suffix.casefold()
    first = next(iter(sheets.values()))
    if form == ".xlsx":
        return _workbook(path, sheets)
    if form == ".csv":
        return first.to_csv(index=False, lineterminator="\n").encode("utf-8", "replace")
    if form == ".docx":
        return _document(title, first, note)
    if form == ".md":
        return _markdown(title, first, note).encode("utf-8", "replace")
    problem = Problem(path.name, f"{form or 'no ending'} cannot be written.", f"Use {', '.join(ENDINGS)}.")
    raise InputError("The table cannot be exported.", [problem])


def _workbook(path: Path, sheets: Mapping[str, pd.DataFrame]) -> bytes:
    import xlsxwriter

    problems = []
    for frame in sheets.values():
        if len(frame) >= _ROWS or len(frame.columns) > _COLUMNS:
            found = f"{len(frame):,} rows and {len(frame.columns):,} columns do not fit on a sheet."
            problems.append(Problem(path.name, found, "Export it as .csv."))
        for column in frame.columns:
            long = [n for n, value in enumerate(frame[column], 2) if len(str(value)) > _CELL]
            if long:
                found = f"{column} in row {long[0]} is longer than the {_CELL:,} characters of a cell."
                problems.append(Problem(path.name, found, "Export it as .csv."))
    if problems:
        raise InputError("The table cannot be exported.", problems)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime.datetime(1980, 1, 1)})
    bold = book.add_format({"bold": True})
    for name, frame in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(frame.columns):
            sheet.write_string(0, place, _clean(str(column)), bold)
            for row, value in enumerate(frame[column], 1):
                if not _is_missing(value) and isinstance(value, str):
                    sheet.write_string(row, place, _clean(value))  # never a formula, never a link
                elif not _is_missing(value):
                    sheet.write_number(row, place, value)
    book.close()
    return buffer.getvalue()


def _document(title: str, frame: pd.DataFrame, note: str) -> bytes:
    from docx import Document

    made = Document()
    made.core_properties.author = ""
    made.add_heading(_clean(title), 0)
    if note:
        made.add_paragraph(_clean(note))
    for row in frame.to_dict("records"):
        head, body, rest = _parts(row)
        made.add_heading(_clean(head), 2)
        if body:
            made.add_paragraph(f"“{_clean(body)}”")
        if rest:
            made.add_paragraph(_clean(rest))
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _markdown(title: str, frame: pd.DataFrame, note: str) -> str:
    lines = [f"# {_marked(title)}", ""]
    if note:
        lines += [_marked(note), ""]
    for row in frame.to_dict("records"):
        head, body, rest = _parts(row)
        lines += [f"## {_marked(' '.join(head.split()))}", ""]
        if body:
            lines += [*(f"> {_marked(line)}" for line in body.splitlines()), ""]
        if rest:
            lines += [_marked(" ".join(rest.split())), ""]
    return "\n".join(lines)


def _parts(row: Mapping[Any, Any]) -> tuple[str, str, str]:
    """Heading, quote, and all that is recorded besides, of a row."""
    head = "path" if "path" in row else str(next(iter(row)))
    rest = [
        f"{name}: {value}" for name, value in row.items() if name not in (head, "quote") and _holds(value)
    ]
    return str(row[head]), str(row.get("quote", "")), "; ".join(rest)


def _holds(value: Any) -> bool:
    return not _is_missing(value) and str(value) != ""


def _is_missing(value: Any) -> bool:
    import pandas as pd

    return bool(pd.isna(value))


def _clean(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return (
        "".join(
            letter for letter in text if (letter >= " " or letter in "\n\t") and letter not in "\ufffe\uffff"
        )
        .encode("utf-8", "replace")
        .decode()
    )


def _marked(text: str) -> str:
    """Text whose signs Markdown does not take for its own."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in text)
