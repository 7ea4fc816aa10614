"""The participants' table as far as words need it: who is who, in which group, under which name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.study import Study
from casestudy.tables import Column, Schema, read_csv

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
