"""A codebook and a book of quotes to hand to somebody, in Word and HTML; quotes by consent only."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from html import escape

from casestudy.coding.material import Material
from casestudy.interchange.project import Project, paths
from casestudy.wording import counted


@dataclass(frozen=True)
class Section:
    """One code: its names from the top down, what it means, its codings, and quotes with their source."""

    path: tuple[str, ...]
    description: str
    count: int
    quotes: tuple[tuple[str, str], ...] = ()
    withheld: int = 0


def sections(project: Project, found: Material | None = None) -> list[Section]:
    """The codes of a project in order, with quotes where a study says who may be quoted.

    Parameters
    ----------
    project : Project
    found : Material, optional
        The study of the project; without it no quote is given. Words of people who did not consent to be
        quoted are counted and left out.
    """
    counts = Counter(coding.code for coding in project.codings)
    quotes: dict[str, list[tuple[str, str]]] = {}
    withheld: Counter[str] = Counter()
    if found is not None:
        allowed = set(found.quotable())
        from casestudy.interchange.from_study import identities

        codes = identities(found.study).table("code", list(found.book.codes))
        for row in found.words.sort_values(["document", "start", "end", "coder"]).to_dict("records"):
            guid = codes.get(str(row["as_coded"]) or str(row["code"]), "")
            if row["who"] in allowed:
                quotes.setdefault(guid, []).append((str(row["quote"]), f"{row['document']}, {row['coder']}"))
            else:
                withheld[guid] += 1
    where = paths(project.codes)
    return [
        Section(
            where[code.guid],
            code.description,
            counts[code.guid],
            tuple(dict.fromkeys(quotes.get(code.guid, ()))),
            withheld[code.guid],
        )
        for code in project.codes
    ]


def docx_bytes(title: str, listed: Collection[Section]) -> bytes:
    """The book as a Word document."""
    from docx import Document

    document = Document()
    document.core_properties.author = ""
    document.add_heading(_plain(title), 0)
    for one in listed:
        document.add_heading(_plain(one.path[-1]), min(len(one.path), 9))
        document.add_paragraph(_plain(_about(one)))
        for quote, source in one.quotes:
            document.add_paragraph(f"“{_plain(quote)}” ({_plain(source)})", style="List Bullet")
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def html_text(title: str, listed: Collection[Section]) -> str:
    """The book as one HTML page without scripts."""
    lines = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f"<title>{escape(title)}</title></head><body><h1>{escape(title)}</h1>",
    ]
    for one in listed:
        level = min(len(one.path) + 1, 6)
        lines.append(f"<h{level}>{escape(one.path[-1])}</h{level}><p>{escape(_about(one))}</p>")
        if one.quotes:
            lines.append("<ul>")
            lines += [f"<li><q>{escape(quote)}</q> ({escape(source)})</li>" for quote, source in one.quotes]
            lines.append("</ul>")
    return "\n".join([*lines, "</body></html>", ""])


def _about(one: Section) -> str:
    said = one.description.strip()
    said = f"{said} " if said else ""
    left = (
        f" {counted(one.withheld, 'quote')} left out: no consent to quote is recorded."
        if one.withheld
        else ""
    )
    return f"{said}({counted(one.count, 'coding')}){left}"


def _plain(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t")
