"""What was imported and has no place in the study's own files, and which thing of a file became which here.

Each import writes one file, ``interviews/imported/NAME.json``: the project as it was read, without texts and
codings, and the ids that its things have in the study. An export gives it all back, and a newer export of the
same project is compared with it: what nobody changed here is updated, the rest stays.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from casestudy.errors import InputError, Problem
from casestudy.files import guard, reading
from casestudy.files.names import unfit
from casestudy.interchange.project import Project, guid_of
from casestudy.study import Study
from casestudy.transcripts.text import sha256

FOLDER = "interviews/imported"
BY = "imported from "


@dataclass(frozen=True)
class Ledger:
    """One import.

    Attributes
    ----------
    name : str
        The file's name without ending; codings from it say ``imported from NAME``.
    project : Project
        As it was last read; documents have no text, and codings are those the study cannot hold.
    texts : mapping of document's GUID to SHA-256
    codes, documents, coders, cases : mapping of GUID to id in the study
    """

    name: str
    project: Project
    texts: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    coders: Mapping[str, str] = field(default_factory=dict)
    cases: Mapping[str, str] = field(default_factory=dict)


def slug(words: str, otherwise: str) -> str:
    """Words as an id that can be a file's name: letters, digits, ``-``, ``_`` and dots.

    Examples
    --------
    >>> slug("Interview 1 (Aino)", "document"), slug("???", "code")
    ('interview-1-aino', 'code')
    """
    plain = unicodedata.normalize("NFC", words.strip()).casefold()
    plain = re.sub(r"[^\w.]+", "-", unicodedata.normalize("NFC", plain)).strip("-._")[:60].strip("-._")
    while len(plain.encode("utf-8")) > 150:
        plain = plain[:-1]
    return plain if plain and not unfit(plain) else otherwise


def name_of(project: Project) -> str:
    """The name of a project's ledger: one for each copy of a project, known by those who coded in it."""
    working = {coding.coder for coding in (*project.codings, *project.whole)}
    names = sorted(coder.name for coder in project.coders if coder.guid in working)
    return f"{slug(project.name, 'project')}-{guid_of(project.name, *names)[:8]}"


def read_all(study: Study) -> list[Ledger]:
    """Every import of a study, by name.

    Raises
    ------
    InputError
        With each file that cannot be read.
    """
    found = []
    for path in study.inputs(f"{FOLDER}/*.json"):
        where = f"{FOLDER}/{path.name}"
        with guard.reading(where, "An import cannot be read."):
            data = json.loads(reading.data(path).decode("utf-8"))
            found.append(_ledger(path.stem, data, where))
    return found


def _ledger(name: str, data: Any, where: str) -> Ledger:
    import msgspec

    try:
        project = msgspec.convert(data["project"], Project)
    except msgspec.ValidationError as error:
        problem = Problem(where, f"it is damaged ({error}).", "Restore it from the version history.")
        raise InputError("An import cannot be read.", [problem]) from error
    maps = {key: dict(data.get(key, {})) for key in ("texts", "codes", "documents", "coders", "cases")}
    return Ledger(name, project, **maps)


def file_bytes(ledger: Ledger) -> bytes:
    """A ledger as its file."""
    project = ledger.project
    bare = replace(
        project,
        documents=tuple(replace(one, text="") for one in project.documents),
        codings=tuple(one for one in project.codings if one.document not in ledger.texts),
    )
    data = {"project": asdict(bare)}
    for key in ("texts", "codes", "documents", "coders", "cases"):
        data[key] = dict(getattr(ledger, key))
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def texts_of(project: Project) -> dict[str, str]:
    """The SHA-256 of each document's text, by GUID; documents without text are left out."""
    return {one.guid: sha256(one.text) for one in project.documents if not one.lacks_text}


def imported(by: str) -> str:
    """The ledger that a record comes from; empty for a person's own.

    Examples
    --------
    >>> imported("imported from garden-1a2b3c4d"), imported("suggested by rules")
    ('garden-1a2b3c4d', '')
    """
    return by.removeprefix(BY) if by.startswith(BY) else ""
