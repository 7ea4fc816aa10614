"""Blind sheets: a seeded, stratified sample of units for a second coder, without what the first one said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.coders.blind_read import COLUMNS
from casestudy.coding import codings
from casestudy.coding.codings import Coding, Record, record
from casestudy.coding.units import Unit
from casestudy.errors import InputError, Problem, nearest
from casestudy.files import lists
from casestudy.proportions import part_of
from casestudy.study import Study
from casestudy.transcripts.text import sha256
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.coders.blind_read import Row

BY = "blind sheet"
GUIDE = (
    "How to fill this in: write the ids of the codes that the words have into the column codes, with ; "
    "between them, and leave it blank where they have none. Change nothing in the other columns but memo. "
    "Rows may be sorted; a row taken out counts as not read."
)


def draw(
    units: Sequence[Unit],
    people: pd.DataFrame,
    share: float = 0.2,
    *,
    by: str = "group",
    seed: int = 1,
    documents: Mapping[str, Transcript] | None = None,
) -> list[Unit]:
    """A sample of units: within each stratum, evenly over its documents, at random within a document.

    Parameters
    ----------
    units : sequence of Unit
    people : pandas.DataFrame
        Participants, whose column `by` names the strata; what no participant says is one stratum.
    share : float
        Share of each document's units; at least one of each.
    by : str
    seed : int
    documents : mapping of id to Transcript, optional
        With who speaks in them; without them a document with a participant's id is that participant's.

    Returns
    -------
    list of Unit
        In an order that is shuffled, so that a coder does not read one person's talk at a stretch.

    Raises
    ------
    InputError
        When the share or the column cannot be used.
    """
    import numpy as np

    if not 0 < share <= 1:
        raise InputError("No sample was drawn.", [Problem("share", f"{share} is not a share.", "Write 0.2.")])
    if by not in people.columns:
        problem = Problem(f"column {by!r}", "participants have none.", nearest(by, map(str, people.columns)))
        raise InputError("No sample was drawn.", [problem])
    strata = {str(row["participant_id"]): str(row[by]) for row in people.to_dict("records")}
    random = np.random.default_rng(seed)
    stretches: dict[tuple[str, str], list[Unit]] = {}
    for unit in units:
        who = _speaker_of(unit, documents[unit.document]) if documents else unit.document
        stretches.setdefault((strata.get(who, ""), unit.document), []).append(unit)
    chosen: list[Unit] = []
    for key in sorted(stretches):
        own = stretches[key]
        count = max(1, part_of(share, len(own)))
        chosen += [own[number] for number in sorted(random.choice(len(own), count, replace=False))]
    return [chosen[number] for number in random.permutation(len(chosen))]


def _speaker_of(unit: Unit, document: Transcript) -> str:
    """The participant who says a unit; empty for nobody in particular."""
    if unit.turn and document.turns[unit.turn - 1].participant:
        return document.turns[unit.turn - 1].participant
    return document.participants[0] if len(document.participants) == 1 else ""


def _around(unit: Unit, document: Transcript) -> tuple[str, str]:
    """Who says a unit, and the words before it: of the same turn, or the turn above with its speaker."""
    turn = document.turn_at(unit.start)
    if turn is None:
        return "", ""
    same = document.text[turn.speech : unit.start].split()
    if same:
        return turn.speaker, _end(" ".join(same))
    above = next((one for one in reversed(document.turns[: turn.number - 1]) if one.end > one.speech), None)
    if above is None:
        return turn.speaker, ""
    words = _end(" ".join(document.spoken(above).split()))
    return turn.speaker, f"{above.speaker}: {words}" if above.speaker else words


def _end(words: str) -> str:
    """The end of a long stretch: what stands right before counts most."""
    return words if len(words) <= _LONGEST else f"… {words[-_LONGEST:].partition(' ')[2]}"


def sheet(units: Sequence[Unit], documents: Mapping[str, Transcript] | None = None, drawn: str = "") -> str:
    """The sheet as CSV; its first row says how to fill it in.

    Parameters
    ----------
    units : sequence of Unit
    documents : mapping of id to Transcript, optional
        With them each row says who speaks and what was said before, and carries the mark of its document's
        text, so that a later change is noticed.
    drawn : str
        How the units were drawn, in words.

    Examples
    --------
    >>> sheet([Unit("t", 1, 6, 11, "I do.")]).splitlines()[-1]
    '1,t,6,11,,,I do.,,,,'
    """
    rows: list[list[Any]] = [["", "", "", "", "", "", GUIDE, "", "", "", ""]]
    for number, unit in enumerate(units, start=1):
        version = sha256(documents[unit.document].text)[:16] if documents else ""
        around = _around(unit, documents[unit.document]) if documents else ("", "")
        place = (number, unit.document, unit.start, unit.end)
        rows.append([*place, *around, unit.text, "", "", drawn, version])
    return lists.text(COLUMNS, rows)


_LONGEST = 300  # characters of what was said before


@dataclass(frozen=True)
class Plan:
    """What reading a filled sheet comes to, before anything is written.

    Attributes
    ----------
    fresh : mapping of document to list of Record
        Codings to add.
    there : int
        Codes of the sheet that the coder has given there already.
    removed : int
        Codes that the coder gave there once and took away since: they are not given again.
    left : tuple of Coding
        What an earlier reading gave these units and this sheet does not.
    """

    fresh: Mapping[str, list[Record]]
    there: int
    removed: int
    left: tuple[Coding, ...]


def plan(
    study: Study, coder: str, rows: Sequence[Row], documents: Mapping[str, Transcript], when: str = ""
) -> Plan:
    """Compare a filled sheet with what the coder has coded before.

    Raises
    ------
    InputError
        When the coder, or a document, cannot be a file name.
    """
    by_document: dict[str, list[Row]] = {}
    for row in rows:
        by_document.setdefault(row.unit.document, []).append(row)
    codings.refuse_strange(coder, sorted(by_document))
    fresh: dict[str, list[Record]] = {}
    there, removed, left = 0, 0, []
    for document, own in sorted(by_document.items()):
        work = codings.work(study, coder, document)
        held = {(one.code, one.start, one.end) for one in work.codings}
        known = {one.id for one in work.records}
        said = {(one.unit.start, one.unit.end): set(one.codes) for one in own}
        for one in records(own, coder, documents[document], when):
            if (one.code, one.start, one.end) in held:
                there += 1
            elif one.id in known:
                removed += 1
            else:
                fresh.setdefault(document, []).append(one)
        left += [
            one
            for one in work.codings
            if one.by == BY and one.code not in said.get((one.start, one.end), {one.code})
        ]
    return Plan(fresh, there, removed, tuple(left))


def records(rows: Sequence[Row], coder: str, document: Transcript, when: str = "") -> list[Record]:
    """The records of the rows of one document."""
    return [
        record(
            "add",
            place=f"{coder}/{document.id}",
            code=code,
            start=row.unit.start,
            end=row.unit.end,
            quote=row.unit.text,
            attributes={},
            memo=row.memo,
            when=when,
            text=sha256(document.text)[:16],
            by=BY,
        )
        for row in rows
        for code in row.codes
    ]
