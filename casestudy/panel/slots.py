"""The slots of an episode, filled where the passage is: one code for each question that a view asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casestudy.codebook import framework, selection
from casestudy.codebook.codes import Codebook
from casestudy.coding import edits
from casestudy.coding.codings import Record, Work, record
from casestudy.errors import InputError, Problem
from casestudy.panel.session import Change, Session
from casestudy.study import Study


def slots(study: Study, book: Codebook) -> list[dict[str, Any]]:
    """The slots of the study's episodes: ``name`` and ``codes`` in use that can fill it.

    Returns
    -------
    list of dict
        In the order of the view; empty where the study declares no view of kind ``episodes``.

    Raises
    ------
    InputError
        When framework.yaml cannot be read.
    """
    view = framework.load(study).view("episodes")
    parents = {name: code.parent for name, code in book.codes.items()}
    live = [code.id for code in book.in_use()]
    rows = []
    for part in view.parts if view else ():
        inside = selection.expand(part.pick.codes, parents)
        rows.append({"name": part.name, "codes": [code for code in live if code in inside]})
    return rows


def fill(session: Session, coding: str, codes: Sequence[str], code: str) -> Change:
    """Let the passage of a coding have one code of a slot, and none other of it.

    Parameters
    ----------
    session : Session
    coding : str
        The coding whose passage is meant.
    codes : sequence of str
        All codes of the slot.
    code : str
        The one that fills it; empty for none.

    Raises
    ------
    InputError
        When the coding is not there, is itself what fills the slot, or the code is not one of the slot.
    """
    if code and code not in codes:
        raise InputError("Nothing was written.", [Problem(f"code {code!r}", "it does not fill this slot.")])

    def made(work: Work, when: str) -> list[Record]:
        own = edits.chosen(work, coding)
        if own.code in codes:
            problem = Problem(f"coding {coding}", "it fills this slot itself.", "Give it another code.")
            raise InputError("Nothing was written.", [problem])
        there = [
            one for one in work.codings if (one.start, one.end) == (own.start, own.end) and one.code in codes
        ]
        if [one.code for one in there] == [code]:
            return []
        records = [edits.removed(one, when=when) for one in there if one.code != code]
        if code and all(one.code != code for one in there):
            records.append(
                record(
                    "add",
                    place=f"{own.coder}/{own.document}",
                    code=code,
                    start=own.start,
                    end=own.end,
                    quote=own.quote,
                    attributes=dict(own.attributes),
                    when=when,
                    text=own.text,
                )
            )
        return records

    return session.append(made)
