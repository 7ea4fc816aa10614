"""Codebooks: one YAML file a scheme, codes of any depth, and the checks that keep them usable."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files.fields import read_yaml
from casestudy.files.names import REMEDY, unfit
from casestudy.files.yaml_text import Lined
from casestudy.study import Study

FOLDER = "coding_schemes"
HISTORY = f"{FOLDER}/history.jsonl"
_SCHEME_KEYS = ("scheme", "title", "version", "unit", "note", "codes")


@dataclass(frozen=True)
class Code:
    """One code of a codebook.

    Attributes
    ----------
    id : str
        Unique over all schemes; never changes, whatever the code is called.
    scheme, name : str
    parent : str
        Id of the code above; empty for none.
    definition : str
    include, exclude : tuple of str
        When to use it and when not; an exclusion may end ``-> other.code``.
    examples, counterexamples : tuple of str
    near : tuple of str
        Ids of codes it is easily taken for.
    one : bool
        Whether its children are alternatives, of which a segment has one.
    evidence : mapping of str to str
        Marks of how well name, definition, cues and log indicator are sourced.
    source : tuple of str
        Keys of the bibliography.
    log_indicator : str
    rules : tuple of str
        Patterns that suggest the code; see `casestudy.suggestions.by_rules`.
    retired : bool
        No longer to be used; codings that have it stay.
    merged_into : str
        Id of the code that took its place; codings follow.
    split_into : tuple of str
        Ids of the codes that share its place; codings wait to be coded again.
    """

    id: str
    scheme: str
    name: str
    parent: str = ""
    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    one: bool = False
    evidence: Mapping[str, str] = field(default_factory=dict)
    source: tuple[str, ...] = ()
    log_indicator: str = ""
    rules: tuple[str, ...] = ()
    retired: bool = False
    merged_into: str = ""
    split_into: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scheme:
    """A codebook file's head: what it codes, in which unit, and what its reader must know."""

    id: str
    title: str
    version: str = ""
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Codebook:
    """All schemes of a study together.

    Attributes
    ----------
    schemes : mapping of scheme id to Scheme
    codes : mapping of code id to Code, in the order of the files
    """

    schemes: Mapping[str, Scheme]
    codes: Mapping[str, Code]

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        below: dict[str, list[str]] = {}
        for code in self.codes.values():
            below.setdefault(code.parent, []).append(code.id)
        return below

    def children(self, code: str) -> list[str]:
        """Ids of the codes directly below one."""
        return list(self._children.get(code, []))

    def below(self, code: str) -> list[str]:
        """A code and all codes under it, at any depth."""
        found = [code]
        for one in found:
            found += [child for child in self._children.get(one, []) if child not in found]
        return found

    def above(self, code: str) -> list[str]:
        """The codes over a code, nearest first."""
        found: list[str] = []
        one = self.codes.get(code)
        while one and one.parent and one.parent not in found:
            found.append(one.parent)
            one = self.codes.get(one.parent)
        return found

    def root(self, code: str) -> str:
        """The topmost code over a code; itself where none is."""
        return (self.above(code) or [code])[-1]

    def path(self, code: str) -> str:
        """Names from the top down to a code, as ``Top > Middle > Name``."""
        names = [self.codes[one].name for one in reversed(self.above(code)) if one in self.codes]
        return " > ".join([*names, self.codes[code].name if code in self.codes else code])

    def resolve(self, code: str) -> str:
        """The code that a coding of `code` counts for now: where merges lead."""
        seen = {code}
        while (one := self.codes.get(code)) and one.merged_into and one.merged_into not in seen:
            code = one.merged_into
            seen.add(code)
        return code

    def in_use(self, scheme: str = "") -> list[Code]:
        """Codes that may be applied now: neither retired nor merged; of one scheme or of all."""
        return [
            code
            for code in self.codes.values()
            if not code.retired and not code.merged_into and scheme in ("", code.scheme)
        ]

    def alternatives(self) -> list[tuple[str, list[str]]]:
        """Dimensions in which a segment has one code: (dimension, its codes with all below)."""
        return [(code.id, self.children(code.id)) for code in self.codes.values() if code.one]


def scheme_files(study: Study) -> list[Path]:
    """The study's files of schemes, vocabularies and sources, sorted."""
    return study.inputs(f"{FOLDER}/*.yaml")


def read_schemes(paths: Iterable[Path], root: Path | None = None) -> Codebook:
    """Read scheme files as they are written; a file with neither ``scheme`` nor ``codes`` is none.

    Raises
    ------
    InputError
        With every problem: no YAML, no or doubled ids, parents that are not there, circles.
    """
    schemes: dict[str, Scheme] = {}
    codes: dict[str, Code] = {}
    problems: list[Problem] = []
    places: dict[str, str] = {}
    for path in paths:
        where = path.relative_to(root).as_posix() if root and path.is_relative_to(root) else path.name
        try:
            data = read_yaml(path, where)
        except InputError as error:
            problems += error.problems
            continue
        if not isinstance(data, Mapping):
            problems.append(Problem(where, "it holds no scheme.", "Begin with scheme:, title:, codes:."))
            continue
        if "scheme" not in data and "codes" not in data:
            continue
        problems += _strangers(data, _SCHEME_KEYS, where)
        name = as_text(data.get("scheme")) or path.stem
        if reason := unfit(name):
            problems.append(Problem(f"{where} (scheme)", reason, REMEDY))
            continue
        if name in schemes:
            problems.append(Problem(where, f"scheme {name!r} occurs in a second file.", "Rename one."))
        texts = {key: as_text(data.get(key)) for key in ("title", "version", "unit", "note")}
        schemes[name] = Scheme(name, texts["title"] or name, texts["version"], texts["unit"], texts["note"])
        given = data.get("codes")
        if not isinstance(given, list):
            problems.append(Problem(where, "codes: is not a list.", "List the codes, each with id and name."))
            continue
        for number, entry in enumerate(given, start=1):
            code, wrong = parse_code(entry, name, where, number)
            problems += wrong
            if code is None:
                continue
            if code.id in codes:
                found = f"code {code.id!r} occurs before ({places[code.id]})."
                problems.append(Problem(_at(where, entry, code.id), found, "Ids are unique."))
                continue
            codes[code.id] = code
            places[code.id] = _at(where, entry, code.id)
    book = Codebook(schemes, codes)
    problems += structure(book, places)
    raise_if(problems, "The codebook has problems.")
    return book


_CODE_TEXTS = ("id", "name", "parent", "definition", "log_indicator", "merged_into")
_CODE_LISTS = (
    "include",
    "exclude",
    "examples",
    "counterexamples",
    "near",
    "source",
    "rules",
    "split_into",
)
_CODE_FLAGS = ("one", "retired")
CODE_KEYS = (*_CODE_TEXTS, *_CODE_LISTS, *_CODE_FLAGS, "evidence")


def parse_code(entry: Any, scheme: str, where: str, number: int = 0) -> tuple[Code | None, list[Problem]]:
    """One code from its YAML or JSON form, and what is wrong with it."""
    place = f"{where}, code {number}" if number else where
    if not isinstance(entry, Mapping):
        return None, [Problem(place, f"{str(entry)[:40]!r} is not a code.", "Write id: and name:.")]
    name = as_text(entry.get("id"))
    if number and name:
        place = _at(where, entry, name)
    problems = _strangers(entry, CODE_KEYS, place)
    if reason := unfit(name):
        found = f"its id: {reason}" if name else "it has no id."
        problems.append(Problem(place, found, REMEDY))
        return None, problems
    values: dict[str, Any] = {key: as_text(entry.get(key)) for key in _CODE_TEXTS}
    if not values["name"]:
        problems.append(Problem(place, f"code {name!r} has no name.", "Write name:."))
        values["name"] = name
    for key in _CODE_LISTS:
        given = entry.get(key)
        if given is not None and not isinstance(given, (list, tuple)):
            problems.append(Problem(place, f"{key} of {name!r} is not a list.", f"Write {key}: [a, b]."))
            given = [given]
        values[key] = tuple(as_text(one) for one in given or ())
    for key in _CODE_FLAGS:
        given = entry.get(key, False)
        if not isinstance(given, bool):
            problems.append(Problem(place, f"{key} of {name!r} is {given!r}.", "Write true or false."))
            given = False
        values[key] = given
    evidence = entry.get("evidence") or {}
    if not isinstance(evidence, Mapping):
        problems.append(Problem(place, f"evidence of {name!r} is not a mapping.", "Write {name: S0, …}."))
        evidence = {}
    values["evidence"] = {str(key): as_text(value) for key, value in evidence.items()}
    return Code(scheme=scheme, **values), problems


def structure(book: Codebook, places: Mapping[str, str] | None = None) -> list[Problem]:
    """Parents that are not there, and circles."""
    problems = []
    at = places or {}
    for code in book.codes.values():
        place = at.get(code.id, f"{FOLDER}/{code.scheme}.yaml, code {code.id}")
        if code.parent and code.parent not in book.codes:
            hint = nearest(code.parent, _same_scheme(book, code))
            problems.append(Problem(place, f"parent {code.parent!r} is not a code.", hint))
        elif _circle(book, code):
            problems.append(Problem(place, f"code {code.id!r} lies under itself.", "Change a parent."))
    return problems


def alike_ids(book: Codebook) -> list[tuple[Code, Code]]:
    """Codes whose ids differ only in case or in how letters with accents are composed."""
    first: dict[str, Code] = {}
    found = []
    for code in book.codes.values():
        other = first.setdefault(folded(code.id), code)
        if other is not code:
            found.append((other, code))
    return found


def folded(name: str) -> str:
    """An id without regard to case and composition of letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _same_scheme(book: Codebook, code: Code) -> Iterator[str]:
    return (other.id for other in book.codes.values() if other.scheme == code.scheme)


def _circle(book: Codebook, code: Code) -> bool:
    seen: set[str] = set()
    one: Code | None = code
    while one and one.parent:
        if one.parent == code.id:
            return True
        if one.parent in seen:
            return False
        seen.add(one.parent)
        one = book.codes.get(one.parent)
    return False


def _strangers(data: Mapping[Any, Any], keys: tuple[str, ...], where: str) -> list[Problem]:
    return [
        Problem(where, f"{key!r} is not a key here.", nearest(str(key), keys))
        for key in data
        if key not in keys
    ]


def as_text(value: Any) -> str:
    """A scalar of YAML as text without space around it; nothing gives the empty text."""
    return "" if value is None else str(value).strip()


def _at(where: str, entry: Mapping[Any, Any], code: str) -> str:
    """Where in a scheme a code stands: the line of its id."""
    if isinstance(entry, Lined):
        return f"{where}, line {entry.lines.get('id', entry.line)}"
    return f"{where}, code {code}"
