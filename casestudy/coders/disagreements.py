"""What two coders disagreed on: aligned codings, confusions between codes, where in the codebook it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.coders.unit_ratings import shared
from casestudy.people import consent
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

STATES = ("same", "shifted", "other code", "only one")
UNQUOTED = "(not to be quoted)"


def aligned(frame: pd.DataFrame, first: str, second: str, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Each coding of two coders with what the other said there.

    A coding is ``same`` where the other gave the code to the very span; ``shifted`` where the other's
    coding of that code shares text with it; ``other code`` where the other coded shared text with another
    code of the scheme, and that coding has no partner of its own; else ``only one``.

    Parameters
    ----------
    frame : pandas.DataFrame
    first, second : str
    names : sequence of str, optional
        Documents that both read; by default those in which both coded something.

    Returns
    -------
    pandas.DataFrame
        One row a coding, or a pair: ``document, turn, scheme, state, first_code, second_code,
        first_start, first_end, second_start, second_end, shared`` (characters of both over characters of
        either), ``quote``; positions are missing for a coder who said nothing. By document and place.
    """
    import pandas as pd

    names = shared(frame, [first, second]) if names is None else names
    rows = []
    placed = frame[frame["placed"] & frame["document"].isin(names) & frame["coder"].isin([first, second])]
    parts: dict[tuple[str, str], list[list[dict[str, Any]]]] = {}
    wanted = ["document", "scheme", "coder", "turn", "code", "start", "end", "quote"]
    for row in placed[wanted].to_dict("records"):
        own = parts.setdefault((row["document"], row["scheme"]), [[], []])
        own[row["coder"] == second].append(row)
    for (document, scheme), sides in sorted(parts.items()):
        free = [set(range(len(side))) for side in sides]
        candidates = []
        for i, one in enumerate(sides[0]):
            for j, two in enumerate(sides[1]):
                common = min(one["end"], two["end"]) - max(one["start"], two["start"])
                if common > 0:
                    either = max(one["end"], two["end"]) - min(one["start"], two["start"])
                    same = one["code"] == two["code"]
                    candidates.append((not same, -common / either, one["start"], i, j))
        for other, share, _, i, j in sorted(candidates):
            if i not in free[0] or j not in free[1]:
                continue
            free[0].remove(i)
            free[1].remove(j)
            state = "other code" if other else ("same" if share == -1 else "shifted")
            rows.append(_row(str(document), str(scheme), state, sides[0][i], sides[1][j], -share))
        rows += [
            _row(str(document), str(scheme), "only one", sides[0][i], None, 0.0) for i in sorted(free[0])
        ]
        rows += [
            _row(str(document), str(scheme), "only one", None, sides[1][j], 0.0) for j in sorted(free[1])
        ]
    columns = ["document", "turn", "scheme", "state", "first_code", "second_code", "first_start", "first_end"]
    columns += ["second_start", "second_end", "shared", "quote"]
    table = pd.DataFrame(rows, columns=columns)
    numbers = ["first_start", "first_end", "second_start", "second_end"]
    table[numbers] = table[numbers].astype("Int64")
    place = table["first_start"].fillna(table["second_start"])
    order = table.assign(place=place).sort_values(
        ["document", "place", "scheme", "first_code", "second_code"]
    )
    return order.drop(columns="place").reset_index(drop=True)


def _row(
    document: str,
    scheme: str,
    state: str,
    one: dict[str, object] | None,
    two: dict[str, object] | None,
    share: float,
) -> dict[str, object]:
    some = one or two or {}
    return {
        "document": document,
        "turn": some["turn"],
        "scheme": scheme,
        "state": state,
        "first_code": one["code"] if one else "",
        "second_code": two["code"] if two else "",
        "first_start": one["start"] if one else None,
        "first_end": one["end"] if one else None,
        "second_start": two["start"] if two else None,
        "second_end": two["end"] if two else None,
        "shared": share,
        "quote": some["quote"],
    }


def confusions(alignment: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Pairs of codes that stand for one another, whoever used which.

    Returns
    -------
    pandas.DataFrame
        ``a, b, path_a, path_b, times, near`` (whether the codebook names them as near codes already).
    """
    import pandas as pd

    other = alignment[alignment["state"].eq("other code")]
    pairs = [tuple(sorted(pair)) for pair in zip(other["first_code"], other["second_code"], strict=True)]
    counts = pd.Series(pairs, dtype=object).value_counts()
    rows = [
        {
            "a": a,
            "b": b,
            "path_a": book.path(a),
            "path_b": book.path(b),
            "times": int(times),
            "near": any(y in book.codes[x].near for x, y in ((a, b), (b, a)) if x in book.codes),
        }
        for (a, b), times in counts.items()
    ]
    table = pd.DataFrame(rows, columns=["a", "b", "path_a", "path_b", "times", "near"])
    return table.sort_values(["times", "a", "b"], ascending=[False, True, True], ignore_index=True)


def trouble(alignment: pd.DataFrame, by: str = "scheme") -> pd.DataFrame:
    """Where it happens: how the aligned codings fall, by scheme or document.

    Returns
    -------
    pandas.DataFrame
        `by`, one column for each of `STATES`, ``aligned`` (their number), ``met`` (share that is same or
        shifted; NaN where there is none).
    """
    counts = alignment.groupby([by, "state"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(STATES), fill_value=0)
    counts["aligned"] = counts.sum(axis=1)
    counts["met"] = (counts["same"] + counts["shifted"]) / counts["aligned"]
    counts.columns.name = None
    result: pd.DataFrame = counts.reset_index()
    return result


def hushed(
    alignment: pd.DataFrame, documents: Mapping[str, Transcript], people: pd.DataFrame
) -> pd.DataFrame:
    """Aligned codings without the words of participants whose consent to be quoted is not recorded.

    Parameters
    ----------
    alignment : pandas.DataFrame
        From `aligned`.
    documents : mapping of id to Transcript
        With what the study says of them.
    people : pandas.DataFrame
        From `casestudy.people.participants.read`.
    """
    refused = consent.withheld_documents(documents, people)
    return alignment.assign(quote=alignment["quote"].mask(alignment["document"].isin(refused), UNQUOTED))


def agenda(alignment: pd.DataFrame, book: Codebook, most: int = 0) -> pd.DataFrame:
    """What a team should talk about: for each code how often two coders agreed on it, and how they disagreed.

    Parameters
    ----------
    alignment : pandas.DataFrame
        From `aligned`, perhaps `hushed`.
    book : Codebook
    most : int
        Only so many codes; 0 for all.

    Returns
    -------
    pandas.DataFrame
        ``code, path, meet`` (the same or shifted), ``first, second`` (codings of that coder alone),
        ``beside`` (codings where the other gave another code of the scheme), ``commonest`` (path of the code
        that stands there most), ``met`` (share of all these that meet), ``document, start, quote`` of one
        disagreement: the longest words among those with the commonest code, else those of the coder who is
        alone more often. Most disagreements first, then by code; codes that nobody disagreed on are left out.
    """
    import pandas as pd

    rows = []
    sides = ["first_code", "second_code"]
    for code in sorted({*alignment["first_code"], *alignment["second_code"]} - {""}):
        own = alignment[alignment[sides].eq(code).any(axis=1)]
        meet = int(own["state"].isin(["same", "shifted"]).sum())
        alone = own[own["state"].eq("only one")]
        first, second = int(alone["first_code"].ne("").sum()), int(alone["second_code"].ne("").sum())
        beside = own[own["state"].eq("other code")]
        others = beside["first_code"].where(beside["first_code"].ne(code), beside["second_code"])
        commonest = min(others.value_counts().items(), key=lambda one: (-one[1], one[0]), default=("", 0))[0]
        shown = beside[others.eq(commonest)] if commonest else alone
        if not commonest and first != second:
            shown = alone[alone["first_code" if first > second else "second_code"].eq(code)]
        if shown.empty:
            continue
        sample = shown.loc[shown["quote"].str.len().idxmax()]
        start = sample["first_start"] if sample["first_code"] == code else sample["second_start"]
        row = {"code": code, "path": book.path(code), "meet": meet, "first": first, "second": second}
        row |= {"beside": len(beside), "commonest": book.path(str(commonest)) if commonest else ""}
        row |= {"met": meet / len(own), "document": sample["document"], "start": start}
        rows.append(row | {"quote": sample["quote"]})
    names = ["code", "path", "meet", "first", "second", "beside", "commonest", "met", "document", "start"]
    table = pd.DataFrame(rows, columns=[*names, "quote"]).astype({"start": "Int64"})
    parted = table["first"] + table["second"] + table["beside"]
    order = table.assign(parted=parted).sort_values(["parted", "code"], ascending=[False, True])
    ranked = order.drop(columns="parted").reset_index(drop=True)
    return ranked.head(most) if most else ranked
