"""A coder's list of codings to make, in any of its forms: each a code and the exact words it is about."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files import lists
from casestudy.files.journal import is_encodable
from casestudy.transcripts.transcript import Transcript

_FIELDS = ("document", "code", "quote", "occurrence", "memo", "attributes", "by")
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
    document: str = ""


def read_list(data: bytes, name: str) -> list[Wish]:
    """A coder's list in any of its forms.

    JSON: a list of objects, or one object a line, with code, quote and optionally document, occurrence (1 for
    the first), attributes (an object) and memo. CSV: columns of the same names; every other column is an
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
            problems.append(Problem(name, f"it is not valid JSON: {error}.", "Correct the place it names."))
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
        problems.append(Problem(where, f"{str(entry)[:40]!r} is not a coding.", "Write code and quote."))
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
    memo, by, name = (str(entry.get(key) or "").strip() for key in ("memo", "by", "document"))
    return Wish(code, quote.strip("\n"), int(number), said, memo, by, where, name)


def by_document(
    wishes: Sequence[Wish], given: str, documents: Mapping[str, Transcript]
) -> dict[str, list[Wish]]:
    """Wishes by the document that each is about.

    Parameters
    ----------
    wishes : sequence of Wish
    given : str
        The document of wishes that name none; empty for none.
    documents : mapping of id to Transcript

    Raises
    ------
    InputError
        With every document that is not there, every wish that names none or another than the given one.
    """
    problems, sorted_ = [], dict[str, list[Wish]]()
    if given and given not in documents:
        problems.append(Problem(f"document {given!r}", "there is none.", nearest(given, documents)[:300]))
    for wish in wishes:
        name = wish.document or given
        if not name:
            remedy = "Fill in the column document, or name one for all: --document."
            problems.append(Problem(wish.where, "it names no document.", remedy))
        elif given and name != given:
            remedy = "Leave --document out: the list names its documents."
            problems.append(Problem(wish.where, f"it is about {name!r}, not {given!r}.", remedy))
        elif name not in documents and name != given:
            problems.append(
                Problem(wish.where, f"document {name!r} is not there.", nearest(name, documents)[:300])
            )
        sorted_.setdefault(name, []).append(wish)
    raise_if(problems, "Nothing was written: documents are not known.")
    return sorted_
