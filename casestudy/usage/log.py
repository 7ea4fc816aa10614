"""A study's log made ready: read, cleaned, cut into sessions and feedback cycles. Notebooks begin here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.usage import events as reading
from casestudy.usage import quality, sessions
from casestudy.usage.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.study import Study


@dataclass(frozen=True)
class Log:
    """A log that measures can be taken from.

    Attributes
    ----------
    participants : pandas.DataFrame
        The customers' accounts (no testers').
    inspection : Inspection
        What was wrong with the log; its ``events`` are the cleaned ones.
    acts : pandas.DataFrame
        Participants' events with ``session_id``.
    sessions, cycles : pandas.DataFrame
        See `casestudy.usage.sessions`.
    vocabulary : Vocabulary
    end : pandas.Timestamp
        End of observation, UTC.
    """

    participants: pd.DataFrame
    inspection: quality.Inspection
    acts: pd.DataFrame
    sessions: pd.DataFrame
    cycles: pd.DataFrame
    vocabulary: Vocabulary
    end: pd.Timestamp

    @property
    def events(self) -> pd.DataFrame:
        """The cleaned events, the firm's among them."""
        return self.inspection.events

    def coverage(self) -> pd.DataFrame:
        """Who and what the log holds: one row for each count, with what it is a count of."""
        import pandas as pd

        begin = self.events["timestamp"].min()
        seen = self.acts["participant_id"].nunique()
        whole = int(self.cycles["whole"].sum())
        homes = self.participants["household_id"].notna()
        rows = [
            ("accounts of customers", len(self.participants), "accounts that are not testers'"),
            ("with at least one act", seen, "of these accounts"),
            ("with a household in the purchases", int(homes.sum()), "of these accounts"),
            ("events read", self.inspection.read, "all rows of the log"),
            ("events kept", len(self.events), "of the events read"),
            ("acts of participants", len(self.acts), "of the events kept"),
            ("sessions", len(self.sessions), "runs of acts without a longer pause"),
            ("feedback cycles", len(self.cycles), f"{whole} of them whole, the others cut by the end"),
            (
                "days observed",
                int((self.end - begin).days) if len(self.events) else 0,
                "first act to the end",
            ),
        ]
        return pd.DataFrame(rows, columns=["count_of", "n", "base"])


def open_log(
    study: Study,
    gap_minutes: float = sessions.GAP_MINUTES,
    edge: str = "continue",
    limits: quality.Limits | None = None,
) -> Log:
    """Read a study's log and make it ready; a notebook declares ``usage_logs/*`` as input.

    Parameters
    ----------
    study : Study
    gap_minutes : float
        The longest pause inside a session.
    edge : {'continue', 'break'}
        What a pause of exactly that length does.
    limits : Limits, optional
        Thresholds of the checks.

    Raises
    ------
    InputError
        With every problem of the files.

    Examples
    --------
    >>> from casestudy.study import Study
    >>> log = open_log(Study.find())
    >>> len(log.participants)
    250
    """
    events, participants, vocabulary = reading.of_study(study)
    return prepare(events, participants, vocabulary, gap_minutes, edge, limits)


def prepare(
    events: pd.DataFrame,
    participants: pd.DataFrame,
    vocabulary: Vocabulary,
    gap_minutes: float = sessions.GAP_MINUTES,
    edge: str = "continue",
    limits: quality.Limits | None = None,
) -> Log:
    """Make frames that are read already ready; see `open_log`."""
    found = quality.inspect(events, participants, vocabulary, limits)
    end = quality.window_end(found.events)
    acts = sessions.with_sessions(found.events, gap_minutes, edge)
    made = sessions.table(acts, vocabulary.looks)
    rounds = sessions.cycles(found.events, made, vocabulary.role("return"), end)
    customers = participants[participants["account"] == "customer"].reset_index(drop=True)
    return Log(customers, found, acts, made, rounds, vocabulary, end)
