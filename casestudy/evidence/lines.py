"""The lines of a framework as tested relations: what is said of two themes is written from the test.

A line says of which kind it is (`casestudy.codebook.links.Link`). Every kind has a number, cautious
one-sided 95 % bounds over people, and what chance gives. Without a kind a line is *not tested*; without its
codes or its numbers it is *unknown*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casestudy.codebook.framework import Theme
from casestudy.codebook.links import Link
from casestudy.codebook.selection import Pick, expand
from casestudy.coding.material import Material
from casestudy.evidence import bounds, together
from casestudy.evidence.phrases import in_percent
from casestudy.mixed import joined, logside
from casestudy.mixed.measures import column
from casestudy.people.documents import TALKS

if TYPE_CHECKING:
    import pandas as pd

HOLDS, OPEN, AGAINST = "holds", "open", "against"
UNTESTED, UNKNOWN, LITERATURE = "not tested", "unknown", "literature"
STATUSES = (HOLDS, OPEN, AGAINST, LITERATURE, UNTESTED, UNKNOWN)
COLUMNS = (
    *("line", "start", "end", "kind", "status", "value", "low", "high", "people"),
    *("reached_by_shuffled", "raised_by_halving", "sentence", "claim", "says"),
)


@dataclass(frozen=True)
class Line:
    """A tested line.

    Attributes
    ----------
    link : Link
    status : str
        One of `STATUSES`.
    value, low, high : float
        How often as often as by chance; a share of people; a difference in mean rank from −1 to 1. NaN
        without a test.
    people : int
        Whom it is counted in.
    chance : float
        Share of draws in which chance gives as much.
    raised : float
        Share of halved studies in which it holds although it does not in the whole.
    sentence : str
        What the test says.
    """

    link: Link
    status: str
    sentence: str
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    people: int = 0
    chance: float = math.nan
    raised: float = math.nan


def evaluate(found: Material, draws: int = 200, seed: int = 1666) -> list[Line]:
    """Test every line that the framework declares."""
    themes = {theme.id: theme for theme in found.framework.themes}
    return [
        _tested(found, link, themes[link.start], themes[link.end], draws, seed)
        for link in found.framework.links
    ]


def table(lines: Sequence[Line]) -> pd.DataFrame:
    """Lines, one a row: `COLUMNS`."""
    import pandas as pd

    rows = [
        {
            "line": line.link.id,
            "start": line.link.start,
            "end": line.link.end,
            "kind": line.link.kind or "none",
            "status": line.status,
            "value": line.value,
            "low": line.low,
            "high": line.high,
            "people": line.people,
            "reached_by_shuffled": line.chance,
            "raised_by_halving": line.raised,
            "sentence": line.sentence,
            "claim": line.link.claim,
            "says": line.link.says,
        }
        for line in lines
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def as_items(lines: pd.DataFrame) -> list[dict[str, Any]]:
    """Lines as rows beside the pieces of evidence of claims."""
    return [
        {
            "claim": "",
            "item": row["line"],
            "contrary": False,
            "kind": row["kind"],
            "status": row["status"],
            "observed": row["value"],
            "of": row["people"],
            "low": row["low"],
            "high": row["high"],
            "reached_by_shuffled": row["reached_by_shuffled"],
            "for_in_shuffled": math.nan,
            "raised_by_halving": row["raised_by_halving"],
            "weakest": row["sentence"],
            "claim_status": "",
            "claim_raised_by_halving": math.nan,
        }
        for row in lines.to_dict("records")
    ]


def summary(lines: pd.DataFrame) -> str:
    """How the lines stand, in a sentence."""
    if lines.empty:
        return "The framework declares no lines."
    counts = [
        f"{int(lines['status'].eq(one).sum())} {one}" for one in STATUSES if lines["status"].eq(one).any()
    ]
    return f"Of {len(lines)} lines between themes: {', '.join(counts)}."


def missing_codes(found: Material, pick: Pick) -> list[str]:
    """Codes that a pick names one by one and the codebook does not have, or not any more."""
    named = [code for code in pick.codes if not any(sign in code for sign in "*?[")]
    return [code for code in named if code not in found.book.codes or code in found.retired]


def _tested(found: Material, link: Link, start: Theme, end: Theme, draws: int, seed: int) -> Line:
    for theme in (start, end):
        pick = replace(theme.pick, codes=link.codes) if link.codes and theme is start else theme.pick
        if lost := missing_codes(found, pick):
            verb = "is" if len(lost) == 1 else "are"
            return Line(
                link, UNKNOWN, f"unknown: {', '.join(lost)} of {theme.name} {verb} not in the codebook"
            )
        if not expand(pick.codes, found.parents):
            return Line(link, UNKNOWN, f"unknown: no code of {theme.name} is in the codebook")
    match link.kind:
        case "voiced together":
            return _together(found, link, start, end, draws, seed)
        case "because":
            return _because(found, link, start, end)
        case "precedes":
            return _precedes(found, link, start, end, draws, seed)
        case "goes with":
            return _goes_with(found, link, start, draws, seed)
        case "literature":
            said = f"from the literature ({', '.join(link.sources)}), not tested here"
            return Line(link, LITERATURE, f"{start.name} and {end.name}: {said}")
        case _:
            return Line(link, UNTESTED, f"{start.name} and {end.name}: not tested")


def _together(found: Material, link: Link, start: Theme, end: Theme, draws: int, seed: int) -> Line:
    counts = together.in_turns(found, start.pick, end.pick, draws, seed)
    people = len(counts.who)
    names = f"{start.name} and {end.name}"
    if people < 5:
        said = f"{names}: voiced by the same {people} people or documents, too few to say whether together"
        return Line(link, OPEN, said, people=people)
    value, low, high = together.lift(counts.observed, counts.expected)
    status = _status(low, high, 1.0, counts.chance)
    halved = together.halves(len(counts.who), draws, seed)
    raised = _raised(
        status, [together.lift(counts.observed[one], counts.expected[one]) for one in halved], 1.0
    )
    said = (
        f"{names}: voiced in the same turns {value:.1f} times as often as by chance "
        f"({low:.1f} to {high:.1f}, {people} people and documents, chance gives as much in "
        f"{in_percent(counts.chance)} of draws)"
    )
    return Line(link, status, said, value, low, high, people, counts.chance, raised)


def _because(found: Material, link: Link, start: Theme, end: Theme) -> Line:
    names = f"{start.name} as a reason of {end.name}"
    if link.attribute not in found.words.columns or not found.words[link.attribute].ne("").any():
        return Line(link, UNTESTED, f"{names}: not tested, since no statement is coded as a reason")
    reasons = expand(end.pick.codes, found.parents)
    mine = replace(start.pick, groups=(), where={link.attribute: tuple(sorted(reasons))})
    placed = found.words[found.words["placed"]]
    said_so = set(mine.of(placed, found.parents)["who"])
    voices = set(replace(start.pick, groups=()).of(placed, found.parents)["who"])
    low, high = bounds.surely(len(said_so), len(voices)) if voices else (math.nan, math.nan)
    status = HOLDS if float(low) > 0 else OPEN
    said = f"{names}: said by {len(said_so)} of {len(voices)} who voice {start.name}"
    share = len(said_so) / len(voices) if voices else math.nan
    return Line(link, status, said, share, float(low), float(high), len(voices))


def _precedes(found: Material, link: Link, start: Theme, end: Theme, draws: int, seed: int) -> Line:
    from scipy.stats import binom

    first, second = (
        together.earliest(found, theme.pick, link.attribute, link.order) for theme in (start, end)
    )
    pairs = [
        (first[who], second[who]) for who in sorted(set(first) & set(second)) if first[who] != second[who]
    ]
    before = sum(one < other for one, other in pairs)
    names = f"{start.name} before {end.name}"
    if len(pairs) < 5:
        return Line(
            link,
            OPEN,
            f"{names}: {len(pairs)} people tell of both at different times, too few",
            people=len(pairs),
        )
    low, high = (float(one) for one in bounds.surely(before, len(pairs)))
    chance = float(binom.sf(before - 1, len(pairs), 0.5))
    status = _status(low, high, 0.5, chance)
    halved = [sum(pairs[n][0] < pairs[n][1] for n in one) for one in together.halves(len(pairs), draws, seed)]
    raised = _raised(status, _bounds(halved, len(pairs) // 2), 0.5)
    said = f"{names}: {before} of {len(pairs)} who tell of both at different times (p = {chance:.2g})"
    return Line(link, status, said, before / len(pairs), low, high, len(pairs), chance, raised)


def _goes_with(found: Material, link: Link, start: Theme, draws: int, seed: int) -> Line:
    measure = found.framework.measure(link.measure)
    label = measure.name if measure else link.measure
    codes = ", ".join(found.names.get(code, code) for code in link.codes)
    names = f"{codes or start.name} and {label}"
    numbers, reason = _numbers(found, link)
    if reason:
        return Line(link, UNKNOWN, f"{names}: unknown, since {reason}")
    pick = replace(start.pick, codes=link.codes or start.pick.codes)
    voices = set(pick.of(found.words[found.words["placed"]], found.parents)["who"])
    values = [value for _, value in sorted(numbers.items())]
    voiced = [who in voices for who in sorted(numbers)]
    if len(set(values)) < 2:
        return Line(
            link, UNKNOWN, f"{names}: unknown, since the number is the same for everybody", people=len(values)
        )
    if min(sum(voiced), len(voiced) - sum(voiced)) < 3:
        return Line(
            link,
            OPEN,
            f"{names}: {sum(voiced)} of {len(voiced)} voice it, too few differ",
            people=len(values),
        )
    value, low, high, chance = together.apart(values, voiced, draws, seed)
    status = _status(low, high, 0.0, chance)
    halved = []
    for one in together.halves(len(values), draws, seed):
        halved.append(together.apart([values[n] for n in one], [voiced[n] for n in one], 0, seed)[:3])
    said = (
        f"{names}: who voices it ranks {'higher' if value > 0 else 'lower'} (difference of mean ranks "
        f"{value:.2f}, {low:.2f} to {high:.2f}, {len(values)} people, chance gives as much in "
        f"{in_percent(chance)} of draws)"
    )
    return Line(link, status, said, value, low, high, len(values), chance, _raised(status, halved, 0.0))


def _numbers(found: Material, link: Link) -> tuple[dict[str, float], str]:
    """A measure by participant who was interviewed and may be linked, and why there is none."""
    measure = found.framework.measure(link.measure)
    if measure is None or measure.per == "study":
        return {}, f"{link.measure} is not a number by participant or household"
    values, reason = column(found, measure)
    if reason:
        return {}, reason
    interviewed = found.heard.loc[found.heard["kind"].isin(TALKS), "who"]
    roll = joined.join(
        found.people, interviewed, logside.ids(found, "participant"), logside.ids(found, "household")
    )
    key = "log_id" if measure.per == "participant" else "household_id"
    pairs = zip(roll["participant_id"], roll[key], strict=True)
    numbers = {str(who): float(values[one]) for who, one in pairs if one and one in values.index}
    known = {who: value for who, value in numbers.items() if value == value}
    return (known, "") if known else ({}, "nobody who was interviewed has it")


def _status(low: float, high: float, nothing: float, chance: float) -> str:
    if low > nothing and not chance > bounds.RARE:
        return HOLDS
    return AGAINST if high < nothing else OPEN


def _bounds(counts: Sequence[int], of: int) -> list[tuple[float, float, float]]:
    ends = [bounds.surely(count, of) for count in counts]
    return [(0.0, float(low), float(high)) for low, high in ends]


def _raised(status: str, halved: Sequence[tuple[float, float, float]], nothing: float) -> float:
    if status == HOLDS or not halved:
        return 0.0
    return sum(low > nothing for _, low, _ in halved) / len(halved)
