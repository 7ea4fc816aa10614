"""What else could explain a change after adoption: placebo dates, other comparisons, unobserved drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.effects import adoption, comparison
from casestudy.effects.adoption import Cells, Effect, Panel
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

_AGAINST = {"never": "against never-adopters", "not_yet": "against not-yet-adopters"}


def placebo(data: Panel, early: int = 2, control: str = "never", least: int = 2) -> Effect:
    """The estimate for a date `early` months before adoption, with months before adoption only.

    Nothing happened then: an estimate away from zero says that adopters were on their way already.
    """
    made = adoption.cells(data, control, lag=1 + early, least=least)
    return Effect(*made.average((made.since >= -early) & (made.since < 0)), made.df)


def checks(
    data: Panel,
    strata: Any = None,
    covariates: Any = None,
    control: str = "never",
    least: int = 2,
    early: tuple[int, ...] = (1, 2, 3),
) -> pd.DataFrame:
    """The estimate under other choices, the placebo dates, and plain two-way fixed effects.

    Parameters
    ----------
    data : Panel
    strata : array, optional
        A stratum of each unit, for the matched comparison.
    covariates : array, optional
        What was known of units before anybody adopted, for the comparison adjusted by regression.
    early : tuple of int
        Placebo dates: months before adoption.

    Returns
    -------
    pandas.DataFrame
        ``check``, ``estimate``, ``se``, ``low``, ``high``, ``expect`` (what speaks for the estimate).
    """
    import pandas as pd

    def line(name: str, effect: Effect, expect: str) -> tuple[Any, ...]:
        return (name, effect.estimate, effect.se, effect.low, effect.high, expect)

    main = adoption.cells(data, control, least=least)
    other = "not_yet" if control == "never" else "never"
    rows = [
        line(_AGAINST[control], adoption.overall(main), "the estimate"),
        line(_AGAINST[other], adoption.overall(adoption.cells(data, other, least=least)), "about the same"),
        line(
            "reference two months before",
            adoption.overall(adoption.cells(data, control, lag=2, least=least)),
            "about the same",
        ),
    ]
    if strata is not None:
        weights = comparison.match_weights(strata, data.adopted)
        made = adoption.cells(data, "never", least=least, weights=weights)
        rows.append(line(f"{_AGAINST['never']}, matched on strata", adoption.overall(made), "about the same"))
    if covariates is not None:
        made = adoption.cells(data, "never", least=least, covariates=covariates)
        rows.append(
            line(f"{_AGAINST['never']}, adjusted by regression", adoption.overall(made), "about the same")
        )
    rows += [
        line(
            f"placebo, {counted(one, 'month')} early",
            placebo(data, one, control, least),
            "about zero",
        )
        for one in early
    ]
    rows.append(line("two-way fixed effects", adoption.two_way(data), "biased: for contrast only"))
    return pd.DataFrame(rows, columns=["check", "estimate", "se", "low", "high", "expect"])


def drift(made: Cells, bounds: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0), share: float = 0.5) -> pd.DataFrame:
    """How much unobserved drift it takes to explain the estimate.

    Parameters
    ----------
    made : Cells
    bounds : tuple of float
        Multiples M of the largest month-to-month change of the difference before adoption: after adoption the
        difference is allowed to drift by so much each month, all in one direction.
    share : float
        Months before adoption are in to which at least this share of the adopters adds.

    Returns
    -------
    pandas.DataFrame
        ``m``, ``monthly_drift``, ``low``, ``high`` (95 % interval widened by the worst bias),
        ``excludes_zero``. NaN where fewer than two months before adoption are known.

    Notes
    -----
    In the manner of bounds on relative magnitudes of violations of parallel trends; simplified (the largest
    change before adoption is taken as known), a workbench definition.
    """
    import pandas as pd

    steps = _before(made, share)
    largest = float(np.abs(steps).max()) if len(steps) else np.nan
    rows = []
    for bound in bounds:
        low, high = widened(made, bound, share)
        rows.append((bound, bound * largest, low, high, bool(low > 0 or high < 0)))
    return pd.DataFrame(rows, columns=["m", "monthly_drift", "low", "high", "excludes_zero"])


def widened(made: Cells, bound: float, share: float = 0.5) -> tuple[float, float]:
    """The 95 % interval of the average effect, widened by the worst bias of a drift as in `drift`."""
    effect = adoption.overall(made)
    steps = _before(made, share)
    largest = float(np.abs(steps).max()) if len(steps) else np.nan
    bias = bound * largest * _months_of_drift(made) if bound else 0.0
    return effect.low - bias, effect.high + bias


def breakdown(made: Cells, share: float = 0.5) -> dict[str, float]:
    """The drift at which nothing is left of the estimate.

    Returns
    -------
    dict
        ``needed_drift``: points per month by which adopters would have to drift from the comparison, for no
        reason but an unobserved one, to make the whole estimate; ``largest_before``: the largest change of
        the difference in one month before adoption; ``m``: the multiple of it at which the interval meets
        zero (0 where it already holds zero; NaN where unknown).
    """
    effect = adoption.overall(made)
    steps, factor = _before(made, share), _months_of_drift(made)
    largest = float(np.abs(steps).max()) if len(steps) else float("nan")
    clear = max(abs(effect.estimate) - (effect.high - effect.estimate), 0.0)
    needed = abs(effect.estimate) / factor if factor else float("nan")
    m = clear / (largest * factor) if largest * factor > 0 else float("nan")
    return {"needed_drift": needed, "largest_before": largest, "m": m}


def _before(made: Cells, share: float) -> np.ndarray:
    """Month-to-month changes of the event study up to the reference month, where it is zero."""
    levels = [made.average(made.since == since)[0] for since in adoption.well_known(made, share)]
    levels = [*levels, 0.0]
    return np.diff(levels) if len(levels) > 1 else np.empty(0)


def _months_of_drift(made: Cells) -> float:
    """Mean number of months that a drift from the reference month on has worked, over the averaged cells."""
    after = made.since >= 0
    weights = made.size[after]
    return float(((made.since[after] + 1) * weights).sum() / weights.sum()) if weights.sum() else 0.0


def false_discovery(p_values: Any) -> np.ndarray:
    """Benjamini and Hochberg's adjusted p-values; NaN stays NaN.

    Examples
    --------
    >>> false_discovery([0.01, 0.04, 0.03, 0.5]).round(3).tolist()
    [0.04, 0.053, 0.053, 0.5]
    """
    values = np.asarray(p_values, dtype=float)
    made = np.full(len(values), np.nan)
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(values[known], kind="stable")]
    raw = values[order] * len(order) / np.arange(1, len(order) + 1)
    made[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return made
