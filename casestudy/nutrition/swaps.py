"""Swaps inside a food group: what another member of the group would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.nutrition.basis import Basis
from casestudy.nutrition.components import BY_ID

if TYPE_CHECKING:
    import pandas as pd

WANTED = {"sfa_g": -1, "added_sugars_g": -1, "sodium_mg": -1, "fibre_g": 1}
"""Nutrients for which swaps are named, and the direction that most recommendations point to."""


def swaps(basis: Basis, lines: pd.DataFrame, most: int = 3, least_share: float = 5.0) -> pd.DataFrame:
    """Name, for each nutrient, the swaps inside a group that would move it most.

    A group is a mixture because the product record does not say which member was bought; a swap is from the
    mixture to the member with least (or most) of the nutrient. A household that buys that member already
    has nothing to change: the text must say so.

    Parameters
    ----------
    basis : Basis
    lines : pandas.DataFrame
        Receipt lines of food of the window, as `casestudy.nutrition.receipt.household_lines` gives them.
    most : int
        Swaps for each nutrient.
    least_share : float
        Only members that make up at least this share of the group's mixture, in percent, are offered.

    Returns
    -------
    pandas.DataFrame
        ``nutrient, nutrient_name, group_name, bought, instead, grams, saves`` (positive: less of it, or more
        of fibre), ``unit, share_percent`` (of the window's total), ``basis``.
    """
    import pandas as pd

    columns = ["nutrient", "nutrient_name", "group_name", "bought", "instead", "grams", "saves", "unit",
               "share_percent", "basis"]  # fmt: skip
    members = basis.groups.members
    members = members[members["share_percent"] >= least_share]
    grams = lines.groupby(["group", "group_name"], sort=True)["grams"].sum().reset_index()
    rows = []
    for nutrient, direction in WANTED.items():
        whole = lines[nutrient].sum()
        for row in grams.itertuples(index=False):
            choice = members[members["group"].eq(row.group)].dropna(subset=[nutrient])
            if len(choice) < 2 or not row.grams or not whole:
                continue
            best = choice.sort_values([nutrient, "food"], ascending=[direction < 0, True]).iloc[0]
            saves = direction * (best[nutrient] - basis.groups.middle.loc[row.group, nutrient])
            amount = saves * row.grams / 100
            if amount > 0:
                rows.append((nutrient, BY_ID[nutrient].name, row.group_name, "the group's usual mixture",
                             str(best["food"]), row.grams, amount, BY_ID[nutrient].unit,
                             100 * amount / whole, "another member of the same food group"))  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    frame["rank"] = frame["share_percent"].round(6)
    frame = frame.sort_values(
        ["nutrient", "rank", "group_name"], ascending=[True, False, True], kind="stable"
    ).drop(columns="rank")
    return frame.groupby("nutrient", sort=False).head(most).reset_index(drop=True)
