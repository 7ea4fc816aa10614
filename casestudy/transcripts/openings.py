"""Lines that open as a turn may: a name before a colon, before a time, in brackets, or alone."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from casestudy.transcripts.turn import RANGE, TIME, lines, named, time_of

Form = Literal["colon", "bracket", "stamp", "capitals", "alone"]

_LONGEST = 80
_SPACE = "[ \t\u00a0\u202f\u2007\u2009\u3000]"
_EDGE = "[ \t\u00a0\u200e\u200f\u202a-\u202e\u2066-\u2069]*"
_HEAD = re.compile(
    rf"""{_EDGE}
    (?:(?P<time1>{TIME})[ \t]*(?:[-–—][ \t]*)?)?(?=\S)
    (?:
      (?P<bold>\*\*|__)(?P<name1>[^*_\n:：]{{0,{_LONGEST}}}?[^*_\s:：]){_SPACE}*:?(?P=bold)
        (?:{_SPACE}*(?P<time4>[\[(]{RANGE}[\])]))?:?
     |\[(?P<name2>[^\[\]\n]{{1,{_LONGEST}}})\](?:(?P<colon>[:：])|{_SPACE}*(?P<time2>{TIME}){_SPACE}*$)?
     |(?P<name3>[^\n:：\[\]]{{0,{_LONGEST}}}?[^\s:：\[\]])(?:{_SPACE}*(?P<time3>[\[(]{RANGE}[\])]))?{_SPACE}*
        (?::(?=\s|$|[\u3040-\u9fff\uac00-\ud7af])|：)
    ){_EDGE}""",
    re.VERBOSE,
)
_STAMPED = re.compile(
    rf"{_EDGE}(?=\S)(?P<name>[^\n]{{0,{_LONGEST}}}?[^\s])(?P<gap>{_SPACE}+)(?P<time>{TIME}){_SPACE}*$"
)
_STAMPED_FIRST = re.compile(
    rf"{_EDGE}(?P<time>{TIME})[ \t]*[-–—][ \t]+(?P<name>[^\n:：.?!]{{0,59}}[^\s:：.?!,]){_SPACE}*$"
)
_ALONE = re.compile(rf"{_EDGE}(?P<name>[^\W\d][^\n:：.,;!?\[\]()]{{0,39}}){_EDGE}$")
_TIME_LINE = re.compile(rf"{_SPACE}*{TIME}{_SPACE}*$")
_WORD = r"[^\W\d_][\w'’.\-]*"
_STRICT = re.compile(rf"{_WORD}(?:[ \u00a0](?:{_WORD}|\d{{1,3}}|&|\((?!\d+:)[^()\n]{{1,20}}\))){{0,3}}")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SECTION = re.compile(r"#{1,6} ")
_PARTICLES = frozenset(
    re.findall(r"\w+", "af al av bin da de del den der des di dos du el ibn la le los van vom von y z zu")
)


class Candidate(NamedTuple):
    """A line that may open a turn: where it and its words begin, the name, its form, and its time."""

    start: int
    speech: int
    name: str
    form: Form
    opens: bool
    time: float
    until: float
    key: str = ""

    @property
    def timed(self) -> bool:
        return self.time == self.time


def _shadow(line: str) -> str:
    """The line, its combining marks replaced by a letter, so that every alphabet is matched alike."""
    if line.isascii():
        return line
    return "".join(
        "a" if unicodedata.category(one)[0] == "M" or one in "\u200c\u200d" else one for one in line
    )


def openings(
    text: str, opens: set[int], begin: int, given: Mapping[str, bool]
) -> tuple[list[Candidate], list[tuple[int, int]]]:
    """Every line that could open a turn, and lines that could be titles of sections."""
    rows: list[Candidate] = []
    sections: list[tuple[int, int]] = []
    blank, stamp = True, (-1, "")
    split = [name for name in given if ":" in name or "：" in name]
    for start, end in lines(text, begin):
        line = text[start : min(end, start + 200)]
        if not line or line.isspace():
            blank = True
            continue
        line = _shadow(line)
        opening = blank or start in opens
        blank = False
        if end - start < 60 and _TIME_LINE.match(line):
            stamp = (start, line)
            blank = opening
            continue
        candidate = _candidate(text, line, start, end, opening, given, split)
        title = candidate.form == "capitals" if candidate else bool(_SECTION.match(line))
        sections += [(start, end)] if title and opening else []
        if candidate and stamp[0] >= 0 and not candidate.timed:
            time, until = time_of(stamp[1])
            candidate = candidate._replace(start=stamp[0], time=time, until=until)
        stamp = (-1, "")
        rows += [candidate] if candidate else []
    return rows, sections


def _candidate(
    text: str,
    line: str,
    start: int,
    end: int,
    opening: bool,
    given: Mapping[str, bool],
    split: Sequence[str],
) -> Candidate | None:
    whole_line = end - start <= 200

    def made(name: tuple[int, int], speech: int, form: Form, stamp: str) -> Candidate | None:
        written = named(text[start + name[0] : start + name[1]])
        time, until = time_of(stamp) if stamp else (math.nan, math.nan)
        key = written.casefold()
        if not (_could_be(written, form) or (key in given and not _TIME_LINE.match(written))):
            return None
        return Candidate(start, start + speech, written, form, opening, time, until, key)

    for name in split:  # a name with a colon in it, where somebody says that it speaks
        if named(line).casefold().startswith(f"{name}:"):
            at = line.casefold().index(name[0])
            return made((at, at + len(name)), at + len(name) + 1, "colon", "")
    if match := _HEAD.match(line):
        form: Form = "colon"
        one, two, *times = match.group("name1", "name2", "time1", "time2", "time3", "time4")
        group = "name1" if one else "name2" if two else "name3"
        stamp = next(filter(None, times), "")
        if group == "name2" and not match["colon"]:
            form = "stamp" if match["time2"] else "bracket"
        if found := made(match.span(group), match.end(), form, stamp):
            return found
    if not whole_line:
        return None
    if (match := _STAMPED.match(line)) and len(match["name"].split()) <= 8:
        wide = len(match["gap"]) > 1 or "\t" in match["gap"] or match["time"][0] in "[(#"
        found = made(match.span("name"), match.end(), "stamp", match["time"])
        return found if found and (wide or capital(found.name)) else None
    if match := _STAMPED_FIRST.match(line):  # words stand below it, or the line is words with a time
        below = _shadow(text[end + 1 : min(text.find("\n", end + 1) % (len(text) + 1), end + 200)])
        found = made(match.span("name"), match.end(), "stamp", match["time"])
        return (
            found
            if found and below.strip() and not re.match(_EDGE + TIME, below) and capital(found.name)
            else None
        )
    if match := _ALONE.match(line):
        capitals = text[start + match.start("name") : start + match.end("name")]
        form = "capitals" if capitals.isupper() and len(capitals.split()) <= 4 else "alone"
        return made(match.span("name"), match.end(), form, "")
    return None


@lru_cache(4096)
def _could_be(name: str, form: Form) -> bool:
    """Whether words could be a name at all: short enough, no sentence."""
    if not name or _TIME_LINE.match(name):
        return False
    if form == "stamp":
        return True
    if len(name) > 60 or len(name.split()) > 8 or not any(one.isalnum() for one in name):
        return False
    if name[0] in "\"'“”„«»>-–—*•·/=":
        return False
    if form == "bracket":
        return not name[0].islower()
    if name.startswith(("http", "www.")) or "://" in name:
        return False
    shadow = _shadow(name)
    return bool(_STRICT.fullmatch(shadow) and len(name) <= 40) or capital(name) or bool(MAIL.fullmatch(name))


def capital(name: str) -> bool:
    """Whether every word is written as names are: with a capital, a digit or a sign, or without cases."""
    words = re.findall(r"[^\s,|/()&]+", name)
    return (
        bool(words)
        and all(word.casefold() in _PARTICLES or not word[0].islower() or "@" in word for word in words)
        and not words[0][0].islower()
        and not re.search(r"[!?…;](?:\s|$)|\w{4,}\.(?:\s|$)", name)
    )
