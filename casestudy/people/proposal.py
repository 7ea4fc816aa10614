"""A proposal of who speaks, for a person to look at: each row says what it rests on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from casestudy.people.documents import Sheet
from casestudy.people.speakers import SEVERAL, Voice, questions, same_name, voices
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("document", "speaker", "participant", "role", "why")
# Labels that machines give to voices: the same label is another person in another file.
_MACHINE = re.compile(
    r"(?:speaker|spk|s|sprecher(?:in)?|puhuja|talare|locuteur|hablante)[ _-]?\d+", re.IGNORECASE
)
# Words for a person who asks, as part of a label. They are a reason in a proposal and decide nothing.
_ASKING_LABEL = re.compile(
    r"\b(?:interviewer(?:in)?|moderator(?:in)?|researcher|facilitator|host|haastattelija|tutkija|kysyjä"
    r"|intervjuare|enqu[êe]t(?:eur|rice)|entrevistador[a]?|intervistatore|intervistatrice|ankieter|kérdező)\b|^[IQ]\d?$",
    re.IGNORECASE,
)
_LEAST_LEAD = 2  # questions per turn: how many times as many the one who asks must ask


def propose(
    documents: Mapping[str, Transcript],
    whose: Mapping[str, Sheet],
    names: Mapping[str, Collection[str]],
    table: pd.DataFrame,
) -> pd.DataFrame:
    """Rows for speakers.csv: those that are there, and one for each speaker whom nothing states yet.

    Parameters
    ----------
    documents : mapping of id to Transcript
    whose : mapping of document to Sheet
    names : mapping of participant to names
    table : pandas.DataFrame
        From `casestudy.people.speakers.read`; its rows are kept as they are.

    Returns
    -------
    pandas.DataFrame
        ``document, speaker, participant, role, why``. ``role`` is empty where it is not clear: a person
        must say it.

    Notes
    -----
    In this order: a name from participants.csv; a label that says what the speaker does; a name that speaks
    in three documents or more of different people; who asks at least three questions and at least twice as
    many per turn as anybody else. Whoever is left beside an interviewer in a document of one participant is
    that participant. A name that opens one line of plain text, beside two that speak, may not be
    a speaker at all. Labels that machines give (Speaker 1, S01) say nothing across documents.
    """
    import pandas as pd

    common = _in_many(documents, whose)
    rows = table.to_dict("records")
    written = {(str(row["document"]), same_name(str(row["speaker"]))) for row in rows}
    for name in sorted(documents):
        document, sheet = documents[name], whose.get(name, Sheet(name))
        if len(document.speakers) < 2 or sheet.speaks_for_itself:
            continue
        stated = voices(document, sheet, names, table)
        fresh = _rows(document, sheet, names, stated, common)
        rows += [row for row in fresh if (name, same_name(row["speaker"])) not in written]
    columns = dict.fromkeys([*COLUMNS, *map(str, table.columns)])
    return pd.DataFrame(rows, columns=list(columns)).fillna("")


def undecided(table: pd.DataFrame, whose: Mapping[str, Sheet]) -> pd.DataFrame:
    """The rows that a person must complete: no role, or an answer in a talk of several without a person."""
    several = {name for name, sheet in whose.items() if len(sheet.participants) != 1}
    nameless = table["role"].eq("participant") & table["participant"].eq("")
    silent = table["role"].eq("") & table["participant"].eq("")
    return table[silent | (nameless & table["document"].isin(several))]


def _in_many(documents: Mapping[str, Transcript], whose: Mapping[str, Sheet]) -> dict[str, int]:
    """In how many documents of different people each name speaks; machines' labels are left out."""
    heard: dict[str, set[tuple[str, ...]]] = {}
    for name, document in documents.items():
        if len(document.speakers) < 2:
            continue
        people = whose[name].participants if name in whose else ()
        for speaker in document.speakers:
            if not _MACHINE.fullmatch(speaker):
                heard.setdefault(same_name(speaker), set()).add(people or (name,))
    return {speaker: len(groups) for speaker, groups in heard.items()}


def _rows(
    document: Transcript,
    sheet: Sheet,
    names: Mapping[str, Collection[str]],
    stated: Mapping[str, Voice],
    common: Mapping[str, int],
) -> list[dict[str, str]]:
    counts = _questions(document)
    roles: dict[str, tuple[str, str, str]] = {}  # speaker: participant, role, why
    mine = {same_name(called): who for who in sheet.participants for called in (who, *names.get(who, ()))}
    open_: list[str] = []
    doubtful = {one.name: one.why for one in document.headings if one.doubtful and one.speaker}
    for speaker in document.speakers:
        if stated[speaker].role != "unknown":
            if same_name(speaker) in mine:
                continue  # the name in participants.csv says it
            roles[speaker] = (stated[speaker].participant, stated[speaker].role, "")
            continue
        if _ASKING_LABEL.search(speaker):
            roles[speaker] = ("", "interviewer", f"the label {speaker!r} says so")
        elif common.get(same_name(speaker), 0) >= 3:
            count = common[same_name(speaker)]
            roles[speaker] = ("", "interviewer", f"speaks in {count} documents of different people")
        elif counts[speaker][1] == 1 and speaker in doubtful and len(document.speakers) > 2:
            why = f"may not be a speaker ({doubtful[speaker]}): write words where it is not"
            roles[speaker] = ("", "", why)
        else:
            open_.append(speaker)
    asks = any(role == "interviewer" for _, role, _ in roles.values())
    if not asks and (leader := _asks_most(counts, open_)):
        count, total = counts[leader][0], sum(asked for asked, _ in counts.values())
        roles[leader] = (
            "",
            "interviewer",
            f"asks {count} of {total} questions in {counts[leader][1]} turns",
        )
        open_.remove(leader)
        asks = True
    taken = {who for who, role, _ in roles.values() if role == "participant"}
    taken |= {mine[same_name(speaker)] for speaker in document.speakers if same_name(speaker) in mine}
    left = [who for who in sheet.participants if who not in taken]
    for speaker in open_:
        if not asks:
            asked = "; ".join(f"{one} asks {counts[one][0]}" for one in document.speakers)
            roles[speaker] = ("", "", f"it is not clear: {asked}")
        elif len(open_) == 1 and len(left) == 1:
            roles[speaker] = (left[0], "participant", "the only other speaker")
        elif sheet.kind == "focus group" or len(sheet.participants) > 1:
            roles[speaker] = ("", "participant", "one of several who answer: say which participant")
        else:
            roles[speaker] = ("", "", "it is not clear: several others speak")
    return [
        {"document": document.id, "speaker": speaker, "participant": who, "role": role, "why": why}
        for speaker, (who, role, why) in roles.items()
        if stated[speaker].role == "unknown"
    ]


def _questions(document: Transcript) -> dict[str, tuple[int, int]]:
    """By speaker: turns that hold a question, and turns."""
    turns = Counter(turn.speaker for turn in document.turns)
    return {speaker: (questions(document, speaker), count) for speaker, count in turns.items()}


def _asks_most(counts: Mapping[str, tuple[int, int]], among: Collection[str]) -> str:
    """Who asks clearly most, by questions in a turn; empty where it is not clear."""
    rates = sorted(((counts[one][0] / counts[one][1], one) for one in among), reverse=True)
    if not rates or counts[rates[0][1]][0] < SEVERAL:
        return ""
    others = [asked / turns for one, (asked, turns) in counts.items() if one != rates[0][1]]
    return rates[0][1] if all(rates[0][0] >= _LEAST_LEAD * other for other in others) else ""
