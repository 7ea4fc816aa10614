"""What several verbs ask in the same words."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def add_read(parser: Any) -> None:
    """Add the choice of what counts as read."""
    parser.add_argument(
        "--read",
        choices=["sheets", "whole", "all"],
        default="sheets",
        help="what counts as read: units of blind sheets, else documents in which a coder coded something "
        "(sheets); such documents whatever sheets there were (whole); every document that one of them "
        "coded (all)",
    )


def group(subparsers: Any, name: str, help_: str, epilog: str) -> Any:
    """The sub-verbs of a verb, such as those of ``codings``."""
    parser = verb_parser(subparsers, name, None, help_, epilog)
    return parser.add_subparsers(dest="verb", required=True, metavar="VERB")


def verb_parser(subparsers: Any, name: str, act: Any, help_: str, epilog: str) -> argparse.ArgumentParser:
    """A verb with its help, an example and ``--study``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=help_,
        description=help_[0].upper() + help_[1:] + ".",
        epilog="example:\n  " + epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--study", default=argparse.SUPPRESS, help="the study's folder (this one)")
    if act:
        parser.set_defaults(act=act)
    return parser


def study_of(arguments: argparse.Namespace) -> Any:
    """The study that the words name, or the one that the current folder is in."""
    from casestudy.study import Study

    return Study.find(getattr(arguments, "study", None))


def now(given: str) -> str:
    """The time given, or this moment in UTC."""
    from datetime import UTC, datetime

    return given or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def file_bytes(name: str) -> bytes:
    """What a file holds, or standard input for ``-``."""
    from casestudy.errors import InputError, Problem

    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise InputError("A file cannot be read.", [Problem(name, f"{error.strerror}.")]) from error


def add_json(parser: Any) -> None:
    """Add ``--json`` to a verb that lists things: the same for a script."""
    parser.add_argument("--json", action="store_true", help="print it as JSON, for a script")


def print_json(listed: Any) -> int:
    """Print what a verb lists as JSON.

    Returns
    -------
    int
        0, the exit code.
    """
    import json

    print(json.dumps(listed, ensure_ascii=False, indent=1))
    return 0


def add_output(parser: Any) -> None:
    """Add how a table is given out: lines for a person, ``--json`` for a script, ``--to`` for a file."""
    parser.add_argument("--json", action="store_true", help="print the rows as JSON, for a script")
    parser.add_argument("--to", default="", metavar="FILE", help="write the rows as CSV instead")
    parser.add_argument("--most", type=int, default=50, help="rows printed at most; 0 for all (50)")


def show(frame: Any, arguments: argparse.Namespace, what: str = "row") -> int:
    """Give out a table as `add_output` was answered.

    Parameters
    ----------
    frame : pandas.DataFrame
    arguments : argparse.Namespace
        With ``json``, ``to`` and ``most``.
    what : str
        What a row is, in the singular.

    Returns
    -------
    int
        0, the exit code.
    """
    from casestudy.files.writing import write_atomically
    from casestudy.outputs import csv_text
    from casestudy.wording import counted

    if arguments.to:
        write_atomically(Path(arguments.to), csv_text(frame).encode())
        print(f"{counted(len(frame), what)} written to {Path(arguments.to).name}.")
        return 0
    if arguments.json:
        print(frame.to_json(orient="records", force_ascii=False, indent=1))
        return 0
    shown = frame.head(arguments.most) if arguments.most else frame
    if len(shown):
        columns = [shown[name].map(_cell) for name in shown.columns]
        widths = [
            max(len(str(name)), *map(len, column))
            for name, column in zip(shown.columns, columns, strict=True)
        ]
        for row in (shown.columns, *zip(*columns, strict=True)):
            cells = (str(cell).ljust(width) for cell, width in zip(row, widths, strict=True))
            print("  ".join(cells).rstrip())
    rest = len(frame) - len(shown)
    print(f"{counted(len(frame), what)}{f', {rest:,} of which are not shown: --most 0' if rest else ''}.")
    return 0


def _cell(value: Any) -> str:
    """A cell for reading: numbers with three digits behind the point, line ends as spaces."""
    if isinstance(value, float):
        return "" if value != value else f"{value:.3f}".rstrip("0").rstrip(".")
    return " ".join(str(value).split(None)) if isinstance(value, str) else str(value)
