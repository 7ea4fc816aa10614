"""Swaps inside a food group: what another member of the group would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.nutrition.components import BY_ID
from casestudy.nutrition.foodmap import FoodGroups
from casestudy.proportions import at_least

if TYPE_CHECKING:
    import pandas as pd

WANTED = {"sfa_g": -1, "added_sugars_g": -1, "sodium_mg": -1, "fibre_g": 1}
"""Nutrients for which swaps are named, and the direction that most recommendations point to."""


WORSE = {"sfa_g": 0.5, "added_sugars_g": 1.0, "sodium_mg": 50.0, "fibre_g": 0.5}
"""How much worse, per 100 g, another of these nutrients may get in a swap where a tenth is less."""


def swaps(groups: FoodGroups, lines: pd.DataFrame, most: int = 3, least_share: float = 5.0) -> pd.DataFrame:
    """Name, for each nutrient, the swaps inside a group that would move it most.

    A group is a mixture because the product record does not say which member was bought; a swap is from the
    mixture to the member with least (or most) of the nutrient. A household that buys that member already
    has nothing to change: the text must say so. Only members that are kinds of one food are offered, not the
    parts of a lunch kit or the jars of a spice rack; and none by which another nutrient of `WANTED` gets
    worse by more than a tenth and more than `WORSE`.

    Parameters
    ----------
    groups : FoodGroups
    lines : pandas.DataFrame
        Receipt lines of food of the window, as `casestudy.nutrition.receipt.household_lines` gives them.
    most : int
        Swaps for each nutrient.
    least_share : float
        Only members that make up at least this share of the group's mixture, in percent, are offered.

    Returns
    -------
    pandas.DataFrame
        ``nutrient, nutrient_name, group_name, bought, instead, grams, change`` (``less`` of it, or ``more``
        of fibre), ``saves`` (positive), ``unit, share_percent`` (of the window's total), ``basis``.
    """
    import pandas as pd

    columns = ["nutrient", "nutrient_name", "group_name", "bought", "instead", "grams", "change", "saves",
               "unit", "share_percent", "basis"]  # fmt: skip
    members = substitutes(groups)
    members = members[at_least(members["share_percent"], least_share)]
    bought = lines.groupby(["group", "group_name"], sort=True)["grams"].sum().reset_index()
    parts = []
    for nutrient, direction in WANTED.items():
        whole = lines[nutrient].sum()
        known = members.dropna(subset=[nutrient])
        known = known[known["kinds"] > 1]
        known = known[_harmless(known, groups.middle, nutrient)]
        best = known.sort_values(["group", nutrient, "food"], ascending=[True, direction < 0, True])
        best = best.drop_duplicates("group")[["group", "food", nutrient]]
        found = bought.merge(best, on="group")
        usual = found["group"].map(groups.middle[nutrient]).astype(float)
        found["saves"] = direction * (found[nutrient] - usual) * found["grams"] / 100
        found = found[(found["saves"] > 0) & (whole > 0)]
        found = found.assign(
            nutrient=nutrient, nutrient_name=BY_ID[nutrient].name, bought="the group's usual mixture",
            instead=found["food"], change="more" if direction > 0 else "less", unit=BY_ID[nutrient].unit,
            share_percent=100 * found["saves"] / (whole or 1),
            basis="another member of the same food group",
        )  # fmt: skip
        order = found["share_percent"].round(6)
        found = found.assign(rank=order).sort_values(["rank", "group_name"], ascending=[False, True])
        parts.append(found.head(most)[columns])
    return pd.concat(parts, ignore_index=True)


def substitutes(groups: FoodGroups) -> pd.DataFrame:
    """Members of the groups whose members are kinds of one food, with ``kinds``: how many the group has."""
    mixture = groups.groups.set_index("group")["mixture"]
    members = groups.members[groups.members["group"].map(mixture).eq("kinds")]
    return members.assign(kinds=members.groupby("group")["food"].transform("size"))


def _harmless(members: pd.DataFrame, middle: pd.DataFrame, moved: str) -> pd.Series:
    """Members by which no other wanted nutrient gets much worse; what is not reported does not count."""
    good = members["group"].notna()
    for nutrient, direction in WANTED.items():
        if nutrient != moved:
            usual = members["group"].map(middle[nutrient])
            allowed = (usual.abs() / 10).clip(lower=WORSE[nutrient])
            good &= ~(direction * (members[nutrient] - usual) < -allowed)
    return good
