"""The value-creation loop as stocks and flows: equations, one run, and many runs at once.

The equations are the workbench's own operationalisation of the idea that engagement lasts only where
customers recognise value and the firm passes value back (Kunz et al. 2017, abstract). Stocks: potential N,
active A and dormant D people, data K, and the firm's capability for insight I.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.errors import InputError, Problem, raise_if

if TYPE_CHECKING:
    import pandas as pd

STOCKS = ("N", "A", "D", "K", "I")
STOCK_UNITS = {"N": "person", "A": "person", "D": "person", "K": "data", "I": "value"}
RUN_COLUMNS = (*STOCKS, "share", "value", "passed_back", "privacy", "effort", "use", "firm_value")
STEP = 0.25
Values = Mapping[str, Any]


def logistic(x: Any) -> Any:
    """The logistic curve, safe for values of any size.

    Examples
    --------
    >>> float(logistic(0.0)), float(logistic(-5000.0)) < 1e-300
    (0.5, True)
    """
    return 1.0 / (1.0 + np.exp(-np.clip(x, -700.0, 700.0)))


def auxiliaries(state: Any, p: Values, logistic: Callable[[Any], Any] = logistic) -> dict[str, Any]:
    """What the stocks imply at one moment: value to the customer, burdens, use, and the flows.

    Parameters
    ----------
    state : sequence of five
        N, A, D, K, I. Numbers or arrays; anything with arithmetic, such as the units that
        `casestudy.dynamics.dimensions` sends through the same lines.
    p : mapping of str to number or array
        The parameters by name; see ``profiles/loop.toml`` for meanings and units.

    Returns
    -------
    dict
        ``full`` share of what data allow; ``insight``; ``passed_back``, ``privacy``, ``effort`` and ``value``
        on the scale of value; ``share`` of people for whom use is worth while; ``use`` people for whom it is
        worth while among the active; ``firm_value`` per month; flows ``adopt``, ``lapse``, ``resume``.
    """
    potential, active, dormant, data, capability = state
    full = data / (data + p["Kh"])
    insight = full * capability
    pace = p["cycle"] / p["interval"]
    fresh = (1 + p["stale"]) * pace / (pace + p["stale"])
    passed_back = p["back"] * (insight * p["fit"] * fresh + p["compare"] * active / p["M"])
    effort = p["effort"] * (1 - p["effort_share"] + p["effort_share"] * pace)
    privacy = p["privacy"] * full
    value = passed_back - effort - privacy
    share = logistic((value - p["theta"]) / p["slope"])
    return {
        "full": full,
        "insight": insight,
        "passed_back": passed_back,
        "privacy": privacy,
        "effort": effort,
        "value": value,
        "share": share,
        "use": share * active,
        "firm_value": p["fv"] * active,
        "adopt": (p["p"] + p["q"] * active / p["M"]) * potential * share,
        "lapse": p["lam"] * (1 - share) * active,
        "resume": p["rho"] * share * dormant,
    }


def rates(state: Any, p: Values, logistic: Callable[[Any], Any] = logistic) -> tuple[Any, ...]:
    """Rates of change of N, A, D, K and I, per month.

    A value ``apart`` lets data come in without use, as a retailer has purchases whether or not anybody looks:
    data of every person and month.
    """
    now = auxiliaries(state, p, logistic)
    gathered = p["use"] * now["use"]
    if "apart" in p:
        gathered = gathered + p["apart"] * p["M"]
    adopt, lapse, resume = now["adopt"], now["lapse"], now["resume"]
    return (
        -adopt,
        adopt - lapse + resume,
        lapse - resume,
        gathered - state[3] / p["tau"],
        p["invest"] * now["firm_value"] - p["delta"] * (state[4] - p["I0"]),
    )


def start(p: Values, active: float, data: float | None = None, *, all_adopted: bool = False) -> np.ndarray:
    """A starting state.

    Parameters
    ----------
    p : mapping
        The parameters.
    active : float
        Share of people who are active at the start, 0 to 1.
    data : float, optional
        Stock of data; by default what that many active people would hold in the long run.
    all_adopted : bool
        Whether everyone else is dormant (a cohort of people who have all registered) instead of potential.

    Returns
    -------
    numpy.ndarray
        N, A, D, K, I.

    Examples
    --------
    >>> start({"M": 1.0, "use": 1.0, "tau": 3.0, "I0": 0.5}, 0.25).tolist()
    [0.75, 0.25, 0.0, 0.75, 0.5]
    """
    problems = []
    if not (math.isfinite(active) and 0 <= active <= 1):
        problems.append(Problem("start", f"active is {active!r}.", "Give a share from 0 to 1."))
    if data is not None and not (math.isfinite(data) and data >= 0):
        problems.append(Problem("start", f"data is {data!r}.", "Give a number that is not negative."))
    raise_if(problems, "The starting state cannot be used.")
    people, rest = p["M"] * active, p["M"] * (1 - active)
    stock = p["use"] * p["tau"] * people if data is None else data
    others = (0.0, people, rest) if all_adopted else (rest, people, 0.0)
    return np.array([*others, stock, p["I0"]], dtype=float)


def run(p: Values, state: Any, months: float, step: float = 1.0, tolerance: float = 1e-10) -> pd.DataFrame:
    """One run of the model with an adaptive solver.

    Parameters
    ----------
    p : mapping
        One number for each parameter.
    state : sequence of five
        Start of N, A, D, K, I.
    months : float
        Length of the run.
    step : float
        Months between the rows that are returned; the solver chooses its own steps.
    tolerance : float
        Relative and absolute tolerance of the solver.

    Returns
    -------
    pandas.DataFrame
        ``month`` and the columns `RUN_COLUMNS`, one row a step.

    Raises
    ------
    InputError
        When the solver does not converge or a value is not finite.

    Notes
    -----
    `scipy.integrate.solve_ivp`, method LSODA, which changes to an implicit rule where the model is stiff.
    """
    import pandas as pd
    from scipy.integrate import solve_ivp

    times = np.arange(0.0, months + step / 2, step)
    begin = np.asarray(state, dtype=float)
    if not (np.isfinite(begin).all() and np.isfinite(list(p.values())).all()):
        problem = Problem("the loop", "a parameter or starting value is not a finite number.", "Give one.")
        raise InputError("The model cannot be run.", [problem])
    with np.errstate(all="ignore"):
        solved = solve_ivp(
            lambda _, y: np.array(rates(y, p)),
            (0.0, float(times[-1])),
            begin,
            method="LSODA",
            t_eval=times,
            rtol=max(tolerance, 3e-14),
            atol=tolerance,
        )
    if not solved.success or not np.isfinite(solved.y).all():
        reached = solved.t[-1] if len(solved.t) else 0.0
        problem = Problem(
            "the loop",
            f"the solver stopped at month {reached:.1f}: {solved.message}",
            "Bring the rates nearer to those of profiles/loop.toml, or shorten the run.",
        )
        raise InputError("The model does not converge.", [problem])
    frame = pd.DataFrame(dict(zip(STOCKS, solved.y, strict=True)))
    now = auxiliaries(solved.y, p)
    for name in RUN_COLUMNS[len(STOCKS) :]:
        frame[name] = np.broadcast_to(now[name], len(frame))
    frame.insert(0, "month", times)
    return frame


def many(p: Values, state: np.ndarray, months: float, step: float = STEP, keep: float = 0.0) -> np.ndarray:
    """Many runs at once, with the classic Runge–Kutta rule of fourth order at a fixed step.

    Parameters
    ----------
    p : mapping
        Numbers, or arrays with one entry a run.
    state : numpy.ndarray
        Start of N, A, D, K, I in the first dimension; the second, if there is one, counts runs.
    months : float
        Length of the runs; a multiple of `step`.
    step : float
        Months in one step.
    keep : float
        Months between the states that are kept; 0 keeps the last only.

    Returns
    -------
    numpy.ndarray
        Shape (5, runs), or (kept, 5, runs) where `keep` is given.

    Raises
    ------
    InputError
        When a state is not finite: the step is too long for the rates.
    """
    sizes = {np.size(value) for value in p.values()} | {state.shape[1] if state.ndim > 1 else 1}
    runs = max(sizes)
    y = np.repeat(state.reshape(5, -1), runs if state.reshape(5, -1).shape[1] == 1 else 1, axis=1)
    steps = round(months / step)
    every = round(keep / step) if keep else 0
    kept = [y.copy()]
    with np.errstate(all="ignore"):
        for number in range(1, steps + 1):
            k1 = np.array(rates(y, p))
            k2 = np.array(rates(y + step / 2 * k1, p))
            k3 = np.array(rates(y + step / 2 * k2, p))
            k4 = np.array(rates(y + step * k3, p))
            y = y + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            if every and number % every == 0:
                kept.append(y.copy())
    if not np.isfinite(y).all():
        bad = int((~np.isfinite(y).all(axis=0)).sum())
        problem = Problem(
            "the loop", f"{bad:,} of {runs:,} runs left the numbers.", "Take a shorter step or lower rates."
        )
        raise InputError("The model does not converge.", [problem])
    return np.stack(kept) if every else y
