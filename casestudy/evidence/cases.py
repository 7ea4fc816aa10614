"""Case sheets: what is known of each case, cell by cell, each with its source and how far it was read.

A kind of sheet is a folder, ``evidence/cases/KIND/``: ``fields.yaml`` says what is asked, every other YAML
file is one case, and a CSV table holds many. "Unknown" is a value of every cell: what was not found is
written down, never left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.evidence import casetable
from casestudy.files.fields import read_yaml
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "evidence/cases"
FIELDS = "fields.yaml"
UNKNOWN = "unknown"
MARKS = {
    "S": "stated in the source text",
    "V": "read on a public page",
    "2": "read in somebody else's account",
    "I": "the workbench's own reading",
}


@dataclass(frozen=True)
class Field:
    """One thing that every sheet says.

    Attributes
    ----------
    id, title : str
    values : mapping of str to str
        What may stand there, with its name, in order.
    one : bool
        Whether it is one value or any number.
    question : str
        Which question of the source the field serves; empty for none.
    """

    id: str
    title: str
    values: Mapping[str, str]
    one: bool
    question: str = ""


@dataclass(frozen=True)
class Cell:
    """What a sheet says in one field: values, source keys, mark and a note."""

    values: tuple[str, ...]
    sources: tuple[str, ...] = ()
    mark: str = ""
    note: str = ""

    @property
    def known(self) -> bool:
        """Whether anything was found."""
        return UNKNOWN not in self.values


@dataclass(frozen=True)
class Case:
    """One sheet: id (the file's name), title, summary in own words, cells by field."""

    id: str
    title: str
    summary: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Sheets:
    """All sheets of one kind."""

    title: str
    note: str
    questions: Mapping[str, str]
    fields: Mapping[str, Field]
    cases: tuple[Case, ...]


def load(study: Study, kind: str, book: Codebook) -> Sheets:
    """Read every sheet of a kind.

    Parameters
    ----------
    study : Study
    kind : str
        Folder under ``evidence/cases/``.
    book : Codebook
        Fields may take their values from the codes below one code.

    Raises
    ------
    InputError
        With every problem of every sheet: fields that are missing or unknown, values that are not allowed, a
        known cell without source or mark, sources that the bibliography does not have.
    """
    place = f"{FOLDER}/{kind}/{FIELDS}"
    paths = study.inputs(f"{FOLDER}/{kind}/*.yaml")
    found = [path for path in paths if path.name == FIELDS]
    if not found:
        raise InputError(
            "There are no case sheets.", [Problem(place, "it is not there.", "Write the fields.")]
        )
    problems: list[Problem] = []
    given = read_yaml(found[0], place)
    given = given if isinstance(given, Mapping) else {}
    fields = _fields(given.get("fields"), place, book, problems)
    questions = {str(key): str(text) for key, text in (given.get("questions") or {}).items()}
    for one in fields.values():
        if one.question and one.question not in questions:
            found_ = f"field {one.id!r} serves {one.question!r}."
            problems.append(Problem(place, found_, nearest(one.question, questions)))
    known = _source_keys(study)
    cases = []
    for path in paths:
        if path.name != FIELDS:
            where = f"{FOLDER}/{kind}/{path.name}"
            try:
                sheet = read_yaml(path, where)
            except InputError as error:
                problems += error.problems
                continue
            cases.append(_case(sheet, path.stem, where, fields, known, problems))
    for path in study.inputs(f"{FOLDER}/{kind}/*.csv"):
        where = f"{FOLDER}/{kind}/{path.name}"
        found_sheets, wrong = casetable.read(path, where)
        problems += wrong
        cases += [
            _case(sheet, name, f"{where}, {name}", fields, known, problems)
            for name, sheet in found_sheets.items()
        ]
    raise_if(problems, "The case sheets have problems.")
    return Sheets(str(given.get("title", kind)), str(given.get("note", "")), questions, fields, tuple(cases))


def _source_keys(study: Study) -> set[str]:
    for path in study.inputs("coding_schemes/sources.yaml"):
        given = read_yaml(path, "coding_schemes/sources.yaml")
        return {str(one["key"]) for one in (given or {}).get("sources", []) if isinstance(one, Mapping)}
    return set()


def _fields(given: Any, place: str, book: Codebook, problems: list[Problem]) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for number, one in enumerate(given if isinstance(given, list) else [], start=1):
        where = f"{place}, field {number}"
        if not isinstance(one, Mapping) or not str(one.get("id") or ""):
            problems.append(Problem(where, "it has no id.", "Write id:, title: and codes: or values:."))
            continue
        if root := str(one.get("codes") or ""):
            if root not in book.codes:
                problems.append(Problem(where, f"{root!r} is not a code.", nearest(root, book.codes)))
            values = {code: book.codes[code].name for code in book.children(root)}
        else:
            values = {str(value): str(value).replace("_", " ") for value in one.get("values") or ()}
        if not values:
            problems.append(Problem(where, "it allows no value.", "Write codes: or values:."))
        name = str(one["id"])
        title = str(one.get("title") or name)
        fields[name] = Field(name, title, values, bool(one.get("one", False)), str(one.get("question") or ""))
    if not fields and not problems:
        problems.append(Problem(place, "it holds no fields.", "List them under fields:."))
    return fields


def _case(
    sheet: Any, name: str, where: str, fields: Mapping[str, Field], known: set[str], problems: list[Problem]
) -> Case:
    sheet = sheet if isinstance(sheet, Mapping) else {}
    cells: dict[str, Cell] = {}
    given = sheet.get("cells") if isinstance(sheet.get("cells"), Mapping) else {}
    for key in given:
        if key not in fields:
            problems.append(Problem(where, f"{key!r} is not a field.", nearest(str(key), fields)))
    if not sheet.get("title"):
        problems.append(Problem(where, "it has no title.", "Write title:."))
    for key, one in fields.items():
        place = f"{where}, {key}"
        cell = given.get(key)
        if not isinstance(cell, Mapping):
            problems.append(Problem(place, "the field is missing.", f"Write {key}: {{value: {UNKNOWN}}}."))
            continue
        value = cell.get("value")
        values = tuple(str(v) for v in (value if isinstance(value, list) else [value]))
        sources = tuple(str(key) for key in cell.get("source") or ())
        mark = str(cell.get("mark") or "")
        for v in values:
            if v != UNKNOWN and v not in one.values:
                problems.append(Problem(place, f"{v!r} is not allowed.", nearest(v, [*one.values, UNKNOWN])))
        if len(values) > 1 and (one.one or UNKNOWN in values):
            problems.append(Problem(place, f"{len(values)} values.", "Give one, or several known ones."))
        if UNKNOWN not in values:
            if not sources:
                problems.append(Problem(place, "a known cell has no source.", "Write source: [KEY]."))
            if mark not in MARKS:
                problems.append(Problem(place, f"mark is {mark!r}.", f"Use one of: {', '.join(MARKS)}."))
        for source in sources:
            if known and source not in known:
                problems.append(Problem(place, f"source {source!r} is not listed.", nearest(source, known)))
        cells[key] = Cell(values, sources, mark, str(cell.get("note") or ""))
    return Case(name, str(sheet.get("title") or name), str(sheet.get("summary") or ""), cells)


def table(sheets: Sheets) -> pd.DataFrame:
    """The cross-case table: one row a case, one column a field, values by name with mark and sources.

    Returns
    -------
    pandas.DataFrame
        ``case``, then the fields' titles. ``unknown`` where nothing was found.
    """
    import pandas as pd

    rows = []
    for case in sheets.cases:
        row = {"case": case.title}
        for key, one in sheets.fields.items():
            cell = case.cells[key]
            names = ", ".join(one.values.get(value, value) for value in cell.values)
            row[one.title] = f"{names} [{cell.mark}: {', '.join(cell.sources)}]" if cell.known else UNKNOWN
        rows.append(row)
    return pd.DataFrame(rows, columns=["case", *(one.title for one in sheets.fields.values())])


def tidy(sheets: Sheets) -> pd.DataFrame:
    """One row a case, field and value.

    Returns
    -------
    pandas.DataFrame
        ``case`` (title), ``field``, ``question``, ``value``, ``name``, ``known``, ``mark``, ``sources``,
        ``note``.
    """
    import pandas as pd

    rows = [
        {
            "case": case.title,
            "field": key,
            "question": sheets.fields[key].question,
            "value": value,
            "name": sheets.fields[key].values.get(value, value),
            "known": cell.known,
            "mark": cell.mark,
            "sources": ", ".join(cell.sources),
            "note": cell.note,
        }
        for case in sheets.cases
        for key, cell in case.cells.items()
        for value in cell.values
    ]
    columns = ["case", "field", "question", "value", "name", "known", "mark", "sources", "note"]
    return pd.DataFrame(rows, columns=columns)


def crossed(frame: pd.DataFrame, fields: Sequence[str]) -> pd.DataFrame:
    """Which case has which value of some fields: 1 for yes, 0 for no, missing where the field is unknown.

    Returns
    -------
    pandas.DataFrame
        Indexed by case; one column a value that occurs, by name, in order of fields.
    """
    import pandas as pd

    mine = frame[frame["field"].isin(list(fields))]
    pairs = mine.loc[mine["known"], ["field", "name"]].drop_duplicates()
    made = {}
    for field, name in sorted(
        pairs.itertuples(index=False), key=lambda one: (list(fields).index(one[0]), one[1])
    ):
        column = {}
        for case, part in mine[mine["field"] == field].groupby("case", sort=False):
            known = bool(part["known"].all())
            column[case] = float((part["name"] == name).any()) if known else float("nan")
        made[name] = column
    return pd.DataFrame(made, index=list(dict.fromkeys(frame["case"])))


def balance(frame: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """How many different things stand in two fields of each case, and their difference.

    Returns
    -------
    pandas.DataFrame
        ``case``, one column for each field (missing where unknown), ``balance`` first minus second.
    """
    import pandas as pd

    def count(case: str, field: str) -> float:
        part = frame[(frame["case"] == case) & (frame["field"] == field)]
        return float(part["value"].nunique()) if bool(part["known"].all()) else float("nan")

    names = list(dict.fromkeys(frame["case"]))
    made = pd.DataFrame({"case": names, **{f: [count(name, f) for name in names] for f in (one, other)}})
    return made.assign(balance=made[one] - made[other])
