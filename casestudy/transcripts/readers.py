"""One reader for each file ending: bytes in, canonical text with notes and the way back to the source out."""

from __future__ import annotations

from collections.abc import Callable

from casestudy.transcripts.text import Extract, decode


def plain(data: bytes, where: str) -> Extract:
    """Plain text and Markdown: the file is the text."""
    found = decode(data, where)
    return Extract(found.text, found.encoding, found.notes)


READERS: dict[str, Callable[[bytes, str], Extract]] = {".txt": plain, ".md": plain}
