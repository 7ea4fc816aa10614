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
