"""What log and purchases hold of one participant or household: the counterparts of what people state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal, get_args

from casestudy.errors import nearest
from casestudy.files import lists
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

LogCount = Literal["first", "last", "sessions", "acts", "days", "months", "pause", "hours", "weekdays"]
PurchaseCount = Literal["baskets", "units", "spend", "change"]
Count = Literal[LogCount, PurchaseCount]
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS = re.compile(r"(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True)
class Span:
    """Days from one to another, both included."""

    begin: date
    end: date

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.end - self.begin).days + 1


@dataclass(frozen=True)
class Measure:
    """A counterpart in the records, and how far it may lie from what was said.

    Attributes
    ----------
    kind : str
        What a statement about it says: what, when, how often, how much, since, stopped.
    counts : str
        ``first``, ``last``: day of the first or last act; ``sessions``, ``acts``, ``days``, ``months`` with
        acts; ``pause``: the longest number of days from one day of use to the next; ``hours``, ``weekdays``:
        share of sessions that begin in them; ``baskets``, ``units``, ``spend`` of a food group; ``change``:
        units a day over units a day in another period, as a ratio.
    absolute, relative : float
        The tolerance is the larger of `absolute` (in the unit) and `relative` times what was said; of
        a date only the first.
    """

    id: str
    name: str
    kind: str
    counts: Count
    absolute: float = 0.0
    relative: float = 0.0

    @property
    def bought(self) -> bool:
        """Whether purchases hold it; the log else."""
        return self.counts in get_args(PurchaseCount)

    @property
    def dated(self) -> bool:
        """Whether it is a day of the calendar."""
        return self.counts in ("first", "last")

    @property
    def compares(self) -> bool:
        """Whether two periods are compared."""
        return self.counts == "change"

    def tolerance(self, told: float) -> float:
        """How far a record may lie beyond what was said, in the measure's unit."""
        return self.absolute if self.dated else max(self.absolute, self.relative * abs(told))

    def unfit(self, of: str, groups: Mapping[str, object]) -> tuple[str, str] | None:
        """Why the measure cannot be taken of this, and what to do; None where it can."""
        if self.counts == "hours":
            ends = _HOURS.fullmatch(of)
            good = ends is not None and int(ends[1]) < 24 and int(ends[2]) <= 24
            return None if good else (f"{of!r} are not hours.", "Write such as 18-24.")
        if self.counts == "weekdays":
            good = bool(of) and set(of.split()) <= set(WEEKDAYS)
            return None if good else (f"{of!r} are not weekdays.", "Write such as Mon Sun.")
        if self.bought and of and of not in groups:
            return f"{of!r} is not a group of foods.", nearest(of, list(groups))
        return None


def number(text: str, dated: bool) -> float | None:
    """A number, or a date as a day of the calendar; None where the text is neither.

    Examples
    --------
    >>> number("1,5", False), number("2017-01-02", True) - number("2017-01-01", True), number("x", False)
    (1.5, 1.0, None)
    """
    try:
        value = float(date.fromisoformat(text).toordinal()) if dated else float(lists.with_point(text))
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


@dataclass(frozen=True, eq=False)
class Records:
    """Acts, sessions and purchases of those who may be looked up.

    Attributes
    ----------
    acts : pandas.DataFrame
        ``who, day`` (local time), ``action, session``; one row an act.
    sessions : pandas.DataFrame
        ``who, day`` (local time of its start).
    lines : pandas.DataFrame
        ``who, day, basket, category, units, spend``; one row a line of a receipt.
    seen, bought : Span or None
        What log and purchases cover; None where the study has no such source.
    accounts : frozenset of str
        Who has an account, with or without acts.
    """

    acts: pd.DataFrame
    sessions: pd.DataFrame
    lines: pd.DataFrame
    seen: Span | None
    bought: Span | None
    accounts: frozenset[str]

    def value(
        self,
        measure: Measure,
        who: str,
        of: str,
        span: Span,
        base: Span | None,
        groups: Mapping[str, Iterable[str]],
    ) -> tuple[float, str]:
        """What is recorded, and why nothing is: a number with an empty reason, or NaN with one."""
        covered = self.bought if measure.bought else self.seen
        source = "purchases" if measure.bought else "log"
        if covered is None:
            return float("nan"), f"the study has no {source}"
        there = set(self.lines["who"]) if measure.bought else self.accounts
        if not who or who not in there:
            return float("nan"), f"not in the {source}"
        for period in filter(None, (span, base)):
            if period.begin < covered.begin or period.end > covered.end:
                return float("nan"), f"the {source} do{'' if measure.bought else 'es'} not cover the period"
        if measure.bought:
            return self._bought(measure.counts, who, tuple(groups.get(of, ("*",))), span, base)
        return self._used(measure.counts, who, of, span)

    def _used(self, counts: Count, who: str, of: str, span: Span) -> tuple[float, str]:
        """A measure of the log."""
        if counts in ("sessions", "hours", "weekdays") and (counts != "sessions" or not of):
            begun = within(self.sessions, who, span)["day"]
            if counts == "sessions":
                return float(len(begun)), ""
            if begun.empty:
                return float("nan"), "no session in the period"
            if counts == "weekdays":
                return float(
                    begun.dt.day_of_week.isin([WEEKDAYS.index(name) for name in of.split()]).mean()
                ), ""
            first, last = (int(part) for part in of.split("-"))
            hours = begun.dt.hour
            inside = (hours >= first) & (hours < last) if first < last else (hours >= first) | (hours < last)
            return float(inside.mean()), ""
        acts = within(self.acts, who, span)
        acts = acts[acts["action"].eq(of)] if of else acts
        days = acts["day"].dt.normalize().drop_duplicates().sort_values()
        simple = {"acts": len(acts), "days": len(days), "sessions": acts["session"].nunique()}
        if counts in simple:
            return float(simple[counts]), ""
        if counts == "months":
            return float(days.dt.strftime("%Y-%m").nunique()), ""
        if counts == "pause":
            if len(days) < 2:
                return float("nan"), "fewer than two days of use in the period"
            return float(days.diff().dt.days.max()), ""
        if days.empty:
            return float("nan"), "nothing of the kind in the period"
        return float((days.iloc[0] if counts == "first" else days.iloc[-1]).toordinal()), ""

    def _bought(
        self, counts: Count, who: str, patterns: tuple[str, ...], span: Span, base: Span | None
    ) -> tuple[float, str]:
        """A measure of the purchases."""
        lines = self.lines[self.lines["who"].eq(who)]
        kinds = [
            kind for kind in lines["category"].unique() if any(fnmatchcase(kind, one) for one in patterns)
        ]
        lines = lines[lines["category"].isin(kinds)]
        inside = within(lines, who, span)
        if counts == "baskets":
            return float(inside["basket"].nunique()), ""
        if counts in ("units", "spend"):
            return float(inside[counts].sum()), ""
        before = float(within(lines, who, base)["units"].sum()) if base else 0.0
        if base is None or before <= 0:
            return float("nan"), "nothing was bought in the period it is compared with"
        return float(inside["units"].sum()) / span.days / (before / base.days), ""


def within(table: pd.DataFrame, who: str, span: Span) -> pd.DataFrame:
    """Rows of one participant or household on the days of a period."""
    import pandas as pd

    begin, end = pd.Timestamp(span.begin), pd.Timestamp(span.end) + pd.Timedelta(days=1)
    return table[table["who"].eq(who) & table["day"].ge(begin) & table["day"].lt(end)]


def of_study(study: Study, households: Iterable[str]) -> Records:
    """The log of a study, and the purchases of these households.

    Parameters
    ----------
    study : Study
    households : iterable of str
        Those that may be looked up.
    """
    import pandas as pd

    from casestudy.usage.log import open_log

    acts = pd.DataFrame(columns=["who", "day", "action", "session"])
    sessions, seen, accounts = pd.DataFrame(columns=["who", "day"]), None, frozenset[str]()
    if study.inputs("usage_logs/events.*"):
        log = open_log(study)
        renamed = {"participant_id": "who", "session_id": "session"}
        acts = log.acts.assign(day=_local(log.acts, "timestamp")).rename(columns=renamed)
        sessions = log.sessions.assign(day=_local(log.sessions, "start")).rename(columns=renamed)
        acts, sessions = acts[["who", "day", "action", "session"]], sessions[["who", "day"]]
        if len(acts):
            seen = Span(acts["day"].min().date(), acts["day"].max().date())
        accounts = frozenset(log.participants["participant_id"].astype(str))
    lines, bought = _purchases(study, sorted(set(filter(None, households))))
    return Records(acts, sessions, lines, seen, bought, accounts)


def _local(table: pd.DataFrame, column: str) -> pd.Series:
    """Times as the participant's clock showed them."""
    import pandas as pd

    return (table[column] + pd.to_timedelta(table["offset"], unit="m")).dt.tz_localize(None)


def _purchases(study: Study, households: list[str]) -> tuple[pd.DataFrame, Span | None]:
    import pandas as pd

    from casestudy.purchases.read import open_purchases

    columns = ["who", "day", "basket", "category", "units", "spend"]
    if not households or "purchases" not in study.sources or not study.locate("purchases").exists():
        return pd.DataFrame(columns=columns), None
    purchases = open_purchases(study)
    ends = purchases.lines.aggregate(
        first=purchases.lines.timestamp.min(), last=purchases.lines.timestamp.max()
    ).execute()
    lines = purchases.join(purchases.records)
    lines = lines.filter(lines.household_id.cast("string").isin(households)).execute()
    table = pd.DataFrame(
        {
            "who": lines["household_id"].astype(str),
            "day": pd.to_datetime(lines["timestamp"]).dt.tz_localize(None),
            "basket": lines["basket_id"].astype(str),
            "category": lines["category"].fillna("").astype(str),
            "units": lines["quantity"] / 1000,
            "spend": lines["cents"] / 100,
        }
    )
    return table, Span(ends["first"].iloc[0].date(), ends["last"].iloc[0].date())
