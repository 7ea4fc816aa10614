"""Rich text (RTF): its words, read control by control; what is hidden, deleted or aside is counted."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from casestudy.transcripts.blocks import counted_notes
from casestudy.transcripts.bounds import MOST_DEPTH, Budget, refused
from casestudy.transcripts.tables import Cell, talk
from casestudy.transcripts.text import Extract

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n]+"
    rb"|([^\\{}\r\n]+)|(\\)"
)
_SIGNS = {
    "line": "\n",
    "tab": "\t",
    "emdash": "—",
    "endash": "–",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "ltrmark": "\u200e",
    "rtlmark": "\u200f",
    "zwj": "\u200d",
    "zwnj": "\u200c",
    "page": "\n",
    "column": "\n",
    "sect": "\n",
    "par": "\n",
}
_ESCAPED = {
    "~": "\u00a0",
    "-": "\u00ad",
    "_": "\u2011",
    "\\": "\\",
    "{": "{",
    "}": "}",
    "\n": "\n",
    "\r": "\n",
}
_HEADERS = frozenset(f"{name}{which}" for name in ("header", "footer") for which in ("", "l", "r", "f"))
_SKIPPED = _HEADERS | frozenset(
    re.findall(
        r"\w+",
        """
        fonttbl colortbl stylesheet info pict nonshppict object fldinst atnid atnauthor atndate atnref
        atnparent atntime xe tc rxe bkmkstart bkmkend listtext pntext pnseclvl listtable
        listoverridetable rsidtbl generator themedata colorschememapping datastore latentstyles revtbl
        filetbl nonesttables nesttableprops template ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn
        """,
    )
)
_COUNTED = {
    "footnote": "footnote",
    "annotation": "comment",
    "shptxt": "box",
    "pict": "drawing",
    "object": "drawing",
}
_CHARSETS = {
    0: "cp1252",
    128: "cp932",
    129: "cp949",
    134: "cp936",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}


@dataclass(frozen=True)
class _State:
    """What holds within a group."""

    skip: bool = False
    aside: str = ""
    hidden: bool = False
    deleted: bool = False
    revised: bool = False
    uc: int = 1
    font: int = -1
    in_table: bool = False


def rtf(data: bytes, where: str) -> Extract:
    """Rich text: its words; styles, pictures and fields are left out.

    Tracked insertions are accepted, deletions and hidden text left out; what is left out is counted.

    Raises
    ------
    InputError
        When it does not begin as rich text does, or is nested without measure.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise refused(where, "it does not begin with {\\rtf.", "Save it as rich text, .docx or plain text.")
    reader = _Reader(data, Budget(where))
    reader.read()
    text = reader.text()
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # two halves of one sign
    turns, notes = ([], []) if len(text) != reader.length else talk(text, reader.cells)
    notes = [*counted_notes(reader.count), *notes]
    return Extract(text, f"rtf, {reader.encoding}", tuple(notes), (), tuple(turns), tuple(reader.opens))


class _Reader:
    """One pass over the controls; text in pieces, cells and paragraph starts by position."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self._data = data
        self._budget = budget
        page = re.search(rb"\\ansicpg(\d{1,5})", data[:2000])
        self.encoding = _known(f"cp{page[1].decode()}" if page else "cp1252")
        self.count: Counter[str] = Counter()
        self.cells: list[Cell] = []
        self.opens: list[int] = [0]
        self.length = 0
        self._parts: list[str] = []
        self._bytes = bytearray()
        self._page = self.encoding
        self._fonts: dict[int, str] = {}
        self._state = _State()
        self._place = [0, 1, 1]  # table, row, column
        self._cell_start = -1
        self._in_fonts = 0
        self._high = ""

    def text(self) -> str:
        return "".join(self._parts)

    def read(self) -> None:
        stack: list[_State] = []
        pending_star = False
        skip_next = 0
        group_start = False
        for token in _TOKEN.finditer(self._data):
            word, number, code, sign, brace, plain, _ = token.groups()
            if brace:
                skip_next = 0
                self._flush()
                if brace == b"{":
                    stack.append(self._state)
                    group_start = True
                    if len(stack) > MOST_DEPTH * 5:
                        raise refused(self._budget.where, "it is nested too deeply.", "Save the text alone.")
                elif stack:
                    self._state = stack.pop()
                    self._in_fonts = min(self._in_fonts, len(stack))
                continue
            if sign == b"*":
                pending_star = True
                continue
            if word is not None:
                name = word.decode("ascii")
                value = int(number) if number else None
                if name == "fonttbl":
                    self._in_fonts = len(stack)
                self._control(name, value, pending_star, group_start)
                skip_next = self._state.uc if name == "u" and value is not None else 0
                if name == "bin" and value and value > 0:
                    continue
            elif code:
                if skip_next:
                    skip_next -= 1
                elif self._kept():
                    self._bytes.append(int(code, 16))
            elif sign is not None:
                if skip_next:
                    skip_next -= 1
                else:
                    self._sign(sign.decode("latin-1"))
            elif plain is not None:
                if skip_next:
                    cut = min(skip_next, len(plain))
                    plain, skip_next = plain[cut:], skip_next - cut
                if plain and self._kept():
                    self._bytes += plain
            if token[0][:1] not in b"\r\n":
                pending_star = group_start = False
        self._flush()

    def _kept(self) -> bool:
        state = self._state
        return not (state.skip or state.hidden or state.deleted)

    def _control(self, name: str, value: int | None, starred: bool, first: bool) -> None:
        state = self._state
        if name == "fcharset" and self._in_fonts and value is not None:
            self._fonts[state.font] = _CHARSETS.get(value, self.encoding)
        elif name == "f" and value is not None:
            self._flush()
            self._state = replace(state, font=value)
            self._page = self._fonts.get(value, self.encoding)
        if first and (name in _COUNTED or name in _SKIPPED or name == "ftnalt" or starred):
            self._destination(name, starred)
        elif state.skip:
            if name == "ftnalt" and state.aside == "footnote":
                self.count["footnote"] -= 1
                self.count["endnote"] += 1
                self._state = replace(state, aside="endnote")
        elif name in ("v", "deleted", "revised"):
            self._toggle(name, value != 0)
        elif name == "plain":
            self._flush()
            self._state = replace(state, hidden=False, deleted=False, revised=False, font=-1)
            self._page = self.encoding
        elif name == "uc" and value is not None:
            self._state = replace(state, uc=max(0, min(value, 10)))
        elif name == "u" and value is not None:
            if self._kept():
                self._write(chr(value & 0xFFFF))
        elif name == "pard":
            self._state = replace(state, in_table=False)
        elif name == "intbl":
            self._state = replace(state, in_table=True)
        elif name in ("cell", "nestcell"):
            self._end_cell(name == "cell")
        elif name == "row":
            self._place[1:] = [self._place[1] + 1, 1]
        elif name in _SIGNS and self._kept():
            self._write(_SIGNS[name])
            if name in ("par", "sect", "page"):
                self._paragraph(name)

    def _paragraph(self, name: str) -> None:
        self.opens.append(self.length)
        if not self._state.in_table and self._cell_start < 0 and self._place[1:] != [1, 1]:
            self._place = [self._place[0] + 1, 1, 1]

    def _destination(self, name: str, starred: bool) -> None:
        state = self._state
        if name in _COUNTED and not state.skip:
            self.count[_COUNTED[name]] += 1
        if name in _HEADERS and not state.skip:
            self.count["header"] += 1
        self.count["drawing"] -= name == "nonshppict" and self.count["drawing"] > 0
        kept = starred and name in ("shppict", "shpinst", "shp", "htmltag", "ud", "upr")
        if name == "shptxt" or not kept:
            self._flush()
            self._state = replace(state, skip=True, aside=_COUNTED.get(name, state.aside))

    def _toggle(self, name: str, on: bool) -> None:
        self._flush()
        if name == "v":
            self.count["hidden"] += on and not self._state.hidden
            self._state = replace(self._state, hidden=on)
        elif name == "deleted":
            self.count["del"] += on and not self._state.deleted
            self._state = replace(self._state, deleted=on)
        else:
            self.count["ins"] += on and not self._state.revised
            self._state = replace(self._state, revised=on)

    def _end_cell(self, outer: bool) -> None:
        if self._state.deleted or self._state.skip:
            return
        self._flush()
        start = self.opens[-1] if self._cell_start < 0 else self._cell_start
        if not self._place[0]:
            self._place[0] = 1
        if outer:
            self.count["table"] += self._place[1:] == [1, 1]
            table, row, column = self._place
            self.cells.append(Cell(table, row, column, start, self.length))
            self._place[2] += 1
        self._write("\n")
        self._flush()
        self.opens.append(self.length)
        self._cell_start = -1 if outer else start

    def _sign(self, sign: str) -> None:
        if sign in _ESCAPED and self._kept():
            self._write(_ESCAPED[sign])
            if sign in "\r\n":
                self._paragraph("par")

    def _flush(self) -> None:
        if self._bytes:
            text = bytes(self._bytes).decode(self._page, "replace").replace("\0", "")
            self._bytes.clear()
            self._put(text)

    def _write(self, text: str) -> None:
        self._flush()
        if text != "\0":
            self._put(text)

    def _put(self, text: str) -> None:
        """Add text; positions count a sign beyond the first plane, written as two halves, once."""
        low = "\udc00" <= text[:1] <= "\udfff" and self._high
        self._budget.spend(len(text))
        self._parts.append(text)
        self.length += len(text) - bool(low)
        self._high = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""


def _known(encoding: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        return "cp1252"
    return encoding
