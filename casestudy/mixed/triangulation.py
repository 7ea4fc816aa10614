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

    from casestudy.agreement.alpha import krippendorff
    from casestudy.agreement.coefficient import measure
    from casestudy.agreement.ratings import read

    empty = pd.DataFrame(columns=["finding_id", "source", "verdicts"])
    cells = judgements.pivot(index=["finding_id", "source"], columns="coder", values="verdict")
    cells = cells[cells.notna().sum(axis=1) > 1]
    if cells.empty:
        return empty, "One person judged each cell, so agreement between judges cannot be said."
    rows = []
    for (identity, source), said in cells.iterrows():
        verdicts = said.dropna()
        if verdicts.nunique() > 1:
            listed = "; ".join(f"{coder}: {IN_WORDS[verdict]}" for coder, verdict in verdicts.items())
            rows.append({"finding_id": identity, "source": source, "verdicts": listed})
    differing = pd.DataFrame(rows, columns=list(empty.columns))
    alpha = measure(read(cells.to_numpy(dtype=object), unit="cell"), krippendorff("nominal"))
    number = f"{alpha.value:.2f}" if alpha.value == alpha.value else f"undefined: {alpha.reason}"
    return differing, (
        f"{len(cells)} cells were judged by more than one person, {len(cells) - len(rows)} of them alike "
        f"(Krippendorff's alpha, nominal metric, unit of analysis: cell, {number})."
    )


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
    items = items.assign(source=items["source"].str.split(" and ")).explode("source")
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
