"""Attrition: closing the account against ceasing to use it; half-life, what goes with it, and return."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.errors import InputError, Problem
from casestudy.people.floor import enough
from casestudy.proportions import at_most
from casestudy.usage.separation import undecided

if TYPE_CHECKING:
    import pandas as pd


def durations(cycles: pd.DataFrame, exposed: pd.DataFrame, silent: int = 3) -> pd.DataFrame:
    """Time to non-usage and to dropout of each participant.

    Parameters
    ----------
    cycles : pandas.DataFrame
        From `casestudy.usage.sessions.cycles`.
    exposed : pandas.DataFrame
        From `casestudy.usage.measures.exposure`.
    silent : int
        Whole feedback cycles in a row without a session that count as non-usage.

    Returns
    -------
    pandas.DataFrame
        ``participant_id``; ``cycles`` (whole ones observed); ``use_cycles`` (cycles before the first
        such silence began) and ``ceased`` (whether there was one). Without one the time is censored `silent`
        cycles before the end: a silence that began later could not have been seen, and to count those cycles
        as survived would make use look lasting; ``returned`` (a session after the silence began to count;
        False where not ceased) and ``return_cycles`` (cycles from then to the return, or to the end);
        ``stay_cycles`` and ``closed`` (dropout). A participant without a whole cycle has NaN times.
    """
    import pandas as pd

    rows = []
    closed = dict(zip(exposed["participant_id"], exposed["closed"], strict=True))
    for who, part in cycles.sort_values(["participant_id", "cycle"]).groupby("participant_id", sort=True):
        gone = bool(closed.get(who, False))
        whole = part["whole"].to_numpy() | gone
        opened = part["opened"].to_numpy()[whole]
        begin = _first_silence(opened, silent)
        ceased = begin is not None
        use = (
            float(begin if begin is not None else max(len(opened) - silent, 0))
            if len(opened)
            else float("nan")
        )
        later = np.flatnonzero(opened[begin + silent :]) if begin is not None else np.empty(0)
        waited = float("nan")
        if begin is not None:
            waited = float(later[0] + 1 if len(later) else len(opened) - begin - silent)
        stay = float(len(opened)) if len(opened) else float("nan")
        rows.append((who, len(opened), use, ceased, bool(len(later)), waited, stay, gone))
    names = [
        "participant_id", "cycles", "use_cycles", "ceased", "returned", "return_cycles", "stay_cycles",
        "closed",
    ]  # fmt: skip
    made = pd.DataFrame(rows, columns=names)
    return exposed[["participant_id"]].merge(made, on="participant_id", how="left").infer_objects()


def _first_silence(opened: np.ndarray, silent: int) -> int | None:
    """Where the first run of `silent` cycles without a session begins."""
    run = 0
    for place, used in enumerate(opened):
        run = 0 if used else run + 1
        if run == silent:
            return place - silent + 1
    return None


@dataclass(frozen=True)
class Survival:
    """A Kaplan–Meier estimate.

    Attributes
    ----------
    curve : pandas.DataFrame
        ``time``, ``at_risk``, ``events``, ``percent`` (still in), ``low``, ``high`` (95 %, log-log).
    n, events : int
    median, median_low, median_high : float
        Half-life with its interval; NaN where the curve does not come down to one half.
    """

    curve: pd.DataFrame
    n: int
    events: int
    median: float
    median_low: float
    median_high: float

    def published(self, floor: int) -> Survival:
        """The same without the steps at which fewer people than `floor` were still at risk."""
        return replace(self, curve=self.curve[enough(self.curve["at_risk"], floor)].reset_index(drop=True))

    @property
    def last(self) -> dict[str, float]:
        """The curve's end: ``time``, ``percent``, ``low``, ``high``; NaN where there is no curve."""
        names = ("time", "percent", "low", "high")
        if self.curve.empty:
            return dict.fromkeys(names, float("nan"))
        return {name: float(self.curve[name].iloc[-1]) for name in names}


def kaplan_meier(times: Any, events: Any) -> Survival:
    """Kaplan–Meier estimate under right-censoring.

    Parameters
    ----------
    times : array
        Time to the event or to the end of observation, 0 or more. Rows where it is missing are left out.
    events : array of bool
        Whether the event was seen; False is censored.

    Raises
    ------
    InputError
        When a time is below 0 or infinite.

    Notes
    -----
    The median is the first time at which the curve is at one half or below, compared in whole numbers: where
    the curve is exactly one half, rounding does not decide.

    Examples
    --------
    >>> kaplan_meier([1, 2, 3, 4], [True, True, False, True]).median
    2.0
    >>> kaplan_meier([1, 2, 3, 4, 5, 6], [True] * 6).median
    3.0
    """
    import pandas as pd

    spans, seen = np.asarray(times, float), np.asarray(events, bool)
    known = ~np.isnan(spans)
    spans, seen = spans[known], seen[known]
    _expect_durations(spans)
    if not len(spans):
        empty = pd.DataFrame(columns=["time", "at_risk", "events", "percent", "low", "high"], dtype=float)
        return Survival(empty, 0, 0, *(float("nan"),) * 3)
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own use of pandas; nothing a reader can act on
        fitted = KaplanMeierFitter().fit(spans, seen)
    table = fitted.event_table
    ends = fitted.confidence_interval_survival_function_
    curve = pd.DataFrame(
        {
            "time": table.index.to_numpy(float),
            "at_risk": table["at_risk"].to_numpy(int),
            "events": table["observed"].to_numpy(int),
            "percent": 100 * fitted.survival_function_.iloc[:, 0].to_numpy(),
            "low": 100 * ends.iloc[:, 0].to_numpy(),
            "high": 100 * ends.iloc[:, 1].to_numpy(),
        }
    )
    bounds = median_survival_times(ends).to_numpy(float).ravel() if seen.any() else [np.nan, np.nan]
    low, high = (float(value) if np.isfinite(value) else float("nan") for value in bounds)
    return Survival(curve, len(spans), int(seen.sum()), _half_time(curve), low, high)


def _half_time(curve: pd.DataFrame) -> float:
    """The first time at which the curve is at one half or below; NaN where it does not come down to it."""
    staying, at_risk = 1, 1
    for time, risk, gone in curve[["time", "at_risk", "events"]].itertuples(index=False):
        staying, at_risk = staying * int(risk - gone), at_risk * int(risk)
        if gone and 2 * staying <= at_risk:
            return float(time)
    return float("nan")


def _expect_durations(spans: np.ndarray) -> None:
    wrong = spans[(spans < 0) | np.isinf(spans)]
    if len(wrong):
        found = f"{len(wrong)} below 0 or without end, the first of them {wrong[0]:g}."
        remedy = "A time runs from the beginning of observation: look for swapped dates."
        raise InputError("Durations cannot be used.", [Problem("durations", found, remedy)])


def by_group(
    frame: pd.DataFrame, time: str, event: str, group: str, floor: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Kaplan–Meier by group, with a log-rank test over all groups.

    Returns
    -------
    (pandas.DataFrame, pandas.DataFrame)
        The curves (with the group's column), and one row a group: ``n``, ``events``, ``half_life`` with
        ``low`` and ``high``, and the test's ``chi2`` and ``p`` (the same in every row). Groups, and steps
        of a curve, of fewer people than `floor` are left out; without two groups or any event the test is
        NaN.
    """
    import pandas as pd

    known = frame[frame[time].notna()]
    sizes = known.groupby(group)["participant_id"].nunique()
    names = sorted(sizes[enough(sizes, floor)].index)
    curves, rows = [], []
    for name in names:
        part = known[known[group] == name]
        made = kaplan_meier(part[time], part[event])
        curves.append(made.published(floor).curve.assign(**{group: name}))
        rows.append((name, made.n, made.events, made.median, made.median_low, made.median_high))
    kept = known[known[group].isin(names)]
    chi2, p = log_rank(kept[time], kept[event], kept[group])
    table = pd.DataFrame(rows, columns=[group, "n", "events", "half_life", "low", "high"]).assign(
        chi2=chi2, p=p
    )
    return (pd.concat(curves, ignore_index=True) if curves else pd.DataFrame()), table


def log_rank(times: Any, events: Any, groups: Any) -> tuple[float, float]:
    """Log-rank test over groups: χ² and p; NaN without two groups or any event."""
    names = np.unique(np.asarray(groups).astype(str))
    if len(names) < 2 or not np.asarray(events, bool).any():
        return float("nan"), float("nan")
    from lifelines.statistics import multivariate_logrank_test

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = multivariate_logrank_test(
            np.asarray(times, float), np.asarray(groups), np.asarray(events, bool)
        )
    return float(result.test_statistic), float(result.p_value)


@dataclass(frozen=True)
class Cox:
    """A proportional-hazards model.

    Attributes
    ----------
    table : pandas.DataFrame
        ``covariate``, ``hazard_ratio``, ``low``, ``high``, ``p``, ``p_proportional`` (Schoenfeld residuals: a
        small value speaks against proportional hazards).
    n, events : int
    concordance : float
    why_not : str
        Why there is no model; empty where there is one.
    """

    table: pd.DataFrame
    n: int
    events: int
    concordance: float
    why_not: str = ""


def cox(frame: pd.DataFrame, time: str, event: str, covariates: Sequence[str], least_events: int = 10) -> Cox:
    """Fit Cox' model, with a check of its assumption.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a participant; rows with a missing value are left out (``n`` says how many stay).
    covariates : sequence of str
        Numbers, or yes/no columns.
    least_events : int
        Events per covariate below which no model is fitted (a rule of thumb).

    Returns
    -------
    Cox
        Without rows, and with the reason, where events are too few, a covariate does not vary or is neither
        a number nor yes/no, covariates say the same, or one of them (or a sum of them) separates those who
        have the event from those at risk, so that no ratio fits best.

    Raises
    ------
    InputError
        When a time is below 0 or infinite. Who left at time 0 counts like everybody else.
    """
    import pandas as pd

    names = ["covariate", "hazard_ratio", "low", "high", "p", "p_proportional"]
    kept = frame[[time, event, *covariates]].copy()
    strange = []
    for name in covariates:
        if not pd.api.types.is_numeric_dtype(kept[name]):
            read = kept[name].map({"yes": 1.0, "no": 0.0, True: 1.0, False: 0.0})
            if (read.isna() & kept[name].notna()).any():
                strange.append(name)
            kept[name] = read
    kept = kept.dropna().astype(float)
    _expect_durations(kept[time].to_numpy())
    seen = int(kept[event].sum())
    flat = [name for name in covariates if kept[name].nunique() < 2]
    why = ""
    if strange:
        why = f"{', '.join(strange)}: values that are neither numbers nor yes or no"
    elif seen < least_events * len(covariates):
        why = f"{seen} events are too few for {len(covariates)} covariates ({least_events} each)"
    elif flat:
        why = f"{', '.join(flat)} does not vary"
    else:
        values = kept[list(covariates)].to_numpy()
        why = undecided(kept[time].to_numpy(), kept[event].to_numpy() > 0, values, list(covariates))
    if why:
        return Cox(pd.DataFrame(columns=names), len(kept), seen, float("nan"), why)
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError
    from lifelines.statistics import proportional_hazard_test

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = CoxPHFitter().fit(kept, time, event)
            check = proportional_hazard_test(model, kept, time_transform="rank").summary["p"]
    except (ConvergenceError, np.linalg.LinAlgError):
        why = "the fit did not come to an end: the covariates nearly say the same, or nearly separate"
        return Cox(pd.DataFrame(columns=names), len(kept), seen, float("nan"), why)
    fitted = model.summary
    table = pd.DataFrame(
        {
            "covariate": list(covariates),
            "hazard_ratio": fitted.loc[list(covariates), "exp(coef)"].to_numpy(),
            "low": fitted.loc[list(covariates), "exp(coef) lower 95%"].to_numpy(),
            "high": fitted.loc[list(covariates), "exp(coef) upper 95%"].to_numpy(),
            "p": fitted.loc[list(covariates), "p"].to_numpy(),
            "p_proportional": check.reindex(list(covariates)).to_numpy(),
        }
    )
    return Cox(table, len(kept), seen, float(model.concordance_index_))


def resurrection(spans: pd.DataFrame) -> Survival:
    """Time from a counted silence to the return, in cycles: who has not returned by the end is censored.

    Returns
    -------
    Survival
        Over those who ceased; ``percent`` is the share not yet back.
    """
    ceased = spans[spans["ceased"].fillna(False).astype(bool)]
    return kaplan_meier(ceased["return_cycles"].to_numpy(float), ceased["returned"].to_numpy(bool))


def lapses(
    sessions: pd.DataFrame, end: Any, days: float = 28.0, times: float = 3.0, least: int = 3
) -> pd.DataFrame:
    """Lapses by a participant's own rhythm: a second definition beside silent cycles.

    Parameters
    ----------
    sessions : pandas.DataFrame
        From `casestudy.usage.sessions.table`.
    end : Timestamp
        End of observation, UTC.
    days, times : float
        A lapse is a pause longer than `days`, and than `times` the participant's own median pause between
        sessions, whichever is more (a workbench definition).
    least : int
        Pauses from which on the own median counts.

    Returns
    -------
    pandas.DataFrame
        ``participant_id``, ``sessions``, ``limit_days``, ``lapses`` (pauses over the limit, one at the end
        among them), ``resumed`` (those with a session after), ``lapsed_at_end``. With fewer pauses than
        `least` there is no own rhythm to go by: the limit is `days`.
    """
    import pandas as pd

    rows = []
    for who, part in sessions.groupby("participant_id", sort=True):
        starts, ends = part["start"].sort_values(), part["end"].sort_values()
        pauses = starts.diff().dt.total_seconds().dropna().to_numpy() / 86400
        limit = max(days, times * float(np.median(pauses))) if len(pauses) >= least else days
        over = len(pauses) - int(np.sum(at_most(pauses, limit)))
        open_end = not at_most((pd.Timestamp(end) - ends.iloc[-1]).total_seconds() / 86400, limit)
        rows.append((who, len(part), limit, over + int(open_end), over, bool(open_end)))
    names = ["participant_id", "sessions", "limit_days", "lapses", "resumed", "lapsed_at_end"]
    return pd.DataFrame(rows, columns=names)
