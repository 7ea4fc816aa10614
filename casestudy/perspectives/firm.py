"""The firm perspective: why the information is given back, in the firm's words and its customers' eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casestudy.coding.material import Material
from casestudy.mixed.displays import shown
from casestudy.mixed.measures import Reading
from casestudy.perspectives import sides
from casestudy.perspectives.sides import Result, listed, most
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd


def tables(found: Material, perspective: str = "firm", known: Mapping[str, float] | None = None) -> Result:
    """Everything that the perspective finds.

    Parameters
    ----------
    found : Material
    perspective : str
        Its id in the framework.
    known : mapping of name to number, optional
        Numbers that the notebook has just found, see `casestudy.perspectives.sides.numbers`.

    Returns
    -------
    Result
        Tables: ``themes`` and ``beside`` (see `casestudy.perspectives.sides`); ``sources`` (each theme in
        each group: firm, documents, customers' echo); ``numbers`` (each measure that belongs to a theme, its
        value or the reason why it is not known); ``owners`` (which of the firm's own voices carry each
        theme).

    Raises
    ------
    InputError
        When the framework declares other perspectives, but not this one.
    """
    identity, name, asked = sides.choose(found, perspective)
    declared = found.framework.themes_of(identity)
    groups = sides.groups_in(found)
    side = found.framework.perspective(identity)
    own = [group for group in (side.groups if side else ()) if group in groups]
    order = own + [group for group in groups if group not in own]
    gaps = list(found.gaps)
    missing = [group for group in (side.groups if side else ()) if group not in groups]
    if missing:
        gaps.append(f"Nothing is coded for {listed(missing)}.")
    made = {
        "themes": sides.themes(found, identity),
        "beside": sides.beside(found, identity, known),
        "sources": sides.by_group(found, declared, order),
        "numbers": numbers(found, declared, known),
    }
    if not made["numbers"]["value"].notna().any():
        gaps.append(
            "No number could be set beside the words, so what the firm hopes for stays what it hopes for."
        )
    if not asked:
        gaps.append(f"Nobody's words are coded for {name}: shares are undefined.")
    return Result(identity, name, made, tuple(gaps), sides.names(found))


def numbers(found: Material, themes: Sequence[Any], known: Mapping[str, float] | None = None) -> pd.DataFrame:
    """The numbers that belong to the themes.

    Returns
    -------
    pandas.DataFrame
        ``theme, name, measure, value, unit, where, why_not``: value NaN with its reason where it cannot be
        read.
    """
    import pandas as pd

    rows = [
        {
            "theme": theme.id,
            "name": theme.name,
            "measure": name,
            "value": reading.value,
            "unit": unit,
            "where": reading.query,
            "why_not": reading.reason,
        }
        for theme in themes
        for name, unit, reading in sides.numbers(found, theme.measures, known)
    ]
    columns = ["theme", "name", "measure", "value", "unit", "where", "why_not"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float})


def gains(found: Material, perspective: str = "firm") -> pd.DataFrame:
    """What both sides are said to gain, in the words of each group: one scale for customer and firm.

    Rows are the kinds of value that the framework's episodes name, and the themes of the perspective.

    Returns
    -------
    pandas.DataFrame
        ``id, name, of_what`` (value or theme), ``group, people, of, share, low, high`` (95 % Wilson limits);
        denials do not count.
    """
    import pandas as pd

    identity, _, _ = sides.choose(found, perspective)
    view = found.framework.view("episodes")
    kinds = sides.kinds_of(found, view.parts[0]) if view else []
    groups = sides.groups_in(found)
    frames = [
        sides.by_group(found, things, groups).assign(of_what=what)
        for what, things in (("value", kinds), ("theme", found.framework.themes_of(identity)))
    ]
    columns = ["id", "name", "of_what", "group", "people", "of", "share", "low", "high"]
    return pd.concat(frames)[columns].reset_index(drop=True)


def answer(result: Result) -> tuple[str, dict[str, Any]]:
    """The perspective's answer in one paragraph, with the numbers in it."""
    themes, sources = result["themes"], result["sources"]
    of = int(themes["of"].max()) if len(themes) else 0
    heard = counted(of, "interview or document was", "interviews and documents were")
    parts = [f"{result.name}: {heard} heard; most voiced: {most(themes)}."]
    values: dict[str, Any] = {"asked": of} | {
        f"voice {r['id']}": r["people"] for r in themes.to_dict("records")
    }
    denied = themes[themes["contrary"] > 0] if len(themes) else themes
    if len(denied):
        said = listed(f"{row['name']} ({row['contrary']})" for row in denied.to_dict("records"))
        parts.append(f"Spoken against by some: {said}.")
    own = set(sources["group"].unique()[:1]) if len(sources) else set()
    echo = sources[~sources["group"].isin(own | {"document"})]
    echoes = [f"{group}, {most(rows)}" for group, rows in echo.groupby("group", sort=False)]
    if echoes:
        parts.append(f"Echo in other groups: {'; '.join(echoes)}.")
    known = result["numbers"].dropna(subset=["value"])
    for name, rows in known.groupby("name", sort=False):
        listed_ = [
            f"{row['measure']} {shown(Reading(row['value'], ''), row['unit'])}"
            for row in rows.to_dict("records")
        ]
        parts.append(f"Beside {name}: {'; '.join(listed_)}.")
    values |= {str(row["measure"]): row["value"] for row in known.to_dict("records")}
    return " ".join([*parts, *result.gaps]), values
