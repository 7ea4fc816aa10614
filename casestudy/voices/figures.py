"""Figures of codings: who speaks of what, what stands beside what, when nothing new is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy import figures
from casestudy.outputs import Drawing

if TYPE_CHECKING:
    import pandas as pd


def people_by_code(frame: pd.DataFrame, asked: int, title: str = "") -> Drawing:
    """How many people speak of each code, with 95 % Wilson intervals, one bar a code.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `casestudy.coding.counts.prevalence`: ``name, people, low, high``.
    asked : int
        How many people were asked: the denominator.
    """
    import pandas as pd

    shown = pd.DataFrame(
        {
            "code": frame["name"].astype(str),
            "people": frame["people"].astype(float),
            "low": (frame["low"] * asked).astype(float),
            "high": (frame["high"] * asked).astype(float),
        }
    ).reset_index(drop=True)
    label = f"people (of {asked}), 95 % Wilson interval"
    return figures.bars(
        shown, "code", "people", xlabel=label, title=title, low="low", high="high", decimals=0
    )


def dots(frame: pd.DataFrame, *, xlabel: str, ylabel: str, unit: str, title: str = "") -> Drawing:
    """A table of counts as dots whose area grows with the count; empty cells stay empty.

    Parameters
    ----------
    frame : pandas.DataFrame
        Counts; the index names the rows, the columns name the columns.
    xlabel, ylabel : str
    unit : str
        What is counted, for the legend and the alternative text.
    """
    import numpy as np

    numbers = frame.astype(float).to_numpy()
    most = float(np.nanmax(numbers)) if numbers.size and np.nanmax(numbers) > 0 else 1.0
    width = max(5.0, min(12.0, 0.42 * frame.shape[1] + 3.6))
    with figures.canvas(size=(width, max(2.2, 0.3 * len(frame) + 1.7))) as (figure, axes):
        rows, columns = np.nonzero(np.nan_to_num(numbers))
        values = numbers[rows, columns]
        axes.scatter(columns, rows, s=18 + 230 * values / most, color=figures.COLOURS[0], alpha=0.85, lw=0)
        for row, column, value in zip(rows, columns, values, strict=True):
            inside = value / most > 0.45
            axes.annotate(
                f"{value:,.0f}",
                (column, row),
                ha="center",
                va="center",
                fontsize=7,
                color="white" if inside else figures.INK,
                xytext=(0, 0) if inside else (7, 6),
                textcoords="offset points",
            )
        axes.set_xticks(range(frame.shape[1]), [str(one) for one in frame.columns], rotation=45, ha="right")
        axes.set_yticks(range(len(frame)), [str(one) for one in frame.index])
        axes.set_xlim(-0.6, max(frame.shape[1], 1) - 0.4)
        axes.set_ylim(max(len(frame), 1) - 0.4, -0.6)
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
        axes.set_title(title)
    largest = sorted(
        zip(-values, rows, columns, strict=True), key=lambda one: (one[0], int(one[1]), int(one[2]))
    )[:3]
    said = "; ".join(f"{frame.index[r]} by {frame.columns[c]} {-v:,.0f}" for v, r, c in largest)
    alt = f"Dots of {unit}, {ylabel} by {xlabel}. Most: {said or 'none'}."
    return Drawing(figure, alt, frame.reset_index())


def contrasted(frame: pd.DataFrame, first: str, second: str, most: int = 20, title: str = "") -> Drawing:
    """Two groups' shares for the codes in which they differ most, joined by a line.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `casestudy.voices.groups.contrast`.
    """
    shown = frame.head(most).reset_index(drop=True)
    with figures.canvas(size=(8.6, max(2.4, 0.32 * len(shown) + 1.6))) as (figure, axes):
        for row, code in shown.iterrows():
            axes.plot([code["second"], code["first"]], [row, row], color=figures.QUIET, lw=1.4, zorder=1)
        for position, (side, name) in enumerate((("first", first), ("second", second))):
            count = int(shown[f"{side}_of"].iloc[0]) if len(shown) else 0
            axes.scatter(
                shown[side],
                range(len(shown)),
                color=figures.COLOURS[position],
                marker=figures.MARKERS[position],
                s=46,
                label=f"{name} (n = {count})",
                zorder=2,
            )
        axes.set_yticks(range(len(shown)), list(shown["path"]))
        axes.set_ylim(max(len(shown), 1) - 0.5, -0.5)
        axes.set_xlim(-0.03, 1.03)
        axes.set_xlabel("share of the group's people who speak of it")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
        axes.set_title(title)
    said = "; ".join(
        f"{row['path']} {row['first']:.0%} {first}, {row['second']:.0%} {second}"
        for row in shown.head(6).to_dict("records")
    )
    return Drawing(figure, f"Shares of people who speak of each code, {first} and {second}: {said}.", shown)


def accumulated(curves: pd.DataFrame, title: str = "") -> Drawing:
    """How many codes n interviews bring: this order as steps, random orders as a band.

    Parameters
    ----------
    curves : pandas.DataFrame
        From `casestudy.voices.saturation.accumulation`, with a column ``group``.
    """
    words = []
    with figures.canvas() as (figure, axes):
        for position, (name, part) in enumerate(curves.groupby("group", sort=True)):
            colour = figures.COLOURS[position % len(figures.COLOURS)]
            marker = figures.MARKERS[position % len(figures.MARKERS)]
            axes.fill_between(part["interviews"], part["low"], part["high"], color=colour, alpha=0.15, lw=0)
            axes.plot(part["interviews"], part["expected"], color=colour, ls="--", lw=1.2)
            axes.plot(
                part["interviews"], part["found"], color=colour, marker=marker, markersize=4, label=str(name)
            )
            words.append(
                f"{name}: {part['found'].iloc[-1]} codes after {part['interviews'].iloc[-1]} interviews"
            )
        axes.set_xlabel("interviews (dashed: mean over all orders; band: 95 % of random orders)")
        axes.set_ylabel("codes heard so far")
        axes.set_ylim(bottom=0)
        axes.set_title(title)
        if words:
            axes.legend(loc="lower right")
    return Drawing(figure, f"Code accumulation: {'; '.join(words)}.", curves)
