"""Whether an expectation stood before what it is compared with: the order in a study's version history.

A claim's expectation is its text, what it expects, and each comparison with the codes, measures or words it
is made of. It counts from the commit since which all of that has stood unchanged. The codings and numbers it
rests on count from the commit in which their file first stood. A history shows when a thing was committed,
not when it was first seen; reading the order of commits as an order of work is the workbench's own.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casestudy.coding.material import Material
from casestudy.evidence import claims
from casestudy.evidence.chain import Trouble
from casestudy.evidence.status import Verdict
from casestudy.study import Study

KIND = "expected later than said"


@dataclass(frozen=True)
class Commit:
    """One step of the history: its place in it, its short name, and when it was made (to the minute)."""

    place: int
    name: str
    when: str

    def __str__(self) -> str:
        return f"{self.when} ({self.name})"


@dataclass(frozen=True)
class Order:
    """When a claim's expectation and what it rests on entered the version history.

    Attributes
    ----------
    claim, written : str
    since : Commit or None
        Since when the expectation stands as it is; None when it is not committed.
    codings, numbers : Commit or None
        When the first codings, and the first table of numbers, that it rests on were committed.
    """

    claim: str
    written: str
    since: Commit | None
    codings: Commit | None
    numbers: Commit | None

    @property
    def first(self) -> bool | None:
        """Whether the expectation came first; None when the history holds nothing to compare."""
        if self.since is None:
            return None
        others = [one for one in (self.codings, self.numbers) if one is not None]
        return all(self.since.place < one.place for one in others) if others else None

    @property
    def said(self) -> str:
        """The order in one sentence."""
        if self.since is None:
            return "as it stands now, the expectation is not in the version history"
        parts = [
            f"the {name} it is compared with came {self._came(one)}, {one}"
            for name, one in (("first codings", self.codings), ("first numbers", self.numbers))
            if one is not None
        ]
        return "; ".join([f"the version history holds it as it stands since {self.since}", *parts])

    def _came(self, other: Commit) -> str:
        place = self.since.place if self.since else other.place
        return "with it" if other.place == place else "later" if other.place > place else "earlier"


def orders(found: Material, verdicts: Sequence[Verdict]) -> tuple[list[Order], str]:
    """The order for every claim, as the version history holds it.

    Returns
    -------
    (list of Order, str)
        Empty with a reason where the history cannot be read: no git, no commits, or one that is cut short.
    """
    study = found.study
    if _git(study.root, "rev-parse", "--is-shallow-repository").strip() != "false":
        return [], "no whole version history can be read here, so it cannot be shown what was written first"
    steps = _steps(study.root)
    since = _since(study, steps)
    born = _born(study.root, steps)
    at = dict(zip(found.words["coding"], found.words["document"], strict=True))
    by = dict(zip(found.words["coding"], found.words["coder"], strict=True))
    listed = []
    for verdict in verdicts:
        seen: dict[bool, list[Commit]] = {True: [], False: []}
        for finding in verdict.findings:
            for thing in finding.rests_on:
                name = f"interviews/codings/{by[thing]}/{at[thing]}.jsonl" if thing in at else ""
                name = name or thing.partition(",")[0]
                if name in born and (thing in at or name.startswith("outputs/")):
                    seen[thing in at].append(born[name])
        codings, numbers = (
            min(seen[kind], key=lambda one: one.place, default=None) for kind in (True, False)
        )
        claim = verdict.claim
        listed.append(Order(claim.id, claim.written, since.get(claim.id), codings, numbers))
    return listed, ""


def troubles(listed: Sequence[Order]) -> list[Trouble]:
    """Claims that say they expected something before the analysis, while the history holds it later."""
    remedy = "Say 'written: after', or tell why the history is late."
    return [Trouble(KIND, one.claim, f"{one.said}.", remedy) for one in listed if _late(one)]


def summary(listed: Sequence[Order]) -> str:
    """How many expectations were written when, and for how many the history shows it.

    Examples
    --------
    >>> early, late = Commit(1, "a1", "2026-01-01 10:00"), Commit(2, "b2", "2026-01-02 10:00")
    >>> summary([Order("C1", "before", early, late, None), Order("C2", "after", late, early, None)])
    '1 written before the analysis (for 1 the version history shows it), 1 after a first look at the results'
    """
    parts: list[str] = []
    for written, words in {**claims.WRITTEN, "": "not said when"}.items():
        mine = [one for one in listed if one.written == written]
        if mine:
            shown = sum(one.first is True for one in mine)
            proof = f" (for {shown} the version history shows it)" if written == "before" else ""
            parts.append(f"{len(mine)} {'' if parts or not written else 'written '}{words}{proof}")
    return ", ".join(parts)


def _late(one: Order) -> bool:
    return one.written == "before" and one.first is False


def _steps(root: Path) -> dict[str, Commit]:
    lines = _git(root, "log", "--reverse", "--topo-order", "--format=%h %ci").splitlines()
    named = [line.partition(" ")[::2] for line in lines]
    return {name: Commit(place, name, when[:16]) for place, (name, when) in enumerate(named)}


def _born(root: Path, steps: dict[str, Commit]) -> dict[str, Commit]:
    """The commit in which each file first stood."""
    shape = ("--reverse", "--topo-order", "--no-renames", "--diff-filter=A", "--relative", "--name-only")
    text = _git(root, "log", *shape, "--format=%x01%h", "--", "interviews/codings", "outputs")
    born: dict[str, Commit] = {}
    now = ""
    for line in text.splitlines():
        if line.startswith("\x01"):
            now = line[1:]
        elif line:
            born.setdefault(line, steps[now])
    return born


def _since(study: Study, steps: dict[str, Commit]) -> dict[str, Commit | None]:
    """Since which commit each claim expects what it expects now."""
    path = study.input(claims.FILE)
    mine = _expectations(path.read_text(encoding="utf-8")) if path.is_file() else {}
    since: dict[str, Commit | None] = dict.fromkeys(mine)
    unbroken = set(mine)
    for name in _git(study.root, "log", "--topo-order", "--format=%h", "--", claims.FILE).split():
        then = _expectations(_git(study.root, "show", f"{name}:./{claims.FILE}"))
        unbroken &= {claim for claim in then if then[claim] == mine.get(claim)}
        since |= dict.fromkeys(unbroken, steps[name])
    return since


def _expectations(text: str) -> dict[str, object]:
    """What each claim of a file expects, apart from how its pieces are called and explained."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        made, _ = claims.parse(YAML(typ="safe").load(text), claims.FILE)
    except YAMLError:
        return {}
    return {
        one.id: (
            " ".join(one.text.split()),
            " ".join(one.expected.split()),
            *(
                (contrary, item.kind, item.pick, item.measure, item.document, item.quote, item.expected)
                for contrary, items in ((False, one.evidence), (True, one.contrary))
                for item in items
            ),
        )
        for one in made
    }


def _git(root: Path, *words: str) -> str:
    """What git says; nothing where there is no git, or no history."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, check=True, timeout=60, encoding="utf-8"
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return done.stdout
