"""Who has it: counts of people, never of segments as if they were people, each with its denominator."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from casestudy.codebook.selection import Pick, expand
from casestudy.proportions import wilson

if TYPE_CHECKING:
    import pandas as pd


class Named(Protocol):
    """Anything with an id, a name and a pick: a theme, or a part of a view."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def pick(self) -> Pick:
        """The codings it is made of."""


def who_has(pick: Pick, words: pd.DataFrame, parents: Mapping[str, str], rule: str = "any") -> list[str]:
    """The people (or documents without one) in whom the picked codings occur.

    Parameters
    ----------
    pick : Pick
    words : pandas.DataFrame
        The codings, one a row, from `casestudy.coding.table`; displaced ones (`placed` false) do not count.
    parents : mapping of code to parent
    rule : {'any', 'all'}
        Whether one coder's coding is enough, or every coder of that person's documents must have one.

    Returns
    -------
    list of str
        Sorted ids.
    """
    found = pick.of(words[words["placed"]], parents)
    if rule == "any":
        return sorted(found["who"].unique())
    needed = words.groupby("who")["coder"].nunique()
    seen = found.groupby("who")["coder"].nunique()
    return sorted(who for who, coders in seen.items() if coders == needed[who])


def presence(
    things: Iterable[Named],
    words: pd.DataFrame,
    parents: Mapping[str, str],
    asked: Mapping[str, Iterable[str]] | Iterable[str],
    rule: str = "any",
) -> pd.DataFrame:
    """How many people have each thing, out of those who could have.

    Parameters
    ----------
    things : iterable of Theme or Part
    words, parents, rule
        As in `who_has`.
    asked : iterable of str, or mapping of thing's id to iterable of str
        Who was asked: the denominator.

    Returns
    -------
    pandas.DataFrame
        ``id, name, people, of, share, low, high, codings, who``. `low` and `high` are the Wilson 95 % limits
        of the share; a share over nobody is NaN. `who` lists ids, separated by spaces.
    """
    import pandas as pd

    rows = []
    for thing in things:
        pool = set(asked[thing.id] if isinstance(asked, Mapping) else asked)
        people = [who for who in who_has(thing.pick, words, parents, rule) if who in pool]
        low, high = wilson(len(people), len(pool))
        lost = bool(parents) and bool(thing.pick.codes) and not expand(thing.pick.codes, parents)
        low, high = (math.nan, math.nan) if lost else (low, high)
        rows.append(
            {
                "id": thing.id,
                "name": f"{thing.name} (unknown: not in the codebook)" if lost else thing.name,
                "people": len(people),
                "of": len(pool),
                "share": len(people) / len(pool) if pool and not lost else math.nan,
                "low": low,
                "high": high,
                "codings": len(thing.pick.of(words[words["placed"]], parents)),
                "who": " ".join(people),
            }
        )
    columns = ["id", "name", "people", "of", "share", "low", "high", "codings", "who"]
    return pd.DataFrame(rows, columns=columns).astype({"share": float, "low": float, "high": float})


def best_quote(
    pick: Pick,
    words: pd.DataFrame,
    parents: Mapping[str, str],
    people: Iterable[str],
    longest: int = 280,
) -> tuple[str, str]:
    """A quote that may be shown for a thing, with its coding's id; empty where there is none.

    The one that most coders picked, then the longest that is not over `longest` characters, then by id: a
    stated rule instead of a handsome exception.

    Parameters
    ----------
    people : iterable of str
        Ids of those who allow their words to be quoted.
    """
    found = pick.of(words[words["placed"] & words["who"].isin(list(people))], parents)
    found = found[found["quote"].str.len() <= longest]
    if found.empty:
        return "", ""
    coders = found.groupby(["document", "quote"])["coder"].transform("nunique")
    order = found.assign(_coders=-coders, _length=-found["quote"].str.len())
    first = order.sort_values(["_coders", "_length", "coding"], kind="stable").iloc[0]
    return str(first["quote"]), str(first["coding"])
