"""Codings of a project in the coders' files: added, changed and taken away by records, never rewritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casestudy.coding.codings import Coding as Held
from casestudy.coding.codings import Record, Work, record
from casestudy.interchange import ledger
from casestudy.interchange.project import Coding, Project
from casestudy.transcripts.text import sha256
from casestudy.wording import counted


@dataclass
class Planned:
    """Records to be appended, by coder and document, and what they come to in words."""

    records: dict[tuple[str, str], list[Record]] = field(default_factory=lambda: defaultdict(list))
    done: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)


def plan(
    works: Sequence[Work],
    project: Project,
    name: str,
    codes: Mapping[str, str],
    documents: Mapping[str, str],
    coders: Mapping[str, str],
    when: str,
) -> Planned:
    """What is to be appended to coders' files.

    Parameters
    ----------
    works : sequence of Work
        As they stand.
    project : Project
    name : str
        The import's.
    codes, documents, coders : mapping of GUID to id in the study
    when : str
        For changes and removals; added codings keep their own time.
    """
    out = Planned()
    by = f"{ledger.BY}{name}"
    held = {one.id: one for work in works for one in work.codings}
    ever = {each.id for work in works for each in work.records}
    same: dict[tuple[str, str, str, int, int], list[str]] = defaultdict(list)
    for one in held.values():
        same[one.coder, one.document, one.code, one.start, one.end].append(one.id)
    marks = {one.guid: sha256(one.text)[:16] for one in project.documents}
    added = changed = 0
    met: set[str] = set()
    working: set[str] = set()
    for coding in project.codings:
        document, code, coder = (
            documents.get(coding.document),
            codes.get(coding.code),
            coders.get(coding.coder),
        )
        if not (document and code and coder):
            continue
        working.add(coder)
        key = (coder, document, code, coding.start, coding.end)
        known = held.get(coding.guid)
        if known is None and coding.guid not in ever and same.get(key):
            known = held[same[key].pop()]
        if known is not None:
            met.add(known.id)
            changed += _update(out, known, coding, key, by, when, marks[coding.document])
        elif coding.guid in ever:
            out.differing.append(f"coding {coding.guid}: it was removed here, and stays so.")
        else:
            out.records[coder, document].append(_add(coding, code, by, marks[coding.document]))
            ever.add(coding.guid)
            added += 1
    removed = _removed(out, held, met, working, by, when)
    for count, what in ((added, "added"), (changed, "changed"), (removed, "removed")):
        if count:
            out.done.append(f"{counted(count, 'coding')} {what}")
    return out


def _add(coding: Coding, code: str, by: str, mark: str) -> Record:
    return Record(
        coding.guid,
        "add",
        (),
        code,
        coding.start,
        coding.end,
        coding.quote,
        dict(coding.attributes),
        coding.memo,
        coding.when,
        mark,
        "",
        by,
    )


def _update(
    out: Planned,
    known: Held,
    coding: Coding,
    key: tuple[str, str, str, int, int],
    by: str,
    when: str,
    mark: str,
) -> int:
    """Bring a coding that is there up to date; 1 where it changes."""
    coder, document, code, start, end = key
    theirs = (code, start, end, coding.quote, coding.memo, dict(coding.attributes))
    ours = (known.code, known.start, known.end, known.quote, known.memo, dict(known.attributes))
    if theirs == ours and (known.coder, known.document) == (coder, document):
        return 0
    place = f"{known.coder}/{known.document}, coding {known.id}"
    if not ledger.imported(known.by) or (known.coder, known.document) != (coder, document):
        said = f"{known.code} at {known.start}-{known.end}"
        out.differing.append(
            f"{place}: here {said}, in the file {code} at {start}-{end}; kept as it is here."
        )
        return 0
    values = {"code": code, "start": start, "end": end, "quote": coding.quote, "memo": coding.memo}
    made = record(
        "change",
        [known.record],
        place=f"{coder}/{document}",
        attributes=dict(coding.attributes),
        when=when,
        text=mark,
        by=by,
        **values,
    )
    out.records[coder, document].append(made)
    return 1


def _removed(
    out: Planned, held: Mapping[str, Held], met: set[str], working: set[str], by: str, when: str
) -> int:
    """Take away what this copy had at its last import and has no longer, where nobody changed it here."""
    count = 0
    for one in held.values():
        if one.by == by and one.id not in met and one.coder in working:
            place = f"{one.coder}/{one.document}"
            out.records[one.coder, one.document].append(
                record("delete", [one.record], place=place, memo="not in the newer export", when=when, by=by)
            )
            count += 1
    return count
