"""Participants across interview, log and purchases: who is where, who may be linked, who may be quoted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from casestudy.people import consent
from casestudy.people.floor import withheld

if TYPE_CHECKING:
    import pandas as pd

SOURCES = ("interview", "log", "purchases")


def join(
    people: pd.DataFrame,
    interviewed: Iterable[str],
    in_log: Iterable[str] | None,
    in_purchases: Iterable[str] | None,
) -> pd.DataFrame:
    """Who is in which source, and which of it may be put together.

    Parameters
    ----------
    people : pandas.DataFrame
        From `load`.
    interviewed : iterable of str
        Participants with an interview that can be read.
    in_log, in_purchases : iterable of str, or None
        Ids of the log and households of the purchases; None when the study has no such source.

    Returns
    -------
    pandas.DataFrame
        One row a participant of the table: ``participant_id, group, pseudonym, interview, log, purchases``
        (true or false), ``log_id, household_id`` (empty without consent to link), ``quotable``, ``sources``
        (such as ``interview + log``) and ``why``: in words, what is missing and for what reason.
    """
    import pandas as pd

    spoken = set(interviewed)
    logged = None if in_log is None else {str(one) for one in in_log}
    bought = None if in_purchases is None else {str(one) for one in in_purchases}
    may_quote, may_link = consent.who_may_be_quoted(people), consent.who_may_be_linked(people)
    rows = []
    for one in people.to_dict("records"):
        linked = str(one["participant_id"]) in may_link
        log, log_why = _found(one["log_id"], logged, linked, "log")
        home, home_why = _found(one["household_id"], bought, linked, "purchases")
        spoke = one["participant_id"] in spoken
        there = [name for name, has in zip(SOURCES, (spoke, log, home), strict=True) if has]
        why = [log_why, home_why] if one["log_id"] or one["household_id"] else []
        rows.append(
            {
                "participant_id": one["participant_id"],
                "group": one["group"],
                "pseudonym": one["pseudonym"] or one["participant_id"],
                "interview": spoke,
                "log": log,
                "purchases": home,
                "log_id": one["log_id"] if log else "",
                "household_id": one["household_id"] if home else "",
                "quotable": str(one["participant_id"]) in may_quote,
                "sources": " + ".join(there) or "none",
                "why": "; ".join(part for part in [*([] if spoke else ["no interview"]), *why] if part),
            }
        )
    columns = ["participant_id", "group", "pseudonym", *SOURCES, "log_id", "household_id", "quotable"]
    return pd.DataFrame(rows, columns=[*columns, "sources", "why"])


def _found(identity: str, known: set[str] | None, linked: bool, source: str) -> tuple[bool, str]:
    if known is None:
        return False, f"the study has no {source}"
    if not identity:
        return False, f"not in the {source}"
    if not linked:
        return False, f"no consent to link to the {source}"
    if identity not in known:
        return False, f"the id that participants.csv gives does not occur in the {source}"
    return True, ""


def coverage(
    joined: pd.DataFrame,
    in_log: Iterable[str] | None,
    in_purchases: Iterable[str] | None,
    floor: int,
) -> pd.DataFrame:
    """How many people each combination of sources holds, those outside the interviews included.

    Parameters
    ----------
    joined : pandas.DataFrame
        From `join`.
    in_log, in_purchases : iterable of str, or None
        Ids in the log and in the purchases; None where the study has no such source.
    floor : int
        Fewer people than this outside the interviews are not counted out: the number is missing.

    Returns
    -------
    pandas.DataFrame
        ``group, sources, people, who``: interviewed participants by group (with ids), then those who are in
        the log or the purchases only (counts, no ids).
    """
    import pandas as pd

    grouped = joined.groupby(["group", "sources"], sort=True)["participant_id"]
    rows = [
        {"group": group, "sources": sources, "people": len(ids), "who": " ".join(sorted(ids))}
        for (group, sources), ids in grouped
    ]
    for name, ids, column in (("log", in_log, "log_id"), ("purchases", in_purchases, "household_id")):
        if ids is not None:
            rest = {str(one) for one in ids} - set(joined[column])
            said = {"group": "not interviewed", "sources": f"{name} only"}
            few = withheld(len(rest), floor)
            shown = (
                {"people": None, "who": f"fewer than {floor}"} if few else {"people": len(rest), "who": ""}
            )
            rows.append(said | shown)
    table = pd.DataFrame(rows, columns=["group", "sources", "people", "who"])
    return table.astype({"people": "Int64"})


def coverage_in_words(
    joined: pd.DataFrame, in_log: Iterable[str] | None, in_purchases: Iterable[str] | None
) -> str:
    """One paragraph on who is in which source and what follows from it."""
    if joined.empty:
        return "No participant is known: without participants.csv, words and logs cannot be joined."
    parts = [f"{len(joined)} participants: {int(joined['interview'].sum())} with an interview"]
    for name, ids in (("log", in_log), ("purchases", in_purchases)):
        if ids is None:
            parts.append(f"the study has no {name}, so nothing here is set against it")
        else:
            count = int(joined[name].sum())
            parts.append(f"{count} also in the {name}")
    refused = joined["why"].str.contains("no consent to link")
    if refused.any():
        parts.append(f"{int(refused.sum())} without consent to link, kept apart")
    silent = int((~joined["quotable"]).sum())
    if silent:
        parts.append(f"{silent} who may not be quoted")
    return "; ".join(parts) + "."
