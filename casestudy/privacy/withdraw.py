"""Withdrawing a participant: planned in full, then done as one, so that no part of it is left undone.

What is a participant's own (transcript, codings, rows of tables) is removed. Where others' work names them,
the reference is taken out, and names in free text become ``[withdrawn]``. Outputs are deleted, since any of
them may rest on the participant, and are made again by running the study. Whatever still leads to the
participant is listed. What version control has recorded stays there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from casestudy.errors import Problem
from casestudy.files import holdings, transaction
from casestudy.mixed import displays
from casestudy.people import participants
from casestudy.privacy import traces as tracing
from casestudy.privacy.erasing import erased
from casestudy.privacy.traces import Traces
from casestudy.study import Study
from casestudy.wording import counted

_REMEDY = "Read it; 'casestudy pseudonymise' can replace a name and move the codings with it."
_CACHE = ".casestudy"
# What other commands hold or have still to finish.
_KEPT = frozenset(("locks", "unfinished", ".gitignore"))
_SHOWN = 5


@dataclass(frozen=True)
class Step:
    """One file and what is done to it: ``remove`` it, ``clear`` a folder, or ``rewrite`` it with `text`."""

    path: Path
    act: Literal["remove", "rewrite", "clear"]
    says: str
    text: str = ""


@dataclass(frozen=True)
class Plan:
    """What a withdrawal will do, in order; and what a person has to look at."""

    root: Path
    participant: str
    steps: tuple[Step, ...]
    by_hand: tuple[Problem, ...]


def plan(study: Study, participant: str) -> Plan:
    """Everything that withdrawing a participant means for the study's files.

    Parameters
    ----------
    study : Study
    participant : str
        Id in interviews/participants.csv.

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        When no such participant is known.
    """
    traces = tracing.of(study, participant)
    steps: list[Step] = []
    by_hand: list[Problem] = []
    unread: list[str] = []
    outputs = study.outputs.resolve()
    for name, path in holdings.files(study.root):
        if name.startswith(f"{_CACHE}/") or path.resolve().is_relative_to(outputs):
            continue
        step, left, reasons = _planned(name, path, traces)
        steps += [step] if step else []
        by_hand += left
        unread += [name] if reasons else []
    by_hand += _unsearched(unread)
    if displays.load_inferences(study):
        what = "what was inferred from groups of people was written with this participant among them."
        by_hand.append(Problem(displays.FILE, what, "Read it again."))
    steps += _cleared(study)
    return Plan(study.root, participant, tuple(steps), tuple(by_hand))


def _planned(name: str, path: Path, traces: Traces) -> tuple[Step | None, list[Problem], tuple[str, ...]]:
    """What is done to one file, what of the participant stays in it, and why it could not be searched."""
    held = holdings.holding(name)
    if not path.is_symlink() and any(tracing.is_own(name, one) for one in traces.documents):
        return Step(path, "remove", "the participant's own"), [], ()
    left = traces.left(name, path)
    if held.form == "left" and left and not path.is_symlink():
        return Step(path, "remove", "a copy that an interrupted command left"), [], ()
    text = None if path.is_symlink() else _read(path)
    if text is None:
        return None, _problems(name, left), tracing.unreadable(name, path)
    new = erased(name, text, held, traces)
    if new == text:
        return None, _problems(name, left), tracing.unreadable(name, path) if not left else ()
    row = (
        "the participant's row"
        if name == participants.FILE
        else "rows, citations and names of the participant"
    )
    return (
        Step(path, "rewrite", row, new),
        _problems(name, [*traces.in_text(name, name, "its name"), *traces.in_text(name, new)]),
        (),
    )


def _problems(name: str, left: list[tuple[str, str]]) -> list[Problem]:
    held = holdings.holding(name)
    remedy = _REMEDY if held.form == "document" else "Read it, and take out what leads to the participant."
    if held.form == "other":
        remedy = "Delete it, or make it again without the participant."
        parts = sorted({where.split(", line")[0].split(" › ", 1)[-1] for where, _ in left if " › " in where})
        if len(parts) > 1:
            count = counted(len(parts), "part")
            what = f"{count} of it name the participant or hold their words ({parts[0]}, …)."
            return [Problem(name, what, remedy)]
    return [Problem(where, what, remedy) for where, what in left]


def _unsearched(names: list[str]) -> Iterator[Problem]:
    """One problem for each kind of file that could not be searched in full."""
    by_kind: dict[str, list[str]] = {}
    for name in names:
        by_kind.setdefault(Path(name).suffix.casefold(), []).append(name)
    for group in by_kind.values():
        shown = ", ".join(group[:_SHOWN]) + (", …" if len(group) > _SHOWN else "")
        what = f"{counted(len(group), 'file')} of this kind could not be searched in full."
        yield Problem(shown, what, "Look whether the participant is in it.")


def _cleared(study: Study) -> Iterator[Step]:
    if study.outputs.is_dir():
        yield Step(study.outputs, "clear", "made again by running the study")
    cache = study.root / _CACHE
    for path in sorted(cache.iterdir()) if cache.is_dir() else ():
        if path.name not in _KEPT:
            yield Step(path, "clear" if path.is_dir() else "remove", "made again by running the study")


def carry_out(plan_: Plan) -> None:
    """Do what a plan says, as one: what is interrupted is finished by the next command on the study."""
    outside = [step.path for step in plan_.steps if not step.path.is_relative_to(plan_.root)]
    changes = {
        step.path: step.text.encode("utf-8") if step.act == "rewrite" else None
        for step in plan_.steps
        if step.path not in outside
    }
    transaction.carry_out(plan_.root, changes, f"{plan_.participant} is withdrawn")
    for path in outside:
        shutil.rmtree(path, ignore_errors=True)


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
