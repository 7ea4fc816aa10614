"""The chain of evidence, walked both ways: from claims to sentences and numbers, and back.

What a claim's author has seen is sealed in ``evidence/seals.json``: for each piece of evidence a digest of
the sentences or rows behind it. When these change, the claim is named until its author has looked again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.coding.material import Material
from casestudy.evidence.bounds import UNKNOWN
from casestudy.evidence.claims import Claim, Item
from casestudy.evidence.status import Verdict
from casestudy.files import locks, reading
from casestudy.files.writing import write_atomically
from casestudy.mixed.presence import who_has
from casestudy.proportions import at_most
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

SEALS = "evidence/seals.json"
KINDS = (
    "claim without evidence",
    "evidence cannot be evaluated",
    "quote no longer matches",
    "quote moved",
    "evidence changed",
    "not sealed",
    "cited quote",
    "contrary not looked for",
    "no rival considered",
    "theme without evidence",
    "theme rests on one participant",
    "participant quoted too often",
    "code without use",
    "number in no table",
    "answer against its table",
)


@dataclass(frozen=True, order=True)
class Trouble:
    """Something in the chain that does not hold.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    where : str
        The claim, theme, participant or code.
    what : str
        What was found.
    remedy : str
    """

    kind: str
    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.remedy}".strip()


Seals = dict[str, dict[str, str]]


def load_seals(study: Study) -> Seals:
    """Digests of the evidence as its author last saw it, by claim and item; empty when nothing is sealed.

    Raises
    ------
    InputError
        When the file is not what `seal` writes.
    """
    from casestudy.errors import InputError, Problem

    path = study.input(SEALS)
    if not path.is_file():
        return {}
    try:
        given = json.loads(reading.data(path))
        return {
            str(claim): {str(item): str(digest) for item, digest in items.items()}
            for claim, items in given.items()
        }
    except (ValueError, AttributeError) as error:
        problem = Problem(SEALS, "it is not a table of seals.", "Restore it, or seal the claims again.")
        raise InputError("The seals of the evidence cannot be read.", [problem]) from error


def seal(study: Study, verdicts: Iterable[Verdict], only: Sequence[str] = ()) -> int:
    """Record that the author has seen the evidence as it is now.

    Parameters
    ----------
    only : sequence of str
        Ids of claims to seal; all when empty. Claims that are no longer made lose their seals.

    Returns
    -------
    int
        How many claims were sealed.
    """
    judged = list(verdicts)
    known = {verdict.claim.id for verdict in judged}
    chosen = [verdict for verdict in judged if not only or verdict.claim.id in only]
    with locks.writing(study.root, SEALS):
        seals = {claim: items for claim, items in load_seals(study).items() if claim in known}
        for verdict in chosen:
            seals[verdict.claim.id] = {f.item: f.digest for f in verdict.findings if f.finding != UNKNOWN}
        text = json.dumps(seals, indent=1, sort_keys=True) + "\n"
        write_atomically(study.root / SEALS, text.encode())
    return len(chosen)


def walk(
    material: Material, verdicts: Sequence[Verdict], seals: Seals, share: float = 1 / 3
) -> list[Trouble]:
    """Everything in the chain that does not hold, in both directions.

    Parameters
    ----------
    material : Material
    verdicts : sequence of Verdict
    seals : Seals
    share : float
        A participant who gives more than this share of all cited quotes (and at least three) is quoted too
        often.

    Returns
    -------
    list of Trouble
        In the order of `KINDS`, then of the claims.
    """
    troubles: list[Trouble] = []
    for verdict in verdicts:
        troubles += _downward(verdict, material, seals.get(verdict.claim.id, {}))
    troubles += _themes(material)
    troubles += _quoted_often(verdicts, material, share)
    troubles += _upward(material, verdicts)
    return sorted(troubles, key=lambda one: (KINDS.index(one.kind), one.where, one.what))


def _downward(verdict: Verdict, material: Material, sealed: dict[str, str]) -> list[Trouble]:
    claim = verdict.claim
    troubles = []
    if not claim.evidence:
        troubles.append(Trouble(KINDS[0], claim.id, "it names no evidence.", "Add evidence, or withdraw it."))
    if not claim.contrary:
        remedy = "Say what would speak against it: 'contrary:'."
        troubles.append(Trouble(KINDS[7], claim.id, "contrary evidence was not looked for.", remedy))
    if not claim.rivals:
        remedy = "Name one, the test applied to it and its verdict."
        troubles.append(Trouble(KINDS[8], claim.id, "no rival explanation was considered.", remedy))
    for finding in verdict.findings:
        place = f"{claim.id}, {finding.item}"
        if finding.finding == UNKNOWN:
            troubles.append(Trouble(KINDS[1], place, f"{finding.said}.", "Correct it, or run what it needs."))
        elif finding.item not in sealed:
            remedy = f"Read it, then: casestudy evidence {claim.id} --seal."
            troubles.append(Trouble(KINDS[5], place, "nobody has sealed this evidence.", remedy))
        elif sealed[finding.item] != finding.digest:
            remedy = f"Read it again ({finding.said}), then: casestudy evidence {claim.id} --seal."
            troubles.append(Trouble(KINDS[4], place, "what it rests on changed since it was sealed.", remedy))
    for item in (*claim.evidence, *claim.contrary):
        troubles += _quotes(claim, item, material)
    return troubles


def _quotes(claim: Claim, item: Item, material: Material) -> list[Trouble]:
    """Codings that this evidence picks and that stand nowhere any more; cited ones that cannot be cited."""
    words, place = material.words, f"{claim.id}, {item.id}"
    troubles = []
    picked = item.pick.of(words[~words["placed"]], material.parents) if item.pick.codes else words.iloc[:0]
    texts = dict(zip(material.documents["document"], material.documents["text"], strict=True))
    elsewhere: dict[str, int] = {}
    for one in picked.to_dict("records"):
        if one["quote"] in texts.get(one["document"], ""):
            elsewhere[one["document"]] = elsewhere.get(one["document"], 0) + 1
            continue
        what = f"{one['document']} no longer says “{_short(one['quote'])}” ({one['coder']}, {one['coding']})."
        troubles.append(Trouble(KINDS[2], place, what, "Place the coding again, or delete it."))
    for document, count in sorted(elsewhere.items()):
        what = f"{count} coded quotes stand at another place of {document} than coded, so they do not count."
        troubles.append(Trouble("quote moved", place, what, "Place them again: casestudy codings reanchor."))
    known = {str(one["coding"]): one for one in words.to_dict("records")} if item.quotes else {}
    allowed = set(material.quotable())
    for identity in item.quotes:
        cited = known.get(identity)
        if cited is None:
            troubles.append(
                Trouble(KINDS[6], place, f"it cites {identity}, which is not a coding.", "Cite another.")
            )
        elif cited["who"] not in allowed:
            what = f"it cites {identity} of {cited['who']}, who may not be quoted."
            troubles.append(Trouble(KINDS[6], place, what, "Cite another."))
    return troubles


def _themes(material: Material) -> list[Trouble]:
    troubles = []
    for theme in material.framework.themes:
        people = who_has(theme.pick, material.words, material.parents, material.framework.rule)
        if not people:
            what = "no coding stands under it."
            troubles.append(Trouble(KINDS[9], f"theme {theme.id}", what, "Code for it, or drop it."))
        elif len(people) == 1:
            what = f"it rests on {people[0]} alone."
            troubles.append(Trouble(KINDS[10], f"theme {theme.id}", what, "Say so, or look for more."))
    return troubles


def _quoted_often(verdicts: Sequence[Verdict], material: Material, share: float) -> list[Trouble]:
    cited = {
        quote for v in verdicts for item in (*v.claim.evidence, *v.claim.contrary) for quote in item.quotes
    }
    found = material.words[material.words["coding"].isin(cited)]
    counts = found.groupby("who")["coding"].nunique().sort_index()
    return [
        Trouble(
            KINDS[11],
            str(who),
            f"gives {count} of {len(found)} cited quotes.",
            "Let others speak, or say why.",
        )
        for who, count in counts.items()
        if count >= 3 and not at_most(count / len(found), share)
    ]


def _upward(material: Material, verdicts: Sequence[Verdict]) -> list[Trouble]:
    """Codes that were used and that neither a theme, nor a view, nor a claim takes up."""
    framework = material.framework
    picks = [theme.pick for theme in framework.themes] + [theme.contrary for theme in framework.themes]
    picks += [part.pick for view in framework.views for part in view.parts]
    picks += [item.pick for v in verdicts for item in (*v.claim.evidence, *v.claim.contrary)]
    used = set(material.words["code"])
    taken = {code for pick in picks for code in used & _codes(pick.codes, material)}
    if not framework.themes and not verdicts:
        return []
    left = material.words[material.words["code"].isin(used - taken)]
    return [
        Trouble(
            KINDS[12],
            f"scheme {scheme}" if scheme else "codes of no scheme",
            f"no theme, view or claim takes up {', '.join(sorted(codes.unique()))}.",
            "",
        )
        for scheme, codes in left.groupby("scheme", sort=True)["code"]
    ]


def _codes(patterns: Iterable[str], material: Material) -> set[str]:
    from casestudy.codebook.selection import expand

    return expand(patterns, material.parents, material.words["code"].unique())


def resting_on(thing: str, material: Material, verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """Upward from anything: the claims that rest on a document, participant, coding, code, theme or table.

    Parameters
    ----------
    thing : str
        An id, or a path such as ``interviews/transcripts/c01.md`` or ``outputs/20-use/sessions.csv``.

    Returns
    -------
    pandas.DataFrame
        ``claim, item, status, codings, said``; empty when nothing rests on it.
    """
    import pandas as pd

    name = re.sub(r"^.*/", "", thing).rsplit(".", 1)[0] if "/" in thing else thing
    words = material.words
    hit = words["document"].eq(name) | words["who"].eq(name) | words["coding"].eq(name)
    hit |= words["code"].isin(_codes([name], material))
    codings = set(words.loc[hit, "coding"])
    rows = []
    for verdict in verdicts:
        for finding in verdict.findings:
            shared = codings & set(finding.rests_on)
            table = "/" in thing and any(thing in query for query in finding.rests_on)
            if shared or table or name in finding.rests_on or name == verdict.claim.theme:
                rows.append(
                    {
                        "claim": verdict.claim.id,
                        "item": finding.item,
                        "status": verdict.status,
                        "codings": len(shared),
                        "said": finding.said,
                    }
                )
    return pd.DataFrame(rows, columns=["claim", "item", "status", "codings", "said"])


def sentences(verdict: Verdict, material: Material) -> pd.DataFrame:
    """Downward from a claim: every sentence and number it rests on.

    Returns
    -------
    pandas.DataFrame
        ``item, contrary, source, finding, said, coding, coder, document, start, end, code, quote``: one row
        a coding; numbers and documents have one row without a coding, and their query as `quote`.
    """
    import pandas as pd

    by_id = {str(one["coding"]): one for one in material.words.to_dict("records")}
    place = ("coding", "coder", "document", "start", "end", "code", "quote")
    rows = []
    for finding in verdict.findings:
        head = {key: getattr(finding, key) for key in ("item", "contrary", "source", "finding", "said")}
        codings = [by_id[one] for one in finding.rests_on if one in by_id]
        rows += [head | {key: one[key] for key in place} for one in codings]
        if not codings:
            blank = {"coding": "", "coder": "", "document": "", "start": None, "end": None, "code": ""}
            rows.append(head | blank | {"quote": " ".join(finding.rests_on)})
    frame = pd.DataFrame(rows, columns=["item", "contrary", "source", "finding", "said", *place])
    return frame.astype({"start": "Int64", "end": "Int64"})


def _short(text: str, most: int = 70) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
