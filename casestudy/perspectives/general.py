"""The general perspective: what constitutes the practice under study.

Episodes (what value, for whom, by what resources, through what mechanism), a set of conditions that must all
hold, and a square of two dichotomies are read from the framework; a study that declares none of them gets
its themes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casestudy.coding.material import Material
from casestudy.evidence import elements, mechanisms
from casestudy.mixed import episodes as recorded
from casestudy.mixed.presence import presence, who_has
from casestudy.perspectives import episodes, sides
from casestudy.perspectives.sides import Result, listed, most
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd


def tables(found: Material, perspective: str = "general") -> Result:
    """Everything that the perspective finds.

    Parameters
    ----------
    found : Material
    perspective : str
        Its id in the framework.

    Returns
    -------
    Result
        Tables: ``themes`` and ``beside``; ``elements`` (see `casestudy.evidence.elements`); ``slots``,
        ``agreement`` and ``mechanisms`` (see `casestudy.mixed.episodes` and
        `casestudy.perspectives.mechanisms`); ``episodes`` (what two coders recorded of the same counts
        once), ``unfilled``, ``flows``, ``crossing``, ``asymmetry`` and ``at_odds`` (see
        `casestudy.perspectives.episodes`); ``conditions`` (each condition in each group); ``square`` (people
        by two dichotomies). What the framework does not declare is empty, and a gap says so.

    Raises
    ------
    InputError
        When the framework declares other perspectives, but not this one.
    """
    import pandas as pd

    identity, name, asked = sides.choose(found, perspective)
    gaps = list(found.gaps)
    made = {"themes": sides.themes(found, identity), "beside": sides.beside(found, identity)}
    view = found.framework.view("episodes", identity)
    made |= _episodes(found, view) if view else dict.fromkeys(_NAMES, pd.DataFrame())
    if view is None:
        gaps.append(f"No episodes are declared for {name}, so value, means and beneficiaries are not joined.")
    made["elements"] = elements.table(found)
    made["constitutes"] = _constitutes(found, view, made)
    made["conditions"] = conditions(found, identity)
    made["square"] = square(found, identity)
    if not asked:
        gaps.append(f"Nobody's words are coded for {name}: shares are undefined.")
    return Result(identity, name, made, tuple(gaps), sides.names(found))


_NAMES = (
    "episodes",
    "unfilled",
    "flows",
    "crossing",
    "asymmetry",
    "at_odds",
    "slots",
    "agreement",
    "mechanisms",
)


def _episodes(found: Material, view: Any) -> dict[str, pd.DataFrame]:
    slots = [part.id for part in view.parts]
    settings = view.settings
    long = recorded.slots(found, view)
    every = recorded.records(found, view) if recorded.attribute(view) else episodes.episodes(found, view)
    pairs = recorded.matched(long)
    table = recorded.distinct(every, pairs)
    order = [str(one) for one in settings.get("flow", ()) if one in slots] or slots
    cross = [str(one) for one in settings.get("cross", ()) if one in slots] or slots[:2]
    named = {str(k): [str(v) for v in values] for k, values in dict(settings.get("sides") or {}).items()}
    gains = str(settings.get("gains") or cross[-1])
    means = str(settings.get("means") or slots[-1])
    return {
        "episodes": table,
        "unfilled": episodes.unfilled(table, slots),
        "flows": episodes.flows(table, order),
        "crossing": episodes.crossing(table, cross[0], cross[-1]),
        "asymmetry": episodes.asymmetry(table, gains, named),
        "at_odds": episodes.at_odds(table, means, gains),
        "slots": long,
        "agreement": recorded.agreement(every, pairs, slots),
        "mechanisms": mechanisms.by_direction(
            _meant(table), mechanisms.families(found, view), means, str(settings.get("direction") or means)
        ),
    }


def _constitutes(found: Material, view: Any, made: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What makes the first kind of mechanism what it is here, in a sentence: ``said``; empty without one."""
    import pandas as pd

    kinds = mechanisms.families(found, view) if view else []
    if not kinds:
        return pd.DataFrame(columns=["said"])
    slots = [part.id for part in view.parts]
    means = str(view.settings.get("means") or slots[-1])
    told = _meant(made["episodes"])
    said = mechanisms.constitutes(told, kinds[0], sides.names(found), slots, means)
    counts = mechanisms.filled(told, kinds[0], slots, means)
    return pd.DataFrame({"said": [said]} | {slot: [count] for slot, count in counts.items()})


def _meant(table: pd.DataFrame) -> pd.DataFrame:
    """Episodes that the speaker does not deny."""
    return table[~table["denied"].astype(bool)] if "denied" in table.columns else table


def conditions(found: Material, perspective: str) -> pd.DataFrame:
    """The conditions that must all hold, and in whose words each holds.

    Returns
    -------
    pandas.DataFrame
        ``id, name, group, people, of, share, low, high``; the row ``all`` counts those in whose words every
        condition is met. Empty when no conditions are declared.
    """
    import pandas as pd

    view = found.framework.view("conditions", perspective)
    if view is None:
        return pd.DataFrame(columns=["id", "name", "group", "people", "of", "share", "low", "high", "said"])
    rule = found.framework.rule
    met = [set(who_has(part.pick, found.words, found.parents, rule)) for part in view.parts]
    whole = set.intersection(*met)
    frames = []
    for group in sides.groups_in(found):
        asked = found.asked((group,))
        table = presence(view.parts, found.words, found.parents, asked, rule).assign(group=group)
        every = len(whole & set(asked))
        last = {"id": "all", "name": "All of them", "people": every, "of": len(asked), "group": group}
        frames.append(pd.concat([table, pd.DataFrame([last | {"share": every / len(asked)}])]))
    columns = ["id", "name", "group", "people", "of", "share", "low", "high"]
    table = pd.concat(frames)[columns].reset_index(drop=True) if frames else pd.DataFrame(columns=columns)
    there = [f"{people} of {of}" for people, of in zip(table["people"], table["of"], strict=True)]
    return table.assign(
        said=[one if n else elements.NOT_THERE for one, n in zip(there, table["people"], strict=True)]
    )


def square(found: Material, perspective: str) -> pd.DataFrame:
    """People whose words join a value of one dichotomy with a value of the other.

    ``settings.within`` says how near: ``passage`` (overlapping, the default), ``turn`` or ``document``.

    Returns
    -------
    pandas.DataFrame
        One row a value of the axis ``y``: ``y, name``, one column a value of the axis ``x`` with the number
        of people or documents. Empty when no square is declared.
    """
    import pandas as pd

    view = found.framework.view("square", perspective)
    if view is None:
        return pd.DataFrame()
    across = [part for part in view.parts if part.axis == "x"]
    upward = [part for part in view.parts if part.axis == "y"]
    words = found.words[found.words["placed"]]
    within = view.settings.get("within")
    rows = []
    for part in upward:
        row: dict[str, Any] = {"y": part.id, "name": part.name}
        mine = part.pick.of(words, found.parents)
        for other in across:
            theirs = other.pick.of(words, found.parents)
            pairs = mine.merge(theirs, on=["coder", "document"], suffixes=("", "_x"))
            near = (pairs["start"] < pairs["end_x"]) & (pairs["end"] > pairs["start_x"])
            if within in ("turn", "document"):
                near |= pairs["turn"].gt(0) & pairs["turn"].eq(pairs["turn_x"]) | (within == "document")
            touching = pairs[near]
            row[other.id] = int(touching["who"].nunique())
        row["said"] = f"{mine['who'].nunique()} tell of it" if len(mine) else elements.NOT_THERE
        rows.append(row)
    return pd.DataFrame(rows, columns=["y", "name", *(part.id for part in across), "said"])


def answer(result: Result) -> tuple[str, dict[str, Any]]:
    """The perspective's answer in one paragraph, with the numbers in it."""
    themes, told, met = result["themes"], result["episodes"], result["conditions"]
    of = int(themes["of"].max()) if len(themes) else 0
    heard = counted(of, "interview or document was", "interviews and documents were")
    parts = [f"{result.name}: {heard} heard; most voiced: {most(themes)}."]
    values: dict[str, Any] = {"asked": of}
    if len(met):
        whole = met[met["id"] == "all"]
        said = listed(f"{row['people']} of {row['of']} ({row['group']})" for row in whole.to_dict("records"))
        parts.append(f"All conditions hold in the words of {said}.")
        values |= {f"all conditions in {row['group']}": row["people"] for row in whole.to_dict("records")}
        values["all conditions"] = int(whole["people"].sum())
    if len(told):
        share = float(result["unfilled"]["share"].mean())
        emptiest = result["unfilled"].sort_values(["share", "slot"], ascending=[False, True]).iloc[0]
        parts.append(
            f"{len(told)} episodes by {told['who'].nunique()} speakers and documents were found; most often "
            f"open is {result.called(emptiest['slot']).lower()} "
            f"({emptiest['unspecified']} of {emptiest['of']})."
        )
        values |= {"episodes": len(told), "speakers of episodes": told["who"].nunique()}
        values["unspecified share"] = share
    kinds = result["mechanisms"]
    if len(kinds):
        tested = kinds[kinds["share"].notna()]
        said = "; ".join(
            f"{row['name']}: {row['expected']} of {row['directed']}, {row['said']}"
            for row in tested.to_dict("records")
        )
        parts += [f"Direction of the resource, as the source has it: {said}."] if said else []
        values |= {f"direction {row['family']}": row["share"] for row in kinds.to_dict("records")}
    absent = result["elements"].loc[result["elements"]["said"].eq(elements.NOT_THERE), "name"]
    if len(result["elements"]):
        found_ = len(result["elements"]) - len(absent)
        rest = f"; searched and not there: {listed(absent)}" if len(absent) else ""
        parts.append(f"{found_} of {len(result['elements'])} elements are found in words{rest}.")
        values["elements found"] = found_
    first = result["constitutes"]["said"].tolist()
    for slot in result["constitutes"].columns.drop("said", errors="ignore"):
        values[f"episodes of the first kind with {slot}"] = int(result["constitutes"][slot].iloc[0])
    return " ".join([*first, *parts, *result.gaps]), values
