"""The disclosure floor: how few people a published cell may describe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def enough(count: Any, floor: int) -> Any:
    """Whether a number of people reaches the floor: what describes them may then be published.

    Parameters
    ----------
    count : int, array or pandas.Series
        People that a figure describes, counted after missing values are dropped.
    floor : int
        The fewest people that a published figure may describe: `Study.floor`. There is no default.

    Returns
    -------
    bool, array or Series of bool

    Examples
    --------
    >>> [enough(count, 5) for count in (4, 5, 6)]
    [False, True, True]
    """
    return count >= floor


def withheld(count: Any, floor: int) -> Any:
    """Whether a figure is to be withheld: it describes somebody, and too few people.

    Examples
    --------
    >>> [bool(withheld(count, 5)) for count in (0, 1, 4, 5, 6)]
    [False, True, True, False, False]
    """
    return (count > 0) & ~_reached(count, floor)


def _reached(count: Any, floor: int) -> Any:
    import numpy as np

    reached = enough(count, floor)
    return np.bool_(reached) if isinstance(reached, bool) else reached


def withhold(frame: pd.DataFrame, count: str, columns: Sequence[str], floor: int) -> pd.DataFrame:
    """Blank the cells that describe fewer people than the floor.

    Parameters
    ----------
    frame : pandas.DataFrame
    count : str
        The column that says how many people a row describes.
    columns : sequence of str
        What to blank in rows below the floor.
    floor : int
        The fewest people that a cell may describe. A row about nobody stays: it describes no one.

    Returns
    -------
    pandas.DataFrame
        With the column ``withheld`` (true or false); the count itself becomes missing in rows withheld.

    Examples
    --------
    >>> import pandas as pd
    >>> table = withhold(pd.DataFrame({"people": [2, 9], "mean": [1.5, 2.5]}), "people", ["mean"], 5)
    >>> table["mean"].tolist(), table["withheld"].tolist()
    ([nan, 2.5], [True, False])
    """
    table = frame.copy()
    below = withheld(table[count], floor)
    for column in columns:
        if not (str(table[column].dtype).startswith(("float", "Float"))):
            table[column] = table[column].astype(object)
        table.loc[below, column] = None
    table[count] = table[count].astype("Int64").mask(below)
    return table.assign(withheld=below)
