"""Verbs of the literature review: records, decide, sheet, flow, add, ris."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from casestudy.cli.shared import add_json, print_json
from casestudy.wording import counted

_MOST_NOTES = 10


def add(subparsers: Any) -> None:
    """Add ``casestudy literature VERB`` to the command line."""
    top = subparsers.add_parser(
        "literature",
        help="review publications: records, screening, flow, codings",
        description="Read, screen and code the publications under literature/.",
        epilog="example:\n  casestudy literature records",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="verb")
    one = _verb(
        verbs,
        "records",
        _records,
        "say what was read, repaired, refused, joined and is doubtful; keep the ids",
        "casestudy literature records",
    )
    one.add_argument("--every", action="store_true", help=f"list every place (default: {_MOST_NOTES} a file)")
    add_json(one)
    one = _verb(
        verbs,
        "sheet",
        _sheet,
        "write a blank screening sheet",
        "casestudy literature sheet --person anna --to anna.csv",
    )
    one.add_argument("--person", required=True, help="who will screen: the name of the file")
    one.add_argument("--to", default="", help="file to write (default: PERSON.csv in the working folder)")
    one = _verb(verbs, "flow", _flow, "count the flow of records so far", "casestudy literature flow")
    add_json(one)
    one = _verb(
        verbs,
        "add",
        _add,
        "code a note by quote",
        "casestudy literature add --coder anna --record bull-2003-strategic --file list.csv\n"
        "  (code,quote columns, as for casestudy codings add)",
    )
    one.add_argument("--coder", required=True, help="a folder of literature/codings")
    one.add_argument("--record", required=True, help="id of the record whose note is coded")
    one.add_argument("--file", required=True, help="the list of codes and quotes; - reads standard input")
    one.add_argument("--when", default="", help="time of the coding, such as 2026-03-01T10:00:00Z")
    one = _verb(
        verbs,
        "decide",
        _decide,
        "decide that two records are the same publication, or stay apart",
        'casestudy literature decide "a.ris, line 3" "b.bib, line 10" --same --person anna\n'
        "  (places as casestudy literature records names them)",
    )
    one.add_argument("one", help="where one record stands")
    one.add_argument("other", help="where the other stands")
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--same", action="store_true", help="they are the same publication")
    which.add_argument("--apart", action="store_true", help="they are two, whatever the rules say")
    one.add_argument("--person", required=True, help="who decides")
    one.add_argument("--why", default="", help="what it rests on")
    one = _verb(verbs, "ris", _ris, "print the joined records as RIS", "casestudy literature ris > all.ris")


def _verb(verbs: Any, name: str, act: Any, help_: str, example: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=help_,
        description=help_[0].upper() + help_[1:] + ".",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--study", default=None, help="the study's folder (default: found from here)")
    parser.set_defaults(act=act)
    return parser


def _study(arguments: argparse.Namespace) -> Any:
    from casestudy.study import Study

    return Study.find(arguments.study)


def _records(arguments: argparse.Namespace) -> int:
    from casestudy.errors import raise_if
    from casestudy.literature import duplicates, readers

    study = _study(arguments)
    if arguments.json:
        return _records_as_json(study)
    for reading in readers.readings(study):
        repaired = len({note.where for note in reading.notes})
        print(
            f"{reading.name}: {counted(reading.entries, 'entry', 'entries')}, {len(reading.records)} read, "
            f"{len(reading.refused)} refused; {counted(repaired, 'place')} repaired or odd."
        )
        shown = reading.notes if arguments.every else reading.notes[:_MOST_NOTES]
        for note in shown:
            print(f"  {note}")
        if len(reading.notes) > len(shown):
            print(f"  … and {len(reading.notes) - len(shown)} more; --every lists them all.")
    records, problems = readers.survey(study)
    joined = duplicates.join(records)
    print(
        f"{counted(len(records), 'record')} in {counted(len({one.source for one in records}), 'source')}; "
        f"{counted(len(joined.records), 'publication')} after joining "
        f"{counted(len(records) - len(joined.records), 'duplicate')}."
    )
    for row in joined.report.to_dict("records"):
        print(f"  joined by {row['rule']} ({row['likeness']:.2f}): {row['duplicate']} into {row['kept']}")
    for row in joined.doubtful.to_dict("records"):
        kind = "linked" if row["link"] else "doubtful, not joined"
        print(f"  {kind}: {row['one']} and {row['other']}: {row['why']}")
    unverified = [one for one in joined.records if not one.verified]
    print(f"{len(unverified)} without an address under 'verified'.")
    for one in sorted(joined.records, key=lambda one: one.id):
        print(f"  {one.id}")
    _keep_ids(study, joined.records)
    raise_if(problems, "The bibliographic records have problems.")
    return 0


def _records_as_json(study: Any) -> int:
    """What was read of each file, the publications after joining, what was joined and what is doubtful."""
    from dataclasses import asdict

    from casestudy.errors import InputError
    from casestudy.literature import duplicates, readers

    records, problems = readers.survey(study)
    joined = duplicates.join(records)
    names = ("id", "title", "authors", "year", "outlet", "doi", "type", "source", "verified")
    files = [
        {"file": one.name, "entries": one.entries, "read": len(one.records), "refused": len(one.refused)}
        | {"notes": [str(note) for note in one.notes]}
        for one in readers.readings(study)
    ]
    print_json(
        {
            "files": files,
            "records": [
                {name: getattr(one, name) for name in names}
                for one in sorted(joined.records, key=lambda one: one.id)
            ],
            "joined": joined.report.astype(object).to_dict("records"),
            "doubtful": joined.doubtful.astype(object).to_dict("records"),
            "problems": [asdict(one) for one in problems],
        }
    )
    _keep_ids(study, joined.records, say=False)
    return InputError.exit_code if problems else 0


def _keep_ids(study: Any, publications: Any, *, say: bool = True) -> None:
    """Write down the ids that a person now has in hand, so that they stay."""
    from casestudy.literature import ids

    if (n := ids.keep(study, publications)) and say:
        print(f"{ids.FILE}: {counted(n, 'line')} added, so that these ids stay.")


def _decide(arguments: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from casestudy.errors import InputError, Problem
    from casestudy.literature import pairs, readers

    study = _study(arguments)
    records, _ = readers.survey(study)
    one, other = (pairs.find(records, place) for place in (arguments.one, arguments.other))
    if one is other:
        problem = Problem(arguments.one, "both places are one record.", "Name two.")
        raise InputError("Nothing is decided.", [problem])
    when = datetime.now(UTC).isoformat(timespec="seconds")
    pairs.decide(study, one, other, arguments.same, arguments.person, arguments.why, when)
    words = "the same publication" if arguments.same else "two publications"
    print(f"{pairs.FILE}: {one.where} and {other.where} are {words}.")
    return 0


def _sheet(arguments: argparse.Namespace) -> int:
    from casestudy.errors import InputError, Problem
    from casestudy.files.writing import write_atomically
    from casestudy.literature import duplicates, prisma, protocol, readers, screening
    from casestudy.outputs import csv_text

    study = _study(arguments)
    target = Path(arguments.to or f"{arguments.person}.csv")
    if target.exists():
        problem = Problem(str(target), "it is there already.", "Name another file with --to.")
        raise InputError("The sheet is not written.", [problem])
    joined = duplicates.join(readers.load(study))
    kept = prisma.eligible(joined.records, protocol.load(study))
    write_atomically(target, csv_text(screening.sheet(kept)).encode())
    _keep_ids(study, joined.records)
    print(
        f"{target}: {counted(len(kept), 'record')}. Fill in decision (include, exclude) and reason, take the "
        f"columns after note out, and put it into {screening.FOLDER}/{arguments.person}.csv."
    )
    return 0


def _flow(arguments: argparse.Namespace) -> int:
    from casestudy.literature import duplicates, prisma, protocol, readers, screening

    study = _study(arguments)
    records = readers.load(study)
    joined, plan = duplicates.join(records), protocol.load(study)
    screened = screening.load(study, joined.records, plan.reasons)
    rows = prisma.count(records, joined, plan, screened, protocol.notes(study)).rows()
    if arguments.json:
        return print_json(rows)
    for row in rows:
        detail = f"  ({row['detail']})" if row["detail"] else ""
        print(f"{row['phase']:<15} {row['box']:<26} {row['n']:>6}{detail}")
    return 0


def _add(arguments: argparse.Namespace) -> int:
    from casestudy.cli.shared import file_bytes
    from casestudy.codebook import history
    from casestudy.coding import wishes
    from casestudy.literature import extraction, protocol

    study = _study(arguments)
    listed = wishes.read_list(file_bytes(arguments.file), arguments.file)
    path, n = extraction.append(
        study,
        arguments.coder,
        arguments.record,
        [(one.code, one.quote, one.occurrence, one.memo) for one in listed],
        history.load(study),
        protocol.notes(study),
        when=arguments.when,
    )
    print(f"{path.relative_to(study.root).as_posix()}: {counted(n, 'coding')} written.")
    return 0


def _ris(arguments: argparse.Namespace) -> int:
    from casestudy.literature import duplicates, readers

    joined = duplicates.join(readers.load(_study(arguments)))
    print(readers.write_ris(joined.records), end="")
    return 0
