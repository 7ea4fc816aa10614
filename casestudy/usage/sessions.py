"""Sessions: runs of a participant's events without a long pause; and the feedback cycles they fall into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.usage.events import written

if TYPE_CHECKING:
    import pandas as pd

GAP_MINUTES = 30.0
MANY_GAPS = (15.0, 30.0, 60.0)


def session_numbers(
    participants: np.ndarray, seconds: np.ndarray, gap_minutes: float = GAP_MINUTES, edge: str = "continue"
) -> np.ndarray:
    """Number the sessions of events that are sorted by participant and time.

    Parameters
    ----------
    participants : array of int
        A number for each participant, ascending.
    seconds : array of int or float
        Time of each event, ascending within a participant.
    gap_minutes : float
        The longest pause inside a session, minutes.
    edge : {'continue', 'break'}
        What a pause of exactly `gap_minutes` does: the session goes on (a longer one ends it), or a new one
        begins.

    Returns
    -------
    array of int
        Session of each event, from 0, counted over all participants.

    Raises
    ------
    ValueError
        When the edge rule is neither of the two, the gap is not positive, or the events are not sorted.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.zeros(3, dtype=int)
    >>> session_numbers(one, np.array([0, 1800, 3601])).tolist()
    [0, 0, 1]
    >>> session_numbers(one, np.array([0, 1800, 3601]), edge="break").tolist()
    [0, 1, 2]
    """
    if edge not in ("continue", "break"):
        raise ValueError(f"edge must be 'continue' or 'break', not {edge!r}")
    if not gap_minutes > 0:
        raise ValueError(f"gap_minutes must be above 0, not {gap_minutes!r}")
    if not len(seconds):
        return np.empty(0, dtype=np.int64)
    pause = np.diff(seconds)
    other = np.diff(participants)
    if (other < 0).any() or (pause[other == 0] < 0).any():
        raise ValueError("events must be sorted by participant and time")
    limit = round(gap_minutes * 60, 6)  # 1.15 minutes are 69 seconds, not a hair less
    long = pause > limit if edge == "continue" else pause >= limit
    return np.concatenate([[0], np.cumsum(long | (other != 0))]).astype(np.int64)


def with_sessions(
    events: pd.DataFrame, gap_minutes: float = GAP_MINUTES, edge: str = "continue"
) -> pd.DataFrame:
    """Participants' events with the session that each belongs to; what the firm does is left out.

    Parameters
    ----------
    events : pandas.DataFrame
        As `casestudy.usage.events.read` returns them (sorted; with ``actor``).

    Returns
    -------
    pandas.DataFrame
        The events with ``session_id``: participant, a hyphen and the session's number from 0001.
    """
    acts = events[events["actor"] == "participant"]
    acts = acts.sort_values(["participant_id", "timestamp"], kind="stable", ignore_index=True)
    codes, names = _codes(acts["participant_id"])
    numbers = session_numbers(codes, epoch(acts["timestamp"]), gap_minutes, edge)
    first = np.concatenate([[True], np.diff(codes) != 0]) if len(codes) else np.empty(0, dtype=bool)
    before = numbers[first][codes] if len(codes) else numbers
    ids = [f"{names[code]}-{number:04d}" for code, number in zip(codes, numbers - before + 1, strict=True)]
    return acts.assign(session_id=np.array(ids, dtype=object))


def table(acts: pd.DataFrame, looks: tuple[str, ...] = ()) -> pd.DataFrame:
    """One row for each session.

    Parameters
    ----------
    acts : pandas.DataFrame
        Events with ``session_id``.
    looks : tuple of str
        Actions that show the participant something; all of them by default.

    Returns
    -------
    pandas.DataFrame
        ``session_id``, ``participant_id``, ``start``, ``end`` (UTC), ``offset`` (minutes), ``events``,
        ``looks`` (depth), ``targets`` (different targets), ``dwell_s`` (seconds from the first to the last
        event: the time on the last page is not known, so it is a lower bound; 0 for one event), ``entry``
        (first action), sorted by participant and start.
    """
    frame = acts.assign(look=acts["action"].isin(looks) if looks else True)
    grouped = frame.groupby("session_id", sort=False)
    made = grouped.agg(
        participant_id=("participant_id", "first"),
        start=("timestamp", "first"),
        end=("timestamp", "last"),
        offset=("offset", "first"),
        events=("action", "size"),
        looks=("look", "sum"),
        targets=("target", "nunique"),
        entry=("action", "first"),
    ).reset_index()
    made["dwell_s"] = epoch(made["end"]) - epoch(made["start"])
    order = ["session_id", "participant_id", "start", "end", "offset", "events", "looks", "targets"]
    return made[[*order, "dwell_s", "entry"]].astype({"looks": "int64"})


def local(table: pd.DataFrame) -> pd.DataFrame:
    """Sessions with their times as the participant's clock showed them, each with its offset from UTC.

    Parameters
    ----------
    table : pandas.DataFrame
        From `table`: ``start`` and ``end`` in UTC, ``offset`` in minutes.

    Returns
    -------
    pandas.DataFrame
        ``start`` and ``end`` as text such as ``2017-06-22T20:00:37-04:00``, to the second; no ``offset``.

    Examples
    --------
    >>> import pandas as pd
    >>> when = pd.to_datetime(["2017-06-23T00:00:37Z"])
    >>> local(pd.DataFrame({"start": when, "end": when, "offset": [-240]}))["start"].iloc[0]
    '2017-06-22T20:00:37-04:00'
    """
    made = {name: written(table[name], table["offset"]) for name in ("start", "end")}
    return table.assign(**made).drop(columns="offset")


def at_gaps(
    events: pd.DataFrame, gaps: tuple[float, ...] = MANY_GAPS, edge: str = "continue"
) -> pd.DataFrame:
    """How much the choice of the pause matters: the same log at several.

    Returns
    -------
    pandas.DataFrame
        One row for each pause: ``gap_minutes``, ``sessions``, ``sessions_per_participant``,
        ``median_events``, ``median_dwell_s``, ``one_event_share``, ``at_the_edge`` (pauses of exactly this
        length, which the edge rule decides).
    """
    import pandas as pd

    rows = []
    for gap in gaps:
        acts = with_sessions(events, gap, edge)
        made = table(acts)
        same = acts["participant_id"].eq(acts["participant_id"].shift())
        pause = pd.Series(epoch(acts["timestamp"])).diff().to_numpy()
        people = acts["participant_id"].nunique()
        rows.append(
            {
                "gap_minutes": gap,
                "sessions": len(made),
                "sessions_per_participant": len(made) / people if people else np.nan,
                "median_events": float(made["events"].median()),
                "median_dwell_s": float(made["dwell_s"].median()),
                "one_event_share": float((made["events"] == 1).mean()),
                "at_the_edge": int((same.to_numpy() & (pause == gap * 60)).sum()),
            }
        )
    return pd.DataFrame(rows)


def cycles(events: pd.DataFrame, sessions: pd.DataFrame, delivered: str, end: Any) -> pd.DataFrame:
    """The feedback cycles of every participant, and what was done in each.

    Parameters
    ----------
    events : pandas.DataFrame
        All events, with those by which the firm gives feedback back.
    sessions : pandas.DataFrame
        As `table` makes them.
    delivered : str
        The action that begins a cycle.
    end : Timestamp
        End of the observation, UTC: the last cycle is cut there.

    Returns
    -------
    pandas.DataFrame
        ``participant_id``, ``cycle`` (0 is the one that registration begins), ``period``, ``begins``,
        ``ends``, ``days``, ``sessions``, ``events``, ``dwell_s``, ``opened`` (any session), ``whole``
        (not cut by the end).
    """
    given = events.loc[events["action"] == delivered, ["participant_id", "timestamp", "period"]]
    given = given.drop_duplicates(["participant_id", "timestamp"]).rename(columns={"timestamp": "begins"})
    return rounds(given, sessions, end)


def rounds(begun: pd.DataFrame, sessions: pd.DataFrame, end: Any) -> pd.DataFrame:
    """Cycles from the moments at which they begin, and what was done in each; the columns of `cycles`.

    Parameters
    ----------
    begun : pandas.DataFrame
        ``participant_id``, ``begins``, ``period``.
    sessions : pandas.DataFrame
        As `table` makes them.
    end : Timestamp
        End of the observation, UTC.
    """
    import pandas as pd

    given = begun[begun["begins"] < end].sort_values(["participant_id", "begins"], ignore_index=True)
    given["cycle"] = given.groupby("participant_id").cumcount()
    after = given.groupby("participant_id")["begins"].shift(-1)
    given["whole"] = after.notna()
    given["ends"] = after.fillna(pd.Timestamp(end))
    given["days"] = (given["ends"] - given["begins"]).dt.total_seconds() / 86400
    placed = pd.merge_asof(
        sessions[["participant_id", "start", "events", "dwell_s"]].sort_values("start", kind="stable"),
        given[["participant_id", "begins", "cycle"]].sort_values("begins", kind="stable"),
        left_on="start",
        right_on="begins",
        by="participant_id",
        direction="backward",
    )
    placed["cycle"] = placed["cycle"].fillna(0).astype("int64")
    sums = placed.groupby(["participant_id", "cycle"]).agg(
        sessions=("start", "size"), events=("events", "sum"), dwell_s=("dwell_s", "sum")
    )
    joined = given.merge(sums.reset_index(), on=["participant_id", "cycle"], how="left")
    counts = ["sessions", "events", "dwell_s"]
    joined[counts] = joined[counts].fillna(0).astype("int64")
    joined["opened"] = joined["sessions"] > 0
    order = ["participant_id", "cycle", "period", "begins", "ends", "days", *counts, "opened", "whole"]
    return joined[order]


def epoch(moments: pd.Series) -> np.ndarray:
    """Whole seconds since 1970 of UTC times."""
    return (
        moments.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[s]").astype("int64").to_numpy()
    )


def _codes(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    import pandas as pd

    codes, names = pd.factorize(values)
    return codes.astype(np.int64), [str(name) for name in names]
