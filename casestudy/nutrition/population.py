"""All households together: how measures are distributed, and how much of that rests on assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.nutrition import measures
from casestudy.nutrition.basis import Basis
from casestudy.nutrition.components import IDS
from casestudy.nutrition.periods import DisplayRules
from casestudy.nutrition.recommend import Profile
from casestudy.nutrition.scores import food_of, nrf93, nutri_score
from casestudy.people.floor import enough
from casestudy.proportions import at_least

if TYPE_CHECKING:
    import pandas as pd

_SPENDS = ("food_spend", "counted_spend", "measured_spend", "tables_spend", "assumed_spend")


def household_year(population: pd.DataFrame, rules: DisplayRules | None = None) -> pd.DataFrame:
    """Sum the months of each household and compute its measures.

    Parameters
    ----------
    population : pandas.DataFrame
        As `casestudy.nutrition.nutrients.household_nutrients` gives it.
    rules : DisplayRules, optional

    Returns
    -------
    pandas.DataFrame
        Index ``household_id``: ``months`` with food, spends, ``coverage_percent``, the measures, and
        ``shown``: whether it has as many months, as much spend and as much coverage as a window must have.
    """
    rules = rules or DisplayRules()
    grouped = population.groupby("household_id", sort=True)
    sums = grouped[[*_SPENDS, "kilograms", *IDS]].sum()
    sums.insert(0, "months", grouped["month"].nunique())
    sums["coverage_percent"] = 100 * sums["counted_spend"] / sums["food_spend"].where(sums["food_spend"] > 0)
    sums["shown"] = (
        (sums["months"] >= rules.window_months)
        & at_least(sums["food_spend"], rules.window_spend)
        & at_least(sums["coverage_percent"], rules.coverage)
    )
    return sums.join(measures.compute(sums))


def distribution(year: pd.DataFrame, floor: int) -> pd.DataFrame:
    """Percentiles of each measure over the households that are shown.

    Parameters
    ----------
    year : pandas.DataFrame
        As `household_year` gives it.
    floor : int
        Percentiles are missing where fewer households have the measure.

    Returns
    -------
    pandas.DataFrame
        ``measure, name, unit, households, p10, p25, p50, p75, p90``.
    """
    import pandas as pd

    shown = year[year["shown"]]
    rows = []
    for one in measures.MEASURES:
        known = shown[one.id].dropna()
        told = len(known) > 0 and enough(len(known), floor)
        rows.append(
            {"measure": one.id, "name": one.name, "unit": one.unit, "households": len(known)}
            | {f"p{q}": known.quantile(q / 100) if told else float("nan") for q in (10, 25, 50, 75, 90)}
        )
    return pd.DataFrame(rows)


def seasons(population: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Measures of all purchases of each calendar month together.

    Returns
    -------
    pandas.DataFrame
        A row per month and measure: ``month, measure, name, unit, value, households, food_spend``.
    """
    import pandas as pd

    grouped = population.groupby("month", sort=True)
    sums = grouped[["food_spend", *IDS]].sum()
    values = measures.compute(sums)
    households = grouped["household_id"].nunique()
    rows = [
        (month, name, measures.BY_ID[name].name, measures.BY_ID[name].unit, values.loc[month, name],
         households[month], sums.loc[month, "food_spend"])
        for name in names
        for month in values.index
    ]  # fmt: skip
    return pd.DataFrame(
        rows, columns=["month", "measure", "name", "unit", "value", "households", "food_spend"]
    )


def group_totals(basis: Basis) -> pd.DataFrame:
    """What all households together bought of each food group.

    Returns
    -------
    pandas.DataFrame
        ``group, share`` (how the weight was found), ``spend, grams`` (edible), sorted.
    """
    lines = basis.lines()
    grouped = lines.group_by("group", "share").agg(
        cents=lines.cents.sum().cast("int64"), mg=lines.mg.sum().cast("int64")
    )
    frame = basis.connection.execute(grouped.order_by("group", "share"))
    frame["spend"] = frame.pop("cents").astype("int64") / 100
    frame["grams"] = frame.pop("mg").astype("int64") / 1000
    return frame


def totals(
    groups: pd.DataFrame, per_100g: pd.DataFrame, *, prices: float = 1.0, tables: float = 1.0
) -> pd.DataFrame:
    """Amounts in all purchases together: one row, with kilograms.

    Parameters
    ----------
    groups : pandas.DataFrame
        As `group_totals` gives it.
    per_100g : pandas.DataFrame
        Index ``group``, a column per component.
    prices : float
        Factor on every assumed price per kilogram.
    tables : float
        Factor on every weight from the unit-weight tables and packs.
    """
    factor = groups["share"].map({"assumed": 1 / prices, "tables": tables}).fillna(1.0)
    grams = groups["grams"] * factor
    known = per_100g.reindex(groups["group"]).reset_index(drop=True)
    whole = known[list(IDS)].mul(grams, axis=0).sum().to_frame().T / 100
    whole["kilograms"] = grams.sum() / 1000
    return whole


def sensitivity(basis: Basis) -> pd.DataFrame:
    """How the measures of all purchases together move with each assumption.

    Returns
    -------
    pandas.DataFrame
        A row per assumption and measure: ``assumption, measure, name, unit, value, as_assumed, change``, and
        ``kilograms``. The rows of least and greatest members take them for the measure's own components in
        every food group at once, energy unchanged: an outer bound, not an expectation.
    """
    import pandas as pd

    bought, middle = group_totals(basis), basis.groups.middle
    base = totals(bought, middle)
    runs = {
        "prices per kg 20 % lower": totals(bought, middle, prices=0.8),
        "prices per kg 20 % higher": totals(bought, middle, prices=1.2),
        "unit weights 20 % lower": totals(bought, middle, tables=0.8),
        "unit weights 20 % higher": totals(bought, middle, tables=1.2),
        "least member of every food group": totals(bought, basis.groups.low),
        "greatest member of every food group": totals(bought, basis.groups.high),
    }
    for name in ("least member of every food group", "greatest member of every food group"):
        runs[name]["energy_kcal"] = base["energy_kcal"]
    start = measures.compute(base).iloc[0]
    rows = []
    for assumption, run in runs.items():
        value = measures.compute(run).iloc[0]
        for one in measures.MEASURES:
            rows.append((assumption, one.id, one.name, one.unit, value[one.id], start[one.id],
                         value[one.id] - start[one.id], float(run["kilograms"].iloc[0])))  # fmt: skip
    columns = ["assumption", "measure", "name", "unit", "value", "as_assumed", "change", "kilograms"]
    return pd.DataFrame(rows, columns=columns)


def group_scores(basis: Basis) -> pd.DataFrame:
    """Score every food group's usual mixture.

    Returns
    -------
    pandas.DataFrame
        ``group, name, family, spend, score_2023, grade_2023, score_2021, grade_2021, nrf93``; milk and plant
        drinks are scored as general foods in 2021. Scores are of the mixture: members may differ.
    """
    import pandas as pd

    spent = basis.products.groupby("group")["amount"].sum()
    rows = []
    for group in basis.groups.groups.itertuples(index=False):
        amounts = basis.groups.middle.loc[group.group].to_dict()
        kind = "water" if group.group == "water" else group.score_class
        new = nutri_score(food_of(amounts, kind, group.fvl_percent))
        milk = group.family == "Milk and yogurt" and kind == "beverage"
        old_kind = "general" if milk or kind == "red-meat" else kind
        old = nutri_score(food_of(amounts, old_kind, group.fvl_percent), 2021)
        rows.append((group.group, group.name, group.family, float(spent.get(group.group, 0.0)), new.value,
                     new.grade, old.value, old.grade, nrf93(amounts).value))  # fmt: skip
    columns = [
        "group",
        "name",
        "family",
        "spend",
        "score_2023",
        "grade_2023",
        "score_2021",
        "grade_2021",
        "nrf93",
    ]
    return pd.DataFrame(rows, columns=columns)


def beside(year: pd.DataFrame, profile: Profile, floor: int) -> pd.DataFrame:
    """The households' measures beside a recommendation profile.

    Parameters
    ----------
    year : pandas.DataFrame
        As `household_year` gives it; only households that are shown count.
    profile : Profile
    floor : int
        Figures are missing where fewer households have the measure.

    Returns
    -------
    pandas.DataFrame
        A row per measure with a target: ``measure, name, unit, value`` (median), ``low, high`` (10th and 90th
        percentile), ``target_low, target_high, mark, position`` (of the median), ``below_percent,
        within_percent, above_percent`` (of ``households``).
    """
    import pandas as pd

    spread = distribution(year, floor).set_index("measure")
    shown = year[year["shown"]]
    rows = []
    for name, target in profile.targets.items():
        known = shown[name].dropna()
        told = len(known) > 0 and enough(len(known), floor)
        places = known.map(target.position).value_counts() if told else {}
        rows.append(
            {
                "measure": name,
                "name": measures.BY_ID[name].name,
                "unit": measures.BY_ID[name].unit,
                "value": spread.loc[name, "p50"],
                "low": spread.loc[name, "p10"],
                "high": spread.loc[name, "p90"],
                "target_low": target.low,
                "target_high": target.high,
                "mark": target.mark,
                "position": target.position(float(spread.loc[name, "p50"])),
                **{
                    f"{place}_percent": 100 * places.get(place, 0) / len(known) if told else float("nan")
                    for place in ("below", "within", "above")
                },
                "households": len(known),
            }
        )
    return pd.DataFrame(rows)


def grade_shares(scores: pd.DataFrame) -> pd.DataFrame:
    """Share of food spend in each class of both editions of the Nutri-Score, by the groups' usual mixtures.

    Returns
    -------
    pandas.DataFrame
        ``grade`` A to E, ``edition_2021_percent, edition_2023_percent`` of the spend on scored groups.
    """
    import pandas as pd

    columns = {"grade": list("ABCDE")}
    for edition in (2021, 2023):
        spent = scores.groupby(f"grade_{edition}")["spend"].sum().reindex(list("ABCDE")).fillna(0.0)
        columns[f"edition_{edition}_percent"] = list(100 * spent / spent.sum())
    return pd.DataFrame(columns)
