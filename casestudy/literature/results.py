"""Results of a review: by year, by dimension, which gaps go together, and the map of use and empowerment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from casestudy.codebook.codes import Codebook
from casestudy.literature.extraction import TITLE_ONLY
from casestudy.literature.record import Record, citation

if TYPE_CHECKING:
    import pandas as pd


def overview(
    read: Sequence[Record], title_only: Sequence[Record], answers: Mapping[str, pd.Series], book: Codebook
) -> pd.DataFrame:
    """One row a record: citation, what was read, and the settled answer in each dimension, by name.

    Returns
    -------
    pandas.DataFrame
        ``record``, ``year``, ``citation``, ``doi``, ``verified``, ``read`` (abstract or title only), then one
        column for each dimension of `answers`; sorted by year and record.
    """
    import pandas as pd

    rows = []
    for one, known in [*((one, True) for one in read), *((one, False) for one in title_only)]:
        row: dict[str, object] = {
            "record": one.id,
            "year": one.year,
            "citation": citation(one),
            "doi": one.doi,
            "verified": one.verified,
            "read": "abstract" if known else TITLE_ONLY,
        }
        for name, series in answers.items():
            row[name] = named(str(series[one.id]), book) if known else TITLE_ONLY
        rows.append(row)
    columns = ["record", "year", "citation", "doi", "verified", "read", *answers]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["year", "record"], kind="stable").reset_index(drop=True)


def named(answer: str, book: Codebook) -> str:
    """Names of the codes of an answer; what is not a code stays as it is."""
    return " + ".join(book.codes[one].name if one in book.codes else one for one in answer.split(" + "))


def crossed(frame: pd.DataFrame, rows: str, columns: str) -> pd.DataFrame:
    """How many records fall into each pair of two columns; years without a record are kept.

    Returns
    -------
    pandas.DataFrame
        Counts; indexed by `rows`, one column for each value of `columns`, sorted.
    """
    import pandas as pd

    wide = pd.crosstab(frame[rows], frame[columns])
    if rows == "year" and len(wide):
        wide = wide.reindex(range(int(wide.index.min()), int(wide.index.max()) + 1), fill_value=0)
        wide.index.name = "year"
    wide.columns.name = None
    return wide


def together(marks: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """How often two marks stand at the same record; the diagonal counts the mark itself.

    Returns
    -------
    pandas.DataFrame
        Counts; indexed and headed by the codes' names.
    """
    import pandas as pd

    numbers = marks.astype(int).to_numpy()
    names = [book.codes[code].name for code in marks.columns]
    return pd.DataFrame(numbers.T @ numbers, index=names, columns=names)


def frequencies(marks: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """How many records have each mark.

    Returns
    -------
    pandas.DataFrame
        ``code``, ``name``, ``records``, ``of`` (how many were read), ``share`` (0 to 1; missing where none).
    """
    import pandas as pd

    n = len(marks)
    frame = pd.DataFrame(
        {
            "code": list(marks.columns),
            "name": [book.codes[code].name for code in marks.columns],
            "records": [int(marks[code].sum()) for code in marks.columns],
        }
    )
    return frame.assign(of=n, share=frame["records"] / n if n else float("nan"))
