"""Made-up publications for tests of the review: none of them exists."""

from __future__ import annotations

import random
from dataclasses import replace

from casestudy.literature.record import Record

_SUBJECTS = ("loyalty", "trust", "pricing", "channels", "service", "churn", "data", "complaints", "analytics")
_ACTS = ("managing", "measuring", "modelling", "explaining", "predicting", "questioning", "automating")
_PLACES = ("banks", "hotels", "retail", "telecom", "insurance", "airlines", "hospitals", "utilities", "towns")
_NAMES = ("Virtanen", "Öberg", "Nakamura", "Okafor", "Silva", "Müller", "Dubois", "Kowalski", "Haddad")


def records(n: int, seed: int = 1) -> list[Record]:
    """Publications that differ in title."""
    draw = random.Random(seed)
    titles = [
        f"{act.title()} {subject} in {place}: evidence from {draw.choice('ABCDEFGH')}{number} firms"
        for number, (act, subject, place) in enumerate(
            (a, s, p) for a in _ACTS for s in _SUBJECTS for p in _PLACES
        )
    ]
    draw.shuffle(titles)
    made = []
    for number, title in enumerate(titles[:n]):
        people = tuple(
            f"{name}, {draw.choice('ABCDEF')}." for name in draw.sample(_NAMES, draw.randint(1, 3))
        )
        year = draw.randint(2001, 2013)
        made.append(
            Record(
                title,
                people,
                year,
                f"Journal of {draw.choice(_SUBJECTS).title()}",
                str(draw.randint(1, 40)),
                str(draw.randint(1, 4)),
                f"{10 + number}-{25 + number}",
                f"10.9999/made.{number}",
                source="one",
                abstract=f"A made-up abstract on {title.lower()}.",
                where=f"made, {number}",
            )
        )
    return made


def planted(originals: list[Record], seed: int = 2) -> list[Record]:
    """Duplicates as other databases would list them: other case and marks, lost DOI, year of online first."""
    draw = random.Random(seed)
    made = []
    for number, one in enumerate(originals):
        title = draw.choice([str.upper, str.lower, str.title])(one.title)
        title = title.replace(":", draw.choice([" -", ".", ":", " –"])) + draw.choice(["", "."])
        other = replace(one, title=title, source="two", where=f"planted, {number}")
        kind = number % 4
        if kind == 0:
            other = replace(other, doi="")
        elif kind == 1:
            other = replace(other, doi="", year=(one.year or 2000) - 1)
        elif kind == 2:
            other = replace(other, doi=one.doi.upper().lower(), authors=one.authors[:1])
        else:
            letters = list(other.title)
            spot = len(letters) // 2
            letters[spot], letters[spot + 1] = letters[spot + 1], letters[spot]
            other = replace(other, doi="", title="".join(letters))
        made.append(other)
    return made


def web_of_science(made: list[Record]) -> str:
    """The records as a field-tagged export."""
    parts = ["FN Made for a test\nVR 1.0"]
    for one in made:
        people = "\n   ".join(one.authors)
        tags = f"PT J\nAU {people}\nTI {one.title}\nSO {one.outlet.upper()}\nAB {one.abstract}\n"
        first, last = one.pages.split("-")
        tags += f"PY {one.year}\nVL {one.volume}\nIS {one.issue}\nBP {first}\nEP {last}\nDI {one.doi}\nER\n"
        parts.append(tags)
    return "\n".join(parts) + "\nEF\n"


def scopus(made: list[Record]) -> str:
    """The records as a Scopus-like CSV export."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out)
    header = "Authors,Title,Year,Source title,Volume,Issue,Page start,Page end,DOI,Abstract"
    out.write(f"{header}\r\n")
    for one in made:
        first, last = one.pages.split("-")
        names = "; ".join(one.authors)
        row = [
            names,
            one.title,
            one.year,
            one.outlet,
            one.volume,
            one.issue,
            first,
            last,
            one.doi,
            one.abstract,
        ]
        writer.writerow(row)
    return out.getvalue()
