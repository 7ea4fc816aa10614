"""Testimony: statements of participants that the log or the purchases can check, and what a check finds.

People write the statements down (``evidence/statements.csv``): whose words, which measure, and the number or
date that the words give, as a range. Measures and how far a record may lie from it without a contradiction
are declared by measure (``evidence/testimony.yaml``), never by participant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, cast, get_args

from casestudy.coding.material import Material
from casestudy.coding.quoting import find
from casestudy.errors import Problem, nearest, raise_if
from casestudy.files import lists
from casestudy.files.fields import Fields, read_yaml
from casestudy.mixed.records import Count, Measure, Records, Span, number
from casestudy.people import consent
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

FILE = "evidence/statements.csv"
DECLARED = "evidence/testimony.yaml"
COLUMNS = (
    *("id", "document", "participant", "coder", "quote", "measure", "of", "from", "until"),
    *("base_from", "base_until", "low", "high", "note"),
)
REQUIRED = ("id", "document", "participant", "coder", "quote", "measure", "from", "until", "low", "high")
Kind = Literal["what", "when", "how often", "how much", "since", "stopped"]
Verdict = Literal["agrees", "contradicts", "not checkable"]


@dataclass(frozen=True)
class Declared:
    """Measures and groups of categories, by id."""

    measures: Mapping[str, Measure]
    groups: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Statement:
    """What a participant said, in their words and in numbers.

    Attributes
    ----------
    of : str
        What of the measure: an action, a food group, hours such as ``18-24``, weekdays such as ``Mon Sun``.
    span, base : Span
        The days that it is about; for a change also those that it is compared with.
    low, high : float
        Least and most that the words allow, in the measure's unit; dates as days of the calendar.
    row : int
        Its row in the list.
    """

    id: str
    document: str
    participant: str
    coder: str
    quote: str
    measure: str
    of: str
    span: Span
    base: Span | None
    low: float
    high: float
    note: str = ""
    row: int = 0


def declared(study: Study) -> Declared:
    """Read the table of measures and tolerances; empty when the study has none.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    path = study.input(DECLARED)
    if not path.is_file():
        return Declared({}, {})
    problems: list[Problem] = []
    top = Fields(read_yaml(path, DECLARED) or {}, DECLARED, "", problems, ("measures", "groups", "note"))
    measures: dict[str, Measure] = {}
    keys = ("id", "name", "kind", "counts", "absolute", "relative")
    for entry in top.items("measures", keys):
        name = entry.text("id", required=True)
        kind = entry.text("kind", required=True, allowed=get_args(Kind))
        count = entry.text("counts", required=True, allowed=get_args(Count))
        tolerances = {key: entry.number(key) or 0.0 for key in ("absolute", "relative")}
        for key, value in tolerances.items():
            if value < 0:
                entry.problem(key, f"{value:g} is below 0.", "Write 0 or more.")
        if name in measures:
            entry.problem("id", f"measure {name!r} occurs twice.", "Keep one.")
        measures[name] = Measure(name, entry.text("name") or name, kind, cast(Count, count), **tolerances)
    groups = {
        entry.text("id", required=True): entry.texts("categories")
        for entry in top.items("groups", ("id", "categories"))
    }
    raise_if(problems, "The table of testimony has problems.")
    return Declared(measures, groups)


def read(study: Study, known: Declared) -> tuple[list[Statement], list[Problem]]:
    """Statements that can be read, and what is wrong with the others.

    Parameters
    ----------
    study : Study
    known : Declared
        From `declared`.
    """
    path = study.input(FILE)
    if not path.is_file():
        return [], []
    problems: list[Problem] = []
    listed = lists.read(path.read_bytes(), FILE, COLUMNS, REQUIRED, problems=problems)
    statements: list[Statement] = []
    for row in listed.rows:
        wrong: list[Problem] = []
        statement = _statement(row, known, wrong)
        if statement and any(statement.id == other.id for other in statements):
            wrong.append(
                Problem(f"{FILE}, row {row.number}", f"{statement.id!r} occurs twice.", "Rename one.")
            )
        problems += wrong
        if statement and not wrong:
            statements.append(statement)
    return statements, problems


def _statement(row: lists.Row, known: Declared, wrong: list[Problem]) -> Statement | None:
    """One row as a statement; None, with problems, where it cannot be one."""
    where = f"{FILE}, row {row.number}"
    cells = {name: row[name].strip() for name in COLUMNS}
    for name in REQUIRED:
        if not cells[name]:
            wrong.append(Problem(where, f"{name} is empty.", "Fill it."))
    measure = known.measures.get(cells["measure"])
    if measure is None:
        advice = nearest(cells["measure"], known.measures)
        wrong.append(Problem(where, f"{cells['measure']!r} is not a measure of {DECLARED}.", advice))
        return None
    if fault := measure.unfit(cells["of"], known.groups):
        wrong.append(Problem(where, fault[0], fault[1]))
    span = _span(cells["from"], cells["until"], where, wrong)
    base = None
    if measure.compares:
        base = _span(cells["base_from"], cells["base_until"], where, wrong)
    ends = [number(cells[name], measure.dated) for name in ("low", "high")]
    form = "a date such as 2017-06-28" if measure.dated else "a number"
    for name, value in zip(("low", "high"), ends, strict=True):
        if value is None and cells[name]:
            wrong.append(Problem(where, f"{name} is {cells[name]!r}.", f"Write {form}."))
    low, high = ends
    if low is None or high is None or span is None or wrong:
        return None
    if low > high:
        wrong.append(Problem(where, "low is above high.", "Exchange them."))
        return None
    texts = {
        name: cells[name] for name in ("id", "document", "participant", "coder", "quote", "measure", "of")
    }
    return Statement(**texts, span=span, base=base, low=low, high=high, note=cells["note"], row=row.number)


def _span(begin: str, end: str, where: str, wrong: list[Problem]) -> Span | None:
    try:
        span = Span(date.fromisoformat(begin), date.fromisoformat(end))
    except ValueError:
        wrong.append(
            Problem(where, f"{begin!r} to {end!r} is not a period.", "Write days such as 2017-06-28.")
        )
        return None
    if span.begin > span.end:
        wrong.append(Problem(where, f"the period ends on {end}, before it begins.", "Exchange the days."))
        return None
    return span


def load(study: Study) -> tuple[Declared, list[Statement]]:
    """Measures and statements.

    Raises
    ------
    InputError
        With every problem of the table or the list.
    """
    known = declared(study)
    statements, problems = read(study, known)
    raise_if(problems, "The statements have problems.")
    return known, statements


def problems(found: Material) -> list[Problem]:
    """What is wrong with the statements of a study: of the list itself, and quotes that do not stand.

    Raises
    ------
    InputError
        When the table of measures or the list cannot be read at all.
    """
    statements, wrong = read(found.study, declared(found.study))
    people = set(found.people["participant_id"]) if len(found.people) else set()
    for statement in statements:
        where = f"{FILE}, row {statement.row}"
        document = found.texts.get(statement.document)
        if statement.participant not in people:
            advice = nearest(statement.participant, people)
            wrong.append(Problem(where, f"{statement.participant!r} is not a participant.", advice))
        elif document is None:
            advice = nearest(statement.document, found.texts)
            wrong.append(Problem(where, f"{statement.document!r} is not a document.", advice))
        else:
            places = find(document.text, statement.quote)
            turns = [document.turn_at(start) for start, _ in places]
            if not any(turn and turn.participant == statement.participant for turn in turns):
                said = f"the quote does not stand in what {statement.participant} says in {document.id}."
                wrong.append(Problem(where, said, "Copy the words as they stand there."))
    return wrong


def verdict(low: float, high: float, recorded: float, measure: Measure) -> Verdict:
    """Whether a record lies within what was said, and the measure's tolerance on either side.

    Examples
    --------
    >>> sessions = Measure("sessions", "sessions", "how often", "sessions", absolute=2, relative=0.25)
    >>> verdict(4, 4, 6, sessions), verdict(4, 4, 7, sessions), verdict(40, 50, 60, sessions)
    ('agrees', 'contradicts', 'agrees')
    """
    if math.isnan(recorded):
        return "not checkable"
    least, most = low - measure.tolerance(low), high + measure.tolerance(high)
    return "agrees" if least - 1e-9 <= recorded <= most + 1e-9 else "contradicts"


def compare(
    statements: list[Statement], known: Declared, records: Records, people: pd.DataFrame
) -> pd.DataFrame:
    """Every statement with what the records hold.

    Parameters
    ----------
    statements : list of Statement
    known : Declared
    records : Records
    people : pandas.DataFrame
        Participants, see `casestudy.people.participants.load`. Without a recorded consent to link, nothing is
        looked up.

    Returns
    -------
    pandas.DataFrame
        ``id, participant, document, measure, name, kind, of, quote, told_low, told_high, recorded`` (numbers
        in the measure's unit; dates as days of the calendar, NaN where nothing is recorded), ``tolerance``
        (of the end that lies nearer the record), ``verdict`` and ``why`` it is not checkable. The quote is
        empty without consent to quote.
    """
    import pandas as pd

    linked, quoted = consent.who_may_be_linked(people), consent.who_may_be_quoted(people)
    ids = people.set_index("participant_id")[["log_id", "household_id"]].to_dict("index")
    rows = []
    for statement in statements:
        measure = known.measures[statement.measure]
        recorded, why = float("nan"), "no consent to link"
        if statement.participant in linked:
            who = ids[statement.participant]["household_id" if measure.bought else "log_id"]
            recorded, why = records.value(
                measure, str(who), statement.of, statement.span, statement.base, known.groups
            )
        near = statement.low if recorded < statement.low else statement.high
        rows.append(
            {
                "id": statement.id,
                "participant": statement.participant,
                "document": statement.document,
                "measure": measure.id,
                "name": measure.name,
                "kind": measure.kind,
                "of": statement.of,
                "quote": statement.quote if statement.participant in quoted else "",
                "told_low": statement.low,
                "told_high": statement.high,
                "recorded": recorded,
                "tolerance": measure.tolerance(near),
                "verdict": verdict(statement.low, statement.high, recorded, measure),
                "why": why,
            }
        )
    columns = (
        *("id", "participant", "document", "measure", "name", "kind", "of", "quote"),
        *("told_low", "told_high", "recorded", "tolerance", "verdict", "why"),
    )
    return pd.DataFrame(rows, columns=list(columns))
