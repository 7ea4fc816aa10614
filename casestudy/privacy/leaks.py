"""Names of the key that are left anywhere in a study: in texts, in what files are packed of, in file names.

Whole names, however they are written, are certain. Endings, joints, gaps, parts and initials may be something
else: they are listed apart, by kind and with their number. What could not be read is named.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from casestudy.errors import Problem
from casestudy.files import holdings
from casestudy.privacy import folding, forms
from casestudy.privacy.forms import Name, Way
from casestudy.privacy.key import Entry
from casestudy.privacy.readable import Piece, reading
from casestudy.study import Study
from casestudy.wording import counted

_LARGEST = 400_000_000  # bytes
_SHOWN = 8
# With what may stand within a letter or between letters unseen.
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060])*")
_MARKS = dict.fromkeys(place for place in range(0x2100) if not chr(place).isalnum())
Places = dict[tuple[int, Way], list[int]]


@dataclass(frozen=True)
class Leaks:
    """What the check found.

    Attributes
    ----------
    names : tuple of Problem
        Whole names: one for each file, part of it and name.
    look_at : tuple of Problem
        What may be a name; of each kind the first few places and how many there are.
    unread : tuple of Problem
        What could not be read in full.
    """

    names: tuple[Problem, ...]
    look_at: tuple[Problem, ...]
    unread: tuple[Problem, ...]


@dataclass(frozen=True)
class Seeker:
    """What finds the accepted names of a key."""

    entries: tuple[Entry, ...]
    names: tuple[Name, ...]
    initials: Mapping[int, re.Pattern[str]] = field(default_factory=dict)
    ordinary: frozenset[str] = frozenset()

    def places(self, text: str) -> Places:
        """Lines of a text where a name of the key stands, by entry and way of writing.

        Examples
        --------
        >>> one = seeker([Entry("person", "Eva Berg", "Bo", accept=True)])
        >>> for (_, way), lines in one.places("Eva Berg\\nEVA_BERG, EvaBerg\\nan evaluation").items():
        ...     print(way, lines)
        exact [1, 2]
        joined [2]
        """
        found: Places = {}
        for view in dict.fromkeys((text, folding.plain(text), folding.plain(text, typeset=True))):
            for key, lines in self._view(view).items():
                if len(lines) > len(found.get(key, ())):
                    found[key] = lines
        return found

    def _view(self, text: str) -> Places:
        folded = folding.fold(text)
        near = [name for name in self.names if name.needle in folded]
        found: dict[tuple[int, Way], list[int]] = defaultdict(list)
        exact: list[tuple[int, int]] = []
        lines = _Lines(text, folded)
        for name in near:
            for match in name.exact.finditer(folded):
                exact.append(match.span())
                number = lines.number(match.start())
                certain = len(name.tokens) > 1 or self._is_the_name(name, lines.words(number))
                found[name.entry, "exact" if certain else "ordinary"].append(number)
        taken = _Taken(exact)
        squeezed = folded.translate(_MARKS) if any(name.near.get("split") for name in self.names) else ""
        split = [name for name in self.names if name.letters and name.letters in squeezed]
        searches: tuple[tuple[Way, list[Name]], ...] = (
            *(("joined", near), ("inflected", near), ("part", near), ("split", split)),
        )
        for way, names in searches:
            for name in names:
                # What is split stands in the text without gaps more often than in the text itself.
                if way != "split" or squeezed.count(name.letters) > folded.count(name.letters):
                    self._near(way, name, folded, lines, taken, found)
        self._humps(text, near, found)
        for entry, pattern in self.initials.items():
            own = _Lines(text, text)
            found[entry, "initials"] += [own.number(match.start()) for match in pattern.finditer(text)]
        return {key: numbers for key, numbers in found.items() if numbers}

    def _near(
        self,
        way: Way,
        name: Name,
        folded: str,
        lines: _Lines,
        taken: _Taken,
        found: dict[tuple[int, Way], list[int]],
    ) -> None:
        pattern = name.near.get(way)
        if pattern is None:
            return
        for match in pattern.finditer(folded):
            if taken.overlaps(*match.span()):
                continue
            number = lines.number(match.start())
            if way in ("inflected", "part") and not self._plausible(name, match[0], lines.words(number)):
                continue
            taken.add(*match.span())
            found[name.entry, way].append(number)

    def _is_the_name(self, name: Name, words: Mapping[str, Sequence[str]]) -> bool:
        """Whether a line has a name of one word, and not only a word that folds alike."""
        original, token = self.entries[name.entry].original, name.tokens[0] if name.tokens else ""
        alike = words.get(token, ())
        return not alike or any(forms.stands_for(original, one, self.ordinary) for one in alike)

    def _plausible(self, name: Name, written: str, line: Mapping[str, Sequence[str]]) -> bool:
        words = re.findall(r"[^\W\d_]+", written)
        doubtful = len(name.letters) <= 4 or any(token in self.ordinary for token in name.tokens)
        return not doubtful or any(one[:1].isupper() for word in words for one in line.get(word, ()))

    def _humps(self, text: str, near: Sequence[Name], found: dict[tuple[int, Way], list[int]]) -> None:
        humped = forms.humps(text) if near else text
        if humped == text:
            return
        folded = folding.fold(humped)
        lines = _Lines(humped, folded)
        for name in near:
            known = {*found.get((name.entry, "exact"), ()), *found.get((name.entry, "joined"), ())}
            for match in name.exact.finditer(folded):
                number = lines.number(match.start())
                capital = any(one[:1].isupper() for one in lines.words(number).get(name.tokens[0], ()))
                if number not in known and capital:
                    found[name.entry, "joined"].append(number)


class _Lines:
    """Numbers of lines for places in a text or its folded form, and the lines themselves."""

    def __init__(self, text: str, folded: str) -> None:
        self._text, self._folded = text, folded
        self._words: dict[int, Mapping[str, Sequence[str]]] = {}

    @cached_property
    def _breaks(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self._folded)]

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.split("\n")

    def number(self, place: int) -> int:
        return bisect_left(self._breaks, place) + 1

    def words(self, number: int) -> Mapping[str, Sequence[str]]:
        """The words of a line as they stand there, by how they fold."""
        if number not in self._words:
            line = self._lines[number - 1] if number <= len(self._lines) else ""
            found: dict[str, list[str]] = {}
            for word in set(_WORD.findall(line)):
                found.setdefault(folding.fold(word), []).append(word)
            self._words[number] = found
        return self._words[number]


class _Taken:
    """Stretches that are accounted for."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._places = {place for start, end in spans for place in range(start, end)}

    def overlaps(self, start: int, end: int) -> bool:
        return any(place in self._places for place in range(start, end))

    def add(self, start: int, end: int) -> None:
        self._places.update(range(start, end))


def seeker(entries: Sequence[Entry], texts: Iterable[str] = ()) -> Seeker:
    """What finds the accepted names of a key; ages and dates are not names.

    Parameters
    ----------
    entries : sequence of Entry
    texts : iterable of str
        The study's documents: a name that they use more often in lower case is an ordinary word, too.
    """
    kept = tuple(one for one in entries if one.accept and one.kind not in ("age", "date"))
    known = [folding.fold(one.original) for one in kept]
    names = [
        name
        for place, one in enumerate(kept)
        for name in forms.name(place, one.original, person=one.kind == "person", known=known)
    ]
    initials = {
        place: pattern
        for place, one in enumerate(kept)
        if one.kind == "person" and (pattern := forms.initials(one.original)) is not None
    }
    words = sorted({token for name in names for token in name.tokens if not token.isdigit()})
    return Seeker(kept, tuple(names), initials, forms.ordinary(words, forms.counts(texts, words)))


def find(study: Study, entries: Sequence[Entry], key: Path, texts: Iterable[str] = ()) -> Leaks:
    """Names of the key that still stand anywhere in the study's files, outputs included.

    Parameters
    ----------
    study : Study
    entries : sequence of Entry
    key : Path
        The key, which is left out as every ``*.key.csv`` is.
    texts : iterable of str
        The study's documents; see `seeker`.
    """
    seeking = seeker(entries, texts)
    names: list[Problem] = []
    near: dict[Way, list[tuple[str, int]]] = defaultdict(list)
    unread: list[Problem] = []
    if not seeking.names:
        return Leaks((), (), ())
    for name, path in _files(study):
        if path == key or name.endswith(".key.csv"):
            continue
        read, reasons = pieces(name, path)
        unread += [Problem(name, f"{reason}.", "Look at it yourself.") for reason in reasons]
        best: dict[tuple[str, int, Way], list[int]] = {}
        for piece in read:
            for (entry, way), lines in seeking.places(piece.text).items():
                if len(lines) > len(best.get((piece.part, entry, way), ())):
                    best[piece.part, entry, way] = lines
        for (part, entry, way), lines in best.items():
            if way == "exact":
                names.append(_certain(name, part, seeking.entries[entry], lines))
            else:
                near[way].append((_place(name, part, lines), len(lines)))
    return Leaks(tuple(sorted(names)), tuple(_possible(near)), tuple(sorted(set(unread))))


def _files(study: Study) -> Iterator[tuple[str, Path]]:
    yield from holdings.files(study.root)
    if not study.outputs.is_relative_to(study.root) and study.outputs.is_dir():
        for name, path in holdings.files(study.outputs):
            yield f"outputs/{name}", path


def pieces(name: str, path: Path) -> tuple[list[Piece], tuple[str, ...]]:
    """A file's name and everything legible in it, and why the rest was not read.

    Parameters
    ----------
    name : str
        From the study's root.
    path : Path
        A link is not followed.
    """
    title = Piece("its name", name)
    try:
        if path.is_symlink():
            return [title, Piece("what it links to", os.readlink(path))], (
                "it is a link, which was not followed",
            )
        if not path.is_file():
            return [title], ("it is not an ordinary file",)
        if path.stat().st_size > _LARGEST:
            return [title], (f"it has {path.stat().st_size:,} bytes, too many to search",)
        read = reading(path.read_bytes(), path.name)
    except OSError as error:
        return [title], (f"it cannot be read ({error.strerror})",)
    return [title, *read.pieces], read.unread


def _place(name: str, part: str, lines: Sequence[int]) -> str:
    within = f"{name} › {part}" if part else name
    return within if part == "its name" else f"{within}, line {lines[0]}"


def _certain(name: str, part: str, entry: Entry, lines: Sequence[int]) -> Problem:
    word = entry.original
    hidden = word[0].casefold() + "…" * (len(word) > 1)
    times = counted(len(lines), "time")
    found = f"a name of the key ({hidden}, {len(word)} characters) stands here {times}."
    if part == "its name":
        return Problem(_place(name, part, lines), found, "Rename the file or folder.")
    form = holdings.holding(name).form
    remedies = {
        "output": "Pseudonymise its source, then run and render again.",
        "other": "Replace it by hand, or delete the file.",
        "left": "Delete the file: an interrupted command left it.",
    }
    packed = "Make it again after 'casestudy pseudonymise apply', or delete it."
    return Problem(
        _place(name, part, lines),
        found,
        packed if part else remedies.get(form, "casestudy pseudonymise apply."),
    )


def _possible(near: Mapping[Way, Sequence[tuple[str, int]]]) -> Iterator[Problem]:
    for way, places in near.items():
        total = sum(count for _, count in places)
        for place, count in places[:_SHOWN]:
            yield Problem(place, f"{forms.WAYS[way]} ({counted(count, 'time')}).", "Look at it.")
        if len(places) > _SHOWN:
            more = f"{forms.WAYS[way]}: {counted(total, 'time')} in all."
            yield Problem(f"{len(places) - _SHOWN} more places", more, "Look at them.")
