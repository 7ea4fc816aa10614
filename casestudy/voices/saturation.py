"""When nothing new is said: code accumulation, the stopping rule of Guest, Namey and Chen, and unseen codes.

This is saturation of codes, not of their meaning; a reflexive analysis refuses both. The rule is used as
reported of Guest, Namey and Chen (2020). The estimators of unseen codes are those of Anne Chao as scikit-bio
(``chao1_ci``, after the manual of EstimateS) and SpadeR (``SpecInciChao2bc``) compute them; her papers were
not read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem
from casestudy.proportions import Z95

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
        ``never`` (share of the random orders in which the rule does not hold), ``orders``.
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
    low, high : float
        95 % interval of the number of codes that the estimate is of.
    coverage : float
        Good and Turing's estimate of the share of what is said that the heard codes hold; NaN without a word.
    """

    heard: int
    once: int
    twice: int
    total: float
    low: float
    high: float
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
    ``S + k·f1(f1 − 1) / (2(f2 + 1))`` with k = 1 for Chao1 and (m − 1)/m for Chao2. The interval is
    log-normal in the number of unseen codes; where no code was heard just once, it comes from the chance
    that a code heard so often on average is missed. With a single code heard once, the estimate is the number
    heard and no interval is given. In a simulation of 30 equally likely codes and 12 interviews the interval
    held the number in about nine of ten cases.

    Examples
    --------
    >>> unseen([1, 1, 1, 2, 5]).total
    6.5
    """
    given = [count for count in counts if count > 0]
    once, twice = given.count(1), given.count(2)
    coverage = 1 - once / sum(given) if given else math.nan
    if samples == 1:
        return Unseen(len(given), once, twice, math.nan, math.nan, math.nan, coverage)
    factor = (samples - 1) / samples if samples else 1.0
    more = factor * once * (once - 1) / (2 * (twice + 1))
    low, high = _interval(given, more, factor)
    return Unseen(len(given), once, twice, len(given) + more, low, high, coverage)


def _interval(given: Sequence[int], more: float, factor: float) -> tuple[float, float]:
    """The 95 % interval of Chao's estimate."""
    heard, once, twice = len(given), given.count(1), given.count(2)
    if more:
        below = 2 * (twice + 1)
        spread = more
        spread += factor**2 * once * (2 * once - 1) ** 2 / below**2
        spread += factor**2 * once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
        spread -= factor**2 * once**4 / (4 * (heard + more)) if not twice else 0.0
        ratio = math.exp(Z95 * math.sqrt(math.log(1 + spread / more**2)))
        return heard + more / ratio, heard + more * ratio
    if once or not given:
        return math.nan, math.nan
    missed = math.exp(-sum(given) / heard)
    spread = heard * missed * (1 - missed)
    middle, half = heard / (1 - missed), Z95 * math.sqrt(spread) / (1 - missed)
    return max(float(heard), middle - half), middle + half


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
