"""One reader for each file ending: bytes in, canonical text with notes and the way back to the source out."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

from casestudy.errors import InputError, Problem
from casestudy.transcripts.archives import docx, odt
from casestudy.transcripts.captions import srt, vtt
from casestudy.transcripts.bounds import MOST_CHARACTERS, guarded, refused, whole
from casestudy.transcripts.segments import listed, segments
from casestudy.transcripts.text import Extract, Place, decode

_MOST_PAGES = 3000


def plain(data: bytes, where: str) -> Extract:
    """Plain text and Markdown: the file is the text."""
    found = decode(data, where)
    return Extract(found.text, found.encoding, found.notes)


def rtf(data: bytes, where: str) -> Extract:
    """Rich text: its words; styles, pictures and fields are left out.

    Raises
    ------
    InputError
        When it does not begin as rich text does, or is broken.
    """
    from striprtf.striprtf import rtf_to_text

    if not data.lstrip().startswith(b"{\\rtf"):
        raise _wrong(where, "it does not begin with {\\rtf.", "Save it as rich text, .docx or plain text.")
    page = re.search(rb"\\ansicpg(\d+)", data[:2000])
    encoding = f"cp{page[1].decode()}" if page else "cp1252"
    try:
        convert: Callable[..., str] = rtf_to_text
        text = convert(data.decode("latin-1"), encoding=encoding, errors="replace")
    except (ValueError, LookupError, RecursionError, IndexError, KeyError) as error:
        raise _wrong(
            where, f"it is broken ({type(error).__name__}).", "Save it again, or as text."
        ) from error
    notes = ["styles and pictures not kept"] if b"\\pict" in data else []
    notes += ["footnotes kept within the text"] if b"\\footnote" in data else []
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    # Rich text writes characters beyond the first plane as two halves.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return Extract(text, f"rtf, {encoding}", tuple(notes))


def pdf(data: bytes, where: str) -> Extract:
    """The text of a PDF, page by page; a page that is a picture has none.

    Raises
    ------
    InputError
        When it is no PDF, is locked, or holds no text at all.
    """
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    import io

    parts: list[str] = []
    places: list[Place] = []
    blank, reached = [], 0
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _wrong(where, "it is locked with a password.", "Unlock it first.")
        if len(reader.pages) > _MOST_PAGES:
            raise _wrong(where, f"it has {len(reader.pages):,} pages.", f"At most {_MOST_PAGES:,} are read.")
        for number, page in enumerate(reader.pages, start=1):
            text = page.extract_text().replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
            text = text.encode("utf-8", "replace").decode("utf-8").strip("\n")
            if not text.strip():
                blank.append(str(number))
                continue
            parts.append(text)
            places.append(Place(reached, reached + len(text), f"page {number}"))
            reached += len(text) + 2
    except InputError:
        raise
    except Exception as error:  # a damaged PDF fails in as many ways as there are PDFs
        found = f"it cannot be read as PDF ({type(error).__name__})."
        raise _wrong(where, found, "Save its text in another format.") from error
    if not parts:
        raise _wrong(where, "it holds no text: perhaps it is scanned.", "Recognise the text first.")
    notes = ["line breaks are those of the page"]
    notes += [f"no text on page {', '.join(blank[:10])}"] if blank else []
    return Extract("\n\n".join(parts) + "\n", "pdf", tuple(notes), tuple(places))


def page(data: bytes, where: str) -> Extract:
    """The text of an HTML page: blocks become paragraphs; scripts, styles and comments are left out."""
    declared = re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w-]+)", data[:4000], re.IGNORECASE)
    text = ""
    encoding = ""
    notes: tuple[str, ...] = ()
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            encoding = declared[1].decode("ascii")
            text = data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            notes = (f"it says {encoding} and is not",)
            text = ""
    if not text:
        found = decode(data, where)
        text, encoding, notes = found.text, found.encoding, (*notes, *found.notes)
    parser = _Page()
    parser.feed(text.replace("\0", ""))
    parser.close()
    kept = "\n".join(line.strip(" \t") for line in "".join(parser.parts).split("\n"))
    kept = re.sub(r"\n{3,}", "\n\n", kept).strip("\n")
    left = [f"{count} {what} not kept" for what, count in sorted(parser.left.items())]
    return Extract(kept + "\n" if kept else "", f"html, {encoding}", (*notes, *left))


_BLOCKS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "section",
        "article",
        "blockquote",
        "dt",
        "dd",
        "dl",
        "pre",
        "figure",
    ]
)
_HIDDEN = {"script": "scripts", "style": "styles", "template": "templates", "noscript": "noscript parts"}


class _Page(HTMLParser):
    """Collects visible text; white space as a browser shows it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.left: dict[str, int] = {}
        self._hidden = ""
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN and not self._hidden:
            self._hidden = tag
            self.left[_HIDDEN[tag]] = self.left.get(_HIDDEN[tag], 0) + 1
        elif tag == "title":
            self._hidden = self._hidden or tag
        elif tag == "img":
            self.left["pictures"] = self.left.get("pictures", 0) + 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        self._pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        self._pre -= tag == "pre" and self._pre > 0

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        text = data if self._pre else re.sub(r"[ \t\r\n\f]+", " ", data)
        last = self.parts[-1] if self.parts else "\n"
        self.parts.append(text.lstrip(" ") if last.endswith(("\n", " ")) and not self._pre else text)


def _wrong(where: str, found: str, remedy: str) -> InputError:
    return InputError("A document cannot be read.", [Problem(where, found, remedy)])


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
