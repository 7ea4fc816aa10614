"""What is wrong with a log: repeats, wrong clocks, programs, shared and test accounts; listed and cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.usage import programs
from casestudy.usage.sessions import epoch
from casestudy.usage.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd

DROPPED, KEPT = "dropped", "kept, flagged"
SAME_EVENT = ["event_id", "participant_id", "timestamp", "action"]
"""A row is repeated where all of these are: tools number events by account, by visit or by day."""

_COLUMNS = ["kind", "participant_id", "events", "first", "what", "treatment"]


@dataclass(frozen=True)
class Limits:
    """Thresholds of the checks; all are choices of the workbench.

    Attributes
    ----------
    retry_s : float
        The same act again within so many seconds is the same act.
    even_run : int
        So many equal pauses in a row (to the second) are a program's.
    rest_s, awake_s : float
        So long without a pause longer than `rest_s` nobody stays awake: it is a program.
    switch_s : float
        Two clients of one account within so many seconds are two people.
    switch_days : int
        Days with such a change before the account counts as shared.
    tail_days : int
        Days after the firm's last act up to which a time can be right.
    """

    retry_s: float = 1.0
    even_run: int = 30
    rest_s: float = 1800.0
    awake_s: float = 20 * 3600.0
    switch_s: float = 120.0
    switch_days: int = 2
    tail_days: int = 35


@dataclass(frozen=True)
class Inspection:
    """What was found, and the events that are left.

    Attributes
    ----------
    findings : pandas.DataFrame
        ``kind``, ``participant_id``, ``events`` (how many), ``first`` (time of the first), ``what``,
        ``treatment``; one row for each kind and account.
    events : pandas.DataFrame
        The log without what was dropped.
    shared : tuple of str
        Accounts that more than one person seems to use: kept, to be looked at apart.
    read : int
        Events before cleaning.
    """

    findings: pd.DataFrame
    events: pd.DataFrame
    shared: tuple[str, ...]
    read: int

    def summary(self) -> pd.DataFrame:
        """One row for each kind: accounts, events and their share of the events read, treatment."""
        grouped = self.findings.groupby(["kind", "treatment"], sort=True)
        made = grouped.agg(accounts=("participant_id", "nunique"), events=("events", "sum")).reset_index()
        made["percent_of_events"] = 100 * made["events"] / self.read if self.read else np.nan
        return made[["kind", "accounts", "events", "percent_of_events", "treatment"]]


def inspect(
    events: pd.DataFrame, participants: pd.DataFrame, vocabulary: Vocabulary, limits: Limits | None = None
) -> Inspection:
    """Find what is wrong with a log and clean it.

    Parameters
    ----------
    events : pandas.DataFrame
        As `casestudy.usage.events.read` returns them.
    participants : pandas.DataFrame
        ``participant_id``, ``adopted_on``, ``account``.
    vocabulary : Vocabulary
        Says which acts are the firm's: their clock is taken as right.
    limits : Limits, optional

    Returns
    -------
    Inspection

    Notes
    -----
    Repeated rows (see `SAME_EVENT`), retries, test and unknown accounts, wrong clocks and programs' acts are
    dropped: a program's client says what it is (see `casestudy.usage.programs`), or it acts on an even beat,
    or for a day without a rest. Ids that further events have are kept and listed. A time is
    wrong before the day of registration, or later than `Limits.tail_days` after the firm's last act (not
    tested without acts of the firm). Shared accounts, and acts after an account was closed, are kept.
    """
    import pandas as pd

    limits = limits or Limits()
    keep = np.ones(len(events), dtype=bool)
    rows: list[pd.DataFrame] = []

    def found(mask: Any, kind: str, what: str, drop: bool = True) -> None:
        hit = np.asarray(mask, dtype=bool) & keep
        if hit.any():
            part = (
                events.loc[hit]
                .groupby("participant_id")
                .agg(events=("event_id", "size"), first=("timestamp", "min"))
            )
            treatment = DROPPED if drop else KEPT
            rows.append(part.reset_index().assign(kind=kind, what=what, treatment=treatment))
        if drop:
            keep[hit] = False

    own = events["actor"].to_numpy() == "participant"
    known = participants.set_index("participant_id")
    unlisted = ~events["participant_id"].isin(known.index)
    found(events.duplicated(SAME_EVENT), "repeated row", "id, account, time and action occurred before")
    found(unlisted, "unknown account", "not among the participants")
    tests = known.index[known["account"] == "test"]
    found(events["participant_id"].isin(tests), "test account", "an account of the service's own testers")
    found(
        own & _wrong_clock(events, known, limits),
        "wrong clock",
        "before registration, or after the log's end",
    )
    found(own & _retries(events, keep, limits), "retry", "the same act again at once")
    found(own & programs.declared(events["client"]), "program", "a client that says it is a program")
    found(own & _even(events, keep & own, limits), "program", "acts at even intervals")
    found(
        own & programs.restless(events, keep & own, limits.rest_s, limits.awake_s),
        "program",
        "acts for a day without a rest",
    )
    found(
        events.duplicated(["event_id", "participant_id"]),
        "id used again",
        "an id that another event of the account has",
        drop=False,
    )
    found(
        own & _after_closing(events, vocabulary),
        "after closing",
        "acts after the account was closed",
        drop=False,
    )
    switches = _switches(events, keep & own, limits)
    shared = tuple(sorted(switches.index))
    if shared:
        part = switches.rename("events").rename_axis("participant_id").reset_index()
        firsts = events.groupby("participant_id")["timestamp"].min()
        what = "two clients at the same time"
        part = part.assign(
            first=part["participant_id"].map(firsts), kind="shared account", what=what, treatment=KEPT
        )
        rows.append(part)
    findings = pd.concat(rows)[_COLUMNS] if rows else pd.DataFrame(columns=_COLUMNS)
    findings = findings.sort_values(["kind", "participant_id"], kind="stable", ignore_index=True)
    return Inspection(findings, events[keep].reset_index(drop=True), shared, len(events))


def window_end(events: pd.DataFrame, tail_days: int = 35) -> pd.Timestamp:
    """The end of observation: the last of the participants' and the firm's acts that is not too late.

    Returns
    -------
    pandas.Timestamp
        Midnight (where the act was done) after the last believable act; NaT for an empty log.
    """
    import pandas as pd

    firm = events.loc[events["actor"] == "firm", "timestamp"]
    left = events[events["timestamp"] <= firm.max() + pd.Timedelta(days=tail_days)] if len(firm) else events
    if not len(left):
        return pd.NaT
    last = left.loc[left["timestamp"].idxmax()]
    offset = pd.Timedelta(minutes=int(last["offset"]))
    return (last["timestamp"] + offset).floor("D") + pd.Timedelta(days=1) - offset


def _wrong_clock(events: pd.DataFrame, known: pd.DataFrame, limits: Limits) -> np.ndarray:
    import pandas as pd

    local = (events["timestamp"] + pd.to_timedelta(events["offset"], unit="m")).dt.tz_localize(None)
    adopted = pd.to_datetime(known["adopted_on"].reindex(events["participant_id"]))
    early = local.to_numpy() < adopted.to_numpy()
    firm = events.loc[events["actor"] == "firm", "timestamp"]
    late = events["timestamp"] > firm.max() + pd.Timedelta(days=limits.tail_days) if len(firm) else False
    return np.asarray(early | late, dtype=bool)


def _retries(events: pd.DataFrame, keep: np.ndarray, limits: Limits) -> np.ndarray:
    left = events[keep]
    same = ["participant_id", "action", "target", "client"]
    filled = left[same].astype(object).where(left[same].notna(), "")
    pause = left["timestamp"].groupby([filled[name] for name in same]).diff().dt.total_seconds()
    mask = np.zeros(len(events), dtype=bool)
    mask[np.flatnonzero(keep)] = (pause <= limits.retry_s).to_numpy()
    return mask


def _even(events: pd.DataFrame, eligible: np.ndarray, limits: Limits) -> np.ndarray:
    """Acts on an even beat: found by a long run of equal pauses, then all acts of the kind on that beat."""
    mask = np.zeros(len(events), dtype=bool)
    seconds = epoch(events["timestamp"]) if len(events) else np.empty(0, dtype=np.int64)
    left = events.assign(_place=np.arange(len(events)))[eligible]
    for _, part in left.groupby(["participant_id", "action"], sort=True):
        if len(part) <= limits.even_run:
            continue
        places = part["_place"].to_numpy()
        pause = np.diff(seconds[places])
        starts = np.flatnonzero(np.diff(pause, prepend=-1) != 0)
        lengths = np.diff(np.append(starts, len(pause)))
        longest = int(lengths.argmax())
        beat = int(pause[starts[longest]])
        if lengths[longest] >= limits.even_run and beat > 0:
            origin = seconds[places[starts[longest]]]
            on_beat = (seconds[places] - origin) % beat == 0
            near = np.abs(seconds[places] - origin) <= 10 * beat * lengths[longest]
            mask[places[on_beat & near]] = True
    return mask


def _after_closing(events: pd.DataFrame, vocabulary: Vocabulary) -> np.ndarray:
    closing = (
        events.loc[events["action"] == vocabulary.role("close")].groupby("participant_id")["timestamp"].min()
    )
    if closing.empty:
        return np.zeros(len(events), dtype=bool)
    return np.asarray(events["timestamp"] > events["participant_id"].map(closing), dtype=bool)


def _switches(events: pd.DataFrame, eligible: np.ndarray, limits: Limits) -> pd.Series:
    """Changes of client at once, by account, where they fall on enough different days."""
    left = events[eligible & events["client"].notna().to_numpy()]
    grouped = left.groupby("participant_id")
    other = left["client"] != grouped["client"].shift()
    pause = grouped["timestamp"].diff().dt.total_seconds()
    hits = left[other & (pause <= limits.switch_s)]
    days = hits["timestamp"].dt.floor("D").groupby(hits["participant_id"]).nunique()
    counts = hits.groupby("participant_id").size()
    return counts[days >= limits.switch_days]
