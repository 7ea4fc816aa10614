"""The verb ``reconcile``: open disagreements, and what was decided on them."""

from __future__ import annotations

import argparse
from typing import Any


def add(subparsers: Any) -> None:
    """Add the verb to the command line."""
    from casestudy.cli.shared import add_json, add_read

    plain = argparse.RawDescriptionHelpFormatter
    top = subparsers.add_parser(
        "reconcile",
        help="list disagreements of two coders and write what was decided on them",
        description="List open disagreements, decide on one, list decisions. The coders' files stay as they "
        "are.",
        epilog="examples:\n  casestudy reconcile list --document c01\n"
        "  casestudy reconcile list --sample 40 --seed 1\n"
        '  casestudy reconcile decide 5ccfce --code food.rye --who "k and m" --why "bread is named"\n'
        '  casestudy reconcile decide 5ccfce --keep --who "k and m" --why "both readings hold"',
        formatter_class=plain,
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    one = verbs.add_parser("list", help="list what is open", formatter_class=plain)
    one.add_argument("--document", default="", help="only this document")
    one.add_argument("--code", default="", help="only where one of the two gave this code")
    one.add_argument("--sample", type=int, default=0, help="only so many, half of each kind, at random")
    one.add_argument("--seed", type=int, default=1, help="of the sample (1)")
    one.set_defaults(act=_list)
    two = verbs.add_parser("decide", help="write a decision", formatter_class=plain)
    two.add_argument("disagreement", help="its id, or the beginning of it")
    what = two.add_mutually_exclusive_group(required=True)
    what.add_argument("--code", action="append", default=[], help="the stretch has this code (repeatable)")
    what.add_argument("--none", action="store_true", help="the stretch has none of the codes")
    what.add_argument("--keep", action="store_true", help="both readings stay; codings do not change")
    two.add_argument(
        "--stretch",
        choices=["chosen", "first", "second", "both"],
        default="chosen",
        help="whose borders hold (those of the coder whose code was decided for)",
    )
    two.add_argument("--who", required=True, help="who decided")
    two.add_argument("--why", required=True, help="the reason, in a sentence")
    two.add_argument("--when", default="", help="time of the decision (now)")
    two.add_argument("--change", default="", help="event of the codebook's history that it led to")
    two.add_argument("--propose", default="", help="change of the codebook that it asks for, in words")
    two.set_defaults(act=_decide)
    for parser in (one, two):
        parser.add_argument("--coders", default="", help="the two, with a comma between them (all there are)")
        parser.add_argument("--shifted", action="store_true", help="borders that differ count too")
        add_read(parser)
    three = verbs.add_parser("log", help="list the decisions", formatter_class=plain)
    three.set_defaults(act=_log)
    for parser in (one, three):
        add_json(parser)
    for parser in (one, two, three):
        parser.add_argument("--study", default=None, help="the study's folder (this one)")


def _open(arguments: argparse.Namespace) -> Any:
    """Study, codebook, what the two coders read and their open disagreements."""
    from casestudy.codebook import history
    from casestudy.coders import common_text, decisions, open_disagreements, unit_ratings, units_read
    from casestudy.coding import table
    from casestudy.errors import InputError, Problem
    from casestudy.study import Study

    study = Study.find(arguments.study)
    book, frame = history.load(study), table.load(study)
    wanted = [one.strip() for one in arguments.coders.split(",") if one.strip()]
    coders = unit_ratings.coders_of(frame, wanted, units_read.read(study))
    if len(coders) != 2:
        remedy = f"Name two of them: --coders {','.join(coders[:2])}."
        problem = Problem("coders", f"there are {len(coders)}: {', '.join(coders)}.", remedy)
        raise InputError("Disagreements are between two coders.", [problem])
    read = common_text.of(study, frame, table.material(study), coders, read=arguments.read)
    decided = decisions.read(study)
    lines = open_disagreements.unsettled(frame, decided, book, *coders, shifted=arguments.shifted, reach=read)
    return study, book, read, lines


def _list(arguments: argparse.Namespace) -> int:
    from casestudy.coders import open_disagreements
    from casestudy.errors import Problem, nearest, raise_if
    from casestudy.wording import counted, shortened

    _, book, read, lines = _open(arguments)
    problems, code, document = [], arguments.code, arguments.document
    if code and code not in book.codes:
        problems.append(Problem(f"code {code!r}", "it is unknown.", nearest(code, book.codes)))
    if document and document not in read.names:
        found = f"{' and '.join(read.coders)} did not both read it."
        problems.append(Problem(f"document {document!r}", found, nearest(document, read.names)[:200]))
    raise_if(problems, "Nothing can be listed.")
    if arguments.document:
        lines = lines[lines["document"].eq(arguments.document)]
    if arguments.code:
        lines = lines[lines["first_code"].eq(arguments.code) | lines["second_code"].eq(arguments.code)]
    shown_lines = (
        open_disagreements.sample(lines, arguments.sample, arguments.seed) if arguments.sample else lines
    )
    if arguments.json:
        print(shown_lines.to_json(orient="records", force_ascii=False, indent=1))
        return 0
    for row in shown_lines.to_dict("records"):
        sides = []
        for coder, side in zip(read.coders, ("first", "second"), strict=True):
            code = row[f"{side}_code"]
            place = f" {row[f'{side}_start']}-{row[f'{side}_end']}" if code else ""
            sides.append(f"{coder}: {code or 'nothing'}{place}")
        shown = shortened(str(row["quote"]))
        print(f"{row['id']} {row['document']}, {row['state']}; {'; '.join(sides)}; {shown}")
    for sentence in (*read.sheets, *read.notes) if read.sheets else ():
        print(sentence)
    drawn = f" {len(shown_lines)} drawn, seed {arguments.seed}." if arguments.sample else ""
    print(f"{counted(len(lines), 'disagreement')} {'is' if len(lines) == 1 else 'are'} open.{drawn}")
    return 0


def _decide(arguments: argparse.Namespace) -> int:
    from casestudy.cli.shared import now, study_of
    from casestudy.codebook import history
    from casestudy.coders import decisions, open_disagreements
    from casestudy.coding import table

    with decisions.writing(study_of(arguments)):
        study, book, read, lines = _open(arguments)
        made = open_disagreements.settled(
            lines,
            arguments.disagreement,
            read.coders,
            codes=arguments.code,
            keep=arguments.keep,
            stretch=arguments.stretch,
            who=arguments.who,
            why=arguments.why,
            when=now(arguments.when),
            change=arguments.change,
            proposes=arguments.propose,
            events=history.read(study),
            texts=table.material(study),
        )
        decisions.append(study, [made], book)
    print(f"Decision {made.id} is written to {decisions.FILE}: {_said(made)}")
    return 0


def _said(one: Any) -> str:
    what = "codings kept" if one.codings == "kept" else ", ".join(one.codes) or "no code"
    led = f"; led to change {one.change} of the codebook" if one.change else ""
    asks = f" Proposed for the codebook: {one.proposes}" if one.proposes else ""
    return f"{one.document} {one.start}-{one.end}, {what}{led}; {one.who}, {one.when}: {one.why}{asks}"


def _log(arguments: argparse.Namespace) -> int:
    from dataclasses import asdict

    from casestudy.cli.shared import print_json
    from casestudy.coders import decisions
    from casestudy.study import Study
    from casestudy.wording import counted

    decided = decisions.read(Study.find(arguments.study))
    if arguments.json:
        return print_json([asdict(one) for one in decided])
    for one in decided:
        print(f"{one.id} {_said(one)}")
    kept = sum(one.codings == "kept" for one in decided)
    led = sum(bool(one.change) for one in decided)
    asks = sum(bool(one.proposes) for one in decided)
    print(
        f"{counted(len(decided), 'decision')}; {kept} kept the codings, {led} led to a change of the "
        f"codebook, {counted(asks, 'change')} of it {'is' if asks == 1 else 'are'} proposed."
    )
    return 0
