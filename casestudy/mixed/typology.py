"""A typology read from words: uses, not persons, so one participant may show several and move on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import product
from typing import TYPE_CHECKING

from casestudy.codebook.framework import View
from casestudy.mixed.presence import who_has

if TYPE_CHECKING:
    import pandas as pd


def ways(
    view: View, words: pd.DataFrame, parents: Mapping[str, str], people: Iterable[str], rule: str = "any"
) -> pd.DataFrame:
    """The types that each participant shows.

    Parameters
    ----------
    view : View
        A typology; when two types have equally many passages the one that stands first in ``settings.order``
        (or in the file) is primary.
    words, parents, rule
        As in `casestudy.mixed.presence.who_has`.
    people : iterable of str
        Participants who were asked.

    Returns
    -------
    pandas.DataFrame
        One row a participant: ``who``; a column of passages for each type (distinct passages: two coders on
        overlapping text count once); ``primary`` (empty where no type was found), ``others``, ``certainty``
        (share of the primary type among typed passages; NaN without any), ``types`` (how many).
    """
    import pandas as pd

    allowed = {part.id: set(who_has(part.pick, words, parents, rule)) for part in view.parts}
    picked = {part.id: part.pick.of(words[words["placed"]], parents) for part in view.parts}
    order = [str(one) for one in view.settings.get("order", ())]
    order += [part.id for part in view.parts if part.id not in order]
    rows = []
    for who in sorted(set(people)):
        passages = {
            kind: _passages(found[found["who"] == who]) if who in allowed[kind] else 0
            for kind, found in picked.items()
        }
        shown = sorted(
            (kind for kind in passages if passages[kind]), key=lambda k: (-passages[k], order.index(k))
        )
        total = sum(passages.values())
        rows.append(
            {
                "who": who,
                **passages,
                "primary": shown[0] if shown else "",
                "others": " ".join(shown[1:]),
                "certainty": passages[shown[0]] / total if shown else math.nan,
                "types": len(shown),
            }
        )
    columns = ["who", *picked, "primary", "others", "certainty", "types"]
    return pd.DataFrame(rows, columns=columns)


def _passages(found: pd.DataFrame) -> int:
    """How many stretches of text, codings that overlap taken as one."""
    count = 0
    for _, group in found.groupby("document"):
        end = -1
        for start, stop in sorted(zip(group["start"], group["end"], strict=True)):
            count += start >= end
            end = max(end, stop)
    return count


def attribute_space(table: pd.DataFrame, view: View) -> pd.DataFrame:
    """Every combination of the types, those that nobody shows included.

    Parameters
    ----------
    table : pandas.DataFrame
        From `ways`.

    Returns
    -------
    pandas.DataFrame
        One column a type (1 or 0), ``combination``, ``people``, ``who``; rows by number of types, then order.
    """
    import pandas as pd

    kinds = [part.id for part in view.parts]
    names = {part.id: part.name for part in view.parts}
    rows = []
    for cell in sorted(product((1, 0), repeat=len(kinds)), key=lambda one: (sum(one), [-x for x in one])):
        mask = pd.Series(True, index=table.index)
        for kind, present in zip(kinds, cell, strict=True):
            mask &= (table[kind] > 0) == bool(present)
        there = [names[kind] for kind, present in zip(kinds, cell, strict=True) if present]
        who = list(table.loc[mask, "who"])
        said = {"combination": " + ".join(there) or "none", "people": len(who), "who": " ".join(who)}
        rows.append(dict(zip(kinds, cell, strict=True)) | said)
    return pd.DataFrame(rows)


def cases(table: pd.DataFrame, view: View) -> pd.DataFrame:
    """The clearest and the least clear participant of each type.

    Returns
    -------
    pandas.DataFrame
        ``type, name, prototype, prototype_certainty, boundary, boundary_certainty``. The prototype has the
        highest certainty and then the most passages; the boundary case the lowest certainty. Empty where a
        type is nobody's primary; the boundary is empty where only one participant has the type.
    """
    import pandas as pd

    rows = []
    for part in view.parts:
        mine = table[table["primary"] == part.id].sort_values(
            ["certainty", part.id, "who"], ascending=[False, False, True], kind="stable"
        )
        first = mine.iloc[0] if len(mine) else None
        last = mine.iloc[-1] if len(mine) > 1 else None
        rows.append(
            {
                "type": part.id,
                "name": part.name,
                "prototype": "" if first is None else first["who"],
                "prototype_certainty": math.nan if first is None else first["certainty"],
                "boundary": "" if last is None else last["who"],
                "boundary_certainty": math.nan if last is None else last["certainty"],
            }
        )
    return pd.DataFrame(rows)


def moves(
    view: View, words: pd.DataFrame, parents: Mapping[str, str], people: Iterable[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How participants move between types over time, as they tell it.

    Parameters
    ----------
    view : View
        Its settings name the attribute (``stages.attribute``) and the order of its values (``stages.order``).

    Returns
    -------
    (pandas.DataFrame, pandas.DataFrame)
        Types mentioned by participant and stage (``who, stage, type, passages``: the one with most
        passages in that stage), and how often the next stage mentioned has which type (``before, after,
        people``). Both are empty without stages.
    """
    import pandas as pd

    stages = dict(view.settings.get("stages") or {})
    attribute, order = str(stages.get("attribute", "")), [str(one) for one in stages.get("order", ())]
    told = pd.DataFrame(columns=["who", "stage", "type", "passages"])
    steps = pd.DataFrame(columns=["before", "after", "people"])
    if attribute not in words.columns or not order:
        return told, steps
    kinds = {part.id: position for position, part in enumerate(view.parts)}
    rows = []
    for kind in kinds:
        found = view.part(kind).pick.of(words[words["placed"]], parents)
        found = found[found["who"].isin(list(people)) & found[attribute].isin(order)]
        for (who, stage), group in found.groupby(["who", attribute]):
            rows.append({"who": who, "stage": stage, "type": kind, "passages": _passages(group)})
    if not rows:
        return told, steps
    table = pd.DataFrame(rows)
    table["_stage"], table["_kind"] = table["stage"].map(order.index), table["type"].map(kinds)
    table = table.sort_values(["who", "_stage", "passages", "_kind"], ascending=[True, True, False, True])
    told = table.drop_duplicates(["who", "stage"]).reset_index(drop=True)
    later = told.groupby("who")["type"].shift(-1)
    pairs = told.assign(before=told["type"], after=later).dropna(subset=["after"])
    counts = pairs.groupby(["before", "after"])["who"].nunique().rename("people").reset_index()
    return told[["who", "stage", "type", "passages"]], counts
