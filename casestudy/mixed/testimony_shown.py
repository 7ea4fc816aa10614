"""Testimony against records for readers: tables, the figure of what was said and recorded, and the answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from casestudy.figures import COLOURS, INK, QUIET, canvas, nothing
from casestudy.mixed.records import Measure
from casestudy.outputs import Drawing
from casestudy.proportions import wilson
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

_ACROSS = 4


def readable(table: pd.DataFrame, measures: Mapping[str, Measure]) -> pd.DataFrame:
    """The comparison with days of the calendar as dates, one row a statement.

    Returns
    -------
    pandas.DataFrame
        ``id, participant, document, kind, measure, quote, told, recorded, tolerance, verdict, why``;
        numbers as text with two decimals at most, empty where nothing is recorded; of dates the tolerance is
        in days.
    """
    import pandas as pd

    rows = []
    for row in table.to_dict("records"):
        dated = measures[row["measure"]].dated
        low, high, recorded = (_said(row[name], dated) for name in ("told_low", "told_high", "recorded"))
        named = f"{row['name']}: {row['of']}" if row["of"] else row["name"]
        told = low if low == high else f"{low} to {high}"
        head = [
            row["id"],
            row["participant"],
            row["document"],
            row["kind"],
            named,
            row["quote"],
            told,
            recorded,
        ]
        rows.append([*head, f"{row['tolerance']:.2f}".rstrip("0").rstrip("."), row["verdict"], row["why"]])
    columns = ["id", "participant", "document", "kind", "measure", "quote", "told", "recorded"]
    return pd.DataFrame(rows, columns=[*columns, "tolerance", "verdict", "why"])


def _said(value: float, dated: bool) -> str:
    if math.isnan(value):
        return ""
    return date.fromordinal(int(value)).isoformat() if dated else f"{value:.2f}".rstrip("0").rstrip(".")


def by_kind(table: pd.DataFrame) -> pd.DataFrame:
    """Verdicts by kind of statement, and over all kinds.

    Returns
    -------
    pandas.DataFrame
        ``kind, statements, agrees, contradicts, not_checkable``, the ``share`` of contradictions among those
        that could be checked, and its Wilson interval ``low, high`` (95 %); NaN where none could be checked.
        The interval takes statements as independent, though one person makes several.
    """
    import pandas as pd

    rows = []
    for kind in [*dict.fromkeys(table["kind"]), "all"]:
        verdicts = table["verdict"] if kind == "all" else table.loc[table["kind"].eq(kind), "verdict"]
        agrees, against, unknown = (
            int(verdicts.eq(name).sum()) for name in ("agrees", "contradicts", "not checkable")
        )
        checked = agrees + against
        low, high = wilson(against, checked) if checked else (math.nan, math.nan)
        share = against / checked if checked else math.nan
        rows.append((kind, len(verdicts), agrees, against, unknown, share, low, high))
    columns = ["kind", "statements", "agrees", "contradicts", "not_checkable", "share", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def by_participant(table: pd.DataFrame) -> pd.DataFrame:
    """Verdicts by participant: ``participant, statements, agrees, contradicts, not_checkable``."""
    import pandas as pd

    counts = pd.crosstab(table["participant"], table["verdict"])
    counts = counts.reindex(columns=["agrees", "contradicts", "not checkable"], fill_value=0)
    counts.insert(0, "statements", counts.sum(axis=1))
    counts.columns.name = None
    return counts.rename(columns={"not checkable": "not_checkable"}).reset_index()


def figure(table: pd.DataFrame, measures: Mapping[str, Measure]) -> Drawing:
    """What was said against what is recorded, a panel a measure; contradictions carry the participant's id.

    Parameters
    ----------
    table : pandas.DataFrame
        From `casestudy.mixed.testimony.compare`. Statements that cannot be checked are left out.
    measures : mapping of id to Measure
    """
    shown = table[table["verdict"].ne("not checkable")]
    if shown.empty:
        return nothing(table.drop(columns="quote"), "statements that records can check")
    names = [name for name in measures if shown["measure"].eq(name).any()]
    down = math.ceil(len(names) / _ACROSS)
    with canvas(down, _ACROSS, size=(11.4, 2.7 * down)) as (drawn, panels):
        flat = list(getattr(panels, "flat", [panels]))
        for axes, name in zip(flat, names, strict=False):
            _panel(axes, shown[shown["measure"].eq(name)], measures[name])
        for axes in flat[len(names) :]:
            axes.set_visible(False)
        drawn.supxlabel("recorded", fontsize=9, color=INK)
        drawn.supylabel("said, with the measure's tolerance", fontsize=9, color=INK)
    against = shown[shown["verdict"].eq("contradicts")]
    alt = (
        f"{counted(len(shown), 'statement')} in {counted(len(names), 'panel')}, a panel a measure: what was "
        f"said against what is recorded. {len(against)} lie beyond the tolerance: "
        f"{', '.join(against['id'] + ' of ' + against['participant']) or 'none'}."
    )
    return Drawing(drawn, alt, table.drop(columns="quote"))


def _panel(axes: Any, rows: pd.DataFrame, measure: Measure) -> None:
    """One measure: bars from the least to the most said, tolerance lighter, a line where both are equal."""
    from matplotlib import dates as calendar

    dates: Any = calendar

    # A day of the calendar as matplotlib counts days.
    shift = dates.date2num(date.fromordinal(1)) - 1 if measure.dated else 0.0
    values = rows[["told_low", "told_high", "recorded"]] + shift
    ends = values.min().min(), values.max().max()
    axes.plot(ends, ends, color=QUIET, linewidth=0.8, zorder=1)
    for row, (low, high, recorded) in zip(rows.to_dict("records"), values.to_numpy(), strict=True):
        against = row["verdict"] == "contradicts"
        colour = COLOURS[5] if against else COLOURS[0]
        slack = measure.tolerance(row["told_low"]), measure.tolerance(row["told_high"])
        axes.vlines(recorded, low - slack[0], high + slack[1], color=colour, alpha=0.3, linewidth=3)
        axes.vlines(recorded, low, high, color=colour, linewidth=3)
        axes.plot([recorded], [(low + high) / 2], "x" if against else "o", color=colour, markersize=4)
        if against:
            axes.annotate(
                row["participant"],
                (recorded, high),
                xytext=(4, 0),
                textcoords="offset points",
                fontsize=8,
                color=INK,
            )
    room = max(0.05 * float(ends[1] - ends[0]), measure.absolute)
    axes.set_xlim(ends[0] - room, ends[1] + room)
    axes.set_title(measure.name, fontsize=9)
    axes.tick_params(labelsize=6.5)
    if measure.dated:
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(dates.AutoDateLocator(minticks=2, maxticks=4))
            axis.set_major_formatter(dates.DateFormatter("%d %b"))


def answer(summary: pd.DataFrame, people: pd.DataFrame, copied: pd.DataFrame) -> tuple[str, dict[str, float]]:
    """The answer in words, and its numbers.

    Parameters
    ----------
    summary : pandas.DataFrame
        From `by_kind`.
    people : pandas.DataFrame
        From `by_participant`.
    copied : pandas.DataFrame
        From `casestudy.mixed.tellers.copies`.
    """
    total = summary.iloc[-1]
    checked = int(total["agrees"] + total["contradicts"])
    if not checked:
        return "No statement could be checked: the study records none that log or purchases cover.", {}
    apart = int(people["contradicts"].gt(0).sum())
    text = (
        f"Of {counted(checked, 'statement')} that records can check, {int(total['contradicts'])} contradict "
        f"them ({100 * total['share']:.0f} %, 95 % interval {100 * total['low']:.0f} to "
        f"{100 * total['high']:.0f} %), from {counted(apart, 'participant')}."
    )
    values: dict[str, float] = {
        "checked": checked,
        "contradicts": int(total["contradicts"]),
        "participants apart": apart,
    }
    if len(copied):
        share = float(copied.iloc[-1]["share"])
        text += f" Of large mismatches planted in copies, {100 * share:.1f} % are found."
        values["planted found"] = share
    return text + " A contradiction says where to read again, not who is right.", values
