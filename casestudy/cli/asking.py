"""Verbs that ask the material: ``words`` of the talk itself, ``ask`` of its codings."""

from __future__ import annotations

import argparse
from typing import Any

from casestudy.cli.shared import add_output, group, show, study_of, verb_parser


def add(subparsers: Any) -> None:
    """Add the verbs to the command line."""
    _words(subparsers)
    _ask(subparsers)


def _words(subparsers: Any) -> None:
    verbs = group(
        subparsers,
        "words",
        "look at the words of the transcripts: in context, together, uncoded",
        "casestudy words concordance basket",
    )
    one = verb_parser(
        verbs,
        "concordance",
        _concordance,
        "every place of a word with its context (keyword in context)",
        'casestudy words concordance "veget*" --width 60',
    )
    one.add_argument("word", help="a word or phrase; * stands for letters at an end")
    one.add_argument("--width", type=int, default=40, help="characters of context on each side (40)")
    one.add_argument("--regex", action="store_true", help="take the word as a regular expression")
    one.add_argument("--case", action="store_true", help="capitals matter")
    _documents(one)
    one = verb_parser(
        verbs,
        "collocations",
        _collocations,
        "words that stand near each other more often than by chance",
        "casestudy words collocations --of basket",
    )
    one.add_argument("--of", default="", help="only pairs with this word")
    one.add_argument("--window", type=int, default=5, help="words within which a pair must stand (5)")
    one.add_argument("--least", type=int, default=3, help="fewest occurrences of a pair (3)")
    one.add_argument(
        "--measure", default="likelihood_ratio", help="likelihood_ratio, pmi, student_t, chi_sq …"
    )
    one.add_argument("--all-words", action="store_true", help="keep words such as the, and, of")
    _documents(one)
    one = verb_parser(
        verbs,
        "uncoded",
        _uncoded,
        "words that many people say and no coding covers",
        "casestudy words uncoded --coder a",
    )
    one.add_argument("--coder", default="", help="this coder's codings only (all coders)")
    one.add_argument("--least", type=int, default=3, help="fewest documents in which a word stands (3)")
    one.add_argument("--all-words", action="store_true", help="keep words such as the, and, of")
    add_output(one)
    one = verb_parser(
        verbs,
        "pattern",
        _pattern,
        "places of a pattern of words, lemmas and parts of speech",
        'casestudy words pattern "compare * ADJ" --model en_core_web_sm',
    )
    one.add_argument("pattern", nargs="+", help='words with spaces between; NOUN, *, "word", a|b, not?')
    one.add_argument("--model", default="", help="a spaCy model, for lemmas and parts of speech")
    _documents(one)


def _documents(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--documents", default="", help="ids with commas between them (all)")
    add_output(parser)


def _ask(subparsers: Any) -> None:
    verbs = group(
        subparsers,
        "ask",
        "ask the codings: segments of a code, codes that stand together",
        "casestudy ask segments food.bread --where group=customer",
    )
    one = verb_parser(
        verbs,
        "segments",
        _segments,
        "coded segments of some codes, by any column",
        "casestudy ask segments food.bread --where group=customer --unless modality=denied",
    )
    one.add_argument("codes", nargs="*", help="ids, names or patterns such as food.*; none for all")
    one.add_argument("--only", action="store_true", help="the codes alone, without those below them")
    one.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help="keep these rows")
    one.add_argument("--unless", action="append", default=[], metavar="COLUMN=VALUE", help="leave these out")
    add_output(one)
    one = verb_parser(
        verbs,
        "units",
        _units,
        "turns, segments, documents or people in which codes stand together",
        'casestudy ask units "food.bread and not help.*" --unit turn',
    )
    one.add_argument("question", help="codes joined by and, or, not and brackets")
    one.add_argument("--unit", default="turn", help="segment, turn, document or who (turn)")
    add_output(one)
    one = verb_parser(
        verbs,
        "related",
        _related,
        "pairs of codings by their places: overlapping, near, one before the other",
        "casestudy ask related food.bread help.neighbour --relation before --distance 300",
    )
    one.add_argument("first", help="a code: id, name or pattern")
    one.add_argument("second", help="another")
    one.add_argument("--relation", default="overlap", help="overlap, inside, turn, near or before (overlap)")
    one.add_argument("--distance", type=int, default=200, help="characters, for near and before (200)")
    one.add_argument("--any-coder", action="store_true", help="pairs of two coders count as well")
    add_output(one)
    one = verb_parser(
        verbs,
        "together",
        _together,
        "how often any two codes stand together",
        "casestudy ask together --unit turn",
    )
    one.add_argument("--unit", default="overlap", help="overlap, segment, turn, document or who (overlap)")
    add_output(one)


def _texts(arguments: argparse.Namespace) -> Any:
    """The documents that were named, or all."""
    from casestudy.coding import table
    from casestudy.errors import Problem, nearest, raise_if

    documents = table.material(study_of(arguments))
    names = [name.strip() for name in arguments.documents.split(",") if name.strip()]
    problems = [
        Problem(f"document {name!r}", "it is not in the study.", nearest(name, documents)[:200])
        for name in names
        if name not in documents
    ]
    raise_if(problems, "A document is unknown.")
    return {name: documents[name] for name in names} if names else documents


def _concordance(arguments: argparse.Namespace) -> int:
    from casestudy.coding import words

    places = words.concordance(
        _texts(arguments),
        arguments.word,
        width=arguments.width,
        regex=arguments.regex,
        case=arguments.case,
    )
    if arguments.json or arguments.to:
        return show(places, arguments, "place")
    lines = places.assign(before=places["before"].str.rjust(arguments.width))
    return show(lines[["document", "turn", "said_by", "before", "word", "after"]], arguments, "place")


def _collocations(arguments: argparse.Namespace) -> int:
    from casestudy.coding import words

    study = study_of(arguments)
    documents = _texts(arguments)
    talk = [
        document.text[turn.speech : turn.end]
        for document in documents.values()
        for turn in document.own_turns
    ]
    left_out = () if arguments.all_words else words.function_words(study.language)
    pairs = words.collocations(
        talk,
        window=arguments.window,
        least=arguments.least,
        measure=arguments.measure,
        without=left_out,
        of=arguments.of,
        most=arguments.most or len(talk) * 1000,
    )
    return show(pairs, arguments, "pair")


def _uncoded(arguments: argparse.Namespace) -> int:
    from casestudy.coding import table, words

    study = study_of(arguments)
    frame = table.load(study, [arguments.coder] if arguments.coder else [])
    left_out = () if arguments.all_words else words.function_words(study.language)
    found = words.uncoded(table.material(study), frame, without=left_out, least=arguments.least)
    return show(found, arguments, "word")


def _pattern(arguments: argparse.Namespace) -> int:
    from casestudy.coding import words
    from casestudy.errors import InputError, Problem

    model = None
    if arguments.model:
        import spacy

        try:
            model = spacy.load(arguments.model)
        except OSError as error:
            remedy = "Install it, or leave --model out: words are then compared as they stand."
            problem = Problem(f"model {arguments.model!r}", "it is not installed.", remedy)
            raise InputError("The language model cannot be used.", [problem]) from error
    language = study_of(arguments).language
    places = words.patterns(_texts(arguments), arguments.pattern, model, language)
    return show(places, arguments, "place")


def _codings(arguments: argparse.Namespace) -> tuple[Any, Any]:
    from casestudy.codebook import history
    from casestudy.coding import table

    study = study_of(arguments)
    return table.load(study), history.load(study)


_READABLE = ("code", "who", "document", "turn", "said_by", "coder", "quote", "memo", "coding")


def _segments(arguments: argparse.Namespace) -> int:
    from casestudy.coding import query

    frame, book = _codings(arguments)
    where, unless = query.by_column(arguments.where), query.by_column(arguments.unless)
    rows = query.retrieve(frame, book, arguments.codes, below=not arguments.only, where=where, unless=unless)
    if not (arguments.json or arguments.to):
        rows = rows[[name for name in _READABLE if name in rows]]
    return show(rows, arguments, "segment")


def _units(arguments: argparse.Namespace) -> int:
    from casestudy.coding import query

    frame, book = _codings(arguments)
    rows = query.satisfying(frame, book, arguments.question, arguments.unit)
    return show(rows, arguments, "person" if arguments.unit == "who" else arguments.unit)


def _related(arguments: argparse.Namespace) -> int:
    from casestudy.coding import query

    frame, book = _codings(arguments)
    first, second = (query.retrieve(frame, book, [name]) for name in (arguments.first, arguments.second))
    rows = query.related(
        frame,
        first,
        second,
        arguments.relation,
        distance=arguments.distance,
        same_coder=not arguments.any_coder,
    )
    quotes = frame.set_index("coding")["quote"]
    rows = rows.assign(
        first_quote=rows["first"].map(quotes[~quotes.index.duplicated()]),
        second_quote=rows["second"].map(quotes[~quotes.index.duplicated()]),
    )
    return show(rows, arguments, "pair")


def _together(arguments: argparse.Namespace) -> int:
    from casestudy.coding import query

    frame, _ = _codings(arguments)
    return show(query.co_occurrence(frame, arguments.unit), arguments, "pair")
