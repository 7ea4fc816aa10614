"""Measures of use per participant, and per participant and period; all normalised by exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.people.floor import enough, withheld
from casestudy.proportions import wilson
from casestudy.usage.sessions import epoch
from casestudy.usage.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd


def entropy(counts: Any) -> float:
    """Shannon entropy of counts, in bits; NaN where there is nothing to count.

    Examples
    --------
    >>> entropy([1, 1]), entropy([5, 0]), entropy([])
    (1.0, 0.0, nan)
    """
    numbers = np.asarray(counts, dtype=float)
    total = numbers.sum()
    if not total > 0:
        return float("nan")
    shares = numbers[numbers > 0] / total
    return float(-(shares * np.log2(shares)).sum() + 0.0)


def gap_statistics(seconds: Any) -> tuple[float, float]:
    """Regularity of moments: coefficient of variation of the gaps, and burstiness.

    Parameters
    ----------
    seconds : array
        Moments, ascending.

    Returns
    -------
    (float, float)
        CV = σ/μ (population σ) and B = (σ − μ)/(σ + μ): −1 perfectly regular, 0 like a Poisson process,
        toward 1 in bursts. NaN with fewer than two gaps, or when all moments are one.

    Examples
    --------
    >>> gap_statistics([0, 10, 20, 30])
    (0.0, -1.0)
    >>> gap_statistics([0, 10])
    (nan, nan)
    """
    gaps = np.diff(np.asarray(seconds, dtype=float))
    if len(gaps) < 2 or not gaps.mean() > 0:
        return float("nan"), float("nan")
    mean, spread = float(gaps.mean()), float(gaps.std())
    return spread / mean, (spread - mean) / (spread + mean)


def exposure(
    participants: pd.DataFrame, events: pd.DataFrame, vocabulary: Vocabulary, end: Any
) -> pd.DataFrame:
    """How long each participant could have used the service.

    Returns
    -------
    pandas.DataFrame
        ``participant_id``, ``begins`` (midnight of the day of registration, UTC), ``ends`` (closing of the
        account, or `end`), ``closed`` (whether it was), ``exposure_days``.
    """
    import pandas as pd

    closing = (
        events.loc[events["action"] == vocabulary.role("close")].groupby("participant_id")["timestamp"].min()
    )
    made = participants[["participant_id"]].copy()
    made["begins"] = pd.to_datetime(participants["adopted_on"]).dt.tz_localize("UTC")
    closed = closing.reindex(made["participant_id"]).reset_index(drop=True)
    closed.index = made.index
    made["closed"] = closed.notna() & (closed < end)
    made["ends"] = closed.where(made["closed"], pd.Timestamp(end))
    made["exposure_days"] = (made["ends"] - made["begins"]).dt.total_seconds().clip(lower=0) / 86400
    return made


def per_participant(
    acts: pd.DataFrame,
    sessions: pd.DataFrame,
    cycles: pd.DataFrame,
    exposed: pd.DataFrame,
    vocabulary: Vocabulary,
) -> pd.DataFrame:
    """One row of measures for each participant, also for those without any session.

    Parameters
    ----------
    acts, sessions, cycles : pandas.DataFrame
        From `casestudy.usage.sessions`.
    exposed : pandas.DataFrame
        From `exposure`.
    vocabulary : Vocabulary
        Its groups of acts that show something are the features of use.

    Returns
    -------
    pandas.DataFrame
        ``participant_id``; ``exposure_days``; ``closed``; ``sessions``; ``sessions_per_30_days``; ``events``;
        ``active_days``; ``active_weeks``; ``active_week_share`` (of the weeks of exposure); ``recency_days``
        (end of exposure less the last act); ``gap_cv`` and ``burstiness`` (of session starts);
        ``feature_entropy`` (bits, over groups of looks); ``depth`` (looks per session, mean); ``targets``
        (different targets per session, mean); ``dwell_s`` (median of sessions, seconds); ``cycles``;
        ``cycles_opened``; ``cycle_open_share``; ``sessions_per_cycle``; and for each group of looks
        ``share_GROUP`` (of looks). Undefined values are NaN.
    """
    made = exposed[["participant_id", "exposure_days", "closed", "ends"]].copy()
    made = made.merge(_of_sessions(sessions), on="participant_id", how="left")
    made = made.merge(_of_acts(acts), on="participant_id", how="left")
    counts = ["sessions", "events", "active_days", "active_weeks"]
    made[counts] = made[counts].fillna(0).astype("int64")
    days = made["exposure_days"].where(made["exposure_days"] > 0)
    made["sessions_per_30_days"] = made["sessions"] / days * 30
    made["active_week_share"] = (made["active_weeks"] / np.ceil(days / 7).clip(lower=1)).clip(upper=1)
    made["recency_days"] = (made.pop("ends") - made.pop("last")).dt.total_seconds().clip(lower=0) / 86400
    opened = cycles.groupby("participant_id").agg(
        cycles=("cycle", "size"), cycles_opened=("opened", "sum"), sessions_per_cycle=("sessions", "mean")
    )
    made = made.merge(opened.reset_index(), on="participant_id", how="left")
    made[["cycles", "cycles_opened"]] = made[["cycles", "cycles_opened"]].fillna(0).astype("int64")
    made["cycle_open_share"] = made["cycles_opened"] / made["cycles"].where(made["cycles"] > 0)
    features = shares(acts, "participant_id", vocabulary)
    made = made.merge(features, on="participant_id", how="left")
    order = [
        "participant_id", "exposure_days", "closed", "sessions", "sessions_per_30_days", "events",
        "active_days", "active_weeks", "active_week_share", "recency_days", "gap_cv", "burstiness",
        "feature_entropy", "depth", "targets", "dwell_s", "cycles", "cycles_opened", "cycle_open_share",
        "sessions_per_cycle",
    ]  # fmt: skip
    return made[[*order, *[name for name in made.columns if name.startswith("share_")]]]


def per_period(acts: pd.DataFrame, cycles: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
    """One row for each participant and feedback cycle: what was done in it, per 30 days.

    Returns
    -------
    pandas.DataFrame
        The cycles' columns with ``sessions_per_30_days``, ``feature_entropy`` and ``share_GROUP``; shares are
        NaN in cycles without a look.
    """
    import pandas as pd

    looks = acts[acts["action"].isin(vocabulary.looks)].sort_values("timestamp", kind="stable")
    begins = cycles[["participant_id", "begins", "cycle"]].sort_values("begins", kind="stable")
    placed = pd.merge_asof(
        looks, begins, left_on="timestamp", right_on="begins", by="participant_id", direction="backward"
    )
    placed["cycle"] = placed["cycle"].fillna(0).astype("int64")
    placed["_key"] = placed["participant_id"] + "|" + placed["cycle"].astype(str)
    features = shares(placed, "_key", vocabulary)
    made = cycles.assign(_key=cycles["participant_id"] + "|" + cycles["cycle"].astype(str))
    made = made.merge(features, on="_key", how="left").drop(columns="_key")
    made["sessions_per_30_days"] = made["sessions"] / made["days"].where(made["days"] > 0) * 30
    return made


def shares(acts: pd.DataFrame, key: str, vocabulary: Vocabulary) -> pd.DataFrame:
    """Shares of the groups of looks, and their entropy, for each value of `key`.

    Returns
    -------
    pandas.DataFrame
        `key`, ``share_GROUP`` for each group (of all looks), ``feature_entropy`` (bits).
    """
    looks = acts[acts["action"].isin(vocabulary.looks)]
    counts = looks.groupby([key, "group"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(vocabulary.look_groups), fill_value=0)
    made = counts.div(counts.sum(axis=1), axis=0).add_prefix("share_")
    made["feature_entropy"] = [entropy(row) for row in counts.to_numpy()]
    made.columns.name = None
    return made.reset_index()


def summary(measures: pd.DataFrame, columns: list[str] | None = None) -> pd.DataFrame:
    """Quartiles of measures over participants.

    Returns
    -------
    pandas.DataFrame
        ``measure``, ``n`` (participants for whom it is defined), ``low`` (first quartile), ``median``,
        ``high`` (third quartile), ``mean``.
    """
    import pandas as pd

    chosen = columns or list(measures.select_dtypes("number").columns)
    rows = []
    for name in chosen:
        values = measures[name].dropna().astype(float)
        low, middle, high = values.quantile([0.25, 0.5, 0.75]) if len(values) else (np.nan,) * 3
        mean = values.mean() if len(values) else np.nan
        rows.append(
            {"measure": name, "n": len(values), "low": low, "median": middle, "high": high, "mean": mean}
        )
    return pd.DataFrame(rows)


def _of_sessions(sessions: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    grouped = sessions.groupby("participant_id")
    made = grouped.agg(
        sessions=("session_id", "size"),
        events=("events", "sum"),
        depth=("looks", "mean"),
        targets=("targets", "mean"),
        dwell_s=("dwell_s", "median"),
    ).reset_index()
    pairs = [(who, *gap_statistics(epoch(part["start"]))) for who, part in grouped]
    gaps = pd.DataFrame(pairs, columns=["participant_id", "gap_cv", "burstiness"])
    return made.merge(gaps.astype({"gap_cv": float, "burstiness": float}), on="participant_id", how="left")


def _of_acts(acts: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    local = acts["timestamp"] + pd.to_timedelta(acts["offset"], unit="m")
    days = local.dt.floor("D").dt.tz_localize(None)
    weeks = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    frame = acts[["participant_id"]].assign(day=days, week=weeks, moment=acts["timestamp"])
    return frame.groupby("participant_id").agg(
        active_days=("day", "nunique"), active_weeks=("week", "nunique"), last=("moment", "max")
    ).reset_index()  # fmt: skip


def opened_by_cycle(cycles: pd.DataFrame, floor: int) -> pd.DataFrame:
    """Share of whole feedback cycles that were opened, by the number of cycles since registration.

    Parameters
    ----------
    cycles : pandas.DataFrame
    floor : int
        The fewest participants a row may describe; fewer are left out.

    Returns
    -------
    pandas.DataFrame
        ``cycle``, ``n`` (participants who had that cycle whole), ``opened``, ``percent`` with Wilson's
        ``low`` and ``high``, and ``sessions`` (mean per participant). Later cycles hold earlier adopters
        only.
    """
    whole = cycles[cycles["whole"]]
    made = whole.groupby("cycle").agg(
        n=("participant_id", "nunique"), opened=("opened", "sum"), sessions=("sessions", "mean")
    )
    made = made[enough(made["n"], floor)].reset_index()
    low, high = wilson(made["opened"], made["n"])
    made = made.assign(percent=100 * made["opened"] / made["n"], low=100 * low, high=100 * high)
    return made[["cycle", "n", "opened", "percent", "low", "high", "sessions"]]


def first_and_last(opened: pd.DataFrame) -> dict[str, float]:
    """Percent opened in the first and the last cycle of `opened_by_cycle`, and which that is; NaN for none.

    Returns
    -------
    dict
        ``opened in the first cycle, percent``, ``opened in the last cycle, percent``, ``last cycle``.
    """
    names = ("opened in the first cycle, percent", "opened in the last cycle, percent", "last cycle")
    if opened.empty:
        return dict.fromkeys(names, float("nan"))
    percent = opened["percent"]
    ends = (percent.iloc[0], percent.iloc[-1], opened["cycle"].iloc[-1])
    return dict(zip(names, map(float, ends), strict=True))


def by_hour(sessions: pd.DataFrame, floor: int) -> pd.DataFrame:
    """Session starts by weekday (rows) and hour (columns), local time.

    Parameters
    ----------
    sessions : pandas.DataFrame
        From `casestudy.usage.sessions.table`.
    floor : int
        Hours in which fewer participants began a session are missing; hours without any are 0.

    Returns
    -------
    pandas.DataFrame
        Counts of sessions.
    """
    import pandas as pd

    local = sessions["start"] + pd.to_timedelta(sessions["offset"], unit="m")
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    hours = range(int(local.dt.hour.min()), int(local.dt.hour.max()) + 1) if len(local) else []
    grouped = sessions.groupby([local.dt.day_of_week, local.dt.hour])["participant_id"]
    counts, people = (
        made.unstack(fill_value=0).reindex(index=range(7), columns=list(hours), fill_value=0)
        for made in (grouped.size(), grouped.nunique())
    )
    counts = counts.mask(withheld(people, floor))
    counts.index = pd.Index(days, name="weekday")
    counts.columns.name = None
    return counts
