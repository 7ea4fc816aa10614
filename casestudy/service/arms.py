"""The plan of arms: drawn by a seed in blocks, and frozen before anybody is invited."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence

from casestudy.errors import InputError, Problem
from casestudy.service.store import Store

ARMS = ("comparison", "no comparison")
"""The lot decides who sees similar households."""


def draw(households: Sequence[str], seed: int, arms: Sequence[str] = ARMS) -> dict[str, str]:
    """The arm of each household: blocks of one of each arm, in an order drawn by the seed.

    Examples
    --------
    >>> plan = draw(["a", "b", "c", "d"], 1)
    >>> sorted(plan.values()) == ["comparison", "comparison", "no comparison", "no comparison"]
    True
    >>> plan == draw(["d", "c", "b", "a"], 1)
    True
    """
    lot = random.Random(f"arms {seed}")
    order = sorted(set(households))
    lot.shuffle(order)
    plan: dict[str, str] = {}
    for start in range(0, len(order), len(arms)):
        block = list(arms)
        lot.shuffle(block)
        plan |= dict(zip(order[start : start + len(arms)], block, strict=False))
    return plan


def freeze(store: Store, households: Sequence[str], seed: int, arms: Sequence[str] = ARMS) -> dict[str, str]:
    """Draw the plan and freeze it; a frozen plan is given back as it is.

    Raises
    ------
    InputError
        When another plan is frozen already: an arm is not drawn twice.
    """
    text = json.dumps({"seed": seed, "plan": draw(households, seed, arms)}, sort_keys=True)
    with store.changing():
        frozen = store.meta("plan")
        if frozen and frozen != text:
            problem = Problem(
                "service", f"a plan of arms with seed {json.loads(frozen)['seed']} is frozen.", "Keep it."
            )
            raise InputError("Arms are drawn once.", [problem])
        if not frozen:
            store.set_meta("plan", text)
            store.set_meta("plan_frozen", store.now())
    return dict(json.loads(text)["plan"])


def fingerprint(store: Store) -> str:
    """The frozen plan's SHA-256, to be written down beside a study's registration; empty without a plan."""
    text = store.meta("plan")
    return hashlib.sha256(text.encode()).hexdigest() if text else ""
