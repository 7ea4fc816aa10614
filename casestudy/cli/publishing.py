"""Verb of publishing: export."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

_EPILOG = """examples:
  casestudy export docx                     report.docx: answers, notebooks, themes, claims, methods
  casestudy export docx --words --to a.docx   with the documents themselves
  casestudy export crate --date 2026-01-31  study.crate.zip: an RO-Crate of the whole study
  casestudy export qdpx --to s.qdpx --for nvivo  a REFI-QDA project, positions as NVivo counts them
  casestudy export qdc --to s.qdc                the codes alone, as a REFI-QDA codebook
  casestudy export qualcoder --to s.qda          a QualCoder project; taguette: a .sqlite3 file
  casestudy export csv --to codings.csv          one row a coding; parquet: the same
  casestudy export quotes --to quotes.html       quotes by code, of those who may be quoted; codebook: codes
  casestudy export segments --to segments.xlsx   coded segments with all columns; .csv, .docx, .md as well
  casestudy export matrix --to codes.csv --cases participant --values presence   0 and 1, ready for R
  casestudy export framework-matrix --to m.xlsx  participants by themes, in your own summaries
  casestudy export page 20-use --to use.html     a notebook's page as one file to send
"""


FORMS = (
    *("docx", "crate", "qdpx", "qdc", "qualcoder", "taguette", "csv", "parquet", "codebook", "quotes"),
    *("segments", "matrix", "framework-matrix", "page"),
)


def add(subparsers: Any) -> None:
    """Add the verb ``export``."""
    from casestudy.cli import exchange, taking

    parser = subparsers.add_parser(
        "export",
        help="write the report as a Word document, the study as an RO-Crate or for another tool",
        description="Write the report as a Word document, the study as an RO-Crate or for another tool.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("form", choices=FORMS, help="what to write: see the examples")
    parser.add_argument("name", nargs="?", default="", help="page: the notebook's name, such as 20-use")
    parser.add_argument(
        "--study", type=Path, metavar="DIR", help="the study's folder; found upward by default"
    )
    parser.add_argument("--to", type=Path, metavar="FILE", help="the file to write")
    parser.add_argument("--words", action="store_true", help="docx: add the documents themselves")
    parser.add_argument("--date", default="", help="crate: the day it is published, 2026-01-31")
    exchange.add_receiver(parser)
    exchange.add_account(parser)
    taking.add_options(parser)
    parser.set_defaults(act=_export)


def _export(given: argparse.Namespace) -> int:
    from casestudy.cli import taking
    from casestudy.errors import InputError, Problem
    from casestudy.files.writing import write_atomically
    from casestudy.study import Study

    study = Study.find(given.study)
    if given.name and given.form != "page":
        problem = Problem("export", f"{given.form} takes no name: {given.name!r}.", "Give a file with --to.")
        raise InputError("The study cannot be exported.", [problem])
    if given.form in taking.FORMS:
        return taking.export(study, given)
    if given.form not in ("docx", "crate"):
        from casestudy.cli import exchange

        return exchange.export(study, given.form, given.to, given.receiver, given.account)
    if given.form == "docx":
        from casestudy.report.word import report

        path, data = given.to or Path("report.docx"), report(study, words=given.words)
    else:
        from casestudy.privacy import share
        from casestudy.report.crate import packed

        date = _date(given.date)
        shared = share.gather(study)
        path, data = given.to or Path("study.crate.zip"), packed(study, shared, date)
        for one in shared.withheld:
            print(f"  withheld  {one}")
    write_atomically(path, data)
    print(f"{path}: {len(data):,} bytes")
    return 0


def _date(text: str) -> str:
    import datetime

    from casestudy.errors import InputError, Problem

    try:
        return datetime.date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        problem = Problem("--date", f"{text!r} is not a day.", "Write it like 2026-01-31.")
        raise InputError("The study cannot be exported.", [problem]) from error
