"""Shares of small numbers, with intervals that stay inside 0 and 1."""

from __future__ import annotations

from typing import Any

Z95 = 1.959963984540054


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
        Lower and upper end, from 0 to 1; NaN where `n` is 0, since a share of nothing is not defined.

    Notes
    -----
    E. B. Wilson (1927); the same as ``statsmodels.stats.proportion.proportion_confint(method="wilson")``,
    without its import time.

    Examples
    --------
    >>> [round(end, 4) for end in wilson(15, 148)]
    [0.0624, 0.1605]
    """
    import numpy as np

    counts, totals = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, square = counts / totals, z * z
        middle = (share + square / (2 * totals)) / (1 + square / totals)
        spread = np.sqrt(share * (1 - share) / totals + square / (4 * totals * totals))
        half = z / (1 + square / totals) * spread
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return (float(low), float(high)) if low.ndim == 0 else (low, high)
