"""From bytes to canonical text: the encoding found and stated, line ends LF, nothing else touched.

All positions of the workbench are half-open ranges of Unicode code points over this text.
"""

from __future__ import annotations

import codecs
import hashlib
import math
import re
from dataclasses import dataclass

from casestudy.errors import InputError, Problem
from casestudy.transcripts.turn import Turn

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESS_FROM = 200_000


@dataclass(frozen=True)
class Decoded:
    """Canonical text, the encoding it was read with, and what a reader should know about the reading.

    Attributes
    ----------
    text : str
        Without byte order mark; line ends are LF; no Unicode normalisation.
    encoding : str
    notes : tuple of str
        Sentences about what was found: a byte order mark, other line ends, bytes of a second encoding.
    """

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a stretch of canonical text comes from: a paragraph, page, cell or cue of the source file.

    `time` and `until` are in seconds, NaN where the source states none.
    """

    start: int
    end: int
    source: str
    time: float = math.nan
    until: float = math.nan


@dataclass(frozen=True)
class Extract:
    """Text taken out of a file, and what the file says about it.

    Attributes
    ----------
    text, encoding : str
    notes : tuple of str
        What was found and not kept.
    places : tuple of Place
        The way back to the source.
    turns : tuple of Turn
        Those that the format states, in order; empty where it states none.
    opens : tuple of int
        Where paragraphs of the source begin.
    """

    text: str
    encoding: str
    notes: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    turns: tuple[Turn, ...] = ()
    opens: tuple[int, ...] = ()


def decode(data: bytes, where: str = "the file") -> Decoded:
    """Decode a text file.

    A byte order mark decides; else UTF-8 where it fits; else the encoding is guessed from the bytes, and the
    guess is stated. A file that is UTF-8 but for a few bytes is read as UTF-8, and those bytes as cp1252.

    Raises
    ------
    InputError
        When the bytes are not text (NUL bytes), with the position of the first.

    Examples
    --------
    >>> decode(b"\\xef\\xbb\\xbfA: one\\r\\nB: two").text
    'A: one\\nB: two'
    >>> decode("Päivi".encode("cp1252")).encoding
    'cp1252'
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                text = data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                problem = Problem(
                    f"{where}, byte {error.start + len(mark)}",
                    f"it begins as {encoding} and goes on as something else.",
                    "Save it again as UTF-8.",
                )
                raise InputError("A text cannot be read.", [problem]) from error
            return _canonical(text, encoding, (f"byte order mark of {encoding}",), where)
    try:
        return _canonical(data.decode("utf-8"), "utf-8", (), where)
    except UnicodeDecodeError as error:
        return _guess(data, error.start, where)


def _guess(data: bytes, first: int, where: str) -> Decoded:
    if wide := _wide(data):
        try:
            return _canonical(data.decode(wide), wide, (f"no byte order mark; read as {wide}",), where)
        except UnicodeDecodeError:
            pass
    if b"\0" in data:
        raise InputError("A text cannot be read.", [_not_text(where, data.index(b"\0"), "byte")])
    strays = [error.start for error in _strays(data)]
    beyond = sum(byte >= 0x80 for byte in data)
    if strays and len(strays) * 4 <= beyond:
        text = data.decode("utf-8", errors="casestudy-cp1252")
        listed = ", ".join(str(place) for place in strays[:5]) + (" …" if len(strays) > 5 else "")
        note = f"mixed encodings: UTF-8, but {len(strays)} bytes read as cp1252 (first at byte {listed})"
        return _canonical(text, "utf-8 with cp1252", (note,), where)
    encoding = _charset(data)
    text = data.decode(encoding, errors="replace")
    note = f"not UTF-8 (byte {first}); read as {encoding}, which is a guess"
    return _canonical(text, encoding, (note,), where)


def _strays(data: bytes) -> list[UnicodeDecodeError]:
    """Every byte sequence that is not UTF-8."""
    found: list[UnicodeDecodeError] = []

    def keep(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        found.append(error)
        return "", error.end

    codecs.register_error("casestudy-list", keep)
    data.decode("utf-8", errors="casestudy-list")
    return found


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("casestudy-cp1252", _as_cp1252)


def _wide(data: bytes) -> str:
    """UTF-16 without a mark, known by where the NUL bytes of common characters lie; empty for no."""
    sample = data[:4000]
    if len(sample) < 4 or len(data) % 2:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


_WESTERN = frozenset(
    "äöåøæœßéèêëáàâãíìîïóòôõúùûüñçÿÄÖÅØÆŒÉÈÊËÁÀÂÃÍÌÎÏÓÒÔÕÚÙÛÜÑÇ–—‘’“”„‚…«»€£§°½¼¾·•¿¡©®™×±\u00a0"
)


def _charset(data: bytes) -> str:
    """The likeliest eight-bit encoding; cp1252 where it gives what western languages write."""
    from charset_normalizer import from_bytes

    as_western = data.decode("cp1252", errors="replace")
    odd = [character for character in as_western if character >= "\x80"]
    letters = sum(character.isalpha() for character in as_western)
    if set(odd) <= _WESTERN and (len(odd) <= 2 or sum(map(str.isalpha, odd)) <= 0.3 * letters):
        return "cp1252"
    if len(data) < 20 and "\ufffd" not in as_western:
        return "cp1252"
    best = from_bytes(data[:_GUESS_FROM]).best()
    name = best.encoding if best else "cp1252"
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return "cp1252"
    return name


def _canonical(text: str, encoding: str, notes: tuple[str, ...], where: str) -> Decoded:
    if "\0" in text:
        wide = _wide(text.encode("utf-8", "surrogatepass"))
        if not wide:
            raise InputError("A text cannot be read.", [_not_text(where, text.index("\0"), "character")])
        again = text.encode("utf-8").decode(wide, errors="replace")
        return _canonical(again, wide, (f"no byte order mark; read as {wide}",), where)
    found = set(re.findall(r"\r\n|\r", text))
    if found:
        words = " and ".join(sorted({"\r\n": "CRLF", "\r": "CR"}[end] for end in found))
        notes = (*notes, f"line ends {words}, kept as LF")
    canonical = re.sub(r"\r\n?", "\n", text).removeprefix("\ufeff")
    return Decoded(canonical, encoding, notes)


def _not_text(where: str, position: int, unit: str) -> Problem:
    return Problem(
        f"{where}, {unit} {position}",
        "a NUL byte: this is not a text file, or not in an encoding that was recognised.",
        "Save it as UTF-8 text.",
    )


def sha256(text: str) -> str:
    """The SHA-256 of a canonical text, as hexadecimal digits.

    Examples
    --------
    >>> sha256("")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
