"""Verbs of the qualitative half: ``codings``, ``code``, ``pseudonymise``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from casestudy.wording import counted, shortened

_ADDING = """casestudy codings add --coder a --document c01 --file list.json

The list is JSON ([{"code", "quote", "occurrence", "attributes", "memo"}, ...], or one object a line),
CSV (code,quote,...; further columns are attributes) or text (code | quote | name=value; ... | memo, where
occurrence=2 is the second place of the words).
Every quote is looked up in the document. If one is not there, or there twice without an occurrence,
all problems are listed and nothing is written. What is there already is not repeated."""


def add(subparsers: Any) -> None:
    """Add the verbs to the command line."""
    from casestudy.cli import agreement, documents, pseudonyms

    _codings(subparsers)
    _code(subparsers)
    documents.add(subparsers)
    pseudonyms.add(subparsers)
    agreement.add(subparsers)


def _codings(subparsers: Any) -> None:
    verbs = _group(subparsers, "codings", "write, list and mend codings", "casestudy codings list")
    one = _verb(verbs, "add", _add, "write codings by quote", _ADDING)
    _who(one)
    one.add_argument("--file", required=True, help="the list; - reads standard input")
    one.add_argument("--dry", action="store_true", help="check only, write nothing")
    one = _verb(verbs, "list", _list, "list the codings that hold", "casestudy codings list --document c01")
    one.add_argument("--coder", default="*")
    one.add_argument("--document", default="*")
    one = _verb(
        verbs,
        "change",
        _change,
        "change a coding",
        'casestudy codings change --coder a --document c01 5ccfce --quote "other words"',
    )
    _who(one)
    one.add_argument("coding", help="its id, or the beginning of it")
    one.add_argument("--code", help="another code")
    one.add_argument("--quote", help="other words of the document")
    one.add_argument("--occurrence", type=int, default=0, help="which, where the words stand more than once")
    one.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="an attribute")
    one.add_argument("--memo", help="another memo")
    text = "casestudy codings remove --coder a --document c01 5ccfce"
    one = _verb(verbs, "remove", _remove, "take a coding away; its records stay", text)
    _who(one)
    one.add_argument("coding", help="its id, or the beginning of it")
    one.add_argument("--memo", default="", help="why")
    text = "casestudy codings undo --coder a --document c01"
    one = _verb(verbs, "undo", _undo, "take back the last record, or the last few", text)
    _who(one)
    one.add_argument("--last", type=int, default=1, metavar="N", help="how many (1)")
    one.add_argument("--record", default="", help="this record; of an undo: do it again")
    text = "casestudy codings settle --coder a --document c01"
    one = _verb(verbs, "settle", _settle, "confirm what holds where two branches disagree", text)
    _who(one)
    text = "casestudy codings check"
    one = _verb(verbs, "check", _check, "list displaced codings, contradictions, strange codes", text)
    text = "casestudy codings reanchor --document c01 --accept"
    one = _verb(verbs, "reanchor", _reanchor, "let codings follow a corrected document", text)
    one.add_argument("--document", default="*")
    one.add_argument("--coder", default="*")
    one.add_argument("--old", help="the document as it was; else it is sought in the version history")
    one.add_argument("--accept", action="store_true", help="write doubtful and altered places too")
    one.add_argument("--dry", action="store_true", help="report only, write nothing")
    one.add_argument("--when", default="", help=argparse.SUPPRESS)
    _suggestions(verbs)


def _suggestions(verbs: Any) -> None:
    from casestudy.cli import suggestions

    text = "casestudy codings suggest --coder a --document c05 --out list.csv"
    one = _verb(verbs, "suggest", suggestions.suggest, "suggest codes for a person to decide on", text)
    _who(one)
    one.add_argument("--out", help="where to write the list (shown by default)")
    one.add_argument("--most", type=int, default=3, help="codes for a sentence at most (3)")
    one.add_argument("--least", type=float, default=0.2, help="smallest probability of the model (0.2)")
    one.add_argument("--rules-only", action="store_true", help="leave the model out")
    one.add_argument(
        "--features",
        default="words",
        choices=["words", "lemmas", "vectors"],
        help="what the model learns from; lemmas and vectors need a spaCy model (words)",
    )
    text = "casestudy codings accept --coder a --document c05 --file list.csv --who k"
    one = _verb(verbs, "accept", suggestions.accept, "write what a person decided on suggestions", text)
    _who(one)
    one.add_argument("--file", required=True, help="the list, with yes or no in its column accept")
    one.add_argument("--who", required=True, help="who decided")
    text = "casestudy codings judge --coder a --features words,lemmas,vectors"
    one = _verb(verbs, "judge", suggestions.judge, "say how good the model's suggestions are", text)
    one.add_argument("--coder", default="", help="learn from this coder's work only")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--rules", action="store_true", help="judge the rules of the codebook instead")
    one.add_argument("--features", default="words", help="one or more of words,lemmas,vectors (words)")


def _code(subparsers: Any) -> None:
    verbs = _group(
        subparsers,
        "code",
        "look at codes and change the codebook, with its history",
        'casestudy code rename food.bread "Bread and grain" --who k --why "covers porridge"',
    )
    one = _verb(verbs, "list", _outline, "list the codes", "casestudy code list --when 2026-03-01")
    one.add_argument("--scheme", default="")
    one.add_argument("--when", default="", help="as the codebook stood then")
    one = _verb(verbs, "history", _history, "list what was changed", "casestudy code history")
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
    parsers = {name: _verb(verbs, name, _revise, *texts) for name, texts in made.items()}
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


def _group(subparsers: Any, name: str, help_: str, epilog: str) -> Any:
    parser = _verb(subparsers, name, None, help_, epilog)
    return parser.add_subparsers(dest="verb", required=True, metavar="VERB")


def _verb(subparsers: Any, name: str, act: Any, help_: str, epilog: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=help_,
        description=help_[0].upper() + help_[1:] + ".",
        epilog="example:\n  " + epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--study", default=argparse.SUPPRESS, help="the study's folder (this one)")
    if act:
        parser.set_defaults(act=act)
    return parser


def _who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--coder", required=True, help="the coder's short name: a folder of interviews/codings"
    )
    parser.add_argument("--document", required=True, help="the document's id, such as c01")
    parser.add_argument("--when", default="", help="time of the coding, like 2026-03-01T10:00:00Z (now)")


def _study(arguments: argparse.Namespace) -> Any:
    from casestudy.study import Study

    return Study.find(getattr(arguments, "study", None))


def _now(given: str) -> str:
    from datetime import UTC, datetime

    return given or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def file_bytes(name: str) -> bytes:
    """What a file holds, or standard input for ``-``."""
    from casestudy.errors import InputError, Problem

    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise InputError("A file cannot be read.", [Problem(name, f"{error.strerror}.")]) from error


def _add(arguments: argparse.Namespace) -> int:
    from casestudy.coding import attributes, codebook, codings, quoting
    from casestudy.coding.table import material

    study = _study(arguments)
    wishes = quoting.read_list(file_bytes(arguments.file), Path(arguments.file).name)
    document = quoting.document(material(study), arguments.document)
    before = codings.work(study, arguments.coder, arguments.document)
    book, vocabulary = codebook.load(study), attributes.attributes(study)
    known = book if book.codes else None
    records, again = quoting.place(wishes, document, before, known, vocabulary, _now(arguments.when))
    if records and not arguments.dry:
        codings.append(study, arguments.coder, arguments.document, records)
    done = "would be written" if arguments.dry else "written"
    new = counted(len(records), "coding")
    print(f"{arguments.document}, coder {arguments.coder}: {new} {done}, {again} there before.")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from casestudy.coding import codings

    for work in codings.read(_study(arguments), arguments.coder, arguments.document):
        for one in work.codings:
            place = f"{work.document} {one.id} {one.start}-{one.end}"
            print(f"{work.coder} {place} {one.code}: {shortened(one.quote)}")
    return 0


def _change(arguments: argparse.Namespace) -> int:
    from casestudy.coding import attributes, changes, codebook, codings, quoting
    from casestudy.coding.table import material

    study = _study(arguments)
    work = codings.work(study, arguments.coder, arguments.document)
    document = quoting.document(material(study), arguments.document)
    coding = changes.chosen(work, arguments.coding)
    wish = quoting.Wish(
        code=arguments.code or coding.code,
        quote=arguments.quote or "",
        occurrence=arguments.occurrence,
        attributes={**coding.attributes, **quoting.pairs(arguments.set)},
        memo=coding.memo if arguments.memo is None else arguments.memo,
        where="the change",
    )
    book, vocabulary = codebook.load(study), attributes.attributes(study)
    fields = quoting.rewritten(wish, coding, document, book if book.codes else None, vocabulary)
    record = changes.changed(coding, when=_now(arguments.when), **fields)
    codings.append(study, arguments.coder, arguments.document, [record])
    print(f"{coding.id} is now {record.code} at {record.start}-{record.end}.")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    from casestudy.coding import changes, codings

    study = _study(arguments)
    coding = changes.chosen(codings.work(study, arguments.coder, arguments.document), arguments.coding)
    record = changes.removed(coding, arguments.memo, _now(arguments.when))
    codings.append(study, arguments.coder, arguments.document, [record])
    print(f"{coding.id} is removed; casestudy codings undo brings it back.")
    return 0


def _undo(arguments: argparse.Namespace) -> int:
    from casestudy.coding import changes, codings

    study = _study(arguments)
    when = _now(arguments.when)
    for _ in range(1 if arguments.record else max(1, arguments.last)):
        work = codings.work(study, arguments.coder, arguments.document)
        record = changes.undo(work, arguments.record, when)
        codings.append(study, arguments.coder, arguments.document, [record])
        print(f"record {record.undoes} is taken back by {record.id}.")
    return 0


def _settle(arguments: argparse.Namespace) -> int:
    from casestudy.coding import changes, codings

    study = _study(arguments)
    records = changes.settled(codings.work(study, arguments.coder, arguments.document), _now(arguments.when))
    if records:
        codings.append(study, arguments.coder, arguments.document, records)
    print(f"{counted(len(records), 'contradiction')} settled.")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from casestudy.coding import check
    from casestudy.errors import raise_if

    problems = check.codings(_study(arguments))
    raise_if(problems, f"The codings have {counted(len(problems), 'problem')}.")
    print("No problem was found in the codings.")
    return 0


def _reanchor(arguments: argparse.Namespace) -> int:
    from casestudy.coding import anchors, codings
    from casestudy.coding.table import material
    from casestudy.transcripts import transcript

    study = _study(arguments)
    documents = material(study)
    paths = {path.stem: path for path in transcript.document_files(study)}
    old = transcript.read(Path(arguments.old)).text if arguments.old else None
    moves = []
    for work in codings.read(study, arguments.coder, arguments.document):
        document = documents.get(work.document)
        lost = anchors.displaced(work, document)
        if document is None or not lost:
            continue
        found = []
        for mark in sorted({one.text for one in lost}):
            given = old
            if given is None and work.document in paths:
                given = anchors.earlier_text(paths[work.document], mark)
            found += anchors.follow([one for one in lost if one.text == mark], document.text, given)
        records = anchors.records(found, document.text, accept=arguments.accept, when=_now(arguments.when))
        if records and not arguments.dry:
            codings.append(study, work.coder, work.document, records)
        moves += found
    texts = {move.coding.document: documents[move.coding.document].text for move in moves}
    print("\n".join(anchors.told(moves, texts) or ["Every coding stands at its words."]))
    counts = {state: sum(move.state == state for move in moves) for state in anchors.STATES[1:]}
    if moves:
        print(", ".join(f"{count} {state}" for state, count in counts.items()) + ".")
    return 1 if counts["lost"] else 0


def _outline(arguments: argparse.Namespace) -> int:
    from casestudy.coding import codebook, history, revise

    study = _study(arguments)
    book = codebook.load(study)
    if arguments.when:
        written = codebook.read_schemes(codebook.scheme_files(study), study.root)
        book = history.at(written, history.read(study), arguments.when)
    print("\n".join(revise.outline(book, arguments.scheme)))
    return 0


def _history(arguments: argparse.Namespace) -> int:
    from casestudy.coding import history

    events = history.read(_study(arguments))
    for event in events:
        print(f"{event.when} {event.id} {event.who}: {event.action} {event.code}. {event.why}")
    for fork in history.contradictions(events):
        print(f"contradiction: {fork.field} of {fork.code} is {fork.what} ({' and '.join(fork.events)}).")
    return 0


def _revise(arguments: argparse.Namespace) -> int:
    from casestudy.coding import codebook, history, quoting, revise

    study = _study(arguments)
    book = codebook.load(study)
    said = {"who": arguments.who, "why": arguments.why, "when": _now(arguments.when)}
    verb = arguments.verb
    if verb == "create":
        more = (arguments.scheme, arguments.parent, arguments.definition)
        event = revise.create(book, arguments.code, arguments.name, *more, **said)
    elif verb == "rename":
        event = revise.rename(book, arguments.code, arguments.name, **said)
    elif verb == "redefine":
        value = arguments.value[0] if len(arguments.value) == 1 else arguments.value
        event = revise.redefine(book, arguments.code, arguments.field, value, **said)
    elif verb == "split":
        into = list(quoting.pairs(arguments.into).items())
        event = revise.split(book, arguments.code, into, keep=arguments.keep, **said)
    elif verb == "merge":
        event = revise.merge(book, arguments.codes, arguments.into, **said)
    elif verb == "move":
        event = revise.move(book, arguments.code, arguments.parent, **said)
    elif verb == "undo":
        event = revise.undo(book, history.read(study), arguments.event, **said)
    else:
        event = {"retire": revise.retire, "restore": revise.restore}[verb](book, arguments.code, **said)
    history.append(study, [event])
    print(f"{event.id}: {event.action} {event.code}.")
    return 0
