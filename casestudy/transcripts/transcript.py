"""A transcript: canonical text, its turns, and how it was read."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem, raise_if
from casestudy.files import reading
from casestudy.study import Study
from casestudy.transcripts import turns as turning
from casestudy.transcripts.bounds import guarded
from casestudy.transcripts.headings import Heading
from casestudy.transcripts.text import Place, sha256
from casestudy.transcripts.turn import MARK, RANGE, Speakers, Turn, named

if TYPE_CHECKING:
    import pandas as pd

_INNER_TIME = re.compile(
    rf"(?m:^)[ \t]*(?:\[{RANGE}\]|\({RANGE}\))[ \t]*(?:[-–—][ \t]+)?"
    rf"|[ \t]*(?:{MARK}|¤<\d{{1,10}}>)|(?m:^{RANGE}[ \t]*$\n?)"
)
FOLDER = "interviews/transcripts"
LARGEST = 50_000_000  # bytes of one file


@dataclass(frozen=True)
class Transcript:
    """One document as the workbench sees it.

    Attributes
    ----------
    id : str
        The file's name without its ending; never changes.
    text : str
        Canonical text; positions count its code points.
    turns : tuple of Turn
    title : str
    notes : tuple of str
        Front notes of the text (lines that begin with ``>``).
    encoding, format : str
        How the file was read.
    reading : tuple of str
        What a reader should know about the reading: encoding guesses, what was not kept.
    places : tuple of Place
        The way back to the source, where the text was taken out of another format.
    headings : tuple of Heading
        What might stand for a speaker where the format does not say who speaks, each with the reason why it
        was taken for one or not.
    kind, participants, sitting, language, counted_in : str, tuple of str, int, str, str
        What the study says of the document (`casestudy.people.documents.Sheet`); empty as the file is read.
    stated : tuple of Turn
        The turns that the format states; empty for plain text.
    opens : tuple of int
        Where paragraphs of the source begin.
    """

    id: str
    text: str
    turns: tuple[Turn, ...] = ()
    title: str = ""
    notes: tuple[str, ...] = ()
    encoding: str = "utf-8"
    format: str = "txt"
    reading: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    headings: tuple[Heading, ...] = ()
    kind: str = ""
    participants: tuple[str, ...] = ()
    sitting: int = 1
    language: str = ""
    counted_in: str = ""
    stated: tuple[Turn, ...] = field(default=(), repr=False, compare=False)
    opens: tuple[int, ...] = field(default=(), repr=False, compare=False)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the text."""
        return sha256(self.text)

    @cached_property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks, in order of first turn."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns if turn.speaker))

    def ruled(self, speakers: Mapping[str, bool]) -> Transcript:
        """The same text, with some headings taken for speakers or for words as somebody says.

        Parameters
        ----------
        speakers : mapping of str to bool
            Whether each of these names speaks. Turns that the format states stay.

        Examples
        --------
        >>> talk = from_text("Q: So?\\n\\nAino: Yes.\\n\\nQ: Why?", "t")
        >>> talk.ruled({"Aino": False}).speakers
        ('Q',)
        """
        rulings = {named(name).casefold(): speaks for name, speaks in speakers.items()}
        now = {one.name.casefold(): None if one.doubtful else one.speaker for one in self.headings}
        other = any(now[name] != speaks for name, speaks in rulings.items() if name in now)
        unseen = [name for name, speaks in rulings.items() if speaks and name not in now]
        if not other and unseen:
            text = named(self.text).casefold()
            other = any(name in text for name in unseen)
        if not other:
            return self
        found, headings = turning.completed(self.text, self.stated, speakers, self.opens, self.places)
        return replace(self, turns=found, headings=headings)

    @property
    def own_turns(self) -> tuple[Turn, ...]:
        """The turns in which participants speak, without those of interviewers and others.

        None where the words are counted in another document: in a translation or in what was translated.
        """
        return () if self.counted_in else tuple(turn for turn in self.turns if turn.role == "participant")

    def turn_at(self, position: int) -> Turn | None:
        """The turn that holds a position."""
        index = bisect_right(self._starts, position) - 1
        return self.turns[index] if index >= 0 and position < self.turns[index].end else None

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(turn.start for turn in self.turns)

    def spoken(self, turn: Turn) -> str:
        """The words of a turn, without the times that stand in it."""
        return _INNER_TIME.sub("", self.text[turn.speech : turn.end]).strip()

    def words_of(self, participant: str) -> int:
        """Words that a participant says; of the document itself, words that belong to nobody."""
        whose = "" if participant == self.id and participant not in self.participants else participant
        turns = [turn for turn in self.own_turns if turn.participant == whose]
        return sum(word_count(self.spoken(turn)) for turn in turns)

    def rows(self) -> list[dict[str, object]]:
        """The turns as rows for a program: times in seconds, None where they are not stated.

        Examples
        --------
        >>> from_text("[00:01] Q: So? #00:00:02-5#", "t").rows()[0]["words"]
        'So?'
        """
        return [
            {
                "number": turn.number,
                "kind": turn.kind,
                "speaker": turn.speaker,
                "start": turn.start,
                "end": turn.end,
                "time_s": None if math.isnan(turn.time) else turn.time,
                "until_s": None if math.isnan(turn.until) else turn.until,
                "words": self.spoken(turn),
            }
            for turn in self.turns
        ]

    @property
    def doubts(self) -> tuple[str, ...]:
        """What a person should look at: headings that may or may not be speakers, each with the reason."""
        return tuple(
            f"{one.name!r} was {'' if one.speaker else 'not '}taken for a speaker ({one.why})"
            for one in self.headings
            if one.doubtful
        )

    def source_of(self, position: int) -> str:
        """Where in the source file a position comes from; empty where the file is the text itself."""
        return next((place.source for place in self.places if place.start <= position < place.end), "")


def from_text(
    text: str,
    name: str,
    *,
    speakers: Speakers | None = None,
    stated: Sequence[Turn] = (),
    opens: Iterable[int] = (),
    places: Sequence[Place] = (),
    **reading: object,
) -> Transcript:
    """Make a transcript of canonical text.

    Parameters
    ----------
    text, name : str
    speakers : collection of str, or mapping of str to bool, optional
        The only names that speak; or, for single headings, whether they are speakers. Without it the text is
        judged by itself. Turns that the format states are never overruled.
    stated : sequence of Turn
        Turns that the format states.
    opens : iterable of int
        Where paragraphs of the source begin.
    places : sequence of Place
        The way back to the source; cues give their times to the turns that begin in them.

    Examples
    --------
    >>> from_text("Q: Hello?\\n\\nAino: Yes.", "t").speakers
    ('Q', 'Aino')
    >>> from_text("Q: Hello?\\n\\nLater: Yes.", "t", speakers={"Later": True}).speakers
    ('Q', 'Later')
    """
    title, notes, _ = turning.front(text)
    opens = tuple(opens)
    found, headings = turning.completed(text, stated, speakers, opens, places)
    known = {"places": tuple(places), "headings": headings, "stated": tuple(stated), "opens": opens}
    return Transcript(name, text, found, title, notes, **known, **reading)  # type: ignore[arg-type]


def read(path: Path, *, where: str = "", speakers: Speakers | None = None) -> Transcript:
    """Read a document of any known format.

    Parameters
    ----------
    path : Path
    where : str
        How to call the file in messages; its name by default.
    speakers : collection of str, or mapping of str to bool, optional
        As for `from_text`.

    Raises
    ------
    InputError
        When the file cannot be read as what its ending says.
    """
    name = where or path.name
    if speakers is not None:
        return _read(path, name, speakers)
    return reading.made(("transcript", name, str(path)), lambda: _read(path, name, None))


def _read(path: Path, name: str, speakers: Speakers | None) -> Transcript:
    from casestudy.transcripts.readers import extract

    found = extract(load(path, name), path.suffix.lower(), name)
    with guarded(name, path.suffix.lower()):
        return from_text(
            found.text,
            path.stem,
            speakers=speakers,
            stated=found.turns,
            opens=found.opens,
            encoding=found.encoding,
            format=path.suffix.lower().lstrip("."),
            reading=found.notes,
            places=found.places,
        )


def load(path: Path, name: str) -> bytes:
    """The bytes of a file that is neither missing nor beyond measure."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            problem = Problem(name, f"it has {size:,} bytes.", f"At most {LARGEST:,} are read; split it.")
            raise InputError("A document cannot be read.", [problem])
        return reading.data(path)
    except OSError as error:
        problem = Problem(name, f"{error.strerror or 'it cannot be opened'}.")
        raise InputError("A document cannot be read.", [problem]) from error


def documents(study: Study) -> dict[str, Transcript]:
    """All documents of a study, by id: the files of ``interviews/transcripts/``.

    Raises
    ------
    InputError
        With the problems of every file that cannot be read, and of ids that two files share.
    """
    found, unreadable = survey(study)
    raise_if([one for problems in unreadable.values() for one in problems], "Documents cannot be read.")
    return found


def survey(study: Study) -> tuple[dict[str, Transcript], dict[str, list[Problem]]]:
    """Like `documents`, with what cannot be read beside what can.

    Returns
    -------
    (dict of str to Transcript, dict of str to list of Problem)
        Documents by id, and the problems of the others by id. Where two files have one id, neither is read
        as the document.
    """
    found: dict[str, Transcript] = {}
    unreadable: dict[str, list[Problem]] = {}
    first: set[str] = set()
    for path in document_files(study):
        where = f"{FOLDER}/{path.name}"
        if path.stem in first:
            twice = Problem(where, f"a second file named {path.stem!r}.", "A document's id is its name.")
            unreadable.setdefault(path.stem, []).append(twice)
            found.pop(path.stem, None)
            continue
        first.add(path.stem)
        try:
            found[path.stem] = read(path, where=where)
        except InputError as error:
            unreadable[path.stem] = list(error.problems)
    return found, unreadable


def document_files(study: Study) -> list[Path]:
    """Files of the study's documents, sorted by name; README.md is not one."""
    return [path for path in study.inputs(f"{FOLDER}/*") if path.stem != "README"]


def document(study: Study, name: str) -> Transcript:
    """One document by its id.

    Raises
    ------
    InputError
        When there is none, or more than one, or it cannot be read.
    """
    files = [path for path in document_files(study) if path.stem == name]
    if len(files) != 1:
        from casestudy.errors import nearest

        count = "there is none" if not files else "more than one file has this name"
        known = nearest(name, [path.stem for path in document_files(study)])
        raise InputError("A document is not known.", [Problem(f"{FOLDER}/{name}", f"{count}.", known)])
    return read(files[0], where=f"{FOLDER}/{files[0].name}")


def messages(path: Path, where: str = "interviews/feedback/messages.csv") -> pd.DataFrame:
    """Short anonymous messages, one a row: ``message_id``, ``received_on`` (date), ``text``.

    Raises
    ------
    InputError
        With every problem of the table.
    """
    from casestudy.files.tables import Column, Schema, read_csv

    schema = Schema(
        "messages",
        (
            Column("message_id", "text", "the message's id", unique=True),
            Column("received_on", "date", "day it came", required=False),
            Column("text", "text", "its words"),
        ),
    )
    return read_csv(path, schema, where)


def word_count(text: str) -> int:
    """Words of a text: runs of letters and digits.

    Examples
    --------
    >>> word_count("Well — it's 17:30, isn't it?")
    6
    """
    return len(re.findall(r"\w+(?:['’]\w+)*", text))
