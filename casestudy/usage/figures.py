"""Figures of the usage room: frame in, Drawing out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from casestudy.figures import COLOURS, HATCHES, INK, QUIET, canvas, nothing
from casestudy.outputs import Drawing

if TYPE_CHECKING:
    import pandas as pd


def graph(edges: pd.DataFrame, nodes: Sequence[str], title: str = "", most: int = 18) -> Drawing:
    """The directly-follows graph: nodes on a ring, arrows as wide as their sessions are many.

    Parameters
    ----------
    edges : pandas.DataFrame
        ``source``, ``target``, ``percent`` (of sessions); the first `most` between `nodes` are drawn.
    nodes : sequence of str
        Names, drawn clockwise from the top.
    """
    kept = edges[edges["source"].isin(nodes) & edges["target"].isin(nodes)]
    shown = kept[kept["source"] != kept["target"]].head(most).reset_index(drop=True)
    if shown.empty:
        return nothing(shown, "what follows what")
    angle = np.pi / 2 - 2 * np.pi * np.arange(len(nodes)) / max(len(nodes), 1)
    place = {name: (1.45 * np.cos(a), np.sin(a)) for name, a in zip(nodes, angle, strict=True)}
    top = shown["percent"].max() if len(shown) else 1.0
    with canvas(size=(7.6, 5.2)) as (figure, axes):
        for name, (x, y) in place.items():
            box = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": INK}
            axes.text(x, y, name, ha="center", va="center", bbox=box, zorder=4)
        for edge in shown.itertuples():
            style = {
                "arrowstyle": "-|>", "color": COLOURS[0], "alpha": 0.35 + 0.6 * edge.percent / top,
                "lw": 0.8 + 4.2 * edge.percent / top, "shrinkA": 22, "shrinkB": 24,
                "connectionstyle": "arc3,rad=0.16", "mutation_scale": 13,
            }  # fmt: skip
            axes.annotate("", place[edge.target], place[edge.source], arrowprops=style, zorder=2)
            (x0, y0), (x1, y1) = place[edge.source], place[edge.target]
            bend = 0.16 / 2
            middle = ((x0 + x1) / 2 + bend * (y1 - y0), (y0 + y1) / 2 - bend * (x1 - x0))
            axes.text(
                *middle, f"{edge.percent:.0f}", fontsize=8, color=INK, ha="center", va="center", zorder=3
            )
        axes.set_xlim(-1.95, 1.95)
        axes.set_ylim(-1.3, 1.3)
        axes.axis("off")
        axes.set_title(title)
    listed = [f"{edge.source} to {edge.target} {edge.percent:.0f}" for edge in shown.head(6).itertuples()]
    alt = f"Graph of what follows what, percent of sessions with the step. Strongest: {'; '.join(listed)}."
    return Drawing(figure, alt, shown)


def stacked(
    frame: pd.DataFrame,
    x: str,
    by: str,
    value: str,
    order: Sequence[str],
    *,
    xlabel: str,
    ylabel: str,
    title: str = "",
) -> Drawing:
    """Stacked bars over `x`, one part for each value of `by`, hatched so that they differ without colour."""
    if frame.empty:
        return nothing(frame, f"{ylabel} over {xlabel}")
    wide = (
        frame.pivot_table(index=x, columns=by, values=value, aggfunc="sum")
        .reindex(columns=list(order))
        .fillna(0)
    )
    with canvas() as (figure, axes):
        bottom = np.zeros(len(wide))
        for position, name in enumerate(order):
            heights = wide[name].to_numpy(float)
            colour = COLOURS[position % len(COLOURS)] if name != "none" else "#dddddd"
            hatch = HATCHES[position % len(HATCHES)] if name != "none" else ""
            axes.bar(
                range(len(wide)), heights, bottom=bottom, width=0.8, color=colour, hatch=hatch,
                label=str(name),
                edgecolor="white", linewidth=0.4,
            )  # fmt: skip
            bottom += heights
        axes.set_xticks(range(len(wide)), [str(label) for label in wide.index])
        axes.legend(title=by, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        axes.grid(False, axis="x")
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
        axes.set_title(title)
    words = (
        [f"{name} from {wide[name].iloc[0]:.0f} to {wide[name].iloc[-1]:.0f}" for name in order]
        if len(wide)
        else []
    )
    return Drawing(figure, f"Stacked bars of {ylabel} over {xlabel}: {'; '.join(words)}.", wide.reset_index())


def survival(curves: pd.DataFrame, *, by: str, xlabel: str, ylabel: str, title: str = "") -> Drawing:
    """Kaplan–Meier steps with bands, one for each value of `by`.

    Parameters
    ----------
    curves : pandas.DataFrame
        ``time``, ``percent``, ``low``, ``high`` (percent) and `by`.
    """
    if curves.empty:
        return nothing(curves, f"{ylabel} over {xlabel}")
    words = []
    with canvas() as (figure, axes):
        for position, (name, part) in enumerate(curves.groupby(by, sort=False)):
            style = ("-", "--", "-.", ":")[position % 4]
            axes.step(part["time"], part["percent"], where="post", label=str(name), ls=style)
            axes.fill_between(part["time"], part["low"], part["high"], step="post", alpha=0.15, lw=0)
            words.append(f"{name} ends at {part['percent'].iloc[-1]:.0f} % after {part['time'].iloc[-1]:g}")
        axes.axhline(50, color=QUIET, lw=0.8, ls=":")
        axes.set_ylim(0, 102)
        axes.legend(title=by)
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
        axes.set_title(title)
    return Drawing(figure, f"Survival curves of {ylabel} over {xlabel}: {'; '.join(words)}.", curves)


def event_study(frame: pd.DataFrame, *, ylabel: str, by: str = "", title: str = "") -> Drawing:
    """Estimates by months since adoption, with intervals; the reference month is drawn at zero.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``since`` (months; negative before), ``estimate``, ``low``, ``high``, and `by` where there are
        several.
    """
    if frame.empty:
        return nothing(frame, ylabel)
    from matplotlib.ticker import MaxNLocator

    groups = list(frame.groupby(by, sort=False)) if by else [("", frame)]
    with canvas() as (figure, axes):
        axes.axhline(0, color=INK, lw=0.8)
        axes.axvline(-0.5, color=QUIET, lw=0.8, ls="--")
        for position, (name, part) in enumerate(groups):
            shift = (position - (len(groups) - 1) / 2) * 0.18
            spread = [part["estimate"] - part["low"], part["high"] - part["estimate"]]
            axes.errorbar(
                part["since"] + shift, part["estimate"], yerr=spread, fmt="os^D"[position % 4], ms=5,
                capsize=3, color=COLOURS[position % len(COLOURS)], label=str(name),
            )  # fmt: skip
        if by:
            axes.legend(title=by)
        axes.set_xlabel("months since adoption (the month before it is the reference)")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylabel(ylabel)
        axes.set_title(title)
    first = groups[0][1]
    words = [f"month {row.since:+.0f}: {row.estimate:.2f}" for row in first.itertuples() if row.since >= 0]
    return Drawing(figure, f"Estimates of {ylabel} by months since adoption. {'; '.join(words[:8])}.", frame)


def against_nominal(
    frame: pd.DataFrame,
    x: str,
    value: str,
    low: str,
    high: str,
    nominal: float,
    *,
    by: str,
    xlabel: str,
    ylabel: str,
) -> Drawing:
    """Rates with Monte Carlo intervals beside the rate they should have (the dashed line)."""
    groups = list(frame.groupby(by, sort=True))
    places = {name: number for number, name in enumerate(sorted(set(frame[x])))}
    words = []
    with canvas() as (figure, axes):
        axes.axhline(nominal, color=INK, lw=1, ls="--")
        for position, (name, part) in enumerate(groups):
            at = part[x].map(places) + (position - (len(groups) - 1) / 2) * 0.14
            spread = [part[value] - part[low], part[high] - part[value]]
            axes.errorbar(
                at, part[value], yerr=spread, fmt="os^Dv"[position % 5], ms=5, capsize=3, label=str(name),
                color=COLOURS[position % len(COLOURS)],
            )  # fmt: skip
            words.append(f"{name} from {part[value].iloc[0]:.1f} to {part[value].iloc[-1]:.1f}")
        axes.set_xticks(range(len(places)), [str(name) for name in places])
        axes.legend(title=by)
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
    alt = f"{ylabel} by {xlabel}, beside {nominal:g}: {'; '.join(words)}."
    return Drawing(figure, alt, frame)
