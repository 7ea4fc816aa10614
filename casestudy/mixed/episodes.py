"""Episodes of value as records: what a coder says of one gain or loss, slot by slot, each with its quote.

Codings of one coder in one document that share an id (an attribute that the view names) are one record. What
two coders recorded of the same passage is found by overlap, and compared slot by slot.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Any

from casestudy.codebook.framework import View
from casestudy.coding.material import Material

if TYPE_CHECKING:
    import pandas as pd

OPEN = "unspecified"
HEAD = ["episode", "coder", "document", "kind", "who", "group", "denied", "quote"]


def attribute(view: View) -> str:
    """The attribute that joins codings to records; empty where the view names none."""
    return str(view.settings.get("record") or "")


def slots(found: Material, view: View) -> pd.DataFrame:
    """Every filled slot: ``episode, coder, document, slot, code, coding, start, end, quote, who, group,
    kind``.

    `episode` is the coder's id with coder and document, such as ``c01/a/e1``. A second coding of a slot in
    one episode is left out here and listed by `problems`. Codings that deny fill their slot as well.
    """
    import pandas as pd

    columns = ["episode", "coder", "document", "kind", "who", "group", "slot", "code", "coding"]
    columns += ["start", "end", "quote", "denied"]
    name = attribute(view)
    words = found.words
    if not name or name not in words.columns:
        return pd.DataFrame(columns=columns)
    words = words[words["placed"] & words[name].ne("")]
    frames = []
    for part in view.parts:
        from dataclasses import replace

        mine = replace(part.pick, unless={}).of(words, found.parents)
        frames.append(mine.assign(slot=part.id))
    whole = pd.concat(frames) if frames else words.assign(slot="")
    whole["episode"] = whole["document"] + "/" + whole["coder"] + "/" + whole[name]
    denying = {attr: set(values) for attr, values in found.framework.unless.items()}
    whole["denied"] = False
    for attr, values in denying.items():
        if attr in whole.columns:
            whole["denied"] |= whole[attr].isin(values)
    whole = whole.sort_values(["document", "coder", "episode", "slot", "start", "coding"], kind="stable")
    return whole.drop_duplicates(["episode", "slot"])[columns].reset_index(drop=True)


def records(found: Material, view: View) -> pd.DataFrame:
    """Episodes, one a row: `HEAD`, then one column a slot with a code or ``unspecified``.

    `quote` is that of the first slot (or of the first that is filled); `denied` says that the speaker denies
    it.
    """
    import pandas as pd

    names = [part.id for part in view.parts]
    long = slots(found, view)
    if long.empty:
        return pd.DataFrame(columns=[*HEAD, *names])
    wide = long.pivot(index="episode", columns="slot", values="code").reindex(columns=names).fillna(OPEN)
    rank = long.assign(_order=long["slot"].map(names.index)).sort_values(["episode", "_order"], kind="stable")
    first = rank.groupby("episode").first()
    head = first[["coder", "document", "kind", "who", "group", "denied", "quote"]]
    return head.join(wide).rename_axis("episode").reset_index()[[*HEAD, *names]]


def problems(found: Material, view: View) -> list[tuple[str, str]]:
    """What is wrong with records, as episode and words: two codings in a slot, or none of the first slot."""
    from dataclasses import replace

    import pandas as pd

    name = attribute(view)
    if not name or name not in found.words.columns:
        return []
    words = found.words[found.words[name].ne("")]
    said: list[tuple[str, str]] = []
    seen = pd.Series(False, index=words.index)
    for number, part in enumerate(view.parts):
        mine = replace(part.pick, unless={}).of(words, found.parents)
        seen |= words.index.isin(mine.index)
        keys = mine["document"] + "/" + mine["coder"] + "/" + mine[name]
        said += [
            (str(one), f"two codings fill {part.name}.") for one in sorted(keys[keys.duplicated()].unique())
        ]
        if number == 0:
            every = set(words["document"] + "/" + words["coder"] + "/" + words[name])
            said += [(one, f"it has no {part.name}.") for one in sorted(every - set(keys))]
    stray = words[~seen]
    said += [
        (f"{row['document']}/{row['coder']}/{row[name]}", f"{row['code']} is of no slot.")
        for row in stray.to_dict("records")
    ]
    return sorted(said)


def matched(long: pd.DataFrame) -> pd.DataFrame:
    """Records of two coders about the same: ``one, other, overlap`` (slots whose quotes overlap).

    Of each two coders of a document the assignment with most overlapping slots is taken; two records that
    share no words are not the same.
    """
    import numpy as np
    import pandas as pd
    from scipy.optimize import linear_sum_assignment

    rows = []
    for _, mine in long.groupby("document", sort=True):
        for coder, other in combinations(sorted(mine["coder"].unique()), 2):
            sides = [mine[mine["coder"].eq(name)] for name in (coder, other)]
            names = [list(side["episode"].unique()) for side in sides]
            both = sides[0].merge(sides[1], on="slot", suffixes=("", "_other"))
            both = both[(both["start"] < both["end_other"]) & (both["end"] > both["start_other"])]
            score = np.zeros((len(names[0]), len(names[1])))
            for one, two in zip(both["episode"], both["episode_other"], strict=True):
                score[names[0].index(one), names[1].index(two)] += 1
            for row, column in zip(*linear_sum_assignment(-score), strict=True):
                if score[row, column] > 0:
                    rows.append((names[0][row], names[1][column], int(score[row, column])))
    return pd.DataFrame(rows, columns=["one", "other", "overlap"])


def distinct(table: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Episodes with what two coders recorded of the same counted once (the first coder's record stands)."""
    return table[~table["episode"].isin(pairs["other"])].reset_index(drop=True)


def agreement(
    table: pd.DataFrame, pairs: pd.DataFrame, names: list[str], draws: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """How far two coders fill the slots of the same episode alike.

    Returns
    -------
    pandas.DataFrame
        One row a slot: ``slot, episodes`` (recorded by both), ``alike`` (the same code), ``share``;
        Krippendorff's ``alpha`` (nominal, unspecified is a value of its own) with the ``low`` and ``high``
        end of its 95 % posterior interval over documents. NaN where nothing was recorded by both or nothing
        varies.
    """
    import pandas as pd

    from casestudy.agreement.alpha import krippendorff
    from casestudy.agreement.coefficient import measure
    from casestudy.agreement.posterior import Posterior
    from casestudy.agreement.ratings import read

    known = table.set_index("episode")
    rows = []
    for name in names:
        one = [str(known.at[episode, name]) for episode in pairs["one"]]
        other = [str(known.at[episode, name]) for episode in pairs["other"]]
        alike = sum(a == b for a, b in zip(one, other, strict=True))
        row: dict[str, Any] = {"slot": name, "episodes": len(one), "alike": alike}
        row["share"] = alike / len(one) if one else math.nan
        row |= dict.fromkeys(("alpha", "low", "high"), math.nan)
        if one and len({*one, *other}) > 1:
            values = pd.DataFrame({"one": one, "other": other}).to_numpy(dtype=object)
            documents = [str(known.at[episode, "document"]) for episode in pairs["one"]]
            ratings = read(values, categories=sorted({*one, *other}), clusters=documents, unit="episode")
            result = measure(ratings, krippendorff("nominal"), Posterior(draws, seed))
            row |= {"alpha": result.value, "low": result.interval.low, "high": result.interval.high}
        rows.append(row)
    return pd.DataFrame(rows, columns=["slot", "episodes", "alike", "share", "alpha", "low", "high"])
