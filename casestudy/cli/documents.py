"""The verb ``documents``: how each document was read, and documents in other formats."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from casestudy.wording import counted

_EPILOG = """example:
  casestudy documents list
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
