"""A coded project as every tool could have written it: codes, documents, codings, people, notes.

Readers make one, writers take one, and between them the study. Texts are canonical (LF, no byte order mark);
positions are half-open ranges of code points over them. Things refer to each other by GUID, in lower case and
without braces.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

NAMESPACE = uuid.UUID("5b0b6c0e-6f5b-5d0c-9d7e-0b6c6f0a7d11")
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

Standing = Literal["exact", "placed", "moved", "displaced"]
"""How a coding's words were found: as the file quotes them; by position alone, since the file quotes nothing;
elsewhere in the text, where the quoted words stand once; or nowhere."""
Kind = Literal["text", "transcript", "pdf", "picture", "audio", "video"]
VALUE_KINDS = ("Text", "Boolean", "Integer", "Float", "Date", "DateTime")


def guid_of(*parts: str) -> str:
    """A GUID made of an identity: the same parts give the same one.

    Examples
    --------
    >>> guid_of("code", "food.bread") == guid_of("code", "food.bread") != guid_of("code", "food", "bread")
    True
    """
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))


def plain_guid(written: str) -> str:
    """A GUID as tools write it, in lower case and without braces; other text as it stands.

    Examples
    --------
    >>> plain_guid("{0D62985D-B147-5D01-A9B5-CAE5DCD98342}")
    '0d62985d-b147-5d01-a9b5-cae5dcd98342'
    """
    return written.lower() if len(written) == 36 else written.strip().strip("{}").strip().lower()


def is_guid(text: str) -> bool:
    """Whether a text is a GUID in lower case, without braces.

    Examples
    --------
    >>> is_guid("0d62985d-b147-5d01-a9b5-cae5dcd98342"), is_guid("5ccfce")
    (True, False)
    """
    return _GUID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Coder:
    """Somebody who coded; `name` is what the tool calls them."""

    guid: str
    name: str


@dataclass(frozen=True, slots=True)
class Code:
    """One code; `parent` is the GUID of the code above, `notes` the GUIDs of its notes.

    A code that is not `codable` only holds others together.
    """

    guid: str
    name: str
    parent: str = ""
    colour: str = ""
    description: str = ""
    codable: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A moment of a recording (thousandths of a second) and the place of the transcript that it falls on."""

    guid: str
    time: int
    position: int


@dataclass(frozen=True, slots=True)
class Document:
    """One source with its text.

    Attributes
    ----------
    guid, name : str
    text : str
        Canonical.
    kind : Kind
    description, coder, when : str
        As the tool states them; `coder` is a GUID.
    values : mapping of variable's GUID to text
    notes : tuple of str
    points : tuple of Point
    lacks_text : bool
        Whether the file names a text that is not there: positions in it cannot be proved.
    """

    guid: str
    name: str
    text: str = ""
    kind: Kind = "text"
    description: str = ""
    coder: str = ""
    when: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    lacks_text: bool = False


@dataclass(frozen=True, slots=True)
class Coding:
    """One coder's statement that a span of a document has a code.

    A coding of a whole document has neither span nor quote.
    """

    guid: str
    document: str
    code: str
    start: int = 0
    end: int = 0
    quote: str = ""
    coder: str = ""
    when: str = ""
    memo: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    standing: Standing = "placed"


@dataclass(frozen=True, slots=True)
class Note:
    """A memo. It is about the whole project, the things that name it, or a passage of a document."""

    guid: str
    name: str
    text: str
    coder: str = ""
    when: str = ""
    document: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that is known of cases or documents; `kind` is one of `VALUE_KINDS`."""

    guid: str
    name: str
    kind: str = "Text"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A person, household or firm; `passages` are the parts of documents that are theirs."""

    guid: str
    name: str
    description: str = ""
    documents: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    passages: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A set of codes, documents or notes, each by its GUID."""

    guid: str
    name: str
    description: str = ""
    codes: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A relation that somebody drew between two things."""

    guid: str
    origin: str
    target: str
    name: str = ""
    direction: str = ""
    colour: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Project:
    """A whole project.

    Attributes
    ----------
    name, origin, description : str
        `origin` is the tool that wrote it, with its version.
    coders, codes, variables, documents, codings, cases, notes, groups, links : tuple
    whole : tuple of Coding
        Codings of whole documents.
    notes_of_project : tuple of str
        GUIDs of notes about the project as a whole.
    """

    name: str
    origin: str = ""
    description: str = ""
    coders: tuple[Coder, ...] = ()
    codes: tuple[Code, ...] = ()
    variables: tuple[Variable, ...] = ()
    documents: tuple[Document, ...] = ()
    codings: tuple[Coding, ...] = ()
    whole: tuple[Coding, ...] = ()
    cases: tuple[Case, ...] = ()
    notes: tuple[Note, ...] = ()
    groups: tuple[Group, ...] = ()
    links: tuple[Link, ...] = ()
    notes_of_project: tuple[str, ...] = ()


def paths(codes: tuple[Code, ...]) -> dict[str, tuple[str, ...]]:
    """By code, the names from the top down to it; a circle of parents is cut.

    Examples
    --------
    >>> paths((Code("1", "food"), Code("2", "bread", "1")))["2"]
    ('food', 'bread')
    """
    named = {code.guid: code for code in codes}
    known: dict[str, tuple[str, ...]] = {}

    def path(guid: str) -> tuple[str, ...]:
        chain: list[str] = []
        while guid in named and guid not in known and guid not in chain:
            chain.append(guid)
            guid = named[guid].parent
        above = known.get(guid, ())
        for one in reversed(chain):
            above = (*above, named[one].name)
            known[one] = above
        return above

    return {code.guid: path(code.guid) for code in codes}
