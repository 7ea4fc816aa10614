"""The loop with people who differ: each has a way of using and a threshold of their own.

The mean-field model asks at every moment for which share of people use is worth while. Here every person
is followed. Where thresholds are drawn again at every step, the two agree up to chance; where a person keeps
their threshold, those who ask little stay and those who ask much leave, which the mean field cannot show.

No library of agents is used (Mesa was weighed). The people here never meet: each acts on totals alone, and
all move at once, so one array a property says everything, and no order of turns can matter. A library would
add a dependency and one call a person and step, and show nothing more. It would be worth its price as soon as
people had neighbours, such as a network by which they tell each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from casestudy.dynamics.model import STEP, auxiliaries, logistic
from casestudy.dynamics.parameters import Loop

if TYPE_CHECKING:
    import pandas as pd


def run(
    loop: Loop,
    begin: str,
    months: float,
    people: int,
    seed: int,
    *,
    kinds: bool = True,
    keep: bool = True,
    apart: float = 0.0,
) -> pd.DataFrame:
    """One run with many people.

    Parameters
    ----------
    loop : Loop
        With the ways of using in ``[[kind]]``; without any, all are alike.
    begin : str
        Starting state; who is active is drawn.
    months : float
    people : int
    seed : int
    kinds : bool
        Whether people differ in their way of using.
    keep : bool
        Whether a person keeps their threshold, or has it drawn again at every step.
    apart : float
        Data that come in without use, of each person and month.

    Returns
    -------
    pandas.DataFrame
        ``month`` and the shares of all people: ``potential``, ``active``, ``dormant``, ``use`` (active and
        worth while); with `kinds`, one column ``use NAME`` a way, as a share of its own people.
    """
    import pandas as pd

    draw = np.random.default_rng(seed)
    base, (potential, active, _, data, capability) = loop.values, loop.begin(begin)
    ways = loop.kinds if kinds else ()
    way = draw.choice(len(ways), people, p=[one.share for one in ways]) if ways else np.zeros(people, int)
    p = {
        name: np.array([one.set.get(name, value) for one in ways])[way] if ways else np.full(people, value)
        for name, value in base.items()
    }
    state = np.where(draw.random(people) < active / base["M"], 1, 0)
    lean = draw.logistic(size=people)
    rows = []
    for number in range(round(months / STEP) + 1):
        share = float((state == 1).mean()) * base["M"]
        now = auxiliaries((potential, share, 0.0, data, capability), p)
        chance = logistic((now["value"] - p["theta"]) / p["slope"])
        wanted = (now["value"] - p["theta"]) / p["slope"] > lean if keep else draw.random(people) < chance
        using = (state == 1) & wanted
        if number % round(1 / STEP) == 0:
            row = {"month": number * STEP, "potential": (state == 0).mean(), "active": (state == 1).mean()}
            row |= {"dormant": (state == 2).mean(), "use": using.mean()}
            row |= {f"use {one.name}": using[way == k].mean() for k, one in enumerate(ways)}
            rows.append(row)
        rate = np.where(state == 0, (p["p"] + p["q"] * share / base["M"]) * wanted, p["rho"] * wanted)
        rate = np.where(state == 1, p["lam"] * ~wanted, rate)
        moves = draw.random(people) < -np.expm1(-rate * STEP)
        used = (float((p["use"] * using).mean()) + apart) * base["M"]
        data = max(data + STEP * (used - data / base["tau"]), 0.0)
        gain = base["invest"] * base["fv"] * share - base["delta"] * (capability - base["I0"])
        capability += STEP * gain
        state = np.where(moves, np.where(state == 1, 2, 1), state)
    return pd.DataFrame(rows)


def compared(loop: Loop, begin: str, months: float, people: int, seed: int) -> pd.DataFrame:
    """The mean field beside people who have their threshold drawn again, keep it, and differ in their way.

    Returns
    -------
    pandas.DataFrame
        ``model``, ``month``, ``use`` (share of all people).
    """
    import pandas as pd

    from casestudy.dynamics.model import run as mean_field

    smooth = mean_field(loop.values, loop.begin(begin), months)
    parts = {
        "mean field": smooth.assign(use=smooth["use"] / loop.values["M"]),
        "people, drawn again": run(loop, begin, months, people, seed, kinds=False, keep=False),
        "people who stay themselves": run(loop, begin, months, people, seed, kinds=False),
    }
    if loop.kinds:
        parts["and differ in their way of using"] = run(loop, begin, months, people, seed)
    return pd.concat(
        [one[["month", "use"]].assign(model=name) for name, one in parts.items()], ignore_index=True
    )


def by_share_passed_back(
    loop: Loop, begin: str, months: float, people: int, seed: int, apart: float, steps: int = 11
) -> pd.DataFrame:
    """Where use ends, for every share passed back, in four variants of the loop.

    What a model of averages fed by use alone says is set beside people who stay themselves, and beside data
    that do not hang on use.

    Parameters
    ----------
    apart : float
        Data of each person and month that come in without use, in the variants that have it.
    steps : int
        Shares passed back from 0 to 1 that are tried.

    Returns
    -------
    pandas.DataFrame
        ``back, variant, use`` (share of all people in use at the end) and ``firm_value`` (a month's value to
        the firm at the end, of a person).
    """
    import pandas as pd

    from casestudy.dynamics.model import run as mean_field

    rows = []
    for back in np.linspace(0.0, 1.0, steps):
        moved = loop.moved(back=float(back))
        scale, worth = moved.values["M"], moved.values["fv"]
        for data, inflow in (("data from use alone", 0.0), ("data without use as well", apart)):
            values = dict(moved.values) | ({"apart": inflow} if inflow else {})
            smooth = mean_field(values, moved.begin(begin), months).iloc[-1]
            single = run(moved, begin, months, people, seed, kinds=False, apart=inflow).iloc[-1]
            rows += [
                (back, f"mean field, {data}", smooth["use"] / scale, worth * smooth["A"] / scale),
                (back, f"people who stay themselves, {data}", single["use"], worth * single["active"]),
            ]
    return pd.DataFrame(rows, columns=["back", "variant", "use", "firm_value"])


def where_they_part(table: pd.DataFrame, alive: float) -> pd.DataFrame:
    """For each variant the smallest share passed back from which use lasts: ``variant, needed, at_half``.

    `needed` is empty where no share tried is enough, `at_half` the use where half is passed back.
    """
    import pandas as pd

    rows = []
    for name, mine in table.groupby("variant", sort=False):
        lasting = mine.loc[mine["use"] >= alive, "back"]
        half = mine.iloc[(mine["back"] - 0.5).abs().argsort(kind="stable")].iloc[0]
        rows.append((name, float(lasting.min()) if len(lasting) else float("nan"), float(half["use"])))
    return pd.DataFrame(rows, columns=["variant", "needed", "at_half"])
