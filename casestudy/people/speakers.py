"""Who speaks: each speaker of each document is a participant, an interviewer or somebody else.

What decides is ``interviews/speakers.csv``, which a person writes or corrects (`casestudy.people.proposal`
proposes it). Without a row, three things alone are taken as known: a document with one voice is that of its
participant; a speaker who has the name of one of the document's participants is that participant; and so is
the one other voice in a document of one participant whose interviewer is stated. Whoever else speaks is
unknown, and the words count for nobody until the study says whose they are: credited to the wrong person they
would be wrong in every number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, get_args

from casestudy.errors import Problem, nearest
from casestudy.files.tables import Column, Schema, read_csv
from casestudy.people.documents import Sheet, sheets
from casestudy.people.documents import read as read_documents
from casestudy.study import Study
from casestudy.transcripts.transcript import Transcript
from casestudy.transcripts.turn import Role
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

FILE = "interviews/speakers.csv"
EVERY = "*"  # in the column document: this speaker, in whichever document
ROLES: tuple[str, ...] = ("interviewer", "participant", "other")
SCHEMA = Schema(
    "speakers",
    (
        Column("document", "text", "the document's id, or * for every document"),
        Column("speaker", "text", "the name as the transcript has it"),
        Column("participant", "text", "the participant's id, where a participant speaks", required=False),
        Column("role", "text", "interviewer, participant or other", required=False, allowed=ROLES),
        Column("why", "text", "what the proposal rests on", required=False),
    ),
)
assert set(ROLES) < set(get_args(Role))


@dataclass(frozen=True)
class Voice:
    """Who a speaker is.

    Attributes
    ----------
    role : {"participant", "interviewer", "other", "unknown"}
    participant : str
        Id; empty where nobody in particular is known.
    """

    role: Role
    participant: str = ""


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
    mine = {same_name(name): one for one in sheet.participants for name in (one, *names.get(one, ()))}
    speakers = [*dict.fromkeys(turn.speaker for turn in document.turns)]
    only = sheet.participants[0] if len(sheet.participants) == 1 else ""
    known: dict[str, Voice] = {}
    for speaker in speakers:
        if (row := stated.get(same_name(speaker))) is not None:
            known[speaker] = (
                row if row.role != "participant" or row.participant else Voice("participant", only)
            )
        elif speaker and same_name(speaker) in mine:
            known[speaker] = Voice("participant", mine[same_name(speaker)])
        elif len(speakers) == 1 or sheet.speaks_for_itself:
            known[speaker] = Voice("participant", only)
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
        known[unknown[0]] = Voice("participant", only)
    return known


_Rows = Mapping[str, Mapping[str, Voice]]


def _by_document(table: pd.DataFrame) -> _Rows:
    """Voices by document and compared name, as the rows state them."""
    rows: dict[str, dict[str, Voice]] = {}
    for row in table.to_dict("records"):
        role = str(row["role"]) or ("participant" if row["participant"] else "")
        if role:
            voice = Voice(role, str(row["participant"]))  # type: ignore[arg-type]
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
    names = names_of(people)
    whose = sheets(documents, names, read_documents(study))
    return all_assigned(documents, whose, names, read(study))


def names_of(people: pd.DataFrame) -> dict[str, list[str]]:
    """The names under which each participant speaks: the pseudonym, where there is one."""
    if "pseudonym" not in people:
        return {str(one): [] for one in people["participant_id"]}
    return {
        str(one): [str(name)] if name == name and name else []
        for one, name in zip(people["participant_id"], people["pseudonym"], strict=True)
    }


def problems(
    table: pd.DataFrame,
    documents: Mapping[str, Transcript],
    people: Collection[str],
    broken: Collection[str] = (),
) -> list[Problem]:
    """What is wrong with speakers.csv: documents, speakers and participants that are not there, doubles."""
    wrong = []
    every = {same_name(speaker) for one in documents.values() for speaker in one.speakers}
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(table.to_dict("records"), 2):
        name, speaker, who = (str(row[column]) for column in ("document", "speaker", "participant"))
        where = f"{FILE}, row {number}"
        if (name, same_name(speaker)) in seen:
            wrong.append(Problem(where, f"a second row for {speaker!r} in {name!r}.", "Delete one of them."))
        seen.add((name, same_name(speaker)))
        if name == EVERY:
            if same_name(speaker) not in every and not broken:
                wrong.append(
                    Problem(where, f"{speaker!r} speaks in no document.", "Correct it, or delete the row.")
                )
        elif name not in documents:
            if name not in broken:
                wrong.append(
                    Problem(where, f"document {name!r} is not there.", nearest(name, documents)[:200])
                )
        elif same_name(speaker) not in {same_name(one) for one in documents[name].speakers}:
            named = ", ".join(documents[name].speakers) or "nobody"
            found = f"{speaker!r} does not speak in {name} ({named} does)."
            wrong.append(Problem(where, found, "Write the name as the transcript has it."))
        if who and who not in people:
            found = f"participant {who!r} is not in participants.csv."
            wrong.append(Problem(where, found, nearest(who, people)[:200] or "Add the row there."))
        if who and row["role"] in ("interviewer", "other"):
            found = f"{speaker!r} is {row['role']} and participant {who!r} at once."
            wrong.append(Problem(where, found, "Leave one of the two empty."))
    return wrong


def unheard(
    documents: Iterable[Transcript], whose: Mapping[str, Sheet], where: Mapping[str, str]
) -> list[Problem]:
    """Talks in which it is not known who asks, or whose words some are.

    Parameters
    ----------
    documents : iterable of Transcript
        With roles, from `assigned`.
    whose : mapping of document to Sheet
    where : mapping of document to its file
    """
    wrong = []
    propose = "Run casestudy documents speakers --propose, and look at the rows it writes."
    for document in documents:
        strangers = list(dict.fromkeys(turn.speaker for turn in document.turns if turn.role == "unknown"))
        place = where.get(document.id, document.id)
        if strangers:
            words = sum(
                len(document.text[turn.speech : turn.end].split())
                for turn in document.turns
                if turn.role == "unknown"
            )
            named = ", ".join(repr(one) for one in strangers)
            found = f"who {named} is, is not known; {counted(words, 'word')} count for nobody."
            wrong.append(Problem(place, found, propose))
            continue
        sheet = whose.get(document.id, Sheet(document.id))
        talk = sheet.kind in ("interview", "focus group") and len(document.speakers) > 1
        if talk and not any(turn.role == "interviewer" for turn in document.turns):
            wrong.append(Problem(place, "in this talk nobody is known to ask.", propose))
    return wrong


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
            count[turn.role] += len(document.text[turn.speech : turn.end].split())
        rows.append({"document": document.id, **count})
    return pd.DataFrame(rows, columns=["document", *roles])
