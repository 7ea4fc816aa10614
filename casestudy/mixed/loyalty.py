"""Shopping beside use: whether registered households bought more before they registered, and whether that
changed.

A description, no effect: who registers chooses to. The comparison is with households that never registered,
in the same calendar months, so that seasons cancel. Intervals resample households.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

OUTCOMES = {"spend": "spend", "visits": "baskets", "food": "food_spend"}


def windows(months: pd.DataFrame, registered: pd.DataFrame, width: int = 3) -> pd.DataFrame:
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
