"""What is food: decided on department and category together, by rules that are data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy import tables
from casestudy.purchases.schema import FOOD_CLASSES
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

RULES = "profiles/food-classes.csv"


def read_rules(study: Study) -> pd.DataFrame:
    """Read the rules that say what is food.

    Returns
    -------
    pandas.DataFrame
        ``department``, ``category`` (``*`` for any, ``-`` for missing), ``class``, ``why``; the first row
        that matches a product decides.

    Raises
    ------
    InputError
        When a column is missing or a class is not known.
    """
    return tables.read_csv(study.input(RULES), FOOD_CLASSES, RULES)


def classify(products: pd.DataFrame, rules: pd.DataFrame) -> pd.Series:
    """Say of every product what it is.

    Category names collide across departments, so that a category alone decides nothing.

    Parameters
    ----------
    products : pandas.DataFrame
        With ``department`` and ``category``; missing values allowed.
    rules : pandas.DataFrame
        As `read_rules` gives them.

    Returns
    -------
    pandas.Series
        One of `casestudy.purchases.schema.CLASSES` for each row; ``unknown`` where no rule matches.

    Examples
    --------
    >>> import pandas as pd
    >>> rules = pd.DataFrame(
    ...     {
    ...         "department": ["GROCERY", "GROCERY", "FUEL"],
    ...         "category": ["BEERS/ALES", "*", "*"],
    ...         "class": ["alcohol", "food", "non-food"],
    ...     }
    ... )
    >>> shelf = pd.DataFrame({"department": ["GROCERY", "GROCERY"], "category": ["BEERS/ALES", "EGGS"]})
    >>> list(classify(shelf, rules))
    ['alcohol', 'food']
    """
    first: dict[tuple[str, str], str] = {}
    for department, category, decided in rules[["department", "category", "class"]].itertuples(index=False):
        first.setdefault((str(department), str(category)), str(decided))
    order = {key: position for position, key in enumerate(first)}

    def decide(department: str, category: str) -> str:
        asked = [(department, category), (department, "*"), ("*", category), ("*", "*")]
        hits = [key for key in asked if key in first]
        return first[min(hits, key=lambda key: order[key])] if hits else "unknown"

    import pandas as pd

    pairs = products[["department", "category"]].astype(object).fillna("-")
    known = pairs.drop_duplicates()
    known = known.assign(decided=[decide(*pair) for pair in known.itertuples(index=False, name=None)])
    decided = pairs.merge(known, on=["department", "category"], how="left")["decided"]
    return pd.Series(decided.to_numpy(), index=products.index, name="class", dtype="str")
