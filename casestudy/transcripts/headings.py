"""What in a plain text may stand for a speaker: a careful guess, listed with its reasons, to be overruled."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from casestudy.transcripts.turn import RANGE, TIME, Head, Speakers, lines, named, time_of
from casestudy.wording import counted

Form = Literal["colon", "bracket", "stamp", "capitals", "alone"]

_LONGEST = 80
_COUNTS = re.compile(r"\d")
_SPACE = "[ \t\u00a0\u202f\u2007\u2009\u3000]"
_EDGE = "[ \t\u00a0\u200e\u200f\u202a-\u202e\u2066-\u2069]*"
_HEAD = re.compile(
    rf"""{_EDGE}
    (?:(?P<time1>{TIME})[ \t]*(?:[-–—][ \t]*)?)?
    (?:
      (?P<bold>\*\*|__)(?P<name1>[^*_\n:：]{{1,{_LONGEST}}}?){_SPACE}*:?(?P=bold){_SPACE}*(?P<time4>[\[(]{RANGE}[\])])?:?
     |\[(?P<name2>[^\[\]\n]{{1,{_LONGEST}}})\](?:(?P<colon>[:：])|{_SPACE}*(?P<time2>{TIME}){_SPACE}*$)?
     |(?P<name3>[^\n:：\[\]]{{1,{_LONGEST}}}?){_SPACE}*(?P<time3>[\[(]{RANGE}[\])])?{_SPACE}*
        (?::(?=\s|$|[\u3040-\u9fff\uac00-\ud7af])|：)
    ){_EDGE}""",
    re.VERBOSE,
)
_STAMPED = re.compile(rf"{_EDGE}(?P<name>[^\n]{{1,{_LONGEST}}}?)(?P<gap>{_SPACE}+)(?P<time>{TIME}){_SPACE}*$")
_ALONE = re.compile(rf"{_EDGE}(?P<name>[^\W\d][^\n:：.,;!?\[\]()]{{0,39}}){_EDGE}$")
_TIME_LINE = re.compile(rf"{_SPACE}*{TIME}{_SPACE}*$")
_WORD = r"[^\W\d_][\w'’.\-]*"
_STRICT = re.compile(rf"{_WORD}(?:[ \u00a0](?:{_WORD}|\d{{1,3}}|&|\((?!\d+:)[^()\n]{{1,20}}\))){{0,3}}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SECTION = re.compile(r"#{1,6} ")
_PARTICLES = frozenset("af al av bin da de del den der des di dos du el ibn la le los van vom von y z zu".split())
# Words that open a sentence in many languages; a heading that is one of them is talk, not a name.
_OPENERS = frozenset(
    """
    first firstly second secondly third thirdly fourth finally last lastly next then also so well but and or because
    note notes nb ps example examples reason reasons problem problems result results remember warning however
    otherwise instead besides anyway still now today yesterday tomorrow monday tuesday wednesday thursday friday
    saturday sunday true false correct look listen see thing point fact facts conclusion summary answer later
    ensin ensinnäkin toiseksi kolmanneksi lopuksi siis mutta joten esimerkiksi huom erstens zweitens drittens
    schließlich also aber zum beispiel d'abord premièrement deuxièmement ensuite enfin puis donc mais primero
    segundo tercero finalmente luego pero primeiro depois finalmente mas först andra sedan men exempel
    """.split()
)
_OPENING_ENDS = ("ly", "ment", "mente", "weise")


@dataclass(frozen=True)
class Heading:
    """Words that open lines as a speaker's name does, and whether they were taken for one.

    Attributes
    ----------
    name : str
        As data: composed, single spaces.
    speaker : bool
        Whether it was taken for a speaker.
    why : str
        In words.
    count : int
        How many lines it opens.
    start : int
        Where it first stands.
    doubtful : bool
        Whether a person should look.
    """

    name: str
    speaker: bool
    why: str
    count: int
    start: int
    doubtful: bool = False


@dataclass(frozen=True)
class Guess:
    """The heads of turns in a text, and everything that was considered, in order of first place."""

    heads: tuple[Head, ...] = ()
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True)
class _Candidate:
    start: int
    speech: int
    name: str
    form: Form
    opens: bool
    time: float
    until: float
    key: str = field(default="")

    @property
    def timed(self) -> bool:
        return self.time == self.time


def guess(text: str, speakers: Speakers | None = None, opens: Iterable[int] = (), begin: int = 0) -> Guess:
    """Which lines open a turn.

    Parameters
    ----------
    text : str
    speakers : collection of str, or mapping of str to bool, optional
        A collection: these names speak and no other. A mapping: overrules what is said about each name.
    opens : iterable of int
        Where paragraphs of the source begin.
    begin : int
        From where to look.

    Returns
    -------
    Guess

    Examples
    --------
    >>> found = guess("I: How?\\n\\nB: So.\\n\\nFirst: no time.\\n\\nI: Why?\\n")
    >>> [(one.name, one.speaker, one.why) for one in found.headings]
    [('I', True, 'opens 2 lines'), ('B', True, 'opens one line'), ('First', False, 'a word that opens sentences')]
    """
    given = {_key(name): _said(speakers, name) for name in speakers or ()}
    starts = set(opens)
    candidates, sections = _candidates(text, starts, begin, given)
    if speakers is not None and not isinstance(speakers, Mapping):
        kept = [one for one in candidates if given.get(one.key)]
        return Guess(tuple(_head(text, one) for one in kept), _listed(kept, {}, "named as a speaker"))
    verdicts = _judge(text, candidates, starts)
    for key, speaks in given.items():
        verdicts[key] = (speaks, "said to be a speaker" if speaks else "said to be no speaker", False)
    kept = [one for one in candidates if verdicts[one.key][0]]
    kept = [one for one in kept if one.form in ("colon", "stamp") or one.opens or one.key in given]
    heads = [_head(text, one) for one in kept]
    return Guess(tuple(_with_sections(text, heads, sections)), _listed(candidates, verdicts, ""))


def _said(speakers: Speakers | None, name: str) -> bool:
    return bool(speakers[name]) if isinstance(speakers, Mapping) else True


def _key(name: str) -> str:
    return named(name).casefold()


def _shadow(text: str, start: int, end: int) -> str:
    """The line, its combining marks replaced by a letter, so that every alphabet is matched alike."""
    line = text[start:end]
    if line.isascii():
        return line
    return "".join("a" if unicodedata.category(one)[0] == "M" or one in "\u200c\u200d" else one for one in line)


def _candidates(
    text: str, opens: set[int], begin: int, given: Mapping[str, bool]
) -> tuple[list[_Candidate], list[tuple[int, int]]]:
    """Every line that could open a turn, and lines that could be titles of sections."""
    rows: list[_Candidate] = []
    sections: list[tuple[int, int]] = []
    blank, stamp = True, (-1, "")
    for start, end in lines(text, begin):
        line = _shadow(text, start, min(end, start + 200))
        if not line.strip():
            blank = True
            continue
        opening = blank or start in opens
        blank = False
        if _TIME_LINE.match(line) and end - start < 60:
            stamp = (start, line)
            blank = opening
            continue
        candidate = _candidate(text, line, start, end, opening, given)
        if candidate and candidate.form == "capitals" and opening:
            sections.append((start, end))
        elif not candidate and opening and _SECTION.match(line):
            sections.append((start, end))
        if candidate and stamp[0] >= 0 and not candidate.timed:
            time, until = time_of(stamp[1])
            candidate = replace(candidate, start=stamp[0], time=time, until=until)
        stamp = (-1, "")
        rows += [candidate] if candidate else []
    return rows, sections


def _candidate(
    text: str, line: str, start: int, end: int, opening: bool, given: Mapping[str, bool]
) -> _Candidate | None:
    whole_line = end - start <= 200

    def made(name: tuple[int, int], speech: int, form: Form, stamp: str) -> _Candidate | None:
        written = named(text[start + name[0] : start + name[1]])
        time, until = time_of(stamp) if stamp else (float("nan"), float("nan"))
        if not written or _TIME_LINE.match(written) or (form != "stamp" and not _could_be(written, form, given)):
            return None
        return _Candidate(start, start + speech, written, form, opening, time, until, written.casefold())

    for name in given:  # a name with a colon in it, where somebody says that it speaks
        if (":" in name or "：" in name) and named(line).casefold().startswith(f"{name}:"):
            at = line.casefold().index(name[0])
            return made((at, at + len(name)), at + len(name) + 1, "colon", "")
    if match := _HEAD.match(line):
        form: Form = "colon"
        group = next(number for number in ("name1", "name2", "name3") if match[number])
        stamp = match["time1"] or match["time2"] or match["time3"] or match["time4"] or ""
        if group == "name2" and not match["colon"]:
            form = "stamp" if match["time2"] else "bracket"
        if found := made(match.span(group), match.end(), form, stamp):
            return found
    if not whole_line:
        return None
    if (match := _STAMPED.match(line)) and len(match["name"].split()) <= 8:
        wide = len(match["gap"]) > 1 or "\t" in match["gap"] or match["time"][0] in "[(#"
        found = made(match.span("name"), match.end(), "stamp", match["time"])
        return found if found and (wide or _capital(found.name)) else None
    if match := _ALONE.match(line):
        capitals = text[start + match.start("name") : start + match.end("name")]
        form = "capitals" if capitals.isupper() and len(capitals.split()) <= 4 else "alone"
        return made(match.span("name"), match.end(), form, "")
    return None


def _could_be(name: str, form: Form, given: Mapping[str, bool]) -> bool:
    """Whether words could be a name at all: short enough, no sentence."""
    if name.casefold() in given:
        return True
    if len(name) > 60 or len(name.split()) > 8 or not any(one.isalnum() for one in name):
        return False
    if name[0] in "\"'“”„«»>-–—*•·/=":
        return False
    if form == "bracket":
        return not name[0].islower()
    if name.startswith(("http", "www.")) or "://" in name:
        return False
    shadow = _shadow(name, 0, len(name))
    return bool(_STRICT.fullmatch(shadow) and len(name) <= 40) or _capital(name) or bool(_MAIL.fullmatch(name))


def _capital(name: str) -> bool:
    """Whether every word is written as names are: with a capital, a digit, a sign, or without cases at all."""
    words = re.findall(r"[^\s,|/()&]+", name)
    return bool(words) and all(
        word.casefold() in _PARTICLES or not word[0].islower() or "@" in word for word in words
    ) and not words[0][0].islower() and not re.search(r"[!?…;](?:\s|$)|\w{4,}\.(?:\s|$)", name)


def _ordinary(name: str) -> bool:
    key = name.casefold()
    return key in _OPENERS or (len(key) > 5 and key.endswith(_OPENING_ENDS) and " " not in key and key.isascii())


def _clear(name: str) -> bool:
    """Whether a name that occurs once looks like one: initials, a number in it, several words with capitals."""
    short = len(name) <= 3 and name.isupper()
    words = name.split()
    return short or bool(_COUNTS.search(name)) or name.isupper() or (len(words) > 1 and _capital(name))


def _judge(text: str, candidates: Sequence[_Candidate], opens: set[int]) -> dict[str, tuple[bool, str, bool]]:
    """For each key: whether it speaks, why, and whether that is doubtful."""
    verdicts: dict[str, tuple[bool, str, bool]] = {}
    strong = [one for one in candidates if one.form in ("colon", "stamp")]
    counts = Counter(one.key for one in strong)
    stamps = [one for one in strong if one.form == "stamp"]
    recurring = {
        key
        for key, count in counts.items()
        if count > 1 and not _ordinary(key) and not _talk(next(one for one in strong if one.key == key), count)
    }
    later = [one for one in strong if one.key in recurring and one is not candidates[0]]
    lined = sum(not one.opens for one in later) * 2 > len(later)
    small = any(one.name.islower() for one in later)
    blocks = _blocks(text, opens) if strong and not recurring else 0
    few = len(counts) * 4 < blocks
    single_before = False
    for one in strong:
        count = counts[one.key]
        if one.key in verdicts:
            single_before = single_before and one.key not in recurring
            continue
        if one.key in recurring:
            verdicts[one.key] = (True, f"opens {counted(count, 'line')}", False)
            single_before = False
        elif one.form == "stamp":
            speaks = len(stamps) > 1 or _capital(one.name)
            why = "stands before a time" if speaks else "one line with a time at its end"
            verdicts[one.key] = (speaks, why, count == 1)
        elif _ordinary(one.key):
            verdicts[one.key] = (False, "a word that opens sentences", True)
        elif one.timed and not _talk(one, 2):
            verdicts[one.key] = (True, "opens a line with a time", False)
        elif _talk(one, 2 if small and " " not in one.name else count):
            verdicts[one.key] = (False, "several words, as in a sentence", False)
        elif not (one.opens or lined or (one.name.isupper() and len(one.name) > 1)):
            verdicts[one.key] = (False, "opens one line within a paragraph", True)
        elif few and one is not candidates[0]:
            verdicts[one.key] = (False, "opens one line of a text in which hardly any line is opened so", True)
        elif recurring and single_before and not _clear(one.name):
            verdicts[one.key] = (False, "opens one line, after another name that does", True)
        elif recurring and not _clear(one.name) and _in_lower_case(text, one.name):
            verdicts[one.key] = (False, "a word of the text", True)
        else:
            verdicts[one.key] = (True, "opens one line", True)
            single_before = True
    _judge_weak(text, candidates, verdicts, opens, any(speaks for speaks, _, _ in verdicts.values()))
    return verdicts


def _talk(one: _Candidate, count: int) -> bool:
    """Whether a heading reads like the beginning of a sentence."""
    if _capital(one.name) or _MAIL.fullmatch(one.name):
        return False
    return len(one.name.split()) > 2 or count == 1


def _in_lower_case(text: str, name: str) -> bool:
    lower = name.lower()
    return lower != name and re.search(rf"(?<!\w){re.escape(lower)}(?!\w)", text) is not None


def _judge_weak(
    text: str, candidates: Sequence[_Candidate], verdicts: dict[str, tuple[bool, str, bool]],
    opens: set[int], talk: bool
) -> None:
    """Names in brackets or alone on their line count only where nothing clearer opens turns."""
    weak = [one for one in candidates if one.form not in ("colon", "stamp") and one.key not in verdicts]
    counts = Counter(one.key for one in weak)
    blocks = _blocks(text, opens) if weak and not talk else 0
    for form in ("bracket", "capitals", "alone"):
        ours = [one for one in weak if one.form == form]
        names = {one.key for one in ours}
        repeated = {key for key in names if counts[key] > 1}
        often = bool(repeated) and len(names) > 1
        if form == "bracket":
            often = often and len(ours) * 2 >= blocks and all(_followed(text, one) for one in ours)
        elif form == "alone":
            often = len(repeated) > 1 and all(_capital(one.name) for one in ours if one.key in repeated)
        for one in ours:
            if one.key in verdicts:
                continue
            speaks = not talk and often and (form != "alone" or one.key in repeated)
            said = {
                "bracket": "stands in brackets",
                "capitals": "stands alone in capitals",
                "alone": "stands alone on its line",
            }[form]
            verdicts[one.key] = (speaks, f"{said} on {counted(counts[one.key], 'line')}", form != "alone" and not speaks)
        talk = talk or any(verdicts[key][0] for key in names)


def _blocks(text: str, opens: set[int]) -> int:
    return max(len(opens), sum(1 for _ in re.finditer(r"\S[^\n]*\n[ \t]*(?:\n|$)|\S[^\n]*$", text)))


def _followed(text: str, one: _Candidate) -> bool:
    end = text.find("\n", one.speech)
    return bool(text[one.speech : end if end >= 0 else len(text)].strip())


def _head(text: str, one: _Candidate) -> Head:
    time, until, speech = one.time, one.until, one.speech
    if not one.timed and (stamp := _after(text, speech)):
        (time, until), speech = time_of(stamp[0]), stamp.end()
    speech = re.compile(r"\s*").match(text, speech).end()  # type: ignore[union-attr]
    return Head(one.start, speech, one.name, time, until)


_BEHIND = re.compile(rf"\s*(?:[\[(]{RANGE}[\])]|\#\d+:\d\d:\d\d(?:[-.,]\d+)?\#(?!\s*(?:\n|$))|{RANGE}(?=[ \t]*\n))")
_DASH = re.compile(r"[ \t]*(?:[-–—][ \t]+)?")


def _after(text: str, position: int) -> re.Match[str] | None:
    """A time that follows the name."""
    stamp = _BEHIND.match(text, position)
    if stamp is None:
        return None
    dash = _DASH.match(text, stamp.end())
    end = dash.end() if dash else stamp.end()
    return re.compile(re.escape(text[stamp.start() : end])).match(text, stamp.start())


def _with_sections(text: str, heads: list[Head], sections: Sequence[tuple[int, int]]) -> Iterator[Head]:
    """Titles that stand right before a turn become turns of their own."""
    starts = {head.start for head in heads}
    ordered = sorted(starts)
    if ordered:
        place = 0
        for start, end in sections:
            while place < len(ordered) and ordered[place] <= start:
                place += 1
            after = ordered[place] if place < len(ordered) else -1
            if place and start not in starts and after >= 0 and not text[end:after].strip():
                heads.append(Head(start, start, "", kind="heading"))
    yield from sorted(heads, key=lambda head: head.start)


def _listed(
    candidates: Sequence[_Candidate], verdicts: Mapping[str, tuple[bool, str, bool]], why: str
) -> tuple[Heading, ...]:
    first: dict[str, _Candidate] = {}
    counts = Counter(one.key for one in candidates)
    for one in candidates:
        first.setdefault(one.key, one)
    rows = []
    for key, one in first.items():
        speaks, said, doubtful = verdicts.get(key, (True, why, False))
        if speaks or one.form != "alone":
            rows.append(Heading(one.name, speaks, said, counts[key], one.start, doubtful))
    return tuple(rows)
