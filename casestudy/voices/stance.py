"""Stances: where people stand on dimensions that have ordered positions, and what that adds up to.

A dimension is a code whose children are alternatives; their order in the codebook is the order of positions.
A person stands on a dimension where at least one coding of one of its positions, not denied, is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.codebook.codes import Codebook
from casestudy.codebook.denials import Denials, affirming
from casestudy.people.floor import enough

if TYPE_CHECKING:
    import pandas as pd

MIXED, SILENT = "mixed", "not said"


def positions(frame: pd.DataFrame, book: Codebook, root: str, denials: Denials) -> pd.DataFrame:
    """Codings of positions, with dimension and rank.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `casestudy.coding.table.load`.
    book : Codebook
    root : str
        Code above the dimensions.
    denials : mapping of attribute to values
        What the study declares to be denial (`casestudy.codebook.denials.read`).

    Returns
    -------
    pandas.DataFrame
        ``who``, ``group``, ``coder``, ``document``, ``start``, ``end``, ``coding``, ``dimension`` and
        ``position`` (codes),
        ``dimension_name``, ``rank`` (0 for the first position), ``scaled`` (0 for the first, 1 for the last).
        Codings that deny are left out.
    """
    dimensions = [one for one in book.children(root) if book.codes[one].one]
    place = {
        code: (dimension, rank, rank / max(len(book.children(dimension)) - 1, 1))
        for dimension in dimensions
        for rank, code in enumerate(book.children(dimension))
    }
    mine = affirming(frame[frame["code"].isin(place)], denials)
    made = mine[["who", "group", "coder", "document", "start", "end", "coding"]].assign(
        position=mine["code"],
        dimension=mine["code"].map({code: one[0] for code, one in place.items()}),
        rank=mine["code"].map({code: one[1] for code, one in place.items()}),
        scaled=mine["code"].map({code: one[2] for code, one in place.items()}),
    )
    names = {one: book.codes[one].name for one in dimensions}
    return made.assign(dimension_name=made["dimension"].map(names)).reset_index(drop=True)


def profile(stands: pd.DataFrame, book: Codebook, root: str) -> pd.DataFrame:
    """How many people of each group take each position on each dimension.

    Returns
    -------
    pandas.DataFrame
        ``dimension``, ``position`` (names), ``rank``, one column a group: people (``who``) with at least one
        such coding. A person may stand on several positions. Dimensions that nobody touched are kept.
    """
    import pandas as pd

    groups = sorted(stands["group"].unique())
    counts = stands.groupby(["group", "position"])["who"].nunique()
    rows = [
        {"dimension": book.codes[one].name, "position": book.codes[code].name, "rank": rank}
        | {group: int(counts.get((group, code), 0)) for group in groups}
        for one in book.children(root)
        if book.codes[one].one
        for rank, code in enumerate(book.children(one))
    ]
    return pd.DataFrame(rows, columns=["dimension", "position", "rank", *groups])


def people(stands: pd.DataFrame, dimensions: Sequence[str], stages: Sequence[str]) -> pd.DataFrame:
    """One row a person: where they stand on average, on how many dimensions, and the stage by its rule.

    Parameters
    ----------
    stands : pandas.DataFrame
        From `positions`.
    dimensions : sequence of str
        The dimensions that decide the stage.
    stages : sequence of str
        Names of the stages, one for each rank.

    Returns
    -------
    pandas.DataFrame
        ``who``, ``group``, ``dimensions`` (how many), ``index`` (mean over dimensions of the mean position,
        0 to 1), ``stage``: the commonest position of every deciding dimension that is touched; ``mixed``
        where these differ or one is tied; ``not said`` where none is touched; ``passages`` (how many the
        stage rests on).
    """
    import pandas as pd

    rows = []
    for (who, group), part in stands.groupby(["who", "group"], sort=True):
        means = part.groupby("dimension")["scaled"].mean()
        deciding = part[part["dimension"].isin(list(dimensions))]
        rows.append(
            {
                "who": who,
                "group": group,
                "dimensions": len(means),
                "index": float(means.mean()),
                "stage": _stage(deciding, stages),
                "passages": len(deciding[["document", "start", "end"]].drop_duplicates()),
            }
        )
    return pd.DataFrame(rows, columns=["who", "group", "dimensions", "index", "stage", "passages"])


def _stage(part: pd.DataFrame, stages: Sequence[str]) -> str:
    if part.empty:
        return SILENT
    found = set()
    for _, one in part.groupby("dimension"):
        counts = one["rank"].value_counts()
        best = counts[counts == counts.max()]
        if len(best) > 1:
            return MIXED
        found.add(int(best.index[0]))
    return stages[found.pop()] if len(found) == 1 else MIXED


def gaps(stands: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """Where two groups stand on each dimension, people as units, and how far apart.

    Returns
    -------
    pandas.DataFrame
        ``dimension`` (name); for each group the mean position (0 to 1) and the number of people; ``gap``
        first minus second, missing where a group has nobody there. Sorted by size of the gap.
    """
    import pandas as pd

    each = stands.groupby(["dimension_name", "group", "who"])["scaled"].mean().reset_index()
    rows = []
    for name, part in each.groupby("dimension_name", sort=True):
        first, second = (part.loc[part["group"] == group, "scaled"] for group in (one, other))
        rows.append(
            {
                "dimension": name,
                one: float(first.mean()),
                f"n {one}": len(first),
                other: float(second.mean()),
                f"n {other}": len(second),
                "gap": float(first.mean() - second.mean()),
            }
        )
    columns = ["dimension", one, f"n {one}", other, f"n {other}", "gap"]
    made = pd.DataFrame(rows, columns=columns)
    order = made["gap"].abs().round(6).mul(-1).fillna(1)
    return made.assign(_o=order).sort_values(["_o", "dimension"], kind="stable").drop(columns="_o")


@dataclass(frozen=True)
class Apart:
    """Two groups on the dimensions that enough of both speak of.

    Attributes
    ----------
    gaps : pandas.DataFrame
        Rows of `gaps` with as many people of each group as the floor asks for.
    first_mean, second_mean : float
        Mean over these dimensions of the mean position; NaN without one.
    sentence : str
        What is found, in words. "Furthest" is said only where there are several to choose from.
    """

    gaps: pd.DataFrame
    first_mean: float
    second_mean: float
    sentence: str


def apart(gaps: pd.DataFrame, one: str, other: str, floor: int) -> Apart:
    """How far two groups are apart, over the same dimensions for both.

    Parameters
    ----------
    gaps : pandas.DataFrame
        From `gaps`.
    one, other : str
        The groups.
    floor : int
        People of each group from which a dimension counts.
    """
    counts = gaps[[f"n {one}", f"n {other}"]].min(axis=1)
    both = gaps[gaps["gap"].notna() & enough(counts, floor)]
    means = float(both[one].mean()), float(both[other].mean())
    if both.empty:
        return Apart(both, *means, f"No dimension is taken up by {floor} or more of each group.")
    top = both.iloc[0]
    where = (
        f"On {top['dimension']}, the only dimension" if len(both) == 1 else f"Over the {len(both)} dimensions"
    )
    text = (
        f"{where} that {floor} or more of each group speak of, their mean positions (0 provider, 1 customer) "
        f"are {means[0]:.2f} ({one}) and {means[1]:.2f} ({other})"
    )
    if len(both) > 1:
        text += f", and they are furthest apart on {top['dimension']} ({top['gap']:+.2f})"
    return Apart(both, *means, text + ".")
