"""Numbers in prose as references: ``{value:…}`` stands for a number of a table, so that it cannot grow old.

A reference names a measure of framework.yaml (``{value:MEASURE}``), a theme (``{value:theme.THEME}``,
who voices it out of whom), or a code in the words of a group (``{value:people.CODE.GROUP}``, in whom
some coder heard it). A piece of a claim's evidence (``{value:C8.customers}``) is known where claims are
evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from casestudy.codebook.selection import Pick
from casestudy.coding.material import Material
from casestudy.errors import nearest
from casestudy.mixed.measures import read
from casestudy.mixed.presence import who_has

REFERENCE = re.compile(r"\{value:\s*([^{}\s]+)\s*\}")
UNKNOWN = "unknown"
_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
)
_COUNT = "|".join(sorted(_WORDS.split(), key=len, reverse=True))
_WRITTEN = rf"(?:{_COUNT})(?:-\w+)?"
# What counts: digits, shares, and "ten of sixteen"; not names such as C3 or S1.
_NUMBER = re.compile(
    rf"(?<![\w.{{-])(?:\d+(?:[.,]\d+)?(?:\s?%)?|{_WRITTEN} (?:of|in) (?:the )?{_WRITTEN})(?![\w-])",
    re.IGNORECASE,
)
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def filled(text: str, known: Callable[[str], str]) -> str:
    """The text with every reference replaced by what `known` says of its name.

    Examples
    --------
    >>> filled("Told by {value:theme.a}.", {"theme.a": "3 of 9"}.get)
    'Told by 3 of 9.'
    """
    return REFERENCE.sub(lambda found: known(found[1]) or UNKNOWN, text)


def names(text: str) -> list[str]:
    """What the references of a text name, in order."""
    return REFERENCE.findall(text)


def by_hand(text: str) -> list[str]:
    """Numbers that stand in a text by hand: digits, percentages, and counts in words such as "ten of
    sixteen".

    Examples
    --------
    >>> by_hand("Read on 2026-11-22: ten of sixteen, {value:x} and 17 stay; C3 and S1 are names.")
    ['ten of sixteen', '17']
    """
    return _NUMBER.findall(REFERENCE.sub(" ", _DAY.sub(" ", text)))


def of_material(found: Material, name: str) -> str:
    """What a reference to a measure, a theme or people stands for; empty where the study has no such thing.

    Examples
    --------
    >>> from casestudy.study import Study
    >>> of_material(Material(Study.find()), "nothing")
    ''
    """
    framework = found.framework
    if measure := framework.measure(name):
        value = read(found, measure).value
        if value != value:
            return UNKNOWN
        if measure.unit == "share":
            return f"{100 * value:.0f} %"
        shown = f"{value:.0f}" if value == round(value) else f"{value:.2f}"
        return f"{shown} {measure.unit}".strip()
    kind, _, rest = name.partition(".")
    if kind == "theme":
        theme = next((one for one in framework.themes if one.id == rest), None)
        if theme is None:
            return ""
        side = framework.perspective(theme.perspective)
        asked = set(found.asked(side.groups if side else ()))
        return _of(set(who_has(theme.pick, found.words, found.parents, framework.rule)) & asked, asked)
    if kind == "people" and "." in rest:
        code, _, group = rest.rpartition(".")
        if code not in found.book.codes or group not in set(found.heard["group"]):
            return ""
        asked = set(found.asked((group,)))
        pick = replace(Pick((code,), (group,)), unless=framework.unless)
        return _of(set(who_has(pick, found.words, found.parents)) & asked, asked)
    return ""


def _of(people: set[str], asked: set[str]) -> str:
    return f"{len(people)} of {len(asked)}"


def remark(found: Material, name: str, also: Mapping[str, str]) -> str:
    """What is wrong with a reference, in words; empty where it stands for something."""
    if name in also or of_material(found, name):
        return ""
    known = [one.id for one in found.framework.measures] + [
        f"theme.{one.id}" for one in found.framework.themes
    ]
    return f"{{value:{name}}} names nothing. {nearest(name, [*known, *also])}".strip()
