"""A coder's acts in the panel, read back from the journal: what undo takes back, and redo does again.

Every record of one act has one time, to the millionth of a second, and no two acts share one. So the journal
itself says what was done together, and undo and redo reach back over a restart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from casestudy.coding import edits
from casestudy.coding.codings import Record, Work, moment

_TIMED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def next_moment(last: str = "") -> str:
    """This moment in UTC, or the next one after an act that was later.

    Examples
    --------
    >>> next_moment("2990-01-01T00:00:00.000009Z")
    '2990-01-01T00:00:00.000010Z'
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    if _TIMED.fullmatch(last):
        with suppress(ValueError, OverflowError):  # a time that no calendar has
            now = max(now, datetime.strptime(last, _FORM) + timedelta(microseconds=1))
    return now.strftime(_FORM)


@dataclass(frozen=True)
class Act:
    """What was done at one moment: one record, or several that belong together."""

    when: str
    records: tuple[Record, ...]

    @property
    def undoes(self) -> frozenset[str]:
        """The records that it takes back; none for an act that is not an undo."""
        return frozenset(record.undoes for record in self.records if record.undoes)


def acts(records: Iterable[Record]) -> list[Act]:
    """The panel's acts in the order of their times; what verbs wrote is not among them."""
    timed = [record for record in records if _TIMED.fullmatch(record.when)]
    ids = {record.id for record in timed}
    # Within an act, a record stands behind the one it replaces, however a merge has mixed the lines.
    timed.sort(key=lambda record: (record.when, not ids.isdisjoint(record.parents)))
    return [Act(when, tuple(group)) for when, group in groupby(timed, key=lambda record: record.when)]


@dataclass
class Stacks:
    """What can be undone and what can be done again, the last act at the end.

    Attributes
    ----------
    done, undone : list of Act
        `undone` holds the acts that took others back: doing again means taking these back.

    Examples
    --------
    >>> from casestudy.coding.codings import record
    >>> first = record("add", code="c", start=0, end=1, quote="a", when="2026-01-01T00:00:00.000001Z")
    >>> back = record("delete", [first.id], when="2026-01-01T00:00:00.000002Z", undoes=first.id)
    >>> stacks = Stacks.of([first, back])
    >>> len(stacks.done), len(stacks.undone)
    (0, 1)
    """

    done: list[Act] = field(default_factory=list)
    undone: list[Act] = field(default_factory=list)
    last: str = ""
    _by_record: dict[str, Act] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[Record]) -> Stacks:
        """The stacks that a journal comes to."""
        stacks = cls()
        for act in acts(records):
            stacks.take(act)
        return stacks

    def take(self, act: Act) -> None:
        """Add the latest act."""
        self.last = max(self.last, moment(act.when))
        self._by_record |= {record.id: act for record in act.records}
        taken_back = {self._by_record[name].when for name in act.undoes if name in self._by_record}
        if not taken_back:
            self.done.append(act)
            self.undone.clear()
            return
        before = [one for one in self.undone if one.when in taken_back]
        if before:
            # An undo is taken back: the first acts can be undone again.
            self.undone = [one for one in self.undone if one.when not in taken_back]
            names = frozenset().union(*(one.undoes for one in before))
            again = {self._by_record[name].when: self._by_record[name] for name in names}
            self.done += [again[when] for when in sorted(again)]
        else:
            self.done = [one for one in self.done if one.when not in taken_back]
            self.undone.append(act)


def taken_back(work: Work, act: Act, when: str) -> list[Record]:
    """The records that take an act back, the last of its records first.

    Raises
    ------
    InputError
        When one of its codings was changed since by another act, which would be lost.
    """
    records: list[Record] = []
    for record in reversed(act.records):
        so_far = replace(work, records=(*work.records, *records))
        records.append(edits.undo(so_far, record.id, when))
    return records


def in_words(act: Act) -> Sequence[str]:
    """The codes that an act was about, without repetition; deletions name none."""
    return list(dict.fromkeys(record.code for record in act.records if record.code))
