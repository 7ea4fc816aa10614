"""Coefficients for any number of coders with missing ratings, in Gwet's framework: one observed agreement,
and for each coefficient its own idea of agreement by chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casestudy.agreement.coefficient import Bound, Coefficient, Estimate, ratio, share
from casestudy.agreement.patterns import MISSING, Floats
from casestudy.agreement.ratings import Ratings
from casestudy.agreement.weights import Matrix, agreement_weights

_SOURCE = "Gwet, Handbook of Inter-Rater Reliability, as its public implementations state it"
_MISSING = (
    "Observed agreement from units with two ratings or more, each counting the same; "
    "category shares from every rated unit."
)
_P_A = "(p_a - p_e)/(1 - p_e); p_a = mean over units of sum_k r_ik (r*_ik - 1)/(r_i (r_i - 1)); "
_Chance = Callable[[NDArray[Any], Floats], NDArray[Any]]


def gwet(weights: str | Matrix = "identity") -> Coefficient:
    """Gwet's AC1 (identity weights) or AC2 (any other weights).

    Parameters
    ----------
    weights : str or matrix
        As for `casestudy.agreement.weights.agreement_weights`.

    Returns
    -------
    Coefficient

    Examples
    --------
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([["y", "y"]] * 8 + [["n", "n"]] + [["y", "n"]])
    >>> round(measure(ratings, gwet()).value, 4)
    0.8658
    """

    def by_chance(pi: NDArray[Any], w: Floats) -> NDArray[Any]:
        q = len(w)
        return w.sum() * (pi * (1 - pi)).sum(axis=-1) / (q * (q - 1))

    def terms(pi: Floats, w: Floats) -> Floats:
        q = len(w)
        return np.asarray(w.sum() * (1 - pi) / (q * (q - 1)))

    name = "Gwet's AC1" if _is_identity(weights) else f"Gwet's AC2, {_called(weights)}"
    return _coefficient(name, "p_e = T_w sum_k pi_k (1 - pi_k)/(q (q - 1))", weights, by_chance, terms)


def fleiss(weights: str | Matrix = "identity") -> Coefficient:
    """Fleiss' kappa, generalised to missing ratings and weights.

    Parameters
    ----------
    weights : str or matrix

    Returns
    -------
    Coefficient

    Notes
    -----
    With two coders and complete data it is Scott's pi.

    Examples
    --------
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> round(measure(read([[1, 1, 1], [2, 2, 1], [2, 2, 2]]), fleiss()).value, 3)
    0.55
    """

    def by_chance(pi: NDArray[Any], w: Floats) -> NDArray[Any]:
        return ((pi @ w) * pi).sum(axis=-1)

    def terms(pi: Floats, w: Floats) -> Floats:
        return np.asarray(w @ pi)

    name = "Fleiss' kappa" + ("" if _is_identity(weights) else f", {_called(weights)}")
    return _coefficient(name, "p_e = sum_kl w_kl pi_k pi_l", weights, by_chance, terms)


def brennan_prediger(weights: str | Matrix = "identity") -> Coefficient:
    """Brennan and Prediger's coefficient for any number of coders; unweighted also Randolph's free-marginal
    kappa and, for two categories, PABAK.

    Parameters
    ----------
    weights : str or matrix

    Returns
    -------
    Coefficient

    Notes
    -----
    It rests on the number of categories alone: declare them.

    Examples
    --------
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> ratings = read([[1, 1], [2, 2], [2, 1], [1, 1]], categories=[1, 2])
    >>> measure(ratings, brennan_prediger()).value
    0.5
    """

    def by_chance(pi: NDArray[Any], w: Floats) -> NDArray[Any]:
        constant = np.full(pi.shape[:-1], w.sum() / len(w) ** 2)
        return np.where(np.isnan(pi.real).any(axis=-1), np.nan, constant)

    name = "Brennan-Prediger coefficient" + ("" if _is_identity(weights) else f", {_called(weights)}")
    return _coefficient(name, "p_e = T_w/q²", weights, by_chance, None)


def conger(weights: str | Matrix = "identity") -> Coefficient:
    """Conger's kappa: chance agreement averaged over pairs of coders, each with own category shares.

    Parameters
    ----------
    weights : str or matrix

    Returns
    -------
    Coefficient

    Notes
    -----
    With two coders and complete data it is Cohen's kappa. Unlike alpha, Fleiss, AC1 and Brennan-Prediger it
    changes when a rating moves from one coder to another.

    Examples
    --------
    >>> from casestudy.agreement.coefficient import measure
    >>> from casestudy.agreement.ratings import read
    >>> round(measure(read([[1, 1], [2, 2], [2, 1], [1, 1]]), conger()).value, 3)
    0.5
    """

    def bind(ratings: Ratings) -> Bound:
        patterns, w = ratings.coder_patterns, agreement_weights(ratings, weights)
        agreeing, pairable, _ = _per_unit(patterns.counts, patterns.rated, w)
        q = len(ratings.categories)
        seen = np.stack([patterns.rows == k for k in range(q)], axis=2).astype(float)
        flat = seen.reshape(len(seen), -1)
        rated = (patterns.rows != MISSING).astype(float)

        def own_shares(weights: NDArray[Any]) -> NDArray[Any]:
            given = (weights @ flat).reshape(len(weights), rated.shape[1], q)
            return share(given, (weights @ rated)[:, :, None])

        def estimate(weights: NDArray[Any]) -> Estimate:
            own = own_shares(weights)
            m = (~np.isnan(own.real)).all(axis=2).sum(axis=1)
            own = np.where(np.isnan(own), 0.0, own)
            total = own.sum(axis=1)
            both = ((total @ w) * total).sum(axis=1) - ((own @ w) * own).sum(axis=(1, 2))
            p_e = share(both, m * (m - 1.0))
            p_a = share(weights @ agreeing, weights @ pairable)
            return ratio(1 - p_a, 1 - p_e)

        def unit_terms() -> Floats:
            number = patterns.number[None, :]
            own, given = own_shares(number)[0], (number @ rated)[0]
            took_part = given > 0
            own = np.where(took_part[:, None], own, 0.0)
            m, n = int(took_part.sum()), float(patterns.number @ (patterns.rated > 0))
            centred = seen - (rated - given / n)[:, :, None] * own
            scaled = centred * (took_part * n / np.maximum(given, 1))[None, :, None]
            others = own.sum(axis=0) - own
            p_e_i = np.einsum("pgl,kl,gk->p", scaled, w, others) / (m * (m - 1))
            found = estimate(number)
            return _linearised(agreeing, pairable, p_e_i, found, patterns.number, patterns.rated)

        return Bound(patterns, estimate, unit_terms, singles=True, worst=float((1 - w).max()))

    name = "Conger's kappa" + ("" if _is_identity(weights) else f", {_called(weights)}")
    definition = _P_A + "p_e = sum_kl w_kl (p_k p_l - s²_kl/m) over the coders' own shares"
    return Coefficient(name, definition, _SOURCE, _MISSING, bind)


def _coefficient(
    name: str,
    definition: str,
    weights: str | Matrix,
    by_chance: _Chance,
    terms: Callable[[Floats, Floats], Floats] | None,
) -> Coefficient:
    def bind(ratings: Ratings) -> Bound:
        patterns, w = ratings.patterns, agreement_weights(ratings, weights)
        if len(w) < 2:
            return Bound(patterns, _nothing, reason="There is only one category.")
        counts, rated = patterns.counts, patterns.rated
        agreeing, pairable, shares = _per_unit(counts, rated, w)
        present = (rated > 0).astype(float)

        def estimate(weights: NDArray[Any]) -> Estimate:
            pi = share(weights @ shares, (weights @ present)[:, None])
            p_a = share(weights @ agreeing, weights @ pairable)
            return ratio(1 - p_a, 1 - by_chance(pi, w))

        def unit_terms() -> Floats:
            found = estimate(patterns.number[None, :])
            p_e = 1 - found.expected[0]
            pi = patterns.number @ shares / (patterns.number @ present)
            p_e_i = np.full(len(counts), p_e) if terms is None else shares @ terms(pi, w)
            return _linearised(agreeing, pairable, p_e_i, found, patterns.number, rated)

        return Bound(patterns, estimate, unit_terms, singles=True, worst=float((1 - w).max()))

    return Coefficient(name, _P_A + definition, _SOURCE, _MISSING, bind)


def _nothing(weights: NDArray[Any]) -> Estimate:
    none = np.full(len(weights), np.nan)
    return Estimate(none, none, none)


def _per_unit(counts: Floats, rated: Floats, w: Floats) -> tuple[Floats, Floats, Floats]:
    """Agreement of each pattern, whether it is pairable, and its category shares."""
    pairable = (rated >= 2).astype(float)
    pairs = np.where(rated >= 2, rated * (rated - 1), 1.0)
    agreeing = (counts * (counts @ w.T - 1)).sum(axis=1) / pairs * pairable
    return agreeing, pairable, counts / np.maximum(rated, 1)[:, None]


def _linearised(
    agreeing: Floats, pairable: Floats, p_e_i: Floats, found: Estimate, number: Floats, rated: Floats
) -> Floats:
    """Gwet's terms, one for each pattern, whose spread is the variance."""
    value, p_e = found.value[0], 1 - found.expected[0]
    n, pairs = float(number @ (rated > 0)), float(number @ pairable)
    first = n / pairs * (agreeing - p_e * pairable) / (1 - p_e)
    return first - 2 * (1 - value) * (p_e_i - p_e) / (1 - p_e)


def _is_identity(weights: str | Matrix) -> bool:
    return isinstance(weights, str) and weights == "identity"


def _called(weights: str | Matrix) -> str:
    return f"{weights} weights" if isinstance(weights, str) else "custom weights"
