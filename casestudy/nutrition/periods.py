"""The measures of a household's periods beside their targets, and over the months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.nutrition import measures, recommend
from casestudy.nutrition.components import IDS, KJ_PER_KCAL
from casestudy.nutrition.foodmap import FoodGroups
from casestudy.nutrition.receipt import has_weight
from casestudy.proportions import Z95, at_least

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class DisplayRules:
    """When a household is shown figures at all: choices of the workbench, against figures on crumbs.

    Attributes
    ----------
    month_spend, window_spend : float
        Least spend on food in a month and in three months.
    window_months : int
        Least months with food in the window.
    coverage : float
        Least share of the food spend behind the figures, in percent.
    spend_ratio : float
        Households are similar in spend from 1/ratio to ratio times this household's.
    """

    month_spend: float = 50.0
    window_spend: float = 150.0
    window_months: int = 3
    coverage: float = 60.0
    spend_ratio: float = 1.5


def summary(food: pd.DataFrame, periods: dict[str, tuple[str, ...]], rules: DisplayRules) -> pd.DataFrame:
    """What each period's figures rest on, and whether they are shown.

    Parameters and columns: see `casestudy.nutrition.view.HouseholdFeedback`; lines are as
    `casestudy.nutrition.receipt.household_lines` gives them.
    """
    import pandas as pd

    rows = []
    for period, months in periods.items():
        part = food[food["month"].isin(months)]
        counted = part[has_weight(part)]
        spend, behind = part["spend"].sum(), counted["spend"].sum()
        shares = {
            f"{share}_percent": percent(counted.loc[counted["share"] == share, "spend"].sum(), behind)
            for share in ("measured", "tables", "assumed")
        }
        least = rules.month_spend if period == "month" else rules.window_spend
        why = _why_not(part, spend, behind, least, len(months), rules)
        rows.append(
            {
                "period": period,
                "first_month": months[0],
                "last_month": months[-1],
                "baskets": part["basket_id"].nunique(),
                "food_spend": spend,
                "counted_spend": behind,
                "coverage_percent": percent(behind, spend),
                **shares,
                "kilograms": part["grams"].sum() / 1000,
                "energy_kcal": part["energy_kcal"].sum(),
                "shown": not why,
                "why": why,
            }
        )
    return pd.DataFrame(rows)


def _why_not(
    part: pd.DataFrame, spend: float, behind: float, least: float, months: int, rules: DisplayRules
) -> str:
    active = part["month"].nunique()
    if months > 1 and active < rules.window_months:
        return f"food was bought here in {active} of {rules.window_months} months"
    if not at_least(spend, least):
        return f"food for {spend:.2f} was bought here; figures are shown from {least:g}"
    covered = percent(behind, spend)
    if not at_least(covered, rules.coverage):
        return f"{covered:.0f} % of the food spend has a known weight; shown from {rules.coverage:g} %"
    return ""


def percent(part: float, whole: float) -> float:
    """A part in percent of a whole; NaN where the whole is 0."""
    return 100 * part / whole if whole else float("nan")


def nutrients(
    food: pd.DataFrame,
    periods: dict[str, tuple[str, ...]],
    summary: pd.DataFrame,
    targets: dict[str, recommend.Target],
    profile: str,
    groups: FoodGroups,
) -> pd.DataFrame:
    """Each period's measures with their range, beside the targets.

    Parameters and columns: see `casestudy.nutrition.view.HouseholdFeedback`; lines are as
    `casestudy.nutrition.receipt.household_lines` gives them.
    """
    import pandas as pd

    rows = []
    for period, months in periods.items():
        part = food[food["month"].isin(months)]
        why = summary.loc[summary["period"] == period, "why"].iloc[0]
        whole = part[list(IDS)].sum().to_frame().T
        values = measures.compute(whole).iloc[0]
        away = _deviations(part, groups)
        for measure in measures.MEASURES:
            value = float(values[measure.id])
            scale = float(measures.denominator(whole, measure).iloc[0])
            spread = _spread(away, measure, value, scale)
            target = targets.get(measure.id)
            position, reason = _position(target, value, value - spread, value + spread, why)
            rows.append(
                {
                    "period": period,
                    "measure": measure.id,
                    "name": measure.name,
                    "value": value,
                    "low": max(0.0, value - spread),
                    "high": value + spread,
                    "unit": measure.unit,
                    "target_low": target.low if target else float("nan"),
                    "target_high": target.high if target else float("nan"),
                    "target_of": "" if not target else "own target" if target.mark == "own" else profile,
                    "mark": target.mark if target else "",
                    "position": position,
                    "reason": reason,
                }
            )
    frame = pd.DataFrame(rows)
    hidden = frame["period"].map(summary.set_index("period")["shown"]).eq(False)
    frame.loc[hidden, ["value", "low", "high"]] = float("nan")
    return frame


def _deviations(part: pd.DataFrame, groups: FoodGroups) -> pd.DataFrame:
    """How far amounts would be off if a food group had been one of its members, and how likely that is."""
    grams = part.groupby("group")["grams"].sum()
    members = groups.members[groups.members["group"].isin(grams.index[grams > 0])]
    members = members[members["share_percent"] > 0]
    usual = groups.middle.loc[members["group"], list(IDS)].set_axis(members.index)
    weight = members["group"].map(grams).astype(float)
    off = (members[list(IDS)] - usual).fillna(0.0).mul(weight / 100, axis=0)
    return off.assign(group=members["group"], likely=members["share_percent"] / 100)


def _spread(away: pd.DataFrame, measure: measures.Measure, value: float, scale: float) -> float:
    """Half the range that holds 95 % of the baskets that could be behind the records.

    The ratio moves with its amount and with the energy: to first order, by the amount's deviation less the
    ratio times the energy's, over the energy. Groups are independent; each is one kind throughout.
    """
    import numpy as np

    energy = away["energy_kcal"] * (KJ_PER_KCAL / 1000 if measure.per_mj else 1 / 100)
    moved = (measures.numerator(away, measure) - value * energy) / scale
    mean = (moved * away["likely"]).groupby(away["group"]).sum()
    square = (moved**2 * away["likely"]).groupby(away["group"]).sum()
    return Z95 * float(np.sqrt((square - mean**2).clip(lower=0).sum()))


def _position(
    target: recommend.Target | None, value: float, low: float, high: float, why: str
) -> tuple[str, str]:
    if why:
        return "not judged", why
    if target is None:
        return "not judged", "the profile states no bounds"
    ends = {target.position(low), target.position(value), target.position(high)}
    if len(ends) > 1:
        return "across", "the range of what may have been bought spans a bound"
    return target.position(value), ""


def trend(
    food: pd.DataFrame, months: tuple[str, ...], targets: dict[str, recommend.Target], rules: DisplayRules
) -> pd.DataFrame:
    """Each measure month by month and over rolling three months.

    Parameters and columns: see `casestudy.nutrition.view.HouseholdFeedback`; lines are as
    `casestudy.nutrition.receipt.household_lines` gives them.
    """
    import pandas as pd

    monthly = totals(food, ["month"]).reindex(list(months)).fillna(0.0)
    spend = food.groupby("month")["spend"].sum().reindex(list(months)).fillna(0.0)
    counted = food[has_weight(food)].groupby("month")["spend"].sum().reindex(list(months)).fillna(0.0)
    coverage = 100 * counted / spend.where(spend > 0)
    enough = at_least(spend, rules.month_spend) & at_least(coverage, rules.coverage)
    wide = spend.rolling(3, min_periods=3).sum()
    active = (spend > 0).rolling(3, min_periods=3).sum()
    wide_coverage = 100 * counted.rolling(3, min_periods=3).sum() / wide.where(wide > 0)
    wide_enough = (
        at_least(wide, rules.window_spend)
        & (active >= rules.window_months)
        & at_least(wide_coverage, rules.coverage)
    )
    values = measures.compute(monthly).where(enough, axis=0)
    rolling = measures.compute(monthly.rolling(3, min_periods=3).sum()).where(wide_enough, axis=0)
    parts = []
    for measure in measures.MEASURES:
        target = targets.get(measure.id)
        parts.append(
            pd.DataFrame(
                {
                    "month": list(months),
                    "measure": measure.id,
                    "name": measure.name,
                    "unit": measure.unit,
                    "value": values[measure.id].to_numpy(),
                    "rolling": rolling[measure.id].to_numpy(),
                    "target_low": target.low if target else float("nan"),
                    "target_high": target.high if target else float("nan"),
                    "food_spend": spend.to_numpy(),
                    "coverage_percent": coverage.to_numpy(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def totals(lines: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Sums of components over receipt lines, in the lines' order."""
    return lines.groupby(by, sort=True)[list(IDS)].sum()
