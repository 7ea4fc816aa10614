"""What is food: decided on department and category together, by rules that are data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from casestudy.files import tables
from casestudy.purchases.columns import distinct, texts
from casestudy.purchases.schema import FOOD_CLASSES
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


RULES = "profiles/food-classes.csv"


def read_rules(study: Study) -> pa.Table:
    """Read the rules that say what is food.

    Returns
    -------
    pyarrow.Table
        ``department``, ``category`` (``*`` for any, ``-`` for missing), ``class``, ``why``; the first row
        that matches a product decides.

    Raises
    ------
    InputError
        When a column is missing or a class is not known.
    """
    return tables.read_arrow(study.input(RULES), FOOD_CLASSES, RULES)


def classify(products: pa.Table | pd.DataFrame, rules: pa.Table) -> pa.Array:
    """Say of every product what it is.

    Category names collide across departments, so that a category alone decides nothing.

    Parameters
    ----------
    products : pyarrow.Table or pandas.DataFrame
        With ``department`` and ``category``; missing values allowed.
    rules : pyarrow.Table
        As `read_rules` gives them.

    Returns
    -------
    pyarrow.Array
        One of `casestudy.purchases.schema.CLASSES` for each row; ``unknown`` where no rule matches.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rules = pa.table(
    ...     {
    ...         "department": ["GROCERY", "GROCERY", "FUEL"],
    ...         "category": ["BEERS/ALES", "*", "*"],
    ...         "class": ["alcohol", "food", "non-food"],
    ...     }
    ... )
    >>> shelf = pa.table({"department": ["GROCERY", "GROCERY"], "category": ["BEERS/ALES", "EGGS"]})
    >>> classify(shelf, rules).to_pylist()
    ['alcohol', 'food']
    """
    decide = decider(rules)
    pairs, which = distinct(products["department"], products["category"])
    return texts([decide(*pair)[1] for pair in pairs], which)


def decider(rules: pa.Table) -> Callable[[str, str], tuple[bool, str]]:
    """Department and category to whether only the rule for all decides (or none does), and the class."""
    first: dict[tuple[str, str], tuple[int, str]] = {}
    written = zip(*(rules[name].to_pylist() for name in ("department", "category", "class")), strict=True)
    for position, (department, category, decided) in enumerate(written):
        first.setdefault((department, category), (position, decided))

    def decide(department: str, category: str) -> tuple[bool, str]:
        asked = [(department, category), (department, "*"), ("*", category), ("*", "*")]
        found = min((first[key] for key in asked if key in first), default=(0, "unknown"))
        return found[0] == first.get(("*", "*"), (0, ""))[0] or not any(key in first for key in asked), found[
            1
        ]

    return decide
