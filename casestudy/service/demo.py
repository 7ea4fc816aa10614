"""A demo: pretend households of the study's own purchases, with invitations to hand out."""

from __future__ import annotations

import random

from casestudy.errors import InputError, Problem
from casestudy.purchases.months import household_months
from casestudy.service import accounts, arms
from casestudy.service.store import Store
from casestudy.study import Study

_LEAST_MONTHS = 6
_LEAST_SPEND = 80.0


def households(study: Study, count: int, seed: int) -> list[str]:
    """Households that buy food here in most months, drawn by a seed.

    Raises
    ------
    InputError
        When fewer than `count` do.
    """
    months = household_months(study)
    bought = months[months["food_spend"] >= _LEAST_SPEND].groupby("household_id")["month"].nunique()
    regular = sorted(str(name) for name in bought.index[bought >= _LEAST_MONTHS])
    if len(regular) < count:
        problem = Problem(
            "--demo",
            f"{count} households are asked for; {len(regular)} buy food in {_LEAST_MONTHS} months.",
            f"Ask for {len(regular)} or fewer.",
        )
        raise InputError("The demo cannot be made.", [problem])
    return sorted(random.Random(f"demo {seed}").sample(regular, count))


def make(study: Study, store: Store, count: int, seed: int) -> list[tuple[str, str]]:
    """Make accounts for pretend households, an arm drawn for each, and a fresh invitation.

    Returns
    -------
    list of (participant, token)
        For a demo that is there already: its accounts with fresh invitations.
    """
    if store.meta("kind") not in ("", "demo"):
        problem = Problem(
            "service", "it has accounts that are not demo accounts.", "Use another study for a demo."
        )
        raise InputError("The demo cannot be made.", [problem])
    if not store.meta("plan"):
        drawn = households(study, count, seed)
        plan = arms.freeze(store, drawn, seed)
        store.set_meta("kind", "demo")
        for household in drawn:
            accounts.add_account(store, household, plan[household])
    people = store.rows("select participant from account order by invited, participant")
    return [(row["participant"], accounts.invite(store, row["participant"])) for row in people]
