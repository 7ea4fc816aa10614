"""Which codings are meant: codes with what lies below them, groups, kinds of document, attributes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from casestudy.files.fields import Fields

if TYPE_CHECKING:
    import pandas as pd

FIELDS = ("codes", "groups", "kinds", "where", "unless")


@dataclass(frozen=True)
class Pick:
    """Which codings: codes (with what lies below them), groups, kinds of document, attributes.

    Attributes
    ----------
    codes : tuple of str
        Code ids or globs; a code stands for itself and every code below it.
    groups, kinds : tuple of str
        Groups of participants and kinds of document; empty for all.
    where, unless : mapping of attribute to values
        Codings must have one of the values of each attribute in `where`, and none of those in `unless`.
    """

    codes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, words: pd.DataFrame, parents: Mapping[str, str]) -> pd.DataFrame:
        """The codings of `words` that this picks; an attribute the table lacks counts as empty.

        Codings of codes that the codebook does not have are not picked; without any codebook all are.
        """
        import pandas as pd

        # A code that is in no codebook counts nowhere: what it meant is not known any more.
        known = expand(self.codes, parents, () if parents else words["code"].unique())
        mask = words["code"].isin(known)
        for column, allowed in (("group", self.groups), ("kind", self.kinds)):
            if allowed:
                mask &= words[column].isin(allowed)
        blank = pd.Series("", index=words.index)
        for attribute, allowed in self.where.items():
            mask &= words.get(attribute, blank).isin(allowed)
        for attribute, refused in self.unless.items():
            mask &= ~words.get(attribute, blank).isin(refused)
        return words[mask]


def expand(patterns: Iterable[str], parents: Mapping[str, str], present: Iterable[str] = ()) -> set[str]:
    """Code ids that the patterns name, with every code below them.

    Parameters
    ----------
    patterns : iterable of str
        Ids or globs (``value.*``).
    parents : mapping of code to its parent
        ``""`` for a code without one.
    present : iterable of str
        Codes that occur in codings; those a codebook does not know count too.

    Examples
    --------
    >>> sorted(expand(["a", "b.*"], {"a": "", "x": "a", "y": "x", "b.1": ""}))
    ['a', 'b.1', 'x', 'y']
    """
    others = {str(code) for code in present}
    chosen = matching(patterns, parents.keys() | others if others else parents.keys())
    grown = bool(chosen)
    while grown:
        below = {code for code, parent in parents.items() if parent in chosen} - chosen
        chosen |= below
        grown = bool(below)
    return chosen


def matching(patterns: Iterable[str], known: Collection[str]) -> set[str]:
    """The names that ids or globs stand for.

    Parameters
    ----------
    patterns : iterable of str
    known : set of str, or the keys of a mapping

    Examples
    --------
    >>> sorted(matching(["a", "b.*", "c"], {"a", "b.1", "b.2", "d"}))
    ['a', 'b.1', 'b.2']
    """
    chosen: set[str] = set()
    for pattern in patterns:
        if any(sign in pattern for sign in "*?["):
            chosen |= {name for name in known if fnmatchcase(name, pattern)}
        elif pattern in known:
            chosen.add(pattern)
    return chosen


def read_pick(fields: Fields, unless: Mapping[str, tuple[str, ...]] | None = None) -> Pick:
    """The pick that a mapping of a YAML file declares; `unless` holds where it says nothing else."""
    own = fields.table("unless") if "unless" in fields.node else dict(unless or {})
    return Pick(
        fields.texts("codes"), fields.texts("groups"), fields.texts("kinds"), fields.table("where"), own
    )
