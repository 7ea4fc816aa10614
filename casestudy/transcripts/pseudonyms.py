"""The key of pseudonyms: proposed by the program, decided by a person, applied the same way everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casestudy.errors import Problem, raise_if
from casestudy.files import lists
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
    rows = [
        [
            one.kind,
            one.original,
            one.replacement,
            "yes" if one.accept else "",
            one.count,
            " ".join(one.documents),
            one.found_by,
        ]
        for one in entries
    ]
    return lists.text(FIELDS, rows)


def read_key(text: str, where: str) -> list[Entry]:
    """A key out of its CSV.

    Raises
    ------
    InputError
        With every row that cannot stand: no original, nothing to put in its place, two replacements for one
        original, or one name for two people.
    """
    listed = lists.read(text.encode("utf-8"), where, FIELDS, FIELDS[:4])
    problems: list[Problem] = []
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for row in listed.rows:
        number, place = row.number, f"{where}, row {row.number}"
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
        count, documents = lists.whole(row["count"]) or 0, tuple(row["documents"].split())
        accepted, found_by = answer in _YES, row["found_by"]
        entries.append(Entry(row["kind"], original, replacement, accepted, count, documents, found_by))
    people: dict[str, str] = {}
    for one in entries:
        if one.accept and one.kind == "person":
            other = people.setdefault(one.replacement.casefold(), one.original)
            if other.casefold() != one.original.casefold():
                found = f"{other!r} and {one.original!r} would both be {one.replacement!r}."
                problems.append(Problem(where, found, "Give each person a name of their own."))
    raise_if(problems, "The key cannot be used.")
    return entries


def pattern(entries: Sequence[Entry]) -> re.Pattern[str] | None:
    """What finds the accepted originals, longest first, as whole words, also in capitals; None for none."""
    words = sorted({one.original for one in entries if one.accept}, key=lambda word: (-len(word), word))
    if not words:
        return None
    forms = [form for word in words for form in dict.fromkeys((word, word.upper()))]
    escaped = "|".join(re.sub(r"\\?\s+", r"\\s+", re.escape(form)) for form in forms)
    return re.compile(rf"(?<!\w)(?:{escaped})(?!\w)")


def edits(text: str, entries: Sequence[Entry]) -> EditMap:
    """The edits that put the accepted replacements into a text.

    Examples
    --------
    >>> entry = Entry("person", "Anna", "Helmi", accept=True)
    >>> edits("ANNA: I am Anna, not Annabel.", [entry]).apply("ANNA: I am Anna, not Annabel.")
    'HELMI: I am Helmi, not Annabel.'
    """
    finder = pattern(entries)
    if finder is None:
        return EditMap(())
    exact = {" ".join(one.original.split()): one.replacement for one in entries if one.accept}
    shouted = {original.upper(): replacement.upper() for original, replacement in exact.items()}
    made = []
    for match in finder.finditer(text):
        words = " ".join(match[0].split())
        made.append(Edit(match.start(), match.end(), exact.get(words) or shouted[words]))
    return EditMap(tuple(made))


def leaks(texts: Mapping[str, str], entries: Sequence[Entry]) -> list[Problem]:
    """Every place where an accepted original still stands, whatever its case.

    Parameters
    ----------
    texts : mapping of file name to text
    entries : sequence of Entry

    Returns
    -------
    list of Problem
        One for each file and original, with the first line; the original itself is not repeated in full.
    """
    words = sorted({one.original for one in entries if one.accept}, key=lambda word: (-len(word), word))
    if not words:
        return []
    parts = (re.sub(r"\\?\s+", r"[\\s\\u00a0_-]+", re.escape(word)) for word in words)
    finder = re.compile(rf"(?<![^\W_])(?:{'|'.join(parts)})(?![^\W_])", re.IGNORECASE)
    problems = []
    for name in sorted(texts):
        places: dict[str, list[int]] = {}
        for match in finder.finditer(texts[name]):
            places.setdefault(re.sub(r"[\s\u00a0_-]+", " ", match[0]).casefold(), []).append(match.start())
        for word, starts in sorted(places.items()):
            line = texts[name].count("\n", 0, starts[0]) + 1
            hidden = word[0] + "…" * (len(word) > 1)
            found = f"a name of the key ({hidden}, {len(word)} characters) stands here {len(starts)} times."
            problems.append(Problem(f"{name}, line {line}", found, "Pseudonymise it, then render again."))
    return problems
