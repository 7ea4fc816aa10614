"""Archives of XML: opened once their sizes are known to be sane, read element by element.

Nothing in a document is executed or fetched; entities and document types are refused; nesting is bounded by
the parser.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from casestudy.transcripts.bounds import refused

LARGEST = 200_000_000
GROWTH = 200


class Archive:
    """A zip of XML parts.

    Raises
    ------
    InputError
        When it is not an archive, or would unpack beyond measure.
    """

    def __init__(self, data: bytes, where: str) -> None:
        self.where = where
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
            raise refused(
                where, f"it is not an archive ({error}).", "Save it again, or as plain text."
            ) from error
        sizes = self._file.infolist()
        total = sum(entry.file_size for entry in sizes)
        if total > LARGEST or any(
            entry.file_size > 1_000_000 and entry.file_size > GROWTH * max(entry.compress_size, 1)
            for entry in sizes
        ):
            found = f"it would unpack to {total:,} bytes from {len(data):,}."
            raise refused(where, found, "This is not a transcript; save the text alone.")
        self.names = tuple(dict.fromkeys(entry.filename for entry in sizes))
        self._known = frozenset(self.names)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def elements(
        self, name: str, tags: Sequence[str], events: Sequence[str] = ("start", "end")
    ) -> Iterator[tuple[str, Any]]:
        """Events (``start``, ``end``) of some tags of one part, in order.

        Raises
        ------
        InputError
            When the part is missing, damaged, nested without measure, or declares entities.
        """
        if name not in self:
            raise refused(self.where, f"it holds no {name}.", "Save it again from the word processor.")
        try:
            with self._file.open(name) as part:
                yield from elements(part, tags, f"{self.where}, {name}", events)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            raise refused(
                self.where, f"{name} is damaged ({error}).", "Save it again, or as text."
            ) from error
        except Exception as error:
            if type(error).__module__ != "zlib":
                raise
            raise refused(
                self.where, f"{name} is damaged ({error}).", "Save it again, or as text."
            ) from error


def elements(
    source: Any, tags: Sequence[str], where: str, events: Sequence[str] = ("start", "end")
) -> Iterator[tuple[str, Any]]:
    """Events of some tags of an XML file; see `Archive.elements`. An element is empty once all were given."""
    from lxml import etree

    stream = etree.iterparse(
        source, events=events, tag=list(tags), resolve_entities=False, no_network=True, load_dtd=False
    )
    first, element = True, None
    try:
        for event, element in stream:
            if first:
                first = False
                if element.getroottree().docinfo.doctype:
                    found = "it declares entities or a document type."
                    raise refused(where, found, "A word processor writes none; do not trust this file.")
            yield event, element
        if first and stream.root is not None and stream.root.getroottree().docinfo.doctype:
            found = "it declares entities or a document type."
            raise refused(where, found, "A word processor writes none; do not trust this file.")
    except etree.XMLSyntaxError as error:
        if "xcessive depth" in str(error):
            raise refused(where, "it is nested too deeply.", "Save the text alone.") from error
        if "ntity" in str(error):
            found = "it declares entities or a document type."
            raise refused(where, found, "A word processor writes none; do not trust this file.") from error
        found = f"it cannot be parsed ({str(error)[:100]})."
        raise refused(where, found, "Save it again, or as text.") from error
    finally:
        # A tree that is kept alive by its own events is freed late, and many documents then add up.
        top = stream.root if element is None else element.getroottree().getroot()
        if top is not None:
            top.clear()


def forget(element: Any) -> None:
    """Free an element that was read, and what stands before it beside it."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
