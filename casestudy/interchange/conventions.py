"""Ways in which tools count positions in a text, and the way from each to canonical positions."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from typing import TYPE_CHECKING, Literal

from casestudy.errors import InputError, Problem, nearest

if TYPE_CHECKING:
    import numpy as np

Unit = Literal["codepoints", "utf16", "bytes"]
UNITS: tuple[Unit, ...] = ("codepoints", "utf16", "bytes")
NOWHERE = -1
_WORDS = {"codepoints": "code points", "utf16": "UTF-16 units", "bytes": "UTF-8 bytes"}


@dataclass(frozen=True, slots=True, order=True)
class Convention:
    """One way of counting.

    Attributes
    ----------
    unit : {'codepoints', 'utf16', 'bytes'}
    crlf : int
        What a line end of two characters counts: 1 or 2.
    bom : bool
        Whether a byte order mark counts.
    inclusive : bool
        Whether the end is the last character rather than the one after it.
    """

    unit: Unit = "codepoints"
    crlf: int = 1
    bom: bool = False
    inclusive: bool = False

    def __str__(self) -> str:
        """The convention as ``--offsets`` takes it."""
        words = [self.unit, f"crlf{self.crlf}", "bom" if self.bom else "nobom"]
        return ",".join([*words, "inclusive" if self.inclusive else "exclusive"])

    def in_words(self) -> str:
        """The convention for a reader.

        Examples
        --------
        >>> Convention("utf16", 2).in_words()
        'UTF-16 units, CRLF counts 2, byte order mark not counted, end exclusive'
        """
        mark = "counted" if self.bom else "not counted"
        end = "inclusive" if self.inclusive else "exclusive"
        return f"{_WORDS[self.unit]}, CRLF counts {self.crlf}, byte order mark {mark}, end {end}"


ALL = tuple(Convention(*parts) for parts in product(UNITS, (1, 2), (False, True), (False, True)))
CANONICAL = Convention()
_INCLUSIVE = Convention(inclusive=True)
# What is known of tools, by the beginning of the origin that they write; a prior, never a proof.
ORIGINS: tuple[tuple[str, Convention], ...] = (
    ("nvivo for windows", Convention("utf16", 2)),
    ("nvivo", Convention("utf16", 2)),
    ("atlas.ti", CANONICAL),
    ("qualcoder", CANONICAL),
    ("qc ", CANONICAL),
    ("casestudy", CANONICAL),
)


def prior(origin: str) -> Convention | None:
    """What the tool that an origin names is known to write; None for tools of which nothing is known.

    Examples
    --------
    >>> str(prior("NVivo for Windows 12.6"))
    'utf16,crlf2,nobom,exclusive'
    """
    plain = origin.strip().casefold()
    return next((convention for start, convention in ORIGINS if plain.startswith(start)), None)


def parse(words: str) -> Convention:
    """The convention that ``--offsets`` names; what is not said is as in the standard.

    Raises
    ------
    InputError
        With every word that is not known.

    Examples
    --------
    >>> parse("utf16,crlf2").in_words()
    'UTF-16 units, CRLF counts 2, byte order mark not counted, end exclusive'
    """
    known = (*UNITS, "crlf1", "crlf2", "bom", "nobom", "exclusive", "inclusive")
    given = [word.strip().casefold() for word in words.split(",") if word.strip()]
    problems = [
        Problem(f"--offsets, {word!r}", "it is not a way of counting.", nearest(word, known))
        for word in given
        if word not in known
    ]
    pairs: tuple[tuple[str, ...], ...] = (
        UNITS,
        ("crlf1", "crlf2"),
        ("bom", "nobom"),
        ("exclusive", "inclusive"),
    )
    for pair in pairs:
        both = [word for word in pair if word in given]
        if len(both) > 1:
            problems.append(
                Problem("--offsets", f"{' and '.join(both)} contradict each other.", "Choose one.")
            )
    if problems:
        raise InputError("The offsets are not known.", problems)
    unit: Unit = next((unit for unit in UNITS if unit in given), "codepoints")
    return Convention(unit, 2 if "crlf2" in given else 1, "bom" in given, "inclusive" in given)


class Written:
    """A text as a file holds it, and its canonical form.

    Parameters
    ----------
    raw : str
        With its own line ends, without byte order mark.
    bom : bool
        Whether a byte order mark stood before it.
    name : str
        What the file calls it, for messages.

    Examples
    --------
    >>> written = Written("a\\r\\n\\U0001f33f b", bom=True)
    >>> written.text, written.positions(Convention("utf16", 2), [3, 6], [5, 7])
    ('a\\n🌿 b', ([2, 4], [3, 5]))
    """

    def __init__(self, raw: str, bom: bool = False, name: str = "") -> None:
        self.bom = bom
        self.name = name
        self.raw = raw
        self.text = raw if "\r" not in raw else raw.replace("\r\n", "\n").replace("\r", "\n")
        if self.text.startswith("\ufeff"):
            self.text = self.text.lstrip("\ufeff")
        self._crlf = "\r\n" in raw
        self._marks = raw.startswith("\ufeff")

    @cached_property
    def _widest(self) -> int:
        """The largest code point, which says whether units differ."""
        return 127 if self.raw.isascii() else ord(max(self.raw))

    def effective(self, convention: Convention) -> Convention:
        """The convention with all that makes no difference to this text set as in the standard."""
        unit = convention.unit
        if (unit == "utf16" and self._widest <= 0xFFFF) or (unit == "bytes" and self._widest <= 127):
            unit = "codepoints"
        bom = convention.bom and self.bom
        if bom and convention.unit == "bytes":
            unit = "bytes"
        return Convention(unit, convention.crlf if self._crlf else 1, bom, convention.inclusive)

    def positions(
        self, convention: Convention, starts: list[int], ends: list[int]
    ) -> tuple[list[int], list[int]]:
        """Canonical positions; `NOWHERE` for what lies outside of the text or within a character."""
        plain = self.effective(convention)
        if plain in (CANONICAL, _INCLUSIVE) and not self._crlf and not self._marks:
            size, more = len(self.text), int(plain.inclusive)
            found = [start if 0 <= start <= size else NOWHERE for start in starts]
            return found, [end + more if more <= end + more <= size else NOWHERE for end in ends]
        units, canonical = self._scale(Convention(plain.unit, plain.crlf, plain.bom))
        import numpy as np

        def exact(values: list[int]) -> list[int]:
            wanted = np.clip(np.asarray(values, dtype=np.int64), -1, 2**40)
            index = np.minimum(np.searchsorted(units, wanted, "left"), len(units) - 1)
            return np.where(units[index] == wanted, canonical[index], NOWHERE).tolist()

        if not plain.inclusive:
            return exact(starts), exact(ends)
        wanted = np.clip(np.asarray(ends, dtype=np.int64), -1, 2**40)
        index = np.searchsorted(units, wanted, "right") - 1
        inside = (index >= 0) & (index < len(units) - 1)
        return exact(starts), np.where(
            inside, canonical[np.minimum(index + 1, len(units) - 1)], NOWHERE
        ).tolist()

    def counted(self, convention: Convention, places: list[int]) -> list[int]:
        """Canonical positions as a tool counts them; for an end that is inclusive, take one less before.

        Examples
        --------
        >>> Written("a\\r\\n\\U0001f33f b").counted(Convention("utf16", 2), [2, 3, 5])
        [3, 5, 7]
        """
        import numpy as np

        units, canonical = self._scale(convention)
        index = np.searchsorted(canonical, np.asarray(places, dtype=np.int64), "left")
        after = np.searchsorted(canonical, np.asarray(places, dtype=np.int64), "right") - 1
        if convention.crlf == 1:
            index = after
        found: list[int] = units[np.minimum(index, len(units) - 1)].tolist()
        return found

    def _scale(self, convention: Convention) -> tuple[np.ndarray, np.ndarray]:
        """For each character and the end, where it begins in units and in the canonical text."""
        return _scale(self.raw, self.bom and convention.bom, convention.unit, convention.crlf)


@lru_cache(maxsize=4)
def _scale(raw: str, bom: bool, unit: Unit, crlf: int) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    points = np.frombuffer(raw.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    width = np.ones(len(points), dtype=np.int64)
    if unit == "utf16":
        width += points > 0xFFFF
    elif unit == "bytes":
        width += (points > 0x7F).astype(np.int64) + (points > 0x7FF) + (points > 0xFFFF)
    kept = np.ones(len(points), dtype=np.int64)
    if len(points):
        returns = np.append((points[:-1] == 13) & (points[1:] == 10), False)
        kept[returns] = 0
        if crlf == 1:
            width[returns] = 0
        marks = len(raw) - len(raw.lstrip("\ufeff"))
        kept[:marks] = 0
    first = (len(codecs.BOM_UTF8) if unit == "bytes" else 1) if bom else 0
    units = np.concatenate(([0], np.cumsum(width))) + first
    return units, np.concatenate(([0], np.cumsum(kept)))
