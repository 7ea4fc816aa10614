"""Codings by quote: a coder's list of code and exact words becomes records whose positions are verified."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casestudy.codebook.attributes import Attribute
from casestudy.codebook.codes import Codebook
from casestudy.coding.codings import Coding, Record, Work, record
from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files import lists
from casestudy.files.journal import is_encodable
from casestudy.transcripts.find import find as find
from casestudy.transcripts.transcript import Transcript
from casestudy.wording import parting, shortened

_FIELDS = ("code", "quote", "occurrence", "memo", "attributes", "by")
_TABLE = re.compile(r'"?sep=|[^\n|]*\bcode\b[^\n|]*[,;\t][^\n|]*\bquote\b', re.IGNORECASE)


@dataclass(frozen=True)
class Wish:
    """A coding as a coder writes it: a code and the words it is about."""

    code: str
    quote: str
    occurrence: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    memo: str = ""
    by: str = ""
    where: str = ""


def nearest_words(text: str, quote: str) -> str:
    """The stretch of a text that is most like words which are not in it; empty where none is near."""
    import difflib

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


def read_list(data: bytes, name: str) -> list[Wish]:
    """A coder's list in any of its forms.

    JSON: a list of objects, or one object a line, with code, quote and optionally occurrence (1 for the
    first), attributes (an object) and memo. CSV: columns of the same names; every other column is an
    attribute. Text: ``code | quote | attribute=value; attribute=value | memo`` a line, ``#`` begins a
    comment.

    Raises
    ------
    InputError
        With every entry that cannot be understood.
    """
    from casestudy.transcripts.text import decode

    text = decode(data, name).text
    if not text.strip():
        raise InputError(
            "A list of codings cannot be read.", [Problem(name, "it is empty.", "List codings.")]
        )
    opening = text.lstrip()[0]
    problems: list[Problem] = []
    if opening in "[{":
        entries = _json(text, name, problems)
    elif name.lower().endswith((".csv", ".tsv")) or _TABLE.match(text):
        entries = _csv(text.encode("utf-8"), name)
    else:
        entries = _lines(text, name, problems)
    wishes = [wish for where, entry in entries if (wish := _wish(entry, where, problems))]
    raise_if(problems, "A list of codings cannot be read.")
    return wishes


def _json(text: str, name: str, problems: list[Problem]) -> list[tuple[str, Any]]:
    try:
        whole = json.loads(text)
        entries = whole if isinstance(whole, list) else [whole]
        return [(f"{name}, entry {number}", entry) for number, entry in enumerate(entries, start=1)]
    except ValueError as error:
        if text.lstrip().startswith("["):
            problems.append(Problem(name, f"it is not valid JSON: {error}.", "Mend the place it names."))
            return []
    found: list[tuple[str, Any]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            found += [(f"{name}, line {number}", json.loads(line))] if line.strip() else []
        except ValueError as error:
            problems.append(Problem(f"{name}, line {number}", f"it is not valid JSON: {error}."))
    return found


def _csv(data: bytes, name: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    listed = lists.read(data, name, _FIELDS, ("code", "quote"), remedy="Head: code,quote,memo.")
    for row in listed.rows:
        plain = {key: value for key, value in row.cells.items() if value and key in _FIELDS}
        if "occurrence" in plain:
            number = lists.whole(plain["occurrence"])
            plain["occurrence"] = plain["occurrence"] if number is None else str(number)
        others = {key: value for key, value in row.cells.items() if value and key not in _FIELDS}
        found.append((f"{name}, row {row.number}", {**plain, "attributes": others}))
    return found


def _lines(text: str, name: str, problems: list[Problem]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        where = f"{name}, line {number}"
        parts = [part.strip() for part in line.split("|")]
        if len(parts) < 2:
            problems.append(Problem(where, f"{line[:40]!r} has no '|'.", "Write code | quote."))
            continue
        parts += [""] * (4 - len(parts))
        pairs = [pair.partition("=") for pair in parts[2].split(";") if pair.strip()]
        entry: dict[str, Any] = {
            "code": parts[0],
            "quote": parts[1].strip('"“”'),
            "memo": " | ".join(parts[3:]),
        }
        said = {key.strip(): value.strip() for key, _, value in pairs}
        if "occurrence" in said:
            entry["occurrence"] = said.pop("occurrence")
        found.append((where, entry | {"attributes": said}))
    return found


def _wish(entry: Any, where: str, problems: list[Problem]) -> Wish | None:
    if not isinstance(entry, dict):
        problems.append(Problem(where, f"{str(entry)[:40]!r} is no coding.", "Write code and quote."))
        return None
    for key in entry:
        if key not in _FIELDS:
            problems.append(Problem(where, f"{key!r} is not known.", nearest(str(key), _FIELDS)))
    if half := [key for key, value in entry.items() if not is_encodable([key, value])]:
        problems.append(Problem(where, f"{half[0]} holds half of a character.", "Replace the broken emoji."))
        return None
    code, quote = str(entry.get("code") or "").strip(), str(entry.get("quote") or "")
    if not code or not quote.strip():
        problems.append(Problem(where, "no code, or no quote.", "Write both."))
        return None
    number = str(entry.get("occurrence") or "0").strip()
    given = entry.get("attributes") or {}
    if not number.isdigit() or not isinstance(given, dict):
        problems.append(Problem(where, "occurrence or attributes cannot be read.", "1 for the first; {…}."))
        return None
    said = {str(key): str(value) for key, value in given.items() if str(value).strip()}
    memo, by = str(entry.get("memo") or "").strip(), str(entry.get("by") or "").strip()
    return Wish(code, quote.strip("\n"), int(number), said, memo, by, where)


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
        When given, codes must be in it and in use.
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
        problems += _vocabulary(wish, book, vocabulary or {})
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


def _vocabulary(wish: Wish, book: Codebook | None, vocabulary: Mapping[str, Attribute]) -> list[Problem]:
    problems = []
    if book is not None:
        code = book.codes.get(wish.code)
        if code is None:
            hint = nearest(wish.code, [one.id for one in book.in_use()])
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
    raise_if([Problem(repr(one), "it is no pair.", "Write NAME=VALUE.") for one in wrong], "Not understood.")
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
    said = {"code": wish.code, "attributes": dict(wish.attributes), "memo": wish.memo}
    if not wish.quote:
        raise_if(_vocabulary(wish, book, vocabulary), "Nothing was written.")
        return said
    blank = Work(coding.coder, coding.document, (), (), ())
    [record], _ = place([wish], transcript, blank, book, vocabulary)
    where = {"start": record.start, "end": record.end, "quote": record.quote, "text": record.text}
    return {**said, **where}
