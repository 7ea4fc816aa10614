"""Tables on pages: saved ones read from their files, others rebuilt from their text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from casestudy.report.links import Links
from casestudy.report.records import Item

MOST_ROWS = 40


def saved_table(item: Item, folder: Path, links: Links | None = None, page: str = "") -> Markup:
    """A saved table, read from its file, its things linked; long ones are cut, which the caption says."""
    import csv

    known = links or Links()
    with (folder / item.file).open(encoding="utf-8", newline="") as file:
        heads, *rows = list(csv.reader(file)) or [[]]
    rest = len(rows) > MOST_ROWS
    cut = f" (The first {MOST_ROWS} of {len(rows):,} rows; all are in the file.)" if rest else ""
    words = [head.replace("_", " ") for head in heads]
    shown = [
        [known.cell(head, cell, page) for head, cell in zip(heads, row, strict=False)]
        for row in rows[:MOST_ROWS]
    ]
    return grid(item.name, item.caption + cut, [words], shown, files(item), _numeric(rows[:MOST_ROWS]))


def rebuilt(table: Any) -> Markup:
    """A table of some HTML, made anew from its text alone."""
    caption = table.caption.get_text(" ", strip=True) if table.caption else ""
    rows = [row.find_all(["th", "td"]) for row in table.find_all("tr")]
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
) -> Markup:
    """A table with its caption: numbers to the right, wide ones scroll in their own frame.

    Parameters
    ----------
    name : str
        For the table's id; empty for none.
    right : set of int
        Columns of numbers; found by default.
    """
    numeric = _numeric(rows) if right is None else right

    def line(cells: Sequence[str], tag: str) -> Markup:
        kinds = [Markup(' class="number"') if place in numeric else "" for place in range(len(cells))]
        return Markup("<tr>{}</tr>\n").format(
            Markup("").join(Markup(tag).format(kind, cell) for kind, cell in zip(kinds, cells, strict=True))
        )

    if not rows:
        after = Markup('<p class="missing">No rows: there is nothing to show here.</p>\n{}').format(after)
    thead = Markup("").join(line(row, '<th scope="col"{}>{}</th>') for row in heads)
    tbody = Markup("").join(line(row, "<td{}>{}</td>") for row in rows)
    identity = Markup(' id="table-{}"').format(name) if name else ""
    return Markup(
        '<figure class="table"{}>\n{}<div class="{}" role="group" aria-label="{}" tabindex="0">'
        '<table aria-label="{}">\n<thead>{}</thead>\n<tbody>{}</tbody>\n</table></div>\n{}</figure>'
    ).format(
        identity,
        Markup("<figcaption>{}</figcaption>\n").format(caption) if caption else "",
        "wide tall" if len(rows) > 16 else "wide",
        caption or "Table",
        caption or "Table",
        thead,
        tbody,
        after,
    )


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
