"""Every problem of people and of who speaks: participants, whose documents are whose, speakers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem
from casestudy.people import consent, participants, speakers, unheard
from casestudy.people import documents as sheets
from casestudy.study import Study
from casestudy.transcripts.transcript import FOLDER, Transcript

if TYPE_CHECKING:
    import pandas as pd


def check(study: Study, texts: Mapping[str, Transcript], broken: Collection[str]) -> list[Problem]:
    """List every problem of participants.csv, documents.csv and speakers.csv beside the transcripts.

    Parameters
    ----------
    study : Study
    texts : mapping of id to Transcript
        The documents that can be read.
    broken : collection of str
        Ids of those that are there and cannot.

    Returns
    -------
    list of Problem
        Interviews that belong to nobody, people without a transcript, names that do not speak, speakers
        who are unknown, talks in which nobody is known to ask; empty where all is well.
    """
    texts = {name: one for name, one in texts.items() if one.format != "message"}
    problems: list[Problem] = []
    tables: list[pd.DataFrame] = []
    for read in (participants.read, sheets.read, speakers.read):
        try:
            tables.append(read(study))
        except InputError as error:
            problems += error.problems
    if len(tables) < 3:
        return problems
    people, whose_table, voices = tables
    texts = speakers.ruled(texts, voices)
    names = speakers.names_of(people)
    whose = sheets.sheets(texts, names, whose_table, study.language)
    there = bool(study.inputs(participants.FILE))
    problems += participants.unmatched(people, texts, whose, broken, there=there)
    problems += consent.problems(people)
    problems += sheets.problems(whose_table, texts, names, broken)
    problems += unheard.problems(voices, texts, names, broken)
    heard = speakers.all_assigned(texts, whose, names, voices)
    problems += _silent_names(people, heard, set(voices["participant"]))
    files = {name: f"{FOLDER}/{name}.{one.format}" for name, one in texts.items()}
    known = [one for one in heard.values() if one.participants or not sheets.is_talk(one)]
    return problems + unheard.unheard(known, whose, files, voices)


def _silent_names(people: pd.DataFrame, heard: Mapping[str, Transcript], stated: set[str]) -> list[Problem]:
    """Pseudonyms that speak in none of the person's talks, unless speakers.csv states who the person is."""
    problems = []
    talks_of: dict[str, list[Transcript]] = {}
    for document in heard.values():
        for who in dict.fromkeys(document.participants if document.speakers else ()):
            talks_of.setdefault(who, []).append(document)
    for row in people.to_dict("records"):
        who, name = str(row["participant_id"]), str(row["pseudonym"] or "")
        talks = talks_of.get(who, [])
        spoken = {speakers.same_name(speaker) for one in talks for speaker in one.speakers}
        if not name or not talks or who in stated or speakers.same_name(name) in spoken:
            continue
        others = [
            speaker
            for one in talks
            for speaker in one.speakers
            if not any(turn.role == "interviewer" and turn.speaker == speaker for turn in one.turns)
        ]
        found = f"pseudonym {name!r} does not speak in {talks[0].id} ({', '.join(dict.fromkeys(others))} do)."
        problems.append(Problem(participants.FILE, found, "Write the name as the transcript has it."))
    return problems
