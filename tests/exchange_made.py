"""Projects as other tools write them, built in code, with their departures from the standard."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from casestudy.interchange.conventions import Convention

NAMESPACE = "urn:QDA-XML:project:1.0"


def guid(*parts: object) -> str:
    """A GUID made of words, as tools would give one at random."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, parts))))


def counted(text: str, place: int, way: Convention, bom: bool) -> int:
    """A canonical position as a tool counts it, reckoned character by character; `text` has CRLF or LF."""
    total = ({"codepoints": 1, "utf16": 1, "bytes": 3}[way.unit]) if way.bom and bom else 0
    seen, index = 0, 0
    while seen < place:
        letter = text[index]
        if letter == "\r" and text[index + 1 : index + 2] == "\n":
            total += 1 if way.crlf == 2 else 0
            index += 1
            continue
        total += {
            "codepoints": 1,
            "utf16": len(letter.encode("utf-16-le")) // 2,
            "bytes": len(letter.encode("utf-8")),
        }[way.unit]
        seen, index = seen + 1, index + 1
    return total


@dataclass
class Made:
    """A project to be written: texts by name, codes with the one above, codings with document and coder."""

    texts: dict[str, str]
    codes: Sequence[tuple[str, str]] = (("garden", ""), ("bread", "garden"), ("help", ""))
    codings: Sequence[tuple[str, str, str, str]] = ()
    way: Convention = field(default_factory=Convention)
    bom: bool = False
    crlf: bool = False
    names: bool = False
    origin: str = ""
    project: str = "Gardens"
    namespace: str = NAMESPACE
    folder: str = "sources"
    root: str = "project.qde"
    scheme: str = "internal://"
    more: str = ""
    before: str = ""

    def spans(self) -> list[tuple[str, int, int, str, str]]:
        """The codings with their canonical positions."""
        rows = []
        for document, quote, code, coder in self.codings:
            start = self.texts[document].index(quote)
            rows.append((document, start, start + len(quote), code, coder))
        return rows

    def qde(self) -> str:
        """The XML."""
        coders = dict.fromkeys(coder for *_, coder in self.codings if coder)
        users = "".join(f'<User guid="{guid("coder", one)}" name="{one}"/>' for one in coders)
        sources = "".join(self._source(name) for name in self.texts)
        return (
            f'<?xml version="1.0" encoding="utf-8"?>{self.before}'
            f'<Project xmlns="{self.namespace}" name={quoteattr(self.project)} '
            f"origin={quoteattr(self.origin)}>"
            + (f"<Users>{users}</Users>" if users else "")
            + f"<CodeBook><Codes>{self._codes('')}</Codes></CodeBook>"
            + f"<Sources>{sources}</Sources>{self.more}</Project>"
        )

    def _codes(self, above: str) -> str:
        return "".join(
            f'<Code guid="{guid("code", name)}" name="{name}" isCodable="true">{self._codes(name)}</Code>'
            for name, parent in self.codes
            if parent == above
        )

    def _source(self, name: str) -> str:
        own = guid("document", name)
        return (
            f'<TextSource guid="{own}" name={quoteattr(name)} plainTextPath="{self.scheme}{own}.txt">'
            + "".join(self.selection(*span) for span in self.spans() if span[0] == name)
            + "</TextSource>"
        )

    def selection(self, document: str, start: int, end: int, code: str, coder: str) -> str:
        """One selection with its coding, counted in the project's way."""
        raw = self.raw(document)
        first = counted(raw, start, self.way, self.bom)
        last = counted(raw, end - (1 if self.way.inclusive else 0), self.way, self.bom)
        name = f" name={quoteattr(self.texts[document][start:end])}" if self.names else ""
        who = f' creatingUser="{guid("coder", coder)}"' if coder else ""
        own = guid("selection", document, start, end, code, coder)
        coding = guid("coding", document, start, end, code, coder)
        return (
            f'<PlainTextSelection guid="{own}"{name} startPosition="{first}" endPosition="{last}"{who}>'
            f'<Coding guid="{coding}"{who} creationDateTime="2026-01-31T10:00:00Z">'
            f'<CodeRef targetGUID="{guid("code", code)}"/></Coding></PlainTextSelection>'
        )

    def raw(self, name: str) -> str:
        """A text with the project's line ends."""
        return self.texts[name].replace("\n", "\r\n") if self.crlf else self.texts[name]

    def members(self) -> dict[str, bytes]:
        """The members of the archive."""
        mark = b"\xef\xbb\xbf" if self.bom else b""
        files = {self.root: self.qde().encode("utf-8")}
        for name in self.texts:
            files[f"{self.folder}/{guid('document', name)}.txt"] = mark + self.raw(name).encode("utf-8")
        return files

    def write(self, folder: Path, name: str = "project.qdpx") -> Path:
        """Write the archive."""
        return packed(folder / name, self.members())


def packed(path: Path, members: dict[str, bytes]) -> Path:
    """An archive of some members."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    path.write_bytes(data.getvalue())
    return path


def text_of(words: str) -> str:
    """Words as the content of an element."""
    return escape(words)
