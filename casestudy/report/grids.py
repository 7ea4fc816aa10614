"""Tables on pages: saved ones read from their files, others rebuilt from their text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from casestudy.report.links import Links
from casestudy.report.records import Item, Record
from casestudy.report.rows import VALUES
from casestudy.report.rows import place as row_id

MOST_ROWS = 40
_MANY = 12


def saved_table(item: Item, record: Record, links: Links, page: str = "") -> Markup:
    """A saved table, read from its file, its things linked; long ones are cut, which the caption says."""
    heads, rows = record.rows(item)
    marked = links.marked.get(f"{record.stem}/{item.name}", set())
    kept = [n for n in range(1, len(rows) + 1) if n <= MOST_ROWS or n in marked]
    cut = (
        f" (The first {MOST_ROWS} of {len(rows):,} rows; all are in the file.)"
        if len(rows) > MOST_ROWS
        else ""
    )
    if len(kept) > MOST_ROWS:
        cut = cut.replace(" rows;", f" rows, and {len(kept) - MOST_ROWS} that something leads to;")
    words = [links.head(head, page) for head in heads]
    chosen = [rows[n - 1] for n in kept]
    shown = [
        [links.cell(head, cell, page) for head, cell in zip(heads, row, strict=False)]
        for row in _in_words(chosen)
    ]
    ids = {place: row_id(item.name, n) for place, n in enumerate(kept) if n in marked}
    return grid(item.name, item.caption + cut, [words], shown, files(item), _numeric(chosen), ids)


def data_of(item: Item, record: Record, links: Links) -> Markup:
    """The numbers of a figure, folded, where something leads to one of their rows."""
    marked = links.marked.get(f"{record.stem}/{item.name}", set())
    heads, rows = record.rows(item)
    if not marked or not rows:
        return Markup()
    kept = [n for n in range(1, len(rows) + 1) if n <= MOST_ROWS or n in marked]
    ids = {place: row_id(item.name, n) for place, n in enumerate(kept) if n in marked}
    words = [head.replace("_", " ") for head in heads]
    made = grid(
        "", "", [words], [rows[n - 1] for n in kept], ids=ids, label=f"Numbers of the figure {item.name}"
    )
    return Markup("<details><summary>Its numbers</summary>{}</details>").format(made)


def values_of(record: Record, links: Links) -> Markup:
    """The values that an answer was computed from, folded, where one of its numbers leads to them."""
    marked = links.marked.get(f"{record.stem}/{VALUES}", set())
    if not marked or record.answer is None:
        return Markup()
    listed = list(record.answer.values.items())
    rows = [[name.replace("_", " "), str(value)] for name, value in listed]
    ids = {n - 1: row_id(VALUES, n) for n in marked}
    made = grid("", "", [["Number", "Value"]], rows, ids=ids, label="The numbers in this answer as computed")
    file = Markup('<p class="files"><a href="contents.json">Recorded in contents.json</a></p>')
    return Markup("<details><summary>The numbers in this answer as computed</summary>{}{}</details>").format(
        made, file
    )


def _in_words(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The same rows with yes and no in columns that hold nothing but True and False."""
    words = {"True": "yes", "False": "no"}
    columns = range(min(map(len, rows), default=0))
    truths = {place for place in columns if all(row[place] in ("True", "False", "") for row in rows)}
    return [[words.get(cell, cell) if n in truths else cell for n, cell in enumerate(row)] for row in rows]


def rebuilt(found: Any) -> Markup:
    """A table of some HTML, made again from its text alone."""
    caption = found.caption.get_text(" ", strip=True) if found.caption else ""
    rows = [row.find_all(["th", "td"]) for row in found.find_all("tr")]
    heads = [row for row in rows if row and all(cell.name == "th" for cell in row)]
    texts = [
        [cell.get_text(" ", strip=True) for cell in row]
        for row in [*heads, *(r for r in rows if r not in heads)]
    ]
    return grid("", caption, texts[: len(heads)], texts[len(heads) :])


def grid(
    name: str,
    caption: str,
    heads: Sequence[Sequence[str]],
    rows: Sequence[Sequence[str]],
    after: Markup | str = "",
    right: set[int] | None = None,
    ids: Mapping[int, str] | None = None,
    label: str = "",
) -> Markup:
    """A table with its caption: numbers to the right, wide ones scroll in their own frame.

    Parameters
    ----------
    name : str
        For the table's id; empty for none.
    right : set of int
        Columns of numbers; found by default.
    ids : mapping of position to id
        Of rows that links lead to.
    label : str
        What the table is called where it has no caption.
    """
    numeric = _numeric(rows) if right is None else right

    def line(cells: Sequence[str], identity: str = "") -> Markup:
        kinds = [Markup(' class="number"') if place in numeric else "" for place in range(len(cells))]
        return Markup("<tr{}>{}</tr>\n").format(
            Markup(' id="{}"').format(identity) if identity else "",
            Markup("").join(
                Markup("<td{}>{}</td>").format(kind, cell) for kind, cell in zip(kinds, cells, strict=True)
            ),
        )

    def headed(cells: Sequence[str]) -> Markup:
        kinds = ["number" if place in numeric else widths.get(place, "") for place in range(len(cells))]
        classes = [Markup(' class="{}"').format(kind) if kind else "" for kind in kinds]
        return Markup("<tr>{}</tr>\n").format(
            Markup("").join(
                Markup('<th scope="col"{}>{}</th>').format(kind, cell)
                for kind, cell in zip(classes, cells, strict=True)
            )
        )

    if not rows:
        after = Markup('<p class="missing">No rows: there is nothing to show here.</p>\n{}').format(after)
    widths = _widths(rows, numeric)
    thead = Markup("").join(headed(row) for row in heads)
    tbody = Markup("").join(line(row, (ids or {}).get(place, "")) for place, row in enumerate(rows))
    identity = Markup(' id="table-{}"').format(name) if name else ""
    return Markup(
        '<figure class="{}"{}>\n{}<div class="{}" role="group" aria-label="{}" tabindex="0">'
        '<table aria-label="{}">\n<thead>{}</thead>\n<tbody>{}</tbody>\n</table></div>\n{}</figure>'
    ).format(
        "table many" if max(map(len, heads), default=0) > _MANY else "table",
        identity,
        Markup("<figcaption>{}</figcaption>\n").format(caption) if caption else "",
        "wide tall" if len(rows) > 16 else "wide",
        caption or label or "Table",
        caption or label or "Table",
        thead,
        tbody,
        after,
    )


def _widths(rows: Sequence[Sequence[str]], numeric: set[int]) -> dict[int, str]:
    """Columns of words that want room to be read: by their longest cell, what a reader sees of it."""
    found = {}
    for position in range(max((len(row) for row in rows), default=0)):
        cells = (Markup(row[position]).striptags() for row in rows if position < len(row))
        longest = max(map(len, cells), default=0)
        if position not in numeric and longest > 40:
            found[position] = "long" if longest > 110 else "text"
    return found


def _numeric(rows: Sequence[Sequence[str]]) -> set[int]:
    """Positions of the columns whose filled cells are all numbers."""
    number = re.compile(r"[-+−]?[\d,]*\.?\d+(e[-+]?\d+)?\s*%?|[-−]?inf|nan", re.IGNORECASE)
    found = set()
    for position in range(max((len(row) for row in rows), default=0)):
        filled = [row[position].strip() for row in rows if position < len(row) and row[position].strip()]
        if filled and all(number.fullmatch(text) for text in filled):
            found.add(position)
    return found


def files(item: Item, base: str = "") -> Markup:
    """Links to the files of a saved table or figure."""
    if item.kind == "table":
        return Markup(
            '<p class="files"><a href="{}">Table as CSV<span class="unseen"> ({})</span></a></p>'
        ).format(base + item.file, item.name)
    return Markup(
        '<p class="files"><a href="{}">Figure as SVG<span class="unseen"> ({})</span></a>'
        ' <a href="{}">Data as CSV<span class="unseen"> ({})</span></a></p>'
    ).format(base + item.file, item.name, base + item.data, item.name)
