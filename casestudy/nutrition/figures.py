"""Figures of baskets: where measures lie beside recommended ranges, and how they move over the months."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.figures import COLOURS, INK, MARKERS, QUIET, canvas
from casestudy.outputs import Drawing

if TYPE_CHECKING:
    import pandas as pd


def ranges(nutrients: pd.DataFrame, title: str = "") -> Drawing:
    """Each measure with its uncertainty beside the recommended range, one panel for each unit.

    Parameters
    ----------
    nutrients : pandas.DataFrame
        Rows with ``name, unit, value, low, high, target_low, target_high``; those without a target or a value
        are left out.
    title : str

    Returns
    -------
    Drawing
    """
    import numpy as np

    kept = nutrients.dropna(subset=["value"])
    kept = kept[kept["target_low"].notna() | kept["target_high"].notna()]
    units = list(dict.fromkeys(kept["unit"]))
    heights = [max(1, int(kept["unit"].eq(unit).sum())) for unit in units]
    with canvas(max(1, len(units)), 1, size=(7.2, 1.2 + 0.5 * sum(heights) + 0.5 * len(units))) as (
        fig,
        axes,
    ):
        panels = np.atleast_1d(axes)
        panels[0].set_title(title)
        panels[0].get_gridspec().set_height_ratios([many + 0.6 for many in heights])
        for panel, unit in zip(panels, units, strict=False):
            part = kept[kept["unit"].eq(unit)].reset_index(drop=True)
            most = float(np.nanmax(part[["high", "target_high", "target_low"]].to_numpy())) * 1.15
            for place, row in enumerate(part.itertuples(index=False)):
                start = row.target_low if row.target_low == row.target_low else 0
                end = row.target_high if row.target_high == row.target_high else most
                band = "recommended range" if place == 0 else None
                panel.barh(place, end - start, left=start, height=0.62, color="#cfe3f1", label=band)
                panel.plot([row.low, row.high], [place, place], color=INK, lw=2)
                panel.plot(row.value, place, marker="o", color=COLOURS[0], markersize=8)
                panel.annotate(
                    f"{row.value:.3g}",
                    (row.high, place),
                    xytext=(6, 0),
                    textcoords="offset points",
                    va="center",
                )
            panel.set_yticks(range(len(part)), list(part["name"]))
            panel.set_ylim(len(part) - 0.4, -0.6)
            panel.set_xlim(0, most)
            panel.set_xlabel(unit)
            panel.grid(False, axis="y")
        figure = fig
    said = [
        f"{row.name} {row.value:.3g} {row.unit} (range {row.low:.3g} to {row.high:.3g}), {row.position}"
        for row in kept.itertuples(index=False)
    ]
    return Drawing(figure, f"Measures beside the recommended range: {'; '.join(said)}.", kept)


def trends(trend: pd.DataFrame, measures: list[str], title: str = "") -> Drawing:
    """Monthly values as points and rolling three months as a line, a panel for each measure.

    Parameters
    ----------
    trend : pandas.DataFrame
        The table ``trend`` of `casestudy.nutrition.view.HouseholdFeedback`.
    measures : list of str
        Ids of the measures, at most four.
    title : str

    Returns
    -------
    Drawing
    """
    kept = trend[trend["measure"].isin(measures)]
    said = []
    with canvas(len(measures), 1, size=(7.2, 1.0 + 1.6 * len(measures))) as (figure, axes):
        panels = [axes] if len(measures) == 1 else list(axes)
        panels[0].set_title(title)
        for panel, measure in zip(panels, measures, strict=True):
            part = kept[kept["measure"].eq(measure)].reset_index(drop=True)
            low, high = part["target_low"].iloc[0], part["target_high"].iloc[0]
            top = float(part[["value", "rolling", "target_low"]].max().max()) * 1.2
            if low == low or high == high:
                panel.axhspan(low if low == low else 0, high if high == high else top, color="#cfe3f1", lw=0)
            places = range(len(part))
            panel.plot(places, part["value"], MARKERS[0], color=QUIET, label="month", markersize=5)
            panel.plot(places, part["rolling"], color=COLOURS[0], label="three months")
            panel.set_xticks(
                places, list(part["month"]) if panel is panels[-1] else [""] * len(part), rotation=45
            )
            panel.set_ylim(0, top if top == top else 1)
            panel.set_ylabel(f"{part['name'].iloc[0]}\n({part['unit'].iloc[0]})", fontsize=9)
            known = part.dropna(subset=["rolling"])
            if len(known):
                ends = (float(known["rolling"].iloc[0]), float(known["rolling"].iloc[-1]))
                said.append(
                    f"{part['name'].iloc[0]} from {ends[0]:.3g} to {ends[1]:.3g} {part['unit'].iloc[0]}"
                )
        panels[0].legend(ncols=2, fontsize=8, loc="lower right", bbox_to_anchor=(1.0, 1.0))
    alt = f"Months as points, rolling three months as a line: {'; '.join(said) or 'too little food to show'}."
    return Drawing(figure, alt, kept)
