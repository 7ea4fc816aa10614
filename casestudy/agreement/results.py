"""What a coefficient says of itself: its full name, its definition, the data it rests on, its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

NAN = math.nan


@dataclass(frozen=True)
class Interval:
    """An interval for a coefficient, and how it was made.

    Attributes
    ----------
    low, high : float
        Limits; NaN where the interval is undefined.
    level : float
        Confidence level, for instance 0.95.
    method : str
        The method in words, with what was resampled and how often.
    standard_error : float
        NaN where the method has none.
    sampled : str
        What counts as an independent piece of material: ``"unit"`` or ``"cluster"``, ``"document"`` for
        unitised text.
    n_sampled : int
        How many of them there are.
    undefined : int
        Resamples in which the coefficient was undefined; they are left out, and counted here.
    below : tuple of (float, float)
        For each chosen minimum, the share of resamples in which the coefficient lies below it; NaN where the
        interval is undefined.
    reason : str
        Why the interval is undefined, or what it leans on; empty where nothing needs to be said.
    """

    low: float = NAN
    high: float = NAN
    level: float = NAN
    method: str = ""
    standard_error: float = NAN
    sampled: str = ""
    n_sampled: int = 0
    undefined: int = 0
    below: tuple[tuple[float, float], ...] = ()
    reason: str = ""

    def undefined_for(self, reason: str) -> Interval:
        """The same method without limits, and why.

        Examples
        --------
        >>> Interval(0.4, 0.4, below=((0.8, 1.0),)).undefined_for("Nothing varies.").below
        ((0.8, nan),)
        """
        below = tuple((minimum, NAN) for minimum, _ in self.below)
        return replace(self, low=NAN, high=NAN, below=below, reason=reason)


@dataclass(frozen=True)
class Result:
    """One coefficient on one body of codings.

    Attributes
    ----------
    name : str
        Full name: coefficient, metric or weights.
    definition : str
        The formula in one line.
    source : str
        Where the definition was read. Definitions of the workbench itself say so.
    value : float
        NaN where the coefficient is undefined; never 0 or 1 in its place.
    reason : str
        Why it is undefined; empty where it is defined.
    unit : str
        What is counted: units declared by the researcher, characters, spans, boundaries.
    n_units, n_pairable : int
        Units in the data, and those of them with at least two ratings (unitised text: the text's length in
        code points, and the length that at least one coder coded).
    n_coders, n_categories : int
        Coders, and categories declared or, where none were declared, found.
    missing : float
        Empty cells as a share of units times coders.
    missing_rule : str
        What the coefficient does with units that not every coder rated.
    observed, expected : float
        Observed and expected disagreement (one minus agreement for the kappas); NaN where there is none.
    shares : tuple of (str, float)
        Each category's share of all ratings.
    prevalence : float
        Prevalence index, 0 for evenly used categories to 1 for a single one: ``(q max(share) - 1)/(q - 1)``;
        with two categories and two coders it is the usual ``abs(a - d)/n``.
    bias : float
        Bias index: mean over pairs of coders of half the summed distance between their shares;
        with two categories and two coders it is the usual ``abs(b - c)/n``.
    interval : Interval
    notes : tuple of str
        What a reader of the figure must know besides.
    """

    name: str
    definition: str
    source: str
    value: float = NAN
    reason: str = ""
    unit: str = "unit"
    n_units: int = 0
    n_pairable: int = 0
    n_coders: int = 0
    n_categories: int = 0
    missing: float = NAN
    missing_rule: str = ""
    observed: float = NAN
    expected: float = NAN
    shares: tuple[tuple[str, float], ...] = ()
    prevalence: float = NAN
    bias: float = NAN
    interval: Interval = field(default_factory=Interval)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if math.isnan(self.value) != bool(self.reason):
            raise ValueError("a result is either defined or gives a reason: " + self.name)

    @property
    def defined(self) -> bool:
        """Whether the coefficient has a value."""
        return not math.isnan(self.value)

    def as_row(self) -> dict[str, Any]:
        """The result as one row of a table.

        Returns
        -------
        dict
            Columns: coefficient, value, low, high, level, interval (method), n_units, n_pairable, n_coders,
            n_categories, missing, prevalence, bias, observed, expected, sampled, n_sampled, standard_error,
            undefined_resamples, reason, notes, definition, source, and ``below_x`` for each chosen minimum.

        Examples
        --------
        >>> row = Result("Percent agreement", "share of agreeing pairs", "definition", 0.5).as_row()
        >>> row["coefficient"], row["value"]
        ('Percent agreement', 0.5)
        """
        row: dict[str, Any] = {
            "coefficient": self.name,
            "value": self.value,
            "low": self.interval.low,
            "high": self.interval.high,
            "level": self.interval.level,
            "interval": self.interval.method,
            "standard_error": self.interval.standard_error,
            "sampled": self.interval.sampled,
            "n_sampled": self.interval.n_sampled,
            "undefined_resamples": self.interval.undefined,
            "unit": self.unit,
            "n_units": self.n_units,
            "n_pairable": self.n_pairable,
            "n_coders": self.n_coders,
            "n_categories": self.n_categories,
            "missing": self.missing,
            "missing_rule": self.missing_rule,
            "observed": self.observed,
            "expected": self.expected,
            "prevalence": self.prevalence,
            "bias": self.bias,
            "reason": " ".join(part for part in (self.reason, self.interval.reason) if part),
            "notes": " ".join(self.notes),
            "definition": self.definition,
            "source": self.source,
        }
        row.update({f"below_{minimum:g}": share for minimum, share in self.interval.below})
        return row

    def __str__(self) -> str:
        data = f"{self.n_units:,} units, {self.n_coders} coders, {self.n_categories} categories"
        if not self.defined:
            return f"{self.name}: undefined. {self.reason} ({data})"
        text = f"{self.name} = {self.value:.3f}"
        if not math.isnan(self.interval.low):
            text += (
                f", {self.interval.level:.0%} interval {self.interval.low:.3f} to {self.interval.high:.3f}"
            )
        return f"{text} ({data})"
