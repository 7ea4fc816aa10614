"""The account of an exchange: every element that was read, and whether it was kept, changed or lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

Fate = Literal["kept", "kept beside", "changed", "not kept"]
FATES: tuple[str, ...] = get_args(Fate)
COLUMNS = ("kind", "identity", "name", "fate", "why")
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one element.

    ``kept beside`` means: the study has no place for it in its own files; it is stored with the import and
    stands in the next export again.
    """

    kind: str
    identity: str
    name: str
    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where a file departs from its format: what, how often, and the first example."""

    what: str
    count: int
    example: str


@dataclass
class Account:
    """The account of one reading or writing, filled as it goes on.

    Examples
    --------
    >>> account = Account()
    >>> account.add("coding", "1", "bread", "kept")
    >>> account.add("picture selection", "2", "", "not kept", "pictures are not read")
    >>> print("\\n".join(account.lines()))
    coding: 1 kept
    picture selection: 1 not kept
      not kept, pictures are not read: 2
    """

    entries: list[Entry] = field(default_factory=list)
    _deviations: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, kind: str, identity: str, name: str, fate: Fate, why: str = "") -> None:
        """Say what became of an element."""
        self.entries.append(Entry(kind, identity, name, fate, why))

    def deviates(self, what: str, example: str = "") -> None:
        """Say where the file departs from its format."""
        count, first = self._deviations.get(what, (0, example))
        self._deviations[what] = (count + 1, first)

    @property
    def deviations(self) -> list[Deviation]:
        """Where the file departs from its format, in order of first meeting."""
        return [Deviation(what, count, first) for what, (count, first) in self._deviations.items()]

    def counts(self) -> dict[str, Counter[str]]:
        """By kind of element, how many had which fate."""
        found: dict[str, Counter[str]] = {}
        for entry in self.entries:
            found.setdefault(entry.kind, Counter())[entry.fate] += 1
        return found

    def lost(self) -> list[Entry]:
        """The elements that were not kept."""
        return [entry for entry in self.entries if entry.fate == "not kept"]

    def lines(self) -> list[str]:
        """The account in words: counts by kind, and what was not simply kept by reason and identity."""
        reasons: dict[tuple[str, str, str], list[Entry]] = {}
        for entry in self.entries:
            if entry.fate != "kept":
                reasons.setdefault((entry.kind, entry.fate, entry.why), []).append(entry)
        rows = []
        for kind, fates in self.counts().items():
            told = ", ".join(f"{fates[fate]:,} {fate}" for fate in FATES if fates[fate])
            rows.append(f"{kind}: {told}")
            for (of, fate, why), entries in reasons.items():
                if of == kind:
                    rows.append(f"  {fate}{', ' if why else ''}{why}: {_named(entries)}")
        for one in self.deviations:
            example = f", first: {one.example}" if one.example else ""
            rows.append(f"departs from its format: {one.what} ({counted(one.count, 'time')}{example})")
        return rows

    def table(self) -> pd.DataFrame:
        """The account as a table, one row an element: kind, identity, name, fate, why."""
        import pandas as pd

        rows = [(one.kind, one.identity, one.name, one.fate, one.why) for one in self.entries]
        return pd.DataFrame(rows, columns=list(COLUMNS))


def _named(entries: Iterable[Entry]) -> str:
    listed = list(entries)
    shown = [f"{one.name[:40]!r} ({one.identity})" if one.name else one.identity for one in listed[:_LISTED]]
    rest = len(listed) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")
