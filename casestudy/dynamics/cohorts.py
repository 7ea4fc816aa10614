"""Cohorts: how many of those who registered together are active at each age; read, counted, held to rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem, raise_if
from casestudy.files import lists

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("cohort", "age", "size", "active")
ENDINGS = (".csv", ".tsv", ".jsonl")


def read(path: Path, where: str | None = None) -> pd.DataFrame:
    """Read cohorts from a file: a table (``.csv``, ``.tsv``) or one JSON object a line (``.jsonl``).

    Parameters
    ----------
    path : Path
    where : str, optional
        How to call the file in messages.

    Returns
    -------
    pandas.DataFrame
        See `conform`.

    Raises
    ------
    InputError
        With every problem: another ending, no UTF-8, lines that are not an object, and what `conform` finds.
    """
    import pandas as pd

    name = where or path.name
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        problem = Problem(name, f"{ending!r} is not known.", f"Save it as one of {', '.join(ENDINGS)}.")
        raise InputError("No cohorts.", [problem])
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            "No cohorts.", [Problem(name, f"{error.strerror}.", "Name another file.")]
        ) from error
    if ending == ".jsonl":
        try:
            return conform(_lines(data.decode("utf-8-sig"), name), name)
        except UnicodeDecodeError as error:
            problem = Problem(name, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
            raise InputError("No cohorts.", [problem]) from error
    listed = lists.read(data, name, COLUMNS)
    columns = [heading for heading in COLUMNS if heading in listed.headings]
    frame = pd.DataFrame([[row[heading] for heading in columns] for row in listed.rows], columns=columns)
    numbers = {
        heading: pd.to_numeric(frame[heading].str.strip(), errors="coerce")
        for heading in columns
        if heading != "cohort"
    }
    return conform(frame.assign(**numbers), name)


def conform(frame: pd.DataFrame, where: str = "the cohorts") -> pd.DataFrame:
    """Check a table of cohorts against what the calibration needs.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``cohort`` its name; ``age`` whole months since registration, from 0; ``size`` people registered;
        ``active`` how many of them were active at that age.

    Raises
    ------
    InputError
        With every problem: missing columns, active above size, negative or missing numbers, repeated cells.
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    need = f"The columns are {', '.join(COLUMNS)}."
    raise_if([Problem(where, f"column {name!r} is missing.", need) for name in missing], "No cohorts.")
    table = frame[list(COLUMNS)].reset_index(drop=True)
    found = []
    for row, (cohort, age, size, active) in enumerate(table.itertuples(index=False), start=1):
        place = f"{where}, cohort {cohort}, age {age}"
        if isinstance(cohort, (list, dict)):
            found.append(Problem(place, "the cohort is not a name.", "Give it one word."))
        elif not all(_is_whole(one) for one in (age, size, active)):
            found.append(Problem(place, "a number is missing, negative or not whole.", "Give counts."))
        elif float(active) > float(size) or float(size) == 0:
            counts = f"{float(active):g} of {float(size):g} are active."
            found.append(Problem(place, counts, "Give a size that holds them."))
        if len(found) == 20:
            found.append(
                Problem(where, f"{len(table) - row} further rows were not looked at.", "Correct these.")
            )
            break
    repeated = table[table[["cohort", "age"]].astype(str).duplicated()]
    for cohort, age in repeated[["cohort", "age"]].itertuples(index=False):
        found.append(Problem(f"{where}, cohort {cohort}, age {age}", "it occurs twice.", "Keep one row."))
    if table.empty:
        found.append(Problem(where, "there is no row.", "Give at least one cohort."))
    raise_if(found, "The cohorts cannot be used.")
    table = table.astype({"age": int, "size": int, "active": int})
    if table["cohort"].dtype == object:  # names and numbers among each other have no order
        table["cohort"] = table["cohort"].map(str)
    return table.sort_values(["cohort", "age"], kind="stable", ignore_index=True)


def from_cycles(cycles: pd.DataFrame) -> pd.DataFrame:
    """Exact cohorts from a table of people's cycles.

    Parameters
    ----------
    cycles : pandas.DataFrame
        ``participant_id``, ``cycle`` (age), ``begins`` (a date or its text), ``opened``, ``whole``; cycles
        that were not seen to their end are left out.

    Returns
    -------
    pandas.DataFrame
        ``cohort`` (month of the first cycle), ``age``, ``size`` (people seen at that age) and ``active``.

    Examples
    --------
    >>> import pandas as pd
    >>> seen = pd.DataFrame({"participant_id": ["a", "a", "b"], "cycle": [0, 1, 0], "whole": True,
    ...     "opened": [True, False, True], "begins": ["2017-02-03", "2017-03-04", "2017-02-09"]})
    >>> from_cycles(seen).to_numpy().tolist()
    [['2017-02', 0, 2, 2], ['2017-02', 1, 1, 0]]
    """
    first = cycles[cycles["cycle"] == 0].set_index("participant_id")["begins"].astype(str).str[:7]
    seen = cycles[cycles["whole"].astype(bool)]
    named = seen.assign(cohort=seen["participant_id"].map(first), active=seen["opened"].astype(int))
    counted = named.groupby(["cohort", "cycle"])["active"].agg(["size", "sum"]).reset_index()
    return conform(counted.rename(columns={"cycle": "age", "sum": "active"}))


def _is_whole(value: Any) -> bool:
    try:
        return 0 <= float(value) < 2**53 and float(value) == int(value)
    except (TypeError, ValueError, OverflowError):
        return False


def _lines(text: str, name: str) -> pd.DataFrame:
    import pandas as pd

    rows: list[dict[str, Any]] = []
    found: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
        except json.JSONDecodeError:
            one = None
        if isinstance(one, dict):
            rows.append(one)
        elif len(found) < 20:
            found.append(Problem(f"{name}, line {number}", "it is not a JSON object.", "Write one a line."))
    raise_if(found, "The cohorts cannot be read.")
    return pd.DataFrame(rows, columns=None if rows else list(COLUMNS))
