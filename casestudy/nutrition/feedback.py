"""The information given back to one household, gathered from its receipt lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem, nearest
from casestudy.nutrition import drilldown, periods, recommend
from casestudy.nutrition.basis import Basis, open_basis
from casestudy.nutrition.compare import comparison
from casestudy.nutrition.foodmap import FoodGroups
from casestudy.nutrition.needs import with_needs
from casestudy.nutrition.periods import DisplayRules
from casestudy.nutrition.receipt import household_lines
from casestudy.nutrition.swaps import swaps
from casestudy.nutrition.view import HouseholdFeedback
from casestudy.purchases.schema import FOOD
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

_NOTES = (
    "Amounts are what the household bought here, as sold, without inedible parts; who ate it is not known.",
    "Food bought elsewhere is not in these figures.",
    "Low and high show what the product records do not tell, such as the fat in milk or whether a drink is "
    "diet: 19 in 20 of the baskets that could be behind the records lie between them, if a household always "
    "buys one kind of each food group, drawn by its share in the group. Of a food group they are its leanest "
    "and richest kind.",
    "Added sugars are an assumed share of each food group's sugars; the composition data do not have them.",
    "Alcohol, infant food and supplements are not counted.",
)


@dataclass(frozen=True)
class Receipts:
    """What one household bought.

    Attributes
    ----------
    household_id : int or str
    lines : pandas.DataFrame
        As `casestudy.nutrition.receipt.household_lines` gives them.
    months : tuple of str
        Every month of the data, in order.
    currency : str
        Sign of the currency.
    """

    household_id: int | str
    lines: pd.DataFrame
    months: tuple[str, ...]
    currency: str


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
    basis = basis or open_basis(study)
    own = recommend.own_targets(recommend.read_own_targets(study), household_id)
    receipts = Receipts(
        household_id, household_lines(basis, household_id), basis.months, basis.purchases.currency
    )
    return from_receipts(
        study,
        receipts,
        basis.groups,
        month,
        profile,
        own=own,
        basis=basis,
        population=population,
        rules=rules,
    )


def from_receipts(
    study: Study,
    receipts: Receipts,
    groups: FoodGroups,
    month: str = "",
    profile: str = "finland-2005",
    *,
    own: Mapping[str, recommend.Target] | None = None,
    basis: Basis | None = None,
    population: pd.DataFrame | None = None,
    rules: DisplayRules | None = None,
) -> HouseholdFeedback:
    """Gather what one household is shown from its own receipt lines alone.

    Parameters
    ----------
    study : Study
    receipts : Receipts
        The household's lines: as they were sold, or as the household corrected them.
    groups : FoodGroups
    month, profile, rules
        As for `household_feedback`.
    own : mapping of str to Target, optional
        The household's own targets by measure, in place of the profile's.
    basis, population : optional
        For the comparison; there is none where both are missing.

    Returns
    -------
    HouseholdFeedback

    Raises
    ------
    InputError
        When the month or the profile is not known, or no line is food with a weight.
    """
    rules = rules or DisplayRules()
    chosen = recommend.read_profile(study, profile)
    household_id, everything, months = receipts.household_id, receipts.lines, receipts.months
    food = everything[everything["class"].isin(FOOD)].reset_index(drop=True)
    month = _choose(month, months, food, household_id)
    window = tuple(months[max(0, months.index(month) - 2) : months.index(month) + 1])
    spans = {"month": (month,), "three months": window}
    summary = periods.summary(food, spans, rules)
    targets = chosen.targets | dict(own or {})
    why = summary.set_index("period")["why"]
    inside = food[food["month"].isin(window)].reset_index(drop=True)
    shown = [c for c in inside.columns if not c.endswith(("_low", "_high"))]
    return HouseholdFeedback(
        household_id=str(household_id),
        month=month,
        months=months,
        window=window,
        currency=receipts.currency,
        profile=chosen.title,
        profile_note=chosen.note,
        status=study.data_status.get("purchases", ""),
        summary=with_needs(study, summary, household_id),
        targets=recommend.target_table(targets, chosen.title),
        nutrients=periods.nutrients(food, spans, summary, targets, chosen.title, groups),
        trend=periods.trend(food, months, targets, rules),
        contributions=drilldown.contributions(inside),
        items=drilldown.items(inside),
        lines=inside[shown],
        nutrient_ids=drilldown.NUTRIENTS,
        changes=drilldown.changes(food, months, month, rules),
        swaps=swaps(groups, inside).iloc[: 0 if why["three months"] else None],
        comparison=comparison(
            study, basis, household_id, window, rules.spend_ratio, population, why["three months"]
        ),
        coverage=drilldown.coverage(everything[everything["month"].isin(window)]),
        notes=_NOTES,
    )


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
