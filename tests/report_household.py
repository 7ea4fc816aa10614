"""A made-up household for the tests of its page, with hostile product names."""

from __future__ import annotations

import pandas as pd
from report_study import HOSTILE

from casestudy.nutrition.view import HouseholdFeedback

NAN = float("nan")
MEASURES = [
    ("fat_energy_percent", "fat", "% of energy", 40.0, 38.0, 42.0, 25.0, 35.0, "V", "above", ""),
    ("fibre_g_per_mj", "fibre", "g/MJ", 3.1, 2.9, 3.4, 3.0, NAN, "R", "across", "the range spans a bound"),
    ("salt_g_per_mj", "salt", "g/MJ", NAN, NAN, NAN, NAN, 0.7, "I", "not judged", "not known"),
]


def feedback() -> HouseholdFeedback:
    """Two months, two food groups, three products, four receipt lines."""
    names = [
        "measure",
        "name",
        "unit",
        "value",
        "low",
        "high",
        "target_low",
        "target_high",
        "mark",
        "position",
    ]
    table = pd.DataFrame(MEASURES, columns=[*names, "reason"])
    targets = table[["measure", "name", "unit", "target_low", "target_high", "mark"]].assign(
        target_of="A profile", says=f"as the document says {HOSTILE}"
    )
    whole = pd.concat([table.assign(period="month"), table.assign(period="three months")])
    summary = {
        "first_month": "2017-02",
        "last_month": "2017-02",
        "baskets": 3,
        "food_spend": 123.4,
        "counted_spend": 100.0,
        "coverage_percent": 81.04,
        "measured_percent": 70.0,
        "tables_percent": 20.0,
        "assumed_percent": 10.0,
        "kilograms": 31.5,
        "energy_kcal": 50000.0,
        "shown": True,
        "why": "",
        "people": "2 adults, 1 child",
        "need_kcal": 196000.0,
        "need_percent": 25.51,
    }
    hidden = summary | {"first_month": "2017-01", "shown": False, "why": "too little was bought here"}
    trend = pd.DataFrame(
        {
            "month": ["2017-01", "2017-02"],
            "measure": "fat_energy_percent",
            "name": "fat",
            "unit": "% of energy",
            "value": [NAN, 40.0],
            "rolling": [NAN, NAN],
            "target_low": 25.0,
            "target_high": 35.0,
            "food_spend": [10.0, 123.4],
            "coverage_percent": [50.0, 81.0],
        }
    )
    lines = pd.DataFrame(
        {
            "month": "2017-02",
            "date": pd.to_datetime(["2017-02-01", "2017-02-02", "2017-02-02", "2017-02-09"]),
            "basket_id": [1, 2, 2, 3],
            "product_id": [11, 11, 12, 13],
            "description": ["Butter", "Butter", HOSTILE, "Milk, whole"],
            "group": ["butter", "butter", "butter", "milk"],
            "group_name": ["Butter", "Butter", "Butter", "Milk"],
            "quantity": [1.0, 2.0, 1.0, 1.0],
            "spend": [2.0, 4.0, 3.0, 1.5],
            "grams": [250.0, 500.0, 200.0, 1000.0],
            "route": "parsed",
            "fat_g": [200.0, 400.0, 160.0, 35.0],
        }
    )
    items = lines.groupby(["group", "product_id", "description", "route"], as_index=False).agg(
        lines=("spend", "size"),
        units=("quantity", "sum"),
        spend=("spend", "sum"),
        grams=("grams", "sum"),
        fat_g=("fat_g", "sum"),
    )
    contributions = pd.DataFrame(
        {
            "nutrient": "fat_g",
            "nutrient_name": "fat",
            "unit": "g",
            "family": ["Fats", "Dairy"],
            "group": ["butter", "milk"],
            "group_name": ["Butter", "Milk"],
            "amount": [760.0, 35.0],
            "low": [700.0, 30.0],
            "high": [800.0, 40.0],
            "share_percent": [95.6, 4.4],
            "spend": [9.0, 1.5],
            "grams": [950.0, 1000.0],
        }
    )
    changes = pd.DataFrame(
        [
            {
                "measure": "fat_energy_percent",
                "name": "fat",
                "unit": "%",
                "before": 38.0,
                "now": 40.0,
                "difference": 2.0,
                "because": f"Butter {HOSTILE}",
            }
        ]
    )
    swaps = pd.DataFrame(
        [
            {
                "nutrient": "fat_g",
                "nutrient_name": "fat",
                "group_name": "Milk",
                "bought": "whole",
                "instead": "skimmed",
                "grams": 1000.0,
                "change": "less",
                "saves": 34.0,
                "unit": "g",
                "share_percent": 4.3,
                "basis": "b",
            }
        ]
    )
    comparison = pd.DataFrame(
        [
            {
                "measure": "fat_energy_percent",
                "name": "fat",
                "unit": "%",
                "value": 40.0,
                "lower_quartile": 35.0,
                "median": 37.0,
                "upper_quartile": 39.0,
                "households": 14,
                "basis": "similar spend",
            },
            {
                "measure": "salt_g_per_mj",
                "name": "salt",
                "unit": "g/MJ",
                "value": NAN,
                "lower_quartile": NAN,
                "median": NAN,
                "upper_quartile": NAN,
                "households": 3,
                "basis": "fewer than 5 households",
            },
        ]
    )
    coverage = pd.DataFrame(
        {"what": ["counted", "not food"], "spend": [100.0, 50.0], "percent": [66.7, 33.3], "lines": [4, 2]}
    )
    return HouseholdFeedback(
        household_id="7",
        month="2017-02",
        months=("2017-01", "2017-02"),
        window=("2017-01", "2017-02"),
        currency="$",
        profile="A profile",
        profile_note="Its note.",
        status="The purchases are <simulated>.",
        summary=pd.DataFrame([{"period": "month"} | summary, {"period": "three months"} | hidden]),
        targets=targets,
        nutrients=whole.reset_index(drop=True),
        trend=trend,
        contributions=contributions,
        items=items,
        lines=lines,
        nutrient_ids=("fat_g",),
        changes=changes,
        swaps=swaps,
        comparison=comparison,
        coverage=coverage,
        notes=(f"A note {HOSTILE}",),
    )
