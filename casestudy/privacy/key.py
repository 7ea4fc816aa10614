"""The key of pseudonyms: proposed by the program, decided by a person, applied the same way everywhere."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from casestudy.errors import InputError, Problem, raise_if
from casestudy.files.holdings import Form
from casestudy.privacy import folding, forms, rows
from casestudy.transcripts.edits import Edit, EditMap
from casestudy.transcripts.names import KINDS, Finding

FIELDS = ("kind", "original", "replacement", "accept", "count", "documents", "found_by")
_YES = ("yes", "y", "true", "1", "x")
_NO = ("", "no", "n", "false", "0")
_GIVEN = [
    "Aada",
    "Alvar",
    "Anni",
    "Aron",
    "Eeva",
    "Elias",
    "Emmi",
    "Erkki",
    "Hanna",
    "Heikki",
    "Helmi",
    "Henri",
    "Iida",
    "Ilmo",
    "Inka",
    "Jaana",
    "Jalmari",
    "Joel",
    "Kaisa",
    "Kalle",
    "Katri",
    "Kosti",
    "Laila",
    "Lauri",
    "Leena",
    "Manu",
    "Marja",
    "Mauno",
    "Mira",
    "Nelli",
    "Niilo",
    "Oili",
    "Onerva",
    "Otto",
    "Pihla",
    "Pekko",
    "Rauha",
    "Reino",
    "Saara",
    "Samu",
    "Seija",
    "Taito",
    "Tilda",
    "Tuomo",
    "Ulla",
    "Urho",
    "Varma",
    "Veera",
    "Vilho",
    "Virva",
]


@dataclass(frozen=True)
class Entry:
    """One line of the key."""

    kind: str
    original: str
    replacement: str
    accept: bool = False
    count: int = 0
    documents: tuple[str, ...] = ()
    found_by: str = ""


def propose(
    findings: Iterable[Finding], taken: Iterable[str] = (), known: Sequence[Entry] = ()
) -> list[Entry]:
    """One entry for each thing found, with a replacement that no text holds already.

    Parameters
    ----------
    findings : iterable of Finding
    taken : iterable of str
        Texts in which a replacement must not occur.
    known : sequence of Entry
        A key that was decided on before: its entries stay as they are.

    Returns
    -------
    list of Entry
        By kind, then original. None is accepted until a person accepts it.
    """
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.text, []).append(finding)
    before = {entry.original: entry for entry in known}
    texts = "\n".join(taken)
    used = {entry.replacement for entry in known}
    pool = iter(name for name in _GIVEN if not re.search(rf"(?<!\w){name}(?!\w)", texts) and name not in used)
    names: dict[str, str] = {}
    entries: dict[str, Entry] = dict(before)
    order = sorted(grouped, key=lambda text: (len(text.split()), text))
    numbers: dict[str, int] = {}
    for text in order:
        if text in before or text.casefold() in {one.casefold() for one in before}:
            continue
        own = grouped[text]
        kinds = sorted({one.kind for one in own}, key=KINDS.index)
        replacement = _replacement(kinds[0], text, pool, names, numbers, used)
        used.add(replacement)
        entries[text] = Entry(
            kinds[0],
            text,
            replacement,
            False,
            len(own),
            tuple(sorted({one.document for one in own})),
            ", ".join(sorted({one.by for one in own})),
        )
    return sorted(entries.values(), key=lambda one: (KINDS.index(one.kind), one.original))


def _replacement(
    kind: str, text: str, pool: Iterator[str], names: dict[str, str], numbers: dict[str, int], used: set[str]
) -> str:
    if kind == "person":
        title = re.match(r"(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? ", text)
        words = text[title.end() :].split() if title else text.split()
        made = []
        for word in words:
            key = word.casefold()
            if key not in names:
                numbers["person"] = numbers.get("person", 0) + 1
                names[key] = next(pool, f"Person {numbers['person']}")
            made.append(names[key].upper() if word.isupper() and len(word) > 1 else names[key])
        return (title[0] if title else "") + " ".join(made)
    if kind == "age":
        number = re.search(r"\d+", text)
        low = int(number[0]) // 5 * 5 if number else 0
        return text.replace(number[0], f"{low}–{low + 4}") if number else "[age]"
    if kind == "date":
        year = re.search(r"\b(?:19|20)\d{2}\b", text)
        return f"[a day in {year[0]}]" if year else "[date]"
    if kind == "contact":
        return "[contact]"
    while True:
        numbers[kind] = numbers.get(kind, 0) + 1
        made_up = f"{kind.capitalize()} {numbers[kind]}"
        if made_up not in used:
            return made_up


def key_text(entries: Sequence[Entry]) -> str:
    """The key as CSV."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows(_row(one, FIELDS) for one in entries)
    return file.getvalue()


def extended(text: str, entries: Sequence[Entry]) -> str:
    """A key with entries added that it does not hold; what a person wrote in it stays letter for letter.

    Parameters
    ----------
    text : str
        The key as it stands.
    entries : sequence of Entry
        Those whose original the key holds already are passed over.

    Examples
    --------
    >>> print(extended("kind,original,replacement,accept,why\\nperson,Eva,,no,a rose\\n", [
    ...     Entry("person", "Eva", "Bo"), Entry("person", "Eva Berg", "Bo Lind")]), end="")
    kind,original,replacement,accept,why
    person,Eva,,no,a rose
    person,Eva Berg,Bo Lind,,
    """
    sheet = rows.read(text)
    held = {cell.strip().casefold() for row in sheet.rows for cell in row.cells[1:2]}
    held |= {row.get(sheet.head, "original").strip().casefold() for row in sheet.rows}
    fresh = [one for one in entries if one.original.casefold() not in held]
    end = "" if not text or text.endswith("\n") else "\n"
    return text + end + "".join(sheet.written(_row(one, sheet.head)) for one in fresh)


def _row(entry: Entry, head: Sequence[str]) -> list[str]:
    cells = {
        **{name: getattr(entry, name) for name in ("kind", "original", "replacement", "found_by")},
        "accept": "yes" if entry.accept else "",
        "count": str(entry.count),
        "documents": " ".join(entry.documents),
    }
    return [cells.get(name, "") for name in head]


def read_key(text: str, where: str) -> list[Entry]:
    """A key out of its CSV.

    Raises
    ------
    InputError
        With every row that cannot stand: no original, nothing to put in its place, two replacements for one
        original, or one name for two people.
    """
    sheet = rows.read(text)
    problems: list[Problem] = []
    missing = [name for name in FIELDS[:4] if name not in sheet.head]
    if missing:
        problem = Problem(where, f"no column {', '.join(missing)}.", f"Head it: {','.join(FIELDS)}.")
        raise InputError("The key cannot be read.", [problem])
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(sheet.rows, start=2):
        row = {name: line.get(sheet.head, name) for name in FIELDS}
        if not any(row.values()):
            continue
        place = f"{where}, row {number}"
        answer = row["accept"].strip().casefold()
        original, replacement = row["original"].strip(), row["replacement"].strip()
        if answer not in (*_YES, *_NO):
            problems.append(Problem(place, f"accept is {answer!r}.", "Write yes, or nothing."))
        if row["kind"] not in KINDS:
            problems.append(Problem(place, f"kind is {row['kind']!r}.", f"One of {', '.join(KINDS)}."))
        if not original or (answer in _YES and not replacement):
            problems.append(
                Problem(place, "original or replacement is empty.", "Fill it in, or clear accept.")
            )
        if original in seen:
            problems.append(Problem(place, f"{original!r} is in row {seen[original]} too.", "Keep one."))
        seen[original] = number
        count = int(row["count"]) if row["count"].isdigit() else 0
        documents = tuple(row["documents"].split())
        accept = answer in _YES
        entries.append(Entry(row["kind"], original, replacement, accept, count, documents, row["found_by"]))
    people: dict[str, str] = {}
    for one in entries:
        if one.accept and one.kind == "person":
            other = people.setdefault(one.replacement.casefold(), one.original)
            if other.casefold() != one.original.casefold():
                found = f"{other!r} and {one.original!r} would both be {one.replacement!r}."
                problems.append(Problem(where, found, "Give each person a name of their own."))
    raise_if(problems, "The key cannot be used.")
    return entries


@dataclass(frozen=True)
class Replacer:
    """Puts the accepted replacements of a key into texts, the same way everywhere.

    Names are found whatever their case, accents, composition or escapes, as whole words; of several that
    begin at one place the longest is taken. See `casestudy.privacy.forms.stands_for` for what is left.

    Attributes
    ----------
    entries : tuple of Entry
        The accepted ones.
    ordinary : frozenset of str
        Folded names that the study also uses as ordinary words: left alone in lower case.
    """

    entries: tuple[Entry, ...]
    ordinary: frozenset[str] = frozenset()

    @cached_property
    def _spellings(self) -> list[tuple[str, int]]:
        """Folded names, longest first, with their entries."""
        found = [
            (spelling, place)
            for place, one in enumerate(self.entries)
            for spelling in forms.spellings(one.original)
        ]
        return sorted(found, key=lambda one: (-len(one[0]), one[0], one[1]))

    @cached_property
    def _finder(self) -> re.Pattern[str]:
        listed = "|".join(f"({forms.exact_pattern(spelling)})" for spelling, _ in self._spellings)
        return re.compile(rf"(?<!\w)(?:{listed})(?!\w)")

    def edits(self, text: str, form: Form = "prose") -> EditMap:
        """The edits that put the replacements into a text.

        Parameters
        ----------
        text : str
        form : Form
            How the text is written: in JSON a replacement is escaped as JSON.

        Examples
        --------
        >>> one = Replacer((Entry("person", "Päivi", "Helmi", accept=True),))
        >>> text = "PÄIVI: I am P&auml;ivi, or Paivi, not Päivikki."
        >>> one.edits(text).apply(text)
        'HELMI: I am Helmi, or Helmi, not Päivikki.'
        """
        if not self.entries:
            return EditMap(())
        quick = {folding.fold(text), folding.fold(folding.plain(text))}
        if not any(spelling.split()[0] in one for spelling, _ in self._spellings for one in quick):
            return EditMap(())
        folded = folding.folded(text)
        made: list[Edit] = []
        place = 0
        while match := self._finder.search(folded.text, place):
            start, end = folded.span(*match.span())
            entry = self.entries[self._spellings[(match.lastindex or 1) - 1][1]]
            written = text[start:end]
            if forms.stands_for(entry.original, folding.plain(written), self.ordinary):
                made.append(Edit(start, end, _fitting(entry, written, form)))
                place = match.end()
            else:
                place = match.start() + 1
        return EditMap(tuple(made))

    def apply(self, text: str, form: Form = "prose") -> str:
        """The text with the replacements."""
        return self.edits(text, form).apply(text)


def replacer(entries: Sequence[Entry], texts: Iterable[str] = ()) -> Replacer:
    """What puts the accepted replacements of a key into texts.

    Parameters
    ----------
    entries : sequence of Entry
    texts : iterable of str
        The study's documents, from which it is learnt which names are ordinary words, too.
    """
    accepted = tuple(one for one in entries if one.accept)
    words = [word for one in accepted for word in forms.spellings(one.original) if " " not in word]
    return Replacer(accepted, forms.ordinary(words, forms.counts(texts, words)))


def _fitting(entry: Entry, written: str, form: Form) -> str:
    """A replacement in the case and the escapes of what it replaces."""
    letters = [letter for letter in folding.plain(written) if letter.isalpha()]
    shouted = len(letters) > 1 and all(letter.isupper() for letter in letters)
    text = entry.replacement.upper() if shouted and not entry.original.isupper() else entry.replacement
    if "%" in written and "%" not in entry.original:
        return quote(text, safe="@:+")
    if form in ("json", "notebook", "records"):
        return json.dumps(text, ensure_ascii="\\u" in written)[1:-1]
    return text
