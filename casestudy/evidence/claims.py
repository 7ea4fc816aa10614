"""Claims: what the study says, what would be seen if true, the evidence, contrary search and rivals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casestudy.codebook.framework import Framework
from casestudy.codebook.selection import FIELDS, Pick, read_pick
from casestudy.errors import Problem, nearest, raise_if
from casestudy.files.fields import Fields, read_yaml
from casestudy.files.names import REMEDY, unfit
from casestudy.proportions import at_least, at_most
from casestudy.study import Study

FILE = "evidence/claims.yaml"
KINDS = ("coding", "measure", "document")
VERDICTS = ("rejected", "weakened", "stands", "undecided")
WRITTEN = {"before": "before the analysis", "after": "after a first look at the results"}
_COMPARISON = re.compile(r"(>=|<=|>|<|=)\s*(-?\d+(?:\.\d+)?)\s*(%?)")


@dataclass(frozen=True)
class Expected:
    """What would have to be seen: a comparison with a number.

    Attributes
    ----------
    of : {'people', 'share', 'value'}
        People in whom the codings occur, their share of those asked, or the value of a measure.
    relation : {'>=', '<=', '>', '<', '='}
    number : float
    """

    of: str
    relation: str
    number: float

    def met(self, value: float) -> bool:
        """Whether `value` is as expected; a value within rounding of the number equals it.

        Examples
        --------
        >>> Expected("people", ">=", 3).met(4)
        True
        """
        reached, kept = at_least(value, self.number), at_most(value, self.number)
        relations = {
            ">=": reached,
            "<=": kept,
            ">": reached and not kept,
            "<": kept and not reached,
            "=": reached and kept,
        }
        return relations[self.relation]

    def __str__(self) -> str:
        return f"{self.of} {self.relation} {self.number:g}"


@dataclass(frozen=True)
class Item:
    """One piece of evidence, or one search for evidence to the contrary.

    Attributes
    ----------
    id : str
        Unique within its claim.
    kind : {'coding', 'measure', 'document'}
    says : str
        What it shows, in one sentence.
    pick : Pick
        For codings.
    measure : str
        For measures: the id in the framework.
    document, quote : str
        For documents: where the words stand, exactly.
    expected : Expected or None
        When it counts as seen. None: any occurrence counts.
    different : int
        For codings: how many different codes of the pick one person must have to count.
    quotes : tuple of str
        Ids of codings that the claim cites.
    """

    id: str
    kind: str
    says: str = ""
    pick: Pick = field(default_factory=Pick)
    measure: str = ""
    document: str = ""
    quote: str = ""
    expected: Expected | None = None
    different: int = 1
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rival:
    """Another explanation of the same evidence, the test applied to it, and its verdict."""

    text: str
    test: str
    verdict: str
    because: str = ""


@dataclass(frozen=True)
class Claim:
    """One statement of the study.

    Attributes
    ----------
    id, text, perspective, theme, question : str
    expected : str
        What would be seen if it were true.
    evidence, contrary : tuple of Item
    rivals : tuple of Rival
    note : str
    written : {'before', 'after', ''}
        Whether the expectation was written before the analysis or after a first look at its results; empty
        when the author does not say.
    """

    id: str
    text: str
    perspective: str
    theme: str
    question: str
    expected: str
    evidence: tuple[Item, ...] = ()
    contrary: tuple[Item, ...] = ()
    rivals: tuple[Rival, ...] = ()
    note: str = ""
    written: str = ""

    @property
    def written_in_words(self) -> str:
        """When the expectation was written, in words."""
        return (
            f"written {WRITTEN[self.written]}" if self.written in WRITTEN else "not said when it was written"
        )


def load(study: Study, framework: Framework | None = None) -> tuple[Claim, ...]:
    """The claims of the study; none when it has no claims.yaml.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    claims, problems = read(study, framework)
    raise_if(problems, "The claims of the study have problems.")
    return claims


def read(study: Study, framework: Framework | None = None) -> tuple[tuple[Claim, ...], list[Problem]]:
    """The claims as far as they can be read, and every problem of their file.

    Raises
    ------
    InputError
        When the file is not YAML at all.
    """
    path = study.input(FILE)
    if not path.is_file():
        return (), []
    return parse(read_yaml(path, FILE), FILE, [q.id for q in study.questions], framework)


_CLAIM = (
    "id",
    "text",
    "perspective",
    "theme",
    "question",
    "expected",
    "evidence",
    "contrary",
    "rivals",
    "note",
    "written",
)
_ITEM = ("id", "kind", "says", "measure", "document", "quote", "expect", "different", "quotes", *FIELDS)


def parse(
    node: object, where: str, questions: Sequence[str] = (), framework: Framework | None = None
) -> tuple[tuple[Claim, ...], list[Problem]]:
    """Make claims of what the file holds, and list every problem in it.

    Parameters
    ----------
    node : object
        What YAML gives: a mapping with a list ``claims``.
    where : str
        The file's name for messages.
    questions : sequence of str
        Ids of research questions that claims may point to; empty for no check.
    framework : Framework, optional
        Against whose perspectives, themes and measures the claims are held.
    """
    problems: list[Problem] = []
    top = Fields(node if node is not None else {}, where, "", problems, ("version", "claims", "note"))
    claims: list[Claim] = []
    seen: set[str] = set()
    declared = _declared(framework) if framework else {}
    unless = framework.unless if framework else {}
    for one in top.items("claims", _CLAIM):
        texts = {key: one.text(key, required=True) for key in _CLAIM[:6]}
        claim = Claim(
            **texts,
            evidence=tuple(
                _item(item, f"e{n}", unless) for n, item in enumerate(one.items("evidence", _ITEM), 1)
            ),
            contrary=tuple(
                _item(item, f"x{n}", unless, contrary=True)
                for n, item in enumerate(one.items("contrary", _ITEM), 1)
            ),
            rivals=tuple(
                _rival(rival) for rival in one.items("rivals", ("text", "test", "verdict", "because"))
            ),
            note=one.text("note"),
            written=one.text("written", allowed=tuple(WRITTEN)),
        )
        if claim.id and (reason := unfit(claim.id)):
            one.problem("id", f"id: {reason}", f"{REMEDY} The claim's page is called so.")
        if claim.id in seen:
            one.problem("id", f"claim {claim.id!r} occurs twice.", "Give each its own id.")
        ids = [item.id for item in (*claim.evidence, *claim.contrary)]
        for twice in sorted({i for i in ids if ids.count(i) > 1}):
            one.problem(
                "evidence", f"evidence {twice!r} occurs twice in {claim.id}.", "Give each its own id."
            )
        if questions and claim.question and claim.question not in questions:
            one.problem(
                "question", f"{claim.question!r} is not a question.", nearest(claim.question, questions)
            )
        if declared:
            _against(claim, declared, one)
        seen.add(claim.id)
        claims.append(claim)
    return tuple(claims), problems


def _declared(framework: Framework) -> dict[str, frozenset[str]]:
    """What a framework declares, by kind."""
    return {
        "side": frozenset(side.id for side in framework.perspectives),
        "theme": frozenset(theme.id for theme in framework.themes),
        "measure": frozenset(measure.id for measure in framework.measures),
    }


def _against(claim: Claim, declared: Mapping[str, frozenset[str]], fields: Fields) -> None:
    sides, themes, measures = declared["side"], declared["theme"], declared["measure"]
    if claim.perspective and claim.perspective not in sides:
        fields.problem(
            "perspective", f"{claim.perspective!r} is not declared.", nearest(claim.perspective, sides)
        )
    if claim.theme and claim.theme not in themes:
        fields.problem("theme", f"{claim.theme!r} is not declared.", nearest(claim.theme, themes))
    for item in (*claim.evidence, *claim.contrary):
        if item.kind == "measure" and item.measure and item.measure not in measures:
            fields.problem(
                "evidence", f"measure {item.measure!r} is not declared.", nearest(item.measure, measures)
            )


def _item(one: Fields, identity: str, unless: object, contrary: bool = False) -> Item:
    kind = one.text("kind", required=True, allowed=KINDS)
    item = Item(
        id=one.text("id") or identity,
        kind=kind,
        says=one.text("says"),
        pick=read_pick(one, unless if isinstance(unless, dict) else {}),
        measure=one.text("measure", required=kind == "measure"),
        document=one.text("document", required=kind == "document"),
        quote=one.text("quote", required=kind == "document"),
        expected=_expected(one, kind),
        different=max(1, int(one.number("different") or 1)),
        quotes=one.texts("quotes"),
    )
    if contrary and item.expected and item.expected.of == "people":
        remedy = "Write a share, such as 'expect: share >= 25 %': of fewer people, as many would be more."
        one.problem("expect", "contrary evidence is not counted in people.", remedy)
    if kind == "coding" and not item.pick.codes:
        one.problem("codes", "codes is missing.", "Name the codes it rests on: 'codes: [a.b]'.")
    if kind == "measure" and not one.text("expect"):
        one.problem("expect", "expect is missing.", "Write what would be seen: 'expect: value > 0.2'.")
    return item


def _expected(one: Fields, kind: str) -> Expected | None:
    text = one.text("expect")
    if not text:
        return None
    allowed = {"coding": ("people", "share"), "measure": ("value",)}.get(kind, ())
    word, _, rest = text.partition(" ")
    found = _COMPARISON.fullmatch(rest.strip())
    if word not in allowed or not found:
        remedy = " or ".join(f"'{name} >= 3'" for name in allowed) or "Leave it out."
        one.problem("expect", f"{text!r} is not a comparison.", f"Write such as {remedy}.")
        return None
    number = float(found[2]) / (100 if found[3] else 1)
    if word == "share" and not 0 <= number <= 1:
        one.problem("expect", f"{text!r} is not a share.", "Write one from 0 to 1, or from 0 % to 100 %.")
        return None
    return Expected(word, found[1], number)


def _rival(one: Fields) -> Rival:
    texts = [one.text(key, required=True) for key in ("text", "test")]
    verdict = one.text("verdict", required=True, allowed=VERDICTS)
    return Rival(texts[0], texts[1], verdict, one.text("because"))
