"""Two things in the same turns, in order, or in the same people: counts, cautious bounds, and chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from casestudy.codebook.selection import Pick, expand
from casestudy.coding.material import Material
from casestudy.evidence import bounds


@dataclass(frozen=True, eq=False)
class InTurns:
    """In whom two things are voiced, in how many turns both, and how many chance gives.

    Attributes
    ----------
    who : list of str
        People and documents that voice both anywhere.
    observed, expected : numpy.ndarray
        Turns in which both are voiced, and the mean over draws in which each coder's codes are dealt out
        again among the passages that this coder marked in this person's words.
    chance : float
        Share of draws in which all together reach what was observed.
    """

    who: list[str]
    observed: Any
    expected: Any
    chance: float


def in_turns(found: Material, first: Pick, second: Pick, draws: int, seed: int) -> InTurns:
    """Count turns in which both things are voiced, by whatever coder; codes of both count for neither."""
    import numpy as np
    import pandas as pd

    words = found.words[found.words["placed"] & found.words["turn"].gt(0)].reset_index(drop=True)
    shared = expand(first.codes, found.parents) & expand(second.codes, found.parents)
    masks = []
    for pick in (first, second):
        mask = np.zeros(len(words), dtype=bool)
        mask[replace(pick, groups=(), kinds=()).of(words, found.parents).index] = True
        masks.append(mask & ~words["code"].isin(shared).to_numpy())
    both = set(words.loc[masks[0], "who"]) & set(words.loc[masks[1], "who"])
    # A message is one turn: whatever it says is said together, so it can tell nothing of that.
    turns = words.groupby("who")["turn"].nunique()
    people = sorted(who for who in both if turns[who] > 1)
    keep = words["who"].isin(people).to_numpy()
    words, masks = words[keep].reset_index(drop=True), [mask[keep] for mask in masks]
    if not people:
        return InTurns([], np.array([]), np.array([]), math.nan)
    place = pd.factorize(words["who"], sort=True)[0]
    turn = words.groupby(["document", "turn"], sort=True).ngroup().to_numpy()
    owner = np.zeros(turn.max() + 1, dtype=np.int64)
    owner[turn] = place

    def counted(rows: Any) -> Any:
        seen = [np.bincount(turn, weights=mask[rows], minlength=len(owner)) > 0 for mask in masks]
        return np.bincount(owner, weights=seen[0] & seen[1], minlength=len(people))

    observed = counted(np.arange(len(words)))
    dealt = np.random.default_rng(seed)
    blocks = [np.asarray(one) for one in words.groupby(["coder", "who"], sort=True).indices.values()]
    drawn = np.zeros((draws, len(people)))
    for draw in range(draws):
        rows = np.arange(len(words))
        for block in blocks:
            rows[block] = dealt.permutation(block)
        drawn[draw] = counted(rows)
    chance = (1 + int((drawn.sum(axis=1) >= observed.sum()).sum())) / (draws + 1)
    return InTurns(people, observed, drawn.mean(axis=0), chance)


def lift(observed: Any, expected: Any) -> tuple[float, float, float]:
    """How many times as often as expected, with one-sided 95 % jackknife bounds over people.

    The bounds leave out those who contribute most, as `casestudy.evidence.bounds.few` says.

    Examples
    --------
    >>> import numpy as np
    >>> value, low, high = lift(np.array([4.0] * 12), np.array([2.0] * 12))
    >>> value, round(low, 2), round(high, 2)
    (2.0, 2.0, 2.0)
    """
    import numpy as np
    from scipy.stats import t

    total = float(expected.sum())
    value = float(observed.sum()) / total if total else math.nan
    if len(observed) < 5 or not total:
        return value, math.nan, math.nan
    away = int(bounds.few(len(observed)))
    order = np.argsort(observed - expected, kind="stable")
    ends = []
    for kept, sign in ((order[: len(order) - away], -1), (order[away:], 1)):
        mine, chance = observed[kept], expected[kept]
        if not chance.sum():
            return value, math.nan, math.nan
        ratio = mine.sum() / chance.sum()
        apart = mine - ratio * chance
        count = len(kept)
        error = math.sqrt((apart**2).sum() * count / max(count - 1, 1)) / chance.sum()
        ends.append(float(ratio + sign * float(t.ppf(0.95, max(count - 1, 1))) * error))
    return value, min(ends[0], value), max(ends[1], value)


def earliest(found: Material, pick: Pick, attribute: str, order: Sequence[str]) -> dict[str, int]:
    """The earliest time at which each person tells of a thing, as its place in `order`."""
    words = found.words[found.words["placed"]]
    if attribute not in words.columns:
        return {}
    mine = replace(pick, groups=()).of(words, found.parents)
    place = mine[attribute].map({name: number for number, name in enumerate(order)})
    known = place.notna()
    return {str(who): int(first) for who, first in place[known].groupby(mine.loc[known, "who"]).min().items()}


def apart(
    values: Sequence[float], voiced: Sequence[bool], draws: int, seed: int
) -> tuple[float, float, float, float]:
    """How much higher those rank who voice a thing: rank-biserial correlation, −1 to 1.

    Returns
    -------
    (float, float, float, float)
        The value, one-sided 95 % jackknife bounds over people, and the share of draws, with the numbers
        dealt out again, that reach it; NaN where everybody or nobody voices it.

    Examples
    --------
    >>> apart([1, 2, 3, 4, 5, 6], [False] * 3 + [True] * 3, 0, 1)[0]
    1.0
    """
    import numpy as np
    from scipy.stats import rankdata, t

    numbers, has = np.asarray(values, dtype=float), np.asarray(voiced, dtype=bool)

    def value(numbers: Any, has: Any) -> float:
        with_it, without = int(has.sum()), int((~has).sum())
        if not with_it or not without:
            return math.nan
        return float(2 * (rankdata(numbers)[has].mean() - rankdata(numbers)[~has].mean()) / len(numbers))

    seen = value(numbers, has)
    left = np.array([value(np.delete(numbers, n), np.delete(has, n)) for n in range(len(numbers))])
    left = left[np.isfinite(left)]
    if seen != seen or len(left) < 5:
        return seen, math.nan, math.nan, math.nan
    error = math.sqrt((len(left) - 1) / len(left) * float(((left - left.mean()) ** 2).sum()))
    # A jackknife of all alike says nothing of people not asked: at least one rank of doubt is kept.
    reach = float(t.ppf(0.95, len(left) - 1)) * max(error, 1 / len(numbers))
    dealt = np.random.default_rng(seed)
    drawn = [value(dealt.permutation(numbers), has) for _ in range(draws)]
    chance = (1 + sum(one >= seen - 1e-12 for one in drawn)) / (draws + 1) if draws else math.nan
    return seen, seen - reach, seen + reach, chance


def halves(count: int, draws: int, seed: int) -> list[Any]:
    """Places of random halves of `count` people, once a draw."""
    import numpy as np

    dealt = np.random.default_rng(seed + 1)
    return [np.sort(dealt.permutation(count)[: count // 2]) for _ in range(draws)]
