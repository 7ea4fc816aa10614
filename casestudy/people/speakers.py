"""Who speaks: each speaker of each document is a participant, an interviewer or somebody else.

What decides is ``interviews/speakers.csv``, which a person writes or corrects (`casestudy.people.proposal`
proposes it). Without a row, three things alone are taken as known: a document with one voice is that of its
participant; a speaker who has the name of one of the document's participants is that participant; and so is
the one other voice in a document of one participant whose interviewer is stated. Whoever else speaks is
unknown, and the words count for nobody until the study says whose they are: credited to the wrong person they
would be wrong in every number.

The file also overrules how a plain text was read: a row with the role ``words`` says that a heading is not a
speaker, and any other row that it is one. What a format states itself is never overruled.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, get_args

from casestudy.files.tables import Column, Schema, read_csv
from casestudy.people.documents import Sheet, sheets
from casestudy.people.documents import read as read_documents
from casestudy.study import Study
from casestudy.transcripts.transcript import Transcript, word_count
from casestudy.transcripts.turn import Role

if TYPE_CHECKING:
    import pandas as pd

FILE = "interviews/speakers.csv"
EVERY = "*"  # in the column document: this speaker, in whichever document
WORDS = "words"  # in the column role: no speaker, although a line of plain text opens like one
ROLES: tuple[str, ...] = ("interviewer", "participant", "other", WORDS)
SCHEMA = Schema(
    "speakers",
    (
        Column("document", "text", "the document's id, or * for every document"),
        Column("speaker", "text", "the name as the transcript has it"),
        Column("participant", "text", "the participant's id, where a participant speaks", required=False),
        Column("role", "text", "interviewer, participant, other; or words", required=False, allowed=ROLES),
        Column("why", "text", "what the proposal rests on", required=False),
    ),
)
assert set(ROLES) - {WORDS} < set(get_args(Role))


@dataclass(frozen=True)
class Voice:
    """Who a speaker is.

    Attributes
    ----------
    role : {"participant", "interviewer", "other", "unknown"}
    participant : str
        Id; empty where nobody in particular is known.
    why : str
        What that rests on, in words.
    """

    role: Role
    participant: str = ""
    why: str = field(default="", compare=False)


def read(study: Study) -> pd.DataFrame:
    """The table ``interviews/speakers.csv``; no rows where the file is not there.

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
        table[name] = table[name].astype(object).where(table[name].notna(), "")
    return table


@lru_cache(4096)
def same_name(name: str) -> str:
    """A name as it is compared: composed, single spaces, without regard to capitals.

    Examples
    --------
    >>> same_name("Pa\\u0308ivi  OJA") == same_name("päivi oja")
    True
    """
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def voices(
    document: Transcript,
    sheet: Sheet,
    names: Mapping[str, Collection[str]],
    table: pd.DataFrame | None = None,
) -> dict[str, Voice]:
    """Who each speaker of a document is.

    Parameters
    ----------
    document : Transcript
    sheet : Sheet
        Whose document it is, from `casestudy.people.documents.sheets`.
    names : mapping of participant to collection of str
        The names under which each participant speaks.
    table : pandas.DataFrame, optional
        From `read`. A row of this document stands before one of every document (``*``).

    Returns
    -------
    dict of str to Voice
        By speaker as the transcript has it; the empty name stands for turns without a speaker.
    """
    return _voices(document, sheet, names, {} if table is None else _by_document(table))


def _voices(
    document: Transcript, sheet: Sheet, names: Mapping[str, Collection[str]], rows: _Rows
) -> dict[str, Voice]:
    # Rows of every document say nothing of a paper that speaks for itself.
    every = {} if sheet.speaks_for_itself else rows.get(EVERY, {})
    stated = {**every, **rows.get(document.id, {})}
    theirs = () if sheet.speaks_for_itself else sheet.participants
    mine = {same_name(name): one for one in theirs for name in (one, *names.get(one, ()))}
    speakers = [*dict.fromkeys(turn.speaker for turn in document.turns)]
    only = theirs[0] if len(theirs) == 1 else ""
    known: dict[str, Voice] = {}
    for speaker in speakers:
        if (row := stated.get(same_name(speaker))) is not None:
            whose_voice = row.participant or (only if row.role == "participant" else "")
            known[speaker] = replace(row, participant=whose_voice)
        elif speaker and same_name(speaker) in mine:
            known[speaker] = Voice("participant", mine[same_name(speaker)], "the name in participants.csv")
        elif len(speakers) == 1 or sheet.speaks_for_itself:
            why = "a paper speaks for itself" if sheet.speaks_for_itself else "the only voice"
            known[speaker] = Voice("participant", only, why)
        else:
            known[speaker] = Voice("unknown")
    unknown = [speaker for speaker, voice in known.items() if voice.role == "unknown" and speaker]
    answered = any(voice.role == "participant" for voice in known.values())
    if (
        only
        and not answered
        and len(unknown) == 1
        and any(one.role == "interviewer" for one in known.values())
    ):
        known[unknown[0]] = Voice("participant", only, "the only other speaker")
    return known


def ruled(documents: Mapping[str, Transcript], table: pd.DataFrame) -> dict[str, Transcript]:
    """The documents with headings taken for speakers or for words as speakers.csv says.

    Parameters
    ----------
    documents : mapping of id to Transcript
    table : pandas.DataFrame
        From `read`.

    Examples
    --------
    >>> import pandas as pd
    >>> from casestudy.transcripts.transcript import from_text
    >>> talk = from_text("Q: So?\\n\\nAino: Yes.\\n\\nSummer: warm.\\n\\nQ: Why?", "t")
    >>> table = pd.DataFrame([("t", "Summer", "", "words")], columns=SCHEMA.names[:4])
    >>> ruled({"t": talk}, table)["t"].speakers
    ('Q', 'Aino')
    """
    said: dict[str, dict[str, bool]] = {}
    for row in table.to_dict("records"):
        said.setdefault(str(row["document"]), {})[same_name(str(row["speaker"]))] = row["role"] != WORDS
    every = said.get(EVERY, {})
    return {
        name: document.ruled({**every, **said.get(name, {})}) if every or name in said else document
        for name, document in documents.items()
    }


_Rows = Mapping[str, Mapping[str, Voice]]


def _by_document(table: pd.DataFrame) -> _Rows:
    """Voices by document and compared name, as the rows state them."""
    rows: dict[str, dict[str, Voice]] = {}
    for row in table.to_dict("records"):
        role = str(row["role"]) or ("participant" if row["participant"] else "")
        if role and role != WORDS:
            why = str(row.get("why") or "") or FILE
            voice = Voice(role, str(row["participant"]), why)  # type: ignore[arg-type]
            rows.setdefault(str(row["document"]), {})[same_name(str(row["speaker"]))] = voice
    return rows


def all_assigned(
    documents: Mapping[str, Transcript],
    whose: Mapping[str, Sheet],
    names: Mapping[str, Collection[str]],
    table: pd.DataFrame,
) -> dict[str, Transcript]:
    """Every document with `voices` and `assigned`, by id; see there for what is given."""
    rows = _by_document(table)
    return {
        name: assigned(document, _voices(document, whose[name], names, rows), whose[name])
        for name, document in documents.items()
    }


def assigned(document: Transcript, known: Mapping[str, Voice], sheet: Sheet | None = None) -> Transcript:
    """The document with the role and the participant of each turn, and with what the study says of it.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> talk = from_text("Q: Well?\\n\\nAino: I do.", "t")
    >>> heard = assigned(talk, {"Q": Voice("interviewer"), "Aino": Voice("participant", "p1")})
    >>> [(turn.role, turn.participant) for turn in heard.turns], len(heard.own_turns)
    ([('interviewer', ''), ('participant', 'p1')], 1)
    """
    unknown = Voice("unknown")
    turns = []
    for turn in document.turns:
        voice = known.get(turn.speaker, unknown)
        role: Role = voice.role if turn.kind == "speech" else "other"
        who = voice.participant if role == "participant" else ""
        if (turn.role, turn.participant) != (role, who):
            turn = turn.said_by(role, who)
        turns.append(turn)
    said = Sheet(document.id) if sheet is None else sheet
    return replace(
        document,
        turns=tuple(turns),
        kind=said.kind,
        participants=said.participants,
        sitting=said.sitting,
        language=said.language,
        counted_in=said.counted_in,
    )


def heard(study: Study, documents: Mapping[str, Transcript], people: pd.DataFrame) -> dict[str, Transcript]:
    """All documents as the study's files say who speaks in them.

    Parameters
    ----------
    study : Study
    documents : mapping of id to Transcript
        As their files were read; feedback messages may be among them.
    people : pandas.DataFrame
        From `casestudy.people.participants.read`.

    Raises
    ------
    InputError
        With every problem of documents.csv or speakers.csv that makes the file unreadable.
    """
    names, table = names_of(people), read(study)
    documents = ruled(documents, table)
    whose = sheets(documents, names, read_documents(study), study.language)
    return all_assigned(documents, whose, names, table)


def names_of(people: pd.DataFrame) -> dict[str, list[str]]:
    """The names under which each participant speaks: the pseudonym, where there is one."""
    if "pseudonym" not in people:
        return {str(one): [] for one in people["participant_id"]}
    return {
        str(one): [str(name)] if name == name and name else []
        for one, name in zip(people["participant_id"], people["pseudonym"], strict=True)
    }


def questions(document: Transcript, speaker: str | None = None) -> int:
    """Turns that hold a question: all, or those of one speaker.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> questions(from_text("A: Who? When?\\n\\nB: I; and she.\\n\\nA: Τι είναι;", "t"), "A")
    2
    """
    return sum(
        _QUESTION.search(document.text, turn.speech, turn.end) is not None
        for turn in document.turns
        if speaker is None or turn.speaker == speaker
    )


# The Greek question mark looks like a semicolon.
_QUESTION = re.compile(r"[?？؟՞⸮]|(?<=[\u0370-\u03ff\u1f00-\u1fff]);")
SEVERAL = 3  # questions that do not stand in a talk by chance


def words_by_role(documents: Iterable[Transcript]) -> pd.DataFrame:
    """Words of each document by whose they are.

    Returns
    -------
    pandas.DataFrame
        One row a document: ``document`` and the words of ``participant, interviewer, other, unknown``.
    """
    import pandas as pd

    roles: Sequence[str] = get_args(Role)
    rows = []
    for document in documents:
        count = dict.fromkeys(roles, 0)
        for turn in document.turns:
            count[turn.role] += word_count(document.spoken(turn))
        rows.append({"document": document.id, **count})
    return pd.DataFrame(rows, columns=["document", *roles])
