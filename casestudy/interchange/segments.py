"""Tables of coded segments, as NVivo, MAXQDA, ATLAS.ti, Dedoose, Quirkos and Taguette write them.

Such a table holds words and codes, and no texts: each quote is looked for in the documents of the study.
Where the table states positions, they decide between places with the same words.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from casestudy.errors import InputError, Problem, nearest
from casestudy.files import lists
from casestudy.interchange import ledger
from casestudy.interchange.account import Account
from casestudy.interchange.databases import whole
from casestudy.interchange.packed import refused
from casestudy.interchange.project import (
    Code,
    Coder,
    Coding,
    Document,
    Project,
    guid_of,
    is_guid,
    paths,
)
from casestudy.interchange.refi_parts import NOBODY, told
from casestudy.interchange.refi_read import Reading
from casestudy.transcripts.find import find

# By what a column says, the headings under which tools write it, in lower case.
HEADINGS: dict[str, tuple[str, ...]] = {
    "document": (
        *(
            "document",
            "document name",
            "file",
            "filename",
            "file name",
            "source",
            "source name",
            "media title",
        ),
        *("media", "title", "resource", "name of document", "dokument", "dokumentname"),
    ),
    "code": ("code", "codes", "coded", "node", "tag", "tags", "code name", "codes applied", "quirk", "theme"),
    "quote": (
        *("quote", "segment", "quotation content", "quotation", "content", "coded text", "excerpt", "text"),
        *("coded segment", "excerpt text", "reference text", "highlight", "segment text"),
    ),
    "coder": ("coder", "created by", "author", "user", "excerpt creator", "initials", "modified by", "owner"),
    "memo": ("memo", "comment", "comments", "quotation comment", "note"),
    "when": ("time", "when", "created", "creation date", "excerpt date", "date"),
    "start": ("start", "start position", "startposition", "start offset"),
    "end": ("end", "end position", "endposition", "end offset"),
    "path": ("path", "code path"),
    "coding": ("coding",),
}
_MANY = ("\n", ";", "|")
LARGEST = 200_000_000


def read(path: Path, within: Project) -> Reading:
    """Read a table of coded segments.

    Parameters
    ----------
    path : Path
        CSV, TSV or XLSX.
    within : Project
        The study that the table is about: its documents hold the words, and its codes and coders of the same
        names are meant.

    Raises
    ------
    InputError
        When columns are missing.
    """
    account = Account()
    rows = _rows(path)
    if not rows:
        raise refused(path.name, "it has no rows.", "Export the coded segments again.")
    columns = _columns(list(rows[0]), path.name)
    table = _Table(path.stem, within, account)
    for number, row in enumerate(rows, start=2):
        table.take({key: row.get(heading, "").strip("\r\n") for key, heading in columns.items()}, number)
    once = tuple({coding.guid: coding for coding in table.codings}.values())
    documents = tuple(one for one in within.documents if one.guid in table.touched)
    coders, codes = tuple(table.coders.values()), tuple(table.codes.values())
    project = Project(path.stem, "a table of coded segments", "", coders, codes, (), documents, once)
    told(project, account)
    return Reading(project, account)


class _Table:
    """One table: what was read of it so far."""

    def __init__(self, name: str, within: Project, account: Account) -> None:
        self.name, self.account = name, account
        self.codings: list[Coding] = []
        self.codes: dict[str, Code] = {}
        self.coders: dict[str, Coder] = {}
        self.touched: set[str] = set()
        self._documents = {_plain(one.name): one for one in within.documents if not one.lacks_text}
        self._known_coders = {one.name: one for one in within.coders}
        self._known = {one.guid: one for one in within.codes}
        self._paths: dict[tuple[str, ...], list[str]] = {}
        for guid, names in paths(within.codes).items():
            for key in {names, names[-1:]}:
                self._paths.setdefault(key, []).append(guid)
        self._places: dict[tuple[str, str], list[tuple[int, int]]] = {}

    def take(self, cell: Mapping[str, str], number: int) -> None:
        """Read one row."""
        quote = cell["quote"]
        document = self._documents.get(_plain(cell["document"]))
        why = ""
        if not quote.strip() or not cell["code"].strip():
            why = "it has no words or no code"
        elif document is None:
            why = f"document {cell['document']!r} is not in the study"
        else:
            at = self._at(document, quote, cell)
            if isinstance(at, tuple):
                self._coded(document, at, cell)
                return
            why = at
        identity = guid_of("segment", self.name, str(number), cell["document"], quote)
        self.account.add("segment", identity, quote[:60], "not kept", why)

    def _at(self, document: Document, quote: str, cell: Mapping[str, str]) -> tuple[int, int] | str:
        """Where a quote stands: its only place, or the one that the table's positions name; else why not."""
        key = (document.guid, quote)
        if key not in self._places:
            self._places[key] = find(document.text, quote)
        places = self._places[key]
        if len(places) == 1:
            return places[0]
        start = whole(cell.get("start"))
        named = next((place for place in places if start >= 0 and place[0] == start), None)
        if named is not None:
            return named
        return f"its words stand there {len(places)} times" if places else "its words are not in the document"

    def _coded(self, document: Document, at: tuple[int, int], cell: Mapping[str, str]) -> None:
        self.touched.add(document.guid)
        who = cell.get("coder", "").strip()
        coder = self._known_coders.get(who) or Coder(
            guid_of("segments", "coder", who) if who else NOBODY, who
        )
        self.coders.setdefault(coder.guid, coder)
        called = [cell["path"]] if cell.get("path", "").strip() else _several(cell["code"])
        for name in called:
            code = self._code(tuple(part.strip() for part in _path(name) if part.strip()))
            guid = guid_of("segments", document.guid, code, coder.guid, str(at[0]), str(at[1]))
            if len(called) == 1 and is_guid(cell.get("coding", "")):
                guid = cell["coding"]
            words, when = document.text[at[0] : at[1]], cell.get("when", "")
            self.account.add("coding", guid, words[:60], "kept")
            self.codings.append(
                Coding(
                    *(guid, document.guid, code, at[0], at[1], words, coder.guid),
                    when=when if "T" in when else "",
                    memo=cell.get("memo", ""),
                    standing="exact",
                )
            )

    def _code(self, names: tuple[str, ...]) -> str:
        """The GUID of a code: the only one of the study that has the names, or a new one."""
        known = self._paths.get(names, [])
        if len(known) == 1:
            guid = known[0]
            while guid in self._known:
                self.codes.setdefault(guid, self._known[guid])
                guid = self._known[guid].parent
            return known[0]
        parent = guid = ""
        for count in range(1, len(names) + 1):
            guid = guid_of("segments", "code", *names[:count])
            self.codes.setdefault(guid, Code(guid, names[count - 1], parent))
            parent = guid
        return guid


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise refused(path.name, f"{error.strerror}.") from error
    if len(data) > LARGEST:
        raise refused(path.name, f"it has {len(data):,} bytes.", "Divide it.")
    if not data.startswith(b"PK"):
        known = [name for names in HEADINGS.values() for name in names]
        return [dict(row.cells) for row in lists.read(data, path.name, known, windows=True).rows]
    from python_calamine import CalamineError, load_workbook

    try:
        book = load_workbook(io.BytesIO(data))
        cells = book.get_sheet_by_index(0).to_python() if book.sheet_names else []
    except (CalamineError, ValueError) as error:
        raise refused(path.name, f"it is not a workbook ({str(error)[:80]}).", "Save it as CSV.") from error
    if not cells:
        return []
    heads = [str(one).strip() for one in cells[0]]
    return [dict(zip(heads, map(_cell, row), strict=False)) for row in cells[1:] if any(map(str, row))]


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _columns(headings: list[str], where: str) -> dict[str, str]:
    """By what it says, the heading of each column that the table has."""
    there = {" ".join(one.replace("_", " ").casefold().split()): one for one in headings}
    found = {}
    for key, names in HEADINGS.items():
        heading = next((there[name] for name in names if name in there), "")
        if heading:
            found[key] = heading
    problems = [
        Problem(where, f"no column says the {key}.", nearest(key, headings)[:200])
        for key in ("document", "code", "quote")
        if key not in found
    ]
    if problems:
        raise InputError("The table of coded segments cannot be read.", problems)
    return found


def _plain(name: str) -> str:
    words = name.replace("\\", "/").rpartition("/")[2].strip()
    stem, dot, ending = words.rpartition(".")
    if dot and stem and len(ending) <= 5 and ending.isalnum() and not ending.isdigit():
        words = stem
    return ledger.slug(words, words)


def _several(written: str) -> list[str]:
    for mark in _MANY:
        if mark in written:
            return [part.strip() for part in written.split(mark) if part.strip()]
    return [written.strip()]


def _path(called: str) -> list[str]:
    """The names from the top down that a code's name holds, such as ``food > bread`` or ``food::bread``."""
    for mark in (" > ", "::", "\\"):
        if mark in called:
            return called.split(mark)
    return [called]
