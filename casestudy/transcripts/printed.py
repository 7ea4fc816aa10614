"""PDF: lines in reading order from where words are drawn; line numbers and running heads aside."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

from casestudy.transcripts.bounds import Budget, guarded, refused
from casestudy.transcripts.drawn import Line, Piece, cells, line_of
from casestudy.transcripts.tables import talk
from casestudy.transcripts.text import Extract, Place
from casestudy.wording import counted

_MOST_PAGES = 3000
_EDGE = 0.12  # of a page's height: where heads and page numbers stand
_NUMBER = re.compile(r"\d{1,5}")
_NUMBERED = re.compile(r"(\d{1,5})(?:[ \t]+|$)")
_PAGE_OF = re.compile(
    r"(?:\w+\.?\s+)?[-–]?\s*\d{1,4}\s*(?:of|/|von|av|sur|de|di)\s*\d{1,4}\s*[-–]?", re.IGNORECASE
)


@dataclass(frozen=True)
class _Page:
    number: int
    lines: tuple[Line, ...]
    bottom: float
    top: float


def pdf(data: bytes, where: str) -> Extract:
    """The text of a PDF, page by page, in reading order; a page that is a picture has none.

    Raises
    ------
    InputError
        When it is not a PDF, is locked, holds no text at all, or takes too long.
    """
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    budget = Budget(where)
    pages: list[_Page] = []
    with guarded(where, "PDF"):
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise refused(where, "it is locked with a password.", "Unlock it first.")
        if len(reader.pages) > _MOST_PAGES:
            raise refused(where, f"it has {len(reader.pages):,} pages.", f"At most {_MOST_PAGES:,} are read.")
        for number, page in enumerate(reader.pages, start=1):
            budget.watch()
            box = page.mediabox
            lines = tuple(_page_lines(page, budget))
            budget.spend(sum(len(line.text) + 1 for line in lines))
            pages.append(_Page(number, lines, float(box.bottom), float(box.top)))
    if not any(page.lines for page in pages):
        raise refused(where, "it holds no text: perhaps it is scanned.", "Recognise the text first.")
    notes = ["line breaks are those of the page"]
    blank = [str(page.number) for page in pages if not page.lines]
    notes += [f"no text on page {', '.join(blank[:10])}"] if blank else []
    pages, aside = _without_furniture(pages)
    notes += aside
    pages, numbers = _without_line_numbers(pages)
    notes += [f"{counted(numbers, 'line number')} set aside"] if numbers else []
    return _set_out(pages, notes)


def _set_out(pages: Sequence[_Page], notes: Sequence[str]) -> Extract:
    parts: list[str] = []
    places: list[Place] = []
    opens: list[int] = []
    drawn: list[tuple[int, Line]] = []
    reached = 0
    for page in pages:
        text = "\n".join(line.text for line in page.lines).strip("\n")
        if not text.strip():
            continue
        gaps = [above.base - below.base for above, below in zip(page.lines, page.lines[1:], strict=False)]
        leading = median([gap for gap in gaps if gap > 0] or [0.0])
        place = reached
        for number, line in enumerate(page.lines):
            if number == 0 or gaps[number - 1] < 0 or gaps[number - 1] > 1.3 * leading:
                opens.append(place)
            drawn.append((place, line))
            place += len(line.text) + 1
        parts.append(text)
        places.append(Place(reached, reached + len(text), f"page {page.number}"))
        reached += len(text) + 2
    text = "\n\n".join(parts) + "\n"
    turns, read = talk(text, cells(drawn))
    begins = tuple(place for place in opens if place < reached)
    return Extract(text, "pdf", (*notes, *read), tuple(places), tuple(turns), begins)


def _page_lines(page: Any, budget: Budget) -> Iterator[Line]:
    """Lines by position; as the library gives them where it does not know all positions."""
    pieces, aside = _pieces(page, budget)
    lines = _ordered(pieces)
    if aside or not pieces:
        plain = _clean(page.extract_text()).split("\n")
        letters = sum(len(line.text.replace(" ", "")) for line in lines)
        if sum(len(line.replace(" ", "")) for line in plain) > 1.02 * letters:
            lines = [Line(line, float(-number), 1.0) for number, line in enumerate(plain)]
            while lines and not lines[-1].text.strip():
                lines.pop()
    yield from lines


def _pieces(page: Any, budget: Budget) -> tuple[list[Piece], bool]:
    """Words with their positions, and whether some may be drawn in another way (forms, turned text)."""
    from pypdf._text_extraction._layout_mode import text_show_operations
    from pypdf.generic import ArrayObject, ContentStream, StreamObject

    contents = page.get("/Contents")
    contents = contents.get_object() if contents is not None else None
    if not isinstance(contents, (ArrayObject, StreamObject)):
        return [], False
    aside = False

    def watched() -> Iterator[tuple[Any, bytes]]:
        nonlocal aside
        for number, (operands, operator) in enumerate(ContentStream(contents, page.pdf, "bytes").operations):
            if number % 1000 == 0:
                budget.watch()
            if operator == b"Do" or (operator in (b"Tm", b"cm") and _turned(operands)):
                aside = True
            yield operands, operator

    try:
        groups = text_show_operations(watched(), page._layout_mode_fonts())
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, ZeroDivisionError):
        return [], True
    rows = []
    for group in groups:
        text = _clean(group["text"])
        if text.strip():
            left, right = float(group["tx"]), float(group["displaced_tx"])
            height = abs(float(group["font_height"])) or 1.0
            rows.append(Piece(left, max(left, right), float(group["ty"]) * group["flip_sort"], height, text))
    return rows, aside


def _turned(operands: Sequence[Any]) -> bool:
    try:
        return abs(float(operands[1])) > abs(float(operands[0]))
    except (IndexError, TypeError, ValueError):
        return False


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-8", "replace").decode("utf-8").strip("\n")


def _ordered(pieces: Sequence[Piece]) -> list[Line]:
    """Lines from top to bottom; of a page in two columns, first the left one."""
    gutter = _gutter(pieces)
    if gutter is None:
        return _lines(pieces)
    crossing = [piece for piece in pieces if piece.left < gutter < piece.right]
    edge = min((piece.base for piece in crossing), default=float("inf"))
    above = [piece for piece in pieces if piece.base >= edge] if crossing else []
    rest = [piece for piece in pieces if piece.base < edge]
    left = [piece for piece in rest if piece.left < gutter]
    return [*_lines(above), *_lines(left), *_lines([piece for piece in rest if piece.left >= gutter])]


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Where two columns of text part; None for one column."""
    rows = [row for row in _rows(pieces) if len(row) > 1]
    if len(rows) < 6:
        return None
    right_starts = Counter(round(max(row, key=lambda piece: piece.left).left / 4) for row in rows)
    start, count = right_starts.most_common(1)[0]
    gutter = start * 4 - 3.0
    both = [
        row
        for row in rows
        if any(piece.right <= gutter for piece in row) and any(piece.left > gutter - 4 for piece in row)
    ]
    if count < 6 or count * 2 < len(rows) or len(both) < 6:
        return None
    sides = [
        sorted(sum(len(piece.text) for piece in row if (piece.left < gutter) == first) for row in both)
        for first in (True, False)
    ]
    crossing = sum(any(piece.left < gutter < piece.right for piece in row) for row in _rows(pieces))
    wide = all(side[len(side) // 2] >= 22 for side in sides)
    return gutter if wide and crossing * 4 <= len(both) else None


def _rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces on one base line each, from top to bottom and left to right; what is drawn twice once."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (-piece.base, piece.left)):
        if rows and rows[-1][0].base - piece.base <= 0.4 * min(rows[-1][0].height, piece.height):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort(key=lambda piece: piece.left)
        drawn: list[Piece] = []
        for piece in row:
            last = drawn[-1] if drawn else None
            if not (last and last.text == piece.text and piece.left - last.left < 0.15 * piece.height):
                drawn.append(piece)
        row[:] = drawn
    return rows


def _lines(pieces: Sequence[Piece]) -> list[Line]:
    return [line_of(row) for row in _rows(pieces)]


def _without_furniture(pages: Sequence[_Page]) -> tuple[list[_Page], list[str]]:
    """Pages without what stands at their edges again and again, and what that was."""
    seen: Counter[tuple[str, int]] = Counter()
    candidates: dict[tuple[int, int], tuple[str, int]] = {}
    for index, page in enumerate(pages):
        for number in sorted(
            {*range(min(2, len(page.lines))), *range(max(0, len(page.lines) - 2), len(page.lines))}
        ):
            line = page.lines[number]
            if _at_edge(page, number) and line.pieces:
                key = (re.sub(r"\d+", "#", line.text).casefold(), round(line.base / 6))
                candidates[index, number] = key
                seen[key] += 1
    filled = sum(bool(page.lines) for page in pages)
    enough = max(2, (filled + 2) // 3)
    gone: dict[int, set[int]] = {}
    words: Counter[str] = Counter()
    for (index, number), (said, base) in candidates.items():
        line = pages[index].lines[number]
        count = max(seen[said, base + shift] for shift in (-1, 0, 1))
        counting = _PAGE_OF.fullmatch(line.text) is not None or (
            _NUMBER.fullmatch(line.text.strip("-– ")) is not None
            and line.text.strip("-– ") == str(pages[index].number)
        )
        if count >= enough or (counting and len(pages[index].lines) > 1):
            gone.setdefault(index, set()).add(number)
            words["page number" if said.strip("-– .") in ("#", "page #") or counting else "running head"] += 1
    kept = [
        replace(
            page,
            lines=tuple(line for number, line in enumerate(page.lines) if number not in gone.get(index, ())),
        )
        for index, page in enumerate(pages)
    ]
    if not any(page.lines for page in kept):
        return list(pages), []
    return kept, [f"{counted(count, said)} set aside" for said, count in sorted(words.items())]


def _at_edge(page: _Page, number: int) -> bool:
    """Whether a line stands in the outer part of the page, or apart from the other lines."""
    line, height = page.lines[number], page.top - page.bottom
    outer = _EDGE * height
    if line.base < page.bottom + outer or line.base > page.top - outer:
        return True
    neighbour = number + 1 if number < len(page.lines) / 2 else number - 1
    if not 0 <= neighbour < len(page.lines):
        return False
    return abs(page.lines[neighbour].base - line.base) > 3 * line.height


def _without_line_numbers(pages: Sequence[_Page]) -> tuple[list[_Page], int]:
    """Pages without numbers that count lines in the margin, and how many there were."""
    total = 0
    rows: list[_Page] = []
    for page in pages:
        lines, count = _unnumbered(page.lines)
        total += count
        rows.append(replace(page, lines=lines))
    return rows, total


def _unnumbered(lines: tuple[Line, ...]) -> tuple[tuple[Line, ...], int]:
    for place in (0, -1):  # the margin to the left, then to the right
        numbered = {
            index: int(line.pieces[place].text.strip())
            for index, line in enumerate(lines)
            if line.pieces and _NUMBER.fullmatch(line.pieces[place].text.strip())
        }
        others = [piece for line in lines for piece in (line.pieces[1:] if place == 0 else line.pieces[:-1])]
        apart = all(
            (
                lines[index].pieces[0].right <= piece.left
                if place == 0
                else lines[index].pieces[-1].left >= piece.right
            )
            for index in numbered
            for piece in others[:200]
            if _NUMBER.fullmatch(piece.text.strip()) is None
        )
        if apart and _counts(list(numbered.values()), len(lines)):
            bare = [
                line_of(line.pieces[1:] if place == 0 else line.pieces[:-1])
                if index in numbered and len(line.pieces) > 1
                else line
                for index, line in enumerate(lines)
                if not (index in numbered and len(line.pieces) == 1)
            ]
            return tuple(bare), len(numbered)
    written = {index: match for index, line in enumerate(lines) if (match := _NUMBERED.match(line.text))}
    values = [int(match[1]) for match in written.values()]
    if len(written) * 5 >= len(lines) * 4 and _counts(values, len(lines)):
        cut = [
            replace(line, text=line.text[written[index].end() :]) if index in written else line
            for index, line in enumerate(lines)
        ]
        return tuple(line for line in cut if line.text), len(written)
    return lines, 0


def _counts(values: Sequence[int], lines: int) -> bool:
    """Whether numbers count lines: up by one each, or by five or ten."""
    if len(values) < 3:
        return False
    steps = Counter(after - before for before, after in pairwise(values))
    step, count = steps.most_common(1)[0]
    regular = count >= 0.9 * (len(values) - 1)
    return regular and (
        (step == 1 and len(values) * 2 >= lines) or (step in (2, 5, 10) and len(values) * step * 2 >= lines)
    )
