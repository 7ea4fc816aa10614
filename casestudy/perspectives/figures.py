"""Figures of the perspectives: result in, drawing out, made from the tables alone."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from casestudy.evidence import chart
from casestudy.figures import COLOURS, INK, MARKERS, QUIET, canvas
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


def both_sides(table: pd.DataFrame, counted: pd.DataFrame, others: str) -> Drawing:
    """What both sides are said to gain, and beside it what can be counted of the firm's gain.

    Parameters
    ----------
    table : pandas.DataFrame
        From `casestudy.perspectives.firm.gains`.
    counted : pandas.DataFrame
        From `casestudy.mixed.loyalty.summary`.
    others : str
        Whom registered households are compared with.
    """
    said = table[table.groupby("id")["people"].transform("max") > 0] if len(table) else table
    if said.empty:
        return nothing("Nobody tells of a gain.")
    names = list(dict.fromkeys(said["name"]))
    groups = list(dict.fromkeys(said["group"]))
    known = counted[counted["change"].notna()]
    with canvas(size=(9.2, 0.42 * len(names) + 1.8)) as (figure, axes):
        axes.remove()
        left, right = figure.subplots(1, 2, width_ratios=[2.2, 1])
        for number, group in enumerate(groups):
            mine = said[said["group"] == group]
            rows = [names.index(name) + (number - (len(groups) - 1) / 2) * 0.18 for name in mine["name"]]
            share, low, high = (100 * mine[column].astype(float) for column in ("share", "low", "high"))
            style = {"fmt": MARKERS[number % len(MARKERS)], "color": COLOURS[number % len(COLOURS)]}
            left.errorbar(
                share,
                rows,
                xerr=[(share - low).clip(lower=0), (high - share).clip(lower=0)],
                capsize=1.5,
                markersize=4,
                label=f"{group} (n = {int(mine['of'].max())})",
                **style,
            )
        left.set_yticks(range(len(names)), [textwrap.fill(str(name), 34) for name in names], fontsize=8)
        left.set_ylim(len(names) - 0.5, -0.5)
        left.set_xlabel("share in whose words it occurs (%)")
        left.legend(loc="upper center", bbox_to_anchor=(0.3, -0.14), ncols=4, fontsize=8)
        places = list(range(len(known)))
        for column, shift, colour in (("before", -0.15, COLOURS[0]), ("change", 0.15, COLOURS[1])):
            value, low, high = (
                known[name].astype(float) for name in (column, f"{column}_low", f"{column}_high")
            )
            label = "before registering" if column == "before" else "after over before"
            rows = [place + shift for place in places]
            right.errorbar(
                value, rows, xerr=[value - low, high - value], fmt="o", color=colour, capsize=2, label=label
            )
        right.axvline(1, color=QUIET, linewidth=1)
        right.set_yticks(places, list(known["outcome"]))
        right.set_ylim(max(len(known), 1) - 0.5, -0.5)
        right.set_xlabel(textwrap.fill(f"registered over {others} (1: alike)", 34), fontsize=8)
        right.legend(loc="upper center", bbox_to_anchor=(0.4, -0.14), fontsize=8)
    tops = [
        f"{group}: "
        + ", ".join(f"{row['name']} {row['people']} of {row['of']}" for row in mine.to_dict("records"))
        for group, mine in said.sort_values("people", ascending=False).groupby("group", sort=False)
    ]
    alt = f"Left, gains by share of voices in each group; right, shopping of registered over {others}. "
    return Drawing(figure, f"{alt}{'; '.join(tops)}.", said)


_SAYS = ("for", "absent", "open", "not tested", "unknown", "against")


def tests(table: pd.DataFrame) -> Drawing:
    """Each piece of evidence by claim: its sign says what it says, its place what chance reaches.

    Parameters
    ----------
    table : pandas.DataFrame
        From `casestudy.evidence.testing.fates`.
    """
    if table.empty:
        return nothing("The study makes no claims.")
    names = list(dict.fromkeys(table["claim"]))
    stand = dict(zip(table["claim"], table["claim_status"], strict=True))
    raised = dict(zip(table["claim"], table["claim_raised_by_halving"], strict=True))
    with canvas(size=(8.4, 0.42 * len(names) + 1.7)) as (figure, axes):
        for number, says in enumerate(_SAYS):
            mine = table[table["status"].eq(says)]
            if mine.empty:
                continue
            rows = [
                names.index(row["claim"]) + 0.11 * (place % 5 - 2)
                for place, row in enumerate(mine.to_dict("records"))
            ]
            reached = [100 * one if one == one else 108 for one in mine["reached_by_shuffled"]]
            style = {"color": COLOURS[number % len(COLOURS)], "marker": MARKERS[number % len(MARKERS)]}
            axes.scatter(reached, rows, s=26, label=says, **style)
        axes.axvspan(-2, 5, color="#eeeeee", zorder=0)
        labels = [f"{name} {stand[name]}, rises in {100 * raised[name]:.0f} % of halves" for name in names]
        axes.set_yticks(range(len(names)), labels, fontsize=8)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlim(-3, 114)
        axes.set_xticks([0, 5, 25, 50, 75, 100, 108], ["0", "5", "25", "50", "75", "100", "none"])
        axes.set_xlabel("shuffled studies that reach as much (%; none: nothing to shuffle)")
        axes.legend(loc="upper center", bbox_to_anchor=(0.3, -0.13), ncols=6, fontsize=8)
    counts = "; ".join(f"{says} {int(table['status'].eq(says).sum())}" for says in _SAYS)
    said = "; ".join(f"{name} {stand[name]}" for name in names)
    return Drawing(
        figure, f"Pieces of evidence by claim and by what chance reaches. {counts}. Claims: {said}.", table
    )


_LINE: dict[str, dict[str, Any]] = {
    "holds": {"color": COLOURS[0], "linewidth": 2.4, "linestyle": "-"},
    "open": {"color": COLOURS[0], "linewidth": 1.5, "linestyle": (0, (6, 3))},
    "against": {"color": COLOURS[5], "linewidth": 1.8, "linestyle": (0, (1, 2, 5, 2))},
    "literature": {"color": COLOURS[2], "linewidth": 1.2, "linestyle": (0, (3, 2))},
    "not tested": {"color": QUIET, "linewidth": 1.0, "linestyle": ":"},
    "unknown": {"color": QUIET, "linewidth": 0.8, "linestyle": (0, (1, 4))},
}


def framework(result: Result) -> Drawing:
    """Perspectives as columns, themes as boxes that grow with the share who voice them and name their claims,
    lines as their tests say.

    Every box has the id ``theme-ID`` and every line ``line-ID`` in the drawing, so that a page can open
    their evidence.
    """
    themes, links = result["themes"], result["links"]
    if themes.empty:
        return nothing("The study declares no perspectives.")
    shown = (themes, links.assign(says=links["sentence"]), result["claims"])
    whole = chart.lay(*(table.to_dict("records") for table in shown))
    with canvas(size=(whole.width / 100, (whole.height + 46) / 100)) as (figure, axes):
        axes.set_axis_off()
        axes.set_xlim(0, whole.width)
        axes.set_ylim(whole.height + 46, 0)
        for head, x in whole.heads:
            said = textwrap.fill(head, 28)
            axes.text(x, chart.TOP - 14, said, va="bottom", fontsize=11, weight="bold", color=INK)
        for box in whole.boxes:
            _box(axes, box)
        for line in whole.lines:
            _line(axes, line)
        _legend(axes, whole)
    return Drawing(figure, _said(whole), themes)


def _said(whole: chart.Chart) -> str:
    """The framework in words."""
    sides = [
        f"{head}: " + ", ".join(f"{box.name} {box.people} of {box.of}" for box in whole.boxes if box.x == x)
        for head, x in whole.heads
    ]
    lines = [f"{one.line} ({one.status}) from {one.start.name} to {one.end.name}" for one in whole.lines]
    return (
        f"{len(whole.boxes)} themes in {len(whole.heads)} columns, with the people who voice each. "
        f"{'; '.join(sides)}. Lines: {'; '.join(lines) or 'none'}. {whole.said()}"
    ).strip()


def _box(axes: Any, box: chart.Box) -> None:
    from matplotlib.patches import FancyBboxPatch, Rectangle

    colour = COLOURS[box.column % len(COLOURS)]
    outline = FancyBboxPatch(
        (box.x, box.y),
        chart.BOX,
        box.height,
        boxstyle="round,pad=0,rounding_size=5",
        facecolor="white",
        edgecolor=colour,
        linewidth=1.6,
        zorder=3,
    )
    outline.set_gid(f"theme-{box.id}")
    axes.add_patch(outline)
    words = {"zorder": 4, "color": INK, "va": "baseline"}
    for row, said in enumerate(box.lines):
        axes.text(box.x + 12, box.y + 22 + chart.ROW * row, said, fontsize=10, **words)
    counted = f"{box.people} of {box.of} voice it" if box.of else "nobody was asked"
    axes.text(box.x + 12, box.y + 22 + chart.ROW * len(box.lines), counted, fontsize=8, **words)
    base = box.y + box.height - 8
    for width, shade in ((chart.BOX - 24, "#e3e3e3"), ((chart.BOX - 24) * box.share, colour)):
        axes.add_patch(Rectangle((box.x + 12, base), width, 3, facecolor=shade, edgecolor="none", zorder=4))
    for claim, status, x, y in box.chips:
        said = f"{claim} {chart.SIGNS.get(status, '')}".strip()
        frame = {"boxstyle": "round,pad=0.2", "facecolor": "#f3f3f3", "edgecolor": QUIET, "linewidth": 0.6}
        centre = (x + chart.CHIP / 2, y + 10)
        axes.text(*centre, said, ha="center", va="center", fontsize=8, zorder=5, color=INK, bbox=frame)


def _line(axes: Any, line: chart.Line) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    points, codes = [line.pieces[0][0]], [Path.MOVETO]
    for piece in line.pieces:
        points += piece[1:]
        codes += [Path.CURVE4] * 3
    patch = PathPatch(Path(points, codes), fill=False, zorder=2, **_LINE.get(line.status, _LINE["unknown"]))
    patch.set_gid(f"line-{line.line}")
    axes.add_patch(patch)
    halo = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
    axes.text(*line.mark, line.label, fontsize=8, ha="center", va="center", zorder=5, color=INK, bbox=halo)


def _legend(axes: Any, whole: chart.Chart) -> None:
    from matplotlib.lines import Line2D

    stand = {line.status for line in whole.lines}
    handles = [Line2D([], [], label=status, **style) for status, style in _LINE.items() if status in stand]
    if handles:
        axes.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(0, 0),
            ncols=len(handles),
            fontsize=8.5,
            title="What the test of a line says. Claims in boxes: "
            + ", ".join(f"{sign} {status}" for status, sign in chart.SIGNS.items()),
            title_fontsize=8.5,
            alignment="left",
        )
