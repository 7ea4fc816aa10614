"""One household's page: a single file that shows what its own purchases say, and works without a network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from casestudy.nutrition.recommend import MARKS
from casestudy.report.household_words import (
    ROUTES,
    month,
    need_words,
    plain,
    rests_words,
    sentence,
    target_words,
    trend_words,
    whole_percent,
)
from casestudy.report.layout import ASSETS, TEMPLATES, environment
from casestudy.report.strips import box, ceiling, line, number, strip
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.nutrition.view import HouseholdFeedback

_MOST = 12
Row = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """A food group of the window: its products, and the receipt lines of each."""

    id: str
    name: str
    items: tuple[Row, ...]
    lines: tuple[tuple[Row, tuple[Row, ...]], ...]
    spend: float
    grams: float


def household_page(study: Study, feedback: HouseholdFeedback) -> str:
    """The page of one household, complete in itself: style and script inside, nothing loaded.

    Parameters
    ----------
    study : Study
    feedback : HouseholdFeedback
        From `casestudy.nutrition.feedback.household_feedback`.

    Returns
    -------
    str
        HTML. Its script does two things only: lets the reader set own targets, which stay in the reader's
        browser, and opens what a link points to.
    """
    style = (ASSETS / "style.css").read_text(encoding="utf-8")
    style += (TEMPLATES / "household" / "household.css").read_text(encoding="utf-8")
    script = (TEMPLATES / "household" / "household.js").read_text(encoding="utf-8")
    groups = list(_groups(feedback))
    page = (
        environment()
        .get_template("household/household.html.j2")
        .render(
            language=study.language,
            study=study.title,
            view=feedback,
            title=f"Household {feedback.household_id}: food in {month(feedback.month)}",
            style=Markup(style),
            script=Markup(script),
            style_hash=_digest(style),
            script_hash=_digest(script),
            periods=[_period(feedback, row) for row in rows(feedback.summary)],
            targets=_targets(feedback),
            bounds=[row | {"words": _words(row)} for row in rows(feedback.targets)],
            marks=MARKS,
            routes=ROUTES,
            own=feedback.targets["mark"].eq("own").any(),
            kept=f"casestudy-own-targets {study.title} {feedback.household_id}",
            plain=plain,
            trends=_trends(feedback),
            nutrients=_contributions(feedback),
            groups=groups,
            units=_units(feedback),
            changes=rows(feedback.changes),
            swaps=rows(feedback.swaps),
            comparison=[_compared(row) for row in rows(feedback.comparison)],
            compared=feedback.comparison["median"].notna().any(),
            coverage=rows(feedback.coverage),
            month=month,
            number=number,
            most=_MOST,
        )
    )
    return "\n".join(line.rstrip() for line in page.strip().splitlines()) + "\n"


def rows(frame: pd.DataFrame) -> list[Row]:
    """A table's rows with plain names."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _period(feedback: HouseholdFeedback, summary: Row) -> Row:
    """A period's summary with its measures: those that are judged first, each with its strip."""
    table = feedback.nutrients
    found = rows(table[table["period"] == summary["period"]])
    tops = _tops(feedback)
    measures = []
    for row in found:
        shown = sentence(row)
        target = (float(row["target_low"]), float(row["target_high"]))
        drawn = strip(
            float(row["value"]), float(row["low"]), float(row["high"]), target, tops[row["measure"]], shown
        )
        measures.append(row | {"strip": drawn, "target": target_words(*target)})
    judged = [row for row in measures if row["position"] != "not judged"]
    positions: dict[str, list[str]] = {}
    for row in judged:
        positions.setdefault(row["position"], []).append(row["name"])
    others = [row for row in measures if row["position"] == "not judged"]
    words = {
        "need": need_words(summary),
        "rests": rests_words(summary, feedback.currency),
        "behind": whole_percent(float(summary["coverage_percent"])),
    }
    return summary | {"measures": [*judged, *others], "positions": positions} | words


def _words(row: Mapping[str, Any]) -> str:
    return target_words(float(row["target_low"]), float(row["target_high"]))


def _tops(feedback: HouseholdFeedback) -> dict[str, float]:
    """The end of each measure's scale: the same for every period."""
    numbers = ["value", "high", "target_low", "target_high"]
    return {
        str(name): ceiling(*(float(value) for column in numbers for value in group[column]))
        for name, group in feedback.nutrients.groupby("measure", sort=False)
    }


def _targets(feedback: HouseholdFeedback) -> list[Row]:
    """Each measure once, with the profile's bounds, for the reader's own."""
    return rows(feedback.nutrients.drop_duplicates("measure"))


def _trends(feedback: HouseholdFeedback) -> list[Row]:
    found: list[Row] = []
    if not feedback.trend[["value", "rolling"]].notna().any(axis=None):
        return found
    for name, group in feedback.trend.groupby("measure", sort=False):
        first = group.iloc[0]
        values = [float(value) for value in group["value"]]
        labels = [month(one)[0] for one in group["month"]]
        target = (float(first["target_low"]), float(first["target_high"]))
        words = trend_words(first["name"], first["unit"], list(group["month"]), values)
        drawn = line(labels, values, [float(value) for value in group["rolling"]], target, words)
        found.append(
            {
                "measure": name,
                "name": first["name"],
                "unit": first["unit"],
                "line": drawn,
                "rows": rows(group),
            }
        )
    return found


def _contributions(feedback: HouseholdFeedback) -> list[tuple[str, str, str, list[Row]]]:
    found = []
    for name, group in feedback.contributions.groupby("nutrient", sort=False):
        listed = [row for row in rows(group) if row["amount"] > 0]
        first = group.iloc[0]
        found.append((str(name), str(first["nutrient_name"]), str(first["unit"]), listed))
    return found


def _units(feedback: HouseholdFeedback) -> list[tuple[str, str, str]]:
    """The nutrients of the drill-down: column, name, unit."""
    known = {name: (words, unit) for name, words, unit, _ in _contributions(feedback)}
    return [(name, *known.get(name, (name, ""))) for name in feedback.nutrient_ids]


def _groups(feedback: HouseholdFeedback) -> Iterator[Group]:
    """Food groups of the window by name, each down to its receipt lines."""
    names = dict(zip(feedback.lines["group"], feedback.lines["group_name"], strict=True))
    by_product: dict[Any, list[Row]] = {}
    for row in rows(feedback.lines):
        by_product.setdefault((row["group"], row["product_id"]), []).append(row)
    grouped = feedback.items.groupby("group", sort=False)
    for name, group in sorted(grouped, key=lambda one: str(names.get(one[0], one[0]))):
        items = tuple(rows(group))
        lines = tuple((item, tuple(by_product.get((name, item["product_id"]), ()))) for item in items)
        spend, grams = float(group["spend"].sum()), float(group["grams"].sum())
        yield Group(str(name), str(names.get(name, name)), items, lines, spend, grams)


def _compared(row: Row) -> Row:
    value, lower = float(row["value"]), float(row["lower_quartile"])
    median, upper = float(row["median"]), float(row["upper_quartile"])
    if median == median:
        words = (
            f"{row['name']}: this household {number(value)} {row['unit']}; the middle half of "
            f"{int(row['households'])} similar households {number(lower)} to {number(upper)}, "
            f"median {number(median)}"
        )
    else:
        words = f"{row['name']}: no comparison. {row['basis']}"
    return row | {"box": box(value, lower, median, upper, ceiling(value, lower, upper), words)}
