"""Verbs about the study as a whole: new, check."""

from __future__ import annotations

import argparse
import gc
import sys
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from casestudy.cli.shared import add_json, print_json
from casestudy.errors import CaseStudyError, InputError, Problem, listed
from casestudy.files import reading
from casestudy.files.guard import surveyed
from casestudy.files.writing import write_atomically
from casestudy.installed import Kind
from casestudy.study import Study
from casestudy.wording import counted

# Rooms with files of their own in a study; each lists the problems of those files.
CHECKED = (
    *("transcripts", "coding", "coders", "usage", "simulator", "purchases", "nutrition"),
    *("dynamics", "evidence", "literature"),
)
# Those that check the opened study rather than files of their own.
_OF_WORDS = frozenset(("coding", "coders", "evidence"))


def add(verbs: Any) -> None:
    """Add the verbs of this area."""
    new = verbs.add_parser(
        "new",
        help="make a study of your own, with a tutorial inside or empty",
        description="Make a folder of the same shape as the reference study, with a tutorial of three pages.",
        epilog="example:\n  casestudy new ../my-study && cd ../my-study && casestudy run\n"
        "  casestudy new --empty ../my-study && cd ../my-study && casestudy bring ../data/*\n"
        "  casestudy new ../my-study --with log && cd ../my-study && casestudy import-log ../export.json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    new.add_argument("name", type=Path, help="the new folder")
    new.add_argument("--title", help="the study's title; made from the folder's name by default")
    new.add_argument("--empty", action="store_true", help="leave the tutorial and its material out")
    new.add_argument(
        "--with",
        dest="kinds",
        nargs="+",
        choices=get_args(Kind),
        default=[],
        metavar="KIND",
        help="an empty study with the notebooks for interviews, log, purchases or review",
    )
    new.set_defaults(act=_new)
    check = verbs.add_parser(
        "check",
        help="list every problem of the study's files",
        description="Read every file of the study and list every problem with its place and remedy.",
        epilog="example:\n  casestudy check",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument(
        "--study", type=Path, metavar="DIR", help="the study's folder; found upward by default"
    )
    check.add_argument("--all", action="store_true", help="list every problem, however many of one kind")
    add_json(check)
    check.set_defaults(act=_check)


def _new(given: argparse.Namespace) -> int:
    from casestudy.cli.scaffold import create

    for line in create(given.name, given.title, empty=given.empty, kinds=given.kinds):
        print(line)
    return 0


def problems_of(study: Study) -> list[Problem]:
    """Every problem of the study's notebooks and files."""
    from casestudy.coding.codings import uncollected
    from casestudy.coding.material import Material
    from casestudy.run import notebook, parameters

    problems: list[Problem] = []
    try:
        notebooks = notebook.of_study(study)
        parameters.merged(notebooks, study.parameters)
    except CaseStudyError as error:
        problems += error.problems
    problems += study.led_out()
    with reading.once(), uncollected():
        opened = Material(study)
        for room in CHECKED:
            given = opened if room in _OF_WORDS else study
            check = import_module(f"casestudy.{room}.check").check
            problems += surveyed(f"files of {room}", partial(check, given))
        gc.freeze()  # what was read lives until the command ends: to look for circles in it takes a while
    return problems


def line_of_problems(study: Study, named: Path | None, moved: bool) -> str:
    """What `run` says at its end of the problems of the study's files; empty where there are none.

    Reading every file takes seconds, so a run in which nothing moved reads them only where the last one left
    problems behind.
    """
    left = study.root / ".casestudy" / "problems"
    if not (moved or left.exists()):
        return ""
    found = len(problems_of(study))
    if not found:
        left.unlink(missing_ok=True)
        return ""
    write_atomically(left, f"{found}\n".encode())
    where = f" --study {named}" if named else ""
    return f"{counted(found, 'problem')} in the study's files: casestudy check{where}"


def _check(given: argparse.Namespace) -> int:
    study = Study.find(given.study)
    with reading.once():
        return _told(given, study)


def _told(given: argparse.Namespace, study: Study) -> int:
    """Print every problem, or that there is none and which notebooks can run."""
    from casestudy.cli import needs
    from casestudy.run import notebook

    problems = problems_of(study)
    if given.json:
        print_json([asdict(one) for one in problems])
        return InputError.exit_code if problems else 0
    if problems:
        if given.study and any("casestudy " in one.remedy for one in problems):
            print(
                f"Add --study {given.study} to the commands below, or go into that folder.", file=sys.stderr
            )
        summary = f"The study has {counted(len(problems), 'problem')}."
        if given.all:
            print("\n".join([f"casestudy: {summary}", *listed(problems, every=True)]), file=sys.stderr)
            return InputError.exit_code
        if len(listed(problems)) < len(problems):
            summary += " Those of one kind are counted; casestudy check --all lists every one."
        raise InputError(summary, problems)
    print(f"{study.title}: no problem found")
    _by_hand(study)
    with suppress(CaseStudyError):
        verdicts = needs.judged(study, notebook.of_study(study))
        if lines := needs.in_words(verdicts):
            print("\n".join([needs.summed(verdicts), *lines]))
    return 0


def _by_hand(study: Study) -> None:
    """Say which judgements hold numbers that nothing ties to a table."""
    from casestudy.coding.material import Material
    from casestudy.evidence import claims, prose

    found = Material(study)
    for where, numbers in prose.by_hand(found, claims.load(study, found.framework)):
        print(f"  written by hand, look whether it still holds: {where}: {numbers}")
