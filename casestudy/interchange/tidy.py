"""The codings of a project as one tidy table: a row a coding, with names and positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.interchange.project import Project, paths

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    *("document", "start", "end", "quote", "code", "path", "coder", "time", "memo"),
    *("coding", "document_guid", "code_guid"),
)


def table(project: Project) -> pd.DataFrame:
    """The codings of a project.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, and one column for each attribute that a coding has; positions count code points from 0,
        the end is the character after the last. Sorted by document, start, end, code and coder.
    """
    import pandas as pd

    documents = {one.guid: one.name for one in project.documents}
    coders = {one.guid: one.name for one in project.coders}
    names = {one.guid: one.name for one in project.codes}
    where = paths(project.codes)
    attributes = sorted({name for one in project.codings for name in one.attributes} - set(COLUMNS))
    rows = [
        (
            *(documents.get(one.document, ""), one.start, one.end, one.quote, names.get(one.code, "")),
            *(" > ".join(where.get(one.code, ())), coders.get(one.coder, ""), one.when, one.memo),
            *(one.guid, one.document, one.code),
            *(one.attributes.get(name, "") for name in attributes),
        )
        for one in project.codings
    ]
    rows.sort(key=lambda row: (row[0], row[1], row[2], row[5], row[6], row[9]))
    return pd.DataFrame(rows, columns=[*COLUMNS, *attributes])
