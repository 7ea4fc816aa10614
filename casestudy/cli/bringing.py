"""The verb ``bring``: transcripts, a facesheet and a codebook into a study."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from casestudy.cli.shared import add_json, print_json, study_of

_EPILOG = """examples:
  casestudy bring ../data                        every transcript, facesheet and codebook of a folder
  casestudy bring talks/*.vtt people.xlsx codebook.docx
  casestudy bring people.xlsx --map "Kind of shop=group" --map "Nr=participant_id"

Transcripts of every format that is read are copied as they are. A facesheet (.xlsx, .ods, .csv) fills
interviews/participants.csv, a codebook (the same, or a table in .docx or .odt) a file of coding_schemes/.
Whose a talk is follows from the name of its file (P01_second.docx) or from names of speakers. It says
what it took for what, and what is missing. All is brought or nothing; the same files again change
nothing."""


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "bring",
        help="bring transcripts, a facesheet and a codebook into the study",
        description="Bring transcripts, a facesheet and a codebook into the study.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file, or a folder of files")
    parser.add_argument(
        "--map", action="append", default=[], metavar="HEADING=FIELD", help="which column is which field"
    )
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="HEADING",
        help="a column to keep that says who a person is",
    )
    parser.add_argument("--dry", action="store_true", help="say what would be done, write nothing")
    parser.add_argument("--study", default=argparse.SUPPRESS, help="the study's folder (this one)")
    add_json(parser)
    parser.set_defaults(act=_bring)


def _bring(arguments: argparse.Namespace) -> int:
    from casestudy.bring import plan

    study = study_of(arguments)
    ask = _asked if sys.stdin.isatty() and not arguments.json else None
    brought = plan.bring(
        study, arguments.files, columns=arguments.map, keep=arguments.keep, ask=ask, dry=arguments.dry
    )
    if arguments.json:
        written = sorted(path.relative_to(study.root).as_posix() for path in brought.changes)
        said = {"done": brought.done, "left_out": brought.left, "missing": brought.missing}
        return print_json({"written": [] if arguments.dry else written, **said})
    print("\n".join(brought.done))
    for title, lines in (("left out", brought.left), ("missing", brought.missing)):
        if lines:
            print("\n".join([f"{title}:", *(f"  {line}" for line in lines)]))
    if not brought.changes:
        print("Nothing has changed: all of it is there already.")
    elif arguments.dry:
        print("Nothing was written (--dry).")
    return 0


def _asked(question: str, headings: Sequence[str]) -> str:
    """Ask a person which heading is meant; an empty answer is none of them."""
    print(question, file=sys.stderr)
    for number, heading in enumerate(headings, start=1):
        print(f"  {number}  {heading}", file=sys.stderr)
    print("Its number, or nothing: ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip()
    if answer.isdecimal() and 1 <= int(answer) <= len(headings):
        return headings[int(answer) - 1]
    return answer if answer in headings else ""
