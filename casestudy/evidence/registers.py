"""Registers of claims and of their evidence as tables, and what moved between two of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.evidence.status import Verdict

if TYPE_CHECKING:
    import pandas as pd


def table(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Claims, one a row: id, text, perspective, theme, question, status and why, sources, what was expected.

    ``written`` says whether that was written before the analysis or after a first look.
    """
    import pandas as pd

    rows = [
        {
            "claim": one.claim.id,
            "text": one.claim.text,
            "perspective": one.claim.perspective,
            "theme": one.claim.theme,
            "question": one.claim.question,
            "status": one.status,
            "why": one.why,
            "sources": ", ".join(one.sources),
            "expected": one.claim.expected,
            "written": one.claim.written,
        }
        for one in verdicts
    ]
    columns = ["claim", "text", "perspective", "theme", "question", "status", "why", "sources"]
    columns += ["expected", "written"]
    return pd.DataFrame(rows, columns=columns)


def findings_table(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Evidence, one piece a row: claim, item, source, what it finds, its value, and what it rests on."""
    import pandas as pd

    rows = [
        {
            "claim": one.claim,
            "text": verdict.claim.text,
            "item": one.item,
            "contrary": one.contrary,
            "source": one.source,
            "finding": one.finding,
            "value": one.value,
            "of": one.of,
            "said": one.said,
            "rests_on": " ".join(one.rests_on) if one.rests_on[1:] else "".join(one.rests_on),
        }
        for verdict in verdicts
        for one in verdict.findings
    ]
    columns = ["claim", "text", "item", "contrary", "source", "finding", "value", "of", "said", "rests_on"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float})


def moved(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """Which claims changed their status between two tables, and why, one sentence each.

    Parameters
    ----------
    before, after : pandas.DataFrame
        From `table`.

    Examples
    --------
    >>> import pandas as pd
    >>> old = pd.DataFrame({"claim": ["C1"], "status": ["supported"], "why": [""]})
    >>> moved(old, old.assign(status="partly", why="too weak: e1"))
    ['C1: supported → partly (too weak: e1).']
    """
    old = {row["claim"]: row for row in before.to_dict("records")}
    new = {row["claim"]: row for row in after.to_dict("records")}
    sentences = []
    for claim in sorted(set(old) | set(new)):
        if claim not in new:
            sentences.append(f"{claim}: was {old[claim]['status']}, is no longer made.")
        elif claim not in old:
            sentences.append(f"{claim}: new, {new[claim]['status']} ({new[claim]['why']}).")
        elif old[claim]["status"] != new[claim]["status"]:
            change = f"{old[claim]['status']} → {new[claim]['status']}"
            sentences.append(f"{claim}: {change} ({new[claim]['why']}).")
    return sentences


def moved_between(before: Path, after: Path) -> list[str]:
    """Which claims changed their status between two folders of outputs, and why.

    Parameters
    ----------
    before, after : Path
        Folders of outputs; every table ``claims`` that stands in both is compared.
    """
    import pandas as pd

    sentences = []
    for path in sorted(before.glob("*/claims.csv")):
        other = after / path.parent.name / path.name
        tables = [
            pd.read_csv(one, dtype=str, keep_default_na=False) for one in (path, other) if one.is_file()
        ]
        if len(tables) == 2 and all({"claim", "status", "why"} <= set(one.columns) for one in tables):
            sentences += moved(*tables)
    return sentences
