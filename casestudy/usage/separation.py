"""Why a proportional-hazards model has no estimates: covariates that say the same, and separation.

The partial likelihood compares each person who has the event with everybody still at risk. Directions of the
covariates in which nobody at risk ever differs leave a ratio undecided; directions in which whoever has the
event always stands at the end send it to 0 or without limit. Both are found before anything is fitted: an
optimiser that runs into them stops at a number that depends on its patience.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_FLAT = 1e-9


def undecided(times: Floats, events: NDArray[np.bool_], values: Floats, names: Sequence[str]) -> str:
    """Say why the hazard ratios of these covariates cannot be estimated; empty where they can.

    Parameters
    ----------
    times : float array
        Time to the event or to the end of observation; 0 is allowed.
    events : bool array
        Whether the event was seen.
    values : float array, people x covariates
    names : sequence of str
        What the covariates are called.

    Returns
    -------
    str

    Examples
    --------
    >>> times, events = np.array([1.0, 2, 3, 4]), np.array([True, True, True, True])
    >>> undecided(times, events, np.array([[1.0], [1], [0], [0]]), ["late"])
    'late separates: whoever has the event always has the highest value among those at risk'
    >>> undecided(times, events, np.array([[1.0], [0], [1], [0]]), ["late"])
    ''
    """
    spread = np.ptp(values, axis=0)
    scaled = (values - values.min(axis=0)) / np.where(spread > 0, spread, 1.0)
    order = np.argsort(times, kind="stable")
    at, seen, scaled = times[order], events[order], scaled[order]
    first_at_risk = np.searchsorted(at, at[seen], "left")
    if same := _undecided_directions(scaled, first_at_risk):
        return _same(same, names)
    for place, name in enumerate(names):
        column = scaled[:, place]
        highest, lowest = (
            bound(column[::-1])[::-1] for bound in (np.maximum.accumulate, np.minimum.accumulate)
        )
        if (column[seen] >= highest[first_at_risk]).all():
            return f"{name} separates: whoever has the event always has the highest value among those at risk"
        if (column[seen] <= lowest[first_at_risk]).all():
            return f"{name} separates: whoever has the event always has the lowest value among those at risk"
    if len(names) > 1 and (together := _separating(scaled, seen, first_at_risk)):
        said = ", ".join(names[place] for place in together)
        return f"{said} separate together: a sum of them is always highest for whoever has the event"
    return ""


def _undecided_directions(scaled: Floats, first_at_risk: NDArray[np.intp]) -> list[int]:
    """The covariates of a direction in which nobody at risk together differs; none where there is none."""
    size = scaled.shape[1]
    information = np.zeros((size, size))
    for start in np.unique(first_at_risk):
        centred = scaled[start:] - scaled[start:].mean(axis=0)
        information += centred.T @ centred / len(centred)
    roots, directions = np.linalg.eigh(information)
    if roots[0] > _FLAT * max(1.0, roots[-1]):
        return []
    return [int(place) for place in np.flatnonzero(np.abs(directions[:, 0]) > 1e-6)]


def _same(places: list[int], names: Sequence[str]) -> str:
    if len(places) == 1:
        return f"{names[places[0]]} does not vary among those at risk"
    said = [names[place] for place in places]
    if len(said) == 2:
        return f"{said[0]} and {said[1]} say the same: one follows from the other"
    return f"{', '.join(said[:-1])} and {said[-1]} say the same together: each follows from the others"


def _separating(scaled: Floats, seen: NDArray[np.bool_], first_at_risk: NDArray[np.intp]) -> list[int]:
    """The covariates of a sum that is highest for everybody who has the event; none where there is none.

    A linear programme: weights from -1 to 1, and for each distinct beginning of a risk set a bound that no
    sum of those still at risk exceeds; the sums of those who have the event reach it.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    n, size = scaled.shape
    starts = np.unique(first_at_risk)
    sets = len(starts)
    # Who is in a risk set and in no later one bounds that set; each bound is at least the one after it.
    of_person = np.searchsorted(starts, np.arange(n), "right") - 1
    people = np.flatnonzero(of_person >= 0)
    having = np.flatnonzero(seen)
    of_event = np.searchsorted(starts, first_at_risk)
    blocks = [
        (scaled[people], of_person[people], -1.0),
        (-scaled[having], of_event, 1.0),
    ]
    rows, columns, entries, row = [], [], [], 0
    for weights, which, sign in blocks:
        count = len(weights)
        here = np.arange(row, row + count)
        rows += [np.repeat(here, size), here]
        columns += [np.tile(np.arange(size), count), size + which]
        entries += [weights.ravel(), np.full(count, sign)]
        row += count
    later = np.arange(sets - 1)
    rows += [row + later, row + later]
    columns += [size + later + 1, size + later]
    entries += [np.ones(sets - 1), -np.ones(sets - 1)]
    row += sets - 1
    limits = coo_array(
        (np.concatenate(entries), (np.concatenate(rows), np.concatenate(columns))), shape=(row, size + sets)
    )
    means = np.cumsum(scaled[::-1], axis=0)[::-1] / np.arange(n, 0, -1)[:, None]
    gain = (scaled[having] - means[first_at_risk]).sum(axis=0)
    answer = linprog(
        np.concatenate([-gain, np.zeros(sets)]),
        A_ub=limits.tocsr(),
        b_ub=np.zeros(row),
        bounds=[(-1, 1)] * size + [(None, None)] * sets,
        method="highs",
    )
    if answer.status != 0 or -answer.fun <= 1e-6:
        return []
    return [int(place) for place in np.flatnonzero(np.abs(answer.x[:size]) > 1e-6)]
