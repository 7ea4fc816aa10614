"""What is wrong with speakers.csv, and talks in which it is not known whose the words are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from casestudy.errors import Problem, nearest
from casestudy.people.documents import FILE as DOCUMENTS
from casestudy.people.documents import Sheet
from casestudy.people.speakers import EVERY, FILE, SEVERAL, WORDS, questions, same_name
from casestudy.transcripts.transcript import Transcript, word_count
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd


def problems(
    table: pd.DataFrame,
    documents: Mapping[str, Transcript],
    people: Collection[str],
    broken: Collection[str] = (),
) -> list[Problem]:
    """What is wrong with speakers.csv: documents, speakers and participants that are not there, doubles.

    The documents are those that the table has `ruled`.
    """
    wrong = []
    every = {same_name(speaker) for one in documents.values() for speaker in one.speakers}
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(table.to_dict("records"), 2):
        name, speaker, who = (str(row[column]) for column in ("document", "speaker", "participant"))
        where = f"{FILE}, row {number}"
        if (name, same_name(speaker)) in seen:
            wrong.append(Problem(where, f"a second row for {speaker!r} in {name!r}.", "Delete one of them."))
        seen.add((name, same_name(speaker)))
        if name not in (EVERY, *documents, *broken):
            wrong.append(Problem(where, f"document {name!r} is not there.", nearest(name, documents)[:200]))
        if row["role"] == WORDS:
            wrong += _not_words(
                where, documents.values() if name == EVERY else [documents.get(name)], speaker
            )
        elif name == EVERY:
            if same_name(speaker) not in every and not broken:
                wrong.append(
                    Problem(where, f"{speaker!r} speaks in no document.", "Correct it, or delete the row.")
                )
        elif name in documents:
            wrong += _silent(where, documents[name], speaker)
        if who and who not in people:
            found = f"participant {who!r} is not in participants.csv."
            wrong.append(Problem(where, found, nearest(who, people)[:200] or "Add the row there."))
        if who and row["role"] in ("interviewer", "other", WORDS):
            found = f"{speaker!r} is {row['role']} and participant {who!r} at once."
            wrong.append(Problem(where, found, "Leave one of the two empty."))
    return wrong


def _silent(where: str, document: Transcript, speaker: str) -> list[Problem]:
    """Whether a row names somebody who does not speak in its document."""
    if same_name(speaker) in {same_name(one) for one in document.speakers}:
        return []
    named = ", ".join(document.speakers) or "nobody"
    found = f"{speaker!r} does not speak in {document.id} ({named} does)."
    return [Problem(where, found, "Write the name as the transcript has it.")]


def _not_words(where: str, documents: Iterable[Transcript | None], speaker: str) -> list[Problem]:
    """Whether a row may say that a name is not a speaker: only of headings that were guessed."""
    name = same_name(speaker)
    known = [one for one in documents if one is not None]
    stated = [one.id for one in known if name in {same_name(each) for each in one.speakers}]
    if stated:
        found = f"{speaker!r} speaks in {stated[0]} as its file states, not by a guess."
        return [Problem(where, found, "Write the role other: the words then count for nobody.")]
    if known and not any(name == same_name(each.name) for one in known for each in one.headings):
        found = f"no line opens with {speaker!r} as with a speaker's name."
        return [Problem(where, found, "Correct it, or delete the row.")]
    return []


def unheard(
    documents: Iterable[Transcript],
    whose: Mapping[str, Sheet],
    where: Mapping[str, str],
    table: pd.DataFrame | None = None,
) -> list[Problem]:
    """Talks in which it is not known who asks, or whose words some are.

    Parameters
    ----------
    documents : iterable of Transcript
        With roles, from `assigned`.
    whose : mapping of document to Sheet
    where : mapping of document to its file
    table : pandas.DataFrame, optional
        From `casestudy.people.speakers.read`: rows that wait for a person to write the role.
    """
    wrong = []
    rows = (
        [] if table is None else table[table["role"].eq("") & table["participant"].eq("")].to_dict("records")
    )
    waiting = {(str(row["document"]), same_name(str(row["speaker"]))): str(row["why"]) for row in rows}
    propose = "Run casestudy documents speakers --propose, and look at the rows it writes."
    for document in documents:
        strangers = list(dict.fromkeys(turn.speaker for turn in document.turns if turn.role == "unknown"))
        place = where.get(document.id, document.id)
        if strangers:
            words = sum(
                word_count(document.spoken(turn)) for turn in document.turns if turn.role == "unknown"
            )
            named = ", ".join(repr(one) for one in strangers)
            found = f"who {named} is, is not known; {counted(words, 'word')} count for nobody."
            keys = [(document.id, same_name(speaker)) for speaker in strangers]
            asked = [waiting[key] for key in keys if key in waiting]
            remedy = propose
            if len(asked) == len(strangers):
                reason = f" ({why})" if (why := "; ".join(dict.fromkeys(filter(None, asked)))) else ""
                remedy = f"Write role or participant in the rows of {FILE} that wait for a person{reason}."
            wrong.append(Problem(place, found, remedy))
            continue
        sheet = whose.get(document.id, Sheet(document.id))
        talk = sheet.kind in ("interview", "focus group")
        if not talk or any(turn.role == "interviewer" for turn in document.turns):
            continue
        if len(document.speakers) > 1:
            wrong.append(Problem(place, "in this talk nobody is known to ask.", propose))
        elif (count := questions(document)) >= SEVERAL:
            named = f"all by {document.speakers[0]!r}" if document.speakers else "without a speaker"
            found = f"in this talk nobody is known to ask: {counted(count, 'question')} {named}."
            remedy = "Write who speaks before each turn; or, where one person alone speaks, kind diary in "
            wrong.append(Problem(place, found, f"{remedy}{DOCUMENTS}."))
    return wrong
