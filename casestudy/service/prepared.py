"""The nightly job: each household's receipt lines and comparison, kept so that a page reads its own only."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.nutrition.feedback import Receipts
from casestudy.purchases.schema import FOOD
from casestudy.service import accounts, records
from casestudy.service.store import Store
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Prepared:
    """What the night left of one household.

    Attributes
    ----------
    receipts : Receipts
        Its lines have a column ``line``: an id that stays the same from night to night.
    shown_months : tuple of str
        Months in which food with a weight was bought.
    comparison : mapping of str to list
        By month, the rows of `casestudy.nutrition.compare.comparison`.
    mark : str
        Changes when the lines or the comparison do.
    """

    receipts: Receipts
    shown_months: tuple[str, ...]
    comparison: dict[str, list[dict[str, Any]]]
    mark: str


def line_ids(lines: pd.DataFrame) -> pd.Series:
    """An id for each receipt line: of its day, basket and product, and its number among equal ones."""
    keys = ["date", "basket_id", "product_id"]
    number = lines.groupby(keys).cumcount().astype(str)
    text = lines[keys].astype(str).agg("|".join, axis=1) + "|" + number if len(lines) else number
    return text.map(lambda key: hashlib.sha256(key.encode()).hexdigest()[:16])


def prepare(study: Study, store: Store) -> int:
    """Prepare every account's months; where a new month is ready, its delivery goes into the log.

    Parameters
    ----------
    study : Study
        Its source of purchases and its engine are used as in the notebooks.
    store : Store

    Returns
    -------
    int
        How many households have figures.

    Raises
    ------
    InputError
        When the purchases cannot be read. A household without a line in them keeps what it had.
    """
    from casestudy.errors import InputError
    from casestudy.nutrition.basis import open_basis
    from casestudy.nutrition.nutrients import household_nutrients
    from casestudy.nutrition.receipt import household_lines

    people = store.rows("select participant, household from account order by participant")
    if not people:
        return 0
    basis = open_basis(study)
    population = household_nutrients(basis)
    count = 0
    for row in people:
        try:
            lines = household_lines(basis, row["household"])
        except InputError:
            continue
        lines.insert(0, "line", line_ids(lines))
        food = lines[lines["class"].isin(FOOD) & (lines["grams"] > 0)]
        months = sorted(str(month) for month in food["month"].unique())
        facts = {
            "months": list(basis.months),
            "shown": months,
            "currency": basis.purchases.currency,
            "comparison": _comparisons(study, row["household"], basis.months, months, population),
        }
        _keep(store, row["participant"], lines, json.dumps(facts, sort_keys=True), json.dumps(months))
        count += bool(months)
    announce(store)
    store.scrub()
    return count


def _comparisons(
    study: Study, household: str, every: tuple[str, ...], months: list[str], population: pd.DataFrame
) -> dict[str, list[dict[str, Any]]]:
    from casestudy.nutrition.compare import comparison

    found = {}
    for month in months:
        place = every.index(month)
        window = every[max(0, place - 2) : place + 1]
        table = comparison(study, None, household, window, population=population)
        found[month] = plain_rows(table.drop(columns=["name", "unit"]))
    return found


def _keep(store: Store, participant: str, lines: pd.DataFrame, facts: str, shown: str) -> None:
    held = io.BytesIO()
    lines.astype({"basket_id": str, "product_id": str}).to_parquet(held, index=False)
    data = held.getvalue()
    mark = hashlib.sha256(data + facts.encode()).hexdigest()[:20]
    with store.changing() as connection:
        there = connection.execute("select 1 from account where participant = ?", (participant,)).fetchone()
        if there:  # who left while the night worked gets nothing back
            connection.execute(
                "insert or replace into prepared values (?, ?, ?, ?, ?)",
                (participant, data, facts, shown, mark),
            )


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A table's rows as JSON has them: what is missing is None."""
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", double_precision=6))
    return rows


def month_now(months: Sequence[str], today: str) -> str:
    """The month to show: the last one that is over, or the last of the data where all are.

    Examples
    --------
    >>> month_now(["2017-01", "2017-02", "2017-03"], "2017-03-05")
    '2017-02'
    >>> month_now(["2017-05"], "2017-03-05"), month_now([], "2017-03-05")
    ('', '')
    """
    over = [month for month in months if month < today[:7]]
    return over[-1] if over else ""


def announce(store: Store) -> int:
    """Log, once for each month, that its feedback is ready: for whoever agreed to the log.

    Returns
    -------
    int
        How many deliveries are new.
    """
    count = 0
    for row in store.rows("select participant from account order by participant"):
        consent = accounts.consent_of(store, row["participant"])
        month = month_now(mark(store, row["participant"])[1], store.now())
        if consent and consent.log and month:
            person = row["participant"]
            count += records.event(store, person, "return_delivered", "", month, once=f"ready {month}")
    return count


def read(store: Store, household: str, participant: str) -> Prepared | None:
    """What is prepared for one household; None before the first night."""
    import pandas as pd

    found = store.row("select lines, facts, mark from prepared where participant = ?", participant)
    if found is None:
        return None
    facts = json.loads(found["facts"])
    lines = pd.read_parquet(io.BytesIO(found["lines"]))
    receipts = Receipts(household, lines, tuple(facts["months"]), facts["currency"])
    return Prepared(receipts, tuple(facts["shown"]), facts["comparison"], found["mark"])


def mark(store: Store, participant: str) -> tuple[str, tuple[str, ...]]:
    """The mark and the months of what is prepared, without its lines; empty before the first night."""
    found = store.row("select mark, shown from prepared where participant = ?", participant)
    return (found["mark"], tuple(json.loads(found["shown"]))) if found else ("", ())
