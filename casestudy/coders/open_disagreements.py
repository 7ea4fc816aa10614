"""Which disagreements of two coders are open, and the decision that settles one of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.codebook.history import Event
from casestudy.coders.decisions import RECONCILED, Decision, applied, decision
from casestudy.coders.disagreements import aligned
from casestudy.coders.unit_ratings import shared
from casestudy.errors import InputError, Problem
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.coders.common_text import Reach

STRETCHES = ("chosen", "first", "second", "both")


def unsettled(
    frame: pd.DataFrame,
    decisions: Sequence[Decision],
    book: Codebook,
    first: str,
    second: str,
    *,
    shifted: bool = False,
    reach: Reach | None = None,
) -> pd.DataFrame:
    """The disagreements of two coders that no decision has settled.

    Parameters
    ----------
    frame : pandas.DataFrame
        Codings as the coders left them.
    decisions : sequence of Decision
    book : Codebook
    first, second : str
    shifted : bool
        Whether borders that differ count too; else only codes that differ and codings of one coder.
    reach : Reach, optional
        What both read; by default documents in which both coded something.

    Returns
    -------
    pandas.DataFrame
        ``id`` (eight hexadecimal digits made of the codings, the same whoever is first), then the columns of
        `casestudy.coders.disagreements.aligned`, then ``codings`` (the ids of the one or two).
    """
    names = shared(frame, [first, second]) if reach is None else reach.names
    table = applied(frame, decisions, book)
    table = table if reach is None else reach.frame(table)
    lines = aligned(table, first, second, names)
    states = ["other code", "only one", *(["shifted"] if shifted else [])]
    lines = lines[lines["state"].isin(states)].reset_index(drop=True)
    keys = zip(*(table[name] for name in ("document", "coder", "start", "end", "code")), strict=True)
    known = dict(zip(keys, table["coding"], strict=True))
    made = set(table.loc[table["by"].str.startswith(RECONCILED), "coding"])
    kept = [one for one in decisions if one.codings == "kept" and {first, second} <= set(one.coders)]
    marks, codings, free = [], [], []
    for row in lines.to_dict("records"):
        coder = {"first": first, "second": second}
        said = sorted((coder[side], *what) for side, what in _sides(row).items())
        ids = tuple(str(known[(row["document"], *what)]) for what in said)
        whole = repr((row["document"], row["scheme"], sorted(coder.values()), said))
        marks.append(hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:8])
        codings.append(ids)
        free.append(not made >= set(ids) and not any(_left_alone(one, row, ids) for one in kept))
    lines.insert(0, "id", marks)
    lines["codings"] = codings
    return lines[free].reset_index(drop=True)


def sample(lines: pd.DataFrame, size: int, seed: int = 1) -> pd.DataFrame:
    """A seeded sample of open disagreements: as many of each kind as can be, at random within a kind.

    Parameters
    ----------
    lines : pandas.DataFrame
        From `unsettled`.
    size : int
    seed : int

    Returns
    -------
    pandas.DataFrame
        Rows of `lines` in their order.
    """
    import numpy as np

    if size < 1:
        problem = Problem("sample", f"{size} is not a number of disagreements.", "Write 40.")
        raise InputError("No sample was drawn.", [problem])
    random = np.random.default_rng(seed)
    kinds = [random.permutation(part.index) for _, part in lines.groupby("state", sort=True)]
    chosen: list[int] = []
    for left, kind in zip(range(len(kinds), 0, -1), sorted(kinds, key=len), strict=True):
        chosen += kind[: -(-(size - len(chosen)) // left)].tolist()
    return lines.loc[sorted(chosen)]


def _sides(row: Mapping[Any, Any]) -> dict[str, tuple[int, int, str]]:
    """What each side said: start, end and code."""
    return {
        side: (int(row[f"{side}_start"]), int(row[f"{side}_end"]), str(row[f"{side}_code"]))
        for side in ("first", "second")
        if row[f"{side}_code"]
    }


def _left_alone(one: Decision, row: Mapping[Any, Any], ids: Sequence[str]) -> bool:
    """Whether a decision keeps these codings; without ids it speaks of all that share its stretch."""
    if one.about:
        return set(ids) <= set(one.about)
    inside = all(start < one.end and end > one.start for start, end, _ in _sides(row).values())
    return inside and (one.document, one.scheme) == (row["document"], row["scheme"])


def settled(
    lines: pd.DataFrame,
    mark: str,
    coders: Sequence[str],
    *,
    codes: Sequence[str] = (),
    keep: bool = False,
    stretch: str = "chosen",
    who: str,
    why: str,
    when: str = "",
    change: str = "",
    proposes: str = "",
    events: Sequence[Event] = (),
    texts: Mapping[str, Transcript] | None = None,
) -> Decision:
    """The decision on one open disagreement.

    Parameters
    ----------
    lines : pandas.DataFrame
        From `unsettled`.
    mark : str
        The id of a line, or the beginning of it.
    coders : sequence of str
        First and second, as for `unsettled`.
    codes : sequence of str
        What the stretch has for both; empty for nothing.
    keep : bool
        Leave both readings as they are: the disagreement is talked over, and codings do not change.
    stretch : {'chosen', 'first', 'second', 'both'}
        Whose borders hold; ``both`` is from the earlier start to the later end, ``chosen`` those of the
        coder whose code was decided for, and of both where that is not one coder.
    who, why, when : str
    change : str
        The event of the codebook's history that it led to, or the beginning of its id.
    proposes : str
        A change of the codebook that it asks for and that nobody has made yet.
    events : sequence of Event
        The history.
    texts : mapping of id to Transcript, optional
        For the words of the stretch.

    Raises
    ------
    InputError
        With every problem: no such disagreement, several, no such event, no such stretch.
    """
    problems: list[Problem] = []
    rows = [row for row in lines.to_dict("records") if mark and str(row["id"]).startswith(mark)]
    if len(rows) != 1:
        found = f"{len(rows)} open disagreements begin so." if rows else "no open disagreement has this id."
        problems.append(Problem(f"disagreement {mark!r}", found, "See casestudy reconcile list."))
    found_events = sorted({one.id for one in events if change and one.id.startswith(change)})
    if change and len(found_events) != 1:
        found = f"{len(found_events)} events of the codebook's history begin so."
        problems.append(Problem(f"change {change!r}", found, "See casestudy code history."))
    if problems:
        raise InputError("Nothing was decided.", problems)
    [row] = rows
    sides = _sides(row)
    holders = [side for side, (*_, code) in sides.items() if code in codes]
    if stretch == "chosen":
        stretch = holders[0] if len(holders) == 1 else "both"
    if stretch != "both" and stretch not in sides:
        problem = Problem(f"stretch {stretch!r}", "that coder coded nothing there.", "Take both.")
        raise InputError("Nothing was decided.", [problem])
    spans = list(sides.values()) if stretch == "both" else [sides[stretch]]
    start, end = min(start for start, *_ in spans), max(end for _, end, _ in spans)
    text = texts[str(row["document"])].text if texts is not None else ""
    return decision(
        document=str(row["document"]),
        start=start,
        end=end,
        scheme=str(row["scheme"]),
        codes=() if keep else tuple(dict.fromkeys(codes)),
        coders=tuple(coders),
        who=who,
        when=when,
        why=why,
        change=found_events[0] if found_events else "",
        proposes=proposes,
        quote=text[start:end],
        about=tuple(row["codings"]),
        codings="kept" if keep else "changed",
    )
