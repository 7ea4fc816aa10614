"""Ids that stay: which id a publication was given, kept in ``literature/ids.jsonl``.

The file is append-only, one JSON object a line: ``id`` and what the publication is recognised by (``title``,
``author``, ``year``, ``doi``). Verbs that hand out ids write it. An id is never given to a second
publication, not even when the first has left the exports. When two publications turn out to be one, the older
id stays and what was decided under the other goes on to count.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from casestudy.errors import Problem
from casestudy.files import journal, locks, reading
from casestudy.literature import comparison
from casestudy.literature.record import Record, mark, name
from casestudy.study import Study

FILE = "literature/ids.jsonl"
_DECISIONS = ("literature/screening/*.csv", "literature/notes/*.md", "literature/codings/*/*.jsonl")


def survey(study: Study) -> tuple[list[Record], list[Problem]]:
    """The publications that have an id, as far as the file describes them; and lines that say nothing.

    Returns
    -------
    (list of Record, list of Problem)
        One record a line, with ``id`` set, in order of the file.
    """
    given, problems = [], []
    for path in study.inputs(FILE):
        for number, line in enumerate(reading.data(path).decode("utf-8", "replace").split("\n"), start=1):
            if not line.strip():
                continue
            try:
                said = json.loads(line)
                when = said["year"]
                one = Record(
                    str(said["title"]),
                    tuple(filter(None, [str(said["author"])])),
                    when if isinstance(when, int) else None,
                    doi=str(said["doi"]),
                    id=str(said["id"]),
                )
            except (ValueError, TypeError, KeyError, RecursionError):
                found = "the line does not say id, title, author, year and doi."
                problems.append(
                    Problem(f"{FILE}, line {number}", found, "Take it back from version control.")
                )
                continue
            given.append(one)
    return given, problems


def recall(records: Sequence[Record], given: Sequence[Record], used: Collection[str] = ()) -> list[Record]:
    """Records with the ids that the study keeps for them, and those of others that they may not take.

    Parameters
    ----------
    records : sequence of Record
    given : sequence of Record
        From `survey`.
    used : collection of str
        Ids that decisions, notes and codings name, see `in_use`: a record whose id once carried a mark of its
        title, and is named so, keeps it.

    Notes
    -----
    A record has a kept id when the two would be joined as duplicates. Of several records that claim an id,
    those with its DOI come before those with its exact title, year and author, and these before the rest.
    """
    order: dict[str, int] = {}
    for one in given:
        order.setdefault(one.id, len(order))
    claims: dict[str, dict[int, int]] = {}
    places: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        for clue in (*_clues(record), f"{record.surname}:{record.year}"):
            places.setdefault(clue, []).append(place)
    for one in given:
        near = {place for clue in _clues(one) for place in places.get(clue, ())}
        if not near and one.year:  # its title was mended
            around = (f"{one.surname}:{year}" for year in range(one.year - 1, one.year + 2))
            near = {place for clue in around for place in places.get(clue, ())}
        for place in sorted(near):
            if strength := _strength(one, records[place]):
                held = claims.setdefault(one.id, {})
                held[place] = max(strength, held.get(place, 0))
    kept: dict[int, list[str]] = {}
    for id_, held in claims.items():
        best = max(held.values())
        for place, strength in held.items():
            if strength == best:
                kept.setdefault(place, []).append(id_)
    bases: dict[str, set[str]] = {}
    for id_ in order:
        parts = id_.split("-")
        bases.setdefault("-".join(parts[:3]), set()).add(id_)
    made = []
    for place, record in enumerate(records):
        own = sorted((order[id_], id_) for id_ in kept.get(place, []))
        if not own and mark(record) in used:
            own = [(len(order), mark(record))]
        others = bases.get(name(record), set()) - {id_ for _, id_ in own}
        made.append(replace(record, given=tuple(own), avoid=frozenset(others)))
    return made


def _clues(record: Record) -> set[str]:
    title = record.plain_title
    return {clue for clue in (f"t:{title}" if title else "", f"d:{record.doi}" if record.doi else "") if clue}


def _strength(one: Record, record: Record) -> int:
    """How surely a record is the publication of a line: 3 by DOI, 2 to the letter, 1 by likeness, 0 not."""
    verdict = comparison.compare(one, record)
    if not verdict.rule:
        return 0
    if verdict.rule == "doi":
        return 3
    return 2 if verdict.rule == "title" and one.year == record.year else 1


def in_use(study: Study) -> frozenset[str]:
    """Ids that people's work names: in screening decisions, as names of notes and of codings."""
    found: set[str] = set()
    for pattern in _DECISIONS:
        for path in study.inputs(pattern):
            if path.suffix != ".csv":
                found.add(path.stem)
                continue
            rows = csv.reader(io.StringIO(reading.data(path).decode("utf-8", "replace").replace("\x00", "")))
            try:
                found |= {row[0].strip() for row in rows if row}
            except csv.Error:  # the screening itself says what is wrong with the table
                continue
    return frozenset(found)


def keep(study: Study, publications: Iterable[Record]) -> int:
    """Append the ids of publications that the file does not have as they are now; give back how many.

    Parameters
    ----------
    study : Study
    publications : iterable of Record
        After joining, with their ids.
    """
    with locks.writing(study.root, FILE):
        path = study.root / FILE
        there = set(journal.text_of(path, FILE)[0].split("\n")) if path.is_file() else set()
        fresh = []
        for record in sorted(publications, key=lambda record: record.id):
            for id_ in dict.fromkeys([record.id, *(given for _, given in record.given)]):
                said = {
                    "id": id_,
                    "title": record.title,
                    "author": record.authors[0] if record.authors else "",
                    "year": record.year,
                    "doi": record.doi,
                }
                line = journal.written(said)
                if line not in there:
                    fresh.append(line)
        journal.append(study.root, FILE, fresh)
    return len(fresh)
