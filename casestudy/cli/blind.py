"""The verb ``blind``: sheets for a second coder, drawn and read back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

_UNITS = ("sentence", "paragraph", "turn", "document")
_ABOUT = """Draw a seeded sample of units without their codes, or read a filled sheet.

The sheet is CSV for any spreadsheet. The second coder writes ids of codes into the column codes, with ;
between them (commas, | and line ends do as well), and leaves it blank where the words have none. Rows may be
sorted; a row taken out counts as not read. The units are remembered in interviews/codings/CODER.units.jsonl,
so that agreement and reconcile compare these units and no others of their documents."""


def add(subparsers: Any) -> None:
    """Add the verb to the command line."""
    two = subparsers.add_parser(
        "blind",
        help="draw blind sheets for a second coder, and read them back",
        description=_ABOUT,
        epilog="examples:\n  casestudy blind draw --share 0.2 --out sheet.csv\n"
        "  casestudy blind read --coder b --file sheet.csv\n  casestudy agreement --coders a,b",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    two.add_argument("what", choices=["draw", "read"])
    two.add_argument(
        "--share",
        type=float,
        default=0.2,
        help="draw: share of the units of each document; messages are not drawn (0.2)",
    )
    two.add_argument("--unit", default="turn", help=f"draw: {', '.join(_UNITS)} (turn)")
    two.add_argument(
        "--by", default="group", help="draw: column of participants.csv that names strata (group)"
    )
    two.add_argument(
        "--coded", default="", metavar="CODER", help="draw: only from documents that this coder coded"
    )
    two.add_argument("--seed", type=int, default=1, help="draw: seed of the sample (1)")
    two.add_argument("--out", help="draw: file to write, not there yet; without it the sheet is printed")
    two.add_argument("--coder", help="read: who filled it in")
    two.add_argument("--file", help="read: the filled sheet")
    two.add_argument("--when", default="", help=argparse.SUPPRESS)
    two.add_argument("--study", default=None, help="the study's folder (this one)")
    two.set_defaults(act=_blind)


def _blind(arguments: argparse.Namespace) -> int:
    from casestudy.coding import table
    from casestudy.study import Study

    study = Study.find(arguments.study)
    act = _draw if arguments.what == "draw" else _read
    return act(arguments, study, table.material(study))


def _draw(arguments: argparse.Namespace, study: Any, documents: Any) -> int:
    from casestudy.coders import blind_draw, unit_ratings
    from casestudy.coding import codings
    from casestudy.errors import InputError, Problem, nearest
    from casestudy.files.writing import write_atomically
    from casestudy.people import participants
    from casestudy.wording import counted

    if arguments.unit not in _UNITS:
        problem = Problem(
            f"unit {arguments.unit!r}", "a sheet is not drawn by it.", nearest(arguments.unit, _UNITS)
        )
        raise InputError("No sheet was drawn.", [problem])
    path = Path(arguments.out).resolve() if arguments.out else None
    if path is not None and path.exists():
        problem = Problem(path.name, "it is there already, perhaps filled in.", "Name another file.")
        raise InputError("No sheet was drawn.", [problem])
    if path is not None and not path.parent.is_dir():
        problem = Problem(f"{arguments.out}", "its folder is not there.", "Make the folder first.")
        raise InputError("No sheet was drawn.", [problem])
    names = sorted(name for name, one in documents.items() if one.format != "message")
    if arguments.coded:
        coded = {one.document for one in codings.read(study) if one.coder == arguments.coded and one.codings}
        names = [name for name in names if name in coded]
    units = unit_ratings.units(documents, names, arguments.unit)
    if not units:
        found = f"none has a {arguments.unit}" + (
            f" that {arguments.coded} coded." if arguments.coded else "."
        )
        problem = Problem("documents", found, "See casestudy documents list.")
        raise InputError("No sheet was drawn.", [problem])
    people = participants.read(study)
    drawn = blind_draw.draw(
        units, people, arguments.share, by=arguments.by, seed=arguments.seed, documents=documents
    )
    how = f"share {arguments.share:g} of each of {counted(len(names), 'document')}, by {arguments.by}"
    words = (
        f"{len(drawn)} of {len(units)} {unit_ratings.plural(arguments.unit)}: {how}, seed {arguments.seed}"
    )
    text = blind_draw.sheet(drawn, documents, words)
    if path is None:
        print(text, end="")
        return 0
    write_atomically(path, text.encode("utf-8"))
    print(f"{words}. Written to {arguments.out}; its first row says how to fill it in.")
    print(f"Then: casestudy blind read --coder NAME --file {arguments.out}{_where(arguments)}")
    return 0


def _where(arguments: argparse.Namespace) -> str:
    """The study as it was named, for a command that a reader copies."""
    return f" --study {arguments.study}" if arguments.study else ""


def _read(arguments: argparse.Namespace, study: Any, documents: Any) -> int:
    from contextlib import ExitStack

    from casestudy.codebook import history
    from casestudy.coders import blind_draw, blind_read, units_read
    from casestudy.coding import codings
    from casestudy.errors import InputError, Problem
    from casestudy.files import locks
    from casestudy.wording import counted

    if not arguments.file or not arguments.coder:
        problem = Problem("blind read", "no file, or no coder.", "Give --file and --coder.")
        raise InputError("The sheet cannot be read.", [problem])
    sheet = blind_read.load(Path(arguments.file), documents, history.load(study))
    coder, units = arguments.coder, sheet.units
    with ExitStack() as held:
        for document in sorted({row.unit.document for row in sheet.rows}):
            held.enter_context(locks.writing(study.root, codings.file_of(coder, document)))
        made = blind_draw.plan(study, coder, sheet.rows, documents, arguments.when)
        units_read.append(study, coder, units, documents, sheet.drawn)
        for document, records in made.fresh.items():
            codings.append(study, coder, document, records)
    written = sum(map(len, made.fresh.values()))
    blank = sum(not one.codes for one in sheet.rows)
    print(
        f"{counted(written, 'coding')} by {coder} in {counted(len(made.fresh), 'document')}; "
        f"{counted(blank, 'unit')} {'has' if blank == 1 else 'have'} none."
    )
    if made.there:
        print(f"{counted(made.there, 'code')} of the sheet {_was(made.there)} given before.")
    if made.removed:
        print(f"{counted(made.removed, 'code')} {_was(made.removed)} removed since, and stay away.")
    for note in sheet.notes:
        print(note)
    for one in made.left:
        place = f"--coder {coder} --document {one.document}{_where(arguments)}"
        print(f"{one.code} at {one.document} {one.start}-{one.end} is not in this sheet and stays. Else:")
        print(f"  casestudy codings remove {place} {one.id}")
    print(
        f"{counted(len(units), 'unit')} in {counted(len({one.document for one in units}), 'document')} "
        f"count as read by {coder}, and no other part: see interviews/codings/{coder}{units_read.END}."
    )
    return 0


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
