"""The verb ``documents``: how each document was read, who speaks in it, and documents in other formats."""

from __future__ import annotations

import argparse
import json
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
    one = verbs.add_parser("list", help="format, encoding, turns, speakers, and what was not kept")
    one.add_argument("--study", default=argparse.SUPPRESS, help="the study's folder (this one)")
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
    from casestudy.study import Study
    from casestudy.transcripts import transcript

    study = Study.find(getattr(arguments, "study", None))
    for name, one in sorted(transcript.documents(study).items()):
        words = f"{counted(transcript.word_count(one.text), 'word')}, {counted(len(one.turns), 'turn')}"
        kind = one.encoding if one.encoding.startswith(one.format) else f"{one.format}, {one.encoding}"
        notes = "; ".join((kind, words, *one.reading, *one.doubts))
        print(f"{name}: {notes}; speakers: {', '.join(one.speakers) or 'none'}.")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from casestudy.coding.table import material
    from casestudy.errors import InputError, Problem, nearest

    documents = material(study_of(arguments))
    document = documents.get(arguments.document)
    if document is None:
        hint = nearest(arguments.document, documents)[:200]
        problem = Problem(f"document {arguments.document!r}", "it is not in the study.", hint)
        raise InputError("A document is unknown.", [problem])
    turns = [
        {**row, "role": turn.role, "participant": turn.participant}
        for row, turn in zip(document.rows(), document.turns, strict=True)
    ]
    if arguments.json:
        whole: dict[str, object] = {
            "id": document.id,
            "kind": document.kind,
            "participants": document.participants,
        }
        print(
            json.dumps({**whole, "language": document.language, "turns": turns}, ensure_ascii=False, indent=1)
        )
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

    from casestudy.files import lists, locks
    from casestudy.files.writing import write_atomically
    from casestudy.people import documents as sheets
    from casestudy.people import participants, proposal, speakers
    from casestudy.transcripts import transcript

    study = study_of(arguments)
    people = participants.read(study)
    texts, names = transcript.documents(study), speakers.names_of(people)
    whose = sheets.sheets(texts, names, sheets.read(study))
    if arguments.propose:
        with locks.writing(study.root, speakers.FILE):
            stated = speakers.read(study)
            table = proposal.propose(texts, whose, names, stated)
            rows = table[list(proposal.COLUMNS)].itertuples(index=False)
            if len(table) > len(stated):
                write_atomically(study.root / speakers.FILE, lists.text(proposal.COLUMNS, rows).encode())
        fresh = table.iloc[len(stated) :]
        for row in fresh.to_dict("records"):
            role = row["role"] or "not known: a person must say it"
            who = f" {row['participant']}" if row["participant"] else ""
            print(f"{row['document']} {row['speaker']}: {role}{who} ({row['why']})")
        open_ = int(
            fresh["role"].eq("").sum() + (fresh["role"].eq("participant") & fresh["participant"].eq("")).sum()
        )
        written = f"{counted(len(fresh), 'row')} written to {speakers.FILE}"
        print(f"{written}, {open_} of which a person must complete.")
        return 0
    heard = speakers.heard(study, texts, people)
    table = pd.DataFrame(
        [
            {
                "document": name,
                "speaker": speaker,
                "role": turns[0].role,
                "participant": turns[0].participant,
                "turns": len(turns),
                "words": sum(len(document.spoken(turn).split()) for turn in turns),
            }
            for name, document in sorted(heard.items())
            for speaker in dict.fromkeys(turn.speaker for turn in document.turns)
            for turns in [[turn for turn in document.turns if turn.speaker == speaker]]
        ],
        columns=["document", "speaker", "role", "participant", "turns", "words"],
    )
    return show(table, arguments, "speaker")


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
