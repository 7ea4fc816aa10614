"""Case sheets from a table: one row a case and field, as a spreadsheet writes it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from casestudy.errors import Problem
from casestudy.files import reading

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
        text = reading.data(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return {}, [Problem(where, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")]
    try:
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        return {}, [Problem(where, f"it is not a table: {error}.", "Save it again as CSV.")]
    missing = [name for name in COLUMNS[:-1] if not rows or name not in rows[0]]
    if missing:
        need = f"The columns are {', '.join(COLUMNS)}."
        return {}, [Problem(where, f"{', '.join(missing)}: missing, or no row.", need)]
    sheets: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=2):
        place = f"{where}, row {number}"
        case, field = (row["case"] or "").strip(), (row["field"] or "").strip()
        if not case or not field:
            problems.append(Problem(place, "it names no case or no field.", "Fill in both."))
            continue
        sheet = sheets.setdefault(case, {"title": (row["title"] or "").strip(), "cells": {}})
        if field in sheet["cells"]:
            problems.append(Problem(place, f"{field!r} of {case!r} stands before.", "Keep one row."))
            continue
        values = _several(row["value"])
        sheet["cells"][field] = {
            "value": values if len(values) != 1 else values[0],
            "source": _several(row["source"]),
            "mark": (row["mark"] or "").strip(),
            "note": (row.get("note") or "").strip(),
        }
    return sheets, problems


def _several(cell: str | None) -> list[str]:
    return [one.strip() for one in (cell or "").split(BETWEEN) if one.strip()]
