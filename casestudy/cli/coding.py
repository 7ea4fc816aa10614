"""Verbs of the qualitative half: ``codings``, ``code``, ``pseudonymise``."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from casestudy.cli.shared import add_json, file_bytes, group, now, print_json, study_of, verb_parser
from casestudy.wording import counted, shortened

_ADDING = """casestudy codings add --coder a --document c01 --file list.json
  casestudy codings add --coder a --file many.csv     a list with a column document

The list is JSON ([{"document", "code", "quote", "occurrence", "attributes", "memo"}, ...], or one object a
line), CSV (document,code,quote,...; further columns are attributes) or text (code | quote | name=value; ... |
memo, where occurrence=2 is the second place of the words).
A code is written by its id or its name.
Every quote is looked up in the document. If one is not there, or there twice without an occurrence,
all problems are listed and nothing is written. What is there already is not repeated."""


def add(subparsers: Any) -> None:
    """Add the verbs to the command line."""
    from casestudy.cli import agreement, codebook, documents, pseudonyms

    _codings(subparsers)
    codebook.add(subparsers)
    documents.add(subparsers)
    pseudonyms.add(subparsers)
    agreement.add(subparsers)


def _codings(subparsers: Any) -> None:
    verbs = group(subparsers, "codings", "write, list and correct codings", "casestudy codings list")
    one = verb_parser(verbs, "add", _add, "write codings by quote", _ADDING)
    _who(one, document=False)
    one.add_argument("--file", required=True, help="the list; - reads standard input")
    one.add_argument("--dry", action="store_true", help="check only, write nothing")
    one = verb_parser(
        verbs, "list", _list, "list the codings that hold", "casestudy codings list --document c01"
    )
    one.add_argument("--coder", default="*")
    one.add_argument("--document", default="*")
    add_json(one)
    one = verb_parser(
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
    one = verb_parser(verbs, "remove", _remove, "take a coding away; its records stay", text)
    _who(one)
    one.add_argument("coding", help="its id, or the beginning of it")
    one.add_argument("--memo", default="", help="why")
    text = "casestudy codings undo --coder a --document c01"
    one = verb_parser(verbs, "undo", _undo, "take back the last record, or the last few", text)
    _who(one)
    one.add_argument("--last", type=int, default=1, metavar="N", help="how many (1)")
    one.add_argument("--record", default="", help="this record; of an undo: do it again")
    text = "casestudy codings settle --coder a --document c01"
    one = verb_parser(verbs, "settle", _settle, "confirm what holds where two branches disagree", text)
    _who(one)
    text = "casestudy codings check"
    one = verb_parser(verbs, "check", _check, "list displaced codings, contradictions, strange codes", text)
    add_json(one)
    text = "casestudy codings reanchor --document c01 --accept"
    one = verb_parser(verbs, "reanchor", _reanchor, "let codings follow a corrected document", text)
    one.add_argument("--document", default="*")
    one.add_argument("--coder", default="*")
    one.add_argument("--old", help="the document as it was; else it is looked for in the version history")
    one.add_argument("--accept", action="store_true", help="write doubtful and altered places too")
    one.add_argument("--dry", action="store_true", help="report only, write nothing")
    one.add_argument("--when", default="", help=argparse.SUPPRESS)
    _suggestions(verbs)


def _suggestions(verbs: Any) -> None:
    from casestudy.cli import suggestions

    text = "casestudy codings suggest --coder a --document c05 --out list.csv"
    one = verb_parser(verbs, "suggest", suggestions.suggest, "suggest codes for a person to decide on", text)
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
    one = verb_parser(verbs, "accept", suggestions.accept, "write what a person decided on suggestions", text)
    _who(one)
    one.add_argument("--file", required=True, help="the list, with yes or no in its column accept")
    one.add_argument("--who", required=True, help="who decided")
    text = "casestudy codings judge --coder a --features words,lemmas,vectors"
    one = verb_parser(verbs, "judge", suggestions.judge, "say how good the model's suggestions are", text)
    one.add_argument("--coder", default="", help="learn from this coder's work only")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--rules", action="store_true", help="judge the rules of the codebook instead")
    one.add_argument("--features", default="words", help="one or more of words,lemmas,vectors (words)")


def _who(parser: argparse.ArgumentParser, *, document: bool = True) -> None:
    parser.add_argument(
        "--coder", required=True, help="the coder's short name: a folder of interviews/codings"
    )
    where = "" if document else " (where the list has no column document)"
    parser.add_argument(
        "--document", required=document, default="", help=f"the document's id, such as c01{where}"
    )
    parser.add_argument("--when", default="", help="time of the coding, like 2026-03-01T10:00:00Z (now)")


def _add(arguments: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from casestudy.codebook import attributes, history
    from casestudy.coding import codings, quoting
    from casestudy.coding import wishes as wishing
    from casestudy.coding.table import material
    from casestudy.errors import InputError, Problem, raise_if
    from casestudy.files import locks

    study, coder = study_of(arguments), arguments.coder
    wishes = wishing.read_list(file_bytes(arguments.file), Path(arguments.file).name)
    documents = material(study)
    book, vocabulary = history.load(study), attributes.attributes(study)
    known, when = book if book.codes else None, now(arguments.when)
    sorted_ = wishing.by_document(wishes, arguments.document, documents)
    codings.refuse_strange(coder, sorted_)
    made, problems = {}, list[Problem]()
    with ExitStack() as held:
        for name, own in sorted(sorted_.items()):
            if not arguments.dry:
                held.enter_context(locks.writing(study.root, codings.file_of(coder, name)))
            before = codings.work(study, coder, name)
            try:
                made[name] = quoting.place(own, documents[name], before, known, vocabulary, when)
            except InputError as error:
                problems += error.problems
        raise_if(problems, f"Nothing was written: {len(problems)} of the codings cannot be placed.")
        for name, (records, _) in made.items() if not arguments.dry else ():
            codings.append(study, coder, name, records)
    done = "would be written" if arguments.dry else "written"
    for name, (records, again) in made.items():
        print(f"{name}, coder {coder}: {counted(len(records), 'coding')} {done}, {again} there before.")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from casestudy.coding import codings

    works = codings.read(study_of(arguments), arguments.coder, arguments.document)
    if arguments.json:
        names = ("coder", "document", "id", "code", "start", "end", "quote", "memo", "when", "by")
        return print_json(
            [
                {name: getattr(one, name) for name in names} | {"attributes": dict(one.attributes)}
                for work in works
                for one in work.codings
            ]
        )
    for work in works:
        for one in work.codings:
            place = f"{work.document} {one.id} {one.start}-{one.end}"
            print(f"{work.coder} {place} {one.code}: {shortened(one.quote)}")
    return 0


def _change(arguments: argparse.Namespace) -> int:
    from casestudy.codebook import attributes, history
    from casestudy.coding import codings, edits, quoting
    from casestudy.coding import wishes as wishing
    from casestudy.coding.table import material

    study = study_of(arguments)
    document = quoting.document(material(study), arguments.document)
    book, vocabulary = history.load(study), attributes.attributes(study)
    with codings.writing(study, arguments.coder, arguments.document) as work:
        coding = edits.chosen(work, arguments.coding)
        wish = wishing.Wish(
            code=arguments.code or coding.code,
            quote=arguments.quote or "",
            occurrence=arguments.occurrence,
            attributes={**coding.attributes, **quoting.pairs(arguments.set)},
            memo=coding.memo if arguments.memo is None else arguments.memo,
            where="the change",
        )
        fields = quoting.rewritten(wish, coding, document, book if book.codes else None, vocabulary)
        record = edits.changed(coding, when=now(arguments.when), **fields)
        codings.append(study, arguments.coder, arguments.document, [record])
    print(f"{coding.id} is now {record.code} at {record.start}-{record.end}.")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    from casestudy.coding import codings, edits

    study = study_of(arguments)
    with codings.writing(study, arguments.coder, arguments.document) as work:
        coding = edits.chosen(work, arguments.coding)
        record = edits.removed(coding, arguments.memo, now(arguments.when))
        codings.append(study, arguments.coder, arguments.document, [record])
    print(f"{coding.id} is removed; casestudy codings undo brings it back.")
    return 0


def _undo(arguments: argparse.Namespace) -> int:
    from dataclasses import replace

    from casestudy.coding import codings, edits

    study = study_of(arguments)
    when = now(arguments.when)
    count = 1 if arguments.record else max(1, arguments.last)
    with codings.writing(study, arguments.coder, arguments.document) as work:
        before = len(work.records)
        for _ in range(count):
            record = edits.undo(work, arguments.record, when)
            work = replace(work, records=(*work.records, record))
        undone = work.records[before:]
        codings.append(study, arguments.coder, arguments.document, undone)
    for record in undone:
        print(f"record {record.undoes} is taken back by {record.id}.")
    return 0


def _settle(arguments: argparse.Namespace) -> int:
    from casestudy.coding import codings, edits

    study = study_of(arguments)
    with codings.writing(study, arguments.coder, arguments.document) as work:
        records = edits.settled(work, now(arguments.when))
        codings.append(study, arguments.coder, arguments.document, records)
    print(f"{counted(len(records), 'contradiction')} settled.")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from casestudy.coding import check
    from casestudy.coding.material import Material
    from casestudy.errors import InputError, raise_if

    problems = check.codings(Material(study_of(arguments)))
    if arguments.json:
        print_json([asdict(one) for one in problems])
        return InputError.exit_code if problems else 0
    raise_if(problems, f"The codings have {counted(len(problems), 'problem')}.")
    print("No problem was found in the codings.")
    return 0


def _reanchor(arguments: argparse.Namespace) -> int:
    from casestudy.coding import codings, reanchor
    from casestudy.coding.table import material
    from casestudy.transcripts import transcript

    study = study_of(arguments)
    documents = material(study)
    paths = {path.stem: path for path in transcript.document_files(study)}
    old = transcript.read(Path(arguments.old)).text if arguments.old else None
    moves = []
    for path in codings.files(study, arguments.coder, arguments.document):
        with codings.writing(study, path.parent.name, path.stem) as work:
            document = documents.get(work.document)
            lost = reanchor.displaced(work, document)
            if document is None or not lost:
                continue
            found = []
            for mark in sorted({one.text for one in lost}):
                given = old
                if given is None and work.document in paths:
                    given = reanchor.earlier_text(paths[work.document], mark)
                found += reanchor.follow([one for one in lost if one.text == mark], document.text, given)
            records = reanchor.records(
                found, document.text, accept=arguments.accept, when=now(arguments.when)
            )
            if not arguments.dry:
                codings.append(study, work.coder, work.document, records)
            moves += found
    texts = {move.coding.document: documents[move.coding.document].text for move in moves}
    print("\n".join(reanchor.told(moves, texts) or ["Every coding stands at its words."]))
    counts = {state: sum(move.state == state for move in moves) for state in reanchor.STATES[1:]}
    if moves:
        print(", ".join(f"{count} {state}" for state, count in counts.items()) + ".")
    return 1 if counts["lost"] else 0
