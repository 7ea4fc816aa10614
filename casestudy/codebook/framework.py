"""The framework of a study, as its authors declare it: perspectives, their themes, what these are built of.

``coding_schemes/framework.yaml`` names all that the perspectives need: themes with their codes and
measures, views (a typology, poles, episodes, conditions, a square), and the links that claims carry between
themes. No name of a study stands in the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casestudy.codebook import links, numbers
from casestudy.codebook.links import Link
from casestudy.codebook.numbers import Measure, Over
from casestudy.codebook.selection import FIELDS as PICK
from casestudy.codebook.selection import Pick, read_pick
from casestudy.errors import Problem, nearest, raise_if
from casestudy.files.fields import Fields, read_yaml
from casestudy.files.names import REMEDY, unfit
from casestudy.study import Study

__all__ = ["Framework", "Link", "Measure", "Over", "Part", "Perspective", "Theme", "View", "load", "parse"]

FILE = "coding_schemes/framework.yaml"
KINDS = ("typology", "poles", "episodes", "conditions", "square")
RULES = ("any", "all")
# Words that the tables made of views use for their own columns.
RESERVED = (
    *("episode", "coder", "document", "who", "group", "quote", "primary", "others", "certainty", "types"),
    *("mean", "lowest", "quadrant", "combination", "people", "name", "y"),
)


@dataclass(frozen=True)
class Theme:
    """What several codes say together under one organising idea, within one perspective."""

    id: str
    name: str
    perspective: str
    pick: Pick
    idea: str = ""
    excludes: str = ""
    mark: str = ""
    measures: tuple[str, ...] = ()
    contrary: Pick = field(default_factory=Pick)


@dataclass(frozen=True)
class Perspective:
    """One side from which the case is seen: whose words count, which question it answers."""

    id: str
    name: str
    question: str
    groups: tuple[str, ...] = ()
    says: str = ""


@dataclass(frozen=True)
class Part:
    """One part of a view: a type, a pole, a slot, a condition, a side."""

    id: str
    name: str
    pick: Pick
    axis: str = ""
    log: str = ""
    mark: str = ""
    says: str = ""
    measures: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """A way of laying codings out, beyond themes: its kind says how the parts are read together."""

    id: str
    kind: str
    name: str
    perspective: str
    parts: tuple[Part, ...]
    says: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    def part(self, identity: str) -> Part:
        """The part with that id."""
        return next(part for part in self.parts if part.id == identity)


@dataclass(frozen=True)
class Framework:
    """Everything declared in framework.yaml; `rule` says whether one coder or all must have seen a thing."""

    perspectives: tuple[Perspective, ...] = ()
    themes: tuple[Theme, ...] = ()
    views: tuple[View, ...] = ()
    measures: tuple[Measure, ...] = ()
    links: tuple[Link, ...] = ()
    rule: str = "any"
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def perspective(self, identity: str) -> Perspective | None:
        """The perspective with that id, or None."""
        return next((one for one in self.perspectives if one.id == identity), None)

    def themes_of(self, perspective: str) -> tuple[Theme, ...]:
        """The themes of one perspective, in the order of the file."""
        return tuple(theme for theme in self.themes if theme.perspective == perspective)

    def view(self, kind: str, perspective: str = "") -> View | None:
        """The first view of that kind (of that perspective), or None."""
        fitting = (v for v in self.views if v.kind == kind and perspective in ("", v.perspective))
        return next(fitting, None)

    def measure(self, identity: str) -> Measure | None:
        """The measure with that id, or None."""
        return next((one for one in self.measures if one.id == identity), None)


def load(study: Study) -> Framework:
    """Read the study's framework.

    Returns
    -------
    Framework
        An empty one when the study has no framework.yaml.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    path = study.input(FILE)
    if not path.is_file():
        return Framework()
    framework, problems = parse(read_yaml(path, FILE), FILE)
    raise_if(problems, "The framework of the study has problems.")
    return framework


def parse(node: Any, where: str) -> tuple[Framework, list[Problem]]:
    """Make a framework of what the file holds, and list every problem in it."""
    problems: list[Problem] = []
    known = ("version", "rule", "unless", "measures", "perspectives", "views", "links", "note")
    top = Fields(node if node is not None else {}, where, "", problems, known)
    unless = top.table("unless")
    names = ("id", "name", "question", "groups", "says", "themes")
    sides = top.items("perspectives", names)
    framework = Framework(
        perspectives=tuple(_perspective(one) for one in sides),
        themes=tuple(theme for side in sides for theme in _themes(side, unless)),
        views=tuple(_view(one, unless) for one in top.items("views", _VIEW)),
        measures=tuple(numbers.read(one) for one in top.items("measures", numbers.KEYS)),
        links=tuple(links.read(one) for one in top.items("links", links.KEYS)),
        rule=top.text("rule", allowed=RULES) or "any",
        unless=unless,
    )
    _cross_check(framework, top)
    return framework, problems


_VIEW = ("id", "kind", "name", "perspective", "says", "parts", "settings")
_PART = ("id", "name", "axis", "log", "mark", "says", "measures", *PICK)
_THEME = ("id", "name", "idea", "excludes", "mark", "measures", "contrary", *PICK)


def _perspective(one: Fields) -> Perspective:
    texts = [one.text(key, required=True) for key in ("id", "name", "question")]
    return Perspective(texts[0], texts[1], texts[2], one.texts("groups"), one.text("says"))


def _themes(side: Fields, unless: Mapping[str, tuple[str, ...]]) -> list[Theme]:
    themes = []
    for one in side.items("themes", _THEME):
        pick = read_pick(one, unless)
        if not pick.groups:
            pick = Pick(pick.codes, side.texts("groups"), pick.kinds, pick.where, pick.unless)
        contrary = Fields(one.node.get("contrary") or {}, one.where, one.path, one.problems, PICK)
        themes.append(
            Theme(
                id=one.text("id", required=True),
                name=one.text("name", required=True),
                perspective=side.text("id"),
                pick=pick,
                idea=one.text("idea"),
                excludes=one.text("excludes"),
                mark=one.text("mark"),
                measures=one.texts("measures"),
                contrary=read_pick(contrary),
            )
        )
    return themes


def _view(one: Fields, unless: Mapping[str, tuple[str, ...]]) -> View:
    parts = tuple(
        Part(
            id=part.text("id", required=True),
            name=part.text("name", required=True),
            pick=read_pick(part, unless),
            axis=part.text("axis"),
            log=part.text("log"),
            mark=part.text("mark"),
            says=part.text("says"),
            measures=part.texts("measures"),
        )
        for part in one.items("parts", _PART)
    )
    for part_id in sorted({part.id for part in parts} & set(RESERVED)):
        one.problem("parts", f"a part cannot be called {part_id!r}: tables use the word.", "Rename it.")
    if not parts:
        one.problem("parts", "the view has no parts.", "List them under 'parts:'.")
    settings = one.node.get("settings") or {}
    if not isinstance(settings, Mapping):
        one.problem("settings", "settings is not a mapping.", "Write 'settings: {name: value}'.")
        settings = {}
    kind = one.text("kind", required=True, allowed=KINDS)
    names = [one.text(key, required=True) for key in ("id", "name", "perspective")]
    return View(names[0], kind, names[1], names[2], parts, one.text("says"), settings)


def _cross_check(framework: Framework, top: Fields) -> None:
    """Ids are unique, and everything that is named is there."""
    lists: dict[str, list[str]] = {
        "perspectives": [one.id for one in framework.perspectives],
        "themes": [one.id for one in framework.themes],
        "views": [one.id for one in framework.views],
        "measures": [one.id for one in framework.measures],
    }
    for name, ids in lists.items():
        folded = [one.casefold() for one in ids]
        for identity in dict.fromkeys(one for one in ids if one and folded.count(one.casefold()) > 1):
            top.problem(name, f"{name}: {identity!r} occurs twice.", "Give each its own id.")
        for identity in dict.fromkeys(one for one in ids if one and unfit(one)):
            top.problem(name, f"{name}: id {unfit(identity)}", REMEDY)
    named = [(f"view {view.id}", "perspectives", view.perspective) for view in framework.views]
    holders: list[Theme | Part] = [*framework.themes]
    holders += [part for view in framework.views for part in view.parts]
    for holder in holders:
        named += [(f"{holder.id}", "measures", identity) for identity in holder.measures]
    for link in framework.links:
        named += [(f"link to {link.end}", "themes", end) for end in (link.start, link.end)]
        named += [(f"link to {link.end}", "measures", link.measure)]
    for who, name, identity in named:
        if identity and identity not in lists[name]:
            top.problem(
                name,
                f"{who} names {identity!r}, which is not among the {name}.",
                nearest(identity, lists[name]),
            )
