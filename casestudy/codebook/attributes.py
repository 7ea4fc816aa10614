"""The vocabulary of attributes: what every coding may say besides its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casestudy.codebook.codes import FOLDER, as_text
from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files.fields import read_yaml
from casestudy.study import Study

ATTRIBUTES = f"{FOLDER}/attributes.yaml"


@dataclass(frozen=True)
class Attribute:
    """One attribute that codings may carry.

    Attributes
    ----------
    name : str
    values : tuple of str
        What it may be; none means free text.
    rule : str
    denies : tuple of str
        The values by which the speaker denies what is coded.
    """

    name: str
    values: tuple[str, ...] = ()
    rule: str = ""
    denies: tuple[str, ...] = ()


def attributes(study: Study) -> dict[str, Attribute]:
    """The vocabulary of attributes, from ``coding_schemes/attributes.yaml``; empty where there is none.

    Raises
    ------
    InputError
        When the file cannot be read or an entry has no name.
    """
    paths = study.inputs(ATTRIBUTES)
    if not paths:
        return {}
    data = read_yaml(paths[0], ATTRIBUTES)
    given = data.get("attributes") if isinstance(data, Mapping) else None
    if not isinstance(given, list):
        problem = Problem(ATTRIBUTES, "attributes: is not a list.", "List name, values and rule.")
        raise InputError("The vocabulary of attributes cannot be read.", [problem])
    problems: list[Problem] = []
    found: dict[str, Attribute] = {}
    for number, entry in enumerate(given, start=1):
        name = as_text(entry.get("id") or entry.get("name")) if isinstance(entry, Mapping) else ""
        if not name or name in found:
            problems.append(Problem(f"{ATTRIBUTES}, entry {number}", "no id, or one that occurs before."))
            continue
        values = tuple(as_text(value) for value in entry.get("values") or ())
        denies = tuple(as_text(value) for value in entry.get("denies") or ())
        for value in denies:
            if values and value not in values:
                where = f"{ATTRIBUTES}, entry {number} ({name})"
                problems.append(
                    Problem(where, f"denies {value!r} is not one of its values.", nearest(value, values))
                )
        found[name] = Attribute(name, values, as_text(entry.get("rule")), denies)
    raise_if(problems, "The vocabulary of attributes has problems.")
    return found
