"""The participants' table as far as words need it: who is who, in which group, under which name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from casestudy.errors import Problem
from casestudy.files.tables import Column, Schema, read_csv
from casestudy.people.documents import FILE as DOCUMENTS
from casestudy.people.documents import Sheet, is_talk
from casestudy.study import Study
from casestudy.transcripts.transcript import FOLDER, Transcript
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

FILE = "interviews/participants.csv"
SCHEMA = Schema(
    "participants",
    (
        Column("participant_id", "text", "the participant's id, which is also the interview's", unique=True),
        Column("group", "text", "the group that is compared with others"),
        Column("role", "text", "what the participant does", required=False),
        Column("pseudonym", "text", "the name in the transcript", required=False),
        Column("household_id", "integer", "household in the purchases", required=False),
        Column("log_id", "text", "participant in the usage log", required=False),
        Column("age", "text", "age or age band", required=False),
        Column("household", "text", "who lives together", required=False),
        Column("interviewed_on", "date", "day of the interview", required=False),
        Column("interviewed", "boolean", "no: recruited, and not heard in a document", required=False),
        Column("consent_quote", "boolean", "may be quoted", required=False),
        Column("consent_link", "boolean", "may be linked to log and purchases", required=False),
        Column("notes", "text", "anything else", required=False),
    ),
)


def read(study: Study) -> pd.DataFrame:
    """The participants of a study, sorted by id; only ``participant_id`` and ``group`` are required.

    Returns
    -------
    pandas.DataFrame
        The file's columns; those of the schema that it lacks are empty. No file gives no rows.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    import pandas as pd

    found = study.inputs(FILE)
    table = read_csv(found[0], SCHEMA, FILE) if found else pd.DataFrame(columns=SCHEMA.names)
    for column in SCHEMA.columns:
        if column.name not in table:
            table[column.name] = pd.NaT if column.kind == "date" else None
    if "pseudonym" in table:
        table["pseudonym"] = table["pseudonym"].astype(object).where(table["pseudonym"].notna(), "")
    return table.sort_values("participant_id", kind="stable").reset_index(drop=True)


def unmatched(
    table: pd.DataFrame,
    documents: Mapping[str, Transcript],
    whose: Mapping[str, Sheet],
    broken: Collection[str] = (),
    *,
    there: bool = True,
) -> list[Problem]:
    """Interviews that belong to nobody, and people who were interviewed without a transcript.

    Parameters
    ----------
    table : pandas.DataFrame
        From `read`.
    documents : mapping of id to Transcript
        What can be read of the study's documents.
    whose : mapping of document to Sheet
        From `casestudy.people.documents.sheets`.
    broken : collection of str
        Ids of documents that are there and cannot be read.
    there : bool
        Whether the study has a participants' file.

    Returns
    -------
    list of Problem
        One for each interview without a row, and one for each row without a transcript; a single one where
        there is no file at all. A row without a day of interview that has an account in the log or a
        household in the purchases needs no transcript, nor does one with ``no`` in ``interviewed``.
    """
    talks = [
        name for name, one in sorted(documents.items()) if is_talk(one) and not whose[name].speaks_for_itself
    ]
    if not there and talks:
        named = ", ".join(talks[:5]) + (", …" if len(talks) > 5 else "")
        found = f"it is not there, so {counted(len(talks), 'interview')} ({named}) would belong to nobody."
        remedy = f"Write it with the head participant_id,group and a row for each: {talks[0]},GROUP."
        return [Problem(FILE, found, remedy)]
    known = {str(one).casefold(): str(one) for one in table["participant_id"]}
    problems = []
    for name in talks:
        if not whose[name].participants:
            like = known.get(name.casefold())
            remedy = f"Write {name!r} for {like!r}" if like else f"Write the row {name},GROUP"
            found = f"{FILE} has no row {name!r}, so the interview would belong to nobody."
            remedy += f", or say in {DOCUMENTS} whose it is, or with kind document that it is not a talk."
            problems.append(Problem(f"{FOLDER}/{name}.{documents[name].format}", found, remedy))
    heard = {who for one in whose.values() for who in one.participants}
    for one in table.to_dict("records"):
        name = str(one["participant_id"])
        linked = any(_given(one[column]) for column in ("log_id", "household_id"))
        silent = _given(one["interviewed"]) and not one["interviewed"]
        expected = not silent and (_given(one["interviewed_on"]) or not linked)
        if expected and name not in heard and name not in broken:
            remedy = f"Put {FOLDER}/{name}.md there (or .txt, .docx, .vtt, …), name the document in "
            remedy += f"{DOCUMENTS}, or write no in the column interviewed."
            problems.append(Problem(f"{FILE}, participant {name!r}", "there is no transcript.", remedy))
    return problems


def _given(value: object) -> bool:
    """Whether a cell holds something."""
    import pandas as pd

    return not pd.isna(value) and str(value).strip() != ""


def load(study: Study) -> pd.DataFrame:
    """The participants' table, with empty text for what is not known.

    Returns
    -------
    pandas.DataFrame
        The columns of `casestudy.people.participants`; ids as text; a consent that is not recorded counts as
        refused. No rows when the study has no participants.csv.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    import pandas as pd

    table = read(study)
    for column in SCHEMA.columns:
        values = table[column.name]
        if column.kind == "boolean":
            table[column.name] = [not pd.isna(value) and bool(value) for value in values.astype(object)]
            table[column.name] = table[column.name].astype(bool)
        elif column.kind != "date":
            table[column.name] = ["" if pd.isna(value) else str(value) for value in values.astype(object)]
            table[column.name] = table[column.name].astype(object)
    return table
