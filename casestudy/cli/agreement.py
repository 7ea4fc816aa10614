"""The verb ``agreement``: how far coders agree, on what they all read."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from casestudy.cli.shared import add_read

_CAUTION = (
    "Caution: this study's stance is reflexive. Reflexive thematic analysis does not treat agreement "
    "between coders "
    "as a measure of quality; read the disagreements instead."
)
_ABOUT = """Agreement between coders on each code, with intervals, over what all of them read.

A coder who filled in a blind sheet read its units; any other document in which a coder coded something counts
as read whole. What is compared, and what is left out, is said first."""


def add(subparsers: Any) -> None:
    """Add the verb to the command line, and those that lead to it and away from it."""
    from casestudy.cli import agreement_of_ratings, blind, reconcile

    reconcile.add(subparsers)
    one = subparsers.add_parser(
        "agreement",
        help="say how far coders agree, code by code",
        description=_ABOUT,
        epilog="examples:\n  casestudy agreement --coders a,b --unit sentence\n"
        "  casestudy agreement --coders a,b --blind sheet.csv\n"
        "  casestudy agreement --coders a,b --coefficient fleiss,cohen --interval bootstrap\n"
        "  casestudy agreement --coefficient list\n"
        "  casestudy agreement rate ratings.csv --coefficient alpha --weights ordinal\n"
        "  casestudy agreement plan --half-width 0.1 --expected 0.8 --shares 0.2,0.8",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("--coders", default="", help="two or more, with commas between them (all)")
    one.add_argument(
        "--unit",
        default="",
        help="sentence, paragraph, turn, document, character or segment "
        "(sentence, or the units of a blind sheet as they were drawn)",
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
    one.add_argument(
        "--blind",
        default="",
        metavar="SHEET",
        help="only the units of this sheet, which all coders count as having read",
    )
    add_read(one)
    one.add_argument(
        "--coefficient",
        default="",
        metavar="NAMES",
        help="others than alpha and AC1, with commas between them; list shows every name and its source",
    )
    one.add_argument(
        "--interval",
        default="posterior",
        help="posterior (default), bootstrap, jackknife, linearised or none",
    )
    one.add_argument("--gamma", action="store_true", help="add gamma of each scheme, over spans as drawn")
    one.add_argument("--insist", action="store_true", help="print coefficients in a reflexive study")
    one.add_argument("--study", default=None, help="the study's folder (this one)")
    one.set_defaults(act=_agreement)
    agreement_of_ratings.add(one.add_subparsers(dest="verb", metavar="VERB"))
    blind.add(subparsers)


def _agreement(arguments: argparse.Namespace) -> int:
    from casestudy.codebook import history
    from casestudy.coders import decisions, disagreements, unit_ratings, units_read
    from casestudy.coding import table
    from casestudy.study import Study
    from casestudy.wording import counted

    of_units, of_spans = _wanted(arguments)
    if arguments.coefficient.strip().casefold() == "list":
        return _list()
    study = Study.find(arguments.study)
    book, documents, frame = history.load(study), table.material(study), table.load(study)
    wanted = [one.strip() for one in arguments.coders.split(",") if one.strip()]
    coders = unit_ratings.coders_of(frame, wanted, units_read.read(study))
    shared_text = _shared_text(arguments, study, frame, documents, coders)
    for sentence in (*_head(arguments, shared_text, frame, documents), study.data_status.get("codings", "")):
        if sentence:
            print(sentence)
    names = shared_text.names
    decided = decisions.between(decisions.read(study), coders, names)
    frames = {"": frame}
    if decided:
        kept = sum(one.codings == "kept" for one in decided)
        print(
            f"{counted(len(decided), 'decision')} of reconciliation, {kept} of which kept "
            "the codings. Figures before "
            "them say how far coders agreed by themselves; figures after them say what was settled."
        )
        after = decisions.applied(frame, decided, book)
        frames = {"before reconciliation": frame, "after reconciliation": after}
    frames = {when: shared_text.frame(one) for when, one in frames.items()}
    reflexive = study.stance == "reflexive"
    if not reflexive or arguments.insist:
        if reflexive:
            print(_CAUTION)
        if of_units or not of_spans:
            _coefficients(arguments, shared_text, frames, documents, book, of_units)
        if of_spans:
            _spans(arguments, shared_text, frames, documents, book, of_spans)
        if arguments.gamma:
            _gammas(arguments, shared_text, frames, documents)
    else:
        print("No coefficient is printed in a reflexive study; --insist prints them with a caution.")
    if len(coders) == 2:
        for when, one in frames.items():
            found = disagreements.aligned(one, coders[0], coders[1], names)
            for row in disagreements.trouble(found).to_dict("records"):
                parts = ", ".join(f"{row[state]} {state}" for state in disagreements.STATES)
                print(f"{row['scheme']}{', ' * bool(when)}{when}: {parts}")
            for row in disagreements.confusions(found, book).head(10).to_dict("records"):
                print(f"{counted(row['times'], 'time')} {row['path_a']} beside {row['path_b']}")
    return 0


def _shared_text(arguments: argparse.Namespace, study: Any, frame: Any, documents: Any, coders: Any) -> Any:
    """What the coders are compared on: the units of the sheet that is named, or what all of them read."""
    from casestudy.coders import blind_read, common_text
    from casestudy.errors import InputError, Problem

    if not arguments.blind:
        found = common_text.of(study, frame, documents, coders, read=arguments.read)
        if not found.names:
            listed = f"none was coded by all of {', '.join(coders)}."
            remedy = "Name those who share some, as in --coders a,b; or say --read all, where all read all."
            problem = Problem("documents", listed, remedy)
            raise InputError("There is nothing to compare.", [problem])
        return found
    if arguments.unit or arguments.read != "sheets":
        other = "--unit" if arguments.unit else "--read"
        problem = Problem(other, "a blind sheet has its own units.", f"Leave out {other} or --blind.")
        raise InputError("The units are named twice.", [problem])
    path = Path(arguments.blind)
    return common_text.of_sheet(blind_read.load(path, documents).units, path.name, frame, coders)


def _head(arguments: argparse.Namespace, shared_text: Any, frame: Any, documents: Any) -> list[str]:
    """What is compared, how much of the material that is, and what is left out."""
    from casestudy.coders.check import displaced
    from casestudy.coders.common_text import listed
    from casestudy.wording import counted

    where = f" --study {arguments.study}" if arguments.study else ""
    coders, parts = ", ".join(shared_text.coders), sum(map(len, shared_text.parts.values()))
    name, whole = Path(arguments.blind).name, len(shared_text.names) - len(shared_text.parts)
    if arguments.blind:
        first = f"Coders {coders}; {counted(parts, 'unit')} of {name} in "
        lines = [f"{first}{counted(len(shared_text.names), 'document')}."]
    elif parts:
        first = f"Coders {coders}; {counted(parts, 'unit')} of blind sheets in "
        first += counted(len(shared_text.parts), "document")
        more = f", and {counted(whole, 'whole document')}" if whole else ""
        lines = [f"{first}{more}."]
        lines += [*shared_text.sheets, "--read whole takes documents as read whole instead."]
    else:
        first = f"Coders {coders}; {counted(len(shared_text.names), 'document')} coded by all: "
        lines = [f"{first}{listed(shared_text.names)}."]
    return [
        *lines,
        shared_text.share(frame, documents),
        *shared_text.notes,
        *displaced(frame, shared_text.coders, where),
    ]


def _coefficients(
    arguments: argparse.Namespace,
    shared_text: Any,
    frames: dict[str, Any],
    documents: Any,
    book: Any,
    names: list[str],
) -> None:
    """Print agreement by code, in each of the tables of codings."""
    from casestudy.agreement import catalogue
    from casestudy.coders import agreement_by_unit, common_text, unit_ratings
    from casestudy.wording import counted

    coefficients = [catalogue.coefficient(name) for name in names]
    interval = catalogue.interval(arguments.interval, arguments.seed)
    left_out = {
        "both": "",
        "counted": agreement_by_unit.COUNTINGS[1],
        "left-out": agreement_by_unit.COUNTINGS[0],
    }
    hidden = ["", left_out[arguments.uncoded]]
    lines: dict[tuple[str, str, str], list[str]] = {}
    methods: dict[str, None] = {}
    known: dict[Any, Any] = {}
    every, some = ("both", "one") if len(shared_text.coders) == 2 else ("all", "some")
    for when, frame in frames.items():
        given = common_text.compared(
            frame, documents, book, shared_text, unit=arguments.unit, overlap=arguments.overlap
        )
        result = agreement_by_unit.by_code(
            given, book, least=arguments.least, coefficients=coefficients, interval=interval, known=known
        )
        share, label = f"{given.uncoded_share:.0%} have no code from anyone", f", {when}" if when else ""
        print(f"Units{label}: {len(given.units)} {unit_ratings.plural(given.unit)}; {share}.")
        shown = result[result["coefficient"].ne("") & ~result["counting"].isin(hidden)]
        for row in shown.to_dict("records"):
            counts = f"n = {row['n_units']}: {_figure(row)}; {every} {row['both']}, {some} {row['one']}"
            counts += f"; prevalence index {row['prevalence']:.2f}, bias index {row['bias']:.2f}"
            key = (row["code"], row["coefficient"], row["counting"])
            lines.setdefault(key, []).append(f"{when} {counts}".lstrip())
            methods[row["interval"]] = None
        rare = int(result["coefficient"].eq("").sum())
        verb = "is said in fewer than" if rare == 1 else "are said in fewer than"
        end = "is not measured" if rare == 1 else "are not measured"
        print(f"{counted(rare, 'code')} {verb} {arguments.least} units and {end}{label}.")
    for (code, coefficient, counting), figures in sorted(lines.items()):
        print(f"{code}: {coefficient}, {counting}, {' | '.join(figures)}")
    if lines:
        for row in agreement_by_unit.definitions(coefficients).to_dict("records"):
            print(f"{row['coefficient']}: {row['definition']}. Source: {row['source']}.".replace("..", "."))
        print(f"Intervals: {'; '.join(name for name in methods if name) or 'none'}; no rating is missing.")


def _figure(row: Any) -> str:
    """A value with its interval, or why it has none."""
    if row["value"] != row["value"]:
        return f"undefined ({row['reason'].rstrip('.')})"
    if row["low"] != row["low"]:
        return f"{row['value']:.2f} (no interval: {row['reason'].rstrip('.')})"
    return f"{row['value']:.2f} ({row['low']:.2f} to {row['high']:.2f})"


def _wanted(arguments: argparse.Namespace) -> tuple[list[str], list[str]]:
    """The coefficients asked for: of units, and of spans as drawn. The interval's name is checked as well."""
    from casestudy.agreement import catalogue

    catalogue.interval(arguments.interval)
    if arguments.coefficient.strip().casefold() == "list":
        return [], []
    return catalogue.named(arguments.coefficient.split(","))


def _list() -> int:
    """Print every coefficient that can be asked for, with its source."""
    from casestudy.agreement import catalogue

    print("Of units (sentences, turns, segments …), each code said or not said:")
    for name, called, definition, source in catalogue.definitions():
        print(f"  {name}: {called}. {definition}. Source: {source}.".replace("..", "."))
    print("Of spans as they were drawn, each code against all other text:")
    for name, about in catalogue.OF_SPANS_IN_WORDS.items():
        print(f"  {name}: {about}")
    print(f"Intervals: {', '.join(catalogue.INTERVALS)}.")
    return 0


def _spans(
    arguments: argparse.Namespace,
    shared_text: Any,
    frames: dict[str, Any],
    documents: Any,
    book: Any,
    names: list[str],
) -> None:
    """Print agreement of each code on spans as they were drawn, in each of the tables of codings."""
    from casestudy.agreement import catalogue
    from casestudy.coders import agreement_by_span

    interval = catalogue.interval(arguments.interval, arguments.seed)
    where = {"names": shared_text.names, "parts": shared_text.parts}
    for when, frame in frames.items():
        rows = agreement_by_span.by_name(
            frame,
            documents,
            book,
            shared_text.coders,
            names,
            arguments.seed,
            interval,
            arguments.least,
            **where,
        )
        for row in rows.to_dict("records"):
            place = f"{row['code']}{', ' * bool(when)}{when}"
            figure = f"{row['coefficient']}, {_figure(row)}; {row['spans']} spans."
            print(f"{place}: {figure} {row['notes']}".rstrip())


def _gammas(arguments: argparse.Namespace, shared_text: Any, frames: dict[str, Any], documents: Any) -> None:
    """Print gamma and gamma-cat of each scheme, in each of the tables of codings."""
    from casestudy.coders import agreement_by_span
    from casestudy.wording import counted

    where = {"names": shared_text.names, "parts": shared_text.parts, "seed": arguments.seed}
    for when, frame in frames.items():
        for row in agreement_by_span.gammas(frame, documents, shared_text.coders, **where).to_dict("records"):
            said = f"{_figure(row)}, n = {counted(row['spans'], 'span')}"
            print(f"{row['scheme']}{', ' * bool(when)}{when}: {row['form']} {said}")
