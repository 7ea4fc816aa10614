"""Cycles by the calendar, for a service that gives no feedback: days, weeks or months since the first act.

Where a service gives feedback, the time from one feedback to the next is the natural clock
(`casestudy.usage.sessions.cycles`). Elsewhere the calendar is: a cycle is a day, a week from Monday or a
month of UTC, and cycle 0 is the one in which somebody was first seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from casestudy.errors import InputError, Problem, nearest

if TYPE_CHECKING:
    import pandas as pd

Unit = Literal["day", "week", "month"]
Clock = Literal["feedback", "day", "week", "month"]
"""What begins a cycle: a feedback, or the calendar."""

CALLED: dict[str, tuple[str, str]] = {
    "feedback": ("feedback cycle", "feedback cycles"),
    "day": ("day", "days"),
    "week": ("week", "weeks"),
    "month": ("month", "months"),
}
_FREQUENCY = {"day": "D", "week": "W-SUN", "month": "M"}
_LONG_ENOUGH = {"month": 120, "week": 28}
"""Days of observation from which on a unit gives four cycles or more."""


def unit_for(days: float) -> Unit:
    """The longest unit of which the observation holds about four.

    Examples
    --------
    >>> unit_for(365), unit_for(60), unit_for(10)
    ('month', 'week', 'day')
    """
    for unit, least in _LONG_ENOUGH.items():
        if days >= least:
            return unit  # type: ignore[return-value]
    return "day"


def clock(name: str) -> Clock | Literal["auto"]:
    """Check what a person wrote for the clock of a log.

    Raises
    ------
    InputError
        With the words that are known.
    """
    known = ("auto", *get_args(Clock))
    if name not in known:
        problem = Problem("cycles", f"{name!r} is not one of {', '.join(known)}.", nearest(name, known))
        raise InputError("Cycles cannot be cut.", [problem])
    return name  # type: ignore[return-value]


def begins(events: pd.DataFrame, acts: pd.DataFrame, closing: str, end: Any, unit: Unit) -> pd.DataFrame:
    """When each participant's cycles begin.

    Parameters
    ----------
    events : pandas.DataFrame
        All events; those with the action `closing` end a participant's cycles.
    acts : pandas.DataFrame
        Participants' events: ``participant_id``, ``timestamp`` (UTC).
    closing : str
        The action that closes an account; empty where the log has none.
    end : Timestamp
        End of the observation, UTC.
    unit : {'day', 'week', 'month'}

    Returns
    -------
    pandas.DataFrame
        ``participant_id``, ``begins`` (UTC; cycle 0 begins with the first act), ``period`` (the day, the
        Monday of the week, or the month).
    """
    import pandas as pd

    first = acts.groupby("participant_id", sort=True)["timestamp"].min()
    closed = events[events["action"] == closing].groupby("participant_id")["timestamp"].min()
    last = closed.reindex(first.index).fillna(pd.Timestamp(end))
    frequency = _FREQUENCY[unit]
    rows: list[tuple[str, Any, str]] = []
    for who, start in first.items():
        plain = start.tz_convert("UTC").tz_localize(None)
        periods = pd.period_range(plain, last[who].tz_convert("UTC").tz_localize(None), freq=frequency)
        for place, period in enumerate(periods):
            moment = start if place == 0 else period.start_time.tz_localize("UTC")
            rows.append((str(who), moment, _named(period, unit)))
    frame = pd.DataFrame(rows, columns=["participant_id", "begins", "period"])
    return frame.astype({"begins": acts["timestamp"].dtype}) if len(frame) else frame


def _named(period: Any, unit: Unit) -> str:
    return str(period) if unit == "month" else str(period.start_time.date())
