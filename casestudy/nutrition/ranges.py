"""Do the ranges hold? Baskets are drawn from the mixtures, and their measures compared with low and high.

A product record does not say which kind of a food was bought. Here the kinds are drawn, by their shares in
the mixture, so that the true value is known: the range is right if it holds 95 % of the true values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.nutrition import measures, periods
from casestudy.nutrition.components import IDS
from casestudy.nutrition.foodmap import FoodGroups

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

EACH = ("group", "product")
"""What keeps to one kind: a household always buys the same kind of a food group, or of a product."""


def draw_baskets(
    food: pd.DataFrame, groups: FoodGroups, draws: int, seed: int, each: str = "group"
) -> pd.DataFrame:
    """Draw which kind of each food was bought, and compute the measures of what was drawn.

    Parameters
    ----------
    food : pandas.DataFrame
        One household's receipt lines of food, as `casestudy.nutrition.receipt.household_lines` gives them.
    groups : FoodGroups
    draws : int
    seed : int
    each : {'group', 'product'}
        What keeps to one kind, see `EACH`.

    Returns
    -------
    pandas.DataFrame
        A row per draw, a column per measure of `casestudy.nutrition.measures.MEASURES`. A component that a
        member does not report is taken from the mixture. Groups that are parts of one product, or an
        assortment, are drawn like the others, which is harsher than what is bought.
    """
    import numpy as np
    import pandas as pd

    if each not in EACH:
        raise ValueError(f"each is {each!r}, none of {', '.join(EACH)}")
    rng = np.random.default_rng(seed)
    keys = ["group"] if each == "group" else ["group", "product_id"]
    bought = food[food["grams"] > 0].groupby(keys, sort=True)["grams"].sum().reset_index()
    drawn = groups.members[groups.members["share_percent"] > 0]
    of_group = dict(iter(drawn.groupby("group", sort=True)))
    total = np.zeros((draws, len(IDS)))
    for group, grams in bought[["group", "grams"]].itertuples(index=False):
        members = of_group[group]
        usual = groups.middle.loc[group, list(IDS)].to_numpy(float)
        amounts = members[list(IDS)].to_numpy(float)
        amounts = np.nan_to_num(np.where(np.isnan(amounts), usual, amounts))
        share = members["share_percent"].to_numpy(float)
        total += grams / 100 * amounts[rng.choice(len(members), size=draws, p=share / share.sum())]
    return measures.compute(pd.DataFrame(total, columns=list(IDS)))


def held(food: pd.DataFrame, groups: FoodGroups, draws: int, seed: int, each: str = "group") -> pd.DataFrame:
    """Share of drawn baskets whose measures lie within the range that the household would be shown.

    Parameters
    ----------
    food : pandas.DataFrame
        Receipt lines of food of one household and window.
    groups, draws, seed, each
        As for `draw_baskets`.

    Returns
    -------
    pandas.DataFrame
        ``measure, low, high, within_percent`` (of the draws), ``below_percent, above_percent``.
    """
    import pandas as pd

    months = tuple(sorted(food["month"].unique()))
    rules = periods.DisplayRules(month_spend=0, window_spend=0, window_months=1, coverage=0)
    spans = {"window": months}
    shown = periods.nutrients(food, spans, periods.summary(food, spans, rules), {}, "", groups)
    shown = shown.set_index("measure")
    baskets = draw_baskets(food, groups, draws, seed, each)
    rows = []
    for name in baskets.columns:
        low, high = float(shown.loc[name, "low"]), float(shown.loc[name, "high"])
        rows.append((name, low, high, 100 * _share(baskets[name].to_numpy(), low, high),
                     100 * float((baskets[name] < low - 1e-9).mean()),
                     100 * float((baskets[name] > high + 1e-9).mean())))  # fmt: skip
    columns = ["measure", "low", "high", "within_percent", "below_percent", "above_percent"]
    return pd.DataFrame(rows, columns=columns)


def _share(values: np.ndarray, low: float, high: float) -> float:
    return float(((values >= low - 1e-9) & (values <= high + 1e-9)).mean())
