"""How much of the food spend the figures rest on, by what route, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.files import tables
from casestudy.files.tables import Column, Schema
from casestudy.nutrition.basis import Basis
from casestudy.nutrition.components import ALL
from casestudy.nutrition.foodmap import MAP
from casestudy.nutrition.weights import REJECTED
from casestudy.purchases.food import read_rules
from casestudy.purchases.last_resort import last_resort
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

CHECK_FILE = "profiles/food-map-check.csv"
CHECK = Schema(
    "the second map",
    (
        *MAP.columns,
        Column("first", "text", "the map's group when it was checked; now's by default", required=False),
        Column("note", "text", "what made the row hard, in the words of who mapped it", required=False),
        Column("by", "text", "who mapped it, and how", required=False),
    ),
)


@dataclass(frozen=True)
class Coverage:
    """What the nutrition figures rest on. Shares are percentages of the sales of food and drinks.

    Attributes
    ----------
    sales : float
        Sales of food and drinks with a quantity and an amount, in the currency.
    kilograms : float
        Their weight as bought, where one is known.
    naive_kilograms : float
        What they would weigh if every size that can be read were believed.
    mapping : pandas.DataFrame
        ``mapped_by`` (explicit row, default, nothing), ``products, sales, percent``.
    routes : pandas.DataFrame
        ``share`` (measured, tables, assumed, none), ``route, products, lines, sales, percent, kilograms``.
    rejected : pandas.DataFrame
        Sizes that were read and not believed: ``status, products, lines, sales, percent`` and
        ``read_kilograms``, what they would weigh if they were.
    counts : pandas.DataFrame
        Sizes that only count pieces, by what became of the count (``use``): ``products, lines, sales,
        percent``.
    unmapped : pandas.DataFrame
        The largest (department, category, type) without an explicit row: ``sales, percent, group``.
    departments : pandas.DataFrame
        Departments that only the last rule of what is food decided, by sales: see
        `casestudy.purchases.last_resort.last_resort`.
    components : pandas.DataFrame
        ``component, percent``: sales of food groups whose composition reports it.
    check : pandas.DataFrame
        Rows mapped a second time without sight of the first map: ``department, category, type, first`` (the
        map's group when it was checked), ``second, same_group, same_family, now`` (the map's group since),
        ``mended, sales, note, by``; empty where there is no second map. Agreement is of the first map, before
        anything was corrected.
    """

    sales: float
    kilograms: float
    naive_kilograms: float
    mapping: pd.DataFrame
    routes: pd.DataFrame
    rejected: pd.DataFrame
    counts: pd.DataFrame
    unmapped: pd.DataFrame
    departments: pd.DataFrame
    components: pd.DataFrame
    check: pd.DataFrame


def coverage(study: Study, basis: Basis) -> Coverage:
    """Count what is mapped, weighed, rejected and missing.

    Parameters
    ----------
    study : Study
    basis : Basis

    Returns
    -------
    Coverage
    """
    products = basis.products
    sales = float(products["amount"].sum())
    keys = ["department", "category", "type"]
    loose = products[products["mapped_by"] != "explicit"]
    unmapped = loose.groupby([*keys, "group"], as_index=False)["amount"].sum()
    unmapped = unmapped.rename(columns={"amount": "sales"})
    unmapped["percent"] = _percent(unmapped["sales"], sales)
    unmapped["sales"] = unmapped["sales"].round(2)
    refused = products["status"].where(~products["note"].eq("size rejected: implausible"), "implausible")
    rejected = _share(products.assign(status=refused)[refused.isin(REJECTED)], ["status"], sales)
    read = (products["grams"] * products["units"] / 1000).groupby(refused).sum()
    rejected["read_kilograms"] = rejected["status"].map(read)
    routes = _share(products, ["share", "route"], sales)
    weight = (products["grams_sold"] / 1000).groupby([products["share"], products["route"]]).sum()
    routes["kilograms"] = [
        weight.get((share, route), 0.0) for share, route in routes[["share", "route"]].itertuples(index=False)
    ]
    return Coverage(
        sales=sales,
        kilograms=float(products["grams_sold"].sum()) / 1000,
        counts=_counts(products, sales),
        naive_kilograms=float((products["grams"] * products["units"]).sum()) / 1000,
        mapping=_share(products, ["mapped_by"], sales),
        routes=routes,
        rejected=rejected,
        unmapped=unmapped.sort_values(
            ["sales", *keys], ascending=[False, True, True, True], ignore_index=True
        ),
        departments=last_resort(basis.purchases, read_rules(study)),
        components=_components(basis, sales),
        check=_second(study, basis),
    )


def _percent(part: Any, whole: float) -> Any:
    return 100 * part / whole if whole else float("nan")


def _share(products: pd.DataFrame, by: list[str], sales: float) -> pd.DataFrame:
    grouped = products.groupby(by, sort=True)
    frame = grouped.agg(products=("product_id", "size"), lines=("rows", "sum"), sales=("amount", "sum"))
    frame["percent"] = _percent(frame["sales"], sales)
    return frame.reset_index().sort_values(["sales", *by], ascending=False, ignore_index=True)


_USES = {
    "count": "pieces of a known weight",
    "each": "set aside: it counts a case, one piece was sold",
    "price per kg": "set aside: no weight of a piece is known, the price per kg serves",
    "none": "set aside: neither weight nor price is known",
}


def _counts(products: pd.DataFrame, sales: float) -> pd.DataFrame:
    counted = products[products["status"].eq("count only")]
    return _share(counted.assign(use=counted["route"].map(_USES)), ["use"], sales)


def _components(basis: Basis, sales: float) -> pd.DataFrame:
    import pandas as pd

    spent = basis.products.groupby("group")["amount"].sum()
    known = basis.groups.middle.notna()
    rows = [
        (one.id, one.name, _percent(spent[spent.index.isin(known.index[known[one.id]])].sum(), sales))
        for one in ALL
    ]
    return pd.DataFrame(rows, columns=["component", "name", "percent"])


def _second(study: Study, basis: Basis) -> pd.DataFrame:
    import pandas as pd

    keys = ["department", "category", "type"]
    columns = [*keys, "first", "second", "same_group", "same_family", "now", "mended", "sales", "note", "by"]
    if not study.inputs(CHECK_FILE):
        return pd.DataFrame(columns=columns)
    second = tables.read_csv(study.input(CHECK_FILE), CHECK, CHECK_FILE).rename(columns={"group": "second"})
    both = basis.groups.map.rename(columns={"group": "now"}).merge(
        second.reindex(columns=[*keys, "second", "first", "note", "by"]), on=keys
    )
    both["first"] = both["first"].where(both["first"].notna(), both["now"])
    family = basis.groups.groups.set_index("group")["family"]
    both["same_group"] = both["first"].eq(both["second"])
    both["same_family"] = both["first"].map(family).eq(both["second"].map(family)) | both["same_group"]
    both["mended"] = both["now"].ne(both["first"])
    both["note"] = both["note"].fillna("")
    spent = basis.products.groupby(keys, as_index=False)["amount"].sum().rename(columns={"amount": "sales"})
    return both.merge(spent, on=keys, how="left")[columns].sort_values(keys, ignore_index=True)


def agreement(same: pd.Series) -> str:
    """A share of rows on which two maps agree, with its 95 % interval, in words.

    Examples
    --------
    >>> import pandas as pd
    >>> agreement(pd.Series([True] * 97 + [False] * 3))
    '97 % (95 % interval 92 to 99)'
    """
    from casestudy.proportions import wilson

    low, high = wilson(int(same.sum()), len(same))
    return f"{100 * same.mean():.0f} % (95 % interval {100 * low:.0f} to {100 * high:.0f})"
