"""Words and log of the same people, put together once: cases, pairs of types, convergence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casestudy.coding.material import Material
from casestudy.errors import InputError, UndeclaredInput
from casestudy.mixed import displays, logside
from casestudy.mixed import joined as joining
from casestudy.mixed.crosswalk import Agreement
from casestudy.mixed.measures import column
from casestudy.mixed.presence import best_quote, who_has
from casestudy.people.documents import TALKS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Both:
    """What words and log hold of the same people.

    Attributes
    ----------
    joined, coverage : pandas.DataFrame
        See `casestudy.mixed.joined`.
    said : str
        Coverage in words, with every gap.
    cases : pandas.DataFrame
        The case-oriented display with ``log_type`` and every measure per participant that could be read.
    pairs : pandas.DataFrame
        ``participant_id, words, log_type`` of those who have both.
    kinds : tuple of str
        Ids of the types, in the order of the framework.
    convergence : pandas.DataFrame
        See `casestudy.mixed.displays.convergence`.
    sparklines : mapping of participant to numbers
    themes : pandas.DataFrame
        One row a participant (``who``), one true-or-false column a theme.
    measures : tuple of str
        The numeric columns of `cases` that came from the log and the purchases.
    mixers : float
        Share of all participants of the log whose sessions have more than one kind; NaN when not known.
    """

    joined: pd.DataFrame
    coverage: pd.DataFrame
    said: str
    cases: pd.DataFrame
    pairs: pd.DataFrame
    kinds: tuple[str, ...]
    convergence: pd.DataFrame
    sparklines: Mapping[str, list[float]]
    themes: pd.DataFrame
    measures: tuple[str, ...]
    mixers: float

    def statistics(self, floor: int) -> pd.DataFrame:
        """Statistics by themes: medians of the measures by way in words, and who voices what."""
        # Empty tables do not know what their ids are, so the key is always an object.
        voiced = self.themes.astype({"who": object})
        table = self.cases.merge(voiced, left_on="participant_id", right_on="who", how="left")
        names = [name for name in self.themes.columns if name != "who"]
        table[names] = table[names].fillna(False).astype(bool)
        return displays.statistics_by_themes(table, "words", list(self.measures), names, floor)


def join(found: Material, ways: pd.DataFrame, signature_share: float = 0.2) -> Both:
    """Put words and log together for those who are in both and allow it.

    Parameters
    ----------
    found : Material
    ways : pandas.DataFrame
        From `casestudy.mixed.typology.ways`; may be empty.
    signature_share : float
        The smallest share of a participant's sessions that counts as a signature.

    Returns
    -------
    Both
        With empty tables, and a sentence in `said`, for whatever the study does not have.
    """
    import pandas as pd

    view: Any = found.framework.view("typology")
    in_log, at_home = logside.ids(found, "participant"), logside.ids(found, "household")
    interviews = found.heard.loc[found.heard["kind"].isin(TALKS), "who"]
    joined = joining.join(found.people, interviews, in_log, at_home)
    said = [joining.coverage_in_words(joined, in_log, at_home), *found.gaps]
    if ways.empty:
        ways = pd.DataFrame(columns=["who", "primary", "others", "certainty"])
    types, reason = (
        logside.types(found, view, joined) if view else (pd.Series(dtype=object), "no typology is declared")
    )
    if reason:
        said.append(f"Types from the log are not known: {reason}.")
    numbers, missing = logside.numbers(found, joined)
    said += [f"{name} is not known: {why}." for name, why in sorted(missing.items()) if in_log or at_home]
    known = types.to_dict()
    numbers["log_type"] = [known.get(who, "") for who in numbers["who"]]
    numbers["log_type"] = numbers["log_type"].astype(object)
    mine = joined[joined["participant_id"].isin(ways["who"])].reset_index(drop=True)
    quotes = {who: _quote(found, view, who, ways) for who in mine.loc[mine["quotable"], "participant_id"]}
    cases = displays.case_oriented(mine, ways, numbers, quotes)
    pairs = cases.loc[
        cases["words"].ne("") & cases["log_type"].ne(""), ["participant_id", "words", "log_type"]
    ]
    shares = _shares(view, numbers.set_index("who")) if view else pd.DataFrame()
    kinds = tuple(part.id for part in view.parts) if view else ()
    told = _told(found, view, list(ways["who"])) if view else pd.DataFrame()
    return Both(
        joined=joined,
        coverage=joining.coverage(joined, in_log, at_home, found.study.floor),
        said=" ".join(said),
        cases=cases,
        pairs=pairs.reset_index(drop=True),
        kinds=kinds,
        convergence=displays.convergence(told, logside.signatures(shares, kinds, signature_share)),
        sparklines=_sparklines(found, view, joined),
        themes=_themes(found, list(ways["who"])),
        measures=tuple(
            n for n in numbers.columns if n not in ("who", "log_type") and cases[n].dtype == float
        ),
        mixers=_mixers(found, view),
    )


def _quote(found: Material, view: Any, who: str, ways: pd.DataFrame) -> tuple[str, str]:
    """A quote of the participant's primary type, or of any coding where there is none."""
    primary = dict(zip(ways["who"], ways["primary"], strict=True)).get(who, "")
    if view is None or not primary:
        return "", ""
    return best_quote(view.part(primary).pick, found.words, found.parents, [who])


def _shares(view: Any, numbers: pd.DataFrame) -> pd.DataFrame:
    """Share of own sessions by type, from the first measure of each part."""
    import pandas as pd

    named = {part.measures[0]: part.id for part in view.parts if part.measures}
    present = [name for name in named if name in numbers]
    return numbers[present].rename(columns=named) if present else pd.DataFrame(index=numbers.index)


def _told(found: Material, view: Any, people: list[str]) -> pd.DataFrame:
    """Each type in each participant's words: present, denied, absent."""
    import pandas as pd

    table = pd.DataFrame("absent", index=people, columns=[part.id for part in view.parts], dtype=object)
    for part in view.parts:
        coded = set(who_has(replace(part.pick, unless={}), found.words, found.parents, "any"))
        present = set(who_has(part.pick, found.words, found.parents, found.framework.rule))
        table.loc[[who for who in people if who in coded], part.id] = "denied"
        table.loc[[who for who in people if who in present], part.id] = "present"
    return table


def _themes(found: Material, people: list[str]) -> pd.DataFrame:
    import pandas as pd

    rule, table = found.framework.rule, pd.DataFrame({"who": people})
    for theme in found.framework.themes:
        voices = set(who_has(theme.pick, found.words, found.parents, rule))
        if voices & set(people):
            table[theme.name] = [who in voices for who in people]
    return table


def _sparklines(found: Material, view: Any, joined: pd.DataFrame) -> dict[str, list[float]]:
    """The series that the typology's ``settings.sparkline`` names (notebook, table, key, order, column)."""
    place = {str(k): str(v) for k, v in dict(view.settings.get("sparkline") or {}).items()} if view else {}
    if not {"notebook", "table", "key", "order", "column"} <= set(place):
        return {}
    try:
        table = found.saved(place["notebook"], place["table"])
    except (InputError, UndeclaredInput):
        return {}
    if not {place["key"], place["order"], place["column"]} <= set(table.columns):
        return {}
    table = table.sort_values([place["key"], place["order"]], kind="stable")
    series = {
        str(key): mine[place["column"]].astype(float).tolist() for key, mine in table.groupby(place["key"])
    }
    pairs = zip(joined["participant_id"], joined["log_id"], strict=True)
    return {who: series[log_id] for who, log_id in pairs if log_id in series}


def _mixers(found: Material, view: Any) -> float:
    import pandas as pd

    measures = (
        [found.framework.measure(part.measures[0]) for part in view.parts if part.measures] if view else []
    )
    columns = [column(found, one)[0] for one in measures if one is not None]
    columns = [one for one in columns if len(one)]
    if not columns:
        return math.nan
    table = pd.concat(columns, axis=1).astype(float)
    return float((table > 0).sum(axis=1).gt(1).mean())


def answer(both: Both, agreed: Agreement, names: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """What putting both together shows, in one paragraph, with the numbers in it."""
    alike, observable = displays.agreement_over_observable(both.convergence)
    values: dict[str, Any] = {
        "people with both": len(both.pairs),
        "same way in both": agreed.same,
        "ari": agreed.ari,
        "ari low": agreed.ari_low,
        "ari high": agreed.ari_high,
        "exact p": agreed.p,
        "observable cells": observable,
        "convergent cells": alike,
        "convergent share": alike / observable if observable else math.nan,
        "log share who mix ways": both.mixers,
    }
    if both.pairs.empty:
        return f"Words and log cannot be compared. {both.said}", values
    parts = [
        f"Of {len(both.pairs)} participants with a way in both, {agreed.same} have the same in words and log."
    ]
    if agreed.reason:
        parts.append(f"Agreement beyond chance is undefined: {agreed.reason}.")
    else:
        parts.append(
            f"Beyond chance: adjusted Rand index {agreed.ari:.2f} (95 % interval {agreed.ari_low:.2f} to "
            f"{agreed.ari_high:.2f}), adjusted mutual information {agreed.ami:.2f}, exact p {_p(agreed.p)} "
            f"({agreed.method})."
        )
        values["arrangements of the exact test"] = int("".join(filter(str.isdigit, agreed.method)) or 0)
    verdicts = both.convergence["verdict"].value_counts()
    parts.append(
        f"Way by way, {alike} of {observable} observable cells converge; "
        f"{int(verdicts.get('words only', 0))} are mentioned without a sign in the log, "
        f"{int(verdicts.get('log only', 0))} seen without being mentioned, "
        f"{int(verdicts.get('contradictory', 0))} denied against a sign."
    )
    apart = both.pairs[both.pairs["words"] != both.pairs["log_type"]]
    listed = "; ".join(
        f"{row['participant_id']} ({names.get(row['words'], row['words'])} against "
        f"{names.get(row['log_type'], row['log_type'])})"
        for row in apart.to_dict("records")
    )
    return " ".join([*parts, f"To be read again: {listed or 'nobody'}."]), values


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"
