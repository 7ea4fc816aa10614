"""Do two coders see the same things? The figure of agreement by code, and the answer in words."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from casestudy import figures
from casestudy.errors import InputError, Problem
from casestudy.outputs import Drawing
from casestudy.wording import Said, counted, shortened

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.coders.common_text import Reach


def chosen(result: pd.DataFrame, coefficient: str, counting: str, most: int = 0) -> pd.DataFrame:
    """The rows of one coefficient and one way of counting; best first.

    Parameters
    ----------
    result : pandas.DataFrame
        From `casestudy.coders.unit_ratings.by_code`.
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
    """Agreement on each code as a point with its interval, narrow enough for a phone.

    Parameters
    ----------
    rows : pandas.DataFrame
        From `chosen`.
    """
    if rows.empty:
        return figures.nothing(rows, "agreement by code")
    name = str(rows["coefficient"].iloc[0])
    labels = [_called(row) for row in rows.to_dict("records")]
    lines = sum(1.4 if "\n" in one else 1.0 for one in labels)
    with figures.canvas(size=(5.2, 0.27 * lines + 1.3)) as (figure, axes):
        spots = range(len(rows))
        axes.hlines(spots, rows["low"].astype(float), rows["high"].astype(float), color=figures.QUIET, lw=2)
        axes.scatter(rows["value"].astype(float), spots, color=figures.INK, s=30, zorder=3)
        for spot in [place for place, value in zip(spots, rows["value"], strict=True) if value != value]:
            axes.text(0.03, spot, "undefined", va="center", fontsize=9, color=figures.INK)
        axes.set_yticks(spots, labels, fontsize=9)
        axes.axvline(0, color=figures.INK, lw=0.8)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        lowest = float(rows["low"].astype(float).min())
        axes.set_xlim(-1.03 if lowest < -0.3 else -0.35 if lowest < 0 else -0.03, 1.03)
        axes.set_xlabel(f"{name},\n95 % interval over documents".replace(", ", ",\n", 1), fontsize=9)
        axes.set_title(title)
    said = "; ".join(
        f"{row['path']} {row['value']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
        for row in rows.head(8).to_dict("records")
    )
    return Drawing(figure, f"{name} by code: {said}.", rows)


def _called(row: Mapping[Any, Any]) -> str:
    """The last two names of a code's path with its counts, on two lines where they are long."""
    names = " > ".join(str(row["path"]).split(" > ")[-2:])
    counts = f"({row['both']} + {row['one']})"
    if len(names) + len(counts) < 30:
        return f"{names} {counts}"
    first, *rest = textwrap.wrap(names, 32, break_long_words=False)
    return f"{first}\n{shortened(' '.join([*rest, counts]), 40)}"


def summary(
    rows: pd.DataFrame,
    result: pd.DataFrame,
    trouble: pd.DataFrame,
    agenda: pd.DataFrame,
    reach: Reach,
    uncoded: float,
    *,
    share: str = "",
    quiet: str = "",
    status: Mapping[str, str] | None = None,
) -> Said:
    """Whether two coders see the same things, in one paragraph.

    Parameters
    ----------
    rows, result : pandas.DataFrame
        From `chosen` and from `casestudy.coders.agreement_by_unit.by_code`.
    trouble, agenda : pandas.DataFrame
        From `casestudy.coders.disagreements`.
    reach : Reach
        What both read.
    uncoded : float
        Share of units that have no code.
    share : str
        How much of the material both read, in a sentence.
    quiet : str
        What a study's stance asks to be said, from `stance_says`.
    status : mapping of str to str, optional
        What each kind of material is; the sentence on codings ends the paragraph.
    """
    defined = rows[rows["value"].notna()]
    values: dict[str, Any] = {"documents coded by both": len(reach.names), "codes measured": len(defined)}
    parts = sum(map(len, reach.parts.values()))
    where = f"Over {counted(len(reach.names), 'document')} coded by both"
    if parts:
        values["units of blind sheets"] = parts
        where = f"Over {counted(parts, 'unit')} of blind sheets in {counted(len(reach.parts), 'document')}"
        more = len(reach.names) - len(reach.parts)
        where += f" and {counted(more, 'whole document')}" if more else ""
    said = [quiet]
    total = trouble[["same", "shifted", "other code", "only one"]].sum()
    everything = int(total.sum())
    met = (total["same"] + total["shifted"]) / everything if everything else float("nan")
    values |= {"codings that match": float(met), "codings of one coder alone": int(total["only one"])}
    if everything:
        said.append(
            f"Laid side by side, **{met:.0%}** of {everything} codings match: both coders gave the code, "
            f"with the same borders or others. {int(total['other code'])} stand where the other coder gave "
            f"another code of the scheme, {int(total['only one'])} are one coder's alone."
        )
    if defined.empty:
        held_back = quiet and result.empty
        said.append("" if held_back else "No code is said often enough by both coders to be measured.")
    else:
        first, last = defined.iloc[0], defined.iloc[-1]
        few, many = int(defined["n_units"].min()), int(defined["n_units"].max())
        units = f"{few} to {many} units" if few < many else counted(few, "unit")
        middle = float(defined["value"].astype(float).median())
        rare = int(result["coefficient"].eq("").sum())
        values |= {"middle agreement": middle, "codes too rare": rare}
        said.append(
            f"{where}, {first['coefficient']} ({first['counting']}, {units}) can be measured "
            f"for {counted(len(defined), 'code')}; its middle value is **{middle:.2f}**. It is highest for "
            f"{first['path']} ({_within(first)}) and lowest for {last['path']} ({_within(last)}); "
            f"{counted(rare, 'code is', 'codes are')} too rare, and {uncoded:.0%} of the units have no code "
            "of either."
        )
    if len(agenda):
        top = agenda.iloc[0]
        one, two = reach.coders[:2]
        times = counted(top["beside"], "time")
        beside = f", and {times} another code stood beside it, most often {top['commonest']}"
        said.append(
            f"There is most to talk about in {top['path']}: they agreed {counted(top['meet'], 'time')}, "
            f"{one} was alone {counted(top['first'], 'time')} and {two} {counted(top['second'], 'time')}"
            f"{beside if top['beside'] else ''}."
        )
    said += [share, (status or {}).get("codings", "")]
    return Said(" ".join(filter(None, said)), values)


def _within(row: Any) -> str:
    """A value with its interval, if it has one."""
    if row["low"] != row["low"]:
        return f"{row['value']:.2f}, no interval"
    return f"{row['value']:.2f}, {row['low']:.2f} to {row['high']:.2f}"


def stance_says(stance: str, insist: bool = False) -> str:
    """What a study's stance asks to be said beside agreement; empty where it asks nothing.

    Examples
    --------
    >>> stance_says("codebook"), stance_says("reflexive")[:27]
    ('', 'The stance of this study is')
    """
    if stance != "reflexive":
        return ""
    shown = "are shown because insist = true" if insist else "are not shown (insist = true shows them)"
    return (
        f"The stance of this study is reflexive: coefficients, which do not measure quality there, {shown}; "
        "disagreements are material to think with."
    )


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
    """What the decisions of a reconciliation did to the codings that match, in two sentences.

    Parameters
    ----------
    before, after : pandas.DataFrame
        Aligned codings, from `casestudy.coders.disagreements.aligned`.
    decisions, changed : int
        Decisions, and those of them that changed codings.
    """
    if not decisions:
        return Said(" No disagreement has been decided on yet.", {})
    shares = [float(one["state"].isin(["same", "shifted"]).mean()) for one in (before, after)]
    values = {"decisions": decisions, "codings that match after decisions": shares[1]}
    values |= {"codings after decisions": len(after)}
    text = (
        f" With {counted(decisions, 'decision')} of a reconciliation applied, {changed} of which changed "
        f"codings, **{shares[1]:.0%}** of {len(after)} match instead of {shares[0]:.0%} of {len(before)}: "
        "that says what was settled, not how far coders agree."
    )
    return Said(text, values)
