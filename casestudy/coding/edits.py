"""Changing codings by further records: change, remove, undo, settle; nothing written before is touched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casestudy.coding.codings import Coding, Record, Work, moment, record
from casestudy.errors import InputError, Problem


def chosen(work: Work, name: str) -> Coding:
    """The coding with an id, or the beginning of one.

    Raises
    ------
    InputError
        When none or several fit.
    """
    fitting = [one for one in work.codings if name in (one.id, one.record)]
    fitting = fitting or [one for one in work.codings if name and one.id.startswith(name)]
    if len(fitting) != 1:
        found = (
            f"no coding has the id {name!r}." if not fitting else f"{len(fitting)} ids begin with {name!r}."
        )
        remedy = f"See casestudy codings list --coder {work.coder} --document {work.document}."
        problem = Problem(f"coder {work.coder}, document {work.document}", found, remedy)
        raise InputError("A coding cannot be chosen.", [problem])
    return fitting[0]


def changed(coding: Coding, parents: Sequence[str] = (), **fields: Any) -> Record:
    """A record that changes a coding; what is not given stays.

    Parameters
    ----------
    coding : Coding
    parents : sequence of str
        The records replaced; the one that holds by default. Name all heads to settle a contradiction.
    **fields
        Of `Record`: code, start, end, quote, attributes, memo, when, by, undoes.
    """
    names = ("code", "start", "end", "quote", "attributes", "memo", "text", "by")
    values = {name: getattr(coding, name) for name in names} | fields
    values["attributes"] = dict(values["attributes"])
    return record("change", parents or [coding.record], place=f"{coding.coder}/{coding.document}", **values)


def removed(coding: Coding, memo: str = "", when: str = "", parents: Sequence[str] = ()) -> Record:
    """A record that deletes a coding; its earlier records stay."""
    place = f"{coding.coder}/{coding.document}"
    return record("delete", parents or [coding.record], place=place, memo=memo, when=when)


def settled(work: Work, when: str = "") -> list[Record]:
    """Records that confirm, for each contradiction, the coding that holds now."""
    holding = {one.id: one for one in work.codings}
    found = []
    for one in work.contradictions:
        parents = [one.kept, *one.others]
        if one.coding in holding:
            found.append(changed(holding[one.coding], parents, when=when))
        else:
            found.append(record("delete", parents, place=f"{work.coder}/{work.document}", when=when))
    return found


def undo(work: Work, name: str = "", when: str = "") -> Record:
    """A record that takes back the last one, or a given one; undoing an undo brings it again.

    Raises
    ------
    InputError
        When there is nothing to undo, or the record was replaced since.
    """
    known = {one.id: one for one in work.records}
    place = f"coder {work.coder}, document {work.document}"
    if name:
        fitting = [one for one in work.records if one.id.startswith(name)]
        if len(fitting) != 1:
            problem = Problem(place, f"no single record has the id {name!r}.", "Look into the file.")
            raise InputError("Nothing was undone.", [problem])
        last = fitting[0]
    else:
        ordered = sorted(enumerate(work.records), key=lambda one: (moment(one[1].when), one[0]))
        gone: set[str] = set()
        for _, one in reversed(ordered):
            if one.undoes and one.id not in gone:
                gone.add(one.undoes)
        left = [one for _, one in ordered if not one.undoes and one.id not in gone]
        if not left:
            raise InputError("Nothing was undone.", [Problem(place, "nothing is left to undo.")])
        last = left[-1]
    heads = _heads(work, last)
    if not heads:
        since = [one.id for one in work.records if last.id in one.parents]
        remedy = f"Undo {since[0]} first."
        problem = Problem(place, f"record {last.id} was replaced since.", remedy)
        raise InputError("Nothing was undone.", [problem])
    before = next((known[parent] for parent in last.parents if parent in known), None)
    home = f"{work.coder}/{work.document}"
    if before is None or before.action == "delete":
        return record("delete", heads, place=home, when=when, undoes=last.id)
    fields = ("code", "start", "end", "quote", "memo", "text", "by")
    values = {field: getattr(before, field) for field in fields} | {"attributes": dict(before.attributes)}
    return record("change", heads, place=home, when=when, undoes=last.id, **values)


def _heads(work: Work, last: Record) -> list[str]:
    """What an undo of a record replaces: what holds now, if that says what the record said; else nothing."""
    replaced: dict[str, list[Record]] = {}
    for one in work.records:
        for parent in one.parents:
            replaced.setdefault(parent, []).append(one)
    current, seen = last, {last.id}
    while later := replaced.get(current.id):
        if len(later) != 1 or later[0].id in seen:
            return []
        current = later[0]
        seen.add(current.id)
    return [current.id] if current.content == last.content else []
