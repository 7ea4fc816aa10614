"""QualCoder projects: a folder ``NAME.qda`` with the database ``data.qda``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from casestudy.interchange.account import Account
from casestudy.interchange.conventions import CANONICAL, Convention, Written
from casestudy.interchange.databases import Database, Stated, opened, placed, text, whole
from casestudy.interchange.evidence import Span
from casestudy.interchange.packed import refused
from casestudy.interchange.project import (
    Case,
    Code,
    Coder,
    Document,
    Kind,
    Note,
    Project,
    Variable,
    guid_of,
)
from casestudy.interchange.refi_parts import told
from casestudy.interchange.refi_read import Reading

_KINDS = {"character": "Text", "numeric": "Float", "date": "Date"}


def read(path: Path, offsets: Convention | None = None) -> Reading:
    """Read a project.

    Parameters
    ----------
    path : Path
        The folder, or the database in it.
    offsets : Convention, optional

    Raises
    ------
    InputError
        When it is not a QualCoder project.
    """
    database = path / "data.qda" if path.is_dir() else path
    if not database.is_file():
        raise refused(path.name, "it holds no data.qda.", "Name the folder of a QualCoder project.")
    name = (path if path.is_dir() else path.parent if path.name == "data.qda" else path).stem
    with opened(database, "source", "code_name", "code_text") as data:
        return _read(data, name, offsets)


def _read(data: Database, name: str, offsets: Convention | None) -> Reading:
    account = Account()

    def own(kind: str, *parts: object) -> str:
        return guid_of("qualcoder", name, kind, *map(str, parts))

    codes = _codes(data, own)
    by_cid = {whole(row["cid"]): own("code", text(row["name"])) for row in data.all("code_name")}
    documents: dict[int, Document] = {}
    texts: dict[str, Written] = {}
    for row in data.all("source"):
        guid, called = own("document", text(row["name"])), text(row["name"])
        words, path = row.get("fulltext"), text(row.get("mediapath"))
        lacks = words is None or (not text(words) and bool(path))
        kind: Kind = "picture" if "/images/" in path or path.startswith("images:") else "text"
        documents[whole(row["id"])] = Document(
            guid, called, kind=kind, description=text(row.get("memo")), when=_moment(row), lacks_text=lacks
        )
        if not lacks:
            texts[guid] = Written(text(words), False, called)
        account.add(
            "document", guid, called, *(("kept beside", "it holds no text") if lacks else ("kept", ""))
        )
    coders: dict[str, str] = {}
    stated = []
    for row in data.all("code_text"):
        code, document = by_cid.get(whole(row["cid"]), ""), documents.get(whole(row["fid"]))
        owner = text(row.get("owner")) or "nobody named"
        places = (whole(row["pos0"]), whole(row["pos1"]))
        guid = own("coding", owner, document.name if document else row["fid"], code, *places)
        if not code:
            account.add("coding", guid, text(row["seltext"])[:60], "not kept", "its code is not there")
            continue
        span = Span(document.guid if document else "", *places, text(row["seltext"]))
        stated.append(
            Stated(
                guid,
                span,
                code,
                coders.setdefault(owner, own("coder", owner)),
                _moment(row),
                text(row.get("memo")),
            )
        )
    codings, placing = placed(texts, stated, data.where, account, known=CANONICAL, chosen=offsets)
    for table, what in (("code_image", "a region of a picture"), ("code_av", "a stretch of a recording")):
        for number, row in enumerate(data.all(table), start=1):
            identity = own(table, row.get("imid") or row.get("avid") or number)
            account.add("coding", identity, "", "not kept", f"{what} is not text")
    notes = _notes(data, own, documents, texts, account)
    variables, cases, values = _people(data, own, documents)
    whole_documents = [
        replace(one, text=texts[one.guid].text if one.guid in texts else "", values=values.get(number, {}))
        for number, one in documents.items()
    ]
    project = Project(
        name=name,
        origin="QualCoder",
        description=text(next(iter(data.all("project")), {}).get("memo")),
        coders=tuple(Coder(guid, owner) for owner, guid in coders.items()),
        codes=tuple(codes),
        variables=tuple(variables),
        documents=tuple(whole_documents),
        codings=tuple(codings),
        cases=tuple(cases),
        notes=tuple(notes),
    )
    told(project, account)
    return Reading(project, account, placing)


def _moment(row: dict[str, object]) -> str:
    """A date of QualCoder (``2026-01-31 10:00:00``) as the standard writes it."""
    found = re.match(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)", text(row.get("date")))
    return f"{found[1]}T{found[2]}Z" if found else ""


def _codes(data: Database, guid: Callable[..., str]) -> list[Code]:
    categories = {whole(row["catid"]): row for row in data.all("code_cat")}
    names = {whole(row["cid"]): text(row["name"]) for row in data.all("code_name")}

    def category(number: object) -> str:
        return (
            guid("category", text(categories[whole(number)]["name"])) if whole(number) in categories else ""
        )

    found = [
        Code(
            category(number),
            text(row["name"]),
            category(row.get("supercatid")),
            "",
            text(row.get("memo")),
            False,
        )
        for number, row in categories.items()
    ]
    for row in data.all("code_name"):
        above = whole(row.get("supercid"))
        parent = guid("code", names[above]) if above in names else category(row.get("catid"))
        found.append(
            Code(
                guid("code", text(row["name"])),
                text(row["name"]),
                parent,
                text(row.get("color")),
                text(row.get("memo")),
            )
        )
    return found


def _notes(
    data: Database,
    guid: Callable[..., str],
    documents: dict[int, Document],
    texts: dict[str, Written],
    account: Account,
) -> list[Note]:
    """Annotations, which are memos on passages, and the journal."""
    found = []
    for row in data.all("annotation"):
        document = documents.get(whole(row["fid"]))
        identity = guid("annotation", row.get("fid"), row.get("pos0"), row.get("pos1"), row.get("owner"))
        if document is None or document.guid not in texts:
            account.add("memo on a passage", identity, "", "not kept", "its document has no text")
            continue
        starts, ends = texts[document.guid].positions(CANONICAL, [whole(row["pos0"])], [whole(row["pos1"])])
        if not 0 <= starts[0] < ends[0]:
            account.add("memo on a passage", identity, "", "not kept", "it points outside of the text")
            continue
        found.append(
            Note(identity, "", text(row["memo"]), "", _moment(row), document.guid, starts[0], ends[0])
        )
        account.add("memo on a passage", identity, text(row["memo"])[:60], "kept beside")
    for row in data.all("journal"):
        identity = guid("journal", row.get("name"))
        found.append(Note(identity, text(row["name"]), text(row["jentry"]), "", _moment(row)))
        account.add("note", identity, text(row["name"]), "kept beside")
    return found


def _people(
    data: Database, guid: Callable[..., str], documents: dict[int, Document]
) -> tuple[list[Variable], list[Case], dict[int, dict[str, str]]]:
    """Variables, cases, and the values of documents by number."""
    variables = [
        Variable(
            guid("variable", row["name"]),
            text(row["name"]),
            _KINDS.get(text(row["valuetype"]), "Text"),
            text(row["memo"]),
        )
        for row in data.all("attribute_type")
    ]
    values: dict[tuple[str, int], dict[str, str]] = {}
    for row in data.all("attribute"):
        if text(row["value"]).strip():
            table = values.setdefault((text(row["attr_type"]), whole(row["id"])), {})
            table[guid("variable", row["name"])] = text(row["value"]).strip()
    whose: dict[int, list[str]] = {}
    passages: dict[int, list[tuple[str, int, int]]] = {}
    for row in data.all("case_text"):
        document = documents.get(whole(row["fid"]))
        if document is None:
            continue
        number = whole(row["caseid"])
        if document.guid not in whose.setdefault(number, []):
            whose[number].append(document.guid)
        if whole(row["pos1"]) > 0:
            passages.setdefault(number, []).append((document.guid, whole(row["pos0"]), whole(row["pos1"])))
    cases = [
        Case(
            guid("case", row["name"]),
            text(row["name"]),
            text(row.get("memo")),
            tuple(whose.get(whole(row["caseid"]), ())),
            values.get(("case", whole(row["caseid"])), {}),
            passages=tuple(passages.get(whole(row["caseid"]), ())),
        )
        for row in data.all("cases")
    ]
    return variables, cases, {number: one for (kind, number), one in values.items() if kind == "file"}
