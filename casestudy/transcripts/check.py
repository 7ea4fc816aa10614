"""Every problem of the study's documents: unreadable files, mistyped speakers, times that run back."""

from __future__ import annotations

import difflib
import math
import re

from casestudy.errors import InputError, Problem
from casestudy.study import Study
from casestudy.transcripts import transcript
from casestudy.transcripts.transcript import FOLDER, Transcript

MESSAGES = "interviews/feedback/messages.csv"
# Unicode category Cc but line feed and tabulator.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def check(study: Study) -> list[Problem]:
    """All problems of transcripts, documents and feedback messages.

    Returns
    -------
    list of Problem
        In the order of the files; empty when all is well.
    """
    problems: list[Problem] = []
    seen: set[str] = set()
    for path in transcript.document_files(study):
        where = f"{FOLDER}/{path.name}"
        if path.stem in seen:
            problems.append(
                Problem(where, f"a second file named {path.stem!r}.", "A document's id is its name.")
            )
            continue
        seen.add(path.stem)
        try:
            problems += document(transcript.read(path, where=where), where)
        except InputError as error:
            problems += error.problems
    for path in study.inputs(MESSAGES):
        try:
            transcript.messages(path, MESSAGES)
        except InputError as error:
            problems += error.problems
    return problems


def document(one: Transcript, where: str) -> list[Problem]:
    """Problems of one document that could be read."""
    if not one.text.strip():
        return [Problem(where, "it is empty.", "Write the transcript, or remove the file.")]
    problems = []
    if control := _CONTROL.search(one.text):
        line = one.text.count("\n", 0, control.start()) + 1
        found = f"a control character (U+{ord(control[0]):04X})."
        remedy = "Take it out before the text is coded: it is not seen, and moves what is counted."
        problems.append(Problem(f"{where}, line {line}", found, remedy))
    counts: dict[str, int] = {}
    for turn in one.turns:
        if turn.speaker:
            counts[turn.speaker] = counts.get(turn.speaker, 0) + 1
    for name, count in counts.items():
        others = [other for other in counts if counts[other] > max(count, 2) and other != name]
        like = difflib.get_close_matches(name.casefold(), [other.casefold() for other in others], 1, 0.8)
        if count <= 2 and like:
            other = next(other for other in others if other.casefold() == like[0])
            turn = next(turn for turn in one.turns if turn.speaker == name)
            line = one.text.count("\n", 0, turn.start) + 1
            found = f"speaker {name!r} is almost {other!r}."
            problems.append(
                Problem(f"{where}, line {line}", found, "If they are one person, write one name.")
            )
    last = -math.inf
    for turn in one.turns:
        if not math.isnan(turn.time):
            if turn.time < last:
                line = one.text.count("\n", 0, turn.start) + 1
                remedy = "Compare it with the recording: times that run back put turns in the wrong order."
                found = f"the time of turn {turn.number} lies before the turn above."
                problems.append(Problem(f"{where}, line {line}", found, remedy))
            last = max(last, turn.time)
    return problems
