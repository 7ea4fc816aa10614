"""Numbers that other notebooks found, read by name as the framework declares them; gaps say why."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.codebook.framework import Measure
from casestudy.coding.material import Material
from casestudy.errors import CaseStudyError, InputError, Problem, UndeclaredInput, nearest
from casestudy.outputs import csv_text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Reading:
    """One number of the study.

    Attributes
    ----------
    value : float
        NaN when it cannot be read.
    query : str
        Where it stands, in words: table, rows, column.
    digest : str
        SHA-256 of the rows it was read from; empty when it cannot be read.
    reason : str
        Why there is no number.
    low, high : float
        The ends of its interval; NaN where the measure names none.
    """

    value: float
    query: str
    digest: str = ""
    reason: str = ""
    low: float = math.nan
    high: float = math.nan


def read(found: Material, measure: Measure) -> Reading:
    """Read a number of the study.

    Parameters
    ----------
    found : Material
    measure : Measure
        Its rows must leave exactly one row of its table.

    Returns
    -------
    Reading
        Never raises for a table that is not there: a study without that source is a study, too.
    """
    query = described(measure)
    try:
        rows = _rows(found, measure)
    except (InputError, UndeclaredInput) as error:
        return Reading(math.nan, query, reason=_reason(error))
    if len(rows) != 1:
        return Reading(math.nan, query, reason=f"{len(rows)} rows fit, one is needed")
    value = rows[measure.column].iloc[0]
    digest = hashlib.sha256(csv_text(rows.reset_index(drop=True), 9).encode()).hexdigest()
    try:
        number = float(value)
    except (TypeError, ValueError):
        return Reading(math.nan, query, digest, f"{value!r} is not a number")
    missing = "" if number == number else "the table holds no value there"
    ends = [_number(rows[name].iloc[0]) if name else math.nan for name in (measure.low, measure.high)]
    return Reading(number, query, digest, missing, *ends)


def _number(cell: object) -> float:
    try:
        return float(str(cell))
    except ValueError:
        return math.nan


def column(found: Material, measure: Measure) -> tuple[pd.Series, str]:
    """Read a column of numbers keyed by participant of the log, or by household.

    Returns
    -------
    (pandas.Series, str)
        The values by key as text (empty when the table is not there), and the reason when there are none.
    """
    import pandas as pd

    try:
        rows = _rows(found, measure)
    except (InputError, UndeclaredInput) as error:
        return pd.Series(dtype=float), _reason(error)
    keys = rows[measure.key].astype(str)
    values = pd.Series(rows[measure.column].to_numpy(), index=keys)
    return values[~values.index.duplicated()], ""


def described(measure: Measure) -> str:
    """Where the number stands, in words.

    Examples
    --------
    >>> described(Measure("m", "M", "usage log", "20-use", "weeks", "sessions", {"week": ("3",)}))
    'outputs/20-use/weeks.csv, week = 3, column sessions'
    """
    chosen = [f"{name} = {' or '.join(values)}" for name, values in measure.rows.items()]
    return ", ".join([f"outputs/{measure.notebook}/{measure.table}.csv", *chosen, f"column {measure.column}"])


def _rows(found: Material, measure: Measure) -> pd.DataFrame:
    table = found.saved(measure.notebook, measure.table)
    ends = [name for name in (measure.key, measure.low, measure.high) if name]
    _need(table.columns, [measure.column, *measure.rows, *ends], measure)
    for name, allowed in measure.rows.items():
        table = table[table[name].astype(str).isin(allowed)]
    return table


def _need(present: Iterable[str], wanted: Iterable[str], measure: Measure) -> None:
    columns = list(present)
    missing = [name for name in wanted if name not in columns]
    if missing:
        where = f"outputs/{measure.notebook}/{measure.table}.csv"
        problems = [Problem(where, f"it has no column {n!r}.", nearest(n, columns)) for n in missing]
        raise InputError("A measure cannot be read.", problems)


def _reason(error: CaseStudyError) -> str:
    if isinstance(error, UndeclaredInput):
        return "this notebook does not read that table"
    said = " ".join(f"{problem.where}: {problem.found}" for problem in error.problems) or error.summary
    return said.rstrip(".")  # it stands within sentences
