"""Verbs of exchange with other tools: ``import``, ``qda``; ``export`` calls in here for their formats."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.cli.shared import add_output, group, show, study_of, verb_parser
from casestudy.wording import counted

if TYPE_CHECKING:
    from casestudy.interchange.account import Account
    from casestudy.interchange.refi_read import Reading

_IMPORT = """examples:
  casestudy import project.qdpx                   a project of NVivo, MAXQDA, ATLAS.ti, QualCoder, ...
  casestudy import ann.qdpx ben.qdpx --study s    two coders' copies: each coder keeps their work
  casestudy import segments.xlsx                  a table of coded segments, about documents of the study
  casestudy import project.qdpx --offsets utf16,crlf2

Read are REFI-QDA projects and codebooks (.qdpx, .qde, .qdc), QualCoder (.qda), Taguette (.sqlite3), RQDA
(.rqda), and tables of coded segments (.csv, .tsv, .xlsx). How a file counts positions is found out from its
texts; where they do not show it, --offsets says it: codepoints, utf16 or bytes; crlf1 or crlf2; nobom or
bom; exclusive or inclusive. The same file again changes nothing; a newer export updates what nobody changed
here."""


def add(subparsers: Any) -> None:
    """Add the verbs to the command line."""
    one = subparsers.add_parser(
        "import",
        help="bring another tool's coded project into the study",
        description="Bring another tool's coded project into the study.",
        epilog=_IMPORT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("files", nargs="+", type=Path, metavar="FILE")
    one.add_argument("--study", default=argparse.SUPPRESS, help="the study's folder (this one)")
    one.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    _add_reading(one)
    one.set_defaults(act=_import)
    verbs = group(subparsers, "qda", "look into other tools' projects", "casestudy qda check project.qdpx")
    one = verb_parser(verbs, "check", _check, "say what is in a project", "casestudy qda check p.qdpx")
    one.add_argument("file", type=Path)
    _add_reading(one)
    one = verb_parser(verbs, "diff", _diff, "list what differs", "casestudy qda diff old.qdpx new.qdpx")
    one.add_argument("before", type=Path)
    one.add_argument("after", type=Path)
    one.add_argument("--offsets", default="", help="how positions are counted")
    add_output(one)
    text = "casestudy qda convert p.qdpx p.sqlite3"
    one = verb_parser(verbs, "convert", _convert, "write a project in another tool's form", text)
    one.add_argument("file", type=Path)
    one.add_argument("to", type=Path, help="its ending is the form: .qdpx .qdc .qda .sqlite3 .csv .parquet")
    add_receiver(one)
    _add_reading(one)


def _add_reading(parser: Any) -> None:
    parser.add_argument("--offsets", default="", metavar="WORDS", help="how positions are counted")
    add_account(parser)


def add_account(parser: Any) -> None:
    """Add where the account of every element is written."""
    parser.add_argument(
        "--account", type=Path, metavar="FILE", help="write what became of every element as CSV"
    )


def add_receiver(parser: Any) -> None:
    """Add the tool that a project is written for."""
    parser.add_argument(
        "--for",
        dest="receiver",
        choices=["standard", "nvivo", "maxqda"],
        default="standard",
        help="qdpx: the tool that will read it, where it counts positions in its own way (standard)",
    )


def _read(path: Path, offsets: str, study: Any = None) -> Reading:
    from casestudy.interchange import readers
    from casestudy.interchange.conventions import parse

    within = None
    if study is not None and path.suffix.casefold() in (".csv", ".tsv", ".xlsx", ".txt"):
        from casestudy.interchange.account import Account
        from casestudy.interchange.from_study import collect

        within = collect(study, Account())
    chosen = parse(offsets) if offsets else None
    return readers.read(path, offsets=chosen, within=within)


def _import(arguments: argparse.Namespace) -> int:
    from casestudy.interchange.into_study import bring, refuse_nothing

    study = study_of(arguments)
    readings = [(path, _read(path, arguments.offsets, study)) for path in arguments.files]
    for path, reading in readings:
        refuse_nothing(reading.project, path.name)
    for path, reading in readings:
        brought = bring(study, reading, dry=arguments.dry_run)
        print(f"{path.name}: {_what(reading)}")
        for line in brought.done or ["nothing has changed"]:
            print(f"  {line}")
        for line in brought.differing:
            print(f"  left as it is: {line}")
        _tell(reading.account, arguments.account)
        if any("participant" in line and "added" in line for line in brought.done):
            print(
                "  People came with the file, and no consent: nobody is quoted until participants.csv says "
                "that they may be."
            )
    if arguments.dry_run:
        print("Nothing was written (--dry-run).")
    return 0


def _what(reading: Reading) -> str:
    """What was read, and how its positions were settled, in words."""
    project, placing = reading.project, reading.placing
    held = ", ".join(
        counted(len(things), what)
        for things, what in (
            (project.documents, "document"),
            (project.codes, "code"),
            (project.codings, "coding"),
            (project.coders, "coder"),
            (project.cases, "case"),
        )
    )
    said = f"{project.name!r} of {project.origin or 'an unnamed tool'}: {held}."
    if project.codings:
        exact = sum(one.standing == "exact" for one in project.codings)
        by_place = sum(one.standing == "placed" for one in project.codings)
        said += f" Quotes: {exact:,} exact as stored, {by_place:,} by position"
        moved = len(project.codings) - exact - by_place
        said += f", {moved:,} elsewhere or not in the text." if moved else "."
    if placing:
        said += f" Positions: {placing.convention.in_words()} ({placing.evidence}, {placing.score:.0%} fit)."
        for convention, count in placing.others.items():
            said += f" {counted(count, 'segment')} otherwise: {convention.in_words()}."
    return said


def _tell(account: Account, to: Path | None) -> None:
    """Print an account, and write it as a table where asked."""
    for line in account.lines():
        print(f"  {line}")
    if to:
        from casestudy.files.writing import write_atomically
        from casestudy.outputs import csv_text

        write_atomically(to, csv_text(account.table()).encode("utf-8", "replace"))
        print(f"  {counted(len(account.entries), 'element')} written to {to.name}")


def _check(arguments: argparse.Namespace) -> int:
    reading = _read(arguments.file, arguments.offsets)
    print(_what(reading))
    _tell(reading.account, arguments.account)
    return 0


def _diff(arguments: argparse.Namespace) -> int:
    from casestudy.interchange.difference import differences, table

    before, after = (_read(path, arguments.offsets).project for path in (arguments.before, arguments.after))
    return show(table(differences(before, after)), arguments, "difference")


def _convert(arguments: argparse.Namespace) -> int:
    from casestudy.interchange import writers
    from casestudy.interchange.account import Account

    form = writers.form_of(arguments.to)
    reading = _read(arguments.file, arguments.offsets)
    print(f"read: {_what(reading)}")
    _tell(reading.account, None)
    account = Account()
    writers.write(reading.project, form, arguments.to, account, arguments.receiver)
    print(f"written: {arguments.to.name}")
    _tell(account, arguments.account)
    return 0


def export(study: Any, form: str, to: Path | None, receiver: str, account_to: Path | None) -> int:
    """Write a study in another tool's form, or its codebook or quotes as a document.

    Parameters
    ----------
    study : Study
    form : str
        One of `casestudy.interchange.writers.FORMS`, ``codebook`` or ``quotes``.
    to : Path or None
        By default a file named after the form.
    receiver : str
        The tool that a .qdpx file is for.
    account_to : Path or None
        Where the account goes as CSV.
    """
    from casestudy.interchange import writers
    from casestudy.interchange.account import Account
    from casestudy.interchange.from_study import collect

    account = Account()
    project = collect(study, account)
    if form in ("codebook", "quotes"):
        return _book(study, project, form, to or Path(f"{form}.docx"))
    endings = {name: ending for ending, name in writers.ENDINGS.items()}
    path = to or Path(f"study{endings[form]}")  # type: ignore[index]
    writers.write(project, form, path, account, receiver)  # type: ignore[arg-type]
    print(
        f"{path}: {counted(len(project.codings), 'coding')}, {counted(len(project.documents), 'document')}."
    )
    _tell(account, account_to)
    print(
        "The file holds all the material, also of people who consented to no quotes: "
        "protect it like the interviews.",
        file=sys.stderr,
    )
    return 0


def _book(study: Any, project: Any, form: str, path: Path) -> int:
    from casestudy.coding.material import Material
    from casestudy.files.writing import write_atomically
    from casestudy.interchange import books

    listed = books.sections(project, Material(study) if form == "quotes" else None)
    title = f"{study.title}: {form}"
    if path.suffix.casefold() in (".html", ".htm"):
        data = books.html_text(title, listed).encode("utf-8", "replace")
    else:
        data = books.docx_bytes(title, listed)
    write_atomically(path, data)
    withheld = sum(one.withheld for one in listed)
    left = f", {counted(withheld, 'quote')} left out for want of consent" if withheld else ""
    print(f"{path}: {counted(len(listed), 'code')}{left}.")
    return 0
