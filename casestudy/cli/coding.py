"""Verbs of the qualitative half: codings, code, pseudonymise."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

_ADDING = """casestudy codings add --coder a --document c01 --file list.json

The list is JSON ([{"code", "quote", "occurrence", "attributes", "memo"}, ...], or one object a line),
CSV (code,quote,...; further columns are attributes) or text (code | quote | name=value; ... | memo).
Every quote is looked up in the document. If one is not there, or there twice without an occurrence,
all problems are listed and nothing is written. What is there already is not repeated."""


def add(subparsers: Any) -> None:
    """Add the verbs to the command line."""
    _codings(subparsers)


def _codings(subparsers: Any) -> None:
    verbs = _group(
        subparsers,
        "codings",
        "write, list and mend codings",
        "casestudy codings add --coder a --document c01 --file list.json",
    )
    one = _verb(verbs, "add", _add, "write codings by quote", _ADDING)
    _who(one)
    one.add_argument("--file", required=True, help="the list; - reads standard input")
    one.add_argument("--when", default="", help="time of the coding, like 2026-03-01T10:00:00Z (now)")
    one.add_argument("--dry", action="store_true", help="check only, write nothing")
    one = _verb(verbs, "list", _list, "list the codings that hold", "casestudy codings list --document c01")
    one.add_argument("--coder", default="*")
    one.add_argument("--document", default="*")


def _group(subparsers: Any, name: str, help_: str, epilog: str) -> Any:
    parser = subparsers.add_parser(
        name,
        help=help_,
        description=help_[0].upper() + help_[1:] + ".",
        epilog="example:\n  " + epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser.add_subparsers(dest="verb", required=True, metavar="verb")


def _verb(subparsers: Any, name: str, act: Any, help_: str, epilog: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=help_,
        description=help_[0].upper() + help_[1:] + ".",
        epilog="example:\n  " + epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(act=act)
    return parser


def _who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--coder", required=True, help="the coder's short name: a folder of interviews/codings"
    )
    parser.add_argument("--document", required=True, help="the document's id, such as c01")


def _study(arguments: argparse.Namespace) -> Any:
    from casestudy.study import Study

    return Study.find(getattr(arguments, "study", None))


def _now(given: str) -> str:
    from datetime import UTC, datetime

    return given or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(arguments: argparse.Namespace) -> int:
    from casestudy.coding import codebook, codings, quoting
    from casestudy.errors import InputError, Problem
    from casestudy.transcripts import transcript

    study = _study(arguments)
    try:
        data = sys.stdin.buffer.read() if arguments.file == "-" else Path(arguments.file).read_bytes()
    except OSError as error:
        problem = Problem(arguments.file, f"{error.strerror}.")
        raise InputError("The list cannot be read.", [problem]) from error
    wishes = quoting.read_list(data, Path(arguments.file).name)
    document = transcript.document(study, arguments.document)
    before = codings.work(study, arguments.coder, arguments.document)
    book, vocabulary = codebook.load(study), codebook.attributes(study)
    records, again = quoting.place(
        wishes, document, before, book if book.codes else None, vocabulary, _now(arguments.when)
    )
    if records and not arguments.dry:
        codings.append(study, arguments.coder, arguments.document, records)
    done = "would be written" if arguments.dry else "written"
    print(
        f"{arguments.document}, coder {arguments.coder}: {len(records)} codings {done}, {again} there before."
    )
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from casestudy.coding import codings

    for work in codings.read(_study(arguments), arguments.coder, arguments.document):
        for one in work.codings:
            quote = " ".join(one.quote.split())
            shown = quote if len(quote) <= 70 else quote[:69] + "…"
            print(f"{work.coder} {work.document} {one.id} {one.start}-{one.end} {one.code}: {shown}")
    return 0


def _alone() -> int:
    """Run the verbs of this module by themselves: ``python -m casestudy.cli.coding codings add …``."""
    from casestudy.errors import CaseStudyError

    parser = argparse.ArgumentParser(prog="casestudy")
    parser.add_argument("--study", default=None)
    add(parser.add_subparsers(required=True))
    arguments = parser.parse_args()
    try:
        return int(arguments.act(arguments))
    except CaseStudyError as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(_alone())
