"""The reference study's purchases, opened once for every test that needs them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from casestudy.nutrition.basis import Basis, open_basis
from casestudy.nutrition.nutrients import household_nutrients
from casestudy.study import Study

ROOT = Path(__file__).resolve().parent.parent


@cache
def study() -> Study:
    """The reference study."""
    return Study.load(ROOT)


@cache
def basis() -> Basis:
    """Its purchases with groups and weights."""
    return open_basis(study())


@cache
def population() -> pd.DataFrame:
    """Nutrients of all its households and months."""
    return household_nutrients(basis())
