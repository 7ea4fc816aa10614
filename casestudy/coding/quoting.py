"""Codings by quote: what a coder wishes (`casestudy.coding.wishes`) becomes records at verified places."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from casestudy.codebook.attributes import Attribute
from casestudy.codebook.codes import Codebook
from casestudy.coding.codings import Coding, Record, Work, record
from casestudy.coding.wishes import Wish
from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.transcripts.find import find as find
from casestudy.transcripts.transcript import Transcript
from casestudy.wording import parting, shortened


def nearest_words(text: str, quote: str) -> str:
    """The stretch of a text that is most like words which are not in it; empty where none is near."""
    sought = quote.split()
    words = [(match.start(), match.end(), match[0]) for match in re.finditer(r"\S+", text)]
    if not sought or not words:
        return ""
    matcher = difflib.SequenceMatcher(autojunk=False)
    asked = [word.casefold().strip(".,;:!?…") for word in sought]
    matcher.set_seq2(asked)
    size = len(sought)
    bag = set(asked)
    plain = [word.casefold().strip(".,;:!?…") for _, _, word in words]
    running = [0]
    for word in plain:
        running.append(running[-1] + (word in bag))

    def likeness(stretch: tuple[int, int]) -> tuple[float, int]:
        # Of stretches that are equally like, the one that begins and ends as the quote does.
        first, last = stretch
        matcher.set_seq1(plain[first:last])
        return matcher.ratio(), (plain[first] == asked[0]) + (plain[last - 1] == asked[-1])

    wide = [(first, min(first + size, len(words))) for first in range(max(1, len(words) - size + 1))]
    wide = [one for one in wide if running[one[1]] - running[one[0]] >= 0.5 * size]
    if not wide:
        return ""
    first, last = max(wide, key=likeness)
    # The text may say it in a few words more.
    near = [(begin, end) for begin in range(max(0, first - 3), first + 1) for end in range(last, last + 4)]
    first, last = max((one for one in near if one[1] <= len(words)), key=likeness)
    if likeness((first, last))[0] < 0.5:
        return ""
    return text[words[first][0] : words[last - 1][1]]


def code_of(written: str, book: Codebook) -> str:
    """The id of a code that is written as its id, its name or its names from the top down.

    Returns
    -------
    str
        What is written, where no code in use, or more than one, is called so.

    Examples
    --------
    >>> from casestudy.codebook.codes import Code
    >>> rye = Code("food.rye", "food", "Rye bread")
    >>> code_of("rye  Bread", Codebook({}, {"food.rye": rye}))
    'food.rye'
    """
    if written in book.codes:
        return written
    called = _plain(written)
    in_use = [code.id for code in book.in_use()]
    alike = [
        one for one in in_use if called in (_plain(one), _plain(book.codes[one].name), _plain(book.path(one)))
    ]
    return alike[0] if len(alike) == 1 else written


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def place(
    wishes: Sequence[Wish],
    transcript: Transcript,
    before: Work,
    book: Codebook | None = None,
    vocabulary: Mapping[str, Attribute] | None = None,
    when: str = "",
) -> tuple[list[Record], int]:
    """Turn wishes into records to append.

    Parameters
    ----------
    wishes : sequence of Wish
    transcript : Transcript
    before : Work
        What the coder has already written for the document: a coding that is already there is not added
        again.
    book : Codebook, optional
        When given, codes must be in it and in use; they may be written by name (`code_of`).
    vocabulary : mapping of str to Attribute, optional
        When given and not empty, attributes must be in it.
    when : str
        When the coding was done.

    Returns
    -------
    (list of Record, int)
        The new records in the order of the text, and how many wishes were there before.

    Raises
    ------
    InputError
        With every wish that cannot be placed; then nothing is to be written.
    """
    problems: list[Problem] = []
    there = {(one.code, one.start, one.end, _frozen(one.attributes)) for one in before.codings}
    fresh: dict[tuple[Any, ...], Record] = {}
    again = 0
    for wish in wishes:
        if book is not None:
            wish = replace(wish, code=code_of(wish.code, book))
        problems += unknown(wish, book, vocabulary or {})
        spans = find(transcript.text, wish.quote)
        if not spans:
            near = nearest_words(transcript.text, wish.quote)
            quote, near = parting(wish.quote, near) if near else (shortened(wish.quote), "")
            hint = f"Nearest words: {near!r}." if near else "Copy the words from the document."
            found = f"{quote!r} is not in {transcript.id}."
            problems.append(Problem(wish.where, found, hint))
            continue
        if len(spans) > 1 and not wish.occurrence:
            found = f"{shortened(wish.quote)!r} occurs {len(spans)} times in {transcript.id}."
            problems.append(Problem(wish.where, found, "Quote more words, or write occurrence: 1, 2, …."))
            continue
        if wish.occurrence > len(spans):
            found = f"{shortened(wish.quote)!r} occurs {len(spans)} times, not {wish.occurrence}."
            problems.append(Problem(wish.where, found, "Count from 1."))
            continue
        start, end = spans[max(0, wish.occurrence - 1)]
        key = (wish.code, start, end, _frozen(wish.attributes))
        if key in there or key in fresh:
            again += 1
            continue
        fresh[key] = record(
            "add",
            place=f"{before.coder}/{before.document}",
            code=wish.code,
            start=start,
            end=end,
            quote=transcript.text[start:end],
            attributes=dict(wish.attributes),
            memo=wish.memo,
            when=when,
            text=transcript.sha256[:16],
            by=wish.by,
        )
    raise_if(problems, f"Nothing was written: {len(problems)} of the codings cannot be placed.")
    return sorted(fresh.values(), key=lambda one: (one.start, one.end, one.code, one.id)), again


def unknown(wish: Wish, book: Codebook | None, vocabulary: Mapping[str, Attribute]) -> list[Problem]:
    """What of a wish the codebook and the vocabulary of attributes do not know, or no longer use."""
    problems = []
    if book is not None:
        code = book.codes.get(wish.code)
        if code is None:
            called = _plain(wish.code)
            alike = [one.id for one in book.in_use() if _plain(one.name) == called]
            hint = f"Several are called so: {', '.join(alike)}." if alike else _nearest_code(wish.code, book)
            problems.append(Problem(wish.where, f"code {wish.code!r} is not in the codebook.", hint[:300]))
        elif code.retired or code.merged_into:
            target = book.resolve(code.id)
            hint = f"Use {target!r}." if target != code.id else "Use another code."
            problems.append(Problem(wish.where, f"code {wish.code!r} is no longer in use.", hint))
    for name, value in wish.attributes.items() if vocabulary else ():
        if name not in vocabulary:
            problems.append(
                Problem(wish.where, f"attribute {name!r} is not known.", nearest(name, vocabulary))
            )
        elif vocabulary[name].values and value not in vocabulary[name].values:
            hint = nearest(value, vocabulary[name].values)
            problems.append(Problem(wish.where, f"{name} is {value!r}.", hint))
    return problems


def _nearest_code(written: str, book: Codebook) -> str:
    """The code whose id or name is most like what is written."""
    ids = {one.id: one.id for one in book.in_use()}
    named = {one.name: one.id for one in book.in_use()}
    close = difflib.get_close_matches(written, [*ids, *named], n=1, cutoff=0.55)
    if close and close[0] not in ids:
        return f"Did you mean {named[close[0]]!r} ({close[0]})?"
    return nearest(written, ids)


def _frozen(given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(given.items()))


def document(documents: Mapping[str, Transcript], name: str) -> Transcript:
    """One document by its id.

    Raises
    ------
    InputError
        When there is none.
    """
    if name not in documents:
        problem = Problem(f"document {name!r}", "there is none.", nearest(name, documents))
        raise InputError("A document is not known.", [problem])
    return documents[name]


def pairs(given: Sequence[str]) -> dict[str, str]:
    """Names and values out of ``NAME=VALUE``.

    Raises
    ------
    InputError
        With each that has no ``=`` or no name.
    """
    wrong = [one for one in given if "=" not in one or one.startswith("=")]
    raise_if(
        [Problem(repr(one), "it is not a pair.", "Write NAME=VALUE.") for one in wrong], "Not understood."
    )
    return {name.strip(): value.strip() for name, _, value in (one.partition("=") for one in given)}


def rewritten(
    wish: Wish,
    coding: Coding,
    transcript: Transcript,
    book: Codebook | None,
    vocabulary: Mapping[str, Attribute],
) -> dict[str, Any]:
    """The fields of a changed coding; without a quote it stays where it is.

    Raises
    ------
    InputError
        With everything that cannot be.
    """
    if book is not None:
        wish = replace(wish, code=code_of(wish.code, book))
    said = {"code": wish.code, "attributes": dict(wish.attributes), "memo": wish.memo}
    if not wish.quote:
        raise_if(unknown(wish, book, vocabulary), "Nothing was written.")
        return said
    blank = Work(coding.coder, coding.document, (), (), ())
    [record], _ = place([wish], transcript, blank, book, vocabulary)
    where = {"start": record.start, "end": record.end, "quote": record.quote, "text": record.text}
    return {**said, **where}
