"""Latent classes of sessions: a mixture of multinomials over what is looked at, fitted by EM in numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

_SMALL = 1e-10


@dataclass(frozen=True)
class Mixture:
    """A fitted mixture.

    Attributes
    ----------
    weights : array, shape (k,)
        Shares of the classes, largest first.
    profiles : array, shape (k, features)
        What each class looks at; rows add up to 1.
    loglik : float
        Log-likelihood, without the multinomial coefficients (they are the same for every k).
    n : int
        Rows it was fitted to.
    steps : int
        EM steps of the best start.
    converged : bool
    """

    weights: np.ndarray
    profiles: np.ndarray
    loglik: float
    n: int
    steps: int
    converged: bool

    @property
    def k(self) -> int:
        """Number of classes."""
        return len(self.weights)

    @property
    def free(self) -> int:
        """Free parameters: k − 1 shares, and for each class its features less one."""
        return self.k - 1 + self.k * (self.profiles.shape[1] - 1)

    @property
    def bic(self) -> float:
        """Schwarz' criterion, −2 log-likelihood + free · log n; smaller is better."""
        return -2 * self.loglik + self.free * float(np.log(max(self.n, 1)))

    def membership(self, counts: Any) -> np.ndarray:
        """Posterior share of each class for each row, shape (n, k); rows of zeros get the class shares."""
        logs = np.asarray(counts, float) @ np.log(self.profiles.T) + np.log(self.weights)
        return _soft(logs)[0]


def fit(
    counts: Any, k: int, *, seed: int = 0, starts: int = 5, steps: int = 200, tolerance: float = 1e-6
) -> Mixture:
    """Fit a mixture of k multinomials.

    Parameters
    ----------
    counts : array, shape (n, features)
        How often each thing was looked at in each session; whole numbers from 0.
    k : int
        Number of classes, from 1.
    seed : int
        Of the random starts.
    starts : int
        Random starts; the best likelihood wins. Starts are rows drawn far apart (as in k-means++).
    steps : int
        EM steps at most.
    tolerance : float
        Stop where the log-likelihood per row gains less.

    Returns
    -------
    Mixture
        Classes ordered by share, largest first.

    Raises
    ------
    ValueError
        When there is no row, a negative count, or k is less than 1 or more than the rows.

    Examples
    --------
    >>> rows = [[9, 1], [8, 2], [9, 1], [1, 9]]
    >>> fit(rows, 2).profiles.round(2).tolist()
    [[0.87, 0.13], [0.1, 0.9]]
    """
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or not len(table):
        raise ValueError("counts must be a table with at least one row")
    if (table < 0).any() or not np.isfinite(table).all():
        raise ValueError("counts must be whole numbers from 0")
    if not 1 <= k <= len(table):
        raise ValueError(f"k must lie between 1 and the {len(table)} rows, not be {k}")
    rows, weight = np.unique(table, axis=0, return_counts=True)
    weight = weight.astype(float)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, k])))
    best: tuple[float, np.ndarray, np.ndarray, int, bool] | None = None
    for _ in range(1 if k == 1 else starts):
        got = _em(rows, weight, _start(rows, weight, k, rng), steps, tolerance * len(table))
        if best is None or got[0] > best[0]:
            best = got
    assert best is not None
    loglik, shares, profiles, used, converged = best
    order = np.lexsort((*np.round(profiles.T[::-1], 8), -np.round(shares, 8)))
    return Mixture(shares[order], profiles[order], loglik, len(table), used, converged)


def _start(rows: np.ndarray, weight: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Profiles to begin with: rows far apart in Hellinger distance, smoothed."""
    total = rows.sum(axis=1, keepdims=True)
    roots = np.sqrt(rows / np.maximum(total, 1))
    far = weight * (total[:, 0] > 0) + _SMALL
    chosen: list[int] = []
    nearest = np.full(len(rows), np.inf)
    for _ in range(k):
        chance = np.cumsum(far)
        chosen.append(int(np.searchsorted(chance, rng.random() * chance[-1], side="right")))
        nearest = np.minimum(nearest, ((roots - roots[chosen[-1]]) ** 2).sum(axis=1))
        far = weight * nearest * np.sqrt(total[:, 0]) + _SMALL
    overall = (rows * weight[:, None]).sum(axis=0) + 1
    start = rows[chosen] + 3 * overall / overall.sum()
    return start / start.sum(axis=1, keepdims=True)


def _em(
    rows: np.ndarray, weight: np.ndarray, profiles: np.ndarray, steps: int, tolerance: float
) -> tuple[float, np.ndarray, np.ndarray, int, bool]:
    k = len(profiles)
    shares = np.full(k, 1.0 / k)
    before = -np.inf
    for step in range(1, steps + 1):
        logs = rows @ np.log(profiles.T) + np.log(shares)
        soft, each = _soft(logs)
        loglik = float(weight @ each)
        if loglik - before < tolerance:
            return loglik, shares, profiles, step, True
        before = loglik
        soft = soft * weight[:, None]
        shares = np.maximum(soft.sum(axis=0), _SMALL)
        shares = shares / shares.sum()
        profiles = np.maximum(soft.T @ rows, _SMALL)
        profiles = profiles / profiles.sum(axis=1, keepdims=True)
    return before, shares, profiles, steps, False


def _soft(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    top = logs.max(axis=1, keepdims=True)
    weights = np.exp(logs - top)
    total = weights.sum(axis=1, keepdims=True)
    return weights / total, (top + np.log(total))[:, 0]


def heterogeneity(counts: Any) -> tuple[float, float]:
    """Test whether all rows could come from one profile: is there anything to divide at all?

    Parameters
    ----------
    counts : array, shape (n, features)
        How often each thing was looked at in each session. What every session holds by construction, such as
        a start page, is to be taken out before.

    Returns
    -------
    (float, float)
        Standardised statistic and one-sided p-value; NaN with fewer than two features, or where no row has
        two looks.

    Notes
    -----
    Pairs of looks inside a session are of the same kind more often than the overall profile says, if profiles
    differ. The sum over sessions of Σⱼ xⱼ(xⱼ − 1)/pⱼ − n(n − 1) has mean about 0 and variance
    2(K − 1) Σ n(n − 1) under one profile: a score test against over-dispersion. The normal approximation asks
    for some hundred sessions. It says that profiles differ, not that they form classes.

    Examples
    --------
    >>> heterogeneity([[4, 0], [0, 4], [3, 1], [1, 3]])[1] < 0.05
    True
    """
    from scipy.special import ndtr

    table = np.asarray(counts, float)
    table = table[:, table.sum(axis=0) > 0] if table.size else np.empty((0, 0))
    total, sizes = table.sum(axis=0), table.sum(axis=1)
    pairs, many = float((sizes * (sizes - 1)).sum()), float(total.sum())
    if len(total) < 2 or not pairs > 0:
        return float("nan"), float("nan")
    same = float(((table * (table - 1)).sum(axis=0) * many / total).sum())
    expected = pairs * (1 - (len(total) - 1) / (many - 1))
    z = (same - expected) / float(np.sqrt(2 * pairs * (len(total) - 1)))
    return z, float(ndtr(-z))


def without_first(counts: Any, feature: int) -> np.ndarray:
    """Counts without each row's first look at what rows hold by construction, such as a start page."""
    made = np.array(counts, float)
    made[:, feature] = np.maximum(made[:, feature] - 1, 0)
    return made


def silhouette(counts: Any, members: Any, most: int = 1500, seed: int = 0) -> float:
    """Mean silhouette of a division, in Hellinger distance between rows' shares.

    Parameters
    ----------
    counts : array
    members : array of int
        Class of each row.
    most : int
        Rows looked at: a random draw where there are more.

    Returns
    -------
    float
        −1 to 1; NaN with fewer than two classes.
    """
    table, members = np.asarray(counts, float), np.asarray(members)
    filled = np.flatnonzero(table.sum(axis=1) > 0)
    if len(filled) > most:
        rng = np.random.Generator(np.random.PCG64(seed))
        filled = np.sort(rng.choice(filled, most, replace=False))
    roots, labels = np.sqrt(table[filled] / table[filled].sum(axis=1, keepdims=True)), members[filled]
    names, sizes = np.unique(labels, return_counts=True)
    if len(names) < 2:
        return float("nan")
    distance = np.sqrt(np.maximum(2 - 2 * roots @ roots.T, 0.0))
    sums = np.stack([distance[:, labels == name].sum(axis=1) for name in names], axis=1)
    own = np.searchsorted(names, labels)
    place = np.arange(len(labels))
    inside = sums[place, own] / np.maximum(sizes[own] - 1, 1)
    mean = sums / sizes
    mean[place, own] = np.inf
    outside = mean.min(axis=1)
    value = (outside - inside) / np.maximum(np.maximum(inside, outside), _SMALL)
    return float(np.where(sizes[own] > 1, value, 0.0).mean())


def adjusted_rand(first: Any, second: Any) -> float:
    """Adjusted Rand index of two divisions of the same rows (Hubert and Arabie).

    Returns
    -------
    float
        1 for the same division, about 0 for chance; NaN with fewer than two rows. Where both put everything
        into one class, or every row into its own, it is 1.

    Examples
    --------
    >>> adjusted_rand([0, 0, 1, 1], [5, 5, 3, 3])
    1.0
    >>> round(adjusted_rand([0, 0, 1, 2], [0, 0, 1, 1]), 2)
    0.57
    """
    a, b = (np.unique(np.asarray(one), return_inverse=True)[1] for one in (first, second))
    n = len(a)
    if n < 2:
        return float("nan")
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a, b), 1)
    pairs = (table * (table - 1) / 2).sum()
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    of_rows, of_columns = (rows * (rows - 1) / 2).sum(), (columns * (columns - 1) / 2).sum()
    expected = of_rows * of_columns / (n * (n - 1) / 2)
    most = (of_rows + of_columns) / 2
    return float((pairs - expected) / (most - expected)) if most != expected else 1.0
