"""Case sheets from a table: one row a case and field, as a spreadsheet writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from casestudy.errors import InputError, Problem, in_words
from casestudy.files import lists, reading

COLUMNS = ("case", "title", "field", "value", "source", "mark", "note")
BETWEEN = ";"


def read(path: Path, where: str) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
    """Read the sheets of a table.

    Parameters
    ----------
    path : Path
        A CSV file with the columns ``case`` (id), ``title``, ``field``, ``value``, ``source`` and ``mark``;
        ``note`` may be missing. Several values or sources are divided by semicolons.
    where : str
        How to call the file in messages.

    Returns
    -------
    (dict of id to sheet, list of Problem)
        Sheets of the shape that a YAML file of one case has, in order of the table.
    """
    try:
        listed = lists.read(reading.data(path), where, COLUMNS, COLUMNS[:-1])
    except InputError as error:
        return {}, list(error.problems)
    except OSError as error:
        return {}, [Problem(where, in_words(error))]
    sheets: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for row in listed.rows:
        place = f"{where}, row {row.number}"
        case, field = row["case"].strip(), row["field"].strip()
        if not case or not field:
            problems.append(Problem(place, "it names no case or no field.", "Fill in both."))
            continue
        sheet = sheets.setdefault(case, {"title": row["title"].strip(), "cells": {}})
        if field in sheet["cells"]:
            problems.append(Problem(place, f"{field!r} of {case!r} stands before.", "Keep one row."))
            continue
        values = _several(row["value"])
        sheet["cells"][field] = {
            "value": values if len(values) != 1 else values[0],
            "source": _several(row["source"]),
            "mark": row["mark"].strip(),
            "note": row["note"].strip(),
        }
    return sheets, problems


def _several(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(BETWEEN) if one.strip()]
