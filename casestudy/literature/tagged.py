"""Tagged exports, a field a line: RIS, MEDLINE (.nbib), Web of Science, and EndNote's tags (.enw).

One cutter serves all four; they differ in how a tag looks, in what opens and closes an entry, and in which
fields a further line is a further value. A line without a tag belongs to the field before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from casestudy.literature.reading import Reading, cited, pages
from casestudy.literature.record import doi


@dataclass(frozen=True)
class Dialect:
    """How one format marks its fields.

    Attributes
    ----------
    tag : re.Pattern
        Matches a line that begins a field; groups: tag and value.
    opens, closes : str
        Tags that begin and end an entry. Without `closes`, the tag that opens, after an empty line or not,
        begins the next one; without `opens`, whichever tag the file begins with.
    outside : frozenset of str
        Tags that belong to the file.
    lists : frozenset of str
        Tags in which each further line is a value.
    """

    tag: re.Pattern[str]
    opens: str = ""
    closes: str = ""
    outside: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()


@dataclass
class Entry:
    """One entry: where it begins and every value of every tag, in order."""

    line: int
    fields: dict[str, list[str]] = field(default_factory=dict)

    def all(self, *tags: str) -> list[str]:
        """Every value of these tags."""
        return [value for tag in tags for value in self.fields.get(tag, ()) if value.strip()]

    def first(self, *tags: str) -> list[str]:
        """Every value of the first of these tags that has one."""
        return next((values for tag in tags if (values := self.all(tag))), [])


# Fields with which entries begin; another one right below an end belongs to the entry above.
_FIRST = frozenset({"TY", "PT", "FN", "VR", "EF", "ID", "AU", "A1", "TI", "T1", "PY", "Y1", "T2", "JO", "JF"})
RIS_NARROW = Dialect(re.compile(r"^\s{0,3}([A-Z][A-Z0-9]) ?-(?:[ \t]*(.*))$"), "TY", "ER")
RIS_WIDE = Dialect(re.compile(r"^\s{0,3}([A-Z][A-Z0-9]|PMID|DOI) {2}-(?:[ \t]?(.*))$"), "TY", "ER")
MEDLINE = Dialect(re.compile(r"^([A-Z]{2,5})\s{0,3}- (.*)$"))
WEB_OF_SCIENCE = Dialect(
    re.compile(r"^([A-Z][A-Z0-9])(?:[ \t]+(.*))?$"),
    "PT",
    "ER",
    frozenset({"FN", "VR", "EF"}),
    frozenset({"AU", "AF", "BA", "BF", "CA", "BE", "CR", "C1"}),
)
ENDNOTE = Dialect(re.compile(r"^%([A-Z0-9!@#$?&()*+^><\[\]=~])(?:[ \t]+(.*))?$"))


def cut(text: str, dialect: Dialect, reading: Reading) -> Iterator[Entry]:
    """The entries of a tagged file; what is repaired, and lines outside entries, are noted in `reading`."""
    entry: Entry | None = None
    ended: Entry | None = None
    tag, opens, blank, continued, first_continued = "", dialect.opens, False, 0, 0
    outside: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        match = dialect.tag.match(line)
        if not match:
            if not line.strip():
                blank = True
            elif entry is None:
                outside.append(number)
            elif tag in dialect.lists:
                entry.fields[tag].append(line.strip())
            else:
                entry.fields[tag][-1] += "\n" + line.strip()
                if line[:1] not in " \t":
                    continued, first_continued = continued + 1, first_continued or number
            continue
        name, value = match[1], match[2] or ""
        if name == dialect.closes:
            if ended is not None and entry is not None:
                yield ended
            ended, entry, blank = entry or ended, None, False
            continue
        if entry is None and ended is not None and not blank and name not in _FIRST:
            ended.fields.setdefault(name, []).append(value)  # Ovid writes a field below the end
            continue
        if entry is None and name in dialect.outside:
            continue
        opens = opens or name
        if entry is not None and _begins(name, opens, entry, dialect, blank):
            if dialect.closes:
                found = f"the entry before it has no end ({dialect.closes}); it ends here."
                reading.note(f"line {number}", found)
            if ended is not None:
                yield ended
            ended, entry = entry, None
        if entry is None:
            if ended is not None:
                yield ended
            ended, entry = None, Entry(number)
            if dialect.opens and name != dialect.opens:
                reading.note(f"line {number}", f"the entry does not begin with {dialect.opens}; it is read.")
        tag, blank = name, False
        entry.fields.setdefault(tag, []).append(value)
    if ended is not None:
        yield ended
    if entry is not None:
        if dialect.closes:
            reading.note(f"line {entry.line}", f"the entry has no end ({dialect.closes}); the file ends it.")
        yield entry
    for begin, end in _runs(outside):
        place = f"line {begin}" if begin == end else f"lines {begin}-{end}"
        reading.note(place, "what stands there is outside an entry and is left out.")
    if continued:
        lines = "1 line continues" if continued == 1 else f"{continued:,} lines continue"
        reading.note(f"line {first_continued}", f"{lines} the field above, from here on; all are kept.")


def _begins(name: str, opens: str, entry: Entry, dialect: Dialect, blank: bool) -> bool:
    if name != opens:
        return False
    return opens in entry.fields if dialect.opens else blank or opens in entry.fields


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def ris(text: str, reading: Reading) -> None:
    """Read RIS, in the dialects of Zotero, EndNote, Mendeley, Scopus, Embase, Ovid, ProQuest and others."""
    wide = len(re.findall(r"^\s{0,3}TY {2}-", text, re.M))
    narrow = len(re.findall(r"^\s{0,3}TY ?-", text, re.M))
    for entry in cut(text, RIS_NARROW if narrow > wide else RIS_WIDE, reading):
        notes = entry.all("N1", "RN", "N2")
        addresses = entry.all("UR", "LK", "L2", "L3", "M3", "N1")
        fields = {
            "title": entry.first("TI", "T1", "CT", "BT", "ST", "TT"),
            "authors": entry.all("AU", "A1") or entry.all("ED", "A2"),
            "year": entry.all("PY", "Y1", "DA"),
            "outlet": entry.first("T2", "JF", "JO", "JA", "J2", "J1", "BT", "T3"),
            "volume": entry.first("VL"),
            "issue": entry.first("IS"),
            "pages": pages("; ".join(entry.first("SP")), "; ".join(entry.first("EP"))),
            "doi": entry.all("DO", "DOI", "DI") or [one for one in addresses if _names_doi(one)],
            "type": entry.first("TY"),
            "kinds": [kind for kind in entry.all("M3", "PT") if not doi(kind)],
            "abstract": entry.first("AB", "N2"),
            "keywords": [word for text_ in entry.all("KW", "DE") for word in text_.split("\n")],
            "url": entry.first("UR", "LK", "L2"),
            "verified": [note.partition(":")[2] for note in notes if note.casefold().startswith("verified:")],
        }
        reading.keep(fields, f"line {entry.line}")


def _names_doi(text: str) -> bool:
    return bool(re.match(r"\s*(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)?10\.\d{4,9}/", text, re.I))


def medline(text: str, reading: Reading) -> None:
    """Read the MEDLINE format of PubMed, and of ERIC."""
    for entry in cut(text, MEDLINE, reading):
        full, short = entry.all("FAU"), entry.all("AU")
        place = list(cited(" ".join(entry.all("SO"))))
        fields = {
            "title": entry.first("TI", "BTI", "TT"),
            "authors": [*(full if len(full) >= len(short) else short), *entry.all("CN")]
            or entry.all("FED", "ED"),
            "year": entry.all("DP", "DEP", "PHST"),
            "outlet": entry.first("JT", "TA") or (entry.first("BTI") if entry.all("TI") else []),
            "volume": entry.first("VI") or place[:1],
            "issue": entry.first("IP") or place[1:2],
            "pages": pages("; ".join(entry.first("PG") or place[2:]), ""),
            "doi": [one for one in entry.all("LID", "AID") if one.endswith("[doi]") or "doi.org/" in one],
            "type": entry.first("PT"),
            "kinds": entry.all("PT"),
            "abstract": entry.first("AB", "OAB"),
            "keywords": [word.lstrip("*") for word in entry.all("OT", "MH")],
            "url": [
                one for one in entry.all("LID", "URL") if one.startswith("http") and "doi.org" not in one
            ],
        }
        reading.keep(fields, f"line {entry.line}")


def web_of_science(text: str, reading: Reading) -> None:
    """Read the plain text of Web of Science (``savedrecs.txt``, ``.ciw``)."""
    for entry in cut(text, WEB_OF_SCIENCE, reading):
        full, short = entry.first("AF", "BF"), entry.first("AU", "BA")
        fields = {
            "title": entry.first("TI", "BT"),
            "authors": [*(full if len(full) >= len(short) else short), *entry.all("CA")] or entry.first("BE"),
            "year": entry.all("PY", "EA"),
            "outlet": entry.first("SO", "JI"),
            "volume": entry.first("VL"),
            "issue": entry.first("IS"),
            "pages": pages("; ".join(entry.first("BP", "AR")), "; ".join(entry.first("EP"))),
            "doi": entry.all("DI"),
            "type": entry.first("DT"),
            "abstract": entry.first("AB"),
            "keywords": [word for text_ in entry.all("DE", "ID") for word in text_.split(";")],
            "url": entry.first("UR"),
        }
        reading.keep(fields, f"line {entry.line}")


def endnote(text: str, reading: Reading) -> None:
    """Read EndNote's tagged export (``%T``, ``%A``), which Google Scholar and others write, too."""
    for entry in cut(text, ENDNOTE, reading):
        fields = {
            "title": entry.first("T", "!"),
            "authors": entry.all("A") or entry.all("E"),
            "year": entry.all("D", "8"),
            "outlet": entry.first("J", "B"),
            "volume": entry.first("V"),
            "issue": entry.first("N"),
            "pages": pages("; ".join(entry.first("P")), ""),
            "doi": entry.all("R") or [one for one in entry.all("U") if _names_doi(one)],
            "type": entry.first("0"),
            "kinds": entry.all("9"),
            "abstract": entry.first("X"),
            "keywords": [word for text_ in entry.all("K") for word in text_.split("\n")],
            "url": entry.first("U"),
        }
        reading.keep(fields, f"line {entry.line}")
