"""Figures of joined data: cases in rows with a sparkline, and the convergence of words and log."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from casestudy.figures import COLOURS, INK, QUIET, canvas, nothing
from casestudy.mixed.displays import VERDICTS
from casestudy.outputs import Drawing

if TYPE_CHECKING:
    import pandas as pd

# Colour and letter together, so that the figure can be read in grey.
_CELL = {
    "convergent": (COLOURS[2], "="),
    "words only": (COLOURS[1], "W"),
    "log only": (COLOURS[4], "L"),
    "contradictory": (COLOURS[5], "×"),
    "not observable": ("#ececec", ""),
}


def cases(table: pd.DataFrame, use: Mapping[str, Sequence[float]], names: Mapping[str, str]) -> Drawing:
    """One row a participant: sparkline of use, type in words, type in the log, and a key quote.

    Parameters
    ----------
    table : pandas.DataFrame
        ``participant_id, pseudonym, words, log_type, quote``.
    use : mapping of participant to numbers
        Sessions by feedback cycle; missing for those whose log is not linked.
    names : mapping of type to its name
    """
    if table.empty:
        return nothing(table, "participants of words and log")
    count = max(len(table), 1)
    most = max((max(series) for series in use.values() if len(series)), default=1) or 1
    longest = max((len(series) for series in use.values()), default=1)
    with canvas(size=(11.4, 0.5 * count + 1.0)) as (figure, axes):
        for position, row in enumerate(table.to_dict("records")):
            series = list(use.get(row["participant_id"], ()))
            y = count - 1 - position
            axes.text(
                0.0, y, f"{row['pseudonym']} ({row['participant_id']})", va="center", fontsize=9, color=INK
            )
            if series:
                x = [1.75 + 1.5 * step / max(longest - 1, 1) for step in range(len(series))]
                heights = [y - 0.33 + 0.66 * value / most for value in series]
                axes.fill_between(x, y - 0.33, heights, color=COLOURS[4], alpha=0.35, lw=0)
                axes.plot(x, heights, color=COLOURS[0], linewidth=1.3)
            else:
                axes.text(1.75, y, "no log linked", va="center", fontsize=8, color=QUIET)
            said, seen = str(row["words"] or ""), str(row.get("log_type") or "")
            same = bool(said) and said == seen
            for place, kind in ((3.8, said), (5.6, seen)):
                text = names.get(kind, kind or "–")
                weight = "bold" if same else "normal"
                axes.text(place, y, text, va="center", fontsize=8.5, color=INK, weight=weight)
            axes.text(
                7.4,
                y,
                textwrap.shorten(str(row["quote"]), 98, placeholder=" …"),
                va="center",
                fontsize=7.2,
                color=INK,
                style="italic",
                wrap=False,
            )
            axes.axhline(y - 0.5, color="#e3e3e3", linewidth=0.6)
        for place, title in (
            (0.0, "participant"),
            (1.75, "sessions by cycle"),
            (3.8, "way in words"),
            (5.6, "way in log"),
            (7.4, "in their words"),
        ):
            axes.text(place, count - 0.35, title, fontsize=9, weight="bold", color=INK, va="bottom")
        axes.set_xlim(-0.05, 14.2)
        axes.set_ylim(-0.6, count + 0.1)
        axes.set_axis_off()
    both = table[table["words"].fillna("").ne("") & table["log_type"].fillna("").ne("")]
    alike = int((both["words"] == both["log_type"]).sum())
    alt = (
        f"Table of {len(table)} participants with a sparkline of sessions by feedback cycle, the way in "
        f"words and in the log, and a quote. Of {len(both)} with both, {alike} have the same way (bold)."
    )
    return Drawing(figure, alt, table)


def convergence(table: pd.DataFrame, names: Mapping[str, str]) -> Drawing:
    """The convergence matrix: participants in rows, constructs in columns, the verdict as colour and sign.

    Parameters
    ----------
    table : pandas.DataFrame
        From `casestudy.mixed.displays.convergence`.
    names : mapping of construct to its name
    """
    from matplotlib.patches import Patch, Rectangle

    if table.empty:
        return nothing(table, "words set against the log")
    people, kinds = list(dict.fromkeys(table["who"])), list(dict.fromkeys(table["construct"]))
    with canvas(size=(1.25 * max(len(kinds), 2) + 3.2, 0.3 * max(len(people), 1) + 1.9)) as (figure, axes):
        for row in table.to_dict("records"):
            x, y = kinds.index(row["construct"]), people.index(row["who"])
            colour, sign = _CELL[row["verdict"]]
            axes.add_patch(Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=colour, alpha=0.75, lw=0))
            axes.text(x, y, sign, ha="center", va="center", fontsize=9, color=INK)
        axes.set_xticks(range(len(kinds)), [textwrap.fill(names.get(k, k), 14) for k in kinds])
        axes.set_yticks(range(len(people)), people)
        axes.set_xlim(-0.6, max(len(kinds), 1) - 0.4)
        axes.set_ylim(max(len(people), 1) - 0.4, -0.6)
        axes.grid(False)
        handles = [
            Patch(facecolor=_CELL[v][0], alpha=0.75, label=f"{_CELL[v][1]} {v}".strip()) for v in VERDICTS
        ]
        axes.legend(handles=handles, loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=8.5)
    counts = table["verdict"].value_counts()
    said = "; ".join(f"{verdict} {int(counts.get(verdict, 0))}" for verdict in VERDICTS)
    alt = f"Matrix of {len(people)} participants by {len(kinds)} ways of using. Cells: {said}."
    return Drawing(figure, alt, table)
