"""What each coder read, and so what can be compared: whole documents, or the units of blind sheets.

Where a coder read units of a document on blind sheets, no more than these count as read; any other document
in which a coder coded something counts as read whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.coders import units_read
from casestudy.coders.unit_ratings import CUTS, Doubles, doubles, touching, units
from casestudy.coders.units_read import Line
from casestudy.coding import reanchor
from casestudy.coding.codings import Coding
from casestudy.coding.units import Unit, stretches
from casestudy.errors import InputError, Problem, nearest
from casestudy.study import Study
from casestudy.transcripts.transcript import Transcript
from casestudy.wording import counted, shortened

if TYPE_CHECKING:
    import pandas as pd

READ = ("sheets", "whole", "all")
_MOST_LISTED = 12


@dataclass(frozen=True)
class Reach:
    """What several coders read in common.

    Attributes
    ----------
    coders, names : tuple of str
        The coders, and the documents of which all of them read something, sorted.
    parts : mapping of document to tuple of Unit
        The units of sheets that all of them read, for documents that not all read whole.
    sheets : tuple of str
        A sentence for each sheet: who read how many units of it, and how they were drawn.
    notes : tuple of str
        What is left out, and why.
    """

    coders: tuple[str, ...]
    names: tuple[str, ...]
    parts: Mapping[str, tuple[Unit, ...]]
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def units(self, documents: Mapping[str, Transcript], unit: str = "") -> list[Unit]:
        """What is compared: those of the sheets, or pieces of them cut by `unit`.

        Parameters
        ----------
        documents : mapping of id to Transcript
        unit : str
            See `casestudy.coders.unit_ratings.units`; empty for units of the sheets as they were drawn, and
            sentences where all read whole documents.
        """
        whole = [name for name in self.names if name not in self.parts]
        found = units(documents, whole, unit or "sentence")
        if not unit:
            found += [one for own in self.parts.values() for one in own]
        elif self.parts:
            found += [one for one in units(documents, list(self.parts), unit) if self.holds(one)]
        return sorted(found, key=lambda one: (one.document, one.start, one.end))

    def holds(self, one: Unit) -> bool:
        """Whether all read the unit."""
        own = self.parts.get(one.document)
        if own is None:
            return one.document in self.names
        return any(part.start <= one.start and one.end <= part.end for part in own)

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The codings of what all read; others are left out."""
        inside = frame[frame["document"].isin(self.names) & frame["coder"].isin(self.coders)]
        if not self.parts:
            return inside
        part = inside["document"].isin(self.parts)
        pieces = [one for own in self.parts.values() for one in own]
        kept = touching(inside[part], pieces).index
        return inside[~part | inside.index.isin(kept)]

    def characters(self, documents: Mapping[str, Transcript], names: Collection[str] | None = None) -> int:
        """Characters that participants say in what all read, or in whole documents."""
        if names is None:
            whole = self.characters(documents, [name for name in self.names if name not in self.parts])
            return whole + sum(one.end - one.start for own in self.parts.values() for one in own)
        spans = (span for name in names for span in stretches(documents[name]))
        return sum(end - start for start, end in spans)

    def sizes(self, frame: pd.DataFrame, documents: Mapping[str, Transcript]) -> dict[str, int]:
        """Characters that all read, characters in what any of them coded, and how many documents that is."""
        coded = set(map(str, frame.loc[frame["coder"].isin(self.coders), "document"])) & set(documents)
        every = {*coded, *self.names}
        return {
            "characters compared": self.characters(documents),
            "characters that any coded": self.characters(documents, every),
            "documents that any coded": len(every),
        }

    def share(self, frame: pd.DataFrame, documents: Mapping[str, Transcript]) -> str:
        """How much of the material all read, in a sentence."""
        part, whole, every = self.sizes(frame, documents).values()
        share = f" ({part / whole:.1%})" if whole else ""
        return (
            f"Compared: {part:,} of {counted(whole, 'character')}{share} that participants say in the "
            f"{counted(every, 'document')} that any of them coded."
        )


def of(
    study: Study,
    frame: pd.DataFrame,
    documents: Mapping[str, Transcript],
    coders: Sequence[str],
    *,
    read: str = READ[0],
) -> Reach:
    """What the coders of a study read in common; see `common`.

    Parameters
    ----------
    study : Study
    frame : pandas.DataFrame
        From `casestudy.coding.table.table`.
    documents : mapping of id to Transcript
    coders : sequence of str
    read : {'sheets', 'whole', 'all'}
        Units of blind sheets, and whole documents in which a coder coded something; or whole documents
        whatever sheets there were; or every document that one of them coded, as read whole by all.

    Raises
    ------
    InputError
        When `read` is not known, or the file of a coder's units cannot be read.
    """
    if read not in READ:
        problem = Problem(f"read {read!r}", "it is not known.", nearest(read, READ))
        raise InputError("What the coders read is not clear.", [problem])
    lines = units_read.read(study) if read == READ[0] else {}
    return common(frame, documents, coders, lines, every=read == READ[2])


def common(
    frame: pd.DataFrame,
    documents: Mapping[str, Transcript],
    coders: Sequence[str],
    lines: Mapping[str, Sequence[Line]],
    *,
    every: bool = False,
) -> Reach:
    """What the coders read in common.

    Parameters
    ----------
    frame, documents, coders
        As for `of`.
    lines : mapping of coder to sequence of Line
        From `casestudy.coders.units_read.read`.
    every : bool
        Whether a document that one of them coded was read by all.
    """
    coded = {
        one: set(map(str, frame.loc[frame["coder"].eq(one), "document"])) & set(documents) for one in coders
    }
    own: dict[str, dict[str, list[Unit]]] = {}
    sheets, notes = [], []
    for coder in coders:
        found, said = _placed(coder, lines.get(coder, ()), documents)
        own[coder] = found
        sheets += _sheets(coder, lines.get(coder, ()))
        notes += said
    if every:
        coded = dict.fromkeys(coders, set().union(*coded.values()))
    reached = {one: coded[one] | set(own[one]) for one in coders}
    parts: dict[str, tuple[Unit, ...]] = {}
    names = set.intersection(*reached.values()) if reached else set()
    for name in sorted(names):
        limits = [own[coder][name] for coder in coders if name in own[coder]]
        if limits:
            parts[name] = _shared(limits)
    empty = [name for name, units_ in parts.items() if not units_]
    for name in empty:
        del parts[name]
    names -= set(empty)
    notes += _set_aside(own, parts)
    notes += _left_out(reached, names, empty)
    nobody = sorted(set(documents) - set().union(*reached.values()))
    notes += [f"Coded by none of them: {listed(nobody)}."] if nobody else []
    made = Reach(tuple(coders), tuple(sorted(names)), parts, tuple(sheets), tuple(notes))
    return Reach(made.coders, made.names, parts, made.sheets, (*notes, *_outside(made, own, frame)))


def of_sheet(found: Sequence[Unit], name: str, frame: pd.DataFrame, coders: Sequence[str]) -> Reach:
    """The units of one sheet, which all coders are taken to have read.

    Parameters
    ----------
    found : sequence of Unit
    name : str
        Of the sheet.
    frame : pandas.DataFrame
    coders : sequence of str
    """
    parts: dict[str, list[Unit]] = {}
    for one in found:
        parts.setdefault(one.document, []).append(one)
    notes = []
    for coder in coders:
        silent = sorted(set(parts) - set(frame.loc[frame["coder"].eq(coder), "document"]))
        if silent:
            notes.append(f"Coder {coder} coded nothing in {', '.join(silent)}; taken as read by {coder}.")
    made = {document: tuple(own) for document, own in sorted(parts.items())}
    return Reach(tuple(coders), tuple(made), made, (f"The units of {name}.",), tuple(notes))


def _shared(limits: Sequence[Sequence[Unit]]) -> tuple[Unit, ...]:
    """The units that lie within what each coder read; of two that overlap the larger one."""
    every = {(one.start, one.end): one for own in limits for one in own}
    inside = [
        unit
        for (start, end), unit in every.items()
        if all(any(one.start <= start and end <= one.end for one in own) for own in limits)
    ]
    kept: list[Unit] = []
    for unit in sorted(inside, key=lambda one: (one.start - one.end, one.start)):
        if all(unit.end <= one.start or one.end <= unit.start for one in kept):
            kept.append(unit)
    return tuple(sorted(kept, key=lambda one: one.start))


def _placed(
    coder: str, lines: Sequence[Line], documents: Mapping[str, Transcript]
) -> tuple[dict[str, list[Unit]], list[str]]:
    """Units where they stand now, by document, and what became of those whose text was changed."""
    found: dict[str, list[Unit]] = {}
    moved, lost = 0, []
    for one in lines:
        document = documents.get(one.document)
        start, end, quote = one.start, one.end, one.quote
        if document is not None and document.text[start:end] != quote:
            blank = Coding("", "", one.document, "", start, end, quote, {}, "", "", "", "")
            [move] = reanchor.follow([blank], document.text)
            start, end, quote = move.start, move.end, move.quote
            moved += move.state != "lost"
            document = None if move.state == "lost" else document
        if document is None:
            lost.append(one)
        else:
            found.setdefault(one.document, []).append(Unit(one.document, 0, start, end, quote))
    notes = []
    if moved:
        they = "one unit" if moved == 1 else f"{moved:,} units"
        notes.append(f"The text around {they} that {coder} read was changed since; they were found again.")
    if lost:
        first = lost[0]
        they = "One unit" if len(lost) == 1 else f"{len(lost):,} units"
        notes.append(
            f"{they} that {coder} read cannot be found any more and count as not read, such as "
            f"{first.document} {first.start}-{first.end} “{shortened(first.quote, 50)}”."
        )
    return found, notes


def _sheets(coder: str, lines: Sequence[Line]) -> list[str]:
    by_sheet: dict[str, list[Line]] = {}
    for one in lines:
        by_sheet.setdefault(one.drawn, []).append(one)
    return [
        f"Coder {coder} read {counted(len(own), 'unit')} of a blind sheet in "
        f"{counted(len({one.document for one in own}), 'document')} "
        f"({drawn or 'how they were drawn is not recorded'})."
        for drawn, own in sorted(by_sheet.items())
    ]


def _set_aside(
    own: Mapping[str, Mapping[str, Sequence[Unit]]], parts: Mapping[str, Sequence[Unit]]
) -> list[str]:
    """Units of sheets that are not compared, in documents that are."""
    every = {
        (one.document, one.start, one.end) for found in own.values() for name in found for one in found[name]
    }
    every = {one for one in every if one[0] in parts}
    aside = every - {(one.document, one.start, one.end) for units_ in parts.values() for one in units_}
    within = sum(any(a.start < end and start < a.end for a in parts[name]) for name, start, end in aside)
    notes = []
    if within:
        verb = (
            "overlaps a longer one and counts with it"
            if within == 1
            else "overlap longer ones and count with them"
        )
        notes.append(f"{counted(within, 'unit')} of sheets {verb}.")
    if len(aside) > within:
        verb = "was not read by all and is" if len(aside) - within == 1 else "were not read by all and are"
        notes.append(f"{counted(len(aside) - within, 'unit')} of sheets {verb} left out.")
    return notes


def _left_out(reached: Mapping[str, set[str]], names: Collection[str], empty: Sequence[str]) -> list[str]:
    """Documents that some of the coders did not read."""
    notes = []
    every = set().union(*reached.values()) if reached else set()
    by_who: dict[tuple[str, ...], list[str]] = {}
    for name in sorted(every - set(names) - set(empty)):
        by_who.setdefault(tuple(one for one, own in reached.items() if name not in own), []).append(name)
    for who, own in sorted(by_who.items()):
        notes.append(f"Left out, since {' and '.join(who)} coded nothing there: {listed(own)}.")
    if empty:
        notes.append(f"Left out, since the coders read other parts of them: {listed(empty)}.")
    return notes


def _outside(made: Reach, own: Mapping[str, Mapping[str, Sequence[Unit]]], frame: pd.DataFrame) -> list[str]:
    """Codings that a coder of a sheet gave outside its units."""
    notes = []
    for coder, sheets in own.items():
        mine = frame[frame["coder"].eq(coder) & frame["document"].isin(list(sheets)) & frame["placed"]]
        pieces = [one for some in sheets.values() for one in some]
        beyond = mine[~mine.index.isin(touching(mine, pieces).index)]
        if len(beyond):
            where = listed(sorted(set(map(str, beyond["document"]))))
            notes.append(
                f"{counted(len(beyond), 'coding')} of {coder} outside the units of the sheet "
                f"{'is' if len(beyond) == 1 else 'are'} not compared, in {where}."
            )
    return notes


def listed(names: Sequence[str], most: int = _MOST_LISTED) -> str:
    """Names, the first few of many.

    Examples
    --------
    >>> listed(["a", "b"]), listed(["a", "b", "c", "d"], 2), listed([])
    ('a, b', 'a, b and 2 more', 'none')
    """
    if len(names) <= most + 1:
        return ", ".join(names) or "none"
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"


def compared(
    frame: pd.DataFrame,
    documents: Mapping[str, Transcript],
    book: Codebook,
    reach: Reach,
    *,
    unit: str = "",
    overlap: float = 0.5,
) -> Doubles:
    """Who said what in each unit of what coders read in common; see `doubles`.

    Parameters
    ----------
    frame : pandas.DataFrame
        Codings of what they read: from the reach's `frame`.
    documents, book, overlap
    reach : Reach
    unit : str
        Cuts what they read; empty for the units of blind sheets, and sentences of whole documents.

    Raises
    ------
    InputError
        When what all read holds no such unit.
    """
    where: dict[str, Any] = {"names": reach.names, "parts": reach.parts}
    if reach.parts and unit != "segment":
        if unit and unit not in CUTS:
            units(documents, [], unit)
        where["within"] = reach.units(documents, unit)
        if not where["within"]:
            found = f"no {unit} lies within what all of {', '.join(reach.coders)} read."
            problem = Problem("--unit", found, "Leave it out: the sheet's own units are compared.")
            raise InputError("There is nothing to compare.", [problem])
    return doubles(frame, documents, book, reach.coders, unit=unit, overlap=overlap, **where)
