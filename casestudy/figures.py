"""Figures: frame in, drawing with alternative text out. One style, colour-blind safe, readable in grey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from casestudy.outputs import Drawing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, ordered so that neighbours also differ in lightness.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000", "#F0E442")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
HATCHES = ("", "//", "..", "xx", "\\\\", "++", "oo", "--")
INK = "#222222"
QUIET = "#767676"

STYLE: dict[Any, Any] = {
    "figure.figsize": (7.2, 4.2),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.7,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
}


@contextmanager
def canvas(
    rows: int = 1, columns: int = 1, size: tuple[float, float] | None = None
) -> Iterator[tuple[Figure, Any]]:
    """Open a figure in the house style, whatever the reader's own matplotlib settings are.

    Yields
    ------
    (Figure, Axes or array of Axes)
    """
    import matplotlib as mpl
    import matplotlib.pyplot as plt
    from matplotlib.rcsetup import cycler

    with mpl.rc_context():
        mpl.rcdefaults()
        for name, value in STYLE.items():
            mpl.rcParams[name] = value
        mpl.rcParams["axes.prop_cycle"] = cycler(color=COLOURS)
        figure, axes = plt.subplots(rows, columns, figsize=size or STYLE["figure.figsize"])
        yield figure, axes


def bars(
    frame: pd.DataFrame,
    label: str,
    value: str,
    *,
    xlabel: str,
    title: str = "",
    low: str = "",
    high: str = "",
    decimals: int = 1,
) -> Drawing:
    """Horizontal bars, one a row, the first on top; with whiskers where `low` and `high` name columns.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a bar.
    label, value : str
        Columns with the name and the length of the bar.
    xlabel : str
        What the length is, with its unit.
    low, high : str
        Columns with the ends of the interval.

    Examples
    --------
    >>> import pandas as pd
    >>> drawing = bars(pd.DataFrame({"who": ["a", "b"], "n": [3, 5]}), "who", "n", xlabel="events (n)")
    >>> drawing.alt
    'Bar chart of events (n): a 3.0; b 5.0.'
    """
    if frame.empty:
        return nothing(frame, xlabel)
    names = [str(name) for name in frame[label]]
    values = frame[value].astype(float).to_numpy()
    with canvas(size=(7.2, max(1.8, 0.34 * len(frame) + 1.1))) as (figure, axes):
        axes.barh(range(len(names)), values, color=COLOURS[0], height=0.68)
        if low and high:
            spread = [values - frame[low].astype(float), frame[high].astype(float) - values]
            axes.errorbar(values, range(len(names)), xerr=spread, fmt="none", ecolor=INK, capsize=3)
        for position, number in enumerate(values):
            if number == number:
                far = low if number < 0 else high  # a bar to the left has its number on its left
                end = float(frame[far].iloc[position]) if far else number
                axes.annotate(
                    f"{number:,.{decimals}f}",
                    (min(end, number) if number < 0 else max(end, number), position),
                    xytext=(-4 if number < 0 else 4, 0),
                    textcoords="offset points",
                    va="center",
                    ha="right" if number < 0 else "left",
                    color=INK,
                    fontsize=9,
                )
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.grid(False, axis="y")
        axes.margins(x=0.12)
        axes.set_xlabel(xlabel)
        axes.set_title(title)
    listed = [f"{name} {number:,.{decimals}f}" for name, number in zip(names, values, strict=True)]
    return Drawing(figure, f"Bar chart of {xlabel}: {_listing(listed)}.", frame)


def lines(
    frame: pd.DataFrame,
    x: str,
    value: str,
    *,
    by: str = "",
    xlabel: str,
    ylabel: str,
    title: str = "",
    low: str = "",
    high: str = "",
    level: float | None = None,
    from_zero: bool = False,
) -> Drawing:
    """Lines over `x`, one for each value of `by`, each with its own marker; bands from `low` to `high`.

    `level` draws a dotted line across; `from_zero` lets the upright axis begin at 0.
    """
    if frame.empty:
        return nothing(frame, ylabel)
    groups = list(frame.groupby(by, sort=False)) if by else [("", frame)]
    words = []
    with canvas() as (figure, axes):
        for position, (name, group) in enumerate(groups):
            marker = MARKERS[position % len(MARKERS)] if len(group) <= 40 else None
            axes.plot(group[x], group[value], label=str(name), marker=marker, markersize=4)
            if low and high:
                axes.fill_between(
                    group[x], group[low].astype(float), group[high].astype(float), alpha=0.2, lw=0
                )
            filled = group[value].dropna()
            if len(filled):
                start, end = float(filled.iloc[0]), float(filled.iloc[-1])
                words.append(f"{name or value} from {start:,.2f} to {end:,.2f}")
        if level is not None:
            axes.axhline(level, color=INK, lw=0.9, ls=":")
        if from_zero:
            axes.set_ylim(bottom=0)
        if by:
            axes.legend(title=by)
        _labels(axes, xlabel, ylabel, title)
    return Drawing(figure, f"Line chart of {ylabel} over {xlabel}: {_listing(words)}.", frame)


def grid(
    frame: pd.DataFrame, *, xlabel: str, ylabel: str, title: str = "", decimals: int = 0, unit: str = ""
) -> Drawing:
    """A shaded table: rows are the frame's index, columns its columns; every cell prints its number."""
    if frame.empty:
        return nothing(frame.reset_index(), f"{ylabel} by {xlabel}")
    numbers = frame.astype(float)
    height = max(2.0, 0.36 * len(frame) + 1.4)
    with canvas(size=(max(5.0, min(11.0, 0.75 * frame.shape[1] + 3.2)), height)) as (figure, axes):
        axes.imshow(numbers.to_numpy(), cmap="Blues", aspect="auto")
        finite = numbers.to_numpy()[numbers.notna().to_numpy()]
        middle = (finite.max() + finite.min()) / 2 if finite.size else 0
        for row in range(len(frame)):
            for column in range(frame.shape[1]):
                number = numbers.iat[row, column]
                if number == number:
                    colour = "white" if number > middle else INK
                    axes.text(
                        column,
                        row,
                        f"{number:,.{decimals}f}",
                        ha="center",
                        va="center",
                        color=colour,
                        fontsize=9,
                    )
        axes.set_xticks(range(frame.shape[1]), [str(name) for name in frame.columns], rotation=30, ha="right")
        axes.set_yticks(range(len(frame)), [str(name) for name in frame.index])
        axes.grid(False)
        _labels(axes, xlabel, ylabel, title)
    largest = numbers.stack().sort_values(ascending=False, kind="stable").head(3)
    words = [f"{row} by {column} {number:,.{decimals}f}{unit}" for (row, column), number in largest.items()]
    tidy = frame.reset_index()
    alt = f"Table shaded by value, {ylabel} by {xlabel}. Largest: {_listing(words)}."
    return Drawing(figure, alt, tidy)


def surface(
    frame: pd.DataFrame,
    x: str,
    y: str,
    value: str,
    *,
    level: float,
    xlabel: str,
    ylabel: str,
    unit: str,
    title: str = "",
) -> Drawing:
    """A shaded map of a value over two number axes, with a line where it crosses `level`.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row for each pair of `x` and `y` of a full grid.
    level : float
        Where the line is drawn.
    unit : str
        What the shading means, for the scale beside the map.
    """
    wide = frame.pivot(index=y, columns=x, values=value).astype(float)
    with canvas() as (figure, axes):
        mesh = axes.pcolormesh(wide.columns, wide.index, wide.to_numpy(), cmap="Blues", shading="nearest")
        numbers = wide.to_numpy()
        if numbers.min() < level < numbers.max():
            axes.contour(wide.columns, wide.index, numbers, levels=[level], colors=[INK], linewidths=1.6)
        axes.grid(False)
        figure.colorbar(mesh, ax=axes, label=unit)
        _labels(axes, xlabel, ylabel, title)
    share = float((frame[value] >= level - 1e-9).mean())  # rounding aside
    alt = (
        f"Map of {unit} over {xlabel} and {ylabel}: it reaches {level:g} on {share:.0%} of the map, "
        f"from {numbers.min():.2f} to {numbers.max():.2f}."
    )
    return Drawing(figure, alt, frame)


def nothing(frame: pd.DataFrame, what: str) -> Drawing:
    """An empty figure that says so, for tables without a row."""
    with canvas(size=(6.0, 1.6)) as (figure, axes):
        axes.text(0.5, 0.5, f"Nothing to show: there is no row.\n{what}", ha="center", va="center")
        axes.axis("off")
    return Drawing(figure, f"Nothing to show of {what}: there is no row.", frame)


def _labels(axes: Axes, xlabel: str, ylabel: str, title: str) -> None:
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.set_title(title)


def _listing(words: Sequence[str], most: int = 12) -> str:
    rest = len(words) - most
    return "; ".join(words[:most]) + (f"; and {rest} more" if rest > 0 else "")
