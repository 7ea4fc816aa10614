"""Figures of a review: the flow of records, and the map of what data are for and who is empowered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from casestudy.figures import COLOURS, INK, QUIET, canvas
from casestudy.literature.prisma import Flow
from casestudy.outputs import Drawing

if TYPE_CHECKING:
    import pandas as pd


def flow(counts: Flow) -> Drawing:
    """The flow of records through the review, as boxes; what leaves stands on the right."""
    import pandas as pd

    rows = counts.rows()
    stays = [row for row in rows if row["box"] in _STAYS]
    leaves = {
        0: [rows[1]],
        1: [row for row in rows[3:5] if row["n"]],
        2: [row for row in rows[6:7] if row["n"]],
        3: [row for row in rows[8:10] if row["n"]],
    }
    with canvas(size=(7.6, 6.4)) as (figure, axes):
        axes.set_axis_off()
        axes.set_xlim(0, 10)
        axes.set_ylim(0, 10)
        for position, row in enumerate(stays):
            y = 9.1 - 2.0 * position
            _box(axes, 2.4, y, f"{row['box']}\nn = {row['n']}", COLOURS[4])
            if position < len(stays) - 1:
                _arrow(axes, (2.4, y - 0.55), (2.4, y - 1.45))
            for number, out in enumerate(leaves.get(position, [])):
                words = f"{out['box']}: n = {out['n']}" + (f"\n{out['detail']}" if out["detail"] else "")
                height = y - 1.0 * number
                _box(
                    axes,
                    7.2,
                    height,
                    words.replace("; ", "\n").replace("_", " ").replace("_", " "),
                    "#ffffff",
                )
                _arrow(axes, (4.3, height), (5.0, height))
    said = "; ".join(f"{row['box']} {row['n']}" for row in rows if row["n"] or row["box"] in _STAYS)
    return Drawing(figure, f"Flow of records: {said}.", pd.DataFrame(rows))


_STAYS = ("records identified", "records screened", "reports sought", "reports assessed", "studies included")


def _box(axes: Any, x: float, y: float, words: str, colour: str) -> None:
    axes.text(
        x,
        y,
        words,
        ha="center",
        va="center",
        fontsize=9,
        color=INK,
        bbox={"boxstyle": "round,pad=0.5", "facecolor": colour, "edgecolor": QUIET, "alpha": 0.9},
    )


def _arrow(axes: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": INK})


def role_map(
    frame: pd.DataFrame,
    across: str,
    up: str,
    *,
    columns: Sequence[str],
    rows: Sequence[str],
    xlabel: str,
    ylabel: str,
) -> Drawing:
    """The map of records by two dimensions: one mark a cell, its area the number of records, its ids below.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a record: ``record`` and the two dimensions.
    across, up : str
        Columns of `frame` for the two axes.
    columns, rows : sequence of str
        Values shown on the axes, in order; others are counted in the caption's table only.
    """
    from textwrap import fill

    import pandas as pd

    cells = []
    for x, column in enumerate(columns):
        for y, row in enumerate(rows):
            ids = sorted(frame.loc[(frame[across] == column) & (frame[up] == row), "record"])
            cells.append(
                {across: column, up: row, "records": len(ids), "ids": "; ".join(ids), "x": x, "y": y}
            )
    table = pd.DataFrame(cells)
    most = max(int(table["records"].max()), 1) if len(table) else 1
    size = (max(6.0, 1.2 * len(columns) + 1.4), max(3.4, 0.85 * len(rows) + 1.0))
    with canvas(size=size) as (figure, axes):
        for cell in cells:
            if not cell["records"]:
                axes.plot(cell["x"], cell["y"], marker=".", color="#cccccc")
                continue
            area = 250 + 1500 * float(str(cell["records"])) / most
            axes.scatter(cell["x"], cell["y"], s=area, color=COLOURS[4], edgecolor=INK)
            axes.text(cell["x"], cell["y"], str(cell["records"]), ha="center", va="center", color=INK)
        axes.set_xticks(range(len(columns)), [fill(one, 14) for one in columns])
        axes.set_yticks(range(len(rows)), list(rows))
        axes.set_xlim(-0.6, len(columns) - 0.4)
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
    filled = [f"{c[across]} and {c[up]} {c['records']}" for c in cells if c["records"]]
    shown = int(table["records"].sum()) if len(table) else 0
    alt = f"Map of {shown} of {len(frame)} records, {xlabel} by {ylabel}: {'; '.join(filled) or 'none'}."
    return Drawing(figure, alt, table.drop(columns=["x", "y"]))
