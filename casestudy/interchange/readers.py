"""One door for every format: what a file is shows in its content and then in its ending."""

from __future__ import annotations

from pathlib import Path

from casestudy.coding.codings import uncollected
from casestudy.files import guard
from casestudy.interchange import qualcoder, refi_read, rqda, segments, taguette
from casestudy.interchange.conventions import Convention
from casestudy.interchange.databases import opened
from casestudy.interchange.packed import refused
from casestudy.interchange.project import Project
from casestudy.interchange.refi_read import Reading

ENDINGS = ".qdpx, .qde, .qdc, .qda, .sqlite3, .rqda, .csv, .tsv, .xlsx"
_SQLITE = b"SQLite format 3\x00"


def read(
    path: Path,
    *,
    offsets: Convention | None = None,
    within: Project | None = None,
) -> Reading:
    """Read a project, a codebook or a table of coded segments of any known tool.

    Parameters
    ----------
    path : Path
        A file, or the folder of a QualCoder project.
    offsets : Convention, optional
        How positions are counted, where the file does not show it.
    within : Project, optional
        The study as a project, which tables of segments are about.

    Raises
    ------
    InputError
        With what is wrong, whatever it is: no exception of a library gets out.
    """
    with guard.reading(path.name, "The project cannot be read."), uncollected():
        return _read(path, offsets, within or Project(""))


def _read(path: Path, offsets: Convention | None, within: Project) -> Reading:
    if path.is_dir():
        return qualcoder.read(path, offsets)
    if not path.is_file():
        raise refused(path.name, "it is not there.", "Name a file.")
    with path.open("rb") as file:
        begins = file.read(64)
    if begins.startswith(_SQLITE):
        return _database(path, offsets)
    ending = path.suffix.casefold()
    if ending in (".csv", ".tsv", ".xlsx", ".txt"):
        return segments.read(path, within)
    if begins.startswith(b"PK") or begins.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return refi_read.read(path, offsets)
    if ending.startswith(".mex") or ending.startswith(".mx"):
        found = "MAXQDA's own files follow no published format."
        raise refused(path.name, found, "In MAXQDA, export the project as REFI-QDA (.qdpx).")
    found = f"it is none of {ENDINGS}."
    raise refused(path.name, found, "Export it from its tool as a REFI-QDA project (.qdpx).")


def _database(path: Path, offsets: Convention | None) -> Reading:
    with opened(path) as data:
        tables = data.tables
    if "code_text" in tables:
        return qualcoder.read(path, offsets)
    if "freecode" in tables:
        return rqda.read(path)
    if "highlights" in tables:
        return taguette.read(path)
    raise refused(path.name, "it is a database of no tool that is known here.", f"Known: {ENDINGS}.")
