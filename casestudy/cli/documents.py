"""The verb ``documents``: how each document was read, who speaks in it, and documents in other formats."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from casestudy.cli.shared import add_output, show, study_of
from casestudy.wording import counted

_EPILOG = """example:
  casestudy documents list
  casestudy documents show c01
  casestudy documents speakers --propose
  casestudy documents export c01 --out c01.docx

The file is read back: a format that does not give the same text is refused, unless --anyway says otherwise.
Text, Word, OpenDocument and rich text hold the whole text, HTML no runs of spaces. WebVTT and JSON hold words
with speakers and times, SRT words with times. PDF is read and not written."""


def add(subparsers: Any) -> None:
    """Add the verb to the command line."""
    parser = subparsers.add_parser(
        "documents",
        help="say how documents were read, or write one in another format",
        description="Say how documents were read, or write one in another format.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    one = verbs.add_parser("list", help="how each was read, who speaks in which role, what was not kept")
    one.add_argument("--study", default=argparse.SUPPRESS, help="the study's folder (this one)")
    add_output(one)
    one.set_defaults(act=_list)
    one = verbs.add_parser("show", help="the turns of a document: who speaks, in which role, when, and what")
    one.add_argument("document", help="the document's id, such as c01")
    one.add_argument("--json", action="store_true", help="print it as JSON, for a script")
    one.add_argument("--study", default=argparse.SUPPRESS, help="the study's folder (this one)")
    one.set_defaults(act=_show)
    one = verbs.add_parser("speakers", help="who each speaker is, and a proposal where nothing says it")
    one.add_argument("--propose", action="store_true", help="write rows for unknown speakers, with reasons")
    one.add_argument("--study", default=argparse.SUPPRESS, help="the study's folder (this one)")
    add_output(one)
    one.set_defaults(act=_speakers)
    one = verbs.add_parser(
        "export",
        help="write a document in the format of the file's ending",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("document", help="the document's id, such as c01")
    one.add_argument("--out", required=True, help="the file; its ending is the format")
    one.add_argument("--anyway", action="store_true", help="write what the format can hold, and say what not")
    one.add_argument("--study", default=argparse.SUPPRESS, help="the study's folder (this one)")
    one.set_defaults(act=_export)


def _list(arguments: argparse.Namespace) -> int:
    import pandas as pd

    heard, unreadable = _opened(study_of(arguments))
    if arguments.json or arguments.to:
        rows = [_row(document) for _, document in sorted(heard.items())]
        rows += [
            {"document": name, "problem": " ".join(map(str, problems))}
            for name, problems in sorted(unreadable.items())
        ]
        if arguments.to:
            rows = [{name: _cell(value) for name, value in row.items()} for row in rows]
        return show(pd.DataFrame(rows, columns=list(_COLUMNS)), arguments, "document")
    for _, document in sorted(heard.items()):
        print(_in_words(document))
    if heard:
        print(_by_role([document for document in heard.values() if not document.counted_in]))
    for name, problems in sorted(unreadable.items()):
        print(f"{name}: not read. {' '.join(map(str, problems))}")
    return 0


_COLUMNS = (
    *("document", "kind", "participants", "sitting", "language", "counted_in", "format", "encoding"),
    *(
        "words",
        "turns",
        "speakers",
        "participant",
        "interviewer",
        "other",
        "unknown",
        "notes",
        "doubts",
        "problem",
    ),
)


def _cell(value: object) -> object:
    return "; ".join(value) if isinstance(value, tuple) else value


def _opened(study: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The documents that can be read, as the study's files say who speaks, and the problems of the others."""
    from casestudy.people import participants, speakers
    from casestudy.transcripts import transcript

    texts, unreadable = transcript.survey(study)
    return speakers.heard(study, texts, participants.read(study)), unreadable


def _row(document: Any) -> dict[str, object]:
    from casestudy.people.speakers import words_by_role
    from casestudy.transcripts.transcript import word_count

    counts = words_by_role([document]).iloc[0].to_dict()
    return {
        **counts,
        "document": document.id,
        "kind": document.kind,
        "participants": document.participants,
        "sitting": document.sitting,
        "language": document.language,
        "counted_in": document.counted_in,
        "format": document.format,
        "encoding": document.encoding,
        "words": word_count(document.text),
        "turns": len(document.turns),
        "speakers": document.speakers,
        "notes": document.reading,
        "doubts": document.doubts,
        "problem": "",
    }


def _in_words(document: Any) -> str:
    """What was read of a document, in a line: format, length, notes, who speaks in which role how much."""
    row = _row(document)
    form = (
        row["encoding"]
        if str(row["encoding"]).startswith(document.format)
        else f"{row['format']}, {row['encoding']}"
    )
    whose = document.kind + (f" with {', '.join(document.participants)}" if document.participants else "")
    whose += f", counted in {document.counted_in}" * bool(document.counted_in)
    parts = [str(form), whose, counted(int(str(row["words"])), "word"), counted(len(document.turns), "turn")]
    speakers = [
        f"{voice['speaker']} ({voice['role']}{', ' * bool(voice['participant'])}{voice['participant']}, "
        f"{counted(voice['words'], 'word')})"
        for voice in _voices(document)
        if voice["speaker"]
    ]
    elsewhere = [f"its words are counted in {document.counted_in}"] if document.counted_in else []
    said = "; ".join([*parts, *elsewhere, *document.reading, *document.doubts])
    return f"{document.id}: {said}; speakers: {', '.join(speakers) or 'none'}."


def _by_role(documents: Sequence[Any]) -> str:
    """The words of all documents by whose they are, in a line; of a talk and its translations one counts."""
    from casestudy.people.speakers import words_by_role

    total = words_by_role(documents).drop(columns="document").sum()
    shares = ", ".join(f"{counted(int(count), 'word')} {_ROLES[str(role)]}" for role, count in total.items())
    return f"In all: {counted(len(documents), 'document')}; {shares}."


_ROLES = {
    "participant": "of participants and papers",
    "interviewer": "of interviewers",
    "other": "of others",
    "unknown": "of speakers who are not known",
}


def _voices(document: Any) -> list[dict[str, Any]]:
    """Each speaker of a document: role, participant, turns and words."""
    from casestudy.transcripts.transcript import word_count

    rows = []
    for speaker in dict.fromkeys(turn.speaker for turn in document.turns):
        turns = [turn for turn in document.turns if turn.speaker == speaker]
        speech = [turn for turn in turns if turn.kind == "speech"] or turns
        rows.append(
            {
                "document": document.id,
                "speaker": speaker,
                "role": speech[0].role,
                "participant": speech[0].participant,
                "turns": len(turns),
                "words": sum(word_count(document.spoken(turn)) for turn in turns),
            }
        )
    return rows


def _show(arguments: argparse.Namespace) -> int:
    from casestudy.errors import InputError, Problem, nearest

    study = study_of(arguments)
    documents, unreadable = _opened(study)
    if arguments.document not in documents:
        from casestudy.coding.table import messages
        from casestudy.people import participants, speakers

        documents |= speakers.heard(study, messages(study), participants.read(study))
    document = documents.get(arguments.document)
    if document is None:
        problems = unreadable.get(arguments.document)
        hint = nearest(arguments.document, documents)[:200]
        missing = Problem(f"document {arguments.document!r}", "it is not in the study.", hint)
        raise InputError("The document cannot be shown.", problems or [missing])
    turns = [
        {**row, "role": turn.role, "participant": turn.participant}
        for row, turn in zip(document.rows(), document.turns, strict=True)
    ]
    if arguments.json:
        shown = {"id": document.id, **_row(document), "turns": turns}
        del shown["problem"]
        print(json.dumps(shown, ensure_ascii=False, indent=1))
        return 0
    for row in turns:
        seconds = row["time_s"]
        time = "" if seconds is None else f" [{timedelta(seconds=int(float(str(seconds))))}]"
        who = f" {row['speaker']}" if row["speaker"] else ""
        known = f", {row['participant']}" if row["participant"] else ""
        print(f"{row['number']}{time}{who} ({row['role']}{known}): {' '.join(str(row['words']).split())}")
    return 0


def _speakers(arguments: argparse.Namespace) -> int:
    import pandas as pd

    from casestudy.people import documents as sheets
    from casestudy.people import participants, speakers

    study = study_of(arguments)
    if arguments.propose:
        return _propose(arguments, study)
    heard, unreadable = _opened(study)
    table, names = speakers.read(study), speakers.names_of(participants.read(study))
    whose = sheets.sheets(heard, names, sheets.read(study), study.language)
    rows = []
    for name, document in sorted(heard.items()):
        known = speakers.voices(document, whose[name], names, table)
        rows += [voice | {"why": known[voice["speaker"]].why} for voice in _voices(document)]
    columns = ["document", "speaker", "role", "participant", "turns", "words", "why"]
    done = show(pd.DataFrame(rows, columns=columns), arguments, "speaker")
    _say_unreadable(unreadable)
    return done


def _say_unreadable(unreadable: Mapping[str, Any]) -> None:
    for name, problems in sorted(unreadable.items()):
        print(f"{name}: not read. {' '.join(map(str, problems))}", file=sys.stderr)


def _propose(arguments: argparse.Namespace, study: Any) -> int:
    from casestudy.files import lists, locks
    from casestudy.files.writing import write_atomically
    from casestudy.people import documents as sheets
    from casestudy.people import participants, proposal, speakers
    from casestudy.transcripts import transcript

    texts, unreadable = transcript.survey(study)
    names = speakers.names_of(participants.read(study))
    with locks.writing(study.root, speakers.FILE):
        stated = speakers.read(study)
        texts = speakers.ruled(texts, stated)
        whose = sheets.sheets(texts, names, sheets.read(study), study.language)
        table = proposal.propose(texts, whose, names, stated)
        columns = [*proposal.COLUMNS, *(name for name in table if name not in proposal.COLUMNS)]
        if len(table) > len(stated):
            rows = table[columns].itertuples(index=False)
            write_atomically(study.root / speakers.FILE, lists.text(columns, rows).encode())
    fresh = table.iloc[len(stated) :]
    _say_unreadable(unreadable)
    if arguments.json or arguments.to:
        return show(fresh[list(proposal.COLUMNS)], arguments, "proposed row")
    for row in fresh.to_dict("records"):
        role = row["role"] or "not known: a person must say it"
        who = f" {row['participant']}" if row["participant"] else ""
        print(f"{row['document']} {row['speaker']}: {role}{who} ({row['why']})")
    left = proposal.undecided(table, whose)
    new = left.index.isin(fresh.index).sum()
    written = f"{counted(len(fresh), 'row')} written to {speakers.FILE}"
    print(f"{written}, {new} of which a person must complete; {counted(len(stated), 'row')} kept.")
    for row in left.to_dict("records"):
        asks = "which participant is it" if row["role"] else "who is it"
        print(f"  to decide: {row['document']}, {row['speaker']}: {asks}? {row['why']}")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from casestudy.files.writing import write_atomically
    from casestudy.study import Study
    from casestudy.transcripts import transcript, writers

    study = Study.find(getattr(arguments, "study", None))
    document = transcript.document(study, arguments.document)
    out = Path(arguments.out).resolve()
    data, lost = writers.write(document, out.suffix.lower(), anyway=arguments.anyway)
    write_atomically(out, data)
    held = f"It does not hold the whole text: {lost}" if lost else "Read back, it gives the same text."
    print(f"{out.name} is written. {held}")
    return 0
