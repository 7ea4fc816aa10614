"""Every problem of the study's nutrition files, at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from casestudy.errors import CaseStudyError, Problem
from casestudy.files import tables
from casestudy.nutrition import basis, composition, coverage, foodmap, hei, needs, recommend
from casestudy.study import Study


def check(study: Study) -> list[Problem]:
    """List what is wrong with food groups, map, composition, prices, weights, factors and profiles.

    Parameters
    ----------
    study : Study
        Files that the study does not have are not asked for: a study may do without nutrition.

    Returns
    -------
    list of Problem
    """
    if not study.inputs(foodmap.GROUPS_FILE):
        return []
    asked: list[Callable[[], Any]] = [
        lambda: foodmap.read_groups(study),
        lambda: recommend.read_own_targets(study),
    ]
    for path, schema in (
        (basis.PRICES_FILE, basis.PRICES),
        (basis.UNITS_FILE, basis.UNITS),
        (hei.FACTORS_FILE, hei.FACTORS),
        (needs.FILE, needs.NEEDS),
        (composition.FILLS_FILE, composition.FILLS),
        (coverage.CHECK_FILE, coverage.CHECK),
    ):
        if study.inputs(path):
            asked.append(partial(tables.read_csv, study.input(path), schema, path))
    asked += [partial(recommend.read_profile, study, name) for name in recommend.profile_names(study)]
    problems: list[Problem] = []
    for read in asked:
        try:
            read()
        except CaseStudyError as error:
            problems += error.problems or (Problem("profiles", error.summary),)
    return problems
