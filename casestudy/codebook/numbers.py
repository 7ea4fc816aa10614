"""Numbers of other notebooks that a framework declares, and the units that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from casestudy.files.fields import Fields

Statistic = Literal["share", "mean", "difference", "correlation", "agreement", "alike"]


@dataclass(frozen=True)
class Over:
    """The units that a number is made of, and how.

    Attributes
    ----------
    statistic : Statistic
        ``share`` of units whose `first` is at least `at_least`, or is one of those named in `alike`; ``mean``
        of `first`, weighted by `second` where it is named; ``difference`` of the mean of `first` between
        units whose `second` stands for ``one`` and for ``other``; Spearman's ``correlation`` of both;
        ``agreement`` of two groupings (adjusted Rand index); share of cells that are ``alike`` on both sides.
    notebook, table : str
        Where they are saved; the measure's own notebook by default.
    first, second : str
        Columns.
    unit : str
        The column of people or households where one has several rows; each row is a unit by default.
    at_least : float
    alike : mapping of str to str
        What each filling of a cell stands for; what is not named cannot be compared.
    where : mapping of column to values
        Which rows are units; all by default.
    times : float
        What the number is multiplied by, such as 100 for percent.
    """

    statistic: Statistic
    notebook: str
    table: str
    first: str
    second: str = ""
    unit: str = ""
    at_least: float = 1.0
    alike: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    times: float = 1.0


@dataclass(frozen=True)
class Measure:
    """A number, or a column of numbers by participant, from a notebook's table.

    Attributes
    ----------
    source : str
        The kind of material it is made of (such as ``usage log``): single-source claims are known by it.
    notebook, table, column : str
        Where it stands in ``outputs/``.
    rows : mapping of column to values
        Which rows; for a number they must leave exactly one.
    per : {'study', 'participant', 'household'}
        A number of the study, or a column keyed by participant (of the log) or household.
    key : str
        The table's column of participants or households.
    low, high : str
        Columns of the table with the ends of its interval; empty where it has none.
    over : Over or None
        The units it is made of, so that it can be counted again with some left out.
    """

    id: str
    name: str
    source: str
    notebook: str
    table: str
    column: str
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    per: str = "study"
    key: str = ""
    unit: str = ""
    says: str = ""
    low: str = ""
    high: str = ""
    over: Over | None = None


KEYS = (
    *("id", "name", "source", "notebook", "table", "column", "rows", "per", "key", "unit", "says"),
    *("low", "high", "over"),
)
_OVER = ("statistic", "notebook", "table", "first", "second", "unit", "at_least", "alike", "where", "times")


def read(one: Fields) -> Measure:
    """The measure that a mapping of framework.yaml declares."""
    texts = {key: one.text(key, required=True) for key in KEYS[:6]}
    per = one.text("per", allowed=("study", "participant", "household")) or "study"
    if per != "study" and not one.text("key"):
        one.problem("per", f"a measure per {per} needs a key.", "Name the column: 'key: …'.")
    rest = {key: one.text(key) for key in ("key", "unit", "says", "low", "high")}
    if bool(rest["low"]) != bool(rest["high"]):
        one.problem("low", "an interval has two ends.", "Name both columns: 'low: …' and 'high: …'.")
    return Measure(**texts, rows=one.table("rows"), per=per, over=_over(one), **rest)


def _over(one: Fields) -> Over | None:
    if "over" not in one.node:
        return None
    given = Fields(one.node.get("over"), one.where, f"{one.path}.over", one.problems, _OVER)
    statistic = given.text("statistic", required=True, allowed=get_args(Statistic))
    texts = {key: given.text(key) for key in ("notebook", "second", "unit")}
    needed = {key: given.text(key, required=True) for key in ("table", "first")}
    if statistic not in ("share", "mean", "") and not texts["second"]:
        given.problem("second", f"{statistic} needs two columns.", "Name the other: 'second: …'.")
    alike = {key: value for key, values in given.table("alike").items() for value in values}
    if statistic in ("alike", "difference") and not alike:
        given.problem("alike", "what the cells stand for is missing.", "Write 'alike: {cell: meaning}'.")
    least = given.number("at_least")
    number = 1.0 if least is None else least
    times = given.number("times") or 1.0
    return Over(
        cast(Statistic, statistic),
        **texts,
        **needed,
        at_least=number,
        alike=alike,
        where=given.table("where"),
        times=times,
    )
