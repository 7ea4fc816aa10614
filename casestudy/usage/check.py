"""Everything that is wrong with the files of the usage logs, at once: part of `casestudy check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.errors import CaseStudyError, Problem
from casestudy.usage import events, signatures, stream, vocabulary

if TYPE_CHECKING:
    from casestudy.study import Study


def check(study: Study) -> list[Problem]:
    """List every problem of ``usage_logs/``.

    Returns
    -------
    list of Problem
        Empty where all is well, and where a study has no usage log.

    Examples
    --------
    >>> from casestudy.study import Study
    >>> check(Study.find())
    []
    """
    problems: list[Problem] = []
    words = None
    if _there(study, vocabulary.FILE):
        try:
            words = vocabulary.load(study.input(vocabulary.FILE))
        except CaseStudyError as error:
            problems += error.problems
    elif _there(study, events.FILE):
        problems.append(Problem(vocabulary.FILE, "it is missing.", "Say what each action means."))
    if words is not None and not _there(study, events.FILE):
        remedy = "Write it, import one (casestudy import-log --help), or remove the folder."
        problems.append(Problem(events.FILE, "it is missing.", remedy))
    if _there(study, events.FILE) and words is not None:
        problems += _events(study, words)
    if _there(study, signatures.FILE):
        try:
            rules = signatures.load(study.input(signatures.FILE))
            problems += _measures(rules, words)
        except CaseStudyError as error:
            problems += error.problems
    return problems


def _there(study: Study, name: str) -> bool:
    return (study.root / name).is_file()


def _events(study: Study, words: vocabulary.Vocabulary) -> list[Problem]:
    problems: list[Problem] = []
    known = None
    if _there(study, events.PARTICIPANTS_FILE):
        try:
            known = set(events.read_participants(study.input(events.PARTICIPANTS_FILE))["participant_id"])
        except CaseStudyError as error:
            problems += error.problems
    else:
        problems.append(Problem(events.PARTICIPANTS_FILE, "it is missing.", "List the accounts."))
    if other := events.not_ours(study.input(events.FILE)):
        return problems + other
    try:
        found = stream.scan(study.input(events.FILE), words, events.FILE)
    except CaseStudyError as error:
        return problems + list(error.problems)
    problems += found.problems
    if known is not None:
        strangers = sorted(set(found.participants) - known)
        problems += [
            Problem(events.FILE, f"{who!r} is not in {events.PARTICIPANTS_FILE}.", "Add the account.")
            for who in strangers[:20]
        ]
    return problems


def _measures(rules: signatures.Signatures, words: vocabulary.Vocabulary | None) -> list[Problem]:
    """Rules that name a group of actions which the vocabulary does not have."""
    if words is None:
        return []
    groups = set(words.groups.values())
    problems = []
    for way in rules.ways:
        for condition in (*way.episode, *way.person):
            for name in condition.measures:
                kind, _, group = name.partition("_")
                if kind in ("share", "n") and group not in groups:
                    found = f"way {way.id} names {name!r}, but no action is of the group {group!r}."
                    problems.append(Problem(signatures.FILE, found, "Correct the name, or the vocabulary."))
    return problems
