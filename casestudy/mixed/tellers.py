"""How well testimony is checked: tellers made from the log, and mismatches planted among the statements.

Tellers state what the log holds of them, rounded and blurred as memory does; some statements are made false.
False ones that are found, and true ones that are called contradictions, are counted. All draws have a seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from typing import TYPE_CHECKING

from casestudy.mixed.records import Measure, Records
from casestudy.mixed.testimony import verdict
from casestudy.proportions import wilson

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COLUMNS = ("measure", "name", "planted", "statements", "contradicted", "share", "low", "high")
TOLD = ("first", "last", "sessions", "acts", "days", "months", "pause", "hours", "weekdays")


def planted(true: float, measure: Measure, draw: np.random.Generator) -> float:
    """A number that is false by far: two to five times as much, or half to a tenth; a date two to six months off.

    A small number that is multiplied grows by five at least; a share moves by 0.5 to the side that has room.

    Parameters
    ----------
    true : float
        What is recorded, in the measure's unit.
    measure : Measure
    draw : numpy.random.Generator
    """
    if measure.dated:
        return true + float(draw.choice([-1, 1])) * float(draw.integers(60, 180))
    if measure.counts in ("hours", "weekdays"):
        return true + 0.5 if true < 0.5 else true - 0.5
    if measure.counts == "change":
        return true * float(draw.uniform(2, 5)) if true < 0.5 or draw.random() < 0.5 else true * 0.2
    least = measure.absolute + 1
    down = true * float(draw.uniform(0.1, 0.5))
    if true - down - max(least, measure.relative * down) >= 0 and draw.random() < 0.5:
        return float(round(down))
    return float(round(max(true * draw.uniform(2, 5), true + least + 4)))


def remembered(true: float, measure: Measure, noise: float, draw: np.random.Generator) -> tuple[float, float]:
    """What somebody says who means to tell the truth: blurred, and rounded as people round.

    Parameters
    ----------
    true : float
    measure : Measure
    noise : float
        Standard deviation of the blur: as a share of a number, in tenths of a share, or times 20 days of a date.
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
    false_share: float = 0.25,
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
        See `remembered`.
    false_share : float
        The share of statements that are made false, from 0 to 1.
    seed : int

    Returns
    -------
    pandas.DataFrame
        A row a measure, and whether its statements were made false (``planted``): ``statements, contradicted``,
        their ``share`` with Wilson's 95 % interval ``low, high``; last two rows for all measures. Empty
        without a log.
    """
    import numpy as np

    draw = np.random.default_rng(seed)
    who = sorted(set(records.acts["who"]) & records.accounts)
    if not who or records.seen is None:
        return counted([], measures)
    outcomes = []
    for name in draw.permutation(who)[:tellers]:
        for measure in measures.values():
            if measure.counts not in TOLD:
                continue
            of = {"hours": "18-24", "weekdays": "Sat Sun"}.get(measure.counts, "")
            true, why = records.value(measure, str(name), of, records.seen, None, {})
            if why:
                continue
            false = bool(draw.random() < false_share)
            meant = planted(true, measure, draw) if false else true
            low, high = (meant, meant) if false else remembered(true, measure, noise, draw)
            outcomes.append((measure.id, false, verdict(low, high, true, measure) == "contradicts"))
    return counted(outcomes, measures)


def copies(
    table: pd.DataFrame, measures: Mapping[str, Measure], *, draws: int = 100, each: int = 4, seed: int = 1666
) -> pd.DataFrame:
    """Mismatches planted by a seed in copies of the study's own statements.

    In every copy, `each` of the statements that agree are made false; the others stay as they were said.

    Parameters
    ----------
    table : pandas.DataFrame
        From `casestudy.mixed.testimony.compare`.
    measures : mapping of id to Measure
    draws, each, seed : int
        Copies, statements made false in each, and the seed.

    Returns
    -------
    pandas.DataFrame
        As `recovery` returns it, with planted statements only.
    """
    import numpy as np

    draw = np.random.default_rng(seed)
    agreeing = table[table["verdict"].eq("agrees")]
    outcomes = []
    for _ in range(draws if len(agreeing) >= each else 0):
        for place in draw.choice(len(agreeing), each, replace=False):
            row = agreeing.iloc[int(place)]
            measure = measures[row["measure"]]
            said = planted(float(row["recorded"]), measure, draw)
            found = verdict(said, said, float(row["recorded"]), measure) == "contradicts"
            outcomes.append((measure.id, True, found))
    return counted(outcomes, measures)


def counted(outcomes: Sequence[tuple[str, bool, bool]], measures: Mapping[str, Measure]) -> pd.DataFrame:
    """Outcomes (measure, planted, contradicted) as shares with intervals, all measures last.

    Examples
    --------
    >>> table = counted([("acts", True, True), ("acts", False, False)], {"acts": Measure("acts", "acts", "what", "acts")})
    >>> table[["measure", "planted", "contradicted"]].values.tolist()[-2:]
    [['all', 'no', 0], ['all', 'yes', 1]]
    """
    import pandas as pd

    rows = []
    for name in [*measures, "all"]:
        for false in (False, True):
            hits = [hit for measure, was, hit in outcomes if was == false and name in (measure, "all")]
            if hits:
                low, high = wilson(sum(hits), len(hits))
                called = measures[name].name if name in measures else "all measures"
                share = sum(hits) / len(hits)
                said = "yes" if false else "no"
                rows.append((name, called, said, len(hits), sum(hits), share, low, high))
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
