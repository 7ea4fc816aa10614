"""Whose talk a file is: by the name of the file, else by the names of those who speak in it."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from casestudy.bring.facesheet import as_id
from casestudy.people.documents import Sheet
from casestudy.people.speakers import same_name
from casestudy.transcripts.transcript import Transcript

_DAY = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d(?:[ T_\-]?\d{2}[-:.]?\d{2}(?:[-:.]?\d{2})?)?(?!\d)"
)
_PIECES = re.compile(r"[^\W\d_]+|\d+")
_SHINGLE, _KEPT, _ALIKE = (
    6,
    200,
    0.5,
)  # words in a row, hashes kept of a text, and the share that is the same talk


def id_of(stem: str) -> str:
    """A document's id out of the name of its file.

    Examples
    --------
    >>> id_of("P01 interview (2)"), id_of("Meeting with Anna-20240501_103000-Meeting Recording")
    ('P01-interview-2', 'Meeting-with-Anna-20240501_103000-Meeting-Recording')
    """
    return as_id(stem)


def named_in(stem: str, people: Iterable[str]) -> list[str]:
    """The participants whose ids stand in the name of a file.

    Parameters
    ----------
    stem : str
        Without ending. Days in it are passed over.
    people : iterable of str
        Their ids. One of digits alone counts where the name holds a single number.

    Examples
    --------
    >>> named_in("2024-05-01 p1 interview 2", ["P01", "P02", "2"])
    ['P01']
    >>> named_in("Focus group P02 P03", ["P01", "P02", "P03"]), named_in("interview_07", ["7", "8"])
    (['P02', 'P03'], ['7'])
    """
    pieces = _pieces(_DAY.sub(" ", stem))
    numbers = [piece for piece in pieces if piece.isdecimal()]
    places: dict[str, int] = {}
    free = [True] * len(pieces)
    for who in sorted(people, key=lambda one: (-len(_pieces(one)), one)):
        wanted = _pieces(who)
        if not wanted or (who.isdecimal() and len(numbers) != 1):
            continue
        size = len(wanted)
        for at in range(len(pieces) - size + 1):
            if pieces[at : at + size] == wanted and all(free[at : at + size]):
                places[who] = at
                free[at : at + size] = [False] * size
                break
    return sorted(places, key=lambda who: places[who])


def _pieces(written: str) -> list[str]:
    """Letters and numbers of a name in turn; numbers without zeros before them."""
    return [
        str(int(piece)) if piece.isdecimal() and len(piece) < 12 else piece
        for piece in _PIECES.findall(same_name(written))
    ]


def speaking(document: Transcript, called: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The participants whose names are those of speakers, whatever the order of the words.

    Parameters
    ----------
    document : Transcript
    called : mapping of participant to names

    Returns
    -------
    dict of str to str
        Participant by speaker.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> text = from_text("Example, Bea (EXT): Yes.\\n\\nAnn: So?\\n\\nExample, Bea (EXT): No.", "t")
    >>> speaking(text, {"P01": ["P01", "Bea Example"], "P02": ["Ann Lee"]})
    {'Example, Bea (EXT)': 'P01'}
    """
    owners: dict[frozenset[str], set[str]] = defaultdict(set)
    for who, names in called.items():
        for name in names:
            if words := _words(name):
                owners[words].add(who)
    found = {speaker: owners.get(_words(speaker), set()) for speaker in document.speakers}
    return {speaker: next(iter(whose)) for speaker, whose in found.items() if len(whose) == 1}


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", re.sub(r"[(\[][^)\]]*[)\]]|\|.*", " ", same_name(name))))


def participants(
    document: Transcript, stem: str, called: Mapping[str, Collection[str]]
) -> tuple[list[str], str]:
    """Whose a document is, and what says so; nobody where nothing does.

    Parameters
    ----------
    document : Transcript
    stem : str
        Name of the file as it was brought.
    called : mapping of participant to names
    """
    by_name = named_in(stem, called)
    by_voice = list(dict.fromkeys(speaking(document, called).values()))
    if set(by_voice) > set(by_name) and len(document.speakers) > 2:
        return by_voice, "its speakers"
    if by_name:
        return by_name, "its name"
    return by_voice, "its speakers" if by_voice else ""


def sittings(whose: Mapping[str, Sheet], fresh: Collection[str]) -> dict[str, int]:
    """The number of each new talk with the same people: those before it in time, or by name, come first.

    Examples
    --------
    >>> whose = {name: Sheet(name, ("P1",)) for name in ("P1", "P1-b", "P1-2024-01-02", "P1-2023-12-30")}
    >>> sittings(whose, ["P1-2024-01-02", "P1-2023-12-30"])
    {'P1-2023-12-30': 3, 'P1-2024-01-02': 4}
    """
    taken: dict[tuple[str, ...], set[int]] = defaultdict(set)
    count: dict[tuple[str, ...], int] = defaultdict(int)
    for name, sheet in whose.items():
        if name not in fresh:
            count[sheet.participants] += 1
            taken[sheet.participants].add(sheet.sitting)
    numbers = {}
    for name in sorted(fresh, key=_in_time):
        people = whose[name].participants
        next_one = max([*taken[people], count[people]], default=0) + 1
        taken[people].add(next_one)
        numbers[name] = next_one
    return numbers


def _in_time(name: str) -> tuple[str, list[tuple[int, str]]]:
    day = _DAY.search(name)
    rest = [
        (int(piece), "") if piece.isdecimal() and len(piece) < 12 else (-1, piece)
        for piece in _PIECES.findall(name)
    ]
    return re.sub(r"\D", "", day[0]) if day else "", rest


def same_talk(documents: Mapping[str, Transcript]) -> list[tuple[str, str]]:
    """Pairs of documents that say mostly the same words, such as one talk in two formats.

    Notes
    -----
    Compares the smallest hashes of every six words in a row: linear in the length of the texts.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> talk = "A: " + " ".join(f"w{n}" for n in range(99))
    >>> longer = talk + "\\n\\nB: Bye."
    >>> same_talk({"a": from_text(talk, "a"), "b": from_text(longer, "b"), "c": from_text("C", "c")})
    [('a', 'b')]
    """
    marks = {name: _marks(document) for name, document in documents.items()}
    holders: dict[int, list[str]] = defaultdict(list)
    for name in sorted(marks):
        for mark in marks[name]:
            holders[mark].append(name)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for names in holders.values():
        if len(names) < 20:
            for at, one in enumerate(names):
                for other in names[at + 1 :]:
                    shared[one, other] += 1
    return sorted(
        pair
        for pair, count in shared.items()
        if count >= 10 and count > _ALIKE * min(len(marks[pair[0]]), len(marks[pair[1]]))
    )


def _marks(document: Transcript) -> set[int]:
    words = [word for turn in document.turns for word in re.findall(r"\w+", document.spoken(turn).casefold())]
    rows = {" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}
    return set(sorted(zlib.crc32(row.encode("utf-8", "surrogatepass")) for row in rows)[:_KEPT])
