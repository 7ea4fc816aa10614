"""When nothing new is said: code accumulation, the stopping rule of Guest, Namey and Chen, and unseen codes.

This is saturation of codes, not of their meaning; a reflexive analysis refuses both. The rule is used as
reported of Guest, Namey and Chen (2020); the estimators of unseen codes are general knowledge and to be
verified.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Stop:
    """Where the rule stops in one order of the interviews.

    Attributes
    ----------
    at : float
        Number of interviews after which a run brings too little; NaN where the rule is never met or
        undefined.
    run : int
        Length of the run that confirms it.
    reason : str
        Why `at` is NaN; empty otherwise.
    ratios : tuple of float
        New information of each run, over the codes of the base; the first run begins after the base.
    """

    at: float
    run: int
    reason: str
    ratios: tuple[float, ...]

    @property
    def notation(self) -> str:
        """Such as ``6+2``: reached at 6 interviews, confirmed by 2 more."""
        return f"{self.at:.0f}+{self.run}" if not math.isnan(self.at) else self.reason


def stop(new: Sequence[int], base: int = 4, run: int = 2, threshold: float = 0.05) -> Stop:
    """Apply the rule to the number of new codes in each interview.

    Parameters
    ----------
    new : sequence of int
        Codes heard for the first time in the first, second, … interview.
    base : int
        Interviews whose codes are the denominator.
    run : int
        Interviews of a run; runs overlap.
    threshold : float
        Largest share of new codes at which it stops.

    Returns
    -------
    Stop

    Examples
    --------
    >>> stop([10, 6, 3, 1, 2, 2, 0, 1, 0]).notation
    '6+2'
    >>> stop([0, 0, 0, 0, 1, 1]).notation
    'undefined: no code in the base'
    """
    found = sum(new[:base])
    if len(new) < base + run:
        return Stop(math.nan, run, f"fewer than {base + run} interviews", ())
    if not found:
        return Stop(math.nan, run, "undefined: no code in the base", ())
    ratios = tuple(sum(new[first : first + run]) / found for first in range(base, len(new) - run + 1))
    met = next((step for step, ratio in enumerate(ratios) if ratio <= threshold), None)
    if met is None:
        return Stop(math.nan, run, "not reached", ratios)
    return Stop(float(base + met), run, "", ratios)


def first_heard(there: Any, order: Any) -> Any:
    """New codes of each interview in one order.

    Parameters
    ----------
    there : array of bool, interviews × codes
    order : array of int
        Row numbers in the order of the interviews.
    """
    import numpy as np

    ordered = there[order]
    heard = ordered.any(axis=0)
    first = ordered.argmax(axis=0)[heard]
    return np.bincount(first, minlength=len(there))


def accumulation(presence: pd.DataFrame, permutations: int = 500, seed: int = 1) -> pd.DataFrame:
    """How many codes n interviews bring: in the order given, and over random orders.

    Parameters
    ----------
    presence : pandas.DataFrame
        Interviews × codes as 0/1, rows in the order of the interviews.
    permutations : int
    seed : int

    Returns
    -------
    pandas.DataFrame
        ``interviews, found`` (this order), ``expected`` (mean over all orders, exact), ``low``, ``high``
        (2.5 % and 97.5 % of the random orders).
    """
    import numpy as np
    import pandas as pd

    there = presence.to_numpy().astype(bool)
    size = len(there)
    if not size:
        return pd.DataFrame(columns=["interviews", "found", "expected", "low", "high"], dtype=float)
    found = np.cumsum(first_heard(there, np.arange(size)))
    random = np.random.default_rng(seed)
    curves = np.array(
        [np.cumsum(first_heard(there, random.permutation(size))) for _ in range(max(permutations, 1))]
    )
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    heads = there.sum(axis=0)
    heads = heads[heads > 0]
    expected = [
        float(sum(1 - math.comb(size - int(one), taken) / math.comb(size, taken) for one in heads))
        for taken in range(1, size + 1)
    ]
    return pd.DataFrame(
        {
            "interviews": range(1, size + 1),
            "found": found.astype("int64"),
            "expected": expected,
            "low": low,
            "high": high,
        }
    )


def stopping(
    presence: pd.DataFrame,
    bases: Sequence[int] = (4, 5, 6),
    runs: Sequence[int] = (2, 3),
    thresholds: Sequence[float] = (0.05, 0.0),
    permutations: int = 500,
    seed: int = 1,
) -> pd.DataFrame:
    """The stopping rule under several settings, in the order given and over random orders.

    Returns
    -------
    pandas.DataFrame
        ``base, run, threshold, notation`` (this order), ``found`` (share of all codes heard by then; NaN
        where not reached), ``median``, ``earliest``, ``latest`` (of the random orders that stop),
        ``never`` (share of the random orders in which the rule is not met), ``orders``.
    """
    import numpy as np
    import pandas as pd

    there = presence.to_numpy().astype(bool)
    size, total = len(there), int(there.any(axis=0).sum()) if len(there) else 0
    random = np.random.default_rng(seed)
    orders = [random.permutation(size) for _ in range(permutations)]
    news = [first_heard(there, order).tolist() for order in orders] if size else []
    own = first_heard(there, np.arange(size)).tolist() if size else []
    rows = []
    for base in bases:
        for run in runs:
            for threshold in thresholds:
                here = stop(own, base, run, threshold)
                points = np.array([stop(new, base, run, threshold).at for new in news], dtype=float)
                met = points[~np.isnan(points)]
                heard = sum(own[: int(here.at) + run]) if not math.isnan(here.at) else 0
                rows.append(
                    {
                        "base": base,
                        "run": run,
                        "threshold": threshold,
                        "notation": here.notation,
                        "found": heard / total if total and heard else math.nan,
                        "median": float(np.median(met)) if len(met) else math.nan,
                        "earliest": float(met.min()) if len(met) else math.nan,
                        "latest": float(met.max()) if len(met) else math.nan,
                        "never": 1 - len(met) / len(points) if len(points) else math.nan,
                        "orders": len(points),
                    }
                )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Unseen:
    """An estimate of how many codes there are, with those that were not heard.

    Attributes
    ----------
    heard : int
    once, twice : int
        Codes heard in one and in two interviews (or segments).
    total : float
        Estimated number of codes; a lower bound; NaN from one interview.
    coverage : float
        Good and Turing's estimate of the share of what is said that the heard codes hold; NaN without a word.
    """

    heard: int
    once: int
    twice: int
    total: float
    coverage: float


def unseen(counts: Sequence[int], samples: int = 0) -> Unseen:
    """Chao's estimate of the number of codes, with bias correction.

    Parameters
    ----------
    counts : sequence of int
        For each code, in how many segments (Chao1) or interviews (Chao2) it occurs; zeros are ignored.
    samples : int
        Number of interviews, for Chao2; 0 for Chao1.

    Notes
    -----
    ``S + k·f1(f1 − 1) / (2(f2 + 1))`` with k = 1 for Chao1 and (m − 1)/m for Chao2. To be verified in the
    source.

    Examples
    --------
    >>> unseen([1, 1, 1, 2, 5]).total
    6.5
    """
    given = [count for count in counts if count > 0]
    once, twice = given.count(1), given.count(2)
    factor = (samples - 1) / samples if samples else 1.0
    total = len(given) + factor * once * (once - 1) / (2 * (twice + 1)) if samples != 1 else math.nan
    return Unseen(len(given), once, twice, total, 1 - once / sum(given) if given else math.nan)


def ordered(presence: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """The rows of a presence table in the order of the interviews: by day, then id; without days by id."""
    import pandas as pd

    days = people.set_index("participant_id")["interviewed_on"] if "interviewed_on" in people else None
    when = pd.to_datetime(days.reindex(presence.index)) if days is not None else None
    if when is None or when.isna().all():
        return presence.sort_index(kind="stable")
    keys = pd.DataFrame({"day": when.to_numpy(), "who": presence.index.to_numpy()})
    return presence.iloc[keys.sort_values(["day", "who"], kind="stable").index]


def refuse_if_reflexive(stance: str, insist: bool = False) -> None:
    """Stop where the study's stance refuses saturation, unless it is asked for all the same.

    Raises
    ------
    InputError
        In a reflexive study.
    """
    if stance == "reflexive" and not insist:
        problem = Problem(
            "study.toml, stance",
            "a reflexive thematic analysis does not ask whether codes are saturated.",
            "Read the accumulation of codes as a record of the work, or set insist = true.",
        )
        raise InputError("Saturation is not computed.", [problem])
