"""Every problem of the files of decisions: framework, claims, inferences, case sheets, checklists …"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casestudy.codebook.framework import Framework
from casestudy.coding.material import Material
from casestudy.errors import InputError, Problem
from casestudy.evidence import cases, chain, checklists, claims, elements, prose, references
from casestudy.mixed import displays, episodes, readers, testimony, triangulation


def check(found: Material) -> list[Problem]:
    """All problems, files that cannot be read included.

    Returns
    -------
    list of Problem
        Empty when all is well. Weak points of the chain of evidence are not problems of files: see
        ``casestudy evidence``.
    """
    study, problems = found.study, list[Problem]()

    def read(reader: Callable[[], Any]) -> Any:
        try:
            return reader()
        except InputError as error:
            problems.extend(error.problems)
            return None

    declared = read(lambda: found.framework) or Framework()
    made, wrong = read(lambda: claims.read(study, declared)) or ((), [])
    problems += wrong
    decided = (elements.load, displays.load_inferences, triangulation.load, readers.load, chain.load_seals)
    for reader in (*decided, checklists.own_answers):
        read(lambda reader=reader: reader(study))  # type: ignore[misc]
    problems += read(lambda: testimony.problems(found)) or []
    try:
        book = found.book
    except InputError:
        return problems + references.check(found, made)  # said by the check of the codings
    for place in study.inputs(f"{cases.FOLDER}/*/{cases.FIELDS}"):
        read(lambda kind=place.parent.name: cases.load(study, kind, book))  # type: ignore[misc]
    problems += references.check(found, made)
    further: tuple[Callable[[], list[Problem]], ...] = (
        lambda: prose.problems(found, made),
        lambda: _episodes(found),
    )
    for listed in further:
        try:
            problems += listed()
        except InputError:
            continue  # what cannot be read was said above, or by the check of the codings
    return problems


def _episodes(found: Material) -> list[Problem]:
    """Records of episodes with two codings in a slot, none of the first slot, or one of no slot."""
    view = found.framework.view("episodes")
    wrong = episodes.problems(found, view) if view else []
    fix = "Change or remove the coding: one a slot, the first slot filled."
    return [Problem(f"interviews/codings, episode {name}", said, fix) for name, said in wrong]
