"""Who says what: codes by group of people, by attribute of the coding, and what stands beside what."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.codebook.denials import Denials, affirming
from casestudy.errors import InputError, Problem, nearest
from casestudy.people.floor import enough
from casestudy.proportions import wilson
from casestudy.wording import Said, counted, honest

if TYPE_CHECKING:
    import pandas as pd


def by_group(
    frame: pd.DataFrame,
    people: pd.DataFrame,
    asked: Sequence[str],
    book: Codebook,
    *,
    denials: Denials,
    column: str = "group",
    floor: int,
) -> pd.DataFrame:
    """How many people of each group affirm each code, and how many only deny it.

    Parameters
    ----------
    frame : pandas.DataFrame
        Codings, perhaps rolled up.
    people : pandas.DataFrame
        With ``participant_id`` and `column`.
    asked : sequence of str
        Participants who were interviewed and coded.
    denials : mapping of attribute to values
        What the study declares to be denial (`casestudy.codebook.denials.read`): it affirms nothing.
    column : str
        What divides them, any column of participants.csv; people without a value are left out.
    floor : int
        A group of fewer people is withheld: its shares are missing and it says so.

    Returns
    -------
    pandas.DataFrame
        One row a code and group: ``code, path, group, people, of, share, low, high, denied, withheld``, by
        code, then group. ``people`` have a coding that is not denied; ``denied`` counts those whose every
        coding is.

    Raises
    ------
    InputError
        When participants have no such column.
    """
    import pandas as pd

    if column not in people:
        problem = Problem(
            f"column {column!r}", "participants.csv has none.", nearest(column, map(str, people))
        )
        raise InputError("People cannot be divided.", [problem])
    here = people[people["participant_id"].isin(list(asked)) & people[column].notna()]
    groups = {str(name): sorted(part["participant_id"]) for name, part in here.groupby(column, sort=True)}
    placed = frame[frame["placed"]]
    having = _people_by_code(affirming(placed, denials))
    mentioned = _people_by_code(placed)
    rows: list[dict[str, Any]] = []
    for code in sorted(mentioned):
        for name, members in groups.items():
            held = not enough(len(members), floor)
            count = sum(one in having.get(code, ()) for one in members)
            mentions = sum(one in mentioned[code] for one in members)
            low, high = (math.nan, math.nan) if held else wilson(count, len(members))
            rows.append(
                {
                    "code": code,
                    "path": book.path(code),
                    "group": name,
                    "people": pd.NA if held else count,
                    "of": len(members),
                    "share": math.nan if held else count / len(members),
                    "low": low,
                    "high": high,
                    "denied": pd.NA if held else mentions - count,
                    "withheld": held,
                }
            )
    columns = ["code", "path", "group", "people", "of", "share", "low", "high", "denied", "withheld"]
    return pd.DataFrame(rows, columns=columns).astype({"people": "Int64", "denied": "Int64"})


def _people_by_code(frame: pd.DataFrame) -> dict[str, frozenset[str]]:
    return frame.groupby("code")["who"].agg(lambda who: frozenset(who)).to_dict()


def contrast(shares: pd.DataFrame, first: str, second: str, *, shared: bool = False) -> pd.DataFrame:
    """Codes by how far two groups differ in the share of people who affirm them.

    Parameters
    ----------
    shares : pandas.DataFrame
        From `by_group`.
    first, second : str
        Names of the groups.
    shared : bool
        Only codes that someone of each group affirms or denies: leaves out what is asked of one side
        alone.

    Returns
    -------
    pandas.DataFrame
        ``code, path, first, second, first_of, second_of, first_denied, second_denied, difference, low,
        high, p, p_adjusted``: shares who affirm, people, those who only deny, first minus second, and
        Newcombe's interval of the difference made of the two Wilson intervals (his method 10, as statsmodels
        computes it); Fisher's exact p, and the same adjusted for the false discovery rate over all codes
        compared (Benjamini and Yekutieli: codes of one person hang together). Largest difference first.
    """
    import pandas as pd
    from scipy.stats import false_discovery_control, fisher_exact

    columns = ["code", "path", "first", "second", "first_of", "second_of", "first_denied", "second_denied"]
    columns += ["difference", "low", "high", "p"]
    sides = [
        shares[shares["group"].eq(name) & ~shares["withheld"]].set_index("code") for name in (first, second)
    ]
    rows = []
    for code in sorted(set(sides[0].index) & set(sides[1].index)):
        one, two = sides[0].loc[code], sides[1].loc[code]
        denied = [int(side.get("denied", 0)) for side in (one, two)]
        if shared and not (one["people"] + denied[0] and two["people"] + denied[1]):
            continue
        gap = one["share"] - two["share"]
        below = math.hypot(one["share"] - one["low"], two["high"] - two["share"])
        above = math.hypot(one["high"] - one["share"], two["share"] - two["low"])
        values = [code, one["path"], one["share"], two["share"], one["of"], two["of"]]
        values += [*denied, gap]
        heads = [int(side["people"]) for side in (one, two)]
        tested = fisher_exact([heads, [int(one["of"]) - heads[0], int(two["of"]) - heads[1]]]).pvalue
        interval = [max(gap - below, -1.0), min(gap + above, 1.0)]
        rows.append(dict(zip(columns, [*values, *interval, float(tested)], strict=True)))
    result = pd.DataFrame(rows, columns=columns)
    tests = result["p"].astype(float).to_numpy().clip(0, 1)
    result["p_adjusted"] = false_discovery_control(tests, method="by") if len(result) else tests
    result["size"] = result["difference"].astype(float).abs().round(9)
    ranked = result.sort_values(["size", "code"], ascending=[False, True], ignore_index=True)
    return ranked.drop(columns="size")


def by_attribute(frame: pd.DataFrame, first: str, second: str = "") -> pd.DataFrame:
    """Segments by the values of one attribute, or of two crossed; empty values are called ``not stated``.

    Returns
    -------
    pandas.DataFrame
        ``first, [second,] segments, people, share`` (of all segments); most segments first.
    """

    names = [name for name in (first, second) if name]
    table = frame.copy()
    for name in names:
        table[name] = table.get(name, "")
        table[name] = table[name].replace("", "not stated")
    distinct = table.drop_duplicates(["coder", "document", "start", "end", "code", *names])
    grouped = distinct.groupby(names, sort=True).agg(segments=("who", "size"), people=("who", "nunique"))
    result: pd.DataFrame = grouped.reset_index()
    result["share"] = result["segments"] / len(distinct) if len(distinct) else math.nan
    return result.sort_values(
        ["segments", *names], ascending=[False, *([True] * len(names))], ignore_index=True
    )


def named_pairs(pairs: pd.DataFrame, book: Codebook, *, across: bool = False) -> pd.DataFrame:
    """Pairs of codes with their paths, none of a code and one above it; `across`: of two schemes only."""
    import pandas as pd

    schemes = {code: one.scheme for code, one in book.codes.items()}
    keep = [
        b not in book.above(a)
        and a not in book.above(b)
        and not (across and schemes.get(a) == schemes.get(b))
        for a, b in zip(pairs["a"], pairs["b"], strict=True)
    ]
    rows: pd.DataFrame = pairs[pd.Series(keep, index=pairs.index, dtype=bool)].copy()
    rows.insert(1, "path_a", [book.path(code) for code in rows["a"]])
    rows.insert(3, "path_b", [book.path(code) for code in rows["b"]])
    return rows.reset_index(drop=True)


def summary(
    differences: pd.DataFrame,
    pairs: pd.DataFrame,
    first: str,
    second: str,
    status: Mapping[str, str] | None = None,
) -> Said:
    """Who says what, in one paragraph."""
    values: dict[str, Any] = {"codes compared": len(differences), "pairs that occur": len(pairs)}
    if differences.empty:
        return Said(
            "The groups cannot be compared yet: no code is used in both, or one is too small.", values
        )
    top = differences.iloc[0]
    clear = differences[(differences["low"] > 0) | (differences["high"] < 0)]
    stands = int((differences["p_adjusted"] < 0.05).sum())
    values |= {"largest difference": float(top["difference"]), "clear differences": len(clear)}
    values |= {"clear after adjustment": stands}
    against = (
        f"{top['first']:.0%} of {top['first_of']} people against {top['second']:.0%} of {top['second_of']}"
    )
    compared = f"{len(clear)} of {counted(len(differences), 'code')} compared"
    kept = f"{stands or 'none'} of them {'stand' if stands > 1 else 'stands'}"
    text = (
        f"The groups {first} and {second} differ most in whether they affirm **{top['path']}**: {against}. "
        f"For {compared} the 95 % interval of the difference leaves out zero; adjusted for the number of "
        f"comparisons, {kept}. The comparison is exploratory: no code was named beforehand."
    )
    if len(pairs):
        pair = pairs.iloc[0]
        values |= {"turns of the commonest pair": int(pair["together"])}
        text += f" *{pair['path_a']}* and *{pair['path_b']}* stand together most often"
        text += f" ({counted(int(pair['together']), 'turn')})."
    return Said(text + honest(status), values)
