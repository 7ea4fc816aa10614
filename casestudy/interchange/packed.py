"""The container of a project: a ZIP file, or the bare XML, opened only where its sizes are sane.

Nothing is unpacked to the disk, so no member can leave a folder; only what is asked for is read.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from pathlib import Path
from typing import IO, cast

from casestudy.errors import InputError, Problem
from casestudy.interchange.account import Account

LARGEST_XML = 400_000_000
LARGEST_TEXT = 50_000_000
LARGEST_ALL = 2_000_000_000
GROWTH, SMALL = 300, 1_000_000
MOST_MEMBERS = 200_000
_DRIVE = re.compile(r"^[A-Za-z]:")
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError)


def refused(where: str, found: str, remedy: str = "") -> InputError:
    """The error for a project that cannot be read."""
    return InputError("The project cannot be read.", [Problem(where, found, remedy)])


class Packed:
    """A project's container.

    Parameters
    ----------
    path : Path
    account : Account
        Collects members that no project should have.

    Raises
    ------
    InputError
        When it is not a container, a bomb, or holds no project or several.
    """

    def __init__(self, path: Path, account: Account) -> None:
        self.where = path.name
        self._read = 0
        try:
            self._zip = zipfile.ZipFile(path)
            entries = self._zip.infolist()
        except _BROKEN as error:
            remedy = "Export the project again; a .qdpx file is a ZIP archive."
            raise refused(
                self.where, f"it is not an archive, or its end is missing ({error}).", remedy
            ) from error
        if len(entries) > MOST_MEMBERS:
            raise refused(self.where, f"it holds {len(entries):,} members.", "A project holds far fewer.")
        self._members: dict[str, zipfile.ZipInfo] = {}
        roots = []
        for entry in entries:
            name = entry.filename.replace("\\", "/")
            if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
                account.deviates("a member's name leads out of the archive; it is not read", name[:80])
                continue
            if name.casefold().endswith(".qde") and name.count("/") == 0:
                roots.append(name)
            known = self._members.setdefault(name.casefold(), entry)
            if known is not entry:
                account.deviates("two members have one name; the first is read", name[:80])
        self._bases: dict[str, str] = {}
        for name in self._members:
            self._bases.setdefault(posixpath.basename(name), name)
        if not roots:
            roots = [name for name in self._members if name.endswith(".qde")]
            if len(roots) == 1:
                account.deviates("project.qde lies in a folder", roots[0])
        if len(roots) != 1:
            found = f"it holds {len(roots)} projects (.qde)." if roots else "it holds no project.qde."
            raise refused(self.where, found, "Export it again as a REFI-QDA project.")
        if roots[0] != "project.qde":
            account.deviates("the project is not called project.qde", roots[0])
        if any(name.startswith("Sources/") for name in (entry.filename for entry in entries)):
            account.deviates("the folder is called Sources, not sources", "")
        self.root = roots[0]

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def xml(self) -> IO[bytes]:
        """The project's XML, as a file to read from."""
        return self._open(self._members[self.root.casefold()], LARGEST_XML)

    def has(self, path: str) -> bool:
        """Whether the archive holds what a path in the XML names."""
        return self._entry(path) is not None

    def text_bytes(self, path: str) -> bytes | None:
        """The bytes that a path in the XML names; None where they are not in the archive."""
        entry = self._entry(path)
        if entry is None:
            return None
        with self._open(entry, LARGEST_TEXT) as member:
            try:
                data = member.read(LARGEST_TEXT + 1)
            except _BROKEN as error:
                raise refused(f"{self.where}, {entry.filename}", f"it is damaged ({error}).") from error
        if len(data) > LARGEST_TEXT:
            raise refused(f"{self.where}, {entry.filename}", f"it has more than {LARGEST_TEXT:,} bytes.")
        return data

    def _entry(self, path: str) -> zipfile.ZipInfo | None:
        plain = re.sub(r"^(?:internal|relative|absolute):/*", "", path.strip(), flags=re.IGNORECASE)
        plain = plain.replace("\\", "/").casefold()
        name = plain if plain in self._members else self._bases.get(posixpath.basename(plain), "")
        return self._members.get(name) if name else None

    def _open(self, entry: zipfile.ZipInfo, most: int) -> IO[bytes]:
        where = f"{self.where}, {entry.filename}"
        size, packed = entry.file_size, max(1, entry.compress_size)
        self._read += size
        if size > most or self._read > LARGEST_ALL or (size > SMALL and size > GROWTH * packed):
            found = f"it would unpack to {size:,} bytes from {packed:,}."
            raise refused(where, found, "This is not a project that a tool wrote.")
        try:
            return cast(IO[bytes], _Bounded(self._zip.open(entry), size, where))
        except _BROKEN as error:
            raise refused(where, f"it is damaged ({error}).", "Export the project again.") from error


class Loose:
    """A project's XML without its archive: texts lie beside it, or in a folder ``sources`` there.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.where, self.path = path.name, path
        self._bases = {
            beside.name.casefold(): beside
            for folder in (path.parent / "sources", path.parent / "Sources")
            if folder.is_dir()
            for beside in folder.iterdir()
            if beside.is_file() and not beside.is_symlink()
        }

    def close(self) -> None:
        """Nothing is open."""

    def xml(self) -> IO[bytes]:
        """The project's XML, as a file to read from."""
        if self.path.stat().st_size > LARGEST_XML:
            raise refused(self.where, f"it has more than {LARGEST_XML:,} bytes.")
        return self.path.open("rb")

    def has(self, path: str) -> bool:
        """Whether the text that a path in the XML names lies beside it."""
        return posixpath.basename(path.replace("\\", "/")).casefold() in self._bases

    def text_bytes(self, path: str) -> bytes | None:
        """The bytes of that text; None where it is not there."""
        beside = self._bases.get(posixpath.basename(path.replace("\\", "/")).casefold())
        if beside is None:
            return None
        if beside.stat().st_size > LARGEST_TEXT:
            raise refused(beside.name, f"it has more than {LARGEST_TEXT:,} bytes.")
        return beside.read_bytes()


class _Bounded(io.RawIOBase):
    """A member that never gives more bytes than its entry says."""

    def __init__(self, member: IO[bytes], size: int, where: str) -> None:
        self._member, self._left, self._where = member, size, where

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._member.read(size if size >= 0 else self._left + 1)
        except _BROKEN as error:
            raise refused(self._where, f"it is damaged ({error}).", "Export the project again.") from error
        self._left -= len(data)
        if self._left < 0:
            raise refused(self._where, "it unpacks to more than it says.", "Do not trust this file.")
        return data

    def close(self) -> None:
        self._member.close()
        super().close()


def decoded(data: bytes, account: Account, name: str) -> tuple[str, bool]:
    """Text with its own line ends, and whether a byte order mark stood before it.

    UTF-8 where it fits, UTF-16 where a mark says so; else Windows-1252, which is reported.

    Examples
    --------
    >>> decoded(b"\\xef\\xbb\\xbfa\\r\\n", Account(), "a.txt")
    ('a\\r\\n', True)
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        account.deviates("a text is UTF-16, not UTF-8", name)
        return data.decode("utf-16", "replace"), True
    bom = data.startswith(b"\xef\xbb\xbf")
    if bom:
        account.deviates("a text begins with a byte order mark", name)
        data = data[3:]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        account.deviates("a text is not UTF-8; it is read as Windows-1252", name)
        text = data.decode("cp1252", "replace")
    if "\x00" in text:
        account.deviates("a text holds NUL characters; each is read as a space", name)
        text = text.replace("\x00", " ")
    return text, bom
