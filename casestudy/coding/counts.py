"""Counts of codings: by code, document, participant, and rolled up the codebook's tree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.coding.table import directory
from casestudy.proportions import wilson
from casestudy.transcripts import transcript
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd


def coverage(
    documents: Mapping[str, Transcript], frame: pd.DataFrame, people: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Who is there, who was coded by whom, and who is missing.

    Returns
    -------
    pandas.DataFrame
        One row a document, and one for each participant without one: document, kind, group, words, turns,
        speakers, one column ``coder NAME`` with the number of codings, ``missing`` in words.
    """
    import pandas as pd

    roll = directory(documents, people)
    coders = sorted(frame["coder"].unique())
    counts = frame.groupby(["document", "coder"]).size().to_dict()
    rows: list[dict[str, Any]] = []
    for row in roll.reset_index().to_dict("records"):
        document = documents[row["document"]]
        here = {f"coder {coder}": int(counts.get((row["document"], coder), 0)) for coder in coders}
        lacking = [coder for coder in coders if not here[f"coder {coder}"]]
        missing = f"no codings by {', '.join(lacking)}" if lacking else ""
        if document.counted_in:
            missing = f"counted in {document.counted_in}"
        rows.append(
            {
                "document": row["document"],
                "kind": row["kind"],
                "group": row["group"],
                "words": transcript.word_count(document.text),
                "turns": len(document.turns),
                "speakers": ", ".join(document.speakers),
                **here,
                "missing": missing,
            }
        )
    heard = {*documents, *(who for one in documents.values() for who in one.participants)}
    absent = [] if people is None else [one for one in people["participant_id"] if one not in heard]
    groups = {} if people is None else dict(zip(people["participant_id"], people["group"], strict=True))
    rows += [
        {"document": one, "kind": "interview", "group": groups[one], "missing": "no transcript"}
        for one in absent
    ]
    columns = ["document", "kind", "group", "words", "turns", "speakers"]
    whole = pd.DataFrame(rows, columns=[*columns, *(f"coder {coder}" for coder in coders), "missing"])
    numbers = ["words", "turns", *(f"coder {coder}" for coder in coders)]
    whole[numbers] = whole[numbers].fillna(0).astype("int64")
    return whole.fillna({"speakers": ""}).sort_values("document", kind="stable").reset_index(drop=True)


def rolled_up(frame: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """The table with every coding repeated for the codes above its own.

    A segment that has two codes of one branch appears once under their parent: count rows by code and
    nothing is counted twice.
    """
    lines = {code: [code, *book.above(code)] for code in frame["code"].unique()}
    wide = frame.assign(code=frame["code"].map(lines)).explode("code").reset_index(drop=True)
    wide["code"] = wide["code"].astype(object)
    wide = wide.drop_duplicates(["coder", "document", "start", "end", "code"], ignore_index=True)
    names = {code: book.codes[code].name if code in book.codes else code for code in wide["code"].unique()}
    paths = {code: book.path(code) for code in names}
    result: pd.DataFrame = wide.assign(name=wide["code"].map(names), path=wide["code"].map(paths))
    return result


def matrix(
    frame: pd.DataFrame,
    rows: str = "who",
    columns: str = "code",
    *,
    counts: bool = False,
    all_rows: Sequence[str] = (),
    all_columns: Sequence[str] = (),
) -> pd.DataFrame:
    """Cross codes with participants, documents, speakers or an attribute: 0/1, or counts of segments.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `table`, perhaps `rolled_up`.
    rows, columns : str
        Columns of `frame` to cross, such as ``who`` and ``code``, ``name``, ``said_by``.
    counts : bool
        Segments (coder, document, start and end) instead of presence.
    all_rows, all_columns : sequence of str
        Values to show even where nothing was coded, in this order; those found by default, sorted.

    Returns
    -------
    pandas.DataFrame
        int64; index named `rows`, columns named `columns`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"who": ["x", "x", "y"], "code": ["a", "a", "b"], "coder": "k", "document": "d",
    ...                       "start": [0, 5, 0], "end": [2, 9, 2]})
    >>> matrix(frame, counts=True).values.tolist(), matrix(frame).values.tolist()
    ([[2, 0], [0, 1]], [[1, 0], [0, 1]])
    """
    keys = list(dict.fromkeys([rows, columns, "coder", "document", "start", "end"]))
    distinct = frame[keys].drop_duplicates()
    crossed = distinct.groupby([rows, columns]).size().unstack(columns, fill_value=0)
    crossed = crossed.reindex(index=list(all_rows) or sorted(crossed.index), fill_value=0)
    crossed = crossed.reindex(columns=list(all_columns) or sorted(crossed.columns), fill_value=0)
    crossed.index.name, crossed.columns.name = rows, columns
    whole = crossed.astype("int64")
    return whole if counts else whole.clip(upper=1)


def prevalence(
    frame: pd.DataFrame,
    people: Sequence[str],
    book: Codebook,
    *,
    rule: str = "any",
    by: str = "code",
) -> pd.DataFrame:
    """How many people say something of each code.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `table`, perhaps `rolled_up`; displaced codings do not count.
    people : sequence of str
        Everyone who was interviewed and coded: the denominator, whoever said nothing of a code included.
    book : Codebook
    rule : {'any', 'all'}
        Whether one coder's coding is enough, or each coder of the person's documents must have one.
    by : str
        The column that is counted.

    Returns
    -------
    pandas.DataFrame
        ``code, name, people, of, share, low, high`` (95 % Wilson interval), ``segments`` (all coders'
        together), ``documents``; most people first, then by id. Codes that nobody speaks of are there
        with 0.
    """
    import pandas as pd

    inside = frame[frame["placed"] & frame["who"].isin(list(people))]
    having = inside.groupby([by, "who"])["coder"].nunique()
    if rule == "all":
        needed = inside.groupby("who")["coder"].nunique()
        having = having[having.to_numpy() >= needed.reindex(having.index.get_level_values("who")).to_numpy()]
    heads = having.groupby(level=by).size()
    segments = inside.drop_duplicates([by, "coder", "document", "start", "end"]).groupby(by).size()
    documents = inside.groupby(by)["document"].nunique()
    asked = len(people)
    codes = (
        sorted({*heads.index, *(code.id for code in book.in_use())}) if by == "code" else sorted(heads.index)
    )
    rows = []
    for code in codes:
        count = int(heads.get(code, 0))
        low, high = wilson(count, asked)
        rows.append(
            {
                by: code,
                "name": book.codes[code].name if code in book.codes else code,
                "people": count,
                "of": asked,
                "share": count / asked if asked else math.nan,
                "low": low,
                "high": high,
                "segments": int(segments.get(code, 0)),
                "documents": int(documents.get(code, 0)),
            }
        )
    columns = [by, "name", "people", "of", "share", "low", "high", "segments", "documents"]
    whole = pd.DataFrame(rows, columns=columns)
    return whole.sort_values(["people", "segments", by], ascending=[False, False, True], ignore_index=True)
