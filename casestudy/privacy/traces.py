"""By what a participant can be known in a study's files: ids, names, codings that others cite, words."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem, nearest
from casestudy.files import holdings
from casestudy.people import participants, speakers
from casestudy.privacy import stretches
from casestudy.privacy.key import Entry
from casestudy.privacy.leaks import Seeker, pieces, seeker
from casestudy.privacy.stretches import Stretch
from casestudy.study import Study
from casestudy.transcripts import transcript

if TYPE_CHECKING:
    import pandas as pd

_ROLLS = frozenset(("participants.csv", "documents.csv", "speakers.csv", "README.md"))
_CERTAIN = ("exact", "inflected", "joined", "split")


@dataclass(frozen=True)
class Traces:
    """What leads to one participant.

    Attributes
    ----------
    participant : str
    ids : mapping of column to value
        What tables call the participant: ``participant_id, log_id, household_id``.
    documents : frozenset of str
        Documents of this participant alone.
    names : tuple of str
        The pseudonym, where nobody else has it, and what the key says it stands for.
    codings : frozenset of str
        Ids of codings of the participant's words.
    words : set of Stretch
        Stretches of six words that nobody else says.
    """

    participant: str
    ids: Mapping[str, str]
    documents: frozenset[str]
    names: tuple[str, ...]
    codings: frozenset[str]
    words: set[Stretch]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds ids and names as whole words; ids that are mere numbers are not looked for in free text."""
        listed = sorted({*self.names, *self._telling}, key=lambda one: (-len(one), one))
        return re.compile(r"(?<![\w-])(?:" + ("|".join(map(re.escape, listed)) or "(?!)") + r")(?![\w-])")

    @property
    def _telling(self) -> set[str]:
        ids = {self.participant, self.ids["log_id"], *self.documents}
        return {one for one in ids if len(one) > 1 and not one.isdigit()}

    @cached_property
    def _seeker(self) -> Seeker:
        return seeker([Entry("person", name, "gone", accept=True) for name in self.names])

    @cached_property
    def _ids(self) -> re.Pattern[str] | None:
        listed = "|".join(map(re.escape, sorted(self._telling)))
        return re.compile(rf"(?<![^\W_])(?:{listed})(?![^\W_])") if listed else None

    def lines(self, text: str) -> list[int]:
        """Lines of a text that name the participant, in whatever way the name is written."""
        found = self._seeker.places(text)
        lines = {line for (_, way), numbers in found.items() if way in _CERTAIN for line in numbers}
        if self._ids is not None:
            breaks = [one.start() for one in re.finditer("\n", text)]
            lines |= {bisect_left(breaks, hit.start()) + 1 for hit in self._ids.finditer(text)}
        return sorted(lines)

    def said_in(self, text: str) -> bool:
        """Whether a text holds words of the participant."""
        return stretches.within(text, self.words)

    def left(self, name: str, path: Path) -> list[tuple[str, str]]:
        """Where in a file something of the participant stands, and what; empty for nothing.

        Parameters
        ----------
        name : str
            From the study's root.
        path : Path
        """
        found: list[tuple[str, str]] = []
        for piece in pieces(name, path)[0]:
            found += self.in_text(name, piece.text, piece.part)
        return list(dict.fromkeys(found))

    def in_text(self, name: str, text: str, part: str = "") -> list[tuple[str, str]]:
        """Like `left`, of a text or a part of a file."""
        found = []
        place = f"{name} › {part}" if part else name
        if lines := self.lines(text):
            shown = ", ".join(map(str, lines[:10])) + (", …" if len(lines) > 10 else "")
            several = "lines" if len(lines) > 1 else "line"
            where = place if part == "its name" else f"{place}, {several} {shown}"
            found.append((where, "it names the participant, or another of that name."))
        if self.said_in(text):
            found.append((place, "it holds words of the participant."))
        return found


def unreadable(name: str, path: Path) -> tuple[str, ...]:
    """Why a file could not be searched in full; empty where it could."""
    return pieces(name, path)[1]


def of(study: Study, participant: str) -> Traces:
    """What leads to one participant of a study.

    Raises
    ------
    InputError
        When no such participant is known: neither by a row of participants.csv nor by a document of that id.
    """
    people = participants.read(study).astype(object)
    row: dict[Any, Any] = next(
        (one for one in people.to_dict("records") if one["participant_id"] == participant), {}
    )
    known = [str(one) for one in people["participant_id"]]
    if not row and not _has_work(study.root, participant):
        problem = Problem(
            participants.FILE, f"{participant!r} is not a participant.", nearest(participant, known)
        )
        raise InputError("Nobody was withdrawn.", [problem])
    ids = {"participant_id": participant}
    for column in ("log_id", "household_id"):
        value = row.get(column)
        ids[column] = "" if value is None or value != value else str(value)
    pseudonym = row.get("pseudonym")
    name = str(pseudonym) if isinstance(pseudonym, str) else ""
    shared = name and sum(str(one) == name for one in people["pseudonym"]) > 1
    names = (name, *_behind(study.root, name)) if name and not shared else ()
    documents, words = _documents(study, participant, people)
    codings = frozenset(one for document in documents for one in _codings(study.root, document))
    return Traces(participant, ids, documents, names, codings, words)


def _codings(root: Path, document: str) -> frozenset[str]:
    found = set()
    if _is_id(document):
        for path in root.glob(f"interviews/codings/*/{document}.jsonl"):
            for line in path.read_bytes().decode("utf-8", "replace").split("\n"):
                try:
                    record = json.loads(line)
                except (ValueError, RecursionError):
                    continue
                found.add(str(record.get("id")) if isinstance(record, dict) else "")
    return frozenset(found - {"", "None"})


def _is_id(name: str) -> bool:
    return bool(re.fullmatch(r"\w[\w.\-]*", name))


def _has_work(root: Path, participant: str) -> bool:
    """Whether there is a document of that id, or codings of one."""
    folder = root / transcript.FOLDER
    listed = sorted(folder.iterdir()) if _is_id(participant) and folder.is_dir() else []
    named = any(path.stem == participant and path.name not in _ROLLS for path in listed)
    return named or bool(_codings(root, participant))


def is_own(name: str, participant: str) -> bool:
    """Whether a file is a participant's own: in ``interviews/``, and called by their id.

    Examples
    --------
    >>> is_own("interviews/codings/ann/c01.jsonl", "c01"), is_own("interviews/c01.backup.md", "c01")
    (True, True)
    >>> is_own("interviews/participants.csv", "participants"), is_own("evidence/c01.md", "c01")
    (False, False)
    """
    folder, _, last = name.rpartition("/")
    if not name.startswith("interviews/") or last in _ROLLS or last.endswith(".key.csv") or not participant:
        return False
    own = last.split(".")[0] == participant or Path(last).stem == participant
    return own and not folder.startswith("interviews/feedback")


def _behind(root: Path, pseudonym: str) -> list[str]:
    """What a key says that a pseudonym stands for."""
    from casestudy.privacy import rows

    found = []
    for path in sorted(root.glob("interviews/**/*.key.csv")):
        sheet = rows.read(path.read_bytes().decode("utf-8-sig", "replace"))
        for row in sheet.rows:
            replacement = row.get(sheet.head, "replacement")
            if pseudonym.casefold() in (replacement.casefold(), replacement.split(" ")[0].casefold()):
                found.append(row.get(sheet.head, "original"))
    return sorted({one for one in found if one})


def _documents(study: Study, participant: str, people: pd.DataFrame) -> tuple[frozenset[str], set[Stretch]]:
    """The documents of a participant alone, and the words that only they say, there and among others."""
    texts, _ = transcript.survey(study)
    sole = {participant}
    own: list[str] = []
    others: list[str] = []
    for name, document in speakers.heard(study, texts, people).items():
        if name == participant or document.participants == (participant,):
            sole.add(name)
            # Front notes are of the study, and often the same in every document.
            said = [document.text[turn.start : turn.end] for turn in document.turns] or [document.text]
            own += [document.title, *said]
            continue
        theirs = [turn for turn in document.turns if turn.participant == participant]
        own += [document.text[turn.start : turn.end] for turn in theirs]
        if theirs:
            others += [document.text[turn.start : turn.end] for turn in document.turns if turn not in theirs]
        else:
            others.append(document.text)
    return frozenset(sole), stretches.only_in(own, others)


def traces_left(root: Path, names: Iterable[str], sentences: Iterable[str]) -> list[Problem]:
    """Where a withdrawn participant can still be found.

    Parameters
    ----------
    root : Path
        The study, outputs and all.
    names : iterable of str
        Ids and pseudonym; found as whole words.
    sentences : iterable of str
        What they said; found anywhere.

    Returns
    -------
    list of Problem
        One for each file and find, sorted.
    """
    words = [name for name in names if name]
    pattern = (
        re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, words)) + r")(?![\w-])") if words else None
    )
    said = [sentence for sentence in sentences if len(sentence.split()) >= stretches.LENGTH]
    found = set()
    for name, path in holdings.files(root):
        for piece in pieces(name, path)[0]:
            if pattern and (hit := pattern.search(piece.text)):
                found.add(Problem(name, f"it holds {hit.group()!r}.", "Remove it."))
            if held := stretches.sentences_in(piece.text, said):
                found.add(Problem(name, f"it holds the words “{held[0][:60]}”.", "Remove them."))
    return sorted(found)
