"""What a log of use and a count from interviews can tell of the loop's rates, and what they cannot.

People move between two states, active and dormant. From month to month the log shows how many leave and how
many come back: two rates. The loop has three parameters behind them, since it says that those for whom use is
not worth while lapse (``lam``) and those for whom it is return (``rho``): out = lam (1 - s), back = rho s. So
the log alone leaves a curve of equally good answers; a third number, the share s for whom use is worth while,
has to come from somewhere else, such as from what people tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casestudy.errors import InputError, Problem, raise_if

if TYPE_CHECKING:
    import pandas as pd

CHI2_95 = 3.841459
COUNTS = ("stayed", "left", "came_back", "stayed_away")


@dataclass(frozen=True)
class Split:
    """Lapse, return and the share for whom use is worth while, from the log alone and with interviews.

    Attributes
    ----------
    estimates : pandas.DataFrame
        ``basis`` (log alone, log and interviews), ``parameter``, ``estimate`` (missing where not identified),
        ``low``, ``high`` (95 % profile interval; an open end is missing), ``identified``, ``reason``.
    profiles : pandas.DataFrame
        ``basis``, ``parameter``, ``value``, ``excess``: twice the loss of log-likelihood.
    """

    estimates: pd.DataFrame
    profiles: pd.DataFrame

    def value(self, parameter: str, basis: str = "log and interviews") -> float:
        """The estimate of one parameter."""
        rows = self.estimates.set_index(["basis", "parameter"])["estimate"]
        return float(rows[(basis, parameter)])


def moves(cycles: pd.DataFrame) -> pd.DataFrame:
    """Count for every person how often they stayed, left, came back and stayed away.

    Parameters
    ----------
    cycles : pandas.DataFrame
        One row a person and cycle: ``participant_id``, ``cycle`` (0, 1, …), ``opened`` (whether the cycle's
        feedback was opened) and ``whole`` (whether the whole cycle was seen; others are left out).

    Returns
    -------
    pandas.DataFrame
        ``participant_id``, ``stayed``, ``left``, ``came_back``, ``stayed_away``: pairs of successive cycles.

    Raises
    ------
    InputError
        When a column is missing or no pair is left.

    Examples
    --------
    >>> import pandas as pd
    >>> seen = pd.DataFrame({"participant_id": ["a"] * 4, "cycle": range(4), "whole": True,
    ...                      "opened": [True, True, False, True]})
    >>> moves(seen).to_numpy().tolist()
    [['a', 1, 1, 1, 0]]
    """
    need = ("participant_id", "cycle", "opened", "whole")
    missing = [name for name in need if name not in cycles.columns]
    raise_if(
        [Problem("the cycles", f"column {name!r} is missing.", f"Give {need}.") for name in missing],
        "No moves.",
    )
    seen = cycles[cycles["whole"].astype(bool)].sort_values(["participant_id", "cycle"], kind="stable")
    person = seen.groupby("participant_id")
    pairs = seen.assign(after=person["opened"].shift(-1), then=person["cycle"].shift(-1))
    pairs = pairs[pairs["then"] == pairs["cycle"] + 1]
    if pairs.empty:
        problem = Problem("the cycles", "nobody was seen in two successive cycles.", "Follow people longer.")
        raise InputError("No moves.", [problem])
    before, after = pairs["opened"].astype(bool), pairs["after"].astype(bool)
    kinds = {
        "stayed": before & after,
        "left": before & ~after,
        "came_back": ~before & after,
        "stayed_away": ~before & ~after,
    }
    counts = pairs[["participant_id"]].assign(**{name: one.astype(int) for name, one in kinds.items()})
    return counts.groupby("participant_id", sort=True).sum().reset_index()


def two_rates(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rates out and back, per cycle, from counts of stayed, left, came back, stayed away.

    Parameters
    ----------
    counts : numpy.ndarray
        Shape (..., 4).

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        Rates in continuous time: the two-state process whose probabilities over one cycle are the observed
        ones. NaN where a state was never seen, or where people change so much (left + came back of all at
        least 1) that no such process exists.

    Examples
    --------
    >>> [round(float(one), 3) for one in two_rates(np.array([75, 25, 30, 70]))]
    [0.363, 0.436]
    """
    stayed, left, back, away = (counts[..., k].astype(float) for k in range(4))
    with np.errstate(all="ignore"):
        out, into = left / (stayed + left), back / (back + away)
        total = -np.log1p(-(out + into))
        total = np.where(out + into < 1, total, np.nan)
        return total * out / (out + into), total * into / (out + into)


def rates(counts: pd.DataFrame, draws: int = 1000, seed: int = 1) -> pd.DataFrame:
    """The two rates that the log identifies, with intervals that keep a person's months together.

    Returns
    -------
    pandas.DataFrame
        ``rate`` (out, back), ``estimate``, ``low``, ``high``: per cycle, 95 % percentile interval over
        `draws` resamples of people; ``people``, ``moves`` that the rate rests on.
    """
    import pandas as pd

    each = counts[list(COUNTS)].to_numpy()
    total = each.sum(axis=0)
    found = two_rates(total)
    drawn = two_rates(resampled(each, draws, seed))
    rows = []
    for name, value, spread, at_risk in zip(
        ("out", "back"), found, drawn, (total[:2].sum(), total[2:].sum()), strict=True
    ):
        low, high = ends(spread)
        rows.append(
            {
                "rate": name,
                "estimate": float(value),
                "low": low,
                "high": high,
                "people": len(each),
                "moves": int(at_risk),
            }
        )
    return pd.DataFrame(rows)


def split(counts: pd.DataFrame, told: int, asked: int, draws: int = 1000, seed: int = 1) -> Split:
    """Divide the two rates into lapse, return and the share for whom use is worth while.

    Parameters
    ----------
    counts : pandas.DataFrame
        From `moves`.
    told, asked : int
        Of `asked` people interviewed, `told` say that using gave them something: taken as a binomial draw of
        the share s. That the two are the same thing is an assumption.
    draws, seed : int
        Resamples of people from which the scatter beyond independent moves is found; the log's likelihood is
        divided by it.

    Returns
    -------
    Split

    Notes
    -----
    Profile likelihoods on a grid: for each value of one parameter the best over the others. From the log
    alone the profile of each is flat on one side at least, so no estimate is given there, only the bound.
    """
    import pandas as pd

    if not 0 <= told <= asked or asked < 1:
        problem = Problem("the interviews", f"{told} of {asked}.", "Give how many of how many said so.")
        raise InputError("The rates cannot be divided.", [problem])
    each = counts[list(COUNTS)].to_numpy()
    rate, share = np.linspace(0.005, 3.0, 400), np.linspace(0.001, 0.999, 999)
    sums = tuple(float(one) for one in each.sum(axis=0))
    height = likelihood_of(sums, rate[:, None], rate[None, :]) / _inflation(each, draws, seed)
    out, back = height.max(axis=1), height.max(axis=0)
    words = told * np.log(share) + (asked - told) * np.log1p(-share)
    lam, rho = np.linspace(0.02, 8.0, 400), np.linspace(0.02, 4.0, 400)
    leave, come = (float(one) for one in two_rates(each.sum(axis=0)))
    s = min(max(told / asked, 1e-6), 1 - 1e-6)
    exact = {"lam": leave / (1 - s), "rho": come / s, "share": told / asked}
    rows, parts = [], []
    for basis, said in (("log alone", np.zeros_like(words)), ("log and interviews", words)):
        best = {
            "lam": (lam, _over_shares(lam[:, None] * (1 - share), rate, out) + said),
            "rho": (rho, _over_shares(rho[:, None] * share, rate, back) + said),
            "share": (share, (height.max() + said)[:, None]),
        }
        for name, (values, heights) in best.items():
            excess = 2 * (heights.max() - heights.max(axis=1))
            low, high = _crossings(values, excess)
            open_ends = [word for word, end in (("lower", low), ("higher", high)) if np.isnan(end)]
            reason = (
                f"{' and '.join(open_ends)} values fit as well: the log shows how fast people leave and come "
                "back, and both rest on this together with another number"
            )
            row = {"basis": basis, "parameter": name, "low": low, "high": high, "identified": not open_ends}
            row["estimate"] = np.nan if open_ends else exact[name]
            rows.append(row | {"reason": reason if open_ends else ""})
            parts.append(pd.DataFrame({"basis": basis, "parameter": name, "value": values, "excess": excess}))
    order = ["basis", "parameter", "estimate", "low", "high", "identified", "reason"]
    return Split(pd.DataFrame(rows)[order], pd.concat(parts, ignore_index=True))


def adoption(registered: np.ndarray, invited: int, share: float = 1.0) -> pd.DataFrame:
    """Innovation and imitation from the months in which people registered.

    Parameters
    ----------
    registered : numpy.ndarray
        How many registered in each successive month.
    invited : int
        How many could.
    share : float
        Share for whom use is worth while: in the loop only they adopt, so both rates are divided by it.

    Returns
    -------
    pandas.DataFrame
        ``parameter`` (p, q), ``estimate``, ``low``, ``high``, ``identified``, ``reason``.

    Notes
    -----
    A month's chance to register is 1 - exp(-(p + q F) share) for those who have not, F being the share that
    had registered before. Profile likelihoods over a grid; a lower end of q at 0 means that no imitation is
    needed to explain the months.
    """
    import pandas as pd

    registered = np.asarray(registered, dtype=float)
    before = np.concatenate([[0.0], np.cumsum(registered)[:-1]])
    if len(registered) < 3 or registered.sum() > invited or (registered < 0).any() or not 0 < share <= 1:
        problem = Problem(
            "the registrations",
            f"{registered.sum():.0f} of {invited} in {len(registered)} months, share {share:.2f}.",
            "Give three months or more, at most as many people as were invited, and a share above 0.",
        )
        raise InputError("Adoption cannot be estimated.", [problem])
    p, q = np.linspace(0.001, 0.3, 300), np.linspace(0.0, 1.0, 201)
    level = (p[:, None, None] + q[None, :, None] * (before / invited)) * share
    height = (registered * np.log(-np.expm1(-level)) - level * (invited - before - registered)).sum(axis=2)
    rows = []
    for axis, (name, values) in enumerate((("p", p), ("q", q))):
        excess = 2 * (height.max() - height.max(axis=1 - axis))
        low, high = _crossings(values, excess)
        best = float(values[int(excess.argmin())])
        reason = "" if not np.isnan(low + high) else "it reaches the edge of what can be"
        if name == "q" and np.isnan(low):
            low, reason = 0.0, "no imitation is needed to explain the months; only the upper end is known"
        rows.append(
            {
                "parameter": name,
                "estimate": best,
                "low": low,
                "high": high,
                "identified": not reason,
                "reason": reason,
            }
        )
    return pd.DataFrame(rows)


def likelihood_of(counts: np.ndarray | tuple[float, ...], out: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Log-likelihood of moves under two rates, over one cycle."""
    total = out + back
    moved = -np.expm1(-total)
    leave = np.clip(out / total * moved, 1e-12, 1 - 1e-12)
    come = np.clip(back / total * moved, 1e-12, 1 - 1e-12)
    stayed, left, came, away = counts
    return np.asarray(
        stayed * np.log1p(-leave) + left * np.log(leave) + came * np.log(come) + away * np.log1p(-come)
    )


def _over_shares(rate: np.ndarray, known: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Height of the log-likelihood at any rate, from heights at known ones; far outside it is hopeless."""
    return np.asarray(np.interp(rate, known, height, left=-1e9, right=-1e9))


def resampled(each: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Sums of the rows of people drawn with replacement, a row a person: shape (draws, columns)."""
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(len(each), np.full(len(each), 1 / len(each)), size=draws)
    return np.asarray(weights @ each)


def _inflation(each: np.ndarray, draws: int, seed: int) -> float:
    """How much more the two shares of movers scatter over people than independent moves would, at least 1."""
    drawn = resampled(each, draws, seed).astype(float)
    factors = []
    for one, other in ((0, 1), (2, 3)):
        n = each[:, [one, other]].sum()
        share = each[:, other].sum() / max(n, 1)
        seen = drawn[:, other] / np.maximum(drawn[:, one] + drawn[:, other], 1)
        if 0 < share < 1:
            factors.append(seen.var() / (share * (1 - share) / n))
    return max(float(np.mean(factors)) if factors else 1.0, 1.0)


def _crossings(values: np.ndarray, excess: np.ndarray) -> tuple[float, float]:
    """Where a profile crosses the threshold left and right of its lowest stretch; NaN where it does not."""
    inside = np.flatnonzero(excess <= CHI2_95)
    first, last = int(inside[0]), int(inside[-1])
    low = high = float("nan")
    if first > 0:
        low = float(np.interp(CHI2_95, excess[[first, first - 1]], values[[first, first - 1]]))
    if last < len(values) - 1:
        high = float(np.interp(CHI2_95, excess[[last, last + 1]], values[[last, last + 1]]))
    return low, high


def ends(spread: np.ndarray) -> tuple[float, float]:
    """The 95 % percentile interval of what is defined; NaN of fewer than two."""
    known = spread[np.isfinite(spread)]
    if len(known) < 2:
        return float("nan"), float("nan")
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def beside(cohorts: pd.DataFrame, found: pd.DataFrame, looped: np.ndarray) -> pd.DataFrame:
    """What was seen of the cohorts beside two curves: constant rates, and a fitted loop.

    Parameters
    ----------
    cohorts : pandas.DataFrame
        From `casestudy.dynamics.calibrate.cohorts`.
    found : pandas.DataFrame
        From `rates`.
    looped : numpy.ndarray
        Share active at ages 0, 1, … in the fitted loop.

    Returns
    -------
    pandas.DataFrame
        ``curve``, ``age``, ``percent`` active.
    """
    import pandas as pd

    pooled = cohorts.groupby("age")[["active", "size"]].sum()
    ages = pooled.index.to_numpy()
    out, back = found.set_index("rate")["estimate"][["out", "back"]]
    stay = back / (out + back)
    curves = {
        "seen in the log": (pooled["active"] / pooled["size"]).to_numpy(),
        "two constant rates, no loop": stay + (1 - stay) * np.exp(-(out + back) * ages),
        "the fitted loop": looped[ages],
    }
    parts = [pd.DataFrame({"curve": name, "age": ages, "percent": 100 * y}) for name, y in curves.items()]
    return pd.concat(parts, ignore_index=True)
