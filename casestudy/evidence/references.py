"""References between a study's files: whatever one file names must be in the other.

A signature names a code, a measure a notebook and its table, a claim codes and groups, a link a claim. What a
file names is found by its path in the file, so a problem has its line; what is there is asked of the files
themselves. Where those cannot be read, or the study has none of the kind, nothing is said here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from casestudy.codebook import framework
from casestudy.codebook.selection import matching
from casestudy.coding.material import Material
from casestudy.errors import InputError, Problem, StudyError, nearest
from casestudy.evidence import claims
from casestudy.files.fields import read_yaml
from casestudy.files.yaml_text import Lined
from casestudy.mixed import displays
from casestudy.outputs import CONTENTS, contents
from casestudy.usage import events, signatures

Kind = Literal["code", "claim", "question", "group", "kind", "attribute", "notebook", "way", "display"]

_IN_PICKS: Mapping[str, Kind] = {
    "codes.*": "code",
    "groups.*": "group",
    "kinds.*": "kind",
    "where": "attribute",
    "unless": "attribute",
}
_PICKS: Mapping[str, tuple[str, ...]] = {
    framework.FILE: ("perspectives.*.themes.*", "perspectives.*.themes.*.contrary", "views.*.parts.*"),
    claims.FILE: ("claims.*.evidence.*", "claims.*.contrary.*"),
}
_PLACES: Mapping[str, Mapping[str, Kind]] = {
    signatures.FILE: {"ways.*.code": "code"},
    framework.FILE: {
        "unless": "attribute",
        "perspectives.*.question": "question",
        "perspectives.*.groups.*": "group",
        "measures.*": "notebook",
        "views.*.settings.*": "notebook",
        "views.*.settings.attribute": "attribute",
        "views.*.settings.*.attribute": "attribute",
        "views.*.settings.sides.*.*": "code",
        "views.*.parts.*.log": "way",
        "links.*.claim": "claim",
        "links.*.attribute": "attribute",
        "links.*.codes.*": "code",
    },
    claims.FILE: {},
    displays.FILE: {"inferences.*.claims.*": "claim", "inferences.*": "display"},
}


@dataclass(frozen=True)
class Reference:
    """One thing that a file names.

    Attributes
    ----------
    where : str
        File, line where it is known, and the place in the file.
    kind : Kind
    named : object
        The name; a mapping where several names belong together (a measure's notebook, table and column).
    """

    where: str
    kind: Kind
    named: Any


def check(found: Material, made: Sequence[claims.Claim]) -> list[Problem]:
    """Whatever one of the study's files names and another does not have.

    Parameters
    ----------
    found : Material
    made : sequence of Claim
        The study's claims; where there are none, nothing is said of who names one.

    Returns
    -------
    list of Problem
        With file, line and place.
    """
    there = _There(found, frozenset(claim.id for claim in made))
    judges: Mapping[Kind, Callable[[Reference], list[Problem]]] = {
        "code": there.code,
        "attribute": there.attribute,
        "notebook": there.table,
        "display": there.display,
        "claim": lambda one: there.among(one, there.claims, "claim {!r} is not made."),
        "question": lambda one: there.among(one, there.questions, "{!r} is not a research question."),
        "group": lambda one: there.among(one, there.groups, "nobody is of the group {!r}."),
        "kind": lambda one: there.among(one, there.kinds, "no document is of the kind {!r}."),
        "way": lambda one: there.among(one, there.ways, "way {!r} is not among the signatures."),
    }
    problems = [problem for one in references(found) for problem in judges[one.kind](one)]
    return problems + there.accounts()


def references(found: Material) -> Iterator[Reference]:
    """Everything that the study's files of decisions name in other files."""
    for file, places in _PLACES.items():
        path = found.study.root / file
        if not path.is_file():
            continue
        try:
            node = read_yaml(path, file)
        except InputError:
            continue  # said by the check of that file
        in_picks = {
            f"{pick}.{name}": kind for pick in _PICKS.get(file, ()) for name, kind in _IN_PICKS.items()
        }
        for pattern, kind in {**places, **in_picks}.items():
            for place, line, named in _walked(node, pattern.split("."), "", None):
                at = f"{file}, line {line}" if line else file
                yield Reference(f"{at} ({place})", kind, named)


def _walked(
    node: Any, pattern: list[str], place: str, line: int | None
) -> Iterator[tuple[str, int | None, Any]]:
    """Values at a path, with the line of the last key; ``*`` stands for every entry."""
    if not pattern:
        yield place, line, node
    elif pattern[0] != "*":
        if isinstance(node, Mapping) and pattern[0] in node:
            below = node.lines.get(pattern[0], node.line) if isinstance(node, Lined) else line
            yield from _walked(node[pattern[0]], pattern[1:], f"{place}.{pattern[0]}".strip("."), below)
    elif isinstance(node, Mapping):
        for key in node:
            below = node.lines.get(key, node.line) if isinstance(node, Lined) else line
            yield from _walked(node[key], pattern[1:], f"{place}.{key}", below)
    elif isinstance(node, list):
        for number, entry in enumerate(node, start=1):
            named = (entry.get("id") if isinstance(entry, Mapping) else None) or number
            below = entry.line if isinstance(entry, Lined) else line
            last = len(pattern) == 1 and not isinstance(entry, Mapping)
            yield from _walked(entry, pattern[1:], place if last else f"{place}[{named}]", below)
    elif len(pattern) == 1 and node is not None:
        yield place, line, node  # one text counts as a list of one


@dataclass(frozen=True, eq=False)
class _There:
    """What the study has of each kind; None where that is not clear."""

    found: Material
    claims: frozenset[str]
    _saved: dict[str, dict[str, Any]] = field(default_factory=dict)

    def among(self, one: Reference, names: Collection[str] | None, said: str) -> list[Problem]:
        name = str(one.named)
        if not names or name in names or isinstance(one.named, Mapping | list):
            return []
        return [Problem(one.where, said.format(name), nearest(name, names))]

    def code(self, one: Reference) -> list[Problem]:
        if self.codes is None or isinstance(one.named, Mapping | list):
            return []
        used, retired = self.codes
        name = str(one.named)
        if matching([name], used):
            return []
        state = "is retired" if name in retired else "is in no codebook"
        return [Problem(one.where, f"code {name!r} {state}.", nearest(name, used))]

    def attribute(self, one: Reference) -> list[Problem]:
        """Attributes, and their values, by which codings are chosen; columns of the table of codings fit."""
        if not self.attributes or isinstance(one.named, list):
            return []
        problems = []
        chosen = one.named if isinstance(one.named, Mapping) else {str(one.named): []}
        for name, given in chosen.items():
            if name not in self.attributes:
                if name not in _COLUMNS:
                    found = f"{name!r} is not an attribute of codings."
                    problems.append(Problem(one.where, found, nearest(str(name), self.attributes)))
                continue
            values = self.attributes[name]
            for value in given if isinstance(given, list) else [given]:
                if values and str(value) not in values:
                    found = f"{str(value)!r} is not a value of the attribute {name!r}."
                    problems.append(Problem(one.where, found, nearest(str(value), values)))
        return problems

    def table(self, one: Reference) -> list[Problem]:
        """The notebook that something is read from, and, where it has run, the table and its columns."""
        named = one.named
        if not isinstance(named, Mapping) or "notebook" not in named or "table" not in named:
            return []
        notebook, name = str(named["notebook"]), str(named["table"])
        if notebook not in self.notebooks:
            found = f"the study has no notebook {notebook!r}."
            return [Problem(one.where, found, nearest(notebook, self.notebooks))] if self.notebooks else []
        saved = self.saved(notebook)
        if not saved or saved.get(name, {}).get("kind") in ("withheld", "figure"):
            return []
        if name not in saved:
            found = f"outputs/{notebook} holds no table {name!r}."
            return [Problem(one.where, found, nearest(name, saved))]
        columns = list(saved[name].get("dtypes", {}))
        wanted = [named.get("column"), named.get("key"), named.get("order"), *(named.get("rows") or {})]
        where = f"outputs/{notebook}/{name}.csv"
        return [
            Problem(one.where, f"{where} has no column {column!r}.", nearest(column, columns))
            for column in (str(given) for given in wanted if given)
            if columns and column not in columns
        ]

    def display(self, one: Reference) -> list[Problem]:
        """The perspective and theme of a row of a joint display."""
        if not isinstance(one.named, Mapping):
            return []
        name, row = str(one.named.get("display", "")), str(one.named.get("row", ""))
        side = name.removesuffix("-side-by-side")
        if side == name or self.themes is None:
            return []
        if side not in self.themes:
            return [Problem(one.where, f"no perspective is called {side!r}.", nearest(side, self.themes))]
        if row not in self.themes[side]:
            found = f"the perspective {side!r} has no theme {row!r}."
            return [Problem(one.where, found, nearest(row, self.themes[side]))]
        return []

    def accounts(self) -> list[Problem]:
        """Participants who are said to be accounts that the log does not have."""
        path = self.found.study.root / events.PARTICIPANTS_FILE
        if not path.is_file():
            return []
        try:
            known = {str(name) for name in events.read_participants(path)["participant_id"]}
            people = self.found.people
        except InputError:
            return []
        where = "interviews/participants.csv"
        return [
            Problem(
                f"{where}, {row['participant_id']}",
                f"log_id {row['log_id']!r} is not in {events.PARTICIPANTS_FILE}.",
                nearest(str(row["log_id"]), known),
            )
            for row in people.to_dict("records")
            if isinstance(row.get("log_id"), str) and row["log_id"] and row["log_id"] not in known
        ]

    def saved(self, notebook: str) -> dict[str, Any]:
        if notebook not in self._saved:
            folder = self.found.study.outputs / notebook
            self._saved[notebook] = contents(folder) if (folder / CONTENTS).is_file() else {}
        return self._saved[notebook]

    @cached_property
    def codes(self) -> tuple[Collection[str], frozenset[str]] | None:
        try:
            book = self.found.book
        except InputError:
            return None
        used = {code.id: None for code in book.in_use()}
        return (used.keys(), frozenset(book.codes) - used.keys()) if book.codes else None

    @cached_property
    def attributes(self) -> Mapping[str, tuple[str, ...]]:
        try:
            return {name: one.values for name, one in self.found.attributes.items()}
        except InputError:
            return {}

    @cached_property
    def notebooks(self) -> list[str]:
        return [path.stem for path in self.found.study.notebooks]

    @cached_property
    def questions(self) -> set[str]:
        return {question.id for question in self.found.study.questions}

    @cached_property
    def groups(self) -> set[str] | None:
        return self._of_documents("group", {str(group) for group in self._people("group")})

    @cached_property
    def kinds(self) -> set[str] | None:
        return self._of_documents("kind", set())

    def _people(self, column: str) -> list[str]:
        try:
            return list(self.found.people[column].dropna())
        except InputError:
            return []

    def _of_documents(self, column: str, more: set[str]) -> set[str] | None:
        try:
            return more | {str(value) for value in self.found.documents[column]}
        except InputError:
            return None

    @cached_property
    def ways(self) -> set[str] | None:
        path = self.found.study.root / signatures.FILE
        try:
            return {way.id for way in signatures.load(path).ways} if path.is_file() else None
        except (InputError, StudyError):
            return None

    @cached_property
    def themes(self) -> Mapping[str, list[str]] | None:
        try:
            declared = self.found.framework
        except InputError:
            return None
        sides = {side.id: list[str]() for side in declared.perspectives}
        for theme in declared.themes:
            sides.setdefault(theme.perspective, []).append(theme.id)
        return sides


_COLUMNS = frozenset(
    ("who", "group", "kind", "coder", "document", "code", "scheme", "participant", "said_by", "title", "turn")
)
"""Columns of the table of codings besides attributes, see `casestudy.coding.table`."""
