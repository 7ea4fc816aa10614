"""The parts of a REFI-QDA project beside its sources: people, codes, variables, cases, sets, links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from casestudy.interchange.account import Account
from casestudy.interchange.project import (
    VALUE_KINDS,
    Case,
    Code,
    Coder,
    Group,
    Link,
    Project,
    Variable,
    guid_of,
    is_guid,
    plain_guid,
)

NOBODY = guid_of("coder", "nobody named")


_LOCAL: dict[Any, str] = {}
_MOST_NAMES = 1000


def local(element: Any) -> str:
    """An element's name without its namespace; empty for comments and instructions."""
    tag = element.tag
    known = _LOCAL.get(tag)
    if known is None:
        known = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        if len(_LOCAL) < _MOST_NAMES:
            _LOCAL[tag] = known
    return known


def children(element: Any, *names: str) -> Iterator[Any]:
    """The elements directly below that have one of some names."""
    return (child for child in element if local(child) in names)


def text_of(element: Any, name: str) -> str:
    """The text of the first element of a name directly below; empty where there is none."""
    return next((child.text or "" for child in children(element, name)), "")


def references(element: Any, name: str) -> list[str]:
    """The GUIDs that elements of a name directly below refer to."""
    return [
        plain_guid(child.get("targetGUID") or child.get("guid") or "") for child in children(element, name)
    ]


def guid(element: Any, account: Account) -> str:
    """An element's GUID; one made of its place in the tree where it has none."""
    written = element.get("guid")
    if written is None or not written.strip():
        account.deviates("an element has no GUID", local(element))
        return guid_of("path", element.getroottree().getpath(element))
    plain = plain_guid(written)
    if not is_guid(plain):
        account.deviates("a GUID is none", f"{local(element)} {written[:50]!r}")
    return plain


def coders(element: Any, account: Account) -> list[Coder]:
    """The people of ``Users``."""
    return [
        Coder(guid(user, account), (user.get("name") or user.get("id") or "").strip())
        for user in children(element, "User")
    ]


def completed_coders(listed: Iterable[Coder], met: Iterable[str], account: Account) -> list[Coder]:
    """The coders with those whom codings name and ``Users`` lacks."""
    found = {coder.guid: coder for coder in listed}
    for who in met:
        if who not in found:
            if who != NOBODY:
                account.deviates("a coding names a user whom the project does not list", who)
            else:
                account.deviates("a coding names no user", "")
            found[who] = Coder(who, "")
    return list(found.values())


def codes(element: Any, account: Account) -> list[Code]:
    """The codes of a ``CodeBook``, each above comes before those below it."""
    found: dict[str, Code] = {}
    waiting = [(child, "") for part in children(element, "Codes") for child in children(part, "Code")]
    if not waiting:
        waiting = [(child, "") for child in children(element, "Code")]
    waiting.reverse()
    while waiting:
        one, parent = waiting.pop()
        own = guid(one, account)
        if own in found:
            account.deviates("two codes have one GUID; the second is given another", own)
            own = guid_of("second", own, one.getroottree().getpath(one))
        name = (one.get("name") or "").strip()
        if not name:
            account.deviates("a code has no name", own)
            name = "unnamed"
        codable = (one.get("isCodable") or "true").strip().casefold() not in ("false", "0")
        found[own] = Code(
            own,
            name,
            parent,
            (one.get("color") or "").strip(),
            text_of(one, "Description").strip(),
            codable,
            tuple(references(one, "NoteRef")),
        )
        below = [(child, own) for child in children(one, "Code")]
        waiting += reversed(below)
    return list(found.values())


def with_parents_named(found: list[Code], origin: str, account: Account) -> list[Code]:
    """Codes of ATLAS.ti that tell the code above by their names (``food::bread``), put below it."""
    if not origin.casefold().startswith("atlas.ti"):
        return found
    tops = {code.name: code.guid for code in found if not code.parent}
    rows = []
    for code in found:
        above, mark, below = code.name.rpartition("::")
        if mark and not code.parent and above.strip() in tops and below.strip():
            why = f"{code.name!r} names the code above it, and lies below that now"
            account.add("code", code.guid, code.name, "changed", why)
            code = replace(code, name=below.strip(), parent=tops[above.strip()])
        rows.append(code)
    return rows


def variables(element: Any, account: Account) -> list[Variable]:
    """The variables."""
    found = []
    for one in children(element, "Variable"):
        kind = one.get("typeOfVariable") or "Text"
        if kind not in VALUE_KINDS:
            account.deviates("a variable is of a type that the standard does not know", kind[:40])
            kind = "Text"
        own = guid(one, account)
        found.append(Variable(own, (one.get("name") or "").strip(), kind, text_of(one, "Description")))
        account.add("variable", own, found[-1].name, "kept")
    return found


def values(element: Any) -> dict[str, str]:
    """The values of variables directly below an element, by the variable's GUID; empty ones are left out."""
    found = {}
    for one in children(element, "VariableValue"):
        variable = next(iter(references(one, "VariableRef")), "")
        stated = [child.text or "" for child in one if local(child).endswith("Value")]
        if variable and stated and stated[0].strip():
            found[variable] = stated[0].strip()
    return found


def cases(element: Any, account: Account) -> list[Case]:
    """The cases."""
    return [
        Case(
            guid(one, account),
            (one.get("name") or "").strip(),
            text_of(one, "Description").strip(),
            tuple(references(one, "SourceRef")),
            values(one),
            (*references(one, "CodeRef"), *references(one, "SelectionRef")),
        )
        for one in children(element, "Case")
    ]


def groups(element: Any, account: Account) -> list[Group]:
    """The sets of a project or a codebook."""
    inside = [one for part in children(element, "Sets") for one in children(part, "Set")]
    found = []
    for one in inside or children(element, "Set"):
        own = guid(one, account)
        members = [references(one, name) for name in ("MemberCode", "MemberSource", "MemberNote")]
        found.append(
            Group(own, (one.get("name") or "").strip(), text_of(one, "Description"), *map(tuple, members))
        )
        account.add("set", own, found[-1].name, "kept beside")
    return found


def links(element: Any, account: Account) -> list[Link]:
    """The links."""
    return [
        Link(
            guid(one, account),
            plain_guid(one.get("originGUID") or ""),
            plain_guid(one.get("targetGUID") or ""),
            one.get("name") or "",
            one.get("direction") or "",
            one.get("color") or "",
            tuple(references(one, "NoteRef")),
        )
        for one in children(element, "Link")
    ]


def told(project: Project, account: Account) -> None:
    """Say of coders, codes and cases what the account does not say yet: they are kept."""
    already = {(entry.kind, entry.identity) for entry in account.entries if entry.kind in ("code", "case")}
    for kind, things in (("coder", project.coders), ("code", project.codes), ("case", project.cases)):
        for thing in things:
            if (kind, thing.guid) not in already:
                account.add(kind, thing.guid, thing.name, "kept")
    for code in project.codes:
        if code.colour:
            account.add("colour", code.guid, code.name, "kept beside")
    names: dict[tuple[str, str], int] = {}
    for code in project.codes:
        names[code.parent, code.name] = names.get((code.parent, code.name), 0) + 1
    for (_, name), count in names.items():
        if count > 1:
            account.deviates("codes of one name lie under one code; each is kept", name)
