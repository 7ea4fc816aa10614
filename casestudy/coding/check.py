"""Every problem of codebooks, their history, participants and codings."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from casestudy.codebook import codes as books
from casestudy.codebook import contradictions, history
from casestudy.codebook.attributes import Attribute
from casestudy.codebook.codes import Code, Codebook
from casestudy.coding import codings as work
from casestudy.coding.codings import Coding, Work
from casestudy.coding.material import Material
from casestudy.coding.table import MESSAGES, messages
from casestudy.errors import InputError, Problem, nearest
from casestudy.people import check as people
from casestudy.transcripts import transcript
from casestudy.transcripts.transcript import Transcript
from casestudy.wording import counted, shortened

ALIKE, SHARED = 0.92, 0.7


def check(found: Material) -> list[Problem]:
    """All problems of the qualitative half, files that cannot be read included.

    Returns
    -------
    list of Problem
        Codebooks first, then history, codings; empty when all is well.
    """
    problems: list[Problem] = []
    book = Codebook({}, {})
    try:
        problems += codebook(found.schemes)
        events, wrong = found.surveyed_events
        problems += wrong
        book = history.current(found.schemes, events)
        problems += changes(found.schemes, book, events)
        problems += [
            Problem(f"code {two.id}", f"its id differs from {one.id!r} only in case.", "Merge the two.")
            for one, two in books.alike_ids(book)
        ]
    except InputError as error:
        problems += error.problems
    texts, broken = _readable(found)
    problems += people.check(found.study, texts, broken)
    return problems + codings(found, book if book.codes else None)


def codebook(book: Codebook) -> list[Problem]:
    """Codes without definition, pointers to codes that are not there, names and definitions that are
    alike."""
    problems = []
    names: dict[tuple[str, str, str], str] = {}
    for code in book.codes.values():
        where = f"{books.FOLDER}/{code.scheme}.yaml, code {code.id}"
        if not code.definition and not code.retired and not code.merged_into:
            problems.append(Problem(where, "it has no definition.", "Say in a sentence what it is."))
        key = (code.scheme, code.parent, code.name.casefold())
        if key in names:
            found = f"it has the name of {names[key]!r}, {code.name!r}."
            problems.append(Problem(where, found, "Give one of them another name, or merge them."))
        names.setdefault(key, code.id)
        pointed = [(f"near code {one!r}", one) for one in code.near]
        pointed += [
            (f"exclusion '-> {one}'", one)
            for text in code.exclude
            for one in re.findall(r"->\s*([\w.\-]+)", text)
        ]
        problems += [
            Problem(where, f"{said} is not in the codebook.", nearest(one, book.codes)[:200])
            for said, one in pointed
            if one.rstrip(".") not in book.codes and one not in book.schemes
        ]
    return problems + alike(book)


def alike(book: Codebook) -> list[Problem]:
    """Codes whose definition is almost that of a code before; alternatives of one dimension may be alike.

    Each code is listed once, with the first that it resembles. Two definitions are alike when they share
    seven in ten of their words and `difflib` finds their sorted words alike to `ALIKE`. Definitions that
    share so many words share one of the rarest of each, so only those are compared.
    """
    bags = {
        code.id: sorted(re.findall(r"\w+", code.definition.casefold()))
        for code in book.codes.values()
        if len(code.definition) > 20
    }
    counts = Counter(word for bag in bags.values() for word in set(bag))
    sets = {code: frozenset(bag) for code, bag in bags.items()}
    by_word: dict[str, list[str]] = {}
    indexed: set[tuple[tuple[str, ...], str]] = set()
    problems = []
    for code, bag in bags.items():
        rare = sorted(sets[code], key=lambda word: (counts[word], word)) or [""]
        rare = rare[: len(rare) - (7 * len(rare) + 9) // 10 + 1]  # seven in ten, rounded up
        candidates = dict.fromkeys(other for word in rare for other in by_word.get(word, ()))
        parent = book.codes[code].parent
        chosen = bool(parent) and parent in book.codes and book.codes[parent].one
        matcher = difflib.SequenceMatcher(None, "", bag, autojunk=False)
        for other in candidates:
            if chosen and parent == book.codes[other].parent:
                continue
            shared = len(sets[code] & sets[other])
            if 10 * shared < 7 * (len(sets[code]) + len(sets[other]) - shared):
                continue
            matcher.set_seq1(bags[other])
            if matcher.real_quick_ratio() >= ALIKE <= matcher.quick_ratio() and matcher.ratio() >= ALIKE:
                where = f"{books.FOLDER}/{book.codes[code].scheme}.yaml, code {code}"
                found = f"its definition is almost that of {other!r}."
                problems.append(Problem(where, found, "Say how they differ, or merge them."))
                break
        if (tuple(bag), parent) not in indexed:
            indexed.add((tuple(bag), parent))
            for word in rare:
                by_word.setdefault(word, []).append(code)
    return problems


def changes(written: Codebook, book: Codebook, events: list[history.Event]) -> list[Problem]:
    """Contradictions in the history, events on codes that never were, and what it leaves broken."""
    problems = [
        Problem(
            f"{books.HISTORY}, events {' and '.join(fork.events)}",
            f"two branches changed {fork.field} of {fork.code!r}: {fork.what}.",
            "Decide, and say so with another casestudy code change.",
        )
        for fork in contradictions.contradictions(events)
    ]
    created = {one.code for event in events for one in event.changes if one.field == history.WHOLE}
    for event in events:
        strange = sorted({one.code for one in event.changes} - set(written.codes) - created)
        if strange:
            found = f"it changes {strange[0]!r}, which is in no codebook."
            problems.append(Problem(f"{books.HISTORY}, event {event.id}", found, "Restore the code."))
    return problems + books.structure(book)


def codings(found: Material, book: Codebook | None = None) -> list[Problem]:
    """Problems of all codings; see `work_problems`. Without `book`, the study's own, if it can be read."""
    documents, broken = _readable(found)
    works, problems = found.surveyed_works[0], list(found.surveyed_works[1])
    vocabulary: Mapping[str, Attribute] = {}
    try:
        vocabulary = found.attributes
    except InputError as error:
        problems += error.problems
    if book is None:
        try:
            book = found.book
        except InputError:
            book = None
    for one in works:
        unknown = one.document in broken or (MESSAGES in broken and one.document not in documents)
        problems += work_problems(one, None if unknown else documents, book, vocabulary)
    return problems


def _readable(found: Material) -> tuple[Mapping[str, Transcript], set[str]]:
    """What can be read of the study's material, and the names of what is there and cannot."""
    try:
        return found.texts, set()
    except InputError:
        pass
    texts, unreadable = transcript.survey(found.study)
    broken = set(unreadable)
    try:
        texts |= messages(found.study)
    except InputError:
        broken.add(MESSAGES)
    return texts, broken


def work_problems(
    one: Work,
    documents: Mapping[str, Transcript] | None,
    book: Codebook | None,
    vocabulary: Mapping[str, Attribute],
) -> list[Problem]:
    """Problems of one coder's work on one document.

    Contradictions between branches; a document that is not there; words that are not where the coding
    says; codes not in the codebook or waiting to be coded again after a split; attributes that are not
    known; one statement made twice; two alternatives on one segment.
    """
    where = f"{work.FOLDER}/{one.coder}/{one.document}.jsonl"
    problems = [
        Problem(
            f"{where}, coding {fork.coding}",
            f"two branches disagree: {fork.what}; {fork.kept} holds.",
            f"Change it, or casestudy codings settle --coder {one.coder} --document {one.document}.",
        )
        for fork in one.contradictions
    ]
    document = documents.get(one.document) if documents is not None else None
    if documents is not None and document is None and one.codings:
        hang = counted(len(one.codings), "coding hangs", "codings hang")
        found = f"document {one.document!r} is not there; {hang} in the air."
        problems.append(Problem(where, found, nearest(one.document, documents)[:200]))
    if document is not None and document.counted_in and one.codings:
        found = f"{counted(len(one.codings), 'coding')} of words that are counted in {document.counted_in!r}."
        remedy = (
            f"Code {document.counted_in}: of a talk and its translations that in the study's language counts."
        )
        problems.append(Problem(where, found, remedy))
    said: dict[tuple[str, int, int], str] = {}
    text = None if document is None else document.text
    codes = book.codes if book is not None and book.codes else None
    for coding in one.codings:
        key = (coding.code, coding.start, coding.end)
        if key not in said and _sound(coding, text, codes, vocabulary):
            said[key] = coding.id
            continue
        place = f"{where}, coding {coding.id}"
        if document is not None and document.text[coding.start : coding.end] != coding.quote:
            beyond = coding.end > len(document.text)
            found = (
                "it ends behind the text" if beyond else f"its words are not at {coding.start}-{coding.end}"
            )
            found = f"displaced: {found}: they were {shortened(coding.quote)!r}."
            remedy = f"casestudy codings reanchor --coder {one.coder} --document {one.document}"
            problems.append(Problem(place, found, f"Run {remedy}"))
        if coding.end - coding.start != len(coding.quote):
            found = f"its quote has {len(coding.quote)} characters, its span {coding.end - coding.start}."
            if document is None:
                problems.append(Problem(place, found, "Write the quote of the span."))
        if book is not None and book.codes:
            problems += _code_problems(coding.code, place, book)
        problems += _attribute_problems(coding.attributes, place, vocabulary)
        if key in said:
            remedy = f"casestudy codings remove --coder {one.coder} --document {one.document} {coding.id}"
            problems.append(Problem(place, f"it says what coding {said[key]} says.", f"Remove one: {remedy}"))
        said.setdefault(key, coding.id)
    return problems + (alternatives(one, book, where) if book is not None else [])


def _sound(
    coding: Coding, text: str | None, codes: Mapping[str, Code] | None, vocabulary: Mapping[str, Attribute]
) -> bool:
    """Whether a coding stands at its words, with a code that is in use and no attributes to look at."""
    start, end, quote = coding.start, coding.end, coding.quote
    if end - start != len(quote) or (vocabulary and coding.attributes):
        return False
    if text is not None and text[start:end] != quote:
        return False
    if codes is None:
        return True
    code = codes.get(coding.code)
    return code is not None and not code.retired


def _code_problems(code: str, place: str, book: Codebook) -> list[Problem]:
    known = book.codes.get(code)
    if known is None:
        return [Problem(place, f"code {code!r} is not in the codebook.", nearest(code, book.codes)[:200])]
    if known.split_into and known.retired:
        into = ", ".join(known.split_into)
        return [Problem(place, f"code {code!r} was split.", f"Code it again as one of {into}.")]
    return []


def _attribute_problems(
    given: Mapping[str, str], place: str, vocabulary: Mapping[str, Attribute]
) -> Iterable[Problem]:
    for name, value in given.items() if vocabulary else ():
        if name not in vocabulary:
            yield Problem(place, f"attribute {name!r} is not known.", nearest(name, vocabulary))
        elif vocabulary[name].values and value not in vocabulary[name].values:
            yield Problem(place, f"{name} is {value!r}.", nearest(value, vocabulary[name].values))


def alternatives(one: Work, book: Codebook, where: str) -> list[Problem]:
    """Segments that have two codes of a dimension in which one is to be chosen."""
    problems = []
    for dimension, children in book.alternatives():
        side = {code: child for child in children for code in book.below(child)}
        chosen: dict[tuple[int, int], str] = {}
        for coding in one.codings:
            child = side.get(book.resolve(coding.code))
            if child is None:
                continue
            span = (coding.start, coding.end)
            other = chosen.setdefault(span, child)
            if other != child:
                found = f"segment {span[0]}-{span[1]} has both {other!r} and {child!r}."
                problems.append(Problem(where, found, f"Choose one of {dimension!r}."))
    return problems
