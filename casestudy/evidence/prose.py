"""Numbers in the judgements of a study: references that name nothing, and numbers written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casestudy.coding.material import Material
from casestudy.errors import Problem
from casestudy.evidence import claims, elements
from casestudy.evidence.cases import FIELDS, FOLDER
from casestudy.files.fields import read_yaml
from casestudy.mixed import displays, values

# What is written before there are numbers, names something, or is a record of reading.
_FREE = ("expected", "text", "test", "says", "quote", "expect", "id", "read", "note", "title", "source")


def problems(found: Material, made: tuple[claims.Claim, ...]) -> list[Problem]:
    """References in claims and inferences that name nothing in the study."""
    also = {f"{one.id}.{item.id}": "" for one in made for item in (*one.evidence, *one.contrary)}
    said = []
    for where, text in _texts(found, made):
        for name in values.names(text):
            if remark := values.remark(found, name, also):
                fix = "Name a measure, a theme, people of a group with a code, or an item of a claim."
                said.append(Problem(where, remark, fix))
    return said


def by_hand(found: Material, made: tuple[claims.Claim, ...]) -> list[tuple[str, str]]:
    """Numbers that stand by hand in claims, rivals, inferences and case sheets: where, and the numbers.

    A number in a sentence that nothing ties to its table grows old unseen; these are for somebody to look at.
    """
    listed = []
    for where, text in (*_texts(found, made), *_sheets(found)):
        if numbers := values.by_hand(text):
            listed.append((where, ", ".join(numbers)))
    return listed


def _texts(found: Material, made: tuple[claims.Claim, ...]) -> Iterator[tuple[str, str]]:
    for claim in made:
        for number, rival in enumerate(claim.rivals, start=1):
            yield f"{claims.FILE}, {claim.id}, rival {number}", rival.because
        yield f"{claims.FILE}, {claim.id}, note", claim.note
    for (display, row), text in sorted(found.also(displays.load_inferences).items()):
        yield f"{displays.FILE}, {display}, {row}", text


def _sheets(found: Material) -> Iterator[tuple[str, str]]:
    for path in found.study.inputs(f"{FOLDER}/*/*.yaml"):
        name = path.relative_to(found.study.root).as_posix()
        if path.name != FIELDS and name != elements.FILE:
            yield from ((f"{name}, {place}", text) for place, text in _sentences(read_yaml(path, name)))


def _sentences(node: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key not in _FREE:
                yield from _sentences(value, f"{place}.{key}".lstrip("."))
    elif isinstance(node, list):
        for number, value in enumerate(node, start=1):
            yield from _sentences(value, f"{place}[{number}]")
    elif isinstance(node, str) and " " in node:
        yield place, node
