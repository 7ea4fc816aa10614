"""Who is compared with whom: cohorts, weights that make the comparison like the adopters, matched pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.effects.adoption import NEVER, Cells, Panel

if TYPE_CHECKING:
    import pandas as pd


def match_weights(strata: Any, adopted: np.ndarray) -> np.ndarray:
    """Weights that give the comparison units the adopters' distribution over strata.

    Parameters
    ----------
    strata : array
        A stratum of each unit, such as thirds of what it bought before anybody adopted.
    adopted : array of int
        As in `Panel`.

    Returns
    -------
    array
        For units that never adopt, share of adopters in the stratum over share of comparison units in it; 1
        for adopters. Strata without adopters weigh nothing.
    """
    names, place = np.unique(np.asarray(strata), return_inverse=True)
    takers = adopted < NEVER
    of_takers = np.bincount(place[takers], minlength=len(names)) / max(takers.sum(), 1)
    of_others = np.bincount(place[~takers], minlength=len(names)) / max((~takers).sum(), 1)
    ratio = np.divide(of_takers, of_others, out=np.zeros(len(names)), where=of_others > 0)
    return np.where(takers, 1.0, ratio[place])


def cohorts(data: Panel, made: Cells) -> pd.DataFrame:
    """Units by month of adoption: ``adopted`` (month, or 'never'), ``units``, ``months_before``,
    ``months_since``, ``used`` (whether the cohort is in the estimate).
    """
    import pandas as pd

    rows = []
    for start in sorted(set(data.adopted.tolist())):
        units = int((data.adopted == start).sum())
        if start >= NEVER:
            rows.append(("never", units, len(data.months), 0, "as comparison"))
        else:
            used = "no" if start in made.left_out else "yes"
            rows.append((data.months[start], units, start, len(data.months) - start, used))
    return pd.DataFrame(rows, columns=["adopted", "units", "months_before", "months_since", "used"])


def pairs(data: Panel, covariates: Any, least: int = 1) -> pd.DataFrame:
    """Match each adopter with one household that never adopts, as like as possible before adoption.

    Parameters
    ----------
    data : Panel
    covariates : array, shape (units,) or (units, k)
        What was known of units before anybody adopted.
    least : int
        Fewest months before adoption, and since.

    Returns
    -------
    pandas.DataFrame
        ``unit``, ``partner``, ``adopted`` (month), ``distance`` (root of the summed squares of differences,
        each in standard deviations: of the covariates and of the mean outcome before adoption),
        ``difference`` (change of the adopter's mean outcome from the months before to the months since, less
        the partner's over the same months). No household is used twice; the sum of distances is smallest.
        Adopters beyond the number of partners, and units with a missing covariate, are left out.
    """
    import pandas as pd
    from scipy.optimize import linear_sum_assignment

    table = np.asarray(covariates, float).reshape(len(data.units), -1)
    known = np.isfinite(table).all(axis=1)
    months = len(data.months)
    fits = (data.adopted >= least) & (data.adopted <= months - least)
    takers, others = np.flatnonzero(fits & known), np.flatnonzero((data.adopted >= NEVER) & known)
    names = ["unit", "partner", "adopted", "distance", "difference"]
    if not len(takers) or not len(others):
        return pd.DataFrame(columns=names)
    spread = table[known].std(axis=0)
    scaled = table / np.where(spread > 0, spread, 1)
    levels = np.cumsum(data.y, axis=1)
    cost = ((scaled[takers][:, None, :] - scaled[others][None, :, :]) ** 2).sum(axis=2)
    noise = max(float(data.y[others].mean(axis=1).std()), 1e-12)
    starts = data.adopted[takers]
    early = levels[takers, starts - 1] / starts
    cost += ((early[:, None] - levels[others][:, starts - 1].T / starts[:, None]) / noise) ** 2
    rows, columns = linear_sum_assignment(np.sqrt(cost))
    made = []
    for row, column in zip(rows, columns, strict=True):
        start = int(starts[row])
        one, other = (data.y[place] for place in (takers[row], others[column]))
        changes = [y[start:].mean() - y[:start].mean() for y in (one, other)]
        distance = float(np.sqrt(cost[row, column]))
        ids = (data.units[takers[row]], data.units[others[column]])
        made.append((*ids, data.months[start], distance, float(changes[0] - changes[1])))
    return pd.DataFrame(made, columns=names)
