"""In whose words coders, each on their own, find the same thing; and in whose they would by chance.

One coder's coding is a reading. It is *confirmed* where another coder gave an overlapping passage of the same
document a coding that belongs to the same thing. Chance is what is left of that when every coder's codings
are dealt out again among the passages that this coder marked in the words of one group: how much is coded,
and how often each code, stays; what is said where does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casestudy.codebook.selection import Pick, expand
from casestudy.coding.material import Material

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Layout:
    """Codings laid out for counting, and the pairs of them in which two coders marked the same words.

    Attributes
    ----------
    material : Material
    words : pandas.DataFrame
        The codings that stand where they were coded, numbered from 0.
    people : tuple of str
        Participants, and documents in which nobody in particular speaks.
    who : numpy.ndarray
        The place in `people` of each coding.
    first, second : numpy.ndarray
        Overlapping codings of two coders in one document, by the person of the first.
    blocks : tuple of numpy.ndarray
        The codings of one coder in the words of one group.
    """

    material: Material
    words: pd.DataFrame
    people: tuple[str, ...]
    who: Any
    first: Any
    second: Any
    blocks: tuple[Any, ...]

    def shuffles(self, draws: int, seed: int) -> Any:
        """Which coding stands in each place, once a draw: ``draws`` × codings."""
        import numpy as np

        dealt = np.random.default_rng(seed)
        rows = np.tile(np.arange(len(self.words)), (draws, 1))
        for block in self.blocks:
            order = np.argsort(dealt.random((draws, len(block))), axis=1)
            rows[:, block] = block[order]
        return rows


@dataclass(frozen=True, eq=False)
class Sought:
    """A thing looked for in the codings: what belongs to it, what does not oppose it, and where it counts.

    Attributes
    ----------
    strict : list of numpy.ndarray
        Codings that belong to it; one array for each code where several different ones are wanted.
    lenient : list of numpy.ndarray
        The same, with codings of the code that leave an attribute open.
    place : numpy.ndarray
        Codings in the groups and kinds of document that it is looked for in.
    different : int
        How many different codes one person must have.
    """

    strict: list[Any]
    lenient: list[Any]
    place: Any
    different: int = 1


def layout(material: Material) -> Layout:
    """Lay out the codings of a study; see `Layout`."""
    import numpy as np
    import pandas as pd

    words = material.words[material.words["placed"]].reset_index(drop=True)
    who, people = pd.factorize(words["who"], sort=True)
    pairs = [np.empty((0, 2), dtype=np.int64)]
    for rows in words.groupby("document", sort=True).indices.values():
        start, end = words["start"].to_numpy()[rows], words["end"].to_numpy()[rows]
        coder = words["coder"].to_numpy()[rows]
        over = (start[:, None] < end[None]) & (end[:, None] > start[None]) & (coder[:, None] < coder[None])
        one, other = np.nonzero(over)
        pairs.append(np.column_stack([rows[one], rows[other]]))
    every = np.concatenate(pairs)
    every = every[np.argsort(who[every[:, 0]], kind="stable")]
    blocks = tuple(np.asarray(one) for one in words.groupby(["coder", "group"], sort=True).indices.values())
    return Layout(material, words, tuple(map(str, people)), who, every[:, 0], every[:, 1], blocks)


def sought(laid: Layout, pick: Pick, different: int = 1) -> Sought:
    """Where a pick is to be found; see `Sought`."""
    import numpy as np

    words, parents = laid.words, laid.material.parents
    free = replace(pick, groups=(), kinds=())
    either = replace(free, where={name: (*allowed, "") for name, allowed in pick.where.items()})
    place = np.ones(len(words), dtype=bool)
    for column, allowed in (("group", pick.groups), ("kind", pick.kinds)):
        if allowed:
            place &= words[column].isin(allowed).to_numpy()
    codes = expand(pick.codes, parents, words["code"].unique())
    if different > 1:
        present = sorted(codes & set(words["code"]))
        picks = [(replace(free, codes=(code,)), replace(either, codes=(code,))) for code in present]
    else:
        picks = [(free, either)]
    masks = [[_mask(one, words, parents) for one in pair] for pair in picks]
    return Sought([one for one, _ in masks], [other for _, other in masks], place, different)


def _mask(pick: Pick, words: pd.DataFrame, parents: Any) -> Any:
    import numpy as np

    mask = np.zeros(len(words), dtype=bool)
    mask[pick.of(words, parents).index] = True
    return mask


def confirmed(laid: Layout, wanted: Sought, rows: Any | None = None) -> Any:
    """In whom two coders find the thing in the same words.

    Parameters
    ----------
    laid : Layout
    wanted : Sought
    rows : numpy.ndarray, optional
        From `Layout.shuffles`; the codings as they stand by default.

    Returns
    -------
    numpy.ndarray
        True or false, draws × people.
    """
    import numpy as np

    rows = np.arange(len(laid.words))[None] if rows is None else rows
    counts = np.zeros((len(rows), len(laid.people)), dtype=np.int64)
    if not len(laid.first):
        return counts.astype(bool)
    here = wanted.place[laid.first]
    first, second = rows[:, laid.first[here]], rows[:, laid.second[here]]
    owner = laid.who[laid.first[here]]
    begins = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(owner) else owner
    for strict, lenient in zip(wanted.strict, wanted.lenient, strict=True):
        both = (strict[first] & lenient[second]) | (lenient[first] & strict[second])
        if len(owner):
            counts[:, owner[begins]] += np.logical_or.reduceat(both, begins, axis=1)
    return counts >= wanted.different


def by_any(laid: Layout, wanted: Sought, rows: Any | None = None) -> Any:
    """In whom at least one coder finds the thing: true or false, draws × people."""
    import numpy as np

    rows = np.arange(len(laid.words))[None] if rows is None else rows
    here = np.flatnonzero(wanted.place)
    counts = np.zeros((len(rows), len(laid.people)), dtype=np.int64)
    for strict in wanted.strict:
        seen = np.zeros_like(counts)
        found, at = np.nonzero(strict[rows[:, here]])
        seen[found, laid.who[here[at]]] = 1
        counts += seen
    return counts >= wanted.different


def codings(laid: Layout, wanted: Sought) -> Sequence[int]:
    """The codings that belong to the thing and stand where it is looked for, by number."""
    import numpy as np

    any_of = np.logical_or.reduce([*wanted.strict, np.zeros(len(laid.words), dtype=bool)])
    return list(map(int, np.flatnonzero(any_of & wanted.place)))
