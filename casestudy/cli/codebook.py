"""Verbs of the codebook: ``code``."""

from __future__ import annotations

import argparse
from typing import Any

from casestudy.cli.shared import add_json, group, now, print_json, study_of, verb_parser


def add(subparsers: Any) -> None:
    """Add the verbs to the command line."""
    verbs = group(
        subparsers,
        "code",
        "look at codes and change the codebook, with its history",
        'casestudy code rename food.bread "Bread and grain" --who k --why "covers porridge"',
    )
    one = verb_parser(verbs, "list", _outline, "list the codes", "casestudy code list --when 2026-03-01")
    one.add_argument("--scheme", default="")
    one.add_argument("--when", default="", help="as the codebook stood then")
    add_json(one)
    one = verb_parser(verbs, "history", _history, "list what was changed", "casestudy code history")
    add_json(one)
    made = {
        "create": (
            "a new code",
            'casestudy code create food.rye "Rye" --scheme food --who k --why "asked for"',
        ),
        "rename": ("another name", 'casestudy code rename food.rye "Rye bread" --who k --why "clearer"'),
        "redefine": (
            "other words in a field",
            'casestudy code redefine food.rye definition "Bread of rye." --who k --why "was empty"',
        ),
        "split": (
            "several codes in place of one",
            'casestudy code split food.rye --into food.soft=Soft --into food.crisp=Crisp --who k --why "two"',
        ),
        "merge": (
            "one code in place of several",
            "casestudy code merge food.a food.b --into food.c --who k --why x",
        ),
        "move": ("another place in the tree", "casestudy code move food.rye --parent food --who k --why x"),
        "retire": ("no longer to be used", "casestudy code retire food.rye --who k --why unused"),
        "restore": ("in use again", "casestudy code restore food.rye --who k --why needed"),
        "undo": ("take back the last change, or a given one", "casestudy code undo --who k --why mistake"),
    }
    parsers = {name: verb_parser(verbs, name, _revise, *texts) for name, texts in made.items()}
    for name, one in parsers.items():
        if name == "merge":
            one.add_argument("codes", nargs="+", metavar="CODE")
            one.add_argument("--into", required=True)
        elif name == "undo":
            one.add_argument("--event", default="", help="its id, or the beginning of it")
        else:
            one.add_argument("code")
        if name in ("create", "rename"):
            one.add_argument("name")
        if name in ("create", "move"):
            one.add_argument("--parent", default="")
        one.add_argument("--who", required=True, help="who decided")
        one.add_argument("--why", required=True, help="the reason, in a sentence")
        one.add_argument("--when", default="", help="time of the decision (now)")
    parsers["create"].add_argument("--scheme", required=True)
    parsers["create"].add_argument("--definition", default="")
    parsers["redefine"].add_argument("field", help="definition, include, exclude, examples, near, rules ...")
    parsers["redefine"].add_argument("value", nargs="+")
    parsers["split"].add_argument("--into", action="append", default=[], metavar="ID=NAME")
    parsers["split"].add_argument("--keep", action="store_true", help="keep the old code, above the new ones")


def _outline(arguments: argparse.Namespace) -> int:
    from casestudy.codebook import codes, history, revisions

    study = study_of(arguments)
    book = history.load(study)
    if arguments.when:
        written = codes.read_schemes(codes.scheme_files(study), study.root)
        book = history.at(written, history.read(study), arguments.when)
    if arguments.json:
        return print_json(
            [
                {
                    **{
                        name: getattr(code, name) for name in ("id", "scheme", "parent", "name", "definition")
                    },
                    "in_use": not (code.retired or code.merged_into),
                    "now": book.resolve(code.id),
                }
                for code in book.codes.values()
                if arguments.scheme in ("", code.scheme)
            ]
        )
    print("\n".join(revisions.outline(book, arguments.scheme)))
    return 0


def _history(arguments: argparse.Namespace) -> int:
    from casestudy.codebook import contradictions, history

    events = history.read(study_of(arguments))
    if arguments.json:
        forks = contradictions.contradictions(events)
        names = ("when", "id", "who", "action", "code", "why")
        return print_json(
            [
                {name: getattr(event, name) for name in names}
                | {
                    "contradicts": sorted(
                        {one for f in forks if event.id in f.events for one in f.events} - {event.id}
                    )
                }
                for event in events
            ]
        )
    for event in events:
        print(f"{event.when} {event.id} {event.who}: {event.action} {event.code}. {event.why}")
    for fork in contradictions.contradictions(events):
        print(f"contradiction: {fork.field} of {fork.code} is {fork.what} ({' and '.join(fork.events)}).")
    return 0


def _revise(arguments: argparse.Namespace) -> int:
    from casestudy.codebook import history

    study = study_of(arguments)
    said = {"who": arguments.who, "why": arguments.why, "when": now(arguments.when)}
    with history.writing(study) as (book, events):
        event = _event(arguments, book, events, said)
        history.append(study, [event])
    print(f"{event.id}: {event.action} {event.code}.")
    return 0


def _event(arguments: argparse.Namespace, book: Any, events: Any, said: dict[str, str]) -> Any:
    """The event that the words ask for."""
    from casestudy.codebook import revisions
    from casestudy.coding import quoting

    match arguments.verb:
        case "create":
            more = (arguments.scheme, arguments.parent, arguments.definition)
            return revisions.create(book, arguments.code, arguments.name, *more, **said)
        case "rename":
            return revisions.rename(book, arguments.code, arguments.name, **said)
        case "redefine":
            value = arguments.value[0] if len(arguments.value) == 1 else arguments.value
            return revisions.redefine(book, arguments.code, arguments.field, value, **said)
        case "split":
            into = list(quoting.pairs(arguments.into).items())
            return revisions.split(book, arguments.code, into, keep=arguments.keep, **said)
        case "merge":
            return revisions.merge(book, arguments.codes, arguments.into, **said)
        case "move":
            return revisions.move(book, arguments.code, arguments.parent, **said)
        case "undo":
            return revisions.undo(book, events, arguments.event, **said)
        case "retire":
            return revisions.retire(book, arguments.code, **said)
        case _:
            return revisions.restore(book, arguments.code, **said)
