"""Contrary evidence, searched everywhere by one rule instead of where an author points.

What would speak against a claim is what its searches name, and every code of its own evidence where a speaker
denies it. That is looked for in the words of every group, in the acts of the log that can point to it, in the
numbers of the claim's theme, and in talk that nobody coded: by the rules of the codes, and by likeness to
what was coded so. What was searched is said with what was found; nothing found is a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from casestudy.codebook.selection import Pick, expand
from casestudy.coding import loose
from casestudy.coding.material import Material
from casestudy.coding.units import Unit
from casestudy.errors import CaseStudyError
from casestudy.evidence import confirmed
from casestudy.evidence.claims import Claim
from casestudy.evidence.confirmed import Layout
from casestudy.mixed.measures import read

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("claim", "where", "looked_for", "searched", "found", "by_two", "in_claim", "examples")
NOT_THERE = "searched, not there"


def searched(found: Material, claims: Sequence[Claim], alike: float = 0.5, shown: int = 3) -> pd.DataFrame:
    """The search for the contrary of every claim.

    Parameters
    ----------
    found : Material
    claims : sequence of Claim
    alike : float
        From which cosine of word weights (TF-IDF) on an uncoded sentence counts as like what was coded.
    shown : int
        Examples in a row: ids of codings, or places (document and characters); never words.

    Returns
    -------
    pandas.DataFrame
        One row a claim and place, `COLUMNS`: where, what was looked for, how many people, participants,
        numbers or sentences were searched, in how many it was found, in how many by two coders (codings
        only), whether the claim itself looks there.
    """
    import pandas as pd

    laid = confirmed.layout(found)
    acts, untouched = _acts(found), loose.sentences(found)
    ruled = loose.by_rule(found, set().union(*(contrary_codes(found, one) for one in claims)), untouched)
    rows: list[dict[str, Any]] = []
    for claim in claims:
        codes = contrary_codes(found, claim)
        own = denied_codes(found, claim)
        rows += _in_words(laid, claim, codes, own, shown)
        rows += _in_log(found, claim, codes, acts)
        rows += _in_numbers(found, claim)
        rows += _in_uncoded(found, claim, codes, untouched, ruled, alike, shown)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def contrary_codes(found: Material, claim: Claim) -> set[str]:
    """Codes that the claim's searches for the contrary name, unless they are its own evidence as well."""
    own = expand([code for item in claim.evidence for code in item.pick.codes], found.parents)
    named = expand([code for item in claim.contrary for code in item.pick.codes], found.parents)
    return named - own


def denied_codes(found: Material, claim: Claim) -> set[str]:
    """Codes of the claim's own evidence, which speak against it where they are denied."""
    return expand([code for item in claim.evidence for code in item.pick.codes], found.parents)


def beyond(table: pd.DataFrame, claim: str) -> str:
    """Where the contrary of a claim was found although the claim does not look there, in words."""
    mine = table[table["claim"].eq(claim) & table["found"].gt(0) & ~table["in_claim"]]
    said = [f"{row['where']} ({row['found']} of {row['searched']})" for row in mine.to_dict("records")]
    return ", ".join(said) or NOT_THERE


def _in_words(laid: Layout, claim: Claim, codes: set[str], own: set[str], shown: int) -> list[dict[str, Any]]:
    import numpy as np

    found = laid.material
    unless = found.framework.unless
    looks = {
        group
        for item in claim.contrary
        for group in (item.pick.groups or tuple(sorted(set(found.heard["group"]))))
    }
    rows = []
    for group in sorted(set(found.heard["group"])):
        asked = set(found.asked((group,)))
        if not asked:
            continue
        picks = [
            replace(item.pick, groups=(group,), kinds=()) for item in claim.contrary if item.kind == "coding"
        ]
        if own and unless:
            picks.append(Pick(tuple(sorted(own)), (group,), where=unless))
        once, twice = np.zeros(len(laid.people), dtype=bool), np.zeros(len(laid.people), dtype=bool)
        ids: list[str] = []
        for pick in picks:
            wanted = confirmed.sought(laid, pick)
            once |= confirmed.by_any(laid, wanted)[0]
            twice |= confirmed.confirmed(laid, wanted)[0]
            ids += list(laid.words.iloc[list(confirmed.codings(laid, wanted))]["coding"])
        place = np.isin(np.array(laid.people), sorted(asked))
        rows.append(
            _row(
                claim,
                f"words: {group}",
                "; ".join([*_sought(found, claim), *(["own evidence denied"] if own and unless else [])]),
                len(asked),
                int((once & place).sum()),
                group in looks,
                " ".join(sorted(ids)[:shown]),
                int((twice & place).sum()),
            )
        )
    return rows


def _named(found: Material, codes: set[str]) -> str:
    tops = sorted(code for code in codes if found.parents.get(code, "") not in codes)
    return ", ".join(found.names.get(code, code) for code in tops) or "nothing named"


def _sought(found: Material, claim: Claim) -> list[str]:
    """What the claim's searches for the contrary look for in codings, in words."""
    said = []
    for item in claim.contrary:
        if item.kind == "coding":
            names = ", ".join(found.names.get(code, code) for code in item.pick.codes)
            where = ", ".join("/".join(values) for values in item.pick.where.values())
            said.append(f"{names} ({where})" if where else names)
    return said


def _row(
    claim: Claim,
    where: str,
    what: str,
    among: int,
    hits: int,
    there: bool,
    examples: str,
    twice: int | None = None,
) -> dict[str, Any]:
    cells = (claim.id, where, what, among, hits, twice, there, examples)
    return dict(zip(COLUMNS, cells, strict=True))


def _acts(found: Material) -> tuple[pd.DataFrame, dict[str, tuple[str, ...]]] | None:
    """Participants' acts and the codes that each can point to; None where the study has no log to read."""
    from casestudy.usage.log import open_log

    if not found.study.inputs("usage_logs/events.*"):
        return None
    try:
        log = found.also(open_log)
    except CaseStudyError:
        return None
    return log.acts, {action.id: action.indicates for action in log.vocabulary.actions}


def _in_log(found: Material, claim: Claim, codes: set[str], acts: Any) -> list[dict[str, Any]]:
    if acts is None:
        return []
    events, points = acts
    actions = sorted(name for name, shown in points.items() if set(shown) & codes)
    everybody = events["participant_id"].nunique()
    mine = events[events["action"].isin(actions)]
    measured = any(
        (measure := found.framework.measure(item.measure)) and "usage log" in measure.source
        for item in claim.contrary
    )
    what = ", ".join(actions) or "no act of the log can point to it"
    hits = int(mine["participant_id"].nunique())
    among, said = (everybody, f"{len(mine)} acts") if actions else (0, "")
    return [_row(claim, "log", what, among, hits, measured, said)]


def _in_numbers(found: Material, claim: Claim) -> list[dict[str, Any]]:
    """Numbers of the claim's theme that the claim does not name, for somebody to look at."""
    framework = found.framework
    theme = next((one for one in framework.themes if one.id == claim.theme), None)
    named = {item.measure for item in (*claim.evidence, *claim.contrary)}
    left = [name for name in (theme.measures if theme else ()) if name not in named]
    said = []
    for name in left:
        measure = framework.measure(name)
        value = read(found, measure).value if measure else float("nan")
        if value == value:
            said.append(f"{name} {value:.3g}")
    what = ", ".join(left) or "none is declared"
    return [_row(claim, "numbers of the theme", what, len(left), 0, False, "; ".join(said))]


def _in_uncoded(
    found: Material,
    claim: Claim,
    codes: set[str],
    untouched: list[Unit],
    ruled: dict[str, set[int]],
    alike: float,
    shown: int,
) -> list[dict[str, Any]]:
    if not untouched or not codes:
        return []
    rules = loose.rules_of(found, codes)
    numbers = sorted(set().union(*(ruled.get(rule, set()) for rule in rules)))
    like = loose.by_likeness(found, codes, untouched, alike)
    rows = []
    for where, hits in (
        ("uncoded talk, by rule", [untouched[number] for number in numbers]),
        ("uncoded talk, by likeness", like),
    ):
        places = " ".join(f"{one.document}:{one.start}-{one.end}" for one in hits[:shown])
        what = _named(found, codes) if rules or "rule" not in where else "the codes have no rules"
        rows.append(_row(claim, where, what, len(untouched), len(hits), False, places))
    return rows
