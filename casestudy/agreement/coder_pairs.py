"""Coefficients from pairs of coders: Cohen, Scott, Bennett, and Hubert's and Light's means over pairs."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.coefficient import Bound, Coefficient, Estimate, ratio, share
from casestudy.agreement.patterns import MISSING, Floats
from casestudy.agreement.ratings import Ratings
from casestudy.agreement.weights import Matrix, agreement_weights
from casestudy.errors import InputError, Problem

_PAIR = "Only units that both coders rated."
_PAIRS = "For each pair of coders, only units that both rated; pairs without such a unit are left out."
_METHODS = "the definition, checked against nltk, statsmodels or scikit-learn where they have it"


def cohen(weights: str | Matrix = "identity") -> Coefficient:
    """Cohen's kappa for two coders, unweighted or weighted.

    Parameters
    ----------
    weights : str or matrix
        ``identity``, ``linear``, ``quadratic`` and the other names of
        `casestudy.agreement.weights.agreement_weights`, or a matrix.

    Returns
    -------
    Coefficient

    Raises
    ------
    InputError
        When measured on ratings of more than two coders.

    Examples
    --------
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([["S", "S"]] * 20 + [["I", "S"]] * 20 + [["S", "I"]] * 10 + [["I", "I"]] * 50)
    >>> round(measure(ratings, cohen()).value, 3)
    0.348
    """

    def expected(table: NDArray[Any], loss: Floats) -> NDArray[Any]:
        rows, columns = table.sum(axis=2), table.sum(axis=1)
        return ((rows @ loss) * columns).sum(axis=1)

    name = "Cohen's kappa" + _weighted(weights)
    return _two("kappa", name, "1 - sum p_kl d_kl / sum r_k c_l d_kl, d = 1 - w", weights, expected)


def scott(weights: str | Matrix = "identity") -> Coefficient:
    """Scott's pi for two coders: chance agreement from the pooled shares of both.

    Parameters
    ----------
    weights : str or matrix

    Returns
    -------
    Coefficient

    Examples
    --------
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([["S", "S"]] * 20 + [["I", "S"]] * 20 + [["S", "I"]] * 10 + [["I", "I"]] * 50)
    >>> round(measure(ratings, scott()).value, 3)
    0.341
    """

    def expected(table: NDArray[Any], loss: Floats) -> NDArray[Any]:
        pooled = (table.sum(axis=2) + table.sum(axis=1)) / 2
        return ((pooled @ loss) * pooled).sum(axis=1)

    name = "Scott's pi" + _weighted(weights)
    return _two("pi", name, "(P_o - P_e)/(1 - P_e), P_e = sum_k ((r_k + c_k)/2)²", weights, expected)


def bennett() -> Coefficient:
    """Bennett's S for two coders: chance agreement 1/q. With two categories it is PABAK.

    Returns
    -------
    Coefficient

    Notes
    -----
    Declare the categories: their number decides.

    Examples
    --------
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([["S", "S"]] * 20 + [["I", "S"]] * 20 + [["S", "I"]] * 10 + [["I", "I"]] * 50)
    >>> round(measure(ratings, bennett()).value, 3)
    0.4
    """

    def expected(table: NDArray[Any], loss: Floats) -> NDArray[Any]:
        q = len(loss)
        chance = np.full(len(table), 1 - 1 / q)
        return np.where(np.isnan(table.real).any(axis=(1, 2)), np.nan, chance)

    name = "Bennett's S (PABAK with two categories)"
    return _two("S", name, "(P_o - 1/q)/(1 - 1/q)", "identity", expected)


def hubert(weights: str | Matrix = "identity") -> Coefficient:
    """Hubert's kappa: observed and expected agreement, each averaged over pairs of coders.

    Parameters
    ----------
    weights : str or matrix

    Returns
    -------
    Coefficient

    Examples
    --------
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> round(measure(read([[1, 1, 1], [2, 2, 1], [2, 2, 2]]), hubert()).value, 3)
    0.571
    """

    def combine(observed: NDArray[Any], expected: NDArray[Any]) -> Estimate:
        return ratio(_mean(observed), _mean(expected))

    definition = "(P_o - P_e)/(1 - P_e), both averaged over pairs of coders, P_e as in Cohen's kappa"
    return _pairwise("Hubert's kappa" + _weighted(weights), definition, weights, combine, strict=False)


def light(weights: str | Matrix = "identity") -> Coefficient:
    """Light's kappa: the mean of Cohen's kappa over pairs of coders.

    Parameters
    ----------
    weights : str or matrix

    Returns
    -------
    Coefficient
        Undefined where a pair's own kappa is undefined.

    Examples
    --------
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> round(measure(read([[1, 1, 1], [2, 2, 1], [2, 2, 2]]), light()).value, 3)
    0.6
    """

    def combine(observed: NDArray[Any], expected: NDArray[Any]) -> Estimate:
        met = ~np.isnan(expected.real)
        each = ratio(observed, expected).value
        total = np.where(met, each, 0.0).sum(axis=0)
        return Estimate(share(total, met.sum(axis=0)), _mean(observed), _mean(expected))

    name = "Light's kappa" + _weighted(weights)
    return _pairwise(name, "mean of Cohen's kappa over pairs of coders", weights, combine, strict=True)


def kappa_max() -> Coefficient:
    """The largest Cohen's kappa that the two coders' category shares allow.

    Returns
    -------
    Coefficient

    Examples
    --------
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([["S", "S"]] * 20 + [["I", "S"]] * 20 + [["S", "I"]] * 10 + [["I", "I"]] * 50)
    >>> round(measure(ratings, kappa_max()).value, 3)
    0.783
    """

    def bind(ratings: Ratings) -> Bound:
        patterns, tables = _two_coders(ratings, "kappa's maximum")

        def estimate(weights: NDArray[Any]) -> Estimate:
            table = tables(weights)
            rows, columns = table.sum(axis=2), table.sum(axis=1)
            least = 1 - np.minimum(rows, columns).sum(axis=1)
            return ratio(least, 1 - (rows * columns).sum(axis=1))

        return Bound(patterns, estimate)

    definition = "Cohen's kappa with P_o replaced by sum_k min(r_k, c_k)"
    return Coefficient("Largest attainable Cohen's kappa", definition, _METHODS, _PAIR, bind)


def _two(short: str, name: str, definition: str, weights: str | Matrix, expected: Any) -> Coefficient:
    def bind(ratings: Ratings) -> Bound:
        loss = 1 - agreement_weights(ratings, weights)
        patterns, tables = _two_coders(ratings, short)

        def estimate(given: NDArray[Any]) -> Estimate:
            table = tables(given)
            return ratio((table * loss).sum(axis=(1, 2)), expected(table, loss))

        return Bound(patterns, estimate, worst=float(loss.max(initial=0)))

    return Coefficient(name, definition, _METHODS, _PAIR, bind)


def _two_coders(ratings: Ratings, short: str) -> tuple[Any, Any]:
    if len(ratings.coders) != 2:
        found = f"{len(ratings.coders)} coders: {', '.join(ratings.coders)}."
        remedy = "Choose two with `of_coders`, or use Conger, Hubert, Light, Fleiss, Gwet or alpha."
        raise InputError(f"This {short} is for two coders.", [Problem("ratings", found, remedy)])
    patterns = ratings.coder_patterns
    return patterns, _tables(patterns.rows, len(ratings.categories), 0, 1)


def _tables(rows: Any, q: int, g: int, h: int) -> Any:
    """For weightings of the patterns, the tables of shares of coders g and h."""
    both = (rows[:, g] != MISSING) & (rows[:, h] != MISSING)
    cells = np.zeros((len(rows), q * q))
    cells[np.flatnonzero(both), (rows[both, g] * q + rows[both, h])] = 1

    def tables(weights: NDArray[Any]) -> NDArray[Any]:
        found = weights @ cells
        return share(found, found.sum(axis=1)[:, None]).reshape(-1, q, q)

    return tables


def _pairwise(
    name: str, definition: str, weights: str | Matrix, combine: Any, *, strict: bool
) -> Coefficient:
    def bind(ratings: Ratings) -> Bound:
        patterns, q = ratings.coder_patterns, len(ratings.categories)
        loss = 1 - agreement_weights(ratings, weights)
        named = list(combinations(range(len(ratings.coders)), 2))
        makers = [_tables(patterns.rows, q, g, h) for g, h in named]

        def parts(given: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
            observed, expected = [], []
            for make in makers:
                table = make(given)
                observed.append((table * loss).sum(axis=(1, 2)))
                expected.append(((table.sum(axis=2) @ loss) * table.sum(axis=1)).sum(axis=1))
            return np.array(observed), np.array(expected)

        def estimate(given: NDArray[Any]) -> Estimate:
            return combine(*parts(given))

        expected = parts(patterns.number[None, :])[1][:, 0]
        pairs = [f"{ratings.coders[g]} and {ratings.coders[h]}" for g, h in named]
        apart = [pair for pair, e in zip(pairs, expected, strict=True) if np.isnan(e)]
        alike = [pair for pair, e in zip(pairs, expected, strict=True) if e <= 0]
        reason = f"Kappa is undefined for {', '.join(alike)}: no variation." if strict and alike else ""
        notes = (f"Without a unit in common, left out: {', '.join(apart)}.",) if apart else ()
        return Bound(patterns, estimate, worst=float(loss.max(initial=0)), reason=reason, notes=notes)

    return Coefficient(name, definition, _METHODS, _PAIRS, bind)


def _mean(parts: NDArray[Any]) -> NDArray[Any]:
    met = ~np.isnan(parts.real)
    return share(np.where(met, parts, 0.0).sum(axis=0), met.sum(axis=0))


def _weighted(weights: str | Matrix) -> str:
    if isinstance(weights, str):
        return "" if weights == "identity" else f", {weights} weights"
    return ", custom weights"
