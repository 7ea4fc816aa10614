"""Shares of small numbers, with intervals inside 0 and 1, and comparisons that rounding cannot turn."""

from __future__ import annotations

from typing import Any

Z95 = 1.959963984540054
HAIR = 1e-9
"""How near to a limit, in units of the limit or of 1, a value counts as equal to it."""


def wilson(hits: Any, n: Any, z: float = Z95) -> tuple[Any, Any]:
    """Wilson's score interval of a share.

    Parameters
    ----------
    hits, n : int or array
        How many of how many.
    z : float
        Quantile of the normal distribution; 1.96 gives 95 %.

    Returns
    -------
    (float or array, float or array)
        Lower and upper end, from 0 to 1, with the share between them: 0 of `n` begins at exactly 0, and `n`
        of `n` ends at exactly 1. NaN where `n` is 0, since a share of nothing is not defined.

    Raises
    ------
    ValueError
        Where `hits` is below 0 or above `n`: such a share is not one.

    Notes
    -----
    E. B. Wilson (1927); the same as ``statsmodels.stats.proportion.proportion_confint(method="wilson")``,
    without its import time.

    Examples
    --------
    >>> [round(end, 4) for end in wilson(15, 148)]
    [0.0624, 0.1605]
    >>> wilson(9, 9)[1], wilson(0, 9)[0]
    (1.0, 0.0)
    """
    import numpy as np

    counts, totals = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    if (counts < 0).any() or (counts > totals).any():
        raise ValueError("a share needs 0 <= hits <= n")
    with np.errstate(divide="ignore", invalid="ignore"):
        share, square = counts / totals, z * z
        middle = (share + square / (2 * totals)) / (1 + square / totals)
        spread = np.sqrt(share * (1 - share) / totals + square / (4 * totals * totals))
        half = z / (1 + square / totals) * spread
    # Rounding may put an end a hair beyond the share; NaN goes through both.
    low, high = (
        np.minimum(np.maximum(middle - half, 0), share),
        np.maximum(np.minimum(middle + half, 1), share),
    )
    return (float(low), float(high)) if low.ndim == 0 else (low, high)


def at_least(value: Any, limit: Any) -> Any:
    """Whether a value reaches a limit, rounding aside.

    A sum or product of floats that is the limit on paper may lie a hair below it: 0.1 + 0.7 is not 0.8.
    Values within `HAIR` of the limit count as equal to it.

    Parameters
    ----------
    value, limit : float or array
        NaN reaches nothing.

    Examples
    --------
    >>> 0.1 + 0.7 >= 0.8, at_least(0.1 + 0.7, 0.8), at_least(0.7999, 0.8), at_least(float("nan"), 0)
    (False, True, False, False)
    """
    import numpy as np

    return _plain(value >= limit - HAIR * np.maximum(1.0, np.abs(limit)))


def at_most(value: Any, limit: Any) -> Any:
    """Whether a value stays within a limit, rounding aside: see `at_least`.

    Examples
    --------
    >>> 0.1 + 0.2 <= 0.3, at_most(0.1 + 0.2, 0.3), at_most(0.3001, 0.3)
    (False, True, False)
    """
    import numpy as np

    return _plain(value <= limit + HAIR * np.maximum(1.0, np.abs(limit)))


def part_of(share: float, n: int) -> int:
    """A share of a number, to the nearest whole one; exactly half goes up, as decimals are written.

    Examples
    --------
    >>> part_of(0.29, 50), part_of(0.15, 10), part_of(0.2, 7)
    (15, 2, 1)
    """
    from decimal import ROUND_HALF_UP, Decimal

    return int((Decimal(str(share)) * n).to_integral_value(ROUND_HALF_UP))


def _plain(answer: Any) -> Any:
    return bool(answer) if getattr(answer, "ndim", 0) == 0 else answer
