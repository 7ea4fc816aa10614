"""RQDA projects: one SQLite file, whose segments are counted in several ways beside each other.

A segment's stored words decide for each segment by itself. Rows with a status other than 1 are deleted ones.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from casestudy.interchange.account import Account
from casestudy.interchange.conventions import CANONICAL, Convention, Written
from casestudy.interchange.databases import Database, Stated, opened, placed, text, whole
from casestudy.interchange.evidence import Span, quotes
from casestudy.interchange.project import Case, Code, Coder, Document, Note, Project, Variable, guid_of
from casestudy.interchange.refi_parts import told
from casestudy.interchange.refi_read import Reading

_SHIFTS = ((0, 0), (-1, 0), (-1, -1), (0, 1), (1, 1), (0, -1))
_COUNTED = (CANONICAL, Convention("codepoints", 2), Convention("bytes", 1), Convention("bytes", 2))


def read(path: Path) -> Reading:
    """Read a project.

    Raises
    ------
    InputError
        When it is not an RQDA project.
    """
    with opened(path, "source", "freecode", "coding") as data:
        return _read(data, path.stem)


def _live(data: Database, table: str, account: Account) -> list[dict[str, object]]:
    """The rows of a table that are not deleted."""
    rows = data.all(table)
    kept = [row for row in rows if "status" not in row or whole(row["status"]) == 1]
    for number, row in enumerate(rows, start=1):
        if row not in kept:
            account.add(
                f"deleted row of {table}",
                str(number),
                text(row.get("name"))[:60],
                "not kept",
                "its status says so",
            )
    return kept


def _read(data: Database, name: str) -> Reading:
    account = Account()

    def own(kind: str, *parts: object) -> str:
        return guid_of("rqda", name, kind, *map(str, parts))

    groups = {whole(row["catid"]): text(row["name"]) for row in _live(data, "codecat", account)}
    above = {whole(row["cid"]): whole(row["catid"]) for row in _live(data, "treecode", account)}
    codes = {
        whole(row["id"]): Code(
            own("code", row["name"]),
            text(row["name"]),
            own("category", groups[above[whole(row["id"])]]) if above.get(whole(row["id"])) in groups else "",
            text(row.get("color")),
            text(row.get("memo")),
        )
        for row in _live(data, "freecode", account)
    }
    folders = [Code(own("category", called), called, codable=False) for called in groups.values()]
    sources = {whole(row["id"]): row for row in _live(data, "source", account)}
    texts = {
        own("document", row["name"]): Written(text(row["file"]), False, text(row["name"]))
        for row in sources.values()
    }
    coders: dict[str, str] = {}
    stated: list[Stated] = []
    for table in ("coding", "coding2"):
        for row in _live(data, table, account):
            code, source = codes.get(whole(row["cid"])), sources.get(whole(row["fid"]))
            owner = text(row.get("owner")) or ("second coder" if table == "coding2" else "nobody named")
            guid = own(table, owner, *(row[key] for key in ("fid", "cid", "selfirst", "selend")))
            if code is None or source is None:
                why = "its code or its document is not there"
                account.add("coding", guid, text(row["seltext"])[:60], "not kept", why)
                continue
            document = own("document", source["name"])
            stated.append(_coding(row, code, texts[document], (guid, document), owner))
    for segment in stated:
        segment.coder = coders.setdefault(segment.coder, own("coder", segment.coder))
    codings, placing = placed(texts, stated, data.where, account, known=CANONICAL, chosen=CANONICAL)
    documents = [
        Document(
            own("document", row["name"]),
            text(row["name"]),
            texts[own("document", row["name"])].text,
            description=text(row.get("memo")),
        )
        for row in sources.values()
    ]
    for one in documents:
        account.add("document", one.guid, one.name, "kept")
    variables, cases = _cases(data, own, sources, account)
    notes = [
        Note(own("journal", row.get("name")), text(row.get("name")), text(row.get("journal")))
        for row in _live(data, "journal", account)
    ]
    for note in notes:
        account.add("note", note.guid, note.name, "kept beside")
    project = Project(
        name,
        "RQDA",
        "",
        tuple(Coder(guid, who) for who, guid in coders.items()),
        (*folders, *codes.values()),
        tuple(variables),
        tuple(documents),
        tuple(codings),
        cases=tuple(cases),
        notes=tuple(notes),
    )
    told(project, account)
    return Reading(project, account, placing)


def _coding(
    row: dict[str, object],
    code: Code,
    written: Written,
    identity: tuple[str, str],
    owner: str,
) -> Stated:
    """A segment, where its stored words stand at its positions counted in one of the ways that occur."""
    guid, document = identity
    first, last, words = whole(row["selfirst"]), whole(row["selend"]), text(row["seltext"])
    span = Span(document, first, last, words)
    ways = ((convention, shift) for convention in _COUNTED for shift in _SHIFTS)
    for convention, (before, after) in ways:
        starts, ends = written.positions(convention, [first + before], [last + after])
        start, end = starts[0], ends[0]
        if 0 <= start < end and words and quotes(words, written.text[start:end]):
            span = Span(document, start, end, words)
            if span.quote == written.text[start:end]:
                break
    return Stated(guid, span, code.guid, owner, "", text(row.get("memo")))


def _cases(
    data: Database, own: Callable[..., str], sources: dict[int, dict[str, object]], account: Account
) -> tuple[list[Variable], list[Case]]:
    """Variables and cases."""
    names: dict[str, Variable] = {}
    values: dict[int, dict[str, str]] = {}
    for row in _live(data, "caseAttr", account):
        called = text(row["variable"])
        names.setdefault(called, Variable(own("variable", called), called))
        values.setdefault(whole(row["caseID"]), {})[own("variable", called)] = text(row["value"])
    for variable in names.values():
        account.add("variable", variable.guid, variable.name, "kept")
    whose: dict[int, list[str]] = {}
    for row in _live(data, "caselinkage", account):
        if whole(row["fid"]) in sources:
            whose.setdefault(whole(row["caseid"]), []).append(
                own("document", sources[whole(row["fid"])]["name"])
            )
    cases = [
        Case(
            own("case", row["name"]),
            text(row["name"]),
            text(row.get("memo")),
            tuple(dict.fromkeys(whose.get(whole(row["id"]), ()))),
            values.get(whole(row["id"]), {}),
        )
        for row in _live(data, "cases", account)
    ]
    return list(names.values()), cases
