"""What a household's people need: how much of it these purchases could cover."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING

from casestudy.files import tables
from casestudy.files.tables import Column, Schema
from casestudy.nutrition.recommend import MARKS
from casestudy.purchases.households import read_households
from casestudy.study import Study
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

FILE = "profiles/energy-needs.csv"
NEEDS = Schema(
    "energy needs",
    (
        Column("person", "text", "who", allowed=("adult", "child"), unique=True),
        Column("kcal_per_day", "number", "energy needed", "kcal per day"),
        Column("mark", "text", "how sure it is", allowed=tuple(MARKS)),
        Column("source", "text", "where the value comes from"),
    ),
)


def with_needs(study: Study, summary: pd.DataFrame, household_id: int | str) -> pd.DataFrame:
    """Set what was bought beside what the household's people need.

    Parameters
    ----------
    study : Study
    summary : pandas.DataFrame
        The table ``summary`` of `casestudy.nutrition.view.HouseholdFeedback`.
    household_id : int or str

    Returns
    -------
    pandas.DataFrame
        With ``people`` (in words; ``not known``), ``need_kcal`` and ``need_percent`` (energy bought here in
        percent of the need of its days): missing where the household's size is not known.
    """
    frame = summary.assign(people="not known", need_kcal=float("nan"), need_percent=float("nan"))
    homes = read_households(study)
    if str(household_id) not in homes.index or not study.inputs(FILE):
        return frame
    home = homes.loc[str(household_id)]
    if home["size"] != home["size"]:
        return frame
    needs = tables.read_csv(study.input(FILE), NEEDS, FILE).set_index("person")["kcal_per_day"]
    children = int(home["children"]) if home["children"] == home["children"] else 0
    adults = int(home["adults"])
    said = [counted(adults, "adult"), counted(children, "child", "children") if children else ""]
    frame["people"] = ", ".join(filter(None, said))
    each_day = adults * float(needs.get("adult", float("nan")))
    each_day += children * float(needs.get("child", float("nan"))) if children else 0
    days = [
        sum(monthrange(year, month)[1] for year, month in _months(first, last))
        for first, last in zip(frame["first_month"], frame["last_month"], strict=True)
    ]
    frame["need_kcal"] = [each_day * many for many in days]
    frame["need_percent"] = 100 * frame["energy_kcal"] / frame["need_kcal"]
    return frame


def _months(first: str, last: str) -> list[tuple[int, int]]:
    start, end = (int(text[:4]) * 12 + int(text[5:7]) - 1 for text in (first, last))
    return [(place // 12, place % 12 + 1) for place in range(start, end + 1)]
