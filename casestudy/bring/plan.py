"""Bringing files into a study: all of it or nothing, and the same files again change nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.bring import codebook, facesheet, talks
from casestudy.bring.facesheet import People
from casestudy.bring.files import Sorted, told_apart
from casestudy.bring.headings import Ask, stated
from casestudy.codebook import codes
from casestudy.errors import InputError, Problem, raise_if
from casestudy.files import lists, locks, reading, transaction
from casestudy.files.names import unfit
from casestudy.people import consent, documents, participants, speakers
from casestudy.people.documents import Sheet
from casestudy.study import Study
from casestudy.transcripts import transcript
from casestudy.transcripts.transcript import FOLDER, Transcript, word_count
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

_SUMMARY = "Nothing was brought."


@dataclass
class Brought:
    """What bringing files does.

    Attributes
    ----------
    changes : dict of Path to bytes
        Files of the study, and what they hold afterwards; empty where all is there already.
    done, left, missing : list of str
        What was done, what was not brought, and what the study lacks afterwards, a line each.
    """

    changes: dict[Path, bytes] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def bring(
    study: Study,
    paths: Sequence[Path],
    *,
    columns: Sequence[str] = (),
    keep: Sequence[str] = (),
    ask: Ask | None = None,
    dry: bool = False,
) -> Brought:
    """Copy transcripts into a study, and make participants.csv and a codebook of tables.

    Parameters
    ----------
    study : Study
    paths : sequence of Path
        Files, and folders of files.
    columns : sequence of str
        ``HEADING=FIELD`` where a table's headings do not say it.
    keep : sequence of str
        Headings that are kept although they say who a person is.
    ask : callable, optional
        Asks a person which column is meant.
    dry : bool
        Whether to write nothing.

    Returns
    -------
    Brought

    Raises
    ------
    InputError
        With everything that stands in the way: files that cannot be read, names that clash, ids that occur
        twice. Nothing is changed then.
    """
    chosen = stated(columns)
    found = told_apart(paths, chosen, ask)
    with reading.once(), locks.study(study.root):
        brought = _planned(study, found, {*keep, *(entry.rpartition("=")[0] for entry in columns)})
        if not dry:
            transaction.carry_out(study.root, brought.changes, "files are brought")
    return brought


def _planned(study: Study, found: Sorted, keep: set[str]) -> Brought:
    brought = Brought(left=found.left)
    problems = list(found.problems)
    texts, broken = transcript.survey(study)
    stems = _talks(study, found, texts, broken, brought, problems)
    people = _people(study)
    for table in found.facesheets:
        problems += facesheet.merged(people, table.grid, table.head, table.columns, keep)
    _codebooks(study, found, brought, problems)
    raise_if(problems, _SUMMARY)
    if not (found.talks or found.facesheets or found.codebooks):
        listed = [
            Problem(name.rpartition(" (")[0], "it is not a transcript or a table.") for name in found.left
        ]
        raise InputError(_SUMMARY, listed or [Problem("the folder", "no files are in it.")])
    brought.done += people.told
    rows = [[row.get(name, "") for name in people.headings] for row in people.rows.values()]
    table = _table(people.headings, rows, participants.SCHEMA, participants.FILE)
    if found.facesheets:
        _write(study, brought, participants.FILE, people.headings, rows)
    sheets = _documents(study, brought, texts, stems, people)
    voices = _speakers(study, brought, texts, sheets, people)
    brought.missing += people.missing
    brought.missing += _missing(study, texts, people, table, sheets, voices)
    if not (codes.scheme_files(study) or found.codebooks):
        brought.missing.append("a codebook: bring one, or write it in coding_schemes/")
    return brought


def _talks(
    study: Study,
    found: Sorted,
    texts: dict[str, Transcript],
    broken: Mapping[str, Sequence[Problem]],
    brought: Brought,
    problems: list[Problem],
) -> dict[str, str]:
    """Plan the copies of transcripts, and add them to the texts; names of their files by id."""
    stems = {name: name for name in texts}
    there = {path.stem.casefold(): path for path in transcript.document_files(study)}
    same = {hashlib.sha256(reading.data(path)).hexdigest(): path for path in there.values()}
    origin: dict[str, Path] = {}
    again = 0
    for path, document, data in found.talks:
        name = talks.id_of(path.stem)
        mark = hashlib.sha256(data).hexdigest()
        if reason := unfit(name):
            problems.append(
                Problem(path.name, f"as a document's id: {reason}", "Give the file another name.")
            )
        elif (known := same.get(mark)) is not None:
            if known.stem == name:
                again += 1
                stems[name] = path.stem
            else:
                text = f"it is the same file as {known.name}, so its words would count twice."
                problems.append(Problem(path.name, text, "Bring it once."))
        elif name.casefold() in origin:
            other = origin[name.casefold()].name
            text = f"{other} has the same name, so both would be the document {name!r}."
            remedy = "Give one another name; of one talk in two formats leave out the one that says less."
            problems.append(Problem(path.name, text, remedy))
        elif (place := there.get(name.casefold())) is not None or name in broken:
            text = f"the study has another document {name!r} ({place.name if place else name})."
            remedy = f"Give the file another name; or, if it is the corrected text, copy it over {FOLDER}/"
            remedy += f"{place.name if place else name} and let codings follow: casestudy codings reanchor."
            problems.append(Problem(path.name, text, remedy))
        else:
            origin[name.casefold()] = same[mark] = path
            texts[name] = replace(document, id=name)
            stems[name] = path.stem
            ending = path.suffix.lower()
            brought.changes[study.root / FOLDER / f"{name}{ending}"] = data
            brought.done.append(f"{FOLDER}/{name}{ending}: {_read_as(texts[name], path, name)}")
    if again:
        brought.done.append(f"{counted(again, 'transcript')} there already")
    return stems


def _read_as(document: Transcript, path: Path, name: str) -> str:
    parts = [f"from {path.name}"] if path.stem != name else []
    parts += [counted(word_count(document.text), "word"), counted(len(document.turns), "turn")]
    if len(document.speakers) <= 8:
        parts.append(f"speakers {', '.join(document.speakers)}" if document.speakers else "no speakers")
    else:
        parts.append(counted(len(document.speakers), "speaker"))
    return "; ".join([", ".join(parts), *document.reading, *document.doubts])


def _people(study: Study) -> People:
    people = People()
    if found := study.inputs(participants.FILE):
        listed = lists.read(
            reading.data(found[0]), participants.FILE, participants.SCHEMA.names, ["participant_id"]
        )
        people.headings = list(listed.headings)
        people.rows = {row["participant_id"]: dict(row.cells) for row in listed.rows}
    return people


def _codebooks(study: Study, found: Sorted, brought: Brought, problems: list[Problem]) -> None:
    if not found.codebooks:
        return
    book = codes.read_schemes(codes.scheme_files(study), study.root)
    for table in found.codebooks:
        name = facesheet.as_id(table.stem).casefold()
        scheme, wrong = codebook.scheme(table.grid, table.head, table.columns, name)
        wrong += codebook.clashes(scheme, book, table.grid.name)
        path = study.root / codebook.file_of(name)
        data = codebook.as_yaml(scheme)
        total = counted(len(scheme["codes"]), "code")
        if path in brought.changes or (path.is_file() and path.read_bytes() != data):
            text = f"the study has another codebook {name!r}."
            remedy = (
                "Change codes with casestudy code, which keeps the history; or give the file another name."
            )
            wrong.append(Problem(table.grid.name, text, remedy))
        elif path.is_file():
            brought.done.append(f"{table.grid.name}: its {total} are there already")
        else:
            brought.changes[path] = data
            brought.done.append(f"{codebook.file_of(name)}: {total} from {table.grid.name}")
        problems += wrong


def _documents(
    study: Study, brought: Brought, texts: Mapping[str, Transcript], stems: Mapping[str, str], people: People
) -> dict[str, Sheet]:
    """Rows of documents.csv for talks that neither their name nor a row says whose they are."""
    found = study.inputs(documents.FILE)
    names = documents.SCHEMA.names
    listed = lists.read(reading.data(found[0]), documents.FILE, names, ["document"]) if found else None
    headings = list(dict.fromkeys([*(listed.headings if listed else ()), *names[:4]]))
    rows = [[row[name] for name in headings] for row in listed.rows] if listed else []
    stated_rows = {row[headings.index("document")] for row in rows}
    table = _table(headings, rows, documents.SCHEMA, documents.FILE) if listed else None
    whose = documents.sheets(texts, people.rows, table)
    called = people.called()
    fresh: dict[str, str] = {}
    for name, document in texts.items():
        if name in stated_rows or name in people.rows:
            continue
        theirs, why = talks.participants(document, stems.get(name, name), called)
        if theirs:
            kind: documents.Kind = "focus group" if len(theirs) > 1 else "interview"
            whose[name] = Sheet(name, tuple(theirs), kind, talk=True)
            fresh[name] = why
    numbers = talks.sittings(whose, fresh)
    for name, number in sorted(numbers.items()):
        sheet = whose[name] = replace(whose[name], sitting=number)
        cells = {"document": name, "participants": " ".join(sheet.participants)}
        cells |= {"sitting": str(number), "kind": sheet.kind}
        rows.append([cells.get(heading, "") for heading in headings])
        sitting = f", sitting {number}" if number > 1 else ""
        brought.done.append(
            f"{documents.FILE}: {name} is of {', '.join(sheet.participants)} "
            f"({fresh[name]}{sitting}, {sheet.kind})"
        )
    if numbers:
        _write(study, brought, documents.FILE, headings, rows)
    return whose


def _speakers(
    study: Study,
    brought: Brought,
    texts: Mapping[str, Transcript],
    whose: Mapping[str, Sheet],
    people: People,
) -> pd.DataFrame:
    """Rows of speakers.csv where a transcript names a person otherwise than participants.csv does."""
    found = study.inputs(speakers.FILE)
    names = speakers.SCHEMA.names
    listed = (
        lists.read(reading.data(found[0]), speakers.FILE, names, ["document", "speaker"]) if found else None
    )
    headings = list(dict.fromkeys([*(listed.headings if listed else ()), *names]))
    rows = [[row[name] for name in headings] for row in listed.rows] if listed else []
    at = (headings.index("document"), headings.index("speaker"))
    there = {(row[at[0]], speakers.same_name(row[at[1]])) for row in rows}
    called = people.called()
    before = len(rows)
    for name, document in sorted(texts.items()):
        theirs = {who: called[who] for who in whose[name].participants if who in called}
        for speaker, who in talks.speaking(document, theirs).items():
            plain = {speakers.same_name(one) for one in (who, people.rows[who].get("pseudonym", ""))}
            if speakers.same_name(speaker) in plain or (name, speakers.same_name(speaker)) in there:
                continue
            cells = {"document": name, "speaker": speaker, "participant": who, "role": "participant"}
            cells["why"] = "the name in the facesheet"
            rows.append([cells.get(heading, "") for heading in headings])
    if len(rows) > before:
        _write(study, brought, speakers.FILE, headings, rows)
        brought.done.append(f"{speakers.FILE}: {counted(len(rows) - before, 'speaker')} found by name")
    return _table(headings, rows, speakers.SCHEMA, speakers.FILE).fillna("")


def _write(
    study: Study, brought: Brought, name: str, headings: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    data = lists.text(headings, rows).encode()
    path = study.root / name
    if not (path.is_file() and _rows_of(path.read_bytes(), name) == _rows_of(data, name)):
        brought.changes[path] = data


def _rows_of(data: bytes, name: str) -> list[Mapping[str, str]]:
    return [row.cells for row in lists.read(data, name, ()).rows]


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], schema: object, name: str) -> pd.DataFrame:
    """Rows as the study will read them.

    Raises
    ------
    InputError
        With every cell that the study could not read afterwards.
    """
    import pandas as pd

    from casestudy.files.tables import Schema, conform

    assert isinstance(schema, Schema)
    cells = [[cell or None for cell in row] for row in rows]
    frame = pd.DataFrame(cells, columns=list(headings), dtype=object)
    for column in schema.columns:
        if column.required and column.name not in frame:
            frame[column.name] = None
    table, problems = conform(frame, schema, name)
    raise_if(problems, _SUMMARY)
    return table


def _missing(
    study: Study,
    texts: Mapping[str, Transcript],
    persons: People,
    people: pd.DataFrame,
    whose: Mapping[str, Sheet],
    voices: pd.DataFrame,
) -> list[str]:
    """What the study lacks, a line each, with the command or file that corrects it."""
    missing = []
    if people.empty:
        missing.append(
            f"{participants.FILE}: nobody is in it. Bring a facesheet, or write participant_id,group and rows"
        )
    else:
        missing += [f"{one.where}: {one.found} {one.remedy}" for one in consent.problems(people)]
    heard = {who for sheet in whose.values() for who in sheet.participants}
    rows = zip(people["participant_id"], people["interviewed"].fillna(True), strict=True)
    silent = [str(who) for who, interviewed in rows if interviewed and str(who) not in heard]
    if silent:
        missing.append(f"a transcript of {', '.join(silent)}; or write no in the column interviewed")
    nobodys = [name for name, one in texts.items() if not whose[name].participants and documents.is_talk(one)]
    if nobodys:
        missing.append(f"whose talk is {', '.join(sorted(nobodys))}: a row in {documents.FILE} says it")
    for one, other in talks.same_talk(texts):
        missing.append(
            f"a look at {one} and {other}: they say mostly the same words. Keep one, or say translation_of"
        )
    names = {who: [name] if (name := row.get("pseudonym", "")) else [] for who, row in persons.rows.items()}
    heard_texts = speakers.all_assigned(speakers.ruled(dict(texts), voices), whose, names, voices)
    unknown = sorted(
        name for name, one in heard_texts.items() if any(turn.role == "unknown" for turn in one.turns)
    )
    if unknown:
        missing.append(
            f"who speaks in {counted(len(unknown), 'document')}: casestudy documents speakers --propose"
        )
    return missing
