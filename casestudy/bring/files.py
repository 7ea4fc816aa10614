"""What each file is that somebody hands over: a transcript, a facesheet, a codebook, or none of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casestudy.bring import grids
from casestudy.bring.grids import Grid
from casestudy.bring.headings import CODE_FIELDS, PERSON_FIELDS, Ask, fields_named, folded, matched
from casestudy.bring.talks import named_in
from casestudy.errors import InputError, Problem
from casestudy.files.names import unfit
from casestudy.transcripts import transcript
from casestudy.transcripts.readers import READERS
from casestudy.transcripts.segments import is_head
from casestudy.transcripts.transcript import Transcript

_RECORDINGS = frozenset(
    (
        ".aac",
        ".aiff",
        ".amr",
        ".avi",
        ".flac",
        ".m4a",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp3",
        ".mp4",
        ".mpeg",
        ".mpg",
    )
    + (".ogg", ".opus", ".wav", ".webm", ".wma", ".wmv")
)
_SAVE_AS = {
    ".doc": ".docx",
    ".pages": ".docx",
    ".wpd": ".docx",
    ".numbers": ".xlsx",
    ".sav": ".csv",
    ".gdoc": ".docx",
}


@dataclass(frozen=True)
class Table:
    """A grid with the index of its row of headings, and heading by field."""

    grid: Grid
    head: int
    columns: Mapping[str, str]
    stem: str


@dataclass
class Sorted:
    """Files by what they are.

    Attributes
    ----------
    talks : list of (Path, Transcript, bytes)
    facesheets, codebooks : list of Table
    left : list of str
        What was not brought, with the reason.
    problems : list of Problem
    """

    talks: list[tuple[Path, Transcript, bytes]] = field(default_factory=list)
    facesheets: list[Table] = field(default_factory=list)
    codebooks: list[Table] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def expanded(paths: Iterable[Path]) -> list[Path]:
    """The files named, and all files of the folders named, but hidden ones; each once."""
    found: dict[Path, Path] = {}
    for path in paths:
        within = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        for one in within:
            parts = one.relative_to(path).parts if path.is_dir() else ()
            if not any(part.startswith((".", "~$", "__MACOSX")) for part in parts):
                found.setdefault(one.resolve(), one)
    return [*found.values()]


def told_apart(paths: Sequence[Path], chosen: Mapping[str, str], ask: Ask | None = None) -> Sorted:
    """Read files and say what each is; tables by their headings, everything else by its ending.

    Parameters
    ----------
    paths : sequence of Path
    chosen : mapping of str to str
        From `casestudy.bring.headings.stated`.
    ask : callable, optional
        Asks a person which column is meant.
    """
    found = Sorted()
    tables: list[tuple[Path, list[Grid]]] = []
    for path in expanded(paths):
        ending = path.suffix.lower()
        try:
            if ending in grids.SHEETS or (ending in grids.LISTS and not _is_talk(path, ending, chosen)):
                tables.append((path, grids.of_file(transcript.load(path, path.name), ending, path.name)))
            elif ending in READERS:
                _document(path, chosen, found)
            elif ending in _SAVE_AS or not path.is_file():
                remedy = f"Save it as {_SAVE_AS[ending]}." if ending in _SAVE_AS else "Look at the name."
                reason = "it is in a format of one program." if path.is_file() else "it is not there."
                found.problems.append(Problem(path.name, reason, remedy))
            else:
                reason = (
                    "a recording: bring its transcript" if ending in _RECORDINGS else "not a known format"
                )
                found.left.append(f"{path.name} ({reason})")
        except InputError as error:
            found.problems += error.problems
    stems = [path.stem for path, _, _ in found.talks]
    for path, sheets in tables:
        _tables(path, sheets, chosen, ask, stems, found)
    return found


def _is_talk(path: Path, ending: str, chosen: Mapping[str, str]) -> bool:
    """Whether a list that transcripts come in, too, is one: it is neither of people nor of codes."""
    if ending not in READERS:
        return False
    grid = grids.of_file(transcript.load(path, path.name), ending, path.name)[0]
    if not is_head(grid.rows[0][1]):
        return False
    named = matched(grid.headings(_head(grid, PERSON_FIELDS, chosen)), PERSON_FIELDS, chosen, grid.name)[0]
    return "participant_id" not in named and _codebook(path, grid, chosen) is None


def _document(path: Path, chosen: Mapping[str, str], found: Sorted) -> None:
    document = transcript.read(path)
    for grid in grids.of_document(document, path.name):
        table = _codebook(path, grid, chosen)
        if table and len(grid.rows) > 1:
            found.codebooks.append(table)
            return
    if not document.text.strip():
        raise InputError(
            "", [Problem(path.name, "it holds no words.", "Leave it out, or look into the file.")]
        )
    found.talks.append((path, document, transcript.load(path, path.name)))


def _codebook(path: Path, grid: Grid, chosen: Mapping[str, str]) -> Table | None:
    """The grid as a codebook, where it has codes and what they mean."""
    head = _head(grid, CODE_FIELDS, chosen)
    columns, _ = matched(grid.headings(head), CODE_FIELDS, chosen, grid.name)
    named = "code" in columns or "label" in columns
    return Table(grid, head, columns, path.stem) if named and "definition" in columns else None


def _head(grid: Grid, fields: tuple[str, ...], chosen: Mapping[str, str]) -> int:
    known = []
    for _, cells in grid.rows[:15]:
        mapped = {chosen[folded(cell)] for cell in cells if folded(cell) in chosen}
        known.append(fields_named(cells, fields) | (mapped & set(fields)))
    return grids.likely_head(grid, known)


def _tables(
    path: Path,
    sheets: Sequence[Grid],
    chosen: Mapping[str, str],
    ask: Ask | None,
    stems: Sequence[str],
    found: Sorted,
) -> None:
    """Sort the sheets of one file; a file of which no sheet is of use is a problem."""
    before = len(found.facesheets) + len(found.codebooks)
    rest: list[Grid] = []
    for grid in sheets:
        if table := _codebook(path, grid, chosen):
            found.codebooks.append(table)
        elif (facesheet := _facesheet(path, grid, chosen, None, stems))[0] is not None:
            found.facesheets.append(facesheet[0])
        else:
            rest.append(grid)
    if len(found.facesheets) + len(found.codebooks) > before:
        found.left += [f"{grid.name} (neither people nor codes)" for grid in rest]
        return
    table, problems = _facesheet(path, rest[0], chosen, ask, stems)
    if table:
        found.facesheets.append(table)
    found.problems += problems


def _facesheet(
    path: Path, grid: Grid, chosen: Mapping[str, str], ask: Ask | None, stems: Sequence[str]
) -> tuple[Table | None, list[Problem]]:
    """The grid as a facesheet, where one column holds ids; those that name transcripts are ids, too."""
    head = _head(grid, PERSON_FIELDS, chosen)
    headings = grid.headings(head)
    if (
        "participant_id" not in chosen.values()
        and len(fields_named(headings, PERSON_FIELDS) & {"participant_id"}) == 0
    ):
        body = grid.headed(head)
        naming = [name for name in headings if _names_talks([row.get(name, "") for row in body], stems)]
        if len(naming) == 1:
            chosen = {**chosen, folded(naming[0]) or naming[0]: "participant_id"}
    columns, problems = matched(headings, PERSON_FIELDS, chosen, grid.name, ask, ("participant_id",))
    return (Table(grid, head, columns, path.stem) if not problems else None), problems


def _names_talks(cells: Sequence[str], stems: Sequence[str]) -> bool:
    """Whether a column holds different ids, most of which stand in the names of transcripts."""
    filled = [cell for cell in cells if cell]
    if len(filled) < 2 or len(set(filled)) < len(filled) or len(filled) < len(cells):
        return False
    if any(unfit(cell.replace(" ", "-")) for cell in filled):
        return False
    named = {who for stem in stems for who in named_in(stem, filled)}
    return len(named) * 2 > len(filled)
