"""What a household is shown: one frozen object of tables, which a page or a notebook lays out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class HouseholdFeedback:
    """The information given back to one household.

    Every table is sorted and complete: a page lays it out and computes nothing but the reader's own targets.
    ``period`` is ``month`` (the calendar month shown) or ``three months`` (it and the two before).
    Amounts are for all that the household bought here: of the household, not of a person.

    Attributes
    ----------
    household_id : str
    month : str
        The calendar month shown, ``2017-11``.
    months : tuple of str
        Every month of the data, in order.
    window : tuple of str
        The months of the rolling window that ends with `month`.
    currency : str
        Sign of the currency.
    profile : str
        Name of the chosen recommendation profile; ``profile_note`` says how sure its cells are.
    profile_note : str
    status : str
        What the purchases are (the study's ``data_status``); every page repeats it.
    summary : pandas.DataFrame
        A row per period: ``period, first_month, last_month, baskets, food_spend, counted_spend,
        coverage_percent`` (share of food spend behind the nutrients), ``measured_percent, tables_percent,
        assumed_percent`` (shares of the counted spend by the way weights were found), ``kilograms,
        energy_kcal, shown`` (False under the floor of spend or coverage), ``why`` (the reason, in words),
        ``people`` (``2 adults, 1 child``, or ``not known``), ``need_kcal, need_percent``: energy bought here
        beside what those people need in the period's days; missing where the size is not known.
    targets : pandas.DataFrame
        A row per measure with bounds: ``measure, name, unit, target_low, target_high, target_of, mark, says``
        (the source in words, or why the household set it).
    nutrients : pandas.DataFrame
        A row per period and measure: ``period, measure, name, value, low, high`` (hold 95 % of the baskets
        that could be behind the records; see `casestudy.nutrition.ranges`), ``unit, target_low,
        target_high`` (missing for none), ``target_of`` (the profile, or ``own target``), ``mark``
        (see `casestudy.nutrition.recommend.MARKS`), ``position`` (``below``,
        ``within``, ``above``, ``not judged``, ``across`` where low to high spans a bound), ``reason``.
        Measures are energy shares (``fat_energy_percent`` …) and densities (``fibre_g_per_mj`` …).
    trend : pandas.DataFrame
        A row per month and measure: ``month, measure, name, unit, value, rolling, target_low, target_high,
        food_spend, coverage_percent``; missing where a month has no food or is under the floor.
    contributions : pandas.DataFrame
        Of the window, a row per nutrient and food group: ``nutrient, nutrient_name, unit, family, group,
        group_name, amount, low, high, share_percent`` (of the nutrient's total), ``spend``, ``grams``.
    items : pandas.DataFrame
        Of the window, a row per product: ``group, product_id, description, lines, units, grams, spend, route,
        explicit`` (mapped by an explicit row) and an amount column for each nutrient of `nutrient_ids`.
    lines : pandas.DataFrame
        Of the window, a row per receipt line of food: ``month, date, basket_id, product_id, description,
        group, quantity, spend, grams, route`` and the nutrient columns; items, contributions and totals
        are sums of these.
    nutrient_ids : tuple of str
        Columns of amounts in `items` and `lines`.
    changes : pandas.DataFrame
        A row per measure: ``measure, name, unit, before, now, difference, because`` (the food groups that
        moved it most, in words); none where this month or the one before is not shown.
    swaps : pandas.DataFrame
        Inside a food group: ``nutrient, nutrient_name, group_name, bought, instead, grams, change`` (``less``
        or ``more``), ``saves, unit, share_percent`` (of the window's total), ``basis``; none where the window
        is not shown.
    comparison : pandas.DataFrame
        A row per measure: ``measure, name, unit, value, lower_quartile, median, upper_quartile, households,
        basis``; missing, with the reason in ``basis``, where fewer households than the floor are similar.
    coverage : pandas.DataFrame
        Of the window: ``what`` (counted, no weight, not recognised, not counted: alcohol …), ``spend,
        percent`` of all spend, ``lines``.
    notes : tuple of str
        Sentences that belong under the tables: definitions, limits, what is assumed.
    """

    household_id: str
    month: str
    months: tuple[str, ...]
    window: tuple[str, ...]
    currency: str
    profile: str
    profile_note: str
    status: str
    summary: pd.DataFrame
    targets: pd.DataFrame
    nutrients: pd.DataFrame
    trend: pd.DataFrame
    contributions: pd.DataFrame
    items: pd.DataFrame
    lines: pd.DataFrame
    nutrient_ids: tuple[str, ...]
    changes: pd.DataFrame
    swaps: pd.DataFrame
    comparison: pd.DataFrame
    coverage: pd.DataFrame
    notes: tuple[str, ...]
