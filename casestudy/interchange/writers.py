"""One door for every format that a project is written in, by the ending of the file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Literal, get_args

from casestudy.errors import InputError, Problem
from casestudy.files.writing import write_atomically
from casestudy.interchange import qualcoder_write, taguette_write
from casestudy.interchange.account import Account
from casestudy.interchange.project import Project
from casestudy.interchange.refi_write import Receiver, codebook_bytes, project_bytes
from casestudy.outputs import csv_text

Form = Literal["qdpx", "qdc", "qualcoder", "taguette", "csv", "parquet"]
FORMS: tuple[str, ...] = get_args(Form)
ENDINGS: dict[str, Form] = {
    ".qdpx": "qdpx",
    ".qdc": "qdc",
    ".qda": "qualcoder",
    ".sqlite3": "taguette",
    ".csv": "csv",
    ".parquet": "parquet",
}


def form_of(path: Path) -> Form:
    """The form that a file's ending names.

    Raises
    ------
    InputError
        When it names none.
    """
    form = ENDINGS.get(path.suffix.casefold())
    if form is None:
        found = f"{path.suffix!r} is not the ending of a form that can be written."
        raise InputError("Nothing was written.", [Problem(path.name, found, f"Use {', '.join(ENDINGS)}.")])
    return form


def write(
    project: Project, form: Form, path: Path, account: Account, receiver: Receiver = "standard"
) -> None:
    """Write a project.

    Parameters
    ----------
    project : Project
    form : Form
    path : Path
        A file is replaced; the folder of a QualCoder project must not exist.
    account : Account
        Collects what the form cannot hold.
    receiver : Receiver
        The tool that a .qdpx file is for.

    Raises
    ------
    InputError
        When the folder of a QualCoder project exists.
    """
    if form == "qualcoder":
        qualcoder_write.write(project, path, account)
    else:
        write_atomically(path, _bytes(project, form, account, receiver))


def _bytes(project: Project, form: Form, account: Account, receiver: Receiver) -> bytes:
    if form == "qdpx":
        return project_bytes(project, account, receiver)
    if form == "qdc":
        return codebook_bytes(project, account)
    if form == "taguette":
        return taguette_write.write_bytes(project, account)
    from casestudy.interchange.tidy import table

    frame = table(project)
    for coding in project.codings:
        account.add("coding", coding.guid, coding.quote[:60], "kept")
    for document in project.documents:
        why = "a table of codings holds no texts"
        account.add("document", document.guid, document.name, "not kept", why)
    if form == "csv":
        return csv_text(frame).encode("utf-8", "replace")
    data = io.BytesIO()
    frame.to_parquet(data, index=False)
    return data.getvalue()
