"""Tables of records: CSV and tab-delimited exports of databases and reference managers, and plain ones."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from casestudy.errors import nearest
from casestudy.literature import names
from casestudy.literature.reading import Reading, cited, pages

# Names of columns, as exports write them, in order of preference; a row takes the first that it fills.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "article title", "document title", "item title", "paper title", "primary title", "ti"),
    "authors": (
        *("author full names", "af", "authors", "author", "author(s)", "author/s", "author names"),
        *("authors full name", "au", "creator", "book authors"),
    ),
    "year": ("publication year", "year", "pubyear", "py", "year published", "pub year", "publication date",
             "date", "date published", "cover date", "early access date", "ea"),
    "outlet": (
        *("outlet", "source title", "publication title", "journal/book", "journal", "journal title", "so"),
        *("journal name", "container title", "secondary title", "book title", "booktitle", "publication"),
        *("anthology title", "conference name", "journal abbreviation"),
    ),
    "volume": ("volume", "journal volume", "vl", "vol", "vol."),
    "issue": ("issue", "number", "journal issue", "issue number", "is"),
    "pages": ("pages", "pagination", "page range"),
    "start": ("page start", "start page", "first page", "bp", "art. no.", "article number", "ar"),
    "end": ("page end", "end page", "last page", "ep"),
    "doi": ("doi", "di", "item doi", "doi link"),
    "abstract": ("abstract", "abstract note", "ab", "abstract text", "summary"),
    "keywords": ("keywords", "author keywords", "manual tags", "de", "keywords plus", "mesh terms"),
    "url": ("url", "link", "ur", "urls", "item url", "source linkout", "dimensions url", "source urls"),
    "type": ("type", "document type", "item type", "dt", "publication type", "content type"),
    "verified": ("verified",),
}  # fmt: skip
_SOURCE = "source"  # Scopus names itself there, Embase the journal: read only where nothing else is
_MOST_LINES_ABOVE = 10
_RUN_TOGETHER = re.compile(r"(?<=[^\W\d_A-Z])(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)(?<!\bDi)(?=[A-Z])")
# Embase: "Journal of Things (2014) 3:3 (152-160). Date of Publication: 1 Jul 2014"
_EMBASE = re.compile(
    r"^(.*?)\s*\((\d{4})\)\s*([\w\- ]*?)(?::\s*([\w\-. ]+?))?\s*(?:\(([^)]*)\))?(?:\.\s|\.?$)"
)


def table(text: str, reading: Reading) -> None:
    """Read a table whose header names a column of titles, with comma, semicolon or tab.

    Lines above the header (Dimensions, ``sep=;``) are passed over. A row of too many cells is refused: its
    values may stand under the wrong names.
    """
    lines = text.split("\n", _MOST_LINES_ABOVE)[:_MOST_LINES_ABOVE]
    for delimiter in sorted(",;\t", key=lambda sign: -max(line.count(sign) for line in lines)):
        rows = _rows(text, delimiter, reading)
        if (at := _header_row(rows)) is not None:
            break
    else:
        header = [cell.strip().casefold() for cell in (rows[0][1] if rows else [])]
        reading.fail("there is no column of titles.", f"Name one 'title'. {nearest('title', header)}")
        return
    header = [_name(cell) for cell in rows[at][1]]
    places = {
        field: [header.index(name) for name in known if name in header] for field, known in COLUMNS.items()
    }
    if not places["outlet"] and _SOURCE in header:
        places["outlet"] = [header.index(_SOURCE)]
    for number, (line, row) in enumerate(rows[at + 1 :], start=at + 2):
        if not any(cell.strip() for cell in row):
            continue
        place = f"row {number}" if number == line else f"row {number} (line {line})"
        while len(row) > len(header) and not row[-1].strip():
            row = row[:-1]
        if len(row) > len(header):
            found = f"it has {len(row)} cells, the header {len(header)}."
            reading.refuse(place, found, "Quote cells that hold the separator.")
            continue
        if len(row) < len(header):
            reading.note(
                place, f"it has {len(row)} cells, the header {len(header)}; the last ones are empty."
            )
        reading.keep(_record(row, header, places), place)


def _record(
    row: Sequence[str], header: Sequence[str], places: Mapping[str, list[int]]
) -> dict[str, str | list[str]]:
    def values(field: str) -> list[str]:
        return [row[at] for at in places[field] if at < len(row) and row[at].strip()]

    first = {field: next(iter(values(field)), "") for field in places}
    if "item title" in header:  # Springer runs its authors together: "Ann LeeBob Ray"
        first["authors"] = _RUN_TOGETHER.sub("; ", first["authors"])
    dates = values("year")
    if (match := _EMBASE.match(first["outlet"])) and _SOURCE in header:
        first["outlet"] = match[1]
        dates.append(match[2])
        for field, value in zip(("volume", "issue", "pages"), match.groups()[2:], strict=True):
            first[field] = first[field] or (value or "").strip()
    if "citation" in header and header.index("citation") < len(row):
        for field, value in zip(
            ("volume", "issue", "pages"), cited(row[header.index("citation")]), strict=True
        ):
            first[field] = first[field] or value
    made: dict[str, str | list[str]] = {**first, "year": dates, "authors": names.divide(first["authors"])}
    made["pages"] = pages(first["pages"], "") or pages(first["start"], first["end"])
    made["keywords"] = re.split(r"\s*;\s*", first["keywords"])
    return {field: value for field, value in made.items() if field not in ("start", "end")}


def _rows(text: str, delimiter: str, reading: Reading) -> list[tuple[int, list[str]]]:
    """The rows, each with the line it begins at. Web of Science quotes nothing in its tab-delimited files."""
    csv.field_size_limit(100_000_000)
    quoting: Literal[0, 3] = (
        csv.QUOTE_NONE if delimiter == "\t" and re.match(r"PT\tAU\t", text) else csv.QUOTE_MINIMAL
    )
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, quoting=quoting, skipinitialspace=True)
    rows, begin = [], 1
    for row in reader:
        rows.append((begin, row))
        begin = reader.line_num + 1
    return rows


def _header_row(rows: Sequence[tuple[int, list[str]]]) -> int | None:
    """The first row that names a column of titles, among the first ten."""
    for at, (_, row) in enumerate(rows[:_MOST_LINES_ABOVE]):
        if any(_name(cell) in COLUMNS["title"] for cell in row):
            return at
    return None


def _name(cell: str) -> str:
    return " ".join(cell.strip('\ufeff \t"').replace("_", " ").casefold().split())
