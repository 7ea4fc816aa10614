"""What the model must satisfy whatever its parameters: conservation, a known limit, step length, extremes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from casestudy.dynamics.model import STEP, many, run, start
from casestudy.dynamics.parameters import Loop

if TYPE_CHECKING:
    import pandas as pd


def bass(months: np.ndarray, p: float, q: float) -> np.ndarray:
    """Share that has adopted in the Bass model, from nobody at month 0.

    Notes
    -----
    The closed form of the diffusion equation dF/dt = (p + qF)(1 − F) (Bass 1969, to be verified; the test
    suite checks it against the equation).

    Examples
    --------
    >>> bass(np.array([0.0, 10.0]), 0.03, 0.4).round(3).tolist()
    [0.0, 0.835]
    """
    fading = np.exp(-(p + q) * months)
    return np.asarray((1 - fading) / (1 + q / p * fading))


def table(loop: Loop, months: float = 60.0) -> pd.DataFrame:
    """Run every check and tabulate what must hold, what was found, and whether it does.

    Parameters
    ----------
    loop : Loop
    months : float
        Length of the runs.

    Returns
    -------
    pandas.DataFrame
        ``check``; ``must`` in words; ``found`` the number that is compared with ``limit``; ``holds``.
    """
    import pandas as pd

    rows = [
        ("conservation", "N + A + D stays M", conservation(loop, months), 1e-9),
        (
            "Bass limit",
            "adoption follows Bass where use is worth while for all",
            bass_gap(loop, months),
            1e-6,
        ),
        ("step halving", "half the step changes no end state visibly", halving(loop, months), 1e-3),
        *extremes(loop, months),
    ]
    frame = pd.DataFrame(rows, columns=["check", "must", "found", "limit"])
    return frame.assign(holds=frame["found"] <= frame["limit"])


def conservation(loop: Loop, months: float) -> float:
    """Largest departure of N + A + D from M over runs from every start, relative to M."""
    worst = 0.0
    for name in loop.starts:
        frame = run(loop.values, loop.begin(name), months)
        total = frame["N"] + frame["A"] + frame["D"]
        worst = max(worst, float((total / loop.values["M"] - 1).abs().max()))
    return worst


def bass_gap(loop: Loop, months: float) -> float:
    """Largest distance between adoption and Bass's closed form when use is worth while for everyone.

    Imitation is switched on, whether or not the base case has any; else the limit would test nothing.
    """
    p = loop.values | {"theta": -1e6, "q": max(loop.values["q"], 0.38)}
    frame = run(p, start(p, 0.0, 0.0), months)
    exact = bass(frame["month"].to_numpy(), p["p"], p["q"])
    return float(np.abs(frame["A"].to_numpy() / p["M"] - exact).max())


def halving(loop: Loop, months: float) -> float:
    """Largest change of any stock at the end, relative to its scale, when the step is halved."""
    worst = 0.0
    for name in loop.starts:
        once, twice = (many(loop.values, loop.begin(name), months, step) for step in (STEP, STEP / 2))
        worst = max(worst, float((np.abs(once - twice) / np.maximum(np.abs(twice), 1e-3)).max()))
    return worst


def extremes(loop: Loop, months: float) -> list[tuple[str, str, float, float]]:
    """Extreme conditions: what must happen when something is nothing, or everything.

    Returns
    -------
    list of (str, str, float, float)
        Check, what must hold, the number found, and the most that it may be.
    """
    values = loop.values
    begin = start(values, 0.5)

    def end(state: np.ndarray = begin, **changes: float) -> np.ndarray:
        return many(values | changes, state, months)[:, 0]

    nobody = end(start(values, 0.0, 0.0), p=0.0)
    stays = end(lam=0.0, p=0.0, q=0.0)
    no_data = end(use=0.0)
    refused = end(effort=1e3, rho=0.0, p=0.0, q=0.0)
    loved = end(theta=-1e3)
    closed = end(invest=0.0)
    expected_left = 0.5 * values["M"] * np.exp(-values["lam"] * months)
    decayed = begin[3] * np.exp(-months / values["tau"])
    return [
        ("nobody starts", "no active people without innovation", float(nobody[1]), 1e-12),
        ("nobody lapses", "none of the active is lost", float(max(begin[1] - stays[1], 0)), 1e-9),
        ("no data from use", "data decay to nothing", abs(float(no_data[3]) - decayed), 1e-4),
        ("unbearable effort", "use dies at the rate of lapse", abs(float(refused[1]) - expected_left), 1e-4),
        ("worth while for all", "nobody stays dormant", float(loved[2]), 1e-9),
        ("no reinvestment", "capability stays at its base", abs(float(closed[4]) - values["I0"]), 1e-9),
    ]
