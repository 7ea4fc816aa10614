"""Codings as tidy tables with names: one row a coding, and tables of code by participant or document."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from casestudy.coding import codebook as books
from casestudy.coding import codings as work
from casestudy.coding import participants
from casestudy.coding.codebook import Codebook
from casestudy.coding.codings import Coding, Work
from casestudy.coding.roles import INTERVIEWERS as INTERVIEWERS
from casestudy.proportions import wilson
from casestudy.study import Study
from casestudy.transcripts import transcript
from casestudy.transcripts.transcript import Transcript
from casestudy.transcripts.turns import Turn

if TYPE_CHECKING:
    import pandas as pd

MESSAGES = "interviews/feedback/messages.csv"
COLUMNS = (
    *("coding", "coder", "document", "kind", "who", "participant", "group", "turn", "said_by"),
    *("scheme", "code", "name", "path", "as_coded", "start", "end", "quote", "memo", "when", "by", "placed"),
)


def material(study: Study) -> dict[str, Transcript]:
    """Everything that can be coded: the documents, and each feedback message as a document of its own."""
    return transcript.documents(study) | messages(study)


def messages(study: Study) -> dict[str, Transcript]:
    """Each feedback message as a document of one turn."""
    found = {}
    for path in study.inputs(MESSAGES):
        for row in transcript.messages(path).to_dict("records"):
            name, text = str(row["message_id"]), str(row["text"])
            found[name] = Transcript(name, text, (Turn(1, "", 0, len(text), 0),), format="message")
    return found


def load(study: Study, coders: Sequence[str] = ()) -> pd.DataFrame:
    """All codings of a study as a tidy table; see `table`.

    Parameters
    ----------
    study : Study
    coders : sequence of str
        Only these; all by default.
    """
    with work.uncollected():
        works = [one for one in work.read(study) if not coders or one.coder in coders]
        return table(works, material(study), books.load(study), participants.read(study))


def table(
    works: Iterable[Work],
    documents: Mapping[str, Transcript],
    book: Codebook,
    people: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Codings as a tidy table.

    Parameters
    ----------
    works : iterable of Work
    documents : mapping of id to Transcript
    book : Codebook
        As it stands now: merged codes are counted for the code they went into.
    people : pandas.DataFrame, optional
        From `casestudy.coding.participants.read`.

    Returns
    -------
    pandas.DataFrame
        One row a coding, sorted by document, start, end, code, coder, coding: `COLUMNS`, then one column
        for each attribute that occurs (empty where a coding lacks it). ``kind`` is interview, document or
        message; ``who`` is the participant, or the document where nobody is known; ``said_by`` the
        speaker of the turn that holds most of the span; ``placed`` whether the document holds the quote
        at the span.
    """
    with work.uncollected():
        return _table(works, documents, book, people)


def _table(
    works: Iterable[Work],
    documents: Mapping[str, Transcript],
    book: Codebook,
    people: pd.DataFrame | None,
) -> pd.DataFrame:
    import pandas as pd

    by_document: dict[str, list[Coding]] = {}
    for one in works:
        by_document.setdefault(one.document, []).extend(one.codings)
    rows: list[Coding] = []
    for name in sorted(by_document):
        rows += sorted(by_document[name], key=attrgetter("start", "end", "code", "coder", "id"))
    fields = {"coding": "id", "as_coded": "code"} | {name: name for name in _SAID}
    frame = pd.DataFrame({name: list(map(attrgetter(own), rows)) for name, own in fields.items()})
    frame = frame.astype({"start": "int64", "end": "int64"})
    frame["placed"] = _placed(by_document, rows, documents)
    frame = _coded(frame, book)
    frame = _spoken(frame, documents, people)
    names = sorted({name for one in rows for name in one.attributes})
    for name in names:
        frame[name] = [one.attributes.get(name, "") for one in rows]
    return frame[[*COLUMNS, *(name for name in names if name not in COLUMNS)]]


_SAID = ("coder", "document", "start", "end", "quote", "memo", "when", "by")


def _placed(names: Iterable[str], rows: Sequence[Coding], documents: Mapping[str, Transcript]) -> Any:
    import numpy as np

    texts = {name: documents[name].text if name in documents else "" for name in names}
    found = (texts[one.document][one.start : one.end] == one.quote for one in rows)
    return np.fromiter(found, dtype=bool, count=len(rows))


def _coded(frame: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    import pandas as pd

    numbers, said = pd.factorize(frame["as_coded"])
    now = [book.resolve(code) for code in said]
    known = [book.codes.get(code) for code in now]
    schemes = [one.scheme if one else "" for one in known]
    names = [one.name if one else code for one, code in zip(known, now, strict=True)]
    paths = [book.path(code) for code in now]
    return frame.assign(
        code=_spread(now, numbers).astype(object),
        scheme=_spread(schemes, numbers),
        name=_spread(names, numbers),
        path=_spread(paths, numbers),
    )


def _spread(values: Iterable[str], numbers: Any) -> pd.Series[str]:
    """Texts by their numbers, many times each."""
    import pandas as pd

    return pd.Series(list(values), dtype="str").take(numbers).reset_index(drop=True)


def _spoken(
    frame: pd.DataFrame, documents: Mapping[str, Transcript], people: pd.DataFrame | None
) -> pd.DataFrame:
    """Add turn, speaker, participant, group, kind."""
    import numpy as np
    import pandas as pd

    turn = np.zeros(len(frame), dtype=np.int64)
    said = np.full(len(frame), "", dtype=object)
    starts, ends = frame["start"].to_numpy(), frame["end"].to_numpy()
    for name, positions in frame.groupby("document", sort=False).indices.items():
        document = documents.get(str(name))
        if document is None or not document.turns:
            continue
        numbers = _turns(document, starts[positions], ends[positions])
        turn[positions] = numbers
        speakers = np.array(["", *(one.speaker for one in document.turns)], dtype=object)
        said[positions] = speakers[numbers]
    numbers, names = pd.factorize(frame["document"])
    roll = directory(documents, people).reindex(list(names)).fillna("")
    asking = pd.Series(said, index=frame.index).str.casefold().isin(INTERVIEWERS)
    participant = _spread(roll["participant"], numbers).where(~asking, "")
    return frame.assign(
        turn=turn,
        said_by=said,
        kind=_spread(roll["kind"], numbers),
        participant=participant,
        who=participant.where(participant.ne(""), frame["document"]),
        group=_spread(roll["group"], numbers),
    )


def _turns(document: Transcript, starts: Any, ends: Any) -> Any:
    """Number of the turn that holds most of each span; 0 for none."""
    import numpy as np

    begin = np.array([one.start for one in document.turns])
    end = np.array([one.end for one in document.turns])
    first = np.searchsorted(begin, starts, side="right") - 1
    last = np.searchsorted(begin, ends - 1, side="right") - 1
    best = first.copy()
    for row in np.flatnonzero(first != last):
        span = np.arange(max(first[row], 0), last[row] + 1)
        share = np.minimum(end[span], ends[row]) - np.maximum(begin[span], starts[row])
        best[row] = span[int(np.argmax(share))]
    held = (best >= 0) & (ends > begin[best]) & (starts < end[best])
    return np.where(held, best + 1, 0)


def directory(documents: Mapping[str, Transcript], people: pd.DataFrame | None = None) -> pd.DataFrame:
    """What each document is: ``kind`` (interview, document, message), ``participant``, ``group``, ``title``.

    A document that bears a participant's id is that participant's interview. Others have their kind as group.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``document``, sorted.
    """
    import pandas as pd

    groups = {} if people is None else dict(zip(people["participant_id"], people["group"], strict=True))
    rows = []
    for name in sorted(documents):
        kind = "interview" if name in groups else "document"
        kind = "message" if documents[name].format == "message" else kind
        rows.append(
            {
                "document": name,
                "kind": kind,
                "participant": name if name in groups else "",
                "group": groups.get(name, kind),
                "title": documents[name].title,
            }
        )
    columns = ["document", "kind", "participant", "group", "title"]
    return pd.DataFrame(rows, columns=columns).set_index("document")


def coverage(
    documents: Mapping[str, Transcript], frame: pd.DataFrame, people: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Who is there, who was coded by whom, and who is missing.

    Returns
    -------
    pandas.DataFrame
        One row a document, and one for each participant without one: document, kind, group, words, turns,
        speakers, one column ``coder NAME`` with the number of codings, ``missing`` in words.
    """
    import pandas as pd

    roll = directory(documents, people)
    coders = sorted(frame["coder"].unique())
    counts = frame.groupby(["document", "coder"]).size().to_dict()
    rows: list[dict[str, Any]] = []
    for row in roll.reset_index().to_dict("records"):
        document = documents[row["document"]]
        here = {f"coder {coder}": int(counts.get((row["document"], coder), 0)) for coder in coders}
        lacking = [coder for coder in coders if not here[f"coder {coder}"]]
        rows.append(
            {
                "document": row["document"],
                "kind": row["kind"],
                "group": row["group"],
                "words": transcript.word_count(document.text),
                "turns": len(document.turns),
                "speakers": ", ".join(document.speakers),
                **here,
                "missing": f"no codings by {', '.join(lacking)}" if lacking else "",
            }
        )
    absent = [] if people is None else [one for one in people["participant_id"] if one not in documents]
    groups = {} if people is None else dict(zip(people["participant_id"], people["group"], strict=True))
    rows += [
        {"document": one, "kind": "interview", "group": groups[one], "missing": "no transcript"}
        for one in absent
    ]
    columns = ["document", "kind", "group", "words", "turns", "speakers"]
    whole = pd.DataFrame(rows, columns=[*columns, *(f"coder {coder}" for coder in coders), "missing"])
    numbers = ["words", "turns", *(f"coder {coder}" for coder in coders)]
    whole[numbers] = whole[numbers].fillna(0).astype("int64")
    return whole.fillna({"speakers": ""}).sort_values("document", kind="stable").reset_index(drop=True)


def rolled_up(frame: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """The table with every coding repeated for the codes above its own.

    A segment that bears two codes of one branch appears once under their parent: count rows by code and
    nothing is counted twice.
    """
    lines = {code: [code, *book.above(code)] for code in frame["code"].unique()}
    wide = frame.assign(code=frame["code"].map(lines)).explode("code").reset_index(drop=True)
    wide["code"] = wide["code"].astype(object)
    wide = wide.drop_duplicates(["coder", "document", "start", "end", "code"], ignore_index=True)
    names = {code: book.codes[code].name if code in book.codes else code for code in wide["code"].unique()}
    paths = {code: book.path(code) for code in names}
    result: pd.DataFrame = wide.assign(name=wide["code"].map(names), path=wide["code"].map(paths))
    return result


def matrix(
    frame: pd.DataFrame,
    rows: str = "who",
    columns: str = "code",
    *,
    counts: bool = False,
    all_rows: Sequence[str] = (),
    all_columns: Sequence[str] = (),
) -> pd.DataFrame:
    """Cross codes with participants, documents, speakers or an attribute: 0/1, or counts of segments.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `table`, perhaps `rolled_up`.
    rows, columns : str
        Columns of `frame` to cross, such as ``who`` and ``code``, ``name``, ``said_by``.
    counts : bool
        Segments (coder, document, start and end) instead of presence.
    all_rows, all_columns : sequence of str
        Values to show even where nothing was coded, in this order; those found by default, sorted.

    Returns
    -------
    pandas.DataFrame
        int64; index named `rows`, columns named `columns`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"who": ["x", "x", "y"], "code": ["a", "a", "b"], "coder": "k", "document": "d",
    ...                       "start": [0, 5, 0], "end": [2, 9, 2]})
    >>> matrix(frame, counts=True).values.tolist(), matrix(frame).values.tolist()
    ([[2, 0], [0, 1]], [[1, 0], [0, 1]])
    """
    keys = list(dict.fromkeys([rows, columns, "coder", "document", "start", "end"]))
    distinct = frame[keys].drop_duplicates()
    crossed = distinct.groupby([rows, columns]).size().unstack(columns, fill_value=0)
    crossed = crossed.reindex(index=list(all_rows) or sorted(crossed.index), fill_value=0)
    crossed = crossed.reindex(columns=list(all_columns) or sorted(crossed.columns), fill_value=0)
    crossed.index.name, crossed.columns.name = rows, columns
    whole = crossed.astype("int64")
    return whole if counts else whole.clip(upper=1)


def prevalence(
    frame: pd.DataFrame,
    people: Sequence[str],
    book: Codebook,
    *,
    rule: str = "any",
    by: str = "code",
) -> pd.DataFrame:
    """How many people say something of each code.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `table`, perhaps `rolled_up`; displaced codings do not count.
    people : sequence of str
        Everyone who was interviewed and coded: the denominator, whoever said nothing of a code included.
    book : Codebook
    rule : {'any', 'all'}
        Whether one coder's coding is enough, or each coder of the person's documents must have one.
    by : str
        The column that is counted.

    Returns
    -------
    pandas.DataFrame
        ``code, name, people, of, share, low, high`` (95 % Wilson interval), ``segments`` (all coders'
        together), ``documents``; most people first, then by id. Codes that nobody speaks of are there
        with 0.
    """
    import pandas as pd

    inside = frame[frame["placed"] & frame["who"].isin(list(people))]
    having = inside.groupby([by, "who"])["coder"].nunique()
    if rule == "all":
        needed = inside.groupby("who")["coder"].nunique()
        having = having[having.to_numpy() >= needed.reindex(having.index.get_level_values("who")).to_numpy()]
    heads = having.groupby(level=by).size()
    segments = inside.drop_duplicates([by, "coder", "document", "start", "end"]).groupby(by).size()
    documents = inside.groupby(by)["document"].nunique()
    asked = len(people)
    codes = (
        sorted({*heads.index, *(code.id for code in book.in_use())}) if by == "code" else sorted(heads.index)
    )
    rows = []
    for code in codes:
        count = int(heads.get(code, 0))
        low, high = wilson(count, asked)
        rows.append(
            {
                by: code,
                "name": book.codes[code].name if code in book.codes else code,
                "people": count,
                "of": asked,
                "share": count / asked if asked else math.nan,
                "low": low,
                "high": high,
                "segments": int(segments.get(code, 0)),
                "documents": int(documents.get(code, 0)),
            }
        )
    columns = [by, "name", "people", "of", "share", "low", "high", "segments", "documents"]
    whole = pd.DataFrame(rows, columns=columns)
    return whole.sort_values(["people", "segments", by], ascending=[False, False, True], ignore_index=True)
