"""What a saved table discloses: whom its rows describe, and what may be published of that.

Every table and figure says what its rows are:

``whole``
    All of a material at once, or something that is not people: codes, parameters, findings, publications.
``group``
    Some people outside the interviews, as many as the column `count` says. A row of fewer people than the
    study's floor is left out, and the caption says how many were.
``floored``
    The same, where the function that made the table took the floor and withheld the cells itself.
``participant``
    One person, interview or document of the study's own material. Who takes part has consented to that;
    whether their words may be quoted is decided by `casestudy.people.consent`, not here.
``person``
    One account, household, session or basket of somebody outside the interviews. Withheld, unless study.toml
    gives the reason under ``[single_rows]`` for every source that the rows come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from casestudy.people.floor import withheld
from casestudy.study import Study
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

Rows = Literal["whole", "group", "floored", "participant", "person"]

_OF_ONE = frozenset(("participant_id", "household_id", "session_id", "basket_id", "account_id", "log_id"))


@dataclass(frozen=True)
class Declared:
    """What the rows of a table are.

    Attributes
    ----------
    rows : Rows
    count : str
        The column that says how many people a row describes; empty where none does.
    source : tuple of str
        For rows of single people: the sources they come from, as study.toml names them.
    """

    rows: Rows
    count: str = ""
    source: tuple[str, ...] = ()

    def entry(self, floor: int) -> dict[str, Any]:
        """The declaration as it is written beside the table and into the run's record."""
        made: dict[str, Any] = {"rows": self.rows}
        if self.rows in ("group", "floored") or self.count:
            made["floor"] = floor
        if self.count:
            made["count"] = self.count
        if self.source:
            made["source"] = list(self.source)
        return made


@dataclass(frozen=True)
class Published:
    """What may be published of a table.

    Attributes
    ----------
    frame : pandas.DataFrame or None
        The rows that may be shown; None where the table is withheld as a whole.
    left_out : int
        How many rows describe fewer people than the floor.
    says : str
        A sentence for the page, empty where there is nothing to say.
    """

    frame: pd.DataFrame | None
    left_out: int = 0
    says: str = ""


def declared(frame: pd.DataFrame, rows: Rows, count: str = "", source: str | Sequence[str] = ()) -> Declared:
    """Check a declaration against the table; a table without rows need not have the count's column.

    Raises
    ------
    ValueError
        When it contradicts itself or the table: a group without its count, single people without their
        source, a table that holds the id of an account or household and is said to describe something else.

    Examples
    --------
    >>> import pandas as pd
    >>> declared(pd.DataFrame({"month": ["2017-01"], "people": [9]}), "group", "people")
    Declared(rows='group', count='people', source=())
    >>> declared(pd.DataFrame({"household_id": ["1"], "spend": [2.5]}), "whole")
    Traceback (most recent call last):
        ...
    ValueError: rows='whole', but the column household_id says that a row describes a single person
    """
    sources = (source,) if isinstance(source, str) else tuple(source)
    columns = [str(column) for column in frame.columns]
    single = sorted(_OF_ONE.intersection(columns))
    if rows not in get_args(Rows):
        raise ValueError(f"rows={rows!r} is not one of {', '.join(get_args(Rows))}")
    if count and count not in columns and len(frame):
        raise ValueError(f"count={count!r} is not a column of the table")
    if rows == "group" and not count:
        raise ValueError("rows='group' needs count: the column that says how many people a row describes")
    if (rows == "person") != bool(sources):
        raise ValueError("rows='person' needs source: where the single people come from; others have none")
    if single and rows not in ("person", "participant"):
        raise ValueError(
            f"rows={rows!r}, but the column {single[0]} says that a row describes a single person"
        )
    return Declared(rows, count, sources)


def published(frame: pd.DataFrame, what: Declared, study: Study) -> Published:
    """What of a table may be published under the study's floor and its settings.

    Parameters
    ----------
    frame : pandas.DataFrame
    what : Declared
        From `declared`.
    study : Study
        Its ``floor`` and ``single_rows``.

    Examples
    --------
    >>> import pandas as pd
    >>> from pathlib import Path
    >>> table = pd.DataFrame({"month": ["2017-01", "2017-02"], "people": [4, 5]})
    >>> shown = published(table, Declared("group", "people"), Study(Path("."), "S", floor=5))
    >>> shown.frame["month"].tolist(), shown.says
    (['2017-02'], '1 row that describes fewer than 5 people is withheld.')
    >>> published(table, Declared("person", source=("usage_logs",)), Study(Path("."), "S")).frame is None
    True
    """
    if what.rows == "person":
        refused = [name for name in what.source if name not in study.single_rows]
        if refused:
            return Published(None, says=_refusal(refused))
    says = _permission(what.source, study.single_rows)
    if not what.count or frame.empty:
        return Published(frame, says=says)
    below = _below(frame[what.count], study.floor)
    left_out = int(below.sum())
    if not left_out:
        return Published(frame, says=says)
    few = counted(left_out, "row that describes", "rows that describe")
    kept = f"{few} fewer than {study.floor} people {'is' if left_out == 1 else 'are'} withheld."
    return Published(frame[~below], left_out, f"{says} {kept}".strip())


def _below(counts: pd.Series, floor: int) -> pd.Series:
    import pandas as pd

    return withheld(pd.to_numeric(counts), floor).fillna(False).astype(bool)


def _refusal(sources: Sequence[str]) -> str:
    return (
        f"Withheld: rows describe single {_singles(sources)} ({', '.join(sources)}). "
        "Where they may be shown, study.toml says so, with the reason, under [single_rows]."
    )


def _permission(sources: Sequence[str], reasons: Mapping[str, str]) -> str:
    if not sources:
        return ""
    given = " ".join(dict.fromkeys(reasons[name].strip() for name in sources))
    return f"Rows describe single {_singles(sources)}: {given}"


def _singles(sources: Iterable[str]) -> str:
    """Whom the rows of sources describe: households where there are purchases, accounts elsewhere."""
    names = ["households" if name == "purchases" else "accounts" for name in sources]
    return " and ".join(sorted(set(names)))


def sentences(saved: Mapping[str, Mapping[str, Any]], study: Study) -> str:
    """What the saved tables and figures of a study disclose, computed from what each declares.

    Parameters
    ----------
    saved : mapping of name to mapping
        What `casestudy.outputs.contents` holds of each table and figure, by ``NOTEBOOK/NAME``.
    study : Study

    Returns
    -------
    str

    Examples
    --------
    >>> from pathlib import Path
    >>> study = Study(Path("."), "S", floor=5)
    >>> print(sentences({"20-use/gaps": {"kind": "table", "rows": "whole"}}, study))
    No saved table or figure describes a group of fewer than 5 people outside the interviews. None has a row \
for a single account or household.
    """
    shown = {name: entry for name, entry in sorted(saved.items()) if entry.get("kind") in ("table", "figure")}
    withheld_whole = sorted(name for name, entry in saved.items() if entry.get("kind") == "withheld")
    by_rows = {
        rows: [name for name, entry in shown.items() if entry.get("rows") == rows] for rows in get_args(Rows)
    }
    undeclared = [name for name, entry in shown.items() if entry.get("rows") not in by_rows]
    lower = [name for name, entry in shown.items() if entry.get("floor", study.floor) < study.floor]
    left_out = sum(int(entry.get("left_out", 0)) for entry in shown.values())
    said = [_of_groups(study.floor, left_out, certain=not undeclared and not lower)]
    if lower:
        said.append(f"Saved under a lower floor, to be run again: {_by_notebook(lower)}.")
    if undeclared:
        said.append(f"Of some it is not known what their rows describe: {_by_notebook(undeclared)}.")
    if withheld_whole:
        said.append(f"Withheld as a whole: {_by_notebook(withheld_whole)}.")
    if single := by_rows["person"]:
        sources = dict.fromkeys(source for name in single for source in shown[name].get("source", ()))
        reasons = " ".join(study.single_rows[source] for source in sources if source in study.single_rows)
        many = counted(len(single), "table or figure has", "tables and figures have")
        where = _by_notebook(single)
        said.append(f"{many} rows of single {_singles(sources)} ({where}): {reasons}".rstrip(": "))
    elif not undeclared:
        said.append("None has a row for a single account or household.")
    if taking_part := by_rows["participant"]:
        many = counted(len(taking_part), "has", "have")
        said.append(f"{many} a row for each participant or document of the interviews.")
    return " ".join(said)


def _of_groups(floor: int, left_out: int, certain: bool) -> str:
    if not certain:
        return f"Figures of groups are withheld where they describe fewer than {floor} people."
    text = f"No saved table or figure describes a group of fewer than {floor} people outside the interviews"
    return f"{text}; {counted(left_out, 'row is', 'rows are')} left out for that." if left_out else f"{text}."


def _by_notebook(names: Sequence[str]) -> str:
    """Names of tables, each notebook said once.

    Examples
    --------
    >>> _by_notebook(["20-use/cycles", "20-use/sessions", "22-attrition/spans"])
    '20-use: cycles, sessions; 22-attrition: spans'
    """
    grouped: dict[str, list[str]] = {}
    for name in names:
        notebook, _, table = name.partition("/")
        grouped.setdefault(notebook, []).append(table)
    return "; ".join(f"{notebook}: {', '.join(tables)}" for notebook, tables in grouped.items())
