"""How often the whole rule of the notebook on adoption would say *effect*, where the truth is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from casestudy.effects import adoption, outcomes, robustness
from casestudy.proportions import wilson
from casestudy.simulator.plan import stream
from casestudy.simulator.recovery import draw_panel
from casestudy.simulator.settings import Settings


def word_cell(
    settings: Settings,
    participants: int,
    effect: float,
    trend: float,
    replicates: int,
    *,
    early: Sequence[int] = (1, 2, 3),
    least: int = 5,
    seed: int = 0,
) -> dict[str, float]:
    """Apply the rule that is applied to the study's own outcome to simulated ones.

    Parameters
    ----------
    participants, effect, trend, replicates
        As of `casestudy.simulator.recovery.effect_cell`.
    early : sequence of int
        Placebo dates, months before adoption.
    least : int
        Fewest households of a month's adopters.

    Returns
    -------
    dict
        ``replicates``; ``effect_percent`` with Wilson's ends (the interval leaves out zero *and* the design
        earns the word: trends alike before, placebo dates quiet, clear of a drift as large as any before);
        ``associated_percent`` (the interval leaves out zero, the design does not earn it); ``alike_percent``,
        ``quiet_percent`` and ``firm_percent`` (how often each part of the rule is met).
    """
    chosen = settings.with_("outcome", effect=effect, trend_by_selection=trend)
    rng = stream(seed, 24, participants, round(1000 * effect), round(1000 * abs(trend)))
    parts = np.zeros((replicates, 5), dtype=bool)
    for replicate in range(replicates):
        data, _, _ = draw_panel(chosen, participants, round(1.2 * participants), rng)
        cells = adoption.cells(data, "never", least=least)
        found = adoption.overall(cells)
        trend_p = adoption.pre_trend(cells)["p"]
        placebos = [robustness.placebo(data, months, "never", least) for months in early]
        m = robustness.breakdown(cells)["m"]
        parts[replicate] = (
            found.low > 0 or found.high < 0,
            outcomes.word(trend_p, placebos, m) == "effect",
            trend_p >= 0.05,
            all(each.low <= 0 <= each.high for each in placebos),
            m >= 1,
        )
    clear, earned, *met = parts.T
    said = int((clear & earned).sum())
    low, high = wilson(said, replicates)
    percents = {
        f"{name}_percent": 100 * float(part.mean())
        for name, part in zip(("alike", "quiet", "firm"), met, strict=True)
    }
    return {
        "replicates": replicates,
        "effect_percent": 100 * said / replicates,
        "effect_low": 100 * low,
        "effect_high": 100 * high,
        "associated_percent": 100 * float((clear & ~earned).mean()),
        **percents,
    }
