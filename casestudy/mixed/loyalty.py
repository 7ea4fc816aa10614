"""Shopping beside use: whether registered households bought more before they registered, and whether that
changed.

A description, no effect: who registers chooses to. The comparison is with households that could have
registered and did not, in the same calendar months, so that seasons cancel: where only some were invited,
the others are not a comparison, since what makes a household invited is then taken for what registering goes
with. Intervals resample households.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.figures import COLOURS, MARKERS, QUIET, canvas, nothing
from casestudy.outputs import Drawing
from casestudy.study import Study

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

INVITED = "usage_logs/invited.csv"
OUTCOMES = {"spend": "spend", "visits": "baskets", "food": "food_spend"}


@dataclass(frozen=True)
class Shopping:
    """What is known of shopping beside use.

    Attributes
    ----------
    months : pandas.DataFrame
        See `casestudy.purchases.months.household_months`, months without a purchase included.
    registered : pandas.DataFrame
        ``participant_id, household_id, adopted_on``.
    gap : str
        What is missing, in a sentence; empty when nothing is.
    invited : frozenset of str or None
        Households that could register; None where the study does not say, and everybody counts.
    """

    months: pd.DataFrame
    registered: pd.DataFrame
    gap: str = ""
    invited: frozenset[str] | None = None

    @property
    def others(self) -> str:
        """What registered households are compared with, in words."""
        return "other households" if self.invited is None else "invited households that did not register"


def of_study(study: Study) -> Shopping:
    """Purchases by household and month, and who registered when; empty tables and a sentence where a source
    lacks.

    A notebook that calls it declares ``source:purchases``, ``profiles/*`` and ``usage_logs/*``.
    """
    import pandas as pd

    from casestudy.purchases.months import household_months
    from casestudy.usage.log import open_log

    months = pd.DataFrame(columns=["household_id", "month", "baskets", "spend", "food_spend"])
    registered = pd.DataFrame(columns=["participant_id", "household_id", "adopted_on"])
    registered["adopted_on"] = pd.to_datetime(registered["adopted_on"])
    lacking = [] if "purchases" in study.sources else ["purchases"]
    lacking += [] if study.inputs("usage_logs/*") else ["usage log"]
    if lacking:
        said = f"The study has no {' and no '.join(lacking)}, so shopping cannot be set beside use."
        return Shopping(months, registered, said)
    registered = open_log(study).participants[list(registered.columns)]
    months = household_months(study, every_month=True)
    ids = {"household_id": str}  # numbers in the purchases, text in the log
    invited = [set(pd.read_csv(path, dtype=str)["household_id"]) for path in study.inputs(INVITED)]
    return Shopping(
        months.astype(ids), registered.astype(ids), invited=frozenset().union(*invited) if invited else None
    )


def households(shopping: Shopping) -> pd.DataFrame:
    """How households shop: ``household_id, months`` (with a purchase), a usual month's numbers.

    All households of the purchases, registered or not: who is not in a table of the registered ones is not
    for that absent from the purchases.

    Returns
    -------
    pandas.DataFrame
        ``visits_per_month, spend_per_month`` (currency units), ``food_share`` (of spend, NaN without spend)
        and ``registered``.
    """
    import pandas as pd

    months = shopping.months
    sums = months.groupby("household_id")[["baskets", "spend", "food_spend"]].sum()
    count = months.groupby("household_id")["month"].nunique()
    table = pd.DataFrame(
        {
            "months": months[months["baskets"] > 0].groupby("household_id")["month"].nunique(),
            "visits_per_month": sums["baskets"] / count,
            "spend_per_month": (sums["spend"] / count).astype(float).round(4),
            "food_share": (sums["food_spend"] / sums["spend"].where(sums["spend"] > 0))
            .astype(float)
            .round(6),
        }
    )
    table["registered"] = table.index.isin(shopping.registered["household_id"])
    return table.rename_axis("household_id").reset_index()


def windows(
    months: pd.DataFrame,
    registered: pd.DataFrame,
    width: int = 3,
    invited: Collection[str] | None = None,
) -> pd.DataFrame:
    """Each registered household's shopping before and after, over that of others in the same months.

    Parameters
    ----------
    months : pandas.DataFrame
        One row a household and month, months without a purchase included: ``household_id, month``
        (``2017-03``), ``baskets, spend, food_spend``.
    registered : pandas.DataFrame
        ``household_id, adopted_on`` (a date); one household once, the earliest account counts.
    width : int
        Months on each side; the month of registration itself is left out.
    invited : collection of str, optional
        Households that could have registered; only these are others. Everybody by default.

    Returns
    -------
    pandas.DataFrame
        One row a household with whole windows on both sides: ``household_id, month`` of registration, and
        for each of spend, visits and food ``NAME_before`` and ``NAME_after``: the household's mean month
        over the mean month of never registered households in the same months; NaN where these bought
        nothing. ``tenure``: months with a purchase before registration.
    """
    import pandas as pd

    first = registered.groupby("household_id")["adopted_on"].min().dt.strftime("%Y-%m")
    calendar = sorted(months["month"].unique())
    place = {month: number for number, month in enumerate(calendar)}
    others = months[~months["household_id"].isin(first.index)]
    if invited is not None:
        others = others[others["household_id"].isin(list(invited))]
    usual = others.groupby("month")[list(OUTCOMES.values())].mean()
    mine = months[months["household_id"].isin(first.index)].set_index(["household_id", "month"]).sort_index()
    rows = []
    for household, month in first.sort_index().items():
        at = place.get(month, -1)
        if at < width or at + width >= len(calendar) or household not in mine.index.get_level_values(0):
            continue
        own = mine.loc[household].reindex(calendar).fillna(0)
        row: dict[str, object] = {"household_id": household, "month": month}
        row["tenure"] = int((own["baskets"].iloc[:at] > 0).sum())
        for name, column in OUTCOMES.items():
            for side, span in (("before", slice(at - width, at)), ("after", slice(at + 1, at + 1 + width))):
                base = float(usual[column].iloc[span].mean())
                row[f"{name}_{side}"] = float(own[column].iloc[span].mean()) / base if base else math.nan
        rows.append(row)
    columns = [f"{name}_{side}" for name in OUTCOMES for side in ("before", "after")]
    return pd.DataFrame(rows, columns=["household_id", "month", "tenure", *columns])


def summary(table: pd.DataFrame, *, seed: int = 0, resamples: int = 1000) -> pd.DataFrame:
    """How registered households compare with others before, after, and how that moved.

    Parameters
    ----------
    table : pandas.DataFrame
        From `windows`.

    Returns
    -------
    pandas.DataFrame
        ``outcome, before, before_low, before_high, after, change, change_low, change_high, households``:
        `before` and `after` are means of the households' ratios to others (1: the same), `change` is after
        over before. 95 % bootstrap percentile limits over households; NaN with fewer than ten households.
    """
    import numpy as np
    import pandas as pd

    generator = np.random.default_rng(seed)
    rows = []
    for name in OUTCOMES:
        known = table[[f"{name}_before", f"{name}_after"]].dropna()
        values = known.to_numpy(dtype=float)
        count = len(values)
        row: dict[str, object] = {"outcome": name, "households": count}
        if count < 10 or values[:, 0].mean() == 0:
            nothing = ("before", "before_low", "before_high", "after", "change", "change_low", "change_high")
            rows.append(row | dict.fromkeys(nothing, math.nan))
            continue
        drawn = values[generator.integers(0, count, (resamples, count))].mean(axis=1)
        row |= {"before": values[:, 0].mean(), "after": values[:, 1].mean()}
        row["change"] = values[:, 1].mean() / values[:, 0].mean()
        row["before_low"], row["before_high"] = np.percentile(drawn[:, 0], [2.5, 97.5])
        row["change_low"], row["change_high"] = np.percentile(drawn[:, 1] / drawn[:, 0], [2.5, 97.5])
        rows.append(row)
    columns = [
        "outcome",
        "before",
        "before_low",
        "before_high",
        "after",
        "change",
        "change_low",
        "change_high",
    ]
    return pd.DataFrame(rows, columns=[*columns, "households"])


def answer(table: pd.DataFrame, others: str = "others") -> tuple[str, dict[str, float]]:
    """What the summary says, in words and as numbers (named as measures look for them)."""
    rows = table.set_index("outcome")
    values = {
        "spend ratio before": float(rows.at["spend", "before"]),
        "spend ratio change": float(rows.at["spend", "change"]),
        "visit ratio change": float(rows.at["visits", "change"]),
    }
    if math.isnan(values["spend ratio before"]):
        some = bool(rows["households"].max() > 0)
        return (
            f"{'Too few households have' if some else 'No household has'} purchases before and after "
            "registering, so shopping is not compared.",
            values,
        )
    spend = rows.loc["spend"]
    return (
        f"Before registering, {int(spend['households'])} households spent {spend['before']:.2f} times as "
        f"much as {others} in the same months (95 % interval "
        f"{spend['before_low']:.2f} to {spend['before_high']:.2f}); "
        f"registering is associated with a change to {spend['change']:.2f} times that "
        f"({spend['change_low']:.2f} to {spend['change_high']:.2f})."
    ), values


def drawing(table: pd.DataFrame) -> Drawing:
    """Ratios to other households before and after registering, with the intervals of the first."""
    if table["before"].isna().all():
        return nothing(table, "registered households over others, before and after")
    with canvas(size=(7.2, 2.9)) as (figure, axes):
        places = range(len(table))
        before = table["before"].astype(float)
        spread = [(before - table["before_low"]).fillna(0), (table["before_high"] - before).fillna(0)]
        lower = [place + 0.16 for place in places]
        upper = [place - 0.16 for place in places]
        axes.errorbar(before, upper, xerr=spread, fmt=MARKERS[0], color=COLOURS[0], capsize=3, label="before")
        change = table["change"].astype(float)
        around = [(change - table["change_low"]) * before, (table["change_high"] - change) * before]
        axes.errorbar(
            table["after"].astype(float),
            lower,
            xerr=[one.clip(lower=0).fillna(0) for one in around],
            fmt=MARKERS[1],
            color=COLOURS[1],
            capsize=3,
            label="after (interval of the change)",
        )
        axes.axvline(1, color=QUIET, linewidth=1)
        axes.set_yticks(list(places), list(table["outcome"]))
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.set_xlabel("registered households over others in the same months (1: alike)")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.28), ncols=2, fontsize=9)
    said = "; ".join(
        f"{r['outcome']} {r['before']:.2f} before, {r['after']:.2f} after" for r in table.to_dict("records")
    )
    return Drawing(figure, f"Registered over other households: {said}. One means alike.", table)


def tenure(
    table: pd.DataFrame, registered: pd.DataFrame, use: pd.Series, *, seed: int = 0, resamples: int = 1000
) -> pd.DataFrame:
    """Rank correlations of use with tenure and with shopping before registering.

    Parameters
    ----------
    table : pandas.DataFrame
        From `windows`.
    registered : pandas.DataFrame
        ``participant_id, household_id``.
    use : pandas.Series
        A number of use by participant; empty when the log's measures were not found.

    Returns
    -------
    pandas.DataFrame
        ``shopping, value, low, high, n``.
    """
    import pandas as pd

    people = registered.drop_duplicates("household_id").set_index("household_id")["participant_id"]
    mine = table["household_id"].map(people).map(use.to_dict()).astype(float)
    rows = [
        {"shopping": name} | rank_correlation(mine, table[name].astype(float), seed=seed, resamples=resamples)
        for name in ("tenure", "spend_before", "visits_before")
    ]
    return pd.DataFrame(rows, columns=["shopping", "value", "low", "high", "n"])


def rank_correlation(
    first: pd.Series, second: pd.Series, *, seed: int = 0, resamples: int = 2000
) -> dict[str, float]:
    """Spearman's rank correlation of two columns with a bootstrap percentile interval.

    Returns
    -------
    dict
        ``value, low, high, n``; NaN with fewer than five pairs or where one column does not vary. Resamples
        in which a column does not vary are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> rank_correlation(pd.Series([1, 2, 3, 4, 5]), pd.Series([2, 4, 6, 8, 9]))["value"]
    1.0
    """
    import numpy as np
    import pandas as pd

    pairs = pd.concat([first, second], axis=1).dropna().to_numpy(dtype=float)
    nothing = {"value": math.nan, "low": math.nan, "high": math.nan, "n": float(len(pairs))}
    if len(pairs) < 5 or len(set(pairs[:, 0])) < 2 or len(set(pairs[:, 1])) < 2:
        return nothing
    generator = np.random.default_rng(seed)
    drawn = [_spearman(pairs[generator.integers(0, len(pairs), len(pairs))]) for _ in range(resamples)]
    kept = [value for value in drawn if value == value]
    low, high = np.percentile(kept, [2.5, 97.5])
    value = round(_spearman(pairs), 12)
    return {"value": value, "low": float(low), "high": float(high), "n": float(len(pairs))}


def _spearman(pairs: np.ndarray) -> float:
    import numpy as np
    from scipy.stats import rankdata

    ranks = np.column_stack([rankdata(pairs[:, 0]), rankdata(pairs[:, 1])])
    spread = ranks.std(axis=0)
    if not spread.all():
        return math.nan
    centred = ranks - ranks.mean(axis=0)
    return float((centred[:, 0] * centred[:, 1]).mean() / (spread[0] * spread[1]))
