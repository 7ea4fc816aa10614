"""BibTeX and BibLaTeX: every entry with its own line, whatever its key; what is broken is noted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from casestudy.literature.markup import from_latex, verbatim
from casestudy.literature.reading import Reading, pages

_BEGIN = re.compile(r"@[ \t]*([A-Za-z]+)\s*[{(]")
_LINE_BEGIN = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.M)
_NAME = re.compile(r"\s*,?\s*([^\s=,{}\"#()]+)\s*=\s*")
_MOST_SWALLOWED = 5
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_VERBATIM = frozenset({"doi", "url", "verified", "eprint", "howpublished", "file", "link"})
_INHERITED = {
    "title": "booktitle",
    "booktitle": "booktitle",
    "year": "year",
    "date": "date",
    "editor": "editor",
}


@dataclass
class Entry:
    """One entry as it stands: type, key (empty for none), line, and every value of every field."""

    kind: str
    key: str
    line: int
    fields: dict[str, list[str]] = field(default_factory=dict)

    def raw(self, *names: str) -> list[str]:
        """Every value of the first of these fields that has one."""
        return next((values for name in names if (values := self.fields.get(name))), [])

    def text(self, *names: str) -> list[str]:
        """Like `raw`, in plain letters."""
        return [
            verbatim(value) if name in _VERBATIM else from_latex(value)
            for name in names
            if (values := self.fields.get(name))
            for value in values
        ][: len(self.raw(*names))]


def bibtex(text: str, reading: Reading) -> None:
    """Read BibTeX as JabRef, Zotero, Mendeley, Scopus, Web of Science and Google Scholar write it.

    Macros (``month = jun``, ``@string``) are filled in; an entry without a key, and two of one key, are kept
    with their own lines; ``crossref`` fills what the entry itself does not say.
    """
    entries = list(_entries(text, reading))
    by_key = {entry.key.casefold(): entry for entry in reversed(entries) if entry.key}
    for entry in entries:
        parent = by_key.get("".join(entry.raw("crossref")).strip().casefold())
        if parent is not None and parent is not entry:
            for name, here in _INHERITED.items():
                if name in parent.fields:
                    entry.fields.setdefault(here, parent.fields[name])
        title = [*entry.text("title")[:1], *entry.text("subtitle")[:1]] or entry.text(
            "booktitle", "maintitle"
        )
        authors = [name for value in entry.raw("author") or entry.raw("editor") for name in _people(value)]
        fields = {
            "title": title,
            "authors": authors,
            "year": [*entry.text("year"), *entry.text("date")],
            "outlet": entry.text("journal", "journaltitle", "booktitle", "eventtitle")[:1],
            "volume": entry.text("volume"),
            "issue": entry.text("number", "issue"),
            "pages": pages("; ".join(entry.text("pages", "art_number", "eid", "article-number")), ""),
            "doi": entry.text("doi")
            or [url for url in entry.text("url") if re.match(r"https?://(dx\.)?doi\.org/10\.", url)],
            "type": entry.kind,
            "kinds": [*entry.text("document_type"), *entry.text("type"), *_archive(entry)],
            "abstract": entry.text("abstract"),
            "keywords": entry.text("keywords", "author_keywords"),
            "url": entry.text("url", "link"),
            "verified": entry.text("verified"),
        }
        reading.keep(fields, f"line {entry.line}")


def _archive(entry: Entry) -> list[str]:
    said = " ".join([*entry.raw("archiveprefix"), *entry.raw("eprinttype")]).casefold()
    return ["preprint"] if "arxiv" in said and not entry.raw("journal", "journaltitle", "booktitle") else []


def _people(value: str) -> Iterator[str]:
    """Names divided at "and" outside braces; a name in braces is one, whatever it holds."""
    for name in _outside_braces(value, re.compile(r"\s+and\s+|^and\s+|\s+and$", re.I)):
        plain = from_latex(name).strip()
        if (
            name.startswith("{")
            and name.endswith("}")
            and "," in plain
            and _closing(name, 0) == len(name) - 1
        ):
            plain = plain.replace(",", "")  # an institution's comma divides no surname from given names
        yield plain


def _outside_braces(text: str, separator: re.Pattern[str]) -> list[str]:
    pieces, begin = [], 0
    depths, depth = [], 0
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        depths.append(depth)
    for match in separator.finditer(text):
        if depths[match.start()] <= 0:
            pieces.append(text[begin : match.start()].strip())
            begin = match.end()
    return [piece for piece in [*pieces, text[begin:].strip()] if piece]


def _entries(text: str, reading: Reading) -> Iterator[Entry]:
    """Every entry; ``@comment`` and ``@preamble`` are passed over, ``@string`` is remembered."""
    macros = {month[:3].casefold(): month for month in _MONTHS}
    boundaries = [match.start() for match in _LINE_BEGIN.finditer(text)]
    position, line, counted_to, boundary = 0, 1, 0, 0
    while match := _BEGIN.search(text, position):
        if odd := re.search(r"^.*\S[^\n]*=.*$", text[position : match.start()], re.M):
            number = line + text.count("\n", counted_to, position + odd.start())
            reading.note(
                f"line {number}",
                "fields stand there outside an entry and are left out.",
                "Look whether a brace is too many.",
            )
        line, counted_to = line + text.count("\n", counted_to, match.start()), match.start()
        while boundary < len(boundaries) and boundaries[boundary] <= match.start():
            boundary += 1
        opening = match.end() - 1
        later = [*boundaries[boundary : boundary + _MOST_SWALLOWED], len(text)]
        end = next((place for stop in later if (place := _closing(text, opening, stop)) >= 0), -1)
        kind = match[1].casefold()
        if end < 0:
            end = later[0]
            found = f"the braces of this {kind} do not close; it is read up to the next entry."
            reading.note(f"line {line}", found, "Close its braces and quotation marks.")
        body, position = text[opening + 1 : end], max(end, match.end())
        if kind == "string":
            macros |= {
                name.casefold(): " ".join(values) for name, values in _fields(body, macros, set()).items()
            }
        elif kind not in ("comment", "preamble"):
            key, fields_begin = _key(body)
            unknown: set[str] = set()
            entry = Entry(kind, key, line, _fields(body[fields_begin:], macros, unknown))
            if not key:
                reading.note(f"line {line}", "the entry has no key; it is read.")
            for name in sorted(unknown):
                reading.note(
                    f"line {line}", f"{name!r} is not a @string of this file; the name itself is kept."
                )
            yield entry


def _key(body: str) -> tuple[str, int]:
    """The key of an entry and where its fields begin; no key where a field comes first."""
    comma, equals = body.find(","), body.find("=")
    if comma < 0 and equals < 0:
        return " ".join(body.split()), len(body)
    if equals >= 0 and (comma < 0 or equals < comma):
        return "", 0
    return " ".join(body[:comma].split()), comma + 1


def _fields(body: str, macros: dict[str, str], unknown: set[str]) -> dict[str, list[str]]:
    """Every value of every field of one entry; what is not a field is passed over up to the next comma."""
    fields: dict[str, list[str]] = {}
    position = 0
    while position < len(body):
        match = _NAME.match(body, position)
        if not match:
            following = re.compile(r",|\n").search(body, position + 1)
            if not following:
                break
            position = following.start()
            continue
        value, position = _value(body, match.end(), macros, unknown)
        fields.setdefault(match[1].casefold(), []).append(value)
    return fields


def _value(body: str, position: int, macros: dict[str, str], unknown: set[str]) -> tuple[str, int]:
    """One value, its parts joined at ``#``, and where it ends."""
    parts = []
    while position < len(body):
        if body[position] == "{":
            end = _closing(body, position)
            end = end if end >= 0 else len(body)
            parts.append(body[position + 1 : end])
            position = end + 1
        elif body[position] == '"':
            end = _quote(body, position)
            parts.append(body[position + 1 : end])
            position = end + 1
        else:
            word = re.compile(r"[^\s,#{}\"]*").match(body, position)
            name = word[0] if word else ""
            if name and not name.isdigit() and name.casefold() not in macros:
                unknown.add(name)
            parts.append(macros.get(name.casefold(), name))
            position += len(name)
        joint = re.compile(r"\s*#\s*").match(body, position)
        if not joint:
            break
        position = joint.end()
    return "".join(parts).strip(), position


def _closing(text: str, opening: int, stop: int | None = None) -> int:
    """Where the brace or parenthesis at `opening` closes before `stop`; -1 where it does not."""
    depth = 0
    pattern = _BRACES if text[opening] == "{" else _BRACES_AND_END
    for match in pattern.finditer(text, opening, len(text) if stop is None else stop):
        if match[0] == ")":
            if depth == 0:
                return match.start()
        else:
            depth += 1 if match[0] == "{" else -1
            if depth <= 0 and text[opening] == "{":
                return match.start()
    return -1


def _quote(body: str, opening: int) -> int:
    """Where the quotation mark at `opening` closes: at the next one outside braces."""
    depth = 0
    for match in _QUOTED.finditer(body, opening + 1):
        if match[0] == '"' and depth <= 0:
            return match.start()
        depth += {"{": 1, "}": -1}.get(match[0], 0)
    return len(body)


_BRACES, _BRACES_AND_END, _QUOTED = re.compile(r"[{}]"), re.compile(r"[{})]"), re.compile(r'[{}"]')
