"""The text of any file: whatever a person could find in it by opening it, or by opening what it is packed of.

A file is read by what it is, not by its ending. Archives are opened (office documents are archives), and
their parts read in the same way, names of parts included. What could not be read in full is said.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

_DEEPEST = 4
_LARGEST = 100_000_000  # bytes of one part, unpacked
_MOST = 400_000_000  # bytes of one file with all its parts


@dataclass(frozen=True)
class Piece:
    """Text within a file: of which part (empty for the file itself), and the text.

    Attributes
    ----------
    part : str
    text : str
    joined : bool
        Whether markup was taken out of it, so that words which it split are whole.
    """

    part: str
    text: str
    joined: bool = False


@dataclass(frozen=True)
class Reading:
    """What a file holds for a reader, and why some of it could not be read (empty where all was)."""

    pieces: tuple[Piece, ...]
    unread: tuple[str, ...] = ()


class _Budget:
    def __init__(self) -> None:
        self.left = _MOST

    def take(self, data: bytes) -> bytes:
        self.left -= len(data)
        if self.left < 0 or len(data) > _LARGEST:
            raise ValueError("it unpacks beyond measure")
        return data


def reading(data: bytes, name: str) -> Reading:
    """Everything legible in a file.

    Parameters
    ----------
    data : bytes
    name : str
        Its name; the ending only decides between kinds that begin alike.

    Returns
    -------
    Reading

    Examples
    --------
    >>> [piece.text for piece in reading(b"Anna was here", "note.rst").pieces]
    ['Anna was here']
    >>> reading(b"\\x00\\x01\\x02", "x.bin").unread
    ('it is of no known kind: only runs of letters in it were searched',)
    """
    pieces: list[Piece] = []
    unread: list[str] = []
    _read(data, name, "", 0, _Budget(), pieces, unread)
    return Reading(tuple(pieces), tuple(dict.fromkeys(unread)))


def _read(
    data: bytes, name: str, part: str, depth: int, budget: _Budget, pieces: list[Piece], unread: list[str]
) -> None:
    kind, opener = _kind(data, name)
    said = f"{part}: " if part else ""
    try:
        if opener is not None:
            if depth >= _DEEPEST:
                unread.append(f"{said}archives lie too deep in each other")
                return
            for inner, content in opener(data, budget):
                if content is None:
                    unread.append(f"{inner} within it is locked or damaged")
                    continue
                place = f"{part} › {inner}" if part else inner
                pieces.append(Piece(place, inner))
                _read(content, inner, place, depth + 1, budget, pieces, unread)
            return
        readers: dict[str, Callable[[bytes], Iterator[str | Reading]]] = {
            "pdf": _pdf,
            "picture": _picture,
            "database": _database,
            "table": _table,
            "mail": _mail,
            "rtf": _rtf,
        }
        if kind in readers:
            for text in readers[kind](data):
                if isinstance(text, Reading):
                    pieces += [
                        Piece(f"{part} › {one.part}" if part else one.part, one.text) for one in text.pieces
                    ]
                    unread += [f"{said}{one}" for one in text.unread]
                else:
                    pieces.append(Piece(part, text))
            if kind == "rtf":
                _text(data, part, pieces)
            return
        if kind == "sound":
            pieces.append(Piece(part, _runs(data)))
            unread.append(f"{said}what is said or shown in it was not searched")
            return
        if kind == "text" and _text(data, part, pieces):
            return
        pieces.append(Piece(part, _runs(data)))
        unread.append(f"{said}it is of no known kind: only runs of letters in it were searched")
    except Exception as error:  # a damaged file fails in as many ways as there are files
        pieces.append(Piece(part, _runs(data)))
        reason = str(error).split("\n")[0][:80] or type(error).__name__
        unread.append(f"{said}it could not be read as {kind} ({reason}): only runs of letters were searched")


Opener = Callable[[bytes, _Budget], Iterator[tuple[str, bytes | None]]]
_SOUNDS = (b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"\0\0\1\0")


def _kind(data: bytes, name: str) -> tuple[str, Opener | None]:
    """What a file is, and what opens it where it is packed."""
    ending = name.rpartition(".")[2].casefold()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "archive", _zip
    if data.startswith(b"\x1f\x8b"):
        return "archive", _unpacked(gzip.open)
    if data.startswith(b"BZh"):
        return "archive", _unpacked(bz2.open)
    if data.startswith(b"\xfd7zXZ\0"):
        return "archive", _unpacked(lzma.open)
    if data[257:262] == b"ustar":
        return "archive", _tar
    if data[:1024].lstrip().startswith(b"%PDF"):
        return "pdf", None
    if data.startswith(b"SQLite format 3\0"):
        return "database", None
    if data.startswith(b"PAR1"):
        return "table", None
    if data.lstrip()[:5] == b"{\\rtf":
        return "rtf", None
    if (
        data.startswith(_SOUNDS)
        or data[4:8] == b"ftyp"
        or (data[:4] == b"RIFF" and data[8:12] in (b"WAVE", b"AVI "))
    ):
        return "sound", None
    picture = data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
    if picture and ending not in ("txt", "md", "csv"):
        return "picture", None
    if ending in ("eml", "mht", "mhtml", "mbox"):
        return "mail", None
    return "text", None


def _zip(data: bytes, budget: _Budget) -> Iterator[tuple[str, bytes | None]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if archive.comment:
            yield "comment", archive.comment
        for info in archive.infolist():
            if info.is_dir():
                yield info.filename, b""
                continue
            if info.file_size > _LARGEST:
                raise ValueError("it unpacks beyond measure")
            try:
                content = archive.read(info)
            except (RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
                yield info.filename, None
                continue
            yield info.filename, budget.take(content)
            if info.comment:
                yield f"{info.filename} comment", info.comment


def _unpacked(opener: Any) -> Opener:
    def unpack(data: bytes, budget: _Budget) -> Iterator[tuple[str, bytes | None]]:
        with opener(io.BytesIO(data)) as file:
            content = file.read(_LARGEST + 1)
        named = re.match(rb"\x1f\x8b\x08[\x08-\x1f].{6}([^\0]{1,200})\0", data, re.DOTALL)
        yield (named[1].decode("latin-1") if named else "unpacked"), budget.take(content)

    return unpack


def _tar(data: bytes, budget: _Budget) -> Iterator[tuple[str, bytes | None]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            if member.size > _LARGEST:
                raise ValueError("it unpacks beyond measure")
            file = archive.extractfile(member) if member.isfile() else None
            yield f"{member.name} {member.uname}".strip(), budget.take(file.read()) if file else b""


_BREAK = re.compile(
    r"</(?:w:p|w:tr|a:p|text:p|text:h|si|p|div|li|tr|td|th|h[1-6]|dt|dd|option|title|text|row|c|cell|"
    r"table:table-cell)\s*>|<(?:w:br|w:cr|w:tab|text:line-break|text:tab|text:s|br|hr)\b[^>]*>",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_PACKED = re.compile(r"[A-Za-z0-9+/=]{200,}|(?:[A-Za-z0-9+/]{60,80}\n){3,}")


def _text(data: bytes, part: str, pieces: list[Piece]) -> bool:
    """Add a text as it stands and, where it has markup, without it; false where it is not text."""
    from casestudy.errors import InputError
    from casestudy.transcripts.text import decode

    try:
        # A stray NUL does not make a text unreadable.
        text = decode(data.replace(b"\0", b"") if 0 < data.count(b"\0") <= len(data) // 1000 else data).text
    except InputError:
        return False
    unprintable = sum(text.count(letter) for letter in map(chr, [*range(1, 9), *range(14, 27)]))
    if unprintable > len(text) / 50:
        return False
    text = _PACKED.sub(" ", text)
    pieces.append(Piece(part, text))
    if _MARKUP.search(text):
        # Line ends within markup stay, so that a place keeps its line.
        bare = _MARKUP.sub(lambda tag: "\n" * tag[0].count("\n"), _BREAK.sub(_gap, text))
        pieces.append(Piece(part, unescape(bare).replace("\r", " "), joined=True))
    return True


def _gap(tag: re.Match[str]) -> str:
    return "\n" * tag[0].count("\n") or "  "


def _runs(data: bytes) -> str:
    """Runs of letters in bytes: as single bytes, as UTF-8 and in both orders of UTF-16."""
    found = [run.decode("utf-8", "replace") for run in re.findall(rb"[\x20-\x7e\x80-\xff]{4,}", data)]
    for encoding in ("utf-16-le", "utf-16-be"):
        wide = data.decode(encoding, "ignore")
        found += re.findall(r"[\x20-\x7e\u00a0-\u024f]{4,}", wide)
    return "\n".join(found)


def _pdf(data: bytes) -> Iterator[str | Reading]:
    """Pages, properties, outline, comments and attached files."""
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("it is locked with a password")
    blank = 0
    for page in reader.pages:
        text = page.extract_text()
        blank += not text.strip()
        yield text
        for note in page.get("/Annots") or ():
            held = note.get_object()
            yield " ".join(str(held.get(key, "")) for key in ("/Contents", "/T", "/Subj", "/V"))
    yield "\n".join(f"{key} {value}" for key, value in (reader.metadata or {}).items())
    root: Any = reader.trailer["/Root"]
    xmp = root.get("/Metadata")
    if xmp is not None:
        yield xmp.get_object().get_data().decode("utf-8", "replace")
    yield "\n".join(str(getattr(one, "title", "")) for one in _flat(reader.outline))
    for name, contents in reader.attachments.items():
        yield str(name)
        for content in contents:
            yield reading(content, str(name))
    if blank:
        yield Reading((), (f"{blank} pages are pictures: what they show was not searched",))


def _flat(things: Any) -> Iterator[Any]:
    for one in things:
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield one


def _picture(data: bytes) -> Iterator[str | Reading]:
    """What is written about a picture within its file."""
    from PIL import ExifTags, Image

    with Image.open(io.BytesIO(data)) as picture:
        if hasattr(picture, "text"):
            picture.load()  # text of a PNG may stand behind its picture
        held: list[Any] = [*picture.info.items()]
        exif = picture.getexif()
        held += [*exif.values()]
        for block in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
            held += [*exif.get_ifd(block).values()]
    yield "\n".join(_written(one) for one in held)
    marks = re.findall(rb"<x:xmpmeta.*?</x:xmpmeta>|8BIM.{0,2000}", data, re.DOTALL)
    yield "\n".join(one.decode("utf-8", "replace") for one in marks)
    yield Reading((), ("what the picture shows was not searched",))


def _written(value: Any) -> str:
    if isinstance(value, tuple | list):
        return " ".join(map(_written, value))
    if isinstance(value, bytes):
        wide = value.decode("utf-16-le", "ignore") if value.count(b"\0") * 3 > len(value) else ""
        return value[:10_000].decode("utf-8", "replace").replace("\0", "") + " " + wide[:10_000]
    return str(value)[:100_000]


def _database(data: bytes) -> Iterator[str | Reading]:
    """Names of tables and columns, and every cell of an SQLite file."""
    base = sqlite3.connect(":memory:")
    base.text_factory = lambda cell: cell.decode("utf-8", "replace")
    try:
        base.deserialize(data)
        for table, sql in base.execute("select name, coalesce(sql, '') from sqlite_master").fetchall():
            yield sql
            if not sql.casefold().startswith("create table"):
                continue
            quoted = '"' + table.replace('"', '""') + '"'
            for row in base.execute(f"select * from {quoted}"):
                yield "\n".join(str(cell) for cell in row if isinstance(cell, str))
                for cell in row:
                    if isinstance(cell, bytes):
                        yield reading(cell, table)
    finally:
        base.close()


def _table(data: bytes) -> Iterator[str | Reading]:
    """Columns and texts of a Parquet table."""
    from pyarrow import parquet

    table = parquet.read_table(io.BytesIO(data))
    yield "\n".join([*table.column_names, str(table.schema.metadata or "")])
    for column in table.columns:
        if not str(column.type).startswith(("int", "uint", "float", "double", "bool", "timestamp", "date")):
            yield "\n".join(str(cell) for cell in column.unique().to_pylist() if cell is not None)


def _mail(data: bytes) -> Iterator[str | Reading]:
    """Heads, bodies and attachments of a message, after their transfer encodings."""
    import email
    import email.policy

    message = email.message_from_bytes(data, policy=email.policy.default)
    yield data.decode("utf-8", "replace")
    for part in message.walk():
        yield "\n".join(f"{key}: {value}" for key, value in part.items())
        body = part.get_payload(decode=True)
        if isinstance(body, bytes):
            yield reading(body, part.get_filename() or "body")


def _rtf(data: bytes) -> Iterator[str | Reading]:
    from casestudy.transcripts.readers import READERS

    yield READERS[".rtf"](data, "it").text
    properties = re.sub(
        r"\\'([0-9a-f]{2})|\\u(-?\d{1,5}) ?\??",
        lambda one: bytes.fromhex(one[1]).decode("cp1252", "replace") if one[1] else chr(int(one[2]) % 65536),
        data.decode("latin-1"),
    )
    yield properties
