"""What was found, and what was expected, in plain words: sentences that a reviewer reads at once."""

from __future__ import annotations

from collections.abc import Sequence

from casestudy.coding.material import Material
from casestudy.evidence.claims import Expected

_BOUNDS = {
    ">=": "at least {}",
    "<=": "at most {}",
    ">": "more than {}",
    "<": "fewer than {}",
    "=": "exactly {}",
}
_OF_NUMBERS = _BOUNDS | {"<": "less than {}"}
# Whether a piece of evidence speaks for a claim, for evidence and for searches for the contrary.
IN_WORDS = {
    ("for", False): "surely as expected",
    ("against", False): "surely not as expected",
    ("open", False): "not sure enough either way",
    ("not tested", False): "not tested",
    ("unknown", False): "cannot be evaluated",
    ("absent", True): "the contrary is surely not there",
    ("against", True): "the contrary was found",
    ("open", True): "the contrary is not excluded",
    ("not tested", True): "not tested",
    ("unknown", True): "cannot be evaluated",
}


def source(groups: Sequence[str]) -> str:
    """The kinds of material that some groups of participants give, joined by ``and``.

    Examples
    --------
    >>> source(["customer", "document"])
    'customer interviews and documents'
    """
    return " and ".join(_kinds(groups)) or "interviews"


def _kinds(groups: Sequence[str]) -> list[str]:
    kinds = {"document": "documents", "message": "feedback messages"}
    return [kinds.get(group, f"{group} interviews") for group in groups]


def counted(found: int, asked: int, groups: Sequence[str]) -> str:
    """How many of those who could have said a thing do so, with what they are.

    Examples
    --------
    >>> counted(9, 16, ["customer"])
    '9 of 16 people in customer interviews'
    >>> counted(1, 4, ["document"]), counted(3, 10, ["document", "firm"])
    ('1 of 4 documents', '3 of 10 in documents and firm interviews')
    """
    kinds = _kinds(groups)
    if len(groups) == 1:
        people = "" if groups[0] in ("document", "message") else "people in "
        return f"{found} of {asked} {people}{kinds[0]}"
    return (
        f"{found} of {asked} in {', '.join(kinds[:-1])} and {kinds[-1]}" if kinds else f"{found} of {asked}"
    )


def confirmed_by(seen: int, material: Material, chance: float) -> str:
    """What stands beside a count of people in whom two coders found a thing."""
    if material.words["coder"].nunique() < 2:
        return f", since one coder alone read them ({seen} by that coder)"
    return f" by two coders ({seen} by any), as much as that in {in_percent(chance)} of shuffled studies"


def between(low: float, high: float, unit: str, chance: float) -> str:
    """The bounds of a number, and how often chance reaches it.

    Examples
    --------
    >>> between(0.1, 0.3, "share", 0.02), between(1.02, 1.4, "", float("nan"))
    (' (10 % to 30 %; reached by 2 % of shuffled studies)', ' (1.02 to 1.4)')
    """
    ends = " to ".join(f"{100 * one:.3g} %" if unit == "share" else f"{one:.3g}" for one in (low, high))
    return (
        f" ({ends})"
        if chance != chance
        else f" ({ends}; reached by {in_percent(chance)} of shuffled studies)"
    )


def in_percent(share: float) -> str:
    """A share in percent, no finer than a few hundred draws tell.

    Examples
    --------
    >>> in_percent(0.004975), in_percent(0.029), in_percent(1.0)
    ('0.5 %', '3 %', '100 %')
    """
    return f"{100 * share:.1f} %" if share < 0.01 else f"{100 * share:.0f} %"


def measured(name: str, value: float, unit: str = "") -> str:
    """A number with its name and unit.

    Examples
    --------
    >>> measured("sessions that check", 0.176, "share"), measured("rank correlation", 0.1641)
    ('sessions that check: 17.6 %', 'rank correlation: 0.164')
    """
    shown = f"{100 * value:.3g} %" if unit == "share" else f"{value:.3g} {unit}".strip()
    return f"{name}: {shown}"


def bound(expected: Expected, unit: str = "") -> str:
    """What was expected, in words.

    Examples
    --------
    >>> bound(Expected("share", ">=", 0.5)), bound(Expected("share", ">", 0.5))
    ('half or more', 'more than half')
    >>> bound(Expected("people", ">=", 3)), bound(Expected("value", "<", 0.1), "share")
    ('at least 3', 'less than 10 %')
    """
    share = expected.of == "share" or unit == "share"
    if share and expected.number == 0.5 and expected.relation == ">=":
        return "half or more"
    number = f"{100 * expected.number:.3g} %" if share else f"{expected.number:g} {unit}".strip()
    number = "half" if number == "50 %" else number
    return (_OF_NUMBERS if expected.of == "value" else _BOUNDS)[expected.relation].format(number)


def held_against(said: str, expected: Expected | None, contrary: bool, unit: str = "") -> str:
    """What was found, with what was expected of it or what would speak against the claim.

    Examples
    --------
    >>> held_against("9 of 16 people in customer interviews", Expected("share", ">=", 0.5), True)
    '9 of 16 people in customer interviews; half or more would speak against it'
    >>> held_against("rank correlation: 0.16", Expected("value", ">=", 0.3), False)
    'rank correlation: 0.16; at least 0.3 was expected'
    """
    if expected is None:
        return f"{said}; anything found would speak against it" if contrary else said
    if contrary:
        return f"{said}; {bound(expected, unit)} would speak against it"
    were = "was" if expected.of == "value" or expected.number == 1 else "were"
    return f"{said}; {bound(expected, unit)} {were} expected"
