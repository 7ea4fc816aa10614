"""Codes of a project in a study's codebook: a scheme for each project, changes as events of the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casestudy.codebook import history
from casestudy.codebook.codes import Codebook, folded
from casestudy.codebook.history import WHOLE, Change, Event
from casestudy.coding.material import Material
from casestudy.files.names import LONGEST, unfit
from casestudy.interchange import ledger
from casestudy.interchange.from_study import Identities
from casestudy.interchange.ledger import Ledger
from casestudy.interchange.project import Code, Project, paths
from casestudy.wording import counted

_ACTIONS = {"name": "rename", "parent": "move", "definition": "redefine"}


class Codes:
    """What becomes of a project's codes.

    Attributes
    ----------
    ids : dict of GUID to id in the study
    events : list of Event
        To be appended to the history.
    schemes : dict of scheme id to bytes
        New files of schemes.
    done, differing : list of str
    """

    def __init__(
        self, material: Material, known: Identities, kin: Sequence[Ledger], project: Project
    ) -> None:
        self.book: Codebook = material.book
        self.project, self.known, self.kin = project, known, kin
        self.ids: dict[str, str] = {}
        self.events: list[Event] = []
        self.schemes: dict[str, bytes] = {}
        self.done: list[str] = []
        self.differing: list[str] = []
        self._old = {code.guid: code for one in known.ledgers for code in one.project.codes}

    def plan(self, name: str, when: str) -> None:
        """Find out which codes are new, changed, or differ; `name` is the import's."""
        own = {guid: code for code, guid in self.known.table("code", list(self.book.codes)).items()}
        by_path = self._by_path()
        where = paths(self.project.codes)
        new: list[Code] = []
        for code in self.project.codes:
            known = own.get(code.guid) or by_path.get(where[code.guid], "")
            if known in self.book.codes and known not in self.ids.values():
                self.ids[code.guid] = known
            else:
                new.append(code)
        if new:
            self._create(new, where, name, when)
        self._update(name, when)

    def _by_path(self) -> dict[tuple[str, ...], str]:
        """Codes of earlier exports by their names from the top down, where just one has them."""
        found: dict[tuple[str, ...], str] = {}
        doubled = set()
        for one in self.kin:
            for guid, path in paths(one.project.codes).items():
                if guid in one.codes and found.setdefault(path, one.codes[guid]) != one.codes[guid]:
                    doubled.add(path)
        return {path: code for path, code in found.items() if path not in doubled}

    def _scheme(self) -> str:
        """The scheme that the project's codes go to: that of earlier exports, or a new one."""
        for one in self.kin:
            for code in one.codes.values():
                if code in self.book.codes:
                    return self.book.codes[code].scheme
        wish = name = ledger.slug(self.project.name, "imported")
        number = 2
        while name in self.book.schemes:
            name, number = f"{wish}-{number}", number + 1
        title = " ".join(self.project.name.split()) or name
        note = f"Imported from {self.project.origin or 'another tool'}; what changed since is in the history."
        quoted = [f"{key}: {_quoted(value)}" for key, value in (("title", title), ("note", note))]
        lines = [f"scheme: {_quoted(name)}", *quoted, "codes: []", ""]
        self.schemes[name] = "\n".join(lines).encode("utf-8")
        return name

    def _create(self, new: Sequence[Code], where: dict[str, tuple[str, ...]], name: str, when: str) -> None:
        scheme = self._scheme()
        taken = {folded(code) for code in self.book.codes}
        for code in new:
            self.ids[code.guid] = self._id(where[code.guid], scheme, taken)
        changes = []
        for code in new:
            whole: dict[str, Any] = {
                "id": self.ids[code.guid],
                "scheme": scheme,
                "name": " ".join(code.name.split()),
                "parent": self.ids.get(code.parent, ""),
                "definition": code.description.strip(),
            }
            changes.append(Change(self.ids[code.guid], WHOLE, None, whole))
        said = {"who": f"{ledger.BY}{name}", "when": when, "why": f"{counted(len(new), 'code')} imported"}
        self.events.append(history.event("create", changes[0].code, changes, **said))
        self.done.append(f"{counted(len(new), 'code')} added (scheme {scheme})")

    @staticmethod
    def _id(path: tuple[str, ...], scheme: str, taken: set[str]) -> str:
        words = ".".join(ledger.slug(part, "code") for part in path)
        if unfit(words) or len(words) > LONGEST - 10:
            words = ledger.slug(path[-1], "code")
        wish, number = words, 2
        if folded(words) in taken:
            words = wish = f"{scheme}.{words}" if not unfit(f"{scheme}.{words}") else words
        while folded(words) in taken or unfit(words):
            words, number = f"{wish[: LONGEST - 10]}-{number}", number + 1
        taken.add(folded(words))
        return words

    def _update(self, name: str, when: str) -> None:
        """Names, places and definitions that a newer export has and nobody changed here."""
        said = {"who": f"{ledger.BY}{name}", "when": when, "why": "a newer export says so"}
        count = 0
        fresh = {change.code for event in self.events for change in event.changes}
        for code in self.project.codes:
            here, base = self.book.codes.get(self.ids[code.guid]), self._old.get(code.guid)
            if here is None or here.id in fresh:
                continue
            theirs = self._fields(code)
            before = self._fields(base) if base else None
            for key, value in theirs.items():
                held = getattr(here, key)
                if held == value or (before is not None and before[key] == value):
                    continue
                if before is None or before[key] != held:
                    self.differing.append(f"code {here.id}: {key} here {held!r}, in the file {value!r}.")
                    continue
                event = history.event(_ACTIONS[key], here.id, [Change(here.id, key, held, value)], **said)
                self.events.append(event)
                self.done.append(f"code {here.id}: {key} {held!r} is now {value!r}")
                count += 1
        if self.events and not self.schemes and count:
            history.verified(self.book, self.events)

    def _fields(self, code: Code) -> dict[str, str]:
        parent = self.ids.get(code.parent, "")
        if not parent and code.parent:
            parent = next(
                (one.codes[code.parent] for one in self.known.ledgers if code.parent in one.codes), ""
            )
        name = " ".join(code.name.split())
        return {"name": name, "parent": parent, "definition": code.description.strip()}


def _quoted(text: str) -> str:
    """Text as YAML holds it in quotation marks."""
    import json

    return json.dumps(text, ensure_ascii=False)
