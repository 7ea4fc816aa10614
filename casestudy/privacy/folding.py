"""Texts folded for comparison: without case, accents and unseen characters, and with escapes read.

Folding keeps line ends, so a place in folded text has the line of the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import decode_header
from html import unescape
from urllib.parse import unquote_to_bytes

_MARKS = [*range(0x300, 0x370), *range(0x1AB0, 0x1B00), *range(0x1DC0, 0x1E00), *range(0x20D0, 0x2100)]
_MARKS += [*range(0xFE20, 0xFE30)]
_UNSEEN = [0xAD, 0x34F, 0x61C, *range(0x180B, 0x180F), *range(0x200B, 0x2010), *range(0x202A, 0x202F)]
_UNSEEN += [*range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF, *range(0xE0000, 0xE0200)]
_LETTERS = {
    **dict.fromkeys(map(ord, "’‘ʼ`´′＇"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    **{ord(a): b for a, b in zip("øØđĐłŁıħĦŧŦ", "oOdDlLihHtT", strict=True)},
    **{ord(a): b for a, b in zip("æÆœŒþÞðÐ", ("ae", "AE", "oe", "OE", "th", "TH", "d", "D"), strict=True)},
    **dict.fromkeys(_UNSEEN),
}
_DROPPED = dict.fromkeys(_MARKS)
UNSEEN = dict.fromkeys(_UNSEEN)
TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def fold(text: str) -> str:
    """A text without case, accents and unseen characters; line ends stay.

    Examples
    --------
    >>> fold("Pa\\u0308ivi PÄ\\u00adIVI Søren O’Brien")
    "paivi paivi soren o'brien"
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    return unicodedata.normalize("NFKD", text.translate(_LETTERS)).translate(_DROPPED).casefold()


_ESCAPES: tuple[tuple[str, str], ...] = (
    ("entity", r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"),
    ("word", r"=\?[\w-]{2,20}\?[bqBQ]\?[^?\n]{0,500}\?="),
    ("url", r"(?:%[0-9A-Fa-f]{2})+"),
    ("quoted", r"(?:=[89A-Fa-f][0-9A-Fa-f])+"),
    ("code", r"(?:\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\u\{[0-9a-fA-F]{1,6}\})+"),
    ("bytes", r"(?:\\x[0-9a-fA-F]{2})+"),
    ("style", r"\\00[0-9a-fA-F]{2} ?"),
    ("control", r"\\[nrtbf\"/\\]"),
    ("domain", r"(?i:xn--[a-z0-9-]{2,60})"),
    ("misread", r"(?:[\u00c2-\u00f4][\u0080-\u02ff\u2010-\u2122])+"),
)
_ACCENTS: tuple[tuple[str, str], ...] = (
    ("accent", r"\{?\\(?:[\"'`^~=.]|[ckruvHdb](?=[{ ])) *\{?\\?([A-Za-z])\}?\}?"),
    ("letter", r"\{?\\(aa|AA|ae|AE|oe|OE|o|O|l|L|ss|i)(?![A-Za-z])(?:\{\}| )?\}?"),
)


def _any_of(patterns: Sequence[tuple[str, str]]) -> re.Pattern[str]:
    # The letters that an escape may begin with are looked for first, which is quick.
    listed = "|".join(f"(?P<{name}>{pattern})" for name, pattern in patterns)
    return re.compile(rf"(?=[&%=\\{{xX\u00c2-\u00f4])(?:{listed})")


_ESCAPED, _TYPESET = _any_of(_ESCAPES), _any_of((*_ACCENTS, *_ESCAPES))
_MAY_BE_ESCAPED = re.compile(r"[&%\\]|=[=?89A-Fa-f]|[xX][nN]--|[\u00c2-\u00f4][\u0080-\u02ff\u2010-\u2122]")


def _decoded(match: re.Match[str]) -> str:
    """The letters that one escape stands for; the escape itself where it stands for nothing."""
    written = match[0]
    try:
        match match.lastgroup:
            case "entity":
                return unescape(written)
            case "word":
                return "".join(
                    part.decode(code or "latin-1") if isinstance(part, bytes) else part
                    for part, code in decode_header(written)
                )
            case "url" | "quoted":
                return _as_text(unquote_to_bytes(written.replace("=", "%")))
            case "bytes":
                return _as_text(bytes.fromhex(written.replace("\\x", "")))
            case "code":
                units = re.findall(r"[0-9a-fA-F]+", re.sub(r"\\[uU]", " ", written))
                return (
                    "".join(map(chr, (int(one, 16) for one in units)))
                    .encode("utf-16", "surrogatepass")
                    .decode("utf-16", "replace")
                )
            case "style":
                return chr(int(written[1:5], 16))
            case "control":
                return " "
            case "domain":
                return written[4:].encode("ascii").decode("punycode")
            case "misread":
                return _reread(written)
    except (ValueError, LookupError, OverflowError, UnicodeError):
        return written
    letter = next(group for group in match.groups()[::-1] if group and group != written)
    return {"aa": "å", "AA": "Å", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß"}.get(letter, letter)


def _as_text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _reread(written: str) -> str:
    """UTF-8 that was read as a western encoding, read rightly."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return written.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return written


def plain(text: str, *, typeset: bool = False) -> str:
    """A text with the letters that its escapes stand for, of three layers at most; line ends stay.

    Parameters
    ----------
    text : str
    typeset : bool
        Whether a backslash before a quotation mark is an accent, as in LaTeX, and not a mark in a string.

    Examples
    --------
    >>> plain("P&auml;ivi P%C3%A4ivi P\\\\u00e4ivi P=C3=A4ivi =?utf-8?q?P=C3=A4ivi?= PÃ¤ivi")
    'Päivi Päivi Päivi Päivi Päivi Päivi'
    >>> plain("P{\\\\'a}ivi", typeset=True)
    'Paivi'
    """
    for _ in range(3):
        if not _MAY_BE_ESCAPED.search(text):
            break
        escapes = _TYPESET if typeset else _ESCAPED
        replaced = escapes.sub(lambda match: _decoded(match).replace("\n", " "), text)
        if replaced == text:
            break
        text = replaced
    return text


@dataclass(frozen=True)
class Folded:
    """Folded text and, for each of its characters, where in the text itself it stands."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the text itself behind a stretch of the folded one."""
        return self.starts[start], self.ends[end - 1]


def folded(text: str) -> Folded:
    """Fold a text and keep the places; one layer of escapes is read.

    Examples
    --------
    >>> one = folded("at P&auml;ivi's")
    >>> one.text, one.span(3, 8)
    ("at paivi's", (3, 13))
    """
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def add(letters: str, start: int, end: int) -> None:
        written = fold(letters)
        if not written and ends and end > start and unicodedata.combining(letters[:1] or " "):
            ends[-1] = max(ends[-1], end)
        pieces.append(written)
        starts.extend([start] * len(written))
        ends.extend([end] * len(written))

    reached = 0
    for match in _ESCAPED.finditer(text) if _MAY_BE_ESCAPED.search(text) else ():
        for place in range(reached, match.start()):
            add(text[place], place, place + 1)
        add(_decoded(match), match.start(), match.end())
        reached = match.end()
    for place in range(reached, len(text)):
        add(text[place], place, place + 1)
    return Folded("".join(pieces), starts, ends)
