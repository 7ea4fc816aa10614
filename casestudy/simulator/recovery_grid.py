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
        One row a cell; see `casestudy.simulator.recovery.types_cell` and `effect_cell`.
    outside : pandas.DataFrame
        Cells outside their nominal rate.
    reference : pandas.DataFrame
        The reference log against its truth; see `casestudy.simulator.recovery.reference`.
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
    def rates(self) -> pd.DataFrame:
        """Every rate that has a nominal value; see `casestudy.simulator.recovery.rates`."""
        from casestudy.simulator import recovery

        return recovery.rates(self.types, self.effects)

    def tally(self) -> pd.DataFrame:
        """How many rates lie outside, beside what chance alone would put there.

        Returns
        -------
        pandas.DataFrame
            ``where``, ``rate``, ``rates``, ``outside``, ``by_chance`` (one in twenty, since the Monte Carlo
            intervals are 95 % ones), ``percent_lowest``, ``percent_highest``.
        """
        import pandas as pd

        table = self.rates
        names = {"false_types": "number of ways by BIC", "adjusted": "effect, adjusted for what selects"}
        where = [
            "effect, drift breaks the assumption" if kind.endswith("_drift")
            else names.get(kind, "the assumptions hold")
            for kind in table["kind"]
        ]  # fmt: skip
        rows = [
            (name, rate, len(part), int(part["outside"].sum()), 0.05 * len(part), part["percent"].min(),
             part["percent"].max())
            for (name, rate), part in table.assign(where=where).groupby(["where", "rate"], sort=True)
        ]  # fmt: skip
        names_of = ["where", "rate", "rates", "outside", "by_chance", "percent_lowest", "percent_highest"]
        return pd.DataFrame(rows, columns=names_of)

    def worlds(self, effect: float) -> pd.DataFrame:
        """Coverage of an effect's interval by participants in three worlds, for a figure.

        Returns
        -------
        pandas.DataFrame
            ``participants``, ``world`` (parallel trends; drift; drift, adjusted), ``percent``, ``low``,
            ``high``.
        """
        import pandas as pd

        part = self.effects[self.effects["effect"] == effect]
        parallel, drift = part["trend"] == 0, part["trend"] > 0
        plain = {"coverage_percent": "percent", "coverage_low": "low", "coverage_high": "high"}
        other = {"adjusted_percent": "percent", "adjusted_low": "low", "adjusted_high": "high"}
        made = [
            part.loc[mask, ["participants", *names]].rename(columns=names).assign(world=world)
            for world, mask, names in (
                ("1 parallel trends", parallel, plain), ("2 drift", drift, plain),
                ("3 drift, adjusted", drift, other),
            )
        ]  # fmt: skip
        return pd.concat(made, ignore_index=True)[["participants", "world", "percent", "low", "high"]]

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

    def true_mean(self, effect: float) -> float:
        """What that effect is worth on average over adopters' months, where trends are parallel."""
        part = self.effects[(self.effects["effect"] == effect) & (self.effects["trend"] == 0)]
        return float(part["true_mean"].mean())


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
