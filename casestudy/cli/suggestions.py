"""The verbs ``codings suggest``, ``codings accept`` and ``codings judge``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from casestudy.cli.shared import file_bytes
from casestudy.files import lists
from casestudy.wording import counted

_ANSWERS = dict.fromkeys(("yes", "y", "true", "1", "1.0"), "yes")
_ANSWERS |= dict.fromkeys(("no", "n", "false", "0", "0.0"), "no")
_FIELDS = ("accept", "code", "quote", "by", "score", "words", "nearest", "start", "end")


def suggest(arguments: argparse.Namespace) -> int:
    """Write the suggestions for one document as a list in which a person decides."""
    from casestudy.codebook import history
    from casestudy.coding import codings, quoting, table, units
    from casestudy.errors import InputError
    from casestudy.files.writing import write_atomically
    from casestudy.study import Study
    from casestudy.suggestions import by_model
    from casestudy.suggestions import by_rules as suggesting

    study = Study.find(getattr(arguments, "study", None))
    book, documents = history.load(study), table.material(study)
    document = quoting.document(documents, arguments.document)
    sentences = units.units(documents, [document.id])
    found = suggesting.by_rules(sentences, book)
    frame = table.load(study)
    others = frame[frame["document"].ne(document.id) & frame["placed"]]
    if not arguments.rules_only:
        try:
            known = units.units(documents, sorted(others["document"].unique())) if len(others) else []
            codes, kind = [code.id for code in book.in_use()], arguments.features
            learnt = by_model.learn(known, others, codes, kind=kind, model=_model(kind))
            found += by_model.by_model(learnt, sentences, most=arguments.most, least=arguments.least)
        except InputError as error:
            print(f"The model is left out. {error}", file=sys.stderr)
    work = codings.work(study, arguments.coder, document.id)
    found = sorted(
        suggesting.fresh(found, work),
        key=lambda one: (one.unit.start, -round(one.score, 9), one.code, one.by),
    )
    rows = []
    for one in found:
        words, nearest, unit = ", ".join(one.words), " | ".join(one.nearest), one.unit
        rows.append(
            ["", one.code, unit.text, one.by, f"{one.score:.2f}", words, nearest, unit.start, unit.end]
        )
    text = lists.text(_FIELDS, rows)
    if arguments.out:
        write_atomically(Path(arguments.out).resolve(), text.encode("utf-8"))
        made = counted(len(found), "suggestion")
        print(f"{made}. Write yes or no in the column accept of {Path(arguments.out).name}.")
    else:
        print(text, end="")
    return 0


def accept(arguments: argparse.Namespace) -> int:
    """Write what a person decided; what was left blank stays undecided."""
    from casestudy.codebook import history
    from casestudy.coding import codings, quoting, table, units
    from casestudy.errors import InputError, Problem, nearest, raise_if
    from casestudy.study import Study
    from casestudy.suggestions import by_rules as suggesting

    study = Study.find(getattr(arguments, "study", None))
    document = quoting.document(table.material(study), arguments.document)
    book = history.load(study)
    name = Path(arguments.file).name
    listed = lists.read(
        file_bytes(arguments.file), name, _FIELDS, ("accept", "code", "quote", "start", "end")
    )
    if not listed.rows:
        raise InputError(
            "Nothing was written.", [Problem(name, "it has no row.", "Ask for suggestions again.")]
        )
    problems: list[Problem] = []
    records: list[Any] = []
    decided = {"yes": 0, "no": 0}
    with codings.writing(study, arguments.coder, document.id) as work:
        for row in listed.rows:
            where = f"{name}, row {row.number}"
            said = row["accept"].strip().casefold()
            if not said:
                continue
            if said not in _ANSWERS:
                problems.append(Problem(where, f"accept is {said!r}.", "Write yes, no or nothing."))
                continue
            answer = _ANSWERS[said]
            code = row["code"].strip()
            if code not in {one.id for one in book.in_use()}:
                problems.append(
                    Problem(where, f"code {code!r} is not in use.", nearest(code, book.codes)[:200])
                )
                continue
            start, end = lists.whole(row["start"]) or 0, lists.whole(row["end"]) or 0
            quote = document.text[start:end]
            if not quote or quote.split() != row["quote"].split():
                found = "the words are not where the row says."
                problems.append(Problem(where, found, "Ask for suggestions again."))
                continue
            unit = units.Unit(document.id, 0, start, end, quote)
            words = tuple(word for word in row["words"].split(", ") if word)
            try:
                score = float(lists.with_point(row["score"]) or 0)
            except ValueError:
                score = 0.0
            one = suggesting.Suggestion(unit, code, row["by"] or "a person", score, words)
            mark = document.sha256[:16]
            records += suggesting.decided(one, answer == "yes", arguments.who, work, mark, arguments.when)
            decided[answer] += 1
        raise_if(problems, "Nothing was written.")
        codings.append(study, arguments.coder, document.id, records)
    accepted = counted(decided["yes"], "suggestion")
    print(f"{accepted} accepted, {decided['no']} rejected, by {arguments.who}.")
    return 0


def judge(arguments: argparse.Namespace) -> int:
    """Print how good the model's suggestions are, code by code."""
    from casestudy.codebook import history
    from casestudy.coding import table, units
    from casestudy.outputs import csv_text
    from casestudy.study import Study
    from casestudy.suggestions import evaluation as judging

    study = Study.find(getattr(arguments, "study", None))
    book, documents = history.load(study), table.material(study)
    frame = table.load(study, [arguments.coder] if arguments.coder else [])
    names = sorted(frame.loc[frame["placed"], "document"].unique())
    sentences = units.units(documents, names) if names else []
    if arguments.rules:
        result = judging.by_rules(sentences, frame, book)
        print(csv_text(result, 3), end="")
        print(
            f"{int(result['right'].sum())} of {int(result['hits'].sum())} suggestions are right; those "
            f"of {int(result['better'].sum())} of {len(result)} codes more often than guessing.",
            file=sys.stderr,
        )
        return 0
    codes = [code.id for code in book.in_use()]
    kinds = list(dict.fromkeys(arguments.features.split(",")))
    if kinds != ["words"]:
        result = judging.compared(sentences, frame, codes, kinds, model=_model(*kinds), seed=arguments.seed)
        print(csv_text(result, 3), end="")
        for kind in kinds:
            print(
                f"{kind}: mean average precision {result[f'precision {kind}'].mean():.3f} "
                f"(guessing {result['baseline'].mean():.3f}); better than guessing in "
                f"{int(result[f'better {kind}'].sum())} of {len(result)} codes.",
                file=sys.stderr,
            )
        return 0
    result = judging.evaluate(sentences, frame, codes, seed=arguments.seed)
    print(csv_text(result, 3), end="")
    better = int(result["better"].sum()) if len(result) else 0
    print(
        f"{better} of {len(result)} codes that can be learnt are predicted better than by guessing "
        f"({len(codes)} codes in use; cross-validated by document).",
        file=sys.stderr,
    )
    return 0


def _model(*kinds: str) -> Any:
    """The language model, where one of the kinds of features needs it."""
    from casestudy.suggestions.features import language_model

    return language_model() if set(kinds) - {"words"} else None
