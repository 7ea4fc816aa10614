"""What differs between two projects: codes, documents and codings added, removed, changed and moved."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from casestudy.interchange.project import Code, Coding, Project, paths

if TYPE_CHECKING:
    import pandas as pd


class Difference(NamedTuple):
    """One difference: what is done to which thing, and what it was and is."""

    kind: str
    action: str
    name: str
    before: str
    after: str


def differences(before: Project, after: Project) -> list[Difference]:
    """What one must do to the first project to have the second.

    Things are the same where they have one GUID; where a tool gives new GUIDs at every export, codes are the
    same by their names from the top down, documents by name, codings by document, coder, code and span.

    Examples
    --------
    >>> one = Project("a", codes=(Code("1", "bread"),))
    >>> two = Project("a", codes=(Code("1", "rye"),))
    >>> [(each.kind, each.action, each.before, each.after) for each in differences(one, two)]
    [('code', 'renamed', 'bread', 'rye')]
    """
    return [*_codes(before, after), *_documents(before, after), *_codings(before, after)]


def table(rows: list[Difference]) -> pd.DataFrame:
    """Differences as a table: kind, action, name, before, after."""
    import pandas as pd

    return pd.DataFrame(rows, columns=list(Difference._fields))


def _path(project: Project) -> dict[str, str]:
    return {guid: " > ".join(names) for guid, names in paths(project.codes).items()}


def _pairs(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """By GUID of the second project, the GUID of the same thing in the first."""
    pairs = {guid: guid for guid in after if guid in before}
    left: dict[str, list[str]] = {}
    for guid, name in before.items():
        if guid not in pairs:
            left.setdefault(name, []).append(guid)
    for guid, name in after.items():
        if guid not in pairs and left.get(name):
            pairs[guid] = left[name].pop(0)
    return pairs


def _codes(before: Project, after: Project) -> list[Difference]:
    old_paths, new_paths = _path(before), _path(after)
    pairs = _pairs(old_paths, new_paths)
    old = {code.guid: code for code in before.codes}
    rows = []
    for code in after.codes:
        path = new_paths[code.guid]
        if code.guid not in pairs:
            rows.append(Difference("code", "added", path, "", path))
            continue
        was: Code = old[pairs[code.guid]]
        if was.name != code.name:
            rows.append(Difference("code", "renamed", path, was.name, code.name))
        above, now = old_paths.get(was.parent, ""), new_paths.get(code.parent, "")
        if was.parent != code.parent and pairs.get(code.parent, "") != was.parent:
            rows.append(Difference("code", "moved", path, above, now))
        if was.description != code.description:
            rows.append(Difference("code", "described", path, was.description, code.description))
    gone = set(old) - set(pairs.values())
    rows += [
        Difference("code", "removed", old_paths[guid], old_paths[guid], "") for guid in old if guid in gone
    ]
    return rows


def _documents(before: Project, after: Project) -> list[Difference]:
    old = {one.guid: one for one in before.documents}
    pairs = _pairs(
        {one.guid: one.name for one in before.documents}, {one.guid: one.name for one in after.documents}
    )
    rows = []
    for document in after.documents:
        if document.guid not in pairs:
            rows.append(Difference("document", "added", document.name, "", document.name))
            continue
        was = old[pairs[document.guid]]
        if was.name != document.name:
            rows.append(Difference("document", "renamed", document.name, was.name, document.name))
        if was.text != document.text:
            lengths = f"{len(was.text):,} characters", f"{len(document.text):,} characters"
            rows.append(Difference("document", "text changed", document.name, *lengths))
    gone = set(old) - set(pairs.values())
    rows += [
        Difference("document", "removed", one.name, one.name, "")
        for one in before.documents
        if one.guid in gone
    ]
    return rows


def _codings(before: Project, after: Project) -> list[Difference]:
    def told(project: Project) -> dict[str, tuple[str, str, str, int, int]]:
        documents = {one.guid: one.name for one in project.documents}
        coders = {one.guid: one.name for one in project.coders}
        where = _path(project)
        return {
            one.guid: (
                *(documents.get(one.document, ""), coders.get(one.coder, ""), where.get(one.code, "")),
                *(one.start, one.end),
            )
            for one in project.codings
        }

    old, new = told(before), told(after)
    quotes = {one.guid: one for project in (before, after) for one in project.codings}
    same_guid = [guid for guid in new if guid in old]
    left = Counter(old[guid] for guid in old if guid not in new)
    rows = []
    for guid in same_guid:
        if old[guid] != new[guid]:
            action = "moved" if old[guid][:3] == new[guid][:3] else "changed"
            rows.append(Difference("coding", action, guid, _in_words(old[guid]), _in_words(new[guid])))
    for guid, one in new.items():
        if guid in old:
            continue
        if left[one]:
            left[one] -= 1
            continue
        rows.append(Difference("coding", "added", _quote(quotes[guid]), "", _in_words(one)))
    for guid, one in old.items():
        if guid not in new and left[one]:
            left[one] -= 1
            rows.append(Difference("coding", "removed", _quote(quotes[guid]), _in_words(one), ""))
    return rows


def _in_words(one: tuple[str, str, str, int, int]) -> str:
    document, coder, code, start, end = one
    return f"{code} in {document} at {start}-{end}" + (f" by {coder}" if coder else "")


def _quote(coding: Coding) -> str:
    return " ".join(coding.quote.split())[:60]
