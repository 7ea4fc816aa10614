"""How well testimony is checked: tellers made from the log, and mismatches planted among the statements.

Tellers state what the log holds of them, rounded and blurred as memory does; some statements are made false.
False ones that are found, and true ones that are called contradictions, are counted. All draws have a seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from casestudy.mixed.records import Measure, Records
from casestudy.mixed.testimony import verdict
from casestudy.proportions import wilson

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Size = Literal["small", "large"]
COLUMNS = ("measure", "name", "planted", "statements", "contradicted", "share", "low", "high")
TOLD = ("first", "last", "sessions", "acts", "days", "months", "pause", "hours", "weekdays")


def planted(true: float, measure: Measure, size: Size, draw: np.random.Generator) -> float:
    """A false number, above or below the true one; above where there is no room below.

    Parameters
    ----------
    true : float
        What is recorded, in the measure's unit.
    measure : Measure
        Its tolerance plays no part: how often such a number is found is what is measured.
    size : {'small', 'large'}
        Small: 1.5 times as much or as little and at least 1 away, a share 0.25, a date 10 to 30 days away.
        Large: 2 to 5 times and at least 5 away, a share 0.5, a date 60 to 180 days away.
    draw : numpy.random.Generator
    """
    large = size == "large"
    up = bool(draw.random() < 0.5)
    if measure.dated:
        days = float(draw.integers(60, 181) if large else draw.integers(10, 31))
        return true + days if up else true - days
    if measure.counts in ("hours", "weekdays"):
        step = 0.5 if large else 0.25
        return true + step if true < step or (up and true + step <= 1) else true - step
    factor = float(draw.uniform(2, 5)) if large else 1.5
    if measure.counts == "change":
        return true * factor if up else true / factor
    least = 5 if large else 1
    down = float(round(true / factor))
    return down if not up and true - down >= least else float(round(max(true * factor, true + least)))


def remembered(true: float, measure: Measure, noise: float, draw: np.random.Generator) -> tuple[float, float]:
    """What somebody says who means to tell the truth: blurred, and rounded as people round.

    Parameters
    ----------
    true : float
    measure : Measure
    noise : float
        Standard deviation of the blur: relative to a number, as it is for a share, times 20 days for a date.
    draw : numpy.random.Generator

    Returns
    -------
    (float, float)
        Least and most of what is said. Numbers from 20 on are rounded to tens, from 12 on to fives; every
        third number is given as a range of a fifth.
    """
    if measure.dated:
        said = float(round(true + draw.normal(0, 20 * noise)))
        return said, said
    if measure.counts in ("hours", "weekdays"):
        said = min(max(round(true + draw.normal(0, noise), 1), 0.0), 1.0)
        return said, said
    blurred = max(true * (1 + draw.normal(0, noise)), 0.0)
    step = 10 if blurred >= 20 else 5 if blurred >= 12 else 1
    said = float(step * round(blurred / step))
    return (said, round(said * 1.2)) if draw.random() < 1 / 3 else (said, said)


def recovery(
    measures: Mapping[str, Measure],
    records: Records,
    *,
    tellers: int = 200,
    noise: float = 0.1,
    false_share: float = 0.5,
    seed: int = 1666,
) -> pd.DataFrame:
    """False alarms and hits among tellers who are made from the log.

    Parameters
    ----------
    measures : mapping of id to Measure
        Those of the log are used.
    records : Records
    tellers : int
        How many accounts are drawn, each at most once.
    noise : float
        See `remembered`; false statements are rounded and blurred like true ones.
    false_share : float
        The share of statements that are made false, from 0 to 1: half of them small, half large.
    seed : int

    Returns
    -------
    pandas.DataFrame
        A row a measure, and what was ``planted`` (no, small, large): ``statements, contradicted``, their
        ``share`` with Wilson's 95 % interval ``low, high``; the last rows for all measures. Empty without a
        log.
    """
    import numpy as np

    draw = np.random.default_rng(seed)
    who = sorted(set(records.acts["who"]) & records.accounts)
    outcomes: list[tuple[str, str, bool]] = []
    for name in draw.permutation(who)[:tellers] if records.seen else ():
        for measure in measures.values():
            if measure.counts not in TOLD:
                continue
            of = {"hours": "18-24", "weekdays": "Sat Sun"}.get(measure.counts, "")
            true, why = records.value(measure, str(name), of, records.seen, None, {})  # type: ignore[arg-type]
            if why:
                continue
            lot = draw.random()
            kind = "no" if lot >= false_share else "small" if lot < false_share / 2 else "large"
            outcomes.append((measure.id, kind, _contradicted(true, measure, kind, noise, draw)))
    return counted(outcomes, measures)


def _contradicted(true: float, measure: Measure, kind: str, noise: float, draw: np.random.Generator) -> bool:
    """Whether what a teller makes of a recorded number is called a contradiction."""
    meant = true if kind == "no" else planted(true, measure, "small" if kind == "small" else "large", draw)
    return verdict(*remembered(meant, measure, noise, draw), true, measure) == "contradicts"


def copies(
    table: pd.DataFrame,
    measures: Mapping[str, Measure],
    *,
    draws: int = 100,
    each: int = 4,
    noise: float = 0.1,
    seed: int = 1666,
) -> pd.DataFrame:
    """Mismatches planted by a seed in copies of the study's own statements.

    In every copy, `each` of the statements that agree are replaced by others that are false by far, rounded
    and blurred as people do (`planted`, large; `remembered`); the others stay as they were said.

    Parameters
    ----------
    table : pandas.DataFrame
        From `casestudy.mixed.testimony.compare`.
    measures : mapping of id to Measure
    draws, each, seed : int
        Copies, statements made false in each, and the seed.
    noise : float

    Returns
    -------
    pandas.DataFrame
        As `recovery` returns it, with planted statements only.
    """
    import numpy as np

    draw = np.random.default_rng(seed)
    agreeing = table[table["verdict"].eq("agrees")]
    outcomes: list[tuple[str, str, bool]] = []
    for _ in range(draws if len(agreeing) >= each else 0):
        for place in draw.choice(len(agreeing), each, replace=False):
            row = agreeing.iloc[int(place)]
            measure = measures[row["measure"]]
            found = _contradicted(float(row["recorded"]), measure, "large", noise, draw)
            outcomes.append((measure.id, "large", found))
    return counted(outcomes, measures)


def counted(outcomes: Sequence[tuple[str, str, bool]], measures: Mapping[str, Measure]) -> pd.DataFrame:
    """Outcomes (measure, what was planted, contradicted) as shares with intervals, all measures last.

    Examples
    --------
    >>> acts = Measure("acts", "acts", "what", "acts")
    >>> table = counted([("acts", "large", True), ("acts", "no", False)], {"acts": acts})
    >>> table[["measure", "planted", "contradicted"]].values.tolist()[-2:]
    [['all', 'no', 0], ['all', 'large', 1]]
    """
    import pandas as pd

    rows = []
    for name in [*measures, "all"]:
        for kind in ("no", "small", "large"):
            hits = [hit for measure, was, hit in outcomes if was == kind and name in (measure, "all")]
            if hits:
                low, high = wilson(sum(hits), len(hits))
                called = measures[name].name if name in measures else "all measures"
                rows.append((name, called, kind, len(hits), sum(hits), sum(hits) / len(hits), low, high))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def at_tolerances(
    table: pd.DataFrame, measures: Mapping[str, Measure], factors: Sequence[float] = (0, 0.5, 1, 1.5, 2)
) -> pd.DataFrame:
    """How many statements contradict the records where every tolerance is multiplied.

    Returns
    -------
    pandas.DataFrame
        ``factor, checked, contradicts, participants`` (with a contradiction).
    """
    import dataclasses

    import pandas as pd

    checked = table[table["verdict"].ne("not checkable")]
    rows = []
    for factor in factors:
        wider = {
            name: dataclasses.replace(
                measure, absolute=factor * measure.absolute, relative=factor * measure.relative
            )
            for name, measure in measures.items()
        }
        against = [
            row["participant"]
            for row in checked.to_dict("records")
            if verdict(row["told_low"], row["told_high"], row["recorded"], wider[row["measure"]])
            == "contradicts"
        ]
        rows.append((float(factor), len(checked), len(against), len(set(against))))
    return pd.DataFrame(rows, columns=["factor", "checked", "contradicts", "participants"])
