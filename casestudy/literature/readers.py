"""Readers of bibliographic exports: which format a file is in, and every record of a study.

What is read from which tool, and what is left out, stands in ``casestudy/literature/README.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from casestudy.errors import Problem, raise_if
from casestudy.files import reading as files
from casestudy.literature import ids, pairs
from casestudy.literature.bibtex import bibtex
from casestudy.literature.columns import table
from casestudy.literature.endnote import endnote_xml
from casestudy.literature.reading import Reading
from casestudy.literature.record import Record, named
from casestudy.literature.tagged import endnote, medline, ris, web_of_science
from casestudy.study import Study

FOLDER = "literature/records"
LARGEST = 50_000_000
Reader = Callable[[str, Reading], None]


def load(study: Study) -> list[Record]:
    """All records of a study's exports, ``literature/records/*``, in order of file and entry.

    Raises
    ------
    InputError
        With every file that cannot be read and every entry that is refused.
    """
    records, problems = survey(study)
    raise_if(problems, "The bibliographic records have problems.")
    return records


def survey(study: Study) -> tuple[list[Record], list[Problem]]:
    """Like `load`, with the problems listed instead of raised."""
    listed = readings(study)
    problems = [problem for reading in listed for problem in (*reading.problems, *reading.refused)]
    given, wrong = ids.survey(study)
    decisions, odd = pairs.survey(study)
    records = pairs.recall([record for reading in listed for record in reading.records], decisions)
    return named(ids.recall(records, given, ids.in_use(study))), [*problems, *wrong, *odd]


def readings(study: Study) -> list[Reading]:
    """Every export as it was read, with what was repaired and refused in it."""
    return [
        examine(path, f"{FOLDER}/{path.name}")
        for path in study.inputs(f"{FOLDER}/*")
        if path.suffix.lower() != ".md" and not path.name.startswith(".")
    ]


def read(path: Path, where: str | None = None) -> tuple[list[Record], list[Problem]]:
    """Read one export: its records, and what of it could not be read.

    Parameters
    ----------
    path : Path
    where : str, optional
        How to call the file in messages.

    Returns
    -------
    (list of Record, list of Problem)
        See `examine` for what was repaired.
    """
    reading = examine(path, where)
    return reading.records, [*reading.problems, *reading.refused]


def examine(path: Path, where: str | None = None) -> Reading:
    """Read one export; its format is seen from its beginning, then from its ending.

    Parameters
    ----------
    path : Path
        RIS, MEDLINE, BibTeX, EndNote (tagged or XML), Web of Science, or a table.
    where : str, optional
        How to call the file in messages.

    Returns
    -------
    Reading
        Nothing is raised: whatever is wrong with the file stands in it.
    """
    reading = Reading(where or path.name, path.stem)
    try:
        size = path.stat().st_size
        if size > LARGEST:
            reading.fail(
                f"it has {size:,} bytes; at most {LARGEST:,} are read.",
                "Divide it: every database exports by ranges.",
            )
            return reading
        data = files.data(path)
    except OSError as error:
        reading.fail(f"{error.strerror or 'it cannot be opened'}.", "See whether it may be read.")
        return reading
    try:
        text = decoded(data, reading)
    except UnicodeDecodeError as error:
        reading.fail(
            f"it is neither UTF-8 nor another known encoding (byte {error.start}).", "Save it as UTF-8."
        )
        return reading
    if "\x00" in text:
        reading.fail("it is not text.", "Export it as RIS, BibTeX or CSV.")
        return reading
    if not text.strip():
        reading.fail("it is empty.", "Export it again, or take the file away.")
        return reading
    reader = _reader(path.suffix.lower(), text)
    if reader is None:
        remedy = "Give it the ending of what it is: .ris, .nbib, .bib, .csv, .tsv, .xml, .enw or .ciw."
        reading.fail(f"{path.suffix!r} is not a known export.", remedy)
        return reading
    try:
        reader(text, reading)
    except Exception as error:  # whatever a file holds, a person reads a sentence and not a traceback
        reading.fail(
            f"it cannot be read further ({type(error).__name__}).", "Export it again in another format."
        )
    if not reading.entries and not reading.problems:
        said = "; ".join(f"{note.where.rpartition(', ')[2]}: {note.found}" for note in reading.notes[:2])
        found = f"no record was found ({said.rstrip('.')})." if said else "no record was found."
        reading.fail(found, "See whether it is the export you meant.")
    return reading


def decoded(data: bytes, reading: Reading | None = None) -> str:
    """Text of an export: UTF-8, or UTF-16 where it says so; line ends are LF, the only ones that count.

    Lines that are not UTF-8 are read as Windows-1252, which old programs write, and noted.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            if reading is None:
                raise
            text = _by_lines(data, reading)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _by_lines(data: bytes, reading: Reading) -> str:
    lines, odd = [], []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252"))
            odd.append(number)
    found = f"{len(odd):,} lines from here on are not UTF-8 and are read as Windows-1252."
    reading.note(f"line {odd[0]}", found, "Look at letters with accents; better export as UTF-8.")
    return "\n".join(lines)


def _reader(ending: str, text: str) -> Reader | None:
    """The reader for a text: by what it begins with, since endings differ from tool to tool."""
    head = text[:20_000].lstrip("\ufeff \t\n")
    if head.startswith("<") and re.search(r"<records?[\s>]", head):
        return endnote_xml
    if ending == ".bib" or (ending != ".csv" and re.match(r"(?:%.*\n|\s)*@\s*[A-Za-z]+\s*[{(]", head)):
        return bibtex
    if re.match(r"(?:FN .*\n|PT [JBSPC]\s*\n)", head):
        return web_of_science
    if re.search(r"^\s{0,3}TY {1,2}-", head, re.M) and ending not in (".csv", ".tsv"):
        return ris
    if re.match(r"(?:PMID|OWN|[A-Z]{2,4})\s{0,3}- ", head) and re.search(
        r"^(?:PMID- |OWN\s*- |FAU - |JT  - )", head, re.M
    ):
        return medline
    if re.match(r"%[0-9A-Z] ", head):
        return endnote
    if ending == ".txt" and re.search(r"^@[A-Za-z]+\s*\{", head, re.M):
        return bibtex
    by_ending: dict[str, Reader] = {
        **{".ris": ris, ".nbib": medline, ".enw": endnote, ".ciw": web_of_science, ".xml": endnote_xml},
        **{".csv": table, ".tsv": table, ".tab": table},
    }
    if ending in by_ending:
        return by_ending[ending]
    return table if ending == ".txt" and "\t" in text.split("\n", 1)[0] else None


def write_ris(records: Iterable[Record]) -> str:
    """Records as RIS text, for use in other programs."""
    blocks = []
    for record in records:
        first, _, last = record.pages.partition("-")
        tags = [("TY", record.type if len(record.type) == 4 and record.type.isupper() else "JOUR")]
        tags += [("AU", author) for author in record.authors]
        tags += [("TI", record.title), ("PY", str(record.year or "")), ("T2", record.outlet)]
        tags += [("VL", record.volume), ("IS", record.issue), ("SP", first), ("EP", last), ("DO", record.doi)]
        tags += [("AB", record.abstract), ("UR", record.url), ("M3", record.kinds)]
        tags += [("N1", f"verified: {record.verified}" if record.verified else "")]
        tags += [("KW", word.strip()) for word in record.keywords.split(";")]
        blocks.append("\n".join([*(f"{tag}  - {value}" for tag, value in tags if value), "ER  - "]))
    return "\n\n".join(blocks) + "\n" if blocks else ""
