"""An outcome that the simulator makes itself, with a chosen effect of use; purchases are never altered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from casestudy.simulator.plan import stream
from casestudy.simulator.settings import Settings

if TYPE_CHECKING:
    import pandas as pd


def exposure(adopted: str, used: Sequence[str], months: Sequence[str], settings: Settings) -> np.ndarray:
    """How much of the full effect a household has in each month, 0 to 1.

    Parameters
    ----------
    adopted : str
        Month of registration, ``YYYY-MM``; empty for never.
    used : sequence of str
        Months with a session.

    Examples
    --------
    >>> from casestudy.study import Study
    >>> from casestudy.simulator.settings import load
    >>> settings = load(Study.find().input("usage_logs/simulator.toml"))
    >>> plain = settings.with_("outcome", effect_months=2, effect_follows_use=False)
    >>> exposure("2017-02", [], ["2017-01", "2017-02", "2017-03", "2017-04"], plain).tolist()
    [0.0, 0.5, 1.0, 1.0]
    """
    level, step = 0.0, 1.0 / max(settings.outcome.effect_months, 1)
    levels = []
    for month in months:
        if adopted and month >= adopted:
            uses = month == adopted or month in used or not settings.outcome.effect_follows_use
            level = min(level + step, 1.0) if uses else level / 2
        levels.append(level)
    return np.array(levels)


def outcomes(
    homes: Mapping[str, tuple[str, Sequence[str]]], z: Mapping[str, float], settings: Settings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The outcome of every household and month, and what of it is effect.

    Parameters
    ----------
    homes : mapping of household to (month adopted or '', months with sessions)
    z : mapping of household to standardised log visits

    Returns
    -------
    (pandas.DataFrame, pandas.DataFrame)
        ``household_id``, ``month``, the outcome's name (points, one decimal); and the truth:
        ``household_id``, ``month``, ``effect`` (points).
    """
    import pandas as pd

    out, months = settings.outcome, settings.months
    rng = stream(settings.seed, 8)
    common = out.month_sd * rng.normal(size=len(months))
    shown, truth = [], []
    for home in sorted(homes):
        adopted, used = homes[home]
        effect = out.effect * exposure(adopted, used, months, settings)
        trend = out.trend_by_selection * z[home] * np.arange(len(months))
        noise = out.noise_sd * rng.normal(size=len(months))
        values = out.mean + out.household_sd * rng.normal() + common + trend + effect + noise
        shown += [(home, month, round(float(value), 1)) for month, value in zip(months, values, strict=True)]
        truth += [(home, month, round(float(value), 3)) for month, value in zip(months, effect, strict=True)]
    return (
        pd.DataFrame(shown, columns=["household_id", "month", out.name]),
        pd.DataFrame(truth, columns=["household_id", "month", "effect"]),
    )
