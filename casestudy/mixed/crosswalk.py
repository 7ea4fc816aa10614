"""Two typologies of the same people, one from words and one from the log: how far they agree, and who does
not fit.

Rand and mutual information indices are corrected for chance; the exact test enumerates all tables with the
same margins, or samples them where there are too many.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MOST_TABLES = 200_000


@dataclass(frozen=True)
class Agreement:
    """How far two groupings of the same people agree.

    Attributes
    ----------
    people : int
        Participants with a type in both.
    ari, ari_low, ari_high : float
        Adjusted Rand index (Hubert and Arabie's correction) with a bootstrap percentile interval over people;
        pairs made of one person drawn twice are left out, since they agree by construction. NaN where
        undefined.
    ami, ami_low, ami_high : float
        Adjusted mutual information (mean of entropies), with a jackknife interval over people (Student's t):
        in a bootstrap, one person drawn twice looks like two who agree, and the index cannot leave them out.
    p : float
        Exact test of independence: share of the tables with these margins that are no likelier than the one
        seen.
    method : str
        How `p` was found.
    same : int
        People whose two types correspond.
    reason : str
        Why a number is undefined; empty otherwise.
    """

    people: int
    ari: float
    ari_low: float
    ari_high: float
    ami: float
    ami_low: float
    ami_high: float
    p: float
    method: str
    same: int
    reason: str = ""


def contingency(words: Sequence[str], log: Sequence[str], kinds: Sequence[str]) -> pd.DataFrame:
    """People by their type in words (rows) and in the log (columns); every type is shown, empty or not.

    Examples
    --------
    >>> contingency(["a", "a"], ["a", "b"], ["a", "b"]).loc["a", "b"]
    np.int64(1)
    """
    import pandas as pd

    columns = [*kinds, *sorted(set(log) - set(kinds))]
    rows = [*kinds, *sorted(set(words) - set(kinds))]
    table = pd.crosstab(pd.Series(list(words), dtype="object"), pd.Series(list(log), dtype="object"))
    return table.reindex(index=rows, columns=columns, fill_value=0).astype("int64")


def agreement(words: Sequence[str], log: Sequence[str], *, seed: int = 0, resamples: int = 2000) -> Agreement:
    """Chance-corrected agreement of two groupings with intervals, and an exact test.

    Parameters
    ----------
    words, log : sequence of str
        Types of the same people in the same order.
    seed : int
        Of the bootstrap and, where tables are sampled, of the test.
    resamples : int

    Returns
    -------
    Agreement
        Numbers are NaN with a reason below three people or where one grouping has a single type.

    Examples
    --------
    >>> found = agreement(["a", "a", "b", "b"], ["x", "x", "y", "y"], resamples=200)
    >>> found.ari, round(found.p, 3)
    (1.0, 0.333)
    """
    import numpy as np
    from sklearn.metrics import adjusted_mutual_info_score

    nan = math.nan
    same = sum(a == b for a, b in zip(words, log, strict=True))
    count = len(words)
    if count < 3 or len(set(words)) < 2 or len(set(log)) < 2:
        reason = "fewer than three people" if count < 3 else "one of the two has a single type"
        return Agreement(count, nan, nan, nan, nan, nan, nan, nan, "none", same, reason)
    first, second = _numbers(words), _numbers(log)
    generator = np.random.default_rng(seed)
    aris = []
    for _ in range(resamples):
        drawn = generator.integers(0, count, count)
        aris.append(_rand(first, second, np.bincount(drawn, minlength=count)))
    low, high = _interval(aris)
    ami = float(adjusted_mutual_info_score(first, second))
    ami_low, ami_high = _jackknifed(ami, first, second)
    p, method = exact_test(first, second, seed=seed)
    return Agreement(
        people=count,
        ari=_rand(first, second, np.ones(count, dtype=np.int64)),
        ari_low=low,
        ari_high=high,
        ami=ami,
        ami_low=ami_low,
        ami_high=ami_high,
        p=p,
        method=method,
        same=same,
    )


def exact_test(first: np.ndarray, second: np.ndarray, *, seed: int = 0) -> tuple[float, str]:
    """Fisher, Freeman and Halton's exact test: probability of the tables no likelier than the one seen.

    Parameters
    ----------
    first, second : array of int
        Types of the same people.

    Returns
    -------
    (float, str)
        The p-value, and whether tables were enumerated or sampled (20,000 permutations, the seen one
        counted).

    Examples
    --------
    Fisher's tea: three of four right.

    >>> import numpy as np
    >>> p, how = exact_test(np.array([0] * 4 + [1] * 4), np.array([0, 0, 0, 1, 0, 1, 1, 1]))
    >>> round(p, 4), how
    (0.4857, 'all 5 tables')
    """
    import numpy as np

    table = np.zeros((first.max() + 1, second.max() + 1), dtype=np.int64)
    np.add.at(table, (first, second), 1)
    logs = np.array([math.lgamma(value + 1) for value in range(len(first) + 1)])
    seen = float(logs[table].sum())
    weights = []
    for position, cost in enumerate(_tables(table.sum(axis=1).tolist(), table.sum(axis=0).tolist(), logs)):
        weights.append(cost)
        if position >= _MOST_TABLES:
            break
    else:
        likelihood = np.exp(-(np.array(weights) - min(weights)))
        extreme = likelihood[np.array(weights) >= seen - 1e-9]
        return float(min(1.0, extreme.sum() / likelihood.sum())), f"all {len(weights):,} tables"
    generator, draws, hits = np.random.default_rng(seed), 20_000, 1
    for _ in range(draws):
        drawn = np.zeros_like(table)
        np.add.at(drawn, (first, generator.permutation(second)), 1)
        hits += float(logs[drawn].sum()) >= seen - 1e-9
    return hits / (draws + 1), f"{draws:,} permutations"


def discordant(table: pd.DataFrame, words: str, log: str) -> pd.DataFrame:
    """The people whose two types differ, clearest first: those to read again.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a person with the columns named by `words` and `log`; a column ``certainty``, where there is
        one, orders.

    Returns
    -------
    pandas.DataFrame
        The rows that differ and have both types; ties in the order of the first column.
    """
    both = table[words].fillna("").ne("") & table[log].fillna("").ne("")
    rows = table[both & (table[words] != table[log])]
    if "certainty" in rows:
        rows = rows.sort_values(["certainty", rows.columns[0]], ascending=[False, True], kind="stable")
    return rows.reset_index(drop=True)


def _numbers(values: Sequence[str]) -> np.ndarray:
    import numpy as np

    order = {value: position for position, value in enumerate(sorted(set(values)))}
    return np.array([order[value] for value in values], dtype=np.int64)


def _rand(first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> float:
    """Adjusted Rand index of weighted people, over pairs of different people."""
    import numpy as np

    squares = float((weights * weights).sum())

    def pairs(cells: np.ndarray) -> float:
        totals = np.bincount(cells, weights=weights)
        return (float((totals * totals).sum()) - squares) / 2

    both = pairs(first * (second.max() + 1) + second)
    one, two, total = pairs(first), pairs(second), (float(weights.sum()) ** 2 - squares) / 2
    if total == 0:
        return math.nan
    expected, most = one * two / total, (one + two) / 2
    return (both - expected) / (most - expected) if most != expected else math.nan


def _interval(values: Sequence[float]) -> tuple[float, float]:
    import numpy as np

    kept = [value for value in values if value == value]
    if len(kept) < 20:
        return math.nan, math.nan
    low, high = np.percentile(kept, [2.5, 97.5])
    return float(low), float(high)


def _jackknifed(value: float, first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Limits of adjusted mutual information from leaving each person out; none above 1."""
    import numpy as np
    from scipy.stats import t
    from sklearn.metrics import adjusted_mutual_info_score

    count = len(first)
    without = []
    for place in range(count):
        a, b = np.delete(first, place), np.delete(second, place)
        if a.min() < a.max() and b.min() < b.max():
            without.append(float(adjusted_mutual_info_score(a, b)))
    if len(without) < count:
        return math.nan, math.nan  # it hangs on one person whether there is more than one type
    error = math.sqrt((count - 1) * float(np.var(without)))
    reach = float(t.ppf(0.975, count - 1)) * error
    return max(-1.0, value - reach), min(1.0, value + reach)


def _tables(rows: list[int], columns: list[int], logs: np.ndarray) -> Iterator[float]:
    """The sum of log factorials of the cells, for every table with these margins."""

    def fill(row: int, left: list[int], cost: float) -> Iterator[float]:
        if row == len(rows) - 1:
            yield cost + sum(float(logs[value]) for value in left)
            return
        yield from place(row, 0, rows[row], left, cost)

    def place(row: int, column: int, rest: int, left: list[int], cost: float) -> Iterator[float]:
        if column == len(left) - 1:
            if rest <= left[column]:
                yield from fill(row + 1, [*left[:column], left[column] - rest], cost + float(logs[rest]))
            return
        for value in range(min(rest, left[column]) + 1):
            after = [*left[:column], left[column] - value, *left[column + 1 :]]
            yield from place(row, column + 1, rest - value, after, cost + float(logs[value]))

    yield from fill(0, columns, 0.0)
