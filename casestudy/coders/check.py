"""What `check` says of several coders: decisions, units read, displaced codings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from casestudy.codebook.codes import Codebook
from casestudy.coders import decisions, units_read
from casestudy.coding.material import Material
from casestudy.errors import InputError, Problem
from casestudy.transcripts.transcript import Transcript
from casestudy.wording import counted, shortened

if TYPE_CHECKING:
    import pandas as pd


def check(found: Material) -> list[Problem]:
    """Problems of what several coders leave together: units read on blind sheets, and decisions.

    Returns
    -------
    list of Problem
        Empty where all is well, and where a study has neither.
    """
    logged, problems = found.also(decisions.survey)
    problems = found.also(units_read.survey)[1] + problems
    if not logged:
        return problems
    try:
        book: Codebook | None = found.book
    except InputError:
        book = None
    try:
        documents: Mapping[str, Transcript] | None = found.texts
    except InputError:
        documents = None
    ids: dict[str, set[str]] = {}
    for one in found.surveyed_works[0]:
        ids.setdefault(one.coder, set()).update(coding.id for coding in one.codings)
    events = {one.id for one in found.surveyed_events[0]}
    return problems + decisions.problems_of(
        logged, book if book and book.codes else None, documents, ids, events
    )


def displaced(frame: pd.DataFrame, coders: Sequence[str], ending: str = "", most: int = 5) -> list[str]:
    """Codings whose words are not where they say, with those words and the command that corrects them.

    Parameters
    ----------
    frame : pandas.DataFrame
    coders : sequence of str
    ending : str
        Of the commands, such as `` --study FOLDER``.
    most : int
        How many are listed.
    """
    lost = frame[frame["coder"].isin(list(coders)) & ~frame["placed"]]
    if lost.empty:
        return []
    verb = "is displaced and counts" if len(lost) == 1 else "are displaced and count"
    lines = [f"{counted(len(lost), 'coding')} {verb} nowhere: the words are not where it was said."]
    lines += [
        f"  {row['coder']} {row['document']} {row['coding']} {row['start']}-{row['end']} {row['code']}: "
        f"“{shortened(row['quote'])}”"
        for row in lost.head(most).to_dict("records")
    ]
    lines += [f"  and {len(lost) - most:,} more."] if len(lost) > most else []
    pairs = sorted(set(zip(lost["coder"], lost["document"], strict=True)))
    commands = [f"casestudy codings reanchor --coder {one} --document {where}" for one, where in pairs[:most]]
    if len(pairs) > most:
        commands = ["casestudy codings reanchor"]
    return [*lines, *(f"  correct: {one}{ending}" for one in commands)]
