"""Kinds of mechanism by the direction of the resource: what each is said to be, and whether it is so here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.codebook.framework import View
from casestudy.codebook.selection import expand
from casestudy.coding.material import Material
from casestudy.evidence import bounds
from casestudy.figures import COLOURS, canvas, nothing
from casestudy.mixed.episodes import OPEN
from casestudy.outputs import Drawing
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Family:
    """A kind of mechanism: its codes, and the directions that make it what it is (none: not predicted)."""

    id: str
    name: str
    codes: frozenset[str]
    expects: frozenset[str]
    mark: str = ""


def families(found: Material, view: View) -> list[Family]:
    """The families that a view declares under ``settings.families``."""
    made = []
    for given in view.settings.get("families") or ():
        if isinstance(given, Mapping) and given.get("id"):
            codes = expand(map(str, given.get("codes") or ()), found.parents)
            expects = expand(map(str, given.get("expects") or ()), found.parents)
            name = str(given.get("name") or given["id"])
            mark = str(given.get("mark") or "")
            made.append(Family(str(given["id"]), name, frozenset(codes), frozenset(expects), mark))
    return made


def by_direction(
    table: pd.DataFrame,
    kinds: Sequence[Family],
    mechanism: str,
    direction: str,
    draws: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Mechanism families by direction, with the direction test.

    Parameters
    ----------
    table : pandas.DataFrame
        Episodes, each once (`casestudy.mixed.episodes.distinct`), those denied left out.
    kinds : sequence of Family
    mechanism, direction : str
        Names of the two slots.

    Returns
    -------
    pandas.DataFrame
        One row a family: ``family, name, mark, episodes, people, directed`` (with a direction), ``expected``
        (of those, in a direction that makes the family what it is), ``share``, ``low, high`` (cautious
        one-sided 95 % bounds over people whose every episode of the family goes so), ``chance`` (share of
        draws, with directions dealt out among all episodes, that reach the share), ``said``; then one column
        a direction with episodes.
    """
    import numpy as np
    import pandas as pd

    dealt = np.random.default_rng(seed)
    known = table[table[mechanism].ne(OPEN) & table[direction].ne(OPEN)]
    drawn = [dealt.permutation(known[direction].to_numpy()) for _ in range(draws)] if len(known) else []
    ways = sorted(set(known[direction]))
    rows = []
    for kind in kinds:
        mine = table[table[mechanism].isin(kind.codes)]
        place = known[mechanism].isin(kind.codes).to_numpy()
        directed = known[place]
        fits = directed[direction].isin(kind.expects)
        by_person = fits.groupby(directed["who"]).all()
        row: dict[str, Any] = {"family": kind.id, "name": kind.name, "mark": kind.mark, "episodes": len(mine)}
        row |= {"people": mine["who"].nunique(), "directed": len(directed), "expected": int(fits.sum())}
        row |= {"share": float(fits.mean()) if len(fits) and kind.expects else math.nan}
        low, high = bounds.surely(int(by_person.sum()), len(by_person)) if len(by_person) else (math.nan,) * 2
        row |= (
            {"low": float(low), "high": float(high)} if kind.expects else {"low": math.nan, "high": math.nan}
        )
        reached = [float(np.isin(one[place], list(kind.expects)).mean()) >= row["share"] for one in drawn]
        tested = kind.expects and len(directed) and reached
        row["chance"] = (1 + sum(reached)) / (1 + len(reached)) if tested else math.nan
        row["said"] = _said(kind, row)
        row |= {way: int(directed[direction].eq(way).sum()) for way in ways}
        rows.append(row)
    columns = ["family", "name", "mark", "episodes", "people", "directed", "expected", "share", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "chance", "said", *ways])


def _said(kind: Family, row: Mapping[str, Any]) -> str:
    if not row["episodes"]:
        return "searched, not there"
    if not kind.expects:
        return "no direction is predicted"
    if not row["directed"]:
        return "no direction is given"
    if row["chance"] <= bounds.RARE and row["low"] > 0.5:
        return "goes as the source says"
    return "not sure" if row["high"] > 0.5 else "goes another way"


def filled(table: pd.DataFrame, kind: Family, slots: Sequence[str], mechanism: str) -> dict[str, int]:
    """How many episodes of a kind have each slot filled, and with what is commonest there; its own apart."""
    if table.empty:
        return {}
    mine = table[table[mechanism].isin(kind.codes)]
    numbers: dict[str, int] = {}
    for slot in slots:
        counts = mine.loc[mine[slot].ne(OPEN), slot].value_counts()
        if slot != mechanism and len(counts):
            numbers |= {slot: int(counts.sum()), f"{slot}, commonest": int(counts.iloc[0])}
    return numbers


def constitutes(
    table: pd.DataFrame, kind: Family, names: Mapping[str, str], slots: Sequence[str], mechanism: str
) -> str:
    """What makes a kind of mechanism what it is here: what most of its episodes have in each slot."""
    if table.empty:
        named = f"{kind.name[:1].lower()}{kind.name[1:]}"
        return f"What constitutes {named} here is not known: no episode is recorded."
    mine = table[table[mechanism].isin(kind.codes)]
    if mine.empty:
        return f"{kind.name} was searched in all episodes and is in none."
    parts = []
    for slot in slots:
        counts = mine.loc[mine[slot].ne(OPEN), slot].value_counts()
        if slot == mechanism or counts.empty:
            continue
        top = sorted(counts.items(), key=lambda pair: (-int(pair[1]), str(pair[0])))[0]
        called = names.get(str(top[0]), str(top[0]))
        head, filled = names.get(slot, slot).lower(), int(counts.sum())
        parts.append(f"{head}: {called[:1].lower()}{called[1:]} ({top[1]} of {filled})")
    voices = counted(mine["who"].nunique(), "speaker or document", "speakers and documents")
    return (
        f"What constitutes {kind.name[:1].lower()}{kind.name[1:]} here, "
        f"in {counted(len(mine), 'episode')} by {voices}: {'; '.join(parts)}."
    )


def drawing(table: pd.DataFrame, names: Mapping[str, str]) -> Drawing:
    """Families of mechanism as bars of episodes, by the direction of the resource."""
    fixed = ["family", "name", "mark", "episodes", "people", "directed", "expected", "share", "low", "high"]
    ways = [name for name in table.columns if name not in (*fixed, "chance", "said")]
    if table.empty or not table["episodes"].sum():
        return nothing(table, "kinds of mechanism by direction: no episode tells of both")
    hatches = ("", "//", "..", "xx", "\\\\", "--")
    with canvas(size=(7.6, 0.55 * len(table) + 1.9)) as (figure, axes):
        left = [0.0] * len(table)
        for number, way in enumerate(ways):
            values = table[way].astype(float).tolist()
            style = {"color": COLOURS[number % len(COLOURS)], "hatch": hatches[number % len(hatches)]}
            axes.barh(
                range(len(table)), values, left=left, label=names.get(way, way), edgecolor="white", **style
            )
            left = [one + value for one, value in zip(left, values, strict=True)]
        rest = (table["episodes"] - table["directed"]).tolist()
        axes.barh(range(len(table)), rest, left=left, label="no direction given", color="#dddddd")
        for row, (said, episodes) in enumerate(zip(table["said"], table["episodes"], strict=True)):
            axes.text(episodes + 0.4, row, said, va="center", fontsize=8)
        axes.set_yticks(range(len(table)), list(table["name"]))
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.set_xlim(0, max(1, table["episodes"].max()) * 1.35)
        axes.set_xlabel(f"episodes (n = {int(table['episodes'].sum())})")
        axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.24), ncols=2, fontsize=8)
    told = "; ".join(
        f"{row['name']}: {row['episodes']} episodes, {row['said']}" for row in table.to_dict("records")
    )
    return Drawing(figure, f"Bars of episodes by kind of mechanism and direction. {told}.", table)
