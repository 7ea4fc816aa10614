"""Reads REFI-QDA projects (.qdpx, .qde) and codebooks (.qdc), with whatever their writers did differently.

Elements are read one source at a time, by their local names and in any order. What is kept, changed or left
out goes to the account; positions are settled at the end, for the whole project together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from casestudy.interchange import refi_parts as parts
from casestudy.interchange.account import Account
from casestudy.interchange.conventions import Convention, prior
from casestudy.interchange.packed import Loose, Packed, refused
from casestudy.interchange.placing import Placing, place
from casestudy.interchange.project import Case, Code, Link, Project
from casestudy.interchange.refi_settling import Settling
from casestudy.interchange.refi_sources import Sources
from casestudy.transcripts.archives import elements, forget

_SOURCES = ("TextSource", "PDFSource", "PictureSource", "AudioSource", "VideoSource")
_PARTS = ("Users", "CodeBook", "Variables", "Cases", "Notes", "Links", "Sets", "Graphs", "Project")
_PROJECT = "urn:QDA-XML:project:1.0"
_CODEBOOK = "urn:QDA-XML:codebook:1.0"


@dataclass(frozen=True)
class Reading:
    """What was read: the project, the account of it, and how positions were settled (None without any)."""

    project: Project
    account: Account
    placing: Placing | None = None


def read(path: Path, offsets: Convention | None = None) -> Reading:
    """Read a project or a codebook.

    Parameters
    ----------
    path : Path
        A .qdpx, .qde or .qdc file; its beginning decides which, not its ending.
    offsets : Convention, optional
        How positions are counted, where the file does not show it.

    Raises
    ------
    InputError
        When it cannot be read, is not safe to read, or does not show how it counts positions.
    """
    account = Account()
    try:
        with path.open("rb") as file:
            begins = file.read(4)
    except OSError as error:
        raise refused(path.name, f"{error.strerror}.") from error
    packed = Packed(path, account) if begins.startswith(b"PK") else Loose(path)
    try:
        return _Reader(packed, account, path.name).read(offsets)
    finally:
        packed.close()


class _Reader:
    """One reading: what was read so far."""

    def __init__(self, packed: Packed | Loose, account: Account, where: str) -> None:
        self.account, self.where, self.packed = account, where, packed
        self.sources = Sources(packed, account)
        self.root: dict[str, str] = {}
        self.description = ""
        self.parts: dict[str, list[Any]] = {name: [] for name in _PARTS}
        self.met: set[str] = set()

    def read(self, offsets: Convention | None) -> Reading:
        tags = [f"{{*}}{name}" for name in (*_SOURCES, *_PARTS)]
        first = True
        with self.packed.xml() as xml:
            for _, element in elements(xml, tags, self.where, ("end",)):
                if first:
                    first = False
                    self._begin(element.getroottree().getroot())
                name = parts.local(element)
                if name in _SOURCES:
                    self.sources.take(element, name)
                    forget(element)
                elif name == "CodeBook" and element.getparent() is None:
                    self._take("CodeBook", element)
                    self._take("Sets", element)
                elif name == "Project":
                    self._end(element)
                else:
                    self._take(name, element)
                    element.clear(keep_tail=False)
        if first:
            raise refused(
                self.where, "it holds neither a project nor a codebook.", "Export it as .qdpx or .qdc."
            )
        return self._settled(offsets)

    def _begin(self, root: Any) -> None:
        name = parts.local(root)
        if name not in ("Project", "CodeBook"):
            remedy = "Export it as a REFI-QDA project (.qdpx) or codebook (.qdc)."
            raise refused(self.where, f"its first element is {name[:40]!r}.", remedy)
        self.root = {str(key): str(value) for key, value in root.attrib.items()}
        space = root.tag[1:].partition("}")[0] if root.tag.startswith("{") else ""
        if space != (_PROJECT if name == "Project" else _CODEBOOK):
            self.account.deviates("the namespace is another one", space or "none")
        if self.root.get("basePath"):
            self.account.deviates("basePath tells where the project lay on somebody's computer", "")

    def _take(self, name: str, element: Any) -> None:
        """Read one of the project's parts."""
        if name == "CodeBook":
            self.parts[name] += parts.codes(element, self.account)
            if not self.parts[name] and not len(element):
                self.account.deviates("an empty part stands where none should", name)
            return
        if not len(element) and name != "Project":
            self.account.deviates("an empty part stands where none should", name)
        readers: dict[str, Callable[[Any, Account], Sequence[Any]]] = {
            "Users": parts.coders,
            "Variables": parts.variables,
            "Cases": parts.cases,
            "Sets": parts.groups,
            "Links": parts.links,
        }
        if name in readers:
            self.parts[name] += readers[name](element, self.account)
        elif name == "Notes":
            for note in parts.children(element, "Note"):
                self.sources.take_note(note)
        elif name == "Graphs":
            for graph in parts.children(element, "Graph"):
                why = "drawings of codes are not read"
                self.account.add(
                    "graph", parts.guid(graph, self.account), graph.get("name", ""), "not kept", why
                )

    def _end(self, root: Any) -> None:
        self.description = parts.text_of(root, "Description")
        self.parts["Project"] = parts.references(root, "NoteRef")
        order = [parts.local(child) for child in root if isinstance(child.tag, str)]
        right = [*_PARTS[:4], "Sources", *_PARTS[4:8], "Description", "NoteRef"]
        places = [right.index(name) for name in order if name in right]
        if places != sorted(places):
            self.account.deviates("parts of the project stand in another order", ", ".join(order[:9]))
        for name in order:
            if name not in right:
                self.account.deviates("an element that the standard does not know", name[:40])

    def _settled(self, offsets: Convention | None) -> Reading:
        """The project, once positions are settled."""
        account, sources = self.account, self.sources
        origin = self.root.get("origin", "")
        placing = None
        if sources.spans:
            placing = place(sources.texts, sources.spans, self.where, known=prior(origin), chosen=offsets)
        cases = self._cases()
        codes = parts.with_parents_named(self.parts["CodeBook"], origin, account)
        codes = self._without_cases(codes, cases)
        links: list[Link] = []
        for link in self.parts["Links"]:
            annotated = sources.annotates(link)
            account.add("link", link.guid, link.name, "kept" if annotated else "kept beside")
            links += [] if annotated else [link]
        named = {code.guid for code in codes}, {case.guid for case in cases}
        settled = Settling(sources, account, *named).settled(placing)
        project = Project(
            name=self.root.get("name", "") or Path(self.where).stem,
            origin=origin,
            description=self.description,
            coders=tuple(parts.completed_coders(self.parts["Users"], settled.coders, account)),
            codes=tuple(codes),
            variables=tuple(self.parts["Variables"]),
            documents=tuple(settled.documents),
            codings=tuple(settled.codings),
            whole=tuple(settled.whole),
            cases=tuple(replace(case, passages=tuple(settled.passages.get(case.guid, ()))) for case in cases),
            notes=tuple(settled.notes),
            groups=tuple(self.parts["Sets"]),
            links=tuple(links),
            notes_of_project=tuple(self.parts["Project"]),
        )
        parts.told(project, account)
        return Reading(project, account, placing)

    def _cases(self) -> list[Case]:
        """Cases with names; a nameless one that only carries a document's values gives them to it."""
        kept = []
        for number, case in enumerate(self.parts["Cases"], start=1):
            if case.name.strip():
                kept.append(case)
                continue
            if len(case.documents) == 1 and not case.codes:
                self.sources.give(case.documents[0], case.values)
                why = "it has no name and one document; its values are the document's"
                self.account.add("case", case.guid, "", "changed", why)
            else:
                kept.append(replace(case, name=f"case {number}"))
                self.account.deviates("a case has no name", case.guid)
        return kept

    def _without_cases(self, codes: list[Code], cases: list[Case]) -> list[Code]:
        """Codes without those that stand for a case: their codings are the case's passages."""
        of_cases = {case.guid for case in cases}
        for code in codes:
            if code.guid in of_cases:
                why = "it stands for the case of the same GUID; what it codes is the case's"
                self.account.add("code", code.guid, code.name, "changed", why)
        parents = {code.guid: code.parent for code in codes}
        return [
            replace(code, parent=parents[code.parent]) if code.parent in of_cases else code
            for code in codes
            if code.guid not in of_cases
        ]
