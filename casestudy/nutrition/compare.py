"""A household beside similar ones: similar in what it spends on food, and in size where that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.nutrition import measures
from casestudy.nutrition.basis import Basis
from casestudy.nutrition.components import IDS
from casestudy.nutrition.nutrients import household_nutrients
from casestudy.people.floor import enough
from casestudy.proportions import at_least, at_most
from casestudy.purchases.households import read_households
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd


def comparison(
    study: Study,
    basis: Basis | None,
    household_id: int | str,
    window: tuple[str, ...],
    spend_ratio: float = 1.5,
    population: pd.DataFrame | None = None,
    why_not: str = "",
) -> pd.DataFrame:
    """Compare a household's measures with those of similar households in the same months.

    Parameters
    ----------
    study : Study
        Its ``floor`` is the fewest other households that may be described.
    basis : Basis, optional
        What `population` is computed from where it is not given.
    household_id : int or str
    window : tuple of str
        Months.
    spend_ratio : float
        Similar: food spend between 1/ratio and ratio times this household's; and of the same size, where
        the size is known and enough such households are left.
    population : pandas.DataFrame, optional
        `casestudy.nutrition.nutrients.household_nutrients`; computed by default.
    why_not : str
        Why the household itself is not shown in these months, if it is not: then nothing is compared.

    Returns
    -------
    pandas.DataFrame
        A row per measure: ``measure, name, unit, value, lower_quartile, median, upper_quartile, households,
        basis``. Quartiles are missing where fewer than the floor are similar.
    """
    import pandas as pd

    if why_not:
        return _table(pd.DataFrame(), pd.Series(dtype=float), why_not, study.floor)
    if population is None and basis is None:
        said = "nothing is known of other households"
        return _table(pd.DataFrame(), pd.Series(dtype=float), said, study.floor)
    if population is None:
        assert basis is not None
        population = household_nutrients(basis)
    part = population[population["month"].isin(window)]
    sums = part.groupby("household_id", sort=True)[["food_spend", *IDS]].sum()
    active = part.groupby("household_id")["month"].nunique().eq(len(window))
    sums.index = sums.index.astype(str)
    active.index = active.index.astype(str)
    me = str(household_id)
    if me not in sums.index:
        return _table(
            pd.DataFrame(), pd.Series(dtype=float), "no food was bought in these months", study.floor
        )
    spend = float(sums.loc[me, "food_spend"])
    like = at_least(sums["food_spend"], spend / spend_ratio) & at_most(
        sums["food_spend"], spend * spend_ratio
    )
    near = like & active & (sums.index != me)
    said = f"food spend of {spend / spend_ratio:.0f} to {spend * spend_ratio:.0f} in the same months"
    sizes = read_households(study)["size"]
    if me in sizes.index and pd.notna(sizes[me]):
        same = near & sums.index.isin(sizes.index[sizes == sizes[me]])
        if enough(same.sum(), study.floor):
            many = "5 or more" if sizes[me] >= 5 else f"{sizes[me]:.0f}"
            near, said = same, f"{said}, household size {many}"
    values = measures.compute(sums)
    if not enough(near.sum(), study.floor):
        said = f"fewer than {study.floor} households are similar ({said})"
        return _table(pd.DataFrame(), values.loc[me], said, study.floor)
    return _table(values[near], values.loc[me], said, study.floor)


def _table(others: pd.DataFrame, mine: pd.Series, basis: str, floor: int) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for measure in measures.MEASURES:
        known = others[measure.id].dropna() if len(others) else pd.Series(dtype=float)
        shown = len(known) > 0 and enough(len(known), floor)  # each measure has its own missing values
        lower, middle, upper = (known.quantile(q) if shown else float("nan") for q in (0.25, 0.5, 0.75))
        rows.append(
            {
                "measure": measure.id,
                "name": measure.name,
                "unit": measure.unit,
                "value": mine.get(measure.id, float("nan")),
                "lower_quartile": lower,
                "median": middle,
                "upper_quartile": upper,
                "households": len(known),
                "basis": basis,
            }
        )
    return pd.DataFrame(rows)
