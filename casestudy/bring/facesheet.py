"""A facesheet becomes rows of participants.csv: what stands there stays, what is empty is filled."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casestudy.bring.grids import Grid
from casestudy.bring.headings import NAME, folded
from casestudy.errors import Problem
from casestudy.files.names import unfit
from casestudy.people.participants import SCHEMA
from casestudy.wording import counted

EVERYBODY = "all"  # the group of people of whom no group is known
_BOOLEAN = tuple(column.name for column in SCHEMA.columns if column.kind == "boolean")
_DATES = tuple(column.name for column in SCHEMA.columns if column.kind == "date")
_YES = frozenset(
    re.findall(r"\S+", "true yes y 1 x ✓ ✔ ja kyllä oui sí si sim tak evet да agreed agree given")
)
_NO = frozenset(re.findall(r"\S+", "false no n 0 nein ei nej non não nie hayır нет refused declined"))
# Who reads these finds the person: they are not kept unless somebody asks for it.
_IDENTIFYING = re.compile(
    r"(?:e ?mail|mail|phone|telephone|mobile|address|surname|last name|birth|signature|puhelin|osoite|"
    r"telefon|adresse|sähköposti|courriel|teléfono|correo|nachname|sukunimi)"
)


@dataclass
class People:
    """Rows of participants.csv as text, and the names that are known beside it.

    Attributes
    ----------
    headings : list of str
    rows : dict of str to dict
        By id; cells by heading.
    names : dict of str to list of str
        Names of people in transcripts that are not kept in the table.
    told, missing : list of str
        What was done, and what a person must add.
    """

    headings: list[str] = field(default_factory=list)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def called(self) -> dict[str, list[str]]:
        """Every name of each person: the id, the pseudonym, and names that are not kept."""
        return {
            who: [who, *filter(None, [row.get("pseudonym", "")]), *self.names.get(who, [])]
            for who, row in self.rows.items()
        }


def merged(
    people: People, grid: Grid, head: int, columns: Mapping[str, str], kept: Iterable[str]
) -> list[Problem]:
    """Add a facesheet to the people.

    Parameters
    ----------
    people : People
        Changed in place, also where there are problems.
    grid : Grid
    head : int
        Index of the row of headings.
    columns : mapping of field to heading
        From `casestudy.bring.headings.matched`.
    kept : iterable of str
        Headings that are kept although they identify a person.
    """
    headings = grid.headings(head)
    heading_of = dict(columns)
    if called := NAME in heading_of and "pseudonym" not in heading_of:
        heading_of["pseudonym"] = heading_of.pop(NAME)
    field_of = {heading: field for field, heading in heading_of.items()}
    asked_for = set(kept)
    secret = [
        name
        for name in headings
        if name not in field_of
        and name not in asked_for
        and _IDENTIFYING.search(name.casefold().replace("-", " "))
    ]
    body = grid.headed(head)
    dates = {
        heading: _days([row.get(heading, "") for row in body])
        for heading in headings
        if field_of.get(heading) in _DATES
    }
    for heading in [heading for heading, days in dates.items() if days is None]:
        del field_of[heading]
        people.missing.append(
            f"{grid.name}: day and month cannot be distinguished in {heading!r}, so it is kept as it stands: "
            "write the days as 2024-05-31 and bring it again"
        )
    named = {folded_id(who): who for who in people.rows}
    seen: dict[str, int] = {}
    problems: list[Problem] = []
    unclear: dict[str, list[str]] = {}
    fresh, filled, other = [], 0, []
    for (number, _), cells in zip(grid.rows[head + 1 :], body, strict=True):
        written = cells.get(heading_of["participant_id"], "")
        place = f"{grid.name}, row {number}"
        if not written:
            if sum(bool(cell) for cell in cells.values()) > 1:
                remedy = "Write the participant's id, or empty the row."
                problems.append(Problem(place, "nobody's id stands there.", remedy))
            continue
        who = named.get(folded_id(written)) or as_id(written)
        if reason := unfit(who):
            problems.append(Problem(place, f"the id {written!r}: {reason}", "Write letters and digits."))
            continue
        if who in seen:
            found = f"{written!r} stands in row {seen[who]}, too."
            problems.append(Problem(place, found, "Give each person one row."))
            continue
        seen[who] = number
        if who not in people.rows:
            fresh.append(who)
            named[folded_id(who)] = who
        row = people.rows.setdefault(who, {"participant_id": who})
        for heading, cell in cells.items():
            name = field_of.get(heading, heading)
            if heading in secret or name == "participant_id" or not cell:
                continue
            if name == NAME:
                people.names.setdefault(who, []).append(cell)
                continue
            value: str | None = cell
            if name in _BOOLEAN and (value := _truth(cell)) is None:
                unclear.setdefault(name, []).append(f"{who} ({cell[:40]!r})")
                continue
            if heading in dates and dates[heading] is not None:
                value = dates[heading][cell]  # type: ignore[index]
            before = row.get(name, "")
            if not before or (name == "group" and before == EVERYBODY):
                filled += bool(value != before)
                row[name] = value or ""
            elif not _same(before, value or ""):
                other.append(f"{who}, {name}: {before!r} stays, not {value!r}")
    _complete(people, grid.name, [field_of.get(name, name) for name in headings if name not in secret])
    _say(people, grid.name, fresh, filled, len(seen), other)
    shown = {heading: name for heading, name in field_of.items() if folded(heading) != folded(name)}
    if fresh and shown:
        people.told.append(
            "  columns: " + "; ".join(f"{heading!r} is {name}" for heading, name in shown.items())
        )
    if secret:
        names = ", ".join(map(repr, secret))
        people.told.append(
            f"  left out, since it says who a person is: {names}; --keep {secret[0]!r} keeps it"
        )
    if called and fresh:
        said = (
            f"  {heading_of['pseudonym']!r} is kept as the name in transcripts; real names are replaced with"
        )
        people.told.append(f"{said} casestudy pseudonymise")
    if NAME in heading_of:
        people.told.append(f"  {heading_of[NAME]!r} finds speakers in transcripts, and is not kept")
    for name, who_all in unclear.items():
        people.missing.append(f"{name} of {', '.join(who_all)} is neither yes nor no, so it is not recorded")
    return problems


def _complete(people: People, where: str, headings: Sequence[str]) -> None:
    """Order the headings, and write the group of everybody where no column says it."""
    wanted = dict.fromkeys(["participant_id", "group", *people.headings, *headings])
    wanted.pop(NAME, None)
    people.headings = [*wanted]
    nobodys = [who for who, row in people.rows.items() if not row.get("group")]
    for who in nobodys:
        people.rows[who]["group"] = EVERYBODY
    if len(nobodys) == len(people.rows) and nobodys:
        people.missing.append(
            f"{where}: no column is the group that is compared with others, so everybody is in "
            f"{EVERYBODY!r}; name one with --map 'HEADING=group'"
        )
    elif nobodys:
        people.missing.append(
            f"{where}: no group stands beside {', '.join(nobodys)}: {EVERYBODY!r} is written"
        )


def _say(
    people: People, where: str, fresh: Sequence[str], filled: int, count: int, other: Sequence[str]
) -> None:
    if fresh:
        people.told.append(f"{where}: {counted(len(fresh), 'person', 'people')} ({_few(fresh)})")
    elif filled:
        people.told.append(f"{where}: {counted(filled, 'empty cell')} of participants.csv filled")
    else:
        people.told.append(f"{where}: its {counted(count, 'person', 'people')} are there already")
    people.told += [f"  {line}" for line in other]


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (", …" if len(names) > 6 else "")


def as_id(written: str) -> str:
    """An id out of what stands in a facesheet: one word, so that lists of ids can be separated by spaces.

    Examples
    --------
    >>> as_id(" P 01 "), as_id("FG1 - 03/04"), as_id("a--b")
    ('P-01', 'FG1-03-04', 'a--b')
    """
    bare = written.strip()
    return bare if not unfit(bare) else re.sub(r"[^\w.]+", "-", bare).strip("-.")


def folded_id(written: str) -> str:
    """An id as it is compared: ``p 01`` is ``P-01``."""
    return re.sub(r"[\W_]+", "", written).casefold()


def _truth(cell: str) -> str | None:
    word = cell.strip().casefold().rstrip(".!")
    return "true" if word in _YES else "false" if word in _NO else None


def _same(one: str, other: str) -> bool:
    truths = {_truth(one), _truth(other)}
    return one.strip().casefold() == other.strip().casefold() or (None not in truths and len(truths) == 1)


_DAY = re.compile(r"(\d{1,4})([./\-])(\d{1,2})\2(\d{1,4})")


def _days(cells: Iterable[str]) -> dict[str, str] | None:
    """ISO days of a column's cells; None where day and month cannot be distinguished, or a cell is not a day.

    Examples
    --------
    >>> _days(["1.5.2024", ""]), _days(["5/1/2024", "5/31/2024"]), _days(["5/1/2024"])
    ({'1.5.2024': '2024-05-01'}, {'5/1/2024': '2024-05-01', '5/31/2024': '2024-05-31'}, None)
    """
    days = {}
    parts = {}
    for cell in filter(None, cells):
        match = _DAY.fullmatch(cell.strip().split("T")[0].split(" ")[0])
        if match is None:
            return None
        parts[cell] = (int(match[1]), match[2], int(match[3]), int(match[4]))
    slashes = [(a, b) for a, mark, b, _ in parts.values() if mark != "." and a < 32]
    day_first = any(a > 12 for a, _ in slashes)
    month_first = any(b > 12 for _, b in slashes)
    if slashes and day_first == month_first and any(a != b for a, b in slashes):
        return None
    for cell, (a, mark, b, c) in parts.items():
        year, month, day = (a, b, c) if a > 31 else (c, b, a) if mark == "." or not month_first else (c, a, b)
        try:
            days[cell] = datetime.date(year, month, day).isoformat()
        except ValueError:
            return None
    return days
