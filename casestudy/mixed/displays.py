"""Joint displays: words and numbers in one table, each row ending in what the author infers from both.

Four kinds (Guetterman, Fetters and Creswell 2015 count them among the common ones): side by side, statistics
by themes, case-oriented, convergence matrix. The inferences are the author's and live in
``evidence/inferences.yaml``; a row without one says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from casestudy.coding.material import Material
from casestudy.errors import Problem, raise_if
from casestudy.files.fields import Fields, read_yaml
from casestudy.mixed import values
from casestudy.mixed.measures import Reading
from casestudy.people.floor import enough, withhold
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

FILE = "evidence/inferences.yaml"
TO_WRITE = "to write"


def load_inferences(study: Study) -> dict[tuple[str, str], str]:
    """What the author infers from each row of each display, by (display, row).

    Raises
    ------
    InputError
        With every problem of the file.
    """
    path = study.input(FILE)
    if not path.is_file():
        return {}
    problems: list[Problem] = []
    top = Fields(read_yaml(path, FILE) or {}, FILE, "", problems, ("inferences", "note"))
    found: dict[tuple[str, str], str] = {}
    for one in top.items("inferences", ("display", "row", "text", "claims", "read", "note")):
        texts = [one.text(key, required=True) for key in ("display", "row", "text")]
        key = (texts[0], texts[1])
        if key in found:
            one.problem("row", f"{key[0]}, {key[1]} has a second inference.", "Keep one.")
        found[key] = texts[2]
    raise_if(problems, "The inferences of the study have problems.")
    return found


def inferences(found: Material) -> dict[tuple[str, str], str]:
    """Like `load_inferences`, with every number that a text refers to put in."""
    texts = found.also(load_inferences)
    return {key: values.filled(text, partial(values.of_material, found)) for key, text in texts.items()}


def with_inferences(
    table: pd.DataFrame, display: str, key: str, written: Mapping[tuple[str, str], str]
) -> pd.DataFrame:
    """The table with a last column ``meta_inference``; rows without one say `TO_WRITE`.

    Examples
    --------
    >>> import pandas as pd
    >>> with_inferences(pd.DataFrame({"id": ["a"]}), "d", "id", {}).meta_inference.tolist()
    ['to write']
    """
    texts = [written.get((display, str(row)), TO_WRITE) for row in table[key]]
    return table.assign(meta_inference=texts)


def on_paper(table: pd.DataFrame, decimals: int = 2) -> pd.DataFrame:
    """A joint display as it fits on a page: numbers in one column, counts of themes in another.

    Parameters
    ----------
    table : pandas.DataFrame
        From `with_inferences`.
    decimals : int
        Of the numbers.

    Returns
    -------
    pandas.DataFrame
        The columns of text, without ids of codings and paths of tables; ``measured`` (every number with its
        name; empty ones left out) and ``voiced`` (every theme with ``n of m``) where there are such columns;
        the inference last.

    Examples
    --------
    >>> import pandas as pd
    >>> made = pd.DataFrame({"id": ["a"], "visits": [2.5], "Calm": ["1 of 3"], "meta_inference": ["x"]})
    >>> on_paper(made).iloc[0].to_dict()
    {'id': 'a', 'measured': 'visits 2.50', 'voiced': 'Calm 1 of 3', 'meta_inference': 'x'}
    """
    import pandas as pd

    numbers = [name for name in table if pd.api.types.is_float_dtype(table[name])]
    counts = [
        name
        for name in table
        if name not in (*numbers, *_OWN_COUNTS) and len(table) and table[name].map(_is_count).all()
    ]
    told = [name for name in table if name not in (*numbers, *counts, *_NOT_ON_PAPER)]
    if {"theme", "construct"} & set(told):
        told = [name for name in told if name != "id"]
    shown = table[[name for name in told if name != "meta_inference"]].copy()
    rows = table.to_dict("records")
    if numbers:
        shown["measured"] = [
            "; ".join(
                f"{str(name).replace('_', ' ')} {row[name]:,.{decimals}f}"
                for name in numbers
                if not pd.isna(row[name])
            )
            for row in rows
        ]
    if counts:
        shown["voiced"] = ["; ".join(f"{name} {row[name]}" for name in counts) for row in rows]
    return shown.assign(meta_inference=table["meta_inference"])


_OWN_COUNTS = ("said_by", "of_observable")
_NOT_ON_PAPER = ("coding", "where", "withheld", "why")


def _is_count(cell: object) -> bool:
    return isinstance(cell, str) and re.fullmatch(r"\d+ of \d+", cell) is not None


def side_by_side(
    words: pd.DataFrame,
    quotes: Mapping[str, tuple[str, str]],
    readings: Mapping[str, Sequence[tuple[str, str, Reading]]],
) -> pd.DataFrame:
    """Themes in rows: what people said beside what was counted.

    Parameters
    ----------
    words : pandas.DataFrame
        From `casestudy.mixed.presence.presence`.
    quotes : mapping of id to (quote, coding id)
    readings : mapping of id to sequence of (name, unit, Reading)
        The numbers that belong to a theme.

    Returns
    -------
    pandas.DataFrame
        ``id, theme, said_by, quote, coding, measured, where``: one row a theme; a theme without numbers says
        so, a number that cannot be read gives its reason.
    """
    import pandas as pd

    rows = []
    for one in words.to_dict("records"):
        numbers = readings.get(one["id"], ())
        measured = "; ".join(f"{name}: {shown(reading, unit)}" for name, unit, reading in numbers)
        quote, coding = quotes.get(one["id"], ("", ""))
        rows.append(
            {
                "id": one["id"],
                "theme": one["name"],
                "said_by": f"{one['people']} of {one['of']}",
                "quote": quote,
                "coding": coding,
                "measured": measured or "no measure is declared",
                "where": "; ".join(reading.query for _, _, reading in numbers),
            }
        )
    columns = ["id", "theme", "said_by", "quote", "coding", "measured", "where"]
    return pd.DataFrame(rows, columns=columns)


def shown(reading: Reading, unit: str = "") -> str:
    """A number with its unit, or the reason why there is none.

    Examples
    --------
    >>> shown(Reading(0.257, "q"), "share"), shown(Reading(float("nan"), "q", reason="not run"))
    ('26 %', 'not known (not run)')
    """
    if reading.value != reading.value:
        return f"not known ({reading.reason})"
    if unit == "share":
        return f"{100 * reading.value:.0f} %"
    number = f"{reading.value:,.0f}" if abs(reading.value) >= 100 else f"{reading.value:.3g}"
    return f"{number} {unit}".strip()


def statistics_by_themes(
    cases: pd.DataFrame, group: str, measures: Sequence[str], themes: Sequence[str], floor: int
) -> pd.DataFrame:
    """One row a group (such as a way of using): medians of the measures, and how many voice each theme.

    Parameters
    ----------
    cases : pandas.DataFrame
        One row a person; `measures` are numeric columns, `themes` true-or-false columns.
    group : str
        The column that says which group a person is in; people without one are left out.
    floor : int
        Medians of fewer people than this are withheld.

    Returns
    -------
    pandas.DataFrame
        ``group, people``, a median for each measure, ``n of people`` text for each theme, ``withheld``.
    """
    import pandas as pd

    known = cases[cases[group].fillna("").ne("")]
    rows = []
    for name, members in known.groupby(group, sort=True):
        row: dict[str, object] = {"group": name, "people": len(members)}
        for measure in measures:
            values = members[measure].dropna()
            row[measure] = float(values.median()) if enough(len(values), floor) else math.nan
        for theme in themes:
            row[theme] = f"{int(members[theme].sum())} of {len(members)}"
        rows.append(row)
    table = pd.DataFrame(rows, columns=["group", "people", *measures, *themes])
    checked = withhold(table, "people", list(measures), floor)
    return checked.assign(people=table["people"])


def case_oriented(
    joined: pd.DataFrame,
    words: pd.DataFrame,
    log: pd.DataFrame,
    quotes: Mapping[str, tuple[str, str]],
) -> pd.DataFrame:
    """One row a participant: what the interview says, what the log says, what was bought, a key quote.

    Parameters
    ----------
    joined : pandas.DataFrame
        From `casestudy.mixed.joined.join`.
    words : pandas.DataFrame
        One row a participant (``who``, ``primary``, ``others``, ``certainty``), from
        `casestudy.mixed.typology.ways`.
    log : pandas.DataFrame
        One row a participant (``who``) with whatever is known of log and purchases; may be empty.
    quotes : mapping of participant to (quote, coding id)

    Returns
    -------
    pandas.DataFrame
        ``participant_id, pseudonym, sources, words, words_also, certainty``, the columns of `log`, ``quote,
        coding, why``.
    """
    # Empty tables do not know what their ids are, so the key is always an object.
    table = joined[["participant_id", "pseudonym", "sources", "why"]].astype({"participant_id": object})
    types = words[["who", "primary", "others", "certainty"]].rename(columns={"who": "participant_id"})
    table = table.merge(types.astype({"participant_id": object}), on="participant_id", how="left")
    table = table.rename(columns={"primary": "words", "others": "words_also"})
    if "who" in log:
        known = log.rename(columns={"who": "participant_id"}).astype({"participant_id": object})
        table = table.merge(known, on="participant_id", how="left")
    for column in ("words", "words_also"):
        table[column] = table[column].astype(object).fillna("")
    table["quote"] = [quotes.get(who, ("", ""))[0] for who in table["participant_id"]]
    table["coding"] = [quotes.get(who, ("", ""))[1] for who in table["participant_id"]]
    return table[[c for c in table.columns if c != "why"] + ["why"]]


VERDICTS = ("convergent", "words only", "log only", "contradictory", "not observable")


def convergence(said: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Words against log, person by person and construct by construct.

    Parameters
    ----------
    said : pandas.DataFrame
        Index: participants; columns: constructs; values ``present``, ``denied`` or ``absent``.
    seen : pandas.DataFrame
        The same shape; values ``signature``, ``none`` or ``not observable`` (missing counts as that).

    Returns
    -------
    pandas.DataFrame
        ``who, construct, said, seen, verdict``. present + signature and denied + none converge, as does
        absent + none; present + none is words only; absent + signature is log only; denied + signature
        contradicts.

    Examples
    --------
    >>> import pandas as pd
    >>> said = pd.DataFrame({"k": ["present", "denied"]}, index=["p", "q"])
    >>> convergence(said, pd.DataFrame({"k": ["signature", "signature"]}, index=["p", "q"])).verdict.tolist()
    ['convergent', 'contradictory']
    """
    import pandas as pd

    rows = []
    for who in said.index:
        for construct in said.columns:
            word = str(said.at[who, construct])
            there = who in seen.index and construct in seen.columns
            sign = str(seen.at[who, construct]) if there else "not observable"
            rows.append({"who": who, "construct": construct, "said": word, "seen": sign})
    table = pd.DataFrame(rows, columns=["who", "construct", "said", "seen"])
    table["verdict"] = [
        _VERDICT.get((a, b), "not observable") for a, b in zip(table.said, table.seen, strict=True)
    ]
    return table


_VERDICT = {
    ("present", "signature"): "convergent",
    ("denied", "none"): "convergent",
    ("absent", "none"): "convergent",
    ("present", "none"): "words only",
    ("absent", "signature"): "log only",
    ("denied", "signature"): "contradictory",
}


def convergence_matrix(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Constructs in rows: in whom words and log converge, and in whom not.

    Parameters
    ----------
    table : pandas.DataFrame
        From `convergence`.
    names : mapping of construct to name

    Returns
    -------
    pandas.DataFrame
        ``id, construct, of_observable`` (``n of m`` people whom the log could show), and for each verdict the
        people, with blanks between.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("p", "k", "convergent"), ("q", "k", "words only"), ("r", "k", "not observable")]
    >>> found = convergence_matrix(pd.DataFrame(rows, columns=["who", "construct", "verdict"]), {"k": "K"})
    >>> found[["construct", "of_observable", "convergent", "words only"]].values.tolist()
    [['K', '1 of 2', 'p', 'q']]
    """
    import pandas as pd

    rows = []
    for construct in dict.fromkeys(table["construct"]):
        mine = table[table["construct"].eq(construct)]
        alike, observable = agreement_over_observable(mine)
        people = {verdict: " ".join(mine.loc[mine["verdict"].eq(verdict), "who"]) for verdict in VERDICTS}
        head = {"id": construct, "construct": names.get(construct, construct)}
        rows.append(head | {"of_observable": f"{alike} of {observable}"} | people)
    return pd.DataFrame(rows, columns=["id", "construct", "of_observable", *VERDICTS])


def agreement_over_observable(table: pd.DataFrame) -> tuple[int, int]:
    """Convergent cells, and cells that the log could show: the share is of the latter."""
    observable = table["verdict"].ne("not observable")
    return int(table["verdict"].eq("convergent").sum()), int(observable.sum())
