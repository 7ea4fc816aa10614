"""Blind sheets: a seeded, stratified sample of units for a second coder, without what the first one said."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from casestudy.coding.codebook import Codebook
from casestudy.coding.codings import Record, record
from casestudy.coding.suggest import Unit
from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.transcripts.text import sha256
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

FIELDS = ("unit", "document", "start", "end", "text", "codes", "memo")


def draw(
    units: Sequence[Unit], people: pd.DataFrame, share: float = 0.2, *, by: str = "group", seed: int = 1
) -> list[Unit]:
    """A sample of units: within each stratum, evenly over its documents, at random within a document.

    Parameters
    ----------
    units : sequence of Unit
    people : pandas.DataFrame
        Participants, whose column `by` names the strata; documents of no participant are one stratum.
    share : float
        Share of each document's units; at least one of each.
    by : str
    seed : int

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
    documents: dict[tuple[str, str], list[Unit]] = {}
    for unit in units:
        documents.setdefault((strata.get(unit.document, ""), unit.document), []).append(unit)
    chosen: list[Unit] = []
    for key in sorted(documents):
        own = documents[key]
        count = max(1, math.floor(share * len(own) + 0.5))
        chosen += [own[number] for number in sorted(random.choice(len(own), count, replace=False))]
    return [chosen[number] for number in random.permutation(len(chosen))]


def sheet(units: Sequence[Unit]) -> str:
    """The sheet as CSV: a coder writes codes, with ``;`` between them, and leaves blank what bears none."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(FIELDS)
    for number, unit in enumerate(units, start=1):
        writer.writerow([number, unit.document, unit.start, unit.end, unit.text, "", ""])
    return file.getvalue()


def read(
    text: str, name: str, documents: Mapping[str, Transcript], book: Codebook | None = None
) -> list[tuple[Unit, list[str], str]]:
    """A filled sheet: units, their codes and memo.

    Parameters
    ----------
    text, name : str
    documents : mapping of id to Transcript
    book : Codebook, optional
        Codes must be in use in it; without one they are not looked at.

    Raises
    ------
    InputError
        With every row whose words are not in the document any more, or whose codes are not in use.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [field for field in FIELDS if field not in (reader.fieldnames or ())]
    if missing:
        problem = Problem(name, f"no column {', '.join(missing)}.", f"Keep the head: {','.join(FIELDS)}.")
        raise InputError("The sheet cannot be read.", [problem])
    usable = {code.id for code in book.in_use()} if book else set()
    problems: list[Problem] = []
    rows: list[tuple[Unit, list[str], str]] = []
    for number, row in enumerate(reader, start=2):
        where = f"{name}, row {number}"
        start, end = str(row["start"] or ""), str(row["end"] or "")
        document = documents.get(row["document"] or "")
        whole = start.isdigit() and end.isdigit() and document is not None
        if not whole or document is None or document.text[int(start) : int(end)] != row["text"]:
            problems.append(
                Problem(where, "its words are not where it says.", "Do not change them; draw again.")
            )
            continue
        codes = [one.strip() for one in (row["codes"] or "").split(";") if one.strip()]
        for code in codes if book else ():
            if code not in usable:
                problems.append(Problem(where, f"code {code!r} is not in use.", nearest(code, usable)[:200]))
        unit = Unit(document.id, 0, int(start), int(end), row["text"])
        rows.append((unit, list(dict.fromkeys(codes)), (row["memo"] or "").strip()))
    raise_if(problems, "The sheet cannot be used; nothing was written.")
    return rows


def records(
    rows: Sequence[tuple[Unit, list[str], str]],
    coder: str,
    documents: Mapping[str, Transcript],
    when: str = "",
) -> dict[str, list[Record]]:
    """The records of a filled sheet, by document."""
    made: dict[str, list[Record]] = {}
    for unit, codes, memo in rows:
        for code in codes:
            one = record(
                "add",
                place=f"{coder}/{unit.document}",
                code=code,
                start=unit.start,
                end=unit.end,
                quote=unit.text,
                attributes={},
                memo=memo,
                when=when,
                text=sha256(documents[unit.document].text)[:16],
                by="blind sheet",
            )
            made.setdefault(unit.document, []).append(one)
    return made
