"""The flow of records through a review, counted from the records themselves, in the boxes of PRISMA 2020.

PRISMA 2020's flow diagram asks for these counts (names of the boxes to be verified against the statement).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from casestudy.literature.duplicates import Joined
from casestudy.literature.protocol import Protocol
from casestudy.literature.record import Record
from casestudy.literature.screening import Screened


@dataclass(frozen=True)
class Flow:
    """Counts of a review's flow; `balanced` holds for every flow that `count` makes.

    Attributes
    ----------
    identified : mapping of str to int
        Records by source.
    duplicates : int
        Records joined into another.
    no_year, outside : int
        Taken out before screening: no year, or not of the period.
    screened : int
    excluded : mapping of str to int
        Excluded on title and abstract, by reason.
    undecided : int
        Not decided: not screened yet, or people differ and nothing is settled.
    sought : int
        Reports sought after the first screening.
    not_retrieved : int
        Of them, those of which no text beyond the title could be read.
    assessed : int
    excluded_text : mapping of str to int
        Excluded on what could be read, by reason.
    undecided_text : int
        Assessed, people differ and nothing is settled.
    included : int
    """

    identified: Mapping[str, int]
    duplicates: int
    no_year: int
    outside: int
    screened: int
    excluded: Mapping[str, int]
    undecided: int
    sought: int
    not_retrieved: int
    assessed: int
    excluded_text: Mapping[str, int]
    undecided_text: int
    included: int

    @property
    def balanced(self) -> bool:
        """Whether every box is what the one before it leaves."""
        found = sum(self.identified.values()) - self.duplicates - self.no_year - self.outside
        return (
            found == self.screened
            and self.screened - sum(self.excluded.values()) - self.undecided == self.sought
            and self.sought - self.not_retrieved == self.assessed
            and self.assessed - sum(self.excluded_text.values()) - self.undecided_text == self.included
        )

    def rows(self) -> list[dict[str, object]]:
        """The boxes as rows: ``phase``, ``box``, ``n``, ``detail``."""

        def listed(counts: Mapping[str, int]) -> str:
            return "; ".join(f"{name} {n}" for name, n in sorted(counts.items()))

        total = sum(self.identified.values())
        out = self.duplicates + self.no_year + self.outside
        why = f"duplicates {self.duplicates}; without year {self.no_year}; outside the period {self.outside}"
        return [
            {
                "phase": "identification",
                "box": "records identified",
                "n": total,
                "detail": listed(self.identified),
            },
            {"phase": "identification", "box": "removed before screening", "n": out, "detail": why},
            {"phase": "screening", "box": "records screened", "n": self.screened, "detail": ""},
            {
                "phase": "screening",
                "box": "records excluded",
                "n": sum(self.excluded.values()),
                "detail": listed(self.excluded),
            },
            {"phase": "screening", "box": "not decided", "n": self.undecided, "detail": ""},
            {"phase": "retrieval", "box": "reports sought", "n": self.sought, "detail": ""},
            {
                "phase": "retrieval",
                "box": "title only",
                "n": self.not_retrieved,
                "detail": "no text could be read",
            },
            {"phase": "eligibility", "box": "reports assessed", "n": self.assessed, "detail": ""},
            {
                "phase": "eligibility",
                "box": "reports excluded",
                "n": sum(self.excluded_text.values()),
                "detail": listed(self.excluded_text),
            },
            {"phase": "eligibility", "box": "not decided", "n": self.undecided_text, "detail": ""},
            {"phase": "included", "box": "studies included", "n": self.included, "detail": ""},
        ]


def eligible(records: Sequence[Record], protocol: Protocol) -> list[Record]:
    """Records with a year of the protocol's period."""
    return [one for one in records if one.year and protocol.first_year <= one.year <= protocol.last_year]


def count(
    records: Sequence[Record],
    joined: Joined,
    protocol: Protocol,
    screened: Screened,
    readable: Collection[str],
) -> Flow:
    """Count the flow.

    Parameters
    ----------
    records : sequence of Record
        As identified, duplicates and all.
    joined : Joined
        What de-duplication left of them.
    protocol : Protocol
    screened : Screened
    readable : collection of str
        Ids of records of which more than the title was read.

    Returns
    -------
    Flow
        A record that was read and not assessed again counts as included: its abstract is all there is.
    """
    kept = eligible(joined.records, protocol)
    first = screened.final("abstract")
    second = screened.final("text")
    differing = {
        row["record"]
        for row in screened.decisions.to_dict("records")
        if row["stage"] == "text" and not row["final"]
    }
    sought = [one.id for one in kept if first.get(one.id) == "include"]
    assessed = [one for one in sought if one in set(readable)]
    decided_out = [one for one in assessed if second.get(one) == "exclude"]
    undecided = [one for one in assessed if one in differing]
    return Flow(
        identified=dict(sorted(Counter(one.source for one in records).items())),
        duplicates=len(records) - len(joined.records),
        no_year=sum(one.year is None for one in joined.records),
        outside=sum(one.year is not None for one in joined.records) - len(kept),
        screened=len(kept),
        excluded=_reasons(screened, "abstract", [one.id for one in kept if first.get(one.id) == "exclude"]),
        undecided=sum(one.id not in first for one in kept),
        sought=len(sought),
        not_retrieved=len(sought) - len(assessed),
        assessed=len(assessed),
        excluded_text=_reasons(screened, "text", decided_out),
        undecided_text=len(undecided),
        included=len(assessed) - len(decided_out) - len(undecided),
    )


def included(
    joined: Joined, protocol: Protocol, screened: Screened, readable: Collection[str]
) -> tuple[list[Record], list[Record]]:
    """Records that the review rests on, and those that it would include but knows by title only."""
    first, second = screened.final("abstract"), screened.final("text")
    open_ = set(screened.decisions.loc[screened.decisions["final"] == "", "record"])
    sought = [one for one in eligible(joined.records, protocol) if first.get(one.id) == "include"]
    read = [one for one in sought if one.id in set(readable)]
    kept = [one for one in read if second.get(one.id) != "exclude" and one.id not in open_]
    return kept, [one for one in sought if one.id not in set(readable)]


def _reasons(screened: Screened, stage: str, ids: Collection[str]) -> dict[str, int]:
    rows = screened.decisions[
        (screened.decisions["stage"] == stage) & screened.decisions["record"].isin(list(ids))
    ]
    return dict(sorted(Counter(rows["reason"]).items()))
