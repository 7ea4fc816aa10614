"""Screening: what each person decided on each record and why, how far they agree, and what holds in the end.

One file a person, ``literature/screening/NAME.csv``: record, stage, decision, reason. What a conversation
settled stands in ``literature/screening/settled.csv``, with the same columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files.tables import Column, Schema, survey_csv
from casestudy.literature.record import Record
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "literature/screening"
SETTLED = "settled"
STAGES = ("abstract", "text")
DECISIONS = ("include", "exclude")
# The likest id would be another paper's, so none is suggested.
_UNKNOWN = "Its file may have left literature/records; see the ids in `casestudy literature records`."
SCHEMA = Schema(
    "screening",
    (
        Column("record", "text", "id of the record"),
        Column("stage", "text", "what was looked at: title and abstract, or the text", allowed=STAGES),
        Column("decision", "text", "what was decided", allowed=DECISIONS),
        Column("reason", "text", "why it was excluded, by its id in the protocol", required=False),
        Column("note", "text", "anything else", required=False),
    ),
)


@dataclass(frozen=True)
class Screened:
    """Decisions on records.

    Attributes
    ----------
    decisions : pandas.DataFrame
        One row a record and stage: ``record``, ``stage``, one column for each person, ``final`` (include,
        exclude, or empty where they differ and nothing is settled), ``reason``, ``settled``.
    people : tuple of str
    """

    decisions: pd.DataFrame
    people: tuple[str, ...]

    def final(self, stage: str) -> dict[str, str]:
        """Final decision by record at one stage; records without one are left out."""
        rows = self.decisions[(self.decisions["stage"] == stage) & (self.decisions["final"] != "")]
        return dict(zip(rows["record"], rows["final"], strict=True))


def load(study: Study, records: Sequence[Record], reasons: Mapping[str, str]) -> Screened:
    """Read everybody's decisions and bring them together.

    Parameters
    ----------
    study : Study
    records : sequence of Record
        De-duplicated.
    reasons : mapping of str to str
        Reasons for exclusion by id, from the protocol.

    Raises
    ------
    InputError
        With every problem: unknown records and reasons, an exclusion without reason, one person deciding
        twice, a settled decision where nobody differed, a text screened of a record that was excluded.
    """
    screened, problems = survey(study, records, reasons)
    raise_if(problems, "The screening has problems.")
    return screened


def survey(
    study: Study, records: Sequence[Record], reasons: Mapping[str, str]
) -> tuple[Screened, list[Problem]]:
    """Like `load`, with the problems listed instead of raised."""
    renamed = {former: record.id for record in records for former in record.former}
    tables: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for path in study.inputs(f"{FOLDER}/*.csv"):
        where = f"{FOLDER}/{path.name}"
        try:
            frame, wrong = survey_csv(path, SCHEMA, where)
        except InputError as error:
            problems += error.problems
            continue
        problems += wrong
        # What is wrong in one row hides nothing of the others: those that say something are looked at.
        table = frame[frame["stage"].isin(STAGES) & frame["decision"].isin(DECISIONS)].copy()
        for column in ("record", "reason", "note"):
            table[column] = table[column].fillna("")
        table["record"] = table["record"].replace(renamed)
        problems += _checked(table, where, {one.id for one in records}, reasons)
        tables[path.stem] = table.drop_duplicates(["record", "stage"])
    screened, wrong = combine(tables)
    return screened, [*problems, *wrong]


def _checked(table: pd.DataFrame, where: str, known: set[str], reasons: Mapping[str, str]) -> list[Problem]:
    problems = []
    seen: dict[tuple[str, str], str] = {}
    for row, one in zip(table.index + 2, table.to_dict("records"), strict=True):
        place, key = f"{where}, row {row}", (one["record"], one["stage"])
        if one["record"] not in known:
            problems.append(Problem(place, f"{one['record']!r} is not a record.", _UNKNOWN))
        if one["decision"] == "exclude" and one["reason"] not in reasons:
            found = f"excluded for {one['reason']!r}." if one["reason"] else "excluded without a reason."
            problems.append(Problem(place, found, nearest(one["reason"], reasons)))
        if key in seen:
            same = "again" if seen[key] == one["decision"] else f"first {seen[key]}, then {one['decision']}"
            found = f"{key[0]!r} is decided twice at the stage {key[1]!r}: {same}."
            problems.append(Problem(place, found, "Keep one decision; settle a change of mind in a note."))
        seen[key] = one["decision"]
    return problems


def combine(tables: Mapping[str, pd.DataFrame]) -> tuple[Screened, list[Problem]]:
    """Bring the tables of several people together; `settled` decides where they differ.

    Returns
    -------
    (Screened, list of Problem)
        A single person's decision is final. Of two or more who agree, the reason of the first by name holds.
    """
    import pandas as pd

    people = tuple(sorted(name for name in tables if name != SETTLED))
    said: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for name in people:
        for one in tables[name].to_dict("records"):
            said.setdefault((one["record"], one["stage"]), {})[name] = (one["decision"], one["reason"])
    settled = {
        (one["record"], one["stage"]): (one["decision"], one["reason"])
        for one in (tables[SETTLED].to_dict("records") if SETTLED in tables else [])
    }
    problems = []
    rows: list[dict[str, Any]] = []
    for key in sorted(said, key=lambda one: (STAGES.index(one[1]), one[0])):
        votes = {decision for decision, _ in said[key].values()}
        final, reason = "", ""
        if len(votes) == 1:
            final, reason = next((d, r) for name in people if (d_r := said[key].get(name)) for d, r in [d_r])
            if key in settled and settled[key][0] != final:
                found = f"{key[0]!r} is settled against what everybody decided at the stage {key[1]!r}."
                problems.append(
                    Problem(f"{FOLDER}/{SETTLED}.csv", found, "Change the decisions, or take it out.")
                )
        elif key in settled:
            final, reason = settled[key]
        rows.append(
            {"record": key[0], "stage": key[1]}
            | {name: said[key].get(name, ("", ""))[0] for name in people}
            | {"final": final, "reason": reason, "settled": key in settled and len(votes) > 1}
        )
    for key in sorted(set(settled) - set(said)):
        found = f"{key[0]!r} is settled at the stage {key[1]!r}, but nobody screened it there."
        problems.append(Problem(f"{FOLDER}/{SETTLED}.csv", found, "Take it out, or screen the record."))
    out = {row["record"] for row in rows if row["stage"] == STAGES[0] and row["final"] == "exclude"}
    for row in rows:
        if row["stage"] == STAGES[1] and row["record"] in out:
            found = f"the text of {row['record']!r} is screened, though its abstract was excluded."
            problems.append(Problem(FOLDER, found, "Contradicting decisions: take one of them back."))
    columns = ["record", "stage", *people, "final", "reason", "settled"]
    return Screened(pd.DataFrame(rows, columns=columns), people), problems


def excluded(
    screened: Screened, records: Sequence[Record], reasons: Mapping[str, str], about: str = ""
) -> pd.DataFrame:
    """Which records were screened out, why, and whether everybody wanted that.

    Parameters
    ----------
    screened : Screened
    records : sequence of Record
        De-duplicated.
    reasons : mapping of str to str
        From the protocol.
    about : str
        A pattern; records whose title it matches speak of the question itself. Empty for none.

    Returns
    -------
    pandas.DataFrame
        One row a record whose final decision at any stage is to exclude: ``record``, ``year``, ``title``,
        ``stage``, ``reason`` (in words), ``wanted_in`` (people who had included it, with commas), ``about``
        (whether the title matches).
    """
    import re

    import pandas as pd

    known = {one.id: one for one in records}
    pattern = re.compile(about, re.IGNORECASE) if about else None
    out = screened.decisions[screened.decisions["final"] == "exclude"]
    rows = []
    for row in out.to_dict("records"):
        record = known[row["record"]]
        keen = [name for name in screened.people if row.get(name) == "include"]
        rows.append(
            {
                "record": record.id,
                "year": record.year,
                "title": record.title,
                "stage": row["stage"],
                "reason": reasons.get(row["reason"], row["reason"]),
                "wanted_in": ", ".join(keen),
                "about": bool(pattern and pattern.search(record.title)),
            }
        )
    columns = ["record", "year", "title", "stage", "reason", "wanted_in", "about"]
    return pd.DataFrame(rows, columns=columns).sort_values("record", ignore_index=True)


def agreement(screened: Screened) -> pd.DataFrame:
    """How far the people who screened agree, by stage, with full names of the coefficients.

    Returns
    -------
    pandas.DataFrame
        One row a stage and coefficient: ``stage`` and the columns of `Result.as_row`. Undefined is missing
        with a reason. No row where fewer than two people screened.
    """
    import pandas as pd

    from casestudy.agreement.alpha import krippendorff
    from casestudy.agreement.coefficient import measure
    from casestudy.agreement.percent import percent_agreement
    from casestudy.agreement.ratings import read

    rows = []
    people = list(screened.people)
    for stage in STAGES if len(people) > 1 else ():
        table = screened.decisions.loc[screened.decisions["stage"] == stage, people]
        if table.empty:
            continue
        values = table.astype(object).where(table != "", None).to_numpy()
        ratings = read(values, categories=DECISIONS, coders=people, unit="record")
        rows += [
            {"stage": stage} | measure(ratings, one).as_row() for one in (percent_agreement(), krippendorff())
        ]
    kept = ["stage", "coefficient", "value", "n_units", "n_pairable", "prevalence", "reason", "definition"]
    return pd.DataFrame(rows, columns=kept if not rows else None)[kept]


def sheet(records: Sequence[Record], stage: str = STAGES[0]) -> pd.DataFrame:
    """A blank screening sheet: one row a record, decision and reason to be filled in."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "record": one.id,
                "stage": stage,
                "decision": "",
                "reason": "",
                "note": "",
                "year": one.year,
                "title": one.title,
                "outlet": one.outlet,
                "abstract": one.abstract,
            }
            for one in sorted(records, key=lambda one: one.id)
        ]
    )
