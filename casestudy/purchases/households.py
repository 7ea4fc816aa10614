"""What is known of households: size, adults and children, for the minority that a retailer knows more of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd


def read_households(study: Study) -> pd.DataFrame:
    """Read the households' sizes.

    Returns
    -------
    pandas.DataFrame
        Index ``household_id`` (text): ``size`` (people; 5 stands for five or more), ``children`` (3 stands
        for three or more; missing where not known), ``adults`` (the others), ``age``,
        ``income``. An empty table
        where the purchases come without it.

    Examples
    --------
    >>> len(read_households(Study.find()))
    801
    """
    import pandas as pd

    path = study.source("purchases") / "demographics.parquet"
    columns = ["size", "children", "adults", "age", "income"]
    if not path.is_file():
        return pd.DataFrame(columns=columns, index=pd.Index([], name="household_id", dtype=str))
    raw = pd.read_parquet(path)
    frame = pd.DataFrame(
        {
            "household_id": raw["household_id"].astype(str),
            "size": pd.to_numeric(raw["household_size"].str.rstrip("+"), errors="coerce"),
            "children": pd.to_numeric(raw["kids_count"].str.rstrip("+"), errors="coerce"),
            "age": raw["age"].astype(str),
            "income": raw["income"].astype(str),
        }
    )
    frame["adults"] = (frame["size"] - frame["children"].fillna(0)).clip(lower=1)
    return frame.set_index("household_id").sort_index()[columns]
