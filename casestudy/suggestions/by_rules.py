"""Suggestions of codes by rules of the codebook; `casestudy.suggestions.by_model` makes others.

Nothing here writes a coding. A suggestion says what it rests on; a person accepts or rejects it, and the
record keeps both: ``suggested by …, accepted by …``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.coding.codings import Record, Work, record
from casestudy.coding.units import Unit
from casestudy.errors import InputError, Problem
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Suggestion:
    """A code for a sentence, and why.

    Attributes
    ----------
    unit : Unit
    code : str
    by : str
        ``rule`` or ``model``.
    score : float
        The model's calibrated probability; 1 for a rule.
    words : tuple of str
        What the rule matched, or the words that speak most for the code.
    nearest : tuple of str
        Quotes with the code that are most like the sentence.
    """

    unit: Unit
    code: str
    by: str
    score: float
    words: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


def by_rules(sentences: Sequence[Unit], book: Codebook, model: Any = None) -> list[Suggestion]:
    """What the rules of the codebook suggest; their form is that of `casestudy.coding.words.patterns`.

    Raises
    ------
    InputError
        When a rule cannot be understood.
    """
    from casestudy.coding.words import patterns

    by_rule: dict[str, list[str]] = {}
    for code in book.in_use():
        for rule in code.rules:
            by_rule.setdefault(rule, []).append(code.id)
    if not by_rule or not sentences:
        return []
    texts = {f"{number:07}": Transcript(f"{number:07}", unit.text) for number, unit in enumerate(sentences)}
    hits = patterns(texts, sorted(by_rule), model)
    found: dict[tuple[int, str], list[str]] = {}
    for row in hits.to_dict("records"):
        for name in by_rule[row["pattern"]]:
            found.setdefault((int(row["document"]), name), []).append(row["words"])
    return [
        Suggestion(sentences[number], code, "rule", 1.0, tuple(dict.fromkeys(said)))
        for (number, code), said in sorted(found.items())
    ]


def fresh(suggestions: Iterable[Suggestion], work: Work) -> list[Suggestion]:
    """Suggestions that the coder has neither made nor rejected: no record of that code touches the
    sentence."""
    spans = [(one.code, one.start, one.end) for one in work.records if one.action != "delete"]
    return [
        one
        for one in suggestions
        if one.unit.document != work.document
        or not any(
            code == one.code and start < one.unit.end and one.unit.start < end for code, start, end in spans
        )
    ]


def decided(
    suggestion: Suggestion, accepted: bool, who: str, work: Work, mark: str, when: str = ""
) -> list[Record]:
    """The records of a person's decision: a coding; or, for a rejection, a coding and its removal.

    Raises
    ------
    InputError
        When nobody decided: a suggestion is never accepted silently.
    """
    if not who.strip():
        raise InputError("Nothing was written.", [Problem("who", "nobody is named.", "Say who decided.")])
    reason = ", ".join(suggestion.words[:3])
    source = f"suggested by {suggestion.by} ({suggestion.score:.2f}: {reason})"
    unit = suggestion.unit
    verb = "accepted" if accepted else "rejected"
    place = f"{work.coder}/{work.document}"
    first = record(
        "add",
        place=place,
        code=suggestion.code,
        start=unit.start,
        end=unit.end,
        quote=unit.text,
        attributes={},
        memo="",
        when=when,
        text=mark,
        by=f"{source}, {verb} by {who.strip()}",
    )
    if accepted:
        return [first]
    return [first, record("delete", [first.id], place=place, memo=f"rejected by {who.strip()}", when=when)]
