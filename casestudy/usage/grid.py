"""The grid of the recovery studies as it was run beforehand, read from its tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.study import Study

FOLDER = "usage_logs/recovery"


@dataclass(frozen=True)
class Grid:
    """What the recovery studies found.

    Attributes
    ----------
    types, effects : pandas.DataFrame
        One row a cell; see `casestudy.usage.recovery.types_cell` and `effect_cell`.
    outside : pandas.DataFrame
        Cells outside their nominal rate.
    reference : pandas.DataFrame
        The reference log against its truth; see `casestudy.usage.recovery.reference`.
    """

    types: pd.DataFrame
    effects: pd.DataFrame
    outside: pd.DataFrame
    reference: pd.DataFrame

    def size(self) -> pd.DataFrame:
        """``study``, ``cells``, ``replicates`` (in the smallest cell), ``varied``."""
        import pandas as pd

        rows = [
            (
                "ways of using",
                len(self.types),
                int(self.types["replicates"].min()),
                "participants, separation",
            ),
            (
                "effects",
                len(self.effects),
                int(self.effects["replicates"].min()),
                "participants, effect, drift",
            ),
        ]
        return pd.DataFrame(rows, columns=["study", "cells", "replicates", "varied"])

    @property
    def rates(self) -> int:
        """How many rates have a nominal value that they are held against."""
        null = self.effects["effect"] == 0
        return int(
            (self.types["separation"] == 0).sum()
            + len(self.effects)
            + null.sum()
            + (self.effects["trend"] == 0).sum()
        )

    def confusion(self, division: str) -> pd.DataFrame:
        """Ways as meant (rows) by what is found (columns), percent of the way's sessions."""
        part = self.reference[self.reference["division"] == division]
        table = part.pivot_table(index="way", columns="found", values="percent", aggfunc="sum").fillna(0.0)
        names = [name for name in table.index if name in table.columns]
        rest = [name for name in table.columns if name not in names]
        table.index.name, table.columns.name = None, None
        return table.loc[:, [*names, *rest]]

    def power(self, effect: float) -> pd.Series:
        """How often an effect of that size is found where trends are parallel, percent, by participants."""
        part = self.effects[(self.effects["effect"] == effect) & (self.effects["trend"] == 0)]
        return part.set_index("participants")["found_percent"].sort_index()


def read(study: Study) -> Grid:
    """Read the grid; a notebook declares ``usage_logs/recovery/*`` as input.

    Raises
    ------
    InputError
        When a table is missing.
    """
    import pandas as pd

    names = ("types", "effects", "outside", "reference")
    missing = [name for name in names if not study.input(f"{FOLDER}/{name}.csv").is_file()]
    if missing:
        remedy = "Run python benchmarks/recovery.py first."
        problems = [Problem(f"{FOLDER}/{name}.csv", "it is not there.", remedy) for name in missing]
        raise InputError("The grid of the recovery studies cannot be read.", problems)
    tables = {name: pd.read_csv(study.input(f"{FOLDER}/{name}.csv")) for name in names}
    return Grid(**tables)
