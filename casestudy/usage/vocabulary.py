"""The vocabulary of actions: what each event of the log means and which construct it can point to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files.fields import read_yaml

ACTORS = ("participant", "firm")
FILE = "usage_logs/actions.yaml"
ROLES = ("register", "enter", "notified", "start", "close", "return", "compare")
_FIELDS = ("id", "role", "group", "actor", "target", "look", "meaning", "indicates")


@dataclass(frozen=True)
class Action:
    """One kind of event.

    Attributes
    ----------
    id, group : str
        `group` is how measures add actions up.
    meaning : str
        What the participant or the firm does, in words.
    actor : {'participant', 'firm'}
        Sessions are made of what participants do.
    role : str
        What the act is to the analysis, one of `ROLES`; empty for most.
    target : str
        What kind of thing the column ``target`` names; 'none' for nothing.
    look : bool
        Whether it shows the participant something: the denominator of shares of views.
    indicates : tuple of str
        Constructs that the act can point to; the act alone proves none.
    """

    id: str
    group: str
    meaning: str
    actor: str = "participant"
    role: str = ""
    target: str = "none"
    look: bool = False
    indicates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """All actions of a log, in the order of their file."""

    actions: tuple[Action, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Names of the actions."""
        return tuple(action.id for action in self.actions)

    @property
    def groups(self) -> dict[str, str]:
        """Group of each action."""
        return {action.id: action.group for action in self.actions}

    @property
    def looks(self) -> tuple[str, ...]:
        """Actions that show the participant something."""
        return tuple(action.id for action in self.actions if action.look)

    @property
    def look_groups(self) -> tuple[str, ...]:
        """Groups that hold an action which shows something, in the order of the file."""
        return tuple(dict.fromkeys(action.group for action in self.actions if action.look))

    def role(self, name: str) -> str:
        """The action with this role; empty where the log has none.

        Examples
        --------
        >>> Vocabulary((Action("sign_in", "entry", "comes in", role="enter"),)).role("enter")
        'sign_in'
        """
        return next((action.id for action in self.actions if action.role == name), "")

    def by(self, actor: str) -> tuple[str, ...]:
        """Actions that this actor does."""
        return tuple(action.id for action in self.actions if action.actor == actor)


def load(path: Path, where: str = FILE) -> Vocabulary:
    """Read the vocabulary of actions.

    Parameters
    ----------
    path : Path
        A YAML file with a list ``actions``.
    where : str
        How to call the file in messages.

    Raises
    ------
    InputError
        With every problem: a missing id, one that occurs twice, an unknown field or actor.

    Examples
    --------
    >>> from casestudy.study import Study
    >>> vocabulary = load(Study.find().input("usage_logs/actions.yaml"))
    >>> vocabulary.groups["view_benchmark"]
    'benchmark'
    """
    content = read_yaml(path, where)
    rows = content.get("actions") if isinstance(content, Mapping) else None
    if not isinstance(rows, list) or not rows:
        problem = Problem(where, "it has no list 'actions'.", "Write one entry for each action of the log.")
        raise InputError("The vocabulary of actions cannot be read.", [problem])
    actions: list[Action] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=1):
        place = f"{where}, action {number}"
        if not isinstance(row, Mapping):
            problems.append(Problem(place, f"{row!r} is not an entry.", "Write id, group and meaning."))
            continue
        unknown = [str(key) for key in row if key not in _FIELDS]
        problems += [Problem(place, f"{key!r} is not a field.", nearest(key, _FIELDS)) for key in unknown]
        missing = [key for key in ("id", "group", "meaning") if not str(row.get(key) or "").strip()]
        problems += [Problem(place, f"{key} is missing.", f"Write {key}: …") for key in missing]
        if row.get("actor", "participant") not in ACTORS:
            problems.append(Problem(place, f"actor is {row['actor']!r}.", nearest(str(row["actor"]), ACTORS)))
        role = str(row.get("role") or "")
        if role and role not in ROLES:
            problems.append(Problem(place, f"role is {role!r}.", nearest(role, ROLES)))
        elif role and role in {action.role for action in actions}:
            problems.append(Problem(place, f"role {role!r} occurs before.", "Give it to one action."))
        if row.get("id") in {action.id for action in actions}:
            problems.append(
                Problem(place, f"id {row['id']!r} occurs before.", "Give every action its own id.")
            )
        if not missing:
            actions.append(_action(row))
    raise_if(problems, "The vocabulary of actions has problems.")
    return Vocabulary(tuple(actions))


def _action(row: Mapping[str, Any]) -> Action:
    return Action(
        id=str(row["id"]),
        group=str(row["group"]),
        meaning=str(row["meaning"]),
        actor=str(row.get("actor", "participant")),
        role=str(row.get("role") or ""),
        target=str(row.get("target", "none")),
        look=row.get("look") is True,
        indicates=tuple(str(code) for code in row.get("indicates") or ()),
    )
