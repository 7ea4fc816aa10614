"""How strong an unobserved cause would have to be to explain an estimate: E-values and Rosenbaum's bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

_MOST_EXACT = 400
GAMMAS = (1.0, 1.1, 1.2, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0)


@dataclass(frozen=True)
class EValue:
    """An E-value.

    Attributes
    ----------
    ratio, low, high : float
        The estimate as a risk or rate ratio, with its interval.
    point : float
        How strongly, as a ratio, an unobserved cause would have to go with both adoption and outcome to make
        the whole estimate; from 1.
    limit : float
        The same for the end of the interval that is nearer 1; 1 where the interval holds 1.
    """

    ratio: float
    low: float
    high: float
    point: float
    limit: float


def e_value(ratio: float, low: float = float("nan"), high: float = float("nan")) -> EValue:
    """E-value of a risk or rate ratio (VanderWeele and Ding 2017): RR + √(RR(RR − 1)).

    Parameters
    ----------
    ratio : float
        Above 0; below 1 its inverse counts.
    low, high : float
        Ends of its interval, where known.

    Raises
    ------
    ValueError
        When the ratio is not above 0, or lies outside its interval.

    Examples
    --------
    >>> found = e_value(3.9, 1.8, 8.7)
    >>> round(found.point, 2), round(found.limit, 2)
    (7.26, 3.0)
    """
    if not ratio > 0 and ratio == ratio:
        raise ValueError(f"a ratio must be above 0, not {ratio!r}")
    if low > ratio or high < ratio:
        raise ValueError("the estimate lies outside its interval")
    near = low if ratio >= 1 else high
    crosses = near <= 1 if ratio >= 1 else near >= 1
    limit = float("nan") if near != near else 1.0 if crosses else _needed(near)
    return EValue(ratio, low, high, _needed(ratio), limit)


def of_difference(estimate: float, se: float, sd: float) -> EValue:
    """E-value of a difference of means, by way of an approximate risk ratio.

    Parameters
    ----------
    estimate, se : float
        The difference and its standard error, in units of the outcome.
    sd : float
        Standard deviation of the outcome. That of the outcome itself, and not of its changes, is the larger
        one in most panels, and makes the E-value smaller: the cautious choice.

    Returns
    -------
    EValue
        Of exp(0.91 d), with ends exp(0.91 d ± 1.78 se), d and se in standard deviations: as if the outcome
        were cut in two. NaN without a spread.

    Examples
    --------
    >>> round(of_difference(0.5, 0.25, 1.0).point, 2)
    2.53
    """
    if not sd > 0 or not np.isfinite([estimate, se]).all():
        return EValue(*(float("nan"),) * 5)
    middle, half = 0.91 * estimate / sd, 1.78 * se / sd
    return e_value(*(float(np.exp(value)) for value in (middle, middle - half, middle + half)))


def _needed(ratio: float) -> float:
    """E-value of one ratio."""
    above = 1 / ratio if ratio < 1 else ratio
    return float(above + np.sqrt(above * (above - 1)))


def summary(found: EValue, differences: Any, unit: str = "points") -> pd.DataFrame:
    """E-values and Rosenbaum's Γ in one table, each with what it says.

    Parameters
    ----------
    found : EValue
    differences : array
        Of matched pairs, adopter less partner.
    unit : str
        Of the differences.

    Returns
    -------
    pandas.DataFrame
        ``measure``, ``value`` (NaN where undefined), ``says``.
    """
    import pandas as pd

    values = np.asarray(differences, dtype=float)
    middle = float(np.median(values)) if len(values) else float("nan")
    rows = [
        ("risk ratio", found.ratio, "the estimate as if the outcome were cut in two, high and low"),
        (
            "E-value",
            found.point,
            "an unseen cause must go with adoption and outcome by this ratio to make it all",
        ),
        ("E-value, interval", found.limit, "and by this ratio to let the interval touch no change"),
        ("pairs", float(len(values)), "adopters, each with the likest household that never adopts"),
        ("median difference", middle, f"{unit}, adopter less partner, since adoption against before"),
        ("Γ", critical_gamma(values), "odds of adopting may differ by this factor before p passes .05"),
    ]
    return pd.DataFrame(rows, columns=["measure", "value", "says"])


def signed_rank_bounds(
    differences: Any, gammas: tuple[float, ...] = GAMMAS, exact: bool | None = None
) -> pd.DataFrame:
    """Rosenbaum's bounds on the p-value of Wilcoxon's signed-rank test over matched pairs.

    Parameters
    ----------
    differences : array
        Adopter less partner, one for each pair; pairs without a difference say nothing and are left out.
    gammas : tuple of float
        Γ from 1: within a pair, by what factor the odds of being the one who adopts may differ for a reason
        that was not observed. 1 is a coin.
    exact : bool, optional
        Whether the distribution of the sum of ranks is worked out, or taken as normal; worked out by default
        up to 400 pairs. The normal one errs toward larger p where Γ is large.

    Returns
    -------
    pandas.DataFrame
        ``gamma``, ``p_low``, ``p_high`` (one-sided, in the direction of the sum of ranks; mean ranks for
        ties). NaN without a pair.

    Notes
    -----
    Under a bias of at most Γ each rank is on the adopter's side with a chance between 1/(1 + Γ) and
    Γ/(1 + Γ). ``p_high`` below .05 at Γ says: no cause that shifts the odds by less than Γ makes this by
    itself.

    Examples
    --------
    >>> table = signed_rank_bounds([3, 4, -1, 6, 8, 5, 9, 7, -2, 10], (1.0, 2.0))
    >>> table["p_high"].round(3).tolist()
    [0.005, 0.048]
    """
    import pandas as pd
    from scipy.stats import rankdata

    values = np.asarray(differences, dtype=float)
    values = values[np.isfinite(values) & (values != 0)]
    ranks = rankdata(np.abs(values)) if len(values) else np.empty(0)
    above = float(ranks[values > 0].sum())
    statistic = max(above, float(ranks.sum()) - above)
    tail = _exact if (len(ranks) <= _MOST_EXACT if exact is None else exact) else _normal
    rows = []
    for gamma in gammas:
        if gamma < 1:
            raise ValueError(f"gamma must be 1 or more, not {gamma!r}")
        ends = [
            tail(ranks, statistic, chance) if len(ranks) else float("nan")
            for chance in (1 / (1 + gamma), gamma / (1 + gamma))
        ]
        rows.append((gamma, *ends))
    return pd.DataFrame(rows, columns=["gamma", "p_low", "p_high"])


def _normal(ranks: np.ndarray, statistic: float, chance: float) -> float:
    """Chance of a sum of ranks as large, each rank counted with that chance; normal approximation."""
    from scipy.special import ndtr

    spread = float(np.sqrt(chance * (1 - chance) * (ranks**2).sum()))
    return float(ndtr(-(statistic - chance * float(ranks.sum())) / spread))


def _exact(ranks: np.ndarray, statistic: float, chance: float) -> float:
    """The same from the distribution itself; ranks are doubled, since mean ranks may be halves."""
    steps = np.rint(2 * ranks).astype(int)
    chances = np.zeros(int(steps.sum()) + 1)
    chances[0], top = 1.0, 0
    for step in steps:
        moved = chances[: top + 1] * chance
        chances[: top + 1] *= 1 - chance
        top += int(step)
        chances[step : top + 1] += moved
    return float(min(chances[round(2 * statistic) :].sum(), 1.0))


def critical_gamma(
    differences: Any, level: float = 0.05, most: float = 20.0, exact: bool | None = None
) -> float:
    """The bias Γ at which the upper bound of the p-value reaches `level`.

    Returns
    -------
    float
        1 where the test does not reach it without any bias; `most` where it holds up to there; NaN without a
        pair.
    """
    low, high = 1.0, most
    first, last = signed_rank_bounds(differences, (low, high), exact)["p_high"]
    if first != first:
        return float("nan")
    if first >= level or last < level:
        return low if first >= level else high
    while high - low > 5e-3:
        middle = (low + high) / 2
        reached = signed_rank_bounds(differences, (middle,), exact)["p_high"].iloc[0] >= level
        low, high = (low, middle) if reached else (middle, high)
    return low
