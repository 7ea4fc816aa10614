"""Those who held findings against sources: whose verdicts each knew, and how far each two agree.

Two readings are independent when neither reader knew the other's verdicts. ``evidence/readers.yaml`` records
that; of a reader who is not in it, it is not known. What counts as independent is the workbench's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from casestudy.errors import Problem, nearest, raise_if
from casestudy.files.fields import Fields, read_yaml
from casestudy.mixed.triangulation import VERDICTS
from casestudy.study import Study
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

FILE = "evidence/readers.yaml"
# A coefficient never stands without its full name.
NAMED = (
    "Alpha is Krippendorff's, nominal metric over the five verdicts, unit: cell; in brackets a 95 % "
    "posterior interval over findings."
)
COLUMNS = (
    *("first", "second", "cells", "findings", "alike", "share", "share_low", "share_high"),
    *("alpha", "alpha_low", "alpha_high", "independent", "why"),
)


@dataclass(frozen=True)
class Reader:
    """One reader: how the reading was made, and whose verdicts were known to them."""

    id: str
    made: str
    knew: tuple[str, ...] = ()


def load(study: Study) -> dict[str, Reader]:
    """Readers by id; none when the study records none.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    path = study.input(FILE)
    if not path.is_file():
        return {}
    problems: list[Problem] = []
    top = Fields(read_yaml(path, FILE) or {}, FILE, "", problems, ("readers", "note"))
    found: dict[str, Reader] = {}
    entries = top.items("readers", ("id", "made", "knew"))
    known = [str(one.node.get("id")) for one in entries]
    for one in entries:
        reader = Reader(one.text("id", required=True), one.text("made", required=True), one.texts("knew"))
        if reader.id in found:
            one.problem("id", f"reader {reader.id!r} occurs twice.", "Keep one.")
        for other in reader.knew:
            if other not in known:
                one.problem("knew", f"{other!r} is not a reader.", nearest(other, known))
        found[reader.id] = reader
    raise_if(problems, "The readers of the triangulation have problems.")
    return found


def independent(first: str, second: str, readers: Mapping[str, Reader]) -> tuple[str, str]:
    """Whether two readings are independent (``yes``, ``no`` or ``not recorded``), and why.

    Examples
    --------
    >>> made = {"a": Reader("a", "first"), "b": Reader("b", "later", ("a",))}
    >>> independent("a", "b", made), independent("a", "c", made)[0]
    (('no', 'b knew the verdicts of a'), 'not recorded')
    """
    for one, other in ((first, second), (second, first)):
        if one in readers and other in readers[one].knew:
            return "no", f"{one} knew the verdicts of {other}"
    unknown = [one for one in (first, second) if one not in readers]
    if unknown:
        return "not recorded", f"how {' and '.join(unknown)} came about is not recorded"
    return "yes", "neither knew the verdicts of the other"


def pairs(
    judgements: pd.DataFrame, readers: Mapping[str, Reader], *, draws: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """How far each two readers agree on the cells that both judged.

    Parameters
    ----------
    judgements : pandas.DataFrame
        From `casestudy.mixed.triangulation.load`.
    readers : mapping of id to Reader
    draws, seed : int
        Of the intervals, which take the cells of one finding as one piece.

    Returns
    -------
    pandas.DataFrame
        One row a pair: ``first, second``; ``cells, findings`` that both judged; ``alike`` cells; their
        ``share`` and Krippendorff's ``alpha`` (nominal, the five verdicts), each with a 95 % interval;
        ``independent`` and ``why``. NaN where nothing was judged by both or nothing varies.
    """
    import pandas as pd

    from casestudy.agreement.alpha import krippendorff
    from casestudy.agreement.coefficient import measure
    from casestudy.agreement.percent import percent_agreement
    from casestudy.agreement.posterior import Posterior
    from casestudy.agreement.ratings import read

    table = judgements.pivot(index=["finding_id", "source"], columns="coder", values="verdict").sort_index()
    rows = []
    for first, second in combinations(table.columns, 2):
        both = table[[first, second]].dropna()
        findings = both.index.get_level_values("finding_id")
        numbers: list[float] = [float("nan")] * 6
        if len(both):
            values = both.to_numpy(dtype=object)
            ratings = read(values, categories=VERDICTS, clusters=list(findings), unit="cell")
            numbers = []
            for coefficient in (percent_agreement(), krippendorff("nominal")):
                found = measure(ratings, coefficient, Posterior(draws, seed))
                numbers += [found.value, found.interval.low, found.interval.high]
        alike = int((both[first] == both[second]).sum())
        head = [first, second, len(both), findings.nunique(), alike]
        rows.append([*head, *numbers, *independent(str(first), str(second), readers)])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def in_words(table: pd.DataFrame) -> str:
    """What `pairs` holds, a clause a pair, those that are independent first; empty without a pair.

    What alpha stands for is said in `NAMED`, which belongs beside it.
    """
    parts = []
    for wanted in ("yes", "not recorded", "no"):
        for row in table[table["independent"].eq(wanted)].to_dict("records"):
            head = f"{row['first']} and {row['second']}"
            if not row["cells"]:
                parts.append(f"{head} judged no cell in common")
                continue
            alpha = "alpha undefined"
            if row["alpha"] == row["alpha"]:
                alpha = f"alpha {row['alpha']:.2f} ({row['alpha_low']:.2f} to {row['alpha_high']:.2f})"
            of = f"{row['alike']} of {counted(row['cells'], 'cell')} alike"
            parts.append(f"{head}, {_KINDS[wanted].format(row['why'])}: {of}, {alpha}")
    return "; ".join(parts)


_KINDS = {"yes": "independent", "no": "not independent, since {}", "not recorded": "{}"}
