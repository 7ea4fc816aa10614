"""How claims fare when nothing is in the codings, and when there is less of them.

Every piece of evidence is evaluated again in studies whose codings are shuffled within coder and group, and
in studies that keep a random half of the people of each group. Shuffled, nothing should be left; halved, a
status should not rise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.coding.material import Material
from casestudy.evidence import bounds, confirmed, status
from casestudy.evidence.bounds import ABSENT, AGAINST, FOR, OPEN
from casestudy.evidence.claims import Item
from casestudy.evidence.confirmed import Layout
from casestudy.evidence.phrases import in_percent
from casestudy.evidence.status import SUPPORT, Finding, Verdict
from casestudy.mixed import units
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    *("claim", "item", "contrary", "kind", "status", "observed", "of", "low", "high"),
    *("reached_by_shuffled", "for_in_shuffled", "raised_by_halving", "weakest"),
    *("claim_status", "claim_raised_by_halving"),
)


@dataclass(frozen=True, eq=False)
class _Fates:
    """What an item says in each shuffled and each halved study."""

    item: Item
    shuffled: Any
    halved: Any


def fates(
    material: Material, verdicts: Sequence[Verdict], draws: int = 200, seed: int = 1666
) -> pd.DataFrame:
    """Every piece of evidence under shuffling and halving.

    Parameters
    ----------
    material : Material
    verdicts : sequence of Verdict
        From `casestudy.evidence.status.evaluate`.
    draws, seed : int
        Shuffled studies, and as many halved ones.

    Returns
    -------
    pandas.DataFrame
        One row an item, `COLUMNS`: what it says (``status``), the value ``observed`` with its cautious
        bounds; the share of shuffled studies that reach this value and in which it would be ``for``; the
        share of halved studies in which it would say more for the claim; the ``weakest`` spot in words; the
        claim's status and the share of halved studies in which that would be higher. NaN where there is
        nothing to shuffle or halve.
    """
    import pandas as pd

    laid = confirmed.layout(material)
    rows = laid.shuffles(draws, seed)
    kept = halves(laid, draws, seed)
    lines = []
    for verdict in verdicts:
        pieces = [(verdict.item(one), one) for one in verdict.findings]
        told = [_fates(one, item, laid, rows, kept, seed) for item, one in pieces]
        raised = _claim_raised(verdict, told, draws)
        for (item, finding), fate in zip(pieces, told, strict=True):
            lines.append(
                {
                    "claim": verdict.claim.id,
                    "item": item.id,
                    "contrary": finding.contrary,
                    "kind": item.kind,
                    "status": finding.finding,
                    "observed": finding.value,
                    "of": finding.of,
                    "low": finding.low,
                    "high": finding.high,
                    "reached_by_shuffled": finding.chance,
                    "for_in_shuffled": _share(fate.shuffled, FOR),
                    "raised_by_halving": _raised(finding, fate.halved),
                    "weakest": weakest(item, finding),
                    "claim_status": verdict.status,
                    "claim_raised_by_halving": raised,
                }
            )
    return pd.DataFrame(lines, columns=list(COLUMNS))


def by_claim(table: pd.DataFrame) -> pd.DataFrame:
    """One row a claim: ``claim, status, items, for_it, against_it, most_by_chance, raised_by_halving``."""
    import pandas as pd

    rows = []
    for claim, mine in table.groupby("claim", sort=False):
        rows.append(
            {
                "claim": claim,
                "status": mine["claim_status"].iloc[0],
                "items": len(mine),
                "for_it": int(mine["status"].isin([FOR, ABSENT]).sum()),
                "against_it": int(mine["status"].eq(AGAINST).sum()),
                "most_by_chance": mine["for_in_shuffled"].max(),
                "raised_by_halving": mine["claim_raised_by_halving"].iloc[0],
            }
        )
    names = ["claim", "status", "items", "for_it", "against_it", "most_by_chance", "raised_by_halving"]
    return pd.DataFrame(rows, columns=names)


def summary(table: pd.DataFrame) -> str:
    """What the test shows, in a sentence or two."""
    own = table[~table["contrary"] & table["for_in_shuffled"].notna()]
    if own.empty:
        return "No piece of evidence could be shuffled."
    share = float(own["for_in_shuffled"].mean())
    claims = by_claim(table)
    most = claims["raised_by_halving"].max()
    risen = claims.loc[claims["raised_by_halving"].eq(most), "claim"].iloc[0] if most == most and most else ""
    halved = f"; most often {risen}, in {in_percent(most)}" if risen else ""
    untested = int(table["status"].eq(bounds.UNTESTED).sum())
    return (
        f"In shuffled studies {in_percent(share)} of {counted(len(own), 'piece')} of evidence speak "
        f"for their claim. Among studies of half of the people {_rising(claims)}{halved}. {untested} of "
        f"{len(table)} pieces have no test."
    )


def numbers(table: pd.DataFrame) -> dict[str, float]:
    """The numbers of `summary`, by name."""
    own = table[~table["contrary"] & table["for_in_shuffled"].notna()]
    claims = by_claim(table)
    return {
        "pieces that can be shuffled": len(own),
        "claims that rise in more than 5 % of halves": int(claims["raised_by_halving"].gt(0.05).sum()),
        "pieces for their claim when shuffled": float(own["for_in_shuffled"].mean())
        if len(own)
        else math.nan,
        "most often raised by halving": float(claims["raised_by_halving"].max()) if len(claims) else math.nan,
        "pieces without a test": int(table["status"].eq(bounds.UNTESTED).sum()),
    }


def _rising(claims: pd.DataFrame) -> str:
    often = claims["raised_by_halving"].gt(0.05)
    if not claims["raised_by_halving"].gt(0).any():
        return "no claim's status rises"
    return f"the status of {counted(int(often.sum()), 'claim')} rises in more than 5 %"


def halves(laid: Layout, draws: int, seed: int) -> Any:
    """Random halves of the people of each group: true or false, draws × people."""
    import numpy as np

    group = laid.words.groupby(laid.who)["group"].first().reindex(range(len(laid.people))).to_numpy()
    dealt = np.random.default_rng(seed + 1)
    kept = np.zeros((draws, len(laid.people)), dtype=bool)
    for name in sorted(set(group)):
        place = np.flatnonzero(group == name)
        order = np.argsort(dealt.random((draws, len(place))), axis=1)
        kept[:, place] = order < (len(place) + dealt.integers(0, 2, (draws, 1))) // 2
    return kept


def _fates(finding: Finding, item: Item, laid: Layout, rows: Any, kept: Any, seed: int) -> _Fates:
    import numpy as np

    rule = bounds.contrary if finding.contrary else bounds.evidence
    nothing = np.array([], dtype=object)
    if item.kind == "coding" and not status.unusable(item, laid.material):
        wanted = confirmed.sought(laid, item.pick, item.different)
        pool = status.asked(item, laid)
        of = int(pool.sum())
        twice = (confirmed.confirmed(laid, wanted, rows) & pool).sum(axis=1)
        once = (confirmed.by_any(laid, wanted, rows) & pool).sum(axis=1)
        chances = [(1 + int((twice >= one).sum())) / (1 + len(twice)) for one in twice]
        sure, no = bounds.of_people(twice, once, np.full(len(twice), of), item.expected)
        shuffled = np.array(
            [rule(bool(a), bool(b), c) for a, b, c in zip(sure, no, chances, strict=True)], dtype=object
        )
        pools = kept & pool
        sizes = pools.sum(axis=1)
        found = (pools & confirmed.confirmed(laid, wanted)[0]).sum(axis=1)
        any_of = (pools & confirmed.by_any(laid, wanted)[0]).sum(axis=1)
        sure, no = bounds.of_people(found, any_of, sizes, item.expected)
        halved = np.array(
            [rule(bool(a), bool(b), finding.chance) for a, b in zip(sure, no, strict=True)], dtype=object
        )
        return _Fates(item, shuffled, halved)
    measure = laid.material.framework.measure(item.measure) if item.kind == "measure" else None
    saved = units.table(laid.material, measure) if measure else None
    if measure is None or measure.over is None or saved is None or item.expected is None:
        return _Fates(item, nothing, nothing)
    said = []
    for half in units.halves(measure.over, saved, len(kept), seed + 2):
        counted_ = units.counted(measure.over, half)
        low, high = counted_.low, counted_.high
        if measure.over.statistic == "share":
            low, high = map(float, bounds.surely(counted_.hits, counted_.people))
        sure, no = bounds.meets(item.expected.relation, low, high, item.expected.number)
        said.append(rule(bool(sure), bool(no), finding.chance))
    shuffled = _dealt(item, measure, saved, len(kept), seed)
    return _Fates(item, shuffled, np.array(said, dtype=object))


def _dealt(item: Item, measure: Any, saved: Any, draws: int, seed: int) -> Any:
    """What an item says where the rows of one side of its number are dealt out again."""
    import numpy as np

    drawn = units.dealt_out(measure.over, saved, draws, seed + 3)
    expected = item.expected
    said: list[str] = []
    if expected is None:
        return np.array(said, dtype=object)
    values = [units.number(measure.over, rows) for rows in drawn]
    for rows, value in zip(drawn, values, strict=True):
        again = units.counted(measure.over, rows)
        chance = float(np.mean([other >= value - 1e-12 for other in values]))
        sure, no = bounds.meets(expected.relation, again.low, again.high, expected.number)
        said.append(bounds.evidence(bool(sure), bool(no), chance))
    return np.array(said, dtype=object)


def _share(said: Any, word: str) -> float:
    return float((said == word).mean()) if len(said) else math.nan


def _raised(finding: Finding, halved: Any) -> float:
    """How often a half says more for the claim: ``for`` that was not, or the contrary absent that was not."""
    best = ABSENT if finding.contrary else FOR
    if not len(halved):
        return math.nan
    return 0.0 if finding.finding == best else _share(halved, best)


def _claim_raised(verdict: Verdict, fates: Sequence[_Fates], draws: int) -> float:
    heights = []
    for draw in range(draws):
        pieces = [
            (one.item, one.contrary, str(fate.halved[draw]) if len(fate.halved) else one.finding, one.source)
            for one, fate in zip(verdict.findings, fates, strict=True)
        ]
        heights.append(SUPPORT[status.grade(verdict.claim, pieces)] > SUPPORT[verdict.status])
    return sum(heights) / draws if draws else math.nan


def weakest(item: Item, finding: Finding) -> str:
    """Where a piece of evidence is weakest, in words."""
    if finding.finding == bounds.UNKNOWN:
        return finding.said
    if finding.finding == bounds.UNTESTED:
        return "words that an author picked" if item.kind == "document" else "a number without an interval"
    if item.kind == "measure":
        if finding.chance == finding.chance and finding.chance > bounds.RARE:
            return f"chance reaches it in {in_percent(finding.chance)} of draws"
        end = "the interval holds what was expected and what was not" if finding.finding == OPEN else ""
        return end or "it is counted in one way; other ways of counting are not tried here"
    if finding.contrary:
        return _room(item, finding)
    have = finding.value * finding.of if item.expected and item.expected.of == "share" else finding.value
    need = next(
        (n for n in range(finding.of + 1) if bounds.of_people(n, n, finding.of, item.expected)[0]), None
    )
    if need is None:
        return f"{finding.of} people are too few to show it"
    spare = round(have) - need
    if finding.chance > bounds.RARE:
        return f"chance reaches it in {in_percent(finding.chance)} of shuffled studies"
    if spare >= 0:
        return f"it falls when {counted(spare + 1, 'person', 'people')} more do not show it"
    return f"{counted(-spare, 'person', 'people')} more would have to show it, of {finding.of}"


def _room(item: Item, finding: Finding) -> str:
    """How far a search for the contrary is from being settled."""
    most = next(
        (n for n in range(finding.of, -1, -1) if bounds.of_people(0, n, finding.of, item.expected)[1]),
        None,
    )
    if most is None:
        return f"among {finding.of} people the contrary cannot be excluded"
    if finding.seen <= most:
        return f"it opens when {counted(most - finding.seen + 1, 'person', 'people')} more say the contrary"
    return f"some coder hears it in {finding.seen}; at most {most} of {finding.of} would exclude it"
