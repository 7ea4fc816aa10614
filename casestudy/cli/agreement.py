"""The verbs ``agreement`` and ``blind``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

_CAUTION = (
    "Caution: this study's stance is reflexive. Reflexive thematic analysis does not treat agreement "
    "between coders "
    "as a measure of quality; read the disagreements instead."
)


def add(subparsers: Any) -> None:
    """Add the verbs to the command line."""
    from casestudy.cli import reconcile

    reconcile.add(subparsers)
    plain = argparse.RawDescriptionHelpFormatter
    one = subparsers.add_parser(
        "agreement",
        help="say how far coders agree, code by code",
        description="Agreement between coders on each code, with intervals, over the documents they share.",
        epilog="examples:\n  casestudy agreement --coders a,b --unit sentence\n"
        "  casestudy agreement --coders a,b --blind sheet.csv",
        formatter_class=plain,
    )
    one.add_argument("--coders", default="", help="two or more, with commas between them (all)")
    one.add_argument(
        "--unit",
        default="",
        help="sentence, paragraph, turn, document, character or segment (sentence)",
    )
    one.add_argument("--overlap", type=float, default=0.5, help="shared text that makes one segment (0.5)")
    one.add_argument(
        "--uncoded",
        choices=["both", "counted", "left-out"],
        default="both",
        help="whether units that nobody coded count; both ways are shown by default",
    )
    one.add_argument("--least", type=int, default=5, help="fewest units in which a code is said (5)")
    one.add_argument("--seed", type=int, default=1, help="of the intervals (1)")
    one.add_argument("--blind", default="", metavar="SHEET", help="only the units of this blind sheet")
    one.add_argument("--gamma", action="store_true", help="add gamma of each scheme, over spans as drawn")
    one.add_argument("--insist", action="store_true", help="print coefficients in a reflexive study")
    one.add_argument("--study", default=None, help="the study's folder (this one)")
    one.set_defaults(act=_agreement)
    two = subparsers.add_parser(
        "blind",
        help="draw blind sheets for a second coder, and read them back",
        description="Draw a seeded sample of units without their codes, or read a filled sheet.",
        epilog="examples:\n  casestudy blind draw --share 0.2 --out sheet.csv\n"
        "  casestudy blind read --coder b --file sheet.csv",
        formatter_class=plain,
    )
    two.add_argument("what", choices=["draw", "read"])
    two.add_argument("--share", type=float, default=0.2, help="draw: share of each interview's units (0.2)")
    two.add_argument("--unit", default="turn", help="draw: sentence, paragraph, turn or document (turn)")
    two.add_argument(
        "--by", default="group", help="draw: column of participants.csv that names strata (group)"
    )
    two.add_argument("--seed", type=int, default=1, help="draw: seed of the sample (1)")
    two.add_argument("--out", help="draw: where to write the sheet")
    two.add_argument("--coder", help="read: who filled it in")
    two.add_argument("--file", help="read: the filled sheet")
    two.add_argument("--when", default="", help=argparse.SUPPRESS)
    two.add_argument("--study", default=None, help="the study's folder (this one)")
    two.set_defaults(act=_blind)


def _agreement(arguments: argparse.Namespace) -> int:
    from casestudy.coding import blind, codebook, disagreement, doubles, reconcile, table
    from casestudy.errors import InputError, Problem
    from casestudy.study import Study

    study = Study.find(arguments.study)
    book, documents, frame = codebook.load(study), table.material(study), table.load(study)
    coders = doubles.coders_of(frame, [one.strip() for one in arguments.coders.split(",") if one.strip()])
    names, within = doubles.shared(frame, coders), None
    if arguments.blind:
        if arguments.unit:
            problem = Problem("--unit", "a blind sheet has its own units.", "Leave out --unit or --blind.")
            raise InputError("The units are named twice.", [problem])
        name, text = _sheet(arguments.blind)
        within = list(dict.fromkeys(one for one, *_ in blind.read(text, name, documents)))
        names = sorted({one.document for one in within})
        print(f"Coders {', '.join(coders)}; {len(within)} units of {name} in {len(names)} documents.")
        for coder in coders:
            silent = sorted(set(names) - set(frame.loc[frame["coder"].eq(coder), "document"]))
            if silent:
                print(f"Coder {coder} coded nothing in {', '.join(silent)}; taken as read by {coder}.")
    else:
        print(
            f"Coders {', '.join(coders)}; {len(names)} documents coded by all: {', '.join(names) or 'none'}."
        )
    for sentence in (study.data_status.get("codings", ""),):
        if sentence:
            print(sentence)
    decisions = [
        one for one in reconcile.read(study) if one.document in names and set(one.coders) & set(coders)
    ]
    frames = {"": frame}
    if decisions:
        kept = sum(one.codings == "kept" for one in decisions)
        print(
            f"{len(decisions)} decision{'s' * (len(decisions) != 1)} of reconciliation, {kept} of which kept "
            "the codings. Figures before "
            "them say how far coders agreed by themselves; figures after them say what was settled."
        )
        after = reconcile.applied(frame, decisions, book)
        frames = {"before reconciliation": frame, "after reconciliation": after}
    reflexive = study.stance == "reflexive"
    if not reflexive or arguments.insist:
        if reflexive:
            print(_CAUTION)
        cut = {"unit": arguments.unit or "sentence", "overlap": arguments.overlap}
        cut |= {"names": names, "within": within}
        given = {when: doubles.doubles(one, documents, book, coders, **cut) for when, one in frames.items()}
        _coefficients(arguments, given, book)
        if arguments.gamma:
            _gammas(arguments, frames, documents, coders, names)
    else:
        print("No coefficient is printed in a reflexive study; --insist prints them with a caution.")
    if len(coders) == 2:
        for when, one in frames.items():
            inside = one if within is None else doubles.touching(one, within)
            found = disagreement.aligned(inside, coders[0], coders[1], names)
            for row in disagreement.trouble(found).to_dict("records"):
                parts = ", ".join(f"{row[state]} {state}" for state in disagreement.STATES)
                print(f"{row['scheme']}{', ' * bool(when)}{when}: {parts}")
            for row in disagreement.confusions(found, book).head(10).to_dict("records"):
                print(f"{row['times']} times {row['path_a']} beside {row['path_b']}")
    return 0


def _coefficients(arguments: argparse.Namespace, cuts: dict[str, Any], book: Any) -> None:
    """Print agreement by code, in each of the tables of codings."""
    from casestudy.coding import doubles

    left_out = {"both": "", "counted": doubles.COUNTINGS[1], "left-out": doubles.COUNTINGS[0]}
    hidden = ["", left_out[arguments.uncoded]]
    lines: dict[tuple[str, str, str], list[str]] = {}
    for when, given in cuts.items():
        result = doubles.by_code(given, book, least=arguments.least, seed=arguments.seed)
        share, label = f"{given.uncoded_share:.0%} bear no code of anyone", f", {when}" if when else ""
        print(f"Units{label}: {len(given.units)} {doubles.plural(given.unit)}; {share}.")
        shown = result[result["coefficient"].ne("") & ~result["counting"].isin(hidden)]
        for row in shown.to_dict("records"):
            value = f"{row['value']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
            said = value if row["value"] == row["value"] else f"undefined: {row['reason']}"
            counts = f"n = {row['n_units']}: {said}; both {row['both']}, one {row['one']}"
            lines.setdefault((row["code"], row["coefficient"], row["counting"]), []).append(
                f"{when} {counts}".lstrip()
            )
        rare = int(result["coefficient"].eq("").sum())
        print(f"{rare} codes are said in fewer than {arguments.least} units and are not measured{label}.")
    for (code, coefficient, counting), figures in sorted(lines.items()):
        print(f"{code}: {coefficient}, {counting}, {' | '.join(figures)}")


def _gammas(
    arguments: argparse.Namespace, frames: dict[str, Any], documents: Any, coders: Any, names: Any
) -> None:
    """Print gamma and gamma-cat of each scheme, in each of the tables of codings."""
    from casestudy.coding import spanned

    for when, frame in frames.items():
        found = spanned.gammas(frame, documents, coders, names, seed=arguments.seed)
        for row in found.to_dict("records"):
            within = f"({row['low']:.2f} to {row['high']:.2f})"
            within = within if row["low"] == row["low"] else f"(no interval: {row['reason']})"
            value = f"{row['value']:.2f} {within}, n = {row['spans']} spans"
            said = value if row["value"] == row["value"] else f"undefined: {row['reason']}"
            print(f"{row['scheme']}{', ' * bool(when)}{when}: {row['form']} {said}")


def _sheet(file: str) -> tuple[str, str]:
    """The name and the text of a blind sheet."""
    from casestudy.errors import InputError, Problem

    name = Path(file).name
    try:
        return name, Path(file).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError("The sheet cannot be read.", [Problem(name, f"{error.strerror}.")]) from error
    except UnicodeDecodeError as error:
        raise InputError("The sheet cannot be read.", [Problem(name, "it is not UTF-8 text.")]) from error


def _blind(arguments: argparse.Namespace) -> int:
    from casestudy.coding import blind, codebook, codings, doubles, participants, table
    from casestudy.errors import InputError, Problem
    from casestudy.outputs import write_atomically
    from casestudy.study import Study

    study = Study.find(arguments.study)
    documents, people = table.material(study), participants.read(study)
    if arguments.what == "draw":
        names = [name for name, one in documents.items() if one.format != "message"]
        units = doubles.units(documents, names, arguments.unit)
        drawn = blind.draw(units, people, arguments.share, by=arguments.by, seed=arguments.seed)
        text = blind.sheet(drawn)
        if not arguments.out:
            print(text, end="")
            return 0
        write_atomically(Path(arguments.out).resolve(), text.encode("utf-8"))
        print(
            f"{len(drawn)} of {len(units)} {arguments.unit}s, seed {arguments.seed}, in "
            f"{Path(arguments.out).name}."
        )
        return 0
    if not arguments.file or not arguments.coder:
        problem = Problem("blind read", "no file, or no coder.", "Give --file and --coder.")
        raise InputError("The sheet cannot be read.", [problem])
    name, text = _sheet(arguments.file)
    rows = blind.read(text, name, documents, codebook.load(study))
    made = blind.records(rows, arguments.coder, documents, arguments.when)
    for document, records in sorted(made.items()):
        known = {one.id for one in codings.work(study, arguments.coder, document).records}
        fresh = [one for one in records if one.id not in known]
        if fresh:
            codings.append(study, arguments.coder, document, fresh)
    count = sum(len(records) for records in made.values())
    blank = sum(not codes for _, codes, _ in rows)
    print(
        f"{count} codings by {arguments.coder} in {len(made)} documents; {blank} units bear none.",
        file=sys.stdout,
    )
    return 0
