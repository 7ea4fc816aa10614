"""What `check` says of the simulator's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.errors import CaseStudyError, Problem
from casestudy.simulator import settings as simulator
from casestudy.usage import vocabulary

if TYPE_CHECKING:
    from casestudy.study import Study


def check(study: Study) -> list[Problem]:
    """List every problem of the simulator's settings, actions that the vocabulary does not know among them.

    Returns
    -------
    list of Problem
        Empty where all is well, and where a study simulates nothing.
    """
    if not (study.root / simulator.FILE).is_file():
        return []
    try:
        settings = simulator.load(study.input(simulator.FILE))
    except CaseStudyError as error:
        return list(error.problems)
    try:
        words = vocabulary.load(study.input(vocabulary.FILE))
    except CaseStudyError:
        return []  # a vocabulary that is missing or cannot be read is listed with the log
    return _unknown_actions(settings, words)


def _unknown_actions(given: simulator.Settings, words: vocabulary.Vocabulary) -> list[Problem]:
    """Actions that the simulator would write but the vocabulary does not know."""
    named = {action for way in given.ways for action in way.weights} | {*given.calendar.rolling_acts}
    named |= {*given.first_time, *given.first_time.values(), *given.faults.tester_acts}
    named |= {given.comparison.instead} - {""}
    return [
        Problem(simulator.FILE, f"action {name!r} is not in {vocabulary.FILE}.", "Correct it, or add it.")
        for name in sorted(named - set(words.ids))
    ]
