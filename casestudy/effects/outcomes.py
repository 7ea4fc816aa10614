"""Outcomes by household and month: the simulated score, and any frame of household-months beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from casestudy.effects import adoption, robustness
from casestudy.errors import InputError, Problem, nearest
from casestudy.files.tables import Column, Schema, read_csv

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.study import Study

FILE = "usage_logs/outcomes.csv"


def read(study: Study, name: str) -> pd.DataFrame:
    """Read the simulator's outcome.

    Parameters
    ----------
    study : Study
        A notebook declares ``usage_logs/*`` as input.
    name : str
        The outcome's column.

    Returns
    -------
    pandas.DataFrame
        ``household_id`` (text), ``month``, and the outcome.

    Raises
    ------
    InputError
        When the file has no such column, or values that are not numbers.
    """
    schema = Schema(
        "outcomes by household and month",
        (
            Column("household_id", "text", "the household in the purchases"),
            Column("month", "text", "YYYY-MM"),
            Column(name, "number", "the outcome"),
        ),
    )
    return read_csv(study.input(FILE), schema, FILE)


def adopted_months(participants: pd.DataFrame) -> dict[str, str]:
    """Month of registration (``YYYY-MM``) by household; accounts without a household are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"household_id": ["7"], "adopted_on": pd.to_datetime(["2017-03-09"])}
    >>> adopted_months(pd.DataFrame(rows))
    {'7': '2017-03'}
    """
    known = participants[participants["household_id"].notna()]
    months = known["adopted_on"].dt.strftime("%Y-%m")
    return dict(zip(known["household_id"].astype(str), months, strict=True))


def unsaid(effect: adoption.Effect, data: adoption.Panel, least: int) -> str:
    """Why nothing can be said of a change after adoption, in a sentence; empty where there is an estimate."""
    if np.isfinite(effect.low) and np.isfinite(effect.high):
        return ""
    takers = int((data.adopted < adoption.NEVER).sum())
    return (
        f"Of {takers} adopters and {len(data.units) - takers} other households with every month, no month's "
        f"adopters number {least} or more with a month before and as many to compare with: whether anything "
        "changes after adoption cannot be said."
    )


def before(frame: pd.DataFrame, value: str, month: str, units: tuple[str, ...]) -> np.ndarray:
    """What each unit had, on average, in the months before `month`.

    Returns
    -------
    array of float
        One for each of `units`; where nothing is known the mean of the others, so that the unit neither gains
        nor loses by it. NaN where nothing is known of any.
    """
    early = frame[frame["month"].astype(str) < month]
    means = early.groupby(early["household_id"].astype(str))[value].mean().reindex(list(units)).astype(float)
    return means.fillna(means.mean()).to_numpy(float)


def thirds(frame: pd.DataFrame, value: str, before: str, units: tuple[str, ...]) -> np.ndarray:
    """Thirds of what each unit had, on average, in the months before `before`: strata for matching.

    Returns
    -------
    array of int
        0, 1 or 2 for each of `units`; −1 where nothing is known.
    """
    import pandas as pd

    early = frame[frame["month"].astype(str) < before]
    means = early.groupby(early["household_id"].astype(str))[value].mean().reindex(list(units))
    ranks = means.rank(method="first")
    known = ranks.notna()
    made = np.full(len(units), -1)
    if known.any():
        made[known.to_numpy()] = pd.cut(ranks[known], 3, labels=False).to_numpy()
    return made


def together(
    panels: dict[str, adoption.Panel], primary: str, control: str = "never", least: int = 2
) -> pd.DataFrame:
    """One line for each outcome; p-values of all but the primary one are adjusted for how many there are.

    Parameters
    ----------
    panels : mapping of outcome to Panel
    primary : str
        The outcome declared beforehand.

    Returns
    -------
    pandas.DataFrame
        ``outcome``, ``role``, ``mean_before`` (adopters, months before adoption), ``estimate``, ``low``,
        ``high``, ``percent_of_mean``, ``p``, ``q`` (Benjamini and Hochberg over the secondary outcomes),
        ``pre_trend_p``.

    Raises
    ------
    InputError
        When the primary outcome is not among them.
    """
    import pandas as pd

    if primary not in panels:
        problem = Problem(
            "outcomes", f"the primary one, {primary!r}, is not there.", nearest(primary, panels)
        )
        raise InputError("The outcomes cannot be compared.", [problem])
    rows = []
    for name, data in panels.items():
        made = adoption.cells(data, control, least=least)
        effect = adoption.overall(made)
        early = data.y[~data.treated & (data.adopted < adoption.NEVER)[:, None]]
        mean = float(early.mean()) if early.size else float("nan")
        percent = 100 * effect.estimate / mean if mean else float("nan")
        trend = adoption.pre_trend(made)["p"]
        role = "primary" if name == primary else "secondary"
        rows.append((name, role, mean, effect.estimate, effect.low, effect.high, percent, effect.p, trend))
    names = [
        "outcome",
        "role",
        "mean_before",
        "estimate",
        "low",
        "high",
        "percent_of_mean",
        "p",
        "pre_trend_p",
    ]
    table = pd.DataFrame(rows, columns=names)
    second = table["role"] == "secondary"
    table["q"] = np.nan
    table.loc[second, "q"] = robustness.false_discovery(table.loc[second, "p"])
    return table[[*names[:-1], "q", "pre_trend_p"]]


Word = Literal["effect", "associated with"]


def word(pre_trend_p: float, placebos: Sequence[adoption.Effect], m: float) -> Word:
    """The word that a design earns for what it finds.

    Parameters
    ----------
    pre_trend_p : float
        Joint test of the months before adoption; .05 or more is asked.
    placebos : sequence of Effect
        Placebo dates; every interval is asked to hold zero.
    m : float
        Largest drift, in multiples of the largest change before adoption, at which the interval stays clear
        of zero (`casestudy.effects.robustness.breakdown`); 1 is asked.

    Examples
    --------
    >>> word(0.2, [], 1.0), word(0.2, [], 0.9), word(0.04, [], 1.0)
    ('effect', 'associated with', 'associated with')
    """
    quiet = all(one.low <= 0 <= one.high for one in placebos)
    return "effect" if pre_trend_p >= 0.05 and quiet and m >= 1 else "associated with"


def design(
    data: adoption.Panel, outcome: str, control: str, tested: dict[str, Any]
) -> tuple[pd.DataFrame, Word]:
    """The design record, and the word that it earns.

    Parameters
    ----------
    data : Panel
    outcome, control : str
    tested : dict
        ``pre_trend_p``; ``placebos`` (list of Effect); ``m`` (see `robustness.breakdown`); ``e_value`` and
        ``gamma`` where known (see `casestudy.effects.confounding`).

    Returns
    -------
    (pandas.DataFrame, str)
        ``part``, ``record``, ``met`` (yes, no, or empty where there is nothing to meet); and 'effect' where
        all is met, else 'associated with'.
    """
    import pandas as pd

    takers = int((data.adopted < adoption.NEVER).sum())
    alike = bool(tested["pre_trend_p"] >= 0.05)
    quiet = all(one.low <= 0 <= one.high for one in tested["placebos"])
    firm = bool(tested["m"] >= 1)
    words = {True: "yes", False: "no"}
    estimand = "mean change of adopters over their months since adoption, against not having adopted"
    others = {"never": "households that never adopt", "not_yet": "households that have not adopted yet"}
    rows = [
        ("estimand", f"{outcome}: {estimand}", ""),
        ("adopters", f"{takers} households in {len(set(data.adopted.tolist())) - 1} months of adoption", ""),
        ("comparison", f"{others[control]}: {int((data.adopted == adoption.NEVER).sum())} never do", ""),
        ("assignment", "households chose to register: not drawn by lot", "no"),
        ("pre-trend", f"joint test p = {tested['pre_trend_p']:.2f}, .05 or more asked", words[alike]),
        ("placebo dates", f"{len(tested['placebos'])} dates, all intervals hold zero", words[quiet]),
        ("unobserved drift", f"interval clear of zero up to M = {tested['m']:.2f}, 1 asked", words[firm]),
    ]
    if "e_value" in tested:
        words_of = (
            f"E-value {tested['e_value']:.2f} (interval), matched pairs up to Γ = {tested['gamma']:.2f}"
        )
        rows.append(("unobserved cause", words_of, ""))
    earned = word(tested["pre_trend_p"], tested["placebos"], tested["m"])
    return pd.DataFrame(rows, columns=["part", "record", "met"]), earned
