"""Flows drawn: columns of what fills each slot, bands as thick as the people who tell of the step."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from casestudy.figures import COLOURS, INK, QUIET, canvas
from casestudy.outputs import Drawing
from casestudy.perspectives.episodes import OPEN
from casestudy.perspectives.sides import Result

if TYPE_CHECKING:
    import pandas as pd


def general(result: Result, most: int = 9) -> Drawing:
    """The flows of the episodes from slot to slot, each band as thick as people who tell of it.

    Parameters
    ----------
    most : int
        The fillings shown for each slot; the rest is drawn as one.
    """
    flows = result["flows"]
    called = dict(result.names) | {OPEN: "unspecified", "rest": "others"}
    if flows.empty:
        return nothing("No episodes were found or declared.")
    slots = [*dict.fromkeys(flows["from_slot"]), flows["to_slot"].iloc[-1]]
    kept = {slot: _largest(flows, slot, most) for slot in slots}
    table = flows.assign(
        start=[
            c if c in kept[s] else "rest" for s, c in zip(flows["from_slot"], flows["from_code"], strict=True)
        ],
        end=[c if c in kept[s] else "rest" for s, c in zip(flows["to_slot"], flows["to_code"], strict=True)],
    )
    bands = table.groupby(["from_slot", "start", "to_slot", "end"], sort=False)["people"].sum().reset_index()
    with canvas(size=(2.4 * len(slots) + 1.2, 5.6)) as (figure, axes):
        place = _stack(axes, bands, slots, kept, called)
        _bands(axes, bands, slots, place)
        axes.set_axis_off()
        axes.set_xlim(-0.25, len(slots) - 0.35)
    top = flows[(flows["from_code"] != OPEN) & (flows["to_code"] != OPEN)].head(3).to_dict("records")
    steps = [
        (called.get(r["from_code"], r["from_code"]), called.get(r["to_code"], r["to_code"])) for r in top
    ]
    said = "; ".join(f"{a} to {b}: {row['people']}" for (a, b), row in zip(steps, top, strict=True))
    alt = (
        f"Flow diagram over {', '.join(slots)}; bands as thick as speakers who tell of them. Widest: {said}."
    )
    return Drawing(figure, alt, flows)


def _largest(flows: pd.DataFrame, slot: str, most: int) -> list[str]:
    out = flows[flows["from_slot"] == slot].groupby("from_code")["people"].sum()
    into = flows[flows["to_slot"] == slot].groupby("to_code")["people"].sum()
    weight = out if len(out) else into
    ranked = sorted(weight.items(), key=lambda pair: (pair[0] == OPEN, -pair[1], str(pair[0])))
    return [str(code) for code, _ in ranked[:most]] + ([OPEN] if OPEN in weight.index else [])


def _stack(
    axes: Any, bands: pd.DataFrame, slots: list[str], kept: dict[str, list[str]], called: dict[str, str]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Draw the fillings of each slot as a column of boxes; return where each begins and its scale."""
    from matplotlib.patches import Rectangle

    place: dict[tuple[str, str], tuple[float, float]] = {}
    for column, slot in enumerate(slots):
        out = bands[bands["from_slot"] == slot].groupby("start")["people"].sum()
        into = bands[bands["to_slot"] == slot].groupby("end")["people"].sum()
        weight = {str(c): float(max(out.get(c, 0), into.get(c, 0))) for c in {*out.index, *into.index}}
        order = [code for code in dict.fromkeys([*kept[slot], "rest"]) if code in weight]
        gap, total = 0.022, sum(weight.values()) or 1.0
        room = 1 - gap * (len(order) - 1)
        top = 1.0
        for code in order:
            height = room * weight[code] / total
            colour = QUIET if code in (OPEN, "rest") else COLOURS[0]
            box = Rectangle((column - 0.04, top - height), 0.08, height, color=colour, zorder=3)
            axes.add_patch(box)
            text = textwrap.fill(called.get(code, code), 17)
            axes.text(column + 0.06, top - height / 2, text, va="center", fontsize=7.5, color=INK, zorder=4)
            place[(slot, code)] = (top, room / total)
            top -= height + gap
        axes.text(column, 1.03, called.get(slot, slot), ha="center", fontsize=10, weight="bold", color=INK)
    return place


def _bands(
    axes: Any, bands: pd.DataFrame, slots: list[str], place: dict[tuple[str, str], tuple[float, float]]
) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    used: dict[tuple[str, str, str], float] = {}
    for row in bands.to_dict("records"):
        column = slots.index(row["from_slot"])
        ends = []
        for slot, code, side in ((row["from_slot"], row["start"], "out"), (row["to_slot"], row["end"], "in")):
            top, scale = place[(slot, code)]
            done = used.get((slot, code, side), 0.0)
            ends.append((top - done, top - done - row["people"] * scale))
            used[(slot, code, side)] = done + row["people"] * scale
        (a, b), (c, d) = ends
        left, right, middle = column + 0.04, column + 0.96, column + 0.5
        points = [
            (left, a),
            (middle, a),
            (middle, c),
            (right, c),
            (right, d),
            (middle, d),
            (middle, b),
            (left, b),
        ]
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3]
        open_end = OPEN in (row["start"], row["end"]) or "rest" in (row["start"], row["end"])
        colour = QUIET if open_end else COLOURS[4]
        axes.add_patch(PathPatch(Path(points, codes), facecolor=colour, alpha=0.35, lw=0, zorder=1))


def nothing(reason: str) -> Drawing:
    """A drawing of the reason why there is nothing to draw."""
    import pandas as pd

    with canvas(size=(6.0, 1.2)) as (figure, axes):
        axes.text(0.5, 0.5, reason, ha="center", va="center", color=INK)
        axes.set_axis_off()
    return Drawing(figure, reason, pd.DataFrame({"reason": [reason]}))
