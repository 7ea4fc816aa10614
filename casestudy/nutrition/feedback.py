"""The information given back to one household, gathered from its receipt lines."""

from __future__ import annotations

from casestudy.nutrition.view import HouseholdFeedback
from casestudy.study import Study


def household_feedback(
    study: Study, household_id: int | str, month: str = "", profile: str = "finland-2005"
) -> HouseholdFeedback:
    """Gather what one household is shown.

    Parameters
    ----------
    study : Study
    household_id : int or str
    month : str
        The calendar month, ``2017-11``; the household's last month with food by default.
    profile : str
        A recommendation profile of ``profiles/recommendations/``.

    Raises
    ------
    InputError
        When the household, the month or the profile is not known.
    """
    raise NotImplementedError
