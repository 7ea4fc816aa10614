"""Elements that a case is described by: what was found of each, or that it was searched and is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.codebook.selection import Pick, read_pick
from casestudy.coding.material import Material
from casestudy.errors import Problem, raise_if
from casestudy.evidence import confirmed
from casestudy.files.fields import Fields, read_yaml
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

FILE = "evidence/cases/general-elements.yaml"
NOT_THERE = "searched, not there"


@dataclass(frozen=True)
class Element:
    """One element: what to look for, the codes that show it, and measures that bear on it."""

    id: str
    name: str
    mark: str
    look_for: str
    pick: Pick
    measures: tuple[str, ...] = ()


def load(study: Study) -> tuple[Element, ...]:
    """The elements of a study; none where it lists none.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    path = study.input(FILE)
    if not path.is_file():
        return ()
    problems: list[Problem] = []
    known = ("title", "version", "mark", "note", "elements")
    top = Fields(read_yaml(path, FILE) or {}, FILE, "", problems, known)
    keys = ("id", "name", "mark", "look_for", "codes", "groups", "kinds", "where", "unless", "measures")
    found = []
    for one in top.items("elements", keys):
        texts = [one.text(key, required=True) for key in ("id", "name")]
        found.append(
            Element(
                texts[0],
                texts[1],
                one.text("mark"),
                one.text("look_for"),
                read_pick(one),
                one.texts("measures"),
            )
        )
    raise_if(problems, "The elements of the case have problems.")
    return tuple(found)


def table(found: Material) -> pd.DataFrame:
    """What was found of each element.

    Returns
    -------
    pandas.DataFrame
        ``element, name, mark, look_for, codes, voices`` and ``documents`` (in which some coder heard it),
        ``confirmed`` (in which two coders did), ``searched`` (voices and documents), ``said`` (what was
        found, or `NOT_THERE`; *not searched* where no code is named).
    """
    import pandas as pd

    laid = confirmed.layout(found)
    rows = []
    for element in found.also(load):
        wanted = confirmed.sought(laid, element.pick)
        people = [laid.people[n] for n in confirmed.by_any(laid, wanted)[0].nonzero()[0]]
        twice = int(confirmed.confirmed(laid, wanted).sum())
        speaking = set(found.people["participant_id"])
        voices, papers = sum(one in speaking for one in people), sum(one not in speaking for one in people)
        said = f"{voices} voices and {papers} documents and messages; {twice} by two coders"
        searched = bool(element.pick.codes)
        rows.append(
            {
                "element": element.id,
                "name": element.name,
                "mark": element.mark,
                "look_for": element.look_for,
                "codes": " ".join(element.pick.codes),
                "voices": voices,
                "documents": papers,
                "confirmed": twice,
                "searched": len(laid.people) if searched else 0,
                "said": (said if people else NOT_THERE) if searched else "not searched",
            }
        )
    columns = ["element", "name", "mark", "look_for", "codes", "voices", "documents", "confirmed", "searched"]
    return pd.DataFrame(rows, columns=[*columns, "said"])
