"""Do two coders see the same things? The figure of agreement by code, and the answer in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casestudy import figures
from casestudy.coding.talk import Said
from casestudy.errors import InputError, Problem
from casestudy.outputs import Drawing

if TYPE_CHECKING:
    import pandas as pd


def chosen(result: pd.DataFrame, coefficient: str, counting: str, most: int = 0) -> pd.DataFrame:
    """The rows of one coefficient and one way of counting; best first.

    Parameters
    ----------
    result : pandas.DataFrame
        From `casestudy.coding.doubles.by_code`.
    coefficient, counting : str
        Part of the coefficient's name, and the way of counting.
    most : int
        Only so many of the codes that are said most; 0 for all.

    Raises
    ------
    InputError
        When there is no such row but others are.
    """
    rows = result[
        result["coefficient"].str.contains(coefficient, regex=False) & result["counting"].eq(counting)
    ]
    measured = result[result["coefficient"].ne("")]
    if rows.empty and len(measured):
        known = sorted(set(measured["coefficient"]) | set(measured["counting"]))
        problem = Problem(
            "parameters", f"no {coefficient!r} over {counting!r}.", f"Known: {', '.join(known)}."
        )
        raise InputError("The agreement cannot be shown.", [problem])
    if most:
        said = rows.assign(said=rows["both"] + rows["one"])
        rows = said.sort_values(["said", "code"], ascending=[False, True]).head(most).drop(columns="said")
    return rows.sort_values(["value", "code"], ascending=[False, True], na_position="last", ignore_index=True)


def forest(rows: pd.DataFrame, title: str = "") -> Drawing:
    """Agreement on each code as a point with its interval.

    Parameters
    ----------
    rows : pandas.DataFrame
        From `chosen`.
    """
    name = str(rows["coefficient"].iloc[0]) if len(rows) else "agreement"
    with figures.canvas(size=(8.4, max(2.2, 0.27 * len(rows) + 1.4))) as (figure, axes):
        spots = range(len(rows))
        axes.hlines(spots, rows["low"].astype(float), rows["high"].astype(float), color=figures.QUIET, lw=1.6)
        axes.scatter(rows["value"].astype(float), spots, color=figures.COLOURS[0], s=34, zorder=3)
        labels = [f"{row['path']} ({row['both']} + {row['one']})" for row in rows.to_dict("records")]
        axes.set_yticks(spots, labels)
        axes.axvline(0, color=figures.INK, lw=0.8)
        axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
        axes.set_xlim(-1.03, 1.03) if len(rows) and float(rows["low"].min()) < -0.3 else axes.set_xlim(
            -0.35, 1.03
        )
        axes.set_xlabel(f"{name}, 95 % interval over documents")
        axes.set_title(title)
    said = "; ".join(
        f"{row['path']} {row['value']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
        for row in rows.head(8).to_dict("records")
    )
    return Drawing(figure, f"{name} by code: {said or 'none'}.", rows)


def summary(
    rows: pd.DataFrame,
    result: pd.DataFrame,
    trouble: pd.DataFrame,
    confusions: pd.DataFrame,
    names: Sequence[str],
    uncoded: float,
    status: Mapping[str, str] | None = None,
) -> Said:
    """Whether two coders see the same things, in one paragraph."""
    defined = rows[rows["value"].notna()]
    values: dict[str, Any] = {"documents coded by both": len(names), "codes measured": len(defined)}
    end = f" {(status or {}).get('codings', '')}".rstrip()
    if defined.empty:
        return Said(f"No code is said often enough by both coders to be measured.{end}", values)
    first, last = defined.iloc[0], defined.iloc[-1]
    few, many = int(defined["n_units"].min()), int(defined["n_units"].max())
    middle = float(defined["value"].astype(float).median())
    rare = int(result["coefficient"].eq("").sum())
    total = trouble[["same", "shifted", "other code", "only one"]].sum()
    everything = int(total.sum())
    met = (total["same"] + total["shifted"]) / everything if everything else float("nan")
    values |= {"middle agreement": middle, "codes too rare": rare, "codings that meet": float(met)}
    text = (
        f"Over {len(names)} documents coded by both, {first['coefficient']} ({first['counting']}, "
        f"{few} to {many} units) can be measured for {len(defined)} codes; its middle value is "
        f"**{middle:.2f}**. "
        f"It is highest for {first['path']} ({first['value']:.2f}, {first['low']:.2f} to "
        f"{first['high']:.2f}) and "
        f"lowest for {last['path']} ({last['value']:.2f}, {last['low']:.2f} to {last['high']:.2f}); "
        f"{rare} codes are "
        f"too rare. {uncoded:.0%} of the units bear no code of either. Codings laid side by side: "
        f"**{met:.0%}** of "
        f"{everything} meet, {int(total['other code'])} are another code of the scheme, "
        f"{int(total['only one'])} are "
        "one coder's alone."
    )
    if len(confusions):
        top = confusions.iloc[0]
        text += f" Most often {top['path_a']} stands beside {top['path_b']} ({top['times']} times)."
    return Said(text + end, values)


def beside(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Figures before and after reconciliation, side by side, for the codes that decisions touched.

    Parameters
    ----------
    before, after : pandas.DataFrame
        From `chosen`, of codings as the coders left them and with the decisions applied.

    Returns
    -------
    pandas.DataFrame
        ``code, path, before, before_low, before_high, after, after_low, after_high, both_before, one_before,
        both_after, one_after``; missing where a code is too rare on one side. By path. Codes whose counts did
        not change are left out.
    """
    names = {"value": "", "low": "_low", "high": "_high"}
    sides = []
    for when, rows in (("before", before), ("after", after)):
        kept = rows[["code", "path", *names, "both", "one"]].rename(
            columns={name: f"{when}{end}" for name, end in names.items()}
            | {"both": f"both_{when}", "one": f"one_{when}"}
        )
        sides.append(kept)
    table = sides[0].merge(sides[1], on=["code", "path"], how="outer")
    counts = ["both_before", "one_before", "both_after", "one_after"]
    table[counts] = table[counts].astype("Int64")
    same = table["both_before"].eq(table["both_after"]) & table["one_before"].eq(table["one_after"])
    order = ["code", "path", "before", "before_low", "before_high", "after", "after_low", "after_high"]
    changed = table[~same.fillna(False).astype(bool)]
    return changed[[*order, *counts]].sort_values(["path", "code"], ignore_index=True)


def after_decisions(before: pd.DataFrame, after: pd.DataFrame, decisions: int, changed: int) -> Said:
    """What the decisions of a reconciliation did to the codings that meet, in two sentences.

    Parameters
    ----------
    before, after : pandas.DataFrame
        Aligned codings, from `casestudy.coding.disagreement.aligned`.
    decisions, changed : int
        Decisions, and those of them that changed codings.
    """
    if not decisions:
        return Said(" No disagreement has been decided on yet.", {})
    shares = [float(one["state"].isin(["same", "shifted"]).mean()) for one in (before, after)]
    values = {"decisions": decisions, "codings that meet after decisions": shares[1]}
    text = (
        f" With {decisions} decisions of a reconciliation applied, {changed} of which changed codings, "
        f"**{shares[1]:.0%}** of {len(after)} meet instead of {shares[0]:.0%} of {len(before)}: that says "
        "what was settled, not how far coders agree."
    )
    return Said(text, values)
