"""Extraction: codings of the notes on what was read, and what they say of each record.

Coders code the own-words notes in ``literature/notes/``, with the same append-only records as interviews, in
``literature/codings/CODER/RECORD.jsonl``. So every cell of a result leads to words that somebody wrote about
a page that somebody read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.coding import table as tidy
from casestudy.coding.codings import Work, line, survey_files
from casestudy.coding.codings import record as statement
from casestudy.coding.quoting import find
from casestudy.errors import Problem, nearest, raise_if
from casestudy.files import journal, locks, names
from casestudy.literature.protocol import Dimension
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "literature/codings"
DIFFERS, TITLE_ONLY, NOT_SAID = "coders differ", "title only", "not coded"


@dataclass(frozen=True)
class Note:
    """A note on a record in the form in which documents are coded."""

    id: str
    text: str
    turns: tuple[Any, ...] = ()
    title: str = ""
    format: str = "note"
    kind: str = ""
    participants: tuple[str, ...] = ()


def works(study: Study) -> list[Work]:
    """Every coder's work on every note.

    Raises
    ------
    InputError
        With every line that is not a record.
    """
    found, problems = survey(study)
    raise_if(problems, "Codings of the literature cannot be read.")
    return found


def survey(study: Study) -> tuple[list[Work], list[Problem]]:
    """Like `works`, with the problems listed instead of raised."""
    return survey_files(study.inputs(f"{FOLDER}/*/*.jsonl"), FOLDER)


def append(
    study: Study,
    coder: str,
    record: str,
    wishes: Sequence[tuple[str, str, int, str]],
    book: Codebook,
    notes: Mapping[str, str],
    when: str = "",
) -> tuple[Path, int]:
    """Append codings of a note, each found by its exact words; all or none are written.

    Parameters
    ----------
    wishes : sequence of (code, quote, occurrence, memo)
        Occurrence counts from 1; 0 where the words stand once only.

    Returns
    -------
    (Path, int)
        The file, and how many codings are new in it.

    Raises
    ------
    InputError
        With every problem: no such note, words that are not there or there twice, unknown codes.
    """
    where = f"{FOLDER}/{coder}/{record}.jsonl"
    problems = []
    for kind, name in (("coder", coder), ("record", record)):
        if reason := names.unfit(name):
            found = f"it cannot be a file name: {reason}"
            problems.append(Problem(f"{kind} {name[:60]!r}", found, names.REMEDY))
    if record not in notes:
        problems.append(Problem(where, f"there is no note {record!r}.", "Write the note first."))
    raise_if(problems, "Codings cannot be written.")
    text = notes[record]
    digest = sha256(text.encode()).hexdigest()[:16]
    lines = []
    for number, (code, quote, occurrence, memo) in enumerate(wishes, start=1):
        places = find(text, quote)
        place = f"{where}, entry {number}"
        if code not in book.codes:
            problems.append(Problem(place, f"{code!r} is not a code.", nearest(code, book.codes)))
        elif not places or occurrence > len(places):
            problems.append(Problem(place, f"{quote[:50]!r} is not in the note.", "Copy the words exactly."))
        elif len(places) > 1 and not occurrence:
            problems.append(Problem(place, f"{quote[:50]!r} stands there {len(places)} times.", "Say which."))
        else:
            start, end = places[max(occurrence, 1) - 1]
            made = statement(
                "add",
                place=f"{coder}/{record}",
                code=code,
                start=start,
                end=end,
                quote=text[start:end],
                memo=memo,
                text=digest,
                when=when,
            )
            lines.append(line(made))
    raise_if(problems, "Codings cannot be written.")
    path = study.root / where
    with locks.writing(study.root, where):
        before = set(journal.text_of(path, where)[0].split("\n")) if path.is_file() else set()
        fresh = [one for one in dict.fromkeys(lines) if one not in before]
        journal.append(study.root, where, fresh)
    return path, len(fresh)


def codings(found: Sequence[Work], notes: Mapping[str, str], book: Codebook) -> pd.DataFrame:
    """The codings as a tidy table; see `casestudy.coding.table.table`. ``document`` is the record's id."""
    documents: Any = {name: Note(name, text, title=name) for name, text in notes.items()}
    return tidy.table(found, documents, book)


def answers(
    frame: pd.DataFrame, dimension: Dimension, book: Codebook, records: Sequence[str], coders: Sequence[str]
) -> pd.DataFrame:
    """What each coder answers for each record in one dimension.

    Returns
    -------
    pandas.DataFrame
        Indexed by record; one column a coder: the code (the most specific where several nested ones are
        given; ``coders differ`` with oneself counts as several, written ``a + b``), or empty.
    """
    import pandas as pd

    known = {code for root in dimension.codes for code in book.below(root)}
    roots = {code for code in dimension.codes if book.children(code)}
    mine = frame[frame["code"].isin(known - roots)]
    said = {key: sorted(set(group)) for key, group in mine.groupby(["document", "coder"])["code"]}
    rows = {
        record: {coder: " + ".join(said.get((record, coder), [])) for coder in coders} for record in records
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(coders))


def settled(table: pd.DataFrame) -> pd.Series:
    """One answer a record: what all coders who answered say; else that they differ, or that nobody answered.

    Examples
    --------
    >>> import pandas as pd
    >>> settled(pd.DataFrame({"a": ["x", "x", ""], "b": ["x", "y", ""]})).tolist()
    ['x', 'coders differ', 'not coded']
    """
    import pandas as pd

    made = []
    for row in table.itertuples(index=False):
        said = {one for one in row if one}
        silent = any(not one for one in row)
        made.append(NOT_SAID if not said else next(iter(said)) if len(said) == 1 and not silent else DIFFERS)
    return pd.Series(made, index=table.index, dtype=object)


def marks(
    frame: pd.DataFrame,
    dimension: Dimension,
    book: Codebook,
    records: Sequence[str],
    coders: Sequence[str],
    every: bool = False,
) -> pd.DataFrame:
    """Which codes of a dimension with several answers a record has.

    Parameters
    ----------
    every : bool
        Whether all coders must have given the code; by default one is enough.

    Returns
    -------
    pandas.DataFrame
        True or False; indexed by record, one column a code that has no codes below it.
    """
    import pandas as pd

    leaves = [code for root in dimension.codes for code in book.below(root) if not book.children(code)]
    need = len(coders) if every else 1
    counts = frame[frame["code"].isin(leaves)].groupby(["document", "code"])["coder"].nunique()
    data = {code: [bool(counts.get((record, code), 0) >= need) for record in records] for code in leaves}
    return pd.DataFrame(data, index=list(records), columns=leaves)


def agreement(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """How far coders agree on each dimension with one answer, over records.

    Parameters
    ----------
    tables : mapping of dimension to DataFrame
        From `answers`.

    Returns
    -------
    pandas.DataFrame
        ``dimension``, then coefficient (full name), value, units, reason. Undefined is missing with a reason.
    """
    import pandas as pd

    from casestudy.agreement.alpha import krippendorff
    from casestudy.agreement.coefficient import measure
    from casestudy.agreement.percent import percent_agreement
    from casestudy.agreement.ratings import read

    rows = []
    for name, table in tables.items():
        if table.shape[1] < 2 or not (table != "").any(axis=None):
            continue
        values = table.astype(object).where(table != "", None).to_numpy()
        ratings = read(values, coders=[str(one) for one in table.columns], unit="record")
        rows += [
            {"dimension": name} | measure(ratings, one).as_row()
            for one in (percent_agreement(), krippendorff())
        ]
    kept = [
        "dimension",
        "coefficient",
        "value",
        "n_units",
        "n_pairable",
        "n_categories",
        "prevalence",
        "reason",
    ]
    return pd.DataFrame(rows, columns=None if rows else kept)[kept]
