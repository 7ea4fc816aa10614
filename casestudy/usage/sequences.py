"""What follows what inside a session: transitions, the directly-follows graph, common paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from casestudy.people.floor import enough

if TYPE_CHECKING:
    import pandas as pd

BEGIN, END = "begin", "end"


def steps(
    acts: pd.DataFrame, level: str = "group", *, collapse: bool = True, skip: Sequence[str] = ()
) -> pd.DataFrame:
    """Every step from one act of a session to the next, with the session's begin and end.

    Parameters
    ----------
    acts : pandas.DataFrame
        Acts with ``session_id``, in order.
    level : str
        The column whose values are the nodes: ``group`` or ``action``.
    collapse : bool
        Whether repeats of the same node in a row count once.
    skip : sequence of str
        Nodes to leave out, such as ways in.

    Returns
    -------
    pandas.DataFrame
        ``session_id``, ``participant_id``, ``source``, ``target``; n + 1 rows for a session of n nodes.
    """
    import pandas as pd

    kept = acts.loc[~acts[level].isin(list(skip)), ["session_id", "participant_id", level]]
    kept = kept.rename(columns={level: "node"}).reset_index(drop=True)
    if collapse:
        before = kept.groupby("session_id", sort=False)["node"].shift()
        kept = kept[kept["node"] != before].reset_index(drop=True)
    grouped = kept.groupby("session_id", sort=False)["node"]
    inner = kept.assign(source=grouped.shift().fillna(BEGIN), target=kept["node"], _place=kept.index * 2)
    last = kept[grouped.shift(-1).isna()]
    ends = last.assign(source=last["node"], target=END, _place=last.index * 2 + 1)
    both = pd.concat([inner, ends]).sort_values("_place", kind="stable", ignore_index=True)
    return both[["session_id", "participant_id", "source", "target"]]


def transitions(moves: pd.DataFrame, nodes: Sequence[str], floor: int) -> pd.DataFrame:
    """Transition matrix: of the times a node was left, the percent that went to each other.

    Parameters
    ----------
    moves : pandas.DataFrame
        From `steps`.
    nodes : sequence of str
        Nodes to show, in order; begin is added as a row and end as a column.
    floor : int
        Rows that fewer participants made are all NaN.

    Returns
    -------
    pandas.DataFrame
        Rows: from (the index), columns: to; percent. A node never left is a row of NaN.

    Examples
    --------
    >>> import pandas as pd
    >>> acts = pd.DataFrame({"session_id": "s", "participant_id": "p", "group": ["a", "b", "a"]})
    >>> transitions(steps(acts), ["a", "b"], 1).loc["a"].tolist()
    [0.0, 50.0, 50.0]
    """
    counts = moves.groupby(["source", "target"]).size().unstack(fill_value=0)
    counts = counts.reindex(index=[BEGIN, *nodes], columns=[*nodes, END], fill_value=0)
    people = moves.groupby("source")["participant_id"].nunique().reindex(counts.index, fill_value=0)
    total = counts.sum(axis=1)
    percent = 100 * counts.div(total.where((total > 0) & enough(people, floor)), axis=0)
    percent.index.name, percent.columns.name = None, None
    return percent


def follows(moves: pd.DataFrame, floor: int) -> pd.DataFrame:
    """The directly-follows graph.

    Returns
    -------
    pandas.DataFrame
        ``source``, ``target``, ``times``, ``sessions``, ``participants``, ``percent`` (of the sessions that
        have the step), most frequent first; steps of fewer participants than `floor` are left out.
    """
    all_sessions = moves["session_id"].nunique()
    made = moves.groupby(["source", "target"]).agg(
        times=("session_id", "size"),
        sessions=("session_id", "nunique"),
        participants=("participant_id", "nunique"),
    )
    made = made[enough(made["participants"], floor)].reset_index()
    made["percent"] = 100 * made["sessions"] / all_sessions if all_sessions else np.nan
    return made.sort_values(["times", "source", "target"], ascending=[False, True, True], ignore_index=True)


def paths(moves: pd.DataFrame, most: int = 12, *, floor: int) -> pd.DataFrame:
    """The most common whole paths through a session.

    Returns
    -------
    pandas.DataFrame
        ``path`` (nodes joined by ' > '), ``sessions``, ``percent`` (of sessions), ``participants``; paths of
        fewer participants than `floor` are left out.
    """
    inner = moves[moves["target"] != END]
    joined = inner.groupby("session_id", sort=False).agg(
        path=("target", " > ".join), participant_id=("participant_id", "first")
    )
    made = joined.groupby("path").agg(
        sessions=("participant_id", "size"), participants=("participant_id", "nunique")
    )
    made["percent"] = 100 * made["sessions"] / len(joined) if len(joined) else np.nan
    made = made[enough(made["participants"], floor)].reset_index()
    made = made.sort_values(["sessions", "path"], ascending=[False, True], ignore_index=True).head(most)
    return made[["path", "sessions", "percent", "participants"]]


def patterns(
    moves: pd.DataFrame,
    least_percent: float = 10.0,
    longest: int = 4,
    most: int = 20,
    *,
    floor: int,
) -> pd.DataFrame:
    """Common sequences with gaps: what comes some time after what, inside one session.

    Parameters
    ----------
    moves : pandas.DataFrame
        From `steps`.
    least_percent : float
        Sequences of fewer sessions are not looked for.
    longest : int
        Nodes of a sequence at most; at least two.
    floor : int
        Sequences of fewer participants are left out.
    most : int
        Rows at most.

    Returns
    -------
    pandas.DataFrame
        ``pattern`` (nodes joined by ' … '), ``length``, ``sessions``, ``percent`` (of sessions),
        ``participants``, ``reversed_percent`` (of sessions that hold the nodes in the opposite order: where
        it is as large, the order says nothing), most frequent first. Sequences that a longer one of the same
        sessions holds are left out.

    Notes
    -----
    Sequences grow node by node, each looked for only in the rest of the sessions that hold its beginning
    (the idea of PrefixSpan; the code is the workbench's own).

    Examples
    --------
    >>> import pandas as pd
    >>> acts = pd.DataFrame({"session_id": list("ssstt"), "participant_id": "p", "group": list("abcac")})
    >>> dict(patterns(steps(acts), floor=1)[["pattern", "percent"]].to_numpy().tolist())
    {'a … c': 100.0, 'a … b … c': 50.0}
    """
    import pandas as pd

    inner = moves[moves["target"] != END]
    grouped = inner.groupby("session_id", sort=True)
    sequences = [tuple(nodes) for nodes in grouped["target"].agg(list)]
    people = grouped["participant_id"].first().to_numpy()
    least = max(int(np.ceil(least_percent / 100 * len(sequences))), 1)
    found: dict[tuple[str, ...], list[int]] = {}
    waiting: list[tuple[tuple[str, ...], dict[int, int]]] = [((), dict.fromkeys(range(len(sequences)), 0))]
    while waiting:
        prefix, rests = waiting.pop()
        after: dict[str, dict[int, int]] = {}
        for place, begin in rests.items():
            sequence = sequences[place]
            for at in range(begin, len(sequence)):
                after.setdefault(sequence[at], {}).setdefault(place, at + 1)
        for node, held in after.items():
            if len(held) < least:
                continue
            grown = (*prefix, node)
            if len(grown) > 1:
                found[grown] = list(held)
            if len(grown) < longest:
                waiting.append((grown, held))
    rows = []
    for pattern, places in found.items():
        inside = any(
            len(other) > len(pattern) and len(more) == len(places) and _holds(other, pattern)
            for other, more in found.items()
        )
        who = len(set(people[places]))
        if inside or not enough(who, floor):
            continue
        backward = sum(_holds(sequence, pattern[::-1]) for sequence in sequences)
        share = 100 * backward / len(sequences)
        percent = 100 * len(places) / len(sequences)
        rows.append((" … ".join(pattern), len(pattern), len(places), percent, who, share))
    names = ["pattern", "length", "sessions", "percent", "participants", "reversed_percent"]
    made = pd.DataFrame(rows, columns=names)
    order = ["sessions", "length", "pattern"]
    return made.sort_values(order, ascending=[False, False, True], ignore_index=True).head(most)


def _holds(sequence: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether the nodes of the pattern come in this order, with or without others between."""
    rest = iter(sequence)
    return all(node in rest for node in pattern)
