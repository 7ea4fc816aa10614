"""Asking of codings: choose by code, coder, speaker, group, attribute; and, or, not; near, within, before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.errors import InputError, Problem, nearest, raise_if

if TYPE_CHECKING:
    import pandas as pd

UNITS = {
    "segment": ["coder", "document", "start", "end"],
    "turn": ["document", "turn"],
    "document": ["document"],
    "who": ["who"],
}
RELATIONS = ("overlap", "inside", "turn", "near", "before")


def codes_named(names: Iterable[str], book: Codebook, *, below: bool = True) -> list[str]:
    """Codes by id, name or glob, with all that lies below them.

    Raises
    ------
    InputError
        With every name that is none, or that several codes have.
    """
    found: dict[str, None] = {}
    problems = []
    for name in names:
        if name in book.codes:
            hits = [name]
        elif any(mark in name for mark in "*?"):
            hits = [code for code in book.codes if fnmatchcase(code, name)]
        else:
            hits = [one.id for one in book.codes.values() if one.name.casefold() == name.casefold()]
            if len(hits) > 1:
                remedy = f"Use an id: {', '.join(hits)}."
                problems.append(Problem("query", f"several codes are called {name!r}.", remedy))
                continue
        if not hits:
            hint = f"{nearest(name, book.codes)[:300]} All: casestudy code list"
            problems.append(Problem("query", f"{name!r} is not a code.", hint))
        for hit in hits:
            found |= dict.fromkeys(book.below(hit) if below else [hit])
    if problems:
        raise InputError("The question cannot be asked.", problems)
    return list(found)


def retrieve(
    frame: pd.DataFrame,
    book: Codebook,
    codes: Sequence[str] = (),
    *,
    below: bool = True,
    where: Mapping[str, str | Sequence[str]] | None = None,
    unless: Mapping[str, str | Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Codings of some codes, with or without some values of any column.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `casestudy.coding.table.table`.
    book : Codebook
    codes : sequence of str
        Ids, names or globs; empty for all.
    below : bool
        Whether the codes below them count as well.
    where, unless : mapping of column to a value or values
        Such as ``{"group": "customer", "said_by": ["Aino", "Eero"]}``.

    Returns
    -------
    pandas.DataFrame
        The rows of `frame`, in its order.

    Raises
    ------
    InputError
        When a code or a column is not known.
    """
    mask = frame["code"].isin(codes_named(codes, book, below=below)) if codes else frame["code"].notna()
    for given, wanted in ((where or {}, True), (unless or {}, False)):
        for column, values in given.items():
            if column not in frame.columns:
                hint = nearest(column, [str(name) for name in frame.columns])
                problem = Problem("query", f"the codings have no {column!r}.", hint)
                raise InputError("The question cannot be asked.", [problem])
            hits = frame[column].isin([values] if isinstance(values, str) else list(values))
            mask &= hits if wanted else ~hits
    return frame[mask]


def by_column(given: Sequence[str]) -> dict[str, list[str]]:
    """Conditions written as ``column=value``, as values by column.

    Raises
    ------
    InputError
        With every one that is written otherwise.

    Examples
    --------
    >>> by_column(["group=customer", "said_by=Aino", "said_by=Eero"])
    {'group': ['customer'], 'said_by': ['Aino', 'Eero']}
    """
    wrong = [one for one in given if "=" not in one]
    raise_if(
        [Problem(repr(one), "it is not a column and a value.", "Write column=value.") for one in wrong],
        "The question cannot be asked.",
    )
    columns: dict[str, list[str]] = {}
    for condition in given:
        column, _, value = condition.partition("=")
        columns.setdefault(column.strip(), []).append(value.strip())
    return columns


def satisfying(frame: pd.DataFrame, book: Codebook, question: str, unit: str = "turn") -> pd.DataFrame:
    """Units in which codes stand together as a question says.

    Parameters
    ----------
    frame : pandas.DataFrame
    book : Codebook
    question : str
        Codes joined by ``and``, ``or``, ``not`` and brackets: ``a.grow and not (help.* or "Carrying")``.
        A code stands for itself and all below it; a name with spaces stands in quotation marks.
    unit : {'segment', 'turn', 'document', 'who'}
        Where they must stand together. Only units that have some coding are asked.

    Returns
    -------
    pandas.DataFrame
        The unit's columns, one row a unit, sorted.

    Raises
    ------
    InputError
        When the question cannot be understood.
    """
    import pandas as pd

    if unit not in UNITS:
        problem = Problem("query", f"{unit!r} is not a unit.", nearest(unit, UNITS))
        raise InputError("The question cannot be asked.", [problem])
    keys = UNITS[unit]
    inside = frame[frame["turn"].gt(0)] if unit == "turn" else frame
    number = inside.groupby(keys, sort=True).ngroup()
    units = inside[keys].assign(unit=number).drop_duplicates("unit").sort_values("unit")

    def having(name: str) -> Any:
        hits = inside["code"].isin(codes_named([name], book))
        mask = pd.Series(False, index=range(len(units)))
        mask[number[hits].unique()] = True
        return mask

    result = _Question(question, having).answer()
    return units[result.to_numpy()][keys].reset_index(drop=True)


class _Question:
    """A small parser: or binds weaker than and, and weaker than not."""

    def __init__(self, text: str, having: Any) -> None:
        self.tokens = re.findall(r'"[^"]*"|[()]|[^\s()"]+', text)
        self.place = 0
        self.having = having
        self.text = text

    def answer(self) -> Any:
        result = self._either()
        if self.place < len(self.tokens):
            raise self._wrong(f"{self.tokens[self.place]!r} is one word too many")
        return result

    def _either(self) -> Any:
        result = self._both()
        while self._take("or"):
            result = self._both() | result
        return result

    def _both(self) -> Any:
        result = self._one()
        while self._take("and"):
            result = self._one() & result
        return result

    def _one(self) -> Any:
        if self._take("not"):
            return ~self._one()
        if self._take("("):
            result = self._either()
            if not self._take(")"):
                raise self._wrong("a bracket is not closed")
            return result
        if self.place >= len(self.tokens) or self.tokens[self.place].lower() in (")", "and", "or"):
            raise self._wrong("a code is missing")
        self.place += 1
        return self.having(self.tokens[self.place - 1].strip('"'))

    def _take(self, word: str) -> bool:
        if self.place < len(self.tokens) and self.tokens[self.place].lower() == word:
            self.place += 1
            return True
        return False

    def _wrong(self, what: str) -> InputError:
        remedy = "Write codes with and, or, not and brackets."
        return InputError(
            "The question cannot be asked.", [Problem(f"query {self.text!r}", f"{what}.", remedy)]
        )


def related(
    frame: pd.DataFrame,
    first: pd.DataFrame,
    second: pd.DataFrame,
    relation: str = "overlap",
    *,
    distance: int = 200,
    same_coder: bool = True,
) -> pd.DataFrame:
    """Pairs of codings that stand to each other in some way, within one document.

    Parameters
    ----------
    frame : pandas.DataFrame
        The whole table; `first` and `second` are selections of its rows.
    relation : {'overlap', 'inside', 'turn', 'near', 'before'}
        They share text; the first lies inside the second; they stand in one turn; at most `distance`
        characters lie between them; the first ends before the second begins, at most `distance`
        characters earlier.
    distance : int
        Characters.
    same_coder : bool
        Whether both must be one coder's.

    Returns
    -------
    pandas.DataFrame
        ``document, coder, first, second`` (ids of codings), their codes, ``start`` and ``end`` of the
        stretch that holds both, ``gap`` (characters between them, 0 where they meet or overlap).

    Raises
    ------
    InputError
        When the relation is not known.
    """
    import numpy as np
    import pandas as pd

    if relation not in RELATIONS:
        problem = Problem("query", f"{relation!r} is not a relation.", nearest(relation, RELATIONS))
        raise InputError("The question cannot be asked.", [problem])
    keys = ["document", "coder"] if same_coder else ["document"]
    reach = 0 if relation in ("overlap", "inside", "turn") else distance
    left = first[["coding", "code", "coder", "document", "turn", "start", "end"]].reset_index(drop=True)
    right = second[["coding", "code", "coder", "document", "turn", "start", "end"]].reset_index(drop=True)
    if relation == "turn":
        pairs = left[left["turn"].gt(0)].merge(right, on=[*keys, "turn"], suffixes=("_1", "_2"))
    else:
        group = pd.concat([left[keys], right[keys]]).groupby(keys).ngroup().to_numpy()
        one, two = group[: len(left)], group[len(left) :]
        span = int(frame["end"].max() if len(frame) else 0) + reach + 2
        order = np.lexsort((right["start"].to_numpy(), two))
        begins = (two * span + right["start"].to_numpy())[order]
        longest = int((right["end"] - right["start"]).max()) if len(right) else 0
        low = np.searchsorted(begins, one * span + np.maximum(left["start"].to_numpy() - reach - longest, 0))
        high = np.searchsorted(begins, one * span + left["end"].to_numpy() + reach, side="right")
        count = np.maximum(high - low, 0)
        rows = np.repeat(np.arange(len(left)), count)
        offsets = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        partners = order[np.repeat(low, count) + offsets]
        pairs = pd.concat(
            [left.iloc[rows].reset_index(drop=True), right.iloc[partners].reset_index(drop=True)],
            axis=1,
            keys=["1", "2"],
        )
        pairs.columns = [f"{name}_{side}" for side, name in pairs.columns]
        pairs = pairs.assign(document=pairs["document_1"], coder=pairs["coder_1"])
    pairs = pairs[pairs["coding_1"].ne(pairs["coding_2"])]
    start_1, end_1, start_2, end_2 = (pairs[name] for name in ("start_1", "end_1", "start_2", "end_2"))
    gap = np.maximum(np.maximum(start_2 - end_1, start_1 - end_2), 0)
    keep = {
        "overlap": (start_1 < end_2) & (start_2 < end_1),
        "inside": (start_1 >= start_2) & (end_1 <= end_2),
        "turn": pd.Series(True, index=pairs.index),
        "near": gap <= distance,
        "before": (end_1 <= start_2) & (start_2 - end_1 <= distance),
    }[relation]
    if not same_coder:
        pairs = pairs.assign(coder=pairs.get("coder_1", ""))
    result = pd.DataFrame(
        {
            "document": pairs["document"],
            "coder": pairs["coder"],
            "first": pairs["coding_1"],
            "first_code": pairs["code_1"],
            "second": pairs["coding_2"],
            "second_code": pairs["code_2"],
            "start": np.minimum(start_1, start_2),
            "end": np.maximum(end_1, end_2),
            "gap": gap,
        }
    )[keep]
    by = ["document", "start", "end", "first", "second", "coder"]
    return result.sort_values(by, kind="stable").reset_index(drop=True)


def co_occurrence(frame: pd.DataFrame, unit: str = "overlap") -> pd.DataFrame:
    """How often codes stand together.

    Parameters
    ----------
    frame : pandas.DataFrame
    unit : {'overlap', 'segment', 'turn', 'document', 'who'}
        ``overlap``: pairs of one coder's codings that share text; else the number of units that have both.

    Returns
    -------
    pandas.DataFrame
        One row a pair of codes (a < b) that occurs: ``a, b, together`` (turns, documents, people or
        segments; for overlap the number of overlapping pairs), ``with_a, with_b`` (units, or codings,
        that have each), ``jaccard`` (together / with either; NaN for overlap); most together first.
    """
    import numpy as np
    import pandas as pd

    codes = sorted(frame["code"].unique())
    number = pd.Categorical(frame["code"], categories=codes).codes.astype(np.int64)
    columns = ["a", "b", "together", "with_a", "with_b", "jaccard"]
    if not len(frame):
        return pd.DataFrame(columns=columns)
    if unit == "overlap":
        left, right = _overlapping(frame)
        a, b = np.minimum(number[left], number[right]), np.maximum(number[left], number[right])
        pair, together = np.unique(a[a != b] * len(codes) + b[a != b], return_counts=True)
        alone = np.bincount(number, minlength=len(codes))
    else:
        from scipy.sparse import coo_matrix

        keys = UNITS[unit]
        whole = frame["turn"].gt(0).to_numpy() if unit == "turn" else np.ones(len(frame), dtype=bool)
        units = frame[whole].groupby(keys, sort=False).ngroup().to_numpy()
        cells = np.unique(units * len(codes) + number[whole])
        shape = (int(units.max()) + 1 if len(units) else 1, len(codes))
        there = coo_matrix((np.ones(len(cells), np.int64), (cells // len(codes), cells % len(codes))), shape)
        both = (there.T @ there).tocoo()
        upper = both.row < both.col
        pair, together = both.row[upper] * len(codes) + both.col[upper], both.data[upper]
        alone = np.asarray(there.sum(axis=0)).ravel()
    a, b = pair // len(codes), pair % len(codes)
    either = alone[a] + alone[b] - together
    result = pd.DataFrame(
        {
            "a": np.array(codes, dtype=object)[a],
            "b": np.array(codes, dtype=object)[b],
            "together": together.astype(np.int64),
            "with_a": alone[a],
            "with_b": alone[b],
            "jaccard": np.nan if unit == "overlap" else together / either,
        }
    )
    return result.sort_values(["together", "a", "b"], ascending=[False, True, True], ignore_index=True)


def _overlapping(frame: pd.DataFrame) -> tuple[Any, Any]:
    """Row numbers of all pairs of one coder's codings in one document that share text, each pair once."""
    import numpy as np

    group = frame.groupby(["document", "coder"], sort=False).ngroup().to_numpy().astype(np.int64)
    start, end = frame["start"].to_numpy(), frame["end"].to_numpy()
    span = int(end.max()) + 1
    order = np.lexsort((start, group))
    begins = (group * span + start)[order]
    ends = (group * span + end)[order]
    last = np.searchsorted(begins, ends, side="left")
    count = np.maximum(last - np.arange(len(order)) - 1, 0)
    left = np.repeat(np.arange(len(order)), count)
    right = left + 1 + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return order[left], order[right]
