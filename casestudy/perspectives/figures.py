"""Figures of the perspectives: result in, drawing out, made from the tables alone."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from casestudy.figures import COLOURS, HATCHES, INK, MARKERS, QUIET, canvas
from casestudy.outputs import Drawing
from casestudy.perspectives.flowchart import nothing
from casestudy.perspectives.sides import Result

if TYPE_CHECKING:
    import pandas as pd


def customer(result: Result) -> Drawing:
    """Who tells of which way (with 95 % Wilson intervals), and who finds the information about and for them.

    Without a typology the bars show the themes; without poles there is one panel.
    """
    import pandas as pd

    bars = result["types"] if len(result["types"]) else result["themes"]
    ability = result["ability"]
    poles = [c for c in ability.columns if c not in ("who", "mean", "lowest", "quadrant")]
    scored = ability.dropna(subset=poles) if len(poles) >= 2 else pd.DataFrame()
    if bars["of"].fillna(0).eq(0).all():
        return nothing("Nobody's words are coded for this perspective: there is nothing to draw.")
    panels = 2 if len(scored) else 1
    with canvas(1, panels, size=(4.6 * panels + 1.4, 3.9)) as (figure, axes):
        left = axes[0] if panels == 2 else axes
        _shares(left, bars)
        if panels == 2:
            _quadrants(axes[1], scored, poles, result)
    said = "; ".join(f"{row['name']} {row['people']} of {row['of']}" for row in bars.to_dict("records"))
    alt = f"Bars of how many voice each: {said}."
    if panels == 2:
        good = int((scored[poles] > 0).all(axis=1).sum())
        alt += (
            f" Scatter of {len(scored)} participants by {poles[0]} and {poles[1]}: {good} positive on both."
        )
    data = bars[["id", "name", "people", "of", "share", "low", "high"]].assign(panel="voiced")
    return Drawing(figure, alt, pd.concat([data, scored.assign(panel="ability")]) if panels == 2 else data)


def _shares(axes: Any, table: pd.DataFrame) -> None:
    names = [textwrap.fill(str(name), 24) for name in table["name"]]
    shares = 100 * table["share"].astype(float)
    axes.barh(range(len(names)), shares.fillna(0), color=COLOURS[0], height=0.62)
    low, high = 100 * table["low"].astype(float), 100 * table["high"].astype(float)
    spread = [(shares - low).clip(lower=0).fillna(0), (high - shares).clip(lower=0).fillna(0)]
    axes.errorbar(shares.fillna(0), range(len(names)), xerr=spread, fmt="none", ecolor=INK, capsize=3)
    for position, row in enumerate(table.to_dict("records")):
        axes.annotate(
            f"{row['people']} of {row['of']}",
            (
                max(float(high.iloc[position] or 0), 0) if high.iloc[position] == high.iloc[position] else 0,
                position,
            ),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=INK,
        )
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.grid(False, axis="y")
    axes.set_xlim(0, 128)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_xlabel("share of those asked (%)")


def _quadrants(axes: Any, scored: pd.DataFrame, poles: list[str], result: Result) -> None:
    ways = result["ways"]
    kinds = dict(zip(ways["who"], ways["primary"], strict=True)) if len(ways) else {}
    primary = [kinds.get(who, "") or "no type" for who in scored["who"]]
    axes.axhline(0, color=QUIET, linewidth=0.8)
    axes.axvline(0, color=QUIET, linewidth=0.8)
    for number, kind in enumerate(dict.fromkeys(sorted(primary))):
        mine = scored[[one == kind for one in primary]]
        # Equal scores are set side by side, so that nobody hides behind another.
        shift = mine.groupby(poles).cumcount() * 0.05 + 0.02 * number
        axes.scatter(
            mine[poles[0]] + shift,
            mine[poles[1]],
            marker=MARKERS[number % len(MARKERS)],
            color=COLOURS[number % len(COLOURS)],
            label=result.called(kind),
            s=48,
            edgecolor="white",
        )
    axes.set_xlim(-1.15, 1.3)
    axes.set_ylim(-1.15, 1.15)
    axes.set_xlabel(f"{result.called(poles[0])} (mean score, −1 to 1)")
    axes.set_ylabel(f"{result.called(poles[1])} (mean score, −1 to 1)")
    axes.set_title(f"n = {len(scored)} who speak of both" + (", by primary way" if kinds else ""))
    if kinds:
        axes.legend(
            fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=min(len(set(primary)), 3)
        )


def firm(result: Result) -> Drawing:
    """How many voice each theme in each group: dots with 95 % Wilson intervals, one row a theme."""
    table = result["sources"]
    if table.empty:
        return nothing("No theme is declared, or nothing is coded.")
    groups = list(dict.fromkeys(table["group"]))
    themes = list(dict.fromkeys(table["name"]))
    words = []
    with canvas(size=(7.4, max(2.6, 0.62 * len(themes) + 1.6))) as (figure, axes):
        for number, group in enumerate(groups):
            mine = table[table["group"] == group]
            rows = [themes.index(name) + (number - (len(groups) - 1) / 2) * 0.2 for name in mine["name"]]
            share, low, high = (100 * mine[column].astype(float) for column in ("share", "low", "high"))
            axes.errorbar(
                share,
                rows,
                xerr=[(share - low).clip(lower=0), (high - share).clip(lower=0)],
                fmt=MARKERS[number % len(MARKERS)],
                color=COLOURS[number % len(COLOURS)],
                capsize=2,
                label=f"{group} (n = {int(mine['of'].max()) if len(mine) else 0})",
            )
            words.append(
                f"{group}: "
                + ", ".join(f"{n} {p}" for n, p in zip(mine["name"], mine["people"], strict=True))
            )
        axes.set_yticks(range(len(themes)), [textwrap.fill(str(name), 28) for name in themes])
        axes.set_ylim(len(themes) - 0.5, -0.5)
        axes.set_xlim(-3, 103)
        axes.set_xlabel("share in whose words it occurs (%)")
        if groups:
            axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.2), ncols=min(4, len(groups)), fontsize=9)
    alt = f"Dots with intervals, how many voice each theme. {'; '.join(words)}."
    return Drawing(figure, alt, table)


_LINE: dict[str, dict[str, Any]] = {
    "supported": {"color": COLOURS[0], "linewidth": 2.6, "linestyle": "-"},
    "partly": {"color": COLOURS[0], "linewidth": 1.8, "linestyle": (0, (6, 3))},
    "single-source": {"color": COLOURS[2], "linewidth": 1.8, "linestyle": (0, (3, 2))},
    "undecidable": {"color": QUIET, "linewidth": 1.3, "linestyle": ":"},
    "contradicted": {"color": COLOURS[5], "linewidth": 2.2, "linestyle": (0, (1, 2, 5, 2))},
    "not made": {"color": QUIET, "linewidth": 0.8, "linestyle": ":"},
}


def framework(result: Result) -> Drawing:
    """Perspectives as columns, themes as boxes as tall as the share who voice them, links as their claims
    stand.

    Every box has the id ``theme-ID`` and every link ``claim-ID`` in the drawing, so that a page can open
    their evidence.
    """
    themes, links = result["themes"], result["links"]
    if themes.empty:
        return nothing("The study declares no perspectives.")
    columns = list(dict.fromkeys(themes["perspective"]))
    tallest = max(int(themes["perspective"].eq(side).sum()) for side in columns)
    with canvas(size=(max(6.0, 3.5 * len(columns)), 1.05 * tallest + 1.9)) as (figure, axes):
        boxes = _boxes(axes, themes, columns)
        placed = list(boxes.values())
        for number, link in enumerate(links.to_dict("records")):
            if link["start"] in boxes and link["end"] in boxes:
                placed.append(_link(axes, boxes[link["start"]], boxes[link["end"]], link, number, placed))
        _legend(axes, list(dict.fromkeys(links["status"])))
        axes.set_axis_off()
        axes.set_xlim(-0.42, len(columns) - 0.58)
        axes.set_ylim(-0.13, 1.09)
    listed = themes.assign(
        said=[f"{r['name']} {r['people']} of {r['of']}" for r in themes.to_dict("records")]
    )
    sides = listed.groupby("perspective_name", sort=False)["said"]
    said = "; ".join(f"{name}: {', '.join(mine)}" for name, mine in sides)
    carried = "; ".join(
        f"{r['start']} to {r['end']} ({r['claim']}, {r['status']})" for r in links.to_dict("records")
    )
    alt = f"Framework. Themes with the people who voice them. {said}. Links: {carried or 'none'}."
    return Drawing(figure, alt, themes)


_Box = tuple[float, float, float, float]


def _boxes(axes: Any, themes: pd.DataFrame, columns: list[str]) -> dict[str, _Box]:
    from matplotlib.patches import FancyBboxPatch

    boxes: dict[str, _Box] = {}
    for column, side in enumerate(columns):
        mine = themes[themes["perspective"] == side].to_dict("records")
        size = [0.45 + (row["share"] if row["share"] == row["share"] else 0.0) for row in mine]
        gap = 0.045
        room = 1 - gap * (len(mine) - 1)
        scale = room / max(sum(size), 1e-9)
        title = textwrap.fill(mine[0]["perspective_name"], 26)
        axes.text(column, 1.03, title, ha="center", va="bottom", fontsize=11.5, weight="bold", color=INK)
        top = 1.0
        for row, amount in zip(mine, size, strict=True):
            height = min(amount * scale, 0.42)
            box = FancyBboxPatch(
                (column - 0.3, top - height),
                0.6,
                height,
                boxstyle="round,pad=0,rounding_size=0.02",
                facecolor="#eef4f9" if row["people"] else "white",
                edgecolor=COLOURS[column % len(COLOURS)],
                linewidth=1.8,
                hatch=None if row["people"] else HATCHES[1],
                zorder=3,
            )
            box.set_gid(f"theme-{row['id']}")
            axes.add_patch(box)
            plural = "" if row["claims"] == 1 else "s"
            said = f"{row['people']} of {row['of']} voice it · {row['claims']} claim{plural}"
            axes.text(
                column,
                top - height / 2,
                textwrap.fill(row["name"], 27),
                ha="center",
                va="bottom",
                zorder=4,
                fontsize=9.5,
                color=INK,
            )
            axes.text(
                column,
                top - height / 2 - 0.012,
                said,
                ha="center",
                va="top",
                zorder=4,
                fontsize=7.8,
                color=INK,
            )
            boxes[row["id"]] = (column - 0.3, column + 0.3, top - height, top)
            top -= height + gap
    return boxes


def _link(
    axes: Any, start: _Box, end: _Box, link: dict[Any, Any], number: int, placed: Sequence[_Box]
) -> _Box:
    """Draw a link and name its claim where nothing is covered; gives the place that the name takes."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if start[0] > end[0]:
        start, end = end, start
    y0, y1 = (start[2] + start[3]) / 2, (end[2] + end[3]) / 2
    # Links that leave one box spread a little, so that they can be told apart.
    shift = ((number % 3) - 1) * 0.016
    y0, y1 = y0 + shift, y1 + shift
    if start[0] == end[0]:
        x0, x1, bend = start[1], end[1], 0.13
        points = [(x0, y0), (x0 + bend, y0), (x1 + bend, y1), (x1, y1)]
    else:
        x0, x1 = start[1], end[0]
        middle = (x0 + x1) / 2
        points = [(x0, y0), (middle, y0), (middle, y1), (x1, y1)]
    path = Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    patch = PathPatch(path, fill=False, zorder=2, **_LINE[link["status"]])
    patch.set_gid(f"claim-{link['claim']}")
    axes.add_patch(patch)
    said = _numbered(link)
    x, y = _free(points, 0.0072 * len(said) + 0.01, placed)
    axes.text(
        x,
        y,
        said,
        fontsize=7.5,
        ha="center",
        va="center",
        zorder=5,
        color=INK,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.9},
    )
    return _around(x, y, 0.0072 * len(said) + 0.01)


def _around(x: float, y: float, half: float) -> _Box:
    return x - half, x + half, y - 0.017, y + 0.017


def _free(points: list[tuple[float, float]], half: float, placed: Sequence[_Box]) -> tuple[float, float]:
    """Where on a curve a name covers least: the first place that covers nothing, searched from the start."""

    def covered(t: float) -> float:
        left, right, low, high = _around(*_on_curve(points, t), half)
        return sum(
            max(0.0, min(right, b) - max(left, a)) * max(0.0, min(high, d) - max(low, c))
            for a, b, c, d in placed
        )

    places = [0.18 + 0.04 * step for step in range(17)]
    best = min(places, key=lambda t: (round(covered(t), 6), t))
    return _on_curve(points, best)


def _numbered(link: dict[Any, Any]) -> str:
    """A claim with the numbers of the notebooks that it rests on, such as ``C3 · 45``."""
    stems = [stem for stem in link["notebooks"].split(", ") if stem]
    return " · ".join(
        [link["claim"], *([", ".join(stem.partition("-")[0] for stem in stems)] if stems else [])]
    )


def _on_curve(points: list[tuple[float, float]], t: float) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x = sum(w * p[0] for w, p in zip(weights, points, strict=True))
    return x, sum(w * p[1] for w, p in zip(weights, points, strict=True))


def _legend(axes: Any, statuses: list[str]) -> None:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], label=status, **style) for status, style in _LINE.items() if status in statuses]
    if handles:
        axes.legend(
            handles=handles,
            loc="lower center",
            bbox_to_anchor=(0.5, -0.04),
            ncols=len(handles),
            fontsize=8.5,
            title="claim · notebooks whose numbers it rests on; the claim behind a link is",
            title_fontsize=8.5,
        )
