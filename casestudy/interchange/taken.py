"""Tables to take away: coded segments with all that is recorded of them, and codes by case for statistics."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from casestudy.coding.material import Material
from casestudy.coding.table import COLUMNS
from casestudy.errors import InputError, Problem
from casestudy.people import consent
from casestudy.people.floor import enough
from casestudy.people.floor import withheld as below
from casestudy.people.participants import FILE
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

Cases = Literal["document", "participant", "group"]
FIRST = (
    *("coding", "code", "name", "path", "quote", "document", "title", "kind", "participant", "group"),
    *("coder", "turn", "speaker", "time_s", "start", "end"),
)
LAST = ("memo", "when", "by")
_RESEARCHERS = ("participant_id", "group", "notes", consent.QUOTE, consent.LINK)
_ELSEWHERE = ("log_id", "household_id")


@dataclass(frozen=True)
class Taken:
    """A table, and what was left out of it.

    Attributes
    ----------
    frame : pandas.DataFrame
    withheld : int
        Codings, cases or cells that may not be shown.
    misplaced : int
        Codings whose quote no longer stands in the document, so that nobody can say whose words they are.
    """

    frame: pd.DataFrame
    withheld: int
    misplaced: int = 0


def segments(material: Material) -> Taken:
    """One row a coding, with all that the study records of it.

    Left out are codings of words that may not be quoted: of people who did not consent, and spans that run
    into the words of such a person. The researchers' notes on people are left out as well; ids in the log
    and the purchases are given for those who consented to the link.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Taken
        Columns: `FIRST`; ``participant_`` and its name for each other column of participants.csv; each
        attribute of codings (such as valence and modality) under its own name, after ``coding_`` where
        another column has that name; `LAST`. ``time_s`` is in seconds, missing where the source states
        none. What is not recorded is empty.
    """
    import pandas as pd

    words = material.words
    placed = words[words["placed"]].reset_index(drop=True)
    allowed = set(material.quotable())
    people = {str(row["participant_id"]): row for row in material.people.to_dict("records")}
    may = [row["who"] in allowed and _all_may(material, row, allowed) for row in placed.to_dict("records")]
    kept = placed[may].reset_index(drop=True)
    titles = dict(zip(material.documents["document"], material.documents["title"], strict=True))
    turns = zip(kept["document"], kept["turn"], strict=True)
    derived = {
        "speaker": kept["said_by"],
        "title": pd.Series([titles.get(name, "") for name in kept["document"]], dtype=object),
        "time_s": pd.Series([_time(material, *turn) for turn in turns], dtype="float64"),
    }
    columns = {name: derived[name] if name in derived else kept[name] for name in FIRST}
    for name in material.people.columns:
        if name not in _RESEARCHERS:
            columns[f"participant_{name}"] = pd.Series(
                [_said(people.get(who), str(name)) for who in kept["participant"]], dtype=object
            )
    for name in words.columns.difference([*COLUMNS], sort=False):
        columns[f"coding_{name}" if name in {*columns, *LAST} else str(name)] = kept[name]
    columns |= {name: kept[name] for name in LAST}
    return Taken(pd.DataFrame(columns), may.count(False), len(words) - len(placed))


def _all_may(material: Material, row: Any, allowed: set[str]) -> bool:
    """Whether everybody who speaks in a span may be quoted."""
    text = material.texts[row["document"]]
    spoken = {turn.participant for turn in text.turns if turn.start < row["end"] and row["start"] < turn.end}
    return not {who for who in spoken if who} - allowed


def _time(material: Material, document: str, turn: int) -> float:
    return material.texts[document].turns[turn - 1].time if turn else math.nan


def _said(person: Any, column: str) -> str:
    """What participants.csv says of a person in a column, as text; empty for nothing."""
    import pandas as pd

    if person is None or (column in _ELSEWHERE and not consent.linkable(person)):
        return ""
    value = person.get(column)
    return "" if value is None or pd.isna(value) else str(value)


def matrix(
    material: Material, cases: Cases = "document", coder: str = "", *, presence: bool = False
) -> Taken:
    """Codes by case, ready for statistics: one header row of plain names, one row a case.

    Every code in use is a column, also one that was never given. The same words that several coders coded
    alike count once. Codings count whatever their attributes: a denial as well.

    Parameters
    ----------
    material : Material
    cases : {"document", "participant", "group"}
        A row is a document that somebody coded, a participant heard in one, or a group of participants.
    coder : str
        Only this coder's work; everybody's by default.
    presence : bool
        1 where a code occurs and 0 where not, instead of how many segments have it.

    Returns
    -------
    Taken
        Documents and participants that may not be quoted are left out. A group's row has ``people``, and
        for each code how many of them have it, with `presence` the share; a group of fewer people than the
        study's floor is left out, and a cell that describes fewer of them is missing.

    Raises
    ------
    InputError
        For a coder who coded nothing.
    """
    words = material.words
    words = words[words["placed"]]
    coders = sorted({work.coder for work in material.works})
    if coder and coder not in coders:
        problem = Problem("--coder", f"{coder!r} coded nothing.", f"Coders are {', '.join(coders)}.")
        raise InputError("The matrix cannot be written.", [problem])
    if coder:
        words = words[words["coder"].eq(coder)]
    codes = [code.id for code in material.book.in_use()]
    done = {work.document for work in material.works if not coder or work.coder == coder}
    if cases == "group":
        return _groups(material, words, codes, done, presence)
    column = "who" if cases == "participant" else "document"
    heard = material.heard[material.heard["document"].isin(done)]
    listed = sorted(set(heard[column]))
    allowed = set(material.quotable())
    hidden = consent.withheld_documents(material.texts, material.people)
    shown = [name for name in listed if (name in allowed if column == "who" else name not in hidden)]
    spans = words.drop_duplicates(["document", "start", "end", "code", column])
    counts = Counter(zip(spans[column], spans["code"], strict=True))
    rows = [
        {cases: name}
        | {code: min(counts[name, code], 1) if presence else counts[name, code] for code in codes}
        for name in shown
    ]
    return Taken(_plain(rows, [cases, *codes]), len(listed) - len(shown))


def _groups(
    material: Material, words: pd.DataFrame, codes: list[str], done: set[str], presence: bool
) -> Taken:
    """How many people of each group have each code, or which share; below the floor, nothing."""
    floor, withheld = material.study.floor, 0
    heard = material.heard[material.heard["document"].isin(done)]
    people = {str(name) for name in material.people["participant_id"]}
    heard = heard[heard["who"].isin(people)]
    having = {(str(who), str(code)) for who, code in zip(words["who"], words["code"], strict=True)}
    rows: list[dict[str, Any]] = []
    for group, members in heard.groupby("group", sort=True):
        whose = sorted(set(members["who"]))
        if not enough(len(whose), floor):
            withheld += 1
            continue
        row: dict[str, Any] = {"group": str(group), "people": len(whose)}
        for code in codes:
            count = sum((who, code) in having for who in whose)
            few = any(bool(below(number, floor)) for number in (count, len(whose) - count))
            withheld += few
            row[code] = None if few else count / len(whose) if presence else count
        rows.append(row)
    frame = _plain(rows, ["group", "people", *codes])
    return Taken(frame.astype(dict.fromkeys(frame.columns[2:], "Float64" if presence else "Int64")), withheld)


def _plain(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(rows, columns=columns)
    return frame.set_axis(names_for_r(columns), axis=1)


def names_for_r(names: Iterable[str]) -> list[str]:
    """Names that R and others take as they are: letters, digits, dots and underscores, each once.

    Examples
    --------
    >>> names_for_r(["thing.a", "thing-a", "thing a", "1st", "Käyttö"])
    ['thing.a', 'thing_a', 'thing_a_2', 'x1st', 'Kaytto']
    """
    given: list[str] = []
    for name in names:
        flat = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        flat = re.sub(r"[^A-Za-z0-9._]+", "_", flat).strip("_") or "x"
        flat = flat if flat[0].isalpha() else f"x{flat}"
        unique, number = flat, 1
        while unique in given:
            number += 1
            unique = f"{flat}_{number}"
        given.append(unique)
    return given


def left_out(taken: Taken, what: str, plural: str, why: str = "") -> str:
    """What was left out, as a sentence; empty for nothing."""
    parts, why = [], why or f"consent to quote is not recorded ({FILE})"
    if taken.withheld:
        parts.append(f"{counted(taken.withheld, what, plural)} left out: {why}")
    if taken.misplaced:
        parts.append(f"{counted(taken.misplaced, 'coding')} left out: the document no longer has the quote")
    return "; ".join(parts)
