"""One reader for each file ending: bytes in, canonical text with notes and the way back to the source out."""

from __future__ import annotations

from collections.abc import Callable

from casestudy.transcripts.annotations import cha, eaf, exb, textgrid
from casestudy.transcripts.bounds import MOST_CHARACTERS, guarded, refused, whole
from casestudy.transcripts.captions import srt, vtt
from casestudy.transcripts.opendocument import odt
from casestudy.transcripts.printed import pdf
from casestudy.transcripts.recognisers import segments
from casestudy.transcripts.rich import rtf
from casestudy.transcripts.segments import listed
from casestudy.transcripts.text import Extract, decode
from casestudy.transcripts.webpage import page
from casestudy.transcripts.word import docx


def plain(data: bytes, where: str) -> Extract:
    """Plain text and Markdown: the file is the text."""
    found = decode(data, where)
    return Extract(found.text, found.encoding, found.notes)


READERS: dict[str, Callable[[bytes, str], Extract]] = {
    ".txt": plain,
    ".md": plain,
    ".docx": docx,
    ".odt": odt,
    ".rtf": rtf,
    ".pdf": pdf,
    ".html": page,
    ".htm": page,
    ".vtt": vtt,
    ".srt": srt,
    ".json": segments,
    ".tsv": listed,
    ".csv": listed,
    ".eaf": eaf,
    ".exb": exb,
    ".textgrid": textgrid,
    ".cha": cha,
}


def extract(data: bytes, ending: str, where: str) -> Extract:
    """What a file of a known ending holds, within the bounds of a document.

    Raises
    ------
    InputError
        With what is wrong, whatever it is: no exception of a library gets out.
    """
    if ending not in READERS:
        known = ", ".join(sorted(READERS))
        raise refused(where, f"{ending!r} is not known.", f"Use {known}.")
    with guarded(where, ending):
        found = READERS[ending](data, where)
        if len(found.text) > MOST_CHARACTERS:
            raise refused(where, f"it gives more than {MOST_CHARACTERS:,} characters.", "Split it.")
        whole(found.text, where)
        return found
