"""What in a plain text may stand for a speaker: a careful guess, listed with its reasons, to be overruled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casestudy.transcripts.openings import MAIL, Candidate, capital, openings
from casestudy.transcripts.turn import RANGE, Head, Speakers, named, time_of
from casestudy.wording import counted

# Words that open a sentence in many languages; a heading that is one of them is talk, not a name.
_OPENERS = frozenset(
    re.findall(
        r"\S+",
        """
        first firstly second secondly third thirdly fourth finally last lastly next then also so well
        but and or because note notes nb ps example examples reason reasons problem problems result
        results remember warning however otherwise instead besides anyway still now today yesterday
        tomorrow monday tuesday wednesday thursday friday saturday sunday true false correct look listen
        see thing point fact facts conclusion summary answer later ensin ensinnäkin toiseksi kolmanneksi
        lopuksi siis mutta joten esimerkiksi huom erstens zweitens drittens schließlich also aber zum
        beispiel d'abord premièrement deuxièmement ensuite enfin puis donc mais primero segundo tercero
        finalmente luego pero primeiro depois finalmente mas först andra sedan men exempel
        """,
    )
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
    >>> [(one.name, one.speaker) for one in found.headings]
    [('I', True), ('B', True), ('First', False)]
    >>> found.headings[2].why
    'a word that opens sentences'
    """
    given = {_key(name): _said(speakers, name) for name in speakers or ()}
    starts = set(opens)
    candidates, sections = openings(text, starts, begin, given)
    if speakers is not None and not isinstance(speakers, Mapping):
        kept = [one for one in candidates if given.get(one.key)]
        return Guess(tuple(_head(text, one) for one in kept), _listed(kept, {}, "named as a speaker"))
    verdicts = _judge(text, candidates, starts)
    for key, speaks in given.items():
        verdicts[key] = (speaks, "said to be a speaker" if speaks else "said to be no speaker", False)
    kept = [one for one in candidates if verdicts[one.key][0]]
    kept = [one for one in kept if one.form in ("colon", "stamp") or one.opens or one.key in given]
    counts = Counter(one.key for one in kept)
    heads = [_head(text, one) for one in kept]
    for number, one in enumerate(kept[:-1]):
        if counts[one.key] == 1 and one.key not in given and heads[number].speech >= heads[number + 1].start:
            verdicts[one.key] = (False, "a line with no words behind it", True)
            heads[number] = heads[number]._replace(speaker="", kind="heading", speech=one.start)
    return Guess(tuple(_with_sections(text, heads, sections)), _listed(candidates, verdicts, ""))


def _said(speakers: Speakers | None, name: str) -> bool:
    return bool(speakers[name]) if isinstance(speakers, Mapping) else True


def _key(name: str) -> str:
    return named(name).casefold()


def _ordinary(name: str) -> bool:
    return name.casefold() in _OPENERS


def _adverb(name: str) -> bool:
    """Whether one word ends as words do that open a sentence in several languages."""
    return len(name) > 5 and name.isascii() and " " not in name and name.casefold().endswith(_OPENING_ENDS)


def _clear(name: str) -> bool:
    """Whether a name that occurs once looks like one: initials, a number in it, words with capitals."""
    short = len(name) <= 3 and name.isupper()
    words = name.split()
    return (
        short or any(one.isdecimal() for one in name) or name.isupper() or (len(words) > 1 and capital(name))
    )


def _judge(text: str, candidates: Sequence[Candidate], opens: set[int]) -> dict[str, tuple[bool, str, bool]]:
    """For each key: whether it speaks, why, and whether that is doubtful."""
    verdicts: dict[str, tuple[bool, str, bool]] = {}
    strong = [one for one in candidates if one.form in ("colon", "stamp")]
    counts = Counter(one.key for one in strong)
    stamps = [one for one in strong if one.form == "stamp"]
    recurring = {
        key
        for key, count in counts.items()
        if count > 1
        and not _ordinary(key)
        and not _talk(next(one for one in strong if one.key == key), count)
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
            speaks = len(stamps) > 1 or capital(one.name)
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
            verdicts[one.key] = (
                False,
                "opens one line of a text in which hardly any line is opened so",
                True,
            )
        elif recurring and _adverb(one.name):
            verdicts[one.key] = (False, "ends as a word does that opens sentences", True)
        elif recurring and single_before and not _clear(one.name):
            verdicts[one.key] = (False, "opens one line, after another name that does", True)
        elif recurring and not _clear(one.name) and _in_lower_case(text, one.name):
            verdicts[one.key] = (False, "a word of the text", True)
        else:
            verdicts[one.key] = (True, "opens one line", True)
            single_before = True
    _judge_weak(text, candidates, verdicts, opens, any(speaks for speaks, _, _ in verdicts.values()))
    return verdicts


def _talk(one: Candidate, count: int) -> bool:
    """Whether a heading reads like the beginning of a sentence."""
    if capital(one.name) or MAIL.fullmatch(one.name):
        return False
    return len(one.name.split()) > 2 or count == 1


def _in_lower_case(text: str, name: str) -> bool:
    lower = name.lower()
    return lower != name and re.search(rf"(?<!\w){re.escape(lower)}(?!\w)", text) is not None


def _judge_weak(
    text: str,
    candidates: Sequence[Candidate],
    verdicts: dict[str, tuple[bool, str, bool]],
    opens: set[int],
    talk: bool,
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
            often = len(repeated) > 1 and all(capital(one.name) for one in ours if one.key in repeated)
        for one in ours:
            if one.key in verdicts:
                continue
            speaks = not talk and often and (form != "alone" or one.key in repeated)
            said = {
                "bracket": "stands in brackets",
                "capitals": "stands alone in capitals",
                "alone": "stands alone on its line",
            }[form]
            verdicts[one.key] = (
                speaks,
                f"{said} on {counted(counts[one.key], 'line')}",
                form != "alone" and not speaks,
            )
        talk = talk or any(verdicts[key][0] for key in names)


def _blocks(text: str, opens: set[int]) -> int:
    return max(len(opens), sum(1 for _ in re.finditer(r"\S[^\n]*\n[ \t]*(?:\n|$)|\S[^\n]*$", text)))


def _followed(text: str, one: Candidate) -> bool:
    end = text.find("\n", one.speech)
    return bool(text[one.speech : end if end >= 0 else len(text)].strip())


def _head(text: str, one: Candidate) -> Head:
    time, until, speech = one.time, one.until, one.speech
    if not one.timed and (stamp := _after(text, speech)):
        (time, until), speech = time_of(stamp[0]), stamp.end()
    speech = _SPACES.match(text, speech).end()  # type: ignore[union-attr]
    return Head(one.start, speech, one.name, time, until)


_BEHIND = re.compile(
    rf"\s*(?:[\[(]{RANGE}[\])]|\#\d+:\d\d:\d\d(?:[-.,]\d+)?\#(?!\s*(?:\n|$))|{RANGE}(?=[ \t]*\n))"
)
_SPACES = re.compile(r"\s*")
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
    candidates: Sequence[Candidate], verdicts: Mapping[str, tuple[bool, str, bool]], why: str
) -> tuple[Heading, ...]:
    first: dict[str, Candidate] = {}
    counts = Counter(one.key for one in candidates)
    for one in candidates:
        first.setdefault(one.key, one)
    rows = []
    for key, one in first.items():
        speaks, said, doubtful = verdicts.get(key, (True, why, False))
        if speaks or one.form != "alone":
            rows.append(Heading(one.name, speaks, said, counts[key], one.start, doubtful))
    return tuple(rows)
