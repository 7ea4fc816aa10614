"""What becomes of a claim: a small stated rule over evaluated evidence.

The rule, in order:

1. No evidence that could be evaluated, or none that speaks either way: *undecidable*.
2. Nothing for it and something against it: *contradicted*.
3. Something against it, some of its evidence too weak or not to be evaluated, contrary evidence not looked
   for, no rival considered, or a rival that stands or is undecided: *partly*.
4. All of it from one kind of source: *single-source*.
5. Otherwise: *supported*.

A number that is not as expected speaks against a claim; codings of too few people are weak, since what was
not said may still be so.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.codebook.selection import expand
from casestudy.coding.material import Material
from casestudy.evidence import phrases
from casestudy.evidence.claims import Claim, Item
from casestudy.mixed.measures import described, read
from casestudy.mixed.presence import who_has

if TYPE_CHECKING:
    import pandas as pd

SUPPORTED, PARTLY, CONTRADICTED = "supported", "partly", "contradicted"
UNDECIDABLE, SINGLE = "undecidable", "single-source"
STATUSES = (SUPPORTED, PARTLY, SINGLE, UNDECIDABLE, CONTRADICTED)
FOR, AGAINST, WEAK, UNKNOWN = "for", "against", "weak", "unknown"


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
    finding : {'for', 'against', 'weak', 'unknown'}
        What it says about the claim. A contrary search that finds nothing says ``for``.
    value : float
        People, share or measure; NaN when unknown.
    of : int
        People asked; 0 where that makes no sense.
    said : str
        In words.
    rests_on : tuple of str
        Ids of codings, or the query of the number.
    digest : str
        Of what the number was read from.
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


def judge(claim: Claim, findings: Sequence[Finding]) -> Verdict:
    """Apply the rule of this module to a claim's evaluated evidence.

    Examples
    --------
    >>> claim = Claim("C", "text", "p", "t", "Q", "x")
    >>> judge(claim, []).status
    'undecidable'
    """
    own = [one for one in findings if not one.contrary]
    searched = [one for one in findings if one.contrary and one.finding != UNKNOWN]
    doubts = []
    for kind, contrary, words in _DOUBTS:
        found = [one for one in findings if (one.finding, one.contrary) == (kind, contrary)]
        doubts += [_said(claim, words, found)] if found else []
    if not any(one.finding == FOR for one in own):
        if any(one.finding == AGAINST for one in findings):
            return Verdict(claim, CONTRADICTED, "; ".join(doubts), tuple(findings))
        reason = "nothing speaks either way" if own else "it names no evidence"
        return Verdict(claim, UNDECIDABLE, "; ".join([reason, *doubts]), tuple(findings))
    if not searched:
        doubts.append("contrary evidence was not looked for")
    if not claim.rivals:
        doubts.append("no rival explanation was considered")
    open_rivals = [rival for rival in claim.rivals if rival.verdict in ("stands", "undecided")]
    doubts += [
        f"a rival {'stands' if r.verdict == 'stands' else 'is undecided'}: {r.text.rstrip('.')}"
        for r in open_rivals
    ]
    verdict = Verdict(claim, PARTLY, "; ".join(doubts), tuple(findings))
    if doubts:
        return verdict
    if len(verdict.sources) == 1:
        why = f"all its evidence comes from one kind of source: {verdict.sources[0]}"
        return Verdict(claim, SINGLE, why, tuple(findings))
    why = f"evidence from {', '.join(verdict.sources)}; the contrary was looked for; no rival stands"
    return Verdict(claim, SUPPORTED, why, tuple(findings))


def evaluate(claims: Iterable[Claim], material: Material, rule: str = "") -> list[Verdict]:
    """Evaluate every claim against the study as it is now.

    Parameters
    ----------
    claims : iterable of Claim
    material : Material
    rule : {'any', 'all'}, optional
        Whether one coder is enough; the framework's rule by default.
    """
    chosen = rule or material.framework.rule
    verdicts = []
    for claim in claims:
        findings = [_finding(claim, item, False, material, chosen) for item in claim.evidence]
        findings += [_finding(claim, item, True, material, chosen) for item in claim.contrary]
        verdicts.append(judge(claim, findings))
    return verdicts


def table(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Claims, one a row: id, text, perspective, theme, question, status and why, sources, what was expected.

    ``written`` says whether that was written before the analysis or after a first look.
    """
    import pandas as pd

    rows = [
        {
            "claim": one.claim.id,
            "text": one.claim.text,
            "perspective": one.claim.perspective,
            "theme": one.claim.theme,
            "question": one.claim.question,
            "status": one.status,
            "why": one.why,
            "sources": ", ".join(one.sources),
            "expected": one.claim.expected,
            "written": one.claim.written,
        }
        for one in verdicts
    ]
    columns = ["claim", "text", "perspective", "theme", "question", "status", "why", "sources"]
    columns += ["expected", "written"]
    return pd.DataFrame(rows, columns=columns)


def findings_table(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Evidence, one piece a row: claim, item, source, what it finds, its value, and what it rests on."""
    import pandas as pd

    rows = [
        {
            "claim": one.claim,
            "text": verdict.claim.text,
            "item": one.item,
            "contrary": one.contrary,
            "source": one.source,
            "finding": one.finding,
            "value": one.value,
            "of": one.of,
            "said": one.said,
            "rests_on": " ".join(one.rests_on) if one.rests_on[1:] else "".join(one.rests_on),
        }
        for verdict in verdicts
        for one in verdict.findings
    ]
    columns = ["claim", "text", "item", "contrary", "source", "finding", "value", "of", "said", "rests_on"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float})


def moved(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """Which claims changed their status between two tables, and why, one sentence each.

    Parameters
    ----------
    before, after : pandas.DataFrame
        From `table`.

    Examples
    --------
    >>> import pandas as pd
    >>> old = pd.DataFrame({"claim": ["C1"], "status": ["supported"], "why": [""]})
    >>> moved(old, old.assign(status="partly", why="too weak: e1"))
    ['C1: supported → partly (too weak: e1).']
    """
    old = {row["claim"]: row for row in before.to_dict("records")}
    new = {row["claim"]: row for row in after.to_dict("records")}
    sentences = []
    for claim in sorted(set(old) | set(new)):
        if claim not in new:
            sentences.append(f"{claim}: was {old[claim]['status']}, is no longer made.")
        elif claim not in old:
            sentences.append(f"{claim}: new, {new[claim]['status']} ({new[claim]['why']}).")
        elif old[claim]["status"] != new[claim]["status"]:
            change = f"{old[claim]['status']} → {new[claim]['status']}"
            sentences.append(f"{claim}: {change} ({new[claim]['why']}).")
    return sentences


def moved_between(before: Path, after: Path) -> list[str]:
    """Which claims changed their status between two folders of outputs, and why.

    Parameters
    ----------
    before, after : Path
        Folders of outputs; every table ``claims`` that stands in both is compared.
    """
    import pandas as pd

    sentences = []
    for path in sorted(before.glob("*/claims.csv")):
        other = after / path.parent.name / path.name
        tables = [
            pd.read_csv(one, dtype=str, keep_default_na=False) for one in (path, other) if one.is_file()
        ]
        if len(tables) == 2 and all({"claim", "status", "why"} <= set(one.columns) for one in tables):
            sentences += moved(*tables)
    return sentences


# What makes a claim doubtful, in the order in which it is said.
_DOUBTS = (
    (AGAINST, True, "against it"),
    (AGAINST, False, "not as expected"),
    (WEAK, False, "too few"),
    (UNKNOWN, False, "cannot be evaluated"),
)


def _said(claim: Claim, words: str, findings: Sequence[Finding]) -> str:
    """What was found, each piece by what it was to show, or by its id where the author wrote nothing."""
    says = {(False, one.id): one.says for one in claim.evidence}
    says |= {(True, one.id): one.says for one in claim.contrary}
    pieces = [f"{says.get((one.contrary, one.item)) or one.item} ({one.said})" for one in findings]
    return f"{words}: {', '.join(pieces)}"


def _finding(claim: Claim, item: Item, contrary: bool, material: Material, rule: str) -> Finding:
    reader = {"coding": _coding, "measure": _measure, "document": _document}[item.kind]
    source, value, of, said, rests_on, digest, unknown = reader(item, material, rule)
    if unknown:
        return Finding(claim.id, item.id, contrary, source, UNKNOWN, math.nan, of, unknown)
    seen = item.expected.met(value) if item.expected else value > 0
    if contrary:
        finding = AGAINST if seen else FOR
    elif seen:
        finding = FOR
    else:
        finding = AGAINST if item.kind == "measure" else WEAK
    said = phrases.held_against(said, item.expected, contrary, _unit(item, material))
    return Finding(claim.id, item.id, contrary, source, finding, value, of, said, rests_on, digest)


def _unit(item: Item, material: Material) -> str:
    measure = material.framework.measure(item.measure) if item.kind == "measure" else None
    return measure.unit if measure else ""


_Read = tuple[str, float, int, str, tuple[str, ...], str, str]


def _coding(item: Item, material: Material, rule: str) -> _Read:
    words, parents = material.words, material.parents
    gone = [code for code in item.pick.codes if not expand([code], parents, words["code"].unique())]
    retired = [code for code in item.pick.codes if code in material.retired]
    groups = item.pick.groups or tuple(sorted(set(material.heard["group"])))
    source = phrases.source(groups)
    if gone or retired:
        state = f"code {(retired or gone)[0]} is {'retired' if retired else 'in no codebook'}"
        return source, math.nan, 0, "", (), "", state
    asked = material.asked(item.pick.groups)
    if not asked:
        return source, math.nan, 0, "", (), "", "nobody's words are coded"
    people = [who for who in who_has(item.pick, words, parents, rule) if who in set(asked)]
    found = item.pick.of(words[words["placed"]], parents)
    found = found[found["who"].isin(people)]
    share = item.expected is not None and item.expected.of == "share"
    value = len(people) / len(asked) if share else float(len(people))
    said = phrases.counted(len(people), len(asked), groups)
    return source, value, len(asked), said, tuple(sorted(found["coding"])), digest_of(found), ""


def digest_of(codings: pd.DataFrame) -> str:
    """SHA-256 of what some codings say: document, coder, code and quote, not their place."""
    said = sorted(zip(codings["document"], codings["coder"], codings["code"], codings["quote"], strict=True))
    return hashlib.sha256("\n".join("\t".join(one) for one in said).encode()).hexdigest()


def _measure(item: Item, material: Material, rule: str) -> _Read:
    measure = material.framework.measure(item.measure)
    if measure is None:
        return "unknown", math.nan, 0, "", (), "", f"measure {item.measure} is not declared"
    reading = read(material, measure)
    if reading.value != reading.value:
        return measure.source, math.nan, 0, "", (), "", reading.reason
    said = phrases.measured(measure.name, reading.value, measure.unit)
    return measure.source, reading.value, 0, said, (described(measure),), reading.digest, ""


def _document(item: Item, material: Material, rule: str) -> _Read:
    known = material.documents.set_index("document")
    if item.document not in known.index:
        return "documents", math.nan, 0, "", (), "", f"document {item.document} is not there"
    group = str(known.at[item.document, "group"])
    source = phrases.source([group])
    if item.quote not in str(known.at[item.document, "text"]):
        return source, math.nan, 0, "", (), "", f"the words do not stand in {item.document} any more"
    digest = str(known.at[item.document, "sha256"])
    return source, 1.0, 0, f"{item.document} says it", (item.document,), digest, ""
