"""Which document is whose: one file may hold several people, and one person may have several files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from casestudy.errors import Problem, nearest
from casestudy.files.tables import Column, Schema, read_csv
from casestudy.study import Study
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

FILE = "interviews/documents.csv"
Kind = Literal["interview", "focus group", "diary", "field notes", "document", "message"]
KINDS: tuple[str, ...] = get_args(Kind)
NOTES = "field notes"  # the researcher's own words, whoever they are about
TALKS: tuple[str, ...] = ("interview", "focus group", "diary")  # kinds in which people are heard
SCHEMA = Schema(
    "documents",
    (
        Column("document", "text", "the document's id: its file's name without the ending", unique=True),
        Column("participants", "text", "ids of those who speak, with spaces between them", required=False),
        Column("sitting", "integer", "1 for the first talk with them, 2 for the next", required=False),
        Column("kind", "text", "what it is", required=False, allowed=KINDS),
        Column("language", "text", "language tag, such as en or fi", required=False),
        Column("translation_of", "text", "the document that this one translates", required=False),
    ),
)


@dataclass(frozen=True)
class Sheet:
    """What the study says of one document.

    Attributes
    ----------
    document : str
    participants : tuple of str
        Ids of those who speak in it, or whom field notes are about; empty for a firm's paper.
    kind : str
        One of `KINDS`.
    sitting : int
        Counted from 1 for each set of participants.
    language : str
        Empty where it is the study's.
    translation_of : str
        Id of the original; empty for none.
    counted_in : str
        Id of the document whose words count instead: of a talk and its translations one is counted, that in
        the study's language, else the original. Empty for a document that is counted itself.
    talk : bool
        Whether people speak with each other in it, whoever they are.
    """

    document: str
    participants: tuple[str, ...] = ()
    kind: str = "document"
    sitting: int = 1
    language: str = ""
    translation_of: str = ""
    talk: bool = False
    counted_in: str = ""

    @property
    def speaks_for_itself(self) -> bool:
        """Whether it is a paper rather than a talk: all its words are its own, whoever is named in it."""
        return self.kind == NOTES or not (self.participants or self.talk)


def read(study: Study) -> pd.DataFrame:
    """The table ``interviews/documents.csv``, sorted by document; no rows where the file is not there.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    import pandas as pd

    found = study.inputs(FILE)
    table = read_csv(found[0], SCHEMA, FILE) if found else pd.DataFrame(columns=SCHEMA.names)
    for name in SCHEMA.names:
        if name not in table:
            table[name] = None
    return table.sort_values("document", kind="stable", ignore_index=True)


def sheets(
    documents: Mapping[str, Transcript],
    people: Collection[str],
    table: pd.DataFrame | None = None,
    language: str = "",
) -> dict[str, Sheet]:
    """What each document is and whose.

    Parameters
    ----------
    documents : mapping of id to Transcript
    people : collection of str
        Ids of the participants.
    table : pandas.DataFrame, optional
        From `read`. A document without a row is the interview of the participant who has its id, or nobody's.
    language : str
        The study's language, which says what counts of a talk and its translations.

    Returns
    -------
    dict of str to Sheet
        In order of the ids of documents.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> texts = {name: from_text("Well.", name) for name in ("p1", "memo")}
    >>> [(one.document, one.kind, one.participants) for one in sheets(texts, ["p1"]).values()]
    [('memo', 'document', ()), ('p1', 'interview', ('p1',))]
    """
    rows = {} if table is None else {str(row["document"]): row for row in table.to_dict("records")}
    whose: dict[str, Sheet] = {}
    for name in sorted(documents):
        row = rows.get(name)
        message = documents[name].format == "message"
        if row is None:
            own: tuple[str, ...] = (name,) if name in people else ()
            kind = "message" if message else "interview" if own else "document"
            whose[name] = Sheet(name, own, kind, talk=is_talk(documents[name]))
            continue
        mine: tuple[str, ...] = tuple(_text(row["participants"]).replace(",", " ").replace(";", " ").split())
        if not mine and name in people:
            mine = (name,)
        default = (
            "message" if message else "focus group" if len(mine) > 1 else "interview" if mine else "document"
        )
        kind = _text(row["kind"]) or default
        sitting = row["sitting"]
        whose[name] = Sheet(
            name,
            mine,
            kind,
            int(sitting) if sitting == sitting and sitting is not None else 1,
            _text(row["language"]),
            _text(row["translation_of"]),
            kind in TALKS,
        )
    return whose | _counted_once(whose, language)


def _counted_once(whose: Mapping[str, Sheet], language: str) -> dict[str, Sheet]:
    """The sheets of documents that are counted in another one: a translation, or what was translated."""
    texts: dict[str, list[str]] = {}
    for name, sheet in whose.items():
        original = sheet.translation_of
        if original in whose and original != name and not whose[original].translation_of:
            texts.setdefault(original, [original]).append(name)
    changed = {}
    for original, names in texts.items():
        ours = [name for name in names if language and _primary(whose[name].language) == _primary(language)]
        counted = original if not ours or original in ours else ours[0]
        for name in names:
            if name != counted:
                changed[name] = replace(whose[name], counted_in=counted)
    return changed


def _primary(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].casefold()


def is_talk(document: Transcript) -> bool:
    """Whether a document reads like a talk: two people or more speak in it.

    A front line ``> Not an interview`` says that it is none, such as the minutes of a meeting.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> is_talk(from_text("Aino: Hello.\\n\\nEero: Hello.", "t")), is_talk(from_text("A memo.", "d"))
    (True, False)
    """
    stated = any(note.casefold().startswith("not an interview") for note in document.notes)
    return not stated and len(document.speakers) > 1


def problems(
    table: pd.DataFrame,
    documents: Mapping[str, Transcript],
    people: Collection[str],
    broken: Collection[str] = (),
) -> list[Problem]:
    """Rows of documents that are not there, and participants that participants.csv does not have."""
    wrong = []
    originals = {str(row["document"]): _text(row["translation_of"]) for row in table.to_dict("records")}
    for row in table.to_dict("records"):
        name = str(row["document"])
        where = f"{FILE}, document {name!r}"
        if name not in documents and name not in broken:
            wrong.append(Problem(where, "there is no such document.", nearest(name, documents)[:200]))
        for one in _text(row["participants"]).replace(",", " ").replace(";", " ").split():
            if one not in people:
                remedy = nearest(one, people)[:200] or "Add a row to interviews/participants.csv."
                wrong.append(Problem(where, f"participant {one!r} is not in participants.csv.", remedy))
        other = _text(row["translation_of"])
        if other and other not in documents and other not in broken:
            wrong.append(
                Problem(where, f"it translates {other!r}, which is not there.", nearest(other, documents))
            )
        elif other and (other == name or originals.get(other)):
            found = f"it translates {other!r}, which is {'itself' if other == name else 'a translation'}."
            wrong.append(Problem(where, found, "Name the original."))
    return wrong


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value).strip()
