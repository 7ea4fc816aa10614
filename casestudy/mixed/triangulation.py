"""The triangulation protocol: findings against sources, with silence split into two kinds.

Farmer and others (2006) and O'Cathain and others (2010), as other authors report them, code the meeting of
sources as agreement, partial agreement, dissonance or silence. Splitting silence into what a source could
not have seen and what it was looked for in and did not hold is the workbench's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.study import Study
from casestudy.tables import Column, Schema, read_csv

if TYPE_CHECKING:
    import pandas as pd

FILE = "evidence/triangulation.csv"
VERDICTS = ("agreement", "partial", "dissonance", "could_not_see", "looked_not_there")
IN_WORDS = {
    "agreement": "agreement",
    "partial": "partial agreement",
    "dissonance": "dissonance",
    "could_not_see": "silence: could not have seen it",
    "looked_not_there": "silence: looked, not there",
}
SCHEMA = Schema(
    "triangulation",
    (
        Column("finding_id", "text", "the finding, such as a claim's id"),
        Column("finding", "text", "the finding in one sentence"),
        Column("source", "text", "the kind of material"),
        Column("coder", "text", "who judged"),
        Column("verdict", "text", "how the source meets the finding", allowed=VERDICTS),
        Column("note", "text", "why", required=False),
    ),
)


def load(study: Study) -> pd.DataFrame:
    """The judgements, one row a finding, source and coder; no rows when the study has none.

    Raises
    ------
    InputError
        With every problem, a second judgement of one coder on one cell among them.
    """
    import pandas as pd

    from casestudy.errors import InputError, Problem

    path = study.input(FILE)
    if not path.is_file():
        return pd.DataFrame(columns=SCHEMA.names)
    table = read_csv(path, SCHEMA, FILE)
    twice = table.duplicated(["finding_id", "source", "coder"])
    if twice.any():
        problems = [
            Problem(f"{FILE}, row {row + 2}", "this coder judged this cell before.", "Keep one row.")
            for row in twice[twice].index
        ]
        raise InputError("The table of triangulation has problems.", problems)
    return table


def matrix(judgements: pd.DataFrame) -> pd.DataFrame:
    """Findings in rows, sources in columns; where coders differ, both verdicts stand in the cell.

    Returns
    -------
    pandas.DataFrame
        ``finding_id, finding``, one column a source. A cell that nobody judged is ``not judged``.
    """
    import pandas as pd

    sources = list(dict.fromkeys(judgements["source"]))
    rows = []
    for (identity, finding), group in judgements.groupby(["finding_id", "finding"], sort=True):
        row = {"finding_id": identity, "finding": finding}
        for source in sources:
            cell = sorted(set(group.loc[group["source"] == source, "verdict"]), key=VERDICTS.index)
            row[source] = " / ".join(IN_WORDS[verdict] for verdict in cell) or "not judged"
        rows.append(row)
    return pd.DataFrame(rows, columns=["finding_id", "finding", *sources])


def compare(judgements: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Where two people who judged the same cells differ.

    Returns
    -------
    (pandas.DataFrame, str)
        The cells judged by more than one coder with different verdicts (``finding_id, source, verdicts``),
        and a sentence with the share of equal cells and Krippendorff's alpha (nominal; undefined where
        nothing varies).
    """
    import pandas as pd

    cells = judgements.groupby(["finding_id", "source"])
    rows, units = [], []
    for (identity, source), group in cells:
        if group["coder"].nunique() < 2:
            continue
        said = dict(zip(group["coder"], group["verdict"], strict=True))
        units.append(list(said.values()))
        if len(set(said.values())) > 1:
            listed = "; ".join(f"{coder}: {IN_WORDS[v]}" for coder, v in sorted(said.items()))
            rows.append({"finding_id": identity, "source": source, "verdicts": listed})
    differing = pd.DataFrame(rows, columns=["finding_id", "source", "verdicts"])
    if not units:
        return differing, "One person judged each cell, so agreement between judges cannot be said."
    alpha = _alpha(units)
    number = f"{alpha:.2f}" if alpha == alpha else "undefined, since nothing varies"
    return differing, (
        f"{len(units)} cells were judged by more than one person, {len(units) - len(rows)} of them alike "
        f"(Krippendorff's alpha, nominal, unit of analysis: cell, {number})."
    )


def _alpha(units: list[list[str]]) -> float:
    """Krippendorff's nominal alpha of units that all have two values or more."""
    from collections import Counter
    from itertools import permutations

    observed, totals, count = 0.0, Counter[str](), 0
    for values in units:
        observed += sum(a != b for a, b in permutations(values, 2)) / (len(values) - 1)
        totals.update(values)
        count += len(values)
    expected = count * count - sum(n * n for n in totals.values())
    return 1 - observed * (count - 1) / expected if expected else float("nan")


def proposed(items: pd.DataFrame) -> pd.DataFrame:
    """A first reading of each claim's evidence by kind of source, for a person to judge.

    Parameters
    ----------
    items : pandas.DataFrame
        Evaluated evidence, ``claim, text, source, finding`` with finding ``for``, ``against``, ``weak`` or
        ``unknown``.

    Returns
    -------
    pandas.DataFrame
        ``finding_id, finding, source, verdict``: agreement where all speak for it, dissonance where all speak
        against, partial where they differ or are weak, ``looked_not_there`` where nothing was found, and
        ``could_not_see`` for sources that a claim names no evidence in.
    """
    import pandas as pd

    rows = []
    sources = sorted(items["source"].unique())
    for (claim, text), group in items.groupby(["claim", "text"], sort=True):
        for source in sources:
            findings = set(group.loc[group["source"] == source, "finding"])
            rows.append(
                {"finding_id": claim, "finding": text, "source": source, "verdict": _first_reading(findings)}
            )
    return pd.DataFrame(rows, columns=["finding_id", "finding", "source", "verdict"])


def _first_reading(findings: set[str]) -> str:
    known = findings - {"unknown"}
    if not known:
        return "could_not_see"
    if known == {"for"}:
        return "agreement"
    if known == {"against"}:
        return "dissonance"
    return "looked_not_there" if known == {"weak"} else "partial"
