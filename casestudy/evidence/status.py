"""What becomes of a claim: a small stated rule over evidence that could have failed.

What each piece of evidence says is found by `casestudy.evidence.bounds`: codings count where two coders, each
on their own, found the same; a cautious bound must reach what was expected; shuffled codings must not. A
number of another notebook needs its interval, or the units that it is made of; words that an author picked
from a document illustrate, and count neither way. The rule, in order:

1. Nothing for it: *contradicted* where something is surely not as expected or the contrary was found, else
   *undecidable*.
2. Something for it, and something against it, or a rival that stands: *contested*.
3. Something for it, and the rest open, untested or not to be evaluated, the contrary not surely absent or not
   looked for, no rival considered or one undecided: *partly*.
4. All of it for it, from one kind of source: *single-source*.
5. Otherwise: *supported*.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casestudy.codebook.selection import expand
from casestudy.coding.material import Material
from casestudy.coding.quoting import find
from casestudy.evidence import bounds, confirmed, phrases
from casestudy.evidence.bounds import ABSENT, AGAINST, FOR, OPEN, UNKNOWN, UNTESTED
from casestudy.evidence.claims import Claim, Item
from casestudy.evidence.confirmed import Layout, Sought
from casestudy.mixed import units, values
from casestudy.mixed.measures import described, read

if TYPE_CHECKING:
    import pandas as pd

SUPPORTED, SINGLE, PARTLY, CONTESTED = "supported", "single-source", "partly", "contested"
UNDECIDABLE, CONTRADICTED = "undecidable", "contradicted"
STATUSES = (SUPPORTED, SINGLE, PARTLY, CONTESTED, UNDECIDABLE, CONTRADICTED)
# How much each status says for a claim: to know less against it is not to have more for it.
SUPPORT = {SUPPORTED: 3, SINGLE: 2, PARTLY: 1, CONTESTED: 1, UNDECIDABLE: 0, CONTRADICTED: 0}
DRAWS, SEED = 200, 1666


@dataclass(frozen=True)
class Finding:
    """One piece of evidence, evaluated.

    Attributes
    ----------
    claim, item : str
    contrary : bool
        Whether it is a search for the contrary.
    source : str
        The kind of material it comes from.
    finding : {'for', 'against', 'open', 'absent', 'not tested', 'unknown'}
        What it says about the claim; ``absent`` only of a search for the contrary, ``against`` of both.
    value : float
        People (in whom two coders found it), share or measure; NaN when unknown.
    of : int
        People asked; 0 where that makes no sense.
    said : str
        In words.
    rests_on : tuple of str
        Ids of codings, or the query of the number.
    digest : str
        Of what the number was read from.
    low, high : float
        The cautious bounds that were compared; NaN without.
    chance : float
        Share of shuffled studies that reach as much; NaN where nothing can be shuffled.
    seen : int
        People in whom any coder found it.
    """

    claim: str
    item: str
    contrary: bool
    source: str
    finding: str
    value: float
    of: int
    said: str
    rests_on: tuple[str, ...] = ()
    digest: str = ""
    low: float = math.nan
    high: float = math.nan
    chance: float = math.nan
    seen: int = 0

    @property
    def in_words(self) -> str:
        """What it says about the claim, in words that need no rule to be read."""
        return phrases.IN_WORDS.get((self.finding, self.contrary), self.finding)


@dataclass(frozen=True)
class Verdict:
    """A claim's status and why."""

    claim: Claim
    status: str
    why: str
    findings: tuple[Finding, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Kinds of source that speak for the claim; searches for the contrary do not count.

        What is made of two kinds, such as ``interviews and usage log``, counts as both.
        """
        speaking = [f.source for f in self.findings if f.finding == FOR and not f.contrary]
        return tuple(sorted({kind for source in speaking for kind in source.split(" and ")}))

    def item(self, finding: Finding) -> Item:
        """The piece of the claim that a finding is about."""
        pieces = self.claim.contrary if finding.contrary else self.claim.evidence
        return next(one for one in pieces if one.id == finding.item)


# What makes a claim doubtful, in the order in which it is said: finding, contrary, words.
_DOUBTS = (
    (AGAINST, True, "the contrary was found"),
    (AGAINST, False, "not as expected"),
    (OPEN, False, "not sure enough"),
    (UNTESTED, False, "not tested"),
    (UNKNOWN, False, "cannot be evaluated"),
    (OPEN, True, "the contrary is not excluded"),
    (UNTESTED, True, "the search for the contrary has no test"),
    (UNKNOWN, True, "the contrary cannot be searched"),
)


def judge(claim: Claim, findings: Sequence[Finding]) -> Verdict:
    """Apply the rule of this module to a claim's evaluated evidence.

    Examples
    --------
    >>> claim = Claim("C", "text", "p", "t", "Q", "x")
    >>> judge(claim, []).status
    'undecidable'
    """
    illustrations = {one.id for one in claim.evidence if one.kind == "document"}
    doubts = []
    for kind, contrary, words in _DOUBTS:
        quiet = illustrations if kind == UNTESTED and not contrary else set()
        found = [one for one in findings if (one.finding, one.contrary) == (kind, contrary)]
        found = [one for one in found if one.item not in quiet]
        doubts += [_said(claim, words, found)] if found else []
    if not any(one.contrary for one in findings):
        doubts.append("contrary evidence was not looked for")
    if not claim.rivals:
        doubts.append("no rival explanation was considered")
    doubts += [
        f"a rival {'stands' if rival.verdict == 'stands' else 'is undecided'}: {rival.text.rstrip('.')}"
        for rival in sorted(claim.rivals, key=lambda one: one.verdict)
        if rival.verdict in ("stands", "undecided")
    ]
    status = grade(claim, [(one.item, one.contrary, one.finding, one.source) for one in findings])
    first = {
        UNDECIDABLE: "nothing is surely as expected" if claim.evidence else "it names no evidence",
        CONTRADICTED: "nothing is surely as expected",
    }
    verdict = Verdict(claim, status, "", tuple(findings))
    first[SINGLE] = f"all its evidence comes from one kind of source: {', '.join(verdict.sources)}"
    first[SUPPORTED] = (
        f"evidence from {', '.join(verdict.sources)}; the contrary is surely absent; no rival stands"
    )
    return replace(verdict, why="; ".join([*filter(None, [first.get(status, "")]), *doubts]))


Piece = tuple[str, bool, str, str]


def grade(claim: Claim, pieces: Sequence[Piece]) -> str:
    """The status alone, of pieces of evidence as item, whether contrary, finding and source.

    Examples
    --------
    >>> claim = Claim("C", "text", "p", "t", "Q", "x")
    >>> grade(claim, [("e1", False, "for", "log"), ("x1", True, "against", "words")])
    'contested'
    """
    quiet = {one.id for one in claim.evidence if one.kind == "document"}
    own = [finding for item, contrary, finding, _ in pieces if not contrary and item not in quiet]
    searched = [finding for _, contrary, finding, _ in pieces if contrary]
    verdicts = {rival.verdict for rival in claim.rivals}
    against = AGAINST in own or AGAINST in searched
    if FOR not in own:
        return CONTRADICTED if against else UNDECIDABLE
    if against or "stands" in verdicts:
        return CONTESTED
    complete = all(one == FOR for one in own) and all(one == ABSENT for one in searched)
    if not (complete and searched and verdicts) or "undecided" in verdicts:
        return PARTLY
    kinds = {kind for _, contrary, one, source in pieces if one == FOR for kind in source.split(" and ")}
    return SUPPORTED if len(kinds) > 1 else SINGLE


def evaluate(
    claims: Iterable[Claim], material: Material, draws: int = DRAWS, seed: int = SEED
) -> list[Verdict]:
    """Evaluate every claim against the study as it is now.

    Parameters
    ----------
    claims : iterable of Claim
    material : Material
    draws, seed : int
        Of the shuffled studies that every piece of evidence is compared with.
    """
    laid = confirmed.layout(material)
    rows = laid.shuffles(draws, seed)
    verdicts = []
    for claim in claims:
        findings = [_finding(claim, item, False, laid, rows, seed) for item in claim.evidence]
        findings += [_finding(claim, item, True, laid, rows, seed) for item in claim.contrary]
        verdicts.append(judge(claim, findings))
    said = references(verdicts)
    return [replace(one, claim=_filled(one.claim, material, said)) for one in verdicts]


def references(verdicts: Iterable[Verdict]) -> dict[str, str]:
    """What ``{value:CLAIM.ITEM}`` stands for: people out of those asked, or the number."""
    return {
        f"{one.claim}.{one.item}": _number(one)
        for verdict in verdicts
        for one in verdict.findings
        if one.value == one.value
    }


def _number(finding: Finding) -> str:
    return f"{finding.seen} of {finding.of}" if finding.of else f"{finding.value:.3g}"


def _filled(claim: Claim, material: Material, said: dict[str, str]) -> Claim:
    def known(name: str) -> str:
        return said.get(name) or values.of_material(material, name)

    rivals = tuple(replace(one, because=values.filled(one.because, known)) for one in claim.rivals)
    return replace(claim, rivals=rivals, note=values.filled(claim.note, known))


def _said(claim: Claim, words: str, findings: Sequence[Finding]) -> str:
    """What was found, each piece by what it was to show, or by its id where the author wrote nothing."""
    says = {(False, one.id): one.says for one in claim.evidence}
    says |= {(True, one.id): one.says for one in claim.contrary}
    pieces = [f"{says.get((one.contrary, one.item)) or one.item} ({one.said})" for one in findings]
    return f"{words}: {', '.join(pieces)}"


def _finding(claim: Claim, item: Item, contrary: bool, laid: Layout, rows: Any, seed: int) -> Finding:
    head = (claim.id, item.id, contrary)
    match item.kind:
        case "coding":
            return _coding(head, item, laid, rows)
        case "measure":
            return _measure(head, item, laid.material, len(rows), seed)
        case _:
            return _document(head, item, laid.material)


_Head = tuple[str, str, bool]


def unusable(item: Item, material: Material) -> str:
    """Why codings cannot be counted for an item, in words; empty where they can."""
    gone = [code for code in item.pick.codes if not expand([code], material.parents)]
    retired = [code for code in item.pick.codes if code in material.retired]
    if gone or retired:
        return f"code {(retired or gone)[0]} is {'retired' if retired else 'in no codebook'}"
    return "" if material.asked(item.pick.groups) else "nobody's words are coded"


def asked(item: Item, laid: Layout) -> Any:
    """Who was asked, as true or false by person of the layout."""
    import numpy as np

    return np.isin(np.array(laid.people), laid.material.asked(item.pick.groups))


def _coding(head: _Head, item: Item, laid: Layout, rows: Any) -> Finding:
    import numpy as np

    material = laid.material
    groups = item.pick.groups or tuple(sorted(set(material.heard["group"])))
    source = phrases.source(groups)
    if reason := unusable(item, material):
        return Finding(*head, source, UNKNOWN, math.nan, 0, reason)
    wanted: Sought = confirmed.sought(laid, item.pick, item.different)
    pool = asked(item, laid)
    of = len(material.asked(item.pick.groups))
    twice = int((confirmed.confirmed(laid, wanted)[0] & pool).sum())
    once = int((confirmed.by_any(laid, wanted)[0] & pool).sum())
    drawn = (confirmed.confirmed(laid, wanted, rows) & pool).sum(axis=1)
    chance = (1 + int((drawn >= twice).sum())) / (1 + len(drawn))
    sure, refuted = bounds.of_people(twice, once, of, item.expected)
    low, high = bounds.surely(twice, of)[0], bounds.surely(once, of)[1]
    share = item.expected is not None and item.expected.of == "share"
    rule = bounds.contrary if head[2] else bounds.evidence
    said = phrases.counted(twice, of, groups) + phrases.confirmed_by(once, laid.material, chance)
    held = laid.words.iloc[list(confirmed.codings(laid, wanted))]
    people = np.array(laid.people)[pool]
    held = held[held["who"].isin(people)]
    return Finding(
        *head,
        source,
        rule(bool(sure), bool(refuted), chance),
        twice / of if share else float(twice),
        of,
        phrases.held_against(said, item.expected, head[2]),
        tuple(sorted(held["coding"])),
        digest_of(held),
        float(low),
        float(high),
        chance,
        once,
    )


def digest_of(codings: pd.DataFrame) -> str:
    """SHA-256 of what some codings say: document, coder, code and quote, not their place."""
    said = sorted(zip(codings["document"], codings["coder"], codings["code"], codings["quote"], strict=True))
    return hashlib.sha256("\n".join("\t".join(one) for one in said).encode()).hexdigest()


def _measure(head: _Head, item: Item, material: Material, draws: int, seed: int) -> Finding:
    measure = material.framework.measure(item.measure)
    if measure is None:
        said = f"measure {item.measure} is not declared"
        return Finding(*head, "unknown", UNKNOWN, math.nan, 0, said)
    reading = read(material, measure)
    if reading.value != reading.value:
        return Finding(*head, measure.source, UNKNOWN, math.nan, 0, reading.reason)
    low, high, chance = reading.low, reading.high, math.nan
    rows = units.table(material, measure)
    if rows is not None and measure.over is not None:
        counted = units.counted(measure.over, rows, draws, seed)
        low, high, chance = counted.low, counted.high, counted.chance
        if measure.over.statistic == "share":
            low, high = map(float, bounds.surely(counted.hits, counted.people))
    said = phrases.measured(measure.name, reading.value, measure.unit)
    rests, digest = (described(measure),), reading.digest
    if low != low or item.expected is None:
        said = phrases.held_against(f"{said}, without an interval", item.expected, head[2], measure.unit)
        return Finding(*head, measure.source, UNTESTED, reading.value, 0, said, rests, digest)
    sure, refuted = bounds.meets(item.expected.relation, low, high, item.expected.number)
    rule = bounds.contrary if head[2] else bounds.evidence
    said += phrases.between(low, high, measure.unit, chance)
    return Finding(
        *head,
        measure.source,
        rule(bool(sure), bool(refuted), chance),
        reading.value,
        0,
        phrases.held_against(said, item.expected, head[2], measure.unit),
        rests,
        digest,
        low,
        high,
        chance,
    )


def _document(head: _Head, item: Item, material: Material) -> Finding:
    known = material.documents.set_index("document")
    if item.document not in known.index:
        return Finding(*head, "documents", UNKNOWN, math.nan, 0, f"document {item.document} is not there")
    source = phrases.source([str(known.at[item.document, "group"])])
    if not find(str(known.at[item.document, "text"]), item.quote):
        said = f"the words do not stand in {item.document} any more"
        return Finding(*head, source, UNKNOWN, math.nan, 0, said)
    said = f"{item.document} says it; words that an author picks illustrate"
    digest = str(known.at[item.document, "sha256"])
    return Finding(*head, source, UNTESTED, 1.0, 0, said, (item.document,), digest)
