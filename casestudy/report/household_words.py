"""The sentences of a household's page: what it shows in drawings and tables, said in words, neutrally."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from casestudy.report.strips import number

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)

ROUTES = {
    "parsed": "size on the package",
    "two numbers": "size on the package",
    "price per kg": "price per kg",
    "multipack": "pack of several",
    "count": "usual piece",
    "each": "usual piece",
    "package": "usual package",
    "none": "not known",
}
"""How a product's weight was found, in the household's words; another route keeps its name."""


def month(name: str) -> str:
    """A calendar month in words.

    Examples
    --------
    >>> month("2017-11"), month("soon")
    ('November 2017', 'soon')
    """
    year, _, number = name.partition("-")
    known = number.isdecimal() and 1 <= int(number) <= 12
    return f"{_MONTHS[int(number) - 1]} {year}" if known else name


def plain(food: str) -> str:
    """A reference food's name without the composition table's shorthand.

    Examples
    --------
    >>> plain("Soft drink, NFS, diet"), plain("Milk, NFS")
    ('soft drink, diet', 'milk')
    """
    name = food.replace(", NFS", "").replace(" NFS", "")
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def whole_percent(value: float) -> str:
    """A share in whole percent, cut off rather than rounded, so that 100 % is said of all only.

    Examples
    --------
    >>> whole_percent(99.7), whole_percent(100.0), whole_percent(float("nan"))
    ('99 %', '100 %', '–')
    """
    return "–" if value != value else f"{math.floor(round(value, 6))} %"


def rests_words(summary: Mapping[str, Any], currency: str) -> str:
    """How much of what was spent on food the figures rest on, and how its weights were found.

    Examples
    --------
    >>> some = {"food_spend": 20.0, "counted_spend": 15.0, "measured_percent": 60.0}
    >>> rests_words(some | {"tables_percent": 30.0, "assumed_percent": 10.0}, "€")[:53]
    'The figures rest on €15.00 of the €20.00 spent on foo'
    >>> rests_words({"food_spend": 0.0, "counted_spend": 0.0}, "€")
    'No food was bought here in this time.'
    """
    spent, counted = float(summary["food_spend"]), float(summary["counted_spend"])
    if not spent > 0:
        return "No food was bought here in this time."
    whole = f"{currency}{spent:,.2f}"
    if not counted > 0:
        return f"Of the {whole} spent on food nothing has a known weight."
    shares = [float(summary[f"{share}_percent"]) for share in ("measured", "tables", "assumed")]
    return (
        f"The figures rest on {currency}{counted:,.2f} of the {whole} spent on food: {shares[0]:.0f} % with "
        f"the weight on the package, {shares[1]:.0f} % with a usual weight, {shares[2]:.0f} % with a weight "
        "assumed from the price."
    )


def need_words(summary: Mapping[str, Any]) -> str:
    """Who lives in the household, and how the energy bought stands to what they need; empty where untold.

    Examples
    --------
    >>> need_words({"people": "2 adults", "need_kcal": 140000.0, "need_percent": 61.4, "shown": True})
    'For 2 adults: the energy bought here is 61 % of the 140,000 kcal that they need in this time.'
    >>> need_words({"people": "not known", "need_kcal": float("nan"), "need_percent": float("nan")})
    'Who lives in this household is not known, so nothing is said of how much they need.'
    """
    people, need = str(summary.get("people", "")), float(summary.get("need_kcal", math.nan))
    if not people:
        return ""
    if people == "not known":
        return "Who lives in this household is not known, so nothing is said of how much they need."
    share = float(summary.get("need_percent", math.nan))
    if need != need or share != share or not summary.get("shown", True):
        return f"For {people}: what they need in this time is not set beside what was bought."
    return (
        f"For {people}: the energy bought here is {share:.0f} % of the {need:,.0f} kcal that they need "
        "in this time."
    )


def sentence(row: Mapping[str, Any]) -> str:
    """A measure in words, for those who do not see its strip."""
    value = float(row["value"])
    if value != value:
        return f"{row['name']}: not known. {row['reason']}".strip()
    said = f"{row['name']} {number(value)} {row['unit']}"
    low, high = float(row["low"]), float(row["high"])
    if low == low and high == high:
        said += f", between {number(low)} and {number(high)}"
    target = target_words(float(row["target_low"]), float(row["target_high"]))
    return f"{said}; target {target}: {row['position']}" if target else f"{said}; no target"


def target_words(low: float, high: float) -> str:
    """A target in words; empty for none.

    Examples
    --------
    >>> target_words(25, 35), target_words(float("nan"), 10), target_words(3, float("nan"))
    ('25 to 35', 'at most 10', 'at least 3')
    """
    if low != low and high != high:
        return ""
    if low != low:
        return f"at most {high:.4g}"
    return f"at least {low:.4g}" if high != high else f"{low:.4g} to {high:.4g}"


def trend_words(name: str, unit: str, months: list[str], values: list[float]) -> str:
    """A measure over the months in words: its first and last value, its lowest and highest.

    Examples
    --------
    >>> trend_words("fat", "%", ["2017-01", "2017-02"], [30.0, 40.0])  # doctest: +ELLIPSIS
    'fat, %, by month: 30.0 in January 2017, ... highest 40.0 in February 2017'
    >>> trend_words("fat", "%", ["2017-01"], [float("nan")])
    'fat, %: no month can be shown'
    """
    known = [(value, one) for value, one in zip(values, months, strict=True) if value == value]
    if not known:
        return f"{name}, {unit}: no month can be shown"
    low, high = min(known), max(known)
    return (
        f"{name}, {unit}, by month: {number(known[0][0])} in {month(known[0][1])}, "
        f"{number(known[-1][0])} in {month(known[-1][1])}; lowest {number(low[0])} in {month(low[1])}, "
        f"highest {number(high[0])} in {month(high[1])}"
    )
