"""The customer perspective: ways of using the information, and what makes it worth having.

A typology (uses, not persons) and poles (what the information must be about and for) are read from the
framework; a study that declares neither still gets its themes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from casestudy.coding.material import Material
from casestudy.mixed import typology
from casestudy.mixed.presence import presence
from casestudy.perspectives import sides
from casestudy.perspectives.sides import Result, listed, most

if TYPE_CHECKING:
    import pandas as pd


def tables(found: Material, perspective: str = "customer") -> Result:
    """Everything that the perspective finds.

    Parameters
    ----------
    found : Material
    perspective : str
        Its id in the framework.

    Returns
    -------
    Result
        Tables: ``themes`` and ``beside`` (see `casestudy.perspectives.sides`); ``types`` (each type of the
        typology: who tells of it, whose primary type it is); ``ways`` (each participant's types); ``space``
        (all combinations, empty ones too); ``cases`` (prototype and boundary); ``told`` and ``moves`` (types
        by stage, steps between them); ``ability`` (each participant's score on each pole); ``reasons`` (each
        code of the poles: who praises, who complains). Tables of a view that the framework does not declare
        are empty, and a gap says so.

    Raises
    ------
    InputError
        When the framework declares other perspectives, but not this one.
    """
    import pandas as pd

    identity, name, asked = sides.choose(found, perspective)
    view, poles = found.framework.view("typology", identity), found.framework.view("poles", identity)
    gaps = list(found.gaps)
    made = {"themes": sides.themes(found, identity), "beside": sides.beside(found, identity)}
    empty = pd.DataFrame()
    if view:
        ways = typology.ways(view, found.words, found.parents, asked, found.framework.rule)
        told, moves = typology.moves(view, found.words, found.parents, asked)
        types = presence(view.parts, found.words, found.parents, asked, found.framework.rule)
        primary = ways["primary"].value_counts()
        types["primary"] = [int(primary.get(part.id, 0)) for part in view.parts]
        types["mark"] = [part.mark for part in view.parts]
        made |= {"types": types, "ways": ways, "told": told, "moves": moves}
        made |= {
            "space": typology.attribute_space(ways, view),
            "cases": typology.cases(ways, view),
        }
    else:
        gaps.append(f"No typology is declared for {name}, so ways of using cannot be distinguished.")
        made |= dict.fromkeys(("types", "ways", "space", "cases", "told", "moves"), empty)
    if poles:
        made |= {"ability": ability(found, poles, asked), "reasons": reasons(found, poles, asked)}
    else:
        gaps.append(
            f"No poles are declared for {name}, so what makes the information valuable is not scored."
        )
        made |= dict.fromkeys(("ability", "reasons"), empty)
    if not asked:
        gaps.append(f"Nobody's words are coded for {name}: shares are undefined.")
    return Result(identity, name, made, tuple(gaps), sides.names(found))


def ability(found: Material, poles: Any, asked: list[str]) -> pd.DataFrame:
    """Each participant's score on each pole: the mean of the values that the poles' attribute takes.

    Parameters
    ----------
    poles : View
        ``settings.attribute`` (such as valence) and ``settings.values`` (its values as numbers). A workbench
        definition: no source gives one.

    Returns
    -------
    pandas.DataFrame
        ``who``, one column a pole (NaN where nothing was said of it), ``mean`` and ``lowest`` over the poles
        (NaN unless all are known), ``quadrant`` in words. Coders weigh alike: a score is the mean of the
        coders' means.
    """
    import pandas as pd

    attribute = str(poles.settings.get("attribute", "valence"))
    values = {str(key): float(number) for key, number in dict(poles.settings.get("values") or {}).items()}
    rows: dict[str, dict[str, float]] = {who: {} for who in asked}
    for part in poles.parts:
        picked = part.pick.of(found.words[found.words["placed"]], found.parents)
        if attribute in picked:
            picked = picked.assign(_score=picked[attribute].map(values)).dropna(subset=["_score"])
            scores = picked.groupby(["who", "coder"])["_score"].mean().groupby("who").mean()
            for who, score in scores.items():
                if who in rows:
                    rows[str(who)][part.id] = round(float(score), 9)
    names = [part.id for part in poles.parts]
    table = pd.DataFrame([{"who": who} | rows[who] for who in asked], columns=["who", *names])
    table = table.astype(dict.fromkeys(names, float))
    whole = table[names].notna().all(axis=1) & bool(names)
    table["mean"] = table[names].mean(axis=1).where(whole)
    table["lowest"] = table[names].min(axis=1).where(whole)
    titles = {part.id: part.name for part in poles.parts}
    table["quadrant"] = [_quadrant(row, titles) for row in table[names].to_dict("records")]
    return table


def _quadrant(scores: dict[Any, float], names: dict[str, str]) -> str:
    def sign(score: float) -> str:
        return "not told" if math.isnan(score) else "+" if score > 0 else "−" if score < 0 else "0"

    return ", ".join(f"{names[pole]} {sign(score)}" for pole, score in scores.items())


def reasons(found: Material, poles: Any, asked: list[str]) -> pd.DataFrame:
    """What the poles are made of: for each code under them, who speaks well of it and who complains.

    Returns
    -------
    pandas.DataFrame
        ``pole, code, name, people, positive, negative, of``, sorted by people; a participant may be in both.
    """
    import pandas as pd

    attribute = str(poles.settings.get("attribute", "valence"))
    values = {str(key): float(number) for key, number in dict(poles.settings.get("values") or {}).items()}
    rows = []
    for part in poles.parts:
        picked = part.pick.of(found.words[found.words["placed"]], found.parents)
        picked = picked[picked["who"].isin(asked)]
        score = picked[attribute].map(values) if attribute in picked else pd.Series(0.0, index=picked.index)
        for code, group in picked.assign(_score=score).groupby("code"):
            people = {
                sign: group.loc[mask, "who"].nunique() for sign, mask in _signs(group["_score"]).items()
            }
            said = {"pole": part.id, "code": code, "name": found.names.get(str(code), str(code))}
            rows.append(said | {"people": group["who"].nunique(), **people, "of": len(asked)})
    columns = ["pole", "code", "name", "people", "positive", "negative", "of"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["people", "code"], ascending=[False, True], kind="stable").reset_index(
        drop=True
    )


def _signs(score: pd.Series) -> dict[str, pd.Series]:
    return {"positive": score > 0, "negative": score < 0}


def _moved(table: pd.DataFrame) -> int:
    """How many moves from one way to another: who stays with a way does not move."""
    return int(table.loc[table["before"].ne(table["after"]), "people"].sum())


def answer(result: Result) -> tuple[str, dict[str, Any]]:
    """The perspective's answer in one paragraph, with the numbers in it."""
    themes, types, ability_ = result["themes"], result["types"], result["ability"]
    of = int(themes["of"].max()) if len(themes) else 0
    parts = [] if len(types) else [f"{result.name}: {of} people were heard."]
    values: dict[str, Any] = {"asked": of}
    if len(types):
        mixed = int((result["ways"]["types"] > 1).sum())
        parts.append(
            f"Most people tell of {most(types)} as a way of using; {mixed} of {of} tell of more than one"
            + (
                f", and they tell of {_moved(result['moves'])} moves from one to another."
                if len(result["moves"])
                else "."
            )
        )
        values |= {f"tell of {row['id']}": row["people"] for row in types.to_dict("records")}
        values |= {"mixed": mixed, "share who mix ways": mixed / of if of else math.nan}
        values |= {"tell of more than one way": mixed}
        if len(result["moves"]):
            values["moves between ways"] = _moved(result["moves"])
    elif len(themes):
        parts.append(f"Most voiced: {most(themes)}.")
    if len(ability_):
        poles = [c for c in ability_.columns if c not in ("who", "mean", "lowest", "quadrant")]
        scored = ability_["lowest"].notna()
        good = int((ability_.loc[scored, "lowest"] > 0).sum())
        parts.append(
            f"Of the {int(scored.sum())} who speak of {listed(map(result.called, poles))}, "
            f"{good} speak well of all; "
            f"the reason most spoken of is {most(result['reasons'])}."
        )
        values |= {"scored on all poles": int(scored.sum()), "positive on all poles": good}
    return " ".join([*parts, *result.gaps]), values
