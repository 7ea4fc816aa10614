"""The information given back to one household, gathered from its receipt lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem, nearest
from casestudy.nutrition import measures, recommend
from casestudy.nutrition.basis import Basis, open_basis
from casestudy.nutrition.compare import comparison
from casestudy.nutrition.components import BY_ID, IDS
from casestudy.nutrition.receipt import household_lines
from casestudy.nutrition.swaps import swaps
from casestudy.nutrition.view import HouseholdFeedback
from casestudy.purchases.schema import FOOD
from casestudy.study import Study

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
}


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


def household_feedback(
    study: Study,
    household_id: int | str,
    month: str = "",
    profile: str = "finland-2005",
    *,
    basis: Basis | None = None,
    population: pd.DataFrame | None = None,
    rules: DisplayRules | None = None,
) -> HouseholdFeedback:
    """Gather what one household is shown.

    Parameters
    ----------
    study : Study
    household_id : int or str
    month : str
        The calendar month, ``2017-11``; the household's last month with food by default.
    profile : str
        A recommendation profile of ``profiles/recommendations/``.
    basis : Basis, optional
        Opened from the study by default; give it when several households are asked for.
    population : pandas.DataFrame, optional
        `casestudy.nutrition.nutrients.household_nutrients`, for the comparison; computed by default.
    rules : DisplayRules, optional

    Returns
    -------
    HouseholdFeedback

    Raises
    ------
    InputError
        When the household, the month or the profile is not known.
    """
    rules = rules or DisplayRules()
    chosen = recommend.read_profile(study, profile)
    own = recommend.own_targets(recommend.read_own_targets(study), household_id)
    basis = basis or open_basis(study)
    everything = household_lines(basis, household_id)
    food = everything[everything["class"].isin(FOOD)].reset_index(drop=True)
    months = calendar(basis)
    month = _choose(month, months, food, household_id)
    window = tuple(months[max(0, months.index(month) - 2) : months.index(month) + 1])
    periods = {"month": (month,), "three months": window}
    summary = _summary(food, periods, rules)
    targets = chosen.targets | own
    inside = food[food["month"].isin(window)].reset_index(drop=True)
    shown = [c for c in inside.columns if not c.endswith(("_low", "_high"))]
    return HouseholdFeedback(
        household_id=str(household_id),
        month=month,
        months=months,
        window=window,
        currency=basis.purchases.currency,
        profile=chosen.title,
        profile_note=chosen.note,
        status=study.data_status.get("purchases", ""),
        summary=summary,
        nutrients=_nutrients(food, periods, summary, targets, chosen.title),
        trend=_trend(food, months, targets, rules),
        contributions=_contributions(inside),
        items=_items(inside),
        lines=inside[shown],
        nutrient_ids=NUTRIENTS,
        changes=_changes(food, months, month),
        swaps=swaps(basis, inside),
        comparison=comparison(study, basis, household_id, window, rules.spend_ratio, population),
        coverage=_coverage(everything[everything["month"].isin(window)]),
        notes=_NOTES,
    )


_NOTES = (
    "Amounts are what the household bought here, as sold, without inedible parts; who ate it is not known.",
    "Food bought elsewhere is not in these figures.",
    "Low and high show what the product records do not tell, such as the fat in milk or whether a drink is "
    "diet: they take the leanest and richest member of each food group, as if groups were independent.",
    "Added sugars are an assumed share of each food group's sugars; the composition data do not have them.",
    "Alcohol, infant food and supplements are not counted.",
)


def calendar(basis: Basis) -> tuple[str, ...]:
    """Every month of the data, in order."""
    months = basis.connection.execute(basis.purchases.lines.select("month").distinct())
    return tuple(sorted(str(month) for month in months["month"]))


def totals(lines: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Sums of components over receipt lines, in the lines' order."""
    return lines.groupby(by, sort=True)[list(IDS)].sum()


def _choose(month: str, months: tuple[str, ...], food: pd.DataFrame, household_id: int | str) -> str:
    bought = sorted(food.loc[food["grams"] > 0, "month"].unique())
    if not bought:
        problem = Problem(f"household {household_id}", "none of its lines is food with a known weight.",
                          "Choose a household that buys food here.")  # fmt: skip
        raise InputError("There is nothing to give back.", [problem])
    if month and month not in months:
        problem = Problem("month", f"{month!r} is not a month of the purchases.", nearest(month, months))
        raise InputError("The month is not known.", [problem])
    return month or str(bought[-1])


def _summary(food: pd.DataFrame, periods: dict[str, tuple[str, ...]], rules: DisplayRules) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for period, months in periods.items():
        part = food[food["month"].isin(months)]
        counted = part[part["grams"] > 0]
        spend, behind = part["spend"].sum(), counted["spend"].sum()
        shares = {
            f"{share}_percent": _percent(counted.loc[counted["share"] == share, "spend"].sum(), behind)
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
                "coverage_percent": _percent(behind, spend),
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
    if spend < least:
        return f"food for {spend:.2f} was bought here; figures are shown from {least:g}"
    covered = _percent(behind, spend)
    if covered < rules.coverage:
        return f"{covered:.0f} % of the food spend has a known weight; shown from {rules.coverage:g} %"
    return ""


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else float("nan")


def _nutrients(
    food: pd.DataFrame,
    periods: dict[str, tuple[str, ...]],
    summary: pd.DataFrame,
    targets: dict[str, recommend.Target],
    profile: str,
) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    rows = []
    for period, months in periods.items():
        part = food[food["month"].isin(months)]
        why = summary.loc[summary["period"] == period, "why"].iloc[0]
        whole = part[list(IDS)].sum().to_frame().T
        values = measures.compute(whole).iloc[0]
        for measure in measures.MEASURES:
            spread = {}
            for end in ("_low", "_high"):
                ends = part.rename(columns={f"{c}{end}": c for c in IDS} | {c: f"{c}_mid" for c in IDS})
                away = measures.numerator(ends, measure) - measures.numerator(part, measure)
                by_group = away.groupby(part["group"]).sum()
                scale = measures.denominator(whole, measure).iloc[0]
                spread[end] = float(np.sqrt((by_group**2).sum())) / scale
            value = float(values[measure.id])
            target = targets.get(measure.id)
            position, reason = _position(target, value, value - spread["_low"], value + spread["_high"], why)
            rows.append(
                {
                    "period": period,
                    "measure": measure.id,
                    "name": measure.name,
                    "value": value,
                    "low": max(0.0, value - spread["_low"]),
                    "high": value + spread["_high"],
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


def _trend(
    food: pd.DataFrame, months: tuple[str, ...], targets: dict[str, recommend.Target], rules: DisplayRules
) -> pd.DataFrame:
    import pandas as pd

    monthly = totals(food, ["month"]).reindex(list(months)).fillna(0.0)
    spend = food.groupby("month")["spend"].sum().reindex(list(months)).fillna(0.0)
    counted = food[food["grams"] > 0].groupby("month")["spend"].sum().reindex(list(months)).fillna(0.0)
    coverage = 100 * counted / spend.where(spend > 0)
    enough = (spend >= rules.month_spend) & (coverage >= rules.coverage)
    wide = spend.rolling(3, min_periods=3).sum()
    active = (spend > 0).rolling(3, min_periods=3).sum()
    wide_coverage = 100 * counted.rolling(3, min_periods=3).sum() / wide.where(wide > 0)
    wide_enough = (
        (wide >= rules.window_spend) & (active >= rules.window_months) & (wide_coverage >= rules.coverage)
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


def _contributions(inside: pd.DataFrame) -> pd.DataFrame:
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


def _items(inside: pd.DataFrame) -> pd.DataFrame:
    keys = ["group", "group_name", "product_id", "description", "route", "mapped_by"]
    grouped = inside.groupby(keys, sort=True)
    items = grouped[["quantity", "spend", "grams", *NUTRIENTS]].sum()
    items.insert(0, "lines", grouped.size())
    items = items.rename(columns={"quantity": "units"}).reset_index()
    items["explicit"] = items.pop("mapped_by").eq("explicit")
    return items.sort_values(["group", "product_id"], ignore_index=True)


def _changes(food: pd.DataFrame, months: tuple[str, ...], month: str) -> pd.DataFrame:
    """Each measure this month and the month before; groups' parts of the difference add up to it."""
    import pandas as pd

    columns = ["measure", "name", "unit", "before", "now", "difference", "because"]
    place = months.index(month)
    before = months[place - 1] if place else ""
    pair = {name: food[food["month"] == name] for name in (before, month)}
    if not before or any(part["energy_kcal"].sum() <= 0 for part in pair.values()):
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


def _coverage(lines: pd.DataFrame) -> pd.DataFrame:
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
