"""The triangulation protocol: findings against sources, with silence split into two kinds.

Farmer and others (2006) and O'Cathain and others (2010), as other authors report them, code the meeting of
sources as agreement, partial agreement, dissonance or silence. Splitting silence into what a source could
not have seen and what it was looked for in and did not hold is the workbench's own.

Each reader may have a file of their own, ``evidence/triangulation-READER.csv``, begun from a `sheet` that
shows no other reader's verdicts; ``evidence/triangulation.csv`` holds readings of any number of readers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem, raise_if
from casestudy.files.tables import Column, Schema, read_csv
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

FILE = "evidence/triangulation.csv"
FILES = "evidence/triangulation*.csv"
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
        Column("verdict", "text", "how the source relates to the finding", allowed=VERDICTS, required=False),
        Column("note", "text", "why", required=False),
    ),
)
_READER = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def load(study: Study) -> pd.DataFrame:
    """The judgements of all readers, one row a finding, source and coder; none when the study has none.

    Cells of a sheet that its reader has not judged yet are left out.

    Raises
    ------
    InputError
        With every problem of every file, a second judgement of one coder on one cell among them.
    """
    import pandas as pd

    tables: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for path in study.inputs(FILES):
        where = f"evidence/{path.name}"
        try:
            table = read_csv(path, SCHEMA, where)
        except InputError as error:
            problems += error.problems
            continue
        table["line"] = [f"{where}, row {row + 2}" for row in range(len(table))]
        tables.append(table)
    raise_if(problems, "The tables of triangulation have problems.")
    if not tables:
        return pd.DataFrame(columns=SCHEMA.names)
    whole = pd.concat(tables, ignore_index=True)
    whole = whole[whole["verdict"].fillna("").ne("")].reset_index(drop=True)
    twice = whole.duplicated(["finding_id", "source", "coder"])
    raise_if(
        [
            Problem(line, "this coder judged this cell before.", "Keep one row.")
            for line in whole["line"][twice]
        ],
        "The tables of triangulation have problems.",
    )
    return whole.drop(columns="line")


def sheet(findings: Sequence[tuple[str, str]], sources: Sequence[str], reader: str) -> pd.DataFrame:
    """An empty sheet for one reader: every finding against every source, without anybody's verdicts.

    Parameters
    ----------
    findings : sequence of (id, text)
    sources : sequence of str
    reader : str
        Small letters, digits and hyphens: part of the file's name.

    Raises
    ------
    InputError
        When the reader's name cannot be part of a file's name.

    Examples
    --------
    >>> sheet([("C1", "It rains.")], ["diaries", "gauge"], "ann")["verdict"].tolist()
    ['', '']
    """
    import pandas as pd

    if not _READER.fullmatch(reader):
        problem = Problem(f"reader {reader!r}", "it cannot be part of a file's name.", "Write such as ann-2.")
        raise InputError("No sheet can be made.", [problem])
    rows = [(one, text, source, reader, "", "") for one, text in findings for source in sources]
    return pd.DataFrame(rows, columns=SCHEMA.names)


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
    for identity in sorted(set(judgements["finding_id"]), key=_natural):
        group = judgements[judgements["finding_id"].eq(identity)]
        row = {"finding_id": identity, "finding": group["finding"].iloc[0]}
        for source in sources:
            cell = sorted(set(group.loc[group["source"] == source, "verdict"]), key=VERDICTS.index)
            row[source] = " / ".join(IN_WORDS[verdict] for verdict in cell) or "not judged"
        rows.append(row)
    return pd.DataFrame(rows, columns=["finding_id", "finding", *sources])


def _natural(identity: str) -> tuple[str, int, str]:
    """C2 before C10."""
    found = re.match(r"(\D*)(\d*)(.*)", identity)
    return (found[1], int(found[2] or 0), found[3]) if found else (identity, 0, "")


def compare(judgements: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Where readers who judged the same cells differ.

    Returns
    -------
    (pandas.DataFrame, str)
        The cells judged by more than one reader with different verdicts (``finding_id, source, verdicts``,
        with their notes), and a sentence with the number of equal cells. How far each two readers agree, and
        which of them are independent, says `casestudy.mixed.readers.pairs`.
    """
    import pandas as pd

    empty = pd.DataFrame(columns=["finding_id", "source", "verdicts"])
    cells = judgements.pivot(index=["finding_id", "source"], columns="coder", values="verdict").sort_index()
    readers = len(cells.columns)
    cells = cells[cells.notna().sum(axis=1) > 1]
    notes = judgements.set_index(["finding_id", "source", "coder"])["note"].fillna("").to_dict()
    if cells.empty:
        return empty, "One reader judged each cell, so agreement between readers cannot be said."
    rows = []
    for (identity, source), said in cells.iterrows():
        verdicts = said.dropna()
        if verdicts.nunique() > 1:
            listed = "; ".join(
                f"{coder}: {IN_WORDS[verdict]}"
                + (f" ({notes[identity, source, coder]})" if notes[identity, source, coder] else "")
                for coder, verdict in verdicts.items()
            )
            rows.append({"finding_id": identity, "source": source, "verdicts": listed})
    rows.sort(key=lambda row: (_natural(row["finding_id"]), row["source"]))
    differing = pd.DataFrame(rows, columns=list(empty.columns))
    return differing, (
        f"{len(cells)} cells of findings against sources were judged by more than one of {readers} readers, "
        f"{len(cells) - len(rows)} alike by all who judged them."
    )


def proposed(items: pd.DataFrame) -> pd.DataFrame:
    """A first reading of each claim's evidence by kind of source, for a person to judge.

    Parameters
    ----------
    items : pandas.DataFrame
        Evaluated evidence, ``claim, text, source, finding`` with finding as
        `casestudy.evidence.status.Finding` has it.

    Returns
    -------
    pandas.DataFrame
        ``finding_id, finding, source, verdict``: agreement where all speak for it, dissonance where all speak
        against, partial where they differ, ``looked_not_there`` where nothing sure was found, and
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
    known = {"for" if one == "absent" else one for one in findings} - {"unknown", "not tested"}
    if not known:
        return "could_not_see"
    if known == {"for"}:
        return "agreement"
    if known == {"against"}:
        return "dissonance"
    return "looked_not_there" if known == {"open"} else "partial"
