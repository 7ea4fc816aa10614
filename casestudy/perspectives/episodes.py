"""Episodes: who gains what, by whose resources, through what mechanism, wherever one passage says several at
once.

An episode is a passage that one coder gave a code of the anchor slot; the other slots are filled by that
coder's codings which overlap it, or stand in the same turn where the framework says so. What no coding fills
is unspecified, and how often that is so is itself a result.
"""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

from casestudy.coding.material import Material

if TYPE_CHECKING:
    import pandas as pd

OPEN = "unspecified"


def episodes(found: Material, view: Any) -> pd.DataFrame:
    """The episodes of a view.

    Parameters
    ----------
    view : View
        Of kind ``episodes``: its parts are the slots, ``settings.anchor`` the slot that makes an episode
        by default), ``settings.within`` how near others
        must be: ``passage`` (overlapping, the default) or
        ``turn``.

    Returns
    -------
    pandas.DataFrame
        ``episode, coder, document, who, group, quote``, one column a slot with a code's id or
        ``unspecified``. A passage that fills a slot twice gives one episode for each filling. Several
        codings of the anchor that cover the same passage with the same filling count once.
    """
    import pandas as pd

    slots = [part.id for part in view.parts]
    anchor = str(view.settings.get("anchor") or slots[0])
    words = found.words[found.words["placed"]]
    picked = {part.id: part.pick.of(words, found.parents) for part in view.parts}
    rest = [slot for slot in slots if slot != anchor]
    by_turn = view.settings.get("within") == "turn"
    near = {slot: _spans(picked[slot]) for slot in rest}
    rows = []
    for one in picked[anchor].to_dict("records"):
        filled = {anchor: [one["code"]]}
        for slot in rest:
            others = near[slot].get((one["coder"], one["document"]), [])
            touching = {code for start, end, _, code in others if start < one["end"] and end > one["start"]}
            if not touching and by_turn and one["turn"]:
                touching = {code for _, _, turn, code in others if turn == one["turn"]}
            filled[slot] = sorted(touching) or [OPEN]
        head = {key: one[key] for key in ("coding", "coder", "document", "who", "group", "quote")}
        rows += [
            head | dict(zip(slots, codes, strict=True)) for codes in product(*(filled[s] for s in slots))
        ]
    columns = ["coding", "coder", "document", "who", "group", "quote", *slots]
    table = pd.DataFrame(rows, columns=columns).rename(columns={"coding": "episode"})
    return table.drop_duplicates(["coder", "document", "quote", *slots]).reset_index(drop=True)


def _spans(picked: pd.DataFrame) -> dict[tuple[str, str], list[tuple[int, int, int, str]]]:
    """Spans, turns and codes by coder and document."""
    spans: dict[tuple[str, str], list[tuple[int, int, int, str]]] = {}
    columns = (picked[name] for name in ("coder", "document", "start", "end", "turn", "code"))
    for coder, document, start, end, turn, code in zip(*columns, strict=True):
        spans.setdefault((coder, document), []).append((start, end, turn, code))
    return spans


def unfilled(table: pd.DataFrame, slots: list[str]) -> pd.DataFrame:
    """How often each slot is unspecified: ``slot, unspecified, of, share`` of episodes; NaN without any."""
    import pandas as pd

    rows = [
        {
            "slot": slot,
            "unspecified": int(table[slot].eq(OPEN).sum()),
            "of": len(table),
            "share": float(table[slot].eq(OPEN).mean()) if len(table) else float("nan"),
        }
        for slot in slots
    ]
    return pd.DataFrame(rows, columns=["slot", "unspecified", "of", "share"])


def flows(table: pd.DataFrame, slots: list[str]) -> pd.DataFrame:
    """How many speak of each step from one slot's filling to the next slot's.

    Returns
    -------
    pandas.DataFrame
        ``from_slot, from_code, to_slot, to_code, people`` (distinct participants or documents), largest
        first.
    """
    import pandas as pd

    frames = []
    for start, end in pairwise(slots):
        counted = table.groupby([start, end])["who"].nunique().rename("people").reset_index()
        counted = counted.rename(columns={start: "from_code", end: "to_code"})
        frames.append(counted.assign(from_slot=start, to_slot=end))
    columns = ["from_slot", "from_code", "to_slot", "to_code", "people"]
    if not frames:
        return pd.DataFrame(columns=columns)
    whole = pd.concat(frames)[columns]
    order = whole.assign(_slot=whole["from_slot"].map(slots.index))
    ranked = order.sort_values(
        ["_slot", "people", "from_code", "to_code"], ascending=[True, False, True, True], kind="stable"
    )
    return ranked[columns].reset_index(drop=True)


def crossing(table: pd.DataFrame, rows: str, columns: str) -> pd.DataFrame:
    """People by the filling of two slots: one row for each filling of the first, ready to be saved."""
    counted = table.groupby([rows, columns])["who"].nunique().unstack(columns, fill_value=0)
    counted.columns.name = None
    return counted.sort_index().sort_index(axis=1).reset_index()


def asymmetry(table: pd.DataFrame, slot: str, sides: dict[str, list[str]]) -> pd.DataFrame:
    """Whose gain each participant or document talks of: (for the second side − for the first) / both.

    Parameters
    ----------
    sides : mapping of side to codes
        Two sides and the codes that stand for them, such as those of the customer and of the firm.

    Returns
    -------
    pandas.DataFrame
        ``who, group``, passages for each side (the mean over coders), ``index`` from −1 to 1; NaN where
        neither side is named. A workbench definition.
    """
    import pandas as pd

    names = list(sides)
    empty = pd.DataFrame(columns=["who", "group", *names, "index"])
    if len(names) != 2 or table.empty:
        return empty
    rows = []
    for (who, group), mine in table.groupby(["who", "group"]):
        counts = {
            name: float(
                mine[mine[slot].isin(sides[name])].groupby("coder")["quote"].nunique().sum()
                / mine["coder"].nunique()
            )
            for name in names
        }
        both = sum(counts.values())
        index = (counts[names[1]] - counts[names[0]]) / both if both else float("nan")
        rows.append({"who": who, "group": group, **counts, "index": index})
    return pd.DataFrame(rows, columns=list(empty.columns))


def at_odds(table: pd.DataFrame, mechanism: str, beneficiary: str) -> pd.DataFrame:
    """Fillings of one slot for which groups name different fillings of another: who sees whose gain.

    Returns
    -------
    pandas.DataFrame
        ``mechanism, group, names`` (with people), only where at least two groups differ in what they name
        most.
    """
    import pandas as pd

    known = table[table[beneficiary].ne(OPEN)]
    rows = []
    for name, mine in known.groupby(mechanism):
        tops = {}
        for group, theirs in mine.groupby("group"):
            counts = theirs.groupby(beneficiary)["who"].nunique()
            ranked = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
            tops[group] = (str(ranked[0][0]), "; ".join(f"{code} ({count})" for code, count in ranked))
        if len({top for top, _ in tops.values()}) > 1:
            rows += [{"mechanism": name, "group": group, "names": said} for group, (_, said) in tops.items()]
    return pd.DataFrame(rows, columns=["mechanism", "group", "names"])
