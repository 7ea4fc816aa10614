"""Readers of bibliographic exports: RIS, BibTeX, CSV (Zotero, Scopus or plain) and Web of Science."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from casestudy.errors import Problem, nearest, raise_if
from casestudy.files import reading
from casestudy.literature.record import Record, doi, named, year
from casestudy.study import Study

FOLDER = "literature/records"
LARGEST = 200_000_000
_RIS_LINE = re.compile(r"^([A-Z][A-Z0-9])  -(?: (.*))?$")
_WOS_LINE = re.compile(r"^([A-Z][A-Z0-9])(?: (.*))?$")
Found = tuple[list[Record], list[Problem]]

# Names of columns, as exports write them, in order of preference.
_CSV = {
    "title": ("title", "article title", "document title", "ti"),
    "authors": ("authors", "author", "author full names", "au"),
    "year": ("year", "publication year", "py", "date"),
    "outlet": ("outlet", "source title", "publication title", "journal", "journal abbreviation", "so"),
    "volume": ("volume", "vl"),
    "issue": ("issue", "number", "is"),
    "pages": ("pages",),
    "start": ("page start", "start page", "bp"),
    "end": ("page end", "end page", "ep"),
    "doi": ("doi", "di"),
    "abstract": ("abstract", "abstract note", "ab"),
    "keywords": ("keywords", "author keywords", "manual tags", "de"),
    "url": ("url", "link", "ur"),
    "type": ("type", "document type", "item type", "dt"),
    "verified": ("verified",),
}


def load(study: Study) -> list[Record]:
    """All records of a study's exports, ``literature/records/*``, in order of file and entry.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    records, problems = survey(study)
    raise_if(problems, "The bibliographic records have problems.")
    return records


def survey(study: Study) -> Found:
    """Like `load`, with the problems listed instead of raised."""
    records: list[Record] = []
    problems: list[Problem] = []
    for path in study.inputs(f"{FOLDER}/*"):
        if path.suffix.lower() == ".md":
            continue
        found, wrong = read(path, f"{FOLDER}/{path.name}")
        records += found
        problems += wrong
    return named(records), problems


def read(path: Path, where: str | None = None) -> Found:
    """Read one export; its kind is told by its ending and its beginning.

    Parameters
    ----------
    path : Path
        ``.ris``, ``.bib``, ``.csv``, ``.tsv``, ``.txt`` or ``.ciw`` (Web of Science, field-tagged or
        tab-delimited).
    where : str, optional
        How to call the file in messages.

    Returns
    -------
    (list of Record, list of Problem)
        Records that could be read, and everything that could not: lines that are no field, entries without
        title, without end or without year. A record without a year is a problem and is still returned.
    """
    name = where or path.name
    try:
        data = reading.data(path)
    except OSError as error:
        return [], [Problem(name, f"{error.strerror or 'it cannot be opened'}.")]
    if len(data) > LARGEST:
        return [], [Problem(name, f"it has {len(data):,} bytes.", f"At most {LARGEST:,} are read.")]
    try:
        text = decoded(data)
    except UnicodeDecodeError as error:
        return [], [Problem(name, f"it is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")]
    if "\x00" in text:
        return [], [Problem(name, "it is not text.", "Export it as RIS, BibTeX or CSV.")]
    if not text.strip():
        return [], [Problem(name, "it is empty.", "Export it again, or take the file away.")]
    reader = _reader(path.suffix.lower(), text)
    if reader is None:
        remedy = "Give it the ending of what it is: .ris, .bib, .csv, .tsv or .ciw."
        return [], [Problem(name, f"{path.suffix!r} is not a known export.", remedy)]
    records, problems = reader(text, name, path.stem)
    if not records and not problems:
        problems.append(Problem(name, "no record was found.", "See whether it is the export you meant."))
    for one in records:
        if one.year is None:
            found = f"{one.title[:60]!r} has no year."
            problems.append(Problem(one.where, found, "Add the year, or take the record out."))
    return records, problems


def decoded(data: bytes) -> str:
    """Text of an export: UTF-8, or UTF-16 where it says so; line ends are LF."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16")
    else:
        text = data.decode("utf-8-sig")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _reader(ending: str, text: str) -> Callable[[str, str, str], Found] | None:
    if ending == ".bib":
        return bibtex
    if ending in (".csv", ".tsv"):
        return table
    if re.match(r"\s*(?:FN .*\n|PT [JBSP]\n)", text):
        return web_of_science
    if re.match(r"\s*TY  -", text) or ending == ".ris":
        return ris
    if ending in (".txt", ".ciw") and "\t" in text.split("\n", 1)[0]:
        return table
    return None


def ris(text: str, name: str, source: str) -> Found:
    """Records of a RIS file; each is cut out first, so that one bad record does not hide the next."""
    import rispy

    problems: list[Problem] = []
    records: list[Record] = []
    for line, chunk in _chunks(text, name, problems, _RIS_LINE, "TY", "ER"):
        (entry,) = rispy.loads(chunk) or [{}]
        fields = _ris_fields(entry)
        _keep(fields, f"{name}, line {line}", source, records, problems)
    return records, problems


def _ris_fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    def first(*keys: str) -> str:
        return next((str(entry[key]) for key in keys if entry.get(key)), "")

    notes = [
        str(note) for key in ("notes", "notes_abstract", "research_notes") for note in _list(entry.get(key))
    ]
    verified = [note.partition(":")[2].strip() for note in notes if note.casefold().startswith("verified:")]
    pages = "-".join(one for one in (first("start_page"), first("end_page")) if one)
    urls = entry.get("urls") or [entry.get("url") or ""]
    return {
        "title": first("title", "primary_title", "short_title"),
        "authors": entry.get("authors") or entry.get("first_authors") or (),
        "year": first("year", "publication_year", "date"),
        "outlet": first("secondary_title", "journal_name", "alternate_title3", "alternate_title2"),
        "volume": first("volume"),
        "issue": first("number", "issue"),
        "pages": pages,
        "doi": first("doi"),
        "type": first("type_of_reference"),
        "abstract": first("abstract"),
        "keywords": "; ".join(str(one) for one in entry.get("keywords") or ()),
        "url": str(urls[0]),
        "verified": verified[0] if verified else "",
    }


def web_of_science(text: str, name: str, source: str) -> Found:
    """Records of a field-tagged Web of Science export."""
    problems: list[Problem] = []
    records: list[Record] = []
    for line, chunk in _chunks(text, name, problems, _WOS_LINE, "PT", "ER", ("FN", "VR", "EF")):
        entry: dict[str, list[str]] = {}
        tag = ""
        for row in chunk.split("\n"):
            if match := _WOS_LINE.match(row):
                tag = match[1]
                entry.setdefault(tag, []).append(match[2] or "")
            elif tag and row.strip():
                entry[tag].append(row.strip())
        joined = {tag: " ".join(rows).strip() for tag, rows in entry.items()}
        people = [one for one in entry.get("AF") or entry.get("AU") or () if one]
        fields = {
            "title": joined.get("TI", ""),
            "authors": people,
            "year": joined.get("PY", ""),
            "outlet": joined.get("SO", ""),
            "volume": joined.get("VL", ""),
            "issue": joined.get("IS", ""),
            "pages": "-".join(one for one in (joined.get("BP", ""), joined.get("EP", "")) if one),
            "doi": joined.get("DI", ""),
            "type": joined.get("DT", ""),
            "abstract": joined.get("AB", ""),
            "keywords": joined.get("DE", ""),
        }
        _keep(fields, f"{name}, line {line}", source, records, problems)
    return records, problems


def _chunks(
    text: str,
    name: str,
    problems: list[Problem],
    pattern: re.Pattern[str],
    opening: str,
    closing: str,
    outside: tuple[str, ...] = (),
) -> Iterable[tuple[int, str]]:
    """The records of a tagged file, each with the line it begins at; what is no record is a problem."""
    begin = 0
    kept: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        match = pattern.match(line.rstrip())
        tag = match[1] if match else ""
        if tag == opening:
            if begin:
                found = "the record before it has no end."
                problems.append(Problem(f"{name}, line {number}", found, f"Close it with {closing}."))
                yield begin, "\n".join([*kept, _CLOSE[closing]])
            begin, kept = number, [line.rstrip()]
        elif tag == closing and begin:
            yield begin, "\n".join([*kept, line.rstrip()])
            begin, kept = 0, []
        elif begin and (tag or line[:1] in (" ", "\t") or not line.strip()):
            kept.append(line.rstrip() if tag else line)
        elif begin:
            found = f"{line[:40]!r} is no field."
            problems.append(Problem(f"{name}, line {number}", found, "Write it as the format wants it."))
        elif line.strip() and tag not in outside:
            found = f"{line[:40]!r} stands outside a record."
            problems.append(Problem(f"{name}, line {number}", found, f"A record begins with {opening}."))
        if len(problems) > 50:
            problems.append(Problem(name, "there may be more problems.", "Mend these first."))
            return
    if begin:
        problems.append(
            Problem(f"{name}, line {begin}", "the record has no end.", f"Close it with {closing}.")
        )
        yield begin, "\n".join([*kept, _CLOSE[closing]])


_CLOSE = {"ER": "ER  - "}


def bibtex(text: str, name: str, source: str) -> Found:
    """Records of a BibTeX file, LaTeX accents turned into letters."""
    import bibtexparser
    from bibtexparser.bparser import BibTexParser
    from bibtexparser.customization import convert_to_unicode

    begun = {
        match[2].strip(): text.count("\n", 0, match.start()) + 1
        for match in re.finditer(r"^[ \t]*@(\w+)\s*\{\s*([^,\s}]+)\s*,", text, re.M)
        if match[1].casefold() not in ("comment", "string", "preamble")
    }
    parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False, interpolate_strings=False)
    problems: list[Problem] = []
    try:
        entries = bibtexparser.loads(text, parser).entries
    except Exception as error:  # the parser's own errors have no common parent
        return [], [Problem(name, f"it is not BibTeX: {str(error)[:120]}.", "Export it again.")]
    read_keys = {str(entry.get("ID")) for entry in entries}
    for key, line in begun.items():
        if key not in read_keys:
            found = f"entry {key!r} could not be read."
            problems.append(Problem(f"{name}, line {line}", found, "Close its braces and quotation marks."))
    records: list[Record] = []
    for entry in entries:
        plain = {key: re.sub(r"[{}]", "", value) for key, value in convert_to_unicode(dict(entry)).items()}
        keys = ("title", "year", "volume", "doi", "abstract", "url")
        fields: dict[str, Any] = {key: plain.get(key, "") for key in keys}
        fields |= {
            "year": plain.get("year") or plain.get("date", ""),
            "authors": re.split(r"\s+and\s+", plain.get("author", "").strip()),
            "outlet": plain.get("journal") or plain.get("journaltitle") or plain.get("booktitle", ""),
            "issue": plain.get("number", ""),
            "pages": plain.get("pages", "").replace("--", "-"),
            "keywords": plain.get("keywords", ""),
            "type": plain.get("ENTRYTYPE", ""),
            "verified": plain.get("verified", ""),
        }
        place = f"{name}, line {begun.get(str(entry.get('ID')), 1)}"
        _keep(fields, place, source, records, problems)
    return records, problems


def table(text: str, name: str, source: str) -> Found:
    """Records of a table: plain CSV, or an export of Zotero, Scopus or Web of Science as it is."""
    first = text.split("\n", 1)[0]
    delimiter = (
        "\t" if first.count("\t") > first.count(",") else ";" if first.count(";") > first.count(",") else ","
    )
    csv.field_size_limit(10_000_000)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return [], [Problem(name, f"it is not a table: {error}.", "Export it again as CSV.")]
    header = [column.strip().casefold() for column in rows[0]]
    places = {
        field: next((header.index(known) for known in names if known in header), -1)
        for field, names in _CSV.items()
    }
    if places["title"] < 0:
        hint = nearest("title", header)
        return [], [Problem(name, "there is no column of titles.", f"Name one 'title'. {hint}")]
    problems: list[Problem] = []
    records: list[Record] = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            found = f"it has {len(row)} cells, the header {len(header)}."
            problems.append(Problem(f"{name}, row {number}", found, "Quote cells that hold the separator."))
            continue
        fields: dict[str, Any] = {field: row[at].strip() if at >= 0 else "" for field, at in places.items()}
        fields["pages"] = fields["pages"] or "-".join(
            one for one in (fields.pop("start"), fields.pop("end")) if one
        )
        fields["authors"] = _people(fields["authors"])
        _keep(fields, f"{name}, row {number}", source, records, problems)
    return records, problems


def _people(text: str) -> list[str]:
    """Authors of one cell: divided by semicolons, or by commas where no given names are written out."""
    if ";" in text:
        return [re.sub(r"\s*\(\d+\)$", "", one).strip() for one in text.split(";")]
    if " and " in text:
        return re.split(r"\s+and\s+", text)
    return re.split(r"(?<=\.),\s+", text)


def _keep(
    fields: Mapping[str, Any], where: str, source: str, records: list[Record], problems: list[Problem]
) -> None:
    title = " ".join(str(fields.get("title", "")).split())
    if not title:
        problems.append(Problem(where, "the record has no title.", "Add the title, or take the record out."))
        return
    texts = {
        key: " ".join(str(fields.get(key) or "").split())
        for key in ("outlet", "volume", "issue", "pages", "type", "abstract", "keywords", "url", "verified")
    }
    people = tuple(" ".join(str(one).split()) for one in fields.get("authors") or () if str(one).strip())
    given = str(fields.get("doi") or "")
    bare = doi(given)
    if given.strip() and not bare:
        problems.append(Problem(where, f"{given[:40]!r} is not a DOI.", "A DOI looks like 10.1000/abc."))
    records.append(
        Record(
            title, people, year(str(fields.get("year") or "")), doi=bare, source=source, where=where, **texts
        )
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def write_ris(records: Iterable[Record]) -> str:
    """Records as RIS text, for use in other programs."""
    blocks = []
    for one in records:
        first, _, last = one.pages.partition("-")
        tags = [("TY", one.type if len(one.type) == 4 and one.type.isupper() else "JOUR")]
        tags += [("AU", author) for author in one.authors]
        tags += [("TI", one.title), ("PY", str(one.year or "")), ("T2", one.outlet), ("VL", one.volume)]
        tags += [("IS", one.issue), ("SP", first), ("EP", last), ("DO", one.doi), ("AB", one.abstract)]
        tags += [("UR", one.url), ("N1", f"verified: {one.verified}" if one.verified else "")]
        tags += [("KW", word.strip()) for word in one.keywords.split(";")]
        blocks.append("\n".join([*(f"{tag}  - {value}" for tag, value in tags if value), "ER  - "]))
    return "\n\n".join(blocks) + "\n" if blocks else ""
