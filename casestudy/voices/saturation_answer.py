"""Have we heard enough? Saturation for each group of participants, and the answer in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.codebook.denials import Denials, affirming
from casestudy.coding.counts import matrix
from casestudy.voices import saturation
from casestudy.wording import Said, counted, honest

if TYPE_CHECKING:
    import pandas as pd


def counted_codes(frame: pd.DataFrame, book: Codebook, denials: Denials) -> pd.DataFrame:
    """The codings that saturation counts: of codes with none below them, and no denials.

    A parent says nothing new where one of its own codes was heard, and what somebody denies is not there.
    """
    parents = {code for code in frame["code"].unique() if book.children(code)}
    kept: pd.DataFrame = affirming(frame, denials)
    return kept[~kept["code"].isin(parents)]


def presences(frame: pd.DataFrame, people: pd.DataFrame, asked: Sequence[str]) -> dict[str, pd.DataFrame]:
    """For each group of participants, interviews × codes as 0/1 in the order of the interviews.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `counted_codes`.
    people : pandas.DataFrame
        From `casestudy.people.participants`.
    asked : sequence of str
        Participants who were interviewed and coded.
    """
    groups = people[people["participant_id"].isin(list(asked))].groupby("group", sort=True)
    found = {}
    for name, part in groups:
        members = sorted(part["participant_id"])
        own = frame[frame["placed"] & frame["who"].isin(members)]
        found[str(name)] = saturation.ordered(matrix(own, all_rows=members), people)
    return found


def curves(groups: Mapping[str, pd.DataFrame], permutations: int, seed: int) -> pd.DataFrame:
    """Code accumulation of each group; see `casestudy.voices.saturation.accumulation`."""
    import pandas as pd

    parts = [
        saturation.accumulation(presence, permutations, seed).assign(group=name)
        for name, presence in groups.items()
    ]
    columns = ["group", "interviews", "found", "expected", "low", "high"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def stops(groups: Mapping[str, pd.DataFrame], permutations: int, seed: int) -> pd.DataFrame:
    """The stopping rule of each group under all settings; see `casestudy.voices.saturation.stopping`."""
    import pandas as pd

    parts = [
        saturation.stopping(presence, permutations=permutations, seed=seed).assign(
            group=name, of=len(presence)
        )
        for name, presence in groups.items()
    ]
    if not parts:
        return pd.DataFrame(
            columns=["group", "of", "base", "run", "threshold", "notation", "median", "never"]
        )
    whole = pd.concat(parts, ignore_index=True)
    return whole[["group", "of", *(name for name in whole.columns if name not in ("group", "of"))]]


def estimates(frame: pd.DataFrame, groups: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """How many codes may be unheard: Chao1 over segments and Chao2 over interviews, for each group.

    Returns
    -------
    pandas.DataFrame
        ``group, interviews, heard, once`` (codes heard in one interview), ``chao2, chao1`` (estimated
        number of codes, lower bounds), ``chao2_low, chao2_high`` (95 % interval; NaN where it is undefined),
        ``unheard`` (Chao2 less heard), ``coverage`` (Good–Turing, over
        segments).
    """
    import pandas as pd

    rows = []
    for name, presence in groups.items():
        own = frame[frame["placed"] & frame["who"].isin(presence.index)]
        distinct = own.drop_duplicates(["coder", "document", "start", "end", "code"])
        by_people = saturation.unseen(presence.sum(axis=0).tolist(), samples=len(presence))
        by_segment = saturation.unseen(distinct.groupby("code").size().tolist())
        rows.append(
            {
                "group": name,
                "interviews": len(presence),
                "heard": by_people.heard,
                "once": by_people.once,
                "chao2": by_people.total,
                "chao2_low": by_people.low,
                "chao2_high": by_people.high,
                "chao1": by_segment.total,
                "unheard": by_people.total - by_people.heard,
                "coverage": by_segment.coverage,
            }
        )
    columns = ["group", "interviews", "heard", "once", "chao2", "chao2_low", "chao2_high", "chao1"]
    columns += ["unheard", "coverage"]
    return pd.DataFrame(rows, columns=columns)


def newcomers(groups: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Which codes each interview brought for the first time.

    Returns
    -------
    pandas.DataFrame
        ``group, number, participant, new`` (how many), ``codes`` (which, sorted).
    """
    import numpy as np
    import pandas as pd

    rows = []
    for name, presence in groups.items():
        there = presence.to_numpy().astype(bool)
        before = np.zeros(presence.shape[1], dtype=bool)
        for number, (who, own) in enumerate(zip(presence.index, there, strict=True), start=1):
            fresh = sorted(presence.columns[own & ~before])
            before |= own
            row = {"group": name, "number": number, "participant": who, "new": len(fresh)}
            rows.append({**row, "codes": ", ".join(fresh)})
    return pd.DataFrame(rows, columns=["group", "number", "participant", "new", "codes"])


def summary(
    stops: pd.DataFrame,
    estimates: pd.DataFrame,
    base: int,
    run: int,
    threshold: float,
    status: Mapping[str, str] | None = None,
) -> Said:
    """Whether enough was heard, in one paragraph: by all settings of the rule, the chosen one, the unheard.

    Parameters
    ----------
    stops : pandas.DataFrame
        From `stops`: every setting of the rule.
    estimates : pandas.DataFrame
        From `estimates`.
    base, run, threshold
        The setting that is described in full.
    status : mapping of str to str, optional
        The study's sentences on what its material is; they end the paragraph.
    """
    values: dict[str, Any] = {}
    parts: list[str] = []
    beyond: list[str] = []
    chosen = stops[(stops["base"] == base) & (stops["run"] == run) & (stops["threshold"] == threshold)]
    for row in chosen.to_dict("records"):
        name = row["group"]
        guess = estimates[estimates["group"].eq(name)].iloc[0]
        values |= {f"{name}: stops": row["notation"], f"{name}: never": row["never"]}
        values |= {f"{name}: codes heard": int(guess["heard"]), f"{name}: codes estimated": guess["chao2"]}
        if row["of"] >= base + run and row["never"] == row["never"]:
            orders = (
                f"in random orders it stops after {row['median']:.0f} in the middle case "
                f"({row['earliest']:.0f} to {row['latest']:.0f}) and never in {row['never']:.0%}"
                if row["never"] < 1
                else "no random order reaches it"
            )
        else:
            orders = "there are too few interviews for it"
        settings = stops[stops["group"].eq(name)]
        met = int(settings["notation"].str.fullmatch(r"\d+\+\d+").sum())
        values |= {f"{name}: settings": len(settings), f"{name}: settings that stop": met}
        parts.append(
            f"Of **{name}** enough was heard by {met} of {len(settings)} settings of the rule. "
            f"{_verdict(row)}; {orders}."
        )
        beyond.append(f"{counted(int(guess['heard']), 'code')} of {name}, {_guessed(guess)}")
    if not parts:
        return Said("No interview is coded yet: nothing can be said about saturation.", values)
    rule = (
        f"{counted(run, 'interview')} in a row bring at most {threshold:.0%} of what the first {base} brought"
    )
    text = (
        f"{' '.join(parts)} That setting: {rule}. Heard were {', and '.join(beyond)}. "
        "This is saturation of codes without parents and denials, in these questions and this codebook; "
        "not of meaning."
    )
    return Said(text + honest(status), values)


def _verdict(row: Mapping[Any, Any]) -> str:
    """What the stopping rule says of one group."""
    enough, _, more = str(row["notation"]).partition("+")
    if more:
        when = f"after {enough} of {row['of']} interviews ({more} more confirm it)"
        return f"The setting chosen here stops {when}"
    if enough == "not reached":
        return f"The setting chosen here does not stop within {row['of']} interviews"
    return f"The setting chosen here cannot say ({enough})"


def _guessed(guess: pd.Series[Any]) -> str:
    number, low, high = (guess[name] for name in ("chao2", "chao2_low", "chao2_high"))
    within = f" (95 % interval {low:.0f} to {high:.0f})" if low == low else ""
    return (
        f"of {number:.0f} or more by Chao2's estimate{within}" if number == number else "Chao2 is undefined"
    )
