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
from casestudy.interchange.project import Code, Coder, Coding, Document, Project, guid_of
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
}
_MANY = ("\n", ";", "|")
LARGEST = 200_000_000


def read(path: Path, texts: Mapping[str, str], title: str = "") -> Reading:
    """Read a table of coded segments.

    Parameters
    ----------
    path : Path
        CSV, TSV or XLSX.
    texts : mapping of document's id to text
        Those of the study that the table is about.
    title : str
        The study's title, by which its documents are known.

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
    name = path.stem
    codes: dict[str, Code] = {}
    coders: dict[str, Coder] = {}
    found: list[Coding] = []
    used: set[str] = set()
    places: dict[tuple[str, str], list[tuple[int, int]]] = {}
    names = _names(texts)
    for number, row in enumerate(rows, start=2):
        cell = {key: row.get(heading, "").strip("\r\n") for key, heading in columns.items()}
        quote = cell["quote"]
        document = names.get(_plain(cell["document"]), "")
        identity = guid_of(
            "segment", name, cell["document"], cell["code"], quote, cell.get("start", ""), str(number)
        )
        if not quote.strip() or not cell["code"].strip():
            account.add("segment", identity, quote[:60], "not kept", "it has no words or no code")
            continue
        if not document:
            account.add(
                "segment",
                identity,
                quote[:60],
                "not kept",
                f"document {cell['document']!r} is not in the study",
            )
            continue
        key = (document, quote)
        if key not in places:
            places[key] = find(texts[document], quote)
        at = _at(places[key], cell)
        if at is None:
            count = len(places[key])
            why = "its words are not in the document" if not count else f"its words stand there {count} times"
            account.add("segment", identity, quote[:60], "not kept", why)
            continue
        used.add(document)
        who = cell.get("coder", "").strip()
        coder = coders.setdefault(who, Coder(guid_of("segments", "coder", who) if who else NOBODY, who))
        for called in _several(cell["code"]):
            path_ = tuple(part.strip() for part in _path(called) if part.strip())
            code = _code(path_, codes)
            guid = guid_of("segments", document, code.guid, coder.guid, str(at[0]), str(at[1]))
            account.add("coding", guid, quote[:60], "kept")
            words = texts[document][at[0] : at[1]]
            when = cell.get("when", "")
            found.append(
                Coding(
                    *(guid, guid_of("document", title, document), code.guid, at[0], at[1], words, coder.guid),
                    when=when if "T" in when else "",
                    memo=cell.get("memo", ""),
                    standing="exact",
                )
            )
    once = tuple({coding.guid: coding for coding in found}.values())
    documents = tuple(Document(guid_of("document", title, one), one, texts[one]) for one in sorted(used))
    project = Project(
        name,
        "a table of coded segments",
        "",
        tuple(coders.values()),
        tuple(codes.values()),
        (),
        documents,
        once,
    )
    told(project, account)
    return Reading(project, account)


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
        raise refused(path.name, f"it is no workbook ({str(error)[:80]}).", "Save it as CSV.") from error
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


def _names(texts: Mapping[str, str]) -> dict[str, str]:
    return {_plain(name): name for name in texts}


def _at(places: list[tuple[int, int]], cell: Mapping[str, str]) -> tuple[int, int] | None:
    """The place of a quote: the only one, or the one that the table's positions name."""
    if len(places) == 1:
        return places[0]
    start = whole(cell.get("start"))
    return next((place for place in places if start >= 0 and place[0] == start), None)


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


def _code(path: tuple[str, ...], codes: dict[str, Code]) -> Code:
    parent = ""
    code = Code("", "")
    for count in range(1, len(path) + 1):
        guid = guid_of("segments", "code", *path[:count])
        code = codes.setdefault(guid, Code(guid, path[count - 1], parent))
        parent = guid
    return code
