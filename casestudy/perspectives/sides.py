"""What every perspective begins with: its themes, who voices them, a quote, and the numbers beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from casestudy.coding.material import Material
from casestudy.errors import InputError, Problem, nearest
from casestudy.mixed.displays import side_by_side
from casestudy.mixed.measures import Reading, described, read
from casestudy.mixed.presence import Named, best_quote, presence
from casestudy.outputs import Shown

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Result:
    """What a perspective finds: tables by name, what ids are called, and what it could not do."""

    perspective: str
    name: str
    tables: Mapping[str, pd.DataFrame]
    gaps: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    def called(self, identity: str) -> str:
        """What a code, type, pole or slot is called."""
        return self.names.get(identity, identity)

    def said(self) -> str:
        """The gaps as one paragraph; empty when there are none."""
        return " ".join(self.gaps)


def about(found: Material, perspective: str = "") -> Shown:
    """What the study says of a perspective, or of all, and of its material: for reading, in its own words.

    Where nothing is said of a perspective, the ideas of its themes stand for it.

    Examples
    --------
    >>> from types import SimpleNamespace as Made
    >>> side = Made(id="reader", name="Readers", says="What they do with it.")
    >>> study = Made(data_status={"interviews": "The interviews are composed."})
    >>> framework = Made(perspectives=[side], themes_of=lambda side: ())
    >>> found = Made(framework=framework, study=study)
    >>> print(about(found, "reader").bundle["text/plain"])
    * **Readers.** What they do with it.
    * **The material.** The interviews are composed.
    """
    sides = [one for one in found.framework.perspectives if perspective in ("", one.id)]
    ideas = {one.id: found.framework.themes_of(one.id) for one in sides}
    lines = [
        f"* **{one.name}.** "
        + (
            one.says
            or " ".join(f"*{theme.name}*: {theme.idea or 'not yet said.'}" for theme in ideas[one.id])
        )
        for one in sides
    ]
    status = " ".join(found.study.data_status.values())
    text = "\n".join([*lines, *([f"* **The material.** {status}"] if status else [])])
    return Shown({"text/markdown": text, "text/plain": text}, {})


def choose(found: Material, perspective: str) -> tuple[str, str, list[str]]:
    """Id and name of a perspective, and who was asked for it.

    Raises
    ------
    InputError
        When the framework declares other perspectives, but not this one.
    """
    framework = found.framework
    side = framework.perspective(perspective)
    if side is not None:
        return side.id, side.name, found.asked(side.groups)
    if framework.perspectives:
        known = [one.id for one in framework.perspectives]
        where = "coding_schemes/framework.yaml"
        problem = Problem(where, f"perspective {perspective!r} is not declared.", nearest(perspective, known))
        raise InputError("A perspective is not known.", [problem])
    return perspective, perspective, []


def themes(found: Material, perspective: str) -> pd.DataFrame:
    """The themes of a perspective: who voices them, out of whom, and who denies.

    Returns
    -------
    pandas.DataFrame
        ``id, name, people, of, share, low, high, codings, who, contrary`` (people in whom the theme's
        contrary codings occur), ``idea``.
    """
    identity, _, asked = choose(found, perspective)
    declared = found.framework.themes_of(identity)
    table = presence(declared, found.words, found.parents, asked, found.framework.rule)
    against = [replace(theme, pick=theme.contrary) for theme in declared]
    denied = presence(against, found.words, found.parents, asked, "any")
    return table.assign(contrary=denied["people"], idea=[theme.idea for theme in declared])


def beside(found: Material, perspective: str, known: Mapping[str, float] | None = None) -> pd.DataFrame:
    """The themes with a quote and the numbers beside them: a side-by-side joint display."""
    identity, _, _ = choose(found, perspective)
    declared = found.framework.themes_of(identity)
    readings = {theme.id: numbers(found, theme.measures, known) for theme in declared}
    return side_by_side(themes(found, perspective), quotes(found, declared), readings)


def numbers(
    found: Material, measures: Iterable[str], known: Mapping[str, float] | None = None
) -> list[tuple[str, str, Reading]]:
    """Name, unit and reading of measures of the study; those per participant are not numbers of the study.

    Parameters
    ----------
    known : mapping of name to number, optional
        What this notebook has just found and will leave in its table ``numbers``, where a measure looks for
        it.
    """
    readings = []
    for one in (found.framework.measure(identity) for identity in measures):
        if one is None or one.per != "study":
            continue
        mine = [name for name in one.rows.get("number", ()) if name in (known or {})]
        reading = Reading((known or {})[mine[0]], described(one)) if mine else read(found, one)
        readings.append((one.name, one.unit, reading))
    return readings


def quotes(found: Material, things: Iterable[Named]) -> dict[str, tuple[str, str]]:
    """A quote for each thing, from those who may be quoted."""
    allowed = found.quotable()
    return {thing.id: best_quote(thing.pick, found.words, found.parents, allowed) for thing in things}


def kinds_of(found: Material, part: Any) -> list[Named]:
    """The codes right below those of a part of a view, each as a thing that can be voiced."""
    tops = {code for code in part.pick.codes if code in found.names}
    below = [
        code for code in found.names if found.parents.get(code, "") in tops and code not in found.retired
    ]
    return [_Free(code, found.names[code], replace(part.pick, codes=(code,))) for code in below]


def by_group(found: Material, things: Iterable[Named], groups: Iterable[str]) -> pd.DataFrame:
    """How many voice each thing in each group, whatever group the thing was declared for.

    Returns
    -------
    pandas.DataFrame
        ``id, name, group, people, of, share, low, high``.
    """
    import pandas as pd

    everyone = [_Free(thing.id, thing.name, replace(thing.pick, groups=())) for thing in things]
    frames = []
    for group in groups:
        asked = found.asked((group,))
        table = presence(everyone, found.words, found.parents, asked, found.framework.rule)
        frames.append(table.assign(group=group))
    columns = ["id", "name", "group", "people", "of", "share", "low", "high"]
    return pd.concat(frames)[columns].reset_index(drop=True) if frames else pd.DataFrame(columns=columns)


@dataclass(frozen=True)
class _Free:
    id: str
    name: str
    pick: Any


def groups_in(found: Material) -> list[str]:
    """The groups of those whose words are coded, sorted."""
    coded = found.heard[found.heard["document"].isin(found.words["document"])]
    return sorted(coded["group"].unique())


def names(found: Material) -> dict[str, str]:
    """What codes, themes and the parts of views are called; for an id of both, the part's name stands."""
    called = dict(found.names)
    called |= {theme.id: theme.name for theme in found.framework.themes}
    return called | {part.id: part.name for view in found.framework.views for part in view.parts}


def as_numbers(values: Mapping[str, Any]) -> pd.DataFrame:
    """The values of an answer as a table that later notebooks and claims read: ``number, value``."""
    import pandas as pd

    known = [(name, float(value)) for name, value in values.items() if isinstance(value, (int, float))]
    return pd.DataFrame(known, columns=["number", "value"])


def as_row(thing: Any) -> pd.DataFrame:
    """A mapping, or a named result, as a table of one row."""
    import pandas as pd

    return pd.DataFrame([dict(thing) if isinstance(thing, Mapping) else vars(thing)])


def as_rows(sentences: Iterable[str], column: str) -> pd.DataFrame:
    """Sentences as a table of one column."""
    import pandas as pd

    return pd.DataFrame({column: list(sentences)}, dtype=object)


def named(table: pd.DataFrame, names: Mapping[str, str], index: str) -> pd.DataFrame:
    """A crossed table with names instead of ids, its index as first column, ready to be saved."""
    called = table.rename(index=lambda one: names.get(one, one), columns=lambda one: names.get(one, one))
    called.index.name, called.columns.name = index, None
    return called.reset_index()


def beside_cases(cases: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Cases with the scores of the same participants; the cases alone where there are no scores."""
    if scores.empty:
        return cases
    # Empty tables do not know what their ids are, so the key is always an object.
    known = scores.astype({"who": object})
    return cases.merge(known, left_on="participant_id", right_on="who", how="left", suffixes=("", "_score"))


def fit_table(fit: pd.DataFrame) -> pd.DataFrame:
    """What the correlation of fit and use is made of: ``participant_id, lowest, cycles_opened``."""
    import pandas as pd

    columns = {name: column(fit, name) for name in ("lowest", "cycles_opened")}
    return pd.DataFrame({"participant_id": fit["participant_id"], **columns})


def column(table: pd.DataFrame, name: str) -> pd.Series:
    """A column of numbers, all missing where the table does not have it."""
    import pandas as pd

    return table[name].astype(float) if name in table else pd.Series(float("nan"), index=table.index)


def who_was_heard(found: Material, perspective: str) -> pd.DataFrame:
    """Those whose words are coded for a perspective.

    Returns
    -------
    pandas.DataFrame
        One row a person and document: ``who, group, kind, words`` (those of this person),
        ``coders, codings, displaced`` (codings of them that lost their place).
    """
    _, _, asked = choose(found, perspective)
    coded = found.heard["document"].isin(found.words["document"])
    mine = found.heard[found.heard["who"].isin(asked) & coded]
    texts = [found.texts[name] for name in mine["document"]]
    mine = mine.assign(words=[text.words_of(who) for text, who in zip(texts, mine["who"], strict=True)])
    counts = found.words.groupby(["who", "document"]).agg(
        coders=("coder", "nunique"), codings=("coding", "size"), placed=("placed", "sum")
    )
    whole = mine.merge(counts, left_on=["who", "document"], right_index=True, how="left")
    numbers = ["coders", "codings", "placed"]
    whole[numbers] = whole[numbers].fillna(0).astype("int64")
    whole["displaced"] = whole["codings"] - whole["placed"]
    columns = ["who", "group", "kind", "words", "coders", "codings", "displaced"]
    return whole[columns].sort_values("who", kind="stable").reset_index(drop=True)


def listed(names: Iterable[str]) -> str:
    """Names in a sentence.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', 'none')
    """
    words = list(names)
    if len(words) < 2:
        return "".join(words) or "none"
    return f"{', '.join(words[:-1])} and {words[-1]}"


def most(table: pd.DataFrame, count: str = "people", name: str = "name") -> str:
    """The rows with the highest count, in a sentence: ``Checking (5 of 8)``; ties are all named."""
    filled = table[table[count] > 0]
    if filled.empty:
        return "none"
    top = filled[filled[count] == filled[count].max()]
    return listed(f"{row[name]} ({row[count]} of {row['of']})" for row in top.to_dict("records"))
