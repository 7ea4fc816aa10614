"""From a nutrient down to food groups, products and where the spend went; and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.nutrition import measures
from casestudy.nutrition.components import BY_ID, IDS
from casestudy.nutrition.periods import DisplayRules, summary
from casestudy.purchases.schema import FOOD

if TYPE_CHECKING:
    import pandas as pd


NUTRIENTS = (
    "energy_kcal",
    "fat_g",
    "sfa_g",
    "sugars_g",
    "added_sugars_g",
    "protein_g",
    "fibre_g",
    "sodium_mg",
)
"""Components that a household can follow down to its receipt lines."""

_CLASSES = {
    "alcohol": "alcohol, not counted",
    "infant": "infant food, not counted",
    "supplement": "supplements, not counted",
    "unknown": "no department, may be food",
    "left out": "taken out by the household",
}


def contributions(inside: pd.DataFrame) -> pd.DataFrame:
    """The window's nutrients by food group, each group with its share of the total.

    Parameters and columns: see `casestudy.nutrition.view.HouseholdFeedback`; lines are as
    `casestudy.nutrition.receipt.household_lines` gives them.
    """
    import pandas as pd

    keys = ["family", "group", "group_name"]
    grouped = inside.groupby(keys, sort=True)
    base = grouped[["spend", "grams"]].sum()
    parts = []
    for nutrient in NUTRIENTS:
        sums = grouped[[nutrient, f"{nutrient}_low", f"{nutrient}_high"]].sum()
        sums.columns = ["amount", "low", "high"]
        whole = sums["amount"].sum()
        part = sums.assign(
            share_percent=100 * sums["amount"] / whole if whole else float("nan"), **base.to_dict("series")
        ).reset_index()
        part.insert(0, "nutrient", nutrient)
        part.insert(1, "nutrient_name", BY_ID[nutrient].name)
        part.insert(2, "unit", BY_ID[nutrient].unit)
        parts.append(part.sort_values(["amount", "group"], ascending=[False, True], kind="stable"))
    return pd.concat(parts, ignore_index=True)


def items(inside: pd.DataFrame) -> pd.DataFrame:
    """The window's products: lines, weight, route and nutrients, sums of receipt lines.

    Parameters and columns: see `casestudy.nutrition.view.HouseholdFeedback`; lines are as
    `casestudy.nutrition.receipt.household_lines` gives them.
    """
    keys = ["group", "group_name", "product_id", "description", "route", "mapped_by"]
    grouped = inside.groupby(keys, sort=True)
    items = grouped[["quantity", "spend", "grams", *NUTRIENTS]].sum()
    items.insert(0, "lines", grouped.size())
    items = items.rename(columns={"quantity": "units"}).reset_index()
    items["explicit"] = items.pop("mapped_by").eq("explicit")
    return items.sort_values(["group", "product_id"], ignore_index=True)


def changes(
    food: pd.DataFrame, months: tuple[str, ...], month: str, rules: DisplayRules | None = None
) -> pd.DataFrame:
    """Each measure this month and the month before; groups' parts of the difference add up to it.

    Empty where either month has too little food to be shown.
    """
    import pandas as pd

    columns = ["measure", "name", "unit", "before", "now", "difference", "because"]
    place = months.index(month)
    before = months[place - 1] if place else ""
    pair = {name: food[food["month"] == name] for name in (before, month)}
    rules = rules or DisplayRules()
    if not before or not all(summary(food, {"month": (n,)}, rules)["shown"].all() for n in pair):
        return pd.DataFrame(columns=columns)
    if any(part["energy_kcal"].sum() <= 0 for part in pair.values()):
        return pd.DataFrame(columns=columns)
    names = food.drop_duplicates("group").set_index("group")["group_name"]
    rows = []
    for measure in measures.MEASURES:
        shares = {}
        for name, part in pair.items():
            whole = part[list(IDS)].sum().to_frame().T
            by_group = measures.numerator(part, measure).groupby(part["group"]).sum()
            shares[name] = by_group / measures.denominator(whole, measure).iloc[0]
        moved = shares[month].sub(shares[before], fill_value=0.0).round(6)
        first = moved.reindex(moved.abs().sort_values(ascending=False, kind="stable").index)[:3]
        said = [f"{names[group]} {change:+.{measure.decimals + 1}f}" for group, change in first.items()]
        rows.append(
            {
                "measure": measure.id,
                "name": measure.name,
                "unit": measure.unit,
                "before": shares[before].sum(),
                "now": shares[month].sum(),
                "difference": shares[month].sum() - shares[before].sum(),
                "because": "; ".join(said),
            }
        )
    return pd.DataFrame(rows, columns=columns)


def coverage(lines: pd.DataFrame) -> pd.DataFrame:
    """Where the window's spend went: counted by route, not weighed, not recognised, not counted, not food."""
    what = lines["class"].map(_CLASSES).fillna("not food")
    food = lines["class"].isin(FOOD)
    share = lines["share"].map(
        {"measured": "counted, weight measured", "tables": "counted, weight from tables",
         "assumed": "counted, weight assumed from the price"}
    )  # fmt: skip
    what = what.where(~food, share.fillna("no weight"))
    what = what.where(~food | lines["group"].ne(""), "food, not recognised")
    grouped = lines.assign(what=what).groupby("what", sort=True)["spend"].agg(["sum", "size"])
    frame = grouped.reset_index().rename(columns={"sum": "spend", "size": "lines"})
    frame["percent"] = 100 * frame["spend"] / frame["spend"].sum() if frame["spend"].sum() else float("nan")
    return frame.sort_values(["spend", "what"], ascending=[False, True], ignore_index=True)
